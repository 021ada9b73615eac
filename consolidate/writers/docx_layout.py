"""Building blocks of an administrative document: Decree 30/2020/NĐ-CP, Appendix I.

Sizes are in points, lengths in twips (1/20 point). Every run names Times New Roman for all four
scripts and its size itself, so that no reader's defaults and no later style change show through.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, Twips
from docx.table import Table, _Cell, _Row
from lxml import etree

from consolidate.writers.docx_bytes import empty_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docx.document import Document
    from docx.section import Section
    from docx.text.paragraph import Paragraph

FONT = "Times New Roman"
BODY_SIZE = 14.0
TEXT_WIDTH = 9071  #: 160 mm between margins of 30 and 20 mm
LANDSCAPE_WIDTH = 14003  #: 247 mm
BLANK = "\u00a0" * 6  #: room for văn thư's pen; no-break, so that it is neither squeezed nor split

_SHORT_SIDE, _LONG_SIDE = 11906, 16838
_TOP, _RIGHT, _BOTTOM, _LEFT, _HEADER = 1134, 1134, 1134, 1701, 567
_INDENT = 720  # 1,27 cm
_BETWEEN = 6.0
_LEFT_SHARE = 0.4  # 64 and 96 mm of a portrait page: Quốc hiệu needs 88 mm at 12 pt
_RULE_SHARE = 0.4  # between 1/3 and 1/2 of the text above
_SIGNING_ROOM = 72.0

LEFT, CENTRE = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER
RIGHT, JUSTIFIED = WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY

# Advance widths of Times Bold in 1/1000 em (Adobe font metrics); marks add nothing to their letter.
_GLYPHS = (
    (250, " .,"),
    (278, "ilI/;:"),
    (333, "fjt()-!"),
    (389, "sI"),
    (444, "cerz"),
    (500, "agovxyJ0123456789"),
    (556, "bdhknpquSđ"),
    (611, "FP"),
    (667, "BELTZ"),
    (722, "ACDNRUVXYĐw"),
    (778, "GHKOQ"),
    (833, "m"),
    (944, "M"),
    (1000, "W%"),
)
_MOST_STYLES = 200  #: whose properties are kept
_LAID_OUT: dict[Style, bytes] = {}  #: the properties of a paragraph, as XML
_WIDTHS = {letter: width for width, letters in _GLYPHS for letter in letters}


@dataclass(frozen=True, slots=True)
class Style:
    """How a paragraph looks. `before` and `after` in points, `indent` and `left` in twips."""

    size: float = BODY_SIZE
    bold: bool = False
    italic: bool = False
    align: WD_ALIGN_PARAGRAPH = LEFT
    before: float = 0.0
    after: float = 0.0
    indent: int = 0  #: of the first line
    left: int = 0  #: of the whole paragraph
    line: float = 1.0
    keep_next: bool = False
    level: int = 0  #: outline level of a heading, 0 for text


BODY = Style(align=JUSTIFIED, after=_BETWEEN, indent=_INDENT, line=1.1)
HEADING_1 = replace(BODY, bold=True, before=_BETWEEN, keep_next=True, level=1)
HEADING_2 = replace(BODY, bold=True, keep_next=True, level=2)
HEADING_3 = replace(BODY, keep_next=True, level=3)
TITLE = Style(bold=True, align=CENTRE)
CELL = Style(size=12.0)
SMALL_CELL = Style(size=11.0)


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the title: Decree 30/2020, Appendix I, components 1 to 4 and 5b."""

    superior: str  #: empty for an Ủy ban nhân dân
    issuer: tuple[str, ...]  #: one name, one or two lines
    number: str  #: "Số:      /BC-UBND"; empty on a list
    place_and_date: str  #: empty on a list
    nation: str
    motto: str
    subject: str = ""  #: V/v … of a letter


@dataclass(frozen=True, slots=True)
class Signature:
    """The block below the text: components 7 and 9."""

    recipients_label: str
    recipients: tuple[str, ...]
    titles: tuple[str, ...]
    name: str


def new_document() -> Document:
    """An A4 document with margins 20, 20, 30, 20 mm and the page number in the top margin."""
    document = empty_document()
    _shape(document.sections[0], landscape=False)
    _number_pages(document.sections[0])
    return document


def landscape(document: Document) -> None:
    """Turn the first page of the document on its side."""
    _shape(document.sections[0], landscape=True)


