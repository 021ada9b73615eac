"""The day up to which a report says its figures were counted, against the periods it may be for. Pure.

"(Số liệu tính từ ngày 15/12/2022 đến ngày 14/6/2023)": Decree 09/2019/NĐ-CP, Article 12, closes the half
year on 14/6 and the year on 14/12, but the deadlines of the lower levels come before that day, so that
offices count up to a day of their own, weeks earlier. A sentence about the figures of the whole report
speaks for or against a period; one about a single figure ("Tính đến ngày 31/12/2022, toàn xã có 2.145 hộ")
may name any day and can only speak for it.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from config.reports import PeriodKind
from config.spelling import tidy, without_marks
from intake.documents import Document, Paragraph, Table
from intake.evidence.period_words import is_cited, periods_named, without_dates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from config.reports import Period

_MOST_ROWS = 40  # of a table, where the lines above its head are looked for
_HEAD_LINES = 30  # of a document, where "(Từ ngày ... đến ngày ...)" alone on a line is about the report


@dataclass(frozen=True, slots=True)
class CutOff:
    """The last day of the figures, and the first where it is told."""

    last: date
    first: date | None
    text: str
    of_report: bool  #: said of the figures of the whole report, and not of one figure


def cut_offs_in(document: Document) -> tuple[CutOff, ...]:
    """Every day with its year that a document names as the end of its figures, in the order of the text."""
    found = [
        cut_off
        for number, line in enumerate(_lines(document))
        if _names_a_year(line)
        for cut_off in cut_offs_named(line, in_head=number < _HEAD_LINES)
    ]
    return tuple(dict.fromkeys(found))


def cut_offs_named(text: str, *, in_head: bool = False) -> tuple[CutOff, ...]:
    """The same for one line; in the head of a report a bare span of days alone on its line is its own."""
    if not _names_a_year(text):
        return ()
    return tuple(
        cut_off
        for sentence in _SENTENCE_ENDS.split(tidy(text))
        for cut_off in _named_in(sentence, in_head=in_head)
    )


def closes(cut_off: CutOff, period: Period) -> bool:
    """Whether figures counted up to that day may be those of the period.

    They end within the last two months of the period (of a short one: in its second half), no later than
    its last month or its deadline, and a span that is told is about as long as the period: the second
    half of a year is no annual report.
    """
    if not _earliest(period) <= cut_off.last <= _latest(period):
        return False
    if cut_off.first is None or period.kind in _ONCE:
        return True
    length = (period.data_to - period.data_from).days
    return _SHORTEST * length <= (cut_off.last - cut_off.first).days <= _LONGEST * length


def contradict(cut_offs: Iterable[CutOff], period: Period) -> bool:
    """Whether what a report says of its figures as a whole speaks against the period.

    It does where no such day fits, and where one is the same day of another year, left standing over
    figures that may be as old.
    """
    told = [cut_off for cut_off in cut_offs if cut_off.of_report]
    others = [cut_off for cut_off in told if not closes(cut_off, period)]
    return bool(others) and (len(others) == len(told) or any(_is_of_other_year(c, period) for c in others))


def is_too_early(day: date, period: Period) -> bool:
    """Whether a report dated that day was written before its figures can have been counted."""
    return day < _earliest(period)


_EARLIEST = timedelta(days=62)
_SHORTEST, _LONGEST = 0.6, 1.4
_ONCE = (PeriodKind.CAMPAIGN, PeriodKind.ONE_OFF)


def _earliest(period: Period) -> date:
    """The first day up to which figures of the period may be counted."""
    length = period.data_to - period.data_from
    return period.data_to - (length if period.kind in _ONCE else min(length / 2, _EARLIEST))


def _latest(period: Period) -> date:
    """The last day figures of the period may name: the end of its last month, or its deadline."""
    end = _month_end(period.data_to.year, period.data_to.month)
    return max(end, period.due.date()) if period.due else end


def _is_of_other_year(cut_off: CutOff, period: Period) -> bool:
    years = {period.data_to.year, _latest(period).year} - {cut_off.last.year}
    return any(closes(CutOff(_in_year(cut_off.last, year), None, "", True), period) for year in years)


def _in_year(day: date, year: int) -> date:
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


# -- reading ------------------------------------------------------------------------------------------

_SENTENCE_ENDS = re.compile(r"[.;]\s+(?=\D)")
_A_YEAR = re.compile(r"(?:19|20)\d\d")  # no day is taken without its year
# Patterns are written without marks and meet the text without its marks.
_YEAR = r"\s*(?:[/.-]|nam)\s*(?P<{0}_year>(?:19|20)\d\d)"
_DAY = r"(?:ngay\s*)?(?P<{0}_day>\d{{1,2}})\s*(?:[/.-]|thang)\s*(?P<{0}_month>\d{{1,2}})"
_FIRST = rf"tu\s+{_DAY.format('first')}(?:{_YEAR.format('first')})?\s*(?:den|toi|[-–])"
_LAST = (
    r"\s*(?:het\s+|cuoi\s+|thoi\s+diem\s+)*"
    rf"(?:{_DAY.format('last')}|thang\s*(?P<whole_month>\d{{1,2}})){_YEAR.format('last')}(?!\d)"
)
_UNTIL = rf"(?:{_FIRST}|\b(?:den|toi)\b){_LAST}"
_SAID_OF_FIGURES = (
    r"(?:trong|cua|bao cao|nay|thong ke|tong hop|duoc|tinh|lay|chot|cap nhat|thoi diem|ky|bang|bieu|phu luc)"
)
_WHOLE, _SINGLE, _BARE = "of the whole report", "of anything", "a span of days alone"
_PATTERNS = tuple(
    (kind, re.compile(r"(?<!\w)" + pattern))
    for kind, pattern in (
        (_WHOLE, rf"so\s+lieu(?:\s+{_SAID_OF_FIGURES}){{0,6}}[\s:,(]*(?:tinh\s+)?{_UNTIL}"),
        (_WHOLE, rf"(?:chot\s+so\s+lieu|so\s+lieu\s*:)\s*(?:vao\s+)?(?=ngay){_LAST}"),
        (_WHOLE, rf"(?:ky|thoi\s+gian)\s+(?:bao\s+cao|tong\s+hop)[\s:,(]*(?:tinh\s+)?(?=tu\s){_UNTIL}"),
        (_SINGLE, rf"tinh\s+{_UNTIL}"),
        (_BARE, rf"(?=tu\s){_UNTIL}"),
    )
)
# A number of an annex or of a heading is no figure.
_NUMBERED = re.compile(
    r"^\W*(?:\d{1,2}[.)/]|[ivx]{1,4}[.)])|(?<!\w)(?:bieu|phu luc|mau)(?: so)?:?\s*[\w./-]*\d[\w./-]*"
)
_DIGIT = re.compile(r"\d")


def _lines(document: Document) -> Iterator[str]:
    """The lines of the text, and the rows of tables in which one cell stands alone: their titles.

    Up to the last block in which a year may be named: no day is told behind it.
    """
    ends = next((end for end in range(len(document.blocks), 0, -1) if _tells(document.blocks[end - 1])), 0)
    for block in document.blocks[:ends]:
        if isinstance(block, Paragraph):
            if not block.deleted:
                yield from block.text.splitlines()
        elif not block.hidden:
            alone = block.alone_in_row(_MOST_ROWS)
            yield from (cell.text for cell in alone if cell.row not in block.hidden_rows)


def _tells(block: Paragraph | Table) -> bool:
    texts = [block.text] if isinstance(block, Paragraph) else block.texts
    return any(map(_A_YEAR.search, [text for text in texts if "20" in text or "19" in text]))


def _names_a_year(text: str) -> bool:
    return ("20" in text or "19" in text) and _A_YEAR.search(text) is not None


def _named_in(sentence: str, *, in_head: bool) -> Iterator[CutOff]:
    if not _names_a_year(sentence):
        return
    plain = without_marks(sentence).lower()
    if len(plain) != len(sentence):
        sentence = plain  # letters of another script: their places are not ours
    taken: set[int] = set()  # where the day of a match ends: the same day is told once
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            days = _days(match)
            alone = _is_alone(plain, match)
            if match.end() in taken or days is None or (kind is _BARE and not (alone and in_head)):
                continue
            taken.add(match.end())
            if not is_cited(sentence, match.start()):
                of_report = (alone or kind is _WHOLE) and not _gives_figures(sentence, match)
                yield CutOff(days[1], days[0], sentence[match.start() : match.end()].strip(), of_report)


def _is_alone(plain: str, match: re.Match[str]) -> bool:
    """Whether nothing else is said, or only that the report follows."""
    rest = f"{plain[: match.start()]} {plain[match.end() :]}".strip(" ()[]*.,:–-")
    return not rest or rest in {"ghi chu", "luu y"} or "bao cao" in rest


def _gives_figures(sentence: str, match: re.Match[str]) -> bool:
    """Whether the sentence holds a number that is neither a date nor a period nor counts annexes."""
    rest = f"{sentence[: match.start()]} {sentence[match.end() :]}"
    for named in periods_named(rest):
        rest = rest.replace(named.text, " ")
    return _DIGIT.search(_NUMBERED.sub(" ", without_marks(without_dates(rest)).lower())) is not None


def _days(match: re.Match[str]) -> tuple[date | None, date] | None:
    """The first and the last day; None where the calendar has no such day."""
    told = {name: int(number) for name, number in match.groupdict().items() if number}
    try:
        if "whole_month" in told:
            last = _month_end(told["last_year"], told["whole_month"])
        else:
            last = date(told["last_year"], told["last_month"], told["last_day"])
        if "first_day" not in told:
            return None, last
        first = date(told.get("first_year", last.year), told["first_month"], told["first_day"])
        if "first_year" not in told and first > last:
            first = _in_year(first, last.year - 1)
    except ValueError:
        return None
    return first, last
