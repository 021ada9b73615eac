"""The daemon: look into the mailbox, consolidate after the due moment, remind, report each morning.

The `schedule` library gives the tick only; what is due is told by the ledger and the calendar, so a
machine that slept a week does each job once.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from datetime import time as clock_time

import schedule

from config.calendar import is_working_day
from config.errors import ConfigError
from consolidate.errors import ConsolidateError
from consolidate.reminders import STALE
from desk.configuration import Print, print_of
from desk.errors import DeskError, sentence_of
from desk.mailing.chasing import Chased, chase
from desk.mailing.correspondence import correspond
from desk.mailing.deliveries import queue_digest, queue_draft
from desk.mailing.digest import write_digest
from desk.mailing.letters import MailTemplateError
from desk.mailing.outbox import preview
from desk.mailing.outgoing import Note
from desk.office import Office, renewed
from desk.settled import work_out_all
from desk.stopping import ToldToStop, is_told
from desk.upkeep.counting import FolderProof, prove
from desk.upkeep.heartbeat import Heartbeat, beat
from desk.upkeep.log import LOG
from desk.wishes import fulfil_all
from desk.work import adopt, clear_up, current_periods, fetch, issue, recognise, settle, take_in
from intake.mailbox.interface import (
    Backoff,
    CountedMailbox,
    LoginGate,
    MailboxError,
    MailboxLoginRefusedError,
)
from ledger.errors import LedgerDatabaseError
from ledger.lock import Lock
from ledger.records import MORNING_DONE, MORNING_ISSUED

MORNING = clock_time(7, 30)
#: The daemon looks up from waiting at least this often.
LONGEST_WAIT = 2.0
#: After a server that could not be used, sending rests so long; so often lost mails are looked for.
AFTER_A_FAULT = timedelta(minutes=15)


@dataclass
class Daemon:
    """One daemon over one office; `run` ends when told to stop, or after one round."""

    office: Office
    say: Callable[[str], None]
    lock: Lock | None = None  #: that of the one daemon; looked after before each piece of work
    mailbox: CountedMailbox | None = None
    _backoff: Backoff = field(default_factory=Backoff)
    _gate: LoginGate = field(default_factory=LoginGate)
    _scans_may_wait: bool = True
    _trouble: MailboxError | None = None
    _send_again: datetime | None = None
    _refused: Print = ()  #: the configuration that could not be taken over
    _adopted: bool = False  #: what was archived and not recorded before a kill
    _spoiled: set[str] = field(default_factory=set)  #: templates that were told to hold up their letters
    _looked: datetime | None = None  #: when the mailbox was last asked what became of mails

    def run(self, *, once: bool = False) -> None:
        """Work until told to stop.

        Raises:
            MailboxError: the mailbox could not be read, and there is no next look to wait for.
            EmptyArchiveError: the ledger knows messages and the archive holds none.
            AnotherDaemonRunsError: the lock was lost, and another daemon has taken it.
        """
        clear_up(self.office)
        if once:
            self.look()
            self.morning()
            self.send()
            if self._trouble is not None:
                raise self._trouble
            return
        mailbox = self.office.settings.mailbox
        timetable = schedule.Scheduler()
        timetable.every(mailbox.poll_seconds if mailbox else 600).seconds.do(self.look)
        timetable.every(1).minutes.do(self.morning)
        timetable.every(1).minutes.do(self.send)
        with suppress(ToldToStop):
            self._tell("daemon.started")
            timetable.run_all()
            while not is_told():
                self._keep_lock()
                timetable.run_pending()
                self._recognise_one()
                self._wait(min(LONGEST_WAIT, max(0.1, timetable.idle_seconds or 0.1)))
        self._close()
        self._tell("daemon.stopped")

    def look(self) -> None:
        """One look into the mailbox, and everything that follows from what is new."""
        self._renew()
        now = time.monotonic()
        if self.office.settings.mailbox is not None and self._may_connect(now):
            self._fetch(now)
        if not self._adopted and self._trouble is None:
            adopt(self.office)
            self._adopted = True
        booked = 0
        for outcome in take_in(self.office):
            booked += bool(outcome.submissions)
        self._scans_may_wait = True  # whether this look or another process took them in
        if booked:
            self._tell("daemon.booked", count=booked)
        fulfil_all(self.office)
        work_out_all(self.office)

    def _recognise_one(self) -> None:
        """Read the scans of one message while nothing else is to be done.

        Once none is left, nobody looks for one before the next look into the mailbox.
        """
        if self._scans_may_wait:
            self._scans_may_wait = sum(1 for _outcome in recognise(self.office, most=1)) > 0

    def morning(self) -> None:
        """Once each working day from 07:30: settle, consolidate what is past due, remind, digest."""
        self._renew()
        local = self.office.clock().astimezone(self.office.regime.timezone)
        today = local.date()
        if local.time() < MORNING or not is_working_day(today, self.office.regime.calendar):
            return
        if self.office.ledger.history(subject=today.isoformat(), event=MORNING_DONE):
            return
        self._adopted = False  # once a day: what came by hand may have been cut off as well
        settle(self.office)
        self._consolidate(local)
        chased = self._chase()
        for fault in chased.faults:
            self._trouble_told(fault)
        path = write_digest(self.office, chased, self._prove())
        with self._told():
            queue_digest(self.office, path.read_text("utf-8").splitlines())
        self.office.ledger.note(MORNING_DONE, today.isoformat())
        self._tell("daemon.digest", path=str(path))

    def send(self) -> None:
        """Every minute: what is due within hours and budgets; what stands in the way is told once."""
        self._renew()
        now = self.office.clock()
        # A clock that went back lets neither wait for ever.
        if self._send_again is not None and now < self._send_again <= now + AFTER_A_FAULT:
            return
        try:
            look = self._looked is None or abs(now - self._looked) >= AFTER_A_FAULT
            self._looked = now if look else self._looked
            sent = correspond(self.office, look=look)
            self._spoiled_told(sent.faults)
        except (DeskError, ConsolidateError, MailboxError) as error:
            self._send_again = now + AFTER_A_FAULT
            self._trouble_told(error)

    def _spoiled_told(self, faults: Sequence[MailTemplateError]) -> None:
        """Each template that holds up its letters, once for as long as it does."""
        for fault in faults:
            if str(fault) not in self._spoiled:
                self._trouble_told(fault)
        self._spoiled = {str(fault) for fault in faults}

    def _keep_lock(self) -> None:
        """Work on only as the one daemon: PostgreSQL lets go of the lock when it is restarted.

        A database that is away is waited for, since nothing can be written meanwhile.
        """
        told = False
        while self.lock is not None:
            try:
                self.lock.keep()
            except LedgerDatabaseError as error:
                if not told:
                    self._trouble_told(error)
                told = True
                time.sleep(LONGEST_WAIT)
            else:
                return

    def _renew(self) -> None:
        """Take over a changed configuration; one that cannot be used is told once, and no mail goes."""
        self._keep_lock()
        if self.office.is_current:
            return
        try:
            office = renewed(self.office)
        except ConfigError as error:
            if (refused := print_of(self.office.settings)) != self._refused:
                self._refused = refused
                self._trouble_told(error)
            return
        if office.settings.mailbox != self.office.settings.mailbox:
            self._close()
        self.office = office
        self._tell("daemon.renewed")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What cannot be written is told, and the rest of the morning goes on."""
        try:
            yield
        except (DeskError, ConsolidateError) as error:
            self._trouble_told(error)

    def _prove(self) -> tuple[FolderProof, ...] | None:
        """What the server counts this morning; None where it cannot be asked now."""
        if self.mailbox is None:
            return None
        try:
            proofs = prove(self.office, self.mailbox)
        except MailboxError as error:
            self._lost(error)
            return None
        for proof in proofs:  # who wrote the unaccounted mails stands in the digest, not in the log
            key = "daemon.proof" if proof.balanced else "daemon.proof_broken"
            self._tell(key, folder=proof.folder, server=proof.server, lost=len(proof.unaccounted))
        return proofs

    def _chase(self) -> Chased:
        """Record what is due; what stands in the way is told, and tried again the next morning."""
        try:
            return chase(self.office, queue=True, send=True, at_any_hour=False)
        except (DeskError, ConsolidateError) as error:
            self._trouble_told(error)
            key = getattr(error, "key", "")
            note = Note(key, getattr(error, "places", {})) if key else None
        waiting = preview(self.office.ledger)
        zone = self.office.regime.timezone
        return Chased("off", waiting, (), (), (), zone, self.office.wording, note)

    def _consolidate(self, now: datetime) -> None:
        """Once a morning, before its reminders go: they stand in the chase list of the next."""
        today = now.date().isoformat()
        if self.office.ledger.history(subject=today, event=MORNING_ISSUED):
            return
        self._issue_what_is_past_due(now)
        self.office.ledger.note(MORNING_ISSUED, today)

    def _issue_what_is_past_due(self, now: datetime) -> None:
        for report, period in current_periods(self.office):
            if period.due is not None and period.due <= now:
                try:
                    issued = issue(self.office, report, period, now)
                except (DeskError, ConsolidateError) as error:  # a spoiled template must not stop the intake
                    self._trouble_told(error)
                    continue
                if issued.new and now - period.due < STALE:
                    with self._told():
                        queue_draft(self.office, issued.issue)
                if issued.new:
                    folder = str(self.office.outputs_of(issued.issue))
                    self._tell("daemon.issued", number=issued.issue.number, folder=folder)

    def _may_connect(self, now: float) -> bool:
        return self._backoff.ready(now) and self._gate.may_try(self.office.clock())

    def _fetch(self, now: float) -> None:
        """A lost line is tried again after a growing pause, a refused login once an hour."""
        try:
            if self.mailbox is None:
                self.mailbox = self.office.open_mailbox()
            fetched = fetch(self.office, self.mailbox, self.office.account)
        except MailboxLoginRefusedError as error:
            self._gate = self._gate.refused(self.office.clock())
            self._lost(error)
        except MailboxError as error:
            self._backoff = self._backoff.failed(now, random.random())  # noqa: S311 - jitter, no secret
            self._lost(error)
        else:
            self._trouble = None
            beat(self.office.settings.home, Heartbeat(self.office.clock()))
            self._backoff, self._gate = self._backoff.succeeded(), self._gate.accepted()
            for note in fetched.notes:
                self._tell(f"mailbox.note_{note.code}", uid=note.uid, **note.parameters)

    def _lost(self, error: MailboxError) -> None:
        self._trouble = error
        self.office.ledger.note("mailbox_failed", self.office.account, {"error": type(error).__name__})
        told = self.office.wording(error.key, **error.places)
        beat(self.office.settings.home, Heartbeat(self.office.clock(), told))
        self._trouble_told(error)
        self._close()

    def _tell(self, key: str, **places: object) -> None:
        """Say a sentence to whoever watches, and log its key and places."""
        LOG.info(key, extra={"places": places})
        self.say(self.office.wording(key, **places))

    def _trouble_told(self, error: Exception) -> None:
        places = {"error": type(error).__name__, **getattr(error, "places", {})}
        LOG.warning(getattr(error, "key", "daemon.trouble"), extra={"places": places})
        self.say(sentence_of(error, self.office.wording))

    def _wait(self, seconds: float) -> None:
        """Wait for the mailbox to say something; when it does, look at once."""
        if self.mailbox is None:
            time.sleep(seconds)
            return
        try:
            if self.mailbox.wait(seconds):
                self.look()
        except MailboxError as error:
            self._lost(error)

    def _close(self) -> None:
        if self.mailbox is not None:
            self.mailbox.close()
            self.mailbox = None
