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
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from config.reports import (
    Aggregation,
    Figure,
    Indicator,
    Period,
    PeriodKind,
    ReportDefinition,
    SectionRole,
    Sex,
)
from config.spelling import has_digit, is_accented, tidy
from intake.evidence.period_words import NamedPeriod, periods_named
from intake.figures.measures import convert
from intake.figures.sentence_areas import area_of, goes_on
from intake.figures.sentence_changes import change_told
from intake.figures.sentence_forms import (
    ALL_OF_A_SEX,
    all_of_a_sex,
    in_digits,
    one_word,
    result_of_plan,
    without_reasons,
)
from intake.figures.sentence_numbers import (
    ASIDE,
    COMPARISONS,
    END_OF_SENTENCE,
    FOR,
    LEFT_ALONE,
    PART_OF_A_VILLAGE,
    PART_OF_THE_AREA,
    PLANS,
    YEARS,
    Mention,
    blanked,
    clauses_of,
    mask,
    mentions_in,
    only_sex,
    sex_of,
)
from intake.figures.sentence_words import (
    ADJUNCT,
    DOCUMENTS,
    EVENTS,
    GENERIC,
    ITEMS,
    MONEY,
    NO_WORDS,
    PERSONS,
    STOP,
    VISITS,
    Subject,
    Words,
    keys_of,
    measure_at,
    names_women,
    subject_index,
)
from ledger.records import Certainty, Method, Place, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from intake.figures.outline import NarrativeLine

_COVERED_ENOUGH = 0.5  # of an indicator's own words, by weight
_COVERED_WELL = 0.8  # where nothing but the words speaks for the indicator
_CLEARLY_AHEAD = 0.2
_FOREIGN_WORDS = 2  # words the indicator does not know, from which a phrase counts something narrower


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
    values = [value for line in lines if _is_read(line) for value in reader.read(line)]
    said = {(value.indicator, value.sex) for value in values if value.value is not None}
    return tuple(
        value
        for value in _first_unknowns(values)
        if value.value is not None or (value.indicator, value.sex) not in said
    )


def _is_read(line: NarrativeLine) -> bool:
    return line.role is SectionRole.RESULTS and is_accented(line.text)


def _first_unknowns(values: Iterable[Value]) -> Iterator[Value]:
    """Every figure, and each figure without a value once."""
    seen: set[tuple[str, Sex]] = set()
    for value in values:
        if value.value is None:
            if (value.indicator, value.sex) in seen:
                continue
            seen.add((value.indicator, value.sex))
        yield value


@dataclass(slots=True)
class _Thread:
    """What the numbers read so far in a clause leave for the next."""

    subject: Subject | None = None  #: of the last total
    total: Decimal | None = None
    last: Subject | None = None  #: of the last number that was tied to one
    outside: tuple[Subject, Decimal] | None = None  #: the total before a bracket that holds other numbers
    loose: list[Mention] = field(default_factory=list)  #: numbers that belong to nothing, parts apart
    found_any: bool = True  #: whether the last number was tied to an indicator
    others_met: bool = False  #: meetings of something else were counted, and nobody yet who came to them
    counted: str = ""  #: unit of measure of the last number that is no part of another
    context_from: int = 0  #: offset of the clause from which words may be inherited
    findings: list[Value] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Tie:
    """The indicator a number was tied to."""

    subject: Subject
    coverage: float
    own_coverage: float


# "12 người; nữ: 5 người": what follows is a part of the number before it, whatever parts the two.
_PART_APART = re.compile(
    r"\s*;\s*(?=(?:trong đó,?:?\s+)?(?:số\s+)?(?:nữ|nam)\s*(?:là|có|:)?\s*\d)", re.IGNORECASE
)
# What did not happen is said of no number: "120 em, không có em bỏ học".
_THAT_IS_NOT = re.compile(
    r"\b(?:không|chưa)\s+(?:còn\s+)?(?:có|để|xảy ra|phát sinh|phát hiện|ghi nhận)\b", re.IGNORECASE
)
_BRACKETS = re.compile(r"\([^()]*\)")
_LIST_LABEL = re.compile(r"^\s*(?:[-–+*•]+|\d{1,2}(?:\.\d{1,2})*[.)]|[a-zđ]\))\s*(?=\D)")


_OF_NOTHING = ("hông", "HÔNG", "hưa", "HƯA")  # "không" and "chưa", however they begin


