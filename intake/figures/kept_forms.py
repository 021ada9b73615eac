"""What the words of a form say, kept from one unit to the next, so that only its figures are read again.

Sixty units fill in the same form. Which row is which indicator, and which cells are asked for, hangs on
its words and on which cells are filled, never on how large a figure is. So of a table that was read without
anything to remark, the cells that were asked for are kept under all that stands there but its figures.
A table that brings a remark, a sum of parts or a rate is read afresh each time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from msgspec import structs

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from collections.abc import Set as AbstractSet

    from config.reports import Indicator, Sex
    from intake.documents import Cell, Table
    from intake.figures.cell_figures import Measures
    from intake.figures.forms import FormRow
    from intake.figures.headings import Grid, Layout
    from intake.figures.label_match import Strength
    from intake.figures.labels import LabelIndex

_MOST_CELLS = 2_000  # of one table; what is longer is a register
_MOST_ROWS, _MOST_COLUMNS = 1_000, 200
_MOST_KEPT = 30_000  # cells of all tables that are kept
_MOST_LETTERS = 40_000  # of one of them
_FEWEST_LETTERS = 2  # of a word that numbers no column
#: A whole number as it stands in most cells.
_FIGURE = re.compile(r"\d{1,12}|[1-9]\d{0,2}(?:\.\d{3}){1,3}", re.ASCII)
_YEAR = re.compile(r"20\d\d", re.ASCII)
_ANY: Final = "0"  # in the place of each of them


@dataclass(frozen=True, slots=True)
class Asked:
    """A cell that is read as a figure."""

    cell: Cell
    indicator: Indicator
    sex: Sex
    measures: Measures
    strength: Strength | None  #: how its row was known; None: nobody asks, it is there to check others


@dataclass(frozen=True, slots=True)
class KeptForm:
    """What a table says but for its figures."""

    layouts: tuple[Layout, ...]
    asked: tuple[Asked, ...]
    places: tuple[int, ...]  #: of those cells among all from the first head down
    #: Of each matched row the indicator, and whether anything is filled in.
    rows: tuple[tuple[str, bool], ...]
    form: tuple[FormRow, ...]
    timeless: bool
    index: LabelIndex  #: lives as long as the form: what is told beside a table names it by its id


class FormWords:
    """A table from its first head down with every figure left out, and what else decides how it is read."""

    def __init__(self, cells: Sequence[Cell], of_heads: AbstractSet[int], beside: Hashable) -> None:
        self.cells = cells
        self._of_heads = of_heads
        #: Told before any cell is looked at.
        self.size = (beside, len(cells), cells[-1].row, cells[-1].column)

    @cached_property
    def told(self) -> tuple[Cell, ...]:
        """The cells without their figures."""
        return tuple(_told(self.cells, self._of_heads))

    @classmethod
    def of(cls, grid: Grid, table: Table, beside: Hashable) -> FormWords | None:
        """None where cells above reach down, and where a table is very large or hides a part of itself."""
        hides = table.hidden_rows or table.hidden_columns
        large = table.rows > _MOST_ROWS or table.columns > _MOST_COLUMNS or len(table.cells) > _MOST_CELLS
        first = min(grid.heads)
        if hides or large or any(one.row < first < one.row + one.row_span for one in table.merged):
            return None
        return cls(table.in_rows(first, table.rows), grid.rows_of_heads, beside)

    def places(self, asked: Sequence[Asked]) -> tuple[int, ...]:
        """Where the cells that were asked for stand among all."""
        at = {(cell.row, cell.column): number for number, cell in reversed([*enumerate(self.cells)])}
        return tuple(at[one.cell.row, one.cell.column] for one in asked)

    def may_say_more(self, layouts: Sequence[Layout]) -> bool:
        """Whether a figure that was left out stands in a head, or where a row or a column is named."""
        heads = {row for layout in layouts for row in range(layout.first, layout.last + 1)}
        naming = {one for layout in layouts for one in _naming(layout)}
        return any(
            cell.row <= layouts[0].last or cell.row in heads or cell.column in naming
            for cell, told in zip(self.cells, self.told, strict=True)
            if cell is not told
        )


def _told(cells: Sequence[Cell], of_heads: AbstractSet[int]) -> list[Cell]:
    """The cells, figures behind a word in their row left out.

    What stands before it numbers the row; where a head may stand, "2024" may say what is below it.
    """
    told: list[Cell] = []
    row, named = -1, False
    for cell in cells:
        if cell.row != row:
            row, named = cell.row, False
        if named and _is_figure(cell) and not (row in of_heads and _YEAR.fullmatch(cell.text)):
            told.append(structs.replace(cell, text=_ANY, number=cell.number and _ANY))
        else:
            told.append(cell)
            named = named or _is_word(cell.text)
    return told


def _is_figure(cell: Cell) -> bool:
    """Whether a cell holds a plain whole number and nothing else that could say anything."""
    if not cell.text[:1].isdigit() or _FIGURE.fullmatch(cell.text) is None:
        return False
    plain = not (cell.error or cell.stale or cell.percent or cell.date)
    return plain and (not cell.number or _FIGURE.fullmatch(cell.number) is not None)


def _is_word(text: str) -> bool:
    """Whether a text beside numbers shows that they number no columns: "(3)=(1)+(2)" does not."""
    return len(text) >= _FEWEST_LETTERS and text[:_FEWEST_LETTERS].isalpha() and "=" not in text


def _naming(layout: Layout) -> tuple[int | None, ...]:
    """The columns of a layout in which no figure is asked for."""
    percents = (column.index for column in layout.percents)
    return (layout.label, layout.ordinal, layout.measure, layout.sex, *percents)


class KeptForms:
    """The forms that were read last, as many as there is room for."""

    def __init__(self) -> None:
        self._forms: dict[Hashable, dict[tuple[Cell, ...], KeptForm]] = {}  #: by size, then by what is told
        self._cells: dict[tuple[Hashable, tuple[Cell, ...]], int] = {}  #: how many of each, the oldest first

    def __len__(self) -> int:
        return len(self._cells)

    def get(self, words: FormWords) -> KeptForm | None:
        """What a table says whose words were read before."""
        of_its_size = self._forms.get(words.size)
        return of_its_size.get(words.told) if of_its_size else None

    def keep(self, words: FormWords, form: KeptForm) -> None:
        """Keep what was read, unless a figure may have said more than how much it is."""
        letters = sum(len(cell.text) + len(cell.formula) for cell in words.told)
        if letters > _MOST_LETTERS or words.may_say_more(form.layouts):
            return
        self._forms.setdefault(words.size, {})[words.told] = form
        self._cells[words.size, words.told] = len(words.told)
        while sum(list(self._cells.values())) > _MOST_KEPT:
            self._forget(next(iter(self._cells)))

    def _forget(self, oldest: tuple[Hashable, tuple[Cell, ...]]) -> None:
        size, told = oldest
        self._cells.pop(oldest, None)  # another thread may have forgotten it as well
        of_its_size = self._forms.get(size, {})
        of_its_size.pop(told, None)
        if not of_its_size:
            self._forms.pop(size, None)

    def forget(self) -> None:
        """Keep nothing of what was read so far."""
        self._forms.clear()
        self._cells.clear()


KEPT_FORMS: Final = KeptForms()
