"""Pages as pictures made fit for recognition: decoded within limits, turned, straightened, cleaned, cut up.

The work is done at 300 dpi or what comes near it: a page is about 3500 pixels high.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError

from intake.errors import DamagedFileError, FileTooLargeError, NotReadYetError
from intake.extractors.straightening import Straightening

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pypdfium2 import PdfPage

    Grey = NDArray[np.uint8]
    Mask = NDArray[np.bool_]

MOST_PIXELS: Final = 64_000_000
LONGEST_SIDE: Final = 4_000
_DPI: Final = 300
_USUAL_SIDE: Final = 3_500  #: pixels of the longer side of A4 at 300 dpi
_SMALL_SIDE: Final = 2_800  #: smaller pictures are enlarged
_PAPER: Final = 32  #: pixels a side of the pieces whose paper is looked at
_DARK: Final = 150  #: of 255 on even paper, below which a pixel is ink
_BLOCK: Final = 24  #: pixels a side of the pieces of a page looked at for what surrounds it
_SOLID: Final = 110  #: of 255, below which such a piece is no part of a sheet with print on it
_BLACK: Final = 40  #: of 255, below which it is no paper in whatever shadow
_PENUMBRA: Final = 3  #: pieces beside them that may be shaded
_PALEST: Final = 215  #: of 255, up to which a pixel may be pale ink
_PALE: Final = 100  #: of 255, from which the darker ink of a page is too pale to be read as it is
_PRINTED: Final = 60  #: of 255, as dark as it is made
_LEAST_PALE: Final = 0.005  #: of a page; less is no text
_DARKEST: Final = 0.002  #: of a page, that tell how dark its ink is
_FAINT: Final = 8  #: of 255, by which a grey or dotted rule is darker than the paper beside it
_BLANK: Final = 230  #: of 255, from which it is paper
_THIN: Final = 6  #: pixels above and below such a rule that are paper
_DOTTED: Final = 5  #: pixels on either side within which a rule has ink
_WHOLE: Final = 0.95  #: share of such a rule that must be seen
_BAND: Final = 400  #: rows of a page looked at together for such rules
_LONG: Final = 220  #: pixels, the least length of such a rule
_TELLING_ALONG: Final = 20  #: pixels on either side along a rule over which its dots are taken together
_COLOURED: Final = 70  #: between the strongest and the weakest channel of coloured ink
_STEEPEST: Final = 8.0  #: degrees of skew looked for
_FORMATS: Final = ("JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP")
_HEIF: Final = b"ftyp"  #: at octet 4 of HEIC and its like
_FOREIGN: Final = "not been built in"  #: what libheif says of a codec it was built without

_LEAST_RULE: Final = 70  #: pixels, longer than any stroke of a letter
_UNBROKEN: Final = 0.9  #: share of a rule that is ink
_LEAST_ACROSS, _LEAST_DOWN = 150, 45  #: pixels of a rule worth looking at
_TELLING: Final = 300  #: pixels of a rule long enough to tell how it leans
_DRIFT: Final = 4  #: pixels a rule may wander from one row to the next
_BREAK: Final = 24  #: pixels a rule may be interrupted
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
_INSET: Final = 3
_BESIDE: Final = 20  #: pixels on either side of the middle of a rule in which ink may be written over it
_SOFT: Final = 3  #: pixels on either side of a rule that are neither ink nor paper
_BORDER: Final = 24
_FIGURE_HEIGHT: Final = 17.0  #: pixels, at which figures standing alone are read best
_LEAST_SCALE, _MOST_SCALE = 0.35, 1.2
_NARROWEST, _WIDEST = 0.6, 0.93  #: of the height of a digit, the room it takes with the space beside it
_LINE: Final = 72  #: pixels, the ink of one line with its marks above and below
_LEAST_INK: Final = 14  #: pixels of one cell; less is dust


def rendered(page: PdfPage) -> Image.Image:
    """A page of a PDF as a picture of 300 dpi, smaller when it would be larger than 4000 pixels."""
    longest = max(page.get_size())
    scale = min(_DPI / 72, LONGEST_SIDE / max(longest, 1.0))
    image: Image.Image = page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
    return image


def frames(content: bytes, most: int) -> Iterator[Image.Image]:
    """The pages in a picture file, upright as its camera says, at most `most` of them.

    Raises:
        DamagedFileError: it cannot be decoded.
        FileTooLargeError: more pixels or frames than are decoded.
        NotReadYetError: a HEIF picture of another codec than HEVC and AV1, or its decoder is absent.

    """
    with _decoding(content) as image:
        count = _count(image)
        if count > most:
            raise FileTooLargeError(f"{count} frames")
        for number in range(count):
            yield _frame(image, number)


def frame_count(content: bytes) -> int:
    """How many pages a picture file has.

    Raises:
        DamagedFileError, FileTooLargeError, NotReadYetError: as `frames`.

    """
    with _decoding(content) as image:
        return _count(image)


def _count(image: Image.Image) -> int:
    return int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1


@contextmanager
def _decoding(content: bytes) -> Iterator[Image.Image]:
    """A picture opened and not yet decoded; what goes wrong with it inside comes out as ours."""
    formats = _heif_formats() if content[4:8] == _HEIF else _FORMATS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield Image.open(io.BytesIO(content), formats=formats)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FileTooLargeError("pixels") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, RuntimeError) as error:
        if formats is not _FORMATS and _FOREIGN in str(error):
            raise NotReadYetError("heif of another codec") from error
        raise DamagedFileError(f"picture: {type(error).__name__}") from error


@cache
def _heif_formats() -> tuple[str, ...]:
    """The formats to try on a HEIF picture, with the decoder of HEVC switched on; Pillow has that of AV1."""
    try:
        import pi_heif
    except ImportError as error:
        raise NotReadYetError("no decoder for heif") from error
    pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
    return ("HEIF", "AVIF")


def _frame(image: Image.Image, number: int) -> Image.Image:
    if number:  # a telephone's file may hold more pictures than its photo, and names the one to show
        image.seek(number)
    if image.width * image.height > MOST_PIXELS:
        raise FileTooLargeError(f"{image.width} x {image.height} pixels")
    if image.format == "JPEG":
        # Decoded at a half or a quarter where that still leaves all that is used.
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(image)
    if upright.mode in ("RGBA", "LA", "P", "PA"):
        white = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(white, upright.convert("RGBA"))
    return _sized(upright.convert("RGB"))


def _sized(image: Image.Image) -> Image.Image:
    longest = max(image.size)
    if _SMALL_SIDE <= longest <= LONGEST_SIDE:
        return image
    scale = min(_USUAL_SIDE / longest, 2.5)
    return image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)


def thumbnail(image: Image.Image) -> bytes:
    """The page at half its size, for a look at which way up it is."""
    return _png(image.convert("L").reduce(2))


def _png(image: Image.Image) -> bytes:
    octets = io.BytesIO()
    image.save(octets, "PNG", compress_level=1)
    return octets.getvalue()


def stacked(greys: Iterable[Grey]) -> bytes:
    """Pictures as the pages of one TIFF, so that one start of the recogniser reads them all."""
    images = [Image.fromarray(grey) for grey in greys]
    octets = io.BytesIO()
    images[0].save(octets, "TIFF", save_all=True, append_images=images[1:])
    return octets.getvalue()


# -- cleaning and straightening --------------------------------------------------------------------


def prepared(image: Image.Image, turn: int = 0) -> Sheet:
    """A page made ready: turned by `turn` degrees clockwise, cleaned of coloured ink, straightened."""
    turned = image.rotate(-turn, expand=True) if turn else image
    grey, coloured = without_colour(turned)
    angle = skew(grey)
    angle = angle if abs(angle) >= 0.05 else 0.0  # noqa: PLR2004 - two pixels over the width of a page
    if angle:
        grey = _rotated(grey, angle, 255)
        coloured = _rotated(coloured.astype(np.uint8), angle, 0) > 0
    quad = _lean(grey)
    if quad is not None:
        grey = _warped(grey, quad, 255)
        coloured = _warped(coloured.astype(np.uint8), quad, 0) > 0
    return Sheet(grey, coloured, Straightening(image.width, image.height, turn, angle, quad))


def without_colour(image: Image.Image) -> tuple[Grey, Mask]:
    """The page in grey on even paper, without the red of seals and the blue of pens, and where they were.

    The strongest of the three channels is kept: red and blue ink are bright in their own channel, print
    is dark in all three, also under a seal.
    """
    red, green, blue = map(np.asarray, image.split())  # by themselves they are compared many times faster
    strongest: Grey = np.maximum(np.maximum(red, green), blue)
    weakest = np.minimum(np.minimum(red, green), blue)
    coloured: Mask = (strongest - weakest > _COLOURED) & (weakest < 170)  # noqa: PLR2004
    paper = _paper(strongest)
    even = np.minimum(strongest.astype(np.uint16) * 255 // np.maximum(paper, 1), 255).astype(np.uint8)
    even[coloured & (even > _DARK // 2)] = 255
    even[_surroundings(even, strongest)] = 255
    return _inked(even), coloured


def _surroundings(even: Grey, strongest: Grey) -> Mask:
    """The dark lid of a copier around a sheet, from the edge of the picture on: its outlines are no rules.

    Next to a sheet it is dark beside its paper, further away only by itself.
    """
    beside, alone = (np.asarray(Image.fromarray(grey).reduce(_BLOCK)) for grey in (even, strongest))
    solid = (beside < _SOLID) | (alone < _BLACK)
    inner = np.zeros_like(solid)
    inner[1:-1, 1:-1] = True
    reached = solid & ~inner
    while not np.array_equal(reached, more := _grown(reached) & solid):
        reached = more
    for _ in range(_PENUMBRA if reached.any() else 0):
        reached = _grown(reached)
    whole = reached.repeat(_BLOCK, axis=0).repeat(_BLOCK, axis=1)
    return whole[: even.shape[0], : even.shape[1]]


def _grown(mask: Mask) -> Mask:
    """A mask and what touches it."""
    grown = mask.copy()
    grown[1:] |= mask[:-1]
    grown[:-1] |= mask[1:]
    grown[:, 1:] |= mask[:, :-1]
    grown[:, :-1] |= mask[:, 1:]
    return grown


def _inked(grey: Grey) -> Grey:
    """The page with its ink as dark as print is: a carbon copy and a worn ribbon leave letters of light grey.

    How dark its ink is tell the few darkest pixels: much may be pale that is neither, as the desk of a photo.
    """
    counts = np.bincount(grey[::2, ::2].ravel(), minlength=256)[:_PALEST]
    ink = int(counts.sum())
    if ink < _LEAST_PALE * grey.size / 4:
        return grey
    level = int(np.searchsorted(counts.cumsum(), _DARKEST * grey.size / 4))
    if level < _PALE:
        return grey
    stretched = 255 - (255 - np.arange(256)) * ((255 - _PRINTED) / (255 - level))
    levels: Grey = np.clip(stretched, 0, 255).astype(np.uint8)
    return levels[grey]


def _paper(grey: Grey) -> Grey:
    """How bright the paper is around each pixel: shadows and yellowed paper become even by it."""
    small = Image.fromarray(grey).reduce(_PAPER // 4).filter(ImageFilter.MaxFilter(9))
    smooth = small.filter(ImageFilter.GaussianBlur(6))
    return np.asarray(smooth.resize((grey.shape[1], grey.shape[0]), Image.Resampling.BILINEAR))


def skew(grey: Grey) -> float:
    """The angle in degrees by which the page must be turned anticlockwise to stand straight."""
    small = np.asarray(Image.fromarray(grey).reduce(3)) < _DARK
    rows, columns = np.nonzero(small)
    if len(rows) < 500:  # noqa: PLR2004 - nothing to go by
        return 0.0
    if len(rows) > 200_000:  # noqa: PLR2004 - enough to see the lines
        step = len(rows) // 200_000 + 1
        rows, columns = rows[::step], columns[::step]

    def sharpness(angle: float) -> float:
        levels = rows - columns * np.tan(np.radians(angle))
        counts = np.bincount((levels - levels.min()).astype(np.intp))
        return float(np.square(np.diff(counts)).sum())

    coarse = max(np.arange(-_STEEPEST, _STEEPEST + 0.1, 0.5), key=sharpness)
    return float(max(np.arange(coarse - 0.5, coarse + 0.51, 0.05), key=sharpness))


def _rotated(grey: Grey, angle: float, fill: int) -> Grey:
    image = Image.fromarray(grey).rotate(
        angle, Image.Resampling.BICUBIC if fill else Image.Resampling.NEAREST, fillcolor=fill
    )
    return np.asarray(image)


def _lean(grey: Grey) -> tuple[float, ...] | None:
    """Where the corners of an upright page lie in a photo taken aslant, by the rules of its tables.

    None when there are too few rules to tell, or none of them leans.
    """
    dark = grey < _DARK
    across = [rule for rule in _rules(dark, _LEAST_ACROSS)[0] if rule.end - rule.start >= _TELLING]
    down = [rule for rule in _rules(dark.T, _LEAST_ACROSS)[0] if rule.end - rule.start >= _TELLING]
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
    return tuple(value for corner in corners for value in corner) if moved > 2 * _DRIFT else None


def _trend(rules: Sequence[Rule]) -> tuple[float, float]:
    """How rules lean at 0, and how much more with each pixel further on."""
    places, slopes = [rule.at for rule in rules], [rule.slope for rule in rules]
    if max(places) - min(places) < _TELLING:
        return float(np.median(slopes)), 0.0
    by_place, at_start = np.polyfit(places, slopes, 1, w=[rule.end - rule.start for rule in rules])
    return float(at_start), float(by_place)


def _warped(grey: Grey, quad: tuple[float, ...], fill: int) -> Grey:
    image = Image.fromarray(grey)
    how = Image.Resampling.BICUBIC if fill else Image.Resampling.NEAREST
    return np.asarray(image.transform(image.size, Image.Transform.QUAD, quad, how, fillcolor=fill))


# -- rules and cells -------------------------------------------------------------------------------


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
        return _scaled(self.grey, self.scale)

    @property
    def soft(self) -> Grey:
        """The same, blurred before, for a second reading that shall not repeat the faults of the first."""
        soft = Image.fromarray(self.grey).filter(ImageFilter.GaussianBlur(0.54 / self.scale))
        return _scaled(np.asarray(soft), self.scale)

    @property
    def large(self) -> Grey:
        """The cell with figures 24 pixels high."""
        return _scaled(self.grey, self.scale * 1.4)

    @property
    def bold(self) -> Grey:
        """The cell as small, its strokes two pixels wider before."""
        return _scaled(np.asarray(Image.fromarray(self.grey).filter(ImageFilter.MinFilter(3))), self.scale)

    @property
    def fine(self) -> Grey:
        """The cell as small, its strokes two pixels finer before."""
        return _scaled(np.asarray(Image.fromarray(self.grey).filter(ImageFilter.MaxFilter(3))), self.scale)

    def may_hold(self, digits: int, marks: int) -> bool:
        """Whether its ink is as wide as so many digits and points: one digit left out makes it too wide."""
        clean = np.asarray(Image.fromarray(self.grey).filter(ImageFilter.MedianFilter(5))) < _DARK
        dark = clean if clean.any() else self.grey < _DARK
        rows, columns = np.flatnonzero(dark.sum(axis=1) > 1), np.flatnonzero(dark.sum(axis=0) > 1)
        if not len(rows) or not len(columns) or not digits:
            return False
        wide = (columns[-1] - columns[0] + 1) / (rows[-1] - rows[0] + 1)
        least = _NARROWEST * digits - 0.5
        return bool(least <= wide <= _WIDEST * digits + 0.5 * marks)


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight stroke across or down: where it stands, from where to where."""

    at: float
    start: float
    end: float
    slope: float = 0.0  #: by how much it leaves its direction with each pixel


