"""The head of a table: which column holds labels, units of measure, totals, men, women. By words only.

Heads stand over one to three rows with merged cells. A column is known by all the cells above it
("Kết quả thực hiện / Trong đó / Nữ"); one word nobody knows ("Người dân tộc thiểu số / Nữ") keeps the
whole column out, because half a head read is a wrong figure. Where the reported period is known, a column of
another year or another part of the year is kept out as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from config.remembered import remembered
from config.reports import Sex
from config.spelling import accented_key, plain_key, tidy, word_set
from intake.evidence.period_words import ROMAN
from intake.figures.heading_periods import Fit, fit_of, parts_of
from intake.figures.measures import is_known, split_measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from config.reports import Period
    from intake.documents import Cell, Table

_SEVERAL = 2
_TOP = 20  # rows above which a head of places, units or sexes is looked for
_DEEPEST = 3  # rows of a head
_LONGEST_HEADING = 300  # letters; a longer text heads no column
_MOST_COVERED = 400_000  # grid places of one table; beyond it merged cells count only where they begin


_MOST_ROWS = 5_000  # of which the blank ones are gone through too: a cell far out is a mistake
_MOST_COLUMNS = 1_000  # the same


class Role(StrEnum):
    """What a column, or one cell of a head, stands for."""

    ORDINAL = "ordinal"
    LABEL = "label"
    MEASURE = "measure"
    TOTAL = "total"
    MALE = "male"
    FEMALE = "female"
    PERCENT = "percent"
    SEX = "sex"  #: "Giới tính" over cells that say "Nam", "Nữ" or "Tổng"
    MONEY = "money"  #: "Số tiền", "Kinh phí": the figures of a table of sums alone
    NEUTRAL = "neutral"  #: "Trong đó", "6 tháng đầu năm 2023", "(người)": says nothing of its own
    APART = "apart"  #: plan, earlier period, cumulated, remarks, and whatever is not known


@dataclass(frozen=True, slots=True)
class Column:
    """One column and what its head says."""

    index: int
    role: Role
    measure: str = ""
    period: str = ""  #: the words of a period in the head: "6 tháng đầu năm 2022"
    fit: Fit = Fit.UNSAID  #: of all periods in the head with the reported one; UNSAID while that is unknown
    estimated: bool = False  #: "Ước thực hiện"
    of_women: bool = False  #: a percentage of women


@dataclass(frozen=True, slots=True)
class Layout:
    """The head of a table, understood."""

    first: int  #: rows of the head, both inclusive
    last: int
    label: int
    ordinal: int | None
    measure: int | None
    figures: dict[Sex, Column]
    percents: tuple[Column, ...] = ()
    sex: int | None = None  #: the column that names the sex of each row
    money: bool = False  #: its figures are sums of money and nothing else
    undecided: bool = False  #: two columns claim to be the same figure
    periods: tuple[str, ...] = ()
    elsewhen: bool = False  #: all its figures are of another period: there is nothing to read
    parts: dict[Sex, tuple[Column, ...]] = field(default_factory=dict)  #: the period's quarters or months


def _shown(number: int, hidden: frozenset[int], most: int, filled: Iterable[int]) -> Sequence[int]:
    """The rows or columns that are seen: all of a usual number, of more those in which a cell begins."""
    lines: Sequence[int] = range(number) if number <= most else sorted(set(filled))
    return [line for line in lines if line not in hidden] if hidden else lines


class Grid:
    """A table by row and column, merged cells found from every place they cover, hidden rows left out."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self.rows = _shown(table.rows, table.hidden_rows, _MOST_ROWS, (cell.row for cell in table.cells))
        self.columns = _shown(
            table.columns, table.hidden_columns, _MOST_COLUMNS, (cell.column for cell in table.cells)
        )

    @cached_property
    def _cells(self) -> dict[tuple[int, int], Cell]:
        cells, merged = self._table.cells, self._table.merged
        if not merged:
            return {(cell.row, cell.column): cell for cell in reversed(cells)}
        covered = len(cells) - len(merged) + sum(cell.row_span * cell.column_span for cell in merged)
        found: dict[tuple[int, int], Cell] = {}
        for cell in cells:
            for place in (
                _places(cell, self._table) if covered <= _MOST_COVERED else ((cell.row, cell.column),)
            ):
                found.setdefault(place, cell)
        return found

    @cached_property
    def heads(self) -> frozenset[int]:
        """The rows in which a cell heads a column of labels: a head can begin nowhere else."""
        cells = self._table.saying(_lines_with(self._table.told, _LABEL_STEMS))
        return frozenset(cell.row for cell in cells if _is_short(cell) and role_of(cell.text) is Role.LABEL)

    @cached_property
    def rows_of_heads(self) -> frozenset[int]:
        """The rows that a head may stand in."""
        return frozenset(row + below for row in self.heads for below in range(_DEEPEST))

    @cached_property
    def names_time(self) -> bool:
        """Whether a cell where a head may stand names a period, so that another period reads it otherwise."""
        rows = self.rows_of_heads
        if not rows:
            return False
        inside = (cell for cell in self._table.in_rows(min(rows), max(rows) + 1) if cell.row in rows)
        reaching = (
            cell
            for cell in self._table.merged
            if cell.row_span > 1 and not rows.isdisjoint(range(cell.row, cell.row + cell.row_span))
        )
        return any(periods_in(cell.text) for cell in chain(inside, reaching))

    def at(self, row: int, column: int | None) -> Cell | None:
        """The cell that covers the place."""
        return self._cells.get((row, column)) if column is not None else None

    def text(self, row: int, column: int | None) -> str:
        """The text of the cell that covers the place, tidied."""
        cell = self.at(row, column)
        return tidy(cell.text) if cell else ""

    def saying(self, keys: frozenset[str]) -> Iterator[Cell]:
        """The cells of the first rows whose text has one of the plain keys, in reading order."""
        top = frozenset(self.rows[:_TOP])
        found = [cell for cell in self._table.saying(keys) if cell.row in top]
        for cell in sorted(found, key=lambda cell: (cell.row, cell.column)):
            if self.at(cell.row, cell.column) == cell and cell.column not in self._table.hidden_columns:
                yield cell

    def starting(self, row: int) -> Iterator[Cell]:
        """The cells that begin in the row, hidden columns left out."""
        cells = self._cells
        for column in self.columns:
            cell = cells.get((row, column))
            if cell and cell.row == row and cell.column == column:
                yield cell


