"""One unit's file: what it owes and how it kept it, what it handed in, and what was written either way.

Asked inside a snapshot, all of it is of one moment. The number of questions to the ledger does not grow with
units, periods or mails.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from config.reports import Period, ReportDefinition
from consolidate.differences import Change, Difference, differences
from consolidate.standing import standings, still_holding
from desk.by_hand import contradictions
from desk.mailing.answers import Returned, returned_addresses
from desk.standing import waiting_of
from ledger.decisions import taken_back_alone
from ledger.obligations import obligations_of
from ledger.records import (
    Decision,
    MessageOutcome,
    MessageState,
    Obligation,
    ObligationKey,
    OutgoingMessage,
    Role,
    Submission,
)
from ledger.review import open_items
from ledger.taught import effective_regime

if TYPE_CHECKING:
    from config.regime import Regime
    from config.units import Unit
    from consolidate.consolidation import UnitStanding
    from desk.office import Office

#: What an officer decides about a unit rather than about a mail.
OF_UNITS = frozenset({"receive", "exempt", "extend", "link_address"})
OF_OBLIGATIONS = frozenset({"exempt", "extend", "reopen"})


@dataclass(frozen=True, slots=True)
class Owed:
    """One obligation of the unit, and where it stands."""

    report: ReportDefinition
    period: Period
    standing: UnitStanding


@dataclass(frozen=True, slots=True)
class Version:
    """One submission for an obligation, beside the one before it that counts."""

    submission: Submission
    number: int  #: from 1 among those that count; 0: it counts for nothing (yet)
    differences: tuple[Difference, ...]  #: to the version before; of the first, every figure as added
    against: tuple[str, ...]  #: what in a file handed in speaks against its booking: "unit", "period"

    def changed(self) -> tuple[Difference, ...]:
        """What is another than before."""
        same = {Change.SAME, Change.KEPT}
        return tuple(each for each in self.differences if each.change not in same)


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision about the unit, and whether it still holds."""

    decision: Decision
    holds: bool
    message: str = ""  #: archive id of the file that was handed in with it


@dataclass(frozen=True, slots=True)
class UnitFile:
    """Everything about one unit."""

    unit: Unit  #: with the addresses that people linked to it
    owed: tuple[Owed, ...]  #: the period that opened last first
    decided: tuple[Decided, ...]  #: latest first
    came: tuple[MessageOutcome, ...]  #: by arrival
    went: tuple[OutgoingMessage, ...]  #: in the order they were queued
    sharing: dict[str, tuple[str, ...]]  #: by address: names of other units it speaks for too
    returned: dict[str, Returned]  #: by address: the last bounce that says mail does not arrive there


def unit_file(office: Office, unit_id: str, as_of: datetime) -> UnitFile:
    """The file of a unit as it stands at a moment."""
    ledger = office.ledger
    decisions = ledger.decisions()
    regime = effective_regime(office.regime, decisions)
    unit = regime.unit(unit_id)
    own = [each.address for each in unit.addresses if each.role != "shared"]
    came = ledger.correspondence(unit_id, own)
    about = _about(decisions, unit_id)
    return UnitFile(
        unit=unit,
        owed=_owed(office, regime, unit_id, decisions, came, as_of),
        decided=_decided(about, decisions, came, unit_id),
        came=came,
        went=ledger.outbox_to(unit_id),
        sharing=_sharing(regime, unit),
        returned={each.address: each for each in returned_addresses(office, own)},
    )


def versions_of(office: Office, key: ObligationKey, file: UnitFile) -> tuple[Version, ...]:
    """The versions a unit handed in for an obligation, by arrival, each beside the one before it."""
    by_hand = {each.message for each in file.decided if each.holds}
    outcomes = {each.archive_id: each for each in file.came if each.archive_id in by_hand}
    found: list[Version] = []
    before: Submission | None = None
    for submission in office.ledger.submissions(key.report, key.period, key.unit):
        counts = submission.accepted and submission.role is not Role.DUPLICATE
        outcome = outcomes.get(submission.archive_id)
        against = contradictions(outcome, key) if outcome else ()
        number = sum(each.number > 0 for each in found) + 1 if counts else 0
        beside = submission.role in {Role.SUPPLEMENT, Role.PART}
        compared = differences(before.values if before else (), submission.values, supplement=beside)
        found.append(Version(submission, number, compared, against))
        if counts:
            before = _together(before, submission) if beside and before else submission
    return tuple(found)


def _together(before: Submission, supplement: Submission) -> Submission:
    """What stands after a supplement: the figures before, those it names in their place."""
    named = {(value.indicator, value.sex) for value in supplement.values}
    kept = tuple(value for value in before.values if (value.indicator, value.sex) not in named)
    return replace(supplement, values=(*kept, *supplement.values))


# -- what is owed ----------------------------------------------------------------------------------------


