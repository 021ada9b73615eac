"""Figures from sentences, for any set of indicators: missing beats wrong.

A sentence is cut into clauses and a clause at its numbers. Each number is tied to the one indicator whose
words stand around it and whose unit of measure follows it; when a second indicator is nearly as good, or
the words say more than the indicator does ("hộ nghèo dân tộc thiểu số"), nothing is read. Sentences of
plans, targets, earlier years, single villages and examples are left alone.

The words of the indicators carry all knowledge of the subject; this module knows only how Vietnamese
reports count, part by sex and say that something did not happen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from config.reports import (
    Aggregation,
    Figure,
    Indicator,
    Period,
    PeriodKind,
    ReportDefinition,
    SectionRole,
    Sex,
)
from config.spelling import accented_key, is_accented, tidy
from intake.measures import convert, is_money, same_measure
from intake.numerals import plain_decimal
from intake.period_words import NamedPeriod, periods_named
from ledger.records import Certainty, Method, Place, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from intake.outline import NarrativeLine

_COVERED_ENOUGH = 0.5  # of an indicator's own words, by weight
_COVERED_WELL = 0.8  # where nothing but the words speaks for the indicator
_CLEARLY_AHEAD = 0.2
_INHERITED = 0.7  # a word said earlier in the clause counts less than one beside the number
_HALF_A_WORD = 0.5  # a syllable without its neighbour may belong to another word
_MEASURE_WORD = 0.2  # "buổi", "cuộc", "vụ" are settled by the unit of measure and say little beside it
_TOPIC = 0.1  # the report's subject stands in half of its labels and tells them apart from nothing
_FOREIGN_WORDS = 2  # words the indicator does not know, from which a phrase counts something narrower


def read_sentences(
    lines: Sequence[NarrativeLine], report: ReportDefinition, period: Period | None = None
) -> tuple[Value, ...]:
    """Every figure the lines state about the report's indicators, in the order of the text.

    The same figure said twice is returned twice. A ratio given only in percent returns its figures
    without a value, doubtful, reason "percent_only". Lines without Vietnamese marks are not read.

    Args:
        lines: the narrative; only lines of sections that tell results are read.
        report: the indicators, their words, units of measure and sexes.
        period: the period reported on; clauses that name another one are left alone.

    """
    reader = _Reader(report, period)
    values = [value for line in lines if _is_read(line) for value in reader.read(line)]
    said = {(value.indicator, value.sex) for value in values if value.value is not None}
    return tuple(
        value
        for value in _first_unknowns(values)
        if value.value is not None or (value.indicator, value.sex) not in said
    )


def _is_read(line: NarrativeLine) -> bool:
    return line.role is SectionRole.RESULTS and is_accented(line.text)


def _first_unknowns(values: Iterable[Value]) -> Iterator[Value]:
    """Every figure, and each figure without a value once."""
    seen: set[tuple[str, Sex]] = set()
    for value in values:
        if value.value is None:
            if (value.indicator, value.sex) in seen:
                continue
            seen.add((value.indicator, value.sex))
        yield value


# -- words ----------------------------------------------------------------------------------------


def _syllables(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


# Written short in half of all reports; TT, TTr, LĐ, KH, TH mean several things and stay as they are.
_SHORT_FORMS = {
    "bđg": "bình đẳng giới",
    "vstbpn": "vì sự tiến bộ của phụ nữ",
    "blgđ": "bạo lực gia đình",
    "pcblgđ": "phòng chống bạo lực gia đình",
    "bltcsg": "bạo lực trên cơ sở giới",
    "blg": "bạo lực giới",
    "hđnd": "hội đồng nhân dân",
    "đbhđnd": "đại biểu hội đồng nhân dân",
    "clb": "câu lạc bộ",
    "bch": "ban chấp hành",
    "btv": "ban thường vụ",
    "cbcc": "cán bộ công chức",
    "cbccvc": "cán bộ công chức viên chức",
    "dtts": "dân tộc thiểu số",
    "gqvl": "giải quyết việc làm",
    "xklđ": "xuất khẩu lao động",
    "tnlđ": "tai nạn lao động",
    "atvslđ": "an toàn vệ sinh lao động",
    "atlđ": "an toàn lao động",
    "bhyt": "bảo hiểm y tế",
    "bhxh": "bảo hiểm xã hội",
    "bvcsgd": "bảo vệ chăm sóc giáo dục",
    "shck": "sinh hoạt câu lạc bộ",
    "đ c": "đồng chí",
    "htx": "hợp tác xã",
    "xhh": "xã hội hóa",
    "lhpn": "liên hiệp phụ nữ",
}
_ONE_SPELLING = {
    "băng zôn": "băng rôn",
    "băng ron": "băng rôn",
    "pa nô": "pano",
    "panô": "pano",
    "áp phic": "áp phích",
    "tờ bướm": "tờ gấp",
    "tham dự": "tham gia",
    "dự": "tham gia",
    **{word: word for word in ("dự kiến", "dự án", "dự toán", "dự thảo", "dự phòng", "dự báo", "dự trữ")},
    "cấp uỷ": "cấp ủy",
    "tỉ lệ": "tỷ lệ",
    "hổ trợ": "hỗ trợ",
}
_REWRITTEN = re.compile(
    r"\b(" + "|".join(sorted({**_SHORT_FORMS, **_ONE_SPELLING}, key=len, reverse=True)) + r")\b"
)

# Words that carry no subject: they neither tie a number to an indicator nor narrow what it counts.
_STOP = _syllables(
    "số tổng của và các về được đã là có cho trong trên với tại ở do theo việc kỳ những một cả đó này nào từ "
    "đến vào bị hoặc lượt cùng như để thì mà năm tháng"
)
_GENERIC = _syllables(
    "tổ chức duy trì thu hút phát treo cấp phối hợp đoàn thể ban hành hệ thống địa bàn xảy tổng số "
    "toàn xã huyện "
    "tỉnh phường thị trấn thôn bản thành tích đạt chiếm thực hiện triển khai công tác hoạt động "
    "lượng nội dung "
    "hình thức trực tiếp lồng ghép tham gia dự nghe người nhân dân cộng đồng cơ quan đơn vị ngành cấp hội "
    "ủy ban ubnd lượt thu được tính thời điểm hiện nay đầu cuối kỳ báo cáo tăng cường kịp thời "
    "chuyên đề ngày "
    "vụ việc trường hợp đồng chí đại biểu cán bộ quả kết tiếp tục xây dựng thành lập cử mở tuyên truyền "
    "biểu mới đương nhiệm hiện qua gồm khác quan tâm trị giá nguồn số tiền tổng kinh phí"
)
_ADJUNCT = _syllables("tại ở đến trên nhằm để bằng vào qua cùng với cho trong")


# An age is part of what is counted and no figure: its digits become letters no other word has.
_AGE = re.compile(r"\d{1,2}(?=\s*tuổi)|\d{1,2}(?=\s*(?:-|–|đến(?: dưới)?)\s*\d{1,2}\s*tuổi)", re.IGNORECASE)
_AGE_LETTERS = str.maketrans("0123456789", "αβγδεζηθικ")


def _spell_ages(text: str) -> str:
    """The text, as long as before, with the digits of ages as letters: "dưới 16 tuổi"."""
    return _AGE.sub(lambda match: match.group().translate(_AGE_LETTERS), text)


_COUNTING = _syllables("cuộc buổi hội nghị đợt lần lớp khóa lượt người vụ trường hợp ca")


def _keys(text: str) -> list[str]:
    """The syllables of a text for comparison, abbreviations written out, one spelling for each word."""
    return _REWRITTEN.sub(
        lambda match: _SHORT_FORMS.get(match[1]) or _ONE_SPELLING[match[1]], accented_key(_spell_ages(text))
    ).split()


def _content(text: str) -> list[str]:
    return [word for word in _keys(text) if word not in _STOP]


def _pairs(words: Sequence[str]) -> frozenset[tuple[str, str]]:
    return frozenset(pairwise(words))


@dataclass(frozen=True, slots=True)
class _Words:
    """The content words of a stretch of text, alone and in pairs."""

    single: frozenset[str]
    pairs: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, *stretches: str) -> _Words:
        lists = [_content(stretch) for stretch in stretches]
        return cls(
            frozenset(word for words in lists for word in words),
            frozenset(pair for words in lists for pair in _pairs(words)),
        )


_EMPTY = _Words(frozenset(), frozenset())

_PERSONS = _phrases(
    "người|đồng chí|đại biểu|cán bộ|hội viên|phụ nữ|lao động|học viên|học sinh|sinh viên|nạn nhân"
    "|trẻ em|trẻ|cháu|"
    "em|bé|thành viên|đoàn viên|đảng viên|công nhân|cá nhân|ủy viên|đối tượng|người dân|trường hợp|công chức|"
    "viên chức|ca|nữ|nam|chị|thanh niên|bệnh nhân|người lao động"
)
_VISITS = (
    "lượt người",
    "lượt",
    "lượt hội viên",
    "lượt phụ nữ",
    "lượt đại biểu",
    "lượt cán bộ",
    "lượt học sinh",
)
_EVENTS = _phrases("cuộc|buổi|hội nghị|đợt|lần|lớp|hội thảo|tọa đàm|hội thi|khóa|lớp học|cuộc thi|phiên")
_HOUSEHOLDS = ("hộ", "hộ gia đình", "gia đình")
_CASES = ("vụ", "vụ việc", "trường hợp", "ca", "cuộc bạo lực")
_MONEY = re.compile(
    (
        r"^\s*(?P<unit>(?:(?:nghìn|ngàn|triệu|tỷ|tỉ)(?:\s+đồng|\s*đ\b)?|đồng|trđ|tr\.?đ|vnđ)(?!\s*(?:chí"
        r"|bào|dân)))\b"
    ),
    re.IGNORECASE,
)
_KINDS = {
    "persons": _PERSONS,
    "visits": _VISITS,
    "events": _EVENTS,
    "households": _HOUSEHOLDS,
    "cases": _CASES,
}
_MEASURE_WORDS = sorted(
    {
        *(word for words in _KINDS.values() for word in words),
        *_phrases(
            "văn bản|kế hoạch|tin bài|tin|bài|chiếc|cái|tấm|tờ|bản|câu lạc bộ|mô hình|địa chỉ|điểm|nhà|cơ sở|cặp|"
            "tập thể|doanh nghiệp|hợp tác xã|giờ|chuyên mục|chuyên trang|thôn|xã|đơn vị|tổ|nhóm|suất|công trình"
        ),
    },
    key=lambda word: -len(word.split()),
)


def _measure_at(right: Sequence[str]) -> str:
    """The unit of measure a phrase begins with, the longest known; empty when it begins with none."""
    for word in _MEASURE_WORDS:
        parts = word.split()
        if list(right[: len(parts)]) == parts:
            return word
    return ""


def _kinds(measure: str) -> frozenset[str]:
    return frozenset(kind for kind, words in _KINDS.items() if measure in words)


# -- indicators as words --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to say an indicator: its content words with their neighbours, and how it begins."""

    words: tuple[str, ...]
    pairs: frozenset[tuple[str, str]]
    heads: frozenset[str]
    women: bool = False  #: it counts women: "hộ nghèo do phụ nữ làm chủ hộ"


