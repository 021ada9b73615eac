"""Told to stop in the middle of its work, the program ends within five seconds, and nothing is lost for it.

The seconds are its own: what the machine gave to others meanwhile does not count.
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from config.settings import Encryption
from desk import stopping
from desk.mailing.correspondence import correspond
from desk.mailing.sender import STOPPED
from desk.stopping import ToldToStop, may_be_cut_off, whole
from intake.documents import ReadState
from ledger.records import MORNING_DONE, OutboxState
from tests.dovecot import Dovecot, line_to, running_dovecot
from tests.large_office import large_office
from tests.offices import (
    DEPARTMENT,
    Office,
    address,
    command,
    environment,
    figures,
    inside,
    make_office,
    note,
    report_mail,
)
from tests.smtp_server import PASSWORD, USER, SmtpServer, running_smtp
from tests.test_desk_daemon import SECRET, daemon, mailbox, seconds_to_stop, until
from tests.test_faults import polled

SECONDS = 5.0


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with running_dovecot() as running:
        yield running


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return make_office(tmp_path)


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGHOP_PASSWORD", SECRET["TONGHOP_PASSWORD"])
    monkeypatch.setenv("TONGHOP_SMTP_PASSWORD", PASSWORD)


@contextmanager
def started(office: Office, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A command as a process, with a folder of its own for what it lays aside."""
    aside = office.home.parent / "tmp"
    aside.mkdir(exist_ok=True)
    process = subprocess.Popen(
        command(office.words(*words)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment({**SECRET, "TMPDIR": str(aside)}),
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def family_of(process: int) -> Iterator[int]:
    """The process, what it started, and what those did."""
    yield process
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        started = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return
    for child in started:
        yield from family_of(child)


def programs(process: int) -> set[str]:
    """The names of what a process started, and of what those did."""
    found = set()
    for child in family_of(process):
        try:
            found.add(Path(f"/proc/{child}/comm").read_text().strip())
        except OSError:
            continue
    return found


def used(process: int) -> float:
    """Seconds of the processor that a process has had; without end once it is gone."""
    try:
        told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return float("inf")
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def nothing_left(family: list[int]) -> None:
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family))


# -- taking mail in -------------------------------------------------------------------------------------


def photo() -> bytes:
    """A page of words, which Tesseract looks at for a second or two."""
    page = Image.new("L", (1654, 2339), 255)
    pen = ImageDraw.Draw(page)
    for line in range(40):
        pen.text((150, 100 + 45 * line), "Ket qua thuc hien cong tac 12 nguoi " * 2, fill=0, font_size=28)
    stream = io.BytesIO()
    page.save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed here")
def test_a_stop_while_a_scan_is_recognised_leaves_it_to_the_next_start(
    office: Office, server: Dovecot
) -> None:
    mailbox(office, server.port, "anh")
    sent = note(address("binh-minh"), "Báo cáo BĐG 6 tháng đầu năm 2023", "Gửi ảnh.", ("a.png", photo()))
    server.append("anh", sent, date="01-Jun-2023 08:00:00 +0700")
    with daemon(office) as process:
        until(lambda: "tesseract" in programs(process.pid), 60)
        family = list(family_of(process.pid))
        assert seconds_to_stop(process) < SECONDS
        assert process.returncode == 0
    nothing_left(family)
    assert polled(office) == 0
    [message] = inside(office, lambda opened: opened.ledger.messages())
    assert [file.state for file in message.attachments] == [ReadState.READ]
    assert office.run("audit", "--json").json["flaws"] == []


def test_a_stop_while_a_slow_line_drips_loses_and_doubles_nothing(office: Office, server: Dovecot) -> None:
    mails = [report_mail("binh-minh", figures(n), text="x" * 300_000) for n in range(6)]
    server.append("giot", *mails, date="01-Jun-2023 08:00:00 +0700")
    told: list[int] = []

    def drip(_connection: int, octets: bytes) -> bytes:
        if len(octets) > 5_000:
            told.append(len(octets))
            time.sleep(0.5)
        return octets

    with line_to(server.port, drip) as line:
        mailbox(office, line.port, "giot")
        with daemon(office) as process:
            until(lambda: len(told) > 2)
            assert seconds_to_stop(process) < SECONDS
            assert process.returncode == 0
    assert sum(told) < sum(map(len, mails))
    mailbox(office, server.port, "giot")
    assert polled(office) == 0
    found = office.run("audit", "--json").json
    assert (found["folders"][0]["server"], found["messages"], found["flaws"]) == (6, 6, [])


