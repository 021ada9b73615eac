"""From the parts of a mail to its files, opened: archives, forwarded mail, documents.

Names come from strangers: they are shown, never used as a path. Containers are opened within a budget of
produced octets, and one bad file never keeps the next from being read.
"""

from __future__ import annotations

import re
import stat
import time
import unicodedata
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from intake.documents import Document, FileKind, ReadFile, ReadState
from intake.errors import BombError, DamagedFileError, ExtractionError, FileTooLargeError
from intake.extractors.interface import Budget, Limits, Package
from intake.extractors.outlook import outlook_mail
from intake.extractors.registry import CONTAINERS, EXTRACTORS
from intake.extractors.tnef import winmail_text
from intake.mail.headers import fields_of
from intake.mail.kinds import kind_of, picture_size
from intake.mail.messages import ForwardedHead, ReadMessage
from intake.mail.mime import Leaf, ParsedMail, parse_mail, read_headers

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterable

    from intake.extractors.archives import Member

_CONVERTING: Final = 0.7  #: of the time for a message, for old formats: the rest is for what follows them
_LONGEST_NAME: Final = 120
_LONGEST_DECLARED: Final = 500
_SMALL_PICTURE: Final = 20 << 10
_SMALL_SIDE: Final = 200
_SIGNATURES: Final = frozenset({"smime.p7s", "signature.asc"})
_CARDS: Final = (b"BEGIN:VCALENDAR", b"BEGIN:VCARD")
_CELL_WEIGHT: Final = 8  #: characters that take as long to judge as one cell
UNSHOWN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})  #: Unicode categories that nobody sees
_LITTER: Final = re.compile(r"(?:^|/)(?:__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|~\$)", re.IGNORECASE)
_SEPARATORS: Final = re.compile(r"[/\\]")
_BLANKS: Final = re.compile(r"\s+")
_UNICODE_PATH: Final = 0x7075
_UTF8_FLAG: Final = 0x800
CLOSED_STATES: Final = {
    FileKind.EMPTY: ReadState.EMPTY,
    FileKind.ENCRYPTED_OFFICE: ReadState.ENCRYPTED,
    FileKind.PROGRAM: ReadState.REFUSED,
}
"""Kinds that are never opened, and how they end."""


def read_message(octets: bytes, limits: Limits) -> ReadMessage:
    """Reads a mail with all its files. Whatever the octets, a message comes back.

    Raises:
        MemoryError: the process has reached its limit; only a fresh one may try again.

    """
    parsed = parse_mail(octets[: limits.message_octets], limits)
    opening = _Opening(
        limits,
        has_text=bool(parsed.text.strip()),
        is_report=parsed.headers.content_type == "multipart/report",
        # One span for all its scans: twenty photos must not take the time of the workbook after them.
        recognise_until=time.monotonic() + limits.recognition if limits.recognition else 0.0,
        convert_until=time.monotonic() + limits.seconds * _CONVERTING,
    )
    for leaf in parsed.files:
        opening.open_leaf(leaf)
    if parsed.is_unparted:
        opening.add_whole(octets)
    cut = ("message_cut",) if len(octets) > limits.message_octets else ()
    return ReadMessage(
        headers=parsed.headers,
        text="\n\n".join(filter(None, (parsed.text, *opening.texts)))[: limits.text_length],
        own_text=parsed.own_text,
        files=tuple(opening.files),
        forwarded=(*parsed.forwarded, *opening.forwarded),
        links=parsed.links,
        defects=tuple(dict.fromkeys((*parsed.defects, *opening.defects, *cut))),
        second_reader=parsed.second_reader,
        returned=tuple(dict.fromkeys(filter(None, opening.returned))),
        body=parsed.body,
    )


def list_message(octets: bytes, limits: Limits, state: ReadState) -> ReadMessage:
    """Reads a mail without opening its files, which all end in `state`: what is left of a mail that fails."""
    parsed = parse_mail(octets[: limits.message_octets], limits)
    files = tuple(_unread(leaf.name, leaf.content, (), state) for leaf in parsed.files[: limits.files])
    return ReadMessage(
        headers=parsed.headers,
        text=parsed.text,
        own_text=parsed.own_text,
        files=files,
        forwarded=parsed.forwarded,
        links=parsed.links,
        defects=parsed.defects,
        second_reader=parsed.second_reader,
    )


