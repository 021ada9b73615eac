"""The reports sheet: what is asked, as a workbook an office fills in with Excel (files only).

Four sheets, each row below a heading in Vietnamese; an empty cell that names the report stands for the
one above. "Báo cáo": a row a period with its deadline, in the letter's words. "Chỉ tiêu": a row of the
annex. "Quy tắc": a rule between figures. "Đề cương": a heading of the outline. Several values stand in
one cell with ";" between. What a row says is what `ReportFile` in `schema` takes, under the same keys.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from config.reports import (
    Aggregation,
    Figure,
    Grade,
    PeriodKind,
    RatioRule,
    ReportDefinition,
    SectionRole,
    Sex,
    Weekend,
)
from config.spelling import id_of_name, plain_key, tidy
from config.topics import topics_of
from config.wording import Wording
from config.workbooks import (
    WORKBOOK_FAULTS,
    Faults,
    Table,
    cell_text,
    columns_of,
    read_workbook,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from config.errors import Problem
    from config.regime import Regime
    from config.schema import PeriodModel, ReportFile

REPORTS, INDICATORS, RULES, OUTLINE = "Báo cáo", "Chỉ tiêu", "Quy tắc", "Đề cương"
REPORT = "báo cáo"  #: names the report in the three further sheets
COLUMNS: dict[str, tuple[str, ...]] = {
    REPORTS: (
        "mã",
        "tên báo cáo",
        "tên ngắn",
        "đơn vị phải nộp",
        "kỳ",
        "hạn nộp",
        "văn bản yêu cầu",
        "văn bản cấp trên",
        "từ khóa nhận biết",
        "hạn thuộc năm",
        "hạn trùng ngày nghỉ",
        "số ngày gia hạn",
        "số ngày mở trước",
        "số liệu từ",
        "số liệu đến",
        "từ năm",
        "đến năm",
        "mã kỳ",
        "tên kỳ",
    ),
    INDICATORS: (
        REPORT,
        "mã",
        "chỉ tiêu",
        "đơn vị tính",
        "chia theo giới",
        "cách tổng hợp",
        "nhóm",
        "tên gọi khác",
        "loại đơn vị cung cấp",
        "tử số",
        "mẫu số",
        "nhân với",
        "số chữ số thập phân",
        "mẫu số tối thiểu",
    ),
    RULES: (REPORT, "mã", "quy tắc", "mức"),
    OUTLINE: (REPORT, "mục", "tên mục", "từ khóa", "nội dung", "chỉ tiêu"),
}
REQUIRED = {
    REPORTS: ("tên báo cáo", "đơn vị phải nộp", "kỳ", "hạn nộp"),
    INDICATORS: ("chỉ tiêu", "đơn vị tính"),
    RULES: ("quy tắc",),
    OUTLINE: ("mục", "tên mục"),
}
PARTS = {INDICATORS: "indicators", RULES: "checks", OUTLINE: "outline"}  #: key of each further sheet
_WIDTHS = {
    REPORTS: (18, 46, 18, 26, 18, 26, 36, 36, 30, 12, 20, 10, 10, 14, 14, 10, 10, 14, 26),
    INDICATORS: (18, 10, 46, 14, 18, 14, 20, 40, 22, 12, 12, 10, 10, 10),
    RULES: (18, 14, 60, 12),
    OUTLINE: (18, 8, 46, 40, 16, 30),
}

#: The words of a cell and what they mean; the first word of each meaning is the one written.
AGGREGATIONS = {
    "cộng": Aggregation.SUM,
    "cộng dồn": Aggregation.SUM,
    "thời điểm": Aggregation.SNAPSHOT,
    "nhiệm kỳ": Aggregation.TERM,
    "đếm": Aggregation.COUNT,
    "tỷ lệ": Aggregation.RATIO,
    "tỉ lệ": Aggregation.RATIO,
}
GRADES = {"lỗi": Grade.ERROR, "cảnh báo": Grade.WARNING, "ghi chú": Grade.NOTE}
ROLES = {
    "kết quả": SectionRole.RESULTS,
    "khó khăn": SectionRole.DIFFICULTIES,
    "hạn chế": SectionRole.DIFFICULTIES,
    "phương hướng": SectionRole.PLANS,
    "kiến nghị": SectionRole.PROPOSALS,
    "đề xuất": SectionRole.PROPOSALS,
}
SEXES = {"tổng": Sex.TOTAL, "nam": Sex.MALE, "nữ": Sex.FEMALE}
WEEKENDS = {
    "giữ nguyên": Weekend.STRICT,
    "ngày làm việc sau": Weekend.NEXT_WORKING_DAY,
    "ngày làm việc trước": Weekend.PREVIOUS_WORKING_DAY,
}
DUE_YEARS = {"cùng năm": 0, "năm sau": 1, "năm trước": -1}
_ROMAN = ("I", "II", "III", "IV")
PERIODS: dict[str, tuple[PeriodKind, int]] = {
    "tháng": (PeriodKind.MONTH, 0),
    "hằng tháng": (PeriodKind.MONTH, 0),
    "quý": (PeriodKind.QUARTER, 0),
    "hằng quý": (PeriodKind.QUARTER, 0),
    "6 tháng": (PeriodKind.HALF_YEAR, 0),
    "6 tháng đầu năm": (PeriodKind.HALF_YEAR, 1),
    "6 tháng cuối năm": (PeriodKind.HALF_YEAR, 2),
    "9 tháng": (PeriodKind.NINE_MONTHS, 0),
    "năm": (PeriodKind.YEAR, 0),
    "cả năm": (PeriodKind.YEAR, 0),
    "hằng năm": (PeriodKind.YEAR, 0),
    "đợt hằng năm": (PeriodKind.CAMPAIGN, 0),
    "một lần": (PeriodKind.ONE_OFF, 0),
    **{f"quý {roman}": (PeriodKind.QUARTER, number) for number, roman in enumerate(_ROMAN, 1)},
    **{f"quý {number}": (PeriodKind.QUARTER, number) for number in range(1, 5)},
    **{f"tháng {number}": (PeriodKind.MONTH, number) for number in range(1, 13)},
}
#: Columns that hold one number or text, and their key of a period.
_PERIOD_KEYS = {
    "hạn nộp": "due",
    "số ngày gia hạn": "grace_days",
    "số ngày mở trước": "opens_days_before",
    "từ năm": "first_year",
    "đến năm": "last_year",
    "mã kỳ": "id",
    "tên kỳ": "name",
}
_NUMBERS = frozenset({"grace_days", "opens_days_before", "first_year", "last_year"})
_RATIO_KEYS = {
    "nhân với": "factor",
    "số chữ số thập phân": "decimals",
    "mẫu số tối thiểu": "least_denominator",
}
_TEXT_KEYS = {"tên ngắn": "short_name", "văn bản yêu cầu": "ordered_by", "văn bản cấp trên": "superior_order"}
_WHOLE_DAY = re.compile(r"\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}|\d{4}-\d{2}-\d{2}")
ID = re.compile(r"[^\W_][\w.-]*")
_LISTED = re.compile(r"[;\r\n]")

Location = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the workbook something stands."""

    sheet: str
    row: int
    column: str


