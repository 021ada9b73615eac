"""An office set up from one workbook: sixty units and four reports, by the command line."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from config.loader import load_regime
from desk.cli import app


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "tonghop"
    told(home, "init", "thanh-xa")
    return home


def told(home: Path, *words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["--home", str(home), *words])
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
