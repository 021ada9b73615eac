"""Chasing what is missing: who is to be reminded now, shown, recorded, or sent."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from zoneinfo import ZoneInfo

from config.regime import Regime
from config.reports import Period, ReportDefinition
from config.sending import SendingMode
from config.units import Address, Unit
from config.wording import Wording
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
from desk.errors import CONFIGURATION, DeskError
from desk.mailing.answers import Returned, returned_addresses
from desk.mailing.deliveries import is_of_today
from desk.mailing.letters import MailTemplateError, Written, compose, compose_list, write_each
from desk.mailing.outbox import (
    AWAITING_APPROVAL,
    GOING,
    Guard,
    awaiting_approval,
    preview,
    queue_mails,
    withdraw,
)
from desk.mailing.outgoing import Note, dispatch, hindrance
from desk.mailing.replies import still_answers
from desk.office import Office
from desk.standing import PeriodStanding, standings_of
from desk.views import View, outgoing_view
from desk.work import current_periods
from ledger.obligations import obligations_of
from ledger.records import (
    Decision,
    MessageClass,
    MessageHead,
    MessageState,
    Obligation,
    ObligationKey,
    ObligationState,
    OutboxState,
    OutgoingMessage,
)
from ledger.review import open_items
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
    without_address: tuple[Unit, ...]  #: to be telephoned: no address takes mail, or the last did not arrive
    in_hand: tuple[Unit, ...]  #: not written to: mail of theirs waits for our own staff
    unproven: tuple[Returned, ...]  #: bounces nobody can believe: shown, the address is written to still
    zone: ZoneInfo
    wording: Wording
    note: Note | None = None
    faults: tuple[
        MailTemplateError, ...
    ] = ()  #: templates whose letters could not be written; the others were

    def sentence(self) -> str:
        """Why mail was not written or sent though it was asked for, and what to do; empty otherwise."""
        told = [self.wording(self.note.key, **self.note.places)] if self.note else []
        told += [self.wording(fault.key, **fault.places) for fault in self.faults]
        return "\n".join(told)

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
    latest = office.ledger.latest_arrival()
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
        MailTemplateError: the department's own HTML frame cannot be used; nothing was sent.
        SmtpLoginError, SmtpUnreachableError, SmtpInsecureError: nothing was sent; what was queued waits.

    """
    if queue or send:
        _require_clock(office)
        withdraw(office.ledger, _owing_now(office).still, office.clock())
    chased = _to_be_chased(office)
    if not (queue or send):
        owing = _owing_now(office)
        waiting = (mail for mail in _waiting_to_go(office) if owing.still(mail))
        return replace(chased, mails=(*waiting, *chased.mails))
    mode = office.regime.sending.mode
    queue_mails(office.ledger, chased.mails, mode)
    if not send:
        return replace(chased, mode="queued", mails=_waiting_to_go(office))
    if mode not in GOING:
        return replace(chased, mode="off", mails=_waiting_to_go(office))
    # First whether it is too many: what stands in the way now is gone in a minute, and then all would go.
    note = _many(office, guard or Guard(), confirmed=confirmed) or hindrance(office)
    if note is None:
        needed = partial(still_needed, office)
        sent = dispatch(office, needed, at_any_hour=at_any_hour, pause=pause)
        if sent.note is None:
            return replace(chased, mode="sent", mails=sent.mails)
        note = sent.note
    return replace(chased, mode="queued", mails=_waiting_to_go(office), note=note)


def _to_be_chased(office: Office) -> Chased:
    """The mails that are due now, with whom none reaches and why."""
    due = due_now(office)
    written = _written(office, due)
    return Chased(
        mode="preview",
        mails=written.mails,
        faults=written.faults,
        without_address=due.to_telephone,
        in_hand=due.in_hand,
        unproven=due.unproven,
        zone=office.regime.timezone,
        wording=office.wording,
    )


def _waiting_to_go(office: Office) -> tuple[OutgoingMessage, ...]:
    """What waits to be approved or to be sent."""
    return office.ledger.outbox((OutboxState.QUEUED, OutboxState.HELD))


