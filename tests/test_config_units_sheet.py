from __future__ import annotations

import csv
from datetime import date, datetime
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.errors import UnitsSheetCannotHoldUnitError
from config.regime import UnitKind
from config.spelling import tidy
from config.units import Address, Unit
from config.units_sheet import COLUMNS, read_sheet, read_units, write_units

if TYPE_CHECKING:
    from pathlib import Path

KINDS = (
    UnitKind("commune", "xã", "các xã", "Ủy ban nhân dân xã"),
    UnitKind("department", "cơ quan", "các cơ quan", "quý cơ quan"),
)
HEADING = ",".join(COLUMNS)
FULL = Unit(
    id="x-doi-che",
    name="UBND xã Đồi Chè",
    kind="commune",
    gso_code="01234",
    aliases=("xã Đồi Chè", "=HYPERLINK(1)", "Đồi Chè, xã"),
    addresses=(
        Address("doiche@huyen.example.vn"),
        Address("mo.ha@mail.example", "personal", "Hà Thị Mơ", date(2023, 1, 1), date(2023, 12, 31)),
        Address("chung@mail.example", "shared", valid_from=date(2024, 2, 1)),
        Address("cu@mail.example", valid_to=date(2022, 6, 30)),
    ),
    phone="0912345678",
    contact="Hà Thị Mơ",
    valid_from=date(2020, 1, 1),
    valid_to=date(2025, 6, 30),
    successors=("x-bai-say", "x-suoi-hoa"),
)


def sheet_of(path: Path, text: str, encoding: str = "utf-8") -> Path:
    file = path / "units.csv"
    file.write_bytes(text.encode(encoding))
    return file


def codes_of(path: Path, text: str) -> list[tuple[str, int, str]]:
    _, problems = read_units(sheet_of(path, text), KINDS)
    return [(problem.code, problem.row, problem.column) for problem in problems]


@pytest.mark.parametrize("name", ["units.csv", "units.xlsx"])
@pytest.mark.parametrize("kinds", [(), KINDS])
def test_what_is_written_is_read_again_unchanged(
    tmp_path: Path, name: str, kinds: tuple[UnitKind, ...]
) -> None:
    units = (FULL, Unit("p-noi-chinh", "Phòng Nội chính", "department"), Unit("x", "=1+1", "department"))
    write_units(units, tmp_path / name, kinds)
    assert read_units(tmp_path / name, kinds) == (units, ())


words = st.text(st.characters(categories=["Lu", "Ll", "Nd"], include_characters=" -,'&/"), min_size=1)
names = words.map(tidy).filter(bool)
days = st.none() | st.dates(date(1990, 1, 1), date(2090, 1, 1))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(
        st.builds(
            Unit,
            id=st.from_regex(r"[a-z][a-z0-9-]{0,12}", fullmatch=True),
            name=names,
            kind=st.sampled_from(["commune", "department"]),
            gso_code=st.just("") | st.from_regex(r"[0-9]{5}", fullmatch=True),
            aliases=st.lists(names, max_size=3).map(tuple),
            contact=st.just("") | names,
            valid_from=days,
            phone=st.just("") | st.from_regex(r"0[0-9]{9}", fullmatch=True),
        ),
        max_size=4,
    )
)
def test_any_unit_survives_both_formats(tmp_path: Path, units: list[Unit]) -> None:
    for name in ("units.csv", "units.xlsx"):
        write_units(units, tmp_path / name, KINDS)
        assert read_units(tmp_path / name, KINDS) == (tuple(units), ())


@pytest.mark.parametrize(
    "unit",
    [
        Unit("x-a", "xã A; xã B", "commune", aliases=("xã C; xã D",)),
        Unit("x-a", "xã A", "commune", addresses=(Address("a@b.vn", person="Mơ [phó]"),)),
        Unit("x-a", " xã A", "commune"),
        Unit("x-a", "xã A", "commune", gso_code="123"),
    ],
)
def test_what_would_come_back_changed_is_not_written(tmp_path: Path, unit: Unit) -> None:
    with pytest.raises(UnitsSheetCannotHoldUnitError):
        write_units([unit], tmp_path / "units.csv")
    assert not (tmp_path / "units.csv").exists()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_way_excel_saves_csv_is_told_apart(tmp_path: Path, delimiter: str, encoding: str) -> None:
    path = tmp_path / "units.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        rows = [("Mã", "TÊN", "Loại", "Tên khác"), ("x-a", "UBND xã A", "Xã", "xã A; xã A cũ")]
        csv.writer(file, delimiter=delimiter).writerows(rows)
    units, problems = read_units(path, KINDS)
    assert problems == ()
    assert units == (Unit("x-a", "UBND xã A", "commune", aliases=("xã A", "xã A cũ")),)


