"""A private PostgreSQL on a free loopback port, from the system's packages; gone after the tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SERVER_USER = "postgres"  # the server refuses to run as root


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server; every test asks it for a database of its own."""

    port: int
    _control: tuple[str, ...]  #: pg_ctl of this cluster
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def new_database(self, template: str = "template0") -> str:
        """The URL of a new database."""
        name = f"ledger_{os.getpid()}_{next(self._numbers)}"
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'".encode())
        return f"postgresql://{SERVER_USER}@127.0.0.1:{self.port}/{name}"

    def restart(self) -> None:
        """Cut every session at once, as a crash does, and be there again."""
        _run([*self._control, "-m", "immediate", "restart"])

    def _address(self, name: str) -> str:
        return f"host=127.0.0.1 port={self.port} user={SERVER_USER} dbname={name}"


@contextmanager
def private_postgres() -> Iterator[PostgresServer]:
    """Start a server on an empty cluster; fails the test when the machine has none."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="tonghop-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, SERVER_USER)
    port = _free_port()
    control = (str(programs / "pg_ctl"), "-D", str(folder / "data"), "-s", "-w", "-l", str(folder / "log"))
    try:
        _run([str(programs / "initdb"), "-D", str(folder / "data"), "-U", SERVER_USER,
              "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"])  # fmt: skip
        settings = f"-h 127.0.0.1 -p {port} -k {folder} -c fsync=off"
        _run([*control, "-o", settings, "start"])
        try:
            yield PostgresServer(port, control)
        finally:
            _run([*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = next((folder for folder in versions if (folder / "initdb").exists()), None)
    if found is None and (elsewhere := shutil.which("initdb")):
        found = Path(elsewhere).parent
    if found is None:
        pytest.fail(
            "The ledger is tested on a real PostgreSQL: install the package postgresql (no initdb found)."
        )
    return found


def _run(command: Sequence[str]) -> None:
    as_server = ["runuser", "-u", SERVER_USER, "--"] if os.geteuid() == 0 else []
    done = subprocess.run([*as_server, *command], cwd="/", capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"{command[0]} failed: {done.stderr or done.stdout}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
