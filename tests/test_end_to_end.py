"""The main job on a real mailbox: what is booked does not depend on how mail comes, when, or how often."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from desk.work import adopt, clear_up, fetch, recognise, take_in
from intake.mailbox.local import open_local
from ledger.archive import Archive
from ledger.records import MessageClass, MessageState
from ledger.store import Ledger
from tests.builders import zip_of
from tests.dovecot import JUNK, Dovecot, line_to, running_dovecot
from tests.offices import (
    HANOI,
    PERIOD,
    REPORT,
    SAMPLE,
    Office,
    address,
    after_round,
    command,
    copied,
    environment,
    facts,
    figures,
    inside,
    kept_folder,
    letter,
    make_office,
    note,
    report_mail,
    round_of_mail,
    verified,
)
from tests.score import write_regime as write_sample_regime

PASSWORD = "mot-mat-khau-de-thu"
WHERE = ("-r", REPORT, "-k", PERIOD)
SETS = [path.parent for path in sorted(SAMPLE.glob("*/manifest.json"))]


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with running_dovecot() as running:
        yield running


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return make_office(tmp_path)


@pytest.fixture
def after(tmp_path: Path) -> Office:
    """An office that has taken the small round in."""
    return after_round(tmp_path / "after")[0]


def many_mails(office: Office) -> list[str]:
    """A round with everything: late, corrected, twice, forged, damaged, held, foreign."""
    ids = list(round_of_mail(office).values())
    deliver, subject = office.deliver, "Báo cáo bình đẳng giới 6 tháng đầu năm 2023"
    correction = report_mail("binh-minh", figures(1, B1=("19", "")), subject=f"Thay thế: {subject}")
    forged = report_mail("y-te", figures(8), headers=verified(address("y-te"), "fail"))
    bomb = note(address("y-te"), subject, "Gửi.", ("bc.zip", zip_of({"a.docx": b"\0" * (60 << 20)})))
    both = note(
        address("van-hoa"),
        subject,
        "Gửi hai báo cáo.",
        ("vh.docx", letter("van-hoa", figures(5))),
        ("tt.docx", letter("the-thao", figures(6))),
    )
    ids += [
        deliver(correction, "2023-06-06T08:00"),
        deliver(report_mail("dong-tam", figures(2), text="Gửi lại ạ."), "2023-06-04T21:00"),
        deliver(forged, "2023-06-01T10:00"),
        deliver(bomb, "2023-06-01T11:00"),
        deliver(both, "2023-06-04T23:59:59"),
        deliver(both, "2023-06-05T00:10"),
    ]
    return ids


@cache
def _after_many() -> Office:
    office = make_office(kept_folder())
    many_mails(office)
    office.take_in()
    return office


def into_mailbox(office: Office, server: Dovecot, user: str) -> None:
    """Deliver the office's folder of mail over IMAP with its arrival times."""
    manifest = json.loads((office.mail / "manifest.json").read_text("utf-8"))
    for entry in manifest["messages"]:
        moment = datetime.fromisoformat(entry["internaldate"]).astimezone(HANOI)
        octets = (office.mail / entry["file"]).read_bytes()
        folder = JUNK if entry.get("folder", "INBOX") not in ("INBOX", "") else "INBOX"
        server.append(user, octets, folder=folder, date=f"{moment:%d-%b-%Y %H:%M:%S %z}")


def mailbox_settings(office: Office, port: int, user: str) -> None:
    office.settings(
        f"mailbox: {{host: 127.0.0.1, port: {port}, user: {user}, encryption: none,"
        " allow_plain_on_loopback: true}\n"
    )


