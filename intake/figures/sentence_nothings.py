"""Clauses that say that something did not happen: zero for the one indicator they name."""

from __future__ import annotations

import re
from decimal import Decimal

from config.reports import Aggregation, Sex
from intake.figures.sentence_numbers import sex_of
from intake.figures.sentence_phrases import TURNING, foreign_words
from intake.figures.sentence_words import (
    COUNTED_IN,
    GENERIC,
    STOP,
    Subject,
    SubjectIndex,
    Words,
    keys_of,
    measure_at,
)
from ledger.records import Method, Place, Value

_ZERO_COVERED = 0.6
_CLOSE_BEHIND = 0.8
_NEGATION = re.compile(r"\b(?:không|chưa|chẳng)\b", re.IGNORECASE)
_NOTHING = re.compile(
    r"\b(?:không|chưa)\s+(?:(?:để|có|xảy ra|phát hiện|phát sinh|ghi nhận|tổ chức|ban hành|tiếp nhận"
    r"|xử lý|mở)\s+(?:được\s+)?)+"
    r"(?P<thing>[^,.;:()]+)",
    re.IGNORECASE,
)
# Said of a part, or with an exception, it is not none; a doubled negation is not none either.
_NOT_QUITE_NOTHING = re.compile(
    r"\b(?:nhiều|hết|riêng|còn|nhưng|chỉ|(?<!nước )ngoài|trừ|một số|một vài|vài|đa số|phần lớn|hầu hết"
    r"|có (?:nơi|lúc|thôn|xóm|đơn vị))\b",
    re.IGNORECASE,
)
# "chưa tổ chức được đủ cuộc" is not none; "tuyên truyền thường xuyên nên không xảy ra vụ nào" is.
_NOT_OF_ALL = re.compile(
    r"\b(?:đủ|đầy đủ|thường xuyên|kịp thời|rõ|cao|tốt|đồng đều|đáng kể|nghiêm trọng|lớn|chuyên trách)\b",
    re.IGNORECASE,
)
# What did not happen, said behind what did: "01 vụ tai nạn lao động, không có người chết vì …". Behind
# "trong đó" it is said of a part alone.
_BEHIND = re.compile(
    r",\s*(?=(?:và\s+)?(?:không|chưa)\s+(?:để\s+)?(?:có|xảy ra|phát sinh|phát hiện|ghi nhận)\b)",
    re.IGNORECASE,
)
_NEWLY = re.compile(r"\b(?:mới|phát sinh|vi phạm)\b")
_ANY_DIGIT = re.compile(r"\d")


def without_nothings(clause: str) -> tuple[str, tuple[str, ...]]:
    """A clause without what it says at its end did not happen, and those ends by themselves."""
    first, *rest = _BEHIND.split(clause)
    if rest and _NOT_QUITE_NOTHING.search(first):
        return clause, ()
    kept = max((at for at, part in enumerate(rest, 1) if _ANY_DIGIT.search(part)), default=0)
    parts = [first, *rest]
    return ", ".join(parts[: kept + 1]), tuple(parts[kept + 1 :])


def zeros_said(clause: str, place: Place, index: SubjectIndex) -> list[Value]:
    """Zero for what a clause says did not happen: one thing, or each of a list of indicators' names."""
    found = _NOTHING.search(clause)
    listed = (
        _ITEMS.split(re.split(r"[.;:()]", clause[found.start("thing") :], maxsplit=1)[0]) if found else []
    )
    if found is not None and len(listed) > 1:
        begun = clause[: found.start("thing")]
        first = re.match(rf"\s*(?:{'|'.join(COUNTED_IN)})\b", listed[0], re.IGNORECASE)
        counted = first[0] if first else ""
        things = [re.sub(r"\bnào là\b", "", listed[0]), *(f"{counted} {item}" for item in listed[1:])]
        zeros = [zero_said(f"{begun}{thing}", place, index) for thing in things]
        told = [zero for zero in zeros if zero is not None]
        if len({zero.indicator for zero in told}) == len(listed):
            return told
    zero = zero_said(clause, place, index)
    return [zero] if zero else []


_ITEMS = re.compile(r"\s*,\s*(?:và\s+|hoặc\s+)?|\s+(?:và|hoặc|hay)\s+")


def zero_said(clause: str, place: Place, index: SubjectIndex) -> Value | None:
    """A clause that says that something did not happen: zero for the one indicator it names."""
    match = _NOTHING.search(clause)
    if match is None or _NOT_QUITE_NOTHING.search(clause) or _NOT_OF_ALL.search(clause[match.start() :]):
        return None
    if len(_NEGATION.findall(clause)) > 1:
        return None
    thing = match["thing"]
    own = Words.of(thing)
    scored = sorted(
        ((index.coverage(subject, own), subject) for subject in index.subjects if _counts_in(thing, subject)),
        key=lambda pair: -pair[0],
    )
    scored = [
        (score * index.known(subject, own), subject) if score >= _ZERO_COVERED else (0.0, subject)
        for score, subject in scored
    ]
    scored.sort(key=lambda pair: -pair[0])
    whole = [pair for pair in scored if pair[1].is_said_by(thing)]
    scored = whole if len(whole) == 1 else scored
    if not scored or not scored[0][0] or (len(scored) > 1 and scored[1][0] > scored[0][0] * _CLOSE_BEHIND):
        return None
    subject = scored[0][1]
    known = subject.vocabulary | index.topic | GENERIC | STOP | {"nào"}
    if foreign_words(thing, known) or _goes_further(thing, clause[match.end() :], subject):
        return None
    if Sex.TOTAL not in subject.indicator.sexes or sex_of(thing) is not None:
        return None
    return Value(
        subject.indicator.code,
        Sex.TOTAL,
        Decimal(0),
        subject.indicator.unit_of_measure,
        place,
        Method.SENTENCE,
    )


def _counts_in(thing: str, subject: Subject) -> bool:
    """Whether what did not happen is named in the indicator's measure: "vụ", "cuộc", "lao động nào"."""
    words = [word for word in keys_of(thing) if word not in {"một", "bất", "cứ"}]
    if subject.money:
        return False
    if words[:2] == ["trường", "hợp"] and subject.is_said_by(thing.strip()[len("trường hợp") :]):
        return True
    return subject.takes(measure_at(words), words)


def _goes_further(thing: str, rest: str, subject: Subject) -> bool:
    """Whether what did not happen is less than what the indicator counts.

    "không có hộ nghèo mới phát sinh" leaves those there were; "chưa phát hiện cơ sở sản xuất, kinh doanh vi
    phạm" goes on behind a comma of the indicator's own name.
    """
    said = " ".join(keys_of(thing))
    turned = [match[0] for match in TURNING.finditer(said)]
    if subject.indicator.aggregation is not Aggregation.SUM:
        turned += [match[0] for match in _NEWLY.finditer(said)]
    goes_on = next(iter(keys_of(rest)), "") in subject.vocabulary
    return goes_on or any(not set(words.split()) <= subject.vocabulary | STOP for words in turned)
