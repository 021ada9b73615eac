"""The first sheet of the annex: totals as live formulas over the grid of unit figures."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from config.reports import Aggregation, Figure, Indicator, Sex
from consolidate.writers.annex_book import (
    BORDER,
    LINE,
    NUMBER,
    Book,
    height_of,
    lay_out,
    number_format,
    quoted,
    set_widths,
    write_header,
    write_heading,
    write_text,
)
from consolidate.writers.phrases import counted
from consolidate.writers.report_annexes import asked_sexes
from consolidate.writers.report_sections import group_heading, placed_outline
from consolidate.writers.workbook_bytes import lines_needed
from ledger.records import Method, ObligationState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.reports import RatioRule
    from consolidate.consolidation import Consolidation, Total

_NAMES_IN_NOTE = 3
# Both criteria hold for any number and for no text, so that a sum runs over units that gave both parts.
_ANY_NUMBER = '">-1E+99"'
#: The columns and their widths; those of men and women stand there where any indicator asks for them, that
#: of the year before where any figure of it is known.
_WIDTHS = {
    "number": 5.5,
    "indicator": 44,
    "measure": 11.5,
    "total": 12,
    "male": 11,
    "female": 11,
    "coverage": 14,
    "previous": 12,
    "note": 34,
}


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of this annex in order."""

    names: tuple[str, ...]
    sexes: tuple[Sex, ...]

    @property
    def widths(self) -> tuple[float, ...]:
        return tuple(_WIDTHS[name] for name in self.names)

    def at(self, name: str) -> int:
        return self.names.index(name)


def _columns(consolidation: Consolidation) -> _Columns:
    sexes = asked_sexes(consolidation.report)
    left_out = {sex.value for sex in Sex} - {sex.value for sex in sexes}
    if all(total.previous is None for total in consolidation.totals):
        left_out.add("previous")
    return _Columns(tuple(name for name in _WIDTHS if name not in left_out), sexes)


def write_totals(sheet: Any, book: Book) -> None:
    """The totals by section of the outline, with coverage, the period before and notes."""
    columns = _columns(book.consolidation)
    widths = columns.widths
    set_widths(sheet, widths)
    last = len(widths) - 1
    lines = (
        (book.words("annex_heading"), {"bold": True, "font_size": 14}),
        (book.words("annex_title", **book.names).upper(), {"bold": True, "font_size": 14}),
        (book.words("annex_attached", **book.names), {"italic": True, "font_size": 13}),
    )
    for row, (text, style) in enumerate(lines):
        write_heading(sheet, book, row, text, last, widths=widths, **style)
    write_header(sheet, book, 4, columns.names, widths)
    row, numbers = 5, count(1)
    groups = _groups(book.consolidation)
    for named, rows in groups:
        group = named or (book.words("group_other") if len(groups) > 1 else "")
        if group:
            style = book.styles(bold=True, border=1)
            sheet.merge_range(row, 0, row, last, "", style)
            write_text(sheet, row, 0, group, style)
            sheet.set_row(row, lines_needed(group, sum(widths), bold=True) * LINE + 3)
            row += 1
        for totals in rows:
            _write_indicator(sheet, book, row, next(numbers), totals, columns)
            row += 1
    if len(columns.sexes) > 1:
        legend = book.words("totals_legend")
        style = book.styles(italic=True, font_size=11)
        sheet.merge_range(row, 1, row, last, "", style)
        write_text(sheet, row, 1, legend, style)
    lay_out(sheet, (4, 4))


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


def _write_indicator(
    sheet: Any, book: Book, row: int, number: int, totals: Sequence[Total], columns: _Columns
) -> None:
    indicator = totals[0].indicator
    note = _note(book, totals)
    coverage, coverage_formula = _coverage(book, totals)
    centred = book.styles(align="center", **BORDER)
    sheet.write_number(row, 0, number, centred)
    write_text(sheet, row, 1, indicator.label, book.styles(**BORDER))
    write_text(sheet, row, 2, indicator.unit_of_measure, centred)
    for sex in columns.sexes:
        if sex in indicator.sexes:
            sheet.write_blank(row, columns.at(sex.value), None, book.styles(**BORDER))
        else:
            write_text(sheet, row, columns.at(sex.value), book.words("not_asked"), centred)
    for total in totals:
        _write_total(sheet, book, row, columns.at(total.sex.value), total)
    sheet.write_formula(row, columns.at("coverage"), coverage_formula, centred, coverage)
    if "previous" in columns.names:
        _write_previous(sheet, book, row, columns.at("previous"), totals[0])
    write_text(sheet, row, columns.at("note"), note, book.styles(font_size=11, **BORDER))
    texts = (indicator.label, indicator.unit_of_measure, coverage)
    widths = tuple(_WIDTHS[name] for name in ("indicator", "measure", "coverage"))
    sheet.set_row(row, max(height_of(texts, widths), height_of((note,), (_WIDTHS["note"],), size=11)))


