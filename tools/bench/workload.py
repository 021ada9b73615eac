"""The mail of the bench: reports of invented communes, half Word, half Excel, as heavy as Office writes them.

Same number and seed, same bytes. A Word report is about 300 KB of document XML (fonts and sizes on every
run, runs split inside words) with a letterhead, some forty paragraphs, the table of indicators, a table of
activities and a noisy picture for the stamp; a workbook has the table of indicators, a sheet of 150 rows and
one of notes. Each is right by construction: `Sent.total` is what a faithful reader adds up.
"""

from __future__ import annotations

import base64
import io
import os
import random
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import quote

import xlsxwriter

from config.units import Address, Unit
from tests.builders import docx_of
from tests.offices import SERVER, write_regime

YEAR = 2021  #: of the first period
INDICATORS = 20
_FIRST = "An Bình Cẩm Diên Đông Giang Hòa Hưng Khánh Long Mỹ Nghĩa Phú Quảng Sơn Tân Thạnh Thượng Vĩnh Xuân"
_SECOND = (
    "Lộc Hải Thịnh Phước Điền Trạch Lâm Hội Lương Kỳ Thủy Mai Ninh Đức Tiến Thuận Châu Khê Đài Bảng Cốc "
    "Dân Mỏ Lĩnh Nham Phong Quý Tâm Yên Vân"
)
_WORDS = """
kết quả thực hiện nhiệm vụ trên địa bàn xã được các ban ngành đoàn thể phối hợp triển khai đồng bộ công tác
tuyên truyền vận động nhân dân chấp hành chủ trương của cấp trên bảo đảm tiến độ chất lượng góp phần ổn
định đời sống nâng cao nhận thức của cán bộ và người dân trong thời gian tới tiếp tục duy trì phát huy
""".split()  # noqa: SIM905 - a list of a hundred words in quotes is no easier to read
_FONT = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/>'
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Sent:
    """One mail, when it arrived, and what its figures add up to (None: it is no report)."""

    octets: bytes
    arrival: datetime
    total: int | None = None


def units(number: int) -> tuple[Unit, ...]:
    """So many communes, each with one address."""
    names = [f"{first} {second}" for second in _SECOND.split() for first in _FIRST.split()]
    return tuple(
        Unit(f"xa-{n + 1:03d}", f"UBND xã {names[n]}", "commune", addresses=(Address(_address(n)),))
        for n in range(number)
    )


def _address(number: int) -> str:
    return f"ubnd{number + 1:03d}@xa{number + 1:03d}.example"


def labels() -> list[str]:
    """What the indicators are called."""
    things = (
        "buổi tuyên truyền",
        "lượt người tham dự",
        "hộ gia đình",
        "mô hình câu lạc bộ",
        "cán bộ công chức",
    )
    deeds = ("đã tổ chức", "được hỗ trợ", "được tập huấn", "mới thành lập")
    return [f"Số {thing} {deed}" for thing in things for deed in deeds]


def make_regime(folder: Path, number: int) -> None:
    """The regime of the bench: one monthly report of twenty indicators."""
    rows = "".join(
        f"  - {{code: K{n:02d}, label: {label}, unit_of_measure: đơn vị}}\n"
        for n, label in enumerate(labels(), 1)
    )
    months = "".join(f"  - {{kind: month, number: {n}, due: trước ngày 28/{n}}}\n" for n in range(1, 13))
    report = (
        "id: bdg\nname: Báo cáo kết quả công tác dân vận\nshort_name: Dân vận\n"
        "topics: [công tác dân vận, dân vận]\nowed_by_kinds: [commune]\noutline:\n"
        "  - {id: I, title: Kết quả thực hiện, keywords: [kết quả thực hiện]}\n"
        "  - {id: II, title: Phương hướng, keywords: [phương hướng]}\n"
        f"indicators:\n{rows}periods:\n{months}"
    )
    write_regime(folder, units(number), report=report)


