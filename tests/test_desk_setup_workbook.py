"""An office set up from one workbook: sixty units and four reports, by the command line."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from config.loader import load_regime
from desk.cli import app
from tests.offices import make_office, report_mail


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "tonghop"
    told(home, "init", "thanh-xa")
    return home


def told(home: Path, *words: str, code: int = 0, typed: str = "") -> str:
    result = CliRunner().invoke(app, ["--home", str(home), *words], input=typed)
    assert result.exit_code == code, result.output
    return result.output


def filled(home: Path) -> Path:
    """The workbook as it is written, sixty units and a report in it, as a clerk adds them: without ids."""
    path = home.parent / "thiet-lap.xlsx"
    told(home, "sheet", "--to", str(path))
    book = openpyxl.load_workbook(path)
    units, reports = book["Đơn vị"], book["Báo cáo"]
    for number in range(1, 61):
        units.append(["", f"Tổ dân phố số {number}", "thôn", "", "", f"to{number}@thu.example"])
    reports.append(["", "Báo cáo kết quả giảm nghèo", "", "thôn", "tháng", "chậm nhất ngày 15 hằng tháng"])
    book.save(path)
    return path


def test_what_is_written_and_read_again_changes_nothing(home: Path) -> None:
    path = home.parent / "a.xlsx"
    told(home, "sheet", "--to", str(path))
    assert "không có gì để lưu" in told(home, "sheet", str(path))


def test_sixty_units_and_a_report_are_looked_at_then_saved(home: Path) -> None:
    path = filled(home)
    before = load_regime(home / "regime")
    preview = told(home, "sheet", str(path))
    assert "Tổ dân phố số 60" in preview
    assert "chậm nhất ngày 15 hằng tháng" in preview
    assert load_regime(home / "regime") == before
    assert "Đã lưu" in told(home, "sheet", str(path), "--save")
    regime = load_regime(home / "regime")
    assert len(regime.units) == len(before.units) + 60
    assert regime.unit("to-dan-pho-so-60").addresses[0].address == "to60@thu.example"
    assert [report.id for report in regime.reports] == ["binh-dang-gioi", "giam-ngheo"]
    assert "không có gì để lưu" in told(home, "sheet", str(path))


def test_faults_are_told_by_row_and_nothing_is_saved(home: Path) -> None:
    path = filled(home)
    book = openpyxl.load_workbook(path)
    book["Báo cáo"].cell(4, 6).value = "ngày 15"
    book.save(path)
    before = load_regime(home / "regime")
    assert "trang “Báo cáo”, dòng 4, cột “hạn nộp”" in told(home, "sheet", str(path), "--save", code=3)
    assert load_regime(home / "regime") == before


def marked(home: Path, sheet: str, row: int) -> Path:
    """The workbook as it is written, a row marked to be taken away."""
    path = home.parent / "bo.xlsx"
    told(home, "sheet", "--to", str(path))
    book = openpyxl.load_workbook(path)
    columns = [cell.value for cell in book[sheet][1]]
    book[sheet].cell(row, columns.index("bỏ") + 1).value = "x"
    book.save(path)
    return path


def test_without_a_home_an_empty_workbook_is_written_and_its_faults_name_the_cells(tmp_path: Path) -> None:
    home, path = tmp_path / "moi", tmp_path / "thiet-lap.xlsx"
    assert f"init {path}" in told(home, "sheet", "--to", str(path))
    assert "(ô B2)" in told(home, "init", str(path), code=3)
    assert not home.exists()


def test_what_goes_is_asked_about_and_stays_when_the_answer_is_no(home: Path) -> None:
    path = marked(home, "Đơn vị", 2)
    before = load_regime(home / "regime")
    gone = before.units[0].name
    assert f"- Đơn vị: {gone}: bỏ" in told(home, "sheet", str(path), "--save", typed="n\n")
    assert load_regime(home / "regime") == before
    assert "Đã lưu" in told(home, "sheet", str(path), "--save", typed="y\n")
    assert [unit.name for unit in load_regime(home / "regime").units] == [u.name for u in before.units[1:]]


def test_what_goes_is_saved_unasked_only_with_yes(home: Path) -> None:
    path = marked(home, "Đơn vị", 2)
    told(home, "sheet", str(path), "--save", code=1)
    assert "Đã lưu" in told(home, "sheet", str(path), "--save", "--yes")


def test_a_unit_and_a_report_with_mail_in_the_ledger_never_vanish(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    office.deliver(report_mail("binh-minh"), "2023-06-01T08:00")
    office.take_in()
    rows = [unit.id for unit in load_regime(office.home / "regime").units]
    path = marked(office.home, "Đơn vị", rows.index("binh-minh") + 2)
    assert "không bỏ được" in told(office.home, "sheet", str(path), "--save", "--yes", code=3)
    path = marked(office.home, "Báo cáo", 2)
    assert "trang “Báo cáo”: " in told(office.home, "sheet", str(path), "--save", "--yes", code=3)
    book = openpyxl.load_workbook(path)
    book["Báo cáo"].append(["", "Báo cáo giảm nghèo", "", "xã", "quý", "trước ngày 20 tháng cuối quý"])
    book.save(path)
    assert "không bỏ được" in told(office.home, "sheet", str(path), "--save", "--yes", code=3)


def test_files_that_do_not_agree_are_mended_by_the_sheet(home: Path) -> None:
    head = home / "regime" / "department.yaml"
    head.write_text(head.read_text("utf-8").replace("id: village, name: thôn", "id: xom, name: xóm"), "utf-8")
    path = home.parent / "sua.xlsx"
    told(home, "sheet", "--to", str(path))
    book = openpyxl.load_workbook(path)
    for sheet, column in (("Đơn vị", 3), ("Báo cáo", 4)):
        for (cell,) in book[sheet].iter_rows(min_row=2, min_col=column, max_col=column):
            cell.value = str(cell.value or "").replace("thôn", "xóm").replace("village", "xóm") or None
    book.save(path)
    assert "Đã lưu" in told(home, "sheet", str(path), "--save")
    assert "xom" in {unit.kind for unit in load_regime(home / "regime").units}
