"""The reports sheet: what an office fills in with Excel becomes its reports, faults are named by row."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from config.calendar import periods_of
from config.editing import put_files
from config.loader import load_regime
from config.regime import Regime
from config.reports import Aggregation, Figure, Grade, PeriodKind, SectionRole, Sex
from config.reports_columns import COLUMNS
from config.setup_export import write_setup
from config.setup_import import TakenSetup, taken_setup
from config.shipped import copy_regime, shipped_regimes
from config.wording import Wording
from config.workbooks import write_workbook

Rows = list[tuple[str, dict[str, object]]]  #: a sheet and what stands in the named columns of a row

TODAY = date(2027, 1, 4)
REPORTS: Rows = [
    (
        "Báo cáo",
        {
            "tên báo cáo": "Báo cáo kết quả công tác giảm nghèo",
            "đơn vị phải nộp": "các xã; thị trấn",
            "kỳ": "quý",
            "hạn nộp": "trước ngày 20 tháng cuối quý",
        },
    ),
    (
        "Báo cáo",
        {
            "tên báo cáo": "Báo cáo công tác bảo vệ, chăm sóc trẻ em",
            "tên ngắn": "Trẻ em",
            "đơn vị phải nộp": "xã; thị trấn",
            "kỳ": "6 tháng đầu năm",
            "hạn nộp": "trước ngày 05/6",
            "hạn trùng ngày nghỉ": "ngày làm việc sau",
        },
    ),
    ("Báo cáo", {"kỳ": "năm", "hạn nộp": "chậm nhất ngày 10/01", "hạn thuộc năm": "năm sau"}),
    (
        "Báo cáo",
        {
            "tên báo cáo": "Báo cáo tình hình giải quyết việc làm",
            "đơn vị phải nộp": "tất cả",
            "kỳ": "hằng tháng",
            "hạn nộp": "chậm nhất ngày 15 hằng tháng",
        },
    ),
    (
        "Chỉ tiêu",
        {
            "báo cáo": "Trẻ em",
            "chỉ tiêu": "Trẻ em được tiêm chủng",
            "đơn vị tính": "trẻ",
            "chia theo giới": "tổng; nam; nữ",
            "tên gọi khác": "số trẻ tiêm chủng; trẻ tiêm đủ mũi",
        },
    ),
    (
        "Chỉ tiêu",
        {
            "chỉ tiêu": "Tổng số trẻ em",
            "đơn vị tính": "trẻ",
            "cách tổng hợp": "thời điểm",
            "loại đơn vị cung cấp": "xã",
        },
    ),
    (
        "Chỉ tiêu",
        {
            "chỉ tiêu": "Tỷ lệ nữ",
            "đơn vị tính": "%",
            "cách tổng hợp": "tỷ lệ",
            "tử số": "CT01.nữ",
            "mẫu số": "CT01",
        },
    ),
    ("Quy tắc", {"báo cáo": "Trẻ em", "quy tắc": "CT01 <= CT02", "mức": "cảnh báo"}),
    ("Đề cương", {"báo cáo": "tre-em", "mục": "I", "tên mục": "Kết quả", "chỉ tiêu": "CT01; CT02"}),
    ("Đề cương", {"mục": "II", "tên mục": "Đề nghị", "từ khóa": "kiến nghị", "nội dung": "kiến nghị"}),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_regime("son-duong", tmp_path / "regime")


def workbook(folder: Path, rows: Rows, *, of_known: bool = True) -> Path:
    """The office's own workbook as it is downloaded, with further rows filled in below."""
    path = folder.parent / "che-do.xlsx"
    write_setup(folder if of_known else None, path)
    book = openpyxl.load_workbook(path)
    for sheet, cells in rows:
        page = book[sheet]
        row = page.max_row + 1
        for column, value in cells.items():
            page.cell(row, COLUMNS[sheet].index(column) + 1).value = value  # type: ignore[assignment]
    book.save(path)
    return path


def taken(folder: Path, rows: Rows, *, of_known: bool = True) -> TakenSetup:
    return taken_setup(folder, workbook(folder, rows, of_known=of_known), TODAY)


def made(folder: Path, rows: Rows) -> Regime:
    """The regime once the workbook is taken over."""
    found = taken(folder, rows, of_known=False)
    assert found.problems == ()
    put_files(folder, found.files)
    return load_regime(folder)


