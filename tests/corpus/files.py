"""Files of the corpus: Word and Excel by several writers, also by hand, and round trips through LibreOffice."""

# ruff: noqa: E501  # XML is kept in the lines it is written in

from __future__ import annotations

import io
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape

import docx
import openpyxl
import xlsxwriter
from docx.enum.text import WD_ALIGN_PARAGRAPH
from openpyxl.styles import Alignment

from tests.corpus.grids import Content, Grid
from tests.corpus.prose import Part

_EPOCH = (2024, 1, 2, 3, 4, 5)


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A zip archive whose bytes depend on its members alone."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


# -- Word ------------------------------------------------------------------------------------------------


def docx_by_library(parts: Sequence[Part]) -> bytes:
    """A Word document by python-docx."""
    document = docx.Document()
    for part in parts:
        if part.grid is not None:
            _library_table(document, part.grid, part.frame)
            continue
        paragraph = document.add_paragraph()
        paragraph.add_run(part.text).bold = part.bold
        if part.centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _library_table(document: docx.document.Document, grid: Grid, frame: bool) -> None:
    columns = max(len(row) for row in grid.rows)
    table = document.add_table(rows=len(grid.rows), cols=columns)
    if not frame:
        table.style = "Table Grid"
    for number, row in enumerate(grid.rows):
        cells = table.rows[number].cells
        for column, content in enumerate(row):
            if content is not None:
                cells[column].text = shown(content)
    for top, left, bottom, right in grid.merges:
        text = shown(grid.rows[top][left])
        merged = table.cell(top, left).merge(table.cell(bottom, right))
        merged.text = text


def shown(content: Content) -> str:
    """A content as text: decimals by comma."""
    return (
        ""
        if content is None
        else str(content).replace(".", ",")
        if isinstance(content, float)
        else str(content)
    )


def docx_by_hand(rng: Random, parts: Sequence[Part]) -> bytes:
    """A Word document written as XML, its words broken over runs as Word does while one types."""
    body = "".join(
        _hand_table(rng, part.grid)
        if part.grid is not None
        else _hand_paragraph(rng, part.text, part.centred, part.bold)
        for part in parts
    )
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{name}"><w:body>{body}<w:sectPr/></w:body></w:document>'
    kinds = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    )
    relations = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>'
    )
    return zipped(
        {
            "[Content_Types].xml": kinds.encode(),
            "_rels/.rels": relations.encode(),
            "word/document.xml": document.encode(),
        }
    )


def _hand_paragraph(rng: Random, text: str, centred: bool = False, bold: bool = False) -> str:
    place = '<w:pPr><w:jc w:val="center"/></w:pPr>' if centred else ""
    style = "<w:rPr><w:b/></w:rPr>" if bold else ""
    runs = []
    for line_number, line in enumerate(text.split("\n")):
        if line_number:
            runs.append("<w:r><w:br/></w:r>")
        start = 0
        while start < len(line):
            piece = line[start : start + rng.randint(3, 40)]
            start += len(piece)
            runs.append(
                f'<w:r>{style}<w:t xml:space="preserve">{escape(piece)}</w:t></w:r><w:proofErr w:type="spellEnd"/>'
            )
    return f"<w:p>{place}{''.join(runs)}</w:p>"


def _hand_table(rng: Random, grid: Grid) -> str:
    columns = max(len(row) for row in grid.rows)
    rows = []
    for number, row in enumerate(grid.rows):
        cells, column = [], 0
        while column < columns:
            merge = next((m for m in grid.merges if m[0] <= number <= m[2] and m[1] <= column <= m[3]), None)
            across = merge[3] - merge[1] + 1 if merge else 1
            down = ""
            if merge and merge[2] > merge[0]:
                down = '<w:vMerge w:val="restart"/>' if number == merge[0] else "<w:vMerge/>"
            text = shown(row[column] if column < len(row) else None)
            span = f'<w:gridSpan w:val="{across}"/>' if across > 1 else ""
            cells.append(f"<w:tc><w:tcPr>{span}{down}</w:tcPr>{_hand_paragraph(rng, text)}</w:tc>")
            column += across
        rows.append(f"<w:tr>{''.join(cells)}</w:tr>")
    widths = "<w:gridCol/>" * columns
    return f"<w:tbl><w:tblPr/><w:tblGrid>{widths}</w:tblGrid>{''.join(rows)}</w:tbl><w:p/>"


# -- Excel -----------------------------------------------------------------------------------------------


