"""Thiết lập: the units and their addresses as a table, in the browser and as a sheet of Excel."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import Response

from config.editing import units_as, units_file
from config.errors import InvalidConfigurationError, UnitsSheetCannotHoldUnitError
from config.spelling import plain_key
from config.units_sheet import COLUMNS, cells_of, merged, read_cells, read_units
from desk.errors import DeskError
from desk.settings_changes import regime_file
from desk.web.call import POST, Call, Route
from desk.web.settings_forms import LARGE, PATH, Form, Proposed, mark_now, refused, save, sentences, tried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from config.errors import Problem
    from config.units import Unit
    from desk.office import Office

UNITS = f"{PATH}/don-vi"
ROWS = 40  #: units on a page
SPARE_ROWS = 2  #: empty rows for new units
KINDS = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv"}
#: The order of the columns on the page: what is changed most comes first.
SHOWN = (1, 2, 5, 6, 7, 4, 3, 8, 9, 10, 0)
ID, NAME = 0, 1


class SheetNotAcceptedError(DeskError):
    """What was sent is no sheet of units."""


@dataclass(frozen=True, slots=True)
class UnitsView:
    """The table."""

    form: Form
    rows: int  #: rows of the form, the empty ones too
    known: int  #: of which so many are units that are there
    words: str
    page: int
    pages: int
    total: int
    faulty: frozenset[int] = frozenset()
    columns: tuple[str, ...] = COLUMNS
    shown: tuple[int, ...] = SHOWN


@dataclass(frozen=True, slots=True)
class Line:
    """What a sheet would change in one unit."""

    name: str
    is_new: bool
    cells: tuple[tuple[str, str, str], ...]  #: column, before, after


@dataclass(frozen=True, slots=True)
class SheetView:
    """What a sheet would change."""

    form: Form
    name: str
    lines: tuple[Line, ...]
    kept: tuple[str, ...]  #: units the sheet does not name; they stay as they are
    text: str = field(repr=False, default="")  #: the whole as CSV, for the button that saves it


def show(call: Call) -> Response:
    """The table."""
    units = _found(call)
    pages = max(1, -(-len(units) // ROWS))
    asked = call.query.get("trang", "1")
    page = min(pages, max(1, int(asked))) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1  # noqa: PLR2004
    on_page = units[(page - 1) * ROWS : page * ROWS]
    fields = _fields(cells_of(unit, call.office.regime.unit_kinds) for unit in on_page)
    form = Form(fields, mark_now(call.office, _file(call.office)))
    rows = len(on_page) + SPARE_ROWS
    view = UnitsView(form, rows, len(on_page), call.query.get("q", ""), page, pages, len(units))
    return call.page("settings_units.html", view)


def save_rows(call: Call) -> Response:
    """Change the units of the page."""
    return _with_rows(call, lambda proposed: save(call, proposed, partial(_again, call), UNITS))


def try_rows(call: Call) -> Response:
    """What the changes would make of past mail."""
    return _with_rows(call, lambda proposed: tried(call, proposed, partial(_again, call), UNITS))


def download(call: Call) -> Response:
    """The sheet, for Excel."""
    ending = "csv" if call.query.get("dang") == "csv" else "xlsx"
    name = f"don-vi.{ending}"
    regime = call.office.regime
    content = units_as(name, regime.units, regime.unit_kinds)
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=KINDS[ending], headers=disposition)


def look_at_sheet(call: Call) -> Response:
    """What a sheet would change; nothing is saved yet."""
    upload = call.files.get("bang")
    if upload is None or not upload.content:
        raise SheetNotAcceptedError("web.sheet_missing")
    units, problems = _read(call.office, upload.name, upload.content)
    if problems:
        named = tuple(replace(each, file="") for each in problems)
        form = Form({}, "", sentences(named, call.say))
        return refused(call, "settings_sheet.html", SheetView(form, upload.name, (), ()))
    return _sheet(call, upload.name, units)


def save_sheet(call: Call) -> Response:
    """Take over what a sheet says."""
    return _with_sheet(call, lambda proposed, again: save(call, proposed, again, UNITS))


def try_sheet(call: Call) -> Response:
    """What it would make of past mail."""
    return _with_sheet(call, lambda proposed, again: tried(call, proposed, again, UNITS))


ROUTES = (
    Route(UNITS, show),
    Route(UNITS, save_rows, method=POST, confirm=True, most=LARGE),
    Route(f"{UNITS}/thu", try_rows, method=POST, changes=False, most=LARGE),
    Route(f"{UNITS}/tai-ve", download),
    Route(f"{UNITS}/nhap", look_at_sheet, method=POST, changes=False, most=LARGE),
    Route(f"{UNITS}/nhap/luu", save_sheet, method=POST, confirm=True, most=LARGE),
    Route(f"{UNITS}/nhap/luu/thu", try_sheet, method=POST, changes=False, most=LARGE),
)


# -- the table -------------------------------------------------------------------------------------------


def _found(call: Call) -> tuple[Unit, ...]:
    words = plain_key(call.query.get("q", ""))
    return tuple(
        unit
        for unit in call.office.regime.units
        if words
        in plain_key(" ".join((unit.name, unit.id, *unit.aliases, *(a.address for a in unit.addresses))))
    )


def _fields(rows: Iterable[Sequence[str]]) -> dict[str, str]:
    return {f"r{at}c{column}": text for at, row in enumerate(rows) for column, text in enumerate(row)}


def _typed(form: Mapping[str, str]) -> list[tuple[int, list[str]]]:
    """The filled rows of the form, with their numbers on the page."""
    count = form.get("hang", "0")
    most = int(count) if count.isascii() and count.isdigit() and len(count) < 4 else 0  # noqa: PLR2004 - rows of a page
    rows = [(at, [form.get(f"r{at}c{c}", "").strip() for c in range(len(COLUMNS))]) for at in range(most)]
    return [(at, cells) for at, cells in rows if any(cells)]


def _with_rows(call: Call, then: Callable[[Proposed], Response]) -> Response:
    """Read the rows; faults go back to the page, each with the row's name."""
    rows = _typed(call.form)
    regime = call.office.regime
    sheet = read_cells([cells for _, cells in rows], regime.unit_kinds)
    taken = [(at, cells) for at, cells in rows if _takes_another(call, at, cells[ID])]
    if sheet.problems or taken:
        faulty = frozenset(rows[each.row - 2][0] for each in sheet.problems if each.row > 1)
        faulty |= {at for at, _ in taken}
        told = tuple(_of_row(each, rows, call) for each in sheet.problems)
        told += tuple(call.say("web.unit_taken", unit=cells[NAME], id=cells[ID]) for _, cells in taken)
        return refused(call, "settings_units.html", _again_view(call, told, faulty))
    units = merged(regime.units, sheet.units)
    changed = [unit.name for unit in units if unit not in regime.units]
    try:
        proposed = _proposed(call, units, ", ".join(changed[:5]))
    except UnitsSheetCannotHoldUnitError as error:
        return _again(call, (error.sentence(call.say),))
    return then(proposed)


