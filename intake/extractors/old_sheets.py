"""What an .xls or .ods says of its cells beyond the values calamine reads.

Percent formats, errors, hidden rows and columns, and for .ods what is merged: without them 45 % is read as
0.45, an error as a blank. An .xls is a stream of records (MS-XLS 2.1.4); those looked at are the same since
Excel 5. An .ods says it in its one part of content (OpenDocument 1.2 part 1, chapter 9).
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from lxml import etree

from intake.extractors.ole import opened_ole
from intake.extractors.sheet_xml import Place, SheetFacts, is_percent, plain_code

if TYPE_CHECKING:
    from intake.extractors.office_xml import Element

_BOF, _EOF, _FILE_PASS = 0x0809, 0x000A, 0x002F
_BOUND_SHEET, _FORMAT, _XF = 0x0085, 0x041E, 0x00E0
_ROW, _COLUMNS, _ERROR, _FORMULA = 0x0208, 0x007D, 0x0205, 0x0006
_NUMBER, _SHORT, _SHORTS = 0x0203, 0x027E, 0x00BD  # Number, RK, MulRk
_EXCEL_97: Final = 0x0600
_NO_HEIGHT: Final = 0x20  #: among the flags of a row
_ERRORS: Final = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!",
    0x2A: "#N/A",
}  # fmt: skip
_RECORD: Final = struct.Struct("<HH")
_CELL: Final = struct.Struct("<HHH")  #: row, column, format
_OCTETS_OF_SHORT: Final = 6  #: the format and the number

_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_CALC: Final = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_CELLS: Final = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_SAYS_ERROR: Final = re.compile(r"#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A)|Err:[0-9]{3}")
_MOST_MARKS: Final = 200_000  #: places that are named one by one
_FARTHEST: Final = 1_048_576


def facts_of_xls(content: bytes) -> list[SheetFacts]:
    """What each sheet of the workbook says, in its order; nothing of one that is locked, older or broken."""
    try:
        with opened_ole(content) as container:
            name = next(name for name in ("Workbook", "Book") if container.exists(name))
            with container.openstream(name) as opened:
                return list(_sheets(opened.read()))
    except Exception:  # noqa: BLE001 - what cannot be followed says nothing, and its values were read already
        return []


def _sheets(stream: bytes) -> Iterator[SheetFacts]:
    """The facts of the sheets, each from its beginning to that of the next at the latest."""
    begins: list[int] = []
    formats: list[int] = []
    codes: dict[int, str] = {}
    is_new = int.from_bytes(stream[4:6], "little") >= _EXCEL_97
    for kind, body in _records(stream, 0, len(stream)):
        if kind == _FILE_PASS:
            return
        if kind == _BOUND_SHEET:
            begins.append(int.from_bytes(body[:4], "little"))
        elif kind == _FORMAT:
            codes[int.from_bytes(body[:2], "little")] = plain_code(_code(body[2:], is_new=is_new))
        elif kind == _XF:
            formats.append(int.from_bytes(body[2:4], "little"))
    percent = frozenset(number for number, identity in enumerate(formats) if is_percent(identity, codes))
    ends = dict(pairwise([*sorted(set(begins)), len(stream)]))
    found = {begin: _sheet(_records(stream, begin, end), percent) for begin, end in ends.items()}
    yield from (found[begin] for begin in begins)


def _code(body: bytes, *, is_new: bool) -> str:
    """A number format: its length, and since Excel 97 how wide its letters are."""
    if not is_new:
        return body[1:].decode("latin-1")
    wide = body[2] & 1
    octets = body[3 : 3 + (int.from_bytes(body[:2], "little") << wide)]
    return octets.decode("utf-16-le" if wide else "latin-1", "replace")


def _records(stream: bytes, begin: int, end: int) -> Iterator[tuple[int, bytes]]:
    """The records of what begins there, without those of a chart within."""
    depth = 0
    while begin + _RECORD.size <= end:
        kind, length = _RECORD.unpack_from(stream, begin)
        begin += _RECORD.size
        depth += (kind == _BOF) - (kind == _EOF)
        if not depth:
            return
        if depth == 1:
            yield kind, stream[begin : begin + length]
        begin += length


def _sheet(records: Iterator[tuple[int, bytes]], percent: frozenset[int]) -> SheetFacts:
    facts = SheetFacts()
    for kind, body in records:
        if kind == _ROW:
            if body[12] & _NO_HEIGHT:
                facts.hidden_rows.add(int.from_bytes(body[:2], "little"))
        elif kind == _COLUMNS:
            first, last = struct.unpack_from("<HH", body)
            if body[8] & 1:
                facts.hidden_columns.append((first, last))
        elif kind in (_NUMBER, _SHORT, _SHORTS, _FORMULA, _ERROR):
            _note_cell(facts, kind, body, percent)
    facts.marked = set(facts.errors)
    return facts


def _note_cell(facts: SheetFacts, kind: int, body: bytes, percent: frozenset[int]) -> None:
    row, column, style = _CELL.unpack_from(body)
    if kind == _SHORTS:
        styles = range(4, len(body) - _OCTETS_OF_SHORT, _OCTETS_OF_SHORT)
        facts.percent |= {
            (row, column + number)
            for number, place in enumerate(styles)
            if int.from_bytes(body[place : place + 2], "little") in percent
        }
        return
    if style in percent:
        facts.percent.add((row, column))
    value = body[_CELL.size :]
    if kind == _ERROR and value[1]:
        facts.errors[row, column] = _ERRORS.get(value[0], "#N/A")
    elif kind == _FORMULA and value[6:8] == b"\xff\xff" and value[0] == 2:  # noqa: PLR2004 - MS-XLS 2.5.133
        facts.errors[row, column] = _ERRORS.get(value[2], "#N/A")


def facts_of_ods(content: bytes) -> dict[str, SheetFacts]:
    """What each sheet of a part content.xml says, by its name; nothing where it cannot be followed."""
    walk = _Walk()
    events = etree.iterparse(
        io.BytesIO(content), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        for event, node in events:
            walk.take(event, node)
    except (etree.XMLSyntaxError, _TooManyError, ValueError):
        return {}
    return walk.sheets


class _TooManyError(Exception):
    """More places are marked than are named one by one."""


class _Walk:
    """The sheets of an .ods, row after row."""

    def __init__(self) -> None:
        self.sheets: dict[str, SheetFacts] = {}
        self._facts = SheetFacts()
        self._depth = 0  #: of tables within tables
        self._row = self._column = 0
        self._marks = 0

    def take(self, event: str, node: Element) -> None:
        if node.tag == f"{_TABLE}table":
            self._depth += 1 if event == "start" else -1
            if event == "start" and self._depth == 1:
                self._row = self._column = 0
                self._facts = self.sheets.setdefault(node.get(f"{_TABLE}name", ""), SheetFacts())
        elif event == "end" and self._depth == 1 and node.tag == f"{_TABLE}table-row":
            self._take_row(node)
            node.clear()
        elif event == "start" and self._depth == 1 and node.tag == f"{_TABLE}table-column":
            repeated = _repeated(node, "columns")
            if _is_hidden(node):
                self._facts.hidden_columns.append((self._column, self._column + repeated - 1))
            self._column += repeated

    def _take_row(self, node: Element) -> None:
        repeated = _repeated(node, "rows")
        rows = range(self._row, self._row + repeated)
        self._row += repeated
        cells = list(_placed(node))
        if _is_hidden(node) and cells:
            self._facts.hidden_rows |= self._named(rows)
        for cell, columns in cells:
            self._take_cell(cell, rows, columns)

    def _take_cell(self, cell: Element, rows: range, columns: range) -> None:
        spans = [_number(cell.get(f"{_TABLE}number-{what}-spanned")) for what in ("rows", "columns")]
        if max(spans) > 1:
            start = rows[0], columns[0]
            self._facts.merges.append((start, (start[0] + spans[0] - 1, start[1] + spans[1] - 1)))
        if cell.get(f"{_OFFICE}value-type") == "percentage":
            self._facts.percent |= self._places(rows, columns)
        if error := _error(cell):
            places = self._places(rows, columns)
            self._facts.errors |= dict.fromkeys(places, error)
            self._facts.marked |= places

    def _places(self, rows: range, columns: range) -> set[Place]:
        self._marks += len(rows) * len(columns)
        if self._marks > _MOST_MARKS:
            raise _TooManyError
        return {(row, column) for row in rows for column in columns}

    def _named(self, rows: range) -> set[int]:
        self._marks += len(rows)
        if self._marks > _FARTHEST:
            raise _TooManyError
        return set(rows)


def _placed(row: Element) -> Iterator[tuple[Element, range]]:
    """The cells of a row and the columns each fills, up to the last that holds anything."""
    column = 0
    for cell in row.iterchildren(*_CELLS):
        repeated = _repeated(cell, "columns")
        if len(cell) or cell.attrib:
            yield cell, range(column, column + repeated)
        column += repeated


def _repeated(node: Element, what: str) -> int:
    return _number(node.get(f"{_TABLE}number-{what}-repeated"))


def _number(text: str | None) -> int:
    """A count as an attribute says it; 1 where it says none."""
    return min(int(text), _FARTHEST) if text is not None and text.isdecimal() and len(text) < 8 else 1  # noqa: PLR2004


def _is_hidden(node: Element) -> bool:
    return node.get(f"{_TABLE}visibility") in {"collapse", "filter"}


def _error(cell: Element) -> str:
    """The error a cell shows; older programs write one as a text that a formula gives."""
    is_marked = cell.get(f"{_CALC}value-type") == "error"
    if not is_marked and cell.get(f"{_TABLE}formula") is None:
        return ""
    text = "".join(map(str, cell.itertext())).strip()
    return text if _SAYS_ERROR.fullmatch(text) else "#N/A" if is_marked else ""


def facts_by_name(found: Sequence[SheetFacts], names: Sequence[str]) -> Mapping[str, SheetFacts]:
    """The facts of sheets by their names, where each sheet has some."""
    return dict(zip(names, found, strict=True)) if len(found) == len(names) else {}


__all__ = ["facts_by_name", "facts_of_ods", "facts_of_xls"]
