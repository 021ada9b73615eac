"""A home of the first program under today's: every step of the schema over a ledger that holds a round."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from tests.offices import PERIOD, REPORT, Office, make_office, round_of_mail

WHERE = ("-r", REPORT, "-k", PERIOD)
ADDED = {"submissions": ("document",), "outbox": ("about", "answers", "thread", "files")}


def shown(office: Office) -> list[Any]:
    return [office.listed(*words, *WHERE) for words in (("values",), ("status",), ("findings",))]


def as_the_first_program_left_it(file: Path) -> None:
    with sqlite3.connect(file) as database:
        for table, columns in ADDED.items():
            for column in columns:
                database.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        database.execute("DROP TABLE settled")
        database.execute("ALTER TABLE messages ADD COLUMN message_id_key VARCHAR(64) NOT NULL DEFAULT ''")
        database.execute("CREATE INDEX ix_messages_message_id_key ON messages (message_id_key)")
        database.execute("UPDATE alembic_version SET version_num = '0001'")


def columns(file: Path) -> set[tuple[str, str]]:
    """Every column by its table."""
    with sqlite3.connect(file) as database:
        found = database.execute(
            "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'"
        )
        return set(found)


def test_a_ledger_of_the_first_schema_goes_through_every_step_with_all_it_holds(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    round_of_mail(office)
    office.take_in()
    office.run("consolidate", *WHERE)
    before, new = shown(office), columns(office.ledger_file)
    as_the_first_program_left_it(office.ledger_file)
    assert shown(office) == before
    assert columns(office.ledger_file) == new
    kept = office.home / "tonghop.before-0001.sqlite3"
    with sqlite3.connect(kept) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    office.run("verify")
    assert office.listed("rebuild")["differences"] == []