def layout_at(grid: Grid, row: int, period: Period | None = None) -> Layout | None:
    """The layout of the table whose head begins in that row; None when none begins there.

    With the reported period the columns of another one are left out; a head with no other columns is a
    layout without figures, `elsewhen`, so that what stands under it is read under no other head.
    """
    labels = _label_columns(grid, row)
    return _layout_of(grid, row, labels[0], grid.columns, period) if labels else None


def layouts_at(grid: Grid, row: int, period: Period | None = None) -> tuple[Layout, ...]:
    """As `layout_at`; of one table printed as two side by side, which repeats its head, both."""
    if row not in grid.heads:
        return ()
    labels = _label_columns(grid, row)
    halves = _side_by_side(grid, row, labels)
    both = [_layout_of(grid, row, label, half, period) for label, half in zip(labels, halves, strict=False)]
    if both and all(both):
        return tuple(filter(None, both))
    whole = layout_at(grid, row, period)
    return (whole,) if whole is not None else ()


def _label_columns(grid: Grid, row: int) -> list[int]:
    if row not in grid.heads:
        return []
    return [cell.column for cell in grid.starting(row) if _heads_labels(cell.text)]


def _side_by_side(grid: Grid, row: int, labels: Sequence[int]) -> list[list[int]]:
    """The columns of each half of a head that says the same words over again; none where it does not."""
    if len(labels) < _SEVERAL or len({plain_key(grid.text(row, label)) for label in labels}) > 1:
        return []
    numbered = [role_of(grid.text(row, label - 1)) is Role.ORDINAL if label else False for label in labels]
    begins = [label - number for label, number in zip(labels, numbered, strict=True)]
    ends = [*begins[1:], grid.columns[-1] + 1]
    return [
        [column for column in grid.columns if begin <= column < end]
        for begin, end in zip(begins, ends, strict=True)
    ]


