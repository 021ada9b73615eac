"""Documents as pictures of their pages, and where on these pictures their cells and words stand.

A PDF is drawn as it is, a photo is decoded and turned upright, an office file is printed by LibreOffice and
drawn as PDF, each sheet on one page. A page too tall for one picture is cut into strips that overlap. What
comes out is always a picture encoded here; no octet of the original is in it.
"""

from __future__ import annotations

import io
import math
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from PIL import Image

from intake.documents import Cell, FileKind, Table
from intake.errors import DamagedFileError, ExtractionError, NotReadYetError
from intake.extractors.alignment import aligned_cells, aligned_words
from intake.extractors.page_blocks import placement
from intake.extractors.page_images import frame_count, frames, rendered
from intake.extractors.page_lines import CellSpot, PageContent, PlacedTable, Spot
from intake.extractors.scan import image_pages, is_installed, turn_of
from intake.extractors.straightening import turned
from intake.pictures import (
    LARGEST_PICTURE,
    LONGEST_SIDE,
    LONGEST_TEXT,
    MOST_PAGES,
    Box,
    Drawn,
    PagePicture,
    PageRequest,
    PlacedCell,
    PlacedWord,
    Places,
)

if TYPE_CHECKING:
    from intake.extractors.interface import Budget
    from intake.extractors.pdf import OpenPdf

_DPI: Final = 110
_SCAN_SIDE: Final = 2_000  #: pixels of the longer side of a scan or photo
_TALLEST: Final = 1_300.0  #: points of one strip; A4 lying or standing is one
_OVERLAP: Final = 40.0  #: points by which strips overlap, more than a line
_SMALLEST: Final = 3.0  #: points; LibreOffice prints an empty sheet smaller
_TURN_SECONDS: Final = 10.0
_COLOURED: Final = 24  #: between the channels of a pixel that is not grey
_COLOURS: Final = (96, 16)  #: of a picture in colour, and of one that is too large
_MOST_PLACES: Final = 50_000
_OFFICE: Final = frozenset(
    {FileKind.DOCX, FileKind.DOC, FileKind.RTF, FileKind.ODT, FileKind.XLSX, FileKind.XLS}
    | {FileKind.XLSB, FileKind.ODS}
)


@dataclass(frozen=True, slots=True)
class _View:
    """One picture of a page: all of it, or a strip across it."""

    page: int  #: from 0 within its file
    width: int = 0  #: pixels; 0 until it is settled
    height: int = 0
    top: float = 0.0  #: shares of the height of the page
    bottom: float = 1.0


@dataclass(frozen=True, slots=True)
class _Placed:
    """A thing on a page of one file; `x0` and the like are shares of the width and height of that page."""

    page: int
    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class _Name:
    """What a cell is called in its file, and what was read there."""

    table: str
    row: int
    column: int
    address: str
    text: str


@dataclass(frozen=True, slots=True)
class _Found:
    """Cells and words of one file by their names in it, with tables and paragraphs counted from 1."""

    cells: tuple[tuple[_Name, _Placed], ...]
    words: tuple[tuple[int, str, _Placed], ...]
    tables: int = 0
    paragraphs: int = 0


class _Source(Protocol):
    """A file that can be drawn."""

    def views(self) -> Iterator[_View]:
        """The pictures it makes, in order."""

    def settled(self, view: _View) -> _View:
        """The same with its size; that of a scan is known when somebody has looked which way up it is."""

    def picture(self, view: _View) -> Image.Image:
        """A settled one drawn, in its size or another."""

    def found(self, budget: Budget) -> _Found:
        """Where its cells and words stand."""


