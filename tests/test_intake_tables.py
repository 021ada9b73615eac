from __future__ import annotations

import tracemalloc
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from config.reports import Aggregation, Figure, Indicator, RatioRule, ReportDefinition, Sex
from config.wording import Wording
from intake.documents import Cell, Document, Paragraph, Table
from intake.extractors.scan import RECOGNISED
from intake.figures.table_notes import TableReading
from intake.figures.tables import read_tables
from ledger.records import Certainty, Value

ALL = (Sex.TOTAL, Sex.MALE, Sex.FEMALE)
INDICATORS = (
    Indicator("A", "Số vụ xung đột ở thôn", "vụ"),
    Indicator("B", "Số người được hòa giải", "người", ALL),
    Indicator("C", "Số buổi tuyên truyền pháp luật", "buổi", synonyms=("Tuyên truyền pháp luật",)),
    Indicator("D", "Kinh phí hòa giải ở cơ sở", "triệu đồng"),
    Indicator("E", "Hòa giải viên", "người", (Sex.TOTAL, Sex.FEMALE), Aggregation.SNAPSHOT),
    Indicator("F", "Có tủ sách pháp luật", "có/không", aggregation=Aggregation.COUNT),
    Indicator(
        "R",
        "Tỷ lệ nữ hòa giải viên",
        "%",
        aggregation=Aggregation.RATIO,
        ratio=RatioRule(Figure("E", Sex.FEMALE), Figure("E")),
    ),
)
REPORT = ReportDefinition("hoa-giai", "Báo cáo hòa giải", "HG", ("hòa giải",), INDICATORS, (), ())
HEAD = ("STT", "Chỉ tiêu", "ĐVT", "Tổng số", "Nam", "Nữ", "Ghi chú")
Given = str | Cell


def table(*rows: tuple[Given, ...], name: str = "1", sheet: bool = False, **hidden: frozenset[int]) -> Table:
    """A table from its rows; a `Cell` given in a row keeps its spans, number and marks."""
    cells = [
        structs.replace(given, row=number, column=column)
        if isinstance(given, Cell)
        else Cell(number, column, given)
        for number, row in enumerate(rows)
        for column, given in enumerate(row)
        if given != ""
    ]
    return Table(
        name=name,
        cells=tuple(cells),
        rows=len(rows),
        columns=max(len(row) for row in rows),
        sheet=sheet,
        hidden_rows=hidden.get("hidden_rows", frozenset()),
        hidden_columns=hidden.get("hidden_columns", frozenset()),
    )


def cell(text: str = "", **facts: object) -> Cell:
    return structs.replace(Cell(0, 0, text), **facts)


def read(*blocks: Table | Paragraph) -> TableReading:
    return read_tables(Document(blocks), "bieu.xlsx", REPORT, "commune")


def figures(reading: TableReading) -> dict[tuple[str, str], Decimal | None]:
    return {(v.indicator, v.sex.value): v.value for v in reading.values if v.certainty is Certainty.CERTAIN}


def doubtful(reading: TableReading) -> dict[tuple[str, str], str]:
    return {(v.indicator, v.sex.value): v.reason for v in reading.values if v.certainty is Certainty.DOUBTFUL}


def codes(reading: TableReading) -> list[str]:
    return [finding.code for finding in reading.findings]


def only(reading: TableReading) -> Value:
    (value,) = reading.values
    return value


def test_rows_are_found_by_their_labels_and_columns_by_their_heads() -> None:
    reading = read(
        table(
            HEAD,
            ("I", "Công tác hòa giải", "", "", "", "", ""),
            ("1", "Số người được hòa giải", "người", "1.030", "500", "530", ""),
            ("2", "Số vụ xung đột ở thôn", "vụ", "02", "", "", "9"),
        )
    )
    assert figures(reading) == {
        ("B", "total"): 1030,
        ("B", "male"): 500,
        ("B", "female"): 530,
        ("A", "total"): 2,
    }
    assert codes(reading) == []


