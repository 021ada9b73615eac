"""Office files of the demo mailbox, written by hand so that the same content gives the same bytes.

Word documents look like what a commune sends: letterhead without borders, bordered annex, signature
block. Nothing here asks the clock, the disk or the network.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter

_RELATIONS = "application/vnd.openxmlformats-package.relationships+xml"
_MOMENT = (2024, 5, 20, 8, 0, 0)
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; a line break in the text stays one."""

    text: str
    bold: bool = False
    align: str = "both"  #: both, center, left or right
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A cell over several columns (`span`) or rows (`merge`: restart opens, continue goes on below)."""

    text: str = ""
    span: int = 1
    merge: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; without borders it is a layout table (letterhead, signatures)."""

    rows: Sequence[Sequence[str | Box | Sequence[Text]]]
    bordered: bool = True


Block = Text | Grid


def docx(blocks: Sequence[Block]) -> bytes:
    """A Word document of these blocks."""
    body = "".join(_grid(block) if isinstance(block, Grid) else _text(block) for block in blocks)
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return archive(
        {
            "[Content_Types].xml": f'{head}<Types xmlns="{_PACKAGE}/content-types">'
            f'<Default Extension="rels" ContentType="{_RELATIONS}"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
            "_rels/.rels": f'{head}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'{head}<w:document xmlns:w="{_W}"><w:body>{body}<w:sectPr>'
            '<w:pgSz w:w="11907" w:h="16840"/>'
            '<w:pgMar w:top="1134" w:right="851" w:bottom="1134" w:left="1701"'
            ' w:header="709" w:footer="709" w:gutter="0"/></w:sectPr></w:body></w:document>',
        }
    )


def _text(block: Text) -> str:
    marks = "<w:b/>" * block.bold + "<w:i/>" * block.italic
    font = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/>'
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in block.text.split("\n")
    )
    return (
        f'<w:p><w:pPr><w:jc w:val="{block.align}"/></w:pPr>'
        f'<w:r><w:rPr>{font}{marks}<w:sz w:val="28"/></w:rPr>{lines}</w:r></w:p>'
    )


def _grid(block: Grid) -> str:
    line = "single" if block.bordered else "none"
    sides = "".join(
        f'<w:{side} w:val="{line}" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    rows = "".join(f"<w:tr>{''.join(map(_cell, row))}</w:tr>" for row in block.rows)
    width = '<w:tblW w:w="0" w:type="auto"/>'
    return f"<w:tbl><w:tblPr>{width}<w:tblBorders>{sides}</w:tblBorders></w:tblPr>{rows}</w:tbl>"


def _cell(cell: str | Box | Sequence[Text]) -> str:
    if isinstance(cell, str):
        cell = Box(cell)
    if not isinstance(cell, Box):
        return f"<w:tc><w:tcPr/>{''.join(map(_text, cell))}</w:tc>"
    span = f'<w:gridSpan w:val="{cell.span}"/>' if cell.span > 1 else ""
    merge = f'<w:vMerge w:val="{cell.merge}"/>' if cell.merge else ""
    return f"<w:tc><w:tcPr>{span}{merge}</w:tcPr>{_text(Text(cell.text, align='left'))}</w:tc>"


def xlsx(sheets: Mapping[str, Sequence[Sequence[str | int | Decimal | Box | None]]]) -> bytes:
    """A workbook: sheet name -> rows. A Box is merged over its columns, and over two rows when it says so."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"created": datetime(*_MOMENT, tzinfo=UTC)})
    style = book.add_format({"font_name": "Times New Roman", "font_size": 12, "text_wrap": True})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.set_column(1, 1, 60)
        for place, row in enumerate(rows):
            _write_row(sheet, place, row, style)
    book.close()
    return stream.getvalue()


def _write_row(sheet: Any, row: int, cells: Sequence[str | int | Decimal | Box | None], style: Any) -> None:
    column = 0
    for cell in cells:
        if isinstance(cell, Box):
            below = 1 if cell.merge == "restart" else 0
            if cell.merge != "continue" and (cell.span > 1 or below):
                sheet.merge_range(row, column, row + below, column + cell.span - 1, cell.text, style)
            elif cell.merge != "continue":
                sheet.write_string(row, column, cell.text, style)
            column += cell.span
            continue
        if isinstance(cell, str):
            sheet.write_string(row, column, cell, style)
        elif cell is not None:
            sheet.write_number(row, column, float(cell), style)
        column += 1


def archive(members: Mapping[str, bytes | str]) -> bytes:
    """A zip archive with these members, all of one moment."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(_entry(name), content)
    return stream.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3
    return entry


def bomb() -> bytes:
    """A few kilobytes that unpack to 288 MB of zeros: an archive in an archive. Harmless if left closed."""
    inner = io.BytesIO()
    block = b"\0" * (1 << 20)
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(1, 5):
            with packed.open(_entry(f"Phu luc {number}.csv"), "w") as member:
                for _ in range(72):
                    member.write(block)
    return archive({"So lieu.zip": inner.getvalue()})


_WRITTEN = range(7, 68)  # between the margins
_OCTETS = 78  # of one line of the scanned page, eight pixels each


def scan() -> bytes:
    """A PDF of one page that is a picture: grey lines where the words would be, no text at all."""
    width, height = 8 * _OCTETS, 877
    rows = []
    for y in range(height):
        written = 60 < y < 800 and y % 26 < 7 and y % 208 > 26  # noqa: PLR2004 - lines and gaps of a page
        ink = b"".join(b"\x00" if written and x % 11 and x in _WRITTEN else b"\xff" for x in range(_OCTETS))
        rows.append(ink)
    picture = zlib.compress(b"".join(rows), 9)
    page = b"q 595 0 0 842 0 0 cm /Im1 Do Q"
    return _pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            (
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
                b" /Resources << /XObject << /Im1 5 0 R >> >> >>"
            ),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
            b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray"
            b" /BitsPerComponent 1 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
            % (width, height, len(picture), picture),
        ]
    )


def _pdf(objects: Sequence[bytes]) -> bytes:
    written = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        written
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(written))
    )


def locked() -> bytes:
    """What Excel writes for a workbook with a password: OLE2 with an EncryptedPackage (MS-OFFCRYPTO)."""
    free, end, table_mark = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    package = bytes((number * 197 + 89) % 256 for number in range(9 * 512))
    info = struct.pack("<HH", 4, 4) + package[:4092]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0)
    head += struct.pack("<109I", 0, *[free] * 108)
    # Sector 0 holds the table, 1 the directory, 2-9 the information, 10-18 the package.
    chain = [table_mark, end, *range(3, 10), end, *range(11, 19), end]
    sectors = struct.pack("<128I", *chain, *[free] * (128 - len(chain)))
    names = (
        _ole_entry("Root Entry", kind=5, child=2),
        _ole_entry("EncryptionInfo", start=2, size=len(info)),
        _ole_entry("EncryptedPackage", left=1, start=10, size=len(package)),
    )
    return head + sectors + b"".join(names).ljust(512, b"\0") + info + package


def _ole_entry(
    name: str,
    *,
    kind: int = 2,
    left: int = 0xFFFFFFFF,
    child: int = 0xFFFFFFFF,
    start: int = 0,
    size: int = 0,
) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    entry = encoded.ljust(64, b"\0") + struct.pack("<HBB", len(encoded), kind, 1)
    entry += struct.pack("<III", left, 0xFFFFFFFF, child)
    begin = 0xFFFFFFFE if kind == 5 else start  # noqa: PLR2004 - the root without small streams
    return entry.ljust(116, b"\0") + struct.pack("<IQ", begin, size)
