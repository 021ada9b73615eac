"""The chase-up list: who has not reported, whom to ring, since when, and what has been tried.

Only units without any report are on it: a unit whose report waits for our own staff is not asked
again. Units that have reported but left figures out stand in a list of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

from config.due import due_rule
from config.spelling import tidy
from consolidate.writers.document_parts import docx_file, file_name, own_head
from consolidate.writers.docx_bytes import fixed_zip
from consolidate.writers.docx_layout import (
    CELL,
    CENTRE,
    LANDSCAPE_WIDTH,
    TITLE,
    Signature,
    Style,
    add_head,
    add_paragraph,
    add_signature,
    add_table,
    band_row,
    fill_row,
    landscape,
    new_document,
    new_section,
)
from consolidate.writers.phrases import as_of_words, counted, day, days_late, due, moment
from consolidate.writers.report_annexes import by_kind
from consolidate.writers.report_figures import parted_label
from consolidate.writers.workbook_bytes import XLSX, Styles, lines_needed, plain_text, workbook_bytes
from ledger.records import ObligationState, ReportFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docx.document import Document

    from config.wording import Wording
    from consolidate.consolidation import Consolidation, UnitStanding

MOST_FIGURES = 5  #: figures left out that the list on paper names of one unit

# Widths on paper in twips; the column that fills the line has none. What all lines share stands above the
# table: the report and the period always, the due moment when there is but one.
_COLUMNS = {
    "order": 567,
    "unit": 0,
    "contact": 2551,
    "phone": 1871,
    "due": 1984,
    "days_late": 1361,
    "reminded": 1984,
}
_GAP_COLUMNS = {"order": 567, "unit": 3402, "contact": 2041, "phone": 1531, "missing": 0}
_LEFT_OUT_WHEN_BLANK = ("contact", "phone")
# Widths in the workbook in characters; its lines are sorted, filtered and copied into other lists.
_IN_BOOK = {
    "order": 5,
    "kind": 16,
    "unit": 26,
    "contact": 18,
    "phone": 14,
    "report": 20,
    "period": 14,
    "due": 14,
    "days_late": 9,
    "missing": 26,
    "reminded": 14,
}
_GAPS_IN_BOOK = {
    "order": 5,
    "kind": 16,
    "unit": 26,
    "contact": 18,
    "phone": 14,
    "missing": 90,
    "reminded": 14,
}
_GAPS = "documents.chase_gaps_title"
_NARROW = frozenset({"order", "due", "days_late", "reminded"})
_CENTRED = Style(size=12.0, align=CENTRE)
_HEADER_ROW = 4  # of a sheet, from 0; titles stand above it
_TITLES = 2  # of the lines above it, the bold ones
_LINE_HEIGHT = 16
_HIGHEST_ROW = 409  #: points, the most Excel allows
_A4 = 9  # the number Excel gives the paper
_SENT = (ObligationState.ON_TIME, ObligationState.LATE)


@dataclass(frozen=True, slots=True)
class ChaseLine:
    """One line of the list, as text; `days` is None before the due moment and for units that have sent."""

    kind: str
    unit: str
    contact: str
    phone: str
    report: str
    period: str
    due: str
    days: int | None
    late: str  #: `days` in words
    missing: str
    reminded: str


def units_to_chase(consolidation: Consolidation) -> tuple[UnitStanding, ...]:
    """The units without a report, in the order of the units sheet; waiting and exempt ones are none."""
    return tuple(s for s in consolidation.standings if s.state is ObligationState.MISSING)


def chase_lines(consolidation: Consolidation, wording: Wording) -> tuple[ChaseLine, ...]:
    """The units that have sent no report, grouped by kind, else as the units sheet sorts them."""
    missing = wording("documents.missing_report")
    return tuple(
        _line(kind, standing, missing, consolidation, wording)
        for kind, standings in by_kind(consolidation, units_to_chase(consolidation))
        for standing in standings
    )


def gap_lines(consolidation: Consolidation, wording: Wording, most: int = 0) -> tuple[ChaseLine, ...]:
    """The units that have reported but left figures out, with the labels of those figures.

    Beyond `most` (0: no limit) the other figures of a unit are counted, not named.
    """
    gaps = _gaps(consolidation)
    standings = [s for s in consolidation.standings if s.state in _SENT and s.unit.id in gaps]
    return tuple(
        _line(kind, standing, _labels(gaps[standing.unit.id], wording, most), consolidation, wording)
        for kind, members in by_kind(consolidation, standings)
        for standing in members
    )


def write_chase_list_docx(consolidation: Consolidation, wording: Wording) -> ReportFile:
    """The list as an A4 landscape Word document, same inputs same bytes."""
    document = new_document()
    landscape(document)
    _list_head(document, consolidation, wording)
    lines = chase_lines(consolidation, wording)
    _list(document, "documents.chase_title", lines, consolidation, wording)
    if not lines:
        add_paragraph(document, wording("documents.chase_nobody"), Style(align=CENTRE, before=6.0))
    gaps = gap_lines(consolidation, wording, MOST_FIGURES)
    if gaps:
        new_section(document, landscape=True)
        _list(document, _GAPS, gaps, consolidation, wording)
    signer = Signature("", (), (wording("documents.maker"),), "")
    add_signature(document, signer, width=LANDSCAPE_WIDTH)
    title = wording("documents.chase_title")
    return docx_file(document, "documents.chase_file_docx", title, consolidation, wording)


def write_chase_list_xlsx(consolidation: Consolidation, wording: Wording) -> ReportFile:
    """The list as a workbook to sort and filter: every cell text, only order and days are numbers."""

    def build(book: Any) -> None:
        styles = Styles(book)
        for name, title, widths, lines in _sheets(consolidation, wording):
            rule = due_rule(consolidation.period, wording, day)
            top = (title, subtitle(consolidation, wording), _as_of(consolidation, wording), rule)
            _sheet(book.add_worksheet(name), styles, top, widths, lines, wording)

    title = wording("documents.chase_title")
    content = workbook_bytes(build, title=title, created=consolidation.as_of.astimezone(UTC))
    name = file_name("documents.chase_file_xlsx", consolidation, wording)
    return ReportFile(name, XLSX, fixed_zip(content))


def subtitle(consolidation: Consolidation, wording: Wording) -> str:
    """The report and the period in one line."""
    report, period = tidy(consolidation.report.name), tidy(consolidation.period.name)
    if period.lower() in report.lower():
        return report
    return wording("documents.chase_subtitle", report=report, period=period)


def _line(
    kind: str, standing: UnitStanding, missing: str, consolidation: Consolidation, wording: Wording
) -> ChaseLine:
    zone, unit = consolidation.regime.timezone, standing.unit
    owes = standing.state is ObligationState.MISSING
    days = days_late(consolidation.as_of, standing.due, zone) if owes else None
    reminded = standing.last_reminder
    return ChaseLine(
        kind=kind,
        unit=tidy(unit.name),
        contact=tidy(unit.contact),
        phone=tidy(unit.phone),
        report=tidy(consolidation.report.short_name or consolidation.report.name),
        period=tidy(consolidation.period.name),
        due=due(standing.due, zone, wording, consolidation.period.due_text, short=True),
        days=days,
        late=wording("documents.not_yet_due") if owes and days is None else _days_text(days),
        missing=missing,
        reminded=moment(reminded, zone, wording, short=True)
        if reminded
        else wording("documents.no_reminder"),
    )


def _labels(labels: Sequence[str], wording: Wording, most: int) -> str:
    named = "; ".join(labels[:most] if most else labels)
    if not most or len(labels) <= most:
        return named
    return wording("documents.and_other_figures", names=named, others=counted(len(labels) - most))


def _as_of(consolidation: Consolidation, wording: Wording) -> str:
    at = as_of_words(consolidation.as_of, consolidation.regime.timezone, wording)
    return wording("documents.chase_as_of", moment=at)


def _gaps(consolidation: Consolidation) -> dict[str, list[str]]:
    """Labels of the figures each unit owes and has not given, by unit id, each label once."""
    waiting = {(unit, total.indicator.code) for total in consolidation.totals for unit in total.doubtful}
    gaps: dict[str, dict[str, None]] = {}
    for total in consolidation.totals:
        if total.indicator.ratio is None:  # a ratio is ours to compute, nobody owes it
            for unit in total.missing:
                if (unit, total.indicator.code) not in waiting:
                    gaps.setdefault(unit, {})[parted_label(total.indicator.label)[0]] = None
    return {unit: list(labels) for unit, labels in gaps.items()}


def _list_head(document: Document, consolidation: Consolidation, wording: Wording) -> None:
    add_head(document, own_head(consolidation.regime.department, wording), width=LANDSCAPE_WIDTH)


def _list(
    document: Document,
    title_key: str,
    lines: Sequence[ChaseLine],
    consolidation: Consolidation,
    wording: Wording,
) -> None:
    add_paragraph(document, wording(title_key), Style(bold=True, align=CENTRE, before=12.0, keep_next=True))
    add_paragraph(document, subtitle(consolidation, wording), replace(TITLE, keep_next=True))
    common = "" if title_key == _GAPS else _common_due(consolidation, wording)
    line = common or _as_of(consolidation, wording)
    rule = "" if title_key == _GAPS else due_rule(consolidation.period, wording, day)
    for text in filter(None, (line, rule)):
        add_paragraph(document, text, Style(italic=True, align=CENTRE, after=6.0, keep_next=True))
    if lines:
        columns = _columns(_GAP_COLUMNS if title_key == _GAPS else _COLUMNS, lines, due_above=bool(common))
        _chase_table(document, columns, lines, wording)
        total = wording("documents.chase_sum", count=counted(len(lines)))
        add_paragraph(document, total, Style(size=13.0, italic=True, before=6.0))


def _common_due(consolidation: Consolidation, wording: Wording) -> str:
    """The line above the table with the one due moment of all units without a report; empty for several."""
    dues = {standing.due for standing in units_to_chase(consolidation)}
    if len(dues) != 1:
        return ""
    zone = consolidation.regime.timezone
    at = as_of_words(consolidation.as_of, zone, wording)
    said = due(dues.pop(), zone, wording, consolidation.period.due_text)
    return wording("documents.chase_due_as_of", due=said, moment=at)


def _columns(widths: Mapping[str, int], lines: Sequence[ChaseLine], *, due_above: bool) -> dict[str, int]:
    """The columns that say something, together as wide as the page; one without a width takes the rest."""
    blank = {name for name in _LEFT_OUT_WHEN_BLANK if not any(getattr(line, name) for line in lines)}
    dropped = blank | ({"due"} if due_above else set())
    kept = {name: width for name, width in widths.items() if name not in dropped}
    rest = LANDSCAPE_WIDTH - sum(kept.values())
    return {name: width or rest for name, width in kept.items()}


def _chase_table(
    document: Document, columns: Mapping[str, int], lines: Sequence[ChaseLine], wording: Wording
) -> None:
    """The lines as a table across a landscape page, a band above each kind of unit."""
    styles = [_CENTRED if column in _NARROW else CELL for column in columns]
    widths = tuple(columns.values())
    table = add_table(document, widths, borders=True)
    names = [wording(f"documents.column_{name}") for name in columns]
    fill_row(table, widths, names, styles, header=True)
    kind = ""
    for order, line in enumerate(lines, 1):
        if line.kind != kind:
            kind = line.kind
            band_row(table, widths, kind, CELL)
        texts = {"order": str(order), **_texts(line)}
        texts["phone"] = texts["phone"].replace(" ", "\u00a0")  # not torn between two lines
        fill_row(table, widths, [texts[column] for column in columns], styles)


def _days_text(days: int | None) -> str:
    return "" if days is None else str(days)


def _texts(line: ChaseLine) -> dict[str, str]:
    return {
        "unit": line.unit,
        "contact": line.contact,
        "phone": line.phone,
        "report": line.report,
        "period": line.period,
        "due": line.due,
        "days_late": line.late,
        "missing": line.missing,
        "reminded": line.reminded,
    }


def _sheets(
    consolidation: Consolidation, wording: Wording
) -> Iterator[tuple[str, str, Mapping[str, int], tuple[ChaseLine, ...]]]:
    """Name, title, widths of the columns and lines of each sheet; a unit's gaps stand here in full."""
    lines = chase_lines(consolidation, wording)
    yield wording("documents.chase_sheet"), wording("documents.chase_title"), _IN_BOOK, lines
    gaps = gap_lines(consolidation, wording)
    if gaps:
        yield wording("documents.chase_gaps_sheet"), wording(_GAPS), _GAPS_IN_BOOK, gaps


