"""Raw mail as a provider would have delivered it, with its own verdict on the sender on top."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

AUTHSERV = "mx.google.com"
_TYPES = {
    "docx": ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "zip": ("application", "zip"),
}


@dataclass(slots=True)
class Attached:
    """A file of a mail; `away` names the format LibreOffice takes it through before it is sent."""

    name: str
    content: bytes
    away: str = ""


@dataclass(slots=True)
class Mail:
    """One mail before it has a number."""

    arrival: datetime
    address: str
    name: str
    subject: str
    body: str
    files: list[Attached] = field(default_factory=list)
    verdict: str = "pass"  #: what our provider says of the sender: pass, fail or forged
    headers: dict[str, str] = field(default_factory=dict)
    html: bool = False
    zip_name: str = ""  #: all files go into one archive of this name
    forwarded_by: tuple[str, str] = ()  # type: ignore[assignment]  #: address and name of who forwards it whole
    n: str = ""


def octets(mail: Mail, mailbox: str, files: list[Attached]) -> bytes:
    """The raw message, CRLF, with `files` as its attachments."""
    message = _message(mail, mailbox, files)
    address = mail.address
    if mail.forwarded_by:
        address, name = mail.forwarded_by
        message = _forward(mail, message, address, name, mailbox)
    top = _top(mail, address, mailbox)
    return (top + message.as_bytes().replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")


def _message(mail: Mail, mailbox: str, files: list[Attached]) -> EmailMessage:
    message = EmailMessage()
    message["MIME-Version"] = "1.0"
    message["From"] = f'"{mail.name}" <{mail.address}>' if mail.name else mail.address
    message["To"] = mailbox
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.arrival - timedelta(seconds=7))
    domain = mail.address.split("@")[-1]
    mark = hash_of(mail.subject + mail.address)
    message["Message-ID"] = f"<{mail.arrival:%Y%m%d%H%M%S}.{mark}@{domain}>"
    for name, value in mail.headers.items():
        del message[name]
        message[name] = value
    if mail.html:
        rows = "".join(f"<p>{line}</p>" for line in mail.body.split("\n"))
        message.set_content(f"<html><body>{rows}</body></html>", subtype="html", cte="base64")
    else:
        message.set_content(mail.body, cte="base64")
    for file in files:
        main, sub = _TYPES.get(file.name.rpartition(".")[2], ("application", "octet-stream"))
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    if files:
        message.set_boundary(f"=_{mail.arrival:%Y%m%d%H%M%S}_part")
    return message


def hash_of(text: str) -> int:
    """A number for a text that is the same in every run."""
    return sum(ord(letter) * (place + 1) for place, letter in enumerate(text))


def _forward(mail: Mail, inner: EmailMessage, address: str, name: str, mailbox: str) -> EmailMessage:
    outer = EmailMessage()
    outer["MIME-Version"] = "1.0"
    outer["From"] = f'"{name}" <{address}>'
    outer["To"] = mailbox
    outer["Subject"] = f"Fwd: {mail.subject}"
    outer["Date"] = format_datetime(mail.arrival)
    outer["Message-ID"] = f"<fwd.{mail.arrival:%Y%m%d%H%M%S}@{address.rsplit('@', maxsplit=1)[-1]}>"
    outer.set_content("Chuyển tiếp.", cte="base64")
    outer.add_attachment(inner)
    outer.set_boundary(f"=_{mail.arrival:%Y%m%d%H%M%S}_fwd")
    return outer


def _top(mail: Mail, address: str, mailbox: str) -> bytes:
    domain = address.rsplit("@", maxsplit=1)[-1]
    good = "fail" if mail.verdict in ("fail", "forged") else "pass"
    arrived = format_datetime(mail.arrival.astimezone(UTC))
    lines = [
        f"Delivered-To: {mailbox}",
        f"Return-Path: <{address}>",
        _finding(good, address),
        f"Received: from mail.{domain} by {AUTHSERV} with ESMTPS; {arrived}",
    ]
    if mail.verdict == "forged":
        lines.append(_finding("pass", address))
    return ("\n".join(lines) + "\n").encode()


def _finding(result: str, address: str) -> str:
    """The field by which a server tells what it found about the sender (RFC 8601)."""
    domain = address.rsplit("@", maxsplit=1)[-1]
    spf, dmarc = f"spf={result} smtp.mailfrom={address}", f"dmarc={result} header.from={domain}"
    return f"Authentication-Results: {AUTHSERV}; {spf}; {dmarc}"
