"""The annex as a workbook: totals as live formulas over the units' figures, and where each came from.

Five sheets: totals, figures of units, sources, standing, what to look into. A figure that counts is a number;
a doubtful one or one out of scope is text, so that no formula can sum it. Put a number in its place and the
totals follow.
Layout after Decree 30/2020/NĐ-CP, Appendix I (annexes), on A4 landscape.
"""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import TYPE_CHECKING

from config.reports import Aggregation, Figure, period_beside
from consolidate.writers.annex_book import Book, Grid
from consolidate.writers.annex_lists import write_findings, write_sources, write_standings
from consolidate.writers.annex_totals import write_totals
from consolidate.writers.annex_units import write_units
from consolidate.writers.document_parts import file_name
from consolidate.writers.workbook_bytes import XLSX, Styles, workbook_bytes
from ledger.records import ReportFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from xlsxwriter import Workbook

    from config.units import Unit
    from config.wording import Wording
    from consolidate.consolidation import Consolidation, UnitValue

_MOST_DECIMALS = 6
_FORBIDDEN_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\']")


def write_annex(consolidation: Consolidation, wording: Wording) -> ReportFile:
    """The annex of a consolidation, an .xlsx whose totals recalculate to the stored values."""
    names = {
        **_report_and_period(consolidation),
        "symbol": consolidation.regime.department.symbol,
        "issuer": consolidation.regime.department.issuer,
    }
    title = wording("consolidate.annex_title", **names).strip()
    content = workbook_bytes(
        lambda workbook: _build(workbook, consolidation, wording, names),
        title=title,
        created=datetime.combine(consolidation.period.data_to, time()),
    )
    return ReportFile(file_name("consolidate.annex_file", consolidation, wording), XLSX, content)


def _report_and_period(consolidation: Consolidation) -> dict[str, str]:
    """The names for titles; a report whose name says the period already is not given it twice."""
    report, period = consolidation.report.name, consolidation.period.name
    return {"report": report, "period": period_beside(report, period)}


def _build(
    workbook: Workbook, consolidation: Consolidation, wording: Wording, names: Mapping[str, str]
) -> None:
    def words(key: str, **places: object) -> str:
        return wording(f"consolidate.{key}", **places)

    book = Book(
        consolidation=consolidation,
        styles=Styles(workbook),
        words=words,
        wording=wording,
        names=names,
        grid=Grid(
            sheet=_sheet_name(words("sheet_units")),
            units=_rows_of_units(consolidation),
            columns={figure: 3 + place for place, figure in enumerate(_summed_figures(consolidation))},
        ),
        unit_names={unit.id: unit.name for unit in consolidation.regime.units},
        decimals=_decimals(consolidation.values),
    )
    write_totals(workbook.add_worksheet(_sheet_name(words("sheet_totals"))), book)
    write_units(workbook.add_worksheet(book.grid.sheet), book)
    write_sources(workbook.add_worksheet(_sheet_name(words("sheet_sources"))), book)
    write_standings(workbook.add_worksheet(_sheet_name(words("sheet_standings"))), book)
    write_findings(workbook.add_worksheet(_sheet_name(words("sheet_findings"))), book)


def _sheet_name(name: str) -> str:
    return _FORBIDDEN_IN_SHEET_NAMES.sub(" ", name)[:31]


def _rows_of_units(consolidation: Consolidation) -> tuple[Unit, ...]:
    """The units that owe the report, and at the end those that sent figures without owing it."""
    owing = dict.fromkeys(standing.unit for standing in consolidation.standings)
    known = {unit.id for unit in owing}
    sent = {value.unit for value in consolidation.values} - known
    return (*owing, *(unit for unit in consolidation.regime.units if unit.id in sent))


def _summed_figures(consolidation: Consolidation) -> tuple[Figure, ...]:
    return tuple(
        Figure(total.indicator.code, total.sex)
        for total in consolidation.totals
        if total.indicator.aggregation is not Aggregation.RATIO
    )


def _decimals(values: Iterable[UnitValue]) -> Mapping[str, int]:
    decimals: dict[str, int] = {}
    for each in values:
        exponent = each.value.value.normalize().as_tuple().exponent if each.value.value is not None else 0
        assert isinstance(exponent, int)
        code = each.value.indicator
        decimals[code] = max(decimals.get(code, 0), min(-exponent, _MOST_DECIMALS))
    return decimals
