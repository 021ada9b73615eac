"""One row of a table under its head: its label, its cells of figures, and what it says of the rows beside it.

Pure: what the label means for a report is asked elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from config.reports import Indicator, Sex
from config.spelling import tidy
from intake.documents import Cell
from intake.figures.cell_figures import is_filled
from intake.figures.headings import Column, Grid, Layout, head_path, is_numbering
from intake.figures.label_keys import label_key
from intake.figures.label_match import LabelMatch
from intake.figures.place_tables import is_place

if TYPE_CHECKING:
    from collections.abc import Iterator

_FEWEST_LETTERS = 2  # of a label
_ROMAN = re.compile(r"(?:[IVX]{1,5}|[A-EĐ])[.)]?")
_DASHES = frozenset("-–—+•▪")
_OPENING_A_LIST = frozenset({"trong đó", "gồm", "bao gồm", "chia ra"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table under its layout."""

    number: int
    label: str
    ordinal: str
    measure: str
    figures: dict[Sex, Cell]
    filled: frozenset[Sex]  #: those whose cell holds something
    percents: tuple[tuple[Column, Cell], ...]
    sex: str = ""  #: what a column that names the sex of each row says
    spans: bool = False  #: the label runs over the columns of figures: a heading of a section

    @property
    def is_filled(self) -> bool:
        """Whether any figure cell holds something."""
        return bool(self.filled)


@dataclass(slots=True)
class ParentRow:
    """The row that "Trong đó: nữ" below it belongs to."""

    match: LabelMatch
    label: str
    row: int
    measure: str
    filled: bool


@dataclass(frozen=True, slots=True)
class SplitName:
    """A name whose men, women and total stand in rows of their own."""

    label: str
    measure: str
    match: LabelMatch


@dataclass(frozen=True, slots=True)
class ListedParts:
    """The row that rows with a dash below it are parts of: its name says what theirs leave out."""

    whole: str = ""
    mark: str = ""  #: before its parts; what stands behind another mark may be a part of a part

    def with_row(self, row: Row) -> ListedParts:
        """The list as the row leaves it: begun, gone on with, or ended."""
        mark = row.label[:1] if row.label[:1] in _DASHES else ""
        if mark:
            return replace(self, mark=self.mark or mark) if self.mark in ("", mark) else NO_LIST
        if opens_a_list(row):
            return self
        return ListedParts(row.label)


NO_MATCH = LabelMatch()
NO_SPLIT = SplitName("", "", NO_MATCH)
NO_LIST = ListedParts()


def row_under(grid: Grid, layout: Layout, number: int) -> Row | None:
    """The row under its layout; None for empty and numbered rows and where a merged label runs on."""
    label = grid.at(number, layout.label)
    sex = grid.text(number, layout.sex) if layout.sex is not None else ""
    if not (label or sex):
        return None
    label = label or Cell(number, layout.label, "")
    named = label.row == number and _names_anything(label.text)
    if not (named or sex) or (
        not (named and "=" not in label.text)  # one column of two letters and the row numbers nothing
        and is_numbering([c.text for c in grid.starting(number)])
    ):
        return None
    cells = {sex: _cell_of(grid, layout, number, sex) for sex in layout.figures}
    figures = {sex: cell for sex, cell in cells.items() if cell and _is_own(cell, label, number)}
    percents = ((column, grid.at(number, column.index)) for column in layout.percents)
    return Row(
        number=number,
        label=tidy(label.text) if named else "",
        sex=sex,
        ordinal=grid.text(number, layout.ordinal),
        measure=grid.text(number, layout.measure) if layout.measure is not None else "",
        figures=figures,
        filled=frozenset([sex for sex, cell in figures.items() if is_filled(cell)]),
        percents=tuple((column, cell) for column, cell in percents if cell and cell is not label),
        spans=label.column_span > 1 and _runs_over(label, layout),
    )


def _runs_over(label: Cell, layout: Layout) -> bool:
    reach = label.column + label.column_span
    return any(label.column <= column.index < reach for column in layout.figures.values())


