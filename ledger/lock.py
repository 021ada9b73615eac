"""One daemon for each ledger, one sender and one worker at a time.

The lock goes with the process: kill -9 frees it. On SQLite it is a flock on `<ledger file>.lock`, which
names its holder; on PostgreSQL an advisory lock of a session whose application_name does, so that it holds
across hosts. A child that is forked without exec inherits the flock: start workers by spawn.

Whoever holds a lock for long calls `keep` before each piece of work: a session ends when PostgreSQL is
restarted, and a file that was removed locks nobody out. Work under way is safe all the same, for every
writer is one of a row (`ledger.database`), and what is claimed is claimed in a transaction.
"""

from __future__ import annotations

import fcntl
import os
import re
import socket
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ledger.database import connect_engine, named_errors, sqlite_file
from ledger.errors import AnotherDaemonRunsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

GLANCE = 0.1  #: seconds; somebody who only looks whether a daemon runs holds the lock far shorter
DAEMON_LOCK = 0x686F70  # "hop"
SENDER_LOCK = 0x677569  # "gui"
WORKER_LOCK = 0x6C616D  # "lam"
_NAME = re.compile(r"tonghop daemon (?P<pid>\d+)@(?P<host>\S*)")
_TAKE = text("SELECT pg_try_advisory_lock(:key)")
_STILL_THERE = text("SELECT 1")
_HOLDER = text(
    "SELECT activity.application_name FROM pg_locks AS locks "
    "JOIN pg_stat_activity AS activity ON activity.pid = locks.pid "
    "WHERE locks.locktype = 'advisory' AND locks.granted AND locks.classid = 0 AND locks.objid = :key "
    "AND locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Lock(Protocol):
    """A lock that is held."""

    def keep(self) -> None:
        """See that it is held still; take it again where it was lost.

        Raises:
            AnotherDaemonRunsError: somebody else has taken it meanwhile.
            LedgerDatabaseError: the database is not there to hold it.

        """


@contextmanager
def only_daemon(url: str) -> Iterator[Lock]:
    """Be the one daemon of the ledger of that URL while the block runs.

    Raises:
        AnotherDaemonRunsError: another process is, named by pid and host.

    """
    with _held(url, DAEMON_LOCK, ".lock") as lock:
        yield lock


@contextmanager
def only_sender(url: str) -> Iterator[Lock]:
    """Be the one who takes mails out of the outbox: what stands in `sending` is then nobody else's.

    Raises:
        AnotherDaemonRunsError: another process or thread is sending.

    """
    with _held(url, SENDER_LOCK, ".sending") as lock:
        yield lock


@contextmanager
def only_worker(url: str) -> Iterator[Lock]:
    """Be the one who works figures out and makes drafts: two would make the same one twice.

    Raises:
        AnotherDaemonRunsError: another process or thread does.

    """
    with _held(url, WORKER_LOCK, ".working") as lock:
        yield lock


def daemon_runs(url: str) -> bool:
    """Whether a daemon serves the ledger of that URL right now. Nobody is kept from the lock by asking."""
    file = sqlite_file(url)
    if file is not None:
        return _is_locked(file.with_name(file.name + ".lock"))
    engine = connect_engine(url)
    try:
        with named_errors(), engine.connect() as connection:
            return _holder(connection, DAEMON_LOCK) is not None
    finally:
        engine.dispose()


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
def _held(url: str, key: int, ending: str) -> Iterator[Lock]:
    file = sqlite_file(url)
    lock = _FileLock(file.with_name(file.name + ending)) if file else _SessionLock(url, key)
    try:
        lock.take()
        yield lock
    finally:
        lock.release()


class _FileLock:
    """A flock on a file that names its holder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # never unlinked by us: a new file is a new lock
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        _take_file(self._descriptor, self._path)
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, _own_name().encode(), 0)
        os.fsync(self._descriptor)

    def keep(self) -> None:
        assert self._descriptor is not None
        if not self._path.exists() or not os.path.samestat(self._path.stat(), os.fstat(self._descriptor)):
            self.release()
            self.take()

    def release(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
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


class _SessionLock:
    """An advisory lock of a session of PostgreSQL, which ends with the session."""

    def __init__(self, url: str, key: int) -> None:
        self._engine = connect_engine(url, application_name=_own_name())
        self._key = key
        self._connection: Connection | None = None

    def take(self) -> None:
        with named_errors():
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._connection = connection
            if not connection.execute(_TAKE, {"key": self._key}).scalar():
                raise _another(str(_holder(connection, self._key)))

    def keep(self) -> None:
        if not self._lives():
            self.take()

    def release(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._engine.dispose()  # ends the session, and the lock with it

    def _lives(self) -> bool:
        """Whether the session is the one that took the lock."""
        connection, self._connection = self._connection, None
        if connection is None:
            return False
        try:
            connection.execute(_STILL_THERE)
        except DBAPIError:
            connection.invalidate()
            connection.close()
            return False
        self._connection = connection
        return True


def _holder(connection: Connection, key: int) -> str | None:
    name = connection.execute(_HOLDER, {"key": key}).scalar()
    return None if name is None else str(name)


def _own_name() -> str:
    return f"tonghop daemon {os.getpid()}@{socket.gethostname()}"[:63]  # PostgreSQL keeps 63 bytes


def _another(name: str) -> AnotherDaemonRunsError:
    match = _NAME.search(name)
    pid, host = (match["pid"], match["host"]) if match else ("?", "?")
    return AnotherDaemonRunsError(f"daemon {pid} on {host} serves this ledger already", pid=pid, host=host)