def head_of_message(octets: bytes, limits: Limits, state: ReadState) -> ReadMessage:
    """Reads the head of a mail alone: what is left of one whose parts cannot even be listed.

    The mail itself stands for its files, so that it is never taken for one without any.
    """
    itself = ReadFile(
        name=f"1.{FileKind.MESSAGE.value}",
        declared_name="",
        path=(),
        kind=FileKind.MESSAGE,
        size=len(octets),
        sha256=sha256(octets).hexdigest(),
        state=state,
    )
    headers = read_headers(fields_of(octets[: limits.message_octets]))
    return ReadMessage(headers=headers, text="", own_text="", files=(itself,))


def safe_name(declared: str) -> str:
    """A name fit to be shown: NFC, no control or direction marks, no folders, 120 characters at most.

    "../../x/y.xlsx" gives "y.xlsx". The end is kept when a name is too long, for its extension.
    """
    last = next((piece for piece in reversed(_SEPARATORS.split(declared)) if piece.strip(" .")), "")
    kept = "".join(letter for letter in last if unicodedata.category(letter) not in UNSHOWN)
    name = _BLANKS.sub(" ", unicodedata.normalize("NFC", kept)).strip()
    if len(name) <= _LONGEST_NAME:
        return name
    stem, dot, extension = name.rpartition(".")
    ending = f"…{dot}{extension}" if dot and len(extension) < 10 else "…"  # noqa: PLR2004
    return (stem if dot and len(extension) < 10 else name)[: _LONGEST_NAME - len(ending)] + ending  # noqa: PLR2004


def _unread(
    declared: str, content: bytes, path: tuple[str, ...], state: ReadState, detail: str = ""
) -> ReadFile:
    return ReadFile(
        name=safe_name(declared),
        declared_name=_storable(declared),
        path=path,
        kind=kind_of(content, declared),
        size=len(content),
        sha256=sha256(content).hexdigest(),
        state=state,
        detail=detail,
    )


def _storable(declared: str) -> str:
    """The declared name as it stood, without half characters that no database takes."""
    return declared.encode("utf-8", "replace").decode("utf-8")[:_LONGEST_DECLARED].replace("\0", "")


@dataclass(frozen=True, slots=True)
class _Found:
    """A file about to be opened: where it was found and what was said of it."""

    content: bytes
    declared: str
    path: tuple[str, ...] = ()
    is_mail: bool = False  #: declared as message/rfc822
    is_inline: bool = False  #: shown inside the text


