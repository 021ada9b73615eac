"""The words around a number that narrow what it counts, or make it another thing than the indicator's."""

from __future__ import annotations

import re

from config.reports import Aggregation
from intake.figures.measures import is_scaled
from intake.figures.sentence_numbers import Mention
from intake.figures.sentence_words import (
    ADJUNCT,
    EVENTS,
    MONEY,
    PERSONS,
    STOP,
    VISITS,
    Subject,
    keys_of,
    measure_at,
)

_PLAIN_WORD = re.compile(r"[^\W\d_]+")
_PERSON_WORDS = frozenset(word for phrase in (*PERSONS, *VISITS, *EVENTS) for word in phrase.split()) - {
    "đối",  # đối tượng, but also đối thoại
    "tượng",
    "thanh",
    "niên",
    "bệnh",
}
_SOURCES = frozenset(("ngân", "quỹ", "nguồn"))  # "được vay vốn từ Ngân hàng ..." narrows nothing
# One word of these makes the counted another thing where the indicator does not say it as well.
TURNING = re.compile(
    r"\b(?:gây|thoát|tái|cận|thiểu số|nguy cơ|hết hạn|quá hạn|trở (?:về|lại)|mồ côi|khuyết tật|con thứ"
    r"|bán kiên cố)\b"
)
# Those for whom something was done are not all there are: "giúp đỡ 25 hộ nghèo".
_DONE_TO = re.compile(
    r"\b(?:giúp(?: đỡ)?|đỡ đầu|thăm(?: hỏi)?|tặng(?: quà)?|hỗ trợ|trợ giúp|vận động|hòa giải)$"
)
AN_EVENT = re.compile(rf"\b(?:{'|'.join(EVENTS)})\b", re.IGNORECASE)
# Those who came to something are not all there are: "15 doanh nghiệp tham gia hội nghị".
_SITTING = re.compile(
    r"\btham gia (?:(?:các|một|\d+) )?(?:hội nghị|hội thảo|hội thi|lớp|buổi|cuộc|tọa đàm|tập huấn)\b"
)
#: Some of those there are were sent, called or praised: "huy động 120 cán bộ, công chức".
_SENT = re.compile(
    r"\b(?:huy động|điều động|cử|mời|triệu tập|khen thưởng|biểu dương|tôn vinh|hướng dẫn|bồi dưỡng|tập huấn)"
    r"(?: được| cho)?$"
)
#: "Tuyên truyền đào tạo nghề cho 60 lao động": nobody was trained.
_ONLY_SPOKEN = re.compile(r"\b(tuyên truyền|tư vấn|khảo sát|rà soát|phổ biến|giới thiệu)\b.* cho$")
#: What is done for some is told of no more; who is paid or lent to is counted ("chi trả cho 286 đối tượng").
_FOR_THEM = re.compile(r"\b(?:(?!trả|quản|lý|cấp|chấp|sách|vay)\w+) cho$")
_TAKING_PART = re.compile(r"\btham gia\b")
_HOLDING = re.compile(r"\b(?:tổ chức|mở)\b")
_WITHIN = re.compile(r"\b(?:mô hình|dự án|hội nghị|hội thi|lớp học|buổi)\b(?=.*\b(?:có|gồm|với)$)")
_OWN_LEVEL = frozenset(("xã", "phường", "thị", "trấn"))  # of the body that a unit's money goes through
_BODY = re.compile(
    r"\b(?:qua|do|của) ((?:hội|đoàn|liên đoàn|ngân hàng|quỹ) [^,;.\x00]*?)"
    r"(?= (?:quản|là|đạt|tổ|thực|hỗ|với)\b|$)"
)
# Who did it comes before what was done and narrows nothing: "Hội Người mù huyện đã mở 02 lớp".
_ACTOR = re.compile(
    r"^\s*(?:trong\s+\x00*\s*)?(?:ubnd|ủy ban|hội|phòng|ban|công an|trung tâm|trạm|trường|đoàn|mặt "
    r"trận|liên đoàn|thanh tra|"
    r"huyện|đài|xã|thị trấn|phường|đơn vị|cơ quan|toàn|tỉnh|các|cấp ủy|đảng ủy|địa phương|ngân hàng"
    r"|chi nhánh|tổ|lực lượng|chính quyền|nhà trường|chi hội|chi đoàn|chi bộ|qua|thông qua)\b"
    r"[^,]*?(?=\b(?:đã|phối hợp|tổ chức|ban hành|có|chủ động|tham mưu|xây dựng|duy trì|triển khai"
    r"|thực hiện|mở|xảy ra|"
    r"phát|cấp|treo|giải quyết|hiện|tín chấp|đứng ra|hỗ trợ|giúp|vận động|tặng|trao|quản lý|chi trả"
    r"|chỉ đạo|huy động|thu gom|lắp|xử phạt|kiểm tra|tiếp nhận|ký)\b)",
    re.IGNORECASE,
)