def test_a_cell_far_out_changes_no_figure_and_costs_no_memory_for_what_lies_between() -> None:
    """The daemon held 880 MB for a sheet of five cells, one of them sixteen million rows below."""
    usual = table(HEAD, ("1", "Số vụ xung đột ở thôn", "vụ", "4", "", "", ""), sheet=True)
    far = [
        replace(
            usual,
            name=str(number),
            cells=(*usual.cells, Cell(16_777_216, 16_384, "x")),
            rows=16_777_217,
            columns=16_385,
            hidden_rows=frozenset({7}),
        )
        for number in range(20)
    ]
    tracemalloc.start()
    reading = read(far[0])
    read(*far)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert figures(reading) == figures(read(usual)) == {("A", "total"): 4}
    assert most < 8 << 20


def test_moved_columns_and_rows_give_the_same_figures() -> None:
    reading = read(
        table(
            ("TT", "Ghi chú", "Nữ", "Nam", "TS", "Nội dung"),
            ("1", "", "", "", "4", "Số vụ xung đột ở thôn"),
            ("2", "7", "530", "500", "1030", "Số người được hòa giải"),
        )
    )
    assert figures(reading) == {
        ("B", "total"): 1030,
        ("B", "male"): 500,
        ("B", "female"): 530,
        ("A", "total"): 4,
    }


def test_merged_heads_over_three_rows_are_understood() -> None:
    tall = {"row_span": 3}
    reading = read(
        table(
            (cell("STT", **tall), cell("Nội dung", **tall), cell("Kết quả thực hiện", column_span=3), "", ""),
            ("", "", cell("Tổng số", row_span=2), cell("Trong đó", column_span=2), ""),
            ("", "", "", "Nam", "Nữ"),
            ("A", "B", "1", "2", "3"),
            ("1", "Số người được hòa giải", "30", "10", "20"),
        )
    )
    assert figures(reading) == {("B", "total"): 30, ("B", "male"): 10, ("B", "female"): 20}


def test_heads_of_two_rows_nobody_merged_are_understood() -> None:
    reading = read(
        table(
            ("STT", "Chỉ tiêu", "Kế hoạch", "", "Thực hiện", "", "Tỷ lệ %"),
            ("", "", "Tổng số", "Nữ", "Tổng số", "Nữ", ""),
            ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)=(5)/(3)"),
            ("1", "Hòa giải viên", "50", "25", "41", "17", "82"),
        )
    )
    assert figures(reading) == {("E", "total"): 41, ("E", "female"): 17}


@pytest.mark.parametrize(
    "apart", ["Kế hoạch năm", "Cùng kỳ năm trước", "Lũy kế từ đầu năm", "Tỷ lệ (%)", "Ghi chú", "Thành thị"]
)
def test_columns_that_are_no_figures_of_the_period_are_kept_out(apart: str) -> None:
    reading = read(table(("Chỉ tiêu", apart, "Kết quả"), ("Số vụ xung đột ở thôn", "99", "3")))
    assert figures(reading) == {("A", "total"): 3}


def test_women_of_a_group_nobody_asked_for_are_not_the_women() -> None:
    reading = read(
        table(
            ("Chỉ tiêu", "Tổng số", "Nữ", cell("Dân tộc thiểu số", column_span=2), ""),
            ("", "", "", "Nam", "Nữ"),
            ("Hòa giải viên", "41", "17", "5", "6"),
        )
    )
    assert figures(reading) == {("E", "total"): 41, ("E", "female"): 17}


def test_of_two_years_the_later_is_read() -> None:
    reading = read(
        table(
            ("Chỉ tiêu", "Thực hiện 6 tháng đầu năm 2023", "Thực hiện 6 tháng đầu năm 2024"),
            ("Số vụ xung đột ở thôn", "8", "3"),
        )
    )
    assert figures(reading) == {("A", "total"): 3}
    assert reading.titles == ("6 tháng đầu năm 2024",)


def test_two_columns_that_may_both_be_the_figure_make_it_doubtful() -> None:
    reading = read(table(("Chỉ tiêu", "Số lượng", "Kết quả"), ("Số vụ xung đột ở thôn", "8", "3")))
    assert doubtful(reading) == {("A", "total"): "several_columns"}


def test_sex_rows_below_a_row_are_its_figures() -> None:
    reading = read(
        table(
            ("TT", "Chỉ tiêu", "Số liệu"),
            ("1", "Số người được hòa giải", "30"),
            ("", "- Trong đó: Nam", "10"),
            ("", "- Trong đó: Nữ", "20"),
        )
    )
    assert figures(reading) == {("B", "total"): 30, ("B", "male"): 10, ("B", "female"): 20}


