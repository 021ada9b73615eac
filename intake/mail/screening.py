"""Mail that is no report, told from its head: rules with a name, each saying what the message is.

Sources: RFC 3834 (automatic responses), RFC 3464 (delivery status), RFC 8098 (notices that a mail was
opened), RFC 2369 and RFC 2919 (lists).
The desk shows the rule's name with its sentence, so that nothing is put aside without a reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from config.spelling import plain_key
from intake.mail.messages import Headers, ReadMessage
from ledger.records import MessageClass

#: Fields by which a mail asks for no automatic answer, or shows that a program wrote it.
_NO_ANSWER_WANTED = ("x-auto-response-suppress", "x-autoreply", "x-autorespond", "x-autoresponder", "x-loop")
_NO_REPLY = re.compile(
    r"(?:no|do[-_.]?not|khong)[-_.]?(?:reply|tra-?loi)|(?:mailer-daemon|postmaster|bounces?|daemon|root)\b"
)
_ROBOTS = ("mailer-daemon@", "postmaster@")
_AUTO_SUBJECTS = (
    "tra loi tu dong",
    "tu dong tra loi",
    "thu tra loi tu dong",
    "automatic reply",
    "auto reply",
    "autoreply",
    "out of office",
    "vang mat",
)
_FAILED_SUBJECTS = (
    "delivery status notification",
    "undelivered mail returned",
    "undeliverable",
    "mail delivery failed",
    "khong gui duoc thu",
    "thu khong gui duoc",
)
#: Before the subject of our own mail: "Đã đọc: Đôn đốc ...", "Read: ...".
_OPENED = re.compile(
    r"\s*(?:đã (?:đọc|xem)|chưa (?:đọc|xem)|đã xóa|đã xoá|đã chuyển phát|đã gửi đến"
    r"|(?:not )?read|displayed|delivered|return receipt(?: \(\w+\))?)\s*[:-]\s",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule made of a message. `rule` is a key of the wording catalogue."""

    rule: str
    message_class: MessageClass


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, one name, one reason."""

    name: str
    message_class: MessageClass
    holds: Callable[[ReadMessage, str], bool]


def screen(message: ReadMessage, mailbox: str) -> Verdict | None:
    """The first rule that holds for the message, or None when only its content can tell.

    Args:
        message: the message as read.
        mailbox: the department's own address; what it sent comes back as copies.
    """
    for rule in RULES:
        if rule.holds(message, mailbox):
            return Verdict(rule.name, rule.message_class)
    return None


def is_bounce(headers: Headers) -> bool:
    """A delivery status notification (RFC 3464), or the null return path of a mail system."""
    if headers.content_type == "multipart/report" and headers.report_type in ("delivery-status", ""):
        return True
    from_system = _is_from_robot(headers)
    failed = any(plain_key(headers.subject).startswith(subject) for subject in _FAILED_SUBJECTS)
    returned = bool(_other(headers, "x-failed-recipients"))
    return from_system and (headers.return_path == "" or failed or returned)


def is_of_mail_system(headers: Headers) -> bool:
    """Whether a mail system claims to write: its own address, and the null return path (RFC 5321, 4.5.5)."""
    return _is_from_robot(headers) and headers.return_path == ""


def is_automatic(headers: Headers) -> bool:
    """An automatic response: the value of Auto-Submitted decides, not its presence (RFC 3834 section 5)."""
    if headers.auto_submitted not in ("", "no"):
        return True
    if any(_other(headers, name) for name in ("x-autoreply", "x-autorespond", "x-auto-response-suppress")):
        return plain_key(headers.subject).startswith(_AUTO_SUBJECTS) or headers.return_path == ""
    return plain_key(headers.subject).startswith(_AUTO_SUBJECTS)


def unanswerable(headers: Headers, mailbox: str) -> str:
    """Why no program may answer this mail (RFC 3834 section 2), empty when it may: a code.

    A receipt to a robot starts an exchange that nobody ends.
    """
    address = headers.sender.address
    reasons = (
        ("own_mail", bool(mailbox) and address == mailbox.lower()),
        ("bounce", is_bounce(headers) or headers.return_path == ""),
        ("auto_submitted", headers.auto_submitted.split(";")[0].split("(")[0].strip() not in ("", "no")),
        ("auto_reply", is_automatic(headers) or any(_other(headers, name) for name in _NO_ANSWER_WANTED)),
        ("bulk", is_bulk(headers)),
        ("no_reply", not address or _NO_REPLY.match(address) is not None),
        ("reply_to_elsewhere", any(each != address for each in headers.reply_to)),
    )
    return next((reason for reason, holds in reasons if holds), "")


def is_bulk(headers: Headers) -> bool:
    """Mail of a list or a newsletter (RFC 2369, RFC 2919, Precedence: bulk)."""
    return headers.has_list_fields or headers.precedence in ("bulk", "list", "junk")


def _is_from_robot(headers: Headers) -> bool:
    return headers.sender.address.startswith(_ROBOTS)


def _is_read_receipt(message: ReadMessage) -> bool:
    """A notice that a mail of ours was opened or deleted (RFC 8098), or one as mail programs word it."""
    headers = message.headers
    if headers.content_type == "multipart/report" and headers.report_type == "disposition-notification":
        return True
    return _OPENED.match(headers.subject) is not None and not _has_report_files(message)


def _is_own(message: ReadMessage, mailbox: str) -> bool:
    return bool(mailbox) and message.headers.sender.address == mailbox.lower()


def _other(headers: Headers, name: str) -> str:
    return next((value for field, value in headers.other if field.lower() == name), "")


def _has_report_files(message: ReadMessage) -> bool:
    return any(file.document is not None for file in message.files)


RULES = (
    Rule("bounce", MessageClass.BOUNCE, lambda message, _: is_bounce(message.headers)),
    Rule(
        "auto_reply",
        MessageClass.AUTO_REPLY,
        # A person's report mailed by a program that marks everything keeps its files: never lose it here.
        lambda message, _: is_automatic(message.headers) and not _has_report_files(message),
    ),
    Rule("read_receipt", MessageClass.AUTO_REPLY, lambda message, _: _is_read_receipt(message)),
    Rule("own_mail", MessageClass.OTHER, _is_own),
    Rule(
        "bulk",
        MessageClass.OTHER,
        lambda message, _: is_bulk(message.headers) and not _has_report_files(message),
    ),
)
