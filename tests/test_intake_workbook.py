from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.decimals import plain_number
from intake.errors import DamagedFileError, FileTooLargeError, RefusedFileError
from intake.extractors.decimals import decimal_text
from intake.extractors.interface import Budget, Limits
from intake.extractors.workbook import extract_workbook
from tests.builders import Formula, Merged, Percent, WorkbookCell, sheet_xlsx, xlsx

if TYPE_CHECKING:
    from intake.documents import Cell, Document


def extract(content: bytes, limits: Limits | None = None) -> Document:
    return extract_workbook(content, Budget(limits or Limits()))


def cells(*rows: list[WorkbookCell]) -> dict[str, Cell]:
    [table] = extract(xlsx({"Biểu": rows})).tables
    return {cell.address: cell for cell in table.cells}


def sheet_cells(xml: str) -> dict[str, Cell]:
    [table] = extract(sheet_xlsx(xml)).tables
    return {cell.address: cell for cell in table.cells}


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (5.0, "5"),
        (6.5, "6.5"),
        (14405000, "14405000"),
        (0.1 + 0.2, "0.3"),
        (0, "0"),
        (-3, "-3"),
        (1e16, "1" + "0" * 16),
    ],
)
def test_a_number_is_its_shortest_decimal_text(value: float, number: str) -> None:
    assert cells([value])["A1"].number == number


def test_text_is_no_number_even_when_it_looks_like_one() -> None:
    found = cells(["12", "=1+1"])
    assert [(each.text, each.number, each.formula) for each in found.values()] == [
        ("12", "", ""),
        ("=1+1", "", ""),
    ]


def test_a_blank_cell_is_absent_and_not_zero() -> None:
    assert set(cells([None, 0, None, ""])) == {"B1"}


def test_a_date_is_shown_as_vietnamese_write_it() -> None:
    found = cells([date(2023, 6, 5)])["A1"]
    assert (found.text, found.number, found.date) == ("05/06/2023", "", True)


def test_a_percent_format_is_flagged() -> None:
    found = cells([Percent(0.45), 0.45])
    assert (found["A1"].number, found["A1"].text, found["A1"].percent) == ("0.45", "45%", True)
    assert found["B1"].percent is False


def test_a_percent_format_is_seen_wherever_the_cell_names_it() -> None:
    styles = '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="9"/></cellXfs></styleSheet>'
    row = '<c r="A1" t="n" s="1"><v>0.45</v></c><c r="B1" s="1"><v>0.5</v></c><c r="C1" s="0"><v>0.5</v></c>'
    xml = f'<sheetData><row r="1" s="1" customFormat="1">{row}</row></sheetData>'
    [table] = extract(sheet_xlsx(xml, parts={"xl/styles.xml": styles})).tables
    assert [cell.text for cell in table.cells] == ["45%", "50%", "0.5"]


def test_a_merged_cell_stands_once_with_its_spans() -> None:
    found = cells([Merged("Trong đó", 2, 3)])
    assert list(found) == ["A1"]
    assert (found["A1"].row_span, found["A1"].column_span) == (2, 3)


def test_rows_and_columns_count_from_the_corner_of_the_sheet() -> None:
    found = cells([], [], [None, None, 7])["C3"]
    assert (found.row, found.column) == (2, 2)


def test_hidden_sheets_rows_and_columns_are_marked() -> None:
    rows: list[list[WorkbookCell]] = [[1, 2], [3, 4]]
    content = xlsx({"A": rows, "B": rows}, hidden_sheets=["B"], hidden_rows=[1], hidden_columns=[0])
    first, second = extract(content).tables
    assert (first.hidden, second.hidden) == (False, True)
    assert (set(first.hidden_rows), set(first.hidden_columns)) == ({1}, {0})


def test_a_formula_with_its_stored_value_is_read_with_both() -> None:
    found = cells([2, 3, Formula("=A1+B1", 5)])["C1"]
    assert (found.formula, found.number, found.stale) == ("=A1+B1", "5", False)


@pytest.mark.parametrize(
    ("formula", "number"),
    [
        ("=SUM(A1:B1)", "5"),
        ("=A1+B1-1", "4"),
        ("=(A1+B1)*2/4", "2.5"),
        ("=-A1", "-2"),
        ("=sum($A$1:B1,10)", "15"),
        ("=SUM(A1:C1)", "5"),
    ],
)
def test_a_simple_formula_without_stored_value_is_recalculated(formula: str, number: str) -> None:
    found = cells([2, 3, None, Formula(formula)])["D1"]
    assert (found.number, found.text, found.stale) == (number, number, False)


@pytest.mark.parametrize(
    "formula",
    ["=VLOOKUP(A1,B1:C1,1)", "=Khác!A1", "=A1/C1", "=SUM(E1:F9)", "=D1+1", "=A1&B1", "=SUM(A1:B2)", "=A1+"],
)
def test_a_formula_that_cannot_be_followed_stays_stale_and_empty(formula: str) -> None:
    found = cells([2, 3, 0, Formula(formula)], [None, "12"])["D1"]
    assert (found.number, found.text, found.stale) == ("", "", True)