def _says_a_figure(text: str) -> bool:
    """Only a digit, or a word that says that nothing happened, makes a text worth a closer look."""
    if has_digit(text):
        return True
    if not any(ending in text for ending in _OF_NOTHING):
        return False
    lowered = text.lower()
    return "không" in lowered or "chưa" in lowered


class _Reader:
    """Reads lines against one report's indicators."""

    def __init__(self, report: ReportDefinition, period: Period | None, level: str) -> None:
        self._index = subject_index(report.indicators, report.topics)
        self._period = period
        self._area = area_of(level)
        self._part = PART_OF_A_VILLAGE if level == "village" else PART_OF_THE_AREA
        self._above = False  #: whether the clause before spoke of a larger area than the unit's
        self._announces = False  #: whether the line before ends "...:", or is an item of such a list

    def read(self, line: NarrativeLine) -> list[Value]:
        """All figures of one line."""
        told = in_digits(line.text)
        if self._passes_over(told):
            self._announces = line.text.rstrip().endswith(":") or self._is_item(line)
            return []
        text = one_word(tidy(_LIST_LABEL.sub("", told)))
        is_item = self._is_item(line)
        self._above = self._above and (is_item or goes_on(text))
        self._announces = is_item or text.endswith(":")
        values: list[Value] = []
        for number, sentence in enumerate(END_OF_SENTENCE.split(text)):
            self._above = self._above and (not number or goes_on(sentence))
            values += self._sentence(sentence, Place(line.place.file, line.place.where, sentence))
        return values

    def _passes_over(self, text: str) -> bool:
        """Whether a text gives no figure and leaves open whose area the next one speaks of: most do."""
        return not (self._above or self._area.may_be_above(text) or _says_a_figure(text))

    def _is_item(self, line: NarrativeLine) -> bool:
        return self._announces and bool(_LIST_LABEL.match(line.text))

    def _sentence(self, sentence: str, place: Place) -> list[Value]:
        """The figures of a sentence, without those that another number of it belongs to as well."""
        if self._passes_over(sentence):
            return []
        values: list[Value] = []
        loose: list[Mention] = []
        elsewhen = False
        for clause, listing in clauses_of(_PART_APART.sub(", ", sentence)):
            plain = self._without_asides(blanked(result_of_plan(clause), COMPARISONS))
            self._above = self._area.is_above(plain, before=self._above)
            elsewhen = self._is_elsewhen(plain, sentence, before=elsewhen)
            if self._above or elsewhen or not _says_a_figure(plain):
                continue
            if not self._is_left_alone(plain):
                values.extend(self._clause(plain, listing, place, loose))
        return [
            value
            for value in values
            if not self._is_one_of_several(value, loose) and not _is_said_otherwise(value, values)
        ]

    def _is_left_alone(self, clause: str) -> bool:
        return bool(LEFT_ALONE.search(clause) or self._part.search(clause.strip()))

    def _is_one_of_several(self, value: Value, loose: Sequence[Mention]) -> bool:
        """Whether the total is spread over two numbers: "ban hành 03 văn bản, 02 công văn" are five."""
        subject = self._index.get(value.indicator)
        return subject is not None and any(
            subject.begins_with_head(mention.words) or (subject.counts_documents and _is_document(mention))
            for mention in loose
        )

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
        return not beside and self._is_of_the_period(told, told)

    def _is_elsewhen(self, clause: str, sentence: str, *, before: bool) -> bool:
        """Whether a clause speaks of another time or of what shall be; so does the rest till it says now.

        "Phấn đấu tạo việc làm cho 120 lao động; mở 05 lớp dạy nghề; ..." tells plans to its end.
        """
        if not self._is_of_the_period(clause, sentence) or PLANS.match(clause):
            return True
        return before and not (periods_named(clause) or _NOW.search(clause))

    def _is_of_the_period(self, clause: str, sentence: str) -> bool:
        """Whether no other time than the reported one is named; of several years, only its own."""
        named = [one for one in periods_named(clause) if not one.cited]
        years = {one.year for one in named if one.year}
        if self._period is None:
            return len({one.year for one in periods_named(sentence) if one.year}) <= 1
        return years <= {self._period.year} and not any(self._is_other(one) for one in named)

    def _is_other(self, named: NamedPeriod) -> bool:
        assert self._period is not None
        if named.planned:
            return False
        kind = self._period.kind
        if named.kind is kind is PeriodKind.HALF_YEAR:
            return named.number not in {0, _half(self._period.data_to.month)}
        return named.kind in _SHORTER and named.kind is not kind

    def _clause(self, clause: str, listing: bool, place: Place, loose: list[Mention]) -> list[Value]:
        """The figures of one clause; the numbers that were tied to nothing are added to `loose`."""
        masked, nothings = _without_nothings(mask(clause))
        zeros = [zero for said in nothings if (zero := self._zero(said, place))]
        mentions = mentions_in(masked, listing=listing)
        counts = [mention for mention in mentions if not mention.percent]
        if not counts:
            zero = self._zero(masked, place) if not mentions else None
            return [*([zero] if zero else self._percent_only(mentions, place)), *zeros]
        thread = _Thread(loose=loose)
        for mention in mentions:
            self._mention(mention, thread, place)
        return [*thread.findings, *self._percent_only(mentions, place), *zeros]

    def _mention(self, mention: Mention, thread: _Thread, place: Place) -> None:
        if mention.percent or _tells_where(mention):
            return
        sex = only_sex(mention)
        if sex is not None and mention.whole is None:
            self._part_by_sex(mention, sex, thread, place)
            return
        if self._is_explained_part(mention, thread):
            self._part_by_sex(mention, Sex.FEMALE, thread, place)
            return
        tie = self._tie(mention, thread)
        thread.found_any = tie is not None
        thread.outside = _outside(mention, thread)
        came = measure_at(mention.words) in _CAME
        others_met, thread.others_met = thread.others_met, thread.others_met and not came
        if tie is not None and _came_among_others(mention, tie.subject, thread):
            return
        if tie is not None and _changes(mention, tie.subject):
            thread.subject, thread.total = None, None
            return
        if not (mention.subset or mention.bracketed):
            thread.counted = measure_at(mention.words)
        if others_met and tie is not None and not _COMING.isdisjoint(tie.subject.measures):
            return  # whoever came to meetings of two kinds came to neither alone
        if tie is None:
            _let_loose(mention, thread)
        else:
            self._total(mention, tie, thread, place)

    def _is_explained_part(self, mention: Mention, thread: _Thread) -> bool:
        """Whether a part is what the label calls the women of the total: "(nữ: do phụ nữ làm chủ hộ)"."""
        subject = thread.subject
        if subject is None or not subject.indicator.women or not mention.subset or mention.whole is not None:
            return False
        phrase = f"{mention.left} {mention.right}"
        told, named = set(keys_of(phrase)), set(keys_of(subject.indicator.women))
        if not names_women(phrase) or not told <= subject.vocabulary | GENERIC | STOP | _PARTING:
            return False
        enough = len((told & named) - _WOMEN - STOP) >= _WORDS_OF_WOMEN
        return enough and subject.takes(measure_at(mention.words), mention.words)

    def _part_by_sex(self, mention: Mention, sex: Sex, thread: _Thread, place: Place) -> None:
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

    def _total(self, mention: Mention, tie: _Tie, thread: _Thread, place: Place) -> None:
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
        if (all_of := ALL_OF_A_SEX.search(mention.right)) and Sex.TOTAL in subject.indicator.sexes:
            told = all_of_a_sex(sex_of(all_of[0]), value)
        if Sex.TOTAL in told:
            thread.subject, thread.total = subject, value
        for one, counted in told.items():
            if one in subject.indicator.sexes:
                thread.findings.append(_value(subject, one, counted, mention, place))

    def _fraction(self, mention: Mention, subject: Subject, thread: _Thread, place: Place) -> None:
        """Part and whole of "66/162 người là phụ nữ"; any other fraction gives neither."""
        sex = sex_of(f"{mention.left} {mention.right}")
        part, whole = mention.value, mention.whole
        if sex not in (Sex.FEMALE, Sex.MALE) or sex not in subject.indicator.sexes or subject.names_women:
            return
        if part is None or whole is None or part > whole or not _is_whole(part):
            return
        thread.findings.append(_value(subject, Sex.TOTAL, whole, mention, place))
        thread.findings.append(_value(subject, sex, part, mention, place))

    def _sex_counted(self, mention: Mention, subject: Subject) -> Sex | None:
        """Which figure of the indicator a number with a label of its own states; None: none it has."""
        sex = sex_of(f"{mention.left} {mention.right}")
        if sex is None or mention.whole is not None:
            if Sex.TOTAL in subject.indicator.sexes:
                return Sex.TOTAL
            women = "phụ nữ" in f"{mention.left} {mention.right}".lower()  # of whom it asks for nobody else
            return Sex.FEMALE if women and subject.indicator.sexes == (Sex.FEMALE,) else None
        if sex is Sex.FEMALE and subject.names_women:
            return Sex.TOTAL
        return sex if sex in subject.indicator.sexes else None

    def _tie(self, mention: Mention, thread: _Thread) -> _Tie | None:
        """The one indicator the number belongs to, clearly ahead of the next."""
        if mention.value is None or _is_year(mention) or mention.bracketed:
            return None
        right = _THAT_IS_NOT.split(mention.right, maxsplit=1)[0]
        if _attended(mention, thread) and " ".join(mention.words) in VISITS:
            right += " tham dự"  # "06 cuộc cho 420 lượt người"
        own = Words.of(mention.left, right)
        inherited = NO_WORDS if mention.subset else Words.of(mention.before[thread.context_from :])
        scored = sorted(self._scores(mention, own, inherited), key=lambda pair: -pair[0])
        if not scored:
            return None
        runner_up = scored[1][0] if len(scored) > 1 else 0.0
        score, tie = scored[0]
        if tie.coverage < _COVERED_ENOUGH or score - runner_up < _CLEARLY_AHEAD:
            return None
        if not tie.subject.is_named_beyond(measure_at(mention.words), own, inherited):
            return None
        if self._is_coordinated(mention, tie) or self._leans_too_far(mention, tie, thread):
            return None
        return None if self._says_more(mention, tie) else tie

    def _is_coordinated(self, mention: Mention, tie: _Tie) -> bool:
        """Whether one number counts two indicators together: "35 hộ nghèo, hộ cận nghèo"."""
        items = ITEMS.split(mention.right.strip())
        return any(
            subject is not tie.subject
            and self._may_count(mention, subject)
            and self._index.coverage(subject, Words.of(item)) >= _COVERED_WELL
            and self._index.coverage(tie.subject, Words.of(item)) < _COVERED_ENOUGH
            for item in (items if len(items) > 1 else ())
            for subject in self._index.subjects
        )

    def _leans_too_far(self, mention: Mention, tie: _Tie, thread: _Thread) -> bool:
        """Whether a number is tied by words that were said of another number.

        Those something was done for are counted with it or not at all: the five households of "05 con bò
        giống cho 05 hộ nghèo" are no number of poor households.
        """
        if mention.joint in FOR and not MONEY.match(mention.right):
            if _attended(mention, thread):
                return False
            return not thread.found_any or tie.coverage <= tie.own_coverage
        if tie.own_coverage >= _COVERED_ENOUGH:
            return False
        known = tie.subject.vocabulary | self._index.topic | GENERIC | STOP
        foreign = _foreign(f"{mention.left} {_phrase_after(mention.right, tie.subject)}", known)
        again = thread.last is tie.subject
        return not mention.first and (bool(foreign) or again)

    def _scores(self, mention: Mention, own: Words, inherited: Words) -> Iterator[tuple[float, _Tie]]:
        ties = [
            _Tie(subject, self._index.coverage(subject, own, inherited), self._index.coverage(subject, own))
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

    def _says_more(self, mention: Mention, tie: _Tie) -> bool:
        """Whether the words narrow the count, or nothing but a weak likeness ties it."""
        if (mention.subset or not mention.words) and tie.own_coverage < _COVERED_WELL:
            return True
        if _turns(mention, tie.subject):
            return True
        known = tie.subject.vocabulary | self._index.topic | GENERIC | STOP
        if mention.whole is not None:
            known |= _SHARE
        right = self._index.without_topics(mention.right)
        after = _foreign(_phrase_after(right, tie.subject), known)
        trailing = _foreign(_after_last_known(mention.left, tie.subject), known)
        about = _foreign(right.partition(" về ")[2], self._index.vocabulary | known)
        if max(len(after), len(trailing), len(about)) >= _FOREIGN_WORDS:
            return True
        if tie.subject.money and (trailing or _AN_EVENT.search(_after_last_known(mention.left, tie.subject))):
            return True  # "kinh phí tổ chức hội thi" is no more than a part
        return len(_foreign(self._index.without_topics(_label_before(mention)), known)) >= _FOREIGN_WORDS

    def _zero(self, clause: str, place: Place) -> Value | None:
        """A clause that says that something did not happen: zero for the one indicator it names."""
        match = _NOTHING.search(clause)
        if match is None or _NOT_QUITE_NOTHING.search(clause) or _NOT_OF_ALL.search(clause[match.start() :]):
            return None
        if len(_NEGATION.findall(clause)) > 1:
            return None
        thing = match["thing"]
        own = Words.of(thing)
        scored = sorted(
            (
                (self._index.coverage(subject, own), subject)
                for subject in self._index.subjects
                if self._counts_in(thing, subject)
            ),
            key=lambda pair: -pair[0],
        )
        scored = [
            (score * self._index.known(subject, own), subject) if score >= _ZERO_COVERED else (0.0, subject)
            for score, subject in scored
        ]
        scored.sort(key=lambda pair: -pair[0])
        whole = [pair for pair in scored if pair[1].is_said_by(thing)]
        scored = whole if len(whole) == 1 else scored
        if (
            not scored
            or not scored[0][0]
            or (len(scored) > 1 and scored[1][0] > scored[0][0] * _CLOSE_BEHIND)
        ):
            return None
        subject = scored[0][1]
        known = subject.vocabulary | self._index.topic | GENERIC | STOP | {"nào"}
        if _foreign(thing, known) or _goes_further(thing, clause[match.end() :], subject):
            return None
        if Sex.TOTAL not in subject.indicator.sexes or sex_of(thing) is not None:
            return None
        return Value(
            subject.indicator.code,
            Sex.TOTAL,
            Decimal(0),
            subject.indicator.unit_of_measure,
            place,
            Method.SENTENCE,
        )

    def _counts_in(self, thing: str, subject: Subject) -> bool:
        """Whether what did not happen is named in the indicator's measure: "vụ", "cuộc", "lao động nào"."""
        words = [word for word in keys_of(thing) if word not in {"một", "bất", "cứ"}]
        if subject.money:
            return False
        return subject.takes(measure_at(words), words)

    def _percent_only(self, mentions: Sequence[Mention], place: Place) -> list[Value]:
        """A ratio without its counts: its figures were reported in a way that cannot be added up."""
        return [
            Value(
                figure.indicator,
                figure.sex,
                None,
                subject.indicator.unit_of_measure,
                place,
                Method.SENTENCE,
                Certainty.DOUBTFUL,
                reason="percent_only",
            )
            for mention in mentions
            if mention.percent and not mention.bracketed
            for figure in self._figures_of_ratio(mention)
            if (subject := self._index.get(figure.indicator)) is not None
        ]

    def _figures_of_ratio(self, mention: Mention) -> tuple[Figure, ...]:
        said = f"{mention.before[-120:] if not mention.left.strip(' ,') else ''} {mention.left}"
        if "tỷ lệ" not in " ".join(keys_of(said)):
            return ()
        own = Words.of(said)
        scored = sorted(
            ((self._index.coverage(subject, own), rule) for subject, rule in self._index.ratios),
            key=lambda pair: -pair[0],
        )
        if (
            scored
            and scored[0][0] >= _COVERED_WELL
            and (len(scored) == 1 or scored[0][0] - scored[1][0] >= _CLEARLY_AHEAD)
        ):
            return (scored[0][1].numerator, scored[0][1].denominator)
        return self._women_of_one(own) if sex_of(said) is Sex.FEMALE else ()

    def _women_of_one(self, own: Words) -> tuple[Figure, ...]:
        """The figures behind "tỷ lệ nữ …" of an indicator split by sex, where no ratio is asked for."""
        scored = sorted(
            (
                (self._index.coverage(subject, own), subject.indicator)
                for subject in self._index.subjects
                if Sex.FEMALE in subject.indicator.sexes
            ),
            key=lambda pair: -pair[0],
        )
        if (
            not scored
            or scored[0][0] < _COVERED_WELL
            or (len(scored) > 1 and scored[0][0] - scored[1][0] < _CLEARLY_AHEAD)
        ):
            return ()
        code = scored[0][1].code
        return (Figure(code, Sex.FEMALE), Figure(code, Sex.TOTAL))


_PLACES = frozenset(("thôn", "bản", "xóm", "ấp", "xã", "buôn", "khu", "trường", "điểm", "tdp"))


def _tells_where(mention: Mention) -> bool:
    """Whether a number only says at how many places it was done: "08 buổi tại 11 bản cho 640 người"."""
    before = f"{mention.before} {mention.left}".rstrip().lower()
    return before.endswith((" tại", " ở")) and next(iter(mention.words), "") in _PLACES


_MEETINGS = frozenset(EVENTS)


_COMING = frozenset(VISITS)
_CAME = _COMING | frozenset(PERSONS)


def _is_another_meeting(mention: Mention) -> bool:
    return measure_at(mention.words) in _MEETINGS and not (mention.subset or mention.bracketed)


def _let_loose(mention: Mention, thread: _Thread) -> None:
    """A number that belongs to nothing ends what the ones before it lent to those behind."""
    thread.others_met |= _is_another_meeting(mention)
    thread.subject, thread.total = None, None
    if not (mention.subset or mention.bracketed):
        thread.loose.append(mention)
    thread.context_from = len(mention.before) + len(mention.left)


def _came_among_others(mention: Mention, subject: Subject, thread: _Thread) -> bool:
    """Whether persons are told among those who came: "120 người dự, trong đó 40 cán bộ, công chức"."""
    stock = subject.indicator.aggregation is not Aggregation.SUM and subject is not thread.last
    return mention.subset and stock and thread.counted in _CAME and measure_at(mention.words) in _CAME


def _changes(mention: Mention, subject: Subject) -> bool:
    """Whether a number counts what came to a stock, or left it, of an indicator that asks for all of it."""
    if subject.indicator.aggregation is Aggregation.SUM:
        return False
    told = change_told(f"{mention.before}{mention.left}", mention.right)
    return not set(keys_of(told)) <= subject.vocabulary


def _attended(mention: Mention, thread: _Thread) -> bool:
    """Whether the number tells who came to the meetings just counted: "06 cuộc cho 420 lượt người"."""
    if thread.last is None or measure_at(mention.words) not in VISITS:
        return False
    return thread.found_any and not _MEETINGS.isdisjoint(thread.last.measures)


def _outside(mention: Mention, thread: _Thread) -> tuple[Subject, Decimal] | None:
    """The total whose parts may go on behind a bracket: "19 người (10 cán bộ, 09 công chức), nữ 07"."""
    if not mention.bracketed:
        return None
    if thread.subject is None or thread.total is None:
        return thread.outside
    return thread.subject, thread.total


def _is_document(mention: Mention) -> bool:
    return " ".join(mention.words).startswith(DOCUMENTS)


_NOW = re.compile(r"\b(?:đã|đến nay|hiện (?:nay|có|còn|tại))\b", re.IGNORECASE)


def _half(last_month: int) -> int:
    """The half of the year that figures up to this month belong to; cut-offs move by a month or two."""
    return 1 if 4 <= last_month <= 8 else 2  # noqa: PLR2004


_SHORTER = frozenset((PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF_YEAR, PeriodKind.NINE_MONTHS))
_ZERO_COVERED = 0.6
_CLOSE_BEHIND = 0.8
_NEGATION = re.compile(r"\b(?:không|chưa|chẳng)\b", re.IGNORECASE)
_NOTHING = re.compile(
    r"\b(?:không|chưa)\s+(?:(?:để|có|xảy ra|phát hiện|phát sinh|ghi nhận|tổ chức|ban hành|tiếp nhận"
    r"|xử lý|mở)\s+(?:được\s+)?)+"
    r"(?P<thing>[^,.;:()]+)",
    re.IGNORECASE,
)
# Said of a part, or with an exception, it is not none; a doubled negation is not none either.
_NOT_QUITE_NOTHING = re.compile(
    r"\b(?:nhiều|hết|riêng|còn|nhưng|chỉ|(?<!nước )ngoài|trừ|một số|một vài|vài|đa số|phần lớn|hầu hết"
    r"|có (?:nơi|lúc|thôn|xóm|đơn vị))\b",
    re.IGNORECASE,
)
# "chưa tổ chức được đủ cuộc" is not none; "tuyên truyền thường xuyên nên không xảy ra vụ nào" is.
_NOT_OF_ALL = re.compile(
    r"\b(?:đủ|đầy đủ|thường xuyên|kịp thời|rõ|cao|tốt|đồng đều|đáng kể|nghiêm trọng|lớn|chuyên trách)\b",
    re.IGNORECASE,
)
# What did not happen, said behind what did: "01 vụ tai nạn lao động, không có người chết vì …". Behind
# "trong đó" it is said of a part alone.
_BEHIND = re.compile(
    r",\s*(?=(?:và\s+)?(?:không|chưa)\s+(?:để\s+)?(?:có|xảy ra|phát sinh|phát hiện|ghi nhận)\b)",
    re.IGNORECASE,
)
_NEWLY = re.compile(r"\b(?:mới|phát sinh|vi phạm)\b")
_ANY_DIGIT = re.compile(r"\d")


def _without_nothings(clause: str) -> tuple[str, tuple[str, ...]]:
    """A clause without what it says at its end did not happen, and those ends by themselves."""
    first, *rest = _BEHIND.split(clause)
    if rest and _NOT_QUITE_NOTHING.search(first):
        return clause, ()
    kept = max((at for at, part in enumerate(rest, 1) if _ANY_DIGIT.search(part)), default=0)
    parts = [first, *rest]
    return ", ".join(parts[: kept + 1]), tuple(parts[kept + 1 :])


def _goes_further(thing: str, rest: str, subject: Subject) -> bool:
    """Whether what did not happen is less than what the indicator counts.

    "không có hộ nghèo mới phát sinh" leaves those there were; "chưa phát hiện cơ sở sản xuất, kinh doanh vi
    phạm" goes on behind a comma of the indicator's own name.
    """
    said = " ".join(keys_of(thing))
    turned = [match[0] for match in _TURNING.finditer(said)]
    if subject.indicator.aggregation is not Aggregation.SUM:
        turned += [match[0] for match in _NEWLY.finditer(said)]
    goes_on = next(iter(keys_of(rest)), "") in subject.vocabulary
    return goes_on or any(not set(words.split()) <= subject.vocabulary | STOP for words in turned)


def _is_said_otherwise(value: Value, values: Sequence[Value]) -> bool:
    """Whether the sentence gives the indicator two totals: "200 tờ rơi, 150 tờ gấp" or two moments."""
    totals = {one.value for one in values if one.indicator == value.indicator and one.sex is Sex.TOTAL}
    return len(totals - {None}) > 1


def _is_whole(value: Decimal) -> bool:
    return value == value.to_integral_value()


def _is_year(mention: Mention) -> bool:
    return bool(re.fullmatch(YEARS, mention.text)) and not measure_at(mention.words)


def _in_measure(mention: Mention, indicator: Indicator) -> Decimal | None:
    """The number in the indicator's unit of measure; None for half a person."""
    if mention.value is None:
        return None
    money = MONEY.match(mention.right)
    if money:
        return convert(mention.value, _money_name(money["unit"]), indicator.unit_of_measure)
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


_PLAIN_WORD = re.compile(r"[^\W\d_]+")


def _foreign(text: str, known: frozenset[str]) -> list[str]:
    """The words of a phrase that the indicator does not know; names of places and offices apart."""
    common = " ".join(word for word in _PLAIN_WORD.findall(text) if not word[0].isupper() or word.isupper())
    foreign = [word for word in keys_of(common) if word not in known and word not in _PERSON_WORDS]
    return foreign + [word for word in foreign if word[0] in "αβγδεζηθικ"]  # another age alone says enough


_PERSON_WORDS = frozenset(word for phrase in (*PERSONS, *VISITS, *EVENTS) for word in phrase.split()) - {
    "đối",  # đối tượng, but also đối thoại
    "tượng",
    "thanh",
    "niên",
    "bệnh",
}


_SOURCES = frozenset(("ngân", "quỹ", "nguồn"))  # "được vay vốn từ Ngân hàng ..." narrows nothing


def _phrase_after(right: str, subject: Subject) -> str:
    """The phrase after the number up to words of place or purpose; items after a comma only widen it."""
    first = re.split(r"[,\x00]", right, maxsplit=1)[0]
    money = MONEY.match(first)
    kept: list[str] = []
    words = (first[money.end() :] if money else first).split()
    for word, following in zip(words, [*words[1:], ""], strict=False):
        # "ở nước ngoài" is a part of the name, and what comes after it may narrow the count.
        named = {word.lower(), following.lower()} & subject.vocabulary
        from_where = word.lower() == "từ" and following.lower() in _SOURCES
        if (word.lower() in ADJUNCT or from_where) and not named:
            break
        kept.append(word)
    return " ".join(kept)


_PARTING = frozenset(("trong", "đó", "bao", "gồm"))
_WOMEN = frozenset(("phụ", "nữ"))
_WORDS_OF_WOMEN = 2  # of those that tell which are the women's: "làm chủ hộ"
_SHARE = frozenset(("tỷ", "lệ"))  # "tỷ lệ nữ cấp ủy viên là 04/15 đồng chí"
# One word of these makes the counted another thing where the indicator does not say it as well.
_TURNING = re.compile(
    r"\b(?:gây|thoát|tái|cận|thiểu số|nguy cơ|hết hạn|quá hạn|trở (?:về|lại)|mồ côi|khuyết tật|con thứ)\b"
)
# Those for whom something was done are not all there are: "giúp đỡ 25 hộ nghèo".
_DONE_TO = re.compile(
    r"\b(?:giúp(?: đỡ)?|đỡ đầu|thăm(?: hỏi)?|tặng(?: quà)?|hỗ trợ|trợ giúp|vận động|hòa giải)$"
)
_AN_EVENT = re.compile(rf"\b(?:{'|'.join(EVENTS)})\b", re.IGNORECASE)
# Those who came to something are not all there are: "15 doanh nghiệp tham gia hội nghị".
_SITTING = re.compile(
    r"\btham gia (?:(?:các|một|\d+) )?(?:hội nghị|hội thảo|hội thi|lớp|buổi|cuộc|tọa đàm|tập huấn)\b"
)
_OWN_LEVEL = frozenset(("xã", "phường", "thị", "trấn"))  # of the body that a unit's money goes through
_BODY = re.compile(
    r"\b(?:qua|do|của) ((?:hội|đoàn|liên đoàn|ngân hàng|quỹ) [^,;.\x00]*?)"
    r"(?= (?:quản|là|đạt|tổ|thực|hỗ|với)\b|$)"
)


def _turns(mention: Mention, subject: Subject) -> bool:
    """Whether a word beside the number makes what it counts another thing than the indicator's."""
    left = " ".join(keys_of(mention.left.rpartition(",")[2]))
    right = " ".join(keys_of(re.split(r"[,\x00]", mention.right, maxsplit=1)[0]))
    told = f"{left} {right}"
    known = subject.vocabulary | STOP
    found = [match[0] for match in _TURNING.finditer(told)]
    if done := _DONE_TO.search(left or " ".join(keys_of(mention.before.replace("\x00", " ")))):
        found.append(done[0])
    if subject.indicator.aggregation is not Aggregation.SUM and _SITTING.search(right):
        return True
    if subject.money:
        known |= _OWN_LEVEL
        found += [body for side in (left, right) for body in _BODY.findall(side)]
    return any(not set(words.split()) <= known for words in found)


def _after_last_known(left: str, subject: Subject) -> str:
    """The words between the indicator's last word and the number: "hộ nghèo [dân tộc thiểu số]: 12"."""
    words = left.split()
    keys = [keys_of(word) for word in words]
    for index in range(len(words) - 1, -1, -1):
        around = [key for near in keys[max(0, index - 1) : index + 2] for key in near]
        if not subject.vocabulary.isdisjoint(keys[index]) and subject.says(keys[index], around):
            return " ".join(words[index + 1 :])
    return ""


# Who did it comes before what was done and narrows nothing: "Hội Người mù huyện đã mở 02 lớp".
_ACTOR = re.compile(
    r"^\s*(?:trong\s+\x00*\s*)?(?:ubnd|ủy ban|hội|phòng|ban|công an|trung tâm|trạm|trường|đoàn|mặt "
    r"trận|liên đoàn|thanh tra|"
    r"huyện|đài|xã|thị trấn|phường|đơn vị|cơ quan|toàn|tỉnh|các|cấp ủy|đảng ủy|địa phương|ngân hàng"
    r"|chi nhánh|tổ)\b"
    r"[^,]*?(?=\b(?:đã|phối hợp|tổ chức|ban hành|có|chủ động|tham mưu|xây dựng|duy trì|triển khai"
    r"|thực hiện|mở|xảy ra|"
    r"phát|cấp|treo|giải quyết|hiện)\b)",
    re.IGNORECASE,
)


def _label_before(mention: Mention) -> str:
    """What is said right before a number: the verb or label after the last comma, without the actor."""
    said = mention.left.rpartition(", ")[2] if mention.first else mention.left
    label = _ACTOR.sub(" ", said, count=1)
    first, _, rest = label.strip().partition(" ")
    return label if rest[:1].isupper() else f"{first.lower()} {rest}"
