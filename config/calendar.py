"""The reporting calendar: periods, due moments and working days (pure; no clock is read).

Data ranges follow Decree 09/2019/NĐ-CP, Article 12, unless a report says otherwise: a month runs from
the 15th of the month before to the 14th, a half year from 15/12 to 14/6, a year from 15/12 to 14/12.
"""

from __future__ import annotations

import calendar as _days
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import holidays

from config.due import DueDay, DueText, parse_due, read_due
from config.reports import LastDay, Period, PeriodKind, PeriodRule, ReportDefinition, Weekend

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from config.regime import CalendarPolicy

__all__ = [
    "DueDay",
    "DueText",
    "add_working_days",
    "boundary_parts",
    "counting_day",
    "explicit_period",
    "is_working_day",
    "last_day",
    "parse_due",
    "period_by_id",
    "periods_of",
    "periods_of_rule",
    "read_due",
]

_MONTH_FIRST = re.compile(r"\b(\d\d)/(\d\d)/(\d{4})\b")
_CUT_OFF_DAY = 14
_ROMAN = ("I", "II", "III", "IV")
_LENGTHS = {
    PeriodKind.MONTH: 1,
    PeriodKind.QUARTER: 3,
    PeriodKind.HALF_YEAR: 6,
    PeriodKind.NINE_MONTHS: 9,
    PeriodKind.YEAR: 12,
    PeriodKind.CAMPAIGN: 12,
    PeriodKind.ONE_OFF: 12,
}
# A due moment may lie in another year than its period; two years on either side are looked through.
_YEARS_AROUND = 2


def periods_of(
    report: ReportDefinition, timezone: ZoneInfo, policy: CalendarPolicy, first: date, last: date
) -> tuple[Period, ...]:
    """The periods whose due moment, or last day of data where no deadline is stated, lies in [first, last].

    Ordered by that day, then by id. Days are those of `timezone`.
    """
    years = range(first.year - _YEARS_AROUND, last.year + _YEARS_AROUND + 1)
    found = {
        period.id: period
        for rule in report.period_rules
        for period in _periods_of_rule(rule, years, timezone, policy)
        if first <= counting_day(period, timezone) <= last
    }
    return tuple(sorted(found.values(), key=lambda period: (counting_day(period, timezone), period.id)))


def period_by_id(
    report: ReportDefinition, timezone: ZoneInfo, policy: CalendarPolicy, period_id: str
) -> Period | None:
    """The period of that id, None when the report has none."""
    year = period_id[:4]
    years = range(int(year), int(year) + 1) if year.isascii() and year.isdigit() else range(0)
    for rule in report.period_rules:
        for period in _periods_of_rule(rule, years, timezone, policy):
            if period.id == period_id:
                return period
    return None


def periods_of_rule(
    rule: PeriodRule, years: range, timezone: ZoneInfo, policy: CalendarPolicy
) -> tuple[Period, ...]:
    """The periods one rule makes in those years; an explicit period whatever the years."""
    return tuple(_periods_of_rule(rule, years, timezone, policy))


def explicit_period(
    rule: PeriodRule,
    data: tuple[date, date],
    named: date | None,
    timezone: ZoneInfo,
    policy: CalendarPolicy,
) -> Period:
    """A period that comes once; `data` are its first and last day, `named` the day its deadline names."""
    opens = (named or data[1]) - timedelta(days=rule.opens_days_before)
    last = last_day(named, rule, policy) if named else None
    return Period(
        id=rule.id,
        kind=rule.kind,
        name=rule.name,
        year=data[1].year,
        data_from=data[0],
        data_to=data[1],
        opens=midnight(opens, timezone),
        due=_due(last, timezone),
        due_text=rule.due_text,
        last_day=last,
    )


def is_working_day(day: date, policy: CalendarPolicy) -> bool:
    """Whether offices work that day. The department's own days win over the public holidays."""
    if day in policy.working_days:
        return True
    return day not in policy.extra_holidays and bool(_vietnam().is_working_day(day))


def public_holidays(year: int, language: str = "vi") -> tuple[tuple[date, str], ...]:
    """The public holidays of Vietnam of a year, days off in lieu among them, with their names."""
    names = {"en": "en_US"}.get(language, language)
    found = sorted(holidays.country_holidays("VN", years=year, language=names).items())
    if language != "en":
        return tuple(found)
    # The library names the day that is worked instead month first; here all days are day first.
    return tuple((day, _MONTH_FIRST.sub(r"\2/\1/\3", name)) for day, name in found)


def add_working_days(day: date, count: int, policy: CalendarPolicy) -> date:
    """The `count`-th working day after `day`, before it when negative; 0 is the day itself.

    The day itself is not counted (Civil Code 2015, Article 147).
    """
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= is_working_day(day, policy)
    return day


def last_day(named: date, rule: PeriodRule, policy: CalendarPolicy) -> LastDay:
    """The last day on time when a letter names that day.

    "trước ngày 05/6" ends with 04/6, "chậm nhất ngày 05/6" with 05/6. The weekend policy moves that
    last day, grace days are added after it.
    """
    stated = named if rule.due_inclusive else named - timedelta(days=1)
    rolled = _rolled(stated, rule.weekend, policy)
    is_off = not is_working_day(stated, policy)
    return LastDay(stated, is_off, rolled, rolled + timedelta(days=rule.grace_days))


def _due(last: LastDay | None, timezone: ZoneInfo) -> datetime | None:
    """The first moment that is late."""
    return midnight(last.final + timedelta(days=1), timezone) if last else None


