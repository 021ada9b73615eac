"""What the units wrote, sentence by sentence: who says the same, and what the totals say already.

- Sentences that differ in nothing but the unit's own name are one sentence with all its units.
- A sentence is *counted* when its figures stand in the totals: a figure was read from it as a value that
  counts, or every number of it is a counted figure of the unit whose label shares a word with it (it only
  repeats the table). Dates, document numbers and percentages beside such figures do not hold it back.
- A sentence is *unsettled* when it speaks with numbers of a figure that waits for a person, or that came
  with another mail or from a decision: to quote it would spread a doubtful or a corrected number.

Everything is kept, counted or not, in the working document of `unit_texts`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from config.spelling import accented_key, is_accented, tidy
from consolidate.writers.phrases import capital, sentences, short_name, without_repeats
from consolidate.writers.report_sections import word_pairs
from ledger.records import Certainty, Method

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from config.units import Unit
    from consolidate.consolidation import Consolidation, Passage, UnitValue

LEAST_ALIKE = 3  #: a sentence of so many units is common to them, and no passage of its own
QUOTE_LENGTH = 350

_NOTHING = re.compile(
    r"(hiện |hiện nay |hiện tại |đến nay |trong kỳ |nhìn chung |đơn vị )*(không|chưa)"
    r"( có| phát sinh| gì| thêm| khó khăn| hạn chế| vướng mắc| tồn tại| kiến nghị| đề xuất| ý kiến"
    r"| nội dung| báo cáo| và)*"
)
_NUMBERED = re.compile(r"^\W+|^\d{1,2}[.)]\s")
_NO_FIGURES = re.compile(
    r"\d{1,2}\s+tháng\s+(?:đầu|cuối)"  # 6 tháng đầu năm
    r"|(?:năm|tháng|ngày|giai đoạn|nhiệm kỳ|khóa)\s+\d[\d/.\-\u2013]*(?:\s*-\s*(?:19|20)\d\d)?"
    r"|số\s+\d+/\S+"  # Quyết định số 12/QĐ-UBND
    r"|\d+/\d+(?:/\d+)?(?:[/-]\S+)?"  # 08/3, 05/6/2023
    r"|\d+/[A-ZĐ]\S*"
    r"|\d[\d.,]*\s*%",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_SCALES = tuple(Decimal(10) ** power for power in (0, 3, 6, 9, -3, -6, -9))  # đồng, nghìn, triệu, tỷ


@dataclass(frozen=True, slots=True)
class Gathered:
    """One sentence and everyone who wrote it."""

    text: str
    names: tuple[str, ...]
    kinds: tuple[str, ...] = ()  #: kind ids of the units, one for each name


@dataclass(frozen=True, slots=True)
class Quote:
    """Sentences of one unit, in its order."""

    unit: Unit
    text: str


class CountedFigures:
    """Which sentences of the units the totals already say."""

    def __init__(self, consolidation: Consolidation) -> None:
        """Sort the values by unit once."""
        self._subject = word_pairs(consolidation.report.name, *consolidation.report.topics)
        self._labels = {
            indicator.code: word_pairs(indicator.label, *indicator.synonyms) - self._subject
            for indicator in consolidation.report.indicators
        }
        summed = {
            (unit, total.indicator.code, total.sex) for total in consolidation.totals for unit in total.units
        }
        self._counted: dict[str, list[UnitValue]] = defaultdict(list)
        self._doubtful: dict[str, list[UnitValue]] = defaultdict(list)
        for given in consolidation.values:
            value = given.value
            if value.certainty is Certainty.DOUBTFUL:
                self._doubtful[given.unit].append(given)
            elif value.value is not None and (given.unit, value.indicator, value.sex) in summed:
                self._counted[given.unit].append(given)

    def says_no_more(self, sentence: str, unit: Unit) -> bool:
        """Whether the totals hold every figure of the sentence and it has at least one."""
        read = self._read_from(sentence, unit)
        numbers = numbers_in(sentence)
        if not numbers:
            return bool(read)
        return all(
            any(_same(number, given) for given in read) or self._in_table(number, sentence, unit)
            for number in numbers
        )

    def is_unsettled(self, sentence: str, passage: Passage) -> bool:
        """Whether a number of the sentence waits for a person, or gave way to a later mail or a decision."""
        key, unit = accented_key(sentence), passage.unit.id
        if any(key in accented_key(given.value.place.text) for given in self._doubtful[unit]):
            return True
        if not numbers_in(sentence):
            return False
        others = [given for given in self._counted[unit] if _came_otherwise(given, passage)]
        words = word_pairs(sentence)
        return any(self._speaks_of(given, words) for given in (*self._doubtful[unit], *others))

    def _speaks_of(self, given: UnitValue, words: frozenset[str]) -> bool:
        return not words.isdisjoint(self._labels.get(given.value.indicator, ()))

    def _read_from(self, sentence: str, unit: Unit) -> list[UnitValue]:
        key = accented_key(sentence)
        return [
            given
            for given in self._counted[unit.id]
            if given.value.method is Method.SENTENCE and key in accented_key(given.value.place.text)
        ]

    def _in_table(self, number: Decimal, sentence: str, unit: Unit) -> bool:
        words = word_pairs(sentence)
        return any(_same(number, given) and self._speaks_of(given, words) for given in self._counted[unit.id])


def _came_otherwise(given: UnitValue, passage: Passage) -> bool:
    return given.archive_id != passage.archive_id or given.value.method is Method.DECISION


def numbers_in(sentence: str) -> tuple[Decimal, ...]:
    """The numbers of a sentence that may be figures: no dates, document numbers or percentages."""
    if not _NUMBER.search(sentence):  # as in most
        return ()
    found = _NUMBER.findall(_NO_FIGURES.sub(" ", tidy(sentence)))
    return tuple(map(_decimal, found))


def _decimal(text: str) -> Decimal:
    if _GROUPED.fullmatch(text):
        text = text.replace(".", "")
    whole, *rest = re.split("[.,]", text)
    return Decimal(f"{whole}.{''.join(rest)}" if rest else whole)


def _same(number: Decimal, given: UnitValue) -> bool:
    return any(number == (given.value.value or 0) * scale for scale in _SCALES)


def gather(passages: Iterable[Passage], own_unit: str) -> tuple[Gathered, ...]:
    """Sentences with the units that wrote them: most units first, then the order they came in.

    A unit's own name counts as `own_unit` for the comparison, and is written so only where two or
    more units share the sentence.
    """
    found: dict[str, list[tuple[str, str, Unit]]] = {}
    for passage in passages:
        for sentence in telling(passage):
            common = without_own_name(sentence, passage.unit, own_unit)
            found.setdefault(accented_key(common), []).append((sentence, common, passage.unit))
    merged = [_merged(group) for key, group in found.items() if key]
    return tuple(sorted(merged, key=lambda one: -len(one.names)))


def _merged(group: Sequence[tuple[str, str, Unit]]) -> Gathered:
    units = {short_name(unit): unit.kind for _, _, unit in group}
    sentence, common, _ = group[0]
    return Gathered(capital(common if len(units) > 1 else sentence), tuple(units), tuple(units.values()))


def telling(passage: Passage) -> tuple[str, ...]:
    """The sentences of a passage; none when it only says that there is nothing to say."""
    return () if says_nothing(passage.text, passage.unit) else sentences(passage.text)


def common_sentences(passages: Sequence[Passage], own_unit: str) -> tuple[Gathered, ...]:
    """The sentences that three or more units share."""
    return tuple(one for one in gather(passages, own_unit) if len(one.names) >= LEAST_ALIKE)


def own_words(passages: Sequence[Passage], common: Iterable[Gathered], own_unit: str) -> Iterator[Quote]:
    """Of each passage what is not among the common sentences, where anything is left."""
    known = {accented_key(one.text) for one in common}
    for passage in passages:
        kept = [
            sentence
            for sentence in telling(passage)
            if accented_key(without_own_name(sentence, passage.unit, own_unit)) not in known
        ]
        if kept:
            yield Quote(passage.unit, joined(kept))


def without_own_name(sentence: str, unit: Unit, own_unit: str) -> str:
    """The sentence with the unit's own names replaced; bare place names stay, they are too common."""
    names, pattern = _own_names(unit)
    text = tidy(sentence)
    folded = text.casefold()
    # Hardly any sentence names its unit, and looking for the names as they stand is soonest done.
    return pattern.sub(own_unit, text) if any(name in folded for name in names) else text


