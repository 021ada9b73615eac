"""The tables drawn on a page: rules that meet, what they leave open, and the cells between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from intake.extractors.page_paper import DARK
from intake.extractors.page_rules import FAINT, LEAST_DOWN, SOFT, UNBROKEN, Rule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from intake.extractors.page_paper import Grey

_MEET: Final = 14  #: pixels by which rules that meet may miss
_DRAWN: Final = 0.6  #: of the side of a cell that must be drawn
_FRAMED: Final = 0.4  #: of the page, more than any cell of a table takes
_MOSTLY: Final = 0.7  #: of the rules of a table, that end where its open side is
_ASIDE: Final = 10  #: pixels on either side of where a piece of a rule should be
_STEP: Final = 10  #: pixels of it taken together
_UNEVEN: Final = 40  #: of 255, by which such a piece may be darker in one place than in another
_AS_DARK: Final = 25  #: of 255, by which it may be darker or paler than the rest of its rule
_STRIP: Final = 24  #: pixels, the least free strip between the columns of a table without rules down
_SELDOM: Final = 0.2  #: of its rows, that may run over such a strip
_FEWEST_OPEN: Final = 4  #: rules across, and columns with their outer edges, that make such a table


def grids_of(across: Sequence[Rule], down: Sequence[Rule], grey: Grey, bare: Grey) -> list[Grid]:
    """The tables of a page, from top to bottom.

    Args:
        across: its rules from left to right.
        down: its rules from top to bottom.
        grey: the page.
        bare: the page without its rules.

    """
    ruled = [_completed(grid, grey) for grid in _grids(across, down, grey.size)]
    grids = _apart([*ruled, *_open_grids(across, down, bare)])
    return sorted(grids, key=lambda grid: grid.bounds[1])


@dataclass(frozen=True, slots=True)
class Grid:
    """Rules that meet: one table."""

    across: tuple[Rule, ...]
    down: tuple[Rule, ...]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Its outermost rules: x0, top, x1, bottom."""
        rows, columns = self.rows, self.columns
        return columns[0], rows[0], columns[-1], rows[-1]

    @property
    def rows(self) -> list[float]:
        """Where its rules across stand."""
        return _levels(self.across)

    @property
    def columns(self) -> list[float]:
        """Where its rules down stand."""
        return _levels(self.down)

    def cells(self) -> list[tuple[float, float, float, float]]:
        """The boxes between its rules; where no rule is drawn between two of them they are one."""
        rows, columns = self.rows, self.columns
        owner = {(r, c): (r, c) for r in range(len(rows) - 1) for c in range(len(columns) - 1)}
        groups = {spot: [spot] for spot in owner}
        for (row, column), spot in list(owner.items()):
            right, below = (row, column + 1), (row + 1, column)
            if right in owner and not _is_drawn(self.down, columns[column + 1], rows[row], rows[row + 1]):
                _unite(owner, groups, spot, right)
            if below in owner and not _is_drawn(
                self.across, rows[row + 1], columns[column], columns[column + 1]
            ):
                _unite(owner, groups, (row, column), below)
        found = [part for group in groups.values() for part in _rectangles(group)]
        return [(columns[c0], rows[r0], columns[c1], rows[r1]) for r0, c0, r1, c1 in sorted(found)]


def _apart(grids: Iterable[Grid]) -> list[Grid]:
    """Tables, and not what lies over one of more cells or is too low for a line of text: edges of a desk."""
    found: list[Grid] = []
    for grid in sorted(grids, key=lambda grid: -len(grid.cells())):
        x0, top, x1, bottom = grid.bounds
        lies_over = any(
            min(x1, other[2]) - max(x0, other[0]) > _MEET
            and min(bottom, other[3]) - max(top, other[1]) > _MEET
            for other in (one.bounds for one in found)
        )
        if not lies_over and bottom - top >= LEAST_DOWN:
            found.append(grid)
    return found


def _completed(grid: Grid, grey: Grey) -> Grid:
    """The table with the sides it leaves open, and the pieces of its rules too short to be found alone."""
    down = (*grid.down, *_open_sides(grid))
    whole = Grid(grid.across, down)
    rows, columns = whole.rows, whole.columns
    across = _pieces(whole.across, rows[1:-1], columns, grey)
    return Grid((*whole.across, *across), (*down, *_pieces(down, columns[1:-1], rows, grey.T)))