def _owed(
    office: Office,
    regime: Regime,
    unit_id: str,
    decisions: Sequence[Decision],
    came: Sequence[MessageOutcome],
    as_of: datetime,
) -> tuple[Owed, ...]:
    settled = {each.key: each for each in office.ledger.obligations_of(unit_id)}
    named = {(each.key.report, each.key.period) for each in settled.values()}
    known = _periods(office, named)
    settled |= _as_decided(regime, unit_id, known, decisions)
    asked = open_items((item for outcome in came for item in outcome.review), decisions)
    waiting = waiting_of(came, asked)
    by_hand = [each for each in decisions if each.kind in {"receive", "reopen"} and _names(each, unit_id)]
    stood = [
        (key, standings(regime, [obligation], _submissions(came, key), waiting, by_hand, as_of))
        for key, obligation in settled.items()
        if (key.report, key.period) in known
    ]
    found = [Owed(*known[key.report, key.period], standing) for key, (standing,) in stood]
    return tuple(sorted(found, key=lambda each: (each.period.opens, each.report.id), reverse=True))


def _periods(
    office: Office, named: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], tuple[ReportDefinition, Period]]:
    """Those of the regime as it is: a report that was taken out is owed no more."""
    reports = {report.id: report for report in office.regime.reports}
    return {
        (report, period_id): (reports[report], period)
        for report, period_id in named
        if report in reports and (period := office.period(reports[report], period_id)) is not None
    }


def _as_decided(
    regime: Regime,
    unit_id: str,
    known: dict[tuple[str, str], tuple[ReportDefinition, Period]],
    decisions: Sequence[Decision],
) -> dict[ObligationKey, Obligation]:
    """The obligations somebody decided about, as decided: periods long past are settled no more."""
    of_unit = [each for each in decisions if each.kind in OF_OBLIGATIONS and _names(each, unit_id)]
    touched = {(each.target.get("report"), each.target.get("period")) for each in of_unit}
    return {
        obligation.key: obligation
        for named, (report, period) in known.items()
        if named in touched
        for obligation in obligations_of(regime, report, period, of_unit)
        if obligation.key.unit == unit_id
    }


def _submissions(came: Sequence[MessageOutcome], key: ObligationKey) -> list[Submission]:
    return [
        Submission(
            archive_id=outcome.archive_id,
            arrival=outcome.arrival,
            key=key,
            role=intent.role,
            accepted=intent.accepted,
            values=(),
            sections=(),
            findings=(),
            fingerprint=intent.fingerprint,
        )
        for outcome in came
        for intent in outcome.submissions
        if intent.key == key
    ]


# -- what was decided ------------------------------------------------------------------------------------


def _names(decision: Decision, unit_id: str) -> bool:
    """Whether a decision is about the unit, or about every unit of a period."""
    return decision.target.get("unit", unit_id) == unit_id and "report" in decision.target


def _about(decisions: Sequence[Decision], unit_id: str) -> list[Decision]:
    """The decisions about the unit itself, those that handed in a file for it, and what took them back."""
    own = [
        each
        for each in decisions
        if (each.kind in OF_UNITS and unit_id in {each.target.get("unit"), each.choice.get("unit")})
        or (each.kind == "assign" and "channel" in each.choice and each.choice.get("unit") == unit_id)
    ]
    numbers, targets = {each.number for each in own}, [each.target for each in own]
    back = [each for each in decisions if each.kind == "reopen"]
    return [*own, *(each for each in back if taken_back_alone(each) in numbers or each.target in targets)]


def _decided(
    about: Sequence[Decision], decisions: Sequence[Decision], came: Sequence[MessageOutcome], unit_id: str
) -> tuple[Decided, ...]:
    holding = {each.number for each in still_holding(about)}
    booked = {
        (outcome.archive_id, intent.key.report, intent.key.period)
        for outcome in came
        if outcome.state is not MessageState.SET_ASIDE
        for intent in outcome.submissions
        if intent.key.unit == unit_id and intent.accepted
    }
    last = {str(each.target["message"]): each.number for each in about if each.kind == "assign"}
    for each in still_holding([each for each in decisions if each.target.get("message") in last]):
        if each.kind == "set_aside":  # its mail may not have been judged again yet
            message = str(each.target["message"])
            last[message] = max(last[message], each.number)
    found = []
    for each in about:
        if each.kind == "assign":
            message = str(each.target["message"])
            place = (message, each.choice.get("report"), each.choice.get("period"))
            found.append(Decided(each, place in booked and last[message] == each.number, message))
        elif each.kind != "reopen":
            found.append(Decided(each, each.number in holding))
    return tuple(reversed(found))


def _sharing(regime: Regime, unit: Unit) -> dict[str, tuple[str, ...]]:
    own = {each.address for each in unit.addresses}
    found: dict[str, list[str]] = defaultdict(list)
    for other in regime.units:
        for each in other.addresses if other.id != unit.id else ():
            if each.address in own:
                found[each.address].append(other.name)
    return {address: tuple(names) for address, names in found.items()}