def new_section(document: Document, *, landscape: bool) -> None:
    """Start a section on a new page, its pages counted from 1 again (Phụ lục)."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    _shape(section, landscape=landscape)
    properties: Any = section._sectPr  # noqa: SLF001  python-docx has no name for pgNumType
    for old in properties.findall(qn("w:pgNumType")):
        properties.remove(old)
    margins = properties.find(qn("w:pgMar"))
    margins.addnext(parse_xml(f'<w:pgNumType {nsdecls("w")} w:start="1"/>'))


def add_paragraph(holder: Document | _Cell, text: str, style: Style = BODY) -> Paragraph:
    """Append a paragraph; a cell's first paragraph, if still empty, is filled instead."""
    paragraph = _fresh(holder)
    _format(paragraph, style)
    if text:
        add_run(paragraph, text, style)
    return paragraph


def add_run(paragraph: Paragraph, text: str, style: Style) -> None:
    """Append text to a paragraph in the letters of a style."""
    run = paragraph.add_run(printable(text))
    run.element.insert(0, parse_xml(_run_properties(style)))


def add_rule(holder: Document | _Cell, length: int) -> None:
    """Append a centred solid line of that length, a drawn line as the decree wants, no underline."""
    style = Style(size=2.0, align=CENTRE, before=2.0, keep_next=True)
    paragraph = _fresh(holder)
    _format(paragraph, style)
    number = 1 + len(_element(paragraph).getroottree().xpath("//wps:wsp", namespaces=_DRAWING))
    run = paragraph.add_run()
    run.element.insert(0, parse_xml(_run_properties(style)))
    run.element.append(parse_xml(_line_xml(length, number)))


def add_head(document: Document, head: Head, width: int = TEXT_WIDTH) -> None:
    """Issuer and number left, Quốc hiệu, Tiêu ngữ, place and date right, in a table without borders."""
    widths = (round(width * _LEFT_SHARE), width - round(width * _LEFT_SHARE))
    table = add_table(document, widths, borders=False, margins=0)
    left, right = add_row(table, widths)
    if head.superior:
        add_paragraph(left, head.superior, Style(size=12.0, align=CENTRE))
    for line in head.issuer:
        add_paragraph(left, line, Style(size=12.0, bold=True, align=CENTRE))
    add_rule(left, round(_RULE_SHARE * min(max(text_width(line, 12.0) for line in head.issuer), 3600)))
    add_paragraph(right, head.nation, Style(size=12.0, bold=True, align=CENTRE))
    add_paragraph(right, head.motto, Style(size=13.0, bold=True, align=CENTRE))
    add_rule(right, text_width(head.motto, 13.0))
    if head.number:
        left, right = add_row(table, widths)
        add_paragraph(left, head.number, Style(size=13.0, align=CENTRE, before=4.0))
        add_paragraph(right, head.place_and_date, Style(size=13.0, italic=True, align=CENTRE, before=4.0))
        if head.subject:
            add_paragraph(left, head.subject, Style(size=12.0, align=CENTRE, before=6.0))


def add_title(document: Document, kind: str, subject: Sequence[str]) -> None:
    """The name of the kind of document, its subject in one or more lines, and the line below."""
    add_paragraph(document, kind, replace(TITLE, before=18.0, keep_next=True))
    for line in subject:
        add_paragraph(document, line, replace(TITLE, keep_next=True))
    widest = max((text_width(line, BODY_SIZE) for line in subject), default=0)
    add_rule(document, round(_RULE_SHARE * min(widest, TEXT_WIDTH)))


def add_heading(document: Document, text: str, level: int) -> None:
    """A heading: 1 is "I.", 2 is "1.", 3 and deeper "a)"."""
    add_paragraph(document, text, (HEADING_1, HEADING_2, HEADING_3)[min(level, 3) - 1])