def _layout_of(
    grid: Grid, row: int, label: int, among: Sequence[int], period: Period | None
) -> Layout | None:
    last = last_row_of_head(grid, row, label)
    paths = {column: head_path(grid, column, row, last) for column in among if column != label}
    columns = [_understood(column, path, period) for column, path in paths.items()]
    columns = [_naming_sexes(grid, column, paths[column.index], last) for column in columns]
    layout = _layout(row, last, label, [column for column in columns if column.fit is not Fit.OTHER])
    if layout is not None or all(column.fit is not Fit.OTHER for column in columns):
        return layout
    if period is not None and (parts := _parts_of(columns, period)):
        ends = [part[-1] for part in parts.values()]
        layout = _layout(row, last, label, [column for column in columns if column.role in _BESIDE] + ends)
        return layout and replace(
            layout, parts=parts, figures={sex: part[-1] for sex, part in parts.items()}, undecided=False
        )
    layout = _layout(row, last, label, columns)
    return layout and replace(layout, figures={}, percents=(), undecided=False, periods=(), elsewhen=True)


def _naming_sexes(grid: Grid, column: Column, path: Sequence[str], last: int) -> Column:
    """A column headed "Giới tính" alone, below which nothing stands but the names of the sexes."""
    if column.role is not Role.NEUTRAL or len(path) != 1 or plain_key(path[0]) not in OF_SEXES:
        return column
    told = {sex_named(grid.text(row, column.index)) for row in grid.rows if row > last}
    return replace(column, role=Role.SEX) if {Sex.MALE, Sex.FEMALE} & told else column


def sex_named(text: str) -> Sex | None:
    """The sex that a cell below "Giới tính" names; None where it names none."""
    role = role_of(text) if text else Role.APART
    return _SEX_OF.get(role) if role is not Role.NEUTRAL else None


def _lines_with(text: str, words: Iterable[str]) -> set[str]:
    """The lines of a text in which one of the words stands, found without going through all of them."""
    found: set[str] = set()
    for word in words:
        at = text.find(word)
        while at >= 0:
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            found.add(text[text.rfind("\n", 0, at) + 1 : end])
            at = text.find(word, end)
    return found


def _is_short(cell: Cell) -> bool:
    """Whether a cell can head a column: a few words, told before any word is looked at."""
    return len(cell.text) <= _LONGEST_HEADING


def _heads_labels(text: str) -> bool:
    return _LABEL_STEM.search(plain_key(text)) is not None and role_of(text) is Role.LABEL


def _parts_of(columns: Sequence[Column], period: Period) -> dict[Sex, tuple[Column, ...]]:
    """The columns of the quarters, or months, that make up the period, by sex; none where one is missing."""
    for kind, wanted in parts_of(period).items():
        found: dict[Sex, dict[int, Column]] = {}
        for column in columns:
            moment = _moment(column.period)
            if column.role in _SEX_OF and moment.kind == kind and moment.year in {0, period.year}:
                same = found.setdefault(_SEX_OF[column.role], {})
                if moment.part in same:
                    return {}
                same[moment.part] = column
        if found and all(tuple(sorted(same)) == wanted for same in found.values()):
            return {sex: tuple(same[part] for part in wanted) for sex, same in found.items()}
    return {}


_SEX_OF = {
    Role.TOTAL: Sex.TOTAL,
    Role.NEUTRAL: Sex.TOTAL,
    Role.MALE: Sex.MALE,
    Role.FEMALE: Sex.FEMALE,
}
_BESIDE = (Role.ORDINAL, Role.MEASURE)


