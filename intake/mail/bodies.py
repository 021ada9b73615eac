"""The body of a mail: what the sender wrote now, what is quoted, what is forwarded, where links lead."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_tz
from typing import Final

from intake.mail.messages import ForwardedHead

_QUOTED: Final = re.compile(r"^\s{0,3}>")
_ATTRIBUTION: Final = re.compile(
    r"^\s{0,3}(?:vào|ngày|lúc|on|le)\b.{5,300}?(?:đã viết|viết|wrote|a écrit)\s*:\s*$",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTION_START: Final = re.compile(r"^\s{0,3}(?:vào|ngày|lúc|on)\b", re.IGNORECASE)
_FORWARD_MARK: Final = re.compile(
    r"^\W*(?:-{2,}\s*(?:forwarded message|(?:thư |tin nhắn )?(?:được )?chuyển tiếp)"
    r"\b.*|begin forwarded message\s*:|bắt đầu thư được chuyển tiếp\s*:)\s*$",
    re.IGNORECASE,
)
_ORIGINAL_MARK: Final = re.compile(
    r"^\W*-{2,}\s*(?:original message|original appointment|thư gốc|tin nhắn gốc|thư ban đầu)\s*-{2,}\s*$",
    re.IGNORECASE,
)
_HEAD_LINE: Final = re.compile(
    r"^[\s*>]{0,4}(?P<name>từ|người gửi|from|đã gửi|ngày gửi|ngày|thời gian|gửi lúc|sent|date"
    r"|tới|đến|người nhận|to|cc|đồng gửi|chủ đề|tiêu đề|subject|v/v)"
    r"\s*\**\s*:\s*\**\s*(?P<value>.*?)\s*\**\s*$",
    re.IGNORECASE,
)
_SENDER: Final = frozenset({"từ", "người gửi", "from"})
_MOMENT: Final = frozenset({"đã gửi", "ngày gửi", "ngày", "thời gian", "gửi lúc", "sent", "date"})
_SUBJECT: Final = frozenset({"chủ đề", "tiêu đề", "subject", "v/v"})
_FORWARDING: Final = re.compile(r"^\s*(?:fwd?|fw|chuyển tiếp|tr)\s*:", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"[^\s@<>()\[\],;:\"]+@[^\s@<>()\[\],;:\"]+\.[^\s@<>()\[\],;:\".]+")
_LINK: Final = re.compile(r"https?://[^\s<>\"'\])]{3,2000}", re.IGNORECASE)
_MOST_LINKS: Final = 50
#: Behind what a mail is signed, alone on its line.
_CLOSING: Final = re.compile(
    r"^(?:xin )?(?:trân trọng|kính thư|thân ái|thân mến|kính chào|(?:em |xin )?(?:chân thành )?cảm ơn)"
    r"(?: (?:cảm ơn|kính chào|anh|chị|phòng|các|nhiều|ạ|quý|cơ quan|và|kính|báo cáo)){0,6}[\s!,./]*$",
    re.IGNORECASE,
)
_SIGNATURE_LINES: Final = 8
_SIGNATURE_WIDTH: Final = 100
_LONGEST_OWN: Final = 20_000  #: characters of a mail in which its own end is looked for
_HEAD_LINES: Final = 8
_WIDEST: Final = 500  #: characters of a line that are looked at, so that no line costs more than it says


def own_text(text: str) -> str:
    """What the sender wrote in this mail: without quoted or forwarded mail, without signature block."""
    lines = text.split("\n")
    kept: list[str] = []
    skip_until = 0
    for number, line in enumerate(lines):
        if number < skip_until or _QUOTED.match(line):
            continue
        if line.rstrip("\r") in {"-- ", "--"}:
            break
        length = _attribution_length(lines, number)
        if length and _is_quoted_below(lines, number + length):
            skip_until = number + length  # answers between and below the quoted lines are kept
            continue
        if length or _begins_earlier_mail(lines, number):
            break
        kept.append(line)
    return "\n".join(kept).strip()


def signature_of(text: str) -> str:
    """The lines the sender signs with: behind "--" or the closing formula; "" where neither stands."""
    lines = text[:_LONGEST_OWN].split("\n")
    own = [line.strip() for line in lines[: earlier_mail_at(lines)] if not _QUOTED.match(line)]
    marked = next((at for at, line in enumerate(own) if line == "--"), None)
    closed = [at for at, line in enumerate(own) if _CLOSING.match(line[:_WIDEST])]
    at = marked if marked is not None else closed[-1] if closed else len(own)
    signed = [line for line in own[at + 1 :] if line]
    return "\n".join(line for line in signed[:_SIGNATURE_LINES] if len(line) <= _SIGNATURE_WIDTH)


def earlier_mail_at(lines: list[str]) -> int:
    """The number of the first line of an earlier mail below the sender's own text; all where none is."""
    begins = (n for n in range(len(lines)) if _attribution_length(lines, n) or _begins_earlier_mail(lines, n))
    return next(begins, len(lines))


