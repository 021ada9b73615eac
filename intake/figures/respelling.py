"""Words that recognition read with other marks than they have, put right by the words of the report.

"bình đằng giới" in a scan is "bình đẳng giới": of two words next to each other that differ from two words of
the report in their marks alone, and from no other two of it, the report's are meant. Only for reading
figures: passages of the narrative are quoted as they were read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from config.reports import ReportDefinition
from config.spelling import without_marks
from intake.documents import Document, Paragraph

_WORD = re.compile(r"[^\W\d_]+")
#: Words that sentences are built with: so read, they are meant, whatever label has "trong độ" or "do nữ".
_OF_SENTENCES = frozenset({"đó", "còn", "có", "là", "nữ", "nam", "không", "chưa", "đã", "đạt"})
_Pair = tuple[str, str]


def respelled(document: Document, report: ReportDefinition) -> Document:
    """The document with such words of its paragraphs put right."""
    known = _pairs(_phrases(report))
    blocks = (
        replace(block, text=_respelled(block.text, known)) if isinstance(block, Paragraph) else block
        for block in document.blocks
    )
    return replace(document, blocks=tuple(blocks))


def _phrases(report: ReportDefinition) -> tuple[str, ...]:
    own = (text for one in report.indicators for text in (one.label, *one.synonyms))
    return (*report.topics, *own)


@lru_cache(maxsize=64)
def _pairs(phrases: tuple[str, ...]) -> Mapping[_Pair, _Pair]:
    """Two words without their marks, and the only two with marks that they are."""
    found: dict[_Pair, set[_Pair]] = {}
    for one, other in _neighbours(phrases):
        found.setdefault((without_marks(one), without_marks(other)), set()).add((one, other))
    return {key: next(iter(pairs)) for key, pairs in found.items() if len(pairs) == 1}


def _neighbours(phrases: Iterable[str]) -> Iterator[_Pair]:
    for phrase in phrases:
        yield from pairwise(_WORD.findall(phrase.lower()))


def _respelled(text: str, known: Mapping[_Pair, _Pair]) -> str:
    words = list(_WORD.finditer(text))
    told = [word[0] for word in words]
    bare = [without_marks(word.lower()) for word in told]
    for at, pair in enumerate(pairwise(bare)):
        for place, meant in zip((at, at + 1), known.get(pair, ()), strict=False):
            if words[place][0].lower() not in _OF_SENTENCES:
                told[place] = _in_case_of(told[place], meant)
    pieces, end = [], 0
    for word, new in zip(words, told, strict=True):
        pieces += [text[end : word.start()], new]
        end = word.end()
    return "".join((*pieces, text[end:]))


def _in_case_of(word: str, meant: str) -> str:
    if word.isupper():
        return meant.upper() if len(word) > 1 else meant.capitalize()
    return meant.capitalize() if word[0].isupper() else meant
