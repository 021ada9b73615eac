"""From octets to the parts of a mail: a fast reader, and careful ones when it stumbles.

fast-mail-parser reads almost all mail. It silently loses uuencoded files and characters cut by encoded
words, and gives up on stray base64; Python's own parser reads these. When the fast reader raises, leaves
U+FFFD, or the structure is doubtful, all are asked and the union of what they find is shown: a mail that
two programs read differently is how a part is hidden.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import Message
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Final

from fast_mail_parser import ParseError, parse_email_tree

from intake.documents import Document, Paragraph, Table
from intake.errors import ExtractionError
from intake.extractors.interface import Budget
from intake.extractors.plain import CARELESS, decoded, known_charset
from intake.extractors.web_page import html_body, html_decoded, html_links, html_put_right, names_legacy_font
from intake.mail.bodies import earlier_mail_at, inline_forwards, links_in, own_text
from intake.mail.headers import (
    Field,
    addresses_of,
    bodies,
    date_of,
    fields_of,
    first_text,
    mailer_of,
    parameters_of,
)
from intake.mail.legacy_text import ConvertedRuns, latin_octets, legacy_octets, put_right_texts
from intake.mail.messages import ForwardedHead, Headers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fast_mail_parser import PyMimePart

    from intake.extractors.interface import Limits

_REPLACEMENT: Final = "\ufffd"
_UUENCODED: Final = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,300})\r?\n", re.MULTILINE)
_UU_END: Final = re.compile(rb"^end[ \t]*\r?$", re.MULTILINE)
_DECLARED_ATTACHMENT: Final = re.compile(rb"content-disposition:[ \t]*attachment")
_ONCE: Final = ("content-type", "content-transfer-encoding", "content-disposition")
_DEEPEST: Final = 100  #: multiparts within multiparts
_TEXT_TYPES: Final = frozenset({"text/plain", "text/html", ""})
_KEPT: Final = frozenset({
    "sender", "x-failed-recipients", "x-autoreply", "x-autorespond", "x-autoresponder",
    "x-auto-response-suppress", "feedback-id", "list-id", "list-unsubscribe", "x-loop", "x-mailer",
    "resent-from", "x-forwarded-for", "x-forwarded-to", "x-spam-flag", "x-spam-status",
    "disposition-notification-to", "x-original-from", "delivered-to", "errors-to",
})  # fmt: skip
_MOST_OTHER: Final = 40
_MOST_DELIMITERS: Final = 20_000  #: lines that may part a mail; ten times the parts that are looked at
_MOST_NESTED: Final = 2_000  #: mails declared within mails
_LARGEST_HEAD: Final = 1 << 20
_LARGEST_BODY: Final = 1 << 20  #: octets of one text, far above the characters kept of all
_EMBEDDED: Final = re.compile(rb"data:[a-z/+.-]{1,60};base64,[A-Za-z0-9+/=\s]+")
_DELIMITER: Final = re.compile(rb"\n--")
_NESTED: Final = re.compile(rb"message/rfc822", re.IGNORECASE)
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_STRUCTURE: Final = ("mime-version", "content-type", "content-transfer-encoding", "content-disposition")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One part that is no multipart. A part message/rfc822 is a leaf too; its content is the whole mail."""

    content_type: str  #: lower case, "" when not declared
    charset: str
    name: str  #: file name as declared, decoded; "" when there is none
    disposition: str
    content_id: str
    content: bytes
    alternative: int = 0  #: number of the multipart/alternative around it, 0 for none

    @property
    def is_body(self) -> bool:
        """Whether it is shown as text of the mail rather than as a file."""
        return self.content_type in _TEXT_TYPES and not self.name and self.disposition != "attachment"


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """A mail taken apart, its files unread."""

    headers: Headers
    text: str
    own_text: str
    files: tuple[Leaf, ...]
    forwarded: tuple[ForwardedHead, ...]
    links: tuple[str, ...]
    defects: tuple[str, ...]
    second_reader: bool
    body: Document | None = None  #: its text and tables, where a table stands in it
    is_unparted: bool = False  #: no reader could tell its parts