def is_numbering(texts: Sequence[str]) -> bool:
    """Whether a row only numbers the columns: "A B 1 2 3", "(1) (2) (3)=(4)+(5)"."""
    told = [text for text in map(tidy, texts) if text]
    return len(told) > 1 and all(re.fullmatch(r"\(?(?:[A-EĐ]|\d{1,2})\)?(?:\s*=.*)?", text) for text in told)


def _places(cell: Cell, table: Table) -> Iterator[tuple[int, int]]:
    for row in range(cell.row, min(cell.row + cell.row_span, max(table.rows, cell.row + 1))):
        for column in range(
            cell.column, min(cell.column + cell.column_span, max(table.columns, cell.column + 1))
        ):
            yield row, column


def last_row_of_head(grid: Grid, first: int, label: int) -> int:
    """The last row of the head that begins in `first`; `label` is the column of the rows' names."""
    last = max((cell.row + cell.row_span - 1 for cell in grid.starting(first)), default=first)
    last = min(last, first + _DEEPEST - 1)
    while last + 1 < first + _DEEPEST and _continues_head(grid, last + 1, first, label):
        last += 1
    return last


def _continues_head(grid: Grid, row: int, first: int, label: int) -> bool:
    """Whether the row holds sub-headings: nothing new in the label column, words of a head beside it."""
    above = grid.at(row, label)
    if above is not None and above.row != first and above.text.strip():
        return False
    texts = [cell.text for cell in grid.starting(row) if cell.text.strip()]
    roles = [role_of(text) for text in texts]
    known = any(role in (Role.TOTAL, Role.MALE, Role.FEMALE, Role.PERCENT) for role in roles)
    return known and not any(cell.number for cell in grid.starting(row)) and not is_numbering(texts)


def head_path(grid: Grid, column: int, first: int, last: int) -> list[str]:
    """The texts of a head that stand over a column, outermost first."""
    path: list[Cell] = []
    for row in range(first, last + 1):
        cell = grid.at(row, column)
        if (cell is None or not cell.text.strip()) and row < last and grid.text(last, column):
            cell = _group_to_the_left(grid, row, column)
        if cell is not None and cell.text.strip() and cell not in path:
            path.append(cell)
    return [tidy(cell.text) for cell in path]


def _group_to_the_left(grid: Grid, row: int, column: int) -> Cell | None:
    """The heading of a group whose cells nobody merged: it stands over the first column only."""
    for left in range(column - 1, -1, -1):
        cell = grid.at(row, left)
        if cell is not None and cell.text.strip():
            role = role_of(cell.text)
            return None if role in (Role.ORDINAL, Role.LABEL, Role.MEASURE) else cell
    return None


def _understood(column: int, path: list[str], period: Period | None) -> Column:
    said = _said_by(*path) if path else Column(0, Role.NEUTRAL)
    if period is None or said.role not in _OF_A_TIME:
        return replace(said, index=column)
    named = [words for text in path for words in periods_in(text)]
    return replace(said, index=column, fit=fit_of(named, period))


@remembered(2048)
def _said_by(*path: str) -> Column:
    """What the cells of a head say of the column below them, wherever it stands."""
    key = accented_key(" ".join(path))
    return Column(
        index=0,
        role=_joined(_roles_of(path)),
        measure=next((measure for text in path if (measure := _measure_of(text))), ""),
        period=_period_of([words for text in path for words in periods_in(text)]),
        estimated=bool(re.search(r"\bước\b|\buoc\b", key)),
        of_women="nữ" in key.split(),
    )


def _roles_of(path: Sequence[str]) -> list[Role]:
    """What each cell of a head speaks for: "Tháng" below "Thực hiện" is the month that is reported on."""
    roles = [role_of(text) for text in path]
    done = Role.TOTAL in roles[:-1] and accented_key(path[-1]) in _BARE_PERIODS
    return [*roles[:-1], Role.NEUTRAL] if done else roles


