"""Numbers, days and names as an administrative Vietnamese text writes them. Pure functions."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from config.decimals import vietnamese_number
from config.spelling import accented_key, tidy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from config.units import Unit
    from config.wording import Wording

_TO_MILLIONS = {
    "đồng": Decimal("0.000001"),
    "nghìn đồng": Decimal("0.001"),
    "ngàn đồng": Decimal("0.001"),
    "triệu đồng": Decimal(1),
    "tỷ đồng": Decimal(1000),
    "tỉ đồng": Decimal(1000),
}
MONEY = "triệu đồng"
PERCENT = "%"

_COMMITTEE = re.compile(
    r"^(?:UBND|[ỦU][yỷ] ban nhân dân)\s+(?=(?:xã|phường|thị trấn|thị xã|đặc khu)\s)", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"(?<=[.;!?…])\s+(?=[-–+•A-ZÀ-ỸĐ\d])|\n+")
_ABBREVIATED = re.compile(r"(?:^|[\s(])(?:[A-ZĐ]{1,2}|[Đđ]/c|[Tt]h[Ss]|[Bb][Ss]|v\.v)\.$")
_BULLET = re.compile(r"^(?:[-–+•*·▪]+|\d{1,2}[.)](?!\d)|[a-zđ]\))\s*")


def number(value: Decimal, decimals: int | None = None) -> str:
    """1234.5 as "1.234,5"; with `decimals`, rounded half up to that many at most."""
    if decimals is not None:
        value = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return vietnamese_number(value)


def counted(value: Decimal | int) -> str:
    """A count, those below ten with a leading zero, as clerks write them: "05"."""
    whole = value == int(value)
    return f"{int(value):02d}" if whole and 0 < value < 10 else number(Decimal(value))  # noqa: PLR2004


def in_millions(value: Decimal, unit_of_measure: str) -> tuple[Decimal, str]:
    """Money of any scale in triệu đồng, everything else as it is. Nothing is rounded."""
    factor = _TO_MILLIONS.get(accented_key(unit_of_measure))
    return (value, unit_of_measure) if factor is None else (value * factor, MONEY)


def is_money(unit_of_measure: str) -> bool:
    """Whether the unit of measure is an amount of đồng."""
    return accented_key(unit_of_measure) in _TO_MILLIONS


def amount(value: Decimal, unit_of_measure: str, decimals: int | None = None) -> str:
    """A figure with its unit: "05 cuộc", "1.250 lượt người", "31,25%", "902,595 triệu đồng"."""
    value, unit = in_millions(value, unit_of_measure)
    if unit.strip() == PERCENT:
        return number(value, decimals) + PERCENT
    plain = is_money(unit) or decimals is not None or value != int(value)
    return f"{number(value, decimals) if plain else counted(value)} {unit}".strip()


def share(part: Decimal, whole: Decimal) -> str:
    """Part of whole in per cent, two decimals at most; empty when the whole is nothing."""
    return number(part * 100 / whole, 2) + PERCENT if whole > 0 else ""


def day(value: date) -> str:
    """05/6/2023: days below ten and the months 1 and 2 carry a zero (Decree 30/2020)."""
    return f"{value.day:02d}/{_month(value)}/{value.year}"


def _month(value: date) -> str:
    return f"{value.month:02d}" if value.month < 3 else str(value.month)  # noqa: PLR2004


def moment(value: datetime, zone: tzinfo, wording: Wording, *, short: bool = False) -> str:
    """17 giờ 05 phút ngày 05/6/2023, on the clock of the department; short for tables: 17:05 05/6/2023."""
    local = value.astimezone(zone)
    clock = {"hour": f"{local.hour:02d}", "minute": f"{local.minute:02d}"}
    return wording("documents.moment_short" if short else "documents.moment", day=day(local.date()), **clock)


def due(
    value: datetime | None, zone: tzinfo, wording: Wording, asked: str = "", *, short: bool = False
) -> str:
    """The first late moment as letters say it: midnight is "trước ngày 05/6/2023".

    Where it was `asked` for in words that count the day itself ("chậm nhất ngày 05/6"), so it is here.
    """
    if value is None:
        return wording("documents.due_unknown")
    tail = "_short" if short else ""
    local = value.astimezone(zone)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        if asked and not accented_key(asked).startswith("trước"):
            last = local.date() - timedelta(days=1)
            return wording("documents.due_last_day" + tail, day=day(last))
        return wording("documents.due_day" + tail, day=day(local.date()))
    return wording("documents.due_moment" + tail, moment=moment(value, zone, wording, short=short))


def as_of_words(value: datetime, zone: tzinfo, wording: Wording) -> str:
    """The moment a text speaks of; midnight is the end of the day before: "hết ngày 04/6/2023"."""
    local = value.astimezone(zone)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return wording("documents.end_of_day", day=day(local.date() - timedelta(days=1)))
    return moment(value, zone, wording)


def days_late(at: datetime, due_at: datetime | None, zone: tzinfo) -> int | None:
    """Days after the last day on time; 0: late within that day; None: not late at all."""
    if due_at is None or at < due_at:
        return None
    last_day = (due_at - timedelta(microseconds=1)).astimezone(zone).date()
    return (at.astimezone(zone).date() - last_day).days


def lateness(at: datetime, due_at: datetime | None, zone: tzinfo, wording: Wording) -> str:
    """Days late in words ("02 ngày", "trong ngày"); empty when not late."""
    days = days_late(at, due_at, zone)
    if days is None:
        return ""
    return wording("documents.days", days=counted(days)) if days else wording("documents.same_day")


@lru_cache(maxsize=4096)
def short_name(unit: Unit) -> str:
    """The unit as a list in a text names it: "xã Hoa Lư" for "UBND xã Hoa Lư"."""
    return _COMMITTEE.sub("", tidy(unit.name))


def listed(names: Sequence[str], wording: Wording, most: int = 0) -> str:
    """Names in a row; beyond `most` (0: no limit) the others are counted, not named."""
    if most and len(names) > most:
        return wording(
            "documents.and_others", names=", ".join(names[:most]), others=counted(len(names) - most)
        )
    return ", ".join(names)


@lru_cache(maxsize=512)  # of a passage they are asked for wherever it is looked at
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a passage, list marks and end marks taken off, in order.

    A point after an abbreviation ("TP. Tam Kỳ") or inside a number ends no sentence.
    """
    pieces: list[str] = []
    for piece in _SENTENCE_END.split(text):
        if pieces and _ABBREVIATED.search(pieces[-1]):
            pieces[-1] += " " + piece
        elif piece:
            pieces.append(piece)
    return tuple(sentence for sentence in map(_bare, pieces) if sentence)


def _bare(piece: str) -> str:
    return _BULLET.sub("", tidy(piece)).strip().rstrip(".;,: ")


def capital(text: str) -> str:
    """The text with its first letter large."""
    return text[:1].upper() + text[1:]


def small(text: str) -> str:
    """The text with its first letter small, unless it begins with an abbreviation."""
    return text if len(text) > 1 and text[1].isupper() else text[:1].lower() + text[1:]


def inside(text: str) -> str:
    """The text as it stands within a sentence: small, unless it begins with a name ("Hội Người mù")."""
    second = text.split()[1:2]
    return text if second and second[0][:1].isupper() else small(text)


def without_repeats(names: Iterable[str]) -> tuple[str, ...]:
    """The names in order, each once."""
    return tuple(dict.fromkeys(names))
