"""Which report a line of text speaks of, by the phrases that name its subject."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from config.reports import ReportDefinition
from config.spelling import accented_key, is_accented, plain_key, tidy, word_set


@dataclass(frozen=True, slots=True)
class NamedReport:
    """A report whose subject the text names, and the words that do so."""

    report: str
    phrase: str


def reports_named(text: str, reports: Sequence[ReportDefinition]) -> tuple[NamedReport, ...]:
    """The reports whose subject stands in the text; where several do, those named by most words.

    "Tháng hành động vì bình đẳng giới" names the campaign, not the half-year report on bình đẳng giới.
    Text with marks is compared with marks; text typed without them is compared without.
    """
    key = accented_key if is_accented(text) else plain_key
    padded = f" {key(text)} "
    longest: dict[str, str] = {}
    for report in reports:
        for topic in report.topics:
            phrase = key(topic)
            if phrase and f" {phrase} " in padded and _words(phrase) > _words(longest.get(report.id, "")):
                longest[report.id] = phrase
    most = max(map(_words, longest.values()), default=0)
    return tuple(NamedReport(report, phrase) for report, phrase in longest.items() if _words(phrase) == most)


def may_name(words: str, reports: Sequence[ReportDefinition]) -> bool:
    """Whether a text of these words may name a report; what holds for no text holds for none of its lines.

    The words are a plain key with a blank at either end.
    """
    return any(
        (phrase := plain_key(topic)) and f" {phrase} " in words
        for report in reports
        for topic in report.topics
    )


def _words(phrase: str) -> int:
    return len(phrase.split())


#: What every report is called, whatever it is about; and what a letter is sent for. After normalisation.
_OF_ANY_REPORT = word_set(
    "v ve viec gui nop bao cao bc ket qua tinh hinh cong tac nhiem vu thuc hien trien khai phuong huong so "
    "lieu bieu mau tong hop dinh ky thang quy nam dau cuoi ky nay i ii iii iv va theo "
    "trong tam chu yeu so ket tong ket danh gia mot ca chin sau"
)
#: "của UBND xã …", "trên địa bàn …", "xã Bình Minh": whose it is, and no subject; "xã hội" is one.
_WHOSE = re.compile(
    r"\b(?:của|trên địa bàn|UBND|Ủy ban nhân dân)\b.*"
    r"|\b(?:[Xx]ã|XÃ|[Pp]hường|PHƯỜNG|[Tt]hị trấn|THỊ TRẤN)(?! [Hh]ội| HỘI)(?: [A-ZĐÀ-Ỹ][^\W\d_]*){1,3}"
)
_HANDS_IN = re.compile(
    r"^(?:v v |ve viec )?(?:gui |nop |cung cap |tong hop )?(?:so lieu |bieu )?(?:bao cao|bc|so lieu|bieu)\b"
)


def names_a_subject(title: str) -> bool:
    """Whether a title says what a report is about: "Kết quả công tác 6 tháng đầu năm 2023" does not."""
    words = plain_key(_WHOSE.sub(" ", tidy(title))).split()
    return any(word not in _OF_ANY_REPORT and not word.isdigit() for word in words)


def hands_in(title: str) -> bool:
    """Whether the subject of a letter is a report that it brings: "V/v báo cáo kết quả …"."""
    return _HANDS_IN.match(plain_key(title)) is not None
