"""Taking mail in: in any order, again and again, and past whatever one mail does."""

from __future__ import annotations

import io
import itertools
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import intake.pipeline
from config.units import Address, Unit
from intake.judging.judgement import judge
from intake.pipeline import Intake
from ledger.records import CAME_SINCE, FETCH_DOUBT, Decision, MessageClass, MessageOutcome, MessageState, Role
from tests.builders import docx, zip_of
from tests.offices import (
    NOW,
    PERIOD,
    REPORT,
    UNITS,
    Post,
    ReadHere,
    address,
    at,
    facts,
    figures,
    letter,
    note,
    report_mail,
    verified,
)

SUBJECT = "Báo cáo bình đẳng giới 6 tháng đầu năm 2023"
FIRST = (report_mail("binh-minh"), "2023-06-01T08:00")
CHANGED = (report_mail("binh-minh", figures(1, B1=("19", ""))), "2023-06-02T08:00")
AGAIN = (report_mail("binh-minh", text="Em gửi lại ạ."), "2023-06-03T08:00")
TWIN = (report_mail("dong-tam"), "2023-06-02T09:00")
OTHER = (report_mail("hoa-lac", figures(7)), "2023-06-02T10:00")
Mails = Sequence[tuple[bytes, str]]


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return Post(tmp_path / "post")


def taken_in(folder: Path, *deliveries: Mails) -> Post:
    """A post that got the mails in these deliveries, taking in after each."""
    post = Post(folder)
    for delivery in deliveries:
        for octets, arrival in delivery:
            post.deliver(octets, arrival)
        post.take_in()
    return post


def outcome(post: Post, archive_id: str) -> MessageOutcome:
    found = post.ledger.message(archive_id)
    assert found is not None
    return found


# -- order -----------------------------------------------------------------------------------------------


def test_mail_is_judged_in_the_order_of_arrival_not_of_delivery(tmp_path: Path) -> None:
    straight = taken_in(tmp_path / "a", [FIRST, CHANGED, AGAIN, TWIN, OTHER])
    turned = taken_in(tmp_path / "b", [OTHER, TWIN, AGAIN, CHANGED, FIRST])
    assert facts(turned.ledger) == facts(straight.ledger)


def test_what_is_forgotten_between_batches_is_asked_of_the_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mails = [FIRST, CHANGED, TWIN, OTHER, AGAIN]
    remembered = taken_in(tmp_path / "a", mails)
    monkeypatch.setattr(intake.pipeline, "BATCH", 1)
    monkeypatch.setattr(intake.pipeline, "MOST_KEYS", 1)
    assert facts(taken_in(tmp_path / "b", mails).ledger) == facts(remembered.ledger)


def test_the_same_figures_are_found_however_many_are_looked_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_by_one = taken_in(tmp_path / "a", [FIRST, OTHER], [TWIN, AGAIN])
    assert "twin_figures" in {reason for m in one_by_one.ledger.messages() for reason in m.reasons}
    monkeypatch.setattr(intake.pipeline, "FEW_PRINTS", 0)
    all_at_once = taken_in(tmp_path / "b", [FIRST, OTHER], [TWIN, AGAIN])
    assert facts(all_at_once.ledger) == facts(one_by_one.ledger)


@pytest.mark.parametrize("order", list(itertools.permutations((FIRST, CHANGED, AGAIN, TWIN)))[::3])
def test_mail_that_turns_up_later_makes_the_later_ones_be_judged_again(tmp_path: Path, order: Mails) -> None:
    straight = taken_in(tmp_path / "a", [FIRST, CHANGED, AGAIN, TWIN])
    dripped = taken_in(tmp_path / "b", *([mail] for mail in order))
    assert facts(dripped.ledger) == facts(straight.ledger)


WITHOUT_A_FILE = (note(address("binh-minh"), SUBJECT, "Xã gửi báo cáo ạ."), "2023-06-02T10:00")
SENT_BEFORE = (note(address("binh-minh"), "Báo cáo", "Xã đã gửi hôm qua ạ."), "2023-06-02T11:00")
SILENT = (
    note(address("binh-minh"), "", "ạ", ("a.docx", docx("Như kèm theo."))),
    "2023-06-02T12:00",
)


