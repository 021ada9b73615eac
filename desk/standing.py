"""Who stands where in a period, and how each unit kept its earlier periods: for looking, without figures.

`desk.work.consolidation_of` gives the same standings with everything a report is written from; here only
receipts are asked for, so that a page with ten periods of six hundred units comes at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from config.calendar import period_by_id
from consolidate.standing import standings
from desk.views import waiting_of
from ledger.linked import effective_regime
from ledger.obligations import obligations_of
from ledger.records import Decision, MessageState, Obligation, ObligationState, Submission
from ledger.review import open_items

if TYPE_CHECKING:
    from config.regime import Regime
    from config.reports import Period, ReportDefinition
    from consolidate.consolidation import UnitStanding
    from desk.office import Office


@dataclass(frozen=True, slots=True)
class Kept:
    """How a unit kept one earlier period."""

    period: Period
    state: ObligationState


@dataclass(frozen=True, slots=True)
class PeriodStanding:
    """A period at a moment, and the periods before it."""

    report: ReportDefinition
    period: Period
    as_of: datetime
    standings: tuple[UnitStanding, ...]  #: in the order of the units sheet
    kept: Mapping[str, tuple[Kept, ...]]  #: by unit id, oldest first: the periods that are due by now


def collected_periods(office: Office) -> list[tuple[ReportDefinition, Period]]:
    """Every period something is owed for, the one that opened last first."""
    regime = office.regime
    reports = {report.id: report for report in regime.reports}
    found = [
        (reports[report], period)
        for report, period_id in office.ledger.periods()
        if report in reports and (period := office.period(reports[report], period_id)) is not None
    ]
    return sorted(found, key=lambda pair: (pair[1].opens, pair[0].id), reverse=True)


def period_standing(
    office: Office, report: ReportDefinition, period: Period, as_of: datetime
) -> PeriodStanding:
    """The period as it stood at a moment; asked inside a snapshot, all of it is of one moment."""
    ledger = office.ledger
    decisions = ledger.decisions()
    received = _by_period(ledger.receipts(report.id))
    settled = _by_period(ledger.obligations(report.id))
    held = ledger.messages(state=MessageState.REVIEW, as_of=as_of)
    regime = effective_regime(office.regime, decisions)
    by_hand = _by_hand(report, decisions)
    now = standings(
        regime,
        obligations_of(regime, report, period, decisions),
        received.get(period.id, ()),
        waiting_of(held, open_items((item for outcome in held for item in outcome.review), decisions)),
        by_hand,
        as_of,
    )
    earlier = {
        known: standings(regime, _present(regime, owed), received.get(known.id, ()), {}, by_hand, as_of)
        for known, owed in _earlier(office, report, period, settled)
    }
    return PeriodStanding(report, period, as_of, now, _kept(earlier))


def _by_hand(report: ReportDefinition, decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """What was received beside the mailbox for a report, and what took it back."""
    return tuple(
        decision
        for decision in decisions
        if decision.kind in {"receive", "reopen"} and decision.target.get("report") == report.id
    )


def _by_period(found: Sequence[Submission] | Sequence[Obligation]) -> dict[str, tuple]:  # type: ignore[type-arg]
    by_period = defaultdict(list)
    for each in found:
        by_period[each.key.period].append(each)
    return {period: tuple(of_it) for period, of_it in by_period.items()}


def _earlier(
    office: Office,
    report: ReportDefinition,
    period: Period,
    settled: Mapping[str, Sequence[Obligation]],
) -> list[tuple[Period, Sequence[Obligation]]]:
    """The periods that ended before this one opened or fell due before it, oldest first."""
    regime = office.regime
    found = [
        (known, owed)
        for period_id, owed in settled.items()
        if (known := period_by_id(report, regime.timezone, regime.calendar, period_id)) is not None
        and known.opens < period.opens
    ]
    return sorted(found, key=lambda pair: pair[0].opens)


def _present(regime: Regime, owed: Sequence[Obligation]) -> list[Obligation]:
    """What units of today's sheet owed; one that is no longer in it has no row to show it on."""
    known = {unit.id for unit in regime.units}
    return [obligation for obligation in owed if obligation.key.unit in known]


def _kept(earlier: Mapping[Period, Sequence[UnitStanding]]) -> dict[str, tuple[Kept, ...]]:
    kept: dict[str, list[Kept]] = defaultdict(list)
    for period, stood in earlier.items():
        for standing in stood:
            kept[standing.unit.id].append(Kept(period, standing.state))
    return {unit: tuple(of_it) for unit, of_it in kept.items()}