@dataclass(frozen=True, slots=True)
class Due:
    """What is due at a moment, as the ledger stands then."""

    reminders: tuple[Reminder, ...]
    lists: tuple[LeadersList, ...]  #: to the leaders
    to_telephone: tuple[Unit, ...]  #: chased, and no address takes mail, or the last mail did not arrive
    in_hand: tuple[Unit, ...]  #: not written to: mail of theirs waits for our own staff
    unproven: tuple[Returned, ...]  #: bounces nobody can believe: shown, the address is written to still


def due_now(office: Office) -> Due:
    """Whom to remind of what as the ledger stands now."""
    now, ledger = office.clock(), office.ledger
    with ledger.snapshot():
        decisions = ledger.decisions()
        regime = effective_regime(office.regime, decisions)
        waiting = _waiting_mail(office, regime, decisions)
        collected = [
            PeriodStanding(report, period, now, standings_of(office, report, period, now, decisions))
            for report, period in current_periods(office)
            if _has_rung(office, obligations_of(regime, report, period, decisions), report, now)
        ]
    found = [_without_those_in_hand(each, waiting) for each in collected]
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
    collected: PeriodStanding, waiting: Sequence[_Waiting]
) -> tuple[PeriodStanding, tuple[Unit, ...]]:
    """The period with those set to "needs review" of whom mail waits for us, and who they are."""
    period, report = collected.period, collected.report
    held = {
        standing.unit.id: standing.unit
        for standing in collected.standings
        if standing.state is ObligationState.MISSING
        and _is_in_hand(ObligationKey(standing.unit.id, report.id, period.id), period, waiting)
    }
    standings_now = tuple(
        replace(each, state=ObligationState.NEEDS_REVIEW) if each.unit.id in held else each
        for each in collected.standings
    )
    return replace(collected, standings=standings_now), tuple(held.values())


def still_needed(office: Office, mail: OutgoingMessage) -> bool:
    """Whether a mail of any kind is true still at the moment it is taken for sending."""
    return still_owed(office, mail) and still_answers(office, mail) and is_of_today(office, mail)


def still_owed(office: Office, mail: OutgoingMessage) -> bool:
    """Whether every report the mail speaks of is missing still, and the mail still says what is true.

    A mail before the due moment is not sent after it: the next rung speaks then.
    """
    return _owing_now(office).still(mail)


class _Owing:
    """What is missing at a moment, as the ledger said when it was first asked: for any number of mails."""

    def __init__(self, office: Office, now: datetime) -> None:
        self._office, self._now = office, now
        self._due: dict[tuple[str, str], dict[str, datetime | None]] = {}

    def still(self, mail: OutgoingMessage) -> bool:
        """Whether every report a mail speaks of is missing still, and no due moment has passed since."""
        if not mail.kind.startswith((CHASE, LEADERS)):
            return True
        owed = [self._missing_due(key) for key in mail.keys]
        return all(due is not None for due in owed) and not any(
            due is not None and mail.queued_at < due <= self._now for due in owed
        )

    def _missing_due(self, key: ObligationKey) -> datetime | None:
        """When an obligation that nothing has come for was or is due; None: it is no longer missing."""
        spot = (key.report, key.period)
        if spot not in self._due:
            with self._office.ledger.snapshot():
                self._due[spot] = self._missing(*spot)
        return self._due[spot].get(key.unit)

    def _missing(self, report_id: str, period_id: str) -> dict[str, datetime | None]:
        """The due moments of a period by unit, of those that nothing has come for."""
        office, regime = self._office, self._office.regime
        report = next((each for each in regime.reports if each.id == report_id), None)
        period = office.period(report, period_id) if report else None
        if report is None or period is None or ladder_of(regime, report).paused:
            return {}
        decisions, waiting = self._known
        found = standings_of(office, report, period, self._now + _SKEW, decisions)
        return {
            standing.unit.id: standing.due
            for standing in found
            if standing.state is ObligationState.MISSING
            and not _is_in_hand(ObligationKey(standing.unit.id, report_id, period_id), period, waiting)
        }

    @cached_property
    def _known(self) -> tuple[tuple[Decision, ...], tuple[_Waiting, ...]]:
        """All decisions, and the mail that waits for a person."""
        decisions = self._office.ledger.decisions()
        regime = effective_regime(self._office.regime, decisions)
        return decisions, _waiting_mail(self._office, regime, decisions)


