"""Reports that by their own title are no regular ones: of a week, of several years, on a theme. Pure.

Decree 09/2019/NĐ-CP, Article 3, parts regular reports (báo cáo định kỳ) from those on a theme (chuyên đề)
and on an event (đột xuất). These name the subject of the regular one, and are other reports all the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from config.spelling import CAPITALS, plain_key, tidy, word_set
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
    r"|cham nop|chien dich|tuyen truyen|truyen thong|mo hinh|cau lac bo|du an|de an)\b"
)
_OCCASION = re.compile(r"\b(?:dip|nhan ngay|nhan thang)\b")
#: A form for what is planned, given or taken on; results stand in none.
_PLANNED_FORM = re.compile(
    r"^\W*(?:biểu|bảng|phụ lục)\s+(?:giao|đăng ký|kế hoạch|chỉ tiêu kế hoạch|dự kiến)\b", re.IGNORECASE
)

#: What the subject of a regular report is named with, whoever writes it.
_NEUTRAL = word_set(
    "long ghep v ve viec bao cao bc "
    "ket qua tinh hinh cong tac nhiem vu thuc hien trien khai to chuc phuong huong "
    "so lieu bieu mau bang phu luc tong hop thong ke dinh ky thang quy nam dau cuoi nay giua i ii iii "
    "iv va theo trong tam chu yeu danh gia mot ca chin sau hoat dong muc tieu chi chinh sach phap luat "
    "linh vuc quan ly nha nuoc cua doi voi tren dia ban tai cac nhung noi dung uoc dieu bo sung che do "
    "phong trao dam trang kem den tu ngay cho nham vi quoc xa huyen thi tran don hang qui nua thuoc cap "
    "ubnd "
    # With how much zeal, and what is always made of the field: "đẩy mạnh …", "phát triển kinh tế - xã hội".
    "phat trien lanh dao dieu hanh day manh tang cuong nang cao xoa doi quyen "
    # What the law says is to be done in a field, which goes by that name: "bảo vệ, chăm sóc trẻ em".
    "bao ve cham soc giao duc phong chong bao dam thuc day"
)
#: What is carried out; how it is called goes on up to the subject: "Kế hoạch số 28/KH-UBND ngày … về …".
_CARRIED_OUT = re.compile(
    r"\b(?:ke hoach|nghi quyet|chi thi|quyet dinh|cong van|van ban|chuong trinh|thong tu|luat|nghi dinh"
    r"|chien luoc|ket luan|huong dan|quy che|quy dinh)\b.*"
)
_APART = re.compile(r"[,;:–]|\s-\s|\b(?:và|VÀ)\b")
_NAMED_PLACE = re.compile(
    rf"(?i:\b(?:ubnd|ủy ban nhân dân|xã|phường|thị trấn|huyện|thị xã|thành phố|tỉnh|thôn|trường|sở|phòng))"
    rf"(?: [{CAPITALS}]\w*)+"
)


def _says_more(title: str, asked: str, topics: Sequence[str]) -> bool:
    """Whether the words that govern the subject are others than a regular report has: "Chấm điểm công tác …".

    What stands before "và" or a comma is another subject beside ours.
    """
    said = tidy(title)
    before = _before_subject(said, topics)
    governing = _NAMED_PLACE.sub(" ", _APART.split(before)[-1])
    words = _CARRIED_OUT.sub(" ", plain_key(governing)).split()
    return any(
        word not in _NEUTRAL and not word.isdigit() and f" {word} " not in f" {asked} " for word in words
    )


def _before_subject(title: str, topics: Sequence[str]) -> str:
    """The words of a title before the first phrase that names the subject; all unmarked keys alike."""
    words = title.split()
    keys = [plain_key(word) for word in words]
    for start in range(len(words)):
        rest = f" {' '.join(filter(None, keys[start:]))} "
        if any(rest.startswith(f" {plain_key(topic)} ") for topic in topics):
            return " ".join(words[:start])
    return ""


def irregular_times(titles: Sequence[str]) -> tuple[str, ...]:
    """The words by which titles are about a week, what is planned, or years and nothing besides."""
    told = [tidy(title) for title in titles]
    days = [found.group() for title in told if (found := _DAYS.search(title) or _PLANS.search(title))]
    if any(told) and all(_PLANNED_FORM.match(title) for title in filter(None, told)):
        days.append(next(filter(None, told)))
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
    told = list(dict.fromkeys(title for title in titles if title))
    if told and (titles[0] or len(told) == 1) and _says_more(told[0], asked, topics):
        return True
    if _SPECIAL.search(asked):
        return False
    return any(map(_SPECIAL_TITLE.match, plain)) or _SPECIAL_FILE.search(plain_key(file)) is not None


def _is_of_one_activity(title: str, asked: str, topics: Sequence[str]) -> bool:
    """Whether what stands before the subject makes it a part: "Kết quả kiểm tra công tác bình đẳng giới"."""
    places = [at for topic in topics if (at := f" {title} ".find(f" {plain_key(topic)} ")) >= 0]
    before = title[: min(places)] if places else ""
    if places and _OCCASION.search(title[min(places) :]) and not _OCCASION.search(asked):
        return True
    return any(found.group() not in asked for found in _ACTIVITY.finditer(before))
