"""Numbers of a workbook as the shortest text that says them."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Final

_EXACT: Final = 10**15  #: whole numbers below it are shown digit by digit
_SHORT: Final = 16  #: characters of fifteen digits and a point


@lru_cache(maxsize=4096)
def decimal_text(value: float) -> str:
    """The number as Excel shows it, with 15 significant digits: 5.0 -> "5", 0.1 + 0.2 -> "0.3"."""
    whole = int(value)
    if whole == value and abs(whole) < _EXACT:
        return str(whole)
    shortest = repr(value)
    # The shortest text that gives the number back is the one of 15 digits when it has no more than these.
    if len(shortest) <= _SHORT and "e" not in shortest:
        return shortest
    return plain_text(Decimal(f"{value:.15g}"))


def plain_text(number: Decimal) -> str:
    """A decimal number without exponent and without zeros at its end."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def percent_text(number: str) -> str:
    """What a percent format shows: "0.45" gives "45%"."""
    return plain_text(Decimal(number) * 100) + "%"