def test_what_a_unit_had_handed_in_is_asked_anew_when_an_earlier_report_turns_up(tmp_path: Path) -> None:
    later = [WITHOUT_A_FILE, SENT_BEFORE, SILENT]
    straight = taken_in(tmp_path / "a", [FIRST, *later])
    dripped = taken_in(tmp_path / "b", later, [FIRST])
    assert facts(dripped.ledger) == facts(straight.ledger)
    assert {m.state for m in dripped.ledger.messages()} == {MessageState.BOOKED, MessageState.SET_ASIDE}


BLANK = dict.fromkeys(figures(), ("", ""))
EMPTY_FORM = (report_mail("binh-minh", BLANK, more=[]), "2023-06-01T07:00")
FORGOTTEN = (note(address("binh-minh"), SUBJECT, "Xã gửi báo cáo ạ."), "2023-06-01T07:10")
NOTHING = (note(address("binh-minh"), "", ""), "2023-06-01T07:20")
CLAIMED = (note(address("binh-minh"), "Báo cáo", "Xã đã gửi hôm qua ạ."), "2023-06-01T07:30")


def states(post: Post, *archive_ids: str) -> list[MessageState]:
    return [outcome(post, archive_id).state for archive_id in archive_ids]


@pytest.mark.parametrize("mail", [FORGOTTEN, NOTHING, CLAIMED], ids=["file", "all", "claim"])
def test_a_question_that_the_report_answers_is_closed_when_it_comes_and_open_when_it_is_put_aside(
    tmp_path: Path, mail: tuple[bytes, str]
) -> None:
    post = taken_in(tmp_path / "a", [mail])
    (asked,) = [found.archive_id for found in post.ledger.messages()]
    assert states(post, asked) == [MessageState.REVIEW]
    report = post.deliver(*FIRST)
    post.take_in()
    assert states(post, asked, report) == [MessageState.SET_ASIDE, MessageState.BOOKED]
    assert outcome(post, asked).reasons[0] == CAME_SINCE
    assert post.ledger.history(event="message_recorded", subject=asked)[-1].detail["reasons"][0] == CAME_SINCE
    assert facts(taken_in(tmp_path / "b", [mail, FIRST]).ledger) == facts(post.ledger)
    post.decide("set_aside", report, **{"class": "other"})
    post.take_in()
    assert states(post, asked) == [MessageState.REVIEW]


def test_a_file_that_came_is_looked_at_by_a_person_also_after_the_report(tmp_path: Path) -> None:
    post = taken_in(tmp_path, [EMPTY_FORM, FIRST])
    assert [found.state for found in post.ledger.messages()] == [MessageState.REVIEW, MessageState.BOOKED]


def test_a_question_stays_open_when_another_unit_reports_or_the_report_is_in_doubt(post: Post) -> None:
    asked = post.deliver(*FORGOTTEN)
    post.deliver(*OTHER)
    held = report_mail("binh-minh", title="Kết quả bình đẳng giới năm 2020")
    post.deliver(held, "2023-06-02T08:00")
    post.take_in()
    assert states(post, asked) == [MessageState.REVIEW]


def test_what_one_late_mail_has_judged_again_is_told_once(tmp_path: Path) -> None:
    versions = [
        (report_mail("binh-minh", figures(1, B1=(str(100 + n), ""))), f"2023-06-0{n}T08:00")
        for n in range(1, 7)
    ]
    post = taken_in(tmp_path / "a", versions[1:], versions[:1])
    (told,) = post.ledger.history(event="read_again")
    assert told.detail["messages"] == 5


def test_a_forgotten_file_is_asked_for_while_the_report_before_it_does_not_count(post: Post) -> None:
    held = post.deliver(report_mail("binh-minh", title="Kết quả bình đẳng giới năm 2020"), FIRST[1])
    without = post.deliver(*WITHOUT_A_FILE)
    post.take_in()
    assert outcome(post, held).state is MessageState.REVIEW
    assert outcome(post, without).reasons == ("no_file",)