@dataclass(slots=True)
class Sheet:
    """A page ready for recognition, and the tables drawn on it."""

    grey: Grey
    coloured: Mask
    straightening: Straightening | None = None
    _bare: Grey = field(init=False)  #: without the rules, so that a rule is no letter and a 1 is no rule
    _grids: list[_Grid] = field(init=False)

    def __post_init__(self) -> None:
        dark = self.grey < _DARK
        across, ink_across = _rules(dark | _thin_rules(self.grey), _LEAST_ACROSS)
        down, ink_down = _rules(dark.T | _thin_rules(self.grey.T), _LEAST_DOWN)
        self._bare = np.where(ink_across | ink_down.T, np.uint8(255), self.grey)
        ruled = [_completed(grid, self.grey) for grid in _grids(across, down, self.grey.size)]
        grids = _apart([*ruled, *_open_grids(across, down, self._bare)])
        self._grids = sorted(grids, key=lambda grid: grid.bounds[1])

    @property
    def width(self) -> float:
        """In pixels."""
        return float(self.grey.shape[1])

    @property
    def height(self) -> float:
        """In pixels."""
        return float(self.grey.shape[0])

    def without_tables(self, scale: float = 1.0) -> bytes:
        """The page as PNG, white where its tables stand, at a share of its size."""
        page = self.grey.copy()
        for grid in self._grids:
            x0, top, x1, bottom = grid.bounds
            page[max(0, int(top) - 6) : int(bottom) + 7, max(0, int(x0) - 6) : int(x1) + 7] = 255
        return _png(Image.fromarray(_scaled(page, scale)))

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
        dark = grey < _DARK
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
        dark = self._bare[top:bottom, max(0, x - _BESIDE) : x + _BESIDE] < _DARK
        left, right = dark[:, :_BESIDE].any(axis=1), dark[:, _BESIDE:].any(axis=1)
        return int((left & right).sum()) > _SOFT


