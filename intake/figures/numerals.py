"""Numbers as Vietnamese offices write them, read by rule and never guessed.

The decimal mark is the comma, thousands are parted by points or blanks (TCVN 6398, Decree
30/2020/NĐ-CP writes "1.234,5"). Excel set to English does the opposite, so "1,234" has two readings
and is handed back as ambiguous. A blank cell is not a zero; the word "không" is one.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct

from config.spelling import accented_key, tidy

_LONGEST = 18  #: digits; beyond it a cell holds an account or telephone number, not a figure


class ReadNumber(Struct, frozen=True, gc=False):
    """What one cell or one piece of a sentence says. `value` is None whenever a person must look.

    Exactly one of these holds: a value, `blank`, a `fraction`, or a text nobody should turn into a
    number (all others empty; `candidates` then lists the readings that are possible).
    """

    value: Decimal | None = None
    qualifier: str = ""  #: trên, hơn, gần, khoảng, ước, dưới: kept with the number
    unit: str = ""  #: words after the number: "người" of "12 người"
    ambiguous: bool = False  #: two readings, both in `candidates`
    candidates: tuple[Decimal, ...] = ()
    blank: bool = False  #: nothing was reported; never a zero
    percent: bool = False
    fraction: tuple[Decimal, Decimal] | None = None  #: "8/13"

    @property
    def unreadable(self) -> bool:
        """Whether something stands there that is neither a number nor a blank."""
        return self.value is None and not self.blank


_BLANK = ReadNumber(blank=True)
_UNREADABLE = ReadNumber()
_ZERO = ReadNumber(value=Decimal(0))

# "x" and "/" cross a cell out (nothing to report there); dots are the empty line of a printed form.
_BLANK_MARK = re.compile(r"[\s.…_]*|[xX×]|/|\\", re.ASCII)
_DASH = re.compile(r"[-–—−‐‑]{1,3}")
_BLANK_WORDS = re.compile(
    r"(?:không|ko|chưa)(?: có)?(?: số liệu| thống kê| báo cáo| tổng hợp| áp dụng| theo dõi)+"
)
_ZERO_WORDS = re.compile(
    r"kps|không|ko|(?:không|ko)(?: có)?(?: nào)?(?: phát sinh| xảy ra| phát hiện| ghi nhận)?(?: {noun})?"
    r"|chưa(?: có)? (?:phát sinh|xảy ra|phát hiện|ghi nhận)(?: {noun})?".replace(
        "{noun}",
        r"(?:vụ việc|vụ|trường hợp|ca|cuộc|người|lượt người|cặp|văn bản|lớp|tin bài)(?: nào)?",
    )
)
_QUALIFIERS = {
    "trên": "trên",
    "hơn": "hơn",
    "gần": "gần",
    "khoảng": "khoảng",
    "ước": "ước",
    "ước đạt": "ước",
    "ước khoảng": "ước",
    "xấp xỉ": "khoảng",
    "ít nhất": "ít nhất",
    "dưới": "dưới",
    ">": "trên",
    "<": "dưới",
    "≥": "ít nhất",
    "~": "khoảng",
    "≈": "khoảng",
}
_PARTS = re.compile(
    r"(?P<qualifier>" + "|".join(sorted(map(re.escape, _QUALIFIERS), key=len, reverse=True)) + r")?\s*"
    r"(?P<sign>[-−+])?(?P<digits>[0-9](?:[0-9.,]|\s(?=[0-9]{3}(?![0-9])))*)"
    r"(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_FRACTION = re.compile(r"([0-9]{1,9})\s*/\s*([0-9]{1,9})(?:\s*\D*)?")
_UNIT = re.compile(r"\(?\s*([^\W\d_][^\d()\[\]:;=<>?!*]*?)\s*\)?[.;]?")
_POWER_UNIT = re.compile(r"\(\s*(1[. ]?000(?:[. ]?000)?\s*(?:đồng|đ))\s*\)", re.IGNORECASE)
_ENDING = re.compile(r"\s*[.;]?")

_WHOLE = re.compile(r"[0-9]+")
_POINTED = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+)?")
_BLANKED = re.compile(r"[1-9][0-9]{0,2}(?: [0-9]{3})+(?:,[0-9]+)?")
_COMMA_DECIMAL = re.compile(r"[0-9]+,[0-9]+")
_POINT_DECIMAL = re.compile(r"[0-9]+\.[0-9]{1,2}")
_ONE_COMMA_GROUP = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}")
_ENGLISH = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3}){2,}(?:\.[0-9]+)?|[1-9][0-9]{0,2},[0-9]{3}\.[0-9]{1,2}")
_PLAIN = re.compile(r"[0-9](?:[0-9.]*[0-9])?")
_STORED = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?")

_ONES = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")
_SPELLED = {word: Decimal(number) for number, word in enumerate(_ONES) if number} | {
    "bẩy": Decimal(7),
    **{f"mười {word}": Decimal(10 + n) for n, word in enumerate(_ONES) if n in (1, 2, 3, 4, 6, 7, 8, 9)},
    "mười lăm": Decimal(15),
    "mười nhăm": Decimal(15),
}
_SPELLED_FIRST = re.compile(
    "(" + "|".join(sorted(_SPELLED, key=len, reverse=True)) + r")(?:\s+([^\W\d_][^\d]*))?", re.IGNORECASE
)
_IN_WORDS = re.compile(r"\(\s*([^\W\d_][^()]*?)\s*\)")


@lru_cache(maxsize=1024)  # whether a cell is filled, and with what, is asked up to eight times
def read_number(text: str, *, cell_number: str = "", percent: bool = False) -> ReadNumber:
    """Read one figure as it stands in a cell or a sentence. Never raises.

    `cell_number` is the value a spreadsheet stores, as its decimal text; it is taken as stored.
    `percent` says that the cell's number format shows a percentage, so that 0.45 is 45.
    """
    if cell_number:
        return _stored(cell_number, percent=percent)
    if text.isdecimal() and text.isascii() and len(text) <= _LONGEST:  # as hardly anything else stands
        return ReadNumber(Decimal(text))
    shown = tidy(text)
    if _PLAIN.fullmatch(shown):  # so most figures stand there, and nothing else need be asked
        return _reading(values, "", "") if (values := _readings(shown)) else _UNREADABLE
    return _without_digits(shown) or _fraction(shown) or _with_digits(shown)


def number_text(value: Decimal) -> str:
    """A number as an office writes it: "1.234,5". The inverse of `read_number` for exact values."""
    whole, _, decimals = f"{value:f}".partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    grouped = f"{int(digits):,}".replace(",", ".")
    return f"{sign}{grouped},{decimals}" if decimals else f"{sign}{grouped}"


def plain_decimal(text: str) -> Decimal | None:
    """The value of digits with marks, by the Vietnamese rules; None when there is not exactly one."""
    values = _readings(text)
    return values[0] if len(values) == 1 else None


def _stored(number: str, *, percent: bool) -> ReadNumber:
    if not percent and number.isdecimal() and number.isascii() and len(number) <= _LONGEST:
        return ReadNumber(Decimal(number))
    if not _STORED.fullmatch(number.strip()):
        return _UNREADABLE
    value = Decimal(number.strip())
    if value and not -_LONGEST <= value.adjusted() < _LONGEST:
        return _UNREADABLE
    return ReadNumber(value=shortest(value * 100 if percent else value), percent=percent)


def _without_digits(shown: str) -> ReadNumber | None:
    if _BLANK_MARK.fullmatch(shown):
        return _BLANK
    if _DASH.fullmatch(shown):
        return _ZERO
    if any(letter.isdigit() for letter in shown):
        return None
    words = accented_key(shown)
    if _BLANK_WORDS.fullmatch(words):
        return _BLANK
    if _ZERO_WORDS.fullmatch(words) or _is_plain_zero(words):
        return _ZERO
    return _spelled(shown)


def _is_plain_zero(words: str) -> bool:
    return words in {"khong", "khong co", "khong phat sinh"}


def _spelled(shown: str) -> ReadNumber:
    match = _SPELLED_FIRST.fullmatch(shown)
    if match is None:
        return _UNREADABLE
    return ReadNumber(value=_SPELLED[tidy(match[1]).lower()], unit=_unit_of(match[2] or "") or "")


def _fraction(shown: str) -> ReadNumber | None:
    match = _FRACTION.fullmatch(shown)
    if match is None:
        return None
    return ReadNumber(fraction=(Decimal(match[1]), Decimal(match[2])))


def _with_digits(shown: str) -> ReadNumber:
    match = _PARTS.fullmatch(shown)
    if match is None:
        return _UNREADABLE
    digits, rest = _split_ending(match["digits"], match["rest"])
    values = _readings(digits)
    unit = _unit_of(_without_words_of(rest, values))
    if not values or unit is None or not _parted(rest):
        return _UNREADABLE
    if match["sign"] in ("-", "−"):
        values = tuple(-value for value in values)
    return _reading(values, unit, _QUALIFIERS.get((match["qualifier"] or "").lower(), ""))


def _split_ending(digits: str, rest: str) -> tuple[str, str]:
    """A full stop that ends the cell is no mark of the number."""
    if digits.endswith(".") and not rest.strip():
        return digits[:-1], rest
    return digits, rest


def _reading(values: tuple[Decimal, ...], unit: str, qualifier: str) -> ReadNumber:
    percent = unit in ("%", "phần trăm")
    if len(values) > 1:
        return ReadNumber(
            candidates=values,
            ambiguous=True,
            qualifier=qualifier,
            percent=percent,
            unit="" if percent else unit,
        )
    return ReadNumber(value=values[0], qualifier=qualifier, unit="" if percent else unit, percent=percent)


#: How digits and marks can be written, each with its marks of thousands and of decimals. The first
#: form that fits decides; it has more than one reading only where the marks do.
_FORMS: tuple[tuple[re.Pattern[str], tuple[tuple[str, str], ...]], ...] = (
    (_WHOLE, (("", "."),)),
    (_POINTED, ((".", ","),)),
    (_BLANKED, ((" ", ","),)),
    (_ONE_COMMA_GROUP, (("", ","), (",", "."))),
    (_COMMA_DECIMAL, (("", ","),)),
    (_POINT_DECIMAL, (("", "."),)),
    (_ENGLISH, ((",", "."),)),
)


def _readings(digits: str) -> tuple[Decimal, ...]:
    """All values the digits can stand for: none, one, or two for "1,234"."""
    if len(digits) > _LONGEST and sum(letter.isdigit() for letter in digits) > _LONGEST:
        return ()
    for form, marks in _FORMS:
        if form.fullmatch(digits):
            return tuple(_decimal(digits, thousands=thousands, mark=mark) for thousands, mark in marks)
    return ()


def _decimal(digits: str, *, thousands: str, mark: str) -> Decimal:
    kept = digits.replace(thousands, "") if thousands else digits
    return Decimal(kept.replace(mark, "."))


def _without_words_of(rest: str, values: tuple[Decimal, ...]) -> str:
    """Officials repeat a number in words: "05 (năm) người". Agreeing words say nothing new."""
    match = _IN_WORDS.search(rest)
    if match is None or len(values) != 1 or _SPELLED.get(tidy(match[1]).lower()) != values[0]:
        return rest
    return f"{rest[: match.start()]} {rest[match.end() :]}"


def _unit_of(rest: str) -> str | None:
    """The words after a number; "" for none, None when they are no unit but something unexplained."""
    shown = tidy(rest)
    if _ENDING.fullmatch(shown):
        return ""
    if shown in ("%", "(%)"):
        return "%"
    power = _POWER_UNIT.fullmatch(shown)
    match = power or _UNIT.fullmatch(shown)
    return tidy(match[1]) if match else None


def _parted(rest: str) -> bool:
    """Whether words and not single letters follow the digits, so that "12o" and "12 O" are typing faults.

    Two letters and more may be glued ("12người", "15tr"): the unit is then compared with the row's.
    """
    first = re.match(r"\W*([^\W\d_]+)", rest)
    return first is None or len(first[1]) > 1 or first[1].lower() == "đ"


def shortest(value: Decimal) -> Decimal:
    """The number without zeros that say nothing, and without an exponent."""
    normal = value.normalize()
    return normal.quantize(Decimal(1)) if normal == normal.to_integral_value() else normal
