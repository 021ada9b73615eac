from __future__ import annotations

import io
import os
import socket
import subprocess
import tempfile
import threading
import time
from functools import cache
from math import nan
from pathlib import Path
from struct import pack

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from intake.documents import Document, FileKind, Paragraph, ReadState, Table
from intake.errors import (
    ConversionOverranError,
    ConverterMissingError,
    DamagedFileError,
    EncryptedFileError,
    ExtractionError,
    RefusedFileError,
)
from intake.extractors import office
from intake.extractors.docx import extract_docx
from intake.extractors.interface import Budget, Extractor, Limits
from intake.extractors.office import convert, extract_doc, extract_odt, extract_old_workbook, extract_rtf
from intake.mail.kinds import kind_of
from intake.sandbox.pool import ReaderPool, ReadingFailure
from tests.builders import mail, ole, xlsx

pytestmark = pytest.mark.skipif(office.converter() is None, reason="LibreOffice is not installed here")

READERS: dict[str, Extractor] = {"doc": extract_doc, "rtf": extract_rtf, "odt": extract_odt}


def budget(limits: Limits | None = None) -> Budget:
    return Budget(limits or Limits())


@cache
def report() -> bytes:
    """A small report as people lay it out: title in bold, text, a table with a merged head."""
    made = docx.Document()
    title = made.add_paragraph()
    title.add_run("BÁO CÁO CÔNG TÁC ĐỌC SÁCH").bold = True
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    made.add_paragraph("Trong kỳ đã mở 12 buổi với 345 lượt người; kinh phí 14,5 triệu đồng.")
    table = made.add_table(3, 3, "Table Grid")
    rows = [["STT", "Chỉ tiêu", "Số liệu"], ["1", "Số buổi", "12"], ["2", "Số lượt người\ntrong đó nữ", ""]]
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    table.cell(2, 1).merge(table.cell(2, 2))
    made.add_paragraph("Nơi nhận: - Như trên; - Lưu: VT.")
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def legacy_report() -> bytes:
    made = docx.Document()
    run = made.add_paragraph().add_run("B¸o c¸o kÕt qu¶, t\xad vÊn h\xad\xedng dÉn: 7 vô")
    run.font.name = ".VnTime"
    run.font.size = Pt(14)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


@cache
def in_twin_form(content: bytes, kind: str) -> bytes:
    return convert(content, "docx", kind, 60)


@cache
def old_workbook() -> bytes:
    return convert(xlsx({"Biểu": [["Số buổi", 12]]}), "xlsx", "xls", 60)


def looks(document: Document) -> list[object]:
    """What of a document matters for reading: texts, emphasis, and tables with spans."""
    return [
        (block.text, block.bold, block.centred, block.heading, block.list_label)
        if isinstance(block, Paragraph)
        else (block.rows, block.columns, block.cells)
        for block in document.blocks
    ]


@pytest.mark.parametrize("kind", ["doc", "rtf", "odt"])
def test_an_old_file_reads_as_its_docx_twin(kind: str) -> None:
    content = report()
    old = READERS[kind](in_twin_form(content, kind), budget())
    assert looks(old) == looks(extract_docx(content, budget()))
    assert [type(block) for block in old.blocks] == [Paragraph, Paragraph, Table, Paragraph]
    assert old.notes == ("converted",)


@pytest.mark.parametrize(
    ("into", "kind", "read"),
    [("fodt", FileKind.ODT, extract_odt), ("xml:MS Word 2003 XML", FileKind.DOC, extract_doc)],
)
def test_a_document_saved_as_one_xml_file_reads_as_its_docx_twin(
    into: str, kind: FileKind, read: Extractor
) -> None:
    flat = in_twin_form(report(), into)
    assert kind_of(flat, "bao cao.xml") is kind
    assert told(read(flat, budget())) == told(extract_docx(report(), budget()))


def told(document: Document) -> list[object]:
    """Texts and tables: what writes the XML of Word 2003 here loses bold."""
    return [
        block.text if isinstance(block, Paragraph) else [(c.row, c.column, c.text) for c in block.cells]
        for block in document.blocks
    ]


def test_a_flat_opendocument_workbook_is_read_as_a_workbook() -> None:
    flat = convert(xlsx({"Biểu 1": [["Chỉ tiêu", "Số lượng"], ["Số buổi", 12]]}), "xlsx", "fods", 60)
    (table,) = extract_old_workbook(flat, budget()).tables
    assert kind_of(flat) is FileKind.ODS
    assert (table.name, [(c.text, c.number) for c in table.cells][2:]) == (
        "Biểu 1", [("Số buổi", ""), ("12", "12")],
    )  # fmt: skip


def test_a_document_as_xml_that_declares_a_document_type_is_refused() -> None:
    flat = in_twin_form(report(), "fodt").replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a "aaaa">]>', 1)
    with pytest.raises(RefusedFileError):
        extract_odt(flat, budget())


@pytest.mark.parametrize("kind", ["doc", "rtf"])
def test_text_in_old_fonts_is_put_right_after_conversion(kind: str) -> None:
    document = READERS[kind](in_twin_form(legacy_report(), kind), budget())
    assert [each.text for each in document.paragraphs] == ["Báo cáo kết quả, tư vấn hướng dẫn: 7 vụ"]
    assert {"converted", "legacy_tcvn3"} <= set(document.notes)


