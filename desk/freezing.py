"""Freeze a period and unfreeze it (chốt, hủy chốt): decisions of the officer, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desk.errors import DeskError, UnknownNameError
from desk.work import chosen_periods, frozen_issue, issue
from ledger.freezing import FREEZE, UNFREEZE, Freeze, freeze_of, target_of
from ledger.records import Decision

if TYPE_CHECKING:
    from datetime import datetime

    from config.reports import Period, ReportDefinition
    from desk.office import Office
    from ledger.records import Issue, Submission

#: A reason longer than this is a letter, not a reason.
LONGEST_REASON = 1000


class NotFreezableError(DeskError):
    """A period cannot be frozen or unfrozen as it stands, or no reason was given."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """A frozen period: the issue that stands, and what has come for it since."""

    freeze: Freeze
    issue: Issue
    arrived: tuple[Submission, ...]  #: without figures, by arrival


def freeze(office: Office, report: str | None, period: str | None, reason: str) -> Decision:
    """Let the figures of a period stand as they are now: an issue is made first unless the last one says so.

    Raises:
        UnknownNameError: there is no such report or period, or several are meant.
        NotFreezableError: it is frozen already, or no reason was given.
    """
    definition, known = require_freezable(office, report, period, reason)
    said = _required(reason)
    made = issue(office, definition, known, office.clock()).issue
    choice = {"issue": made.number, "as_of": made.as_of.isoformat(), "inputs_sha256": made.inputs_sha256}
    return _recorded(office, FREEZE, definition, known, choice, said)


def require_freezable(
    office: Office, report: str | None, period: str | None, reason: str
) -> tuple[ReportDefinition, Period]:
    """The period that is meant, which can be frozen.

    Raises:
        UnknownNameError: there is no such report or period, or several are meant.
        NotFreezableError: it is frozen already, or no reason was given.
    """
    definition, known = _one_period(office, report, period)
    _required(reason)
    if freeze_of(office.ledger.decisions(), definition.id, known.id) is not None:
        raise NotFreezableError("desk.frozen_already", period=known.name)
    return definition, known


def unfreeze(office: Office, report: str | None, period: str | None, reason: str) -> Decision:
    """Let the figures of a period follow mail and decisions again; the next issue tells what has changed.

    Raises:
        UnknownNameError: there is no such report or period, or several are meant.
        NotFreezableError: it is not frozen, or no reason was given.
    """
    definition, known = _one_period(office, report, period)
    said = _required(reason)
    standing = freeze_of(office.ledger.decisions(), definition.id, known.id)
    if standing is None:
        raise NotFreezableError("desk.not_frozen", period=known.name)
    return _recorded(office, UNFREEZE, definition, known, {"freeze": standing.decision}, said)


def frozen(office: Office, report: ReportDefinition, period: Period) -> Frozen | None:
    """What stands and what has come since; None while the period is not frozen.

    Raises:
        FrozenIssueLostError: the issue that stands is not in the ledger.
    """
    standing = freeze_of(office.ledger.decisions(), report.id, period.id)
    if standing is None:
        return None
    made = frozen_issue(office, report, period, standing)
    arrived = office.ledger.receipts(report.id, period.id)
    return Frozen(standing, made, tuple(each for each in arrived if each.arrival > standing.at))


def standing_issue(office: Office, report: ReportDefinition, period: Period, as_of: datetime) -> Issue | None:
    """The issue whose figures stood for a period at a moment; None while it was not frozen.

    Raises:
        FrozenIssueLostError: it is not in the ledger.
    """
    decided = (each for each in office.ledger.decisions() if each.at <= as_of)
    standing = freeze_of(decided, report.id, period.id)
    return frozen_issue(office, report, period, standing) if standing else None


def _one_period(office: Office, report: str | None, period: str | None) -> tuple[ReportDefinition, Period]:
    found = chosen_periods(office, report, period, office.clock())
    if len(found) != 1:
        raise UnknownNameError("desk.name_the_period")
    return found[0]


def _required(reason: str) -> str:
    said = reason.strip()[:LONGEST_REASON]
    if not said:
        raise NotFreezableError("desk.reason_wanted")
    return said


def _recorded(
    office: Office,
    kind: str,
    report: ReportDefinition,
    period: Period,
    choice: dict[str, Any],
    reason: str,
) -> Decision:
    who = office.settings.officer or office.wording("desk.some_officer")
    target = target_of(report.id, period.id)
    return office.ledger.decide(Decision(0, office.clock(), who, kind, target, choice, reason))
