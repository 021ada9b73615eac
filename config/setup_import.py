"""Taking over the workbook of a whole office: the files it makes of a regime's, and what it changes.

The workbook may hold any of the sheets "Cơ quan", "Loại đơn vị", "Đơn vị" and those of the reports. What it
does not name stays; what is to go is marked in the column "bỏ". Nothing is written here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.resources import files as resources
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from config.crosschecks import unit_problems
from config.editing import edited, tried_regime, units_as, units_file
from config.errors import InvalidRegimeError, Problem, UnitsSheetCannotHoldUnitError
from config.loader import readable_regime
from config.office_sheet import CONTENT, KIND_COLUMNS, KINDS, OFFICE, ROWS, kind_cells, read_office
from config.regime import Department, Regime
from config.reports_columns import COLUMNS as REPORT_COLUMNS
from config.reports_columns import REPORTS
from config.reports_import import (
    ProposedReports,
    RowChange,
    at_place,
    known_reports,
    models_of,
    placed,
    proposed_reports,
    report_changes,
    tables_of,
)
from config.schema import DepartmentFile, UnitKindModel
from config.setup_questions import calendar_lines, questions
from config.spelling import plain_key
from config.units_sheet import COLUMNS as UNIT_COLUMNS
from config.units_sheet import REMOVE, TITLE, cells_of, merged, read_table
from config.workbooks import WORKBOOK_FAULTS, Faults, read_workbook
from config.yaml_files import checked, parse_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from config.reports_rows import Place
    from config.units import Unit
    from config.workbooks import Table
    from config.yaml_files import Location

HEAD = "department.yaml"
SHEETS = (OFFICE, KINDS, TITLE, *REPORT_COLUMNS)
#: Faults that leave rows out: what other rows say of those is no fault of theirs.
_LEFT_OUT = frozenset({"unknown_report_of_row", "missing_columns", "unreadable_sheet", "no_reports_sheet"})


@dataclass(frozen=True, slots=True)
class TakenSetup:
    """What taking over a workbook would do."""

    files: Mapping[str, bytes | None]  #: below the regime's folder, only those that change; None: taken away
    changes: tuple[RowChange, ...] = ()
    kept: tuple[str, ...] = ()  #: names of reports that the workbook does not name
    kept_units: tuple[str, ...] = ()  #: names of units that it does not name though it names others
    gone_units: tuple[str, ...] = ()  #: ids
    gone_reports: tuple[str, ...] = ()
    questions: tuple[Problem, ...] = ()  #: what may be meant otherwise, and is to be confirmed
    calendar: tuple[Problem, ...] = ()  #: of each new or changed deadline, what day it makes
    problems: tuple[Problem, ...] = ()  #: when there is one, nothing is taken over

    @property
    def is_to_be_confirmed(self) -> bool:
        """Whether something would go, or may be meant otherwise."""
        return bool(self.questions) or any(change.is_gone for change in self.changes)


@dataclass(frozen=True, slots=True)
class _Known:
    """A regime's folder as it is before the workbook; an office that is new has nothing."""

    folder: Path | None
    regime: Regime
    head: str  #: the text of department.yaml
    units_file: str


def taken_setup(folder: Path | None, workbook: Path, today: date) -> TakenSetup:
    """What the regime of that folder would become.

    Args:
        folder: the regime's; None: an office that is new.
        workbook: the file.
        today: from which day on deadlines are shown.

    Raises:
        InvalidRegimeError: the regime has faults that no workbook mends.
    """
    known = _known(folder)
    faults = Faults(workbook.name)
    try:
        sheets = {plain_key(title): table for title, table in read_workbook(workbook).items()}
    except WORKBOOK_FAULTS as error:
        faults.report("unreadable_sheet", reason=type(error).__name__)
        return TakenSetup({}, problems=tuple(faults.problems))
    if not sheets.keys() & {plain_key(sheet) for sheet in SHEETS}:
        faults.report("no_reports_sheet", accepted=", ".join(SHEETS))
        return TakenSetup({}, problems=tuple(faults.problems))
    return _Taking(known, workbook.name, sheets).taken(today)