def _open_sides(grid: Grid) -> Iterator[Rule]:
    """A side on which the rules across end at one place, and none goes down."""
    rows, columns = grid.rows, grid.columns
    spans = [
        (min(rule.start for rule in level), max(rule.end for rule in level))
        for level in ([rule for rule in grid.across if abs(rule.at - row) <= _MEET] for row in rows)
        if level
    ]
    for edge, ends in ((columns[0], [start for start, _ in spans]), (columns[-1], [end for _, end in spans])):
        at = float(np.median(ends))
        alike = sum(abs(end - at) <= _MEET for end in ends)
        if abs(at - edge) > LEAST_DOWN and alike >= max(3, _MOSTLY * len(rows)):
            yield Rule(at, rows[0], rows[-1])


def _pieces(rules: Sequence[Rule], at: Sequence[float], stops: Sequence[float], grey: Grey) -> list[Rule]:
    """Rules along the rows of a page where one as dark stands further on, and something faint is drawn."""
    found: list[Rule] = []
    for level in at:
        ways = list(pairwise(stops))
        open_ = [way for way in ways if not _is_drawn(rules, level, *way)]
        told = [dark for way in ways if way not in open_ and (dark := _drawn_level(grey, level, *way))]
        usual = float(np.median(told)) if told else 0.0
        found += [
            Rule(level, *way)
            for way in open_
            if (dark := _drawn_level(grey, level, *way)) and abs(dark - usual) <= _AS_DARK
        ]
    return found


def _drawn_level(grey: Grey, at: float, start: float, end: float) -> float | None:
    """How dark a stroke is that runs all the way, evenly, between paper on both sides; None: none does."""
    strip = grey[
        max(0, round(at) - _ASIDE) : round(at) + _ASIDE + 1, round(start) + 2 * SOFT : round(end) - 2 * SOFT
    ]
    count = strip.shape[1] // _STEP
    if count < 3 or strip.shape[0] <= 2 * _ASIDE:  # noqa: PLR2004 - too short to tell
        return None
    steps = strip[:, : count * _STEP].reshape(strip.shape[0], count, _STEP).mean(axis=2)
    middle = _ASIDE // 2 + int(np.argmin(steps[_ASIDE // 2 : -_ASIDE // 2].mean(axis=1)))
    beside = np.minimum(steps[: middle - SOFT].max(axis=0), steps[middle + SOFT + 1 :].max(axis=0))
    is_even = float(np.ptp(steps[middle])) <= _UNEVEN  # as no letter is from top to bottom
    is_whole = (beside - steps[middle] >= FAINT).mean() >= UNBROKEN
    return float(steps[middle].mean()) if is_even and is_whole else None


def _open_grids(across: Sequence[Rule], down: Sequence[Rule], bare: Grey) -> Iterator[Grid]:
    """The tables drawn with rules across alone, their columns told by strips that hold nothing."""
    alone = [
        rule
        for rule in sorted(across, key=lambda rule: rule.at)
        if rule.end - rule.start > _FRAMED * bare.shape[1] and not any(_meets(rule, one) for one in down)
    ]
    groups: list[list[Rule]] = []
    for rule in alone:
        last = groups[-1][-1] if groups else None
        if last and abs(rule.start - last.start) <= _MEET and abs(rule.end - last.end) <= _MEET:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    for group in groups:
        columns = open_columns(group, bare) if len(_levels(group)) >= _FEWEST_OPEN else []
        if len({rule.at for rule in columns}) >= _FEWEST_OPEN:
            yield Grid(tuple(group), tuple(columns))