def parse_mail(octets: bytes, limits: Limits) -> ParsedMail:
    """Takes a mail apart. Every octet string gives a result; what is wrong with it stands in `defects`."""
    fields = fields_of(octets)
    headers = read_headers(fields)
    bounded, cut = _bounded(octets, fields)
    leaves, defects, second = read_leaves(bounded)
    defects = (*defects, *cut)
    if len(leaves) > limits.parts:
        leaves, defects = leaves[: limits.parts], (*defects, "too_many_parts")
    leaves = tuple(_without_uuencoded(leaves))
    text, targets, put_right = _body(leaves)
    defects = (*defects, *put_right)
    body, faults = _tabled(leaves, limits)
    if len(text) > limits.text_length:
        text, defects = text[: limits.text_length], (*defects, "text_cut")
    defects = (*defects, *faults)
    return ParsedMail(
        headers=headers,
        text=text,
        own_text=own_text(text),
        files=tuple(leaf for leaf in leaves if not leaf.is_body),
        forwarded=inline_forwards(text, headers.subject),
        links=links_in(text, targets),
        defects=tuple(dict.fromkeys(defects)),
        second_reader=second,
        body=body,
        is_unparted=not leaves and bool(octets.strip()),
    )


def _bounded(octets: bytes, fields: tuple[Field, ...]) -> tuple[bytes, tuple[str, ...]]:
    """What the readers of parts are shown: no more delimiters, nested mails or head than they can bear.

    They take memory for every field and part that is declared, and a compiled one ends the process when
    there is none left.
    """
    # Counting is many times as fast as finding where the one too many stands.
    cuts = (
        _start_of(_DELIMITER, octets, _MOST_DELIMITERS) if octets.count(b"\n--") > _MOST_DELIMITERS else None,
        _start_of(_NESTED, octets, _MOST_NESTED) if octets.count(b"822") > _MOST_NESTED else None,
    )
    end = min((cut for cut in cuts if cut is not None), default=None)
    defects = () if end is None else ("too_many_parts",)
    octets = octets if end is None else octets[:end]
    head = _HEAD_END.search(octets, 0)
    if (head.end() if head else len(octets)) <= _LARGEST_HEAD:
        return octets, defects
    kept = b"".join(b"%s: %s\r\n" % (name.encode(), body) for name, body in fields if name in _STRUCTURE)
    return kept + b"\r\n" + (octets[head.end() :] if head else b""), (*defects, "head_cut")


def _start_of(sign: re.Pattern[bytes], octets: bytes, number: int) -> int | None:
    """Where the sign of that number stands, counted from 0; None when there are not so many."""
    found = next(islice(sign.finditer(octets), number, None), None)
    return None if found is None else found.start()


def read_headers(fields: tuple[Field, ...]) -> Headers:
    """The fields that decisions rest on, decoded."""
    content_type = parameters_of((bodies(fields, "content-type") or [b""])[0])
    return_paths = bodies(fields, "return-path")
    return Headers(
        message_id=first_text(fields, "message-id"),
        sender=mailer_of(fields),
        reply_to=addresses_of(fields, "reply-to"),
        to=tuple(dict.fromkeys((*addresses_of(fields, "to"), *addresses_of(fields, "cc")))),
        subject=first_text(fields, "subject"),
        date=date_of(fields),
        in_reply_to=first_text(fields, "in-reply-to"),
        references=tuple(first_text(fields, "references").split()),
        return_path=_return_path(return_paths[0]) if return_paths else None,
        auto_submitted=first_text(fields, "auto-submitted").lower(),
        precedence=first_text(fields, "precedence").lower(),
        has_list_fields=any(field.name.startswith("list-") for field in fields),
        content_type=content_type.value,
        report_type=content_type.parameters.get("report-type", "").lower(),
        authentication_results=tuple(decoded(body) for body in bodies(fields, "authentication-results")),
        other=_other(fields),
    )


def _return_path(body: bytes) -> str:
    return decoded(body).strip().strip("<>").strip().lower()


