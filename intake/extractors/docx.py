"""Word documents (ECMA-376, WordprocessingML) by an own walk over lxml.

Office forms are full of content controls, tracked changes, text boxes and nested tables, which the
usual readers lose. A paragraph or table is read in one filtered pass that runs in C. Where that pass meets
something that would be read twice or wrongly, the block is first made simple (what is deleted or doubled is
taken out, text boxes and nested tables are set aside) and read again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from intake.documents import Document, Paragraph, Table
from intake.errors import DamagedFileError, FileTooLargeError
from intake.extractors.interface import Budget, Package
from intake.extractors.office_xml import Element, parse_part, word_tag
from intake.extractors.word_glance import PRINTED, at_a_glance
from intake.extractors.word_numbering import Numbering
from intake.extractors.word_raw import Line, RawCell, RawRow, RawRun, RawTable, whole_number
from intake.extractors.word_styles import (
    PROPERTIES,
    Styles,
    font_named,
    note_property,
    number_within,
    own_style,
    switched,
)
from intake.mail.legacy_text import Run, holds_rare_letters, put_right_runs

if TYPE_CHECKING:
    from collections.abc import Iterator

_MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH_TEXT: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"

_P, _T, _TBL, _TR, _TC, _R = (word_tag(name) for name in ("p", "t", "tbl", "tr", "tc", "r"))
_SOFT_HYPHEN: Final = word_tag("softHyphen")
_PPR, _RPR, _TRPR = (word_tag(name) for name in ("pPr", "rPr", "trPr"))
_TAB, _BREAK, _RETURN, _HYPHEN, _SYMBOL = (
    word_tag(name) for name in ("tab", "br", "cr", "noBreakHyphen", "sym")
)
_VALUE, _SPAN, _DOWN, _ACROSS = word_tag("val"), word_tag("gridSpan"), word_tag("vMerge"), word_tag("hMerge")
_NUMBERED, _BOX, _DELETED, _BOLD = word_tag("numPr"), word_tag("txbxContent"), word_tag("del"), word_tag("b")
_TEXTUAL: Final = (_T, _TAB, _BREAK, _RETURN, _HYPHEN, _SYMBOL, _MATH_TEXT)
_MERGING: Final = frozenset({_SPAN, _DOWN, _ACROSS})
_RUN_FONTS: Final = word_tag("rFonts")
_STYLED, _ALIGNED, _OUTLINED = word_tag("pStyle"), word_tag("jc"), word_tag("outlineLvl")
_BEFORE: Final = word_tag("gridBefore")
_FORMER_PROPERTIES: Final = word_tag("pPrChange")
#: what begins without being a run of text, and may carry properties that are not those of the run before
_NO_RUNS: Final = frozenset(
    {word_tag("sdtPr"), "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"}
)
_FALLBACK: Final = f"{_MC}Fallback"
_MOVED: Final = word_tag("moveFrom")
_CHANGES: Final = (word_tag("ins"), _DELETED, word_tag("moveTo"), _MOVED)
_AUTHOR: Final = word_tag("author")
#: formatting as it was before a tracked change
_FORMER: Final = (word_tag("rPrChange"), word_tag("trPrChange"), word_tag("tcPrChange"))
_TWICE: Final = frozenset({_FALLBACK, _MOVED, *_FORMER})
#: what a block is made simple for before it is read: doubled, struck or moved text, and blocks within blocks
_INVOLVED: Final = frozenset({
    _FALLBACK, *_CHANGES, *_FORMER, _BOX, _TBL,
})  # fmt: skip
_IN_ROW: Final = frozenset({*_MERGING, _BEFORE, _NUMBERED, _DELETED})
_IN_SIMPLE_TABLE: Final = (*_TEXTUAL, _TR, _TC, _P, *_IN_ROW)
_IN_TABLE: Final = (*_IN_SIMPLE_TABLE, *(_INVOLVED - {_DELETED}))
_SAID: Final = frozenset({_BOLD, _RUN_FONTS, _FORMER_PROPERTIES, *PROPERTIES})
_IN_SIMPLE_PARAGRAPH: Final = frozenset({*_TEXTUAL, _R, *_SAID, *_NO_RUNS})
_IN_PARAGRAPH: Final = _IN_SIMPLE_PARAGRAPH | _INVOLVED

# What forms use Wingdings for (character codes of w:sym): boxes, ticks and crosses.
_SYMBOLS: Final = {
    "F0FE": "☑", "F0FD": "☒", "F0A8": "☐", "F06F": "☐", "F0FC": "✓", "F0FB": "✗", "F02D": "-", "F0B7": "•",
}  # fmt: skip
_HEADER: Final = re.compile(r"word/header\d*\.xml")
_EXTERNAL: Final = re.compile(rb"<Relationship\b[^>]*TargetMode=[\"']External[\"'][^>]*>")
#: a font's name in an attribute; begins with the one letter that is rare in markup, which is found fast
_LEGACY_FONT: Final = re.compile(rb"V(?:(?<=[\"'][.]V)n|(?<=[\"']V)NI-)")


def extract_docx(content: bytes, budget: Budget) -> Document:
    """Reads a .docx or .docm: paragraphs and tables in the order of the text, page headers first.

    Raises:
        DamagedFileError: the package or its main part is broken.
        RefusedFileError: a part declares a document type (ECMA-376 part 2, 8.2.5 forbids it).
        FileTooLargeError: more paragraphs or cells than are read of one file.

    """
    package = Package(content, budget)
    name = _main_part(package)
    octets = package.read(name)
    names_font = _LEGACY_FONT.search(octets) is not None
    signs = octets.translate(None, PRINTED)
    styles, numbering = Styles.of(package), Numbering.of(package)
    is_legacy = names_font or styles.legacy or holds_rare_letters(signs)
    glance = None if is_legacy else at_a_glance(octets, signs)
    if glance is not None and numbering.lists and any(map(_is_numbered, glance)):
        glance = None
    containers = [] if glance is not None else [_body(octets)]
    containers = [*_headers(package), *containers]
    reading = _Reading(budget, styles, numbering)
    put_right: tuple[str, ...] = ()
    if is_legacy:
        changed = [_simplify(container) for container in containers]
        reading.tracked = any(changed)
        put_right = _put_right(containers, styles)
    for container in containers:
        reading.read(container)
    reading.take(glance or [])
    notes = _notes(package, name, tracked=reading.tracked, legacy_font=names_font)
    return Document(tuple(reading.blocks), (*notes, *put_right))


def _is_numbered(block: Line | RawTable) -> bool:
    """Whether it is a table with automatic numbers, which are counted along the tree."""
    return isinstance(block, RawTable) and block.numbered


def _body(octets: bytes) -> Element:
    body = parse_part(octets).find(word_tag("body"))
    if body is None:
        raise DamagedFileError("no body")
    return body


def _main_part(package: Package) -> str:
    """word/document.xml, or what the package's relationships name: Office on the web writes document2.xml."""
    if "word/document.xml" in package:
        return "word/document.xml"
    for relation in parse_part(package.read("_rels/.rels")):
        if str(relation.get("Type", "")).endswith("/officeDocument"):
            return str(relation.get("Target", "")).lstrip("/")
    raise DamagedFileError("no main part")


