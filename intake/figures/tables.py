"""Figures from the tables of one document: header by its words, rows by their labels, each with its place.

Pure. A figure that cannot be read surely is handed back as doubtful with the reason, never left out in
silence and never guessed; a row that fits no indicator surely becomes a finding with its label. A document
is read once by its labels alone; where the rows of a whole form then leave no doubt what a reworded row is,
it is read once more with that row settled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache, cached_property
from itertools import islice
from typing import TYPE_CHECKING

from config.reports import Aggregation, Figure, Grade, Indicator, Period, ReportDefinition, Sex
from config.spelling import accented_key, has_digit, plain_key, tidy
from intake.documents import Cell, Document, Paragraph, Table
from intake.extractors.scan import is_recognised
from intake.figures.forms import Form, FormRow, RowKind
from intake.figures.headings import Column, Grid, Layout, head_path, is_numbering, layouts_at, sex_named
from intake.figures.labels import (
    LabelIndex,
    LabelMatch,
    Strength,
    is_sum_row,
    label_key,
    names_ratio,
    sex_row,
)
from intake.figures.likeness import LikenessIndex
from intake.figures.measures import convert, is_counted, is_known, is_money, same_measure, stated_measure
from intake.figures.numerals import ReadNumber, number_text, read_number
from intake.figures.one_row_tables import OneRowTable, one_row_table
from intake.figures.place_tables import (
    ADDED_UP,
    PlaceColumn,
    PlaceTable,
    SexTable,
    is_place,
    own_row,
    place_heads,
    place_table,
    sex_table,
    unit_heads,
)
from intake.figures.taught import TaughtNames
from intake.figures.told_cells import told_number
from intake.places import where_cell
from ledger.records import Certainty, Finding, Place, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

_MOST_ROWS = 3_000  # of one table; a longer one is a register of persons, not a report
_MOST_UNREAD = 40  # rows of one table that are named one by one
#: Why a figure put together from parts waits for a person, unless the text states it.
PROPOSED_SUMS = frozenset({"parts_of_period", "sum_of_places"})
_MOST_SHOWN = 20  # summands of a figure that are shown
_FEWEST_LETTERS = 2  # of a label
_FEWEST_ROWS_OF_FORM = 3  # matched rows, all blank, that make an empty form
_INSTRUCTIONS = re.compile(r"huong dan|giai thich|vi du|cach ghi|ghi chu|danh muc don vi")
_TITLE = re.compile(r"\b(?:20\d\d|6 thang|9 thang|nam \d{4}|quy [1-4iv]|thang \d|ca nam)\b")
_REWORDED = (Strength.REORDERED, Strength.TYPO, Strength.SHORTENED, Strength.PLACED)
_NAMING = (RowKind.SURE, RowKind.HEADING)
#: Findings that tell of a row whose label is no indicator of the report.
_UNREAD_ROWS = ("unread_row", "label_ambiguous")
_ROMAN = re.compile(r"(?:[IVX]{1,5}|[A-EĐ])[.)]?")


@dataclass(frozen=True, slots=True)
class GivenPercent:
    """A percentage that the sheet states, kept to be compared with the figures and never to be added."""

    indicator: str  #: a ratio's own code, or the indicator whose women the percentage is
    percent: Decimal
    place: Place
    of_women: bool = False  #: women of all; otherwise what it is a percentage of is known only for a ratio


@dataclass(frozen=True, slots=True)
class TableReading:
    """What the tables of one document say about one report."""

    values: tuple[Value, ...] = ()
    findings: tuple[Finding, ...] = ()
    percentages: tuple[GivenPercent, ...] = ()
    matched_rows: int = 0  #: rows whose label is an indicator of the report
    asked_rows: int = 0  #: of them those asked of the unit's kind
    blank_rows: int = 0  #: asked rows in which nothing is filled in
    form_share: float = 0.0  #: share of the asked indicators whose label stands in the tables, 0 to 1
    empty_form: bool = False  #: the form came back with nothing filled in, or nothing of the period
    beside: tuple[Value, ...] = ()  #: men or women a row gives unasked: for checks alone
    titles: tuple[str, ...] = ()  #: lines above tables, headings and sheet names that name a year or period


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a table under its layout."""

    number: int
    label: str
    ordinal: str
    measure: str
    figures: dict[Sex, Cell]
    filled: frozenset[Sex]  #: those whose cell holds something
    percents: tuple[tuple[Column, Cell], ...]
    sex: str = ""  #: what a column that names the sex of each row says
    spans: bool = False  #: the label runs over the columns of figures: a heading of a section

    @property
    def is_filled(self) -> bool:
        """Whether any figure cell holds something."""
        return bool(self.filled)


@dataclass(frozen=True, slots=True)
class _Found:
    """A figure read in a row, before figures of the same name are compared."""

    value: Value
    strength: Strength


@dataclass(slots=True)
class TableNotes:
    """What the tables of one document gave for one report, gathered in the order of reading."""

    grids: Mapping[int, Grid]  #: the tables by row and column, by their place among the blocks
    found: list[_Found] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    percentages: list[GivenPercent] = field(default_factory=list)
    rows: dict[str, list[bool]] = field(default_factory=dict)  #: indicator -> filled, for each matched row
    titles: list[str] = field(default_factory=list)
    beside: list[Value] = field(default_factory=list)
    timeless: bool = True  #: no head names a period: for every period the tables say the same
    elsewhen: bool = False  #: rows of the report stand under the heads of another period
    forms: dict[int, list[FormRow]] = field(default_factory=dict)  #: table's place in the document -> rows

    @property
    def matched_rows(self) -> int:
        """How many rows have a label that is an indicator of the report."""
        return sum(map(len, self.rows.values()))

    @property
    def share(self) -> float:
        """The share of them among the rows that give a figure, 0 to 1."""
        matched, unread = self.matched_rows, sum(one.code in _UNREAD_ROWS for one in self.findings)
        return matched / (matched + unread) if matched else 0.0