def open_columns(across: Sequence[Rule], bare: Grey, seldom: int = 0) -> list[Rule]:
    """Where rules down would stand between these, row by row: none through what is written in a row.

    In so many rows, or in a fifth of them, something may be written there: a head over two columns.
    """
    rows = _levels(across)
    start, end = round(min(rule.start for rule in across)), round(max(rule.end for rule in across))
    inked = np.array(
        [
            (bare[round(top) + SOFT : round(bottom) - SOFT, start:end] < DARK).sum(axis=0) > 1
            for top, bottom in pairwise(rows)
        ]
    )
    crossed = inked.sum(axis=0)
    strips = [
        strip for strip in runs(crossed <= max(_SELDOM * len(inked), seldom)) if strip[1] - strip[0] >= _STRIP
    ]
    inner = [at for strip in strips for at in _clearest(crossed, *strip)]
    found = [Rule(at, rows[0], rows[-1]) for at in (start, end)]
    for at in inner:
        for (top, bottom), row in zip(pairwise(rows), inked, strict=True):
            if not row[at - _STRIP // 2 + 1 : at + _STRIP // 2].any():  # a blank between words is no strip
                found.append(Rule(start + at, top, bottom))
    return found


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where the runs of what is set begin and end."""
    edges = np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _clearest(crossed: NDArray[np.intp], start: int, end: int) -> list[int]:
    """The middle of the widest part of a strip that the fewest rows run over, and that is no margin.

    Beside a column that holds its head alone, as "Ghi chú" does, there are two parts: one is the margin.
    """
    for most in np.unique(crossed[start:end]):
        parts = [(start + a, start + b) for a, b in runs(crossed[start:end] <= most)]
        inner = [(a, b) for a, b in parts if a > 0 and b < len(crossed) and b - a >= _STRIP]
        if inner:
            _, first, last = max((b - a, a, b) for a, b in inner)
            return [(first + last) // 2]
    return []


_Spot = tuple[int, int]


def _unite(owner: dict[_Spot, _Spot], groups: dict[_Spot, list[_Spot]], one: _Spot, other: _Spot) -> None:
    kept, gone = owner[one], owner[other]
    if kept == gone:
        return
    for spot in groups[gone]:
        owner[spot] = kept
    groups[kept] += groups.pop(gone)


def _rectangles(group: Sequence[_Spot]) -> list[tuple[int, int, int, int]]:
    """A merged cell as one box; spots that make no box, for a rule was not seen, stay by themselves."""
    rows, columns = [row for row, _ in group], [column for _, column in group]
    height, width = max(rows) - min(rows) + 1, max(columns) - min(columns) + 1
    if height * width == len(group):
        return [(min(rows), min(columns), max(rows) + 1, max(columns) + 1)]
    return [(row, column, row + 1, column + 1) for row, column in group]


def _is_drawn(rules: Iterable[Rule], at: float, start: float, end: float) -> bool:
    covered = sum(
        max(0.0, min(rule.end, end) - max(rule.start, start)) for rule in rules if abs(rule.at - at) <= _MEET
    )
    return covered >= _DRAWN * (end - start)


def _levels(rules: Iterable[Rule]) -> list[float]:
    """Where rules stand, those near to one another as one."""
    groups: list[list[float]] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if groups and rule.at - groups[-1][-1] <= _MEET:
            groups[-1].append(rule.at)
        else:
            groups.append([rule.at])
    return [sum(group) / len(group) for group in groups]


def _grids(across: Sequence[Rule], down: Sequence[Rule], area: int) -> list[Grid]:
    """The tables of a page, from top to bottom: groups of rules that meet, at least two each way."""
    groups: list[tuple[list[Rule], list[Rule]]] = []
    for rule in across:
        met = [number for number, group in enumerate(groups) if any(_meets(rule, d) for d in group[1])]
        joined: tuple[list[Rule], list[Rule]] = ([rule], [d for d in down if _meets(rule, d)])
        for number in reversed(met):
            others = groups.pop(number)
            joined[0].extend(others[0])
            joined[1].extend(d for d in others[1] if d not in joined[1])
        groups.append(joined)
    grids = [Grid(tuple(rows), tuple(columns)) for rows, columns in groups]
    whole = [grid for grid in grids if len(_levels(grid.across)) > 1 and len(_levels(grid.down)) > 1]
    tables = [grid for grid in whole if len(grid.cells()) > 1 and not _is_frame(grid, whole, area)]
    return sorted(tables, key=lambda grid: min(rule.at for rule in grid.across))


def _is_frame(grid: Grid, grids: Sequence[Grid], area: int) -> bool:
    """Whether it is the edge of a sheet on a desk or a border: it holds another table, or a cell the page."""
    x0, top, x1, bottom = grid.bounds
    cells = grid.cells()
    inside = (o for o in grids if o is not grid and len(o.cells()) > len(cells))
    holds = any(
        x0 <= b[0] and top <= b[1] and b[2] <= x1 and b[3] <= bottom for b in (o.bounds for o in inside)
    )
    return holds or any((x1 - x0) * (bottom - top) > _FRAMED * area for x0, top, x1, bottom in cells)


def _meets(across: Rule, down: Rule) -> bool:
    return (
        across.start - _MEET <= down.at <= across.end + _MEET
        and down.start - _MEET <= across.at <= down.end + _MEET
    )