def _headers(package: Package) -> Iterator[Element]:
    """Page headers that say something: a letterhead sometimes stands there."""
    seen: set[str] = set()
    for name in sorted(filter(_HEADER.fullmatch, package.members)):
        root = parse_part(package.read(name))
        text = "".join(node.text or "" for node in root.iter(_T)).strip()
        if text.strip("0123456789-/ ") and text not in seen:
            seen.add(text)
            yield root


def _put_right(containers: list[Element], styles: Styles) -> tuple[str, ...]:
    """Puts old encodings right where they stand in the tree, run by run; the notes that say so."""
    hyphens = [node for container in containers for node in list(container.iter(_SOFT_HYPHEN))]
    for node in hyphens:
        # The code of ư in TCVN3 is that of the soft hyphen, and programs write it as one.
        node.tag, node.text = _T, "\u00ad"
    paragraphs = [nodes for container in containers for nodes in _text_nodes(container)]
    found = put_right_runs(
        [[Run(node.text or "", styles.font_of(node)) for node in nodes] for nodes in paragraphs]
    )
    for nodes, texts in zip(paragraphs, found.paragraphs, strict=True):
        for node, text in zip(nodes, texts, strict=True):
            node.text = text
    for node in hyphens:
        node.text = (node.text or "").replace("\u00ad", "")
    return found.notes


