"""Mails saved by Outlook (.msg, MS-OXMSG): taken apart with olefile and written as the mail they were.

As a mail (RFC 5322) its head, text, files and the mails attached to it go the same way as those of an
.eml, so that both read alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_string
from email.encoders import encode_base64
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr, parseaddr
from typing import TYPE_CHECKING, Any, Final

import olefile

from intake.errors import DamagedFileError, FileTooLargeError
from intake.extractors.ole import opened_ole
from intake.extractors.plain import decoded
from intake.extractors.web_page import html_decoded

if TYPE_CHECKING:
    from intake.extractors.interface import Budget

# Property tags (MS-OXPROPS) by the four digits that name their streams.
_SUBJECT, _HEADERS, _BODY, _HTML = "0037", "007D", "1000", "1013"
_SENDER_NAME, _SENDER_ADDRESS, _SENDER_SMTP, _SHOWN_TO = "0C1A", "0C1F", "5D01", "0E04"
_FILE_NAME, _SHORT_NAME, _SHOWN_NAME, _DATA, _CONTENT_ID = "3707", "3704", "3001", "3701", "3712"
_SENT, _DELIVERED, _CODE_PAGE = 0x00390040, 0x0E060040, 0x3FFD0003
_UNICODE, _NARROW, _BINARY, _OBJECT = "001F", "001E", "0102", "000D"
_PROPERTIES: Final = "__properties_version1.0"
_ATTACHMENT: Final = "__attach_version1.0_"
_TOP_HEAD, _INNER_HEAD, _ENTRY = 32, 24, 16  #: octets before the properties, and of each
_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)
_UTF8: Final = 65001


def outlook_mail(content: bytes, budget: Budget) -> bytes:
    """The mail that an .msg holds, as RFC 5322 octets.

    Raises:
        DamagedFileError: it is no such file or broken.
        FileTooLargeError: more files are attached than are opened of one container.
        BombError: streams share octets and give more than the budget allows.

    """
    try:
        with opened_ole(content) as container:
            if not container.exists(_PROPERTIES):
                raise DamagedFileError("msg: no properties")
            return _Saved(container, (), budget).mail(budget.limits.depth).as_bytes()
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedFileError(f"msg: {type(error).__name__}") from error


@dataclass(frozen=True, slots=True)
class _Saved:
    """One message object: the file itself, or a storage within it for an attached mail."""

    container: Any
    place: tuple[str, ...]
    budget: Budget

    def mail(self, depth: int) -> Message:
        """The message with all it holds; of mails attached more than `depth` deep only the head."""
        made = MIMEMultipart()
        for name, value in self._head().items():
            if value:
                made[name] = value
        for part in self._text():
            made.attach(part)
        if depth >= 0:
            for part in self._attachments(depth):
                made.attach(part)
        return made

    def _head(self) -> dict[str, str]:
        original = message_from_string(self._string(_HEADERS))
        stated = parseaddr(str(original.get("From", "")))[1]
        address = next(
            (found for found in (self._string(_SENDER_SMTP), self._string(_SENDER_ADDRESS)) if "@" in found),
            stated,
        )
        return {
            "From": formataddr((_line(self._string(_SENDER_NAME)), _ascii(address))),
            "To": Header(_line(self._string(_SHOWN_TO)), "utf-8").encode(),
            "Subject": Header(_line(self._string(_SUBJECT)), "utf-8").encode(),
            "Date": _line(str(original.get("Date", ""))) or self._moment(),
            "Message-ID": _ascii(str(original.get("Message-ID", ""))),
        }

    def _text(self) -> list[Message]:
        plain, markup = self._string(_BODY), self._stream(_HTML, _BINARY)
        if plain.strip():
            return [MIMEText(plain, "plain", "utf-8")]
        return [MIMEText(html_decoded(markup, ""), "html", "utf-8")] if markup else []

    def _attachments(self, depth: int) -> list[Message]:
        names = sorted(
            {
                entry[len(self.place)]
                for entry in self.container.listdir(streams=False, storages=True)
                if tuple(entry[: len(self.place)]) == self.place
                and len(entry) == len(self.place) + 1
                and entry[-1].startswith(_ATTACHMENT)
            }
        )
        if len(names) > self.budget.limits.members:
            raise FileTooLargeError(f"{len(names)} attachments")
        return [_Saved(self.container, (*self.place, name), self.budget).attachment(depth) for name in names]

    def attachment(self, depth: int) -> Message:
        """What is attached, as a part: a mail when the storage holds one, else a file."""
        inner = (*self.place, f"__substg1.0_{_DATA}{_OBJECT}")
        if self.container.exists("/".join((*inner, _PROPERTIES))):
            part: Message = MIMEBase("message", "rfc822")
            part.set_payload([_Saved(self.container, inner, self.budget).mail(depth - 1)])
            part.add_header("Content-Disposition", "attachment")
            return part
        part = MIMEBase("application", "octet-stream")
        part.set_payload(self._stream(_DATA, _BINARY))
        encode_base64(part)
        self._describe(part)
        return part

    def _describe(self, part: Message) -> None:
        named = (_line(self._string(tag)) for tag in (_FILE_NAME, _SHORT_NAME, _SHOWN_NAME))
        name = next((name for name in named if name), "")
        part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", name))
        if content_id := _ascii(self._string(_CONTENT_ID)):
            part["Content-ID"] = f"<{content_id}>"

    def _string(self, tag: str) -> str:
        wide = self._stream(tag, _UNICODE)
        if wide:
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        narrow = self._stream(tag, _NARROW)
        return decoded(narrow, self._charset()).rstrip("\0") if narrow else ""

    def _stream(self, tag: str, kind: str) -> bytes:
        path = "/".join((*self.place, f"__substg1.0_{tag}{kind}"))
        if self.container.get_type(path) != olefile.STGTY_STREAM:
            return b""
        self.budget.spend(self.container.get_size(path))
        with self.container.openstream(path) as stream:
            return bytes(stream.read())

    def _charset(self) -> str:
        page = int.from_bytes(self._fixed(_CODE_PAGE)[:4], "little")
        return "utf-8" if page == _UTF8 else f"cp{page}" if page else ""

    def _moment(self) -> str:
        """When it was sent, or else delivered, as a header states it."""
        for tag in (_SENT, _DELIVERED):
            ticks = int.from_bytes(self._fixed(tag), "little")
            if 0 < ticks < 1 << 60:
                return format_datetime(_EPOCH + timedelta(microseconds=ticks // 10))
        return ""

    def _fixed(self, tag: int) -> bytes:
        """The value of a property of fixed length, empty when there is none."""
        path = "/".join((*self.place, _PROPERTIES))
        if self.container.get_type(path) != olefile.STGTY_STREAM:
            return b""
        with self.container.openstream(path) as stream:
            octets = bytes(stream.read())
        head = _INNER_HEAD if self.place else _TOP_HEAD
        starts = range(head, len(octets) - _ENTRY + 1, _ENTRY)
        wanted = tag.to_bytes(4, "little")
        return next((octets[at + 8 : at + 16] for at in starts if octets[at : at + 4] == wanted), b"")


def _line(text: str) -> str:
    """One line fit for a header: white space is one blank, nothing that cannot be shown."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _ascii(text: str) -> str:
    return "".join(letter for letter in text if "!" <= letter <= "~" and letter not in "<>")


__all__ = ["outlook_mail"]
