"""Figures set against the past and against their like: what should be asked before it is signed. Pure.

Three comparisons, each over the figures that count for a unit: a period against the shorter ones inside
it, a figure against the last one of the same unit, and against the units of the same kind. A finding says
what to ask the unit; it changes no value and keeps none out of a total (Decree 09/2019/NĐ-CP, article 17,
lets the receiving office ask, not correct).

Only numbers speak: a blank is no zero, a doubtful figure waits for a person anyway, a count of yes has no
size, and a ratio follows from its parts, which are compared themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import TYPE_CHECKING

from config.reports import Aggregation, Figure, Grade, Indicator, Period, PeriodKind, ReportDefinition, Sex
from consolidate.consolidation import UnitValue
from consolidate.totals import figure_of, is_certain, number_text
from consolidate.writers.phrases import is_money
from ledger.records import Finding, Method, Place, Value

if TYPE_CHECKING:
    from config.units import Unit

YEAR_BELOW_PART = "year_below_part"
CHANGED_SINCE_BEFORE = "changed_since_before"
MONEY_UNIT_SINCE_BEFORE = "money_unit_since_before"
MONEY_UNIT_UNLIKE_OTHERS = "money_unit_unlike_others"
UNLIKE_OTHERS = "unlike_others"

LARGEST_CHANGE = Decimal("0.3")
"""A state that changes by more than this share of what it was is asked about."""
LEAST_CHANGE = Decimal(5)
"""...unless the change is smaller than this: 2 persons who become 3 are no news."""
MONEY_FACTOR = Decimal(316)
"""10 to the 2.5: amounts this many times apart are nearer to a slip of 1.000 than to a real change."""
LEAST_UNITS = 8
"""Fewer units of a kind say nothing of what is usual among them."""
OUTLIER_FACTOR = Decimal(5)
"""A figure must be this many times the median, or the median this many times the figure."""
OUTLIER_DISTANCE = Decimal(10)
"""...and this far from it: small counts jump by chance."""
OUTLIER_SPREADS = Decimal("3.5")
"""...and this many spreads away on a logarithmic scale, the bound of the modified z-score of Iglewicz and
Hoaglin (1993)."""

# The median absolute deviation times this is the standard deviation of figures that spread normally.
_SPREAD = Decimal("1.4826")
_ADDED = frozenset({Aggregation.SUM, Aggregation.SNAPSHOT, Aggregation.TERM})
_STATES = frozenset({Aggregation.SNAPSHOT, Aggregation.TERM})
_RECURRING = frozenset(
    {
        PeriodKind.MONTH,
        PeriodKind.QUARTER,
        PeriodKind.HALF_YEAR,
        PeriodKind.NINE_MONTHS,
        PeriodKind.YEAR,
    }
)
_NEAREST = 2  # periods before: the last, and the one before it for units that left the last one out
# A flow grows with its period, at most about twice as fast from one half year to the year.
_LONGEST_RATIO = Decimal("2.2")
_SEXES = tuple(Sex)
_SUFFIXES = {Sex.TOTAL: "", Sex.MALE: "_male", Sex.FEMALE: "_female"}


@dataclass(frozen=True, slots=True)
class OtherPeriod:
    """The figures that counted for another period of the same report, as they stood at the same moment."""

    period: Period
    values: tuple[UnitValue, ...]


# ---- which periods ---------------------------------------------------------------------------------


def is_part_of(part: Period, whole: Period) -> bool:
    """Whether the data of `part` are among those of `whole`, so that its flows are too.

    Campaigns and single reports ask for something of their own and are part of nothing.
    """
    return (
        {part.kind, whole.kind} <= _RECURRING
        and whole.data_from <= part.data_from
        and part.data_to <= whole.data_to
        and _days(part) < _days(whole)
    )


def is_before(other: Period, period: Period) -> bool:
    """Whether `other` ended before `period` and asks for the same: a campaign only a campaign of its name."""
    alike = {other.kind, period.kind} <= _RECURRING or _same_slot(other, period)
    return alike and other.data_to < period.data_to


def periods_to_compare(period: Period, known: Iterable[Period]) -> tuple[Period, ...]:
    """Of the known periods of a report those `period` is compared with, by their days and then by id.

    Its parts, the two that ended last before it, and the same period a year ago.
    """
    before = sorted((each for each in known if is_before(each, period)), key=_nearest_first)
    parts = [each for each in known if is_part_of(each, period)]
    year_ago = [each for each in before if _same_slot(each, period) and each.year == period.year - 1]
    chosen = {each.id: each for each in (*parts, *before[:_NEAREST], *year_ago)}
    return tuple(sorted(chosen.values(), key=lambda each: (each.data_to, each.data_from, each.id)))


def _days(period: Period) -> int:
    return (period.data_to - period.data_from).days


def _nearest_first(period: Period) -> tuple[int, int, str]:
    return -period.data_to.toordinal(), -period.data_from.toordinal(), period.id


def _same_slot(one: Period, other: Period) -> bool:
    """The same period of different years: 2022-H1 and 2023-H1. What comes once has no such twin."""
    return one.kind is other.kind and one.year != other.year and _slot(one) == _slot(other) != ""


def _slot(period: Period) -> str:
    """What the id says after the year: "H1", "thang-hanh-dong"; empty where it does not name the year."""
    year, _, slot = period.id.partition("-")
    return slot if year == f"{period.year:04}" else ""


# ---- the comparisons -------------------------------------------------------------------------------


def comparisons(
    report: ReportDefinition,
    period: Period,
    units: Sequence[Unit],
    values: Sequence[UnitValue],
    others: Sequence[OtherPeriod] = (),
) -> tuple[Finding, ...]:
    """All that comparing finds, by unit id, then in the order of the annex.

    Where a unit of measure is suspected, that one finding explains the others about the figure, which
    are left out.
    """
    found = (
        *against_before(report, period, units, values, others),
        *against_alike(report, units, values),
        *against_parts_of_year(report, period, values, others),
    )
    by_figure: dict[tuple[str, ...], list[Finding]] = defaultdict(list)
    for finding in found:
        by_figure[tuple(finding.parameters[name] for name in ("unit", "indicator", "sex"))].append(finding)
    told = (finding for about in by_figure.values() for finding in _most_telling(about))
    return tuple(sorted(told, key=lambda finding: _rank(report, finding)))


def against_parts_of_year(
    report: ReportDefinition,
    period: Period,
    values: Sequence[UnitValue],
    others: Sequence[OtherPeriod],
) -> tuple[Finding, ...]:
    """A warning for each flow that is smaller than that of a shorter period within `period`.

    A report of the year is cumulative: it holds what the report of six months held. Of several such
    parts the one with the largest figure is named. "Trên 60" and "khoảng 60" are below nothing for sure.
    """
    parts = [(other.period, _counting(report, other.values)) for other in _parts(period, others)]
    found = []
    for key, held in _counting(report, values).items():
        if report.indicator(held.value.indicator).aggregation is not Aggregation.SUM or _is_rough(held):
            continue
        stated = [(there[key], of) for of, there in parts if key in there and not _is_rough(there[key])]
        largest = max(stated, key=_largest_part, default=None)
        if largest and _number(largest[0]) > _number(held):
            found.append(_beside(YEAR_BELOW_PART, report, held, period, *largest))
    return tuple(_without_echoes(found, values))


def against_before(
    report: ReportDefinition,
    period: Period,
    units: Sequence[Unit],
    values: Sequence[UnitValue],
    others: Sequence[OtherPeriod],
) -> tuple[Finding, ...]:
    """A warning for each figure that is hard to believe beside the last one of its unit.

    Money `MONEY_FACTOR` times apart may be in another unit of measure. A state that changes by more than
    `LARGEST_CHANGE` is asked about, except where the officer stated the figure, or a unit that was
    merged into this one since explains it. The last figure is that of the period nearest before, for
    flows of the same period of an earlier year rather.
    """
    before = sorted(
        (each for each in others if is_before(each.period, period)),
        key=lambda each: _nearest_first(each.period),
    )
    tables = [(other.period, _counting(report, other.values)) for other in before]
    found = []
    for key, held in _counting(report, values).items():
        last = _last(key, period, report.indicator(held.value.indicator), tables)
        if last is None or held.value.method is Method.DERIVED:
            continue
        code = _hard_to_believe(report, held, last[0])
        if code and not (code == CHANGED_SINCE_BEFORE and _grew(units, held.unit, last[1], period)):
            found.append(_beside(code, report, held, period, *last))
    return tuple(found)


def against_alike(
    report: ReportDefinition, units: Sequence[Unit], values: Sequence[UnitValue]
) -> tuple[Finding, ...]:
    """What stands out among the units of one kind: money as a warning, any other figure as a note.

    Asked only where `LEAST_UNITS` of the kind gave the figure. Money is measured at the median of those
    that spent any. Everything else must lie far from the median by each of three measures:
    `OUTLIER_SPREADS`, `OUTLIER_FACTOR` and `OUTLIER_DISTANCE`.
    """
    kinds = {unit.id: unit.kind for unit in units}
    alike: dict[tuple[str, Figure], list[UnitValue]] = defaultdict(list)
    for (unit, figure), held in _counting(report, values).items():
        if unit in kinds:
            alike[kinds[unit], figure].append(held)
    return tuple(
        finding
        for group in alike.values()
        if len(group) >= LEAST_UNITS
        for finding in _standing_out(report, group)
    )


# ---- what counts -----------------------------------------------------------------------------------

_Key = tuple[str, Figure]
_Table = Mapping[_Key, UnitValue]


def _counting(report: ReportDefinition, values: Sequence[UnitValue]) -> _Table:
    """The certain numbers that count, by unit and figure, in an order that no order of units changes."""
    added = {each.code for each in report.indicators if each.aggregation in _ADDED}
    kept = {
        (held.unit, figure_of(held.value)): held
        for held in values
        if held.in_scope and held.value.indicator in added and is_certain(held.value)
    }
    return dict(sorted(kept.items()))


def _number(held: UnitValue) -> Decimal:
    assert held.value.value is not None
    return held.value.value


def _is_rough(held: UnitValue) -> bool:
    return bool(held.value.qualifier)


# ---- parts of the year -----------------------------------------------------------------------------


def _parts(period: Period, others: Sequence[OtherPeriod]) -> Iterator[OtherPeriod]:
    return (other for other in others if is_part_of(other.period, period))


def _largest_part(stated: tuple[UnitValue, Period]) -> tuple[Decimal, int, str]:
    held, of = stated
    return _number(held), of.data_to.toordinal(), of.id


def _without_echoes(found: Sequence[Finding], values: Sequence[UnitValue]) -> Iterator[Finding]:
    """Without a male figure of our own making whose total or women were found already."""
    made = {
        (held.unit, held.value.indicator, held.value.sex.value)
        for held in values
        if held.value.method is Method.DERIVED
    }
    named = [
        (each.parameters["unit"], each.parameters["indicator"], each.parameters["sex"]) for each in found
    ]
    stated = {(unit, code) for unit, code, sex in named if (unit, code, sex) not in made}
    for finding, (unit, code, sex) in zip(found, named, strict=True):
        if (unit, code, sex) not in made or (unit, code) not in stated:
            yield finding


# ---- the last figure -------------------------------------------------------------------------------


def _last(
    key: _Key, period: Period, indicator: Indicator, tables: Sequence[tuple[Period, _Table]]
) -> tuple[UnitValue, Period] | None:
    """The figure to measure at and its period; the tables come nearest first."""
    stated = [(table[key], of) for of, table in tables if key in table]
    if indicator.aggregation is Aggregation.SUM:
        twins = [each for each in stated if _same_slot(each[1], period)]
        stated = twins or [each for each in stated if _similar_length(each[1], period)]
    return stated[0] if stated else None


def _similar_length(one: Period, other: Period) -> bool:
    shorter, longer = sorted((_days(one) + 1, _days(other) + 1))
    return longer <= _LONGEST_RATIO * shorter


def _hard_to_believe(report: ReportDefinition, held: UnitValue, before: UnitValue) -> str:
    """The code of what is wrong with the figure beside the one before, empty when nothing is."""
    indicator = report.indicator(held.value.indicator)
    if is_money(indicator.unit_of_measure) and _times(_number(held), _number(before)) >= MONEY_FACTOR:
        return MONEY_UNIT_SINCE_BEFORE
    settled = held.value.method is Method.DECISION or _is_rough(held) or _is_rough(before)
    if indicator.aggregation in _STATES and not settled and _jumped(_number(held), _number(before)):
        return CHANGED_SINCE_BEFORE
    return ""


def _jumped(now: Decimal, before: Decimal) -> bool:
    change = abs(now - before)
    return change >= LEAST_CHANGE and change > LARGEST_CHANGE * abs(before)


def _times(one: Decimal, other: Decimal) -> Decimal:
    """How many times apart two amounts are; 0 where one of them is nothing."""
    smaller, larger = sorted((abs(one), abs(other)))
    return larger / smaller if smaller else Decimal(0)


def _grew(units: Sequence[Unit], unit: str, before: Period, period: Period) -> bool:
    """Whether another unit became part of this one between the two: then it is another unit's state too."""
    return any(
        unit in each.successors
        and each.id != unit
        and each.valid_to is not None
        # A unit that still stood on the last day of data reported for itself.
        and before.data_to <= each.valid_to < period.data_to
        for each in units
    )


