"""What is asked: outline, indicators, checks and the periods with their due moments."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from config.sending import Ladder
from config.spelling import accented_key


class Sex(StrEnum):
    """Which persons a figure counts. `total` also stands for figures without a split."""

    TOTAL = "total"
    MALE = "male"
    FEMALE = "female"


class Aggregation(StrEnum):
    """How units' figures become one figure of the department."""

    SUM = "sum"  #: a flow in the period: added over units, never over periods
    SNAPSHOT = "snapshot"  #: a state at the end of the period: added over units
    TERM = "term"  #: fixed for a term of office: added over units, carried forward
    COUNT = "count"  #: yes or no per unit: the units that said yes are counted
    RATIO = "ratio"  #: recomputed from summed parts, never added, never averaged


class Figure(NamedTuple):
    """One figure of a report: an indicator and a sex."""

    indicator: str
    sex: Sex = Sex.TOTAL


@dataclass(frozen=True, slots=True)
class RatioRule:
    """value = factor x sum(numerator) / sum(denominator) over units that gave both."""

    numerator: Figure
    denominator: Figure
    factor: Decimal = Decimal(100)
    decimals: int = 2
    least_denominator: Decimal = Decimal(0)  #: below it the ratio is not stated


_WOMEN_NAMED = re.compile(r"\([^()]*\bnữ:\s*([^();]+)")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of the annex."""

    code: str
    label: str
    unit_of_measure: str
    sexes: tuple[Sex, ...] = (Sex.TOTAL,)
    aggregation: Aggregation = Aggregation.SUM
    group: str = ""
    synonyms: tuple[str, ...] = ()
    reported_by: frozenset[str] = frozenset()  #: kinds of unit whose figure counts; empty: all
    ratio: RatioRule | None = None

    @property
    def women(self) -> str:
        """What its label calls the women: "do phụ nữ làm chủ hộ" in "Hộ nghèo (nữ: do phụ nữ làm chủ hộ)"."""
        found = _WOMEN_NAMED.search(self.label)
        return found[1].strip() if found else ""

    def counts_for(self, kind: str) -> bool:
        """Whether the figure of a unit of this kind goes into the total."""
        return not self.reported_by or kind in self.reported_by


class SectionRole(StrEnum):
    """What a section of the outline is for in the consolidated report."""

    RESULTS = "results"
    DIFFICULTIES = "difficulties"
    PLANS = "plans"
    PROPOSALS = "proposals"


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of the outline; `id` is its number as written: "II.3"."""

    id: str
    title: str
    keywords: tuple[str, ...] = ()
    role: SectionRole = SectionRole.RESULTS
    indicators: tuple[str, ...] = ()  #: codes whose totals the section states


class Grade(StrEnum):
    """How grave a finding is; only an error keeps a value out."""

    ERROR = "error"  #: lỗi
    WARNING = "warning"  #: cảnh báo
    NOTE = "note"  #: ghi chú


@dataclass(frozen=True, slots=True)
class Term:
    """A sum of figures plus a constant: one side of a comparison."""

    figures: tuple[Figure, ...] = ()
    constant: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Comparison:
    """left operator right, operator one of "<=", ">=", "="."""

    left: Term
    operator: str
    right: Term


@dataclass(frozen=True, slots=True)
class Check:
    """A rule between figures: `condition` (may be absent) implies `claim`."""

    id: str
    text: str  #: the rule as the officer wrote it
    claim: Comparison
    condition: Comparison | None = None
    grade: Grade = Grade.ERROR