def test_a_unit_that_nobody_gave_an_id_gets_one_of_its_name(tmp_path: Path) -> None:
    units, problems = read_units(sheet_of(tmp_path, f"{HEADING}\n,UBND xã Đông Thọ,xã,,,,,,,,\n"))
    assert ([unit.id for unit in units], problems) == (["xa-dong-tho"], ())


def test_numbers_of_a_workbook_get_their_zeros_back(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["mã", "tên", "loại", "mã GSO", "điện thoại", "từ ngày", "đến ngày"])
    sheet.append(["x-a", "UBND xã A", "xã", 1234, 912345678, datetime(2020, 1, 1), "30/6/2025"])  # noqa: DTZ001
    book.save(tmp_path / "units.xlsx")
    ((unit,), problems) = read_units(tmp_path / "units.xlsx", KINDS)
    assert problems == ()
    assert (unit.gso_code, unit.phone) == ("01234", "0912345678")
    assert (unit.valid_from, unit.valid_to) == (date(2020, 1, 1), date(2025, 6, 30))


def test_a_cell_may_hold_one_value_a_line(tmp_path: Path) -> None:
    text = f'{HEADING}\nx-a,UBND xã A,xã,,"xã A\nxã A cũ",,,,,,\n'
    ((unit,), problems) = read_units(sheet_of(tmp_path, text), KINDS)
    assert (unit.aliases, problems) == (("xã A", "xã A cũ"), ())


def test_empty_rows_are_passed_over_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    text = f"{HEADING}\n,,,,,,,,,,\nx-a,UBND xã A,xã,,,,,,,,\n"
    sheet = read_sheet(sheet_of(tmp_path, text), KINDS)
    assert (len(sheet.units), sheet.rows) == (1, [3])


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("x-a,UBND xã A,xa2,,,,,,,,", "unknown_kind", "loại"),
        ("x-a,,xã,,,,,,,,", "empty_cell", "tên"),
        ("x a,UBND xã A,xã,,,,,,,,", "bad_id", "mã"),
        ("x-a,UBND xã A,xã,12A45,,,,,,,", "bad_gso_code", "mã GSO"),
        ("x-a,UBND xã A,xã,,,khong-phai-thu,,,,,", "bad_address", "địa chỉ thư"),
        ("x-a,UBND xã A,xã,,,a@b.vn c@d.vn,,,,,", "bad_address", "địa chỉ thư"),
        ("x-a,UBND xã A,xã,,,a@khongcham,,,,,", "bad_address", "địa chỉ thư"),
        ("x-a,UBND xã A,xã,,,riêng: a@b.vn,,,,,", "unknown_role", "địa chỉ thư"),
        ("x-a,UBND xã A,xã,,,a@b.vn [từ 31/02/2023],,,,,", "bad_address_days", "địa chỉ thư"),
        ("x-a,UBND xã A,xã,,,a@b.vn [từ 02/3/2023 đến 01/3/2023],,,,,", "bad_address_days", "địa chỉ thư"),
        ("x-a,UBND xã A,xã,,,,,,31/02/2023,,", "bad_day", "từ ngày"),
        ("x-a,UBND xã A,xã,,,,,,02/01/2023,01/01/2023,", "ends_before_start", "đến ngày"),
    ],
)
def test_a_fault_names_row_and_column_and_leaves_the_row_out(
    tmp_path: Path, row: str, code: str, column: str
) -> None:
    text = f"{HEADING}\nx-b,UBND xã B,xã,,,,,,,,\n{row}\n"
    assert codes_of(tmp_path, text) == [(code, 3, column)]
    assert [unit.id for unit in read_units(sheet_of(tmp_path, text), KINDS)[0]] == ["x-b"]


def test_a_missing_column_and_an_unknown_one_are_named(tmp_path: Path) -> None:
    assert codes_of(tmp_path, "mã,tên,loai hinh\n") == [
        ("unknown_column", 1, "loai hinh"),
        ("missing_columns", 1, ""),
    ]


def test_a_file_that_is_no_sheet_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "units.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    (tmp_path / "units.csv").write_bytes("tên,mã\nxã Ẩ".encode("utf-16-le"))
    (tmp_path / "empty.csv").write_bytes(b"")
    for name, code in (("units.xlsx", "unreadable_sheet"), ("empty.csv", "empty_sheet")):
        units, (problem,) = read_units(tmp_path / name)
        assert (units, problem.code) == ((), code)
    assert read_units(tmp_path / "units.csv")[1]


def test_letters_of_one_cell_are_composed(tmp_path: Path) -> None:
    text = f"{HEADING}\nx-a,UBND xa\u0303 A\u0302\u0301m,xã,,,,,,,,\n"
    ((unit,), _) = read_units(sheet_of(tmp_path, text), KINDS)
    assert unit.name == "UBND xã Ấm"