@dataclass(slots=True)
class _Opening:
    """The files of one message being opened."""

    limits: Limits
    has_text: bool = True  #: the message carries a text of its own
    is_report: bool = False  #: a bounce: the mail it returns is no forwarded mail
    recognise_until: float = 0.0  #: on the monotonic clock
    convert_until: float = 0.0  #: the same
    weight: int = 0  #: text of the documents read so far, in characters
    files: list[ReadFile] = field(default_factory=list)
    forwarded: list[ForwardedHead] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)  #: Message-IDs of the mails a bounce returns

    def open_leaf(self, leaf: Leaf) -> None:
        """Opens one attachment with a budget of its own, so that a bomb takes nothing from the next."""
        if self.is_report and leaf.content_type == "text/rfc822-headers":
            self.returned.append(read_headers(fields_of(leaf.content)).message_id)
        found = _Found(
            leaf.content,
            leaf.name,
            is_mail=leaf.content_type == "message/rfc822",
            is_inline=bool(leaf.content_id) or leaf.disposition == "inline",
        )
        self._open(found, self._budget())

    def add_whole(self, octets: bytes) -> None:
        """Notes that no reader could tell the parts of the mail: it is a file nobody has opened."""
        self._add(_Found(octets, ""), FileKind.MESSAGE, ReadState.DAMAGED, detail="no parts")

    def _budget(self) -> Budget:
        return Budget(self.limits, recognise_until=self.recognise_until, convert_until=self.convert_until)

    def _open(self, found: _Found, budget: Budget) -> None:
        if len(self.files) >= self.limits.files:
            self.defects.append("too_many_files")
            return
        kind = FileKind.MESSAGE if found.is_mail and found.content else kind_of(found.content, found.declared)
        if kind is FileKind.MESSAGE:
            self._open_mail(found, budget)
        elif kind is FileKind.ZIP:
            self._open_archive(found, budget)
        elif kind is FileKind.OUTLOOK:
            self._open_outlook(found, budget)
        elif kind in CONTAINERS:
            self._open_container(found, kind, budget)
        else:
            self._open_document(found, kind, budget)

    def _open_document(self, found: _Found, kind: FileKind, budget: Budget) -> None:
        self._add(found, kind, *self._within_text(*_read(kind, found, budget)))

    def _within_text(
        self, state: ReadState, document: Document | None, detail: str
    ) -> tuple[ReadState, Document | None, str]:
        """The document, unless it holds more text than is judged; it takes nothing from those after it."""
        if document is None:
            return state, None, detail
        characters, cells = _text_size(document)
        weight = characters + _CELL_WEIGHT * cells
        if characters > self.limits.document_text or self.weight + weight > self.limits.message_text:
            return ReadState.TOO_LARGE, None, f"{characters} characters"
        self.weight += weight
        return state, document, detail

    def _add(
        self,
        found: _Found,
        kind: FileKind,
        state: ReadState,
        document: Document | None = None,
        detail: str = "",
    ) -> str:
        """Notes a file and gives the name it is shown by."""
        name = safe_name(found.declared) or f"{len(self.files) + 1}.{kind.value}"
        self.files.append(
            ReadFile(
                name=name,
                declared_name=_storable(found.declared),
                path=found.path,
                kind=kind,
                size=len(found.content),
                sha256=sha256(found.content).hexdigest(),
                state=state,
                document=document,
                detail=detail,
            )
        )
        return name

    def _open_outlook(self, found: _Found, budget: Budget) -> None:
        if len(found.path) >= self.limits.depth:
            self._add(found, FileKind.OUTLOOK, ReadState.TOO_DEEP)
            return
        try:
            octets = outlook_mail(found.content, budget)
        except ExtractionError as error:
            self._add(found, FileKind.OUTLOOK, error.state, detail=error.detail)
            return
        self._open_parsed(found, FileKind.OUTLOOK, parse_mail(octets, self.limits), budget)

    def _open_mail(self, found: _Found, budget: Budget) -> None:
        if len(found.path) >= self.limits.depth:
            self._add(found, FileKind.MESSAGE, ReadState.TOO_DEEP)
            return
        self._open_parsed(found, FileKind.MESSAGE, parse_mail(found.content, self.limits), budget)

    def _open_parsed(self, found: _Found, kind: FileKind, parsed: ParsedMail, budget: Budget) -> None:
        name = self._add(found, kind, ReadState.CONTAINER)
        self.defects += parsed.defects
        if self.is_report:
            self.returned.append(parsed.headers.message_id)
        else:
            self._note_forward(parsed)
        for leaf in parsed.files:
            is_mail = leaf.content_type == "message/rfc822"
            is_inline = bool(leaf.content_id) or leaf.disposition == "inline"
            self._open(_Found(leaf.content, leaf.name, (*found.path, name), is_mail, is_inline), budget)

    def _note_forward(self, parsed: ParsedMail) -> None:
        headers = parsed.headers
        head = ForwardedHead(
            headers.sender.address, headers.sender.name, headers.subject, headers.date, inline=False
        )
        self.forwarded += [head, *parsed.forwarded]
        self.texts.append(parsed.text)

    def _open_archive(self, found: _Found, budget: Budget) -> None:
        if len(found.path) >= self.limits.depth:
            self._add(found, FileKind.ZIP, ReadState.TOO_DEEP)
            return
        position = len(self.files)
        name = self._add(found, FileKind.ZIP, ReadState.CONTAINER)
        try:
            package = Package(found.content, budget)
            for entry in archive_members(package, self.limits):
                self._open_member(package, entry, (*found.path, name), budget)
        except ExtractionError as error:
            # Members opened before the fault stay; the archive itself says that there may be more.
            self.files.insert(position, _with_fault(self.files.pop(position), error))
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - a reader that stumbles over a hostile file
            fault = DamagedFileError(type(error).__name__)
            self.files.insert(position, _with_fault(self.files.pop(position), fault))

    def _open_container(self, found: _Found, kind: FileKind, budget: Budget) -> None:
        """Opens a container that is read as a stream: members come one by one until its end or a fault."""
        if len(found.path) >= self.limits.depth:
            self._add(found, kind, ReadState.TOO_DEEP)
            return
        position = len(self.files)
        name = self._add(found, kind, ReadState.CONTAINER)
        try:
            for member in CONTAINERS[kind](found.content, found.declared, budget):
                self._open_streamed(member, (*found.path, name), budget)
            if kind is FileKind.TNEF and not self.has_text:
                self.texts.append(winmail_text(found.content))
            if kind is FileKind.ARCHIVE and len(self.files) == position + 1:
                # Somebody meant to send something in it: an archive with nothing inside is not passed over.
                self.files[position] = replace(self.files[position], state=ReadState.EMPTY)
        except (MemoryError, KeyboardInterrupt, SystemExit):
            raise
        except ExtractionError as error:
            self.files.insert(position, _with_fault(self.files.pop(position), error))
        except Exception as error:  # noqa: BLE001 - a reader that stumbles over a hostile file
            fault = DamagedFileError(type(error).__name__)
            self.files.insert(position, _with_fault(self.files.pop(position), fault))

    def _open_streamed(self, member: Member, path: tuple[str, ...], budget: Budget) -> None:
        if _LITTER.search(member.name):
            return
        if member.error is None:
            self._open(_Found(member.content, member.name, path), budget)
        else:
            self.files.append(_locked_member(member.name, member.size, path, member.error))

    def _open_member(
        self, package: Package, entry: zipfile.ZipInfo, path: tuple[str, ...], budget: Budget
    ) -> None:
        declared = member_name(entry)
        try:
            content = package.read(entry)
        except BombError:
            raise
        except ExtractionError as error:
            self.files.append(_locked_member(declared, entry.file_size, path, error))
            return
        self._open(_Found(content, declared, path), budget)


