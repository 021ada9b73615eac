"""Days as officers write them, day first: "05/6/2023", "5.6.2023", "2023-06-05" (pure)."""

from __future__ import annotations

import re
from datetime import date, datetime

_DAY_FIRST = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def read_day(text: str) -> date | None:
    """The day that text names, or None when it is no day of the calendar."""
    stripped = text.strip()
    if match := _ISO.fullmatch(stripped):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_FIRST.fullmatch(stripped):
        return _day(int(match[3]), int(match[2]), int(match[1]))
    return None


def write_day(day: date | None) -> str:
    """dd/mm/yyyy, empty for no day."""
    return f"{day:%d/%m/%Y}" if day else ""


def plain_day(value: object) -> object:
    """A date without its time of day; everything else as it is."""
    return value.date() if isinstance(value, datetime) else value


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
