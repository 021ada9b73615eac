"""The ledger again, from archive, configuration and decisions."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from consolidate.writers.report import write_report
from desk.office import Office as OpenOffice
from desk.work import fetch
from intake.mailbox.local import open_local
from ledger.lock import only_daemon
from ledger.records import MORNING_DONE, RECOGNITION, Delivery, OutboxState, ReportFile
from ledger.store import Ledger
from tests.offices import (
    PERIOD,
    REPORT,
    Office,
    after_round,
    at,
    facts,
    figures,
    inside,
    make_office,
    report_mail,
)

WHERE = ("-r", REPORT, "-k", PERIOD)
SET_ASIDE = "UPDATE messages SET state = 'set_aside' WHERE archive_id = '{id}'"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A round with a decision, an issue, and mails in the outbox."""
    made, ids = after_round(tmp_path)
    made.run("decide", "accept", made.question(ids["held"]))
    made.run("consolidate", *WHERE)
    made.run("remind", "--queue")
    return made


def rebuilt(office: Office, *words: str, code: int = 0) -> dict[str, object]:
    found: dict[str, object] = office.run("rebuild", "--json", *words, code=code).json
    return found


def _differences(office: Office, *words: str, code: int = 0) -> list[str]:
    found: list[str] = office.run("rebuild", "--json", *words, code=code).json["differences"]
    return found


def _outbox(opened: OpenOffice) -> list[tuple[str, OutboxState, datetime | None]]:
    return [(mail.message_id, mail.state, mail.sent_at) for mail in opened.ledger.outbox()]


def tamper(office: Office, *statements: str) -> None:
    with sqlite3.connect(office.ledger_file) as database:
        for statement in statements:
            database.execute(statement)
    database.close()


def test_an_untouched_home_is_rebuilt_without_a_difference(office: Office) -> None:
    before = inside(office, lambda opened: facts(opened.ledger))
    assert rebuilt(office) == {"messages": 6, "differences": []}
    assert inside(office, lambda opened: facts(opened.ledger)) == before


@pytest.mark.parametrize(
    "statement",
    [
        SET_ASIDE,
        "UPDATE submissions SET accepted = 0 WHERE archive_id = '{id}'",
        "UPDATE \"values\" SET value = '999' WHERE archive_id = '{id}' AND indicator = 'B1'",
        "DELETE FROM \"values\" WHERE archive_id = '{id}'",
    ],
    ids=["state", "decision undone", "figure", "row deleted"],
)
def test_what_was_tampered_with_is_named(office: Office, statement: str) -> None:
    first = office.listed("messages", "--unit", "binh-minh")[0]["archive_id"]
    tamper(office, "PRAGMA foreign_keys = OFF", statement.format(id=first))
    (difference,) = _differences(office, code=1)
    assert difference.startswith(first[:12])


def test_a_message_that_vanished_from_the_ledger_is_named(office: Office) -> None:
    first = office.listed("messages", "--unit", "binh-minh")[0]["archive_id"]
    tables = ("values", "sections", "findings", "review_items", "attachments", "submissions", "messages")
    for table in tables:
        tamper(office, f"DELETE FROM \"{table}\" WHERE archive_id = '{first}'")  # noqa: S608
    assert any(one.startswith(first[:12]) for one in _differences(office, code=1))


def test_rebuilding_leaves_the_ledger_in_use_alone_unless_told(office: Office) -> None:
    first = office.listed("messages", "--unit", "binh-minh")[0]["archive_id"]
    tamper(office, SET_ASIDE.format(id=first))
    rebuilt(office, code=1)
    assert office.message(first)["state"] == "set_aside"


def test_replace_puts_the_new_ledger_in_place_and_keeps_the_old(office: Office) -> None:
    first = office.listed("messages", "--unit", "binh-minh")[0]["archive_id"]
    tamper(office, SET_ASIDE.format(id=first))
    rebuilt(office, "--replace", code=1)
    assert office.message(first)["state"] == "booked"
    kept = office.home / "tonghop.before-rebuild.sqlite3"
    with sqlite3.connect(kept) as old:
        (state,) = old.execute("SELECT state FROM messages WHERE archive_id = ?", (first,)).fetchone()
    assert state == "set_aside"
    assert rebuilt(office)["differences"] == []


def test_a_replaced_ledger_knows_what_went_out_and_what_was_issued(office: Office) -> None:
    def send(opened: OpenOffice) -> None:
        ledger = opened.ledger
        mail = ledger.outbox()[0]
        ledger.claim(mail.id, lambda _: True)
        ledger.mark(Delivery(mail.id, at("2023-06-07T09:00"), OutboxState.SENT, "250 ok"))

    inside(office, send)
    office.run("consolidate", *WHERE)  # the chase-up list tells of the mail that went out
    before = inside(
        office, lambda opened: [(m.message_id, m.state, m.sent_at) for m in opened.ledger.outbox()]
    )
    issued = inside(office, lambda opened: opened.ledger.issues(REPORT, PERIOD))
    rebuilt(office, "--replace")
    after = inside(
        office, lambda opened: [(m.message_id, m.state, m.sent_at) for m in opened.ledger.outbox()]
    )
    assert after == before
    assert inside(office, lambda opened: opened.ledger.issues(REPORT, PERIOD)) == issued
    assert not office.listed("consolidate", *WHERE)["new"]


