"""The figures of all tables of a document compared: one value for each, doubtful where tables differ."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from config.reports import Figure, Grade, ReportDefinition, Sex
from intake.figures.label_match import Strength
from intake.figures.table_notes import GivenPercent, TableNotes, TableReading
from ledger.records import Certainty, Finding, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_FEWEST_ROWS_OF_FORM = 3  # matched rows, all blank, that make an empty form


def settled(notes: TableNotes, report: ReportDefinition, unit_kind: str) -> TableReading:
    """Compare figures of the same name, and count what of the form came back."""
    named, set_aside = _best_named(notes)
    values, conflicts = _compared(named)
    unknown = tuple(_percent_only(notes.percentages, values, report))
    conflicts += [_percent_finding(value, report) for value in unknown]
    values = (*values, *unknown)
    asked = {indicator.code for indicator in report.asked_of(unit_kind)}
    rows = [filled for code, filled_rows in notes.rows.items() if code in asked for filled in filled_rows]
    return TableReading(
        values=values,
        findings=(*notes.findings, *set_aside, *conflicts),
        percentages=tuple(notes.percentages),
        matched_rows=notes.matched_rows,
        asked_rows=len(rows),
        blank_rows=rows.count(False),
        form_share=len(asked & set(notes.rows)) / len(asked) if asked else 0.0,
        empty_form=not values and (notes.elsewhen or (len(rows) >= _FEWEST_ROWS_OF_FORM and not any(rows))),
        beside=tuple(notes.beside),
        titles=tuple(dict.fromkeys(notes.titles)),
    )


def _best_named(notes: TableNotes) -> tuple[list[Value], list[Finding]]:
    """Where an indicator is named outright, rows that only resemble its name are not it."""
    sure = (Strength.EXACT, Strength.SYNONYM)
    outright = {found.value.indicator for found in notes.found if found.strength in sure}
    kept: list[Value] = []
    set_aside: list[Finding] = []
    for found in notes.found:
        if found.strength in sure or found.value.indicator not in outright:
            kept.append(found.value)
        else:
            parameters = {"label": "", "text": found.value.place.text, "nearest": found.value.indicator}
            set_aside.append(Finding("row_set_aside", Grade.WARNING, found.value.place, parameters))
    return kept, set_aside


def _compared(values: Iterable[Value]) -> tuple[tuple[Value, ...], list[Finding]]:
    """One value for a figure told the same everywhere; all of them, doubtful, where they differ."""
    by_figure: dict[Figure, list[Value]] = {}
    for value in values:
        by_figure.setdefault(Figure(value.indicator, value.sex), []).append(value)
    kept: list[Value] = []
    findings: list[Finding] = []
    for same in by_figure.values():
        if len(same) == 1:
            kept += same
            continue
        told = [value for value in same if value.value is not None]
        if len({value.value for value in told}) > 1:
            kept += [replace(v, certainty=Certainty.DOUBTFUL, reason="figure_twice") for v in told]
            findings.append(_twice(told))
        else:
            kept.append(min(same, key=_doubt))
    return tuple(kept), findings


def _doubt(value: Value) -> tuple[bool, bool]:
    return value.certainty is Certainty.DOUBTFUL, value.value is None


def _twice(told: Sequence[Value]) -> Finding:
    first = told[0]
    second = next(value for value in told if value.value != first.value)
    parameters = {
        "indicator": first.indicator,
        "sex": first.sex.value,
        "first": first.place.text,
        "first_place": first.place.where,
        "second": second.place.text,
        "second_place": second.place.where,
    }
    return Finding("figure_twice", Grade.ERROR, first.place, parameters)


def _percent_only(
    given: Sequence[GivenPercent], values: Sequence[Value], report: ReportDefinition
) -> Iterator[Value]:
    """Doubtful values without a number for figures of which the sheet gives nothing but a percentage."""
    told = {Figure(value.indicator, value.sex) for value in values}
    for percent in given:
        for figure in _figures_behind(percent, report):
            if figure in told:
                continue
            told.add(figure)
            indicator = report.indicator(figure.indicator)
            yield Value(
                indicator=figure.indicator,
                sex=figure.sex,
                value=None,
                unit_of_measure=indicator.unit_of_measure,
                place=percent.place,
                certainty=Certainty.DOUBTFUL,
                reason="percent_only",
            )


def _percent_finding(value: Value, report: ReportDefinition) -> Finding:
    parameters = {
        "indicator": value.indicator,
        "sex": value.sex.value,
        "label": report.indicator(value.indicator).label,
        "text": value.place.text,
    }
    return Finding("percent_only", Grade.ERROR, value.place, parameters)


def _figures_behind(percent: GivenPercent, report: ReportDefinition) -> tuple[Figure, ...]:
    ratio = report.indicator(percent.indicator).ratio
    if ratio is not None:
        return ratio.numerator, ratio.denominator
    if not percent.of_women:
        return ()
    sexes = report.indicator(percent.indicator).sexes
    return tuple(Figure(percent.indicator, sex) for sex in (Sex.TOTAL, Sex.FEMALE) if sex in sexes)