@dataclass(slots=True)
class SheetReport:
    """One report as the workbook has it: values by the keys of its file, and where each stands."""

    id: str
    content: dict[str, object] = field(default_factory=dict)
    places: dict[Location, Place] = field(default_factory=dict)

    def entries(self, key: str) -> list[dict[str, object]]:
        """The list under a key, empty at first."""
        found = self.content.setdefault(key, [])
        assert isinstance(found, list)
        return found


def read_reports(path: Path, regime: Regime) -> tuple[tuple[SheetReport, ...], tuple[Problem, ...]]:
    """The reports of a workbook, and every fault that its words alone show, by sheet, row and column.

    A report without an id gets that of the regime's report of the same name, else one of its name; an
    indicator without a code that of the report's indicator of the same label, else the next free one.
    """
    faults = Faults(path.name)
    try:
        sheets = read_workbook(path)
    except WORKBOOK_FAULTS as error:
        faults.report("unreadable_sheet", reason=type(error).__name__)
        return (), tuple(faults.problems)
    return read_report_tables(sheets, regime, path.name)


def read_report_tables(
    sheets: Mapping[str, Table], regime: Regime, file: str = ""
) -> tuple[tuple[SheetReport, ...], tuple[Problem, ...]]:
    """The same of rows that stand elsewhere than in a file."""
    reading = _Reading(file, regime)
    titled = {plain_key(title): table for title, table in sheets.items()}
    for sheet in COLUMNS:
        if table := titled.get(plain_key(sheet)):
            reading.read(sheet, table)
        elif sheet == REPORTS:
            reading.faults(sheet).report("no_reports_sheet", accepted=", ".join(COLUMNS))
            break
    return tuple(reading.reports.values()), tuple(reading.problems)