def test_few_figures_that_come_again_are_found_whichever_mail_comes_first(tmp_path: Path) -> None:
    few = BLANK | {"B1": ("19", ""), "B2": ("412", "207")}
    title = "Kết quả công tác bình đẳng giới năm 2023"
    mails = [
        (report_mail("binh-minh", few), "2023-06-01T08:00"),
        (report_mail("binh-minh", few, title=title, subject="Báo cáo"), "2023-12-01T08:00"),
    ]
    straight = taken_in(tmp_path / "a", mails)
    assert [m.state for m in straight.ledger.messages()] == [MessageState.BOOKED, MessageState.REVIEW]
    assert facts(taken_in(tmp_path / "b", mails[1:], mails[:1]).ledger) == facts(straight.ledger)


def test_two_mails_of_one_second_are_judged_alike_in_either_order(tmp_path: Path) -> None:
    same = "2023-06-02T08:00"
    pair = [(FIRST[0], same), (CHANGED[0], same)]
    one = taken_in(tmp_path / "a", [pair[0]], [pair[1]])
    other = taken_in(tmp_path / "b", [pair[1]], [pair[0]])
    assert facts(one.ledger) == facts(other.ledger)


def test_figures_of_another_unit_that_turn_up_later_but_came_first_hold_the_later_ones(post: Post) -> None:
    twin = post.deliver(*TWIN)
    post.take_in()
    assert outcome(post, twin).state is MessageState.BOOKED
    post.deliver(*FIRST)
    post.take_in()
    assert "twin_figures" in outcome(post, twin).reasons


def test_taking_in_again_changes_nothing(tmp_path: Path) -> None:
    post = taken_in(tmp_path / "a", [FIRST, CHANGED, TWIN])
    before, history = facts(post.ledger), post.ledger.history()
    assert post.take_in() == []
    post.ledger.read_again([outcome.archive_id for outcome in post.ledger.messages()])
    post.take_in()
    assert facts(post.ledger) == before
    written = [event.event for event in post.ledger.history()[len(history) :]]
    assert "message_recorded" not in written


def test_the_same_mail_delivered_twice_is_one_message_with_two_arrivals(post: Post) -> None:
    one = post.deliver(FIRST[0], "2023-06-03T08:00")
    two = post.deliver(FIRST[0], "2023-06-01T08:00")
    post.take_in()
    assert one == two
    (only,) = post.ledger.messages()
    assert only.arrival.isoformat() == "2023-06-01T01:00:00+00:00"
    assert len(post.ledger.submissions()) == 1
    assert len(post.ledger.delivered_again()[one]) == 1


# -- what a decision sets in motion ----------------------------------------------------------------------


def test_a_duplicate_takes_the_place_of_a_report_that_is_set_aside(tmp_path: Path) -> None:
    post = taken_in(tmp_path / "a", [FIRST, AGAIN])
    first, again = (m.archive_id for m in post.ledger.messages())
    assert outcome(post, again).message_class is MessageClass.DUPLICATE
    post.decide("set_aside", first, **{"class": "other"})
    assert outcome(post, again).submissions[0].role is Role.FIRST
    assert outcome(post, again).state is MessageState.BOOKED


def test_the_later_report_gives_way_to_a_held_one_that_is_released(tmp_path: Path) -> None:
    held = (report_mail("binh-minh", figures(3), sender="ba.tu@rieng.example"), "2023-05-30T08:00")
    post = taken_in(tmp_path / "a", [held, FIRST])
    first = post.ledger.messages()[1].archive_id
    assert outcome(post, first).submissions[0].role is Role.FIRST
    released = post.ledger.messages()[0]
    post.decide("accept", released.archive_id, released.review[0].id)
    assert outcome(post, released.archive_id).arrival == released.arrival
    assert "second_version" in outcome(post, first).reasons


