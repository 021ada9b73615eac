"""The IMAP mailbox against a real Dovecot: nothing lost, nothing half, nothing touched."""

from __future__ import annotations

import os
import re
import threading
import time
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from config.wording import Wording
from intake.mailbox import imap as imap_mailbox
from intake.mailbox.imap import AccessToken, AppPassword, ImapMailbox, ImapSettings, tls_context
from intake.mailbox.interface import (
    Backoff,
    FetchBatch,
    FolderMark,
    LoginGate,
    MailboxConnectionError,
    MailboxFolderError,
    MailboxInsecureError,
    MailboxLoginRefusedError,
    WatchedFolder,
    arrival_from_received,
)
from tests.dovecot import JUNK, PASSWORD, Dovecot, Line, free_ports, line_to, running_dovecot
from tests.fetched import INBOX, codes, everything, octets

if TYPE_CHECKING:
    from collections.abc import Iterator

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
PASS = AppPassword(PASSWORD)


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with running_dovecot() as running:
        yield running


_accounts = count(1)


@pytest.fixture
def user() -> str:
    """An account of its own for each test."""
    return f"don-vi-{next(_accounts)}"


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Ho_Chi_Minh"])
def _machine_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine's own zone, one after the other."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def line(server: Dovecot) -> Iterator[Line]:
    with line_to(server.port) as watched:
        yield watched


def mail(subject: str, size: int = 0) -> bytes:
    head = f"From: can.bo@xa-vi-du.example\r\nSubject: {subject}\r\n\r\nnoi dung\r\n".encode()
    return head + b"x" * max(0, size - len(head) - 2) + b"\r\n" if size else head


def opened(server: Dovecot, user: str, line: Line | None = None, **changes: object) -> ImapMailbox:
    port = {"port": line.port} if line else {}
    return ImapMailbox(server.settings(user, **port, **changes), PASS)


# ------------------------------------------------------------------ fetching


def test_every_message_comes_byte_for_byte_in_the_order_of_the_folder(server: Dovecot, user: str) -> None:
    sent = [mail("mot"), mail("hai", 5_000), mail("ba")]
    server.append(user, *sent)
    batches = everything(opened(server, user))
    assert octets(batches) == sent
    sightings = [message.sighting for batch in batches for message in batch.messages]
    assert [sighting.uid for sighting in sightings] == [1, 2, 3]
    assert {(sighting.account, sighting.folder) for sighting in sightings} == {(user, "INBOX")}
    assert batches[-1].mark == FolderMark(sightings[0].uid_validity, 3)


def test_an_unchanged_mailbox_costs_one_examine_and_no_fetch(server: Dovecot, user: str, line: Line) -> None:
    server.append(user, *[mail(str(number)) for number in range(20)])
    mailbox = opened(server, user, line)
    mark = everything(mailbox)[-1].mark
    line.commands.clear()
    before = time.monotonic()
    assert everything(mailbox, mark) == []
    assert line.verbs() == ["EXAMINE"]
    assert time.monotonic() - before < 0.5


def test_only_what_came_after_the_mark_is_fetched(server: Dovecot, user: str, line: Line) -> None:
    server.append(user, mail("cu"))
    mailbox = opened(server, user, line)
    mark = everything(mailbox)[-1].mark
    server.append(user, mail("moi"))
    line.commands.clear()
    assert octets(everything(mailbox, mark)) == [mail("moi")]
    assert [command for command in line.commands if "FETCH" in command] == [
        "UID FETCH 2 (RFC822.SIZE INTERNALDATE)",
        "UID FETCH 2 (BODY.PEEK[])",
    ]


def test_a_last_message_that_was_deleted_is_not_mistaken_for_a_new_one(server: Dovecot, user: str) -> None:
    server.append(user, mail("mot"), mail("hai"), mail("ba"))
    mailbox = opened(server, user)
    mark = everything(mailbox)[-1].mark
    with server.client(user) as other:
        other.select_folder("INBOX")
        other.delete_messages([3])
        other.expunge()
    # "4:*" now names message 2.
    assert everything(mailbox, FolderMark(mark.uid_validity, 2)) == []
    assert everything(mailbox, mark) == []


def test_an_empty_folder_gives_its_mark_once(server: Dovecot, user: str) -> None:
    mailbox = opened(server, user)
    [batch] = everything(mailbox)
    assert batch.messages == ()
    assert batch.mark.last_uid == 0
    assert everything(mailbox, batch.mark) == []


