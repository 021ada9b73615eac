"""The desk's own database, `desk.sqlite3` of the home folder: accounts, sessions, the audit of sign-ins.

It stands beside the ledger and not in it. A ledger is rebuilt from mail, configuration and decisions, may
be copied to somebody who looks at it, and may lie on a PostgreSQL that serves several desks; none of that
should move, show or end an account. And noting that a session is still in use must never wait for the
daemon's transaction. What an officer decides goes into the ledger, under the name of the account.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sqlalchemy import Boolean, Column, Index, Integer, MetaData, String, Table, Text

from ledger.database import Database, connect_engine
from ledger.models import Moment

if TYPE_CHECKING:
    from pathlib import Path

FILE = "desk.sqlite3"
LONGEST_NAME = 64  #: letters of an account's name
metadata = MetaData()

accounts = Table(
    "accounts",
    metadata,
    Column("name", String(LONGEST_NAME), primary_key=True),
    Column("shown_name", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("one_time_until", Moment),  # set: the password must be changed, and ends then
    Column("disabled", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_sha256", String(64), primary_key=True),
    Column("account", String(64), nullable=False),
    Column("form_token", String(64), nullable=False),
    Column("language", String(2), nullable=False),
    Column("address", Text, nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("used_at", Moment, nullable=False),
    Index("ix_sessions_account", "account"),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("account", Text, nullable=False),  # as typed, known or not
    Column("address", Text, nullable=False),
    Column("event", String(32), nullable=False),
    Index("ix_sign_ins_at", "at"),
)


def open_store(home: Path) -> Database:
    """The desk's database of that home folder, made when it is not there; only its owner may read it.

    Raises:
        LedgerDatabaseError: it cannot be opened.
    """
    file = home / FILE
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    store = Database(connect_engine(f"sqlite:///{file}"))
    with store.writing() as connection:
        metadata.create_all(connection)
    return store
