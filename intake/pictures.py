"""Pages of documents as pictures, and where on them everything stands, in pixels of these pictures.

A file that cannot be drawn is a `NoPicture` with a reason, each with a sentence in the catalogue (area
"pictures").
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

RENDERER: Final = "1"  #: raised whenever pictures or places come out otherwise; a cache goes by it
MOST_PAGES: Final = 20  #: of one document; the rest are not drawn
LONGEST_SIDE: Final = 4_000  #: pixels
LARGEST_PICTURE: Final = 8 << 20  #: octets of one PNG
LONGEST_TEXT: Final = 200  #: characters of a cell that are told with its place
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


@dataclass(frozen=True, slots=True)
class NoPicture:
    """Why there is no picture; `reason` is a key of the wording area "pictures"."""

    reason: str
    detail: str = ""  #: for the log, never text of the mail


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What is to be drawn of one document."""

    files: tuple[str, ...]  #: SHA-256 of its files in the mail; several: photos of its pages
    first: int = 1
    count: int = MOST_PAGES
    places: bool = False  #: also say where cells and words stand; a scan is recognised for it, which is slow


@dataclass(frozen=True, slots=True)
class PagePicture:
    """One page, or a strip of a page too tall for one picture."""

    number: int  #: from 1
    width: int  #: pixels
    height: int
    png: bytes


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page picture, in its pixels, y growing downwards."""

    page: int
    x0: int
    top: int
    x1: int
    bottom: int


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """Where a cell is drawn; named as in the document that was read."""

    table: str  #: name of the sheet, or number of the table
    row: int  #: from 0
    column: int
    address: str  #: "D12" in a workbook, otherwise empty
    text: str  #: what was read there, at most `LONGEST_TEXT`
    box: Box


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """Where a word of a paragraph is drawn."""

    paragraph: int  #: from 1
    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Places:
    """Where cells and words stand. What could not be found for certain is absent."""

    cells: tuple[PlacedCell, ...] = ()
    words: tuple[PlacedWord, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """The pictures asked for."""

    count: int  #: pictures the document makes, at most `MOST_PAGES`
    cut: bool  #: it has more pages than are drawn
    pages: tuple[PagePicture, ...]  #: the first of those asked for, as many as one answer holds
    places: Places | None = None  #: None: not asked for, or a scan that is not recognised here


@dataclass(frozen=True, slots=True)
class MailText:
    """The text of a mail made safe: no markup, no control or direction marks, bounded."""

    own: str  #: what the sender wrote now; line n of it is the place "đoạn n" of a report typed in the mail
    whole: str  #: with quoted and forwarded mail
    files: tuple[tuple[str, str], ...] = ()  #: name and text of attached text and HTML files


def picture_of(png: bytes, number: int) -> PagePicture | None:
    """Octets as a page picture; None unless they are a PNG within the limits."""
    if len(png) > LARGEST_PICTURE or len(png) < len(_SIGNATURE) + 8 or not png.startswith(_SIGNATURE):
        return None
    width, height = struct.unpack_from(">II", png, len(_SIGNATURE))
    if not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE and png.endswith(b"IEND\xaeB`\x82")):
        return None
    return PagePicture(number, width, height, png)


def is_sound(page: PagePicture) -> bool:
    """Whether a page picture is what it says."""
    return picture_of(page.png, page.number) == page