def test_batches_stay_below_their_bytes_and_number(server: Dovecot, user: str) -> None:
    server.append(user, *[mail(str(number), 1_000) for number in range(7)])
    by_bytes = everything(opened(server, user, batch_bytes=2_500))
    assert [len(batch.messages) for batch in by_bytes] == [2, 2, 2, 1]
    assert [batch.mark.last_uid for batch in by_bytes] == [2, 4, 6, 7]
    by_number = everything(opened(server, user, batch_messages=3))
    assert [len(batch.messages) for batch in by_number] == [3, 3, 1]


def test_a_run_that_stopped_after_a_batch_goes_on_with_the_next(server: Dovecot, user: str) -> None:
    server.append(user, *[mail(str(number)) for number in range(5)])
    first = next(iter(opened(server, user, batch_messages=2).fetch(INBOX, None, None)))
    rest = everything(opened(server, user), first.mark)
    assert octets([first, *rest]) == [mail(str(number)) for number in range(5)]


def test_a_message_above_the_limit_comes_as_its_head_with_a_note(
    server: Dovecot, user: str, line: Line
) -> None:
    server.append(user, mail("nho"), mail("qua lon", 50_000))
    batches = everything(opened(server, user, line, size_limit=10_000))
    assert octets(batches) == [mail("nho"), mail("qua lon").split(b"noi dung")[0]]
    [note] = batches[0].notes
    assert (note.code, note.uid, note.parameters) == ("too_large", 2, {"size": "50000", "limit": "10000"})
    assert "UID FETCH 2 (BODY.PEEK[HEADER])" in line.commands


def test_a_very_full_folder_is_listed_in_ranges_that_miss_nothing(
    server: Dovecot, user: str, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_mailbox, "_UIDS_AN_ANSWER", 3)
    monkeypatch.setattr(imap_mailbox, "_HEADS_A_FETCH", 4)
    server.append(user, *[mail(str(number)) for number in range(10)])
    batches = everything(opened(server, user, line))
    assert octets(batches) == [mail(str(number)) for number in range(10)]
    searches = [command for command in line.commands if "SEARCH" in command]
    assert searches == [f"UID SEARCH UID {uids}" for uids in ("1:3", "4:6", "7:9", "10:*")]
    assert [batch.mark.last_uid for batch in batches] == [4, 8, 10]


def test_two_folders_read_by_turns_do_not_mix_their_messages(server: Dovecot, user: str) -> None:
    server.append(user, mail("den 1"), mail("den 2"))
    server.append(user, mail("rac 1"), mail("rac 2"), folder=JUNK)
    mailbox = opened(server, user, batch_messages=1)
    inbox = iter(mailbox.fetch(INBOX, None, None))
    junk = iter(mailbox.fetch(WatchedFolder(JUNK, junk=True), None, None))
    taken = [next(inbox), next(junk), next(inbox), next(junk)]
    assert octets(taken) == [mail("den 1"), mail("rac 1"), mail("den 2"), mail("rac 2")]
    assert [batch.messages[0].sighting.junk for batch in taken] == [False, True, False, True]


# ------------------------------------------------------------------ nothing is touched


def test_a_run_changes_no_flag_and_no_byte(server: Dovecot, user: str, line: Line) -> None:
    server.append(user, mail("chua doc"), mail("da doc"), mail("co nhan"))
    with server.client(user) as other:
        other.select_folder("INBOX")
        other.add_flags([2], [rb"\Seen", rb"\Flagged"])
        other.add_flags([3], [b"DaXuLy"])
    drop_into_new(server, user)
    before = server.listing(user)
    assert len(before) == 4
    mailbox = opened(server, user, line)
    for folder in mailbox.folders():
        everything(mailbox, folder=folder)
    mailbox.wait(0.2)
    mailbox.close()
    assert content_and_flags(server.listing(user)) == content_and_flags(before)
    with server.client(user) as other:
        # The one dropped in is still recent: no session that may write has seen it.
        assert other.folder_status("INBOX", ["UNSEEN", "RECENT"]) == {b"UNSEEN": 3, b"RECENT": 1}
        other.select_folder("INBOX", readonly=True)
        flags = other.get_flags([1, 2, 3])
    assert set(flags[2]) - {rb"\Recent"} == {rb"\Seen", rb"\Flagged"}
    assert set(flags[3]) - {rb"\Recent"} == {b"DaXuLy"}
    assert set(flags[1]) - {rb"\Recent"} == set()