@dataclass(frozen=True, slots=True)
class _Subject:
    """An indicator as a sentence would speak of it."""

    indicator: Indicator
    forms: tuple[_Form, ...]
    vocabulary: frozenset[str]
    measures: tuple[str, ...]

    @property
    def names_women(self) -> bool:
        """Whether the label itself counts women, so that "nữ" is no breakdown of it."""
        return all(form.women for form in self.forms)

    def takes(self, measure: str, right: Sequence[str]) -> bool:
        """Whether a number followed by these words may count what the indicator counts."""
        if is_money(self.indicator.unit_of_measure):
            return False
        if any(head and _begins(right, head.split()) for form in self.forms for head in form.heads):
            return True
        if not measure:
            return False
        return any(_same_thing(measure, own) for own in self.measures)


def _begins(words: Sequence[str], head: Sequence[str]) -> bool:
    return list(words[: len(head)]) == list(head)


def _same_thing(stated: str, wanted: str) -> bool:
    """Persons stand for attendances, never the other way round: who came thrice counts three times."""
    if stated == wanted or same_measure(stated, wanted):
        return True
    kinds = _kinds(stated)
    wanted_kinds = _kinds(wanted)
    return bool(kinds & wanted_kinds) or ("persons" in kinds and "visits" in wanted_kinds)


