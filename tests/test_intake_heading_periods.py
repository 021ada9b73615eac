from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from msgspec import structs

from config.reports import Aggregation, Indicator, Period, PeriodKind, ReportDefinition, Sex
from config.spelling import without_marks
from config.wording import Wording
from intake.documents import Cell, Document, Paragraph, Table
from intake.evidence.exhibits import ReadExhibit, figures_of
from intake.evidence.statements import Exhibit
from intake.figures.heading_periods import Fit, fit_of
from intake.figures.headings import Grid, Role, layout_at, periods_in, role_of
from intake.figures.reading import combine
from intake.figures.table_notes import TableReading
from intake.figures.tables import read_tables
from ledger.records import Certainty

REPORT = ReportDefinition(
    "cay-xanh",
    "Báo cáo trồng cây",
    "TC",
    ("trồng cây",),
    (
        Indicator("A", "Số cây bóng mát được trồng", "cây"),
        Indicator("B", "Số người tham gia trồng cây", "người", (Sex.TOTAL, Sex.FEMALE)),
    ),
    (),
    (),
)


def period(id_: str, kind: PeriodKind) -> Period:
    year = int(id_[:4])
    return Period(
        id_,
        kind,
        f"kỳ {id_}",
        year,
        date(year - 1, 12, 15),
        date(year, 6, 14),
        datetime(year, 5, 1, tzinfo=UTC),
        None,
    )


H1 = period("2024-H1", PeriodKind.HALF_YEAR)
H2 = period("2024-H2", PeriodKind.HALF_YEAR)
Q2 = period("2024-Q2", PeriodKind.QUARTER)
MAY = period("2024-M05", PeriodKind.MONTH)
YEAR = period("2024-Y", PeriodKind.YEAR)
LAST_YEAR = period("2023-Y", PeriodKind.YEAR)
CAMPAIGN = period("2024-tet-trong-cay", PeriodKind.CAMPAIGN)


def table(*rows: tuple[str | Cell, ...], name: str = "1") -> Table:
    cells = tuple(
        structs.replace(given, row=number, column=column)
        if isinstance(given, Cell)
        else Cell(number, column, given)
        for number, row in enumerate(rows)
        for column, given in enumerate(row)
        if given != ""
    )
    return Table(name, cells, rows=len(rows), columns=max(map(len, rows)))


def headed(*heads: str) -> Table:
    """A table of one row; the figures count up from 11, column by column."""
    figures = tuple(str(number) for number in range(11, 11 + len(heads)))
    return table(("Chỉ tiêu", "ĐVT", *heads), ("Số cây bóng mát được trồng", "cây", *figures))


def read(reported: Period | None, *tables: Table) -> TableReading:
    return read_tables(Document(tables), "bieu.docx", REPORT, "commune", reported)


def figures(reading: TableReading) -> dict[tuple[str, str], Decimal | None]:
    return {(v.indicator, v.sex.value): v.value for v in reading.values if v.certainty is Certainty.CERTAIN}


@pytest.mark.parametrize(
    ("reported", "heads", "figure"),
    [
        (YEAR, ("Năm 2023", "Năm 2024"), 12),
        (YEAR, ("Năm 2024", "Năm 2023"), 11),
        (LAST_YEAR, ("Năm 2023", "Năm 2024"), 11),
        (YEAR, ("Năm 2023", "Kết quả"), 12),
        (YEAR, ("Kết quả", "Năm 2023"), 11),
        (YEAR, ("6 tháng đầu năm 2024", "Cả năm 2024"), 12),
        (YEAR, ("6 tháng đầu năm", "6 tháng cuối năm", "Cả năm 2024"), 13),
        (H1, ("6 tháng đầu năm 2023", "6 tháng đầu năm 2024"), 12),
        (H1, ("6 tháng đầu năm 2024", "6 tháng đầu năm 2023"), 11),
        (H1, ("Cùng kỳ 2023", "Thực hiện 2024"), 12),
        (H1, ("Thực hiện 2024", "Thực hiện 2023"), 11),
        (H1, ("Quý I/2024", "Quý II/2024", "6 tháng năm 2024"), 13),
        (H1, ("Năm 2023", "6 tháng đầu năm 2024", "Năm 2024"), 12),
        (H1, ("Thực hiện 6 tháng đầu năm 2024", "Ước thực hiện cả năm 2024"), 11),
        (H1, ("Kết quả năm 2023", "Kết quả năm 2024"), 12),
        (H2, ("6 tháng đầu năm 2024", "6 tháng cuối năm 2024"), 12),
        (H2, ("6 tháng cuối năm 2024", "6 tháng đầu năm 2024"), 11),
        (Q2, ("Quý I", "Quý II"), 12),
        (Q2, ("Quý II", "Quý III"), 11),
        (Q2, ("Trong quý", "6 tháng năm 2024"), 11),
        (MAY, ("Tháng 4/2024", "Tháng 5/2024"), 12),
        (MAY, ("Tháng 5/2024", "Tháng 6/2024"), 11),
        (MAY, ("Tháng 4/2024", "Thực hiện trong tháng"), 12),
        (MAY, ("Kết quả tháng này", "Quý II/2024"), 11),
        (CAMPAIGN, ("Năm 2022", "Năm 2024"), 12),
    ],
)
def test_of_columns_of_several_periods_the_reported_one_is_read(
    reported: Period, heads: tuple[str, ...], figure: int
) -> None:
    reading = read(reported, headed(*heads))
    assert figures(reading) == {("A", "total"): figure}
    assert [value.value for value in reading.values] == [figure]
    assert reading.findings == ()


