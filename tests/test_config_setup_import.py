"""The workbook of a whole office: a new one from nothing, kinds of unit, what goes, what is asked first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from ruamel.yaml import YAML

from config.editing import put_files
from config.errors import InvalidRegimeError
from config.loader import load_regime
from config.setup_export import write_setup
from config.setup_import import TakenSetup, taken_setup
from config.shipped import copy_regime
from config.wording import Wording

TODAY = date(2027, 1, 4)
Cells = Mapping[str, object]

OFFICE = {
    "tên đầy đủ": "Thanh tra huyện Sông Mây",
    "cấp của cơ quan": "cấp huyện",
    "địa bàn": "huyện Sông Mây",
    "địa danh trước ngày ký": "Sông Mây",
    "ký hiệu báo cáo": "BC-TTr",
    "ký hiệu công văn": "TTr",
    "chức vụ người ký": "KT. CHÁNH THANH TRA; PHÓ CHÁNH THANH TRA",
}
KINDS: list[Cells] = [
    {"tên loại": "xã", "cách gọi trong thư": "Ủy ban nhân dân xã"},
    {"mã": "office", "tên loại": "phòng, ban"},
]
UNITS: list[Cells] = [
    {"tên": "UBND xã Bình Minh", "loại": "xã", "địa chỉ thư": "bm@songmay.example"},
    {"tên": "Phòng Tư pháp", "loại": "phòng, ban", "địa chỉ thư": "tp@songmay.example"},
]
REPORT: Cells = {
    "tên báo cáo": "Báo cáo công tác thanh tra, giải quyết khiếu nại, tố cáo",
    "đơn vị phải nộp": "tất cả",
    "kỳ": "quý",
    "hạn nộp": "chậm nhất ngày 15 tháng cuối quý",
}


def fill(path: Path, sheets: Mapping[str, list[Cells]], office: Mapping[str, str] | None = None) -> Path:
    """Write further rows below those there are, and the contents of the office's rows."""
    book = openpyxl.load_workbook(path)
    for row in book["Cơ quan"].iter_rows(min_row=2):
        if (text := (office or {}).get(str(row[0].value))) is not None:
            row[1].value = text
    for title, rows in sheets.items():
        sheet = book[title]
        columns = [cell.value for cell in sheet[1]]
        for number, cells in enumerate(rows, sheet.max_row + 1):
            for column, value in cells.items():
                sheet.cell(number, columns.index(column) + 1).value = value  # type: ignore[assignment]
    book.save(path)
    return path


def change(path: Path, sheet: str, column: str, row: int, value: str) -> Path:
    """Write one cell."""
    book = openpyxl.load_workbook(path)
    columns = [cell.value for cell in book[sheet][1]]
    book[sheet].cell(row, columns.index(column) + 1).value = value
    book.save(path)
    return path


@pytest.fixture
def blank(tmp_path: Path) -> Path:
    path = tmp_path / "thiet-lap.xlsx"
    write_setup(None, path)
    return path


@pytest.fixture
def folder(blank: Path) -> Path:
    """The regime of an office that began with the empty workbook."""
    filled = fill(blank, {"Loại đơn vị": KINDS, "Đơn vị": UNITS, "Báo cáo": [REPORT]}, OFFICE)
    folder = blank.parent / "regime"
    took(folder, taken_setup(None, filled, TODAY))
    return folder


@pytest.fixture
def written(folder: Path) -> Path:
    """The office's workbook as it is written."""
    path = folder.parent / "a.xlsx"
    write_setup(folder, path)
    return path


def took(folder: Path, taken: TakenSetup) -> None:
    """Save what was taken."""
    assert taken.problems == ()
    put_files(folder, taken.files)


def told(taken: TakenSetup) -> list[str]:
    """The faults as the officer reads them."""
    return [problem.sentence(Wording()) for problem in taken.problems]


def test_an_office_is_made_of_the_empty_workbook_alone(folder: Path) -> None:
    regime = load_regime(folder)
    assert (regime.id, regime.department.issuer) == ("thanh-tra-huyen-song-may", "Thanh tra huyện Sông Mây")
    assert regime.department.signatory_titles == ("KT. CHÁNH THANH TRA", "PHÓ CHÁNH THANH TRA")
    assert [(kind.name, kind.plural, kind.addressed_as) for kind in regime.unit_kinds] == [
        ("xã", "các xã", "Ủy ban nhân dân xã"),
        ("phòng, ban", "các phòng, ban", "quý đơn vị"),
    ]
    assert [unit.kind for unit in regime.units] == ["xa", "office"]
    assert regime.sending.steps


