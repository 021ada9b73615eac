"""One daemon for each ledger, one sender and one worker at a time.

The lock goes with the process: kill -9 frees it. On SQLite it is a flock on `<ledger file>.lock`, which
names its holder; on PostgreSQL an advisory lock of a session whose application_name does, so that it holds
across hosts. A child that is forked without exec inherits the flock: start workers by spawn.
"""

from __future__ import annotations

import fcntl
import os
import re
import socket
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import text

from ledger.database import connect_engine, sqlite_file
from ledger.errors import AnotherDaemonRunsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

GLANCE = 0.1  #: seconds; somebody who only looks whether a daemon runs holds the lock far shorter
DAEMON_LOCK = 0x686F70  # "hop"
SENDER_LOCK = 0x677569  # "gui"
WORKER_LOCK = 0x6C616D  # "lam"
_NAME = re.compile(r"tonghop daemon (?P<pid>\d+)@(?P<host>\S*)")
_HOLDER = text(
    "SELECT activity.application_name FROM pg_locks AS locks "
    "JOIN pg_stat_activity AS activity ON activity.pid = locks.pid "
    "WHERE locks.locktype = 'advisory' AND locks.granted AND locks.classid = 0 AND locks.objid = :key "
    "AND locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


@contextmanager
def only_daemon(url: str) -> Iterator[None]:
    """Be the one daemon of the ledger of that URL while the block runs.

    Raises:
        AnotherDaemonRunsError: another process is, named by pid and host.

    """
    file = sqlite_file(url)
    with _locked_file(file.with_name(file.name + ".lock")) if file else _locked_session(url, DAEMON_LOCK):
        yield


@contextmanager
def only_sender(url: str) -> Iterator[None]:
    """Be the one who takes mails out of the outbox: what stands in `sending` is then nobody else's.

    Raises:
        AnotherDaemonRunsError: another process or thread is sending.

    """
    file = sqlite_file(url)
    with _locked_file(file.with_name(file.name + ".sending")) if file else _locked_session(url, SENDER_LOCK):
        yield


@contextmanager
def only_worker(url: str) -> Iterator[None]:
    """Be the one who works figures out and makes drafts: two would make the same one twice.

    Raises:
        AnotherDaemonRunsError: another process or thread does.

    """
    file = sqlite_file(url)
    with _locked_file(file.with_name(file.name + ".working")) if file else _locked_session(url, WORKER_LOCK):
        yield


def daemon_runs(url: str) -> bool:
    """Whether a daemon serves the ledger of that URL right now."""
    file = sqlite_file(url)
    if file is not None:
        return _is_locked(file.with_name(file.name + ".lock"))
    try:
        with only_daemon(url):
            return False
    except AnotherDaemonRunsError:
        return True


def _is_locked(path: Path) -> bool:
    if not path.exists():
        return False
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@contextmanager
def _locked_file(path: Path) -> Iterator[None]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)  # never unlinked: a new file is a new lock
    try:
        _take_file(descriptor, path)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, _own_name().encode(), 0)
        os.fsync(descriptor)
        yield
    finally:
        os.close(descriptor)


def _take_file(descriptor: int, path: Path) -> None:
    for is_last in (False, True):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if is_last:
                raise _another(path.read_text("utf-8")) from None
            time.sleep(GLANCE)
        else:
            return


@contextmanager
def _locked_session(url: str, key: int) -> Iterator[None]:
    engine = connect_engine(url, application_name=_own_name())
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if not _take(connection, key):
                raise _another(str(connection.execute(_HOLDER, {"key": key}).scalar()))
            yield
    finally:
        engine.dispose()  # ends the session, and the lock with it


def _take(connection: Connection, key: int) -> bool:
    taken = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key})
    return bool(taken.scalar())


def _own_name() -> str:
    return f"tonghop daemon {os.getpid()}@{socket.gethostname()}"[:63]  # PostgreSQL keeps 63 bytes


def _another(name: str) -> AnotherDaemonRunsError:
    match = _NAME.search(name)
    pid, host = (match["pid"], match["host"]) if match else ("?", "?")
    return AnotherDaemonRunsError(f"daemon {pid} on {host} serves this ledger already", pid=pid, host=host)