def test_sex_rows_below_an_unknown_row_are_nobodys_figures() -> None:
    reading = read(
        table(
            ("TT", "Chỉ tiêu", "Số liệu"),
            ("1", "Số người được hòa giải", "30"),
            ("2", "Số đoàn viên mới", "8"),
            ("", "Trong đó: nữ", "5"),
        )
    )
    assert figures(reading) == {("B", "total"): 30}
    assert codes(reading) == ["unread_row", "unread_row"]


def test_a_row_of_sums_is_no_indicator_and_gives_no_finding() -> None:
    reading = read(table(HEAD, ("1", "Số vụ xung đột ở thôn", "vụ", "3"), ("", "Tổng cộng", "", "3")))
    assert figures(reading) == {("A", "total"): 3}
    assert codes(reading) == []


def test_a_row_that_fits_no_indicator_is_reported_with_its_label() -> None:
    reading = read(table(HEAD, ("1", "Số hộ được cấp nước sạch", "hộ", "120")))
    assert reading.values == ()
    (finding,) = reading.findings
    assert (finding.code, finding.parameters["label"]) == ("unread_row", "Số hộ được cấp nước sạch")


def test_a_row_whose_result_is_told_in_words_is_no_figure() -> None:
    reading = read(table(("TT", "Nội dung", "Kết quả"), ("1", "Rà soát danh sách tổ viên", "Đã hoàn thành")))
    assert (reading.values, reading.findings) == ((), ())


def test_a_register_of_persons_is_counted_and_not_listed_row_by_row() -> None:
    rows = ((str(n), f"Ông Lê Văn {n} trồng rừng", "", "5") for n in range(100))
    (*named, rest) = read(table(HEAD, *rows)).findings
    assert {finding.code for finding in named} == {"unread_row"}
    assert len(named) == 40
    assert (rest.code, rest.parameters["rows"]) == ("rows_not_read", "60")


def test_the_figure_of_this_period_stands_beside_that_of_the_last() -> None:
    reading = read(table(("Chỉ tiêu", "Kỳ trước", "Kỳ này"), ("Số vụ xung đột ở thôn", "8", "3")))
    assert figures(reading) == {("A", "total"): 3}


def test_a_name_cut_short_gives_a_doubtful_value_and_never_a_certain_one() -> None:
    reading = read(table(("Chỉ tiêu", "Số liệu"), ("Số vụ xung đột", "3")))
    assert doubtful(reading) == {("A", "total"): "label_uncertain"}
    assert only(reading).value == 3


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("So vu xung dot o thon", None),
        ("Xung dot o thon: so vu", "label_uncertain"),
        ("So vụ xung đột ở thnô", "label_uncertain"),
    ],
)
def test_a_page_read_from_a_picture_is_sure_of_whole_names_only(label: str, reason: str | None) -> None:
    rows = table(("Chỉ tiêu", "Số liệu"), (label, "3"))
    typed, photographed = Document((rows,)), Document((rows,), (RECOGNISED,))
    assert figures(read_tables(typed, "anh.jpg", REPORT, "commune")) == {("A", "total"): 3}
    reading = read_tables(photographed, "anh.jpg", REPORT, "commune")
    assert doubtful(reading).get(("A", "total")) == reason
    assert only(reading).value == 3


def test_a_row_that_resembles_an_indicator_gives_way_to_the_row_that_names_it() -> None:
    rows = (("Số vụ xung đột", "9"), ("Số vụ xung đột ở thôn", "3"))
    reading = read(table(("Chỉ tiêu", "Số liệu"), *rows))
    assert figures(reading) == {("A", "total"): 3}
    assert "row_set_aside" in codes(reading)


def test_a_blank_is_not_a_zero_and_a_word_for_nothing_is() -> None:
    reading = read(
        table(
            HEAD,
            ("1", "Số vụ xung đột ở thôn", "vụ", "không"),
            ("2", "Số buổi tuyên truyền pháp luật", "buổi", "…"),
            ("3", "Hòa giải viên", "người", "x", "", "-"),
        )
    )
    assert figures(reading) == {("A", "total"): 0, ("E", "female"): 0}


