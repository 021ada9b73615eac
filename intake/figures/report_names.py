"""The names of a report's indicators, made ready once for each report."""

from __future__ import annotations

from functools import lru_cache

from config.reports import Indicator, ReportDefinition
from intake.figures.labels import LabelIndex
from intake.figures.likeness import LikenessIndex

#: So many reports are kept ready, the last used: of reports that were changed nothing stays for ever.
MOST_KEPT = 256


def label_index(report: ReportDefinition) -> LabelIndex:
    """The names of a report's indicators, by the words of labels."""
    return _index_of(report.indicators, report.topics)


def likeness_index(report: ReportDefinition) -> LikenessIndex:
    """How alike a label is to each of a report's indicators."""
    return _likeness(report.indicators, report.topics)


@lru_cache(MOST_KEPT)
def _likeness(indicators: tuple[Indicator, ...], topics: tuple[str, ...]) -> LikenessIndex:
    return LikenessIndex(_index_of(indicators, topics))


@lru_cache(MOST_KEPT)
def _index_of(indicators: tuple[Indicator, ...], topics: tuple[str, ...]) -> LabelIndex:
    return LabelIndex(indicators, topics)
