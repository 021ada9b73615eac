"""Word documents (ECMA-376, WordprocessingML) by an own walk over lxml.

Office forms are full of content controls, tracked changes, text boxes and nested tables, which the
usual readers lose. The tree is first made simple (what is deleted or doubled is taken out, text boxes
and nested tables are set aside), then read with a few filtered passes that run in C.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

from lxml import etree

from intake.documents import Cell, Document, Paragraph, Table
from intake.errors import DamagedFileError, FileTooLargeError, RefusedFileError
from intake.extractors.interface import Budget, Package
from intake.legacy_text import Run, legacy_font, put_right_runs

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMESPACE: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT: Final = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH_TEXT: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"


def _w(name: str) -> str:
    return f"{{{_NAMESPACE}}}{name}"


_P, _T, _TBL, _TR, _TC, _R = (_w(name) for name in ("p", "t", "tbl", "tr", "tc", "r"))
_SOFT_HYPHEN: Final = _w("softHyphen")
_PPR, _RPR, _TRPR = (_w(name) for name in ("pPr", "rPr", "trPr"))
_TAB, _BREAK, _RETURN, _HYPHEN, _SYMBOL = (_w(name) for name in ("tab", "br", "cr", "noBreakHyphen", "sym"))
_VALUE, _SPAN, _DOWN, _ACROSS = _w("val"), _w("gridSpan"), _w("vMerge"), _w("hMerge")
_NUMBERED, _BOX, _DELETED, _BOLD = _w("numPr"), _w("txbxContent"), _w("del"), _w("b")
_TEXTUAL: Final = (_T, _TAB, _BREAK, _RETURN, _HYPHEN, _SYMBOL, _MATH_TEXT)
_MERGING: Final = frozenset({_SPAN, _DOWN, _ACROSS})
_IN_ROW: Final = (_TC, _P, *_TEXTUAL, *_MERGING)
_FALLBACK: Final = f"{_MC}Fallback"
_MOVED: Final = _w("moveFrom")
_CHANGES: Final = (_w("ins"), _DELETED, _w("moveTo"), _MOVED)
_AUTHOR: Final = _w("author")
_OFF: Final = frozenset({"0", "false", "off", "none"})

# What forms use Wingdings for (character codes of w:sym): boxes, ticks and crosses.
_SYMBOLS: Final = {
    "F0FE": "☑", "F0FD": "☒", "F0A8": "☐", "F06F": "☐", "F0FC": "✓", "F0FB": "✗", "F02D": "-", "F0B7": "•",
}  # fmt: skip
_HEADER: Final = re.compile(r"word/header\d*\.xml")
_EXTERNAL: Final = re.compile(rb"<Relationship\b[^>]*TargetMode=[\"']External[\"'][^>]*>")
_ASCII: Final = bytes(range(128))
#: in UTF-8: signs and letters of Latin-1 that no Vietnamese word holds, and marks that stand alone
_RARE_LETTERS: Final = re.compile(
    rb"\xc2[\xa1-\xbf]|\xc3[\x84-\x87\x8b\x8e\x8f\x90\x91\x96-\x98\x9b\x9c\x9e\x9f\xa4-\xa7\xab\xae-\xb1\xb6-\xb8\xbb\xbc\xbe\xbf]"
    rb"|\xcc[\x80-\xa3]"
)
#: a font's name in an attribute; begins with the one letter that is rare in markup, which is found fast
_LEGACY_FONT: Final = re.compile(rb"V(?:(?<=[\"'][.]V)n|(?<=[\"']V)NI-)")

_Found = TypeVar("_Found")
Element = etree._Element  # noqa: SLF001 - lxml has no public name for its element type


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
    root = parse_part(octets)
    body = root.find(_w("body"))
    if body is None:
        raise DamagedFileError("no body")
    styles = _Styles.of(package)
    containers = [*_headers(package), body]
    tracked = [_simplify(container) for container in containers]
    names_font = _LEGACY_FONT.search(octets) is not None
    put_right = _put_right(containers, styles) if names_font or _may_be_legacy(octets, styles) else ()
    reading = _Reading(budget, styles, _Numbering.of(package))
    for container in containers:
        reading.read(container)
    notes = _notes(package, name, tracked=any(tracked), legacy_font=names_font)
    return Document(tuple(reading.blocks), (*notes, *put_right))


def parse_part(octets: bytes) -> Element:
    """The root of one XML part: no entities, no network, no document type.

    Raises:
        DamagedFileError: the XML is not well formed, or nested beyond reason.
        RefusedFileError: the part declares a document type.

    """
    # A parser may not be shared between documents that fail halfway, so each part gets its own.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    if _STRICT in octets:
        octets = octets.replace(_STRICT, _NAMESPACE.encode())
    try:
        root = etree.fromstring(octets, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DamagedFileError(f"xml: {type(error).__name__}") from error
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise RefusedFileError("document type declared")
    return root


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


def _may_be_legacy(octets: bytes, styles: _Styles) -> bool:
    """Whether text before Unicode may stand in the part: by a style's font, or by rare letters."""
    if styles.legacy:
        return True
    # Without the markup little is left to search: a table for one pass of C takes it out.
    return _RARE_LETTERS.search(octets.translate(None, _ASCII)) is not None


