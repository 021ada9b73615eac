"""The jobs a person or the daemon asks for: take mail in, consolidate. Each returns what happened."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from config.calendar import counting_day, period_by_id, periods_of
from config.regime import Regime
from config.reports import Figure, Period, ReportDefinition, Sex
from consolidate.comparisons import OtherPeriod, periods_to_compare
from consolidate.consolidation import Consolidation, UnitValue
from consolidate.errors import ConsolidateError
from consolidate.issues import as_content, changes, inputs_sha256, moved_values
from consolidate.period import consolidate
from consolidate.reminders import CHASE
from desk.errors import FrozenIssueLostError, UnknownNameError
from desk.office import Office
from desk.standing import waiting_of
from intake.documents import FileKind, ReadState
from intake.mailbox.interface import FetchBatch, FetchNote, FolderMark, Mailbox
from ledger.freezing import Freeze, freeze_of
from ledger.obligations import obligations_of
from ledger.records import (
    FETCH_DOUBT,
    Certainty,
    Decision,
    Issue,
    MessageOutcome,
    ObligationKey,
    OutboxState,
    ReportFile,
    Submission,
)
from ledger.references import reference_key
from ledger.review import open_items
from ledger.taught import effective_regime

if TYPE_CHECKING:
    from intake.pipeline import Intake

#: Notes of a mailbox that make a message a question for a person.
DOUBTFUL_NOTES = frozenset({"too_large", "possibly_incomplete", "arrival_unknown", "arrival_from_file"})
#: A period is shown and chased from its opening until this long after its due moment.
RECENT = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one look into a mailbox brought."""

    new: tuple[str, ...]  #: archive ids not seen before
    notes: tuple[FetchNote, ...]


@dataclass(frozen=True, slots=True)
class Issued:
    """What consolidating brought: the issue that stands now, and whether it is new."""

    issue: Issue
    consolidation: Consolidation
    new: bool
    freeze: Freeze | None = None  #: the period is frozen: its figures are those of the issue
    moved: tuple[dict[str, Any], ...] = ()  #: figures of units that count otherwise since, were it not frozen


def clear_up(office: Office) -> None:
    """Before the first fetch: away with what an interrupted batch left half written.

    Raises:
        EmptyArchiveError: the ledger knows messages and the archive holds none; nothing may be added to it.

    """
    office.archive.sweep()
    office.ledger.refuse_empty(office.archive)


def adopt(office: Office) -> None:
    """After the first fetch: give what was archived and not recorded before a kill its rows.

    What the mailbox still shows has them by now, with all that was noted against it.
    """
    office.ledger.adopt_orphans(office.archive)


def fetch(office: Office, mailbox: Mailbox, account: str) -> Fetched:
    """Archive and record what the mailbox holds that was not seen; the raw bytes are on disk first."""
    new: list[str] = []
    notes: list[FetchNote] = []
    for folder in mailbox.folders():
        seen_to = office.mark(account, folder.name)
        mark = FolderMark(*seen_to) if seen_to else None
        for batch in mailbox.fetch(folder, mark, office.start):
            ids = office.archive.keep_all(batch.messages)
            seen = [
                (raw.sighting, archive_id, raw.arrival, len(raw.octets))
                for raw, archive_id in zip(batch.messages, ids, strict=True)
            ]
            reached = (account, folder.name, batch.mark.uid_validity, batch.mark.last_uid)
            # First the doubts: killed in between, a message must not be booked as if there were none.
            _note_doubts(
                office, batch, dict(zip((raw.sighting.uid for raw in batch.messages), ids, strict=True))
            )
            new += office.ledger.record_batch(seen, reached)
            notes += batch.notes
    return Fetched(tuple(new), tuple(notes))


def _note_doubts(office: Office, batch: FetchBatch, ids: dict[int, str]) -> None:
    """Record what the mailbox noted against single messages before anyone reads them."""
    doubts = [note for note in batch.notes if note.code in DOUBTFUL_NOTES and note.uid in ids]
    if doubts:
        office.ledger.note_each(FETCH_DOUBT, [(ids[note.uid], {"code": note.code}) for note in doubts])


def take_in(office: Office) -> Generator[MessageOutcome, None, None]:
    """Read, recognise and book everything archived that has no outcome yet."""
    if office.ledger.unread():  # mostly there is nothing, and what reads need not even be loaded
        yield from _intake(office).run()
    settle(office)


