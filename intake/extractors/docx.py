"""Word documents (ECMA-376, WordprocessingML) by an own walk over lxml.

Office forms are full of content controls, tracked changes, text boxes and nested tables, which the
usual readers lose. A paragraph or table is read in one filtered pass that runs in C. Where that pass meets
something that would be read twice or wrongly, the block is first made simple (what is deleted or doubled is
taken out, text boxes and nested tables are set aside) and read again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

from lxml import etree

from intake.documents import Document, Paragraph, Table
from intake.errors import DamagedFileError, FileTooLargeError, RefusedFileError
from intake.extractors.interface import Budget, Package
from intake.extractors.word_glance import PRINTED, at_a_glance
from intake.extractors.word_raw import Line, RawCell, RawRow, RawRun, RawTable, Style, whole_number
from intake.mail.legacy_text import Run, holds_rare_letters, legacy_font, put_right_runs

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
_RUN_FONTS: Final = _w("rFonts")
_STYLED, _ALIGNED, _OUTLINED = _w("pStyle"), _w("jc"), _w("outlineLvl")
_BEFORE: Final = _w("gridBefore")
_FORMER_PROPERTIES: Final = _w("pPrChange")
#: what begins without being a run of text, and may carry properties that are not those of the run before
_NO_RUNS: Final = frozenset(
    {_w("sdtPr"), "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"}
)
_FALLBACK: Final = f"{_MC}Fallback"
_MOVED: Final = _w("moveFrom")
_CHANGES: Final = (_w("ins"), _DELETED, _w("moveTo"), _MOVED)
_AUTHOR: Final = _w("author")
#: formatting as it was before a tracked change
_FORMER: Final = (_w("rPrChange"), _w("trPrChange"), _w("tcPrChange"))
_TWICE: Final = frozenset({_FALLBACK, _MOVED, *_FORMER})
#: what a block is made simple for before it is read: doubled, struck or moved text, and blocks within blocks
_INVOLVED: Final = frozenset({
    _FALLBACK, *_CHANGES, *_FORMER, _BOX, _TBL,
})  # fmt: skip
_IN_ROW: Final = frozenset({*_MERGING, _BEFORE, _NUMBERED, _DELETED})
_IN_SIMPLE_TABLE: Final = (*_TEXTUAL, _TR, _TC, _P, *_IN_ROW)
_IN_TABLE: Final = (*_IN_SIMPLE_TABLE, *(_INVOLVED - {_DELETED}))
_PROPERTIES: Final = frozenset({_STYLED, _ALIGNED, _OUTLINED, _NUMBERED})
_SAID: Final = frozenset({_BOLD, _RUN_FONTS, _FORMER_PROPERTIES, *_PROPERTIES})
_IN_SIMPLE_PARAGRAPH: Final = frozenset({*_TEXTUAL, _R, *_SAID, *_NO_RUNS})
_IN_PARAGRAPH: Final = _IN_SIMPLE_PARAGRAPH | _INVOLVED
_HIGH_FONT, _ASCII_FONT = _w("hAnsi"), _w("ascii")
_OFF: Final = frozenset({"0", "false", "off", "none"})

# What forms use Wingdings for (character codes of w:sym): boxes, ticks and crosses.
_SYMBOLS: Final = {
    "F0FE": "☑", "F0FD": "☒", "F0A8": "☐", "F06F": "☐", "F0FC": "✓", "F0FB": "✗", "F02D": "-", "F0B7": "•",
}  # fmt: skip
_UNKNOWN: Final = "\0"  #: stands for every style that the document names and does not have
_DECLARATION: Final = b"<!DOCTYPE"
_HEADER: Final = re.compile(r"word/header\d*\.xml")
_EXTERNAL: Final = re.compile(rb"<Relationship\b[^>]*TargetMode=[\"']External[\"'][^>]*>")
#: a font's name in an attribute; begins with the one letter that is rare in markup, which is found fast
_LEGACY_FONT: Final = re.compile(rb"V(?:(?<=[\"'][.]V)n|(?<=[\"']V)NI-)")

_NO_MEMORY: Final = 2  # XML_ERR_NO_MEMORY
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
    names_font = _LEGACY_FONT.search(octets) is not None
    signs = octets.translate(None, PRINTED)
    styles, numbering = _Styles.of(package), _Numbering.of(package)
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
    body = parse_part(octets).find(_w("body"))
    if body is None:
        raise DamagedFileError("no body")
    return body


def parse_part(octets: bytes) -> Element:
    """The root of one XML part: no entities, no network, no document type.

    Raises:
        DamagedFileError: the XML is not well formed, or nested beyond reason.
        RefusedFileError: the part declares a document type.
        MemoryError: the process has reached its limit.

    """
    if _STRICT in octets:
        octets = octets.replace(_STRICT, _NAMESPACE.encode())
    try:
        root = etree.fromstring(octets, _parser(octets))
    except (etree.XMLSyntaxError, ValueError) as error:
        if getattr(error, "code", None) == _NO_MEMORY:
            raise MemoryError from error
        raise DamagedFileError(f"xml: {type(error).__name__}") from error
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise RefusedFileError("document type declared")
    return root


def _parser(octets: bytes) -> etree.XMLParser:
    """A parser of its own for each part: one may not be shared between documents that fail halfway.

    Leaving entities alone costs as much again as the parsing, and without a document type there are none.
    One that hides in another encoding is still found in the tree; until then libxml2 bounds what it makes.
    """
    if _DECLARATION in octets:
        return etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
        )
    return etree.XMLParser(no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)


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
class _Styles:
    """Paragraph and character styles with what they inherit."""

    by_id: dict[str, Style] = field(default_factory=dict)
    default: str = ""
    font: str = ""
    legacy: bool = False  #: a style names a font of an old encoding
    resolved: dict[str, Style] = field(default_factory=dict)  #: with what they inherit, as far as asked for

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

    def full(self, identity: str) -> Style:
        """The style with all that it inherits, the document's font last."""
        if identity and identity not in self.by_id:
            identity = _UNKNOWN
        if identity not in self.resolved:
            chain = tuple(self.chain(identity))
            self.resolved[identity] = Style(
                bold=_first([style.bold for style in chain]),
                centred=_first([style.centred for style in chain]),
                outline=_first([style.outline for style in chain]),
                font=next((style.font for style in chain if style.font), self.font),
                numbering=_first([style.numbering for style in chain]),
            )
        return self.resolved[identity]

    def chain(self, identity: str) -> Iterator[Style]:
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


