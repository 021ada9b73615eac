from __future__ import annotations

import time
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.documents import Document, FileKind, ReadState
from intake.errors import FileTooLargeError, RefusedFileError
from intake.extractors import office
from intake.extractors.interface import Budget, Limits
from intake.extractors.office import extract_old_workbook
from intake.extractors.web_page import extract_html, html_text
from intake.mail.files import read_message
from intake.mail.kinds import kind_of
from intake.mail.legacy_text import from_tcvn3
from intake.mail.messages import ReadMessage
from tests.builders import mail, raw_mail

_TCVN3 = {
    from_tcvn3(chr(code)): chr(code) for code in range(0xA1, 0x100) if chr(code) != from_tcvn3(chr(code))
}
SENTENCE = "Ủy ban nhân dân xã báo cáo kết quả công tác bình đẳng giới như sau"
EXCEL = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>
<meta http-equiv=Content-Type content="text/html; charset=%s">
<style><!-- td {font-family:Arial;}
.xl24 {mso-style-parent:style0; font-family:.VnTime, sans-serif;} --></style>
</head><body><table>%s</table></body></html>"""


def tcvn3(text: str) -> str:
    return "".join(_TCVN3.get(letter, letter) for letter in text)


def read(markup: str | bytes, limits: Limits | None = None) -> Document:
    content = markup.encode() if isinstance(markup, str) else markup
    return extract_html(content, Budget(limits or Limits()))


def grid(document: Document) -> dict[tuple[int, int], str]:
    [table] = document.tables
    return {(cell.row, cell.column): cell.text for cell in table.cells}


def received(octets: bytes) -> ReadMessage:
    return read_message(octets, Limits())


# -- tables ------------------------------------------------------------------------------------------


def test_a_workbook_saved_as_a_web_page_is_a_table_with_its_merges() -> None:
    rows = (
        "<tr><td rowspan=2>STT</td><td rowspan=2>Chỉ tiêu</td><td colspan=2>Trong đó</td></tr>"
        "<tr><td>Nam</td><td>Nữ</td></tr><tr><td>1</td><td>Số người<br>tham gia</td><td>5</td><td></td></tr>"
    )
    document = read(EXCEL % ("utf-8", rows))
    assert grid(document) == {
        (0, 0): "STT", (0, 1): "Chỉ tiêu", (0, 2): "Trong đó", (1, 2): "Nam", (1, 3): "Nữ",
        (2, 0): "1", (2, 1): "Số người\ntham gia", (2, 2): "5", (2, 3): "",
    }  # fmt: skip
    [table] = document.tables
    assert (table.rows, table.columns, table.cells[2].column_span, table.cells[0].row_span) == (3, 4, 2, 2)
    assert document.paragraphs == ()


def test_text_that_runs_over_its_neighbours_is_no_merged_cell() -> None:
    title = "<tr><td colspan=3 style='mso-ignore:colspan'>Biểu 01</td><td>x</td></tr>"
    rows = title + "<tr><td>1<td>2<td>3<td>4</tr>"
    [table] = read(EXCEL % ("utf-8", rows)).tables
    assert [(cell.column, cell.column_span) for cell in table.cells[:2]] == [(0, 1), (3, 1)]


def test_hidden_rows_and_columns_of_a_web_page_are_marked() -> None:
    rows = "<col><col style='display:none'><tr style='display:none'><td>1<td>2</tr><tr><td>3<td>4</tr>"
    [table] = read(EXCEL % ("utf-8", rows)).tables
    assert (set(table.hidden_rows), set(table.hidden_columns)) == ({0}, {1})


@pytest.mark.parametrize(
    ("stored", "shown", "number", "percent"),
    [
        ("1234.5678", "1.234,57", "1234.5678", False),
        ("0.45", "45%", "0.45", True),
        ("1234", "1.234", "1234", False),
        ("45078", "01/06/2023", "", False),
        ("45078", "01.06.2023", "", False),
        ("12", "15", "", False),
        ("", "12", "", False),
        ("1e999999999", "1", "", False),
        ("NaN", "1", "", False),
    ],
)
def test_the_number_noted_beside_a_cell_counts_only_where_the_cell_shows_it(
    stored: str, shown: str, number: str, percent: bool
) -> None:
    [table] = read(EXCEL % ("utf-8", f'<tr><td x:num="{stored}">{shown}</td></tr>')).tables
    assert (table.cells[0].number, table.cells[0].percent, table.cells[0].text) == (number, percent, shown)


def test_paragraphs_and_tables_stand_in_their_order_and_inner_tables_after_the_outer() -> None:
    document = read("<p>một</p><table><tr><td>a<table><tr><td>b</td></tr></table>c</td></tr></table><p>hai")
    assert [type(block).__name__[0] for block in document.blocks] == ["P", "T", "T", "P"]
    assert [[cell.text for cell in table.cells] for table in document.tables] == [["ac"], ["b"]]
    assert [paragraph.text for paragraph in document.paragraphs] == ["một", "hai"]


def test_a_web_page_in_a_single_file_gives_its_sheets_by_name_and_marks_the_hidden() -> None:
    archive = EmailMessage()
    archive["X-Document-Type"] = "Workbook"
    main = (
        "<html><!--<xml><x:ExcelWorksheet><x:Name>Biểu 1</x:Name></x:ExcelWorksheet><x:ExcelWorksheet>"
        "<x:Name>Cũ</x:Name><x:Visible>SheetHidden</x:Visible></x:ExcelWorksheet></xml>--><body></body></html>"
    )
    archive.set_content(main, subtype="html")
    archive.make_related()
    for number in (12, 34):
        archive.add_related(EXCEL % ("utf-8", f"<tr><td>Số cuộc</td><td>{number}</td></tr>"), subtype="html")
    content = b"MIME-Version: 1.0\n" + archive.as_bytes().replace(b"MIME-Version: 1.0\n", b"", 1)
    [file] = received(mail(files=[("bieu.xls", content)])).files
    assert (file.kind, file.state) == (FileKind.HTML, ReadState.READ)
    assert file.document is not None
    assert [(t.cells[1].text, t.hidden) for t in file.document.tables] == [("12", False), ("34", True)]


def test_a_forwarded_mail_is_no_web_archive() -> None:
    content = raw_mail("From: a@b.example\nTo: c@d.example\nSubject: x\nMIME-Version: 1.0\nDate: x", "text")
    assert kind_of(content) is FileKind.MESSAGE


@pytest.mark.parametrize("rows", ["<tr>" + "<td colspan=1000>x" * 300, "<tr>" + "<td>x" * 2000])
def test_more_cells_than_are_read_of_one_file_are_too_many(rows: str) -> None:
    with pytest.raises(FileTooLargeError):
        read(EXCEL % ("utf-8", rows), Limits(cells=1999))


def test_deep_and_unclosed_markup_is_read_in_time() -> None:
    begun = time.process_time()
    read("<table><tr><td>" * 3_000 + "x")
    read("<div>" * 50_000 + "x")
    read("<style>" + "a{" * 50_000)
    assert time.process_time() - begun < 10


# -- text before Unicode -------------------------------------------------------------------------------


def test_cells_in_an_old_font_are_put_right_by_their_class() -> None:
    text = tcvn3("Số người được tư vấn")
    row = f"<tr><td class=xl24>{text}</td><td>5</td></tr>"
    document = read((EXCEL % ("windows-1252", row)).encode("latin-1"))
    assert grid(document) == {(0, 0): "Số người được tư vấn", (0, 1): "5"}
    assert "legacy_tcvn3" in document.notes


@pytest.mark.parametrize("charset", ["", "; charset=iso-8859-1", "; charset=windows-1252"])
def test_a_mail_typed_in_tcvn3_is_put_right_whatever_charset_it_goes_under(charset: str) -> None:
    head = f"From: a@b.example\nContent-Type: text/plain{charset}\nContent-Transfer-Encoding: 8bit"
    message = received(raw_mail(head, tcvn3(SENTENCE.replace("Ủ", "ủ")).encode("latin-1")))
    assert message.text == SENTENCE.replace("Ủ", "ủ")
    assert "legacy_tcvn3" in message.defects
    assert any(defect.startswith("legacy_sample: ") and "→" in defect for defect in message.defects)


def test_a_mail_whose_letters_went_through_unicode_as_latin_1_is_put_right() -> None:
    message = received(mail(text=tcvn3("Tổng số buổi tuyên truyền: 12, số lượt người tham dự: 560")))
    assert message.text == "Tổng số buổi tuyên truyền: 12, số lượt người tham dự: 560"


@pytest.mark.parametrize(
    "markup",
    [
        '<font face=".VnTime">{}</font>',
        "<p style='font-family:\".VnTime\"'>{}</p>",
        "<style>p.MsoNormal, li.x {{font-size:14pt; font-family:.VnTime}}</style><p class=MsoNormal>{}</p>",
    ],
)
def test_a_short_text_in_an_old_font_is_put_right_by_the_font(markup: str) -> None:
    assert html_text(markup.format(tcvn3("số hộ"))) == "số hộ"


def test_a_font_set_over_unicode_text_changes_nothing() -> None:
    assert html_text(f'<font face=".VnTime">{SENTENCE}</font>') == SENTENCE


VIETNAMESE = [
    "số",
    "buổi",
    "tuyên",
    "truyền",
    "người",
    "tham",
    "gia",
    "được",
    "ủy",
    "ban",
    "nhân",
    "dân",
    "xã",
    "kết",
    "quả",
    "bình",
    "đẳng",
    "giới",
    "phụ",
    "nữ",
]
FRENCH = "été où très là thé né élève façon œuvre dû goût naïve Noël à ça château réunion française".split()  # noqa: SIM905
GERMAN = "für Straße Grüße können über Ämter Öl größer Maß Bürger daß schön während ähnlich süß".split()  # noqa: SIM905


@settings(deadline=None)
@given(st.sampled_from([VIETNAMESE, FRENCH, GERMAN]).flatmap(lambda words: st.lists(st.sampled_from(words))))
def test_healthy_text_of_a_mail_is_never_converted(words: list[str]) -> None:
    text = " ".join(words)
    message = received(mail(text=text, html=f"<p>{text}</p>"))
    assert message.text == text
    assert not any(defect.startswith("legacy") for defect in message.defects)
    assert html_text(f"<p>{text}</p>") == text


@settings(deadline=None)
@given(st.sampled_from([FRENCH, GERMAN]).flatmap(lambda words: st.lists(st.sampled_from(words))))
def test_healthy_text_under_its_own_charset_is_never_converted(words: list[str]) -> None:
    text = " ".join(word for word in words if "œ" not in word)
    head = "From: a@b.example\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit"
    message = received(raw_mail(head, text.encode("latin-1")))
    assert not any(defect.startswith("legacy") for defect in message.defects)


# -- Excel 2003 XML ------------------------------------------------------------------------------------

SPREADSHEET = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>%s
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Biểu 01"><Table><Row>
<Cell><Data ss:Type="String">Số cuộc</Data></Cell><Cell><Data ss:Type="Number">12.5</Data></Cell>
</Row></Table></Worksheet></Workbook>"""


@pytest.mark.skipif(office.converter() is None, reason="LibreOffice is not installed here")
def test_the_xml_of_excel_2003_is_read_as_a_workbook() -> None:
    [file] = received(mail(files=[("bieu.xls", (SPREADSHEET % "").encode())])).files
    assert (file.kind, file.state) == (FileKind.XLS, ReadState.READ)
    assert file.document is not None
    [table] = file.document.tables
    assert (table.name, [(c.text, c.number) for c in table.cells]) == (
        "Biểu 01", [("Số cuộc", ""), ("12.5", "12.5")],
    )  # fmt: skip


def test_the_xml_of_excel_2003_with_a_document_type_is_refused() -> None:
    bomb = SPREADSHEET % '<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    with pytest.raises(RefusedFileError):
        extract_old_workbook(bomb.encode(), Budget(Limits()))