def test_formulas_over_formulas_are_followed() -> None:
    found = cells([2, Formula("=A1*2"), Formula("=B1+A1")])
    assert found["C1"].number == "6"


def test_a_stored_value_that_contradicts_its_formula_is_not_certain() -> None:
    xml = (
        '<sheetData><row r="1"><c r="A1"><v>2</v></c><c r="B1"><v>3</v></c>'
        '<c r="C1"><f>A1+B1</f><v>9</v></c></row></sheetData>'
    )
    document = extract(sheet_xlsx(xml))
    found = document.tables[0].cells[2]
    assert (found.number, found.text, found.stale) == ("", "9", True)
    assert "formula_differs" in document.notes


def test_an_error_value_is_kept_as_an_error() -> None:
    xml = (
        '<sheetData><row r="1"><c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        '<c r="B1" t="e"><v>#REF!</v></c></row></sheetData>'
    )
    found = sheet_cells(xml)
    assert [(each.error, each.number) for each in found.values()] == [("#DIV/0!", ""), ("#REF!", "")]


def test_a_shared_formula_is_moved_to_each_cell() -> None:
    xml = (
        '<sheetData><row r="1"><c r="A1"><v>2</v></c>'
        '<c r="B1"><f t="shared" ref="B1:B2" si="0">A1*$A$1</f></c></row>'
        '<row r="2"><c r="A2"><v>3</v></c><c r="B2"><f t="shared" si="0"/></c></row></sheetData>'
    )
    found = sheet_cells(xml)
    assert [(found[each].formula, found[each].number) for each in ("B1", "B2")] == [
        ("=A1*$A$1", "4"), ("=A2*$A$1", "6"),
    ]  # fmt: skip


def test_cells_without_address_and_with_prefix_are_read_the_same() -> None:
    xml = '<sheetData><row><c><v>1</v></c><c t="e"><v>#N/A</v></c></row></sheetData>'
    assert [each.error for each in sheet_cells(xml).values()] == ["", "#N/A"]


def test_one_cell_in_the_last_corner_costs_nothing() -> None:
    xml = (
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>cuối</t></is></c></row></sheetData>'
    )
    begun = time.process_time()
    found = sheet_cells(xml)
    assert [(each.text, each.number) for each in found.values()] == [("1", "1"), ("cuối", "")]
    assert time.process_time() - begun < 1


def test_more_cells_than_allowed_are_not_read() -> None:
    with pytest.raises(FileTooLargeError):
        extract(xlsx({"A": [[1] * 10] * 10}), Limits(cells=99))


def test_a_document_type_is_refused() -> None:
    sheet = '<!DOCTYPE x [<!ENTITY e "9">]><worksheet><sheetData/></worksheet>'
    with pytest.raises(RefusedFileError):
        extract(sheet_xlsx("", parts={"xl/worksheets/sheet1.xml": sheet}))


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", xlsx({"A": [[1]]})[:-40]]
)
def test_a_broken_workbook_is_damaged(content: bytes) -> None:
    with pytest.raises(DamagedFileError):
        extract(content)


def test_the_quick_look_and_the_walk_over_the_xml_agree() -> None:
    xml = (
        '<cols><col min="2" max="3" hidden="1"/></cols><sheetData>'
        '<row r="1" hidden="1"><c r="A1"><v>2</v></c>'
        '<c r="B1" t="str"><f>A1&amp;"x"</f><v>2x</v></c><c r="C1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        '<row r="2"><c r="A2"><f>A1*2</f></c><c r="B2"><f t="shared" ref="B2:C2" si="1">A1+1</f><v>3</v></c>'
        '<c r="C2"><f t="shared" si="1"/><v>1</v></c></row></sheetData>'
    )
    quick, walked = extract(sheet_xlsx(xml)), extract(sheet_xlsx(xml + "<!-- to the walk -->"))
    assert quick == walked
    assert quick.tables[0].hidden_rows == {0}
    assert [cell.formula for cell in quick.tables[0].cells][1:] == [
        '=A1&"x"', "=1/0", "=A1*2", "=A1+1", "=B1+1",
    ]  # fmt: skip


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**18), 10**18))
def test_a_number_keeps_the_fifteen_digits_that_excel_shows(value: float) -> None:
    text = decimal_text(value)
    assert "e" not in text
    assert Decimal(text) == Decimal(f"{value:.14e}")
    assert text in {"0", plain_number(Decimal(text))}


def test_an_infinite_number_is_no_number() -> None:
    with pytest.raises(OverflowError):
        decimal_text(float("inf"))


@pytest.mark.parametrize("far", ["AAA1", "A1000", "ZZ999999"])
def test_a_sheet_that_reaches_far_is_read_the_same(far: str) -> None:
    row = int(far.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    cell = f'<row r="{row}"><c r="{far}"><f>1+1</f><v>2</v></c></row>'
    near = "" if row == 1 else '<row r="1"><c r="A1"><v>1</v></c></row>'
    found = sheet_cells(f"<sheetData>{near}{cell}</sheetData>")[far]
    assert (found.number, found.formula) == ("2", "=1+1")