def _period_of(named: Sequence[str]) -> str:
    """The period a head names, of the year above it: "Năm 2023" over "6 tháng đầu năm" names one."""
    parts = [words for words in named if not _A_YEAR.fullmatch(words)]
    year = next((found[0] for words in named if (found := _YEAR.search(words))), "")
    if not parts or not year or _YEAR.search(parts[-1]):
        return parts[-1] if parts and len(named) > 1 else next(iter(named), "")
    return f"{parts[-1]} {year}" if parts[-1].endswith("năm") else f"{parts[-1]} năm {year}"


_YEAR = re.compile(r"\b20\d\d\b")
_A_YEAR = re.compile(r"(?:cả )?(?:năm )?20\d\d")
_OF_A_TIME = (Role.TOTAL, Role.MALE, Role.FEMALE, Role.PERCENT, Role.NEUTRAL, Role.MONEY)


def _joined(roles: list[Role]) -> Role:
    """The role of a column from the roles of the cells above it."""
    if not roles:
        return Role.NEUTRAL
    for decisive in (Role.PERCENT, Role.APART, Role.LABEL, Role.ORDINAL, Role.MEASURE, Role.MONEY):
        if decisive in roles:
            return decisive
    sexes = {role for role in roles if role in (Role.MALE, Role.FEMALE)}
    if len(sexes) > 1:
        return Role.APART
    return sexes.pop() if sexes else Role.TOTAL if Role.TOTAL in roles else Role.NEUTRAL


def _layout(first: int, last: int, label: int, columns: list[Column]) -> Layout | None:
    figures: dict[Sex, Column] = {}
    undecided = False
    claims = {Sex.TOTAL: Role.TOTAL, Sex.MALE: Role.MALE, Sex.FEMALE: Role.FEMALE}
    for sex, role in claims.items():
        claiming = _current([column for column in columns if column.role is role])
        undecided |= len(claiming) > 1
        if claiming:
            figures[sex] = claiming[0]
    if Sex.TOTAL not in figures:
        figures |= _period_as_total(columns)
    sums = [] if figures else _current([column for column in columns if column.role is Role.MONEY])
    if sums:
        figures, undecided = {Sex.TOTAL: sums[0]}, len(sums) > 1
    undecided |= _is_rivalled(figures, columns)
    percents = tuple(column for column in columns if column.role is Role.PERCENT)
    if not figures and not percents:
        return None
    return Layout(
        first=first,
        last=last,
        label=label,
        ordinal=_first(columns, Role.ORDINAL),
        measure=_first(columns, Role.MEASURE),
        sex=_first(columns, Role.SEX) if set(figures) == {Sex.TOTAL} and not sums else None,
        figures=figures,
        percents=percents,
        money=bool(sums),
        undecided=undecided,
        periods=_periods_of(figures.values(), columns),
    )


def _periods_of(figures: Iterable[Column], columns: list[Column]) -> tuple[str, ...]:
    """The periods that columns of figures name; "Năm 2023" beside a bare "Tổng số" is there to compare."""
    bare = {column.role for column in columns if not column.period}
    return tuple(dict.fromkeys(each.period for each in figures if each.period and each.role not in bare))


def _is_rivalled(figures: dict[Sex, Column], columns: list[Column]) -> bool:
    """Whether a column headed by the reported period itself stands beside totals of an unsaid one."""
    total = figures.get(Sex.TOTAL)
    return (total is not None and total.role is Role.TOTAL and total.fit is Fit.UNSAID) and any(
        column.role is Role.NEUTRAL and column.fit in (Fit.YEAR, Fit.EXACT) for column in columns
    )


def _period_as_total(columns: list[Column]) -> dict[Sex, Column]:
    """A column headed by nothing but the period ("6 tháng đầu năm 2023") holds the figures."""
    named = _current([column for column in columns if column.role is Role.NEUTRAL and column.period])
    return {Sex.TOTAL: named[0]} if len(named) == 1 else {}