def recognise(office: Office, most: int | None = None) -> Iterator[MessageOutcome]:
    """Read scans and photos that wait for a person, at most so many messages: slow, so never in the way."""
    if not office.ledger.has_files((FileKind.PDF, FileKind.IMAGE), ReadState.NOT_YET):
        return
    intake = _intake(office)
    if intake.open_slow_pool is not None and intake.unrecognised():
        yield from intake.recognise(most)
        settle(office)


def _intake(office: Office) -> Intake:
    from intake.pipeline import Intake

    junk = office.ledger.junk()
    key = reference_key(office.settings.home)
    pools = office.open_pool, junk, office.open_slow_pool
    return Intake(office.regime, office.archive, office.ledger, *pools, key)


def settle(office: Office) -> None:
    """Write down what is owed for every period that is or was being collected."""
    decisions = office.ledger.decisions()
    owed = [
        obligation
        for report, period in current_periods(office)
        for obligation in obligations_of(office.regime, report, period, decisions)
    ]
    office.ledger.settle_obligations(owed, complete=True)


def current_periods(office: Office) -> list[tuple[ReportDefinition, Period]]:
    """The periods worth showing: those something arrived for, and those open about now.

    What was due before the first day whose mail is looked at was collected without us, and nobody is
    chased for it.
    """
    now = office.clock()
    regime = office.regime
    found: dict[tuple[str, str], tuple[ReportDefinition, Period]] = {}
    for report_id, period_id in office.ledger.answered_periods():
        _add(office, found, report_id, period_id)
    day = now.astimezone(regime.timezone).date()
    for report in regime.reports:
        for period in periods_of(report, regime.timezone, regime.calendar, day - RECENT, day + RECENT):
            over = office.start is not None and counting_day(period, regime.timezone) < office.start
            if period.opens <= now and not over:
                found[report.id, period.id] = (report, period)
    return sorted(found.values(), key=lambda pair: (pair[0].id, pair[1].opens))


def _add(
    office: Office, found: dict[tuple[str, str], tuple[ReportDefinition, Period]], report: str, period: str
) -> None:
    if (report, period) not in found:
        definition = office.regime.report(report)
        known = period_by_id(definition, office.regime.timezone, office.regime.calendar, period)
        if known is not None:
            found[report, period] = (definition, known)


def chosen_periods(
    office: Office, report: str | None, period: str | None, as_of: datetime
) -> list[tuple[ReportDefinition, Period]]:
    """The periods a person asked for; without words, of each report that whose deadline is nearest.

    Raises:
        UnknownNameError: there is no such report or period.
    """
    regime = office.regime
    if report is not None and report not in {known.id for known in regime.reports}:
        raise UnknownNameError(
            "desk.unknown_report", name=report, known=", ".join(known.id for known in regime.reports)
        )
    if period is not None:
        definitions = [known for known in regime.reports if report in (None, known.id)]
        return _named_periods(office, definitions, period)
    answered = set(office.ledger.periods())
    found = _opened(office, report, as_of)
    looked_at = [pair for pair in found if (pair[0].id, pair[1].id) in answered]
    return _nearest(office, looked_at, as_of)


def periods_not_looked_at(
    office: Office, report: str | None, as_of: datetime
) -> list[tuple[ReportDefinition, Period]]:
    """The period of each report whose deadline is nearest, where mail was never looked at since it opened."""
    answered = set(office.ledger.periods())
    nearest = _nearest(office, _opened(office, report, as_of), as_of)
    return [(definition, known) for definition, known in nearest if (definition.id, known.id) not in answered]


def _nearest(
    office: Office, found: Sequence[tuple[ReportDefinition, Period]], as_of: datetime
) -> list[tuple[ReportDefinition, Period]]:
    """Of each report the period, or the several, whose deadline is nearest to a moment, before or after.

    A month's report is looked at until the next one's deadline is nearer, though that has opened long since.
    """
    zone = office.regime.timezone
    day = as_of.astimezone(zone).date()

    def far(pair: tuple[ReportDefinition, Period]) -> timedelta:
        return abs(counting_day(pair[1], zone) - day)

    least: dict[str, timedelta] = {}
    for pair in found:
        least[pair[0].id] = min(far(pair), least.get(pair[0].id, timedelta.max))
    return [pair for pair in found if far(pair) == least[pair[0].id]]