_LEADING = re.compile(r"^(?:(?:tổng\s+số|số\s+lượng|số\s+lượt|tổng|số)\s+)+", re.IGNORECASE)
_ITEMS = re.compile(r"\s*[,;/]\s*|\s+(?:và|hoặc)\s+")


def _forms(text: str) -> Iterator[_Form]:
    bare = re.sub(r"\([^)]*\)", " ", text)
    for variant in dict.fromkeys((text, bare)):
        words = tuple(_content(variant))
        if words:
            heads = frozenset(
                " ".join(_keys(item)[:2]) for item in _ITEMS.split(_LEADING.sub("", bare)) if item
            )
            yield _Form(words, _pairs(words), heads, _names_women(variant))


def _names_women(text: str) -> bool:
    return "nữ" in accented_key(_NO_SEX.sub(" ", text)).split()


def _subject(indicator: Indicator) -> _Subject:
    forms = tuple(form for text in (indicator.label, *indicator.synonyms) for form in _forms(text))
    measures = tuple(
        " ".join(_keys(part))
        for part in (indicator.unit_of_measure, *_ITEMS.split(indicator.unit_of_measure))
    )
    vocabulary = frozenset(word for form in forms for word in form.words)
    return _Subject(indicator, forms, vocabulary, tuple(dict.fromkeys(measures)))


class _Index:
    """All indicators of a report, and how much each word tells them apart."""

    def __init__(self, report: ReportDefinition) -> None:
        counted = [one for one in report.indicators if one.aggregation is not Aggregation.RATIO]
        self.subjects = tuple(_subject(one) for one in counted if one.aggregation is not Aggregation.COUNT)
        self.ratios = tuple((_subject(one), one.ratio) for one in report.indicators if one.ratio is not None)
        self._by_code = {subject.indicator.code: subject for subject in self.subjects}
        self.topic = frozenset(word for topic in report.topics for word in _content(topic))
        self.vocabulary = frozenset(word for subject in self.subjects for word in subject.vocabulary)
        self._spread: dict[str, int] = {}
        for subject in self.subjects:
            for word in subject.vocabulary:
                self._spread[word] = self._spread.get(word, 0) + 1

    def get(self, code: str) -> _Subject | None:
        """The subject of that indicator, None for ratios and yes/no indicators."""
        return self._by_code.get(code)

    def weight(self, word: str) -> float:
        """A word in many labels tells little, a word of the report's topic next to nothing."""
        worth = _TOPIC if word in self.topic else _MEASURE_WORD if word in _COUNTING else 1.0
        return worth / self._spread.get(word, 1)

    def coverage(self, subject: _Subject, own: _Words, inherited: _Words = _EMPTY) -> float:
        """The share of an indicator's words that were said, over its best form: 0 to 1."""
        return max((self._covered(form, own, inherited) for form in subject.forms), default=0.0)

    def _covered(self, form: _Form, own: _Words, inherited: _Words) -> float:
        total = sum(self.weight(word) for word in form.words)
        whole = 0.0
        said = 0.0
        for index, word in enumerate(form.words):
            near = _pairs(form.words[max(0, index - 1) : index + 2])
            share, certain = _said(word, near, own, inherited, alone=len(form.words) == 1)
            said += share * self.weight(word)
            whole += certain
        return said / total if whole and total else 0.0


def _said(
    word: str, near: frozenset[tuple[str, str]], own: _Words, inherited: _Words, *, alone: bool
) -> tuple[float, bool]:
    """How far a syllable was said: in its pair beside the number, earlier, or only by itself."""
    for words, factor in ((own, 1.0), (inherited, _INHERITED)):
        if any(pair in words.pairs for pair in near) or (alone and word in words.single):
            return factor, True
    for words, factor in ((own, 1.0), (inherited, _INHERITED)):
        if word in words.single:
            return factor * _HALF_A_WORD, False
    return 0.0, False


# -- clauses and numbers --------------------------------------------------------------------------

_NUMBER = re.compile(
    r"(?<![\w.,])(?P<number>[1-9]\d{0,2}(?: \d{3})+(?:,\d+)?(?![\d.,]*\d)|\d+(?:[.,]\d+)*)"
    r"(?:\s*/\s*(?P<whole>\d+(?:\.\d{3})*)(?!\s*/|\d))?(?:\s*(?P<percent>%|phần trăm))?(?![^\W_\d])"
)
_COMPOUND_MONEY = re.compile(r"(\d+)\s*(?:tỷ|tỉ)\s+(\d{1,3})\s*triệu(?:\s+đồng)?", re.IGNORECASE)
_QUALIFIER = re.compile(
    r"\b(?P<word>trên|hơn|gần|khoảng|ước|dưới|ít nhất|xấp xỉ)(?:\s+(?:đạt|tính|có|khoảng))?\s*$",
    re.IGNORECASE,
)