def _put_right(containers: list[Element], styles: _Styles) -> tuple[str, ...]:
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
class _Style:
    parent: str = ""
    bold: bool | None = None
    centred: bool | None = None
    outline: int | None = None
    font: str = ""
    numbering: tuple[str, int] | None = None


@dataclass(slots=True)
class _Styles:
    """Paragraph and character styles with what they inherit."""

    by_id: dict[str, _Style] = field(default_factory=dict)
    default: str = ""
    font: str = ""
    legacy: bool = False  #: a style names a font of an old encoding

    @classmethod
    def of(cls, package: Package) -> _Styles:
        present = "word/styles.xml" in package
        return _parsed_styles(package.read("word/styles.xml")) if present else cls()

    @classmethod
    def parsed(cls, octets: bytes) -> _Styles:
        """The styles of a part word/styles.xml."""
        styles = cls()
        root = parse_part(octets)
        fonts = root.find(f"{_w('docDefaults')}/{_w('rPrDefault')}/{_RPR}/{_w('rFonts')}")
        styles.font = "" if fonts is None else _font(fonts)
        for node in root.iterchildren(_w("style")):
            identity = node.get(_w("styleId"), "")
            styles.by_id[identity] = _style(node)
            if node.get(_w("default")) == "1" and node.get(_w("type")) == "paragraph":
                styles.default = identity
        fonts_named = (styles.font, *(style.font for style in styles.by_id.values()))
        styles.legacy = any(map(legacy_font, fonts_named))
        return styles

    def font_of(self, text: Element) -> str:
        """The font of a w:t: by its run, the run's style, the paragraph's style, or the default."""
        run = text.getparent()
        properties = None if run is None else run.find(_RPR)
        if properties is not None:
            named, style = properties.find(_w("rFonts")), properties.find(_w("rStyle"))
            own = "" if named is None else _font(named)
            if own:
                return own
            if style is not None and (font := self._styled_font(style.get(_VALUE, "-"))):
                return font
        paragraph = next(text.iterancestors(_P), None)
        return self._styled_font(_style_id(None if paragraph is None else paragraph.find(_PPR))) or self.font

    def _styled_font(self, identity: str) -> str:
        return next((style.font for style in self.chain(identity) if style.font), "")

    def chain(self, identity: str) -> Iterator[_Style]:
        """The style and those it is based on, nearest first; a circle ends it."""
        seen: set[str] = set()
        current = identity or self.default
        while current in self.by_id and current not in seen:
            seen.add(current)
            style = self.by_id[current]
            yield style
            current = style.parent


@lru_cache(maxsize=8)
def _parsed_styles(octets: bytes) -> _Styles:
    """Units fill in the form they were sent: the same styles come again and again."""
    return _Styles.parsed(octets)


def _style(node: Element) -> _Style:
    parent = node.find(_w("basedOn"))
    style = _Style(parent="" if parent is None else parent.get(_VALUE, ""))
    run, paragraph = node.find(_RPR), node.find(_PPR)
    if run is not None:
        style.bold = _switch(run.find(_BOLD))
        fonts = run.find(_w("rFonts"))
        style.font = "" if fonts is None else _font(fonts)
    if paragraph is not None:
        style.centred = _centred(paragraph)
        style.outline = _outline(paragraph)
        style.numbering = _number_of(paragraph)
    return style


def _switch(node: Element | None) -> bool | None:
    """A toggle property: absent, on, or off."""
    return None if node is None else node.get(_VALUE, "1") not in _OFF


