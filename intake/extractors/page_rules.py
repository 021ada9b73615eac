"""The rules drawn on a page: strokes across and down, thick, thin, faint or dotted, and their ink."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageFilter

from intake.extractors.page_paper import DARK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from intake.extractors.page_paper import Grey, Mask

_LEAST_RULE: Final = 70  #: pixels, longer than any stroke of a letter
UNBROKEN: Final = 0.9  #: share of a rule that is ink
LEAST_ACROSS, LEAST_DOWN = 150, 45  #: pixels of a rule worth looking at
DRIFT: Final = 4  #: pixels a rule may wander from one row to the next
_BREAK: Final = 24  #: pixels a rule may be interrupted
SOFT: Final = 3  #: pixels on either side of a rule that are neither ink nor paper
FAINT: Final = 8  #: of 255, by which a grey or dotted rule is darker than the paper beside it
_BLANK: Final = 230  #: of 255, from which it is paper
_THIN: Final = 6  #: pixels above and below such a rule that are paper
_DOTTED: Final = 5  #: pixels on either side within which a rule has ink
_WHOLE: Final = 0.95  #: share of such a rule that must be seen
_AROUND: Final = 20  #: pixels on either side of one that tell whether it is on dark ground
_SOLID: Final = 0.55  #: share of them that are dark there
_BAND: Final = 400  #: rows of a page looked at together for such rules
_LONG: Final = 220  #: pixels, the least length of such a rule
_TELLING_ALONG: Final = 20  #: pixels on either side along a rule over which its dots are taken together


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight stroke across or down: where it stands, from where to where."""

    at: float
    start: float
    end: float
    slope: float = 0.0  #: by how much it leaves its direction with each pixel


def rules_along(dark: Mask, least: int) -> tuple[list[Rule], Mask]:
    """The strokes along the rows of a mask and their ink; of its transpose, the strokes down the page."""
    thick = dark.copy()
    thick[1:] |= dark[:-1]
    thick[:-1] |= dark[1:]
    bands = (thick[top : top + _BAND] for top in range(0, len(thick), _BAND))
    filled = np.concatenate([_filled(band) for band in bands])
    strokes: list[_Stroke] = []
    for row in np.nonzero(filled.any(axis=1))[0]:
        edges = np.flatnonzero(np.diff(filled[row].astype(np.int8), prepend=0, append=0))
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            _add_run(strokes, int(row), int(start), int(end) + _LEAST_RULE)
    rules = [rule for rule in _joined(stroke.rule for stroke in strokes) if rule.end - rule.start >= least]
    ink = np.zeros_like(dark)
    for stroke in strokes:
        # The bars of letters that touch ("TT") are strokes as well; only what is part of a rule is taken out.
        if any(_goes_along(stroke.rule, rule) for rule in rules):
            for at, start, end in stroke.runs:
                ink[at, start:end] = True
    return rules, _spread(ink)


def thin_rules(grey: Grey) -> Mask:
    """The thin rules along the rows of a page, however faint or dotted: long, with paper above and below."""
    found = np.zeros(grey.shape, np.bool_)
    for top in range(0, len(grey), _BAND):  # by bands: a whole page many times over takes too much memory
        start = max(0, top - _THIN)
        band = _thin_in_band(np.ascontiguousarray(grey[start : top + _BAND + _THIN]))
        found[top : top + _BAND] = band[top - start : top - start + _BAND]
    return found


def _thin_in_band(grey: Grey) -> Mask:
    page = Image.fromarray(grey)
    blurred = page.filter(ImageFilter.BoxBlur((_TELLING_ALONG, 0)))
    level = np.asarray(blurred).astype(np.int16)
    deepest = _deepest(np.asarray(blurred)).astype(np.int16)
    beside = np.zeros_like(level)
    beside[_THIN:-_THIN] = np.minimum(level[: -2 * _THIN], level[2 * _THIN :])
    # Its soft edges are no part of it: a figure that runs over a rule must show beside it.
    thin = (beside >= _BLANK) & (level <= beside - FAINT) & (2 * level <= beside + deepest)
    # Letters that stand below each other ("người" in all rows) have gaps that no dotted rule has.
    close = np.asarray(page.filter(ImageFilter.BoxBlur((_DOTTED, 0))))
    thin &= close <= beside - FAINT // 2
    whole = _along(thin) >= _WHOLE * 255
    found: Mask = thin & (_along(whole) > 0)
    return found


