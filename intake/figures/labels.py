"""Which indicator a row's label means: by words and rule, never by position, never by a guess.

A label is compared in rising looseness: the same words, the same words in another order, the same
words with a typing fault, the same words cut short. At each step exactly one indicator of the report
must fit; two that fit are ambiguous, and none leaves the row unread. A missing figure can be asked
for, a figure under the wrong indicator cannot be found again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from config.remembered import remembered
from config.reports import Aggregation, Indicator, Sex
from config.spelling import is_accented, plain_key
from intake.figures.label_forms import (
    MOST_REMEMBERED,
    NamedForm,
    NamedForms,
    Strangers,
    TypedLabel,
    cuts_items,
    same_but_implied,
    same_words,
    typed_plain,
)
from intake.figures.label_keys import (
    BARE,
    EXPLAINED,
    MARKED,
    NAMING_WOMEN,
    NEGATIONS,
    REMARK,
    SEX_ENDS,
    WOMEN_ALONE,
    LabelKey,
    Spelling,
    folded,
    label_key,
    names_ratio,
    sex_row,
    without_lead,
)
from intake.figures.label_match import NO_MATCH, LabelMatch, Strength
from intake.figures.measures import same_measure
from intake.figures.typing_faults import compacted, most_faults, typing_faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_SYLLABLES = 2  # of one Vietnamese word: "lao động"
_FEWEST = 2  # words a shortened name must have left
_MOST = 0.75  # share of what happened to the counted that a shortened name must have left
_MANY = 0.6  # share of all words that make a shortened name worth proposing


@dataclass(frozen=True)
class LabelIndex:
    """All names of a report's indicators, ready to be asked which one a label means.

    `topics` are the phrases that name the report's subject: in a report on bình đẳng giới the row
    "Số lớp tập huấn" and "Số lớp tập huấn về bình đẳng giới" are one.

    A `bare` index compares labels typed without marks: all names without theirs, by the same steps but
    for typing faults, for without marks one letter more or less makes too many other words.
    """

    indicators: tuple[Indicator, ...]
    topics: tuple[str, ...] = ()
    bare: bool = False

    @cached_property
    def longest_name(self) -> int:
        """The number of words of the longest name: a text of far more words can be no name of anything."""
        return max((len(form.key.text.split()) for form in self._forms), default=0)

    def match(self, label: str, section_context: str = "", measure: str = "") -> LabelMatch:
        """The indicator the label means.

        `section_context` is the heading above the row, `measure` the unit of measure of the row: both
        only decide between names, they never make a match of their own.
        """
        return self._answered(label, section_context, measure)

    @cached_property
    def _answered(self) -> Callable[[str, str, str], LabelMatch]:
        return remembered(MOST_REMEMBERED)(self._answer)

    def _answer(self, label: str, section: str, measure: str) -> LabelMatch:
        if self.names_nothing(label, plain_key(label)):
            return NO_MATCH
        found = self._match(label, section, measure)
        return found if found or found.ambiguous else self._but_for_remark(label, section, measure)

    def _but_for_remark(self, label: str, section: str, measure: str) -> LabelMatch:
        """What a label means but for what its brackets add: they may narrow it, and only a person can tell.

        "Số buổi sinh hoạt (không tính họp Ban Chấp hành)".
        """
        shorter = REMARK.sub("", label)
        if shorter == label or sex_row(" ".join(REMARK.findall(label)).strip(" ()[]")):
            return NO_MATCH
        found = self._match(shorter, section, measure)
        sure = found.strength in (Strength.EXACT, Strength.SYNONYM)
        return replace(found, strength=Strength.UNCERTAIN) if sure else NO_MATCH

    def names_nothing(self, text: str, key: str) -> bool:
        """Whether a text is told at once to be no name: no question that `match` would have to remember."""
        return self._strangers.name_nothing(text, key)

    @cached_property
    def _strangers(self) -> Strangers:
        return Strangers([form.key.text for form in self._forms], self._known)

    def keys_of(self, code: str) -> tuple[LabelKey, ...]:
        """The names of one indicator, ready for comparison: its label first, then its synonyms."""
        return tuple(form.key for form in self._forms if form.code == code)

    def called(self, label: str) -> tuple[str, ...]:
        """The codes of the indicators that have the label for a name but for its marks and its order."""
        wanted = sorted(map(plain_key, self.own_key(label).words))
        named = (form.code for form in self._forms if sorted(map(plain_key, form.key.words)) == wanted)
        return tuple(dict.fromkeys(named))

    def own_key(self, label: str) -> LabelKey:
        """A row's label ready for comparison, without the level every row of this report is at."""
        return self._own_level_dropped(self._key(label))

    def nearest(self, label: str) -> str:
        """The code of the indicator most like the label, as a proposal to a person; empty when none is."""
        if self._is_beyond_marks(label):
            return self.without_marks.nearest(label)
        wanted = self._key(label).words
        shares = {
            form.code: max(len(wanted & form.key.words) / max(len(wanted | form.key.words), 1), 0)
            for form in sorted(self._forms, key=lambda form: len(wanted & form.key.words))
        }
        best = max(shares, key=lambda code: shares[code], default="")
        return best if best and shares[best] >= 1 / 3 else ""

    @property
    def spelling(self) -> Spelling:
        """The words and phrases that rule its comparisons, with their marks or without."""
        return BARE if self.bare else MARKED

    @cached_property
    def without_marks(self) -> LabelIndex:
        """The same names for labels typed without marks."""
        return LabelIndex(self.indicators, self.topics, bare=True)

    def _is_beyond_marks(self, label: str) -> bool:
        """Whether a label was typed without marks and this index compares with them."""
        return not self.bare and not is_accented(label)

    def _key(self, label: str) -> LabelKey:
        key = label_key(label)
        return BARE.key(plain_key(key.text), key.measure) if self.bare else key

    def folded(self, text: str) -> str:
        """A text as this index compares it: short forms written out, with its marks or without."""
        return plain_key(folded(text)) if self.bare else folded(text)

    @cached_property
    def _forms(self) -> tuple[NamedForm, ...]:
        return tuple(form for indicator in self.indicators for form in self._forms_of(indicator))

    @cached_property
    def _ratios(self) -> frozenset[str]:
        return frozenset(one.code for one in self.indicators if one.aggregation is Aggregation.RATIO)

    @cached_property
    def _measures(self) -> dict[str, str]:
        return {one.code: one.unit_of_measure for one in self.indicators}

    @cached_property
    def _sexes(self) -> dict[str, tuple[Sex, ...]]:
        return {one.code: one.sexes for one in self.indicators}

    @cached_property
    def _women(self) -> dict[str, frozenset[str]]:
        named = {
            one.code: self.spelling.words(self.folded(one.women)) for one in self.indicators if one.women
        }
        return {code: words - NAMING_WOMEN for code, words in named.items()}

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        return frozenset(word for form in self._forms for word in form.key.text.split())

    @cached_property
    def _texts(self) -> frozenset[str]:
        return frozenset(form.key.text for form in self._forms)

    @cached_property
    def _names_levels(self) -> bool:
        return any(self.spelling.levels.search(form.key.text) for form in self._forms)

    def _forms_of(self, indicator: Indicator) -> Iterator[NamedForm]:
        names = [
            (indicator.label, Strength.EXACT),
            *((name, Strength.SYNONYM) for name in indicator.synonyms),
        ]
        for name, strength in names:
            yield self._form(indicator, name, strength)
            if (shorter := EXPLAINED.sub("", name)) != name:
                yield self._form(indicator, shorter, Strength.SYNONYM)

    def _form(self, indicator: Indicator, name: str, strength: Strength) -> NamedForm:
        key, words = self._key(name), self.spelling.words
        parts = self.spelling.passive.split(key.text, maxsplit=1)
        return NamedForm(
            code=indicator.code,
            strength=strength,
            key=key,
            measure=indicator.unit_of_measure,
            measure_words=words(self.folded(indicator.unit_of_measure)),
            topics=self._topics_in(key),
            items=tuple(self._key(item).words for item in re.split(r"[,;/]", name)) if "," in name else (),
            predicate=words(parts[1]) - self._topics_in(key) if len(parts) > 1 else frozenset(),
            compact=(compact := (compacted(key.text), compacted(key.short))),
            most_faults=(most_faults(compact[0]), most_faults(compact[1])),
        )

    def _topics_in(self, key: LabelKey) -> frozenset[str]:
        """The words of the whole topic phrases the label holds."""
        named = (topic for one in self.topics if (topic := self.folded(one)) in key.text)
        held = [self.spelling.words(topic) for topic in named]
        return frozenset(word for words in held for word in words)

    def _match(self, label: str, section: str, measure: str) -> LabelMatch:
        key = self.own_key(label)
        if not key.words:
            return NO_MATCH
        stated = measure or key.measure
        ratio = names_ratio(label)
        if self._is_beyond_marks(label):
            found = self._as_named(key, stated, ratio=ratio)
            return (
                self._of_women(found, key)
                if found is not None
                else self.without_marks.match(label, section, measure)
            )
        found = self._of_women(self._by_words(key, section, stated, ratio=ratio), key)
        settled = found or found.ambiguous or self.bare  # a bare "nam" is a man or a year
        return found if settled else self._by_sex(key, section, stated, ratio=ratio)

    def _of_women(self, found: LabelMatch, key: LabelKey) -> LabelMatch:
        """The women alone where a name that says so was matched: "Nữ tham gia cấp ủy" are not all."""
        sexes = self._sexes.get(found.indicator, ())
        if not (Sex.TOTAL in sexes and Sex.FEMALE in sexes):
            return found
        alone = WOMEN_ALONE.search(key.text) or self.calls_women(found.indicator, key)
        return replace(found, sex=Sex.FEMALE) if alone else found

    def calls_women(self, code: str, key: LabelKey) -> bool:
        """Whether a label says what the indicator's own calls its women: "Hộ nghèo do phụ nữ làm chủ hộ"."""
        women = self._women.get(code, frozenset())
        said = len(key.words & women) >= _FEWEST and not key.words.isdisjoint(NAMING_WOMEN)
        return said and not any(one.text == key.text for one in self.keys_of(code)[:1])

    def _own_level_dropped(self, key: LabelKey) -> LabelKey:
        """Make "Đại biểu HĐND cấp xã" into "Đại biểu HĐND" where the report names no level anywhere.

        A township's "Đại biểu HĐND thị trấn" is the "Đại biểu HĐND xã" that the report asks for.
        """
        if key.text in self._texts:
            return key
        if named := self._by_level.get(without_lead(self.spelling.level.sub("", key.text))):
            return replace(named, measure=key.measure)
        shorter = self.spelling.own_level.sub("", key.text)
        if self._names_levels or shorter == key.text:
            return key
        return replace(self.spelling.key(shorter, key.measure), short=without_lead(shorter))

    @cached_property
    def _by_level(self) -> dict[str, LabelKey]:
        """The names by what is left of them without the lowest level, where that leaves one indicator."""
        found: dict[str, list[NamedForm]] = {}
        for form in self._forms:
            found.setdefault(without_lead(self.spelling.level.sub("", form.key.text)), []).append(form)
        return {
            shorter: forms[0].key for shorter, forms in found.items() if len({one.code for one in forms}) == 1
        }

    @cached_property
    def _names(self) -> dict[bool, NamedForms]:
        """The names of rates, and those of all else."""
        return {
            ratio: NamedForms([form for form in self._forms if (form.code in self._ratios) == ratio])
            for ratio in (False, True)
        }

    @cached_property
    def _known(self) -> frozenset[str]:
        """Every word that a name, a unit of measure or the report's subject has."""
        topics = frozenset(word for one in self.topics for word in self.spelling.words(self.folded(one)))
        return topics.union(*(form.key.words | form.measure_words for form in self._forms))

    def _as_named(self, key: LabelKey, measure: str, *, ratio: bool) -> LabelMatch | None:
        """The match of the same words in the same order; None: no name has them."""
        names = self._names[ratio]
        steps: tuple[Callable[[], Iterable[NamedForm]], ...] = (
            lambda: names.by_text.get(key.text, ()),
            lambda: names.by_short.get(key.short, ()),
            lambda: typed_plain(key, names),
        )
        told = (self._only(step(), measure, None) for step in steps)
        return next((found for found in told if found is not None), None)  # also when two fit

    def _by_words(self, key: LabelKey, section: str, measure: str, *, ratio: bool) -> LabelMatch:
        if (named := self._as_named(key, measure, ratio=ratio)) is not None:
            return named
        forms = self._names[ratio].forms
        known = key.words <= self._known  # else no name has its words, and only typing faults may explain it
        steps: tuple[Callable[[], Iterable[NamedForm]], ...] = (
            lambda: same_words(key, forms),
            lambda: same_but_implied(key, forms, measure, self._topics_in(key)),
            lambda: self._supplied_by_section(key, forms, section),
        )
        for step in steps if known else ():
            if (found := self._only(step(), measure, Strength.REORDERED)) is not None:
                return found  # also when two fit: a looser step could only hide that
        mistyped = None if self.bare else self._mistyped(key, self._names[ratio])
        if mistyped is not None:
            return mistyped
        return (self._shortened(key, forms, measure) if known else None) or NO_MATCH

    def _only(self, forms: Iterable[NamedForm], measure: str, strength: Strength | None) -> LabelMatch | None:
        """The match when all forms belong to one indicator, after the unit of measure has spoken."""
        fitting = list(forms)
        codes = list(dict.fromkeys(form.code for form in fitting))
        if len(codes) > 1 and measure:
            codes = [code for code in codes if same_measure(measure, self._measures[code])] or codes
        if not codes:
            return None
        if len(codes) > 1:
            return LabelMatch(ambiguous=tuple(codes))
        best = min((f.strength for f in fitting if f.code == codes[0]), key=list(Strength).index)
        return LabelMatch(indicator=codes[0], strength=strength or best)

    def _supplied_by_section(
        self, key: LabelKey, forms: list[NamedForm], section: str
    ) -> Iterator[NamedForm]:
        """Under "Tập huấn" the row "Số lớp" is "Số lớp tập huấn": the heading supplies the missing words."""
        heading = self._key(section).words
        for form in forms:
            missing = form.key.words - key.words
            if missing and key.words <= form.key.words and missing <= heading:
                yield form

    def _mistyped(self, key: LabelKey, names: NamedForms) -> LabelMatch | None:
        """A name with typing faults, when every other indicator is clearly farther away."""
        distances: dict[str, int] = {}
        for form in names.near(TypedLabel.of(key)):
            if (faults := self._faults(key, form)) is not None:
                distances[form.code] = min(faults, distances.get(form.code, faults))
        if len(distances) != 1:
            return LabelMatch(ambiguous=tuple(distances)) if distances else None
        (code, faults), clear = next(iter(distances.items())), compacted(key.short)
        rivals = (form for form in self._forms if form.code != code)
        near = 2 * faults + 2
        if any(OSA.distance(clear, compacted(f.key.short), score_cutoff=near) <= near for f in rivals):
            return LabelMatch(ambiguous=(code,))
        return LabelMatch(indicator=code, strength=Strength.TYPO)

    def _faults(self, key: LabelKey, form: NamedForm) -> int | None:
        """How many typing faults part a label from a name; None when more than typing does."""
        if key.numbers != form.key.numbers:
            return None
        if NEGATIONS & set(key.text.split()) != NEGATIONS & set(form.key.text.split()):
            return None
        for written, named in ((key.text, form.key.text), (key.short, form.key.short)):
            faults = typing_faults(written.split(), named.split(), self._vocabulary)
            if faults is not None and faults <= most_faults(compacted(named)):
                return faults
        return None

    def _shortened(self, key: LabelKey, forms: list[NamedForm], measure: str) -> LabelMatch | None:
        """A name cut short, when only one indicator holds all its words and what was cut changes nothing."""
        wanted = key.words - self._topics_in(key) or key.words
        if len(wanted) < _FEWEST:
            return None
        holding = [form for form in forms if wanted <= form.key.words | form.measure_words]
        codes = list(dict.fromkeys(form.code for form in holding))
        if len(codes) != 1:
            return LabelMatch(ambiguous=tuple(codes)) if codes else None
        strengths = [self._cut(key.words, form, forms, measure) for form in holding]
        for strength in (Strength.SHORTENED, Strength.UNCERTAIN):
            if strength in strengths:
                return LabelMatch(indicator=codes[0], strength=strength)
        return None

    def _cut(self, wanted: frozenset[str], form: NamedForm, forms: list[NamedForm], measure: str) -> Strength:
        """Whether what a label leaves out of a name leaves the thing counted the same."""
        implied = form.implied(measure)
        whole = form.key.words - (implied - wanted)
        cut = whole - wanted
        if wanted <= form.measure_words or (measure and not same_measure(measure, form.measure)):
            return Strength.NONE
        if any(word in self.spelling.guarded or any(map(str.isdigit, word)) for word in cut):
            return Strength.NONE
        if self._cut_is_harmless(wanted, cut, form, forms, measure):
            return Strength.SHORTENED
        kept = len(form.predicate & wanted) / len(form.predicate) if form.predicate else 1.0
        likely = kept >= _MOST and len(whole & wanted) / len(whole) >= _MANY
        return Strength.UNCERTAIN if likely else Strength.NONE

    def _cut_is_harmless(
        self,
        wanted: frozenset[str],
        cut: frozenset[str],
        form: NamedForm,
        forms: list[NamedForm],
        measure: str,
    ) -> bool:
        """Longer than another name, an item of a list less, the counted left to the unit of measure."""
        if self._between_two_names(wanted, form, forms):
            return True
        if form.predicate:
            head = form.key.words - form.predicate - form.topics
            one_word = len(head - form.measure_words) <= _SYLLABLES and not head & wanted
            return bool(measure) and one_word and form.predicate <= wanted
        return cuts_items(form, cut) or (bool(measure) and self._only_of_measure(form.code))

    def _between_two_names(self, wanted: frozenset[str], form: NamedForm, forms: list[NamedForm]) -> bool:
        """Longer than one name of the indicator and shorter than another: nothing else can be meant."""
        return any(
            other.code == form.code and len(other.key.words) >= _FEWEST and other.key.words <= wanted
            for other in forms
        )

    def _only_of_measure(self, code: str) -> bool:
        wanted = self._measures[code]
        return [one for one, unit in self._measures.items() if same_measure(unit, wanted)] == [code]

    def _by_sex(self, key: LabelKey, section: str, measure: str, *, ratio: bool) -> LabelMatch:
        """The label without the sex it names at its beginning or end: "Số nữ đại biểu HĐND"."""
        for end, sex in SEX_ENDS:
            rest = end.sub(" ", key.text).strip()
            if ratio or rest == key.text or not rest:
                continue
            shorter = replace(MARKED.key(rest, key.measure), short=without_lead(rest))
            found = self._by_words(shorter, section, measure, ratio=False)
            if found.strength in (Strength.EXACT, Strength.SYNONYM, Strength.REORDERED):
                return LabelMatch(found.indicator, sex, found.strength)
        return NO_MATCH
