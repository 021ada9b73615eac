"""Words that say who did a thing and how, before its number: they narrow nothing that is counted. Pure.

"Phối hợp với Hội Liên hiệp Phụ nữ xã chỉ đạo, tổ chức 06 buổi" are six as "06 buổi" are. What was done to
some of those there are ("hỗ trợ", "xử lý", "khen thưởng") is never among them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

#: Of whatever is counted.
_PLAIN = (
    "chi trả(?: trợ cấp)?|quản lý|theo dõi|thống kê|đã|đang|đều|ngoài ra|bên cạnh đó|nhìn chung|cùng với đó"
    "|cụ thể|số liệu|trong quá trình|qua đó|kết quả|tổng cộng|cộng|tất cả|toàn bộ|kiện toàn|bảo đảm|đảm bảo"
    "|thường xuyên|tín chấp(?: (?:với|qua) [^,;:]*?)?(?= cho\\b|$)"
)
#: Of what happened alone: "huy động 45 đoàn viên" are not all members there are.
_DEEDS = (
    "chỉ đạo|phối hợp|phối kết hợp|huy động|phát động|vận động|biên tập|biên soạn|in ấn|lắp đặt|lắp|thu gom"
    "|vận chuyển|giải tỏa|hướng dẫn|tham mưu|đăng tải|đăng phát|đăng|đưa|viết|phát sóng|phát thanh|ký kết"
    "|khai trương|ghi nhận|nạo vét|trồng|gieo trồng|thu hoạch|giải ngân|đón tiếp|tiếp đón|đào tạo|bố trí"
    "|sắp xếp|quán triệt|phân bổ|ra quân|chủ động|tích cực|đồng loạt|(?:với |có )sự tham gia của|tham gia"
    "|đón nhận|bàn giao|khởi công|hoàn thành|trao|cấp phát|treo dán|dán|thông qua|áp dụng|tuyển dụng"
    "|tuyển sinh|tuyển|(?:trích |huy động )?từ nguồn (?:quỹ|vốn|kinh phí|xã hội hóa)"
    "|hỗ trợ(?= (?:xây|sửa|làm|lắp)\\b)"
)
_SAID_OF_ALL = re.compile(rf"\b(?:{_PLAIN})\b", re.IGNORECASE)
_DONE = re.compile(rf"\b(?:{_DEEDS}|{_PLAIN})\b", re.IGNORECASE)
# On what day, by which plan: up to what was done.
_OCCASION = re.compile(
    r"\b(?:nhân (?:dịp|ngày|tháng|kỷ niệm)|hưởng ứng|chào mừng|thực hiện|căn cứ|theo|triển khai)\b[^,;:]*?"
    r"(?=,|\b(?:với|đã|ubnd|ủy ban|xã|trường|hội|đoàn|ban)\b)",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r"\bphối (?:kết )?hợp (?:với|cùng)\b[^,;:]*?(?=\b(?:đã|tổ chức|mở|ban hành|xây dựng|duy trì|triển khai"
    r"|thực hiện|trao|tặng|cấp|phát|treo|tuyên truyền|hỗ trợ|giúp|rà soát|tiến hành|kiểm tra|khám|vận động"
    r"|huy động|ra quân)\b|$)",
    re.IGNORECASE,
)
_FIELD = re.compile(r"^[^:\d]{2,60}:\s+(?=\S)")
_OF_ALL = re.compile(
    r"^\s*(?:tổng số \w+ \w+|toàn (?:xã|thị trấn|trường|đơn vị)|(?:hiện|đến) (?:có|nay|tại))\b", re.IGNORECASE
)


def without_doing(label: str, *, happened: bool) -> str:
    """What is said before a number without with whom it was done, on what day and by which plain verbs.

    `happened`: whether the indicator counts what happened; of what there is fewer verbs say nothing.
    """
    return (_DONE if happened else _SAID_OF_ALL).sub(" ", without_company(label))


def without_company(label: str) -> str:
    """What is said before a number without with whom it was done, and on what day."""
    return _OCCASION.sub(" ", _COMPANY.sub(" ", label))


def without_field(label: str, is_name: Callable[[str], bool], *, happened: bool, named: bool) -> str:
    """What is said before a number without the field its line begins with: "Hạ tầng: lắp đặt mới 06".

    Of what there is, a field may take a part ("Hỗ trợ nhà ở: có 12 hộ nghèo") unless all are spoken of;
    `is_name` tells whether a text is a name of the indicator, `happened` that it counts what happened,
    `named` that its name follows whole.
    """
    if named and label.rstrip().endswith(":"):
        return ""
    field = _FIELD.match(label)
    rest = label[field.end() :] if field else ""
    return rest if field and (happened or _OF_ALL.match(rest) or is_name(rest)) else label


def turned_round(left: str, right: str) -> tuple[str, ...]:
    """Verb and noun around a number as a name has them: "tiếp nhận 07 hồ sơ" says "hồ sơ tiếp nhận"."""
    verb = re.split(r"[,:\x00]", left.rstrip(" :="))[-1].split()[-_LONGEST_VERB:]
    noun = re.split(r"[,;.(\x00]", right.strip(), maxsplit=1)[0].split()[:_LONGEST_NOUN]
    if not (verb and noun):
        return ()
    return tuple(" ".join((*noun, *verb[from_:])) for from_ in range(len(verb)))


_LONGEST_VERB = 4  # words, "được" among them
_LONGEST_NOUN = 2
