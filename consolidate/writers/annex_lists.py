"""The lists of the annex: where each figure came from, where each unit stands, what to look into."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_rowcol_to_cell

from consolidate.explanations import with_answer
from consolidate.findings import told_findings
from consolidate.standing import moment_text
from consolidate.totals import is_certain, number_text
from consolidate.writers.annex_book import (
    BORDER,
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
from consolidate.writers.phrases import due
from ledger.records import ObligationState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from consolidate.consolidation import UnitStanding, UnitValue
    from ledger.records import Finding

_MESSAGE_LETTERS = 16  #: of the archive id, enough to find the message and short enough to print
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
_FINDINGS_COLUMNS = ("number", "unit", "indicator", "grade", "finding", "file", "where", "text")
_FINDINGS_WIDTHS = (5.5, 26, 34, 11, 62, 24, 20, 24)


def _begin(sheet: Any, book: Book, title: str, columns: Sequence[str], widths: Sequence[float]) -> int:
    """Title and names of the columns, and the page to print on; returns the last column."""
    last = len(widths) - 1
    set_widths(sheet, widths)
    write_heading(
        sheet, book, 0, book.words(title, **book.names), last, widths=widths, bold=True, font_size=14
    )
    write_header(sheet, book, 2, columns, widths)
    lay_out(sheet, (2, 2))
    return last


def write_sources(sheet: Any, book: Book) -> None:
    """Every figure with the file, the place and the words it was read from."""
    last = _begin(sheet, book, "sources_title", _SOURCES_COLUMNS, _SOURCES_WIDTHS)
    row = 2
    for row, held in enumerate(book.consolidation.values, start=3):
        _write_source(sheet, book, row, held)
    sheet.autofilter(2, 0, max(row, 3), last)


def _write_source(sheet: Any, book: Book, row: int, held: UnitValue) -> None:
    value = held.value
    texts = _source_texts(book, held)
    # The prefix keeps a text that begins like a formula from becoming one when its cell is edited.
    style = book.styles(font_size=10, quote_prefix=True, **BORDER)
    for column, text in enumerate(texts):
        write_text(sheet, row, column, text, style)
    if value.value is not None and not value.qualifier:
        shape = number_format(book.decimals.get(value.indicator, 0))
        style = book.styles(font_size=10, num_format=shape, **NUMBER, **BORDER)
        sheet.write_number(row, _SOURCES_COLUMNS.index("value"), float(value.value), style)
    sheet.set_row(row, height_of(texts, _SOURCES_WIDTHS, size=10))


def _source_texts(book: Book, held: UnitValue) -> tuple[str, ...]:
    """What stands in the columns of `_SOURCES_COLUMNS`."""
    value = held.value
    counted = held.in_scope and is_certain(value)
    return (
        book.unit_names.get(held.unit, held.unit),
        value.indicator,
        book.label(value.indicator),
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


def write_standings(sheet: Any, book: Book) -> None:
    """Every unit that owes the report: its state, due moment and first valid arrival."""
    _begin(sheet, book, "standings_title", _STANDINGS_COLUMNS, _STANDINGS_WIDTHS)
    standings = book.consolidation.standings
    for place, standing in enumerate(standings):
        _write_standing(sheet, book, 3 + place, place + 1, standing)
    _write_counts(sheet, book, 3 + len(standings))


def _write_standing(sheet: Any, book: Book, row: int, number: int, standing: UnitStanding) -> None:
    note = _standing_note(book, standing)
    texts = (
        standing.unit.name,
        book.words(f"state_{standing.state.value}"),
        due(
            standing.due,
            book.consolidation.regime.timezone,
            book.wording,
            book.consolidation.period.due_text,
            short=True,
        ),
        _moment(book, standing.first_valid),
        str(standing.versions or ""),
        book.words("yes") if standing.corrected else "",
        standing.message[:_MESSAGE_LETTERS],
        note,
    )
    sheet.write_number(row, 0, number, book.styles(align="center", **BORDER))
    for column, text in enumerate(texts, start=1):
        align = "left" if column in {1, 8} else "center"
        write_text(sheet, row, column, text, book.styles(align=align, quote_prefix=True, **BORDER))
    sheet.set_row(row, height_of(texts, _STANDINGS_WIDTHS[1:]))


def _standing_note(book: Book, standing: UnitStanding) -> str:
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


def _moment(book: Book, moment: datetime | None) -> str:
    return moment_text(moment, book.consolidation.regime.timezone) if moment else ""


def _write_counts(sheet: Any, book: Book, row: int) -> None:
    """How many units stand where, counted live."""
    standings = book.consolidation.standings
    states = f"{xl_rowcol_to_cell(3, 2, True, True)}:{xl_rowcol_to_cell(max(row, 4) - 1, 2, True, True)}"
    bold, centred = book.styles(bold=True, **BORDER), book.styles(bold=True, align="center", **BORDER)
    for place, state in enumerate(ObligationState, start=1):
        name = book.words(f"state_{state.value}")
        count = sum(standing.state is state for standing in standings)
        write_text(sheet, row + place, 1, name, bold)
        sheet.write_formula(row + place, 2, f"=COUNTIF({states},{quoted(name)})", centred, count)
    place = len(ObligationState) + 1
    write_text(sheet, row + place, 1, book.words("standing_sum"), bold)
    sheet.write_formula(row + place, 2, f"=COUNTA({states})", centred, len(standings))


def write_findings(sheet: Any, book: Book) -> None:
    """What to look into before the report is signed: the list is the officer's, no part of any total."""
    last = _begin(sheet, book, "findings_title", _FINDINGS_COLUMNS, _FINDINGS_WIDTHS)
    told = told_findings(book.consolidation.findings, lambda finding: _finding_sentence(book, finding))
    for row, (finding, sentence) in enumerate(told, start=3):
        _write_finding(sheet, book, row, finding, sentence)
    if not told:
        style = book.styles(align="center", italic=True, **BORDER)
        sheet.merge_range(3, 0, 3, last, "", style)
        write_text(sheet, 3, 0, book.words("findings_none"), style)
    sheet.autofilter(2, 0, max(len(told) + 2, 3), last)


def _write_finding(sheet: Any, book: Book, row: int, finding: Finding, sentence: str) -> None:
    place, code = finding.place, finding.parameters.get("indicator", "")
    unit = finding.parameters.get("unit", "")
    texts = (
        book.unit_names.get(unit, unit),
        f"{code} - {label}" if (label := book.label(code)) else code,
        book.wording(f"terms.grade_{finding.grade.value}"),
        sentence,
        place.file if place else "",
        place.where if place else "",
        place.text if place else "",
    )
    style = book.styles(font_size=11, quote_prefix=True, **BORDER)
    sheet.write_number(row, 0, row - 2, book.styles(font_size=11, align="center", **BORDER))
    for column, text in enumerate(texts, start=1):
        write_text(sheet, row, column, text, style)
    sheet.set_row(row, height_of(texts, _FINDINGS_WIDTHS[1:], size=11))


def _finding_sentence(book: Book, finding: Finding) -> str:
    """The sentence, from the catalogue of findings or of reasons; the bare code where neither has it."""
    keys = (f"{area}.{finding.code}" for area in ("findings", "reasons"))
    known = next((key for key in keys if book.wording.has(key)), "")
    sentence = book.wording(known, **finding.parameters) if known else finding.code
    return with_answer(sentence, finding, book.wording)
