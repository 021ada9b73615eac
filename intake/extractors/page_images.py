"""Pages as pictures: decoded within limits, made the size of a page at 300 dpi or what comes near it."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

from intake.errors import DamagedFileError, FileTooLargeError, NotReadYetError

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

    from intake.extractors.page_paper import Grey

MOST_PIXELS: Final = 64_000_000
LONGEST_SIDE: Final = 4_000
_DPI: Final = 300
_USUAL_SIDE: Final = 3_500  #: pixels of the longer side of A4 at 300 dpi
_SMALL_SIDE: Final = 2_800  #: smaller pictures are enlarged
_LARGE_SIDE: Final = 3_600  #: larger ones are reduced
_FORMATS: Final = ("JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP")
_HEIF: Final = b"ftyp"  #: at octet 4 of HEIC and its like
_FOREIGN: Final = "not been built in"  #: what libheif says of a codec it was built without
_NO_MEMORY: Final = "decoder error -9"  #: what Pillow says of a decoder without memory
_MOST_TO_DECODE: Final = 300 << 20  #: octets a picture may take while it is decoded
#: Octets of each pixel that decoders keep beside the picture
_BESIDE_PICTURE: Final = {"WEBP": 8, "HEIF": 5, "AVIF": 8}
_BAND: Final = 256  #: rows of a page drawn together
_LANCZOS: Final = 3  #: rows above and below that such a row is drawn from
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  #: what sets a picture upright whose camera was held so


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
    count = frame_count(content)
    if count > most:
        raise FileTooLargeError(f"{count} frames")
    for number in range(count):
        with _decoding(
            content
        ) as image:  # anew each time: while a page is looked at no picture is held whole
            page = _frame(image, number)
        del image
        yield page


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
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise FileTooLargeError("pixels") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, RuntimeError) as error:
        if formats is not _FORMATS and _FOREIGN in str(error):
            raise NotReadYetError("heif of another codec") from error
        if str(error).endswith(_NO_MEMORY):
            raise FileTooLargeError("pixels") from error
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
    if image.width * image.height > MOST_PIXELS or _octets_to_decode(image) > _MOST_TO_DECODE:
        raise FileTooLargeError(f"{image.width} x {image.height} pixels")
    longest = _side(max(image.size))
    if isinstance(image, JpegImageFile):
        # Decoded at a half or a quarter where that still leaves all that is used.
        share = longest / max(image.size)
        image.draft("RGB", (max(int(image.width * share), 1), max(int(image.height * share), 1)))
    image.load()
    page = _drawn(image, longest / max(image.size))
    turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    return page if turn is None else page.transpose(turn)


def _side(longest: int) -> int:
    """How many pixels the longer side of a picture is given."""
    return longest if _SMALL_SIDE <= longest <= _LARGE_SIDE else min(_USUAL_SIDE, round(2.5 * longest))


def _octets_to_decode(image: Image.Image) -> int:
    """What decoding holds beside the file: one whole picture, and what its decoder keeps besides."""
    pixels = image.width * image.height
    if isinstance(image, JpegImageFile):  # drawn small at once, but in passes only after the last of them
        return pixels * _samples(image) * 2 if image.info.get("progressive") else 0
    held = 1 if image.mode in ("1", "L", "P") else 4
    return pixels * (held + _BESIDE_PICTURE.get(image.format or "", 0))


def _samples(image: JpegImageFile) -> int:
    """Of each pixel, with those of the colours, which may be fewer; no less than there are."""
    across = max(layer[1] for layer in image.layer)
    down = max(layer[2] for layer in image.layer)
    return math.ceil(sum(layer[1] * layer[2] for layer in image.layer) / (across * down))


def _drawn(image: Image.Image, scale: float) -> Image.Image:
    """A decoded picture as it is used: in colour, on white, at a share of its size.

    It is drawn band by band: a picture of 64 million pixels fits once into the memory there is, not twice.
    """
    size = max(round(image.width * scale), 1), max(round(image.height * scale), 1)
    if size == image.size and image.mode == "RGB":
        return image
    page = Image.new("RGB", size)
    tall = image.height / size[1]
    around = math.ceil(_LANCZOS * max(tall, 1.0)) + 1
    for top in range(0, size[1], _BAND):
        bottom = min(top + _BAND, size[1])
        first = max(math.floor(top * tall) - around, 0)
        last = min(math.ceil(bottom * tall) + around, image.height)
        band = _on_white(image.crop((0, first, image.width, last)))
        box = (0.0, top * tall - first, image.width, min(bottom * tall - first, last - first))
        page.paste(band.resize((size[0], bottom - top), Image.Resampling.LANCZOS, box), (0, top))
    return page


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):  # of 16 bits: Pillow makes white of all but the darkest
        levels = np.asarray(image).astype(np.float32)
        return Image.fromarray(np.clip(levels / 257, 0, 255).astype(np.uint8)).convert("RGB")
    if image.mode in ("RGBA", "LA", "P", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image.convert("RGB")


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