def foreign_words(text: str, known: frozenset[str]) -> list[str]:
    """The words of a phrase that the indicator does not know; names of places and offices apart."""
    common = " ".join(word for word in _PLAIN_WORD.findall(text) if not word[0].isupper() or word.isupper())
    foreign = [word for word in keys_of(common) if word not in known and word not in _PERSON_WORDS]
    return foreign + [word for word in foreign if word[0] in "αβγδεζηθικ"]  # another age alone says enough


_WHY = frozenset(("do", "làm"))  # "do mưa lớn", "làm đường": why, and what for
_ON_A_DAY = re.compile(
    r"\s+(?:nhân )?(?:dịp|ngày lễ|tết|chào mừng|kỷ niệm|hưởng ứng|mừng)\b.*", re.IGNORECASE
)
_BY_RULE = re.compile(r"\s+theo (?:đúng )?quy định\b(?: của pháp luật)?", re.IGNORECASE)


def phrase_after(right: str, subject: Subject) -> str:
    """The phrase after the number up to words of place or purpose; items after a comma only widen it."""
    first = _BY_RULE.sub("", _ON_A_DAY.sub("", re.split(r"[,\x00]", right, maxsplit=1)[0]))
    money = MONEY.match(first)
    kept: list[str] = []
    words = (first[money.end() :] if money else first).split()
    for word, following in zip(words, [*words[1:], ""], strict=False):
        # "ở nước ngoài" is a part of the name, and what comes after it may narrow the count.
        named = {word.lower(), following.lower()} & subject.vocabulary
        from_where = word.lower() == "từ" and following.lower() in _SOURCES
        by_cause = word.lower() in _WHY and subject.indicator.aggregation is Aggregation.SUM
        if (word.lower() in ADJUNCT or from_where or by_cause) and not named:
            break
        kept.append(word)
    return " ".join(kept)


def is_for_an_event(right: str, subject: Subject) -> bool:
    """Whether a sum went to meetings that are not what it is asked for: "5 triệu đồng cho hội nghị"."""
    _, _, aim = re.split(r"[,;\x00]", right, maxsplit=1)[0].partition(" cho ")
    held = AN_EVENT.search(aim)
    return held is not None and not set(keys_of(held[0])) <= subject.vocabulary


def turns(mention: Mention, subject: Subject) -> bool:
    """Whether a word beside the number makes what it counts another thing than the indicator's."""
    left = " ".join(keys_of(mention.left.rpartition(",")[2]))
    right = " ".join(keys_of(re.split(r"[,\x00]", mention.right, maxsplit=1)[0]))
    told = f"{left} {right}"
    known = subject.vocabulary | STOP
    found = [match[0] for match in TURNING.finditer(told)]
    is_sum = subject.indicator.aggregation is Aggregation.SUM
    done = _DONE_TO.search(left or " ".join(keys_of(mention.before.replace("\x00", " "))))
    if done and not (is_sum and _is_given(done[0], mention)):
        found.append(done[0])
    if _is_attended(left, right, subject) or (not is_sum and _is_of_some_doing(left, right, subject)):
        return True
    if spoken := _ONLY_SPOKEN.search(left):
        found.append(spoken[1])
    if subject.money:
        known |= _OWN_LEVEL
        found += [body for side in (left, right) for body in _BODY.findall(side)]
    return any(not set(words.split()) <= known for words in found)


