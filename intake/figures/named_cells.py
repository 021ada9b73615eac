"""The cells of one table that name an indicator of a report."""

from __future__ import annotations

from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from config.spelling import tidy
from intake.figures.label_match import Strength
from intake.figures.labels import LabelIndex
from intake.figures.table_notes import MOST_ROWS

if TYPE_CHECKING:
    from intake.documents import Cell, Table
    from intake.figures.headings import Grid


class NamedCells:
    """Which cells of a table name an indicator; a long table is looked at as far as it is read."""

    def __init__(self, table: Table, grid: Grid, index: LabelIndex) -> None:
        self._table = table
        self._grid = grid
        self._index = index

    @property
    def known(self) -> list[Cell]:
        """The cells that hold an indicator's own name."""
        sure = (Strength.EXACT, Strength.SYNONYM)
        likely = (text for text in self._keys if self._may_name(text) and _could_be_label(text))
        names = frozenset(text for text in likely if self._index.match(text).strength in sure)
        return self._table.holding(names)

    def any_in(self, column: int) -> bool:
        """Whether any row of a column is named as an indicator is."""
        cells = (self._grid.at(row, column) for row in self._grid.rows[:MOST_ROWS])
        texts = (cell.text for cell in cells if cell and self._may_name(cell.text))
        return any(self._index.match(tidy(text)) for text in texts)

    def _may_name(self, text: str) -> bool:
        """Whether the text of a cell is not told at once to be no name of the report's."""
        key = self._keys.get(text)
        return key is not None and key.count(" ") < self._most and not self._index.names_nothing(text, key)

    @cached_property
    def _most(self) -> int:
        """The blanks in a name are fewer than that.

        Twice the longest leaves room for what stands before and behind a label (enumeration, brackets,
        footnotes); a longer text is a sentence.
        """
        return 2 * self._index.longest_name + 4

    @cached_property
    def _keys(self) -> dict[str, str]:
        """The plain key of each text, of as many different ones as are looked at."""
        keys = self._table.keys
        read = frozenset(islice(dict.fromkeys(keys), MOST_ROWS))
        return {text: key for text, key in zip(self._table.texts, keys, strict=True) if key in read}


def _could_be_label(text: str) -> bool:
    if not 4 <= len(text.strip()) <= 200:  # noqa: PLR2004  # "CBCC" is the shortest label
        return False
    return any(map(str.isalpha, text))