def report_tables(
    reports: Iterable[tuple[ReportFile, ReportDefinition]], regime: Regime
) -> dict[str, list[list[str]]]:
    """The four sheets, as `read_reports` reads them; shared lists stand there as they result."""
    tables: dict[str, list[list[str]]] = {sheet: [list(columns)] for sheet, columns in COLUMNS.items()}
    kinds = {kind.id: kind.name for kind in regime.unit_kinds}
    for model, report in reports:
        tables[REPORTS] += _report_rows(model, report, regime)
        tables[INDICATORS] += [[report.id, *row] for row in _indicator_rows(report, kinds)]
        tables[RULES] += [[report.id, c.id, c.text, _word(GRADES, c.grade)] for c in report.checks]
        tables[OUTLINE] += [
            [report.id, s.id, s.title, "; ".join(s.keywords), _word(ROLES, s.role), "; ".join(s.indicators)]
            for s in report.outline
        ]
    return tables


def sheets_of(
    tables: Mapping[str, Sequence[Sequence[str]]],
) -> dict[str, tuple[Sequence[Sequence[str]], Sequence[int]]]:
    """The sheets with the widths of their columns, and one that says how they are filled in."""
    words = Wording()
    accepted = {
        "periods": ", ".join(_told(PERIODS)),
        "aggregations": ", ".join(_told(AGGREGATIONS)),
        "grades": ", ".join(_told(GRADES)),
        "roles": ", ".join(_told(ROLES)),
        "weekends": ", ".join(_told(WEEKENDS)),
        "years": ", ".join(_told(DUE_YEARS)),
    }
    guide = [line.partition(": ") for line in words("config.guide", **accepted).splitlines()]
    sheets: dict[str, tuple[Sequence[Sequence[str]], Sequence[int]]] = {
        sheet: (rows, _WIDTHS[sheet]) for sheet, rows in tables.items()
    }
    return sheets | {words("config.guide_sheet"): ([(head, text) for head, _, text in guide], (34, 110))}


# Reading


