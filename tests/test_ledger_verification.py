"""Whatever byte is changed, taken out or put in behind the program's back: `verify` says where."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update

import ledger.verification
from config.wording import Wording
from desk.office import Office as OpenOffice
from ledger.database import open_database
from ledger.history import NOTHING_BEFORE, chained
from ledger.models import history
from tests.offices import PERIOD, REPORT, Office, inside, make_office, round_of_mail

WHERE = ("-r", REPORT, "-k", PERIOD)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger.verification, "IN_FLIGHT_SECONDS", 0.01)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A round with decisions, an issue, and mails in the outbox."""
    office = make_office(tmp_path_factory.mktemp("verify"))
    ids = round_of_mail(office)
    office.take_in()
    office.run("decide", "accept", office.question(ids["held"]))
    office.run("consolidate", *WHERE)
    office.run("remind", "--queue")
    return office


@pytest.fixture
def office(made: Office, tmp_path: Path) -> Office:
    """The round once more, to be damaged."""
    from shutil import copytree

    copytree(made.home, tmp_path / "home")
    return Office(tmp_path / "home", made.mail)


def flaws(office: Office) -> set[tuple[str, str]]:
    found = office.run("verify", "--json", code=1).json["flaws"]
    assert all("…" not in flaw["sentence"] for flaw in found)
    return {(flaw["code"], flaw["where"]) for flaw in found}


def flip(path: Path, place: int) -> None:
    octets = bytearray(path.read_bytes())
    octets[place] ^= 0x01
    path.write_bytes(octets)


def messages_of(office: Office) -> list[Path]:
    return sorted(path for path in (office.home / "archive").rglob("*") if len(path.name) == 64)


def tamper(office: Office, *statements: str) -> None:
    with sqlite3.connect(office.ledger_file) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("PRAGMA foreign_keys = OFF")
        for statement in statements:
            assert database.execute(statement).rowcount > 0, statement
    database.close()


def test_an_untouched_home_is_sound_and_the_end_of_its_history_is_told(made: Office) -> None:
    found = made.run("verify", "--json").json
    assert (found["flaws"], found["messages"]) == ([], 6)
    last = inside(made, lambda opened: opened.ledger.history()[-1])
    assert (found["events"], found["head"]) == (last.number, last.sha256)
    assert found["head"] in made.run("verify").out


def test_looking_changes_nothing(office: Office) -> None:
    before = {path: path.read_bytes() for path in office.home.rglob("*") if path.is_file()}
    office.run("verify")
    after = {path: path.read_bytes() for path in before if not path.name.endswith(("-wal", "-shm"))}
    assert after == {path: octets for path, octets in before.items() if path in after}


def test_a_flipped_byte_of_any_message_is_named(office: Office) -> None:
    for path in messages_of(office):
        flip(path, len(path.read_bytes()) // 2)
        assert flaws(office) == {("message_changed", path.name)}
        flip(path, len(path.read_bytes()) // 2)
    office.run("verify")


def test_a_message_taken_out_or_put_in_is_named(office: Office) -> None:
    path = messages_of(office)[0]
    moved = path.with_name("0" * 64)
    path.rename(moved)
    assert flaws(office) == {
        ("message_missing", path.name),
        ("file_extra", moved.relative_to(office.home / "archive").as_posix()),
    }


def test_a_message_nobody_recorded_is_named_until_it_is_taken_in(office: Office) -> None:
    octets = b"From: a@b.example\r\n\r\nx\r\n"
    archive_id = inside(office, lambda opened: opened.archive.keep(octets, opened.clock(), _Somewhere()))
    assert flaws(office) == {("message_extra", archive_id)}


class _Somewhere:
    account, folder, uid_validity, uid, gmail_id, junk = "x", "INBOX", 1, 99, "", False


@pytest.mark.parametrize("name", ["archive/sightings.journal", "decisions.jsonl"])
def test_a_flipped_byte_anywhere_in_a_journal_is_named_with_its_line(office: Office, name: str) -> None:
    path = office.home / name
    octets = path.read_bytes()
    code = "sighting_line_changed" if "sightings" in name else "decision_line_changed"
    for place in range(0, len(octets), 97):
        flip(path, place)
        line = octets[:place].count(b"\n") + 1
        assert (code, str(line)) in flaws(office), place
        path.write_bytes(octets)
    office.run("verify")


@pytest.mark.parametrize("name", ["archive/sightings.journal", "decisions.jsonl"])
def test_a_whole_line_taken_out_of_a_journal_is_named(office: Office, name: str) -> None:
    path = office.home / name
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[1:]))
    (expected,) = {"sighting_line_missing" if "sightings" in name else "decision_line_missing"}
    assert expected in {code for code, _ in flaws(office)}


