"""Plain text files, and how undeclared octets become text."""

from __future__ import annotations

import codecs
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from intake.documents import Document, Paragraph
from intake.errors import FileTooLargeError
from intake.mail.legacy_text import legacy_octets, put_right_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.extractors.interface import Budget

_LEAST_CERTAIN: Final = 4096  #: octets shown to the charset detector
_MOST_OCTETS_A_CHARACTER: Final = 4
_VIETNAMESE: Final = ("utf_8", "cp1258")
_NAMES: Final = {"ansi_x3.110-1983": "cp1258", "x-unknown": "", "8bit": ""}
#: labels that mailers write without looking; UTF-8 is tried before them
CARELESS: Final = frozenset({"ascii", "iso8859-1", "cp1252", "iso8859-15"})
#: charsets in which octets of ASCII are ASCII, and which nothing is tried before
_ABOVE_ASCII: Final = frozenset({"", "utf-8", "cp1258", *CARELESS})
#: text codecs that no mail is written in, and which can make half characters or take quadratic time
_NO_CHARSETS: Final = frozenset(
    {"utf-7", "unicode-escape", "unicode_escape", "raw-unicode-escape", "raw_unicode_escape", "idna",
     "punycode", "undefined"}
)  # fmt: skip


def extract_plain(content: bytes, budget: Budget) -> Document:
    """Reads a text file: a line is a paragraph.

    Raises:
        FileTooLargeError: more text or lines than are read of one file.

    """
    if len(content) > _MOST_OCTETS_A_CHARACTER * budget.limits.document_text:
        raise FileTooLargeError("text")
    text = legacy_octets(content)
    return _document(decoded(content) if text is None else text, budget)


def _document(text: str, budget: Budget) -> Document:
    lines = text.splitlines()
    if len(lines) > budget.limits.paragraphs:
        raise FileTooLargeError("lines")
    found = put_right_texts(lines)
    right = ("".join(runs) for runs in found.paragraphs)
    blocks = tuple(Paragraph(line, number) for number, line in enumerate(right, 1) if line.strip())
    return Document(blocks, found.notes)


def decoded(octets: bytes, declared: str = "") -> str:
    """Octets as text, NFC: the declared charset if it fits, else UTF-8, else what the octets look like."""
    if octets.isascii() and known_charset(declared) in _ABOVE_ASCII:
        return octets.decode("ascii")
    for charset in _candidates(octets, declared):
        try:
            return unicodedata.normalize("NFC", octets.decode(charset).lstrip("\ufeff"))
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return octets.decode("utf-8", "replace")


def _candidates(octets: bytes, declared: str) -> Iterator[str]:
    charset = known_charset(declared)
    if octets.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield "utf-16"
    if charset and charset not in CARELESS:
        yield charset
    yield "utf-8"
    guess = _guessed(octets)
    if guess:
        yield guess
    if charset:
        yield charset
    yield "cp1258"
    yield "latin-1"


@lru_cache(maxsize=128)
def known_charset(declared: str) -> str:
    """The Python name of a declared charset, empty when there is none of that name."""
    name = declared.strip().strip("\"'").lower()
    try:
        info = codecs.lookup(_NAMES.get(name, name) or "?")
    except (LookupError, ValueError):
        return ""
    # Codecs such as base64 or rot13 are no charsets.
    return info.name if getattr(info, "_is_text_encoding", True) and info.name not in _NO_CHARSETS else ""


def _guessed(octets: bytes) -> str:
    """What the detector says of the beginning; Vietnamese mail is UTF-8 or cp1258, or UTF-16 from a PC."""
    from charset_normalizer import from_bytes  # seldom needed, and slow to load

    best = from_bytes(octets[:_LEAST_CERTAIN], cp_isolation=[*_VIETNAMESE, "cp1252", "utf_16"]).best()
    return "" if best is None else best.encoding


__all__ = ["decoded", "extract_plain", "known_charset"]
