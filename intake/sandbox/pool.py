"""A pool of reading processes: raw messages in, read messages out, in order, with flat memory.

A process that overruns its time or memory is killed with its whole group and replaced. What failed in the
time for one message is tried once more alone in a fresh process; if that fails too, the files are listed
unread, or at least the head is read, so that the officer still sees who wrote and what was attached.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final, Self

import msgspec

from intake.documents import ReadState
from intake.errors import ReaderClosedError, ReaderNotStartedError
from intake.extractors.interface import Limits
from intake.mail.messages import ReadMessage
from intake.sandbox.frames import FRAME, LISTED_STATES
from intake.sandbox.lots import lots_of, opened, sealed
from intake.sandbox.wire import unpacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import TracebackType

_START: Final = (
    "import sys; sys.path[:0] = sys.argv[2:]; from intake.sandbox.worker import run; run(sys.argv[1])"
)
_ENVIRONMENT: Final = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "OMP_THREAD_LIMIT": "1",
    "OPENBLAS_NUM_THREADS": "1",  # each of its threads counts as 40 MB of data
}
_START_SECONDS: Final = 60.0
_LOT_SECONDS: Final = 2.0  #: light mails take milliseconds; what takes longer is found mail by mail
_LISTING_SECONDS: Final = 4.0
_HEAD_SECONDS: Final = 2.0
_WORTH_TRYING: Final = 1.0  #: seconds
_WORTH_A_PROCESS: Final = 0.3  #: seconds; most mail is read faster than it is judged, by one process alone
_JOBS_A_PROCESS: Final = (
    4_000  #: mails or lots; then it is replaced, so that no leak of a library grows for ever
)
_AHEAD: Final = 3  #: jobs or lots taken ahead for each process
_PIECE: Final = 1 << 18
_TAIL: Final = 500
_NO_MEMORY: Final = b"memory allocation of"  #: what a compiled reader says before it gives up


@dataclass(frozen=True, slots=True)
class ReadingFailure:
    """A message whose reading failed."""

    state: ReadState  #: OVERRAN, CRASHED or TOO_LARGE
    detail: str  #: for the log: "time", "memory", a signal or an exception's name
    message: ReadMessage | None = None  #: head, text and file names, no file opened; None: not even that


class ReaderPool:
    """Reading processes, the first started when the block is entered, others when one keeps the rest waiting.

    All end when the block is left.
    """

    def __init__(self, processes: int = 2, limits: Limits | None = None) -> None:
        self._processes = processes
        self._limits = limits or Limits()
        self._idle: SimpleQueue[_Process] = SimpleQueue()
        self._threads: ThreadPoolExecutor | None = None
        self._busy: set[_Process] = set()
        self._unstarted = 0
        self._ending = False
        self._lock = threading.Lock()  #: over these three
        self.layers: tuple[str, ...] = ()  #: what confines the processes on this system

    def __enter__(self) -> Self:
        process = _Process(self._limits)
        self._idle.put(process)
        self.layers = process.layers
        self._unstarted = self._processes - 1
        self._ending = False
        self._threads = ThreadPoolExecutor(self._processes, "reader")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._ending = True
            for process in self._busy:  # nobody is there any more to take what they read
                process.end()
        if self._threads is not None:
            self._threads.shutdown(wait=True, cancel_futures=True)
            self._threads = None
        while not self._idle.empty():
            self._idle.get().kill()

    def read(self, jobs: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, ReadMessage | ReadingFailure]]:
        """Reads (name, raw octets) and gives (name, result) in the same order.

        Jobs are taken from the iterable only a few lots ahead of what is handed out, so a mailbox of any
        size takes the same memory.

        Raises:
            ReaderClosedError: the pool is used outside its block.
            ReaderNotStartedError: a killed process could not be replaced.

        """
        waiting: deque[tuple[list[str], Future[list[ReadMessage | ReadingFailure]]]] = deque()
        try:
            for lot in lots_of(jobs):
                waiting.append(([name for name, _ in lot], self._submit([octets for _, octets in lot])))
                if len(waiting) >= self._processes * _AHEAD:
                    names, future = waiting.popleft()
                    yield from zip(names, future.result(), strict=True)
            while waiting:
                names, future = waiting.popleft()
                yield from zip(names, future.result(), strict=True)
        finally:
            for _, future in waiting:
                future.cancel()

    def ask(self, letter: bytes, content: bytes, seconds: float) -> bytes | ReadingFailure:
        """Hands one job of another kind to a process that is free and gives what it answers.

        May be called from several threads. A process that fails is replaced; the job is not tried again.

        Raises:
            ReaderClosedError, ReaderNotStartedError: as `read`.

        """
        if self._threads is None:
            raise ReaderClosedError
        answer = self._tried(letter, content, seconds)
        assert not isinstance(answer, (ReadMessage, list))
        return answer

    def _submit(self, lot: Sequence[bytes]) -> Future[list[ReadMessage | ReadingFailure]]:
        if self._threads is None:
            raise ReaderClosedError
        return self._threads.submit(self._read_lot, lot)

    def _read_lot(self, lot: Sequence[bytes]) -> list[ReadMessage | ReadingFailure]:
        if len(lot) == 1:
            return [self._read_one(lot[0], self._limits.seconds)]
        together = min(_LOT_SECONDS, self._limits.seconds / 2)
        answer = self._tried(b"B", sealed(lot), together)
        if isinstance(answer, list) and len(answer) == len(lot):
            return list(answer)
        # The one at fault has no more time in all than one that goes alone.
        return [self._read_one(octets, self._limits.seconds - together) for octets in lot]

    def _read_one(self, octets: bytes, seconds: float) -> ReadMessage | ReadingFailure:
        end = time.monotonic() + seconds
        answer = self._tried(b"F", octets, seconds)
        if isinstance(answer, ReadingFailure) and answer.state is not ReadState.TOO_LARGE:
            left = end - time.monotonic()
            # Of one that took all its time nothing is left to try again in.
            answer = self._tried(b"F", octets, left, fresh=True) if left > _WORTH_TRYING else answer
        if not isinstance(answer, ReadingFailure):
            return _message(answer)
        return ReadingFailure(answer.state, answer.detail, self._unread(octets, answer.state))

    def _unread(self, octets: bytes, state: ReadState) -> ReadMessage | None:
        """What can be told of a message that cannot be read."""
        job = bytes((LISTED_STATES.index(state),)) + octets
        for letter, seconds in ((b"L", _LISTING_SECONDS), (b"N", _HEAD_SECONDS)):
            answer = self._tried(letter, job, seconds, fresh=True)
            if not isinstance(answer, ReadingFailure):
                return _message(answer)
        return None

    def _tried(
        self, letter: bytes, octets: bytes, seconds: float, *, fresh: bool = False
    ) -> _Answer | ReadingFailure:
        process = self._free()
        try:
            if (fresh or process.is_spent) and not self._ending:
                process = process.replaced()
            answer = self._exchanged(process, letter, octets, seconds)
            if isinstance(answer, ReadingFailure) and not self._ending:
                process = process.replaced()
            return answer
        finally:
            self._idle.put(process)

    def _free(self) -> _Process:
        """A process that has nothing to do; another one where that takes longer than to start it."""
        with suppress(Empty):
            return self._idle.get(timeout=_WORTH_A_PROCESS if self._unstarted else 0.0)
        with self._lock:
            more = self._unstarted > 0 and not self._ending
            self._unstarted -= more
        return _Process(self._limits) if more else self._idle.get()

    def _exchanged(
        self, process: _Process, letter: bytes, octets: bytes, seconds: float
    ) -> _Answer | ReadingFailure:
        """What the process answers; a pool that is being left begins nothing, and ends what it began."""
        with self._lock:
            if self._ending:
                return ReadingFailure(ReadState.CRASHED, "ended")
            self._busy.add(process)
        try:
            return process.exchange(letter, octets, seconds)
        finally:
            with self._lock:
                self._busy.remove(process)


class _OverrunError(Exception):
    """The process did not answer in time."""


class _BrokenError(Exception):
    """The process ended or answered out of turn."""


class _Process:
    """One reading process with its pipes, its folder and its group."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._folder = tempfile.TemporaryDirectory(prefix="tonghop-read-")
        self._jobs = 0
        self._popen = self._started()
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        self._to, self._from = self._popen.stdin.fileno(), self._popen.stdout.fileno()
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)
        self.layers = self._greeted()

    @property
    def pid(self) -> int:
        """The id of the process, which is that of its group too."""
        return self._popen.pid

    @property
    def is_spent(self) -> bool:
        """Whether it has served long enough, or is gone."""
        return self._jobs >= _JOBS_A_PROCESS or self._popen.poll() is not None

    def replaced(self) -> _Process:
        """A fresh process in its place."""
        self.kill()
        return _Process(self._limits)

    def end(self) -> None:
        """Ends the whole group, and whoever waits for its answer has none."""
        with suppress(ProcessLookupError):
            os.killpg(self._popen.pid, signal.SIGKILL)

    def kill(self) -> None:
        """Ends the whole group, waits for it and removes its folder. May be called again."""
        self.end()
        self._popen.wait()
        for pipe in (self._popen.stdin, self._popen.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self._folder.cleanup()

    def exchange(self, letter: bytes, octets: bytes, seconds: float) -> _Answer | ReadingFailure:
        """Hands over one job and waits for its answer."""
        self._jobs += 1
        deadline = time.monotonic() + seconds
        try:
            self._send(FRAME.pack(letter, len(octets)), deadline)
            self._send(octets, deadline)
            return _understood(*self._receive(deadline))
        except _OverrunError:
            return ReadingFailure(ReadState.OVERRAN, "time")
        except (_BrokenError, OSError, msgspec.MsgspecError) as error:
            return self._post_mortem(error)

    def _post_mortem(self, error: Exception) -> ReadingFailure:
        try:
            code = self._popen.wait(1)
        except subprocess.TimeoutExpired:
            return ReadingFailure(ReadState.CRASHED, type(error).__name__)
        if code == -signal.SIGABRT and _NO_MEMORY in self._said():
            return ReadingFailure(ReadState.OVERRAN, "memory")
        state = ReadState.OVERRAN if code == -signal.SIGXCPU else ReadState.CRASHED
        return ReadingFailure(state, f"ended with {code}")

    def _started(self) -> subprocess.Popen[bytes]:
        paths = [str(Path(entry).resolve()) for entry in sys.path if entry]
        # The package itself first: a checkout that is not installed must find itself.
        paths.insert(0, str(Path(__file__).resolve().parent.parent.parent))
        command = [sys.executable, "-I", "-c", _START, json.dumps(asdict(self._limits)), *paths]
        with self._errors.open("wb") as errors:
            return subprocess.Popen(  # noqa: S603 - our own interpreter with our own line
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=self._folder.name,
                env=_ENVIRONMENT,
                start_new_session=True,
                bufsize=0,
            )

    @property
    def _errors(self) -> Path:
        return Path(self._folder.name) / "stderr"

    def _greeted(self) -> tuple[str, ...]:
        try:
            letter, content = self._receive(time.monotonic() + _START_SECONDS)
            if letter == b"H":
                return tuple(json.loads(content))
        except (_OverrunError, _BrokenError, OSError, ValueError):
            pass
        detail = self._said().decode("utf-8", "replace").strip()
        self.kill()
        raise ReaderNotStartedError(detail)

    def _said(self) -> bytes:
        """The end of what the process wrote on its standard error."""
        return self._errors.read_bytes()[-_TAIL:]

    def _send(self, octets: bytes, deadline: float) -> None:
        view = memoryview(octets)
        while view:
            self._await(self._to, select.POLLOUT, deadline)
            try:
                view = view[os.write(self._to, view[:_PIECE]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError as error:
                raise _BrokenError from error

    def _receive(self, deadline: float) -> tuple[bytes, bytes]:
        letter, length = FRAME.unpack(self._exactly(FRAME.size, deadline))
        if length > self._limits.result_octets:
            raise _BrokenError
        return letter, self._exactly(length, deadline)

    def _exactly(self, length: int, deadline: float) -> bytes:
        received = bytearray()
        while len(received) < length:
            self._await(self._from, select.POLLIN, deadline)
            try:
                piece = os.read(self._from, min(_PIECE, length - len(received)))
            except BlockingIOError:
                continue
            if not piece:
                raise _BrokenError
            received += piece
        return bytes(received)

    @staticmethod
    def _await(descriptor: int, event: int, deadline: float) -> None:
        left = deadline - time.monotonic()
        poll = select.poll()
        poll.register(descriptor, event)
        if left <= 0 or not poll.poll(left * 1000):
            raise _OverrunError


_Answer = ReadMessage | list[ReadMessage] | bytes


def _message(answer: _Answer) -> ReadMessage:
    assert isinstance(answer, ReadMessage)
    return answer


def _understood(letter: bytes, content: bytes) -> _Answer | ReadingFailure:
    if letter == b"R":
        return unpacked(content)
    if letter == b"B":
        return [unpacked(each) for each in opened(content)]
    if letter == b"A":
        return content
    if letter == b"M":
        return ReadingFailure(ReadState.OVERRAN, "memory")
    if letter == b"S":
        return ReadingFailure(ReadState.TOO_LARGE, "result")
    return ReadingFailure(ReadState.CRASHED, content[:100].decode("ascii", "replace"))
