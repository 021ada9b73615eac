"""The figures of one clause: totals, their parts by sex, fractions, shares, and what did not happen."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from config.reports import Aggregation, Indicator, Sex
from intake.figures.measures import convert, is_scaled
from intake.figures.sentence_changes import change_told
from intake.figures.sentence_forms import ALL_OF_A_SEX, all_of_a_sex
from intake.figures.sentence_nothings import without_nothings, zeros_said
from intake.figures.sentence_numbers import (
    Mention,
    goes_on_by_sex,
    mask,
    mentions_in,
    names_a_part,
    only_sex,
    sex_of,
)
from intake.figures.sentence_phrases import counted_in, label_before
from intake.figures.sentence_shares import shares_alone
from intake.figures.sentence_ties import MEETINGS, Thread, Tie, Ties
from intake.figures.sentence_wholes import is_of_all, is_part_of_some
from intake.figures.sentence_words import (
    GENERIC,
    MONEY,
    PERSONS,
    STOP,
    VISITS,
    ListedParts,
    Subject,
    SubjectIndex,
    keys_of,
    measure_at,
    names_women,
)
from ledger.records import Certainty, Method, Place, Value

_PLACES = frozenset(("thôn", "bản", "xóm", "ấp", "xã", "buôn", "khu", "trường", "điểm", "tdp"))
_COMING = frozenset(VISITS)
_CAME = _COMING | frozenset(PERSONS)
_PARTING = frozenset(("trong", "đó", "bao", "gồm"))
_WOMEN = frozenset(("phụ", "nữ"))
_COURSES = frozenset(("lớp", "lớp học", "khóa"))
_ANY_OF_THEM = frozenset(("đơn vị", "cơ sở"))  # how any body is counted the second time
_WORDS_OF_WOMEN = 2  # of those that tell which are the women's: "làm chủ hộ"


@dataclass(slots=True)
class Told:
    """What was told before a clause, and what the clause leaves for the next."""

    loose: list[Mention]  #: numbers of the sentence that were tied to nothing
    whole: str | None = None  #: what an earlier clause said before it began to tell parts of it
    parts: ListedParts | None = None  #: indicators that the sentence lists as all parts of another
    before: tuple[Subject, Decimal] | None = None  #: the last total, if this goes on with its parts
    after: tuple[Subject, Decimal] | None = None  #: the last total of the clause


class ClauseReader:
    """Reads clauses against one report's indicators."""

    def __init__(self, index: SubjectIndex) -> None:
        self._index = index
        self._ties = Ties(index)

    def read(self, clause: str, told: Told, place: Place) -> list[Value]:
        """The figures of one clause; what it leaves for the next one is noted in `told`."""
        masked, nothings = without_nothings(mask(clause))
        zeros = [zero for said in nothings for zero in zeros_said(said, place, self._index)]
        mentions = mentions_in(masked, listing=told.whole is not None)
        counts = [mention for mention in mentions if not mention.percent]
        if not counts:
            nothing = zeros_said(masked, place, self._index) if not mentions else []
            return [*(nothing or shares_alone(mentions, place, self._index)), *zeros]
        thread = Thread(loose=told.loose, whole=told.whole, parts=told.parts)
        if told.before is not None and goes_on_by_sex(mentions[0]):
            thread.subject, thread.total = told.before
            mentions[0] = replace(mentions[0], first=False)
        for mention in mentions:
            self._mention(mention, thread, place)
        totals = {one.indicator for one in thread.findings if one.sex is Sex.TOTAL}
        if thread.subject is not None and thread.total is not None and len(totals) == 1:
            told.after = thread.subject, thread.total
        return [*thread.findings, *shares_alone(mentions, place, self._index), *zeros]

    def _mention(self, mention: Mention, thread: Thread, place: Place) -> None:
        if mention.percent or _tells_where(mention):
            if mention.percent and names_a_part(mention):
                thread.subject, thread.total = None, None
            return
        sex = only_sex(mention)
        if sex is not None and mention.whole is None:
            self._part_by_sex(mention, sex, thread, place)
            return
        if self._is_explained_part(mention, thread):
            self._part_by_sex(mention, Sex.FEMALE, thread, place)
            return
        tie = self._ties.of(mention, thread)
        thread.found_any = tie is not None
        measure = measure_at(mention.words)
        thread.course = counted_in(mention.right).removeprefix(measure).strip() if measure in _COURSES else ""
        thread.outside = _outside(mention, thread)
        came = measure_at(mention.words) in _CAME
        others_met, thread.others_met = thread.others_met, thread.others_met and not came
        if tie is not None and self._counts_others(mention, tie.subject, thread):
            thread.subject, thread.total = None, None  # its women are none of those it is a part of
            return
        if not (mention.subset or mention.bracketed):
            thread.counted = measure_at(mention.words)
        if others_met and tie is not None and not _COMING.isdisjoint(tie.subject.measures):
            thread.subject, thread.total = None, None
            return  # whoever came to meetings of two kinds came to neither alone
        if tie is None:
            _let_loose(mention, thread)
        else:
            self._total(mention, tie, thread, place)

    def _counts_others(self, mention: Mention, subject: Subject, thread: Thread) -> bool:
        """Whether a number counts others than all those the indicator asks for."""
        return (
            _came_among_others(mention, subject, thread)
            or self._is_part_of_some(mention, subject, thread)
            or _changes(mention, subject)
        )

    def _is_part_of_some(self, mention: Mention, subject: Subject, thread: Thread) -> bool:
        parts = self._told_parts(thread)
        if subject.indicator.code in parts:
            return False
        return is_part_of_some(mention, subject, thread.whole, self._index.stocks)

    @staticmethod
    def _told_parts(thread: Thread) -> frozenset[str]:
        """The parts that the sentence lists of a whole, once the whole itself was read."""
        if thread.parts is None:
            return frozenset()
        told = thread.parts.is_told or any(one.indicator == thread.parts.whole for one in thread.findings)
        thread.parts.is_told = told
        return thread.parts.codes if told else frozenset()

    def _is_explained_part(self, mention: Mention, thread: Thread) -> bool:
        """Whether a part is what the label calls the women of the total: "(nữ: do phụ nữ làm chủ hộ)"."""
        subject = thread.subject
        if subject is None or not subject.indicator.women or mention.whole is not None:
            return False
        if not (mention.subset or mention.bracketed):
            return False
        phrase = f"{mention.left} {mention.right}"
        told, named = set(keys_of(phrase)), set(keys_of(subject.indicator.women))
        if not names_women(phrase) or not told <= subject.vocabulary | GENERIC | STOP | _PARTING:
            return False
        enough = len((told & named) - _WOMEN - STOP) >= _WORDS_OF_WOMEN
        measure = measure_at(mention.words)
        counted = (
            not mention.words
            or mention.words[0] == "do"
            or measure in _ANY_OF_THEM
            or subject.takes(measure, mention.words)
        )
        return enough and counted

    def _part_by_sex(self, mention: Mention, sex: Sex, thread: Thread, place: Place) -> None:
        """A number that is only "nữ" or "nam" is a part of the total right before it."""
        subject, total = thread.subject, thread.total
        if subject is None and thread.outside is not None and not mention.bracketed:
            subject, total = thread.outside
        if subject is None or total is None or sex not in subject.indicator.sexes:
            return
        if mention.value is None or not _is_whole(mention.value):
            return
        doubt = "part_exceeds_total" if mention.value > total else ""
        thread.findings.append(_value(subject, sex, mention.value, mention, place, doubt=doubt))

    def _total(self, mention: Mention, tie: Tie, thread: Thread, place: Place) -> None:
        subject = tie.subject
        sex = self._sex_counted(mention, subject)
        value = _in_measure(mention, subject.indicator)
        thread.subject, thread.total, thread.last = None, None, subject
        if value is None or sex is None:
            return
        if mention.whole is not None:
            self._fraction(mention, subject, thread, place)
            return
        told = {sex: value}
        if (all_of := ALL_OF_A_SEX.search(mention.right)) and sex is Sex.TOTAL:
            told = all_of_a_sex(sex_of(all_of[0]), value)
        if Sex.TOTAL in told:
            thread.subject, thread.total = subject, value
        for one, counted in told.items():
            if one in subject.indicator.sexes:
                thread.findings.append(_value(subject, one, counted, mention, place))

    def _fraction(self, mention: Mention, subject: Subject, thread: Thread, place: Place) -> None:
        """Part and whole of "66/162 người là phụ nữ"; of "Số hộ nghèo: 84/1.200 hộ" the part alone."""
        sex = sex_of(f"{mention.left} {mention.right}")
        part, whole = mention.value, mention.whole
        if is_of_all(mention, subject) and Sex.TOTAL in subject.indicator.sexes:
            counted = _in_measure(mention, subject.indicator)
            if counted is not None:
                thread.findings.append(_value(subject, Sex.TOTAL, counted, mention, place))
            return
        if sex not in (Sex.FEMALE, Sex.MALE) or sex not in subject.indicator.sexes or subject.names_women:
            return
        if part is None or whole is None or part > whole or not _is_whole(part):
            return
        thread.findings.append(_value(subject, Sex.TOTAL, whole, mention, place))
        thread.findings.append(_value(subject, sex, part, mention, place))

    def _sex_counted(self, mention: Mention, subject: Subject) -> Sex | None:
        """Which figure of the indicator a number with a label of its own states; None: none it has."""
        sex = sex_of(f"{mention.left} {mention.right}")
        if Sex.TOTAL in subject.indicator.sexes and ALL_OF_A_SEX.search(mention.right):
            return Sex.TOTAL
        if sex is None or mention.whole is not None:
            if Sex.TOTAL in subject.indicator.sexes:
                return Sex.TOTAL
            women = "phụ nữ" in f"{mention.left} {mention.right}".lower()  # of whom it asks for nobody else
            return Sex.FEMALE if women and subject.indicator.sexes == (Sex.FEMALE,) else None
        if sex is Sex.FEMALE and (subject.names_women or _is_in_name(sex, mention, subject)):
            return Sex.TOTAL
        return sex if sex in subject.indicator.sexes else None


