"""Mail onto the wire: the octets of one message, and the conversation with the SMTP server.

Headers are guarded here whatever the interpreter does: before 3.11.10 a subject holding an encoded
word for a line end writes a header of its own (CVE-2024-6923). What is built is parsed again and
compared with what was meant before a server sees it.
"""

from __future__ import annotations

import hashlib
import mimetypes
import re
import smtplib
import ssl
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.encoders import encode_base64
from email.errors import MessageError
from email.header import Header
from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.parser import BytesParser
from email.policy import SMTP, compat32
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

from jinja2 import Template

from config.regime import Department
from config.secrets import Secret
from config.settings import LOOPBACK, Authentication, Encryption, SmtpSettings
from config.spelling import tidy
from consolidate.reminders import copy_not_sent, refused_recipient
from desk.errors import MAIL, DeskError
from desk.mailing.mail_html import html_of
from desk.stopping import ToldToStop, may_be_cut_off
from intake.mailbox.line_faults import line_fault
from ledger.records import Delivery, OutboxState, OutgoingMessage

ANSWER_SECONDS = 60.0
LAST_ANSWER_SECONDS = 600.0  #: after the final dot a server may take its time (RFC 5321, 4.5.3.2.6)
MOST_SUBJECT = 300  #: characters of a subject
GOODBYE_SECONDS = 2.0  #: whatever it answers to QUIT changes nothing
STOPPED = "told_to_stop"  #: reply of a mail that was under way when the program was told to stop
UNSAFE = "unsafe"  #: reply of a mail whose octets would not say what was meant

#: Answers that speak of the whole account, not of this mail: sending pauses for all.
_SLOW_DOWN = re.compile(r"(?:^|: )(?:421|454)\b|\b4\.7\.0\b|\b[45]\.4\.5\b|\b4\.3\.2\b")
_DAILY_LIMIT = re.compile(r"\b5\.4\.5\b")

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>")
_FIELDS = (
    "From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
    "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type",
)  # fmt: skip
_MOST_REFERENCES = 20
_LONGEST_REFERENCE = 250
_WORDS = 400  #: of a server's answer are kept


class UnsafeMailError(DeskError):
    """The mail cannot be written so that it says exactly what was meant; nothing was sent."""

    code = MAIL

    def __init__(self, mail: OutgoingMessage) -> None:
        super().__init__("outgoing.unsafe_mail", id=str(mail.id))


class SmtpUnreachableError(DeskError):
    """No conversation with the server came about; every mail stays where it was."""

    code = MAIL


class SmtpLoginError(DeskError):
    """The server knows the account or its secret no more; trying again would lock the account."""

    code = MAIL


class SmtpInsecureError(DeskError):
    """The line would be open to others, which is allowed on loopback alone."""

    code = MAIL


@dataclass(frozen=True, slots=True)
class SmtpAnswer:
    """How one attempt ended: the state of the mail, the server's words, and whether to pause for all."""

    state: OutboxState
    reply: str
    slow_down: bool = False


def build_mime(
    outgoing: OutgoingMessage,
    department: Department,
    zone: ZoneInfo,
    *,
    sender: str = "",
    sender_name: str = "",
    outputs: Path | None = None,
    frame: Template | None = None,
) -> bytes:
    """The octets of the mail, lines ended by CRLF; the same mail always gives the same octets.

    Plain text with the same words as HTML beside it (multipart/alternative), and the mail's files from
    the folder `outputs`. From is the mailbox unless `sender` is another address; then Reply-To is the
    mailbox. `frame` is the department's own frame of the HTML. The Date is the moment the mail was queued,
    in the department's zone, for that is when it was written. Marked as RFC 3834 asks.

    Raises:
        UnsafeMailError: an address is none, a file is not there as it was written, or the octets would
            not say what was meant.

    """
    own = sender or department.mailbox
    addresses = (own, *outgoing.to, *outgoing.cc)
    if not outgoing.to or not all(_ADDRESS.fullmatch(each) for each in addresses):
        raise UnsafeMailError(outgoing)
    if not _MESSAGE_ID.fullmatch(outgoing.message_id):
        raise UnsafeMailError(outgoing)
    files = _files(outgoing, outputs)
    try:
        octets = _message(outgoing, department, own, sender_name, zone, files, frame)
    except (MessageError, ValueError) as error:
        raise UnsafeMailError(outgoing) from error
    if not _says(octets, outgoing, own):
        raise UnsafeMailError(outgoing)
    return octets


