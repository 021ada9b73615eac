"""What a text means, worked out once: units send the same form with the same words every period.

Nothing depends on it but time. It holds so many texts and none that is long, whatever a mail brings.
"""

from __future__ import annotations

from functools import lru_cache, wraps
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple, cast

if TYPE_CHECKING:
    from collections.abc import Callable

More = TypeVarTuple("More")
R = TypeVar("R")

LONGEST = 200  #: letters of all texts of one question; labels, headings and measures are shorter


def remembered(
    most: int, longest: int = LONGEST
) -> Callable[[Callable[[str, *More], R]], Callable[[str, *More], R]]:
    """Keep the last `most` answers of a pure function of texts, none about over `longest` letters."""

    def keeping(answer: Callable[[str, *More], R]) -> Callable[[str, *More], R]:
        kept = cast("Callable[[str, *More], R]", lru_cache(maxsize=most)(answer))

        @wraps(answer)
        def asked(text: str, *more: *More) -> R:
            # Most are asked about one text, some hundred times a report: it is looked at by itself.
            if len(text) > longest or (more and len(text) + sum(map(len, more)) > longest):  # type: ignore[arg-type]
                return answer(text, *more)
            return kept(text, *more)

        return asked

    return keeping