def drop_into_new(server: Dovecot, user: str) -> None:
    """Deliver as a mail transport does, past IMAP."""
    new = server.mail / user / "new"
    path = new / "1685600000.M1P1.vi-du"
    path.write_bytes(mail("vua toi"))
    os.chown(path, new.stat().st_uid, new.stat().st_gid)


def content_and_flags(listing: dict[str, bytes]) -> set[tuple[str, bytes]]:
    """Dovecot itself moves files from new to cur; the flags behind the colon are what others see."""
    return {(name.partition(":2,")[2], octets) for name, octets in listing.items()}


def test_no_command_of_a_run_can_write(server: Dovecot, user: str, line: Line) -> None:
    server.append(user, mail("mot"), mail("hai"))
    mailbox = opened(server, user, line)
    mailbox.folders()
    everything(mailbox)
    mailbox.wait(0.1)
    mailbox.close()
    harmless = {"CAPABILITY", "LOGIN", "ID", "LIST", "EXAMINE", "UID SEARCH", "UID FETCH", "IDLE", "DONE"}
    assert set(line.verbs()) <= harmless | {"LOGOUT"}
    assert not [command for command in line.commands if "BODY[" in command]


# ------------------------------------------------------------------ arrival


@pytest.mark.usefixtures("_machine_zone")
@pytest.mark.parametrize(
    ("stated", "moment"),
    [
        ("04-Jun-2023 23:59:59 +0700", datetime(2023, 6, 4, 23, 59, 59, tzinfo=VIETNAM)),
        ("05-Jun-2023 00:00:00 +0700", datetime(2023, 6, 5, 0, 0, 0, tzinfo=VIETNAM)),
        ("04-Jun-2023 12:59:59 -0400", datetime(2023, 6, 4, 23, 59, 59, tzinfo=VIETNAM)),
    ],
)
def test_arrival_is_the_servers_moment_whatever_zone_this_machine_is_in(
    server: Dovecot, user: str, stated: str, moment: datetime
) -> None:
    server.append(user, mail("dung han"), date=stated)
    [batch] = everything(opened(server, user))
    [message] = batch.messages
    assert message.arrival == moment
    assert message.arrival.utcoffset() is not None
    assert (message.arrival < datetime(2023, 6, 5, tzinfo=VIETNAM)) is (moment.day == 4)


def test_arrival_keeps_the_zone_in_which_the_server_states_it(user: str) -> None:
    with running_dovecot(zone="Asia/Ho_Chi_Minh") as server:
        server.append(user, mail("sat gio"), date="04-Jun-2023 16:59:59 +0000")
        [batch] = everything(opened(server, user))
    assert batch.messages[0].arrival.isoformat() == "2023-06-04T23:59:59+07:00"


def test_the_cut_off_day_begins_at_midnight_in_vietnam(server: Dovecot, user: str) -> None:
    server.append(user, mail("truoc"), date="14-May-2023 23:59:59 +0700")
    server.append(user, mail("trong ngay"), date="15-May-2023 00:00:00 +0700")
    server.append(user, mail("ngay sau"), date="16-May-2023 08:00:00 +0700")
    mailbox = opened(server, user)
    batches = everything(mailbox, cut_off=date(2023, 5, 15))
    assert octets(batches) == [mail("trong ngay"), mail("ngay sau")]
    assert everything(mailbox, batches[-1].mark, date(2023, 5, 15)) == []


def test_mail_older_than_the_cut_off_is_never_downloaded(server: Dovecot, user: str, line: Line) -> None:
    server.append(user, *[mail(str(number)) for number in range(5)], date="01-Jan-2020 08:00:00 +0700")
    mailbox = opened(server, user, line)
    [batch] = everything(mailbox, cut_off=date(2023, 5, 15))
    assert (batch.messages, batch.mark.last_uid) == ((), 5)
    assert "UID FETCH" not in line.verbs()