def header_text(text: str, most: int = MOST_SUBJECT) -> str:
    """Text that a header may hold: no control characters, nothing that reads as an encoded word."""
    spaced = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text)
    while "=?" in spaced or "?=" in spaced:
        spaced = spaced.replace("=?", " ").replace("?=", " ")
    return tidy(spaced)[:most].rstrip()


class SmtpSender:
    """A conversation with one SMTP server, kept over several mails.

    with SmtpSender(settings, secret, department, zone, clock) as sender:
        delivery = sender.send(mail)
    """

    def __init__(
        self,
        settings: SmtpSettings,
        secret: Secret,
        department: Department,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
        *,
        answer_seconds: float = ANSWER_SECONDS,
        last_answer_seconds: float = LAST_ANSWER_SECONDS,
        outputs: Path | None = None,
        frame: Template | None = None,
    ) -> None:
        self._settings = settings
        self._secret = secret
        self._department = department
        self._zone = zone
        self._clock = clock
        self._answer_seconds = answer_seconds
        self._last_answer_seconds = last_answer_seconds
        self._outputs = outputs
        self._frame = frame
        self._line: smtplib.SMTP | None = None
        self.slow_down = False  #: the server asked for a pause; nothing more should be sent now

    def __enter__(self) -> Self:
        """Connect and log in, so that a wrong password is known before any mail is taken up.

        Raises:
            SmtpInsecureError: the settings would leave the line open.
            SmtpUnreachableError: no server answers, or its certificate is not to be trusted.
            SmtpLoginError: the server refuses account or secret.

        """
        self._line = self._connected()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def send(self, outgoing: OutgoingMessage) -> Delivery:
        """Hand one mail over, once; what became of it in the server's words.

        Sent: the server took it for at least one of those it is addressed to. Refused: it never will (5xx).
        Queued: it may take it later (4xx), or the line broke before the text began. Uncertain: the line
        broke after that, and nobody can know (RFC 1047). What went to nobody it is addressed to goes to
        nobody in copy either: the unit did not get it, and a second try would be the copy's second mail.
        """
        answer = self._answer(outgoing)
        self.slow_down = self.slow_down or answer.slow_down
        return Delivery(outgoing.id, self._clock(), answer.state, answer.reply[:_WORDS])

    def _answer(self, outgoing: OutgoingMessage) -> SmtpAnswer:
        sender = self._settings.sender or self._department.mailbox
        name = self._settings.sender_name
        try:
            octets = build_mime(
                outgoing,
                self._department,
                self._zone,
                sender=sender,
                sender_name=name,
                outputs=self._outputs,
                frame=self._frame,
            )
        except UnsafeMailError:
            return SmtpAnswer(OutboxState.REFUSED, UNSAFE)
        try:
            with may_be_cut_off():
                envelope = self._envelope(sender, outgoing.to, outgoing.cc)
        except (OSError, smtplib.SMTPException, DeskError, ToldToStop) as error:
            # Nothing of the text was said: the mail can wait. The line is of no use any more.
            self._break_off()
            return SmtpAnswer(OutboxState.QUEUED, _fault(error), slow_down=True)
        return envelope if isinstance(envelope, SmtpAnswer) else self._text(octets, envelope)

    def _envelope(self, sender: str, to: Sequence[str], copies: Sequence[str]) -> SmtpAnswer | list[str]:
        """Name sender and recipients; the refusals of some, or how it ended when nobody of `to` is left."""
        line = self._ready()
        code, words = line.mail(sender)
        if code != 250:  # noqa: PLR2004 - "done", RFC 5321
            return self._ended(code, words)
        refusals = self._recipients(line, to)
        if len(refusals) < len(to):
            return [said for _, said in (*refusals, *self._recipients(line, copies))]
        waits = any(code < 500 or _DAILY_LIMIT.search(said) for code, said in refusals)  # noqa: PLR2004
        reply = "; ".join((*(said for _, said in refusals), *map(copy_not_sent, copies)))
        return self._ended(450 if waits else 550, b"", reply)

    @staticmethod
    def _recipients(line: smtplib.SMTP, addresses: Sequence[str]) -> list[tuple[int, str]]:
        """Name them to the server; code and words of each refusal."""
        refusals = []
        for address in addresses:
            code, words = line.rcpt(address)
            if code not in {250, 251}:
                refusals.append((code, refused_recipient(address, _said(code, words))))
        return refusals

    def _text(self, octets: bytes, refusals: Sequence[str]) -> SmtpAnswer:
        line = self._line
        assert line is not None
        try:
            with may_be_cut_off():
                code, words = line.docmd("DATA")
        except (OSError, smtplib.SMTPException, ToldToStop) as error:
            self._break_off()
            return SmtpAnswer(OutboxState.QUEUED, _fault(error), slow_down=True)
        if code != 354:  # noqa: PLR2004 - "go on", RFC 5321
            return self._ended(code, words)
        try:
            if line.sock is not None:
                line.sock.settimeout(self._last_answer_seconds)
            line.send(_dotted(octets))
            code, words = line.getreply()
        except (OSError, smtplib.SMTPException, ToldToStop) as error:
            self._break_off()
            return SmtpAnswer(OutboxState.UNCERTAIN, _fault(error), slow_down=True)
        if line.sock is not None:
            line.sock.settimeout(self._answer_seconds)
        if code != 250:  # noqa: PLR2004
            return self._ended(code, words)
        return SmtpAnswer(OutboxState.SENT, "; ".join((_said(code, words), *refusals)))

    def _ended(self, code: int, words: bytes, reply: str = "") -> SmtpAnswer:
        """A refusal: for good or for now. The server is told to forget what it heard of this mail."""
        said = _said(code, words)
        reply = reply or said
        later = code < 500 or bool(_DAILY_LIMIT.search(said))  # noqa: PLR2004 - 5xx is for good
        slow = bool(_SLOW_DOWN.search(said) or _SLOW_DOWN.search(reply))
        if self._line is not None:
            try:
                forgotten = self._line.rset()[0] == 250  # noqa: PLR2004
            except (OSError, smtplib.SMTPException):
                forgotten = False
            if not forgotten:  # else the next mail would be refused as part of this one
                self._hang_up()
        return SmtpAnswer(OutboxState.QUEUED if later else OutboxState.REFUSED, reply, slow)

    def _ready(self) -> smtplib.SMTP:
        """The line, opened again when the server closed it between two mails."""
        if self._line is not None:
            with suppress(OSError, smtplib.SMTPException):
                code, _words = self._line.noop()
                if code == 250:  # noqa: PLR2004
                    return self._line
            self._hang_up()
        self._line = self._connected()
        return self._line

    def _connected(self) -> smtplib.SMTP:
        settings = self._settings
        if settings.encryption is Encryption.NONE and not self._plain_is_allowed():
            raise SmtpInsecureError("outgoing.insecure", host=settings.host)
        try:
            line = self._opened()
        except (OSError, smtplib.SMTPException) as error:
            detail = _fault(error)
            raise SmtpUnreachableError("outgoing.unreachable", host=settings.host, detail=detail) from error
        try:
            self._log_in(line)
        except smtplib.SMTPAuthenticationError as error:
            line.close()
            raise _login_refused(settings.host, error) from error
        except (OSError, smtplib.SMTPException) as error:
            line.close()
            detail = _fault(error)
            raise SmtpUnreachableError("outgoing.unreachable", host=settings.host, detail=detail) from error
        return line

    def _plain_is_allowed(self) -> bool:
        return self._settings.allow_plain_on_loopback and self._settings.host in LOOPBACK

    def _opened(self) -> smtplib.SMTP:
        settings, context = self._settings, _context(self._settings)
        if settings.encryption is Encryption.TLS:
            return smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=self._answer_seconds, context=context
            )
        line = smtplib.SMTP(settings.host, settings.port, timeout=self._answer_seconds)
        if settings.encryption is Encryption.STARTTLS:
            try:
                line.starttls(context=context)  # raises where it is not offered: there is no falling back
            except BaseException:
                line.close()
                raise
        return line

    def _log_in(self, line: smtplib.SMTP) -> None:
        line.ehlo_or_helo_if_needed()
        if self._settings.encryption is Encryption.NONE and not line.has_extn("auth"):
            return  # a test server on loopback
        if self._settings.authentication is Authentication.PASSWORD:
            self._log_in_by_password(line)
            return
        spoken = f"user={self._settings.user}\x01auth=Bearer {self._secret.reveal()}\x01\x01"
        code, words = line.docmd("AUTH", "XOAUTH2 " + b64encode(spoken.encode()).decode("ascii"))
        if code == 334:  # noqa: PLR2004 - the reason of a refusal follows an empty line (XOAUTH2)
            code, words = line.docmd("")
        if code != 235:  # noqa: PLR2004 - "authenticated", RFC 4954
            raise smtplib.SMTPAuthenticationError(code, words)

    def _log_in_by_password(self, line: smtplib.SMTP) -> None:
        """One try by one mechanism: `SMTP.login` would try the others with the same wrong password."""
        line.user, line.password = self._settings.user, self._secret.reveal()
        if not f"{line.user}{line.password}".isascii():
            raise smtplib.SMTPAuthenticationError(535, b"not ASCII")
        offered = line.esmtp_features.get("auth", "").upper().split()
        for mechanism, spoken in (("PLAIN", line.auth_plain), ("LOGIN", line.auth_login)):
            if mechanism in offered:
                line.auth(mechanism, spoken)
                return
        raise smtplib.SMTPNotSupportedError("the server offers neither AUTH PLAIN nor AUTH LOGIN")

    def _hang_up(self) -> None:
        line = self._line
        if line is not None:
            with suppress(OSError, smtplib.SMTPException):
                if line.sock is not None:
                    line.sock.settimeout(GOODBYE_SECONDS)
                line.quit()
        self._break_off()

    def _break_off(self) -> None:
        """Without a word: a line that is lost, or whose server does not answer, takes no goodbye."""
        line, self._line = self._line, None
        if line is not None:
            line.close()