def _other(fields: tuple[Field, ...]) -> tuple[tuple[str, str], ...]:
    kept = [field for field in fields if field.name in _KEPT][:_MOST_OTHER]
    return tuple((field.name, first_text((field,), field.name)[:500]) for field in kept)


def read_leaves(octets: bytes) -> tuple[tuple[Leaf, ...], tuple[str, ...], bool]:
    """The parts of a mail, the faults of its structure, and whether the careful readers were asked."""
    try:
        fast, doubts = read_fast(octets)
    except ParseError as error:
        fast, doubts = (), [f"fast_reader_{type(error).__name__}"]
    except Exception as error:  # noqa: BLE001 - a reader may raise anything on hostile input
        fast, doubts = (), [f"fast_reader_{type(error).__name__}"]
    if not doubts:
        return fast, (), False
    careful, defects = read_carefully(octets)
    third = _third_opinion(octets)
    return _union(careful, fast, third), (*doubts, *defects), True


def read_fast(octets: bytes) -> tuple[tuple[Leaf, ...], list[str]]:
    """The parts as fast-mail-parser sees them, and what makes its reading doubtful.

    Raises:
        ParseError: the reader gave up, or the parts nest too deep.

    """
    tree = _Fast()
    root = parse_email_tree(octets)
    tree.add(root, 0, 0)
    doubts = list(tree.doubts)
    lowered = octets.lower()
    if (b"begin " in octets and _UUENCODED.search(octets)) or b"x-uu" in lowered:
        doubts.append("uuencode")
    if _declared_attachments(lowered) > tree.attachments:
        doubts.append("parts_outside")
    doubts += _boundary_doubts(octets, tree.boundaries)
    return tuple(tree.leaves), doubts


def _declared_attachments(lowered: bytes) -> int:
    """Lines that declare an attachment. The search begins with letters, not with the line, which is fast."""
    found = (match.start() for match in _DECLARED_ATTACHMENT.finditer(lowered))
    return sum(start == 0 or lowered[start - 1 : start] == b"\n" for start in found)


@dataclass(slots=True)
class _Fast:
    """The tree of fast-mail-parser made flat."""

    leaves: list[Leaf] = field(default_factory=list)
    doubts: dict[str, None] = field(default_factory=dict)
    boundaries: list[tuple[bytes, int]] = field(default_factory=list)
    attachments: int = 0  #: parts declared as attachments, also within forwarded mail
    alternatives: int = 0

    def add(self, node: PyMimePart, depth: int, alternative: int) -> None:
        if depth > _DEEPEST:
            self.doubts["too_deep"] = None
            return
        self._note_doubts(node)
        content_type, parameters = _fast_type(node)
        self.attachments += (node.disposition or "").lower() == "attachment"
        if node.is_message or not content_type.startswith("multipart/"):
            self.leaves.append(_fast_leaf(node, content_type, parameters, alternative))
            self._count_inside(node, depth)
            return
        self.boundaries.append((parameters.get("boundary", "").encode("utf-8"), len(node.children)))
        if content_type == "multipart/alternative":
            self.alternatives += 1
            alternative = self.alternatives
        for child in node.children:
            self.add(child, depth + 1, alternative)

    def _count_inside(self, node: PyMimePart, depth: int) -> None:
        """Attachments of a forwarded mail are counted here and read when that mail is opened."""
        waiting = [(child, depth + 1) for child in node.children]
        while waiting:
            inner, level = waiting.pop()
            self.attachments += (inner.disposition or "").lower() == "attachment"
            if level <= _DEEPEST:
                waiting += [(child, level + 1) for child in inner.children]

    def _note_doubts(self, node: PyMimePart) -> None:
        for name, values in node.headers.items():
            lowered = name.lower()
            if lowered in _ONCE and len(values) > 1:
                self.doubts["duplicate_" + lowered.replace("-", "_")] = None
            if lowered.startswith("content-") and any(_REPLACEMENT in value for value in values):
                self.doubts["undecoded_name"] = None
        if _REPLACEMENT in (node.filename or ""):
            self.doubts["undecoded_name"] = None


