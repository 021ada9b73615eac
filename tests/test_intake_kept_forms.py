"""A form whose words are known is read as if nobody had ever seen it."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.reports import Period, PeriodKind
from intake.documents import Cell, Document, Paragraph, Table
from intake.figures.kept_forms import KEPT_FORMS
from intake.figures.table_notes import TableNotes
from intake.figures.tables import note_tables, read_tables
from tests.test_intake_properties import INDICATORS, REPORT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from intake.figures.table_notes import TableReading

PERIOD = Period(
    "2024-Y", PeriodKind.YEAR, "năm 2024", 2024, date(2024, 1, 1), date(2024, 12, 31),
    datetime(2024, 1, 1, tzinfo=UTC), None,
)  # fmt: skip
FIGURE = "figure"  #: stands in a drawn table where each unit writes its own
HEADS = (
    ("STT", "Chỉ tiêu", "ĐVT", "Tổng số", "Nam", "Nữ", "Ghi chú"),
    ("STT", "Chỉ tiêu", "ĐVT", "Năm 2023", "Năm 2024", "Tỷ lệ (%)", "Ghi chú"),
    ("TT", "Nội dung", "ĐVT", "Kế hoạch", "Thực hiện", "Trong đó: Nữ", "Tỷ lệ nữ"),
    ("STT", "Chỉ tiêu", "Tổng số", "Nữ", "Thôn Đông", "Thôn Tây", "Mã số"),
    ("STT", "Chỉ tiêu", "Tổng số", "Nam", "Nữ", "Kế hoạch", "Ghi chú"),
    ("Chỉ tiêu", "STT", "Quý I", "Quý II", "Quý III", "Quý IV", "Số tiền"),
    ("STT", "Chỉ tiêu", "ĐVT", "Giới tính", "Ước thực hiện", "Cùng kỳ", "Ghi chú"),
)
NAMES = (
    *(name for one in INDICATORS for name in (one.label, *one.synonyms)),
    "Trong đó: nữ",
    "Số hòa giải viên nữ",
)
ODD_LABELS = (
    *("Tổng số", "Cộng", "Thôn Đồng Tâm", "I. Công tác hòa giải", "Trong đó:", "- Hòa giải thành"),
    *("Số đôi giày đã phát", "Nam", "", "A", "(3)=(1)+(2)", "Chỉ tiêu"),
)
OTHERS = (
    *("", "-", "không", "vụ", "người", "triệu đồng", "%", "1", "2", "3", "(1)", "A", "12,5", "45%", "2024"),
    *("5 người", "Nữ", "Nam", "x", "1/3", "0,5", "quý II", FIGURE, FIGURE, FIGURE, FIGURE, FIGURE),
)
FIGURES = st.integers(0, 40) | st.integers(0, 99_999) | st.integers(1990, 2040)
unhurried = settings(deadline=None, max_examples=150)


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    KEPT_FORMS.forget()
    yield
    KEPT_FORMS.forget()


Drawn = list[tuple[str, bool]]  #: a row of cells: what stands there, and whether it is a formula


@st.composite
def forms(draw: st.DrawFn) -> list[Drawn]:
    """The rows of a table as they were printed, figures left open: with all kinds of cells, or few."""
    usual = draw(st.booleans())
    titles = draw(
        st.lists(st.sampled_from(["Đơn vị tính: người", "Năm 2024", "5", "UBND xã Đồng Vàng"]), max_size=2)
    )
    head = draw(st.sampled_from(HEADS))
    numbers = st.sampled_from(["1", "2"] if usual else ["1", "2", "I", "", "a)", FIGURE])
    labels = st.sampled_from(NAMES if usual else (*NAMES, *ODD_LABELS))
    texts = st.sampled_from((FIGURE, FIGURE, FIGURE, "") if usual else OTHERS)
    cells = st.lists(st.tuples(texts, st.sampled_from([False] * 5 + [True])), min_size=5, max_size=5)
    body = draw(st.lists(st.tuples(numbers, labels, cells), min_size=1, max_size=8))
    first = -1 if head[0] == "Chỉ tiêu" else 1
    named = [[(number, False), (label, False)][::first] + rest for number, label, rest in body]
    return [*([(title, False)] for title in titles), [(text, False) for text in head], *named]


def filled_in(rows: Sequence[Drawn], figures: Sequence[int], *, sheet: bool, pointed: bool) -> Document:
    """The form with a unit's own figures: in a sheet as numbers, in a letter as text."""
    open_ = iter([*figures, *range(1, 1000)])
    cells = []
    for row, texts in enumerate(rows):
        for column, (text, computed) in enumerate(texts):
            figure = next(open_) if text == FIGURE else None
            shown = text if figure is None else f"{figure:,}".replace(",", ".") if pointed else str(figure)
            number = str(figure) if sheet and figure is not None else ""
            if shown:
                formula = "=SUM(A1:A2)" if computed and number else ""
                cells.append(
                    Cell(row, column, str(figure) if number else shown, number=number, formula=formula)
                )
    return Document((Paragraph("Biểu 01", 1), Table("Biểu", tuple(cells), len(rows), 7, sheet=sheet)))