def test_the_confined_process_converts_a_file_larger_than_a_megabyte() -> None:
    made = docx.Document()
    for number in range(9_000):
        made.add_paragraph(
            f"Dòng số {number}: nội dung dài để tệp lớn hơn một mê-ga-bai, lần {number * 7919}"
        )
    stream = io.BytesIO()
    made.save(stream)
    old = in_twin_form(stream.getvalue(), "doc")
    assert len(old) > 1 << 20
    with ReaderPool(1) as pool:
        [(_, message)] = pool.read([("1", mail(files=[("bc.doc", old)]))])
    assert not isinstance(message, ReadingFailure)
    [file] = message.files
    assert file.state is ReadState.READ
    assert file.document is not None
    assert len(file.document.paragraphs) == 9_000


def test_links_of_a_document_are_not_followed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/a.png"
        asked: list[object] = []
        stop = threading.Event()

        def listen() -> None:
            while not stop.is_set():
                try:
                    asked.append(server.accept())
                except TimeoutError:
                    continue

        listener = threading.Thread(target=listen)
        listener.start()
        rtf = (
            r"{\rtf1\ansi Co 12 buoi. {\field{\*\fldinst INCLUDEPICTURE "
            rf'"{address}" \\d}}{{\fldrslt }}}}\par}}'
        )
        document = extract_rtf(rtf.encode(), budget())
        stop.set()
        listener.join()
    assert "Co 12 buoi." in document.paragraphs[0].text
    assert asked == []


def test_a_locked_document_is_known_before_it_is_converted(monkeypatch: pytest.MonkeyPatch) -> None:
    old = bytearray(in_twin_form(report(), "doc"))
    position = old.index(b"\xec\xa5")  # FibBase.wIdent
    old[position + 0x0B] |= 0x01
    monkeypatch.setattr(office, "converter", lambda: None)
    with pytest.raises(EncryptedFileError):
        extract_doc(bytes(old), budget())


def test_a_document_that_cannot_be_converted_is_damaged() -> None:
    with pytest.raises(DamagedFileError):
        extract_doc(ole("WordDocument"), budget())


def test_without_libreoffice_the_file_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "converter", lambda: None)
    with pytest.raises(ConverterMissingError) as caught:
        extract_rtf(rb"{\rtf1 x}", budget())
    assert caught.value.state is ReadState.NOT_YET


def test_a_conversion_that_takes_too_long_is_killed_with_all_it_started() -> None:
    before = _running()
    started = time.monotonic()
    with pytest.raises(ConversionOverranError):
        convert(report(), "docx", "doc", 0.3)
    assert time.monotonic() - started < 5
    assert _running() - before == set()


def _running() -> set[str]:
    found = subprocess.run(["ps", "-eo", "pid,ppid,comm"], capture_output=True, text=True, check=True)
    mine = str(os.getpid())
    return {
        line.split()[0]
        for line in found.stdout.splitlines()
        if "soffice" in line and line.split()[1] in {mine, "1"}
    }


def test_a_conversion_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    convert(report(), "docx", "odt", 60)
    assert list(tmp_path.iterdir()) == []


def test_an_old_workbook_that_the_reader_takes_for_damaged_is_converted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No file is at hand that one of them reads and the other does not: the reader is made to refuse."""
    old = old_workbook()
    reader = office.extract_workbook

    def refusing(content: bytes, spent: Budget) -> Document:
        if content == old:
            raise DamagedFileError("workbook")
        return reader(content, spent)

    monkeypatch.setattr(office, "extract_workbook", refusing)
    document = extract_old_workbook(old, budget())
    assert [(cell.text, cell.number) for cell in document.tables[0].cells] == [("Số buổi", ""), ("12", "12")]
    assert "converted" in document.notes


def test_the_macros_of_an_old_workbook_are_noted() -> None:
    old = bytearray(old_workbook())
    entry = old.index("\x05SummaryInformation".encode("utf-16-le"))  # of the directory, MS-CFB 2.6.1
    old[entry : entry + 64] = "_VBA_PROJECT_CUR".encode("utf-16-le").ljust(64, b"\0")
    old[entry + 64 : entry + 66] = (2 * len("_VBA_PROJECT_CUR") + 2).to_bytes(2, "little")
    assert "macros" in extract_old_workbook(bytes(old), budget()).notes


def test_a_stored_value_that_is_no_number_is_an_error_of_its_cell_alone() -> None:
    old = convert(xlsx({"Biểu": [["Số buổi", 1 / 3, 12]]}), "xlsx", "xls", 60)
    [table] = extract_old_workbook(old.replace(pack("<d", 1 / 3), pack("<d", nan)), budget()).tables
    assert [(cell.text, cell.error) for cell in table.cells] == [
        ("Số buổi", ""),
        ("#NUM!", "#NUM!"),
        ("12", ""),
    ]


def test_an_old_workbook_with_a_password_is_locked_and_not_damaged() -> None:
    old = bytearray(old_workbook())
    second = old.index(b"\x09\x08\x10\x00") + 20  # behind BOF, which opens the workbook's stream
    old[second : second + 2] = b"\x2f\x00"  # FilePass
    with pytest.raises(EncryptedFileError):
        extract_old_workbook(bytes(old), budget())


def test_a_workbook_nobody_can_read_stays_damaged() -> None:
    old = convert(xlsx({"Biểu": [[f"Dòng {row}", row] for row in range(900)]}), "xlsx", "xls", 60)
    with pytest.raises(ExtractionError) as caught:
        extract_old_workbook(old[: len(old) // 1024 * 512], budget())
    assert caught.value.state is ReadState.DAMAGED


def test_when_the_time_of_a_message_is_used_up_a_file_is_not_begun() -> None:
    spent = Budget(Limits(), convert_until=time.monotonic() - 1)
    with pytest.raises(ConversionOverranError):
        extract_rtf(rb"{\rtf1 x}", spent)
