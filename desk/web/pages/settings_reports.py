"""Thiết lập: the reports that are asked for, and the workbook of the whole office."""

from __future__ import annotations

import base64
import binascii
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import Response

from config.calendar import periods_of
from config.editing import REMOVED, edited
from config.setup_export import write_setup
from config.setup_import import HEAD, TakenSetup
from config.yaml_files import read_yaml
from desk.errors import UnknownNameError
from desk.settings_changes import content_of, mark_of_several, regime_file
from desk.setup_workbook import looked_at
from desk.web.call import POST, Call, Route
from desk.web.pages.settings_units import KINDS, SheetNotAcceptedError
from desk.web.settings_forms import (
    LARGE,
    PATH,
    Form,
    Proposed,
    lines_of,
    mark_now,
    refused,
    save,
    save_several,
    sentences,
    tried,
    tried_several,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

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


@dataclass(frozen=True, slots=True)
class WorkbookView:
    """What a workbook would change."""

    form: Form
    name: str
    taken: TakenSetup
    content: str = ""  #: the workbook in base 64, for the button that saves it


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


def download(call: Call) -> Response:
    """The office, its units and all reports as a workbook, for Excel."""
    with _workbook() as path:
        write_setup(call.office.settings.regime, path)
        content = path.read_bytes()
    disposition = {"Content-Disposition": 'attachment; filename="thiet-lap.xlsx"'}
    return Response(content, media_type=KINDS["xlsx"], headers=disposition)


def look_at_workbook(call: Call) -> Response:
    """What a workbook would change; nothing is saved yet."""
    upload = call.files.get("bang")
    if upload is None or not upload.content:
        raise SheetNotAcceptedError("web.sheet_missing")
    if Path(upload.name).suffix.lower() != ".xlsx":
        raise SheetNotAcceptedError("web.workbook_kind")
    return _look(call, upload.name, upload.content)


def save_workbook(call: Call) -> Response:
    """Take over what it says."""
    name, content, taken = _sent(call)
    if taken.problems or _refused(call, taken):
        return _look(call, name, content)
    if taken.is_to_be_confirmed and not call.form.get("xac_nhan"):
        return _look(call, name, content, (call.say("web.workbook_unconfirmed"),))
    files = {regime_file(file): text for file, text in taken.files.items()}
    again = partial(_look, call, name, content)
    return save_several(call, files, name, again, REPORTS)


def try_workbook(call: Call) -> Response:
    """What it would make of past mail."""
    name, content, taken = _sent(call)
    if taken.problems:
        return _look(call, name, content)
    files = {regime_file(file): text for file, text in taken.files.items()}
    return tried_several(call, files, partial(_look, call, name, content), REPORTS)


ROUTES = (
    Route(REPORTS, show),
    Route(f"{REPORTS}/tai-ve", download),
    Route(f"{REPORTS}/nhap", look_at_workbook, method=POST, changes=False, most=LARGE),
    Route(f"{REPORTS}/nhap/luu", save_workbook, method=POST, confirm=True, most=LARGE),
    Route(f"{REPORTS}/nhap/luu/thu", try_workbook, method=POST, changes=False, most=LARGE),
    Route(f"{REPORTS}/{{report}}", show_one),
    Route(f"{REPORTS}/{{report}}", save_one, method=POST, confirm=True),
    Route(f"{REPORTS}/{{report}}/thu", try_one, method=POST, changes=False, most=LARGE),
)


# -- the workbook ----------------------------------------------------------------------------------------


@contextmanager
def _workbook(content: bytes = b"") -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tonghop-") as temporary:
        path = Path(temporary) / "thiet-lap.xlsx"
        path.write_bytes(content)
        yield path


def _taken(call: Call, content: bytes) -> TakenSetup:
    with _workbook(content) as path:
        return looked_at(call.office, path)


def _refused(call: Call, taken: TakenSetup) -> tuple[str, ...]:
    """Who is no administrator changes nothing of the office itself: it names the mailbox."""
    if HEAD in taken.files and not call.account.role.may_administer:
        return (call.say("web.workbook_administrator"),)
    return ()


def _look(call: Call, name: str, content: bytes, faults: tuple[str, ...] = ()) -> Response:
    taken = _taken(call, content)
    faults += sentences(tuple(replace(problem, file="") for problem in taken.problems), call.say)
    faults = faults or _refused(call, taken)
    form = Form({}, call.form.get("dau") or _mark(call, taken), faults)
    shown = "" if taken.problems or _refused(call, taken) else base64.b64encode(content).decode("ascii")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return call.page("settings_workbook.html", WorkbookView(form, name, taken, shown), status)


def _sent(call: Call) -> tuple[str, bytes, TakenSetup]:
    """The workbook as the page that showed it sends it back."""
    try:
        content = base64.b64decode(call.form.get("noi_dung", ""), validate=True)
    except binascii.Error:
        raise SheetNotAcceptedError("web.sheet_missing") from None
    return call.form.get("ten_tep", ""), content, _taken(call, content)


def _mark(call: Call, taken: TakenSetup) -> str:
    names = [regime_file(file) for file in taken.files]
    return mark_of_several({name: content_of(call.office, name) for name in names})


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
