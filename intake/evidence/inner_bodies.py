"""Bodies inside a unit that a title, a subject or a file name names: their report is not the unit's. Pure.

"… 6 tháng đầu năm 2023 của lớp 9A" comes under the head of the school, "… thôn Đông" from the box of the
commune. Only a body with a name or a number of its own counts: "các thôn", "nông thôn mới", "bản 2" (a
version), "ở cơ sở 6 tháng" name none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from config.spelling import CAPITALS, plain_key, tidy

_NAME = rf"(?=[{CAPITALS}\d])"
#: What turns the word into a kind of place, a person or a field: "các thôn", "trưởng thôn", "nông thôn".
_NO_PLACE = "".join(
    rf"(?<!{word} )"
    for word in (
        "nông", "nong", "các", "cac", "cấp", "cap", "trưởng", "truong", "liên", "lien",
    )
)  # fmt: skip
_LEVELS = r"(?!(?i:thôn|thon|bản|ban|ấp|ap|xóm|xom|khóm|buôn|buon|khu|tổ|to|năm|nam|tháng|quý)\b)"
_VILLAGE = (
    rf"(?i:{_NO_PLACE}\b(?:thôn|thon|ấp|xóm|xom|khóm|khom|buôn|buon|tổ dân phố|to dan pho|tdp|khu phố"
    rf"|khu pho|tiểu khu|tieu khu)) {_NAME}{_LEVELS}\w+"
    rf"|(?i:\b(?:của|cua|tại|tai) (?:bản|ban|ấp|ap|buôn)) {_NAME}{_LEVELS}\w+"
)
_CLASS = (
    r"(?i:\b(?:lớp|lop|khối|khoi)(?: lớp| lop)? \d{1,2}"
    r"(?: ?[a-h]\d?\b|\b(?! (?:người|lượt|buổi|năm|tháng(?! \d)|thang(?! \d)))))"
)
_GROUP = (
    r"(?i:\b(?:tổ|to) (?:chuyên môn|chuyen mon|khoa học|khoa hoc|toán|toan|ngữ văn|ngu van|ngoại ngữ"
    r"|ngoai ngu|tự nhiên|tu nhien|mẫu giáo|mau giao|nhà trẻ|nha tre|hành chính|văn phòng|\d{1,2}\b))"
)
_BRANCH = (
    rf"(?i:(?<!các )(?<!cac )\b(?:điểm trường|diem truong|điểm lẻ|diem le|phân hiệu|phan hieu)) {_NAME}\w+"
    r"|(?i:\b(?:cơ sở|co so) (?:\d{1,2}|i{1,3})\b(?! (?:tháng|thang|năm|nam|quý|quy)))"
)
_INNER = re.compile(f"{_VILLAGE}|{_CLASS}|{_GROUP}|{_BRANCH}")
#: Offices, schools and stations that a larger office has below it, by a name of their own.
_BELOW = re.compile(
    rf"(?i:\bcủa (?!các )(?:trung tâm|trường|chi cục|bệnh viện|trạm|hạt|chi nhánh|ban quản lý)) {_NAME}\w+"
    rf"|(?i:\b(?:trường|truong) (?:th|thcs|thpt|mn|tiểu học|tieu hoc|mầm non|mam non|mẫu giáo|trung học"
    rf"|trung hoc|ptdtbt|ptdtnt|cao đẳng|cao dang)\b)[\w &-]* {_NAME}\w+"
)
#: Bodies beside a council or an office, which report to bodies of their own.
_BESIDE = re.compile(
    r"(?i:\b(?:của|tại|trong) (?:lực lượng )?"
    r"(?P<kind>đảng ủy|đảng bộ|hội|công an|mttq|mặt trận|đoàn thanh niên)\b)"
    rf"(?= (?:[{CAPITALS}]|xã|phường|thị trấn)|$)"
)


def _beside(said: str, own: str) -> Iterator[re.Match[str]]:
    """The bodies of another kind than the unit: an association's report is of its association."""
    return (found for found in _BESIDE.finditer(said) if f" {plain_key(found['kind'])} " not in own)


def inner_body(text: str, own_name: str = "", *, is_own: bool = False) -> str:
    """The words that name a body inside the unit, "" where the text names none.

    Args:
        text: a title, a subject or the name of a file.
        own_name: of the unit itself; a village's own report names a village.
        is_own: whether the text names the unit in full; a school it names is then the unit.
    """
    said = tidy(text.replace("_", " "))
    own = f" {plain_key(own_name)} "
    found = [*_INNER.finditer(said), *_beside(said, own), *(() if is_own else _BELOW.finditer(said))]
    return next((part for one in found if f" {plain_key(part := one.group())} " not in own), "")
