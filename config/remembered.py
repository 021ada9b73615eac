"""What a text means, worked out once: units send the same form with the same words every period.

Nothing depends on it but time. It holds so many texts and none that is long, whatever a mail brings.
"""

from __future__ import annotations

from functools import lru_cache, wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")

LONGEST = 200  #: letters of all texts of one question; labels, headings and measures are shorter


def remembered(most: int, longest: int = LONGEST) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep the last `most` answers of a pure function of texts, none about over `longest` letters."""

    def keeping(answer: Callable[P, R]) -> Callable[P, R]:
        kept = lru_cache(maxsize=most)(answer)

        @wraps(answer)
        def asked(*texts: P.args, **named: P.kwargs) -> R:
            if sum(map(len, texts)) > longest:  # type: ignore[arg-type]  # they are texts, see above
                return answer(*texts, **named)
            return kept(*texts, **named)  # type: ignore[arg-type]  # and so they can be looked up

        return asked

    return keeping
