"""Reports that by their own title are no regular ones: of a week, of several years, on a theme. Pure.

Decree 09/2019/NĐ-CP, Article 3, parts regular reports (báo cáo định kỳ) from those on a theme (chuyên đề)
and on an event (đột xuất). These name the subject of the regular one, and are other reports all the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from config.spelling import plain_key, tidy
from intake.evidence.period_words import periods_named

if TYPE_CHECKING:
    from collections.abc import Sequence

#: "tuần 3 tháng 5", "10 ngày đầu tháng 5", "nửa đầu tháng 5".
_DAYS = re.compile(
    r"\btu[ầa]n(?: l[ễe])?(?: th[ứu])?\s+(?:\d{1,2}|[ivx]{1,4})\b|^(?:b[áa]o c[áa]o )?tu[ầa]n\b(?! l[ễe])"
    r"|\b(?:\d{1,2}|mười) ng[àa]y (?:đầu|dau|giữa|giua|cuối|cuoi)\b"
    r"|\b(?:nửa|nua) (?:(?:đầu|dau|cuối|cuoi) )?th[áa]ng\b|\b(?:âm lịch|am lich)\b",
    re.IGNORECASE,
)
#: "5 năm thực hiện …", "tổng kết … giai đoạn 2021-2025".
_YEARS = re.compile(
    r"\b(?:\d{1,2}|hai|ba|mười)\s+năm\s+(?:thực hiện|thi hành|triển khai|hoạt động|xây dựng)\b"
    r"|\bnăm học\s+\d{4}\s*[-–]\s*\d{4}|\bhọc kỳ\s+(?:[12]|i{1,2})\b"
    r"|\b(?:giai đoạn|nhiệm kỳ)\s+\d{4}\s*[-–]\s*\d{4}",
    re.IGNORECASE,
)
#: A title that begins with the time to come is about nothing else: "Phương hướng, nhiệm vụ năm 2026".
_PLANS = re.compile(r"^\W*(?:phương hướng|nhiệm vụ|kế hoạch|chương trình công tác|dự kiến)\b", re.IGNORECASE)
# By `plain_key`. "Kiểm tra đột xuất" inside a title is a kind of check, and no kind of report.
_SPECIAL_TITLE = re.compile(r"(?:bao cao |ket qua |v v |ve )*(?:chuyen de|dot xuat|nhanh)\b")
_SPECIAL_FILE = re.compile(r"\b(?:bao cao|bc) (?:chuyen de|dot xuat|nhanh)\b")
_SPECIAL = re.compile(r"\b(?:chuyen de|dot xuat|nhanh)\b")

#: One activity of a field, its money or its troubles; by `plain_key`.
_ACTIVITY = re.compile(
    r"\b(?:tu kiem tra|kiem tra|giam sat|thanh tra|khao sat|dieu tra|tap huan|hoi thi|hoi thao|hoi nghi"
    r"|toa dam|tham luan|chat van|cu tri|kien nghi|quyet toan|du toan|kinh phi|kiem diem|giai trinh|tiep thu"
    r"|de xuat|gop y|xac minh|thang hanh dong|le phat dong|phat dong|thanh tich|khen thuong|kien toan"
    r"|cham nop|chien dich)\b"
)


def irregular_times(titles: Sequence[str]) -> tuple[str, ...]:
    """The words by which titles are about a week, what is planned, or years and nothing besides."""
    told = [tidy(title) for title in titles]
    days = [found.group() for title in told if (found := _DAYS.search(title) or _PLANS.search(title))]
    plain = [] if any(map(periods_named, told)) else told
    return (*days, *(found.group() for title in plain if (found := _YEARS.search(title))))[:1]


def is_special(titles: Sequence[str], file: str, name: str, topics: Sequence[str]) -> bool:
    """Whether a document calls itself a report on a theme, an event or one activity, and the asked is none.

    Args:
        titles: of the document and its tables.
        file: its name.
        name: of the report it would be.
        topics: the phrases that name its subject.
    """
    asked = " | ".join(plain_key(words) for words in (name, *topics))
    plain = [plain_key(title) for title in titles]
    if any(_is_of_one_activity(title, asked, topics) for title in plain):
        return True
    if _SPECIAL.search(asked):
        return False
    return any(map(_SPECIAL_TITLE.match, plain)) or _SPECIAL_FILE.search(plain_key(file)) is not None


def _is_of_one_activity(title: str, asked: str, topics: Sequence[str]) -> bool:
    """Whether what stands before the subject makes it a part: "Kết quả kiểm tra công tác bình đẳng giới"."""
    places = [at for topic in topics if (at := f" {title} ".find(f" {plain_key(topic)} ")) >= 0]
    before = title[: min(places)] if places else ""
    return any(found.group() not in asked for found in _ACTIVITY.finditer(before))
