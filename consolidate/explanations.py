"""Why a figure differs so much from the last one: what a person or the unit said of it. Pure.

A finding that asks for an explanation is answered by a decision of kind "explain". The figure stays as it
was read and counts as before; the finding becomes a note that tells the answer. An answer is about one
number: where another comes in its place, it is asked about again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from config.reports import Figure, Grade, Sex
from consolidate.comparisons import CHANGED_SINCE_BEFORE, MONEY_UNIT_SINCE_BEFORE, YEAR_BELOW_PART
from consolidate.standing import still_holding

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from config.reports import Period, ReportDefinition
    from config.wording import Wording
    from ledger.records import Decision, Finding

_ASKING = (CHANGED_SINCE_BEFORE, MONEY_UNIT_SINCE_BEFORE, YEAR_BELOW_PART)
ANSWER, ANSWERED_BY = "explanation", "explained_by"


def asks_for_explanation(finding: Finding) -> bool:
    """Whether a finding says that a figure is hard to believe beside an earlier one."""
    return finding.code.startswith(_ASKING)


def finding_about(findings: Iterable[Finding], unit: str, figure: Figure) -> Finding | None:
    """The finding that asks about a unit's figure, answered or not; None: nothing is asked."""
    wanted = (unit, figure.indicator, figure.sex.value)
    return next((each for each in findings if asks_for_explanation(each) and _about(each) == wanted), None)


def with_explanations(
    findings: Sequence[Finding], decisions: Sequence[Decision], report: ReportDefinition, period: Period
) -> tuple[Finding, ...]:
    """The findings, those that were answered as notes with the answer; the last answer holds."""
    said = {
        (*(str(each.target[name]) for name in ("unit", "indicator", "sex")), str(each.choice["value"])): each
        for each in still_holding(decisions)
        if each.kind == "explain" and (each.target["report"], each.target["period"]) == (report.id, period.id)
    }
    return tuple(
        _answered(each, said.get((*_about(each), each.parameters["value"])))
        if asks_for_explanation(each)
        else each
        for each in findings
    )


def with_answer(sentence: str, finding: Finding, say: Wording) -> str:
    """The sentence of a finding, and what was answered."""
    if ANSWER not in finding.parameters:
        return sentence
    return f"{sentence} {say('findings.explained', **finding.parameters)}"


def explanation_of(findings: Iterable[Finding], unit: str, indicator: str, sex: Sex) -> str:
    """What was said of a unit's figure; empty when nothing was."""
    wanted = (unit, indicator, sex.value)
    answered = (each for each in findings if ANSWER in each.parameters)
    return next((each.parameters[ANSWER] for each in answered if _about(each) == wanted), "")


def _answered(finding: Finding, decision: Decision | None) -> Finding:
    if decision is None:
        return finding
    told = {ANSWER: decision.reason, ANSWERED_BY: decision.who}
    return replace(finding, grade=Grade.NOTE, parameters=finding.parameters | told)


def _about(finding: Finding) -> tuple[str, ...]:
    return tuple(finding.parameters[name] for name in ("unit", "indicator", "sex"))