def reports(number: int, communes: int = 60, seed: int = 7) -> Iterator[Sent]:
    """Reports of `communes` units month after month; every other one is a workbook."""
    known = units(communes)
    for n in range(number):
        unit, month = known[n % communes], n // communes
        chance = random.Random(f"{seed}:{n}")  # noqa: S311 - the same each time
        figures = [chance.randint(1, 9000) for _ in range(INDICATORS)]
        year, of_year = YEAR + month // 12, month % 12 + 1
        word = (n + month) % 2 == 0
        content = _word(chance, unit, figures, year, of_year) if word else _workbook(chance, unit, figures)
        name = f"Báo cáo dân vận tháng {of_year:02d}-{year} {unit.name}.{'docx' if word else 'xlsx'}"
        arrival = datetime(year, of_year, 20, 1, tzinfo=UTC) + timedelta(minutes=n % communes)
        subject = f"{unit.name} gửi báo cáo công tác dân vận tháng {of_year:02d}/{year}"
        octets = _mail(n, n % communes, subject, arrival, (name, content))
        yield Sent(octets, arrival, sum(figures))


def small(number: int, seed: int = 7) -> Iterator[Sent]:
    """Plain mails of some two thousand bytes."""
    for n in range(number):
        chance = random.Random(f"small:{seed}:{n}")  # noqa: S311 - the same each time
        arrival = datetime(YEAR, 1, 1, tzinfo=UTC) + timedelta(minutes=20 * n)
        subject = f"Trao đổi {_sentence(chance)}"
        yield Sent(_mail(n, n % 60, subject, arrival, None, chance), arrival)


def _mail(
    n: int,
    unit: int,
    subject: str,
    arrival: datetime,
    file: tuple[str, bytes] | None,
    chance: random.Random | None = None,
) -> bytes:
    text = "\r\n".join(_sentence(chance) for _ in range(8)) if chance else "Xã gửi báo cáo (tệp kèm theo)."
    head = [
        f"Authentication-Results: {SERVER}; dmarc=pass header.from={_address(unit).partition('@')[2]}",
        f"From: {Header('Văn thư xã', 'utf-8').encode()} <{_address(unit)}>",
        "To: phong@huyen.example",
        f"Subject: {Header(subject, 'utf-8', header_name='Subject').encode(linesep=chr(13) + chr(10))}",
        f"Date: {format_datetime(arrival)}",
        f"Message-ID: <{n}.{'r' if file else 's'}@xa.example>",
        "MIME-Version: 1.0",
    ]
    plain = [
        'Content-Type: text/plain; charset="utf-8"',
        "Content-Transfer-Encoding: base64",
        "",
        _lines(text),
    ]
    if file is None:
        return "\r\n".join([*head, *plain]).encode()
    name, content = file
    kind = _DOCX if name.endswith("docx") else _XLSX
    body = [
        'Content-Type: multipart/mixed; boundary="=-bench"', "", "--=-bench", *plain, "--=-bench",
        f"Content-Type: {kind}", "Content-Transfer-Encoding: base64",
        f"Content-Disposition: attachment;\r\n filename*=utf-8''{quote(name)}", "", _lines(content),
        "--=-bench--", "",
    ]  # fmt: skip
    return "\r\n".join([*head, *body]).encode()


def _lines(content: str | bytes) -> str:
    octets = content.encode() if isinstance(content, str) else content
    return base64.encodebytes(octets).decode().replace("\n", "\r\n")


def _sentence(chance: random.Random) -> str:
    return " ".join(chance.choices(_WORDS, k=chance.randint(14, 30))).capitalize() + "."


def _sentences(chance: random.Random) -> str:
    return " ".join(_sentence(chance) for _ in range(3))


# -- files ------------------------------------------------------------------------------------------------


def _run(text: str, size: int = 26) -> str:
    return (
        f'<w:r w:rsidRPr="00A1B2C3"><w:rPr>{_FONT}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
        f'<w:lang w:val="vi-VN"/></w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'
    )


def _paragraph(text: str, split: int = 0) -> str:
    runs = (
        _run(text[:split]) + '<w:proofErr w:type="spellEnd"/>' + _run(text[split:]) if split else _run(text)
    )
    return (
        '<w:p w:rsidR="00A1B2C3" w:rsidRDefault="00A1B2C3"><w:pPr><w:spacing w:before="60" w:after="60" '
        f'w:line="288" w:lineRule="auto"/><w:jc w:val="both"/><w:rPr>{_FONT}<w:sz w:val="26"/></w:rPr>'
        f"</w:pPr>{runs}</w:p>"
    )


