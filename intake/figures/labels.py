"""Which indicator a row's label means: by words and rule, never by position, never by a guess.

A label is compared in rising looseness: the same words, the same words in another order, the same
words with a typing fault, the same words cut short. At each step exactly one indicator of the report
must fit; two that fit are ambiguous, and none leaves the row unread. A missing figure can be asked
for, a figure under the wrong indicator cannot be found again.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from config.remembered import remembered
from config.reports import Aggregation, Indicator, Sex
from config.spelling import accented_key, is_accented, plain_key, tidy, without_marks, word_set
from intake.figures.measures import same_measure, split_measure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

# Short forms of the field, each with its one meaning. TT, TTr, LĐ, CT, TH and QĐ have several and are
# never written out.
_ABBREVIATIONS = {
    "bđg": "bình đẳng giới",
    "blgđ": "bạo lực gia đình",
    "pcblgđ": "phòng chống bạo lực gia đình",
    "bltcsg": "bạo lực trên cơ sở giới",
    "blg": "bạo lực giới",
    "pcblg": "phòng chống bạo lực giới",
    "vstbpn": "vì sự tiến bộ của phụ nữ",
    "vstb": "vì sự tiến bộ của",
    "hđnd": "hội đồng nhân dân",
    "đbhđnd": "đại biểu hội đồng nhân dân",
    "ubnd": "ủy ban nhân dân",
    "mttq": "mặt trận tổ quốc",
    "lhpn": "liên hiệp phụ nữ",
    "hlhpn": "hội liên hiệp phụ nữ",
    "btv": "ban thường vụ",
    "bch": "ban chấp hành",
    "bchđb": "ban chấp hành đảng bộ",
    "uvbtv": "ủy viên ban thường vụ",
    "uvbch": "ủy viên ban chấp hành",
    "cbcc": "cán bộ công chức",
    "cbccvc": "cán bộ công chức viên chức",
    "ccvc": "công chức viên chức",
    "clb": "câu lạc bộ",
    "gqvl": "giải quyết việc làm",
    "xklđ": "xuất khẩu lao động",
    "dtts": "dân tộc thiểu số",
    "nhcsxh": "ngân hàng chính sách xã hội",
    "csxh": "chính sách xã hội",
    "hs": "học sinh",
    "gv": "giáo viên",
    "bhyt": "bảo hiểm y tế",
    "bhxh": "bảo hiểm xã hội",
    "bhtn": "bảo hiểm thất nghiệp",
    "tnlđ": "tai nạn lao động",
    "atlđ": "an toàn lao động",
    "atvslđ": "an toàn vệ sinh lao động",
    "btxh": "bảo trợ xã hội",
    "gdnn": "giáo dục nghề nghiệp",
    "hcđb": "hoàn cảnh đặc biệt",
    "đbkk": "đặc biệt khó khăn",
    "ntm": "nông thôn mới",
    "tdp": "tổ dân phố",
    "nsnn": "ngân sách nhà nước",
    "xhh": "xã hội hóa",
    "htx": "hợp tác xã",
    "thcs": "trung học cơ sở",
    "đctc": "địa chỉ tin cậy",
    "pn": "phụ nữ",
    "vb": "văn bản",
}
_WRITTEN_OUT = {plain_key(short): meaning for short, meaning in _ABBREVIATIONS.items()} | _ABBREVIATIONS

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

_VOWEL = re.compile("[aeiouyăâêôơư]")
_SMALL = "a-zàáảãạăắằẳẵặâấầẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
_GLUED_CAPITALS = re.compile(f"(?<=[{_SMALL}])(?=[A-ZĐ]{{2}})")  # "chốngBLGĐ"

_ENUMERATION = re.compile(
    r"^\s*(?:[-–—+*•·▪]+\s*|\(?\d{1,2}(?:\.\d{1,2}){0,3}\s*[.)]\s+|\d{1,2}(?:\.\d{1,2}){1,3}\.?\s+"
    r"|[IVX]{1,5}\s*[.)]\s+|[a-zđ]\s*[.)]\s+)+"
)
_FOOTNOTE = re.compile(r"[(\[]\s*(?:\*+|\d)\s*[)\]]|\*+")
_EXPLAINED = re.compile(r"\s*[(\[][^()\[\]]*[,;:][^()\[\]]*[)\]]")
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
_NEGATIONS = frozenset({"không", "chưa", "chẳng"})
_PASSIVE = re.compile(r"\b(?:được|bị|do)\b")
_RATIO = re.compile(r"(?:^|\s)(?:tỉ lệ|tỉ số|tỉ suất|phần trăm|cơ cấu|ti le|ti so)(?:\s|$)|%")

# Said without marks these may be a word that counts: "co" is "cơ" of "cơ sở", "thi" a contest, "do" "độ".
_DOUBTFUL_BARE = word_set("co thi do de da la ma su o")


@dataclass(frozen=True, slots=True)
class Spelling:
    """The words and phrases that rule what is compared, as they are typed."""

    stop: frozenset[str]  #: words that carry no part of what is counted
    stop_phrases: re.Pattern[str]
    guarded: frozenset[str]
    negations: frozenset[str]
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


_MARKED = Spelling(_STOP, _STOP_PHRASES, GUARDED, _NEGATIONS, _PASSIVE, _LEAD, _OWN_LEVEL, _LEVEL, _LEVELS)
_BARE = Spelling(
    stop=frozenset(map(plain_key, _STOP)) - _DOUBTFUL_BARE,
    stop_phrases=_bare(_STOP_PHRASES),
    guarded=frozenset(map(plain_key, GUARDED)),
    negations=frozenset(map(plain_key, _NEGATIONS)),
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
_SEX_ENDS = (
    (re.compile(r"^(?:số )?(?:phụ nữ|nữ)(?: là)? "), Sex.FEMALE),
    (re.compile(r"^(?:số )?nam(?: là)? "), Sex.MALE),
    (re.compile(r" (?:là nữ|là phụ nữ|nữ|gái|nữ giới)$"), Sex.FEMALE),
    (re.compile(r" (?:là nam|nam|trai|nam giới)$"), Sex.MALE),
    (re.compile(r"(?<=^trẻ) gái "), Sex.FEMALE),
    (re.compile(r"(?<=^trẻ) trai "), Sex.MALE),
    (re.compile(r"(?<=^số trẻ) gái "), Sex.FEMALE),
    (re.compile(r"(?<=^số trẻ) trai "), Sex.MALE),
)


_NAMING_WOMEN = frozenset({"phụ", "nữ", "phu", "nu"})
_WOMEN_ALONE = re.compile(r"^(?:(?:tổng|tong) )?(?:(?:số|so) )?(?:nữ|nu)\b|(?<!phụ )(?<!phu )\b(?:nữ|nu)$")


def _words_in(*patterns: re.Pattern[str]) -> frozenset[str]:
    """The words that the patterns are made of, without marks."""
    return frozenset(word for one in patterns for word in re.findall(r"[a-z]+", plain_key(one.pattern)))


#: Words that rules add, take away or write otherwise, without marks: of them nothing need be left.
_RULED = (
    _words_in(_STOP_PHRASES, OF_WHICH, _LEAD, _OWN_LEVEL, _SEX_NOISE, *(end for end, _ in _SEX_ENDS))
    | frozenset(word for words in (*_STOP, *_FEMALE, *_MALE) for word in plain_key(words).split())
    | frozenset(word for pair in _SPELLINGS for word in plain_key(" ".join(pair)).split())
    | frozenset(map(plain_key, _WRITTEN_OUT))
)
_Y_OR_I = {"y": "i", "i": "y"}
_VOWELS = frozenset("aeiouy")
_ROMAN_LETTERS = frozenset("ivx")
_SUM_ROWS = frozenset(
    {"cộng", "tổng cộng", "tổng số", "tổng", "cộng chung", "toàn huyện", "toàn xã", "chung"}
)


_MOST_REMEMBERED = 4_096  # labels of which an index remembers what they mean
_SYLLABLES = 2  # of one Vietnamese word: "lao động"
_FEWEST = 2  # words a shortened name must have left
_SHORTEST_MISTYPED = 3  # letters; a shorter word with another letter is another word
_SHORTEST_SWAPPED = 4
_MOST = 0.75  # share of what happened to the counted that a shortened name must have left
_MANY = 0.6  # share of all words that make a shortened name worth proposing


class Strength(StrEnum):
    """How closely a label fits, best first."""

    NONE = "none"
    EXACT = "exact"
    SYNONYM = "synonym"
    REORDERED = "reordered"
    TYPO = "typo"
    SHORTENED = "shortened"
    TAUGHT = "taught"  #: these very words were confirmed by an officer
    PLACED = "placed"  #: reworded, and settled by its place among the rows of a whole form
    UNCERTAIN = "uncertain"  #: cut short in a way that may change what is counted: a proposal to a person


@dataclass(frozen=True, slots=True)
class LabelMatch:
    """The indicator a label means. `indicator` is empty when nothing, or more than one, fits."""

    indicator: str = ""
    sex: Sex | None = None  #: a sex named by the label itself: "Nữ đại biểu HĐND"
    strength: Strength = Strength.NONE
    ambiguous: tuple[str, ...] = ()  #: codes that fit equally well

    def __bool__(self) -> bool:
        return bool(self.indicator)


_NO_MATCH = LabelMatch()


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
class _Form:
    """One name of one indicator: its label or a synonym."""

    code: str
    strength: Strength
    key: LabelKey
    measure: str
    measure_words: frozenset[str]
    topics: frozenset[str]  #: words of the report's subject, which every row of it implies
    items: tuple[frozenset[str], ...]  #: the items of a list: "tờ rơi", "tờ gấp", "tài liệu cấp phát"
    predicate: frozenset[str]  #: what happened to the counted: "được hỗ trợ, tư vấn"
    compact: tuple[str, str]  #: the text, and the text without its lead, without blanks
    most_faults: tuple[int, int]  #: of typing in each of the two

    def implied(self, measure: str) -> frozenset[str]:
        """The words a row may leave out: the subject, and what its unit of measure says already."""
        said = self.measure_words if measure and same_measure(measure, self.measure) else frozenset()
        return self.topics | said


class _Names:
    """Some names of a report, found by what they say and in their order."""

    def __init__(self, forms: list[_Form]) -> None:
        self.forms = forms
        self.by_text: dict[str, list[_Form]] = {}
        self.by_short: dict[str, list[_Form]] = {}
        self._without_marks: dict[str, list[int]] = {}
        self._longest = max((max(_lengths(form.key)) for form in forms), default=0)
        self._compact = frozenset(compact for form in forms for compact in form.compact)
        for number, form in enumerate(forms):
            self.by_text.setdefault(form.key.text, []).append(form)
            self.by_short.setdefault(form.key.short, []).append(form)
            for bare in {plain_key(form.key.text), plain_key(form.key.short)}:
                self._without_marks.setdefault(bare, []).append(number)

    def near(self, typed: _Typed) -> Iterable[_Form]:
        """The names that a label may be a mistyping of; of a sentence longer than all of them none."""
        if min(typed.lengths) > self._longest and self._compact.isdisjoint(typed.compact):
            return ()
        return filter(typed.may_be, self.forms)

    def like(self, key: LabelKey) -> list[_Form]:
        """The names that a label may be once all marks are gone."""
        bare = {plain_key(key.text), plain_key(key.short)}
        return [self.forms[n] for n in sorted({n for one in bare for n in self._without_marks.get(one, ())})]


class _Strangers:
    """Tells soon that a text names nothing: most cells of a sheet hold sentences, and one word settles it.

    A word that no rule takes away or writes otherwise must be some name's, if only mistyped or without a
    blank beside it. What brackets hold may be dropped: texts with any are left to the comparison.
    """

    def __init__(self, names: Iterable[str], measures_and_topics: Iterable[str]) -> None:
        texts = [plain_key(name) for name in names]
        self._words = frozenset(word for text in texts for word in text.split())
        known = self._words.union(map(plain_key, measures_and_topics), _RULED)
        # "kỹ" and "kĩ" are one word.
        swapped = {f"{word[:-1]}{_Y_OR_I[word[-1]]}" for word in known if word[-1] in _Y_OR_I}
        self._known = known | swapped
        self._joined = " ".join(map(_compact, texts))
        self._is_no_part = remembered(_MOST_REMEMBERED)(self._says_something_else)

    def name_nothing(self, text: str, key: str) -> bool:
        """Whether a word of the text, whose plain key that is, can be no word of any name."""
        if "(" in text or "[" in text:
            return False
        for word in key.split():  # most sentences are told by their first words
            if word not in self._known and self._is_no_part(word):
                return not _GLUED_CAPITALS.search(text)
        return False

    def _says_something_else(self, word: str) -> bool:
        return self._says_something(word) and not self._may_be(word)

    def _says_something(self, word: str) -> bool:
        """Whether the word is no number, no short form and no piece of a name with blanks astray."""
        is_word = len(word) > 1 and word.isalpha() and not _VOWELS.isdisjoint(word)
        return is_word and not _ROMAN_LETTERS.issuperset(word) and word not in self._joined

    def _may_be(self, word: str) -> bool:
        """Whether it is a word of a name with a typing fault, or several without the blanks between."""
        return any(
            word == one
            or (len(one) >= _SHORTEST_MISTYPED and OSA.distance(word, one, score_cutoff=1) <= 1)
            or (word.startswith(one) and self._may_be(word[len(one) :]))
            for one in self._words
        )


@dataclass(frozen=True, slots=True)
class _Typed:
    """How long a label is, which tells soon what it cannot be a mistyping of."""

    lengths: tuple[int, int]  #: words of its text, and without its lead
    compact: tuple[str, str]

    @classmethod
    def of(cls, key: LabelKey) -> _Typed:
        return cls(_lengths(key), (_compact(key.text), _compact(key.short)))

    def may_be(self, form: _Form) -> bool:
        """Whether the name differs by no more than lost blanks would make it, or by blanks alone."""
        named = _lengths(form.key)
        return any(
            0 <= named[side] - self.lengths[side] <= form.most_faults[side]
            or self.compact[side] == form.compact[side]
            for side in (0, 1)
        )


def _lengths(key: LabelKey) -> tuple[int, int]:
    return key.text.count(" ") + 1, key.short.count(" ") + 1


@remembered(8192)
def label_key(label: str) -> LabelKey:
    """Make a label ready: enumeration, footnotes and the bracketed unit gone, short forms written out."""
    bare = _FOOTNOTE.sub(" ", _ENUMERATION.sub("", tidy(label)))
    bare, measure = split_measure(bare)
    text = OF_WHICH.sub("", folded(bare))
    return replace(_MARKED.key(text, measure), short=_without_lead(text))


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


@dataclass(frozen=True)
class LabelIndex:
    """All names of a report's indicators, ready to be asked which one a label means.

    `topics` are the phrases that name the report's subject: in a report on bình đẳng giới the row
    "Số lớp tập huấn" and "Số lớp tập huấn về bình đẳng giới" are one.

    A `bare` index compares labels typed without marks: all names without theirs, by the same steps but
    for typing faults, for without marks one letter more or less makes too many other words.
    """

    indicators: tuple[Indicator, ...]
    topics: tuple[str, ...] = ()
    bare: bool = False

    @cached_property
    def longest_name(self) -> int:
        """The number of words of the longest name: a text of far more words can be no name of anything."""
        return max((len(form.key.text.split()) for form in self._forms), default=0)

    def match(self, label: str, section_context: str = "", measure: str = "") -> LabelMatch:
        """The indicator the label means.

        `section_context` is the heading above the row, `measure` the unit of measure of the row: both
        only decide between names, they never make a match of their own.
        """
        return self._answered(label, section_context, measure)

    @cached_property
    def _answered(self) -> Callable[[str, str, str], LabelMatch]:
        return remembered(_MOST_REMEMBERED)(self._answer)

    def _answer(self, label: str, section: str, measure: str) -> LabelMatch:
        nothing = self.names_nothing(label, plain_key(label))
        return _NO_MATCH if nothing else self._match(label, section, measure)

    def names_nothing(self, text: str, key: str) -> bool:
        """Whether a text is told at once to be no name: no question that `match` would have to remember."""
        return self._strangers.name_nothing(text, key)

    @cached_property
    def _strangers(self) -> _Strangers:
        return _Strangers([form.key.text for form in self._forms], self._known)

    def keys_of(self, code: str) -> tuple[LabelKey, ...]:
        """The names of one indicator, ready for comparison: its label first, then its synonyms."""
        return tuple(form.key for form in self._forms if form.code == code)

    def called(self, label: str) -> tuple[str, ...]:
        """The codes of the indicators that have the label for a name but for its marks and its order."""
        wanted = sorted(map(plain_key, self.own_key(label).words))
        named = (form.code for form in self._forms if sorted(map(plain_key, form.key.words)) == wanted)
        return tuple(dict.fromkeys(named))

    def own_key(self, label: str) -> LabelKey:
        """A row's label ready for comparison, without the level every row of this report is at."""
        return self._own_level_dropped(self._key(label))

    def nearest(self, label: str) -> str:
        """The code of the indicator most like the label, as a proposal to a person; empty when none is."""
        if self._is_beyond_marks(label):
            return self.without_marks.nearest(label)
        wanted = self._key(label).words
        shares = {
            form.code: max(len(wanted & form.key.words) / max(len(wanted | form.key.words), 1), 0)
            for form in sorted(self._forms, key=lambda form: len(wanted & form.key.words))
        }
        best = max(shares, key=lambda code: shares[code], default="")
        return best if best and shares[best] >= 1 / 3 else ""

    @property
    def spelling(self) -> Spelling:
        """The words and phrases that rule its comparisons, with their marks or without."""
        return _BARE if self.bare else _MARKED

    @cached_property
    def without_marks(self) -> LabelIndex:
        """The same names for labels typed without marks."""
        return LabelIndex(self.indicators, self.topics, bare=True)

    def _is_beyond_marks(self, label: str) -> bool:
        """Whether a label was typed without marks and this index compares with them."""
        return not self.bare and not is_accented(label)

    def _key(self, label: str) -> LabelKey:
        key = label_key(label)
        return _BARE.key(plain_key(key.text), key.measure) if self.bare else key

    def folded(self, text: str) -> str:
        """A text as this index compares it: short forms written out, with its marks or without."""
        return plain_key(folded(text)) if self.bare else folded(text)

    @cached_property
    def _forms(self) -> tuple[_Form, ...]:
        return tuple(form for indicator in self.indicators for form in self._forms_of(indicator))

    @cached_property
    def _ratios(self) -> frozenset[str]:
        return frozenset(one.code for one in self.indicators if one.aggregation is Aggregation.RATIO)

    @cached_property
    def _measures(self) -> dict[str, str]:
        return {one.code: one.unit_of_measure for one in self.indicators}

    @cached_property
    def _sexes(self) -> dict[str, tuple[Sex, ...]]:
        return {one.code: one.sexes for one in self.indicators}

    @cached_property
    def _women(self) -> dict[str, frozenset[str]]:
        named = {
            one.code: self.spelling.words(self.folded(one.women)) for one in self.indicators if one.women
        }
        return {code: words - _NAMING_WOMEN for code, words in named.items()}

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        return frozenset(word for form in self._forms for word in form.key.text.split())

    @cached_property
    def _texts(self) -> frozenset[str]:
        return frozenset(form.key.text for form in self._forms)

    @cached_property
    def _names_levels(self) -> bool:
        return any(self.spelling.levels.search(form.key.text) for form in self._forms)

    def _forms_of(self, indicator: Indicator) -> Iterator[_Form]:
        names = [
            (indicator.label, Strength.EXACT),
            *((name, Strength.SYNONYM) for name in indicator.synonyms),
        ]
        for name, strength in names:
            yield self._form(indicator, name, strength)
            if (shorter := _EXPLAINED.sub("", name)) != name:
                yield self._form(indicator, shorter, Strength.SYNONYM)

    def _form(self, indicator: Indicator, name: str, strength: Strength) -> _Form:
        key, words = self._key(name), self.spelling.words
        parts = self.spelling.passive.split(key.text, maxsplit=1)
        return _Form(
            code=indicator.code,
            strength=strength,
            key=key,
            measure=indicator.unit_of_measure,
            measure_words=words(self.folded(indicator.unit_of_measure)),
            topics=self._topics_in(key),
            items=tuple(self._key(item).words for item in re.split(r"[,;/]", name)) if "," in name else (),
            predicate=words(parts[1]) - self._topics_in(key) if len(parts) > 1 else frozenset(),
            compact=(compact := (_compact(key.text), _compact(key.short))),
            most_faults=(_most_faults(compact[0]), _most_faults(compact[1])),
        )

    def _topics_in(self, key: LabelKey) -> frozenset[str]:
        """The words of the whole topic phrases the label holds."""
        named = (topic for one in self.topics if (topic := self.folded(one)) in key.text)
        held = [self.spelling.words(topic) for topic in named]
        return frozenset(word for words in held for word in words)

    def _match(self, label: str, section: str, measure: str) -> LabelMatch:
        key = self.own_key(label)
        if not key.words:
            return _NO_MATCH
        stated = measure or key.measure
        ratio = names_ratio(label)
        if self._is_beyond_marks(label):
            found = self._as_named(key, stated, ratio=ratio)
            return (
                self._of_women(found, key)
                if found is not None
                else self.without_marks.match(label, section, measure)
            )
        found = self._of_women(self._by_words(key, section, stated, ratio=ratio), key)
        settled = found or found.ambiguous or self.bare  # a bare "nam" is a man or a year
        return found if settled else self._by_sex(key, section, stated, ratio=ratio)

    def _of_women(self, found: LabelMatch, key: LabelKey) -> LabelMatch:
        """The women alone where a name that says so was matched: "Nữ tham gia cấp ủy" are not all."""
        sexes = self._sexes.get(found.indicator, ())
        if not (Sex.TOTAL in sexes and Sex.FEMALE in sexes):
            return found
        alone = _WOMEN_ALONE.search(key.text) or self.calls_women(found.indicator, key)
        return replace(found, sex=Sex.FEMALE) if alone else found

    def calls_women(self, code: str, key: LabelKey) -> bool:
        """Whether a label says what the indicator's own calls its women: "Hộ nghèo do phụ nữ làm chủ hộ"."""
        women = self._women.get(code, frozenset())
        said = len(key.words & women) >= _FEWEST and not key.words.isdisjoint(_NAMING_WOMEN)
        return said and not any(one.text == key.text for one in self.keys_of(code)[:1])

    def _own_level_dropped(self, key: LabelKey) -> LabelKey:
        """Make "Đại biểu HĐND cấp xã" into "Đại biểu HĐND" where the report names no level anywhere.

        A township's "Đại biểu HĐND thị trấn" is the "Đại biểu HĐND xã" that the report asks for.
        """
        if key.text in self._texts:
            return key
        if named := self._by_level.get(_without_lead(self.spelling.level.sub("", key.text))):
            return replace(named, measure=key.measure)
        shorter = self.spelling.own_level.sub("", key.text)
        if self._names_levels or shorter == key.text:
            return key
        return replace(self.spelling.key(shorter, key.measure), short=_without_lead(shorter))

    @cached_property
    def _by_level(self) -> dict[str, LabelKey]:
        """The names by what is left of them without the lowest level, where that leaves one indicator."""
        found: dict[str, list[_Form]] = {}
        for form in self._forms:
            found.setdefault(_without_lead(self.spelling.level.sub("", form.key.text)), []).append(form)
        return {
            shorter: forms[0].key for shorter, forms in found.items() if len({one.code for one in forms}) == 1
        }

    @cached_property
    def _names(self) -> dict[bool, _Names]:
        """The names of rates, and those of all else."""
        return {
            ratio: _Names([form for form in self._forms if (form.code in self._ratios) == ratio])
            for ratio in (False, True)
        }

    @cached_property
    def _known(self) -> frozenset[str]:
        """Every word that a name, a unit of measure or the report's subject has."""
        topics = frozenset(word for one in self.topics for word in self.spelling.words(self.folded(one)))
        return topics.union(*(form.key.words | form.measure_words for form in self._forms))

    def _as_named(self, key: LabelKey, measure: str, *, ratio: bool) -> LabelMatch | None:
        """The match of the same words in the same order; None: no name has them."""
        names = self._names[ratio]
        steps: tuple[Callable[[], Iterable[_Form]], ...] = (
            lambda: names.by_text.get(key.text, ()),
            lambda: names.by_short.get(key.short, ()),
            lambda: _typed_plain(key, names),
        )
        told = (self._only(step(), measure, None) for step in steps)
        return next((found for found in told if found is not None), None)  # also when two fit

    def _by_words(self, key: LabelKey, section: str, measure: str, *, ratio: bool) -> LabelMatch:
        if (named := self._as_named(key, measure, ratio=ratio)) is not None:
            return named
        forms = self._names[ratio].forms
        known = key.words <= self._known  # else no name has its words, and only typing faults may explain it
        steps: tuple[Callable[[], Iterable[_Form]], ...] = (
            lambda: _same_words(key, forms),
            lambda: _same_but_implied(key, forms, measure, self._topics_in(key)),
            lambda: self._supplied_by_section(key, forms, section),
        )
        for step in steps if known else ():
            if (found := self._only(step(), measure, Strength.REORDERED)) is not None:
                return found  # also when two fit: a looser step could only hide that
        mistyped = None if self.bare else self._mistyped(key, self._names[ratio])
        if mistyped is not None:
            return mistyped
        return (self._shortened(key, forms, measure) if known else None) or _NO_MATCH

    def _only(self, forms: Iterable[_Form], measure: str, strength: Strength | None) -> LabelMatch | None:
        """The match when all forms belong to one indicator, after the unit of measure has spoken."""
        fitting = list(forms)
        codes = list(dict.fromkeys(form.code for form in fitting))
        if len(codes) > 1 and measure:
            codes = [code for code in codes if same_measure(measure, self._measures[code])] or codes
        if not codes:
            return None
        if len(codes) > 1:
            return LabelMatch(ambiguous=tuple(codes))
        best = min((f.strength for f in fitting if f.code == codes[0]), key=list(Strength).index)
        return LabelMatch(indicator=codes[0], strength=strength or best)

    def _supplied_by_section(self, key: LabelKey, forms: list[_Form], section: str) -> Iterator[_Form]:
        """Under "Tập huấn" the row "Số lớp" is "Số lớp tập huấn": the heading supplies the missing words."""
        heading = self._key(section).words
        for form in forms:
            missing = form.key.words - key.words
            if missing and key.words <= form.key.words and missing <= heading:
                yield form

    def _mistyped(self, key: LabelKey, names: _Names) -> LabelMatch | None:
        """A name with typing faults, when every other indicator is clearly farther away."""
        distances: dict[str, int] = {}
        for form in names.near(_Typed.of(key)):
            if (faults := self._faults(key, form)) is not None:
                distances[form.code] = min(faults, distances.get(form.code, faults))
        if len(distances) != 1:
            return LabelMatch(ambiguous=tuple(distances)) if distances else None
        (code, faults), clear = next(iter(distances.items())), _compact(key.short)
        rivals = (form for form in self._forms if form.code != code)
        near = 2 * faults + 2
        if any(OSA.distance(clear, _compact(f.key.short), score_cutoff=near) <= near for f in rivals):
            return LabelMatch(ambiguous=(code,))
        return LabelMatch(indicator=code, strength=Strength.TYPO)

    def _faults(self, key: LabelKey, form: _Form) -> int | None:
        """How many typing faults part a label from a name; None when more than typing does."""
        if key.numbers != form.key.numbers:
            return None
        if _NEGATIONS & set(key.text.split()) != _NEGATIONS & set(form.key.text.split()):
            return None
        for written, named in ((key.text, form.key.text), (key.short, form.key.short)):
            faults = _typing_faults(written.split(), named.split(), self._vocabulary)
            if faults is not None and faults <= _most_faults(_compact(named)):
                return faults
        return None

    def _shortened(self, key: LabelKey, forms: list[_Form], measure: str) -> LabelMatch | None:
        """A name cut short, when only one indicator holds all its words and what was cut changes nothing."""
        wanted = key.words - self._topics_in(key) or key.words
        if len(wanted) < _FEWEST:
            return None
        holding = [form for form in forms if wanted <= form.key.words | form.measure_words]
        codes = list(dict.fromkeys(form.code for form in holding))
        if len(codes) != 1:
            return LabelMatch(ambiguous=tuple(codes)) if codes else None
        strengths = [self._cut(key.words, form, forms, measure) for form in holding]
        for strength in (Strength.SHORTENED, Strength.UNCERTAIN):
            if strength in strengths:
                return LabelMatch(indicator=codes[0], strength=strength)
        return None

    def _cut(self, wanted: frozenset[str], form: _Form, forms: list[_Form], measure: str) -> Strength:
        """Whether what a label leaves out of a name leaves the thing counted the same."""
        implied = form.implied(measure)
        whole = form.key.words - (implied - wanted)
        cut = whole - wanted
        if wanted <= form.measure_words or (measure and not same_measure(measure, form.measure)):
            return Strength.NONE
        if any(word in self.spelling.guarded or any(map(str.isdigit, word)) for word in cut):
            return Strength.NONE
        if self._cut_is_harmless(wanted, cut, form, forms, measure):
            return Strength.SHORTENED
        kept = len(form.predicate & wanted) / len(form.predicate) if form.predicate else 1.0
        likely = kept >= _MOST and len(whole & wanted) / len(whole) >= _MANY
        return Strength.UNCERTAIN if likely else Strength.NONE

    def _cut_is_harmless(
        self, wanted: frozenset[str], cut: frozenset[str], form: _Form, forms: list[_Form], measure: str
    ) -> bool:
        """Longer than another name, an item of a list less, the counted left to the unit of measure."""
        if self._between_two_names(wanted, form, forms):
            return True
        if form.predicate:
            head = form.key.words - form.predicate - form.topics
            one_word = len(head - form.measure_words) <= _SYLLABLES and not head & wanted
            return bool(measure) and one_word and form.predicate <= wanted
        return _cuts_items(form, cut) or (bool(measure) and self._only_of_measure(form.code))

    def _between_two_names(self, wanted: frozenset[str], form: _Form, forms: list[_Form]) -> bool:
        """Longer than one name of the indicator and shorter than another: nothing else can be meant."""
        return any(
            other.code == form.code and len(other.key.words) >= _FEWEST and other.key.words <= wanted
            for other in forms
        )

    def _only_of_measure(self, code: str) -> bool:
        wanted = self._measures[code]
        return [one for one, unit in self._measures.items() if same_measure(unit, wanted)] == [code]

    def _by_sex(self, key: LabelKey, section: str, measure: str, *, ratio: bool) -> LabelMatch:
        """The label without the sex it names at its beginning or end: "Số nữ đại biểu HĐND"."""
        for end, sex in _SEX_ENDS:
            rest = end.sub(" ", key.text).strip()
            if ratio or rest == key.text or not rest:
                continue
            shorter = replace(_MARKED.key(rest, key.measure), short=_without_lead(rest))
            found = self._by_words(shorter, section, measure, ratio=False)
            if found.strength in (Strength.EXACT, Strength.SYNONYM, Strength.REORDERED):
                return LabelMatch(found.indicator, sex, found.strength)
        return _NO_MATCH


