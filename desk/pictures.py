"""The original beside the reading: pages of a file as pictures, the place of a value on them, a cut-out.

Everything is drawn by limited reading processes (`intake.sandbox.pictures`) and kept in a cache; nothing of
the original but pictures and plain text is handed on. A picture that cannot be had is a `NoPicture`, and
`sentence_of` says it in a sentence. For a web page:

    with open_pictures(office) as pictures:
        file = file_of(outcome, value.place)             # None: the place names no one file of the message
        count = pictures.count(outcome, file.sha256)     # how many pages
        page = pictures.page(outcome, file.sha256, 1)    # .png, .width, .height
        boxes = pictures.marks(outcome, value.place)     # in pixels of the page pictures; () when not certain
        piece = pictures.cutout(outcome, value.place)    # the row of the value, with the head of its column
        text = pictures.text(outcome.archive_id)         # the mail itself, as plain text
        span = span_of(text, value.place)                # where in text.own a value typed in the mail stands

All methods may be called from several threads and wait for the drawing: a second or two for an office file,
several seconds a page for the marks of a scan, nothing for what is in the cache.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from config.spelling import without_marks
from config.wording import Wording
from desk.picture_cache import PictureCache
from intake.documents import FileKind, ReadState
from intake.pictures import (
    LONGEST_TEXT,
    MOST_PAGES,
    RENDERER,
    Box,
    Drawn,
    MailText,
    NoPicture,
    PagePicture,
    PageRequest,
    PlacedCell,
    PlacedWord,
    Places,
    picture_of,
)
from intake.sandbox.pictures import DRAW_SECONDS, cut_out, draw, mail_text, original_file
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from desk.office import Office
    from intake.sandbox.pool import ReaderPool
    from ledger.archive import Archive
    from ledger.records import AttachmentRecord, MessageOutcome, Place

FOLDER: Final = "cache/pictures"
_SCAN_SECONDS: Final = 270.0
_BATCH: Final = 4  #: pages of a PDF or photos drawn at a time; an office file is drawn whole
_LOCKS: Final = 16
_MOST_FAILURES: Final = 1_000
_SCANNED: Final = frozenset({FileKind.PDF.value, FileKind.IMAGE.value})
_SEVERAL: Final = 2
_DEEPEST_HEAD: Final = 3  #: rows of a head
_NEXT: Final = 8  #: pixels between two rows that stand next to each other
_Kept = TypeVar("_Kept")


@dataclass(frozen=True, slots=True)
class PageCount:
    """How many pages of a document are drawn."""

    count: int
    cut: bool  #: it has more than are drawn; the sentence is `pictures.pages_cut`


class Pictures:
    """Page pictures of the messages of one archive."""

    def __init__(self, archive: Archive, pictures: PictureCache, open_pool: Callable[[], ReaderPool]) -> None:
        """The reading processes are started when the first picture is drawn, and ended by `close`."""
        self._archive = archive
        self._cache = pictures
        self._open_pool = open_pool
        self._pool: ReaderPool | None = None
        self._opened = ExitStack()
        self._starting = threading.Lock()
        self._locks = tuple(threading.Lock() for _ in range(_LOCKS))
        self._failures: dict[str, NoPicture] = {}

    def close(self) -> None:
        """End the reading processes."""
        with self._starting:
            self._opened.close()
            self._pool = None

    def count(self, outcome: MessageOutcome, file: str) -> PageCount | NoPicture:
        """How many pages a file of the message has.

        Args:
            outcome: the message.
            file: SHA-256 of one of its files.
        """
        document = _Document.of(outcome, file)
        return NoPicture("not_there") if document is None else self._about(document)

    def page(self, outcome: MessageOutcome, file: str, number: int) -> PagePicture | NoPicture:
        """One page, counted from 1; the arguments are those of `count`."""
        document = _Document.of(outcome, file)
        if document is None or not 1 <= number <= MOST_PAGES:
            return NoPicture("not_there")
        return self._page(document, number)

    def marks(self, outcome: MessageOutcome, place: Place) -> tuple[Box, ...] | NoPicture:
        """Where on the page pictures a value stands: one box, or one for each line of a sentence.

        Empty when that is not certain: then the pages are shown without a mark.
        """
        document = _Document.at(outcome, place)
        if document is None:
            return ()
        places = self._places(document)
        return places if isinstance(places, NoPicture) else boxes_of(places, place)

    def pieces(self, outcome: MessageOutcome, place: Place) -> tuple[Box, ...] | NoPicture:
        """The head of its column and the row in which a value stands, or its sentence.

        One box where the head stands right above the row; the head may stand on a page before. None when it
        is not certain where the value stands.
        """
        document = _Document.at(outcome, place)
        if document is None:
            return ()
        places = self._places(document)
        return places if isinstance(places, NoPicture) else pieces_of(places, boxes_of(places, place))

    def cutout(self, outcome: MessageOutcome, place: Place) -> PagePicture | NoPicture:
        """The row of the table with the head of the column, or the sentence in which a value stands."""
        document = _Document.at(outcome, place)
        if document is None:
            return NoPicture("not_there")
        pieces = self.pieces(outcome, place)
        if isinstance(pieces, NoPicture):
            return pieces
        if not pieces:
            return NoPicture("no_mark")
        page = self._page(document, pieces[-1].page)
        if isinstance(page, NoPicture):
            return page
        return cut_out(self._readers(), page, tuple(box for box in pieces if box.page == page.number))

    def text(self, archive_id: str) -> MailText | NoPicture:
        """The text of a message, with no markup in it and nothing that is not seen."""
        octets = self._octets(archive_id)
        return octets if isinstance(octets, NoPicture) else mail_text(self._readers(), octets)

    def original(self, outcome: MessageOutcome, file: str) -> bytes | NoPicture:
        """A file of the message as it came; `file` is its SHA-256."""
        if file not in {one.sha256 for one in outcome.attachments if one.sha256}:
            return NoPicture("not_there")
        octets = self._octets(outcome.archive_id)
        return octets if isinstance(octets, NoPicture) else original_file(self._readers(), octets, file)

    # -- drawing and keeping ---------------------------------------------------------------------

    def _about(self, document: _Document) -> PageCount | NoPicture:
        kept = _decoded(self._cache.get(document.entry("about")), PageCount)
        if kept is not None:
            return kept
        # An office file is drawn whole and with its places: what takes long is to open it.
        whole = not document.is_scanned
        drawn = self._ask(document, 1, MOST_PAGES if whole else _BATCH, places=whole)
        return drawn if isinstance(drawn, NoPicture) else PageCount(drawn.count, drawn.cut)

    def _page(self, document: _Document, number: int) -> PagePicture | NoPicture:
        about = self._about(document)
        if isinstance(about, NoPicture) or number > about.count:
            return about if isinstance(about, NoPicture) else NoPicture("not_there")
        kept = self._kept_page(document, number)
        if kept is not None:
            return kept
        drawn = self._ask(document, number, _BATCH, places=False)
        if isinstance(drawn, NoPicture):
            return drawn
        found = next((page for page in drawn.pages if page.number == number), None)
        return found or self._kept_page(document, number) or NoPicture("not_there")

    def _kept_page(self, document: _Document, number: int) -> PagePicture | None:
        octets = self._cache.get(document.entry(f"{number}"))
        return None if octets is None else picture_of(octets, number)

    def _places(self, document: _Document) -> Places | NoPicture:
        kept = self._kept_places(document)
        if kept is None and not document.is_scanned:
            about = self._about(document)
            if isinstance(about, NoPicture):
                return about
            kept = self._kept_places(document)
        if kept is not None:
            return kept
        drawn = self._ask(document, 1, 0, places=True)
        if isinstance(drawn, NoPicture):
            return drawn
        return drawn.places or NoPicture("no_mark")

    def _kept_places(self, document: _Document) -> Places | None:
        return _decoded(self._cache.get(document.entry("places")), Places)

    def _ask(self, document: _Document, first: int, count: int, *, places: bool) -> Drawn | NoPicture:
        """Draw and keep. Two who ask for the same wait for one another; what failed is not tried again."""
        job = document.entry(f"{'m' if places else 'p'}{first}x{count}")
        with self._locks[hash(job) % _LOCKS]:
            known = self._failures.get(job) or self._kept(document, first, count, places=places)
            if known is not None:
                return known
            octets = self._octets(document.archive_id)
            if isinstance(octets, NoPicture):
                return octets
            seconds = _SCAN_SECONDS if places and document.is_scanned else DRAW_SECONDS
            request = PageRequest(document.files, first, count, places)
            drawn = draw(self._readers(), octets, request, seconds)
            if not isinstance(drawn, NoPicture):
                self._keep(document, drawn)
                if not places or drawn.places is not None or count:
                    return drawn
                drawn = NoPicture("no_mark")
            self._note_failure(job, drawn)
            return drawn

    def _kept(self, document: _Document, first: int, count: int, *, places: bool) -> Drawn | None:
        """What somebody else has drawn meanwhile; its pages are in the cache."""
        about = _decoded(self._cache.get(document.entry("about")), PageCount)
        found = self._kept_places(document) if places else None
        if about is None or (places and found is None):
            return None
        if count and self._kept_page(document, first) is None:
            return None
        return Drawn(about.count, about.cut, (), found)

    def _note_failure(self, job: str, failure: NoPicture) -> None:
        if failure.reason == "converter_missing":
            return  # it may be installed while the desk runs
        if len(self._failures) >= _MOST_FAILURES:
            self._failures.clear()
        self._failures[job] = failure

    def _keep(self, document: _Document, drawn: Drawn) -> None:
        entries = {document.entry("about"): msgspec.msgpack.encode(PageCount(drawn.count, drawn.cut))}
        entries |= {document.entry(f"{page.number}"): page.png for page in drawn.pages}
        if drawn.places is not None:
            entries[document.entry("places")] = msgspec.msgpack.encode(drawn.places)
        self._cache.put(entries)

    def _octets(self, archive_id: str) -> bytes | NoPicture:
        try:
            return self._archive.read(archive_id)
        except LedgerError as error:
            return NoPicture("not_there", type(error).__name__)

    def _readers(self) -> ReaderPool:
        with self._starting:
            if self._pool is None:
                self._pool = self._opened.enter_context(self._open_pool())
            return self._pool


@contextmanager
def open_pictures(office: Office) -> Iterator[Pictures]:
    """The pictures of an office, with its cache and its limits."""
    pictures = Pictures(office.archive, PictureCache(office.settings.home / FOLDER), office.open_picture_pool)
    try:
        yield pictures
    finally:
        pictures.close()


def sentence_of(failure: NoPicture, wording: Wording) -> str:
    """Why there is no picture, as the officer reads it."""
    key = f"pictures.{failure.reason}"
    return wording(key if wording.has(key) else "pictures.crashed")


# -- which document --------------------------------------------------------------------------------


class _Document(msgspec.Struct, frozen=True):
    """A document of a message: one file, or the photos of its pages that were read as one."""

    archive_id: str
    files: tuple[str, ...]
    is_scanned: bool  #: may be a scan, so that finding its places may take long

    @classmethod
    def of(cls, outcome: MessageOutcome, file: str) -> _Document | None:
        """The document a file is or begins; None when the message has no such file."""
        found = next((one for one in outcome.attachments if one.sha256 and one.sha256 == file), None)
        if found is None:
            return None
        photos = _photos(outcome)
        joined = found in photos[:1] and len(photos) >= _SEVERAL
        files = tuple(one.sha256 for one in photos) if joined else (found.sha256,)
        return cls(outcome.archive_id, files, found.kind in _SCANNED)

    @classmethod
    def at(cls, outcome: MessageOutcome, place: Place) -> _Document | None:
        """The document a place speaks of; None when its name fits no file, or more than one."""
        found = file_of(outcome, place)
        return None if found is None else cls.of(outcome, found.sha256)

    def entry(self, what: str) -> str:
        """The name in the cache: by content, so that the same file in two mails is drawn once."""
        key = "\n".join((RENDERER, *self.files))
        return f"{hashlib.sha256(key.encode()).hexdigest()}.{what}"


def _photos(outcome: MessageOutcome) -> list[AttachmentRecord]:
    """The photos that were read: several of them in one message are the pages of one document."""
    return [
        one
        for one in outcome.attachments
        if one.kind == FileKind.IMAGE.value and one.state == ReadState.READ.value
    ]


def file_of(outcome: MessageOutcome, place: Place) -> AttachmentRecord | None:
    """The file a place speaks of; None when no file of the message has that name, or several have it."""
    named = [one for one in outcome.attachments if one.name == place.file and one.sha256]
    if len({one.sha256 for one in named}) > 1:
        handed_in = {sha256 for intent in outcome.submissions for sha256 in intent.files}
        named = [one for one in named if one.sha256 in handed_in]
    return named[0] if named and len({one.sha256 for one in named}) == 1 else None


# -- where a value stands --------------------------------------------------------------------------


def boxes_of(places: Places, place: Place) -> tuple[Box, ...]:
    """The boxes of a place, none unless the same is read there as stands in it. Pure."""
    cells = [cell for cell in places.cells if where_of(cell) == place.where]
    if cells:
        return (cells[0].box,) if len(cells) == 1 and _agrees(cells[0], place) else ()
    paragraph = [word for word in places.words if _paragraph(word.paragraph) == place.where]
    return _lines(_part(paragraph, place.text))


def span_of(text: MailText, place: Place) -> tuple[int, int] | None:
    """Start and end in `text.own` of a value typed in the mail itself; its line where only that is certain.

    None for a place in a file, or in no line of the text.
    """
    start = 0
    for number, line in enumerate(text.own.split("\n"), 1):
        if not place.file and _paragraph(number) == place.where:
            at = line.find(place.text) if line.count(place.text) == 1 else -1
            return (start, start + len(line)) if at < 0 else (start + at, start + at + len(place.text))
        start += len(line) + 1
    return None


def where_of(cell: PlacedCell) -> str:
    """How `Place.where` names a cell."""
    if cell.address:
        return _wording()("sentences.sheet_cell", sheet=cell.table, address=cell.address)
    return _wording()("sentences.table_cell", table=cell.table, row=cell.row + 1, column=cell.column + 1)


@cache
def _paragraph(number: int) -> str:
    return _wording()("sentences.paragraph", number=number)


@cache
def _wording() -> Wording:
    return Wording("vi")


def _agrees(cell: PlacedCell, place: Place) -> bool:
    """Whether the place holds what stands at the mark: recognition may read otherwise than it once did."""
    told, there = _key(place.text), _key(cell.text)
    return not told or told == there or (len(cell.text) == LONGEST_TEXT and told.startswith(there))


def _key(text: str) -> str:
    return "".join(without_marks(text).casefold().split())


def _part(words: Sequence[PlacedWord], text: str) -> Sequence[PlacedWord]:
    """The words of a sentence in its paragraph; none when it does not stand there, or stands there twice."""
    joined, starts = "", {}
    for number, word in enumerate(words):
        starts[len(joined)] = number
        joined += _key(word.text)
    starts[len(joined)] = len(words)
    wanted = _key(text)
    start = joined.find(wanted) if wanted else -1
    if start < 0 or joined.find(wanted, start + 1) >= 0:
        return ()
    first = max(number for at, number in starts.items() if at <= start)
    last = min(number for at, number in starts.items() if at >= start + len(wanted))
    return words[first:last]


def _lines(words: Sequence[PlacedWord]) -> tuple[Box, ...]:
    """One box for each line of these words."""
    boxes: list[Box] = []
    for word in words:
        if boxes and _is_beside(boxes[-1], word.box):
            boxes[-1] = _around((boxes[-1], word.box))
        else:
            boxes.append(word.box)
    return tuple(boxes)


def _is_beside(one: Box, other: Box) -> bool:
    middle = (other.top + other.bottom) / 2
    return one.page == other.page and one.top <= middle <= one.bottom and other.x0 >= one.x0


def _around(boxes: Sequence[Box]) -> Box:
    return Box(
        boxes[0].page,
        min(box.x0 for box in boxes),
        min(box.top for box in boxes),
        max(box.x1 for box in boxes),
        max(box.bottom for box in boxes),
    )


def pieces_of(places: Places, boxes: Sequence[Box]) -> tuple[Box, ...]:
    """What tells a marked value whole: the head of its column, and its row. Pure."""
    row = _row_of(places, boxes)
    if row is None:
        return ()
    marked = next((cell for cell in places.cells if cell.box == boxes[0]), None)
    head = _head_over(places, marked) if marked is not None else None
    if head is None:
        return (row,)
    is_next = head.page == row.page and head.bottom >= row.top - _NEXT
    return (_around((head, row)),) if is_next else (head, row)


def _head_over(places: Places, marked: PlacedCell) -> Box | None:
    """The first rows of the table down to the last that names the column of this cell; None: none does."""
    above = [cell for cell in places.cells if cell.table == marked.table and cell.row < marked.row]
    middle = (marked.box.x0 + marked.box.x1) / 2
    column = {cell.row: cell for cell in above if cell.box.x0 <= middle <= cell.box.x1}
    named = list(takewhile(lambda row: row in column and _names(column[row], row), range(_DEEPEST_HEAD)))
    if not named:
        return None
    page = column[named[-1]].box.page
    boxes = [cell.box for cell in above if cell.row <= named[-1] and cell.box.page == page]
    return _around(boxes)


def _names(cell: PlacedCell, row: int) -> bool:
    """Whether a cell names its column; of the first row also one that was not read: the eye may read it."""
    return not any(map(str.isdecimal, cell.text)) if cell.text.strip() else row == 0


def _row_of(places: Places, boxes: Sequence[Box]) -> Box | None:
    """The whole row around a marked cell, or all lines of a sentence on its first page."""
    if not boxes:
        return None
    marked = next((cell for cell in places.cells if cell.box == boxes[0]), None)
    if marked is None:
        return _around([box for box in boxes if box.page == boxes[0].page])
    row = [cell.box for cell in places.cells if (cell.table, cell.row) == (marked.table, marked.row)]
    # A cell that spans several rows would bring them along.
    tall = marked.box.bottom - marked.box.top
    return _around([box for box in row if box.page == marked.box.page and box.bottom - box.top <= 1.5 * tall])


def _decoded(octets: bytes | None, kind: type[_Kept]) -> _Kept | None:
    if octets is None:
        return None
    try:
        return msgspec.msgpack.decode(octets, type=kind)
    except msgspec.MsgspecError:
        return None
