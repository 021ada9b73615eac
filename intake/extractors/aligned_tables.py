"""Tables that no rule is drawn for: columns told by where the words stand, as Excel prints a bare sheet.

Only what is beyond doubt becomes a table. The first line is the head; the lines close below it have parts
that stand over one another, parted by strips free in all of them; and each such column has its own heading,
by order where there are as many of both, else by standing below it. Where headings stand so close that no
blank tells them apart, or over several lines, the columns below tell where one ends: at the only blank
between two columns that leaves each a heading. A label that runs into the next column or over two lines
leaves the lines as they are: a figure under the wrong heading is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from intake.documents import Cell, Table
from intake.extractors.page_lines import CellSpot, Line, PageContent, PlacedTable, Spot, Word, lines_of

_FEWEST_COLUMNS: Final = 3
_FEWEST_ROWS: Final = 2  #: below the head
_NEAR: Final = 1.6  #: heights of a line between one row and the next
_FIGURE: Final = re.compile(r"[-–]?\d[\d.,%\s]*")
_GLUED: Final = re.compile(r"(\d{1,2})\s*(?=[^\W\d_])")  #: a number printed right before its label: "1Số hộ"
_BLANK: Final = 0.7  #: heights of a line, the widest blank within a heading
_WORD: Final = 0.45  #: heights of a line, wider than a blank between two words of one heading
_WITHIN: Final = 0.9  #: heights of a line, the widest blank within a cell below the head
_DEEPEST: Final = 3  #: lines of a head
_NUMBERED: Final = re.compile(r"(?:\d{1,2}|[IVX]{1,5})[.)]?")


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a line between wide blanks, or a column: from x to x."""

    x0: float
    x1: float
    text: str = ""

    def meets(self, other: _Part) -> bool:
        return self.x0 <= other.x1 and other.x0 <= self.x1


@dataclass(frozen=True, slots=True)
class _Row:
    line: Line
    parts: tuple[_Part, ...]


def with_aligned(page: PageContent) -> PageContent:
    """The page with such tables among its tables, and their words no longer among its words."""
    lines = lines_of(page.words)
    tables: list[PlacedTable] = []
    rest: list[Word] = []
    at = 0
    while at < len(lines):
        table, taken = aligned_table(lines[at:])
        if table is not None:
            tables.append(table)
        else:
            rest += lines[at].words
        at += taken or 1
    return replace(page, words=tuple(rest), tables=(*page.tables, *tables)) if tables else page


def aligned_table(lines: Sequence[Line]) -> tuple[PlacedTable | None, int]:
    """The table whose head is the first line, and how many lines it takes; None and 0 where there is none."""
    found = _by_headings(lines)
    if found[0] is not None:
        return found
    for depth in range(1, min(_DEEPEST, len(lines) - 1) + 1):
        if (table := _by_columns(lines[:depth], lines[depth - 1 :])) is not None:
            return table, depth + table.table.rows - 1
    return None, 0


def _by_headings(lines: Sequence[Line]) -> tuple[PlacedTable | None, int]:
    """The table whose headings are parted by blanks wide enough to see."""
    head = _head(lines[0])
    if len(head) < _FEWEST_COLUMNS or any(_FIGURE.fullmatch(part.text) for part in head):
        return None, 0
    body = _unglued([_Row(line, _parts(line)) for line in lines[1 : _length(lines)]])
    strips = _strips(body)
    columns = _columns(head, strips)
    if len(body) < _FEWEST_ROWS or columns is None or not _is_whole(body, strips):
        return None, 0
    rows = [_Row(lines[0], head), *body]
    named = [{part: number for number, part in enumerate(head)}]
    named += [{part: columns[_at(part, strips)] for part in row.parts} for row in body]
    return _placed(rows, named, len(head)), len(rows)


def _by_columns(head: Sequence[Line], lines: Sequence[Line]) -> PlacedTable | None:
    """The table whose columns tell where its headings end; `lines` begin with the last of the head."""
    texts = [part.text for line in head for part in _head(line)]
    if max(len(_head(line)) for line in head) < _FEWEST_COLUMNS or any(map(_FIGURE.fullmatch, texts)):
        return None
    if any(below.top - above.bottom > _NEAR * below.height for above, below in pairwise(head)):
        return None
    rows = [_Row(line, _cells(line)) for line in lines[1 : _length(lines)]]
    body = _numbered(rows) or _unglued(rows)
    strips = _one_where_never_both(_strips(body), body)
    if len(body) < _FEWEST_ROWS or len(strips) < _FEWEST_COLUMNS or not _is_whole(body, strips):
        return None
    headings = _dealt(head, strips)
    if headings is None:
        return None
    top = Line(tuple(word for line in head for word in line.words))
    named = [{part: number for number, part in enumerate(headings)}]
    named += [{part: _at(part, strips) for part in row.parts} for row in body]
    return _placed([_Row(top, tuple(headings)), *body], named, len(strips))


