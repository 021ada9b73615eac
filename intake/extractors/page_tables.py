"""Tables on pages: boxes put into a grid, and tables that run on over pages, below one another or beside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from msgspec import structs

from intake.documents import Cell, Table
from intake.extractors.page_lines import CellSpot, PlacedTable, Spot

_FEWEST_ROWS_BESIDE: Final = 3  #: alike on two pages, that are one table's and not chance
_SAME_HEIGHT: Final = 1.5  #: points by which a row may stand otherwise on its second page
PARTS: Final = frozenset({"nữ", "nam", "trong"})  #: words a row of a part begins with, never the rest of one
_SAME_COLUMN: Final = 0.015  #: of the width of a table, by which its rules may differ from page to page
_FIGURE: Final = re.compile(r"[\d.,%\s()–-]+")


@dataclass(frozen=True, slots=True)
class Box:
    """A cell as it is drawn: its rules and what stands between them."""

    x0: float
    top: float
    x1: float
    bottom: float
    text: str = ""
    confidence: int = -1


def gridded(boxes: Sequence[Box], near: float) -> PlacedTable:
    """Boxes as a table: rules nearer to one another than `near` are one rule, wider boxes span columns."""
    columns = _rules((x for box in boxes for x in (box.x0, box.x1)), near)
    rows = _rules((y for box in boxes for y in (box.top, box.bottom)), near)
    cells: dict[tuple[int, int], Cell] = {}
    spots: dict[tuple[int, int], CellSpot] = {}
    for box in boxes:
        row, column = _nearest(rows, box.top), _nearest(columns, box.x0)
        spans = _nearest(rows, box.bottom) - row, _nearest(columns, box.x1) - column
        if min(spans) > 0:
            cells[row, column] = Cell(row, column, box.text, *spans, confidence=box.confidence)
            spots[row, column] = CellSpot(row, column, Spot(0, box.x0, box.top, box.x1, box.bottom))
    at = sorted(cells)
    table = Table("", tuple(cells[spot] for spot in at), len(rows) - 1, len(columns) - 1)
    return PlacedTable(table, rows[0], rows[-1], tuple(columns), tuple(spots[spot] for spot in at))


def _rules(positions: Iterable[float], near: float) -> list[float]:
    groups: list[list[float]] = []
    for position in sorted(positions):
        if groups and position - groups[-1][-1] <= near:
            groups[-1].append(position)
        else:
            groups.append([position])
    return [sum(group) / len(group) for group in groups]


def _nearest(rules: Sequence[float], position: float) -> int:
    return min(range(len(rules)), key=lambda number: abs(rules[number] - position))


def goes_on_beside(left: PlacedTable, right: PlacedTable) -> bool:
    """Whether a table on a later page has the very rows of the one before, and other heads over them.

    The same rows of a sheet are printed at the same height of every page.
    """
    rows = left.table.rows
    if rows != right.table.rows or rows < _FEWEST_ROWS_BESIDE or _last_page(left) >= _last_page(right):
        return False
    extents = zip(_tops(left), _tops(right), strict=True)
    if not all(abs(one - other) <= _SAME_HEIGHT for one, other in extents):
        return False
    heads = [{cell.text for cell in t.table.cells if cell.row == 0 and cell.text} for t in (left, right)]
    return bool(heads[1]) and heads[0].isdisjoint(heads[1])


def _last_page(table: PlacedTable) -> int:
    return max((cell.spot.page for cell in table.spots), default=0)


def _tops(table: PlacedTable) -> list[float]:
    """Where each row begins, from the top of its page; nowhere for a row without a cell of its own."""
    tops = dict.fromkeys(range(table.table.rows), -1.0)
    for cell in table.spots:
        tops[cell.row] = cell.spot.top if tops[cell.row] < 0 else min(tops[cell.row], cell.spot.top)
    return list(tops.values())


def joined_beside(left: PlacedTable, right: PlacedTable) -> PlacedTable:
    """One table out of two with the same rows."""
    shift = left.table.columns
    cells = (
        *left.table.cells,
        *(structs.replace(cell, column=cell.column + shift) for cell in right.table.cells),
    )
    moved = (replace(spot, column=spot.column + shift) for spot in right.spots)
    table = replace(
        left.table,
        cells=tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))),
        columns=shift + right.table.columns,
    )
    return replace(left, table=table, edges=(), spots=(*left.spots, *moved))


def joined_tables(last: PlacedTable, first: PlacedTable) -> PlacedTable | None:
    """One table out of two pages: the same columns, and a head that is repeated is left out."""
    above, below = last.table, first.table
    if not last.edges or above.columns != below.columns or not _same_edges(last.edges, first.edges):
        return None
    table, shift = run_on(above, below)
    moved = (replace(spot, row=spot.row + shift) for spot in first.spots if spot.row + shift >= above.rows)
    return replace(first, table=table, edges=last.edges, spots=(*last.spots, *moved))


def run_on(above: Table, below: Table) -> tuple[Table, int]:
    """Two pieces of one table with as many columns as one, and by how many rows the second moved down.

    A head that the second repeats is left out.
    """
    repeated = _repeated_rows(above, below)
    rest = _rest_of_row(above, below, repeated)
    shift = above.rows - repeated - bool(rest)
    cells = (
        *(_with_rest(cell, rest, above.rows - 1) for cell in above.cells),
        *(structs.replace(c, row=c.row + shift) for c in below.cells if c.row + shift >= above.rows),
    )
    return replace(above, cells=cells, rows=below.rows + shift), shift


def _rest_of_row(above: Table, below: Table, at: int) -> dict[int, Cell]:
    """The cell of the row at which a page begins, where it is the rest of the row the page before ended with.

    It is the only one in its row, goes on in small letters, and its first word had no room in the line above:
    a row of its own without figures ("do phụ nữ làm chủ hộ") below a short label stays one.
    """
    told = [cell for cell in below.cells if cell.row == at and cell.text.strip()]
    begun = {
        cell.column: cell.text for cell in above.cells if cell.row == above.rows - 1 and cell.text.strip()
    }
    if len(told) != 1 or told[0].row_span > 1 or told[0].column not in begun or len(begun) == 1:
        return {}
    [cell] = told
    first, last = cell.text.split()[0], begun[cell.column].splitlines()[-1]
    lines = (
        line for c in (*above.cells, *below.cells) if c.column == cell.column for line in c.text.splitlines()
    )
    is_full = len(last) + 1 + len(first) > max(map(len, lines))
    return {cell.column: cell} if first[0].islower() and first not in PARTS and is_full else {}


def _with_rest(cell: Cell, rest: dict[int, Cell], row: int) -> Cell:
    if cell.row != row or cell.column not in rest:
        return cell
    more = rest[cell.column]
    return structs.replace(
        cell, text=f"{cell.text}\n{more.text}", confidence=min(cell.confidence, more.confidence)
    )


def _same_edges(one: Sequence[float], other: Sequence[float]) -> bool:
    """Columns as wide as above: the whole table may have moved, or be photographed from another distance."""
    return all(abs(a - b) < _SAME_COLUMN for a, b in zip(_shares(one), _shares(other), strict=True))


def _shares(edges: Sequence[float]) -> list[float]:
    """Where rules stand, from 0 at the first to 1 at the last."""
    return [(edge - edges[0]) / max(edges[-1] - edges[0], 1e-3) for edge in edges]


def _repeated_rows(above: Table, below: Table) -> int:
    """How many rows at the top of the next page repeat the first rows of the table."""
    one, other = _rows(above), _rows(below)
    count = 0
    while count < min(above.rows, below.rows) and _is_repeated(one.get(count, ()), other.get(count, ())):
        count += 1
    # A row cell that reaches over the end of the head belongs to it.
    return max([count, *(c.row + c.row_span for c in below.cells if c.row < count)]) if count else 0


def _is_repeated(row: tuple[tuple[int, str], ...], other: tuple[tuple[int, str], ...]) -> bool:
    """The same cells with the same words; recognition may have misread some of them."""
    if not row or [column for column, _ in row] != [column for column, _ in other]:
        return False
    texts = [(one, two) for (_, one), (_, two) in zip(row, other, strict=True)]
    if any(_FIGURE.fullmatch(text) for pair in texts for text in pair):
        return row == other
    return sum(one == two for one, two in texts) * 2 >= len(texts) and any(one for one, _ in texts)


def _rows(table: Table) -> dict[int, tuple[tuple[int, str], ...]]:
    rows: dict[int, list[tuple[int, str]]] = {}
    for cell in table.cells:
        rows.setdefault(cell.row, []).append((cell.column, " ".join(cell.text.split())))
    return {row: tuple(found) for row, found in rows.items()}
