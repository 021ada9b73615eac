"""What follows from decisions: the messages they are about are judged again in a thread, not in a request.

A decision is in the ledger before its page answers; reading the files of its message again takes a second,
or a minute when they are scans. Killed in between nothing is lost: the message is among the unread, and the
daemon or the next decision takes it up.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

from desk.work import take_in

if TYPE_CHECKING:
    from desk.office import Office

#: Seconds that closing waits for a message that is being read.
GRACE = 3.0
_log = logging.getLogger("tonghop.web")


class FollowUp:
    """One thread that takes in what is unread whenever it is woken; it ends when there is nothing to do."""

    def __init__(self, office: Callable[[], Office]) -> None:
        self._office = office
        self._changed = threading.Condition()
        self._wanted = False
        self._thread: threading.Thread | None = None
        self._closed = False

    def wake(self) -> None:
        """Something was decided."""
        with self._changed:
            self._wanted = True
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="follow-up", daemon=True)
                self._thread.start()

    def wait(self, seconds: float = 60.0) -> bool:
        """Wait until everything that was decided has been followed up; whether it has."""
        until = time.monotonic() + seconds
        with self._changed:
            while self._thread is not None and time.monotonic() < until:
                self._changed.wait(until - time.monotonic())
            return self._thread is None

    def close(self) -> None:
        """Begin no more messages."""
        self._closed = True
        self.wait(GRACE)

    def _run(self) -> None:
        while self._is_wanted():
            try:
                with closing(take_in(self._office())) as outcomes:
                    for _outcome in outcomes:
                        if self._closed:
                            return
            except Exception:  # noqa: BLE001 - a thread that dies would leave every later decision waiting
                # What a decision says stands in the ledger; the daemon will come to its message.
                _log.exception("messages were not judged again")

    def _is_wanted(self) -> bool:
        with self._changed:
            wanted, self._wanted = self._wanted and not self._closed, False
            if not wanted:
                self._thread = None
                self._changed.notify_all()
            return wanted
