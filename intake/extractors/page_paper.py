"""Paper and ink of a page: its paper even, coloured ink out, pale ink dark, straight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]
    Mask = NDArray[np.bool_]

DARK: Final = 150  #: of 255 on even paper, below which a pixel is ink
_PAPER: Final = 32  #: pixels a side of the pieces whose paper is looked at
_BLOCK: Final = 24  #: pixels a side of the pieces of a page looked at for what surrounds it
_SOLID: Final = 110  #: of 255, below which such a piece is no part of a sheet with print on it
_BLACK: Final = 40  #: of 255, below which it is no paper in whatever shadow
_PENUMBRA: Final = 3  #: pieces beside them that may be shaded
_PALEST: Final = 215  #: of 255, up to which a pixel may be pale ink
_PALE: Final = 100  #: of 255, from which the darker ink of a page is too pale to be read as it is
_PRINTED: Final = 60  #: of 255, as dark as it is made
_LEAST_PALE: Final = 0.005  #: of a page; less is no text
_DARKEST: Final = 0.002  #: of a page, that tell how dark its ink is
_COLOURED: Final = 70  #: between the strongest and the weakest channel of coloured ink
_STEEPEST: Final = 8.0  #: degrees of skew looked for


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
    even[coloured & (even > DARK // 2)] = 255
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
    while not np.array_equal(reached, more := grown(reached) & solid):
        reached = more
    for _ in range(_PENUMBRA if reached.any() else 0):
        reached = grown(reached)
    whole = reached.repeat(_BLOCK, axis=0).repeat(_BLOCK, axis=1)
    return whole[: even.shape[0], : even.shape[1]]


def grown(mask: Mask) -> Mask:
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
    small = np.asarray(Image.fromarray(grey).reduce(3)) < DARK
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


def rotated(grey: Grey, angle: float, fill: int) -> Grey:
    """The page turned anticlockwise by `angle` degrees, `fill` where it showed nothing; 0 is for masks."""
    image = Image.fromarray(grey).rotate(
        angle, Image.Resampling.BICUBIC if fill else Image.Resampling.NEAREST, fillcolor=fill
    )
    return np.asarray(image)


def warped(grey: Grey, quad: tuple[float, ...], fill: int) -> Grey:
    """The page drawn out of a quadrangle, as in `Straightening`; `fill` as in `rotated`."""
    image = Image.fromarray(grey)
    how = Image.Resampling.BICUBIC if fill else Image.Resampling.NEAREST
    return np.asarray(image.transform(image.size, Image.Transform.QUAD, quad, how, fillcolor=fill))


def scaled(grey: Grey, scale: float) -> Grey:
    """The page at a share of its size."""
    size = max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale))
    return np.asarray(Image.fromarray(grey).resize(size, Image.Resampling.LANCZOS))