@dataclass(slots=True)
class _Parent:
    """The row that "Trong đó: nữ" below it belongs to."""

    match: LabelMatch
    label: str
    row: int
    measure: str
    filled: bool


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
    return _settled(notes, report, unit_kind)


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
    earlier: Layout | None = None
    for number, block in enumerate(document.blocks):
        if isinstance(block, Paragraph):
            earlier = earlier if not block.text.strip() else None
        else:
            above = _lines_above(document, number)
            reader = _TableReader(
                block,
                grids[number],
                file=file,
                report=report,
                period=period,
                index=index,
                notes=notes,
                above=above,
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
    form = Form(report, unit_kind, _likeness(report.indicators, report.topics), frozenset(named))
    settled = {number: form.settle(rows) for number, rows in forms.items()}
    return {number: matches for number, matches in settled.items() if matches}


@cache
def _likeness(indicators: tuple[Indicator, ...], topics: tuple[str, ...]) -> LikenessIndex:
    return LikenessIndex(_index_of(indicators, topics))


@cache
def _index_of(indicators: tuple[Indicator, ...], topics: tuple[str, ...]) -> LabelIndex:
    return LabelIndex(indicators, topics)


def label_index(report: ReportDefinition) -> LabelIndex:
    """The names of a report's indicators, made ready once for each report."""
    return _index_of(report.indicators, report.topics)


def _lines_above(document: Document, number: int) -> tuple[str, ...]:
    """The last lines of text before a table: its title and "Đơn vị tính: ..."."""
    lines: list[str] = []
    for block in reversed(document.blocks[max(0, number - 5) : number]):
        if not isinstance(block, Paragraph):
            break
        lines.append(block.text)
    return tuple(reversed(lines))


class _TableReader:
    """One table being read."""

    def __init__(
        self,
        table: Table,
        grid: Grid,
        *,
        file: str,
        report: ReportDefinition,
        period: Period | None,
        index: LabelIndex,
        notes: TableNotes,
        above: tuple[str, ...],
        taught: TaughtNames,
        recognised: bool,
        placed: Mapping[int, LabelMatch],
        is_own: Callable[[str], bool] | None = None,
    ) -> None:
        self._is_own = is_own
        self._table = table
        self._file = file
        self._report = report
        self._period = period
        self._index = index
        self._notes = notes
        self._above = above
        self._rows_above: list[int] = []
        self._taught = taught
        self._recognised = recognised
        self._placed = placed
        self.form: list[FormRow] = []  #: what the reading made of each row, for the form as a whole
        self._grid = grid
        self._section = ""
        self._parent: _Parent | None = None
        self._above_label = ""
        self._listed = _NO_LIST
        self._places: list[_Row] = []  #: villages below a name left blank: what they add up to is its figure
        self._unread = 0
        self._layout = _NO_LAYOUT
        self._split = _NO_SPLIT  #: the name whose rows a column tells apart by sex
        self._villages: tuple[int, ...] = ()  #: columns of the unit's villages beside that of their total

    def read(self, earlier: Layout | None) -> Layout | None:
        """Read the table; the layout to continue with when the next table is its second page."""
        if self._table.hidden or self._is_instructions():
            self._note_hidden()
            return None
        self._note_hidden()
        self._notes.timeless &= not self._grid.names_time
        layouts = self._layouts() or self._continued(earlier)
        if not layouts:
            self._notes.timeless &= not (any(place_heads(self._grid)) or any(unit_heads(self._grid)))
            named = (self._grid, self._index, self._report, self._period)
            own = own_row(*named, self._is_own) if self._is_own else None
            places = place_table(*named) if own is None else None
            if sexes := sex_table(*named):
                self._notes.timeless = False
                self._read_sexes(sexes)
            elif own is not None:
                self._read_own_row(own)
            elif places is not None:
                self._read_places(places)
            elif one := one_row_table(*named):
                self._read_one_row(one)
            else:
                self._note_unread()
            return None
        self._note_titles(period for layout, _ in layouts for period in layout.periods)
        for layout, rows in layouts:
            if layout.elsewhen:
                self._note_elsewhen(layout, rows)
            else:
                self._read_rows(layout, rows)
        self._note_rest()
        return layouts[-1][0]

    def _is_instructions(self) -> bool:
        return self._table.sheet and bool(_INSTRUCTIONS.search(plain_key(self._table.name)))

    def _layouts(self) -> list[tuple[Layout, list[int]]]:
        """Each head in the table with the rows that stand under it."""
        found: list[tuple[Layout, list[int]]] = []
        heads = self._grid.heads
        for row in self._grid.rows[:_MOST_ROWS]:
            if found and row <= found[-1][0].last:
                continue
            if row in heads and (layouts := layouts_at(self._grid, row, self._period)):
                below: list[int] = []
                found += [(layout, below) for layout in layouts]
            elif found:
                found[-1][1].append(row)
            else:
                self._rows_above.append(row)
        return found

    def _lines_above(self) -> Iterator[str]:
        """The lines of text and the rows that stand above the first head."""
        yield from self._above
        for row in self._rows_above:
            yield " ".join(tidy(cell.text) for cell in self._grid.starting(row))

    def _continued(self, earlier: Layout | None) -> list[tuple[Layout, list[int]]]:
        """A table without a head right after one of the same width is that table's next page."""
        if earlier is None or self._table.sheet:
            return []
        used = [earlier.label, *(column.index for column in earlier.figures.values())]
        if max(used) >= self._table.columns or not self._labels_known(earlier.label):
            return []
        self._above, self._rows_above = (), []
        return [(replace(earlier, first=-1, last=-1), self._grid.rows[:_MOST_ROWS])]

    def _labels_known(self, column: int) -> bool:
        cells = (self._grid.at(row, column) for row in self._grid.rows[:_MOST_ROWS])
        texts = (cell.text for cell in cells if cell and cell.text in self._candidates)
        return any(self._index.match(tidy(text)) for text in texts)

    @cached_property
    def _candidates(self) -> frozenset[str]:
        """The texts of cells that are not told at once to be no name of the report's.

        Twice the longest name leaves room for what stands before and behind a label (enumeration, brackets,
        footnotes); a longer text is a sentence.
        """
        most = 2 * self._index.longest_name + 4
        said = islice(self._table.said.items(), _MOST_ROWS)
        texts = ((key, cell.text) for key, cells in said if key.count(" ") < most for cell in cells)
        return frozenset(
            text for key, text in dict.fromkeys(texts) if not self._index.names_nothing(text, key)
        )

    def _read_rows(self, layout: Layout, rows: Sequence[int]) -> None:
        self._layout, self._split = layout, _NO_SPLIT
        self._villages = self._villages_of(layout)
        self.form.append(FormRow(layout.last, RowKind.EDGE))
        for number in rows:
            row = self._row(number)
            if row is not None:
                self._read_row(row)
        self._close_places(None)

    def _villages_of(self, layout: Layout) -> tuple[int, ...]:
        """The columns headed by nothing but a village; none where a table goes on without a head."""
        if layout.first < 0 or Sex.TOTAL not in layout.figures:
            return ()
        paths = {
            column: head_path(self._grid, column, layout.first, layout.last) for column in self._grid.columns
        }
        return tuple(column for column, path in paths.items() if len(path) == 1 and is_place(path[0]))

    def _row(self, number: int) -> _Row | None:
        """The row under its layout; None for empty and numbered rows and where a merged label runs on."""
        layout = self._layout
        label = self._grid.at(number, layout.label)
        sex = self._grid.text(number, layout.sex) if layout.sex is not None else ""
        if not (label or sex):
            return None
        label = label or Cell(number, layout.label, "")
        named = label.row == number and _names_anything(label.text)
        if not (named or sex) or (
            not (named and "=" not in label.text)  # one column of two letters and the row numbers nothing
            and is_numbering([c.text for c in self._grid.starting(number)])
        ):
            return None
        reach = label.column + label.column_span
        cells = {sex: self._cell_of(number, sex) for sex in layout.figures}
        figures = {sex: cell for sex, cell in cells.items() if cell and _is_own(cell, label, number)}
        percents = ((column, self._grid.at(number, column.index)) for column in layout.percents)
        return _Row(
            number=number,
            label=tidy(label.text) if named else "",
            sex=sex,
            ordinal=self._grid.text(number, layout.ordinal),
            measure=self._grid.text(number, layout.measure) if layout.measure is not None else "",
            figures=figures,
            filled=frozenset([sex for sex, cell in figures.items() if _is_filled(cell)]),
            percents=tuple((column, cell) for column, cell in percents if cell and cell is not label),
            spans=any(label.column <= column.index < reach for column in layout.figures.values()),
        )

    def _cell_of(self, number: int, sex: Sex) -> Cell | None:
        """The cell of a figure; where quarters or months make it up, the last of them that is filled."""
        columns = self._layout.parts.get(sex, ()) or (self._layout.figures[sex],)
        cells = [cell for column in columns if (cell := self._grid.at(number, column.index))]
        return next((cell for cell in reversed(cells) if _is_filled(cell)), cells[-1] if cells else None)

    def _read_row(self, row: _Row) -> None:
        self._listed = self._listed.with_row(row)
        if row.sex:
            self._read_split_row(row)
            return
        if self._is_place_of_parent(row):
            self._above_label = row.label
            self._places.append(row)
            return
        self._close_places(row if is_sum_row(row.label) else None)
        sex = Sex.FEMALE if self._is_women_of_parent(row) else sex_row(row.label)
        if sex is not None:
            self._read_sex_row(row, sex)
            return
        if is_sum_row(row.label):
            self._read_sum_row(row)
            return
        self._above_label = row.label
        own = self._own_match(row)
        match = self._as_taught(row, own)
        self._note_in_form(row, match if row.is_filled else own)
        if match:
            self._read_matched(row, match)
        else:
            self._pass_over(row, match)

    def _read_split_row(self, row: _Row) -> None:
        """Read a row whose sex stands in a column of its own: "Số trẻ em | Nữ | 12", the name said once."""
        if row.label and row.label != self._split.label:
            self._close_places(None)
            self._parent, self._above_label = None, row.label
            match = self._as_taught(row, self._own_match(row))
            self._note_in_form(row, match)
            self._split = _Split(row.label, row.measure, match)
            if match:
                self._notes.rows.setdefault(match.indicator, []).append(False)
            if match.strength is Strength.PLACED and row.is_filled:
                self._note_reworded(row, self._report.indicator(match.indicator), "row_by_form")
        split, sex = self._split, sex_named(row.sex)
        row = replace(row, label=split.label, measure=row.measure or split.measure)
        if sex is None or not split.match or split.match.sex is not None:
            self._note_unread_row(replace(row, label=f"{row.label} / {row.sex}"), split.match)
            return
        indicator, cell = self._report.indicator(split.match.indicator), row.figures.get(Sex.TOTAL)
        if cell is None or indicator.aggregation is Aggregation.RATIO or sex not in indicator.sexes:
            return
        self._notes.rows[indicator.code][-1] |= _is_filled(cell)
        self._take(row, indicator, sex, cell, split.match.strength)

    def _own_match(self, row: _Row) -> LabelMatch:
        """What the report's own names and the whole form say of a row; a page misread is never sure of it."""
        match = self._placed.get(row.number) or self._index.match(row.label, self._section, row.measure)
        if match.strength is Strength.UNCERTAIN and self._listed.mark:
            match = self._as_part(row, match)
        loose = self._recognised and match.strength in _REWORDED
        return replace(match, strength=Strength.UNCERTAIN) if loose else match

    def _as_part(self, row: _Row, match: LabelMatch) -> LabelMatch:
        """What a row with a dash is where the indicator it is part of says what its words leave out."""
        whole = self._index.match(self._listed.whole)
        if whole.strength not in (Strength.EXACT, Strength.SYNONYM) or whole.sex is not None:
            return match  # "Nạn nhân nữ" has parts of its own
        found = self._index.match(row.label, self._listed.whole, row.measure)
        return found if found.indicator == match.indicator else match

    def _as_taught(self, row: _Row, match: LabelMatch) -> LabelMatch:
        """What an officer said of these words, where the report's own names settle nothing.

        Only where the row gives a figure, or where its words propose the indicator already: every row that
        is read otherwise for it then left a finding with its label, by which the message is found again.
        """
        if _is_sure(match) or row.spans or (known := self._taught.match(row.label)) is None:
            return match
        told = any(_is_filled(cell) and _has_number(cell) for cell in row.figures.values())
        if not told and match.indicator != known.indicator:
            return match
        return LabelMatch(known.indicator, strength=Strength.TAUGHT)

    def _note_in_form(self, row: _Row, match: LabelMatch) -> None:
        """Remember the row's part in the form; a rate has none."""
        code = match.indicator
        if self._report.indicator(code).aggregation is Aggregation.RATIO if code else names_ratio(row.label):
            return
        kind = self._kind_of(row, match)
        proposed = (code,) if code else match.ambiguous
        seen = FormRow(
            number=row.number,
            kind=kind,
            label=row.label,
            ordinal=row.ordinal,
            measure=row.measure or label_key(row.label).measure,
            sexes=row.filled,
            codes=() if kind is RowKind.HEADING and not _is_sure(match) else proposed,
        )
        self.form.append(seen)

    def _kind_of(self, row: _Row, match: LabelMatch) -> RowKind:
        if row.spans or (not row.is_filled and self._is_heading(row) and not _is_sure(match)):
            return RowKind.HEADING
        if _is_sure(match):
            return RowKind.SURE
        told = any(_is_filled(cell) and _has_number(cell) for cell in row.figures.values())
        return RowKind.UNREAD if told else RowKind.BLANK

    def _read_matched(self, row: _Row, match: LabelMatch) -> None:
        indicator = self._report.indicator(match.indicator)
        if self._layout.money and not is_money(indicator.unit_of_measure):
            self._parent = None
            self._note_unread_row(row, match)  # what it cost is no number of it
            return
        self._parent = _Parent(match, row.label, row.number, row.measure, row.is_filled)
        if indicator.aggregation is Aggregation.RATIO:
            self._note_ratio(row, indicator)
            return
        self._notes.rows.setdefault(indicator.code, []).append(row.is_filled)
        if match.strength is Strength.PLACED:
            self._note_reworded(row, indicator, "row_by_form")
        elif match.strength is Strength.TAUGHT and row.is_filled and (known := self._taught.match(row.label)):
            self._note_reworded(row, indicator, "row_by_wording", decision=str(known.decision))
        if self._is_heading(row):
            self._section = row.label
        for sex, cell in self._figures_of(row, indicator, match.sex):
            self._take(row, indicator, sex, cell, match.strength)
        if match.sex is None and Sex.TOTAL in indicator.sexes:
            self._note_beside(row, indicator)

    def _note_beside(self, row: _Row, indicator: Indicator) -> None:
        """The men of a row whose women and total are asked: they tell whether the three agree."""
        for sex in (Sex.MALE, Sex.FEMALE):
            cell = row.figures.get(sex)
            if sex in indicator.sexes or cell is None or self._layout.parts:
                continue
            read = _figure(cell, indicator, self._measures_of(row, sex))
            if read is not None and not (read.reason or self._fault_of_place(cell, Strength.EXACT)):
                self._notes.beside.append(self._value(read, indicator, sex, cell))
        self._note_percents(row, indicator)

    def _figures_of(self, row: _Row, indicator: Indicator, named: Sex | None) -> Iterator[tuple[Sex, Cell]]:
        """The figures of a row that the indicator asks for, each with the sex it counts."""
        both = _is_filled(row.figures.get(Sex.TOTAL)) and _is_filled(row.figures.get(named or Sex.FEMALE))
        if named is not None and not (both and row.figures[Sex.TOTAL].text != row.figures[named].text):
            if Sex.TOTAL in row.figures:
                yield named, row.figures[Sex.TOTAL]
            elif named in row.figures:
                yield named, row.figures[named]
            return
        for sex in (Sex.TOTAL, Sex.MALE, Sex.FEMALE):
            if sex in row.figures and sex in indicator.sexes:
                yield sex, row.figures[sex]
        only = indicator.sexes[0] if len(indicator.sexes) == 1 else Sex.TOTAL
        if only is not Sex.TOTAL and not _is_filled(row.figures.get(only)) and Sex.TOTAL in row.figures:
            yield only, row.figures[Sex.TOTAL]

    def _read_sex_row(self, row: _Row, sex: Sex) -> None:
        """Read "Trong đó: nữ", which counts the women of the row above it."""
        if self.form[-1].kind is RowKind.UNREAD and row.is_filled:
            self.form[-1] = replace(self.form[-1], sexes=self.form[-1].sexes | {sex})
        cell = row.figures.get(Sex.TOTAL) or row.figures.get(sex)
        if not _is_filled(row.figures.get(Sex.TOTAL)):
            cell = row.figures.get(sex) or cell
        if self._parent is None or self._parent.match.sex is not None:
            self._note_unread_row(replace(row, label=f"{self._above_label} / {row.label}"), _NO_MATCH)
            return
        indicator = self._report.indicator(self._parent.match.indicator)
        if cell is None or indicator.aggregation is Aggregation.RATIO or sex not in indicator.sexes:
            return
        if _is_filled(cell):
            self._notes.rows[indicator.code][-1] = True
        row = replace(row, measure=row.measure or self._parent.measure)
        self._take(row, indicator, sex, cell, self._parent.match.strength)

    def _is_women_of_parent(self, row: _Row) -> bool:
        """Whether a row says what the name above it calls its women: "Trong đó: hộ do phụ nữ làm chủ hộ"."""
        parent = self._parent
        if parent is None or parent.match.sex is not None:
            return False
        key, code = self._index.own_key(row.label), parent.match.indicator
        known = key.words <= label_key(self._report.indicator(code).label).words
        return known and self._index.calls_women(code, key) and self._own_match(row).indicator in {"", code}

    def _read_sum_row(self, row: _Row) -> None:
        """Pass "Cộng" over; right below a name left blank, "Tổng số" is that name's total."""
        parent = self._parent
        if parent is None or parent.filled or parent.row != row.number - 1 or parent.match.sex is not None:
            self._parent = None
            self.form.append(FormRow(row.number, RowKind.EDGE))
            return
        indicator = self._report.indicator(parent.match.indicator)
        if indicator.aggregation is not Aggregation.RATIO:
            self._notes.rows[indicator.code][-1] |= row.is_filled
            for sex, cell in self._figures_of(row, indicator, None):
                self._take(row, indicator, sex, cell, parent.match.strength)

    def _is_place_of_parent(self, row: _Row) -> bool:
        """Whether the row is a village or school below a name that gives no figure of its own."""
        parent = self._parent
        if parent is None or parent.filled or parent.match.sex is not None or self._layout.parts:
            return False
        added_up = self._report.indicator(parent.match.indicator).aggregation in ADDED_UP
        return added_up and is_place(row.label) and not _is_sure(self._own_match(row))

    def _close_places(self, total: _Row | None) -> None:
        """Propose what the villages below a name left blank add up to; `total` is the row that adds them."""
        places, parent = self._places, self._parent
        if not places or parent is None:
            return
        self._places, self._parent = [], None
        indicator = self._report.indicator(parent.match.indicator)
        cells = [dict(self._figures_of(row, indicator, None)) for row in places]
        whole = dict(self._figures_of(total, indicator, None)) if total else {}
        for sex in dict.fromkeys(sex for told in cells for sex in told):
            measures = self._measures_of(replace(places[0], measure=places[0].measure or parent.measure), sex)
            parts = [told.get(sex) for told in cells]
            self._take_sum(parts, whole.get(sex), indicator, sex, measures, parent.label)

    def _read_places(self, table: PlaceTable) -> None:
        """Propose for each column of a table of villages or schools what its rows add up to."""
        for column in table.columns:
            indicator = self._report.indicator(column.indicator)
            parts = [self._grid.at(row, column.index) for row in table.rows]
            whole = self._grid.at(table.total, column.index) if table.total is not None else None
            measures = _Measures("", column.measure, self._table_measure)
            self._take_sum(parts, whole, indicator, column.sex, measures, column.label)
        self._note_columns_left(table.columns)

    def _read_own_row(self, table: PlaceTable) -> None:
        """Read the unit's own row in a table with a row for each unit."""
        (number,) = table.rows
        for column in table.columns:
            self._take_at(number, column, column.sex)
        self._note_columns_left(table.columns)

    def _read_one_row(self, table: OneRowTable) -> None:
        """Read the one row of figures under headings that are indicators."""
        self._notes.timeless = False
        self._rows_above = [row for row in self._grid.rows if row < table.first]
        self._note_titles(())
        for column in table.columns:
            self._take_at(table.row, column, column.sex)
        self._note_columns_left(table.columns)

    def _read_sexes(self, table: SexTable) -> None:
        """Read a table whose rows are men, women and their total, and whose columns are indicators."""
        for column in table.columns:
            for number, sex in table.rows:
                if sex in self._report.indicator(column.indicator).sexes:
                    self._take_at(number, column, sex)
        self._note_columns_left(table.columns)

    def _take_at(self, number: int, column: PlaceColumn, sex: Sex) -> None:
        """Keep the figure where a row crosses the column of an indicator, or nothing where none stands."""
        indicator, cell = self._report.indicator(column.indicator), self._grid.at(number, column.index)
        rows = self._notes.rows.setdefault(indicator.code, [False])
        measures = _Measures("", column.measure, self._table_measure)
        read = _figure(cell, indicator, measures) if cell else None
        if cell is None or read is None:
            return
        rows[-1] = True
        merged = cell.row_span > 1 or cell.column_span > 1
        read = replace(read, reason=read.reason or ("merged_figure" if merged else ""))
        value = self._value(read, indicator, sex, cell)
        self._notes.found.append(_Found(value, Strength.EXACT))
        if read.reason:
            self._note_doubt(read, column.label, value)

    def _note_columns_left(self, columns: Sequence[PlaceColumn]) -> None:
        """Name a table of places of which a column of the report could not be taken."""
        known = {cell.column for cell in self._known_cells()}
        if known - {column.index for column in columns}:
            self._note_unread()

    def _take_sum(
        self,
        parts: Sequence[Cell | None],
        whole: Cell | None,
        indicator: Indicator,
        sex: Sex,
        measures: _Measures,
        label: str,
    ) -> None:
        """Keep what the places of a unit add up to, to be asked about; nothing where none gives a figure."""
        filled = [cell for cell in (*parts, whole) if cell and _is_filled(cell)]
        rows = self._notes.rows.setdefault(indicator.code, [False])
        if not filled:
            return
        rows[-1] = True
        read = _of_places(
            [_figure(cell, indicator, measures) if cell else None for cell in parts],
            _figure(whole, indicator, measures) if whole else None,
        )
        value = self._value(read, indicator, sex, filled[-1])
        value = replace(value, place=replace(value.place, text=_sum_text(parts, whole)))
        self._notes.found.append(_Found(value, Strength.EXACT))
        self._note_doubt(read, label, value)

    def _take(self, row: _Row, indicator: Indicator, sex: Sex, cell: Cell, strength: Strength) -> None:
        """Keep one figure, or nothing where nothing was reported."""
        column = self._layout.figures.get(sex) or self._layout.figures.get(Sex.TOTAL)
        parts = self._parts_beside(row, cell)
        measures = self._measures_of(row, sex)
        read = _of_parts(parts, indicator, measures) if parts else _figure(cell, indicator, measures)
        villages = self._villages_beside(row, indicator, sex, cell)
        if villages and not (read and read.reason):
            told = [_figure(one, indicator, measures) if one else None for one in villages]
            read = _of_places(told, read) if _is_other_sum(told, read) else read
        if read is None or (read.value == 0 and cell.formula and not _rests_on_figures(row)):
            return
        if not read.reason and (fault := self._fault_of_place(cell, strength)):
            read = replace(read, reason=fault)
        if column and column.estimated:
            read = replace(read, qualifier=read.qualifier or "ước")
        value = self._value(read, indicator, sex, cell)
        if parts:
            value = replace(value, place=replace(value.place, text=_sum_text(parts)))
        elif read.reason == "sum_of_places":
            value = replace(value, place=replace(value.place, text=_sum_text(villages, cell)))
        self._notes.found.append(_Found(value, strength))
        if read.reason:
            # "Trong đó: nữ" is sure; what may be doubted is the name of the row above it.
            of_parent = self._parent if read.reason == "label_uncertain" else None
            self._note_doubt(read, of_parent.label if of_parent else row.label, value)

    def _villages_beside(
        self, row: _Row, indicator: Indicator, sex: Sex, cell: Cell
    ) -> tuple[Cell | None, ...]:
        """The cells of the villages that the total of a row adds up; none where nothing adds up."""
        total = self._layout.figures.get(Sex.TOTAL)
        own = total is not None and cell.column == total.index and sex is Sex.TOTAL
        if not own or indicator.aggregation not in ADDED_UP:
            return ()
        cells = tuple(self._grid.at(row.number, column) for column in self._villages)
        return cells if any(_is_filled(one) for one in cells) else ()

    def _parts_beside(self, row: _Row, cell: Cell) -> tuple[Cell | None, ...]:
        """The cells of the quarters or months that a figure is told in; none where it is told whole."""
        for columns in self._layout.parts.values():
            if any(column.index == cell.column for column in columns):
                return tuple(self._grid.at(row.number, column.index) for column in columns)
        return ()

    def _measures_of(self, row: _Row, sex: Sex) -> _Measures:
        """The units of measure that stand for a figure: in its row, in the label, above the column."""
        column = self._layout.figures.get(sex) or self._layout.figures.get(Sex.TOTAL)
        heading = column.measure if column else ""
        return _Measures(row.measure, label_key(row.label).measure, heading or self._table_measure)

    @cached_property
    def _table_measure(self) -> str:
        """The unit of measure stated once above the table."""
        return next(
            (found for line in reversed([*self._lines_above()]) if (found := stated_measure(line))), ""
        )

    def _fault_of_place(self, cell: Cell, strength: Strength) -> str:
        """Why a readable number may not belong to the figure it stands under; empty when it surely does."""
        if self._layout.undecided:
            return "several_columns"
        if self._layout.parts:
            return "parts_of_period"
        if _is_shared(cell, self._layout):
            return "merged_figure"
        return "label_uncertain" if strength is Strength.UNCERTAIN else ""

    def _value(self, read: _Read, indicator: Indicator, sex: Sex, cell: Cell) -> Value:
        return Value(
            indicator=indicator.code,
            sex=sex,
            value=read.value,
            unit_of_measure=indicator.unit_of_measure,
            place=self._place(cell),
            certainty=Certainty.DOUBTFUL if read.reason else Certainty.CERTAIN,
            qualifier=read.qualifier,
            reason=read.reason,
        )

    def _pass_over(self, row: _Row, match: LabelMatch) -> None:
        """A row that is no indicator: a section heading, a rate, or a row nobody asked for."""
        if _opens_a_list(row):
            return
        self._parent = None
        if row.is_filled and not row.spans:
            if not names_ratio(row.label):
                self._note_unread_row(row, match)
        elif self._is_heading(row):
            self._section = row.label

    def _is_heading(self, row: _Row) -> bool:
        return row.spans or (not row.is_filled and (not row.measure or bool(_ROMAN.fullmatch(row.ordinal))))

    def _note_ratio(self, row: _Row, indicator: Indicator) -> None:
        cells = [row.figures[sex] for sex in (Sex.TOTAL, Sex.FEMALE) if sex in row.figures]
        for cell in [*cells, *(cell for _, cell in row.percents)]:
            number = read_number(cell.text, cell_number=cell.number, percent=cell.percent)
            if number.value is not None:
                self._notes.percentages.append(GivenPercent(indicator.code, number.value, self._place(cell)))
                return

    def _note_percents(self, row: _Row, indicator: Indicator) -> None:
        for column, cell in row.percents:
            number = read_number(cell.text, cell_number=cell.number, percent=cell.percent)
            if number.value is None:
                continue
            place = self._place(cell)
            given = GivenPercent(indicator.code, number.value, place, of_women=column.of_women)
            self._notes.percentages.append(given)

    def _note_doubt(self, read: _Read, label: str, value: Value) -> None:
        parameters = {
            "indicator": value.indicator,
            "indicator_label": self._report.indicator(value.indicator).label,
            "sex": value.sex.value,
            "label": label,
            "text": value.place.text,
            "measure": value.unit_of_measure,
            "stated": read.stated,
        }
        if read.candidates:
            parameters["first"], parameters["second"] = map(number_text, read.candidates[:2])
        self._notes.findings.append(Finding(read.reason, Grade.ERROR, value.place, parameters))

    def _note_reworded(self, row: _Row, indicator: Indicator, code: str, **more: str) -> None:
        """A reworded row that was read, so that whoever doubts it finds it."""
        filled = next(cell for cell in row.figures.values() if _is_filled(cell))
        place = self._place(filled)
        parameters = {
            "label": row.label,
            "text": place.text,
            "indicator": indicator.code,
            "indicator_label": indicator.label,
        }
        self._notes.findings.append(Finding(code, Grade.NOTE, place, parameters | more))

    def _note_unread_row(self, row: _Row, match: LabelMatch) -> None:
        """A row with a number that is nobody's; remarks in words are none ("đã hoàn thành")."""
        numbers = [cell for cell in row.figures.values() if _is_filled(cell) and _has_number(cell)]
        if not numbers:
            return
        self._unread += 1
        if self._unread > _MOST_UNREAD:
            return
        code = "label_ambiguous" if match.ambiguous else "unread_row"
        nearest = match.ambiguous[0] if match.ambiguous else self._index.nearest(row.label)
        place = self._place(numbers[0])
        parameters = {"label": row.label, "text": place.text, "nearest": nearest}
        if nearest:
            parameters["nearest_label"] = self._report.indicator(nearest).label
        self._notes.findings.append(Finding(code, Grade.WARNING, place, parameters))

    def _note_rest(self) -> None:
        """How many rows were not read and not named, in a register of persons rather than a report."""
        rest = max(0, self._unread - _MOST_UNREAD) + max(0, len(self._grid.rows) - _MOST_ROWS)
        if rest:
            place = Place(self._file, self._table.name)
            parameters = {"table": self._table.name, "rows": str(rest)}
            self._notes.findings.append(Finding("rows_not_read", Grade.WARNING, place, parameters))

    def _note_unread(self) -> None:
        """A table that carries labels of the report and has no head anyone understands."""
        known = self._known_cells()
        if known and any(letter.isdigit() for cell in self._table.cells for letter in cell.text):
            self._notes.findings.append(
                Finding("unread_table", Grade.WARNING, self._place(known[0]), {"table": self._table.name})
            )

    def _known_cells(self) -> list[Cell]:
        """The cells that hold an indicator's own name."""
        sure = (Strength.EXACT, Strength.SYNONYM)
        likely = filter(_could_be_label, self._candidates)
        names = frozenset(text for text in likely if self._index.match(text).strength in sure)
        return [cell for cell in self._table.cells if not cell.number and cell.text in names] if names else []

    def _note_elsewhen(self, layout: Layout, rows: Sequence[int]) -> None:
        """Name rows that stand under another year or period only, so that nobody takes them for blank."""
        cells = (self._grid.at(row, layout.label) for row in rows)
        known = next((cell for cell in cells if cell and self._index.match(cell.text)), None)
        if known is not None:
            self._notes.elsewhen = True
            parameters = {"table": self._table.name, "period": self._period.name if self._period else ""}
            finding = Finding("other_period_columns", Grade.WARNING, self._place(known), parameters)
            self._notes.findings.append(finding)

    def _note_hidden(self) -> None:
        """Hidden rows and sheets hold last year's figures more often than not; they are named, not read."""
        rows, columns = self._table.hidden_rows, self._table.hidden_columns
        hides = self._table.hidden or (
            bool(rows or columns)
            and any(
                cell.row in rows or cell.column in columns for cell in self._table.cells if cell.text.strip()
            )
        )
        if hides and self._table.cells:
            place = Place(self._file, self._table.name)
            self._notes.findings.append(
                Finding("hidden_not_read", Grade.NOTE, place, {"table": self._table.name})
            )

    def _note_titles(self, periods: Iterable[str]) -> None:
        name = [self._table.name] if self._table.sheet else []
        lines = [tidy(line) for line in [*name, *self._lines_above(), *periods]]
        self._notes.titles += [line for line in lines if _names_a_time(plain_key(line))]

    def _place(self, cell: Cell) -> Place:
        return Place(self._file, where_cell(self._table, cell), tidy(cell.text) or cell.number)


@dataclass(frozen=True, slots=True)
class _Split:
    """A name whose men, women and total stand in rows of their own."""

    label: str
    measure: str
    match: LabelMatch


def _opens_a_list(row: _Row) -> bool:
    """Whether a row says no more than that parts of the row above follow: "Trong đó:"."""
    return not row.is_filled and label_key(row.label).text in _OPENING_A_LIST


@dataclass(frozen=True, slots=True)
class _List:
    """The row that rows with a dash below it are parts of: its name says what theirs leave out."""

    whole: str = ""
    mark: str = ""  #: before its parts; what stands behind another mark may be a part of a part

    def with_row(self, row: _Row) -> _List:
        """The list as the row leaves it: begun, gone on with, or ended."""
        mark = row.label[:1] if row.label[:1] in _DASHES else ""
        if mark:
            return replace(self, mark=self.mark or mark) if self.mark in ("", mark) else _NO_LIST
        if _opens_a_list(row):
            return self
        return _List(row.label)


@dataclass(frozen=True, slots=True)
class _Measures:
    """The units of measure that speak for a row, nearest first."""

    row: str
    label: str
    heading: str  #: of the column or of the whole table: too far off to speak for counts


@dataclass(frozen=True, slots=True)
class _Read:
    """One cell read as one figure: the value in the indicator's unit, or why it is doubtful."""

    value: Decimal | None = None
    qualifier: str = ""
    reason: str = ""
    stated: str = ""  #: the unit of measure that stood there
    candidates: tuple[Decimal, ...] = ()


_NO_MATCH = LabelMatch()
_NO_SPLIT = _Split("", "", _NO_MATCH)
_NO_LIST = _List()
_DASHES = frozenset("-–—+•▪")
_OPENING_A_LIST = frozenset({"trong đó", "gồm", "bao gồm", "chia ra"})
_NO_LAYOUT = Layout(first=0, last=0, label=0, ordinal=None, measure=None, figures={})
_YES = frozenset({"có", "co", "đạt", "dat"})


def _figure(cell: Cell, indicator: Indicator, measures: _Measures) -> _Read | None:
    """One cell as a figure of the indicator; None when nothing was reported."""
    number = read_number(cell.text, cell_number=cell.number, percent=cell.percent)
    if fault := _fault_of_cell(cell):
        return _Read(value=None if cell.error or cell.date else number.value, reason=fault)
    if indicator.aggregation is Aggregation.COUNT and accented_key(cell.text) in _YES:
        return _Read(value=Decimal(1))
    if number.blank:
        return None
    if not cell.number and (number.value is None or not (is_known(number.unit) or not number.unit)):
        number = told_number(cell.text, indicator) or number
    if fault := _fault(number):
        return _Read(reason=fault, candidates=number.candidates)
    return _measured(number, indicator, measures)


def _of_parts(cells: Sequence[Cell | None], indicator: Indicator, measures: _Measures) -> _Read | None:
    """What quarters or months make of a period: a proposal to a person, and none where one is blank.

    What flows is added up; of what stands at the end of a period, the last part tells.
    """
    reads = [_figure(cell, indicator, measures) if cell else None for cell in cells]
    told = [read.value for read in reads if read and read.value is not None and not read.reason]
    if not any(reads):
        return None
    whole = len(told) == len(cells)
    figure = sum(told, Decimal(0)) if indicator.aggregation is Aggregation.SUM else told[-1] if told else None
    return _Read(value=figure if whole else None, reason="parts_of_period")


def _of_places(parts: Sequence[_Read | None], whole: _Read | None) -> _Read:
    """What the places of a unit add up to: none where one is blank or the row of their sum says otherwise."""
    told = [read.value for read in parts if read and read.value is not None and not read.reason]
    figure = sum(told, Decimal(0)) if len(told) == len(parts) else None
    if whole is not None and not whole.reason:
        figure = whole.value if figure in {None, whole.value} else None
    qualifier = next((read.qualifier for read in (whole, *parts) if read and read.qualifier), "")
    return _Read(value=figure, qualifier=qualifier, reason="sum_of_places")


def _is_other_sum(parts: Sequence[_Read | None], whole: _Read | None) -> bool:
    """Whether villages do not make up the total beside them, or none stands there; blank may be zero."""
    if whole is None or whole.value is None:
        return True
    told = [read.value for read in parts if read and read.value is not None and not read.reason]
    return sum(told, Decimal(0)) != whole.value


def _sum_text(parts: Sequence[Cell | None], whole: Cell | None = None) -> str:
    """The cells of a sum as they stand: "3 + 4 + … = 12"."""
    shown = [(tidy(cell.text) or cell.number or "…") if cell else "…" for cell in parts]
    if len(shown) > _MOST_SHOWN:
        shown = [*shown[: _MOST_SHOWN - 1], "…", shown[-1]]
    given = (tidy(whole.text) or whole.number) if whole else ""
    return " + ".join(shown) + (f" = {given}" if given else "")


def _fault_of_cell(cell: Cell) -> str:
    """What the spreadsheet itself says against the cell; empty when nothing."""
    if cell.error:
        return "error_cell"
    if cell.date:
        return "date_for_number"
    return "formula_not_recalculated" if cell.stale and not cell.number else ""


def _fault(number: ReadNumber) -> str:
    """Why the text gives no figure at all; empty when it gives one."""
    if number.percent:
        return "percent_only"
    if number.fraction is not None:
        return "fraction_for_number"
    if number.ambiguous:
        return "ambiguous_number"
    return "unreadable_number" if number.value is None else ""


def _measured(number: ReadNumber, indicator: Indicator, measures: _Measures) -> _Read:
    """A number brought to the indicator's unit of measure, with what speaks against it."""
    value, wanted = number.value, indicator.unit_of_measure
    assert value is not None
    if number.unit and not (is_known(number.unit) or same_measure(number.unit, measures.row or wanted)):
        return _Read(value=value, reason="unreadable_number", stated=number.unit)
    stated = number.unit or measures.row or measures.label
    if value == 0:
        return _Read(value=value, qualifier=number.qualifier)
    read = (
        _money(value, stated or measures.heading, wanted)
        if is_money(wanted)
        else _counted(value, stated, wanted)
    )
    if not read.reason and read.value is not None and (fault := _impossible(read.value, wanted)):
        read = replace(read, reason=fault)
    return replace(read, qualifier=number.qualifier) if number.qualifier else read


def _money(value: Decimal, stated: str, wanted: str) -> _Read:
    if not stated or not (is_known(stated) or same_measure(stated, wanted)):
        return _Read(value=value, reason="unit_missing")
    converted = convert(value, stated, wanted)
    return _Read(value=converted, reason="" if converted is not None else "unit_differs", stated=stated)


def _counted(value: Decimal, stated: str, wanted: str) -> _Read:
    """A count keeps its number; another thing counted makes it doubtful.

    Words that are no unit of measure ("theo quy định") say nothing against the row.
    """
    differs = bool(stated) and not same_measure(stated, wanted) and is_known(stated)
    return _Read(value=value, reason="unit_differs" if differs else "", stated=stated)


def _impossible(value: Decimal, wanted: str) -> str:
    if value < 0:
        return "negative_number"
    return "not_whole" if is_counted(wanted) and value != value.to_integral_value() else ""


def _is_sure(match: LabelMatch) -> bool:
    """Whether the label alone says which indicator the row is."""
    return bool(match) and match.strength is not Strength.UNCERTAIN


def _names_a_time(key: str) -> bool:
    """Whether a line names a year or a part of one; without a digit only few words do."""
    may_be = has_digit(key) or "ca nam" in key or "quy " in key
    return may_be and _TITLE.search(key) is not None


def _names_anything(text: str) -> bool:
    """Whether a label has letters enough to name something."""
    begins = len(text) >= _FEWEST_LETTERS and text[:_FEWEST_LETTERS].isalpha()
    return begins or sum(map(str.isalpha, text)) >= _FEWEST_LETTERS


def _is_filled(cell: Cell | None) -> bool:
    if cell is None:
        return False
    return bool(cell.error) or not read_number(cell.text, cell_number=cell.number, percent=cell.percent).blank


def _has_number(cell: Cell) -> bool:
    """Whether a number or a word for none stands there, readable or not."""
    told = bool(cell.number) or any(letter.isdigit() for letter in cell.text)
    return told or read_number(cell.text).value is not None


def _is_own(cell: Cell, label: Cell, row: int) -> bool:
    """Whether the cell begins in the row and is not the label running on."""
    return cell is not label and cell.row == row


def _rests_on_figures(row: _Row) -> bool:
    """Whether anything in the row was typed in; a formula over blanks shows 0 and reports nothing."""
    return any(_is_filled(cell) and not cell.formula for cell in row.figures.values())


def _is_shared(cell: Cell, layout: Layout) -> bool:
    """Whether one merged cell stands under several rows, or under several sexes without the total."""
    if cell.row_span == cell.column_span == 1:
        return False
    covered = range(cell.column, cell.column + cell.column_span)
    sexes = {sex for sex, column in layout.figures.items() if column.index in covered}
    total = layout.figures.get(Sex.TOTAL)
    begins_at_total = total is not None and cell.column == total.index
    return cell.row_span > 1 or (len(sexes) > 1 and not begins_at_total)


def _could_be_label(text: str) -> bool:
    if not 4 <= len(text.strip()) <= 200:  # noqa: PLR2004  # "CBCC" is the shortest label
        return False
    return any(map(str.isalpha, text))


def _settled(notes: TableNotes, report: ReportDefinition, unit_kind: str) -> TableReading:
    """Compare figures of the same name, and count what of the form came back."""
    named, set_aside = _best_named(notes)
    values, conflicts = _compared(named)
    unknown = tuple(_percent_only(notes.percentages, values, report))
    conflicts += [_percent_finding(value, report) for value in unknown]
    values = (*values, *unknown)
    asked = {indicator.code for indicator in report.asked_of(unit_kind)}
    rows = [filled for code, filled_rows in notes.rows.items() if code in asked for filled in filled_rows]
    return TableReading(
        values=values,
        findings=(*notes.findings, *set_aside, *conflicts),
        percentages=tuple(notes.percentages),
        matched_rows=notes.matched_rows,
        asked_rows=len(rows),
        blank_rows=rows.count(False),
        form_share=len(asked & set(notes.rows)) / len(asked) if asked else 0.0,
        empty_form=not values and (notes.elsewhen or (len(rows) >= _FEWEST_ROWS_OF_FORM and not any(rows))),
        beside=tuple(notes.beside),
        titles=tuple(dict.fromkeys(notes.titles)),
    )


def _best_named(notes: TableNotes) -> tuple[list[Value], list[Finding]]:
    """Where an indicator is named outright, rows that only resemble its name are not it."""
    sure = (Strength.EXACT, Strength.SYNONYM)
    outright = {found.value.indicator for found in notes.found if found.strength in sure}
    kept: list[Value] = []
    set_aside: list[Finding] = []
    for found in notes.found:
        if found.strength in sure or found.value.indicator not in outright:
            kept.append(found.value)
        else:
            parameters = {"label": "", "text": found.value.place.text, "nearest": found.value.indicator}
            set_aside.append(Finding("row_set_aside", Grade.WARNING, found.value.place, parameters))
    return kept, set_aside


def _compared(values: Iterable[Value]) -> tuple[tuple[Value, ...], list[Finding]]:
    """One value for a figure told the same everywhere; all of them, doubtful, where they differ."""
    by_figure: dict[Figure, list[Value]] = {}
    for value in values:
        by_figure.setdefault(Figure(value.indicator, value.sex), []).append(value)
    kept: list[Value] = []
    findings: list[Finding] = []
    for same in by_figure.values():
        told = [value for value in same if value.value is not None]
        if len({value.value for value in told}) > 1:
            kept += [replace(v, certainty=Certainty.DOUBTFUL, reason="figure_twice") for v in told]
            findings.append(_twice(told))
        else:
            kept.append(min(same, key=_doubt))
    return tuple(kept), findings


def _doubt(value: Value) -> tuple[bool, bool]:
    return value.certainty is Certainty.DOUBTFUL, value.value is None


def _twice(told: Sequence[Value]) -> Finding:
    first = told[0]
    second = next(value for value in told if value.value != first.value)
    parameters = {
        "indicator": first.indicator,
        "sex": first.sex.value,
        "first": first.place.text,
        "first_place": first.place.where,
        "second": second.place.text,
        "second_place": second.place.where,
    }
    return Finding("figure_twice", Grade.ERROR, first.place, parameters)


def _percent_only(
    given: Sequence[GivenPercent], values: Sequence[Value], report: ReportDefinition
) -> Iterator[Value]:
    """Doubtful values without a number for figures of which the sheet gives nothing but a percentage."""
    told = {Figure(value.indicator, value.sex) for value in values}
    for percent in given:
        for figure in _figures_behind(percent, report):
            if figure in told:
                continue
            told.add(figure)
            indicator = report.indicator(figure.indicator)
            yield Value(
                indicator=figure.indicator,
                sex=figure.sex,
                value=None,
                unit_of_measure=indicator.unit_of_measure,
                place=percent.place,
                certainty=Certainty.DOUBTFUL,
                reason="percent_only",
            )


def _percent_finding(value: Value, report: ReportDefinition) -> Finding:
    parameters = {
        "indicator": value.indicator,
        "sex": value.sex.value,
        "label": report.indicator(value.indicator).label,
        "text": value.place.text,
    }
    return Finding("percent_only", Grade.ERROR, value.place, parameters)


def _figures_behind(percent: GivenPercent, report: ReportDefinition) -> tuple[Figure, ...]:
    ratio = report.indicator(percent.indicator).ratio
    if ratio is not None:
        return ratio.numerator, ratio.denominator
    if not percent.of_women:
        return ()
    sexes = report.indicator(percent.indicator).sexes
    return tuple(Figure(percent.indicator, sex) for sex in (Sex.TOTAL, Sex.FEMALE) if sex in sexes)
