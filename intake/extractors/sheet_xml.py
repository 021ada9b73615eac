"""What the XML of an .xlsx sheet says beyond its values (ECMA-376 part 1, 18.3).

Errors, formulas with and without stored value, hidden rows and columns, percent formats. A sheet whose
one cell stands in the last corner is read here cell by cell, because every dense reader would make a
million rows of it.
"""

from __future__ import annotations

import html
import io
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from lxml import etree

from intake.documents import column_letters
from intake.errors import DamagedFileError, FileTooLargeError
from intake.extractors.office_xml import Element, parse_part
from intake.extractors.sheet_glance import DAY, NUMBER, PERCENT, PlainSheet, plain_sheet, plain_strings
from intake.mail.legacy_text import holds_rare_letters, legacy_font

if TYPE_CHECKING:
    from intake.extractors.interface import Package

Value = int | float | str | bool | date | datetime | time | timedelta | None
Place = tuple[int, int]
"""Row and column, both from 0."""

_STRINGS: Final = "xl/sharedStrings.xml"
_DENSE_CELLS: Final = 2_000_000  #: a used range up to this area is left to the dense reader
_COLUMNS: Final = 16_384
_ADDRESS: Final = re.compile(rb'<c r="([A-Z]{1,3}[0-9]{1,7})"')
#: a cell that does not begin with an address within the 702 columns and 999 rows that most sheets keep to
_FAR: Final = re.compile(rb'<c[ >](?!r="[A-Z]{1,2}[0-9]{1,3}")')
_NEAR: Final = 702 * 999
_OPENING: Final = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*>')
_DIGITS: Final = b"0123456789"
_CAPITALS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_REFERENCE: Final = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_FORMULA: Final = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"([^>]*)><f([^>/]*)(?:/>|>([^<]*)</f>)(?:<v>([^<]*)</v>)?'
)
_ERROR: Final = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]* t="e"[^>]*>(?:<f[^>]*(?:/>|>[^<]*</f>))?<v>([^<]*)</v>'
)
_FORMULA_TAG: Final = re.compile(rb"<f[ >/]")
_ROW_TAG: Final = re.compile(rb"<row ([^>]*)>")
_COLUMN_TAG: Final = re.compile(rb"<col ([^>]*)>")
_ATTRIBUTE: Final = re.compile(r'([A-Za-z]+)="([^"]*)"')
_PERCENT_IDS: Final = frozenset({9, 10})  #: built-in "0%" and "0.00%"
_DATE_IDS: Final = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_DAY_IDS: Final = frozenset({14, 15})
_DAY_CODE: Final = re.compile(r"(?=.*d)[dmyDMY/. -]+")
_PLAIN_IDS: Final = frozenset({0, 1, 2, 3, 4, *_PERCENT_IDS})
_PLAIN_CODE: Final = re.compile(r"(?i:general)|[#0?.,% ;()+-]*")
_LITERAL: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - serial dates have no zone


@dataclass(slots=True)
class SheetFacts:
    """One sheet, beyond what calamine tells."""

    errors: dict[Place, str] = field(default_factory=dict)
    formulas: dict[Place, str] = field(default_factory=dict)  #: with the leading "="
    stale: set[Place] = field(default_factory=set)  #: formulas without stored value
    percent: set[Place] = field(default_factory=set)
    fonts: dict[Place, str] = field(default_factory=dict)  #: only fonts of encodings before Unicode
    default_font: str = ""  #: the same, for cells without a format of their own
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)  #: first and last
    recalculates_on_load: bool = False  #: the writing program left the values to Excel
    sparse: list[tuple[int, int, list[Value]]] | None = (
        None  #: the values, when the used range is too wide for a dense reader
    )
    merges: list[tuple[Place, Place]] = field(default_factory=list)  #: filled only with `sparse`
    marked: set[Place] = field(default_factory=set)  #: every place with a formula or an error


