"""The figures and findings of a period as they were worked out last, kept in the ledger with their moment.

To sum hundreds of units and to compare each with its past takes seconds. That is done once after something
has come (`work_out`), by the daemon or by the thread that follows decisions up; a page reads what is kept.
What it rests on is kept beside it, so that a page never shows for current what is not.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from config.errors import ConfigError
from config.reports import Figure, Period, ReportDefinition, Sex
from consolidate.comparisons import periods_to_compare
from consolidate.consolidation import UnitValue
from consolidate.errors import ConsolidateError
from desk.errors import DeskError, sentence_of
from desk.figures import StandingFigure, Stated, UnitFigure, figures_of, unit_figures
from desk.work import current_periods, shown_values
from ledger.encoding import digest
from ledger.errors import AnotherDaemonRunsError, LedgerError
from ledger.freezing import Freeze, freeze_of
from ledger.lock import only_worker
from ledger.records import Decision, Finding, IssueHead, Submission

if TYPE_CHECKING:
    from config.regime import Regime
    from desk.figures import PeriodFigures
    from desk.office import Office
    from ledger.store import Ledger

SHAPE = 1  #: of what is kept: another one is worked out again
HEAD, FINDINGS, VALUES, UNITS = "head", "findings", "values", "units"
_QUICKLY = 1  # of zlib: these parts shrink to a tenth at any level
T = TypeVar("T")


class NotWorkedOutError(DeskError):
    """The figures of a period cannot be worked out as things stand."""

    def __init__(self, told: str) -> None:
        super().__init__("desk.not_worked_out", told=told)


@dataclass(frozen=True, slots=True)
class _Figure:
    """A `StandingFigure` with its indicator by code: the report's definition says the rest."""

    indicator: str
    sex: Sex
    stands: Stated
    approximate: bool
    missing: tuple[str, ...]
    doubtful: tuple[str, ...]
    before: Stated | None
    now: Stated | None


@dataclass(frozen=True, slots=True)
class _Head:
    """What every page of a period shows, and what it rests on."""

    rests_on: str
    at: datetime
    figures: tuple[_Figure, ...] = ()
    changes: int = 0
    moved: tuple[dict[str, Any], ...] = ()
    trouble: str = ""  #: why it could not be worked out, a sentence


@dataclass(frozen=True, slots=True)
class _Findings:
    findings: tuple[Finding, ...]
    messages: tuple[tuple[str, str, str], ...]  #: unit, indicator, the message its figure came by


@dataclass(frozen=True, slots=True)
class FrozenHead:
    """A frozen period: who froze it, and what has come for it since."""

    freeze: Freeze
    arrived: tuple[Submission, ...]  #: without figures, by arrival


@dataclass(frozen=True, slots=True)
class Settled:
    """A period as it was worked out last."""

    regime: Regime
    report: ReportDefinition
    period: Period
    at: datetime  #: when it was worked out
    is_current: bool  #: nothing it rests on has changed since
    figures: tuple[StandingFigure, ...]  #: in the order of the annex
    changes: int  #: totals that are others than in the last issue
    moved: tuple[dict[str, Any], ...]  #: figures of units that are, as `PeriodFigures` has them
    last: IssueHead | None  #: of a frozen period the issue that stands
    frozen: FrozenHead | None


def settled(office: Office, report: ReportDefinition, period: Period) -> Settled | None:
    """What is kept of a period; None: nothing yet. Asked inside a snapshot.

    Raises:
        NotWorkedOutError: it could not be worked out, and nothing has changed since.
    """
    ledger = office.ledger
    decisions = ledger.decisions()
    kept = ledger.settled(report.id, period.id, HEAD).get(HEAD)
    head = _read(kept, _Head) if kept else None
    known = {indicator.code: indicator for indicator in report.indicators}
    if head is None or any(figure.indicator not in known for figure in head.figures):
        return None
    is_current = head.rests_on == rests_on(office, report, period, decisions)
    if head.trouble:
        if is_current:
            raise NotWorkedOutError(head.trouble)
        return None
    freeze = freeze_of(decisions, report.id, period.id)
    heads = ledger.issue_heads(report.id, period.id)
    return Settled(
        regime=office.regime,
        report=report,
        period=period,
        at=head.at,
        is_current=is_current,
        figures=tuple(
            StandingFigure(known[each.indicator], each.sex, each.stands, each.approximate, each.missing,
                           each.doubtful, each.before, each.now)
            for each in head.figures
        ),
        changes=head.changes,
        moved=head.moved,
        last=_standing(heads, freeze),
        frozen=FrozenHead(freeze, _since(ledger, report, period, freeze.at)) if freeze else None,
    )  # fmt: skip


def settled_findings(
    ledger: Ledger, shown: Settled
) -> tuple[tuple[Finding, ...], dict[tuple[str, str], str]]:
    """The findings, and the message a unit's figure came by, by unit and indicator."""
    found = _part(ledger, shown, FINDINGS, _Findings)
    if found is None:
        return (), {}
    return found.findings, {(unit, code): message for unit, code, message in found.messages}


def settled_values(ledger: Ledger, shown: Settled) -> tuple[UnitValue, ...]:
    """Every unit's figure that counts, unit by unit."""
    return _part(ledger, shown, VALUES, tuple[UnitValue, ...]) or ()