# ---- the like of a unit ----------------------------------------------------------------------------


def _standing_out(report: ReportDefinition, group: Sequence[UnitValue]) -> Iterator[Finding]:
    """What stands out of the figures of one indicator and sex, given by units of one kind."""
    slipped = tuple(_slipped_money(report, group))
    yield from slipped
    warned = {finding.parameters["unit"] for finding in slipped}
    numbers = [_number(held) for held in group]
    for held in _far_off(group, numbers):
        if held.unit not in warned and held.value.method not in {Method.DERIVED, Method.DECISION}:
            yield _unlike(UNLIKE_OTHERS, report, held, median(numbers), len(group))


def _slipped_money(report: ReportDefinition, group: Sequence[UnitValue]) -> Iterator[Finding]:
    if not is_money(report.indicator(group[0].value.indicator).unit_of_measure):
        return
    spent = [_number(held) for held in group if _number(held)]
    if len(spent) < LEAST_UNITS:
        return
    usual = median(spent)
    for held in group:
        if _times(_number(held), usual) >= MONEY_FACTOR:
            yield _unlike(MONEY_UNIT_UNLIKE_OTHERS, report, held, usual, len(spent))


def _far_off(group: Sequence[UnitValue], numbers: Sequence[Decimal]) -> Sequence[UnitValue]:
    """Those far from the median by distance, by factor, and by the spread of all about it."""
    middle = median(numbers)
    apart = [held for held in group if _is_apart(_number(held), middle)]
    if not apart:
        return ()
    scaled = _scaled(middle)
    bound = OUTLIER_SPREADS * _SPREAD * median([abs(_scaled(number) - scaled) for number in numbers])
    return [held for held in apart if abs(_scaled(_number(held)) - scaled) > bound]


