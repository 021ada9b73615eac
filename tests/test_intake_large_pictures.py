"""Pictures of many pixels: read within 512 MB with all that reading starts, or named as too large."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from desk.office import PICTURE_DATA
from intake.documents import ReadState
from intake.errors import FileTooLargeError
from intake.extractors import scan
from intake.extractors.interface import Limits
from intake.extractors.page_images import frames
from intake.mail.messages import ReadMessage
from intake.sandbox.pool import ReaderPool
from tests.builders import mail
from tests.test_bombs import OCTETS, peak_memory
from tests.test_intake_scan import grid_page

MOST = 8_000  #: pixels a side: 64 million

needs_tesseract = pytest.mark.skipif(not scan.is_installed(), reason="tesseract with vie is not installed")


def encoded(image: Image.Image, kind: str, **how: object) -> bytes:
    octets = io.BytesIO()
    image.save(octets, kind, **how)
    return octets.getvalue()


def of_64_million(page: Image.Image) -> Image.Image:
    """The page as a camera of so many pixels takes it."""
    whole = Image.new("RGB", (MOST, MOST), "white")
    whole.paste(page.resize((round(page.width * MOST / page.height), MOST), Image.Resampling.NEAREST))
    return whole


@needs_tesseract
def test_a_picture_of_64_million_pixels_is_recognised_within_its_memory() -> None:
    photo = of_64_million(grid_page("1.247"))
    files = [
        ("tron.png", encoded(photo, "PNG", compress_level=1)),
        ("dan.jpg", encoded(photo, "JPEG", quality=50, progressive=True)),
    ]
    del photo
    limits = Limits(seconds=120.0, recognition=100.0, data=PICTURE_DATA)
    with peak_memory() as peak, ReaderPool(1, limits) as pool:
        [(_, message)] = pool.read([("m", mail(files=files))])
    assert isinstance(message, ReadMessage)
    assert [(file.state, file.detail) for file in message.files] == [(ReadState.READ, "")] * 2
    for file in message.files:
        assert file.document is not None
        [table] = file.document.tables
        assert [cell.text for cell in table.cells] == ["Chỉ tiêu", "Tổng số", "Số người", "1.247"]
    assert peak[0] < OCTETS


@pytest.mark.parametrize("mode", ["RGB", "CMYK"])
def test_a_picture_that_takes_too_much_to_decode_is_too_large_before_it_is_decoded(mode: str) -> None:
    """A JPEG in passes is kept whole in coefficients until the last of them, with each of its colours."""
    octets = encoded(Image.new(mode, (MOST, MOST)), "JPEG", quality=30, progressive=True, subsampling=0)
    with pytest.raises(FileTooLargeError):
        next(frames(octets, 1))


@pytest.mark.parametrize("how", [("PNG", {}), ("TIFF", {"compression": "tiff_lzw"})])
def test_a_grey_picture_of_16_bits_is_the_one_of_8(how: tuple[str, dict[str, str]]) -> None:
    """Pillow makes white of all but its darkest levels, and the page would be blank."""
    kind, options = how
    eight = np.asarray(grid_page("1.247").convert("L"))
    [page] = frames(encoded(Image.fromarray(eight.astype(np.uint16) * 257), kind, **options), 1)
    assert np.array_equal(np.asarray(page)[..., 0], eight)


@pytest.mark.parametrize(("longest", "drawn"), [(1000, 2500), (3000, 3000), (4000, 3500), (8000, 3500)])
def test_a_picture_is_given_the_size_of_a_page_at_300_dpi(longest: int, drawn: int) -> None:
    for kind in ("JPEG", "PNG"):
        [page] = frames(encoded(Image.new("L", (longest, longest // 2), 200), kind), 1)
        assert page.size == (drawn, drawn // 2)
        assert page.getextrema() == ((200, 200),) * 3