def _owing_now(office: Office) -> _Owing:
    return _Owing(office, office.clock())


def _waiting_mail(office: Office, regime: Regime, decisions: Sequence[Decision]) -> tuple[_Waiting, ...]:
    """Mail that waits for a person and may be a report of a unit.

    What waits for a known period is "needs review" by itself; here is also what names another period, as
    last year's title on this year's report does, or none. What is known to be forged is nobody's mail,
    and a question is no report. A unit that says it has sent its report is not told once more that nothing
    came before somebody has looked.
    """
    ledger = office.ledger
    asked = open_items(ledger.review_items(open_only=False), decisions)
    items = [item for item in asked if item.kind == "message"]
    heads = ledger.message_heads({item.archive_id for item in items})
    speaking = defaultdict(list)
    for unit in regime.units:
        for address in unit.addresses:
            speaking[address.address].append((unit.id, address))
    return tuple(
        _Waiting(unit, str(item.proposal.get("report") or ""), head.arrival)
        for item in items
        if (head := heads.get(item.archive_id)) is not None and _may_be_a_report(head)
        for unit in {
            str(item.proposal.get("unit") or ""),
            *_spoken_for(speaking.get(head.from_address.lower(), ()), _day(head.arrival, regime)),
        }
    )


def _is_in_hand(key: ObligationKey, period: Period, waiting: Sequence[_Waiting]) -> bool:
    return any(each.may_answer(key, period) for each in waiting)


def _may_be_a_report(head: MessageHead) -> bool:
    if head.state is MessageState.FAILED or "claims_sent" in head.reasons:
        return True
    return head.state is MessageState.REVIEW and head.message_class in _MAY_BE_A_REPORT


def _spoken_for(speaking: Iterable[tuple[str, Address]], day: date) -> Iterator[str]:
    """The units that an address spoke for on a day."""
    return (unit for unit, address in speaking if address.valid_on(day))


def _day(moment: datetime, regime: Regime) -> date:
    return moment.astimezone(regime.timezone).date()


def _has_rung(office: Office, owed: Iterable[Obligation], report: ReportDefinition, now: datetime) -> bool:
    """Whether anything owed for a period stands on the ladder now.

    A period that was due before mail began to be read is left alone: its reports were never seen.
    """
    regime = office.regime
    return any(
        any(step_reached(regime, report, due, now, leaders=who) is not None for who in (False, True))
        for due in {each.due for each in owed}
        if due is not None and (office.start is None or due.astimezone(regime.timezone).date() > office.start)
    )


def _written(office: Office, due: Due) -> Written:
    now, stationery, leaders = office.clock(), office.stationery(), office.regime.sending.leaders
    letters = (partial(compose, stationery, each, now) for each in due.reminders)
    lists = (partial(compose_list, stationery, each, leaders, now) for each in due.lists if leaders)
    return write_each((*letters, *lists))


def _many(office: Office, guard: Guard, *, confirmed: bool) -> Note | None:
    """So many that a person must say so are held until then; where each is approved, a person has."""
    ledger = office.ledger
    if office.regime.sending.mode != SendingMode.SEND:
        return None
    if confirmed:
        ledger.approve_all([mail.id for mail in awaiting_approval(ledger)])
        return None
    waiting = [mail for mail in preview(ledger) if mail.kind.startswith(CHASE)]
    today = office.clock().astimezone(office.regime.timezone).date()
    if not guard.asks(len(waiting), len(office.regime.units_on(today))):
        return None
    for mail in waiting:
        ledger.hold(mail.id, AWAITING_APPROVAL)
    return Note("outgoing.note_many", {"count": str(len(waiting))})
