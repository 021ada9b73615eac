"""Checks between the figures of one report: whole and parts, the officer's own rules, rates. Pure.

A breach graded as an error makes the figures it concerns doubtful, and no others: they then wait for a
person and go into no total. A warning or a note is said and changes nothing (Decree 09/2019/NĐ-CP, article
17, asks the receiving office to check figures; it does not let it correct them).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from config.reports import Check, Comparison, Figure, Grade, Indicator, ReportDefinition, Sex, Term
from intake.figures.numerals import number_text
from ledger.records import Certainty, Finding, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from intake.figures.table_notes import GivenPercent

_SEVERAL = 2
_TOLERANCE = Decimal(
    "0.1"
)  # of a percentage point: half a hundredth of rounding, and the habit of cutting off
_HUNDRED = Decimal(100)
_ONE_PLACE = Decimal("0.01")


def check_values(
    values: Sequence[Value],
    report: ReportDefinition,
    unit_kind: str,
    percentages: Sequence[GivenPercent] = (),
) -> tuple[tuple[Value, ...], tuple[Finding, ...]]:
    """The values, with those doubtful that break a rule, and what was found.

    A rule speaks only where every figure it names was read surely and exactly; a missing figure breaks
    no rule. The own rules of a report are asked of a kind of unit only when it is asked for their figures.
    """
    figures = _sure_figures(values)
    findings: list[Finding] = []
    doubted: dict[Figure, str] = {}
    for finding, concerned in (*_built_in(figures, report), *_own_rules(figures, report, unit_kind)):
        findings.append(finding)
        if finding.grade is Grade.ERROR:
            doubted |= {figure: finding.code for figure in concerned if figure not in doubted}
    findings += _percentages(figures, report, percentages)
    return tuple(_doubted(value, doubted) for value in values), tuple(findings)


_Breach = tuple[Finding, tuple[Figure, ...]]
_Figures = dict[Figure, Value]


def _sure_figures(values: Iterable[Value]) -> _Figures:
    """The figures that rules may rest on: certain ones with an exact number."""
    return {
        Figure(value.indicator, value.sex): value
        for value in values
        if value.value is not None and value.certainty is Certainty.CERTAIN and not value.qualifier
    }


def _doubted(value: Value, doubted: dict[Figure, str]) -> Value:
    code = doubted.get(Figure(value.indicator, value.sex))
    if code is None or value.certainty is Certainty.DOUBTFUL:
        return value
    return replace(value, certainty=Certainty.DOUBTFUL, reason=code)


def _number(figures: _Figures, figure: Figure) -> Decimal | None:
    value = figures.get(figure)
    return None if value is None else value.value


def _built_in(figures: _Figures, report: ReportDefinition) -> Iterator[_Breach]:
    told = Counter([figure.indicator for figure in figures])
    for indicator in report.indicators:
        if told[indicator.code] < _SEVERAL:
            continue
        total, male, female = (Figure(indicator.code, sex) for sex in (Sex.TOTAL, Sex.MALE, Sex.FEMALE))
        if all(figure in figures for figure in (total, male, female)):
            yield from _parts_make_whole(figures, indicator, total, male, female)
        else:
            yield from _part_within_whole(figures, indicator, total, male)
            yield from _part_within_whole(figures, indicator, total, female)


def _parts_make_whole(
    figures: _Figures, indicator: Indicator, total: Figure, male: Figure, female: Figure
) -> Iterator[_Breach]:
    whole, men, women = (_number(figures, figure) for figure in (total, male, female))
    assert whole is not None
    assert men is not None
    assert women is not None
    if whole == men + women:
        return
    parameters = {
        "indicator": indicator.code,
        "label": indicator.label,
        "total": number_text(whole),
        "male": number_text(men),
        "female": number_text(women),
        "sum": number_text(men + women),
    }
    finding = Finding("total_not_parts", Grade.ERROR, figures[total].place, parameters)
    yield finding, (total, male, female)


def _part_within_whole(
    figures: _Figures, indicator: Indicator, total: Figure, part: Figure
) -> Iterator[_Breach]:
    whole, some = _number(figures, total), _number(figures, part)
    if whole is None or some is None or some <= whole:
        return
    parameters = {
        "indicator": indicator.code,
        "label": indicator.label,
        "sex": part.sex.value,
        "total": number_text(whole),
        "part": number_text(some),
    }
    code = "female_above_total" if part.sex is Sex.FEMALE else "male_above_total"
    yield Finding(code, Grade.ERROR, figures[part].place, parameters), (total, part)


def _own_rules(figures: _Figures, report: ReportDefinition, unit_kind: str) -> Iterator[_Breach]:
    asked = {indicator.code for indicator in report.asked_of(unit_kind)}
    for check in report.checks:
        concerned = _figures_in(check)
        if not all(figure in figures and figure.indicator in asked for figure in concerned):
            continue
        if check.condition is not None and not _holds(check.condition, figures):
            continue
        if not _holds(check.claim, figures):
            yield _broken(check, concerned, figures, report), concerned


def _figures_in(check: Check) -> tuple[Figure, ...]:
    sides = [check.claim.left, check.claim.right]
    if check.condition is not None:
        sides += [check.condition.left, check.condition.right]
    return tuple(dict.fromkeys(figure for side in sides for figure in side.figures))


def _holds(comparison: Comparison, figures: _Figures) -> bool:
    left, right = _sum_of(comparison.left, figures), _sum_of(comparison.right, figures)
    if comparison.operator == "<=":
        return left <= right
    return left >= right if comparison.operator == ">=" else left == right


def _sum_of(term: Term, figures: _Figures) -> Decimal:
    numbers = (_number(figures, figure) for figure in term.figures)
    return sum((number for number in numbers if number is not None), start=term.constant)


def _broken(
    check: Check, concerned: tuple[Figure, ...], figures: _Figures, report: ReportDefinition
) -> Finding:
    stated = (
        f"{report.indicator(figure.indicator).label}: {number_text(_number(figures, figure) or Decimal(0))}"
        for figure in concerned
    )
    place = figures[concerned[0]].place if concerned else None
    parameters = {"check": check.id, "rule": check.text, "figures": "; ".join(stated)}
    return Finding("check_failed", check.grade, place, parameters)


def _percentages(
    figures: _Figures, report: ReportDefinition, percentages: Sequence[GivenPercent]
) -> Iterator[Finding]:
    for given in percentages:
        indicator = report.indicator(given.indicator)
        if given.percent < 0 or (given.percent > _HUNDRED and _is_share(indicator, given)):
            yield _percent_finding("percent_out_of_range", given, indicator, None)
            continue
        recomputed = _recomputed(figures, indicator, given)
        if recomputed is not None and abs(recomputed - given.percent) > _TOLERANCE:
            yield _percent_finding("percent_differs", given, indicator, recomputed)


def _is_share(indicator: Indicator, given: GivenPercent) -> bool:
    """Whether the percentage is a part of a whole; the sex ratio at birth and a plan may pass 100."""
    ratio = indicator.ratio
    return given.of_women if ratio is None else indicator.unit_of_measure.strip() == "%"


def _recomputed(figures: _Figures, indicator: Indicator, given: GivenPercent) -> Decimal | None:
    ratio = indicator.ratio
    if ratio is not None:
        part, whole, factor = (
            _number(figures, ratio.numerator),
            _number(figures, ratio.denominator),
            ratio.factor,
        )
    elif given.of_women:
        part = _number(figures, Figure(indicator.code, Sex.FEMALE))
        whole, factor = _number(figures, Figure(indicator.code, Sex.TOTAL)), _HUNDRED
    else:
        return None
    return factor * part / whole if part is not None and whole else None


def _percent_finding(
    code: str, given: GivenPercent, indicator: Indicator, recomputed: Decimal | None
) -> Finding:
    parameters = {
        "indicator": indicator.code,
        "label": indicator.label,
        "given": number_text(given.percent),
    }
    if recomputed is not None:
        parameters["recomputed"] = number_text(recomputed.quantize(_ONE_PLACE, ROUND_HALF_UP))
    return Finding(code, Grade.WARNING, given.place, parameters)
