"""Writes `ledger/migrations/new.sql` again, after a step was added: `python -m tools.new_ledger`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ledger.database import Database, connect_engine
from ledger.migrations import NEW, VERSIONS, bring_up_to_date


def main() -> None:
    """Put the schema that all steps come to in the place of what is there."""
    NEW.write_text(script(), "utf-8")


def script() -> str:
    """The statements that make what all steps, run one after another, make of an empty SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(connect_engine(f"sqlite:///{Path(folder) / 'ledger.sqlite3'}"))
        with database.writing() as connection:
            bring_up_to_date(connection, VERSIONS)
            made = connection.exec_driver_sql(
                "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
            )
            statements = [statement for (statement,) in made]
            (step,) = connection.exec_driver_sql("SELECT version_num FROM alembic_version").one()
        database.close()
    statements.append(f"INSERT INTO alembic_version VALUES ('{step}')")  # noqa: S608 - the name of our step
    return "\n".join(f"{statement};\n" for statement in statements)


if __name__ == "__main__":
    main()
