"""Numbers of a workbook as the shortest text that says them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from config.decimals import plain_number

if TYPE_CHECKING:
    from collections.abc import Sequence


def decimal_text(value: float) -> str:
    """The number as Excel shows it, with 15 significant digits: 5.0 -> "5", 0.1 + 0.2 -> "0.3".

    Raises:
        OverflowError, ValueError: it is infinite, or no number.

    """
    text = f"{value:.15g}"
    if "e" in text or "n" in text:
        int(value)
        return plain_number(Decimal(text))
    return "0" if text == "-0" else text


def decimal_texts(values: Sequence[float]) -> list[str]:
    """Each of them as `decimal_text` says it, nearly all by one formatting.

    Raises:
        OverflowError, ValueError: one is infinite, or no number.

    """
    text = "%.15g\n" * len(values) % tuple(values)
    is_plain = not ("e" in text or "n" in text or "-0\n" in text)
    return text.split("\n")[:-1] if is_plain else [*map(decimal_text, values)]


def percent_text(number: str) -> str:
    """What a percent format shows: "0.45" gives "45%"."""
    return plain_number(Decimal(number) * 100) + "%"