def _is_apart(number: Decimal, middle: Decimal) -> bool:
    smaller, larger = sorted((abs(number), abs(middle)))
    return larger - smaller >= OUTLIER_DISTANCE and larger >= OUTLIER_FACTOR * smaller


def _scaled(number: Decimal) -> Decimal:
    """ln(1 + x): units differ by factors, not by differences, and a zero must have a place among them."""
    return (1 + max(number, Decimal(0))).ln()


# ---- findings --------------------------------------------------------------------------------------


def _beside(
    code: str, report: ReportDefinition, held: UnitValue, period: Period, other: UnitValue, of: Period
) -> Finding:
    """A warning that names both figures, their periods, and where each stands."""
    return _finding(
        code,
        Grade.WARNING,
        report.indicator(held.value.indicator),
        held,
        period=period.name,
        other=number_text(_number(other)),
        other_period=of.name,
        other_at=", ".join(
            part for part in (of.name, other.value.place.file, other.value.place.where) if part
        ),
        times=_rounded_times(_number(held), _number(other)),
        bound=number_text(LARGEST_CHANGE * 100),
    )


def _unlike(code: str, report: ReportDefinition, held: UnitValue, middle: Decimal, count: int) -> Finding:
    return _finding(
        code,
        Grade.NOTE if code == UNLIKE_OTHERS else Grade.WARNING,
        report.indicator(held.value.indicator),
        held,
        median=number_text(middle),
        units=str(count),
        times=_rounded_times(_number(held), middle),
    )


