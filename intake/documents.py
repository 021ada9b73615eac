"""A document as every reader returns it: paragraphs and tables with positions, no meaning yet."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import compress, repeat
from typing import Final, overload

import msgspec

from config.spelling import plain_keys
from intake.extractors.decimals import decimal_texts

_LETTERS: Final = 26
ROW_BITS: Final = 14  #: the lowest bits of a place in a sheet, which hold its column
_COLUMN: Final = (1 << ROW_BITS) - 1
_AT_FIRST: Final = 8  # cells made together where they are asked for one after another
_LONGEST_NUMBER: Final = 22  # letters: "-0.000123456789012345"
OPPOSITE: Final = bytes([1, 0, *range(2, 256)])  #: for `bytes.translate` of octets that are 0 or 1


class Cell(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One cell. A merged cell stands once, at its top left, with its spans.

    `number` is the value a spreadsheet stores, as its shortest decimal text ("6.5", "14405000"), and
    empty when the cell holds text; `text` is what a person sees as far as the reader knows it.

    A report has thousands of them, and a struct is made in a tenth of the time of a frozen dataclass.
    """

    row: int  #: from 0 within the table
    column: int
    text: str
    row_span: int = 1
    column_span: int = 1
    number: str = ""
    formula: str = ""  #: with the leading "=", empty when the cell holds none
    error: str = ""  #: "#REF!" and its like
    stale: bool = False  #: a formula that carries no stored value
    percent: bool = False  #: number format shows a percentage: 0.45 is read as 45 %
    date: bool = False  #: the cell holds a date; text is dd/mm/yyyy
    confidence: int = -1  #: how sure recognition is of the text, 0 to 100; -1 where nothing was recognised

    @property
    def address(self) -> str:
        """Where it stands as a workbook says it: row 11 and column 3, both from 0, give "D12"."""
        return f"{column_letters(self.column)}{self.row + 1}"


