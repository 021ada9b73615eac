"""Workbooks: .xlsx, .xlsm, .xls, .xlsb and .ods, by python-calamine with a second look at the XML.

calamine reads values an order of magnitude faster than anything else, but shows an error and a formula
without stored value as an empty text and says nothing of hidden rows or percent formats. For .xlsx the
sheet XML is therefore looked through, in one cheap pass when it holds none of this.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from itertools import product
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from msgspec import structs
from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from intake.documents import Cell, Document, SheetCells, Table
from intake.errors import DamagedFileError, EncryptedFileError, FileTooLargeError, RefusedFileError
from intake.extractors.decimals import decimal_text, percent_text
from intake.extractors.formula_glance import with_formulas
from intake.extractors.formulas import Recalculation
from intake.extractors.interface import Budget, Package
from intake.extractors.old_sheets import facts_by_name, facts_of_ods, facts_of_xls
from intake.extractors.sheet_xml import Place, SheetFacts, Value, Workbook
from intake.mail.kinds import ole_streams
from intake.mail.legacy_text import Run, looks_legacy, put_right_runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Row = tuple[int, int, list[Value]]
"""Row number from 0, column number of the first value, the values."""

_NO_NUMBER: Final = "#NUM!"  #: what Excel shows for a stored value that is no number
_CONTENT: Final = "content.xml"  #: of an .ods
_NAMED_PLACES: Final = 100_000
_MOST_HIDDEN: Final = 5_000  #: blank rows of a sheet among its hidden ones
_DECLARATION: Final = re.compile(rb"<!DOCTYPE", re.IGNORECASE)


def extract_workbook(content: bytes, budget: Budget) -> Document:
    """Reads every sheet, hidden ones marked; merged cells stand once with their spans.

    Raises:
        DamagedFileError: the workbook is broken.
        EncryptedFileError: it is locked with a password.
        RefusedFileError: a part declares a document type.
        FileTooLargeError: more filled cells than are read of one file.
        BombError: it unpacks out of proportion.

    """
    package = Package(content, budget) if content[:2] == b"PK" else None
    if package is not None:
        package.check_claims()
    workbook = Workbook(package) if package is not None and "xl/workbook.xml" in package else None
    reading = _Reading(budget, workbook)
    plain = None if workbook is None else reading.plain_sheets(workbook)
    if plain is not None:
        return Document(tuple(plain), tuple(_notes(content, package)))
    if package is not None:
        _refuse_declarations(package)
    book = _opened(content)
    if workbook is None:
        reading.beside = _facts_beside(content, package, book.sheet_names)
    tables = list(reading.sheets(book))
    put_right = _put_right(tables, reading.fonts)
    unknown = () if workbook is not None or reading.beside else ("formats_unknown",)
    notes = _notes(content, package)
    return Document(tuple(tables), (*notes, *unknown, *sorted(reading.notes), *put_right))


def _put_right(tables: list[Table], fonts: list[SheetFacts]) -> tuple[str, ...]:
    """Puts old encodings right over all sheets together, by the font of each cell where it is known."""
    named = any(facts.fonts or facts.default_font for facts in fonts)
    texts = {cell.text for table in tables for cell in table.cells if not cell.number}
    if not named and not looks_legacy("\n".join(texts)):
        return ()
    cells = [(table, cell) for table in range(len(tables)) for cell in tables[table].cells if not cell.number]
    found = put_right_runs([[Run(cell.text, _font(cell, fonts[table]))] for table, cell in cells])
    right = {
        (table, cell.row, cell.column): text
        for (table, cell), [text] in zip(cells, found.paragraphs, strict=True)
        if text != cell.text
    }
    for number in {table for table, _, _ in right}:
        tables[number] = replace(
            tables[number],
            cells=tuple(
                structs.replace(cell, text=right.get((number, cell.row, cell.column), cell.text))
                for cell in tables[number].cells
            ),
        )
    return found.notes


def _font(cell: Cell, facts: SheetFacts) -> str:
    return facts.fonts.get((cell.row, cell.column), facts.default_font)


def _opened(content: bytes) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    except PasswordError as error:
        raise EncryptedFileError("workbook") from error
    except Exception as error:
        raise DamagedFileError(f"workbook: {type(error).__name__}") from error


def _facts_beside(content: bytes, package: Package | None, names: Sequence[str]) -> Mapping[str, SheetFacts]:
    """What an .xls or .ods says of its sheets beyond values; nothing for any other workbook."""
    if package is None:
        return facts_by_name(facts_of_xls(content), names)
    return facts_of_ods(package.read(_CONTENT)) if _CONTENT in package else {}


def _refuse_declarations(package: Package) -> None:
    for name in package.members:
        if name in {"xl/workbook.xml", _CONTENT} or name.startswith("xl/worksheets/sheet"):
            with package.archive.open(package.members[name]) as stream:
                if _DECLARATION.search(stream.read(1024)):
                    raise RefusedFileError("document type declared")


def _carries_macros(content: bytes, package: Package | None) -> bool:
    if package is not None:
        return any(name.endswith("vbaProject.bin") for name in package.members)
    return "_VBA_PROJECT_CUR" in ole_streams(content)  # MS-XLS 2.1.7.2


def _notes(content: bytes, package: Package | None) -> Iterator[str]:
    if _carries_macros(content, package):
        yield "macros"
    if package is not None and any(name.startswith("xl/externalLinks/") for name in package.members):
        yield "external_links"


@dataclass(slots=True)
class _Reading:
    """One workbook being read."""

    budget: Budget
    workbook: Workbook | None
    cells: int = 0
    notes: set[str] = field(default_factory=set)
    beside: Mapping[str, SheetFacts] = field(default_factory=dict)  #: of an .xls or .ods, by sheet
    fonts: list[SheetFacts] = field(default_factory=list)  #: of each sheet read, for the fonts it names

    def plain_sheets(self, workbook: Workbook) -> list[Table] | None:
        """The tables of a workbook that holds nothing but texts and numbers, None for any other."""
        if not workbook.is_plain:
            return None
        seen = []
        for sheet in workbook.contents.sheets:
            found = self._glance(workbook, sheet.name)
            if found is None:
                return None
            seen.append((sheet, *found))
        return [self._plain_sheet(sheet.name, cells, facts, sheet.is_hidden) for sheet, cells, facts in seen]

    def sheets(self, book: CalamineWorkbook) -> Iterator[Table]:
        """The tables of all sheets that hold cells, in the order of the workbook."""
        for metadata in book.sheets_metadata:
            if metadata.typ is SheetTypeEnum.WorkSheet:
                yield self._sheet(book, metadata.name, metadata.visible is not SheetVisibleEnum.Visible)

    def _sheet(self, book: CalamineWorkbook, name: str, hidden: bool) -> Table:
        seen = None if self.workbook is None else self._glance(self.workbook, name)
        if seen is not None:
            return self._plain_sheet(name, *seen, hidden)
        facts = self.beside.get(name) or SheetFacts() if self.workbook is None else self.workbook.facts(name)
        if facts.sparse is not None:
            rows: Iterator[Row] = iter(facts.sparse)
            merges = facts.merges
        else:
            rows, merges = _calamine_rows(book, name)
        cells = self._cells(rows, facts, _Merges(merges or facts.merges))
        cells = self._recalculated(cells, facts)
        self.fonts.append(facts)
        return _table(name, tuple(cells), _size(cells), facts, hidden=hidden)

    @staticmethod
    def _glance(workbook: Workbook, name: str) -> tuple[SheetCells, SheetFacts] | None:
        """The cells of a sheet that needs no calamine, as they are seen, and what its XML says beside."""
        found = workbook.glance(name)
        if found is None:
            return None
        plain, facts = found
        cells = _Merges(facts.merges).spread(plain.cells) if facts.merges else plain.cells
        told = with_formulas(cells, facts.formulas) if facts.formulas else cells
        return None if told is None else (told, facts)

    def _plain_sheet(self, name: str, cells: SheetCells, facts: SheetFacts, hidden: bool) -> Table:
        self.cells += len(cells)
        self._check(0)
        self.fonts.append(facts)
        return _table(name, cells, cells.size, facts, hidden=hidden)

    def _cells(self, rows: Iterator[Row], facts: SheetFacts, merges: _Merges) -> list[Cell]:
        cells: list[Cell] = []
        odd = {row for row, _ in facts.marked | facts.percent | merges.places}
        for row, first, values in rows:
            if merges.wide or row in odd:
                for column, value in enumerate(values, first):
                    if value != "" and value is not None:
                        cells += _cell(row, column, value, facts, merges)
            else:
                cells += _plain_cells(row, first, values)
            self._check(len(cells))
        if facts.marked:
            seen = {(cell.row, cell.column) for cell in cells}
            cells += [_marked(row, column, facts, merges) for row, column in facts.marked - seen]
            cells.sort(key=_position)
        self.cells += len(cells)
        self._check(0)
        return cells

    def _check(self, more: int) -> None:
        if self.cells + more > self.budget.limits.cells:
            raise FileTooLargeError("cells")

    def _recalculated(self, cells: list[Cell], facts: SheetFacts) -> list[Cell]:
        """Cells with formulas checked against a recalculation where it is simple enough."""
        if not facts.formulas:
            return cells
        recalculation = Recalculation(cells, recalculates_on_load=facts.recalculates_on_load)
        checked = [recalculation.checked(cell) if cell.formula else cell for cell in cells]
        self.notes |= recalculation.notes
        return checked


def _calamine_rows(book: CalamineWorkbook, name: str) -> tuple[Iterator[Row], list[tuple[Place, Place]]]:
    try:
        sheet = book.get_sheet_by_name(name)
        start = sheet.start or (0, 0)
        rows: Any = sheet.to_python(skip_empty_area=True)
        merges = sheet.merged_cell_ranges or []
    except Exception as error:
        raise DamagedFileError(f"sheet: {type(error).__name__}") from error
    top, left = start
    return ((number, left, values) for number, values in enumerate(rows, top)), merges


class _Merges:
    """Merged ranges, asked by cell."""

    def __init__(self, ranges: list[tuple[Place, Place]]) -> None:
        self.ranges = ranges
        self.spans = {start: (end[0] - start[0] + 1, end[1] - start[1] + 1) for start, end in ranges}
        #: whether they lie over more cells than are worth naming one by one
        self.wide = sum(rows * columns for rows, columns in self.spans.values()) > _NAMED_PLACES
        self.places: set[Place] = set() if self.wide else set(self._within())  #: under any of them

    def _within(self) -> Iterator[Place]:
        for (top, left), (bottom, right) in self.ranges:
            yield from product(range(top, bottom + 1), range(left, right + 1))

    def covers(self, row: int, column: int) -> bool:
        """Whether the cell lies under a merged cell that begins elsewhere: nobody sees what it holds."""
        return any(
            top <= row <= bottom and left <= column <= right and (row, column) != (top, left)
            for (top, left), (bottom, right) in self.ranges
        )

    def spread(self, cells: SheetCells) -> SheetCells:
        """The cells that are seen, each over what it covers."""
        under = [
            (number, place) for number, place in enumerate(cells.places) if self.wide or place in self.places
        ]
        hidden = {number for number, place in under if self.covers(*place)}
        spread = {
            number: self._spread(cells[number])
            for number, place in under
            if place in self.spans and number not in hidden
        }
        columns = replace(cells.columns, others=cells.columns.others | spread)
        return SheetCells(columns.only(bytes([number not in hidden for number in range(len(cells))])))

    def _spread(self, cell: Cell) -> Cell:
        rows, columns = self.spans[cell.row, cell.column]
        return structs.replace(cell, row_span=rows, column_span=columns)

    def span(self, row: int, column: int) -> tuple[int, int]:
        """Rows and columns covered by the cell."""
        return self.spans.get((row, column), (1, 1))


def _cell(row: int, column: int, value: Value, facts: SheetFacts, merges: _Merges) -> Iterator[Cell]:
    """A cell that holds more than a text or a number; none when a merged cell lies over it."""
    place = (row, column)
    if merges.covers(row, column):
        return
    if place in facts.marked:
        yield _marked(row, column, facts, merges, value)
        return
    cell = Cell(row, column, value) if isinstance(value, str) else _plain_cell(row, column, value)
    row_span, column_span = merges.span(row, column)
    if cell.number and place in facts.percent:
        yield structs.replace(
            cell, text=percent_text(cell.number), row_span=row_span, column_span=column_span, percent=True
        )
    else:
        yield structs.replace(cell, row_span=row_span, column_span=column_span)


def _plain_cells(row: int, first: int, values: list[Value]) -> list[Cell]:
    """A row of texts and numbers and nothing more, as most are: the hottest loop of reading a workbook."""
    cells = []
    for column, value in enumerate(values, first):
        if isinstance(value, str):
            if value:
                cells.append(Cell(row, column, value))
        elif isinstance(value, float) and isfinite(value):
            number = decimal_text(value)
            cells.append(Cell(row, column, number, 1, 1, number))
        elif value is not None:
            cells.append(_plain_cell(row, column, value))
    return cells


def _plain_cell(row: int, column: int, value: Value) -> Cell:
    if type(value) is float:
        if not isfinite(value):
            return Cell(row, column, _NO_NUMBER, error=_NO_NUMBER)
        number = decimal_text(value)
        return Cell(row, column, number, 1, 1, number)
    text, number, is_date = shown(value)
    return Cell(row, column, text, number=number, date=is_date)


def _marked(row: int, column: int, facts: SheetFacts, merges: _Merges, value: Value = None) -> Cell:
    """A cell with a formula or an error, also when calamine shows nothing."""
    place = (row, column)
    error = facts.errors.get(place, "")
    text, number, is_date = ("", "", False) if value is None or error else shown(value)
    percent = place in facts.percent
    row_span, column_span = merges.span(row, column)
    return Cell(
        row=row,
        column=column,
        text=error or (percent_text(number) if percent and number else text),
        row_span=row_span,
        column_span=column_span,
        number=number,
        formula=facts.formulas.get(place, ""),
        error=error,
        stale=place in facts.stale,
        percent=percent,
        date=is_date,
    )


def _position(cell: Cell) -> tuple[int, int]:
    return cell.row, cell.column


def _table(
    name: str, cells: tuple[Cell, ...] | SheetCells, size: tuple[int, int], facts: SheetFacts, *, hidden: bool
) -> Table:
    rows, columns = size
    return Table(
        name=name,
        cells=cells,
        rows=rows,
        columns=columns,
        sheet=True,
        hidden=hidden,
        hidden_rows=_hidden_rows(cells, facts, rows),
        hidden_columns=frozenset(
            column
            for first, last in facts.hidden_columns
            for column in range(first, min(last, columns - 1) + 1)
        ),
    )


def _hidden_rows(cells: Sequence[Cell], facts: SheetFacts, rows: int) -> frozenset[int]:
    """The hidden rows of a sheet; of very many those that hold anything."""
    hidden = frozenset(row for row in facts.hidden_rows if row < rows)
    return hidden if len(hidden) <= _MOST_HIDDEN else hidden & {cell.row for cell in cells}


def _size(cells: list[Cell]) -> tuple[int, int]:
    """Rows and columns up to the last that a cell covers."""
    rows = max([cell.row + cell.row_span for cell in cells], default=0)
    return rows, max([cell.column + cell.column_span for cell in cells], default=0)


def shown(value: Value) -> tuple[str, str, bool]:
    """Text as a person sees it, number as shortest decimal text (empty for text), and whether a date."""
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), "", False
    if isinstance(value, (int, float)):
        number = decimal_text(value) if isfinite(value) else ""
        return number or _NO_NUMBER, number, False
    if isinstance(value, datetime):
        time_of_day = f" {value.hour:02}:{value.minute:02}" if value.time() != time() else ""
        return _day(value) + time_of_day, "", True
    if isinstance(value, date):
        return _day(value), "", True
    return str(value), "", False


def _day(value: date) -> str:
    return f"{value.day:02}/{value.month:02}/{value.year}"