def _scaled(grey: Grey, scale: float) -> Grey:
    size = max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale))
    return np.asarray(Image.fromarray(grey).resize(size, Image.Resampling.LANCZOS))


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
    dark = grey < _DARK
    rows, columns = np.flatnonzero(dark.sum(axis=1) > 1), np.flatnonzero(dark.sum(axis=0) > 1)
    if not len(rows) or not len(columns):
        return grey
    return grey[max(0, rows[0] - 4) : rows[-1] + 5, max(0, columns[0] - 4) : columns[-1] + 5]


def _rules(dark: Mask, least: int) -> tuple[list[Rule], Mask]:
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


def _thin_rules(grey: Grey) -> Mask:
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
    thin = (beside >= _BLANK) & (level <= beside - _FAINT) & (2 * level <= beside + deepest)
    # Letters that stand below each other ("người" in all rows) have gaps that no dotted rule has.
    close = np.asarray(page.filter(ImageFilter.BoxBlur((_DOTTED, 0))))
    thin &= close <= beside - _FAINT // 2
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


def _filled(mask: Mask) -> Mask:
    """Where a run of pixels begins that is long and whole enough for a piece of a rule."""
    sums = np.cumsum(mask, axis=1, dtype=np.int32)
    found: Mask = sums[:, _LEAST_RULE:] - sums[:, :-_LEAST_RULE] >= _UNBROKEN * _LEAST_RULE
    return found


