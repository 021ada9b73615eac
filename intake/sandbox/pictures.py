"""Pages as pictures, and where on them everything stands: what is asked of a reading process, and its answer.

The original never leaves the process: it draws the pages, encodes them as PNG and says where cells and words
stand, in pixels of these pictures. `draw`, `cut_out` and `mail_text` are for a `ReaderPool`; a file that
cannot be drawn is a `NoPicture` with a reason, each with a sentence in the catalogue (area "pictures").
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from intake.sandbox.pool import ReaderPool, ReadingFailure

RENDERER: Final = "1"  #: raised whenever pictures or places come out otherwise; a cache goes by it
MOST_PAGES: Final = 20  #: of one document; the rest are not drawn
LONGEST_SIDE: Final = 4_000  #: pixels
LARGEST_PICTURE: Final = 8 << 20  #: octets of one PNG
LONGEST_TEXT: Final = 200  #: characters of a cell that are told with its place
DRAW_SECONDS: Final = 60.0
_CUT_SECONDS: Final = 10.0
_TEXT_SECONDS: Final = 30.0
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_LENGTH: Final = struct.Struct(">I")


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


@dataclass(frozen=True, slots=True)
class _Answer:
    """Either of the two; msgspec keeps the types of this module and lets nothing else in."""

    drawn: Drawn | None = None
    failure: NoPicture | None = None


def draw(
    pool: ReaderPool, octets: bytes, request: PageRequest, seconds: float = DRAW_SECONDS
) -> Drawn | NoPicture:
    """Pages of one document of a mail, drawn in a reading process.

    Args:
        pool: its `Limits.recognition` says whether scans are recognised to place their figures.
        octets: the raw message.
        request: which document, which pages.
        seconds: after which the process is stopped.
    """
    answered = pool.ask(b"P", with_head(msgspec.msgpack.encode(request), octets), seconds)
    if not isinstance(answered, bytes):
        return _failed(answered)
    try:
        answer = _ANSWERS.decode(answered)
    except msgspec.MsgspecError:
        return NoPicture("crashed", "answer")
    if answer.drawn is None:
        return answer.failure or NoPicture("crashed", "answer")
    return answer.drawn if all(map(is_sound, answer.drawn.pages)) else NoPicture("crashed", "picture")


def cut_out(pool: ReaderPool, page: PagePicture, box: Box) -> PagePicture | NoPicture:
    """A piece of a page picture."""
    answered = pool.ask(b"C", with_head(msgspec.msgpack.encode(box), page.png), _CUT_SECONDS)
    if not isinstance(answered, bytes):
        return _failed(answered)
    picture = picture_of(answered, page.number)
    return picture or NoPicture("crashed", "picture")


def mail_text(pool: ReaderPool, octets: bytes) -> MailText | NoPicture:
    """The text of a mail as plain text."""
    answered = pool.ask(b"T", octets, _TEXT_SECONDS)
    if not isinstance(answered, bytes):
        return _failed(answered)
    try:
        return msgspec.msgpack.decode(answered, type=MailText)
    except msgspec.MsgspecError:
        return NoPicture("crashed", "answer")


def original_file(pool: ReaderPool, octets: bytes, sha256: str) -> bytes | NoPicture:
    """One file of a mail as it came, to be saved by a person; nothing here looks into it."""
    answered = pool.ask(b"O", with_head(sha256.encode(), octets), _TEXT_SECONDS)
    if not isinstance(answered, bytes):
        return _failed(answered)
    return answered if hashlib.sha256(answered).hexdigest() == sha256 else NoPicture("not_there")


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


def with_head(head: bytes, content: bytes) -> bytes:
    """Two pieces of octets as one, for `head_of`."""
    return _LENGTH.pack(len(head)) + head + content


def head_of(octets: bytes) -> tuple[bytes, memoryview]:
    """The two pieces that `with_head` joined."""
    (length,) = _LENGTH.unpack_from(octets)
    end = _LENGTH.size + length
    return octets[_LENGTH.size : end], memoryview(octets)[end:]


def packed_answer(result: Drawn | NoPicture) -> bytes:
    """What a reading process hands back, for `draw`."""
    answer = _Answer(failure=result) if isinstance(result, NoPicture) else _Answer(drawn=result)
    return msgspec.msgpack.encode(answer)


def _failed(failure: ReadingFailure) -> NoPicture:
    return NoPicture(failure.state.value, failure.detail)


_ANSWERS: Final = msgspec.msgpack.Decoder(_Answer)
