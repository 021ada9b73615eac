"""Mails of which nobody knows whether they went (RFC 1047): looked for by Message-ID before anything else.

Found in Sent, the mail went. Not found, it did not, provided that this server files what it sends: that
is believed only when a mail that surely went lies there. Otherwise the mail waits for a person. Drafts
are ours to lay, so that not finding one among drafts and sent mail means it was not laid.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from config.sending import SendingMode
from desk.mailing.mail_folders import DRAFTS, SENT
from ledger.records import Delivery, OutboxState, OutgoingMessage
from ledger.store import Ledger

#: A provider files a copy within seconds; so long is waited before its absence says anything.
FILED_WITHIN = timedelta(minutes=10)
#: Replies under which the outcome is recorded; sentences stand in the catalogue `outgoing`.
FOUND_SENT = "found_in_sent"
FOUND_DRAFT = "found_in_drafts"
NOT_FOUND = "not_found_in_sent"


class Folders(Protocol):
    """Whoever can look into the folders of the mailbox."""

    def holds(self, attribute: bytes, message_id: str) -> bool | None:
        """Whether the folder of that attribute holds that Message-ID; None: no such folder."""
        ...


def unresolved(ledger: Ledger) -> tuple[OutgoingMessage, ...]:
    """The mails whose fate a look into the mailbox may tell: uncertain ones, and drafts that may be gone."""
    return ledger.outbox((OutboxState.UNCERTAIN, OutboxState.DRAFTED))


def resolve(ledger: Ledger, folders: Folders, mode: str, now: datetime) -> tuple[OutgoingMessage, ...]:
    """Look for each mail whose fate is open; those that now stand otherwise.

    Raises:
        MailboxError: the mailbox cannot be asked; what is not yet known stays so.

    """
    found = []
    for mail in unresolved(ledger):
        delivery = _fate(ledger, folders, mail, mode, now)
        if delivery is not None:
            found.append(ledger.mark(delivery))
    return tuple(found)


def _fate(
    ledger: Ledger, folders: Folders, mail: OutgoingMessage, mode: str, now: datetime
) -> Delivery | None:
    in_sent = folders.holds(SENT, mail.message_id)
    if in_sent:
        return Delivery(mail.id, now, OutboxState.SENT, FOUND_SENT)
    if mail.state is OutboxState.DRAFTED:
        return None
    if folders.holds(DRAFTS, mail.message_id):
        return Delivery(mail.id, now, OutboxState.DRAFTED, FOUND_DRAFT)
    if mode == SendingMode.DRAFTS:
        return Delivery(mail.id, now, OutboxState.QUEUED, NOT_FOUND)
    if in_sent is None or now - _since(ledger, mail) < FILED_WITHIN or not _files_copies(ledger, folders):
        return None
    return Delivery(mail.id, now, OutboxState.QUEUED, NOT_FOUND)


def _since(ledger: Ledger, mail: OutgoingMessage) -> datetime:
    """When the mail was last touched: its last event, for an interrupted one has no delivery."""
    events = ledger.history(subject=f"outbox/{mail.id}")
    return events[-1].at if events else mail.queued_at


def _files_copies(ledger: Ledger, folders: Folders) -> bool:
    """Whether the last mail that surely went lies in Sent."""
    sure = [m for m in ledger.outbox((OutboxState.SENT,)) if m.server_reply.startswith("250")]
    return bool(sure) and bool(folders.holds(SENT, sure[-1].message_id))