def _goes_along(stroke: Rule, rule: Rule) -> bool:
    return abs(stroke.at - rule.at) <= 2 * _DRIFT and stroke.start < rule.end and stroke.end > rule.start


def _spread(ink: Mask) -> Mask:
    """Strokes with the soft edges above and below them."""
    wide = ink.copy()
    for by in range(1, _SOFT + 1):
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
        if row - stroke.row <= _DRIFT and start < stroke.end and end > stroke.start:
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
            if abs(rule.at - other.at) <= 2 * _DRIFT and rule.start - other.end <= _BREAK:
                length, more = other.end - other.start, rule.end - rule.start
                at = (other.at * length + rule.at * more) / (length + more)
                slope = (other.slope * length + rule.slope * more) / (length + more)
                found[number] = Rule(at, other.start, max(other.end, rule.end), slope)
                break
        else:
            found.append(rule)
    return found


@dataclass(frozen=True, slots=True)
class _Grid:
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
        return _levels(self.across)

    @property
    def columns(self) -> list[float]:
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


def _apart(grids: Iterable[_Grid]) -> list[_Grid]:
    """Tables, and not what lies over one of more cells or is too low for a line of text: edges of a desk."""
    found: list[_Grid] = []
    for grid in sorted(grids, key=lambda grid: -len(grid.cells())):
        x0, top, x1, bottom = grid.bounds
        lies_over = any(
            min(x1, other[2]) - max(x0, other[0]) > _MEET
            and min(bottom, other[3]) - max(top, other[1]) > _MEET
            for other in (one.bounds for one in found)
        )
        if not lies_over and bottom - top >= _LEAST_DOWN:
            found.append(grid)
    return found


