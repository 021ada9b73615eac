"""Periods and closing dates as letters, file names and subjects name them. Pure text, no calendar.

A year or month inside a date, a document number, a law's name or a term of office names no period and
is covered before anything is looked for. What stands inside a cited letter, a comparison with an
earlier period, or a plan for the time to come is kept, and marked as the weaker word it is.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from config.reports import PeriodKind
from config.spelling import is_accented

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class NamedPeriod:
    """A period as some text names it."""

    kind: PeriodKind
    year: int | None  #: None: no year is named with it
    number: int  #: month 1-12, quarter 1-4, half 1-2; 0: not said, or the kind has only one a year
    text: str
    position: int  #: offset in the NFC text
    cited: bool = False  #: inside the name of a cited document, or compared with: it proves little
    planned: bool = False  #: named as the time to come: "phương hướng 6 tháng cuối năm"


# Edges of a word; an underline is none, so that "BC_6T_2023.docx" reads like "BC 6T 2023.docx".
_START = r"(?<![^\W_])"
_END = r"(?![^\W_])"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_OF_YEAR = rf"(?:\s*(?:/|-|_|\.|,|(?:của\s+)?n[ăa]m|\(?\s*n[ăa]m)?\s*{_YEAR}(?!\s*[-–]\s*20\d\d){_END})"
_MONTHS = r"(?:tháng|thang|th|t)"
_MONTH = r"(?:tháng|thang)"

_DAY = ("ngày", "ngay")
_DATE = r"\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}"
_OF_YEARS = ("20",)  # of a span of two
#: Each with words one of which stands wherever it does: a plain search is far faster than a pattern.
_COVERED = tuple(
    (words, 2 if words == _OF_YEARS else 1, re.compile(pattern, re.IGNORECASE))
    for words, pattern in (
        (
            _DAY,
            rf"ng[àa]y\s*[\d.…_]*\s*{_MONTH}\s*[\d.…_]*\s*n[ăa]m\s*(?:[\d]+|[.…_]+)",
        ),  # place-and-date lines
        (_DAY, rf"ng[àa]y\s*\d{{1,2}}\s*{_MONTH}\s*\d{{1,2}}{_END}"),
        (("/", ".", "-"), rf"{_START}{_DATE}{_END}"),
        (_DAY, r"ng[àa]y\s*\d{1,2}\s*[/.-]\s*\d{1,2}(?!\d)"),
        (("/",), r"\d+[a-zđ]?\s*/\s*\d{4}\s*/\s*[A-ZĐ][A-ZĐa-zđ]*"),  # 125/2021/NĐ-CP
        (("/",), r"\d+[a-zđ]?\s*/\s*[A-ZĐ]{2,}\s*-\s*[A-ZĐ&a-zđ]+"),  # 28/NQ-CP
        (("/",), r"\d+\s*-\s*[A-ZĐ]{2,4}\s*/\s*[A-ZĐ]{2,}"),  # 21-CT/TW, the Party's form
        (_OF_YEARS, r"nhi[ệe]m\s+k[ỳy]\s*(?:\(|:)?\s*20\d\d\s*[-–/]\s*20\d\d"),
        (
            _OF_YEARS,
            (
                r"(?:giai\s+[đd]o[ạa]n|n[ăa]m\s+h[ọo]c|kh[óo]a|th[ờo]i\s+k[ỳy]|(?:các\s+)?n[ăa]m|t[ừu]\s+n[ăa]m)"
                r"\s*20\d\d\s*(?:[-–/]|[đd][ếe]n(?:\s+n[ăa]m)?)\s*20\d\d"
            ),
        ),
        (_OF_YEARS, rf"{_START}20\d\d\s*[-–]\s*20\d\d{_END}"),
        (("luật", "luat"), r"lu[ậa]t\s[^.;]{0,80}?n[ăa]m\s+(?:19|20)\d\d"),
        (("năm", "nam"), r"(?:[đd]ến|t[ừu]|tr[ưu]ớc|sau)\s+n[ăa]m\s+(?:19|20)\d\d"),
        (("năm",), r"(?<!tháng )(?:đầu|cuối|giữa)\s+năm\s+(?:19|20)\d\d(?=\s+(?:đến|tới|và))"),
    )
)

#: The quarters of a year as they are numbered.
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_SPOKEN = {"một": 1, "nhất": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4}

# A child of six months, six months' imprisonment, "over the last six months" are no reporting period.
_LENGTH_OF_TIME = re.compile(
    r"^\s*(?:tu[ổo]i|qua|tr[ởo]\s+l[êe]n|li[êe]n|tù|kể\s+từ|ti[ếe]p|một\s+lần|/\s*lần|gần\s+đây|thai)",
    re.IGNORECASE,
)
_SPAN_BEFORE = re.compile(
    r"(?:dưới|trên|hơn|trong\s+vòng|thời\s+hạn|ít\s+nhất|từ|đủ|thời\s+gian|quá|sau|mỗi|cứ)\s*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Rule:
    """One way to name a period; `number` is fixed, or read from the group of that name when 0."""

    kind: PeriodKind
    words: tuple[str, ...]  #: one of them stands wherever the pattern does
    pattern: re.Pattern[str]
    number: int = 0
    needs_marks: bool = False  #: the bare word is something else without its marks: nam (male), quy (fund)


def _rule(
    kind: PeriodKind, words: tuple[str, ...], pattern: str, number: int = 0, *, needs_marks: bool = False
) -> _Rule:
    return _Rule(kind, words, re.compile(_START + pattern, re.IGNORECASE), number, needs_marks)


_SIX = r"(?:0?6|sáu|sau)"
_OF_SIX = ("6", "sáu", "sau")
_RULES = (
    _rule(
        PeriodKind.HALF_YEAR,
        ("đầu", "dau"),
        rf"{_SIX}\s*{_MONTHS}\.?[\s_-]*(?:đầu|dau)(?:[\s_-]*n[ăa]m)?{_END}{_OF_YEAR}?",
        1,
    ),
    _rule(
        PeriodKind.HALF_YEAR,
        ("cuối", "cuoi"),
        rf"{_SIX}\s*{_MONTHS}\.?[\s_-]*(?:cuối|cuoi)(?:[\s_-]*n[ăa]m)?{_END}{_OF_YEAR}?",
        2,
    ),
    _rule(PeriodKind.HALF_YEAR, _OF_SIX, rf"{_SIX}\s*{_MONTHS}{_OF_YEAR}", 1),
    _rule(PeriodKind.HALF_YEAR, ("nửa", "nua"), rf"(?:nửa|nua)\s+(?:đầu|dau)\s+n[ăa]m{_END}{_OF_YEAR}?", 1),
    _rule(PeriodKind.HALF_YEAR, ("kỳ", "ky"), rf"k[ỳy]\s*(?P<half>[12]|i{{1,2}}){_END}{_OF_YEAR}"),
    _rule(
        PeriodKind.NINE_MONTHS,
        ("9", "chín", "chin"),
        rf"(?:0?9|chín|chin)\s*{_MONTHS}{_END}(?:\s*(?:đầu|dau)\s*n[ăa]m{_END})?{_OF_YEAR}?",
    ),
    _rule(PeriodKind.NINE_MONTHS, ("9",), rf"0?9\s*t{_OF_YEAR}"),
    _rule(PeriodKind.YEAR, ("12",), rf"12\s*{_MONTH}{_OF_YEAR}"),
    _rule(
        PeriodKind.QUARTER,
        ("đầu", "dau"),
        rf"(?:0?3|ba)\s*{_MONTH}\s*(?:đầu|dau)\s*n[ăa]m{_END}{_OF_YEAR}?",
        1,
    ),
    _rule(
        PeriodKind.QUARTER,
        ("qu",),
        rf"qu[ýyíi]\s*[.]?\s*(?P<quarter>[1-4]|iv|i{{1,3}}|một|nhất|hai|ba|bốn|tư){_END}{_OF_YEAR}?",
    ),
    _rule(PeriodKind.QUARTER, ("q",), rf"q\.?\s*(?P<quarter>[1-4]|iv|i{{1,3}}){_OF_YEAR}"),
    _rule(
        PeriodKind.MONTH,
        ("tháng", "thang"),
        rf"{_MONTH}\s*(?P<month>1[0-2]|0?[1-9])(?!\s*/\s*\d{{1,2}}/){_END}{_OF_YEAR}?",
    ),
    _rule(PeriodKind.MONTH, ("t",), rf"t\.?\s*(?P<month>1[0-2]|0?[1-9])\s*[/.-]\s*{_YEAR}{_END}"),
    _rule(PeriodKind.HALF_YEAR, _OF_SIX, rf"{_SIX}\s*(?:tháng|thang|t){_END}"),
    _rule(PeriodKind.YEAR, ("cả", "ca"), rf"(?:cả|ca)\s+n[ăa]m(?:\s*{_YEAR})?{_END}"),
    _rule(PeriodKind.YEAR, ("năm",), rf"năm\s*{_YEAR}{_END}"),
    _rule(PeriodKind.YEAR, ("nam",), rf"nam[\s_]*{_YEAR}{_END}", needs_marks=True),
)

_CITING = re.compile(
    r"\b(?:công văn|kế hoạch|quyết định|nghị quyết|chỉ thị|thông tư|nghị định|hướng dẫn|văn bản|"
    r"chương trình|thông báo|căn cứ|đề án)\b(?=\s+(?:số|của|liên tịch|\d|thực hiện|ngày|về))",
    re.IGNORECASE,
)
_END_OF_CITING = re.compile(
    r"(?<!việc )(?<!chế độ )(?<!gửi )(?<!yêu cầu )(?<!đề nghị )(?<!nộp )\bbáo cáo(?!\s+(?:số|của))\b"
    r"|[.;\n]\s|\n",
    re.IGNORECASE,
)
#: Words one of which stands wherever the pattern below them finds anything.
_OF_CITING = ("văn", "kế", "quyết", "chỉ", "thông", "nghị", "hướng", "chương", "căn", "đề")
_OF_COMPARING = ("so", "cùng", "trước", "bằng")
_OF_PLANNING = ("hướng", "nhiệm", "giải", "kế", "dự", "huong", "nhiem")
_COMPARING = re.compile(r"(?:so\s+với|so\s+cùng|cùng\s+kỳ|năm\s+trước|bằng)\b[^,.;]{0,40}$", re.IGNORECASE)
_PLANNING = re.compile(
    r"(?:phương\s+hướng|nhiệm\s+vụ|giải\s+pháp|kế\s+hoạch|dự\s+kiến|phuong\s+huong|nhiem\s+vu)\b[^.;]{0,60}$",
    re.IGNORECASE,
)


def periods_named(text: str) -> tuple[NamedPeriod, ...]:
    """Every period `text` names, in the order of the text.

    A half year without its own year takes that of the period named right after it in the same
    sentence ("6 tháng đầu năm, nhiệm vụ 6 tháng cuối năm 2023").
    """
    return _kept_periods_named(text) if len(text) <= _KEPT_LENGTH else _last_periods_named(text)


def _periods_named(text: str) -> tuple[NamedPeriod, ...]:
    composed = _composed(text)
    lowered = composed.lower()
    if not _MAY_NAME.search(lowered):
        return ()
    covered = without_dates(composed)
    found: list[NamedPeriod] = []
    taken = [False] * len(covered)
    for rule in _RULES:
        if not _says(lowered, rule.words) or (rule.needs_marks and is_accented(composed)):
            continue
        found.extend(_found_by(rule, covered, composed, taken))
    found.sort(key=lambda named: named.position)
    return _with_neighbours_year(composed, tuple(found))


# What every rule needs: a digit, or how a number or a whole is said without one.
_MAY_NAME = re.compile(
    r"\d|s[áa]u\s*t|n[ửu]a\s|k[ỳy]\s*i|ch[íi]n\s*t|ba\s*t|qu[ýyíi]|q[\s.]*i|c[ảa]\s+n[ăa]m"
)

_AND = re.compile(r"\W*(?:(?:và|va|đến|den|tới|toi|năm|nam|\d{4})\W*)*")


#: "tháng 4 + 5", "quý I, II"; in "tháng 5, 6 tháng đầu năm" the second number counts months.
_NUMBERED_TOGETHER = re.compile(
    rf"{_START}(?:th[áa]ng|qu[ýyíi])\s*(?P<first>\d{{1,2}}|iv|i{{1,3}})\s*(?:\+|,|&|và|va)\s*"
    rf"(?!(?P=first){_END})(?:\d{{1,2}}|iv|i{{1,3}}){_END}"
    r"(?!\s*(?:th[áa]ng|ng[àa]y|tu[ầa]n|n[ăa]m(?!\s*\d)|[/.]\s*\d{1,2}\b))",
    re.IGNORECASE,
)


def _says(lowered: str, words: Sequence[str]) -> bool:
    """Whether one of the words stands in a text in small letters: far sooner told than by a pattern."""
    for word in words:  # noqa: SIM110 - as one expression it takes three times as long
        if word in lowered:
            return True
    return False


def several_periods(text: str) -> bool:
    """Whether a title is about several periods of one kind: "quý I và quý II", "từ tháng 6 đến tháng 7".

    What is compared with, or planned, is none of them.
    """
    composed = _composed(text)
    if _NUMBERED_TOGETHER.search(composed):
        return True
    told = [name for name in periods_named(text) if name.number and not (name.cited or name.planned)]
    return any(
        first.kind is second.kind
        and first.number != second.number
        and _AND.fullmatch(composed[first.position + len(first.text) : second.position]) is not None
        for first, second in pairwise(told)
    )


# The same clause is asked about for every report that is collected.
_KEPT_LENGTH = 300
_kept_periods_named = lru_cache(maxsize=4096)(_periods_named)
# Every clause of a sentence asks what the whole of it names.
_last_periods_named = lru_cache(maxsize=2)(_periods_named)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text).translate({0x1A3: 0x1B0, 0x1A2: 0x1AF})


def without_dates(text: str) -> str:
    """The text with dates, document numbers and spans of years blanked, offsets kept."""
    lowered = text.lower()
    for words, times, pattern in _COVERED:
        if sum(map(lowered.count, words)) >= times:
            text = pattern.sub(lambda match: "\x00" * len(match.group()), text)
    return text


def _found_by(rule: _Rule, covered: str, text: str, taken: list[bool]) -> list[NamedPeriod]:
    found = []
    for match in rule.pattern.finditer(covered):
        start, end = match.span()
        if any(taken[start:end]) or _is_length_of_time(match, covered):
            continue
        taken[start:end] = [True] * (end - start)
        found.append(_named(rule, match, text))
    return found


def _is_length_of_time(match: re.Match[str], text: str) -> bool:
    if match.groupdict().get("year") or not match.group()[0].isdigit():
        return False
    return bool(
        _LENGTH_OF_TIME.match(text[match.end() :])
        or _SPAN_BEFORE.search(text[max(0, match.start() - 20) : match.start()])
    )


def _named(rule: _Rule, match: re.Match[str], text: str) -> NamedPeriod:
    groups = match.groupdict()
    year = groups.get("year")
    start, end = match.span()
    return NamedPeriod(
        kind=rule.kind,
        year=int(year) if year else None,
        number=rule.number or _number(groups),
        text=text[start:end],
        position=start,
        cited=is_cited(text, start),
        planned=_is_planned(text[max(0, start - 100) : start]),
    )


def _number(groups: dict[str, str | None]) -> int:
    for name in ("month", "quarter", "half"):
        written = groups.get(name)
        if written:
            lowered = written.lower()
            return ROMAN.get(lowered) or _SPOKEN.get(lowered) or int(lowered)
    return 0


def _is_planned(before: str) -> bool:
    """Whether words of a plan stand right before a period."""
    return _says(before.lower(), _OF_PLANNING) and _PLANNING.search(before) is not None


def is_cited(text: str, position: int) -> bool:
    """Whether the place lies in the name of a cited document or right after words of comparison."""
    near = text[max(0, position - 60) : position]
    if _says(near.lower(), _OF_COMPARING) and _COMPARING.search(near):
        return True
    sentence = max(text.rfind(". ", 0, position), text.rfind("\n", 0, position)) + 1
    before = text[sentence:position]
    if not _says(before.lower(), _OF_CITING):
        return False
    citing = [match.end() for match in _CITING.finditer(before)]
    return bool(citing) and _END_OF_CITING.search(before, citing[0]) is None


def _with_neighbours_year(text: str, found: tuple[NamedPeriod, ...]) -> tuple[NamedPeriod, ...]:
    result = list(found)
    for index in range(len(result) - 2, -1, -1):
        named, following = result[index], result[index + 1]
        between = text[named.position + len(named.text) : following.position]
        if named.year is None and following.year and following.number and not re.search(r"[.;]", between):
            result[index] = replace(named, year=following.year)
    return tuple(result)
