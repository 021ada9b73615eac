"""Deadlines as letters write them: "trước ngày 05/6", "chậm nhất ngày 08/12" (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from config.days import write_day
from config.errors import UnreadableDueError
from config.spelling import tidy

if TYPE_CHECKING:
    from config.reports import LastDay, Period
    from config.wording import Wording


class DueDay(NamedTuple):
    """A day of every year; `inclusive`: the named day itself is still on time."""

    month: int
    day: int
    inclusive: bool


@dataclass(frozen=True, slots=True)
class DueText:
    """All that a deadline says."""

    day: int
    month: int  #: of the year, or counted from the period's first month
    inclusive: bool
    year: int = 0  #: 0: every year
    from_start: bool = False  #: `month` counts from the period's first month


_DATE = (
    r"(?P<day>\d{1,2})\s*(?:[/.-]\s*|\s+thang\s+)(?P<month>\d{1,2})\b"
    r"(?:\s*(?:[/.-]|\s*nam)\s*(?P<year>\d{4}))?"
)
_MONTHLY = (
    r"(?P<day>\d{1,2})\s+(?:cua\s+)?(?P<which>"
    r"(?:hang|moi)\s+thang|thang\s+(?:sau|tiep\s+theo|ke\s+tiep)"
    r"|thang\s+cuoi\s+(?:cua\s+)?(?:moi\s+|hang\s+)?quy"
    r"|thang\s+dau\s+(?:tien\s+)?(?:cua\s+)?quy\s+(?:sau|tiep\s+theo|ke\s+tiep))"
)
_BEFORE = r"\btruoc\s+(?:ngay\s+)?"
_UNTIL = (
    r"\b(?:cham\s+nhat|muon\s+nhat|khong\s+qua|khong\s+muon\s+hon|khong\s+cham\s+hon|den\s+het|truoc\s+(?:va|hoac)\s+trong"
    r"|han\s+cuoi(?:\s+cung)?)\s+(?:la\s+|vao\s+|den\s+|het\s+|trong\s+)*(?:ngay\s+)?"
)
_READERS = tuple(
    (re.compile(marker + when), inclusive)
    for when in (_DATE, _MONTHLY)
    for marker, inclusive in ((_UNTIL, True), (_BEFORE, False))
)
_ANY_DATE = re.compile(r"\d{1,2}\s*(?:[/.-]|\s+thang)\s*\d{1,2}")
# An hour would be dropped in silence, so a deadline with an hour is refused.
_HOUR = re.compile(r"\d\s*(?:gio|h)(?:\b|\d)|\d:\d\d")


def parse_due(text: str) -> DueDay:
    """Month, day and whether the named day itself is on time, of a deadline that holds every year.

    Raises:
        UnreadableDueError: no such deadline, several, one with an hour, or one of every month.

    """
    due = read_due(text)
    if due.from_start:
        raise UnreadableDueError(text)
    return DueDay(due.month, due.day, due.inclusive)


def read_due(text: str) -> DueText:
    """All that the deadline says.

    Raises:
        UnreadableDueError: no day, several days, an hour, no word that says on which side of the day
            the deadline lies, or a day no calendar has.

    """
    plain = _plain(text)
    if _HOUR.search(plain) or len(_ANY_DATE.findall(plain)) > 1:
        raise UnreadableDueError(text)
    for reader, inclusive in _READERS:
        if match := reader.search(plain):
            return _checked(_due(match, inclusive=inclusive), text)
    raise UnreadableDueError(text)


def due_rule(period: Period, say: Wording, written: Callable[[date], str] = write_day) -> str:
    """In words which rule made the due moment of a period; empty where no deadline is stated.

    An extension of one unit is no rule and not in it. `written` writes a day.
    """
    if (last := period.last_day) is None:
        return ""
    days = {"stated": last.stated, "rolled": last.rolled, "final": last.final}
    places = {name: written(day) for name, day in days.items()}
    grace = (last.final - last.rolled).days
    rule = say(f"config.due_rule{_rolling(last)}", text=period.due_text, **places)
    return rule + (" " + say("config.due_rule_grace", days=grace, **places) if grace else "")


def _rolling(last: LastDay) -> str:
    """What the rule for days off did, as the key of its sentence ends."""
    if last.rolled > last.stated:
        return "_next"
    if last.rolled < last.stated:
        return "_previous"
    return "_kept" if last.is_off else ""


def _due(match: re.Match[str], *, inclusive: bool) -> DueText:
    found = match.groupdict()
    if which := found.get("which"):
        return DueText(int(found["day"]), _month_of(which), inclusive, from_start=True)
    return DueText(int(found["day"]), int(found["month"]), inclusive, int(found["year"] or 0))


def _month_of(which: str) -> int:
    if "dau" in which:
        return 4
    if "cuoi" in which:
        return 3
    return 1 if which.startswith(("hang", "moi")) else 2


def _checked(due: DueText, text: str) -> DueText:
    # A leap year stands in for "every year", so that 29/02 is a day.
    month, year = (1, 2024) if due.from_start else (due.month, due.year or 2024)
    try:
        date(year, month, due.day)
    except ValueError:
        raise UnreadableDueError(text) from None
    return due


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", tidy(text).lower().replace("đ", "d"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