def _write_total(sheet: Any, book: Book, row: int, column: int, total: Total) -> None:
    stored = "" if total.value is None else float(total.value)
    sheet.write_formula(row, column, total_formula(book, total), _figure_style(book, total), stored)


def _write_previous(sheet: Any, book: Book, row: int, column: int, total: Total) -> None:
    if total.previous is None:
        sheet.write_blank(row, column, None, book.styles(**BORDER))
    else:
        sheet.write_number(row, column, float(total.previous), _figure_style(book, total))


def _figure_style(book: Book, total: Total) -> Any:
    rule = total.indicator.ratio
    decimals = rule.decimals if rule else book.decimals.get(total.indicator.code, 0)
    if total.indicator.aggregation is Aggregation.COUNT:
        decimals = 0
    return book.styles(**NUMBER, num_format=number_format(decimals), **BORDER)


def total_formula(book: Book, total: Total) -> str:
    """The formula of a total over the units' figures."""
    if total.indicator.aggregation is Aggregation.RATIO and total.indicator.ratio:
        return _ratio_formula(book, total.indicator, total.indicator.ratio)
    cells = book.grid.of(Figure(total.indicator.code, total.sex))
    return f'=IF(COUNT({cells})=0,"",{_adding(total.indicator, cells)})'


def _adding(indicator: Indicator, cells: str) -> str:
    return f'COUNTIF({cells},">0")' if indicator.aggregation is Aggregation.COUNT else f"SUM({cells})"


def _ratio_formula(book: Book, indicator: Indicator, rule: RatioRule) -> str:
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
    book: Book, indicator: Indicator, rule: RatioRule, function: str, summed: Figure | None = None
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
    named = [quoted(book.kind_name(kind)) for kind in counting]
    return "(" + "+".join(f"{function}({','.join([*criteria, kind_cells, name])})" for name in named) + ")"


def _coverage(book: Book, totals: Sequence[Total]) -> tuple[str, str]:
    """How many of how many units gave the figure, and for each sex where that differs; value and formula."""
    stated = totals if len({(total.n, total.of) for total in totals}) > 1 else totals[:1]
    texts: list[str] = []
    formula: list[str] = []
    for total in stated:
        lead = "" if total.sex is Sex.TOTAL else book.words(f"coverage_{total.sex.value}") + " "
        lead = ("; " if texts else "") + (lead if len(totals) > 1 else "")
        texts.append(f"{lead}{total.n}/{total.of}")
        formula += [quoted(lead)] if lead else []
        formula += [_count_formula(book, total), quoted(f"/{total.of}")]
    return "".join(texts), "=" + "&".join(formula)


def _count_formula(book: Book, total: Total) -> str:
    rule = total.indicator.ratio
    if total.indicator.aggregation is Aggregation.RATIO and rule:
        known = {rule.numerator, rule.denominator} <= book.grid.columns.keys()
        return _over_both(book, total.indicator, rule, "COUNTIFS") if known else "0"
    return f"COUNT({book.grid.of(Figure(total.indicator.code, total.sex))})"


def _note(book: Book, totals: Sequence[Total]) -> str:
    doubtful = tuple(dict.fromkeys(unit for total in totals for unit in total.doubtful))
    nobody = not any(total.n for total in totals)
    silent = () if nobody else _silent(book, totals[0])
    lacking = () if nobody else tuple(unit for unit in totals[0].missing if unit not in silent)
    notes = [
        (doubtful, "note_doubtful", {"units": _named(book, doubtful)}),
        (nobody, "note_nobody", {}),
        (lacking, "note_missing", {"units": _named(book, lacking)}),
        (silent, "note_unreported", {"count": counted(len(silent))}),
        (any(total.approximate for total in totals), "note_approximate", {}),
        (_ratio_unstated(totals[0]), "note_no_ratio", {}),
        (_some_derived(book, totals), "note_derived", {}),
    ]
    return " ".join(book.words(key, **places) for holds, key, places in notes if holds)


def _silent(book: Book, total: Total) -> tuple[str, ...]:
    """The units of which nothing counts yet, where they are many: another sheet names them all."""
    states = {each.unit.id: each.state for each in book.consolidation.standings}
    nothing = (ObligationState.MISSING, ObligationState.NEEDS_REVIEW)
    silent = tuple(unit for unit in total.missing if states.get(unit) in nothing)
    return silent if len(silent) > _NAMES_IN_NOTE else ()


def _ratio_unstated(total: Total) -> bool:
    return total.indicator.aggregation is Aggregation.RATIO and total.value is None


def _some_derived(book: Book, totals: Sequence[Total]) -> bool:
    return any(
        value.in_scope and value.value.method is Method.DERIVED
        for value in book.consolidation.values
        if value.value.indicator == totals[0].indicator.code
    )


def _named(book: Book, units: Sequence[str]) -> str:
    names = ", ".join(book.unit_names.get(unit, unit) for unit in units[:_NAMES_IN_NOTE])
    rest = len(units) - _NAMES_IN_NOTE
    return book.words("more_units", units=names, count=rest) if rest > 0 else names