def _current(columns: list[Column]) -> list[Column]:
    """Of columns of several periods the latest, of done and estimated the done."""
    if len(columns) < _SEVERAL:
        return columns
    if exact := [column for column in columns if column.fit is Fit.EXACT]:
        columns = [column for column in columns if column.fit is not Fit.YEAR]
    moments = {column.index: _moment(column.period) for column in columns}
    dated = [moment for moment in moments.values() if moment.year]
    if dated and len(dated) == len(columns):
        latest = max(moment.year for moment in dated)
        columns = [column for column in columns if moments[column.index].year == latest]
        columns = _latest_part(columns, moments)
    elif dated and not exact:
        columns = _this_period(columns, moments)
    return [column for column in columns if not column.estimated] or columns


def _latest_part(columns: list[Column], moments: dict[int, _Moment]) -> list[Column]:
    """Of months, or of quarters, of one year the latest; a month beside a quarter decides nothing."""
    if len({moments[column.index].kind for column in columns}) > 1:
        return columns
    latest = max(moments[column.index].part for column in columns)
    return [column for column in columns if moments[column.index].part == latest]


def _this_period(columns: list[Column], moments: dict[int, _Moment]) -> list[Column]:
    """Beside "Quý II năm 2024" the column "Thực hiện trong quý" is this quarter's; "9 tháng" is neither."""
    kinds = {moments[column.index].kind for column in columns if moments[column.index].year}
    these = [column for column in columns if column.period and not moments[column.index].year]
    fitting = [column for column in these if kinds == {moments[column.index].kind} or "kỳ" in column.period]
    return fitting if fitting and len(these) == len(fitting) else columns


@dataclass(frozen=True, slots=True)
class _Moment:
    """The period a heading names: "tháng", "quý" or "năm", which one of its year, and the year; 0 unsaid."""

    kind: str
    part: int
    year: int


@remembered(1024)
def _moment(period: str) -> _Moment:
    years = [int(year) for year in re.findall(r"\b20\d\d\b", period)]
    several = re.search(r"\b(?:6|06|sáu|9|09|chín) tháng", period)
    kind = several[0] if several else next((k for k in ("tháng", "quý", "năm") if k in period), "năm")
    named = None if several else re.search(r"(?:tháng|quý) (iv|i{1,3}|\d{1,2})\b", period)
    part = (ROMAN.get(named[1]) or int(named[1])) if named else 0
    return _Moment(kind, part, max(years, default=0))


def _first(columns: list[Column], role: Role) -> int | None:
    return next((column.index for column in columns if column.role is role), None)