def _completed(grid: _Grid, grey: Grey) -> _Grid:
    """The table with the sides it leaves open, and the pieces of its rules too short to be found alone."""
    down = (*grid.down, *_open_sides(grid))
    whole = _Grid(grid.across, down)
    rows, columns = whole.rows, whole.columns
    across = _pieces(whole.across, rows[1:-1], columns, grey)
    return _Grid((*whole.across, *across), (*down, *_pieces(down, columns[1:-1], rows, grey.T)))


def _open_sides(grid: _Grid) -> Iterator[Rule]:
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
        if abs(at - edge) > _LEAST_DOWN and alike >= max(3, _MOSTLY * len(rows)):
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
        max(0, round(at) - _ASIDE) : round(at) + _ASIDE + 1, round(start) + 2 * _SOFT : round(end) - 2 * _SOFT
    ]
    count = strip.shape[1] // _STEP
    if count < 3 or strip.shape[0] <= 2 * _ASIDE:  # noqa: PLR2004 - too short to tell
        return None
    steps = strip[:, : count * _STEP].reshape(strip.shape[0], count, _STEP).mean(axis=2)
    middle = _ASIDE // 2 + int(np.argmin(steps[_ASIDE // 2 : -_ASIDE // 2].mean(axis=1)))
    beside = np.minimum(steps[: middle - _SOFT].max(axis=0), steps[middle + _SOFT + 1 :].max(axis=0))
    is_even = float(np.ptp(steps[middle])) <= _UNEVEN  # as no letter is from top to bottom
    is_whole = (beside - steps[middle] >= _FAINT).mean() >= _UNBROKEN
    return float(steps[middle].mean()) if is_even and is_whole else None