def _login_refused(host: str, error: smtplib.SMTPAuthenticationError) -> DeskError:
    detail = _said(error.smtp_code, error.smtp_error)
    # 454 and the like: too many logins just now. The secret is not at fault.
    if error.smtp_code < 500:  # noqa: PLR2004
        return SmtpUnreachableError("outgoing.unreachable", host=host, detail=detail)
    return SmtpLoginError("outgoing.login_refused", host=host, detail=detail)


def _files(outgoing: OutgoingMessage, outputs: Path | None) -> tuple[tuple[str, bytes], ...]:
    """Name and content of each file, as it was when the mail was queued."""
    found = []
    for path, sha256 in outgoing.files:
        try:
            content = (outputs / path).read_bytes() if outputs is not None else b""
        except OSError as error:
            raise UnsafeMailError(outgoing) from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise UnsafeMailError(outgoing)
        found.append((Path(path).name, content))
    return tuple(found)


def _message(
    outgoing: OutgoingMessage,
    department: Department,
    own: str,
    sender_name: str,
    zone: ZoneInfo,
    files: Sequence[tuple[str, bytes]],
    frame: Template | None,
) -> bytes:
    # The older classes, because the newer ones lose blanks where they fold a long Vietnamese subject.
    message = _with_files(outgoing, _words(outgoing, frame), files)
    name = header_text(sender_name or department.short_name or department.name)
    message["From"] = _named(name, own)
    message["To"] = ", ".join(outgoing.to)
    if outgoing.cc:
        message["Cc"] = ", ".join(outgoing.cc)
    if department.mailbox and department.mailbox.lower() != own.lower():
        message["Reply-To"] = department.mailbox
    message["Subject"] = Header(header_text(outgoing.subject), "utf-8", header_name="Subject")
    message["Date"] = format_datetime(outgoing.queued_at.astimezone(zone))
    message["Message-ID"] = outgoing.message_id
    answered = _answered(outgoing)
    if answered:
        message["In-Reply-To"] = answered[-1]
        message["References"] = " ".join(answered)
    message["Auto-Submitted"] = "auto-replied" if outgoing.about else "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    octets: bytes = message.as_bytes()
    # A long identity is folded before its only word; not every reader joins that again.
    return re.sub(rb"\r\n(Message-ID|In-Reply-To|References): \r\n <", rb"\r\n\1: <", octets)


