"""What was decided on the work list, and may be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desk.web.call import Call
    from ledger.records import Decision

_UNDOABLE = frozenset({"accept", "assign", "set_aside", "value", "link_address", "teach", "return"})


@dataclass(frozen=True, slots=True)
class Done:
    """What was decided, and may be taken back."""

    first: int
    last: int
    kind: str
    count: int  #: of the decisions of the same kind
    at: str = ""
    about: str = ""

    @property
    def numbers(self) -> str:
        """As it stands in an address."""
        return f"{self.first}-{self.last}"


def last_decision(call: Call) -> int:
    """The number of the latest decision; 0 when there is none."""
    return max((decision.number for decision in call.office.ledger.decisions()), default=0)


def decisions_named(numbers: str, decisions: tuple[Decision, ...]) -> tuple[Decision, ...]:
    """The decisions "12-18" that stand and were not made by themselves because of another."""
    first, _, last = numbers.partition("-")
    if not (first.isdigit() and last.isdigit() and len(numbers) < 24):  # noqa: PLR2004 - two numbers
        return ()
    wanted = range(int(first), int(last) + 1)
    return tuple(decision for decision in standing(decisions) if decision.number in wanted)


def standing(decisions: tuple[Decision, ...]) -> tuple[Decision, ...]:
    """The decisions about mail that nothing later has taken back or replaced, in order."""
    last: dict[str, Decision] = {}
    for decision in decisions:
        about = repr(sorted(decision.target.items()))
        last.pop(about, None)
        if decision.kind in _UNDOABLE and "learned_by" not in decision.choice:
            last[about] = decision
    return tuple(last.values())


def done_of(call: Call, decisions: tuple[Decision, ...]) -> Done | None:
    """What the page before has decided, as long as it stands."""
    made = decisions_named(call.query.get("vua", ""), decisions)
    if not made:
        return None
    kind = made[-1].kind
    return Done(made[0].number, made[-1].number, kind, sum(each.kind == kind for each in made))


def asked_in(decision: Decision) -> str:
    """The question a decision answers, or was made beside."""
    return str(decision.target.get("item") or decision.choice.get("item") or "")


def message_of(decision: Decision) -> str:
    """The message a decision is about, by its archive id; "" when it names none."""
    return str(decision.target.get("message") or decision.choice.get("message") or "")
