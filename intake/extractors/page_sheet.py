"""A page ready for recognition: cleaned, straight, its tables found and cut into cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageFilter

from intake.extractors.page_bare_tables import bare_grids
from intake.extractors.page_grids import Grid, grids_of
from intake.extractors.page_images import png
from intake.extractors.page_paper import DARK, grown, rotated, scaled, skew, warped, without_colour
from intake.extractors.page_rules import (
    DRIFT,
    LEAST_ACROSS,
    LEAST_DOWN,
    SOFT,
    Rule,
    rules_along,
    strokes_of,
    thin_rules,
)
from intake.extractors.straightening import Straightening

if TYPE_CHECKING:
    from intake.extractors.page_lines import Word
    from intake.extractors.page_paper import Grey, Mask

_TELLING: Final = 300  #: pixels of a rule long enough to tell how it leans
_INSET: Final = 3
_BESIDE: Final = 20  #: pixels on either side of the middle of a rule in which ink may be written over it
_BORDER: Final = 24
_FIGURE_HEIGHT: Final = 17.0  #: pixels, at which figures standing alone are read best
_LEAST_SCALE, _MOST_SCALE = 0.35, 1.2
_NARROWEST, _WIDEST = 0.6, 0.93  #: of the height of a digit, the room it takes with the space beside it
_INK: Final = 170  #: of 255, below which a pixel of a cell that was drawn smaller is ink
#: How many blanks a figure encloses, at least and at most; the others none
_BLANKS: Final = {"0": (1, 1), "4": (0, 1), "6": (1, 1), "8": (2, 2), "9": (1, 1), "%": (0, 2)}
_LINE: Final = 72  #: pixels, the ink of one line with its marks above and below
_LEAST_INK: Final = 14  #: pixels of one cell; less is dust


def prepared(image: Image.Image, turn: int = 0) -> Sheet:
    """A page made ready: turned by `turn` degrees clockwise, cleaned of coloured ink, straightened."""
    turned = image.rotate(-turn, expand=True) if turn else image
    grey, coloured = without_colour(turned)
    angle = skew(grey)
    angle = angle if abs(angle) >= 0.05 else 0.0  # noqa: PLR2004 - two pixels over the width of a page
    if angle:
        grey = rotated(grey, angle, 255)
        coloured = rotated(coloured.astype(np.uint8), angle, 0) > 0
    quad = _lean(grey)
    if quad is not None:
        grey = warped(grey, quad, 255)
        coloured = warped(coloured.astype(np.uint8), quad, 0) > 0
    return Sheet(grey, coloured, Straightening(image.width, image.height, turn, angle, quad))


def _lean(grey: Grey) -> tuple[float, ...] | None:
    """Where the corners of an upright page lie in a photo taken aslant, by the rules of its tables.

    None when there are too few rules to tell, or none of them leans.
    """
    dark = grey < DARK
    across = [rule for rule in rules_along(dark, LEAST_ACROSS)[0] if rule.end - rule.start >= _TELLING]
    down = [rule for rule in rules_along(dark.T, LEAST_ACROSS)[0] if rule.end - rule.start >= _TELLING]
    if len(across) < 3 or len(down) < 3:  # noqa: PLR2004 - two may be chance
        return None
    height, width = grey.shape
    (tilt, tilt_by_y), (lean, lean_by_x) = _trend(across), _trend(down)
    corners = [
        (
            x + (lean + lean_by_x * x) * (y - height / 2),
            y + (tilt + tilt_by_y * y) * (x - width / 2),
        )
        for x, y in ((0, 0), (0, height), (width, height), (width, 0))
    ]
    moved = max(
        abs(lean) * height,
        abs(tilt) * width,
        abs(lean_by_x) * height * width,
        abs(tilt_by_y) * height * width,
    )
    return tuple(value for corner in corners for value in corner) if moved > 2 * DRIFT else None


def _trend(rules: Sequence[Rule]) -> tuple[float, float]:
    """How rules lean at 0, and how much more with each pixel further on."""
    places, slopes = [rule.at for rule in rules], [rule.slope for rule in rules]
    if max(places) - min(places) < _TELLING:
        return float(np.median(slopes)), 0.0
    by_place, at_start = np.polyfit(places, slopes, 1, w=[rule.end - rule.start for rule in rules])
    return float(at_start), float(by_place)


@dataclass(frozen=True, slots=True)
class Cutting:
    """A cell cut out of its page."""

    bounds: tuple[float, float, float, float]  #: x0, top, x1, bottom on the page
    grey: Grey
    inked: bool  #: anything stands in it
    coloured: bool  #: a pen or a seal was in it, and what it wrote was taken out
    scale: float = 0.45  #: to the height of figures that is read best
    cut: bool = False  #: ink reaches over its edge: part of a figure may stand outside

    @property
    def is_line(self) -> bool:
        """Whether no more than one line is written in it."""
        return bool(self.grey.shape[0] - 2 * _BORDER <= _LINE)

    @property
    def small(self) -> Grey:
        """The cell with figures 17 pixels high: standing alone they are read far better so than larger."""
        return scaled(self.grey, self.scale)

    @property
    def soft(self) -> Grey:
        """The same, blurred before, for a second reading that shall not repeat the faults of the first."""
        soft = Image.fromarray(self.grey).filter(ImageFilter.GaussianBlur(0.54 / self.scale))
        return scaled(np.asarray(soft), self.scale)

    @property
    def large(self) -> Grey:
        """The cell with figures 24 pixels high."""
        return scaled(self.grey, self.scale * 1.4)

    @property
    def bold(self) -> Grey:
        """The cell as small, its strokes two pixels wider before."""
        return scaled(np.asarray(Image.fromarray(self.grey).filter(ImageFilter.MinFilter(3))), self.scale)

    @property
    def fine(self) -> Grey:
        """The cell as small, its strokes two pixels finer before."""
        return scaled(np.asarray(Image.fromarray(self.grey).filter(ImageFilter.MaxFilter(3))), self.scale)

    def encloses(self, text: str) -> bool:
        """Whether its ink encloses as many blanks as these figures: two in an 8, none in a 3.

        What readings agree on they may have misread alike: each was given the same picture.
        """
        ink = np.asarray(Image.fromarray(self.large).filter(ImageFilter.MedianFilter(3))) < _INK
        least = sum(_BLANKS.get(letter, (0, 0))[0] for letter in text)
        most = sum(_BLANKS.get(letter, (0, 0))[1] for letter in text)
        return least <= _enclosed(ink) <= most

    def may_hold(self, digits: int, marks: int) -> bool:
        """Whether its ink is as wide as so many digits and points: one digit left out makes it too wide."""
        clean = np.asarray(Image.fromarray(self.grey).filter(ImageFilter.MedianFilter(5))) < DARK
        dark = clean if clean.any() else self.grey < DARK
        rows, columns = np.flatnonzero(dark.sum(axis=1) > 1), np.flatnonzero(dark.sum(axis=0) > 1)
        if not len(rows) or not len(columns) or not digits:
            return False
        wide = (columns[-1] - columns[0] + 1) / (rows[-1] - rows[0] + 1)
        least = _NARROWEST * digits - 0.5
        return bool(least <= wide <= _WIDEST * digits + 0.5 * marks)


def _enclosed(ink: Mask) -> int:
    """How many blanks this ink encloses."""
    blank = np.pad(~ink, 1, constant_values=True)
    outside = np.zeros_like(blank)
    outside[0] = True
    while not np.array_equal(outside, more := grown(outside) & blank):
        outside = more
    held = (blank & ~outside).astype(np.int8)
    upper, lower = held[:-1, :-1] + held[:-1, 1:], held[1:, :-1] + held[1:, 1:]
    corners = upper + lower
    crossed = (corners == 2) & (upper == 1) & (held[:-1, :-1] == held[1:, 1:])  # noqa: PLR2004
    # Gray's count of pieces by the corners of their outlines, pieces that touch at a corner being one.
    return int((corners == 1).sum() - (corners == 3).sum() - 2 * crossed.sum()) // 4  # noqa: PLR2004


@dataclass(slots=True)
class Sheet:
    """A page ready for recognition, and the tables drawn on it."""

    grey: Grey
    coloured: Mask
    straightening: Straightening | None = None
    _bare: Grey = field(init=False)  #: without the rules, so that a rule is no letter and a 1 is no rule
    _grids: list[Grid] = field(init=False)

    def __post_init__(self) -> None:
        dark = strokes_of(self.grey)
        across, ink_across = rules_along(dark | thin_rules(self.grey), LEAST_ACROSS)
        down, ink_down = rules_along(dark.T | thin_rules(self.grey.T), LEAST_DOWN)
        self._bare = np.where(ink_across | ink_down.T, np.uint8(255), self.grey)
        self._grids = grids_of(across, down, self.grey, self._bare)

    @property
    def width(self) -> float:
        """In pixels."""
        return float(self.grey.shape[1])

    @property
    def height(self) -> float:
        """In pixels."""
        return float(self.grey.shape[0])

    def take_bare(self, words: Sequence[Word]) -> list[Word]:
        """Adds the tables without rules that these words of the page make; gives the words outside them."""
        found = bare_grids(words, self._grids, self._bare)
        self._grids = sorted([*self._grids, *found], key=lambda grid: grid.bounds[1])
        boxes = [grid.bounds for grid in found]
        return [word for word in words if not any(_is_inside(word, box) for box in boxes)]

    def without_tables(self, scale: float = 1.0) -> bytes:
        """The page as PNG, white where its tables stand, at a share of its size."""
        page = self.grey.copy()
        for grid in self._grids:
            x0, top, x1, bottom = grid.bounds
            page[max(0, int(top) - 6) : int(bottom) + 7, max(0, int(x0) - 6) : int(x1) + 7] = 255
        return png(Image.fromarray(scaled(page, scale)))

    def tables(self) -> list[list[Cutting]]:
        """The cells of each table, from top to bottom."""
        return [_fitted([self._cut(bounds) for bounds in grid.cells()]) for grid in self._grids]

    def _cut(self, bounds: tuple[float, float, float, float]) -> Cutting:
        x0, top, x1, bottom = (round(bound) for bound in bounds)
        inside = (
            slice(top + _INSET, max(bottom - _INSET, top + _INSET + 1)),
            slice(x0 + _INSET, max(x1 - _INSET, x0 + _INSET + 1)),
        )
        grey = self._bare[inside]
        dark = grey < DARK
        ink = int(dark.sum())
        return Cutting(
            bounds,
            np.pad(_trimmed(grey), _BORDER, constant_values=255),
            inked=ink >= _LEAST_INK,
            coloured=int(self.coloured[inside].sum()) > 4 * _LEAST_INK,
            cut=bool(dark[0].any() or dark[-1].any() or dark[:, 0].any() or dark[:, -1].any())
            or self._is_crossed(x0, top, bottom)
            or self._is_crossed(x1, top, bottom),
        )

    def _is_crossed(self, x: int, top: int, bottom: int) -> bool:
        """Whether something is written over the rule at x: there is ink on both sides of it at one height."""
        dark = self._bare[top:bottom, max(0, x - _BESIDE) : x + _BESIDE] < DARK
        left, right = dark[:, :_BESIDE].any(axis=1), dark[:, _BESIDE:].any(axis=1)
        return int((left & right).sum()) > SOFT


def _is_inside(word: Word, box: tuple[float, float, float, float]) -> bool:
    return box[0] <= (word.x0 + word.x1) / 2 <= box[2] and box[1] <= word.middle <= box[3]


def _fitted(cuttings: list[Cutting]) -> list[Cutting]:
    """The cells of one table with the scale that suits its letters: figures are its lower lines."""
    heights = sorted(c.grey.shape[0] - 2 * _BORDER - 8 for c in cuttings if c.inked and c.is_line)
    told = [height for height in heights if height >= _FIGURE_HEIGHT / _MOST_SCALE]
    if not told:
        return cuttings
    scale = min(max(_FIGURE_HEIGHT / told[len(told) // 4], _LEAST_SCALE), _MOST_SCALE)
    return [replace(cutting, scale=scale) for cutting in cuttings]


def _trimmed(grey: Grey) -> Grey:
    """Only what is written: a figure lost in a tall cell is misread more often than one by itself."""
    dark = grey < DARK
    rows, columns = np.flatnonzero(dark.sum(axis=1) > 1), np.flatnonzero(dark.sum(axis=0) > 1)
    if not len(rows) or not len(columns):
        return grey
    return grey[max(0, rows[0] - 4) : rows[-1] + 5, max(0, columns[0] - 4) : columns[-1] + 5]
