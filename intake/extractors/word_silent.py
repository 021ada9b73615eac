"""Pictures, drawn lines and instructions of fields, taken out of a Word document before its text is read.

A stamp, a logo or the line under the motto stands in every other letter, and says nothing. Where one holds
text all the same (a box, a formula), the whole document is left to the careful reading (ECMA-376 part 1,
17.3.3.9 drawing, 17.3.3.19 object, 17.3.3.21 pict, 17.16.23 instrText; part 3, alternate content).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from intake.errors import ExtractionError
from intake.extractors.office_xml import parse_part, word_tag

_LONGEST: Final = 1 << 16  #: octets of one part; the image itself stands elsewhere
_MOST: Final = 200  #: of each kind; more are read carefully, all in one tree
_NAMES: Final = ("drawing", "pict", "object", "instrText")
_HOLDERS: Final = tuple(
    (f"<{name}".encode(), f"</{name}>".encode())
    for name in ("mc:AlternateContent", *(f"w:{name}" for name in _NAMES))
)
_SILENT: Final = frozenset(map(word_tag, _NAMES))
_OF_WORD: Final = word_tag("")[:-1]
_OF_MATHS: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math"


def without_silent_parts(body: bytes, root: bytes) -> bytes | None:
    """The octets of a body without what says nothing; None where it says something, or is no XML."""
    for begin, end in _HOLDERS:
        if end not in body:
            continue
        first, *rest = body.split(begin)
        parts = [each.partition(end) for each in rest]
        if len(parts) > _MOST or not all(
            closed and _is_silent(root, begin + inside + end) for inside, closed, _ in parts
        ):
            return None
        body = b"".join([first, *(after for _, _, after in parts)])
    return body


@lru_cache(maxsize=32)  # the line under the motto is the same in all letters made of one form
def _is_silent(root: bytes, part: bytes) -> bool:
    if len(root) + len(part) > _LONGEST:
        return False
    try:
        tree = parse_part(root + part + b"</w:document>")
    except ExtractionError:
        return False
    return all(
        tag in _SILENT or not tag.startswith((_OF_WORD, _OF_MATHS))
        for tag in (str(node.tag) for node in tree.iterdescendants())
    )
