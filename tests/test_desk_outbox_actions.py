"""What an officer does with outgoing mail, on a real ledger and by the command line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desk.mailing.outbox_actions import MailNotWaitingError, approve, edit, hold
from ledger.records import OutboxState
from tests.offices import DEPARTMENT, Office, figures, make_office, note, report_mail

APPROVED = DEPARTMENT.replace("mode: preview", "mode: approve")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = replace(make_office(tmp_path, department=APPROVED), now="2023-06-07T09:00:00+07:00")
    made.deliver(note("tin@bao.example", "Bản tin", "Tin tuần"), "2023-05-20T10:00")
    made.take_in()
    made.run("remind", "--queue")
    return made


def listed(office: Office, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office.listed("outbox", "list", *words)
    return found


def states(office: Office) -> list[str]:
    return [mail["state"] for mail in listed(office)]


def test_where_each_mail_is_approved_all_are_held_until_a_person_lets_the_batch_go(office: Office) -> None:
    assert set(states(office)) == {"held"}
    office.run("outbox", "approve", "2", "3")
    assert states(office)[:4] == ["held", "queued", "queued", "held"]
    office.run("outbox", "hold", "2", "--reason", "Đã gọi điện")
    office.run("outbox", "approve", "--all")
    # A mail that was held for a reason is no part of the batch.
    assert states(office) == ["queued", "held", *["queued"] * (len(states(office)) - 2)]


def test_who_approved_held_edited_and_cancelled_stands_in_the_history(office: Office, tmp_path: Path) -> None:
    words = tmp_path / "loi.txt"
    words.write_text("Kính gửi: Ủy ban nhân dân xã.\n\n" + "Đề nghị gửi báo cáo. " * 20, "utf-8")
    office.run("outbox", "edit", "1", "--subject", "V/v báo cáo\r\nBcc: ai@do.example", "--text", str(words))
    office.run("outbox", "approve", "1")
    office.run("outbox", "hold", "1", "--reason", "Chờ ý kiến")
    office.run("outbox", "cancel", "1", "--reason", "Không cần nữa")
    with office.opened() as opened:
        events = opened.ledger.history(subject="outbox/1")
    assert [event.event for event in events] == [
        "mail_held", "mail_edited", "mail_approved", "mail_queued", "mail_held", "mail_cancelled",
    ]  # fmt: skip
    assert events[1].detail["subject_before"].startswith("V/v đôn đốc")
    shown = office.listed("outbox", "show", "1")
    assert (shown["subject"], shown["reply"]) == ("V/v báo cáo Bcc: ai@do.example", "Không cần nữa")
    assert max(map(len, shown["text"].splitlines())) < 78
    assert shown["events"][-1]["why"] == "Không cần nữa"


def test_what_has_gone_or_was_taken_back_is_not_approved_held_or_edited(office: Office) -> None:
    office.run("outbox", "cancel", "1")
    with office.opened() as opened:
        for action in (lambda: approve(opened, [2, 1]), lambda: hold(opened, 1), lambda: hold(opened, 2)):
            with pytest.raises(MailNotWaitingError):
                action()
        with pytest.raises(MailNotWaitingError):
            edit(opened, 1, subject="Khác")
        assert opened.ledger.outgoing(2).state is OutboxState.HELD  # all of a batch or none


def test_a_held_mail_is_taken_back_when_its_report_comes(office: Office) -> None:
    office.deliver(report_mail("dong-tam", figures(2)), "2023-06-07T10:00")
    later = replace(office, now="2023-06-07T11:00:00+07:00")
    later.take_in()
    later.run("remind", "--queue")
    (mail,) = listed(later, "--unit", "dong-tam")
    assert (mail["state"], mail["reply"]) == ("cancelled", "no_longer_needed")


def test_an_unknown_mail_is_told(office: Office) -> None:
    assert office.run("outbox", "show", "99", code=6).err.strip().endswith("Không có thư đi số 99.")