def test_the_empty_workbook_names_every_sheet_and_cell_that_wants_something(
    blank: Path,
) -> None:
    sentences = told(taken_setup(None, blank, TODAY))
    assert any(
        "trang “Cơ quan”, dòng 2, cột “nội dung” (ô B2): mục “tên đầy đủ”" in each for each in sentences
    )
    for sheet in ("Loại đơn vị", "Đơn vị", "Báo cáo"):
        assert any(f"trang “{sheet}”: không có dòng nào" in each for each in sentences)
    assert not any("department.yaml" in each for each in sentences)


def test_faults_of_all_sheets_are_told_at_once(blank: Path) -> None:
    sheets: dict[str, list[Cells]] = {
        "Loại đơn vị": [*KINDS, {"tên loại": "thôn", "số liệu của cấp": "làng"}],
        "Đơn vị": [*UNITS, {"tên": "UBND xã Tân Tiến", "loại": "xóm"}],
        "Báo cáo": [{**REPORT, "hạn nộp": "ngày 15"}],
        "Chỉ tiêu": [{"chỉ tiêu": "Số đơn", "đơn vị tính": "đơn", "cách tổng hợp": "bình quân"}],
    }
    sentences = told(taken_setup(None, fill(blank, sheets, OFFICE | {"cấp của cơ quan": "quận"}), TODAY))
    wanted = ["“Cơ quan”, dòng 4", "“Loại đơn vị”, dòng 4", "“Đơn vị”, dòng 4", "“Báo cáo”, dòng 2", "(ô F2)"]
    for each in (*wanted, "“Chỉ tiêu”, dòng 2"):
        assert any(each in sentence for sentence in sentences), each


def test_what_is_written_of_a_new_office_comes_back_without_a_change(folder: Path, written: Path) -> None:
    assert taken_setup(folder, written, TODAY) == TakenSetup({})


def test_a_kind_is_renamed_in_one_cell_and_units_and_reports_follow(folder: Path, written: Path) -> None:
    """The other sheets still say the former name; both names mean the kind."""
    change(written, "Báo cáo", "đơn vị phải nộp", 2, "phòng, ban")
    taken = taken_setup(folder, change(written, "Loại đơn vị", "tên loại", 3, "cơ quan"), TODAY)
    took(folder, taken)
    regime = load_regime(folder)
    assert regime.kind("office").name == "cơ quan"
    assert regime.reports[0].owed_by_kinds == {"office"}
    assert "Phòng Tư pháp,cơ quan" in (folder / "units.csv").read_text("utf-8")


def test_all_units_means_kinds_added_later_too(folder: Path, written: Path) -> None:
    sheets: dict[str, list[Cells]] = {
        "Loại đơn vị": [{"tên loại": "trường"}],
        "Đơn vị": [{"tên": "Trường THCS Bình Minh", "loại": "trường"}],
    }
    took(folder, taken_setup(folder, fill(written, sheets), TODAY))
    assert "truong" in load_regime(folder).reports[0].owed_by_kinds


def test_a_unit_goes_only_where_it_is_marked_and_that_is_to_be_confirmed(folder: Path, written: Path) -> None:
    book = openpyxl.load_workbook(written)
    book["Đơn vị"].delete_rows(2)
    book.save(written)
    left_out = taken_setup(folder, written, TODAY)
    assert (left_out.files, left_out.kept_units) == ({}, ("UBND xã Bình Minh",))
    marked = taken_setup(folder, change(written, "Đơn vị", "bỏ", 2, "x"), TODAY)
    assert [(each.row, each.is_gone) for each in marked.changes] == [("Phòng Tư pháp", True)]
    assert marked.is_to_be_confirmed
    took(folder, marked)
    assert [unit.name for unit in load_regime(folder).units] == ["UBND xã Bình Minh"]


