"""Tables of a scan that no rule is drawn for: rows and columns told by where nothing is written.

Where such a table may stand the words of the page tell: lines with wide blanks, figures at their ends. Its
rows and columns are then told by the ink itself, for of single figures recognition misses many. A table
whose columns too many lines run over is none, and its lines stay text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageFilter

from intake.extractors.page_grids import Grid, open_columns, runs
from intake.extractors.page_lines import Line, Word, lines_of
from intake.extractors.page_paper import DARK
from intake.extractors.page_rules import Rule
from intake.extractors.page_tables import PARTS

if TYPE_CHECKING:
    from intake.extractors.page_paper import Grey

    _Band = tuple[int, int]  #: first row of pixels, and the one after the last

_FIGURE: Final = re.compile(r"[-–]?\d[\d.,%]*")
_FEWEST_FIGURES: Final = 3  #: lines with a figure behind a wide blank, that may be a table
_BETWEEN: Final = 2  #: lines without blanks that may stand between such lines
_FEWEST_COLUMNS: Final = 3
_NEAR: Final = 0.8  #: heights of a line between the lines of a head
_EDGE: Final = 20  #: pixels around the words of a table that belong to it
_SPECKS: Final = 3  #: pixels of ink in a row or a column of pixels that are none
_WIDE: Final = 60  #: pixels of a blank wider than any between two words
_BESIDE: Final = 12  #: pixels on either side of where a rule would stand
_LOW: Final = 0.4  #: of the usual height of a line: lower is a mark of one
_CLOSE: Final = 0.6  #: of the usual space between rows: less is the space between the lines of one
_MOSTLY: Final = 0.5  #: of the cells of a column that are figures, in a column of figures


def bare_grids(words: Sequence[Word], grids: Iterable[Grid], bare: Grey) -> list[Grid]:
    """The tables without rules on a page.

    Args:
        words: what was read outside the tables that have rules, where it stands on the page.
        grids: the tables that have.
        bare: the page without its rules.

    """
    taken = [grid.bounds for grid in grids]
    found: list[Grid] = []
    for lines in _candidates(lines_of(words)):
        x0, top, x1, bottom = bounds = _around(lines, bare)
        if not any(top < o[3] and bottom > o[1] and x0 < o[2] and x1 > o[0] for o in taken):
            grid = _grid(lines, bounds, bare)
            if grid is not None and _holds_figures(grid, [word for line in lines for word in line.words]):
                found.append(grid)
    return found


def _around(lines: Sequence[Line], bare: Grey) -> tuple[int, int, int, int]:
    """The box around these lines: x0, top, x1, bottom."""
    height, width = bare.shape
    return (
        max(round(min(line.x0 for line in lines)) - _EDGE, 0),
        max(round(min(line.top for line in lines)) - _EDGE // 2, 0),
        min(round(max(line.x1 for line in lines)) + _EDGE, width),
        min(round(max(line.bottom for line in lines)) + _EDGE // 2, height),
    )


def _candidates(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Runs of lines that may be a table: wide blanks in nearly all, figures behind them in several."""
    run: list[Line] = []
    for number, line in enumerate([*lines, None]):
        if line is not None and (len(line.segments) > 1 or (run and _since_blank(run) < _BETWEEN)):
            if not run and number and _heads(lines[number - 1], line):
                run.append(lines[number - 1])
            run.append(line)
            continue
        while run and len(run[-1].segments) == 1:
            run.pop()
        if sum(map(_ends_in_figures, run)) >= _FEWEST_FIGURES:
            yield run
        run = []


def _heads(above: Line, first: Line) -> bool:
    """Whether a line is the upper one of a head: close above columns but the first, as "Trong đó" is."""
    return len(first.segments) > 1 and (
        first.top - above.bottom < _NEAR * first.height and above.x0 > first.segments[0].x1
    )


def _since_blank(run: Sequence[Line]) -> int:
    return next((number for number, line in enumerate(reversed(run)) if len(line.segments) > 1), len(run))


def _ends_in_figures(line: Line) -> bool:
    return any(all(map(_FIGURE.fullmatch, part.text.split())) for part in line.segments[1:])


def _grid(lines: Sequence[Line], bounds: tuple[int, int, int, int], bare: Grey) -> Grid | None:
    x0, top, x1, bottom = bounds
    clean = np.full_like(bare, 255)
    clean[top:bottom, x0:x1] = np.asarray(
        Image.fromarray(bare[top:bottom, x0:x1]).filter(ImageFilter.MedianFilter(3))
    )
    inked = np.asarray((clean[top:bottom] < DARK).sum(axis=1) > _SPECKS)
    rows = _rows(_lines_of_ink([(top + a, top + b) for a, b in runs(inked)]), lines, clean)
    if len(rows) < _FEWEST_FIGURES:
        return None
    between = [(high[1] + low[0]) / 2 for high, low in pairwise(rows)]
    across = [Rule(at, x0, x1) for at in (float(top), *between, float(bottom))]
    columns = open_columns(across, clean, seldom=1)
    if len({rule.at for rule in columns}) <= _FEWEST_COLUMNS:
        return None
    grid = _with_whole_head(_of_own_columns(Grid(tuple(across), tuple(columns)), clean), clean)
    return _with_parted_heads(grid, clean) if len(grid.columns) > _FEWEST_COLUMNS else None


