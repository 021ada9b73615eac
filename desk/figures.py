"""The totals of a period as the officer looks at them: what stands, what stood a year ago, what has moved.

While a period is frozen what stands is what its issue states; the figures of now are told beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from config.reports import Figure, Indicator, Sex
from consolidate.consolidation import UnitValue
from consolidate.issues import as_content, changes, moved_values
from desk.freezing import Frozen, frozen
from desk.work import consolidation_of, issue_a_year_ago
from ledger.records import Certainty, Issue

if TYPE_CHECKING:
    from config.reports import Period, ReportDefinition
    from consolidate.consolidation import Consolidation, Total
    from desk.office import Office

_Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure of the department as some issue, or the ledger now, states it."""

    value: Decimal | None
    n: int
    of: int


@dataclass(frozen=True, slots=True)
class StandingFigure:
    """One figure of the department: what stands, and what it is compared with."""

    indicator: Indicator
    sex: Sex
    stands: Stated
    approximate: bool
    missing: tuple[str, ...]  #: ids of units that have not given it
    doubtful: tuple[str, ...]  #: ids of units whose figure waits for a person
    before: Stated | None  #: the same period a year ago
    now: Stated | None  #: of a frozen period, where it would be another by now

    @property
    def difference(self) -> Decimal | None:
        """Against a year ago."""
        if self.stands.value is None or self.before is None or self.before.value is None:
            return None
        return self.stands.value - self.before.value

    @property
    def percent(self) -> Decimal | None:
        """The difference in percent of a year ago; None of nothing, and of what is a percentage itself."""
        difference = self.difference
        if difference is None or self.indicator.ratio is not None:
            return None
        assert self.before is not None
        return 100 * difference / self.before.value if self.before.value else None


@dataclass(frozen=True, slots=True)
class PeriodFigures:
    """A period's figures, its last issue, and what has changed since that issue."""

    consolidation: Consolidation  #: of now
    figures: tuple[StandingFigure, ...]  #: in the order of the annex
    last: Issue | None  #: of a frozen period the issue that stands
    frozen: Frozen | None
    changes: tuple[dict[str, Any], ...] = ()  #: of totals, since that issue
    moved: tuple[dict[str, Any], ...] = ()  #: of units' figures, since that issue


def figures_of(
    office: Office, report: ReportDefinition, period: Period, as_of: datetime, *, compared: bool = False
) -> PeriodFigures:
    """What stands for a period; asked inside a snapshot, all of it is of one moment.

    Raises:
        FrozenIssueLostError: the issue that a frozen period stands as is not in the ledger.
        ContentTooOldError: an issue is in a shape this program does not know.
    """
    live = consolidation_of(office, report, period, as_of, compared=compared)
    held = frozen(office, report, period)
    last = held.issue if held else office.ledger.latest_issue(report.id, period.id)
    before = _rows(issue_a_year_ago(office, report, period))
    stated = _rows(held.issue if held else None)
    content = as_content(live) if last else {}
    return PeriodFigures(
        consolidation=live,
        figures=tuple(_standing(total, before, stated if held else None) for total in live.totals),
        last=last,
        frozen=held,
        changes=changes(last.content, content) if last else (),
        moved=moved_values(last.content, content) if last else (),
    )


@dataclass(frozen=True, slots=True)
class UnitFigure:
    """What one unit gave for a figure, and whether it counts."""

    unit: str  #: id
    state: str  #: counted, doubtful, outside, missing, exempt
    held: UnitValue | None
    stood: Decimal | None = None  #: in the issue a frozen period stands as
    is_new: bool = False  #: it counts now and did not in that issue, or another one did


def unit_figures(shown: PeriodFigures, values: Iterable[UnitValue]) -> dict[Figure, tuple[UnitFigure, ...]]:
    """What every unit gave for each figure, in the order of the units sheet; what is missing too.

    `values` are those that count and those that wait, as `desk.work.shown_values` gives them.
    """
    live = shown.consolidation
    given: dict[Figure, dict[str, UnitValue]] = defaultdict(dict)
    for held in values:
        given[Figure(held.value.indicator, held.value.sex)][held.unit] = held
    stood = stated_values(shown.frozen.issue if shown.frozen else None)
    owing: dict[Figure, set[str]] = defaultdict(set)
    for total in live.totals:
        for figure in figures_behind(total.indicator, total.sex):
            owing[figure].update(total.missing)
    exempt = {standing.unit.id for standing in live.standings if standing.exempt}
    found: dict[Figure, tuple[UnitFigure, ...]] = {}
    for figure in dict.fromkeys((*owing, *given)):
        of_it = given.get(figure, {})
        asked = (
            unit.id
            for unit in live.regime.units
            if unit.id in of_it or unit.id in owing.get(figure, ()) or (unit.id, figure) in stood
        )
        found[figure] = tuple(
            _unit_figure(unit, of_it.get(unit), stood.get((unit, figure)), unit in exempt, shown)
            for unit in asked
        )
    return found


def figures_behind(indicator: Indicator, sex: Sex) -> tuple[Figure, ...]:
    """The figures of units that a figure of the department is made of: a ratio has two, others one."""
    rule = indicator.ratio
    return (rule.numerator, rule.denominator) if rule else (Figure(indicator.code, sex),)


def _unit_figure(
    unit: str, held: UnitValue | None, stood: Decimal | None, exempt: bool, shown: PeriodFigures
) -> UnitFigure:
    state = _state(held, exempt=exempt)
    counts = held.value.value if held and state == "counted" else None
    return UnitFigure(unit, state, held, stood, shown.frozen is not None and counts != stood)


def _state(held: UnitValue | None, *, exempt: bool) -> str:
    if held is None:
        return "exempt" if exempt else "missing"
    if not held.in_scope:
        return "outside"
    return "doubtful" if held.value.certainty is Certainty.DOUBTFUL else "counted"


def stated_values(issue: Issue | None) -> dict[tuple[str, Figure], Decimal | None]:
    """The figures of units that an issue counted, by unit and figure; None for one it did not count."""
    rows: Sequence[_Row] = issue.content["values"] if issue else ()
    return {
        (row["unit"], Figure(row["indicator"], Sex(row["sex"]))): _number(row["value"])
        if row["certain"]
        else None
        for row in rows
    }


def _rows(issue: Issue | None) -> dict[Figure, _Row]:
    rows: Sequence[_Row] = issue.content["totals"] if issue else ()
    return {Figure(row["indicator"], Sex(row["sex"])): row for row in rows}


def _standing(
    total: Total, before: Mapping[Figure, _Row], stated: Mapping[Figure, _Row] | None
) -> StandingFigure:
    """A total; `stated` are those of the issue a frozen period stands as."""
    figure = Figure(total.indicator.code, total.sex)
    live = Stated(total.value, total.n, total.of)
    row = stated.get(figure) if stated is not None else None
    stands = live if stated is None else _stated(row) if row is not None else Stated(None, 0, 0)
    earlier = before.get(figure)
    return StandingFigure(
        indicator=total.indicator,
        sex=total.sex,
        stands=stands,
        approximate=bool(row["approximate"]) if row is not None else total.approximate,
        missing=tuple(row["missing"]) if row is not None else total.missing,
        doubtful=tuple(row["doubtful"]) if row is not None else total.doubtful,
        before=_stated(earlier) if earlier is not None else None,
        now=live if live != stands else None,
    )


def _stated(row: _Row) -> Stated:
    return Stated(_number(row["value"]), int(row["n"]), int(row["N"]))


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
