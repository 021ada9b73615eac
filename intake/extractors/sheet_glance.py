"""A sheet of texts, numbers, days and sums of them, read by a few passes that run in C.

That is what most sheets are. An error, a moment, an old font or markup in any other shape leaves the sheet to
calamine and to the closer look of `sheet_xml`, which give the same cells (ECMA-376 part 1, 18.3).
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import compress, islice
from math import isfinite
from operator import lt
from typing import Final, TypeVar

import msgspec
from msgspec import structs

from intake.documents import OPPOSITE, ROW_BITS, Cell, SheetCells, SheetColumns
from intake.extractors.decimals import percent_text

Place = tuple[int, int]
"""Row and column, both from 0."""

TEXT, NUMBER, PERCENT, DAY = 1, 2, 3, 4

_CELL: Final = re.compile(rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"([^<>]*)><v>([^<]*)</v></c>')
_FORMULA: Final = re.compile(rb"<f(?: [^<>]*)?(?:/>|>[^<]*</f>)")
_ATTRIBUTES: Final = re.compile(rb'(?: s="([0-9]{1,5})")?(?: t="([ns])")?')
_MERGE: Final = re.compile(rb'<mergeCell ref="([A-Z]{1,3})([1-9]\d{0,6}):([A-Z]{1,3})([1-9]\d{0,6})" ?/>')
#: what calamine or an XML reader would change in a text, beside the entities
_ODD_SIGNS: Final = (b"<", b">", b"\r", b"_x")
_ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
_WORDED: Final = (TEXT, DAY)
_MAIN: Final = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_Number = TypeVar("_Number", int, float)
_INDEXES: Final = msgspec.json.Decoder(list[int])
_NUMBERS: Final = msgspec.json.Decoder(list[float])
_DAYS: Final = range(61, 2_958_466)  #: March 1900, behind a day that never was, to the end of 9999
_EPOCH: Final = date(1899, 12, 30).toordinal()
_ROWS: Final = 1_048_576
_COLUMN: Final = (1 << ROW_BITS) - 1
_REMEMBERED: Final = 20_000  #: addresses
_LARGEST_AREA: Final = 2_000_000  #: of the used range; wider ones are mistakes that are read cell by cell


@dataclass(frozen=True, slots=True)
class PlainSheet:
    """The cells of a sheet, as if nothing were merged, and what is merged."""

    cells: SheetCells
    merges: list[tuple[Place, Place]]


class _UnfamiliarError(Exception):
    """The sheet holds what is not understood here."""


def plain_strings(octets: bytes) -> list[str] | None:
    """The shared strings of a part xl/sharedStrings.xml; None where one is more than plain text."""
    if b"\0" in octets or b"\1" in octets:
        return None
    marked = octets.replace(b'<si><t xml:space="preserve">', b"<si><t>\1")
    head, begin, rest = marked.partition(b"<si><t>")
    listed, end, _ = rest.rstrip().rpartition(b"</t></si></sst>")
    joined = listed.replace(b"</t></si><si><t>", b"\0")
    if not begin or not end or _MAIN not in head or any(sign in joined for sign in _ODD_SIGNS):
        return None
    text = joined.decode("utf-8", "replace")
    known = sum(text.count(entity) for entity, _ in _ENTITIES) if "&" in text else 0
    if "\ufffd" in text or text.count("&") != known:
        return None
    # Outer blanks are dropped where the string does not say that they are kept.
    strings = [each[1:] if each[:1] == "\1" else each.strip(" \t\n") for each in text.split("\0")]
    return [_unescaped(each) for each in strings] if known else strings


def _unescaped(text: str) -> str:
    for entity, sign in _ENTITIES:
        text = text.replace(entity, sign)
    return text


def plain_sheet(
    octets: bytes, strings: Sequence[str], style_kinds: Mapping[int, int], *, known: bool = False
) -> PlainSheet | None:
    """The cells of a worksheet part; None where it holds more than texts and numbers.

    `style_kinds` tells for the cell formats that show a plain number, a percentage or a day which of them
    they do. Cells with formulas, where they are `known`, are given with the values stored for them.
    """
    head, opening, rest = octets.partition(b"<sheetData>")
    data, closing, tail = rest.partition(b"</sheetData>")
    if not opening:
        head, closing, tail = octets.partition(b"<sheetData/>")
    if not closing or _MAIN not in head or b"<!" in head or not tail.rstrip().endswith(b"</worksheet>"):
        return None
    merges = _MERGE.findall(tail)
    if b"<!" in tail or tail.count(b"<mergeCell ") != len(merges):
        return None
    try:
        found = _CELL.split(_FORMULA.sub(b"", data) if known else data)
        _check_markup(found[::4])
        cells = _cells(found, strings, style_kinds)
    except (_UnfamiliarError, msgspec.MsgspecError, IndexError):
        return None
    corners = [
        (int(top) - 1, _column(left), int(bottom) - 1, _column(right)) for left, top, right, bottom in merges
    ]
    merged = [((top, left), (bottom, right)) for top, left, bottom, right in corners]
    return PlainSheet(cells, merged)


def _cells(found: list[bytes], strings: Sequence[str], style_kinds: Mapping[int, int]) -> SheetCells:
    """The cells of what was split: markup between them, then address, attributes and value of each."""
    addresses, attributes, values = found[1::4], found[2::4], found[3::4]
    kind_of = {each: _kind(each, style_kinds) for each in set(attributes)}
    worded = bytes(map({each: kind in _WORDED for each, kind in kind_of.items()}.__getitem__, attributes))
    has_days = DAY in kind_of.values()
    said = list(compress(values, worded))
    texts = _with_days(said, attributes, kind_of, strings) if has_days else _texts(said, strings)
    numbers = _numbers(list(compress(values, worded.translate(OPPOSITE))))
    columns = SheetColumns(_places(addresses), worded, tuple(texts), numbers.tobytes(), {})
    if PERCENT in kind_of.values():
        cells = SheetCells(columns)
        shown = [number for number, each in enumerate(attributes) if kind_of[each] == PERCENT]
        columns = replace(columns, others={number: _shown_percent(cells[number]) for number in shown})
    if has_days:
        columns = replace(columns, others=columns.others | _days(columns, attributes, kind_of))
    if "" in texts:
        told = iter(texts)
        columns = columns.only(bytes([not each or next(told) != "" for each in worded]))
    cells = SheetCells(columns)
    rows, width = cells.size
    if rows * width > _LARGEST_AREA and (rows - cells[0].row) * width > _LARGEST_AREA:
        raise _UnfamiliarError
    return cells


def _check_markup(markup: list[bytes]) -> None:
    """Rows and blank cells are all that may stand between filled cells.

    Every tag begins with one sign. No attribute can hold the end of a tag while none is in single quotes.
    """
    between = b"".join(set(markup))
    tags = between.count(b'"/>') + 2 * between.count(b"</row>")
    if between.count(b"<") != tags:
        tags += between.count(b'" />')
    if between.count(b"<") != tags or b"'" in between:
        raise _UnfamiliarError


def _places(addresses: list[bytes]) -> bytes:
    """Where the cells stand, which they do in reading order."""
    order = array("q", map(_ORDER.__getitem__, addresses))
    if order and (order[-1] >> ROW_BITS >= _ROWS or not all(map(lt, order, islice(order, 1, None)))):
        raise _UnfamiliarError
    return order.tobytes()


class _Order(dict[bytes, int]):
    """Where a cell stands in reading order, by its address: its row, then its column in the lowest bits.

    All sheets begin at A1, so the first addresses met are those that come again.
    """

    def __missing__(self, address: bytes) -> int:
        letters = address.rstrip(b"0123456789")
        column = _column(letters)
        if column > _COLUMN:
            raise _UnfamiliarError
        place = (int(address[len(letters) :]) - 1 << ROW_BITS) + column
        if len(self) < _REMEMBERED:
            self[address] = place
        return place


_ORDER: Final = _Order()


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return column - 1


def _kind(attributes: bytes, style_kinds: Mapping[int, int]) -> int:
    """What cells with these attributes hold."""
    match = _ATTRIBUTES.fullmatch(attributes)
    if match is None:
        raise _UnfamiliarError
    kind = TEXT if match[2] == b"s" else style_kinds.get(int(match[1] or 0))
    if kind is None:
        raise _UnfamiliarError
    return kind


def _texts(values: list[bytes], strings: Sequence[str]) -> list[str]:
    if not b"".join(values).isdigit() and values:
        raise _UnfamiliarError
    return [strings[number] for number in _decoded(values, _INDEXES)]


def _with_days(
    values: list[bytes], attributes: list[bytes], kind_of: Mapping[bytes, int], strings: Sequence[str]
) -> list[str]:
    """The texts of cells, those of days as they are shown."""
    is_day = bytes(kind_of[each] == DAY for each in attributes if kind_of[each] in _WORDED)
    texts = iter(_texts(list(compress(values, is_day.translate(OPPOSITE))), strings))
    return [_day(value) if day else next(texts) for value, day in zip(values, is_day, strict=True)]


def _day(value: bytes) -> str:
    """What a cell shows of a serial day without an hour."""
    if not value.isdigit() or int(value) not in _DAYS:
        raise _UnfamiliarError
    day = date.fromordinal(_EPOCH + int(value))
    return f"{day.day:02}/{day.month:02}/{day.year}"


def _days(columns: SheetColumns, attributes: list[bytes], kind_of: Mapping[bytes, int]) -> dict[int, Cell]:
    """The cells that show days, which are dates and no texts."""
    places, texts = array("q", columns.places), iter(columns.texts)
    shown = {number: next(texts) for number, worded in enumerate(columns.worded) if worded}
    return {
        number: Cell(places[number] >> ROW_BITS, places[number] & _COLUMN, shown[number], date=True)
        for number, each in enumerate(attributes)
        if kind_of[each] == DAY
    }


def _numbers(values: list[bytes]) -> array[float]:
    numbers = array("d", _decoded(values, _NUMBERS))
    if not isfinite(sum(numbers)):  # one, or all together, beyond what is a number
        raise _UnfamiliarError
    return numbers


def _decoded(values: list[bytes], decoder: msgspec.json.Decoder[list[_Number]]) -> list[_Number]:
    """What the values say, read at once as the JSON list they make: its numbers are those of a sheet."""
    joined = b",".join(values)
    if any(blank in joined for blank in (b" ", b"\t", b"\n", b"\r")):
        raise _UnfamiliarError
    found = decoder.decode(b"[" + joined + b"]")
    if len(found) != len(values):
        raise _UnfamiliarError
    return found


def _shown_percent(cell: Cell) -> Cell:
    return structs.replace(cell, text=percent_text(cell.number), percent=True)
