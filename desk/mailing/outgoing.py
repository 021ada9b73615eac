"""Mail on its way: what hinders it, who takes it, and within which hours it leaves.

One sender at a time holds the outbox. It first finds out what became of mails whose fate is open, then
hands over what waits: to the SMTP server, or as drafts to the mailbox's own folder.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from jinja2 import Template

from config.calendar import is_working_day
from config.regime import Regime
from config.secrets import OAUTH_TOKEN, PASSWORD, SMTP_PASSWORD, Secret, secret
from config.sending import SendingMode
from config.settings import Authentication
from consolidate.reminders import ladder_of
from desk.errors import NoMailboxError
from desk.mailing.letters import MailTemplateError
from desk.mailing.mail_folders import OutgoingFolders
from desk.mailing.mail_html import own_frame
from desk.mailing.outbox import GOING, Sender, hold_unapproved, may_be_tried, send_due
from desk.mailing.sender import STOPPED, SmtpSender, UnsafeMailError, build_mime
from desk.mailing.uncertain import resolve, unresolved
from desk.office import Office
from desk.stopping import ToldToStop, may_be_cut_off
from intake.mailbox.interface import MailboxError, MailboxFolderError
from ledger.errors import AnotherDaemonRunsError
from ledger.lock import only_sender
from ledger.records import Delivery, OutboxState, OutgoingMessage


@dataclass(frozen=True, slots=True)
class Note:
    """Why nothing was sent though sending was asked for; `key` is its sentence in the catalogue."""

    key: str
    places: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What one round of sending did."""

    mails: tuple[OutgoingMessage, ...] = ()  #: taken up, as they stand now
    note: Note | None = None  #: what stood in the way
    faults: tuple[MailTemplateError, ...] = ()  #: templates whose letters could not be written


def hindrance(office: Office) -> Note | None:
    """What stands in the way of sending, None when nothing does."""
    if office.regime.sending.mode != SendingMode.DRAFTS:
        if office.settings.smtp is None:
            return Note("outgoing.note_no_smtp")
        if smtp_secret(office) is None:
            return Note("outgoing.note_no_secret", {"name": f"TONGHOP_{_secret_names(office)[0].upper()}"})
    unread = len(office.ledger.unread())
    return Note("outgoing.note_unread", {"count": str(unread)}) if unread else None


def dispatch(
    office: Office,
    still_needed: Callable[[OutgoingMessage], bool],
    *,
    at_any_hour: bool = False,
    look: bool = True,
    pause: Callable[[float], object] = time.sleep,
) -> Dispatched:
    """Hand over what waits, within hours and budgets.

    Args:
        office: the installation; its clock says when "now" is.
        still_needed: asked inside the claiming transaction; a mail that is not needed is cancelled.
        at_any_hour: a person asks for it now.
        look: ask the mailbox about mails whose fate is open.
        pause: waits between two mails.

    Raises:
        MailTemplateError: the department's own HTML frame cannot be used; nothing was sent.
        SmtpLoginError, SmtpUnreachableError, SmtpInsecureError, MailboxError: nothing was sent.

    """
    policy, ledger, now = office.regime.sending, office.ledger, office.clock
    if policy.mode not in GOING:
        return Dispatched()
    note = hindrance(office)
    if note is not None:
        return Dispatched(note=note)

    def may_go(mail: OutgoingMessage) -> bool:
        # Whoever turned sending off in the middle of a batch is obeyed before the next mail.
        return office.is_current and (at_any_hour or is_within_hours(office.regime, mail, now()))

    try:
        with only_sender(office.settings.database_url):
            ledger.recover_outbox()
            if look:
                _find_out(office)
            if policy.mode == SendingMode.APPROVE:
                hold_unapproved(ledger)
            if not any(may_go(mail) for mail in may_be_tried(ledger, now())):
                return Dispatched()
            with _sender(office) as sender:
                return Dispatched(send_due(ledger, sender, policy, still_needed, now, pause, may_go))
    except AnotherDaemonRunsError:
        return Dispatched(note=Note("outgoing.note_another_sender"))


