"""Units of measure: money converted exactly, counts compared by what they count."""

from __future__ import annotations

import re
from decimal import Decimal

from config.remembered import remembered
from config.spelling import accented_key, plain_key, tidy, without_marks
from intake.figures.numerals import shortest

# đồng in one of each, by the key without marks and blanks: "tr.đ" -> "trd", "1.000 đồng" -> "1000dong".
_DONG = {
    "dong": 0,
    "d": 0,
    "vnd": 0,
    "dongvietnam": 0,
    **dict.fromkeys(("nghindong", "ngandong", "nghin", "ngan", "nghind", "ngand", "ngd", "ngdong"), 3),
    **dict.fromkeys(("1000dong", "1000d", "1000vnd", "nghinvnd"), 3),
    **dict.fromkeys(("trieudong", "trieu", "trd", "trdong", "tr", "trieud", "1000000dong", "1000000d"), 6),
    **dict.fromkeys(("tydong", "ty", "tidong", "ti", "tyd", "tid", "1000000000dong", "1000000000d"), 9),
}

# Weights, lengths and areas: what is measured and the power of ten of its least unit.
_SCALED = {
    **dict.fromkeys(("kg", "kilogam", "ki lô gam"), ("weight", 0)),
    "yến": ("weight", 1),
    "tạ": ("weight", 2),
    "tấn": ("weight", 3),
    **dict.fromkeys(("m", "mét"), ("length", 0)),
    "km": ("length", 3),
    **dict.fromkeys(("m2", "mét vuông"), ("area", 0)),
    **dict.fromkeys(("ha", "héc ta"), ("area", 4)),
    "km2": ("area", 6),
}
# What one office calls "cuộc" another calls "buổi". "người" and "lượt người" are kept apart: a person
# who came three times is one of the first and three of the second.
_SAME = (
    ("cuộc", "buổi", "lần", "đợt", "hội nghị"),
    ("lượt người", "lượt"),
    ("người", "cán bộ", "đồng chí", "đ c", "trẻ", "trẻ em", "cháu", "em", "bé", "nạn nhân", "cá nhân"),
    ("chiếc", "cái", "tấm"),
    ("tờ", "tờ rơi", "tờ gấp", "bản"),
    ("vụ", "vụ việc", "trường hợp", "ca"),
    ("văn bản", "vb"),
    ("tin bài", "tin", "bài"),
    ("câu lạc bộ", "clb", "mô hình", "clb mô hình", "câu lạc bộ mô hình"),
    ("địa chỉ", "điểm", "nhà", "cơ sở"),
    ("lớp", "khóa", "lớp học"),
    ("hộ", "hộ gia đình"),
    ("tập thể",),
    ("cặp",),
    ("đại biểu", "ủy viên"),
    ("học sinh",),
    ("doanh nghiệp", "dn", "htx", "hợp tác xã", "dn htx", "doanh nghiệp hợp tác xã"),
    ("đơn vị",),
    ("thôn", "tổ", "xóm", "bản làng"),
    ("chuyên mục", "chuyên trang"),
    ("giờ",),
    ("kế hoạch",),
    ("có không",),
)
# Whoever is counted is a person: a form may ask for "hội viên" or "học sinh" and say "người" or "trẻ".
_PERSONS = (
    r"(?:người(?: lao động| dân| bệnh)?|cán bộ|đồng chí|đ c|trẻ(?: em)?|cháu|em|bé|nạn nhân|cá nhân|đại biểu"
    r"|ủy viên|học sinh|học viên|sinh viên|hội viên|đoàn viên|đội viên|đảng viên|thành viên|giáo viên"
    r"|đối tượng|lao động|phụ nữ|chị|công chức|viên chức|nhân khẩu|khẩu|bệnh nhân|thanh niên)"
)
_A_PERSON = re.compile(f"{_PERSONS}|{without_marks(_PERSONS)}")
_CLASS = {word: number for number, words in enumerate(_SAME) for word in words}
# Typed or recognised without marks, "to" may be "tờ" or "tổ": every kind it may be.
_CLASSES_WITHOUT_MARKS = {
    plain: frozenset(number for word, number in _CLASS.items() if plain_key(word) == plain)
    for plain in map(plain_key, _CLASS)
}
_BY_THE_THOUSAND = re.compile(r"(?:nghìn|ngàn|nghin|ngan|1[. ]?000) ?([^\d\s].*)")
_MEASURED = frozenset({"%", "giờ", "tuổi", "lít", "bé trai 100 bé gái", *_SCALED})
_SEVERAL = re.compile(r"\s*[,/;]\s*|\s+và\s+")
_BRACKETED = re.compile(
    r"[(\[]\s*(?:đvt|đơn vị tính|đơn vị)?\s*:?\s*([^()\[\]]{1,24}?)\s*[)\]]", re.IGNORECASE
)
_STATED = re.compile(
    r"(?:đvt|đơn\s+vị(?:\s+tính)?|don\s+vi\s+tinh)\s*[:=]\s*([^()\[\]:;]{1,24}?)\s*[)\].]?", re.IGNORECASE
)