def _style(node: Element) -> Style:
    parent = node.find(_w("basedOn"))
    style = Style(parent="" if parent is None else parent.get(_VALUE, ""))
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
    return fonts.get(_HIGH_FONT) or fonts.get(_ASCII_FONT) or ""


def _centred(properties: Element) -> bool | None:
    alignment = properties.find(_w("jc"))
    return None if alignment is None else alignment.get(_VALUE) == "center"


def _outline(properties: Element) -> int | None:
    level = properties.find(_OUTLINED)
    return None if level is None else _level_of(level)


def _level_of(outline: Element) -> int:
    """1 for the topmost level; the file counts from 0, and 9 is body text."""
    number = whole_number(outline.get(_VALUE), 9)
    return number + 1 if number < 9 else 0  # noqa: PLR2004


def _number_of(properties: Element) -> tuple[str, int] | None:
    numbered = properties.find(_NUMBERED)
    return None if numbered is None else _number(numbered)


def _number(numbered: Element) -> tuple[str, int]:
    """List and level that w:numPr names."""
    identity, level = numbered.find(_w("numId")), numbered.find(_w("ilvl"))
    return (
        "" if identity is None else identity.get(_VALUE, ""),
        whole_number(None if level is None else level.get(_VALUE), 0),
    )


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
            levels[identity, whole_number(level.get(_w("ilvl")), 0)] = _level(level)
    for number in root.iterchildren(_w("num")):
        link = number.find(_w("abstractNumId"))
        if link is not None:
            lists[number.get(_w("numId"), "")] = link.get(_VALUE, "")
    return lists, levels


def _level(node: Element) -> _Level:
    def value(name: str, otherwise: str) -> str:
        child = node.find(_w(name))
        return otherwise if child is None else child.get(_VALUE, otherwise)

    return _Level(value("numFmt", "decimal"), value("lvlText", ""), whole_number(value("start", "1"), 1))


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
        label = self.numbering.label(_number_within(own, style)) if self.numbering.lists else ""
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
            own = _own_style(next(paragraph.iterchildren(_PPR), None))
            labels.append(self.numbering.label(_number_within(own, self.styles.full(own.parent))))
        return "\n".join(filter(None, labels))


def _first(values: list[_Found | None]) -> _Found | None:
    return next((value for value in values if value is not None), None)


def _style_id(properties: Element | None) -> str:
    style = None if properties is None else properties.find(_w("pStyle"))
    return "" if style is None else style.get(_VALUE, "")


def _own_style(properties: Element | None) -> Style:
    """What the properties of a paragraph say themselves; `parent` is the style they name."""
    own = Style()
    if properties is not None:
        for node in properties.iterchildren(*_PROPERTIES):
            _note_property(own, node)
    return own


def _note_property(own: Style, node: Element) -> None:
    tag = node.tag
    if tag == _STYLED:
        own.parent = own.parent or node.get(_VALUE, "")
    elif tag == _ALIGNED:
        own.centred = node.get(_VALUE) == "center"
    elif tag == _OUTLINED:
        own.outline = _level_of(node)
    else:
        own.numbering = _number(node)


def _number_within(own: Style, style: Style) -> tuple[str, int] | None:
    """The list a paragraph belongs to, by itself or by its style; numId 0 takes it out of any."""
    if own.numbering is not None and own.numbering[0]:
        return own.numbering
    if own.numbering is not None and style.numbering is not None:
        return style.numbering[0], own.numbering[1]
    return style.numbering


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
    if tag in _PROPERTIES:
        if line.heads:
            _note_property(line.own, part)
    elif tag == _FORMER_PROPERTIES:
        line.heads = False
    elif run is None:
        return
    elif tag == _RUN_FONTS:
        run.font = run.font or _font(part)
    elif run.bold is None:
        run.bold = _switch(part)


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
        return _SYMBOLS.get(part.get(_w("char"), "").upper(), "")
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


__all__ = ["Element", "extract_docx", "parse_part"]
