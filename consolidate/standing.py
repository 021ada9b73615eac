"""Who has reported, on time or late, and who has not: the standing of every obligation at a moment.

Arrival is the clock (INTERNALDATE, or the moment an officer recorded for paper), and `due` is the
first moment that is late. All comparisons are between aware moments: the host's zone plays no part.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from config.reports import Grade
from consolidate.consolidation import UnitStanding
from consolidate.errors import UnknownObligationUnitError, UnreadableDecisionError
from ledger.decisions import taken_back_alone
from ledger.records import (
    Decision,
    Finding,
    Obligation,
    ObligationKey,
    ObligationState,
    Role,
    Submission,
)

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from config.regime import Regime
    from config.units import Unit

Waiting = Mapping[ObligationKey, Sequence[tuple[str, datetime]]]
"""Messages that wait for a person, by what they would be booked to: archive id and arrival."""

_CHANNELS = frozenset({"email", "paper", "zalo", "document_system", "phone"})


@dataclass(frozen=True, slots=True)
class _Receipt:
    """One accepted arrival, by mail or recorded by hand."""

    arrival: datetime
    archive_id: str  #: empty when recorded by hand
    notes: tuple[Finding, ...] = ()


def standings(
    regime: Regime,
    obligations: Iterable[Obligation],
    submissions: Iterable[Submission],
    waiting: Waiting,
    manual: Iterable[Decision],
    as_of: datetime,
) -> tuple[UnitStanding, ...]:
    """The standing of each obligation at `as_of`, in the order of the units sheet.

    Only what had arrived by `as_of` counts, so any past moment can be asked for. The first accepted
    arrival decides: before `due` on time, else late; a later correction never changes it. Nothing
    accepted but something in `waiting` is "needs review", nothing at all "missing". A report received
    without a deadline (`due` None) is on time, one not received is missing. An exempt unit stays
    exempt even when it reports, but what it sent is shown.

    `waiting` alone tells what waits: a submission that is not accepted may as well have been set aside.
    `manual` holds decisions; those taken back and those of another kind than "receive" are passed over.

    Raises:
        UnknownObligationUnitError: an obligation names a unit the regime does not have.
        UnreadableDecisionError: a receipt recorded by hand lacks its obligation or its moment.

    """
    by_key = _by_key(counting(submissions, as_of))
    by_hand = _receipts_by_hand(manual, regime.timezone, as_of)
    order = {unit.id: place for place, unit in enumerate(regime.units)}
    units = {unit.id: unit for unit in regime.units}
    found = [
        _standing(
            _unit_of(obligation, units),
            obligation,
            by_key.get(obligation.key, ()),
            by_hand.get(obligation.key, ()),
            _waiting_at(waiting.get(obligation.key, ()), as_of),
        )
        for obligation in sorted(obligations, key=lambda each: (each.key.report, each.key.period))
    ]
    return tuple(sorted(found, key=lambda standing: order[standing.unit.id]))


def counting(submissions: Iterable[Submission], as_of: datetime | None = None) -> tuple[Submission, ...]:
    """The submissions that count, in order of arrival: accepted, no duplicates, arrived by `as_of`."""
    return tuple(
        sorted(
            (
                submission
                for submission in submissions
                if submission.accepted
                and submission.role is not Role.DUPLICATE
                and (as_of is None or submission.arrival <= as_of)
            ),
            key=lambda submission: (submission.arrival, submission.archive_id),
        )
    )


def in_force(counted: Sequence[Submission]) -> Sequence[Submission]:
    """Of the counting submissions of one obligation, those no replacement has put aside."""
    last = max(
        (place for place, each in enumerate(counted) if each.role is Role.REPLACEMENT),
        default=0,
    )
    return counted[last:]


def moment_text(moment: datetime, timezone: ZoneInfo) -> str:
    """A moment on the department's clock: "08:15 05/6/2023"; of the months only 1 and 2 are padded."""
    local = moment.astimezone(timezone)
    month = f"{local.month:02}" if local.month <= 2 else str(local.month)  # noqa: PLR2004 - Decree 30/2020
    return f"{local:%H:%M} {local.day:02}/{month}/{local.year}"


def key_of(decision: Decision) -> ObligationKey:
    """The obligation a decision is about.

    Raises:
        UnreadableDecisionError: its target does not name unit, report and period.

    """
    try:
        return ObligationKey(
            str(decision.target["unit"]), str(decision.target["report"]), str(decision.target["period"])
        )
    except KeyError as missing:
        raise UnreadableDecisionError(decision.number, f"its target has no {missing}") from None


def message_of(decision: Decision) -> str:
    """The archive id a decision names, empty where it names none."""
    return str(decision.target.get("message") or decision.target.get("archive_id") or "")