def polled(office: Office, server: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("TONGHOP_PASSWORD", PASSWORD)
    mailbox_settings(office, server.port, user)
    return office.listed("poll")


# -- the same mail, however it comes ----------------------------------------------------------------------


def test_a_mailbox_over_imap_and_the_same_mail_imported_give_the_same_ledger(
    tmp_path: Path, server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported, read = make_office(tmp_path / "a"), make_office(tmp_path / "b")
    many_mails(imported)
    imported.take_in()
    into_mailbox(imported, server, "chung")
    before = server.listing("chung")
    polled(read, server, "chung", monkeypatch)
    assert inside(read, lambda o: facts(o.ledger)) == inside(imported, lambda o: facts(o.ledger))
    assert read.listed("status") == imported.listed("status")
    assert read.listed("values") == imported.listed("values")
    assert server.listing("chung") == before, "flags, folders and octets of the staff's mailbox"


@pytest.mark.parametrize("folder", SETS, ids=[path.name for path in SETS])
def test_a_sample_mailbox_over_imap_gives_the_ledger_of_its_import(
    folder: Path, tmp_path: Path, server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Collected once for each sample lying beside the checkout; none lies there, none is run."""
    regime = json.loads((folder / "regime.json").read_text("utf-8"))
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    offices = [Office(tmp_path / name, folder / "messages") for name in ("a", "b")]
    for each in offices:
        each.home.mkdir()
        write_sample_regime(regime, each.home / "regime")
    for entry in manifest["messages"]:
        octets = (folder / entry.get("file", f"messages/{entry['n']}.eml")).read_bytes()
        where = JUNK if entry["folder"] != "INBOX" else "INBOX"
        server.append("mau", octets, folder=where, date=entry["internaldate"])
    before = server.listing("mau")
    imported, read = offices
    imported.listed("import", str(folder), "--arrivals", str(folder / "manifest.json"))
    polled(read, server, "mau", monkeypatch)
    one, other = (inside(each, lambda o: facts(o.ledger)) for each in offices)
    assert len(one["outcomes"]) == len({entry["sha256"] for entry in manifest["messages"]})
    assert other == one
    assert server.listing("mau") == before


def test_a_second_poll_of_an_unchanged_mailbox_fetches_no_body_and_is_quick(
    office: Office, server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONGHOP_PASSWORD", PASSWORD)
    many_mails(office)
    into_mailbox(office, server, "hai-lan")
    with line_to(server.port) as line:
        mailbox_settings(office, line.port, "hai-lan")
        assert office.listed("poll")["new"] == 11
        first = len(line.commands)
        began = time.monotonic()
        assert office.listed("poll") == {
            "new": 0,
            "read": 0,
            "booked": 0,
            "review": 0,
            "set_aside": 0,
            "recognised": 0,
            "failed": 0,
            "notes": [],
        }
        took = time.monotonic() - began
    assert "BODY" not in " ".join(line.commands[first:])
    assert took < 1
    changing = {"STORE", "UID STORE", "EXPUNGE", "APPEND", "COPY", "UID COPY", "SELECT"}
    assert not changing & set(line.verbs())


def test_a_mail_the_staff_moved_and_mail_that_came_since_are_told_apart(
    office: Office, server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_of_mail(office)
    into_mailbox(office, server, "doi")
    polled(office, server, "doi", monkeypatch)
    with server.client("doi") as client:
        client.select_folder("INBOX")
        client.add_flags([1], [b"\\Seen", b"\\Flagged"])
        client.move([2], JUNK)
    server.append("doi", report_mail("y-te", figures(9)), date="06-Jun-2023 08:00:00 +0700")
    assert office.listed("poll")["new"] == 1
    assert len(office.listed("messages")) == 7


# -- arrival is the clock --------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_the_last_second_before_the_deadline_is_on_time_and_the_next_is_late(
    office: Office, server: Dovecot, zone: str
) -> None:
    """Whatever the Date field claims, and wherever the machine believes it stands."""
    user = zone.replace("/", "-").lower()
    late_claim = report_mail("binh-minh", figures(1)).replace(
        b"Thu, 01 Jun 2023 08:00:00 +0700", b"Mon, 12 Jun 2023 08:00:00 +0700"
    )
    early_claim = report_mail("dong-tam", figures(2)).replace(
        b"Thu, 01 Jun 2023 08:00:00 +0700", b"Mon, 01 May 2023 08:00:00 -0500"
    )
    server.append(user, late_claim, date="04-Jun-2023 23:59:59 +0700")
    server.append(user, early_claim, date="04-Jun-2023 17:00:00 +0000")
    mailbox_settings(office, server.port, user)
    env = {"TZ": zone, "TONGHOP_PASSWORD": PASSWORD}
    assert office.spawn("poll", env=env).returncode == 0
    (view,) = json.loads(office.spawn("status", *WHERE, "--json", env=env).stdout)
    rows = {row["unit"]: (row["state"], row["first_valid"]) for row in view["obligations"]}
    assert rows["binh-minh"] == ("on_time", "2023-06-04T23:59:59+07:00")
    assert rows["dong-tam"] == ("late", "2023-06-05T00:00:00+07:00")


def test_a_correction_after_the_deadline_leaves_the_unit_on_time(office: Office) -> None:
    office.deliver(report_mail("binh-minh", figures(1)), "2023-06-04T20:00")
    corrected = report_mail("binh-minh", figures(1, B1=("19", "")), subject="Thay thế báo cáo bình đẳng giới")
    office.deliver(corrected, "2023-06-06T08:00")
    office.take_in()
    standing = office.standing("binh-minh")
    assert (standing["state"], standing["corrected"], standing["versions"]) == ("on_time", True, 2)
    assert office.value("binh-minh", "B1")["value"] == 19


# -- killed at any moment ---------------------------------------------------------------------------------


def test_a_program_killed_at_any_moment_and_started_again_gives_the_same_ledger(tmp_path: Path) -> None:
    calm, torn = make_office(tmp_path / "a"), make_office(tmp_path / "b")
    for each in (calm, torn):
        many_mails(each)
    chance = random.Random(20230605)
    longest = _seconds_or_killed(calm, None)
    assert longest is not None
    killed = 0
    while killed < 5:
        moment = longest * chance.uniform(0.3, 1.0)
        if _seconds_or_killed(torn, moment) is None:
            killed += 1
        else:  # it had little left to do, or the machine has become faster: strike earlier
            longest = moment
    torn.take_in()
    assert inside(torn, lambda o: facts(o.ledger)) == inside(calm, lambda o: facts(o.ledger))
    assert torn.listed("values") == calm.listed("values")
    assert inside(torn, lambda o: o.ledger.broken_history()) == ()


def _seconds_or_killed(office: Office, moment: float | None) -> float | None:
    """Import once: how long it took, or None where it was killed at that moment (seconds from the start)."""
    began = time.monotonic()
    process = subprocess.Popen(
        command(office.import_command()),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(),
    )
    try:
        process.wait(timeout=moment)
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGKILL)
    return None if process.wait() == -signal.SIGKILL else time.monotonic() - began


@pytest.mark.parametrize("step", range(6))
def test_a_stop_after_any_step_of_taking_in_loses_and_doubles_nothing(
    office: Office, after: Office, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same by count instead of by clock: the n-th write of a run never happens."""
    round_of_mail(office)
    left = [step]

    def stopping(name: str) -> Any:
        original = getattr(Ledger, name)

        def method(self: Any, *given: Any, **more: Any) -> Any:
            if left[0] == 0:
                raise KeyboardInterrupt
            left[0] -= 1
            return original(self, *given, **more)

        return method

    with monkeypatch.context() as patched:
        for name in ("record_batch", "begin_attempts", "record", "settle_obligations"):
            patched.setattr(Ledger, name, stopping(name))
        with suppress(KeyboardInterrupt):
            inside(office, lambda o: _import(office, o))
    office.take_in()
    assert inside(office, lambda o: facts(o.ledger)) == inside(after, lambda o: facts(o.ledger))


def _import(office: Office, opened: Any) -> None:
    account = f"import:{office.mail.resolve()}"
    mailbox = open_local(office.mail, office.mail / "manifest.json", account=account)
    fetch(opened, mailbox, account)
    for _ in take_in(opened):
        pass


def test_when_nothing_is_new_nothing_of_the_archive_is_read(
    after: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for reading in ("read", "sightings"):
        monkeypatch.setattr(Archive, reading, lambda *_: pytest.fail("the archive was read"))
    inside(after, _look_again)


def _look_again(opened: Any) -> None:
    clear_up(opened)
    adopt(opened)
    assert [*take_in(opened), *recognise(opened)] == []


# -- what is written --------------------------------------------------------------------------------------


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_consolidating_twice_makes_no_new_number_and_changes_no_byte(after: Office) -> None:
    first = after.listed("consolidate", *WHERE)
    before = tree(after.home / "outputs")
    second = Office(after.home, after.mail, "2023-06-08T10:00:00+07:00").listed("consolidate", *WHERE)
    assert (first["new"], first["number"]) == (True, 1)
    assert (second["new"], second["number"]) == (False, 1)
    assert tree(after.home / "outputs") == before


def test_a_late_arrival_makes_the_next_number_and_lists_what_changed(office: Office) -> None:
    round_of_mail(office)
    office.take_in()
    office.listed("consolidate", *WHERE)
    before = tree(office.home / "outputs")
    office.deliver(report_mail("y-te", figures(9)), "2023-06-06T08:00")
    office.take_in()
    view = office.listed("consolidate", *WHERE)
    assert (view["new"], view["number"]) == (True, 2)
    assert view["changes"]
    after = tree(office.home / "outputs")
    assert {name: content for name, content in after.items() if name in before} == before
    assert len(after) > len(before)


def test_documents_somebody_lost_are_written_again_with_the_same_bytes(after: Office) -> None:
    after.listed("consolidate", *WHERE)
    before = tree(after.home / "outputs")
    for path in (after.home / "outputs").rglob("*.*"):
        path.unlink()
    later = Office(after.home, after.mail, "2023-06-09T10:00:00+07:00")
    assert not later.listed("consolidate", *WHERE)["new"]
    assert tree(after.home / "outputs") == before


def test_a_document_somebody_wrote_into_is_put_right_from_the_record(after: Office) -> None:
    after.listed("consolidate", *WHERE)
    before = tree(after.home / "outputs")
    spoiled = next((after.home / "outputs").rglob("*.docx"))
    spoiled.write_bytes(b"khong con gi")
    after.listed("consolidate", *WHERE)
    assert tree(after.home / "outputs") == before


def test_the_same_mail_on_another_day_and_home_gives_the_same_documents(tmp_path: Path) -> None:
    made = []
    for name in ("a", "b"):
        office = make_office(tmp_path / name)
        round_of_mail(office)
        office.take_in()
        office.listed("consolidate", *WHERE)
        made.append(tree(office.home / "outputs"))
    assert made[0] == made[1]


def test_the_documents_name_who_is_missing_and_say_of_how_many(after: Office) -> None:
    view = after.listed("consolidate", *WHERE)
    folder = Path(view["folder"])
    texts = {}
    for name in view["files"]:
        if name.endswith(".docx"):
            with ZipFile(folder / name) as archive:
                texts[name] = archive.read("word/document.xml").decode()
    report = max(texts.values(), key=len)
    assert "Phòng Y tế" in "".join(texts.values())
    assert "3/7" in report or "03/07" in report


# -- nothing lost ------------------------------------------------------------------------------------------


def test_every_sighted_message_stands_somewhere(tmp_path: Path) -> None:
    office = copied(_after_many(), tmp_path)
    counts = inside(office, lambda o: o.ledger.counts())
    assert all(count.balanced for count in counts)
    assert sum(count.sightings for count in counts) == 12
    assert sum(count.not_yet_read for count in counts) == 0


def test_nothing_of_a_forged_or_damaged_mail_reaches_a_total(tmp_path: Path) -> None:
    office = copied(_after_many(), tmp_path)
    outcomes = inside(office, lambda o: o.ledger.messages())
    bad = [o for o in outcomes if o.message_class in (MessageClass.SPOOF, MessageClass.UNREADABLE)]
    assert len(bad) == 2
    assert all(o.state is MessageState.REVIEW for o in bad)
    assert not any(intent.accepted for o in bad for intent in o.submissions)
    view = office.listed("consolidate", *WHERE)
    total = next(t for t in view["totals"] if (t["indicator"], t["sex"]) == ("B1", "total"))
    assert total["units"] == ["binh-minh", "dong-tam", "hoa-lac", "van-hoa", "the-thao"]
    assert total["value"] == 19 + 12 + 13 + 15 + 16
