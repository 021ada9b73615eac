"""Pages as pictures: decoded within limits, made the size of a page at 300 dpi or what comes near it."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageOps, UnidentifiedImageError

from intake.errors import DamagedFileError, FileTooLargeError, NotReadYetError

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

    from intake.extractors.page_paper import Grey

MOST_PIXELS: Final = 64_000_000
LONGEST_SIDE: Final = 4_000
_DPI: Final = 300
_USUAL_SIDE: Final = 3_500  #: pixels of the longer side of A4 at 300 dpi
_SMALL_SIDE: Final = 2_800  #: smaller pictures are enlarged
_FORMATS: Final = ("JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP")
_HEIF: Final = b"ftyp"  #: at octet 4 of HEIC and its like
_FOREIGN: Final = "not been built in"  #: what libheif says of a codec it was built without


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
    return png(image.convert("L").reduce(2))


def png(image: Image.Image) -> bytes:
    """The picture as PNG, packed little: it is read at once."""
    octets = io.BytesIO()
    image.save(octets, "PNG", compress_level=1)
    return octets.getvalue()


def stacked(greys: Iterable[Grey]) -> bytes:
    """Pictures as the pages of one TIFF, so that one start of the recogniser reads them all."""
    images = [Image.fromarray(grey) for grey in greys]
    octets = io.BytesIO()
    images[0].save(octets, "TIFF", save_all=True, append_images=images[1:])
    return octets.getvalue()
