"""Small inputs in one readable line: a document, a workbook, an archive, a mail.

Everything is made of invented names. Nothing here reads a file or asks the clock, so that the same
line gives the same bytes.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import NamedTuple
from xml.sax.saxutils import escape

import xlsxwriter

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NAMESPACES = (
    f'xmlns:w="{_W}" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_MACRO_TYPE = "application/vnd.ms-word.document.macroEnabled.main+xml"
_MOMENT = (2023, 6, 1, 8, 0, 0)

CellContent = str | int | float | date | None


class Formula(NamedTuple):
    """A workbook cell with a formula; `value` is what the writing program stored (None: nothing)."""

    text: str
    value: str | float | None = None


class Percent(NamedTuple):
    """A workbook cell whose number format shows a percentage: 0.45 is seen as 45%."""

    value: float


class Merged(NamedTuple):
    """A workbook cell merged over `rows` x `columns`."""

    text: CellContent
    rows: int = 1
    columns: int = 1


WorkbookCell = CellContent | Formula | Percent | Merged
Block = str | Sequence[Sequence[str]]


def zip_of(members: Mapping[str, bytes | str], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive with these members, always with the same moment."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.compress_type = compression
            archive.writestr(entry, content)
    return stream.getvalue()


def paragraph(text: str, *, properties: str = "", run_properties: str = "") -> str:
    """One w:p, for `docx_of`. A line break in the text becomes w:br."""
    inner = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n"))
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run_properties}</w:rPr>{inner}</w:r></w:p>"


def table(rows: Sequence[Sequence[str]]) -> str:
    """One w:tbl without merges, for `docx_of`."""
    lines = (
        "<w:tr>" + "".join(f"<w:tc><w:tcPr/>{paragraph(text)}</w:tc>" for text in row) + "</w:tr>"
        for row in rows
    )
    return f"<w:tbl><w:tblPr/>{''.join(lines)}</w:tbl>"


def docx(*blocks: Block, parts: Mapping[str, bytes | str] | None = None, macros: bool = False) -> bytes:
    """A Word document: a string is a paragraph, a list of rows is a table.

    >>> docx("BÁO CÁO", [["STT", "Chỉ tiêu"], ["1", "Số buổi"]])  # doctest: +SKIP
    """
    body = "".join(paragraph(block) if isinstance(block, str) else table(block) for block in blocks)
    return docx_of(body, parts=parts, macros=macros)


def docx_of(body: str, *, parts: Mapping[str, bytes | str] | None = None, macros: bool = False) -> bytes:
    """A Word document from the XML inside w:body; `parts` adds or replaces parts by name."""
    main_type = _MACRO_TYPE if macros else _MAIN_TYPE
    members: dict[str, bytes | str] = {
        "[Content_Types].xml": '<?xml version="1.0" encoding="UTF-8"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main_type}"/></Types>',
        "_rels/.rels": '<?xml version="1.0" encoding="UTF-8"?>'
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Target="word/document.xml" Type="http://schemas.openxmlformats.org'
        '/officeDocument/2006/relationships/officeDocument"/></Relationships>',
        "word/document.xml": '<?xml version="1.0" encoding="UTF-8"?>'
        f"<w:document {_NAMESPACES}><w:body>{body}</w:body></w:document>",
    }
    if macros:
        members["word/vbaProject.bin"] = b"\xd0\xcf\x11\xe0 not a real project"
    return zip_of(members | dict(parts or {}))


def word_part(root: str, inner: str) -> str:
    """Another WordprocessingML part: styles, numbering, hdr."""
    return f'<?xml version="1.0" encoding="UTF-8"?><w:{root} {_NAMESPACES}>{inner}</w:{root}>'


def xlsx(
    sheets: Mapping[str, Sequence[Sequence[WorkbookCell]]],
    *,
    hidden_sheets: Iterable[str] = (),
    hidden_rows: Iterable[int] = (),
    hidden_columns: Iterable[int] = (),
) -> bytes:
    """A workbook: sheet name -> rows of cells. Strings stay strings, also when they begin with "=".

    Hidden rows and columns are counted from 0 and hold for every sheet.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"created": datetime(2023, 6, 1, tzinfo=UTC)})
    formats = {
        "percent": book.add_format({"num_format": "0%"}),
        "date": book.add_format({"num_format": "dd/mm/yyyy"}),
    }
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                _write(sheet, row, column, cell, formats)
        if name in set(hidden_sheets):
            sheet.hide()
        for row in hidden_rows:
            sheet.set_row(row, None, None, {"hidden": True})
        for column in hidden_columns:
            sheet.set_column(column, column, None, None, {"hidden": True})
    book.close()
    return stream.getvalue()


