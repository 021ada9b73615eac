"""The one indicator that a number in a clause belongs to, or none where a second is nearly as good."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from config.reports import Aggregation
from intake.figures.sentence_numbers import FOR, YEARS, Mention
from intake.figures.sentence_phrases import (
    AN_EVENT,
    after_last_known,
    counted_in,
    foreign_words,
    is_for_an_event,
    label_before,
    lacks,
    phrase_after,
    turns,
)
from intake.figures.sentence_verbs import turned_round, without_company, without_doing, without_field
from intake.figures.sentence_words import (
    EVENTS,
    GENERIC,
    ITEMS,
    MONEY,
    NO_WORDS,
    STOP,
    VISITS,
    ListedParts,
    Subject,
    SubjectIndex,
    Words,
    keys_of,
    measure_at,
    names_women,
)
from ledger.records import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

_COVERED_ENOUGH = 0.5  # of an indicator's own words, by weight
COVERED_WELL = 0.8  # where nothing but the words speaks for the indicator
CLEARLY_AHEAD = 0.2
_FOREIGN_WORDS = 2  # words the indicator does not know, from which a phrase counts something narrower
# What did not happen is said of no number: "120 em, không có em bỏ học".
_THAT_IS_NOT = re.compile(
    r"\b(?:không|chưa)\s+(?:còn\s+)?(?:có|để|xảy ra|phát sinh|phát hiện|ghi nhận)\b", re.IGNORECASE
)
_HAPPENED = re.compile(r"\b(?:xảy ra|phát sinh)\b", re.IGNORECASE)
MEETINGS = frozenset(EVENTS)
_OF_THE_STATE = frozenset(("nhà", "nước"))  # "ngân sách nhà nước", "Kho bạc Nhà nước"
_SHARE = frozenset(("tỷ", "lệ"))  # "tỷ lệ nữ cấp ủy viên là 04/15 đồng chí"


@dataclass(slots=True)
class Thread:
    """What the numbers read so far in a clause leave for the next."""

    subject: Subject | None = None  #: of the last total
    total: Decimal | None = None
    last: Subject | None = None  #: of the last number that was tied to one
    whole: str | None = None  #: what an earlier clause said before it began to tell parts of it
    parts: ListedParts | None = None  #: indicators that the sentence lists as all parts of another
    outside: tuple[Subject, Decimal] | None = None  #: the total before a bracket that holds other numbers
    loose: list[Mention] = field(default_factory=list)  #: numbers that belong to nothing, parts apart
    found_any: bool = True  #: whether the last number was tied to an indicator
    others_met: bool = False  #: meetings of something else were counted, and nobody yet who came to them
    course: str = ""  #: what the classes just counted taught: "đào tạo nghề" of "01 lớp đào tạo nghề"
    counted: str = ""  #: unit of measure of the last number that is no part of another
    context_from: int = 0  #: offset of the clause from which words may be inherited
    findings: list[Value] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tie:
    """The indicator a number was tied to."""

    subject: Subject
    coverage: float
    own_coverage: float
    is_part: bool = False  #: named by what it is a part of and by its own words together


class Ties:
    """Ties numbers to the indicators of one report."""

    def __init__(self, index: SubjectIndex) -> None:
        self._index = index

    def of(self, mention: Mention, thread: Thread) -> Tie | None:
        """The one indicator the number belongs to, clearly ahead of the next."""
        if mention.value is None or _is_year(mention):
            return None
        if mention.bracketed and not self._is_part_by_name(mention, thread):
            return None
        right = self._without_what_is_not(mention.right)
        if _attended(mention, thread) and " ".join(mention.words) in VISITS:
            right += " tham dự"  # "06 cuộc cho 420 lượt người"
        tie = self._part_of(mention, thread, right) or self._best(mention, thread, right)
        return None if tie is None or self._says_more(mention, tie) else tie

    def _without_what_is_not(self, right: str) -> str:
        """The words after a number without what is said not to be there, where no name says so."""
        shorter, *rest = _THAT_IS_NOT.split(right, maxsplit=1)
        told = re.split(r"[,;.(\x00]", right, maxsplit=1)[0]
        return right if rest and any(one.is_said_by(told) for one in self._index.subjects) else shorter

    def _is_part_by_name(self, mention: Mention, thread: Thread) -> bool:
        """Whether brackets tell a part by an indicator's whole name: "(trong đó hồ sơ trực tuyến 980)".

        So they may tell one after the other: "05 vụ bạo lực gia đình (03 vụ bạo lực tinh thần, 02 vụ bạo
        lực thân thể)", where the names of whole and part share a word.
        """
        whole = thread.subject or (thread.outside[0] if thread.outside else None)
        if whole is None:
            return False
        counted = re.split(r"[,;.)\x00]", mention.right, maxsplit=1)[0]
        named = [
            subject
            for subject in self._index.subjects
            if subject.is_said_by(mention.left)
            or (not mention.left.strip(" ,") and subject.is_said_by(counted))
        ]
        related = mention.subset or (named and not named[0].vocabulary.isdisjoint(whole.vocabulary - GENERIC))
        related = related or (named and named[0].money and whole.money)
        happened = _HAPPENED.search(mention.before) is not None  # "xảy ra 04 vụ (02 vụ trộm cắp, …)"
        related = related or (happened and named and not named[0].is_stock and not whole.is_stock)
        return len(named) == 1 and bool(related)

    def _best(self, mention: Mention, thread: Thread, right: str) -> Tie | None:
        """The indicator clearly ahead of the next by the words beside the number and before it."""
        own = Words.of(mention.left, right, *turned_round(mention.left, right))
        if thread.course and mention.joint in FOR and measure_at(mention.words):
            own = Words.of(mention.left, right, f"{measure_at(mention.words)} {thread.course}")
        inherited = NO_WORDS if mention.subset else Words.of(mention.before[thread.context_from :])
        scored = sorted(self._scores(mention, own, inherited), key=lambda pair: -pair[0])
        if not scored:
            return None
        runner_up = scored[1][0] if len(scored) > 1 else 0.0
        score, tie = scored[0]
        if tie.coverage < _COVERED_ENOUGH or score - runner_up < CLEARLY_AHEAD:
            return None
        if not _is_named(mention, tie.subject, own, inherited):
            return None
        if self._is_cost_of_another(mention, tie.subject, thread):
            return None
        if self._is_coordinated(mention, tie) or self._leans_too_far(mention, tie, thread):
            return None
        return tie

    def _is_cost_of_another(self, mention: Mention, subject: Subject, thread: Thread) -> bool:
        """Whether a sum is what was just counted cost: "05 buổi tuyên truyền, kinh phí 3 triệu đồng"."""
        if not subject.money or (thread.last is not None and thread.last.money):
            return False
        said = frozenset(keys_of(f"{mention.before} {mention.left}"))
        said |= thread.last.vocabulary if thread.last else frozenset()
        if subject.has_aim_in(said, besides=self._index.topics):
            return False
        known = subject.vocabulary | self._index.topic | GENERIC | STOP
        done = foreign_words(self._index.without_topics(mention.left), known)
        return not mention.first or bool(done)  # "tổ chức lễ phát động với kinh phí 5 triệu đồng"

    def _part_of(self, mention: Mention, thread: Thread, right: str) -> Tie | None:
        """The one indicator that a part is when the whole's name goes before its own words.

        "18 cơ sở thực phẩm được kiểm tra, trong đó 02 cơ sở vi phạm" are "cơ sở thực phẩm vi phạm".
        """
        whole = thread.subject
        if whole is None or not mention.subset or measure_at(mention.words) == "":
            return None
        fitting = [
            subject
            for subject in self._index.subjects
            if subject is not whole
            and self._may_count(mention, subject)
            and subject.is_part_named(whole, f"{mention.left} {right}")
        ]
        return Tie(fitting[0], 1.0, 1.0, is_part=True) if len(fitting) == 1 else None

    def _is_coordinated(self, mention: Mention, tie: Tie) -> bool:
        """Whether one number counts two indicators together: "35 hộ nghèo, hộ cận nghèo"."""
        items = ITEMS.split(mention.right.strip())
        if not any(self._index.coverage(tie.subject, Words.of(item)) >= COVERED_WELL for item in items):
            return False  # the list is a part of one name: "lượt cán bộ dự các lớp đào tạo, bồi dưỡng"
        return any(
            subject is not tie.subject
            and self._may_count(mention, subject)
            and self._index.coverage(subject, Words.of(item)) >= COVERED_WELL
            and self._index.coverage(tie.subject, Words.of(item)) < _COVERED_ENOUGH
            for item in (items if len(items) > 1 else ())
            for subject in self._index.subjects
        )

    def _leans_too_far(self, mention: Mention, tie: Tie, thread: Thread) -> bool:
        """Whether a number is tied by words that were said of another number.

        Those something was done for are counted with it or not at all: the five households of "05 con bò
        giống cho 05 hộ nghèo" are no number of poor households.
        """
        if mention.joint in FOR and not MONEY.match(mention.right):
            # "12 lượt với 15 người được tiếp"
            told_with_it = tie.subject.is_named_for_what_was_done(mention.right) or _borrows(mention, thread)
            told_with_it = told_with_it or self._is_told_beside(mention, tie, thread)
            if told_with_it or _attended(mention, thread) or _stands_beside(mention, tie, thread):
                return False
            return not thread.found_any or tie.coverage <= tie.own_coverage
        astray = not (thread.found_any or mention.first or tie.subject.money)
        if tie.own_coverage >= (COVERED_WELL if astray else _COVERED_ENOUGH):
            return False
        if astray:
            return True
        known = tie.subject.vocabulary | self._index.topic | GENERIC | STOP
        foreign = foreign_words(f"{mention.left} {phrase_after(mention.right, tie.subject)}", known)
        again = thread.last is tie.subject
        return not mention.first and (bool(foreign) or again)

    @staticmethod
    def _is_told_beside(mention: Mention, tie: Tie, thread: Thread) -> bool:
        """Whether what is counted "với" it, or those a course was for, are named: "với 34 tin, bài"."""
        if thread.course and tie.own_coverage >= COVERED_WELL:
            told = keys_of(f"{thread.course} {counted_in(mention.right)}")
            return tie.subject.vocabulary.issuperset(word for word in told if word not in STOP)
        named = not tie.subject.is_stock and tie.subject.is_said_by(counted_in(mention.right))
        return named and mention.joint == "với"

    def _scores(self, mention: Mention, own: Words, inherited: Words) -> Iterator[tuple[float, Tie]]:
        ties = [
            Tie(subject, self._index.coverage(subject, own, inherited), self._index.coverage(subject, own))
            for subject in self._index.subjects
            if self._may_count(mention, subject)
        ]
        known = [self._index.known(tie.subject, own) for tie in ties]
        most = max(known, default=0.0)
        for tie, knows in zip(ties, known, strict=True):
            yield tie.coverage * (knows / most if most else 1.0), tie

    def _may_count(self, mention: Mention, subject: Subject) -> bool:
        """Whether unit of measure and sex words allow the number to state this indicator."""
        if subject.money:
            return bool(MONEY.match(mention.right))
        if MONEY.match(mention.right):
            return False
        if subject.names_women and not names_women(f"{mention.before} {mention.left} {mention.right}"):
            return False
        words = mention.words
        measure = measure_at(words)
        if not words:
            return bool(mention.left.rstrip().endswith((":", "là", "="))) or mention.left.strip() != ""
        return subject.takes(measure, words)

    def _says_more(self, mention: Mention, tie: Tie) -> bool:
        """Whether the words narrow the count, or nothing but a weak likeness ties it."""
        if (mention.subset or not mention.words) and tie.own_coverage < COVERED_WELL and not tie.is_part:
            return True
        if turns(mention, tie.subject) or lacks(mention, tie.subject):
            return True
        known = tie.subject.vocabulary | self._index.topic | GENERIC | STOP
        if mention.whole is not None:
            known |= _SHARE
        if tie.subject.money:
            known |= _OF_THE_STATE
        right = self._index.without_topics(mention.right)
        after = foreign_words(phrase_after(right, tie.subject), known)
        happened = not tie.subject.is_stock
        said_last = after_last_known(without_company(mention.left), tie.subject)
        trailing = foreign_words(without_doing(said_last, happened=happened), known)
        about = foreign_words(right.partition(" về ")[2], self._index.vocabulary | known)
        if max(len(after), len(trailing), len(about)) >= _FOREIGN_WORDS:
            return True
        if tie.subject.money and (
            trailing or AN_EVENT.search(said_last) or is_for_an_event(right, tie.subject)
        ):
            return True  # "kinh phí tổ chức hội thi" is no more than a part
        named = happened and tie.subject.is_said_by(counted_in(right))
        label = label_before(mention)
        label = without_field(label, tie.subject.is_said_by, happened=happened, named=named)
        label = without_doing(label, happened=happened)
        return len(foreign_words(self._index.without_topics(label), known)) >= _FOREIGN_WORDS


def _is_named(mention: Mention, subject: Subject, own: Words, inherited: Words) -> bool:
    """Whether more is said than the unit of measure: whom it counts, and what a sum of money is for."""
    if subject.money and not subject.says_what_for(own, inherited):
        return False
    return subject.is_named_beyond(measure_at(mention.words), own, inherited)


def _attended(mention: Mention, thread: Thread) -> bool:
    """Whether the number tells who came to the meetings just counted: "06 cuộc cho 420 lượt người"."""
    if thread.last is None or measure_at(mention.words) not in VISITS:
        return False
    return thread.found_any and not MEETINGS.isdisjoint(thread.last.measures)


def _borrows(mention: Mention, thread: Thread) -> bool:
    """Whether households are told that a loan just summed up was lent to: "15,3 tỷ đồng cho 312 hộ vay"."""
    lent = thread.found_any and thread.last is not None and thread.last.money
    return lent and "vay" in mention.words[:3]


# "Toàn trường có 18 lớp với 561 học sinh": two numbers of all there are.
_ALL_THERE_ARE = re.compile(
    r"(?:^|[,:])\s*(?:(?:hiện|đến)(?:\s+nay)?,?\s+)?(?:toàn |nhà |trên địa bàn )?"
    r"(?:xã|thị trấn|phường|trường|thôn|bản|chi hội)\b[^,;]*\b(?:có|gồm)\s+\d",
    re.IGNORECASE,
)


def _stands_beside(mention: Mention, tie: Tie, thread: Thread) -> bool:
    """Whether a number joined by "với" tells, as the one before it, of all there are."""
    both = (tie.subject, thread.last)
    if mention.joint != "với" or not thread.found_any or tie.own_coverage < COVERED_WELL:
        return False
    stocks = all(one is not None and one.indicator.aggregation is not Aggregation.SUM for one in both)
    return stocks and _ALL_THERE_ARE.search(mention.before) is not None


def _is_year(mention: Mention) -> bool:
    return bool(re.fullmatch(YEARS, mention.text)) and not measure_at(mention.words)
