"""What is owed: unit x report x period, with due moments, extensions and exemptions. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ledger.decisions import extended_due, named_targets, taken_back_alone
from ledger.records import Obligation, ObligationKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

    from config.regime import Regime
    from config.reports import Period, ReportDefinition
    from config.units import Unit
    from ledger.records import Decision

#: What a target names that is about something else than what is owed.
_OF_OTHER_THINGS = ("item", "message", "indicator", "scope")
NO_REASON_GIVEN = "-"  #: an exemption without words is still one


def obligations_of(
    regime: Regime, report: ReportDefinition, period: Period, decisions: Iterable[Decision] = ()
) -> tuple[Obligation, ...]:
    """What each unit owes for the period, in the order of the units sheet.

    A unit owes when it is asked (`owed_by_units`, else `owed_by_kinds`) and exists on the last day of
    the data. One that ended before passes what it owes to its successors, and one that begins later
    owes nothing. Decisions "extend" and "exempt" are applied by number; "reopen" takes them back, or the
    one whose number it names.
    """
    owed = [
        Obligation(ObligationKey(unit.id, report.id, period.id), period.opens, period.due)
        for unit in _owing(regime, report, period.data_to)
    ]
    changes = _standing(named_targets(decisions, "extend", "exempt", "reopen"))
    return tuple(_decided(obligation, changes) for obligation in owed)


def received_by_hand(decisions: Iterable[Decision]) -> frozenset[ObligationKey]:
    """What people recorded as received beside the mailbox, and did not take back."""
    found: set[ObligationKey] = set()
    for decision in _standing(named_targets(decisions, "receive", "reopen")):
        target = decision.target
        if any(target.get(name) for name in _OF_OTHER_THINGS) or not target.get("unit"):
            continue
        key = ObligationKey(target["unit"], target.get("report", ""), target.get("period", ""))
        (found.add if decision.kind == "receive" else found.discard)(key)
    return frozenset(found)


def _standing(changes: Sequence[Decision]) -> list[Decision]:
    """Without the single decisions that were taken back, and what took them back."""
    gone = {taken_back_alone(each) for each in changes}
    return [each for each in changes if each.number not in gone and taken_back_alone(each) is None]


def _owing(regime: Regime, report: ReportDefinition, day: date) -> tuple[Unit, ...]:
    owing = {heir for unit in _asked(regime, report) for heir in regime.heirs_on(unit.id, day)}
    return tuple(unit for unit in regime.units if unit.id in owing)


def _asked(regime: Regime, report: ReportDefinition) -> Iterator[Unit]:
    if report.owed_by_units:
        return (unit for unit in regime.units if unit.id in report.owed_by_units)
    return (unit for unit in regime.units if unit.kind in report.owed_by_kinds)


def _decided(obligation: Obligation, changes: Iterable[Decision]) -> Obligation:
    stated = obligation
    for decision in changes:
        if not _targets(decision, stated.key):
            continue
        if decision.kind == "exempt":
            obligation = replace(obligation, exempt=decision.reason.strip() or NO_REASON_GIVEN)
        elif decision.kind == "extend":
            obligation = replace(obligation, due=_later(stated.due, extended_due(decision)))
        else:
            obligation = stated
    return obligation


def _later(due: datetime | None, extended: datetime) -> datetime:
    """An extension never makes anyone late who was on time without it."""
    return extended if due is None else max(due, extended)


def _targets(decision: Decision, key: ObligationKey) -> bool:
    target = decision.target
    if decision.kind == "reopen" and any(target.get(name) for name in _OF_OTHER_THINGS):
        return False
    return (
        target.get("report") == key.report
        and target.get("period") == key.period
        and target.get("unit", key.unit) == key.unit
    )