class Workbook:
    """The parts of an .xlsx package that say how its sheets look."""

    def __init__(self, package: Package) -> None:
        self._package = package
        relations = "xl/_rels/workbook.xml.rels"
        targets = package.read(relations) if relations in package else b""
        self.contents = _contents(package.read("xl/workbook.xml"), targets)
        self._parts = {sheet.name: sheet.part for sheet in self.contents.sheets}
        self._styles = _styles(package.read("xl/styles.xml")) if "xl/styles.xml" in package else _NO_STYLES
        self._strings: list[str] | None = None
        self._last = ("", b"")

    def facts(self, sheet: str) -> SheetFacts:
        """What the XML of that sheet says; empty for a sheet without part.

        Raises:
            DamagedFileError: the XML is broken.

        """
        part = self._parts.get(sheet, "")
        if part not in self._package:
            return SheetFacts()
        octets = self._octets(part)
        area = _plain_area(octets)
        if area is not None and area <= _DENSE_CELLS:
            facts = SheetFacts(
                percent=self._percent_places(octets),
                fonts=self._font_places(octets),
                default_font=self.legacy_font(0),
                recalculates_on_load=self.contents.on_load,
            )
            if _seen_at_a_glance(octets, facts):
                return facts
        facts = SheetFacts(recalculates_on_load=self.contents.on_load, default_font=self.legacy_font(0))
        _Walk(facts, self, octets).run(sparse=area is None or area > _DENSE_CELLS)
        return facts

    def glance(self, sheet: str) -> tuple[PlainSheet, SheetFacts] | None:
        """The cells of that sheet and its facts where it holds nothing but texts and numbers."""
        part = self._parts.get(sheet, "")
        if part not in self._package or self._styles.fonts:
            return None
        octets = self._octets(part)
        facts = SheetFacts()
        if not _seen_at_a_glance(octets, facts) or facts.stale or facts.errors:
            return None
        found = plain_sheet(octets, self.plain_strings, self._shown, known=bool(facts.formulas))
        return None if found is None else (found, replace(facts, merges=found.merges))

    @property
    def _shown(self) -> Mapping[int, int]:
        """What cells of each format show; days counted from 1904 are shown by nobody here."""
        shown = self._styles.shown
        return (
            {style: kind for style, kind in shown.items() if kind != DAY}
            if self.contents.from_1904
            else shown
        )

    def _octets(self, part: str) -> bytes:
        """The octets of a part that is often asked for twice, one after the other."""
        if self._last[0] != part:
            self._last = part, self._package.read(part)
        return self._last[1]

    @property
    def is_plain(self) -> bool:
        """Whether it is a package of sheets with names of their own, in letters that nobody must convert."""
        listed = self.contents.sheets
        is_usual = "_rels/.rels" in self._package and all(sheet.is_grid for sheet in listed)
        return is_usual and len(self._parts) == len(listed) and not self._holds_rare_letters()

    def _holds_rare_letters(self) -> bool:
        """Whether any text of the workbook may be of an encoding before Unicode."""
        return _STRINGS in self._package and holds_rare_letters(self._octets(_STRINGS))

    @cached_property
    def plain_strings(self) -> Sequence[str]:
        """The shared strings; none where one of them is more than plain text."""
        return (_STRINGS in self._package and plain_strings(self._octets(_STRINGS))) or ()

    def _percent_places(self, octets: bytes) -> set[Place]:
        return {place for style in self._styles.percent for place in _places_of_style(octets, style)}

    def _font_places(self, octets: bytes) -> dict[Place, str]:
        return {
            place: font
            for style, font in self._styles.fonts.items()
            for place in _places_of_style(octets, style)
        }

    def legacy_font(self, style: int) -> str:
        """The font of the cell format of that number when it is one of an encoding before Unicode."""
        return self._styles.fonts.get(style, "")

    def is_percent(self, style: int) -> bool:
        """Whether the cell format of that number shows a percentage."""
        return style in self._styles.percent

    def is_date(self, style: int) -> bool:
        """Whether the cell format of that number shows a date."""
        return style in self._styles.dates

    def string(self, number: int) -> str:
        """The shared string of that number, empty when there is none."""
        if self._strings is None:
            self._strings = _shared_strings(self._package)
        return self._strings[number] if 0 <= number < len(self._strings) else ""


