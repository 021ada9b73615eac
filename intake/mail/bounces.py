"""Which addresses a returned mail says are dead (RFC 3464, and the words providers use). Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from intake.documents import FileKind
from intake.mail.messages import ReadMessage

# 5.x.x and 5xx are lasting, 4.x.x and 4xx may pass (RFC 3463 section 2).
_LASTING = re.compile(r"(?<![\d.])5(?:\.\d{1,3}\.\d{1,3}|[0-5]\d)(?![\d.])")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def dead_recipients(message: ReadMessage, registered: Collection[str]) -> tuple[str, ...]:
    """The registered addresses that a returned mail says no longer take mail.

    Only those of the register are told: whatever else stands in a returned mail is somebody's text.
    """
    status = "\n".join((message.text, *_status_lines(message)))
    if not _LASTING.search(status):
        return ()
    failed = next((v for name, v in message.headers.other if name.lower() == "x-failed-recipients"), "")
    named = _ADDRESS.findall(f"{failed} {status}".lower())
    return tuple(address for address in dict.fromkeys(named) if address in registered)


def _status_lines(message: ReadMessage) -> Iterator[str]:
    """The lines of the delivery status, which readers hand on as a file of text beside the body."""
    for file in message.files:
        if file.document is not None and file.kind is FileKind.TEXT:
            yield from (paragraph.text for paragraph in file.document.paragraphs)