def test_a_silent_server_holds_up_no_stop(office: Office, server: Dovecot) -> None:
    with line_to(server.port, lambda _connection, octets: b"" if octets else octets) as line:
        mailbox(office, line.port, "im")
        with daemon(office) as process:
            until(lambda: line.connections > 0)
            assert seconds_to_stop(process) < SECONDS
            assert process.returncode == 0


def test_one_round_that_is_stopped_leaves_no_process_and_no_folder(office: Office, server: Dovecot) -> None:
    mailbox(office, server.port, "vong")
    server.append("vong", *(report_mail("binh-minh", figures(n), text=f"Lần {n}") for n in range(60)))
    with started(office, "run", "--once") as process:
        until(lambda: any((office.home.parent / "tmp").glob("tonghop-read-*/*")))
        family = list(family_of(process.pid))
        assert seconds_to_stop(process) < SECONDS
        assert process.returncode == -signal.SIGTERM  # whoever started it is told how it ended
    nothing_left(family)
    assert list((office.home.parent / "tmp").iterdir()) == []
    assert polled(office) == 0
    assert office.run("audit", "--json").json["flaws"] == []


# -- writing --------------------------------------------------------------------------------------------


def test_a_stop_while_sixty_units_are_consolidated_issues_nothing_by_halves(tmp_path: Path) -> None:
    office = replace(large_office(tmp_path, 60, periods=2), now="2023-12-07T09:00:00+07:00")
    outputs = office.home / "outputs"
    stopped = 0
    for moment in (
        0.6,
        1.2,
        1.8,
    ):  # of its processor time; it takes two seconds in all, and half of one at least
        with started(office, "consolidate", "-r", "bdg", "-k", "2023-Y") as process:
            until(lambda: used(process.pid) > moment or process.poll() is not None, 60)  # noqa: B023
            if process.poll() is None:
                assert seconds_to_stop(process) < SECONDS
                stopped += process.returncode == -signal.SIGTERM
    assert stopped
    office.run("consolidate", "-r", "bdg", "-k", "2023-Y")
    issues = inside(
        office, lambda opened: [opened.has_outputs(i) for i in opened.ledger.issues("bdg", "2023-Y")]
    )
    assert issues == [True]
    assert not list(outputs.rglob("*.part"))


def test_a_stop_in_the_middle_of_a_backup_leaves_nothing_of_it(office: Office, tmp_path: Path) -> None:
    office.run("status")
    outputs = office.home / "outputs"
    outputs.mkdir()
    for number in range(12):
        with (outputs / f"{number}.bin").open("wb") as empty:
            empty.truncate(40 << 20)
    kept = tmp_path / "kept"
    kept.mkdir()
    with started(office, "backup", str(kept)) as process:
        until(lambda: any(part.stat().st_size > 50 << 20 for part in kept.glob(".*.part")))
        assert seconds_to_stop(process) < SECONDS
        assert process.returncode == -signal.SIGTERM
    assert list(kept.iterdir()) == []
    for file in outputs.iterdir():
        file.unlink()
    office.run("backup", str(kept))
    assert len(list(kept.iterdir())) == 1


# -- sending --------------------------------------------------------------------------------------------


def sending(folder: Path, server: SmtpServer, port: int) -> Office:
    """An office whose mails wait for the server behind that port, its morning done."""
    department = DEPARTMENT.replace("mode: preview", "mode: send\n  seconds_between: 0")
    made = make_office(folder, department=department)
    made.settings(
        f"smtp: {{host: 127.0.0.1, port: {port}, user: {USER}, sender: {server.settings().sender},"
        " encryption: none, allow_plain_on_loopback: true}\n"
    )
    made.deliver(note("tin@bao.example", "Bản tin", "Tin tuần"), "2023-05-20T10:00")
    made.take_in()
    made.run("remind", "--queue")
    inside(made, lambda opened: opened.ledger.note(MORNING_DONE, "2023-06-07"))
    return made


def states(office: Office) -> list[tuple[OutboxState, str]]:
    found: list[tuple[OutboxState, str]] = inside(
        office, lambda opened: [(mail.state, mail.server_reply) for mail in opened.ledger.outbox()]
    )
    return found


