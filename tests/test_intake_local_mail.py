"""Mail that already lies here: in order of arrival, with numbers that never come to mean another message."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from intake.mailbox.interface import FetchBatch, MailboxFolderError, WatchedFolder
from intake.mailbox.local import EmlFolder, LocalMailbox, MaildirMailbox, MboxMailbox, open_local
from tests.fetched import INBOX, codes, everything, octets

if TYPE_CHECKING:
    from pathlib import Path

VIETNAM = timezone(timedelta(hours=7))


def mail(subject: str, received: str = "") -> bytes:
    trace = f"Received: from a by b; {received}\r\n" if received else ""
    return f"{trace}From: can.bo@xa-vi-du.example\r\nSubject: {subject}\r\n\r\nnoi dung\r\n".encode()


def put(path: Path, octets: bytes, written: datetime | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(octets)
    if written is not None:
        os.utime(path, (written.timestamp(), written.timestamp()))
    return path


def uids(batches: list[FetchBatch]) -> list[int]:
    return [message.sighting.uid for batch in batches for message in batch.messages]


def listed(folder: Path, *entries: dict[str, object]) -> Path:
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps({"mailbox": "phong@vi-du.example", "messages": entries}), "utf-8")
    return manifest


# ------------------------------------------------------------------ a folder of .eml files


def test_a_manifest_tells_arrival_folder_and_number(tmp_path: Path) -> None:
    put(tmp_path / "thu" / "a.eml", mail("sau", "Mon, 1 May 2023 08:00:00 +0700"))
    put(tmp_path / "thu" / "b.eml", mail("truoc"))
    put(tmp_path / "thu" / "c.eml", mail("rac"))
    listed(
        tmp_path,
        {"file": "thu/a.eml", "uid": 12, "internaldate": "04-Jun-2023 16:59:59 +0000", "folder": "INBOX"},
        {"file": "thu/b.eml", "uid": 11, "internaldate": "2023-06-04T09:00:00+07:00"},
        {"file": "thu/c.eml", "uid": 3, "internaldate": "03-Jun-2023 09:00:00 +0700", "folder": "Spam"},
    )
    mailbox = open_local(tmp_path)
    assert isinstance(mailbox, EmlFolder)
    assert mailbox.folders() == (INBOX, WatchedFolder("Spam", junk=True))
    [batch] = everything(mailbox)
    assert octets([batch]) == [mail("truoc"), mail("sau", "Mon, 1 May 2023 08:00:00 +0700")]
    assert uids([batch]) == [11, 12]
    assert batch.messages[1].arrival == datetime(2023, 6, 4, 23, 59, 59, tzinfo=VIETNAM)
    assert batch.messages[0].sighting.account == "phong@vi-du.example"
    [junk] = everything(mailbox, folder=WatchedFolder("Spam", junk=True))
    assert junk.messages[0].sighting.junk
    assert batch.notes == junk.notes == ()


def test_a_mapping_of_moments_is_enough(tmp_path: Path) -> None:
    put(tmp_path / "a.eml", mail("a"))
    put(tmp_path / "b.eml", mail("b"))
    moments: dict[str, str | datetime] = {
        "a.eml": "2023-06-05T00:00:00",
        "b.eml": datetime(2023, 6, 4, tzinfo=UTC),
    }
    [batch] = everything(EmlFolder(tmp_path, moments))
    assert octets([batch]) == [mail("b"), mail("a")]
    # Without a zone it is the office's own time.
    assert batch.messages[1].arrival == datetime(2023, 6, 5, tzinfo=VIETNAM)
    (tmp_path / "moc.json").write_text(
        '{"a.eml": "2023-06-05T00:00:00+07:00", "b.eml": "2023-06-06"}', "utf-8"
    )
    assert octets(everything(EmlFolder(tmp_path, tmp_path / "moc.json"))) == [mail("a"), mail("b")]


def test_arrival_falls_back_on_the_topmost_received_field_then_on_the_file(tmp_path: Path) -> None:
    put(tmp_path / "a.eml", mail("trong dau thu", "Sun, 4 Jun 2023 23:59:59 +0700"))
    put(tmp_path / "b.eml", mail("theo tep"), datetime(2023, 6, 1, tzinfo=UTC))
    [batch] = everything(open_local(tmp_path))
    assert [message.arrival for message in batch.messages] == [
        datetime(2023, 6, 1, tzinfo=UTC),
        datetime(2023, 6, 4, 23, 59, 59, tzinfo=VIETNAM),
    ]
    [note] = batch.notes
    assert (note.code, note.uid, note.parameters) == ("arrival_from_file", 1, {"file": "b.eml"})


def test_a_file_the_manifest_forgot_is_taken_in_and_a_missing_one_is_named(tmp_path: Path) -> None:
    put(tmp_path / "a.eml", mail("a"))
    put(tmp_path / "quen.eml", mail("quen", "Sun, 4 Jun 2023 23:59:59 +0700"))
    listed(
        tmp_path,
        {"file": "a.eml", "uid": 7, "internaldate": "01-Jun-2023 00:00:00 +0000"},
        {"file": "mat.eml", "uid": 8, "internaldate": "02-Jun-2023 00:00:00 +0000"},
    )
    batches = everything(open_local(tmp_path))
    assert octets(batches) == [mail("a"), mail("quen", "Sun, 4 Jun 2023 23:59:59 +0700")]
    assert uids(batches) == [7, 8]
    assert codes(batches) == ["file_missing", "not_in_manifest"]


def test_a_manifest_cannot_reach_outside_its_folder(tmp_path: Path) -> None:
    put(tmp_path / "ngoai.eml", mail("bi mat"))
    put(tmp_path / "trong" / "a.eml", mail("a"))
    listed(
        tmp_path / "trong", {"file": "../ngoai.eml", "uid": 1, "internaldate": "01-Jun-2023 00:00:00 +0000"}
    )
    assert octets(everything(open_local(tmp_path / "trong"))) == [mail("a")]


@pytest.mark.parametrize("content", ["khong phai JSON", '{"messages": 3}', '{"a.eml": "hom qua"}', "[1, 2]"])
def test_a_manifest_that_cannot_be_read_is_said(tmp_path: Path, content: str) -> None:
    put(tmp_path / "manifest.json", content.encode())
    with pytest.raises(MailboxFolderError, match=r"manifest\.json"):
        open_local(tmp_path)


def test_an_unchanged_folder_gives_nothing_the_second_time(tmp_path: Path) -> None:
    put(tmp_path / "a.eml", mail("a"))
    mark = everything(open_local(tmp_path))[-1].mark
    assert everything(open_local(tmp_path), mark) == []


def test_a_file_added_before_others_is_never_taken_for_a_known_one(tmp_path: Path) -> None:
    put(tmp_path / "b.eml", mail("b", "Mon, 5 Jun 2023 08:00:00 +0700"))
    first = everything(open_local(tmp_path))
    put(tmp_path / "a.eml", mail("a", "Thu, 1 Jun 2023 08:00:00 +0700"))
    again = everything(open_local(tmp_path), first[-1].mark)
    assert mail("a", "Thu, 1 Jun 2023 08:00:00 +0700") in octets(again)
    assert codes(again) == ["uidvalidity_changed"]
    known = {(m.sighting.uid_validity, m.sighting.uid): m.octets for b in first for m in b.messages}
    for message in again[0].messages:
        assert (message.sighting.uid_validity, message.sighting.uid) not in known


def test_a_file_added_to_the_manifest_under_a_new_number_comes_alone(tmp_path: Path) -> None:
    first = {"file": "a.eml", "uid": 1, "internaldate": "05-Jun-2023 00:00:00 +0000"}
    put(tmp_path / "a.eml", mail("a"))
    listed(tmp_path, first)
    mark = everything(open_local(tmp_path))[-1].mark
    put(tmp_path / "b.eml", mail("b"))
    listed(tmp_path, first, {"file": "b.eml", "uid": 2, "internaldate": "01-Jun-2023 00:00:00 +0000"})
    again = everything(open_local(tmp_path), mark)
    assert (octets(again), codes(again)) == ([mail("b")], [])


def test_a_run_cut_short_loses_nothing_when_numbers_run_against_arrival(tmp_path: Path) -> None:
    names = [f"{number:03}.eml" for number in range(450)]
    for number, name in enumerate(names):
        put(tmp_path / name, mail(str(number)))
    start = datetime(2023, 6, 1, tzinfo=UTC)
    listed(
        tmp_path,
        *(
            {"file": name, "uid": 450 - place, "internaldate": (start + timedelta(minutes=place)).isoformat()}
            for place, name in enumerate(names)
        ),
    )
    first = next(iter(open_local(tmp_path).fetch(INBOX, None, None)))
    assert len(first.messages) == 200
    rest = everything(open_local(tmp_path), first.mark)
    assert set(octets([first, *rest])) == {mail(str(number)) for number in range(450)}
    assert rest[-1].mark.last_uid == 450


def test_two_files_of_one_number_both_come(tmp_path: Path) -> None:
    put(tmp_path / "a.eml", mail("a"))
    put(tmp_path / "b.eml", mail("b"))
    same = {"uid": 5, "internaldate": "05-Jun-2023 00:00:00 +0000"}
    listed(tmp_path, {"file": "a.eml", **same}, {"file": "b.eml", **same})
    batches = everything(open_local(tmp_path))
    assert (octets(batches), uids(batches)) == ([mail("a"), mail("b")], [5, 6])


def test_the_cut_off_day_is_vietnams(tmp_path: Path) -> None:
    put(tmp_path / "a.eml", mail("truoc", "Sun, 14 May 2023 16:59:59 +0000"))
    put(tmp_path / "b.eml", mail("tu ngay ay", "Sun, 14 May 2023 17:00:00 +0000"))
    mailbox = open_local(tmp_path)
    batches = everything(mailbox, cut_off=date(2023, 5, 15))
    assert octets(batches) == [mail("tu ngay ay", "Sun, 14 May 2023 17:00:00 +0000")]
    assert everything(mailbox, batches[-1].mark, date(2023, 5, 15)) == []


def test_an_empty_folder_gives_its_mark_once(tmp_path: Path) -> None:
    [batch] = everything(open_local(tmp_path))
    assert (batch.messages, batch.mark.last_uid) == ((), 0)
    assert everything(open_local(tmp_path), batch.mark) == []


def test_one_eml_file_is_a_mailbox_of_one(tmp_path: Path) -> None:
    path = put(tmp_path / "Thu.EML", mail("mot"))
    assert octets(everything(open_local(path))) == [mail("mot")]


# ------------------------------------------------------------------ Maildir and mbox


def test_a_maildir_is_read_in_place_with_its_junk(tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp", ".Junk/cur", ".Junk/new", ".Sent/cur", ".Th&AbA- r&AOE-c/new"):
        (tmp_path / folder).mkdir(parents=True)
    put(tmp_path / "cur" / "2.M1.may:2,S", mail("hai"), datetime(2023, 6, 2, tzinfo=UTC))
    put(tmp_path / "new" / "1.M1.may", mail("mot"), datetime(2023, 6, 1, tzinfo=UTC))
    put(tmp_path / "tmp" / "9.M1.may", b"dang ghi")
    put(tmp_path / ".Junk" / "new" / "3.M1.may", mail("rac"))
    put(tmp_path / ".Th&AbA- r&AOE-c" / "new" / "5.M1.may", mail("rac nua"))
    put(tmp_path / ".Sent" / "cur" / "4.M1.may:2,S", mail("da gui"))
    before = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*"))
    mailbox = open_local(tmp_path)
    assert isinstance(mailbox, MaildirMailbox)
    assert mailbox.folders() == (INBOX, WatchedFolder("Junk", junk=True), WatchedFolder("Thư rác", junk=True))
    assert octets(everything(mailbox)) == [mail("mot"), mail("hai")]
    assert octets(everything(mailbox, folder=WatchedFolder("Junk", junk=True))) == [mail("rac")]
    assert sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*")) == before


def test_reading_a_mail_elsewhere_does_not_renumber_a_maildir(tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp"):
        (tmp_path / folder).mkdir()
    put(tmp_path / "new" / "1.M1.may", mail("mot"))
    mark = everything(open_local(tmp_path))[-1].mark
    (tmp_path / "new" / "1.M1.may").rename(tmp_path / "cur" / "1.M1.may:2,S")
    assert everything(open_local(tmp_path), mark) == []


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_an_mbox_is_cut_at_from_lines_after_an_empty_line_only(tmp_path: Path, end: bytes) -> None:
    first = mail("mot", "Sun, 4 Jun 2023 08:00:00 +0700") + b"Kinh gui\r\nFrom nay tro di\r\n"
    second = mail("hai", "Mon, 5 Jun 2023 08:00:00 +0700")
    content = b"".join(b"From - Sun Jun  4 08:00:00 2023\r\n" + each + b"\r\n" for each in (first, second))
    path = put(tmp_path / "Inbox", content.replace(b"\r\n", end))
    mailbox = open_local(path)
    assert isinstance(mailbox, MboxMailbox)
    [batch] = everything(mailbox)
    assert [each.strip() for each in octets([batch])] == [
        each.replace(b"\r\n", end).strip() for each in (first, second)
    ]
    assert [message.arrival.day for message in batch.messages] == [4, 5]
    assert everything(open_local(path), batch.mark) == []


def test_an_mbox_that_grew_is_listed_anew(tmp_path: Path) -> None:
    path = put(tmp_path / "Inbox", b"From a\n" + mail("mot"), datetime(2023, 6, 1, tzinfo=UTC))
    mark = everything(open_local(path))[-1].mark
    put(path, path.read_bytes() + b"\nFrom b\n" + mail("hai"))
    batches = everything(open_local(path), mark)
    assert len(octets(batches)) == 2
    assert "uidvalidity_changed" in codes(batches)


# ------------------------------------------------------------------ all of them


def test_a_path_with_nothing_is_said(tmp_path: Path) -> None:
    with pytest.raises(MailboxFolderError, match="khong-co"):
        open_local(tmp_path / "khong-co")


def test_waiting_for_files_is_only_waiting(tmp_path: Path) -> None:
    slept: list[float] = []
    mailbox: LocalMailbox = open_local(tmp_path, sleep=slept.append)
    assert not mailbox.wait(30)
    assert slept == [30]
    mailbox.close()


def test_reading_changes_no_file(tmp_path: Path) -> None:
    path = put(tmp_path / "a.eml", mail("a"), datetime(2023, 6, 1, tzinfo=UTC))
    before = (path.stat().st_mtime_ns, path.read_bytes())
    everything(open_local(tmp_path))
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.eml"]
