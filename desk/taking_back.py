"""Taking decisions back, with whatever was recorded because of them."""

from __future__ import annotations

from collections.abc import Sequence

from desk.errors import UnknownNameError
from desk.office import Office
from desk.recording import (
    aimed,
    decision_of,
    figure_target,
    judge_again,
    mails_asking,
    messages_holding,
    recorded,
)
from ledger.decisions import taken_back_alone
from ledger.records import (
    Decision,
    OutboxState,
    OutgoingMessage,
)
from ledger.taught import taught_wordings

#: Why the mail of a return that was taken back does not go.
RETURN_TAKEN_BACK = "return_taken_back"
#: A mail of ours that has not left the house.
_WAITS = frozenset({OutboxState.HELD, OutboxState.QUEUED})
#: Decisions about no message: they are taken back by their number.
_BY_NUMBER = ("receive", "exempt", "extend", "link_address", "teach", "freeze", "return", "explain")


def reopen(office: Office, item: str, reason: str) -> Decision:
    """Take back what was decided about a message or a figure of it, or a decision by its number.

    An address that was remembered because the message was accepted is forgotten with it.

    Raises:
        UnknownNameError: there is no such message or decision.
    """
    decided = office.ledger.decisions()
    numbered = next((known for known in decided if str(known.number) == item), None)
    if numbered is not None and numbered.kind in _BY_NUMBER:
        return _taken_back(office, numbered, reason)
    standing = {known.decision for known in taught_wordings(decided)}
    for known in decided:
        if known.number in standing and known.choice["item"] == item:
            return _taken_back(office, known, reason)
    found, target = aimed(office, item)
    if found is not None and found.kind == "value" and found.key is not None:
        return recorded(office, "reopen", figure_target(found, found.key), {}, reason)
    reopened = recorded(office, "reopen", target, {}, reason, target["message"])
    _forget_learned(office, [d for d in decided if _aims_at(d, target)], decided, reason)
    return reopened


def undo(office: Office, number: int, reason: str) -> Decision:
    """Take back one decision of whatever kind, with the address that was remembered because of it.

    The mail of a return is cancelled unless it has gone: `returned_mail` tells.

    Raises:
        UnknownNameError: there is no such decision, or it takes one back itself.
    """
    return undo_all(office, [number], reason)[0]


def undo_all(office: Office, numbers: Sequence[int], reason: str) -> tuple[Decision, ...]:
    """Take back several decisions, each as `undo` does, in one write; all or none."""
    decided = office.ledger.decisions()
    known = {decision.number: decision for decision in decided if decision.kind != "reopen"}
    for number in numbers:
        if number not in known:
            raise UnknownNameError("desk.unknown_item", name=str(number))
    found = [known[number] for number in numbers]
    taken = _all_taken_back(office, [*found, *_because_of(found, decided)], reason)
    return taken[: len(found)]


def _taken_back(office: Office, decision: Decision, reason: str) -> Decision:
    return _all_taken_back(office, [decision], reason)[0]


def _all_taken_back(office: Office, standing: Sequence[Decision], reason: str) -> tuple[Decision, ...]:
    if not standing:
        return ()
    taken = office.ledger.decide_all([
        decision_of(office, "reopen", decision.target, {"decision": decision.number}, reason)
        for decision in standing
    ])  # fmt: skip
    for decision in standing:
        mail = returned_mail(office, decision)
        if mail is not None and mail.state in _WAITS:
            office.ledger.cancel(mail.id, RETURN_TAKEN_BACK)
    judge_again(office, _touched(office, standing), *taken)
    return taken


def _touched(office: Office, decided: Sequence[Decision]) -> list[str]:
    """The messages that some decisions are about, by name, by their address or by a wording."""
    named = [str(one.target.get("message") or "") for one in decided if one.kind != "value"]
    addresses = [one.target["address"] for one in decided if one.kind == "link_address"]
    taught = [one for one in decided if one.kind == "teach"]
    held = [archive_id for one in taught for archive_id in messages_holding(office, one)]
    received = {str(one.target["unit"]) for one in decided if one.kind == "receive"}
    asked = [archive_id for unit in received for archive_id in mails_asking(office, unit)]
    return [*filter(None, named), *office.ledger.sent_from(*addresses), *held, *asked]


def _aims_at(decision: Decision, target: dict[str, str]) -> bool:
    """Whether a decision let a message, or the part of it that is named, count, or its nil report."""
    if (
        decision.kind not in {"accept", "assign", "set_aside"}
        or decision.target.get("message") != target["message"]
    ):
        return False
    return target.get("item") in {None, decision.target.get("item")}


def _forget_learned(
    office: Office, accepted: list[Decision], decided: tuple[Decision, ...], reason: str
) -> None:
    """Take back what was recorded because of these."""
    _all_taken_back(office, _because_of(accepted, decided), reason)


def _because_of(accepted: Sequence[Decision], decided: tuple[Decision, ...]) -> list[Decision]:
    """What was recorded because of these and stands: addresses remembered, nil reports."""
    numbers = {decision.number for decision in accepted}
    reopened = [later for later in decided if later.kind == "reopen"]
    learned = [
        known
        for known in decided
        if known.choice.get("learned_by") in numbers and known.number not in numbers
    ]
    return [known for known in learned if not any(_takes_back(later, known) for later in reopened)]


def _takes_back(reopening: Decision, decision: Decision) -> bool:
    alone = taken_back_alone(reopening)
    if alone is not None:
        return alone == decision.number
    return reopening.number > decision.number and reopening.target == decision.target


def returned_mail(office: Office, decision: Decision) -> OutgoingMessage | None:
    """The mail of a return as it stands; None: the decision is another, or the outbox lost the mail."""
    if decision.kind != "return":
        return None
    return next(iter(office.ledger.outgoing_with([str(decision.target["mail"])])), None)
