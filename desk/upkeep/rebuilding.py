"""The ledger again, from archive + configuration + decisions; and whether it is the same.

Everything but what cannot be derived is made anew. Carried over are the outbox with its deliveries (what went
out, went out), the numbered issues, the mornings done and how far each folder is read. The new ledger lies
beside the old one; with `replace` it takes its place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from config.settings import load_settings
from consolidate.issues import inputs_sha256
from desk.errors import DeskError
from desk.office import DECISIONS, Office, open_office
from desk.work import consolidation_of, documents, settle, take_in
from ledger.archive import Archive
from ledger.database import sqlite_file
from ledger.lock import only_daemon
from ledger.obligations import obligations_of
from ledger.records import (
    FETCH_DOUBT,
    MORNING_DONE,
    MORNING_ISSUED,
    RECOGNITION,
    RETIRED,
    Issue,
    MessageOutcome,
)
from ledger.store import Ledger

BESIDE = "rebuilt"


class CannotRebuildHereError(DeskError):
    """Only a ledger in a file can be rebuilt beside itself."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many messages were read again, and what differs from the ledger in use."""

    messages: int
    differences: tuple[str, ...]
    path: Path


def rebuild(
    home: Path,
    clock: Callable[[], datetime],
    progress: Callable[[Iterator[MessageOutcome], int], Iterator[MessageOutcome]],
    *,
    replace_ledger: bool = False,
) -> Rebuilt:
    """Rebuild the ledger of a home folder and compare.

    Raises:
        CannotRebuildHereError: the ledger is no file.
        AnotherDaemonRunsError: a daemon has the ledger that would be replaced.
        ConfigError, LedgerError: as named.
    """
    url = load_settings(home).database_url
    with only_daemon(url) if replace_ledger and sqlite_file(url) else nullcontext():
        return _rebuilt(home, clock, progress, replace_ledger=replace_ledger)


def _rebuilt(
    home: Path,
    clock: Callable[[], datetime],
    progress: Callable[[Iterator[MessageOutcome], int], Iterator[MessageOutcome]],
    *,
    replace_ledger: bool,
) -> Rebuilt:
    with open_office(home, clock=clock, actor="rebuild") as office:
        old_path = sqlite_file(office.settings.database_url)
        if old_path is None:
            raise CannotRebuildHereError("desk.rebuild_needs_file")
        path = old_path.with_name(f"{old_path.stem}.{BESIDE}{old_path.suffix}")
        _remove(path)
        url = f"sqlite:///{path}"
        journal = office.settings.home / DECISIONS
        with closing(Ledger.open(url, "rebuild", clock, decisions_journal=journal)) as fresh:
            anew = replace(office, ledger=fresh)
            count = _read_all(office, anew, progress)
            _carry_over(office.ledger, fresh, office.archive)
            differences = (*_differences(office, anew), *_document_differences(anew))
    if replace_ledger:
        kept = old_path.with_name(f"{old_path.stem}.before-rebuild{old_path.suffix}")
        _remove(kept)
        old_path.replace(kept)
        path.replace(old_path)
        path = old_path
    return Rebuilt(count, differences, path)


def _read_all(
    office: Office,
    anew: Office,
    progress: Callable[[Iterator[MessageOutcome], int], Iterator[MessageOutcome]],
) -> int:
    for mail in office.ledger.outbox():  # before any mail is judged: answers to it are evidence
        anew.ledger.carry_over(mail, office.ledger.deliveries(mail.id))
    anew.ledger.adopt_orphans(office.archive)
    for kind in (FETCH_DOUBT, RECOGNITION):
        for event in office.ledger.history(event=kind):
            anew.ledger.note(kind, event.subject, event.detail)
    _retired(office, anew)
    total = len(anew.ledger.unread())
    for _outcome in progress(take_in(anew), total):
        pass
    settle(anew)
    _settle_past_periods(office, anew)
    return total


