"""Standing: the first accepted arrival decides, and any past moment can be asked for."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from consolidate.errors import UnknownObligationUnitError, UnreadableDecisionError
from consolidate.standing import counting, standings
from ledger.records import Decision, ObligationState, Role
from tests.builders_consolidate import (
    LATER,
    at,
    decides,
    gives,
    hands_in,
    key,
    owes,
    received,
    regime,
    unit,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from consolidate.consolidation import UnitStanding
    from consolidate.standing import Waiting
    from ledger.records import Obligation, Submission

REGIME = regime([unit("a"), unit("b")])


def standing_of(
    *submissions: Submission,
    obligation: Obligation | None = None,
    waiting: Waiting | None = None,
    manual: Sequence[Decision] = (),
    as_of: datetime = LATER,
) -> UnitStanding:
    [standing] = standings(REGIME, [obligation or owes("a")], submissions, waiting or {}, manual, as_of)
    return standing


@pytest.fixture(params=["Asia/Ho_Chi_Minh", "UTC", "America/Los_Angeles", "Pacific/Kiritimati"])
def host_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("host_zone")
class TestTheDueMomentIsTheFirstThatIsLate:
    def test_the_last_second_before_is_on_time(self) -> None:
        arrival = datetime.fromisoformat("2023-06-04T23:59:59+07:00")
        assert standing_of(hands_in("a", arrival)).state is ObligationState.ON_TIME

    def test_the_due_moment_itself_is_late(self) -> None:
        arrival = datetime.fromisoformat("2023-06-05T00:00:00+07:00")
        assert standing_of(hands_in("a", arrival)).state is ObligationState.LATE

    def test_the_same_moments_in_utc_fall_on_the_same_sides(self) -> None:
        before, due = (datetime(2023, 6, 4, 16, 59, 59, tzinfo=UTC), datetime(2023, 6, 4, 17, tzinfo=UTC))
        assert standing_of(hands_in("a", before)).state is ObligationState.ON_TIME
        assert standing_of(hands_in("a", due)).state is ObligationState.LATE

    def test_a_receipt_by_hand_without_an_offset_is_on_the_departments_clock(self) -> None:
        on_time = standing_of(manual=[received("a", "2023-06-04T23:59:59")])
        late = standing_of(manual=[received("a", "2023-06-05T00:00:00")])
        assert (on_time.state, late.state) == (ObligationState.ON_TIME, ObligationState.LATE)


def test_nothing_received_is_missing() -> None:
    standing = standing_of()
    assert (standing.state, standing.first_valid, standing.message, standing.versions) == (
        ObligationState.MISSING,
        None,
        "",
        0,
    )


def test_something_waiting_for_a_person_is_not_called_missing() -> None:
    standing = standing_of(
        waiting={key("a"): (("m2", at("2023-06-03T08:00")), ("m1", at("2023-06-02T08:00")))}
    )
    assert (standing.state, standing.waiting) == (ObligationState.NEEDS_REVIEW, ("m1", "m2"))


def test_something_waiting_beside_an_accepted_report_does_not_hide_it() -> None:
    standing = standing_of(
        hands_in("a", "2023-06-01T08:00"), waiting={key("a"): (("m2", at("2023-06-03T08:00")),)}
    )
    assert (standing.state, standing.waiting) == (ObligationState.ON_TIME, ("m2",))


def test_a_submission_not_accepted_counts_for_nothing() -> None:
    assert standing_of(hands_in("a", "2023-06-01T08:00", accepted=False)).state is ObligationState.MISSING


def test_a_late_correction_never_makes_an_on_time_report_late() -> None:
    standing = standing_of(
        hands_in("a", "2023-06-01T08:00", mail="first"),
        hands_in("a", "2023-06-20T08:00", role=Role.REPLACEMENT, mail="second"),
    )
    assert standing.state is ObligationState.ON_TIME
    assert (standing.corrected, standing.versions, standing.message) == (True, 2, "first")


def test_a_duplicate_is_no_version_and_no_correction() -> None:
    standing = standing_of(
        hands_in("a", "2023-06-01T08:00"), hands_in("a", "2023-06-01T09:00", role=Role.DUPLICATE)
    )
    assert (standing.versions, standing.corrected) == (1, False)


def test_the_order_in_which_submissions_are_handed_over_does_not_matter() -> None:
    early, late = hands_in("a", "2023-06-01T08:00"), hands_in("a", "2023-06-20T08:00", role=Role.PART)
    assert standing_of(early, late) == standing_of(late, early)


def test_a_past_moment_sees_only_what_had_arrived() -> None:
    mail = hands_in("a", "2023-06-06T08:00")
    waiting: Waiting = {key("a"): (("w", at("2023-06-05T08:00")),)}
    moments = ("2023-06-04T12:00", "2023-06-05T12:00", "2023-06-06T08:00")
    states = [standing_of(mail, waiting=waiting, as_of=at(moment)).state for moment in moments]
    assert states == [ObligationState.MISSING, ObligationState.NEEDS_REVIEW, ObligationState.LATE]


def test_a_past_moment_does_not_know_a_later_receipt_by_hand() -> None:
    manual = [received("a", "2023-06-03T09:00")]
    assert standing_of(manual=manual, as_of=at("2023-06-03T08:59")).state is ObligationState.MISSING
    assert standing_of(manual=manual, as_of=at("2023-06-03T09:00")).state is ObligationState.ON_TIME


def test_paper_received_before_the_mail_decides_timeliness() -> None:
    standing = standing_of(hands_in("a", "2023-06-07T08:00"), manual=[received("a", "2023-06-02T09:00")])
    assert (standing.state, standing.message, standing.versions) == (ObligationState.ON_TIME, "", 2)


def test_the_mail_of_a_report_also_received_on_paper_is_no_correction() -> None:
    standing = standing_of(hands_in("a", "2023-06-07T08:00"), manual=[received("a", "2023-06-02T09:00")])
    assert not standing.corrected


@pytest.mark.parametrize(
    ("channel", "code"),
    [
        ("paper", "received_by_paper"),
        ("zalo", "received_by_zalo"),
        ("document_system", "received_by_document_system"),
        ("phone", "received_by_phone"),
        ("carrier pigeon", "received_by_other_channel"),
    ],
)
def test_a_receipt_by_hand_says_channel_moment_and_who(channel: str, code: str) -> None:
    [finding] = standing_of(manual=[received("a", "2023-06-03T09:00", channel)]).findings
    assert finding.code == code
    assert (finding.parameters["at"], finding.parameters["who"]) == ("09:00 03/6/2023", "Trần Thị Bình")


def test_a_nil_report_is_received_and_gives_its_reason_and_no_figure() -> None:
    said = received("a", "2023-06-03T09:00", "phone")
    nil = replace(said, choice={**said.choice, "nil": True}, reason="Trong kỳ không có hoạt động")
    standing = standing_of(manual=[nil])
    assert standing.state is ObligationState.ON_TIME
    assert [each.code for each in standing.findings] == ["received_by_phone", "received_nil"]
    assert standing.findings[1].parameters["reason"] == "Trong kỳ không có hoạt động"


def test_taking_back_one_receipt_leaves_the_other_of_the_same_obligation() -> None:
    first, second = received("a", "2023-06-02T09:00"), received("a", "2023-06-03T09:00", "zalo")
    decided = [replace(first, number=1), replace(second, number=2)]
    gone = replace(second, number=3, kind="reopen", choice={"decision": 2})
    standing = standing_of(manual=[*decided, gone])
    assert [each.code for each in standing.findings] == ["received_by_paper"]


def test_an_exempt_unit_stays_exempt_and_keeps_its_reason() -> None:
    standing = standing_of(hands_in("a", "2023-06-07T08:00"), obligation=owes("a", exempt="Mới thành lập"))
    assert (standing.state, standing.exempt, standing.versions) == (
        ObligationState.EXEMPT,
        "Mới thành lập",
        1,
    )


def test_without_a_deadline_what_came_is_on_time_and_what_did_not_is_missing() -> None:
    no_deadline = owes("a", due=None)
    assert standing_of(obligation=no_deadline).state is ObligationState.MISSING
    came = standing_of(
        hands_in("a", "2030-01-01T00:00"), obligation=no_deadline, as_of=at("2031-01-01T00:00")
    )
    assert came.state is ObligationState.ON_TIME


def test_standings_come_in_the_order_of_the_units_sheet() -> None:
    found = standings(REGIME, [owes("b"), owes("a")], [], {}, [], LATER)
    assert [standing.unit.id for standing in found] == ["a", "b"]


def test_an_obligation_of_an_unknown_unit_is_a_fault_of_the_program() -> None:
    with pytest.raises(UnknownObligationUnitError, match="'z'"):
        standings(REGIME, [owes("z")], [], {}, [], LATER)


def test_a_receipt_without_a_moment_is_refused() -> None:
    with pytest.raises(UnreadableDecisionError, match="received_at"):
        standing_of(manual=[received("a", "hôm qua")])


def test_decisions_of_other_kinds_are_no_receipts() -> None:
    assert standing_of(manual=[decides("a", "TT1", "3")]).state is ObligationState.MISSING


def test_equal_arrivals_are_told_apart_by_their_mail() -> None:
    one = hands_in("a", "2023-06-01T08:00", gives("TT1", 1), mail="m1")
    two = hands_in("a", "2023-06-01T08:00", gives("TT1", 1), mail="m2")
    assert counting([two, one]) == (one, two)
