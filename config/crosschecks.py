"""Faults between things that are each well formed: units among one another, figures, periods (pure)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING

from config.calendar import periods_of_rule
from config.errors import Problem
from config.reports import Aggregation, PeriodKind
from config.spelling import accented_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from config.regime import CalendarPolicy
    from config.reports import Check, Figure, Indicator, Period, PeriodRule
    from config.schema import PeriodModel
    from config.units import Address, Unit

_NUMBERED = {PeriodKind.HALF_YEAR: 2, PeriodKind.QUARTER: 4, PeriodKind.MONTH: 12}
_MONTHS_FROM_START = {PeriodKind.MONTH: {1, 2}, PeriodKind.QUARTER: {3, 4}}
_FIRST_HALF_DUE_MONTHS = range(5, 9)
_SAMPLE_YEARS = range(2015, 2051)
_LONGEST_WAIT_DAYS = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault whose place the caller knows: an entry of the catalogue and what fills it."""

    code: str
    at: tuple[int | str, ...] = ()  #: key path below the thing that was checked
    parameters: dict[str, str] = field(default_factory=dict)


# Units


def unit_problems(units: Sequence[Unit], rows: Sequence[int], file: str) -> tuple[Problem, ...]:
    """Ids, names, codes and addresses that two units claim on the same day; successors nobody knows."""
    claims = [
        *_clashes(units, lambda unit: [(unit.id, unit.id)], "duplicate_id", "mã", _always),
        *_clashes(units, _names, "alias_names_two_units", "tên khác", _same_days),
        *_clashes(units, _codes, "duplicate_gso_code", "mã GSO", _same_days),
        *_address_clashes(units),
        *_successor_faults(units),
    ]
    found = []
    for at, other, code, column, text in claims:
        parameters = {"text": text}
        if other is not None:
            parameters |= {"other": units[other].name, "row": str(rows[other])}
        found.append(Problem(code, file, row=rows[at], column=column, parameters=parameters))
    return tuple(sorted(found, key=lambda problem: problem.row))


Claim = tuple[int, int | None, str, str, str]  #: unit, the other unit, code, column, text
Keys = list[tuple[str, str]]  #: key for comparison, text as it stands


def _names(unit: Unit) -> Keys:
    return list({accented_key(name): name for name in (*unit.aliases, unit.name)}.items())


def _codes(unit: Unit) -> Keys:
    return [(unit.gso_code, unit.gso_code)] if unit.gso_code else []


def _clashes(
    units: Sequence[Unit],
    keys: Callable[[Unit], Keys],
    code: str,
    column: str,
    clash: Callable[[Unit, Unit], bool],
) -> Iterator[Claim]:
    claims = defaultdict(list)
    for at, unit in enumerate(units):
        for key, text in keys(unit):
            claims[key].append((at, text))
    for claimants in claims.values():
        for (first, _), (second, text) in combinations(claimants, 2):
            if clash(units[first], units[second]):
                yield second, first, code, column, text


def _always(_first: Unit, _second: Unit) -> bool:
    return True


def _same_days(first: Unit | Address, second: Unit | Address) -> bool:
    return (first.valid_from or date.min) <= (second.valid_to or date.max) and (
        second.valid_from or date.min
    ) <= (first.valid_to or date.max)


def _while_it_is(unit: Unit, address: Address) -> Address:
    """The address on the days that its unit exists too."""
    return replace(
        address,
        valid_from=max(filter(None, (unit.valid_from, address.valid_from)), default=None),
        valid_to=min(filter(None, (unit.valid_to, address.valid_to)), default=None),
    )


def _address_clashes(units: Sequence[Unit]) -> Iterator[Claim]:
    claims = defaultdict(list)
    for at, unit in enumerate(units):
        for address in unit.addresses:
            claims[address.address].append((at, address))
    for text, claimants in claims.items():
        for (first, one), (second, two) in combinations(claimants, 2):
            if not _same_days(_while_it_is(units[first], one), _while_it_is(units[second], two)):
                continue
            if first == second:
                yield second, None, "address_twice", "địa chỉ thư", text
            elif {one.role, two.role} != {"shared"}:
                yield second, first, "address_of_two_units", "địa chỉ thư", text


def _successor_faults(units: Sequence[Unit]) -> Iterator[Claim]:
    known = {unit.id for unit in units}
    for at, unit in enumerate(units):
        for successor in unit.successors:
            if successor not in known or successor == unit.id:
                yield at, None, "unknown_successor", "đơn vị kế tục", successor
        if unit.successors and unit.valid_to is None:
            yield at, None, "successor_without_end", "đến ngày", unit.id


# Figures


def indicator_faults(indicators: Sequence[Indicator]) -> Iterator[tuple[int, Fault]]:
    """Codes and labels that repeat, ratios without their parts. Each fault with its indicator's place."""
    yield from _repeated(indicators, lambda indicator: [(indicator.code.casefold(), indicator.code)], "code")
    yield from _repeated(indicators, _labels, "label")
    known = {indicator.code: indicator for indicator in indicators}
    for at, indicator in enumerate(indicators):
        if (indicator.ratio is None) is (indicator.aggregation is Aggregation.RATIO):
            yield at, Fault("ratio_needs_parts", ("aggregation",), {"text": indicator.code})
        for part in ("numerator", "denominator") if indicator.ratio else ():
            figure = getattr(indicator.ratio, part)
            if fault := figure_fault(figure, known, ("ratio", part)):
                yield at, fault


def _labels(indicator: Indicator) -> Keys:
    texts = (*indicator.synonyms, indicator.label)
    return list({accented_key(text): text for text in texts}.items())


