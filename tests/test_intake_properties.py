"""What a clerk may do to a report without changing what it says: no value may change with it."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import docx as word
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.reports import Indicator, ReportDefinition, Sex
from intake.documents import Cell, Document, FileKind, Paragraph, Table
from intake.evidence.letterhead import read_letterhead
from intake.extractors import office
from intake.extractors.docx import extract_docx
from intake.extractors.interface import Budget, Limits
from intake.extractors.office import convert
from intake.extractors.registry import EXTRACTORS
from intake.figures.label_keys import label_key
from intake.figures.numerals import number_text
from intake.figures.report_names import label_index
from intake.figures.tables import read_tables
from intake.mail.legacy_text import from_tcvn3, from_vni
from ledger.records import Certainty
from tests.builders import WorkbookCell, docx, docx_of, paragraph, table, xlsx

#: the machine may be busy; what is tested is no time
unhurried = settings(deadline=None, max_examples=60)
ALL = (Sex.TOTAL, Sex.MALE, Sex.FEMALE)
INDICATORS = (
    Indicator("A", "Số vụ xung đột ở thôn", "vụ", synonyms=("Vụ xung đột tại thôn, bản",)),
    Indicator("B", "Số người được hòa giải", "người", ALL, synonyms=("Người được hoà giải ở cơ sở",)),
    Indicator("C", "Số buổi tuyên truyền pháp luật", "buổi", synonyms=("Tuyên truyền pháp luật",)),
    Indicator("D", "Kinh phí hòa giải ở cơ sở", "triệu đồng", synonyms=("Kinh phí cho hòa giải",)),
    Indicator("E", "Hòa giải viên", "người", ALL, synonyms=("Số hòa giải viên",)),
)
REPORT = ReportDefinition("hoa-giai", "Báo cáo hòa giải", "HG", ("hòa giải",), INDICATORS, (), ())
HEAD = ("STT", "Chỉ tiêu", "ĐVT", "Tổng số", "Nam", "Nữ", "Ghi chú")
TITLE = ("ỦY BAN NHÂN DÂN XÃ ĐỒNG VÀNG", "BÁO CÁO", "Kết quả công tác hòa giải ở cơ sở 6 tháng đầu năm")

Figures = dict[tuple[str, str], Decimal | None]
Row = tuple[str, ...]


def figures_of(document: Document) -> Figures:
    reading = read_tables(document, "bieu", REPORT, "commune")
    return {(v.indicator, v.sex.value): v.value for v in reading.values if v.certainty is Certainty.CERTAIN}


def gridded(rows: Sequence[Row]) -> Document:
    cells = (
        Cell(number, column, text)
        for number, row in enumerate(rows)
        for column, text in enumerate(row)
        if text
    )
    return Document((Table("1", tuple(cells), len(rows), len(rows[0])),))


def extracted(content: bytes, kind: FileKind) -> Document:
    return EXTRACTORS[kind](content, Budget(Limits(seconds=120.0)))


@st.composite
def reports(draw: st.DrawFn) -> tuple[list[Row], Figures]:
    """The rows of a filled form and what they say."""
    rows, told = [], Figures()
    for number, indicator in enumerate(INDICATORS, 1):
        men, women = draw(st.integers(0, 99_999)), draw(st.integers(0, 99_999))
        split = indicator.sexes == ALL
        shown = [number_text(Decimal(each)) for each in ((men + women, men, women) if split else (men,))]
        rows.append(
            (str(number), indicator.label, indicator.unit_of_measure, *shown, *[""] * (4 - len(shown)))
        )
        told[indicator.code, "total"] = Decimal(men + women if split else men)
        if split:
            told |= {(indicator.code, "male"): Decimal(men), (indicator.code, "female"): Decimal(women)}
    return rows, told


@unhurried
@given(reports(), st.permutations(range(len(INDICATORS))), st.permutations(range(len(HEAD))))
def test_rows_and_columns_in_any_order_give_the_same_figures(
    report: tuple[list[Row], Figures], down: list[int], across: list[int]
) -> None:
    rows, told = report
    moved = [tuple(row[column] for column in across) for row in (HEAD, *[rows[number] for number in down])]
    assert figures_of(gridded(moved)) == told


def marks_apart(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def old_hook(text: str) -> str:
    return text.replace("ư", "ƣ").replace("Ư", "Ƣ")


@unhurried
@given(
    reports(),
    st.lists(st.booleans(), min_size=len(INDICATORS), max_size=len(INDICATORS)),
    st.sampled_from([str, str.upper, marks_apart, old_hook]),
)
def test_rows_renamed_by_synonyms_or_typed_otherwise_give_the_same_figures(
    report: tuple[list[Row], Figures], renamed: list[bool], typed: object
) -> None:
    assert callable(typed)
    rows, told = report
    labels = [
        typed(indicator.synonyms[0] if other else indicator.label)
        for indicator, other in zip(INDICATORS, renamed, strict=True)
    ]
    relabelled = [(row[0], label, *row[2:]) for row, label in zip(rows, labels, strict=True)]
    assert figures_of(gridded([HEAD, *relabelled])) == told


# -- one report in every format ------------------------------------------------------------------------

ROWS: tuple[Row, ...] = (
    ("1", "Số vụ xung đột ở thôn", "vụ", "12", "", "", ""),
    ("2", "Số người được hòa giải", "người", "1.030", "500", "530", ""),
    ("3", "Số buổi tuyên truyền pháp luật", "buổi", "08", "", "", "quý II"),
    ("4", "Kinh phí hòa giải ở cơ sở", "triệu đồng", "14,5", "", "", ""),
    ("5", "Hòa giải viên", "người", "84", "40", "44", ""),
)
TOLD: Figures = {
    ("A", "total"): Decimal(12),
    ("B", "total"): Decimal(1030), ("B", "male"): Decimal(500), ("B", "female"): Decimal(530),
    ("C", "total"): Decimal(8),
    ("D", "total"): Decimal("14.5"),
    ("E", "total"): Decimal(84), ("E", "male"): Decimal(40), ("E", "female"): Decimal(44),
}  # fmt: skip

needs_office = pytest.mark.skipif(office.converter() is None, reason="LibreOffice is not installed here")


def letter() -> bytes:
    made = word.Document()
    for line in TITLE:
        made.add_paragraph(line)
    grid = made.add_table(len(ROWS) + 1, len(HEAD), style="Table Grid")
    for line, row in zip(grid.rows, (HEAD, *ROWS), strict=True):
        for cell, text in zip(line.cells, row, strict=True):
            cell.text = text
    made.add_paragraph("Trên đây là báo cáo của Ủy ban nhân dân xã.")
    octets = io.BytesIO()
    made.save(octets)
    return octets.getvalue()


def book() -> bytes:
    numbers = {"12": 12, "1.030": 1030, "500": 500, "530": 530, "08": 8, "14,5": 14.5, "84": 84, "40": 40}
    rows: list[list[WorkbookCell]] = [[line] for line in TITLE]
    rows += [[numbers.get(text, text or None) for text in row] for row in (HEAD, *ROWS)]
    return xlsx({"Biểu 01": rows})


def test_the_report_itself_is_read() -> None:
    assert figures_of(extract_docx(letter(), Budget(Limits()))) == TOLD
    assert figures_of(extracted(book(), FileKind.XLSX)) == TOLD


@needs_office
@pytest.mark.parametrize("kind", ["doc", "odt", "rtf", "pdf", "html"])
def test_a_letter_saved_in_another_format_gives_the_same_figures(kind: str) -> None:
    assert figures_of(extracted(convert(letter(), "docx", kind, 100), FileKind(kind))) == TOLD


@needs_office
@pytest.mark.parametrize("kind", ["xls", "ods", "html"])
def test_a_workbook_saved_in_another_format_gives_the_same_figures(kind: str) -> None:
    assert figures_of(extracted(convert(book(), "xlsx", kind, 100), FileKind(kind))) == TOLD


TCVN3 = {from_tcvn3(chr(c)): chr(c) for c in range(0xA1, 0x100) if from_tcvn3(chr(c)) != chr(c)}
_VNI_CODES = [chr(c) for c in range(0x61, 0x7B)] + [chr(c) for c in range(0xC0, 0x100)]
VNI = {
    from_vni(first + second): first + second
    for first in _VNI_CODES
    for second in ["", *_VNI_CODES]
    if len(from_vni(first + second)) == 1 and from_vni(first + second) != first + second
}


def encoded(text: str, codes: dict[str, str]) -> str:
    return "".join(codes.get(each) or codes.get(each.lower(), each) for each in text)


@pytest.mark.parametrize(("codes", "font"), [(TCVN3, ".VnTime"), (VNI, "VNI-Times"), (TCVN3, ""), (VNI, "")])
def test_a_report_typed_before_unicode_gives_the_same_figures(codes: dict[str, str], font: str) -> None:
    fonts = f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}"/>' if font else ""
    rows = [[encoded(text, codes) for text in row] for row in (HEAD, *ROWS)]
    body = "".join(paragraph(encoded(line, codes), run_properties=fonts) for line in TITLE) + table(rows)
    octets = docx_of(body.replace("<w:rPr></w:rPr>", f"<w:rPr>{fonts}</w:rPr>"))
    assert figures_of(extract_docx(octets, Budget(Limits()))) == TOLD


def test_marks_that_stand_alone_give_the_same_figures() -> None:
    rows = [[marks_apart(text) for text in row] for row in (HEAD, *ROWS)]
    assert figures_of(extract_docx(docx(*map(marks_apart, TITLE), rows), Budget(Limits()))) == TOLD


# -- labels --------------------------------------------------------------------------------------------

INDEX = label_index(REPORT)
WORDS = st.sampled_from(" ".join(each.label for each in INDICATORS).split())


@unhurried
@given(st.text(max_size=80) | st.lists(WORDS | st.text(max_size=4), max_size=12).map(" ".join))
def test_no_label_makes_the_reader_stumble(label: str) -> None:
    label_key(label)
    rows = (HEAD, ("1", label, "", "7", "", "", ""))
    figures_of(gridded(rows))


@unhurried
@given(st.sampled_from(INDICATORS), st.text(alphabet=" .:,;-–\u00a0\t\n*", max_size=4))
def test_signs_around_a_label_change_nothing(indicator: Indicator, signs: str) -> None:
    label = f"{signs}{indicator.label}{signs}"
    rows = (HEAD, ("1", label, indicator.unit_of_measure, "7", "", "", ""))
    assert figures_of(gridded(rows)).get((indicator.code, "total")) == Decimal(7)


# -- dates ---------------------------------------------------------------------------------------------


@unhurried
@given(
    st.dates(date(1990, 1, 1), date(2099, 12, 31)),
    st.sampled_from(
        ["{}, ngày {:02} tháng {:02} năm {}", "{}, ngày {} tháng {} năm {}", "{}, ngày {}  tháng {}  năm  {}"]
    ),
)
def test_the_date_of_a_letter_is_read_back(day: date, form: str) -> None:
    line = form.format("Đồng Vàng", day.day, day.month, day.year)
    found = read_letterhead(Document((Paragraph("UBND XÃ ĐỒNG VÀNG", 1), Paragraph(line, 2)))).place_and_date
    assert found is not None
    assert (found.day, found.month, found.year) == (day.day, day.month, day.year)


ODD = st.text(alphabet="ngàythánăm 0123456789/.-…,:SốUBNDxãBC", max_size=60) | st.text(max_size=60)


@unhurried
@given(st.lists(ODD, max_size=6))
def test_no_letterhead_makes_the_reader_stumble(lines: list[str]) -> None:
    read_letterhead(Document(tuple(Paragraph(line, number) for number, line in enumerate(lines, 1))))
