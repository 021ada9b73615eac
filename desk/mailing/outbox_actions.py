"""What an officer does with outgoing mail: look, approve, hold, cancel, edit. Each is kept in the history.

Who acts is the ledger's actor: open the office with `actor` set to the person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from desk.errors import DeskError, UnknownNameError
from desk.mailing.letters import folded
from desk.mailing.sender import build_mime, header_text
from desk.office import Office
from ledger.errors import OutboxStateError
from ledger.history import Event
from ledger.outbox import words_sha256
from ledger.records import Delivery, OutboxState, OutgoingMessage

HELD_BY_OFFICER = "held_by_officer"
CANCELLED_BY_OFFICER = "cancelled_by_officer"
#: What a person may let go.
_APPROVABLE = (OutboxState.HELD, OutboxState.UNCERTAIN)


class MailNotWaitingError(DeskError):
    """The mail has left the state in which this could be done to it."""


class MailChangedError(DeskError):
    """Somebody has worded the mail anew since it was read."""


@dataclass(frozen=True, slots=True)
class MailFile:
    """Everything known of one outgoing mail."""

    mail: OutgoingMessage
    deliveries: tuple[Delivery, ...]  #: every attempt, in order
    events: tuple[Event, ...]  #: who did what with it, in order


def mail_file(office: Office, mail_id: int) -> MailFile:
    """One mail with its attempts and its history.

    Raises:
        UnknownNameError: the outbox holds no such mail.

    """
    with office.ledger.snapshot():
        return MailFile(
            _known(office, mail_id),
            office.ledger.deliveries(mail_id),
            office.ledger.history(subject=f"outbox/{mail_id}"),
        )


def approve(
    office: Office, mail_ids: Iterable[int], seen: Mapping[int, str] | None = None
) -> tuple[OutgoingMessage, ...]:
    """Let held mails go, all of them or none; they leave at the next round of sending.

    An uncertain mail named here is sent again: only a person may say so. `seen` are the seals of the words
    the person has read: what somebody else has worded anew since is not approved by that.

    Raises:
        UnknownNameError: the outbox holds no such mail.
        MailNotWaitingError: one of them is neither held nor uncertain.
        MailChangedError: one of them says other words than the person has read.

    """
    waiting = {mail.id: mail for mail in office.ledger.outbox(_APPROVABLE)}
    mails = [waiting.get(mail_id) or _known(office, mail_id) for mail_id in mail_ids]
    for mail in mails:
        _require(office, mail, *_APPROVABLE)
        if seen and seen.get(mail.id, seal(mail)) != seal(mail):
            raise MailChangedError("outgoing.changed_since", id=str(mail.id))
    return office.ledger.approve_all([mail.id for mail in mails])


def seal(mail: OutgoingMessage) -> str:
    """What tells these words to these recipients from any others."""
    return words_sha256(mail)[:16]


def hold(office: Office, mail_id: int, reason: str = "") -> OutgoingMessage:
    """Keep a queued mail back until it is approved.

    Raises:
        UnknownNameError, MailNotWaitingError: as named.

    """
    mail = _known(office, mail_id)
    if not office.ledger.hold(mail_id, _said(reason) or HELD_BY_OFFICER):
        raise _not_waiting(office, mail)
    return office.ledger.outgoing(mail_id)


def cancel(office: Office, mail_id: int, reason: str = "") -> OutgoingMessage:
    """Take a mail back for good: its rung of the ladder is not climbed again.

    Raises:
        UnknownNameError, MailNotWaitingError: as named.

    """
    mail = _known(office, mail_id)
    if not office.ledger.cancel(mail_id, _said(reason) or CANCELLED_BY_OFFICER):
        raise _not_waiting(office, mail)
    return office.ledger.outgoing(mail_id)


def edit(
    office: Office, mail_id: int, *, subject: str | None = None, text: str | None = None
) -> OutgoingMessage:
    """Other words for a mail that waits. The text is folded as all mail is.

    Raises:
        UnknownNameError, MailNotWaitingError: as named.
        UnsafeMailError: the mail would not say what was meant.

    """
    mail = _known(office, mail_id)
    wanted = replace(
        mail,
        subject=mail.subject if subject is None else header_text(subject),
        text=mail.text if text is None else folded(text),
    )
    if not wanted.subject or not wanted.text.strip():
        raise UnknownNameError("outgoing.nothing_to_edit")
    build_mime(replace(wanted, files=()), office.regime.department, office.regime.timezone)
    if not office.ledger.edit(mail_id, wanted.subject, wanted.text):
        raise _not_waiting(office, mail)
    return office.ledger.outgoing(mail_id)


def _known(office: Office, mail_id: int) -> OutgoingMessage:
    try:
        return office.ledger.outgoing(mail_id)
    except OutboxStateError as error:
        raise UnknownNameError("outgoing.unknown_mail", id=str(mail_id)) from error


def _require(office: Office, mail: OutgoingMessage, *states: OutboxState) -> None:
    if mail.state not in states:
        raise _not_waiting(office, mail)


def _not_waiting(office: Office, mail: OutgoingMessage) -> MailNotWaitingError:
    state = office.wording(f"cli.outbox_{office.ledger.outgoing(mail.id).state.value}")
    return MailNotWaitingError("outgoing.not_waiting", id=str(mail.id), state=state)


def _said(reason: str) -> str:
    return header_text(reason, 200)