def _answered(outgoing: OutgoingMessage) -> tuple[str, ...]:
    """The thread the mail stands in, ending with what it answers; what is no Message-ID is left out."""
    thread = dict.fromkeys((*outgoing.thread[-_MOST_REFERENCES:], outgoing.answers))
    thread.pop(outgoing.answers)
    good = [*thread, outgoing.answers] if _MESSAGE_ID.fullmatch(outgoing.answers) else []
    return tuple(each for each in good if _MESSAGE_ID.fullmatch(each) and len(each) <= _LONGEST_REFERENCE)


def _words(outgoing: OutgoingMessage, frame: Template | None) -> Any:
    """Text and HTML of the same words, the richer last (RFC 2046, 5.1.4)."""
    policy = compat32.clone(linesep="\r\n")
    both: Any = MIMEMultipart("alternative", _boundary(outgoing, "words"), policy=policy)
    both.attach(MIMEText(outgoing.text, "plain", "utf-8", policy=policy))
    html = html_of(outgoing.text, header_text(outgoing.subject), frame)
    both.attach(MIMEText(html, "html", "utf-8", policy=policy))
    return both


def _with_files(outgoing: OutgoingMessage, words: Any, files: Sequence[tuple[str, bytes]]) -> Any:
    if not files:
        return words
    policy = compat32.clone(linesep="\r\n")
    mixed: Any = MIMEMultipart("mixed", _boundary(outgoing, "files"), policy=policy)
    mixed.attach(words)
    for name, content in files:
        kind = mimetypes.guess_type(name, strict=False)[0] or "application/octet-stream"
        part: Any = MIMEBase(*kind.split("/", 1), policy=policy)
        part.set_payload(content)
        encode_base64(part)
        part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", name))
        mixed.attach(part)
    return mixed


