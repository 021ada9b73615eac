"""HTML: files that Excel and Word save as web pages, single files of them (MHTML), and the text of mails.

Tables are read as tables, with their spans, and text by the fonts named for it: old forms come as HTML in
.VnTime. Nothing is fetched and nothing is run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from email import message_from_bytes
from typing import TYPE_CHECKING, Final

from lxml import etree, html

from config.decimals import plain_number
from intake.documents import Cell, Document, Paragraph, Table
from intake.errors import DamagedFileError, FileTooLargeError
from intake.extractors.plain import decoded
from intake.mail.legacy_text import ConvertedRuns, Run, latin_octets, legacy_octets, put_right_runs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

    from intake.extractors.interface import Budget

_MOST_MARKUP: Final = 4 << 20
_MOST_SPAN: Final = 1_000  #: columns or rows, as browsers have it
_MOST_DECIMALS: Final = 10
_NO_TEXT: Final = Run("")
_BLOCKS: Final = frozenset(
    "address article aside blockquote body center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6"  # noqa: SIM905
    " header hr li main nav ol p pre section table tbody tfoot thead tr ul".split()
)
_SILENT: Final = frozenset(
    "script style head title meta link object embed template noscript".split()  # noqa: SIM905
)
_CELLS: Final = frozenset({"td", "th"})
_BLANKS: Final = re.compile(r"[ \t\r\n\f\xa0]+")
_LINE_ENDS: Final = re.compile(r" *\n *")
_MANY_LINES: Final = re.compile(r"\n{3,}")
_META_CHARSET: Final = re.compile(rb"<meta[^>]+charset=[\"']?([A-Za-z0-9_-]{2,40})", re.IGNORECASE)
_LEGACY_FONT: Final = re.compile(rb"[.]Vn[A-Z]|\bVNI[- ]")
_RULE: Final = re.compile(r"([^{}]{1,2000})\{([^{}]{0,2000})\}")
_SELECTOR: Final = re.compile(r"([A-Za-z0-9]*)(?:\.([\w-]+))?")
_FAMILY: Final = re.compile(r"font-family\s*:\s*[\"']?([^;,\"'}]+)", re.IGNORECASE)
_UNSEEN: Final = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_NO_MERGE: Final = re.compile(r"mso-ignore\s*:[^;]*colspan", re.IGNORECASE)
_SHEET: Final = re.compile(rb"<x:ExcelWorksheet>(.{0,4000}?)</x:ExcelWorksheet>", re.DOTALL)
_SHEET_NAME: Final = re.compile(rb"<x:Name>(.{1,200}?)</x:Name>", re.DOTALL)
_UNSEEN_SHEET: Final = re.compile(rb"<x:Visible>\s*Sheet(?:Very)?Hidden", re.IGNORECASE)
_ARCHIVE: Final = re.compile(rb"\s*(?:[A-Za-z-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?mime-version:", re.IGNORECASE)


_LARGEST_MARKUP: Final = 8 << 20


def extract_html(content: bytes, budget: Budget) -> Document:
    """Reads an HTML or MHTML file: its text line by line, its tables as tables.

    Raises:
        DamagedFileError: nothing of it can be parsed.
        FileTooLargeError: more markup, lines or cells than are read of one file.

    """
    pages, styles = _pages_of(content) if is_web_archive(content) else ([content], "")
    sheets = _sheets(content if len(pages) == 1 else b"\n".join(pages))
    collected = _Collected(budget)
    # Out of memory the parser hands back what it has so far, as if that were all.
    if sum(map(len, pages)) > _LARGEST_MARKUP:
        raise FileTooLargeError("markup")
    for page in pages:
        root = html_root(_file_decoded(page))
        if root is not None:
            collected.read(root, styles)
    return collected.document(sheets)


def html_body(markup: str, budget: Budget) -> Document | None:
    """The text of a mail with its tables as tables, without quoted mail; None where it holds no table.

    Raises:
        DamagedFileError: it cannot be parsed.
        FileTooLargeError: more lines or cells than are read of one file.

    """
    root = html_root(markup) if "<td" in markup.lower() else None
    if root is None:
        return None
    collected = _Collected(budget)
    collected.read(root, "", quoted=False)
    document = collected.document([])
    return document if document.tables else None


def is_web_archive(content: bytes) -> bool:
    """Whether it is a web page in a single file (RFC 2557), as Excel and Word save one."""
    head = content[:4096]
    return _ARCHIVE.match(head) is not None and b"multipart/related" in head.lower()


def _pages_of(content: bytes) -> tuple[list[bytes], str]:
    """The pages of a web archive in order, and its style sheets."""
    try:
        parts = [part for part in message_from_bytes(content).walk() if not part.is_multipart()]
        pages = [_octets(part) for part in parts if part.get_content_type() == "text/html"]
        styles = [_octets(part) for part in parts if part.get_content_type() == "text/css"]
    except Exception as error:  # the standard parser raises unrelated types on hostile input
        raise DamagedFileError(f"mhtml: {type(error).__name__}") from error
    if not pages:
        raise DamagedFileError("mhtml without page")
    return pages, "\n".join(map(decoded, styles))


def _octets(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    charset = part.get_content_charset("")
    octets = content if isinstance(content, bytes) else b""
    return decoded(octets, charset).encode("utf-8", "replace") if charset else octets


def _file_decoded(octets: bytes) -> str:
    legacy = legacy_octets(octets)
    if legacy is None and names_legacy_font(octets):
        legacy = latin_octets(octets)
    return html_decoded(octets, "") if legacy is None else legacy


def names_legacy_font(octets: bytes) -> bool:
    """Whether the markup names a font of an encoding before Unicode."""
    return _LEGACY_FONT.search(octets) is not None


def _sheets(octets: bytes) -> list[tuple[str, bool]]:
    """Names of the sheets as Excel notes them, and whether each is hidden."""
    found = []
    for note in _SHEET.findall(octets):
        name = _SHEET_NAME.search(note)
        named = "" if name is None else html_text(decoded(name[1]))
        found.append((named, _UNSEEN_SHEET.search(note) is not None))
    return found


# -- decoding ----------------------------------------------------------------------------------------


def html_decoded(octets: bytes, declared: str) -> str:
    """HTML octets as text; the document's own declaration counts when the mail makes none."""
    inside = _META_CHARSET.search(octets[:4096])
    return decoded(octets, declared or (inside[1].decode("ascii") if inside else ""))


