"""The earlier report that a report says it replaces: "thay thế Báo cáo số 12/BC-UBND ngày 25/5/2023". Pure.

Only what a document says of itself counts: that some plan replaced another, or that another report once
did, is part of its story. Number and symbol as Decree 30/2020/NĐ-CP, Appendix I, writes them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from config.spelling import tidy

if TYPE_CHECKING:
    from intake.documents import Document, Paragraph


@dataclass(frozen=True, slots=True)
class Replaced:
    """What a report names as the one it replaces, and where it says so."""

    number: str  #: as written, without blanks: "12/BC-UBND"
    dated: date | None  #: None where no day is given, or none of the calendar
    paragraph: Paragraph
    text: str
    issuer: str = ""  #: whose report it was, as far as it is told: "UBND xã Bình Minh"


_LONGEST = 4_000  #: letters of a paragraph that are looked at
_DAY = r"(?P<day>\d{1,2})\s*(?:[/.-]|tháng)\s*(?P<month>\d{1,2})\s*(?:[/.-]|năm)\s*(?P<year>\d{4})"
_REPLACES = re.compile(
    r"(?:^\W{0,3}|\b(?:(?:báo cáo|văn bản|bản|biểu)(?: số liệu)? này|trên đây là báo cáo)\b[^.;]{0,200}?\b)"
    r"thay thế (?:cho )?(?:toàn bộ )?(?:(?:nội dung|số liệu)(?: của| tại)? )?(?:báo cáo|bc)"
    r" (?:số\s*:?\s*)?(?P<number>\d{1,5}[a-zđ]?\s*/\s*(?:\d{4}\s*/\s*)?BC(?:\s*[-/]\s*[A-ZĐ&]+)*)"
    rf"(?:,? (?:ban hành )?ngày {_DAY})?(?:,? của (?P<issuer>[^.;,]{{3,80}}))?",
    re.IGNORECASE,
)


def replaced_in(document: Document) -> Replaced | None:
    """The report that a document says it replaces, None when it says so of none."""
    for paragraph in document.paragraphs:
        text = paragraph.text[:_LONGEST]
        speaks = "thay" in text or "Thay" in text or "THAY" in text
        if speaks and (found := _REPLACES.search(tidy(text))):
            number = re.sub(r"\s+", "", found["number"])
            told = found.group().removesuffix(f" của {found['issuer']}").rstrip(",")
            return Replaced(number, _day(found), paragraph, told, found["issuer"] or "")
    return None


def _day(found: re.Match[str]) -> date | None:
    if found["year"] is None:
        return None
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None
