"""Taking over a reports sheet: the files it makes of a regime's, its faults by row, what it changes.

What the workbook does not say stays as the file has it: keys it has no column for, comments, reports it
does not name, a list whose sheet has no row of the report. A list that differs is written whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from config.editing import REMOVED, edited, tried_regime
from config.errors import InvalidRegimeError
from config.loader import load_regime
from config.reports_columns import COLUMNS, PARTS, REPORTS
from config.reports_sheet import read_report_tables, read_reports
from config.reports_tables import report_tables
from config.schema import ReportFile
from config.yaml_files import checked, key_path, parse_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from config.errors import Problem
    from config.regime import Regime
    from config.reports_rows import Place, SheetReport
    from config.workbooks import Table
    from config.yaml_files import Location

FOLDER = "reports"
#: Keys by which shared indicators and their rules come into a report; a list of its own takes their place.
_SHARED_LISTS = ("indicators_from", "only", "scopes", "split_by_sex")

#: Faults that leave rows out: what other rows say of those is no fault of theirs.
_LEFT_OUT = frozenset({"unknown_report_of_row", "missing_columns", "unreadable_sheet", "no_reports_sheet"})


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row of the sheets that would be added, dropped or changed."""

    report: str
    sheet: str
    row: str  #: what names it: a code, a heading's number, a period
    is_new: bool
    is_gone: bool
    cells: tuple[tuple[str, str, str], ...]  #: column, before, after


@dataclass(frozen=True, slots=True)
class TakenReports:
    """What taking over a workbook would do."""

    files: Mapping[str, bytes]  #: below the regime's folder, only those that change
    changes: tuple[RowChange, ...]
    kept: tuple[str, ...]  #: names of reports that the workbook does not name
    problems: tuple[Problem, ...] = ()  #: when there is one, nothing is taken over


@dataclass(frozen=True, slots=True)
class _Known:
    file: str
    text: str
    model: ReportFile


def taken_reports(folder: Path, workbook: Path) -> TakenReports:
    """What the regime of that folder would become; nothing is written.

    Raises:
        InvalidRegimeError: the regime has faults already.
    """
    regime = load_regime(folder)
    known = _known(folder)
    found, problems = read_reports(workbook, regime)
    if any(problem.code in _LEFT_OUT or not problem.row for problem in problems):
        return TakenReports({}, (), (), problems)
    tables = _tables(known, regime)
    before, _ = read_report_tables(_cells(tables), regime)
    olds = {report.id: report for report in before}
    places: dict[str, SheetReport] = {}
    files: dict[str, bytes] = {}
    for report in found:
        old = known.get(report.id)
        name = old.file if old else _free_name(report.id, known)
        text = edited(old.text, _changes(report, olds[report.id], old.model)) if old else _new(report)
        places[name] = report
        if old is None or text != old.text:
            files[name] = text.encode()
    named = {report.id for report in found}
    kept = tuple(report.name for report in regime.reports if report.id not in named)
    try:
        with tried_regime(folder, files) as tried:
            after = _tables(_known(folder) | _models(files), tried)
    except InvalidRegimeError as error:
        told = (_placed(problem, places, workbook.name) for problem in error.problems)
        faulty = {(problem.sheet, problem.row) for problem in problems}
        # What the words of a row have spoiled is no second fault of it.
        problems += tuple(each for each in told if (each.sheet, each.row) not in faulty)
    if problems:
        return TakenReports({}, (), kept, _in_order(problems))
    return TakenReports(files, _differences(tables, after), kept)


def known_reports(folder: Path, regime: Regime) -> dict[str, list[list[str]]]:
    """The regime's reports as the four sheets; taking them over again changes nothing."""
    return _tables(_known(folder), regime)


def _known(folder: Path) -> dict[str, _Known]:
    files = {f"{FOLDER}/{path.name}": path.read_bytes() for path in sorted((folder / FOLDER).glob("*.yaml"))}
    return _models(files)


def _models(files: Mapping[str, bytes]) -> dict[str, _Known]:
    found: dict[str, _Known] = {}
    for name, content in files.items():
        text = content.decode("utf-8-sig")
        file, _ = parse_yaml(text, name)
        model = checked(file, ReportFile)[0] if file else None
        if model is not None:
            found[model.id] = _Known(name, text, model)
    return found


def _tables(known: Mapping[str, _Known], regime: Regime) -> dict[str, list[list[str]]]:
    pairs = [(known[report.id].model, report) for report in regime.reports if report.id in known]
    return report_tables(pairs, regime)


