"""Setting up an office from one Excel workbook: its units and its reports, out and in again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.editing import units_as, units_file
from config.errors import InvalidRegimeError
from config.reports_import import TakenReports, known_reports, taken_reports
from config.reports_tables import sheets_of
from config.spelling import plain_key
from config.units_sheet import COLUMNS, TITLE, WIDTHS, cells_of, merged, read_units
from config.workbooks import WORKBOOK_FAULTS, read_workbook, write_workbook
from desk.settings_changes import change_several, regime_file

if TYPE_CHECKING:
    from pathlib import Path

    from config.errors import Problem
    from config.units import Unit
    from desk.office import Office


@dataclass(frozen=True, slots=True)
class TakenWorkbook:
    """What taking over a workbook does: units that are new or change, and rows of reports."""

    units: tuple[Unit, ...]
    reports: TakenReports


def write_setup(office: Office, path: Path) -> None:
    """Write units and reports as one workbook; taking it over again changes nothing."""
    regime = office.regime
    units = [COLUMNS, *(cells_of(unit, regime.unit_kinds) for unit in regime.units)]
    reports = sheets_of(known_reports(office.settings.regime, regime))
    write_workbook({TITLE: (units, WIDTHS)} | reports, path)


def take_setup(office: Office, path: Path, *, save: bool) -> TakenWorkbook:
    """What the workbook says otherwise than the regime, saved when asked for, all of it or nothing.

    The units stand in the first sheet when that is called "Đơn vị"; those it does not name stay. A
    workbook may hold the one or the other.

    Raises:
        InvalidRegimeError: with every fault by sheet and row; nothing was changed.
    """
    try:
        titles = [plain_key(title) for title in read_workbook(path)]
    except WORKBOOK_FAULTS:
        titles = []  # told with the reports
    units = _units(office, path) if titles[:1] == [plain_key(TITLE)] else ()
    has_reports = len(titles) != 1 or not units
    reports = taken_reports(office.settings.regime, path) if has_reports else TakenReports({}, (), ())
    _require_none(reports.problems)
    changed = tuple(unit for unit in units if unit not in office.regime.units)
    if save:
        _save(office, units if changed else (), reports, path.name)
    return TakenWorkbook(changed, reports)


def _units(office: Office, path: Path) -> tuple[Unit, ...]:
    given, problems = read_units(path, office.regime.unit_kinds)
    _require_none(problems)
    return merged(office.regime.units, given)


def _save(office: Office, units: tuple[Unit, ...], reports: TakenReports, summary: str) -> None:
    files: dict[str, bytes | None] = {regime_file(name): text for name, text in reports.files.items()}
    if units:
        name = regime_file(units_file(office.settings.regime))
        files[name] = units_as(name, units, office.regime.unit_kinds)
    change_several(office, files, summary=summary)


def _require_none(problems: tuple[Problem, ...]) -> None:
    if problems:
        raise InvalidRegimeError(problems)
