"""The server's count is held against the ledger, and a mail nobody accounts for is named."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desk.work import fetch
from tests.dovecot import Dovecot, running_dovecot
from tests.offices import Office, figures, make_office, note, report_mail
from tests.test_desk_daemon import SECRET, mailbox


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with running_dovecot() as running:
        yield running


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("TONGHOP_PASSWORD", SECRET["TONGHOP_PASSWORD"])
    return make_office(tmp_path)


def inbox(office: Office, code: int = 0) -> Any:
    return office.run("audit", "--json", code=code).json["folders"][0]


def test_every_mail_on_the_server_stands_somewhere(office: Office, server: Dovecot) -> None:
    mailbox(office, server.port, "du")
    mails = (
        report_mail("binh-minh"),
        report_mail("suoi-dau", sender="la@x.example"),
        note("binh-minh", "Xin chào", "Cảm ơn phòng."),
    )
    server.append("du", *mails, date="01-Jun-2023 08:00:00 +0700")
    assert inbox(office)["coming"] == 3
    office.run("poll")
    counted = inbox(office)
    named = ("booked", "review", "set_aside", "failed", "unread", "coming")
    assert counted["server"] == sum(counted[name] for name in named) == 3
    assert (counted["booked"], counted["review"]) == (1, 1)
    said = office.run("audit").out
    assert "Máy chủ 3 · kho thư 3 · sổ theo dõi 3 · chưa có trạng thái 0" in said
    assert "Không thiếu thư nào" in said


def test_a_mail_archived_and_not_read_is_counted_as_without_state(office: Office, server: Dovecot) -> None:
    mailbox(office, server.port, "chua-doc")
    server.append("chua-doc", report_mail("binh-minh"), date="01-Jun-2023 08:00:00 +0700")
    with office.opened() as opened:
        box = opened.open_mailbox()
        fetch(opened, box, opened.account)
        box.close()
    assert office.run("audit", "--json").json["stateless"] == 1
    office.run("poll")
    assert office.run("audit", "--json").json["stateless"] == 0


def test_a_mail_the_ledger_lost_is_named_with_sender_and_subject(office: Office, server: Dovecot) -> None:
    mailbox(office, server.port, "mat")
    server.append("mat", report_mail("binh-minh"), date="01-Jun-2023 08:00:00 +0700")
    office.run("poll")
    with sqlite3.connect(office.ledger_file) as ledger:  # a mark that runs ahead: the next mail is never read
        ledger.execute("UPDATE folder_marks SET last_uid = 2, uid_validity = uid_validity")
    ledger.close()
    server.append("mat", report_mail("dong-tam"), date="02-Jun-2023 08:00:00 +0700")
    office.run("poll")
    (lost,) = inbox(office, code=1)["unaccounted"]
    assert lost["uid"] == 2
    assert "vanthu@dongtam.example" in lost["sender"]
    assert "bình đẳng giới" in lost["subject"]
    said = office.run("audit", code=1).out
    assert "02/06/2023 08:00" in said
    assert "CÓ SAI LỆCH" in said
    assert "Không thiếu thư nào" not in said


def test_mail_the_staff_deleted_and_mail_from_before_the_start_are_no_difference(
    office: Office, server: Dovecot
) -> None:
    mailbox(office, server.port, "xoa")
    text = (office.home / "settings.yaml").read_text("utf-8")
    office.settings(text.replace("poll_seconds: 600", "poll_seconds: 600, start: 01/06/2023"))
    server.append("xoa", note("binh-minh", "Xin chào", "Cảm ơn phòng."), date="01-Jan-2020 08:00:00 +0700")
    server.append("xoa", report_mail("binh-minh"), date="01-Jun-2023 08:00:00 +0700")
    server.append("xoa", report_mail("dong-tam", figures(2)), date="02-Jun-2023 08:00:00 +0700")
    office.run("poll")
    with server.client("xoa") as client:
        client.select_folder("INBOX")
        client.delete_messages([2])
        client.expunge()
    counted = inbox(office)
    assert (counted["server"], counted["booked"], counted["unaccounted"]) == (1, 1, [])


def test_the_morning_page_tells_the_servers_count(office: Office, server: Dovecot) -> None:
    mailbox(office, server.port, "sang")
    server.append("sang", report_mail("binh-minh"), date="01-Jun-2023 08:00:00 +0700")
    office.run("run", "--once")
    page = (office.home / "outputs/ban-tin/2023-06-07.txt").read_text("utf-8")
    assert "máy chủ, thư mục INBOX: khớp, 1 thư (1 đã ghi nhận)." in page


def test_a_morning_without_the_server_says_so(office: Office) -> None:
    mailbox(office, 1, "khong")
    office.run("run", "--once", code=4)
    page = (office.home / "outputs/ban-tin/2023-06-07.txt").read_text("utf-8")
    assert "chưa đối chiếu được với máy chủ" in page
