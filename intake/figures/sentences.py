"""Figures from sentences, for any set of indicators: missing beats wrong.

A sentence is cut into clauses and a clause at its numbers. Each number is tied to the one indicator whose
words stand around it and whose unit of measure follows it; when a second indicator is nearly as good, or
the words say more than the indicator does ("hộ nghèo dân tộc thiểu số"), nothing is read. Sentences of
plans, targets, earlier years, single villages and examples are left alone, and so are those of a commune or
village that speak of the whole district or province.

The words of the indicators carry all knowledge of the subject; this module knows only how Vietnamese
reports count, part by sex and say that something did not happen.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import zip_longest
from typing import TYPE_CHECKING

from config.reports import Period, ReportDefinition, SectionRole, Sex
from config.spelling import has_digit, is_accented, tidy
from intake.figures.sentence_areas import area_of, goes_on
from intake.figures.sentence_clauses import ClauseReader, Told
from intake.figures.sentence_forms import in_digits, one_word, result_of_plan, without_reasons
from intake.figures.sentence_numbers import (
    ASIDE,
    COMPARISONS,
    END_OF_SENTENCE,
    LEFT_ALONE,
    PART_OF_A_VILLAGE,
    PART_OF_THE_AREA,
    PLANS,
    SUBSET,
    Mention,
    blanked,
    clauses_of,
    mask,
    mentions_in,
    without_villages,
)
from intake.figures.sentence_phrases import label_before
from intake.figures.sentence_times import is_elsewhen, is_of_the_period, of_its_year
from intake.figures.sentence_verbs import without_doing
from intake.figures.sentence_words import (
    DOCUMENTS,
    GENERIC,
    STOP,
    ListedParts,
    Subject,
    keys_of,
    measure_at,
    subject_index,
)
from ledger.records import Place, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from intake.figures.outline import NarrativeLine

# "12 người; nữ: 5 người": what follows is a part of the number before it, whatever parts the two.
_PART_APART = re.compile(
    r"\s*;\s*(?=(?:trong đó,?:?\s+)?(?:số\s+)?(?:(?:bé |trẻ |em )?(?:nữ|nam|gái|trai))\s*(?:là|có|:)?\s*\d)",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\([^()]*\)")
# Also "1/ Diện tích", "2.1 Tổng đàn": a number with no mark behind it counts, unless it is one of an outline.
_LIST_LABEL = re.compile(
    r"^\s*(?:[-–—+*•·▪]+|\(?\d{1,2}(?:\.\d{1,2})*[.)/:](?!\d)|\d{1,2}\s*[-–](?=\s)|[a-zđ][)/]"
    r"|\d{1,2}(?:\.\d{1,2})+(?=\s+[A-ZĐÀ-Ỹ]))\s*(?=\D)"
)
_BARE_LABEL = re.compile(r"^\s*\d{1,2}\s+(?=[A-ZĐÀ-Ỹ][^\d:]*:\s*\d)")  #: "1 Tổng đàn trâu: 264 con"
_GLUED_MEASURE = re.compile(r"(?<=\d)(?=(?:km|ha|kg|m2|tấn|tạ|mét|đ|đồng|triệu|tỷ|nghìn)\b)")  # "1,2km"
#: What is longer is no sentence of a report, and looking through it would take the square of its length.
_LONGEST_SENTENCE = 5_000
#: Characters of one narrative that are looked through for figures: two hundred and fifty pages.
_MOST_TEXT = 500_000
_GOING_ON = frozenset({"tr", "ba", "gồ", "cụ", "ch", "số"})  #: what `goes_on` knows begins with
_OF_NOTHING = ("hông", "HÔNG", "hưa", "HƯA")  # "không" and "chưa", however they begin


def read_sentences(
    lines: Sequence[NarrativeLine],
    report: ReportDefinition,
    period: Period | None = None,
    level: str = "",
) -> tuple[Value, ...]:
    """Every figure the lines state about the report's indicators, in the order of the text.

    The same figure said twice is returned twice. A ratio given only in percent returns its figures
    without a value, doubtful, reason "percent_only". Lines without Vietnamese marks are not read.

    Args:
        lines: the narrative; only lines of sections that tell results are read.
        report: the indicators, their words, units of measure and sexes.
        period: the period reported on; clauses that name another one are left alone.
        level: what the sender may answer for, a key of `LEVELS`; what it says of the level above is not
            its own figure.

    """
    reader = _Reader(report, period, level)
    read = list(_within_bounds(filter(_is_read, lines)))
    values = [value for line, after in zip_longest(read, read[1:]) for value in reader.read(line, after)]
    said = {(value.indicator, value.sex) for value in values if value.value is not None}
    return tuple(
        value
        for value in _first_unknowns(values)
        if value.value is not None or (value.indicator, value.sex) not in said
    )


def _is_read(line: NarrativeLine) -> bool:
    return line.role is SectionRole.RESULTS and is_accented(line.text)


def _within_bounds(lines: Iterable[NarrativeLine]) -> Iterator[NarrativeLine]:
    """The lines up to as much text as is looked through."""
    left = _MOST_TEXT
    for line in lines:
        left -= len(line.text)
        if left < 0:
            return
        yield line


def _first_unknowns(values: Iterable[Value]) -> Iterator[Value]:
    """Every figure, and each figure without a value once."""
    seen: set[tuple[str, Sex]] = set()
    for value in values:
        if value.value is None:
            if (value.indicator, value.sex) in seen:
                continue
            seen.add((value.indicator, value.sex))
        yield value


def _says_a_figure(text: str) -> bool:
    """Only a digit, or a word that says that nothing happened, makes a text worth a closer look."""
    if has_digit(text):
        return True
    if not any(ending in text for ending in _OF_NOTHING):
        return False
    lowered = text.lower()
    return "không" in lowered or "chưa" in lowered


def _may_go_on(text: str) -> bool:
    """Whether a line may be an item of a list, or part what the line before it counted: few are."""
    begins = text[:2].lower()
    return not begins.isalpha() or (begins in _GOING_ON and goes_on(text))


class _Reader:
    """Reads lines against one report's indicators."""

    def __init__(self, report: ReportDefinition, period: Period | None, level: str) -> None:
        self._index = subject_index(report.indicators, report.topics)
        self._clauses = ClauseReader(self._index)
        self._period = period
        self._area = area_of(level)
        self._part = PART_OF_A_VILLAGE if level == "village" else PART_OF_THE_AREA
        self._above = False  #: whether the clause before spoke of a larger area than the unit's
        self._last: tuple[Subject, Decimal] | None = None  #: the total a sentence ended with
        self._announces = False  #: whether the line before ends "...:", or is an item of such a list

    def read(self, line: NarrativeLine, after: NarrativeLine | None) -> list[Value]:
        """All figures of one line; what it says of its area speaks for the line after it if that goes on."""
        lowered = line.text.lower()
        told = in_digits(line.text, lowered)
        if not (has_digit(told) or "không" in lowered or "chưa" in lowered) and not (
            after is not None and _may_go_on(after.text) and (self._above or self._area.may_be_above(lowered))
        ):
            self._above = False
            self._announces = line.text.rstrip().endswith(":") or self._is_item(line)
            return []
        text = one_word(_GLUED_MEASURE.sub(" ", tidy(_BARE_LABEL.sub("", _LIST_LABEL.sub("", told)))))
        is_item = self._is_item(line)
        self._above = self._above and (is_item or goes_on(text))
        self._announces = is_item or text.endswith(":")
        values: list[Value] = []
        for number, sentence in enumerate(END_OF_SENTENCE.split(text)):
            self._above = self._above and (not number or goes_on(sentence))
            place = line.place(sentence)
            values += self._sentence(of_its_year(sentence, self._period), place)
        return values

    def _is_item(self, line: NarrativeLine) -> bool:
        return self._announces and bool(_LIST_LABEL.match(line.text))

    def _sentence(self, sentence: str, place: Place) -> list[Value]:
        """The figures of a sentence, without those that another number of it belongs to as well."""
        says = self._above or self._area.may_be_above(sentence.lower()) or _says_a_figure(sentence)
        if not says or len(sentence) > _LONGEST_SENTENCE:
            return []
        values: list[Value] = []
        loose: list[Mention] = []
        carried, self._last = self._last, None
        parts = self._parts_listed(sentence)
        elsewhen = False
        for clause, whole in clauses_of(_PART_APART.sub(", ", self._index.names_joined(sentence))):
            plain = self._without_asides(blanked(result_of_plan(without_villages(clause)), COMPARISONS))
            self._above = self._area.is_above(plain, before=self._above)
            said = self._index.without_names(plain) if PLANS.match(plain) else plain
            elsewhen = is_elsewhen(said, sentence, self._period, before=elsewhen)
            if self._above or elsewhen or not _says_a_figure(plain):
                continue
            told = Told(loose, whole, parts, before=carried)
            values += self._told_in(plain, told, place)
            carried, self._last = None, told.after
        spread = {
            code for code in {value.indicator for value in values} if self._is_one_of_several(code, loose)
        }
        spread |= _said_otherwise(values)
        return [value for value in values if value.indicator not in spread]

    def _parts_listed(self, sentence: str) -> ListedParts | None:
        listed = SUBSET.search(sentence)
        if listed is None:
            return None
        return self._index.parts_listed(sentence[: listed.start()], sentence[listed.end() :])

    def _told_in(self, clause: str, told: Told, place: Place) -> list[Value]:
        """The figures of a clause; beside words of promises or means only of what is named by them.

        "12 hộ đăng ký thoát nghèo" is the figure of "Số hộ đăng ký thoát nghèo" and of no other.
        """
        if self._part.search(clause.strip()):
            return []
        words = [match[0] for match in LEFT_ALONE.finditer(clause)]
        if words and not LEFT_ALONE.search(self._index.without_names(clause)):
            words = []
        named = self._index.named_by(words) if words else frozenset()
        if words and not named:
            return []
        values = self._clauses.read(clause, told, place)
        return [value for value in values if not words or value.indicator in named]

    def _is_one_of_several(self, indicator: str, loose: Sequence[Mention]) -> bool:
        """Whether the total is spread over two numbers: "ban hành 03 văn bản, 02 công văn" are five."""
        subject = self._index.get(indicator)
        return subject is not None and any(_is_more_of(subject, mention) for mention in loose)

    def _without_asides(self, clause: str) -> str:
        """The clause without reasons, and brackets that give a number to another time, place or aim."""
        return _BRACKETS.sub(
            lambda said: said[0] if self._is_of_its_own(said[0]) else " " * len(said[0]),
            without_reasons(clause),
        )

    def _is_of_its_own(self, said: str) -> bool:
        """Whether what stands in brackets is of the count before them: "(nữ 12 người)"."""
        told = said.strip("() ")
        if not mentions_in(mask(told), listing=False):
            return True
        beside = ASIDE.search(told) or self._part.search(told) or PLANS.match(told)
        return not beside and is_of_the_period(told, told, self._period)


