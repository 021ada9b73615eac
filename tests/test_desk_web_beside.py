"""What takes longer than a page may is done by a process of its own, and no death loses anything or hangs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import desk.web.beside as beside_module
from desk.settled import settled
from desk.totals_export import BOOK, WantedTable, written_table
from desk.web.beside import MOST_DEATHS, FollowUpBeside
from desk.wishes import WishKind, ask, waiting_wishes
from ledger.lock import only_worker
from tests.offices import PERIOD, REPORT, ROOT, Office, at, environment, inside, make_office

#: Seconds that a busy machine may take to start a process.
PATIENCE = 60.0


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return make_office(tmp_path_factory.mktemp("office"))


@pytest.fixture
def beside(office: Office) -> Iterator[FollowUpBeside]:
    made = FollowUpBeside(office.home, at(office.now))
    yield made
    made.close()


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """Whether there is such a process; one that has ended and waits for its parent is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def the_pid(beside: FollowUpBeside) -> int:
    assert beside.pid is not None
    return beside.pid


def test_figures_tables_and_wishes_are_made_by_another_process(
    office: Office, beside: FollowUpBeside
) -> None:
    wanted = WantedTable(REPORT, PERIOD, BOOK, "vi")
    inside(office, lambda opened: ask(opened, WishKind.ISSUE, REPORT, PERIOD))
    beside.write(wanted)
    assert is_running(the_pid(beside))
    assert the_pid(beside) != os.getpid()
    assert beside.wait(PATIENCE)
    assert inside(office, lambda opened: written_table(opened.ledger, wanted)).startswith(b"PK")
    assert inside(office, lambda opened: len(opened.ledger.issues(REPORT, PERIOD))) == 1
    pid = the_pid(beside)
    beside.work_out(REPORT, "2023-Y")
    assert beside.wait(PATIENCE)
    assert the_pid(beside) == pid  # it stays for what comes next

    def year(opened: object) -> object:
        report = opened.regime.report(REPORT)  # type: ignore[attr-defined]
        return settled(opened, report, opened.period(report, "2023-Y"))  # type: ignore[arg-type, attr-defined]

    assert inside(office, year) is not None
    beside.close()
    assert not is_running(pid)


def test_killed_over_its_work_another_does_it(office: Office, beside: FollowUpBeside) -> None:
    with only_worker(inside(office, lambda opened: opened.settings.database_url)):
        inside(office, lambda opened: ask(opened, WishKind.ISSUE, REPORT, "2023-Y"))
        beside.wake()
        assert not beside.wait(0.5)  # it has not begun, or waits for us
        killed = the_pid(beside)
        os.kill(killed, signal.SIGKILL)
        until(lambda: beside.pid not in {None, killed})
    assert beside.wait(PATIENCE)
    assert inside(office, lambda opened: waiting_wishes(opened.ledger)) == ()


def test_one_that_can_never_be_started_is_not_started_for_ever(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside_module, "_START", "raise SystemExit(3)")
    beside = FollowUpBeside(office.home)
    started: list[int] = []
    begin = beside._start

    def counted() -> None:
        started.append(len(started))
        begin()

    monkeypatch.setattr(beside, "_start", counted)
    beside.wake()
    until(lambda: beside.pid is None and len(started) > MOST_DEATHS)
    time.sleep(0.2)  # one more would be started by now
    assert len(started) == MOST_DEATHS + 1
    beside.close()


def test_with_nothing_to_do_it_ends_and_is_started_again_when_asked(office: Office) -> None:
    beside = FollowUpBeside(office.home, at(office.now), idle=0.1)
    beside.wake()
    until(lambda: beside.pid is None)
    beside.wake()
    assert beside.wait(PATIENCE)
    beside.close()
    beside.wake()  # closed: nothing more is begun
    assert beside.pid is None


def test_it_ends_with_the_desk_however_that_dies(office: Office) -> None:
    code = (
        f"import sys, time; sys.path[:0] = [{str(ROOT)!r}]\n"
        "from pathlib import Path; from desk.web.beside import FollowUpBeside\n"
        f"beside = FollowUpBeside(Path({str(office.home)!r})); beside.wake(); beside.wait()\n"
        "print(beside.pid, flush=True); time.sleep(60)"
    )
    words = [sys.executable, "-c", code]
    desk = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment())
    assert desk.stdout is not None
    pid = int(desk.stdout.readline())
    desk.kill()
    desk.communicate()
    until(lambda: not is_running(pid))