def _text_nodes(container: Element) -> Iterator[list[Element]]:
    """The w:t of each paragraph that has any."""
    nodes: list[Element] = []
    for node in container.iter(_P, _T):
        if node.tag == _T:
            nodes.append(node)
        elif nodes:
            yield nodes
            nodes = []
    if nodes:
        yield nodes


def _notes(package: Package, main: str, *, tracked: bool, legacy_font: bool) -> tuple[str, ...]:
    notes: list[str] = []
    if tracked:
        notes.append("tracked")
    if any(name.endswith("vbaProject.bin") for name in package.members):
        notes.append("macros")
    if _links_out(package, main):
        notes.append("external_links")
    if any(name.startswith("word/embeddings/") for name in package.members):
        notes.append("embedded_objects")
    if legacy_font:
        notes.append("legacy_font")
    return tuple(notes)


def _links_out(package: Package, main: str) -> bool:
    """Whether anything but a hyperlink points out of the file: a remote template, a linked picture."""
    folder, _, name = main.rpartition("/")
    for part in (f"{folder}/_rels/{name}.rels", f"{folder}/_rels/settings.xml.rels"):
        if part in package:
            relations = _EXTERNAL.findall(package.read(part))
            if any(b"/hyperlink" not in relation for relation in relations):
                return True
    return False


