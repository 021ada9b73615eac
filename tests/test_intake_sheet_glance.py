"""What is read of a workbook at a glance is what calamine and the closer look give, fault for fault."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import openpyxl
import pytest

from config.spelling import plain_key
from intake.documents import Cell, Document, FileKind, ReadFile, ReadState, SheetCells, SheetColumns, Table
from intake.errors import ExtractionError
from intake.extractors.interface import Budget, Limits
from intake.extractors.sheet_glance import DAY, NUMBER, PERCENT, plain_sheet, plain_strings
from intake.extractors.sheet_xml import Workbook
from intake.extractors.workbook import extract_workbook
from intake.sandbox.wire import packed, unpacked
from tests.builders import xlsx, zip_of
from tests.offices import note, read_here
from tests.test_intake_speed import files

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STYLES = (
    f'<styleSheet {_MAIN}><numFmts count="2"><numFmt numFmtId="164" formatCode="#,##0.0"/>'
    '<numFmt numFmtId="165" formatCode="dd/mm"/></numFmts><cellXfs count="5"><xf numFmtId="0"/>'
    '<xf numFmtId="9"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="14"/></cellXfs></styleSheet>'
)
_STRINGS = (
    "<t>Số hộ</t>", '<t xml:space="preserve"> kèm </t>', "<t>KH &amp; ĐT</t>", "<t>hai\ndòng</t>",
    "<t>12</t>", "<t> 7 </t>", "<t>&lt;5</t>", "<t></t>",
)  # fmt: skip
_ODD_STRINGS = ("<r><t>Số</t></r><r><t> hộ</t></r>", "<t>a&#10;b</t>", "<t>a_x000D_b</t>", "<t/>")
_NUMBERS = (
    "0",
    "12",
    "1.5",
    "-3",
    "0.1234567890123456",
    "1E+20",
    "1e-7",
    "14405000",
    "-0",
    "007",
    "99.10",
    "1.",
)
_ODD_NUMBERS = ("007", "1.", "", " 1", "+1", ".5", "1_0", "nan", "1e999", "x", "1,2")
_DAYS, _ODD_DAYS = ("45000", "45292", "61", "2958465"), ("60", "0", "45000.5", "2958466")
_ODD = ('<c r="{}"><f>A1+1</f><v>3</v></c>', '<c r="{}" t="e"><v>#REF!</v></c>',
        '<c r="{}" t="str"><v>a</v></c>',
        '<c r="{}" t="inlineStr"><is><t>x</t></is></c>', '<c r="{}" t="b"><v>1</v></c>', "<!-- {} -->",
        "<c r='{}'><v>8</v></c>", '<c r="{}" s="3"><v>45000</v></c>', '<c t="n" r="{}"><v>8</v></c>',
        '<c r="{}"><v/></c>', '<c r="A1"><v>8</v></c>', '<c r="{}" t="s"><v>99</v></c>')  # fmt: skip


def package(rows: str, strings: str, *, head: str = "", tail: str = "") -> bytes:
    return zip_of({
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{_R}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_R}"><sheets>'
        '<sheet name="Biểu 1" sheetId="1" r:id="r1"/>'
        '<sheet name="Ẩn" sheetId="2" state="hidden" r:id="r2"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships"><Relationship Id="r1" Type="{_R}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{_R}/worksheet" Target="/xl/worksheets/sheet2.xml"/>'
        f'<Relationship Id="r3" Type="{_R}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/styles.xml": _STYLES,
        "xl/sharedStrings.xml": f"<sst {_MAIN}>{strings}</sst>",
        "xl/worksheets/sheet1.xml": f"<worksheet {_MAIN}>{head}<sheetData>{rows}</sheetData>{tail}"
        "</worksheet>",
        "xl/worksheets/sheet2.xml": f"<worksheet {_MAIN}><sheetData/></worksheet>",
    })  # fmt: skip


def outcome(content: bytes) -> object:
    try:
        return extract_workbook(content, Budget(Limits()))
    except ExtractionError as error:
        return type(error)


def carefully(content: bytes) -> object:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Workbook, "glance", lambda *_: None)
        return outcome(content)


def cells(chance: random.Random, row: int, oddness: float) -> Iterator[str]:
    for letter in "ABCDEFG":
        style = chance.choice(("", "", ' s="0"', ' s="1"', ' s="2"'))
        address = f"{letter}{row}"
        if chance.random() < oddness:
            yield chance.choice(_ODD).format(address)
        elif chance.random() < 0.3:
            yield chance.choice(("", f'<c r="{address}"{style}/>', f'<c r="{address}"{style} />'))
        elif chance.random() < 0.04:
            day = chance.choice(_ODD_DAYS if chance.random() < oddness else _DAYS)
            yield f'<c r="{address}" s="{chance.choice((3, 4))}"><v>{day}</v></c>'
        elif chance.random() < 0.5:
            yield f'<c r="{address}"{style} t="s"><v>{chance.randrange(len(_STRINGS))}</v></c>'
        else:
            number = chance.choice(_ODD_NUMBERS if chance.random() < oddness else _NUMBERS)
            yield f'<c r="{address}"{style}><v>{number}</v></c>'


def written(seed: int) -> bytes:
    chance = random.Random(seed)
    oddness = chance.choice((0, 0, 0.02))
    hidden = chance.choice(("", "", ' hidden="1"', ' ht="0"'))
    rows = "".join(
        f'<row r="{row}"{hidden if row == 4 else ""}>{"".join(cells(chance, row, oddness))}</row>'
        for row in sorted(chance.sample(range(1, 12), 6))
    )
    listed = [*_STRINGS, *chance.sample(_ODD_STRINGS, seed % 7 == 0)]
    tail = '<mergeCells count="2"><mergeCell ref="A1:B2"/><mergeCell ref="D5:D6"/></mergeCells>'
    return package(
        rows,
        "".join(f"<si>{string}</si>" for string in listed),
        head='<cols><col min="2" max="3" hidden="1"/></cols>' if seed % 5 == 0 else "",
        tail=tail if seed % 3 == 0 else "",
    )


def test_random_workbooks_are_read_at_a_glance_as_they_are_carefully(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    look = Workbook.glance

    def noted(workbook: Workbook, sheet: str) -> object:
        read.append(look(workbook, sheet) is not None)
        return look(workbook, sheet)

    monkeypatch.setattr(Workbook, "glance", noted)
    for seed in range(250):
        content = written(seed)
        assert outcome(content) == carefully(content), seed
    assert read.count(True) > 100  # else nothing was compared


_FEW = (
    "SUM(A1:A4)",
    "A1+B2",
    "SUM(A1:B2,C4)",
    "$A$1+SUM(C1:C3)",
    "SUM(B4:C4)",
    "SUM(D4:D1)",
    "sum(a1:c1)+A3",
)
_MORE = (*_FEW, "A1-B1", "ROUND(A1,0)", "SUM(A1:A4)*1", "SUM(A1:Z9000)", "A9+B9", "SUM(B4:C5)")


def formula(address: str, text: str, value: str = "") -> str:
    return f'<c r="{address}"><f>{text}</f>{f"<v>{value}</v>" if value else ""}</c>'


def summed(seed: int) -> tuple[bytes, bool]:
    """A sheet with a row of formulas over numbers, and one of sums of these; whether a value is wrong."""
    chance = random.Random(seed)
    rows = []
    for row in range(1, 5):
        numbers = [f'<c r="{letter}{row}"><v>{chance.choice((1, 2.5, 1e9, 0.1))}</v></c>' for letter in "ABC"]
        word = chance.choice(
            ("", f'<c r="D{row}" t="s"><v>0</v></c>', f'<c r="D{row}" s="4"><v>45000</v></c>')
        )
        rows.append(f'<row r="{row}">{"".join(numbers)}{word}</row>')
    among, wrong = chance.choice((_FEW, _MORE)), chance.random() < 0.3
    asked = {f"{letter}5": chance.choice(among) for letter in "ABCD"}
    asked |= {} if wrong else {"A9": "SUM(A5:B5)", "B9": "A5+C4"}
    strings = f"<si>{_STRINGS[0]}</si>"

    def written(values: dict[str, str]) -> bytes:
        cells = {place: formula(place, text, values.get(place, "")) for place, text in asked.items()}
        sums = [
            f'<row r="{row}">{"".join(cells[place] for place in cells if place[1:] == row)}</row>'
            for row in "59"
        ]
        return package("".join([*rows, *sums]), strings)

    [sheet, *_] = extract_workbook(written({}), Budget(Limits())).tables  # fills in what was left out
    values = {
        f"{'ABCD'[cell.column]}{cell.row + 1}": cell.number or "0" for cell in sheet.cells if cell.formula
    }
    return written(values | ({chance.choice(list(asked)): "77"} if wrong else {})), wrong


def test_random_formulas_are_read_at_a_glance_as_they_are_carefully() -> None:
    read = 0
    for seed in range(150):
        content, wrong = summed(seed)
        found = outcome(content)
        assert found == carefully(content), seed
        assert isinstance(found, Document)
        read += isinstance(found.tables[0].cells, SheetCells) and not wrong
    assert read > 40  # else nothing was compared


def plain_tables() -> Iterator[Table]:
    """The sheets of random workbooks that are kept as columns."""
    for seed in range(300):
        document = outcome(written(seed))
        if isinstance(document, Document):
            yield from (table for table in document.tables if isinstance(table.cells, SheetCells))


def test_cells_made_when_asked_for_are_those_made_all_at_once() -> None:
    asked = 0
    for table in plain_tables():
        cells = tuple(table.cells)
        made = replace(table, cells=cells)
        asked += bool(cells)
        assert list(reversed(table.cells)) == list(reversed(cells))
        assert [table.cells[number] for number in range(-len(cells), len(cells))] == [*cells, *cells]
        assert (table.cells[2:9], table.cells[::2]) == (list(cells[2:9]), list(cells[::2]))
        assert (list(table.texts), table.merged, table.keys) == (list(made.texts), made.merged, made.keys)
        for wanted in (set(table.texts), set(list(table.texts)[::2])):
            assert table.holding(wanted) == made.holding(wanted)
            keys = set(map(plain_key, wanted))
            assert table.saying(keys) == made.saying(keys)
        assert made.letters <= table.letters
        for first in range(table.rows + 1):
            assert table.alone_in_row(first) == made.alone_in_row(first)
            for end in range(first, table.rows + 2):
                assert table.in_rows(first, end) == made.in_rows(first, end)
                assert table.words_in_rows(first, end) == made.words_in_rows(first, end)
    assert asked > 15  # else nothing was compared


def handed_on(document: Document) -> Document | None:
    """The document as the judging process gets it."""
    file = ReadFile("a.xlsx", "a.xlsx", (), FileKind.XLSX, 9, "0", ReadState.READ, document)
    read = read_here(note("a@xa.example", "Báo cáo", "Gửi kèm."))
    return unpacked(packed(replace(read, files=(file,)))).files[0].document


def test_a_sheet_is_handed_on_as_it_was_read() -> None:
    document = Document(tuple(plain_tables()))
    assert len(document.tables) > 40
    assert handed_on(document) == document


@pytest.mark.parametrize(
    "other",
    [
        {"texts": ()},
        {"numbers": b""},
        {"places": b"1234567"},
        {"worded": b"\1\2"},
        {"others": {2: Cell(0, 2, "a")}},
    ],
)
def test_columns_of_a_sheet_that_tell_of_different_cells_are_refused(other: dict[str, Any]) -> None:
    columns = SheetColumns(bytes(16), b"\1\0", ("a",), bytes(8), {})
    assert handed_on(Document((Table("1", SheetCells(columns), 1, 1),))) is not None
    cells = SheetCells(columns)
    cells.columns = replace(columns, **other)
    with pytest.raises(msgspec.DecodeError):
        handed_on(Document((Table("1", cells, 1, 1),)))


def test_workbooks_as_programs_write_them_are_read_alike() -> None:
    stream = io.BytesIO()
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Biểu")
    sheet.append(["Chỉ tiêu", " Tổng ", 12, 0.5, None, "KH & ĐT", True])
    sheet.merge_cells("A1:B2")
    book.save(stream)
    made = xlsx({"Biểu": [["STT", "Số"], [1, 14405000], [2, 0.1 + 0.2], ["", 3.0]]}, hidden_rows=[2])
    for content in (stream.getvalue(), made, *files("xlsx")):
        assert outcome(content) == carefully(content)


def test_a_workbook_of_texts_and_numbers_alone_needs_no_other_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_: bytes) -> None:
        raise AssertionError

    monkeypatch.setattr("intake.extractors.workbook._opened", never)
    for content in files("xlsx"):
        assert len(extract_workbook(content, Budget(Limits())).tables) == 3


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>',
        '<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        '<row r="1" x=\'"/>\'><c r="A1"><f>1</f><v>2</v></c></row>',
        '<row r="1"><c r="A1" s="7"><v>1</v></c></row>',
        '<row r="1"><c r="A1" s="2"><v>60</v></c></row>',
        '<row r="1"><c r="A1" s="2"><v>45000.5</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>1.0</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="ZZZ1048577"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="Z1048576"><v>1</v></c></row>',
    ],
)
def test_a_sheet_that_holds_more_is_left_to_the_other_readers(rows: str) -> None:
    sheet = f"<worksheet {_MAIN}><sheetData>{{}}</sheetData></worksheet>"
    kinds = {0: NUMBER, 1: PERCENT, 2: DAY}
    plain = '<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1"/><c r="C1" s="2"><v>61</v></c></row>'
    assert plain_sheet(sheet.format(plain).encode(), ["a", "b"], kinds) is not None
    assert plain_sheet(sheet.format(rows).encode(), ["a", "b"], kinds) is None


def test_a_minus_stays_with_a_number_and_leaves_a_zero() -> None:
    rows = '<row r="1"><c r="A1"><v>-0.0</v></c><c r="B1"><v>-12</v></c></row>'
    found = plain_sheet(
        f"<worksheet {_MAIN}><sheetData>{rows}</sheetData></worksheet>".encode(), [], {0: NUMBER}
    )
    assert found is not None
    assert [cell.text for cell in found.cells] == ["0", "-12"]


def test_strings_with_more_than_text_are_left_to_the_other_readers() -> None:
    for string in _ODD_STRINGS:
        assert plain_strings(f"<sst {_MAIN}><si><t>a</t></si><si>{string}</si></sst>".encode()) is None
