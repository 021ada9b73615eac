"""A period consolidated: totals with coverage, who is missing, what the units wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from config.regime import Regime
from config.reports import Indicator, Period, ReportDefinition, Sex
from config.units import Unit
from ledger.records import Finding, ObligationState, Place, Value


@dataclass(frozen=True, slots=True)
class UnitStanding:
    """One obligation at the moment of consolidation."""

    unit: Unit
    state: ObligationState
    due: datetime | None
    first_valid: datetime | None
    message: str  #: archive id of the first valid message
    versions: int = 0  #: accepted messages that counted
    corrected: bool = False
    exempt: str = ""
    waiting: tuple[str, ...] = ()  #: archive ids of messages that wait for a person
    last_reminder: datetime | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitValue:
    """The figure that counts for one unit, after corrections and decisions."""

    unit: str
    value: Value
    archive_id: str
    in_scope: bool  #: False: the unit's kind does not count for this indicator


@dataclass(frozen=True, slots=True)
class Total:
    """One figure of the department. `n` units of `of` gave it; blank is not zero."""

    indicator: Indicator
    sex: Sex
    value: Decimal | None
    n: int
    of: int
    units: tuple[str, ...]  #: ids that were summed
    missing: tuple[str, ...]  #: ids that owe the figure and have not given it
    doubtful: tuple[str, ...] = ()  #: ids whose figure waits for a person
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    previous: Decimal | None = None  #: the same period a year ago, where there is one
    approximate: bool = False  #: some summed figure was "trên", "khoảng" or "ước"


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage a unit wrote under a section, attributed."""

    unit: Unit
    section: str
    text: str
    place: Place
    archive_id: str


@dataclass(frozen=True, slots=True)
class Consolidation:
    """Everything the documents of one issue are written from."""

    regime: Regime
    report: ReportDefinition
    period: Period
    as_of: datetime
    standings: tuple[UnitStanding, ...]  #: in the order of the units sheet
    values: tuple[UnitValue, ...]
    totals: tuple[Total, ...]  #: in the order of the annex, then total, male, female
    passages: tuple[Passage, ...]
    findings: tuple[Finding, ...] = ()
