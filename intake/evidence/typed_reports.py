"""What the lines of a report typed into a mail say of its unit and time: it has no head for that. Pure."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from intake.evidence.period_words import periods_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FIRST_LINES = 4
_SPOKEN = 160  #: letters of a line that are looked at
_MOST_LINES = 200
_MOST_WORDS = 8  #: of a line that is a heading or a signature
_SPEAKS_FOR = re.compile(
    r"(?P<who>.{4,90}?)\s+(?:(?:xin|kính|kinh)\s+)?(?:báo cáo|bao cao|gửi|gui|nộp|nop)\b", re.IGNORECASE
)
_ADDRESSED = re.compile(
    r"^\W*(?:kính|kinh)?\s*(?:gửi|gui)\b|^\W*(?:k/g|kg|chào|chao|cảm ơn|cam on)\b", re.IGNORECASE
)
_OF_A_PERIOD = re.compile(
    r"^\W*(?:[IVX\d]{1,3}\s*[.)]\s*)?(?:(?:báo cáo|bc|số liệu|kết quả|tình hình|biểu)\b.*)?"
    r"(?:tháng|quý|\d tháng|kỳ)\b",
    re.IGNORECASE,
)


def names_of_units(lines: Iterable[str]) -> Iterator[str]:
    """What may name whose figures follow, or who signs: "Thôn Khe Sanh báo cáo:", "Thôn Khe Sanh:"."""
    told = [line for line in islice(lines, _MOST_LINES) if line]
    for line in told[:_FIRST_LINES]:
        if spoken := _SPEAKS_FOR.match(line[:_SPOKEN]):
            yield spoken["who"]
    yield from (line for line in told if len(line.split()) <= _MOST_WORDS and not _ADDRESSED.match(line))


def headings_of_periods(lines: Iterable[str]) -> tuple[str, ...]:
    """The short lines that head figures with their time: "Tháng 10:", "Số liệu quý III"."""
    short = (line for line in islice(lines, _MOST_LINES) if len(line.split()) <= _MOST_WORDS)
    return tuple(line for line in short if _OF_A_PERIOD.match(line) and periods_named(line))