class PeriodKind(StrEnum):
    """The kinds of period a report may be owed for."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    NINE_MONTHS = "nine_months"
    YEAR = "year"
    CAMPAIGN = "campaign"
    ONE_OFF = "one_off"


@dataclass(frozen=True, slots=True)
class LastDay:
    """The last day on time, and the steps that led to it."""

    stated: date  #: by the letter's words alone: "trước ngày 05/6" states 04/6
    is_off: bool  #: whether no office works on that day
    rolled: date  #: where the rule for days off has moved it
    final: date  #: with the grace days


@dataclass(frozen=True, slots=True)
class Period:
    """A period of one report. `due` is the first moment that is late; None: not stated yet."""

    id: str  #: 2023-H1, 2023-Y, 2023-Q3, 2023-M06 or a name of its own
    kind: PeriodKind
    name: str  #: as it is written: "6 tháng đầu năm 2023"
    year: int
    data_from: date
    data_to: date
    opens: datetime
    due: datetime | None
    due_text: str = ""  #: as the letter says it: "trước ngày 05/6"
    last_day: LastDay | None = None  #: how `due` came about; None: not stated yet


def period_beside(report: str, period: str) -> str:
    """What stands beside a report's name of its period: nothing where the name says it itself."""
    return "" if accented_key(period) in accented_key(report) else period


def with_period(report: str, period: str, between: str = " – ") -> str:
    """A report's name with its period, said once."""
    return between.join(filter(None, (report, period_beside(report, period))))


class Weekend(StrEnum):
    """What happens when the last day is no working day."""

    STRICT = "strict"
    NEXT_WORKING_DAY = "next_working_day"
    PREVIOUS_WORKING_DAY = "previous_working_day"


@dataclass(frozen=True, slots=True)
class PeriodRule:
    """How the periods of one kind come about, or one explicit period (`fixed`)."""

    kind: PeriodKind
    due_text: str = ""
    due_month: int = 0  #: 0: the deadline is not stated and must be entered before use
    due_day: int = 0
    due_inclusive: bool = False  #: "chậm nhất ngày": the named day itself is on time
    due_year_offset: int = 0
    weekend: Weekend = Weekend.STRICT
    grace_days: int = 0
    opens_days_before: int = 30
    data_from: str = ""  #: "15/12-1": day/month, year offset; empty: the calendar period
    data_to: str = ""
    first_year: int = 0
    last_year: int = 0  #: 0: no end
    fixed: Period | None = None
    number: int = 0  #: which half, quarter or month of the year; 0: every one, of halves the first
    due_from_start: bool = False  #: due_month counts from the period's first month: 1, 2...
    id: str = ""  #: of a yearly campaign: "thang-hanh-dong" makes 2023-thang-hanh-dong
    name: str = ""  #: of a yearly campaign: "Tháng hành động ... năm {year}"


@dataclass(frozen=True)
class ReportDefinition:
    """One report a department asks for (chế độ báo cáo)."""

    id: str
    name: str
    short_name: str
    topics: tuple[str, ...]  #: phrases any of which names the subject: "bình đẳng giới"
    indicators: tuple[Indicator, ...]
    outline: tuple[Section, ...]
    period_rules: tuple[PeriodRule, ...]
    checks: tuple[Check, ...] = ()
    owed_by_kinds: frozenset[str] = frozenset()
    owed_by_units: frozenset[str] = frozenset()  #: when given, exactly these units
    indicators_by_kind: dict[str, frozenset[str]] = field(default_factory=dict)
    ordered_by: str = ""  #: our letter that asks for it, as cited to the units
    superior_order: str = ""  #: the superior's letter that asks us for it, as cited in our own report
    outline_required: bool = False
    ladder: Ladder | None = None  #: how it is chased; None: as the department says

    def indicator(self, code: str) -> Indicator:
        """The indicator of that code.

        Raises:
            KeyError: the report has no such indicator.
        """
        return self._by_code[code]

    @cached_property
    def _by_code(self) -> dict[str, Indicator]:
        return {indicator.code: indicator for indicator in reversed(self.indicators)}

    def asked_of(self, kind: str) -> tuple[Indicator, ...]:
        """The indicators a unit of that kind is asked for, in the order of the annex, ratios apart."""
        codes = self.indicators_by_kind.get(kind)
        return tuple(
            indicator
            for indicator in self.indicators
            if indicator.aggregation is not Aggregation.RATIO
            and (indicator.code in codes if codes is not None else indicator.counts_for(kind))
        )