def add_signature(document: Document, signature: Signature, width: int = TEXT_WIDTH) -> None:
    """Nơi nhận left, title and name right; the row stays whole and with the text above it."""
    _keep_last_with_next(document)
    widths = (width // 2, width - width // 2)
    table = add_table(document, widths, borders=False)
    left, right = add_row(table, widths)
    add_paragraph(left, signature.recipients_label, Style(size=12.0, bold=True, italic=True, before=6.0))
    for line in signature.recipients:
        add_paragraph(left, line, Style(size=11.0))
    for number, title in enumerate(signature.titles):
        before = 0.0 if number else 6.0
        add_paragraph(right, title, Style(bold=True, align=CENTRE, keep_next=True, before=before))
    add_paragraph(right, signature.name or "\u00a0", Style(bold=True, align=CENTRE, before=_SIGNING_ROOM))


def add_annex_title(document: Document, label: str, title: Sequence[str], belongs_to: str) -> None:
    """Label ("Phụ lục I"), title in capitals, and the document it belongs to in italics."""
    for line in (label, *title):
        if line:
            add_paragraph(document, line, replace(TITLE, keep_next=True))
    add_paragraph(document, belongs_to, Style(italic=True, align=CENTRE, after=8.0, keep_next=True))


def add_table(document: Document, widths: Sequence[int], *, borders: bool, margins: int = 57) -> Table:
    """A table of fixed column widths in twips, without rows yet."""
    table: Table = document.add_table(0, len(widths))
    element: Any = table._tbl  # noqa: SLF001  borders and layout have no name in python-docx
    element.replace(
        element.tblPr, parse_xml(_table_properties(sum(widths), borders=borders, margins=margins))
    )
    for column, width in zip(element.tblGrid.findall(qn("w:gridCol")), widths, strict=True):
        column.set(qn("w:w"), str(width))
    return table


def add_row(table: Table, widths: Sequence[int], *, header: bool = False) -> tuple[_Cell, ...]:
    """Append a row that is never torn between pages; a header row is repeated on each of them."""
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]
    _row_properties(row, header=header)
    cells = row.cells
    for cell, width in zip(cells, widths, strict=True):
        cell.width = Twips(width)
    return tuple(cells)


def fill_row(
    table: Table,
    widths: Sequence[int],
    texts: Sequence[str],
    styles: Sequence[Style],
    *,
    header: bool = False,
) -> None:
    """Append a row of texts, each in its column's style."""
    cells = add_row(table, widths, header=header)
    for cell, text, style in zip(cells, texts, styles, strict=True):
        add_paragraph(cell, text, replace(style, bold=True, align=CENTRE) if header else style)


def band_row(table: Table, widths: Sequence[int], text: str, style: Style) -> None:
    """Append a row whose cells are one: the name of a group. It stays with the row below it."""
    cells = add_row(table, widths)
    merged = cells[0].merge(cells[-1])
    add_paragraph(merged, text, replace(style, bold=True, keep_next=True))


