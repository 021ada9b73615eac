"""The reports sheet read: what an office filled in with Excel (files only), as the files of its reports.

What it holds is told in `reports_columns`, what one row says in `reports_rows`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from config.kinds import kind_words
from config.reports_columns import COLUMNS, INDICATORS, MAIN, PARTS, PLACES, REPORT, REPORTS, REQUIRED, RULES
from config.reports_rows import Row, SheetReport, subject_of
from config.spelling import id_of_name, plain_key
from config.units_sheet import REMOVE
from config.workbooks import Faults, columns_of, marked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from config.errors import Problem
    from config.regime import Regime, UnitKind
    from config.workbooks import Table

ID = re.compile(r"[^\W_][\w.-]*")


def read_reports(
    sheets: Mapping[str, Table], regime: Regime, file: str = "", former: Iterable[UnitKind] = ()
) -> tuple[tuple[SheetReport, ...], tuple[Problem, ...]]:
    """The reports of a workbook, and every fault that its words alone show, by sheet, row and column.

    A report without an id gets that of the regime's report of the same name, else one of its name; an
    indicator without a code that of the report's indicator of the same label, else the next free one.

    Args:
        sheets: the rows of each sheet by the key of its title; a workbook without the sheet "Báo cáo"
            speaks of no report, unless it has one of the sheets that need it.
        regime: what is known; its kinds and units are those the sheets may name.
        file: how the workbook is called in faults.
        former: what kinds were called before.
    """
    reading = _Reading(file, regime, kind_words(regime.unit_kinds, former))
    if plain_key(REPORTS) not in sheets and any(plain_key(sheet) in sheets for sheet in PARTS):
        reading.faults(REPORTS).report("no_reports_sheet", accepted=", ".join(COLUMNS))
        return (), tuple(reading.problems)
    for sheet in COLUMNS:
        if table := sheets.get(plain_key(sheet)):
            reading.read(sheet, table)
    return tuple(reading.reports.values()), tuple(reading.problems)


@dataclass(slots=True)
class _Reading:
    """The workbook being read."""

    file: str
    regime: Regime
    kinds: Mapping[str, str]
    reports: dict[str, SheetReport] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def faults(self, sheet: str) -> Faults:
        return Faults(self.file, sheet, self.problems)

    def read(self, sheet: str, table: Table) -> None:
        faults = self.faults(sheet)
        columns = columns_of(table[0], COLUMNS[sheet], faults)
        if missing := [name for name in REQUIRED[sheet] if name not in columns]:
            accepted = ", ".join(COLUMNS[sheet])
            faults.report("missing_columns", row=1, missing=", ".join(missing), accepted=accepted)
            return
        faults.columns = columns
        current: SheetReport | None = None
        for number, cells in enumerate(table[1:], 2):
            named = {name: cells[at] for name, at in columns.items() if at < len(cells)}
            row = Row(faults, number, named, self.kinds)
            if not any(row.text(name) for name in columns):
                continue
            current = self._opened(row, current) if sheet == REPORTS else self._named(row, current)
            if current is not None and not current.is_gone:
                self._take(sheet, row, current)

    def _take(self, sheet: str, row: Row, report: SheetReport) -> None:
        key = PARTS.get(sheet, "periods")
        entries = report.entries(key)
        row.note(report, (key, len(entries)), MAIN[sheet], PLACES[sheet])
        entries.append(self._entry(sheet, row, report))

    def _entry(self, sheet: str, row: Row, report: SheetReport) -> dict[str, object]:
        if sheet == REPORTS:
            return row.period()
        if sheet == INDICATORS:
            return row.indicator(self.regime, self._code(row, report))
        if sheet == RULES:
            return row.rule({str(rule["id"]) for rule in report.entries("checks")})
        return row.section()

    def _opened(self, row: Row, above: SheetReport | None) -> SheetReport | None:
        """The report of a row of "Báo cáo": a new one, or a further period of the one above."""
        name, given = row.text("tên báo cáo"), row.text("mã")
        if not name and not given:
            if above is None:
                row.fault("empty_cell", "tên báo cáo")
            elif marked(row.text(REMOVE)):
                row.fault("remove_whole_report", REMOVE)
            return above
        known = {plain_key(report.name): report.id for report in self.regime.reports}
        report_id = (
            given or known.get(plain_key(name)) or id_of_name(row.text("tên ngắn") or subject_of(name))
        )
        if not ID.fullmatch(report_id):  # it also names the file
            row.fault("bad_id" if given else "empty_cell", "mã", text=report_id)
            return None
        found = self.reports.get(report_id)
        if found is not None:
            if above is not found or (name and name != found.content["name"]):
                row.fault("report_twice", "mã" if given else "tên báo cáo", text=report_id)
            return found
        report = self.reports[report_id] = SheetReport(report_id)
        if marked(row.text(REMOVE)):
            return self._taken_away(report, row, name)
        row.head(report, name, self.regime)
        return report

    def _taken_away(self, report: SheetReport, row: Row, name: str) -> SheetReport:
        report.is_gone, report.content["name"] = True, name
        row.note(report, (), REMOVE, {})
        if report.id not in {each.id for each in self.regime.reports}:
            row.fault("nothing_to_remove", REMOVE)
        return report

    def _named(self, row: Row, above: SheetReport | None) -> SheetReport | None:
        """The report a row of another sheet belongs to."""
        text = row.text(REPORT)
        if not text and above is None and len(self.reports) == 1:
            return next(iter(self.reports.values()))
        if not text and above is not None:
            return above
        for report in self.reports.values():
            names = (report.id, report.content["name"], report.content.get("short_name", ""))
            if plain_key(text) in {plain_key(str(name)) for name in names}:
                return report
        accepted = ", ".join(self.reports)
        row.fault("unknown_report_of_row" if text else "empty_cell", REPORT, text=text, accepted=accepted)
        return None

    def _code(self, row: Row, report: SheetReport) -> str:
        if given := row.text("mã"):
            return given
        known = next((each for each in self.regime.reports if each.id == report.id), None)
        labels = {plain_key(each.label): each.code for each in known.indicators} if known else {}
        taken = {str(each["code"]) for each in report.entries("indicators")}
        if (code := labels.get(plain_key(row.text("chỉ tiêu")))) and code not in taken:
            return code
        taken |= set(labels.values())
        return next(code for number in range(1, 100_000) if (code := f"CT{number:02}") not in taken)
