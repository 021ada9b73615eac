"""Which figure of a unit counts, and what the units' figures come to.

Blank is not zero: a figure nobody gave is missing, and a total of nothing is None. A doubtful figure is
never summed. A ratio is recomputed from summed parts, never added and never averaged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from types import MappingProxyType
from typing import TYPE_CHECKING

from config.decimals import vietnamese_number
from config.reports import Aggregation, Figure, Grade, Indicator, RatioRule, ReportDefinition, Sex
from consolidate.consolidation import Total, UnitValue
from consolidate.errors import FigureGivenTwiceError, UnreadableDecisionError
from consolidate.standing import counting, message_of
from ledger.records import (
    Certainty,
    Decision,
    Finding,
    Method,
    Place,
    Role,
    Submission,
    Value,
)

if TYPE_CHECKING:
    from config.units import Unit

PARTS_DIFFER = "parts_differ"
"""The reason of a value that two parts of one submission state with different numbers."""

_BY_DECISION = Place(file="", where="")
_NOTHING: Mapping[Figure, Decimal] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Held:
    """The figure that counts so far, and the message it came with."""

    value: Value
    archive_id: str
    conflict: Finding | None = None


_Book = dict[Figure, _Held]


# ---- what counts for one unit ----------------------------------------------------------------------


def effective_values(
    submissions: Sequence[Submission], decisions: Sequence[Decision] = ()
) -> tuple[tuple[Value, str], ...]:
    """The figures that count of one obligation, each with the archive id of its message, by code and sex.

    FIRST and PART add figures, REPLACEMENT drops all earlier ones, SUPPLEMENT changes only those it
    states; DUPLICATE and what is not accepted are passed over. A figure stated twice with different
    numbers in parts of one submission becomes doubtful (reason `parts_differ`). The latest of the
    `decisions` of kind "value" on a figure wins over every mail: target {indicator, sex, message?},
    choice {value: decimal text, or None for "no figure"}.

    Raises:
        UnreadableDecisionError: a decision on a value lacks its figure or its number.

    """
    book = _decided(_fold(submissions), submissions, decisions)
    return tuple((held.value, held.archive_id) for _, held in sorted(book.items()))


def part_conflicts(
    submissions: Sequence[Submission], decisions: Sequence[Decision] = ()
) -> tuple[Finding, ...]:
    """The conflicts between parts that still stand after corrections and decisions."""
    book = _decided(_fold(submissions), submissions, decisions)
    return tuple(held.conflict for _, held in sorted(book.items()) if held.conflict)


def overtaken_decisions(
    submissions: Sequence[Submission], decisions: Sequence[Decision]
) -> tuple[Finding, ...]:
    """A warning for each decision on a value that a later mail states differently; the decision stands."""
    latest = _latest_by_figure(decisions)
    return tuple(
        _overtaken(figure, decided, value)
        for submission in counting(submissions)
        for value in submission.values
        for figure, decision in latest.items()
        if figure == figure_of(value)
        and submission.arrival > decision.at
        and value.value is not None
        and (decided := _decided_number(decision)) != value.value
    )


def figure_of(value: Value) -> Figure:
    """The figure a value is of."""
    return Figure(value.indicator, value.sex)


def is_certain(value: Value) -> bool:
    """Whether the value is a number that may be summed without a person."""
    return value.value is not None and value.certainty is Certainty.CERTAIN


def _fold(submissions: Iterable[Submission]) -> _Book:
    book: _Book = {}
    for submission in counting(submissions):
        book = _STEPS[submission.role](book, _said(submission))
    return book


def _add(book: _Book, said: _Book) -> _Book:
    joined = {
        figure: _joined(book[figure], held) if figure in book else held for figure, held in said.items()
    }
    return book | joined


def _replace(_book: _Book, said: _Book) -> _Book:
    return said


def _supplement(book: _Book, said: _Book) -> _Book:
    return book | {figure: held for figure, held in said.items() if not _is_blank(held.value)}


_STEPS: Mapping[Role, Callable[[_Book, _Book], _Book]] = {
    Role.FIRST: _add,
    Role.PART: _add,
    Role.REPLACEMENT: _replace,
    Role.SUPPLEMENT: _supplement,
}


def _said(submission: Submission) -> _Book:
    book: _Book = {}
    for value in submission.values:
        book = _add(book, {figure_of(value): _Held(value, submission.archive_id)})
    return book


def _is_blank(value: Value) -> bool:
    return value.value is None and value.certainty is Certainty.CERTAIN


def _joined(one: _Held, other: _Held) -> _Held:
    """One figure stated twice. The order of the two changes neither the number nor its certainty."""
    if _is_blank(other.value):
        return one
    if _is_blank(one.value):
        return other
    if one.value.value == other.value.value:
        return _same_number(one, other)
    if one.value.value is None or other.value.value is None:
        return _half_unread(one, other)
    doubtful = replace(one.value, certainty=Certainty.DOUBTFUL, reason=PARTS_DIFFER)
    return _Held(doubtful, one.archive_id, _conflict(one.value, other.value))


def _same_number(one: _Held, other: _Held) -> _Held:
    if is_certain(one.value) and is_certain(other.value):
        return one
    certain, doubtful = (one, other) if is_certain(one.value) else (other, one)
    # A scan that says the same confirms the number; any other doubt is about the number itself.
    return certain if doubtful.value.method is Method.OCR and not doubtful.conflict else doubtful


def _half_unread(one: _Held, other: _Held) -> _Held:
    """A number here, something unreadable there: the number stays as a candidate only."""
    number, unread = (other, one) if one.value.value is None else (one, other)
    return replace(
        number, value=replace(number.value, certainty=Certainty.DOUBTFUL, reason=unread.value.reason)
    )


def _conflict(one: Value, other: Value) -> Finding:
    return Finding(
        PARTS_DIFFER,
        Grade.ERROR,
        place=other.place,
        parameters={
            "indicator": one.indicator,
            "sex": one.sex.value,
            "first": number_text(one.value),
            "second": number_text(other.value),
            "first_place": f"{one.place.file}, {one.place.where}",
            "second_place": f"{other.place.file}, {other.place.where}",
        },
    )


def number_text(number: Decimal | None) -> str:
    """The number as Vietnamese writing has it: 14.405,5. Empty for None."""
    return "" if number is None else vietnamese_number(number)


# ---- decisions -------------------------------------------------------------------------------------


def _decided(book: _Book, submissions: Sequence[Submission], decisions: Sequence[Decision]) -> _Book:
    present = {each.archive_id for each in counting(submissions)}
    return book | {
        figure: _held_by_decision(decision, figure, book.get(figure))
        for figure, decision in _latest_by_figure(decisions).items()
        if message_of(decision) in present | {""}
    }


def _latest_by_figure(decisions: Iterable[Decision]) -> Mapping[Figure, Decision]:
    of_values = (decision for decision in decisions if decision.kind == "value")
    ordered = sorted(of_values, key=lambda decision: (decision.number, decision.at))
    return {_decided_figure(decision): decision for decision in ordered}


def _decided_figure(decision: Decision) -> Figure:
    try:
        return Figure(str(decision.target["indicator"]), Sex(decision.target.get("sex") or Sex.TOTAL))
    except (KeyError, ValueError) as fault:
        raise UnreadableDecisionError(decision.number, f"its figure: {fault}") from None


def _decided_number(decision: Decision) -> Decimal | None:
    if "value" not in decision.choice:
        raise UnreadableDecisionError(decision.number, "it chooses no value")
    chosen = decision.choice["value"]
    if chosen is None or chosen == "":
        return None
    try:
        number = Decimal(str(chosen))
    except InvalidOperation:
        raise UnreadableDecisionError(decision.number, f"its value is {chosen!r}") from None
    if not number.is_finite():
        raise UnreadableDecisionError(decision.number, f"its value is {chosen!r}")
    return number


def _held_by_decision(decision: Decision, figure: Figure, held: _Held | None) -> _Held:
    value = Value(
        indicator=figure.indicator,
        sex=figure.sex,
        value=_decided_number(decision),
        unit_of_measure=held.value.unit_of_measure if held else "",
        place=held.value.place if held else _BY_DECISION,
        method=Method.DECISION,
        qualifier=str(decision.choice.get("qualifier", "")),
    )
    archive_id = held.archive_id if held else message_of(decision)
    return _Held(value, archive_id)


def _overtaken(figure: Figure, decided: Decimal | None, stated: Value) -> Finding:
    return Finding(
        "decision_overtaken",
        Grade.WARNING,
        place=stated.place,
        parameters={
            "indicator": figure.indicator,
            "sex": figure.sex.value,
            "decided": number_text(decided),
            "stated": number_text(stated.value),
        },
    )


# ---- derived figures -------------------------------------------------------------------------------


def derive(report: ReportDefinition, values: Sequence[tuple[Value, str]]) -> tuple[tuple[Value, str], ...]:
    """The values of one unit with male = total - female added where the unit gave no male figure.

    Only where the indicator has a male row, the unit said nothing about it (not even doubtfully), total
    and female are both certain and exact (no "trên", "khoảng"), and the difference is not negative.
    """
    book = {figure_of(value): (value, archive_id) for value, archive_id in values}
    derived = [
        _men(book[Figure(code, Sex.TOTAL)], book[Figure(code, Sex.FEMALE)][0])
        for code in _with_derivable_men(report, book)
    ]
    return (*values, *derived)


def _with_derivable_men(report: ReportDefinition, book: Mapping[Figure, tuple[Value, str]]) -> Iterable[str]:
    for indicator in report.indicators:
        total = book.get(Figure(indicator.code, Sex.TOTAL))
        female = book.get(Figure(indicator.code, Sex.FEMALE))
        if (
            Sex.MALE in indicator.sexes
            and Figure(indicator.code, Sex.MALE) not in book
            and total
            and female
            and _difference(total[0], female[0]) is not None
        ):
            yield indicator.code


def _difference(total: Value, female: Value) -> Decimal | None:
    if not (is_certain(total) and is_certain(female)) or total.qualifier or female.qualifier:
        return None
    assert total.value is not None
    assert female.value is not None
    difference = total.value - female.value
    return difference if difference >= 0 else None


def _men(total: tuple[Value, str], female: Value) -> tuple[Value, str]:
    value, archive_id = total
    places = dict.fromkeys((value.place.where, female.place.where))
    place = Place(
        file=value.place.file,
        where="; ".join(where for where in places if where),
        text=f"{value.place.text} − {female.place.text}",
    )
    men = replace(value, sex=Sex.MALE, value=_difference(value, female), place=place, method=Method.DERIVED)
    return men, archive_id


# ---- totals ----------------------------------------------------------------------------------------


def totals(
    report: ReportDefinition,
    units: Sequence[Unit],
    values: Iterable[UnitValue],
    *,
    exempt: frozenset[str] = frozenset(),
    previous: Mapping[Figure, Decimal] = _NOTHING,
) -> tuple[Total, ...]:
    """The totals of the report, in the order of the annex, each with exactly the sexes of its indicator.

    `units` are those with an obligation. A total's `of` counts the units asked for the figure whose kind
    counts and who are not exempt, and besides any unit that gave it all the same. Only certain values in
    scope are summed; doubtful ones and owing units without a figure are listed.

    Raises:
        FigureGivenTwiceError: `values` holds one figure of one unit twice.

    """
    given = _given(values)
    units = tuple(units)
    summing = _Summing(_asked_by_kind(report, units), units, exempt, given, previous)
    return tuple(
        summing.ratio(indicator, indicator.ratio)
        if indicator.aggregation is Aggregation.RATIO and indicator.ratio
        else summing.total(indicator, sex)
        for indicator in report.indicators
        for sex in _sexes(indicator)
    )


def _sexes(indicator: Indicator) -> Sequence[Sex]:
    """In the order total, male, female; a ratio's rule names its sexes itself, so it is stated once."""
    ordered = [sex for sex in Sex if sex in indicator.sexes]
    return ordered[:1] if indicator.aggregation is Aggregation.RATIO else ordered