def test_money_is_brought_to_the_indicators_unit_from_the_nearest_statement() -> None:
    head = ("Chỉ tiêu", "ĐVT", "Số liệu")
    label = "Kinh phí hòa giải ở cơ sở"
    assert figures(read(table(head, (label, "nghìn đồng", "14405000")))) == {("D", "total"): 14405}
    assert figures(read(table(head, (label, "nghìn đồng", "2 tỷ đồng")))) == {("D", "total"): 2000}
    assert figures(read(table(head, (f"{label} (tr.đ)", "", "12,5")))) == {("D", "total"): Decimal("12.5")}
    above = Paragraph("Đơn vị tính: 1.000 đồng", 1)
    assert figures(read(above, table(("Chỉ tiêu", "Số liệu"), (label, "12.500")))) == {
        ("D", "total"): Decimal("12.5")
    }


def test_money_without_a_unit_is_asked_and_never_assumed() -> None:
    reading = read(table(("Chỉ tiêu", "Số liệu"), ("Kinh phí hòa giải ở cơ sở", "12.500")))
    assert doubtful(reading) == {("D", "total"): "unit_missing"}


def test_another_thing_counted_makes_the_figure_doubtful() -> None:
    reading = read(table(HEAD, ("1", "Số người được hòa giải", "lượt người", "30", "", "")))
    assert doubtful(reading) == {("B", "total"): "unit_differs"}
    assert codes(reading) == ["unit_differs"]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("1,234", "ambiguous_number"),
        ("12o", "unreadable_number"),
        ("12 con gà", "unreadable_number"),
        ("8/13", "fraction_for_number"),
        ("38,2%", "percent_only"),
        ("-4", "negative_number"),
        ("12,5", "not_whole"),
        (cell("#REF!", error="#REF!"), "error_cell"),
        (cell("08/12/2024", date=True, number="45634"), "date_for_number"),
        (cell("", formula="=SUM(X1:X9)", stale=True), "formula_not_recalculated"),
        (cell("7", formula="=A1+A2", stale=True), "formula_not_recalculated"),
        (cell("45%", number="0.45", percent=True), "percent_only"),
        (cell("7", row_span=2), "merged_figure"),
    ],
)
def test_what_is_no_clean_figure_is_doubtful_with_its_reason_and_a_sentence(
    given: Given, reason: str
) -> None:
    reading = read(table(HEAD, ("1", "Số vụ xung đột ở thôn", "vụ", given), ("2", "Khác", "", "")))
    assert doubtful(reading) == {("A", "total"): reason}
    (finding,) = reading.findings
    sentence = Wording("vi")(f"findings.{finding.code}", **finding.parameters)
    assert "…" not in sentence.replace("…,", "")
    assert only(reading).reason == finding.code


def test_a_recalculated_formula_is_certain_and_one_over_blanks_is_no_zero() -> None:
    summed = cell("30", number="30", formula="=E2+F2")
    assert figures(read(table(HEAD, ("1", "Số người được hòa giải", "người", summed, "10", "20"))))[
        "B", "total"
    ] == Decimal(30)
    empty = cell("0", number="0", formula="=E2+F2")
    assert read(table(HEAD, ("1", "Số người được hòa giải", "người", empty, "", ""))).values == ()


def test_the_same_figure_twice_is_one_figure_when_the_numbers_agree() -> None:
    one = table(HEAD, ("1", "Số vụ xung đột ở thôn", "vụ", "3"))
    assert figures(read(one, replace(one, name="2"))) == {("A", "total"): 3}


def test_the_same_figure_with_two_numbers_is_doubtful_in_both_places() -> None:
    reading = read(
        table(HEAD, ("1", "Số vụ xung đột ở thôn", "vụ", "3")),
        table(HEAD, ("1", "Số vụ xung đột ở thôn", "vụ", "5"), name="2"),
    )
    assert [(v.value, v.certainty, v.reason) for v in reading.values] == [
        (Decimal(3), Certainty.DOUBTFUL, "figure_twice"),
        (Decimal(5), Certainty.DOUBTFUL, "figure_twice"),
    ]
    assert codes(reading) == ["figure_twice"]


