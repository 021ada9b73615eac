"""A PostgreSQL that is restarted at a COMMIT, before it or after it: the program sees a lost line in both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, Engine, event
from typer.testing import CliRunner

from desk.cli import app
from desk.errors import LEDGER
from ledger.lock import daemon_runs
from tests.offices import PERIOD, REPORT, Office, figures, make_office, report_mail
from tests.postgres import PostgresServer, private_postgres
from tests.test_desk_daemon import seconds_to_stop, until
from tests.test_desk_web_serving import running, told_until_started

UNITS = ("binh-minh", "dong-tam", "hoa-lac", "y-te")


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with private_postgres() as running:
        yield running


@contextmanager
def restarted_at(server: PostgresServer, number: int, *, done: bool) -> Iterator[list[int]]:
    """Restart the server at the n-th COMMIT of a writer; `done`: it took place, and its answer is lost."""
    commits: list[int] = []

    def restart(connection: Connection) -> None:
        if not connection.get_execution_options().get("writer"):
            return
        commits.append(len(commits) + 1)
        if len(commits) != number:
            return
        line = connection.connection.dbapi_connection
        assert line is not None
        if done:
            line.execute("COMMIT")
        server.restart()
        with suppress(psycopg.OperationalError):  # so that the driver sees the line is gone
            line.execute("SELECT 1")

    event.listen(Engine, "commit", restart)
    try:
        yield commits
    finally:
        event.remove(Engine, "commit", restart)


@pytest.mark.parametrize("done", [False, True], ids=["undone", "done, the answer lost"])
def test_a_postgresql_restarted_at_any_commit_loses_and_doubles_nothing(
    tmp_path: Path, server: PostgresServer, done: bool
) -> None:
    """At the n-th commit of each run, for n from 1 until a run has fewer; then one that is left alone."""
    office = make_office(tmp_path)
    office.settings(f"database_url: {server.new_database()}\n")
    office.run("status")
    for number, unit in enumerate(UNITS, 1):
        office.deliver(report_mail(unit, figures(number)), f"2023-06-0{number}T08:00")
    refused = 0
    for number in range(1, 40):
        with restarted_at(server, number, done=done) as commits:
            said = CliRunner().invoke(app, office.import_command())
        if len(commits) < number:
            break
        refused += 1
        assert said.exit_code == LEDGER, said.output
        assert "Mất kết nối với cơ sở dữ liệu" in said.stderr
    assert refused > 2
    office.take_in()
    settled(office)


def settled(office: Office) -> None:
    """Every mail is there once and booked once."""
    office.run("verify")
    assert [each["state"] for each in office.listed("messages")] == ["booked"] * 4
    assert {unit: office.states()[unit] for unit in UNITS} == dict.fromkeys(UNITS, "on_time")
    with office.opened() as opened:
        recorded = [each.subject for each in opened.ledger.history(event="message_recorded")]
        assert len(opened.ledger.submissions(REPORT, PERIOD)) == 4
    assert sorted(recorded) == sorted(set(recorded))


def test_an_idle_daemon_whose_postgresql_was_restarted_is_still_the_only_one(
    tmp_path: Path, server: PostgresServer
) -> None:
    office, url = make_office(tmp_path), server.new_database()
    office.settings(f"database_url: {url}\n")
    with running(office, "run") as daemon:
        told_until_started(daemon)
        until(lambda: is_idle(url), 60)
        server.restart()
        until(lambda: daemon_runs(url), 20)
        assert str(daemon.pid) in office.run("run", "--once", code=LEDGER).err
        assert seconds_to_stop(daemon) < 5
        assert daemon.returncode == 0


def is_idle(url: str) -> bool:
    """Whether no session but those that hold locks has done anything for two seconds."""
    question = (
        "SELECT coalesce(max(state_change) < now() - interval '2 s', false) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND application_name NOT LIKE 'tonghop%'"
    )
    with psycopg.connect(url) as connection:
        (found,) = connection.execute(question).fetchone() or (False,)
    return bool(found)
