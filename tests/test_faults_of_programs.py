"""Programs and servers beside ours that misbehave: a converter that floods the disk, eats memory or answers
nothing; a mail server that says more than it was asked. The stand-ins are real programs on a real line.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from config.settings import Encryption
from intake.errors import ConversionOverranError, DamagedFileError, ExtractionError
from intake.extractors import office as converting
from ledger.records import OutboxState
from tests.builders import docx
from tests.dovecot import Dovecot, line_to
from tests.offices import Office
from tests.smtp_server import USER, running_smtp
from tests.test_desk_daemon import mailbox
from tests.test_desk_sender import letter, sender_to
from tests.test_faults import office as office  # noqa: PLC0414 - the fixtures of the same faults
from tests.test_faults import polled, whole
from tests.test_faults import server as server  # noqa: PLC0414

# -- the converter --------------------------------------------------------------------------------------

_LONG = 77.25  #: seconds, such as nobody else sleeps
_MISBEHAVIOURS: dict[str, tuple[str, type[ExtractionError]]] = {
    "floods": ("cat /dev/zero > made", DamagedFileError),
    "deaf": ("trap '' TERM; while :; do sleep 1; done", ConversionOverranError),
    "forks": (f"(setsid sleep {_LONG} &) ; sleep {_LONG} & sleep {_LONG}", ConversionOverranError),
    "says nothing": ("exit 0", DamagedFileError),
    "crashes": ("kill -SEGV $$", DamagedFileError),
    "makes a link": ('mkdir -p "$PWD/made"; ln -s /etc/passwd made/input.docx', DamagedFileError),
}


@pytest.mark.parametrize("name", _MISBEHAVIOURS)
def test_a_converter_that_misbehaves_costs_its_file_alone(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script, fault = _MISBEHAVIOURS[name]
    program, aside = tmp_path / "soffice.bin", tmp_path / "aside"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    aside.mkdir()
    monkeypatch.setattr(converting, "converter", lambda: str(program))
    monkeypatch.setattr(tempfile, "tempdir", str(aside))
    began = time.monotonic()
    with pytest.raises(fault):
        converting.convert(docx("a"), "docx", "docx", 2.0)
    assert time.monotonic() - began < 20
    assert list(aside.iterdir()) == []
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert f"sleep {_LONG}" not in running.splitlines()


# -- servers that say more than they were asked ---------------------------------------------------------


def test_what_is_said_before_the_line_is_private_is_not_taken_for_an_answer() -> None:
    """NO STARTTLS (Poddebniak et al., 2021): answers put behind the one to STARTTLS are thrown away."""
    injected: list[bytes] = []
    forged = b"250-x\r\n250 AUTH LOGIN\r\n235 ok\r\n250 ok\r\n250 ok\r\n354 go on\r\n250 taken\r\n"

    def inject(_connection: int, octets: bytes) -> bytes:
        if octets.startswith(b"220 ") and b"TLS" in octets.upper() and not injected:
            injected.append(octets)
            return octets + forged
        return octets

    with running_smtp(Encryption.STARTTLS) as told, line_to(told.port, inject) as line:
        with sender_to(told, port=line.port) as sender:
            delivery = sender.send(letter())
        assert injected
        assert delivery.state is OutboxState.SENT
        assert (told.logins, len(told.mails)) == ([USER], 1)


@pytest.fixture(
    params=["* OK [ALERT] bao tri\r\n", "* 4 EXISTS\r\n* 1 RECENT\r\n", "* 2 FETCH (FLAGS (\\Seen))\r\n"]
)
def unasked(request: pytest.FixtureRequest) -> bytes:
    return str(request.param).encode()


def test_what_a_mailbox_says_unasked_loses_and_doubles_nothing(
    office: Office, server: Dovecot, unasked: bytes
) -> None:
    def chatty(_connection: int, octets: bytes) -> bytes:
        return unasked + octets if octets.startswith(b"* ") else octets

    with line_to(server.port, chatty) as line:
        mailbox(office, line.port, "loi")
        codes = [polled(office) for _ in range(2)]
    mailbox(office, server.port, "loi")
    codes.append(polled(office))
    assert set(codes) <= {0, 4}
    whole(office)


def test_a_server_that_takes_its_leave_is_left_and_asked_again_later(office: Office, server: Dovecot) -> None:
    said: list[int] = []

    def leaving(connection: int, octets: bytes) -> bytes | None:
        if connection == 1 and b"EXISTS" in octets:
            said.append(connection)
            return b"* BYE bao tri may chu\r\n"
        return None if said and connection == 1 else octets

    with line_to(server.port, leaving) as line:
        mailbox(office, line.port, "loi")
        codes = [polled(office), polled(office)]
    assert said
    assert codes[-1] == 0
    whole(office)
