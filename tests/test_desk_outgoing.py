"""Drafts, and mails of unknown fate, with a real mailbox (Dovecot) beside a real SMTP server."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import schedule

from config.secrets import SMTP_PASSWORD
from config.wording import Wording
from desk.daemon import Daemon
from desk.mailing.correspondence import correspond
from desk.mailing.outgoing import Dispatched, is_within_hours
from desk.mailing.uncertain import FOUND_SENT, NOT_FOUND
from desk.office import Office as OpenOffice
from desk.stopping import ToldToStop
from desk.views import mail_reason
from ledger.records import Delivery, OutboxState, OutgoingMessage
from tests.dovecot import DRAFTS, SENT, Dovecot, line_to, running_dovecot
from tests.dovecot import PASSWORD as MAILBOX_PASSWORD
from tests.offices import (
    DEPARTMENT,
    Office,
    address,
    at,
    figures,
    inside,
    make_office,
    note,
    report_mail,
    verified,
)
from tests.smtp_server import LOST, PASSWORD, SmtpServer, running_smtp

ARRIVED = "16-May-2023 08:59:00 +0700"
ADDRESSED = 6  #: units of the invented department that have an address


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Dovecot]:
    with running_dovecot() as running:
        yield running


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with running_smtp() as running:
        yield running


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("TONGHOP_PASSWORD", MAILBOX_PASSWORD)
    monkeypatch.setenv(f"TONGHOP_{SMTP_PASSWORD.upper()}", PASSWORD)


def office_of(folder: Path, mode: str, mailbox: Dovecot, user: str, server: SmtpServer) -> Office:
    made = reachable(folder, f"mode: {mode}\n  seconds_between: 0", mailbox, user, server)
    made.deliver(note("tin@bao.example", "Bản tin", "Tin tuần"), "2023-05-20T10:00")
    made.take_in()
    made.run("remind", "--queue")
    return made


def reachable(folder: Path, sending: str, mailbox: Dovecot, user: str, server: SmtpServer) -> Office:
    """An office with its mailbox and its mail server."""
    department = DEPARTMENT.replace("mode: preview", sending)
    made = replace(make_office(folder, department=department), now="2023-06-07T09:00:00+07:00")
    smtp = server.settings()
    made.settings(
        f"mailbox:\n  host: 127.0.0.1\n  user: {user}\n  port: {mailbox.port}\n"
        "  encryption: none\n  allow_plain_on_loopback: true\n"
        f"smtp:\n  host: {smtp.host}\n  user: {smtp.user}\n  port: {smtp.port}\n"
        f"  encryption: tls\n  ca_file: {smtp.ca_file}\n"
    )
    return made


def folders(mailbox: Dovecot, user: str, *names: str) -> None:
    with mailbox.client(user) as client:
        for name in names:
            client.create_folder(name)


def held_in(mailbox: Dovecot, user: str, folder: str) -> int:
    with mailbox.client(user) as client:
        answer = client.select_folder(folder, readonly=True)
        return int(answer[b"EXISTS"])


def one_round(office: Office, now: str = "2023-06-07T09:00:00+07:00") -> Dispatched:
    with replace(office, now=now).opened() as opened:
        found: Dispatched = correspond(opened, pause=lambda _seconds: None)
    return found


def outbox(office: Office) -> tuple[OutgoingMessage, ...]:
    with office.opened() as opened:
        mails: tuple[OutgoingMessage, ...] = opened.ledger.outbox()
    return mails


@contextmanager
def interrupted(office: Office) -> Iterator[OutgoingMessage]:
    """The first mail as a killed program leaves it: taken for sending, and no word since."""
    with office.opened() as opened:
        mail = opened.ledger.outbox()[0]
        opened.ledger.claim(mail.id, lambda _mail: True)
    yield mail


def test_mails_are_laid_as_drafts_once_and_no_server_is_asked_to_send(
    tmp_path: Path, mailbox: Dovecot, server: SmtpServer
) -> None:
    folders(mailbox, "nhap", DRAFTS, SENT)
    office = office_of(tmp_path, "drafts", mailbox, "nhap", server)
    assert {mail.state for mail in one_round(office).mails} == {OutboxState.DRAFTED}
    one_round(office, "2023-06-07T10:00:00+07:00")
    assert held_in(mailbox, "nhap", DRAFTS) == ADDRESSED
    assert server.connections == 0
    with mailbox.client("nhap") as client:
        client.select_folder(DRAFTS, readonly=True)
        flags = client.get_flags(client.search())
        assert all(b"\\Draft" in each for each in flags.values())


def test_a_draft_that_lay_there_when_the_program_died_is_not_laid_again(
    tmp_path: Path, mailbox: Dovecot, server: SmtpServer
) -> None:
    folders(mailbox, "chet", DRAFTS, SENT)
    office = office_of(tmp_path, "drafts", mailbox, "chet", server)
    with interrupted(office) as mail:
        octets = f"Message-ID: {mail.message_id}\r\nSubject: x\r\n\r\n".encode()
        mailbox.append("chet", octets, folder=DRAFTS)
    one_round(office)
    assert {mail.state for mail in outbox(office)} == {OutboxState.DRAFTED}
    assert held_in(mailbox, "chet", DRAFTS) == ADDRESSED


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"NO [OVERQUOTA] Quota exceeded", "đã đầy"),
        (b"NO [TRYCREATE] Mailbox does not exist", "không nhận thư nháp"),
        (b"BAD Too large", "không nhận thư nháp"),
    ],
)
def test_a_draft_the_mailbox_refuses_waits_and_is_laid_when_it_may_be(
    tmp_path: Path, mailbox: Dovecot, server: SmtpServer, answer: bytes, told: str
) -> None:
    user = f"tu-choi-{answer[4:6].decode().strip().lower()}-{len(answer)}"
    folders(mailbox, user, DRAFTS, SENT)
    office = office_of(tmp_path, "drafts", mailbox, user, server)

    def bent(octets: bytes) -> bytes:  # the server hears NOOP, its answer is made a refusal
        return re.sub(rb"(?s)^(\S+) APPEND .*", rb"\1 NOOP\r\n", octets)

    with line_to(mailbox.port, lambda _, said: said.replace(b"OK NOOP completed", answer)) as line:
        line.bend = bent
        text = (office.home / "settings.yaml").read_text("utf-8")
        office.settings(text.replace(f"port: {mailbox.port}", f"port: {line.port}"))
        one_round(office)
        (first, *_) = [mail for mail in outbox(office) if mail.server_reply]
        assert first.state is OutboxState.QUEUED
        assert told in mail_reason(first.server_reply, Wording())
        assert held_in(mailbox, user, DRAFTS) == 0
        office.settings(text)
    one_round(office, "2023-06-07T13:00:00+07:00")
    assert {mail.state for mail in outbox(office)} == {OutboxState.DRAFTED}
    assert held_in(mailbox, user, DRAFTS) == ADDRESSED


def test_a_mailbox_that_is_full_takes_the_drafts_when_there_is_room_again(
    tmp_path: Path, server: SmtpServer
) -> None:
    """The quota is Dovecot's own."""
    with running_dovecot(quota="40K") as small:
        folders(small, "day", DRAFTS, SENT)
        small.append("day", b"Subject: anh\r\n\r\n" + b"x" * 39_000)
        office = office_of(tmp_path, "drafts", small, "day", server)
        one_round(office)
        waiting = outbox(office)
        assert {mail.state for mail in waiting} == {OutboxState.QUEUED}
        assert "đã đầy" in mail_reason(waiting[0].server_reply, Wording())
        assert held_in(small, "day", DRAFTS) == 0
        with small.client("day") as client:
            client.select_folder("INBOX")
            client.delete_messages(client.search())
            client.expunge()
        one_round(office, "2023-06-07T13:00:00+07:00")
        laid = [mail for mail in outbox(office) if mail.state is OutboxState.DRAFTED]
        assert held_in(small, "day", DRAFTS) == len(laid) > 0