def test_hidden_rows_columns_and_sheets_are_named_and_not_read() -> None:
    rows = (HEAD, ("1", "Số vụ xung đột ở thôn", "vụ", "99"), ("1", "Số vụ xung đột ở thôn", "vụ", "3"))
    reading = read(table(*rows, sheet=True, hidden_rows=frozenset({1})))
    assert figures(reading) == {("A", "total"): 3}
    assert codes(reading) == ["hidden_not_read"]
    assert read(replace(table(*rows, sheet=True), hidden=True)).values == ()
    hidden_total = read(table(*rows, sheet=True, hidden_columns=frozenset({3})))
    assert hidden_total.values == ()


def test_letterheads_signatures_and_instructions_are_no_tables_of_figures() -> None:
    letterhead = table(("ỦY BAN NHÂN DÂN", "CỘNG HÒA XÃ HỘI"), ("Số: 12/BC-UBND", "ngày 02 tháng 6 năm 2024"))
    example = table(HEAD, ("1", "Số vụ xung đột ở thôn", "vụ", "99"), name="Hướng dẫn", sheet=True)
    reading = read(letterhead, example)
    assert (reading.values, reading.findings) == ((), ())


def test_the_second_page_of_a_table_without_a_head_is_read_like_the_first() -> None:
    first = table(HEAD, ("1", "Số vụ xung đột ở thôn", "vụ", "3", "", "", ""))
    second = table(("2", "Hòa giải viên", "người", "41", "", "17", ""), name="2")
    assert figures(read(first, Paragraph("", 1), second)) == {
        ("A", "total"): 3,
        ("E", "total"): 41,
        ("E", "female"): 17,
    }
    assert figures(read(first, Paragraph("Biểu khác", 1), second)) == {("A", "total"): 3}


def test_a_table_of_known_labels_without_a_head_is_reported() -> None:
    reading = read(table(("Số vụ xung đột ở thôn", "3"), ("Hòa giải viên", "41")))
    assert (reading.values, codes(reading)) == ((), ["unread_table"])


def test_an_empty_form_is_known_and_a_form_of_zeros_is_not_empty() -> None:
    names = ("Số vụ xung đột ở thôn", "Số người được hòa giải", "Hòa giải viên", "Kinh phí hòa giải ở cơ sở")
    empty = read(table(HEAD, *((str(n), name, "", "", "") for n, name in enumerate(names))))
    assert empty.empty_form
    assert empty.blank_rows == empty.asked_rows == 4
    assert empty.form_share == pytest.approx(4 / 6)
    zeros = read(table(HEAD, *((str(n), name, "", "0", "") for n, name in enumerate(names))))
    assert not zeros.empty_form


def test_a_percentage_without_its_numbers_is_asked_for() -> None:
    reading = read(
        table(("Chỉ tiêu", "Tổng số", "Nữ", "Tỷ lệ % nữ"), ("Hòa giải viên", "", "", "38,2%")),
    )
    assert doubtful(reading) == {("E", "total"): "percent_only", ("E", "female"): "percent_only"}
    rate = read(table(("Chỉ tiêu", "Kết quả"), ("Tỷ lệ nữ hòa giải viên", "38,2%")))
    assert doubtful(rate) == {("E", "total"): "percent_only", ("E", "female"): "percent_only"}


def test_a_yes_is_counted_as_one() -> None:
    head = ("Chỉ tiêu", "Kết quả")
    assert figures(read(table(head, ("Có tủ sách pháp luật", "Có")))) == {("F", "total"): 1}
    assert figures(read(table(head, ("Có tủ sách pháp luật", "Không")))) == {("F", "total"): 0}


def test_estimates_keep_their_word() -> None:
    reading = read(table(("Chỉ tiêu", "Ước thực hiện 6 tháng"), ("Số vụ xung đột ở thôn", "3")))
    assert only(reading).qualifier == "ước"
    assert only(read(table(("Chỉ tiêu", "Kết quả"), ("Số vụ xung đột ở thôn", "trên 3")))).qualifier == "trên"


def test_every_value_has_its_place_in_vietnamese() -> None:
    rows = (HEAD, ("1", "Số vụ xung đột ở thôn", "vụ", "03"))
    assert only(read(table(*rows, name="4"))).place.where == "bảng 4, hàng 2, cột 4"
    sheet = only(read(table(*rows, name="Biểu 1", sheet=True))).place
    assert (sheet.file, sheet.where, sheet.text) == ("bieu.xlsx", "trang tính Biểu 1, ô D2", "03")