@pytest.mark.parametrize("name", shipped_regimes())
def test_what_goes_out_comes_back_without_a_change(tmp_path: Path, name: str) -> None:
    folder = copy_regime(name, tmp_path / "regime")
    assert taken(folder, []) == TakenSetup({})


def test_reports_of_four_fields_come_out_of_one_workbook(folder: Path) -> None:
    regime = made(folder, REPORTS)
    assert [report.id for report in regime.reports] == [
        "binh-dang-gioi",
        "giai-quyet-viec-lam",
        "giam-ngheo",
        "tre-em",
    ]
    report = regime.report("tre-em")
    assert report.owed_by_kinds == {"commune", "township"}
    first, second, ratio = report.indicators
    assert (first.code, first.sexes) == ("CT01", tuple(Sex))
    assert first.synonyms == ("số trẻ tiêm chủng", "trẻ tiêm đủ mũi")
    assert (second.aggregation, set(second.reported_by)) == (Aggregation.SNAPSHOT, {"commune"})
    assert ratio.ratio is not None
    assert ratio.ratio.numerator == Figure("CT01", Sex.FEMALE)
    assert [(check.text, check.grade) for check in report.checks] == [("CT01 <= CT02", Grade.WARNING)]
    assert [(s.id, s.role, s.indicators) for s in report.outline] == [
        ("I", SectionRole.RESULTS, ("CT01", "CT02")),
        ("II", SectionRole.PROPOSALS, ()),
    ]
    assert {rule.kind for rule in regime.report("giai-quyet-viec-lam").period_rules} == {PeriodKind.MONTH}


def test_every_deadline_of_a_year_is_the_one_the_letters_name(folder: Path) -> None:
    regime = made(folder, REPORTS)
    due = {
        f"{report.id} {period.id}": f"{period.due:%d/%m/%Y}"
        for report in regime.reports
        for period in periods_of(
            report, regime.timezone, regime.calendar, date(2027, 1, 1), date(2027, 12, 31)
        )
        if period.due and report.id != "binh-dang-gioi"
    }
    months = {f"giai-quyet-viec-lam 2027-M{month:02}": f"16/{month:02}/2027" for month in range(1, 13)}
    quarters = {f"giam-ngheo 2027-Q{n}": f"20/{3 * n:02}/2027" for n in range(1, 5)}
    # 04/6/2027 is a Friday; the year's report of 2026 is due in 2027, its named day still on time.
    children = {"tre-em 2027-H1": "05/06/2027", "tre-em 2026-Y": "11/01/2027"}
    assert due == months | quarters | children


def test_a_report_the_workbook_does_not_name_stays_and_is_told(folder: Path) -> None:
    found = taken(folder, REPORTS, of_known=False)
    assert found.kept == (load_regime(folder).report("binh-dang-gioi").name,)
    assert "reports/binh-dang-gioi.yaml" not in found.files


def test_a_changed_deadline_leaves_comments_and_shared_indicators_where_they_are(folder: Path) -> None:
    path = workbook(folder, [])
    book = openpyxl.load_workbook(path)
    book["Báo cáo"].cell(2, COLUMNS["Báo cáo"].index("hạn nộp") + 1).value = "trước ngày 10/6"
    book.save(path)
    found = taken_setup(folder, path, TODAY)
    file = folder / "reports/binh-dang-gioi.yaml"
    wanted = file.read_text("utf-8").replace("trước ngày 05/6", "trước ngày 10/6")
    assert {name: (text or b"").decode() for name, text in found.files.items()} == {
        "reports/binh-dang-gioi.yaml": wanted
    }
    (change,) = found.changes
    assert (change.sheet, change.row, change.cells) == (
        "Báo cáo",
        "6 tháng",
        (("hạn nộp", "trước ngày 05/6", "trước ngày 10/6"),),
    )