def _open_grids(across: Sequence[Rule], down: Sequence[Rule], bare: Grey) -> Iterator[_Grid]:
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
        columns = _open_columns(group, bare) if len(_levels(group)) >= _FEWEST_OPEN else []
        if len({rule.at for rule in columns}) >= _FEWEST_OPEN:
            yield _Grid(tuple(group), tuple(columns))


def _open_columns(across: Sequence[Rule], bare: Grey) -> list[Rule]:
    """Where rules down would stand, row by row: none through what is written in a row."""
    rows = _levels(across)
    start, end = round(min(rule.start for rule in across)), round(max(rule.end for rule in across))
    inked = np.array(
        [
            (bare[round(top) + _SOFT : round(bottom) - _SOFT, start:end] < _DARK).sum(axis=0) > 1
            for top, bottom in pairwise(rows)
        ]
    )
    crossed = inked.sum(axis=0)
    strips = [strip for strip in _runs(crossed <= _SELDOM * len(inked)) if strip[1] - strip[0] >= _STRIP]
    inner = [at for strip in strips for at in _clearest(crossed, *strip)]
    found = [Rule(at, rows[0], rows[-1]) for at in (start, end)]
    for at in inner:
        for (top, bottom), row in zip(pairwise(rows), inked, strict=True):
            if not row[at - _STRIP // 2 + 1 : at + _STRIP // 2].any():  # a blank between words is no strip
                found.append(Rule(start + at, top, bottom))
    return found


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where the runs of what is set begin and end."""
    edges = np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _clearest(crossed: NDArray[np.intp], start: int, end: int) -> list[int]:
    """The middle of the widest part of a strip that the fewest rows run over, and that is no margin.

    Beside a column that holds its head alone, as "Ghi chú" does, there are two parts: one is the margin.
    """
    for most in np.unique(crossed[start:end]):
        parts = [(start + a, start + b) for a, b in _runs(crossed[start:end] <= most)]
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


def _grids(across: Sequence[Rule], down: Sequence[Rule], area: int) -> list[_Grid]:
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
    grids = [_Grid(tuple(rows), tuple(columns)) for rows, columns in groups]
    whole = [grid for grid in grids if len(_levels(grid.across)) > 1 and len(_levels(grid.down)) > 1]
    tables = [grid for grid in whole if len(grid.cells()) > 1 and not _is_frame(grid, whole, area)]
    return sorted(tables, key=lambda grid: min(rule.at for rule in grid.across))


def _is_frame(grid: _Grid, grids: Sequence[_Grid], area: int) -> bool:
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