def _opened(office: Office, report: str | None, as_of: datetime) -> list[tuple[ReportDefinition, Period]]:
    """The current periods of one report or of all that had opened at a moment, oldest first."""
    return [
        (definition, known)
        for definition, known in current_periods(office)
        if report in (None, definition.id) and known.opens <= as_of
    ]


def _named_periods(
    office: Office, definitions: Sequence[ReportDefinition], period: str
) -> list[tuple[ReportDefinition, Period]]:
    regime = office.regime
    found = [
        (definition, known)
        for definition in definitions
        if (known := period_by_id(definition, regime.timezone, regime.calendar, period)) is not None
    ]
    if not found:
        raise UnknownNameError("desk.unknown_period", name=period)
    return found


def consolidation_of(
    office: Office, report: ReportDefinition, period: Period, as_of: datetime, *, compared: bool = True
) -> Consolidation:
    """The period as it stood at a moment, from one snapshot of the ledger.

    Not `compared` with the units' figures of other periods it lacks the findings that come of that, and
    costs a third: for looking at figures.
    """
    ledger = office.ledger
    with ledger.snapshot():
        decisions = ledger.decisions()
        submissions = ledger.submissions(report.id, period.id)
        held = ledger.held(report.id, period.id, as_of)
        asked = open_items((item for outcome in held for item in outcome.review), decisions)
        waiting = waiting_of(held, asked)
        reminded = _last_reminders(office, as_of)
        previous = _previous_totals(office, report, period)
        beside = _submissions_beside(office, report, period) if compared else []
    regime = effective_regime(office.regime, decisions)
    owed = obligations_of(regime, report, period, decisions)
    others = tuple(
        _as_it_stood(regime, report, other, handed_in, decisions, as_of) for other, handed_in in beside
    )
    consolidation = consolidate(
        regime, report, period, owed, submissions, waiting, decisions, as_of, previous, others
    )
    standings = tuple(
        replace(
            standing,
            last_reminder=reminded.get(ObligationKey(standing.unit.id, report.id, period.id)),
        )
        for standing in consolidation.standings
    )
    return replace(consolidation, standings=standings)


def _last_reminders(office: Office, as_of: datetime) -> dict[ObligationKey, datetime]:
    """When each obligation was last chased by a mail to its unit that went and did not come back."""
    went = (mail for mail in office.ledger.outbox((OutboxState.SENT,)) if mail.kind.startswith(CHASE))
    sent = [(mail.sent_at, mail.keys) for mail in went if mail.sent_at is not None and mail.sent_at <= as_of]
    return {key: at for at, keys in sorted(sent, key=lambda each: each[0]) for key in keys}


def _submissions_beside(
    office: Office, report: ReportDefinition, period: Period
) -> list[tuple[Period, tuple[Submission, ...]]]:
    """What was handed in for the periods that figures of `period` are compared with."""
    ledger, regime = office.ledger, office.regime
    known = (
        period_by_id(report, regime.timezone, regime.calendar, period_id)
        for _, period_id in ledger.periods(report.id)
    )
    chosen = periods_to_compare(period, [each for each in known if each is not None])
    return [(each, ledger.submissions(report.id, each.id)) for each in chosen]


def _as_it_stood(
    regime: Regime,
    report: ReportDefinition,
    period: Period,
    submissions: Sequence[Submission],
    decisions: Sequence[Decision],
    as_of: datetime,
) -> OtherPeriod:
    """The figures of another period; a unit no longer in the sheet is compared with nothing."""
    present = {unit.id for unit in regime.units}
    kept = [each for each in submissions if each.key.unit in present]
    owed = obligations_of(regime, report, period, decisions)
    try:
        return OtherPeriod(
            period, consolidate(regime, report, period, owed, kept, {}, decisions, as_of).values
        )
    except ConsolidateError:
        # What cannot be made of that period is told when it is consolidated; it does not stop this one.
        return OtherPeriod(period, ())


def _previous_totals(office: Office, report: ReportDefinition, period: Period) -> dict[Figure, Decimal]:
    """The department's own totals of the same period a year ago, from the issue that stood last."""
    before = issue_a_year_ago(office, report, period)
    if before is None:
        return {}
    return {
        Figure(total["indicator"], Sex(total["sex"])): Decimal(str(total["value"]))
        for total in before.content["totals"]
        if total["value"] is not None
    }


