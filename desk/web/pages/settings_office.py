"""Thiết lập: the calendar, and whether and how mail goes out (both in department.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from config.calendar import public_holidays
from config.days import read_day, write_day
from config.editing import REMOVED, edited
from config.sending import SendingMode, SendingPolicy
from consolidate.reminders import USUAL_LADDER
from desk.mailing.outgoing import hindrance
from desk.settings_changes import content_of, regime_file
from desk.web.call import POST, Call, Right, Route
from desk.web.settings_forms import LARGE, PATH, Form, Proposed, lines_of, mark_now, refused, save, tried

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.responses import Response

    from config.sending import ChaseStep
    from config.yaml_files import Location

FILE = regime_file("department.yaml")
CALENDAR = f"{PATH}/lich"
SENDING = f"{PATH}/gui-thu"
SPARE_ROWS = 2  #: empty rungs below those there are
MOST_RUNGS = 20
_NUMBERS = ("daily_cap", "hourly_cap", "most_mails", "unit_daily_cap", "thread_cap")
_ADDRESSES = ("leaders", "digest_to", "report_to")
LADDER = ("nhac-truoc-han", "don-doc-1", "don-doc-2", "danh-sach-lanh-dao")


@dataclass(frozen=True, slots=True)
class CalendarView:
    """The page of the calendar."""

    form: Form
    years: tuple[tuple[int, tuple[tuple[date, str], ...]], ...]


@dataclass(frozen=True, slots=True)
class SendingView:
    """The page of sending."""

    form: Form
    rungs: int  #: rows of the ladder that are shown
    modes: tuple[str, ...] = tuple(mode.value for mode in SendingMode)
    numbers: tuple[str, ...] = _NUMBERS
    addresses: tuple[str, ...] = _ADDRESSES
    templates: tuple[str, ...] = LADDER
    hindrance: str = ""


def show_calendar(call: Call) -> Response:
    """The page of the calendar."""
    policy = call.office.regime.calendar
    fields = {"nghi": _days(policy.extra_holidays), "lam_bu": _days(policy.working_days)}
    return call.page("settings_calendar.html", _calendar(call, Form(fields, mark_now(call.office, FILE))))


def save_calendar(call: Call) -> Response:
    """Other days."""
    return save(call, _proposed_calendar(call), partial(_again_calendar, call), CALENDAR)


def try_calendar(call: Call) -> Response:
    """What other days would change."""
    return tried(call, _proposed_calendar(call), partial(_again_calendar, call), CALENDAR)


def show_sending(call: Call) -> Response:
    """The page of sending."""
    fields = _sending_fields(call.office.regime.sending)
    return call.page("settings_sending.html", _sending(call, Form(fields, mark_now(call.office, FILE))))


def save_sending(call: Call) -> Response:
    """Another policy. A ladder without a rung would be the usual one again: it is not taken for none."""
    if not _steps(call.form, ()):
        return _again_sending(call, (call.say("web.ladder_empty"),))
    return save(call, _proposed_sending(call), partial(_again_sending, call), SENDING)


ROUTES = (
    Route(CALENDAR, show_calendar),
    Route(CALENDAR, save_calendar, method=POST, confirm=True, most=LARGE),
    Route(f"{CALENDAR}/thu", try_calendar, method=POST, changes=False, most=LARGE),
    Route(SENDING, show_sending),
    Route(SENDING, save_sending, method=POST, right=Right.ADMINISTRATOR, confirm=True),
)


# -- the calendar ----------------------------------------------------------------------------------------


def _calendar(call: Call, form: Form) -> CalendarView:
    year = call.office.clock().astimezone(call.office.regime.timezone).year
    years = ((each, public_holidays(each, call.say.language)) for each in (year, year + 1))
    return CalendarView(form, tuple(years))


def _again_calendar(call: Call, faults: tuple[str, ...]) -> Response:
    form = Form(call.form, call.form.get("dau", ""), faults)
    return refused(call, "settings_calendar.html", _calendar(call, form))


def _proposed_calendar(call: Call) -> Proposed:
    policy = call.office.regime.calendar
    wanted = (
        ("extra_holidays", "nghi", policy.extra_holidays),
        ("working_days", "lam_bu", policy.working_days),
    )
    changes: dict[Location, object] = {
        ("calendar", key): lines_of(call.form.get(field, ""))
        for key, field, known in wanted
        if {read_day(line) for line in lines_of(call.form.get(field, ""))} != known
    }
    return _department(call, changes, "web.tab_calendar")


def _days(days: Iterable[date]) -> str:
    return "\n".join(write_day(day) for day in sorted(days))


# -- sending ---------------------------------------------------------------------------------------------


def _sending(call: Call, form: Form) -> SendingView:
    note = hindrance(call.office)
    shown = sum(1 for at in range(MOST_RUNGS) if form.fields.get(f"buoc{at}"))
    told = call.say(note.key, **note.places) if note else ""
    return SendingView(form, min(MOST_RUNGS, shown + SPARE_ROWS), hindrance=told)


def _again_sending(call: Call, faults: tuple[str, ...]) -> Response:
    form = Form(call.form, call.form.get("dau", ""), faults)
    return refused(call, "settings_sending.html", _sending(call, form))


def _ladder(policy: SendingPolicy) -> tuple[ChaseStep, ...]:
    """The ladder that is climbed: the usual one where the department has written none."""
    return policy.steps or USUAL_LADDER


def _sending_fields(policy: SendingPolicy) -> dict[str, str]:
    fields = {
        "mode": str(policy.mode),
        "receipts": "1" if policy.receipts else "",
        "hours": str(policy.hours),
        **{name: str(getattr(policy, name)) for name in _NUMBERS},
        **{name: "\n".join(getattr(policy, name)) for name in _ADDRESSES},
    }
    for at, step in enumerate(_ladder(policy)):
        fields |= {f"buoc{at}": step.id, f"ngay{at}": str(step.working_days)}
        fields |= {f"sao{at}": "1" if step.copy_second else "", f"ld{at}": "1" if step.to_leaders else ""}
    return fields


def _proposed_sending(call: Call) -> Proposed:
    policy, form = call.office.regime.sending, call.form
    before = _sending_fields(policy)
    changes: dict[Location, object] = {}
    for name in ("mode", "hours", *_NUMBERS):
        text = form.get(name, "").strip()
        if text != before[name]:
            changes["sending", name] = _number(text) if text else REMOVED
    for name in _ADDRESSES:
        if lines_of(form.get(name, "")) != list(getattr(policy, name)):
            changes["sending", name] = lines_of(form.get(name, ""))
    if bool(form.get("receipts")) != policy.receipts:
        changes["sending", "receipts"] = bool(form.get("receipts"))
    steps = _steps(form, _ladder(policy))
    if steps != [_written(step) for step in _ladder(policy)]:
        changes["sending", "steps"] = steps
    return _department(call, changes, "web.tab_sending")


def _steps(form: Mapping[str, str], known: Iterable[ChaseStep]) -> list[dict[str, Any]]:
    templates = {step.id: step.template for step in known}
    steps = []
    for at in range(MOST_RUNGS):
        step_id = form.get(f"buoc{at}", "").strip()
        if not step_id:
            continue
        step: dict[str, Any] = {"id": step_id, "working_days": _number(form.get(f"ngay{at}", "").strip())}
        if templates.get(step_id, step_id) != step_id:
            step["template"] = templates[step_id]
        step |= {
            key: True
            for key, field in (("copy_second", "sao"), ("to_leaders", "ld"))
            if form.get(f"{field}{at}")
        }
        steps.append(step)
    return steps


def _written(step: ChaseStep) -> dict[str, Any]:
    """A rung as it stands in the file."""
    written: dict[str, Any] = {"id": step.id, "working_days": step.working_days}
    if step.template != step.id:
        written["template"] = step.template
    flags = (("copy_second", step.copy_second), ("to_leaders", step.to_leaders))
    return written | {key: True for key, is_on in flags if is_on}


def _number(text: str) -> int | str:
    """A whole number where it is one; else the text, for the schema to refuse with its place."""
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 10 else text  # noqa: PLR2004 - digits


def _department(call: Call, changes: Mapping[Location, object], key: str) -> Proposed:
    text = (content_of(call.office, FILE) or b"").decode("utf-8-sig")
    return Proposed(FILE, edited(text, changes).encode(), call.office.document_wording(key))
