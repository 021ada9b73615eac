"""The outbox worked through: mails queued once, shown, and sent only when the department says so.

A mail is recorded before it is sent, taken by one sender in a transaction that asks again whether its
report is still missing, and its end is recorded after. Whatever dies in between is `uncertain`: it is
looked for in the mailbox (`desk.mailing.uncertain`), and where that proves nothing it waits for a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from config.sending import SendingMode, SendingPolicy
from consolidate.reminders import CHASE, LEADERS, NO_LONGER_NEEDED, TOO_OLD
from desk.stopping import whole
from ledger.records import Delivery, OutboxState, OutgoingMessage
from ledger.store import Ledger

#: Providers count a day that rolls: 500 mails in any 24 hours, those people send included.
DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)
#: Why a mail is held that nobody has looked at yet.
AWAITING_APPROVAL = "awaiting_approval"
#: The event of a mail that a person has let go.
APPROVED = "mail_approved"
#: What the kind of every receipt begins with.
RECEIPT = "receipt"
#: Modes in which what is queued leaves the outbox.
GOING = frozenset({SendingMode.APPROVE, SendingMode.SEND, SendingMode.DRAFTS})
#: A letter says "until now nothing has come"; after so long it is written anew instead.
GIVE_UP = timedelta(days=5)
#: After a passing refusal: 5 minutes, doubled up to 70 (RFC 5321, 4.5.4.1 leaves the figures to us).
_FIRST_WAIT = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(minutes=70)
_MOST_DOUBLINGS = 4


class Sender(Protocol):
    """Whoever hands mails to a server."""

    slow_down: bool

    def send(self, outgoing: OutgoingMessage) -> Delivery:
        """Hand one mail over, once."""
        ...


@dataclass(frozen=True, slots=True)
class Guard:
    """When a run is so large that a person must confirm it: a wrong clock would chase everyone."""

    most_mails: int = 50
    most_share: float = 0.6  #: of the units that owe reports
    few: int = 5  #: so many never need it, however small the department

    def asks(self, mails: int, units: int) -> bool:
        """Whether so many mails to that many units need a person's word."""
        return mails > self.few and (mails > self.most_mails or mails > self.most_share * units)


def queue_mails(
    ledger: Ledger, mails: Iterable[OutgoingMessage], mode: str = SendingMode.SEND
) -> tuple[OutgoingMessage, ...]:
    """Record the mails that are not yet in the outbox; those now recorded.

    Where the department approves each mail, they are held until then. A mail without recipient is left
    out: its unit is telephoned.
    """
    queued = (ledger.queue(_as_it_enters(mail, mode)) for mail in mails if mail.to)
    return tuple(mail for mail in queued if mail is not None)


def _as_it_enters(mail: OutgoingMessage, mode: str) -> OutgoingMessage:
    if mode != SendingMode.APPROVE:
        return mail
    return replace(mail, state=OutboxState.HELD, server_reply=AWAITING_APPROVAL)


def preview(ledger: Ledger) -> tuple[OutgoingMessage, ...]:
    """The mails that wait to be sent, in their order. Changes nothing."""
    return ledger.outbox((OutboxState.QUEUED,))


def hold_unapproved(ledger: Ledger) -> None:
    """Hold what was queued before the department chose to approve each mail, and nobody has approved since.

    What an officer wrote or sent off herself, and what goes to our own people, is approved by that.
    """
    for mail in preview(ledger):
        events = ledger.history(subject=f"outbox/{mail.id}") if _is_by_the_program(mail) else ()
        if events and all(event.event != APPROVED for event in events):
            ledger.hold(mail.id, AWAITING_APPROVAL)


def _is_by_the_program(mail: OutgoingMessage) -> bool:
    return mail.kind.startswith((CHASE, LEADERS, RECEIPT))


def awaiting_approval(ledger: Ledger) -> tuple[OutgoingMessage, ...]:
    """The batch: every mail that is held because nobody has approved it yet."""
    held = ledger.outbox((OutboxState.HELD,))
    return tuple(mail for mail in held if mail.server_reply == AWAITING_APPROVAL)


