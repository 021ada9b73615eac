"""The report and period a page is about: `?ky=report/period`, the one that opened last unless named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.days import read_moment as moment_of
from desk.errors import UnknownNameError
from desk.standing import collected_periods

if TYPE_CHECKING:
    from datetime import datetime

    from config.reports import Period, ReportDefinition
    from desk.office import Office
    from desk.web.call import Call

FIELD = "ky"


@dataclass(frozen=True, slots=True)
class PeriodOption:
    """One line of the period selector."""

    value: str
    report: str  #: short name
    period: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """The period a page is about, and those that can be chosen instead."""

    report: ReportDefinition
    period: Period
    options: tuple[PeriodOption, ...]

    @property
    def value(self) -> str:
        """As it stands in an address."""
        return _value(self.report, self.period)


def chosen_period(call: Call) -> Chosen | None:
    """The period a call asks for; None while nothing is collected yet.

    Raises:
        UnknownNameError: nothing is collected for the period that is named.
    """
    known = collected_periods(call.office)
    if not known:
        return None
    asked = call.query.get(FIELD, "")
    found = [pair for pair in known if _value(*pair) == asked] if asked else [_current(call.office, known)]
    if not found:
        raise UnknownNameError("desk.unknown_period", name=asked)
    report, period = found[0]
    options = tuple(
        PeriodOption(_value(*pair), pair[0].short_name, pair[1].name, pair == (report, period))
        for pair in known
    )
    return Chosen(report, period, options)


def read_moment(text: str, office: Office) -> datetime | None:
    """A moment as it was typed, on the department's clock; None when it is none.

    Raises:
        UnknownNameError: it is no moment.
    """
    if not text.strip():
        return None
    moment = moment_of(text)
    if moment is None:
        raise UnknownNameError("desk.bad_moment", text=text)
    return moment if moment.tzinfo else moment.replace(tzinfo=office.regime.timezone)


def _current(office: Office, known: list[tuple[ReportDefinition, Period]]) -> tuple[ReportDefinition, Period]:
    now = office.clock()
    return next((pair for pair in known if pair[1].opens <= now), known[-1])


def _value(report: ReportDefinition, period: Period) -> str:
    return f"{report.id}/{period.id}"