def _takes_another(call: Call, at: int, unit_id: str) -> bool:
    """Whether a new row bears the id of a unit that is there, or a unit was given another id."""
    was = call.form.get(f"r{at}ma", "")
    ids = {unit.id for unit in call.office.regime.units}
    return unit_id != was if was else unit_id in ids


def _of_row(problem: Problem, rows: Sequence[tuple[int, list[str]]], call: Call) -> str:
    """A fault named by the unit it stands at, for rows of a page have no numbers of the sheet."""
    sentence = call.say(f"config.{problem.code}", **problem.parameters)
    cells = rows[problem.row - 2][1] if problem.row > 1 else []
    unit = next(filter(None, (cells[NAME], cells[ID])), "–") if cells else ""
    return call.say("web.row_fault", unit=unit, column=problem.column, fault=sentence)


def _again(call: Call, faults: tuple[str, ...]) -> Response:
    return refused(call, "settings_units.html", _again_view(call, faults))


def _again_view(call: Call, faults: tuple[str, ...], faulty: frozenset[int] = frozenset()) -> UnitsView:
    form = Form(call.form, call.form.get("dau", ""), faults)
    count = max((at for at, _ in _typed(call.form)), default=-1) + 1
    ids = {unit.id for unit in call.office.regime.units}
    known = sum(1 for at in range(count) if call.form.get(f"r{at}c{ID}") in ids)
    return UnitsView(form, count + 1, known, "", 1, 1, len(ids), faulty)


def _file(office: Office) -> str:
    return regime_file(units_file(office.settings.regime))


def _proposed(call: Call, units: Sequence[Unit], summary: str) -> Proposed:
    regime, file = call.office.regime, _file(call.office)
    if tuple(units) == regime.units:  # a workbook written twice has other octets
        path = call.office.settings.regime / units_file(call.office.settings.regime)
        return Proposed(file, path.read_bytes(), summary)
    return Proposed(file, units_as(file, units, regime.unit_kinds), summary)


# -- the sheet -------------------------------------------------------------------------------------------


def _read(office: Office, name: str, content: bytes) -> tuple[tuple[Unit, ...], tuple[Problem, ...]]:
    """The units of a sheet that was sent; its name says only what kind of file it is."""
    ending = Path(name).suffix.lower()
    if ending not in {".xlsx", ".csv"}:
        raise SheetNotAcceptedError("web.sheet_kind")
    with tempfile.TemporaryDirectory(prefix="tonghop-") as temporary:
        path = Path(temporary) / f"don-vi{ending}"
        path.write_bytes(content)
        return read_units(path, office.regime.unit_kinds)


def _sheet(call: Call, name: str, units: Sequence[Unit], faults: tuple[str, ...] = ()) -> Response:
    regime = call.office.regime
    kinds = regime.unit_kinds
    known = {unit.id: unit for unit in regime.units}
    named = {unit.id for unit in units}
    lines = tuple(_line(known.get(unit.id), unit, call) for unit in units if unit != known.get(unit.id))
    text = units_as("units.csv", units, kinds).decode("utf-8-sig")
    mark = call.form.get("dau") or mark_now(call.office, _file(call.office))
    kept = tuple(unit.name for unit in regime.units if unit.id not in named)
    view = SheetView(Form({}, mark, faults), name, lines, kept, text)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return call.page("settings_sheet.html", view, status)


def _line(before: Unit | None, after: Unit, call: Call) -> Line:
    kinds = call.office.regime.unit_kinds
    old = cells_of(before, kinds) if before else ("",) * len(COLUMNS)
    pairs = zip(COLUMNS, old, cells_of(after, kinds), strict=True)
    return Line(after.name, before is None, tuple(each for each in pairs if each[1] != each[2]))


def _with_sheet(
    call: Call, then: Callable[[Proposed, Callable[[tuple[str, ...]], Response]], Response]
) -> Response:
    text, name = call.form.get("noi_dung", ""), call.form.get("ten_tep", "")
    units, problems = _read(call.office, "units.csv", text.encode())
    if problems:
        raise InvalidConfigurationError(problems)
    wanted = merged(call.office.regime.units, units)
    changed = [unit.name for unit in wanted if unit not in call.office.regime.units]
    proposed = _proposed(call, wanted, ", ".join(changed[:5]))
    return then(proposed, lambda faults: _sheet(call, name, units, faults))
