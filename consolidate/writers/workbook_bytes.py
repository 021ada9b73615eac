"""Workbooks as bytes that depend on their content alone, and text that stays text in them.

Text of units is hostile until proven otherwise: every cell is written with its type stated, nothing a
unit wrote becomes a formula or a link, and what XML 1.0 cannot hold is taken out (it would make Excel
repair the file).
"""

from __future__ import annotations

import io
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from xlsxwriter import Workbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FONT = "Times New Roman"
MOST_CHARACTERS = 32_767  #: a cell holds no more (ECMA-376, Excel's limit)

# The characters XML 1.0 allows (section 2.2), apart from direction marks, which only serve to deceive.
_NOT_XML = re.compile(
    "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


def _options() -> dict[str, Any]:
    """Made anew for each book: xlsxwriter writes into the font properties it is handed."""
    return {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {"font_name": FONT, "font_size": 12},
    }


def workbook_bytes(build: Callable[[Workbook], None], *, title: str, created: datetime) -> bytes:
    """The bytes of the workbook that `build` fills.

    `created` goes into the properties in place of the clock; xlsxwriter dates its members 1980-01-01.
    """
    buffer = io.BytesIO()
    workbook = Workbook(buffer, _options())
    workbook.set_properties({"title": plain_text(title), "created": created.replace(tzinfo=None)})
    build(workbook)
    workbook.close()
    return buffer.getvalue()


def plain_text(text: str) -> str:
    """The text as a cell can hold it: no characters XML forbids, no direction marks, not too long."""
    return _NOT_XML.sub("", text)[:MOST_CHARACTERS]


class Styles:
    """Cell formats by their properties, each made once; the font is that of Decree 30/2020/NĐ-CP."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __call__(self, **properties: Any) -> Any:
        """The format of these xlsxwriter properties, upon Times New Roman 12, top, wrapped."""
        whole = {"font_name": FONT, "font_size": 12, "valign": "vcenter", "text_wrap": True, **properties}
        key = tuple(sorted(whole.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(whole)
        return self._made[key]


def lines_needed(text: str, columns: float, *, size: float = 12, bold: bool = False) -> int:
    """How many lines the text takes in a cell `columns` wide (in digits of 12 points), not fewer.

    Word by word with widths of Times New Roman, since neither Excel nor LibreOffice fits the height of
    merged cells by itself.
    """
    room = columns * 12 / size / (1.1 if bold else 1.0) - 0.8
    return sum(_lines_of_paragraph(paragraph, room) for paragraph in text.split("\n")) or 1


def _lines_of_paragraph(paragraph: str, room: float) -> int:
    lines, used = 1, 0.0
    for word in paragraph.split(" "):
        width = _width_of_word(word)
        if used and used + 0.5 + width > room:
            lines, used = lines + 1, width
        else:
            used += width + (0.5 if used else 0)
        while used > room:
            lines, used = lines + 1, used - room
    return lines


@lru_cache(maxsize=8192)  # the same words stand in every row
def _width_of_word(word: str) -> float:
    return sum(map(_width, word))


@lru_cache(maxsize=1024)
def _width(letter: str) -> float:
    """The width of a letter of Times New Roman in widths of its digits, rounded up."""
    base = unicodedata.normalize("NFD", letter)[0]
    if base in "iljtfrI.,;:'!|()[]/-":
        return 0.68
    if base in "mwMW%@":
        return 1.9
    return 1.5 if base.isupper() else 1.0