def _finding(code: str, grade: Grade, indicator: Indicator, held: UnitValue, **figures: str) -> Finding:
    return Finding(
        # Vietnamese says "số nữ" where the figure is one: each sex has its own sentence.
        f"{code}{_SUFFIXES[held.value.sex]}",
        grade,
        _place(held.value),
        {
            "unit": held.unit,
            "indicator": indicator.code,
            "label": indicator.label,
            "sex": held.value.sex.value,
            "measure": indicator.unit_of_measure,
            "value": number_text(_number(held)),
            **figures,
        },
    )


def _place(value: Value) -> Place | None:
    """Where the present figure stands; None for one the officer stated without a mail."""
    return value.place if value.place.file or value.place.where else None


def _rounded_times(one: Decimal, other: Decimal) -> str:
    """How many times apart, to two digits: "1.000", "780"; empty where one of them is nothing."""
    times = _times(one, other)
    if not times:
        return ""
    return number_text(times.quantize(Decimal(1).scaleb(times.adjusted() - 1), ROUND_HALF_UP))


def _most_telling(about: Sequence[Finding]) -> Sequence[Finding]:
    of_measure = [
        finding
        for finding in about
        if finding.code.startswith((MONEY_UNIT_SINCE_BEFORE, MONEY_UNIT_UNLIKE_OTHERS))
    ]
    return of_measure[:1] or about


def _rank(report: ReportDefinition, finding: Finding) -> tuple[str, int, int, str]:
    codes = [indicator.code for indicator in report.indicators]
    parameters = finding.parameters
    return (
        parameters["unit"],
        codes.index(parameters["indicator"]),
        _SEXES.index(Sex(parameters["sex"])),
        finding.code,
    )