def test_a_report_marked_goes_with_its_file(folder: Path, written: Path) -> None:
    more: Cells = {**REPORT, "tên báo cáo": "Báo cáo công tác tiếp công dân"}
    took(folder, taken_setup(folder, fill(written, {"Báo cáo": [more]}), TODAY))
    taken = taken_setup(folder, change(written, "Báo cáo", "bỏ", 2, "x"), TODAY)
    assert len(taken.gone_reports) == 1
    took(folder, taken)
    assert [report.name for report in load_regime(folder).reports] == ["Báo cáo công tác tiếp công dân"]


def test_a_kind_that_units_still_are_of_is_not_taken_away(folder: Path, written: Path) -> None:
    change(written, "Loại đơn vị", "bỏ", 3, "x")
    (fault,) = [each for each in taken_setup(folder, written, TODAY).problems if each.code == "kind_in_use"]
    assert (fault.sheet, fault.row, fault.parameters["names"]) == ("Loại đơn vị", 3, "Phòng Tư pháp")


def test_a_deadline_before_its_data_end_is_asked_about_at_its_cell(folder: Path, written: Path) -> None:
    change(written, "Báo cáo", "kỳ", 2, "6 tháng cuối năm")
    taken = taken_setup(folder, change(written, "Báo cáo", "hạn nộp", 2, "chậm nhất ngày 05/12"), TODAY)
    (asked,) = taken.questions
    assert (asked.code, asked.cell, asked.parameters["last"]) == ("due_before_end", "F2", "14/12/2027")
    assert taken.is_to_be_confirmed


def test_six_months_alone_are_asked_about_for_half_the_year_is_left_out(folder: Path, written: Path) -> None:
    change(written, "Báo cáo", "kỳ", 2, "6 tháng")
    taken = taken_setup(folder, change(written, "Báo cáo", "hạn nộp", 2, "trước ngày 10/7"), TODAY)
    assert [each.code for each in taken.questions] == ["only_first_half"]
    assert [each.parameters["due"] for each in taken.calendar] == ["09/07/2027"]


def test_the_sheet_is_written_and_mends_what_was_changed_by_hand(folder: Path) -> None:
    """Kinds were given other ids in department.yaml: units and reports name kinds that are gone."""
    yaml = YAML()
    head = yaml.load(folder / "department.yaml")
    head["unit_kinds"][1].update({"id": "co-quan", "name": "cơ quan"})
    yaml.dump(head, folder / "department.yaml")
    with pytest.raises(InvalidRegimeError):
        load_regime(folder)
    path = folder.parent / "a.xlsx"
    write_setup(folder, path)
    (fault,) = taken_setup(folder, path, TODAY).problems
    assert (fault.code, fault.sheet, fault.row, fault.cell) == ("unknown_kind", "Đơn vị", 3, "C3")
    took(folder, taken_setup(folder, change(path, "Đơn vị", "loại", 3, "cơ quan"), TODAY))
    assert [unit.kind for unit in load_regime(folder).units] == ["xa", "co-quan"]


def test_a_unit_that_cannot_be_read_is_never_dropped_by_a_mending_sheet(folder: Path) -> None:
    units = folder / "units.csv"
    units.write_text(units.read_text("utf-8-sig").replace("tp@songmay.example", "tp songmay"), "utf-8")
    with pytest.raises(InvalidRegimeError):
        write_setup(folder, folder.parent / "a.xlsx")


def test_two_units_of_one_address_are_told_at_the_row_of_the_workbook(folder: Path, written: Path) -> None:
    twin: Cells = {"tên": "UBND xã Tân Tiến", "loại": "xã", "địa chỉ thư": "bm@songmay.example"}
    (fault,) = taken_setup(folder, fill(written, {"Đơn vị": [twin]}), TODAY).problems
    assert (fault.code, fault.sheet, fault.row, fault.cell) == ("address_of_two_units", "Đơn vị", 4, "F4")


def test_shipped_regimes_keep_their_comments_when_one_unit_is_added(tmp_path: Path) -> None:
    folder = copy_regime("son-duong", tmp_path / "regime")
    path = tmp_path / "a.xlsx"
    write_setup(folder, path)
    taken = taken_setup(folder, fill(path, {"Đơn vị": [{"tên": "Phòng Mới", "loại": "cơ quan"}]}), TODAY)
    assert set(taken.files) == {"units.csv"}