LABELS = frozenset(
    {
        "chi tieu",
        "noi dung",
        "ten chi tieu",
        "noi dung bao cao",
        "noi dung chi tieu",
        "chi tieu noi dung",
        "noi dung cac chi tieu",
        "cac chi tieu",
        "chi tieu bao cao",
        "chi tieu thong ke",
        "chi tieu chu yeu",
        "danh muc chi tieu",
        "danh muc",
        "tieu chi",
        "noi dung thuc hien",
        "noi dung cong viec",
        "noi dung cong tac",
        "noi dung hoat dong",
        "noi dung thong ke",
        "hang muc",
        "ten noi dung",
        "chi so",
        "ten chi so",
        "cac chi so",
        "dien giai",
        "khoan muc",
        "ten cong viec",
        "noi dung chi so",
        "chi so thong ke",
    }
)
OF_SEXES = frozenset({"gioi tinh", "gioi", "phai", "nam nu", "gioi tinh nam nu", "chia theo gioi tinh"})
_LABEL_STEMS = (
    "chi tieu",
    "noi dung",
    "danh muc",
    "tieu chi",
    "hang muc",
    "chi so",
    "dien giai",
    "khoan muc",
    "cong viec",
)  # one of them is in every label
_LABEL_STEM = re.compile("|".join(_LABEL_STEMS))
_ORDINALS = frozenset({"stt", "tt", "so tt", "sott", "so thu tu", "thu tu", "ma so", "ma chi tieu", "ma"})
_MEASURES = frozenset({"dvt", "don vi tinh", "don vi", "don vi do", "d v t", "dv tinh", "dvi tinh"})
_NEUTRAL = word_set("trong do gom chia ra theo gioi tinh phan bao cao ky nay trong ky so voi tong the")
_TOTALS = word_set(
    "tong so cong ts sl luong luot nguoi ket qua thuc hien th so lieu dat duoc da gia tri"
    " chung bao cao trong ky nay uoc tinh"
)
#: "Cộng", "Toàn xã", "Cộng toàn xã": of a row's months, villages, or men and women.
_WHOLE = re.compile(
    r"(?:(?:tổng )?cộng|cong|tong cong)"
    r"|(?:(?:tổng|tổng số|tổng cộng|cộng|chung)(?: của)? )?(?:toàn|cả) (?:xã|thị trấn|phường|trường|đơn vị)"
    r"|(?:(?:tong|tong so|tong cong|cong|chung) )?(?:toan|ca) (?:xa|thi tran|phuong|truong|don vi)"
)
_TOTAL_SIGNS = word_set("tong ts sl so luong ket qua thuc hien th lieu gia tri chung")
_SEX_WORDS = word_set(
    "trong đó số lượng người lượt là giới tổng nữ nam gái trai bé em trẻ phụ tham gia trong do"
    " so luong nguoi luot la gioi tong nu"
)
_APART = re.compile(
    r"ke hoach|\bkh\b|chi tieu (?:giao|nam|ke hoach|duoc giao)|muc tieu|nghi quyet|du toan|du kien"
    r"|cung ky|ky truoc|nam truoc|nam ngoai|lien truoc|so sanh|so voi|\btang\b|\bgiam\b|chenh lech|nam goc"
    r"|\bdau (?:nam|ky|quy|thang)\b(?! hoc)|^(?:so |ton )?dau$"
    r"|luy ke|cong don|tu dau|ghi chu|chu thich|giai thich|cach ghi|huong dan|\bnguon\b|ly do|danh gia|vi du"
)
#: "Số hộ", "Tổng số người": how many of what every row counts.
_COUNTED = re.compile(r"(?:tổng số|tong so|tổng|tong|số lượng|so luong|số|so) (.+)")
_SUMS = re.compile(r"(?:tong )?(?:so tien|thanh tien|kinh phi)(?: (?:thuc hien|da su dung|da chi))?")
_PERCENT = re.compile(r"\b(?:ty le|ti le|ty so|ti so|co cau|phan tram|ty trong)\b")
#: "Số cuối kỳ", "Cuối năm 2024": what stands at its end are the figures of a period.
_AT_ITS_END = re.compile(r"\b(?:(?:tính )?đến )?cuối(?: (?:năm|kỳ|quý|tháng))?(?: báo cáo)?$")
_PERIOD = re.compile(
    r"\bnăm học 20\d\d(?: 20\d\d)?\b|"
    r"\b(?:(?:tính|có) )?đến (?:hết )?(?:ngày |thời điểm )?\d{1,2} (?:tháng )?\d{1,2} (?:năm )?20\d\d\b"
    r"|\b(?:6|sáu|9|chín|06|09) tháng(?: đầu| cuối)?(?: năm)?(?: \d{4})?"
    r"|\bquý (?:iv|i{1,3}|[1-4])(?: năm)?(?: \d{4})?"
    r"|\b(?:kỳ|quý|tháng|năm) (?:này|nay|báo cáo)\b"
    r"|\btrong (?:kỳ|quý|tháng|năm)(?: (?:này|nay|báo cáo))?\b(?! (?:\d|i|trước|ngoái))"
    r"|\b(?:cả )?năm \d{4}|\bcả năm\b|\btháng \d{1,2}(?: năm)?(?: \d{4})?|\b20\d\d\b"
)


