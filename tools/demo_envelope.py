"""A raw mail as Gmail keeps it: trace fields on top, CRLF, every byte written by hand."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "pdf": "application/pdf",
    "zip": "application/zip",
}


@dataclass(frozen=True, slots=True)
class Envelope:
    """One mail before it is written. `auth` is the body of Gmail's own Authentication-Results."""

    sender: str
    to: str
    subject: str
    text: str
    arrival: datetime
    name: str = ""
    auth: str = "pass"  #: pass, spf (no DMARC policy), fail, none
    files: Sequence[tuple[str, bytes]] = ()
    headers: Sequence[tuple[str, str]] = ()
    below: Sequence[tuple[str, str]] = ()  #: trace fields that stood in the mail before Gmail took it
    return_path: str | None = None  #: None: the sender; "" is the null path
    report: Sequence[tuple[str, str]] = field(default_factory=tuple)  #: parts of a multipart/report
    key: str = ""  #: seed of the Message-ID when two mails would be the same


def write(envelope: Envelope) -> bytes:
    """The octets of the mail."""
    head = [*_trace(envelope), *envelope.below, *_own(envelope), *envelope.headers]
    lines = [f"{name}: {value}" for name, value in head]
    lines += _body(envelope)
    return "\r\n".join("\r\n".join(line.splitlines()) for line in lines).encode("ascii") + b"\r\n"


def message_id(envelope: Envelope) -> str:
    """Stable, drawn from who writes what and when."""
    domain = envelope.sender.partition("@")[2]
    return f"<{_token(envelope, 'id')[:24]}@{domain}>"


def encoded(text: str) -> str:
    """A header value: as it is when ASCII, else encoded words of at most 45 octets (RFC 2047)."""
    if text.isascii():
        return text
    words, piece = [], ""
    for letter in text:
        if len((piece + letter).encode()) > 45:  # noqa: PLR2004 - 60 letters of base64 for one word
            words.append(piece)
            piece = ""
        piece += letter
    words.append(piece)
    return "\r\n ".join(f"=?UTF-8?B?{base64.b64encode(word.encode()).decode()}?=" for word in words)


def _token(envelope: Envelope, purpose: str) -> str:
    seed = (purpose, envelope.sender, envelope.subject, envelope.arrival.isoformat(), envelope.key)
    return hashlib.sha256("|".join(seed).encode()).hexdigest()


def _address(envelope: Envelope) -> str:
    name = encoded(envelope.name)
    if name and name.isascii() and name == envelope.name:
        name = f'"{name}"'
    return f"{name} <{envelope.sender}>".strip()


def _trace(envelope: Envelope) -> list[tuple[str, str]]:
    utc = envelope.arrival.astimezone(UTC)
    stamp = format_datetime(utc)
    token = _token(envelope, "trace")
    path = envelope.sender if envelope.return_path is None else envelope.return_path
    host = f"mail.{(path or envelope.sender).partition('@')[2]}"
    peer = f"203.0.113.{int(token[:2], 16) % 200 + 20}"
    return [
        ("Delivered-To", envelope.to),
        (
            "Received",
            f"by 2002:a05:6a10:{token[2:6]}:b0:{token[6:9]} with SMTP id {token[9:21]};\n        {stamp}",
        ),
        ("Return-Path", f"<{path}>"),
        (
            "Received",
            (
                f"from {host} ({host}. [{peer}])\n        by mx.google.com with ESMTPS id {token[21:45]}"
                f"\n        for <{envelope.to}>;\n        {stamp}"
            ),
        ),
        *_results(envelope, path, peer),
    ]


def _results(envelope: Envelope, path: str, peer: str) -> list[tuple[str, str]]:
    """Authentication-Results as mx.google.com writes them (RFC 8601)."""
    domain = envelope.sender.partition("@")[2]
    designates = f"(google.com: domain of {path} designates {peer} as permitted sender) smtp.mailfrom={path}"
    signed = f"dkim=pass header.i=@{domain} header.s=default header.b={_token(envelope, 'b')[:8]}"
    body = {
        "pass": f"{signed};\n       spf=pass {designates};\n"
        f"       dmarc=pass (p=QUARANTINE sp=QUARANTINE dis=NONE) header.from={domain}",
        "spf": f"spf=pass {designates}",
        "fail": f"spf=softfail (google.com: domain of transitioning {path} does not designate {peer} as "
        f"permitted sender) smtp.mailfrom={path};\n"
        f"       dmarc=fail (p=QUARANTINE sp=QUARANTINE dis=QUARANTINE) header.from={domain}",
        "null": f"{signed};\n       spf=none (google.com: {domain} does not designate permitted hosts) "
        f"smtp.helo=mail.{domain};\n       dmarc=pass (p=NONE sp=NONE dis=NONE) header.from={domain}",
    }.get(envelope.auth)
    return [("Authentication-Results", f"mx.google.com;\n       {body}")] if body else []


def _own(envelope: Envelope) -> list[tuple[str, str]]:
    return [
        ("MIME-Version", "1.0"),
        ("From", _address(envelope)),
        ("To", envelope.to),
        ("Subject", encoded(envelope.subject)),
        ("Date", format_datetime(envelope.arrival.astimezone(VIETNAM))),
        ("Message-ID", message_id(envelope)),
    ]


def _body(envelope: Envelope) -> list[str]:
    text = [*_part('text/plain; charset="UTF-8"', envelope.text.encode())]
    boundary = f"000000000000{_token(envelope, 'boundary')[:20]}"
    if envelope.report:
        parts = [text, *([f"Content-Type: {kind}", "", content] for kind, content in envelope.report)]
        return _parts('report; report-type="delivery-status"', boundary, parts)
    if not envelope.files:
        return text
    return _parts("mixed", boundary, [text, *(_file(name, content) for name, content in envelope.files)])


def _parts(kind: str, boundary: str, parts: Sequence[Sequence[str]]) -> list[str]:
    lines = [f'Content-Type: multipart/{kind}; boundary="{boundary}"', ""]
    for part in parts:
        lines += [f"--{boundary}", *part]
    return [*lines, f"--{boundary}--"]


def _part(kind: str, content: bytes, *more: str) -> list[str]:
    coded = base64.encodebytes(content).decode("ascii").rstrip("\n")
    return [f"Content-Type: {kind}", *more, "Content-Transfer-Encoding: base64", "", coded]


def _file(name: str, content: bytes) -> list[str]:
    kind = _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    shown = encoded(name)
    return _part(f'{kind}; name="{shown}"', content, f'Content-Disposition: attachment; filename="{shown}"')