def xlsx_by_openpyxl(grids: Sequence[Grid]) -> bytes:
    """A workbook by openpyxl: merged headings, hidden sheets, titles above the table."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for grid in grids:
        sheet = book.create_sheet(grid.name)
        for line in grid.above:
            sheet.append([line])
        shift = len(grid.above) + (1 if grid.above else 0)
        for number, row in enumerate(grid.rows, shift + 1):
            for column, content in enumerate(row, 1):
                if content is not None:
                    sheet.cell(number, column, content).alignment = Alignment(wrap_text=True)
        for top, left, bottom, right in grid.merges:
            sheet.merge_cells(
                start_row=top + shift + 1,
                start_column=left + 1,
                end_row=bottom + shift + 1,
                end_column=right + 1,
            )
        sheet.sheet_state = "hidden" if grid.hidden else "visible"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def xlsx_by_xlsxwriter(grids: Sequence[Grid]) -> bytes:
    """A workbook by xlsxwriter, starting at B2 as people like it, numbers shown with thousands."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    border, number = book.add_format({"border": 1}), book.add_format({"border": 1, "num_format": "#,##0.##"})
    for grid in grids:
        sheet = book.add_worksheet(grid.name)
        for at, line in enumerate(grid.above):
            sheet.write_string(at, 1, line)
        top_row = len(grid.above) + 1
        for at, row in enumerate(grid.rows):
            for column, content in enumerate(row):
                if isinstance(content, str):
                    sheet.write_string(top_row + at, column + 1, content, border)
                elif content is not None:
                    sheet.write_number(top_row + at, column + 1, content, number)
        for top, left, bottom, right in grid.merges:
            text = shown(grid.rows[top][left])
            sheet.merge_range(top_row + top, left + 1, top_row + bottom, right + 1, text, border)
        if grid.hidden:
            sheet.hide()
    book.close()
    return stream.getvalue()


def xlsx_by_hand(grids: Sequence[Grid]) -> bytes:
    """A workbook written as XML with inline strings, as exporting programs write it."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kinds = [
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>',
        '<Default Extension="xml" ContentType="application/xml"/>',
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>',
    ]
    sheets, relations, members = [], [], {}
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    for number, grid in enumerate(grids, 1):
        state = ' state="hidden"' if grid.hidden else ""
        sheets.append(f'<sheet name="{escape(grid.name)}" sheetId="{number}"{state} r:id="r{number}"/>')
        relations.append(
            f'<Relationship Id="r{number}" Type="{office}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        )
        kinds.append(
            f'<Override PartName="/xl/worksheets/sheet{number}.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        )
        members[f"xl/worksheets/sheet{number}.xml"] = _hand_sheet(main, grid).encode()
    package = "http://schemas.openxmlformats.org/package/2006"
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types">{"".join(kinds)}</Types>'.encode(),
            "_rels/.rels": (
                f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
                f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
            ).encode(),
            "xl/workbook.xml": (
                f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{"".join(sheets)}</sheets></workbook>'
            ).encode(),
            "xl/_rels/workbook.xml.rels": (
                f'<Relationships xmlns="{package}/relationships">{"".join(relations)}</Relationships>'
            ).encode(),
            **members,
        }
    )


def _hand_sheet(main: str, grid: Grid) -> str:
    lines: list[list[Content]] = [[line] for line in grid.above]
    shift = len(lines)
    rows = []
    for number, row in enumerate([*lines, *grid.rows], 1):
        cells = []
        for column, content in enumerate(row):
            at = f"{chr(65 + column)}{number}"
            if isinstance(content, str):
                cells.append(
                    f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(content)}</t></is></c>'
                )
            elif content is not None:
                cells.append(f'<c r="{at}"><v>{content}</v></c>')
        rows.append(f'<row r="{number}">{"".join(cells)}</row>')
    areas = [
        f'<mergeCell ref="{chr(65 + left)}{top + shift + 1}:{chr(65 + right)}{bottom + shift + 1}"/>'
        for top, left, bottom, right in grid.merges
    ]
    merged = f'<mergeCells count="{len(areas)}">{"".join(areas)}</mergeCells>' if areas else ""
    return f'<worksheet xmlns="{main}"><sheetData>{"".join(rows)}</sheetData>{merged}</worksheet>'


# -- LibreOffice -----------------------------------------------------------------------------------------


def round_trips(contents: Mapping[str, bytes], away: str) -> dict[str, bytes]:
    """Each file saved by LibreOffice in the format `away` and back in its own; names end in their format."""
    if not contents:
        return {}
    with tempfile.TemporaryDirectory(prefix="corpus-office-") as folder:
        base = Path(folder)
        for name, content in contents.items():
            (base / name).write_bytes(content)
        back = {Path(name).suffix[1:] for name in contents}
        assert len(back) == 1, "one format at a time"
        _convert(base, sorted(contents), away, "away")
        _convert(
            base / "away",
            [Path(name).with_suffix(f".{away}").name for name in sorted(contents)],
            back.pop(),
            "back",
        )
        return {name: (base / "away" / "back" / name).read_bytes() for name in contents}


def _convert(folder: Path, names: Sequence[str], target: str, into: str) -> None:
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", target, "--outdir", str(folder / into)]
    subprocess.run(
        [*command, *(str(folder / name) for name in names)], check=True, capture_output=True, timeout=300
    )
