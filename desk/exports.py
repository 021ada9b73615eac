"""Tables to take away: the same rows as a workbook and as CSV.

What units wrote is hostile until proven otherwise: in a workbook every cell's type is stated, so that no text
becomes a formula; in CSV a text that a spreadsheet would take for a formula gets an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from consolidate.writers.workbook_bytes import Styles, plain_text, workbook_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from xlsxwriter import Workbook

Cell = str | int | Decimal | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDEST = 60  #: characters of a column
_WORDS_OF_HEAD = {"bold": True, "border": 1, "bg_color": "#E7E6E6", "valign": "top"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its name, the words over its columns, and its rows."""

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def csv_bytes(sheet: Sheet) -> bytes:
    """The table as CSV (RFC 4180) in UTF-8 with the byte order mark Excel wants; numbers with a point."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([_harmless(word) for word in sheet.head])
    writer.writerows([_text(cell) for cell in row] for row in sheet.rows)
    return out.getvalue().encode("utf-8-sig")


def book_bytes(title: str, sheets: Sequence[Sheet], created: datetime) -> bytes:
    """The tables as the sheets of one workbook."""

    def build(book: Workbook) -> None:
        styles = Styles(book)
        for sheet in sheets:
            _add(book, styles, sheet)

    return workbook_bytes(build, title=title, created=created)


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return (
        f"{cell:f}" if isinstance(cell, Decimal) else _harmless(cell) if isinstance(cell, str) else str(cell)
    )


def _harmless(text: str) -> str:
    plain = plain_text(text)
    return f"'{plain}" if plain.startswith(_FORMULA) else plain


def _add(book: Workbook, styles: Styles, sheet: Sheet) -> None:
    page = book.add_worksheet(sheet.name[:31])
    for column, word in enumerate(sheet.head):
        page.write_string(0, column, word, styles(**_WORDS_OF_HEAD))
        widths = (len(_text(row[column])) for row in sheet.rows)
        page.set_column(column, column, min(_WIDEST, max(len(word), 8, *widths) + 2))
    for number, row in enumerate(sheet.rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                page.write_string(number, column, plain_text(cell), styles(border=1))
            elif cell is None:
                page.write_blank(number, column, None, styles(border=1))
            else:
                page.write_number(number, column, float(cell), styles(border=1))
    page.freeze_panes(1, 0)
    if sheet.rows:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.head) - 1)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