#: Alone in a cell: the month, or the quarter, that is reported on.
_BARE_PERIODS = {"tháng": "trong tháng", "thang": "trong tháng", "quý": "trong quý"}
_MONTHS_SHORT = re.compile(r"\b(0?[69]) ?th?\b")
#: A bare "nam" is a man and a bare "quy" a fund: what stands beside them makes them a year and a quarter.
_WITHOUT_MARKS = tuple(
    (re.compile(pattern), meant)
    for pattern, meant in (
        (r"\b(dau|cuoi|ca) nam\b", r"\1 năm"),
        (r"\bnam(?= (?:20\d\d|hoc 20\d\d|nay|bao cao)\b)", "năm"),
        (r"\bnăm hoc\b", "năm học"),
        (r"\b(6|9|06|09|sau|chin) thang\b", r"\1 tháng"),
        (r"\bthang(?= (?:\d{1,2}|nay|bao cao)\b)", "tháng"),
        (r"\bquy(?= (?:iv|i{1,3}|[1-4]|nay|bao cao)\b)", "quý"),
        (r"\btháng dau\b", "tháng đầu"),
        (r"\btháng cuoi\b", "tháng cuối"),
        (r"\bca năm\b", "cả năm"),
        (r"\bden (?=(?:het )?(?:ngay |thoi diem )?\d)", "đến "),
        (r"\bđến het\b", "đến hết"),
        (r"\b(đến|đến hết) ngay\b", r"\1 ngày"),
        (r"\btrong ky\b", "trong kỳ"),
        (r"\bky (?=nay\b|bao cao\b)", "kỳ "),
        (r"\b(kỳ|quý|tháng|năm) bao cao\b", r"\1 báo cáo"),
    )
)


@remembered(8192)
def role_of(text: str) -> Role:
    """The role that one cell of a head speaks for."""
    shown = tidy(text)
    bare, measure = split_measure(shown)
    accented = _in_full(accented_key(bare))
    rest = _AT_ITS_END.sub("số", " ".join(_PERIOD.sub(" ", accented).split()))
    key = plain_key(rest)
    if "%" in shown or _PERCENT.search(key):
        return Role.PERCENT
    if key in LABELS:
        return Role.LABEL
    if _APART.search(key):
        return Role.APART
    if key in _ORDINALS:
        return Role.ORDINAL
    if _SUMS.fullmatch(key):
        return Role.MONEY
    return Role.MEASURE if key in _MEASURES else _figure_role(rest, key, bool(measure) or is_known(bare))


def _figure_role(rest: str, key: str, is_measure: bool) -> Role:
    words, plain = set(rest.split()), set(key.split())
    if words & {"nữ", "nu", "gái"} and words <= _SEX_WORDS and not words & {"nam", "trai"}:
        return Role.FEMALE
    if words & {"nam", "trai"} and words <= _SEX_WORDS and not words & {"nữ", "gái"}:
        return Role.MALE
    if (plain and plain <= _TOTALS and plain & _TOTAL_SIGNS) or _WHOLE.fullmatch(rest):
        return Role.TOTAL
    if (counted := _COUNTED.fullmatch(rest)) is not None and is_known(counted[1]):
        return Role.TOTAL
    return Role.NEUTRAL if plain <= _NEUTRAL or is_measure else Role.APART


def _measure_of(text: str) -> str:
    measure = split_measure(text)[1]
    return measure or (text.strip("() ") if is_known(text.strip("() ")) else "")


@remembered(8192)
def periods_in(text: str) -> tuple[str, ...]:
    """The words for periods in one cell of a head."""
    key = accented_key(text)
    if key in _BARE_PERIODS:
        return (_BARE_PERIODS[key],)
    return tuple(match[0] for match in _PERIOD.finditer(_in_full(key)))


def _in_full(key: str) -> str:
    """The text with "6T" and "9th" written out: months of a year, and not "TH", which is "thực hiện".

    Of a text without marks, as some type it and as scans are looked up, the words for periods get theirs.
    """
    if key.isascii():
        for bare, meant in _WITHOUT_MARKS:
            key = bare.sub(meant, key)
    return _MONTHS_SHORT.sub(r"\1 tháng", key) if "t" in key else key