def _cell_of(grid: Grid, layout: Layout, number: int, sex: Sex) -> Cell | None:
    """The cell of a figure; where quarters or months make it up, the last of them that is filled."""
    if not layout.parts.get(sex):
        return grid.at(number, layout.figures[sex].index)
    cells = [cell for column in layout.parts[sex] if (cell := grid.at(number, column.index))]
    return next((cell for cell in reversed(cells) if is_filled(cell)), cells[-1] if cells else None)


def figures_of(row: Row, indicator: Indicator, named: Sex | None) -> Iterator[tuple[Sex, Cell]]:
    """The figures of a row that the indicator asks for, each with the sex it counts."""
    both = Sex.TOTAL in row.filled and (named or Sex.FEMALE) in row.filled
    if named is not None and not (both and row.figures[Sex.TOTAL].text != row.figures[named].text):
        if Sex.TOTAL in row.figures:
            yield named, row.figures[Sex.TOTAL]
        elif named in row.figures:
            yield named, row.figures[named]
        return
    for sex in (Sex.TOTAL, Sex.MALE, Sex.FEMALE):
        if sex in row.figures and sex in indicator.sexes:
            yield sex, row.figures[sex]
    only = indicator.sexes[0] if len(indicator.sexes) == 1 else Sex.TOTAL
    if only is not Sex.TOTAL and only not in row.filled and Sex.TOTAL in row.figures:
        yield only, row.figures[Sex.TOTAL]


def villages_of(grid: Grid, layout: Layout) -> tuple[int, ...]:
    """The columns headed by nothing but a village; none where a table goes on without a head."""
    if layout.first < 0 or Sex.TOTAL not in layout.figures:
        return ()
    paths = {column: head_path(grid, column, layout.first, layout.last) for column in grid.columns}
    return tuple(column for column, path in paths.items() if len(path) == 1 and is_place(path[0]))


def parts_beside(grid: Grid, layout: Layout, row: Row, cell: Cell) -> tuple[Cell | None, ...]:
    """The cells of the quarters or months that a figure is told in; none where it is told whole."""
    for columns in layout.parts.values():
        if any(column.index == cell.column for column in columns):
            return tuple(grid.at(row.number, column.index) for column in columns)
    return ()


def is_heading(row: Row) -> bool:
    """Whether a row names what the rows below it are about."""
    return row.spans or (not row.is_filled and (not row.measure or bool(_ROMAN.fullmatch(row.ordinal))))


def opens_a_list(row: Row) -> bool:
    """Whether a row says no more than that parts of the row above follow: "Trong đó:"."""
    return not row.is_filled and label_key(row.label).text in _OPENING_A_LIST


def rests_on_figures(row: Row) -> bool:
    """Whether anything in the row was typed in; a formula over blanks shows 0 and reports nothing."""
    return any(is_filled(cell) and not cell.formula for cell in row.figures.values())


def is_shared(cell: Cell, layout: Layout) -> bool:
    """Whether one merged cell stands under several rows, or under several sexes without the total."""
    if cell.row_span == cell.column_span == 1:
        return False
    covered = range(cell.column, cell.column + cell.column_span)
    sexes = {sex for sex, column in layout.figures.items() if column.index in covered}
    total = layout.figures.get(Sex.TOTAL)
    begins_at_total = total is not None and cell.column == total.index
    return cell.row_span > 1 or (len(sexes) > 1 and not begins_at_total)


def _is_own(cell: Cell, label: Cell, row: int) -> bool:
    """Whether the cell begins in the row and is not the label running on."""
    return cell is not label and cell.row == row


def _names_anything(text: str) -> bool:
    """Whether a label has letters enough to name something."""
    begins = len(text) >= _FEWEST_LETTERS and text[:_FEWEST_LETTERS].isalpha()
    return begins or sum(map(str.isalpha, text)) >= _FEWEST_LETTERS
