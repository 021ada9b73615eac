"""From words with places on pages to the blocks of a document, for text layers and recognised scans alike.

A page knows words and where they stand; a document knows paragraphs and tables. In between: words make
lines, lines stand in one column or in two side by side (the frame of an official letter), lines run on
into paragraphs, and tables run on over pages. Lengths are in the page's own measure, points or pixels.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile
from statistics import median
from typing import Final

from intake.documents import Cell, Document, Paragraph, Table
from intake.errors import FileTooLargeError
from intake.extractors.interface import Limits
from intake.extractors.page_lines import Line, PageContent, PlacedTable, Spot, lines_of
from intake.extractors.page_tables import goes_on_beside, joined_beside, joined_tables

_GUTTER: Final = 0.6  #: heights of a line, the least free strip between two columns
_NEAR: Final = 2.0  #: heights of a line between a column and a line that still belongs to it
_LOOSE: Final = 1.25  #: times the usual pitch; more is the space between paragraphs
_INDENT: Final = 0.55  #: heights of a line
_CENTRE: Final = 0.7  #: heights of a line by which a centred line may miss the middle
_WIDE: Final = 0.6  #: of the text's width; wider lines show where the margins are
_NARROW: Final = 0.65  #: of the page's width; where all lines end before it none is full
_LIKE_LEFT: Final = 1.35  #: times the left margin, the widest right margin thought of
_HEAD, _FOOT = 0.1, 0.92  #: of the page's height; page numbers stand beyond
_LABEL: Final = re.compile(r"(?:[IVXLC]{1,6}|\d{1,2}(?:\.\d{1,2}){0,3}|[a-zđ])[.)/]\s|[-–+*•·]\s")
_ENDED: Final = re.compile(r"[.;:!?…][\"'”)]*$")
_LISTED: Final = re.compile(r".*[^\W\d_]{2}.*:[\s.…_]*\d[\d.,]*(?:\s+[^\W\d_]+){0,3}[.;,]?")
_FEWEST_FACING: Final = 2  #: lines on both sides, of two columns that are a list of figures
_MOSTLY_LISTED: Final = 0.8  #: of its items end in their figure
_PAGE_NUMBER: Final = re.compile(r"(?:trang\s*)?[-–\s]*(\d{1,3})(?:\s*/\s*\d{1,3})?[-–\s]*", re.IGNORECASE)
_FIGURE: Final = re.compile(r"[\d.,%\s()–-]+")


@dataclass(frozen=True, slots=True)
class _Frame:
    """The margins and the usual pitch of a page's running text."""

    left: float
    right: float
    pitch: float

    @property
    def centre(self) -> float:
        return (self.left + self.right) / 2


def _frame(lines: Sequence[Line], width: float) -> _Frame:
    if not lines:
        return _Frame(0.0, 0.0, 0.0)
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    wide = [line for line in lines if line.x1 - line.x0 > _WIDE * (right - left)] or list(lines)
    pitches = [low.top - high.top for high, low in pairwise(lines)]
    usual = [pitch for pitch in pitches if pitch > 0]
    close = [pitch for pitch in usual if pitch < 2 * median(line.height for line in lines)]
    start, end = min(line.x0 for line in wide), _right(wide)
    if end < _NARROW * width:
        # Nothing but short lines: none of them shows the right margin, which is about as wide as the left.
        end = max(end, width - _LIKE_LEFT * start)
    return _Frame(start, end, _lower_half(close or usual))


def _right(lines: Sequence[Line]) -> float:
    """The right margin; what recognition makes of specks beyond it is left out of account."""
    ends = sorted(line.x1 for line in lines)
    return ends[int(0.85 * (len(ends) - 1))] if lines[0].confidence >= 0 else ends[-1]


