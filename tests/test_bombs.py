"""Mails and files made to take a machine down: each ends named within 30 s and 512 MB, all tries included."""

from __future__ import annotations

import io
import os
import struct
import threading
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from intake.documents import FileKind, ReadState
from intake.extractors.interface import Limits
from intake.extractors.office import converter
from intake.mail.messages import ReadMessage
from intake.mail.mime import parse_mail
from intake.sandbox.pool import ReaderPool, ReadingFailure
from tests.builders import docx_of, mail, raw_mail, sheet_xlsx
from tests.offices import read_here
from tests.test_intake_old_sheets import CELLS, record, xls
from tests.test_intake_outlook import compound

SECONDS = 30.0
OCTETS = 512 << 20
_PAGE = os.sysconf("SC_PAGE_SIZE")
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


def children_of(pid: int) -> Iterator[int]:
    """The process and all it started."""
    yield pid
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        started = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return
    for child in started:
        if pid == os.getpid() or program(child) != program(pid):
            yield from children_of(child)


def program(pid: int) -> str:
    """What a process runs; one that is only being started shares the memory of the one that starts it."""
    with suppress(OSError):
        return str(Path(f"/proc/{pid}/exe").readlink())
    return ""


def resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


@contextmanager
def peak_memory() -> Iterator[list[int]]:
    """The most that any process started within held together with those it started, in the only item.

    What other tests keep running beside (a browser) is none of it.
    """
    peak = [0]
    done = threading.Event()
    before = set(children_of(os.getpid()))

    def watch() -> None:
        while not done.wait(0.02):
            for reader in set(children_of(os.getpid())) - before:
                peak[0] = max(peak[0], sum(map(resident, children_of(reader))))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield peak
    finally:
        done.set()
        watching.join()


def header_flood() -> bytes:
    return b"From: a@xa.example.vn\r\nSubject: ngap\r\n" + b"X-A: b\r\n" * 6_000_000 + b"\r\nx"


def long_text() -> bytes:
    return raw_mail("From: a@xa.example.vn", b"noi dung bao cao 12 nguoi\r\n" * 2_000_000)


def long_page() -> bytes:
    return raw_mail("From: a@xa.example.vn\r\nContent-Type: text/html", b"<p>a<br>" * 6_000_000)


def parts(number: int, head: bytes = b"", body: bytes = b"x\r\n") -> bytes:
    one = b"--ranh\r\n" + head + b"\r\n" + body
    head_of_mail = (
        "From: a@xa.example.vn\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=ranh"
    )
    return raw_mail(head_of_mail, one * number + b"--ranh--\r\n")


def many_files() -> bytes:
    name = b'Content-Type: application/octet-stream; name="a.bin"\r\nContent-Disposition: attachment\r\n'
    return parts(100_000, name, b"eA==\r\n")


def nested_mails() -> bytes:
    return b"From: a@xa.example.vn\r\nContent-Type: message/rfc822\r\n\r\n" * 300_000


def begun_files() -> bytes:
    return raw_mail("From: a@xa.example.vn", b"begin 644 a\r\n" * 1_000_000)


def zip_with_members(number: int) -> bytes:
    """A zip whose directory names one empty member again and again."""
    local = b"PK\x03\x04" + struct.pack("<5H3I2H", 20, 0, 0, 0, 0, 0, 0, 0, 1, 0) + b"a"
    entry = b"PK\x01\x02" + struct.pack("<6H3I5H2I", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    count = min(number, 0xFFFF)
    end = struct.pack("<4H2IH", 0, 0, count, count, len(entry) * number, len(local), 0)
    return local + entry * number + b"PK\x05\x06" + end


def letter_with_headers() -> bytes:
    headers = {
        f"word/header{number}.xml": f'<w:hdr xmlns:w="{_WORD}">'
        + f"<w:p><w:r><w:t>x{number}</w:t></w:r></w:p>" * 10_000
        + "</w:hdr>"
        for number in range(300)
    }
    return docx_of("<w:p/>", parts=headers)


def repeated_string() -> bytes:
    """A string of 30,000 letters that 180,000 cells refer to: five gigabytes out of one."""
    strings = f'<sst xmlns="{_SHEETS}"><si><t>{"x" * 30_000}</t></si></sst>'
    rows = "".join(
        f'<row r="{row}">' + "".join(f'<c r="{column}{row}" t="s"><v>0</v></c>' for column in "ABCDEFGHIJ")
        + "</row>"
        for row in range(1, 18_001)
    )  # fmt: skip
    sheet = f'<worksheet xmlns="{_SHEETS}"><sheetData>{rows}</sheetData></worksheet>'
    return sheet_xlsx(sheet, parts={"xl/sharedStrings.xml": strings})


def repeated_cells() -> bytes:
    """An .ods in which one cell is repeated sixteen million times."""
    spaces = " ".join(f'xmlns:{name}="{_OFFICE}:{name}:1.0"' for name in ("office", "table", "text"))
    cell = (
        '<table:table-cell table:number-columns-repeated="16384" office:value-type="string">'
        "<text:p>x</text:p></table:table-cell>"
    )
    rows = f'<table:table-row table:number-rows-repeated="1000">{cell}</table:table-row>'
    body = f'<office:spreadsheet><table:table table:name="a">{rows}</table:table></office:spreadsheet>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(zipfile.ZipInfo("mimetype"), "application/vnd.oasis.opendocument.spreadsheet")
        document = f"<office:document-content {spaces}><office:body>{body}</office:body>"
        package.writestr("content.xml", document + "</office:document-content>")
    return stream.getvalue()


def pdf_of(*objects: bytes) -> bytes:
    octets = b"%PDF-1.4\n"
    for number, content in enumerate(objects, 1):
        octets += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    return octets + b"trailer<</Size %d/Root 1 0 R>>\n%%%%EOF\n" % (len(objects) + 1)


def page_of_blanks() -> bytes:
    packed = zlib.compress(b" " * (1 << 29), 9)
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n" % len(packed) + packed + b"\nendstream",
    )