def _fast_type(node: PyMimePart) -> tuple[str, dict[str, str]]:
    declared = next(
        (values[0] for name, values in node.headers.items() if name.lower() == "content-type"), ""
    )
    parameters = parameters_of(declared.encode("utf-8")).parameters
    return (node.content_type or "").partition(";")[0].strip().lower(), parameters


def _fast_leaf(node: PyMimePart, content_type: str, parameters: dict[str, str], alternative: int) -> Leaf:
    return Leaf(
        content_type="message/rfc822" if node.is_message else content_type,
        charset=parameters.get("charset", ""),
        name=node.filename or "",
        disposition=(node.disposition or "").lower(),
        content_id=node.content_id or "",
        content=bytes(node.content or b""),
        alternative=alternative,
    )


def _boundary_doubts(octets: bytes, boundaries: list[tuple[bytes, int]]) -> list[str]:
    """Multiparts whose delimiter lines do not add up: children and one closing line (RFC 2046, 5.1.1)."""
    doubts: list[str] = []
    for boundary, children in boundaries:
        if not boundary or children == 0:
            doubts.append("no_boundary")
        elif octets.count(b"--" + boundary) < children + 1 or b"--" + boundary + b"--" not in octets:
            doubts.append("no_closing_boundary")
    return doubts[:1]


def read_carefully(octets: bytes) -> tuple[tuple[Leaf, ...], tuple[str, ...]]:
    """The parts as Python's parser sees them with our own reading of its fields, and the faults it names."""
    try:
        message: Message = message_from_bytes(octets)
        tree = _Careful()
        tree.add(message)
    except Exception as error:  # noqa: BLE001 - five unrelated types are known, a sixth will come
        return (), (f"careful_reader_{type(error).__name__}",)
    return tuple(tree.leaves), tuple(tree.defects)


@dataclass(slots=True)
class _Careful:
    """The tree of the standard parser made flat, without recursion."""

    leaves: list[Leaf] = field(default_factory=list)
    defects: dict[str, None] = field(default_factory=dict)
    alternatives: int = 0

    def add(self, message: Message) -> None:
        waiting: list[tuple[Message, int]] = [(message, 0)]
        while waiting:
            part, alternative = waiting.pop()
            for defect in part.defects:
                self.defects[_code(type(defect).__name__)] = None
            children = part.get_payload()
            if part.get_content_maintype() == "multipart" and isinstance(children, list):
                if part.get_content_type() == "multipart/alternative":
                    self.alternatives += 1
                    alternative = self.alternatives
                waiting += [
                    (child, alternative) for child in reversed(children) if isinstance(child, Message)
                ]
            else:
                self.leaves.append(_careful_leaf(part, alternative))