_BLANK = "\x00"
_YEARS = r"(?:19|20)\d\d"
_MASKED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"ngày\s*\d{1,2}\s*(?:[/.-]|tháng)\s*\d{1,2}(?:\s*(?:[/.-]|năm)\s*\d{4})?",
        r"(?<![\d/])\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}",
        (
            r"(?:(?<=từ)|(?<=đến)|(?<=trước)|(?<=sau)|(?<=hết)|(?<=dịp)|(?<=mừng)|(?<=niệm)"
            r"|(?<=lễ))\s+\d{1,2}\s*/\s*\d{1,2}(?!\s*/|\d|\s*(?:người|đồng chí|đại biểu|hộ))"
        ),
        r"\d+[a-zđ]?\s*/\s*(?:\d{4}\s*/\s*)?[a-zđ]{2,6}(?:\s*-\s*[a-zđ&]+)+",
        r"\d+\s*-\s*[a-zđ]{2,4}\s*/\s*[a-zđ]{2,}",
        rf"(?:nhiệm\s+kỳ|giai\s+đoạn|khóa|năm\s+học)\s*{_YEARS}\s*[-–/]\s*(?:{_YEARS}|\d\d)",
        rf"(?:0?[369]|12|sáu|chín|ba)\s*tháng\s*(?:đầu|cuối)?\s*(?:năm)?(?:\s*{_YEARS})?",
        rf"tháng\s*\d{{1,2}}(?:\s*(?:/|năm)\s*{_YEARS})?",
        rf"quý\s*(?:[1-4]|iv|i{{1,3}})\b(?:\s*(?:/|năm)\s*{_YEARS})?",
        rf"năm\s*{_YEARS}",
        (
            r"(?:điều|khoản|chương\s+trình|dự\s+án|mục\s+tiêu|chỉ\s+tiêu|nhiệm\s+vụ|nội\s+dung|tổ|khu"
            r"|xóm|đội|lần\s+thứ|"
            r"khóa|đợt|bảng|biểu|phụ\s+lục|hạng|quốc\s+lộ|(?<!tổng )(?<!con )số)\s+\d+(?!\s*(?:%"
            r"|[.,/]\d))(?=\s*(?:[,;:.)]|/|$|của|về|tại|ngày|năm))"
        ),
        r"\((?:một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười)[^()\d]{0,20}\)",
    )
)
# Comparison with another time or a target says nothing of this period's figure.
_COMPARISONS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\([^()]*(?:cùng\s+kỳ|năm\s+trước|năm\s+ngoái|so\s+với|kế\s+hoạch|chỉ\s+tiêu|tăng|giảm)[^()]*\)",
        r"(?:so\s+với|cùng\s+kỳ)[^,;.()]*",
        r"(?:tăng|giảm)(?:\s+(?:thêm|được|khoảng|trên|còn|xuống|từ|lên|gần|hơn))*\s+\d[^,;()]*",
        r"(?:đạt|bằng|vượt)\s+[\d.,]+\s*%\s*(?:so\s+với\s+)?(?:kế\s+hoạch|chỉ\s+tiêu|kh|mục\s+tiêu)[^,;.()]*",
    )
)
# The clause speaks of another time, of what should be, of a mean, or of a part of the unit's area.
_LEFT_ALONE = re.compile(
    r"phấn đấu|dự kiến|\bsẽ\b|\bmục tiêu\b|chỉ tiêu (?:được )?(?:giao|đề ra|kế hoạch)|kế hoạch "
    r"(?:được )?giao|"
    r"được giao|\bgiao\b.{0,30}\bchỉ tiêu|đăng ký|đề nghị|kiến nghị|lũy kế|luỹ kế|từ năm|từ đầu nhiệm kỳ|"
    r"qua \d+ năm|trong \d+ năm|h[ằà]ng năm|h[ằà]ng tháng|bình quân|trung bình|\bmỗi\b|"
    r"\bđiển hình\b|\btiêu biểu\b|ví dụ|chẳng hạn|\briêng\b|nổi bật|năm trước|năm ngoái|trước đây|"
    r"theo kế hoạch năm|cần có|ước tính cần|do (?:ubnd |hội .{0,30}|phòng .{0,40}|trung tâm .{0,40})?"
    r"(?:huyện|tỉnh|cấp trên|trung ương|sở)\b.{0,40}(?:tổ chức|mở|cấp)|của cấp trên|không đạt|thay vì",
    re.IGNORECASE,
)
_PART_OF_THE_AREA = re.compile(
    r"(?:\b[Tt]ại\s+|^|,\s*)(?:[Tt]hôn|[Bb]ản|[Ấấ]p|[Xx]óm|[Tt]ổ dân phố|[Cc]hi hội|[Tt]rường|[Kk]hu "
    r"dân cư|[Bb]uôn)\s+"
    r"(?:[A-ZĐÀ-Ỹ]|\d|[Mm]ầm non|[Tt]iểu học|THCS|THPT)"
)
_SUBSET = re.compile(r"\b(?:trong (?:số )?đó|bao gồm|gồm|cụ thể|trong số|chia ra|phân theo)\b", re.IGNORECASE)
_FOR = frozenset(("cho", "với"))
_STRONG = re.compile(r"[;:().]")
_WEAK = re.compile(r",|\b(?:và|với|cho|thu hút|qua đó|đồng thời)\b", re.IGNORECASE)
_PREVENTION = re.compile(r"(?<=\b)phòng\s*,\s*chống\b")  # one word with a comma in it, and no list
_END_OF_SENTENCE = re.compile(r"(?<=[^\d\s][.!?])\s+(?=[A-ZĐÀ-Ỹ\d-])|(?<=\d[.!?])\s+(?=[A-ZĐÀ-Ỹ])")


@dataclass(frozen=True, slots=True)
class _Mention:
    """One number of a clause with the words on both its sides."""

    text: str
    value: Decimal | None
    whole: Decimal | None  #: the lower number of a fraction
    percent: bool
    qualifier: str
    left: str  #: the words before it that belong to it
    right: str  #: the words after it, up to the next number's own
    before: str  #: the clause before `left`: context that may be inherited
    bracketed: bool
    subset: bool  #: after "trong đó": a part of a number before it
    first: bool
    joint: str = ""  #: "cho" or "với" before it: it may count those something was done for

    @property
    def words(self) -> list[str]:
        """The words after the number."""
        return _keys(self.right)