def test_mail_that_arrives_during_the_search_is_taken_once_and_the_mark_never_goes_back(
    server: Dovecot, user: str, line: Line
) -> None:
    server.append(user, mail("cu"), date="01-Jan-2020 08:00:00 +0700")

    def deliver_first(asked: bytes) -> bytes:
        # Dovecot shows it from the second search on.
        if b"SEARCH" in asked and b"SINCE" not in asked:
            server.append(user, mail("vua den"), date="04-Jun-2023 08:00:00 +0700")
        return asked

    line.bend = deliver_first
    mailbox = opened(server, user, line)
    batches = everything(mailbox, cut_off=date(2023, 5, 15))
    assert octets(batches) == [mail("vua den")]
    assert [batch.mark.last_uid for batch in batches] == [2]


def test_without_internaldate_the_topmost_received_field_tells_the_arrival(
    server: Dovecot, user: str
) -> None:
    head = (
        b"Received: from x by y; Sun, 4 Jun 2023 23:59:59 +0700\r\nReceived: z; 1 Jan 2020 00:00:00 +0000\r\n"
    )
    server.append(user, head + mail("co Received"), mail("khong co"))
    now = datetime(2023, 6, 9, tzinfo=UTC)
    with line_to(
        server.port, lambda _, said: re.sub(rb'INTERNALDATE "[^"]+"', b"INTERNALDATE NIL", said)
    ) as bent:
        mailbox = ImapMailbox(server.settings(user, port=bent.port), PASS, now=lambda: now)
        [batch] = everything(mailbox)
    assert batch.messages[0].arrival == datetime(2023, 6, 4, 23, 59, 59, tzinfo=VIETNAM)
    assert batch.messages[1].arrival == now
    assert codes([batch]) == ["arrival_from_received", "arrival_unknown"]


def test_a_received_field_without_a_date_tells_nothing() -> None:
    assert arrival_from_received(b"Received: from x by y; khong ro\r\n\r\n") is None
    assert arrival_from_received(b"Subject: x\r\n\r\nReceived: a; 1 Jan 2020 00:00:00 +0000\r\n") is None
    assert arrival_from_received(b"Received: x;\r\n\t1 Jan 2020 00:00:00 -0000\r\n\r\n") == datetime(
        2020, 1, 1, tzinfo=UTC
    )


# ------------------------------------------------------------------ folders


def test_junk_is_found_by_its_attribute_under_any_name(server: Dovecot, user: str) -> None:
    # The server also has a plain folder called Spam, which is no junk folder.
    assert opened(server, user).folders() == (INBOX, WatchedFolder("Thư rác", junk=True))


def test_junk_is_left_alone_when_the_settings_say_so(server: Dovecot, user: str) -> None:
    assert opened(server, user, junk=False).folders() == (INBOX,)


def test_further_folders_are_read_by_name(server: Dovecot, user: str) -> None:
    with server.client(user) as other:
        other.create_folder("Báo cáo/Định kỳ")
    server.append(user, mail("trong nhan"), folder="Báo cáo/Định kỳ")
    mailbox = opened(server, user, also=("Báo cáo/Định kỳ",), junk=False)
    [_, labelled] = mailbox.folders()
    [batch] = everything(mailbox, folder=labelled)
    assert batch.messages[0].sighting.folder == "Báo cáo/Định kỳ"


def test_a_missing_folder_is_named_and_the_others_go_on(server: Dovecot, user: str) -> None:
    server.append(user, mail("mot"))
    mailbox = opened(server, user)
    with pytest.raises(MailboxFolderError, match="Đã xóa") as caught:
        everything(mailbox, folder=WatchedFolder("Đã xóa"))
    assert "Đã xóa" in Wording()(caught.value.key, **caught.value.places)
    assert octets(everything(mailbox)) == [mail("mot")]


def test_a_recreated_folder_is_listed_anew_with_a_note(server: Dovecot, user: str) -> None:
    folder = WatchedFolder("Nơi nhận")
    with server.client(user) as other:
        other.create_folder(folder.name)
    server.append(user, mail("cu 1"), mail("cu 2"), folder=folder.name)
    before = everything(opened(server, user), folder=folder)[-1].mark
    with server.client(user) as other:
        other.delete_folder(folder.name)
        time.sleep(1.1)  # a validity is made from the time of day, in seconds
        other.create_folder(folder.name)
    server.append(user, mail("cu 1"), mail("moi"), folder=folder.name)
    batches = everything(opened(server, user), before, folder=folder)
    assert octets(batches) == [mail("cu 1"), mail("moi")]
    assert codes(batches) == ["uidvalidity_changed"]
    assert batches[-1].mark.uid_validity != before.uid_validity