@pytest.mark.parametrize(
    ("reported", "heads"),
    [
        (YEAR, ("Năm 2023",)),
        (YEAR, ("Kết quả 6 tháng đầu năm 2024",)),
        (H1, ("Thực hiện 6 tháng đầu năm 2023",)),
        (H1, ("Quý I năm 2024", "Quý III năm 2024")),
        (H1, ("Quý I năm 2024", "Quý II năm 2023")),
        (H1, ("Kết quả cả năm 2024",)),
        (H2, ("6 tháng đầu năm 2024",)),
        (MAY, ("Tháng 4/2024",)),
        (Q2, ("9 tháng năm 2024",)),
        (LAST_YEAR, ("Năm 2022", "Năm 2024")),
    ],
)
def test_a_table_of_other_periods_only_is_named_and_not_read(
    reported: Period, heads: tuple[str, ...]
) -> None:
    reading = read(reported, headed(*heads))
    assert (reading.values, reading.empty_form) == ((), True)
    (finding,) = reading.findings
    assert finding.code == "other_period_columns"
    assert finding.parameters["period"] == reported.name


@pytest.mark.parametrize(
    ("reported", "heads"),
    [
        (YEAR, ("Năm 2024", "Kết quả")),
        (YEAR, ("Năm 2024", "Kỳ báo cáo")),
        (H1, ("Tổng số", "6 tháng đầu năm 2024")),
        (H1, ("Kết quả", "Kết quả 6 tháng đầu năm 2024")),
    ],
)
def test_two_columns_that_may_both_be_the_period_are_left_to_a_person(
    reported: Period, heads: tuple[str, ...]
) -> None:
    assert figures(read(reported, headed(*heads))) == {}


def test_without_a_period_the_latest_column_is_read_as_before() -> None:
    assert figures(read(None, headed("Năm 2023", "Năm 2024"))) == {("A", "total"): 12}
    assert figures(read(None, headed("Năm 2022"))) == {("A", "total"): 11}


@pytest.mark.parametrize(("first", "second"), [("2023", "2024"), ("2024", "2023")])
def test_groups_of_columns_of_two_years_are_told_apart_wherever_they_stand(first: str, second: str) -> None:
    groups = [Cell(0, 0, f"Năm {year}", column_span=2) for year in (first, second)]
    reading = read(
        YEAR,
        table(
            ("Chỉ tiêu", "ĐVT", groups[0], "", groups[1], ""),
            ("", "", "Tổng số", "Nữ", "Tổng số", "Nữ"),
            ("Số người tham gia trồng cây", "người", f"{first}1", f"{first}0", f"{second}1", f"{second}0"),
        ),
    )
    assert figures(reading) == {("B", "total"): 20241, ("B", "female"): 20240}


def test_the_innermost_part_of_a_year_decides() -> None:
    reading = read(
        H1,
        table(
            ("Chỉ tiêu", "ĐVT", Cell(0, 0, "Kết quả năm 2024", column_span=2), ""),
            ("", "", "Tổng số 6 tháng đầu năm", "Tổng số 6 tháng cuối năm"),
            ("Số cây bóng mát được trồng", "cây", "30", "70"),
        ),
    )
    assert figures(reading) == {("A", "total"): 30}


