"""The names of a report's indicators as labels are compared with them, and which may fit a label at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from config.remembered import remembered
from config.spelling import plain_key
from intake.figures.label_keys import GLUED_CAPITALS, RULED, LabelKey
from intake.figures.label_match import Strength
from intake.figures.measures import same_measure
from intake.figures.typing_faults import SHORTEST_MISTYPED, compacted, same_but_marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_Y_OR_I = {"y": "i", "i": "y"}
_VOWELS = frozenset("aeiouy")
_ROMAN_LETTERS = frozenset("ivx")
_FIRST_WORDS = 4
MOST_REMEMBERED = 4_096  # labels of which an index remembers what they mean


@dataclass(frozen=True, slots=True)
class NamedForm:
    """One name of one indicator: its label or a synonym."""

    code: str
    strength: Strength
    key: LabelKey
    measure: str
    measure_words: frozenset[str]
    topics: frozenset[str]  #: words of the report's subject, which every row of it implies
    items: tuple[frozenset[str], ...]  #: the items of a list: "tờ rơi", "tờ gấp", "tài liệu cấp phát"
    predicate: frozenset[str]  #: what happened to the counted: "được hỗ trợ, tư vấn"
    compact: tuple[str, str]  #: the text, and the text without its lead, without blanks
    most_faults: tuple[int, int]  #: of typing in each of the two

    def implied(self, measure: str) -> frozenset[str]:
        """The words a row may leave out: the subject, and what its unit of measure says already."""
        said = self.measure_words if measure and same_measure(measure, self.measure) else frozenset()
        return self.topics | said


class NamedForms:
    """Some names of a report, found by what they say and in their order."""

    def __init__(self, forms: list[NamedForm]) -> None:
        self.forms = forms
        self.by_text: dict[str, list[NamedForm]] = {}
        self.by_short: dict[str, list[NamedForm]] = {}
        self._without_marks: dict[str, list[int]] = {}
        self._longest = max((max(_lengths(form.key)) for form in forms), default=0)
        self._compact = frozenset(compact for form in forms for compact in form.compact)
        for number, form in enumerate(forms):
            self.by_text.setdefault(form.key.text, []).append(form)
            self.by_short.setdefault(form.key.short, []).append(form)
            for bare in {plain_key(form.key.text), plain_key(form.key.short)}:
                self._without_marks.setdefault(bare, []).append(number)

    def near(self, typed: TypedLabel) -> Iterable[NamedForm]:
        """The names that a label may be a mistyping of; of a sentence longer than all of them none."""
        if min(typed.lengths) > self._longest and self._compact.isdisjoint(typed.compact):
            return ()
        return filter(typed.may_be, self.forms)

    def like(self, key: LabelKey) -> list[NamedForm]:
        """The names that a label may be once all marks are gone."""
        bare = {plain_key(key.text), plain_key(key.short)}
        return [self.forms[n] for n in sorted({n for one in bare for n in self._without_marks.get(one, ())})]


class Strangers:
    """Tells soon that a text names nothing: most cells of a sheet hold sentences, and one word settles it.

    A word that no rule takes away or writes otherwise must be some name's, if only mistyped or without a
    blank beside it. What brackets hold may be dropped: texts with any are left to the comparison.
    """

    def __init__(self, names: Iterable[str], measures_and_topics: Iterable[str]) -> None:
        texts = [plain_key(name) for name in names]
        self._words = frozenset(word for text in texts for word in text.split())
        known = self._words.union(map(plain_key, measures_and_topics), RULED)
        # "kỹ" and "kĩ" are one word.
        swapped = {f"{word[:-1]}{_Y_OR_I[word[-1]]}" for word in known if word[-1] in _Y_OR_I}
        self._known = known | swapped
        self._joined = " ".join(map(compacted, texts))
        self._is_no_part = remembered(MOST_REMEMBERED)(self._says_something_else)

    def name_nothing(self, text: str, key: str) -> bool:
        """Whether a word of the text, whose plain key that is, can be no word of any name."""
        if "(" in text or "[" in text:
            return False
        # Most sentences are told by their first words: the others are parted where these leave it open.
        for at, word in enumerate(key.split(" ", _FIRST_WORDS)):
            if word not in self._known and self._is_no_part(word):
                return not _may_be_glued(text, at, word)
        return key.count(" ") >= _FIRST_WORDS and any(
            word not in self._known and self._is_no_part(word) and not _may_be_glued(text, at, word)
            for at, word in enumerate(key.split())
        )

    def _says_something_else(self, word: str) -> bool:
        return self._says_something(word) and not self._may_be(word)

    def _says_something(self, word: str) -> bool:
        """Whether the word is no number, no short form and no piece of a name with blanks astray."""
        is_word = len(word) > 1 and word.isalpha() and not _VOWELS.isdisjoint(word)
        return is_word and not _ROMAN_LETTERS.issuperset(word) and word not in self._joined

    def _may_be(self, word: str) -> bool:
        """Whether it is a word of a name with a typing fault, or several without the blanks between."""
        return any(
            word == one
            or (len(one) >= SHORTEST_MISTYPED and OSA.distance(word, one, score_cutoff=1) <= 1)
            or (word.startswith(one) and self._may_be(word[len(one) :]))
            for one in self._words
        )


@dataclass(frozen=True, slots=True)
class TypedLabel:
    """How long a label is, which tells soon what it cannot be a mistyping of."""

    lengths: tuple[int, int]  #: words of its text, and without its lead
    compact: tuple[str, str]

    @classmethod
    def of(cls, key: LabelKey) -> TypedLabel:
        """The lengths of a label."""
        return cls(_lengths(key), (compacted(key.text), compacted(key.short)))

    def may_be(self, form: NamedForm) -> bool:
        """Whether the name differs by no more than lost blanks would make it, or by blanks alone."""
        named = _lengths(form.key)
        return any(
            0 <= named[side] - self.lengths[side] <= form.most_faults[side]
            or self.compact[side] == form.compact[side]
            for side in (0, 1)
        )


def _may_be_glued(text: str, at: int, word: str) -> bool:
    """Whether the word of a text with that number may be two, the second in capitals: "chốngBLGĐ"."""
    parted = text.split(None, at + 1)
    own = parted[at] if at < len(parted) and plain_key(parted[at]) == word else text
    return not own[1:].islower() and GLUED_CAPITALS.search(own) is not None


def _lengths(key: LabelKey) -> tuple[int, int]:
    return key.text.count(" ") + 1, key.short.count(" ") + 1


def cuts_items(form: NamedForm, cut: frozenset[str]) -> bool:
    """Whether exactly whole items of a list were left out, and not all: "tờ rơi, tờ gấp" without "tờ gấp"."""
    lost = [item for item in form.items if item & cut]
    kept = [item for item in form.items if not item & cut]
    only_lost = frozenset().union(*lost) - frozenset().union(*kept)
    return bool(kept) and len(lost) == 1 and cut == only_lost


def typed_plain(key: LabelKey, names: NamedForms) -> Iterator[NamedForm]:
    """Names that agree once the marks are gone, for labels typed without them, wholly or in part."""
    for form in names.like(key):
        pairs = ((key.text, form.key.text), (key.short, form.key.short))
        if any(same_but_marks(written.split(), named.split()) for written, named in pairs):
            yield form


def same_words(key: LabelKey, forms: list[NamedForm]) -> Iterator[NamedForm]:
    """Names with the same words in any order."""
    for form in forms:
        if key.words == form.key.words and key.numbers == form.key.numbers:
            yield form


def same_but_implied(
    key: LabelKey, forms: list[NamedForm], measure: str, topics: frozenset[str]
) -> Iterator[NamedForm]:
    """Names with the same words apart from what the report's subject or the unit of measure says."""
    for form in forms:
        cut = form.implied(measure) | topics
        extra = cut | form.measure_words
        kept = key.words - extra
        same = bool(kept) and kept == form.key.words - extra and form.key.words - key.words <= cut
        if same and key.numbers == form.key.numbers:
            yield form
