"""The words of indicators, and how far a stretch of text says them.

Vietnamese writes its words as syllables apart, so that "gia" of "tham gia" is not "gia" of "gia đình": a
syllable counts as said only beside the neighbour it has in the indicator's label.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, takewhile
from math import fsum
from typing import TYPE_CHECKING

from config.reports import Aggregation, Indicator
from config.spelling import accented_key, tidy, word_set
from intake.figures.abbreviations import ABBREVIATIONS
from intake.figures.measures import is_money, is_scaled, same_measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_INHERITED = 0.7  # a word said earlier in the clause counts less than one beside the number
_HALF_A_WORD = 0.5  # a syllable without its neighbour may belong to another word
_MEASURE_WORD = 0.2  # "buổi", "cuộc", "vụ" are settled by the unit of measure and say little beside it
_LIST_OF_PARTS = 3
_TOPIC = 0.1  # the report's subject stands in half of its labels and tells them apart from nothing


def phrases(text: str) -> tuple[str, ...]:
    """The words of a list parted by upright strokes."""
    return tuple(text.split("|"))


# TT, TTr, LĐ, KH, TH mean several things and stay as they are.
_SHORT_FORMS = {**ABBREVIATIONS, "shck": "sinh hoạt câu lạc bộ", "đ c": "đồng chí"}
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
    "hàng tháng": "hằng tháng",
    "hàng quý": "hằng quý",
    "hàng năm": "hằng năm",
}
_REWRITTEN = re.compile(
    r"\b(" + "|".join(sorted({**_SHORT_FORMS, **_ONE_SPELLING}, key=len, reverse=True)) + r")\b"
)

# Words that carry no subject: they neither tie a number to an indicator nor narrow what it counts.
STOP = word_set(
    "số tổng của và các về được đã là có cho trong trên với tại ở do theo việc kỳ những một cả đó này nào từ "
    "đến vào bị hoặc lượt cùng như để thì mà năm quý tháng nay xong"
)
GENERIC = word_set(
    "tổ chức duy trì thu hút phát treo cấp phối hợp đoàn thể ban hành hệ thống địa bàn xảy tổng số "
    "toàn xã huyện "
    "tỉnh phường thị trấn thôn bản thành tích đạt chiếm thực hiện triển khai công tác hoạt động "
    "lượng nội dung "
    "hình thức trực tiếp lồng ghép tham gia dự nghe người nhân dân cộng đồng cơ quan đơn vị ngành cấp hội "
    "ủy ban ubnd lượt thu được tính thời điểm hiện nay đầu cuối kỳ báo cáo tăng cường kịp thời "
    "chuyên đề ngày "
    "vụ việc trường hợp đồng chí đại biểu cán bộ quả kết tiếp tục xây dựng thành lập cử mở tuyên truyền "
    "rà soát biểu mới đương nhiệm hiện qua gồm khác quan tâm trị giá nguồn số tiền tổng kinh phí "
    "ra đẩy mạnh chú trọng sôi nổi rộng rãi phong phú đa dạng đảm nhận tiến hành"
)
ADJUNCT = word_set("tại đặt ở đến trên nhằm để bằng vào qua cùng với cho trong")


# An age, a rank and the digits of "5 không, 3 sạch" are part of what is counted and no figures: they become
# letters no other word has.
_AGE = re.compile(
    r"\d{1,2}(?=\s*tuổi)|\d{1,2}(?=\s*(?:-|–|đến(?: dưới)?)\s*\d{1,2}\s*tuổi)"
    r"|(?<=con thứ )\d(?!\d)|\b[35](?=\s+không,?\s+3\s+sạch\b)|(?<=không )3(?=\s+sạch\b)"
    r"|(?<=không, )3(?=\s+sạch\b)",
    re.IGNORECASE,
)
_AGE_LETTERS = str.maketrans("0123456789", "αβγδεζηθικ")


def spell_ages(text: str) -> str:
    """The text, as long as before, with the digits of ages as letters: "dưới 16 tuổi"."""
    return _AGE.sub(lambda match: match.group().translate(_AGE_LETTERS), text)


_OF_MONEY = word_set("kinh phí tiền vốn nguồn hỗ trợ giá trị chi ngân sách đồng")
_AREA = word_set("toàn xã phường thị trấn thôn bản huyện tỉnh trường")
_COUNTING = word_set("cuộc buổi hội nghị đợt lần lớp khóa lượt người vụ trường hợp ca")


@lru_cache(maxsize=8192)
def keys_of(text: str) -> tuple[str, ...]:
    """The syllables of a text for comparison, abbreviations written out, one spelling for each word."""
    key = accented_key(spell_ages(text))
    written_out = _REWRITTEN.sub(lambda match: _SHORT_FORMS.get(match[1]) or _ONE_SPELLING[match[1]], key)
    return tuple(written_out.split())


# Where a thing was counted says nothing of what was: "hộ dân trên địa bàn" are no more than "hộ dân".
_WHEREABOUTS = re.compile(
    r"\b(?:trên|tại|ở|trong)? ?(?:địa bàn|địa phương)(?: (?:xã|phường|thị trấn|huyện|thôn))?\b"
)


def _content(text: str) -> list[str]:
    counted = _WHEREABOUTS.sub(" ", " ".join(keys_of(text)))
    return [word for word in counted.split() if word not in STOP]


def _pairs(words: Sequence[str]) -> frozenset[tuple[str, str]]:
    return frozenset(pairwise(words))


@dataclass(frozen=True, slots=True)
class Words:
    """The content words of a stretch of text, alone and in pairs."""

    single: frozenset[str]
    pairs: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, *stretches: str) -> Words:
        """The words of these stretches, pairs within each stretch only."""
        lists = [_content(stretch) for stretch in stretches]
        return cls(
            frozenset(word for words in lists for word in words),
            frozenset(pair for words in lists for pair in _pairs(words)),
        )


NO_WORDS = Words(frozenset(), frozenset())

PERSONS = phrases(
    "người|đồng chí|đại biểu|cán bộ|hội viên|phụ nữ|thai phụ|lao động|học viên|học sinh|sinh viên|nạn nhân"
    "|trẻ em|trẻ|cháu|cụ|"
    "em|bé|thành viên|đoàn viên|đội viên|đảng viên|công nhân|cá nhân|ủy viên|đối tượng|người dân|trường hợp|"
    "công chức|viên chức|ca|nữ|nam|chị|thanh niên|bệnh nhân|người lao động"
)
_PERSONS = frozenset(PERSONS)
VISITS = (
    "lượt người",
    "lượt",
    "lượt hội viên",
    "lượt phụ nữ",
    "lượt đại biểu",
    "lượt cán bộ",
    "lượt học sinh",
)
EVENTS = phrases("cuộc|buổi|hội nghị|đợt|lần|lớp|hội thảo|tọa đàm|hội thi|khóa|lớp học|cuộc thi|phiên")
#: Kinds of documents that an office issues, of Decree 30/2020/NĐ-CP, article 7: each is a "văn bản".
DOCUMENTS = phrases(
    "văn bản|kế hoạch|công văn|quyết định|tờ trình|thông báo|hướng dẫn|chương trình|nghị quyết|chỉ thị"
    "|quy chế|quy định|thông cáo|đề án|phương án|báo cáo|giấy mời|công điện"
)
_HOUSEHOLDS = ("hộ", "hộ gia đình", "gia đình")
_CASES = ("vụ", "vụ việc", "trường hợp", "ca", "cuộc bạo lực")
MONEY = re.compile(
    r"^\s*(?P<unit>(?:(?:nghìn|ngàn|triệu|tỷ|tỉ)(?:\s+đồng|\s*đ\b)?|đồng|trđ|tr\.?đ|vnđ|đ(?!\s*[/.]?\s*c\b))"
    r"(?!\s*(?:chí|bào|dân)))\b",
    re.IGNORECASE,
)
_KINDS = {
    "persons": PERSONS,
    "visits": VISITS,
    "events": EVENTS,
    "households": _HOUSEHOLDS,
    "cases": _CASES,
}
_MEASURE_WORDS = tuple(
    (word, tuple(word.split()))
    for word in sorted(
        {
            *(word for words in _KINDS.values() for word in words),
            *phrases(
                "văn bản|kế hoạch|tin bài|tin|bài|chiếc|cái|tấm|tờ|bản|câu lạc bộ|mô hình|địa chỉ|"
                "điểm|nhà|cơ sở|"
                "cặp|tập thể|doanh nghiệp|hợp tác xã|giờ|chuyên mục|chuyên trang|thôn|xã|đơn vị|tổ|nhóm|"
                "suất|công trình"
            ),
        },
        key=lambda word: -len(word.split()),
    )
)


#: Words that may follow a number and say what it counts, longest first.
COUNTED_IN = tuple(word for word, _ in _MEASURE_WORDS)


def measure_at(right: Sequence[str]) -> str:
    """The unit of measure a phrase begins with, the longest known; empty when it begins with none."""
    for word, parts in _MEASURE_WORDS:
        if tuple(right[: len(parts)]) == parts:
            return word
    return ""


def _kinds(measure: str) -> frozenset[str]:
    return frozenset(kind for kind, words in _KINDS.items() if measure in words)


# What names women without counting them.
NO_SEX = re.compile(
    (
        r"(?:tiến bộ (?:của )?|liên hiệp |hội |hội viên,? )phụ nữ|việt nam|nam, nữ|nam nữ|nam và nữ|nam "
        r"giới và phụ nữ"
    ),
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to say an indicator: its content words with their neighbours, and how it begins."""

    words: tuple[str, ...]
    pairs: frozenset[tuple[str, str]]
    heads: frozenset[str]
    women: bool = False  #: it counts women: "hộ nghèo do phụ nữ làm chủ hộ"


