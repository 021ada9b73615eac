"""Chasing what is missing: who is to be reminded now, shown, recorded, or sent."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from config.calendar import period_by_id
from config.regime import Regime
from config.reports import Period, ReportDefinition
from config.sending import SendingMode
from config.units import Unit
from config.wording import Wording
from consolidate.consolidation import Consolidation
from consolidate.reminders import (
    CHASE,
    DEAD_FOR,
    LEADERS,
    LeadersList,
    Reminder,
    due_reminders,
    ladder_of,
    leaders_lists,
    step_reached,
    units_to_telephone,
)
from consolidate.standing import standings
from desk.answers import Returned, returned_addresses
from desk.deliveries import is_of_today
from desk.errors import CONFIGURATION, DeskError
from desk.letters import compose, compose_list
from desk.office import Office
from desk.outbox import (
    AWAITING_APPROVAL,
    GOING,
    Guard,
    awaiting_approval,
    preview,
    queue_mails,
    withdraw,
)
from desk.outgoing import Note, dispatch, hindrance
from desk.replies import still_answers
from desk.views import View, outgoing_view, waiting_of
from desk.work import consolidation_of, current_periods
from ledger.obligations import obligations_of
from ledger.records import (
    MessageClass,
    MessageOutcome,
    MessageState,
    ObligationKey,
    ObligationState,
    OutboxState,
    OutgoingMessage,
    ReviewItem,
)
from ledger.taught import effective_regime

#: Mail of these kinds, left open for a person, may turn out to be the report that is missing.
_MAY_BE_A_REPORT = frozenset(
    {
        MessageClass.REPORT,
        MessageClass.CORRECTION,
        MessageClass.PART_OF_REPORT,
        MessageClass.UNREADABLE,
        MessageClass.LINK_ONLY,
    }
)

#: Server clocks differ: what arrived "after now" by so little has arrived.
_SKEW = timedelta(minutes=10)
#: Mail that arrived later than this machine's clock by more than so much: the clock is wrong, not the mail.
CLOCK_SLACK = timedelta(days=1)
#: A bounce that nobody can believe is shown so long.
SHOWN_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Mail of a unit that waits for a person and may be a report; `report` is empty when it is unknown."""

    unit: str
    report: str
    arrival: datetime

    def may_answer(self, key: ObligationKey, period: Period) -> bool:
        """Whether it may turn out to be what is missing: it came since the period opened."""
        same = self.unit == key.unit and self.report in {"", key.report}
        return same and self.arrival >= period.opens


@dataclass(frozen=True, slots=True)
class Chased:
    """What one round of chasing brought."""

    mode: str  #: preview, queued, sent or off
    mails: tuple[OutgoingMessage, ...]  #: that would go, wait, or were handed over
    without_address: tuple[Unit, ...]  #: to be telephoned
    in_hand: tuple[Unit, ...]  #: not written to: mail of theirs waits for our own staff
    unproven: tuple[Returned, ...]  #: bounces nobody can believe: shown, the address is written to still
    zone: ZoneInfo
    wording: Wording
    note: Note | None = None

    def sentence(self) -> str:
        """Why nothing was sent though it was asked for, and what to do; empty otherwise."""
        return self.wording(self.note.key, **self.note.places) if self.note else ""

    def view(self) -> View:
        """The plain dictionary for tables and JSON."""
        return {
            "mode": self.mode,
            "mails": [outgoing_view(mail, self.zone) for mail in self.mails],
            "without_address": [
                {"unit": unit.id, "name": unit.name, "phone": unit.phone} for unit in self.without_address
            ],
            "in_hand": [{"unit": unit.id, "name": unit.name} for unit in self.in_hand],
            "unproven": [{"address": each.address, "message": each.archive_id} for each in self.unproven],
            "note": self.sentence(),
        }


class ClockBehindError(DeskError):
    """The machine's clock is behind the mail server's: who is late cannot be told by it."""

    code = CONFIGURATION


def _require_clock(office: Office) -> None:
    """A clock that fell back would chase units for periods long past, and those whose report has come."""
    latest = max((one.arrival for one in office.ledger.messages()), default=None)
    if latest is not None and latest > office.clock() + CLOCK_SLACK:
        zone = office.regime.timezone
        shown = (f"{moment.astimezone(zone):%d/%m/%Y %H:%M}" for moment in (office.clock(), latest))
        now, arrived = shown
        raise ClockBehindError("desk.clock_behind", now=now, arrived=arrived)


