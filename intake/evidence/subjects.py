"""Which report a line of text speaks of, by the phrases that name its subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from config.reports import ReportDefinition
from config.spelling import accented_key, is_accented, plain_key


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


def _words(phrase: str) -> int:
    return len(phrase.split())
