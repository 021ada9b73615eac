"""The chase-up list: who is on it, what each line says, and that nothing in it runs."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import docx
import openpyxl
import pytest
from docx.enum.section import WD_ORIENT

from config.reports import LastDay
from config.wording import Wording
from consolidate.writers.chase_list import (
    chase_lines,
    gap_lines,
    units_to_chase,
    write_chase_list_docx,
    write_chase_list_xlsx,
)
from ledger.records import ObligationState
from tests.consolidated import DUE, consolidation, total, units, with_states

if TYPE_CHECKING:
    from consolidate.consolidation import Consolidation

WORDS = Wording()


def with_unit(**changes: Any) -> Consolidation:
    """One missing unit, changed."""
    (first,) = [s for s in consolidation().standings if s.unit.id == "x07"]
    changed = replace(first, unit=replace(first.unit, **changes))
    return replace(consolidation(), standings=(changed,))


def sheets(district: Consolidation) -> Any:
    return openpyxl.load_workbook(io.BytesIO(write_chase_list_xlsx(district, WORDS).content))


def test_only_units_without_any_report_are_chased() -> None:
    assert [s.unit.id for s in units_to_chase(consolidation())] == ["x07", "x08", "p20"]


@pytest.mark.parametrize("state", [s for s in ObligationState if s is not ObligationState.MISSING])
def test_no_other_state_is_chased(state: ObligationState) -> None:
    assert units_to_chase(with_states({"x01": state})) == ()


def test_lines_stand_by_kind_in_the_order_of_the_sheet() -> None:
    scattered = with_states({u.id: ObligationState.MISSING for u in units()})
    mixed = replace(scattered, standings=(*scattered.standings[30:34], *scattered.standings[:3]))
    lines = chase_lines(mixed, WORDS)
    assert [line.kind for line in lines] == ["Các xã"] * 3 + ["Các cơ quan, đơn vị của huyện"] * 3 + [
        "Thị trấn"
    ]
    assert [line.unit for line in lines][:3] == ["UBND xã Xuân Trạch", "UBND xã An Hải", "UBND xã An Lạc"]


def test_a_line_says_all_an_officer_needs_to_ring() -> None:
    line = chase_lines(consolidation(), WORDS)[0]
    assert (line.unit, line.contact, line.phone) == ("UBND xã Cẩm Lạc", "Bà Trần Thị Số 7", "0911 000 007")
    assert (line.report, line.period) == ("Báo cáo an toàn lao động", "6 tháng đầu năm 2024")
    assert (line.due, line.days, line.late) == ("trước 10/6/2024", 3, "3")
    assert (line.missing, line.reminded) == ("Chưa gửi báo cáo", "00:00 07/6/2024")


def test_an_extension_counts_from_its_own_day() -> None:
    (missing,) = [s for s in consolidation().standings if s.unit.id == "x07"]
    extended = replace(missing, due=DUE + timedelta(days=5), last_reminder=None)
    (line,) = chase_lines(replace(consolidation(), standings=(extended,)), WORDS)
    assert (line.days, line.late, line.reminded) == (None, "Chưa đến hạn", "Chưa nhắc")


def test_units_that_left_figures_out_have_a_list_of_their_own() -> None:
    totals = (total("A1", "5", blank=("x01", "p02")), total("A2", "3", blank=("x01",)), total("B1R", None))
    lines = gap_lines(replace(consolidation(), totals=totals), WORDS)
    assert [(line.unit, line.missing, line.days) for line in lines] == [
        (
            "UBND xã An Hải",
            "Số văn bản chỉ đạo đã ban hành; Số buổi nói chuyện chuyên đề về an toàn lao động",
            None,
        ),
        ("Ban Quản lý rừng phòng hộ", "Số văn bản chỉ đạo đã ban hành", None),
    ]


def test_a_figure_that_waits_for_us_is_no_gap() -> None:
    assert gap_lines(replace(consolidation(), totals=(total("A1", "5", doubtful=("x01",)),)), WORDS) == ()


def test_the_workbook_holds_one_row_for_each_unit() -> None:
    sheet = sheets(consolidation())["Chưa gửi"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    assert rows[0][:3] == ["TT", "Nhóm đơn vị", "Đơn vị"]
    assert [row[2] for row in rows[1:]] == [
        "UBND xã Cẩm Lạc",
        "UBND xã Cẩm Ngãi",
        "Trung tâm Bồi dưỡng chính trị và Trường Năng khiếu thể dục thể thao liên xã phía Đông",
    ]
    assert rows[1][8] == 3


@pytest.mark.parametrize("text", ["=1+1", "+84 911", "@SUM(A1)", "-2+3", "http://example.org", "0911000007"])
def test_no_cell_of_the_workbook_becomes_a_formula_a_link_or_a_number(text: str) -> None:
    sheet = sheets(with_unit(name=text, contact=text, phone=text))["Chưa gửi"]
    for column in (3, 4, 5):
        cell = sheet.cell(6, column)
        assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_control_characters_do_not_break_the_files() -> None:
    strange = with_unit(contact="Ông\x00 \x1bBình")
    assert sheets(strange)["Chưa gửi"].cell(6, 4).value == "Ông Bình"
    docx.Document(io.BytesIO(write_chase_list_docx(strange, WORDS).content))


def test_the_workbook_prints_on_a4_across_with_its_header_on_each_page() -> None:
    sheet = sheets(consolidation())["Chưa gửi"]
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet.print_title_rows == "$5:$5"
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)


def test_the_list_on_paper_is_a4_across_with_repeated_header_and_bands() -> None:
    document = docx.Document(io.BytesIO(write_chase_list_docx(consolidation(), WORDS).content))
    assert document.sections[0].orientation == WD_ORIENT.LANDSCAPE
    table = document.tables[1]
    assert "w:tblHeader" in table.rows[0]._tr.xml
    assert [row.cells[0].text for row in table.rows] == [
        "TT",
        "Các xã",
        "1",
        "2",
        "Các cơ quan, đơn vị của huyện",
        "3",
    ]


def test_a_list_of_nobody_says_so() -> None:
    document = docx.Document(io.BytesIO(write_chase_list_docx(with_states({}), WORDS).content))
    assert "không có đơn vị nào chưa gửi báo cáo." in "\n".join(p.text for p in document.paragraphs)
    sheet = sheets(with_states({}))["Chưa gửi"]
    assert sheet.max_row == 5


def test_the_same_consolidation_gives_the_same_bytes() -> None:
    for write in (write_chase_list_docx, write_chase_list_xlsx):
        assert write(consolidation(), WORDS) == write(consolidation(), Wording())


def paper(district: Consolidation) -> Any:
    return docx.Document(io.BytesIO(write_chase_list_docx(district, WORDS).content))


def many_gaps() -> Consolidation:
    codes = ("A1", "A2", "A3", "B1", "C1", "C2", "D1")
    return replace(consolidation(), totals=tuple(total(code, "5", blank=("x01",)) for code in codes))


def test_the_list_on_paper_names_five_figures_of_a_unit_and_the_workbook_all() -> None:
    row = [cell.text for cell in paper(many_gaps()).tables[2].rows[-1].cells]
    assert row[1] == "UBND xã An Hải"
    assert row[-1].count(";") == 4
    assert row[-1].endswith("; Số vụ tai nạn lao động và 02 chỉ tiêu khác")
    (line,) = gap_lines(many_gaps(), WORDS)
    assert line.missing.count(";") == 6
    assert sheets(many_gaps())["Thiếu số liệu"].cell(6, 6).value == line.missing


def test_what_all_lines_share_stands_above_the_table_on_paper() -> None:
    document = paper(consolidation())
    assert [cell.text for cell in document.tables[1].rows[0].cells] == [
        "TT",
        "Đơn vị",
        "Người liên hệ",
        "Điện thoại",
        "Số ngày chậm",
        "Nhắc gần nhất",
    ]
    above = "\n".join(p.text for p in document.paragraphs)
    assert "(Thời hạn gửi báo cáo: trước ngày 10/6/2024; tính đến 16 giờ 30 phút ngày 12/6/2024)" in above


def test_the_list_says_which_rule_made_the_deadline() -> None:
    last = LastDay(date(2024, 6, 9), is_off=True, rolled=date(2024, 6, 10), final=date(2024, 6, 10))
    shown = consolidation()
    shown = replace(shown, period=replace(shown.period, due_text="trước ngày 10/6", last_day=last))
    rule = (
        "Cách tính hạn: “trước ngày 10/6” là đến hết ngày 09/6/2024; ngày này là ngày nghỉ nên lùi đến "
        "hết 24 giờ 00 ngày 10/6/2024, ngày làm việc tiếp theo."
    )
    assert [p.text for p in paper(shown).paragraphs].count(rule) == 1
    assert sheets(shown)["Chưa gửi"].cell(4, 1).value == rule


def test_several_due_moments_stand_in_a_column_on_paper() -> None:
    standings = [
        replace(s, due=DUE + timedelta(days=1)) if s.unit.id == "x07" else s
        for s in consolidation().standings
    ]
    document = paper(replace(consolidation(), standings=tuple(standings)))
    rows = [[cell.text for cell in row.cells] for row in document.tables[1].rows]
    assert rows[0][4] == "Thời hạn"
    assert [row[4] for row in rows if row[0] in {"1", "2"}] == ["trước 11/6/2024", "trước 10/6/2024"]
    assert "Thời hạn gửi" not in "\n".join(p.text for p in document.paragraphs)


def test_columns_nobody_has_an_entry_for_are_left_out_on_paper() -> None:
    document = paper(with_unit(contact="", phone=""))
    head = [cell.text for cell in document.tables[1].rows[0].cells]
    assert head == ["TT", "Đơn vị", "Số ngày chậm", "Nhắc gần nhất"]
    assert "Điện thoại" in [cell.text for cell in paper(with_unit(contact="")).tables[1].rows[0].cells]


def test_no_row_of_the_workbook_is_higher_than_excel_allows() -> None:
    tall = with_unit(name="Trạm " * 400)
    assert sheets(tall)["Chưa gửi"].row_dimensions[6].height <= 409


def test_a_figure_left_out_is_named_without_the_notes_for_its_columns() -> None:
    one = total("A1", "5", blank=("x01",))
    noted = replace(one, indicator=replace(one.indicator, label="Hộ dệt (nữ: do phụ nữ làm chủ hộ)"))
    (line,) = gap_lines(replace(consolidation(), totals=(noted,)), WORDS)
    assert line.missing == "Hộ dệt"