def is_within_hours(regime: Regime, mail: OutgoingMessage, now: datetime) -> bool:
    """Whether the mail may go at that moment: on a working day, within the hours of all it speaks of."""
    local = now.astimezone(regime.timezone)
    ladders = [ladder_of(regime, each) for each in regime.reports if each.id in {k.report for k in mail.keys}]
    hours = [regime.sending.hours, *(ladder.hours for ladder in ladders if ladder.hours is not None)]
    return is_working_day(local.date(), regime.calendar) and all(each.hold(local) for each in hours)


class DraftSender:
    """Lays mails as drafts into the mailbox, where the officer sends them herself."""

    def __init__(self, office: Office, folders: OutgoingFolders, frame: Template | None = None) -> None:
        self._office = office
        self._frame = frame
        self._folders = folders
        self.slow_down = False

    def send(self, outgoing: OutgoingMessage) -> Delivery:
        """Lay one draft, unless one with its Message-ID lies there."""
        state, reply = self._laid(outgoing)
        self.slow_down = self.slow_down or state in {OutboxState.QUEUED, OutboxState.UNCERTAIN}
        return Delivery(outgoing.id, self._office.clock(), state, reply)

    def _laid(self, mail: OutgoingMessage) -> tuple[OutboxState, str]:
        from desk.mailing.mail_folders import DRAFTS

        office = self._office
        try:
            octets = build_mime(
                mail,
                office.regime.department,
                office.regime.timezone,
                outputs=office.settings.outputs,
                frame=self._frame,
            )
        except UnsafeMailError:
            return OutboxState.REFUSED, "unsafe"
        try:
            with may_be_cut_off():
                lies_there = self._folders.holds(DRAFTS, mail.message_id)
            if lies_there:
                return OutboxState.DRAFTED, "found_in_drafts"
        except (MailboxError, ToldToStop) as error:
            return OutboxState.QUEUED, _told(error, "drafts_unreachable")
        try:
            laid = self._folders.lay_draft(octets, office.clock())
        except MailboxFolderError as error:
            full = "OVERQUOTA" in error.places["detail"].upper()  # RFC 9208
            return OutboxState.QUEUED, "drafts_full" if full else "drafts_refused"
        except (MailboxError, ToldToStop) as error:
            return OutboxState.UNCERTAIN, _told(error, "drafts_unknown")
        return (OutboxState.DRAFTED, "drafted") if laid else (OutboxState.HELD, "no_drafts_folder")


def _told(error: BaseException, of_the_mailbox: str) -> str:
    return STOPPED if isinstance(error, ToldToStop) else of_the_mailbox


@contextmanager
def _sender(office: Office) -> Iterator[Sender]:
    frame = own_frame(office.stationery().overrides)  # refused before any mail is taken up
    if office.regime.sending.mode == SendingMode.DRAFTS:
        with _folders(office) as folders:
            yield DraftSender(office, folders, frame)
        return
    smtp, found, regime = office.settings.smtp, smtp_secret(office), office.regime
    assert smtp is not None
    assert found is not None
    with SmtpSender(
        smtp,
        found,
        regime.department,
        regime.timezone,
        office.clock,
        outputs=office.settings.outputs,
        frame=frame,
    ) as sender:
        yield sender


@contextmanager
def _folders(office: Office) -> Iterator[OutgoingFolders]:
    folders = OutgoingFolders(*office.mailbox_access())
    try:
        yield folders
    finally:
        folders.close()


def _find_out(office: Office) -> None:
    """What became of mails whose fate is open; a mailbox that cannot be asked leaves it open."""
    if office.settings.mailbox is None or not unresolved(office.ledger):
        return
    try:
        with _folders(office) as folders:
            resolve(office.ledger, folders, office.regime.sending.mode, office.clock())
    except (MailboxError, NoMailboxError) as error:
        office.ledger.note("outbox_lookup_failed", office.account, {"error": type(error).__name__})


def smtp_secret(office: Office) -> Secret | None:
    """The password or token for the outgoing server; None: nobody entered one."""
    names = _secret_names(office)
    return next(filter(None, (secret(name, office.settings.home) for name in names)), None)


def _secret_names(office: Office) -> tuple[str, ...]:
    smtp = office.settings.smtp
    token = smtp is not None and smtp.authentication is Authentication.XOAUTH2
    return (OAUTH_TOKEN,) if token else (SMTP_PASSWORD, PASSWORD)
