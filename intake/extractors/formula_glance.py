"""Formulas of a sheet whose stored values follow from the cells beside them, told without recalculating all.

Most are sums of plain cells. Only what surely stays as it stands is told here; for anything else the sheet is
left to the careful reading and to `formulas`, which say what differs and what was never calculated.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import compress, islice
from math import fsum
from typing import Final

from msgspec import structs

from intake.documents import OPPOSITE, SheetCells
from intake.extractors.formulas import Place, is_recalculated, place_of

_CELL: Final = r"\$?[A-Z]{1,3}\$?[0-9]{1,7}"
_CELLS: Final = rf"{_CELL}(?::{_CELL})?"
_TERM: Final = rf"(?:SUM\({_CELLS}(?:[,;]{_CELLS})*\)|{_CELL})"
_SUM: Final = re.compile(rf"=\+?{_TERM}(?:\+{_TERM})*", re.IGNORECASE)
_RANGE: Final = re.compile(rf"({_CELL})(?::({_CELL}))?", re.IGNORECASE)
_MOST_ADDED: Final = 2_000  #: cells of one sum
_MOST: Final = 200_000  #: of all sums of a sheet
#: Differences of this share of a sum are rounding; the careful reading allows a thousand times as much,
#: so that sums of sums, and parts that cancel out, are still within it.
_CLOSE: Final = 1e-12
_CANCELLED: Final = 50  #: times the sum that its parts may make up together


def with_formulas(cells: SheetCells, formulas: Mapping[Place, str]) -> SheetCells | None:
    """The cells with their formulas; None where one of them must be looked at carefully."""
    columns, places = cells.columns, cells.places
    worded = frozenset(compress(places, columns.worded))
    stored = compress(places, columns.worded.translate(OPPOSITE))
    numbers = dict(zip(stored, array("d", columns.numbers), strict=True))
    sums = _Sums(formulas, numbers, worded)
    if not all(map(sums.stands, formulas)):
        return None
    at = {place: number for number, place in enumerate(places)}
    told = {at[place]: structs.replace(cells[at[place]], formula=text) for place, text in formulas.items()}
    return SheetCells(replace(columns, others=columns.others | told))


@dataclass(slots=True)
class _Sums:
    """The formulas of a sheet and what stands around them."""

    formulas: Mapping[Place, str]
    numbers: Mapping[Place, float]
    worded: frozenset[Place]
    left: int = _MOST  #: cells that may still be added up
    known: dict[Place, bool] = field(default_factory=dict)  #: of sums within sums

    def stands(self, place: Place, *, within: bool = False) -> bool:
        """Whether the careful reading leaves the cell as it is: it holds a sum, or what is no sum at all."""
        formula = self.formulas[place]
        if place not in self.numbers:
            return False
        if not _SUM.fullmatch(formula):
            return not is_recalculated(formula)
        added = list(islice(_places(formula), _MOST_ADDED + 1))
        self.left -= len(added)
        if len(added) > _MOST_ADDED or self.left < 0:
            return False
        # What rests on text is not recalculated either.
        return not self.worded.isdisjoint(added) or self._is_sum(self.numbers[place], added, within)

    def _is_sum(self, result: float, added: list[Place], within: bool) -> bool:
        parts = [self.numbers[place] for place in added if place in self.numbers]
        most = max(1.0, abs(result))
        if abs(fsum(parts) - result) > _CLOSE * most or fsum(map(abs, parts)) > _CANCELLED * most:
            return False
        nested = self.formulas.keys() & added
        return not nested or (not within and all(map(self._stands_within, nested)))

    def _stands_within(self, place: Place) -> bool:
        if place not in self.known:
            self.known[place] = self.stands(place, within=True)
        return self.known[place]


def _places(formula: str) -> Iterator[Place]:
    """The cells that a sum adds up, one after the other: a range may cover millions."""
    for found in _RANGE.finditer(formula):
        first = place_of(found[1])
        last = place_of(found[2]) if found[2] else first
        (top, bottom), (left, right) = (sorted(pair) for pair in zip(first, last, strict=True))
        yield from ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
