"""Thiết lập: the reports that are asked for; names, deadlines and grace can be changed here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from config.calendar import periods_of
from config.editing import REMOVED, edited
from config.yaml_files import read_yaml
from desk.errors import UnknownNameError
from desk.settings_changes import content_of, regime_file
from desk.web.call import POST, Call, Route
from desk.web.settings_forms import LARGE, PATH, Form, Proposed, lines_of, mark_now, refused, save, tried

if TYPE_CHECKING:
    from starlette.responses import Response

    from config.reports import Period, ReportDefinition
    from config.yaml_files import Location
    from desk.office import Office

REPORTS = f"{PATH}/bao-cao"
_TEXTS = ("name", "short_name", "ordered_by")


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One report of the list."""

    report: ReportDefinition
    owed_by: tuple[str, ...]  #: words of kinds, names of units
    next: Period | None  #: whose deadline comes next


@dataclass(frozen=True, slots=True)
class ReportView:
    """The page of one report."""

    report: ReportDefinition
    file: str
    form: Form


def show(call: Call) -> Response:
    """The list."""
    return call.page("settings_reports.html", tuple(_row(call, each) for each in call.office.regime.reports))


def show_one(call: Call) -> Response:
    """One report."""
    report, file = _asked(call)
    form = Form(_fields(report), mark_now(call.office, file))
    return call.page("settings_report.html", ReportView(report, file, form))


def save_one(call: Call) -> Response:
    """Other words or deadlines."""
    report, _ = _asked(call)
    return save(call, _proposed(call), partial(_again, call), f"{REPORTS}/{report.id}")


def try_one(call: Call) -> Response:
    """What they would change."""
    report, _ = _asked(call)
    return tried(call, _proposed(call), partial(_again, call), f"{REPORTS}/{report.id}")


ROUTES = (
    Route(REPORTS, show),
    Route(f"{REPORTS}/{{report}}", show_one),
    Route(f"{REPORTS}/{{report}}", save_one, method=POST, confirm=True),
    Route(f"{REPORTS}/{{report}}/thu", try_one, method=POST, changes=False, most=LARGE),
)


def _row(call: Call, report: ReportDefinition) -> ReportRow:
    regime = call.office.regime
    now = call.office.clock().astimezone(regime.timezone)
    last = now.date().replace(year=now.year + 1) if now.month != 2 else now.date()  # noqa: PLR2004 - no 29 February
    coming = periods_of(report, regime.timezone, regime.calendar, now.date(), last)
    kinds = {kind.id: kind.plural for kind in regime.unit_kinds}
    units = {unit.id: unit.name for unit in regime.units}
    owed_by = [kinds.get(each, each) for each in sorted(report.owed_by_kinds)]
    owed_by += [units.get(each, each) for each in sorted(report.owed_by_units)]
    nearest = next((period for period in coming if period.due is not None and period.due > now), None)
    return ReportRow(report, tuple(owed_by), nearest)


def _asked(call: Call) -> tuple[ReportDefinition, str]:
    asked = call.places["report"]
    report = next((each for each in call.office.regime.reports if each.id == asked), None)
    if report is None:
        known = ", ".join(each.id for each in call.office.regime.reports)
        raise UnknownNameError("desk.unknown_report", name=asked, known=known)
    return report, _file_of(call.office, report)


def _file_of(office: Office, report: ReportDefinition) -> str:
    for path in sorted((office.settings.regime / "reports").glob("*.yaml")):
        file, _ = read_yaml(path, path.name)
        if file is not None and file.content.get("id") == report.id:
            return regime_file(f"reports/{path.name}")
    raise UnknownNameError("desk.unknown_report", name=report.id, known="")


def _fields(report: ReportDefinition) -> dict[str, str]:
    fields = {name: getattr(report, name) for name in _TEXTS}
    fields["topics"] = "\n".join(report.topics)
    fields["paused"] = "1" if report.ladder is not None and report.ladder.paused else ""
    for at, rule in enumerate(report.period_rules):
        fields |= {f"due{at}": rule.due_text, f"grace{at}": str(rule.grace_days)}
    return fields


def _again(call: Call, faults: tuple[str, ...]) -> Response:
    report, file = _asked(call)
    form = Form(call.form, call.form.get("dau", ""), faults)
    return refused(call, "settings_report.html", ReportView(report, file, form))


def _proposed(call: Call) -> Proposed:
    report, file = _asked(call)
    before, form = _fields(report), call.form
    changes: dict[Location, object] = {}
    for name in _TEXTS:
        if (text := form.get(name, "").strip()) != before[name]:
            changes[name,] = text or (REMOVED if name == "ordered_by" else "")
    if lines_of(form.get("topics", "")) != list(report.topics):
        changes["topics",] = lines_of(form.get("topics", "")) or REMOVED
    if bool(form.get("paused")) != bool(before["paused"]):
        changes["chase", "paused"] = True if form.get("paused") else REMOVED
    for at in range(len(report.period_rules)):
        changes |= _period_changes(form.get(f"due{at}", ""), form.get(f"grace{at}", ""), before, at)
    text = (content_of(call.office, file) or b"").decode("utf-8-sig")
    return Proposed(file, edited(text, changes).encode(), report.short_name)


def _period_changes(due: str, grace: str, before: dict[str, str], at: int) -> dict[Location, object]:
    changes: dict[Location, object] = {}
    if due.strip() != before[f"due{at}"]:
        changes["periods", at, "due"] = due.strip()
    if grace.strip() != before[f"grace{at}"]:
        days = grace.strip()
        changes["periods", at, "grace_days"] = int(days) if days.isascii() and days.isdigit() else days or 0
    return changes
