"""The daemon on a real mailbox: it books what comes, stops when told, and hammers nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from desk.daemon import Daemon
from desk.office import Office as OpenOffice
from ledger.lock import only_daemon
from ledger.records import Delivery, OutboxState
from tests.dovecot import Dovecot, line_to, running_dovecot
from tests.offices import DEPARTMENT, Office, command, environment, figures, inside, make_office, report_mail

SECRET = {"TONGHOP_PASSWORD": "mot-mat-khau-de-thu"}


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with running_dovecot() as running:
        yield running


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return make_office(tmp_path)


def mailbox(office: Office, port: int, user: str) -> None:
    """Point the office at a user of the server."""
    office.settings(
        f"mailbox: {{host: 127.0.0.1, port: {port}, user: {user}, encryption: none,"
        " allow_plain_on_loopback: true, poll_seconds: 600}\n"
    )


def until(done: Callable[[], bool], seconds: float = 30.0) -> float:
    """Wait for something; how long it took."""
    began = time.monotonic()
    while not done():
        assert time.monotonic() - began < seconds, "it did not happen"
        time.sleep(0.05)
    return time.monotonic() - began


@contextmanager
def daemon(office: Office, *words: str, **env: str) -> Iterator[subprocess.Popen[str]]:
    """A running daemon with its output in the home folder; killed at the end if it still runs."""
    with (office.home / "said").open("w") as log:
        process = subprocess.Popen(
            command(office.words("run", *words)),
            stdout=log,
            stderr=log,
            text=True,
            env=environment({**SECRET, **env, "PYTHONUNBUFFERED": "1"}),
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def log(office: Office) -> str:
    return (office.home / "said").read_text("utf-8")


def children(pid: int) -> list[int]:
    """The living children of a process."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            state, parent = stat.rpartition(")")[2].split()[:2]
            if int(parent) == pid and state != "Z":
                found.append(int(entry.name))
    return found


def delays(pid: int) -> dict[str, float]:
    """Seconds that each thread of a process was ready to run while the machine ran others."""
    found = {}
    for thread in Path(f"/proc/{pid}/task").glob("*"):
        with suppress(OSError, IndexError):
            found[thread.name] = int((thread / "schedstat").read_text().split()[1]) / 1e9
    return found


def seconds_to_stop(process: subprocess.Popen[str]) -> float:
    """What the program itself takes from SIGTERM to its end, however busy the machine is beside it."""
    before = delays(process.pid)
    waited = dict(before)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    while process.poll() is None:
        assert time.monotonic() - began < 60, "it did not stop"
        waited |= delays(process.pid)
        time.sleep(0.02)
    held_up = sum(seconds - before.get(thread, 0) for thread, seconds in waited.items())
    return time.monotonic() - began - held_up


def test_one_round_books_the_mail_and_writes_the_morning_page(office: Office, server: Dovecot) -> None:
    mailbox(office, server.port, "mot")
    server.append("mot", report_mail("binh-minh"), date="01-Jun-2023 08:00:00 +0700")
    ran = office.spawn("run", "--once", env=SECRET)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert office.states()["binh-minh"] == "on_time"
    assert "Bình Minh" not in (page := (office.home / "outputs/ban-tin/2023-06-07.txt").read_text("utf-8"))
    assert "UBND xã Đồng Tâm" in page
    assert (office.home / "outputs" / "bdg" / "2023-H1" / "01").is_dir()


def test_the_mornings_work_is_done_once_a_day(office: Office) -> None:
    office.run("run", "--once")
    again = office.run("run", "--once")
    assert again.out == ""
    assert len(inside(office, lambda opened: opened.ledger.history(event="morning_done"))) == 1


