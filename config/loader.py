"""A regime's folder read into a `Regime`, or every fault in it at once.

<folder>/department.yaml
<folder>/units.csv or units.xlsx
<folder>/reports/*.yaml
<folder>/_shared/*.yaml or <folder>/../_shared/*.yaml, named by `indicators_from`, `outline_from`
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from config.calendar import explicit_period
from config.checks import parse_checks
from config.crosschecks import (
    Fault,
    check_figures,
    figure_fault,
    indicator_faults,
    made_period_faults,
    period_faults,
    repeated_periods,
    unit_problems,
)
from config.errors import InvalidRegimeError, Problem, RegimeFolderNotFoundError, UnreadableCheckError
from config.kinds import EVERY, kind_words
from config.regime import CalendarPolicy, Regime, UnitKind
from config.reports import Check, Indicator, PeriodRule, ReportDefinition, Section
from config.schema import DepartmentFile, PeriodModel, ReportFile, SharedParts
from config.spelling import plain_key
from config.topics import topics_of
from config.units_sheet import read_sheet
from config.wording import Wording
from config.yaml_files import YamlFile, checked, read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from config.schema import CheckModel, IndicatorModel, SectionModel
    from config.units import Unit

SHARED = "_shared"
UNITS_FILES = ("units.csv", "units.xlsx")


def load_regime(folder: Path) -> Regime:
    """The regime of that folder.

    Raises:
        RegimeFolderNotFoundError: there is no such folder.
        InvalidRegimeError: with every fault found, in the order of the files.

    """
    if not folder.is_dir():
        raise RegimeFolderNotFoundError(folder)
    loading = _Loading(folder)
    regime = loading.regime()
    if loading.problems or regime is None:
        raise InvalidRegimeError(loading.problems)
    return regime


def readable_regime(folder: Path) -> Regime:
    """The regime of that folder as far as it can be read, to be mended: units may be of kinds nobody knows.

    Raises:
        RegimeFolderNotFoundError: there is no such folder.
        InvalidRegimeError: with every fault found, because some unit or the office itself cannot be read.
    """
    if not folder.is_dir():
        raise RegimeFolderNotFoundError(folder)
    loading = _Loading(folder, any_kind=True)
    regime = loading.regime()
    if regime is None or loading.units_left_out:
        raise InvalidRegimeError(loading.problems)
    return regime


def missing_before_use(regime: Regime, day: date) -> tuple[Problem, ...]:
    """What a valid regime still lacks before it can be used on that day: deadlines, addresses, mailbox."""
    found = [
        Problem(
            "deadline_not_stated",
            f"reports/{report.id}",
            parameters={"report": report.name, "kind": rule.kind},
        )
        for report in regime.reports
        for rule in report.period_rules
        if not rule.due_month
    ]
    without = [unit.name for unit in regime.units_on(day) if not unit.addresses_on(day)]
    if without:
        names = {"count": str(len(without)), "names": ", ".join(without)}
        found.append(Problem("units_without_address", "", parameters=names))
    if not regime.department.mailbox:
        found.append(Problem("mailbox_not_stated", "department.yaml", key="department.mailbox"))
    return tuple(found)


@dataclass(slots=True)
class _Loading:
    """One folder being read, and the faults found so far."""

    folder: Path
    problems: list[Problem] = field(default_factory=list)
    any_kind: bool = False  #: whether a unit may be of a kind that is not known
    units_left_out: bool = False

    def regime(self) -> Regime | None:
        file, problems = read_yaml(self.folder / "department.yaml", "department.yaml")
        self.problems += problems
        head: DepartmentFile | None = None
        if file is not None:
            head, problems = checked(file, DepartmentFile)
            self.problems += problems
        units = self._units(head)
        reports = self._reports(head, units)
        if head is None or file is None:
            return None
        self._require_one_kind_each(head, file)
        return Regime(
            id=head.id,
            department=head.department.build(),
            timezone=head.zone(),
            unit_kinds=tuple(kind.build(head.department.level) for kind in head.unit_kinds),
            units=units,
            reports=reports,
            calendar=head.calendar.build(),
            sending=head.sending.build(),
            trusted_authserv_id=head.trusted_authserv_id.strip().lower(),
            accept_unauthenticated=head.accept_unauthenticated,
        )

    def _require_one_kind_each(self, head: DepartmentFile, file: YamlFile) -> None:
        """The sheet of units names a kind by its id or its name: neither may mean two."""
        seen: dict[str, int] = {}
        for at, kind in enumerate(head.unit_kinds):
            for key, text in (("id", kind.id), ("name", kind.name)):
                if seen.setdefault(plain_key(text), at) != at:
                    self.problems.append(file.problem("duplicate_kind", ("unit_kinds", at, key), text=text))

    def _units(self, head: DepartmentFile | None) -> tuple[Unit, ...]:
        present = [name for name in UNITS_FILES if (self.folder / name).is_file()]
        if len(present) != 1:
            code = "two_units_files" if present else "no_units_file"
            self.problems.append(
                Problem(code, UNITS_FILES[0], parameters={"accepted": ", ".join(UNITS_FILES)})
            )
            self.units_left_out = True
            return ()
        kinds = [kind.build() for kind in head.unit_kinds] if head else []
        if self.any_kind:
            named = {unit.kind for unit in read_sheet(self.folder / present[0]).units}
            kinds += [UnitKind(each, each, each, each) for each in sorted(_unnamed(named, kinds))]
        sheet = read_sheet(self.folder / present[0], kinds)
        self.problems += sheet.problems
        self.units_left_out = bool(sheet.problems)
        found = unit_problems(sheet.units, sheet.rows, present[0])
        # A row left out for its own fault may be the unit that others name: that is no second fault.
        self.problems += [one for one in found if not sheet.problems or one.code != "unknown_successor"]
        return tuple(sheet.units)

    def _reports(self, head: DepartmentFile | None, units: tuple[Unit, ...]) -> tuple[ReportDefinition, ...]:
        paths = sorted((self.folder / "reports").glob("*.yaml"))
        if not paths:
            self.problems.append(Problem("no_reports", "reports"))
        reports: dict[str, ReportDefinition] = {}
        for path in paths:
            file, problems = read_yaml(path, f"reports/{path.name}")
            self.problems += problems
            if file is None:
                continue
            model, problems = checked(file, ReportFile)
            self.problems += problems
            if model is None or head is None:
                continue
            if model.id in reports:
                self.problems.append(file.problem("duplicate_report", ("id",), text=model.id))
            reports[model.id] = _ReportBuilder(self, file, model, head, units).build()
        return tuple(reports.values())

    def shared(self, name: str) -> tuple[YamlFile, SharedParts] | None:
        """A shared file: the regime's own copy before the one beside it."""
        places = (self.folder / SHARED / name, self.folder.parent / SHARED / name)
        path = next((place for place in places if place.is_file()), places[0])
        file, problems = read_yaml(path, f"{SHARED}/{name}")
        parts: SharedParts | None = None
        if file is not None:
            parts, found = checked(file, SharedParts)
            problems = (*problems, *found)
        # Two reports may share the file; its faults are told once.
        self.problems += [problem for problem in problems if problem not in self.problems]
        return (file, parts) if file and parts else None


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a list of entries stands: the file and the key before their numbers."""

    file: YamlFile
    key: str
    at: int

    def problem(self, fault: Fault) -> Problem:
        return self.file.problem(fault.code, (self.key, self.at, *fault.at), **fault.parameters)


@dataclass(slots=True)
class _ReportBuilder:
    """One report being put together from its file and the shared ones."""

    loading: _Loading
    file: YamlFile
    model: ReportFile
    head: DepartmentFile
    units: tuple[Unit, ...]

    def build(self) -> ReportDefinition:
        model = self.model
        shared = self.loading.shared(model.indicators_from) if model.indicators_from else None
        indicators = self._indicators(shared)
        self._owners()
        self._by_kind(indicators)
        return ReportDefinition(
            id=model.id,
            name=model.name,
            short_name=model.short_name,
            topics=model.topics or topics_of(model.name),
            indicators=indicators,
            outline=self._outline(indicators),
            period_rules=self._periods(),
            checks=self._checks(indicators, shared),
            owed_by_kinds=self._owing_kinds(),
            owed_by_units=model.owed_by_units,
            indicators_by_kind=dict(model.indicators_by_kind),
            ordered_by=model.ordered_by,
            superior_order=model.superior_order,
            outline_required=model.outline_required,
            ladder=model.chase.build() if model.chase else None,
        )

    def _report(self, code: str, *location: int | str, **parameters: str) -> None:
        self.loading.problems.append(self.file.problem(code, location, **parameters))

    # who owes it

    def _owners(self) -> None:
        if not self.model.owed_by_kinds and not self.model.owed_by_units:
            self._report("nobody_owes")
        self._require_kinds(self.model.owed_by_kinds - {EVERY}, "owed_by_kinds")
        known = {unit.id for unit in self.units}
        if self.loading.problems and any(problem.row for problem in self.loading.problems):
            return  # rows were left out: an unknown unit may be one of them
        for unit in sorted(self.model.owed_by_units - known):
            self._report("unknown_unit", "owed_by_units", text=unit)

    def _owing_kinds(self) -> frozenset[str]:
        named = self.model.owed_by_kinds
        return frozenset(kind.id for kind in self.head.unit_kinds) if EVERY in named else named

    def _require_kinds(self, kinds: Iterable[str], *location: int | str) -> None:
        known = [kind.id for kind in self.head.unit_kinds]
        for kind in sorted(set(kinds) - set(known)):
            self._report("unknown_kind_id", *location, text=kind, accepted=", ".join(known))

    def _by_kind(self, indicators: tuple[Indicator, ...]) -> None:
        self._require_kinds(self.model.indicators_by_kind, "indicators_by_kind")
        known = {indicator.code for indicator in indicators}
        for kind, codes in self.model.indicators_by_kind.items():
            for code in sorted(codes - known):
                self._report("unknown_indicator", "indicators_by_kind", kind, text=code)

    # indicators

    def _indicators(self, shared: tuple[YamlFile, SharedParts] | None) -> tuple[Indicator, ...]:
        entries = [
            (entry, _Source(self.file, "indicators", at)) for at, entry in enumerate(self.model.indicators)
        ]
        if shared is not None:
            file, parts = shared
            picked = self._picked(
                [(entry, _Source(file, "indicators", at)) for at, entry in enumerate(parts.indicators)]
            )
            entries = picked + entries
        indicators = tuple(self._indicator(entry, source) for entry, source in entries)
        for at, fault in indicator_faults(indicators):
            self.loading.problems.append(entries[at][1].problem(fault))
        return indicators

    def _picked(self, entries: list[tuple[IndicatorModel, _Source]]) -> list[tuple[IndicatorModel, _Source]]:
        known = {entry.code for entry, _ in entries}
        for at, code in enumerate(self.model.only):
            if code not in known:
                self._report("unknown_indicator", "only", at, text=code)
        return [item for item in entries if not self.model.only or item[0].code in self.model.only]

    def _indicator(self, entry: IndicatorModel, source: _Source) -> Indicator:
        kinds = entry.reported_by
        if entry.scope and entry.scope not in self.model.scopes:
            accepted = ", ".join(self.model.scopes)
            self.loading.problems.append(
                source.problem(
                    Fault("unknown_scope", ("scope",), {"text": entry.scope, "accepted": accepted})
                )
            )
        elif entry.scope:
            kinds = self.model.scopes[entry.scope]
            self._require_kinds(kinds, "scopes", entry.scope)
        known = [kind.id for kind in self.head.unit_kinds]
        for kind in sorted(entry.reported_by - set(known)):
            fault = Fault("unknown_kind_id", ("reported_by",), {"text": kind, "accepted": ", ".join(known)})
            self.loading.problems.append(source.problem(fault))
        return entry.build(kinds, split_by_sex=self.model.split_by_sex)

    # outline

    def _outline(self, indicators: tuple[Indicator, ...]) -> tuple[Section, ...]:
        codes = frozenset(indicator.code for indicator in indicators)
        shared = self.loading.shared(self.model.outline_from) if self.model.outline_from else None
        # A shared outline names all shared indicators; a report that picks some states those only.
        sections = [section.build(codes) for section in shared[1].outline] if shared else []
        sections += [self._section(at, section, codes) for at, section in enumerate(self.model.outline)]
        seen: set[str] = set()
        for section in sections:
            if section.id in seen:
                self._report("duplicate_section", "outline", text=section.id)
            seen.add(section.id)
        return tuple(sections)

    def _section(self, at: int, section: SectionModel, codes: frozenset[str]) -> Section:
        for place, code in enumerate(section.indicators):
            if code not in codes:
                self._report("unknown_indicator", "outline", at, "indicators", place, text=code)
        return section.build()

    # checks

    def _checks(
        self, indicators: tuple[Indicator, ...], shared: tuple[YamlFile, SharedParts] | None
    ) -> tuple[Check, ...]:
        known = {indicator.code: indicator for indicator in indicators}
        found: list[Check] = []
        for entry, source, is_shared in self._check_entries(shared):
            checks = self._parsed(entry, source)
            # A shared rule about indicators this report leaves out is left out with them.
            found += [
                check for check in checks if not is_shared or not self.model.only or _names_only(check, known)
            ]
        self._require_known_figures(found, known)
        self._require_one_check_each(found)
        return tuple(found)

    def _check_entries(
        self, shared: tuple[YamlFile, SharedParts] | None
    ) -> list[tuple[CheckModel, _Source, bool]]:
        entries = [
            (entry, _Source(self.file, "checks", at), False) for at, entry in enumerate(self.model.checks)
        ]
        if shared is None:
            return entries
        file, parts = shared
        return [(entry, _Source(file, "checks", at), True) for at, entry in enumerate(parts.checks)] + entries

    def _parsed(self, entry: CheckModel, source: _Source) -> tuple[Check, ...]:
        try:
            return parse_checks(entry.rule, entry.id, entry.grade)
        except UnreadableCheckError as error:
            reason = Wording()(f"config.{error.reason}", found=error.found)
            places = {"text": error.text, "position": str(error.position), "reason": reason}
            self.loading.problems.append(source.problem(Fault("unreadable_check", ("rule",), places)))
            return ()

    def _require_known_figures(self, checks: list[Check], known: dict[str, Indicator]) -> None:
        for check in checks:
            for figure in dict.fromkeys(check_figures(check)):
                if fault := figure_fault(figure, known):
                    self._report(f"check_{fault.code}", "checks", check=check.id, **fault.parameters)

    def _require_one_check_each(self, checks: list[Check]) -> None:
        seen: set[str] = set()
        for check in checks:
            if check.id in seen:
                self._report("duplicate_check", "checks", text=check.id)
            seen.add(check.id)

    # periods

    def _periods(self) -> tuple[PeriodRule, ...]:
        rules: list[PeriodRule] = []
        for at, period in enumerate(self.model.periods):
            faults = list(period_faults(period))
            if not faults:
                rule = self._rule(period)
                faults = list(made_period_faults(rule, self.head.zone(), self._policy()))
                rules.append(rule)
            for fault in faults:
                self._report(fault.code, "periods", at, *fault.at, **fault.parameters)
        if len(rules) == len(self.model.periods):
            for at, fault in repeated_periods(rules, self.head.zone(), self._policy()):
                self._report(fault.code, "periods", at, **fault.parameters)
        return tuple(rules)

    def _policy(self) -> CalendarPolicy:
        return self.head.calendar.build()

    def _rule(self, period: PeriodModel) -> PeriodRule:
        rule = period.build()
        if period.from_day is None or period.to_day is None:
            return rule
        due = period.due_text()
        named = date(due.year, due.month, due.day) if due else None
        fixed = explicit_period(
            rule, (period.from_day, period.to_day), named, self.head.zone(), self._policy()
        )
        return replace(rule, fixed=fixed)


def _unnamed(found: Iterable[str], kinds: Iterable[UnitKind]) -> set[str]:
    words = kind_words(kinds)
    return {each for each in found if plain_key(each) not in words}


def _names_only(check: Check, known: dict[str, Indicator]) -> bool:
    return all(figure.indicator in known for figure in check_figures(check))