def test_a_replaced_ledger_takes_new_mail_and_no_old_mail_again(office: Office) -> None:
    rebuilt(office, "--replace")
    office.deliver(report_mail("y-te", figures(9)), "2023-06-06T08:00")
    taken = office.take_in()
    assert (taken["new"], taken["booked"]) == (1, 1)


def test_documents_that_would_come_out_otherwise_are_named(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_another_program(*facts: Any) -> ReportFile:
        return replace(write_report(*facts), content=b"another layout")

    monkeypatch.setattr("consolidate.writers.report.write_report", of_another_program)
    (difference,) = _differences(office, code=1)
    assert str(difference).startswith(f"{REPORT} {PERIOD} 01: ")
    assert str(difference).endswith(".docx")


def test_words_of_the_departments_own_wait_for_the_next_issue(office: Office) -> None:
    wording = office.home / "templates" / "wording"
    wording.mkdir(parents=True)
    (wording / "documents.vi.yaml").write_text('nation: "NƯỚC KHÁC"\n', "utf-8")
    assert not _differences(office, code=0)
    assert office.listed("consolidate", *WHERE)["number"] == 2


def test_what_was_recognised_is_read_so_again(office: Office) -> None:
    (first, *_) = office.listed("messages")
    inside(office, lambda opened: opened.ledger.note(RECOGNITION, first["archive_id"]))
    rebuilt(office, "--replace")
    events = inside(office, lambda opened: opened.ledger.history(event=RECOGNITION))
    assert [event.subject for event in events] == [first["archive_id"]]


def test_the_ledger_of_a_running_daemon_is_not_replaced(office: Office) -> None:
    with only_daemon(f"sqlite:///{office.ledger_file}"):
        office.run("rebuild", "--replace", code=5)
        assert not _differences(office)


def test_what_the_mailbox_doubted_is_not_forgotten(tmp_path: Path) -> None:
    """Without a manifest nobody knows when the file arrived: it is asked about, also after a rebuild."""
    office = make_office(tmp_path)
    (office.mail / "a.eml").write_bytes(report_mail("binh-minh"))
    office.run("import", str(office.mail))
    (message,) = office.listed("messages")
    assert message["state"] == "review"
    assert rebuilt(office, "--replace")["differences"] == []
    assert office.message(message["archive_id"])["state"] == "review"


def test_a_doubt_is_known_before_the_message_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before the doubt is noted, the message is not there either, and is fetched again."""
    office = make_office(tmp_path)
    (office.mail / "a.eml").write_bytes(report_mail("binh-minh"))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Ledger, "note_each", killed)
    mailbox = open_local(office.mail, None, account="a")
    with office.opened() as opened, pytest.raises(KeyboardInterrupt):
        fetch(opened, mailbox, "a")
    with office.opened() as opened:
        assert opened.ledger.unread() == ()
        assert opened.ledger.folder_mark("a", "INBOX") is None


MARK = ("imap:office", "INBOX", 7, 12)


def _carried(opened: OpenOffice) -> tuple[object, ...]:
    ledger = opened.ledger
    attempts = [
        (mail.message_id, attempt.at, attempt.state, attempt.reply)
        for mail in ledger.outbox()
        for attempt in ledger.deliveries(mail.id)
    ]
    return attempts, [event.subject for event in ledger.history(event=MORNING_DONE)], ledger.folder_marks()


def test_attempts_mornings_and_folder_marks_are_carried_over(office: Office) -> None:
    def work(opened: OpenOffice) -> None:
        ledger = opened.ledger
        mail = ledger.outbox()[-1]
        assert ledger.claim(mail.id, lambda _mail: True)
        ledger.mark(Delivery(mail.id, at("2023-06-06T08:00"), OutboxState.UNCERTAIN, "timeout"))
        ledger.mark(Delivery(mail.id, at("2023-06-06T09:00"), OutboxState.SENT, "250 OK"))
        ledger.note(MORNING_DONE, "2023-06-06")
        ledger.record_batch([], MARK)

    inside(office, work)
    before = inside(office, _carried)
    assert len(before[0]) == 2
    assert MARK in before[2]
    rebuilt(office, "--replace")
    assert inside(office, _carried) == before


def test_folders_are_read_from_the_beginning_when_the_archive_has_lost_mail(office: Office) -> None:
    inside(office, lambda opened: opened.ledger.record_batch([], MARK))
    lost = next(iter(inside(office, lambda opened: opened.archive.ids())))
    for path in office.home.rglob(f"*{lost[4:]}*"):
        path.unlink()
    rebuilt(office, "--replace", code=1)
    assert inside(office, lambda opened: opened.ledger.folder_marks()) == ()
