"""Every reader of outside bytes as a function of octets, with whole files to begin from.

`test_fuzz` damages them for a minute; `python -m tools.fuzz` does so for as long as one likes.
"""

from __future__ import annotations

import io
import tarfile
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from imapclient.exceptions import ProtocolError
from imapclient.response_parser import parse_fetch_response

from config.reports import Section
from intake.documents import Document, Paragraph, ReadState
from intake.evidence.letterhead import read_letterhead
from intake.evidence.period_words import periods_named, without_dates
from intake.extractors.interface import Budget, Limits
from intake.extractors.old_sheets import facts_of_ods, facts_of_xls
from intake.figures.label_keys import is_sum_row, label_key, sex_row
from intake.figures.numerals import read_number
from intake.figures.outline import cut_outline
from intake.mail.bounces import dead_recipients
from intake.mail.files import list_message, read_message
from intake.mail.headers import addresses_of, date_of, fields_of, first_text, parameters_of
from intake.mail.legacy_text import legacy_octets, put_right
from intake.mail.mime import read_headers
from intake.mail.screening import screen, unanswerable
from intake.mail.sender import look_alike, sender_verdict
from intake.mailbox.imap import _STUMBLES
from intake.mailbox.interface import arrival_from_received
from intake.sandbox.wire import packed, unpacked
from ledger.records import MessageState
from tests.builders import docx, mail, ole, png, raw_mail, xlsx, zip_of
from tests.offices import Bench, address
from tests.test_intake_old_sheets import CELLS, PERCENT, ods, xls
from tests.test_intake_old_sheets import content as content_of
from tests.test_intake_outlook import compound, saved_mail, winmail

#: No time to convert: what LibreOffice would be asked is not the point here, and takes seconds each.
LIMITS = Limits(seconds=0.01)
TABLE = [["STT", "Chỉ tiêu", "ĐVT", "Tổng số"], ["1", "Số buổi tuyên truyền", "buổi", "12"]]


@dataclass(frozen=True, slots=True)
class Target:
    """One reader: what it is given, and whole inputs of its kind."""

    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]


def _tar() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as opened:
        entry = tarfile.TarInfo("báo cáo.docx")
        content = docx("BÁO CÁO", TABLE)
        entry.size = len(content)
        opened.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


def _pdf() -> bytes:
    stream = b"BT /F 12 Tf 80 500 Td (Tong so 12) Tj ET 80 400 m 200 460 l 140 380 l S"
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
        b"4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n"
        b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
        b"trailer<</Root 1 0 R/Size 6>>\n%%%%EOF\n" % (len(stream), stream)
    )


_PERCENT_ROW = f"<table:table-row>{PERCENT}</table:table-cell></table:table-row>"
_PAGE = b"<html><body><p>B\xc3\xa1o c\xc3\xa1o<table border=1><tr><td colspan=2>a<td>12</table></body></html>"
FILES = {
    "bc.docx": docx("BÁO CÁO", TABLE),
    "bc.xlsx": xlsx({"Biểu": TABLE}),
    "bc.zip": zip_of({"trong.docx": docx("BÁO CÁO", TABLE), "a/b.txt": "x"}),
    "bc.tar.gz": _tar(),
    "bc.doc": ole("WordDocument"),
    "bc.xls": ole("Workbook"),
    "bieu.xls": xls(*CELLS),
    "bc.ods": ods(_PERCENT_ROW),
    "thu.msg": compound(saved_mail()),
    "anh.png": png(300, 300),
    "bc.pdf": _pdf(),
    "bc.rtf": b"{\\rtf1\\ansi BAO CAO\\par}",
    "bc.html": _PAGE,
    "bc.mht": b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=r\r\n\r\n--r\r\n"
    b"Content-Type: text/html\r\n\r\n" + _PAGE + b"\r\n--r--\r\n",
    "bc.txt": "UBND XÃ\nSố: 12/BC-UBND\n1. Số buổi: 12 buổi, 1.234,5 triệu đồng".encode(),
    "winmail.dat": winmail(("bc.txt", b"So buoi: 12"), body="Kính gửi"),
    "a.rar": b"Rar!\x1a\x07\x00\xcf\x90\x73\x00\x00\x0d" + bytes(40),
    "a.7z": b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(40),
}
WHOLE = mail(files=tuple(FILES.items()), forwarded=(mail(files=(("a.docx", FILES["bc.docx"]),)),))
HEAD = (
    b"From: =?utf-8?B?WMOj?= (x) <a@xa.example.vn>\r\nTo: b@huyen.example.vn, c@xa.example.vn\r\n"
    b"Subject: =?utf-8?Q?B=C3=A1o_c=C3=A1o?=\r\n k\r\nDate: Mon, 5 Jun 2023 08:00:00 +0700 (ICT)\r\n"
    b"Received: from a by b; Mon, 5 Jun 2023 08:00:00 +0700\r\nReturn-Path: <>\r\n"
    b"Authentication-Results: mx.example.vn; spf=pass smtp.mailfrom=a@xa.example.vn;\r\n"
    b" dkim=pass (2048-bit key) header.d=xa.example.vn; dmarc=pass header.from=xa.example.vn\r\n"
    b"Content-Type: multipart/report; report-type=delivery-status; boundary*0=a; boundary*1*=utf-8''%41\r\n"
    b"Auto-Submitted: auto-replied\r\nX-Failed-Recipients: c@xa.example.vn\r\n\r\n"
    b"c@xa.example.vn: 550 5.1.1 user unknown\r\n"
)
WORDS = (
    "Báo cáo 6 tháng đầu năm 2023, kỳ từ ngày 15/12/2022 đến 14/6/2023",
    "Tổng số 1.234,5 triệu đồng; trên 60%; 12 người, trong đó nữ: 05",
    "I. KẾT QUẢ THỰC HIỆN\n1. Số buổi tuyên truyền (buổi): 12\nQuý I + II, tháng 3/2024",
)  # fmt: skip
_FETCH = (
    b'5 (UID 12 INTERNALDATE "05-Jun-2023 08:00:00 +0700" RFC822.SIZE 40 FLAGS (\\Seen)'
    b' ENVELOPE (NIL "x" (("a" NIL "b" "c")) NIL NIL NIL NIL NIL NIL "<1@a>") BODY[] "abc")'
)
_OUTLINE = (Section(id="I", title="Kết quả thực hiện", keywords=("kết quả thực hiện",)),)


