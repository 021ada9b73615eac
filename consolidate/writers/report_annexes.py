"""The annexes of the report: I the totals with the units behind them, II who has sent."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from config.reports import Indicator, Sex
from config.spelling import tidy
from consolidate.writers.document_parts import annex_origin
from consolidate.writers.docx_layout import (
    CELL,
    CENTRE,
    LANDSCAPE_WIDTH,
    RIGHT,
    SMALL_CELL,
    TEXT_WIDTH,
    Style,
    add_annex_title,
    add_paragraph,
    add_table,
    band_row,
    fill_row,
    new_section,
)
from consolidate.writers.phrases import MONEY, capital, counted, due, is_money, lateness, listed, moment
from consolidate.writers.report_figures import Coverage, FigureSentences, main_sex, shown
from consolidate.writers.report_sections import placed_outline
from ledger.records import ObligationState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docx.document import Document

    from config.reports import ReportDefinition
    from config.wording import Wording
    from consolidate.consolidation import Consolidation, Total, UnitStanding

MOST_NAMED = 5  #: units named beside one figure

_SEXES = (Sex.TOTAL, Sex.MALE, Sex.FEMALE)  # as the columns stand
_CENTRED = Style(size=CELL.size, align=CENTRE)
_FIGURE = Style(size=CELL.size, align=RIGHT)
_COLUMNS = {"order": 567, "measure": 1191, "total": 1247, "male": 1134, "female": 1134, "previous": 1247}
_COLUMNS |= {"coverage": 1191}
_LABEL_SHARE = 0.48  #: of what the others leave, the label's; the rest names the units that are lacking
_STANDINGS = (
    ("order", 567),
    ("unit", 3005),
    ("state", 1134),
    ("received", 1247),
    ("due", 1247),
    ("note", TEXT_WIDTH - 7200),
)
_STANDINGS_OF_ONE_DUE = (
    ("order", 567),
    ("unit", 3460),
    ("state", 1588),
    ("received", 1928),
    ("note", TEXT_WIDTH - 7543),
)


def add_totals(
    document: Document, consolidation: Consolidation, wording: Wording, figures: FigureSentences
) -> None:
    """Phụ lục I: every indicator with its totals, the year before, and the units behind them."""
    new_section(document, landscape=True)
    title = (wording("documents.totals_title"), consolidation.period.name.upper())
    _title(document, "I", title, consolidation, wording)
    compared = any(total.previous is not None for total in consolidation.totals)
    sexes = asked_sexes(consolidation.report)
    names = _totals_columns(sexes, compared=compared)
    widths = _totals_widths(names)
    styles = (_CENTRED, CELL, _CENTRED, *[_FIGURE] * (len(widths) - 5), _CENTRED, SMALL_CELL)
    table = add_table(document, widths, borders=True)
    head = [wording(f"documents.column_{name}", year=consolidation.period.year - 1) for name in names]
    fill_row(table, widths, head, styles, header=True)
    numbers = count(1)
    for band, indicators in _bands(consolidation, wording):
        if band:
            band_row(table, widths, band, CELL)
        for indicator in indicators:
            row = _totals_row(indicator, consolidation, wording, figures, sexes, compared=compared)
            fill_row(table, widths, (str(next(numbers)), *row), styles)
    note = "totals_note_sexes" if len(sexes) > 1 else "totals_note"
    add_paragraph(document, wording(f"documents.{note}"), Style(size=13.0, italic=True, before=6.0))


def asked_sexes(report: ReportDefinition) -> tuple[Sex, ...]:
    """The columns of figures, as they stand: the totals, and men and women where any indicator asks."""
    asked = {Sex.TOTAL} | {sex for indicator in report.indicators for sex in indicator.sexes}
    return tuple(sex for sex in _SEXES if sex in asked)


def add_standings(document: Document, consolidation: Consolidation, wording: Wording) -> None:
    """Phụ lục II: every unit with its state, grouped by kind, in the order of the units sheet.

    A due moment that is the same for all stands above the table, else in a column of its own.
    """
    new_section(document, landscape=False)
    title = (wording("documents.standings_title"), consolidation.period.name.upper())
    _title(document, "II", title, consolidation, wording)
    dues = {standing.due for standing in consolidation.standings if owed(standing)}
    columns = dict(_STANDINGS) if len(dues) > 1 else dict(_STANDINGS_OF_ONE_DUE)
    if len(dues) == 1:
        line = due(dues.pop(), consolidation.regime.timezone, wording, consolidation.period.due_text)
        line = wording("documents.standings_due", due=line)
        add_paragraph(document, line, Style(size=13.0, italic=True, align=CENTRE, after=6.0))
    widths = tuple(columns.values())
    styles = [CELL if name == "unit" else SMALL_CELL if name == "note" else _CENTRED for name in columns]
    table = add_table(document, widths, borders=True)
    fill_row(table, widths, [wording(f"documents.column_{name}") for name in columns], styles, header=True)
    numbers = count(1)
    for kind, standings in by_kind(consolidation, consolidation.standings):
        band_row(table, widths, kind, CELL)
        for standing in standings:
            texts = _standing_texts(standing, consolidation, wording) | {"order": str(next(numbers))}
            fill_row(table, widths, [texts[name] for name in columns], styles)


def owed(standing: UnitStanding) -> bool:
    """Whether the unit has to report at all this period."""
    return standing.state is not ObligationState.EXEMPT


def by_kind(
    consolidation: Consolidation, standings: Sequence[UnitStanding]
) -> Iterator[tuple[str, list[UnitStanding]]]:
    """The standings by kind of unit, kinds and units in the order of the units sheet."""
    names = {kind.id: kind.plural for kind in consolidation.regime.unit_kinds}
    groups: dict[str, list[UnitStanding]] = {}
    for standing in standings:
        groups.setdefault(standing.unit.kind, []).append(standing)
    for kind, members in groups.items():
        name = tidy(names.get(kind, kind))
        yield name[:1].upper() + name[1:], members


def _title(
    document: Document, number: str, title: Sequence[str], consolidation: Consolidation, wording: Wording
) -> None:
    symbol = consolidation.regime.department.symbol
    origin = annex_origin("documents.annex_of_report", symbol, consolidation, wording)
    add_annex_title(document, wording("documents.annex", number=number), title, origin)


def _totals_columns(sexes: Sequence[Sex], *, compared: bool) -> list[str]:
    before = ["previous"] if compared else []
    return ["order", "indicator", "measure", *(sex.value for sex in sexes), *before, "coverage", "without"]


def _totals_widths(names: Sequence[str]) -> tuple[int, ...]:
    """In twips; label and names of units share what the other columns leave of the page."""
    left = LANDSCAPE_WIDTH - sum(_COLUMNS[name] for name in names if name in _COLUMNS)
    label = round(left * _LABEL_SHARE)
    widths = _COLUMNS | {"indicator": label, "without": left - label}
    return tuple(widths[name] for name in names)


def _bands(consolidation: Consolidation, wording: Wording) -> Iterator[tuple[str, list[Indicator]]]:
    """The indicators in the order of the annex, under the section of the outline that states them.

    Sections in the order of the outline; unclaimed indicators last, under a band of their own.
    """
    outline = placed_outline(consolidation.report)
    left = {indicator.code: indicator for indicator in consolidation.report.indicators}
    claimed = False
    for section in outline:
        codes = [code for code in left if code in section.indicators]
        if codes:
            claimed = True
            yield f"{section.id}. {tidy(section.title)}", [left.pop(code) for code in codes]
    if left:
        yield wording("documents.other_band") if claimed else "", list(left.values())


def _totals_row(
    indicator: Indicator,
    consolidation: Consolidation,
    wording: Wording,
    figures: FigureSentences,
    sexes: Sequence[Sex],
    *,
    compared: bool,
) -> tuple[str, ...]:
    given = {total.sex: total for total in consolidation.totals if total.indicator.code == indicator.code}
    totals = {sex: given[sex] for sex in _SEXES if sex in given}
    measure = MONEY if is_money(indicator.unit_of_measure) else indicator.unit_of_measure
    cells = [
        _figure(totals.get(sex), figures) if sex in indicator.sexes else wording("documents.not_asked")
        for sex in sexes
    ]
    main = totals.get(main_sex(indicator))
    previous = [shown(main.previous, indicator) if main else ""] if compared else []
    coverages = {sex: figures.coverage(total) for sex, total in totals.items()}
    return (
        indicator.label,
        measure,
        *cells,
        *previous,
        _counts(coverages, wording),
        _lacking(coverages, wording),
    )


def _figure(total: Total | None, figures: FigureSentences) -> str:
    """The figure with its "trên" or "khoảng", since a rough sum must not look exact."""
    if total is None or total.value is None:
        return ""
    return f"{figures.qualifier(total)} {shown(total.value, total.indicator)}".strip()


def _counts(coverages: Mapping[Sex, Coverage], wording: Wording) -> str:
    """The counts as "45/52", or one for each sex where they differ."""
    said = {sex: f"{coverage.n}/{coverage.of}" for sex, coverage in coverages.items()}
    if len(set(said.values())) <= 1:
        return next(iter(said.values()), "")
    return "; ".join(f"{figures} {text}" for figures, text in _grouped(said, wording))


def _lacking(coverages: Mapping[Sex, Coverage], wording: Wording) -> str:
    """Who has not given the figure; one list for each sex where they differ."""
    said = {sex: _who(coverage, wording) for sex, coverage in coverages.items()}
    if len(set(said.values())) <= 1:
        return next(iter(said.values()), "")
    return ". ".join(
        wording("documents.lacking_part", figures=capital(figures), names=text)
        for figures, text in _grouped(said, wording)
        if text
    )


def _grouped(said: Mapping[Sex, str], wording: Wording) -> Iterator[tuple[str, str]]:
    """("nam, nữ", what is said of both): the figures that share a text, in the order of the columns."""
    for text in dict.fromkeys(said.values()):
        sexes = (wording(f"documents.column_{sex.value}").lower() for sex in said if said[sex] == text)
        yield ", ".join(sexes), text


def _who(coverage: Coverage, wording: Wording) -> str:
    lists = [wording("documents.nobody")] if not coverage.n else list(_lists_of(coverage, wording))
    if coverage.doubtful:
        names = listed(coverage.doubtful, wording, MOST_NAMED)
        lists.append(wording("documents.units_doubtful", names=names))
    return "; ".join(lists)


def _lists_of(coverage: Coverage, wording: Wording) -> Iterator[str]:
    if coverage.named:
        yield listed(coverage.named, wording, MOST_NAMED)
    if coverage.unreported:
        yield wording("documents.units_unreported", count=counted(coverage.unreported))


def _standing_texts(standing: UnitStanding, consolidation: Consolidation, wording: Wording) -> dict[str, str]:
    zone, asked = consolidation.regime.timezone, consolidation.period.due_text
    return {
        "unit": tidy(standing.unit.name),
        "state": wording(f"documents.state_{standing.state.value}"),
        "received": moment(standing.first_valid, zone, wording, short=True) if standing.first_valid else "",
        "due": due(standing.due, zone, wording, asked, short=True) if owed(standing) else "",
        "note": "; ".join(_remarks(standing, consolidation, wording)),
    }


def _remarks(standing: UnitStanding, consolidation: Consolidation, wording: Wording) -> Iterator[str]:
    zone = consolidation.regime.timezone
    if standing.exempt:
        yield tidy(standing.exempt)
    if standing.state is ObligationState.LATE and standing.first_valid:
        yield wording("documents.note_late", days=lateness(standing.first_valid, standing.due, zone, wording))
    overdue = lateness(consolidation.as_of, standing.due, zone, wording)
    if standing.state is ObligationState.MISSING and overdue:
        yield wording("documents.note_overdue", days=overdue)
    if standing.corrected:
        yield wording("documents.note_corrected")
    # One mail that waits is what the state says already.
    if len(standing.waiting) > (standing.state is ObligationState.NEEDS_REVIEW):
        yield wording("documents.note_waiting", count=counted(len(standing.waiting)))