def _deepest(level: Grey) -> Grey:
    """The darkest within two rows of each pixel, of a page that is even along its rows."""
    deepest = level.copy()
    for by in (1, 2):
        np.minimum(deepest[by:], level[:-by], out=deepest[by:])
        np.minimum(deepest[:-by], level[by:], out=deepest[:-by])
    return deepest


def _along(mask: Mask) -> Grey:
    """How much of a mask is set along its rows around each pixel, 255 for all of it."""
    return np.asarray(Image.fromarray(mask).convert("L").filter(ImageFilter.BoxBlur((_LONG // 2, 0))))


def strokes_of(grey: Grey) -> Mask:
    """The ink of a page without what is dark all around: the ground beside a sheet has no rules."""
    dark: Mask = grey < DARK
    around = Image.fromarray(dark).convert("L").filter(ImageFilter.BoxBlur(_AROUND))
    return dark & (np.asarray(around) < _SOLID * 255)


def _filled(mask: Mask) -> Mask:
    """Where a run of pixels begins that is long and whole enough for a piece of a rule."""
    sums = np.cumsum(mask, axis=1, dtype=np.int32)
    found: Mask = sums[:, _LEAST_RULE:] - sums[:, :-_LEAST_RULE] >= UNBROKEN * _LEAST_RULE
    return found


def _goes_along(stroke: Rule, rule: Rule) -> bool:
    return abs(stroke.at - rule.at) <= 2 * DRIFT and stroke.start < rule.end and stroke.end > rule.start


def _spread(ink: Mask) -> Mask:
    """Strokes with the soft edges above and below them."""
    wide = ink.copy()
    for by in range(1, SOFT + 1):
        wide[by:] |= ink[:-by]
        wide[:-by] |= ink[by:]
    return wide


@dataclass(slots=True)
class _Stroke:
    """Runs of ink in neighbouring rows."""

    row: int  #: the last one
    start: int
    end: int
    sums: NDArray[np.float64]  #: of 1, x, y, xx, xy, each run weighed by its length
    runs: list[tuple[int, int, int]]  #: row, start and end of each

    @property
    def rule(self) -> Rule:
        weight, x, y, xx, xy = map(float, self.sums)
        spread = xx * weight - x * x
        slope = (xy * weight - x * y) / spread if spread > weight * weight else 0.0
        return Rule(y / weight, self.start, self.end, slope)


def _sums(row: int, start: int, end: int) -> NDArray[np.float64]:
    length, x = end - start, (start + end) / 2
    # The run itself is spread over its length: a square about its own middle.
    return np.array(
        [length, length * x, length * row, length * (x * x + length**2 / 12), length * x * row], float
    )


def _add_run(strokes: list[_Stroke], row: int, start: int, end: int) -> None:
    for stroke in reversed(strokes[-400:]):
        if row - stroke.row <= DRIFT and start < stroke.end and end > stroke.start:
            stroke.row = row
            stroke.start, stroke.end = min(start, stroke.start), max(end, stroke.end)
            stroke.sums = stroke.sums + _sums(row, start, end)
            stroke.runs.append((row, start, end))
            return
    strokes.append(_Stroke(row, start, end, _sums(row, start, end), [(row, start, end)]))


def _joined(rules: Iterable[Rule]) -> list[Rule]:
    """Pieces of one rule joined over short breaks."""
    found: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: rule.start):
        for number, other in enumerate(found):
            if abs(rule.at - other.at) <= 2 * DRIFT and rule.start - other.end <= _BREAK:
                length, more = other.end - other.start, rule.end - rule.start
                at = (other.at * length + rule.at * more) / (length + more)
                slope = (other.slope * length + rule.slope * more) / (length + more)
                found[number] = Rule(at, other.start, max(other.end, rule.end), slope)
                break
        else:
            found.append(rule)
    return found
