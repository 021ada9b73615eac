"""The database behind the ledger: SQLite in one file, or PostgreSQL. One writer at a time, many readers.

SQLite runs in WAL mode with `synchronous=FULL`: with NORMAL a power cut took the last 100 commits
(measured), and decisions and the outbox cannot be fetched again from a mailbox. Writers are put in a
row by `BEGIN IMMEDIATE`, on PostgreSQL by an advisory lock, so that numbers without gaps, the chain of
the history and "look, then write" are safe on both.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.exc import DatabaseError, OperationalError

from ledger.errors import (
    DamagedLedgerError,
    LedgerBusyError,
    LedgerDatabaseError,
    LedgerLineLostError,
    LedgerStorageError,
)
from ledger.migrations import bring_up_to_date, is_behind, step_reached

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection, Engine

BUSY_SECONDS = 30
_BETWEEN_TRIES = 0.02  # seconds
WRITER_LOCK = 0x746F6E67  # "tong": the advisory lock between writers on PostgreSQL
_STORAGE_WORDS = (
    "disk is full",
    "disk I/O error",
    "readonly database",
    "unable to open",
    "No space left",
    "could not extend",
)


@dataclass(frozen=True, slots=True)
class Database:
    """An open database whose schema is the one this program knows."""

    engine: Engine

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction of the one writer; undone when the block raises.

        Raises:
            LedgerBusyError: another writer held on for 30 seconds.
            LedgerStorageError: the disk refused.
            LedgerLineLostError: the server went away; at COMMIT nobody knows whether it took place.

        """
        with named_errors(), self.engine.execution_options(writer=True).begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot for any number of questions."""
        with named_errors(), self._reader().begin() as connection:
            yield connection

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    def _reader(self) -> Engine:
        if self.engine.dialect.name == "postgresql":
            return self.engine.execution_options(isolation_level="REPEATABLE READ")
        return self.engine


def open_database(url: str) -> Database:
    """Open the database of that URL, make it where it is not there, bring its schema up to date.

    `sqlite:////folder/ledger.sqlite` or `postgresql://user@host/name`.

    Raises:
        DamagedLedgerError: it fails its integrity check, or the file is no database.
        SchemaTooNewError: a later version of the program wrote it.
        LedgerDatabaseError: it cannot be opened at all.

    """
    engine = connect_engine(url)
    database = Database(engine)
    try:
        with named_errors():
            _check_integrity(engine)
            _keep_before_upgrade(engine, url)
        with database.writing() as connection:
            bring_up_to_date(connection)
    except BaseException:
        engine.dispose()
        raise
    return database


def copy_sqlite(source: Path, target: Path) -> None:
    """The online backup of one SQLite file into another, which is one file afterwards."""
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")
    target.chmod(0o600)


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite URL; None for another database."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database)


@contextmanager
def named_errors() -> Iterator[None]:
    """Give the database's own errors the names of ours."""
    try:
        yield
    except OperationalError as error:
        raise _named(error) from error
    except DatabaseError as error:
        if "malformed" in str(error.orig) or "not a database" in str(error.orig):
            raise DamagedLedgerError(f"the ledger is damaged: {error.orig}") from error
        raise


def _named(error: OperationalError) -> LedgerDatabaseError:
    said = str(error.orig)
    if "locked" in said or "busy" in said:
        return LedgerBusyError(f"the ledger is held by another writer: {said}")
    if any(words in said for words in _STORAGE_WORDS):
        return LedgerStorageError(f"the ledger cannot be written: {said}", why=said)
    if error.connection_invalidated:
        return LedgerLineLostError(f"the ledger's database went away: {said}")
    return LedgerDatabaseError(f"the ledger's database refused: {said}")


def connect_engine(url: str, **connect_args: Any) -> Engine:
    """The engine of a URL, set up for ledgers, schema unlooked-at."""
    parsed = _with_driver(make_url(url))
    file = sqlite_file(url)
    if file is not None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    sqlite = parsed.get_backend_name() == "sqlite"
    # pre_ping: a PostgreSQL that was restarted costs one new connection, not one failed transaction
    wait = {"timeout": BUSY_SECONDS} if sqlite else {}
    engine = create_engine(parsed, pool_pre_ping=not sqlite, connect_args=connect_args | wait)
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)
    return engine


def _with_driver(url: URL) -> URL:
    plain = url.drivername in {"postgresql", "postgres"}
    return url.set(drivername="postgresql+psycopg") if plain else url


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not open transactions of its own
    connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    _keep_log_ahead(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _keep_log_ahead(connection: Any) -> None:
    """Set WAL mode; of several that open a new file at once SQLite refuses some without waiting."""
    last = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchall()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > last:
                raise
            time.sleep(_BETWEEN_TRIES)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    writer = connection.get_execution_options().get("writer")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("writer"):
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})


def _keep_before_upgrade(engine: Engine, url: str) -> None:
    """Copy a SQLite ledger that an earlier version wrote, before its steps are run: `…before-0001.sqlite3`.

    PostgreSQL undoes a step that fails by itself; its copies are made by `tonghop backup`.
    """
    file = sqlite_file(url)
    with engine.connect() as connection:
        if file is None or not is_behind(connection):
            return
        kept = file.with_name(f"{file.stem}.before-{step_reached(connection)}{file.suffix}")
    if not kept.exists():  # one of an upgrade that was cut short is the older and better one
        part = kept.with_name(f".{kept.name}.part")
        part.unlink(missing_ok=True)
        copy_sqlite(file, part)
        part.rename(kept)


def _check_integrity(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if said != "ok":
        raise DamagedLedgerError(f"the ledger fails its integrity check: {said}")