def test_moving_a_message_to_another_unit_frees_the_one_it_was_booked_to(tmp_path: Path) -> None:
    post = taken_in(tmp_path / "a", [FIRST, CHANGED])
    first, changed = (m.archive_id for m in post.ledger.messages())
    assert "second_version" in outcome(post, changed).reasons
    post.decide("assign", first, unit="suoi-dau", report=REPORT, period=PERIOD)
    assert [s.key.unit for s in outcome(post, first).submissions] == ["suoi-dau"]
    assert outcome(post, changed).submissions[0].role is Role.FIRST


def _two_letters(post: Post) -> str:
    """One mail with a letter of its own and one of a unit without address, which is held."""
    files = (
        ("cua xa.docx", letter("binh-minh", figures(1))),
        ("ho xa ban.docx", letter("suoi-dau", figures(2))),
    )
    octets = note(address("binh-minh"), SUBJECT, "Gửi báo cáo xã và gửi hộ xã bạn.", *files)
    archive_id = post.deliver(octets, "2023-06-01T08:00")
    post.take_in()
    return archive_id


def _booked(found: MessageOutcome) -> dict[str, int]:
    return {i.key.unit: int(i.values[0].value or 0) for i in found.submissions if i.accepted}


def test_of_two_letters_in_a_mail_only_the_doubtful_one_is_held(post: Post) -> None:
    found = outcome(post, _two_letters(post))
    assert found.state is MessageState.REVIEW
    assert _booked(found) == {"binh-minh": 11}
    assert [item.proposal["unit"] for item in found.review] == ["suoi-dau"]


def test_accepting_one_of_two_letters_leaves_the_other_where_it_is(post: Post) -> None:
    archive_id = _two_letters(post)
    item = outcome(post, archive_id).review[0]
    post.decide("assign", archive_id, item.id, unit="suoi-dau", report=REPORT, period=PERIOD)
    found = outcome(post, archive_id)
    assert found.state is MessageState.BOOKED
    assert _booked(found) == {"binh-minh": 11, "suoi-dau": 12}


def test_setting_one_of_two_letters_aside_leaves_the_other_booked(post: Post) -> None:
    archive_id = _two_letters(post)
    item = outcome(post, archive_id).review[0]
    post.decide("set_aside", archive_id, item.id, **{"class": "other"})
    found = outcome(post, archive_id)
    assert found.state is MessageState.BOOKED
    assert _booked(found) == {"binh-minh": 11}
    assert found.review == ()


def test_a_reopened_letter_is_held_again_and_the_other_stays(post: Post) -> None:
    archive_id = _two_letters(post)
    before = outcome(post, archive_id)
    item = before.review[0]
    post.decide("assign", archive_id, item.id, unit="suoi-dau", report=REPORT, period=PERIOD)
    post.decide("reopen", archive_id, item.id)
    assert outcome(post, archive_id) == before


def test_a_whole_mail_assigned_to_one_unit_keeps_all_its_files(post: Post) -> None:
    archive_id = _two_letters(post)
    post.decide("assign", archive_id, unit="suoi-dau", report=REPORT, period=PERIOD)
    (intent,) = outcome(post, archive_id).submissions
    assert (intent.key.unit, len(intent.files)) == ("suoi-dau", 2)


# -- a mail that does harm --------------------------------------------------------------------------------


def test_a_file_that_vanished_from_the_archive_takes_no_other_mail_with_it(post: Post) -> None:
    ids = [post.deliver(*mail) for mail in (FIRST, TWIN, OTHER)]
    damaged = next(path for path in post.archive.folder.rglob("*") if ids[1] in path.name)
    damaged.unlink()
    post.take_in()
    assert outcome(post, ids[0]).state is MessageState.BOOKED
    assert outcome(post, ids[2]).state is MessageState.BOOKED
    assert outcome(post, ids[1]).state is MessageState.FAILED