def settled_units(ledger: Ledger, shown: Settled, figure: Figure) -> tuple[UnitFigure, ...]:
    """What every unit gave for a figure."""
    return _part(ledger, shown, _units(figure), tuple[UnitFigure, ...]) or ()


def work_out(office: Office, report: ReportDefinition, period: Period) -> bool:
    """Work the figures of a period out and keep them, unless what is kept still holds; whether it did."""
    ledger, now = office.ledger, office.clock()
    with ledger.snapshot():
        state = rests_on(office, report, period, ledger.decisions())
        kept = ledger.settled(report.id, period.id, HEAD).get(HEAD)
        head = _read(kept, _Head) if kept else None
        if head is not None and head.rests_on == state:
            return False
        try:
            figures = figures_of(office, report, period, now, compared=True)
            parts = _parts(figures, shown_values(office, figures.consolidation, None), state, now)
        except (ConfigError, ConsolidateError, DeskError, LedgerError) as error:
            trouble = sentence_of(error, office.wording)
            parts = {HEAD: _written(_Head(state, now, trouble=trouble))}
    ledger.keep_settled(report.id, period.id, parts)
    return True


def work_out_all(office: Office) -> None:
    """Work out what no longer holds of every period being collected, the one that opened last first.

    Where another process does so now, it is left to that.
    """
    for report, period in sorted(current_periods(office), key=lambda pair: pair[1].opens, reverse=True):
        with suppress(AnotherDaemonRunsError), only_worker(office.settings.database_url):
            work_out(office, report, period)


def rests_on(office: Office, report: ReportDefinition, period: Period, decisions: Sequence[Decision]) -> str:
    """The fingerprint of everything the figures and findings of a period follow from.

    The configuration and the program, the readings of all messages about the period and those it is
    compared with, as far as they have arrived by now, what was decided about them, and the issues.
    """
    ledger, now = office.ledger, office.clock()
    known = (office.period(report, known) for _, known in ledger.periods(report.id))
    beside = periods_to_compare(period, [each for each in known if each is not None])
    periods = sorted({period.id, *(each.id for each in beside)})
    readings = ledger.readings(report.id, periods)
    issued = ledger.last_issues(report.id)
    about = {archive_id for archive_id, _, _ in readings}
    return digest([
        SHAPE,
        version("tonghop"),
        office.configuration,
        [(archive_id, sha256, arrival <= now) for archive_id, sha256, arrival in readings],
        [decision.number for decision in decisions if _concerns(decision, report.id, periods, about)],
        [issued.get(period.id), issued.get(_year_before(period.id))],
    ])  # fmt: skip


def _concerns(decision: Decision, report: str, periods: Sequence[str], about: set[str]) -> bool:
    """Whether a decision may speak of these periods. Addresses are for mail, and change no figure."""
    target = decision.target
    if "address" in target:
        return False
    named_report, named_period = target.get("report"), target.get("period")
    if named_report is not None and (named_report != report or named_period not in {None, *periods}):
        return False
    message = target.get("message") or target.get("archive_id")
    return not message or message in about


def _year_before(period_id: str) -> str:
    year, _, rest = period_id.partition("-")
    return f"{int(year) - 1}-{rest}" if year.isdigit() else ""


def _parts(
    figures: PeriodFigures, values: Iterable[UnitValue], state: str, now: datetime
) -> dict[str, bytes]:
    live = figures.consolidation
    mails = {(held.unit, held.value.indicator): held.archive_id for held in live.values if held.archive_id}
    said = (each.parameters for each in live.findings)
    named = {(each.get("unit", ""), each.get("indicator", "")) for each in said}
    messages = tuple((*key, mails[key]) for key in sorted(named & mails.keys()))
    head = _Head(
        rests_on=state,
        at=now,
        figures=tuple(
            _Figure(each.indicator.code, each.sex, each.stands, each.approximate, each.missing,
                    each.doubtful, each.before, each.now)
            for each in figures.figures
        ),
        changes=len(figures.changes),
        moved=figures.moved,
    )  # fmt: skip
    return {
        HEAD: _written(head),
        FINDINGS: _written(_Findings(live.findings, messages)),
        VALUES: _written(live.values),
        **{_units(figure): _written(rows) for figure, rows in unit_figures(figures, values).items()},
    }


def _units(figure: Figure) -> str:
    return f"{UNITS}/{figure.indicator}/{figure.sex.value}"


def _standing(heads: Sequence[IssueHead], freeze: Freeze | None) -> IssueHead | None:
    """The last issue, or the one a frozen period stands as."""
    if freeze is None:
        return heads[-1] if heads else None
    return next((each for each in heads if each.number == freeze.issue), None)


def _since(
    ledger: Ledger, report: ReportDefinition, period: Period, moment: datetime
) -> tuple[Submission, ...]:
    return tuple(each for each in ledger.receipts(report.id, period.id) if each.arrival > moment)


def _part(ledger: Ledger, shown: Settled, name: str, kind: type[T]) -> T | None:
    kept = ledger.settled(shown.report.id, shown.period.id, name).get(name)
    return None if kept is None else _read(kept, kind)


def _written(value: object) -> bytes:
    return zlib.compress(msgspec.json.encode(value), _QUICKLY)


def _read(content: bytes, kind: type[T]) -> T | None:
    """What was kept; None when an earlier version of the program kept it in another shape."""
    try:
        return msgspec.json.decode(zlib.decompress(content), type=kind)
    except (zlib.error, msgspec.MsgspecError):
        return None
