"""The jobs of `intake.sandbox.pictures` as a reading process does them: octets in, octets out."""

from __future__ import annotations

import io
import time
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from intake.documents import Document, Paragraph, ReadState
from intake.errors import ConverterMissingError, ExtractionError
from intake.extractors.drawing import drawn, encoded
from intake.extractors.interface import Budget, Limits
from intake.mail.files import CLOSED_STATES, UNSHOWN, FoundFile, find_files, read_texts
from intake.pictures import Box, Drawn, MailText, NoPicture, PageRequest
from intake.sandbox.picture_wire import head_of, packed_answer

_CONVERTING: Final = 0.7  #: of the time, for LibreOffice
_MARGIN: Final = 6  #: pixels around what is cut out
_MOST_PIXELS: Final = 16_000_000


def draw_job(octets: bytes, limits: Limits) -> bytes:
    """Draws pages: the packed request, then the message."""
    head, message = head_of(octets)
    return packed_answer(_drawn(msgspec.msgpack.decode(head, type=PageRequest), bytes(message), limits))


def _drawn(request: PageRequest, message: bytes, limits: Limits) -> Drawn | NoPicture:
    found = find_files(message, limits, request.files)
    if not all(name in found for name in request.files):
        return NoPicture("not_there")
    closed = next((state for file in found.values() if (state := _closed(file)) is not None), None)
    if closed is not None:
        return NoPicture(closed.value)
    now = time.monotonic()
    budget = Budget(
        limits,
        recognise_until=now + limits.recognition if limits.recognition else 0.0,
        convert_until=now + limits.seconds * _CONVERTING,
    )
    try:
        return drawn([(found[name].kind, found[name].octets) for name in request.files], request, budget)
    except ConverterMissingError:
        return NoPicture("converter_missing")
    except ExtractionError as error:
        return NoPicture(error.state.value, error.detail)


def _closed(file: FoundFile) -> ReadState | None:
    """Why a file has no pages: its kind is never opened, or it is a container that could not be."""
    if file.kind in CLOSED_STATES:
        return CLOSED_STATES[file.kind]
    if file.state is ReadState.CONTAINER:
        return ReadState.NOT_YET
    return None if file.state is ReadState.READ else file.state


def cut_job(octets: bytes, limits: Limits) -> bytes:  # noqa: ARG001 - every job takes limits
    """Cuts boxes out of one of our own pictures, and puts them one below the other."""
    from PIL import Image

    head, png = head_of(octets)
    boxes = msgspec.msgpack.decode(head, type=tuple[Box, ...])
    image = Image.open(io.BytesIO(png), formats=("PNG",))
    if image.width * image.height > _MOST_PIXELS:
        raise MemoryError
    pieces = [image.crop(_with_margin(box, image.size)) for box in boxes]
    size = max(piece.width for piece in pieces), sum(piece.height for piece in pieces)
    together = Image.new("RGB", size, "white")
    at = 0
    for piece in pieces:
        together.paste(piece.convert("RGB"), (0, at))
        at += piece.height
    return encoded(together)


def _with_margin(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    width, height = size
    return (
        max(box.x0 - _MARGIN, 0),
        max(box.top - _MARGIN, 0),
        min(box.x1 + _MARGIN, width),
        min(box.bottom + _MARGIN, height),
    )


def original_job(octets: bytes, limits: Limits) -> bytes:
    """Takes one file out of a mail, as it is: its SHA-256, then the message; empty when it is not there."""
    name, message = head_of(octets)
    found = find_files(bytes(message), limits, (name.decode(),))
    return found[name.decode()].octets if found else b""


def text_job(octets: bytes, limits: Limits) -> bytes:
    """The texts of a mail."""
    texts = read_texts(octets, limits)
    left = limits.text_length
    files: list[tuple[str, str]] = []
    for name, document in texts.documents:
        text = shown_text(_lines(document))[:left]
        left -= len(text)
        files += [(name, text)] if text else []
    own, whole = (shown_text(text)[: limits.text_length] for text in (texts.own, texts.whole))
    return msgspec.msgpack.encode(MailText(own, whole, tuple(files)))


def _lines(document: Document) -> str:
    return "\n".join(block.text for block in document.blocks if isinstance(block, Paragraph))


def shown_text(text: str) -> str:
    """Text fit to be shown: NFC, the same lines, nothing in them that is not seen or turns direction."""
    return "\n".join(map(_shown_line, unicodedata.normalize("NFC", text).splitlines()))


def _shown_line(line: str) -> str:
    return "".join(letter for letter in line if letter == "\t" or unicodedata.category(letter) not in UNSHOWN)


JOBS: Final[Mapping[bytes, Callable[[bytes, Limits], bytes]]] = {
    b"P": draw_job,
    b"C": cut_job,
    b"T": text_job,
    b"O": original_job,
}
