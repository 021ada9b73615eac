"""The annex as a workbook: totals as live formulas over the units' figures, and where each came from.

Five sheets: totals, figures of units, sources, standing, what to look into. A figure that counts is a number;
a doubtful one or one out of scope is text, so that no formula can sum it. Put a number in its place and the
totals follow.
Layout after Decree 30/2020/NĐ-CP, Appendix I (annexes), on A4 landscape.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from config.reports import Aggregation, Figure, Indicator, Sex
from config.spelling import accented_key
from consolidate.findings import told_findings
from consolidate.standing import moment_text
from consolidate.totals import figure_of, is_certain, number_text
from consolidate.writers.document_parts import file_name
from consolidate.writers.phrases import due
from consolidate.writers.report_sections import group_heading, placed_outline
from consolidate.writers.workbook_bytes import XLSX, Styles, lines_needed, plain_text, workbook_bytes
from ledger.records import Certainty, Method, ObligationState, ReportFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from decimal import Decimal

    from xlsxwriter import Workbook

    from config.regime import Regime
    from config.reports import RatioRule
    from config.units import Unit
    from config.wording import Wording
    from consolidate.consolidation import Consolidation, Total, UnitStanding, UnitValue
    from ledger.records import Finding

_MOST_DECIMALS = 6
_NAMES_IN_NOTE = 3
_MESSAGE_LETTERS = 16  #: of the archive id, enough to find the message and short enough to print
_LINE = 16.5  #: points a line of 12-point text takes
_BORDER = {"border": 1}
_NUMBER = {"align": "right", "indent": 1, "text_wrap": False}
_HEADER = {"bold": True, "align": "center", "border": 1, "bg_color": "#E7E6E6"}
_FORBIDDEN_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\']")

# Both criteria hold for any number and for no text, so that a sum runs over units that gave both parts.
_ANY_NUMBER = '">-1E+99"'


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
    said = accented_key(period) in accented_key(report)
    return {"report": report, "period": "" if said else period}


# ---- the book --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the sheet of unit figures keeps what: its rows are units, its columns figures."""

    sheet: str  #: its name
    units: tuple[Unit, ...]
    columns: Mapping[Figure, int]
    first: int = 5  #: row of the first unit, from 0

    @property
    def last(self) -> int:
        """The row of the last unit; one empty row when there is none."""
        return self.first + max(len(self.units), 1) - 1

    def cells(self, column: int) -> str:
        """The units' cells of a column, for formulas on any sheet."""
        return f"'{self.sheet}'!{xl_range_abs(self.first, column, self.last, column)}"

    def of(self, figure: Figure) -> str:
        """The units' cells of a figure."""
        return self.cells(self.columns[figure])


@dataclass(frozen=True, slots=True)
class _Book:
    """Everything the sheets are written with."""

    consolidation: Consolidation
    styles: Styles
    words: Callable[..., str]
    wording: Wording
    names: Mapping[str, str]
    grid: _Grid
    unit_names: Mapping[str, str]
    decimals: Mapping[str, int]  #: of the figures of an indicator


def _build(
    workbook: Workbook, consolidation: Consolidation, wording: Wording, names: Mapping[str, str]
) -> None:
    def words(key: str, **places: object) -> str:
        return wording(f"consolidate.{key}", **places)

    book = _Book(
        consolidation=consolidation,
        styles=Styles(workbook),
        words=words,
        wording=wording,
        names=names,
        grid=_Grid(
            sheet=_sheet_name(words("sheet_units")),
            units=_rows_of_units(consolidation),
            columns={figure: 3 + place for place, figure in enumerate(_summed_figures(consolidation))},
        ),
        unit_names={unit.id: unit.name for unit in consolidation.regime.units},
        decimals=_decimals(consolidation.values),
    )
    _write_totals(workbook.add_worksheet(_sheet_name(words("sheet_totals"))), book)
    _write_units(workbook.add_worksheet(book.grid.sheet), book)
    _write_sources(workbook.add_worksheet(_sheet_name(words("sheet_sources"))), book)
    _write_standings(workbook.add_worksheet(_sheet_name(words("sheet_standings"))), book)
    _write_findings(workbook.add_worksheet(_sheet_name(words("sheet_findings"))), book)


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