def told(notes: TableNotes) -> list[object]:
    return [getattr(notes, one.name) for one in fields(notes) if one.name != "grids"]


def assert_read_alike(earlier: Document, document: Document) -> None:
    """Assert that a document is read after another as it would be alone."""

    def read(one: Document) -> tuple[list[object], TableReading]:
        return told(note_tables(one, "b", REPORT)), read_tables(one, "b", REPORT, "commune", PERIOD)

    KEPT_FORMS.forget()
    afresh = read(document)
    KEPT_FORMS.forget()
    read(earlier)
    assert read(document) == afresh


@unhurried
@given(forms(), st.lists(FIGURES, max_size=30), st.lists(FIGURES, max_size=30), st.booleans(), st.booleans())
def test_a_known_form_says_what_it_would_say_read_afresh(
    rows: list[Drawn], before: list[int], now: list[int], sheet: bool, pointed: bool
) -> None:
    earlier = filled_in(rows, before, sheet=sheet, pointed=pointed)
    assert_read_alike(earlier, filled_in(rows, now, sheet=sheet, pointed=pointed))


def row(*texts: str) -> Drawn:
    return [(text.removeprefix("="), text.startswith("=")) for text in texts]


@pytest.mark.parametrize(
    ("rows", "before", "now"),
    [
        ((row(*HEADS[4]), row("1", "Số hòa giải viên nữ", FIGURE, "", FIGURE)), [7, 7], [9, 7]),
        ((row(*HEADS[3]), row("1", INDICATORS[2].label, FIGURE, "", FIGURE, FIGURE)), [7, 3, 4], [7, 3, 3]),
        ((row(*HEADS[0]), row("1", INDICATORS[2].label, "buổi", f"={FIGURE}")), [7], [0]),
        ((row(*HEADS[0]), row("1", INDICATORS[2].label, "buổi", f"={FIGURE}")), [0], [7]),
        ((row(*HEADS[0]), row("1", INDICATORS[2].label, "vụ", FIGURE)), [0], [7]),
        ((row(*HEADS[0]), row("1", "Cộng", "", FIGURE), row("2", INDICATORS[2].label, "", FIGURE)), [7], [5]),
        ((row(*HEADS[0]), row("", "A", "", FIGURE, FIGURE)), [1, 2], [1, 222]),
    ],
)  # fmt: skip
def test_where_the_size_of_a_figure_decides_more_than_itself_the_form_is_read_afresh(
    rows: tuple[Drawn, ...], before: list[int], now: list[int]
) -> None:
    earlier, document = (filled_in(rows, each, sheet=True, pointed=False) for each in (before, now))
    assert_read_alike(earlier, document)


FORM: list[Drawn] = [
    [(text, False) for text in HEADS[0]],
    *(
        [(str(n), False), (one.label, False), (one.unit_of_measure, False), *[(FIGURE, False)] * 3]
        for n, one in enumerate(INDICATORS, 1)
    ),
]


@pytest.mark.parametrize("sheet", [False, True])
def test_the_form_of_a_second_unit_is_known(*, sheet: bool) -> None:
    for figures in ([12, 7, 5], [30, 10, 20]):
        note_tables(filled_in(FORM, figures, sheet=sheet, pointed=False), "a", REPORT)
        assert len(KEPT_FORMS) == 1


def test_another_word_or_a_blank_makes_another_form() -> None:
    other = {INDICATORS[0].label: INDICATORS[0].synonyms[0]}
    said = [[(other.get(text, text), computed) for text, computed in row] for row in FORM]
    blank = [*FORM[:-1], [*FORM[-1][:-1], ("", False)]]
    for number, rows in enumerate((FORM, said, blank), 1):
        note_tables(filled_in(rows, [], sheet=False, pointed=False), "a", REPORT)
        assert len(KEPT_FORMS) == number


def test_no_more_forms_are_kept_than_there_is_room_for() -> None:
    for number in range(40):
        more = [[(str(n), False), (f"Việc thứ {number} của đợt {n}", False)] for n in range(900)]
        note_tables(filled_in([*FORM, *more], [], sheet=False, pointed=False), "a", REPORT)
    assert 1 < len(KEPT_FORMS) < 20
