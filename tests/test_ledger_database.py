"""The database is safe against power cuts, older programs, damage, and two starts at once."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import DateTime, insert, inspect, text
from sqlalchemy.dialects import sqlite

import ledger.migrations
from ledger.database import Database, connect_engine, open_database
from ledger.errors import DamagedLedgerError, LedgerBusyError, LedgerDatabaseError, SchemaTooNewError
from ledger.migrations import HEAD, NEW, VERSIONS, bring_up_to_date
from ledger.models import Moment, folder_marks, metadata
from tests.postgres import PostgresServer, private_postgres
from tools.new_ledger import script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with private_postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def two_urls(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    if request.param == "postgresql":
        running = request.getfixturevalue("server")
        return running.new_database(), running.new_database()
    return f"sqlite:///{tmp_path / 'a.sqlite'}", f"sqlite:///{tmp_path / 'b.sqlite'}"


@pytest.fixture
def url(two_urls: tuple[str, str]) -> str:
    return two_urls[0]


def _shape(connection: Connection) -> dict[str, Any]:
    """Tables with columns, keys, indexes and references, as the database itself tells them."""
    look = inspect(connection)
    return {
        table: {
            "columns": {c["name"]: (str(c["type"]), c["nullable"]) for c in look.get_columns(table)},
            "key": look.get_pk_constraint(table),
            "indexes": sorted((str(i["name"]), i["column_names"]) for i in look.get_indexes(table)),
            "unique": sorted((str(u["name"]), u["column_names"]) for u in look.get_unique_constraints(table)),
            "references": sorted(
                (str(f["name"]), f["constrained_columns"], f["referred_table"], f["referred_columns"])
                for f in look.get_foreign_keys(table)
            ),
        }
        for table in look.get_table_names()
        if table != "alembic_version"
    }


def test_migrations_and_models_arrive_at_the_same_schema(two_urls: tuple[str, str]) -> None:
    migrated = open_database(two_urls[0])
    modelled = connect_engine(two_urls[1])
    metadata.create_all(modelled)
    with migrated.reading() as stepped, modelled.connect() as made:
        assert _shape(stepped) == _shape(made)
        assert set(_shape(made)) == set(metadata.tables)
        assert compare_metadata(MigrationContext.configure(stepped), metadata) == []
    migrated.close()
    modelled.dispose()


def test_a_new_ledger_is_what_all_steps_come_to(tmp_path: Path) -> None:
    assert NEW.read_text("utf-8") == script(), "python -m tools.new_ledger writes it again"
    made = []
    for name, versions in (("steps", VERSIONS), ("anew", None)):
        database = Database(connect_engine(f"sqlite:///{tmp_path / name}.sqlite3"))
        with database.writing() as connection:
            bring_up_to_date(connection, versions)
            schema = connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master")
            steps = connection.exec_driver_sql("SELECT version_num FROM alembic_version")
            made.append((sorted(map(repr, schema)), steps.scalars().all()))
        database.close()
    assert made[0] == made[1]


def test_opening_again_changes_nothing(url: str) -> None:
    row = {"account": "a", "folder": "INBOX", "uid_validity": 1, "last_uid": 7}
    database = open_database(url)
    with database.writing() as connection:
        connection.execute(insert(folder_marks).values(**row))
        shape = _shape(connection)
    database.close()
    database = open_database(url)
    with database.reading() as connection:
        assert _shape(connection) == shape
        assert [dict(found) for found in connection.execute(folder_marks.select()).mappings()] == [row]
    database.close()


def test_a_ledger_of_a_later_program_is_refused_and_left_alone(url: str) -> None:
    database = open_database(url)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(SchemaTooNewError, match="9999"):
        open_database(url)
    engine = connect_engine(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
    engine.dispose()


def test_the_step_at_which_alembic_is_spared_is_the_last_one() -> None:
    configuration = Config()
    configuration.set_main_option("script_location", str(VERSIONS.parent))
    assert ScriptDirectory.from_config(configuration).get_heads() == [HEAD]


def _with_a_step_that_fails_halfway(folder: Path) -> tuple[Path, str]:
    """All steps there are and one more that breaks; and the last step before it."""
    for step in VERSIONS.glob("[0-9]*.py"):
        (folder / step.name).write_text(step.read_text("utf-8"), "utf-8")
    last = max(step.name[:4] for step in folder.glob("[0-9]*.py"))
    (folder / "9999_breaks.py").write_text(
        "from alembic import op\nimport sqlalchemy as sa\n"
        f"revision, down_revision, branch_labels, depends_on = '9999', '{last}', None, None\n"
        "def upgrade():\n"
        "    op.create_table('half', sa.Column('a', sa.Integer))\n"
        "    raise RuntimeError('cut')\n"
    )
    return folder, last


def test_a_step_cut_short_leaves_the_schema_as_it_was(url: str, tmp_path: Path) -> None:
    database = open_database(url)
    versions = tmp_path / "versions"
    versions.mkdir()
    broken, last = _with_a_step_that_fails_halfway(versions)
    with pytest.raises(RuntimeError, match="cut"), database.writing() as connection:
        bring_up_to_date(connection, broken)
    with database.reading() as connection:
        assert "half" not in inspect(connection).get_table_names()
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == last
    database.close()


def test_a_ledger_of_an_earlier_program_is_copied_before_its_steps_are_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "so.sqlite3"
    open_database(f"sqlite:///{file}").close()
    with sqlite3.connect(file) as database:
        (step,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
        database.execute("INSERT INTO folder_marks VALUES ('a', 'b', 1, 2)")
    versions = tmp_path / "versions"
    shutil.copytree(VERSIONS, versions)
    (versions / "9999_later.py").write_text(
        "from alembic import op\nimport sqlalchemy as sa\n"
        f"revision, down_revision, branch_labels, depends_on = '9999', '{step}', None, None\n"
        "def upgrade():\n    op.drop_table('folder_marks')\n"
    )
    monkeypatch.setattr(ledger.migrations, "VERSIONS", versions)
    monkeypatch.setattr(ledger.migrations, "HEAD", "9999")
    for _ in range(2):
        open_database(f"sqlite:///{file}").close()
    kept = tmp_path / f"so.before-{step}.sqlite3"
    with sqlite3.connect(kept) as database:
        assert database.execute("SELECT last_uid FROM folder_marks").fetchall() == [(2,)]
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == (step,)
    with sqlite3.connect(file) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)
    assert sorted(path.name for path in tmp_path.glob("*.before-*")) == [kept.name]


def test_a_block_that_raises_writes_nothing(url: str) -> None:
    database = open_database(url)
    row = {"account": "a", "folder": "b", "uid_validity": 1, "last_uid": 1}
    with pytest.raises(ZeroDivisionError), database.writing() as connection:
        connection.execute(insert(folder_marks).values(account=str(1 // 0), **row))
    with database.reading() as connection:
        assert connection.execute(folder_marks.select()).all() == []
    database.close()


def test_many_first_starts_at_once_make_one_ledger(url: str) -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom ledger.database import open_database\n"
    code += f"print(flush=True); input()\nopen_database({url!r}).close()"
    pipe = subprocess.PIPE
    starts = [
        subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe, stderr=pipe) for _ in range(6)
    ]
    for start in starts:
        assert start.stdout is not None
        start.stdout.readline()  # all is loaded: from here on they race
    for start in starts:
        assert start.stdin is not None
        start.stdin.write(b"\n")
        start.stdin.flush()
    said = [start.communicate()[1].decode() for start in starts]
    assert [start.returncode for start in starts] == [0] * 6, said


def test_sqlite_is_set_to_lose_no_commit_in_a_power_cut(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'so.sqlite'}")
    with database.reading() as connection:
        told = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    database.close()
    assert told == ["wal", 2, 1, 30000]


def test_a_reader_keeps_its_snapshot_while_another_writes(url: str) -> None:
    database = open_database(url)
    row = {"account": "a", "folder": "b", "uid_validity": 1, "last_uid": 1}
    with database.reading() as reader:
        assert reader.execute(folder_marks.select()).all() == []
        with database.writing() as writer:
            writer.execute(insert(folder_marks).values(**row))
        assert reader.execute(folder_marks.select()).all() == []
    with database.reading() as reader:
        assert len(reader.execute(folder_marks.select()).all()) == 1
    database.close()


def test_a_file_that_is_no_database_is_called_damaged(tmp_path: Path) -> None:
    (tmp_path / "so.sqlite").write_bytes(b"this is no ledger at all" * 100)
    with pytest.raises(DamagedLedgerError):
        open_database(f"sqlite:///{tmp_path / 'so.sqlite'}")


def test_a_ledger_with_a_destroyed_page_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "so.sqlite"
    open_database(f"sqlite:///{file}").close()
    octets = bytearray(file.read_bytes())
    for page in range(4096 * 2, len(octets) - 4096, 4096 * 3):
        octets[page : page + 2048] = b"\xff" * 2048
    file.write_bytes(octets)
    with pytest.raises(DamagedLedgerError):
        open_database(f"sqlite:///{file}")


def test_a_ledger_held_by_another_writer_is_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.database.BUSY_SECONDS", 0.2)
    file = tmp_path / "so.sqlite"
    database = open_database(f"sqlite:///{file}")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerBusyError), database.writing():
        pass
    other.close()
    database.close()


def test_a_server_that_is_not_there_is_said() -> None:
    with pytest.raises(LedgerDatabaseError):
        open_database("postgresql://nobody@127.0.0.1:1/none")


@pytest.mark.parametrize("moment", ["2023-05-31T08:30:00+07:00", "0999-01-01T00:00:00.000120+00:00"])
def test_a_moment_is_kept_as_the_library_keeps_one_so_that_old_and_new_rows_compare(moment: str) -> None:
    told, dialect = datetime.fromisoformat(moment), sqlite.dialect()
    written, by_library = (
        Moment().bind_processor(dialect),
        DateTime().dialect_impl(dialect).bind_processor(dialect),
    )
    read = Moment().result_processor(dialect, None)
    assert written is not None
    assert by_library is not None
    assert read is not None
    assert written(told) == by_library(told.astimezone(UTC).replace(tzinfo=None))
    assert read(written(told)) == told
    assert (written(None), read(None)) == (None, None)