BOMBS: dict[str, Callable[[], bytes]] = {
    "six million header fields": header_flood,
    "54 MB of text": long_text,
    "48 MB of markup": long_page,
    "100,000 parts": lambda: parts(100_000),
    "100,000 files": many_files,
    "300,000 mails within one another": nested_mails,
    "a million uuencoded files without end": begun_files,
    "900,000 members in a zip": lambda: mail(files=[("a.zip", zip_with_members(900_000))]),
    "300 page headers of 10,000 lines": lambda: mail(files=[("a.docx", letter_with_headers())]),
    "a string in 180,000 cells": lambda: mail(files=[("a.xlsx", repeated_string())]),
    "a cell repeated": lambda: mail(files=[("a.ods", repeated_cells())]),
    "a page of half a gigabyte": lambda: mail(files=[("a.pdf", page_of_blanks())]),
}


@pytest.mark.parametrize("name", BOMBS)
def test_every_bomb_ends_named_within_its_time_and_memory(name: str) -> None:
    octets = BOMBS[name]()
    with peak_memory() as peak, ReaderPool(1) as pool:
        began = time.monotonic()
        [(_, read)] = pool.read([("a", octets)])
        took = time.monotonic() - began
    message = read.message if isinstance(read, ReadingFailure) else read
    assert isinstance(message, ReadMessage)
    assert message.headers.sender.address
    assert took < SECONDS
    assert peak[0] < OCTETS


def test_a_mail_of_which_no_reader_can_tell_the_parts_is_a_file_nobody_opened() -> None:
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
        for level in range(15_000)
    )
    message = read_here(b"From: a@xa.example.vn\r\nMIME-Version: 1.0\r\n" + deep + b"\r\nx")
    assert [(file.kind, file.state) for file in message.files] == [(FileKind.MESSAGE, ReadState.DAMAGED)]


def test_behind_a_flood_of_fields_the_files_are_still_found() -> None:
    octets = mail(subject="Báo cáo", files=[("a.txt", "Số buổi: 12".encode())])
    head, end, rest = octets.partition(b"\n\n" if b"\r\n\r\n" not in octets else b"\r\n\r\n")
    message = read_here(head + b"\r\nX-A: b" * 300_000 + end + rest)
    assert [file.name for file in message.files] == ["a.txt"]
    assert "head_cut" in message.defects


@pytest.mark.parametrize("field", ["From", "To", "Cc"])
def test_a_field_of_quotes_that_never_end_costs_no_square_of_its_length(field: str) -> None:
    """Of such a mail not even the head could be told."""
    octets = mail(subject="Báo cáo", files=[("a.txt", "Số buổi: 12".encode())])
    before = time.process_time()
    message = read_here(f"{field}: ".encode() + b'"\\' * 80_000 + b"\r\n" + octets)
    assert [file.name for file in message.files] == ["a.txt"]
    assert time.process_time() - before < 5


def test_a_long_text_is_cut_between_characters_and_says_so() -> None:
    line = "Kết quả thực hiện chế độ báo cáo ở cơ sở\n"
    octets = raw_mail("From: a@xa.example.vn\r\nContent-Type: text/plain; charset=utf-8", line * 150_000)
    parsed = parse_mail(octets, Limits())
    assert parsed.text.startswith(line)
    assert "text_cut" in parsed.defects


def test_pictures_within_a_page_do_not_push_its_words_out() -> None:
    picture = '<img src="data:image/png;base64,' + "iVBORw0K" * 300_000 + '">'
    octets = raw_mail("From: a@xa.example.vn\r\nContent-Type: text/html", f"{picture}<p>So buoi: 12</p>")
    parsed = parse_mail(octets, Limits())
    assert (parsed.text, parsed.defects) == ("So buoi: 12", ())


