"""Whether a clause speaks of the period reported on, of another time, or of what shall be."""

from __future__ import annotations

import re

from config.reports import Period, PeriodKind
from intake.evidence.period_words import NamedPeriod, periods_named
from intake.figures.sentence_numbers import PLANS

_NOW = re.compile(r"\b(?:đã|đến nay|hiện (?:nay|có|còn|tại))\b", re.IGNORECASE)
_SHORTER = frozenset((PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF_YEAR, PeriodKind.NINE_MONTHS))


def is_elsewhen(clause: str, sentence: str, period: Period | None, *, before: bool) -> bool:
    """Whether a clause speaks of another time or of what shall be; so does the rest till it says now.

    "Phấn đấu tạo việc làm cho 120 lao động; mở 05 lớp dạy nghề; ..." tells plans to its end.
    """
    if not is_of_the_period(clause, sentence, period) or PLANS.match(clause):
        return True
    return before and not (periods_named(clause) or _NOW.search(clause))


def is_of_the_period(clause: str, sentence: str, period: Period | None) -> bool:
    """Whether no other time than the reported one is named; of several years, only its own."""
    named = [one for one in periods_named(clause) if not one.cited]
    years = {one.year for one in named if one.year}
    if period is None:
        return len({one.year for one in periods_named(sentence) if one.year}) <= 1
    return years <= {period.year} and not any(_is_other(one, period) for one in named)


def _is_other(named: NamedPeriod, period: Period) -> bool:
    if named.planned:
        return False
    kind = period.kind
    if named.kind is kind is PeriodKind.HALF_YEAR:
        return named.number not in {0, _half(period.data_to.month)}
    return named.kind in _SHORTER and named.kind is not kind


def _half(last_month: int) -> int:
    """The half of the year that figures up to this month belong to; cut-offs move by a month or two."""
    return 1 if 4 <= last_month <= 8 else 2  # noqa: PLR2004