def _one_where_never_both(strips: Sequence[_Part], rows: Sequence[_Row]) -> list[_Part]:
    """The columns, with what stands left and right in one taken together: a typed "62,5" above a number 750.

    Figures of two columns stand in one row somewhere.
    """
    joined: list[_Part] = []
    for strip in strips:
        before = joined[-1] if joined else None
        if before is not None and not any(
            any(part.meets(before) for part in row.parts) and any(part.meets(strip) for part in row.parts)
            for row in rows
        ):
            joined[-1] = _Part(before.x0, strip.x1)
        else:
            joined.append(strip)
    return joined


def _cells(line: Line) -> tuple[_Part, ...]:
    """The parts of a line of figures: closer to each other than those of running text may be."""
    return _parted(line, _WITHIN)


def _numbered(rows: list[_Row]) -> list[_Row]:
    """Rows that all begin with a number and a blank before its label, with the two apart; none where not."""
    if not all(_begins_with_number(row) for row in rows):
        return []
    return [_Row(row.line, (*_number_apart(row.line, row.parts[0]), *row.parts[1:])) for row in rows]


def _begins_with_number(row: _Row) -> bool:
    first, words = row.parts[0], row.line.words
    return bool(_NUMBERED.fullmatch(words[0].text)) and len(words) > 1 and words[1].x0 < first.x1


def _number_apart(line: Line, part: _Part) -> tuple[_Part, _Part]:
    number, *label = (word for word in line.words if word.x0 < part.x1)
    rest = Line(tuple(label))
    return _Part(number.x0, number.x1, number.text), _Part(rest.x0, rest.x1, rest.text)


def _dealt(head: Sequence[Line], strips: Sequence[_Part]) -> list[_Part] | None:
    """The heading of each column; None where they can be dealt out in no way, or in several."""
    blocks = _blocks(head)
    height = head[0].height
    choices: list[list[int]] = []
    for left, right in pairwise(strips):
        gaps = [
            number
            for number, (before, after) in enumerate(pairwise(blocks), 1)
            if before.x1 < right.x0 and after.x0 > left.x1
        ]
        wide = [number for number in gaps if blocks[number].x0 - blocks[number - 1].x1 > _BLANK * height]
        choices.append(wide or gaps)
    ways = _increasing(choices, len(blocks))
    cuts, others = next(ways, None), next(ways, None)
    if cuts is None or others is not None:
        return None
    ends = [0, *cuts, _last_of_heading(blocks, cuts[-1], strips[-1], height)]
    zones = [
        _Part(blocks[first].x0, max(block.x1 for block in blocks[first:last]))
        for first, last in pairwise(ends)
    ]
    label = 1 if len(strips) > _FEWEST_COLUMNS else 0
    named: list[_Part] = []
    for number, zone in enumerate(zones):
        told = [[word for word in line.words if zone.x0 <= word.x0 <= zone.x1] for line in head]
        if number <= label and sum(map(bool, told)) > 1:
            return None  # a second line there is a row of its own, or a title
        named.append(_Part(zone.x0, zone.x1, " ".join(word.text for words in told for word in words)))
    return named


def _last_of_heading(blocks: Sequence[_Part], first: int, strip: _Part, height: float) -> int:
    """Where the last heading ends: behind it may stand those of columns in which nothing was filled in."""
    for number in range(first + 1, len(blocks)):
        apart = blocks[number].x0 - blocks[number - 1].x1 > _WORD * height
        beyond = blocks[number].x0 > strip.x1 and any(block.meets(strip) for block in blocks[first:number])
        if apart and beyond:
            return number
    return len(blocks)


def _blocks(head: Sequence[Line]) -> list[_Part]:
    """What the words of a head cover, from left to right, with the blanks free in all its lines between."""
    blocks: list[_Part] = []
    for word in sorted((word for line in head for word in line.words), key=lambda word: word.x0):
        if blocks and word.x0 <= blocks[-1].x1:
            blocks[-1] = _Part(blocks[-1].x0, max(blocks[-1].x1, word.x1))
        else:
            blocks.append(_Part(word.x0, word.x1))
    return blocks


