"""Light mails are read many at a time: what each costs to hand over is more than what it costs to read.

Whether a mail is light is guessed from its octets and decides nothing else: one that is read in a lot is read
by the same reader in the same confined process, and a lot that fails is read again mail by mail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Job = tuple[str, bytes]  #: a name, and the raw octets of a mail
_LIGHT: Final = 32 << 10
_MOST_MAILS: Final = 32
_MOST_OCTETS: Final = 256 << 10
#: What a mail that brings a file says somewhere; a mail that only speaks of it is read alone for nothing.
_SIGNS_OF_A_FILE: Final = (b"name=", b"name*", b"application/", b"image/", b"message/", b"begin ")
_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(list[bytes])


def lots_of(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    """The jobs in their order: neighbours that are light together, every other by itself."""
    lot: list[Job] = []
    weight = 0
    for job in jobs:
        light = is_light(job[1])
        if lot and (not light or len(lot) == _MOST_MAILS or weight + len(job[1]) > _MOST_OCTETS):
            yield lot
            lot, weight = [], 0
        if light:
            lot.append(job)
            weight += len(job[1])
        else:
            yield [job]
    if lot:
        yield lot


def is_light(octets: bytes) -> bool:
    """Whether a mail is small and brings no file, as far as a glance can tell."""
    if len(octets) > _LIGHT:
        return False
    lowered = octets.lower()
    return not any(sign in lowered for sign in _SIGNS_OF_A_FILE)


def sealed(contents: Sequence[bytes]) -> bytes:
    """Several contents as one, for `opened`."""
    return _ENCODER.encode(contents)


def opened(content: bytes) -> list[bytes]:
    """The contents that `sealed` made one.

    Raises:
        msgspec.DecodeError: the content is anything else.

    """
    return _DECODER.decode(content)