def _number_format(decimals: int) -> str:
    # 0x42A is Vietnamese: a point between thousands and a decimal comma wherever the file is opened.
    return "[$-42A]#,##0" + ("." + "0" * decimals if decimals else "")


# ---- cells and pages -------------------------------------------------------------------------------


def _text(sheet: Any, row: int, column: int, text: str, style: Any) -> None:
    """Text, whatever it looks like: never a formula, a number or a link."""
    sheet.write_string(row, column, plain_text(text), style)


def _page(sheet: Any, header: tuple[int, int], *, one_wide: bool = True) -> None:
    """A4 landscape, margins of the decree, page number centred on top, header rows on every page."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.set_margins(left=1.18, right=0.6, top=0.8, bottom=0.8)
    sheet.set_header('&C&"Times New Roman,Regular"&13&P')
    sheet.repeat_rows(*header)
    sheet.freeze_panes(header[1] + 1, 2)
    sheet.hide_gridlines(2)
    if one_wide:
        sheet.fit_to_pages(1, 0)


def _heading(sheet: Any, book: _Book, row: int, text: str, last_column: int, **style: Any) -> None:
    """A line across the sheet, as high as its text needs."""
    wide = sum(style.pop("widths"))
    size = style.get("font_size", 14)
    sheet.merge_range(row, 0, row, last_column, "", book.styles(align="center", **style))
    _text(sheet, row, 0, text, book.styles(align="center", **style))
    bold = bool(style.get("bold"))
    sheet.set_row(row, lines_needed(text, wide, size=size, bold=bold) * _LINE * size / 12 + 3)


def _columns(sheet: Any, widths: Sequence[float]) -> None:
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)


def _header_row(sheet: Any, book: _Book, row: int, keys: Sequence[str], widths: Sequence[float]) -> None:
    texts = [book.words(f"column_{key}") for key in keys]
    for column, text in enumerate(texts):
        _text(sheet, row, column, text, book.styles(**_HEADER))
    sheet.set_row(row, _height(texts, widths, bold=True) + 4)


def _height(texts: Sequence[str], widths: Sequence[float], *, size: float = 12, bold: bool = False) -> float:
    lines = max(
        lines_needed(text, width, size=size, bold=bold) for text, width in zip(texts, widths, strict=True)
    )
    return min(lines * _LINE * size / 12 + 3, 409)  # Excel's highest row


# ---- totals ----------------------------------------------------------------------------------------

_TOTALS_COLUMNS = (
    "number",
    "indicator",
    "measure",
    "total",
    "male",
    "female",
    "coverage",
    "previous",
    "note",
)
_TOTALS_WIDTHS = (5.5, 44, 11.5, 12, 11, 11, 14, 12, 34)
_SEX_COLUMNS = {Sex.TOTAL: 3, Sex.MALE: 4, Sex.FEMALE: 5}


def _write_totals(sheet: Any, book: _Book) -> None:
    _columns(sheet, _TOTALS_WIDTHS)
    last = len(_TOTALS_WIDTHS) - 1
    lines = (
        (book.words("annex_heading"), {"bold": True, "font_size": 14}),
        (book.words("annex_title", **book.names).upper(), {"bold": True, "font_size": 14}),
        (book.words("annex_attached", **book.names), {"italic": True, "font_size": 13}),
    )
    for row, (text, style) in enumerate(lines):
        _heading(sheet, book, row, text, last, widths=_TOTALS_WIDTHS, **style)
    _header_row(sheet, book, 4, _TOTALS_COLUMNS, _TOTALS_WIDTHS)
    row = 5
    groups = _groups(book.consolidation)
    for named, rows in groups:
        group = named or (book.words("group_other") if len(groups) > 1 else "")
        if group:
            style = book.styles(bold=True, border=1)
            sheet.merge_range(row, 0, row, last, "", style)
            _text(sheet, row, 0, group, style)
            sheet.set_row(row, lines_needed(group, sum(_TOTALS_WIDTHS), bold=True) * _LINE + 3)
            row += 1
        for number, totals in enumerate(rows, start=1):
            _write_indicator(sheet, book, row, number, totals)
            row += 1
    _page(sheet, (4, 4))


def _groups(consolidation: Consolidation) -> list[tuple[str, list[list[Total]]]]:
    """The totals by section, in the order of the outline; then by the group of the indicator."""
    outline = placed_outline(consolidation.report)
    sections = {
        code: f"{section.id}. {section.title}" for section in reversed(outline) for code in section.indicators
    }
    used = [f"{section.id}. {section.title}" for section in outline if section.indicators]
    groups: dict[str, dict[str, list[Total]]] = {group: {} for group in used}
    for total in consolidation.totals:
        group = sections.get(total.indicator.code, group_heading(total.indicator.group))
        groups.setdefault(group, {}).setdefault(total.indicator.code, []).append(total)
    return [(group, list(rows.values())) for group, rows in groups.items() if rows]


def _write_indicator(sheet: Any, book: _Book, row: int, number: int, totals: Sequence[Total]) -> None:
    indicator = totals[0].indicator
    note = _note(book, totals)
    coverage, coverage_formula = _coverage(book, totals)
    centred = book.styles(align="center", **_BORDER)
    sheet.write_number(row, 0, number, centred)
    _text(sheet, row, 1, indicator.label, book.styles(**_BORDER))
    _text(sheet, row, 2, indicator.unit_of_measure, centred)
    for column in (*_SEX_COLUMNS.values(), 7):
        sheet.write_blank(row, column, None, book.styles(**_BORDER))
    for total in totals:
        _write_total(sheet, book, row, total)
    sheet.write_formula(row, 6, coverage_formula, centred, coverage)
    if totals[0].previous is not None:
        sheet.write_number(row, 7, float(totals[0].previous), _figure_style(book, totals[0]))
    _text(sheet, row, 8, note, book.styles(font_size=11, **_BORDER))
    texts = (indicator.label, indicator.unit_of_measure, coverage)
    widths = tuple(_TOTALS_WIDTHS[column] for column in (1, 2, 6))
    sheet.set_row(row, max(_height(texts, widths), _height((note,), _TOTALS_WIDTHS[8:], size=11)))


def _write_total(sheet: Any, book: _Book, row: int, total: Total) -> None:
    stored = "" if total.value is None else float(total.value)
    column = _SEX_COLUMNS[total.sex]
    sheet.write_formula(row, column, _total_formula(book, total), _figure_style(book, total), stored)


def _figure_style(book: _Book, total: Total) -> Any:
    rule = total.indicator.ratio
    decimals = rule.decimals if rule else book.decimals.get(total.indicator.code, 0)
    if total.indicator.aggregation is Aggregation.COUNT:
        decimals = 0
    return book.styles(**_NUMBER, num_format=_number_format(decimals), **_BORDER)


def _total_formula(book: _Book, total: Total) -> str:
    if total.indicator.aggregation is Aggregation.RATIO and total.indicator.ratio:
        return _ratio_formula(book, total.indicator, total.indicator.ratio)
    cells = book.grid.of(Figure(total.indicator.code, total.sex))
    return f'=IF(COUNT({cells})=0,"",{_adding(total.indicator, cells)})'


def _adding(indicator: Indicator, cells: str) -> str:
    return f'COUNTIF({cells},">0")' if indicator.aggregation is Aggregation.COUNT else f"SUM({cells})"


def _ratio_formula(book: _Book, indicator: Indicator, rule: RatioRule) -> str:
    """The ratio over the units that gave both parts, of the kinds that count."""
    if not {rule.numerator, rule.denominator} <= book.grid.columns.keys():
        return '=""'  # a part no unit is asked for
    above = _over_both(book, indicator, rule, "SUMIFS", rule.numerator)
    below = _over_both(book, indicator, rule, "SUMIFS", rule.denominator)
    unstated = f"{below}=0"
    if rule.least_denominator > 0:
        unstated = f"OR({unstated},{below}<{rule.least_denominator:f})"
    return f'=IF({unstated},"",ROUND({rule.factor:f}*{above}/{below},{rule.decimals}))'


def _over_both(
    book: _Book, indicator: Indicator, rule: RatioRule, function: str, summed: Figure | None = None
) -> str:
    """SUMIFS or COUNTIFS over the units with a number in both parts, one for each kind that counts."""
    numerator, denominator = book.grid.of(rule.numerator), book.grid.of(rule.denominator)
    criteria = [numerator, _ANY_NUMBER, denominator, _ANY_NUMBER]
    if summed:
        criteria = [book.grid.of(summed), *criteria]
    kinds = sorted({unit.kind for unit in book.grid.units})
    counting = [kind for kind in kinds if indicator.counts_for(kind)]
    if counting == kinds:
        return f"{function}({','.join(criteria)})"
    if not counting:
        return "0"
    kind_cells = book.grid.cells(2)
    named = [_quoted(_kind_name(book.consolidation.regime, kind)) for kind in counting]
    return "(" + "+".join(f"{function}({','.join([*criteria, kind_cells, name])})" for name in named) + ")"


def _kind_name(regime: Regime, kind: str) -> str:
    """How the kind is called; its id when the regime does not say."""
    return next((each.name for each in regime.unit_kinds if each.id == kind), kind)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _coverage(book: _Book, totals: Sequence[Total]) -> tuple[str, str]:
    """How many of how many units gave the figure, and for each sex where that differs; value and formula."""
    stated = totals if len({(total.n, total.of) for total in totals}) > 1 else totals[:1]
    texts: list[str] = []
    formula: list[str] = []
    for total in stated:
        lead = "" if total.sex is Sex.TOTAL else book.words(f"coverage_{total.sex.value}") + " "
        lead = ("; " if texts else "") + (lead if len(totals) > 1 else "")
        texts.append(f"{lead}{total.n}/{total.of}")
        formula += [_quoted(lead)] if lead else []
        formula += [_count_formula(book, total), _quoted(f"/{total.of}")]
    return "".join(texts), "=" + "&".join(formula)


def _count_formula(book: _Book, total: Total) -> str:
    rule = total.indicator.ratio
    if total.indicator.aggregation is Aggregation.RATIO and rule:
        known = {rule.numerator, rule.denominator} <= book.grid.columns.keys()
        return _over_both(book, total.indicator, rule, "COUNTIFS") if known else "0"
    return f"COUNT({book.grid.of(Figure(total.indicator.code, total.sex))})"


def _note(book: _Book, totals: Sequence[Total]) -> str:
    doubtful = dict.fromkeys(unit for total in totals for unit in total.doubtful)
    notes = [
        (doubtful, "note_doubtful", {"units": _named(book, tuple(doubtful))}),
        (totals[0].missing, "note_missing", {"units": _named(book, totals[0].missing)}),
        (any(total.approximate for total in totals), "note_approximate", {}),
        (_ratio_unstated(totals[0]), "note_no_ratio", {}),
        (_some_derived(book, totals), "note_derived", {}),
    ]
    return " ".join(book.words(key, **places) for holds, key, places in notes if holds)


def _ratio_unstated(total: Total) -> bool:
    return total.indicator.aggregation is Aggregation.RATIO and total.value is None


def _some_derived(book: _Book, totals: Sequence[Total]) -> bool:
    return any(
        value.in_scope and value.value.method is Method.DERIVED
        for value in book.consolidation.values
        if value.value.indicator == totals[0].indicator.code
    )


def _named(book: _Book, units: Sequence[str]) -> str:
    names = ", ".join(book.unit_names.get(unit, unit) for unit in units[:_NAMES_IN_NOTE])
    rest = len(units) - _NAMES_IN_NOTE
    return book.words("more_units", units=names, count=rest) if rest > 0 else names


# ---- figures of units ------------------------------------------------------------------------------

_UNIT_WIDTHS = (5.5, 30, 12)
_FIGURE_WIDTH = 12.0
_UNITS_SCALE = 70  #: per cent
_PRINTED_WIDTH = 160.0  #: digits of 12 points across A4 landscape at that scale


def _write_units(sheet: Any, book: _Book) -> None:
    grid = book.grid
    widths = (*_UNIT_WIDTHS, *(_FIGURE_WIDTH for _ in grid.columns))
    _columns(sheet, widths)
    _left_heading(sheet, book, 0, book.words("units_title", **book.names), {"bold": True, "font_size": 14})
    _left_heading(sheet, book, 1, book.words("units_legend"), {"italic": True})
    _units_header(sheet, book)
    values = _by_cell(book.consolidation.values)
    for place, unit in enumerate(grid.units):
        _write_unit(sheet, book, grid.first + place, unit, values)
    _write_sums(sheet, book, grid.last + 1)
    _page(sheet, (3, 4), one_wide=False)
    sheet.repeat_columns(0, 2)
    sheet.freeze_panes(grid.first, 3)
    sheet.set_print_scale(_UNITS_SCALE)
    sheet.set_v_pagebreaks(_page_breaks(book))


def _left_heading(sheet: Any, book: _Book, row: int, text: str, style: Mapping[str, Any]) -> None:
    """A line over the columns that every printed page repeats, so that no page cuts it."""
    made = book.styles(align="left", **style)
    sheet.merge_range(row, 0, row, len(_UNIT_WIDTHS) - 1, "", made)
    _text(sheet, row, 0, text, made)
    size = style.get("font_size", 12)
    height = _height((text,), (sum(_UNIT_WIDTHS),), size=size, bold=bool(style.get("bold")))
    sheet.set_row(row, height)


def _units_header(sheet: Any, book: _Book) -> None:
    style = book.styles(**_HEADER)
    for column, key in enumerate(("number", "unit", "kind")):
        sheet.merge_range(3, column, 4, column, "", style)
        _text(sheet, 3, column, book.words(f"column_{key}"), style)
    small = book.styles(**_HEADER, font_size=11)
    highest = 2 * _LINE
    for indicator, columns in _spans(book):
        label = f"{indicator.code}. {indicator.label} ({indicator.unit_of_measure})"
        if len(columns) > 1:
            sheet.merge_range(3, columns[0], 3, columns[-1], "", small)
        _text(sheet, 3, columns[0], label, small)
        width = _FIGURE_WIDTH * len(columns)
        highest = max(highest, _height((label,), (width,), size=11, bold=True))
    for figure, column in book.grid.columns.items():
        _text(sheet, 4, column, book.words(f"sex_{figure.sex.value}"), small)
    sheet.set_row(3, highest)
    sheet.set_row(4, _LINE + 3)


def _spans(book: _Book) -> list[tuple[Indicator, list[int]]]:
    spans: dict[str, list[int]] = {}
    for figure, column in book.grid.columns.items():
        spans.setdefault(figure.indicator, []).append(column)
    return [(book.consolidation.report.indicator(code), columns) for code, columns in spans.items()]


def _page_breaks(book: _Book) -> list[int]:
    """Columns a new page starts before, so that the sexes of an indicator stay together."""
    breaks: list[int] = []
    room = _PRINTED_WIDTH - sum(_UNIT_WIDTHS)
    used = 0.0
    for _, columns in _spans(book):
        needed = _FIGURE_WIDTH * len(columns)
        if used and used + needed > room:
            breaks.append(columns[0])
            used = 0.0
        used += needed
    return breaks


_Cells = dict[tuple[str, Figure], "UnitValue"]


def _by_cell(values: Iterable[UnitValue]) -> _Cells:
    return {(each.unit, figure_of(each.value)): each for each in values}


def _write_unit(sheet: Any, book: _Book, row: int, unit: Unit, values: _Cells) -> None:
    kind = _kind_name(book.consolidation.regime, unit.kind)
    sheet.write_number(row, 0, row - book.grid.first + 1, book.styles(align="center", **_BORDER))
    _text(sheet, row, 1, unit.name, book.styles(**_BORDER))
    _text(sheet, row, 2, kind, book.styles(**_BORDER))
    for figure, column in book.grid.columns.items():
        held = values.get((unit.id, figure))
        if held is None:
            sheet.write_blank(row, column, None, book.styles(**_BORDER))
        else:
            _write_unit_value(sheet, book, (row, column), held)
    sheet.set_row(row, _height((unit.name, kind), _UNIT_WIDTHS[1:]))


def _write_unit_value(sheet: Any, book: _Book, cell: tuple[int, int], held: UnitValue) -> None:
    value = held.value
    indicator = book.consolidation.report.indicator(value.indicator)
    if held.in_scope and is_certain(value):
        assert value.value is not None
        sheet.write_number(*cell, float(value.value), _value_style(book, indicator, value.method))
    elif not held.in_scope:
        shown = "" if value.value is None else f"[{_shown(book, indicator, value.value)}]"
        grey = {"align": "right", "indent": 1, "italic": True, "font_color": "#595959", **_BORDER}
        _text(sheet, *cell, shown, book.styles(**grey))
    elif value.certainty is Certainty.DOUBTFUL:
        shown = f"{_shown(book, indicator, value.value)} (?)".strip()
        _text(sheet, *cell, shown, book.styles(align="right", indent=1, bg_color="#FFF2CC", **_BORDER))
        sheet.write_comment(*cell, plain_text(_doubt(book, held)), {"x_scale": 2, "font_name": "Tahoma"})
    else:
        sheet.write_blank(*cell, None, book.styles(**_BORDER))


def _value_style(book: _Book, indicator: Indicator, method: Method) -> Any:
    derived = {"italic": True} if method is Method.DERIVED else {}
    yes, no = book.words("yes"), book.words("no")
    shape = (
        f'"{yes}";"{yes}";"{no}"'
        if indicator.aggregation is Aggregation.COUNT
        else _number_format(book.decimals.get(indicator.code, 0))
    )
    return book.styles(**_NUMBER, num_format=shape, **derived, **_BORDER)


def _shown(book: _Book, indicator: Indicator, number: Decimal | None) -> str:
    if number is not None and indicator.aggregation is Aggregation.COUNT:
        return book.words("yes" if number > 0 else "no")
    return number_text(number)


def _doubt(book: _Book, held: UnitValue) -> str:
    """Why the figure waits, and the words it was read from."""
    reason = f"findings.{held.value.reason}"
    why = book.wording(reason) if book.wording.has(reason) else "…"
    lines = [
        # A sentence with unfilled places says less than none.
        book.words("note_doubtful_figure") + "." if "…" in why else why,
        f"{held.value.place.file}, {held.value.place.where}",
        book.words("note_as_stood", text=held.value.place.text),
    ]
    return "\n".join(lines)[:1000]


def _write_sums(sheet: Any, book: _Book, row: int) -> None:
    style = book.styles(**_HEADER)
    for column in (0, 2):
        sheet.write_blank(row, column, None, style)
    _text(sheet, row, 1, book.words("row_sum"), style)
    totals = {Figure(total.indicator.code, total.sex): total for total in book.consolidation.totals}
    for figure, column in book.grid.columns.items():
        total = totals[figure]
        stored = "" if total.value is None else float(total.value)
        decimals = book.decimals.get(figure.indicator, 0)
        shape = _number_format(0 if total.indicator.aggregation is Aggregation.COUNT else decimals)
        right = book.styles(**{**_HEADER, **_NUMBER}, num_format=shape)
        sheet.write_formula(row, column, _total_formula(book, total), right, stored)
    sheet.set_row(row, _LINE + 4)


# ---- sources ---------------------------------------------------------------------------------------

_SOURCES_COLUMNS = (
    "unit",
    "code",
    "indicator",
    "sex",
    "value",
    "measure",
    "file",
    "where",
    "text",
    "method",
    "certainty",
    "counted",
    "message",
)
_SOURCES_WIDTHS = (22, 8, 34, 8.5, 11.5, 11, 24, 18, 22, 15, 11.5, 9, 16)


def _write_sources(sheet: Any, book: _Book) -> None:
    _columns(sheet, _SOURCES_WIDTHS)
    last = len(_SOURCES_WIDTHS) - 1
    title = book.words("sources_title", **book.names)
    _heading(sheet, book, 0, title, last, widths=_SOURCES_WIDTHS, bold=True, font_size=14)
    _header_row(sheet, book, 2, _SOURCES_COLUMNS, _SOURCES_WIDTHS)
    row = 2
    for row, held in enumerate(book.consolidation.values, start=3):
        _write_source(sheet, book, row, held)
    sheet.autofilter(2, 0, max(row, 3), last)
    _page(sheet, (2, 2))


def _write_source(sheet: Any, book: _Book, row: int, held: UnitValue) -> None:
    value = held.value
    labels = [each.label for each in book.consolidation.report.indicators if each.code == value.indicator]
    counted = held.in_scope and is_certain(value)
    texts = (
        book.unit_names.get(held.unit, held.unit),
        value.indicator,
        labels[0] if labels else "",
        book.words(f"sex_{value.sex.value}"),
        f"{value.qualifier} {number_text(value.value)}".strip(),
        value.unit_of_measure,
        value.place.file,
        value.place.where,
        value.place.text,
        book.words(f"method_{value.method.value}"),
        book.words(f"certainty_{value.certainty.value}"),
        book.words("yes" if counted else "no"),
        held.archive_id[:_MESSAGE_LETTERS],
    )
    # The prefix keeps a text that begins like a formula from becoming one when its cell is edited.
    style = book.styles(font_size=10, quote_prefix=True, **_BORDER)
    for column, text in enumerate(texts):
        _text(sheet, row, column, text, style)
    if value.value is not None and not value.qualifier:
        shape = _number_format(book.decimals.get(value.indicator, 0))
        sheet.write_number(
            row,
            4,
            float(value.value),
            book.styles(font_size=10, num_format=shape, **_NUMBER, **_BORDER),
        )
    sheet.set_row(row, _height(texts, _SOURCES_WIDTHS, size=10))


# ---- standing --------------------------------------------------------------------------------------

_STANDINGS_COLUMNS = (
    "number",
    "unit",
    "state",
    "due",
    "received",
    "versions",
    "corrected",
    "message",
    "note",
)
_STANDINGS_WIDTHS = (5.5, 36, 16, 16, 17, 9, 11, 19, 37)


def _write_standings(sheet: Any, book: _Book) -> None:
    _columns(sheet, _STANDINGS_WIDTHS)
    last = len(_STANDINGS_WIDTHS) - 1
    title = book.words("standings_title", **book.names)
    _heading(sheet, book, 0, title, last, widths=_STANDINGS_WIDTHS, bold=True, font_size=14)
    _header_row(sheet, book, 2, _STANDINGS_COLUMNS, _STANDINGS_WIDTHS)
    standings = book.consolidation.standings
    for place, standing in enumerate(standings):
        _write_standing(sheet, book, 3 + place, place + 1, standing)
    _write_counts(sheet, book, 3 + len(standings))
    _page(sheet, (2, 2))


def _write_standing(sheet: Any, book: _Book, row: int, number: int, standing: UnitStanding) -> None:
    note = _standing_note(book, standing)
    texts = (
        standing.unit.name,
        book.words(f"state_{standing.state.value}"),
        due(standing.due, book.consolidation.regime.timezone, book.wording, short=True),
        _moment(book, standing.first_valid),
        str(standing.versions or ""),
        book.words("yes") if standing.corrected else "",
        standing.message[:_MESSAGE_LETTERS],
        note,
    )
    sheet.write_number(row, 0, number, book.styles(align="center", **_BORDER))
    for column, text in enumerate(texts, start=1):
        align = "left" if column in {1, 8} else "center"
        _text(sheet, row, column, text, book.styles(align=align, quote_prefix=True, **_BORDER))
    sheet.set_row(row, _height(texts, _STANDINGS_WIDTHS[1:]))


def _standing_note(book: _Book, standing: UnitStanding) -> str:
    by_hand = [
        book.wording(f"findings.{finding.code}", **finding.parameters)
        for finding in standing.findings
        if finding.code.startswith("received_")
    ]
    notes = [
        *([book.words("note_exempt", reason=standing.exempt)] if standing.exempt else []),
        *by_hand,
        *([book.words("note_waiting", count=len(standing.waiting))] if standing.waiting else []),
    ]
    return " ".join(notes)


def _moment(book: _Book, moment: datetime | None) -> str:
    return moment_text(moment, book.consolidation.regime.timezone) if moment else ""


def _write_counts(sheet: Any, book: _Book, row: int) -> None:
    """How many units stand where, counted live."""
    standings = book.consolidation.standings
    states = f"{xl_rowcol_to_cell(3, 2, True, True)}:{xl_rowcol_to_cell(max(row, 4) - 1, 2, True, True)}"
    bold, centred = book.styles(bold=True, **_BORDER), book.styles(bold=True, align="center", **_BORDER)
    for place, state in enumerate(ObligationState, start=1):
        name = book.words(f"state_{state.value}")
        count = sum(standing.state is state for standing in standings)
        _text(sheet, row + place, 1, name, bold)
        sheet.write_formula(row + place, 2, f"=COUNTIF({states},{_quoted(name)})", centred, count)
    place = len(ObligationState) + 1
    _text(sheet, row + place, 1, book.words("standing_sum"), bold)
    sheet.write_formula(row + place, 2, f"=COUNTA({states})", centred, len(standings))


# ---- findings --------------------------------------------------------------------------------------

_FINDINGS_COLUMNS = ("number", "unit", "indicator", "grade", "finding", "file", "where", "text")
_FINDINGS_WIDTHS = (5.5, 26, 34, 11, 62, 24, 20, 24)


def _write_findings(sheet: Any, book: _Book) -> None:
    """What to look into before the report is signed: the list is the officer's, no part of any total."""
    _columns(sheet, _FINDINGS_WIDTHS)
    last = len(_FINDINGS_WIDTHS) - 1
    title = book.words("findings_title", **book.names)
    _heading(sheet, book, 0, title, last, widths=_FINDINGS_WIDTHS, bold=True, font_size=14)
    _header_row(sheet, book, 2, _FINDINGS_COLUMNS, _FINDINGS_WIDTHS)
    told = told_findings(book.consolidation.findings, lambda finding: _finding_sentence(book, finding))
    for row, (finding, sentence) in enumerate(told, start=3):
        _write_finding(sheet, book, row, finding, sentence)
    if not told:
        style = book.styles(align="center", italic=True, **_BORDER)
        sheet.merge_range(3, 0, 3, last, "", style)
        _text(sheet, 3, 0, book.words("findings_none"), style)
    sheet.autofilter(2, 0, max(len(told) + 2, 3), last)
    _page(sheet, (2, 2))


