"""Ids as the words of the regime: what a page shows in place of `binh-minh`, `bdg` and `2023-H1`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from ledger.taught import effective_regime

if TYPE_CHECKING:
    from datetime import datetime

    from config.reports import ReportDefinition
    from config.units import Address
    from desk.office import Office
    from ledger.records import Decision


@dataclass(frozen=True)
class Names:
    """The names of one office; an id the regime does not know stands for itself."""

    office: Office
    decisions: tuple[Decision, ...] = ()  #: of which linked addresses are known as well

    def unit(self, unit: str) -> str:
        """The name of a unit."""
        return self._units.get(unit, unit)

    def sender(self, address: str, arrival: datetime) -> str:
        """The id of the one unit whose address it was that day, "" when it is nobody's or several units'."""
        day = arrival.astimezone(self.office.regime.timezone).date()
        owners = {unit for unit, known in self._owners.get(address, ()) if known.valid_on(day)}
        return owners.pop() if len(owners) == 1 else ""

    def report(self, report: str) -> str:
        """The short name of a report."""
        found = self._reports.get(report)
        return found.short_name if found else report

    def period(self, report: str, period: str) -> str:
        """The name of a period."""
        definition = self._reports.get(report)
        found = self.office.period(definition, period) if definition and period else None
        return found.name if found else period

    def indicator(self, report: str, code: str) -> str:
        """The label of an indicator."""
        definition = self._reports.get(report)
        labels = {one.code: one.label for one in definition.indicators} if definition else {}
        return labels.get(code, code)

    def points_to(self, about: str, target: str) -> str:
        """What evidence points to."""
        if about == "unit":
            return self.unit(target)
        if about == "report":
            return self.report(target)
        found = (self.period(report, target) for report in self._reports)
        return next((name for name in found if name != target), target)

    @cached_property
    def _owners(self) -> dict[str, list[tuple[str, Address]]]:
        found: dict[str, list[tuple[str, Address]]] = {}
        for unit in effective_regime(self.office.regime, self.decisions).units:
            for known in unit.addresses:
                found.setdefault(known.address, []).append((unit.id, known))
        return found

    @cached_property
    def _units(self) -> dict[str, str]:
        return {unit.id: unit.name for unit in self.office.regime.units}

    @cached_property
    def _reports(self) -> dict[str, ReportDefinition]:
        return {report.id: report for report in self.office.regime.reports}


def figure_text(number: Decimal | str | None) -> str:
    """A figure as documents write it and officers type it, in whatever language the page speaks: "12,5"."""
    return "" if number is None or number == "" else f"{Decimal(number):f}".replace(".", ",")