def _is_in_name(sex: Sex, mention: Mention, subject: Subject) -> bool:
    """Whether the women are in the name of what has none: "đường phụ nữ tự quản: 1,2 km"."""
    if sex in subject.indicator.sexes:
        return False
    counted = re.split(r"[,;.(\x00]", mention.right, maxsplit=1)[0]
    return subject.is_said_by(label_before(mention)) or subject.is_said_by(counted)


def _tells_where(mention: Mention) -> bool:
    """Whether a number only says at how many places it was done: "08 buổi tại 11 bản cho 640 người"."""
    before = f"{mention.before} {mention.left}".rstrip().lower()
    return before.endswith((" tại", " ở")) and next(iter(mention.words), "") in _PLACES


def _is_another_meeting(mention: Mention) -> bool:
    return measure_at(mention.words) in MEETINGS and not (mention.subset or mention.bracketed)


def _let_loose(mention: Mention, thread: Thread) -> None:
    """A number that belongs to nothing ends what the ones before it lent to those behind."""
    thread.others_met |= _is_another_meeting(mention)
    thread.subject, thread.total = None, None
    if not (mention.subset or mention.bracketed):
        thread.loose.append(mention)
    thread.context_from = len(mention.before) + len(mention.left)


def _came_among_others(mention: Mention, subject: Subject, thread: Thread) -> bool:
    """Whether persons are told among those who came: "120 người dự, trong đó 40 cán bộ, công chức"."""
    if thread.subject is not None and thread.subject.is_stock:
        return False  # "1.320 trẻ em, trong đó 41 em có hoàn cảnh đặc biệt": nobody came to anything
    stock = subject.is_stock and subject is not thread.last
    return mention.subset and stock and thread.counted in _CAME and measure_at(mention.words) in _CAME