def _repeated(
    indicators: Sequence[Indicator], keys: Callable[[Indicator], Keys], what: str
) -> Iterator[tuple[int, Fault]]:
    seen: dict[str, str] = {}
    for at, indicator in enumerate(indicators):
        for key, text in keys(indicator):
            if key in seen:
                yield at, Fault(f"duplicate_{what}", (what,), {"text": text, "other": seen[key]})
            seen.setdefault(key, indicator.code)


def figure_fault(
    figure: Figure, known: Mapping[str, Indicator], at: tuple[int | str, ...] = ()
) -> Fault | None:
    """What is wrong with naming that figure: no such indicator, a ratio, or a sex that is not asked for."""
    indicator = known.get(figure.indicator)
    if indicator is None:
        return Fault("unknown_indicator", at, {"text": figure.indicator})
    if indicator.aggregation is Aggregation.RATIO:
        return Fault("figure_is_ratio", at, {"text": figure.indicator})
    if figure.sex not in indicator.sexes:
        accepted = ", ".join(indicator.sexes)
        return Fault("sex_not_asked", at, {"text": figure.indicator, "sex": figure.sex, "accepted": accepted})
    return None


def check_figures(check: Check) -> tuple[Figure, ...]:
    """Every figure a rule names, in the order it names them."""
    comparisons = [check.condition, check.claim] if check.condition else [check.claim]
    return tuple(
        figure
        for comparison in comparisons
        for term in (comparison.left, comparison.right)
        for figure in term.figures
    )


# Periods


def period_faults(period: PeriodModel) -> Iterator[Fault]:
    """What makes a period's entry contradict itself, before any period is made of it."""
    own_days = period.from_day is not None or period.to_day is not None
    if period.kind in {PeriodKind.ONE_OFF, PeriodKind.CAMPAIGN}:
        yield from _named_period_faults(period, own_days=own_days)
    elif own_days:
        yield Fault("own_days_not_here", ("from",), {"kind": period.kind})
    yield from _number_faults(period)


def _named_period_faults(period: PeriodModel, *, own_days: bool) -> Iterator[Fault]:
    if not period.id or not period.name.strip():
        yield Fault("period_needs_id_and_name", (), {"kind": period.kind})
    if own_days or period.kind is PeriodKind.ONE_OFF:
        if period.from_day is None or period.to_day is None:
            yield Fault("period_needs_days", (), {"kind": period.kind})
        elif period.to_day < period.from_day:
            yield Fault("ends_before_start", ("to",))
        due = period.due_text()
        if due and not due.year:
            yield Fault("due_needs_year", ("due",), {"text": period.due})
    elif not period.data_from or not period.data_to:
        yield Fault("campaign_needs_days", ())


def _number_faults(period: PeriodModel) -> Iterator[Fault]:
    most = _NUMBERED.get(period.kind, 0)
    due = period.due_text()
    if period.number > most:
        yield Fault("bad_period_number", ("number",), {"kind": period.kind, "most": str(most)})
    elif due and due.from_start and due.month not in _MONTHS_FROM_START.get(period.kind, ()):
        yield Fault("due_not_of_kind", ("due",), {"text": period.due, "kind": period.kind})
    elif not period.number and most and due and not due.from_start and not _is_first_half(period, due.month):
        yield Fault("period_needs_number", ("due",), {"text": period.due, "most": str(most)})


def _is_first_half(period: PeriodModel, due_month: int) -> bool:
    return period.kind is PeriodKind.HALF_YEAR and due_month in _FIRST_HALF_DUE_MONTHS


def made_period_faults(rule: PeriodRule, timezone: ZoneInfo, policy: CalendarPolicy) -> Iterator[Fault]:
    """What is wrong with the periods a rule makes: data that end before they start, a deadline far off."""
    for period in _samples(rule, timezone, policy)[:1]:
        if period.data_to < period.data_from:
            yield Fault("ends_before_start", ("data_to",))
        elif period.due is not None and _is_far(period, period.due.astimezone(timezone).date()):
            yield Fault("due_far_from_data", ("due",), _written_days(period))


def _is_far(period: Period, due: date) -> bool:
    middle = period.data_from + (period.data_to - period.data_from) / 2
    # A campaign or one-off report may be asked for long after; nothing is asked for halfway through.
    late = (due - period.data_to).days > _LONGEST_WAIT_DAYS and period.kind not in {
        PeriodKind.ONE_OFF,
        PeriodKind.CAMPAIGN,
    }
    return due < middle or late


def _written_days(period: Period) -> dict[str, str]:
    return {
        "text": period.due_text,
        "period": period.name,
        "first": f"{period.data_from:%d/%m/%Y}",
        "last": f"{period.data_to:%d/%m/%Y}",
    }


def repeated_periods(
    rules: Iterable[PeriodRule], timezone: ZoneInfo, policy: CalendarPolicy
) -> Iterator[tuple[int, Fault]]:
    """Rules that make a period some earlier rule has made, each with the first such id."""
    seen: set[str] = set()
    for at, rule in enumerate(rules):
        ids = [period.id for period in _samples(rule, timezone, policy)]
        twice = next((period_id for period_id in ids if period_id in seen), None)
        if twice is not None:
            yield at, Fault("period_twice", (), {"text": twice})
        seen.update(ids)


def _samples(rule: PeriodRule, timezone: ZoneInfo, policy: CalendarPolicy) -> tuple[Period, ...]:
    return periods_of_rule(rule, _SAMPLE_YEARS, timezone, policy)