def _cuts_items(form: _Form, cut: frozenset[str]) -> bool:
    """Whether exactly whole items of a list were left out, and not all: "tờ rơi, tờ gấp" without "tờ gấp"."""
    lost = [item for item in form.items if item & cut]
    kept = [item for item in form.items if not item & cut]
    only_lost = frozenset().union(*lost) - frozenset().union(*kept)
    return bool(kept) and len(lost) == 1 and cut == only_lost


def _typed_plain(key: LabelKey, names: _Names) -> Iterator[_Form]:
    """Names that agree once the marks are gone, for labels typed without them, wholly or in part."""
    for form in names.like(key):
        pairs = ((key.text, form.key.text), (key.short, form.key.short))
        if any(same_but_marks(written.split(), named.split()) for written, named in pairs):
            yield form


def same_but_marks(written: list[str], named: list[str]) -> bool:
    """Whether a label has the words of a name in their order, some or all of them without their marks."""
    return len(written) == len(named) and all(map(_same_or_lost_marks, written, named))


def _same_or_lost_marks(written: str, named: str) -> bool:
    """A single letter too: among words that all agree, "o" is "ở"."""
    return written == named or (plain_key(written) == plain_key(named) and not is_accented(written))


def _same_words(key: LabelKey, forms: list[_Form]) -> Iterator[_Form]:
    """Names with the same words in any order."""
    for form in forms:
        if key.words == form.key.words and key.numbers == form.key.numbers:
            yield form


