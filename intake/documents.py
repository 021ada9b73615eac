"""A document as every reader returns it: paragraphs and tables with positions, no meaning yet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Final

import msgspec

from config.spelling import plain_keys

_LETTERS: Final = 26


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


@dataclass(frozen=True)
class Table:
    """A table of a text document, or one sheet of a workbook."""

    name: str  #: the sheet's name, or the table's number from 1 in the document: "1"
    cells: tuple[Cell, ...]  #: in reading order
    rows: int
    columns: int
    sheet: bool = False
    hidden: bool = False  #: a hidden sheet
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()

    @cached_property
    def said(self) -> dict[str, list[Cell]]:
        """The cells that hold words and no stored number, in reading order by the plain key of their text.

        Whether a table of thousands of cells has a heading or a label that is looked for is asked of this:
        of its different words, all at once.
        """
        found: dict[str, list[Cell]] = {}
        cells = [cell for cell in self.cells if not cell.number]
        for key, cell in zip(plain_keys([cell.text for cell in cells]), cells, strict=True):
            found.setdefault(key, []).append(cell)
        return found


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
