"""What people decided: numbered, only ever added, and in a journal beside the archive.

Who names what in a decision's `target` and `choice` (other kinds and keys pass through untouched):

accept, assign, set_aside
    target `item` (id of a review item) or `message` (archive id); choice as intake reads it; an assign
    with `channel` and `received_at` in its choice handed the message in
value
    target `item`, or `message`, or `unit`, `report` and `period`; with `indicator` and `sex`
extend
    target `report`, `period`, `unit` (left out: every unit); choice `due`: the first moment that is
    late, ISO with its zone
exempt
    target `report`, `period`, `unit` (left out: every unit)
explain
    target `unit`, `report`, `period`, `indicator`, `sex`; choice `value`: the figure that was asked about, as
    it was shown. The reason is what was answered
link_address
    target `address`; choice `unit`, `from`: the first day, ISO (left out: always)
teach
    target `report`, `wording`: a row's label as it stood; choice `indicator`, `item`: the question answered
freeze
    target `report`, `period`, `scope`: "figures" (what is owed is another matter); choice `issue`: the number
    of the issue whose figures stand, with its `as_of` and `inputs_sha256`
unfreeze
    target as of the freeze
receive
    target `unit`, `report`, `period`; choice `channel`, `received_at`: ISO with its zone, and `nil` when
    the unit said that it has nothing to report
return
    target `mail`: the Message-ID of what was written to the unit; choice `message`, `unit` and, where it was
    asked about, `item`. It decides nothing about the message
reopen
    target of what it takes back; choice `decision`: the number, when it takes back that one alone

The journal line is written inside the transaction: a decision the journal refuses is not in the
ledger. A crash between the two leaves a line more in the journal, which the next start takes over.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, insert, select

from ledger.encoding import to_json
from ledger.errors import DecisionsJournalError, InvalidDecisionError
from ledger.history import Change, Writing
from ledger.models import decisions
from ledger.records import Decision

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ledger.journal import Journal

#: Kinds that are about a report and period.
OF_PERIODS = frozenset({"exempt", "explain", "extend", "freeze", "unfreeze"})


def add(writing: Writing, decision: Decision) -> Decision:
    """Number the decision and keep it.

    Raises:
        InvalidDecisionError: it says too little to be applied.

    """
    check(decision)
    last = writing.connection.execute(select(func.max(decisions.c.number))).scalar() or 0
    numbered = Decision(
        last + 1,
        decision.at,
        decision.who,
        decision.kind,
        decision.target,
        decision.choice,
        decision.reason,
    )
    _insert(writing, numbered)
    return numbered


def recorded(connection: Connection, kind: str | None = None) -> tuple[Decision, ...]:
    """The decisions of one kind or of all, by number."""
    query = select(decisions).order_by(decisions.c.number)
    if kind is not None:
        query = query.where(decisions.c.kind == kind)
    return tuple(Decision(**row) for row in connection.execute(query).mappings())


def check(decision: Decision) -> None:
    """Refuse a decision that could not be applied later.

    Raises:
        InvalidDecisionError: no person, a moment without zone, an extension without a new due moment, or
            a freeze without its issue.

    """
    if not decision.who.strip():
        raise InvalidDecisionError("a decision needs the name of who decided", field="who")
    if decision.at.tzinfo is None:
        raise InvalidDecisionError("a decision needs a moment with a time zone", field="at")
    if decision.kind in OF_PERIODS:
        _check_names_period(decision)
    if decision.kind == "extend":
        extended_due(decision)
    if decision.kind == "link_address" and not (
        decision.target.get("address") and decision.choice.get("unit")
    ):
        raise InvalidDecisionError("a link names an address and a unit", field="address")
    if decision.kind == "teach":
        _check_names_wording(decision)
    if decision.kind == "freeze":
        _check_names_issue(decision)
    if decision.kind == "explain":
        _check_explains(decision)


def extended_due(decision: Decision) -> datetime:
    """The new due moment of an extension.

    Raises:
        InvalidDecisionError: it gives none, or one without a time zone.

    """
    due = decision.choice.get("due")
    try:
        moment = due if isinstance(due, datetime) else datetime.fromisoformat(str(due))
    except ValueError:
        raise InvalidDecisionError(f"an extension gives its due moment, not {due!r}", field="due") from None
    if moment.tzinfo is None:
        raise InvalidDecisionError(f"the due moment {due} needs a time zone", field="due")
    return moment


def taken_back_alone(decision: Decision) -> int | None:
    """The number of the one decision that a reopening takes back; None: all that name its target."""
    number = decision.choice.get("decision") if decision.kind == "reopen" else None
    return number if isinstance(number, int) else None


def reconcile(writing: Writing, journal: Journal) -> None:
    """Bring journal and ledger to the same decisions; each takes over what only the other has.

    Raises:
        DecisionsJournalError: they tell different decisions under one number; a person must look.

    """
    written = {line.number: line for line in journal_decisions(journal)}
    known = {decision.number: decision for decision in recorded(writing.connection)}
    for number in written.keys() & known.keys():
        if said(written[number]) != said(known[number]):
            raise DecisionsJournalError(
                f"journal and ledger tell different decisions under number {number}", number=str(number)
            )
    for number in sorted(written.keys() - known.keys()):
        _insert(writing, written[number])
    missing = [known[number] for number in sorted(known.keys() - written.keys())]
    if missing:
        journal.append(missing)


def journal_decisions(journal: Journal) -> tuple[Decision, ...]:
    """The decisions of a journal, by number; what `rebuild` replays."""
    found = (Decision(**entry | {"at": datetime.fromisoformat(entry["at"])}) for entry in journal.entries())
    return tuple(sorted(found, key=_number))


def named_targets(decided: Iterable[Decision], *kinds: str) -> Sequence[Decision]:
    """The decisions of the given kinds, by number: the later one wins."""
    return sorted((decision for decision in decided if decision.kind in kinds), key=_number)


def _insert(writing: Writing, decision: Decision) -> None:
    row = {name: getattr(decision, name) for name in decisions.c.keys()}  # noqa: SIM118
    writing.connection.execute(insert(decisions), [row])
    detail: dict[str, Any] = {
        "number": decision.number,
        "kind": decision.kind,
        "who": decision.who,
        "target": decision.target,
        "choice": decision.choice,
        "reason": decision.reason,
    }
    writing.note([Change("decided", f"decision/{decision.number}", detail)])


def _check_names_period(decision: Decision) -> None:
    for name in ("report", "period"):
        if not decision.target.get(name):
            raise InvalidDecisionError(f"{decision.kind} must name its {name}", field=name)


def _check_names_issue(decision: Decision) -> None:
    issue = decision.choice.get("issue")
    if not isinstance(issue, int) or issue < 1:
        raise InvalidDecisionError(f"a freeze names the issue that stands, not {issue!r}", field="issue")


def _check_explains(decision: Decision) -> None:
    said = {**decision.target, **decision.choice, "reason": decision.reason.strip()}
    for name in ("unit", "indicator", "sex", "value", "reason"):
        if not said.get(name):
            raise InvalidDecisionError(f"an explanation must name its {name}", field=name)


def _check_names_wording(decision: Decision) -> None:
    said = {**decision.target, **decision.choice}
    for name in ("report", "wording", "indicator"):
        if not said.get(name):
            raise InvalidDecisionError(f"what is taught must name its {name}", field=name)


def said(decision: Decision) -> str:
    """What a decision says, as one text: equal when nothing was changed."""
    plain = (decision.who, decision.kind, decision.target, decision.choice, decision.reason)
    return to_json([decision.at.timestamp(), *plain])


def _number(decision: Decision) -> int:
    return decision.number
