"""Tables whose rows are a unit's own villages or schools: what they add up to is proposed, never counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs

from config.reports import (
    Aggregation,
    Figure,
    Indicator,
    Period,
    PeriodKind,
    RatioRule,
    ReportDefinition,
    Sex,
)
from config.wording import Wording
from intake.documents import Cell, Document, Paragraph, Table
from intake.evidence.exhibits import ReadExhibit, figures_of
from intake.evidence.statements import Exhibit
from intake.figures import place_tables
from intake.figures.place_tables import is_place
from intake.figures.reading import combine
from intake.figures.table_notes import TableReading
from intake.figures.tables import read_tables
from ledger.records import Certainty

BOTH = (Sex.TOTAL, Sex.FEMALE)
REPORT = ReportDefinition(
    "hoa-giai",
    "Báo cáo hòa giải",
    "HG",
    ("hòa giải",),
    (
        Indicator("A", "Số buổi tuyên truyền pháp luật", "buổi"),
        Indicator("B", "Số người được hòa giải", "người", BOTH),
        Indicator("D", "Kinh phí hòa giải ở cơ sở", "triệu đồng"),
        Indicator("E", "Hòa giải viên", "người", BOTH, Aggregation.SNAPSHOT),
        Indicator("F", "Có tủ sách pháp luật", "có/không", aggregation=Aggregation.COUNT),
        Indicator(
            "R",
            "Tỷ lệ nữ hòa giải viên",
            "%",
            aggregation=Aggregation.RATIO,
            ratio=RatioRule(Figure("E", Sex.FEMALE), Figure("E")),
        ),
    ),
    (),
    (),
)
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
HALF = Period(
    "2024-H1",
    PeriodKind.HALF_YEAR,
    "6 tháng đầu năm 2024",
    2024,
    date(2023, 12, 15),
    date(2024, 6, 14),
    datetime(2024, 5, 6, tzinfo=HANOI),
    None,
)
VILLAGES = (("1", "Thôn Đồng Tâm", "3", "40"), ("2", "Thôn 5", "4", "2"), ("3", "Thôn Hòa Bình", "5", "0"))
HEAD = ("STT", "Thôn", "Số buổi tuyên truyền pháp luật", "Số người được hòa giải")


def table(*rows: tuple[str | Cell, ...], name: str = "1") -> Table:
    cells = tuple(
        structs.replace(given, row=row, column=column)
        if isinstance(given, Cell)
        else Cell(row, column, given)
        for row, texts in enumerate(rows)
        for column, given in enumerate(texts)
        if given != ""
    )
    return Table(name, cells, len(rows), max(map(len, rows)))


def read(*blocks: Table | Paragraph, report: ReportDefinition = REPORT) -> TableReading:
    return read_tables(Document(blocks), "bieu.xlsx", report, "commune", HALF)


def proposed(reading: TableReading) -> dict[tuple[str, str], Decimal | None]:
    assert all(value.certainty is Certainty.DOUBTFUL for value in reading.values)
    assert {value.reason for value in reading.values} <= {"sum_of_places"}
    return {(value.indicator, value.sex.value): value.value for value in reading.values}


def codes(reading: TableReading) -> list[str]:
    return [finding.code for finding in reading.findings]


def test_villages_as_rows_are_proposed_as_their_sum_and_never_counted() -> None:
    reading = read(table(HEAD, *VILLAGES))
    assert proposed(reading) == {("A", "total"): 12, ("B", "total"): 42}
    assert codes(reading) == ["sum_of_places"] * 2
    assert [value.place.text for value in reading.values] == ["3 + 4 + 5", "40 + 2 + 0"]


@pytest.mark.parametrize("head", ["Tên thôn", "Thôn, bản", "XÓM", "Tổ dân phố", "Tên trường", "Đơn vị"])
def test_the_column_of_places_is_known_by_its_head(head: str) -> None:
    assert proposed(read(table(("STT", head, *HEAD[2:]), *VILLAGES)))[("A", "total")] == 12


def test_of_two_years_of_villages_that_of_the_period_is_taken() -> None:
    heads = (("STT", Cell(0, 1, "Thôn", row_span=2), "Năm 2023", "Năm 2024"), ("", "", HEAD[2], HEAD[2]))
    rows = (("1", "Thôn Đồng Tâm", "3", "40"), ("2", "Thôn Hòa Bình", "5", "60"))
    assert proposed(read(table(*heads, *rows))) == {("A", "total"): 100}


def test_villages_need_not_be_called_so_below_a_head_that_does() -> None:
    rows = (("1", "Đồng Tâm", "3", "4"), ("2", "Hòa Bình", "5", "6"))
    assert proposed(read(table(HEAD, *rows)))[("A", "total")] == 8
    assert read(table(("STT", "Đơn vị", *HEAD[2:]), *rows)).values == ()


@pytest.mark.parametrize("larger", ["Xã Đồng Tâm", "UBND xã Hòa Bình", "Phường 5", "Thị trấn Sông Lô"])
def test_rows_of_whole_communes_are_nobodys_own(larger: str) -> None:
    reading = read(table(("STT", "Đơn vị", *HEAD[2:]), *VILLAGES, ("4", larger, "1", "1")))
    assert (reading.values, codes(reading)) == ((), ["unread_table"])


def test_women_stand_under_their_own_head_merged_or_beside() -> None:
    grouped = Cell(0, 0, "Số người được hòa giải", column_span=2)
    merged = table(
        (Cell(0, 0, "Thôn", row_span=2), grouped),
        ("", "Tổng số", "Nữ"),
        ("Thôn Đồng Tâm", "40", "12"),
        ("Thôn Hòa Bình", "2", "1"),
    )
    beside = table(
        ("Thôn", "Số người được hòa giải", "Trong đó: nữ"),
        ("Thôn Đồng Tâm", "40", "12"),
        ("Thôn Hòa Bình", "2", "1"),
    )
    for given in (merged, beside):
        assert proposed(read(given)) == {("B", "total"): 42, ("B", "female"): 13}


def test_a_blank_village_is_not_zero() -> None:
    rows = (("1", "Thôn Đồng Tâm", "3", "4"), ("2", "Thôn Hòa Bình", "", "6"), ("3", "Thôn 5", "1", "nhiều"))
    assert proposed(read(table(HEAD, *rows))) == {("A", "total"): None, ("B", "total"): None}
    assert read(table(HEAD, ("1", "Thôn Đồng Tâm", "", ""), ("2", "Thôn 5", "", ""))).values == ()


def test_a_total_row_that_agrees_is_proposed_and_one_that_differs_proposes_nothing() -> None:
    for where in (0, 3):
        rows = list(VILLAGES)
        rows.insert(where, ("", "Cộng", "12", "99"))
        reading = read(table(HEAD, *rows))
        assert proposed(reading) == {("A", "total"): 12, ("B", "total"): None}
        assert reading.values[0].place.text == "3 + 4 + 5 = 12"


def test_a_second_total_row_makes_the_table_not_understood() -> None:
    rows = (*VILLAGES, ("", "Cộng", "12", "42"), ("", "Tổng cộng", "12", "42"))
    assert read(table(HEAD, *rows)).values == ()


def test_signatures_below_the_villages_are_no_villages() -> None:
    signed = ("", "NGƯỜI LẬP BIỂU", "", "")
    assert proposed(read(table(HEAD, *VILLAGES, signed)))[("A", "total")] == 12


def test_columns_of_plans_other_years_and_shares_are_no_figures() -> None:
    heads = ("Thôn", "Kế hoạch", "Tỷ lệ nữ hòa giải viên", "Có tủ sách pháp luật", "Hòa giải viên năm 2023")
    assert read(table(heads, ("Thôn 1", "3", "50", "1", "4"), ("Thôn 2", "3", "50", "1", "4"))).values == ()


def test_two_columns_of_one_name_are_left_to_a_person() -> None:
    reading = read(
        table(("Thôn", HEAD[2], HEAD[2], HEAD[3]), ("Thôn 1", "3", "4", "5"), ("Thôn 2", "1", "2", "6"))
    )
    assert proposed(reading) == {("B", "total"): 11}
    assert "unread_table" in codes(reading)


def test_money_of_villages_needs_its_unit_of_measure() -> None:
    rows = (("Thôn 1", "3.000"), ("Thôn 2", "1.500"))
    stated = read(table(("Thôn", "Kinh phí hòa giải ở cơ sở (nghìn đồng)"), *rows))
    assert proposed(stated) == {("D", "total"): Decimal("4.5")}
    assert proposed(read(table(("Thôn", "Kinh phí hòa giải ở cơ sở"), *rows))) == {("D", "total"): None}


def block(*rows: tuple[str, ...]) -> TableReading:
    return read(table(("STT", "Chỉ tiêu", "ĐVT", "Tổng số", "Nữ"), *rows))


def test_villages_below_a_name_left_blank_are_proposed_as_its_figure() -> None:
    reading = block(
        ("1", "Số buổi tuyên truyền pháp luật", "buổi", "", ""),
        ("", "- Thôn Đồng Tâm", "", "3", ""),
        ("", "- TDP 5", "", "4", ""),
        ("2", "Số người được hòa giải", "người", "", ""),
        ("", "Trường Tiểu học Hòa Bình", "", "40", "12"),
        ("", "Trường THCS Hòa Bình", "", "2", "1"),
        ("", "Cộng", "", "42", "13"),
    )
    assert proposed(reading) == {("A", "total"): 7, ("B", "total"): 42, ("B", "female"): 13}
    assert codes(reading) == ["sum_of_places"] * 3


def test_villages_below_a_figure_add_nothing_to_it() -> None:
    reading = block(
        ("1", "Số buổi tuyên truyền pháp luật", "buổi", "9", ""),
        ("", "Thôn Đồng Tâm", "", "3", ""),
        ("", "Thôn 5", "", "4", ""),
    )
    (value,) = reading.values
    assert value.value == 9
    assert value.certainty is Certainty.CERTAIN


def test_the_women_of_a_village_are_not_those_of_the_unit() -> None:
    reading = block(
        ("1", "Số người được hòa giải", "người", "", ""),
        ("", "Thôn Đồng Tâm", "", "3", ""),
        ("", "Trong đó: nữ", "", "2", ""),
    )
    assert proposed(reading) == {("B", "total"): 3}
    assert "unread_row" in codes(reading)


def test_yes_or_no_of_villages_is_not_added_up() -> None:
    reading = block(("1", "Có tủ sách pháp luật", "", "", ""), ("", "Thôn 1", "", "1", ""))
    assert (reading.values, codes(reading)) == ((), ["unread_row"])


def exhibit(*blocks: Table | Paragraph) -> ReadExhibit:
    return ReadExhibit(Exhibit(number=0, file="bieu.docx", readable=True), None, Document(blocks))


def test_a_sum_of_villages_that_the_text_states_itself_is_no_question() -> None:
    stated = Paragraph("Trong 6 tháng đầu năm 2024 đã tổ chức 12 buổi tuyên truyền pháp luật.", 1)
    given = figures_of(
        exhibit(stated, table(HEAD[:3], *(row[:3] for row in VILLAGES))), REPORT, "commune", HALF
    )
    (value,), findings = combine(given.tables, given.sentences)
    assert value.value == 12
    assert (value.certainty, findings) == (Certainty.CERTAIN, ())


def test_a_sum_of_villages_that_differs_from_the_form_is_asked_about() -> None:
    form = table(("Chỉ tiêu", "ĐVT", "Tổng số"), (HEAD[2], "buổi", "11"), name="1")
    for villages, certain in ((VILLAGES, False), ((*VILLAGES[:2], ("3", "Thôn 7", "4", "1")), True)):
        reading = read(form, Paragraph("Chi tiết", 1), table(HEAD, *villages, name="2"))
        told = [value for value in reading.values if value.indicator == "A"]
        assert all((value.certainty is Certainty.CERTAIN) is certain for value in told)


@pytest.mark.parametrize(
    ("label", "place"),
    [
        ("Thôn Đồng Tâm", True),
        ("1. thôn 5", True),
        ("- Xóm Mới", True),
        ("BẢN PÚ NHUNG", True),
        ("Tổ 3", True),
        ("Trường Mầm non Hòa Bình", True),
        ("trường tiểu học Hòa Bình", True),
        ("Thon Dong Tam", True),
        ("Tổ hòa giải", False),
        ("Bản tin", False),
        ("Trường hợp bị bạo lực", False),
        ("Thôn", False),
        ("Số thôn", False),
        ("Xã Đồng Tâm", False),
    ],
)
def test_a_place_is_a_word_for_it_with_a_name(label: str, *, place: bool) -> None:
    assert is_place(label) is place


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_proposed_sum_has_a_sentence_that_shows_its_parts(language: str) -> None:
    (finding, _) = read(table(HEAD, *VILLAGES)).findings
    assert "3 + 4 + 5" in Wording(language)(f"findings.{finding.code}", **finding.parameters)


# -- villages as columns ---------------------------------------------------------------------------------

ACROSS = ("STT", "Chỉ tiêu", "Thôn Đồng Tâm", "Thôn 5", "Buôn Kli A")


@pytest.mark.parametrize("whole", ["Cộng toàn xã", "Toàn xã", "Cộng", "Tổng số", "CONG", "Tổng số toàn xã"])
def test_beside_villages_as_columns_the_column_of_their_total_is_read(whole: str) -> None:
    reading = read(table((*ACROSS, whole), ("1", "Số buổi tuyên truyền pháp luật", "3", "", "5", "8")))
    (value,) = reading.values
    assert (value.value, value.certainty, value.place.text) == (Decimal(8), Certainty.CERTAIN, "8")


def test_a_total_that_its_villages_do_not_make_up_is_asked_about() -> None:
    reading = read(table((*ACROSS, "Cộng"), ("1", "Số buổi tuyên truyền pháp luật", "3", "4", "5", "13")))
    assert proposed(reading) == {("A", "total"): None}
    assert reading.values[0].place.text == "3 + 4 + 5 = 13"


def test_where_the_column_of_the_total_is_blank_the_sum_of_the_villages_is_proposed() -> None:
    blank = Cell(0, 0, " ")
    reading = read(table((*ACROSS, "Cộng"), ("1", "Số buổi tuyên truyền pháp luật", "3", "4", "5", blank)))
    assert proposed(reading) == {("A", "total"): 12}


def test_beside_months_the_column_of_the_whole_quarter_is_read() -> None:
    head = ("STT", "Chỉ tiêu", "Tháng 4", "Tháng 5", "Tháng 6", "Cộng quý II")
    quarter = replace(HALF, id="2024-Q2", kind=PeriodKind.QUARTER, name="quý II năm 2024")
    given = table(head, ("1", "Số buổi tuyên truyền pháp luật", "1", "2", "3", "6"))
    (value,) = read_tables(Document((given,)), "bieu.xlsx", REPORT, "commune", quarter).values
    assert (value.value, value.certainty) == (Decimal(6), Certainty.CERTAIN)


# -- a row for each unit ---------------------------------------------------------------------------------


def read_own(*rows: tuple[str | Cell, ...]) -> TableReading:
    own = {"UBND xã Tân Lập", "Xã Tân Lập", "xã Tân Lập"}
    return read_tables(Document((table(*rows),)), "b.xlsx", REPORT, "commune", HALF, is_own=own.__contains__)


def told(reading: TableReading) -> dict[tuple[str, str], Decimal | None]:
    assert all(value.certainty is Certainty.CERTAIN for value in reading.values)
    return {(value.indicator, value.sex.value): value.value for value in reading.values}


OTHERS = (("1", "Xã Hòa Bình", "", ""), ("2", "Xã Đồng Tâm", "9", "90"))


@pytest.mark.parametrize("name", ["Xã Tân Lập", "UBND xã Tân Lập"])
@pytest.mark.parametrize("head", ["Đơn vị", "Tên đơn vị", "Xã, thị trấn"])
def test_in_a_table_of_all_units_the_senders_own_row_is_read(head: str, name: str) -> None:
    rows = (("STT", head, *HEAD[2:]), *OTHERS, ("3", name, "7", "70"), ("", "Tổng cộng", "16", "160"))
    assert told(read_own(*rows)) == {("A", "total"): 7, ("B", "total"): 70}


def test_a_bare_name_is_the_units_only_where_communes_are_listed() -> None:
    rows = (*OTHERS, ("3", "Tân Lập", "7", "70"))
    assert told(read_own(("STT", "Tên xã", *HEAD[2:]), *rows)) == {("A", "total"): 7, ("B", "total"): 70}
    assert read_own(("STT", "Đơn vị", *HEAD[2:]), *rows).values == ()  # perhaps a village of that name


@pytest.mark.parametrize("row", [("3", "Xã Tân Lập", "", ""), ("3", "Xã Hòa Tân", "7", "70")])
def test_where_the_units_own_row_is_blank_or_missing_no_figure_is_read(row: tuple[str, ...]) -> None:
    assert read_own(("STT", "Đơn vị", *HEAD[2:]), *OTHERS, row).values == ()


def test_two_rows_of_the_unit_are_two_times_and_neither_is_read() -> None:
    rows = (("1", "Xã Tân Lập", "7", "70"), ("2", "Xã Tân Lập", "8", "80"))
    assert read_own(("STT", "Đơn vị", *HEAD[2:]), *rows).values == ()


def test_a_figure_merged_over_two_units_is_asked_about() -> None:
    shared = Cell(0, 0, "7", row_span=2)
    rows = (("1", "Xã Tân Lập", shared, "70"), ("2", "Xã Hòa Bình", "", "5"))
    reading = read_own(("STT", "Đơn vị", *HEAD[2:]), *rows)
    assert [value.reason for value in reading.values] == ["merged_figure", ""]


# -- one table printed as two ----------------------------------------------------------------------------


@pytest.mark.parametrize("number", [(), ("STT",)])
def test_of_a_table_printed_as_two_side_by_side_both_halves_are_read(number: tuple[str, ...]) -> None:
    head = (*number, "Chỉ tiêu", "Số lượng")
    one, two = number and ("1",), number and ("2",)
    rows = (
        (*head, *head),
        (*one, "Số buổi tuyên truyền pháp luật", "7", *two, "Hòa giải viên", "12"),
        (*one, "Số người được hòa giải", "5", "", *(("",) if number else ()), ""),
    )
    assert told(read(table(*rows))) == {("A", "total"): 7, ("B", "total"): 5, ("E", "total"): 12}


def test_a_head_that_only_repeats_a_word_is_one_table() -> None:
    rows = (
        ("Nội dung", "Tổng số", "Nội dung"),
        ("Số buổi tuyên truyền pháp luật", "7", "xem văn bản kèm theo"),
    )
    assert told(read(table(*rows))) == {("A", "total"): 7}


def test_no_row_is_asked_for_its_sex_where_no_column_is_the_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place_tables, "_sex_of_row", pytest.fail)
    deeds = (("1", f"Tổ chức hội nghị số {n}", "Nguyễn Văn An", "02/01") for n in range(9))
    assert read(table(("STT", "Nội dung", "Người phụ trách", "Thời gian"), *deeds)).values == ()