def send_due(
    ledger: Ledger,
    sender: Sender,
    policy: SendingPolicy,
    still_owed: Callable[[OutgoingMessage], bool],
    now: Callable[[], datetime],
    pause: Callable[[float], object],
    may_go: Callable[[OutgoingMessage], bool] = lambda _mail: True,
) -> tuple[OutgoingMessage, ...]:
    """Send what waits; the mails that were taken up, as they stand now.

    Nothing leaves unless the policy's mode lets it. The run ends at the caps, and as soon as the server
    asks for a pause. A mail that was refused for a while is tried again later and later.

    Args:
        ledger: whose outbox it is.
        sender: connected already, so that a refused login has left every mail where it was.
        policy: mode, caps and the seconds between two mails.
        still_owed: asked inside the claiming transaction, whether every report the mail speaks of is
            missing still; otherwise the mail is cancelled.
        now: the present moment.
        pause: waits so many seconds.
        may_go: whether the hours let this mail go now; otherwise it waits.

    """
    ledger.recover_outbox()
    if policy.mode not in GOING:
        return ()
    handled: list[OutgoingMessage] = []
    left = left_to_send(ledger, policy, now())
    for mail in may_be_tried(ledger, now()):
        if left <= 0 or sender.slow_down:
            break
        if not may_go(mail):
            continue
        if handled:
            pause(policy.seconds_between)
            if not may_go(mail):  # the hours ended, or sending was turned off, while we waited
                continue
        with whole():  # a mail is taken up, handed over and its end noted, whoever is told to stop meanwhile
            if ledger.claim(mail.id, still_owed) is None:
                continue
            delivery = sender.send(ledger.outgoing(mail.id))  # its words may have been edited meanwhile
            handled.append(ledger.mark(delivery))
        left -= delivery.state in {OutboxState.SENT, OutboxState.UNCERTAIN}
    return tuple(handled)


def may_be_tried(ledger: Ledger, now: datetime) -> tuple[OutgoingMessage, ...]:
    """What waits, without the mails whose wait after a passing refusal is not over."""
    return tuple(mail for mail in preview(ledger) if _wait_is_over(ledger.deliveries(mail.id), now))


def left_to_send(ledger: Ledger, policy: SendingPolicy, now: datetime) -> int:
    """How many mails the budgets of day and hour still let go.

    They keep this program below what the provider allows. Where it lays drafts it sends nothing: what the
    officer sends by her own hand takes nothing of them.
    """
    if policy.mode == SendingMode.DRAFTS:
        return min(policy.daily_cap, policy.hourly_cap)
    day = policy.daily_cap - sent_within(ledger, now, DAY)
    return min(day, policy.hourly_cap - sent_within(ledger, now, HOUR))


def sent_within(ledger: Ledger, now: datetime, span: timedelta) -> int:
    """How many mails went out in that time, those counted too of which nobody knows.

    After a clock went back, what went a little "after now" counts too; a year ahead it says nothing.
    """
    gone = ledger.outbox((OutboxState.SENT, OutboxState.BOUNCED, OutboxState.UNCERTAIN))
    return sum(abs(now - (mail.sent_at or mail.queued_at)) < span for mail in gone)


def withdraw(ledger: Ledger, still_owed: Callable[[OutgoingMessage], bool], now: datetime) -> None:
    """Take back what waits and is true no more, so that the rest of it can be written anew.

    A mail about two reports of which one has come is not sent; nor is one that has waited too long.
    """
    for mail in ledger.outbox((OutboxState.QUEUED, OutboxState.HELD)):
        if not still_owed(mail):
            ledger.cancel(mail.id, NO_LONGER_NEEDED)
        elif mail.kind.startswith((CHASE, LEADERS)) and now - mail.queued_at > GIVE_UP:
            ledger.cancel(mail.id, TOO_OLD)


def _wait_is_over(attempts: Sequence[Delivery], now: datetime) -> bool:
    """Whether the wait after the last passing refusal is over."""
    if not attempts:
        return True
    doublings = min(len(attempts) - 1, _MOST_DOUBLINGS)
    wait = min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)
    return abs(now - attempts[-1].at) >= wait  # a clock that was ahead and went back holds nothing for ever
