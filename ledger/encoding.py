"""Values as JSON text and back: one text for one value, and none that a database would refuse."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any, Final, TypeVar

import msgspec

T = TypeVar("T")
_ENCODER: Final = msgspec.json.Encoder(order="sorted", enc_hook=str)
_DECODER: Final = msgspec.json.Decoder(float_hook=Decimal)


def to_json(value: object) -> str:
    """The value as JSON with sorted keys: equal values give equal text.

    Dataclasses become objects, enums their values, `Decimal` and aware datetimes their text.
    """
    try:
        return _ENCODER.encode(value).decode()
    except (TypeError, UnicodeEncodeError):  # a key that is no text, or a lone surrogate
        return _to_json_with_care(value)


def _to_json_with_care(value: object) -> str:
    """The same text, of values too that the quick way refuses."""
    plain = msgspec.to_builtins(value, str_keys=True, enc_hook=str)
    return without_surrogates(json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")))


def from_json(text: str) -> Any:
    """The plain value of a JSON text; fractions come back as `Decimal`, never as float."""
    try:
        return _DECODER.decode(text)
    except msgspec.DecodeError:  # what JSON allows and UTF-8 does not: an escaped lone surrogate
        return json.loads(text, parse_float=Decimal)


def as_type(plain: object, kind: type[T]) -> T:
    """A plain value read back into the dataclass it came from.

    Raises:
        msgspec.ValidationError: the value is of another shape.

    """
    return msgspec.convert(plain, kind, strict=False)


def digest(value: object) -> str:
    """SHA-256 of the value's JSON text, in hex."""
    return hashlib.sha256(to_json(value).encode()).hexdigest()


def clean(text: str) -> str:
    """Text that both databases take: NUL (PostgreSQL refuses it) and lone surrogates become U+FFFD."""
    if text.isascii():
        return text.replace("\x00", "\ufffd") if "\x00" in text else text
    return without_surrogates(text).replace("\x00", "\ufffd")


def without_surrogates(text: str) -> str:
    """Text that UTF-8 can hold; mail headers of odd charsets may carry lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
