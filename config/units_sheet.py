"""The units sheet: one row a unit, columns in Vietnamese, as .csv or .xlsx, in and out (files only).

Columns: mã, tên, loại, mã GSO, tên khác, địa chỉ thư, điện thoại, người liên hệ, từ ngày, đến ngày,
đơn vị kế tục. An empty "mã" is made of the name. Several values stand in one cell with ";" between. A
mail address may be written with its role before it, the person behind it and the days it holds:
"cá nhân: a@example.vn (Hà Thị Mơ) [từ 01/01/2023 đến 31/12/2023]".
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from config.days import read_day, write_day
from config.errors import UnitsSheetCannotHoldUnitError
from config.kinds import kind_words
from config.spelling import id_of_name, plain_key, tidy
from config.units import Address, Unit
from config.workbooks import (
    WORKBOOK_FAULTS,
    Faults,
    Table,
    cell_text,
    columns_of,
    marked,
    read_workbook,
    write_workbook,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from config.errors import Problem
    from config.regime import UnitKind

COLUMNS = (
    "mã",
    "tên",
    "loại",
    "mã GSO",
    "tên khác",
    "địa chỉ thư",
    "điện thoại",
    "người liên hệ",
    "từ ngày",
    "đến ngày",
    "đơn vị kế tục",
)
REQUIRED = COLUMNS[1:3]
REMOVE = "bỏ"  #: a further column, in the workbook of the whole office only
TITLE = "Đơn vị"
WIDTHS = (22, 40, 14, 10, 40, 50, 16, 24, 12, 12, 24)  #: of the columns, in letters

_ROLES = {"chinh thuc": "official", "ca nhan": "personal", "dung chung": "shared"}
_ROLE_WORDS = {"official": "chính thức", "personal": "cá nhân", "shared": "dùng chung"}
_ADDRESS = re.compile(
    r"(?:(?P<role>[^:@()\[\]]+):)?\s*(?P<address>[^\s()\[\],:]+)\s*(?:\((?P<person>[^\[\]]*)\))?\s*(?:\[(?P<days>[^\[\]]*)\])?"
)
_DAYS = re.compile(r"(?:t[ừư]\s*(?P<first>[\d/.-]+))?\s*(?:đến\s*(?P<last>[\d/.-]+))?", re.IGNORECASE)
# An addr-spec as offices use them (RFC 5322 section 3.4.1, without quoted local parts).
_ADDR_SPEC = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+")
_ID = re.compile(r"[^\W_][\w.-]*")
_GSO = re.compile(r"\d{1,5}")
_GSO_WIDTH = 5
_MOBILE_WITHOUT_ZERO = 9
_DELIMITERS = ",;\t"


def read_units(path: Path, kinds: Sequence[UnitKind] = ()) -> tuple[tuple[Unit, ...], tuple[Problem, ...]]:
    """The units of a sheet and everything wrong with it.

    A row with a fault that would make a unit wrong is left out and reported. The kind is accepted by
    its id or its Vietnamese name when `kinds` are given, else taken as it stands.
    """
    sheet = read_sheet(path, kinds)
    return tuple(sheet.units), tuple(sheet.problems)


def read_sheet(path: Path, kinds: Sequence[UnitKind] = ()) -> Sheet:
    """As `read_units`, with the row of each unit."""
    sheet = Sheet(path.name, kinds=tuple(kinds))
    if table := _table(path, sheet):
        sheet.read(table)
    return sheet


def read_cells(
    rows: Sequence[Sequence[str]], kinds: Sequence[UnitKind], heading: Sequence[str] = COLUMNS
) -> Sheet:
    """The units of rows typed elsewhere than in a file; the first row below the heading is row 2."""
    sheet = Sheet("", kinds=tuple(kinds))
    table: Table = [list(row) for row in (heading, *rows)]
    sheet.read(table)
    return sheet


def read_table(table: Table, kinds: Sequence[UnitKind], former: Sequence[UnitKind], file: str) -> Sheet:
    """The units of the sheet "Đơn vị" of a workbook, and those it takes away."""
    sheet = Sheet(file, TITLE, kinds=tuple(kinds), former_kinds=tuple(former))
    if table:
        sheet.read(table, (*COLUMNS, REMOVE))
    return sheet


def cells_of(unit: Unit, kinds: Sequence[UnitKind] = ()) -> tuple[str, ...]:
    """A unit as it stands in the sheet, one text for each of `COLUMNS`."""
    return tuple(_row(unit, kinds))


def write_units(units: Iterable[Unit], path: Path, kinds: Sequence[UnitKind] = ()) -> None:
    """Write the sheet; reading it again gives the same units.

    Raises:
        UnitsSheetCannotHoldUnitError: a unit holds text that the sheet would change.

    """
    units = tuple(units)
    rows = [_row(unit, kinds) for unit in units]
    for unit, row in zip(units, rows, strict=True):
        _require_same(unit, row, kinds)
    if path.suffix.lower() == ".xlsx":
        write_workbook({TITLE: ([COLUMNS, *rows], WIDTHS)}, path)
    else:
        _write_csv(rows, path)


def merged(known: Sequence[Unit], given: Sequence[Unit]) -> tuple[Unit, ...]:
    """Those given in the place of those known; new ones at the end; what is not given stays."""
    ids = {unit.id for unit in known}
    by_id: dict[str, Unit] = {}
    more: list[Unit] = []
    for unit in given:
        if unit.id in ids and unit.id not in by_id:
            by_id[unit.id] = unit
        else:  # new, or named twice: then it is told as a fault
            more.append(unit)
    return (*(by_id.get(unit.id, unit) for unit in known), *more)


@dataclass
class Sheet(Faults):
    """What has been read of one sheet so far."""

    kinds: tuple[UnitKind, ...] = ()
    former_kinds: tuple[UnitKind, ...] = ()  #: what kinds were called before
    gone: dict[str, int] = field(default_factory=dict)  #: ids marked to be taken away, with their rows
    units: list[Unit] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)  #: the row of each unit, the heading being row 1

    @cached_property
    def kind_words(self) -> Mapping[str, str]:
        """Ids of kinds by the words a cell may hold."""
        return kind_words(self.kinds, self.former_kinds)

    def read(self, table: Table, accepted: Sequence[str] = COLUMNS) -> None:
        """Read every row below the heading; a column "bỏ" among those accepted takes units away."""
        columns = columns_of(table[0], accepted, self)
        if missing := [name for name in REQUIRED if name not in columns]:
            self.report("missing_columns", row=1, missing=", ".join(missing), accepted=", ".join(COLUMNS))
            return
        self.columns = columns
        for number, cells in enumerate(table[1:], 2):
            row = _Row(self, number, {name: cells[at] for name, at in columns.items() if at < len(cells)})
            if not any(row.text(name) for name in COLUMNS):
                continue
            if REMOVE in accepted and marked(row.text(REMOVE)):
                self.gone[row.text("mã") or id_of_name(row.text("tên"))] = number
            elif unit := row.unit():
                self.units.append(unit)
                self.rows.append(number)


@dataclass(slots=True)
class _Row:
    """One row of the sheet, and whether it has been at fault."""

    sheet: Sheet
    number: int
    cells: Mapping[str, object]
    faulty: bool = False

    def text(self, column: str) -> str:
        return cell_text(self.cells.get(column))

    def items(self, column: str) -> tuple[str, ...]:
        cell = self.cells.get(column)
        text = cell if isinstance(cell, str) else cell_text(cell)
        # People also put one value a line into a cell.
        return tuple(item for part in re.split(r"[;\r\n]", text) if (item := tidy(part)))

    def fault(self, code: str, column: str, **parameters: str) -> None:
        self.faulty = True
        self.sheet.report(code, self.number, column, **parameters)

    def unit(self) -> Unit | None:
        unit = Unit(
            id=self._id(),
            name=self._required("tên"),
            kind=self._kind(),
            gso_code=self._gso_code(),
            aliases=self.items("tên khác"),
            addresses=tuple(
                address for item in self.items("địa chỉ thư") if (address := self._address(item))
            ),
            phone=_phone(self.cells.get("điện thoại")),
            contact=self.text("người liên hệ"),
            valid_from=self._day("từ ngày"),
            valid_to=self._day("đến ngày"),
            successors=self.items("đơn vị kế tục"),
        )
        if unit.valid_from and unit.valid_to and unit.valid_to < unit.valid_from:
            self.fault("ends_before_start", "đến ngày")
        return None if self.faulty else unit

    def _required(self, column: str) -> str:
        text = self.text(column)
        if not text:
            self.fault("empty_cell", column)
        return text

    def _id(self) -> str:
        text = self.text("mã") or id_of_name(self.text("tên"))
        if text and not _ID.fullmatch(text):
            self.fault("bad_id", "mã", text=text)
        return text

    def _kind(self) -> str:
        text = self._required("loại")
        if text in {kind.id for kind in self.sheet.kinds}:
            return text
        if known := self.sheet.kind_words.get(plain_key(text)):
            return known
        if text and self.sheet.kinds:
            accepted = ", ".join(f"{kind.name} ({kind.id})" for kind in self.sheet.kinds)
            self.fault("unknown_kind", "loại", text=text, accepted=accepted)
        return text

    def _gso_code(self) -> str:
        text = self.text("mã GSO")
        if text and not _GSO.fullmatch(text):
            self.fault("bad_gso_code", "mã GSO", text=text)
        # Excel keeps a code as a number and drops its leading zero: 2536 is 02536.
        return text.zfill(_GSO_WIDTH) if text else ""

    def _day(self, column: str) -> date | None:
        cell = self.cells.get(column)
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date):
            return cell
        text = cell_text(cell)
        day = read_day(text)
        if text and day is None:
            self.fault("bad_day", column, text=text)
        return day

    def _address(self, item: str) -> Address | None:
        match = _ADDRESS.fullmatch(item)
        if match is None or not _ADDR_SPEC.fullmatch(match["address"]):
            self.fault("bad_address", "địa chỉ thư", text=item)
            return None
        role = _ROLES.get(plain_key(match["role"] or "chính thức"))
        days = _address_days(match["days"] or "")
        if role is None:
            self.fault("unknown_role", "địa chỉ thư", text=tidy(match["role"]))
        if days is None:
            self.fault("bad_address_days", "địa chỉ thư", text=match["days"])
        first, last = days or (None, None)
        return Address(match["address"].lower(), role or "official", tidy(match["person"] or ""), first, last)


def _address_days(text: str) -> tuple[date | None, date | None] | None:
    if not text:
        return None, None
    match = _DAYS.fullmatch(text.strip())
    if match is None or not (match["first"] or match["last"]):
        return None
    days = [read_day(part) if part else None for part in (match["first"], match["last"])]
    bad = any(part and day is None for part, day in zip((match["first"], match["last"]), days, strict=True))
    if bad or (days[0] and days[1] and days[1] < days[0]):
        return None
    return days[0], days[1]


def _phone(cell: object) -> str:
    text = cell_text(cell)
    # Excel keeps a phone number as a number and drops its leading zero.
    if isinstance(cell, int | float) and len(text) == _MOBILE_WITHOUT_ZERO:
        return f"0{text}"
    return text


# Reading files


def _table(path: Path, sheet: Sheet) -> Table:
    try:
        # The first sheet, whatever it is called.
        rows = next(iter(read_workbook(path).values())) if path.suffix.lower() == ".xlsx" else _csv_rows(path)
    except (*WORKBOOK_FAULTS, csv.Error) as error:
        sheet.report("unreadable_sheet", reason=type(error).__name__)
        return []
    if not rows:
        sheet.report("empty_sheet", accepted=", ".join(COLUMNS))
    return rows


def _csv_rows(path: Path) -> Table:
    octets = path.read_bytes()
    encoding = "utf-16" if octets[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    text = octets.decode(encoding)
    heading = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=heading.count)
    return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)]


# Writing files


def _row(unit: Unit, kinds: Sequence[UnitKind]) -> list[str]:
    names = {kind.id: kind.name for kind in kinds}
    return [
        unit.id,
        unit.name,
        names.get(unit.kind, unit.kind),
        unit.gso_code,
        "; ".join(unit.aliases),
        "; ".join(_written(address) for address in unit.addresses),
        unit.phone,
        unit.contact,
        write_day(unit.valid_from),
        write_day(unit.valid_to),
        "; ".join(unit.successors),
    ]


def _written(address: Address) -> str:
    role = "" if address.role == "official" else f"{_ROLE_WORDS.get(address.role, address.role)}: "
    person = f" ({address.person})" if address.person else ""
    first = f"từ {write_day(address.valid_from)}" if address.valid_from else ""
    last = f"đến {write_day(address.valid_to)}" if address.valid_to else ""
    days = f" [{' '.join(part for part in (first, last) if part)}]" if first or last else ""
    return f"{role}{address.address}{person}{days}"


def _require_same(unit: Unit, row: list[str], kinds: Sequence[UnitKind]) -> None:
    sheet = Sheet("", kinds=tuple(kinds))
    cells: dict[str, object] = dict(zip(COLUMNS, row, strict=True))
    if _Row(sheet, 0, cells).unit() != unit:
        raise UnitsSheetCannotHoldUnitError(unit.id)


def _write_csv(rows: list[list[str]], path: Path) -> None:
    # The byte order mark tells Excel that the letters are UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([list(COLUMNS), *rows])