def _write(
    sheet: xlsxwriter.worksheet.Worksheet,
    row: int,
    column: int,
    cell: WorkbookCell,
    formats: Mapping[str, object],
) -> None:
    match cell:
        case Formula(text, value):
            sheet.write_formula(row, column, text, None, "" if value is None else value)
        case Percent(value):
            sheet.write_number(row, column, value, formats["percent"])
        case Merged(content, rows, columns):
            sheet.merge_range(row, column, row + rows - 1, column + columns - 1, content)
        case str():
            sheet.write_string(row, column, cell)
        case date():
            sheet.write_datetime(row, column, cell, formats["date"])
        case None:
            pass
        case _:
            sheet.write_number(row, column, cell)


def sheet_xlsx(sheet_xml: str, *, parts: Mapping[str, bytes | str] | None = None) -> bytes:
    """A workbook of one sheet "S" from the XML inside its worksheet element, for what no writer makes."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    members: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument'
        '.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Target="xl/workbook.xml" Type="{office}/officeDocument"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Target="worksheets/sheet1.xml" Type="{office}/worksheet"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}">{sheet_xml}</worksheet>',
    }
    return zip_of(members | dict(parts or {}))


def png(width: int, height: int, *, padding: int = 0) -> bytes:
    """A black PNG of that size; `padding` adds bytes in an ancillary chunk."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\0" * ((width + 7) // 8)) * height)
    extra = chunk(b"paDd", b"x" * padding) if padding else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def ole(*streams: str) -> bytes:
    """An OLE2 container (MS-CFB) whose directory names these streams, each empty."""
    free, end, fat_sector = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    names = ("Root Entry", *streams)
    sectors = -(-len(names) // 4)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    head += b"\0" * 6 + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0)
    head += struct.pack("<109I", 0, *([free] * 108))
    chain = [fat_sector, *range(2, sectors + 1), end]
    fat = struct.pack("<128I", *chain, *([free] * (128 - len(chain))))
    entries = b"".join(_ole_entry(name, 5 if number == 0 else 2) for number, name in enumerate(names))
    return head + fat + entries.ljust(512 * sectors, b"\0")


def _ole_entry(name: str, kind: int) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    head = encoded.ljust(64, b"\0") + struct.pack("<HBB", len(encoded), kind, 1)
    return (head + struct.pack("<III", *[0xFFFFFFFF] * 3)).ljust(116, b"\0") + struct.pack(
        "<IQ", 0xFFFFFFFE, 0
    )


def mail(
    *,
    sender: str = "Nguyễn Thị Lan <vanthu@xabinhminh.example.vn>",
    to: str = "baocao@huyenmau.example.vn",
    subject: str = "Báo cáo 6 tháng đầu năm",
    text: str = "Kính gửi Phòng, xã gửi báo cáo.",
    html: str = "",
    files: Iterable[tuple[str, bytes]] = (),
    forwarded: Iterable[bytes] = (),
    headers: Mapping[str, str] | None = None,
    message_id: str = "<1@xabinhminh.example.vn>",
) -> bytes:
    """A mail as an ordinary program writes it, CRLF line ends.

    `files` are attachments by name; `forwarded` are whole mails attached as message/rfc822.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = "Thu, 01 Jun 2023 08:00:00 +0700"
    message["Message-ID"] = message_id
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    for octets in forwarded:
        _attach_mail(message, octets)
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        if part.get_content_maintype() == "multipart":
            part.set_boundary(f"=-ranh-gioi-{number}-{len(subject)}")
    return message.as_bytes()


def _attach_mail(message: EmailMessage, octets: bytes) -> None:
    from email import message_from_bytes

    inner = message_from_bytes(octets, policy=SMTP)
    assert isinstance(inner, EmailMessage)
    message.add_attachment(inner)


def raw_mail(head: str | bytes, body: str | bytes = b"") -> bytes:
    """A mail exactly as written here: head and body with CRLF put in for every line end."""
    joined = _octets(head).strip(b"\n") + b"\n\n" + _octets(body)
    return joined.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _octets(text: str | bytes) -> bytes:
    return text.encode("utf-8") if isinstance(text, str) else text
