"""The workbook of a whole office as it is written: what `setup_import` takes over again without a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.loader import readable_regime
from config.office_sheet import (
    KIND_CHOICES,
    KINDS,
    OFFICE,
    ROWS,
    WIDTHS,
    kind_table,
    office_table,
)
from config.reports_columns import (
    AGGREGATIONS,
    COLUMNS,
    DUE_YEARS,
    GRADES,
    INDICATORS,
    OUTLINE,
    PERIODS,
    REPORTS,
    ROLES,
    RULES,
    WEEKENDS,
    one_word_each,
)
from config.reports_columns import WIDTHS as REPORT_WIDTHS
from config.reports_import import known_reports, tables_of
from config.reports_tables import guide_sheet
from config.setup_import import HEAD, head_of
from config.units_sheet import COLUMNS as UNIT_COLUMNS
from config.units_sheet import REMOVE, TITLE, cells_of
from config.units_sheet import WIDTHS as UNIT_WIDTHS
from config.wording import Wording
from config.workbooks import write_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from config.schema import DepartmentFile

Sheets = dict[str, tuple["Sequence[Sequence[str]]", "Sequence[int]"]]

_CHOICES: dict[str, dict[str, Mapping[str, object]]] = {
    REPORTS: {"kỳ": PERIODS, "hạn trùng ngày nghỉ": WEEKENDS, "hạn thuộc năm": DUE_YEARS},
    INDICATORS: {"cách tổng hợp": AGGREGATIONS},
    RULES: {"mức": GRADES},
    OUTLINE: {"nội dung": ROLES},
}


def write_setup(folder: Path | None, path: Path) -> None:
    """Write the workbook of the regime in that folder; without a folder an empty one, to begin with.

    Raises:
        InvalidRegimeError: the regime has faults that no workbook mends.
    """
    write_workbook(_sheets(folder), path, _choices())


def _sheets(folder: Path | None) -> Sheets:
    words = Wording()
    hints = {key: words(f"config.hint_{key}") for key in ROWS.values()}
    head: DepartmentFile | None = None
    units: list[Sequence[str]] = [(*UNIT_COLUMNS, REMOVE)]
    reports: Mapping[str, list[list[str]]] = {sheet: [list(columns)] for sheet, columns in COLUMNS.items()}
    if folder is not None:
        regime = readable_regime(folder)
        head = head_of((folder / HEAD).read_text("utf-8-sig"))
        units += [(*cells_of(unit, regime.unit_kinds), "") for unit in regime.units]
        reports = tables_of(known_reports(folder), regime)
    sheets: Sheets = {
        OFFICE: (office_table(head, hints), WIDTHS[OFFICE]),
        KINDS: (kind_table(head.unit_kinds if head else ()), WIDTHS[KINDS]),
        TITLE: (units, (*UNIT_WIDTHS, 8)),
    }
    sheets |= {sheet: (rows, REPORT_WIDTHS[sheet]) for sheet, rows in reports.items()}
    return sheets | guide_sheet()


def _choices() -> dict[str, dict[str, str]]:
    """What cells offer; in "loại" the kinds of the sheet beside it."""
    words = {
        sheet: {column: ",".join(one_word_each(meanings)) for column, meanings in columns.items()}
        for sheet, columns in _CHOICES.items()
    }
    kinds = f"='{KINDS}'!$B$2:$B$100"
    return words | {KINDS: KIND_CHOICES, TITLE: {"loại": kinds}}