def test_a_percentage_of_another_year_is_not_kept() -> None:
    rows = (
        ("Chỉ tiêu", "ĐVT", "Tổng số", "Tỷ lệ nữ năm 2023 (%)"),
        ("Số người tham gia trồng cây", "người", "9", "50"),
    )
    assert read(YEAR, table(*rows)).percentages == ()
    assert len(read(LAST_YEAR, table(*rows)).percentages) == 1


def test_what_stands_under_a_second_head_of_another_year_is_read_under_no_other() -> None:
    again = table(
        ("Chỉ tiêu", "ĐVT", "Năm 2024"),
        ("Số người tham gia trồng cây", "người", "9"),
        ("Chỉ tiêu", "ĐVT", "Năm 2023"),
        ("Số cây bóng mát được trồng", "cây", "7"),
    )
    next_page = table(("Số cây bóng mát được trồng", "cây", "8"), name="2")
    reading = read(YEAR, again, next_page)
    assert figures(reading) == {("B", "total"): 9}
    assert [finding.code for finding in reading.findings] == ["other_period_columns"] * 2
    assert not reading.empty_form


@pytest.mark.parametrize(
    ("named", "reported", "fit"),
    [
        ((), H1, Fit.UNSAID),
        (("trong kỳ",), H1, Fit.UNSAID),
        (("trong năm",), H1, Fit.UNSAID),
        (("năm 2024",), H1, Fit.YEAR),
        (("2024",), YEAR, Fit.EXACT),
        (("6 tháng",), H2, Fit.EXACT),
        (("trong tháng",), H1, Fit.OTHER),
        (("quý ii năm 2024", "tháng 5"), MAY, Fit.EXACT),
        (("quý ii năm 2024", "tháng 4"), MAY, Fit.OTHER),
        (("6 tháng đầu năm", "năm 2023"), H1, Fit.OTHER),
        (("2021",), CAMPAIGN, Fit.OTHER),
        (("tháng 3 năm 2023",), CAMPAIGN, Fit.UNSAID),
    ],
)
def test_a_heading_fits_the_period_by_its_year_and_its_part(
    named: tuple[str, ...], reported: Period, fit: Fit
) -> None:
    assert fit_of(named, reported) is fit


def test_an_exhibit_is_read_for_its_period_and_its_level() -> None:
    district = Paragraph("Toàn huyện có 900 người tham gia trồng cây.", 1)
    read_file = ReadExhibit(
        Exhibit(number=0, file="bieu.docx", readable=True),
        None,
        Document((district, headed("Năm 2023", "Năm 2024"))),
    )
    (last_year,) = figures_of(read_file, REPORT, "commune", LAST_YEAR).tables
    assert last_year.value == 11
    assert figures_of(read_file, REPORT, "commune", YEAR, level="commune").sentences == ()
    office = figures_of(read_file, REPORT, "department", YEAR, level="district")
    assert [one.value for one in office.sentences] == [900]


@pytest.mark.parametrize(
    ("reported", "heads", "figure"),
    [
        (H1, ("Quý I", "Quý II"), 23),
        (H1, ("Quý II năm 2024", "Quý I năm 2024"), 23),
        (H1, ("Quý I/2023", "Quý II/2023", "Quý I/2024", "Quý II/2024"), 27),
        (H2, ("Quý III", "Quý IV"), 23),
        (Q2, ("Tháng 4", "Tháng 5", "Tháng 6"), 36),
        (H1, tuple(f"Tháng {month}" for month in range(1, 7)), 81),
        (YEAR, ("Quý I", "Quý II", "Quý III", "Quý IV"), 50),
    ],
)
def test_a_period_told_in_all_its_parts_is_proposed_as_their_sum_and_never_counted(
    reported: Period, heads: tuple[str, ...], figure: int
) -> None:
    reading = read(reported, headed(*heads))
    (value,) = reading.values
    assert value.value == figure
    assert (value.certainty, value.reason) == (Certainty.DOUBTFUL, "parts_of_period")
    assert [finding.code for finding in reading.findings] == ["parts_of_period"]
    assert value.place.text.count("+") == len([head for head in heads if "2023" not in head]) - 1


