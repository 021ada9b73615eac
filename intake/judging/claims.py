"""The matches of a message as people decided on them: put aside, let count, or somebody else's. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from intake.evidence.recognition import Match

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ledger.records import Decision


@dataclass(frozen=True, slots=True)
class Claim:
    """A match, and the decision that lets it count; None: the machine judges."""

    match: Match
    decision: Decision | None


class Decided:
    """What was decided about where a message belongs; a person outranks the machine."""

    def __init__(
        self,
        decisions: Sequence[Decision],
        matches: Callable[[], Sequence[Match]],
        exhibits: Callable[[], tuple[int, ...]],
        id_of: Callable[[Match], str],
    ) -> None:
        self._decisions = decisions
        self._matches = matches
        self._exhibits = exhibits
        self._id_of = id_of

    @cached_property
    def _spoken(self) -> tuple[Decision, ...]:
        """What was decided about where this message belongs, oldest first."""
        kinds = ("set_aside", "accept", "assign", "reopen")
        about = (one for one in self._decisions if not one.target.get("indicator"))
        return tuple(decision for decision in about if decision.kind in kinds)

    def put_aside(self) -> Decision | None:
        """The decision that none of this message counts."""
        standing = self._standing_decisions()
        if standing and all(one is not None and one.kind == "set_aside" for one in standing):
            return standing[-1]
        return None

    def is_released(self) -> bool:
        """Whether a person lets something of this message count, or put a part of it aside."""
        return any(one is not None and one.kind != "reopen" for one in self._standing_decisions())

    def _standing_decisions(self) -> tuple[Decision | None, ...]:
        """The decision that stands on each match, or on the message where it has none."""
        if not self._spoken:
            return ()
        matches = self._matches()
        return tuple(self._decision_on(match) for match in matches) if matches else (self._spoken[-1],)

    def _decision_on(self, match: Match) -> Decision | None:
        """The last word on this match: of those about it and those about the message as a whole."""
        return next((d for d in reversed(self._spoken) if self._concerns(d, match)), None)

    def _concerns(self, decision: Decision, match: Match) -> bool:
        item = str(decision.target.get("item") or "")
        return not item or len(self._matches()) == 1 or item == self._id_of(match)

    def claims(self) -> tuple[Claim, ...]:
        """The matches as decided: put aside, let count as they are, or as somebody else's."""
        matches = self._matches()
        if not matches:
            return self._claimed_by_decision()
        found: dict[tuple[str, str, str], Claim] = {}
        for match in matches:
            decision = self._decision_on(match)
            if decision is not None and decision.kind == "set_aside":
                continue
            claim = _as_decided(match, decision)
            key = (claim.match.unit, claim.match.report, claim.match.period)
            found[key] = _together(found[key], claim) if key in found else claim
        return tuple(found.values())

    def _claimed_by_decision(self) -> tuple[Claim, ...]:
        """What a person says a message is that the machine took for no report."""
        everything = Match("", "", "", self._exhibits(), ())
        claim = _as_decided(everything, self._spoken[-1] if self._spoken else None)
        named = claim.match.unit and claim.match.report and claim.match.period
        return (claim,) if named else ()


def _as_decided(match: Match, decision: Decision | None) -> Claim:
    if decision is None or decision.kind == "reopen":
        return Claim(match, None)
    choice = decision.choice
    named = {name: choice.get(name) or getattr(match, name) for name in ("unit", "report", "period")}
    return Claim(replace(match, **named, doubts=()), decision)


def _together(first: Claim, second: Claim) -> Claim:
    """Two matches that a decision makes one submission; it counts when a person let either count."""
    match = replace(
        first.match,
        exhibits=(*first.match.exhibits, *second.match.exhibits),
        evidence=tuple(dict.fromkeys((*first.match.evidence, *second.match.evidence))),
        doubts=tuple(dict.fromkeys((*first.match.doubts, *second.match.doubts))),
    )
    return Claim(match, first.decision or second.decision)