def _font(fonts: Element) -> str:
    """The font of letters beyond ASCII, which is the one that an old encoding shows in."""
    return fonts.get(_w("hAnsi")) or fonts.get(_w("ascii")) or ""


def _centred(properties: Element) -> bool | None:
    alignment = properties.find(_w("jc"))
    return None if alignment is None else alignment.get(_VALUE) == "center"


def _outline(properties: Element) -> int | None:
    """1 for the topmost level; the file counts from 0, and 9 is body text."""
    level = properties.find(_w("outlineLvl"))
    number = _integer(None if level is None else level.get(_VALUE), 9)
    return None if level is None else (number + 1 if number < 9 else 0)  # noqa: PLR2004


def _number_of(properties: Element) -> tuple[str, int] | None:
    numbered = properties.find(_NUMBERED)
    if numbered is None:
        return None
    identity, level = numbered.find(_w("numId")), numbered.find(_w("ilvl"))
    return (
        "" if identity is None else identity.get(_VALUE, ""),
        _integer(None if level is None else level.get(_VALUE), 0),
    )


def _integer(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 6 else otherwise  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class _Level:
    style: str = "decimal"
    text: str = "%1."
    start: int = 1


@dataclass(slots=True)
class _Numbering:
    """Automatic numbers of list paragraphs, counted as the document is read (ECMA-376 part 1, 17.9)."""

    lists: dict[str, str] = field(default_factory=dict)  #: numId -> abstractNumId
    levels: dict[tuple[str, int], _Level] = field(default_factory=dict)
    counts: dict[str, list[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, package: Package) -> _Numbering:
        if "word/numbering.xml" not in package:
            return cls()
        lists, levels = _parsed_numbering(package.read("word/numbering.xml"))
        return cls(lists, levels)

    def label(self, number: tuple[str, int] | None) -> str:
        """The number Word would show, and one step on; empty for what is no list paragraph."""
        if number is None or number[0] not in self.lists:
            return ""
        abstract, depth = self.lists[number[0]], min(number[1], 8)
        level = self.levels.get((abstract, depth))
        if level is None:
            return ""
        counts = self.counts.setdefault(abstract, [0] * 9)
        counts[depth] = counts[depth] + 1 if counts[depth] else level.start
        counts[depth + 1 :] = [0] * (8 - depth)
        return _bullet(level.text) if level.style == "bullet" else self._numbered(abstract, level, counts)

    def _numbered(self, abstract: str, level: _Level, counts: list[int]) -> str:
        def shown(match: re.Match[str]) -> str:
            depth = int(match.group(1)) - 1
            above = self.levels.get((abstract, depth), level)
            return _formatted(counts[depth] or above.start, above.style)

        return "" if level.style == "none" else re.sub(r"%([1-9])", shown, level.text)


@lru_cache(maxsize=8)
def _parsed_numbering(octets: bytes) -> tuple[dict[str, str], dict[tuple[str, int], _Level]]:
    root = parse_part(octets)
    lists: dict[str, str] = {}
    levels: dict[tuple[str, int], _Level] = {}
    for abstract in root.iterchildren(_w("abstractNum")):
        identity = abstract.get(_w("abstractNumId"), "")
        for level in abstract.iterchildren(_w("lvl")):
            levels[identity, _integer(level.get(_w("ilvl")), 0)] = _level(level)
    for number in root.iterchildren(_w("num")):
        link = number.find(_w("abstractNumId"))
        if link is not None:
            lists[number.get(_w("numId"), "")] = link.get(_VALUE, "")
    return lists, levels


def _level(node: Element) -> _Level:
    def value(name: str, otherwise: str) -> str:
        child = node.find(_w(name))
        return otherwise if child is None else child.get(_VALUE, otherwise)

    return _Level(value("numFmt", "decimal"), value("lvlText", ""), _integer(value("start", "1"), 1))


def _bullet(text: str) -> str:
    """Bullets come as letters of symbol fonts; only those that mean something are kept."""
    return text if text in ("-", "+", "*", "•", "–") else "-"


def _formatted(number: int, style: str) -> str:
    match style:
        case "upperRoman":
            return _roman(number)
        case "lowerRoman":
            return _roman(number).lower()
        case "lowerLetter":
            return _letters(number).lower()
        case "upperLetter":
            return _letters(number)
        case "decimalZero":
            return f"{number:02d}"
        case _:
            return str(number)


def _letters(number: int) -> str:
    """Word repeats the letter after the alphabet: a…z, aa, bb."""
    return chr(ord("A") + (number - 1) % 26) * min((number - 1) // 26 + 1, 9)


def _roman(number: int) -> str:
    written = ""
    for value, sign in (
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
        (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ):  # fmt: skip
        times, number = divmod(number, value)
        written += sign * min(times, 30)
    return written


@dataclass(slots=True)
class _Reading:
    """One document being read: its blocks so far and what is needed to make the next."""

    budget: Budget
    styles: _Styles
    numbering: _Numbering
    blocks: list[Paragraph | Table] = field(default_factory=list)
    paragraphs: int = 0
    tables: int = 0
    cells: int = 0
    boxed: bool = False  #: whether the part being read holds text boxes

    def read(self, container: Element) -> None:
        """Appends the blocks of a body or a header, made simple before."""
        self.boxed = next(container.iter(_BOX), None) is not None
        self._blocks(container)

    def _blocks(self, container: Element) -> None:
        for child in container:
            if child.tag == _P:
                self._paragraph(child)
            elif child.tag == _TBL:
                self._table(child)
            else:
                # Content controls, tracked insertions, smart tags: what they hold counts as if they
                # were not there. Everything else holds no block.
                self._blocks(child)

    def _paragraph(self, node: Element) -> None:
        self._count_paragraph()
        boxes = _detached(node, _BOX) if self.boxed else []
        properties = node.find(_PPR)
        style = _style_id(properties)
        label = self.numbering.label(self._number(properties, style)) if self.numbering.lists else ""
        text = _text(node)
        if text.strip():
            self.blocks.append(self._described(node, properties, style, text, label))
        for box in boxes:
            self._blocks(box)

    def _described(
        self, node: Element, properties: Element | None, style: str, text: str, label: str
    ) -> Paragraph:
        chain = tuple(self.styles.chain(style))
        centred = None if properties is None else _centred(properties)
        outline = None if properties is None else _outline(properties)
        bold, fonts = self._runs(node, chain)
        return Paragraph(
            text=text,
            number=self.paragraphs,
            bold=bold,
            centred=bool(_first([centred, *(style.centred for style in chain)])),
            heading=_first([outline, *(style.outline for style in chain)]) or 0,
            list_label=label,
            fonts=fonts,
        )

    def _runs(self, node: Element, chain: tuple[_Style, ...]) -> tuple[bool, tuple[str, ...]]:
        """Whether all its text is bold, and the fonts named for it."""
        inherited = bool(_first([style.bold for style in chain]))
        font = next((style.font for style in chain if style.font), self.styles.font)
        bold = True
        fonts: dict[str, None] = {}
        for run in node.iter(_R):
            if not any((part.text or "").strip() for part in run.iterchildren(_T)):
                continue
            properties = run.find(_RPR)
            own = None if properties is None else _switch(properties.find(_BOLD))
            bold = bold and (inherited if own is None else own)
            named = None if properties is None else properties.find(_w("rFonts"))
            fonts[(font if named is None else _font(named)) or font] = None
        fonts.pop("", None)
        return bold, tuple(fonts)

    def _number(self, properties: Element | None, style: str) -> tuple[str, int] | None:
        """The list a paragraph belongs to, by itself or by its style; numId 0 takes it out of any."""
        own = None if properties is None else _number_of(properties)
        if own is not None and own[0]:
            return own
        inherited = _first([entry.numbering for entry in self.styles.chain(style)])
        if own is not None and inherited is not None:
            return inherited[0], own[1]
        return inherited

    def _table(self, node: Element) -> None:
        self.tables += 1
        name = str(self.tables)
        boxes = _detached(node, _BOX) if self.boxed else []
        nested = _detached(node, _TBL)
        self.blocks.append(_read_table(name, node, self))
        for inner in nested:
            self._table(inner)
        for box in boxes:
            self._blocks(box)

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
            properties = paragraph.find(_PPR)
            labels.append(self.numbering.label(self._number(properties, _style_id(properties))))
        return "\n".join(filter(None, labels))


def _first(values: list[_Found | None]) -> _Found | None:
    return next((value for value in values if value is not None), None)


def _style_id(properties: Element | None) -> str:
    style = None if properties is None else properties.find(_w("pStyle"))
    return "" if style is None else style.get(_VALUE, "")


def _simplify(container: Element) -> bool:
    """Takes out what stands twice (the fallback of a drawing) and what tracked changes struck or moved.

    Gives whether anybody tracked a change in it.
    """
    tracked = False
    for node in list(container.iter(_FALLBACK, *_CHANGES)):
        tag = node.tag
        tracked = tracked or node.get(_AUTHOR) is not None
        # In row and run properties w:del is an empty mark that is read where it stands.
        if tag in {_FALLBACK, _MOVED} or (tag == _DELETED and len(node)):
            _remove(node)
    return tracked


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


def _text(node: Element) -> str:
    return "".join([_piece(part) for part in node.iter(*_TEXTUAL)])


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
        return _SYMBOLS.get(part.get(_w("char"), "").upper(), "")
    return "\n"


@dataclass(slots=True)
class _Open:
    """A cell being read; a merge may still make it longer."""

    row: int
    column: int
    text: str
    row_span: int = 1
    column_span: int = 1


def _read_table(name: str, node: Element, reading: _Reading) -> Table:
    numbered = bool(reading.numbering.lists) and next(node.iter(_NUMBERED), None) is not None
    cells: list[_Open] = []
    merges: dict[int, _Open] = {}
    rows = columns = 0
    for line in node.iter(_TR):
        if _is_deleted(line):
            continue
        column = _read_row(line, rows, cells, merges, reading if numbered else None)
        columns = max(columns, column)
        rows += 1
        reading.count_cells(0)
    reading.count_cells(len(cells))
    made = tuple(Cell(cell.row, cell.column, cell.text, cell.row_span, cell.column_span) for cell in cells)
    return Table(name, made, rows, columns)


def _is_deleted(line: Element) -> bool:
    properties = line.find(_TRPR)
    return properties is not None and properties.find(_DELETED) is not None


def _read_row(
    line: Element, row: int, cells: list[_Open], merges: dict[int, _Open], numbering: _Reading | None
) -> int:
    """Appends the cells of one row and gives the column after the last."""
    column = _columns_before(line)
    last: _Open | None = None
    for raw in _raw_cells(line):
        if raw.across == "continue" and last is not None:
            last.column_span += raw.span
        elif raw.down == "continue" and (above := merges.get(column)) and above.row + above.row_span == row:
            above.row_span += 1
            last = None
        else:
            last = _Open(row, column, raw.text(numbering), 1, raw.span)
            cells.append(last)
            merges.pop(column, None)
            if raw.down:
                merges[column] = last
        column += raw.span
    return column


@dataclass(slots=True)
class _RawCell:
    """A cell as it stands in its row: what it says about merging, and its lines in pieces."""

    node: Element
    span: int = 1  #: columns covered
    down: str = ""  #: state of merging down: "", "restart", "continue"
    across: str = ""  #: the same to the right, as older programs write it
    lines: list[list[str]] = field(default_factory=list)

    def text(self, numbering: _Reading | None) -> str:
        """The paragraphs, one a line; the automatic number when nothing else stands in the cell."""
        text = "\n".join(["".join(line) for line in self.lines]).strip("\n")
        label = "" if numbering is None else numbering.cell_label(self.node)
        return text if text.strip() else label or text


def _raw_cells(line: Element) -> list[_RawCell]:
    """The cells of one row by a single filtered pass, the hottest loop of all reading."""
    cells: list[_RawCell] = []
    current: list[str] = []
    for part in line.iter(*_IN_ROW):
        tag = part.tag
        if tag == _T:
            current.append(part.text or "")
        elif tag == _P and cells:
            current = []
            cells[-1].lines.append(current)
        elif tag == _TC:
            cells.append(_RawCell(part))
        elif tag in _MERGING and cells:
            _note_merge(cells[-1], tag, part.get(_VALUE))
        else:
            current.append(_piece(part))
    return cells


def _note_merge(cell: _RawCell, tag: str, value: str | None) -> None:
    if tag == _SPAN:
        cell.span = max(1, _integer(value, 1))
    elif tag == _DOWN:
        cell.down = value or "continue"
    else:
        cell.across = value or "continue"


def _columns_before(line: Element) -> int:
    properties = line.find(_TRPR)
    before = None if properties is None else properties.find(_w("gridBefore"))
    return 0 if before is None else _integer(before.get(_VALUE), 0)


__all__ = ["Element", "extract_docx", "parse_part"]