@dataclass(slots=True)
class _Reading:
    """One document being read: its blocks so far and what is needed to make the next."""

    budget: Budget
    styles: Styles
    numbering: Numbering
    blocks: list[Paragraph | Table] = field(default_factory=list)
    paragraphs: int = 0
    tables: int = 0
    cells: int = 0
    tracked: bool = False  #: somebody tracked a change in it

    def read(self, container: Element) -> None:
        """Appends the blocks of a body or a header."""
        for child in container:
            if child.tag == _P:
                self._paragraph(child)
            elif child.tag == _TBL:
                self._table(child)
            else:
                self.tracked = self.tracked or _tells_change(child)
                # Content controls, tracked insertions, smart tags: what they hold counts as if they
                # were not there. Everything else holds no block.
                if not _is_struck(child):
                    self.read(child)

    def take(self, blocks: list[Line | RawTable]) -> None:
        """Appends the blocks of a body that was read without a tree."""
        for block in blocks:
            if isinstance(block, Line):
                self._count_paragraph()
                self._described(block)
            else:
                self.tables += 1
                self.blocks.append(self._placed(str(self.tables), block))

    def _paragraph(self, node: Element) -> None:
        self._count_paragraph()
        boxes: list[Element] = []
        line = _line(node)
        if line is None:
            self.tracked = _simplify(node) or self.tracked
            boxes = _detached(node, _BOX)
            line = _line(node, simple=True) or Line()
        self._described(line)
        for box in boxes:
            self.read(box)

    def _described(self, line: Line) -> None:
        own = line.own
        style = self.styles.full(own.parent)
        label = self.numbering.label(number_within(own, style)) if self.numbering.lists else ""
        text = "".join(line.pieces)
        if not text.strip():
            return
        fonts = dict.fromkeys(run.font or style.font for run in line.runs)
        fonts.pop("", None)
        self.blocks.append(
            Paragraph(
                text=text,
                number=self.paragraphs,
                bold=all(style.bold if run.bold is None else run.bold for run in line.runs),
                centred=bool(style.centred if own.centred is None else own.centred),
                heading=(style.outline if own.outline is None else own.outline) or 0,
                list_label=label,
                fonts=tuple(fonts),
            )
        )

    def _table(self, node: Element) -> None:
        self.tables += 1
        name = str(self.tables)
        boxes: list[Element] = []
        nested: list[Element] = []
        raw = _raw_table(node)
        if raw is None:
            self.tracked = _simplify(node) or self.tracked
            boxes, nested = _detached(node, _BOX), _detached(node, _TBL)
            raw = _raw_table(node, simple=True) or RawTable()
        self.blocks.append(self._placed(name, raw, node))
        for inner in nested:
            self._table(inner)
        for box in boxes:
            self.read(box)

    def _placed(self, name: str, raw: RawTable, node: Element | None = None) -> Table:
        cells, rows, columns = raw.placed()
        self.count_cells(len(cells))
        if node is not None and raw.numbered and self.numbering.lists:
            _label(cells, node, raw, self)
        return Table(name, tuple([cell.cell() for cell in cells]), rows, columns)

    def _count_paragraph(self) -> None:
        self.paragraphs += 1
        if self.paragraphs > self.budget.limits.paragraphs:
            raise FileTooLargeError("paragraphs")

    def count_cells(self, cells: int) -> None:
        """Counts cells read.

        Raises:
            FileTooLargeError: more than are read of one file.

        """
        self.cells += cells
        if self.cells > self.budget.limits.cells:
            raise FileTooLargeError("cells")

    def cell_label(self, cell: Element) -> str:
        """The automatic number of a cell: a column STT is often nothing else."""
        labels = []
        for paragraph in cell.iter(_P):
            own = own_style(next(paragraph.iterchildren(_PPR), None))
            labels.append(self.numbering.label(number_within(own, self.styles.full(own.parent))))
        return "\n".join(filter(None, labels))


def _simplify(container: Element) -> bool:
    """Takes out what stands twice (the fallback of a drawing) and what tracked changes struck or moved.

    Gives whether anybody tracked a change in it.
    """
    tracked = False
    for node in list(container.iter(_FALLBACK, *_CHANGES, *_FORMER)):
        tracked = tracked or _tells_change(node)
        if _is_struck(node):
            _remove(node)
    return tracked


def _tells_change(node: Element) -> bool:
    return node.tag in _CHANGES and node.get(_AUTHOR) is not None


def _is_struck(node: Element) -> bool:
    tag = node.tag
    # In row and run properties w:del is an empty mark that is read where it stands.
    return tag in _TWICE or (tag == _DELETED and len(node) > 0)


def _remove(node: Element) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)


def _detached(node: Element, tag: str) -> list[Element]:
    """The outermost elements of that name below `node`, taken out of it."""
    found = list(node.iterdescendants(tag))
    if not found:
        return found
    inside = {id(inner) for outer in found for inner in outer.iterdescendants(tag)} if len(found) > 1 else ()
    outermost = [inner for inner in found if id(inner) not in inside]
    for inner in outermost:
        _remove(inner)
    return outermost


def _note(line: Line, run: RawRun | None, tag: str, part: Element) -> None:
    """Something the paragraph, or the run that is open in it, says beside the text."""
    if tag in PROPERTIES:
        if line.heads:
            note_property(line.own, part)
    elif tag == _FORMER_PROPERTIES:
        line.heads = False
    elif run is None:
        return
    elif tag == _RUN_FONTS:
        run.font = run.font or font_named(part)
    elif run.bold is None:
        run.bold = switched(part)


