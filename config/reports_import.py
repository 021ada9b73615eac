"""Taking over the sheets of reports: the files they make of a regime's, and the rows they change.

What the workbook does not say stays as the file has it: keys it has no column for, comments, reports it
does not name, a list whose sheet has no row of the report. A list that differs is written whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from config.editing import REMOVED, edited
from config.reports_columns import COLUMNS, PARTS, REPORTS
from config.reports_sheet import read_reports
from config.reports_tables import report_tables
from config.schema import ReportFile
from config.spelling import plain_key
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


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row of the sheets that would be added, dropped or changed."""

    report: str  #: "" for rows that belong to none
    sheet: str
    row: str  #: what names it: a unit, a code, a heading's number, a period
    is_new: bool
    is_gone: bool
    cells: tuple[tuple[str, str, str], ...]  #: column, before, after


@dataclass(frozen=True, slots=True)
class KnownReport:
    """A report as its file has it."""

    file: str
    text: str
    model: ReportFile


@dataclass(frozen=True, slots=True)
class ProposedReports:
    """What the sheets of reports make of a regime's files; not tried yet."""

    files: Mapping[str, bytes | None]  #: below the regime's folder, only those that change; None: taken away
    places: Mapping[str, Mapping[Location, Place]]  #: by file, where each key of it stands in the sheets
    names: Mapping[str, str]  #: the file of each report that is named, by id
    kept: tuple[str, ...]  #: names of reports that the workbook does not name
    gone: tuple[str, ...]  #: ids of reports it takes away
    problems: tuple[Problem, ...]


def proposed_reports(
    known: Mapping[str, KnownReport],
    regimes: tuple[Regime, Regime],
    sheets: Mapping[str, Table],
    file: str,
) -> ProposedReports:
    """What the sheets of reports make of the files.

    Args:
        known: the reports there are, by id.
        regimes: as it is, and as the other sheets make it: with their kinds and units.
        sheets: the rows of each sheet by the key of its title.
        file: how the workbook is called in faults.
    """
    was, now = regimes
    found, problems = read_reports(sheets, now, file, was.unit_kinds)
    before, _ = read_reports(_cells(tables_of(known, was)), was)
    olds = {report.id: report for report in before}
    places: dict[str, Mapping[Location, Place]] = {}
    names: dict[str, str] = {}
    files: dict[str, bytes | None] = {}
    for report in found:
        old = known.get(report.id)
        name = old.file if old else _free_name(report.id, known)
        places[name], names[report.id] = report.places, name
        if report.is_gone:
            files[name] = None
            continue
        text = edited(old.text, _changes(report, olds[report.id], old.model)) if old else _new(report)
        if old is None or text != old.text:
            files[name] = text.encode()
    named = {report.id for report in found}
    is_spoken_of = plain_key(REPORTS) in sheets
    kept = tuple(report.name for report in was.reports if report.id not in named) if is_spoken_of else ()
    gone = tuple(report.id for report in found if report.is_gone and report.id in known)
    return ProposedReports(files, places, names, kept, gone, problems)


def known_reports(folder: Path) -> dict[str, KnownReport]:
    """The reports of a regime's folder by id, those whose files can be read."""
    files = {f"{FOLDER}/{path.name}": path.read_bytes() for path in sorted((folder / FOLDER).glob("*.yaml"))}
    return models_of(files)


def models_of(files: Mapping[str, bytes]) -> dict[str, KnownReport]:
    """The reports that files of these names hold, by id."""
    found: dict[str, KnownReport] = {}
    for name, content in files.items():
        text = content.decode("utf-8-sig")
        file, _ = parse_yaml(text, name)
        model = checked(file, ReportFile)[0] if file else None
        if model is not None:
            found[model.id] = KnownReport(name, text, model)
    return found


def tables_of(known: Mapping[str, KnownReport], regime: Regime) -> dict[str, list[list[str]]]:
    """The reports as the four sheets; taking them over again changes nothing."""
    pairs = [(known[report.id].model, report) for report in regime.reports if report.id in known]
    return report_tables(pairs, regime)


def _cells(tables: Mapping[str, list[list[str]]]) -> dict[str, Table]:
    return {plain_key(sheet): [list(row) for row in rows] for sheet, rows in tables.items()}


def _free_name(report_id: str, known: Mapping[str, KnownReport]) -> str:
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


def _period_changes(given: list[dict[str, object]], old: list[dict[str, object]]) -> dict[Location, object]:
    """Key by key, so that what a period says beside them stays as it is written."""
    return {
        ("periods", at, key): now.get(key, REMOVED)
        for at, (now, was) in enumerate(zip(given, old, strict=True))
        for key in [*was, *now]
        if now.get(key) != was.get(key)
    }


def placed(problem: Problem, places: Mapping[str, Mapping[Location, Place]], workbook: str) -> Problem:
    """A fault of a file that the workbook made, at the row and column it comes from."""
    known = places.get(problem.file)
    place = _nearest(problem.key, known) if known else None
    if place is None:
        return problem
    return at_place(replace(problem, file=workbook, key="", line=0), place)


def at_place(problem: Problem, place: Place) -> Problem:
    """The fault at a place of the workbook."""
    return replace(problem, sheet=place.sheet, row=place.row, column=place.column, cell=place.cell)


def _nearest(key: str, known: Mapping[Location, Place]) -> Place | None:
    """The place of a key path, or of the nearest thing around it."""
    places = {key_path(location): place for location, place in known.items()}
    ends = [at for at in range(len(key)) if key[at] in ".["]
    around = (key, *(key[:end] for end in reversed(ends)), "")
    return next((places[path] for path in around if path in places), None)


def report_changes(
    before: Mapping[str, list[list[str]]], after: Mapping[str, list[list[str]]]
) -> tuple[RowChange, ...]:
    """The rows in which the reports as they are differ from those that would be."""
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