# What makes the counted another thing where it is left away: mediated are more than "hòa giải thành".
_TELLING = re.compile(
    r"\b(?:giải thành|không thành|thoát|cận|quá hạn|đúng hạn|trực tuyến|khuyết tật|mồ côi|cao tuổi|thiểu số"
    r"|trên chuẩn|vi phạm|thương|chết|tử vong|khởi nghiệp|bắt buộc|sau cai|đột xuất|bán trú|tạm giữ|bỏ học"
    r"|hưởng|vay)\b"
)


def lacks(mention: Mention, subject: Subject) -> bool:
    """Whether a word that every name of the indicator has, and that narrows it, was not said."""
    told = " ".join(keys_of(f"{mention.before} {mention.left} {mention.right}".replace("\x00", " ")))
    needed = [frozenset(_TELLING.findall(" ".join(form.words))) for form in subject.forms]
    return bool(needed) and any(word not in told for word in frozenset.intersection(*needed))


def counted_in(right: str) -> str:
    """What a number counts, up to the next mark, without a unit of weight, length or area."""
    told = re.split(r"[,;.(\x00]", right, maxsplit=1)[0].strip()
    measure, _, rest = told.partition(" ")
    return rest if is_scaled(measure) else told


def _is_given(done: str, mention: Mention) -> bool:
    """Whether what is counted was given or got by it, and nobody it was done to: "tặng 240 suất quà"."""
    if done == "vận động":  # "vận động 412 hộ ký cam kết": all did
        return True
    return done.startswith("tặng") and measure_at(mention.words) == "suất"


def _is_of_some_doing(left: str, right: str, subject: Subject) -> bool:
    """Whether those counted are the ones in something: "mô hình có 12 hộ nghèo tham gia"."""
    found = (
        _TAKING_PART.search(right),
        _TAKING_PART.search(left),
        _WITHIN.search(left),
        _FOR_THEM.search(left),
        _SENT.search(left),
    )
    doing = [said[0] for said in found if said]
    return bool(_SITTING.search(right)) or any(not set(said.split()) <= subject.vocabulary for said in doing)


def _is_attended(left: str, right: str, subject: Subject) -> bool:
    """Whether meetings are told that one only went to: "cử cán bộ tham gia 03 buổi tuyên truyền".

    "Tổ chức và cử cán bộ tham gia 02 lớp" tells those that were held as well.
    """
    only = _TAKING_PART.search(left) is not None and _HOLDING.search(left) is None
    went = only and measure_at(tuple(right.split())) in EVENTS
    return went and not {"tham", "gia"} <= subject.vocabulary


def after_last_known(left: str, subject: Subject) -> str:
    """The words between the indicator's last word and the number: "hộ nghèo [dân tộc thiểu số]: 12"."""
    words = left.split()
    keys = [keys_of(word) for word in words]
    for index in range(len(words) - 1, -1, -1):
        around = [key for near in keys[max(0, index - 1) : index + 2] for key in near]
        if not subject.vocabulary.isdisjoint(keys[index]) and subject.says(keys[index], around):
            return " ".join(words[index + 1 :])
    return ""


# "Hộ tịch: khai sinh 33 trường hợp": the field that a line speaks of, none of those it counts.
_OF_A_FIELD = re.compile(
    r"^\s*(?:công tác |lĩnh vực |về )?(?:hộ tịch|chứng thực|h(?:òa|oà) giải(?: ở cơ sở)?"
    r"|tiếp công dân|xử lý đơn|trồng trọt|chăn nuôi|thú y|lâm nghiệp|th(?:ủy|uỷ) (?:lợi|sản)|khuyến nông"
    r"|kết quả|số liệu)\s*:\s*",
    re.IGNORECASE,
)


def label_before(mention: Mention) -> str:
    """What is said right before a number: the verb or label after the last comma, without the actor."""
    said = mention.left.rpartition(", ")[2] if mention.first else mention.left
    said = _OF_A_FIELD.sub("", said)
    label = _ACTOR.sub(" ", said, count=1)
    first, _, rest = label.strip().partition(" ")
    return label if rest[:1].isupper() else f"{first.lower()} {rest}"