class FoundFile(NamedTuple):
    """A file of a mail that was asked for by its hash."""

    kind: FileKind
    octets: bytes
    state: ReadState  #: of a container how its opening ended, of a document always `READ`: nobody has read it


@dataclass(slots=True)
class _Search(_Opening):
    """The files of one message, containers opened as for reading, documents only looked at by their hash."""

    wanted: frozenset[str] = frozenset()
    contents: dict[str, bytes] = field(default_factory=dict)

    def _open_document(self, found: _Found, kind: FileKind, _: Budget) -> None:
        self._add(found, kind, ReadState.READ)

    def _add(
        self,
        found: _Found,
        kind: FileKind,
        state: ReadState,
        document: Document | None = None,
        detail: str = "",
    ) -> str:
        name = super(_Search, self)._add(found, kind, state, document, detail)
        if (hashed := self.files[-1].sha256) in self.wanted:
            self.contents[hashed] = found.content
        return name


def find_files(octets: bytes, limits: Limits, wanted: Iterable[str]) -> dict[str, FoundFile]:
    """The files of a mail that have these SHA-256; those it does not hold are absent.

    Raises:
        MemoryError: the process has reached its limit.

    """
    parsed = parse_mail(octets[: limits.message_octets], limits)
    search = _Search(limits, has_text=bool(parsed.text.strip()), wanted=frozenset(wanted))
    for leaf in parsed.files:
        search.open_leaf(leaf)
    return {
        file.sha256: FoundFile(file.kind, search.contents[file.sha256], file.state)
        for file in search.files
        if file.sha256 in search.contents
    }


@dataclass(slots=True)
class _TextSearch(_Opening):
    """The attached files of one message that are nothing but text."""

    documents: list[tuple[str, Document]] = field(default_factory=list)

    def _open_document(self, found: _Found, kind: FileKind, budget: Budget) -> None:
        if kind in (FileKind.TEXT, FileKind.HTML):
            _, document, _ = _read(kind, found, budget)
            if document is not None:
                self.documents.append((safe_name(found.declared), document))


@dataclass(frozen=True, slots=True)
class MailTexts:
    """All that is written in a mail and in the text files it carries."""

    own: str  #: as `ReadMessage.own_text`
    whole: str  #: as `ReadMessage.text`
    documents: tuple[tuple[str, Document], ...]


def read_texts(octets: bytes, limits: Limits) -> MailTexts:
    """The texts of a mail, with those of mail it forwards and of its text and HTML files.

    Raises:
        MemoryError: the process has reached its limit.

    """
    parsed = parse_mail(octets[: limits.message_octets], limits)
    search = _TextSearch(
        limits,
        has_text=bool(parsed.text.strip()),
        is_report=parsed.headers.content_type == "multipart/report",
    )
    for leaf in parsed.files:
        search.open_leaf(leaf)
    whole = "\n\n".join(filter(None, (parsed.text, *search.texts)))
    return MailTexts(parsed.own_text, whole[: limits.text_length], tuple(search.documents))


