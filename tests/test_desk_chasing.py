"""From the ledger to the unit's mailbox: `tonghop remind` on a real ledger and a real SMTP server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desk.mailing.chasing import Chased, chase
from desk.mailing.outbox import Guard
from ledger.records import Delivery, OutboxState
from tests.offices import (
    DEPARTMENT,
    REPORT_FILE,
    Office,
    address,
    at,
    figures,
    make_office,
    note,
    report_mail,
)
from tests.smtp_server import PASSWORD, SmtpServer, running_smtp

SENDING = DEPARTMENT.replace("mode: preview", "mode: send")
BOLD = Guard(most_mails=1000, most_share=1.0)
# The units of the invented department that have an address; one has none.
ADDRESSED = ["binh-minh", "dong-tam", "hoa-lac", "y-te", "van-hoa", "the-thao"]


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with running_smtp() as running:
        yield running


@pytest.fixture(autouse=True)
def _no_secrets_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.delenv("TONGHOP_PASSWORD", raising=False)
    monkeypatch.delenv("TONGHOP_SMTP_PASSWORD", raising=False)


def office_of(folder: Path, *, mode: str = "send", now: str = "2023-06-07T09:00:00+07:00") -> Office:
    department = DEPARTMENT.replace("mode: preview", f"mode: {mode}")
    made = replace(make_office(folder, department=department), now=now)
    made.deliver(note("tin@bao.example", "Bản tin", "Tin tuần"), "2023-05-20T10:00")
    return made


def connect(
    office: Office, server: SmtpServer, monkeypatch: pytest.MonkeyPatch, secret: str = PASSWORD
) -> None:
    settings = server.settings()
    office.settings(
        f"smtp:\n  host: {settings.host}\n  user: {settings.user}\n  port: {settings.port}\n"
        f"  encryption: tls\n  ca_file: {settings.ca_file}\n"
    )
    monkeypatch.setenv("TONGHOP_SMTP_PASSWORD", secret)


def chased(office: Office, *, queue: bool = False, send: bool = False, **more: Any) -> Chased:
    with office.opened() as opened:
        return chase(opened, queue=queue, send=send, pause=lambda _seconds: None, **{"guard": BOLD, **more})


def units(found: Chased) -> list[str]:
    return [mail.unit for mail in found.mails]


def outbox(office: Office) -> list[tuple[str, OutboxState]]:
    with office.opened() as opened:
        return [(mail.unit, mail.state) for mail in opened.ledger.outbox()]


def test_a_preview_shows_the_mails_and_records_and_sends_nothing(
    tmp_path: Path, server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = office_of(tmp_path)
    connect(office, server, monkeypatch)
    office.take_in()
    found = chased(office)
    assert (found.mode, units(found)) == ("preview", ADDRESSED)
    assert [unit.id for unit in found.without_address] == ["suoi-dau"]
    assert (outbox(office), server.mails, server.connections) == ([], [], 0)


def test_who_has_reported_is_not_chased_and_who_waits_for_us_neither(tmp_path: Path) -> None:
    office = office_of(tmp_path)
    office.deliver(report_mail("binh-minh", figures(1)), "2023-06-01T08:00")
    office.deliver(report_mail("hoa-lac", figures(3)), "2023-06-05T07:30")  # late, but there
    office.deliver(report_mail("suoi-dau", figures(4), sender="ban@rieng.example"), "2023-06-03T10:00")
    office.take_in()
    assert office.states()["suoi-dau"] == "needs_review"
    found = chased(office)
    assert units(found) == ["dong-tam", "y-te", "van-hoa", "the-thao"]
    assert found.without_address == ()


def test_a_report_handed_in_on_paper_ends_the_chase(tmp_path: Path) -> None:
    office = office_of(tmp_path)
    office.take_in()
    office.run("decide", "receive", "dong-tam", "-r", "bdg", "-k", "2023-H1", "--at", "2023-06-02T09:00")
    office.run("decide", "exempt", "y-te", "-r", "bdg", "-k", "2023-H1", "--reason", "Không phát sinh")
    assert units(chased(office)) == ["binh-minh", "hoa-lac", "van-hoa", "the-thao"]


def test_the_same_step_is_queued_once_over_many_runs(tmp_path: Path) -> None:
    office = office_of(tmp_path)
    office.take_in()
    first, second = chased(office, queue=True), chased(office, queue=True)
    assert first.mode == second.mode == "queued"
    assert units(first) == units(second) == ADDRESSED
    assert len(outbox(office)) == len(ADDRESSED)
    later = replace(office, now="2023-06-08T09:00:00+07:00")
    chased(later, queue=True)
    assert len(outbox(office)) == len(ADDRESSED)


def test_mails_are_sent_once_over_many_runs(
    tmp_path: Path, server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = office_of(tmp_path)
    connect(office, server, monkeypatch)
    office.take_in()
    found = chased(office, queue=True, send=True)
    assert (found.mode, units(found)) == ("sent", ADDRESSED)
    again = chased(office, queue=True, send=True)
    assert (again.mode, units(again)) == ("sent", [])
    assert len(server.mails) == len(ADDRESSED)
    assert office.standing("dong-tam")["last_reminder"] == "2023-06-07T09:00:00+07:00"


def test_a_report_that_comes_between_queueing_and_sending_cancels_its_mail(
    tmp_path: Path, server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = office_of(tmp_path)
    connect(office, server, monkeypatch)
    office.take_in()
    chased(office, queue=True)
    office.deliver(report_mail("dong-tam", figures(2)), "2023-06-07T10:00")
    later = replace(office, now="2023-06-07T11:00:00+07:00")
    later.take_in()
    chased(later, queue=True, send=True)
    assert ("dong-tam", OutboxState.CANCELLED) in outbox(later)
    assert address("dong-tam") not in {to for taken in server.mails for to in taken.recipients}
    assert len(server.mails) == len(ADDRESSED) - 1


def test_where_sending_is_off_the_mails_wait(
    tmp_path: Path, server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for mode in ("off", "preview"):
        office = office_of(tmp_path / mode, mode=mode)
        connect(office, server, monkeypatch)
        office.take_in()
        found = chased(office, queue=True, send=True)
        assert (found.mode, units(found)) == ("off", ADDRESSED)
    assert server.connections == 0


def test_without_a_server_or_a_secret_the_mails_wait_and_it_is_said_why(
    tmp_path: Path, server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = office_of(tmp_path)
    office.take_in()
    found = chased(office, queue=True, send=True)
    assert (found.mode, units(found)) == ("queued", ADDRESSED)
    assert "mục smtp" in found.view()["note"]
    connect(office, server, monkeypatch)
    monkeypatch.delenv("TONGHOP_SMTP_PASSWORD")
    assert "TONGHOP_SMTP_PASSWORD" in chased(office, queue=True, send=True).view()["note"]
    assert server.connections == 0


def test_the_password_of_the_mailbox_serves_where_sending_has_none_of_its_own(
    tmp_path: Path, server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = office_of(tmp_path)
    connect(office, server, monkeypatch)
    monkeypatch.delenv("TONGHOP_SMTP_PASSWORD")
    monkeypatch.setenv("TONGHOP_PASSWORD", PASSWORD)
    office.take_in()
    assert chased(office, queue=True, send=True).mode == "sent"
    assert len(server.mails) == len(ADDRESSED)


def test_a_run_that_would_write_to_nearly_everybody_waits_for_a_persons_word(
    tmp_path: Path, server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = office_of(tmp_path)
    connect(office, server, monkeypatch)
    office.take_in()
    held = chased(office, queue=True, send=True, guard=None)
    assert (held.mode, server.mails) == ("queued", [])
    assert "xác nhận" in held.sentence()
    assert chased(office, queue=True, send=True, guard=None, confirmed=True).mode == "sent"
    assert len(server.mails) == len(ADDRESSED)


def test_a_run_too_large_is_held_also_when_something_else_stands_in_the_way(tmp_path: Path) -> None:
    office = office_of(tmp_path)  # without a server
    office.take_in()
    assert "xác nhận" in chased(office, queue=True, send=True, guard=None).sentence()
    assert {state for _, state in outbox(office)} == {OutboxState.HELD}


def test_while_archived_mail_is_unread_nothing_is_sent(
    tmp_path: Path, server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = office_of(tmp_path)
    connect(office, server, monkeypatch)
    office.take_in()
    with office.opened() as opened:
        opened.ledger.read_again([message.archive_id for message in opened.ledger.messages()])
    found = chased(office, queue=True, send=True)
    assert (found.mode, server.mails) == ("queued", [])
    assert "chưa đọc xong" in found.sentence()


def test_a_unit_whose_unreadable_mail_waits_for_us_is_not_written_to(tmp_path: Path) -> None:
    office = office_of(tmp_path)
    damaged = note(address("y-te"), "Gửi phòng", "Gửi kèm tệp.", ("tep.docx", b"PK\x03\x04 khong doc duoc"))
    office.deliver(damaged, "2023-06-02T09:00")
    office.take_in()
    assert office.states()["y-te"] == "missing"  # for nobody knows which report it is
    found = chased(office)
    assert "y-te" not in units(found)
    assert [unit.id for unit in found.in_hand] == ["y-te"]
    assert "binh-minh" in units(found)


def test_a_unit_that_says_it_has_sent_is_not_chased_before_somebody_has_looked(tmp_path: Path) -> None:
    office = office_of(tmp_path)
    said = note(address("y-te"), "Báo cáo", "Đơn vị đã gửi báo cáo hôm qua rồi ạ.")
    office.deliver(said, "2023-06-06T09:00")
    office.take_in()
    assert office.states()["y-te"] == "missing"
    assert [unit.id for unit in chased(office).in_hand] == ["y-te"]
    (item,) = office.listed("review")
    office.run("decide", "set-aside", item["id"], "--class", "question", "--reason", "Không thấy")
    assert "y-te" in units(chased(office))


def test_a_claim_answers_itself_when_the_paper_is_booked_and_is_open_again_when_that_is_taken_back(
    tmp_path: Path,
) -> None:
    office = office_of(tmp_path)
    said = note(address("dong-tam"), "Báo cáo", "Xã đã nộp bản giấy cho chị Hoa rồi ạ.")
    office.deliver(said, "2023-06-06T09:00")
    office.take_in()
    (item,) = office.listed("review")
    office.run("decide", "receive", "dong-tam", "-r", "bdg", "-k", "2023-H1", "--at", "2023-06-02T09:00")
    assert office.listed("review") == []
    assert [each["code"] for each in office.message(item["message"])["reasons"]] == ["came_since"]
    office.run("decide", "reopen", "1", "--reason", "Nhầm đơn vị")
    assert [each["id"] for each in office.listed("review")] == [item["id"]]


def test_last_years_title_on_this_years_report_is_looked_at_before_its_unit_is_chased(tmp_path: Path) -> None:
    office = office_of(tmp_path)
    old_title: dict[str, Any] = {
        "title": "Kết quả công tác bình đẳng giới năm 2021",
        "subject": "Báo cáo",
    }
    office.deliver(report_mail("hoa-lac", **old_title), "2023-06-01T08:00")
    office.deliver(report_mail("dong-tam", figures(2), **old_title), "2022-01-05T08:00")  # that year's own
    office.take_in()
    found = chased(office)
    assert [unit.id for unit in found.in_hand] == ["hoa-lac"]
    assert "dong-tam" in units(found)


def test_mail_that_came_to_wait_while_a_chase_was_queued_takes_the_chase_back(
    tmp_path: Path, server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = office_of(tmp_path)
    connect(office, server, monkeypatch)
    office.take_in()
    chased(office, queue=True)
    damaged = note(address("y-te"), "Gửi phòng", "Gửi kèm tệp.", ("tep.docx", b"PK\x03\x04 khong doc duoc"))
    office.deliver(damaged, "2023-06-07T10:00")
    later = replace(office, now="2023-06-07T11:00:00+07:00")
    later.take_in()
    chased(later, queue=True, send=True)
    assert ("y-te", OutboxState.CANCELLED) in outbox(later)
    assert address("y-te") not in {to for taken in server.mails for to in taken.recipients}


def test_a_period_that_was_due_before_mail_began_to_be_read_is_left_alone(tmp_path: Path) -> None:
    office = office_of(tmp_path)
    office.take_in()
    office.settings("mailbox:\n  host: imap.example\n  user: x@y.example\n  start: 06/06/2023\n")
    assert units(chased(office)) == []


def test_a_reminder_before_the_due_moment_is_not_sent_after_it(
    tmp_path: Path, server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    department = SENDING.replace("steps:", "steps:\n    - {id: nhac-truoc-han, working_days: -3}")
    office = replace(make_office(tmp_path, department=department), now="2023-06-02T09:00:00+07:00")
    office.deliver(note("tin@bao.example", "Bản tin", "Tin tuần"), "2023-05-20T10:00")
    connect(office, server, monkeypatch)
    office.take_in()
    assert {mail.step for mail in chased(office, queue=True).mails} == {"nhac-truoc-han"}
    late = replace(office, now="2023-06-05T09:00:00+07:00")
    sent = chased(late, queue=True, send=True)
    assert {mail.step for mail in sent.mails} == {"don-doc-1"}
    assert len(server.mails) == len(ADDRESSED)


def test_of_two_reports_in_one_mail_the_one_that_is_still_missing_is_chased_anew(
    tmp_path: Path, server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = office_of(tmp_path)
    (office.home / "regime" / "reports" / "tre-em.yaml").write_text(
        REPORT_FILE.replace("id: bdg", "id: tre-em")
        .replace("bình đẳng giới", "bảo vệ trẻ em")
        .replace("BĐG", "BVTE"),
        "utf-8",
    )
    connect(office, server, monkeypatch)
    office.take_in()
    assert {len(mail.keys) for mail in chased(office, queue=True).mails} == {2}
    later = replace(office, now="2023-06-07T10:00:00+07:00")
    later.run("decide", "receive", "dong-tam", "-r", "tre-em", "-k", "2023-H1", "--at", "2023-06-07T09:30")
    sent = chased(later, queue=True, send=True)
    (anew,) = [mail for mail in sent.mails if mail.unit == "dong-tam"]
    assert [key.report for key in anew.keys] == ["bdg"]
    assert "trẻ em" not in anew.text
    assert len([taken for taken in server.mails if address("dong-tam") in taken.recipients]) == 1


def test_only_a_reminder_that_arrived_counts_as_the_last_one(tmp_path: Path) -> None:
    office = office_of(tmp_path)
    office.take_in()
    chased(office, queue=True)
    with office.opened() as opened:
        first = next(mail for mail in opened.ledger.outbox() if mail.unit == "dong-tam")
        ways = (
            ("chase", "sent"),
            ("return", "sent"),
            ("receipt", "sent"),
            ("leaders", "sent"),
            ("chase-2", "bounced"),
        )
        for hour, (kind, end) in enumerate(ways, 9):
            new = replace(first, kind=kind, step=f"{kind}-x", message_id=f"<{kind}@x.example>")
            mail = opened.ledger.queue(new)
            assert opened.ledger.claim(mail.id, lambda _mail: True)
            opened.ledger.mark(Delivery(mail.id, at(f"2023-06-07T{hour:02}:30"), OutboxState.SENT, "250 OK"))
            if end == "bounced":
                opened.ledger.mark(Delivery(mail.id, at("2023-06-07T15:00"), OutboxState.BOUNCED, ""))
    standing = replace(office, now="2023-06-07T16:00:00+07:00").standing("dong-tam")
    assert standing["last_reminder"] == "2023-06-07T09:30:00+07:00"


def test_a_broken_letter_holds_up_its_own_kind_alone(tmp_path: Path) -> None:
    steps = "steps:\n    - {id: lanh-dao, working_days: 1, template: danh-sach-lanh-dao, to_leaders: true}"
    leaders = "leaders: [lanh-dao@songmay.example]"
    department = SENDING.replace("steps:", f"{leaders}\n  {steps}")
    office = replace(make_office(tmp_path, department=department), now="2023-06-07T09:00:00+07:00")
    office.deliver(note("tin@bao.example", "Bản tin", "Tin tuần"), "2023-05-20T10:00")
    own = office.home / "templates" / "mail" / "danh-sach-lanh-dao.txt"
    own.parent.mkdir(parents=True)
    own.write_text("{{ nobody_knows }}", "utf-8")
    office.take_in()
    found = chased(office, queue=True)
    assert [unit for unit, _ in outbox(office)] == ADDRESSED
    assert "“mail/danh-sach-lanh-dao.txt”" in found.sentence()
    own.unlink()
    assert chased(office, queue=True).faults == ()
    assert [unit for unit, _ in outbox(office)] == [*ADDRESSED, ""]


def test_the_command_line_shows_what_would_go(tmp_path: Path) -> None:
    office = office_of(tmp_path)
    office.take_in()
    view = office.listed("remind")
    assert (view["mode"], [mail["unit"] for mail in view["mails"]]) == ("preview", ADDRESSED)
    assert view["without_address"] == [{"unit": "suoi-dau", "name": "UBND xã Suối Dâu", "phone": ""}]
    assert "Kính gửi: Ủy ban nhân dân xã Đồng Tâm" in office.run("remind", "--show").out
