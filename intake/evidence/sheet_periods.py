"""Workbooks with a sheet for each quarter, month or half-year: which period each sheet is of. Pure.

Clerks keep one workbook a year and send it every time. The name of a sheet tells its period plainly; a title
copied from the sheet before does not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from config.reports import PeriodKind
from config.spelling import plain_key
from intake.evidence.period_words import ROMAN, NamedPeriod, periods_named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from config.reports import Period

_SEVERAL = 2
# "Q3", "QIII", "T6", "Th 06": too short to be a period anywhere but in the name of a sheet.
_SHORT = (
    (re.compile(r"(?:q|qui) ?(iv|i{1,3}|[1-4])"), PeriodKind.QUARTER),
    (re.compile(r"th? ?(1[0-2]|0?[1-9])"), PeriodKind.MONTH),
    (re.compile(r"(20\d\d)"), PeriodKind.YEAR),
)


def period_of_sheet(name: str) -> NamedPeriod | None:
    """The one period that the name of a sheet says; None where it says none, or several."""
    told = periods_named(name)
    if told:
        return told[0] if len(told) == 1 and not (told[0].cited or told[0].planned) else None
    key = plain_key(name)
    for pattern, kind in _SHORT:
        if (found := pattern.fullmatch(key)) is not None:
            number = ROMAN.get(found[1]) or int(found[1])
            of_year = kind is PeriodKind.YEAR
            return NamedPeriod(kind, number if of_year else None, 0 if of_year else number, name, 0)
    return None


def is_series(sheets: Iterable[str]) -> bool:
    """Whether sheets are named for several periods."""
    told = [named for name in sheets if (named := period_of_sheet(name)) is not None]
    return len({(named.kind, named.number, named.year) for named in told}) >= _SEVERAL


def of_other_periods(sheets: Iterable[str], period: Period) -> frozenset[str]:
    """The sheets named for another period where one is named for this; none where none is."""
    told = {name: named for name in sheets if (named := period_of_sheet(name)) is not None}
    own = {name for name, named in told.items() if is_of(named, period)}
    return frozenset(told) - own if own else frozenset()


def is_of(named: NamedPeriod, period: Period) -> bool:
    """Whether the words name this period; without a year they may."""
    digits = "".join(letter for letter in period.id.rsplit("-", 1)[-1] if letter.isdigit())
    same = period.kind is PeriodKind.YEAR or digits == str(named.number)
    return named.kind is period.kind and named.year in (None, period.year) and same