def _clauses(sentence: str) -> Iterator[tuple[str, bool]]:
    """The clauses of a sentence, each with whether it goes on with a list of parts ("trong đó: …; …")."""
    listing = False
    for clause in re.split(r";(?![^()]*\))", sentence):
        yield clause, listing
        listing = listing or bool(re.search(_SUBSET.pattern + r"\s*:", clause, re.IGNORECASE))


def _masked(clause: str) -> str:
    return _covered(_spell_ages(clause), _MASKED)


def _covered(clause: str, patterns: Iterable[re.Pattern[str]]) -> str:
    for pattern in patterns:
        clause = pattern.sub(lambda match: _BLANK * len(match.group()), clause)
    return clause


def _mentions(clause: str, *, listing: bool) -> list[_Mention]:
    clause = _COMPOUND_MONEY.sub(lambda match: f"{int(match[1]) * 1000 + int(match[2])} triệu đồng", clause)
    matches = list(_NUMBER.finditer(clause))
    found: list[_Mention] = []
    left_start = 0
    subset = listing
    for index, match in enumerate(matches):
        end = matches[index + 1].start() if index + 1 < len(matches) else len(clause)
        right_end, next_left = _cut(clause[match.end() : end], last=index + 1 == len(matches))
        left = clause[left_start : match.start()]
        subset = subset or bool(_SUBSET.search(left))
        found.append(
            _mention(match, clause, left_start, clause[match.end() : match.end() + right_end], subset)
        )
        left_start = match.end() + next_left
    return found


def _mention(match: re.Match[str], clause: str, left_start: int, right: str, subset: bool) -> _Mention:
    left = clause[left_start : match.start()]
    qualifier = _QUALIFIER.search(left)
    before = clause[: match.start()]
    return _Mention(
        text=match.group(),
        value=plain_decimal(match["number"]),
        whole=plain_decimal(match["whole"]) if match["whole"] else None,
        percent=bool(match["percent"]),
        qualifier=qualifier["word"].lower() if qualifier else "",
        left=left[: qualifier.start()] if qualifier else left,
        right=right,
        before=clause[:left_start],
        bracketed=before.count("(") > before.count(")"),
        subset=subset,
        first=left_start == 0,
        joint=clause[:left_start].rstrip()[-3:].strip().lower() if left_start else "",
    )


def _cut(gap: str, *, last: bool) -> tuple[int, int]:
    """Where the words after one number end and those before the next begin, within the gap between."""
    strong = [match.start() for match in _STRONG.finditer(gap.rstrip(" :=") if not last else gap)]
    if strong:
        return strong[0], strong[-1] + 1
    if last:
        return len(gap), len(gap)
    weak = [match for match in _WEAK.finditer(gap) if not _within_measure(gap, match)]
    return (weak[-1].start(), weak[-1].end()) if weak else (len(gap), len(gap))


def _within_measure(gap: str, match: re.Match[str]) -> bool:
    """The comma of "07 tin, bài" parts nothing."""
    return bool(re.match(r"\s*tin\s*$", gap[: match.start()], re.IGNORECASE))


# -- sexes ----------------------------------------------------------------------------------------

_FEMALE = frozenset(("nữ", "gái"))
_MALE = frozenset(("nam", "trai"))
_NO_SEX = re.compile(
    (
        r"(?:tiến bộ (?:của )?|liên hiệp |hội |hội viên,? )phụ nữ|việt nam|nam, nữ|nam nữ|nam và nữ|nam "
        r"giới và phụ nữ"
    ),
    re.IGNORECASE,
)
_WITH_SEX = _syllables(
    "trong đó có là số giới phụ bé con em trẻ người lao động đồng chí đại biểu lượt hội viên chiếm "
    "đạt cán bộ học sinh "
    "viên cháu nạn nhân cá cụ thể gồm bao và thuộc sinh"
)


def _sex_of(text: str) -> Sex | None:
    """The one sex a phrase names; None for neither or both."""
    words = set(accented_key(_NO_SEX.sub(" ", text)).split())
    female, male = bool(words & _FEMALE), bool(words & _MALE)
    if female == male:
        return None
    return Sex.FEMALE if female else Sex.MALE


def _only_sex(mention: _Mention) -> Sex | None:
    """The sex of a number that says nothing else: "trong đó nữ 146 người", "(34 nữ)", "nam: 114"."""
    phrase = f"{mention.left} {mention.right}"
    sex = _sex_of(phrase)
    if sex is None or mention.first or mention.percent:
        return None
    rest = [
        word
        for word in _keys(_NO_SEX.sub(" ", phrase))
        if word not in _WITH_SEX | _FEMALE | _MALE | {"đ", "c"}
    ]
    return sex if not rest else None


# -- reading --------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Thread:
    """What the numbers read so far in a clause leave for the next."""

    subject: _Subject | None = None  #: of the last total
    total: Decimal | None = None
    last: _Subject | None = None  #: of the last number that was tied to one
    found_any: bool = True  #: whether the last number was tied to an indicator
    context_from: int = 0  #: offset of the clause from which words may be inherited
    findings: list[Value] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Tie:
    """The indicator a number was tied to."""

    subject: _Subject
    coverage: float
    own_coverage: float


