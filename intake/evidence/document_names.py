"""The name of a document, số, ký hiệu and ngày, and whether two are the same. Pure."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from config.spelling import plain_key
from ledger.records import DocumentName, Place

if TYPE_CHECKING:
    from intake.evidence.letterhead import Letterhead, PlaceAndDate

_YEAR = re.compile(r"(?:19|20)\d\d")


def name_of(head: Letterhead) -> DocumentName | None:
    """The name in a letterhead; None where văn thư has not filled the number in."""
    found = head.number
    if found is None or not found.number:
        return None
    divided = "-" if "/" in found.symbol else "/"  # the Party's numbers: "12-BC/HU"
    return DocumentName(
        f"{found.number}{divided}{found.symbol}",
        _day(head.place_and_date),
        Place(found.line.file, found.line.where, found.line.text),
    )


def is_same_number(one: str, other: str) -> bool:
    """Whether two numbers name one document, as far as both say: "12/BC" may be "12/2023/BC-UBND"."""
    first, second = _parts(one), _parts(other)
    return first[: len(second)] == second[: len(first)]


def _parts(number: str) -> list[str]:
    running, *symbol = plain_key(number).split()
    kept = symbol[1:] if symbol and _YEAR.fullmatch(symbol[0]) else symbol
    return [running.lstrip("0"), *kept]


def _day(told: PlaceAndDate | None) -> date | None:
    try:
        return date(told.year, told.month, told.day) if told else None
    except (ValueError, OverflowError):
        return None