def rewrite_history(office: Office) -> None:
    """What somebody with the home in hand can do: another history, and its whole chain made anew."""
    tamper(office)
    database = open_database(f"sqlite:///{office.ledger_file}")
    with database.writing() as connection:
        previous = NOTHING_BEFORE
        for row in connection.execute(select(history).order_by(history.c.number)).mappings().all():
            forged = dict(row, actor="Người khác", previous_sha256=previous)
            forged["sha256"] = previous = chained(forged)
            connection.execute(update(history).where(history.c.number == row["number"]).values(**forged))
    database.close()


def test_a_history_rewritten_with_its_whole_chain_is_found_by_an_end_noted_elsewhere(office: Office) -> None:
    noted = office.run("verify", "--json").json["head"]
    office.run("remind")  # the history goes on; what was noted stays one of its events
    office.run("verify", "--end", noted, "--end", noted[:16])
    rewrite_history(office)
    office.run("verify")
    found = office.run("verify", "--end", noted, "--json", code=1).json["flaws"]
    assert [(flaw["code"], flaw["where"]) for flaw in found] == [("end_unknown", noted)]
    office.run("verify", "--end", "tất cả", code=2)


def test_the_morning_page_carries_an_end_of_the_history_out_of_the_house(office: Office) -> None:
    office.run("run", "--once")
    page = (office.home / "outputs/ban-tin/2023-06-07.txt").read_text("utf-8")
    (noted,) = re.findall(r"\b[0-9a-f]{64}\b", page.splitlines()[-1])
    office.run("verify", "--end", noted)
    rewrite_history(office)
    assert office.run("verify", "--end", noted, "--json", code=1).json["flaws"]


def test_a_mark_set_past_a_mail_is_named(office: Office) -> None:
    def read_up_to(opened: OpenOffice) -> None:
        opened.ledger.record_batch([], ("hop-thu", "INBOX", 7, 12))

    inside(office, read_up_to)
    office.run("verify")
    tamper(office, "UPDATE folder_marks SET last_uid = 14 WHERE account = 'hop-thu'")
    assert flaws(office) == {("mark_changed", "hop-thu/INBOX")}


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE history SET actor = 'x' WHERE number = 3", "event_changed"),
        ("UPDATE history SET at = '2001-01-01 00:00:00.000000' WHERE number = 3", "event_changed"),
        ("DELETE FROM history WHERE number = 3", "event_changed"),
        ("DELETE FROM history WHERE number = (SELECT max(number) FROM history)", "mail_changed"),
        ("UPDATE decisions SET choice = '{}' WHERE number = 1", "decision_changed"),
        ("DELETE FROM decisions", "decision_missing"),
        ("UPDATE messages SET subject = 'x'", "outcome_changed"),
        ("UPDATE submissions SET accepted = 1 - accepted", "outcome_changed"),
        ("UPDATE \"values\" SET value = '999' WHERE value IS NOT NULL", "outcome_changed"),
        ("UPDATE attachments SET sha256 = 'x'", "outcome_changed"),
        ("DELETE FROM review_items", "outcome_changed"),
        ("UPDATE messages SET arrival = 'khong phai ngay'", "outcome_changed"),
        ("UPDATE sightings SET arrival = '2023-05-01 00:00:00.000000'", "sighting_row_changed"),
        ("DELETE FROM sightings", "sighting_row_missing"),
        ("UPDATE archived SET arrival = '2023-05-01 00:00:00.000000'", "arrival_changed"),
        ("UPDATE archived SET size = size + 1", "row_changed"),
        ("UPDATE obligations SET exempt = 'x'", "obligation_changed"),
        ("DELETE FROM obligations WHERE unit = 'y-te'", "obligation_missing"),
        ('UPDATE outbox SET "to" = \'["a@b.example"]\'', "mail_changed"),
        ("UPDATE outbox SET state = 'sent'", "mail_changed"),
        ("DELETE FROM outbox", "mail_missing"),
        ("UPDATE issues SET content = '{}'", "issue_changed"),
        ("DELETE FROM issues", "issue_missing"),
        ("UPDATE history SET detail = '{' WHERE number = 2", "row_changed"),
    ],
)
def test_a_changed_row_is_named(office: Office, statement: str, code: str) -> None:
    tamper(office, statement)
    assert code in {found for found, _ in flaws(office)}