def _lines_of_ink(bands: Sequence[_Band]) -> list[_Band]:
    """Bands of ink, with what is too low for a line added to the nearer one: the dot below a letter."""
    tall = sorted(band[1] - band[0] for band in bands)
    least = _LOW * tall[len(tall) // 2] if tall else 0.0
    lines: list[_Band] = []
    for number, (top, bottom) in enumerate(bands):
        after = bands[number + 1][0] - bottom if number + 1 < len(bands) else bottom
        is_mark = bottom - top < least and bool(lines) and top - lines[-1][1] <= after
        if is_mark or (lines and lines[-1][1] - lines[-1][0] < least):
            lines[-1] = lines[-1][0], bottom
        else:
            lines.append((top, bottom))
    return lines


def _of_own_columns(grid: Grid, clean: Grey) -> Grid:
    """The table without columns that hold nothing of their own, but ends of longer texts."""
    while True:
        filled = {(x0, x1) for x0, _, x1, _ in _written(grid, clean)}
        empty = next((sides for sides in pairwise(grid.columns) if sides not in filled), None)
        if empty is None:
            return grid
        pieces = [sum(rule.at == at for rule in grid.down) for at in empty]
        inner = grid.columns[1:-1]
        may_go = [at for _, at in sorted(zip(pieces, empty, strict=True)) if at in inner]
        if not may_go:
            return grid
        grid = Grid(grid.across, tuple(rule for rule in grid.down if rule.at != may_go[0]))


def _written(grid: Grid, clean: Grey) -> Iterator[tuple[float, float, float, float]]:
    """The cells in which something stands."""
    for cell in grid.cells():
        x0, top, x1, bottom = map(round, cell)
        if (clean[top:bottom, x0:x1] < DARK).sum() > _SPECKS * _EDGE:
            yield cell


def _rows(bands: Sequence[_Band], lines: Sequence[Line], clean: Grey) -> list[_Band]:
    """Lines of ink as rows, with the rest of a label that has no room on its line."""
    spaces = sorted(low[0] - high[1] for high, low in pairwise(bands))
    usual = spaces[len(spaces) // 2] if spaces else 0
    rows: list[_Band] = []
    for band in bands:
        is_close = bool(rows) and band[0] - rows[-1][1] < _CLOSE * usual
        is_alone = is_close and _parts(clean[band[0] : band[1]]) == 1
        if rows and (is_alone or _goes_on(lines, band)):
            rows[-1] = rows[-1][0], band[1]
        else:
            rows.append(band)
    return rows


def _parts(strip: Grey) -> int:
    """How many pieces stand beside one another in a row, with wide blanks between."""
    inked = runs(np.asarray((strip < DARK).any(axis=0)))
    return 1 + sum(right[0] - left[1] > _WIDE for left, right in pairwise(inked))


def _goes_on(lines: Sequence[Line], band: _Band) -> bool:
    """Whether a line begins with a word that none begins a label with: it is the rest of one."""
    line = next((line for line in lines if band[0] <= (line.top + line.bottom) / 2 <= band[1]), None)
    first = line.words[0].text if line is not None else ""
    return first[:1].islower() and len(first) > 1 and first.rstrip(":,") not in PARTS


def _with_whole_head(grid: Grid, clean: Grey) -> Grid:
    """The table with the first line of a head of several lines, that stands over one column, in its row."""
    first, second = grid.rows[:2]
    alone = [cell for cell in _written(grid, clean) if cell[1] == first]
    if len(alone) != 1 or (alone[0][0], alone[0][2]) not in pairwise(grid.columns):
        return grid
    across = tuple(rule for rule in grid.across if rule.at != second)
    down = (rule if rule.start != second else Rule(rule.at, first, rule.end) for rule in grid.down)
    return Grid(across, tuple(rule for rule in down if (rule.start, rule.end) != (first, second)))


def _with_parted_heads(grid: Grid, clean: Grey) -> Grid:
    """The table with heads over several columns parted from those below: "Trong đó" over "Nam" and "Nữ"."""
    across, down = list(grid.across), list(grid.down)
    third = grid.rows[min(2, len(grid.rows) - 1)]
    for x0, top, x1, bottom in grid.cells():
        spanned = [at for at in grid.columns if x0 < at < x1]
        if not spanned or top >= third:
            continue
        for at in _blanks(clean[round(top) : round(bottom), round(x0) : round(x1)]):
            free = [x for x in spanned if not _is_inked(clean, x, top + at, bottom)]
            if len(free) == len(spanned):
                across.append(Rule(top + at, x0, x1))
                down += [Rule(x, top + at, bottom) for x in free]
                break
    return Grid(tuple(across), tuple(down))


def _blanks(strip: Grey) -> list[float]:
    """Where between its lines nothing is written."""
    inked = runs(np.asarray((strip < DARK).sum(axis=1) > _SPECKS))
    return [(high[1] + low[0]) / 2 for high, low in pairwise(inked)]


def _is_inked(clean: Grey, x: float, top: float, bottom: float) -> bool:
    beside = clean[round(top) : round(bottom), round(x) - _BESIDE : round(x) + _BESIDE]
    return bool((beside < DARK).any())


def _holds_figures(grid: Grid, words: Sequence[Word]) -> bool:
    """Whether a column holds figures below its head, as recognition tells, and another words."""
    below = [word for word in words if word.middle > grid.rows[1]]
    told = [
        [_FIGURE.fullmatch(word.text) is not None for word in below if x0 <= (word.x0 + word.x1) / 2 <= x1]
        for x0, x1 in pairwise(grid.columns)
    ]
    full = [column for column in told if len(column) >= _FEWEST_FIGURES]
    figures = [sum(column) >= _MOSTLY * len(column) for column in full]
    return any(figures[1:]) and not all(figures)
