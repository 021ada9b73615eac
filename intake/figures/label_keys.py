"""A label made ready for comparison: one spelling for each word, and the words that say what is counted."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from config.remembered import remembered
from config.reports import Sex
from config.spelling import accented_key, is_accented, plain_key, tidy, without_marks, word_set
from intake.figures.abbreviations import WRITTEN_OUT, written_out
from intake.figures.measures import split_measure

# Two spellings of one word. "tỷ"/"tỉ" and their like are made one by _LAST_Y.
_SPELLINGS = (
    ("pa nô", "pano"),
    ("panô", "pano"),
    ("băng zôn", "băng rôn"),
    ("trẻ em", "trẻ"),
    ("việc làm mới", "việc làm"),
    ("số tiền", "kinh phí"),
    ("trị giá", "giá trị"),
    ("bé trai", "trẻ trai"),
    ("bé gái", "trẻ gái"),
    ("cháu trai", "trẻ trai"),
    ("cháu gái", "trẻ gái"),
)
_ONE_WORD = tuple((variant, re.compile(rf"\b{variant}\b"), word) for variant, word in _SPELLINGS)
# The same where every mark is left out: "tre em" is "tre", as "trẻ em" is "trẻ".
_ONE_PLAIN_WORD = tuple(
    (plain_key(variant), re.compile(rf"\b{plain_key(variant)}\b"), plain_key(word))
    for variant, word in _SPELLINGS
)
_LAST_Y = re.compile(r"\b(h|k|l|m|s|t|v|qu)([yýỳỷỹỵ])\b")
_Y_TO_I = dict(zip("yýỳỷỹỵ", "iíìỉĩị", strict=True))

_SMALL = "a-zàáảãạăắằẳẵặâấầẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
GLUED_CAPITALS = re.compile(f"(?<=[{_SMALL}])(?=[A-ZĐ]{{2}})")  # "chốngBLGĐ"

_ENUMERATION = re.compile(
    r"^\s*(?:[-–—+*•·▪]+\s*|\(?\d{1,2}(?:\.\d{1,2}){0,3}\s*[.)]\s+|\d{1,2}(?:\.\d{1,2}){1,3}\.?\s+"
    r"|[IVX]{1,5}\s*[.)]\s+|[a-zđ]\s*[.)]\s+)+"
)
_FOOTNOTE = re.compile(r"[(\[]\s*(?:\*+|\d)\s*[)\]]|\*+")
EXPLAINED = re.compile(r"\s*[(\[][^()\[\]]*[,;:][^()\[\]]*[)\]]")
# What a form tells the clerk to write, which names nothing: "(ghi rõ số vụ)", "(nếu có)".
_INSTRUCTION = re.compile(
    r"\s*[(\[]\s*(?:ghi|chỉ ghi|nêu|liệt kê|kèm|đính kèm|(?:có )?danh sách|nếu (?:có|không)|xem|chi tiết"
    r"|cụ thể|theo (?:mẫu|biểu|phụ lục)|làm tròn|lưu ý|yêu cầu"
    r"|(?:số liệu )?(?:tính )?đến (?:ngày|hết|thời điểm|cuối)"
    r"|ghi ro|neu co|kem|danh sach|neu ro|liet ke)\b[^()\[\]]*[)\]]",
    re.IGNORECASE,
)
REMARK = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
OF_WHICH = re.compile(r"^(?:trong đó|gồm|bao gồm|chia ra)(?: có)? ")
_LEAD = re.compile(r"^(?:(?:tổng số|tổng|số lượng|số lượt|số|ts)\s)+")
_PLAIN_LEAD = re.compile(r"^(?:(?:tong so|tong|so luong|so luot|so|ts)\s)+")
_OWN_LEVEL = re.compile(
    r"\s(?:(?:ở |tại |của )?cấp (?:xã|phường|thị trấn)|trên địa bàn(?: xã| phường| thị trấn)?"
    r"|toàn (?:xã|phường|thị trấn))$"
)
# Also at the end of what is each commune's own: "Ban Chấp hành Đảng bộ xã".
_LEVEL = re.compile(
    r"(?:\s(?:ở |tại |của )?cấp|\strên địa bàn|\stoàn|(?<=đảng bộ)|(?<=nhân dân)|(?<=công chức)|(?<=đảng ủy)"
    r"|(?<=đại biểu)) (?:xã|phường|thị trấn)$"
)
_LEVELS = re.compile(r"\b(?:cấp|địa bàn|của|toàn|các|số) (?:xã(?! hội)|phường|thị trấn|huyện|tỉnh)\b")

# Words that carry no part of what is counted.
_STOP = word_set(
    "số tổng lượng của và về cho các những đã được bị có là ở tại với theo để sự thì mà ra hay"
    " hoặc việc công tác do"
)
_STOP_PHRASES = re.compile(
    r"\b(?:trong kì báo cáo|trong kì|trong năm|trong 6 tháng|đương nhiệm|tham gia|tham dự"
    r"|(?:ở|tại) (?:cộng đồng|địa phương|cơ sở|đơn vị)|trên địa bàn"
    r"|đối với|hiện có|hiện nay|(?:tính )?đến cuối kì|cuối (?:kì|quí|tháng))\b"
)
#: Dropping one of these turns a count into another count.
GUARDED = word_set("không chưa chẳng nữ nam gái trai ngoài trước sau cận thiểu nghèo tỉ lệ phần trăm")
NEGATIONS = frozenset({"không", "chưa", "chẳng"})
_PASSIVE = re.compile(r"\b(?:được|bị|do)\b")
_RATIO = re.compile(r"(?:^|\s)(?:tỉ lệ|tỉ số|tỉ suất|phần trăm|cơ cấu|ti le|ti so)(?:\s|$)|%")

# Said without marks these may be a word that counts: "co" is "cơ" of "cơ sở", "thi" a contest, "do" "độ".
_DOUBTFUL_BARE = word_set("co thi do de da la ma su o")


@dataclass(frozen=True, slots=True)
class LabelKey:
    """A label made ready for comparison."""

    text: str  #: the words, short forms written out, leading "Số" and the like kept
    short: str  #: without leading "Tổng số", "Số lượng", "Số"
    measure: str  #: the unit of measure its brackets held
    words: frozenset[str]  #: what is counted, without words that say nothing

    @property
    def numbers(self) -> frozenset[str]:
        """The words with digits, which no typing fault may change."""
        return _words_with_digits(self.text)


@dataclass(frozen=True, slots=True)
class Spelling:
    """The words and phrases that rule what is compared, as they are typed."""

    stop: frozenset[str]  #: words that carry no part of what is counted
    stop_phrases: re.Pattern[str]
    guarded: frozenset[str]
    passive: re.Pattern[str]
    lead: re.Pattern[str]
    own_level: re.Pattern[str]
    level: re.Pattern[str]
    levels: re.Pattern[str]

    def words(self, key: str) -> frozenset[str]:
        """The words of a folded text that say what is counted."""
        return frozenset(word for word in self.stop_phrases.sub(" ", key).split() if word not in self.stop)

    def key(self, text: str, measure: str = "") -> LabelKey:
        """A folded text ready for comparison."""
        return LabelKey(text, self.lead.sub("", text) or text, measure, self.words(text))


def _bare(pattern: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(without_marks(pattern.pattern))


MARKED = Spelling(_STOP, _STOP_PHRASES, GUARDED, _PASSIVE, _LEAD, _OWN_LEVEL, _LEVEL, _LEVELS)
BARE = Spelling(
    stop=frozenset(map(plain_key, _STOP)) - _DOUBTFUL_BARE,
    stop_phrases=_bare(_STOP_PHRASES),
    guarded=frozenset(map(plain_key, GUARDED)),
    passive=_bare(_PASSIVE),
    lead=_PLAIN_LEAD,
    own_level=_bare(_OWN_LEVEL),
    level=_bare(_LEVEL),
    levels=_bare(_LEVELS),
)

_FEMALE = frozenset({"nữ", "gái", "trẻ gái", "nữ giới", "phụ nữ", "nu", "gai"})
_MALE = frozenset({"nam", "trai", "trẻ trai", "nam giới"})
_SEX_NOISE = re.compile(
    r"\b(?:trong đó|trong do|số|số lượng|tổng số|người|lượt|lượt người|là|có|giới tính)\b"
)
SEX_ENDS = (
    (re.compile(r"^(?:số )?(?:phụ nữ|nữ)(?: là)? "), Sex.FEMALE),
    (re.compile(r"^(?:số )?nam(?: là)? "), Sex.MALE),
    (re.compile(r" (?:là nữ|là phụ nữ|nữ|gái|nữ giới)$"), Sex.FEMALE),
    (re.compile(r" (?:là nam|nam|trai|nam giới)$"), Sex.MALE),
    (re.compile(r"(?<=^trẻ) gái "), Sex.FEMALE),
    (re.compile(r"(?<=^trẻ) trai "), Sex.MALE),
    (re.compile(r"(?<=^số trẻ) gái "), Sex.FEMALE),
    (re.compile(r"(?<=^số trẻ) trai "), Sex.MALE),
)
NAMING_WOMEN = frozenset({"phụ", "nữ", "phu", "nu"})
WOMEN_ALONE = re.compile(r"^(?:(?:tổng|tong) )?(?:(?:số|so) )?(?:nữ|nu)\b|(?<!phụ )(?<!phu )\b(?:nữ|nu)$")
_SUM_ROWS = frozenset(
    {"cộng", "tổng cộng", "tổng số", "tổng", "cộng chung", "toàn huyện", "toàn xã", "chung"}
)


def _words_in(*patterns: re.Pattern[str]) -> frozenset[str]:
    """The words that the patterns are made of, without marks."""
    return frozenset(word for one in patterns for word in re.findall(r"[a-z]+", plain_key(one.pattern)))


#: Words that rules add, take away or write otherwise, without marks: of them nothing need be left.
RULED = (
    _words_in(_STOP_PHRASES, OF_WHICH, _LEAD, _OWN_LEVEL, _SEX_NOISE, *(end for end, _ in SEX_ENDS))
    | frozenset(word for words in (*_STOP, *_FEMALE, *_MALE) for word in plain_key(words).split())
    | frozenset(word for pair in _SPELLINGS for word in plain_key(" ".join(pair)).split())
    | frozenset(map(plain_key, WRITTEN_OUT))
)


@remembered(8192)
def label_key(label: str) -> LabelKey:
    """Make a label ready: enumeration, footnotes and the bracketed unit gone, short forms written out."""
    bare = _INSTRUCTION.sub("", _FOOTNOTE.sub(" ", _ENUMERATION.sub("", tidy(label))))
    bare, measure = split_measure(bare)
    text = OF_WHICH.sub("", folded(bare))
    return replace(MARKED.key(text, measure), short=without_lead(text))


@remembered(8192)
def sex_row(label: str) -> Sex | None:
    """The sex of a row that names nothing else: "Trong đó: nữ", "- Nam", "Bé gái"."""
    key = label_key(label).text
    rest = " ".join(_SEX_NOISE.sub(" ", key).split())
    if rest in _FEMALE:
        return Sex.FEMALE
    return Sex.MALE if rest in _MALE else None


@remembered(8192)
def is_sum_row(label: str) -> bool:
    """Whether the row only adds up the others: "Cộng", "Tổng cộng"."""
    return label_key(label).text in _SUM_ROWS


@remembered(8192)
def names_ratio(label: str) -> bool:
    """Whether the label speaks of a percentage or a rate and not of a count."""
    return "%" in label or bool(_RATIO.search(folded(label)))


@remembered(8192)
def folded(text: str) -> str:
    """The accented key with short forms written out and one spelling for each word."""
    parted = GLUED_CAPITALS.sub(" ", tidy(text).replace("%", " phần trăm "))
    key = " ".join(written_out(word) for word in accented_key(parted).split())
    key = _LAST_Y.sub(lambda match: match[1] + _Y_TO_I[match[2]], key)
    for variant, spelled, word in _ONE_WORD if is_accented(key) else _ONE_PLAIN_WORD:
        if variant in key:
            key = spelled.sub(word, key)
    return key


def without_lead(text: str) -> str:
    """The words without "Tổng số", "Số lượng" before them, also where they were typed without marks."""
    return (_LEAD if is_accented(text) else _PLAIN_LEAD).sub("", text) or text


@remembered(8192)
def _words_with_digits(text: str) -> frozenset[str]:
    return frozenset(word for word in text.split() if any(letter.isdigit() for letter in word))