@dataclass(frozen=True, slots=True)
class _Slot:
    """One period of a rule before its dates are known."""

    id: str
    name: str
    first_month: int
    data_from: date
    data_to: date


def _periods_of_rule(
    rule: PeriodRule, years: range, timezone: ZoneInfo, policy: CalendarPolicy
) -> Iterator[Period]:
    if rule.fixed is not None:
        yield rule.fixed
        return
    for year in years:
        if rule.first_year <= year <= (rule.last_year or year) and date.min.year < year < date.max.year:
            for slot in _slots(rule, year):
                yield _period(rule, slot, year, timezone, policy)


def _period(rule: PeriodRule, slot: _Slot, year: int, timezone: ZoneInfo, policy: CalendarPolicy) -> Period:
    named = _named_day(rule, slot, year)
    last = last_day(named, rule, policy) if named else None
    opens = (named or slot.data_to) - timedelta(days=rule.opens_days_before)
    return Period(
        id=slot.id,
        kind=rule.kind,
        name=slot.name,
        year=year,
        data_from=slot.data_from,
        data_to=slot.data_to,
        opens=midnight(opens, timezone),
        due=_due(last, timezone),
        due_text=rule.due_text,
        last_day=last,
    )


def _named_day(rule: PeriodRule, slot: _Slot, year: int) -> date | None:
    if not rule.due_month:
        return None
    if rule.due_from_start:
        return _day(year, slot.first_month + rule.due_month - 1, rule.due_day)
    return _day(year + rule.due_year_offset, rule.due_month, rule.due_day)


def _slots(rule: PeriodRule, year: int) -> Iterator[_Slot]:
    for number in _numbers(rule):
        first_month, last_month = _months(rule.kind, number)
        data_from = _day(year, first_month - 1, _CUT_OFF_DAY + 1)
        data_to = _day(year, last_month, _CUT_OFF_DAY)
        yield _Slot(
            id=_id(rule, year, number),
            name=_name(rule, year, number),
            first_month=first_month,
            data_from=_boundary(rule.data_from, year) or data_from,
            data_to=_boundary(rule.data_to, year) or data_to,
        )


def _numbers(rule: PeriodRule) -> range:
    if rule.number or rule.kind not in {PeriodKind.MONTH, PeriodKind.QUARTER}:
        return range(rule.number or 1, (rule.number or 1) + 1)
    return range(1, 12 // _LENGTHS[rule.kind] + 1)


def _months(kind: PeriodKind, number: int) -> tuple[int, int]:
    length = _LENGTHS[kind]
    return (number - 1) * length + 1, number * length


def _id(rule: PeriodRule, year: int, number: int) -> str:
    suffixes = {
        PeriodKind.MONTH: f"M{number:02}",
        PeriodKind.QUARTER: f"Q{number}",
        PeriodKind.HALF_YEAR: f"H{number}",
        PeriodKind.NINE_MONTHS: "9M",
        PeriodKind.YEAR: "Y",
    }
    return f"{year:04}-{suffixes.get(rule.kind, rule.id)}"


def _name(rule: PeriodRule, year: int, number: int) -> str:
    if rule.kind is PeriodKind.MONTH:
        return f"tháng {number} năm {year}"
    if rule.kind is PeriodKind.QUARTER:
        return f"quý {_ROMAN[number - 1]} năm {year}"
    if rule.kind is PeriodKind.HALF_YEAR:
        return f"6 tháng {'đầu' if number == 1 else 'cuối'} năm {year}"
    if rule.kind is PeriodKind.NINE_MONTHS:
        return f"9 tháng đầu năm {year}"
    return f"năm {year}" if rule.kind is PeriodKind.YEAR else rule.name.replace("{year}", str(year))


def boundary_parts(text: str) -> tuple[int, int, int] | None:
    """Day, month and year offset of "15/12-1" or "31/5"; None when it is no such day."""
    day_month, sign, offset = text.strip().replace(" ", "").partition("-")
    if not sign:
        day_month, sign, offset = day_month.partition("+")
    day, slash, month = day_month.partition("/")
    numbers = (day, month, offset or "0")
    if not slash or not all(number.isascii() and number.isdigit() for number in numbers):
        return None
    try:
        date(2024, int(month), int(day))
    except ValueError:
        return None
    return int(day), int(month), -int(offset) if sign == "-" else int(offset or 0)


def _boundary(text: str, year: int) -> date | None:
    parts = boundary_parts(text) if text else None
    return _day(year + parts[2], parts[1], parts[0]) if parts else None


def _day(year: int, month: int, day: int) -> date:
    """The day, months counted on beyond December; the last of its month where it has fewer days."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, min(day, _days.monthrange(year, month)[1]))


def _rolled(last: date, weekend: Weekend, policy: CalendarPolicy) -> date:
    step = {Weekend.STRICT: 0, Weekend.NEXT_WORKING_DAY: 1, Weekend.PREVIOUS_WORKING_DAY: -1}[weekend]
    while step and not is_working_day(last, policy):
        last += timedelta(days=step)
    return last


def counting_day(period: Period, timezone: ZoneInfo) -> date:
    """The day a period is counted by: its due moment's, or its last day of data where none is stated."""
    return period.due.astimezone(timezone).date() if period.due else period.data_to


def midnight(day: date, timezone: ZoneInfo) -> datetime:
    """The first moment of the day."""
    return datetime.combine(day, time.min, timezone)


@cache
def _vietnam() -> Any:
    return holidays.country_holidays("VN")