@lru_cache(maxsize=1024)
def column_letters(column: int) -> str:
    """The letters of a column counted from 0: 3 gives "D"."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class SheetColumns:
    """A sheet of texts and numbers as it is read and handed on: a few objects for all its cells.

    The cells stand in reading order.
    """

    places: bytes  #: of each cell an integer of eight octets: its row, and its column in the lowest bits
    worded: bytes  #: of each cell 1 where it holds a text, 0 where it holds a number
    texts: tuple[str, ...]  #: of those that hold a text
    numbers: bytes  #: of those that hold a number, as doubles
    others: dict[int, Cell]  #: what a percentage and a merged cell are more than that, by their count from 0

    @property
    def agree(self) -> bool:
        """Whether they tell of the same cells."""
        size, told = len(self.worded), self.worded.count(1)
        numbers = self.worded.count(0)
        counted = len(self.places) == 8 * size and told + numbers == size
        known = all(0 <= number < size for number in self.others)
        return counted and known and len(self.texts) == told and len(self.numbers) == 8 * numbers

    def only(self, kept: bytes) -> SheetColumns:
        """Those cells alone that have a 1."""
        worded, numbered = self.worded, self.worded.translate(OPPOSITE)
        return SheetColumns(
            array("q", compress(array("q", self.places), kept)).tobytes(),
            bytes(compress(worded, kept)),
            tuple(compress(self.texts, compress(kept, worded))),
            array("d", compress(array("d", self.numbers), compress(kept, numbered))).tobytes(),
            {kept.count(1, 0, number): cell for number, cell in self.others.items() if kept[number]},
        )


class SheetCells(Sequence[Cell]):
    """The cells of a sheet of texts and numbers, each made when somebody asks for it.

    A list of people and sums beside the report has thousands that no question is about. Two that are asked
    for at one place are equal, and need not be the same object.
    """

    def __init__(self, columns: SheetColumns) -> None:
        self.columns = columns
        self._places = array("q", columns.places)
        self._numbers = array("d", columns.numbers)

    def __len__(self) -> int:
        return len(self._places)

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, (tuple, SheetCells)) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    @overload
    def __getitem__(self, asked: int) -> Cell: ...
    @overload
    def __getitem__(self, asked: slice) -> Sequence[Cell]: ...
    def __getitem__(self, asked: int | slice) -> Cell | Sequence[Cell]:
        if isinstance(asked, int):
            at = range(len(self))[asked]
            return self._made(at, at + 1)[0]
        begin, end, step = asked.indices(len(self))
        return self._made(begin, max(begin, end)) if step == 1 else list(self)[asked]

    def __iter__(self) -> Iterator[Cell]:
        begin, more = 0, _AT_FIRST
        while begin < len(self):
            yield from self._made(begin, begin + more)
            begin, more = begin + more, 2 * more  # often the first is all that is looked at

    def __reversed__(self) -> Iterator[Cell]:
        return reversed(self._made(0, len(self)))

    @property
    def places(self) -> list[tuple[int, int]]:
        """Row and column of each."""
        return [(place >> ROW_BITS, place & _COLUMN) for place in self._places]

    @cached_property
    def size(self) -> tuple[int, int]:
        """Rows and columns up to the last that a cell stands over."""
        others = self.columns.others.values()
        rows = [self._places[-1] >> ROW_BITS] if self._places else []
        columns = [place & _COLUMN for place in self._places]
        return (
            max([*rows, *(cell.row + cell.row_span - 1 for cell in others)], default=-1) + 1,
            max([*columns, *(cell.column + cell.column_span - 1 for cell in others)], default=-1) + 1,
        )

    @cached_property
    def _worded(self) -> list[int]:
        """The numbers of the cells that hold a text."""
        return list(compress(range(len(self)), self.columns.worded))

    def words(self, among: Iterable[int]) -> list[Cell]:
        """The cells that hold these of the texts, counted from 0."""
        others, places, texts = self.columns.others, self._places, self.columns.texts
        return [
            others.get(number := self._worded[text])
            or Cell(places[number] >> ROW_BITS, places[number] & _COLUMN, texts[text])
            for text in among
        ]

    def words_in_rows(self, first: int, end: int) -> list[Cell]:
        """The cells that hold a text and begin in one of these rows, the end not among them."""
        rows = [bisect_left(self._places, row << ROW_BITS) for row in (first, max(first, end))]
        begin, last = (self.columns.worded.count(1, 0, number) for number in rows)
        return self.words(range(begin, last))

    @cached_property
    def merged(self) -> list[Cell]:
        """The cells that stand over more than their own place."""
        cells = (cell for _, cell in sorted(self.columns.others.items()))
        return [cell for cell in cells if cell.row_span != 1 or cell.column_span != 1]

    def in_rows(self, first: int, end: int) -> list[Cell]:
        """The cells that begin in one of these rows, the end not among them."""
        begin = bisect_left(self._places, first << ROW_BITS)
        return self._made(begin, max(begin, bisect_left(self._places, end << ROW_BITS)))

    def alone_in_row(self, end: int) -> list[Cell]:
        """The cells with a row to themselves among the first so many rows."""
        rows = [place >> ROW_BITS for place in self._places[: bisect_left(self._places, end << ROW_BITS)]]
        counted = Counter(rows)
        alone = [number for number, row in enumerate(rows) if counted[row] == 1]
        cells = self._made(0, alone[-1] + 1) if alone else []
        return [cells[number] for number in alone]

    def _made(self, begin: int, end: int) -> list[Cell]:
        worded = self.columns.worded[begin:end]
        told = self.columns.worded.count(1, 0, begin)
        texts = iter(self.columns.texts[told : told + worded.count(1)])
        numbers = iter(decimal_texts(self._numbers[begin - told : begin - told + worded.count(0)]))
        shown = [next(texts) if each else next(numbers) for each in worded]
        stored = ["" if each else text for each, text in zip(worded, shown, strict=True)]
        cells = _cells(self._places[begin:end], shown, stored)
        for number, cell in self.columns.others.items():
            if begin <= number < end:
                cells[number - begin] = cell
        return cells


def _cells(places: Sequence[int], shown: Sequence[str], stored: Iterable[str]) -> list[Cell]:
    rows, columns = [place >> ROW_BITS for place in places], [place & _COLUMN for place in places]
    return list(map(Cell, rows, columns, shown, repeat(1), repeat(1), stored))


@dataclass(frozen=True)
class Table:
    """A table of a text document, or one sheet of a workbook."""

    name: str  #: the sheet's name, or the table's number from 1 in the document: "1"
    cells: tuple[Cell, ...] | SheetCells  #: in reading order
    rows: int
    columns: int
    sheet: bool = False
    hidden: bool = False  #: a hidden sheet
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()

    @property
    def letters(self) -> int:
        """How long the texts of all cells are together; a plain number counts as the longest of them."""
        if isinstance(self.cells, SheetCells):
            texts = self.cells.columns.texts
            return sum(map(len, texts)) + _LONGEST_NUMBER * (len(self.cells) - len(texts))
        return sum([len(cell.text) for cell in self.cells])

    @cached_property
    def _words(self) -> list[Cell]:
        return [cell for cell in self.cells if not cell.number]

    @property
    def texts(self) -> Sequence[str]:
        """The texts of the cells that hold words and no stored number, in reading order."""
        if isinstance(self.cells, SheetCells):
            return self.cells.columns.texts
        return [cell.text for cell in self._words]

    @property
    def merged(self) -> Sequence[Cell]:
        """The cells that stand over more than their own place."""
        if isinstance(self.cells, SheetCells):
            return self.cells.merged
        return [cell for cell in self.cells if cell.row_span != 1 or cell.column_span != 1]

    def in_rows(self, first: int, end: int) -> Sequence[Cell]:
        """The cells that begin in one of these rows, the end not among them."""
        if isinstance(self.cells, SheetCells):
            return self.cells.in_rows(first, end)
        return [cell for cell in self.cells if first <= cell.row < end]

    def words_in_rows(self, first: int, end: int) -> Sequence[Cell]:
        """Those of them that hold words and no stored number."""
        if isinstance(self.cells, SheetCells):
            return self.cells.words_in_rows(first, end)
        return [cell for cell in self._words if first <= cell.row < end]

    def alone_in_row(self, end: int) -> Sequence[Cell]:
        """The filled cells with a row to themselves among the first so many rows, in reading order."""
        if isinstance(self.cells, SheetCells) and all(map(str.strip, self.cells.columns.texts)):
            return self.cells.alone_in_row(end)
        cells = [cell for cell in self.in_rows(0, end) if cell.text and not cell.text.isspace()]
        counted = Counter([cell.row for cell in cells])
        return [cell for cell in cells if counted[cell.row] == 1]

    @cached_property
    def keys(self) -> list[str]:
        """The plain keys of these texts."""
        return plain_keys(self.texts)

    @cached_property
    def said(self) -> frozenset[str]:
        """What the words say, each once.

        Whether a table of thousands of cells has a heading or a label that is looked for is asked of this:
        of its different words, all at once.
        """
        return frozenset(self.keys)

    @cached_property
    def told(self) -> str:
        """The same as one text, a line for each, for words that may stand anywhere in it."""
        return "\n".join(self.said)

    def saying(self, keys: AbstractSet[str]) -> list[Cell]:
        """The cells whose words have one of these plain keys, in reading order."""
        return [] if self.said.isdisjoint(keys) else self._those(self.keys, keys)

    def holding(self, texts: AbstractSet[str]) -> list[Cell]:
        """The cells that hold one of these texts, in reading order."""
        return self._those(self.texts, texts) if texts else []

    def _those(self, told: Iterable[str], wanted: AbstractSet[str]) -> list[Cell]:
        """The cells of words of which what is told is wanted."""
        numbers = [number for number, one in enumerate(told) if one in wanted]
        if isinstance(self.cells, SheetCells):
            return self.cells.words(numbers)
        return [self._words[number] for number in numbers]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph with its own text; paragraphs inside tables belong to their cells."""

    text: str
    number: int  #: from 1 in the document
    bold: bool = False
    centred: bool = False
    heading: int = 0  #: outline level of its style, 0 for body text
    list_label: str = ""  #: "1.", "a)", "-" when the number comes from the list and not from the text
    fonts: tuple[str, ...] = ()  #: fonts named by its runs, for legacy encodings
    deleted: bool = False  #: wholly struck by tracked changes; kept out of reading
    confidence: int = -1  #: how sure recognition is of the text, 0 to 100; -1 where nothing was recognised


