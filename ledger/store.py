"""Ledger: the face of the package, one method for each question and each change.

Every change is one transaction with its history. Every question is one snapshot; questions that must
agree with each other are asked inside `with ledger.snapshot():`. Answers give moments in UTC.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from ledger import (
    decisions,
    history,
    issues,
    messages,
    outbox,
    owed,
    review,
    settled,
    sightings,
    submissions,
)
from ledger.database import Database, open_database
from ledger.history import Change, Writing
from ledger.journal import Journal
from ledger.messages import Asked
from ledger.records import RETIRED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from sqlalchemy import Connection

    from ledger.archive import Archive
    from ledger.history import Event
    from ledger.records import (
        Decision,
        Delivery,
        Finding,
        Issue,
        IssueHead,
        MessageClass,
        MessageHead,
        MessageOutcome,
        MessageState,
        Obligation,
        ObligationState,
        OutboxState,
        OutgoingMessage,
        ReviewItem,
        Submission,
    )
    from ledger.sightings import FolderCount, Mark, Seen, Stock
    from ledger.submissions import RecordedValue
    from ledger.verification import Verified

READING_FAILED = "reading_failed"  #: reason and question of a message given up after three attempts
ARRIVAL_UNKNOWN = "arrival_unknown"  #: of one found on disk that no journal line speaks of


class Ledger:
    """The record of one installation. Safe to use from several threads and processes."""

    def __init__(
        self, database: Database, actor: str, clock: Callable[[], datetime], journal: Journal | None = None
    ) -> None:
        self._database = database
        self._actor = actor
        self._clock = clock
        self._journal = journal
        self._current = threading.local()  # the connection of the transaction this thread is in

    @classmethod
    def open(
        cls,
        url: str,
        actor: str,
        clock: Callable[[], datetime],
        *,
        decisions_journal: Path | None = None,
    ) -> Self:
        """Open the ledger, made or brought up to date as needed.

        Args:
            url: `sqlite:////folder/ledger.sqlite` or `postgresql://user@host/name`.
            actor: who writes, for the history: "daemon", "officer:lan".
            clock: the present moment, aware.
            decisions_journal: file beside the archive that repeats every decision.

        Raises:
            DamagedLedgerError: the database fails its integrity check.
            SchemaTooNewError: a later version of the program wrote it.
            DecisionsJournalError: journal and ledger contradict each other.

        """
        journal = Journal(decisions_journal) if decisions_journal else None
        ledger = cls(open_database(url), actor, clock, journal)
        if journal is not None:
            try:
                ledger._reconcile_decisions(journal)
            except BaseException:
                ledger.close()
                raise
        return ledger

    def under(self, actor: str) -> Self:
        """The same ledger, for somebody else who writes; it is closed with this one."""
        return type(self)(self._database, actor, self._clock, self._journal)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All questions of this thread inside the block see one and the same moment."""
        with self._reading():
            yield

    # What was seen

    def folder_mark(self, account: str, folder: str) -> tuple[int, int] | None:
        """(UIDVALIDITY, last UID archived) of a folder; None: never read."""
        with self._reading() as connection:
            return sightings.folder_mark(connection, account, folder)

    def folder_marks(self) -> tuple[Mark, ...]:
        """(account, folder, UIDVALIDITY, last UID archived) of every folder ever read."""
        with self._reading() as connection:
            return sightings.all_folder_marks(connection)

    def record_batch(self, seen: Sequence[Seen], mark: Mark | None) -> tuple[str, ...]:
        """Record sightings and how far their folder is read; the archive ids that are new.

        Args:
            seen: (sighting, archive id, arrival, size) of messages that are in the archive already.
            mark: (account, folder, UIDVALIDITY, last UID), or None to leave the mark alone.

        """
        with self._writing() as writing:
            return sightings.record_batch(writing, seen, mark)

    def unread(self) -> tuple[tuple[str, datetime], ...]:
        """(archive id, arrival) of the messages that want reading, by arrival, then id."""
        with self._reading() as connection:
            return sightings.unread(connection)

    def waiting(self, archive_ids: Iterable[str]) -> dict[str, tuple[int, int]]:
        """How many readings of each message were begun since it was last wanted, and its size in bytes.

        Unknown ids are left out.
        """
        with self._reading() as connection:
            return sightings.waiting(connection, archive_ids)

    def begin_attempts(self, archive_ids: Sequence[str]) -> tuple[str, ...]:
        """Count one more attempt at each before reading begins; those to read now.

        A message whose third attempt has not ended in an outcome is held as failed and left out; if it
        was read before, what was read then stands.
        """
        with self._writing() as writing:
            going, spent = sightings.begin_attempts(writing, archive_ids)
            messages.give_up(writing, spent, READING_FAILED)
            return going

    def read_again(self, archive_ids: Sequence[str], reason: str = "", because_of: str = "") -> None:
        """Put messages among the unread once more; their outcome stands until the new one.

        Those that were removed under the rule of keeping are left out. Of what another message brings about
        the history tells once, under that message (`because_of`), for it may concern hundreds.
        """
        with self._writing() as writing:
            gone: set[str] = set()
            for chunk in sightings.chunks(archive_ids):
                gone |= history.told_of(writing.connection, RETIRED, chunk)
            archive_ids = [archive_id for archive_id in archive_ids if archive_id not in gone]
            sightings.want_reading(writing, archive_ids, wanted=True)
            told: dict[str, Any] = {"reason": reason}
            if because_of:
                told["messages"] = len(archive_ids)
            subjects = [because_of] if because_of and archive_ids else archive_ids
            writing.note(Change("read_again", archive_id, told) for archive_id in subjects)

    def adopt_orphans(self, archive: Archive) -> tuple[str, ...]:
        """Give every archived message its rows (after a crash, a restore, for a rebuild); those adopted.

        One that no line of the sightings journal speaks of has no known arrival: it is held for a person.

        Raises:
            EmptyArchiveError: the ledger knows messages and the archive holds none.

        """
        with self._writing() as writing:
            adopted, unseen = sightings.adopt_orphans(writing, archive)
            messages.give_up(writing, unseen, ARRIVAL_UNKNOWN)
            return adopted

    def refuse_empty(self, archive: Archive) -> None:
        """Nothing, unless the archive is surely the wrong folder.

        Raises:
            EmptyArchiveError: the ledger knows messages and the archive holds none.

        """
        with self._reading() as connection:
            sightings.refuse_empty(connection, archive)

    def junk(self) -> frozenset[str]:
        """The ids of the messages that were ever seen in a folder for junk."""
        with self._reading() as connection:
            return sightings.junk(connection)

    def missing_from(self, archive: Archive) -> tuple[str, ...]:
        """The ids the ledger knows and the archive lacks, though no rule removed them: should be none."""
        with self._reading() as connection:
            gone = history.subjects(connection, RETIRED)
            return tuple(sorted(sightings.known_ids(connection) - gone - frozenset(archive.ids())))

    def delivered_again(self) -> dict[str, tuple[datetime, ...]]:
        """Later arrivals of the very same bytes, by archive id."""
        with self._reading() as connection:
            return sightings.delivered_again(connection)

    def counts(self) -> tuple[FolderCount, ...]:
        """The daily proof, by account and folder: every sighting stands somewhere."""
        with self._reading() as connection:
            return sightings.counts(connection)

    def stock(self) -> Stock:
        """How many messages are known, and how many of them have no state yet."""
        with self._reading() as connection:
            return sightings.stock(connection, history.subjects(connection, RETIRED))

    def standing_of_folder(self, account: str, folder: str, uid_validity: int) -> dict[int, str | None]:
        """Where the message of each UID of a folder stands; None: archived, not yet read."""
        with self._reading() as connection:
            return sightings.standing_of_folder(connection, account, folder, uid_validity)

    # What follows from it

    def record(self, outcomes: Sequence[MessageOutcome]) -> tuple[str, ...]:
        """Write outcomes in one transaction, replacing what was known; the ids where anything changed.

        Raises:
            UnknownArchiveIdError: an outcome of a message that was never sighted; nothing is written.

        """
        with self._writing() as writing:
            return messages.record(writing, outcomes)

    def retire(self, outcomes: Sequence[MessageOutcome], rule: str) -> tuple[str, ...]:
        """Forget what was read of messages that were no reports; that they came and went stays for ever.

        One that was judged otherwise meanwhile is left as it is; the ids of the others.
        """
        with self._writing() as writing:
            return messages.retire(writing, outcomes, rule)

    def retired(self) -> frozenset[str]:
        """The ids of the messages that were removed under the rule of keeping."""
        with self._reading() as connection:
            return history.subjects(connection, RETIRED)

    def messages(
        self,
        *,
        message_class: MessageClass | None = None,
        state: MessageState | None = None,
        unit: str | None = None,
        as_of: datetime | None = None,
        since: datetime | None = None,
        answering: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> tuple[MessageOutcome, ...]:
        """The outcomes of messages, by arrival, then id; see `Asked` for what may be asked."""
        asked = Asked(message_class, state, unit, as_of, since=since, answering=answering)
        with self._reading() as connection:
            return messages.matching_messages(connection, asked, limit=limit, offset=offset)

    def message(self, archive_id_or_prefix: str) -> MessageOutcome | None:
        """One message, by its id or the beginning of it; None: there is none, or it is not yet read.

        Raises:
            AmbiguousArchiveIdError: the beginning fits several messages.

        """
        with self._reading() as connection:
            return messages.message(connection, archive_id_or_prefix)

    def messages_by_id(self, archive_ids: Iterable[str]) -> dict[str, MessageOutcome]:
        """The outcomes of those messages that have been read, by archive id."""
        with self._reading() as connection:
            return messages.by_id(connection, archive_ids)

    def sent_from(self, *addresses: str) -> list[str]:
        """The ids of the messages whose From is one of these addresses."""
        with self._reading() as connection:
            return messages.sent_from(connection, addresses)

    def latest_arrival(self) -> datetime | None:
        """When the latest of the messages that were read arrived; None: none was."""
        with self._reading() as connection:
            return messages.latest_arrival(connection)

    def outlines(self, archive_ids: Iterable[str]) -> dict[str, MessageOutcome]:
        """Messages by archive id, without their files, figures, texts and findings."""
        with self._reading() as connection:
            return messages.outlines(connection, archive_ids)

    def at_fault(self, archive_ids: Iterable[str]) -> frozenset[str]:
        """Those of the messages in which an error was found."""
        with self._reading() as connection:
            return messages.at_fault(connection, archive_ids)

    def message_heads(self, archive_ids: Iterable[str]) -> dict[str, MessageHead]:
        """Who wrote, when and about what, by archive id; those not yet read are left out."""
        with self._reading() as connection:
            return messages.heads(connection, archive_ids)

    def heads_since(self, arrival: datetime) -> dict[str, MessageHead]:
        """The heads of messages that arrived then or later, by archive id."""
        with self._reading() as connection:
            return messages.heads_since(connection, arrival)

    def heads_from(self, addresses: Sequence[str], state: MessageState) -> dict[str, MessageHead]:
        """The heads of the messages in that state whose From is one of these addresses, by archive id."""
        with self._reading() as connection:
            return messages.heads_from(connection, addresses, state)

    def has_files(self, kinds: Sequence[str], state: str) -> bool:
        """Whether any message has a file of these kinds that ended in that state."""
        with self._reading() as connection:
            return messages.has_files(connection, kinds, state)

    def submissions(
        self, report: str | None = None, period: str | None = None, unit: str | None = None
    ) -> tuple[Submission, ...]:
        """What was handed in for a report and period, of one unit or of all, by arrival."""
        with self._reading() as connection:
            return submissions.with_key(connection, report, period, unit)

    def findings_in(self, report: str) -> tuple[tuple[str, Finding], ...]:
        """(archive id, finding) of everything that was handed in for a report, by archive id."""
        with self._reading() as connection:
            return submissions.findings_in(connection, report)

    def receipts(
        self, report: str, period: str | None = None, units: Sequence[str] | None = None
    ) -> tuple[Submission, ...]:
        """What was handed in for a report, by arrival, without figures, texts and findings."""
        with self._reading() as connection:
            return submissions.receipts(connection, report, period, units)

    def held(self, report: str, period: str, as_of: datetime) -> tuple[MessageOutcome, ...]:
        """The messages that wait for a person and may be about a report and period, by arrival, then id.

        Without evidence, files, figures and findings.
        """
        with self._reading() as connection:
            return messages.held(connection, report, period, as_of)

    def correspondence(self, unit: str, addresses: Sequence[str]) -> tuple[MessageOutcome, ...]:
        """The messages about a unit or from those addresses, by arrival.

        Without files, figures, texts and findings.
        """
        with self._reading() as connection:
            return messages.correspondence(connection, unit, addresses)

    def booked_with_files(
        self, archive_ids: Iterable[str], kinds: Sequence[str], state: str
    ) -> tuple[str, ...]:
        """Of those messages the booked ones with a file of these kinds in that state, by arrival."""
        with self._reading() as connection:
            return messages.booked_with_files(connection, archive_ids, kinds, state)

    def units_heard_from(self, report: str, period: str) -> frozenset[str]:
        """The units that something was handed in for, for a report and period."""
        with self._reading() as connection:
            return submissions.units_heard_from(connection, report, period)

    def receipts_with_fingerprint(self, fingerprint: str) -> tuple[Submission, ...]:
        """Submissions with this fingerprint, without figures, texts and findings; none for the empty one."""
        with self._reading() as connection:
            return submissions.with_fingerprint(connection, fingerprint)

    def fingerprints(self) -> frozenset[str]:
        """The fingerprints of everything that was ever handed in and stands."""
        with self._reading() as connection:
            return submissions.fingerprints(connection)

    def receipts_with_fingerprints(self, fingerprints: Iterable[str]) -> tuple[Submission, ...]:
        """Submissions with one of these fingerprints, without figures, texts and findings."""
        with self._reading() as connection:
            return submissions.with_fingerprints(connection, fingerprints)

    def values(
        self,
        report: str | None = None,
        period: str | None = None,
        *,
        unit: str | None = None,
        indicator: str | None = None,
    ) -> tuple[RecordedValue, ...]:
        """Every figure handed in, accepted or not, by arrival; which one counts is not decided here."""
        with self._reading() as connection:
            return submissions.recorded_values(connection, report, period, unit=unit, indicator=indicator)

    def review_items(self, *, open_only: bool = True) -> tuple[ReviewItem, ...]:
        """The questions for a person, by arrival of their message."""
        with self._reading() as connection:
            items = messages.all_review_items(connection)
            return review.open_items(items, decisions.recorded(connection)) if open_only else items

    def answered_periods(self) -> tuple[tuple[str, str], ...]:
        """Every (report, period) that something was handed in for, or that a question names, sorted."""
        with self._reading() as connection:
            return submissions.answered_periods(connection)

    def open_questions(self) -> tuple[tuple[ReviewItem, ...], tuple[Decision, ...]]:
        """The open questions by arrival of their message, and all decisions by number."""
        with self._reading() as connection:
            decided = decisions.recorded(connection)
            return review.open_items(messages.all_review_items(connection), decided), decided

    # What people decided

    def decide(self, decision: Decision) -> Decision:
        """Keep a decision for ever, in the ledger and in its journal; the decision with its number.

        Raises:
            InvalidDecisionError: it says too little to be applied.
            OSError: the journal refused; nothing is recorded.

        """
        return self.decide_all([decision])[0]

    def decide_all(self, made: Sequence[Decision]) -> tuple[Decision, ...]:
        """Keep several decisions at once, all or none; as `decide`, numbered in their order."""
        if self._journal is None:
            with self._writing() as writing:
                return tuple(decisions.add(writing, decision) for decision in made)
        with self._journal.writing() as page, self._writing() as writing:
            numbered = tuple(decisions.add(writing, decision) for decision in made)
            page.append(numbered)
        return numbered

    def decisions(self, kind: str | None = None) -> tuple[Decision, ...]:
        """The decisions of one kind or of all, by number."""
        with self._reading() as connection:
            return decisions.recorded(connection, kind)

    # What is owed

    def settle_obligations(self, obligations: Sequence[Obligation], *, complete: bool = False) -> None:
        """Add obligations that are new and change those that are owed otherwise.

        With `complete`, they are all there is for their reports and periods, and others are taken out.
        """
        with self._writing() as writing:
            owed.settle(writing, obligations, complete=complete)

    def kept(
        self, report: str, periods: Sequence[str], as_of: datetime
    ) -> tuple[tuple[str, str, ObligationState], ...]:
        """(unit, period, state) of what was owed for several periods at a moment, by mail alone."""
        with self._reading() as connection:
            return owed.kept(connection, report, periods, as_of)

    def obligations(self, report: str, period: str) -> tuple[Obligation, ...]:
        """What is owed for a report and period, by unit id."""
        with self._reading() as connection:
            return owed.settled(connection, report, period)

    def obligations_of(self, unit: str) -> tuple[Obligation, ...]:
        """All that a unit owes or owed, by report and period, as it was last settled."""
        with self._reading() as connection:
            return owed.of_unit(connection, unit)

    def periods(self, report: str | None = None) -> tuple[tuple[str, str], ...]:
        """Every (report, period) something is owed for."""
        with self._reading() as connection:
            return owed.periods(connection, report)

    # What goes out

    def queue(self, mail: OutgoingMessage) -> OutgoingMessage | None:
        """Record a mail to be sent; None: one for the same unit, step, kind, report and period is there."""
        with self._writing() as writing:
            return outbox.queue(writing, mail)

    def carry_over(self, mail: OutgoingMessage, attempts: Iterable[Delivery]) -> None:
        """Take a mail of another ledger over as it stands, with every attempt at it."""
        with self._writing() as writing:
            outbox.carry_over(writing, mail, attempts)

    def outbox(self, states: Iterable[OutboxState] | None = None) -> tuple[OutgoingMessage, ...]:
        """The mails in the given states, or all, in the order they were queued."""
        with self._reading() as connection:
            return outbox.with_states(connection, states)

    def outgoing(self, mail_id: int) -> OutgoingMessage:
        """The mail of that number.

        Raises:
            OutboxStateError: the outbox holds no such mail.

        """
        with self._reading() as connection:
            return outbox.one(connection, mail_id)

    def outbox_to(self, unit: str) -> tuple[OutgoingMessage, ...]:
        """The mails written to a unit, in the order they were queued."""
        with self._reading() as connection:
            return outbox.to_unit(connection, unit)

    def claim(self, mail_id: int, still_needed: Callable[[OutgoingMessage], bool]) -> OutgoingMessage | None:
        """Take a queued mail for sending; None: no longer queued, or no longer needed and now cancelled.

        `still_needed` is asked inside the transaction; what it asks this ledger, it is told from there,
        and nobody else writes meanwhile.
        """
        with self._writing() as writing:
            return outbox.claim(writing, mail_id, still_needed)

    def mark(self, delivery: Delivery) -> OutgoingMessage:
        """Note what the server said of a mail.

        Raises:
            OutboxStateError: the mail cannot go to that state from where it stands.

        """
        with self._writing() as writing:
            return outbox.mark(writing, delivery)

    def cancel(self, mail_id: int, reason: str) -> bool:
        """Take a mail back; False: it is being sent, has gone, or was taken back before."""
        with self._writing() as writing:
            return outbox.cancel(writing, mail_id, reason)

    def approve(self, mail_id: int) -> bool:
        """Let a held mail go, or an uncertain one go again; False: it is neither."""
        with self._writing() as writing:
            return outbox.approve(writing, mail_id)

    def approve_all(self, mail_ids: Sequence[int]) -> tuple[OutgoingMessage, ...]:
        """Let several go at once; those that now go, by number."""
        with self._writing() as writing:
            return outbox.approve_all(writing, mail_ids)

    def hold(self, mail_id: int, reason: str) -> bool:
        """Keep a queued mail back until it is approved; False: it is not waiting to be sent."""
        with self._writing() as writing:
            return outbox.hold(writing, mail_id, reason)

    def edit(self, mail_id: int, subject: str, text: str) -> bool:
        """Other words for a mail that has not gone; False: it is not waiting."""
        with self._writing() as writing:
            return outbox.edit(writing, mail_id, subject, text)

    def outgoing_with(self, message_ids: Iterable[str]) -> tuple[OutgoingMessage, ...]:
        """The mails of the outbox that were given those Message-IDs."""
        with self._reading() as connection:
            return outbox.with_message_ids(connection, message_ids)

    def recover_outbox(self) -> tuple[OutgoingMessage, ...]:
        """At start: what stood in `sending` when the program died becomes `uncertain`."""
        with self._writing() as writing:
            return outbox.make_interrupted_uncertain(writing)

    def deliveries(self, mail_id: int) -> tuple[Delivery, ...]:
        """Every attempt at one mail, in order."""
        with self._reading() as connection:
            return outbox.deliveries_of(connection, mail_id)

    # What was issued

    def add_issue(self, issue: Issue) -> Issue:
        """Keep an issue; number 0 stands for the next one.

        Raises:
            IssueConflictError: its number is not the next one.

        """
        with self._writing() as writing:
            return issues.add(writing, issue)

    def issues(self, report: str, period: str) -> tuple[Issue, ...]:
        """The issues of a report and period, by number."""
        with self._reading() as connection:
            return issues.of_period(connection, report, period)

    def latest_issue(self, report: str, period: str) -> Issue | None:
        """The last issue of a report and period; None: none yet."""
        with self._reading() as connection:
            return issues.latest(connection, report, period)

    def issue_heads(self, report: str, period: str) -> tuple[IssueHead, ...]:
        """The issues of a report and period without their content, by number."""
        with self._reading() as connection:
            return issues.heads(connection, report, period)

    def last_issues(self, report: str) -> dict[str, int]:
        """The number of the last issue of each period of a report that has one."""
        with self._reading() as connection:
            return settled.issued(connection, report)

    # What takes long to work out

    def keep_settled(self, report: str, period: str, parts: Mapping[str, bytes]) -> None:
        """Keep what was worked out for a period, in the place of what was kept; no event of the history."""
        with self._writing() as writing:
            settled.keep(writing, report, period, parts)

    def keep_settled_beside(self, report: str, period: str, name: str, content: bytes) -> None:
        """Keep one more part of a period until its parts are worked out again; no event of the history."""
        with self._writing() as writing:
            settled.keep_beside(writing, report, period, name, content)

    def settled(self, report: str, period: str, *names: str) -> dict[str, bytes]:
        """Those parts of what was worked out for a period that are kept, by name."""
        with self._reading() as connection:
            return settled.parts(connection, report, period, names)

    def readings(self, report: str, periods: Sequence[str]) -> tuple[tuple[str, str, datetime], ...]:
        """(archive id, fingerprint of its outcome, arrival) of messages about these periods, sorted."""
        with self._reading() as connection:
            return settled.readings(connection, report, periods)

    # What happened

    def history(
        self,
        *,
        subject: str | None = None,
        event: str | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> tuple[Event, ...]:
        """The events in order, of one subject or kind."""
        with self._reading() as connection:
            return history.events(connection, subject=subject, event=event, after=after, limit=limit)

    def latest_history(
        self,
        *,
        before: int | None = None,
        limit: int | None = None,
        actor: str | None = None,
        event: str | None = None,
        subject: str | None = None,
    ) -> tuple[Event, ...]:
        """The events from the latest back, below the number `before`; `subject` is its beginning."""
        with self._reading() as connection:
            return history.latest_events(
                connection, before=before, limit=limit, actor=actor, event=event, subject=subject
            )

    def history_names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Everybody who ever wrote, and every kind of event there is, sorted."""
        with self._reading() as connection:
            return history.names(connection)

    def last_event(self) -> int:
        """The number of the latest event: as long as it stays, nothing has changed."""
        with self._reading() as connection:
            return history.last_number(connection)

    def end_of_history(self) -> tuple[int, str]:
        """Number and hash of the latest event: noted outside the house, it proves all up to there."""
        with self._reading() as connection:
            return history.end(connection)

    def broken_history(self) -> tuple[int, ...]:
        """The numbers of events at which the chain of hashes does not hold; there should be none."""
        with self._reading() as connection:
            return history.broken_events(connection)

    def verify(
        self, archive: Archive, decisions_journal: Path | None = None, ends: Sequence[str] = ()
    ) -> Verified:
        """Hold archive, journals, tables and history against each other; see `ledger.verification`.

        `ends` are hashes of its history that were noted elsewhere. What a daemon may have been writing at
        that moment is looked at twice.
        """
        from ledger.verification import IN_FLIGHT, IN_FLIGHT_SECONDS, verify

        journal = Journal(decisions_journal) if decisions_journal else self._journal
        with self._reading() as connection:
            found = verify(connection, archive, journal, ends)
        if not any(flaw.code in IN_FLIGHT for flaw in found.flaws):
            return found
        time.sleep(IN_FLIGHT_SECONDS)
        before = {(flaw.code, flaw.where) for flaw in found.flaws}
        with self._reading() as connection:
            again = verify(connection, archive, journal, ends)
        return replace(again, flaws=tuple(one for one in again.flaws if (one.code, one.where) in before))

    def note(self, event: str, subject: str, detail: dict[str, object] | None = None) -> None:
        """Add an event of the desk's own to the history."""
        self.note_each(event, [(subject, detail or {})])

    def note_each(self, event: str, told: Iterable[tuple[str, dict[str, object]]]) -> None:
        """Add the event for several subjects, each with its detail, in one transaction."""
        with self._writing() as writing:
            writing.note(Change(event, subject, detail) for subject, detail in told)

    # Within

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        current: Connection | None = getattr(self._current, "connection", None)
        if current is not None:  # inside a snapshot or a claim
            yield current
            return
        with self._database.reading() as connection, self._in(connection):
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Writing]:
        if getattr(self._current, "connection", None) is not None:
            raise RuntimeError("no change inside a snapshot or a claim")
        with self._database.writing() as connection, self._in(connection):
            yield Writing(connection, self._actor, self._clock())

    @contextmanager
    def _in(self, connection: Connection) -> Iterator[None]:
        self._current.connection = connection
        try:
            yield
        finally:
            self._current.connection = None

    def _reconcile_decisions(self, journal: Journal) -> None:
        with self._writing() as writing:
            decisions.reconcile(writing, journal)