def _local(node: Element) -> str:
    tag = node.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _by_local_name(node: Element, name: str) -> str:
    return next((str(value) for key, value in node.attrib.items() if str(key).endswith("}" + name)), "")


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet as the workbook lists it."""

    name: str
    part: str  #: "" when it has none
    is_hidden: bool
    is_grid: bool  #: no chart, macro or dialogue


@dataclass(frozen=True, slots=True)
class _Contents:
    """What a workbook says of its sheets."""

    sheets: tuple[_Sheet, ...]
    on_load: bool  #: the values of formulas were left to Excel
    from_1904: bool  #: days are counted from another


@lru_cache(maxsize=8)
def _contents(octets: bytes, relations: bytes) -> _Contents:
    """The contents of a part xl/workbook.xml; units fill in the form they were sent, so it comes again."""
    root = parse_part(octets)
    nodes = parse_part(relations) if relations else ()
    targets = {node.get("Id", ""): node for node in nodes}
    sheets = [_sheet(node, targets) for node in root.iter("{*}sheet")]
    on_load = any(node.get("fullCalcOnLoad") in {"1", "true"} for node in root.iter("{*}calcPr"))
    from_1904 = any(node.get("date1904") in {"1", "true"} for node in root.iter("{*}workbookPr"))
    return _Contents(tuple(sheets), on_load, from_1904)


def _sheet(node: Element, targets: Mapping[str, Element]) -> _Sheet:
    target = targets.get(_by_local_name(node, "id"))
    return _Sheet(
        name=node.get("name", ""),
        part="" if target is None else _part_name(target.get("Target", "")),
        is_hidden=node.get("state", "visible") != "visible",
        is_grid=target is not None and target.get("Type", "").endswith("/worksheet"),
    )


def _part_name(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")


class _Styles(NamedTuple):
    """The cell formats of a workbook by their numbers."""

    percent: frozenset[int] = frozenset()  #: that show percentages
    dates: frozenset[int] = frozenset()
    fonts: Mapping[int, str] = {}  #: fonts of encodings before Unicode
    shown: Mapping[int, int] = {}  #: those that show a plain number, a percentage or a day, and which of them


_NO_STYLES: Final = _Styles()


@lru_cache(maxsize=8)
def _styles(octets: bytes) -> _Styles:
    """The cell formats of a part xl/styles.xml; units fill in the form they were sent, so it comes again."""
    root = parse_part(octets)
    codes = {
        _integer(node.get("numFmtId")): plain_code(node.get("formatCode", ""))
        for node in root.iter("{*}numFmt")
    }
    cell_formats = next(root.iter("{*}cellXfs"), None)
    formats = [] if cell_formats is None else list(cell_formats)
    ids = [_integer(node.get("numFmtId")) for node in formats]
    percent = {number for number, identity in enumerate(ids) if is_percent(identity, codes)}
    dates = {number for number, identity in enumerate(ids) if _is_date(identity, codes)}
    plain = {number: NUMBER for number, identity in enumerate(ids) if _is_plain(identity, codes)}
    days = {number: DAY for number, identity in enumerate(ids) if _is_day(identity, codes)}
    shown = plain | dict.fromkeys(percent & plain.keys(), PERCENT) | days
    return _Styles(frozenset(percent), frozenset(dates), _legacy_fonts(root, formats), shown)


def _legacy_fonts(root: Element, formats: list[Element]) -> dict[int, str]:
    """Fonts of encodings before Unicode, by the number of the cell format that uses them."""
    fonts = next(root.iter("{*}fonts"), None)
    names = [] if fonts is None else [_font_name(font) for font in fonts]
    used = [_integer(node.get("fontId")) for node in formats]
    named = {number: names[font] for number, font in enumerate(used) if font < len(names)}
    return {number: name for number, name in named.items() if legacy_font(name)}


def _font_name(font: Element) -> str:
    return next((str(node.get("val", "")) for node in font if _local(node) == "name"), "")


def _is_plain(identity: int, codes: dict[int, str]) -> bool:
    """Whether no reader would take what the format shows for a date."""
    if identity in codes:
        return _PLAIN_CODE.fullmatch(codes[identity]) is not None
    return identity in _PLAIN_IDS


def _is_day(identity: int, codes: dict[int, str]) -> bool:
    """Whether every reader takes what the format shows for a day without an hour."""
    if identity in codes:
        return _DAY_CODE.fullmatch(codes[identity]) is not None
    return identity in _DAY_IDS


def plain_code(code: str) -> str:
    """A number format without what it writes beside the number."""
    return _LITERAL.sub("", code)


def is_percent(identity: int, codes: Mapping[int, str]) -> bool:
    """Whether a number format shows a percentage; `codes` are those the workbook defines itself."""
    return "%" in codes[identity] if identity in codes else identity in _PERCENT_IDS


def _is_date(identity: int, codes: dict[int, str]) -> bool:
    if identity not in codes:
        return identity in _DATE_IDS
    code = codes[identity].lower()
    return code != "general" and any(letter in code for letter in "dmyhs")


def _integer(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 10 else 0  # noqa: PLR2004


def _place(letters: str, row: int) -> Place:
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return row - 1, column - 1


def _plain_area(octets: bytes) -> int | None:
    """The most the used range may cover, by one pass of C; None when the XML is written in an unusual way."""
    if b"<worksheet" not in octets:
        return None
    if _FAR.search(octets) is None:
        return _NEAR
    places = _ADDRESS.findall(octets)
    if len(places) != octets.count(b"<c ") + octets.count(b"<c>"):
        return None
    if not places:
        return 0
    joined = b" ".join(places)
    rows = [int(row) for row in set(joined.translate(None, _CAPITALS).split())]
    columns = [_place(letters.decode(), 1)[1] for letters in set(joined.translate(None, _DIGITS).split())]
    return (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1)


def _seen_at_a_glance(octets: bytes, facts: SheetFacts) -> bool:
    """Fills the facts by a few passes of C; False when the XML holds more than these passes understand.

    They are trusted only where they account for every formula and every error mark.
    """
    # The lone sign is rare and found at many times the speed of the two.
    if b"!" in octets and b"<!" in octets:  # comments and CDATA sections
        return False
    has_formulas, has_errors = b"<f" in octets, b't="e"' in octets
    formulas = list(_formulas_within(octets)) if has_formulas else []
    errors = _ERROR.findall(octets) if has_errors else []
    if has_formulas and len(formulas) != len(_FORMULA_TAG.findall(octets)):
        return False
    if has_errors and len(errors) != octets.count(b't="e"'):
        return False
    for letters, row, value in errors:
        facts.errors[_place(letters.decode(), int(row))] = html.unescape(value.decode())
    shared: dict[str, tuple[Place, str]] = {}
    for found in formulas:
        letters, row, cell, attributes, text, value = found.groups(b"")
        place = _place(letters.decode(), int(row))
        formula = html.unescape(text.decode())
        facts.formulas[place] = "=" + _own_formula(place, formula, _attributes(attributes), shared)
        if not value and b't="str"' not in cell:
            facts.stale.add(place)
    facts.marked = facts.errors.keys() | facts.formulas.keys()
    return (b"hidden=" not in octets and b' ht="0"' not in octets) or _hidden_at_a_glance(octets, facts)


def _formulas_within(octets: bytes) -> Iterator[re.Match[bytes]]:
    """The cells with formulas, found from the formulas backwards: most cells have none."""
    for tag in _FORMULA_TAG.finditer(octets):
        begin = octets.rfind(b"<c ", 0, tag.start())
        cell = _FORMULA.match(octets, begin) if begin >= 0 else None
        if cell is not None and cell.start(4) == tag.start() + 2:
            yield cell


def _places_of_style(octets: bytes, style: int) -> Iterator[Place]:
    """The cells in the cell format of that number, found from its mark backwards: few formats matter."""
    mark = b' s="%d"' % style
    at = octets.find(mark)
    while at >= 0:
        begin = octets.rfind(b"<c ", 0, at)
        cell = _OPENING.match(octets, begin) if begin >= 0 else None
        if cell is not None and cell.end() > at:
            yield _place(cell[1].decode(), int(cell[2]))
        at = octets.find(mark, at + 1)


def _own_formula(
    place: Place, text: str, attributes: dict[str, str], shared: dict[str, tuple[Place, str]]
) -> str:
    """The formula of a cell; a shared one stands in full only at its first cell."""
    group = attributes.get("si", "")
    if attributes.get("t") == "shared" and text:
        shared[group] = (place, text)
    elif attributes.get("t") == "shared" and group in shared:
        return _translated(*shared[group], place)
    return text


def _hidden_at_a_glance(octets: bytes, facts: SheetFacts) -> bool:
    for found in map(_attributes, _ROW_TAG.findall(octets)):
        if found.get("hidden") in {"1", "true"} or found.get("ht") == "0":
            if "r" not in found:
                return False
            facts.hidden_rows.add(_integer(found["r"]) - 1)
    for found in map(_attributes, _COLUMN_TAG.findall(octets)):
        if found.get("hidden") in {"1", "true"}:
            last = min(_integer(found.get("max")), _COLUMNS)
            facts.hidden_columns.append((_integer(found.get("min")) - 1, last - 1))
    return True


def _attributes(octets: bytes) -> dict[str, str]:
    return dict(_ATTRIBUTE.findall(octets.decode("utf-8", "replace")))


def _shared_strings(package: Package) -> list[str]:
    if _STRINGS not in package:
        return []
    return [_string(node) for node in parse_part(package.read(_STRINGS)).iter("{*}si")]


def _string(node: Element) -> str:
    """The text of a string item without its phonetic guide."""
    pieces = [part.text or "" for part in node.iter() if _local(part) == "t" and not _is_phonetic(part)]
    return "".join(pieces)


def _is_phonetic(part: Element) -> bool:
    parent = part.getparent()
    return parent is not None and _local(parent) == "rPh"


@dataclass(slots=True)
class _Walk:
    """One sheet read element by element; memory stays flat because read elements are thrown away."""

    facts: SheetFacts
    workbook: Workbook
    octets: bytes
    row: int = -1
    column: int = -1
    shared: dict[str, tuple[Place, str]] = field(default_factory=dict)
    values: dict[Place, Value] = field(default_factory=dict)

    def run(self, *, sparse: bool) -> None:
        """Fills the facts; with `sparse` also the values."""
        try:
            self._elements(sparse=sparse)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise DamagedFileError(f"sheet xml: {type(error).__name__}") from error
        self.facts.marked = self.facts.errors.keys() | self.facts.formulas.keys()
        if sparse and self._area() > _DENSE_CELLS:
            self._keep_sparse()

    def _elements(self, *, sparse: bool) -> None:
        events = etree.iterparse(
            io.BytesIO(self.octets), events=("start", "end"), resolve_entities=False, no_network=True,
            load_dtd=False, remove_comments=True, remove_pis=True,
        )  # fmt: skip
        for event, node in events:
            name = _local(node)
            if event == "start":
                self._started(node, name)
            elif name == "c":
                self._cell(node, sparse=sparse)
                node.clear()
            elif name == "row":
                _thrown_away(node)
            elif name == "mergeCell":
                self._merge(node)

    def _started(self, node: Element, name: str) -> None:
        if name == "row":
            self.row = _integer(node.get("r")) - 1 if node.get("r") else self.row + 1
            self.column = -1
            if node.get("hidden") in {"1", "true"} or node.get("ht") == "0":
                self.facts.hidden_rows.add(self.row)
        elif name == "col" and node.get("hidden") in {"1", "true"}:
            last = min(_integer(node.get("max")), _COLUMNS)
            self.facts.hidden_columns.append((_integer(node.get("min")) - 1, last - 1))

    def _cell(self, node: Element, *, sparse: bool) -> None:
        place = self._place(node)
        self.column = place[1]
        kind = node.get("t", "n")
        parts = {_local(part): part for part in node}
        stored = parts["v"].text or "" if "v" in parts else ""
        if kind == "e":
            self.facts.errors[place] = stored or "#N/A"
        if "f" in parts:
            self._formula(place, parts["f"], empty=not stored and kind != "str")
        style = _integer(node.get("s"))
        if self.workbook.is_percent(style):
            self.facts.percent.add(place)
        if font := self.workbook.legacy_font(style):
            self.facts.fonts[place] = font
        if sparse:
            self._keep(place, kind, stored, style, parts.get("is"))

    def _place(self, node: Element) -> Place:
        match = _REFERENCE.fullmatch(node.get("r", ""))
        return _place(match[1], int(match[2])) if match else (self.row, self.column + 1)

    def _formula(self, place: Place, node: Element, *, empty: bool) -> None:
        attributes = {str(name): str(value) for name, value in node.attrib.items()}
        self.facts.formulas[place] = "=" + _own_formula(place, node.text or "", attributes, self.shared)
        if empty:
            self.facts.stale.add(place)

    def _merge(self, node: Element) -> None:
        corners = [_REFERENCE.fullmatch(corner) for corner in node.get("ref", "").split(":")]
        places = [_place(corner[1], int(corner[2])) for corner in corners if corner]
        if len(places) == 2:  # noqa: PLR2004
            self.facts.merges.append((places[0], places[1]))

    def _keep(self, place: Place, kind: str, stored: str, style: int, inline: Element | None) -> None:
        value = self._value(kind, stored, style, inline)
        if value is not None and value != "":
            self.values[place] = value
        if len(self.values) > _DENSE_CELLS:
            raise FileTooLargeError("cells")

    def _value(self, kind: str, stored: str, style: int, inline: Element | None) -> Value:
        if kind == "s":
            return self.workbook.string(_integer(stored))
        if kind == "inlineStr":
            return "" if inline is None else _string(inline)
        if kind == "b":
            return stored == "1"
        if kind in {"str", "e", "d"} or not stored:
            return stored
        number = float(stored)
        return _EPOCH + timedelta(days=number) if self.workbook.is_date(style) else number

    def _area(self) -> int:
        if not self.values:
            return 0
        rows = [row for row, _ in self.values]
        columns = [column for _, column in self.values]
        return (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1)

    def _keep_sparse(self) -> None:
        self.facts.sparse = [(row, column, [self.values[row, column]]) for row, column in sorted(self.values)]


def _thrown_away(row: Element) -> None:
    row.clear()
    while row.getprevious() is not None:
        parent = row.getparent()
        if parent is None:
            return
        del parent[0]


def _translated(origin: Place, text: str, place: Place) -> str:
    """A shared formula as it stands at another cell: references moved by the same steps."""
    rows, columns = place[0] - origin[0], place[1] - origin[1]

    def moved(match: re.Match[str]) -> str:
        row_fixed, column_fixed = match[3] == "$", match[1] == "$"
        row, column = _place(match[2], int(match[4]))
        row, column = (row if row_fixed else row + rows), (column if column_fixed else column + columns)
        if row < 0 or column < 0:
            return "#REF!"
        return f"{match[1]}{column_letters(column)}{match[3]}{row + 1}"

    outside_strings = text.split('"')
    outside_strings[::2] = [
        re.sub(r"(?<![A-Za-z0-9_.])(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})(?![A-Za-z0-9_(.])", moved, piece)
        for piece in outside_strings[::2]
    ]
    return '"'.join(outside_strings)
