"""Two sheets of the workbook: "Cơ quan", the office itself, and "Loại đơn vị", the kinds of its units.

"Cơ quan" has a row a thing, named in its first column; when the second is empty throughout, it says nothing.
"Loại đơn vị" has a row a kind. They become `department:` and `unit_kinds:` of department.yaml.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from config.regime import UnitKind
from config.reports_rows import Place
from config.schema import UnitKindModel
from config.spelling import id_of_name, plain_key, tidy
from config.units_sheet import REMOVE
from config.workbooks import Faults, cell_text, columns_of, marked
from config.yaml_files import Location

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from config.errors import Problem
    from config.schema import DepartmentFile
    from config.workbooks import Table

OFFICE, KINDS = "Cơ quan", "Loại đơn vị"
ROW, CONTENT = "mục", "nội dung"
OFFICE_COLUMNS = (ROW, CONTENT, "cách ghi")
KIND_COLUMNS = ("mã", "tên loại", "gọi chung", "cách gọi trong thư", "số liệu của cấp", REMOVE)
WIDTHS = {OFFICE: (32, 60, 70), KINDS: (18, 24, 30, 36, 18, 8)}

#: The rows of "Cơ quan" and their keys of `DepartmentModel`; the words are those of the desk's page.
ROWS = {
    "tên đầy đủ": "name",
    "tên ngắn": "short_name",
    "cấp của cơ quan": "level",
    "địa bàn": "area",
    "địa danh trước ngày ký": "place",
    "cơ quan chủ quản": "parent_authority",
    "cơ quan ban hành báo cáo": "issuer",
    "ký hiệu báo cáo": "symbol",
    "ký hiệu công văn": "letter_symbol",
    "địa chỉ thư nhận báo cáo": "mailbox",
    "người đơn vị có thể hỏi": "contact",
    "số điện thoại": "phone",
    "kính gửi của báo cáo": "recipients",
    "nơi nhận của báo cáo": "copies",
    "nơi nhận của công văn đôn đốc": "letter_copies",
    "nơi lưu": "archive_line",
    "chức vụ người ký": "signatory_titles",
    "họ tên người ký": "signatory_name",
}
REQUIRED_ROWS = ("name", "level", "area", "place", "symbol", "letter_symbol")
_SEVERAL = frozenset({"recipients", "copies", "letter_copies", "signatory_titles"})
_LEVELS = {
    "cấp xã": "commune",
    "cấp huyện": "district",
    "cấp tỉnh": "province",
    "bộ, ngành trung ương": "ministry",
    "xã": "commune",
    "huyện": "district",
    "tỉnh": "province",
    "bộ": "ministry",
}
_KIND_LEVELS = {
    "một đơn vị": "institution",
    "thôn": "village",
    "xã": "commune",
    "huyện": "district",
    "tỉnh": "province",
}
_KIND_KEYS = {
    "mã": "id",
    "tên loại": "name",
    "gọi chung": "plural",
    "cách gọi trong thư": "addressed_as",
    "số liệu của cấp": "level",
}
_ADDRESSED_AS = "quý đơn vị"
#: What the cells of a column offer.
KIND_CHOICES = {"số liệu của cấp": ",".join(_KIND_LEVELS)}
LEVEL_WORDS = tuple(dict.fromkeys(word for word in _LEVELS if " " in word))


@dataclass(slots=True)
class OfficeRows:
    """What the two sheets say: values by key path of department.yaml, and where each stands."""

    content: dict[Location, object] = field(default_factory=dict)
    kinds: list[dict[str, str]] = field(default_factory=list)  #: those named and not taken away
    gone: list[str] = field(default_factory=list)  #: ids of kinds that are taken away
    places: dict[Location, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_office(
    sheets: Mapping[str, Table], known: Sequence[UnitKind], file: str, *, is_new: bool
) -> OfficeRows:
    """What the two sheets of a workbook say; a sheet that is not there says nothing.

    Args:
        sheets: the rows of each sheet by the key of its title.
        known: the kinds there are already.
        file: how the workbook is called in faults.
        is_new: whether nothing is known of the office yet, so that nothing may be left out.
    """
    rows = OfficeRows()
    if table := sheets.get(plain_key(OFFICE)):
        _read_department(table, rows, Faults(file, OFFICE, rows.problems), is_new=is_new)
    if table := sheets.get(plain_key(KINDS)):
        _read_kinds(table, rows, Faults(file, KINDS, rows.problems), known)
    return rows


def office_table(head: DepartmentFile | None, hints: Mapping[str, str]) -> list[list[str]]:
    """The sheet "Cơ quan" as it is written; `hints` says by key how each row is filled in."""
    values = head.department.model_dump() if head else {}
    words = {level: word for word, level in reversed(_LEVELS.items())}
    table = [list(OFFICE_COLUMNS)]
    for label, key in ROWS.items():
        value = values.get(key, "")
        text = "; ".join(value) if isinstance(value, tuple) else str(value)
        table.append([label, words.get(text, text) if key == "level" else text, hints.get(key, "")])
    return table


def kind_table(kinds: Iterable[UnitKindModel]) -> list[list[str]]:
    """The sheet "Loại đơn vị" as it is written."""
    return [list(KIND_COLUMNS), *([*cells, ""] for cells in map(kind_cells, kinds))]


def kind_cells(kind: UnitKindModel) -> tuple[str, ...]:
    """A kind as it stands in the sheet, but for the column that takes it away."""
    words = {level: word for word, level in _KIND_LEVELS.items()}
    return kind.id, kind.name, kind.plural, kind.addressed_as, words.get(kind.level, "")


# -- reading ---------------------------------------------------------------------------------------------


def _read_department(table: Table, rows: OfficeRows, faults: Faults, *, is_new: bool) -> None:
    faults.columns = columns = columns_of(table[0], OFFICE_COLUMNS, faults)
    if missing := [name for name in (ROW, CONTENT) if name not in columns]:
        faults.report(
            "missing_columns", row=1, missing=", ".join(missing), accepted=", ".join(OFFICE_COLUMNS)
        )
        return
    if not is_new and not any(text for _, _, text in _named_cells(table, columns)):
        return
    keys = {plain_key(label): key for label, key in ROWS.items()}
    for number, label, text in _named_cells(table, columns):
        key = keys.get(plain_key(label))
        if key is None:
            faults.report("unknown_office_row", number, ROW, text=label, accepted=", ".join(ROWS))
            continue
        rows.places["department", key] = _place(faults, number, CONTENT)
        if text or key not in REQUIRED_ROWS:
            value = _office_value(key, text, number, faults)
            if value is not None:
                rows.content["department", key] = value
    _require_rows(rows, faults, len(table), is_new=is_new)
    _fill_in(rows, is_new=is_new)


def _require_rows(rows: OfficeRows, faults: Faults, last: int, *, is_new: bool) -> None:
    """Rows that may not be empty; of a new office none of them may be missing either."""
    for label, key in ROWS.items():
        if key in REQUIRED_ROWS and ("department", key) not in rows.content:
            place = rows.places.get(("department", key))
            if place is not None and not _told(faults, place.row):
                faults.report("office_row_empty", place.row, CONTENT, text=label)
            elif place is None and is_new:
                faults.report("office_row_missing", last, ROW, text=label)


def _told(faults: Faults, row: int) -> bool:
    return any(each.sheet == faults.sheet and each.row == row for each in faults.problems)


def _fill_in(rows: OfficeRows, *, is_new: bool) -> None:
    """What may be left empty: an office is called by its name, and issues its report itself."""
    name = rows.content.get(("department", "name"), "")
    for key, otherwise in (("short_name", name), ("issuer", name), ("archive_line", "VT")):
        if name and not rows.content.get(("department", key)):
            rows.content["department", key] = otherwise
    if is_new:
        rows.content["id",] = id_of_name(str(rows.content.get(("department", "short_name"), ""))) or "co-quan"


def _named_cells(table: Table, columns: Mapping[str, int]) -> Iterator[tuple[int, str, str]]:
    for number, cells in enumerate(table[1:], 2):
        label, text = (
            _raw(cells[columns[name]]) if columns[name] < len(cells) else "" for name in (ROW, CONTENT)
        )
        if tidy(label):
            yield number, tidy(label), text


def _raw(cell: object) -> str:
    return cell if isinstance(cell, str) else cell_text(cell)


def _office_value(key: str, text: str, number: int, faults: Faults) -> object | None:
    if key in _SEVERAL:
        return [item for part in text.replace("\n", ";").split(";") if (item := tidy(part))]
    if key != "level":
        return tidy(text)
    level = {plain_key(word): told for word, told in _LEVELS.items()}.get(plain_key(text))
    if level is None:
        faults.report("not_one_of", number, CONTENT, text=tidy(text), accepted="; ".join(LEVEL_WORDS))
    return level


def _read_kinds(table: Table, rows: OfficeRows, faults: Faults, known: Sequence[UnitKind]) -> None:
    faults.columns = columns = columns_of(table[0], KIND_COLUMNS, faults)
    if "tên loại" not in columns:
        faults.report("missing_columns", row=1, missing="tên loại", accepted=", ".join(KIND_COLUMNS))
        return
    by_word = {plain_key(word): kind.id for kind in known for word in (kind.name, kind.id)}
    for number, row in enumerate(table[1:], 2):
        cells = {name: cell_text(row[at]) for name, at in columns.items() if at < len(row)}
        if not any(cells.values()):
            continue
        kind_id = cells.get("mã") or by_word.get(plain_key(cells.get("tên loại", "")), "")
        if marked(cells.get(REMOVE, "")):
            _take_away(kind_id, number, rows, faults, {kind.id for kind in known})
        elif not cells.get("tên loại"):
            faults.report("empty_cell", number, "tên loại")
        else:
            at = len(rows.kinds)
            rows.kinds.append(_kind(cells, kind_id, number, faults))
            rows.places["unit_kinds", at] = _place(faults, number, "tên loại")
            for column, key in _KIND_KEYS.items():
                rows.places["unit_kinds", at, key] = _place(faults, number, column)


def _take_away(kind_id: str, number: int, rows: OfficeRows, faults: Faults, known: set[str]) -> None:
    if kind_id in known:
        rows.gone.append(kind_id)
        rows.places["gone", kind_id] = _place(faults, number, REMOVE)
    else:
        faults.report("nothing_to_remove", number, REMOVE)


def _kind(cells: Mapping[str, str], kind_id: str, number: int, faults: Faults) -> dict[str, str]:
    """The kind by the keys of `UnitKindModel`; what an office may leave empty is filled in."""
    name = cells["tên loại"]
    kind = {
        "id": kind_id or id_of_name(name),
        "name": name,
        "plural": cells.get("gọi chung") or f"các {name}",
        "addressed_as": cells.get("cách gọi trong thư") or _ADDRESSED_AS,
    }
    if text := cells.get("số liệu của cấp", ""):
        level = {plain_key(word): told for word, told in _KIND_LEVELS.items()}.get(plain_key(text))
        if level is None:
            accepted = ", ".join(_KIND_LEVELS)
            faults.report("not_one_of", number, "số liệu của cấp", text=text, accepted=accepted)
        else:
            kind["level"] = level
    return kind


def _place(faults: Faults, row: int, column: str) -> Place:
    return Place(faults.sheet, row, column, faults.cell(row, column))
