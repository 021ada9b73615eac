"""Words on a page and the lines they make, for text layers and recognised scans alike.

Lengths are in the page's own measure, points or pixels; y grows downwards.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import Final

from intake.documents import Table
from intake.extractors.straightening import Straightening

_APART: Final = 1.8  #: heights of a line; wider blanks part columns, narrower ones are justified text
_SAME_LINE: Final = 0.45  #: of a height between the middles of words of one line


@dataclass(frozen=True, slots=True)
class Word:
    """A word and the box around it, y growing downwards."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    bold: bool = False
    font: str = ""
    confidence: int = -1  #: 0 to 100 as the recognition states it, -1 when it was not recognised

    @property
    def middle(self) -> float:
        """The height at which its middle stands."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Spot:
    """A box on a page, y growing downwards."""

    page: int  #: from 1; 0 while the page is not numbered
    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class CellSpot:
    """Where a cell of a table is drawn."""

    row: int
    column: int
    spot: Spot


@dataclass(frozen=True, slots=True)
class PlacedTable:
    """A table and where it stands on its page."""

    table: Table
    top: float
    bottom: float
    edges: tuple[float, ...]  #: x of its vertical rules, from the left
    spots: tuple[CellSpot, ...] = ()  #: of its cells, on one page or on several


@dataclass(frozen=True, slots=True)
class PageContent:
    """What stands on one page; words of tables are in the tables only."""

    words: tuple[Word, ...]
    tables: tuple[PlacedTable, ...]
    width: float
    height: float
    origin: tuple[float, float] = (0.0, 0.0)  #: x and y of its upper left corner
    straightening: Straightening | None = None  #: how it was set straight, when it was recognised


@dataclass(frozen=True)
class Line:
    """Words of one height, from left to right."""

    words: tuple[Word, ...]

    @cached_property
    def x0(self) -> float:
        """Its left end."""
        return self.words[0].x0

    @cached_property
    def x1(self) -> float:
        """Its right end."""
        return max(word.x1 for word in self.words)

    @cached_property
    def top(self) -> float:
        """Its upper edge."""
        return min(word.top for word in self.words)

    @cached_property
    def bottom(self) -> float:
        """Its lower edge."""
        return max(word.bottom for word in self.words)

    @cached_property
    def height(self) -> float:
        """The usual height of its words."""
        return max(median(word.bottom - word.top for word in self.words), 1e-3)

    @cached_property
    def segments(self) -> tuple[Line, ...]:
        """Its parts between wide blanks."""
        parts: list[list[Word]] = [[]]
        for word in self.words:
            if parts[-1] and word.x0 - parts[-1][-1].x1 > _APART * self.height:
                parts.append([])
            parts[-1].append(word)
        return tuple(Line(tuple(part)) for part in parts)

    @cached_property
    def text(self) -> str:
        """Its text; wide blanks as tabs."""
        joined = "\t".join(" ".join(word.text for word in part.words) for part in self.segments)
        return unicodedata.normalize("NFC", joined)

    @property
    def centre(self) -> float:
        """The x of its middle."""
        return (self.x0 + self.x1) / 2

    @property
    def bold(self) -> bool:
        """Whether all its words are bold."""
        return (
            all(word.bold for word in self.words if any(map(str.isalpha, word.text))) and self.words[0].bold
        )

    @property
    def confidence(self) -> int:
        """That of its least certain word, -1 when nothing was recognised."""
        return min(word.confidence for word in self.words)


def lines_of(words: Iterable[Word]) -> list[Line]:
    """Words put into lines from top to bottom."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.middle, word.x0)):
        first = rows[-1][0] if rows else None
        least = min(word.bottom - word.top, first.bottom - first.top) if first else 0.0
        if first is not None and word.middle - first.middle <= _SAME_LINE * least:
            rows[-1].append(word)
        else:
            rows.append([word])
    lines = [Line(tuple(sorted(row, key=lambda word: word.x0))) for row in rows]
    return _beside(lines)


def text_of(words: Iterable[Word]) -> str:
    """The text of a cell: its lines, each on its own, blanks as they stand."""
    return "\n".join(line.text.replace("\t", " ") for line in lines_of(words))


def _beside(lines: Sequence[Line]) -> list[Line]:
    """Lines of two columns whose heights differ a little are one line with a wide blank."""
    merged: list[Line] = []
    for line in lines:
        last = merged[-1] if merged else None
        if last is not None and _stand_beside(last, line):
            merged[-1] = Line(tuple(sorted((*last.words, *line.words), key=lambda word: word.x0)))
        else:
            merged.append(line)
    return merged


def _stand_beside(one: Line, other: Line) -> bool:
    apart = max(one.x0, other.x0) - min(one.x1, other.x1)
    return other.top < one.bottom - 0.3 * min(one.height, other.height) and apart > _APART * one.height
