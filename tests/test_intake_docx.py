from __future__ import annotations

import pytest

from intake.documents import Cell, Document, Table
from intake.errors import DamagedFileError, FileTooLargeError, RefusedFileError
from intake.extractors.docx import extract_docx
from intake.extractors.interface import Budget, Limits
from tests.builders import docx, docx_of, paragraph, table, word_part, zip_of


def extract(content: bytes, limits: Limits | None = None) -> Document:
    return extract_docx(content, Budget(limits or Limits()))


def texts(body: str) -> list[str]:
    return [block.text for block in extract(docx_of(body)).paragraphs]


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def rows(*lines: str) -> Table:
    [found] = extract(docx_of(f"<w:tbl>{''.join(f'<w:tr>{line}</w:tr>' for line in lines)}</w:tbl>")).tables
    return found


def shape(found: Table) -> list[tuple[int, int, str, int, int]]:
    return [(each.row, each.column, each.text, each.row_span, each.column_span) for each in found.cells]


def test_paragraphs_and_tables_come_in_the_order_of_the_text() -> None:
    document = extract(docx("Trước", [["a", "b"], ["c", "d"]], "Sau"))
    assert [getattr(block, "text", "bảng") for block in document.blocks] == ["Trước", "bảng", "Sau"]
    [found] = document.tables
    assert (found.name, found.rows, found.columns, found.sheet) == ("1", 2, 2, False)
    assert found.cells[3] == Cell(1, 1, "d")


@pytest.mark.parametrize(
    "body",
    [
        f"<w:sdt><w:sdtContent>{paragraph('12 buổi')}</w:sdtContent></w:sdt>",
        f"<w:p><w:sdt><w:sdtContent>{run('12 buổi')}</w:sdtContent></w:sdt></w:p>",
        f"<w:p><w:ins w:id='1'>{run('12 buổi')}</w:ins></w:p>",
        f"<w:p><w:smartTag>{run('12')}</w:smartTag>{run(' buổi')}</w:p>",
        f"<w:p><w:hyperlink>{run('12 buổi')}</w:hyperlink></w:p>",
        f"<w:p><w:fldSimple w:instr='X'>{run('12 buổi')}</w:fldSimple></w:p>",
        f"<w:p><w:del w:id='1'><w:r><w:delText>99</w:delText></w:r></w:del>{run('12 buổi')}</w:p>",
        f"<w:p><w:moveFrom w:id='1'>{run('99')}</w:moveFrom>{run('12 buổi')}</w:p>",
        f"<w:p><w:r><w:instrText>PAGE</w:instrText></w:r>{run('12 buổi')}</w:p>",
    ],
)
def test_what_a_person_sees_is_read_and_what_is_struck_is_not(body: str) -> None:
    assert texts(body) == ["12 buổi"]