def test_title_lines_that_name_a_year_or_a_period_are_handed_on() -> None:
    title = ("BIỂU SỐ LIỆU HÒA GIẢI 6 THÁNG ĐẦU NĂM 2024", "")
    reading = read(
        table(("Kính gửi: Phòng Tư pháp", ""), title, ("Chỉ tiêu", "Kết quả"), ("Hòa giải viên", "41"))
    )
    assert reading.titles == ("BIỂU SỐ LIỆU HÒA GIẢI 6 THÁNG ĐẦU NĂM 2024",)


ANYTHING = st.sampled_from(
    [
        "",
        "STT",
        "Chỉ tiêu",
        "Tổng số",
        "Nam",
        "Nữ",
        "1",
        "3,5",
        "x",
        "-",
        "I",
        "Tỷ lệ %",
        "Cộng",
        "Trong đó: nữ",
    ]
    + [indicator.label for indicator in INDICATORS]
) | st.text(max_size=6)
CELLS = st.builds(
    Cell,
    row=st.integers(0, 5),
    column=st.integers(0, 5),
    text=ANYTHING,
    row_span=st.integers(1, 9),
    column_span=st.integers(1, 9),
    number=st.sampled_from(["", "", "4", "0.5"]),
    formula=st.sampled_from(["", "=A1"]),
    stale=st.booleans(),
    percent=st.booleans(),
)


@given(st.lists(CELLS, max_size=30), st.booleans())
def test_no_table_however_broken_makes_the_reader_stumble(cells: list[Cell], sheet: bool) -> None:
    reading = read(Table("1", tuple(cells), rows=6, columns=6, sheet=sheet))
    assert all(value.reason for value in reading.values if value.certainty is Certainty.DOUBTFUL)
    assert all(value.value is not None for value in reading.values if value.certainty is Certainty.CERTAIN)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_finding_of_tables_and_checks_has_a_sentence(language: str) -> None:
    wording = Wording(language)
    for code in ("unread_row", "label_ambiguous", "label_uncertain", "row_set_aside", "unread_table"):
        assert wording.has(f"findings.{code}")
    for code in ("several_columns", "merged_figure", "unit_missing", "figure_twice", "total_not_parts"):
        assert wording.has(f"findings.{code}")
    for code in ("check_failed", "percent_differs", "percent_out_of_range", "female_above_total"):
        assert wording.has(f"findings.{code}")


@pytest.mark.parametrize(
    ("earlier", "now"),
    [
        ("Tháng 4/2024", "Tháng 5/2024"),
        ("Quý I năm 2024", "Quý II năm 2024"),
        ("Tháng 4/2024", "Thực hiện trong tháng"),
        ("Quý II/2024", "Kết quả quý này"),
        ("Cùng kỳ năm trước", "Thực hiện trong quý"),
    ],
)
def test_of_two_groups_of_columns_the_later_period_is_read(earlier: str, now: str) -> None:
    reading = read(
        table(
            ("STT", "Chỉ tiêu", "ĐVT", cell(earlier, column_span=2), "", cell(now, column_span=2), ""),
            ("", "", "", "Tổng số", "Nữ", "TS", "Số nữ"),
            ("1", "Số người được hòa giải", "người", "15", "4", "19", "6"),
        )
    )
    assert figures(reading) == {("B", "total"): Decimal(19), ("B", "female"): Decimal(6)}


def test_a_column_of_nine_months_beside_the_quarter_is_left_to_a_person() -> None:
    reading = read(
        table(
            ("STT", "Chỉ tiêu", "ĐVT", "Kết quả 9 tháng năm 2024", "Kết quả trong quý"),
            ("1", "Số người được hòa giải", "người", "15", "19"),
        )
    )
    assert figures(reading) == {}


def test_men_that_nobody_asked_for_are_kept_beside_for_the_check_alone() -> None:
    reading = read(table(HEAD, ("1", "Hòa giải viên", "người", "84", "47", "44", "")))
    assert figures(reading) == {("E", "total"): Decimal(84), ("E", "female"): Decimal(44)}
    assert [(value.sex, value.value) for value in reading.beside] == [(Sex.MALE, Decimal(47))]