def test_numbers_that_went_back_under_the_same_validity_are_listed_anew(server: Dovecot, user: str) -> None:
    server.append(user, mail("mot"))
    mailbox = opened(server, user)
    mark = everything(mailbox)[-1].mark
    batches = everything(mailbox, FolderMark(mark.uid_validity, 40))
    assert (octets(batches), codes(batches)) == ([mail("mot")], ["uids_went_back"])


# ------------------------------------------------------------------ a lying or breaking line


def shortened(said: bytes, by: int) -> bytes:
    """The first literal announces and holds fewer bytes."""
    found = re.search(rb"BODY\[\] \{(\d+)\}\r\n", said)
    if found is None:
        return said
    size = int(found[1])
    literal = said[found.end() : found.end() + size]
    head = said[: found.start()] + b"BODY[] {%d}\r\n" % (size - by)
    return head + literal[:-by] + said[found.end() + size :]


def test_a_literal_cut_short_once_is_fetched_again_on_a_new_connection(server: Dovecot, user: str) -> None:
    server.append(user, mail("du", 3_000))
    with line_to(server.port, lambda number, said: shortened(said, 100) if number == 1 else said) as bent:
        batches = everything(opened(server, user, bent))
        assert bent.connections == 2
    assert octets(batches) == [mail("du", 3_000)]
    assert codes(batches) == []


def test_a_message_that_stays_short_is_kept_and_marked_incomplete(server: Dovecot, user: str) -> None:
    server.append(user, mail("thieu", 3_000))
    with line_to(server.port, lambda number, said: shortened(said, 100 * number)) as bent:
        batches = everything(opened(server, user, bent))
    [note] = batches[0].notes
    assert (note.code, note.parameters) == ("possibly_incomplete", {"announced": "3000", "size": "2900"})
    assert len(octets(batches)[0]) == 2_900


def test_a_server_that_misstates_sizes_is_asked_twice_only_once(server: Dovecot, user: str) -> None:
    server.append(user, *[mail(str(number), 500) for number in range(4)])
    with line_to(server.port, lambda _, said: said.replace(b"RFC822.SIZE 500", b"RFC822.SIZE 512")) as bent:
        batches = everything(opened(server, user, bent, batch_messages=1))
        assert bent.connections == 2
    assert codes(batches) == ["size_differs"] * 4
    assert [len(content) for content in octets(batches)] == [500] * 4


@pytest.mark.parametrize(
    "garbled",
    [
        b"ENVELOPE (7)",
        b"ENVELOPE NIL",
        b'ENVELOPE (NIL "x" (7) NIL NIL NIL NIL NIL NIL "<1@a>")',
        b'ENVELOPE ("5 Jun 99999999999999999999 08:00:00 +0700" "x" NIL NIL NIL NIL NIL NIL NIL NIL)',
    ],
)
def test_a_garbled_answer_is_a_fault_of_the_line_and_not_of_the_program(
    server: Dovecot, user: str, garbled: bytes
) -> None:
    server.append(user, mail("mot", 500))
    said = b"RFC822.SIZE 500"
    with (
        line_to(server.port, lambda _, answer: answer.replace(said, said + b" " + garbled)) as bent,
        pytest.raises(MailboxConnectionError),
    ):
        everything(opened(server, user, bent))


def test_a_body_the_server_will_not_give_is_noted_and_passed_by(server: Dovecot, user: str) -> None:
    server.append(user, mail("mat"), mail("con"))
    nothing = re.compile(rb"UID 1 BODY\[\] \{\d+\}\r\n" + re.escape(mail("mat")))
    with line_to(server.port, lambda _, said: nothing.sub(b"UID 1 BODY[] NIL", said)) as bent:
        batches = everything(opened(server, user, bent))
    assert octets(batches) == [mail("con")]
    assert [(note.code, note.uid) for note in batches[0].notes] == [("no_content", 1)]
    assert batches[-1].mark.last_uid == 2


def test_messages_gone_between_list_and_fetch_are_noted(server: Dovecot, user: str) -> None:
    server.append(user, *[mail(str(number)) for number in range(3)])
    mailbox = opened(server, user, batch_messages=1)
    batches = iter(mailbox.fetch(INBOX, None, None))
    taken = [next(batches)]
    with server.client(user) as other:
        other.select_folder("INBOX")
        other.delete_messages([2])
        other.expunge()
    taken += list(batches)
    assert octets(taken) == [mail("0"), mail("2")]
    assert [(note.code, note.uid) for batch in taken for note in batch.notes] == [("vanished", 2)]