def _table(rows: list[list[str]]) -> str:
    def cell(text: str) -> str:
        paragraphs = "".join(_paragraph(part) for part in text.split("\n"))
        return (
            '<w:tc><w:tcPr><w:tcW w:w="1134" w:type="dxa"/><w:shd w:val="clear" w:color="auto" '
            f'w:fill="auto"/><w:vAlign w:val="center"/></w:tcPr>{paragraphs}</w:tc>'
        )

    lines = "".join(f'<w:tr w:rsidR="00A1B2C3">{"".join(map(cell, row))}</w:tr>' for row in rows)
    return f'<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/></w:tblPr>{lines}</w:tbl>'


def _figure_rows(figures: list[int]) -> list[list[str]]:
    rows = [[str(n), label, "đơn vị", f"{figure:,}".replace(",", ".")]
            for n, (label, figure) in enumerate(zip(labels(), figures, strict=True), 1)]  # fmt: skip
    return [["STT", "Chỉ tiêu", "ĐVT", "Tổng số"], *rows]


def _word(chance: random.Random, unit: Unit, figures: list[int], year: int, month: int) -> bytes:
    name = unit.name.removeprefix("UBND xã ")
    nation = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"
    body = [
        _table([[f"ỦY BAN NHÂN DÂN\nXÃ {name.upper()}", nation],
                [f"Số: {month}/BC-UBND", f"{name}, ngày 20 tháng {month:02d} năm {year}"]]),
        _paragraph("BÁO CÁO"),
        _paragraph(f"Kết quả công tác dân vận tháng {month:02d} năm {year}"),
        _paragraph("I. KẾT QUẢ THỰC HIỆN"),
        *(_paragraph(_sentences(chance), split=chance.randint(5, 60)) for _ in range(40)),
        _table(_figure_rows(figures)),
        _table([["STT", "Nội dung", "Người phụ trách", "Thời gian", "Ghi chú"]]
               + [[str(n), _sentence(chance), "Nguyễn Văn An", f"{n % 28 + 1:02d}/{month:02d}", "-"]
                  for n in range(1, 40)]),
        _paragraph("II. PHƯƠNG HƯỚNG"),
        _paragraph(_sentence(chance)),
    ]  # fmt: skip
    return docx_of("".join(body), parts={"word/media/image1.png": _stamp(chance)})


def _stamp(chance: random.Random) -> bytes:
    side = chance.choice((24, 48, 72, 104))
    raw = b"".join(b"\0" + chance.randbytes(side * 3) for _ in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(raw, 1)), (b"IEND", b""))
    chunks = (struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d)) for t, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _workbook(chance: random.Random, unit: Unit, figures: list[int]) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"created": datetime(2021, 1, 1, tzinfo=UTC)})
    border = book.add_format({"border": 1, "font_name": "Times New Roman"})
    sheet = book.add_worksheet("Biểu 01")
    sheet.write(0, 0, unit.name)
    for row, cells in enumerate(_figure_rows(figures), 3):
        for column, cell in enumerate(cells):
            if row > 3 and column == 3:  # noqa: PLR2004 - the column of figures below the head
                sheet.write_number(row, column, figures[row - 4], border)
            else:
                sheet.write_string(row, column, cell, border)
    for row in range(30, 120):  # empty rows with a style, as people leave them
        for column in range(24):
            sheet.write_blank(row, column, None, border)
    more = book.add_worksheet("Danh sách")
    for row in range(150):
        more.write_row(
            row, 0, [row + 1, "Trần Thị Bình", _sentence(chance), *(chance.random() for _ in range(12))]
        )
    notes = book.add_worksheet("Hướng dẫn")
    notes.write_column(0, 0, [_sentence(chance) for _ in range(30)])
    book.close()
    return stream.getvalue()


def deliver(folder: Path, sent: Iterator[Sent], owner: int | None) -> int:
    """Lay mails into a Maildir, arrival as the files' time; how many bytes."""
    size = 0
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)
    for n, mail in enumerate(sent):
        path = folder / "cur" / f"{n:06d}.bench:2,"
        path.write_bytes(mail.octets)
        os.utime(path, (mail.arrival.timestamp(),) * 2)
        size += len(mail.octets)
    if owner is not None:
        for path in (folder.parent, folder, *folder.rglob("*")):
            os.chown(path, owner, owner)
    return size
