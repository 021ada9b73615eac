"""Tables of one row of figures under headings that are indicators, without a column of labels. Pure.

"Số cuộc tuyên truyền | Số lượt người tham dự / Tổng số | Nữ" over "6 | 410 | 220". With a second row of
figures nobody knows which is the unit's; a row of words beside the figures may say whose they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from config.spelling import plain_key, tidy
from intake.figures.heading_periods import Fit, fit_of
from intake.figures.headings import Role, head_path, is_numbering, periods_in, role_of
from intake.figures.numerals import read_number
from intake.figures.place_tables import Named, PlaceColumn, columns_named

if TYPE_CHECKING:
    from config.reports import Period, ReportDefinition
    from intake.documents import Cell
    from intake.figures.headings import Grid
    from intake.figures.labels import LabelIndex

_MOST_ROWS = 20  # of a head, a row of figures, and what stands above and below
_DEEPEST = 3  # rows of a head
_SEVERAL = 2
_PLANNED = re.compile(r"(?:ke hoach|chi tieu (?:duoc )?giao|muc tieu|du kien|cung ky|nam truoc)\b")
_REMARKS = re.compile(r"ghi chu|giai trinh|giai thich|chu thich|ly do|nguon")


@dataclass(frozen=True, slots=True)
class OneRowTable:
    """A table of one row of figures, understood."""

    columns: tuple[PlaceColumn, ...]
    first: int  #: row of the head
    row: int  #: of the figures


def one_row_table(
    grid: Grid, index: LabelIndex, report: ReportDefinition, period: Period | None
) -> OneRowTable | None:
    """The one row of figures with the indicators its columns are; None where the table is no such."""
    row = _row_of_figures(grid)
    head = _head_above(grid, row) if row is not None else ()
    if row is None or not head or not _is_of_unit(grid, row, head, period):
        return None
    if _is_apart(_title_over(grid, head[0]), period):
        return None
    columns = columns_named(grid, (head[0], head[-1]), None, Named(index, report, period))
    return OneRowTable(columns, head[0], row) if len(columns) >= _SEVERAL else None


def _row_of_figures(grid: Grid) -> int | None:
    """The only row that holds figures, apart from one that numbers the columns; None: none, or several."""
    if len(grid.rows) > _MOST_ROWS:
        return None
    rows = [row for row in grid.rows if any(map(_is_figure, grid.starting(row)))]
    told = [row for row in rows if not _numbers_columns(grid, row)]
    return told[0] if len(told) == 1 else None


def _is_figure(cell: Cell) -> bool:
    if cell.number or not any(map(str.isdigit, cell.text)):
        return bool(cell.number)
    number = read_number(cell.text)
    return number.value is not None or number.fraction is not None or number.ambiguous


def _numbers_columns(grid: Grid, row: int) -> bool:
    """Whether a row counts the columns one by one; "5 | 2 | 2 | 0" are figures."""
    texts = [tidy(cell.text) or cell.number for cell in grid.starting(row)]
    numbers = [int(found[0]) for text in texts if (found := re.search(r"\d+", text))]
    return is_numbering(texts) and all(right - left == 1 for left, right in pairwise(numbers))


def _head_above(grid: Grid, row: int) -> list[int]:
    """The rows right above that head the columns: up to three, and no title, which has its row alone."""
    head: list[int] = []
    for above in reversed(grid.rows[: grid.rows.index(row)]):
        texts = [cell.text for cell in grid.starting(above) if cell.text.strip()]
        if not head and is_numbering(texts):
            continue
        if len(texts) < _SEVERAL or len(head) == _DEEPEST:
            break
        head.insert(0, above)
    return head


def _title_over(grid: Grid, first: int) -> str:
    """The text in the row right above the head."""
    above = max((row for row in grid.rows if row < first), default=-1)
    return next((tidy(cell.text) for cell in grid.starting(above) if cell.text.strip()), "")


def _is_apart(title: str, period: Period | None) -> bool:
    """Whether a title says that what stands below is planned, or of another time."""
    is_other = period is not None and fit_of(periods_in(title), period) is Fit.OTHER
    return is_other or _PLANNED.match(plain_key(title)) is not None


def _is_of_unit(grid: Grid, row: int, head: list[int], period: Period | None) -> bool:
    """Whether nothing beside the figures says that they are a plan's, another year's or somebody else's."""
    words = [cell for cell in grid.starting(row) if _is_words(cell)]
    return all(
        _says_all(cell.text, period) or _is_remark(head_path(grid, cell.column, head[0], head[-1]))
        for cell in words
    )


def _is_words(cell: Cell) -> bool:
    number = read_number(cell.text, cell_number=cell.number, percent=cell.percent)
    return any(map(str.isalpha, cell.text)) and number.value is None and not number.blank


def _says_all(text: str, period: Period | None) -> bool:
    """Whether a cell says "Tổng số", "Kết quả", "6 tháng đầu năm 2024" and no other period."""
    is_other = period is not None and fit_of(periods_in(text), period) is Fit.OTHER
    return role_of(text) in (Role.TOTAL, Role.NEUTRAL) and not is_other


def _is_remark(path: list[str]) -> bool:
    return bool(path) and _REMARKS.search(plain_key(path[0])) is not None