def _sheet(
    sheet: Any,
    styles: Styles,
    top: Sequence[str],
    widths: Mapping[str, int],
    lines: Sequence[ChaseLine],
    wording: Wording,
) -> None:
    for row, text in enumerate(top):
        sheet.write_string(row, 0, plain_text(text), styles(text_wrap=False, bold=row < _TITLES))
    head = styles(bold=True, border=1, align="center")
    for column, (key, width) in enumerate(widths.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(_HEADER_ROW, column, wording(f"documents.column_{key}"), head)
    sheet.set_row(_HEADER_ROW, 2 * _LINE_HEIGHT)
    for row, line in enumerate(lines, _HEADER_ROW + 1):
        _sheet_row(sheet, row, line, widths, styles)
    _printable_sheet(sheet, _HEADER_ROW + len(lines), len(widths) - 1)


def _sheet_row(sheet: Any, row: int, line: ChaseLine, widths: Mapping[str, int], styles: Styles) -> None:
    texts = {"order": "", "kind": line.kind, **_texts(line)}
    cell, centred = styles(border=1, valign="top"), styles(border=1, valign="top", align="center")
    for column, key in enumerate(widths):
        # write_string, never write: text that looks like a formula or a number stays text.
        sheet.write_string(row, column, plain_text(texts[key]), cell)
    sheet.write_number(row, 0, row - _HEADER_ROW, centred)
    if line.days is not None:
        sheet.write_number(row, list(widths).index("days_late"), line.days, centred)
    # LibreOffice does not fit the height of rows that carry none.
    lines = max(lines_needed(texts[key], width) for key, width in widths.items())
    sheet.set_row(row, min(lines * _LINE_HEIGHT, _HIGHEST_ROW))


def _printable_sheet(sheet: Any, last_row: int, last_column: int) -> None:
    sheet.freeze_panes(_HEADER_ROW + 1, 3)
    sheet.autofilter(_HEADER_ROW, 0, max(last_row, _HEADER_ROW), last_column)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.repeat_rows(_HEADER_ROW)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.set_footer("&C&P/&N")