def _increasing(choices: Sequence[Sequence[int]], end: int, after: int = 0) -> Iterator[tuple[int, ...]]:
    """The ways to choose one number of each, each larger than the one before and the last below `end`."""
    if not choices:
        yield ()
        return
    for number in choices[0]:
        if after < number < end:
            yield from ((number, *rest) for rest in _increasing(choices[1:], end, number))


def _parts(line: Line) -> tuple[_Part, ...]:
    return tuple(_Part(part.x0, part.x1, part.text) for part in line.segments)


def _length(lines: Sequence[Line]) -> int:
    """How many lines stand close below each other with at least two parts."""
    count = 1
    while count < len(lines):
        above, line = lines[count - 1], lines[count]
        if len(line.segments) < 2 or line.top - above.bottom > _NEAR * line.height:  # noqa: PLR2004
            break
        count += 1
    return count


def _head(line: Line) -> tuple[_Part, ...]:
    """The headings: in a head any blank wider than that between two words parts columns."""
    return _parted(line, _BLANK)


def _parted(line: Line, blank: float) -> tuple[_Part, ...]:
    """The parts of a line between blanks wider than so many of its heights."""
    groups: list[list[Word]] = []
    for word in line.words:
        if groups and word.x0 - groups[-1][-1].x1 <= blank * line.height:
            groups[-1].append(word)
        else:
            groups.append([word])
    lines = [Line(tuple(group)) for group in groups]
    return tuple(_Part(one.x0, one.x1, one.text) for one in lines)


def _unglued(rows: list[_Row]) -> list[_Row]:
    """Rows that all begin with a number run into its label, with the two apart."""
    if not rows or not all(_GLUED.match(row.parts[0].text) for row in rows):
        return rows
    return [_Row(row.line, (*_halves(row.parts[0], row.line.words[0]), *row.parts[1:])) for row in rows]


def _halves(part: _Part, word: Word) -> tuple[_Part, _Part]:
    """A number and the label behind it; glued letters touch, columns must not."""
    found = _GLUED.match(part.text)
    assert found is not None
    letter = (word.x1 - word.x0) / len(word.text)
    cut = word.x0 + letter * len(found[1])
    label = _Part(cut + letter / 4, part.x1, part.text[found.end() :])
    return _Part(part.x0, cut - letter / 4, found[1]), label


def _strips(rows: Sequence[_Row]) -> list[_Part]:
    """The columns below the head: parts that stand over one another, joined."""
    strips: list[_Part] = []
    for part in sorted((part for row in rows for part in row.parts), key=lambda part: part.x0):
        if strips and part.x0 <= strips[-1].x1:
            strips[-1] = _Part(strips[-1].x0, max(strips[-1].x1, part.x1))
        else:
            strips.append(_Part(part.x0, part.x1))
    return strips


def _at(part: _Part, strips: Sequence[_Part]) -> int:
    return next(number for number, strip in enumerate(strips) if strip.x0 <= part.x0 <= strip.x1)


def _columns(head: Sequence[_Part], strips: Sequence[_Part]) -> list[int] | None:
    """The heading of each column by its number; None where one has none or may have another."""
    met = [[number for number, named in enumerate(head) if strip.meets(named)] for strip in strips]
    if len(strips) == len(head):
        by_order = list(range(len(head)))
        return by_order if all(set(found) <= {at} for at, found in enumerate(met)) else None
    if any(len(found) != 1 for found in met) or len({found[0] for found in met}) < len(met):
        return None
    return [found[0] for found in met]


def _is_whole(rows: Sequence[_Row], strips: Sequence[_Part]) -> bool:
    """Whether each row has one part a column, and one column holds nothing but figures."""
    places = [[_at(part, strips) for part in row.parts] for row in rows]
    if any(len(set(row)) < len(row) for row in places):
        return False
    told: dict[int, list[bool]] = {}
    for row, at in zip(rows, places, strict=True):
        for part, place in zip(row.parts, at, strict=True):
            told.setdefault(place, []).append(_FIGURE.fullmatch(part.text) is not None)
    return any(all(figures) for place, figures in told.items() if place)


def _placed(rows: Sequence[_Row], named: Sequence[dict[_Part, int]], columns: int) -> PlacedTable:
    cells: list[Cell] = []
    spots: list[CellSpot] = []
    for number, (row, places) in enumerate(zip(rows, named, strict=True)):
        for part in row.parts:
            column = places[part]
            cells.append(Cell(number, column, part.text))
            spot = Spot(0, part.x0, row.line.top, part.x1, row.line.bottom)
            spots.append(CellSpot(number, column, spot))
    table = Table("", tuple(cells), len(rows), columns)
    return PlacedTable(table, rows[0].line.top, rows[-1].line.bottom, (), tuple(spots))
