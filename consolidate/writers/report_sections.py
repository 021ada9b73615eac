"""Where things stand in the report: what each section is for, and which figures it states. Pure functions.

An outline is often entered as bare titles, without roles and without the codes of its indicators. Then

- a section is for difficulties, plans or proposals when its title begins so ("Khó khăn, hạn chế",
  "Phương hướng, nhiệm vụ", "Kiến nghị, đề xuất"), or when a section around it is;
- where one section alone is for results, every indicator stands there;
- else an indicator stands in the result section whose title and keywords share most pairs of neighbouring
  syllables with its group and label (a Vietnamese word is mostly such a pair: "tuyên truyền"). A pair that
  several sections have counts less, one that names the subject of the whole report counts nothing;
- a ratio stands with its numerator; an indicator that no section or several claim stands where most of its
  group do; a group that is a bare code ("DS") may be the initials of a pair in one title only ("Dân số").

What fits nowhere is claimed by no section. An outline that names any indicator itself is left as it is.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from config.reports import SectionRole
from config.spelling import accented_key, plain_key, tidy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from config.reports import Indicator, ReportDefinition, Section

_ROLES = (
    (
        SectionRole.DIFFICULTIES,
        re.compile(r"(?:(?:những|một số|các) )?(?:khó khăn|tồn tại|hạn chế|vướng mắc)\b"),
    ),
    (SectionRole.PLANS, re.compile(r"(?:phương hướng|nhiệm vụ trọng tâm|nhiệm vụ (?:và )?giải pháp)\b")),
    (SectionRole.PROPOSALS, re.compile(r"(?:(?:những|một số|các) )?(?:kiến nghị|đề xuất|đề nghị)\b")),
)
_BARE_CODE = re.compile(r"[A-ZĐ]{1,5}[\d.]*|[A-ZĐ]?\d+[a-z]?")
_FORM_SYLLABLES = frozenset(
    accented_key(
        "số các và của về trong được cho trên tại vì theo đã có là việc từ với đến một những không"
    ).split()
)
_FORM_PAIRS = frozenset(
    {"công tác", "thực hiện", "kết quả", "lượt người", "tổng hợp", "tỷ lệ", "lĩnh vực", "hoạt động"}
    | {"nhiệm vụ", "mục tiêu", "chỉ tiêu", "tổ chức", "đơn vị", "địa bàn", "nội dung"}
)
_GROUP_WEIGHT = 2.0  #: a group was named to sort by, a label was not


def placed_outline(report: ReportDefinition) -> tuple[Section, ...]:
    """The outline with every section's role, and its indicators where the outline names none at all."""
    outline = with_roles(report.outline)
    if any(section.indicators for section in outline):
        return outline
    places = section_of_indicators(report, outline)
    return tuple(
        replace(
            section,
            indicators=tuple(i.code for i in report.indicators if places.get(i.code) == section.id),
        )
        for section in outline
    )


def with_roles(outline: Sequence[Section]) -> tuple[Section, ...]:
    """The outline with the roles its titles tell; a role that was entered stays."""
    roles: dict[str, SectionRole] = {}
    for section in outline:
        around = roles.get(section.id.rpartition(".")[0], SectionRole.RESULTS)
        own = section.role if section.indicators else _told_role(section)
        roles[section.id] = around if own is SectionRole.RESULTS and not section.indicators else own
    return tuple(replace(section, role=roles[section.id]) for section in outline)


def section_of_indicators(report: ReportDefinition, outline: Sequence[Section]) -> dict[str, str]:
    """Section id by indicator code, for the indicators that belong to one section more than to any other."""
    results = [section for section in outline if section.role is SectionRole.RESULTS]
    if len(results) == 1:
        return {indicator.code: results[0].id for indicator in report.indicators}
    subject = word_pairs(report.name, *report.topics)
    words = {section.id: word_pairs(tidy(section.title), *section.keywords) - subject for section in results}
    places = {
        indicator.code: place
        for indicator in report.indicators
        if indicator.ratio is None and (place := _best(_scores(indicator, words)))
    }
    _join_groups(report.indicators, places)
    _join_initials(report.indicators, results, places)
    for indicator in report.indicators:
        numerator = indicator.ratio.numerator.indicator if indicator.ratio else ""
        if numerator in places:
            places[indicator.code] = places[numerator]
    return places


def group_heading(group: str) -> str:
    """The group as a heading; empty for a bare code ("VB", "TT2"), which says nothing to a reader."""
    return "" if _BARE_CODE.fullmatch(tidy(group)) else tidy(group)


def word_pairs(*texts: str) -> frozenset[str]:
    """The pairs of neighbouring syllables of the texts, without those that only give them form."""
    pairs = (pair for text in texts for pair in pairwise(accented_key(text).split()))
    return (
        frozenset(f"{first} {second}" for first, second in pairs if not {first, second} & _FORM_SYLLABLES)
        - _FORM_PAIRS
    )


def _told_role(section: Section) -> SectionRole:
    if section.role is not SectionRole.RESULTS:
        return section.role
    title = accented_key(section.title)
    return next((role for role, words in _ROLES if words.match(title)), SectionRole.RESULTS)


def _scores(indicator: Indicator, words: Mapping[str, frozenset[str]]) -> dict[str, float]:
    held = Counter(pair for pairs in words.values() for pair in pairs)
    label = word_pairs(indicator.label)
    group = word_pairs(group_heading(indicator.group))
    return {
        section: _weight(label & pairs, held) + _GROUP_WEIGHT * _weight(group & pairs, held)
        for section, pairs in words.items()
    }


def _weight(pairs: Iterable[str], held: Mapping[str, int]) -> float:
    return sum(1 / held[pair] for pair in sorted(pairs))


def _best(scores: Mapping[str, float]) -> str:
    """The section with the highest score, empty when there is none or two share it."""
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] == 0 or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return ""
    return ranked[0][0]


def _join_groups(indicators: Sequence[Indicator], places: dict[str, str]) -> None:
    """Let those without a place follow more than half of the placed members of their group."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for indicator in indicators:
        if indicator.code in places:
            found[indicator.group][places[indicator.code]] += 1
    for indicator in indicators:
        there = found.get(indicator.group) if indicator.group else None
        if indicator.code not in places and there:
            place, members = there.most_common(1)[0]
            if 2 * members > there.total():
                places[indicator.code] = place


def _join_initials(
    indicators: Sequence[Indicator], sections: Sequence[Section], places: dict[str, str]
) -> None:
    """Let a group that is a bare code and has no place yet stand where one title has its initials."""
    homeless = {i.group for i in indicators if i.code not in places} - {
        i.group for i in indicators if i.code in places
    }
    for group in homeless:
        named = [s.id for s in sections if plain_key(group) in _initials(s.title)]
        if len(named) == 1 and not group_heading(group):
            places.update({i.code: named[0] for i in indicators if i.group == group})


def _initials(title: str) -> frozenset[str]:
    return frozenset(first[0] + second[0] for first, second in pairwise(plain_key(title).split()))
