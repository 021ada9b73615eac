"""Tables of reports on aid, schools, the poor and branches of a union, as their clerks lay them out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from config.reports import Aggregation, Indicator, Period, PeriodKind, ReportDefinition, Sex
from intake.documents import Cell, Document, Table
from intake.figures.tables import read_tables
from ledger.records import Certainty

AID = ReportDefinition(
    "r",
    "Báo cáo",
    "BC",
    ("trợ giúp xã hội",),
    (
        Indicator("A1", "Số gạo hỗ trợ cứu đói", "kg"),
        Indicator("A2", "Chiều dài đường tự quản", "km", aggregation=Aggregation.SNAPSHOT),
    ),
    (),
    (),
)
LETTERS = {Sex.TOTAL: "", Sex.FEMALE: " nữ", Sex.MALE: " nam"}


def _document(*rows: Sequence[str]) -> Document:
    cells = tuple(Cell(r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row))
    return Document((Table("1", cells, len(rows), max(map(len, rows))),))


def _read(report: ReportDefinition, *rows: Sequence[str]) -> dict[str, str]:
    reading = read_tables(_document(*rows), "bieu.docx", report, "commune")
    return {
        value.indicator + LETTERS[value.sex]: f"{value.value:f}" if value.value is not None else ""
        for value in reading.values
        if value.certainty is Certainty.CERTAIN
    }


@pytest.mark.parametrize(
    ("measure", "written", "expected"),
    [
        ("tấn", "1,5", "1500"),
        ("kg", "450", "450"),
        ("tạ", "12", "1200"),
        ("", "450", "450"),
        ("kg", "1,5 tấn", "1500"),
        ("hộ", "12", None),
    ],
)
def test_a_weight_is_brought_to_the_measure_asked_for(
    measure: str, written: str, expected: str | None
) -> None:
    read = _read(AID, ("Nội dung", "ĐVT", "Số lượng"), ("Số gạo hỗ trợ cứu đói", measure, written))
    assert read.get("A1") == expected


def test_a_length_takes_the_measure_of_its_column_where_its_row_has_none() -> None:
    assert _read(AID, ("Nội dung", "Số lượng (m)"), ("Chiều dài đường tự quản", "800")) == {"A2": "0.8"}


BRANCH = ReportDefinition(
    "r",
    "Báo cáo",
    "BC",
    ("công tác Hội",),
    (
        Indicator("P1", "Tổng số hội viên", "hội viên", aggregation=Aggregation.SNAPSHOT),
        Indicator("P2", "Số buổi sinh hoạt chi hội", "buổi"),
        Indicator("P3", "Số hội viên nghèo được giúp đỡ", "hội viên"),
        Indicator("P4", "Số mô hình phát triển kinh tế", "mô hình", aggregation=Aggregation.SNAPSHOT),
    ),
    (),
    (),
)


@pytest.mark.parametrize(
    ("label", "written", "expected"),
    [
        ("Tổng số hội viên (ghi số đến 20/6/2024)", "110", {"P1": "110"}),
        ("Số mô hình phát triển kinh tế (nếu có)", "2", {"P4": "2"}),
        ("Số hội viên nghèo được giúp đỡ (ghi rõ họ tên)", "01 (chị Nguyễn Thị Mơ)", {"P3": "1"}),
        ("Số mô hình phát triển kinh tế", "02 mô hình: nuôi gà, trồng nấm", {"P4": "2"}),
        ("Số mô hình phát triển kinh tế", "02 (kế hoạch)", {}),
        ("Số hội viên nghèo được giúp đỡ", "02 (cặp vợ chồng)", {}),
        ("Tổng số hội viên", "110 (nữ)", {}),
    ],
)
def test_what_a_form_tells_the_clerk_and_what_the_clerk_adds_change_no_figure(
    label: str, written: str, expected: dict[str, str]
) -> None:
    assert _read(BRANCH, ("Nội dung", "Kết quả"), (label, written)) == expected


def test_what_brackets_may_narrow_is_asked() -> None:
    rows = (("Nội dung", "Kết quả"), ("Số buổi sinh hoạt chi hội (không tính họp Ban Chấp hành)", "3"))
    reading = read_tables(_document(*rows), "bieu.docx", BRANCH, "branch")
    assert [(str(value.value), value.reason) for value in reading.values] == [("3", "label_uncertain")]


@pytest.mark.parametrize("measure", ["người", "chị", "nguoi", "Hội viên"])
def test_whoever_is_counted_is_a_person(measure: str) -> None:
    head = ("Nội dung", "ĐVT", "Số lượng")
    assert _read(BRANCH, head, ("Tổng số hội viên", measure, "110")) == {"P1": "110"}
    assert _read(BRANCH, head, ("Tổng số hội viên", f"lượt {measure}", "110")) == {}


@pytest.mark.parametrize(
    ("before", "after"),
    [("Số đầu năm", "Số cuối năm"), ("Đầu kỳ", "Cuối kỳ"), ("Đầu năm 2024", "Cuối năm 2024")],
)
def test_of_the_beginning_and_the_end_of_a_period_the_end_is_told(before: str, after: str) -> None:
    rows = (("Nội dung", before, after, "Tăng, giảm"), ("Tổng số hội viên", "104", "110", "+6"))
    assert _read(BRANCH, *rows) == {"P1": "110"}


CHILDREN = ReportDefinition(
    "r",
    "Báo cáo",
    "BC",
    ("công tác trẻ em",),
    (
        Indicator("T1", "Tổng số trẻ em dưới 16 tuổi", "trẻ em", (Sex.TOTAL, Sex.MALE, Sex.FEMALE)),
        Indicator("T2", "Trẻ em bị tai nạn thương tích", "trẻ em", (Sex.TOTAL, Sex.MALE, Sex.FEMALE)),
    ),
    (),
    (),
)


def test_boys_and_girls_may_stand_in_rows_under_any_head() -> None:
    rows = (
        ("Nội dung", "Tổng số trẻ em dưới 16 tuổi", "Trẻ em bị tai nạn thương tích"),
        ("Trẻ em trai", "390", "2"),
        ("Trẻ em gái", "365", "1"),
        ("Tổng cộng", "755", "3"),
    )
    read = _read(CHILDREN, *rows)
    assert read == {"T1": "755", "T1 nam": "390", "T1 nữ": "365", "T2": "3", "T2 nam": "2", "T2 nữ": "1"}


def _period(first: date, last: date) -> Period:
    return Period(
        "2024-X",
        PeriodKind.CAMPAIGN,
        "đầu năm học",
        2024,
        first,
        last,
        datetime(2024, 1, 1, tzinfo=UTC),
        None,
    )


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (_period(date(2024, 8, 15), date(2024, 9, 30)), "430"),
        (_period(date(2024, 1, 1), date(2024, 5, 31)), "415"),
    ],
)
def test_of_two_school_years_the_one_of_the_season_is_read(period: Period, expected: str) -> None:
    rows = (
        ("Nội dung", "Năm học 2023-2024", "Năm học 2024-2025"),
        ("Tổng số trẻ em dưới 16 tuổi", "415", "430"),
    )
    reading = read_tables(_document(*rows), "bieu.docx", CHILDREN, "school", period)
    assert [str(value.value) for value in reading.values] == [expected]


@pytest.mark.parametrize(("head", "expected"), [("Số người", {"P1": "110"}), ("Số nhà văn hóa", {})])
def test_a_column_may_be_headed_by_how_many_of_what_is_counted(head: str, expected: dict[str, str]) -> None:
    assert _read(BRANCH, ("Nội dung", head), ("Tổng số hội viên", "110")) == expected


ANIMALS = ReportDefinition(
    "r",
    "Báo cáo",
    "BC",
    ("sản xuất nông nghiệp",),
    (
        Indicator("C1", "Tổng đàn gia cầm", "con", aggregation=Aggregation.SNAPSHOT),
        Indicator("C2", "Kinh phí hỗ trợ sản xuất", "triệu đồng"),
        Indicator("C3", "Sản lượng lúa", "tấn"),
    ),
    (),
    (),
)


@pytest.mark.parametrize(
    ("measure", "written", "expected"),
    [
        ("nghìn con", "7,2", "7200"),
        ("1.000 con", "12", "12000"),
        ("con", "12", "12"),
        ("nghìn hộ", "12", None),
    ],
)
def test_what_is_counted_by_the_thousand_is_counted_by_one(
    measure: str, written: str, expected: str | None
) -> None:
    rows = (("Nội dung", "ĐVT", "Số lượng"), ("Tổng đàn gia cầm", measure, written))
    assert _read(ANIMALS, *rows).get("C1") == expected


def test_a_sum_that_no_office_spends_has_lost_half_its_measure() -> None:
    rows = (("Nội dung", "ĐVT", "Số lượng"), ("Kinh phí hỗ trợ sản xuất", "đồng", "40"))
    assert _read(ANIMALS, *rows) == {}


@pytest.mark.parametrize("head", ["Chỉ số", "Diễn giải", "Khoản mục", "Tên công việc"])
def test_labels_stand_under_whatever_word_heads_them(head: str) -> None:
    assert _read(ANIMALS, (head, "Tổng số"), ("Sản lượng lúa", "726")) == {"C3": "726"}


YEAR = Period(
    "2024-Y",
    PeriodKind.YEAR,
    "năm 2024",
    2024,
    date(2023, 12, 15),
    date(2024, 12, 14),
    datetime(2024, 11, 15, tzinfo=UTC),
    datetime(2024, 12, 20, tzinfo=UTC),
)


def test_the_whole_year_under_a_heading_of_the_year_is_the_year() -> None:
    head = ("Chỉ tiêu", "Năm 2023", "Năm 2024 - Kế hoạch", "Năm 2024 - Ước thực hiện cả năm")
    document = _document(head, ("Sản lượng lúa cả năm", "3.570", "3.620", "3.648"))
    reading = read_tables(document, "bieu.docx", ANIMALS, "commune", YEAR)
    assert [(value.indicator, f"{value.value:f}") for value in reading.values] == [("C3", "3648")]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("Quý II", "Quý III"), ["726"]),
        (("Q2", "QIII"), ["726"]),
        (("Sheet1", "Sheet2"), ["540", "726"]),  # which is which?
        (("Quý I", "Quý II"), ["540", "726"]),
    ],
)
def test_of_sheets_named_for_periods_the_one_of_the_asked_period_is_read(
    names: tuple[str, str], expected: list[str]
) -> None:
    third = Period(
        "2024-Q3", PeriodKind.QUARTER, "quý III năm 2024", 2024, date(2024, 6, 15), date(2024, 9, 14),
        datetime(2024, 9, 1, tzinfo=UTC), datetime(2024, 9, 20, tzinfo=UTC),
    )  # fmt: skip
    sheets = []
    for name, figure in zip(names, ("540", "726"), strict=True):
        rows = (("Nội dung", "Số lượng"), ("Sản lượng lúa", figure))
        cells = tuple(Cell(r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row))
        sheets.append(Table(name, cells, 2, 2, sheet=True))
    reading = read_tables(Document(tuple(sheets)), "so.xlsx", ANIMALS, "commune", third)
    assert [f"{value.value:f}" for value in reading.values] == expected
    told = [finding.code for finding in reading.findings if finding.code == "other_period_sheet"]
    assert len(told) == 2 - len(expected)
