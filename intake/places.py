"""Where something stands in a document, as an officer is told: "bảng 3, hàng 6, cột 4", "đoạn 12"."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from config.remembered import remembered
from config.wording import Wording

if TYPE_CHECKING:
    from intake.documents import Cell, Table


def where_cell(table: Table, cell: Cell) -> str:
    """Where a cell stands: "bảng 3, hàng 6, cột 4", "trang tính Biểu 1, ô D12"."""
    if table.sheet:
        return _in_sheet(table.name, cell.address)
    return _in_table(table.name, cell.row + 1, cell.column + 1)


@lru_cache(maxsize=4096)
def where_paragraphs(first: int, last: int) -> str:
    """Where one paragraph or several in a row stand: "đoạn 12", "đoạn 12-14"."""
    if first == last:
        return _wording()("sentences.paragraph", number=first)
    return _wording()("sentences.paragraphs", first=first, last=last)


@remembered(4096)
def _in_sheet(sheet: str, address: str) -> str:
    return _wording()("sentences.sheet_cell", sheet=sheet, address=address)


@lru_cache(maxsize=4096)
def _in_table(table: str, row: int, column: int) -> str:
    return _wording()("sentences.table_cell", table=table, row=row, column=column)


@cache
def _wording() -> Wording:
    return Wording()
