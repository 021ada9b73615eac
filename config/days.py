"""Days and moments as officers write them, day first: "05/6/2023", "08:00 05/6/2023" (pure)."""

from __future__ import annotations

import re
from datetime import date, datetime, time

_DAY_FIRST = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_CLOCK = re.compile(r"(\d{1,2})\s*(?::|h|giờ)\s*(\d{2})?")


def read_day(text: str) -> date | None:
    """The day that text names, or None when it is no day of the calendar."""
    stripped = text.strip()
    if match := _ISO.fullmatch(stripped):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_FIRST.fullmatch(stripped):
        return _day(int(match[3]), int(match[2]), int(match[1]))
    return None


def read_moment(text: str) -> datetime | None:
    """The moment that text names: "08:00 05/06/2023", "5/6/2023 8h", ISO 8601; None when it is none.

    A day alone means its beginning. Only ISO 8601 says in which time zone.
    """
    stripped = text.strip()
    if read_day(stripped) is None and _ISO.match(stripped):
        return _iso_moment(stripped)
    for day_text, clock_text in _parted(stripped):
        day, clock = read_day(day_text), _clock(clock_text)
        if day and clock is not None:
            return datetime.combine(day, clock)
    return None


def write_day(day: date | None) -> str:
    """dd/mm/yyyy, empty for no day."""
    return f"{day:%d/%m/%Y}" if day else ""


def plain_day(value: object) -> object:
    """A date without its time of day; everything else as it is."""
    return value.date() if isinstance(value, datetime) else value


def _parted(text: str) -> tuple[tuple[str, str], ...]:
    """The text as a day and a time of day, in either order; without a time the day alone."""
    first, _, rest = text.partition(" ")
    before, _, last = text.rpartition(" ")
    return (text, "0:00"), (first, rest), (last, before)


def _clock(text: str) -> time | None:
    match = _CLOCK.fullmatch(text.strip())
    try:
        return time(int(match[1]), int(match[2] or 0)) if match else None
    except ValueError:
        return None


def _iso_moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