@pytest.mark.parametrize(
    "heads",
    [
        ("Quý III", "Quý IV"),
        ("Quý I", "Quý II", "Quý III"),
        ("Quý I", "Quý I", "Quý II"),
        ("Tháng 1", "Tháng 2", "Tháng 3", "Tháng 4", "Tháng 5"),
    ],
)
def test_parts_that_are_not_the_whole_period_make_no_sum(heads: tuple[str, ...]) -> None:
    assert read(H1, headed(*heads)).values == ()


def test_a_blank_quarter_is_not_zero() -> None:
    head = ("Chỉ tiêu", "ĐVT", "Quý I", "Quý II")
    for row in (("12", ""), ("", "12"), ("12", "nhiều")):
        (value,) = read(H1, table(head, ("Số cây bóng mát được trồng", "cây", *row))).values
        assert (value.value, value.reason) == (None, "parts_of_period")
    assert read(H1, table(head, ("Số cây bóng mát được trồng", "cây", "", ""))).values == ()


def test_women_are_added_up_under_their_own_quarters() -> None:
    head = ("Chỉ tiêu", "ĐVT", "Quý I", "Quý II")
    rows = (("Số người tham gia trồng cây", "người", "30", "40"), ("Trong đó: nữ", "", "11", "12"))
    found = {value.sex: value.value for value in read(H1, table(head, *rows)).values}
    assert found == {Sex.TOTAL: 70, Sex.FEMALE: 23}


def test_of_what_stands_at_the_end_of_a_period_the_last_quarter_is_proposed() -> None:
    standing = replace(REPORT.indicators[0], aggregation=Aggregation.SNAPSHOT)
    report = replace(REPORT, indicators=(standing,))
    document = Document((headed("Quý I", "Quý II"),))
    (value,) = read_tables(document, "bieu.docx", report, "commune", H1).values
    assert value.value == 12
    assert value.certainty is Certainty.DOUBTFUL


def test_a_sum_that_the_text_states_itself_is_no_question() -> None:
    stated = Paragraph("Trong 6 tháng đầu năm 2024 đã trồng 23 cây bóng mát.", 1)
    read_file = ReadExhibit(
        Exhibit(number=0, file="bieu.docx", readable=True),
        None,
        Document((stated, headed("Quý I", "Quý II"))),
    )
    given = figures_of(read_file, REPORT, "commune", H1)
    (value,), findings = combine(given.tables, given.sentences)
    assert value.value == 23
    assert (value.certainty, findings) == (Certainty.CERTAIN, ())


@pytest.mark.parametrize("language", ["vi", "en"])
def test_quarters_alone_have_a_sentence(language: str) -> None:
    (finding,) = read(H1, headed("Quý I", "Quý II")).findings
    sentence = Wording(language)(f"findings.{finding.code}", **finding.parameters)
    assert "11 + 12" in sentence


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_table_of_another_period_has_a_sentence(language: str) -> None:
    (finding,) = read(YEAR, headed("Năm 2023")).findings
    sentence = Wording(language)(f"findings.{finding.code}", **finding.parameters)
    assert YEAR.name in sentence
    assert "…" not in sentence


@pytest.mark.parametrize(
    ("head", "read"),
    [
        ("Số liệu đến 30/6/2024", True),
        ("Số lượng tính đến ngày 14/6/2024", True),
        ("Có đến hết ngày 20.5.2024", True),
        ("Số liệu đến 31/12/2023", False),
        ("Số liệu đến 31/3/2024", False),  # a quarter, and no half-year
        ("Ước đến 31/12/2024", False),
        ("Số liệu đến 31/02/2024", False),
    ],
)
def test_the_day_at_which_a_column_stands_must_be_about_the_end_of_the_period(head: str, read: bool) -> None:
    given = table(("STT", "Chỉ tiêu", head), ("1", "Số cây bóng mát được trồng", "40"))
    reading = read_tables(Document((given,)), "bieu.xlsx", REPORT, "", H1)
    assert [value.value for value in reading.values] == ([40] if read else [])


