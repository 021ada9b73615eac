"""One daemon for each ledger; the second is told who is first."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger.database import sqlite_file
from ledger.errors import AnotherDaemonRunsError
from ledger.lock import daemon_runs, only_daemon
from tests.postgres import PostgresServer, private_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with private_postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("server").new_database())
    return f"sqlite:///{tmp_path / 'so' / 'so.sqlite'}"


def _lose(url: str, server: PostgresServer) -> None:
    """What makes an idle daemon's lock worth nothing: a restart of PostgreSQL, a file cleared away."""
    file = sqlite_file(url)
    if file is None:
        server.restart()
    else:
        file.with_name(file.name + ".lock").unlink()


def _daemon(url: str) -> subprocess.Popen[str]:
    code = f"import sys, time; sys.path.insert(0, {str(ROOT)!r})\nfrom ledger.lock import only_daemon\n"
    code += f"with only_daemon({url!r}):\n    print('runs', flush=True)\n    time.sleep(60)"
    daemon = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert daemon.stdout is not None
    assert daemon.stdout.readline() == "runs\n"
    return daemon


def test_the_second_daemon_is_told_the_first_ones_process_and_host(url: str) -> None:
    daemon = _daemon(url)
    try:
        with pytest.raises(AnotherDaemonRunsError) as caught, only_daemon(url):
            pass
        assert caught.value.places == {"pid": str(daemon.pid), "host": socket.gethostname()}
    finally:
        daemon.kill()
        daemon.communicate()


def test_kill_9_frees_the_lock(url: str) -> None:
    daemon = _daemon(url)
    os.kill(daemon.pid, signal.SIGKILL)
    daemon.communicate()
    for _ in range(50):  # PostgreSQL notices the broken connection a moment later
        try:
            with only_daemon(url):
                return
        except AnotherDaemonRunsError:
            signal.sigtimedwait([], 0.1)
    pytest.fail("the lock outlived its holder")


def test_a_daemon_that_ended_can_be_followed(url: str) -> None:
    for _ in range(2):
        with only_daemon(url):
            pass


def test_daemons_of_two_ledgers_run_side_by_side(url: str, tmp_path: Path) -> None:
    with only_daemon(url), only_daemon(f"sqlite:///{tmp_path / 'another.sqlite'}"):
        pass


def test_a_lock_that_was_lost_is_taken_again_before_the_next_work(url: str, server: PostgresServer) -> None:
    with only_daemon(url) as lock:
        lock.keep()
        _lose(url, server)
        assert not daemon_runs(url)
        lock.keep()
        assert daemon_runs(url)
        with pytest.raises(AnotherDaemonRunsError), only_daemon(url):
            pass
    assert not daemon_runs(url)


def test_of_two_daemons_that_lost_the_lock_one_goes_on(url: str, server: PostgresServer) -> None:
    with only_daemon(url) as first:
        _lose(url, server)
        second = _daemon(url)
        try:
            with pytest.raises(AnotherDaemonRunsError) as caught:
                first.keep()
            assert caught.value.places["pid"] == str(second.pid)
        finally:
            second.kill()
            second.communicate()


def test_asking_whether_a_daemon_runs_keeps_none_from_starting(server: PostgresServer) -> None:
    url = server.new_database()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(lambda: [daemon_runs(url) for _ in range(20)])
        while not asked.done():
            with only_daemon(url):
                pass
        assert set(asked.result()) <= {True, False}