def _attribution_length(lines: list[str], number: int) -> int:
    """How many lines "Vào … đã viết:" takes here; 0 when none begins. Programs wrap it."""
    if not _ATTRIBUTION_START.match(lines[number]):
        return 0
    for length in (1, 2, 3):
        if _ATTRIBUTION.match("\n".join(lines[number : number + length])):
            return length
    return 0


def _is_quoted_below(lines: list[str], number: int) -> bool:
    following = next((line for line in lines[number:] if line.strip()), "")
    return bool(_QUOTED.match(following))


def _begins_earlier_mail(lines: list[str], number: int) -> bool:
    line = lines[number]
    if _FORWARD_MARK.match(line[:_WIDEST]) or _ORIGINAL_MARK.match(line[:_WIDEST]):
        return True
    head = _HEAD_LINE.match(line[:_WIDEST])
    return head is not None and head["name"].lower() in _SENDER and bool(_head_at(lines, number))


def _head_at(lines: list[str], number: int) -> dict[str, str]:
    """The head of an earlier mail that stands from this line: sender and at least one of moment, subject."""
    found: dict[str, str] = {}
    for line in lines[number : number + _HEAD_LINES]:
        match = _HEAD_LINE.match(line[:_WIDEST])
        if match:
            found.setdefault(_role(match["name"].lower()), match["value"])
        elif found and not line.strip():
            break
    return found if "sender" in found and ("moment" in found or "subject" in found) else {}


def _role(name: str) -> str:
    for role, names in (("sender", _SENDER), ("moment", _MOMENT), ("subject", _SUBJECT)):
        if name in names:
            return role
    return "other"


def inline_forwards(text: str, subject: str) -> tuple[ForwardedHead, ...]:
    """The heads of mails forwarded in the body: after a mark, or after the text when the subject says so."""
    lines = text.split("\n")
    heads = [
        _forwarded(head)
        for number, line in enumerate(lines)
        if _FORWARD_MARK.match(line[:_WIDEST]) and (head := _head_below(lines, number + 1))
    ]
    if not heads and _FORWARDING.match(subject):
        first = next((head for number in range(len(lines)) if (head := _head_from(lines, number))), None)
        heads = [_forwarded(first)] if first else []
    return tuple(heads)


def _head_below(lines: list[str], number: int) -> dict[str, str]:
    while number < len(lines) and not lines[number].strip():
        number += 1
    return _head_at(lines, number)


def _head_from(lines: list[str], number: int) -> dict[str, str]:
    match = _HEAD_LINE.match(lines[number][:_WIDEST])
    return _head_at(lines, number) if match and match["name"].lower() in _SENDER else {}


def _forwarded(head: dict[str, str]) -> ForwardedHead:
    sender = head["sender"]
    address = _ADDRESS.search(sender.replace("mailto:", " "))
    name = re.split(r"[<\[(]", sender, maxsplit=1)[0].strip(' "*')
    return ForwardedHead(
        sender_address=address[0].lower() if address else "",
        sender_name="" if address and name == address[0] else name,
        subject=head.get("subject", ""),
        date=_moment(head.get("moment", "")),
        inline=True,
    )


def _moment(text: str) -> datetime | None:
    """A date as programs write it in English; other forms stay unread rather than guessed."""
    try:
        parsed = parsedate_tz(text.replace(" at ", " ")) if text else None
        if parsed is None or parsed[9] is None:
            return None
        return datetime(*parsed[:6], tzinfo=timezone(timedelta(seconds=parsed[9])))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def links_in(text: str, targets: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The http(s) addresses in text and among link targets, each once, at most 50."""
    found = [match.rstrip(".,;:!?") for match in _LINK.findall(text)]
    found += [target for target in targets if _LINK.match(target)]
    return tuple(dict.fromkeys(found))[:_MOST_LINKS]
