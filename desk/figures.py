"""The totals of a period as the officer looks at them: what stands, what stood a year ago, what has moved.

While a period is frozen what stands is what its issue states; the figures of now are told beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from config.reports import Figure, Indicator, Sex
from consolidate.issues import as_content, changes, moved_values
from desk.freezing import Frozen, frozen
from desk.work import consolidation_of, issue_a_year_ago
from ledger.records import Issue

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
