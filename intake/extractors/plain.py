"""Plain text, tab-separated text and HTML files, and how undeclared octets become text."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from charset_normalizer import from_bytes
from lxml import etree, html

from intake.documents import Document, Paragraph
from intake.errors import DamagedFileError, FileTooLargeError
from intake.legacy_text import legacy_octets, put_right_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.extractors.interface import Budget

_LEAST_CERTAIN: Final = 4096  #: octets shown to the charset detector
_VIETNAMESE: Final = ("utf_8", "cp1258")
_NAMES: Final = {"ansi_x3.110-1983": "cp1258", "x-unknown": "", "8bit": ""}
#: labels that mailers write without looking; UTF-8 is tried before them
_CARELESS: Final = frozenset({"ascii", "iso8859-1", "cp1252", "iso8859-15"})
#: text codecs that no mail is written in, and which can make half characters or take quadratic time
_NO_CHARSETS: Final = frozenset(
    {"utf-7", "unicode-escape", "unicode_escape", "raw-unicode-escape", "raw_unicode_escape", "idna",
     "punycode", "undefined"}
)  # fmt: skip
_MOST_MARKUP: Final = 4 << 20

_BLOCKS: Final = frozenset(
    "address article aside blockquote body center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6"  # noqa: SIM905
    " header hr li main nav ol p pre section table tbody tfoot thead tr ul".split()
)
_SILENT: Final = frozenset(
    "script style head title meta link object embed template noscript".split()  # noqa: SIM905
)
_BLANKS: Final = re.compile(r"[ \t\r\n\f\xa0]+")
_LINE_ENDS: Final = re.compile(r" *\n *")
_MANY_LINES: Final = re.compile(r"\n{3,}")
_META_CHARSET: Final = re.compile(rb"<meta[^>]+charset=[\"']?([A-Za-z0-9_-]{2,40})", re.IGNORECASE)


def extract_plain(content: bytes, budget: Budget) -> Document:
    """Reads a text file: a line is a paragraph.

    Raises:
        FileTooLargeError: more lines than are read of one file.

    """
    text = legacy_octets(content)
    return _document(decoded(content) if text is None else text, budget)


def extract_html(content: bytes, budget: Budget) -> Document:
    """Reads an HTML file as lines of text; scripts and styles are left out.

    Raises:
        DamagedFileError: nothing of it can be parsed.
        FileTooLargeError: more lines than are read of one file.

    """
    legacy = legacy_octets(content)
    return _document(html_text(html_decoded(content, "") if legacy is None else legacy), budget)


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
    if charset and charset not in _CARELESS:
        yield charset
    yield "utf-8"
    guess = _guessed(octets)
    if guess:
        yield guess
    if charset:
        yield charset
    yield "cp1258"
    yield "latin-1"


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
    best = from_bytes(octets[:_LEAST_CERTAIN], cp_isolation=[*_VIETNAMESE, "cp1252", "utf_16"]).best()
    return "" if best is None else best.encoding


def html_decoded(octets: bytes, declared: str) -> str:
    """HTML octets as text; the document's own declaration counts when the mail makes none."""
    inside = _META_CHARSET.search(octets[:4096])
    return decoded(octets, declared or (inside[1].decode("ascii") if inside else ""))


def html_text(markup: str) -> str:
    """What a person reads of HTML: blocks and rows are lines, cells are set apart by tabs.

    A quoted earlier mail (blockquote of a mail program) is marked by "> " on every line.
    """
    root = html_root(markup)
    if root is None:
        return ""
    text = "".join(_pieces(root))
    return _MANY_LINES.sub("\n\n", _LINE_ENDS.sub("\n", text)).strip()


def html_links(markup: str) -> tuple[str, ...]:
    """The addresses of the links in HTML, in order."""
    root = html_root(markup)
    if root is None:
        return ()
    return tuple(str(node.get("href", "")).strip() for node in root.iter("a") if node.get("href"))


def html_root(markup: str) -> html.HtmlElement | None:
    """The parsed HTML, None when nothing stands in it."""
    if not markup.strip():
        return None
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        return html.document_fromstring(markup[:_MOST_MARKUP].encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    except (ValueError, AssertionError) as error:
        raise DamagedFileError(f"html: {type(error).__name__}") from error


def _pieces(root: html.HtmlElement) -> Iterator[str]:
    silent = quoted = 0
    # The walk gives begin and end of each element without recursion: mail nests without measure.
    for event, node in etree.iterwalk(root, events=("start", "end")):
        tag = node.tag if isinstance(node.tag, str) else ""
        step = 1 if event == "start" else -1
        silent += step * (tag in _SILENT)
        quoted += step * _is_quote(node, tag)
        if tag in _BLOCKS:
            yield "\n> " if quoted else "\n"
        if event == "start":
            if tag == "br":
                yield "\n> " if quoted else "\n"
            yield "" if silent else _flowing(node.text, tag)
        else:
            if tag in {"td", "th"}:
                yield "\t"
            yield "" if silent else _flowing(node.tail, "")


def _is_quote(node: html.HtmlElement, tag: str) -> bool:
    return tag == "blockquote" and (node.get("type") == "cite" or "quote" in str(node.get("class", "")))


def _flowing(text: str | None, tag: str) -> str:
    return "" if not text else text if tag == "pre" else _BLANKS.sub(" ", text)


__all__ = [
    "decoded",
    "extract_html",
    "extract_plain",
    "html_decoded",
    "html_links",
    "html_text",
    "known_charset",
]
