"""What an .xls or .ods says beyond its values: percentages, errors, what is hidden or merged."""

from __future__ import annotations

import io
import struct
import time

import openpyxl
import pytest

from intake.documents import Table
from intake.extractors import office
from intake.extractors.interface import Budget, Limits
from intake.extractors.office import convert, extract_old_workbook
from intake.extractors.old_sheets import facts_of_ods, facts_of_xls
from intake.extractors.workbook import extract_workbook
from tests.builders import zip_of
from tests.test_intake_outlook import compound

_URN = "urn:oasis:names:tc:opendocument:xmlns"
_NAMESPACES = (
    f'xmlns:office="{_URN}:office:1.0" xmlns:table="{_URN}:table:1.0" xmlns:text="{_URN}:text:1.0"'
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)
_ODS = "application/vnd.oasis.opendocument.spreadsheet"
PERCENT = '<table:table-cell office:value-type="percentage" office:value="0.45"><text:p>45%</text:p>'
NUMBER = (
    '<table:table-cell office:value-type="float" office:value="{}"><text:p>{}</text:p></table:table-cell>'
)


def content(rows: str) -> bytes:
    """The content of an .ods with one sheet."""
    return (
        f"<office:document-content {_NAMESPACES}><office:body><office:spreadsheet>"
        f'<table:table table:name="Biểu">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    ).encode()


def ods(rows: str) -> bytes:
    manifest = f'<m:manifest xmlns:m="{_URN}:manifest:1.0"/>'
    return zip_of({"mimetype": _ODS, "META-INF/manifest.xml": manifest, "content.xml": content(rows)})


def record(kind: int, *values: int, octets: bytes = b"", shape: str = "") -> bytes:
    body = struct.pack("<" + (shape or "H" * len(values)), *values) + octets
    return struct.pack("<HH", kind, len(body)) + body


BOOK, BEGIN = (record(0x0809, 0x0600, kind, 0, 0, octets=bytes(8)) for kind in (0x0005, 0x0010))
END = record(0x000A)


def xls(*cells: bytes, sheets: int = 1) -> bytes:
    """A workbook of so many sheets that all begin with these cells; format 1 shows percentages."""
    code = "0.00%".encode("utf-16-le")
    formats = record(0x041E, 164, 5, octets=b"\1" + code)
    formats += record(0x00E0, 0, 0, octets=bytes(16)) + record(0x00E0, 0, 164, octets=bytes(16))
    head = len(BOOK) + len(formats) + sheets * (4 + 8 + 5) + len(END)
    listed = b"".join(
        record(0x0085, head, 0, 5, 0, octets=f"{number:05}".encode(), shape="IHBB")
        for number in range(sheets)
    )
    globals_ = BOOK + formats + listed + END
    assert len(globals_) == head
    return compound({"Workbook": (globals_ + BEGIN + b"".join(cells) + END).ljust(4096, b"\0")})


CELLS = (
    record(0x0208, 1, 0, 3, 0, 0, 0, 0x20, 0),  # a row of no height
    record(0x007D, 2, 3, 0, 0, 1, 0),  # hidden columns
    record(0x0203, 0, 0, 1, octets=struct.pack("<d", 0.45)),
    record(0x0203, 0, 1, 0, octets=struct.pack("<d", 12)),
    record(0x027E, 1, 0, 1, octets=struct.pack("<I", 0)),
    record(0x00BD, 2, 0, octets=struct.pack("<HIHIHIH", 1, 0, 0, 0, 1, 0, 2)),
    record(0x0205, 3, 0, 0, octets=b"\x17\1"),  # #REF!
    record(0x0205, 3, 1, 0, octets=b"\1\0"),  # TRUE, no error
    record(0x0006, 3, 2, 0, octets=b"\2\0\x07\0\0\0\xff\xff" + bytes(8)),  # gives #DIV/0!
)


@pytest.mark.skipif(office.converter() is None, reason="LibreOffice is not installed here")
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_a_workbook_in_an_old_format_says_all_that_its_twin_says(kind: str) -> None:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    for row in (
        ["Chỉ tiêu", "Số liệu", None],
        [None, "Số", "Tỷ lệ"],
        ["Nữ đại biểu", 12, 0.45],
        ["Hộ nghèo", "=1/0", 0.5],
        ["Ẩn", 7, 1],
    ):
        sheet.append(row)
    sheet.merge_cells("A1:A2")
    sheet.merge_cells("B1:C1")
    sheet["C3"].number_format, sheet["C4"].number_format = "0%", "0.0%"
    sheet.row_dimensions[5].hidden = True
    octets = io.BytesIO()
    made.save(octets)
    new = convert(octets.getvalue(), "xlsx", "xlsx", 60)  # with the values that formulas have
    old = extract_old_workbook(convert(new, "xlsx", kind, 60), Budget(Limits()))
    assert all_said(old.tables[0]) == all_said(extract_workbook(new, Budget(Limits())).tables[0])
    assert old.notes == ()


def all_said(table: Table) -> object:
    return table.hidden_rows, [
        (cell.address, cell.text, cell.number, cell.percent, cell.error, cell.row_span, cell.column_span)
        for cell in table.cells
    ]


def test_of_the_records_of_an_old_workbook_percentages_errors_and_what_is_hidden_are_told() -> None:
    [facts] = facts_of_xls(xls(*CELLS))
    assert facts.percent == {(0, 0), (1, 0), (2, 0), (2, 2)}
    assert facts.errors == {(3, 0): "#REF!", (3, 2): "#DIV/0!"}
    assert facts.marked == set(facts.errors)
    assert (facts.hidden_rows, facts.hidden_columns) == ({1}, [(2, 3)])


def test_records_of_a_chart_within_a_sheet_are_not_its_cells() -> None:
    [facts] = facts_of_xls(xls(BEGIN, CELLS[2], END, CELLS[6]))
    assert (facts.percent, facts.errors) == (set(), {(3, 0): "#REF!"})


def test_an_old_workbook_that_is_locked_or_broken_says_nothing() -> None:
    whole = xls(*CELLS)
    assert facts_of_xls(whole.replace(b"\x1e\x04\x0f", b"\x2f\0\x0f", 1)) == []  # FilePass for Format
    assert facts_of_xls(whole[:700]) == facts_of_xls(b"no workbook") == []


def test_a_thousand_sheets_that_begin_at_one_place_cost_no_more_than_they_hold() -> None:
    cells = CELLS[2] * 20_000
    began = time.process_time()
    facts_of_xls(xls(cells, sheets=1))
    alone = time.process_time() - began
    began = time.process_time()
    facts_of_xls(xls(cells, sheets=1000))
    assert time.process_time() - began < 1 + 5 * alone


def test_a_percentage_in_an_open_document_is_read_as_one() -> None:
    rows = f"<table:table-row>{PERCENT}</table:table-cell>{NUMBER.format(7, 7)}</table:table-row>"
    cells = extract_old_workbook(ods(rows), Budget(Limits())).tables[0].cells
    assert [(cell.text, cell.number, cell.percent) for cell in cells] == [
        ("45%", "0.45", True),
        ("7", "7", False),
    ]


def test_what_a_merged_cell_of_an_open_document_covers_is_not_read() -> None:
    rows = (
        '<table:table-row><table:table-cell table:number-columns-spanned="2" office:value-type="string">'
        "<text:p>Số liệu</text:p></table:table-cell>"
        '<table:covered-table-cell office:value-type="float" office:value="9"><text:p>9</text:p>'
        "</table:covered-table-cell></table:table-row>"
    )
    [cell] = extract_old_workbook(ods(rows), Budget(Limits())).tables[0].cells
    assert (cell.text, cell.column_span) == ("Số liệu", 2)


def test_errors_of_an_open_document_are_told_whoever_wrote_it() -> None:
    error = "<table:table-cell {}><text:p>{}</text:p></table:table-cell>"
    rows = "".join(
        f"<table:table-row>{cell}</table:table-row>"
        for cell in (
            error.format('office:value-type="string" calcext:value-type="error"', "#REF!"),
            error.format('table:formula="of:=1/0" office:value-type="string"', "#DIV/0!"),
            error.format('table:formula="of:=X" office:value-type="float" office:value="0"', "Err:508"),
            error.format('office:value-type="string"', "#1"),
            error.format('calcext:value-type="error"', "Lỗi"),
        )
    )
    assert facts_of_ods(content(rows))["Biểu"].errors == {
        (0, 0): "#REF!",
        (1, 0): "#DIV/0!",
        (2, 0): "Err:508",
        (4, 0): "#N/A",
    }


def test_repeated_rows_and_columns_of_an_open_document_keep_their_places() -> None:
    rows = (
        '<table:table-column table:number-columns-repeated="2"/>'
        '<table:table-column table:visibility="collapse"/><table:table-row table:number-rows-repeated="3">'
        '<table:table-cell table:number-columns-repeated="9"/>'
        '</table:table-row><table:table-row table:visibility="filter" table:number-rows-repeated="2">'
        f'<table:table-cell table:number-columns-repeated="4"/>{PERCENT}</table:table-cell></table:table-row>'
    )
    facts = facts_of_ods(content(rows))["Biểu"]
    assert facts.percent == {(3, 4), (4, 4)}
    assert (facts.hidden_rows, facts.hidden_columns) == ({3, 4}, [(2, 2)])


@pytest.mark.parametrize(
    "rows",
    [
        '<table:table-row table:number-rows-repeated="1048576">'
        + PERCENT.replace("cell ", 'cell table:number-columns-repeated="16384" ')
        + "</table:table-cell></table:table-row>",
        "<table:table-row><table:table-cell>",
    ],
)
def test_an_open_document_that_claims_too_much_or_is_no_xml_says_nothing(rows: str) -> None:
    assert facts_of_ods(content(rows)) == {}


def test_of_a_million_hidden_rows_those_with_cells_are_told() -> None:
    row = '<table:table-row table:visibility="collapse"{}>{}</table:table-row>'
    rows = row.format(
        ' table:number-rows-repeated="100000"', "<table:table-cell><text:p/></table:table-cell>"
    )
    [sheet] = extract_old_workbook(ods(rows + row.format("", NUMBER.format(7, 7))), Budget(Limits())).tables
    assert sheet.hidden_rows == {100_000}
