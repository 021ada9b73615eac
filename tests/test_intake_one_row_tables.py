"""Tables of one row of figures under headings: read where every heading says what it counts, asked else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config.reports import Indicator, ReportDefinition
from intake.documents import Cell, Table
from intake.figures.table_notes import TableReading
from ledger.records import Certainty
from tests.test_intake_place_tables import BOTH, codes, table
from tests.test_intake_place_tables import REPORT as MEDIATION
from tests.test_intake_place_tables import read as read_mediation

REPORT = replace(
    MEDIATION,
    indicators=(
        *(replace(one, group="Hòa giải") for one in MEDIATION.indicators),
        Indicator("V", "Số vụ hòa giải về đất đai", "vụ", synonyms=("hòa giải về đất đai",)),
        Indicator("L", "Đại biểu hội đồng nhân dân", "người", BOTH),
    ),
)
GROUPS: tuple[str | Cell, ...] = (
    Cell(0, 0, "Công tác hòa giải", column_span=3),
    "",
    "",
    Cell(0, 0, "Hình thức hòa giải", column_span=2),
)
HEAD: tuple[str | Cell, ...] = (
    Cell(0, 0, "Số buổi tuyên truyền pháp luật", row_span=2),
    Cell(0, 0, "Số người được hòa giải", column_span=2),
    "",
    Cell(0, 0, "Hòa giải về đất đai", row_span=2),
    Cell(0, 0, "Kinh phí hòa giải ở cơ sở (triệu đồng)", row_span=2),
)
UNDER = ("", "Tổng số", "Nữ")
FIGURES = ("6", "410", "220", "3", "2,5")
READ = {("A", "total"): "6", ("B", "total"): "410", ("B", "female"): "220", ("V", "total"): "3"}


def read(*blocks: Table, report: ReportDefinition = REPORT) -> TableReading:
    return read_mediation(*blocks, report=report)


def told(reading: TableReading) -> dict[tuple[str, str], str]:
    assert all(value.certainty is Certainty.CERTAIN for value in reading.values)
    return {(value.indicator, value.sex.value): str(value.value) for value in reading.values}


def test_one_row_of_figures_is_read_by_the_headings_over_it() -> None:
    assert told(read(table(GROUPS, HEAD, UNDER, FIGURES))) == {**READ, ("D", "total"): "2.5"}


def test_a_title_numbered_columns_and_a_signature_are_no_part_of_it() -> None:
    numbers = ("(1)", "(2)", "(3)", "(4)", "(5)")
    sheet = table(("BIỂU SỐ LIỆU 6 THÁNG ĐẦU NĂM 2024",), HEAD, UNDER, numbers, FIGURES, ("Người lập biểu",))
    reading = read(sheet)
    assert told(reading) == {**READ, ("D", "total"): "2.5"}
    assert reading.titles == ("BIỂU SỐ LIỆU 6 THÁNG ĐẦU NĂM 2024",)


def test_few_figures_of_one_digit_are_no_numbers_of_columns() -> None:
    assert told(read(table(HEAD, UNDER, ("5", "4", "1", "2", "0"))))[("B", "female")] == "1"


@pytest.mark.parametrize("figures", [("1", "2", "3", "4", "5"), ("A", "1", "2", "3", "4")])
def test_an_empty_form_whose_columns_are_numbered_gives_no_figure(figures: tuple[str, ...]) -> None:
    reading = read(table(HEAD, UNDER, figures))
    assert (reading.values, codes(reading)) == ((), ["unread_table"])


def test_of_two_rows_of_figures_nobody_knows_which_is_the_units() -> None:
    reading = read(table(HEAD, UNDER, FIGURES, ("7", "400", "200", "2", "3")))
    assert (reading.values, codes(reading)) == ((), ["unread_table"])


@pytest.mark.parametrize("whose", ["Kế hoạch", "Năm 2023", "Xã Đồng Tâm", "Người dân tộc thiểu số"])
def test_a_row_that_says_it_is_of_something_else_is_not_read(whose: str) -> None:
    reading = read(table(("Phân loại", *HEAD), ("", *UNDER), (whose, *FIGURES)))
    assert (reading.values, codes(reading)) == ((), ["unread_table"])


@pytest.mark.parametrize("title", ["KẾ HOẠCH NĂM 2024", "Số liệu năm 2023", "Cùng kỳ năm trước"])
def test_a_title_of_another_time_or_a_plan_keeps_the_whole_row_out(title: str) -> None:
    reading = read(table((Cell(0, 0, title, column_span=5),), HEAD, UNDER, FIGURES))
    assert (reading.values, codes(reading)) == ((), ["unread_table"])


@pytest.mark.parametrize("whole", ["Tổng số", "Kết quả", "6 tháng đầu năm 2024"])
def test_a_row_that_says_it_is_all_of_the_period_is_read(whole: str) -> None:
    assert told(read(table(("Phân loại", *HEAD), ("", *UNDER), (whole, *FIGURES))))[("A", "total")] == "6"


@pytest.mark.parametrize(
    "above", ["Người dân tộc thiểu số", "Kế hoạch", "Năm 2023", "Thôn Đồng Tâm", "Người khuyết tật"]
)
def test_a_heading_that_may_count_fewer_keeps_its_columns_out_and_is_told(above: str) -> None:
    groups = ("", Cell(0, 0, above, column_span=3), "", "", Cell(0, 0, "Hòa giải"))
    reading = read(table(groups, HEAD, UNDER, FIGURES))
    assert told(reading) == {("A", "total"): "6", ("D", "total"): "2.5"}
    assert codes(reading) == ["unread_table"]


def test_two_columns_of_one_figure_are_two_times_and_neither_is_read() -> None:
    heads = (HEAD[0], HEAD[0], *HEAD[1:])
    reading = read(table(heads, ("", *UNDER), ("6", *FIGURES)))
    assert ("A", "total") not in told(reading)
    assert codes(reading) == ["unread_table"]


def test_a_merged_figure_is_asked_about() -> None:
    figures = ("6", Cell(0, 0, "410", column_span=2), "", "3", "2,5")
    asked = [one for one in read(table(HEAD, UNDER, figures)).values if one.indicator == "B"]
    assert {(one.certainty, one.reason) for one in asked} == {(Certainty.DOUBTFUL, "merged_figure")}