def still_holding(decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """The decisions no later "reopen" has taken back, by number; the reopenings themselves are left out.

    A reopening names the target of what it takes back. One that names a review item or a message takes
    back everything decided about it; one that names an obligation only what names just that; one that
    names the number of a decision that one alone.
    """
    ordered = sorted(decisions, key=lambda each: (each.number, each.at))
    return tuple(
        decision
        for place, decision in enumerate(ordered)
        if decision.kind != "reopen"
        and not any(_takes_back(later, decision) for later in ordered[place + 1 :])
    )


def _takes_back(later: Decision, decision: Decision) -> bool:
    if later.kind != "reopen":
        return False
    alone = taken_back_alone(later)
    if alone is not None:
        return alone == decision.number
    if later.target.keys() & {"item", "message", "archive_id"}:
        return later.target.items() <= decision.target.items()
    return later.target == decision.target


def _unit_of(obligation: Obligation, units: Mapping[str, Unit]) -> Unit:
    try:
        return units[obligation.key.unit]
    except KeyError:
        raise UnknownObligationUnitError(obligation.key.unit) from None


def _standing(
    unit: Unit,
    obligation: Obligation,
    counted: Sequence[Submission],
    by_hand: Sequence[_Receipt],
    waiting: tuple[str, ...],
) -> UnitStanding:
    receipts = [*by_hand, *(_Receipt(each.arrival, each.archive_id) for each in counted)]
    first = min(receipts, key=lambda receipt: (receipt.arrival, receipt.archive_id), default=None)
    return UnitStanding(
        unit=unit,
        state=_state(obligation, first, bool(waiting)),
        due=obligation.due,
        first_valid=first.arrival if first else None,
        message=first.archive_id if first else "",
        versions=len(receipts),
        corrected=_corrected(counted, first),
        exempt=obligation.exempt,
        waiting=waiting,
        findings=(
            *(note for receipt in by_hand for note in receipt.notes),
            *(finding for each in in_force(counted) for finding in each.findings),
        ),
    )


def _state(obligation: Obligation, first: _Receipt | None, something_waits: bool) -> ObligationState:
    if obligation.exempt:
        return ObligationState.EXEMPT
    if first is None:
        return ObligationState.NEEDS_REVIEW if something_waits else ObligationState.MISSING
    if obligation.due is None or first.arrival < obligation.due:
        return ObligationState.ON_TIME
    return ObligationState.LATE


def _corrected(counted: Sequence[Submission], first: _Receipt | None) -> bool:
    return any(
        each.role in {Role.REPLACEMENT, Role.SUPPLEMENT}
        for each in counted
        if first and each.archive_id != first.archive_id
    )


def _by_key(counted: Iterable[Submission]) -> Mapping[ObligationKey, Sequence[Submission]]:
    by_key: dict[ObligationKey, list[Submission]] = defaultdict(list)
    for submission in counted:
        by_key[submission.key].append(submission)
    return by_key


def _waiting_at(messages: Sequence[tuple[str, datetime]], as_of: datetime) -> tuple[str, ...]:
    arrived = sorted((arrival, archive_id) for archive_id, arrival in messages if arrival <= as_of)
    return tuple(dict.fromkeys(archive_id for _, archive_id in arrived))


def _receipts_by_hand(
    decisions: Iterable[Decision], timezone: ZoneInfo, as_of: datetime
) -> Mapping[ObligationKey, Sequence[_Receipt]]:
    by_key: dict[ObligationKey, list[_Receipt]] = defaultdict(list)
    for decision in still_holding(tuple(decisions)):
        if decision.kind != "receive":
            continue
        receipt = _receipt_by_hand(decision, timezone)
        if receipt.arrival <= as_of:
            by_key[key_of(decision)].append(receipt)
    return by_key


def _receipt_by_hand(decision: Decision, timezone: ZoneInfo) -> _Receipt:
    moment = _moment(decision, timezone)
    channel = str(decision.choice.get("channel", ""))
    code = f"received_by_{channel if channel in _CHANNELS else 'other_channel'}"
    told = {"at": moment_text(moment, timezone), "who": decision.who, "reason": decision.reason}
    # A nil report is a report without figures: it is received, and gives no zero that nobody wrote.
    codes = (code, "received_nil") if decision.choice.get("nil") else (code,)
    return _Receipt(moment, "", tuple(Finding(each, Grade.NOTE, parameters=told) for each in codes))


def _moment(decision: Decision, timezone: ZoneInfo) -> datetime:
    """When it was received. A moment without an offset is one of the department's clock."""
    stated = decision.choice.get("received_at")
    try:
        moment = stated if isinstance(stated, datetime) else datetime.fromisoformat(str(stated))
    except ValueError:
        raise UnreadableDecisionError(decision.number, f"received_at is {stated!r}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone)
