"""What is kept of one table that is being read: its figures with their places, and what was found in it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import structs

from config.reports import Grade, Indicator, Period, ReportDefinition, Sex
from config.spelling import has_digit, plain_key, tidy
from intake.documents import Cell, Table
from intake.figures.cell_figures import (
    Measures,
    ReadCell,
    figure_in,
    has_number,
    is_filled,
    of_places,
    sum_text,
)
from intake.figures.headings import Grid, Layout
from intake.figures.label_match import LabelMatch, Strength
from intake.figures.labels import LabelIndex
from intake.figures.measures import stated_measure
from intake.figures.named_cells import NamedCells
from intake.figures.numerals import number_text, read_number
from intake.figures.place_tables import PlaceColumn
from intake.figures.table_notes import MOST_ROWS, FoundFigure, GivenPercent, TableNotes
from intake.figures.table_rows import Row
from intake.places import where_cell
from ledger.records import Certainty, Finding, Place, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_MOST_UNREAD = 40  # rows of one table that are named one by one
_TITLE = re.compile(r"\b(?:20\d\d|6 thang|9 thang|nam \d{4}|quy [1-4iv]|thang \d|ca nam)\b")


class TableRecord:
    """The figures and findings of one table, kept among the notes of its document."""

    def __init__(
        self,
        table: Table,
        grid: Grid,
        *,
        file: str,
        report: ReportDefinition,
        index: LabelIndex,
        notes: TableNotes,
        above: Sequence[str],
    ) -> None:
        self.grid = grid
        self.report = report
        self.notes = notes
        self.named = NamedCells(table, grid, index)
        self.table = table
        self._file = file
        self._index = index
        self._above = above
        self.rows_above: list[int] = []  #: of the table itself, above its first head
        self._unread = 0

    def goes_on(self) -> None:
        """Take the table for the next page of the one before: what stands above it says nothing of it."""
        self._above, self.rows_above = (), []

    def _lines_above(self, rows: Iterable[int]) -> Iterator[str]:
        """The lines of text and those rows of the table."""
        yield from self._above
        for row in rows:
            yield " ".join(tidy(cell.text) for cell in self.grid.starting(row))

    @cached_property
    def measure(self) -> str:
        """The unit of measure stated once above the table."""
        return _stated_last(self._lines_above(self.rows_above))

    def measure_above(self, first: int) -> str:
        """The same as far as it is stated above that row."""
        return _stated_last(self._lines_above(row for row in self.grid.rows if row < first))

    def place(self, cell: Cell) -> Place:
        """Where a cell stands, and what is written there."""
        return Place(self._file, where_cell(self.table, cell), tidy(cell.text) or cell.number)

    def value(self, read: ReadCell, indicator: Indicator, sex: Sex, cell: Cell) -> Value:
        """What was read in a cell, with its place."""
        return Value(
            indicator=indicator.code,
            sex=sex,
            value=read.value,
            unit_of_measure=indicator.unit_of_measure,
            place=self.place(cell),
            certainty=Certainty.DOUBTFUL if read.reason else Certainty.CERTAIN,
            qualifier=read.qualifier,
            reason=read.reason,
        )

    def take_at(self, number: int, column: PlaceColumn, sex: Sex) -> None:
        """Keep the figure where a row crosses the column of an indicator, or nothing where none stands."""
        indicator, cell = self.report.indicator(column.indicator), self.grid.at(number, column.index)
        rows = self.notes.rows.setdefault(indicator.code, [False])
        measures = Measures("", column.measure, self.measure)
        read = figure_in(cell, indicator, measures) if cell else None
        if cell is None or read is None:
            return
        rows[-1] = True
        merged = cell.row_span > 1 or cell.column_span > 1
        read = structs.replace(read, reason=read.reason or ("merged_figure" if merged else ""))
        value = self.value(read, indicator, sex, cell)
        self.notes.found.append(FoundFigure(value, Strength.EXACT))
        if read.reason:
            self.note_doubt(read, column.label, value)

    def take_sum(
        self,
        parts: Sequence[Cell | None],
        whole: Cell | None,
        indicator: Indicator,
        sex: Sex,
        measures: Measures,
        label: str,
    ) -> None:
        """Keep what the places of a unit add up to, to be asked about; nothing where none gives a figure."""
        filled = [cell for cell in (*parts, whole) if cell and is_filled(cell)]
        rows = self.notes.rows.setdefault(indicator.code, [False])
        if not filled:
            return
        rows[-1] = True
        read = of_places(
            [figure_in(cell, indicator, measures) if cell else None for cell in parts],
            figure_in(whole, indicator, measures) if whole else None,
        )
        value = self.value(read, indicator, sex, filled[-1])
        value = replace(value, place=replace(value.place, text=sum_text(parts, whole)))
        self.notes.found.append(FoundFigure(value, Strength.EXACT))
        self.note_doubt(read, label, value)

    def note_doubt(self, read: ReadCell, label: str, value: Value) -> None:
        """Why a figure that was kept waits for a person."""
        parameters = {
            "indicator": value.indicator,
            "indicator_label": self.report.indicator(value.indicator).label,
            "sex": value.sex.value,
            "label": label,
            "text": value.place.text,
            "measure": value.unit_of_measure,
            "stated": read.stated,
        }
        if read.candidates:
            parameters["first"], parameters["second"] = map(number_text, read.candidates[:2])
        self.notes.findings.append(Finding(read.reason, Grade.ERROR, value.place, parameters))

    def note_reworded(self, row: Row, indicator: Indicator, code: str, **more: str) -> None:
        """A reworded row that was read, so that whoever doubts it finds it."""
        filled = next(cell for cell in row.figures.values() if is_filled(cell))
        place = self.place(filled)
        parameters = {
            "label": row.label,
            "text": place.text,
            "indicator": indicator.code,
            "indicator_label": indicator.label,
        }
        self.notes.findings.append(Finding(code, Grade.NOTE, place, parameters | more))

    def note_unread_row(self, row: Row, match: LabelMatch) -> None:
        """A row with a number that is nobody's; remarks in words are none ("đã hoàn thành")."""
        numbers = [cell for cell in row.figures.values() if is_filled(cell) and has_number(cell)]
        if not numbers:
            return
        self._unread += 1
        if self._unread > _MOST_UNREAD:
            return
        code = "label_ambiguous" if match.ambiguous else "unread_row"
        nearest = match.ambiguous[0] if match.ambiguous else self._index.nearest(row.label)
        place = self.place(numbers[0])
        parameters = {"label": row.label, "text": place.text, "nearest": nearest}
        if nearest:
            parameters["nearest_label"] = self.report.indicator(nearest).label
        self.notes.findings.append(Finding(code, Grade.WARNING, place, parameters))

    def note_rest(self) -> None:
        """How many rows were not read and not named, in a register of persons rather than a report."""
        rest = max(0, self._unread - _MOST_UNREAD) + max(0, len(self.grid.rows) - MOST_ROWS)
        if rest:
            place = Place(self._file, self.table.name)
            parameters = {"table": self.table.name, "rows": str(rest)}
            self.notes.findings.append(Finding("rows_not_read", Grade.WARNING, place, parameters))

    def note_unread_table(self) -> None:
        """A table that carries labels of the report and has no head anyone understands."""
        known = self.named.known
        if known and any(letter.isdigit() for cell in self.table.cells for letter in cell.text):
            self.notes.findings.append(
                Finding("unread_table", Grade.WARNING, self.place(known[0]), {"table": self.table.name})
            )

    def note_columns_left(self, columns: Sequence[PlaceColumn]) -> None:
        """Name a table of places of which a column of the report could not be taken."""
        known = {cell.column for cell in self.named.known}
        if known - {column.index for column in columns}:
            self.note_unread_table()

    def note_elsewhen(self, layout: Layout, rows: Sequence[int], period: Period | None) -> None:
        """Name rows that stand under another year or period only, so that nobody takes them for blank."""
        cells = (self.grid.at(row, layout.label) for row in rows)
        known = next((cell for cell in cells if cell and self._index.match(cell.text)), None)
        if known is not None:
            self.notes.elsewhen = True
            parameters = {"table": self.table.name, "period": period.name if period else ""}
            finding = Finding("other_period_columns", Grade.WARNING, self.place(known), parameters)
            self.notes.findings.append(finding)

    def note_other_sheet(self, period: Period | None) -> None:
        """Name a sheet of another period, left unread beside the one of the period asked."""
        place = Place(self._file, self.table.name)
        parameters = {"table": self.table.name, "period": period.name if period else ""}
        self.notes.findings.append(Finding("other_period_sheet", Grade.NOTE, place, parameters))

    def note_hidden(self) -> None:
        """Hidden rows and sheets hold last year's figures more often than not; they are named, not read."""
        rows, columns = self.table.hidden_rows, self.table.hidden_columns
        hides = self.table.hidden or (
            bool(rows or columns)
            and any(
                cell.row in rows or cell.column in columns for cell in self.table.cells if cell.text.strip()
            )
        )
        if hides and self.table.cells:
            place = Place(self._file, self.table.name)
            self.notes.findings.append(
                Finding("hidden_not_read", Grade.NOTE, place, {"table": self.table.name})
            )

    def note_titles(self, periods: Iterable[str]) -> None:
        """Keep the lines above, the sheet's name and the heads that name a year or a part of one."""
        name = [self.table.name] if self.table.sheet else []
        lines = [tidy(line) for line in [*name, *self._lines_above(self.rows_above), *periods]]
        self.notes.titles += [line for line in lines if _names_a_time(plain_key(line))]

    def note_ratio(self, row: Row, indicator: Indicator) -> None:
        """Keep the percentage of a row that is a rate."""
        cells = [row.figures[sex] for sex in (Sex.TOTAL, Sex.FEMALE) if sex in row.figures]
        for cell in [*cells, *(cell for _, cell in row.percents)]:
            number = read_number(cell.text, cell_number=cell.number, percent=cell.percent)
            if number.value is not None:
                self.notes.percentages.append(GivenPercent(indicator.code, number.value, self.place(cell)))
                return

    def note_percents(self, row: Row, indicator: Indicator) -> None:
        """Keep the percentages that stand beside the figures of a row."""
        for column, cell in row.percents:
            number = read_number(cell.text, cell_number=cell.number, percent=cell.percent)
            if number.value is None:
                continue
            place = self.place(cell)
            given = GivenPercent(indicator.code, number.value, place, of_women=column.of_women)
            self.notes.percentages.append(given)


def _stated_last(lines: Iterable[str]) -> str:
    return next((found for line in reversed([*lines]) if (found := stated_measure(line))), "")


def _names_a_time(key: str) -> bool:
    """Whether a line names a year or a part of one; without a digit only few words do."""
    may_be = has_digit(key) or "ca nam" in key or "quy " in key
    return may_be and _TITLE.search(key) is not None