def _is_of_another_deed(mention: Mention) -> bool:
    """Whether a verb of its own stands before a number: "đang xem xét 01 hồ sơ"."""
    return bool(set(keys_of(without_doing(label_before(mention), happened=True))) - GENERIC - STOP)


_FOR_ANOTHER_CAUSE = re.compile(r"^(?:do|tại|ở|vì|nhân|dịp|thuộc)\b", re.IGNORECASE)


def _is_more_of(subject: Subject, mention: Mention) -> bool:
    """Whether a number tied to nothing counts more of what the indicator does: "03 văn bản, 02 công văn"."""
    measure = measure_at(mention.words)
    rest = " ".join(mention.words)[len(measure) :].strip()
    if measure and measure in subject.measures and _FOR_ANOTHER_CAUSE.match(rest):
        return True  # "02 vụ do rượu bia, 01 vụ do tốc độ"
    if _is_of_another_deed(mention):
        return False
    return subject.begins_with_head(mention.words) or (subject.counts_documents and _is_document(mention))


def _is_document(mention: Mention) -> bool:
    return " ".join(mention.words).startswith(DOCUMENTS)


def _said_otherwise(values: Sequence[Value]) -> set[str]:
    """The indicators the sentence gives two totals: "200 tờ rơi, 150 tờ gấp" or two moments."""
    totals = {(one.indicator, one.value) for one in values if one.sex is Sex.TOTAL and one.value is not None}
    return {
        indicator for indicator, told in Counter(indicator for indicator, _ in totals).items() if told > 1
    }
