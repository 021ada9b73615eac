"""Figures from the tables of one document: header by its words, rows by their labels, each with its place.

Pure. A figure that cannot be read surely is handed back as doubtful with the reason, never left out in
silence and never guessed; a row that fits no indicator surely becomes a finding with its label. A document
is read once by its labels alone; where the rows of a whole form then leave no doubt what a reworded row is,
it is read once more with that row settled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.reports import Period, ReportDefinition
from intake.documents import Document, Paragraph, Table
from intake.evidence.sheet_periods import is_series, of_other_periods
from intake.extractors.scan import is_recognised
from intake.figures.forms import Form, FormRow, RowKind
from intake.figures.headings import Grid, Layout
from intake.figures.label_match import LabelMatch
from intake.figures.report_names import label_index, likeness_index
from intake.figures.table_notes import TableNotes, TableReading
from intake.figures.table_reader import TableReader
from intake.figures.table_record import TableRecord
from intake.figures.taught import TaughtNames
from intake.figures.told_twice import settled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_NAMING = (RowKind.SURE, RowKind.HEADING)


def read_tables(
    document: Document,
    file: str,
    report: ReportDefinition,
    unit_kind: str,
    period: Period | None = None,
    taught: TaughtNames | None = None,
    noted: TableNotes | None = None,
    *,
    is_own: Callable[[str], bool] | None = None,
) -> TableReading:
    """Read every visible table of a document for one report.

    Figures are in the indicators' units of measure. Figures of indicators that this kind of unit is not
    asked for are read too; whether they count is decided later.

    Args:
        document: what an extractor made of the file.
        file: the file's name as it appears in places.
        report: whose indicators are looked for.
        unit_kind: which kind of unit sends it; decides what is asked.
        period: the period reported on; columns headed by another year or period are not read. Without
            it, of several periods the latest is.
        taught: the wordings of rows that officers confirmed for this report.
        noted: what `note_tables` made of this document and report; read again only where a period, a
            taught wording or the name of the unit may say more.
        is_own: whether a name is that of the sending unit; of a table with a row for each unit its own is
            read, and none without it.

    """
    taught = taught or TaughtNames()
    notes = noted or note_tables(document, file, report)
    if taught.wordings or ((period is not None or is_own is not None) and not notes.timeless):
        notes = _read_document(document, notes.grids, file, report, period, taught, {}, is_own)
    placed = _placed_by_form(notes.forms, report, unit_kind)
    if placed:
        notes = _read_document(document, notes.grids, file, report, period, taught, placed, is_own)
    return settled(notes, report, unit_kind)


def note_tables(
    document: Document, file: str, report: ReportDefinition, grids: Mapping[int, Grid] | None = None
) -> TableNotes:
    """What the tables say for a report before anybody knows whose it is and for which period.

    `grids` are the document's tables by row and column where another report has asked for them already.
    """
    known = grids_of(document) if grids is None else grids
    return _read_document(document, known, file, report, None, TaughtNames(), {}, None)


def grids_of(document: Document) -> dict[int, Grid]:
    """The tables by row and column, by their place among the blocks."""
    return {number: Grid(block) for number, block in enumerate(document.blocks) if isinstance(block, Table)}


def _read_document(
    document: Document,
    grids: Mapping[int, Grid],
    file: str,
    report: ReportDefinition,
    period: Period | None,
    taught: TaughtNames,
    placed: Mapping[int, Mapping[int, LabelMatch]],
    is_own: Callable[[str], bool] | None,
) -> TableNotes:
    """Read all tables; `placed` says what rows of a table mean whose label alone does not."""
    index = label_index(report)
    notes = TableNotes(grids)
    sheets = [table.name for table in document.tables if table.sheet and not table.hidden]
    notes.timeless = not is_series(sheets)
    apart = of_other_periods(sheets, period) if period is not None else frozenset()
    earlier: Layout | None = None
    for number, block in enumerate(document.blocks):
        if isinstance(block, Paragraph):
            earlier = earlier if not block.text.strip() else None
        else:
            above = _lines_above(document, number)
            record = TableRecord(
                block, grids[number], file=file, report=report, index=index, notes=notes, above=above
            )
            if block.sheet and block.name in apart:
                record.note_other_sheet(period)
                continue
            reader = TableReader(
                record,
                index=index,
                period=period,
                taught=taught,
                recognised=is_recognised(document),
                placed=placed.get(number, {}),
                is_own=is_own,
            )
            earlier = reader.read(earlier)
            notes.forms[number] = reader.form
    return notes


def _placed_by_form(
    forms: Mapping[int, Sequence[FormRow]], report: ReportDefinition, unit_kind: str
) -> dict[int, dict[int, LabelMatch]]:
    """What the whole form says of rows that no label settles, by table and row.

    Nothing without the kind of unit: what a report asks of nobody leaves no gap to fill.
    """
    if not unit_kind or not any(row.kind is RowKind.UNREAD for rows in forms.values() for row in rows):
        return {}
    named = {code for rows in forms.values() for row in rows if row.kind in _NAMING for code in row.codes}
    form = Form(report, unit_kind, likeness_index(report), frozenset(named))
    settled = {number: form.settle(rows) for number, rows in forms.items()}
    return {number: matches for number, matches in settled.items() if matches}


def _lines_above(document: Document, number: int) -> tuple[str, ...]:
    """The last lines of text before a table: its title and "Đơn vị tính: ..."."""
    lines: list[str] = []
    for block in reversed(document.blocks[max(0, number - 5) : number]):
        if not isinstance(block, Paragraph):
            break
        lines.append(block.text)
    return tuple(reversed(lines))
