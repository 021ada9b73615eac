"""The body of a Word document without a tree, where it is written as plainly as most are.

Between two texts stands markup that comes again and again, in one document and in all that began as the same
form. Each such stretch is looked at once, tag by tag, and kept as the few steps it means; the next time it
costs one look into a table. Only elements, attributes and characters that are fully understood are taken, and
only in their places: a document that holds anything else is left to the careful reading by a tree, which
gives the same lines and tables (ECMA-376 part 1, 17.2 to 17.4; XML 1.0).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, NamedTuple

from lxml import etree

from intake.extractors.word_raw import Line, RawCell, RawRow, RawRun, RawTable, Style, whole_number
from intake.extractors.word_silent import without_silent_parts

_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_LATER_WORD: Final = "http://schemas.microsoft.com/office/word/"  #: what newer versions add to it
_LARGEST: Final = 8 << 20  #: octets; libxml2 gives up on single texts a little above
_LONGEST: Final = 1 << 16  #: octets of one stretch of markup
_DEEPEST: Final = 64
_KEPT: Final = 2 << 20  #: octets of markup remembered, then all is forgotten
_OVERHEAD: Final = 500  #: octets that remembering one costs beside

_PROLOG: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml version=[\"']1\.0[\"'](?: encoding=[\"'](?i:utf-8)[\"'])?"
    rb"(?: standalone=[\"'](?:yes|no)[\"'])? ?\?>)?\s*(<w:document\b[^>]*>)"
)
_TAG: Final = re.compile(
    rb'(/?)([A-Za-z0-9]{1,20}):([A-Za-z0-9]{1,40})((?: [A-Za-z0-9:]{1,60}="[^"<&\n\t]*")*)(/?)>[ \n\t]*'
)
_ATTRIBUTE: Final = re.compile(rb' ([A-Za-z0-9:]+)="([^"]*)"')
_ONE: Final = rb'="[0-9A-F]{8}"'
_SAVES: Final = (b"rsidR", b"rsidRPr", b"rsidRDefault", b"rsidP", b"rsidTr")


def _from(first: int) -> bytes:
    """The identities of saves that may follow, in the order Word writes them."""
    return b"".join(b"(?: w:" + name + _ONE + b")?" for name in _SAVES[first:])


#: identities that every save of Word writes anew: no two paragraphs are alike with them
_IDENTITIES: Final = re.compile(
    b"(<w:(?:p|r|tr)) (?:w14:paraId" + _ONE + b"(?: w14:textId" + _ONE + b")?" + _from(0)
    + b"".join(b"|w:" + name + _ONE + _from(number) for number, name in enumerate(_SAVES, 1))
    + b")(?=/?>)"
)  # fmt: skip
_ENTITY: Final = re.compile(r"&(?:(amp|lt|gt|quot|apos);)?")
_ENTITIES: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
PRINTED: Final = bytes([*b"\t\n\r", *range(0x20, 0x80)])
"""The octets below those of other letters that XML allows (XML 1.0, 2.2)."""
_OTHER: Final = bytes(range(0x80, 0x100))
_NO_CHARACTERS: Final = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")

_DOCUMENT, _BODY, _P, _R, _T = b"w:document", b"w:body", b"w:p", b"w:r", b"w:t"
_TBL, _TR, _TC, _NUMBERED = b"w:tbl", b"w:tr", b"w:tc", b"w:numPr"
_END: Final = b"/"  #: stands for the body once it is closed
#: struck, moved, doubled or set aside: read carefully
_INVOLVED: Final = frozenset(
    b"w:" + name
    for name in b"ins del moveFrom moveTo pPrChange rPrChange trPrChange tcPrChange txbxContent".split()
)
_OFF: Final = frozenset({"0", "false", "off", "none"})


class _UnfamiliarError(Exception):
    """The document holds what is not understood here."""


class _Tag(NamedTuple):
    """One tag taken apart."""

    name: bytes
    closes: bool
    is_empty: bool
    values: dict[bytes, str]

    def value(self) -> str | None:
        """What w:val says."""
        return self.values.get(b"w:val")


@dataclass(slots=True)
class _Building:
    """The document so far."""

    blocks: list[Line | RawTable] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)  #: of the line or cell that is open
    runs: list[RawRun] = field(default_factory=list)  #: of the line that is open
    run: RawRun | None = None  #: open and without text so far
    table: RawTable = field(default_factory=RawTable)
    cells: list[RawCell] = field(default_factory=list)

    def begin_line(self, own: Style) -> None:
        line = Line(own=own, heads=False)
        self.pieces, self.runs, self.run = line.pieces, line.runs, None
        self.blocks.append(line)

    def begin_run(self, run: RawRun) -> None:
        self.run = run

    def add(self, text: str) -> None:
        self.pieces.append(text)

    def begin_table(self, _: None) -> None:
        self.table, self.cells, self.pieces, self.run = RawTable(), [], [], None
        self.blocks.append(self.table)

    def begin_row(self, before: int) -> None:
        self.cells = []
        self.table.rows.append(RawRow(self.cells, before))

    def begin_cell(self, cell: RawCell) -> None:
        self.pieces = cell.pieces.copy()
        self.cells.append(RawCell(self.pieces, cell.span, cell.down, cell.across))

    def count(self, _: None) -> None:
        self.table.numbered = True


_Act = tuple[Callable[[_Building, Any], None], Any]


@dataclass(slots=True)
class _Place:
    """Where in the document a text stands, by the elements around it, and what has been met from there."""

    names: tuple[bytes, ...]
    steps: dict[bytes, _Step] = field(default_factory=dict)


class _Step(NamedTuple):
    """What a stretch of markup does, and where it leads."""

    place: _Place
    acts: tuple[_Act, ...]


@dataclass(slots=True)
class _Dialect:
    """All that is known of documents that begin with the same tag, and so declare the same prefixes."""

    elements: frozenset[bytes]  #: prefixes of elements that are understood
    attributes: frozenset[bytes]  #: prefixes that are declared
    tags: dict[bytes, _Tag] = field(default_factory=dict)
    places: dict[tuple[bytes, ...], _Place] = field(default_factory=dict)
    weight: int = 0  #: octets of all stretches

    def place(self, names: tuple[bytes, ...]) -> _Place:
        """The place under these open elements."""
        return self.places.setdefault(names, _Place(names))

    def learn(self, place: _Place, markup: bytes) -> _Step:
        """The step a stretch of markup means that ends where a text begins.

        Raises:
            _UnfamiliarError: it holds what is not understood, or what is no XML.

        """
        plain = _IDENTITIES.sub(rb"\1", markup)
        step = place.steps.get(plain)
        if step is None:
            stretch = self._stretch(place, plain)
            if stretch.names.pop() != _T:
                raise _UnfamiliarError
            step = _Step(self.place(tuple(stretch.names)), tuple(stretch.acts))
            self._keep(place, plain, step)
        self._keep(place, markup, step)
        return step

    def _keep(self, place: _Place, markup: bytes, step: _Step) -> None:
        place.steps[markup] = step
        self._weigh(markup)

    def finish(self, building: _Building, place: _Place, markup: bytes) -> None:
        """Does what the last stretch means.

        Raises:
            _UnfamiliarError: as `learn`, or it does not end the document.

        """
        stretch = self._stretch(place, _IDENTITIES.sub(rb"\1", markup))
        if stretch.names:
            raise _UnfamiliarError
        for act, what in stretch.acts:
            act(building, what)

    def _stretch(self, place: _Place, markup: bytes) -> _Stretch:
        first, *tokens = markup.split(b"<")
        if first.strip(b" \n\t") or len(markup) > _LONGEST:
            raise _UnfamiliarError
        stretch = _Stretch(list(place.names))
        for token in tokens:
            stretch.take(self.tags.get(token) or self._tag(token))
        return stretch

    def _weigh(self, octets: bytes) -> None:
        self.weight += len(octets) + _OVERHEAD
        if self.weight > _KEPT:
            raise _UnfamiliarError

    def _tag(self, token: bytes) -> _Tag:
        found = _TAG.fullmatch(token)
        if found is None:
            raise _UnfamiliarError
        closes, prefix, name, rest, is_empty = found.groups()
        values = _ATTRIBUTE.findall(rest)
        is_closed_twice = closes and (rest or is_empty)
        if prefix not in self.elements or is_closed_twice:
            raise _UnfamiliarError
        text = {key: value.decode() for key, value in values}
        if len(text) < len(values) or not all(map(self._is_declared, text)):
            raise _UnfamiliarError
        tag = _Tag(prefix + b":" + name, bool(closes), bool(is_empty), text)
        self.tags[token] = tag
        self._weigh(token)
        return tag

    def _is_declared(self, attribute: bytes) -> bool:
        prefix, colon, name = attribute.partition(b":")
        if not colon:
            return attribute != b"xmlns"
        return attribute == b"xml:space" or (prefix in self.attributes and name.isalnum())


class _Stretch:
    """The markup between two texts, read tag by tag."""

    def __init__(self, names: list[bytes]) -> None:
        self.names = names
        self.acts: list[_Act] = []
        self._own: Style | None = None  # of a line that begins here, while it has no run
        self._number: dict[bytes, str] = {}
        self._run: RawRun | None = None  # that begins here
        self._row = False  # a row begins here and has no cell yet
        self._cell: RawCell | None = None  # that begins here

    def take(self, tag: _Tag) -> None:
        """One tag more."""
        if tag.closes:
            self._close(tag.name)
            return
        above = self.names[-1] if self.names else _END
        # Nothing stands within a text, after the body, or in the number of a list but its two parts.
        if above in (_T, _END) or tag.name in _INVOLVED or len(self.names) > _DEEPEST:
            raise _UnfamiliarError
        if above == _NUMBERED:
            self._note_number(tag)
        elif handle := _HANDLERS.get(tag.name):
            handle(self, tag)
        if not tag.is_empty:
            self.names.append(tag.name)
        elif tag.name == _NUMBERED:
            self._end_number()
        elif tag.name in (_BODY, _DOCUMENT):
            raise _UnfamiliarError

    def _close(self, name: bytes) -> None:
        if name == _DOCUMENT and self.names == [_DOCUMENT, _END]:
            self.names.clear()
            return
        if not self.names or self.names.pop() != name or name == _DOCUMENT:
            raise _UnfamiliarError
        if name == _BODY:
            self.names.append(_END)
        elif name == _NUMBERED:
            self._end_number()

    # -- what the elements mean ---------------------------------------------------------------------------

    @property
    def _in_table(self) -> bool:
        return _TBL in self.names

    @property
    def _in_line(self) -> bool:
        return _P in self.names and _TBL not in self.names

    def begin_body(self, _: _Tag) -> None:
        if self.names != [_DOCUMENT]:
            raise _UnfamiliarError

    def begin_paragraph(self, _: _Tag) -> None:
        if _P in self.names or self.names[1:2] != [_BODY]:
            raise _UnfamiliarError
        if self._in_table:
            self._say("\n")
        else:
            self._own, self._run = Style(), None
            self.acts.append((_Building.begin_line, self._own))

    def begin_run(self, _: _Tag) -> None:
        if _P not in self.names:
            raise _UnfamiliarError
        if self._in_line:
            self._own, self._run = None, RawRun()
            self.acts.append((_Building.begin_run, self._run))

    def begin_text(self, _: _Tag) -> None:
        if self.names[-1] != _R:
            raise _UnfamiliarError

    def begin_table(self, _: _Tag) -> None:
        if _P in self.names or self._in_table or self.names[1:2] != [_BODY]:
            raise _UnfamiliarError
        self.acts.append((_Building.begin_table, None))

    def begin_row(self, _: _Tag) -> None:
        if not self._in_table or _TR in self.names:
            raise _UnfamiliarError
        self._row, self._cell = True, None
        self.acts.append((_Building.begin_row, 0))

    def begin_cell(self, _: _Tag) -> None:
        if _TR not in self.names or _TC in self.names:
            raise _UnfamiliarError
        self._row, self._cell = False, RawCell()
        self.acts.append((_Building.begin_cell, self._cell))

    def leave_out(self, tag: _Tag) -> None:
        """Columns before the first cell of a row."""
        if not self._in_table:
            return
        if not self._row:
            raise _UnfamiliarError
        _, before = self.acts[-1]
        self.acts[-1] = (_Building.begin_row, before or whole_number(tag.value(), 0))

    def merge(self, tag: _Tag) -> None:
        if not self._in_table:
            return
        if self._cell is None:
            raise _UnfamiliarError
        if tag.name == b"w:gridSpan":
            self._cell.span = max(1, whole_number(tag.value(), 1))
        elif tag.name == b"w:vMerge":
            self._cell.down = tag.value() or "continue"
        else:
            self._cell.across = tag.value() or "continue"

    def say_bold(self, tag: _Tag) -> None:
        run = self._open_run()
        if run is not None and run.bold is None:
            run.bold = tag.values.get(b"w:val", "1") not in _OFF

    def say_font(self, tag: _Tag) -> None:
        run = self._open_run()
        if run is not None:
            run.font = run.font or tag.values.get(b"w:hAnsi") or tag.values.get(b"w:ascii") or ""

    def _open_run(self) -> RawRun | None:
        """The run of a line that the properties belong to; None where they belong to none."""
        if self._in_line and self._run is None and self._own is None:
            raise _UnfamiliarError
        return self._run if self._in_line else None

    def say_style(self, tag: _Tag) -> None:
        if self._in_line and self._own is not None:
            self._own.parent = self._own.parent or tag.values.get(b"w:val", "")

    def align(self, tag: _Tag) -> None:
        if self._in_line and self._own is not None:
            self._own.centred = tag.value() == "center"

    def outline(self, tag: _Tag) -> None:
        if self._in_line and self._own is not None:
            number = whole_number(tag.value(), 9)
            self._own.outline = number + 1 if number < 9 else 0  # noqa: PLR2004

    def begin_number(self, _: _Tag) -> None:
        self._number = {}
        if self._in_table:
            self.acts.append((_Building.count, None))

    def _note_number(self, tag: _Tag) -> None:
        if not tag.is_empty or tag.name not in (b"w:numId", b"w:ilvl") or tag.name in self._number:
            raise _UnfamiliarError
        self._number[tag.name] = tag.value() or ""

    def _end_number(self) -> None:
        if self._in_line and self._own is not None:
            level = whole_number(self._number.get(b"w:ilvl"), 0)
            self._own.numbering = (self._number.get(b"w:numId", ""), level)

    def say_sign(self, tag: _Tag) -> None:
        """A tab, a line break or a hyphen that stands among the text."""
        if tag.name == b"w:tab":
            # The same name stands for a tab stop in the properties, which has a position.
            self._say("" if b"w:val" in tag.values else "\t")
        else:
            self._say("-" if tag.name == b"w:noBreakHyphen" else "\n")

    def _say(self, text: str) -> None:
        if not text or not (self._in_line or self._in_table):
            return
        if self._cell is not None and self.acts[-1][1] is self._cell:
            self._cell.pieces.append(text)
        else:
            self.acts.append((_Building.add, text))

    def refuse(self, _: _Tag) -> None:
        if self._in_line:
            raise _UnfamiliarError


def _refuse(_: _Stretch, __: _Tag) -> None:
    raise _UnfamiliarError


_HANDLERS: Final[dict[bytes, Callable[[_Stretch, _Tag], None]]] = {
    _DOCUMENT: _refuse, _BODY: _Stretch.begin_body, _P: _Stretch.begin_paragraph, _R: _Stretch.begin_run,
    _T: _Stretch.begin_text, _TBL: _Stretch.begin_table, _TR: _Stretch.begin_row, _TC: _Stretch.begin_cell,
    b"w:gridBefore": _Stretch.leave_out, b"w:gridSpan": _Stretch.merge, b"w:vMerge": _Stretch.merge,
    b"w:hMerge": _Stretch.merge, b"w:b": _Stretch.say_bold, b"w:rFonts": _Stretch.say_font,
    b"w:pStyle": _Stretch.say_style, b"w:jc": _Stretch.align, b"w:outlineLvl": _Stretch.outline,
    _NUMBERED: _Stretch.begin_number, b"w:tab": _Stretch.say_sign, b"w:br": _Stretch.say_sign,
    b"w:cr": _Stretch.say_sign, b"w:noBreakHyphen": _Stretch.say_sign, b"w:sym": _refuse,
    b"w:sdtPr": _Stretch.refuse,
}  # fmt: skip


@lru_cache(maxsize=4)
def _dialect(root: bytes) -> _Dialect | None:
    """What documents with this first tag may be read by; None where its prefixes are unusual."""
    try:
        declared = etree.fromstring(root[:-1] + b"/>").nsmap
    except etree.XMLSyntaxError:
        return None
    if declared.get("w") != _WORD or None in declared or len(set(declared.values())) < len(declared):
        return None
    named = {str(prefix).encode(): uri for prefix, uri in declared.items()}
    later = {prefix for prefix, uri in named.items() if uri.startswith(_LATER_WORD)}
    return _Dialect(frozenset({b"w", *later}), frozenset(named))


def at_a_glance(octets: bytes, signs: bytes) -> list[Line | RawTable] | None:
    """The lines and tables of a part word/document.xml; None where only the careful reading will do.

    `signs` are its octets without those `PRINTED`.
    """
    begin = _PROLOG.match(octets) if len(octets) <= _LARGEST else None
    dialect = None if begin is None else _dialect(begin[1])
    if begin is None or dialect is None:
        return None
    if dialect.weight > _KEPT:
        _dialect.cache_clear()
    body = without_silent_parts(octets[begin.end() :], begin[1])
    if (
        body is None
        or b"\r" in body
        or signs.translate(None, _OTHER)
        or any(sign in signs for sign in _NO_CHARACTERS)
    ):
        return None
    if b" w14:" in body and b"w14" not in dialect.attributes:
        return None
    if b" w14:paraId" in body:  # of which there are no two alike
        body = _IDENTITIES.sub(rb"\1", body)
    try:
        return _blocks(body, dialect)
    except (_UnfamiliarError, UnicodeDecodeError):
        return None


def _blocks(body: bytes, dialect: _Dialect) -> list[Line | RawTable]:
    building = _Building()
    place = dialect.place((_DOCUMENT,))
    is_escaped = b"&" in body
    *chunks, last = body.split(b"</w:t>")
    for chunk in chunks:
        begin = chunk.rfind(b">") + 1
        markup = chunk[:begin]
        place, acts = place.steps.get(markup) or dialect.learn(place, markup)
        for act, what in acts:
            act(building, what)
        text = chunk[begin:].decode()
        building.pieces.append(_unescaped(text) if is_escaped else text)
        if building.run is not None and text.strip():
            building.runs.append(building.run)
            building.run = None
    dialect.finish(building, place, last)
    return building.blocks


def _unescaped(text: str) -> str:
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(entity: re.Match[str]) -> str:
    if entity[1] is None:
        raise _UnfamiliarError
    return _ENTITIES[entity[1]]
