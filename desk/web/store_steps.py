"""The steps of the desk's own database, counted in SQLite's `user_version`.

Written out and not taken from `store`: a step must mean the same for ever. It is always SQLite and three
small tables, so that alembic, which every start would have to import, is more than it needs.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import text

from ledger.errors import SchemaTooNewError
from ledger.history import NOTHING_BEFORE, chained

if TYPE_CHECKING:
    from sqlalchemy import Connection

Step = Callable[["Connection"], None]


def bring_up_to_date(connection: Connection) -> None:
    """Run the steps the database lacks, inside the caller's transaction: all of them or none.

    Raises:
        SchemaTooNewError: the database is at a step this program does not know.
    """
    reached = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    if reached > len(STEPS):
        raise SchemaTooNewError(f"the desk's database is at step {reached}, which this program does not know")
    for step in STEPS[reached:]:
        step(connection)
    if reached < len(STEPS):
        connection.exec_driver_sql(f"PRAGMA user_version = {len(STEPS)}")


def _first(connection: Connection) -> None:
    """Accounts, sessions, sign-ins. The first desks did not count steps and have these tables."""
    _run(
        connection,
        """CREATE TABLE IF NOT EXISTS accounts (
            name VARCHAR(64) NOT NULL PRIMARY KEY, shown_name TEXT NOT NULL, role VARCHAR(16) NOT NULL,
            password_hash TEXT NOT NULL, one_time_until DATETIME, disabled BOOLEAN NOT NULL,
            created_at DATETIME NOT NULL)""",
        """CREATE TABLE IF NOT EXISTS sessions (
            token_sha256 VARCHAR(64) NOT NULL PRIMARY KEY, account VARCHAR(64) NOT NULL,
            form_token VARCHAR(64) NOT NULL, language VARCHAR(2) NOT NULL, address TEXT NOT NULL,
            began_at DATETIME NOT NULL, used_at DATETIME NOT NULL)""",
        """CREATE TABLE IF NOT EXISTS sign_ins (
            number INTEGER NOT NULL PRIMARY KEY, at DATETIME NOT NULL, account TEXT NOT NULL,
            address TEXT NOT NULL, event VARCHAR(32) NOT NULL)""",
        "CREATE INDEX IF NOT EXISTS ix_sessions_account ON sessions (account)",
        "CREATE INDEX IF NOT EXISTS ix_sign_ins_at ON sign_ins (at)",
    )


def _second(connection: Connection) -> None:
    """A second factor; sessions one can tell apart and end; a chained audit. Everybody signs in anew."""
    _run(
        connection,
        "ALTER TABLE accounts ADD COLUMN totp_secret TEXT",
        "ALTER TABLE accounts ADD COLUMN totp_used INTEGER",
        """CREATE TABLE recovery_codes (
            account VARCHAR(64) NOT NULL, code_sha256 VARCHAR(64) NOT NULL,
            PRIMARY KEY (account, code_sha256))""",
        "DROP TABLE sessions",
        """CREATE TABLE sessions (
            token_sha256 VARCHAR(64) NOT NULL PRIMARY KEY, id VARCHAR(16) NOT NULL,
            account VARCHAR(64) NOT NULL, form_token VARCHAR(64) NOT NULL, language VARCHAR(2) NOT NULL,
            address TEXT NOT NULL, browser TEXT NOT NULL, began_at DATETIME NOT NULL,
            used_at DATETIME NOT NULL, confirmed_at DATETIME NOT NULL, totp_offered TEXT)""",
        "CREATE INDEX ix_sessions_account ON sessions (account)",
        "ALTER TABLE sign_ins RENAME TO sign_ins_before",
        "DROP INDEX ix_sign_ins_at",
        """CREATE TABLE sign_ins (
            number INTEGER NOT NULL PRIMARY KEY, at DATETIME NOT NULL, account TEXT NOT NULL,
            address TEXT NOT NULL, event VARCHAR(32) NOT NULL,
            previous_sha256 VARCHAR(64) NOT NULL, sha256 VARCHAR(64) NOT NULL)""",
        "CREATE INDEX ix_sign_ins_at ON sign_ins (at)",
    )
    _chain_what_was_there(connection)
    connection.exec_driver_sql("DROP TABLE sign_ins_before")
    for change in ("UPDATE", "DELETE"):
        connection.exec_driver_sql(
            f"CREATE TRIGGER sign_ins_refuse_{change.lower()} BEFORE {change} ON sign_ins "
            "BEGIN SELECT RAISE(ABORT, 'sign_ins is only ever added to'); END"
        )


def _third(connection: Connection) -> None:
    """Administrators. Officers were administrators too until now, and stay so."""
    _run(connection, "UPDATE accounts SET role = 'administrator' WHERE role = 'officer'")


def _chain_what_was_there(connection: Connection) -> None:
    """Number the events from 1 and chain them."""
    previous = NOTHING_BEFORE
    found = connection.exec_driver_sql(
        "SELECT at, account, address, event FROM sign_ins_before ORDER BY number"
    )
    for number, (at, account, address, event) in enumerate(found.all(), 1):
        row = {
            "number": number,
            "at": datetime.fromisoformat(at).replace(tzinfo=UTC),
            "actor": account,
            "event": event,
            "subject": address,
            "detail": {},
            "previous_sha256": previous,
        }
        previous = row["sha256"] = chained(row)
        connection.execute(
            text(
                "INSERT INTO sign_ins VALUES "
                "(:number, :at, :actor, :subject, :event, :previous_sha256, :sha256)"
            ),
            row | {"at": at},
        )


def _run(connection: Connection, *statements: str) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)


STEPS: tuple[Step, ...] = (_first, _second, _third)
