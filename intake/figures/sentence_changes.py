"""What came to a stock, or left it, within the period: no number of all there are. Pure.

"Thành lập 01 câu lạc bộ" counts those founded, "duy trì 05 câu lạc bộ" those there are. Only where the verb
governs the number: the fifteen of "thành lập Ban gồm 15 thành viên" are all its members.
"""

from __future__ import annotations

import re

_COMES = (
    "thành lập|ra mắt|mở(?! rộng)|tổ chức|xây dựng|tuyển dụng|kết nạp|bổ sung|bổ nhiệm|phát sinh|tăng thêm"
    "|đạt thêm|có thêm|lắp đặt|lắp|trang bị|mua sắm|mua"
)
_LEAVES = "miễn nhiệm|bãi nhiệm|cách chức|cho thôi|giải thể|giải tán|sáp nhập|thôi hoạt động"
_VERB = re.compile(
    rf"\b(?P<verb>{_COMES}|{_LEAVES})(?:,? (?:(?:và |, )?(?:{_COMES})|mới|thêm|được|(?:thêm )?được))*"
    r"\s+(?P<between>\d[^;.:]*)?$",
    re.IGNORECASE,
)
_ALL_THERE_ARE = re.compile(r"\b(?:duy trì|hiện|đang|có|còn|gồm|tổng|nâng|đến nay|là|số)\b", re.IGNORECASE)
_NEW_BEHIND = re.compile(
    rf"^[^,;.:()]*?\b(?P<verb>mới (?:được )?(?:{_COMES}|tăng|cấp|hưởng)"
    rf"|(?:{_COMES}|tăng|cấp) mới|tăng thêm)\b",
    re.IGNORECASE,
)
_NEW_BEFORE = re.compile(
    r"(?<!nông thôn )\b(?P<verb>mới)(?: (?:trong (?:kỳ|năm|tháng|quý)|được|thành lập))*\s*(?::|là|có)\s*$",
    re.IGNORECASE,
)


def change_told(before: str, after: str) -> str:
    """The words by which a number counts what changed, from the clause before it and the words after.

    Empty where it counts what there is, or nothing says so.
    """
    if (verb := _VERB.search(before)) and not _ALL_THERE_ARE.search(verb["between"] or ""):
        return verb["verb"].lower()
    if new := _NEW_BEFORE.search(before) or _NEW_BEHIND.search(after):
        return "" if _ALL_THERE_ARE.search(after) else new["verb"].lower()
    return ""