def test_without_a_folder_for_drafts_mail_is_held_and_why_is_told(
    tmp_path: Path, mailbox: Dovecot, server: SmtpServer
) -> None:
    office = office_of(tmp_path, "drafts", mailbox, "khong-nhap", server)
    one_round(office)
    assert {mail.state for mail in outbox(office)} == {OutboxState.HELD}
    assert "không có thư mục thư nháp" in mail_reason(outbox(office)[0].server_reply, Wording())


def test_a_draft_the_officer_sent_counts_as_sent(
    tmp_path: Path, mailbox: Dovecot, server: SmtpServer
) -> None:
    folders(mailbox, "gui", DRAFTS, SENT)
    office = office_of(tmp_path, "drafts", mailbox, "gui", server)
    one_round(office)
    first = outbox(office)[0]
    mailbox.append("gui", f"Message-ID: {first.message_id}\r\n\r\n".encode(), folder=SENT)
    one_round(office, "2023-06-07T11:00:00+07:00")
    assert [mail.state for mail in outbox(office)][:2] == [OutboxState.SENT, OutboxState.DRAFTED]


def test_an_interrupted_mail_that_lies_in_sent_went_and_is_not_sent_again(
    tmp_path: Path, mailbox: Dovecot, server: SmtpServer
) -> None:
    folders(mailbox, "di", SENT)
    office = office_of(tmp_path, "send", mailbox, "di", server)
    with interrupted(office) as mail:
        mailbox.append("di", f"Message-ID: {mail.message_id}\r\n\r\n".encode(), folder=SENT)
    one_round(office, "2023-06-07T14:00:00+07:00")
    found = outbox(office)[0]
    assert (found.state, found.server_reply) == (OutboxState.SENT, FOUND_SENT)
    assert len(server.mails) == ADDRESSED - 1
    assert found.sent_at == datetime.fromisoformat(office.now), "it went when it was taken, not when found"