def chase(
    office: Office,
    *,
    queue: bool,
    send: bool,
    confirmed: bool = False,
    guard: Guard | None = None,
    pause: Callable[[float], object] = time.sleep,
    at_any_hour: bool = True,
) -> Chased:
    """Find what is to be chased now, and show it, record it, or send it.

    Args:
        office: the installation; its clock says when "now" is.
        queue: record the mails in the outbox, each once.
        send: record and send, where department and settings allow it.
        confirmed: a person has looked at the list; without it, a run that is large is not sent.
        guard: what large means.
        pause: waits between two mails.
        at_any_hour: a person asks for it now; otherwise mail waits for the department's hours.

    Raises:
        ClockBehindError: mail has arrived from what this machine takes for the future; nothing was recorded.
        MailTemplateError: a mail template cannot be used.
        SmtpLoginError, SmtpUnreachableError, SmtpInsecureError: nothing was sent; what was queued waits.

    """
    if queue or send:
        _require_clock(office)
        withdraw(office.ledger, partial(still_owed, office), office.clock())
    due = due_now(office)
    mails = _composed(office, due)
    chased = Chased(
        mode="preview",
        mails=mails,
        without_address=due.to_telephone,
        in_hand=due.in_hand,
        unproven=due.unproven,
        zone=office.regime.timezone,
        wording=office.wording,
    )
    mode = office.regime.sending.mode
    if not (queue or send):
        waiting = (mail for mail in _waiting_to_go(office) if still_owed(office, mail))
        return replace(chased, mails=(*waiting, *mails))
    queue_mails(office.ledger, mails, mode)
    if not send:
        return replace(chased, mode="queued", mails=_waiting_to_go(office))
    if mode not in GOING:
        return replace(chased, mode="off", mails=_waiting_to_go(office))
    note = hindrance(office) or _many(office, guard or Guard(), confirmed=confirmed)
    if note is None:
        needed = partial(still_needed, office)
        sent = dispatch(office, needed, at_any_hour=at_any_hour, pause=pause)
        if sent.note is None:
            return replace(chased, mode="sent", mails=sent.mails)
        note = sent.note
    return replace(chased, mode="queued", mails=_waiting_to_go(office), note=note)


def _waiting_to_go(office: Office) -> tuple[OutgoingMessage, ...]:
    """What waits to be approved or to be sent."""
    return office.ledger.outbox((OutboxState.QUEUED, OutboxState.HELD))


@dataclass(frozen=True, slots=True)
class Due:
    """What is due at a moment, as the ledger stands then."""

    reminders: tuple[Reminder, ...]
    lists: tuple[LeadersList, ...]  #: to the leaders
    to_telephone: tuple[Unit, ...]  #: chased, and without an address that takes mail
    in_hand: tuple[Unit, ...]  #: not written to: mail of theirs waits for our own staff
    unproven: tuple[Returned, ...]  #: bounces nobody can believe: shown, the address is written to still


def due_now(office: Office) -> Due:
    """Whom to remind of what as the ledger stands now."""
    now, ledger = office.clock(), office.ledger
    regime = effective_regime(office.regime, ledger.decisions())
    waiting = _waiting_mail(office, regime)
    found = [
        _without_those_in_hand(consolidation_of(office, report, period, now), waiting)
        for report, period in current_periods(office)
        if _has_rung(office, regime, report, period, now)
    ]
    in_hand = {unit.id: unit for _, units in found for unit in units}
    returned = [each for each in returned_addresses(office) if now - each.arrival < DEAD_FOR]
    dead, already = frozenset(each.address for each in returned if each.proven), ledger.outbox()
    periods = [each for each, _ in found]
    reminders = due_reminders(regime, periods, already, now, dead)
    return Due(
        reminders=tuple(each for each in reminders if each.addresses),
        lists=leaders_lists(regime, periods, already, now),
        to_telephone=units_to_telephone(regime, periods, already, now, dead),
        in_hand=tuple(in_hand.values()),
        unproven=tuple(each for each in returned if not each.proven and now - each.arrival < SHOWN_FOR),
    )


def _without_those_in_hand(
    consolidation: Consolidation, waiting: Sequence[_Waiting]
) -> tuple[Consolidation, tuple[Unit, ...]]:
    """The period with those set to "needs review" of whom mail waits for us, and who they are."""
    period, report = consolidation.period, consolidation.report
    held = {
        standing.unit.id: standing.unit
        for standing in consolidation.standings
        if standing.state is ObligationState.MISSING
        and _is_in_hand(ObligationKey(standing.unit.id, report.id, period.id), period, waiting)
    }
    standings_now = tuple(
        replace(each, state=ObligationState.NEEDS_REVIEW) if each.unit.id in held else each
        for each in consolidation.standings
    )
    return replace(consolidation, standings=standings_now), tuple(held.values())


def still_needed(office: Office, mail: OutgoingMessage) -> bool:
    """Whether a mail of any kind is true still at the moment it is taken for sending."""
    return still_owed(office, mail) and still_answers(office, mail) and is_of_today(office, mail)