class _Reader:
    """Reads lines against one report's indicators."""

    def __init__(self, report: ReportDefinition, period: Period | None) -> None:
        self._index = _Index(report)
        self._period = period

    def read(self, line: NarrativeLine) -> list[Value]:
        """All figures of one line."""
        return [
            value
            for sentence in _END_OF_SENTENCE.split(
                _PREVENTION.sub("phòng chống", tidy(line.text.lstrip("-–+*• ")))
            )
            for clause, listing in _clauses(sentence)
            for plain in (_covered(clause, _COMPARISONS),)
            if self._is_of_the_period(plain, sentence) and not _is_left_alone(plain)
            for value in self._clause(plain, listing, Place(line.place.file, line.place.where, sentence))
        ]

    def _is_of_the_period(self, clause: str, sentence: str) -> bool:
        """Whether no other time than the reported one is named; of several years, only its own."""
        named = [one for one in periods_named(clause) if not one.cited]
        years = {one.year for one in named if one.year}
        if self._period is None:
            return len({one.year for one in periods_named(sentence) if one.year}) <= 1
        return years <= {self._period.year} and not any(self._is_other(one) for one in named)

    def _is_other(self, named: NamedPeriod) -> bool:
        assert self._period is not None
        if named.planned:
            return False
        kind = self._period.kind
        if named.kind is kind is PeriodKind.HALF_YEAR:
            return named.number not in {0, _half(self._period.data_to.month)}
        return named.kind in _SHORTER and named.kind is not kind

    def _clause(self, clause: str, listing: bool, place: Place) -> list[Value]:
        masked = _masked(clause)
        mentions = _mentions(masked, listing=listing)
        counts = [mention for mention in mentions if not mention.percent]
        if not counts:
            zero = self._zero(masked, place) if not mentions else None
            return [zero] if zero else self._percent_only(mentions, place)
        thread = _Thread()
        for mention in mentions:
            self._mention(mention, thread, place)
        return [*thread.findings, *self._percent_only(mentions, place)]

    def _mention(self, mention: _Mention, thread: _Thread, place: Place) -> None:
        if mention.percent:
            return
        sex = _only_sex(mention)
        if sex is not None and mention.whole is None:
            self._part_by_sex(mention, sex, thread, place)
            return
        tie = self._tie(mention, thread)
        thread.found_any = tie is not None
        if tie is None:
            thread.subject, thread.total = None, None
            thread.context_from = len(mention.before) + len(mention.left)
            return
        self._total(mention, tie, thread, place)

    def _part_by_sex(self, mention: _Mention, sex: Sex, thread: _Thread, place: Place) -> None:
        """A number that is only "nữ" or "nam" is a part of the total right before it."""
        subject = thread.subject
        if subject is None or thread.total is None or sex not in subject.indicator.sexes:
            return
        if mention.value is None or not _is_whole(mention.value):
            return
        doubt = "part_exceeds_total" if mention.value > thread.total else ""
        thread.findings.append(_value(subject, sex, mention.value, mention, place, doubt=doubt))

    def _total(self, mention: _Mention, tie: _Tie, thread: _Thread, place: Place) -> None:
        subject = tie.subject
        sex = self._sex_counted(mention, subject)
        value = _in_measure(mention, subject.indicator)
        thread.subject, thread.total, thread.last = None, None, subject
        if value is None or sex is None:
            return
        if mention.whole is not None:
            self._fraction(mention, subject, thread, place)
            return
        if sex is Sex.TOTAL:
            thread.subject, thread.total = subject, value
        thread.findings.append(_value(subject, sex, value, mention, place))

    def _fraction(self, mention: _Mention, subject: _Subject, thread: _Thread, place: Place) -> None:
        """Part and whole of "66/162 người là phụ nữ"; any other fraction gives neither."""
        sex = _sex_of(f"{mention.left} {mention.right}")
        part, whole = mention.value, mention.whole
        if sex not in (Sex.FEMALE, Sex.MALE) or sex not in subject.indicator.sexes or subject.names_women:
            return
        if part is None or whole is None or part > whole or not _is_whole(part):
            return
        thread.findings.append(_value(subject, Sex.TOTAL, whole, mention, place))
        thread.findings.append(_value(subject, sex, part, mention, place))

    def _sex_counted(self, mention: _Mention, subject: _Subject) -> Sex | None:
        """Which figure of the indicator a number with a label of its own states; None: none it has."""
        sex = _sex_of(f"{mention.left} {mention.right}")
        if sex is None or mention.whole is not None:
            return Sex.TOTAL if Sex.TOTAL in subject.indicator.sexes else None
        if sex is Sex.FEMALE and subject.names_women:
            return Sex.TOTAL
        return sex if sex in subject.indicator.sexes else None

    def _tie(self, mention: _Mention, thread: _Thread) -> _Tie | None:
        """The one indicator the number belongs to, clearly ahead of the next."""
        if mention.value is None or _is_year(mention) or mention.bracketed:
            return None
        own = _Words.of(mention.left, mention.right)
        inherited = _EMPTY if mention.subset else _Words.of(mention.before[thread.context_from :])
        scored = sorted(self._scores(mention, own, inherited), key=lambda pair: -pair[0])
        if not scored:
            return None
        runner_up = scored[1][0] if len(scored) > 1 else 0.0
        score, tie = scored[0]
        if tie.coverage < _COVERED_ENOUGH or score - runner_up < _CLEARLY_AHEAD:
            return None
        if self._is_coordinated(mention, tie) or self._leans_too_far(mention, tie, thread):
            return None
        return None if self._says_more(mention, tie) else tie

    def _is_coordinated(self, mention: _Mention, tie: _Tie) -> bool:
        """Whether one number counts two indicators together: "35 hộ nghèo, hộ cận nghèo"."""
        items = _ITEMS.split(mention.right.strip())
        return any(
            subject is not tie.subject
            and self._may_count(mention, subject)
            and self._index.coverage(subject, _Words.of(item)) >= _COVERED_WELL
            and self._index.coverage(tie.subject, _Words.of(item)) < _COVERED_ENOUGH
            for item in (items if len(items) > 1 else ())
            for subject in self._index.subjects
        )

    def _leans_too_far(self, mention: _Mention, tie: _Tie, thread: _Thread) -> bool:
        """Whether a number is tied by words that were said of another number.

        Those something was done for are counted with it or not at all: the five households of "05 con bò
        giống cho 05 hộ nghèo" are no number of poor households.
        """
        if mention.joint in _FOR and not _MONEY.match(mention.right):
            return not thread.found_any or tie.coverage <= tie.own_coverage
        if tie.own_coverage >= _COVERED_ENOUGH:
            return False
        known = tie.subject.vocabulary | self._index.topic | _GENERIC | _STOP
        foreign = _foreign(f"{mention.left} {_phrase_after(mention.right, tie.subject)}", known)
        again = thread.last is tie.subject
        return not mention.first and (bool(foreign) or again)

    def _scores(self, mention: _Mention, own: _Words, inherited: _Words) -> Iterator[tuple[float, _Tie]]:
        ties = [
            _Tie(subject, self._index.coverage(subject, own, inherited), self._index.coverage(subject, own))
            for subject in self._index.subjects
            if self._may_count(mention, subject)
        ]
        known = [self._known(tie.subject, own) for tie in ties]
        most = max(known, default=0.0)
        for tie, knows in zip(ties, known, strict=True):
            yield tie.coverage * (knows / most if most else 1.0), tie

    def _known(self, subject: _Subject, own: _Words) -> float:
        """How much of the words beside the number the indicator explains."""
        return sum(
            1.0 if word not in self._index.topic else _TOPIC for word in own.single & subject.vocabulary
        )

    def _may_count(self, mention: _Mention, subject: _Subject) -> bool:
        """Whether unit of measure and sex words allow the number to state this indicator."""
        if is_money(subject.indicator.unit_of_measure):
            return bool(_MONEY.match(mention.right))
        if _MONEY.match(mention.right):
            return False
        if subject.names_women and not _names_women(f"{mention.before} {mention.left} {mention.right}"):
            return False
        words = mention.words
        measure = _measure_at(words)
        if not words:
            return bool(mention.left.rstrip().endswith((":", "là", "="))) or mention.left.strip() != ""
        return subject.takes(measure, words)

    def _says_more(self, mention: _Mention, tie: _Tie) -> bool:
        """Whether the words narrow the count, or nothing but a weak likeness ties it."""
        if (mention.subset or not mention.words) and tie.own_coverage < _COVERED_WELL:
            return True
        known = tie.subject.vocabulary | self._index.topic | _GENERIC | _STOP
        after = _foreign(_phrase_after(mention.right, tie.subject), known)
        trailing = _foreign(_after_last_known(mention.left, tie.subject), known)
        about = _foreign(mention.right.partition(" về ")[2], self._index.vocabulary | known)
        if max(len(after), len(trailing), len(about)) >= _FOREIGN_WORDS:
            return True
        return len(_foreign(_label_before(mention), known)) >= _FOREIGN_WORDS

    def _zero(self, clause: str, place: Place) -> Value | None:
        """A clause that says that something did not happen: zero for the one indicator it names."""
        match = _NOTHING.search(clause)
        if match is None or _NOT_QUITE_NOTHING.search(clause) or len(_NEGATION.findall(clause)) > 1:
            return None
        thing = match["thing"]
        own = _Words.of(thing)
        scored = sorted(
            (
                (self._index.coverage(subject, own), subject)
                for subject in self._index.subjects
                if self._counts_in(thing, subject)
            ),
            key=lambda pair: -pair[0],
        )
        scored = [
            (score * self._known(subject, own), subject) if score >= _ZERO_COVERED else (0.0, subject)
            for score, subject in scored
        ]
        scored.sort(key=lambda pair: -pair[0])
        if (
            not scored
            or not scored[0][0]
            or (len(scored) > 1 and scored[1][0] > scored[0][0] * _CLOSE_BEHIND)
        ):
            return None
        subject = scored[0][1]
        if _foreign(thing, subject.vocabulary | self._index.topic | _GENERIC | _STOP | {"nào"}):
            return None
        if Sex.TOTAL not in subject.indicator.sexes or _sex_of(thing) is not None:
            return None
        return Value(
            subject.indicator.code,
            Sex.TOTAL,
            Decimal(0),
            subject.indicator.unit_of_measure,
            place,
            Method.SENTENCE,
        )

    def _counts_in(self, thing: str, subject: _Subject) -> bool:
        """Whether what did not happen is named in the indicator's measure: "vụ", "cuộc", "lao động nào"."""
        words = [word for word in _keys(thing) if word not in {"một", "bất", "cứ"}]
        if is_money(subject.indicator.unit_of_measure):
            return False
        return subject.takes(_measure_at(words), words)

    def _percent_only(self, mentions: Sequence[_Mention], place: Place) -> list[Value]:
        """A ratio without its counts: its figures were reported in a way that cannot be added up."""
        return [
            Value(
                figure.indicator,
                figure.sex,
                None,
                subject.indicator.unit_of_measure,
                place,
                Method.SENTENCE,
                Certainty.DOUBTFUL,
                reason="percent_only",
            )
            for mention in mentions
            if mention.percent and not mention.bracketed
            for figure in self._figures_of_ratio(mention)
            if (subject := self._index.get(figure.indicator)) is not None
        ]

    def _figures_of_ratio(self, mention: _Mention) -> tuple[Figure, ...]:
        said = f"{mention.before[-120:] if not mention.left.strip(' ,') else ''} {mention.left}"
        if "tỷ lệ" not in " ".join(_keys(said)):
            return ()
        own = _Words.of(said)
        scored = sorted(
            ((self._index.coverage(subject, own), rule) for subject, rule in self._index.ratios),
            key=lambda pair: -pair[0],
        )
        if (
            scored
            and scored[0][0] >= _COVERED_WELL
            and (len(scored) == 1 or scored[0][0] - scored[1][0] >= _CLEARLY_AHEAD)
        ):
            return (scored[0][1].numerator, scored[0][1].denominator)
        return self._women_of_one(own) if _sex_of(said) is Sex.FEMALE else ()

    def _women_of_one(self, own: _Words) -> tuple[Figure, ...]:
        """The figures behind "tỷ lệ nữ …" of an indicator split by sex, where no ratio is asked for."""
        scored = sorted(
            (
                (self._index.coverage(subject, own), subject.indicator)
                for subject in self._index.subjects
                if Sex.FEMALE in subject.indicator.sexes
            ),
            key=lambda pair: -pair[0],
        )
        if (
            not scored
            or scored[0][0] < _COVERED_WELL
            or (len(scored) > 1 and scored[0][0] - scored[1][0] < _CLEARLY_AHEAD)
        ):
            return ()
        code = scored[0][1].code
        return (Figure(code, Sex.FEMALE), Figure(code, Sex.TOTAL))