def test_a_line_that_breaks_inside_a_message_gives_nothing_of_it(server: Dovecot, user: str) -> None:
    server.append(user, mail("dai", 400_000))
    with line_to(server.port, lambda _, said: None if b"x" * 5_000 in said else said) as broken:
        taken: list[FetchBatch] = []
        with pytest.raises(MailboxConnectionError):
            taken.extend(opened(server, user, broken).fetch(INBOX, None, None))
        assert taken == []
    assert octets(everything(opened(server, user))) == [mail("dai", 400_000)]


def test_a_server_stopped_between_batches_leaves_whole_batches_only(user: str) -> None:
    with running_dovecot() as server:
        server.append(user, *[mail(str(number), 2_000) for number in range(6)])
        mailbox = opened(server, user, batch_messages=2)
        batches = iter(mailbox.fetch(INBOX, None, None))
        first = next(batches)
        server.stop()
        with pytest.raises(MailboxConnectionError, match="tried again by itself"):
            next(batches)
        assert octets([first]) == [mail("0", 2_000), mail("1", 2_000)]
        assert first.mark.last_uid == 2


def test_a_silent_server_is_given_up_after_the_read_timeout(server: Dovecot, user: str) -> None:
    server.append(user, mail("mot"))
    with line_to(server.port, lambda _, said: b"" if b"BODY[]" in said else said) as silent:
        mailbox = opened(server, user, silent, read_timeout=0.5)
        before = time.monotonic()
        with pytest.raises(MailboxConnectionError, match=r"line\.silent"):
            everything(mailbox)
        assert time.monotonic() - before < 5


def test_a_session_that_died_meanwhile_is_renewed_without_a_word(server: Dovecot, user: str) -> None:
    server.append(user, mail("mot"))
    mailbox = opened(server, user)
    mark = everything(mailbox)[-1].mark
    server.append(user, mail("hai"))
    mailbox._session().shutdown()
    assert octets(everything(mailbox, mark)) == [mail("hai")]


def test_a_server_that_is_not_there_is_a_connection_error_with_a_sentence(user: str) -> None:
    [port] = free_ports(1)
    mailbox = ImapMailbox(ImapSettings(user, "127.0.0.1", port=port, tls=False), PASS)
    with pytest.raises(MailboxConnectionError) as caught:
        mailbox.folders()
    assert "127.0.0.1" in Wording()(caught.value.key, **caught.value.places)


# ------------------------------------------------------------------ TLS and login


def test_tls_with_the_offices_authority_is_accepted(server: Dovecot, user: str) -> None:
    server.append(user, mail("qua TLS", 200_000))
    mailbox = opened(server, user, tls=True, port=server.tls_port, ca_file=server.authority)
    assert octets(everything(mailbox)) == [mail("qua TLS", 200_000)]


def test_a_certificate_of_an_unknown_authority_is_refused_before_login(server: Dovecot, user: str) -> None:
    mailbox = opened(server, user, tls=True, port=server.tls_port)
    with pytest.raises(MailboxConnectionError, match=r"line\.certificate\."):
        mailbox.folders()
    assert f"user=<{user}>" not in (server.base / "log").read_text("utf-8")


def test_a_certificate_of_another_host_is_refused(server: Dovecot, user: str) -> None:
    with line_to(server.tls_port, host="127.0.0.2") as elsewhere:
        mailbox = opened(server, user, elsewhere, tls=True, host="127.0.0.2", ca_file=server.authority)
        with pytest.raises(MailboxConnectionError, match=r"line\.certificate_name"):
            mailbox.folders()


def test_tls_before_1_2_is_never_spoken() -> None:
    context = tls_context()
    assert context.minimum_version.name == "TLSv1_2"
    assert context.check_hostname


@pytest.mark.parametrize("host", ["imap.vi-du.example", "192.0.2.7", "localhost.vi-du.example"])
def test_plain_text_to_another_machine_is_refused_at_once(host: str) -> None:
    with pytest.raises(MailboxInsecureError):
        ImapMailbox(ImapSettings("a@vi-du.example", host, tls=False), PASS)


