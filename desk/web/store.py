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

from desk.web.store_steps import bring_up_to_date
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
    Column("totp_secret", Text),  # base32; None: no second factor
    Column("totp_used", Integer),  # the time step of the last code that was taken: none is taken twice
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("account", String(LONGEST_NAME), primary_key=True),
    Column("code_sha256", String(64), primary_key=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_sha256", String(64), primary_key=True),
    Column("id", String(16), nullable=False),  # what a page calls it
    Column("account", String(LONGEST_NAME), nullable=False),
    Column("form_token", String(64), nullable=False),
    Column("language", String(2), nullable=False),
    Column("address", Text, nullable=False),
    Column("browser", Text, nullable=False),  # as it calls itself, cut
    Column("began_at", Moment, nullable=False),
    Column("used_at", Moment, nullable=False),
    Column("confirmed_at", Moment, nullable=False),  # when the password was given last
    Column("totp_offered", Text),  # a secret shown and not yet confirmed by a code
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
    Column("previous_sha256", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
    Index("ix_sign_ins_at", "at"),
)


def open_store(home: Path) -> Database:
    """The desk's database of that home folder, made when it is not there; only its owner may read it.

    Raises:
        LedgerDatabaseError: it cannot be opened.
        SchemaTooNewError: a later version of the program wrote it.
    """
    file = home / FILE
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    store = Database(connect_engine(f"sqlite:///{file}"))
    with store.writing() as connection:
        bring_up_to_date(connection)
    return store
