"""Whose business a unit's proposal is: the department's own area, or the superior the report goes to.

A commune writes "đề nghị huyện mở lớp bồi dưỡng" in its report to the district. In the district's report to
the province that sentence is no request of the district; it must stand apart, as its own to settle.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from config.spelling import accented_key, tidy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from config.regime import Department
    from consolidate.writers.report_passages import Gathered

_ASKING = re.compile(
    r"\b(?:đề nghị|kiến nghị|đề xuất|mong|mong muốn)(?: (?:với|đến|tới|lên|các đồng chí))*(?: lãnh đạo)? "
)
_ABOVE = r"(?:(?:và |cùng )?(?:các )?(?:cấp trên|tỉnh|thành phố|sở|trung ương|chính phủ|bộ|quốc hội)\b)"
_OFFICES = frozenset({"phòng", "ban", "sở", "chi cục", "cục", "vụ"})
_COMMITTEE = ("ubnd", "ủy ban nhân dân")


def parted_by_addressee(
    proposals: Iterable[Gathered], department: Department
) -> tuple[tuple[Gathered, ...], tuple[Gathered, ...]]:
    """The proposals for the superior or for nobody in particular, and those for the department's own area."""
    others: list[Gathered] = []
    own: list[Gathered] = []
    names = _own_names(department)
    for proposal in proposals:
        (own if _is_own(proposal.text, names) else others).append(proposal)
    return tuple(others), tuple(own)


def _is_own(sentence: str, names: Sequence[str]) -> bool:
    """Whether every address of the sentence is one of the names, and no superior is named beside it."""
    key = accented_key(sentence)
    after = [key[match.end() :] for match in _ASKING.finditer(key)]
    addressed = [_rest(text, names) for text in after]
    return bool(addressed) and all(rest is not None and not re.match(_ABOVE, rest) for rest in addressed)


def _rest(text: str, names: Sequence[str]) -> str | None:
    """What follows the own names at the beginning of the text; None when it begins with none."""
    rest: str | None = None
    while name := next((name for name in names if _begins(text, name)), ""):
        rest = text = text[len(name) :].strip()
    return rest


def _begins(text: str, name: str) -> bool:
    return re.match(rf"{re.escape(name)}(?!\w)(?! ủy\b)", text) is not None


def _own_names(department: Department) -> tuple[str, ...]:
    """Keys by which units speak of the department and its area, the longest first: "ubnd huyện", "phòng"."""
    area = tidy(department.area)
    # "huyện" of "huyện Sơn Dương": the words before the proper name.
    level = accented_key(" ".join(takewhile(str.islower, area.split())))
    names = {accented_key(name) for name in (department.name, department.short_name, department.issuer, area)}
    first_words = {accented_key(name).split(" ")[0] for name in (department.name, department.issuer)}
    names |= first_words & _OFFICES
    for place in filter(None, (level, accented_key(area))):
        names |= {place, *(f"{committee} {place}" for committee in _COMMITTEE)}
    return tuple(sorted(filter(None, names), key=lambda name: (-len(name), name)))
