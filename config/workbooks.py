"""Workbooks as people fill them in: named sheets of rows, a heading on top (files only)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from rapidfuzz import process

from config.days import write_day
from config.errors import Problem
from config.spelling import plain_key, tidy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Table = list[list[object]]  #: rows of cells: text, int, float, date, datetime or None

#: What reading a file that is no workbook, or too large a one, may raise.
WORKBOOK_FAULTS = (BadZipFile, KeyError, ValueError, OSError)

# No province has so many units; a larger sheet is a mistake or an attack.
_MOST_ROWS, _MOST_COLUMNS = 20_000, 200
_OFFERED_ROWS = 2000  #: in which cells offer their words
_MOST_OCTETS = 100_000_000  #: of a workbook unpacked


@dataclass(slots=True)
class Faults:
    """What is wrong in one sheet, collected while it is read."""

    file: str
    sheet: str = ""
    problems: list[Problem] = field(default_factory=list)
    columns: Mapping[str, int] = field(default_factory=dict)  #: where each stands, the first being 0

    def report(self, code: str, row: int = 0, column: str = "", **parameters: str) -> None:
        """Note a fault."""
        at = self.cell(row, column)
        problem = Problem(
            code, self.file, row=row, column=column, parameters=parameters, sheet=self.sheet, cell=at
        )
        self.problems.append(problem)

    def cell(self, row: int, column: str) -> str:
        """The address of a cell in a workbook, "" where its column or row is not known."""
        at = self.columns.get(column)
        return "" if at is None or not row or not self.sheet else f"{column_letters(at)}{row}"


def read_workbook(path: Path) -> dict[str, Table]:
    """The rows of every sheet by its title, in order.

    Raises:
        BadZipFile, KeyError, ValueError, OSError: no workbook, or one too large (`WORKBOOK_FAULTS`).
    """
    import openpyxl  # slow to import, and most offices keep a .csv

    with ZipFile(path) as archive:
        if sum(part.file_size for part in archive.infolist()) > _MOST_OCTETS:
            raise ValueError(path.name)
    sheets = openpyxl.load_workbook(path, data_only=True).worksheets
    # One cell in the last corner makes seventeen thousand million of them.
    if any(sheet.max_row > _MOST_ROWS or sheet.max_column > _MOST_COLUMNS for sheet in sheets):
        raise ValueError(path.name)
    return {sheet.title: [list(cells) for cells in sheet.iter_rows(values_only=True)] for sheet in sheets}


def write_workbook(
    sheets: Mapping[str, tuple[Sequence[Sequence[str]], Sequence[int]]],
    path: Path,
    choices: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Write sheets of text.

    Args:
        sheets: each title with its rows and the widths of its columns in letters.
        path: the file.
        choices: what the cells of a column offer, by sheet and heading: words with commas between, or a
            range ("='Loại đơn vị'!$B$2:$B$60"). Another word may still be written.
    """
    import openpyxl
    from openpyxl.cell import Cell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for title, (rows, widths) in sheets.items():
        sheet = workbook.create_sheet(title)
        for number, row in enumerate(rows, 1):
            for column, text in enumerate(row, 1):
                cell = sheet.cell(number, column)
                assert isinstance(cell, Cell)
                # Text, so that codes keep their zero and "=..." stays what it says.
                cell.value = text
                cell.data_type = "s"
                cell.number_format = "@"
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                if number == 1:
                    cell.font = Font(bold=True)
        for at, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(at)].width = width
        sheet.freeze_panes = "A2"
        for heading, offered in (choices or {}).get(title, {}).items():
            letter = get_column_letter(list(rows[0]).index(heading) + 1)
            formula = offered.removeprefix("=") if offered.startswith("=") else f'"{offered}"'
            offer = DataValidation(type="list", formula1=formula, showErrorMessage=False, allow_blank=True)
            offer.add(f"{letter}2:{letter}{_OFFERED_ROWS}")
            sheet.add_data_validation(offer)
    workbook.save(path)


def column_letters(at: int) -> str:
    """A column as Excel names it, the first being 0: "A", "Z", "AA"."""
    letters = ""
    while at >= 0:
        letters = chr(ord("A") + at % 26) + letters
        at = at // 26 - 1
    return letters


def marked(text: str) -> bool:
    """Whether a cell to be ticked is: "x", or any word but "không"."""
    return plain_key(text) not in {"", "khong", "0", "-"}


def cell_text(cell: object) -> str:
    """A cell as its reader sees it: whole numbers without a point, days day first."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, date):
        return write_day(cell)
    return tidy(str(cell))


def columns_of(heading: Sequence[object], accepted: Sequence[str], faults: Faults) -> dict[str, int]:
    """The place of each column, whatever its order and case; headings that name none are faults."""
    keys = {plain_key(name): name for name in accepted}
    columns: dict[str, int] = {}
    for at, cell in enumerate(heading):
        title = cell_text(cell)
        name = keys.get(plain_key(title))
        if name is None and title:
            near = process.extractOne(plain_key(title), list(keys))
            faults.report("unknown_column", row=1, column=title, near=keys[near[0]])
        elif name in columns:
            faults.report("column_twice", row=1, column=title)
        elif name is not None:
            columns[name] = at
    return columns
