"""The figures of the periods looked at last, kept until something happens: a click further sums nothing."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.figures import PeriodFigures, figures_of

if TYPE_CHECKING:
    from config.regime import Regime
    from config.reports import Period, ReportDefinition
    from desk.office import Office

#: A period of six hundred units and forty indicators takes some twenty megabytes.
MOST = 3


@dataclass(frozen=True, slots=True)
class _Kept:
    """Figures, and the state of things they are of."""

    regime: Regime  #: the very object: it is read anew when its files change
    event: int
    hour: str  #: mail may be dated ahead, and counts from its moment on
    figures: PeriodFigures

    def is_of(self, regime: Regime, event: int, hour: str) -> bool:
        """Whether nothing has happened since."""
        return self.regime is regime and (self.event, self.hour) == (event, hour)


class RememberedFigures:
    """`figures_of` for the present moment; safe to use from several threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, bool], _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def of(
        self, office: Office, report: ReportDefinition, period: Period, *, compared: bool = False
    ) -> PeriodFigures:
        """What stands for a period now; asked inside a snapshot."""
        now = office.clock()
        state = (office.regime, office.ledger.last_event(), f"{now:%Y%m%d%H}")
        key = (report.id, period.id, compared)
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and kept.is_of(*state):
            return kept.figures
        figures = figures_of(office, report, period, now, compared=compared)
        with self._lock:
            self._kept[key] = _Kept(*state, figures)
            self._kept.move_to_end(key)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return figures
