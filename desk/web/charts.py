"""Where the marks of a chart stand, in units of its own view box. Pure; templates draw them as SVG."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from ledger.records import ObligationState

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from consolidate.consolidation import UnitStanding

WIDTH, HEIGHT = 960.0, 120.0
AXIS = 20.0  #: below the marks, for the days
TOP = 16.0  #: above them, for the figures
#: A strip longer than this shows the weeks around the deadline.
LONGEST = 92
BEFORE, AFTER = timedelta(days=60), timedelta(days=30)
LABELS = 8  #: days named under a strip


@dataclass(frozen=True, slots=True)
class Bar:
    """The arrivals of one day."""

    day: date
    x: float
    width: float
    on_time: int
    late: int
    on_time_y: float
    on_time_height: float
    late_y: float
    late_height: float
    label: str  #: the day, where it is named


@dataclass(frozen=True, slots=True)
class Strip:
    """Arrivals day by day against the due moment, and how many had arrived by the end of each day."""

    bars: tuple[Bar, ...]
    due_x: float | None
    now_x: float | None
    line: str  #: points of the curve of arrivals, for an SVG polyline
    expected: int
    received: int
    base: float = HEIGHT - AXIS


def strip(
    standings: Sequence[UnitStanding], opens: datetime, due: datetime | None, as_of: datetime, zone: ZoneInfo
) -> Strip:
    """The strip of a period: each unit stands at its first valid arrival.

    The due moment stands between two days where it falls on midnight.
    """
    arrived = [
        (standing.first_valid.astimezone(zone), standing.state is ObligationState.LATE)
        for standing in standings
        if standing.first_valid is not None and standing.state is not ObligationState.EXEMPT
    ]
    first, last = _span([at for at, _late in arrived], opens, due, as_of, zone)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    width = WIDTH / len(days)
    on_time = Counter(at.date() for at, late in arrived if not late)
    late = Counter(at.date() for at, late in arrived if late)
    most = max((on_time[day] + late[day] for day in days), default=0) or 1
    named = max(1, len(days) // LABELS)

    def x_of(moment: datetime) -> float:
        local = moment.astimezone(zone)
        midnight = datetime(local.year, local.month, local.day, tzinfo=zone)
        part = (local - midnight) / timedelta(days=1)
        return round(((local.date() - first).days + part) * width, 2)

    def inside(moment: datetime | None) -> float | None:
        return x_of(moment) if moment is not None and 0 <= x_of(moment) <= WIDTH else None

    expected = sum(standing.state is not ObligationState.EXEMPT for standing in standings)
    bars = tuple(
        _bar(day, place * width, width, on_time[day], late[day], most, is_named=place % named == 0)
        for place, day in enumerate(days)
    )
    return Strip(
        bars, inside(due), inside(as_of), _line(sorted(at for at, _ in arrived), x_of, expected),
        expected, len(arrived),
    )  # fmt: skip


def _span(
    arrived: Iterable[datetime], opens: datetime, due: datetime | None, as_of: datetime, zone: ZoneInfo
) -> tuple[date, date]:
    known = [at.date() for at in arrived]
    end = due or as_of
    first = min([opens.astimezone(zone).date(), *known])
    last = max([end.astimezone(zone).date() + timedelta(days=3), *known])
    if (last - first).days > LONGEST:
        middle = end.astimezone(zone).date()
        first, last = max(first, middle - BEFORE), min(last, middle + AFTER)
    return first, max(first, last)


def _bar(day: date, x: float, width: float, on_time: int, late: int, most: int, *, is_named: bool) -> Bar:
    high = HEIGHT - AXIS - TOP
    base = HEIGHT - AXIS
    on_time_height, late_height = high * on_time / most, high * late / most
    gap = min(2.0, width / 5)
    return Bar(
        day=day,
        x=round(x + gap / 2, 2),
        width=round(width - gap, 2),
        on_time=on_time,
        late=late,
        on_time_y=round(base - on_time_height, 2),
        on_time_height=round(on_time_height, 2),
        late_y=round(base - on_time_height - late_height, 2),
        late_height=round(late_height, 2),
        label=f"{day:%d/%m}" if is_named else "",
    )


def _line(arrived: Sequence[datetime], x_of: object, expected: int) -> str:
    """The curve of arrivals as steps: right to each arrival, then up."""
    if not arrived or not expected:
        return ""
    assert callable(x_of)
    base, high = HEIGHT - AXIS, HEIGHT - AXIS - TOP
    points = [(0.0, base)]
    for count, moment in enumerate(arrived, 1):
        x, y = min(WIDTH, max(0.0, x_of(moment))), base - high * count / max(expected, len(arrived))
        points += [(x, points[-1][1]), (x, y)]
    points.append((WIDTH, points[-1][1]))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
