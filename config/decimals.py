"""Decimal numbers as text: plainly for programs, and as Vietnamese writing has them."""

from __future__ import annotations

from decimal import Decimal


def plain_number(number: Decimal) -> str:
    """Without exponent and without zeros at the end, the same for 12, 12.0 and 1.2E+1; never "-0"."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def vietnamese_number(number: Decimal) -> str:
    """A point between thousands, a comma before decimals, no zeros at the end: "14.405,5"."""
    whole, _, decimals = f"{number:,f}".partition(".")
    decimals = decimals.rstrip("0")
    return whole.replace(",", ".") + ("," + decimals if decimals else "")