def test_of_two_days_the_column_of_the_periods_own_is_read() -> None:
    head = ("STT", "Chỉ tiêu", "Tính đến 31/12/2023", "Tính đến 30/6/2024")
    given = table(head, ("1", "Số cây bóng mát được trồng", "40", "55"))
    (value,) = read_tables(Document((given,)), "bieu.xlsx", REPORT, "", H1).values
    assert (value.value, value.certainty) == (Decimal(55), Certainty.CERTAIN)


def test_six_months_are_six_months_in_short_too() -> None:
    assert periods_in("TH 6T/2022") == periods_in("TH 6 tháng 2022")
    assert role_of("TH 6T/2022") is Role.TOTAL
    assert periods_in("TH") == ()


@pytest.mark.parametrize(
    "head",
    [
        "Kết quả 6 tháng đầu năm 2023", "6 tháng cuối năm", "Cả năm 2022", "Năm 2023", "Năm học 2022-2023",
        "Quý II năm 2023", "Tháng 5/2023", "Trong kỳ", "Kỳ báo cáo", "Năm nay", "Đến ngày 31/5/2023",
        "Cùng kỳ năm 2022", "Kế hoạch năm 2023", "Đầu năm 2023", "Tổng số nam", "Quỹ khuyến học",
    ],
)  # fmt: skip
def test_a_head_without_its_marks_names_the_period_it_names_with_them(head: str) -> None:
    assert periods_in(without_marks(head)) == periods_in(head)
    assert role_of(without_marks(head)) is role_of(head)


def test_of_two_times_in_a_scan_the_periods_own_is_read() -> None:
    head = ("TT", "Chỉ tiêu", "6 tháng đầu năm 2023", "6 tháng đầu năm 2024")
    given = table(
        *(tuple(map(without_marks, row)) for row in (head, ("1", "Số cây bóng mát được trồng", "40", "55")))
    )
    (value,) = read_tables(Document((given,)), "bieu.pdf", REPORT, "", H1).values
    assert (value.value, value.certainty) == (Decimal(55), Certainty.CERTAIN)


def test_a_year_over_a_part_of_it_names_the_part_of_that_year() -> None:
    rows = (("Chỉ tiêu", "Năm 2023", ""), ("", "Kế hoạch", "6 tháng đầu năm"), ("Số vụ", "9", "4"))
    cells = [Cell(r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row) if text]
    cells[0] = structs.replace(cells[0], row_span=2)
    cells[1] = structs.replace(cells[1], column_span=2)
    grid = Grid(Table("1", tuple(cells), 3, 3))
    layout = layout_at(grid, 0)
    assert layout is not None
    assert layout.periods == ("6 tháng đầu năm 2023",)


def done_in(part: str) -> Table:
    """A head of two rows: what is planned, and what was done in a part of the year, and since it began."""
    cells = (
        Cell(0, 0, "Chỉ tiêu", row_span=2),
        Cell(0, 1, "Kế hoạch năm", row_span=2),
        Cell(0, 2, "Thực hiện", column_span=3),
        *(Cell(1, 2 + column, text) for column, text in enumerate((part, "Lũy kế", "So cùng kỳ (%)"))),
        *(
            Cell(2, column, text)
            for column, text in enumerate((REPORT.indicators[0].label, "900", "70", "310"))
        ),
    )
    return Table("1", cells, 3, 5)


def test_a_bare_month_below_what_was_done_is_the_reported_one() -> None:
    assert figures(read(MAY, done_in("Tháng"))) == {("A", "total"): 70}
    assert figures(read(Q2, done_in("Quý"))) == {("A", "total"): 70}
    assert not read(Q2, done_in("Tháng")).values  # of a quarter the month is a part


def test_a_bare_month_beside_figures_is_a_list_of_months() -> None:
    assert not read(MAY, headed("Tháng")).values
    assert figures(read(MAY, headed("Tháng", "Kết quả"))) == {("A", "total"): 12}


def test_a_form_filled_in_under_heads_nobody_knows_is_not_called_empty() -> None:
    labels = [indicator.label for indicator in (*REPORT.indicators, REPORT.indicators[0])]

    def filled(number: str) -> TableReading:
        return read(MAY, table(("Chỉ tiêu", "Nhóm 3", "Tỷ lệ %"), *((label, number, "") for label in labels)))

    told = filled("40")
    assert (told.values, told.empty_form) == ((), False)
    assert [finding.code for finding in told.findings] == ["unread_table"]
    assert filled("").empty_form