def html_root(markup: str) -> html.HtmlElement | None:
    """The parsed HTML, None when nothing stands in it."""
    if not markup.strip():
        return None
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        return html.document_fromstring(markup[:_MOST_MARKUP].encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    except (ValueError, AssertionError) as error:
        raise DamagedFileError(f"html: {type(error).__name__}") from error


def html_links(markup: str) -> tuple[str, ...]:
    """The addresses of the links in HTML, in order."""
    root = html_root(markup)
    if root is None:
        return ()
    return tuple(str(node.get("href", "")).strip() for node in root.iter("a") if node.get("href"))


# -- the walk ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Fonts:
    """Fonts named by the markup: by an element itself, by its class, or for its kind."""

    by_class: dict[str, str] = field(default_factory=dict)
    by_tag: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, root: html.HtmlElement, styles: str) -> _Fonts:
        fonts = cls()
        for sheet in (styles, *(node.text or "" for node in root.iter("style"))):
            for selectors, rule in _RULE.findall(sheet[:_MOST_MARKUP]):
                family = _FAMILY.search(rule)
                if family is not None:
                    fonts._note(selectors.replace("<!--", ""), family[1].strip())
        return fonts

    def _note(self, selectors: str, family: str) -> None:
        for selector in map(str.strip, selectors.split(",")):
            found = _SELECTOR.fullmatch(selector)
            if found is not None and found[2]:
                self.by_class[found[2]] = family
            elif found is not None:
                self.by_tag[found[1].lower()] = family

    def font_of(self, node: html.HtmlElement, tag: str) -> str:
        """The font an element names, empty when it takes that of what it stands in."""
        family = _FAMILY.search(node.get("style") or "")
        if family is not None:
            return str(family[1]).strip()
        named = next(filter(None, map(self.by_class.get, (node.get("class") or "").split())), None)
        return node.get("face") or named or self.by_tag.get(tag, "")


@dataclass(frozen=True, slots=True)
class _Step:
    """One step of the walk: text in a font, or the begin or end of an element."""

    tag: str = ""  #: empty for text
    begins: bool = False
    node: html.HtmlElement | None = None
    run: Run = _NO_TEXT
    quoted: bool = False  #: within an earlier mail


def _steps(root: html.HtmlElement, styles: str = "") -> Iterator[_Step]:
    """What stands in the page, in order, without recursion: mail nests without measure."""
    fonts = _Fonts.of(root, styles)
    around = [""]
    silent = quoted = 0
    for event, node in etree.iterwalk(root, events=("start", "end")):
        tag = node.tag if isinstance(node.tag, str) else ""
        begins = event == "start"
        step = 1 if begins else -1
        silent += step * (tag in _SILENT)
        quoted += step * _is_quote(node, tag)
        if begins:
            around.append(fonts.font_of(node, tag) or around[-1])
        yield _Step(tag, begins, node, quoted=bool(quoted))
        if not begins:
            around.pop()
        text = node.text if begins else node.tail
        if text and not silent:
            flowing = text if begins and tag == "pre" else _BLANKS.sub(" ", text)
            yield _Step(run=Run(flowing, around[-1]), quoted=bool(quoted))