_Given = Mapping[Figure, Mapping[str, Value]]


def _given(values: Iterable[UnitValue]) -> _Given:
    given: dict[Figure, dict[str, Value]] = {}
    for each in values:
        if not each.in_scope:
            continue
        figure = figure_of(each.value)
        if given.setdefault(figure, {}).setdefault(each.unit, each.value) is not each.value:
            raise FigureGivenTwiceError(each.unit, f"{figure.indicator}/{figure.sex}")
    return given


@dataclass(frozen=True, slots=True)
class _Summing:
    """Everything one total is made from."""

    asked: Mapping[str, frozenset[str]]  #: codes by kind of unit
    units: tuple[Unit, ...]
    exempt: frozenset[str]
    given: _Given
    previous: Mapping[Figure, Decimal]

    def total(self, indicator: Indicator, sex: Sex) -> Total:
        """A sum over units, or the number of units that said yes."""
        figure = Figure(indicator.code, sex)
        summed = self.certain(figure)
        numbers = [value.value or Decimal(0) for value in summed.values()]
        if indicator.aggregation is Aggregation.COUNT:
            numbers = [Decimal(number > 0) for number in numbers]
        return self.stated(
            indicator, (figure,), sex, tuple(summed), sum(numbers, Decimal(0)) if summed else None
        )

    def ratio(self, indicator: Indicator, rule: RatioRule) -> Total:
        """The ratio over the units that gave both parts with certainty."""
        above, below = self.certain(rule.numerator), self.certain(rule.denominator)
        both = tuple(
            unit.id
            for unit in self.units
            if unit.id in above and unit.id in below and indicator.counts_for(unit.kind)
        )
        numerator = _sum(above, both)
        denominator = _sum(below, both)
        total = self.stated(
            indicator,
            (rule.numerator, rule.denominator),
            _sexes(indicator)[0],
            both,
            ratio_value(rule, numerator, denominator),
        )
        return replace(total, numerator=numerator, denominator=denominator)

    def stated(
        self,
        indicator: Indicator,
        figures: tuple[Figure, ...],
        sex: Sex,
        summed: tuple[str, ...],
        value: Decimal | None,
    ) -> Total:
        """The total with its coverage."""
        doubtful = self.doubtful(indicator, figures, summed)
        owing = self.owing(indicator, figures, {*summed, *doubtful})
        return Total(
            indicator=indicator,
            sex=sex,
            value=value,
            n=len(summed),
            of=len(owing),
            units=summed,
            missing=tuple(unit for unit in owing if unit not in summed and unit not in doubtful),
            doubtful=doubtful,
            previous=self.previous.get(Figure(indicator.code, sex)),
            approximate=any(self.given[figure][unit].qualifier for figure in figures for unit in summed),
        )

    def certain(self, figure: Figure) -> Mapping[str, Value]:
        """The certain values of a figure by unit, in the order of the units."""
        given = self.given.get(figure, {})
        return {
            unit.id: given[unit.id] for unit in self.units if unit.id in given and is_certain(given[unit.id])
        }

    def doubtful(
        self, indicator: Indicator, figures: tuple[Figure, ...], summed: tuple[str, ...]
    ) -> tuple[str, ...]:
        """The units with a doubtful figure among `figures`, apart from those summed."""
        return tuple(
            unit.id
            for unit in self.units
            if unit.id not in summed
            and indicator.counts_for(unit.kind)
            and any(
                value.certainty is Certainty.DOUBTFUL
                for figure in figures
                if (value := self.given.get(figure, {}).get(unit.id))
            )
        )

    def owing(self, indicator: Indicator, figures: tuple[Figure, ...], gave: set[str]) -> tuple[str, ...]:
        """The units asked for all of `figures`, with those that gave them unasked or though exempt."""
        return tuple(
            unit.id
            for unit in self.units
            if unit.id in gave or (unit.id not in self.exempt and self.asks(unit, indicator, figures))
        )

    def asks(self, unit: Unit, indicator: Indicator, figures: tuple[Figure, ...]) -> bool:
        """Whether the unit owes all of `figures` and its kind counts for them and for `indicator`."""
        asked = self.asked[unit.kind]
        return indicator.counts_for(unit.kind) and all(figure.indicator in asked for figure in figures)


def _asked_by_kind(report: ReportDefinition, units: Iterable[Unit]) -> dict[str, frozenset[str]]:
    """The codes each kind of unit is asked for and counts for."""
    return {
        kind: frozenset(each.code for each in report.asked_of(kind) if each.counts_for(kind))
        for kind in {unit.kind for unit in units}
    }


def _sum(values: Mapping[str, Value], units: Sequence[str]) -> Decimal | None:
    return sum((values[unit].value or Decimal(0) for unit in units), Decimal(0)) if units else None


def ratio_value(rule: RatioRule, numerator: Decimal | None, denominator: Decimal | None) -> Decimal | None:
    """The factor x numerator / denominator, rounded half up; None below `least_denominator` or of nothing."""
    if numerator is None or not denominator or denominator < rule.least_denominator:
        return None
    exact = rule.factor * numerator / denominator
    return exact.quantize(Decimal(1).scaleb(-rule.decimals), rounding=ROUND_HALF_UP)