def test_a_mail_lost_after_its_text_is_sent_again_only_when_its_absence_proves_something(
    tmp_path: Path, mailbox: Dovecot, server: SmtpServer
) -> None:
    folders(mailbox, "mat", SENT)
    office = office_of(tmp_path, "send", mailbox, "mat", server)
    server.on_data = LOST  # the server took it all the same: the test's server keeps no copies
    one_round(office)
    lost = outbox(office)[0]
    assert lost.state is OutboxState.UNCERTAIN
    server.on_data = ""
    for minute in (11, 30, 50):
        one_round(office, f"2023-06-07T09:{minute}:00+07:00")
    assert outbox(office)[0].state is OutboxState.UNCERTAIN  # nothing else lies in Sent either
    assert [mail.state for mail in outbox(office)].count(OutboxState.SENT) == ADDRESSED - 1
    sure = outbox(office)[-1]
    mailbox.append("mat", f"Message-ID: {sure.message_id}\r\n\r\n".encode(), folder=SENT)
    one_round(office, "2023-06-07T10:30:00+07:00")
    events = [event for event in _history(office, lost.id) if event[1] == NOT_FOUND]
    assert events == [("mail_queued", NOT_FOUND)]
    one_round(office, "2023-06-07T10:45:00+07:00")
    assert outbox(office)[0].state is OutboxState.SENT


def _history(office: Office, mail_id: int) -> list[tuple[str, str]]:
    with office.opened() as opened:
        events = opened.ledger.history(subject=f"outbox/{mail_id}")
    return [(event.event, str(event.detail.get("reply", ""))) for event in events]


@pytest.mark.parametrize(
    ("moment", "within"),
    [
        ("2023-06-07T07:29", False),
        ("2023-06-07T07:30", True),
        ("2023-06-07T16:59", True),
        ("2023-06-07T17:00", False),
        ("2023-06-10T09:00", False),  # Saturday
    ],
)
def test_mail_leaves_within_the_hours_of_working_days(
    tmp_path: Path, mailbox: Dovecot, server: SmtpServer, moment: str, within: bool
) -> None:
    office = office_of(tmp_path, "send", mailbox, "gio", server)
    mail = outbox(office)[0]
    with office.opened() as opened:
        assert is_within_hours(opened.regime, mail, at(moment)) is within
    one_round(office, f"{moment}:00+07:00")
    assert bool(server.mails) is within


