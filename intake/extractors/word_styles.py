"""Styles of Word documents with what they inherit, and what a paragraph says of itself (ECMA-376-1, 17.7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

from intake.extractors.interface import Package
from intake.extractors.office_xml import Element, parse_part, word_tag
from intake.extractors.word_raw import Style, whole_number
from intake.mail.legacy_text import legacy_font

if TYPE_CHECKING:
    from collections.abc import Iterator

_P, _VALUE, _BOLD, _NUMBERED = word_tag("p"), word_tag("val"), word_tag("b"), word_tag("numPr")
_PPR, _RPR = word_tag("pPr"), word_tag("rPr")
_STYLED, _ALIGNED, _OUTLINED = word_tag("pStyle"), word_tag("jc"), word_tag("outlineLvl")
PROPERTIES: Final = frozenset({_STYLED, _ALIGNED, _OUTLINED, _NUMBERED})
_HIGH_FONT, _ASCII_FONT = word_tag("hAnsi"), word_tag("ascii")
_OFF: Final = frozenset({"0", "false", "off", "none"})
_UNKNOWN: Final = "\0"  #: stands for every style that the document names and does not have
_Found = TypeVar("_Found")


@dataclass(slots=True)
class Styles:
    """Paragraph and character styles with what they inherit."""

    by_id: dict[str, Style] = field(default_factory=dict)
    default: str = ""
    font: str = ""
    legacy: bool = False  #: a style names a font of an old encoding
    resolved: dict[str, Style] = field(default_factory=dict)  #: with what they inherit, as far as asked for

    @classmethod
    def of(cls, package: Package) -> Styles:
        """The styles of a package; none where it has no such part."""
        present = "word/styles.xml" in package
        return _parsed_styles(package.read("word/styles.xml")) if present else cls()

    @classmethod
    def parsed(cls, octets: bytes) -> Styles:
        """The styles of a part word/styles.xml."""
        styles = cls()
        root = parse_part(octets)
        fonts = root.find(f"{word_tag('docDefaults')}/{word_tag('rPrDefault')}/{_RPR}/{word_tag('rFonts')}")
        styles.font = "" if fonts is None else font_named(fonts)
        for node in root.iterchildren(word_tag("style")):
            identity = node.get(word_tag("styleId"), "")
            styles.by_id[identity] = _style(node)
            if node.get(word_tag("default")) == "1" and node.get(word_tag("type")) == "paragraph":
                styles.default = identity
        fonts_named = (styles.font, *(style.font for style in styles.by_id.values()))
        styles.legacy = any(map(legacy_font, fonts_named))
        return styles

    def font_of(self, text: Element) -> str:
        """The font of a w:t: by its run, the run's style, the paragraph's style, or the default."""
        run = text.getparent()
        properties = None if run is None else run.find(_RPR)
        if properties is not None:
            named, style = properties.find(word_tag("rFonts")), properties.find(word_tag("rStyle"))
            own = "" if named is None else font_named(named)
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
def _parsed_styles(octets: bytes) -> Styles:
    """Units fill in the form they were sent: the same styles come again and again."""
    return Styles.parsed(octets)


def _style(node: Element) -> Style:
    parent = node.find(word_tag("basedOn"))
    style = Style(parent="" if parent is None else parent.get(_VALUE, ""))
    run, paragraph = node.find(_RPR), node.find(_PPR)
    if run is not None:
        style.bold = switched(run.find(_BOLD))
        fonts = run.find(word_tag("rFonts"))
        style.font = "" if fonts is None else font_named(fonts)
    if paragraph is not None:
        style.centred = _centred(paragraph)
        style.outline = _outline(paragraph)
        style.numbering = _number_of(paragraph)
    return style


def switched(node: Element | None) -> bool | None:
    """A toggle property: absent, on, or off."""
    return None if node is None else node.get(_VALUE, "1") not in _OFF


def font_named(fonts: Element) -> str:
    """The font of letters beyond ASCII, which is the one that an old encoding shows in."""
    return fonts.get(_HIGH_FONT) or fonts.get(_ASCII_FONT) or ""


def _centred(properties: Element) -> bool | None:
    alignment = properties.find(word_tag("jc"))
    return None if alignment is None else alignment.get(_VALUE) == "center"


def _outline(properties: Element) -> int | None:
    level = properties.find(_OUTLINED)
    return None if level is None else outline_level(level)


def outline_level(outline: Element) -> int:
    """1 for the topmost level; the file counts from 0, and 9 is body text."""
    number = whole_number(outline.get(_VALUE), 9)
    return number + 1 if number < 9 else 0  # noqa: PLR2004


def _number_of(properties: Element) -> tuple[str, int] | None:
    numbered = properties.find(_NUMBERED)
    return None if numbered is None else list_and_level(numbered)


def list_and_level(numbered: Element) -> tuple[str, int]:
    """List and level that w:numPr names."""
    identity, level = numbered.find(word_tag("numId")), numbered.find(word_tag("ilvl"))
    return (
        "" if identity is None else identity.get(_VALUE, ""),
        whole_number(None if level is None else level.get(_VALUE), 0),
    )


def _first(values: list[_Found | None]) -> _Found | None:
    return next((value for value in values if value is not None), None)


def _style_id(properties: Element | None) -> str:
    style = None if properties is None else properties.find(word_tag("pStyle"))
    return "" if style is None else style.get(_VALUE, "")


def own_style(properties: Element | None) -> Style:
    """What the properties of a paragraph say themselves; `parent` is the style they name."""
    own = Style()
    if properties is not None:
        for node in properties.iterchildren(*PROPERTIES):
            note_property(own, node)
    return own


def note_property(own: Style, node: Element) -> None:
    """Adds to what a paragraph says of itself one of its `PROPERTIES`."""
    tag = node.tag
    if tag == _STYLED:
        own.parent = own.parent or node.get(_VALUE, "")
    elif tag == _ALIGNED:
        own.centred = node.get(_VALUE) == "center"
    elif tag == _OUTLINED:
        own.outline = outline_level(node)
    else:
        own.numbering = list_and_level(node)


def number_within(own: Style, style: Style) -> tuple[str, int] | None:
    """The list a paragraph belongs to, by itself or by its style; numId 0 takes it out of any."""
    if own.numbering is not None and own.numbering[0]:
        return own.numbering
    if own.numbering is not None and style.numbering is not None:
        return style.numbering[0], own.numbering[1]
    return style.numbering
