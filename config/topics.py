"""The subject of a report from its name, when the department lists no topics of its own (pure)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from config.spelling import accented_key, tidy

if TYPE_CHECKING:
    from collections.abc import Iterable

# What every report says of itself, longest first; what is left names the subject.
_FRAME = (
    "báo cáo",
    "kết quả thực hiện",
    "kết quả hoạt động",
    "kết quả",
    "tình hình thực hiện",
    "tình hình",
    "tổ chức thực hiện",
    "triển khai thực hiện",
    "triển khai",
    "thực hiện",
    "thi hành",
    "công tác",
    "hoạt động",
    "việc",
    "sơ kết",
    "tổng kết",
    "đánh giá",
    "số liệu",
    "các mục tiêu chỉ tiêu",
    "mục tiêu chỉ tiêu",
    "về",
)
_PERIOD = re.compile(
    r"\b(?:"
    r"(?:\d{1,2}|sáu|chín|ba)\s+tháng(?:\s+(?:đầu|cuối)(?:\s+năm)?)?"
    r"|quý\s+(?:[ivx]+|\d)"
    r"|tháng\s+\d{1,2}"
    r"|năm\s+\d{4}|cả\s+năm"
    r"|giai\s+đoạn\s+\d{4}\s*[-–]\s*\d{4}"
    r"|\d{1,2}\s+năm"
    r"|nhiệm\s+kỳ\s+\d{4}\s*[-–]\s*\d{4}"
    r"|(?:định\s+kỳ|hằng|hàng)\s+(?:tháng|quý|năm)(?:\s+\d{1,2}\b)?"
    r")\b(?:\s+\d{4})?",
    re.IGNORECASE,
)
_OUTLOOK = re.compile(r"[,;]?\s*(?:và\s+)?phương\s+hướng.*$", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*[,;/]\s*|\s+(?:và|&)\s+", re.IGNORECASE)
# Two letters name nothing in a subject line: GD, YT.
_MOST_WORDS_WITHOUT_INITIALS = 2


def topics_of(name: str) -> tuple[str, ...]:
    """The phrases that name the report's subject, then their initials.

    "Báo cáo kết quả công tác bình đẳng giới và vì sự tiến bộ của phụ nữ 6 tháng" gives "bình đẳng
    giới", "vì sự tiến bộ của phụ nữ", "BĐG", "VSTBPN". A subject of one word ("thuế") has no initials
    of use. Noun phrases joined by "và" are taken apart, which cannot tell "giáo dục và đào tạo" from
    two subjects: a department whose report is called so lists its topics.
    """
    text = tidy(name)
    subject = _PERIOD.sub(" ", _OUTLOOK.sub("", text.lower() if text.isupper() else text))
    phrases = _unique(_without_frame(part) for part in _noun_phrases(subject))
    return _unique([*phrases, *(initials for phrase in phrases if (initials := _initials(phrase)))])


def _noun_phrases(subject: str) -> list[str]:
    parts: list[str] = []
    for part in _BETWEEN.split(subject):
        # "phòng, chống cháy nổ" is one phrase: "phòng" alone would name half of all letterheads.
        if parts and len(_without_frame(parts[-1]).split()) == 1:
            parts[-1] = f"{parts[-1]}, {part}"
        else:
            parts.append(part)
    return parts


def _without_frame(phrase: str) -> str:
    words = phrase.strip(" .:-–()").split()
    while words:
        framed = next((frame for frame in _FRAME if _starts_with(words, frame.split())), None)
        if framed is None:
            break
        words = words[len(framed.split()) :]
    return _lowered(words)


def _starts_with(words: list[str], frame: list[str]) -> bool:
    return [accented_key(word) for word in words[: len(frame)]] == frame


def _lowered(words: list[str]) -> str:
    # "Bình đẳng giới" is a phrase in a heading's case; "LĐTBXH" is a short form and stays.
    return " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words)


def _initials(phrase: str) -> str:
    words = [word for word in phrase.split() if word[0].isalpha() and accented_key(word) != "của"]
    return "".join(word[0] for word in words).upper() if len(words) > _MOST_WORDS_WITHOUT_INITIALS else ""


def _unique(phrases: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for phrase in phrases:
        if accented_key(phrase):
            found.setdefault(accented_key(phrase), phrase)
    return tuple(found.values())