def still_owed(office: Office, mail: OutgoingMessage) -> bool:
    """Whether every report the mail speaks of is missing still, and the mail still says what is true.

    A mail before the due moment is not sent after it: the next rung speaks then.
    """
    if not mail.kind.startswith((CHASE, LEADERS)):
        return True
    now = office.clock()
    owed = [_missing_due(office, key, now + _SKEW) for key in mail.keys]
    return all(due is not None for due in owed) and not any(
        due is not None and mail.queued_at < due <= now for due in owed
    )


def _waiting_mail(office: Office, regime: Regime) -> tuple[_Waiting, ...]:
    """Mail that waits for a person and may be a report of a unit.

    What waits for a known period is "needs review" by itself; here is also what names another period, as
    last year's title on this year's report does, or none. What is known to be forged is nobody's mail,
    and a question is no report.
    """
    ledger = office.ledger
    with ledger.snapshot():
        items = [item for item in ledger.review_items() if item.kind == "message"]
        states = (MessageState.REVIEW, MessageState.FAILED)
        outcomes = {each.archive_id: each for state in states for each in ledger.messages(state=state)}
    return tuple(
        _Waiting(unit, str(item.proposal.get("report") or ""), outcome.arrival)
        for item in items
        if (outcome := outcomes.get(item.archive_id)) is not None and _may_be_a_report(outcome)
        for unit in _units_of(regime, item, outcome)
    )


def _is_in_hand(key: ObligationKey, period: Period, waiting: Sequence[_Waiting]) -> bool:
    return any(each.may_answer(key, period) for each in waiting)


def _may_be_a_report(outcome: MessageOutcome) -> bool:
    return outcome.state is MessageState.FAILED or outcome.message_class in _MAY_BE_A_REPORT


def _units_of(regime: Regime, item: ReviewItem, outcome: MessageOutcome) -> frozenset[str]:
    """The unit that is proposed, and those the sender's address spoke for on the day of arrival."""
    day = outcome.arrival.astimezone(regime.timezone).date()
    sender = outcome.from_address.lower()
    units = {
        unit.id for unit in regime.units if any(each.address == sender for each in unit.addresses_on(day))
    }
    return frozenset(units | {str(item.proposal.get("unit") or "")})


def _missing_due(office: Office, key: ObligationKey, as_of: datetime) -> datetime | None:
    """When an obligation that nothing has come for was or is due; None: it is no longer missing."""
    ledger, regime = office.ledger, office.regime
    with ledger.snapshot():
        decisions = ledger.decisions()
        submissions = ledger.submissions(key.report, key.period, key.unit)
        waiting = waiting_of(ledger.messages(state=MessageState.REVIEW), ledger.review_items())
    report = next((each for each in regime.reports if each.id == key.report), None)
    period = period_by_id(report, regime.timezone, regime.calendar, key.period) if report else None
    effective = effective_regime(regime, decisions)
    if report is not None and ladder_of(regime, report).paused:
        return None
    if report is None or period is None or _is_in_hand(key, period, _waiting_mail(office, effective)):
        return None
    owed = [each for each in obligations_of(regime, report, period, decisions) if each.key == key]
    received = [each for each in decisions if each.kind in {"receive", "reopen"}]
    for standing in standings(regime, owed, submissions, waiting, received, as_of):
        if standing.state is ObligationState.MISSING:
            return standing.due
    return None


def _has_rung(
    office: Office, regime: Regime, report: ReportDefinition, period: Period, now: datetime
) -> bool:
    """Whether anything owed for the period stands on the ladder now.

    A period that was due before mail began to be read is left alone: its reports were never seen.
    """
    owed = obligations_of(regime, report, period, office.ledger.decisions())
    return any(
        any(step_reached(regime, report, each.due, now, leaders=who) is not None for who in (False, True))
        for each in owed
        if each.due is not None
        and (office.start is None or each.due.astimezone(regime.timezone).date() > office.start)
    )


def _composed(office: Office, due: Due) -> tuple[OutgoingMessage, ...]:
    now, stationery, leaders = office.clock(), office.stationery(), office.regime.sending.leaders
    letters = (compose(stationery, each, now) for each in due.reminders)
    lists = (compose_list(stationery, each, leaders, now) for each in due.lists) if leaders else ()
    return (*letters, *lists)


def _many(office: Office, guard: Guard, *, confirmed: bool) -> Note | None:
    """So many that a person must say so are held until then; where each is approved, a person has."""
    ledger = office.ledger
    if office.regime.sending.mode != SendingMode.SEND:
        return None
    if confirmed:
        for mail in awaiting_approval(ledger):
            ledger.approve(mail.id)
        return None
    waiting = [mail for mail in preview(ledger) if mail.kind.startswith(CHASE)]
    today = office.clock().astimezone(office.regime.timezone).date()
    if not guard.asks(len(waiting), len(office.regime.units_on(today))):
        return None
    for mail in waiting:
        ledger.hold(mail.id, AWAITING_APPROVAL)
    return Note("outgoing.note_many", {"count": str(len(waiting))})
