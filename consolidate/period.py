"""One period of one report, consolidated: everything its documents are written from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from config.reports import Figure, Grade, Period, ReportDefinition, Sex
from config.spelling import accented_key
from consolidate.comparisons import OtherPeriod, comparisons
from consolidate.consolidation import Consolidation, Passage, UnitStanding, UnitValue
from consolidate.errors import UnknownObligationUnitError, UnreadableDecisionError
from consolidate.explanations import with_explanations
from consolidate.standing import Waiting, counting, in_force, key_of, message_of, standings, still_holding
from consolidate.totals import derive, effective_values, overtaken_decisions, part_conflicts, totals
from ledger.records import (
    Decision,
    Finding,
    Obligation,
    ObligationKey,
    Role,
    SectionText,
    Submission,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

    from config.regime import Regime
    from config.units import Unit

_NOTHING: Mapping[Figure, Decimal] = MappingProxyType({})
_SEXES = tuple(Sex)


@dataclass(frozen=True, slots=True)
class _UnitPart:
    """What one unit handed in for the period, and what was decided about it."""

    unit: Unit
    owes: bool
    submissions: tuple[Submission, ...]
    decisions: tuple[Decision, ...]


def consolidate(
    regime: Regime,
    report: ReportDefinition,
    period: Period,
    obligations: Iterable[Obligation],
    submissions: Sequence[Submission],
    waiting: Waiting,
    decisions: Sequence[Decision],
    as_of: datetime,
    previous: Mapping[Figure, Decimal] = _NOTHING,
    others: Sequence[OtherPeriod] = (),
) -> Consolidation:
    """What the units handed in for `report` and `period` by `as_of`, made into one.

    What belongs to other reports or periods is passed over. Of `decisions` the kinds "receive", "value"
    and "explain" speak here, unless taken back; `previous` are the department's own totals of the same
    period a year ago, `others` the units' figures of other periods, which findings compare with. The
    result depends on the values given, not on their order.

    Raises:
        UnknownObligationUnitError: an obligation or a submission names a unit the regime does not have.
        UnreadableDecisionError: a decision lacks what it must say.

    """
    owed = [each for each in obligations if (each.key.report, each.key.period) == (report.id, period.id)]
    arrived = counting(
        (each for each in submissions if (each.key.report, each.key.period) == (report.id, period.id)),
        as_of,
    )
    concerning = _concerning(decisions, submissions, report, period)
    standing = standings(regime, owed, arrived, waiting, concerning, as_of)
    parts = _parts(regime, standing, arrived, concerning)
    values = tuple(value for part in parts for value in _unit_values(report, part))
    found = comparisons(report, period, regime.units, values, others)
    compared = with_explanations(found, decisions, report, period)
    return Consolidation(
        regime=regime,
        report=report,
        period=period,
        as_of=as_of,
        standings=standing,
        values=values,
        totals=totals(
            report,
            [each.unit for each in standing],
            values,
            exempt=frozenset(each.unit.id for each in standing if each.exempt),
            previous=previous,
        ),
        passages=_passages(report, parts),
        findings=tuple(finding for part in parts for finding in _findings(report, part, compared)),
    )


def _concerning(
    decisions: Sequence[Decision],
    submissions: Sequence[Submission],
    report: ReportDefinition,
    period: Period,
) -> list[Decision]:
    """The receipts and values decided for this period, each with its obligation in the target."""
    keys: dict[str, set[ObligationKey]] = defaultdict(set)
    for submission in submissions:
        keys[submission.archive_id].add(submission.key)
    kept = (each for each in still_holding(decisions) if each.kind in {"receive", "value"})
    named = (decision for each in kept for decision in _with_key(each, keys))
    return [
        each for each in named if (each.target["report"], each.target["period"]) == (report.id, period.id)
    ]


def _with_key(decision: Decision, keys: Mapping[str, set[ObligationKey]]) -> tuple[Decision, ...]:
    """The decision naming its obligation; one that names only its message speaks of what that handed in."""
    message = message_of(decision)
    if "unit" in decision.target or not message:
        key_of(decision)  # raises where it names no obligation
        return (decision,)
    meant = keys.get(message, set())
    if len(meant) > 1:
        raise UnreadableDecisionError(decision.number, "its message hands in several reports")
    return tuple(
        replace(
            decision,
            target={**decision.target, "unit": key.unit, "report": key.report, "period": key.period},
        )
        for key in meant
    )


def _parts(
    regime: Regime,
    standing: Sequence[UnitStanding],
    arrived: Sequence[Submission],
    decisions: Sequence[Decision],
) -> tuple[_UnitPart, ...]:
    handed_in: dict[str, list[Submission]] = defaultdict(list)
    for submission in arrived:
        handed_in[submission.key.unit].append(submission)
    decided: dict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        decided[key_of(decision).unit].append(decision)
    owing = {each.unit.id for each in standing}
    for unknown in sorted(handed_in.keys() - {unit.id for unit in regime.units}):
        raise UnknownObligationUnitError(unknown)
    return tuple(
        _UnitPart(unit, unit.id in owing, tuple(handed_in.get(unit.id, ())), tuple(decided.get(unit.id, ())))
        for unit in regime.units
        if unit.id in owing or unit.id in handed_in or unit.id in decided
    )


# ---- figures ---------------------------------------------------------------------------------------


def _unit_values(report: ReportDefinition, part: _UnitPart) -> tuple[UnitValue, ...]:
    """The unit's figures in the order of the annex; what the report does not ask for comes last."""
    held = derive(report, effective_values(part.submissions, part.decisions))
    order = {indicator.code: place for place, indicator in enumerate(report.indicators)}
    ranked = sorted(
        held,
        key=lambda each: (
            order.get(each[0].indicator, len(order)),
            each[0].indicator,
            _SEXES.index(each[0].sex),
        ),
    )
    return tuple(
        UnitValue(
            unit=part.unit.id,
            value=_with_measure(report, value),
            archive_id=archive_id,
            in_scope=part.owes and _in_scope(report, part.unit, value),
        )
        for value, archive_id in ranked
    )