def _changes(mention: Mention, subject: Subject) -> bool:
    """Whether a number counts what came to a stock, or left it, of an indicator that asks for all of it."""
    if subject.indicator.aggregation is Aggregation.SUM:
        return False
    told = change_told(f"{mention.before}{mention.left}", mention.right)
    return not set(keys_of(told)) <= subject.vocabulary


def _outside(mention: Mention, thread: Thread) -> tuple[Subject, Decimal] | None:
    """The total whose parts may go on behind a bracket: "19 người (10 cán bộ, 09 công chức), nữ 07"."""
    if not mention.bracketed:
        return None
    if thread.subject is None or thread.total is None:
        return thread.outside
    return thread.subject, thread.total


def _is_whole(value: Decimal) -> bool:
    return value == value.to_integral_value()


def _in_measure(mention: Mention, indicator: Indicator) -> Decimal | None:
    """The number in the indicator's unit of measure; None for half a person and for what is another's."""
    if mention.value is None:
        return None
    money = MONEY.match(mention.right)
    if money:
        return convert(mention.value, _money_name(money["unit"]), indicator.unit_of_measure)
    stated = next(iter(mention.words), "")
    if is_scaled(stated):
        return convert(mention.value, stated, indicator.unit_of_measure)
    return mention.value if _is_whole(mention.value) else None


def _money_name(unit: str) -> str:
    name = unit.strip().lower()
    return name if name.endswith(("đồng", "đ")) else f"{name} đồng"


def _value(
    subject: Subject, sex: Sex, value: Decimal, mention: Mention, place: Place, *, doubt: str = ""
) -> Value:
    return Value(
        subject.indicator.code,
        sex,
        value,
        subject.indicator.unit_of_measure,
        place,
        Method.SENTENCE,
        Certainty.DOUBTFUL if doubt else Certainty.CERTAIN,
        mention.qualifier,
        doubt,
    )
