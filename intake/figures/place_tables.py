"""Tables whose rows are a unit's own villages or schools, and whose columns are indicators. Pure.

"Thôn | Số buổi tuyên truyền | Số người tham gia": the figure of the unit stands nowhere, or only in a last
row "Cộng". What the places add up to is a proposal to a person; a blank village may have held nothing, or
may not have answered. Columns are taken by the report's own names alone, never by names that resemble them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.reports import Aggregation, Sex
from config.spelling import plain_key, tidy, word_set
from intake.figures.heading_periods import Fit, fit_of
from intake.figures.headings import (
    LABELS,
    OF_SEXES,
    Role,
    head_path,
    is_numbering,
    last_row_of_head,
    periods_in,
    role_of,
    sex_named,
)
from intake.figures.label_keys import is_sum_row, sex_row
from intake.figures.label_match import Strength
from intake.figures.measures import split_measure
from intake.figures.numerals import read_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from config.reports import Period, ReportDefinition
    from intake.documents import Cell
    from intake.figures.headings import Grid
    from intake.figures.labels import LabelIndex

#: How figures of places make one of the unit: yes-or-no and ratios do not.
ADDED_UP = frozenset({Aggregation.SUM, Aggregation.SNAPSHOT, Aggregation.TERM})

_MOST_PLACES = 300  # of one unit; a longer table is a register
_SEVERAL = 2
_OF_PLACES = frozenset(
    {
        "thon",
        "ten thon",
        "thon ban",
        "thon xom",
        "thon to dan pho",
        "thon ban to dan pho",
        "thon khu pho",
        "thon buon",
        "xom",
        "ten xom",
        "xom ban",
        "ban",
        "ten ban",
        "ban lang",
        "ap",
        "ten ap",
        "buon",
        "khu pho",
        "ten khu pho",
        "to dan pho",
        "ten to dan pho",
        "khu dan cu",
        "ten khu dan cu",
        "truong",
        "ten truong",
        "truong hoc",
    }
)
_OF_ANYTHING = frozenset({"don vi", "ten don vi", "dia ban", "dia diem", "co so", "ten"})
_OF_COMMUNES = frozenset(
    {
        "xa",
        "ten xa",
        "cac xa",
        "xa phuong",
        "xa thi tran",
        "ten xa thi tran",
        "cac xa thi tran",
        "xa phuong thi tran",
        "ten don vi bao cao",
        "don vi bao cao",
    }
)
_ENUMERATED = re.compile(r"^(?:\d{1,3}\s*[.)/]|[-+*•–])\s*")
_PLACE = re.compile(
    r"(?:thôn|thon|xóm|xom|ấp|buôn|làng|khóm|bản|khu phố|khu pho|khu dân cư|khu|tiểu khu|tổ dân phố"
    r"|to dan pho|tdp|kp"
    r"|tổ(?=\s+\d)|điểm trường|(?:trường|truong)(?:\s+(?:mầm non|mẫu giáo|tiểu học|trung học cơ sở))?)\s+",
    re.IGNORECASE,
)
# Tables of whole communes are somebody else's to add up.
_LARGER = re.compile(r"^(?:xa|phuong|thi tran|huyen|quan|thi xa|thanh pho|tinh)\b")
_BESIDE_A_NAME = (Role.TOTAL, Role.MALE, Role.FEMALE, Role.NEUTRAL)
_SEX_OF = {Role.MALE: Sex.MALE, Role.FEMALE: Sex.FEMALE}
_SURE = (Strength.EXACT, Strength.SYNONYM)
_OF_SECTIONS = word_set("lĩnh vực nội dung hình thức loại nhóm các chia theo phân")


@dataclass(frozen=True, slots=True)
class PlaceColumn:
    """A column that holds one figure of each place."""

    index: int
    indicator: str
    sex: Sex
    label: str
    measure: str = ""


@dataclass(frozen=True, slots=True)
class PlaceTable:
    """A table of places, understood."""

    columns: tuple[PlaceColumn, ...]
    rows: tuple[int, ...]  #: one for each place
    total: int | None  #: the row that adds them up


@dataclass(frozen=True, slots=True)
class SexTable:
    """A table whose rows are men, women and their total."""

    columns: tuple[PlaceColumn, ...]
    rows: tuple[tuple[int, Sex], ...]


def is_place(label: str) -> bool:
    """Whether a label names a village, a part of a town or a school: "Thôn Đồng Tâm", "TDP 5"."""
    bare = _ENUMERATED.sub("", tidy(label))
    found = _PLACE.match(bare)
    named = bare[found.end() :] if found else ""
    return bool(named) and (named[0].isdigit() or named[0].isupper())


def place_table(
    grid: Grid, index: LabelIndex, report: ReportDefinition, period: Period | None
) -> PlaceTable | None:
    """The table of places in a grid; None where there is none that is understood as a whole."""
    for cell in place_heads(grid):
        last = last_row_of_head(grid, cell.row, cell.column)
        columns = columns_named(grid, (cell.row, last), cell.column, Named(index, report, period))
        if columns:
            strict = plain_key(cell.text) in _OF_ANYTHING
            return _with_rows(grid, columns, cell.column, last, strict=strict)
    return None


def sex_table(
    grid: Grid, index: LabelIndex, report: ReportDefinition, period: Period | None
) -> SexTable | None:
    """The table "Giới tính | Số trẻ em … | …" with a row each for "Nam", "Nữ" and "Tổng"; None: no such.

    "Nội dung" and the like may head the sexes as well, where no column is one of figures.
    """
    for cell in sex_heads(grid):
        last = last_row_of_head(grid, cell.row, cell.column)
        found = columns_named(grid, (cell.row, last), cell.column, Named(index, report, period))
        columns = tuple(column for column in found if column.sex is Sex.TOTAL)
        rows = _rows_of_sexes(grid, cell.column, last) if columns else ()
        if rows:
            return SexTable(columns, rows)
    return None


def _rows_of_sexes(grid: Grid, column: int, last: int) -> tuple[tuple[int, Sex], ...]:
    """The rows below a head, where each names a sex or the sum, none of them twice; none else."""
    rows: dict[Sex, int] = {}
    for number in grid.rows:
        text = grid.text(number, column) if number > last else ""
        if text:
            sex = _sex_of_row(text)
            if sex is None or sex in rows:
                return ()
            rows[sex] = number
    both = Sex.MALE in rows and Sex.FEMALE in rows
    return tuple((number, sex) for sex, number in rows.items()) if both else ()


def sex_heads(grid: Grid) -> Iterator[Cell]:
    """The cells that may head a column of sexes."""
    return grid.saying(OF_SEXES | LABELS | _OF_ANYTHING)


def _sex_of_row(text: str) -> Sex | None:
    return sex_named(text) or sex_row(text) or (Sex.TOTAL if is_sum_row(text) else None)


def place_heads(grid: Grid) -> Iterator[Cell]:
    """The cells that may head a column of places."""
    return grid.saying(_OF_PLACES | _OF_ANYTHING)


def own_row(
    grid: Grid,
    index: LabelIndex,
    report: ReportDefinition,
    period: Period | None,
    is_own: Callable[[str], bool],
) -> PlaceTable | None:
    """The one row of the sending unit in a table of units; None where none is, or several are.

    The form that a department sends round has a row for each unit, of which every unit fills in its own.
    """
    for cell in unit_heads(grid):
        last = last_row_of_head(grid, cell.row, cell.column)
        columns = columns_named(grid, (cell.row, last), cell.column, Named(index, report, period))
        below = [number for number in grid.rows if number > last]
        levels = ("", "xã ", "phường ", "thị trấn ") if plain_key(cell.text) in _OF_COMMUNES else ("",)
        labels = {number: _label_at(grid, number, cell.column) for number in below}
        own = [number for number, label in labels.items() if any(is_own(f"{one}{label}") for one in levels)]
        if columns and len(own) == 1:
            return PlaceTable(columns, (own[0],), None)
    return None


def unit_heads(grid: Grid) -> Iterator[Cell]:
    """The cells that may head a column of units."""
    return grid.saying(_OF_COMMUNES | _OF_ANYTHING)


def _label_at(grid: Grid, row: int, column: int) -> str:
    """The name a row has by itself, nothing where one merged cell names several."""
    cell = grid.at(row, column)
    return tidy(cell.text) if cell and cell.row == row and cell.row_span == 1 else ""


@dataclass(frozen=True, slots=True)
class Named:
    """What names a column."""

    index: LabelIndex
    report: ReportDefinition
    period: Period | None


def columns_named(
    grid: Grid, head: tuple[int, int], label: int | None, named: Named
) -> tuple[PlaceColumn, ...]:
    """The columns that are an indicator each by the head, whose first and last row are given."""
    found: dict[tuple[str, Sex], list[PlaceColumn]] = {}
    before: PlaceColumn | None = None
    for index in grid.columns:
        path = head_path(grid, index, *head) if index != label else []
        before = _column(index, path, before, named)
        if before is not None:
            found.setdefault((before.indicator, before.sex), []).append(before)
    # Two columns that claim the same figure are two times or two sources: neither is taken.
    return tuple(same[0] for same in found.values() if len(same) == 1)


def _column(index: int, path: Sequence[str], before: PlaceColumn | None, named: Named) -> PlaceColumn | None:
    times = [words for text in path for words in periods_in(text)]
    if named.period is not None and fit_of(times, named.period) is Fit.OTHER:
        return None
    if path and all(sex_row(text) for text in path) and before is not None and before.sex is Sex.TOTAL:
        sex = sex_row(path[-1])  # "Trong đó: nữ" to the right of the column it is part of
        return _asked(index, before.indicator, sex, before.label, before.measure, named)
    matches = [named.index.match(text) for text in path]
    sure = [place for place, match in enumerate(matches) if match.strength in _SURE]
    if not sure:
        return None
    own, match = path[sure[-1]], matches[sure[-1]]
    above = [text for text in path[: sure[-1]] if not _is_section_of(own, text, match.indicator, named)]
    rest = [role_of(text) for text in (*above, *path[sure[-1] + 1 :])]
    sexes = {_SEX_OF[role] for role in rest if role in _SEX_OF} | ({match.sex} if match.sex else set())
    if len(sexes) > 1 or any(role not in _BESIDE_A_NAME for role in rest):
        return None
    return _asked(index, match.indicator, next(iter(sexes), Sex.TOTAL), own, split_measure(own)[1], named)


def _is_section_of(own: str, above: str, code: str, named: Named) -> bool:
    """Whether a heading says no more than the field of the indicator, or what the name below says again.

    "Gia đình" over "Địa chỉ tin cậy", "Hình thức bạo lực" over "Bạo lực tinh thần"; any other word may make
    fewer of what is counted.
    """
    indicator, index = named.report.indicator(code), named.index
    again = (own, indicator.group, indicator.unit_of_measure, *index.topics)
    said = frozenset(word for text in again for word in index.own_key(text).words)
    wanted = index.own_key(above).words - _OF_SECTIONS
    return role_of(above) not in _SEX_OF and wanted <= said


def _asked(
    index: int, code: str, sex: Sex | None, label: str, measure: str, named: Named
) -> PlaceColumn | None:
    indicator = named.report.indicator(code)
    if sex is None or indicator.aggregation not in ADDED_UP or sex not in indicator.sexes:
        return None
    return PlaceColumn(index, code, sex, label, measure)


def _with_rows(
    grid: Grid, columns: tuple[PlaceColumn, ...], label: int, last: int, *, strict: bool
) -> PlaceTable | None:
    """The columns with the rows of their places; None where a row is neither a place nor their total."""
    rows = [row for row in grid.rows if row > last and not _says_nothing(grid, row, label)]
    rows = _without_signature(grid, rows, label, columns)
    totals = [row for row in rows if is_sum_row(grid.text(row, label))]
    places = tuple(row for row in rows if row not in totals)
    if not _SEVERAL <= len(places) <= _MOST_PLACES or len(totals) > 1:
        return None
    if totals and totals[0] not in (rows[0], rows[-1]):
        return None
    names = [grid.text(row, label) for row in places]
    if any(not is_place(name) and (strict or _LARGER.match(plain_key(name))) for name in names):
        return None
    return PlaceTable(columns, places, totals[0] if totals else None)


def _says_nothing(grid: Grid, row: int, label: int) -> bool:
    texts = [cell.text for cell in grid.starting(row)]
    return is_numbering(texts) or not any(letter.isalpha() for letter in grid.text(row, label))


def _without_signature(
    grid: Grid, rows: Sequence[int], label: int, columns: Iterable[PlaceColumn]
) -> list[int]:
    """The rows up to the last that is a place or gives a figure."""
    kept = list(rows)
    while kept and not is_place(grid.text(kept[-1], label)):
        cells = [grid.at(kept[-1], column.index) for column in columns]
        if any(not read_number(cell.text, cell_number=cell.number).blank for cell in cells if cell):
            break
        kept.pop()
    return kept