def _settle_past_periods(office: Office, anew: Office) -> None:
    """What was owed long ago and never came: nothing in the mail tells of it, the periods kept do."""
    decided = anew.ledger.decisions()
    known = {report.id: report for report in anew.regime.reports}
    for report_id, period_id in office.ledger.periods():
        report = known.get(report_id)
        period = anew.period(report, period_id) if report is not None else None
        if report is not None and period is not None:
            owed = obligations_of(anew.regime, report, period, decided)
            anew.ledger.settle_obligations(owed, complete=True)


def _retired(office: Office, anew: Office) -> None:
    """Take over which messages were removed under the rule of keeping: the journal alone tells of them."""
    rules = {event.subject: event.detail["rule"] for event in office.ledger.history(event=RETIRED)}
    lines = [line for _number, line in office.archive.journal_lines() if line is not None]
    seen = [(line, line.archive_id, line.arrival, line.size) for line in lines if line.archive_id in rules]
    anew.ledger.record_batch(seen, None)
    outlines = office.ledger.outlines(rules)
    for archive_id, outcome in sorted(outlines.items()):
        anew.ledger.retire([outcome], rules[archive_id])


def _carry_over(old: Ledger, fresh: Ledger, archive: Archive) -> None:
    for report, period in old.periods():
        for made in old.issues(report, period):
            fresh.add_issue(made)
    for mark in (MORNING_ISSUED, MORNING_DONE):
        for morning in old.history(event=mark):
            fresh.note(mark, morning.subject, morning.detail)
    if not old.missing_from(archive):  # else the folders are read from the beginning, to fetch what is lost
        for folder in old.folder_marks():
            fresh.record_batch([], folder)


def _differences(office: Office, anew: Office) -> Iterator[str]:
    """Messages that are judged otherwise, and figures that moved."""
    before = {outcome.archive_id: outcome for outcome in office.ledger.messages()}
    after = {outcome.archive_id: outcome for outcome in anew.ledger.messages()}
    for archive_id in sorted(before.keys() | after.keys()):
        if before.get(archive_id) != after.get(archive_id):
            yield f"{archive_id[:12]}: {_told(before.get(archive_id))} → {_told(after.get(archive_id))}"
    # A period that has opened since the ledger was last written is news, not a difference.
    for report, period in office.ledger.periods():
        if office.ledger.obligations(report, period) != anew.ledger.obligations(report, period):
            yield f"{report} {period}: obligations"


def _told(outcome: MessageOutcome | None) -> str:
    if outcome is None:
        return "–"
    keys = ", ".join(f"{i.key.unit}/{i.key.period}" for i in outcome.submissions)
    return f"{outcome.message_class.value} {outcome.state.value} {keys}".strip()


def _document_differences(anew: Office) -> Iterator[str]:
    """Documents of the last issues that would come out otherwise, byte for byte."""
    for report, period in anew.ledger.periods():
        issue = anew.ledger.latest_issue(report, period)
        if issue is not None:
            yield from _compared(anew, issue)


def _compared(anew: Office, issue: Issue) -> Iterator[str]:
    report = anew.regime.report(issue.report)
    period = anew.period(report, issue.period)
    if period is None:
        return
    consolidation = consolidation_of(anew, report, period, anew.clock())
    if inputs_sha256(consolidation, anew.texts()) != issue.inputs_sha256:
        return  # something has come since that issue; the next one will tell
    then = replace(consolidation, as_of=issue.as_of)
    made = {file.name: hashlib.sha256(file.content).hexdigest() for file in documents(anew, then)}
    for name, sha256 in issue.files:
        if made.get(name) != sha256:
            yield f"{issue.report} {issue.period} {issue.number:02d}: {name}"


def _remove(path: Path) -> None:
    for tail in ("", "-wal", "-shm"):
        path.with_name(path.name + tail).unlink(missing_ok=True)
