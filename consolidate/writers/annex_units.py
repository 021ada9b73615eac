"""The second sheet of the annex: every unit's figures.

One that counts is a number, any other is text, so that no formula can sum it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from config.reports import Aggregation, Figure, Indicator
from consolidate.totals import figure_of, is_certain, number_text
from consolidate.writers.annex_book import (
    BORDER,
    HEADER,
    LINE,
    NUMBER,
    Book,
    height_of,
    lay_out,
    number_format,
    set_widths,
    write_text,
)
from consolidate.writers.annex_totals import total_formula
from consolidate.writers.workbook_bytes import plain_text
from ledger.records import Certainty, Method

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    from config.units import Unit
    from consolidate.consolidation import UnitValue

_UNIT_WIDTHS = (5.5, 30, 12)
_FIGURE_WIDTH = 12.0
_UNITS_SCALE = 70  #: per cent
_PRINTED_WIDTH = 160.0  #: digits of 12 points across A4 landscape at that scale


_Cells = dict[tuple[str, Figure], "UnitValue"]


def write_units(sheet: Any, book: Book) -> None:
    """One row a unit, one column a figure, sums below; the grid that all formulas read."""
    grid = book.grid
    widths = (*_UNIT_WIDTHS, *(_FIGURE_WIDTH for _ in grid.columns))
    set_widths(sheet, widths)
    _left_heading(sheet, book, 0, book.words("units_title", **book.names), {"bold": True, "font_size": 14})
    _left_heading(sheet, book, 1, book.words("units_legend"), {"italic": True})
    _units_header(sheet, book)
    values = _by_cell(book.consolidation.values)
    for place, unit in enumerate(grid.units):
        _write_unit(sheet, book, grid.first + place, unit, values)
    _write_sums(sheet, book, grid.last + 1)
    lay_out(sheet, (3, 4), one_wide=False)
    sheet.repeat_columns(0, 2)
    sheet.freeze_panes(grid.first, 3)
    sheet.set_print_scale(_UNITS_SCALE)
    sheet.set_v_pagebreaks(_page_breaks(book))


def _left_heading(sheet: Any, book: Book, row: int, text: str, style: Mapping[str, Any]) -> None:
    """A line over the columns that every printed page repeats, so that no page cuts it."""
    made = book.styles(align="left", **style)
    sheet.merge_range(row, 0, row, len(_UNIT_WIDTHS) - 1, "", made)
    write_text(sheet, row, 0, text, made)
    size = style.get("font_size", 12)
    height = height_of((text,), (sum(_UNIT_WIDTHS),), size=size, bold=bool(style.get("bold")))
    sheet.set_row(row, height)


def _units_header(sheet: Any, book: Book) -> None:
    style = book.styles(**HEADER)
    for column, key in enumerate(("number", "unit", "kind")):
        sheet.merge_range(3, column, 4, column, "", style)
        write_text(sheet, 3, column, book.words(f"column_{key}"), style)
    small = book.styles(**HEADER, font_size=11)
    highest = 2 * LINE
    for indicator, columns in _spans(book):
        label = f"{indicator.code}. {indicator.label} ({indicator.unit_of_measure})"
        if len(columns) > 1:
            sheet.merge_range(3, columns[0], 3, columns[-1], "", small)
        write_text(sheet, 3, columns[0], label, small)
        width = _FIGURE_WIDTH * len(columns)
        highest = max(highest, height_of((label,), (width,), size=11, bold=True))
    for figure, column in book.grid.columns.items():
        write_text(sheet, 4, column, book.words(f"sex_{figure.sex.value}"), small)
    sheet.set_row(3, highest)
    sheet.set_row(4, LINE + 3)


def _spans(book: Book) -> list[tuple[Indicator, list[int]]]:
    spans: dict[str, list[int]] = {}
    for figure, column in book.grid.columns.items():
        spans.setdefault(figure.indicator, []).append(column)
    return [(book.consolidation.report.indicator(code), columns) for code, columns in spans.items()]


def _page_breaks(book: Book) -> list[int]:
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


def _by_cell(values: Iterable[UnitValue]) -> _Cells:
    return {(each.unit, figure_of(each.value)): each for each in values}


def _write_unit(sheet: Any, book: Book, row: int, unit: Unit, values: _Cells) -> None:
    kind = book.kind_name(unit.kind)
    sheet.write_number(row, 0, row - book.grid.first + 1, book.styles(align="center", **BORDER))
    write_text(sheet, row, 1, unit.name, book.styles(**BORDER))
    write_text(sheet, row, 2, kind, book.styles(**BORDER))
    for figure, column in book.grid.columns.items():
        held = values.get((unit.id, figure))
        if held is None:
            sheet.write_blank(row, column, None, book.styles(**BORDER))
        else:
            _write_unit_value(sheet, book, (row, column), held)
    sheet.set_row(row, height_of((unit.name, kind), _UNIT_WIDTHS[1:]))


def _write_unit_value(sheet: Any, book: Book, cell: tuple[int, int], held: UnitValue) -> None:
    value = held.value
    indicator = book.consolidation.report.indicator(value.indicator)
    if held.in_scope and is_certain(value):
        assert value.value is not None
        sheet.write_number(*cell, float(value.value), _value_style(book, indicator, value.method))
    elif not held.in_scope:
        shown = "" if value.value is None else f"[{_shown(book, indicator, value.value)}]"
        grey = {"align": "right", "indent": 1, "italic": True, "font_color": "#595959", **BORDER}
        write_text(sheet, *cell, shown, book.styles(**grey))
    elif value.certainty is Certainty.DOUBTFUL:
        shown = f"{_shown(book, indicator, value.value)} (?)".strip()
        write_text(sheet, *cell, shown, book.styles(align="right", indent=1, bg_color="#FFF2CC", **BORDER))
        sheet.write_comment(*cell, plain_text(_doubt(book, held)), {"x_scale": 2, "font_name": "Tahoma"})
    else:
        sheet.write_blank(*cell, None, book.styles(**BORDER))


def _value_style(book: Book, indicator: Indicator, method: Method) -> Any:
    derived = {"italic": True} if method is Method.DERIVED else {}
    yes, no = book.words("yes"), book.words("no")
    shape = (
        f'"{yes}";"{yes}";"{no}"'
        if indicator.aggregation is Aggregation.COUNT
        else number_format(book.decimals.get(indicator.code, 0))
    )
    return book.styles(**NUMBER, num_format=shape, **derived, **BORDER)


def _shown(book: Book, indicator: Indicator, number: Decimal | None) -> str:
    if number is not None and indicator.aggregation is Aggregation.COUNT:
        return book.words("yes" if number > 0 else "no")
    return number_text(number)


def _doubt(book: Book, held: UnitValue) -> str:
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


def _write_sums(sheet: Any, book: Book, row: int) -> None:
    style = book.styles(**HEADER)
    for column in (0, 2):
        sheet.write_blank(row, column, None, style)
    write_text(sheet, row, 1, book.words("row_sum"), style)
    totals = {Figure(total.indicator.code, total.sex): total for total in book.consolidation.totals}
    for figure, column in book.grid.columns.items():
        total = totals[figure]
        stored = "" if total.value is None else float(total.value)
        decimals = book.decimals.get(figure.indicator, 0)
        shape = number_format(0 if total.indicator.aggregation is Aggregation.COUNT else decimals)
        right = book.styles(**{**HEADER, **NUMBER}, num_format=shape)
        sheet.write_formula(row, column, total_formula(book, total), right, stored)
    sheet.set_row(row, LINE + 4)