def text_width(text: str, size: float) -> int:
    """The width of text in Times bold at a size in points, in twips."""
    letters = (letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    return round(sum(_WIDTHS.get(letter, 556) for letter in letters) * size * 20 / 1000)


def printable(text: str) -> str:
    """The text in NFC without characters that XML, and so Word, cannot hold."""
    return _UNPRINTABLE.sub("", unicodedata.normalize("NFC", text))


_UNPRINTABLE = re.compile(r"[^\u0009\u000a\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WPS = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
_DRAWING = {"wps": _WPS}


def _element(paragraph: Paragraph) -> Any:
    return paragraph._p  # noqa: SLF001  the element is the only way to what python-docx does not name


def _fresh(holder: Document | _Cell) -> Paragraph:
    if isinstance(holder, _Cell):
        first: Paragraph = holder.paragraphs[0]
        # The paragraph a cell is born with has neither properties nor runs.
        if len(holder.paragraphs) == 1 and not len(_element(first)):
            return first
    added: Paragraph = holder.add_paragraph()
    return added


def _format(paragraph: Paragraph, style: Style) -> None:
    """Lay a paragraph out; what a style comes to is made once, for most paragraphs share a few."""
    element = _element(paragraph)
    is_new = element.pPr is None
    if is_new and style in _LAID_OUT:
        element.insert(0, parse_xml(_LAID_OUT[style]))
        return
    _lay_out(paragraph, style)
    if is_new and len(_LAID_OUT) < _MOST_STYLES:
        _LAID_OUT[style] = etree.tostring(element.pPr)


def _lay_out(paragraph: Paragraph, style: Style) -> None:
    if style.level:
        paragraph.style = f"Heading {min(style.level, 3)}"
    layout = paragraph.paragraph_format
    layout.alignment = style.align
    layout.space_before, layout.space_after = Pt(style.before), Pt(style.after)
    layout.line_spacing = style.line
    if style.indent:
        layout.first_line_indent = Twips(style.indent)
    if style.left:
        layout.left_indent = Twips(style.left)
    if style.keep_next:
        layout.keep_with_next = True


@lru_cache(maxsize=_MOST_STYLES)
def _run_properties(style: Style) -> str:
    half_points = round(style.size * 2)
    weight = "<w:b/><w:bCs/>" if style.bold else ""
    slant = "<w:i/><w:iCs/>" if style.italic else ""
    font = quoteattr(FONT)
    return (
        f"<w:rPr {nsdecls('w')}><w:rFonts w:ascii={font} w:hAnsi={font} w:eastAsia={font} w:cs={font}/>"
        f'{weight}{slant}<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/></w:rPr>'
    )


def _shape(section: Section, *, landscape: bool) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    wide, high = (_LONG_SIDE, _SHORT_SIDE) if landscape else (_SHORT_SIDE, _LONG_SIDE)
    section.page_width, section.page_height = Twips(wide), Twips(high)
    section.top_margin, section.bottom_margin = Twips(_TOP), Twips(_BOTTOM)
    section.left_margin, section.right_margin = Twips(_LEFT), Twips(_RIGHT)
    section.header_distance = section.footer_distance = Twips(_HEADER)


def _number_pages(section: Section) -> None:
    section.different_first_page_header_footer = True
    section.first_page_header.is_linked_to_previous = False
    section.header.is_linked_to_previous = False
    paragraph = section.header.paragraphs[0]
    style = Style(align=CENTRE)
    _format(paragraph, style)
    for piece in _page_field():
        run = paragraph.add_run()
        run.element.append(parse_xml(_run_properties(style)))
        run.element.append(parse_xml(piece))


def _page_field() -> Iterable[str]:
    space = nsdecls("w")
    yield f'<w:fldChar {space} w:fldCharType="begin"/>'
    yield f'<w:instrText {space} xml:space="preserve"> PAGE </w:instrText>'
    yield f'<w:fldChar {space} w:fldCharType="separate"/>'
    yield f"<w:t {space}>2</w:t>"
    yield f'<w:fldChar {space} w:fldCharType="end"/>'


def _table_properties(width: int, *, borders: bool, margins: int) -> str:
    kind = "single" if borders else "none"
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    edges = "".join(f'<w:{side} w:val="{kind}" w:sz="4" w:space="0" w:color="000000"/>' for side in sides)
    room = "".join(
        f'<w:{side} w:w="{margins if side in ("left", "right") else (28 if borders else 0)}" w:type="dxa"/>'
        for side in ("top", "left", "bottom", "right")
    )
    return (
        f'<w:tblPr {nsdecls("w")}><w:tblW w:w="{width}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{room}</w:tblCellMar></w:tblPr>"
    )


def _row_properties(row: _Row, *, header: bool) -> None:
    element: Any = row._tr  # noqa: SLF001  cantSplit and tblHeader have no name in python-docx
    properties = element.get_or_add_trPr()
    properties.append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
    if header:
        properties.append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))


def _keep_last_with_next(document: Document) -> None:
    for paragraph in document.paragraphs[-1:]:
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.keep_together = True


def _line_xml(length: int, number: int) -> str:
    """A horizontal line in the text line, with a VML line for readers older than Word 2010."""
    emu, points = length * 635, length / 20
    return (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        f'xmlns:wps="{_WPS}" xmlns:v="urn:schemas-microsoft-com:vml" {nsdecls("w")}>'
        '<mc:Choice Requires="wps"><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{emu}" cy="0"/><wp:effectExtent l="0" t="0" r="0" b="0"/>'
        f'<wp:docPr id="{number}" name="Line {number}"/><wp:cNvGraphicFramePr/>'
        f'<a:graphic><a:graphicData uri="{_WPS}"><wps:wsp><wps:cNvCnPr/><wps:spPr>'
        f'<a:xfrm><a:off x="0" y="0"/><a:ext cx="{emu}" cy="0"/></a:xfrm>'
        '<a:prstGeom prst="line"><a:avLst/></a:prstGeom>'
        '<a:ln w="9525"><a:solidFill><a:srgbClr val="000000"/></a:solidFill></a:ln>'
        "</wps:spPr><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>"
        f'<mc:Fallback><w:pict><v:line style="width:{points:g}pt;height:0" from="0,0" to="{points:g}pt,0" '
        'strokeweight=".75pt"/></w:pict></mc:Fallback></mc:AlternateContent>'
    )
