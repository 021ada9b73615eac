"""The steps of the schema, run by alembic from inside the installed package, without alembic.ini."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from ledger.errors import SchemaTooNewError

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

VERSIONS = Path(__file__).parent / "versions"
#: What all steps together make of an empty SQLite file, written by `python -m tools.new_ledger`.
NEW = Path(__file__).parent / "new.sql"
#: The last of the steps: a database that stands there needs no alembic, which is slow to import.
HEAD = "0005"


def step_reached(connection: Connection) -> str:
    """The step the database is at; empty where there is no ledger yet."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return ",".join(sorted(connection.execute(text("SELECT version_num FROM alembic_version")).scalars()))


def knows_step(step: str) -> bool:
    """Whether this program knows a step a database or a backup is at."""
    return step == HEAD or step in _known_steps()


def is_behind(connection: Connection) -> bool:
    """Whether an earlier version of the program wrote the database, so that steps are to be run on it."""
    reached = step_reached(connection)
    return reached not in {"", HEAD} and reached in _known_steps()


def _known_steps() -> set[str]:
    from alembic.script import ScriptDirectory

    steps = ScriptDirectory(str(VERSIONS.parent), version_locations=[str(VERSIONS)])
    return {step.revision for step in steps.walk_revisions()}


def bring_up_to_date(connection: Connection, versions: Path | None = None) -> None:
    """Run the steps the database lacks, inside the caller's transaction: all of them or none.

    Raises:
        SchemaTooNewError: the database is at a step this program does not know.

    """
    if versions is None:
        if _is_empty_file(connection):
            _make_anew(connection)
        if step_reached(connection) == HEAD:
            return
    from alembic import command
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    configuration = _configuration(connection, versions or VERSIONS)
    steps = ScriptDirectory.from_config(configuration)
    known = {step.revision for step in steps.walk_revisions()}
    reached = set(MigrationContext.configure(connection).get_current_heads())
    if not reached <= known:
        raise SchemaTooNewError(
            f"the ledger is at step {', '.join(sorted(reached - known))}, which this program does not know"
        )
    if reached != set(steps.get_heads()):
        command.upgrade(configuration, "heads")


def _is_empty_file(connection: Connection) -> bool:
    if connection.dialect.name != "sqlite":
        return False
    return not connection.exec_driver_sql("SELECT 1 FROM sqlite_master LIMIT 1").all()


def _make_anew(connection: Connection) -> None:
    """All steps at once, without alembic."""
    for statement in NEW.read_text("utf-8").split(";\n\n"):
        connection.exec_driver_sql(statement.removesuffix(";\n"))


def _configuration(connection: Connection, versions: Path) -> Config:
    from alembic.config import Config

    configuration = Config()
    configuration.set_main_option("script_location", _escaped(Path(__file__).parent))
    configuration.set_main_option("version_locations", _escaped(versions))
    configuration.set_main_option("path_separator", "os")
    configuration.attributes["connection"] = connection
    return configuration


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")