@dataclass(frozen=True, slots=True)
class Subject:
    """An indicator as a sentence would speak of it."""

    indicator: Indicator
    forms: tuple[_Form, ...]
    vocabulary: frozenset[str]
    measures: tuple[str, ...]
    money: bool

    @property
    def is_stock(self) -> bool:
        """Whether the indicator asks for all there are, not for what happened."""
        return self.indicator.aggregation is not Aggregation.SUM

    def is_named_in(self, content: str) -> bool:
        """Whether a name of it stands in content words, blanks on both ends."""
        return any(f" {' '.join(form.words)} " in content for form in self.forms)

    @property
    def names_women(self) -> bool:
        """Whether the label itself counts women, so that "nữ" is no breakdown of it."""
        return all(form.women for form in self.forms)

    def says(self, words: Sequence[str], around: Sequence[str]) -> bool:
        """Whether syllables of its names stand there beside the neighbour they have in them."""
        near = set(pairwise(around))
        return any(
            not near.isdisjoint(form.pairs) or (len(form.words) == 1 and form.words[0] in words)
            for form in self.forms
        )

    def is_named_beyond(self, measure: str, own: Words, inherited: Words) -> bool:
        """Whether more of a name is said than whom it counts: "120 đại biểu" of a meeting are no council."""
        if measure not in _PERSONS:
            return True
        counted = measure.split()
        said = (own.pairs | inherited.pairs) - _pairs(counted)
        alone = own.single | frozenset(counted)
        return any(
            not said.isdisjoint(form.pairs)
            or (len(form.words) == 1 and form.words[0] in alone)
            or set(form.words) <= set(counted)
            for form in self.forms
        )

    def says_what_for(self, own: Words, inherited: Words) -> bool:
        """Whether the aim of a sum is said: "kinh phí 200 triệu đồng" of land is none of houses."""
        said = own.single | inherited.single
        return any(2 * len(aim & said) >= len(aim) for aim in self._aims())

    def has_aim_in(self, said: frozenset[str], besides: frozenset[str]) -> bool:
        """Whether words that say what the sum is for, others than these, were said."""
        return any((aim - besides) & said for aim in self._aims())

    def _aims(self) -> tuple[frozenset[str], ...]:
        return tuple(frozenset(form.words) - GENERIC - _OF_MONEY for form in self.forms)

    def is_said_between(self, left: str, right: str) -> bool:
        """Whether words on both sides of a number make one of its names whole, and nothing but it."""
        before, after = frozenset(_content(left)), frozenset(_content(right))
        return bool(before) and any(before | after == frozenset(form.words) for form in self.forms)

    def is_part_named(self, whole: Subject, own: str) -> bool:
        """Whether its name is made of words of the whole's and of these, none of which is left over."""
        said = frozenset(_content(re.split(r"[,;.(\x00]", own, maxsplit=1)[0])) - _TELLING
        told = said | whole.vocabulary
        return any(
            said - whole.vocabulary and said <= frozenset(form.words) <= told for form in self.forms if said
        )

    def is_named_for_what_was_done(self, text: str) -> bool:
        """Whether a text is a name of it that tells what was done to those it counts: "người được tiếp"."""
        told = re.split(r"[,;.(\x00]|\svề\s", text, maxsplit=1)[0]
        return "được" in accented_key(told).split() and self.is_said_by(told)

    def is_said_by(self, text: str) -> bool:
        """Whether one of its names is said whole, and nothing but it."""
        return any(tuple(_content(text)) == form.words for form in self.forms)

    @property
    def counts_documents(self) -> bool:
        """Whether it counts what an office issues, of whatever kind."""
        return any(head in DOCUMENTS for form in self.forms for head in form.heads)

    def takes(self, measure: str, right: Sequence[str]) -> bool:
        """Whether a number followed by these words may count what the indicator counts."""
        if self.money:
            return False
        if self.begins_with_head(right) or self._begins_with_measure(right):
            return True
        if right and is_scaled(right[0]):
            return same_measure(right[0], self.indicator.unit_of_measure)
        return bool(measure) and any(_same_thing(measure, own) for own in self.measures)

    def _begins_with_measure(self, right: Sequence[str]) -> bool:
        """Whether the words begin with the indicator's own unit of measure, known elsewhere or not: "căn"."""
        return any(
            tuple(right[: len(own)]) == own for own in map(tuple, map(str.split, self.measures)) if own
        )

    def begins_with_head(self, right: Sequence[str]) -> bool:
        """Whether the words begin with one of the things the label names: "pa nô" of "băng rôn, pa nô"."""
        starts = {" ".join(right[:2]), " ".join(right[:1])}
        return any(not starts.isdisjoint(form.heads) for form in self.forms)


