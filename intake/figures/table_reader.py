"""One table read row by row under its heads: each row by its label, each figure with its place."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from msgspec import structs

from config.reports import Aggregation, Indicator, Period, PeriodKind, Sex
from config.spelling import plain_key
from intake.documents import Cell
from intake.figures.cell_figures import (
    Measures,
    ReadCell,
    figure_in,
    has_number,
    is_filled,
    is_other_sum,
    of_parts,
    of_places,
    sum_text,
)
from intake.figures.column_tables import read_columns
from intake.figures.forms import FormRow, RowKind
from intake.figures.headings import Layout, layouts_at, sex_named
from intake.figures.kept_forms import KEPT_FORMS, Asked, FormWords, KeptForm
from intake.figures.label_keys import is_sum_row, label_key, names_ratio, sex_row
from intake.figures.label_match import LabelMatch, Strength
from intake.figures.labels import LabelIndex
from intake.figures.measures import is_money
from intake.figures.place_tables import ADDED_UP, is_place
from intake.figures.table_notes import MOST_ROWS, FoundFigure
from intake.figures.table_record import TableRecord
from intake.figures.table_rows import (
    NO_LIST,
    NO_MATCH,
    NO_SPLIT,
    ParentRow,
    Row,
    SplitName,
    figures_of,
    is_heading,
    is_shared,
    opens_a_list,
    parts_beside,
    rests_on_figures,
    row_under,
    villages_of,
)
from intake.figures.taught import TaughtNames

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_INSTRUCTIONS = re.compile(r"huong dan|giai thich|vi du|cach ghi|ghi chu|danh muc don vi")
_REWORDED = (Strength.REORDERED, Strength.TYPO, Strength.SHORTENED, Strength.PLACED)
_WHOLE_YEAR = re.compile(r"\s+cả năm$", re.IGNORECASE)
_NO_LAYOUT = Layout(first=0, last=0, label=0, ordinal=None, measure=None, figures={})


class TableReader:
    """One table being read."""

    def __init__(
        self,
        record: TableRecord,
        *,
        index: LabelIndex,
        period: Period | None,
        taught: TaughtNames,
        recognised: bool,
        placed: Mapping[int, LabelMatch],
        is_own: Callable[[str], bool] | None,
    ) -> None:
        self._record = record
        self._table = record.table
        self._grid = record.grid
        self._report = record.report
        self._notes = record.notes
        self._index = index
        self._period = period
        self._taught = taught
        self._recognised = recognised
        self._placed = placed
        self._is_own = is_own
        self.form: list[FormRow] = []  #: what the reading made of each row, for the form as a whole
        self._section = ""
        self._parent: ParentRow | None = None
        self._above_label = ""
        self._listed = NO_LIST
        self._places: list[Row] = []  #: villages below a name left blank: what they add up to is its figure
        self._layout = _NO_LAYOUT
        self._split = NO_SPLIT  #: the name whose rows a column tells apart by sex
        self._villages: tuple[int, ...] = ()  #: columns of the unit's villages beside that of their total
        self._asked: list[Asked] = []
        self._aside = False  #: whether rows of the report have numbers, and no column of figures is known
        self._by_figures = False  #: whether how large a figure is decided anything but itself

    def read(self, earlier: Layout | None) -> Layout | None:
        """Read the table; the layout to continue with when the next table is its second page."""
        self._record.note_hidden()
        if self._table.hidden or self._is_instructions():
            return None
        words = self._words()
        known = KEPT_FORMS.get(words) if words else None
        if words and known and self._filled_in(known, words):
            return known.layouts[-1]
        before = self._notes.counted
        timeless = not self._grid.names_time
        self._notes.timeless &= timeless
        layouts = self._layouts() or self._continued(earlier)
        if not layouts:
            read_columns(self._record, self._index, self._period, self._is_own)
            return None
        self._record.note_titles(period for layout, _ in layouts for period in layout.periods)
        for layout, rows in layouts:
            if layout.elsewhen:
                self._record.note_elsewhen(layout, rows, self._period)
            else:
                self._read_rows(layout, rows)
        self._record.note_rest()
        if self._aside:
            self._record.note_unread_table()
        if words and not self._by_figures and before.says_nothing_but_figures(self._notes):
            heads = tuple(layout for layout, _ in layouts)
            filled, places = before.rows_of(self._notes), words.places(self._asked)
            KEPT_FORMS.keep(
                words,
                KeptForm(heads, tuple(self._asked), places, filled, tuple(self.form), timeless, self._index),
            )
        return layouts[-1][0]

    def _words(self) -> FormWords | None:
        """What the table says from its first head down; None where more than that decides."""
        if self._recognised or self._placed or not self._grid.heads:
            return None
        measure = self._record.measure_above(min(self._grid.heads))
        beside = (id(self._index), self._period, self._taught.wordings, measure)
        return FormWords.of(self._grid, self._table, beside)

    def _filled_in(self, form: KeptForm, words: FormWords) -> bool:
        """Read the figures of a known form; False, and nothing read, where one of them is in doubt."""
        asked = [(one, words.cells[place]) for one, place in zip(form.asked, form.places, strict=True)]
        reads = [(one, cell, figure_in(cell, one.indicator, one.measures)) for one, cell in asked]
        if any(one.strength and _may_be_apart(cell, read) for one, cell, read in reads):
            return False
        self._record.rows_above = [row for row in self._grid.rows if row < form.layouts[0].first]
        self._record.note_titles(period for layout in form.layouts for period in layout.periods)
        for one, cell, read in reads:
            if read is not None and not read.reason:
                self._notes.keep(self._record.value(read, one.indicator, one.sex, cell), one.strength)
        for code, filled in form.rows:
            self._notes.rows.setdefault(code, []).append(filled)
        self._notes.timeless &= form.timeless
        self.form = list(form.form)
        return True

    def _is_instructions(self) -> bool:
        return self._table.sheet and bool(_INSTRUCTIONS.search(plain_key(self._table.name)))

    def _layouts(self) -> list[tuple[Layout, list[int]]]:
        """Each head in the table with the rows that stand under it."""
        found: list[tuple[Layout, list[int]]] = []
        heads = self._grid.heads
        for row in self._grid.rows[:MOST_ROWS]:
            if found and row <= found[-1][0].last:
                continue
            if row in heads and (layouts := layouts_at(self._grid, row, self._period)):
                below: list[int] = []
                found += [(layout, below) for layout in layouts]
            elif found:
                found[-1][1].append(row)
            else:
                self._record.rows_above.append(row)
        return found

    def _continued(self, earlier: Layout | None) -> Sequence[tuple[Layout, Sequence[int]]]:
        """A table without a head right after one of the same width is that table's next page."""
        if earlier is None or self._table.sheet:
            return []
        used = [earlier.label, *(column.index for column in earlier.figures.values())]
        if max(used) >= self._table.columns or not self._record.named.any_in(earlier.label):
            return []
        self._record.goes_on()
        return [(replace(earlier, first=-1, last=-1), self._grid.rows[:MOST_ROWS])]

    def _read_rows(self, layout: Layout, rows: Sequence[int]) -> None:
        self._layout, self._split = layout, NO_SPLIT
        self._villages = villages_of(self._grid, layout)
        self.form.append(FormRow(layout.last, RowKind.EDGE))
        for number in rows:
            row = row_under(self._grid, layout, number)
            if row is not None:
                self._read_row(row)
        self._close_places(None)

    def _read_row(self, row: Row) -> None:
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

    def _read_split_row(self, row: Row) -> None:
        """Read a row whose sex stands in a column of its own: "Số trẻ em | Nữ | 12", the name said once."""
        if row.label and row.label != self._split.label:
            self._close_places(None)
            self._parent, self._above_label = None, row.label
            match = self._as_taught(row, self._own_match(row))
            self._note_in_form(row, match)
            self._split = SplitName(row.label, row.measure, match)
            if match:
                self._notes.rows.setdefault(match.indicator, []).append(False)
            if match.strength is Strength.PLACED and row.is_filled:
                self._record.note_reworded(row, self._report.indicator(match.indicator), "row_by_form")
        split, sex = self._split, sex_named(row.sex)
        row = replace(row, label=split.label, measure=row.measure or split.measure)
        if sex is None or not split.match or split.match.sex is not None:
            self._record.note_unread_row(replace(row, label=f"{row.label} / {row.sex}"), split.match)
            return
        indicator, cell = self._report.indicator(split.match.indicator), row.figures.get(Sex.TOTAL)
        if cell is None or indicator.aggregation is Aggregation.RATIO or sex not in indicator.sexes:
            return
        self._notes.rows[indicator.code][-1] |= is_filled(cell)
        self._take(row, indicator, sex, cell, split.match.strength)

    def _own_match(self, row: Row) -> LabelMatch:
        """What the report's own names and the whole form say of a row; a page misread is never sure of it."""
        match = self._placed.get(row.number) or self._index.match(
            self._without_period(row.label), self._section, row.measure
        )
        if match.strength is Strength.UNCERTAIN and self._listed.mark:
            match = self._as_part(row, match)
        loose = self._recognised and match.strength in _REWORDED
        return replace(match, strength=Strength.UNCERTAIN) if loose else match

    def _without_period(self, label: str) -> str:
        """A label without "cả năm" where the year is reported on: of half a year it may be the plan."""
        whole_year = self._period is not None and self._period.kind is PeriodKind.YEAR
        return _WHOLE_YEAR.sub("", label) if whole_year else label

    def _as_part(self, row: Row, match: LabelMatch) -> LabelMatch:
        """What a row with a dash is where the indicator it is part of says what its words leave out."""
        whole = self._index.match(self._listed.whole)
        if whole.strength not in (Strength.EXACT, Strength.SYNONYM) or whole.sex is not None:
            return match  # "Nạn nhân nữ" has parts of its own
        found = self._index.match(row.label, self._listed.whole, row.measure)
        return found if found.indicator == match.indicator else match

    def _as_taught(self, row: Row, match: LabelMatch) -> LabelMatch:
        """What an officer said of these words, where the report's own names settle nothing.

        Only where the row gives a figure, or where its words propose the indicator already: every row that
        is read otherwise for it then left a finding with its label, by which the message is found again.
        """
        if _is_sure(match) or row.spans or (known := self._taught.match(row.label)) is None:
            return match
        told = any(is_filled(cell) and has_number(cell) for cell in row.figures.values())
        if not told and match.indicator != known.indicator:
            return match
        return LabelMatch(known.indicator, strength=Strength.TAUGHT)

    def _note_in_form(self, row: Row, match: LabelMatch) -> None:
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

    def _kind_of(self, row: Row, match: LabelMatch) -> RowKind:
        if row.spans or (not row.is_filled and is_heading(row) and not _is_sure(match)):
            return RowKind.HEADING
        if _is_sure(match):
            return RowKind.SURE
        told = any(is_filled(cell) and has_number(cell) for cell in row.figures.values())
        return RowKind.UNREAD if told else RowKind.BLANK

    def _read_matched(self, row: Row, match: LabelMatch) -> None:
        indicator = self._report.indicator(match.indicator)
        if self._layout.money and not is_money(indicator.unit_of_measure):
            self._parent = None
            self._record.note_unread_row(row, match)  # what it cost is no number of it
            return
        self._parent = ParentRow(match, row.label, row.number, row.measure, row.is_filled)
        if indicator.aggregation is Aggregation.RATIO:
            self._record.note_ratio(row, indicator)
            return
        aside = self._is_filled_aside(row)
        self._aside |= aside
        self._notes.rows.setdefault(indicator.code, []).append(row.is_filled or aside)
        if match.strength is Strength.PLACED:
            self._record.note_reworded(row, indicator, "row_by_form")
        elif match.strength is Strength.TAUGHT and row.is_filled and (known := self._taught.match(row.label)):
            self._record.note_reworded(row, indicator, "row_by_wording", decision=str(known.decision))
        if is_heading(row):
            self._section = row.label
        self._by_figures |= match.sex is not None and len(row.filled) > 1
        for sex, cell in figures_of(row, indicator, match.sex):
            self._take(row, indicator, sex, cell, match.strength)
        if match.sex is None and Sex.TOTAL in indicator.sexes:
            self._note_beside(row, indicator)

    def _is_filled_aside(self, row: Row) -> bool:
        """Whether of a table no column of figures is known, and the row is not blank: it has numbers."""
        layout = self._layout
        if layout.figures:
            return False
        known = {layout.label, layout.ordinal, layout.measure, *(one.index for one in layout.percents)}
        others = (cell for cell in self._grid.starting(row.number) if cell.column not in known)
        return any(is_filled(cell) and has_number(cell) for cell in others)

    def _note_beside(self, row: Row, indicator: Indicator) -> None:
        """The men of a row whose women and total are asked: they tell whether the three agree."""
        for sex in (Sex.MALE, Sex.FEMALE):
            cell = row.figures.get(sex)
            if sex in indicator.sexes or cell is None or self._layout.parts:
                continue
            if self._fault_of_place(cell, Strength.EXACT):
                continue
            measures = self._measures_of(row, sex)
            self._asked.append(Asked(cell, indicator, sex, measures, None))
            read = figure_in(cell, indicator, measures)
            if read is not None and not read.reason:
                self._notes.beside.append(self._record.value(read, indicator, sex, cell))
        self._record.note_percents(row, indicator)

    def _read_sex_row(self, row: Row, sex: Sex) -> None:
        """Read "Trong đó: nữ", which counts the women of the row above it."""
        if self.form[-1].kind is RowKind.UNREAD and row.is_filled:
            self.form[-1] = replace(self.form[-1], sexes=self.form[-1].sexes | {sex})
        cell = row.figures.get(Sex.TOTAL) or row.figures.get(sex)
        if not is_filled(row.figures.get(Sex.TOTAL)):
            cell = row.figures.get(sex) or cell
        if self._parent is None or self._parent.match.sex is not None:
            self._record.note_unread_row(replace(row, label=f"{self._above_label} / {row.label}"), NO_MATCH)
            return
        indicator = self._report.indicator(self._parent.match.indicator)
        if cell is None or indicator.aggregation is Aggregation.RATIO or sex not in indicator.sexes:
            return
        if is_filled(cell):
            self._notes.rows[indicator.code][-1] = True
        row = replace(row, measure=row.measure or self._parent.measure)
        self._take(row, indicator, sex, cell, self._parent.match.strength)

    def _is_women_of_parent(self, row: Row) -> bool:
        """Whether a row says what the name above it calls its women: "Trong đó: hộ do phụ nữ làm chủ hộ"."""
        parent = self._parent
        if parent is None or parent.match.sex is not None:
            return False
        key, code = self._index.own_key(row.label), parent.match.indicator
        known = key.words <= label_key(self._report.indicator(code).label).words
        return known and self._index.calls_women(code, key) and self._own_match(row).indicator in {"", code}

    def _read_sum_row(self, row: Row) -> None:
        """Pass "Cộng" over; right below a name left blank, "Tổng số" is that name's total."""
        parent = self._parent
        if parent is None or parent.filled or parent.row != row.number - 1 or parent.match.sex is not None:
            self._parent = None
            self.form.append(FormRow(row.number, RowKind.EDGE))
            return
        indicator = self._report.indicator(parent.match.indicator)
        if indicator.aggregation is not Aggregation.RATIO:
            self._notes.rows[indicator.code][-1] |= row.is_filled
            for sex, cell in figures_of(row, indicator, None):
                self._take(row, indicator, sex, cell, parent.match.strength)

    def _is_place_of_parent(self, row: Row) -> bool:
        """Whether the row is a village or school below a name that gives no figure of its own."""
        parent = self._parent
        if parent is None or parent.filled or parent.match.sex is not None or self._layout.parts:
            return False
        added_up = self._report.indicator(parent.match.indicator).aggregation in ADDED_UP
        return added_up and is_place(row.label) and not _is_sure(self._own_match(row))

    def _close_places(self, total: Row | None) -> None:
        """Propose what the villages below a name left blank add up to; `total` is the row that adds them."""
        places, parent = self._places, self._parent
        if not places or parent is None:
            return
        self._places, self._parent = [], None
        indicator = self._report.indicator(parent.match.indicator)
        cells = [dict(figures_of(row, indicator, None)) for row in places]
        whole = dict(figures_of(total, indicator, None)) if total else {}
        for sex in dict.fromkeys(sex for told in cells for sex in told):
            measures = self._measures_of(replace(places[0], measure=places[0].measure or parent.measure), sex)
            parts = [told.get(sex) for told in cells]
            self._record.take_sum(parts, whole.get(sex), indicator, sex, measures, parent.label)

    def _take(self, row: Row, indicator: Indicator, sex: Sex, cell: Cell, strength: Strength) -> None:
        """Keep one figure, or nothing where nothing was reported."""
        column = self._layout.figures.get(sex) or self._layout.figures.get(Sex.TOTAL)
        parts = parts_beside(self._grid, self._layout, row, cell)
        measures = self._measures_of(row, sex)
        read = of_parts(parts, indicator, measures) if parts else figure_in(cell, indicator, measures)
        villages = self._villages_beside(row, indicator, sex, cell)
        self._by_figures |= bool(parts or villages)
        if villages and not (read and read.reason):
            told = [figure_in(one, indicator, measures) if one else None for one in villages]
            read = of_places(told, read) if is_other_sum(told, read) else read
        if read is None:
            return
        if read.value == 0 and cell.formula:
            self._by_figures = True
            if not rests_on_figures(row):
                return
        if not read.reason and (fault := self._fault_of_place(cell, strength)):
            read = structs.replace(read, reason=fault)
        if column and column.estimated:
            read = structs.replace(read, qualifier=read.qualifier or "ước")
        value = self._record.value(read, indicator, sex, cell)
        if parts:
            value = replace(value, place=replace(value.place, text=sum_text(parts)))
        elif read.reason == "sum_of_places":
            value = replace(value, place=replace(value.place, text=sum_text(villages, cell)))
        self._notes.found.append(FoundFigure(value, strength))
        self._asked.append(Asked(cell, indicator, sex, measures, strength))
        if read.reason:
            # "Trong đó: nữ" is sure; what may be doubted is the name of the row above it.
            of_parent = self._parent if read.reason == "label_uncertain" else None
            self._record.note_doubt(read, of_parent.label if of_parent else row.label, value)

    def _villages_beside(
        self, row: Row, indicator: Indicator, sex: Sex, cell: Cell
    ) -> tuple[Cell | None, ...]:
        """The cells of the villages that the total of a row adds up; none where nothing adds up."""
        total = self._layout.figures.get(Sex.TOTAL)
        own = total is not None and cell.column == total.index and sex is Sex.TOTAL
        if not own or indicator.aggregation not in ADDED_UP:
            return ()
        cells = tuple(self._grid.at(row.number, column) for column in self._villages)
        return cells if any(is_filled(one) for one in cells) else ()

    def _measures_of(self, row: Row, sex: Sex) -> Measures:
        """The units of measure that stand for a figure: in its row, in the label, above the column."""
        column = self._layout.figures.get(sex) or self._layout.figures.get(Sex.TOTAL)
        heading = column.measure if column else ""
        return Measures(row.measure, label_key(row.label).measure, heading or self._record.measure)

    def _fault_of_place(self, cell: Cell, strength: Strength) -> str:
        """Why a readable number may not belong to the figure it stands under; empty when it surely does."""
        if self._layout.undecided:
            return "several_columns"
        if self._layout.parts:
            return "parts_of_period"
        if is_shared(cell, self._layout):
            return "merged_figure"
        return "label_uncertain" if strength is Strength.UNCERTAIN else ""

    def _pass_over(self, row: Row, match: LabelMatch) -> None:
        """A row that is no indicator: a section heading, a rate, or a row nobody asked for."""
        if opens_a_list(row):
            return
        self._parent = None
        if row.is_filled and not row.spans:
            if not names_ratio(row.label):
                self._record.note_unread_row(row, match)
        elif is_heading(row):
            self._section = row.label


def _may_be_apart(cell: Cell, read: ReadCell | None) -> bool:
    """Whether a cell is doubtful, or a zero that a formula may have made of blanks."""
    return read is None or bool(read.reason) or (read.value == 0 and bool(cell.formula))


def _is_sure(match: LabelMatch) -> bool:
    """Whether the label alone says which indicator the row is."""
    return bool(match) and match.strength is not Strength.UNCERTAIN