def _is_quote(node: html.HtmlElement, tag: str) -> bool:
    return tag == "blockquote" and (node.get("type") == "cite" or "quote" in str(node.get("class", "")))


# -- the text of a mail ------------------------------------------------------------------------------


def html_text(markup: str) -> str:
    """What a person reads of HTML: blocks and rows are lines, cells are set apart by tabs.

    A quoted earlier mail (blockquote of a mail program) is marked by "> " on every line.
    """
    return html_put_right(markup)[0]


def html_put_right(markup: str) -> tuple[str, ConvertedRuns]:
    """The same, and what was put right in it that was written before Unicode, by its fonts or clearly so."""
    root = html_root(markup)
    lines = [] if root is None else _lines(root)
    found = put_right_runs(lines)
    text = "".join("".join(runs) for runs in found.paragraphs)
    return _MANY_LINES.sub("\n\n", _LINE_ENDS.sub("\n", text)).strip(), found


def _lines(root: html.HtmlElement) -> list[list[Run]]:
    lines: list[list[Run]] = [[]]
    for step in _steps(root):
        if step.tag in _BLOCKS or (step.tag == "br" and step.begins):
            lines.append([Run("\n> " if step.quoted else "\n")])
        elif step.tag in _CELLS and not step.begins:
            lines[-1].append(Run("\t"))
        elif not step.tag:
            lines[-1].append(step.run)
    return lines


# -- documents ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class _OpenCell:
    """A cell being read."""

    row: int
    column: int
    row_span: int
    column_span: int
    stored: str  #: the number Excel notes beside what it shows (x:num)
    runs: list[Run] = field(default_factory=list)


@dataclass(slots=True)
class _OpenTable:
    """A table being read: its cells, and the columns that cells from above still take up."""

    cells: list[_OpenCell] = field(default_factory=list)
    row: int = -1
    column: int = 0
    width: int = 0
    taken: dict[int, int] = field(default_factory=dict)  #: column -> last row taken
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    cols: int = 0
    open: _OpenCell | None = None

    def next_column(self, node: html.HtmlElement) -> None:
        """Notes a col element: Excel hides columns there."""
        span = _span(node.get("span"))
        if _UNSEEN.search(node.get("style") or ""):
            self.hidden_columns.update(range(self.cols, self.cols + span))
        self.cols += span

    def next_row(self, node: html.HtmlElement) -> None:
        """Begins a row."""
        self.row += 1
        self.column = 0
        self.open = None
        if _UNSEEN.search(node.get("style") or ""):
            self.hidden_rows.add(self.row)

    def begin_cell(self, node: html.HtmlElement) -> int:
        """Begins a cell at the next free column; gives how many columns it takes up."""
        self.row = max(self.row, 0)
        while self.taken.get(self.column, -1) >= self.row:
            self.column += 1
        columns, rows = _span(node.get("colspan")), _span(node.get("rowspan"))
        merged = 1 if _NO_MERGE.search(node.get("style") or "") else columns
        self.open = _OpenCell(self.row, self.column, rows, merged, str(node.get("x:num") or ""))
        self.cells.append(self.open)
        if rows > 1:
            self.taken.update(dict.fromkeys(range(self.column, self.column + columns), self.row + rows - 1))
        self.column += columns
        self.width = max(self.width, self.open.column + merged)
        return columns

    def end_cell(self) -> None:
        """Ends the cell being read."""
        self.open = None

    @property
    def rows(self) -> int:
        """Rows from the first to the last that a cell stands in."""
        return self.row + 1


def _span(stated: str | None) -> int:
    text = (stated or "").strip()
    return min(max(int(text), 1), _MOST_SPAN) if text.isdecimal() and len(text) < 10 else 1  # noqa: PLR2004