def _same_but_implied(
    key: LabelKey, forms: list[_Form], measure: str, topics: frozenset[str]
) -> Iterator[_Form]:
    """Names with the same words apart from what the report's subject or the unit of measure says."""
    for form in forms:
        cut = form.implied(measure) | topics
        extra = cut | form.measure_words
        kept = key.words - extra
        same = bool(kept) and kept == form.key.words - extra and form.key.words - key.words <= cut
        if same and key.numbers == form.key.numbers:
            yield form


def _typing_faults(written: list[str], named: list[str], vocabulary: frozenset[str]) -> int | None:
    """Faults inside words and misplaced blanks between them; None when any word is another word."""
    lost = len(named) - len(written)
    if "".join(written) == "".join(named):
        return max(1, abs(lost))
    words = _unglued(written, named) if lost > 0 else written
    if len(words) != len(named):
        return None
    faults = [_word_faults(one, other, vocabulary) for one, other in zip(words, named, strict=True)]
    return None if None in faults else lost + sum(fault or 0 for fault in faults)


def _unglued(written: list[str], named: list[str]) -> list[str]:
    """Put lost blanks back where the name has them: "cấpphát" -> "cấp", "phát"."""
    words: list[str] = []
    for word in written:
        place = len(words)
        if place < len(named) and len(word) > len(named[place]) and word.startswith(named[place]):
            words += _pieces(word, named[place:])
        else:
            words.append(word)
    return words