def read_whole(octets: bytes) -> None:
    """A mail as a reading process treats it, and as it travels from there."""
    message = read_message(octets, LIMITS)
    assert all(isinstance(file.state, ReadState) for file in message.files)
    assert unpacked(packed(message)) == message
    list_message(octets, LIMITS, ReadState.OVERRAN)


def read_file(name: str) -> Callable[[bytes], None]:
    """A reader of the file of that name, as the only one of a mail."""

    def read(content: bytes) -> None:
        read_whole(mail(files=((name, content),)))

    return read


def read_head(octets: bytes) -> None:
    """All that is decided by the head of a mail."""
    fields = fields_of(octets)
    headers = read_headers(fields)
    assert isinstance(first_text(fields, "subject"), str)
    assert all("@" in address for address in addresses_of(fields, "from"))
    for moment in (date_of(fields), arrival_from_received(octets)):
        assert moment is None or moment.tzinfo is not None
    parameters_of(octets)
    sender_verdict(headers, "mx.example.vn")
    unanswerable(headers, "b@huyen.example.vn")
    look_alike(headers.sender.address, {"a@xa.example.vn"})
    message = read_message(octets, LIMITS)
    screen(message, "b@huyen.example.vn")
    assert set(dead_recipients(message, {"c@xa.example.vn"})) <= {"c@xa.example.vn"}


def read_words(octets: bytes) -> None:
    """All that is read from words: numbers, labels, periods, headings, sections, old encodings."""
    text = octets.decode("utf-8", "replace")
    legacy_octets(octets)
    put_right(text)
    found = read_number(text[:60])
    assert found.value is None or found.value.is_finite()
    label_key(text[:300])
    sex_row(text[:300])
    is_sum_row(text[:300])
    periods_named(text)
    without_dates(text)
    lines = tuple(Paragraph(line, number) for number, line in enumerate(text.splitlines(), 1))
    read_letterhead(Document(lines))
    cut_outline(Document(lines), _OUTLINE, "a.docx")


def read_pages(content: bytes) -> None:
    """A PDF, by its reader alone."""
    from intake.extractors.pdf import extract_pdf

    with suppress(Exception):  # whatever it is, the file is called damaged; what counts is time and memory
        extract_pdf(content, Budget(LIMITS))


def read_answer(octets: bytes) -> None:
    """An answer of an IMAP server, which is either read or refused by the errors that end a connection."""
    try:
        parse_fetch_response([octets])
    except (ProtocolError, ValueError, *_STUMBLES):
        return


@cache
def _bench() -> Bench:
    return Bench(Path(tempfile.mkdtemp(prefix="tonghop-fuzz-")))


def judge_text(octets: bytes) -> None:
    """A text file of a registered unit, read and judged: no text keeps the daemon from the next mail."""
    octets = mail(sender=address("binh-minh"), files=(("bc.txt", octets),))
    outcome = _bench().outcome_of(octets, read_message(octets, LIMITS))
    assert outcome.state in MessageState


TARGETS = {
    "mail": Target(read_whole, (WHOLE, raw_mail("From: a@b.vn", b"begin 644 a.txt\n#86)C\n`\nend\n"))),
    "head": Target(read_head, (HEAD,)),
    "words": Target(read_words, tuple(map(str.encode, WORDS))),
    "judged": Target(judge_text, (*map(str.encode, WORDS), FILES["bc.txt"])),
    "imap": Target(read_answer, (_FETCH,)),
    # Their readers run in a process of their own, where nothing leads a search.
    "facts of xls": Target(facts_of_xls, (FILES["bieu.xls"],)),
    "pages of pdf": Target(read_pages, (FILES["bc.pdf"],)),
    "facts of ods": Target(facts_of_ods, (content_of(_PERCENT_ROW),)),
    **{name: Target(read_file(name), (content,)) for name, content in FILES.items()},
}