def test_men_beside_that_cannot_be_read_check_nothing() -> None:
    reading = read(table(HEAD, ("1", "Hòa giải viên", "người", "84", "4o", "44", "")))
    assert reading.beside == ()
    assert ("E", "total") in figures(reading)


# -- the sex of a row in a column of its own -------------------------------------------------------------

BY_SEX = (
    ("TT", "Nội dung", "Giới tính", "Số lượng"),
    ("1", "Số người được hòa giải", "Nam", "12"),
    ("", "", "Nữ", "9"),
    ("", "", "Tổng", "21"),
    ("2", "Hòa giải viên", "Tổng số", "7"),
    ("", "Hòa giải viên", "Nữ", "3"),
    ("3", "Số vụ xung đột ở thôn", "", "4"),
)
THREE = {("B", "male"): 12, ("B", "female"): 9, ("B", "total"): 21}


def test_the_sex_of_a_row_may_stand_in_a_column_of_its_own() -> None:
    reading = read(table(*BY_SEX))
    assert figures(reading) == {**THREE, ("E", "total"): 7, ("E", "female"): 3, ("A", "total"): 4}
    assert reading.findings == ()


def test_a_sex_said_twice_or_not_understood_is_never_read_in_silence() -> None:
    twice = read(table(*BY_SEX[:3], ("", "", "Nữ", "8")))
    assert figures(twice) == {("B", "male"): 12}
    assert codes(twice) == ["figure_twice"]
    strange = read(table(*BY_SEX[:3], ("", "", "Không rõ", "8")))
    assert codes(strange) == ["unread_row"]
    unknown = read(table(BY_SEX[0], ("", "Số giếng", "Nam", "8"), ("", "", "Nữ", "5")))
    assert (figures(unknown), set(codes(unknown))) == ({}, {"unread_row"})


def test_men_and_women_may_be_the_rows_and_the_indicators_the_columns() -> None:
    rows = (
        ("Giới tính", "Số người được hòa giải", "Số vụ xung đột ở thôn", "Số giếng"),
        ("Nam", "12", "", "1"),
        ("Nữ", "9", "", "2"),
        ("Cộng", "21", "4", "3"),
    )
    assert figures(read(table(*rows))) == {**THREE, ("A", "total"): 4}
    assert figures(read(table(*rows, ("Thôn 1", "3", "", "")))) == {}
    assert figures(read(table(*rows, ("Nữ", "3", "", "")))) == {}


HOUSEHOLDS = ReportDefinition(
    "ho",
    "Báo cáo hộ nghèo",
    "HN",
    (),
    (
        Indicator("P", "Hộ nghèo (nữ: do phụ nữ làm chủ hộ)", "hộ", (Sex.TOTAL, Sex.FEMALE)),
        Indicator("Q", "Cấp ủy viên", "người", (Sex.TOTAL, Sex.FEMALE), synonyms=("nữ tham gia cấp ủy",)),
    ),
    (),
    (),
)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            [("Hộ nghèo", "96"), ("Trong đó: hộ do phụ nữ làm chủ", "21")],
            {"P total": 96, "P female": 21},
        ),
        ([("Hộ nghèo do phụ nữ làm chủ hộ", "21")], {"P female": 21}),
        ([("Nữ tham gia cấp ủy", "4")], {"Q female": 4}),
        ([("Nữ tham gia cấp ủy", "15", "4")], {"Q total": 15, "Q female": 4}),
        ([("Hộ nghèo", "96"), ("Trong đó: hộ có trẻ em", "30")], {"P total": 96}),
    ],
)
def test_a_row_that_says_women_is_never_the_total(
    rows: list[tuple[str, ...]], expected: dict[str, int]
) -> None:
    head = ("Chỉ tiêu", "Tổng số", "Nữ")[: len(rows[0])]
    reading = read_tables(Document((table(head, *rows),)), "bieu.xlsx", HOUSEHOLDS, "commune")
    assert {f"{code} {sex}": value for (code, sex), value in figures(reading).items()} == expected


SUMS = ("TT", "Nội dung", "ĐVT", "Số tiền")