def _line(node: Element, *, simple: bool = False) -> Line | None:
    """The line of a paragraph by one pass; None where it must be made simple first.

    Naming what is looked for to lxml costs more here than to look at all that a paragraph holds.
    """
    line = Line()
    known = _IN_SIMPLE_PARAGRAPH if simple else _IN_PARAGRAPH
    run: RawRun | None = None
    for part in node.iterdescendants():
        tag = part.tag
        if tag not in known:
            continue
        if tag == _T:
            text = part.text or ""
            line.pieces.append(text)
            if run is not None and not run.told and text.strip():
                line.runs.append(run)
                run.told = True
        elif tag == _R:
            run, line.heads = RawRun(), False
        elif tag in _SAID:
            _note(line, run, tag, part)
        elif tag in _INVOLVED:
            return None
        elif tag in _NO_RUNS:
            run = None
        else:
            line.pieces.append(_piece(part))
    return line


def _piece(part: Element) -> str:
    tag = part.tag
    if tag in (_T, _MATH_TEXT):
        return part.text or ""
    if tag == _TAB:
        # The same name stands for a tab stop in the properties, which has a position.
        return "" if part.get(_VALUE) is not None else "\t"
    if tag == _HYPHEN:
        return "-"
    if tag == _SYMBOL:
        return _SYMBOLS.get(part.get(word_tag("char"), "").upper(), "")
    return "\n"


def _raw_table(node: Element, *, simple: bool = False) -> RawTable | None:
    """A table by one filtered pass, the hottest loop of all reading; None: it must be made simple first."""
    found = RawTable()
    cells: list[RawCell] = []
    pieces: list[str] = []
    for part in node.iterdescendants(*(_IN_SIMPLE_TABLE if simple else _IN_TABLE)):
        tag = part.tag
        if tag == _T:
            pieces.append(part.text or "")
        elif tag == _P:
            pieces.append("\n")
        elif tag == _TC:
            _check_nesting(part, _TR, node)
            pieces = []
            cells.append(RawCell(pieces))
        elif tag == _TR:
            _check_nesting(part, _TBL, node)
            cells = []
            found.rows.append(RawRow(cells))
        elif tag in _INVOLVED and not simple:
            return None
        elif tag in _IN_ROW:
            _note_about(found, tag, part)
        else:
            pieces.append(_piece(part))
    return found


def _check_nesting(part: Element, holder: str, table: Element) -> None:
    """Only a table in a cell may hold rows: else the cells behind would stand under other heads.

    Word opens no such file (ECMA-376 part 1, 17.4).

    Raises:
        DamagedFileError: a row or cell stands in another one.

    """
    outer = part.getparent()
    if outer is None or outer.tag == holder:
        return
    while outer is not None and outer is not table:
        if outer.tag in (_TC, part.tag):
            raise DamagedFileError("docx: a row within a row")
        outer = outer.getparent()


def _note_about(table: RawTable, tag: str, part: Element) -> None:
    """Something a table says beside its text."""
    row = table.rows[-1] if table.rows else RawRow()
    if tag == _NUMBERED:
        table.numbered = True
    elif tag in _MERGING and row.cells:
        _note_merge(row.cells[-1], tag, part.get(_VALUE))
    elif tag == _BEFORE:
        row.before = row.before or whole_number(part.get(_VALUE), 0)
    elif tag == _DELETED and not row.cells:
        row.deleted = True


def _label(placed: list[RawCell], node: Element, raw: RawTable, reading: _Reading) -> None:
    """Counts the automatic numbers of the cells that stand, in their order."""
    nodes = {
        id(cell): found
        for line, row in zip(node.iterdescendants(_TR), raw.rows, strict=True)
        for found, cell in zip(line.iterdescendants(_TC), row.cells, strict=True)
    }
    for cell in placed:
        cell.label = reading.cell_label(nodes[id(cell)])


def _note_merge(cell: RawCell, tag: str, value: str | None) -> None:
    if tag == _SPAN:
        cell.span = max(1, whole_number(value, 1))
    elif tag == _DOWN:
        cell.down = value or "continue"
    else:
        cell.across = value or "continue"
