"""Thiết lập: the office itself as its letters name it, and the kinds of its units (department.yaml)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from itertools import count, takewhile
from typing import TYPE_CHECKING

from config.editing import edited, units_as, units_file
from config.errors import InvalidRegimeError
from config.schema import DepartmentFile
from config.spelling import id_of_name
from config.yaml_files import checked, parse_yaml
from desk.settings_changes import content_of, mark_of_several, regime_file
from desk.web.call import POST, Call, Right, Route
from desk.web.settings_forms import PATH, Form, refused, save_several, tried_several

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.responses import Response

    from config.errors import Problem
    from config.yaml_files import Location
    from desk.office import Office

NAME = "department.yaml"
FILE = regime_file(NAME)
DEPARTMENT = f"{PATH}/co-quan"
SPARE_KINDS = 2  #: empty rows below those there are
_LINES = ("name", "short_name", "area", "place", "parent_authority", "issuer")
_CONTACT = ("mailbox", "contact", "phone")
_SYMBOLS = ("symbol", "letter_symbol", "archive_line", "signatory_name")
_SEVERAL = ("signatory_titles", "recipients", "copies", "letter_copies")
_WHEN_EMPTY = {"archive_line": "VT"}
_KIND = ("name", "plural", "addressed_as", "level")
LEVELS = ("commune", "district", "province", "ministry")
KIND_LEVELS = ("institution", "village", "commune", "district", "province")
_KIND_KEY = re.compile(r"unit_kinds\[(\d+)\]\.(\w+)")


@dataclass(frozen=True, slots=True)
class DepartmentView:
    """The page."""

    form: Form
    kinds: int  #: rows of the table of kinds that are shown
    lines: tuple[str, ...] = _LINES
    contact: tuple[str, ...] = _CONTACT
    symbols: tuple[str, ...] = _SYMBOLS
    several: tuple[str, ...] = _SEVERAL
    levels: tuple[str, ...] = LEVELS
    kind_levels: tuple[str, ...] = KIND_LEVELS


@dataclass(frozen=True, slots=True)
class _Proposed:
    """What the form makes of the files, and the rows of the form that its kinds came from."""

    contents: dict[str, bytes]
    rows: tuple[int, ...]


def show(call: Call) -> Response:
    """The page."""
    form = Form(_fields(_head(call.office)), _mark(call.office))
    return call.page("settings_department.html", _view(form))


def save_department(call: Call) -> Response:
    """Another name, signatory or kind of unit."""
    summary = call.office.document_wording("web.tab_department")
    return _accepted(call, partial(save_several, summary=summary))


def try_department(call: Call) -> Response:
    """What they would change in the mail that came."""
    return _accepted(call, tried_several)


ROUTES = (
    Route(DEPARTMENT, show),
    # It names the mailbox that units answer to.
    Route(DEPARTMENT, save_department, method=POST, right=Right.ADMINISTRATOR, confirm=True),
    Route(f"{DEPARTMENT}/thu", try_department, method=POST, changes=False),
)


def _accepted(call: Call, go_on: Callable[..., Response]) -> Response:
    """What is done with the form when every field of it can be used; else the form with its faults."""
    proposed = _proposed(call)
    by_field = _by_field(call, proposed)
    if by_field:
        faults = tuple(f"{_label(call, name)}: {told}" for name, told in by_field.items())
        return _again(call, faults, by_field)
    return go_on(call, proposed.contents, show=partial(_again, call), back=DEPARTMENT)


def _again(call: Call, faults: tuple[str, ...], by_field: Mapping[str, str] | None = None) -> Response:
    form = Form(call.form, call.form.get("dau", ""), faults, by_field or {})
    return refused(call, "settings_department.html", _view(form))


def _view(form: Form) -> DepartmentView:
    filled = [at for at in _rows(form.fields) if _is_filled(form.fields, at)]
    return DepartmentView(form, max(filled, default=-1) + 1 + SPARE_KINDS)


# -- what stands in the file -----------------------------------------------------------------------------


def _text(office: Office) -> str:
    return (content_of(office, FILE) or b"").decode("utf-8-sig")


def _head(office: Office) -> DepartmentFile:
    """The file itself: the loaded regime no longer tells which levels of kinds are stated.

    Raises:
        InvalidRegimeError: somebody has spoiled the file by hand.
    """
    head, problems = _read(_text(office))
    if head is None:
        raise InvalidRegimeError(problems)
    return head


def _read(text: str) -> tuple[DepartmentFile | None, tuple[Problem, ...]]:
    file, problems = parse_yaml(text, NAME)
    return checked(file, DepartmentFile) if file else (None, problems)


def _units_file(office: Office) -> str:
    return regime_file(units_file(office.settings.regime))


def _mark(office: Office) -> str:
    return mark_of_several({file: content_of(office, file) for file in (FILE, _units_file(office))})


def _fields(head: DepartmentFile) -> dict[str, str]:
    department = head.department
    fields = {name: getattr(department, name) for name in (*_LINES, *_CONTACT, *_SYMBOLS, "level")}
    fields |= {name: "\n".join(getattr(department, name)) for name in _SEVERAL}
    for at, kind in enumerate(head.unit_kinds):
        fields |= {_kind_field(at, key): getattr(kind, key) for key in ("id", *_KIND)}
    return fields


# -- what the form makes of it ---------------------------------------------------------------------------


def _proposed(call: Call) -> _Proposed:
    head, form = _head(call.office), call.form
    before = _fields(head)
    changes: dict[Location, object] = {}
    for name in (*_LINES, *_CONTACT, *_SYMBOLS, "level"):
        text = _line(form.get(name, before[name])) or _WHEN_EMPTY.get(name, "")
        if text != before[name]:
            changes["department", name] = text
    for name in _SEVERAL:
        if name in form and _lines(form[name]) != _lines(before[name]):
            changes["department", name] = _lines(form[name])
    rows = tuple(at for at in _rows(form) if _is_filled(form, at))
    kinds = _kinds(form, rows)
    if kinds != [_written(kind.model_dump()) for kind in head.unit_kinds]:
        changes["unit_kinds",] = kinds
    sheet, units = _units(call.office, kinds)
    return _Proposed({FILE: edited(_text(call.office), changes).encode(), sheet: units}, rows)


def _units(office: Office, kinds: Sequence[Mapping[str, str]]) -> tuple[str, bytes]:
    """The sheet of units and what it is to hold: a renamed kind by its id, which holds before and after."""
    names = {kind["id"]: kind["name"] for kind in kinds}
    file, regime = _units_file(office), office.regime
    renamed = {kind.id for kind in regime.unit_kinds if names.get(kind.id, kind.name) != kind.name}
    if not renamed & {unit.kind for unit in regime.units}:
        return file, content_of(office, file) or b""
    known = [replace(kind, name=kind.id) if kind.id in renamed else kind for kind in regime.unit_kinds]
    return file, units_as(file, regime.units, known)


def _kinds(form: Mapping[str, str], rows: Sequence[int]) -> list[dict[str, str]]:
    """The kinds as they stand in the file. A new one gets an id from its name; an old one keeps its own."""
    taken = {form.get(_kind_field(at, "id"), "") for at in rows}
    kinds = []
    for at in rows:
        kind = {key: _line(form.get(_kind_field(at, key), "")) for key in ("id", *_KIND)}
        if not kind["id"]:
            kind["id"] = _free_id(id_of_name(kind["name"]) or f"loai-{at + 1}", taken)
            taken.add(kind["id"])
        kinds.append(_written(kind))
    return kinds


def _free_id(wanted: str, taken: set[str]) -> str:
    tries = (wanted if number == 1 else f"{wanted}-{number}" for number in count(1))
    return next(each for each in tries if each not in taken)


def _written(kind: Mapping[str, str]) -> dict[str, str]:
    """A kind as it stands in the file: a level only where it is stated."""
    return {key: text for key, text in kind.items() if text or key != "level"}


def _rows(form: Mapping[str, str]) -> list[int]:
    return list(takewhile(lambda at: _kind_field(at, "name") in form, count()))


def _is_filled(form: Mapping[str, str], at: int) -> bool:
    """An emptied row takes its kind away."""
    return any(_line(form.get(_kind_field(at, key), "")) for key in ("name", "plural", "addressed_as"))


def _kind_field(at: int, key: str) -> str:
    return f"loai{at}_{key}"


def _line(text: str) -> str:
    return " ".join(text.split())


def _lines(text: str) -> list[str]:
    """One value a line; a comma belongs to its value ("Chủ tịch, các Phó Chủ tịch")."""
    return [line for each in text.splitlines() if (line := _line(each))]


# -- what is wrong ---------------------------------------------------------------------------------------


def _by_field(call: Call, proposed: _Proposed) -> dict[str, str]:
    """The faults of the file by the fields they come from; those across files are found on saving."""
    head, problems = _read(proposed.contents[FILE].decode())
    if head is not None:
        return _kinds_gone(call, {kind.id for kind in head.unit_kinds})
    return {
        _field_of(problem, proposed.rows): call.say(f"config.{problem.code}", **problem.parameters)
        for problem in problems
    }


def _kinds_gone(call: Call, left: set[str]) -> dict[str, str]:
    """A kind taken away while units are of it: said once, not of each of its units."""
    units = Counter(unit.kind for unit in call.office.regime.units)
    gone = [kind for kind in call.office.regime.unit_kinds if kind.id not in left and units[kind.id]]
    told = [call.say("web.kind_in_use", name=kind.name, n=units[kind.id]) for kind in gone]
    return {"unit_kinds": " ".join(told)} if told else {}


def _field_of(problem: Problem, rows: Sequence[int]) -> str:
    if match := _KIND_KEY.fullmatch(problem.key):
        return _kind_field(rows[int(match[1]) - 1], match[2])
    return problem.key.removeprefix("department.").partition("[")[0]


def _label(call: Call, name: str) -> str:
    row, _, key = name.partition("_")
    if row.startswith("loai") and key:
        number = int(row.removeprefix("loai")) + 1
        return call.say("web.kind_row", number=number, label=call.say(f"web.kind_{key}"))
    return call.say(f"web.department_{name}") if call.say.has(f"web.department_{name}") else name
