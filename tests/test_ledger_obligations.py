"""Who owes what, given units that come and go, and decisions of the officer."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from config.calendar import periods_of
from config.regime import CalendarPolicy, Department, Regime
from config.reports import Period, PeriodKind, PeriodRule, ReportDefinition
from config.units import Unit
from ledger.errors import InvalidDecisionError
from ledger.obligations import obligations_of
from ledger.records import Decision, Obligation
from tests.builders_ledger import HANOI, decision, moment

DUE = moment(5, 0)
HALF_YEAR = Period(
    "2031-H1", PeriodKind.HALF_YEAR, "6 tháng đầu năm 2031", 2031,
    date(2031, 1, 1), date(2031, 6, 30), moment(1), DUE,
)  # fmt: skip
NO_DUE = Period(
    "2031-Y", PeriodKind.YEAR, "năm 2031", 2031, date(2031, 1, 1), date(2031, 12, 31), moment(1), None
)
OWN = {"report": "nuoc-sach", "period": "2031-H1"}


def unit(name: str, kind: str = "commune", **dates: Any) -> Unit:
    return Unit(name, f"UBND xã {name}", kind, **dates)


def ended(name: str, *successors: str, on: date = date(2031, 3, 31)) -> Unit:
    return unit(name, valid_to=on, successors=successors)


def owed(
    *units: Unit, decided: tuple[Decision, ...] = (), period: Period = HALF_YEAR, **report: Any
) -> tuple[Obligation, ...]:
    office = Department("Phòng", "P", "district", "huyện", "Nơi", "", "UBND", "BC", "CV", "a@vidu.example")
    asked = {"owed_by_kinds": frozenset({"commune"})} | report
    definition = ReportDefinition("nuoc-sach", "Báo cáo", "BC", (), (), (), (), **asked)
    regime = Regime("r", office, HANOI, (), units, (definition,))
    return obligations_of(regime, definition, period, decided)


def owing(*units: Unit, **report: Any) -> list[str]:
    return [obligation.key.unit for obligation in owed(*units, **report)]


def test_units_of_the_kinds_asked_owe_in_the_order_of_the_sheet() -> None:
    assert owing(unit("c"), unit("a"), unit("van-phong", "department"), unit("b")) == ["c", "a", "b"]


def test_units_named_one_by_one_owe_whatever_their_kind() -> None:
    named = frozenset({"van-phong"})
    assert owing(unit("a"), unit("van-phong", "department"), owed_by_units=named) == ["van-phong"]


def test_an_obligation_has_the_moments_of_its_period() -> None:
    assert owed(unit("a"))[0] == Obligation(owed(unit("a"))[0].key, moment(1), DUE)


def test_a_unit_that_ends_on_the_last_day_of_the_data_still_owes() -> None:
    assert owing(ended("a", "b", on=date(2031, 6, 30)), unit("b")) == ["a", "b"]


def test_a_unit_merged_away_before_owes_nothing_and_its_successor_does() -> None:
    assert owing(ended("a", "moi"), ended("b", "moi"), unit("moi", valid_from=date(2031, 4, 1))) == ["moi"]


def test_the_successor_owes_though_only_its_predecessor_was_named() -> None:
    units = (ended("a", "moi"), unit("moi", "ward", valid_from=date(2031, 4, 1)))
    assert owing(*units, owed_by_units=frozenset({"a"})) == ["moi"]


def test_both_halves_of_a_split_unit_owe() -> None:
    assert owing(ended("a", "dong", "tay"), unit("dong", "ward"), unit("tay", "ward")) == ["dong", "tay"]


def test_successors_are_followed_as_far_as_needed() -> None:
    assert owing(ended("a", "b"), ended("b", "c", on=date(2031, 5, 31)), unit("c")) == ["c"]


def test_a_successor_founded_after_a_gap_owes_for_otherwise_nobody_would() -> None:
    assert owing(ended("a", "moi"), unit("moi", "ward", valid_from=date(2031, 7, 1))) == ["moi"]


QUARTERLY = PeriodRule(
    PeriodKind.QUARTER, due_text="trước ngày 20 tháng cuối quý", due_month=3, due_day=20, due_from_start=True
)
YEARLY = PeriodRule(PeriodKind.YEAR, due_text="trước ngày 05/12", due_month=12, due_day=5)
#: b was merged into c after August, d closed after March, e was founded in July.
BY_HAND = [
    "a 2031-Q1 20/03", "b 2031-Q1 20/03", "d 2031-Q1 20/03",
    "a 2031-Q2 20/06", "b 2031-Q2 20/06",
    "a 2031-Q3 20/09", "c 2031-Q3 20/09", "e 2031-Q3 20/09",
    "a 2031-Y 05/12", "c 2031-Y 05/12", "e 2031-Y 05/12",
    "a 2031-Q4 20/12", "c 2031-Q4 20/12", "e 2031-Q4 20/12",
]  # fmt: skip


def year_of(*units: Unit) -> list[str]:
    """What is owed in 2031 of a report asked for each quarter and each year."""
    report = ReportDefinition("gn", "Báo cáo", "GN", (), (), (), (QUARTERLY, YEARLY))
    periods = periods_of(report, HANOI, CalendarPolicy(), date(2031, 1, 1), date(2031, 12, 31))
    return [
        f"{one.key.unit} {one.key.period} {one.due:%d/%m}"
        for period in periods
        for one in owed(*units, period=period)
    ]


def test_the_list_of_a_year_with_a_merger_a_closure_and_a_new_unit_is_the_one_made_by_hand() -> None:
    b, c = ended("b", "c", on=date(2031, 8, 31)), unit("c", valid_from=date(2031, 9, 1))
    assert year_of(unit("a"), b, c, ended("d"), unit("e", valid_from=date(2031, 7, 1))) == BY_HAND


def test_a_merger_entered_later_changes_no_period_before_it() -> None:
    before = year_of(unit("a"), unit("b"))
    after = year_of(unit("a"), ended("b", "c", on=date(2031, 8, 31)), unit("c", valid_from=date(2031, 9, 1)))
    assert [line for line in after if line.split()[1] in {"2031-Q1", "2031-Q2"}] == before[:4]
    assert after != before


def test_a_unit_not_yet_founded_owes_nothing() -> None:
    assert owing(unit("a"), unit("moi", valid_from=date(2031, 7, 1))) == ["a"]


def test_a_unit_dissolved_without_successor_owes_nothing() -> None:
    assert owing(ended("a"), unit("b")) == ["b"]


def test_a_circle_of_successors_ends() -> None:
    assert owing(ended("a", "b"), ended("b", "a"), unit("c")) == ["c"]


def test_an_extension_moves_the_due_moment_of_its_unit_alone() -> None:
    later = decision("extend", 1, choice={"due": "2031-06-10T00:00:00+07:00"}, unit="a", **OWN)
    assert [obligation.due for obligation in owed(unit("a"), unit("b"), decided=(later,))] == [
        moment(10, 0),
        DUE,
    ]


def test_an_extension_without_a_unit_is_for_all() -> None:
    later = decision("extend", 1, choice={"due": moment(10, 0)}, **OWN)
    assert {obligation.due for obligation in owed(unit("a"), unit("b"), decided=(later,))} == {moment(10, 0)}


def test_the_later_of_two_extensions_holds() -> None:
    first = decision("extend", 1, choice={"due": moment(20, 0)}, unit="a", **OWN)
    second = decision("extend", 2, choice={"due": moment(10, 0)}, unit="a", **OWN)
    assert owed(unit("a"), decided=(second, first))[0].due == moment(10, 0)


def test_an_extension_never_brings_the_due_moment_forward() -> None:
    earlier = decision("extend", 1, choice={"due": moment(2, 0)}, unit="a", **OWN)
    assert owed(unit("a"), decided=(earlier,))[0].due == DUE


def test_an_extension_states_a_due_moment_where_there_was_none() -> None:
    given = decision(
        "extend", 1, choice={"due": moment(10, 0)}, unit="a", report="nuoc-sach", period="2031-Y"
    )
    assert owed(unit("a"), period=NO_DUE)[0].due is None
    assert owed(unit("a"), period=NO_DUE, decided=(given,))[0].due == moment(10, 0)


@pytest.mark.parametrize(
    "target", [OWN | {"period": "2030-H1"}, OWN | {"report": "khac"}, OWN | {"unit": "b"}, {}]
)
def test_a_decision_on_something_else_changes_nothing(target: dict[str, str]) -> None:
    assert owed(unit("a"), decided=(decision("exempt", 1, reason="Mới thành lập", **target),)) == owed(
        unit("a")
    )


@pytest.mark.parametrize(("reason", "shown"), [("Mới thành lập", "Mới thành lập"), ("  ", "-")])
def test_an_exempt_unit_says_why_and_is_exempt_without_a_reason_too(reason: str, shown: str) -> None:
    assert (
        owed(unit("a"), decided=(decision("exempt", 1, reason=reason, unit="a", **OWN),))[0].exempt == shown
    )


def test_reopening_takes_extension_and_exemption_back() -> None:
    decided = (
        decision("exempt", 1, reason="x", unit="a", **OWN),
        decision("extend", 2, choice={"due": moment(10, 0)}, unit="a", **OWN),
        decision("reopen", 3, unit="a", **OWN),
    )
    assert owed(unit("a"), decided=decided) == owed(unit("a"))


def test_reopening_one_decision_leaves_the_others() -> None:
    decided = (
        decision("exempt", 1, reason="x", unit="a", **OWN),
        decision("extend", 2, choice={"due": moment(10, 0)}, unit="a", **OWN),
        decision("extend", 3, choice={"due": moment(20, 0)}, unit="a", **OWN),
        decision("reopen", 4, choice={"decision": 1}, unit="a", **OWN),
        decision("reopen", 5, choice={"decision": 3}, unit="a", **OWN),
    )
    (found,) = owed(unit("a"), decided=decided)
    assert (found.exempt, found.due) == ("", moment(10, 0))


def test_reopening_a_message_of_the_unit_leaves_its_exemption() -> None:
    decided = (
        decision("exempt", 1, reason="x", unit="a", **OWN),
        decision("reopen", 2, unit="a", message="ab" * 32, **OWN),
    )
    assert owed(unit("a"), decided=decided)[0].exempt == "x"


def test_an_extension_that_gives_no_moment_is_refused() -> None:
    with pytest.raises(InvalidDecisionError):
        owed(unit("a"), decided=(decision("extend", 1, choice={"due": "mùng mười"}, unit="a", **OWN),))