def _pieces(word: str, named: list[str]) -> list[str]:
    pieces: list[str] = []
    for name in named:
        if not word.startswith(name):
            break
        pieces.append(name)
        word = word[len(name) :]
    return [*pieces, word] if word else pieces


def _word_faults(written: str, named: str, vocabulary: frozenset[str]) -> int | None:
    """0 for the same word, 1 for a typing fault in it, None for another word."""
    if written == named:
        return 0
    if written in vocabulary:  # another word the report uses is never a typing fault
        return None
    if _lost_marks(written, named):
        return 1
    if _misplaced_tone(written, named):
        return 1
    if {written, named} & GUARDED:  # nor is one that turns the meaning: nam, nữ, không
        return None
    return 1 if len(named) >= _SHORTEST_MISTYPED and OSA.distance(written, named) == 1 else None


def _misplaced_tone(written: str, named: str) -> bool:
    """Whether the same letters and marks stand there with the tone on the wrong one: "đựơc"."""
    marks = [sorted(unicodedata.normalize("NFD", word)) for word in (written, named)]
    return marks[0] == marks[1] and plain_key(written) == plain_key(named)


def _lost_marks(written: str, named: str) -> bool:
    """Whether the word was typed without its marks, or with some of them: "lãnh dao"."""
    return plain_key(written) == plain_key(named) and not is_accented(written) and len(written) > 1


