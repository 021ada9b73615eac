"""Whether a clause speaks of the period reported on, of another time, or of what shall be."""

from __future__ import annotations

import re

from config.reports import Period, PeriodKind
from intake.evidence.period_words import NamedPeriod, periods_named
from intake.figures.sentence_numbers import PLANS

_NOW = re.compile(r"\b(?:đã|đến nay|hiện (?:nay|có|còn|tại))\b", re.IGNORECASE)
#: What was counted since January is no figure of a later month or quarter, whose data begin about then.
_SINCE_NEW_YEAR = re.compile(r"\b(?:từ|kể từ) đầu năm\b", re.IGNORECASE)
_LATER = range(2, 12)
_SHORTER = frozenset((PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF_YEAR, PeriodKind.NINE_MONTHS))


def is_elsewhen(clause: str, sentence: str, period: Period | None, *, before: bool) -> bool:
    """Whether a clause speaks of another time or of what shall be; so does the rest till it says now.

    "Phấn đấu tạo việc làm cho 120 lao động; mở 05 lớp dạy nghề; ..." tells plans to its end.
    """
    if not is_of_the_period(clause, sentence, period) or PLANS.match(clause):
        return True
    return before and not (periods_named(clause) or _NOW.search(clause))


# "Đến hết tháng 11/2024" of a year's report says up to when was counted, and names no month reported on.
_CUT_OFF = re.compile(
    r"\bđến (?:hết |cuối |thời điểm )?(?:tháng )(?P<month>\d{1,2})(?:\s*(?:/|năm )\s*(?P<year>20\d\d))?",
    re.IGNORECASE,
)
_LAST_MONTHS = 2  #: before the last day of its data, and none after the next


def _without_cut_off(clause: str, period: Period | None) -> str:
    if period is None:
        return clause
    return _CUT_OFF.sub(lambda told: " " if _closes(told, period) else told[0], clause)


def _closes(told: re.Match[str], period: Period) -> bool:
    """Whether data up to that month are the data of the period."""
    last = 12 * period.data_to.year + period.data_to.month
    month = 12 * int(told["year"] or period.data_to.year) + int(told["month"])
    return last - _LAST_MONTHS <= month <= last + 1


def is_of_the_period(clause: str, sentence: str, period: Period | None) -> bool:
    """Whether no other time than the reported one is named; of several years, only its own."""
    named = [one for one in periods_named(_without_cut_off(clause, period)) if not one.cited]
    years = {one.year for one in named if one.year}
    if _SINCE_NEW_YEAR.search(clause) and period is not None and period.data_from.month in _LATER:
        return False
    if period is None:
        return len({one.year for one in periods_named(sentence) if one.year}) <= 1
    return years <= {period.year} and not any(_is_other(one, period) for one in named)


# "Số vụ qua các năm: năm 2022: 9 vụ; năm 2023: 7 vụ; năm 2024: 5 vụ": one label, a number for each year.
_OF_A_YEAR = r"năm\s+(20\d\d)\s*(?::|là|có|xảy ra|=)?\s*(\d[\d.,]*\d|\d)(\s*[^\d;,.()]*)"
_SERIES = re.compile(
    rf"^(?P<label>[^\d;()]{{6,}}?)(?:\s+(?:qua|của|trong)?\s*(?:các|từng|mỗi) năm)?\s*[:,]?\s*"
    rf"(?P<years>{_OF_A_YEAR}(?:(?:[;,]|\bvà\b)\s*{_OF_A_YEAR})+)\.?$",
    re.IGNORECASE,
)


def of_its_year(sentence: str, period: Period | None) -> str:
    """A sentence that gives a number for each of several years, with that of the year reported on alone."""
    if period is None or period.kind is not PeriodKind.YEAR or "năm" not in sentence.lower():
        return sentence
    series = _SERIES.match(sentence)
    if series is None:
        return sentence
    told = {year: f"{number}{what}" for year, number, what in _YEAR.findall(series["years"])}
    own = told.get(str(period.year))
    return f"{series['label'].rstrip(' :,')}: {own.strip()}" if own and len(told) > 1 else sentence


_YEAR = re.compile(_OF_A_YEAR, re.IGNORECASE)


def _is_other(named: NamedPeriod, period: Period) -> bool:
    if named.planned:
        return False
    kind = period.kind
    if named.kind is kind is PeriodKind.HALF_YEAR:
        return named.number not in {0, _half(period.data_to.month)}
    return named.kind in _SHORTER and named.kind is not kind


def _half(last_month: int) -> int:
    """The half of the year that figures up to this month belong to; cut-offs move by a month or two."""
    return 1 if 4 <= last_month <= 8 else 2  # noqa: PLR2004