def issue_a_year_ago(office: Office, report: ReportDefinition, period: Period) -> Issue | None:
    """The last issue of the same period a year ago."""
    year, _, rest = period.id.partition("-")
    return office.ledger.latest_issue(report.id, f"{int(year) - 1}-{rest}") if year.isdigit() else None


def issue(office: Office, report: ReportDefinition, period: Period, as_of: datetime) -> Issued:
    """Write the documents of a period; the next number only when something they rest on has changed.

    A frozen period gets no further issue: the one that stands is given, with what has moved since.

    Raises:
        FrozenIssueLostError: the issue that stands is not in the ledger.
    """
    consolidation = consolidation_of(office, report, period, as_of)
    sha256 = inputs_sha256(consolidation, office.texts())
    freeze = freeze_of(office.ledger.decisions(), report.id, period.id)
    before = (
        office.ledger.latest_issue(report.id, period.id)
        if freeze is None
        else frozen_issue(office, report, period, freeze)
    )
    if before is not None and before.inputs_sha256 == sha256:
        # The same inputs: the issue stands, and a document somebody lost is written again as it was.
        then = replace(consolidation, as_of=before.as_of)
        if not office.has_outputs(before):
            office.write_outputs(before, documents(office, then))
        return Issued(before, then, new=False, freeze=freeze)
    content = as_content(consolidation)
    if before is not None and freeze is not None:
        return Issued(before, consolidation, False, freeze, moved_values(before.content, content))
    files = documents(office, consolidation)
    made = Issue(
        report=report.id,
        period=period.id,
        number=(before.number if before else 0) + 1,
        as_of=as_of,
        created_at=office.clock(),
        inputs_sha256=sha256,
        content=content,
        changes=changes(before.content, content) if before else (),
        files=tuple((file.name, office.sha256(file)) for file in files),
    )
    office.write_outputs(made, files)
    return Issued(office.ledger.add_issue(made), consolidation, new=True)


def frozen_issue(office: Office, report: ReportDefinition, period: Period, freeze: Freeze) -> Issue:
    """The issue that stands while a period is frozen.

    Raises:
        FrozenIssueLostError: it is not in the ledger.
    """
    for made in office.ledger.issues(report.id, period.id):
        if (made.number, made.inputs_sha256) == (freeze.issue, freeze.inputs_sha256):
            return made
    raise FrozenIssueLostError("desk.frozen_issue_lost", period=period.name, number=str(freeze.issue))


def documents(office: Office, consolidation: Consolidation) -> tuple[ReportFile, ...]:
    """Report, annex, the units' own words, the chase-up list twice, and the letter when one is due."""
    from consolidate.writers.annex import write_annex
    from consolidate.writers.chase_letter import units_to_urge, write_chase_letter
    from consolidate.writers.chase_list import write_chase_list_docx, write_chase_list_xlsx
    from consolidate.writers.report import write_report
    from consolidate.writers.unit_texts import write_unit_texts

    wording, own = office.document_wording, office.templates
    writers: list[Callable[[], ReportFile]] = [
        lambda: write_report(consolidation, wording, own),
        lambda: write_annex(consolidation, wording),
        lambda: write_unit_texts(consolidation, wording),
        lambda: write_chase_list_docx(consolidation, wording),
        lambda: write_chase_list_xlsx(consolidation, wording),
    ]
    if units_to_urge(consolidation):
        writers.append(lambda: write_chase_letter(consolidation, wording, overrides=own))
    return tuple(write() for write in writers)


def shown_values(office: Office, consolidation: Consolidation, unit: str | None) -> list[UnitValue]:
    """The figures that count, then those of messages that wait for a person: doubtful, counted nowhere.

    A waiting figure is left out where the unit has one that counts.
    """
    counted = [held for held in consolidation.values if unit in (None, held.unit)]
    known = {(held.unit, held.value.indicator, held.value.sex) for held in counted}
    waiting = {archive_id for standing in consolidation.standings for archive_id in standing.waiting}
    pending = [
        UnitValue(
            submission.key.unit,
            replace(value, certainty=Certainty.DOUBTFUL, reason=value.reason or "pending"),
            submission.archive_id,
            in_scope=True,
        )
        for submission in office.ledger.submissions(consolidation.report.id, consolidation.period.id, unit)
        if not submission.accepted and submission.archive_id in waiting
        for value in submission.values
        if (submission.key.unit, value.indicator, value.sex) not in known
    ]
    return [*counted, *pending]
