"""Who is reminded when, of what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from config.regime import CalendarPolicy, Regime
from config.sending import ChaseStep, SendingPolicy
from config.units import Address, Unit
from consolidate.consolidation import Consolidation, UnitStanding
from consolidate.reminders import (
    NO_LONGER_NEEDED,
    OpenItem,
    Reminder,
    addresses_of,
    due_reminders,
    refused_recipient,
    step_reached,
    units_to_telephone,
)
from ledger.records import ObligationKey, ObligationState, OutboxState, OutgoingMessage
from tests.builders_consolidate import DUE, PERIOD, REPORT, at, regime
from tests.builders_ledger import mail

BEFORE = ChaseStep("nhac-truoc-han", -3, "nhac-truoc-han")
FIRST = ChaseStep("don-doc-1", 1, "don-doc-1")
SECOND = ChaseStep("don-doc-2", 4, "don-doc-2")
# "trước ngày 05/6/2023": the last day on time is Sunday 4 June.
ON_BEFORE, ON_FIRST, ON_SECOND = at("2023-05-31T08:00"), at("2023-06-05T08:00"), at("2023-06-08T08:00")
MONTHLY = replace(REPORT, id="bc-thang", name="Báo cáo tháng")
CAO_PHONG = Unit("cao-phong", "UBND xã Cao Phong", "commune", addresses=(Address("vt@cao-phong.example"),))
KIM_TAN = Unit("kim-tan", "UBND xã Kim Tân", "commune", addresses=(Address("vt@kim-tan.example"),))
UNITS = (CAO_PHONG, KIM_TAN)


def department(*steps: ChaseStep, units: Iterable[Unit] = UNITS) -> Regime:
    return replace(regime(units), sending=SendingPolicy(steps=steps or (BEFORE, FIRST, SECOND)))


def standing(
    unit: Unit = CAO_PHONG, state: ObligationState = ObligationState.MISSING, due: datetime | None = DUE
) -> UnitStanding:
    return UnitStanding(unit, state, due, None, "")


def collected(*standings: UnitStanding, report: Any = REPORT, of: Regime | None = None) -> Consolidation:
    return Consolidation(of or department(), report, PERIOD, ON_FIRST, standings, (), (), ())


def key(unit: Unit = CAO_PHONG, report: Any = REPORT) -> ObligationKey:
    return ObligationKey(unit.id, report.id, PERIOD.id)


def went(step: ChaseStep, when: datetime, *keys: ObligationKey, **more: Any) -> OutgoingMessage:
    """A mail that was queued and sent."""
    given = {"keys": keys or (key(),), "queued_at": when, "state": OutboxState.SENT, "sent_at": when}
    return mail(CAO_PHONG.id, step.id, **{**given, **more})


def found(
    *consolidations: Consolidation,
    now: datetime = ON_FIRST,
    already: Iterable[OutgoingMessage] = (),
    of: Regime | None = None,
) -> list[Reminder]:
    shown = consolidations or (collected(standing()),)
    return list(due_reminders(of or department(), shown, tuple(already), now))


def steps(reminders: Iterable[Reminder]) -> list[tuple[str, str]]:
    return [(reminder.unit.id, reminder.step.id) for reminder in reminders]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2023-05-30T23:59", None),
        ("2023-05-31T00:00", "nhac-truoc-han"),
        ("2023-06-04T23:59", "nhac-truoc-han"),
        ("2023-06-05T00:00", "don-doc-1"),
        ("2023-06-07T23:59", "don-doc-1"),
        ("2023-06-08T00:00", "don-doc-2"),
        ("2023-07-31T08:00", "don-doc-2"),
    ],
)
def test_rungs_come_on_working_days_from_the_last_day_on_time(now: str, expected: str | None) -> None:
    step = step_reached(department(), REPORT, DUE, at(now))
    assert (step.id if step else None) == expected


def test_days_nobody_works_are_not_counted() -> None:
    holiday = replace(department(), calendar=CalendarPolicy(extra_holidays=frozenset({date(2023, 6, 5)})))
    assert step_reached(holiday, REPORT, DUE, ON_FIRST) is None
    assert step_reached(holiday, REPORT, DUE, at("2023-06-06T00:00")) == FIRST


def test_a_reminder_before_the_due_day_is_not_sent_after_it() -> None:
    friday_due = at("2023-06-10T00:00")  # Saturday: the first urging comes on Monday
    assert step_reached(department(), REPORT, friday_due, at("2023-06-09T23:00")) == BEFORE
    assert step_reached(department(), REPORT, friday_due, at("2023-06-10T08:00")) is None
    assert step_reached(department(), REPORT, friday_due, at("2023-06-12T08:00")) == FIRST


def test_what_was_due_long_ago_is_not_chased_at_the_first_start() -> None:
    assert not found(now=ON_FIRST + timedelta(days=200))


def test_a_department_that_wrote_down_no_ladder_has_the_usual_one() -> None:
    assert step_reached(replace(department(), sending=SendingPolicy()), REPORT, DUE, ON_SECOND) == SECOND


@pytest.mark.parametrize(
    "state", [state for state in ObligationState if state is not ObligationState.MISSING]
)
def test_nobody_is_chased_who_has_reported_is_exempt_or_waits_for_us(state: ObligationState) -> None:
    assert not found(collected(standing(state=state), standing(KIM_TAN, state)))


def test_without_a_due_moment_nobody_is_chased() -> None:
    assert not found(collected(standing(due=None)))


def test_each_missing_unit_gets_one_reminder_in_the_order_of_the_sheet() -> None:
    shown = collected(standing(KIM_TAN), standing(CAO_PHONG))
    assert steps(found(shown)) == [("cao-phong", "don-doc-1"), ("kim-tan", "don-doc-1")]


def test_one_reminder_names_all_open_items_of_a_unit() -> None:
    (reminder,) = found(collected(standing()), collected(standing(), report=MONTHLY))
    assert {item.key for item in reminder.items} == {key(), key(report=MONTHLY)}


def test_items_on_different_rungs_go_in_one_mail_under_the_sternest() -> None:
    later = collected(standing(due=at("2023-06-08T00:00")), report=MONTHLY)
    (reminder,) = found(later, collected(standing()), now=ON_FIRST)
    assert reminder.step == FIRST
    assert [item.key for item in reminder.items] == [key(), key(report=MONTHLY)]


def test_a_rung_is_climbed_once() -> None:
    assert not found(already=[went(FIRST, ON_FIRST)], now=ON_FIRST + timedelta(hours=5))
    assert steps(found(already=[went(FIRST, ON_FIRST)], now=ON_SECOND)) == [("cao-phong", "don-doc-2")]
    assert not found(already=[went(FIRST, ON_FIRST), went(SECOND, ON_SECOND)], now=at("2023-06-20T08:00"))


@pytest.mark.parametrize("state", [state for state in OutboxState if state is not OutboxState.CANCELLED])
def test_a_mail_that_is_queued_or_lost_has_spent_its_rung_too(state: OutboxState) -> None:
    assert not found(already=[went(FIRST, ON_FIRST, state=state, sent_at=None)])


def test_of_rungs_slept_through_only_the_last_is_climbed() -> None:
    assert steps(found(now=at("2023-06-15T08:00"))) == [("cao-phong", "don-doc-2")]


def test_an_item_named_in_a_mail_about_another_is_not_named_again_the_next_hour() -> None:
    """The mail went under the sternest rung; the gentler one of the other item is spent with it."""
    later = collected(standing(due=at("2023-06-08T00:00")), report=MONTHLY)
    sent = went(FIRST, ON_FIRST, key(), key(report=MONTHLY))
    assert not found(later, collected(standing()), already=[sent], now=ON_FIRST + timedelta(hours=1))


def test_its_own_sterner_rung_comes_all_the_same() -> None:
    later = collected(standing(due=at("2023-06-08T00:00")), report=MONTHLY)
    sent = went(FIRST, ON_FIRST, key(), key(report=MONTHLY))
    (reminder,) = found(later, already=[sent], now=at("2023-06-08T08:00"))
    assert (reminder.step, reminder.items[0].key) == (FIRST, key(report=MONTHLY))


def test_a_new_item_brings_the_overdue_ones_with_it() -> None:
    later = collected(standing(due=at("2023-06-13T00:00")), report=MONTHLY)
    already = [went(FIRST, ON_FIRST), went(SECOND, ON_SECOND)]
    (reminder,) = found(later, collected(standing()), already=already, now=at("2023-06-09T08:00"))
    assert [item.key for item in reminder.items] == [key(report=MONTHLY), key()]
    assert reminder.step == BEFORE


def test_after_an_extension_a_rung_already_climbed_is_not_climbed_again() -> None:
    extended = collected(standing(due=at("2023-06-20T00:00")))
    already = [went(FIRST, ON_FIRST)]
    assert not found(extended, already=already, now=at("2023-06-20T08:00"))
    assert steps(found(extended, already=already, now=at("2023-06-23T08:00"))) == [("cao-phong", "don-doc-2")]


def test_a_mail_taken_back_because_part_of_it_came_is_written_anew() -> None:
    taken_back = went(
        FIRST,
        ON_FIRST,
        key(),
        key(report=MONTHLY),
        state=OutboxState.CANCELLED,
        server_reply=NO_LONGER_NEEDED,
    )
    (reminder,) = found(already=[taken_back])
    assert (reminder.step, reminder.kind) == (FIRST, "chase-2")


def test_a_mail_an_officer_took_back_stays_taken_back() -> None:
    cancelled = went(FIRST, ON_FIRST, state=OutboxState.CANCELLED, server_reply="đã gọi điện thoại")
    assert not found(already=[cancelled])


def test_a_unit_without_address_is_for_the_telephone() -> None:
    nobody = replace(CAO_PHONG, addresses=())
    (reminder,) = found(collected(standing(nobody)))
    assert reminder.addresses == ()


def test_addresses_are_those_of_the_day() -> None:
    moved = replace(
        CAO_PHONG,
        addresses=(
            Address("cu@cao-phong.example", valid_to=date(2023, 6, 4)),
            Address("moi@cao-phong.example", valid_from=date(2023, 6, 5)),
        ),
    )
    (early,) = found(collected(standing(moved)), now=ON_BEFORE)
    (late,) = found(collected(standing(moved)), now=ON_FIRST)
    assert (early.addresses, late.addresses) == (("cu@cao-phong.example",), ("moi@cao-phong.example",))


def test_the_office_is_written_to_before_its_people() -> None:
    unit = replace(
        CAO_PHONG,
        addresses=(
            Address("lan@rieng.example", "personal"),
            Address("vt@cao-phong.example"),
            Address("chung@huyen.example", "shared"),
        ),
    )
    dead = frozenset({"vt@cao-phong.example"})
    assert addresses_of(unit, date(2023, 6, 5)) == ("vt@cao-phong.example",)
    assert addresses_of(unit, date(2023, 6, 5), dead) == ("lan@rieng.example",)
    assert addresses_of(unit, date(2023, 6, 5), dead | {"lan@rieng.example"}) == ("chung@huyen.example",)


@pytest.mark.parametrize(
    "fate",
    [
        {
            "state": OutboxState.REFUSED,
            "server_reply": refused_recipient("vt@cao-phong.example", "550 5.1.1"),
        },
        {"state": OutboxState.BOUNCED, "to": ("vt@cao-phong.example",)},
    ],
)
def test_an_address_that_is_dead_puts_its_unit_on_the_telephone_list(fate: dict[str, Any]) -> None:
    (reminder,) = found(already=[went(FIRST, ON_FIRST, **fate)], now=ON_SECOND)
    assert reminder.addresses == ()
    (later,) = found(
        collected(standing(due=at("2023-12-05T00:00"))),
        already=[went(FIRST, at("2023-01-05T08:00"), key(report=MONTHLY), **fate)],
        now=at("2023-12-05T08:00"),
    )
    assert later.addresses == ("vt@cao-phong.example",)  # after half a year it may live again


PUT_OFF = refused_recipient("vt@cao-phong.example", "450 4.2.2 hop thu day")


@pytest.mark.parametrize(
    ("fate", "later", "telephoned"),
    [
        ({"state": OutboxState.REFUSED, "server_reply": "554 5.7.1"}, "2023-06-05T17:00", True),
        ({"state": OutboxState.BOUNCED}, "2023-06-05T17:00", True),
        ({"state": OutboxState.QUEUED, "server_reply": PUT_OFF}, "2023-06-07T08:00", True),
        ({"state": OutboxState.QUEUED, "server_reply": PUT_OFF}, "2023-06-05T17:00", False),
        ({"state": OutboxState.QUEUED, "server_reply": "421 4.3.2 dong may"}, "2023-06-07T08:00", False),
        ({"state": OutboxState.CANCELLED, "server_reply": "no_longer_needed"}, "2023-06-07T08:00", False),
        ({}, "2023-06-07T08:00", False),
    ],
)
def test_a_unit_whose_last_mail_did_not_arrive_is_telephoned_until_one_does(
    fate: dict[str, Any], later: str, telephoned: bool
) -> None:
    last = went(FIRST, ON_FIRST, **fate)
    unit = replace(CAO_PHONG, addresses=(*CAO_PHONG.addresses, Address("lan@rieng.example", "personal")))

    def to_telephone(*mails: OutgoingMessage) -> tuple[Unit, ...]:
        return units_to_telephone(department(), [collected(standing(unit))], mails, at(later))

    assert to_telephone(last) == ((unit,) if telephoned else ())
    assert to_telephone(last, went(SECOND, at(later))) == ()


def test_only_a_mail_that_went_counts_as_an_earlier_reminder() -> None:
    (again,) = found(already=[went(FIRST, ON_FIRST)], now=ON_SECOND)
    assert again.reminded == ON_FIRST
    refused = went(FIRST, ON_FIRST, state=OutboxState.REFUSED, sent_at=None, server_reply="554 5.7.1")
    (first,) = found(already=[refused], now=ON_SECOND)
    assert first.reminded is None


def test_mails_of_another_kind_spend_no_rung() -> None:
    assert found(already=[went(FIRST, ON_FIRST, kind="receipt")])


def test_the_items_carry_what_a_letter_says() -> None:
    (reminder,) = found()
    assert reminder.items == (OpenItem(key(), REPORT, PERIOD, DUE),)