@lru_cache(maxsize=8192)
def _same_thing(stated: str, wanted: str) -> bool:
    """Persons stand for attendances, never the other way round: who came thrice counts three times."""
    if stated == wanted or same_measure(stated, wanted):
        return True
    kinds = _kinds(stated)
    wanted_kinds = _kinds(wanted)
    return bool(kinds & wanted_kinds) or ("persons" in kinds and "visits" in wanted_kinds)


#: Verbs by which a part is told: "trong đó phát hiện 02 cơ sở vi phạm".
_TELLING = word_set("phát hiện gồm bao")
_LEADING = re.compile(r"^(?:(?:tổng\s+số|số\s+lượng|số\s+lượt|tổng|số)\s+)+", re.IGNORECASE)
ITEMS = re.compile(r"\s*[,;/]\s*|\s+(?:và|hoặc)\s+")


def _forms(text: str) -> Iterator[_Form]:
    bare = re.sub(r"\([^)]*\)", " ", text)
    for variant in dict.fromkeys((text, bare)):
        words = tuple(_content(variant))
        if words:
            heads = frozenset(
                " ".join(keys_of(item)[:2]) for item in ITEMS.split(_LEADING.sub("", bare)) if item
            )
            yield _Form(words, _pairs(words), heads, names_women(variant))