def _with_fault(file: ReadFile, error: ExtractionError) -> ReadFile:
    return replace(file, state=error.state, document=None, detail=error.detail)


def _locked_member(declared: str, size: int, path: tuple[str, ...], error: ExtractionError) -> ReadFile:
    """A member whose octets nobody has; its size is the archive's claim and it has no hash."""
    return ReadFile(
        name=safe_name(declared),
        declared_name=_storable(declared),
        path=path,
        kind=FileKind.UNKNOWN,
        size=size,
        sha256="",
        state=error.state,
        detail=error.detail,
    )


def archive_members(package: Package, limits: Limits) -> Iterable[zipfile.ZipInfo]:
    """The members worth opening: no folders, no links, none of the litter that desktops leave.

    Raises:
        BombError: members share octets, as only bombs do.
        FileTooLargeError: more members than are opened of one archive.

    """
    entries = package.archive.infolist()
    if len(entries) > limits.members:
        raise FileTooLargeError(f"{len(entries)} members")
    end = -1
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise BombError("members overlap")
        end = entry.header_offset + 30 + entry.compress_size
    return [entry for entry in entries if _is_worth_opening(entry)]


def _is_worth_opening(entry: zipfile.ZipInfo) -> bool:
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    return not (entry.filename.endswith("/") or is_link or _LITTER.search(entry.filename))


def member_name(entry: zipfile.ZipInfo) -> str:
    """The name of a zip member put right.

    Only names marked as UTF-8 say how they are written. Others are UTF-8 all the same (macOS, older
    7-Zip), in the code page of a Vietnamese PC (cp1258), or in cp437; and some programs have turned UTF-8
    read as cp437 into marked UTF-8.
    """
    extra = _unicode_path(entry.extra)
    if extra:
        return extra
    if entry.flag_bits & _UTF8_FLAG:
        return _ungarbled(entry.orig_filename)
    octets = entry.orig_filename.encode("cp437", "replace")
    for charset in ("utf-8", "cp1258"):
        try:
            return unicodedata.normalize("NFC", octets.decode(charset))
        except UnicodeDecodeError:
            continue
    return entry.orig_filename


def _ungarbled(name: str) -> str:
    try:
        return name if name.isascii() else name.encode("cp437").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return name


def _unicode_path(extra: bytes) -> str:
    """The name in the Info-ZIP Unicode Path field (APPNOTE 4.6.9), empty when there is none."""
    while len(extra) >= 4:  # noqa: PLR2004 - tag and length
        tag, length = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        if tag == _UNICODE_PATH:
            return extra[9 : 4 + length].decode("utf-8", "replace")
        extra = extra[4 + length :]
    return ""


def _read(kind: FileKind, found: _Found, budget: Budget) -> tuple[ReadState, Document | None, str]:
    """What becomes of a file that is no container."""
    if kind in CLOSED_STATES:
        return CLOSED_STATES[kind], None, ""
    if (kind is FileKind.IMAGE and _is_decoration(found)) or _is_for_programs(found):
        return ReadState.DECORATION, None, ""
    extract = EXTRACTORS.get(kind)
    if extract is None:
        return ReadState.NOT_YET, None, ""
    try:
        return ReadState.READ, extract(found.content, budget), ""
    except ExtractionError as error:
        return error.state, None, error.detail
    except (MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - a panic of a compiled reader is no Exception
        return ReadState.DAMAGED, None, type(error).__name__


def _text_size(document: Document) -> tuple[int, int]:
    """Characters and cells of a document."""
    characters = sum([len(block.text) for block in document.paragraphs])
    characters += sum([table.letters for table in document.tables])
    return characters, sum([len(table.cells) for table in document.tables])


def _is_for_programs(found: _Found) -> bool:
    """What a mail program adds for another: an invitation (RFC 5545), a card (RFC 6350), a signature."""
    if found.declared.lower() in _SIGNATURES:
        return len(found.content) < _SMALL_PICTURE
    return found.content[:64].lstrip(b"\xef\xbb\xbf \t\r\n").upper().startswith(_CARDS)


def _is_decoration(found: _Found) -> bool:
    """Logos and signature pictures: small ones, and light ones shown inside the text."""
    size = picture_size(found.content)
    is_small = size is not None and size.width < _SMALL_SIDE and size.height < _SMALL_SIDE
    return is_small or (found.is_inline and len(found.content) < _SMALL_PICTURE)
