"""How a unit kept its deadlines: where the bars stand, in units of the chart's own view box. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from ledger.records import ObligationState

if TYPE_CHECKING:
    from consolidate.consolidation import UnitStanding
    from desk.unit_file import Owed

WIDTH, HEIGHT = 960.0, 170.0
BASE = 76.0  #: the deadline
HALF = 52.0  #: the longest bar, up or down
WIDEST = 96.0
MOST = 12  #: periods shown
#: A bar is no longer than so many days; what is earlier or later has its number beside it all the same.
FARTHEST = 30.0
LEAST = 2.0  #: height of the smallest bar


@dataclass(frozen=True, slots=True)
class Bar:
    """One period: above the line the days in hand, below it the days late."""

    state: ObligationState
    label: str  #: the period's id
    x: float
    width: float
    y: float
    height: float  #: 0: nothing came, or nothing is owed
    days: str  #: "+3", "-2"; empty where there is no bar
    text_y: float


@dataclass(frozen=True, slots=True)
class Timeliness:
    """The periods of one report, oldest first."""

    bars: tuple[Bar, ...]
    on_time: int
    owed: int  #: periods that are due and not exempt
    base: float = BASE


def timeliness(owed: Sequence[Owed]) -> Timeliness:
    """The chart of the last periods; `owed` comes latest first."""
    shown = list(reversed(owed[:MOST]))
    margins = [_days(each.standing) for each in shown]
    farthest = min(FARTHEST, max((abs(days) for days in margins if days is not None), default=1.0)) or 1.0
    width = min(WIDEST, WIDTH / max(1, len(shown)))
    bars = tuple(
        _bar(each, days, place * width, width, farthest)
        for place, (each, days) in enumerate(zip(shown, margins, strict=True))
    )
    counted = [each for each in bars if each.state is not ObligationState.EXEMPT]
    on_time = sum(each.state is ObligationState.ON_TIME for each in counted)
    return Timeliness(bars, on_time, len(counted))


def _days(standing: UnitStanding) -> float | None:
    """Days in hand at the first valid arrival, late ones negative."""
    if standing.first_valid is None or standing.due is None:
        return None
    return (standing.due - standing.first_valid) / timedelta(days=1)


def _bar(owed: Owed, days: float | None, x: float, width: float, farthest: float) -> Bar:
    height = 0.0 if days is None else max(LEAST, HALF * min(abs(days), farthest) / farthest)
    is_late = days is not None and days <= 0
    gap = width / 5
    return Bar(
        state=owed.standing.state,
        label=owed.period.id,
        x=round(x + gap, 2),
        width=round(width - 2 * gap, 2),
        y=round(BASE if is_late else BASE - height, 2),
        height=round(height, 2),
        days="" if days is None else f"{'−' if is_late else '+'}{abs(days):.0f}",
        text_y=round(BASE + height + 12 if is_late else BASE - height - 4, 2),
    )
