"""Clauses and the numbers in them: the words that belong to each, and what is no figure at all."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from config.reports import Sex
from config.spelling import accented_key, has_digit, word_set
from intake.figures.numerals import plain_decimal, shortest
from intake.figures.sentence_words import NO_SEX, keys_of, spell_ages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NUMBER = re.compile(
    r"(?<![\w.,])(?P<number>[1-9]\d{0,2}(?: \d{3})+(?:,\d+)?(?![\d.,]*\d)|\d+(?:[.,]\d+)*)"
    r"(?:\s*/\s*(?P<whole>\d+(?:\.\d{3})*(?:,\d+)?)(?!\s*/|\d))?(?:\s*(?P<percent>%|phần trăm))?(?![^\W_\d])"
)
# "1 tỷ 240,5 triệu đồng", "58 triệu 750 nghìn đồng": one sum told by several numbers.
_COMPOUND_MONEY = re.compile(
    r"(?<![\w.,])(?:(?P<billions>\d+)\s*(?:tỷ|tỉ)(?:\s+đồng)?[\s,]+)?(?P<millions>\d{1,3}(?:,\d+)?)\s*triệu"
    r"(?:[\s,]+(?P<thousands>\d{1,3}(?:,\d+)?)\s*(?:nghìn|ngàn))?(?:\s+đồng\b|\s*đ\b(?!\s*[/.]?\s*c\b))?",
    re.IGNORECASE,
)
#: Money told by two numbers in a way that is not understood: "12 tỷ 450", "3 triệu rưỡi".
_BROKEN_MONEY = re.compile(r"\d\s*(?:tỷ|tỉ|triệu|trăm)(?:\s+đồng)?\s+(?:\d|rưỡi\b|lẻ\b|tư\b)", re.IGNORECASE)
_QUALIFIER = re.compile(
    r"\b(?P<word>trên|hơn|gần|khoảng|ước|dưới|ít nhất|xấp xỉ)(?:\s+(?:đạt|tính|có|khoảng))?\s*$",
    re.IGNORECASE,
)

_BLANK = "\x00"
YEARS = r"(?:19|20)\d\d"
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
        (
            r"(?:quốc\s+khánh|thành\s+lập|giải\s+phóng|quốc\s+tế(?:\s+[^\W\d]+){1,3}|phụ\s+nữ\s+việt\s+nam"
            r"|liệt\s+s[ĩỹ]|giáng\s+sinh)\s+\(?\d{1,2}\s*/\s*\d{1,2}\)?(?![\d/])"
        ),
        r"covid\s*-?\s*(?:19|20\d\d)",
        rf"(?:nhiệm\s+kỳ|giai\s+đoạn|khóa|năm\s+học)\s*{YEARS}\s*[-–/]\s*(?:{YEARS}|\d\d)",
        rf"(?:0?[369]|12|sáu|chín|ba)\s*tháng\s*(?:đầu|cuối)?\s*(?:năm)?(?:\s*{YEARS})?",
        rf"tháng\s*\d{{1,2}}(?:\s*(?:/|năm)\s*{YEARS})?",
        rf"quý\s*(?:[1-4]|iv|i{{1,3}})\b(?:\s*(?:/|năm)\s*{YEARS})?",
        rf"năm\s*{YEARS}",
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
COMPARISONS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\([^()]*(?:cùng\s+kỳ|năm\s+trước|năm\s+ngoái|so\s+với|kế\s+hoạch|chỉ\s+tiêu|tăng|giảm)[^()]*\)",
        r"(?:so\s+với|cùng\s+kỳ)[^,;.()]*",
        r"(?:tăng|giảm)(?:\s+(?:thêm|được|khoảng|trên|còn|xuống|từ|lên|gần|hơn))*\s+\d[^,;()]*",
        r"(?:vượt|cao hơn|thấp hơn|hụt)(?:\s+(?:[^\W\d]+)){0,4}\s+\d+(?![\d.,]*\s*%)[^,;()]*",
        r",\s*(?:với )?(?:mức |trị giá |số tiền )?mỗi\s(?:[^,;.()]|[.,](?=\d))*",
        r",\s*(?:[^\W\d]+ ){0,4}(?:bình quân|trung bình)\b(?:[^,;.()]|[.,](?=\d))*",
        r"(?:^|,)\s*(?:với\s+)?năng suất\b(?:[^,;.()]|[.,](?=\d))*",
        r"(?:đạt|bằng|vượt)\s+[\d.,]+\s*%\s*(?:so\s+với\s+)?(?:kế\s+hoạch|chỉ\s+tiêu|kh|mục\s+tiêu)[^,;.()]*",
    )
)
# The clause speaks of another time, of what should be, of a mean, or of a part of the unit's area.
LEFT_ALONE = re.compile(
    r"phấn đấu|dự kiến|\bsẽ\b|(?<!chương trình )\bmục tiêu\b(?! quốc gia)|"
    r"chỉ tiêu (?:được )?(?:giao|đề ra|kế hoạch)|kế hoạch "
    r"(?:được )?giao|"
    r"được giao|\bgiao\b.{0,30}\bchỉ tiêu|đăng ký|đề nghị|(?<!ý kiến, )(?<!ý kiến )(?<!đơn )kiến nghị|"
    r"lũy kế|luỹ kế|từ năm|từ đầu nhiệm kỳ|"
    r"qua \d+ năm|trong \d+ năm|(?:\d|\bhai|\bba|\bbốn|\bnăm) năm (?:qua|gần đây|liên tiếp|trở lại)|"
    r"h[ằà]ng năm|h[ằà]ng tháng|bình quân|trung bình|\bmỗi\b|"
    r"\bđiển hình\b|\btiêu biểu\b|ví dụ|chẳng hạn|\briêng\b|nổi bật|"
    r"(?:năm|tháng|quý|kỳ) trước|năm ngoái|trước đây|"
    r"(?<!tháng )\bđầu (?:năm|kỳ|quý|tháng)(?: \d{4})?(?: là| có|:)|^\s*(?:huyện|tỉnh) ủy\b|"
    r"theo kế hoạch năm|cần có|ước tính cần|do (?:ubnd |hội .{0,30}|phòng .{0,40}|trung tâm .{0,40})?"
    r"(?:huyện|tỉnh|cấp trên|trung ương|sở)\b.{0,40}(?:tổ chức|mở|cấp)|của cấp trên|không đạt|thay vì",
    re.IGNORECASE,
)
# In brackets behind a count these give another one, of a plan or a part, and say nothing against the count.
ASIDE = re.compile(
    r"\b(?:mục tiêu|chỉ tiêu|kế hoạch|kh|được giao|mỗi|bình quân|trung bình|riêng|điển hình|đầu năm"
    r"|(?:năm|kỳ|quý|tháng) trước|năm ngoái)\b",
    re.IGNORECASE,
)
# A clause that begins so tells what shall be, and so does the rest of its sentence.
PLANS = re.compile(r"[^\d,]*\b(?:phấn đấu|dự kiến|sẽ|đề nghị|kiến nghị)\b", re.IGNORECASE)
_PARTS_OF_A_COMMUNE = "[Tt]hôn|[Bb]ản|[Ấấ]p|[Xx]óm|[Tt]ổ dân phố|[Kk]hu dân cư|[Bb]uôn"


# What each village had is told behind the whole: "11 hộ thoát nghèo, trong đó thôn Mé 04 hộ, thôn Nà 07 hộ".
_BY_VILLAGE = re.compile(
    r"[,(:]?\s*\b(?:trong (?:số )?đó|bao gồm|gồm|cụ thể|chia ra)\s*(?:có\s*)?:?\s*"
    rf"(?:{_PARTS_OF_A_COMMUNE}|[Cc]hi hội)\s+(?:[A-ZĐÀ-Ỹ]|\d).*$"
)


def without_villages(clause: str) -> str:
    """The clause without what it says of each village behind the number for all of them."""
    told = _BY_VILLAGE.search(clause)
    if told is None or not has_digit(clause[: told.start()]):
        return clause
    return clause[: told.start()]


def _parts(names: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?:\b[Tt]ại\s+|^|,\s*|\b[Tt]rong (?:số )?đó\s*:?\s*(?:có\s+)?)(?:{names})"
        r"\s+(?:[A-ZĐÀ-Ỹ]|\d|[Mm]ầm non|[Tt]iểu học|THCS|THPT)"
        rf"|\b(?:{names})(?:\s+[A-ZĐÀ-Ỹ]\w*)+\s+(?:hiện\s+|đã\s+)?(?:có|gồm|được|xảy ra|còn|hiến|đóng góp)\b"
    )


PART_OF_THE_AREA = _parts(f"{_PARTS_OF_A_COMMUNE}|[Cc]hi hội|[Tt]rường")
PART_OF_A_VILLAGE = _parts("[Cc]hi hội|[Tt]rường")  #: a village that reports speaks of itself as "thôn ..."
SUBSET = re.compile(r"\b(?:trong (?:số )?đó|bao gồm|gồm|cụ thể|trong số|chia ra|phân theo)\b", re.IGNORECASE)
_MADE_UP_OF = re.compile(r"[^\W\d]\s+(?:bao\s+)?gồm(?:\s+có)?\s*$", re.IGNORECASE)  # "Ban gồm 11 thành viên"
FOR = frozenset(("cho", "với"))
_STRONG = re.compile(r"[;:().]")
_WEAK = re.compile(
    r",|\b(?:và|với|cho|thu hút|qua đó|đồng thời)\b|(?<=\S )(?=(?:trị giá|giá trị|kinh phí|số tiền)\b)",
    re.IGNORECASE,
)
#: What joins a sum to what was counted: "170 người, với tổng | số tiền 512 triệu đồng".
_CONNECTING = re.compile(r"[,\s]*\b(?:với|và|có|cùng)(?:\s+tổng)?\s*$", re.IGNORECASE)
END_OF_SENTENCE = re.compile(r"(?<=[^\d\s][.!?])\s+(?=[A-ZĐÀ-Ỹ\d-])|(?<=\d[.!?])\s+(?=[A-ZĐÀ-Ỹ])")


@dataclass(frozen=True, slots=True)
class Mention:
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
    def words(self) -> tuple[str, ...]:
        """The words after the number."""
        return keys_of(self.right)


# "đầu năm là 102 hộ, đến nay còn 88 hộ": what is now parts from what was.
_END_OF_CLAUSE = re.compile(
    r";(?![^()]*\))"
    r"|,\s+(?=(?:đến nay|hiện nay|đến thời điểm này|nay)\s+(?:\w+\s+){0,2}(?:còn|có|là|đạt)\b)",
    re.IGNORECASE,
)


_PARTS_FOLLOW = re.compile(SUBSET.pattern + r"\s*:", re.IGNORECASE)


def clauses_of(sentence: str) -> Iterator[tuple[str, str | None]]:
    """The clauses of a sentence, each with what it goes on to list the parts of ("…, trong đó: …; …")."""
    whole: str | None = None
    for clause in _END_OF_CLAUSE.split(sentence):
        yield clause, whole
        if whole is None and (parts := _PARTS_FOLLOW.search(clause)):
            whole = clause[: parts.start()]


_OF_SO_MANY = re.compile(r"^\s*(?:trong|qua)\s+(?:(?:tổng\s+)?số\s+)?(?=\d)", re.IGNORECASE)


def whole_before(mention: Mention) -> str | None:
    """What a clause says before it tells parts of it ("…, trong đó …", "trong 12 … có …"); None: no parts."""
    said = f"{mention.before}{mention.left}"
    parts = SUBSET.search(said)
    if mention.subset and parts is not None and said[: parts.start()].strip():
        return said[: parts.start()]
    return mention.before if _OF_SO_MANY.match(mention.before) else None


def mask(clause: str) -> str:
    """The clause, as long as before, without dates, document numbers, periods and references."""
    return blanked(spell_ages(clause), _MASKED)


def blanked(clause: str, patterns: Iterable[re.Pattern[str]]) -> str:
    """The clause with whatever the patterns find blanked, offsets kept."""
    for pattern in patterns:
        clause = pattern.sub(lambda match: _BLANK * len(match.group()), clause)
    return clause


def mentions_in(clause: str, *, listing: bool) -> list[Mention]:
    """The numbers of a masked clause, each with the words that belong to it."""
    clause = _BROKEN_MONEY.sub(
        lambda match: _BLANK * len(match[0]), _COMPOUND_MONEY.sub(_in_millions, clause)
    )
    matches = list(_NUMBER.finditer(clause))
    found: list[Mention] = []
    left_start = 0
    subset = listing
    for index, match in enumerate(matches):
        end = matches[index + 1].start() if index + 1 < len(matches) else len(clause)
        right_end, next_left = _cut(clause[match.end() : end], last=index + 1 == len(matches))
        left = clause[left_start : match.start()]
        is_copula = not index and not listing and _MADE_UP_OF.search(left) is not None
        subset = subset or (bool(SUBSET.search(left)) and not is_copula)
        found.append(
            _one_mention(match, clause, left_start, clause[match.end() : match.end() + right_end], subset)
        )
        left_start = match.end() + next_left
    return found


def _in_millions(match: re.Match[str]) -> str:
    """A sum told in billions, millions and thousands, in millions; what is told by one number stays."""
    if not (match["billions"] or match["thousands"]):
        return match[0]
    told = (Decimal((match[name] or "0").replace(",", ".")) for name in ("billions", "millions", "thousands"))
    billions, millions, thousands = told
    return f"{shortest(billions * 1000 + millions + thousands / 1000):f} triệu đồng".replace(".", ",")


def _one_mention(match: re.Match[str], clause: str, left_start: int, right: str, subset: bool) -> Mention:
    left = clause[left_start : match.start()]
    qualifier = _QUALIFIER.search(left)
    before = clause[: match.start()]
    return Mention(
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
    if not weak:
        return len(gap), len(gap)
    joined = _CONNECTING.search(gap, 0, weak[-1].start())
    return joined.start() if joined else weak[-1].start(), weak[-1].end()


def _within_measure(gap: str, match: re.Match[str]) -> bool:
    """The comma of "07 tin, bài" parts nothing."""
    return bool(re.match(r"\s*tin\s*$", gap[: match.start()], re.IGNORECASE))


_FEMALE = frozenset(("nữ", "gái"))
_ELDERS = {"cụ bà": "cụ nữ", "cụ ông": "cụ nam", "các bà": "nữ", "các ông": "nam"}
_ELDER = re.compile("|".join(_ELDERS), re.IGNORECASE)
_MALE = frozenset(("nam", "trai"))
_OF_A_SEX = re.compile(
    r"\b(?:phụ nữ|nữ(?: giới)?|nam(?: giới)?|(?:bé |trẻ |em )?(?:gái|trai))\b\W*", re.IGNORECASE
)
_WITH_SEX = word_set(
    "trong đó có là số giới phụ bé con em trẻ người lao động đồng chí đại biểu lượt hội viên chiếm "
    "đạt cán bộ học sinh "
    "viên cháu cụ nạn nhân cá thành giáo công chức đối tượng bệnh cụ thể gồm bao và thuộc sinh đoàn đội đảng"
)


def names_a_part(mention: Mention) -> bool:
    """Whether a number tells a part of one before it that is no sex: "trong đó 12% là trẻ khuyết tật"."""
    return SUBSET.search(mention.left) is not None and sex_of(f"{mention.left} {mention.right}") is None


def sex_of(text: str) -> Sex | None:
    """The one sex a phrase names; None for neither or both."""
    words = set(accented_key(_with_sexes(text)).split())
    female, male = bool(words & _FEMALE), bool(words & _MALE)
    if female == male:
        return None
    return Sex.FEMALE if female else Sex.MALE


def _with_sexes(text: str) -> str:
    """The text without what names women and counts none, and with the sex of the aged in plain words."""
    return _ELDER.sub(lambda said: _ELDERS[said[0].lower()], NO_SEX.sub(" ", text))


_ONLY_PARTS = re.compile(
    r"^\W*(?:trong (?:số )?đó|(?:bao )?gồm|cụ thể|chia ra)?\W*(?:(?:có|số|là)\s+)*$", re.IGNORECASE
)


def goes_on_by_sex(mention: Mention) -> bool:
    """Whether a sentence begins with a sex of what the one before it counted: "Trong đó: nữ 207 em"."""
    if only_sex(replace(mention, first=False)) is None:
        return False
    return _ONLY_PARTS.match(_OF_A_SEX.sub(" ", mention.left)) is not None


def only_sex(mention: Mention) -> Sex | None:
    """The sex of a number that says nothing else: "trong đó nữ 146 người", "(34 nữ)", "nam: 114"."""
    phrase = f"{mention.left} {mention.right}"
    sex = sex_of(phrase)
    if sex is None or mention.first or mention.percent:
        return None
    rest = [
        word for word in keys_of(_with_sexes(phrase)) if word not in _WITH_SEX | _FEMALE | _MALE | {"đ", "c"}
    ]
    return sex if not rest else None
