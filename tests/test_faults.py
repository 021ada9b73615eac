"""Faults of line, disk, database and clock between program and world; afterwards `audit` is clean.

The table in docs/reliability.md says which row of the failure model each test proves.
"""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import ledger.database
from tests.dovecot import Dovecot, line_to, running_dovecot
from tests.offices import (
    Office,
    command,
    environment,
    figures,
    inside,
    make_office,
    report_mail,
    round_of_mail,
)
from tests.test_desk_daemon import SECRET, mailbox

UNITS = ("binh-minh", "dong-tam", "hoa-lac", "y-te")


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with running_dovecot() as running:
        for number, unit in enumerate(UNITS, 1):
            mail = report_mail(unit, figures(number))
            running.append("loi", mail, date=f"0{number}-Jun-2023 08:00:00 +0700")
        yield running


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("TONGHOP_PASSWORD", SECRET["TONGHOP_PASSWORD"])
    return make_office(tmp_path)


def polled(office: Office) -> int:
    from typer.testing import CliRunner

    from desk.cli import app

    return CliRunner().invoke(app, office.words("poll")).exit_code


def whole(office: Office) -> None:
    """Every mail is there once, stands somewhere, and nothing was changed."""
    found = office.run("audit", "--json").json
    inbox = found["folders"][0]
    assert (inbox["server"], inbox["booked"]) == (4, 4)
    assert (found["messages"], found["flaws"]) == (4, [])
    assert {unit: office.states()[unit] for unit in UNITS} == dict.fromkeys(UNITS, "on_time")


@pytest.mark.parametrize("after", [200, 1_500, 6_000, 15_000])
def test_a_line_cut_anywhere_even_within_a_literal_loses_and_doubles_nothing(
    office: Office, server: Dovecot, after: int
) -> None:
    """The first connections break after so many bytes; each later one carries a little more."""
    carried: dict[int, int] = {}

    def cut(connection: int, octets: bytes) -> bytes | None:
        carried[connection] = carried.get(connection, 0) + len(octets)
        return None if connection <= 4 and carried[connection] > after * connection else octets

    with line_to(server.port, cut) as line:
        mailbox(office, line.port, "loi")
        codes = [polled(office) for _ in range(6)]
        assert line.connections > 1 or not any(codes)
        assert codes[-1] == 0
        whole(office)


def test_a_line_that_drips_is_waited_for(office: Office, server: Dovecot) -> None:
    def drip(_connection: int, octets: bytes) -> bytes:
        time.sleep(0.03)
        return octets

    with line_to(server.port, drip) as line:
        mailbox(office, line.port, "loi")
        assert polled(office) == 0
        whole(office)


def test_a_disk_that_takes_no_large_file_acknowledges_nothing_and_goes_on_when_there_is_room(
    office: Office, server: Dovecot
) -> None:
    mailbox(office, server.port, "loi")
    for limit in (1_000, 20_000, 120_000):  # archive, journal, ledger: whichever write comes first
        ran = subprocess.run(
            command(office.words("poll", "--json")),
            env=environment(SECRET),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),  # noqa: B023
        )
        assert ran.returncode in {5, 7}, ran.stderr
        assert "Traceback" not in ran.stderr
    assert polled(office) == 0
    whole(office)


def test_a_ledger_somebody_holds_is_waited_for_and_then_told(
    office: Office, server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox(office, server.port, "loi")
    office.run("status")
    monkeypatch.setattr(ledger.database, "BUSY_SECONDS", 1)
    with sqlite3.connect(office.ledger_file, isolation_level=None) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        assert "đang được" in office.run("poll", code=5).err
        holder.execute("ROLLBACK")
    holder.close()
    assert polled(office) == 0
    whole(office)


def test_a_clock_that_falls_back_chases_nobody_and_moves_no_arrival(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    round_of_mail(office)
    office.take_in()
    office.run("remind", "--queue")
    before, states = queued(office), office.states()
    assert before
    for clock in ("1970-01-02T09:00:00+07:00", "2022-06-07T09:00:00+07:00"):
        fallen = replace(office, now=clock).run("remind", "--queue", code=3)
        assert "Đồng hồ" in fallen.err
    office.run("remind", "--queue")
    assert (queued(office), office.states()) == (before, states)
    office.run("verify")


def queued(office: Office) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = inside(
        office, lambda opened: [(mail.unit, mail.step) for mail in opened.ledger.outbox()]
    )
    return found


def test_a_message_lost_by_the_disk_is_taken_from_the_server_again(office: Office, server: Dovecot) -> None:
    mailbox(office, server.port, "loi")
    assert polled(office) == 0
    damaged = next(path for path in (office.home / "archive").rglob("*") if len(path.name) == 64)
    octets = damaged.read_bytes()
    damaged.write_bytes(b"x" + octets[1:])
    assert [flaw["code"] for flaw in _flaws(office)] == ["message_changed"]
    with sqlite3.connect(office.ledger_file) as known:  # the folder is listed anew
        known.execute("DELETE FROM folder_marks")
    known.close()
    assert polled(office) == 0
    assert damaged.read_bytes() == octets
    whole(office)


def _flaws(office: Office) -> Any:
    return office.run("verify", "--json", code=1).json["flaws"]