@dataclass(slots=True)
class _Reading:
    """The workbook being read."""

    file: str
    regime: Regime
    reports: dict[str, SheetReport] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def faults(self, sheet: str) -> Faults:
        return Faults(self.file, sheet, self.problems)

    def read(self, sheet: str, table: Table) -> None:
        faults = self.faults(sheet)
        columns = columns_of(table[0], COLUMNS[sheet], faults)
        if missing := [name for name in REQUIRED[sheet] if name not in columns]:
            accepted = ", ".join(COLUMNS[sheet])
            faults.report("missing_columns", row=1, missing=", ".join(missing), accepted=accepted)
            return
        current: SheetReport | None = None
        for number, cells in enumerate(table[1:], 2):
            row = _Row(faults, number, {name: cells[at] for name, at in columns.items() if at < len(cells)})
            if not any(row.text(name) for name in columns):
                continue
            current = self._opened(row, current) if sheet == REPORTS else self._named(row, current)
            if current is not None:
                self._take(sheet, row, current)

    def _take(self, sheet: str, row: _Row, report: SheetReport) -> None:
        if sheet == REPORTS:
            row.note(report, ("periods", len(report.entries("periods"))), "kỳ", _PERIOD_PLACES)
            report.entries("periods").append(row.period())
        elif sheet == INDICATORS:
            row.note(report, ("indicators", len(report.entries("indicators"))), "chỉ tiêu", _INDICATOR_PLACES)
            report.entries("indicators").append(row.indicator(self.regime, self._code(row, report)))
        elif sheet == RULES:
            rules = report.entries("checks")
            row.note(
                report, ("checks", len(rules)), "quy tắc", {"id": "mã", "rule": "quy tắc", "grade": "mức"}
            )
            rules.append(row.rule({str(each["id"]) for each in rules}))
        else:
            row.note(report, ("outline", len(report.entries("outline"))), "mục", _SECTION_PLACES)
            report.entries("outline").append(row.section())

    def _opened(self, row: _Row, above: SheetReport | None) -> SheetReport | None:
        """The report of a row of "Báo cáo": a new one, or a further period of the one above."""
        name, given = row.text("tên báo cáo"), row.text("mã")
        if not name and not given:
            if above is None:
                row.fault("empty_cell", "tên báo cáo")
            return above
        known = {plain_key(report.name): report.id for report in self.regime.reports}
        report_id = given or known.get(plain_key(name)) or id_of_name(row.text("tên ngắn") or _subject(name))
        if not ID.fullmatch(report_id):  # it also names the file
            row.fault("bad_id" if given else "empty_cell", "mã", text=report_id)
            return None
        found = self.reports.get(report_id)
        if found is not None:
            if above is not found or (name and name != found.content["name"]):
                row.fault("report_twice", "mã" if given else "tên báo cáo", text=report_id)
            return found
        report = self.reports[report_id] = SheetReport(report_id)
        row.head(report, name, self.regime)
        return report

    def _named(self, row: _Row, above: SheetReport | None) -> SheetReport | None:
        """The report a row of another sheet belongs to."""
        text = row.text(REPORT)
        if not text and above is None and len(self.reports) == 1:
            return next(iter(self.reports.values()))
        if not text and above is not None:
            return above
        for report in self.reports.values():
            names = (report.id, report.content["name"], report.content.get("short_name", ""))
            if plain_key(text) in {plain_key(str(name)) for name in names}:
                return report
        accepted = ", ".join(self.reports)
        row.fault("unknown_report_of_row" if text else "empty_cell", REPORT, text=text, accepted=accepted)
        return None

    def _code(self, row: _Row, report: SheetReport) -> str:
        if given := row.text("mã"):
            return given
        known = next((each for each in self.regime.reports if each.id == report.id), None)
        labels = {plain_key(each.label): each.code for each in known.indicators} if known else {}
        taken = {str(each["code"]) for each in report.entries("indicators")}
        if (code := labels.get(plain_key(row.text("chỉ tiêu")))) and code not in taken:
            return code
        taken |= set(labels.values())
        return next(code for number in range(1, 100_000) if (code := f"CT{number:02}") not in taken)


