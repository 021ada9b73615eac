"""What is shown and asked of deadlines before they are taken over: the days they make (pure)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.calendar import periods_of_rule
from config.errors import Problem
from config.reports import PeriodKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from config.regime import Regime
    from config.reports import Period, PeriodRule, ReportDefinition

#: A report of six months that is asked for in one of these too is asked for the whole year.
_REST_OF_THE_YEAR = {(PeriodKind.HALF_YEAR, 2), (PeriodKind.YEAR, 0)}
_FIRST_HALF = 1

Asked = tuple[Problem, str, int]  #: the question, the report's id, which of its periods


def calendar_lines(before: Regime, after: Regime, today: date) -> Iterator[Problem]:
    """Of each period that is new or changes, which day comes next and of which days its data are."""
    for report, rule, _ in _changed(before, after):
        if period := _next(rule, after, today):
            yield _told("period_made" if period.last_day else "period_without_due", report, period)


def questions(before: Regime, after: Regime, today: date) -> Iterator[Asked]:
    """What a deadline may be meant otherwise in: it ends before its data do, or leaves half a year out."""
    for report, rule, at in _changed(before, after):
        period = _next(rule, after, today)
        if period and period.last_day and period.last_day.final < period.data_to:
            yield _told("due_before_end", report, period), report.id, at
        kinds = {(each.kind, each.number) for each in report.period_rules}
        if rule.kind is PeriodKind.HALF_YEAR and rule.number <= _FIRST_HALF and not kinds & _REST_OF_THE_YEAR:
            yield Problem("only_first_half", "", parameters={"report": report.name}), report.id, at


def _changed(before: Regime, after: Regime) -> Iterator[tuple[ReportDefinition, PeriodRule, int]]:
    known = {report.id: report.period_rules for report in before.reports}
    for report in after.reports:
        for at, rule in enumerate(report.period_rules):
            if rule not in known.get(report.id, ()):
                yield report, rule, at


def _next(rule: PeriodRule, regime: Regime, today: date) -> Period | None:
    """The next period of a rule, its last where none is to come."""
    years = range(today.year - 1, today.year + 3)
    made = periods_of_rule(rule, years, regime.timezone, regime.calendar)
    ends = ((each.last_day.final if each.last_day else each.data_to, each) for each in made)
    return next((each for end, each in ends if end >= today), made[-1] if made else None)


def _told(code: str, report: ReportDefinition, period: Period) -> Problem:
    parameters = {
        "report": report.short_name,
        "period": period.name,
        "text": period.due_text,
        "first": f"{period.data_from:%d/%m/%Y}",
        "last": f"{period.data_to:%d/%m/%Y}",
        "due": f"{period.last_day.final:%d/%m/%Y}" if period.last_day else "",
    }
    return Problem(code, "", parameters=parameters)
