"""How much a reworded label speaks for one indicator: evidence for the form, never a match of its own.

"Nguồn vận động xã hội hóa" shares too few words with "Kinh phí huy động từ nguồn xã hội hóa" to be read by
its words alone. Where the whole form leaves exactly this indicator for exactly this row, the words must
still speak for it: words that stand together in both, half of either name shared, nothing that turns or
narrows the count. No list names every word that does: "kiểm tra tín dụng" is no loan. So a row that holds
one word of its own, which neither the indicator's names nor the report's subject know, is a question.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from config.reports import Aggregation
from config.spelling import is_accented, plain_key, word_set
from intake.figures.labels import LabelIndex
from intake.figures.measures import same_measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_T = TypeVar("_T")

# What is never a shared word: the counted in general, and sexes.
_GENERAL = word_set("số tổng người lượt lần được bị nam nữ trai gái phụ trẻ em giới tính")
# Words of a row that need not stand in the name: they count nothing and narrow nothing.
_FUNCTION = word_set(
    "số tổng lượng lượt lần người được bị do đã của và hoặc các những cho về với theo từ đến ở tại trong trên"
    " qua vào ra để là có thì mà này đó như cùng cấp kì báo cáo việc công tác sự"
)
# Where a row has the one and the name the other, they count two things.
_OPPOSITES = (
    ("tập thể", "cá nhân"),
    ("tổ chức", "cá nhân"),
    ("nạn nhân", "người gây"),
    ("được hỗ trợ", "gây"),
    ("phát hiện", "xử lí"),
    ("tiếp nhận", "giải quyết"),
    ("thành lập", "giải thể"),
    ("kết hôn", "li hôn"),
    ("sinh", "tử vong"),
    ("tăng", "giảm"),
    ("thu", "chi"),
    ("nộp", "nợ"),
    ("cho vay", "thu nợ"),
    ("vay", "trả"),
    ("đến", "đi"),
    ("vào", "ra"),
    ("trong", "ngoài"),
    ("trên", "dưới"),
    ("đúng hạn", "quá hạn"),
    ("bố trí", "huy động"),
    ("ngân sách", "xã hội hóa"),
    ("thoát", "rơi"),
    ("công lập", "tư thục"),
    ("tảo hôn", "li hôn"),
    ("tạo việc làm", "mất việc làm"),
    ("trưởng", "phó"),
)
# A part of those counted, or figures of another kind: at best a question to a person. What parts the
# counted are the breakdowns ("phân tổ") of the national statistical indicators (Decree 94/2022/NĐ-CP) and
# the groups that policies name; figures are of a plan, estimated, cumulative, or of another period.
_NARROWING = (
    *("nông thôn", "thành thị", "đô thị", "miền núi", "vùng cao", "biên giới", "hải đảo"),
    *("dân tộc", "thiểu số", "tôn giáo", "cao tuổi", "thanh niên", "vị thành niên", "học sinh"),
    *("nghèo", "khuyết tật", "có công", "mồ côi", "đơn thân", "chủ hộ"),
    *("đảng viên", "đoàn viên", "hội viên"),
    *("cấp trên", "cấp huyện", "cấp tỉnh", "cấp trung ương", "cấp thôn", "toàn huyện", "toàn tỉnh"),
    *("mới", "tái", "lần đầu", "còn lại", "tồn", "tăng thêm"),
    *("ước", "kế hoạch", "chỉ tiêu", "dự kiến", "dự toán", "lũy kế", "từ đầu năm", "đến nay", "cả năm"),
    *("cùng kì", "năm trước", "kì trước", "năm ngoái"),
)
_NEGATION = ("không", "chưa", "chẳng", "ngoài", "trừ", "quá hạn", "thôi")
_BREAK = "|"  # no words stand together across it
_HALF = 0.5
_SINGLE = 0.5  # what a rare syllable counts that stands alone: "động" is of "huy động" and "lao động"
_FEW = 2  # indicators a distinctive word may occur in...
_FEW_SHARE = 8  # ... or one in so many of the report's


@dataclass(frozen=True, slots=True)
class _Telling:
    """The words that tell counts apart, as they are typed."""

    general: frozenset[str]
    function: frozenset[str]
    opposites: tuple[tuple[str, str], ...]
    narrowing: tuple[str, ...]
    negation: tuple[str, ...]
    subject: re.Pattern[str]


_MARKED = _Telling(_GENERAL, _FUNCTION, _OPPOSITES, _NARROWING, _NEGATION, re.compile(r"\bvề\b.*$"))
_BARE = _Telling(
    general=frozenset(map(plain_key, _GENERAL)),
    function=frozenset(map(plain_key, _FUNCTION)),
    opposites=tuple((plain_key(one), plain_key(other)) for one, other in _OPPOSITES),
    narrowing=tuple(map(plain_key, _NARROWING)),
    negation=tuple(map(plain_key, _NEGATION)),
    subject=re.compile(r"\bve\b.*$"),
)


class Likeness(IntEnum):
    """How far a label's words speak for an indicator."""

    NONE = 0
    WEAK = 1  #: enough to ask a person
    STRONG = 2  #: enough when the form leaves nothing else


