"""What the units owe at the moment a message arrives, and what of it has come."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from config.reports import Period
from intake.evidence.recognition import Match
from intake.evidence.which_period import late_window, period_collected
from ledger.records import ObligationKey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.judging.context import Context

#: Evidence of a period that no word names.
_TIMES = frozenset({"calendar", "date"})


class Owed:
    """The obligations of units, seen from one arrival."""

    def __init__(self, context: Context, arrival: datetime) -> None:
        self._context = context
        self._arrival = arrival

    def now_of(self, unit: str) -> tuple[ObligationKey, ...]:
        """All that a unit has to hand in for the periods now collected."""
        opened = [(report, periods) for report, periods in self._context.periods.items() if periods]
        now = [(report, period_collected(periods, self._arrival).id) for report, periods in opened]
        return tuple(key for spot in now if self._context.owes(key := ObligationKey(unit, *spot)))

    def owing(self, unit: str) -> tuple[ObligationKey, ...]:
        """What the unit owes for the periods now collected and nothing that counts has come of."""
        return tuple(filter(self.still_owes, self.now_of(unit)))

    def has_settled(self, unit: str) -> bool:
        """Whether all the unit owes for the periods now collected has come and counts."""
        return bool(self.now_of(unit)) and not self.owing(unit)

    def has_handed_in(self, unit: str) -> bool:
        """Whether something has come of all the unit owes for the periods now collected, held or not."""
        owed = self.now_of(unit)
        return bool(owed) and all(self._context.earlier(key) for key in owed)

    def still_owes(self, key: ObligationKey) -> bool:
        """Whether the unit owes it and nothing that counts has come of it."""
        return self._context.owes(key) and not any(s.accepted for s in self._context.earlier(key))

    def came_since(self, match: Match | None, units: Sequence[str]) -> bool:
        """Whether what a mail without a report is about has come after it and counts.

        Where it names no obligation, it is about any that its one sender owed by then.
        """
        named = match is not None and match.unit and match.report and match.period
        if match is not None and named:
            return self._context.came_since(ObligationKey(match.unit, match.report, match.period))
        if len(units) != 1 or (match is not None and match.unit not in {"", *units}):
            return False
        about = [key for key in self.owing(units[0]) if match is None or match.report in {"", key.report}]
        return any(map(self._context.came_since, about))

    def opened(self, match: Match) -> Period | None:
        """The period of a match; None where a person chose one that had not opened."""
        return next((p for p in self._context.periods[match.report] if p.id == match.period), None)

    def may_be_overdue(self, match: Match) -> bool:
        """Whether nothing names the period, and the unit still owes the report on the one before as well."""
        if any(item.about == "period" and item.kind not in _TIMES for item in match.evidence):
            return False
        opened = self._context.periods[match.report]
        chosen = self.opened(match)
        before = [p for p in opened if chosen and p.kind is chosen.kind and p.opens < chosen.opens][-1:]
        return any(
            period.due is not None
            and timedelta() <= self._arrival - period.due <= late_window(period)
            and self.still_owes(ObligationKey(match.unit, match.report, period.id))
            for period in before
        )

    def is_of_an_earlier_period(self, match: Match) -> bool:
        """Whether the unit owes the report for the period now collected, and this is an older one."""
        if any(item.about == "period" and item.kind == "answer" for item in match.evidence):
            return False
        now = [key for key in self.owing(match.unit) if key.report == match.report]
        opened, chosen = self._context.periods[match.report], self.opened(match)
        later = {period.id for period in opened if chosen and period.opens > chosen.opens}
        return any(key.period in later for key in now)