def _write_finding(sheet: Any, book: _Book, row: int, finding: Finding, sentence: str) -> None:
    place, code = finding.place, finding.parameters.get("indicator", "")
    labels = [each.label for each in book.consolidation.report.indicators if each.code == code]
    unit = finding.parameters.get("unit", "")
    texts = (
        book.unit_names.get(unit, unit),
        f"{code} - {labels[0]}" if labels else code,
        book.wording(f"terms.grade_{finding.grade.value}"),
        sentence,
        place.file if place else "",
        place.where if place else "",
        place.text if place else "",
    )
    style = book.styles(font_size=11, quote_prefix=True, **_BORDER)
    sheet.write_number(row, 0, row - 2, book.styles(font_size=11, align="center", **_BORDER))
    for column, text in enumerate(texts, start=1):
        _text(sheet, row, column, text, style)
    sheet.set_row(row, _height(texts, _FINDINGS_WIDTHS[1:], size=11))


def _finding_sentence(book: _Book, finding: Finding) -> str:
    """The sentence, from the catalogue of findings or of reasons; the bare code where neither has it."""
    keys = (f"{area}.{finding.code}" for area in ("findings", "reasons"))
    known = next((key for key in keys if book.wording.has(key)), "")
    return book.wording(known, **finding.parameters) if known else finding.code