def _boundary(outgoing: OutgoingMessage, of: str) -> str:
    """The same for the same mail, and nothing that stands in base64."""
    return f"={hashlib.sha256(f'{of}{outgoing.message_id}'.encode()).hexdigest()[:32]}="


def _named(name: str, address: str) -> Header:
    header = Header(header_name="From")
    if name:
        header.append(name, "utf-8")
    header.append(f"<{address}>", "us-ascii")
    return header


def _says(octets: bytes, outgoing: OutgoingMessage, own: str) -> bool:
    """Whether the octets, read again, hold just the fields, recipients and words that were meant."""
    read = BytesParser(policy=SMTP).parsebytes(octets)
    names = [name for name in read if name in _FIELDS]
    meant = {"To": outgoing.to, "Cc": outgoing.cc, "From": (own,)}
    return (
        len(names) == len(read.keys()) == len(set(names))
        and not any(field.defects for field in read.values())
        and all(_addresses(read, name) == list(addresses) for name, addresses in meant.items())
        and str(read["Subject"]) == header_text(outgoing.subject)
        and str(read["Message-ID"]).strip() == outgoing.message_id
        and str(read["References"] or "").split() == list(_answered(outgoing))
        and _plain_words(read) == outgoing.text.replace("\r\n", "\n")
        and b"\n" not in octets.replace(b"\r\n", b"")
    )


def _plain_words(read: EmailMessage) -> str:
    plain = read.get_body(("plain",))
    return str(plain.get_content()).replace("\r\n", "\n") if plain is not None else ""


def _addresses(read: EmailMessage, name: str) -> list[str]:
    field = read[name]
    return [address.addr_spec for address in field.addresses] if field is not None else []


def _dotted(octets: bytes) -> bytes:
    """The text as DATA wants it: a leading point doubled, ended by a lone one (RFC 5321, 4.5.2)."""
    ended = octets if octets.endswith(b"\r\n") else octets + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended) + b".\r\n"


def _context(settings: SmtpSettings) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=settings.ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return header_text(f"{code} {text}", _WORDS)


def _fault(error: BaseException) -> str:
    """What went wrong with the line, without any secret: the key of a sentence, or the server's words."""
    if isinstance(error, ToldToStop):
        return STOPPED
    if isinstance(error, smtplib.SMTPResponseException):
        return _said(error.smtp_code, error.smtp_error)
    if isinstance(error, DeskError):
        return error.places.get("detail", "") or error.key
    return line_fault(error) or header_text(str(error), _WORDS)
