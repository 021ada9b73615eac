"""The addresses that people linked to units, laid over the regime. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from config.regime import Regime
from config.units import Address
from ledger.records import Decision


def effective_regime(regime: Regime, decisions: Iterable[Decision]) -> Regime:
    """The regime with the addresses a person linked to units, each from its day on."""
    linked: dict[str, list[Address]] = {}
    for decision in _standing(decisions):
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


def _standing(decisions: Iterable[Decision]) -> list[Decision]:
    """The links that no later decision took back, in order."""
    standing: list[Decision] = []
    for decision in sorted(decisions, key=lambda each: each.number):
        if decision.kind == "link_address":
            standing.append(decision)
        elif decision.kind == "reopen" and decision.target.get("address"):
            standing = [link for link in standing if link.target != decision.target]
    return standing
