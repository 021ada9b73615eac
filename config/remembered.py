"""What a text means, worked out once: units send the same form with the same words every period.

Nothing depends on it but time. It holds so many texts and none that is long, whatever a mail brings.
"""

from __future__ import annotations

from functools import lru_cache, wraps
from inspect import Parameter, signature
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple, cast

if TYPE_CHECKING:
    from collections.abc import Callable

More = TypeVarTuple("More")
R = TypeVar("R")

LONGEST = 200  #: letters of all texts of one question; labels, headings and measures are shorter
_USUAL = 120  # letters of a text that counts once; what is longer counts for several
_FORGOTTEN = 4  # where there is no more room, one of so many goes: those that were asked for first


class Answers(dict[str, R]):
    """The answers to a question about one text: looked up in C, worked out where they are missing.

    Most questions are about one text, and are asked some hundred times a report.
    """

    def __init__(self, answer: Callable[[str], R], most: int, longest: int) -> None:
        super().__init__()
        self._answer, self._most, self._longest = answer, most, longest
        self._held = 0  #: texts kept, of usual length

    def __missing__(self, text: str) -> R:
        answer = self._answer(text)
        if len(text) <= self._longest:
            self._held += 1 + len(text) // _USUAL
            if self._held > self._most:
                self._forget()
            self[text] = answer
        return answer

    def _forget(self) -> None:
        for old in list(self)[: len(self) // _FORGOTTEN + 1]:
            self.pop(old, None)  # another thread may have forgotten it as well
        self._held = sum(1 + len(text) // _USUAL for text in list(self))


def remembered(
    most: int, longest: int = LONGEST
) -> Callable[[Callable[[str, *More], R]], Callable[[str, *More], R]]:
    """Keep the last `most` answers of a pure function of texts, none about over `longest` letters."""

    def keeping(answer: Callable[[str, *More], R]) -> Callable[[str, *More], R]:
        asks = [asked.kind for asked in signature(answer).parameters.values()]
        if asks == [Parameter.POSITIONAL_OR_KEYWORD]:
            alone = Answers(cast("Callable[[str], R]", answer), most, longest)
            return cast("Callable[[str, *More], R]", alone.__getitem__)
        kept = cast("Callable[[str, *More], R]", lru_cache(maxsize=most)(answer))

        @wraps(answer)
        def asked(text: str, *more: *More) -> R:
            if len(text) + sum(map(len, more)) > longest:  # type: ignore[arg-type]
                return answer(text, *more)
            return kept(text, *more)

        return asked

    return keeping