def _code(name: str) -> str:
    """StartBoundaryNotFoundDefect -> start_boundary_not_found."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name.removesuffix("Defect")).lower()


def _careful_leaf(part: Message, alternative: int) -> Leaf:
    fields = tuple(_raw_field(name, value) for name, value in part.raw_items())
    content_type = parameters_of((bodies(fields, "content-type") or [b""])[0])
    disposition = parameters_of((bodies(fields, "content-disposition") or [b""])[0])
    declared = content_type.value
    return Leaf(
        content_type=declared if "/" in declared else "text/plain",
        charset=content_type.parameters.get("charset", ""),
        name=disposition.parameters.get("filename") or content_type.parameters.get("name", ""),
        disposition=disposition.value,
        content_id=first_text(fields, "content-id").strip("<>"),
        content=_careful_content(part),
        alternative=alternative,
    )


def _raw_field(name: str, value: object) -> Field:
    octets = str(value).encode("utf-8", "surrogateescape")
    return Field(name.lower(), re.sub(rb"[\r\n]+", b"", octets).strip())


def _careful_content(part: Message) -> bytes:
    payload = part.get_payload()
    if isinstance(payload, list):
        inner = [each for each in payload if isinstance(each, Message)]
        if part.get_content_type() != "message/rfc822":
            return b"\r\n".join(each.as_bytes() for each in inner)
        return _inner_mail(part, inner[0]) if inner else b""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _inner_mail(part: Message, inner: Message) -> bytes:
    """A forwarded mail; encoding one is forbidden (RFC 2046, 5.2.1) and done all the same."""
    if str(part.get("content-transfer-encoding", "")).strip().lower() == "base64":
        text = str(inner.get_payload())
        try:
            return base64.b64decode(re.sub(r"[^A-Za-z0-9+/=]", "", text))
        except binascii.Error:
            return text.encode("utf-8", "surrogateescape")
    return inner.as_bytes()


def _third_opinion(octets: bytes) -> tuple[Leaf, ...]:
    """Attachments mail-parser finds: it also looks behind the last boundary."""
    import mailparser  # seldom needed, and slow to load

    try:
        found = mailparser.parse_from_bytes(octets).attachments
        return tuple(filter(None, map(_third_leaf, found)))
    except Exception:  # noqa: BLE001 - an extra opinion, whose failure loses nothing
        return ()


def _third_leaf(attachment: dict[str, object]) -> Leaf | None:
    payload = str(attachment.get("payload", ""))
    try:
        binary = attachment.get("binary")
        content = base64.b64decode(payload) if binary else payload.encode("utf-8", "surrogateescape")
    except (binascii.Error, ValueError):
        return None
    kind = str(attachment.get("mail_content_type", "")).lower()
    if not content or kind.startswith("message/"):
        return None
    return Leaf(kind, "", str(attachment.get("filename", "")), "attachment", "", content)


def _union(*views: Iterable[Leaf]) -> tuple[Leaf, ...]:
    """All files any reader saw, each once; body text from the first reader that saw any."""
    kept: list[Leaf] = []
    seen: set[bytes] = set()
    for view in map(tuple, views):
        has_body = any(leaf.is_body and leaf.content.strip() for leaf in kept)
        fresh = [leaf for leaf in view if not (leaf.is_body and has_body) and _likeness(leaf) not in seen]
        seen |= {_likeness(leaf) for leaf in view}
        kept += fresh
    return tuple(kept)


def _likeness(leaf: Leaf) -> bytes:
    """Equal for the same part seen by two readers, which differ in line ends."""
    return sha256(leaf.content.replace(b"\r\n", b"\n").strip()).digest()


def _without_uuencoded(leaves: Iterable[Leaf]) -> Iterator[Leaf]:
    """Files written into the text by uuencode become files of their own."""
    for leaf in leaves:
        if not leaf.is_body or b"begin " not in leaf.content:
            yield leaf
            continue
        text, files = _split_uuencoded(leaf.content)
        yield Leaf(
            leaf.content_type, leaf.charset, "", leaf.disposition, leaf.content_id, text, leaf.alternative
        )
        yield from files


def _split_uuencoded(content: bytes) -> tuple[bytes, list[Leaf]]:
    pieces: list[bytes] = []
    files: list[Leaf] = []
    position = 0
    for begin in _UUENCODED.finditer(content):
        if begin.start() < position:
            continue
        end = _UU_END.search(content, begin.end())
        if end is None:
            break  # none of those that follow ends either
        decoded_file = _uudecoded(content[begin.end() : end.start()])
        if decoded_file:
            pieces.append(content[position : begin.start()])
            files.append(Leaf("", "", decoded(begin[1]).strip(), "attachment", "", decoded_file))
            position = end.end()
    return b"".join([*pieces, content[position:]]), files


def _uudecoded(lines: bytes) -> bytes:
    try:
        return b"".join(binascii.a2b_uu(line) for line in lines.split(b"\n") if line.strip(b"\r"))
    except binascii.Error:
        return b""


def _body(leaves: Iterable[Leaf]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The text a person reads, where its links lead, and what of it was put right, with a sample."""
    whole = [_without_pictures(leaf) for leaf in leaves if leaf.is_body]
    leaves = [_shortened(leaf) for leaf in whole]
    alternatives: dict[int, list[Leaf]] = {}
    for leaf in leaves:
        alternatives.setdefault(leaf.alternative, []).append(leaf)
    shown = [leaf for group, members in alternatives.items() for leaf in _shown(group, members)]
    ordered = [leaf for leaf in leaves if any(leaf is chosen for chosen in shown)]
    read = [_text(leaf) for leaf in ordered]
    texts = [text for text, _ in read]
    cut = ["text_cut"] if any(short is not leaf for short, leaf in zip(leaves, whole, strict=True)) else []
    notes = (*cut, *(note for _, found in read for note in found.notes))
    targets = tuple(link for leaf in leaves if leaf.content_type == "text/html" for link in _targets(leaf))
    return "\n\n".join(text for text in texts if text), targets, notes