@dataclass(frozen=True, slots=True)
class _Label:
    """A row's label or an indicator's name taken apart."""

    text: str  #: folded, whole
    said: frozenset[str]  #: content words, without the report's subject and general words
    pairs: frozenset[tuple[str, str]]  #: words that stand together
    done: frozenset[str]  #: of `said`, what happened to the counted: "được hỗ trợ, tư vấn"


@dataclass(frozen=True)
class LikenessIndex:
    """The names of a report's indicators, to be asked how far a label's words speak for one of them."""

    index: LabelIndex

    def judge(self, label: str, code: str, measure: str) -> Likeness:
        """How far the label speaks for the indicator against all others of the report.

        `measure` is the row's unit of measure; that it is the indicator's is the caller's to see to. A
        label typed without marks leaves more open than any rule can close: it is never strong.
        """
        if not self.index.bare and not is_accented(label):
            return min(self._without_marks.judge(label, code, measure), Likeness.WEAK)
        row = self._row(label, measure)
        grade = max((self._against(row, name) for name in self._names[code]), default=Likeness.NONE)
        if grade is Likeness.NONE:
            return Likeness.NONE
        if self._strange_words(row, code, measure):
            grade = Likeness.WEAK
        own = self._shared_most(row, code)
        rivals = {rival: self._shared_most(row, rival) for rival in self._names if rival != code}
        if any(shared > own for shared in rivals.values()):
            return Likeness.NONE
        alike = (rivals[rival] for rival in rivals if same_measure(measure, self._measures[rival]))
        return Likeness.WEAK if any(shared == own for shared in alike) else grade

    @cached_property
    def _without_marks(self) -> LikenessIndex:
        return LikenessIndex(self.index.without_marks)

    @property
    def _telling(self) -> _Telling:
        return _BARE if self.index.bare else _MARKED

    @cached_property
    def _measures(self) -> dict[str, str]:
        return {one.code: one.unit_of_measure for one in self.index.indicators}

    @cached_property
    def _topics(self) -> tuple[str, ...]:
        return tuple(sorted(filter(None, map(self.index.folded, self.index.topics)), key=len, reverse=True))

    @cached_property
    def _names(self) -> dict[str, tuple[_Label, ...]]:
        """The names of every indicator that is counted; a rate is no rival of a count."""
        return {
            one.code: tuple(
                self._label(key.text, key.text, one.unit_of_measure) for key in self.index.keys_of(one.code)
            )
            for one in self.index.indicators
            if one.aggregation is not Aggregation.RATIO
        }

    @cached_property
    def _rare_words(self) -> frozenset[str]:
        return _seldom([[name.said for name in names] for names in self._names.values()])

    @cached_property
    def _rare_pairs(self) -> frozenset[tuple[str, str]]:
        return _seldom([[name.pairs for name in names] for names in self._names.values()])

    def _row(self, label: str, measure: str) -> _Label:
        """A row's label; what it adds on the report's own subject ("về hòa giải, ...") is no word more."""
        key = self.index.own_key(label)
        subject = self._telling.subject.search(key.text)
        about = subject is not None and any(topic in subject[0] for topic in self._topics)
        return self._label(key.text, self._telling.subject.sub("", key.text) if about else key.text, measure)

    def _label(self, text: str, counted: str, measure: str) -> _Label:
        words = self._without_topics(counted).split()
        pairs = frozenset(pair for pair in pairwise(words) if _BREAK not in pair)
        spelling = self.index.spelling
        measured = spelling.words(self.index.folded(measure))
        said = spelling.words(" ".join(words).replace(_BREAK, " ")) - self._telling.general - measured
        done = spelling.passive.split(" ".join(words), maxsplit=1)[1:]
        return _Label(text, said, pairs, spelling.words(done[0] if done else "") & said)

    def _without_topics(self, text: str) -> str:
        bare = f" {text} "
        for topic in self._topics:
            bare = bare.replace(f" {topic} ", f" {_BREAK} ")
        return bare

    def _strange_words(self, row: _Label, code: str, measure: str) -> frozenset[str]:
        """The words of a row that no name of the indicator, no topic and no unit of measure explains.

        What another indicator is called by explains nothing: it is rather that indicator's word.
        """
        names = " ".join(name.text for name in self._names[code])
        known = f"{names} {self.index.folded(self._measures[code])} {self.index.folded(measure)}"
        said = self.index.spelling.words(self._without_topics(row.text).replace(_BREAK, " "))
        return said - frozenset(known.split()) - self._telling.function

    def _shared_most(self, row: _Label, code: str) -> float:
        return max((self._shared(row, name) for name in self._names[code]), default=0.0)

    def _shared(self, row: _Label, name: _Label) -> float:
        """How many words two labels share: those that stand together in both, and half of each rare one."""
        both = row.said & name.said
        together = both & {word for pair in row.pairs & name.pairs for word in pair}
        return len(together) + _SINGLE * len((both - together) & self._rare_words)

    def _against(self, row: _Label, name: _Label) -> Likeness:
        """How far a row's label may be another wording of one name."""
        both = row.said & name.said
        telling = any(both & set(pair) for pair in row.pairs & name.pairs & self._rare_pairs)
        if not telling or self._turned(row, name):
            return Likeness.NONE
        shared = self._shared(row, name)
        enough = shared >= _HALF * len(name.said) and shared >= _HALF * len(row.said)
        same_deed = not name.done or bool(name.done & row.said)
        return Likeness.STRONG if enough and same_deed and not self._narrowed(row, name) else Likeness.WEAK

    def _turned(self, row: _Label, name: _Label) -> bool:
        """Whether a word, a number or a "not" on one side makes it another count."""
        one, other = (frozenset(self._without_topics(each.text).split()) for each in (row, name))
        guarded = self.index.spelling.guarded
        if any(word in guarded or any(map(str.isdigit, word)) for word in one ^ other):
            return True
        if _held(self._telling.negation, row.text) != _held(self._telling.negation, name.text):
            return True
        return any(told and named and not told & named for told, named in self._sides(row, name))

    def _narrowed(self, row: _Label, name: _Label) -> bool:
        """Whether one side counts a part of the other: another group of persons, one deed of two."""
        if _held(self._telling.narrowing, row.text) != _held(self._telling.narrowing, name.text):
            return True
        return any(told and named and told != named for told, named in self._sides(row, name))

    def _sides(self, row: _Label, name: _Label) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
        """Which of two opposites the row has and which the name."""
        return ((_held(pair, row.text), _held(pair, name.text)) for pair in self._telling.opposites)


def _seldom(told: Sequence[Sequence[frozenset[_T]]]) -> frozenset[_T]:
    """What occurs in the names of few indicators only; `told` holds each indicator's names."""
    count = Counter(each for names in told for each in {one for name in names for one in name})
    most = max(_FEW, len(told) // _FEW_SHARE)
    return frozenset(each for each, times in count.items() if times <= most)


def _held(phrases: Sequence[str], text: str) -> frozenset[str]:
    """Those of the phrases that stand in a folded text, whole words only."""
    return frozenset(phrase for phrase in phrases if f" {phrase} " in f" {text} ")