def _lower_half(pitches: Sequence[float]) -> float:
    """The pitch inside paragraphs: spaces between paragraphs only ever make it larger."""
    return sorted(pitches)[len(pitches) // 4] if pitches else 0.0


@dataclass(frozen=True, slots=True)
class _Running:
    """A paragraph that may still go on."""

    lines: tuple[Line, ...]
    frame: _Frame
    closed: bool = False  #: nothing may be joined to it
    pages: tuple[int, ...] = ()  #: of each line, once the page is numbered

    @property
    def last(self) -> Line:
        return self.lines[-1]


_Block = _Running | PlacedTable


@dataclass(slots=True)
class _Columns:
    """Lines standing in two columns, left and right of a free strip."""

    start: float  #: the strip, from x
    end: float  #: to x
    left: list[Line] = field(default_factory=list)
    right: list[Line] = field(default_factory=list)
    facing: int = 0  #: lines that stand on both sides

    def take(self, line: Line) -> bool:
        """Takes a line that keeps to the columns; False when it does not."""
        left = [part for part in line.segments if part.x1 <= self.end - _GUTTER * part.height]
        right = [part for part in line.segments if part.x0 >= self.start + _GUTTER * part.height]
        left = [part for part in left if part not in right or part.centre < (self.start + self.end) / 2]
        right = [part for part in right if part not in left]
        if len(left) + len(right) != len(line.segments) or not self._may_take(line, left, right):
            return False
        start = max([self.start, *(part.x1 for part in left)])
        end = min([self.end, *(part.x0 for part in right)])
        if end - start < _GUTTER * line.height:
            return False
        self.start, self.end = start, end
        self._add(self.left, left)
        self._add(self.right, right)
        self.facing += bool(left and right)
        return True

    def _may_take(self, line: Line, left: list[Line], right: list[Line]) -> bool:
        """Both sides, or one side in keeping with what stands above it."""
        if left and right:
            return True
        column = self.left if left else self.right
        if not column:
            return False
        middle = (min(one.x0 for one in column) + max(one.x1 for one in column)) / 2
        is_centred = abs(line.centre - middle) < 1.5 * line.height
        is_listed = abs(line.x0 - column[-1].x0) < _INDENT * line.height
        is_near = line.top - column[-1].bottom < _NEAR * line.height
        # Between a signer's rank and name stands the signature: nearness is not asked there.
        return is_centred if right else is_near and (is_centred or is_listed)

    @staticmethod
    def _add(column: list[Line], parts: list[Line]) -> None:
        if parts:
            column.append(Line(tuple(word for part in parts for word in part.words)))

    @property
    def is_frame(self) -> bool:
        """Whether these are the columns of a letter and not a list of figures."""
        figures = sum(bool(_FIGURE.fullmatch(line.text)) for line in self.right)
        return self.facing > 0 and len(self.left) + len(self.right) > 2 and figures * 2 < len(self.right)  # noqa: PLR2004

    def listed(self, frame: _Frame) -> list[_Running]:
        """The items of two columns that are a list of figures ("Số vụ: 12"), each by itself; else none."""
        items = [*_items(self.left), *_items(self.right)]
        figures = sum(bool(_LISTED.fullmatch(_told(item))) for item in items)
        if self.facing < _FEWEST_FACING or figures < _MOSTLY_LISTED * len(items):
            return []
        return [_Running(tuple(item), frame, closed=True) for item in items]

    def placed(self) -> PlacedTable:
        """The columns as a table of one row, as Word documents draw them."""
        lines = (*self.left, *self.right)
        cells = tuple(
            Cell(0, number, "\n".join(line.text for line in column), confidence=_least(column))
            for number, column in enumerate((self.left, self.right))
        )
        table = Table("", cells, 1, 2)
        return PlacedTable(table, min(line.top for line in lines), max(line.bottom for line in lines), ())


def _items(column: Sequence[Line]) -> list[list[Line]]:
    """The lines of a column, those that go on in small letters with the one above."""
    items: list[list[Line]] = []
    for line in column:
        if items and line.text[:1].islower() and not _LISTED.fullmatch(_told(items[-1])):
            items[-1].append(line)
        else:
            items.append([line])
    return items


def _told(lines: Sequence[Line]) -> str:
    return " ".join(line.text.replace("\t", " ") for line in lines)


def _least(lines: Iterable[Line]) -> int:
    return min((line.confidence for line in lines), default=-1)


def composed(pages: Iterable[PageContent], limits: Limits, notes: Sequence[str] = ()) -> Document:
    """The document of these pages, paragraphs and tables running on from page to page.

    Raises:
        FileTooLargeError: more paragraphs or cells than are read of one file.

    """
    return _finished(_blocks(pages), limits, notes)


@dataclass(frozen=True, slots=True)
class PlacedParagraph:
    """The words of a paragraph and where each stands."""

    number: int  #: as in `Paragraph`
    words: tuple[tuple[str, Spot], ...]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the tables and paragraphs of a document stand, numbered as `composed` numbers them."""

    tables: tuple[PlacedTable, ...]
    paragraphs: tuple[PlacedParagraph, ...]


def placement(pages: Iterable[PageContent]) -> Placement:
    """Where on these pages the cells and words of the document stand that `composed` makes of them."""
    blocks = _blocks(pages)
    tables = [block for block in blocks if isinstance(block, PlacedTable)]
    running = [block for block in blocks if isinstance(block, _Running)]
    return Placement(
        tuple(replace(t, table=replace(t.table, name=str(number))) for number, t in enumerate(tables, 1)),
        tuple(_placed_paragraph(block, number) for number, block in enumerate(running, 1)),
    )


def _placed_paragraph(block: _Running, number: int) -> PlacedParagraph:
    return PlacedParagraph(
        number,
        tuple(
            (word.text, Spot(page, word.x0, word.top, word.x1, word.bottom))
            for line, page in zip(block.lines, block.pages, strict=True)
            for word in line.words
        ),
    )


def _blocks(pages: Iterable[PageContent]) -> list[_Block]:
    blocks: list[_Block] = []
    for number, page in enumerate(pages, 1):
        _run_on(blocks, [_on_page(block, number) for block in _page_blocks(page, number)])
    return _with_columns_beside(blocks)


def _with_columns_beside(blocks: Sequence[_Block]) -> list[_Block]:
    """The blocks with each table put together whose columns were printed over pages, as wide sheets are."""
    found: list[_Block] = []
    last: tuple[int, PlacedTable | None] = (0, None)
    for block in blocks:
        at, before = last
        if before is not None and isinstance(block, PlacedTable) and goes_on_beside(before, block):
            joined = joined_beside(before, block)
            found[at], last = joined, (at, joined)
            continue
        if isinstance(block, PlacedTable):
            last = len(found), block
        found.append(block)
    return found


def _on_page(block: _Block, number: int) -> _Block:
    if isinstance(block, _Running):
        return replace(block, pages=(number,) * len(block.lines))
    spots = tuple(replace(cell, spot=replace(cell.spot, page=number)) for cell in block.spots)
    return replace(block, spots=spots)


def _page_blocks(page: PageContent, number: int) -> list[_Block]:
    lines = [line for line in lines_of(page.words) if not _is_page_number(line, page, number)]
    frame = _frame([line for line in lines if len(line.segments) == 1] or lines, page.width)
    blocks: list[_Block] = []
    rest = lines
    for placed in sorted(page.tables, key=lambda placed: placed.top):
        above = list(takewhile(lambda line: (line.top + line.bottom) / 2 < placed.top, rest))  # noqa: B023
        rest = rest[len(above) :]
        blocks += _text_blocks(above, frame)
        blocks.append(placed)
    return blocks + _text_blocks(rest, frame)


def _is_page_number(line: Line, page: PageContent, number: int) -> bool:
    found = _PAGE_NUMBER.fullmatch(line.text)
    if not found or _HEAD * page.height < line.top < _FOOT * page.height:
        return False
    return int(found.group(1)) == number


def _text_blocks(lines: Sequence[Line], frame: _Frame) -> list[_Block]:
    """Lines as paragraphs and pairs of columns."""
    blocks: list[_Block] = []
    at = 0
    while at < len(lines):
        columns, taken = _columns(lines[at:])
        if columns is not None:
            blocks += columns.listed(frame) or [columns.placed()]
            at += taken
            continue
        _add_line(blocks, lines[at], frame)
        at += 1
    return blocks


def _columns(lines: Sequence[Line]) -> tuple[_Columns | None, int]:
    """The columns that begin with the first line, and how many lines stand in them."""
    parts = lines[0].segments
    if len(parts) != 2:  # noqa: PLR2004
        return None, 0
    columns = _Columns(parts[0].x1, parts[1].x0)
    taken = 0
    while taken < len(lines) and columns.take(lines[taken]):
        taken += 1
    return (columns, taken) if columns.is_frame else (None, 0)


def _add_line(blocks: list[_Block], line: Line, frame: _Frame) -> None:
    last = blocks[-1] if blocks else None
    if isinstance(last, _Running) and not last.closed and _goes_on(last, line, frame, same_page=True):
        blocks[-1] = replace(last, lines=(*last.lines, line))
    else:
        blocks.append(_Running((line,), frame, closed=len(line.segments) > 1))


def _goes_on(running: _Running, line: Line, frame: _Frame, *, same_page: bool) -> bool:
    """Whether a line continues the paragraph: no new beginning shows, and the line above is full."""
    last = running.last
    if len(line.segments) > 1 or not _is_full(last, line, running.frame):
        return False
    if same_page and frame.pitch and line.top - last.top > _LOOSE * frame.pitch:
        return False
    if abs(line.height - last.height) > 0.25 * last.height and _is_capital(last) != _is_capital(line):
        return False
    if last.bold and line.text.startswith("("):
        return False  # "(Kèm theo Báo cáo số ...)" under a title that fills its line
    starts_anew = bool(_LABEL.match(line.text)) and bool(_ENDED.search(last.text))
    return not starts_anew and not _is_indented(running, line, frame)


def _is_capital(line: Line) -> bool:
    return line.text.isupper()


def _is_full(last: Line, line: Line, frame: _Frame) -> bool:
    """Whether the first word of the next line would not have fitted on this one."""
    word = line.words[0]
    return last.x1 + (word.x1 - word.x0) + 0.2 * last.height > frame.right


def _is_indented(running: _Running, line: Line, frame: _Frame) -> bool:
    if line.x0 <= frame.left + _INDENT * line.height:
        return False
    first = running.lines[0]
    hangs = len(running.lines) == 1 and _LABEL.match(first.text) and line.x0 > first.x0
    level = abs(line.x0 - running.last.x0) < _INDENT * line.height
    if len(running.lines) > 1:
        return not level
    return not hangs and not (level and not _ENDED.search(running.last.text))


def _run_on(blocks: list[_Block], page: list[_Block]) -> None:
    """Adds the blocks of the next page, joining what the break of the page has cut."""
    if blocks and page:
        joined = _joined(blocks[-1], page[0])
        if joined is not None:
            blocks[-1] = joined
            page = page[1:]
    blocks += page


def _joined(last: _Block, first: _Block) -> _Block | None:
    if isinstance(last, PlacedTable) and isinstance(first, PlacedTable):
        return joined_tables(last, first)
    if isinstance(last, _Running) and isinstance(first, _Running) and not last.closed and not first.closed:
        is_one = _goes_on(last, first.lines[0], first.frame, same_page=False)
        if is_one:
            return _Running((*last.lines, *first.lines), first.frame, pages=(*last.pages, *first.pages))
    return None


def _finished(blocks: Iterable[_Block], limits: Limits, notes: Sequence[str]) -> Document:
    finished: list[Paragraph | Table] = []
    paragraphs = tables = cells = 0
    for block in blocks:
        if isinstance(block, PlacedTable):
            tables += 1
            cells += len(block.table.cells)
            finished.append(replace(block.table, name=str(tables)))
        else:
            paragraphs += 1
            finished.append(_paragraph(block, paragraphs))
        if paragraphs > limits.paragraphs or cells > limits.cells:
            raise FileTooLargeError("paragraphs or cells")
    return Document(tuple(finished), tuple(dict.fromkeys(notes)))


def _paragraph(block: _Running, number: int) -> Paragraph:
    words = [word for line in block.lines for word in line.words]
    return Paragraph(
        " ".join(line.text for line in block.lines),
        number,
        bold=all(line.bold for line in block.lines),
        centred=_is_centred(block),
        fonts=tuple(font for font, _ in Counter(w.font for w in words if w.font).most_common()),
        confidence=min(line.confidence for line in block.lines),
    )


def _is_centred(block: _Running) -> bool:
    frame = block.frame
    return all(
        abs(line.centre - frame.centre) < _CENTRE * line.height
        and line.x0 > frame.left + line.height
        and line.x1 < frame.right - line.height
        for line in block.lines
    )
