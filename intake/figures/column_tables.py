"""Tables whose columns are indicators and whose rows are the unit's places, the units, the sexes, or one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.figures.cell_figures import Measures
from intake.figures.one_row_tables import OneRowTable, one_row_table
from intake.figures.place_tables import (
    PlaceTable,
    SexTable,
    own_row,
    place_heads,
    place_table,
    sex_heads,
    sex_table,
    unit_heads,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from config.reports import Period
    from intake.documents import Cell
    from intake.figures.labels import LabelIndex
    from intake.figures.table_record import TableRecord


def read_columns(
    record: TableRecord, index: LabelIndex, period: Period | None, is_own: Callable[[str], bool] | None
) -> None:
    """Read a table without a head of figures by its columns, or name it where nobody understands it."""
    grid = record.grid
    record.notes.timeless &= not (any(place_heads(grid)) or any(unit_heads(grid)))
    named = (grid, index, record.report, period)
    own = own_row(*named, is_own) if is_own else None
    places = place_table(*named) if own is None else None
    if sexes := sex_table(*named):
        record.notes.timeless = False
        _note_titles(record, sex_heads(grid))
        _read_sexes(record, sexes)
    elif own is not None:
        _note_titles(record, unit_heads(grid))
        _read_own_row(record, own)
    elif places is not None:
        _note_titles(record, place_heads(grid))
        _read_places(record, places)
    elif one := one_row_table(*named):
        _read_one_row(record, one)
    else:
        record.note_unread_table()


def _note_titles(record: TableRecord, heads: Iterator[Cell]) -> None:
    """Note the lines above the row that holds the head of the places, units or sexes."""
    first = min((cell.row for cell in heads), default=0)
    record.rows_above = [row for row in record.grid.rows if row < first]
    record.note_titles(())


def _read_places(record: TableRecord, table: PlaceTable) -> None:
    """Propose for each column of a table of villages or schools what its rows add up to."""
    for column in table.columns:
        indicator = record.report.indicator(column.indicator)
        parts = [record.grid.at(row, column.index) for row in table.rows]
        whole = record.grid.at(table.total, column.index) if table.total is not None else None
        measures = Measures("", column.measure, record.measure)
        record.take_sum(parts, whole, indicator, column.sex, measures, column.label)
    record.note_columns_left(table.columns)


def _read_own_row(record: TableRecord, table: PlaceTable) -> None:
    """Read the unit's own row in a table with a row for each unit."""
    (number,) = table.rows
    for column in table.columns:
        record.take_at(number, column, column.sex)
    record.note_columns_left(table.columns)


def _read_one_row(record: TableRecord, table: OneRowTable) -> None:
    """Read the one row of figures under headings that are indicators."""
    record.notes.timeless = False
    record.rows_above = [row for row in record.grid.rows if row < table.first]
    record.note_titles(())
    for column in table.columns:
        record.take_at(table.row, column, column.sex)
    record.note_columns_left(table.columns)


def _read_sexes(record: TableRecord, table: SexTable) -> None:
    """Read a table whose rows are men, women and their total, and whose columns are indicators."""
    for column in table.columns:
        for number, sex in table.rows:
            if sex in record.report.indicator(column.indicator).sexes:
                record.take_at(number, column, sex)
    record.note_columns_left(table.columns)