_PERIOD_PLACES = {key: column for column, key in _PERIOD_KEYS.items()} | {
    "kind": "kỳ",
    "number": "kỳ",
    "weekend": "hạn trùng ngày nghỉ",
    "due_year_offset": "hạn thuộc năm",
    "data_from": "số liệu từ",
    "data_to": "số liệu đến",
    "from": "số liệu từ",
    "to": "số liệu đến",
}
_INDICATOR_PLACES = {
    "code": "mã",
    "label": "chỉ tiêu",
    "unit_of_measure": "đơn vị tính",
    "sexes": "chia theo giới",
    "aggregation": "cách tổng hợp",
    "group": "nhóm",
    "synonyms": "tên gọi khác",
    "reported_by": "loại đơn vị cung cấp",
    "ratio": "tử số",
}
_RULE_PLACES = {"id": "mã", "rule": "quy tắc", "grade": "mức"}
_SECTION_PLACES = {
    "id": "mục",
    "title": "tên mục",
    "keywords": "từ khóa",
    "role": "nội dung",
    "indicators": "chỉ tiêu",
}


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a sheet."""

    faults: Faults
    number: int
    cells: Mapping[str, object]

    def text(self, column: str) -> str:
        return cell_text(self.cells.get(column))

    def items(self, column: str) -> list[str]:
        cell = self.cells.get(column)
        text = cell if isinstance(cell, str) else cell_text(cell)
        return [item for part in _LISTED.split(text) if (item := tidy(part))]

    def fault(self, code: str, column: str, **parameters: str) -> None:
        self.faults.report(code, self.number, column, **parameters)

    def note(self, report: SheetReport, at: Location, first: str, columns: Mapping[str, str]) -> None:
        """Remember where an entry stands, as a whole and key by key."""
        report.places[at] = Place(self.faults.sheet, self.number, first)
        for key, column in columns.items():
            report.places[*at, key] = Place(self.faults.sheet, self.number, column)

    def meaning(self, column: str, words: Mapping[str, object], otherwise: object) -> object:
        """What the word in a cell stands for; an empty cell stands for `otherwise`."""
        text = self.text(column)
        if not text:
            return otherwise
        by_key = {plain_key(word): value for word, value in words.items()}
        if plain_key(text) in by_key:
            return by_key[plain_key(text)]
        self.fault("not_one_of", column, text=text, accepted=", ".join(_told(words)))
        return otherwise

    # what a row says

    def head(self, report: SheetReport, name: str, regime: Regime) -> None:
        content = report.content
        content["id"], content["name"] = report.id, name or self._kept_name(report.id, regime)
        for column, key in _TEXT_KEYS.items():
            if text := self.text(column):
                content[key] = text
        content.setdefault("short_name", _subject(str(content["name"])))
        if topics := self.items("từ khóa nhận biết"):
            content["topics"] = topics
        content |= self._owners(regime)
        columns = _TEXT_KEYS | {"tên báo cáo": "name", "mã": "id", "từ khóa nhận biết": "topics"}
        columns |= {"đơn vị phải nộp": "owed_by_kinds"}
        self.note(report, (), "tên báo cáo", {key: column for column, key in columns.items()})

    def _kept_name(self, report_id: str, regime: Regime) -> str:
        known = next((report.name for report in regime.reports if report.id == report_id), "")
        if not known:
            self.fault("empty_cell", "tên báo cáo")
        return known

    def _owners(self, regime: Regime) -> dict[str, list[str]]:
        column = "đơn vị phải nộp"
        kinds, units = _kind_names(regime), {plain_key(unit.name): unit.id for unit in regime.units}
        units |= {plain_key(unit.id): unit.id for unit in regime.units}
        found: dict[str, list[str]] = {}
        items = self.items(column)
        if not items:
            self.fault("empty_cell", column)
        if [plain_key(item) for item in items] == ["tat ca"]:
            return {"owed_by_kinds": [kind.id for kind in regime.unit_kinds]}
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
        kind, number = _pair(self.meaning("kỳ", PERIODS, None))
        if not self.text("kỳ"):
            self.fault("empty_cell", "kỳ")
        period: dict[str, object] = {"kind": kind.value} | ({"number": number} if number else {})
        for column, key in _PERIOD_KEYS.items():
            text = self.text(column)
            if text or key == "due":
                period[key] = _number(text) if key in _NUMBERS else text
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
        kinds, found = _kind_names(regime), []
        for item in self.items(column):
            if plain_key(item) in kinds:
                found.append(kinds[plain_key(item)])
            else:
                accepted = ", ".join(kind.name for kind in regime.unit_kinds)
                self.fault("unknown_kind", column, text=item, accepted=accepted)
        return found

    def _ratio(self) -> dict[str, object]:
        if not self.text("tử số") and not self.text("mẫu số"):
            return {}
        parts = {"numerator": self._figure("tử số"), "denominator": self._figure("mẫu số")}
        numbers = {key: text for column, key in _RATIO_KEYS.items() if (text := self.text(column))}
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
        free = (f"Q{number}" for number in range(1, 100_000))
        rule: dict[str, object] = {
            "id": self.text("mã") or next(each for each in free if each not in taken),
            "rule": self.text("quy tắc"),
        }
        grade = self.meaning("mức", GRADES, Grade.ERROR)
        return rule | ({"grade": str(grade)} if grade is not Grade.ERROR else {})

    def section(self) -> dict[str, object]:
        section: dict[str, object] = {"id": self.text("mục"), "title": self.text("tên mục")}
        if keywords := self.items("từ khóa"):
            section["keywords"] = keywords
        role = self.meaning("nội dung", ROLES, SectionRole.RESULTS)
        if role is not SectionRole.RESULTS:
            section["role"] = str(role)
        if codes := [tidy(part) for item in self.items("chỉ tiêu") for part in item.split(",")]:
            section["indicators"] = codes
        return section


def _told(words: Mapping[str, object]) -> Iterable[str]:
    """One word a meaning, and of numbered periods the first."""
    told: list[object] = []
    for word, meaning in words.items():
        numbered = isinstance(meaning, tuple) and meaning[1] > 1 and meaning[0] is not PeriodKind.HALF_YEAR
        if meaning not in told and not numbered:
            told.append(meaning)
            yield word


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() else text


def _pair(meaning: object) -> tuple[PeriodKind, int]:
    return meaning if isinstance(meaning, tuple) else (PeriodKind.YEAR, 0)


def _subject(name: str) -> str:
    """What a report is about: "Báo cáo kết quả công tác giảm nghèo" is about "giảm nghèo"."""
    subject = next(iter(topics_of(name)), name)
    return subject[:1].upper() + subject[1:]


def _kind_names(regime: Regime) -> dict[str, str]:
    kinds: dict[str, str] = {}
    for kind in regime.unit_kinds:
        kinds |= {plain_key(word): kind.id for word in (kind.plural, kind.name, kind.id)}
    return kinds


# Writing


def _word(words: Mapping[str, object], meaning: object) -> str:
    return next(word for word, value in words.items() if value == meaning)


def _report_rows(model: ReportFile, report: ReportDefinition, regime: Regime) -> list[list[str]]:
    kinds = [kind.name for kind in regime.unit_kinds if kind.id in report.owed_by_kinds]
    owners = kinds + [unit.id for unit in regime.units if unit.id in report.owed_by_units]
    head = {
        "mã": report.id,
        "tên báo cáo": report.name,
        "tên ngắn": report.short_name,
        "đơn vị phải nộp": "; ".join(owners),
        "văn bản yêu cầu": report.ordered_by,
        "văn bản cấp trên": report.superior_order,
        "từ khóa nhận biết": "; ".join(model.topics),
    }
    rows = [_period_cells(period) for period in model.periods]
    rows[0] = head | rows[0]
    return [[row.get(column, "") for column in COLUMNS[REPORTS]] for row in rows]


def _period_cells(period: PeriodModel) -> dict[str, str]:
    values = period.model_dump(by_alias=True)
    unset = type(period)(kind=period.kind).model_dump(by_alias=True)
    cells = {
        column: cell_text(values[key]) for column, key in _PERIOD_KEYS.items() if values[key] != unset[key]
    }
    cells["kỳ"] = _word(PERIODS, (period.kind, period.number))
    if period.weekend is not Weekend.STRICT:
        cells["hạn trùng ngày nghỉ"] = _word(WEEKENDS, period.weekend)
    if period.due_year_offset:
        cells["hạn thuộc năm"] = _word(DUE_YEARS, period.due_year_offset)
    cells["số liệu từ"] = cell_text(period.from_day) or period.data_from
    cells["số liệu đến"] = cell_text(period.to_day) or period.data_to
    return cells


def _indicator_rows(report: ReportDefinition, kinds: Mapping[str, str]) -> Iterable[list[str]]:
    for each in report.indicators:
        ratio, sexes = each.ratio, [_word(SEXES, sex) for sex in each.sexes]
        parts = [_figure_text(ratio.numerator), _figure_text(ratio.denominator)] if ratio else ["", ""]
        plain = RatioRule(Figure(""), Figure(""))
        yield [
            each.code,
            each.label,
            each.unit_of_measure,
            "" if sexes == ["tổng"] else "chỉ nữ" if sexes == ["nữ"] else "; ".join(sexes),
            _word(AGGREGATIONS, each.aggregation),
            each.group,
            "; ".join(each.synonyms),
            "; ".join(name for kind, name in kinds.items() if kind in each.reported_by),
            *parts,
            *(
                str(value) if ratio and (value := getattr(ratio, key)) != getattr(plain, key) else ""
                for key in _RATIO_KEYS.values()
            ),
        ]


def _figure_text(figure: Figure) -> str:
    return figure.indicator + ("" if figure.sex is Sex.TOTAL else f".{_word(SEXES, figure.sex)}")
