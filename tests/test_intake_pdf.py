from __future__ import annotations

import io
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from pypdfium2 import PdfDocument

from intake.documents import Document, FileKind, Paragraph, ReadState, Table
from intake.errors import DamagedFileError, EncryptedFileError, FileTooLargeError, NotReadYetError
from intake.evidence.letterhead import read_letterhead
from intake.extractors.interface import Budget, Limits
from intake.extractors.pdf import _printed_once, extract_pdf, is_damaged_text
from intake.extractors.scan import ReadingOverranError, is_recognised
from intake.mail.files import read_message
from intake.sandbox.wire import packed, unpacked
from tests import builders_pages as paper
from tests.builders import mail, xlsx

ROWS = paper.figures(60, seed=11)


def extract(content: bytes, limits: Limits | None = None) -> Document:
    return extract_pdf(content, Budget(limits or Limits()))


def cells(table: Table) -> dict[tuple[int, int], str]:
    return {(cell.row, cell.column): " ".join(cell.text.split()) for cell in table.cells}


def body(document: Document) -> list[str]:
    return [block.text for block in document.paragraphs]


def raw_pdf(stream: str, *, extra: str = "", notes: str = "") -> bytes:
    """A PDF of one page written by hand, for what no office program writes."""
    content = stream.encode("latin-1")
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {extra} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            f" /Resources << /Font << /F 5 0 R >> >> {notes} >>"
        ),
        f"<< /Length {len(content)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    octets = io.BytesIO(b"")
    octets.write(b"%PDF-1.7\n")
    places = []
    for number, text in enumerate(objects, 1):
        places.append(octets.tell())
        octets.write(f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1"))
    start = octets.tell()
    octets.write(f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode())
    octets.write("".join(f"{place:010d} 00000 n \n" for place in places).encode())
    octets.write(f"trailer\n<< /Size {len(places) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())
    return octets.getvalue()


LINES = " ".join(f"BT /F 12 Tf 80 {700 - 20 * n} Td (So cuoc tuyen truyen {n}) Tj ET" for n in range(8))


# -- text in the order of reading ------------------------------------------------------------------


@pytest.mark.parametrize("font", ["DejaVu Serif", "Liberation Serif", "DejaVu Sans Condensed"])
@pytest.mark.parametrize("indent", [True, False])
def test_lines_become_the_paragraphs_that_were_typed(font: str, indent: bool) -> None:
    document = extract(paper.printed(paper.letter(font=font, indent=indent)))
    assert body(document) == [*paper.TITLE, *paper.PARAGRAPHS]
    assert [p.number for p in document.paragraphs] == list(range(1, len(document.paragraphs) + 1))
    assert document.notes == ()


def test_a_paragraph_goes_on_over_the_page() -> None:
    long = docx.Document()
    text = " ".join(f"Thôn {n} đã tổ chức sinh hoạt chuyên đề về bình đẳng giới." for n in range(1, 90))
    long.add_paragraph(text)
    octets = io.BytesIO()
    long.save(octets)
    printed = paper.printed(octets.getvalue())
    with PdfDocument(printed) as file:
        assert len(file) > 1
    assert body(extract(printed)) == [text]


def test_a_title_is_bold_and_centred_and_running_text_is_neither() -> None:
    paragraphs = extract(paper.printed(paper.letter())).paragraphs
    assert all(p.bold and p.centred for p in paragraphs[:3])
    assert not any(p.bold or p.centred for p in paragraphs[3:])
    assert paragraphs[0].fonts == ("DejaVuSerif-Bold",)


def test_the_frame_of_a_letter_stands_in_two_columns() -> None:
    document = extract(paper.printed(paper.letter(ROWS[:4])))
    head, _, foot = document.tables
    for table, lines in ((head, paper.HEAD), (foot, paper.SIGNATURE)):
        columns = ["\n".join(filter(None, column)) for column in zip(*lines, strict=True)]
        assert [cell.text for cell in table.cells] == columns
    letter = read_letterhead(document)
    assert letter.issuer == "UBND XÃ ĐỒNG VÀNG"
    assert letter.document_type == "BÁO CÁO"
    assert letter.subject.startswith("Kết quả thực hiện công tác bình đẳng giới")
    assert letter.number is not None


DONE = [f"Mục {number} đã hoàn thành." for number in range(1, 61)]


def test_page_numbers_are_no_paragraphs() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0]._p.append(
        parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>')
    )
    for text in DONE:
        document.add_paragraph(text)
    octets = io.BytesIO()
    document.save(octets)
    assert body(extract(paper.printed(octets.getvalue()))) == DONE


# -- tables ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("repeat", [True, False], ids=["head repeated", "head once"])
@pytest.mark.parametrize("font", ["DejaVu Serif", "Liberation Serif"])
def test_a_table_over_several_pages_is_one_table_with_every_cell(font: str, repeat: bool) -> None:
    printed = paper.printed(paper.letter(ROWS, font=font, repeat=repeat))
    with PdfDocument(printed) as file:
        assert len(file) > 2
    _, table, _ = extract(printed).tables
    assert (table.name, table.rows, table.columns) == ("2", len(ROWS) + 2, 7)
    found = cells(table)
    assert [[found[row + 2, column] for column in range(7)] for row in range(len(ROWS))] == [
        list(row) for row in ROWS
    ]


def test_merged_headings_stand_once_with_their_spans() -> None:
    _, table, _ = extract(paper.printed(paper.letter(ROWS[:3]))).tables
    head = [(c.row, c.column, c.text, c.row_span, c.column_span) for c in table.cells if c.row < 2]
    assert head == [
        (0, 0, "STT", 2, 1), (0, 1, "Chỉ tiêu", 2, 1), (0, 2, "ĐVT", 2, 1), (0, 3, "Tổng số", 2, 1),
        (0, 4, "Trong đó", 1, 2), (0, 6, "Ghi chú", 2, 1), (1, 4, "Nam", 1, 1), (1, 5, "Nữ", 1, 1),
    ]  # fmt: skip


def table_document(rows: Sequence[Sequence[str]], borders: str = "", direction: str = "") -> bytes:
    document = docx.Document()
    document.add_paragraph("Biểu số liệu kèm theo")
    table = document.add_table(0, len(rows[0]), style="Table Grid")
    for texts in rows:
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            cell.text = text
    if borders:
        table._tbl.tblPr.append(parse_xml(f"<w:tblBorders {nsdecls('w')}>{borders}</w:tblBorders>"))
    if direction:
        row = table.rows[0]
        row.height = 900_000
        for cell in row.cells:
            cell._tc.get_or_add_tcPr().append(
                parse_xml(f'<w:textDirection {nsdecls("w")} w:val="{direction}"/>')
            )
    octets = io.BytesIO()
    document.save(octets)
    return octets.getvalue()


def test_a_table_open_left_and_right_keeps_its_outer_columns() -> None:
    sides = "".join(f'<w:{side} w:val="nil"/>' for side in ("left", "right"))
    rows = (("Chỉ tiêu", "Nam", "Nữ"), ("Số cuộc", "3", "4"), ("Số người", "15", "26"))
    [table] = extract(paper.printed(table_document(rows, borders=sides))).tables
    assert cells(table) == {(r, c): text for r, row in enumerate(rows) for c, text in enumerate(row)}


@pytest.mark.parametrize("direction", ["btLr", "tbRl"])
def test_headings_that_run_up_or_down_are_read(direction: str) -> None:
    rows = (("Tổng số", "Trong đó nữ", "Ghi chú"), ("12", "7", "không"))
    [table] = extract(paper.printed(table_document(rows, direction=direction))).tables
    assert cells(table) == {(r, c): text for r, row in enumerate(rows) for c, text in enumerate(row)}


def test_blank_cells_are_blank_and_a_dash_is_a_dash() -> None:
    rows = (("Chỉ tiêu", "Nam", "Nữ"), ("Số cuộc", "", "-"), ("Số người", "0", ""))
    [table] = extract(paper.printed(table_document(rows))).tables
    assert [cell.text for cell in table.cells] == [text for row in rows for text in row]


def test_rows_without_rules_keep_their_columns_apart() -> None:
    rows: list[list[str | int]] = [["Chỉ tiêu", "Tổng số", "Nữ"], ["Số người", 1234, 15], ["Số cuộc", 3, 2]]
    document = extract(paper.printed(xlsx({"Bieu": rows}), "xlsx"))
    [table] = document.tables
    assert cells(table) == {(r, c): str(text) for r, row in enumerate(rows) for c, text in enumerate(row)}


# -- what is no text -------------------------------------------------------------------------------


PICTURE = "q 595 0 0 842 0 0 cm BI /W 2 /H 2 /CS /G /BPC 8 ID \xf0\xf1\xf2\xf3 EI Q "
STAMP = "q 60 0 0 60 400 700 cm BI /W 2 /H 2 /CS /G /BPC 8 ID \xf0\xf1\xf2\xf3 EI Q "


def test_text_beside_a_small_picture_is_read() -> None:
    assert body(extract(raw_pdf(STAMP + LINES)))[0] == "So cuoc tuyen truyen 0"


@pytest.mark.parametrize(
    "page",
    [
        PICTURE,
        PICTURE + LINES,
        "BT 3 Tr ET " + LINES,
        "".join(f"{x} 500 m {x + 5} 520 l S " for x in range(80, 500, 8)),
        LINES.replace("80 ", "0 1 -1 0 0 0 Tm 80 "),
    ],
    ids=["no text", "text under a picture", "unseen text", "drawn letters", "text on its side"],
)
def test_a_page_whose_text_nobody_sees_as_text_is_not_read_as_text(page: str) -> None:
    with pytest.raises(NotReadYetError):
        extract(raw_pdf(page))


def test_one_scanned_page_keeps_the_whole_file_from_being_half_read() -> None:
    with PdfDocument(paper.printed(paper.letter())) as file, PdfDocument(raw_pdf(PICTURE)) as scan:
        file.import_pages(scan)
        saved = io.BytesIO()
        file.save(saved)
    with pytest.raises(NotReadYetError):
        extract(saved.getvalue())


@pytest.mark.parametrize(
    "text",
    [
        "B¸o c¸o kÕt qu¶ thùc hiÖn c«ng t¸c b×nh ®¼ng giíi vµ v× sù tiÕn bé cña phô n÷ s¸u th¸ng ®Çu n¨m",
        "Tri n khai th c hi n nhi m v b o cáo k t qu công tác bình đẳng gi i ệ ụ ế ớ ự năm t i xã c a huy n",
        "Báo cáo kết quả thực hi\ufffdn công tác bình đẳng giới của xã trong sáu tháng đầu năm",
        "(cid:12)(cid:40) công tác bình đẳng giới của xã trong sáu tháng đầu năm và phương hướng năm sau",
    ],
    ids=["legacy letters", "words cut up", "lost letters", "no letters"],
)
def test_a_damaged_text_layer_is_noticed(text: str) -> None:
    assert is_damaged_text((text + " " + text).split())


@pytest.mark.parametrize(
    "text",
    [
        " ".join(paper.PARAGRAPHS),
        "Số TT Họ và tên Nữ 1 Giàng A Páo x 2 Lò Thị Ính x 3 Hạng A Sính 4 Y Blang 5 K'Brôi ở bản Nà Ớt",
        "UBND HĐND LĐ-TB&XH BHYT THCS 12 34 5.678 x x x",
        "Nhƣ vậy đƣợc thực hiện theo kế hoạch, trƣớc ngày quy định; ngƣời dân đƣợc tuyên truyền",
        "a) Về giáo dục b) Về y tế c) Về lao động đ) Về gia đình e) Về chính trị g) Về kinh phí thực hiện",
    ],
    ids=["report", "names", "abbreviations", "gha", "list"],
)
def test_sound_text_is_not_taken_for_damaged(text: str) -> None:
    assert not is_damaged_text(text.split())


def test_a_page_in_legacy_letters_is_not_read_as_text() -> None:
    document = docx.Document()
    for _ in range(5):
        document.add_paragraph("B¸o c¸o kÕt qu¶ c«ng t¸c b×nh ®¼ng giíi, tæng sè 12 ng­êi tham gia tËp huÊn")
    octets = io.BytesIO()
    document.save(octets)
    with pytest.raises(NotReadYetError):
        extract(paper.printed(octets.getvalue()))


# -- odd but honest files --------------------------------------------------------------------------


def test_letters_printed_twice_to_look_bold_are_read_once() -> None:
    twice = "BT /F 12 Tf 80 500 Td (Tong so 12) Tj ET BT /F 12 Tf 80.3 500 Td (Tong so 12) Tj ET "
    assert "Tong so 12" in body(extract(raw_pdf(LINES + twice)))


def test_a_page_full_of_letters_costs_no_square_of_them() -> None:
    """A form whose one field held 145,000 letters took all the time there is, a dense page a second."""
    place = {"upright": True, "fontname": "F", "size": 9}
    letters = [
        place | {"x0": 5.0 * (n % 200), "doctop": 9.0 * (n // 200), "text": "a"} for n in range(20_000)
    ]
    began = time.process_time()
    assert [id(each) for each in _printed_once([*letters, letters[7] | {"x0": 35.3}])] == list(
        map(id, letters)
    )
    assert time.process_time() - began < 4


def test_a_crooked_stroke_keeps_no_page_from_being_read() -> None:
    signature = "80 400 m 200 460 l 140 380 l S "
    assert body(extract(raw_pdf(signature + LINES))) == body(extract(raw_pdf(LINES)))


def test_filled_fields_and_typed_notes_are_read() -> None:
    form = "<< /Type /XObject /Subtype /Form /BBox [0 0 200 20] /Length 40"
    form += " /Resources << /Font << /F 5 0 R >> >> >>"
    drawn = f"6 0 obj\n{form}\nstream\nBT /F 12 Tf 2 5 Td (Da dien: 345) Tj ET   \nendstream\nendobj\n"
    note = "/Annots [<< /Type /Annot /Subtype /FreeText /F 4 /Rect [80 300 280 320] /AP << /N 6 0 R >> >>]"
    content = raw_pdf(LINES, notes=note)
    content = content.replace(b"xref\n", drawn.encode() + b"xref\n", 1)
    assert "Da dien: 345" in body(extract(content))


def test_a_signed_file_reads_like_any() -> None:
    field = (
        "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Chu ky) /F 132 /Rect [0 0 0 0] /V << /Type /Sig >> >>"
    )
    signed = raw_pdf(
        LINES, extra=f"/AcroForm << /Fields [{field}] /SigFlags 3 >>", notes=f"/Annots [{field}]"
    )
    assert body(extract(signed)) == body(extract(raw_pdf(LINES)))


def exported(settings: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.docx"
        path.write_bytes(paper.letter())
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to"]
        command += [f"pdf:writer_pdf_Export:{{{settings}}}", "--outdir", folder, str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return path.with_suffix(".pdf").read_bytes()


def test_a_file_locked_with_a_password_ends_as_encrypted() -> None:
    settings = (
        '"EncryptFile":{"type":"boolean","value":"true"},'
        '"DocumentOpenPassword":{"type":"string","value":"bi-mat"}'
    )
    with pytest.raises(EncryptedFileError):
        extract(exported(settings))


def test_a_file_locked_only_against_changes_is_read() -> None:
    settings = (
        '"RestrictPermissions":{"type":"boolean","value":"true"},'
        '"PermissionPassword":{"type":"string","value":"bi-mat"},"Changes":{"type":"long","value":"0"}'
    )
    assert body(extract(exported(settings)))[0] == "BÁO CÁO"


# -- limits and faults -----------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_a_file_cut_off_is_damaged_and_not_half_read(share: float) -> None:
    whole = paper.printed(paper.letter(ROWS))
    with pytest.raises(DamagedFileError):
        extract(whole[: int(len(whole) * share)])


def test_a_file_whose_middle_is_gone_is_damaged_or_whole() -> None:
    whole = paper.printed(paper.letter(ROWS))
    for start in range(0, len(whole), len(whole) // 12):
        broken = whole[:start] + bytes(400) + whole[start + 400 :]
        try:
            document = extract(broken)
        except (DamagedFileError, NotReadYetError):
            continue
        _, table, _ = document.tables
        assert table.rows == len(ROWS) + 2


def test_more_pages_than_are_read_end_as_too_large() -> None:
    with PdfDocument.new() as file:
        for _ in range(201):
            file.new_page(595, 842)
        saved = io.BytesIO()
        file.save(saved)
    content = saved.getvalue()
    with pytest.raises(FileTooLargeError):
        extract(content if b"%%EOF" in content else content + b"%%EOF")


def test_the_time_one_file_may_take_is_bounded() -> None:
    with pytest.raises(ReadingOverranError):
        extract(paper.printed(paper.letter(ROWS)), Limits(seconds=0.0))


def test_a_page_that_is_a_great_drawing_takes_no_more_than_the_time_of_its_file() -> None:
    """One page of 500 KB took all the time of its mail, and the report beside it stood unread."""
    drawing = "".join(f"{n % 500} {n % 700} m {n % 300} {n % 400} l S " for n in range(40_000))
    began = time.process_time()
    with pytest.raises(ReadingOverranError):
        extract(raw_pdf(LINES + drawing), Limits(seconds=4))
    assert time.process_time() - began < 8


def test_cells_and_paragraphs_are_counted_against_the_limits() -> None:
    with pytest.raises(FileTooLargeError):
        extract(paper.printed(paper.letter(ROWS)), Limits(cells=100))


def test_a_pdf_in_a_mail_is_read_and_travels_whole() -> None:
    content = paper.printed(paper.letter(ROWS[:5]))
    message = unpacked(packed(read_message(mail(files=[("bc.pdf", content)]), Limits())))
    [file] = message.files
    assert (file.kind, file.state) == (FileKind.PDF, ReadState.READ)
    assert file.document is not None
    assert file.document == extract(content)
    assert not is_recognised(file.document)
    assert [isinstance(block, Paragraph) for block in file.document.blocks[:2]] == [False, True]


def test_a_scan_in_a_mail_is_left_for_the_officer_while_recognition_is_off() -> None:
    files = [("scan.pdf", raw_pdf(PICTURE)), ("bc.pdf", paper.printed(paper.letter()))]
    states = [file.state for file in read_message(mail(files=files), Limits()).files]
    assert states == [ReadState.NOT_YET, ReadState.READ]


def test_a_page_of_rules_with_one_word_is_no_picture() -> None:
    rules = "".join(f"80 {500 + 20 * n} m 300 {500 + 20 * n} l S " for n in range(9))
    page = rules + "80 500 m 80 660 l S BT /F 12 Tf 90 650 Td (Ghi) Tj ET "
    assert "Ghi" in str(extract(raw_pdf(page)).blocks)
