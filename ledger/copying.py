"""A copy of a ledger as it is at one moment, while others go on writing to it.

A SQLite file is copied by SQLite's own online backup (https://www.sqlite.org/backup.html), which in WAL
mode neither waits for a writer nor makes one wait. From and to PostgreSQL the rows are carried over in one
snapshot, so that a backup is one file whatever database the office uses.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, text

from ledger.database import copy_sqlite, open_database, sqlite_file
from ledger.errors import LedgerNotEmptyError
from ledger.models import archived, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Table

_ROWS = 1000


def copy_to_file(url: str, target: Path) -> None:
    """Write the ledger of that URL into a new SQLite file, as of this moment.

    Raises:
        LedgerDatabaseError: the ledger cannot be read, or the disk refused.

    """
    source = sqlite_file(url)
    if source is not None:
        copy_sqlite(source, target)
        return
    _carry(url, f"sqlite:///{target}")
    with closing(sqlite3.connect(target)) as made:
        made.execute("PRAGMA journal_mode=DELETE")  # one file, without a WAL beside it


def copy_from_file(source: Path, url: str) -> None:
    """Carry a SQLite ledger into the empty database of that URL.

    Raises:
        LedgerNotEmptyError: the database knows messages already; nothing was changed.

    """
    _carry(f"sqlite:///{source}", url)


def _carry(source_url: str, target_url: str) -> None:
    source, target = open_database(source_url), open_database(target_url)
    try:
        with source.reading() as old, target.writing() as new:
            if new.execute(select(func.count()).select_from(archived)).scalar_one():
                raise LedgerNotEmptyError("the database to restore into holds a ledger already")
            for table in metadata.sorted_tables:
                for rows in _rows(old, table):
                    new.execute(insert(table), rows)
            _go_on_counting(new)
    finally:
        source.close()
        target.close()


def _rows(old: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    query = select(table).order_by(*table.primary_key.columns)
    if table is archived:  # a message comes after the one it is the same as
        query = select(table).order_by(archived.c.same_as.is_not(None), archived.c.archive_id)
    for part in old.execute(query).mappings().partitions(_ROWS):
        yield [dict(row) for row in part]


def _go_on_counting(new: Connection) -> None:
    """Let PostgreSQL number new rows after those that were brought."""
    if new.engine.dialect.name != "postgresql":
        return
    for name in ("sightings", "outbox", "deliveries"):
        new.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), "  # noqa: S608 - names of ours
                f"(SELECT coalesce(max(id), 0) + 1 FROM {name}), false)"
            )
        )
