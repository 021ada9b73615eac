"""Which periods are frozen (chốt số liệu), given what people decided. Pure.

A frozen period stands as one of its issues states it: later mail and later decisions are read and kept as
always, and are told beside it, but change none of its figures until it is unfrozen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ledger.decisions import named_targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ledger.records import Decision

FREEZE, UNFREEZE = "freeze", "unfreeze"
SCOPE = "figures"


@dataclass(frozen=True, slots=True)
class Freeze:
    """A period that stands as an issue states it."""

    decision: int
    at: datetime
    who: str
    reason: str
    issue: int  #: its number
    inputs_sha256: str  #: of that issue, so that no other is ever taken for it


def freeze_of(decided: Iterable[Decision], report: str, period: str) -> Freeze | None:
    """The freeze that holds for a report and period; None while its figures may change."""
    said = freezes_of(decided, report, period)
    if not said or said[-1].kind != FREEZE:
        return None
    last = said[-1]
    return Freeze(
        decision=last.number,
        at=last.at,
        who=last.who,
        reason=last.reason,
        issue=int(last.choice["issue"]),
        inputs_sha256=str(last.choice.get("inputs_sha256", "")),
    )


def freezes_of(decided: Iterable[Decision], report: str, period: str) -> Sequence[Decision]:
    """Everything that was decided about freezing a report and period, by number."""
    target = target_of(report, period)
    named = named_targets(decided, FREEZE, UNFREEZE, "reopen")
    return [decision for decision in named if decision.target == target]


def target_of(report: str, period: str) -> dict[str, str]:
    """What such a decision aims at."""
    return {"report": report, "period": period, "scope": SCOPE}