def test_a_text_box_is_read_once() -> None:
    box = f"<w:txbxContent>{paragraph('ỦY BAN NHÂN DÂN')}</w:txbxContent>"
    body = (
        "<w:p><w:r><w:t>Trang</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><wps:txbx>"
        f"{box}</wps:txbx></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict>"
        "</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert texts(body) == ["Trang", "ỦY BAN NHÂN DÂN"]


def test_breaks_and_tabs_are_kept_and_tab_stops_are_not_text() -> None:
    stops = '<w:tabs><w:tab w:val="left" w:pos="100"/></w:tabs>'
    body = f"<w:p><w:pPr>{stops}</w:pPr><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p>"
    assert texts(body) == ["a\tb\nc"]


def test_a_cell_merged_across_and_down_stands_once_with_its_spans() -> None:
    found = rows(
        cell("STT", '<w:vMerge w:val="restart"/>') + cell("Trong đó", '<w:gridSpan w:val="2"/>'),
        cell("", "<w:vMerge/>") + cell("Nam") + cell("Nữ"),
    )
    assert shape(found) == [
        (0, 0, "STT", 2, 1), (0, 1, "Trong đó", 1, 2), (1, 1, "Nam", 1, 1), (1, 2, "Nữ", 1, 1),
    ]  # fmt: skip


def test_a_second_merge_in_the_same_column_is_its_own_cell() -> None:
    start, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    found = rows(cell("a", start), cell("", on), cell("b", start), cell("", on))
    assert shape(found) == [(0, 0, "a", 2, 1), (2, 0, "b", 2, 1)]


def test_a_nested_table_follows_the_outer_one() -> None:
    inner = table([["trong"]])
    outer = f"<w:tbl><w:tr><w:tc>{paragraph('ngoài')}{inner}{paragraph('')}</w:tc></w:tr></w:tbl>"
    body = outer + table([["sau"]])
    found = extract(docx_of(body)).tables
    assert [(each.name, [one.text for one in each.cells]) for each in found] == [
        ("1", ["ngoài"]), ("2", ["trong"]), ("3", ["sau"]),
    ]  # fmt: skip


def test_a_row_struck_by_tracked_changes_is_left_out() -> None:
    struck = f"<w:tr><w:trPr><w:del w:id='1' w:author='Lan'/></w:trPr>{cell('99')}</w:tr>"
    document = extract(docx_of(f"<w:tbl>{struck}<w:tr>{cell('12')}</w:tr></w:tbl>"))
    assert [each.text for each in document.tables[0].cells] == ["12"]
    assert document.notes == ("tracked",)


def test_a_row_inside_a_content_control_is_a_row() -> None:
    body = f"<w:tbl><w:sdt><w:sdtContent><w:tr>{cell('12')}</w:tr></w:sdtContent></w:sdt></w:tbl>"
    assert [each.text for each in extract(docx_of(body)).tables[0].cells] == ["12"]


def test_bold_centred_and_fonts_come_from_run_and_style() -> None:
    styles = word_part(
        "styles",
        '<w:style w:type="paragraph" w:styleId="T">'
        '<w:pPr><w:jc w:val="center"/><w:outlineLvl w:val="0"/></w:pPr>'
        '<w:rPr><w:b/><w:rFonts w:ascii="Arial"/></w:rPr></w:style>',
    )
    plain = paragraph("thường", run_properties='<w:b w:val="0"/><w:rFonts w:ascii=".VnTime"/>')
    titled = paragraph("TIÊU ĐỀ", properties='<w:pStyle w:val="T"/>')
    document = extract(docx_of(titled + plain, parts={"word/styles.xml": styles}))
    title, body = document.paragraphs
    assert (title.bold, title.centred, title.heading, title.fonts) == (True, True, 1, ("Arial",))
    assert (body.bold, body.centred, body.heading, body.fonts) == (False, False, 0, (".VnTime",))
    assert document.notes == ("legacy_font",)


def test_formatting_as_it_was_before_a_tracked_change_does_not_count() -> None:
    changed = (
        '<w:p><w:pPr><w:pPrChange w:id="1" w:author="Lan"><w:pPr><w:jc w:val="center"/></w:pPr></w:pPrChange>'
        '</w:pPr><w:r><w:rPr><w:rPrChange w:id="2" w:author="Lan"><w:rPr><w:b/></w:rPr></w:rPrChange></w:rPr>'
        "<w:t>12 buổi</w:t></w:r></w:p>"
    )
    before = '<w:tcPrChange w:id="3" w:author="Lan"><w:tcPr><w:gridSpan w:val="2"/></w:tcPr></w:tcPrChange>'
    document = extract(docx_of(f"{changed}<w:tbl><w:tr>{cell('a', before)}{cell('b')}</w:tr></w:tbl>"))
    [line] = document.paragraphs
    assert (line.text, line.bold, line.centred) == ("12 buổi", False, False)
    assert shape(document.tables[0]) == [(0, 0, "a", 1, 1), (0, 1, "b", 1, 1)]


def test_a_run_keeps_its_own_font_beside_controls_and_formulas() -> None:
    control = "<w:sdt><w:sdtPr><w:rPr><w:b/><w:rFonts w:ascii='Arial'/></w:rPr></w:sdtPr></w:sdt>"
    formula = (
        "<m:oMath xmlns:m='http://schemas.openxmlformats.org/officeDocument/2006/math'><m:f><m:fPr><m:ctrlPr>"
        "<w:rPr><w:rFonts w:ascii='Cambria Math'/></w:rPr></m:ctrlPr></m:fPr></m:f></m:oMath>"
    )
    [line] = extract(docx_of(f"<w:p>{run('một')}{control}{run('hai')}{formula}</w:p>")).paragraphs
    assert (line.bold, line.fonts) == (False, ())


NUMBERING = word_part(
    "numbering",
    '<w:abstractNum w:abstractNumId="0">'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1."/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%2)"/></w:lvl>'
    '</w:abstractNum><w:num w:numId="5"><w:abstractNumId w:val="0"/></w:num>',
)


def listed(text: str, level: int) -> str:
    return paragraph(text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="5"/></w:numPr>')


def test_list_labels_are_counted_as_word_shows_them() -> None:
    body = listed("một", 0) + listed("x", 1) + listed("y", 1) + listed("hai", 0) + listed("z", 1)
    document = extract(docx_of(body, parts={"word/numbering.xml": NUMBERING}))
    assert [each.list_label for each in document.paragraphs] == ["I.", "a)", "b)", "II.", "a)"]


def test_an_empty_cell_that_is_only_numbered_shows_its_number() -> None:
    lines = "".join(f"<w:tr><w:tc>{listed('', 0)}</w:tc>{cell('x')}</w:tr>" for _ in range(2))
    document = extract(docx_of(f"<w:tbl>{lines}</w:tbl>", parts={"word/numbering.xml": NUMBERING}))
    assert [each.text for each in document.tables[0].cells] == ["I.", "x", "II.", "x"]


def test_a_page_header_comes_first() -> None:
    document = extract(docx("Thân", parts={"word/header1.xml": word_part("hdr", paragraph("UBND XÃ MẪU"))}))
    assert [each.text for each in document.paragraphs] == ["UBND XÃ MẪU", "Thân"]


def test_a_remote_template_is_noted_and_a_hyperlink_is_not() -> None:
    def linked(kind: str) -> bytes:
        relation = f'<Relationship Id="r1" Type="x/{kind}" Target="http://a.example/" TargetMode="External"/>'
        rels = f"<Relationships>{relation}</Relationships>"
        return docx("a", parts={"word/_rels/document.xml.rels": rels})

    assert extract(linked("attachedTemplate")).notes == ("external_links",)
    assert extract(linked("hyperlink")).notes == ()


def test_a_document_type_is_refused() -> None:
    evil = '<!DOCTYPE x [<!ENTITY e "9">]><w:document xmlns:w="x"><w:body>&e;</w:body></w:document>'
    with pytest.raises(RefusedFileError):
        extract(docx("a", parts={"word/document.xml": evil}))


def test_a_document_type_in_another_encoding_is_refused_too() -> None:
    evil = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY e "9">]><x>&e;</x>'
    with pytest.raises(RefusedFileError):
        extract(docx("a", parts={"word/document.xml": evil.encode("utf-16")}))


def test_the_words_of_a_document_type_in_a_comment_are_no_document_type() -> None:
    assert texts(f"<!-- <!DOCTYPE x> -->{paragraph('12 buổi')}") == ["12 buổi"]


@pytest.mark.parametrize("content", [b"PK\x03\x04", zip_of({"a.txt": "x"}), docx("a")[:-30]])
def test_a_broken_package_is_damaged(content: bytes) -> None:
    with pytest.raises(DamagedFileError):
        extract(content)


def test_more_cells_than_allowed_are_not_read() -> None:
    with pytest.raises(FileTooLargeError):
        extract(docx([["a"] * 5] * 5), Limits(cells=20))


@pytest.mark.parametrize("offset", [b"\xff\xff\xff\x7f", b"\x07\0\0\0"])
def test_a_part_that_does_not_lie_where_the_package_says_is_damage(offset: bytes) -> None:
    content = docx("Trước")
    entry = content.rindex(b"PK\x01\x02", 0, content.rindex(b"word/document.xml"))
    moved = content[: entry + 42] + offset + content[entry + 46 :]  # APPNOTE 4.3.12
    with pytest.raises(DamagedFileError):
        extract(moved)


def test_a_part_that_does_not_give_its_check_sum_is_damage() -> None:
    content = docx("Trước", "Sau")
    entry = content.rindex(b"PK\x01\x02", 0, content.rindex(b"word/document.xml"))
    with pytest.raises(DamagedFileError):
        extract(content[: entry + 16] + b"\0\0\0\0" + content[entry + 20 :])


@pytest.mark.parametrize(
    "misplaced",
    [
        "<w:tr><w:tc><w:p/></w:tc></w:tr>",
        "<w:tc><w:p/></w:tc>",
        "<w:sdt><w:tr><w:tc><w:p/></w:tc></w:tr></w:sdt>",
    ],
)
def test_rows_and_cells_inside_a_cell_make_a_file_that_is_damaged(misplaced: str) -> None:
    cells = f"<w:tc><w:p/>{misplaced}</w:tc><w:tc><w:p><w:r><w:t>12</w:t></w:r></w:p></w:tc>"
    with pytest.raises(DamagedFileError):
        extract_docx(docx_of(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"), Budget(Limits()))