def drawn(files: Sequence[tuple[FileKind, bytes]], request: PageRequest, budget: Budget) -> Drawn:
    """The pages asked for of one document that consists of these files, photos as a rule when several.

    Raises:
        ExtractionError: a file cannot be drawn; `NotReadYetError` for kinds that have no pages.

    """
    with ExitStack() as opened:
        sources = [_source(kind, content, budget, opened) for kind, content in files]
        every = ((source, view) for source in sources for view in source.views())
        views = list(islice(every, MOST_PAGES + 1))
        shown = views[:MOST_PAGES]
        wanted = range(request.first, min(request.first + request.count, len(shown) + 1))
        pages = list(_within(budget.limits.result_octets // 2, (_page(n, *shown[n - 1]) for n in wanted)))
        places = _places(sources, shown, budget) if request.places else None
    return Drawn(len(shown), len(views) > len(shown), tuple(pages), places)


def _within(octets: int, pages: Iterable[PagePicture]) -> Iterator[PagePicture]:
    """As many of these pages as an answer can hold, but one."""
    for page in pages:
        yield page
        octets -= len(page.png)
        if octets < LARGEST_PICTURE:
            return


def _source(kind: FileKind, content: bytes, budget: Budget, opened: ExitStack) -> _Source:
    if kind is FileKind.IMAGE:
        return _Photo(content)
    if kind is FileKind.PDF:
        return _Pdf(content, _open(content, opened))
    if kind in _OFFICE:
        from intake.extractors.office import printed

        pdf = printed(content, kind.value, MOST_PAGES + 1, budget)
        return _Office(kind, content, pdf, _open(pdf, opened))
    raise NotReadYetError(f"no pages in {kind.value}")


def _open(content: bytes, opened: ExitStack) -> OpenPdf:
    from pypdfium2 import PdfiumError

    from intake.extractors.pdf import OpenPdf

    try:
        return opened.enter_context(OpenPdf(content))
    except PdfiumError as error:
        raise DamagedFileError(f"pdf: {error}") from error


def _page(number: int, source: _Source, view: _View) -> PagePicture:
    view = source.settled(view)
    image = source.picture(view)
    if image.size != (view.width, view.height):
        image = image.resize((view.width, view.height), Image.Resampling.LANCZOS)
    return PagePicture(number, view.width, view.height, encoded(image))


def encoded(image: Image.Image) -> bytes:
    """A picture as PNG: grey where it has no colour, with few colours where it has."""
    if image.mode not in ("L", "P"):
        image = image.convert("RGB")
        image = _few_colours(image, _COLOURS[0]) if _is_coloured(image) else image.convert("L")
    png = _png(image)
    if len(png) > LARGEST_PICTURE:
        png = _png(_few_colours(image.convert("RGB"), _COLOURS[1]))
    return png


def _few_colours(image: Image.Image, most: int) -> Image.Image:
    return image.quantize(most, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)


def _is_coloured(image: Image.Image) -> bool:
    small = np.asarray(image.reduce(2) if min(image.size) > 1 else image).astype(np.int16)
    return bool((small.max(axis=2) - small.min(axis=2) > _COLOURED).mean() > 1e-4)  # noqa: PLR2004 - dust


def _png(image: Image.Image) -> bytes:
    octets = io.BytesIO()
    image.save(octets, "PNG")
    return octets.getvalue()


# -- kinds of files --------------------------------------------------------------------------------


class _Pdf:
    """Pages of a PDF; those that are pictures are turned upright."""

    def __init__(self, content: bytes, opened: OpenPdf, *, scanned: bool = True) -> None:
        self._content = content
        self._opened = opened
        self._scanned = scanned  #: whether pages may be scans, as no page is that a program has just printed
        self._pictures: dict[int, bool] = {}
        self._turns: dict[int, int] = {}
        opened.flatten(MOST_PAGES + 1)

    def views(self) -> Iterator[_View]:
        for number in range(min(self._opened.count, MOST_PAGES + 1)):
            width, height = self._opened.pages[number].get_size()
            if min(width, height) < _SMALLEST:
                continue
            if self._is_picture(number):
                yield _View(number)
            else:
                yield from _strips(number, width, height)

    def settled(self, view: _View) -> _View:
        if not self._is_picture(view.page):
            return view
        width, height = self._opened.pages[view.page].get_size()
        return _scan_view(view.page, width, height, self._turn(view.page))

    def picture(self, view: _View) -> Image.Image:
        page = self._opened.pages[view.page]
        if self._is_picture(view.page):
            return rendered(page).rotate(-self._turn(view.page), expand=True)
        width, height = page.get_size()
        crop = (0.0, (1 - view.bottom) * height, 0.0, view.top * height)
        image: Image.Image = page.render(scale=view.width / width, crop=crop).to_pil()
        return image

    def found(self, budget: Budget) -> _Found:
        from intake.extractors.pdf import pdf_pages

        return _found_on(pdf_pages(self._content, budget), [self._turn(n) for n in range(self._opened.count)])

    def _is_picture(self, number: int) -> bool:
        from intake.extractors.pdf import look_at

        if not self._scanned or number > MOST_PAGES:
            return False
        if number not in self._pictures:
            self._pictures[number] = look_at(self._opened.pages[number]).is_picture
        return self._pictures[number]

    def _turn(self, number: int) -> int:
        if number not in self._turns:
            is_scan = self._is_picture(number)
            self._turns[number] = _upright(rendered(self._opened.pages[number])) if is_scan else 0
        return self._turns[number]


class _Office(_Pdf):
    """A Word or Excel file as LibreOffice prints it."""

    def __init__(self, kind: FileKind, content: bytes, pdf: bytes, opened: OpenPdf) -> None:
        super().__init__(pdf, opened, scanned=False)
        self._kind = kind
        self._original = content

    def found(self, budget: Budget) -> _Found:
        from intake.extractors.pdf import printed_pages
        from intake.extractors.registry import EXTRACTORS

        document = EXTRACTORS[self._kind](self._original, budget)
        pages = printed_pages(self._content, MOST_PAGES)
        contents = [page.content for page in pages]
        cells = tuple(
            (_name(one.table, one.cell), at)
            for one in aligned_cells(document, pages)
            if (at := _share(one.spot, contents)) is not None
        )
        words = tuple(
            (one.paragraph.number, one.text, at)
            for one in aligned_words(document, pages)
            if (at := _share(one.spot, contents)) is not None
        )
        return _Found(cells, words)


def _name(table: Table, cell: Cell) -> _Name:
    address = cell.address if table.sheet else ""
    return _Name(table.name, cell.row, cell.column, address, (cell.text or cell.number)[:LONGEST_TEXT])


class _Photo:
    """A picture file, each frame a page."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._count = frame_count(content)
        self._last: tuple[int, Image.Image] | None = None
        self._turns: dict[int, int] = {}

    def views(self) -> Iterator[_View]:
        return (_View(number) for number in range(min(self._count, MOST_PAGES + 1)))

    def settled(self, view: _View) -> _View:
        image = self._frame(view.page)
        return _scan_view(view.page, image.width, image.height, self._turn(view.page))

    def picture(self, view: _View) -> Image.Image:
        return self._frame(view.page).rotate(-self._turn(view.page), expand=True)

    def found(self, budget: Budget) -> _Found:
        pages = image_pages(self._content, budget)
        return _found_on(pages, [self._turn(number) for number in range(len(pages))])

    def _frame(self, number: int) -> Image.Image:
        if self._last is None or self._last[0] != number:
            self._last = number, next(islice(frames(self._content, self._count), number, None))
        return self._last[1]

    def _turn(self, number: int) -> int:
        if number not in self._turns:
            self._turns[number] = _upright(self._frame(number))
        return self._turns[number]


def _upright(image: Image.Image) -> int:
    """By how many degrees clockwise the picture is turned; 0 where that is not clear."""
    try:
        return turn_of(image, time.monotonic() + _TURN_SECONDS) if is_installed() else 0
    except ExtractionError:
        return 0


def _scan_view(page: int, width: float, height: float, turn: int) -> _View:
    if turn in (90, 270):
        width, height = height, width
    scale = _SCAN_SIDE / max(width, height)
    return _View(page, max(round(width * scale), 1), max(round(height * scale), 1))


def _strips(page: int, width: float, height: float) -> Iterator[_View]:
    """A page as one view, or as strips of equal height that overlap."""
    count = 1 if height <= _TALLEST else math.ceil((height - _OVERLAP) / (_TALLEST - _OVERLAP))
    tall = height if count == 1 else (height + (count - 1) * _OVERLAP) / count
    scale = min(_DPI / 72, (LONGEST_SIDE - 1) / max(width, tall))
    size = max(math.floor(width * scale), 1), max(math.floor(tall * scale), 1)
    for number in range(count):
        top = number * (tall - _OVERLAP)
        yield _View(page, *size, top / height, min((top + tall) / height, 1.0))


# -- places ----------------------------------------------------------------------------------------


def _found_on(pages: Sequence[PageContent], turns: Sequence[int]) -> _Found:
    """The cells and words of a document read from these pages, as its reader names them."""
    placed = placement(pages)
    cells = tuple(
        (_name(table, cells[at.row, at.column]), share)
        for table, cells, spots in map(_by_spot, placed.tables)
        for at in spots
        if (share := _share(at.spot, pages, turns)) is not None
    )
    words = tuple(
        (paragraph.number, text, at)
        for paragraph in placed.paragraphs
        for text, spot in paragraph.words
        if (at := _share(spot, pages, turns)) is not None
    )
    return _Found(cells, words, len(placed.tables), len(placed.paragraphs))


def _by_spot(
    placed: PlacedTable,
) -> tuple[Table, dict[tuple[int, int], Cell], tuple[CellSpot, ...]]:
    return placed.table, {(cell.row, cell.column): cell for cell in placed.table.cells}, placed.spots


def _share(spot: Spot, pages: Sequence[PageContent], turns: Sequence[int] = ()) -> _Placed | None:
    """A box as shares of its page as it is drawn; None for one outside it."""
    page = pages[spot.page - 1]
    if not (page.width > 0 and page.height > 0):
        return None
    corners = [(x, y) for x in (spot.x0, spot.x1) for y in (spot.top, spot.bottom)]
    straight = page.straightening
    if straight is None:
        shares = [((x - page.origin[0]) / page.width, (y - page.origin[1]) / page.height) for x, y in corners]
    else:
        shares = [
            turned(u / straight.width, v / straight.height, turns[spot.page - 1])
            for u, v in (straight.origin(x, y) for x, y in corners)
        ]
    across, down = [x for x, _ in shares], [y for _, y in shares]
    at = _Placed(spot.page - 1, *(min(max(value, 0.0), 1.0) for value in (
        min(across), min(down), max(across), max(down)
    )))  # fmt: skip
    return at if at.x0 < at.x1 and at.top < at.bottom else None


def _places(
    sources: Sequence[_Source], views: Sequence[tuple[_Source, _View]], budget: Budget
) -> Places | None:
    """Where everything stands; None where a scan is not recognised here."""
    cells: list[PlacedCell] = []
    words: list[PlacedWord] = []
    tables = paragraphs = 0
    try:
        for source in sources:
            found = source.found(budget)
            own = [(number, of.settled(view)) for number, (of, view) in enumerate(views, 1) if of is source]
            cells += _placed_cells(found, own, tables)
            words += _placed_words(found, own, paragraphs)
            # Photos of pages are read as one document, whose tables and paragraphs are counted on.
            tables, paragraphs = tables + found.tables, paragraphs + found.paragraphs
    except ExtractionError:
        return None
    return Places(tuple(cells[:_MOST_PLACES]), tuple(words[:_MOST_PLACES]))


def _placed_cells(found: _Found, views: Sequence[tuple[int, _View]], before: int) -> Iterator[PlacedCell]:
    for name, at in found.cells:
        box = _box(at, views)
        if box is not None:
            table = str(int(name.table) + before) if before else name.table
            yield PlacedCell(table, name.row, name.column, name.address, name.text, box)


def _placed_words(found: _Found, views: Sequence[tuple[int, _View]], before: int) -> Iterator[PlacedWord]:
    for paragraph, text, at in found.words:
        box = _box(at, views)
        if box is not None:
            yield PlacedWord(paragraph + before, text, box)


def _box(at: _Placed, views: Iterable[tuple[int, _View]]) -> Box | None:
    """A place in pixels of the first picture that shows all of it; None when none does."""
    for number, view in views:
        if view.page == at.page and view.top <= at.top and at.bottom <= view.bottom:
            tall = view.bottom - view.top
            return Box(
                number,
                math.floor(at.x0 * view.width),
                math.floor((at.top - view.top) / tall * view.height),
                min(math.ceil(at.x1 * view.width), view.width),
                min(math.ceil((at.bottom - view.top) / tall * view.height), view.height),
            )
    return None
