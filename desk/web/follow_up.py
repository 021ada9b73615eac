"""What takes longer than a page may: done in a thread beside the requests, never within one.

Messages that decisions are about are judged again, figures of the periods that somebody looks at are worked
out, what somebody asked for is made, and tables to take away are written. What is decided or asked for is
written down before it is begun: killed in between nothing is lost, and the daemon or the next one who looks
takes it up. One process does it at a time. `desk.web.beside` does the same in a process of its own.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Protocol

from desk.settled import work_out
from desk.totals_export import write_table
from desk.wishes import fulfil_all, waiting_wishes
from desk.work import take_in
from ledger.errors import AnotherDaemonRunsError
from ledger.lock import only_worker

if TYPE_CHECKING:
    from config.reports import Period, ReportDefinition
    from desk.office import Office
    from desk.totals_export import WantedTable

#: Seconds that closing waits for what is being done.
GRACE = 3.0
#: Seconds until it is looked again whether another process is done.
LOOK_AGAIN = 0.5
_log = logging.getLogger("tonghop.web")


class FollowsUp(Protocol):
    """What the pages ask of it; none of these does any of the work in the request, and `wait` alone waits."""

    def wake(self) -> None:
        """Something was decided or asked for."""

    def work_out(self, report: str, period: str) -> None:
        """Somebody looks at the figures of a period, and what is kept of them no longer holds."""

    def write(self, wanted: WantedTable) -> None:
        """Somebody wants to take a table away that is not written yet."""

    def wait(self, seconds: float = 60.0) -> bool:
        """Wait until everything that was decided or asked for has been followed up; whether it has."""

    def close(self) -> None:
        """Begin nothing more."""


class FollowUp:
    """One thread that does what there is to do whenever it is woken; it ends when there is nothing."""

    def __init__(self, office: Callable[[], Office]) -> None:
        self._office = office
        self._changed = threading.Condition()
        self._wanted = False
        self._looked_at: dict[tuple[str, str], None] = {}  #: the periods whose figures are wanted
        self._tables: dict[WantedTable, None] = {}  #: that are wanted
        self._thread: threading.Thread | None = None
        self._closed = False

    def wake(self) -> None:
        """Something was decided or asked for."""
        with self._changed:
            self._wanted = True
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="follow-up", daemon=True)
                self._thread.start()

    def work_out(self, report: str, period: str) -> None:
        """Somebody looks at the figures of a period, and what is kept of them no longer holds."""
        with self._changed:
            self._looked_at[report, period] = None
        self.wake()

    def write(self, wanted: WantedTable) -> None:
        """Somebody wants to take a table away that is not written yet."""
        with self._changed:
            self._looked_at[wanted.report, wanted.period] = None
            self._tables[wanted] = None
        self.wake()

    def wait(self, seconds: float = 60.0) -> bool:
        """Wait until everything that was decided or asked for has been followed up; whether it has."""
        until = time.monotonic() + seconds
        with self._changed:
            while self._thread is not None and time.monotonic() < until:
                self._changed.wait(until - time.monotonic())
            return self._thread is None

    def close(self, grace: float = GRACE) -> None:
        """Begin nothing more; so many seconds are waited for what is being done."""
        self._closed = True
        self.wait(grace)

    def _run(self) -> None:
        while self._is_wanted():
            for job in (self._judge, self._fulfil, self._work_out, self._write):
                try:
                    job()
                except Exception:  # noqa: BLE001 - a thread that dies would leave everything later waiting
                    # What was decided or asked for stands in the ledger; the daemon will come to it.
                    _log.exception("something was not followed up")

    def _judge(self) -> None:
        with closing(take_in(self._office())) as outcomes:
            for _outcome in outcomes:
                if self._closed:
                    return

    def _fulfil(self) -> None:
        """What was asked for; another process that sees to it now is waited for."""
        while waiting_wishes((office := self._office()).ledger) and not self._closed:
            fulfil_all(office)
            if waiting_wishes(office.ledger):
                time.sleep(LOOK_AGAIN)

    def _work_out(self) -> None:
        """The figures that are looked at; another process that does so now is waited for."""
        while self._looked_at and not self._closed:
            office = self._office()
            try:
                with only_worker(office.settings.database_url):
                    self._work_out_next(office)
            except AnotherDaemonRunsError:
                time.sleep(LOOK_AGAIN)

    def _work_out_next(self, office: Office) -> None:
        with self._changed:
            spot = next(iter(self._looked_at))
            del self._looked_at[spot]
        if (found := _named(office, *spot)) is not None:
            work_out(office, *found)

    def _write(self) -> None:
        """The tables that are wanted, of figures that were just worked out."""
        while self._tables and not self._closed:
            office = self._office()
            try:
                with only_worker(office.settings.database_url):
                    self._write_next(office)
            except AnotherDaemonRunsError:
                time.sleep(LOOK_AGAIN)

    def _write_next(self, office: Office) -> None:
        with self._changed:
            wanted = next(iter(self._tables))
            del self._tables[wanted]
        if (found := _named(office, wanted.report, wanted.period)) is not None:
            write_table(office, *found, wanted)  # the page asks again where something came in between

    def _is_wanted(self) -> bool:
        with self._changed:
            wanted, self._wanted = self._wanted and not self._closed, False
            if not wanted:
                self._thread = None
                self._changed.notify_all()
            return wanted


def _named(office: Office, report_id: str, period_id: str) -> tuple[ReportDefinition, Period] | None:
    report = next((each for each in office.regime.reports if each.id == report_id), None)
    period = office.period(report, period_id) if report else None
    return None if report is None or period is None else (report, period)
