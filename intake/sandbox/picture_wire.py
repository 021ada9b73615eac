"""What is said about pictures between the program and a reading process, as octets."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

import msgspec

from intake.pictures import Drawn, NoPicture

_LENGTH: Final = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class _Answer:
    """Either of the two; msgspec keeps the types of this module and lets nothing else in."""

    drawn: Drawn | None = None
    failure: NoPicture | None = None


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


def unpacked_answer(octets: bytes) -> Drawn | NoPicture:
    """What `packed_answer` packed; anything else is the answer of a process that broke."""
    try:
        answer = _ANSWERS.decode(octets)
    except msgspec.MsgspecError:
        return NoPicture("crashed", "answer")
    return answer.drawn or answer.failure or NoPicture("crashed", "answer")


_ANSWERS: Final = msgspec.msgpack.Decoder(_Answer)
