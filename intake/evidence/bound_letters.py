"""The letters that stand in one file behind its first: bound together, or scanned in one go. Pure.

Each letter begins with the name of the state and its motto (Decree 30/2020/NĐ-CP, Appendix I, II.1).
"""

from __future__ import annotations

import re
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from intake.documents import Document, Paragraph, Table
from intake.evidence.letterhead import Letterhead, read_letterhead

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME_OF_THE_STATE = re.compile(r"c[ộô]ng\s+h(?:òa|oà|oa)\s+x[ãa]\s+h[ộô]i", re.IGNORECASE)
_LINES_BEFORE = 2  #: of the issuer, where no table keeps both sides of a head together
_MOST_LETTERS = 40
_MOST_CELLS = 24  #: of a table that a head is drawn with


def letters_behind(document: Document) -> tuple[Letterhead, ...]:
    """The frames of the letters behind the first one, in their order; of sheets there are none."""
    blocks = document.blocks
    named = [at for at, block in enumerate(blocks) if _names_the_state(block)]
    starts = [_head_at(blocks, at) for at in named[1:_MOST_LETTERS]]
    return tuple(
        read_letterhead(Document(blocks[start:end])) for start, end in pairwise((*starts, len(blocks)))
    )


def _names_the_state(block: Paragraph | Table) -> bool:
    if isinstance(block, Paragraph):
        return _NAME_OF_THE_STATE.search(block.text) is not None
    head = not block.sheet and len(block.cells) <= _MOST_CELLS
    return head and any(_NAME_OF_THE_STATE.search(cell.text) for cell in block.cells)


def _head_at(blocks: Sequence[Paragraph | Table], start: int) -> int:
    """Where the head begins: lines of the issuer may stand above the name of the state."""
    if isinstance(blocks[start], Table):
        return start
    before = blocks[max(0, start - _LINES_BEFORE) : start]
    above = takewhile(lambda block: isinstance(block, Paragraph) and block.text.isupper(), reversed(before))
    return start - len(list(above))