@pytest.mark.parametrize("head", ["Số tiền", "Kinh phí", "Thành tiền", "Kinh phí thực hiện", "Tổng số tiền"])
def test_a_table_of_sums_gives_its_money(head: str) -> None:
    reading = read(table((*SUMS[:3], head), ("1", "Kinh phí hòa giải ở cơ sở", "đồng", "2.500.000")))
    assert figures(reading) == {("D", "total"): Decimal("2.5")}


def test_what_something_cost_is_no_number_of_it_and_is_told() -> None:
    rows = (("1", "Tuyên truyền pháp luật", "", "5"), ("2", "Số người được hòa giải", "", "1200000"))
    reading = read(table((*SUMS[:3], "Số tiền (triệu đồng)"), *rows, ("", "Trong đó: nữ", "", "3")))
    assert reading.values == ()
    assert codes(reading) == ["unread_row"] * 3


def test_sums_beside_a_number_leave_the_number_to_be_read() -> None:
    heads = ("TT", "Nội dung", "Số lượng", "Số tiền")
    reading = read(table(heads, ("1", "Tuyên truyền pháp luật", "5", "12.000.000")))
    assert figures(reading) == {("C", "total"): 5}


def test_two_columns_of_sums_leave_the_figure_to_a_person() -> None:
    heads = ("TT", "Nội dung", "ĐVT", "Kinh phí", "Số tiền")
    reading = read(table(heads, ("1", "Kinh phí hòa giải ở cơ sở", "triệu đồng", "2", "3")))
    assert doubtful(reading) == {("D", "total"): "several_columns"}


@pytest.mark.parametrize(
    "head", ["Số tiền dự toán", "Kinh phí kế hoạch", "Số tiền năm trước", "Kinh phí từ huyện"]
)
def test_sums_of_a_plan_another_year_or_one_source_are_not_read(head: str) -> None:
    rows = ("1", "Kinh phí hòa giải ở cơ sở", "triệu đồng", "2")
    assert read(table((*SUMS[:3], head), rows)).values == ()


AGES = ReportDefinition(
    "nan-nhan",
    "Báo cáo",
    "NN",
    ("bạo lực gia đình",),
    (
        Indicator("N", "Nạn nhân bạo lực", "người", ALL, synonyms=("Nạn nhân bạo lực gia đình",)),
        Indicator("N16", "Nạn nhân dưới 16 tuổi", "người"),
        Indicator("N60", "Nạn nhân từ 60 tuổi trở lên", "người"),
    ),
    (),
    (),
)
VICTIMS = ("2", "Nạn nhân bạo lực gia đình", "3")


def of_ages(*rows: tuple[str, str, str]) -> TableReading:
    document = Document((table(("TT", "Chỉ tiêu", "Tổng số"), *rows),))
    return read_tables(document, "bieu.xlsx", AGES, "commune")


def test_the_row_that_dashes_are_parts_of_says_what_they_leave_out() -> None:
    parts = (("", "- Nữ", "2"), ("2.1", "- Dưới 16 tuổi", "1"), ("2.2", "- Từ 60 tuổi trở lên", "0"))
    told = {("N", "total"): 3, ("N", "female"): 2, ("N16", "total"): 1, ("N60", "total"): 0}
    assert figures(of_ages(VICTIMS, *parts)) == told
    assert figures(of_ages(VICTIMS, ("", "Trong đó", ""), *parts)) == told


@pytest.mark.parametrize(
    "between",
    [
        (("", "- Nữ", "2"), ("", "+ Dưới 16 tuổi", "1")),
        (("", "Trong đó: nữ", "2"), ("", "- Dưới 16 tuổi", "1")),
        (("", "Nạn nhân bạo lực nữ", "2"), ("", "- Dưới 16 tuổi", "1")),
        (("", "Nạn nhân bạo lực là người dân tộc thiểu số", "2"), ("", "- Dưới 16 tuổi", "1")),
        (("3", "Người gây bạo lực", "2"), ("", "- Dưới 16 tuổi", "1")),
        (("", "Dưới 16 tuổi", "1"),),
    ],
)
def test_a_part_of_a_part_or_of_another_row_is_asked_about(between: tuple[tuple[str, str, str], ...]) -> None:
    assert doubtful(of_ages(VICTIMS, *between)) == {("N16", "total"): "label_uncertain"}
