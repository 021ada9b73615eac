"""One row of the reports sheet, and what it says by the keys of `ReportFile` in `schema`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from config.reports import Aggregation, Grade, PeriodKind, SectionRole, Sex, Weekend
from config.reports_columns import (
    AGGREGATIONS,
    DUE_YEARS,
    GRADES,
    NUMBERS,
    PERIOD_KEYS,
    PERIODS,
    RATIO_KEYS,
    ROLES,
    SEXES,
    TEXT_KEYS,
    WEEKENDS,
    one_word_each,
)
from config.spelling import plain_key, tidy
from config.topics import topics_of
from config.workbooks import Faults, cell_text
from config.yaml_files import Location

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config.regime import Regime

_WHOLE_DAY = re.compile(r"\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}|\d{4}-\d{2}-\d{2}")
_LISTED = re.compile(r"[;\r\n]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the workbook something stands."""

    sheet: str
    row: int
    column: str
    cell: str = ""  #: its address, as Excel names it


@dataclass(slots=True)
class SheetReport:
    """One report as the workbook has it: values by the keys of its file, and where each stands."""

    id: str
    content: dict[str, object] = field(default_factory=dict)
    places: dict[Location, Place] = field(default_factory=dict)
    is_gone: bool = False  #: it is to be taken away

    def entries(self, key: str) -> list[dict[str, object]]:
        """The list under a key, empty at first."""
        found = self.content.setdefault(key, [])
        assert isinstance(found, list)
        return found


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet."""

    faults: Faults
    number: int
    cells: Mapping[str, object]
    kinds: Mapping[str, str] = field(default_factory=dict)  #: ids by word, see `kind_words`

    def text(self, column: str) -> str:
        """The cell of a column as text, "" where it is empty."""
        return cell_text(self.cells.get(column))

    def items(self, column: str) -> list[str]:
        """The several values of a cell."""
        cell = self.cells.get(column)
        text = cell if isinstance(cell, str) else cell_text(cell)
        return [item for part in _LISTED.split(text) if (item := tidy(part))]

    def fault(self, code: str, column: str, **parameters: str) -> None:
        """Report a fault of a cell."""
        self.faults.report(code, self.number, column, **parameters)

    def note(self, report: SheetReport, at: Location, first: str, columns: Mapping[str, str]) -> None:
        """Remember where an entry stands, as a whole and key by key."""
        report.places[at] = self._place(first)
        for key, column in columns.items():
            report.places[*at, key] = self._place(column)

    def _place(self, column: str) -> Place:
        return Place(self.faults.sheet, self.number, column, self.faults.cell(self.number, column))

    def meaning(self, column: str, words: Mapping[str, object], otherwise: object) -> object:
        """What the word in a cell stands for; an empty cell stands for `otherwise`."""
        text = self.text(column)
        if not text:
            return otherwise
        by_key = {plain_key(word): value for word, value in words.items()}
        if plain_key(text) in by_key:
            return by_key[plain_key(text)]
        self.fault("not_one_of", column, text=text, accepted=", ".join(one_word_each(words)))
        return otherwise

    # what a row says

    def head(self, report: SheetReport, name: str, regime: Regime) -> None:
        """Give a report what its first row says of it as a whole."""
        content = report.content
        content["id"], content["name"] = report.id, name or self._kept_name(report.id, regime)
        for column, key in TEXT_KEYS.items():
            if text := self.text(column):
                content[key] = text
        content.setdefault("short_name", subject_of(str(content["name"])))
        if topics := self.items("từ khóa nhận biết"):
            content["topics"] = topics
        content |= self._owners(regime)
        columns = TEXT_KEYS | {"tên báo cáo": "name", "mã": "id", "từ khóa nhận biết": "topics"}
        columns |= {"đơn vị phải nộp": "owed_by_kinds"}
        self.note(report, (), "tên báo cáo", {key: column for column, key in columns.items()})

    def _kept_name(self, report_id: str, regime: Regime) -> str:
        known = next((report.name for report in regime.reports if report.id == report_id), "")
        if not known:
            self.fault("empty_cell", "tên báo cáo")
        return known

    def _owners(self, regime: Regime) -> Mapping[str, object]:
        column = "đơn vị phải nộp"
        kinds, units = self.kinds, {plain_key(unit.name): unit.id for unit in regime.units}
        units |= {plain_key(unit.id): unit.id for unit in regime.units}
        found: dict[str, list[str]] = {}
        items = self.items(column)
        if not items:
            self.fault("empty_cell", column)
        if [plain_key(item) for item in items] == ["tat ca"]:
            return {"owed_by_kinds": "all"}
        for item in items:
            key = plain_key(item)
            if key in kinds:
                found.setdefault("owed_by_kinds", []).append(kinds[key])
            elif key in units:
                found.setdefault("owed_by_units", []).append(units[key])
            else:
                accepted = ", ".join(kind.name for kind in regime.unit_kinds)
                self.fault("unknown_owner", column, text=item, accepted=accepted)
        if len(found) > 1:
            self.fault("owners_mixed", column)
        return found

    def period(self) -> dict[str, object]:
        """A period with its deadline."""
        kind, number = _pair(self.meaning("kỳ", PERIODS, None))
        if not self.text("kỳ"):
            self.fault("empty_cell", "kỳ")
        period: dict[str, object] = {"kind": kind.value} | ({"number": number} if number else {})
        for column, key in PERIOD_KEYS.items():
            text = self.text(column)
            if text or key == "due":
                period[key] = _number(text) if key in NUMBERS else text
        weekend = self.meaning("hạn trùng ngày nghỉ", WEEKENDS, Weekend.STRICT)
        if weekend is not Weekend.STRICT:
            period["weekend"] = str(weekend)
        if offset := self.meaning("hạn thuộc năm", DUE_YEARS, 0):
            period["due_year_offset"] = offset
        for column, boundary, day in (("số liệu từ", "data_from", "from"), ("số liệu đến", "data_to", "to")):
            if text := self.text(column):
                period[day if _WHOLE_DAY.fullmatch(text) else boundary] = text
        return period

    def indicator(self, regime: Regime, code: str) -> dict[str, object]:
        """A row of the annex."""
        entry: dict[str, object] = {
            "code": code,
            "label": self.text("chỉ tiêu"),
            "unit_of_measure": self.text("đơn vị tính"),
        }
        aggregation = self.meaning("cách tổng hợp", AGGREGATIONS, Aggregation.SUM)
        if (sexes := self._sexes()) != ["total"]:
            entry["sexes"] = sexes
        if aggregation is not Aggregation.SUM:
            entry["aggregation"] = str(aggregation)
        if group := self.text("nhóm"):
            entry["group"] = group
        if synonyms := self.items("tên gọi khác"):
            entry["synonyms"] = synonyms
        if kinds := self._kinds("loại đơn vị cung cấp", regime):
            entry["reported_by"] = kinds
        if ratio := self._ratio():
            entry["ratio"] = ratio
        return entry

    def _sexes(self) -> list[str]:
        column = "chia theo giới"
        words = [plain_key(part) for item in self.items(column) for part in item.split(",")]
        if words in ([], ["khong"]):
            return ["total"]
        if words == ["co"]:
            return [sex.value for sex in Sex]
        if words == ["trong do nu"]:
            return ["total", "female"]
        if words == ["chi nu"]:
            return ["female"]
        known = {plain_key(word): sex.value for word, sex in SEXES.items()}
        if "tong" in words and set(words) <= set(known):
            return [known[word] for word in words]
        self.fault("bad_sexes", column, text=self.text(column))
        return [sex.value for sex in Sex]

    def _kinds(self, column: str, regime: Regime) -> list[str]:
        found = []
        for item in self.items(column):
            if plain_key(item) in self.kinds:
                found.append(self.kinds[plain_key(item)])
            else:
                accepted = ", ".join(kind.name for kind in regime.unit_kinds)
                self.fault("unknown_kind", column, text=item, accepted=accepted)
        return found

    def _ratio(self) -> dict[str, object]:
        if not self.text("tử số") and not self.text("mẫu số"):
            return {}
        parts = {"numerator": self._figure("tử số"), "denominator": self._figure("mẫu số")}
        numbers = {key: text for column, key in RATIO_KEYS.items() if (text := self.text(column))}
        return parts | {key: _number(text.replace(",", ".")) for key, text in numbers.items()}

    def _figure(self, column: str) -> dict[str, object]:
        code, _, word = self.text(column).partition(".")
        known = {plain_key(each): sex for each, sex in SEXES.items()}
        sex = known.get(plain_key(word or "tổng"))
        if not code or sex is None:
            self.fault("bad_figure", column, text=self.text(column))
        figure: dict[str, object] = {"indicator": tidy(code)}
        return figure | ({"sex": sex.value} if sex and sex is not Sex.TOTAL else {})

    def rule(self, taken: set[str]) -> dict[str, object]:
        """A rule between figures; one without an id gets the next that is not taken."""
        free = (f"Q{number}" for number in range(1, 100_000))
        rule: dict[str, object] = {
            "id": self.text("mã") or next(each for each in free if each not in taken),
            "rule": self.text("quy tắc"),
        }
        grade = self.meaning("mức", GRADES, Grade.ERROR)
        return rule | ({"grade": str(grade)} if grade is not Grade.ERROR else {})

    def section(self) -> dict[str, object]:
        """A heading of the outline."""
        section: dict[str, object] = {"id": self.text("mục"), "title": self.text("tên mục")}
        if keywords := self.items("từ khóa"):
            section["keywords"] = keywords
        role = self.meaning("nội dung", ROLES, SectionRole.RESULTS)
        if role is not SectionRole.RESULTS:
            section["role"] = str(role)
        if codes := [tidy(part) for item in self.items("chỉ tiêu") for part in item.split(",")]:
            section["indicators"] = codes
        return section


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() else text


def _pair(meaning: object) -> tuple[PeriodKind, int]:
    return meaning if isinstance(meaning, tuple) else (PeriodKind.YEAR, 0)


def subject_of(name: str) -> str:
    """What a report is about: "Báo cáo kết quả công tác giảm nghèo" is about "giảm nghèo"."""
    subject = next(iter(topics_of(name)), name)
    return subject[:1].upper() + subject[1:]
