"""What people taught, laid over the regime: addresses of units and wordings of indicators. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from config.regime import Regime, TaughtWording
from config.units import Address
from ledger.decisions import taken_back_alone
from ledger.records import Decision


def effective_regime(regime: Regime, decisions: Iterable[Decision]) -> Regime:
    """The regime with the addresses a person linked to units, each from its day on, and taught wordings."""
    decided = tuple(decisions)
    return _with_addresses(replace(regime, taught=taught_wordings(decided)), decided)


def taught_wordings(decisions: Iterable[Decision]) -> tuple[TaughtWording, ...]:
    """The wordings of rows that a person said are an indicator's, in the order they were taught."""
    return tuple(
        TaughtWording(
            report=str(decision.target["report"]),
            indicator=str(decision.choice["indicator"]),
            wording=str(decision.target["wording"]),
            decision=decision.number,
        )
        for decision in _standing(decisions, "teach", "wording")
    )


def _with_addresses(regime: Regime, decisions: Iterable[Decision]) -> Regime:
    linked: dict[str, list[Address]] = {}
    for decision in _standing(decisions, "link_address", "address"):
        since = decision.choice.get("from")
        address = Address(
            str(decision.target["address"]).lower(),
            "personal",
            valid_from=date.fromisoformat(str(since)) if since else None,
        )
        linked.setdefault(str(decision.choice["unit"]), []).append(address)
    if not linked:
        return regime
    units = tuple(
        replace(unit, addresses=(*unit.addresses, *linked.get(unit.id, ()))) for unit in regime.units
    )
    return replace(regime, units=units)


def _standing(decisions: Iterable[Decision], kind: str, aim: str) -> list[Decision]:
    """The decisions of a kind that no later one took back, in order; `aim` is what their target names."""
    standing: list[Decision] = []
    for decision in sorted(decisions, key=lambda each: each.number):
        if decision.kind == kind:
            standing.append(decision)
        elif (alone := taken_back_alone(decision)) is not None:
            standing = [each for each in standing if each.number != alone]
        elif decision.kind == "reopen" and decision.target.get(aim):
            standing = [each for each in standing if each.target != decision.target]
    return standing
