"""Where the cells and paragraphs of an office file stand on the pages that LibreOffice printed of it.

Nothing in such a page says which cell of the file it shows, so each row and paragraph is looked for by its
text. Only what stands once in the file and once on its pages is placed: a mark on the wrong row is worse
than none. Rows are looked for in the tables drawn on the pages, then in their lines of text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final, TypeVar

from intake.documents import Cell, Document, Paragraph, Table
from intake.extractors.page_lines import PageContent, Spot, Word, lines_of

_Key = TypeVar("_Key")
_Found = TypeVar("_Found")
_NUMBER: Final = re.compile(r"[+-]?\d[\d.,]*")
_Letters = tuple[tuple[Word, int], ...]  #: each with the number of its page
_MOST_PAIRS: Final = 100_000
_LEAST_CLIPPED: Final = 4  #: letters that must be left of a word that is cut off
_LEAST: Final = 4  #: characters of a row or paragraph; less is no text to go by


@dataclass(frozen=True, slots=True)
class AlignedCell:
    """A cell of the file and where it is drawn."""

    table: Table
    cell: Cell
    spot: Spot


@dataclass(frozen=True, slots=True)
class AlignedWord:
    """A word of a paragraph of the file and where it is drawn."""

    paragraph: Paragraph
    text: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """One printed page: its tables and text as read, and all its letters, those of tables too."""

    content: PageContent
    letters: tuple[Word, ...]


def aligned_cells(document: Document, pages: Sequence[PrintedPage]) -> list[AlignedCell]:
    """The cells that stand in one place only."""
    rows = [(table, row) for table in document.tables for row in _rows(table)]
    # Also those that differ only in where one cell ends and the next begins are alike in a line of text.
    wanted = _once((_bare("".join(_row_key(row))), (table, row)) for table, row in rows)
    drawn = _once(_drawn_rows(pages))
    written = _once(_written_rows(pages))
    found: list[AlignedCell] = []
    missed: list[tuple[Table, tuple[Cell, ...]]] = []
    for key, (table, row) in wanted.items():
        spots = drawn.get(_row_key(row)) or _cell_spots(row, written.get(key))
        found += [AlignedCell(table, cell, spot) for cell, spot in zip(row, spots, strict=False)]
        if not spots:
            missed.append((table, row))
    return found + _aligned_clipped(missed, written)


def _aligned_clipped(
    rows: Sequence[tuple[Table, tuple[Cell, ...]]], lines: Mapping[str, _Letters]
) -> list[AlignedCell]:
    """The cells of rows whose words are cut off where the next column begins; figures never are."""
    if len(rows) * len(lines) > _MOST_PAIRS:
        return []
    fits = [
        (number, key, spots)
        for number, (_, row) in enumerate(rows)
        for key, letters in lines.items()
        if (spots := _clipped_spots(row, letters))
    ]
    by_row = _once((number, (key, spots)) for number, key, spots in fits)
    by_line = _once((key, number) for number, key, _ in fits)
    return [
        AlignedCell(rows[number][0], cell, spot)
        for number, (key, spots) in by_row.items()
        if key in by_line
        for cell, spot in zip(rows[number][1], spots, strict=True)
    ]


def _clipped_spots(row: Sequence[Cell], letters: _Letters) -> tuple[Spot, ...]:
    """A line dealt out to a row of which words may be cut off at their end; empty when it does not fit."""
    rest = _told(letters)
    spots: list[Spot] = []
    for cell in row:
        key = _bare(text_key(cell.text or cell.number))
        length = _shared(key, rest)
        if length < len(key) and (key[:1].isdigit() or length < _LEAST_CLIPPED):
            return ()
        spots.append(_around(rest[:length]))
        rest = rest[length:]
    return () if rest else tuple(spots)


def _shared(key: str, letters: _Letters) -> int:
    """How many letters from the beginning are those of the key."""
    pairs = zip(key, letters, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == text_key(pair[1][0].text), pairs))


def aligned_words(document: Document, pages: Sequence[PrintedPage]) -> list[AlignedWord]:
    """The words of paragraphs that stand in one place only."""
    words = [
        (word, number)
        for number, page in enumerate(pages, 1)
        for line in lines_of(page.content.words)
        for word in line.words
    ]
    running = _Running(words)
    found: list[AlignedWord] = []
    for key, paragraph in _once((text_key(p.text), p) for p in document.paragraphs).items():
        if len(key) >= _LEAST:
            found += [
                AlignedWord(paragraph, word.text, _spot(word, number)) for word, number in running.at(key)
            ]
    return found


def text_key(text: str) -> str:
    """Text to compare by: NFC, lower case, no blanks."""
    return "".join(unicodedata.normalize("NFC", text).casefold().split())


def _cell_key(text: str) -> str:
    """The same of a cell; how a figure is grouped depends on who writes it."""
    key = text_key(text)
    return re.sub(r"[.,]", "", key) if _NUMBER.fullmatch(key) else key


def _row_key(row: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(_cell_key(cell.text or cell.number) for cell in row)


def _rows(table: Table) -> Iterator[tuple[Cell, ...]]:
    """The rows of a table, each without its blank cells; those with too little text are left out."""
    rows: dict[int, list[Cell]] = {}
    for cell in table.cells:
        if text_key(cell.text or cell.number):
            rows.setdefault(cell.row, []).append(cell)
    for row in rows.values():
        if sum(map(len, _row_key(row))) >= _LEAST:
            yield tuple(sorted(row, key=lambda cell: cell.column))


def _drawn_rows(pages: Iterable[PrintedPage]) -> Iterator[tuple[tuple[str, ...], tuple[Spot, ...]]]:
    """The rows of the ruled tables on the pages with the boxes of their cells."""
    for number, page in enumerate(pages, 1):
        for placed in page.content.tables:
            spots = {(at.row, at.column): at.spot for at in placed.spots}
            for row in _rows(placed.table):
                told = (spots.get((cell.row, cell.column)) for cell in row)
                boxes = tuple(
                    Spot(number, spot.x0, spot.top, spot.x1, spot.bottom) for spot in told if spot is not None
                )
                if len(boxes) == len(row):
                    yield _row_key(row), boxes


def _written_rows(pages: Iterable[PrintedPage]) -> Iterator[tuple[str, _Letters]]:
    """The lines of the pages letter by letter, for tables without rules, whose cells may touch."""
    for number, page in enumerate(pages, 1):
        for line in lines_of(page.letters):
            yield (
                _bare("".join(text_key(letter.text) for letter in line.words)),
                tuple((letter, number) for letter in line.words),
            )


def _bare(key: str) -> str:
    return re.sub(r"[.,]", "", key)


def _told(letters: _Letters) -> _Letters:
    """The letters that count for a key."""
    return tuple((letter, page) for letter, page in letters if _bare(text_key(letter.text)))


def _cell_spots(row: Sequence[Cell], letters: _Letters | None) -> tuple[Spot, ...]:
    """A line's letters dealt out to the cells of a row in order."""
    rest = _told(letters or ())
    if any(len(_bare(text_key(letter.text))) > 1 for letter, _ in rest):
        return ()  # two letters in one, as fonts draw "fi"
    spots: list[Spot] = []
    for cell in row:
        length = len(_bare(text_key(cell.text or cell.number)))
        own, rest = rest[:length], rest[length:]
        if not own:
            return ()
        spots.append(_around(own))
    return tuple(spots)


