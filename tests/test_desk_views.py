from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from config.wording import Wording
from desk.standing import waiting_of
from desk.views import counts_of, message_view, moment, number, rates_of, reason
from ledger.records import (
    MessageClass,
    MessageOutcome,
    MessageState,
    ObligationKey,
    ReviewItem,
    Role,
    SubmissionIntent,
)
from tests.offices import HANOI, PERIOD, REPORT

KEY = ObligationKey("binh-minh", REPORT, PERIOD)
ITEM = ReviewItem("a1", "message", "f" * 64, "sender_unregistered", key=KEY)
HELD = MessageOutcome(
    archive_id="f" * 64,
    message_id="<1@a.example>",
    from_address="a@b.example",
    from_name="A",
    subject="BC",
    arrival=datetime(2023, 6, 4, 17, tzinfo=UTC),
    date_claimed=None,
    size=10,
    message_class=MessageClass.REPORT,
    state=MessageState.REVIEW,
    reasons=("sender_unregistered",),
    verdict={},
    review=(ITEM,),
)
SAY = Wording("vi")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (Decimal(0), 0),
        (Decimal("12.0"), 12),
        (Decimal("6.5"), 6.5),
        (Decimal(14405000), 14405000),
    ],
)
def test_a_number_is_whole_where_it_is_whole_and_blank_is_not_zero(
    value: Decimal | None, shown: float | None
) -> None:
    assert number(value) == shown
    assert type(number(value)) is type(shown)


def test_a_moment_is_told_in_the_departments_time() -> None:
    assert moment(HELD.arrival, HANOI) == "2023-06-05T00:00:00+07:00"
    assert moment(None, HANOI) is None


def test_a_reason_without_a_sentence_shows_its_code() -> None:
    assert reason("khong_co_ma_nay", SAY) == "khong_co_ma_nay"
    assert reason("sender_unregistered", SAY) != "sender_unregistered"


def test_a_message_of_one_obligation_names_it_and_one_of_two_names_none_but_lists_both() -> None:
    one = SubmissionIntent(KEY, Role.FIRST, accepted=True)
    two = SubmissionIntent(replace(KEY, unit="dong-tam"), Role.FIRST, accepted=False)
    single = message_view(replace(HELD, submissions=(one,)), HANOI, SAY)
    double = message_view(replace(HELD, submissions=(one, two)), HANOI, SAY)
    assert (single["unit"], single["report"], single["period"]) == ("binh-minh", REPORT, PERIOD)
    assert double["unit"] is None
    assert [match["unit"] for match in double["matches"]] == ["binh-minh", "dong-tam"]


def test_an_open_question_makes_its_obligation_wait() -> None:
    assert waiting_of([HELD], [ITEM]) == {KEY: [(HELD.archive_id, HELD.arrival)]}


def test_a_decided_question_makes_nobody_wait() -> None:
    assert waiting_of([HELD], []) == {}


def test_a_mail_that_may_be_forged_answers_nothing() -> None:
    assert waiting_of([replace(HELD, message_class=MessageClass.SPOOF)], [ITEM]) == {}


def test_rates_leave_exempt_units_out_and_are_blank_where_nothing_is_expected() -> None:
    counts = {"expected": 3, "received": 2, "on_time": 1}
    assert rates_of(counts) == {"reporting_rate": 66.7, "on_time_rate": 33.3}
    assert rates_of(counts_of([])) == {"reporting_rate": None, "on_time_rate": None}
