"""What the reports sheet holds: its sheets and columns, and the words of its cells with their meanings.

Four sheets, each row below a heading in Vietnamese; an empty cell that names the report stands for the
one above. "Báo cáo": a row a period with its deadline, in the letter's words. "Chỉ tiêu": a row of the
annex. "Quy tắc": a rule between figures. "Đề cương": a heading of the outline. Several values stand in
one cell with ";" between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.reports import Aggregation, Grade, PeriodKind, SectionRole, Sex, Weekend

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
        "bỏ",
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
WIDTHS = {
    REPORTS: (18, 46, 18, 26, 18, 26, 36, 36, 30, 12, 20, 10, 10, 14, 14, 10, 10, 14, 26, 8),
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
PERIOD_KEYS = {
    "hạn nộp": "due",
    "số ngày gia hạn": "grace_days",
    "số ngày mở trước": "opens_days_before",
    "từ năm": "first_year",
    "đến năm": "last_year",
    "mã kỳ": "id",
    "tên kỳ": "name",
}
NUMBERS = frozenset({"grace_days", "opens_days_before", "first_year", "last_year"})
RATIO_KEYS = {
    "nhân với": "factor",
    "số chữ số thập phân": "decimals",
    "mẫu số tối thiểu": "least_denominator",
}
TEXT_KEYS = {"tên ngắn": "short_name", "văn bản yêu cầu": "ordered_by", "văn bản cấp trên": "superior_order"}

_PERIOD_PLACES = {key: column for column, key in PERIOD_KEYS.items()} | {
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
#: The column in which each key of a row stands, and the one that stands for the whole row.
PLACES = {
    REPORTS: _PERIOD_PLACES,
    INDICATORS: _INDICATOR_PLACES,
    RULES: _RULE_PLACES,
    OUTLINE: _SECTION_PLACES,
}
MAIN = {REPORTS: "kỳ", INDICATORS: "chỉ tiêu", RULES: "quy tắc", OUTLINE: "mục"}


def one_word_each(words: Mapping[str, object]) -> Iterable[str]:
    """One word a meaning, and of numbered periods the first."""
    told: list[object] = []
    for word, meaning in words.items():
        numbered = isinstance(meaning, tuple) and meaning[1] > 1 and meaning[0] is not PeriodKind.HALF_YEAR
        if meaning not in told and not numbered:
            told.append(meaning)
            yield word


def word_for(words: Mapping[str, object], meaning: object) -> str:
    """The word that is written for a meaning."""
    return next(word for word, value in words.items() if value == meaning)