@dataclass(slots=True)
class _Collected:
    """What was found on the pages of one file: lines and tables, their runs not yet put right."""

    budget: Budget
    blocks: list[list[Run] | _OpenTable] = field(default_factory=list)
    open: list[_OpenTable] = field(default_factory=list)
    cells: int = 0
    line_ended: bool = True

    def read(self, root: html.HtmlElement, styles: str, *, quoted: bool = True) -> None:
        """Collects one page, `quoted` earlier mail with it or not."""
        self.open = []
        self.line_ended = True
        for step in _steps(root, styles):
            if step.quoted and not quoted:
                continue
            if not step.tag:
                self._sink().append(step.run)
            elif step.node is not None:
                self._element(step.tag, step.node, begins=step.begins)

    def _sink(self) -> list[Run]:
        """Where text belongs: the cell being read, or the line."""
        if self.open and self.open[-1].open is not None:
            return self.open[-1].open.runs
        if self.line_ended or not isinstance(self.blocks[-1], list):
            if len(self.blocks) >= self.budget.limits.paragraphs:
                raise FileTooLargeError("lines")
            line: list[Run] = []
            self.blocks.append(line)
            self.line_ended = False
            return line
        return self.blocks[-1]

    def _element(self, tag: str, node: html.HtmlElement, *, begins: bool) -> None:
        if tag == "table":
            self._table(begins=begins)
        elif self.open and tag in {"tr", "col", *_CELLS}:
            self._in_table(self.open[-1], tag, node, begins=begins)
        elif tag in _BLOCKS or (tag == "br" and begins):
            self._end_line()

    def _table(self, *, begins: bool) -> None:
        self.line_ended = True
        if begins:
            self.open.append(_OpenTable())
            self.blocks.append(self.open[-1])
        elif self.open:
            self.open.pop()

    def _in_table(self, table: _OpenTable, tag: str, node: html.HtmlElement, *, begins: bool) -> None:
        if tag in _CELLS and begins:
            self.cells += table.begin_cell(node)
        elif tag in _CELLS:
            table.end_cell()
        elif tag == "tr" and begins:
            table.next_row(node)
        elif tag == "col" and begins:
            table.next_column(node)
        if self.cells > self.budget.limits.cells:
            raise FileTooLargeError("cells")

    def _end_line(self) -> None:
        if self.open and self.open[-1].open is not None:
            self.open[-1].open.runs.append(Run("\n"))
        else:
            self.line_ended = True

    def document(self, sheets: list[tuple[str, bool]]) -> Document:
        """The document, old encodings put right over all of it together."""
        found = put_right_runs([runs for block in self.blocks for runs in _runs_of(block)])
        texts = iter(["".join(runs) for runs in found.paragraphs])
        tables = [block for block in self.blocks if isinstance(block, _OpenTable) and block.cells]
        named = sheets if len(sheets) == len(tables) else [("", False)] * len(tables)
        made: list[Paragraph | Table] = []
        number = count = 0
        for block in self.blocks:
            if isinstance(block, _OpenTable):
                cells = [_cell(cell, next(texts)) for cell in block.cells]
                if cells:
                    made.append(_table(block, cells, str(count + 1), hidden=named[count][1]))
                    count += 1
            elif text := _tidy(next(texts)):
                number += 1
                made.append(Paragraph(text, number))
        return Document(tuple(made), found.notes)


def _runs_of(block: list[Run] | _OpenTable) -> list[list[Run]]:
    return [cell.runs for cell in block.cells] if isinstance(block, _OpenTable) else [block]


def _tidy(text: str) -> str:
    return _LINE_ENDS.sub("\n", text).strip()


def _table(table: _OpenTable, cells: list[Cell], name: str, *, hidden: bool) -> Table:
    rows = max(cell.row + cell.row_span for cell in cells)
    return Table(
        name=name,
        cells=tuple(cells),
        rows=rows,
        columns=table.width,
        hidden=hidden,
        hidden_rows=frozenset(table.hidden_rows),
        hidden_columns=frozenset(column for column in table.hidden_columns if column < table.width),
    )


def _cell(cell: _OpenCell, text: str) -> Cell:
    shown = _tidy(text)
    number, percent = _stored(cell.stored, shown)
    return Cell(
        cell.row,
        cell.column,
        shown,
        cell.row_span,
        cell.column_span,
        number,
        percent=percent,
    )


def _stored(stated: str, shown: str) -> tuple[str, bool]:
    """The number Excel notes beside a cell, and whether it is shown as a percentage.

    It is believed only where the cell shows that number, rounded or not: a date is kept as a number too.
    """
    percent = shown.endswith("%")
    try:
        number = Decimal(stated)
    except InvalidOperation:
        return "", False
    if not number.is_finite() or abs(number.adjusted()) > 15:  # noqa: PLR2004 - what Excel can hold exactly
        return "", False
    visible = re.sub(r"\D", "", shown)
    scaled = number * 100 if percent else number
    rounded = (re.sub(r"\D", "", f"{scaled:.{places}f}") for places in range(_MOST_DECIMALS))
    if not visible or re.search(r"[^\d.,%()\s-]", shown) or visible not in set(rounded):
        return "", False
    return plain_number(number), percent


__all__ = [
    "extract_html",
    "html_body",
    "html_decoded",
    "html_links",
    "html_put_right",
    "html_text",
    "is_web_archive",
    "names_legacy_font",
]