def head_of(text: str) -> DepartmentFile | None:
    """A department.yaml that can be read."""
    file, _ = parse_yaml(text, HEAD)
    return checked(file, DepartmentFile)[0] if file else None


def _known(folder: Path | None) -> _Known:
    if folder is None:
        nobody = Department("", "", "", "", "", "", "", "", "", "")
        regime = Regime("", nobody, ZoneInfo("Asia/Ho_Chi_Minh"), (), (), ())
        return _Known(None, regime, (resources("templates") / HEAD).read_text("utf-8"), "units.csv")
    text = (folder / HEAD).read_text("utf-8-sig") if (folder / HEAD).is_file() else ""
    return _Known(folder, readable_regime(folder), text, units_file(folder))


class _Taking:
    """One workbook being taken over."""

    def __init__(self, known: _Known, file: str, sheets: Mapping[str, Table]) -> None:
        self.known, self.file, self.sheets = known, file, sheets
        self.reports_before = known_reports(known.folder) if known.folder else {}
        self.rows = read_office(sheets, known.regime.unit_kinds, file, is_new=known.folder is None)
        self.kind_models = self._kind_models()
        kinds = tuple(kind.build(self._level()) for kind in self.kind_models)
        was = known.regime.unit_kinds
        self.sheet = read_table(sheets.get(plain_key(TITLE), []), kinds, was, file)
        self.units = self._units()
        self.proposed = replace(known.regime, unit_kinds=kinds, units=self.units)
        self.reports: ProposedReports = proposed_reports(
            self.reports_before, (known.regime, self.proposed), sheets, file
        )

    def taken(self, today: date) -> TakenSetup:
        problems = [*self.rows.problems, *self.sheet.problems, *self.reports.problems, *self._gone_in_use()]
        problems += [*self._unit_problems(), *self._empty_sheets()]
        left_out = any(each.code in _LEFT_OUT or not each.row for each in problems)
        if left_out:
            return TakenSetup({}, problems=self._in_order(problems))
        files = dict(self.reports.files)
        try:
            files |= self._head() | self._units_file()
        except UnitsSheetCannotHoldUnitError as error:
            problems.append(Problem("units_sheet_cannot_hold", self.file, parameters={"unit": error.unit_id}))
        try:
            with tried_regime(self.known.folder, files) as tried:
                after = tried
        except InvalidRegimeError as error:
            problems += self._faults_of_files(error.problems, problems)
            after = None
        if problems or after is None:
            return TakenSetup({}, kept=self.reports.kept, problems=self._in_order(problems))
        return self._outcome(files, after, today)

    def _outcome(self, files: dict[str, bytes | None], after: Regime, today: date) -> TakenSetup:
        return TakenSetup(
            files,
            (*self._office_changes(), *self._unit_changes(), *self._report_changes(files, after)),
            self.reports.kept,
            self._kept_units(),
            tuple(self.sheet.gone),
            self.reports.gone,
            tuple(self._placed(*asked) for asked in questions(self.known.regime, after, today)),
            tuple(calendar_lines(self.known.regime, after, today)),
        )

    def _empty_sheets(self) -> Iterator[Problem]:
        """An office that is new needs a row in each of these."""
        if self.known.folder is None:
            told = {
                each.sheet for each in (*self.rows.problems, *self.sheet.problems, *self.reports.problems)
            }
            filled = {OFFICE: self.rows.content, KINDS: self.rows.kinds, TITLE: self.units}
            for sheet, rows in (filled | {REPORTS: self.reports.files}).items():
                if not rows and sheet not in told:
                    yield Problem("sheet_without_rows", self.file, sheet=sheet)

    # the office and its kinds

    def _kind_models(self) -> tuple[UnitKindModel, ...]:
        """The kinds as they would be; those the workbook does not name stay as they are."""
        head = head_of(self.known.head)
        before = {kind.id: kind for kind in head.unit_kinds} if head else {}
        models = dict(before)
        for kind in self.rows.kinds:
            models[kind["id"]] = UnitKindModel.model_construct(None, **{"level": ""} | kind)
        return tuple(kind for kind in models.values() if kind.id not in self.rows.gone)

    def _level(self) -> str:
        return str(self.rows.content.get(("department", "level"), self.known.regime.department.level))

    def _head(self) -> dict[str, bytes | None]:
        changes: dict[Location, object] = dict(self._office_values())
        kinds = [_written(kind) for kind in self.kind_models]
        if kinds != [_written(kind) for kind in self._kinds_before()]:
            changes["unit_kinds",] = kinds
        text = edited(self.known.head, changes)
        return {HEAD: text.encode()} if text != self.known.head or self.known.folder is None else {}

    def _kinds_before(self) -> tuple[UnitKindModel, ...]:
        head = head_of(self.known.head)
        return head.unit_kinds if head else ()

    def _office_values(self) -> dict[Location, object]:
        """What the sheet says otherwise than the file; what is empty in both stays unwritten."""
        department = self.known.regime.department
        return {
            key: value
            for key, value in self.rows.content.items()
            if len(key) == 1 or value != _listed(getattr(department, str(key[1])))
        }

    def _office_changes(self) -> Iterator[RowChange]:
        department = self.known.regime.department
        labels = {key: label for label, key in ROWS.items()}
        for (_, *keys), value in self._office_values().items():
            if keys:
                key = str(keys[0])
                before = _shown(_listed(getattr(department, key)))
                cell = (CONTENT, before, _shown(value))
                yield RowChange("", OFFICE, labels[key], is_new=False, is_gone=False, cells=(cell,))
        before_kinds = {kind.id: kind for kind in self._kinds_before()}
        after_kinds = {kind.id: kind for kind in self.kind_models}
        columns = KIND_COLUMNS[:-1]
        for kind_id in before_kinds | after_kinds:
            was, now = before_kinds.get(kind_id), after_kinds.get(kind_id)
            if was != now:
                name = (now or was or self.kind_models[0]).name
                cells = _pairs(columns, *(kind_cells(each) if each else None for each in (was, now)))
                yield RowChange("", KINDS, name, was is None, now is None, cells)

    def _gone_in_use(self) -> Iterator[Problem]:
        """A kind taken away while units are of it: said once, not of each of its units."""
        for kind_id in self.rows.gone:
            named = [unit.name for unit in self.units if unit.kind == kind_id]
            place = self.rows.places["gone", kind_id]
            if named:
                parameters = {"count": str(len(named)), "names": ", ".join(named[:5])}
                yield at_place(Problem("kind_in_use", self.file, parameters=parameters), place)

    # units

    def _units(self) -> tuple[Unit, ...]:
        known = tuple(unit for unit in self.known.regime.units if unit.id not in self.sheet.gone)
        return merged(known, self.sheet.units)

    def _unit_problems(self) -> Iterator[Problem]:
        """What units claim that others claim too, at the rows of the workbook."""
        ids = {unit.id for unit in self.known.regime.units}
        for unit_id, row in self.sheet.gone.items():
            if unit_id not in ids:
                yield self._at_row(Problem("nothing_to_remove", self.file, row=row, column=REMOVE))
        given = {unit.id for unit in self.sheet.units}
        kept = [unit for unit in self.units if unit.id not in given]
        rows = [0] * len(kept) + self.sheet.rows
        for problem in unit_problems((*kept, *self.sheet.units), rows, self.file):
            # A row left out for its own fault may be the unit that others name: that is no second fault.
            if not self.sheet.problems or problem.code != "unknown_successor":
                yield self._at_row(problem)

    def _at_row(self, problem: Problem) -> Problem:
        cell = self.sheet.cell(problem.row, problem.column)
        return replace(problem, sheet=TITLE if problem.row else "", cell=cell)

    def _units_file(self) -> dict[str, bytes | None]:
        name = self.known.units_file
        kinds = self.proposed.unit_kinds
        names_before = {kind.id: kind.name for kind in self.known.regime.unit_kinds}
        renamed = {kind.id for kind in kinds if names_before.get(kind.id, kind.name) != kind.name}
        is_same = self.units == self.known.regime.units and not renamed & {unit.kind for unit in self.units}
        if is_same and self.known.folder is not None:
            return {}
        return {name: units_as(name, self.units, kinds)}

    def _unit_changes(self) -> Iterator[RowChange]:
        was = {unit.id: unit for unit in self.known.regime.units}
        now = {unit.id: unit for unit in self.units}
        for unit_id in was | now:
            before, after = was.get(unit_id), now.get(unit_id)
            if before != after:
                name = (after or was[unit_id]).name
                old = cells_of(before, self.known.regime.unit_kinds) if before else None
                new = cells_of(after, self.proposed.unit_kinds) if after else None
                cells = _pairs(UNIT_COLUMNS, old, new)
                yield RowChange("", TITLE, name, before is None, after is None, cells)

    def _kept_units(self) -> tuple[str, ...]:
        if plain_key(TITLE) not in self.sheets:
            return ()
        named = {unit.id for unit in self.sheet.units} | self.sheet.gone.keys()
        return tuple(unit.name for unit in self.units if unit.id not in named)

    # reports

    def _report_changes(self, files: Mapping[str, bytes | None], after: Regime) -> tuple[RowChange, ...]:
        if not self.reports.files and after.unit_kinds == self.known.regime.unit_kinds:
            return ()
        known = self.reports_before.items()
        with_files = {report: each for report, each in known if each.file not in files}
        with_files |= models_of({name: text for name, text in self.reports.files.items() if text})
        before = tables_of(self.reports_before, self.known.regime)
        return report_changes(before, tables_of(with_files, after))

    # faults

    def _placed(self, problem: Problem, report: str, at: int) -> Problem:
        """What is asked of a report's period, at its row of the workbook."""
        places = self.reports.places.get(self.reports.names.get(report, ""), {})
        place = places.get(("periods", at, "due"))
        return at_place(problem, place) if place else problem

    def _faults_of_files(self, found: Sequence[Problem], told: Sequence[Problem]) -> list[Problem]:
        """The faults of the files the workbook made, where they stand in it, none of them told already."""
        places: dict[str, Mapping[Location, Place]] = {**self.reports.places, HEAD: self.rows.places}
        faulty = {(each.sheet, each.row) for each in told}
        # Those of units are told by the rows of the workbook, as far as it speaks of them.
        units_told = TITLE in {each.sheet for each in told}
        new: list[Problem] = []
        for each in found:
            if each.code == "no_reports":
                new.append(Problem("sheet_without_rows", self.file, sheet=REPORTS))
                continue
            at = placed(each, places, self.file)
            # What the words of a row have spoiled is no second fault of it.
            is_told = (
                (at.sheet, at.row) in faulty if at.sheet else units_told and at.file == self.known.units_file
            )
            if not is_told and at not in new:
                new.append(at)
        return new

    def _in_order(self, problems: Sequence[Problem]) -> tuple[Problem, ...]:
        sheets = {sheet: at for at, sheet in enumerate(SHEETS)}
        return tuple(sorted(problems, key=lambda each: (sheets.get(each.sheet, -1), each.row)))


def _written(kind: UnitKindModel) -> dict[str, str]:
    """A kind as it stands in the file: a level only where it is stated."""
    return {key: text for key, text in kind.model_dump().items() if text or key != "level"}


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _shown(value: object) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _pairs(
    columns: Sequence[str], was: Sequence[str] | None, now: Sequence[str] | None
) -> tuple[tuple[str, str, str], ...]:
    blank = [""] * len(columns)
    pairs = zip(columns, was or blank, now or blank, strict=True)
    return tuple(pair for pair in pairs if pair[1] != pair[2])
