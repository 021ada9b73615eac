"""What the documents of one submission say together: figures, text, and what the checks find in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from config.reports import Grade, Period, ReportDefinition
from intake.evidence.exhibits import Figures, ReadExhibit, figures_of
from intake.evidence.recognition import Match
from intake.evidence.statements import FORM_ROWS
from intake.figures.cell_figures import PROPOSED_SUMS
from intake.figures.checks import check_values
from intake.figures.place_tables import is_place
from intake.figures.reading import combine
from intake.figures.taught import TaughtNames
from intake.judging.settlement import fingerprint
from ledger.records import Certainty, Finding, Method, SectionText, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from config.regime import Regime
    from intake.evidence.unit_names import UnitIndex


@dataclass(frozen=True, slots=True)
class ReportFigures:
    """What one submission says for one report."""

    values: tuple[Value, ...]
    sections: tuple[SectionText, ...]
    findings: tuple[Finding, ...]
    fingerprint: str
    empty_form: bool
    wrong_form: bool  #: figures stand in rows, none of which the report asks for


def read_figures(
    reads: Sequence[ReadExhibit], match: Match, period: Period | None, regime: Regime, units: UnitIndex
) -> ReportFigures:
    """Everything that the documents of a match say for its report."""
    report = regime.report(match.report)
    kind = regime.kind(regime.unit(match.unit).kind)
    told = [one for one in reads if not one.exhibit.recognised] or reads  # a picture repeats its file
    taught = TaughtNames.of(report, regime.taught)
    is_own = partial(_names_only, units, match.unit)
    read = [
        figures_of(one, report, kind.id, period, taught, kind.level, is_own)
        for one in told
        if one.document is not None
    ]
    values, conflicts = combine(*(one.tables for one in read), *(one.sentences for one in read))
    percentages = [given for one in read for given in one.percentages]
    # Men that a row gives though only women are asked count nowhere, but must agree with the rest.
    beside = [value for one in read for value in one.beside]
    everything, findings = check_values((*values, *beside), report, kind.id, percentages)
    checked = everything[: len(values)]
    sections = tuple(section for one in read for section in one.sections)
    found = tuple(f for one in read for f in one.findings if not _is_answered(f, checked))
    return ReportFigures(
        values=checked,
        sections=sections,
        findings=(*found, *conflicts, *findings, *_unwritten(report, read)),
        fingerprint=fingerprint(checked, sections),
        empty_form=any(one.empty_form for one in read) and not checked,
        wrong_form=not checked and not percentages and _brings_another_form(report, kind.id, found),
    )


def _names_only(units: UnitIndex, unit: str, text: str) -> bool:
    # In full: a village may bear the name of its commune.
    return units.fully_in(text) == (unit,) and not is_place(text)


def _brings_another_form(report: ReportDefinition, kind: str, findings: Iterable[Finding]) -> bool:
    """Whether figures are asked of this kind of unit, and came in rows that are all another form's."""
    unread = sum(finding.code == "unread_row" for finding in findings)
    return unread >= FORM_ROWS and bool(report.asked_of(kind))


def _unwritten(report: ReportDefinition, read: Sequence[Figures]) -> Iterator[Finding]:
    """The sections of the outline that nothing of a submission writes under, a whole chapter as one.

    Where the outline is only a custom, a table without a word is a report like any other.
    """
    told = any(one.sections for one in read)
    if not read or not (told or report.outline_required):
        return
    lacking = [each for each in report.outline if all(each.id in one.missing for one in read)]
    named = [each for each in lacking if not any(each.id.startswith(f"{other.id}.") for other in lacking)]
    if named:
        grade = Grade.WARNING if report.outline_required else Grade.NOTE
        sections = "; ".join(f"{each.id}. {each.title}" for each in named)
        yield Finding("sections_missing", grade, None, {"sections": sections})


def _is_answered(finding: Finding, values: Iterable[Value]) -> bool:
    """Whether a sum that was only proposed is stated elsewhere, so that nobody need confirm it."""
    told = finding.parameters.get("indicator"), finding.parameters.get("sex")
    return finding.code in PROPOSED_SUMS and any(
        value.certainty is Certainty.CERTAIN and (value.indicator, value.sex.value) == told
        for value in values
    )


def unseen(values: Iterable[Value]) -> tuple[Value, ...]:
    """The figures of what came by hand: it was booked before anybody saw what is recognised in it."""
    return tuple(
        replace(value, certainty=Certainty.DOUBTFUL, reason=value.reason or "recognised")
        if value.method is Method.OCR
        else value
        for value in values
    )
