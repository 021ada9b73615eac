"""Sentences made simple before their numbers are looked at: digits for words, no reasons, no plans. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

from config.reports import Sex
from config.spelling import has_digit
from intake.figures.sentence_numbers import mask
from intake.figures.sentence_words import COUNTED_IN

# One word with a comma in it, and no list.
_ONE_WORD = re.compile(r"\b(phòng|cán bộ|công chức)\s*,\s*(?=chống\b|công chức\b|viên chức\b)", re.IGNORECASE)
_ALL_OF_THEM = re.compile(r"\s*\(\s*((?:tất cả )?đều là [^()\d]{2,12})\)", re.IGNORECASE)
_THE_ONE = re.compile(
    r"(?<=\s)(0?1\s[^\d(),;.]{2,60}?)\s*[(,]\s*(?:là\s+)?(nữ|nam)(?: giới)?\s*(?:\)|(?=[,;.]|$))",
    re.IGNORECASE,
)
_ONES = {
    word: number
    for number, words in enumerate(
        ("một mốt", "hai", "ba", "bốn tư", "năm lăm nhăm", "sáu", "bảy bẩy", "tám", "chín"), start=1
    )
    for word in words.split()
}
_ONE = "một|hai|ba|bốn|năm|sáu|bảy|bẩy|tám|chín"
_LAST = f"{_ONE}|mốt|tư|lăm|nhăm"
# "năm" is a year as well, "một" an article: only behind these words, and before what is counted, they count.
_IN_WORDS = re.compile(
    r"(?P<before>\b(?:tổ chức|ban hành|có|được|duy trì|xảy ra|phát hiện|phát sinh|mở|thành lập|xây dựng|còn"
    r"|là|treo|phát|cấp|tiếp nhận|xử lý|kiểm tra)(?: được| thêm| mới)?:?\s+)"
    rf"(?P<number>(?:{_ONE}) mươi(?: (?:{_LAST}))?|mười(?: (?:{_LAST}))?|(?:{_ONE}))"
    rf"(?=\s+(?:{'|'.join(COUNTED_IN)})\b)",
    re.IGNORECASE,
)
#: A number word between two others, each told of a tidy line far sooner than all by a pattern.
_NUMBER_WORDS = tuple(f" {word} " for word in (*_ONE.split("|"), "mười"))
# At the head of a sentence a number word counts where what follows is counted: "Bốn trường hợp được ...".
_FIRST_IN_WORDS = re.compile(
    rf"(?P<before>[.;:] \W*)(?i:(?P<number>(?:{_ONE}) mươi(?: (?:{_LAST}))?|mười(?: (?:{_LAST}))?"
    r"|(?:hai|ba|bốn|sáu|bảy|bẩy|tám|chín))"
    rf"(?=\s+(?:{'|'.join(COUNTED_IN)})\b))"
)
# What a unit of measure, written short behind a number, means there; elsewhere it may mean more.
_COUNTED_SHORT = {
    "PN": "phụ nữ",
    "TE": "trẻ em",
    "SV": "sinh viên",
    "TH": "trường hợp",
    "CB": "cán bộ",
    "DN": "doanh nghiệp",
}
_SCHOOLS = (
    r"\s*(?:[,;+&-]|và)?\s*(?:\d+\s*)?(?:MN|THCS|THPT|PTDTBT)\b"  # "02 TH, 01 THCS" are primary schools
)
_SHORT_MEASURE = re.compile(
    rf"(?<=\d )({'|'.join(_COUNTED_SHORT)})\b(?!\s+(?:UBND|HĐND|[Hh]uyện|[Xx]ã)|{_SCHOOLS})"
)
#: "LĐ" may be leaders as well ("03 LĐ phòng"): they are workers where work is spoken of right beside one.
_WORKERS = re.compile(
    r"(?<=\d )LĐ\b(?=\s*(?:[,;.:()]|$|(?:đi|nữ|nam|có|nông thôn|địa phương|trong|ở|tại|là)\b))"
)
_OF_WORK = re.compile(
    r"\b(?:việc làm|nghề|tuyển dụng|tuyển|đưa|xuất khẩu)(?: mới)?(?: cho)?(?: được)? \d[\d.]* LĐ\b",
    re.IGNORECASE,
)
# "65/120 triệu đồng được giao": sixty-five were spent of the plan.
_OF_WHAT_WAS_GIVEN = re.compile(
    r"(?P<done>\d+(?:[.,]\d+)*)\s*/\s*\d+(?:[.,]\d+)*(?P<what>\s*[^\d,;.()%:]{1,30}?)\s*"
    r"\b(?:(?:được )?giao|(?:theo )?(?:kế hoạch|chỉ tiêu|dự toán)(?: (?:được )?giao)?)\b"
    r"(?:\s+(?:trong )?năm)?(?=\s*(?:[,;.()]|$))",
    re.IGNORECASE,
)
# "07/15 cuộc, đạt 46,7% kế hoạch": seven were held of fifteen planned.
_OF_PLAN = re.compile(
    r"(?P<done>\d+)\s*/\s*(?P<planned>\d+)(?P<what>[^\d,;.()%]*),?\s*(?:đạt|bằng|=)\s*(?P<share>\d+(?:,\d+)?)\s*%"
    r"(?P<of>\s*(?:so với\s*)?(?:kế hoạch|chỉ tiêu|kh\b|mục tiêu))?",
    re.IGNORECASE,
)
_ROUNDED = (
    Decimal("0.5"),
    Decimal("0.1"),
)  # percentage points that a share of no, or some, decimals may be off
_REASON = re.compile(r"(?:(?<=^)|(?<=,))\s*(?:mặc dù|tuy|dù)\b[^,;()]*(?=,)", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
# "02 nạn nhân, đều là nữ": the total, all of one sex and none of the other.
ALL_OF_A_SEX = re.compile(
    r"\b(?:đều|toàn bộ|tất cả|cả \d+(?: \w+)?)(?: đều)? là "
    r"(?:phụ nữ|nữ(?: giới)?|nam(?: giới)?|(?:bé |trẻ )?(?:gái|trai))\b",
    re.IGNORECASE,
)


def one_word(text: str) -> str:
    """The text without the commas inside words, and without brackets around "đều là nữ"."""
    return _THE_ONE.sub(r"\1, đều là \2", _ALL_OF_THEM.sub(r" \1", _ONE_WORD.sub(r"\1 ", text)))


def in_digits(text: str, lowered: str) -> str:
    """The text with numbers up to 99 in digits where a verb of reporting counts with them: "mở hai lớp".

    `lowered` is the text in small letters.
    """
    if has_digit(text):
        text = _SHORT_MEASURE.sub(lambda match: _COUNTED_SHORT[match[1]], text)
        text = _WORKERS.sub("lao động", text) if _OF_WORK.search(text) else text
    # As if a sentence had ended before it: so the search need only look for the ends of sentences.
    text = _FIRST_IN_WORDS.sub(_in_figures, f". {text}")[2:]
    for word in _NUMBER_WORDS:
        if word in lowered:
            return _IN_WORDS.sub(_in_figures, text)
    return text


def _in_figures(match: re.Match[str]) -> str:
    return f"{match['before']}{_spelled(match['number'])}"


def _spelled(words: str) -> int:
    """The number that Vietnamese number words say: "hai mươi lăm" is 25."""
    told = words.lower().split()
    if told[0] == "mười":
        return 10 + (_ONES[told[1]] if len(told) > 1 else 0)
    tens = 10 * _ONES[told[0]] if len(told) > 1 else 0
    return tens + (_ONES[told[-1]] if told[-1] != "mươi" else 0) if tens else _ONES[told[0]]


def result_of_plan(clause: str) -> str:
    """The clause with the plan taken from behind a result whose share of the plan is told and right."""
    clause = _OF_PLAN.sub(_done, clause) if "%" in clause else clause
    return _OF_WHAT_WAS_GIVEN.sub(r"\g<done>\g<what>", clause) if "/" in clause else clause


def _done(match: re.Match[str]) -> str:
    done, planned = Decimal(match["done"]), Decimal(match["planned"])
    share = Decimal(match["share"].replace(",", "."))
    if match["of"] is None and done <= planned:
        return match[0]  # a part of a whole; only of a plan can more be done than there is
    if not planned or abs(100 * done / planned - share) > _ROUNDED["," in match["share"]]:
        return match[0]
    return match["done"] + match[0][match.end("planned") - match.start() :]


def without_reasons(clause: str) -> str:
    """The clause, as long as before, without reasons that count nothing: "mặc dù dịch nặng trong quý I"."""
    return _REASON.sub(lambda said: said[0] if _DIGIT.search(mask(said[0])) else " " * len(said[0]), clause)


def all_of_a_sex(sex: Sex | None, value: Decimal) -> dict[Sex, Decimal]:
    """The figures of a total that is all of one sex."""
    other = {Sex.FEMALE: Sex.MALE, Sex.MALE: Sex.FEMALE}
    if sex is None or sex is Sex.TOTAL:
        return {Sex.TOTAL: value}
    return {Sex.TOTAL: value, sex: value, other[sex]: Decimal(0)}