@lru_cache(maxsize=1024)
def _own_names(unit: Unit) -> tuple[tuple[str, ...], re.Pattern[str]]:
    """What a unit calls itself, without capitals, and what finds any of it, the longest first."""
    names = {tidy(unit.name), short_name(unit), *filter(_telling, unit.aliases)}
    pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return tuple(map(str.casefold, names)), re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


def _telling(alias: str) -> bool:
    """Whether an alias names the kind of body too: "Ban CHQS huyện", "xã An Khê", not "An Khê"."""
    words = tidy(alias).split()
    return len(words) > 1 and is_accented(alias) and any(word.islower() for word in words)


def says_nothing(text: str, unit: Unit | None = None) -> bool:
    """Whether a passage only says that there is nothing to say: "Không.", "Xã A không có kiến nghị".

    Of a `unit`, its own name in front is passed over.
    """
    bare = _NUMBERED.sub("", text)
    key = accented_key(bare if unit is None else without_own_name(bare, unit, ""))
    return not key or _NOTHING.fullmatch(key) is not None


def silent(passages: Sequence[Passage]) -> tuple[str, ...]:
    """Short names of the units that wrote under a section only that there is nothing."""
    speaking = {p.unit.id for p in passages if not says_nothing(p.text, p.unit)}
    return without_repeats(short_name(p.unit) for p in passages if p.unit.id not in speaking)


def shortened(text: str) -> tuple[str, bool]:
    """The first whole sentences up to the length of a quotation, and whether that is all of it.

    Empty when the first sentence alone is longer: nothing is cut in the middle.
    """
    every = sentences(text)
    kept: list[str] = []
    for sentence in every:
        if len(joined([*kept, sentence])) > QUOTE_LENGTH:
            break
        kept.append(sentence)
    return joined(kept), len(kept) == len(every)


def joined(pieces: Sequence[str]) -> str:
    """Sentences as running text, without the last full stop; question marks are kept as they are."""
    return " ".join(p if p.endswith(("?", "!", "…")) else p + "." for p in pieces).removesuffix(".")