def sent_out(office: Office, server: SmtpServer, expected: int) -> None:
    """Ten minutes later, with a server that answers: so many mails have come in all, none twice."""
    with replace(office, now="2023-06-07T09:10:00+07:00").opened() as opened:
        correspond(opened, pause=lambda _seconds: None)
    assert not {state for state, _ in states(office)} & {OutboxState.QUEUED, OutboxState.SENDING}
    ids = Counter(str(message_from_bytes(mail.content)["Message-ID"]) for mail in server.mails)
    assert (len(ids), set(ids.values())) == (expected, {1})


@pytest.mark.parametrize("word", [b"220 ", b"250 ", b"354 "], ids=["greeting", "envelope", "data"])
def test_a_stop_while_the_mail_server_does_not_answer_before_the_text_leaves_every_mail_waiting(
    tmp_path: Path, word: bytes
) -> None:
    held: list[bytes] = []

    def slow(_connection: int, octets: bytes) -> bytes:
        if octets.startswith(word) and (word != b"250 " or len(held) == 0):
            held.append(octets)
            time.sleep(8)
        return octets

    with running_smtp(Encryption.NONE) as server, line_to(server.port, slow) as line:
        office = sending(tmp_path, server, line.port)
        waiting = len(states(office))
        with daemon(office, TONGHOP_SMTP_PASSWORD=PASSWORD) as process:
            until(lambda: bool(held))
            assert seconds_to_stop(process) < SECONDS
            assert process.returncode == 0
        assert {state for state, _ in states(office)} == {OutboxState.QUEUED}
        assert server.mails == []
        line.fault = lambda _connection, octets: octets
        sent_out(office, server, waiting)


def test_a_stop_waits_for_the_answer_to_a_mail_that_was_said(tmp_path: Path) -> None:
    with running_smtp(Encryption.NONE) as server:
        office = sending(tmp_path, server, server.port)
        waiting = len(states(office))
        server.taken = lambda _mail: time.sleep(1.5)
        with daemon(office, TONGHOP_SMTP_PASSWORD=PASSWORD) as process:
            until(lambda: bool(server.mails))
            assert seconds_to_stop(process) < SECONDS
            assert process.returncode == 0
        server.taken = lambda _mail: None
        assert sorted(state for state, _ in states(office)) == ["queued"] * (waiting - 1) + ["sent"]
        sent_out(office, server, waiting)


def test_a_server_that_keeps_its_answer_back_holds_up_no_stop_and_its_mail_is_sent_no_second_time(
    tmp_path: Path,
) -> None:
    with running_smtp(Encryption.NONE) as server:
        office = sending(tmp_path, server, server.port)
        waiting = len(states(office))
        server.taken = lambda _mail: time.sleep(9)
        with daemon(office, TONGHOP_SMTP_PASSWORD=PASSWORD) as process:
            until(lambda: bool(server.mails))
            assert seconds_to_stop(process) < SECONDS
            assert process.returncode == 0
        server.taken = lambda _mail: None
        assert (OutboxState.UNCERTAIN, STOPPED) in states(office)
        sent_out(office, server, waiting)


# -- the rule itself ------------------------------------------------------------------------------------


@pytest.fixture
def heeded() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in stopping._NUMBERS}
    stopping.heed()
    try:
        yield
    finally:
        stopping._Standing.number = 0
        for number, handler in before.items():
            signal.signal(number, handler)


@pytest.mark.usefixtures("heeded")
def test_a_stop_cuts_off_at_once_and_what_is_whole_at_its_end() -> None:
    done: list[str] = []

    def mail() -> None:
        with whole():
            os.kill(os.getpid(), signal.SIGTERM)
            done.append("said")
            with pytest.raises(ToldToStop), may_be_cut_off():
                done.append("never")
            done.append("noted")
        done.append("never")

    with pytest.raises(ToldToStop):
        mail()
    os.kill(os.getpid(), signal.SIGTERM)  # told once is told
    assert done == ["said", "noted"]


@pytest.mark.usefixtures("heeded")
def test_what_may_be_cut_off_within_is_cut_off_at_once() -> None:
    stands: list[bool] = []

    def mail() -> None:
        with whole():
            with suppress(ToldToStop), may_be_cut_off():
                os.kill(os.getpid(), signal.SIGTERM)
                stands.append(False)
            stands.append(stopping._Standing.whole)

    with pytest.raises(ToldToStop):
        mail()
    assert stands == [True]