def test_a_wrong_password_is_refused_after_one_try(server: Dovecot, user: str, line: Line) -> None:
    settings = server.settings(user, port=line.port)
    mailbox = ImapMailbox(settings, AppPassword("sai"))
    with pytest.raises(MailboxLoginRefusedError) as caught:
        mailbox.folders()
    assert line.verbs().count("LOGIN") == 1
    sentence = Wording()(caught.value.key, **caught.value.places)
    assert user in sentence
    assert "mật khẩu" in sentence
    assert "sai" not in str(caught.value).split()
    assert "Authentication failed" in caught.value.places["detail"]
    assert "b'" not in sentence


def test_a_password_with_vietnamese_letters_reaches_the_server(server: Dovecot, user: str) -> None:
    with pytest.raises(MailboxLoginRefusedError):
        ImapMailbox(server.settings(user), AppPassword("mật khẩu")).folders()


@pytest.mark.parametrize(
    "words", [b"[UNAVAILABLE] Temporary failure", b"[ALERT] Too many simultaneous connections. (Failure)"]
)
def test_a_busy_server_is_no_refusal(server: Dovecot, user: str, words: bytes) -> None:
    refusal = re.compile(rb"NO \[AUTHENTICATIONFAILED\][^\r]*")
    with line_to(server.port, lambda _, said: refusal.sub(b"NO " + words, said)) as busy:
        mailbox = ImapMailbox(server.settings(user, port=busy.port), AppPassword("sai"))
        with pytest.raises(MailboxConnectionError):
            mailbox.folders()


def test_a_line_that_breaks_at_login_is_no_refusal(server: Dovecot, user: str) -> None:
    with (
        line_to(server.port, lambda _, said: None if b"Logged in" in said else said) as broken,
        pytest.raises(MailboxConnectionError),
    ):
        opened(server, user, broken).folders()


def test_a_token_is_asked_for_anew_at_each_login(server: Dovecot, user: str, line: Line) -> None:
    # This server takes no tokens, so the login itself is refused: what counts is what was sent.
    tokens = iter(["thu-nhat", "thu-hai"])
    mailbox = ImapMailbox(server.settings(user, port=line.port), AccessToken(lambda: next(tokens)))
    for _ in range(2):
        with pytest.raises(MailboxLoginRefusedError):
            mailbox.folders()
    assert next(tokens, None) is None
    assert "AUTHENTICATE XOAUTH2" in line.commands


def test_a_secret_shows_in_no_description() -> None:
    assert "bi-mat" not in repr(AppPassword("bi-mat"))
    assert "lambda" not in repr(AccessToken(lambda: "bi-mat"))


# ------------------------------------------------------------------ waiting


def test_new_mail_ends_the_wait_at_once(server: Dovecot, user: str) -> None:
    server.append(user, mail("mot"))
    mailbox = opened(server, user)
    mark = everything(mailbox)[-1].mark
    timer = threading.Timer(0.5, server.append, (user, mail("hai")))
    timer.start()
    before = time.monotonic()
    assert mailbox.wait(20)
    assert time.monotonic() - before < 10
    timer.join()
    assert octets(everything(mailbox, mark)) == [mail("hai")]


def test_mail_that_came_before_the_wait_ends_it_too(server: Dovecot, user: str) -> None:
    server.append(user, mail("mot"))
    mailbox = opened(server, user)
    everything(mailbox)
    server.append(user, mail("hai"))
    before = time.monotonic()
    assert mailbox.wait(20)
    assert time.monotonic() - before < 5


def test_idle_is_renewed_before_the_server_gives_up(server: Dovecot, user: str, line: Line) -> None:
    mailbox = opened(server, user, line, idle_renewal=0.3)
    everything(mailbox)
    assert not mailbox.wait(1.0)
    assert line.verbs().count("IDLE") >= 3
    assert line.verbs().count("IDLE") == line.verbs().count("DONE")
    assert line.connections == 1


def test_a_line_lost_while_waiting_means_look_again(server: Dovecot, user: str) -> None:
    slept: list[float] = []
    with line_to(server.port, lambda _, said: None if said.startswith(b"+ idling") else said) as broken:
        mailbox = ImapMailbox(server.settings(user, port=broken.port), PASS, sleep=slept.append)
        everything(mailbox)
        assert mailbox.wait(30)
        assert slept == [5.0]
        assert len(everything(mailbox)) == 1