def _cells(tables: Mapping[str, list[list[str]]]) -> dict[str, Table]:
    return {sheet: [list(row) for row in rows] for sheet, rows in tables.items()}


def _free_name(report_id: str, known: Mapping[str, _Known]) -> str:
    """A file of its own for a new report: another may bear its name whatever it holds."""
    taken = {each.file for each in known.values()}
    names = (f"{FOLDER}/{report_id}{ending}.yaml" for ending in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(name for name in names if name not in taken)


def _new(report: SheetReport) -> str:
    return edited("", {(key,): value for key, value in report.content.items()})


def _changes(report: SheetReport, old: SheetReport, model: ReportFile) -> dict[Location, object]:
    """What the sheets say otherwise than the file; a list without a row is not spoken of."""
    parts = set(PARTS.values())
    changes: dict[Location, object] = {
        (key,): report.content.get(key, REMOVED)
        for key in [*old.content, *report.content]
        if report.content.get(key) != old.content.get(key) and (key not in parts or key in report.content)
    }
    if len(report.entries("periods")) == len(old.entries("periods")):
        changes.pop(("periods",), None)
        changes |= _period_changes(report.entries("periods"), old.entries("periods"))
    if ("indicators",) in changes or ("checks",) in changes:
        for key in ("indicators", "checks") if model.indicators_from else ():
            if content := report.content.get(key, old.content.get(key)):
                changes[key,] = content
        changes |= {(key,): REMOVED for key in _SHARED_LISTS}
    if ("outline",) in changes:
        changes["outline_from",] = REMOVED
    return changes


def _in_order(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    sheets = list(COLUMNS)
    return tuple(
        sorted(
            problems, key=lambda each: (sheets.index(each.sheet) if each.sheet in sheets else -1, each.row)
        )
    )


def _period_changes(given: list[dict[str, object]], old: list[dict[str, object]]) -> dict[Location, object]:
    """Key by key, so that what a period says beside them stays as it is written."""
    return {
        ("periods", at, key): now.get(key, REMOVED)
        for at, (now, was) in enumerate(zip(given, old, strict=True))
        for key in [*was, *now]
        if now.get(key) != was.get(key)
    }


def _placed(problem: Problem, reports: Mapping[str, SheetReport], workbook: str) -> Problem:
    """A fault of a file that the workbook made, at the row and column it comes from."""
    report = reports.get(problem.file)
    place = _nearest(problem.key, report) if report else None
    if place is None:
        return problem
    return replace(
        problem, file=workbook, sheet=place.sheet, row=place.row, column=place.column, key="", line=0
    )


def _nearest(key: str, report: SheetReport) -> Place | None:
    """The place of a key path, or of the nearest thing around it."""
    places = {key_path(location): place for location, place in report.places.items()}
    ends = [at for at in range(len(key)) if key[at] in ".["]
    around = (key, *(key[:end] for end in reversed(ends)), "")
    return next((places[path] for path in around if path in places), None)


def _differences(
    before: Mapping[str, list[list[str]]], after: Mapping[str, list[list[str]]]
) -> tuple[RowChange, ...]:
    found: list[RowChange] = []
    for sheet in COLUMNS:
        old, new = _by_key(sheet, before[sheet]), _by_key(sheet, after[sheet])
        for key in [*new, *(key for key in old if key not in new)]:
            was, now = old.get(key), new.get(key)
            if was != now:
                found.append(_difference(sheet, key, was, now))
    return tuple(found)


def _by_key(sheet: str, rows: list[list[str]]) -> dict[tuple[str, str], list[str]]:
    """The rows below the heading by report and what names them in it."""
    found: dict[tuple[str, str], list[str]] = {}
    report = ""
    naming = COLUMNS[sheet].index("kỳ") if sheet == REPORTS else 1
    for row in rows[1:]:
        report = row[0] or report
        name, number = row[naming], 2
        while (report, name) in found:
            name, number = f"{row[naming]} ({number})", number + 1
        found[report, name] = row
    return found


def _difference(sheet: str, key: tuple[str, str], was: list[str] | None, now: list[str] | None) -> RowChange:
    columns = COLUMNS[sheet]
    blank = [""] * len(columns)
    pairs = zip(columns, was or blank, now or blank, strict=True)
    cells = tuple(pair for pair in pairs if pair[1] != pair[2])
    return RowChange(key[0], sheet, key[1], was is None, now is None, cells)
