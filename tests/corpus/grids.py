"""Tables before any file format: which columns, which rows, which numbers, and what they truly say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from tests.corpus.figures import Figures
from tests.corpus.plan import Counted, SetPlan
from tests.corpus.writing import grouped, in_unit, padded, plain, typed

Content = str | int | float | None
SEX_COLUMNS = ("total", "male", "female")
_SEX_LETTER = {"total": "t", "male": "m", "female": "f"}


@dataclass(frozen=True, slots=True)
class Told:
    """One figure as a document states it."""

    code: str
    sex: str  #: "t", "m" or "f"
    value: Decimal
    place: str  #: "table" or "sentence", and where
    text: str
    status: str = "reported"
    review: str = "no"
    reason: str = ""


@dataclass(slots=True)
class Grid:
    """A table: rows of contents, and merged areas as (top, left, bottom, right), inclusive."""

    name: str
    rows: list[list[Content]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    head: int = 1
    hidden: bool = False
    above: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Style:
    """The habits of the hand that made one form."""

    columns: tuple[str, ...]
    heads: dict[str, str]
    group_head: str = ""  #: over the columns of the sexes; empty: a heading of one row
    before_head: str = ""  #: over the same columns of the year before
    units: str = "column"  #: column, label or none
    words: str = "label"  #: label, alias, variant or mixed
    hand: str = "plain"
    numbers: str = "number"
    zero: str = "0"
    money: str = "own"
    sub_rows: tuple[str, str] = ("", "")  #: how the rows of women and of men are labelled
    sections: bool = False
    number_row: bool = False
    foreign: int = 0
    ratios: bool = False
    blank: float = 0.0


_STT = ("STT", "TT", "Số TT")
_LABEL = ("Chỉ tiêu", "Nội dung", "Tên chỉ tiêu", "Nội dung báo cáo", "Chỉ tiêu báo cáo")
_UNIT = ("ĐVT", "Đơn vị tính", "Đơn vị")
_TOTAL = ("Tổng số", "Tổng", "Tổng cộng", "TS")
_FEMALE = ("Nữ", "Trong đó: nữ", "Số nữ", "Trong đó nữ")
_NOTE = ("Ghi chú", "Ghi chú", "Diễn giải")
_PERCENT = ("Tỷ lệ (%)", "Tỷ lệ nữ (%)", "% nữ")
_COMPARE = ("So sánh (%)", "TH/KH (%)", "Tăng, giảm so với cùng kỳ")
_FORMS = (
    ("stt", "label", "unit", "total", "male", "female", "note"),
    ("stt", "label", "unit", "total", "female"),
    ("stt", "label", "unit", "plan", "before", "total", "female", "compare"),
    ("stt", "label", "unit", "total", "female", "percent", "note"),
    ("stt", "label", "total", "male", "female"),
    ("label", "unit", "female", "total", "note"),
    ("stt", "label", "unit", "before_total", "before_female", "total", "female", "compare"),
    ("stt", "label", "unit", "total", "cumulative", "note"),
    ("stt", "label", "unit", "total", "note"),
    ("stt", "label", "total"),
    ("stt", "label", "note", "unit", "male", "female", "total"),
    ("stt", "label", "unit", "plan", "total", "compare", "note"),
)


def draw_style(rng: Random, plan: SetPlan, number: int) -> Style:
    """The habits of one form; `number` walks through the column orders so that each occurs."""
    columns = _FORMS[number % len(_FORMS)]
    wording = plan.wording
    has_sexes = "female" in columns or "male" in columns
    grouped_head = has_sexes and (rng.random() < 0.6 or "before_total" in columns)
    has_rivals = bool({"plan", "before", "cumulative"} & set(columns))
    now = wording.now[0] if has_rivals else rng.choice(wording.now)
    sub_rows = ("", "")
    if not has_sexes:
        sub_rows = rng.choice(
            (("", ""), ("Trong đó: nữ", ""), ("- Nữ", "- Nam"), ("Trong đó: Nữ", "Nam"), ("+ Nữ", ""))
        )
    return Style(
        columns=columns,
        heads={
            "stt": rng.choice(_STT),
            "label": rng.choice(_LABEL),
            "unit": rng.choice(_UNIT),
            "total": rng.choice(_TOTAL) if has_sexes else now,
            "male": "Nam",
            "female": rng.choice(_FEMALE) if "male" not in columns else "Nữ",
            "note": rng.choice(_NOTE),
            "percent": rng.choice(_PERCENT),
            "compare": rng.choice(_COMPARE),
            "plan": rng.choice(wording.plan),
            "before": rng.choice(wording.before),
            "cumulative": rng.choice(wording.cumulative),
            "before_total": "Tổng số",
            "before_female": "Nữ",
        },
        group_head=now if grouped_head else "",
        before_head=rng.choice(wording.before),
        units="column" if "unit" in columns else rng.choice(("label", "label", "none")),
        words=rng.choice(("label", "label", "alias", "variant", "mixed")),
        hand=rng.choice(("plain", "plain", "plain", "slips", "bare", "capitals")),
        numbers=rng.choice(("number", "padded", "grouped", "with_unit", "number")),
        zero=rng.choice(("0", "0", "không", "-", "00", "Không có")),
        money=rng.choice(("own", "own", "đồng", "nghìn đồng", "in_cell")) if "unit" in columns else "in_cell",
        sub_rows=sub_rows,
        sections=rng.random() < 0.5,
        number_row=rng.random() < 0.35,
        foreign=rng.randint(0, 3),
        ratios=rng.random() < 0.4,
        blank=rng.choice((0.0, 0.0, 0.08)),
    )


def lay_out(
    rng: Random, plan: SetPlan, asked: Sequence[Counted], figures: Figures, style: Style, name: str = "Biểu"
) -> tuple[Grid, list[Told]]:
    """The form filled in, and what it says."""
    work = _Layout(rng, plan, style, Grid(name))
    work.heading()
    work.body(asked, figures)
    return work.grid, work.told


class _Layout:
    """Fills one grid from top to bottom."""

    def __init__(self, rng: Random, plan: SetPlan, style: Style, grid: Grid) -> None:
        self._rng = rng
        self._plan = plan
        self._style = style
        self.grid = grid
        self.told: list[Told] = []
        self._running = 0

    def heading(self) -> None:
        """One row of headings, or two with the columns of the sexes under one."""
        style, columns = self._style, self._style.columns
        heads: list[Content] = [style.heads[column] for column in columns]
        if style.group_head:
            over = [self._over(column) for column in columns]
            self.grid.rows += [[o or h for o, h in zip(over, heads, strict=True)]]
            self.grid.rows += [[h if o else None for o, h in zip(over, heads, strict=True)]]
            self.grid.head = 2
            self._merge_heading(over)
        else:
            self.grid.rows.append(heads)
        if style.number_row:
            letters = iter("ABC")
            numbers = iter(range(1, 20))
            self.grid.rows.append(
                [
                    next(letters) if column in ("stt", "label", "unit") else str(next(numbers))
                    for column in columns
                ]
            )

    def _over(self, column: str) -> str:
        if column in SEX_COLUMNS:
            return self._style.group_head
        return self._style.before_head if column.startswith("before_") else ""

    def _merge_heading(self, over: list[str]) -> None:
        start = 0
        for at in range(1, len(over) + 1):
            if at < len(over) and over[at] and over[at] == over[start]:
                continue
            if over[start]:
                self.grid.merges.append((0, start, 0, at - 1))
                for column in range(start + 1, at):
                    self.grid.rows[0][column] = None
            else:
                self.grid.merges.append((0, start, 1, start))
            start = at
        self.grid.merges = [merge for merge in self.grid.merges if merge[:2] != merge[2:]]

    def body(self, asked: Sequence[Counted], figures: Figures) -> None:
        """Rows of indicators, with sections and rows nobody asked for between them."""
        group = ""
        foreign_at = set(self._rng.sample(range(len(asked)), min(self._style.foreign, len(asked))))
        foreign = list(self._plan.wording.foreign_rows)
        self._rng.shuffle(foreign)
        for number, counted in enumerate(asked):
            if self._style.sections and counted.group != group:
                group = counted.group
                self._section(group)
            self._indicator(counted, figures)
            if number in foreign_at and foreign:
                self._foreign(*foreign.pop())
        if self._style.ratios:
            self._ratio_rows(figures)

    def _section(self, group: str) -> None:
        romans = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
        known = list(self._plan.wording.groups)
        title = self._plan.wording.groups[group][0].upper()
        self._append({"stt": romans[known.index(group)], "label": title})

    def _foreign(self, label: str, unit: str) -> None:
        cells: dict[str, Content] = {"label": label, "unit": unit}
        for column in (*SEX_COLUMNS, "plan", "before", "cumulative", "before_total", "before_female"):
            cells[column] = self._rng.randint(1, 60)
        self._append(self._numbered(cells))

    def _ratio_rows(self, figures: Figures) -> None:
        for ratio in self._plan.ratios:
            (top, top_sex), (bottom, bottom_sex) = ratio.numerator, ratio.denominator
            above = figures.get((top, _SEX_LETTER[top_sex]))
            below = figures.get((bottom, _SEX_LETTER[bottom_sex]))
            if above is not None and below:
                share = grouped(round(above * ratio.factor / below, 2))
                self._append(self._numbered({"label": ratio.label, "unit": ratio.unit, "total": share}))

    def _numbered(self, cells: dict[str, Content]) -> dict[str, Content]:
        self._running += 1
        return {"stt": str(self._running)} | cells

    def _append(self, cells: dict[str, Content]) -> None:
        self.grid.rows.append([cells.get(column) for column in self._style.columns])

    def _indicator(self, counted: Counted, figures: Figures) -> None:
        style = self._style
        total = figures[counted.code, "t"]
        unit = self._unit(counted, total)
        label = self._label(counted, unit)
        cells: dict[str, Content] = {"label": label, "unit": self._unit_word(unit)}
        missing = self._rng.random() < style.blank
        if missing:
            self._append(self._numbered(cells | {"total": self._rng.choice((None, "…", None))}))
            return
        for column in SEX_COLUMNS:
            sex = _SEX_LETTER[column]
            if column in style.columns and sex in counted.sexes:
                cells[column] = self._tell(counted, sex, figures[counted.code, sex], unit)
        cells |= dict(self._rivals(counted, total, unit))
        if "percent" in style.columns and "f" in counted.sexes and total:
            cells["percent"] = plain(round(figures[counted.code, "f"] * 100 / total, 1))
        self._append(self._numbered(cells))
        self._sub_rows(counted, figures, unit)
        self._derived(counted, figures)

    def _unit_word(self, unit: str) -> str:
        return "" if unit == "in_cell" else unit

    def _unit(self, counted: Counted, total: Decimal) -> str:
        """The unit the row is written in; money may be in another than asked."""
        if not counted.money or self._style.money == "own":
            return counted.unit
        if self._style.money == "in_cell":
            return "in_cell"
        wanted = self._style.money
        return wanted if in_unit(total, counted.unit, wanted) % 1 == 0 else counted.unit

    def _label(self, counted: Counted, unit: str) -> str:
        style = self._style
        words = style.words if style.words != "mixed" else self._rng.choice(("label", "alias", "variant"))
        choices = {"alias": counted.aliases, "variant": counted.variants}.get(words) or (counted.label,)
        label = typed(self._rng, self._rng.choice(choices), style.hand)
        if style.units == "label" and unit != "in_cell":
            label = f"{label} ({unit})"
        return label

    def _tell(self, counted: Counted, sex: str, value: Decimal, unit: str, sub: str = "") -> Content:
        content = self._content(counted, value, unit)
        place = f"table {self.grid.name}, row {len(self.grid.rows) + 1}{sub}"
        self.told.append(Told(counted.code, sex, value, place, str(content)))
        return content

    def _content(self, counted: Counted, value: Decimal, unit: str) -> Content:
        style = self._style
        if value == 0:
            return 0 if style.numbers == "number" and style.zero == "0" else style.zero
        if unit == "in_cell":
            return f"{grouped(value)} {counted.unit}"
        shown = in_unit(value, counted.unit, unit) if counted.money else value
        if style.numbers == "number":
            return int(shown) if shown == int(shown) else float(shown)
        if style.numbers == "with_unit" and not counted.money:
            return f"{padded(shown)} {counted.unit}"
        if style.numbers == "grouped":
            return grouped(shown)
        return padded(shown)

    def _rivals(self, counted: Counted, total: Decimal, unit: str) -> Iterator[tuple[str, Content]]:
        """Columns beside the asked one, with other numbers."""
        step = Decimal(10) if counted.money else Decimal(1)
        for column in ("plan", "before", "cumulative", "before_total"):
            if column in self._style.columns:
                rival = total + step * self._rng.randint(1, 9)
                yield column, self._content(counted, rival, unit)
        if "before_female" in self._style.columns and "f" in counted.sexes:
            yield "before_female", self._rng.randint(1, 9)
        if "compare" in self._style.columns and total:
            yield "compare", plain(Decimal(self._rng.randint(700, 1300)) / 10)

    def _sub_rows(self, counted: Counted, figures: Figures, unit: str) -> None:
        for label, sex in zip(self._style.sub_rows, ("f", "m"), strict=True):
            if label and sex in counted.sexes:
                told = self._tell(counted, sex, figures[counted.code, sex], unit, " (sub-row)")
                self._append({"label": label, "unit": self._unit_word(unit), "total": told})

    def _derived(self, counted: Counted, figures: Figures) -> None:
        told = {t.sex for t in self.told if t.code == counted.code}
        derived: dict[str, str] = {}
        if figures[counted.code, "t"] == 0:
            derived = dict.fromkeys(counted.sexes, "total is 0")
        elif {"t", "f"} <= told or {"t", "m"} <= told:
            derived = dict.fromkeys(counted.sexes, "total - other sex")
        for sex, reason in derived.items():
            if sex not in told:
                value = figures[counted.code, sex]
                self.told.append(Told(counted.code, sex, value, "", "", "derivable", "optional", reason))
