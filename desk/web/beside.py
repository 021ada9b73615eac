"""What takes longer than a page may, in a process of its own: to settle hundreds of units slows no page down.

The process is started when there is something to do (exec, not fork: no lock and no connection is inherited)
and ends when there has been nothing for a while, when its pipe ends, however the desk ended, or on SIGTERM.
Everything it does may be cut off at any moment: `desk.web.follow_up`.

A line of JSON goes in for each thing that is asked, `["wake"]`, `["work_out", report, period]` or
`["write", {...}]`; a line comes out when all is done, `{"done": lines read}`, and for what is to be logged.
"""

from __future__ import annotations

import json
import logging
import os
import select
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

import desk
from desk.current import CurrentOffice
from desk.totals_export import WantedTable
from desk.upkeep.log import JsonLines
from desk.web.follow_up import FollowUp

_START: Final = "import sys; sys.path[:0] = sys.argv[3:]; from desk.web.beside import run; run(*sys.argv[1:])"
_HERE: Final = str(Path(desk.__file__).parent.parent)
#: Seconds without anything to do after which the process ends.
IDLE: Final = 300.0
#: Seconds that the process waits for what it is doing when it is told to end, and then its parent for it.
GRACE: Final = 2.0
#: Seconds between two looks whether all is done.
LOOK: Final = 0.05
#: Steps by which the pages go first where both want the processor (nice).
POLITE: Final = 5
#: A process that dies over its work is replaced so often; then it is left to whoever looks next.
MOST_DEATHS: Final = 2
_log = logging.getLogger("tonghop.web")


class FollowUpBeside:
    """Follows up in a process of its own; used as `FollowUp` is, from any thread."""

    def __init__(self, home: Path, clock: datetime | None = None, idle: float = IDLE) -> None:
        self._words = [str(home), json.dumps([clock.isoformat() if clock else "", idle])]
        self._changed = threading.Condition()
        self._process: subprocess.Popen[str] | None = None
        self._sent = 0  #: lines to this process
        self._done = 0  #: of those it has followed up
        self._deaths = 0
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        process = self._process
        return process.pid if process else None

    def wake(self) -> None:
        """Something was decided or asked for."""
        self._send("wake")

    def work_out(self, report: str, period: str) -> None:
        """Somebody looks at the figures of a period, and what is kept of them no longer holds."""
        self._send("work_out", report, period)

    def write(self, wanted: WantedTable) -> None:
        """Somebody wants to take a table away that is not written yet."""
        self._send("write", asdict(wanted))

    def wait(self, seconds: float = 60.0) -> bool:
        """Wait until everything that was decided or asked for has been followed up; whether it has."""
        until = time.monotonic() + seconds
        with self._changed:
            while (busy := self._is_busy()) and (left := until - time.monotonic()) > 0:
                self._changed.wait(left)
            return not busy

    def close(self) -> None:
        """Have the process end, within seconds."""
        with self._changed:
            self._closed = True
            process, self._process = self._process, None
            self._changed.notify_all()
        if process is None:
            return
        _let_go(process)
        try:
            process.wait(GRACE + 1)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _is_busy(self) -> bool:
        return self._process is not None and self._done < self._sent

    def _send(self, *words: object) -> None:
        with self._changed:
            if self._closed:
                return
            if self._process is None:
                self._start()
            assert self._process is not None
            assert self._process.stdin is not None
            self._sent += 1
            with suppress(OSError):  # it has just ended: whoever hears of that starts another
                self._process.stdin.write(json.dumps(words) + "\n")
                self._process.stdin.flush()

    def _start(self) -> None:
        self._sent = self._done = 0
        self._process = subprocess.Popen(  # noqa: S603 - this program itself
            [sys.executable, "-P", "-c", _START, *self._words, _HERE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C is for the desk, which ends it in order
        )
        threading.Thread(target=self._hear, args=[self._process], name="follow-up", daemon=True).start()

    def _hear(self, process: subprocess.Popen[str]) -> None:
        """What the process says, until it ends."""
        assert process.stdout is not None
        for line in process.stdout:
            said = json.loads(line)
            if "done" not in said:
                _relay(said)
                continue
            with self._changed:
                if process is self._process:
                    self._done = int(said["done"])
                    self._deaths = 0 if self._done == self._sent else self._deaths
                    self._changed.notify_all()
        self._ended(process)

    def _ended(self, process: subprocess.Popen[str]) -> None:
        """The process is gone: what it left undone another does, unless that dies over it too."""
        with self._changed:
            if process is not self._process:  # closed
                return
            left, self._process = self._is_busy(), None
            self._deaths += left
            if left and self._deaths <= MOST_DEATHS:
                self.wake()
            self._changed.notify_all()
        _let_go(process)
        process.wait()
        if left:
            _log.error("what follows up ended with %s", process.returncode)


def _relay(said: dict[str, Any]) -> None:
    """Log what the process wants logged: by kind and place, without the words of an error."""
    where = said.get("where", [""])[-1]
    _log.error("%s %s %s", said["event"], said.get("error", ""), where, extra={"places": said})


def _let_go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    with suppress(OSError):  # it is gone already
        process.stdin.close()


# -- in the process --------------------------------------------------------------------------------------


def run(home: str, options: str, *_path: str) -> None:
    """Follow up what is asked on standard input, until that ends or nothing was asked for a while."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit())
    os.nice(POLITE)
    out = _own_output()
    logging.getLogger("tonghop").addHandler(_telling(out))
    clock, idle = json.loads(options)
    fixed = datetime.fromisoformat(clock) if clock else None
    follow_up = FollowUp(CurrentOffice(Path(home), (lambda: fixed) if fixed else (lambda: datetime.now(UTC))))
    try:
        _serve(follow_up, out, idle)
    except BaseException as error:
        if not isinstance(error, SystemExit):
            _log.exception("what follows up was not told what to do")
        raise
    finally:
        follow_up.close(GRACE)
        os._exit(0)  # what is still being read is read again; the threads that wait for it would hold us up


def _own_output() -> IO[str]:
    """Where lines are said; what anybody prints goes to the standard error."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    return out


def _telling(out: IO[str]) -> logging.Handler:
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    return handler


def _serve(follow_up: FollowUp, out: IO[str], idle: float) -> None:
    asked = done = 0
    rest = b""
    while True:
        is_busy = done < asked
        if select.select([0], [], [], LOOK if is_busy else idle)[0]:
            read = os.read(0, 1 << 16)
            if not read:
                return
            *lines, rest = (rest + read).split(b"\n")
            for line in lines:
                _ask(follow_up, *json.loads(line))
            asked += len(lines)
        elif not is_busy:
            return
        if done < asked and follow_up.wait(0):
            done = asked
            print(json.dumps({"done": done}), file=out)


def _ask(follow_up: FollowUp, what: str, *about: Any) -> None:
    if what == "write":
        follow_up.write(WantedTable(**about[0]))
    elif what == "work_out":
        follow_up.work_out(*about)
    else:
        follow_up.wake()
