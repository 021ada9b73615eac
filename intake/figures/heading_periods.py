"""What the heading of a column says of its period, against the period a report is for. Pure.

"Năm 2023 | Năm 2024", "Quý I | Quý II | 6 tháng", "Cùng kỳ 2023 | Thực hiện 2024": the same rows stand
under several times, and the figures of another time look as right as those that were asked for.
"""

from __future__ import annotations

import re
from datetime import date
from enum import IntEnum
from typing import TYPE_CHECKING

from config.reports import PeriodKind
from intake.evidence.period_words import periods_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from config.reports import Period

_YEAR = re.compile(r"\b20\d\d\b")
_SCHOOL_YEAR = re.compile(r"\bnăm học (20\d\d)")
_SCHOOL_BEGINS = 8  # August: what is reported from then on is of the year that begins
_NUMBER_OF_ID = re.compile(r"-[HQM](\d{1,2})$")
_HALF_NAMED = re.compile(r"\b(?:đầu|cuối)\b")
_WHOLE_YEAR = re.compile(r"\bcả năm\b")
# "trong quý", "tháng này": this quarter, this month, whichever it is.
_THIS = (
    (re.compile(r"\b(?:trong quý(?! (?:\d|i))|quý (?:này|nay|báo cáo))\b"), PeriodKind.QUARTER),
    (re.compile(r"\b(?:trong tháng(?! \d)|tháng (?:này|nay|báo cáo))\b"), PeriodKind.MONTH),
)
#: "tính đến ngày 30/6/2024", after normalisation.
_AS_OF = re.compile(r"\bđến\D{0,20}(\d{1,2}) (?:tháng )?(\d{1,2}) (?:năm )?(20\d\d)\b")
_LATEST_CUT_OFF = 31  # days after the period, of figures that are still its own
_EARLIEST_CUT_OFF = 62  # days before its end: reports on a half-year are due a month before it ends
_ONCE = (PeriodKind.CAMPAIGN, PeriodKind.ONE_OFF)


class Fit(IntEnum):
    """How the period in a column's heading stands to the reported one."""

    OTHER = 0  #: another year, or another part or length of the year
    UNSAID = 1  #: no period is named, or only "trong kỳ"
    YEAR = 2  #: its year and no part of it, where a part is reported on
    EXACT = 3


def fit_of(named: Sequence[str], period: Period) -> Fit:
    """How a column fits the period by the words of periods in its heading, outermost first.

    Of several ("Năm 2024 / 6 tháng đầu năm") no year may be another, and the innermost that names more
    than a year decides.
    """
    years = {year for words in named for year in _years_in(words, period)}
    if not years <= _years_of(period):
        return Fit.OTHER
    if period.kind in _ONCE:
        return Fit.UNSAID
    parts = [fit for words in named if (fit := _part(words, period)) is not None]
    if parts:
        return parts[-1]
    if not years:
        return Fit.UNSAID
    return Fit.EXACT if period.kind is PeriodKind.YEAR else Fit.YEAR


def _years_in(words: str, period: Period) -> Iterator[int]:
    """The years a heading names; of a school year the one that the period's season falls in."""
    school = _SCHOOL_YEAR.search(words)
    if school is None:
        yield from map(int, _YEAR.findall(words))
    else:
        yield int(school[1]) + (period.data_to.month < _SCHOOL_BEGINS)


def parts_of(period: Period) -> dict[str, tuple[int, ...]]:
    """The quarters and the months that make up a period, by the word for them; none for other parts."""
    number = _number_of(period)
    months = {
        PeriodKind.QUARTER: range(3 * number - 2, 3 * number + 1),
        PeriodKind.HALF_YEAR: range(6 * number - 5, 6 * number + 1),
        PeriodKind.NINE_MONTHS: range(1, 10),
        PeriodKind.YEAR: range(1, 13),
    }.get(period.kind, range(0))
    if not months or months[0] < 1:
        return {}
    quarters = tuple(dict.fromkeys((month + 2) // 3 for month in months))
    return {"quý": quarters, "tháng": tuple(months)} if len(quarters) > 1 else {"tháng": tuple(months)}


def _years_of(period: Period) -> set[int]:
    """The years a heading may name; only what comes once may span several."""
    if period.kind in _ONCE:
        return set(range(period.data_from.year, period.data_to.year + 1)) | {period.year}
    return {period.year}


def _part(words: str, period: Period) -> Fit | None:
    """How a month, quarter, half or whole year that the words name fits; None when they name none."""
    for pattern, kind in _THIS:
        if pattern.search(words):
            return Fit.UNSAID if kind is period.kind else Fit.OTHER
    if (as_of := _AS_OF.search(words)) is not None:
        return _fit_of_cut_off(as_of, period)
    if _WHOLE_YEAR.search(words):
        return Fit.EXACT if period.kind is PeriodKind.YEAR else Fit.OTHER
    named = next((one for one in periods_named(words) if one.kind is not PeriodKind.YEAR), None)
    if named is None:
        return None
    number = named.number
    if named.kind is PeriodKind.HALF_YEAR and not _HALF_NAMED.search(words):
        number = 0  # "6 tháng năm 2024" is either half
    same = named.kind is period.kind and number in {0, _number_of(period) or number}
    return Fit.EXACT if same else Fit.OTHER


def _fit_of_cut_off(told: re.Match[str], period: Period) -> Fit:
    """Whether the day that figures stand at is about the end of the period, and not early in it."""
    try:
        day = date(int(told[3]), int(told[2]), int(told[1]))
    except ValueError:
        return Fit.OTHER
    early = min(_EARLIEST_CUT_OFF, (period.data_to - period.data_from).days // 2)
    return Fit.EXACT if -early <= (day - period.data_to).days <= _LATEST_CUT_OFF else Fit.OTHER


def _number_of(period: Period) -> int:
    """Which month, quarter or half of the year the period is; 0 where its id does not say."""
    found = _NUMBER_OF_ID.search(period.id)
    return int(found[1]) if found else 0