def test_a_mail_the_judge_stumbles_on_takes_no_other_mail_with_it(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [post.deliver(*mail) for mail in (FIRST, TWIN, OTHER)]

    def stumbling(archived: Any, message: Any, context: Any) -> MessageOutcome:
        if archived.archive_id == ids[1]:
            raise ZeroDivisionError
        return judge(archived, message, context)

    monkeypatch.setattr(intake.pipeline, "judge", stumbling)
    post.take_in()
    assert [outcome(post, one).state.value for one in ids] == ["booked", "failed", "booked"]
    assert outcome(post, ids[1]).review
    (noted,) = post.ledger.history(event="judging_failed")
    assert (noted.subject, noted.detail) == (ids[1], {"error": "ZeroDivisionError()"})


def test_a_message_that_once_failed_goes_alone(post: Post) -> None:
    ids = [post.deliver(*mail) for mail in (FIRST, TWIN, OTHER)]
    post.ledger.begin_attempts([ids[1]])
    intake_ = intake.pipeline.Intake(post.regime, post.archive, post.ledger, lambda: pytest.fail("not yet"))
    batches = [[archive_id for archive_id, _ in batch] for batch in intake_._batches(post.ledger.unread())]
    assert batches == [[ids[0]], [ids[1]], [ids[2]]]


def test_a_batch_holds_no_more_than_its_octets(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [post.deliver(*mail) for mail in (FIRST, TWIN, OTHER)]
    monkeypatch.setattr(intake.pipeline, "BATCH_OCTETS", len(FIRST[0]) + len(TWIN[0]))
    intake_ = intake.pipeline.Intake(post.regime, post.archive, post.ledger, lambda: pytest.fail("not yet"))
    batches = [[archive_id for archive_id, _ in batch] for batch in intake_._batches(post.ledger.unread())]
    assert batches == [ids[:2], ids[2:]]


def test_a_hostile_file_is_one_mails_trouble(post: Post) -> None:
    bomb = zip_of({"a.docx": b"\0" * (60 << 20)})
    bad = post.deliver(note(address("dong-tam"), SUBJECT, "Gửi.", ("bc.zip", bomb)), "2023-06-01T09:00")
    good = post.deliver(*FIRST)
    post.take_in()
    assert outcome(post, bad).message_class is MessageClass.UNREADABLE
    assert outcome(post, good).state is MessageState.BOOKED


def test_what_the_mailbox_doubted_is_known_to_the_judge(post: Post) -> None:
    archive_id = post.deliver(*FIRST)
    post.ledger.note(FETCH_DOUBT, archive_id, {"code": "arrival_unknown"})
    post.take_in()
    assert "arrival_uncertain" in outcome(post, archive_id).reasons


# -- names over time -------------------------------------------------------------------------------------


def test_an_address_speaks_for_its_unit_only_on_its_days(tmp_path: Path) -> None:
    limited = replace(
        UNITS[3], addresses=(Address("tam@rieng.example", "personal", valid_from=date(2023, 6, 2)),)
    )
    units = (*UNITS[:3], limited, *UNITS[4:])
    post = Post(tmp_path / "p", units)
    octets = report_mail("suoi-dau", figures(4), sender="tam@rieng.example")
    early = post.deliver(octets, "2023-06-01T23:59:59")
    late = post.deliver(report_mail("suoi-dau", figures(5), sender="tam@rieng.example"), "2023-06-02T00:00")
    post.take_in()
    assert outcome(post, early).state is MessageState.REVIEW
    assert outcome(post, late).state is MessageState.BOOKED


class DecidedMeanwhile(ReadHere):
    """Reads, and while it does so a person decides about what is being read."""

    def __init__(self, post: Post, archive_id: str) -> None:
        super().__init__()
        self._post = post
        self._archive_id = archive_id

    def read(self, jobs: Any) -> Any:
        found = list(super().read(jobs))
        if not self._post.ledger.decisions():
            officer = threading.Thread(target=self._decide)
            officer.start()
            officer.join()
        return iter(found)

    def _decide(self) -> None:
        target = {"message": self._archive_id}
        self._post.ledger.decide(Decision(0, at(NOW), "Lò Thị Mai", "accept", target, {}))
        self._post.ledger.read_again([self._archive_id])


def merged(unit: str, *into: str) -> tuple[Unit, ...]:
    """The units when that one was merged into others after the end of May."""
    end = date(2023, 5, 31)
    return tuple(replace(each, valid_to=end, successors=into) if each.id == unit else each for each in UNITS)


def test_the_mailbox_of_a_merged_unit_speaks_for_its_successor_from_that_day(tmp_path: Path) -> None:
    post = Post(tmp_path / "post", merged("dong-tam", "binh-minh"))
    from_old = report_mail("binh-minh", sender=address("dong-tam"))
    post.deliver(from_old, "2023-06-01T08:00")
    (outcome,) = post.take_in()
    assert (outcome.state, {one.key.unit for one in outcome.submissions}) == (
        MessageState.BOOKED,
        {"binh-minh"},
    )


def test_an_address_entered_for_a_living_unit_is_not_inherited_by_another(tmp_path: Path) -> None:
    units = merged("dong-tam", "binh-minh")
    taken = Address(address("dong-tam"), valid_from=date(2023, 6, 1))
    units = tuple(replace(u, addresses=(*u.addresses, taken)) if u.id == "hoa-lac" else u for u in units)
    post = Post(tmp_path / "post", units)
    post.deliver(report_mail("binh-minh", sender=address("dong-tam")), "2023-06-01T08:00")
    (outcome,) = post.take_in()
    assert outcome.state is MessageState.REVIEW
    assert "sender_contradicts" in outcome.reasons


def test_of_a_divided_unit_the_letter_says_whose_report_it_is(tmp_path: Path) -> None:
    post = Post(tmp_path / "post", merged("dong-tam", "binh-minh", "hoa-lac"))
    post.deliver(report_mail("hoa-lac", sender=address("dong-tam")), "2023-06-01T08:00")
    (outcome,) = post.take_in()
    assert (outcome.state, {one.key.unit for one in outcome.submissions}) == (
        MessageState.BOOKED,
        {"hoa-lac"},
    )


def test_a_decision_made_while_its_message_is_read_is_not_overtaken_by_the_reading(post: Post) -> None:
    held = post.deliver(report_mail("suoi-dau", sender="ban@rieng.example"), "2023-06-01T08:00")
    list(Intake(post.regime, post.archive, post.ledger, lambda: DecidedMeanwhile(post, held)).run())
    assert outcome(post, held).state is MessageState.BOOKED
    assert post.ledger.unread() == ()


def test_a_forged_mail_stands_in_nobodys_way(post: Post) -> None:
    forged = report_mail("binh-minh", figures(9), headers=verified(address("binh-minh"), "fail"))
    post.deliver(forged, "2023-05-20T08:00")
    honest = post.deliver(*FIRST)
    post.take_in()
    assert outcome(post, honest).submissions[0].role is Role.FIRST


# -- recognition -----------------------------------------------------------------------------------------


def test_recognition_killed_at_its_beginning_is_only_begun_again(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between wanting the message read and noting so, nothing is taken for recognised that is not."""
    photo = io.BytesIO()
    Image.new("RGB", (800, 600), "white").save(photo, "JPEG")
    mail = note(address("binh-minh"), SUBJECT, "Em gửi báo cáo ạ.", ("trang 1.jpg", photo.getvalue()))
    archive_id = post.deliver(mail, "2023-06-01T08:00")
    post.take_in()
    reader = Intake(post.regime, post.archive, post.ledger, ReadHere, open_slow_pool=ReadHere)
    assert reader.unrecognised() == (archive_id,)

    class KilledError(BaseException):
        """The power went."""

    def killed(*_facts: object) -> None:
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(post.ledger, "note", killed)
        with pytest.raises(KilledError):
            list(reader.recognise())
    assert [unread for unread, _arrival in post.ledger.unread()] == [archive_id]
    assert reader.unrecognised() == (archive_id,)
    list(reader.recognise())
    assert (post.ledger.unread(), reader.unrecognised()) == ((), ())