@remembered(8192)
def folded(text: str) -> str:
    """The accented key with short forms written out and one spelling for each word."""
    parted = _GLUED_CAPITALS.sub(" ", tidy(text).replace("%", " phần trăm "))
    key = " ".join(_written_out(word) for word in accented_key(parted).split())
    key = _LAST_Y.sub(lambda match: match[1] + _Y_TO_I[match[2]], key)
    for variant, spelled, word in _ONE_WORD if is_accented(key) else _ONE_PLAIN_WORD:
        if variant in key:
            key = spelled.sub(word, key)
    return key


def _without_lead(text: str) -> str:
    """The words without "Tổng số", "Số lượng" before them, also where they were typed without marks."""
    return (_LEAD if is_accented(text) else _PLAIN_LEAD).sub("", text) or text


@remembered(8192)
def _written_out(word: str) -> str:
    """A short form in full, also with two letters in each other's place: no word lacks a vowel."""
    if word in _WRITTEN_OUT or len(word) < _SHORTEST_SWAPPED or _VOWEL.search(word):
        return _WRITTEN_OUT.get(word, word)
    swapped = [one for one in _ABBREVIATIONS if sorted(one) == sorted(word) and OSA.distance(one, word) == 1]
    return _ABBREVIATIONS[swapped[0]] if len(swapped) == 1 else word


@remembered(8192)
def _words_with_digits(text: str) -> frozenset[str]:
    return frozenset(word for word in text.split() if any(letter.isdigit() for letter in word))


def _most_faults(compact: str) -> int:
    """So many typing faults may stand in a name of so many letters."""
    return max(1, len(compact) // 8)


def _compact(key: str) -> str:
    return key.replace(" ", "")
