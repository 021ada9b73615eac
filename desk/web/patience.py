"""How long and how often the desk listens: to slow senders, and to those who ask without end (ASVS 2.4.1).

Whoever opens connections and says nothing, or says it a letter at a time, would take all the places there
are. So the head of a request must be whole within ten seconds, its body within half a minute, and somebody
who asks faster than a person can is told to wait.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

HEAD_SECONDS = 10.0
BODY_SECONDS = 30.0
#: Requests a second, on and on, of one person or one address; and how many at once above that.
STEADY = 20.0
AT_ONCE = 600.0
MOST_KNOWN = 5000  #: persons and addresses that are remembered


class PatientProtocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, but a request's head must be whole in time.

    uvicorn itself waits without end for the first request of a connection and for the rest of a head.
    """

    head_seconds = HEAD_SECONDS
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A connection: its first head is due."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Part of a request: a whole head ends the waiting, a beginning of the next one starts it."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._wait_no_more()
        elif self._waiting is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """The end of the connection."""
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(self.head_seconds, self._give_up)

    def _wait_no_more(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        self._waiting = None
        if self.conn.their_state is h11.IDLE and (self.cycle is None or self.cycle.response_complete):
            self.transport.close()


class Flood:
    """Who asks how often: a bucket for each person and address, filled steadily and emptied by asking."""

    def __init__(self, clock: Callable[[], float], steady: float = STEADY, at_once: float = AT_ONCE) -> None:
        self._clock = clock
        self._steady = steady
        self._at_once = at_once
        self._buckets: dict[str, tuple[float, float]] = {}  # what was left, and when
        self._lock = threading.Lock()

    def takes(self, who: str) -> bool:
        """Whether one more request of theirs is answered."""
        now = self._clock()
        with self._lock:
            left, at = self._buckets.pop(who, (self._at_once, now))
            left = min(self._at_once, left + (now - at) * self._steady)
            self._buckets[who] = (max(left - 1, 0), now)  # at the end: the first is who was silent longest
            if len(self._buckets) > MOST_KNOWN:
                del self._buckets[next(iter(self._buckets))]
        return left >= 1