def test_the_tables_of_a_page_that_is_cut_are_not_half_read() -> None:
    page = "<table><tr><td>So buoi</td><td>12</td></tr></table><!-- " + "x" * (1 << 20) + " -->"
    parsed = parse_mail(raw_mail("From: a@xa.example.vn\r\nContent-Type: text/html", page), Limits())
    assert parsed.body is None
    assert {"text_cut", "body_tables_unread"} <= set(parsed.defects)


def test_more_text_than_is_judged_is_too_large_and_takes_nothing_from_the_next_file() -> None:
    long, good = b"dong chu\n" * 3_000, b"So buoi: 12\n"
    limits = Limits(document_text=20_000, message_text=25_000)
    with ReaderPool(1, limits) as pool:
        [(_, read)] = pool.read([("a", mail(files=[("dai.txt", long), ("ngan.txt", good)]))])
    assert isinstance(read, ReadMessage)
    assert [file.state for file in read.files] == [ReadState.TOO_LARGE, ReadState.READ]


def test_all_files_of_a_mail_share_what_is_judged_of_it() -> None:
    files = [(f"{number}.txt", b"dong chu so %d\n" % number * 100) for number in range(5)]
    with ReaderPool(1, Limits(message_text=4_000)) as pool:
        [(_, read)] = pool.read([("a", mail(files=files))])
    assert isinstance(read, ReadMessage)
    assert [file.state for file in read.files].count(ReadState.READ) == 3


def test_a_page_of_more_markup_than_is_parsed_is_too_large() -> None:
    page = b"<html><!--" + b"x" * (9 << 20) + b"--><p>12</p>"
    [file] = read_here(mail(files=[("a.html", page)])).files
    assert file.state is ReadState.TOO_LARGE


def test_xml_that_takes_the_last_memory_is_not_called_damaged() -> None:
    letter = docx_of(
        "<w:p><w:r><w:t>x</w:t></w:r></w:p>" + "".join(f"<w:p w:a{n}='{n * 7919}'/>" for n in range(900_000))
    )
    with ReaderPool(1, Limits(data=150 << 20)) as pool:
        [(_, read)] = pool.read([("a", mail(files=[("a.docx", letter)]))])
    assert isinstance(read, ReadingFailure)
    assert (read.state, read.detail) == (ReadState.OVERRAN, "memory")


def _pdf_of_blanks(megabytes: int) -> bytes:
    """A page that says nothing, packed twice."""
    packer = zlib.compressobj(9)
    first, more = (packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    packed = zlib.compress(first + more * (megabytes - 1), 9)
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>>>endobj\n"
        b"4 0 obj<</Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n%s\nendstream endobj\n"
        b"trailer<</Root 1 0 R/Size 5>>\n%%%%EOF\n" % (len(packed), packed)
    )


def test_a_file_that_ends_its_reader_takes_no_other_of_its_mail_with_it() -> None:
    circle = bytearray(compound({"Workbook": bytes(4096)}))
    struct.pack_into("<I", circle, 512 + 4, 1)  # the sector of the names is followed by itself
    files = [
        ("vong.xls", bytes(circle)),
        ("bom.pdf", _pdf_of_blanks(600)),
        ("bc.xls", xls(*CELLS)),
        ("ngan.txt", b"So buoi: 12\n"),
    ]
    with peak_memory() as peak, ReaderPool(1) as pool:
        [(_, read)] = pool.read([("a", mail(files=files))])
    assert isinstance(read, ReadMessage)
    assert [file.state for file in read.files] == [
        ReadState.OVERRAN, ReadState.OVERRAN, ReadState.READ, ReadState.READ,
    ]  # fmt: skip
    assert peak[0] < OCTETS


@pytest.mark.skipif(converter() is None, reason="LibreOffice is not installed here")
def test_a_sheet_whose_cells_lie_too_far_apart_for_its_reader_is_read_otherwise() -> None:
    size = record(0x0200, 0, 65536, 0, 256, 0, shape="IIHHH")
    places = ((0, 0, 12), (65535, 255, 3))
    cells = [record(0x0203, row, column, 0, octets=struct.pack("<d", value)) for row, column, value in places]
    with peak_memory() as peak, ReaderPool(1) as pool:
        [(_, read)] = pool.read([("a", mail(files=[("rong.xls", xls(size, *cells))]))])
    assert isinstance(read, ReadMessage)
    [file] = read.files
    assert file.document is not None
    [sheet] = file.document.tables
    assert [(cell.row, cell.column, cell.text) for cell in sheet.cells] == [(0, 0, "12"), (65535, 255, "3")]
    assert peak[0] < OCTETS
