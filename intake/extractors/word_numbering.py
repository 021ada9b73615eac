"""Automatic numbers of Word's lists, counted as the document is read (ECMA-376-1, 17.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from intake.extractors.interface import Package
from intake.extractors.office_xml import Element, parse_part, word_tag
from intake.extractors.word_raw import whole_number

_VALUE = word_tag("val")


@dataclass(frozen=True, slots=True)
class _Level:
    style: str = "decimal"
    text: str = "%1."
    start: int = 1


@dataclass(slots=True)
class Numbering:
    """Automatic numbers of list paragraphs, counted as the document is read (ECMA-376 part 1, 17.9)."""

    lists: dict[str, str] = field(default_factory=dict)  #: numId -> abstractNumId
    levels: dict[tuple[str, int], _Level] = field(default_factory=dict)
    counts: dict[str, list[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, package: Package) -> Numbering:
        """The lists of a package, none counted yet."""
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
    for abstract in root.iterchildren(word_tag("abstractNum")):
        identity = abstract.get(word_tag("abstractNumId"), "")
        for level in abstract.iterchildren(word_tag("lvl")):
            levels[identity, whole_number(level.get(word_tag("ilvl")), 0)] = _level(level)
    for number in root.iterchildren(word_tag("num")):
        link = number.find(word_tag("abstractNumId"))
        if link is not None:
            lists[number.get(word_tag("numId"), "")] = link.get(_VALUE, "")
    return lists, levels


def _level(node: Element) -> _Level:
    def value(name: str, otherwise: str) -> str:
        child = node.find(word_tag(name))
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