PATIENCE = 2.0  # seconds; longer than connecting takes on a busy machine


def test_a_server_without_idle_is_left_alone_for_the_time(server: Dovecot, user: str) -> None:
    slept: list[float] = []

    def pretend_to_sleep(seconds: float) -> None:
        slept.append(seconds)
        time.sleep(PATIENCE)

    with line_to(server.port, lambda _, said: said.replace(b" IDLE", b"")) as old:
        mailbox = ImapMailbox(server.settings(user, port=old.port), PASS, sleep=pretend_to_sleep)
        assert not mailbox.wait(PATIENCE)
        assert "IDLE" not in old.verbs()
    assert slept
    assert max(slept) <= PATIENCE


# ------------------------------------------------------------------ Gmail


def test_gmails_message_id_is_kept_where_offered(server: Dovecot, user: str) -> None:
    server.append(user, mail("mot"))

    def as_gmail(_: int, said: bytes) -> bytes:
        offering = said.replace(b"CAPABILITY IMAP4rev1", b"CAPABILITY IMAP4rev1 X-GM-EXT-1")
        return offering.replace(b"RFC822.SIZE", b"X-GM-MSGID 1278455344230334865 RFC822.SIZE")

    with line_to(server.port, as_gmail) as gmail:
        gmail.bend = lambda asked: asked.replace(b" X-GM-MSGID)", b")")
        [batch] = everything(opened(server, user, gmail))
        assert "UID FETCH 1 (RFC822.SIZE INTERNALDATE X-GM-MSGID)" in gmail.commands
    assert batch.messages[0].sighting.gmail_id == "1278455344230334865"


def test_gmails_message_id_is_not_asked_of_others(server: Dovecot, user: str, line: Line) -> None:
    server.append(user, mail("mot"))
    [batch] = everything(opened(server, user, line))
    assert batch.messages[0].sighting.gmail_id == ""
    assert not [command for command in line.commands if "X-GM" in command]


# ------------------------------------------------------------------ pauses


def test_pauses_double_from_five_seconds_to_fifteen_minutes() -> None:
    backoff, now, pauses = Backoff(), 1_000.0, []
    for _ in range(10):
        backoff = backoff.failed(now, spread=0.0)
        pauses.append(backoff.not_before - now)
    assert pauses == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]
    assert not backoff.ready(now + 899)
    assert backoff.ready(now + 900)
    assert backoff.succeeded().ready(0.0)


def test_jitter_shortens_a_pause_by_a_fifth_at_most() -> None:
    assert Backoff().failed(0.0, spread=1.0).not_before == 4.0
    assert Backoff(failures=5_000).failed(0.0, spread=0.0).not_before == 900.0


def test_ten_minutes_without_a_server_cost_at_most_eight_tries() -> None:
    backoff, now, tries = Backoff(), 0.0, 0
    while now < 600:
        if backoff.ready(now):
            tries += 1
            backoff = backoff.failed(now, spread=1.0)
        now += 1
    assert tries <= 8


def test_a_refused_login_is_tried_once_an_hour() -> None:
    refused = datetime(2023, 6, 4, 8, 0, tzinfo=UTC)
    gate = LoginGate().refused(refused)
    assert not gate.may_try(refused.replace(minute=59))
    assert gate.may_try(refused.replace(hour=9))
    assert gate.accepted().may_try(refused)


def test_a_clock_that_went_back_does_not_lock_the_login_for_ever() -> None:
    gate = LoginGate().refused(datetime(2033, 1, 1, tzinfo=UTC))
    assert gate.may_try(datetime(2023, 6, 4, tzinfo=UTC))


def test_every_note_and_every_fault_has_a_vietnamese_sentence() -> None:
    wording = Wording()
    source = (Path(__file__).parent.parent / "intake" / "mailbox" / "interface.py").read_text("utf-8")
    listed = re.search(r"Codes: (.*?)\.\n", source, re.DOTALL)
    assert listed is not None
    named = re.findall(r"[a-z_]+", listed[1].replace("(headers only)", ""))
    assert len(named) == 12
    assert [code for code in named if not wording.has(f"mailbox.note_{code}")] == []
    for kind in (MailboxConnectionError, MailboxLoginRefusedError, MailboxFolderError, MailboxInsecureError):
        assert wording.has(kind.key)