@dataclass(frozen=True)
class Document:
    """What a reader made of one file: its blocks in the order of the text."""

    blocks: tuple[Paragraph | Table, ...]
    notes: tuple[str, ...] = ()  #: codes of what the reader noticed: "macros", "external_links", "tracked"

    @cached_property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The paragraphs outside tables, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Paragraph))

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The tables or sheets, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Table))


class FileKind(StrEnum):
    """What a file is, told from its content."""

    DOCX = "docx"
    XLSX = "xlsx"
    XLS = "xls"
    XLSB = "xlsb"
    ODS = "ods"
    DOC = "doc"
    RTF = "rtf"
    ODT = "odt"
    PDF = "pdf"
    IMAGE = "image"
    ZIP = "zip"
    ARCHIVE = "archive"  #: rar, 7z, tar and their like
    MESSAGE = "message"  #: message/rfc822, .eml
    TNEF = "tnef"
    OUTLOOK = "outlook"  #: .msg
    HTML = "html"
    TEXT = "text"
    ENCRYPTED_OFFICE = "encrypted_office"
    PROGRAM = "program"
    EMPTY = "empty"
    UNKNOWN = "unknown"


class ReadState(StrEnum):
    """How the reading of one file ended. Every state has a sentence in the wording catalogue."""

    READ = "read"
    CONTAINER = "container"  #: opened, its members stand beside it
    NOT_YET = "not_yet"  #: a format this version does not read
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    BOMB = "bomb"
    REFUSED = "refused"  #: programs and other files never opened
    OVERRAN = "overran"  #: the reading process was stopped at its limit
    CRASHED = "crashed"
    DECORATION = "decoration"  #: logos, signature pictures, and what programs add for programs: invitations


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One file found in a message, also inside archives and forwarded mail, and what was read of it."""

    name: str  #: safe for display: NFC, no control or direction marks, no folders, 120 characters at most
    declared_name: str  #: as the mail declared it, after decoding
    path: tuple[str, ...]  #: containers around it, outermost first: ("BC.zip",)
    kind: FileKind
    size: int
    sha256: str
    state: ReadState
    document: Document | None = None
    detail: str = ""  #: what exactly went wrong, for the log, never mail text