def test_a_morning_cut_off_after_its_reminders_issues_nothing_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reminders stand in the chase list: issued again, it would be another one."""
    office = make_office(tmp_path, department=DEPARTMENT.replace("mode: preview", "mode: send"))

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr("desk.daemon.write_digest", killed)
        with office.opened() as opened, pytest.raises(KeyboardInterrupt):
            Daemon(opened, lambda _sentence: None).morning()
    chased = inside(office, lambda opened: opened.ledger.outbox())
    with office.opened() as opened:
        for mail in chased:
            opened.ledger.approve(mail.id)  # so many at once wait for a person
            assert opened.ledger.claim(mail.id, lambda _mail: True)
            opened.ledger.mark(Delivery(mail.id, opened.clock(), OutboxState.SENT, "250 OK"))
    office.run("run", "--once")
    issues = inside(office, lambda opened: opened.ledger.issues("bdg", "2023-H1"))
    assert (len(chased) > 0, [issue.number for issue in issues]) == (True, [1])
    assert inside(office, lambda opened: opened.ledger.history(event="morning_done"))


def test_a_spoiled_mail_template_is_told_and_the_morning_goes_on(office: Office) -> None:
    own = office.home / "templates" / "mail" / "don-doc-1.txt"
    own.parent.mkdir(parents=True)
    own.write_text("{{ nobody_knows }}", "utf-8")
    ran = office.run("run", "--once")
    assert "mail/don-doc-1.txt" in ran.out
    told = (office.home / "outputs/ban-tin/2023-06-07.txt").read_text("utf-8")
    assert told.count("don-doc-1.txt") == 1
    assert "Cần xử lý: Không dùng được mẫu thư" in told  # in a preview nothing waits to go
    assert inside(office, lambda opened: opened.ledger.history(event="morning_done"))


def test_a_spoiled_document_template_is_told_in_vietnamese(office: Office) -> None:
    own = office.home / "templates" / "documents" / "report" / "closing.txt"
    own.parent.mkdir(parents=True)
    own.write_text("{{ nobody_knows }}", "utf-8")
    assert "Không dùng được mẫu văn bản “report/closing.txt”" in office.run("run", "--once").out


def test_before_half_past_seven_and_on_sundays_there_is_no_morning_work(office: Office) -> None:
    for moment in ("2023-06-07T07:29:59+07:00", "2023-06-11T09:00:00+07:00"):
        Office(office.home, office.mail, moment).run("run", "--once")
    assert not (office.home / "outputs").exists()


def test_mail_that_comes_while_it_runs_is_booked_within_seconds_and_a_signal_ends_it(
    office: Office, server: Dovecot
) -> None:
    mailbox(office, server.port, "chay")
    with daemon(office) as process:
        until(lambda: "Đã bắt đầu" in log(office))
        time.sleep(1.5)  # let it reach IDLE
        server.append("chay", report_mail("dong-tam", figures(2)), date="02-Jun-2023 08:00:00 +0700")
        until(lambda: "Đã ghi nhận 1 báo cáo" in log(office), 60)  # a tenth of the time between two looks
        workers = children(process.pid)
        assert seconds_to_stop(process) < 5
        assert process.returncode == 0
    assert "Đã dừng." in log(office)
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
    assert office.states()["dong-tam"] == "on_time"


def test_a_signal_in_the_middle_of_taking_in_ends_it_too(office: Office, server: Dovecot) -> None:
    mailbox(office, server.port, "giua")
    mails = [report_mail("binh-minh", figures(n), text=f"Lần {n}") for n in range(60)]
    server.append("giua", *mails, date="01-Jun-2023 08:00:00 +0700")
    with daemon(office) as process:
        until(lambda: any((office.home / "archive").rglob("*.eml*")) or bool(children(process.pid)))
        until(lambda: bool(children(process.pid)))
        workers = children(process.pid)
        assert seconds_to_stop(process) < 5
        assert process.returncode == 0
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
    assert "Traceback" not in log(office)


def test_a_wrong_password_is_tried_once_and_told(office: Office, server: Dovecot) -> None:
    with line_to(server.port) as line:
        mailbox(office, line.port, "sai")
        with daemon(office, TONGHOP_PASSWORD="sai") as process:
            until(lambda: "mật khẩu" in log(office) or "đăng nhập" in log(office).lower())
            time.sleep(6)
            assert process.poll() is None
        assert line.verbs().count("LOGIN") + line.verbs().count("AUTHENTICATE") == 1


@pytest.mark.parametrize("words", [("poll",), ("run", "--once")], ids=" ".join)
def test_a_command_with_a_wrong_password_ends_with_4(
    office: Office, server: Dovecot, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONGHOP_PASSWORD", "sai")
    mailbox(office, server.port, "sai")
    assert office.run(*words, code=4).err.strip()


def test_a_server_that_does_not_answer_ends_poll_with_4(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONGHOP_PASSWORD", "x")
    mailbox(office, 1, "ai")
    assert office.run("poll", code=4).err.strip()


def test_a_mailbox_without_a_secret_ends_with_3(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    # The keyring of this process may be another test's; none is asked here.
    monkeypatch.setattr("keyring.get_password", lambda _service, _name: None)
    mailbox(office, 1, "ai")
    assert "TONGHOP_PASSWORD" in office.run("poll", code=3).err


def test_a_second_daemon_on_one_home_ends_with_5(office: Office) -> None:
    office.run("status")
    with only_daemon(f"sqlite:///{office.ledger_file}"):
        ran = office.spawn("run", "--once")
    assert ran.returncode == 5
    assert str(os.getpid()) in ran.stderr


def test_a_ledger_in_a_daemons_hands_is_not_replaced(office: Office) -> None:
    office.run("status")
    with only_daemon(f"sqlite:///{office.ledger_file}"):
        office.run("rebuild", "--replace", code=5)
        office.run("rebuild")


def test_an_idle_daemon_looks_for_scans_once_after_each_look(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int | None] = []
    waiting = [True, True, False]

    def one(_office: OpenOffice, most: int | None = None) -> Iterator[object]:
        asked.append(most)
        return iter([object()] if waiting.pop(0) else [])

    def idle(opened: OpenOffice) -> None:
        worker = Daemon(opened, lambda _sentence: None)
        for _turn in range(6):
            worker._recognise_one()
        assert asked == [1, 1, 1]  # two messages, then none: nobody asks again
        waiting.append(False)
        worker.look()
        worker._recognise_one()
        assert len(asked) == 4

    monkeypatch.setattr("desk.daemon.recognise", one)
    inside(office, idle)


def test_sending_turned_off_while_it_runs_is_obeyed_and_a_spoiled_file_is_told(office: Office) -> None:
    """Whoever saves the settings expects them to hold, without a restart."""

    def changed(opened: OpenOffice) -> None:
        said: list[str] = []
        worker = Daemon(opened, said.append)
        file = opened.settings.regime / "department.yaml"
        before = file.read_text("utf-8")
        assert "mode: preview" in before
        file.write_text(before.replace("mode: preview", "mode: off"), "utf-8")
        assert not opened.is_current
        worker.send()
        assert worker.office.regime.sending.mode == "off"
        assert said == ["Đã áp dụng cấu hình mới."]
        file.write_text("nonsense: [", "utf-8")
        worker.send()
        worker.send()
        assert len(said) == 2  # told once
        assert "department.yaml" in said[1]
        assert not worker.office.is_current  # so that no mail goes
        file.write_text(before, "utf-8")
        worker.send()
        assert worker.office.is_current

    inside(office, changed)