def test_an_indicator_added_to_shared_ones_makes_the_list_the_reports_own(folder: Path) -> None:
    before = load_regime(folder).report("binh-dang-gioi")
    cells: dict[str, object] = {"báo cáo": "binh-dang-gioi", "chỉ tiêu": "Nhà trẻ", "đơn vị tính": "nhà"}
    found = taken(folder, [("Chỉ tiêu", cells)])
    put_files(folder, found.files)
    after = load_regime(folder).report("binh-dang-gioi")
    assert after.indicators[:-1] == before.indicators
    assert (after.indicators[-1].label, after.checks) == ("Nhà trẻ", before.checks)
    assert [(change.row, change.is_new) for change in found.changes] == [(after.indicators[-1].code, True)]


@pytest.mark.parametrize(
    ("row", "column", "value", "code"),
    [
        (0, "đơn vị phải nộp", "xóm", "unknown_owner"),
        (0, "đơn vị phải nộp", "", "empty_cell"),
        (0, "đơn vị phải nộp", "xã; sd-x-tan-trao", "owners_mixed"),
        (0, "kỳ", "hàng tuần", "not_one_of"),
        (0, "hạn nộp", "ngày 15", "unreadable_due"),
        (0, "hạn nộp", date(2027, 6, 5), "unreadable_due"),
        (0, "số ngày gia hạn", "vài ngày", "needs_whole_number"),
        (0, "số liệu từ", "mười lăm", "bad_boundary"),
        (0, "mã", "../../secret", "bad_id"),
        (3, "tên báo cáo", "Báo cáo kết quả công tác giảm nghèo", "report_twice"),
        (4, "chia theo giới", "nam, nữ", "bad_sexes"),
        (4, "báo cáo", "Người cao tuổi", "unknown_report_of_row"),
        (4, "đơn vị tính", "", "empty_text"),
        (5, "cách tổng hợp", "bình quân", "not_one_of"),
        (5, "loại đơn vị cung cấp", "xóm", "unknown_kind"),
        (5, "mã", "CT01", "duplicate_code"),
        (6, "mẫu số", "CT99", "unknown_indicator"),
        (6, "tử số", "CT01.bé", "bad_figure"),
        (7, "quy tắc", "CT01 < CT02", "unreadable_check"),
        (7, "mức", "nặng", "not_one_of"),
        (8, "chỉ tiêu", "CT77", "unknown_indicator"),
        (9, "nội dung", "khác", "not_one_of"),
    ],
)
def test_a_fault_names_sheet_row_and_column_and_nothing_is_taken(
    folder: Path, row: int, column: str, value: object, code: str
) -> None:
    rows = [(sheet, dict(cells)) for sheet, cells in REPORTS]
    rows[row][1][column] = value
    found = taken(folder, rows, of_known=False)
    sheet = rows[row][0]
    at = 2 + sum(1 for each, _ in rows[:row] if each == sheet)
    assert found.files == {}
    assert (code, sheet, at) in [(each.code, each.sheet, each.row) for each in found.problems]
    named = [each for each in found.problems if each.code == code]
    assert column in {each.column for each in named} or code in {"unreadable_check", "unknown_indicator"}
    assert all("trang “" in each.sentence(Wording()) for each in named)


def test_what_a_faulty_word_spoils_is_told_once(folder: Path) -> None:
    rows = [(sheet, dict(cells)) for sheet, cells in REPORTS]
    rows[3][1]["kỳ"] = "hàng tuần"
    rows[4][1]["chia theo giới"] = "nữ"
    problems = taken(folder, rows, of_known=False).problems
    assert [(each.sheet, each.row, each.code) for each in problems] == [
        ("Báo cáo", 5, "not_one_of"),
        ("Chỉ tiêu", 2, "bad_sexes"),
    ]


def test_what_is_no_workbook_is_a_problem_not_a_crash(folder: Path) -> None:
    path = folder.parent / "a.xlsx"
    path.write_bytes(b"PK\x03\x04 hong")
    assert [each.code for each in taken_setup(folder, path, TODAY).problems] == ["unreadable_sheet"]
    write_workbook({"Trang khác": ([["a"]], (10,))}, path)
    assert [each.code for each in taken_setup(folder, path, TODAY).problems] == ["no_reports_sheet"]


def test_a_new_report_never_takes_the_file_of_another(folder: Path) -> None:
    (folder / "reports/binh-dang-gioi.yaml").rename(folder / "reports/giam-ngheo.yaml")
    assert set(taken(folder, REPORTS[:1]).files) == {"reports/giam-ngheo-2.yaml"}
