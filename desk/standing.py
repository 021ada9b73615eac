"""Who stands where in a period, what waits for a person, and how each unit kept its earlier periods.

Without figures: `desk.work.consolidation_of` gives the same standings with everything a report is written
from; here only receipts are asked for, so that a page with ten periods of six hundred units comes at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from consolidate.standing import standings
from ledger.obligations import obligations_of
from ledger.records import Decision, MessageClass, MessageState, ObligationKey, ObligationState
from ledger.review import open_items
from ledger.taught import effective_regime

if TYPE_CHECKING:
    from config.regime import Regime
    from config.reports import Period, ReportDefinition
    from consolidate.consolidation import UnitStanding
    from desk.office import Office
    from ledger.records import MessageOutcome, ReviewItem

_CAME = frozenset({ObligationState.ON_TIME, ObligationState.LATE})


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
    #: by unit id, oldest first: the periods that are due by now
    kept: Mapping[str, tuple[Kept, ...]] = field(default_factory=dict)


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
    office: Office, report: ReportDefinition, period: Period, as_of: datetime, most: int = 8
) -> PeriodStanding:
    """The period as it stood at a moment, and how each unit kept the `most` periods before it.

    Asked inside a snapshot, all of it is of one moment.
    """
    decisions = office.ledger.decisions()
    by_hand = _by_hand(report, decisions)
    now = standings_of(office, report, period, as_of, decisions)
    return PeriodStanding(report, period, as_of, now, _kept(office, report, period, by_hand, as_of, most))


def standings_of(
    office: Office,
    report: ReportDefinition,
    period: Period,
    as_of: datetime,
    decisions: Sequence[Decision],
) -> tuple[UnitStanding, ...]:
    """Who stands where in a period at a moment; `decisions` are all there are."""
    ledger = office.ledger
    regime = effective_regime(office.regime, decisions)
    held = ledger.held(report.id, period.id, as_of)
    asked = open_items((item for outcome in held for item in outcome.review), decisions)
    return standings(
        regime,
        obligations_of(regime, report, period, decisions),
        ledger.receipts(report.id, period.id),
        waiting_of(held, asked),
        _by_hand(report, decisions),
        as_of,
    )


def _by_hand(report: ReportDefinition, decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """What was received beside the mailbox for a report, and what took it back."""
    return tuple(
        decision
        for decision in decisions
        if decision.kind in {"receive", "reopen"} and decision.target.get("report") == report.id
    )


def _kept(
    office: Office,
    report: ReportDefinition,
    period: Period,
    by_hand: Sequence[Decision],
    as_of: datetime,
    most: int,
) -> dict[str, tuple[Kept, ...]]:
    """By unit id, oldest first. Units of which something came by hand are looked at one by one.

    A period that not one report came for was not collected here: it speaks against no unit.
    """
    ledger = office.ledger
    earlier = _earlier(office, report, period)[-most:]
    states = {
        (unit, period_id): state
        for unit, period_id, state in ledger.kept(report.id, [known.id for known in earlier], as_of)
    }
    named = sorted({str(decision.target.get("unit")) for decision in by_hand} & _units(office.regime))
    received = ledger.receipts(report.id, units=named) if named else ()
    for known in earlier if named else ():
        owed = [each for each in ledger.obligations(report.id, known.id) if each.key.unit in named]
        came = [each for each in received if each.key.period == known.id]
        for standing in standings(office.regime, owed, came, {}, by_hand, as_of):
            states[standing.unit.id, known.id] = standing.state
    collected = {period_id for (_, period_id), state in states.items() if state in _CAME}
    kept: dict[str, list[Kept]] = defaultdict(list)
    for known in (each for each in earlier if each.id in collected):
        for unit in _units(office.regime):
            if (unit, known.id) in states:
                kept[unit].append(Kept(known, states[unit, known.id]))
    return {unit: tuple(of_it) for unit, of_it in kept.items()}


def _units(regime: Regime) -> set[str]:
    return {unit.id for unit in regime.units}


def _earlier(office: Office, report: ReportDefinition, period: Period) -> list[Period]:
    """The collected periods that opened before this one, oldest first."""
    known = (office.period(report, period_id) for _, period_id in office.ledger.periods(report.id))
    before = [each for each in known if each is not None and each.opens < period.opens]
    return sorted(before, key=lambda each: each.opens)


def waiting_of(
    outcomes: Iterable[MessageOutcome], open_items: Sequence[ReviewItem]
) -> dict[ObligationKey, list[tuple[str, datetime]]]:
    """Messages that wait for a person, by the obligation they would answer.

    A mail that may be forged answers nothing: its unit stays missing and is chased.
    """
    waits = {item.id for item in open_items if item.kind == "message"}
    waiting: dict[ObligationKey, list[tuple[str, datetime]]] = {}
    for outcome in outcomes:
        if outcome.state is not MessageState.REVIEW or outcome.message_class is MessageClass.SPOOF:
            continue
        asked = [item.key for item in outcome.review if item.key is not None and item.id in waits]
        # The sender of another unit's letter may have sent its own: both units wait for the same answer.
        perhaps = [intent.key for intent in outcome.submissions if asked and not intent.accepted]
        for key in dict.fromkeys((*asked, *perhaps)):
            waiting.setdefault(key, []).append((outcome.archive_id, outcome.arrival))
    return waiting