def test_the_message_whose_figure_was_changed_is_the_one_named(office: Office) -> None:
    first = office.listed("messages", "--unit", "binh-minh")[0]["archive_id"]
    tamper(office, f"UPDATE \"values\" SET value = '999' WHERE archive_id = '{first}'")  # noqa: S608
    assert flaws(office) == {("outcome_changed", first)}


def test_a_ledger_file_with_flipped_bytes_never_passes_silently_as_another_truth(office: Office) -> None:
    """A flip may hit room that nothing uses; then everything shown must be what it was."""
    seen = shown(office)
    octets = office.ledger_file.read_bytes()
    found = 0
    for place in range(0, len(octets), len(octets) // 40):
        office.ledger_file.write_bytes(octets)
        for beside in ("-wal", "-shm"):
            office.ledger_file.with_name(office.ledger_file.name + beside).unlink(missing_ok=True)
        flip(office.ledger_file, place)
        code = office.spawn("verify", "--json").returncode if place < 100 else _code(office)
        found += bool(code)
        assert code in {0, 1, 5}, place
        if not code:
            assert shown(office) == seen, place
    assert found > 5


def _code(office: Office) -> int:
    from typer.testing import CliRunner

    from desk.cli import app

    return CliRunner().invoke(app, office.words("verify")).exit_code


def shown(office: Office) -> list[object]:
    return [
        office.listed("messages"),
        office.listed("values", *WHERE),
        office.listed("status", *WHERE),
        office.listed("review"),
    ]


def test_an_issued_document_that_was_changed_or_lost_is_named(office: Office) -> None:
    documents = sorted((office.home / "outputs" / REPORT).rglob("*.docx"))
    flip(documents[0], 100)
    documents[1].unlink()
    names = [path.relative_to(office.home / "outputs").as_posix() for path in documents]
    assert flaws(office) == {("document_changed", names[0]), ("document_missing", names[1])}


def test_a_ledger_that_is_no_database_is_told_and_the_archive_still_looked_at(office: Office) -> None:
    office.ledger_file.write_bytes(b"khong phai SQLite" * 100)
    path = messages_of(office)[0]
    flip(path, 10)
    assert {code for code, _ in flaws(office)} == {"database_damaged", "message_changed"}


@pytest.mark.parametrize(
    "command", [("rebuild", "--replace", "--json"), ("consolidate", *WHERE), ("review",)]
)
def test_ordinary_work_leaves_a_sound_home(office: Office, command: tuple[str, ...]) -> None:
    office.run(*command)
    office.run("verify")


def test_every_flaw_has_a_sentence_in_both_languages() -> None:
    import re

    sources = [Path(ledger.verification.__file__), Path("desk/upkeep/verifying.py")]
    codes = {code for path in sources for code in re.findall(r'Flaw\("(\w+)"', path.read_text("utf-8"))}
    say: Callable[[str], bool]
    for say in (Wording("vi").has, Wording("en").has):
        assert {code for code in codes if not say(f"verify.{code}")} == set()