def names_women(text: str) -> bool:
    """Whether a phrase counts women, and not only names their union or their progress."""
    return "nữ" in accented_key(NO_SEX.sub(" ", text)).split()


def _subject(indicator: Indicator) -> Subject:
    forms = tuple(form for text in (indicator.label, *indicator.synonyms) for form in _forms(text))
    measures = tuple(
        " ".join(keys_of(part))
        for part in (indicator.unit_of_measure, *ITEMS.split(indicator.unit_of_measure))
    )
    vocabulary = frozenset(word for form in forms for word in form.words)
    return Subject(
        indicator, forms, vocabulary, tuple(dict.fromkeys(measures)), is_money(indicator.unit_of_measure)
    )


def _verbatim(names: Iterable[str]) -> re.Pattern[str]:
    """Whatever says one of the names in its very words, with or without their commas."""
    bare = {tidy(re.sub(r"\s*\([^()]*\)", " ", name)) for name in names}
    told = [re.split(r"[\s,;]+", name) for name in sorted(bare, key=len, reverse=True) if " " in name]
    return re.compile(
        "|".join(r"\b" + r"[\s,;]+".join(map(re.escape, words)) + r"\b" for words in told) or r"(?!)",
        re.IGNORECASE,
    )


@dataclass(slots=True)
class ListedParts:
    """The indicators that a sentence lists as the parts of one whole."""

    whole: str
    codes: frozenset[str]
    is_told: bool = False  #: whether the whole was read of the sentence