def _half(last_month: int) -> int:
    """The half of the year that figures up to this month belong to; cut-offs move by a month or two."""
    return 1 if 4 <= last_month <= 8 else 2  # noqa: PLR2004


_SHORTER = frozenset((PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF_YEAR, PeriodKind.NINE_MONTHS))
_ZERO_COVERED = 0.6
_CLOSE_BEHIND = 0.8
_NEGATION = re.compile(r"\b(?:không|chưa|chẳng)\b", re.IGNORECASE)
_NOTHING = re.compile(
    r"\b(?:không|chưa)\s+(?:(?:để|có|xảy ra|phát hiện|phát sinh|ghi nhận|tổ chức|ban hành|tiếp nhận"
    r"|xử lý|mở)\s+(?:được\s+)?)+"
    r"(?P<thing>[^,.;:()]+)",
    re.IGNORECASE,
)
# "chưa tổ chức được nhiều cuộc" is not none; a doubled negation is not none either.
_NOT_QUITE_NOTHING = re.compile(
    r"\b(?:nhiều|đủ|đầy đủ|thường xuyên|kịp thời|hết|riêng|rõ|cao|tốt|đồng đều|đáng kể|nghiêm trọng"
    r"|lớn|chuyên trách|"
    r"còn|nhưng|chỉ|ngoài|trừ)\b",
    re.IGNORECASE,
)


