"""Figures in cells that say more than a number: "340/372 hộ, đạt 91,4%", "Tổ chức được 05 buổi, …". Pure.

Only where every word is accounted for: what leads to the number is a verb that reports of any work use, what
follows it is the indicator's own unit of measure and words of its own name, and what stands behind that is a
percentage or a number of something else. All other text is left to a person.
"""

from __future__ import annotations

import re
from decimal import Decimal

from config.reports import Indicator, Sex
from config.spelling import accented_key, tidy
from intake.figures.measures import is_known, same_measure
from intake.figures.numerals import ReadNumber, plain_decimal, read_number
from intake.figures.sentence_words import phrases

_LEAD = (
    r"(?:(?:đã|được|có|hiện|tổ chức|phối hợp|triển khai|thực hiện|mở|thành lập|xây dựng|duy trì|ban hành"
    r"|phát|treo|cấp|đạt|là|tổng|số)\s+)*"
)
_AMOUNT = r"(?P<amount>(?:(?:trên|hơn|gần|khoảng|ước)\s+)?\d[\d.,]*)"
_PERCENT = r"[,;]?\s*\(?\s*(?:đạt|chiếm|bằng)?\s*(?:tỷ lệ|tỉ lệ)?\s*(?P<percent>\d[\d.,]*)\s*%\s*\)?"
_MORE = (
    r"[,;]\s*(?:thu hút|với|có|cho)\s+(?:sự tham gia của\s+)?(?:(?:trên|hơn|gần|khoảng)\s+)?\d[\d.]*\s+"
    r"(?P<other>[^\d,;:()]+)"
)
_TOLD = re.compile(
    rf"{_LEAD}{_AMOUNT}(?:\s*/\s*(?P<whole>\d[\d.]*))?"
    rf"\s*(?P<words>[^\W\d_][^\d,;:()%/]*?)\s*(?:{_PERCENT}|{_MORE})?[.;]?",
    re.IGNORECASE,
)
#: What a part is told of: "6/7 thôn". Of persons a fraction may as well be the women, of cases the settled.
_PARTED = frozenset(
    phrases(
        "hộ|hộ gia đình|thôn|bản|xóm|ấp|buôn|tổ|tổ dân phố|khu phố|khu dân cư|xã|phường|thị trấn|đơn vị|cơ sở"
        "|trường|doanh nghiệp|hợp tác xã|chi hội|chi bộ"
    )
)
_REMARK = re.compile(
    r"(?P<told>\d[\d.,]*(?:\s+[^\W\d_][^\d,;:()%/]*?)?)\s*(?P<remark>\([^\d()]*\)|:\s*[^\d:]*)\.?"
)
_OTHERWISE = re.compile(
    r"\b(?:kế hoạch|kh|dự kiến|ước|lũy kế|luỹ kế|cùng kỳ|(?:năm|kỳ|quý|tháng) (?:trước|ngoái)|chưa"
    r"|không|nữ|nam|gái|trai|trừ|tổng|cũ|còn|đạt|chỉ tiêu|mục tiêu|trong đó|trên|tăng|giảm)\b"
)
_LONGEST = 200  # letters; a longer cell is a paragraph
_HUNDRED = Decimal(100)


def told_number(text: str, indicator: Indicator) -> ReadNumber | None:
    """The figure of the indicator that the words of a cell tell; None where any word is left over.

    A fraction is its upper number, told only of places, households and offices that are not split by sex.
    """
    whole = tidy(text)
    shown = _without_remark(whole) if len(whole) <= _LONGEST else whole
    found = _TOLD.fullmatch(shown) if len(shown) <= _LONGEST else None
    if found is None:
        return read_number(shown) if shown != whole else None
    measure = _measure_of(found["words"], indicator)
    number = read_number(found["amount"])
    if not measure or number.value is None or number.percent:
        return None
    if found["other"] and not _is_another_thing(found["other"], indicator.unit_of_measure):
        return None
    if found["whole"] and not _is_part(number.value, found["whole"], found["percent"], measure, indicator):
        return None
    return ReadNumber(value=number.value, qualifier=number.qualifier, unit=measure)


def _without_remark(shown: str) -> str:
    """The cell without names behind its number: "01 (chị Mơ)", "02 mô hình: nuôi gà, trồng nấm".

    A remark with a number, or with words that make the number another one, stays.
    """
    found = _REMARK.fullmatch(shown)
    if found is None or _OTHERWISE.search(remark := accented_key(found["remark"])):
        return shown
    first, _, rest = remark.partition(" ")
    if is_known(first) or is_known(f"{first} {rest.partition(' ')[0]}"):
        return shown  # "02 (cặp vợ chồng)" says what was counted
    return found["told"]


def _measure_of(words: str, indicator: Indicator) -> str:
    """The unit of measure the words begin with, when the indicator's own name has all the others; else ""."""
    told = accented_key(words).split()
    names = {word for name in (indicator.label, *indicator.synonyms) for word in accented_key(name).split()}
    for length in range(len(told), 0, -1):
        measure = " ".join(told[:length])
        if same_measure(measure, indicator.unit_of_measure) and names.issuperset(told[length:]):
            return measure
    return ""


def _is_another_thing(words: str, wanted: str) -> bool:
    """Whether a second number counts something known that the indicator does not."""
    told = accented_key(words).split()
    measures = [" ".join(told[:length]) for length in range(1, len(told) + 1)]
    return any(map(is_known, measures)) and not any(same_measure(measure, wanted) for measure in measures)


def _is_part(part: Decimal, whole: str, percent: str | None, measure: str, indicator: Indicator) -> bool:
    """Whether "340/372 hộ, đạt 91,4%" tells a part of a whole, the percentage in keeping with both."""
    total = plain_decimal(whole)
    if measure not in _PARTED or indicator.sexes != (Sex.TOTAL,) or not total or part > total:
        return False
    if percent is None:
        return True
    share = plain_decimal(percent)
    return share is not None and abs(part * _HUNDRED / total - share) <= _step(share)


def _step(share: Decimal) -> Decimal:
    """One unit of the last place a percentage is given to."""
    return Decimal(1).scaleb(int(share.as_tuple().exponent))