def _without_pictures(leaf: Leaf) -> Leaf:
    """A long text without the pictures written into it, which would push its words behind the end."""
    if len(leaf.content) <= _LARGEST_BODY:
        return leaf
    return replace(leaf, content=_EMBEDDED.sub(b"", leaf.content))


def _shortened(leaf: Leaf) -> Leaf:
    """The beginning of a text that is longer than anyone writes, up to a place where no character is cut."""
    if len(leaf.content) <= _LARGEST_BODY:
        return leaf
    kept = leaf.content[:_LARGEST_BODY]
    end = max(kept.rfind(sign) for sign in (b"\n", b">", b" "))
    return replace(leaf, content=kept[: end + 1] if end >= 0 else kept)


def _shown(group: int, members: list[Leaf]) -> list[Leaf]:
    """Of an alternative the plain text, unless it is blank; outside of one everything."""
    if not group:
        return members
    plain = [leaf for leaf in members if leaf.content_type != "text/html"]
    return plain if any(leaf.content.strip() for leaf in plain) else members


def _text(leaf: Leaf) -> tuple[str, ConvertedRuns]:
    """The text of a part, put right where it is TCVN3 or VNI, by its fonts or because it clearly is."""
    if leaf.content_type == "text/html":
        return html_put_right(_legacy(leaf) or html_decoded(leaf.content, leaf.charset))
    text = _legacy(leaf) or decoded(leaf.content, leaf.charset)
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").replace("\0", "").strip()
    found = put_right_texts(plain.split("\n"))
    return "\n".join("".join(runs) for runs in found.paragraphs), found


def _legacy(leaf: Leaf) -> str | None:
    """Octets of TCVN3 or VNI, which go under no charset or under one that mailers write without looking."""
    if known_charset(leaf.charset) not in {"", *CARELESS}:
        return None
    if leaf.content_type == "text/html" and names_legacy_font(leaf.content):
        return latin_octets(leaf.content)
    return legacy_octets(leaf.content)


def _tabled(leaves: Iterable[Leaf], limits: Limits) -> tuple[Document | None, tuple[str, ...]]:
    """What the sender wrote now as HTML, where tables stand in it, and why it is not read."""
    pages = [_without_pictures(leaf) for leaf in leaves if leaf.is_body and leaf.content_type == "text/html"]
    if any(len(leaf.content) > _LARGEST_BODY for leaf in pages):
        return None, ("body_tables_unread",)
    try:
        for leaf in pages:
            markup = _legacy(leaf) or html_decoded(leaf.content, leaf.charset)
            document = html_body(markup, Budget(limits))
            if document is not None:
                return _own_blocks(document), ()
    except ExtractionError:
        return None, ("body_tables_unread",)
    return None, ()


def _own_blocks(document: Document) -> Document | None:
    """The document up to an earlier mail that is quoted below; None where no table is left."""
    lines = [block.text if isinstance(block, Paragraph) else "" for block in document.blocks]
    own = document.blocks[: earlier_mail_at(lines)]
    return replace(document, blocks=own) if any(isinstance(block, Table) for block in own) else None


def _targets(leaf: Leaf) -> tuple[str, ...]:
    return html_links(html_decoded(leaf.content, leaf.charset))