def test_the_budget_of_an_hour_spreads_the_mail_over_the_day(
    tmp_path: Path, mailbox: Dovecot, server: SmtpServer
) -> None:
    office = office_of(tmp_path, "send\n  hourly_cap: 2", mailbox, "giờ".encode().hex(), server)
    for hour, sent in ((9, 2), (9, 2), (10, 4), (11, 6)):
        one_round(office, f"2023-06-07T{hour:02}:00:01+07:00")
        assert len(server.mails) == sent


def test_what_waits_when_the_department_chooses_to_approve_each_mail_waits_for_that(
    tmp_path: Path, mailbox: Dovecot, server: SmtpServer
) -> None:
    office = office_of(tmp_path, "send", mailbox, "duyet", server)
    department = office.home / "regime" / "department.yaml"
    department.write_text(department.read_text("utf-8").replace("mode: send", "mode: approve"), "utf-8")
    one_round(office)
    assert ({mail.state for mail in outbox(office)}, server.mails) == ({OutboxState.HELD}, [])
    with office.opened() as opened:
        opened.ledger.approve(outbox(office)[0].id)
    one_round(office)
    assert len(server.mails) == 1


def test_a_sent_delivery_is_told_once(tmp_path: Path, mailbox: Dovecot, server: SmtpServer) -> None:
    office = office_of(tmp_path, "send", mailbox, "mot-lan", server)
    one_round(office)
    with office.opened() as opened:
        attempts: list[Delivery] = [d for mail in outbox(office) for d in opened.ledger.deliveries(mail.id)]
    assert [each.state for each in attempts] == [OutboxState.SENT] * ADDRESSED


class _Clock:
    """The clock of the daemon, its timetable and its office; it goes on while the daemon waits."""

    def __init__(self, now: datetime) -> None:
        self.at = now

    def __call__(self) -> datetime:
        return self.at

    def now(self, _zone: object = None) -> datetime:
        """As the timetable asks for it."""
        return self.at.replace(tzinfo=None)


def test_by_the_daemons_clock_a_receipt_leaves_within_two_minutes_of_booking_and_none_to_a_robot(
    tmp_path: Path, mailbox: Dovecot, server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending = "mode: send\n  receipts: true\n  seconds_between: 0"
    made = reachable(tmp_path, sending, mailbox, "bien-nhan", server)
    clock = _Clock(datetime.fromisoformat("2023-05-16T09:00:00+07:00"))  # before anybody is reminded
    booked: list[datetime] = []
    left: list[datetime] = []
    monkeypatch.setattr(schedule, "datetime", SimpleNamespace(datetime=clock, timedelta=timedelta))
    monkeypatch.setattr(signal, "signal", lambda _number, _handler: None)
    monkeypatch.setattr(server, "taken", lambda _mail: left.append(clock.at))
    robot = {**verified(address("dong-tam")), "Auto-Submitted": "auto-generated"}

    mails = [report_mail("binh-minh", figures(1), headers=verified(address("binh-minh")))]
    mails += [report_mail("dong-tam", figures(2), headers=robot)]

    def wait(worker: Daemon, seconds: float) -> None:
        clock.at += timedelta(seconds=min(seconds, 1.0))
        if mails:  # told by the mailbox just after mail was looked to: the longest a receipt may wait
            mailbox.append("bien-nhan", *mails, date=ARRIVED)
            mails.clear()
            worker.look()
        assert clock.at.hour < 10, "no receipt left"
        # Long enough after it for the robot's to have left too.
        if left and clock.at - left[0] > timedelta(minutes=3):
            raise ToldToStop

    monkeypatch.setattr(Daemon, "_wait", wait)

    def run(opened: OpenOffice) -> None:
        def say(line: str) -> None:
            if "Đã ghi nhận 2 báo cáo" in line:
                booked.append(clock.at)

        Daemon(replace(opened, clock=clock), say).run()

    inside(made, run)
    assert len(booked) == 1
    assert [mail.recipients for mail in server.mails] == [(address("binh-minh"),)]
    assert timedelta(seconds=1) < left[0] - booked[0] <= timedelta(minutes=2)