def _is_left_alone(clause: str) -> bool:
    return bool(_LEFT_ALONE.search(clause) or _PART_OF_THE_AREA.search(clause.strip()))


def _is_whole(value: Decimal) -> bool:
    return value == value.to_integral_value()


def _is_year(mention: _Mention) -> bool:
    return bool(re.fullmatch(_YEARS, mention.text)) and not _measure_at(mention.words)


def _in_measure(mention: _Mention, indicator: Indicator) -> Decimal | None:
    """The number in the indicator's unit of measure; None for half a person."""
    if mention.value is None:
        return None
    money = _MONEY.match(mention.right)
    if money:
        return convert(mention.value, _money_name(money["unit"]), indicator.unit_of_measure)
    return mention.value if _is_whole(mention.value) else None


def _money_name(unit: str) -> str:
    name = unit.strip().lower()
    return name if name.endswith(("đồng", "đ")) else f"{name} đồng"


def _value(
    subject: _Subject, sex: Sex, value: Decimal, mention: _Mention, place: Place, *, doubt: str = ""
) -> Value:
    return Value(
        subject.indicator.code,
        sex,
        value,
        subject.indicator.unit_of_measure,
        place,
        Method.SENTENCE,
        Certainty.DOUBTFUL if doubt else Certainty.CERTAIN,
        mention.qualifier,
        doubt,
    )


_PLAIN_WORD = re.compile(r"[^\W\d_]+")


def _foreign(text: str, known: frozenset[str]) -> list[str]:
    """The words of a phrase that the indicator does not know; names of places and offices apart."""
    common = " ".join(word for word in _PLAIN_WORD.findall(text) if not word[0].isupper() or word.isupper())
    foreign = [word for word in _keys(common) if word not in known and word not in _PERSON_WORDS]
    return foreign + [word for word in foreign if word[0] in "αβγδεζηθικ"]  # another age alone says enough


_PERSON_WORDS = frozenset(word for phrase in (*_PERSONS, *_VISITS, *_EVENTS) for word in phrase.split()) - {
    "đối",  # đối tượng, but also đối thoại
    "tượng",
    "thanh",
    "niên",
    "bệnh",
}


def _phrase_after(right: str, subject: _Subject) -> str:
    """The phrase after the number up to words of place or purpose; items after a comma only widen it."""
    first = re.split(r"[,\x00]", right, maxsplit=1)[0]
    money = _MONEY.match(first)
    kept: list[str] = []
    for word in (first[money.end() :] if money else first).split():
        if word.lower() in _ADJUNCT and word.lower() not in subject.vocabulary:
            break
        kept.append(word)
    return " ".join(kept)


def _after_last_known(left: str, subject: _Subject) -> str:
    """The words between the indicator's last word and the number: "hộ nghèo [dân tộc thiểu số]: 12"."""
    words = left.split()
    for index in range(len(words) - 1, -1, -1):
        if set(_keys(words[index])) & subject.vocabulary:
            return " ".join(words[index + 1 :])
    return ""


# Who did it comes before what was done and narrows nothing: "Công an huyện phối hợp tổ chức 02 cuộc".
_ACTOR = re.compile(
    r"^\s*(?:trong\s+\x00*\s*)?(?:ubnd|ủy ban|hội|phòng|ban|công an|trung tâm|trạm|trường|đoàn|mặt "
    r"trận|liên đoàn|thanh tra|"
    r"huyện|đài|xã|thị trấn|phường|đơn vị|cơ quan|toàn|tỉnh|các|cấp ủy|đảng ủy|địa phương|ngân hàng"
    r"|chi nhánh|tổ)\b"
    r"[^,]*?(?=\b(?:đã|phối hợp|tổ chức|ban hành|có|chủ động|tham mưu|xây dựng|duy trì|triển khai"
    r"|thực hiện|mở|xảy ra|"
    r"phát|cấp|treo|giải quyết|hiện)\b)",
    re.IGNORECASE,
)


def _label_before(mention: _Mention) -> str:
    """What is said right before a number: the verb or label after the last comma, without the actor."""
    said = mention.left.rpartition(", ")[2] if mention.first else mention.left
    label = _ACTOR.sub(" ", said, count=1)
    first, _, rest = label.strip().partition(" ")
    return label if rest[:1].isupper() else f"{first.lower()} {rest}"
