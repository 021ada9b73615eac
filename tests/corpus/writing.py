"""Numbers and words as clerks type them: points, padded counts, typing faults."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from tests.corpus.spelling import bare

_UNITS = {
    "đồng": Decimal(1),
    "nghìn đồng": Decimal(1000),
    "triệu đồng": Decimal(1_000_000),
    "tỷ đồng": Decimal(1_000_000_000),
}


def grouped(value: Decimal, point: str = ".") -> str:
    """The number with its thousands parted and a decimal comma: "1.234,5"."""
    whole, _, rest = format(value.normalize(), "f").partition(".")
    parts = []
    while len(whole) > 3:
        parts.append(whole[-3:])
        whole = whole[:-3]
    parts.append(whole)
    return point.join(reversed(parts)) + ("," + rest if rest else "")


def plain(value: Decimal) -> str:
    """The number without parting its thousands: "1234,5"."""
    return format(value.normalize(), "f").replace(".", ",")


def padded(value: Decimal) -> str:
    """A count below ten with its leading nought, as administrative texts have it."""
    return f"0{int(value)}" if 0 < value < 10 and value == int(value) else grouped(value)


def in_unit(value: Decimal, unit: str, other: str) -> Decimal:
    """An amount of money in another unit of money."""
    return value * _UNITS[unit] / _UNITS[other]


def money_words(rng: Random, value: Decimal, unit: str) -> str:
    """An amount as a sentence has it, in a unit in which it can be read one way only."""
    million = in_unit(value, unit, "triệu đồng")
    milliard = in_unit(value, unit, "tỷ đồng")
    choices = [f"{grouped(million)} triệu đồng"] if million == round(million, 2) else []
    if milliard >= 1 and milliard == round(milliard, 2):
        choices.append(f"{grouped(milliard)} tỷ đồng")
    if million < 1000:
        choices.append(f"{grouped(in_unit(value, unit, 'đồng'))} đồng")
    return rng.choice(choices or [f"{grouped(in_unit(value, unit, 'đồng'))} đồng"])


def mistyped(rng: Random, text: str) -> str:
    """The text with one slip of the finger in one of its longer words."""
    words = text.split(" ")
    long = [i for i, word in enumerate(words) if len(word) >= 5 and word.isalpha()]
    if not long:
        return text
    at = rng.choice(long)
    word = words[at]
    spot = rng.randrange(1, len(word) - 2)
    slips = (
        word[:spot] + word[spot + 1] + word[spot] + word[spot + 2 :],
        word[:spot] + word[spot] + word[spot:],
    )
    words[at] = rng.choice(slips)
    return " ".join(words)


def typed(rng: Random, text: str, hand: str) -> str:
    """The text as that hand types it: "plain", "bare", "slips" or "capitals"."""
    if hand == "bare":
        return bare(text)
    if hand == "capitals":
        return text.upper()
    if hand == "slips" and rng.random() < 0.15:
        return mistyped(rng, text)
    return text