def money_power(measure: str) -> int | None:
    """The power of ten of đồng a measure stands for ("triệu đồng": 6); None for what is no money."""
    compact = plain_key(measure).replace(" ", "")
    if compact == "d" and "đ" not in measure.lower():
        return None
    return _DONG.get(compact)


@remembered(4096)
def is_money(measure: str) -> bool:
    """Whether the measure is an amount of đồng."""
    return money_power(measure) is not None


@remembered(4096)
def is_scaled(measure: str) -> bool:
    """Whether the measure is a weight, a length or an area, which another of its kind can be made of."""
    return _scale(measure)[0] != ""


def _scale(measure: str) -> tuple[str, int]:
    key = accented_key(measure.replace("²", "2"))
    return _SCALED.get(key, ("", 0))


def _power(measure: str) -> int | None:
    """The power of ten of the least unit of its kind; None for what has none."""
    return _scale(measure)[1] if is_scaled(measure) else money_power(measure)


@remembered(4096)
def is_counted(measure: str) -> bool:
    """Whether figures of this measure are whole numbers: persons, cases, meetings, papers."""
    key = measure.strip() if measure.strip() == "%" else accented_key(measure)
    return not is_money(measure) and key not in _MEASURED and "100" not in key


@remembered(4096)
def in_thousands(measure: str) -> str | None:
    """What is counted by the thousand: "con" of "nghìn con", "1.000 con"; None where nothing is."""
    found = None if is_money(measure) else _BY_THE_THOUSAND.fullmatch(tidy(measure).lower())
    return found[1] if found else None


@remembered(4096)
def is_known(measure: str) -> bool:
    """Whether the words are a unit of measure at all, and not a remark in the place of one."""
    key = accented_key(measure)
    named = (
        is_money(measure) or measure.strip() == "%" or key in _MEASURED or in_thousands(measure) is not None
    )
    return named or bool(_classes(measure)) or _kind_of_person(measure) == "visits"


@remembered(4096)
def same_measure(stated: str, wanted: str) -> bool:
    """Whether two names count the same thing: "buổi" and "cuộc" do, "người" and "lượt người" do not."""
    if accented_key(stated) == accented_key(wanted) or plain_key(stated) == accented_key(stated) == plain_key(
        wanted
    ):
        return True
    if is_money(stated) or is_money(wanted):
        return is_money(stated) and is_money(wanted)
    if is_scaled(stated) or is_scaled(wanted):
        return _scale(stated)[0] == _scale(wanted)[0]
    return bool(_classes(stated) & _classes(wanted))


@remembered(4096)
def counts_alike(stated: str, wanted: str) -> bool:
    """Whether two names may count the same in a row whose label settles what is counted."""
    if same_measure(stated, wanted):
        return True
    kinds = {_kind_of_person(stated), _kind_of_person(wanted)}
    return len(kinds) == 1 and "" not in kinds


def _kind_of_person(measure: str) -> str:
    """Persons, or times that persons came; empty for anything else."""
    key = accented_key(measure)
    attended = key.startswith(("lượt", "luot"))
    rest = key[len("lượt") :].strip() if attended else key
    if attended and not rest:
        return "visits"
    return ("visits" if attended else "persons") if _A_PERSON.fullmatch(rest) else ""


def convert(value: Decimal, stated: str, wanted: str) -> Decimal | None:
    """The value in the wanted measure, exactly; None when the two measure different things."""
    if not same_measure(stated, wanted):
        return None
    power, wanted_power = _power(stated), _power(wanted)
    if power is None or wanted_power is None or power == wanted_power:
        return value
    return shortest(value.scaleb(power - wanted_power))


@remembered(4096)
def split_measure(label: str) -> tuple[str, str]:
    """A label and the unit of measure in its brackets: "Số buổi (cuộc)" gives "Số buổi", "cuộc"."""
    for match in _BRACKETED.finditer(label):
        if is_known(match[1]):
            return tidy(label[: match.start()] + " " + label[match.end() :]), tidy(match[1])
    return tidy(label), ""


def stated_measure(line: str) -> str:
    """The measure of a line above a table: "Đơn vị tính: triệu đồng"; empty when it states none."""
    if ":" not in line and "=" not in line:  # as in most lines
        return ""
    match = _STATED.search(f"{tidy(line)} ")
    for end in (match.end(1), len(line)) if match else ():
        found = tidy(tidy(line)[match.start(1) : end] if match else "").strip(" .)]")
        if is_known(found):
            return found
    return ""


def _classes(measure: str) -> frozenset[int]:
    """The kinds of thing a measure counts; "tin, bài" and "CLB/mô hình" name two words of one kind."""
    key = accented_key(measure)
    if key in _CLASS:
        return frozenset({_CLASS[key]})
    if key in _CLASSES_WITHOUT_MARKS:
        return _CLASSES_WITHOUT_MARKS[key]
    parts = [_CLASS.get(accented_key(part)) for part in _SEVERAL.split(measure)]
    return frozenset(part for part in parts if part is not None) if None not in parts else frozenset()