def _in_scope(report: ReportDefinition, unit: Unit, value: Value) -> bool:
    return any(
        indicator.code == value.indicator and value.sex in indicator.sexes and indicator.counts_for(unit.kind)
        for indicator in report.indicators
    )


def _with_measure(report: ReportDefinition, value: Value) -> Value:
    """A figure entered by the officer without a unit of measure is in that of its indicator."""
    if value.unit_of_measure:
        return value
    measures = [each.unit_of_measure for each in report.indicators if each.code == value.indicator]
    return replace(value, unit_of_measure=measures[0]) if measures else value


# ---- text ------------------------------------------------------------------------------------------


def _passages(report: ReportDefinition, parts: Sequence[_UnitPart]) -> tuple[Passage, ...]:
    """By section of the outline, then by unit; sections the outline does not have come last."""
    order = {section.id: place for place, section in enumerate(report.outline)}
    found = [passage for part in parts for passage in _unit_passages(part)]
    return tuple(sorted(found, key=lambda passage: order.get(passage.section, len(order))))


def _unit_passages(part: _UnitPart) -> tuple[Passage, ...]:
    """The latest version of each section: a replacement takes the place of the sections it has."""
    book: dict[str, list[tuple[SectionText, str]]] = {}
    for submission in part.submissions:
        if submission.role is Role.REPLACEMENT:
            for section in {text.section for text in submission.sections}:
                book.pop(section, None)
        for text in submission.sections:
            _add_text(book.setdefault(text.section, []), text, submission.archive_id)
    return tuple(
        Passage(part.unit, text.section, text.text, text.place, archive_id)
        for texts in book.values()
        for text, archive_id in texts
    )


def _add_text(texts: list[tuple[SectionText, str]], text: SectionText, archive_id: str) -> None:
    """The same words in two parts of one submission are one passage."""
    key = accented_key(text.text)
    if key and key not in {accented_key(each.text) for each, _ in texts}:
        texts.append((text, archive_id))


# ---- findings --------------------------------------------------------------------------------------


def _findings(report: ReportDefinition, part: _UnitPart, compared: Sequence[Finding]) -> tuple[Finding, ...]:
    """Every fault in what counts for the unit, each naming the unit in its parameters."""
    found = (
        *(finding for each in in_force(part.submissions) for finding in each.findings),
        *part_conflicts(part.submissions, part.decisions),
        *overtaken_decisions(part.submissions, part.decisions),
        *_without_figures(report, part),
        *(() if part.owes else (Finding("not_owed", Grade.WARNING),)),
        *(finding for finding in compared if finding.parameters["unit"] == part.unit.id),
    )
    return tuple(_attributed(finding, report, part.unit) for finding in found)


def _without_figures(report: ReportDefinition, part: _UnitPart) -> tuple[Finding, ...]:
    """That what counts gives no figure though some are asked of the unit: said aloud, never in silence.

    A word that nothing came to pass is no such report: it has neither file nor text.
    """
    standing = in_force(part.submissions)
    decided = any(each.kind == "value" for each in part.decisions)
    if not standing or decided or any(each.values for each in standing):
        return ()
    before = part.submissions[: len(part.submissions) - len(standing)]
    if any(each.values for each in before):
        return (Finding("replacement_without_figures", Grade.WARNING),)
    told = any(each.files or each.sections for each in standing)
    return (Finding("no_figures", Grade.WARNING),) if told and report.asked_of(part.unit.kind) else ()


def _attributed(finding: Finding, report: ReportDefinition, unit: Unit) -> Finding:
    code = finding.parameters.get("indicator", "")
    labels = [indicator.label for indicator in report.indicators if indicator.code == code]
    return replace(
        finding,
        parameters={
            **({"label": labels[0]} if labels else {}),
            **finding.parameters,
            "unit": unit.id,
            "unit_name": unit.name,
        },
    )