def _around(words: Sequence[tuple[Word, int]]) -> Spot:
    only = [word for word, _ in words]
    return Spot(
        words[0][1],
        min(word.x0 for word in only),
        min(word.top for word in only),
        max(word.x1 for word in only),
        max(word.bottom for word in only),
    )


def _spot(word: Word, page: int) -> Spot:
    return Spot(page, word.x0, word.top, word.x1, word.bottom)


def _once(pairs: Iterable[tuple[_Key, _Found]]) -> Mapping[_Key, _Found]:
    """What is there under one key only."""
    found: dict[_Key, _Found] = {}
    several: set[_Key] = set()
    for key, one in pairs:
        if key in found:
            several.add(key)
        found[key] = one
    return {key: one for key, one in found.items() if key not in several}


class _Running:
    """The words of all pages as one string, in which a paragraph is looked for."""

    def __init__(self, words: Sequence[tuple[Word, int]]) -> None:
        self._words = words
        self._starts: dict[int, int] = {}
        pieces: list[str] = []
        length = 0
        for number, (word, _) in enumerate(words):
            self._starts[length] = number
            pieces.append(text_key(word.text))
            length += len(pieces[-1])
        self._starts[length] = len(words)
        self._text = "".join(pieces)

    def at(self, key: str) -> Sequence[tuple[Word, int]]:
        """The words that make up a text; none unless it stands there once, from a word to a word."""
        start = self._text.find(key)
        if start < 0 or self._text.find(key, start + 1) >= 0:
            return ()
        first, last = self._starts.get(start), self._starts.get(start + len(key))
        return () if first is None or last is None else self._words[first:last]
