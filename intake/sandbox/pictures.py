"""What is asked of a reading process about pictures.

The original never leaves the process: it draws the pages, encodes them as PNG and says where cells and words
stand. Every answer is checked here before anything of it is believed.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import msgspec

from intake.pictures import Box, Drawn, MailText, NoPicture, PagePicture, PageRequest, is_sound, picture_of
from intake.sandbox.picture_wire import unpacked_answer, with_head

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.sandbox.pool import ReaderPool, ReadingFailure

DRAW_SECONDS: Final = 60.0
_CUT_SECONDS: Final = 10.0
_TEXT_SECONDS: Final = 30.0


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
    result = unpacked_answer(answered)
    if isinstance(result, NoPicture) or all(map(is_sound, result.pages)):
        return result
    return NoPicture("crashed", "picture")


def cut_out(pool: ReaderPool, page: PagePicture, boxes: Sequence[Box]) -> PagePicture | NoPicture:
    """Pieces of a page picture, one below the other."""
    answered = pool.ask(b"C", with_head(msgspec.msgpack.encode(boxes), page.png), _CUT_SECONDS)
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


def _failed(failure: ReadingFailure) -> NoPicture:
    return NoPicture(failure.state.value, failure.detail)