class SubjectIndex:
    """All indicators of a report, and how much each word tells them apart."""

    def __init__(self, indicators: Sequence[Indicator], topics: Sequence[str]) -> None:
        counted = [one for one in indicators if one.aggregation is not Aggregation.RATIO]
        self.subjects = tuple(_subject(one) for one in counted if one.aggregation is not Aggregation.COUNT)
        self.ratios = tuple((_subject(one), one.ratio) for one in indicators if one.ratio is not None)
        self._by_code = {subject.indicator.code: subject for subject in self.subjects}
        self.topics = frozenset(word for topic in topics for word in _content(topic))
        named = "|".join(map(re.escape, sorted(topics, key=len, reverse=True)))
        self._topics = re.compile(rf"\b(?:{named})\b" if named else r"(?!)", re.IGNORECASE)
        self.topic = self._topic_words(indicators, topics)
        self.vocabulary = frozenset(word for subject in self.subjects for word in subject.vocabulary)
        self.stocks = frozenset(
            word
            for subject in self.subjects
            if subject.indicator.aggregation is not Aggregation.SUM
            for word in subject.vocabulary
        )
        names = [_LEADING.sub("", name) for one in indicators for name in (one.label, *one.synonyms)]
        self._names = _verbatim(names)
        self._listing_names = _verbatim(name for name in names if re.search(r"[,;]", name))
        self._spread: dict[str, int] = {}
        for subject in self.subjects:
            for word in subject.vocabulary:
                self._spread[word] = self._spread.get(word, 0) + 1

    @staticmethod
    def _topic_words(indicators: Sequence[Indicator], named: Sequence[str]) -> frozenset[str]:
        """The words of the report's subject that no indicator uses for itself.

        In a report on "giảm nghèo" the word "nghèo" tells "hộ nghèo" from "hộ dân"; "giảm" tells nothing.
        """
        topics = [" ".join(_content(topic)) for topic in named]
        words = frozenset(word for topic in topics for word in topic.split())
        whole = re.compile("|".join(rf"\b{re.escape(topic)}\b" for topic in topics if topic) or r"(?!)")
        names = (name for one in indicators for name in (one.label, *one.synonyms))
        return words - {word for name in names for word in whole.sub(" ", " ".join(_content(name))).split()}

    def without_topics(self, text: str) -> str:
        """A text without the report's subject, named in full: "văn bản về bình đẳng giới" are "văn bản"."""
        return self._topics.sub(" ", text)

    def without_names(self, text: str) -> str:
        """A text without the names of indicators: "đơn kiến nghị, phản ánh" proposes nothing."""
        return self._names.sub(" ", text)

    def names_joined(self, text: str) -> str:
        """A text without the commas inside the names of indicators: "đơn kiến nghị phản ánh"."""
        if "," not in text and ";" not in text:
            return text
        return self._listing_names.sub(lambda said: re.sub(r"\s*[,;]\s*", " ", said[0]), text)

    def parts_listed(self, before: str, after: str) -> ListedParts | None:
        """The indicators that a sentence lists as the parts of one whole it names before them.

        "286 đối tượng hưởng trợ cấp, gồm: 142 người cao tuổi; 98 người khuyết tật; 12 trẻ mồ côi": where a
        report asks for all there are, and right behind it for three of the parts or more, those are all
        there are as well.
        """
        whole, parts = (f" {' '.join(_content(text))} " for text in (before, after))
        for at, subject in enumerate(self.subjects):
            if not subject.is_stock or not subject.is_named_in(whole):
                continue
            below = takewhile(lambda one: one.is_stock and not one.money, self.subjects[at + 1 :])
            told = frozenset(one.indicator.code for one in below if one.is_named_in(parts))
            if len(told) >= _LIST_OF_PARTS:
                return ListedParts(subject.indicator.code, told)
        return None

    def get(self, code: str) -> Subject | None:
        """The subject of that indicator, None for ratios and yes/no indicators."""
        return self._by_code.get(code)

    def named_by(self, words: Sequence[str]) -> frozenset[str]:
        """The codes of the indicators of which one name says all these words: "đăng ký", "hằng tháng"."""
        told = [f" {' '.join(keys_of(word))} " for word in words]
        return frozenset(
            subject.indicator.code
            for subject in self.subjects
            for name in (subject.indicator.label, *subject.indicator.synonyms)
            if all(word in f" {' '.join(keys_of(name))} " for word in told)
        )

    def known(self, subject: Subject, own: Words) -> float:
        """How many of the words beside a number the indicator explains; of whose area it is tells little."""
        little = self.topic | _AREA
        return fsum(_TOPIC if word in little else 1.0 for word in own.single & subject.vocabulary)

    def weight(self, word: str) -> float:
        """A word in many labels tells little, a word of the report's topic next to nothing."""
        worth = _TOPIC if word in self.topics else _MEASURE_WORD if word in _COUNTING else 1.0
        return worth / self._spread.get(word, 1)

    def coverage(self, subject: Subject, own: Words, inherited: Words = NO_WORDS) -> float:
        """The share of an indicator's words that were said, over its best form: 0 to 1."""
        return max((self._share_said(form, own, inherited) for form in subject.forms), default=0.0)

    def _share_said(self, form: _Form, own: Words, inherited: Words) -> float:
        total = sum(self.weight(word) for word in form.words)
        whole = 0.0
        said = 0.0
        for index, word in enumerate(form.words):
            near = _pairs(form.words[max(0, index - 1) : index + 2])
            share, certain = _said(word, near, own, inherited, alone=len(form.words) == 1)
            said += share * self.weight(word)
            whole += certain
        return said / total if whole and total else 0.0


@lru_cache(maxsize=32)
def subject_index(indicators: tuple[Indicator, ...], topics: tuple[str, ...]) -> SubjectIndex:
    """The index of a report's indicators, made ready once for each report."""
    return SubjectIndex(indicators, topics)


def _said(
    word: str, near: frozenset[tuple[str, str]], own: Words, inherited: Words, *, alone: bool
) -> tuple[float, bool]:
    """How far a syllable was said: in its pair beside the number, earlier, or only by itself."""
    for words, factor in ((own, 1.0), (inherited, _INHERITED)):
        if any(pair in words.pairs for pair in near) or (alone and word in words.single):
            return factor, True
    for words, factor in ((own, 1.0), (inherited, _INHERITED)):
        if word in words.single:
            return factor * _HALF_A_WORD, False
    return 0.0, False
