"""The ledger answers alike on SQLite and on a real PostgreSQL; every claim is tried on both."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from config.reports import Sex
from ledger.archive import Archive
from ledger.database import open_database
from ledger.encoding import to_json
from ledger.errors import (
    AmbiguousArchiveIdError,
    DecisionsJournalError,
    EmptyArchiveError,
    InvalidDecisionError,
    IssueConflictError,
    OutboxStateError,
    UnknownArchiveIdError,
)
from ledger.journal import Journal
from ledger.messages import outcome_sha256
from ledger.records import (
    AttachmentRecord,
    Delivery,
    DocumentName,
    MessageClass,
    MessageState,
    OutboxState,
    OutgoingMessage,
    Place,
)
from ledger.sightings import FolderCount
from ledger.store import Ledger
from tests.builders_ledger import (
    NOW,
    archive_id,
    decision,
    full_outcome,
    intent,
    issue,
    item,
    key,
    mail,
    moment,
    obligation,
    outcome,
    raw,
    seen,
    sighting,
    value,
)
from tests.postgres import PostgresServer, private_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNT = "hop-thu@vidu.example"
ROOT = Path(__file__).parent.parent
BOTH = ("sqlite", "postgresql")


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with private_postgres() as running:
        yield running


@pytest.fixture(scope="module")
def postgresql_template(server: PostgresServer) -> str:
    url = server.new_database()
    open_database(url).close()
    return url.rsplit("/", 1)[1]


@pytest.fixture(scope="module")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("mau") / "so.sqlite"
    open_database(f"sqlite:///{file}").close()
    return file


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        server = request.getfixturevalue("server")
        return str(server.new_database(request.getfixturevalue("postgresql_template")))
    shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "so.sqlite")
    return f"sqlite:///{tmp_path / 'so.sqlite'}"


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with Ledger.open(url, "daemon", lambda: NOW) as opened:
        yield opened


def _archived(ledger: Ledger, *texts: str) -> None:
    ledger.record_batch([seen(name, uid) for uid, name in enumerate(texts, start=1)], None)


# What was seen


def test_a_batch_tells_which_messages_are_new_and_moves_the_mark(ledger: Ledger) -> None:
    assert ledger.folder_mark(ACCOUNT, "INBOX") is None
    new = ledger.record_batch([seen("a", 1), seen("b", 2)], (ACCOUNT, "INBOX", 7, 2))
    assert new == (archive_id("a"), archive_id("b"))
    assert ledger.folder_mark(ACCOUNT, "INBOX") == (7, 2)


def test_the_same_batch_again_changes_nothing(ledger: Ledger) -> None:
    batch = [seen("a", 1), seen("b", 2), seen("a", 1)]
    ledger.record_batch(batch, (ACCOUNT, "INBOX", 7, 2))
    before = (ledger.counts(), ledger.unread(), ledger.history())
    assert ledger.record_batch(batch, (ACCOUNT, "INBOX", 7, 2)) == ()
    assert (ledger.counts(), ledger.unread(), ledger.history()) == before


def test_a_mark_never_goes_back_within_one_uidvalidity(ledger: Ledger) -> None:
    ledger.record_batch([], (ACCOUNT, "INBOX", 7, 50))
    ledger.record_batch([], (ACCOUNT, "INBOX", 7, 20))
    assert ledger.folder_mark(ACCOUNT, "INBOX") == (7, 50)


def test_after_a_new_uidvalidity_known_content_is_recognised_and_no_message_doubled(ledger: Ledger) -> None:
    ledger.record_batch([seen("a", 1), seen("b", 2)], (ACCOUNT, "INBOX", 7, 2))
    again = [seen("b", 1, validity=8), seen("c", 2, validity=8)]
    assert ledger.record_batch(again, (ACCOUNT, "INBOX", 8, 2)) == (archive_id("c"),)
    assert ledger.folder_mark(ACCOUNT, "INBOX") == (8, 2)
    assert len(ledger.unread()) == 3
    kinds = [event.event for event in ledger.history()]
    assert kinds == ["folder_read", "uid_validity_changed", "folder_read"]


def test_a_uid_given_to_another_message_loses_neither(ledger: Ledger) -> None:
    ledger.record_batch([seen("a", 1)], None)
    assert ledger.record_batch([seen("b", 1)], None) == (archive_id("b"),)
    assert len(ledger.unread()) == 2


def test_one_message_in_two_folders_is_read_once_and_counted_in_both(ledger: Ledger) -> None:
    new = ledger.record_batch([seen("a", 1), seen("a", 5, folder="Thư rác")], None)
    assert new == (archive_id("a"),)
    ledger.record([outcome("a")])
    assert [(count.folder, count.booked) for count in ledger.counts()] == [("INBOX", 1), ("Thư rác", 1)]


def test_what_was_ever_seen_in_a_folder_for_junk_is_told(ledger: Ledger) -> None:
    ledger.record_batch([seen("a", 1), seen("a", 5, folder="Thư rác", junk=True), seen("b", 2)], None)
    assert ledger.junk() == {archive_id("a")}


def test_sizes_are_told_of_what_was_seen(ledger: Ledger) -> None:
    _archived(ledger, "a", "bốn")
    asked = [archive_id("bốn"), archive_id("c")]
    assert ledger.waiting(asked) == {archive_id("bốn"): (0, len("bốn".encode()))}


def test_files_that_wait_for_recognition_are_known_of(ledger: Ledger) -> None:
    _archived(ledger, "a")
    scan = AttachmentRecord("anh.jpg", (), "image", 9, archive_id("x"), "not_yet")
    ledger.record([outcome("a", attachments=(scan,))])
    assert ledger.has_files(["pdf", "image"], "not_yet")
    assert not ledger.has_files(["pdf"], "not_yet")
    assert not ledger.has_files(["image"], "damaged")


def test_one_gmail_message_under_two_labels_is_read_once_though_its_bytes_differ(ledger: Ledger) -> None:
    ledger.record_batch([seen("a", 1, gmail_id="178")], None)
    assert ledger.record_batch([seen("a'", 4, folder="Tất cả", gmail_id="178")], None) == ()
    assert [name for name, _ in ledger.unread()] == [archive_id("a")]
    ledger.record([outcome("a")])
    assert all(count.not_yet_read == 0 and count.balanced for count in ledger.counts())


def test_messages_without_a_gmail_id_are_not_taken_for_one(ledger: Ledger) -> None:
    assert len(ledger.record_batch([seen("a", 1), seen("b", 2)], None)) == 2


def test_unread_messages_come_by_arrival_then_id(ledger: Ledger) -> None:
    late, early = seen("a", 1, arrival=moment(3)), seen("b", 2, arrival=moment(2))
    twins = [seen("c", 3, arrival=moment(4)), seen("d", 4, arrival=moment(4))]
    ledger.record_batch([late, early, *twins], None)
    names = sorted([archive_id("c"), archive_id("d")])
    assert ledger.unread() == (
        (archive_id("b"), moment(2)),
        (archive_id("a"), moment(3)),
        (names[0], moment(4)),
        (names[1], moment(4)),
    )


def test_an_earlier_arrival_of_known_content_counts_and_has_it_read_again(ledger: Ledger) -> None:
    ledger.record_batch([seen("a", 1, arrival=moment(5))], None)
    ledger.record([outcome("a", arrival=moment(5))])
    ledger.record_batch([seen("a", 9, folder="Lưu", arrival=moment(4))], None)
    assert ledger.unread() == ((archive_id("a"), moment(4)),)


def test_a_later_copy_changes_neither_arrival_nor_outcome(ledger: Ledger) -> None:
    ledger.record_batch([seen("a", 1, arrival=moment(4))], None)
    ledger.record([outcome("a", arrival=moment(4))])
    ledger.record_batch([seen("a", 9, folder="Lưu", arrival=moment(5))], None)
    assert ledger.unread() == ()


def test_the_third_failed_attempt_holds_a_message_for_a_person(ledger: Ledger) -> None:
    _archived(ledger, "a", "b")
    for expected in (1, 2, 3):
        assert ledger.begin_attempts([archive_id("a")]) == (archive_id("a"),)
        assert ledger.waiting([archive_id("a")])[archive_id("a")][0] == expected
    assert ledger.begin_attempts([archive_id("a"), archive_id("b")]) == (archive_id("b"),)
    held = ledger.message(archive_id("a"))
    assert held is not None
    assert (held.state, held.reasons, held.arrival) == (MessageState.FAILED, ("reading_failed",), moment(1))
    assert [question.question for question in ledger.review_items()] == ["reading_failed"]
    assert [name for name, _ in ledger.unread()] == [archive_id("b")]


def test_a_held_message_may_be_read_again_with_fresh_attempts(ledger: Ledger) -> None:
    _archived(ledger, "a")
    for _ in range(4):
        ledger.begin_attempts([archive_id("a")])
    ledger.read_again([archive_id("a")], "cán bộ yêu cầu")
    assert len(ledger.unread()) == 1
    assert ledger.begin_attempts([archive_id("a")]) == (archive_id("a"),)


def test_a_report_that_cannot_be_read_a_second_time_keeps_what_was_read_the_first(ledger: Ledger) -> None:
    _archived(ledger, "a")
    ledger.record([full_outcome("a")])
    ledger.read_again([archive_id("a")])
    for _ in range(4):
        ledger.begin_attempts([archive_id("a")])
    assert ledger.message(archive_id("a")) == full_outcome("a")
    assert ledger.unread() == ()
    assert ledger.history()[-1].event == "reading_given_up"


def test_a_reading_begun_before_an_earlier_arrival_was_seen_is_done_again(ledger: Ledger) -> None:
    ledger.record_batch([seen("a", 1, arrival=moment(5))], None)
    reading = outcome("a", arrival=ledger.unread()[0][1])
    ledger.record_batch([seen("a", 9, folder="Lưu", arrival=moment(4))], None)
    ledger.record([reading])
    assert ledger.unread() == ((archive_id("a"), moment(4)),)
    ledger.record([replace(reading, arrival=moment(4))])
    assert ledger.unread() == ()


def test_messages_are_found_by_id_where_they_were_read(ledger: Ledger) -> None:
    _archived(ledger, "a", "b", "c")
    ledger.record([outcome("a"), outcome("b", state=MessageState.SET_ASIDE)])
    found = ledger.messages_by_id([archive_id("c"), archive_id("b"), archive_id("a")])
    assert found == {archive_id(name): ledger.message(archive_id(name)) for name in ("a", "b")}


def test_the_daily_proof_puts_every_sighting_in_one_place(ledger: Ledger) -> None:
    _archived(ledger, "a", "b", "c", "d", "e", "f")
    states = {"a": "booked", "b": "booked", "c": "set_aside", "d": "review", "e": "failed"}
    ledger.record([outcome(name, state=MessageState(state)) for name, state in states.items()])
    count = FolderCount(ACCOUNT, "INBOX", 6, booked=2, set_aside=1, review=1, failed=1, not_yet_read=1)
    assert ledger.counts() == (count,)
    assert count.balanced


def test_a_sum_that_does_not_add_up_is_not_balanced() -> None:
    assert not FolderCount(ACCOUNT, "INBOX", 6, 1, 1, 1, 1, 1).balanced


# Between archive and ledger


def test_a_message_archived_before_a_kill_is_adopted_at_the_next_start(
    ledger: Ledger, tmp_path: Path
) -> None:
    archive = Archive(tmp_path / "kho")
    archive.keep_all([raw("a", 1, arrival=moment(2)), raw("b", 2, arrival=moment(3))])
    ledger.record_batch([seen("a", 1, arrival=moment(2))], None)  # and here the power went
    assert ledger.adopt_orphans(archive) == (archive_id("b"),)
    assert ledger.unread() == ((archive_id("a"), moment(2)), (archive_id("b"), moment(3)))
    assert ledger.adopt_orphans(archive) == ()
    assert ledger.record_batch([seen("b", 2, arrival=moment(3))], None) == ()  # fetched once more
    assert ledger.missing_from(archive) == ()


def test_an_empty_ledger_is_filled_from_the_archive_alone(ledger: Ledger, tmp_path: Path) -> None:
    archive = Archive(tmp_path / "kho")
    raws = [raw(str(number), number, arrival=moment(1 + number)) for number in range(1, 6)]
    archive.keep_all(raws)
    archive.keep(b"1", moment(2), sighting(8, folder="Lưu"))
    assert len(ledger.adopt_orphans(archive)) == 5
    assert [(count.folder, count.sightings) for count in ledger.counts()] == [("INBOX", 5), ("Lưu", 1)]
    assert [arrival for _, arrival in ledger.unread()] == [moment(day) for day in (2, 3, 4, 5, 6)]


def test_a_message_whose_arrival_nobody_knows_is_held_until_the_server_shows_it(
    ledger: Ledger, tmp_path: Path
) -> None:
    archive = Archive(tmp_path / "kho")
    archive.keep_all([raw("a", 1)])
    (archive.folder / "sightings.journal").unlink()
    assert ledger.adopt_orphans(archive) == (archive_id("a"),)
    held = ledger.message(archive_id("a"))
    assert held is not None
    assert (held.state, held.reasons) == (MessageState.FAILED, ("arrival_unknown",))
    assert ledger.unread() == ()
    ledger.record_batch([seen("a", 1, arrival=moment(2))], None)
    assert ledger.unread() == ((archive_id("a"), moment(2)),)


def test_a_ledger_beside_an_empty_archive_refuses_to_go_on(ledger: Ledger, tmp_path: Path) -> None:
    _archived(ledger, "a")
    with pytest.raises(EmptyArchiveError):
        ledger.adopt_orphans(Archive(tmp_path / "nham"))


def test_a_message_whose_file_is_gone_is_named(ledger: Ledger, tmp_path: Path) -> None:
    archive = Archive(tmp_path / "kho")
    archive.keep_all([raw("a", 1)])
    _archived(ledger, "a", "b")
    assert ledger.missing_from(archive) == (archive_id("b"),)


# What follows from it


def test_an_outcome_comes_back_as_it_was_recorded(ledger: Ledger) -> None:
    _archived(ledger, "a", "b")
    ledger.record([full_outcome("a"), full_outcome("b")])
    assert ledger.messages() == tuple(
        sorted((full_outcome("a"), full_outcome("b")), key=lambda one: one.archive_id)
    )
    assert ledger.message(archive_id("a")) == full_outcome("a")


def test_a_figure_keeps_its_digits_and_a_blank_stays_blank(ledger: Ledger) -> None:
    _archived(ledger, "a")
    exact = "12345678901234567890.123456789012345678901234567890"
    ledger.record([outcome("a", intent(value("6.50"), value(exact), value("0"), value(None)))])
    kept = [one.value.value for one in ledger.values("nuoc-sach", "2031-H1")]
    assert [str(number) for number in kept] == ["6.50", exact, "0", "None"]
    assert all(number is None or isinstance(number, Decimal) for number in kept)


def test_moments_come_back_aware_and_the_same_moment(ledger: Ledger) -> None:
    _archived(ledger, "a")
    ledger.record([outcome("a", arrival=moment(4, 23, 59), date_claimed=moment(5, 0))])
    kept = ledger.messages()[0]
    assert (kept.arrival, kept.date_claimed) == (moment(4, 23, 59), moment(5, 0))
    assert kept.arrival.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(ledger: Ledger) -> None:
    nowhere = (sighting(3), archive_id("c"), datetime(2031, 6, 1), 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        ledger.record_batch([nowhere], None)
    assert ledger.counts() == ()


def test_a_new_reading_replaces_the_old_one_as_a_whole(ledger: Ledger) -> None:
    _archived(ledger, "a")
    ledger.record([full_outcome("a")])
    thinner = outcome("a", intent(value("7")), state=MessageState.REVIEW, review=(item("a"),))
    assert ledger.record([thinner]) == (archive_id("a"),)
    assert ledger.message(archive_id("a")) == thinner
    assert [one.value.value for one in ledger.values()] == [Decimal(7)]


def test_the_same_reading_again_changes_nothing_and_tells_no_history(ledger: Ledger) -> None:
    _archived(ledger, "a")
    ledger.record([full_outcome("a")])
    before = ledger.history()
    elsewhere = replace(full_outcome("a"), arrival=moment(1).astimezone(UTC))
    assert ledger.record([elsewhere]) == ()
    assert ledger.history() == before


def test_the_history_tells_from_which_state_a_message_went_to_which(ledger: Ledger) -> None:
    _archived(ledger, "a")
    ledger.record([outcome("a", state=MessageState.REVIEW)])
    ledger.record([outcome("a", intent(value()), state=MessageState.BOOKED)])
    last = ledger.history(subject=archive_id("a"))[-1]
    assert (last.event, last.actor, last.at) == ("message_recorded", "daemon", NOW)
    assert last.detail["before"]["state"] == "review"
    assert last.detail["state"] == "booked"


def test_an_outcome_of_a_message_never_seen_is_refused_with_the_whole_batch(ledger: Ledger) -> None:
    _archived(ledger, "a")
    with pytest.raises(UnknownArchiveIdError):
        ledger.record([outcome("a"), outcome("nobody")])
    assert ledger.messages() == ()
    assert len(ledger.unread()) == 1


def test_text_no_database_takes_does_not_stop_the_batch(ledger: Ledger) -> None:
    _archived(ledger, "a", "b")
    odd = outcome(
        "a", intent(value()), subject="Báo\x00cáo \udcff", reasons=("x\x00",), verdict={"a": "\udcff"}
    )
    ledger.record([odd, outcome("b", message_id="<" + "dài" * 5000 + ">")])
    kept = ledger.message(archive_id("a"))
    assert kept is not None
    assert kept.subject == "Báo\ufffdcáo \ufffd"


def test_messages_are_found_by_class_state_unit_and_moment(ledger: Ledger) -> None:
    _archived(ledger, "a", "b", "c")
    ledger.record(
        [
            outcome("a", intent(value()), arrival=moment(2)),
            outcome("b", message_class=MessageClass.SPAM, state=MessageState.SET_ASIDE, arrival=moment(3)),
            outcome(
                "c", state=MessageState.REVIEW, review=(item("c", key=key("bai-sim")),), arrival=moment(4)
            ),
        ]
    )

    def found(**asked: object) -> list[str]:
        kept = ledger.messages(**asked)  # type: ignore[arg-type]
        return ["abc"[[archive_id(name) for name in "abc"].index(one.archive_id)] for one in kept]

    assert found() == ["a", "b", "c"]
    assert found(message_class=MessageClass.SPAM) == ["b"]
    assert found(state=MessageState.BOOKED) == ["a"]
    assert found(unit="doi-che") == ["a"]
    assert found(unit="bai-sim") == ["c"]
    assert found(as_of=moment(3)) == ["a", "b"]
    assert found(limit=1, offset=1) == ["b"]


def test_a_page_of_messages_carries_its_own_parts_alone(ledger: Ledger) -> None:
    _archived(ledger, "a", "b")
    ledger.record(
        [
            outcome("a", intent(value("1")), arrival=moment(2)),
            outcome("b", intent(value("2")), arrival=moment(3)),
        ]
    )
    page = ledger.messages(limit=1, offset=1)
    assert [one.submissions[0].values[0].value for one in page] == [Decimal(2)]


def test_a_message_is_found_by_the_beginning_of_its_id(ledger: Ledger) -> None:
    _archived(ledger, *"abcdefghijklmnopq")
    ledger.record([outcome(name) for name in "abcdefghijklmnopq"])
    found = ledger.message(archive_id("a")[:12].upper())
    assert found is not None
    assert found.archive_id == archive_id("a")
    assert ledger.message("") is None
    assert ledger.message("%") is None
    firsts = [archive_id(name)[0] for name in "abcdefghijklmnopq"]
    shared = next(first for first in firsts if firsts.count(first) > 1)
    with pytest.raises(AmbiguousArchiveIdError):
        ledger.message(shared)


@pytest.mark.parametrize("message_id", ["<x@y>", ""])
def test_messages_that_share_a_message_id_or_have_none_are_all_kept(ledger: Ledger, message_id: str) -> None:
    _archived(ledger, "a", "b")
    ledger.record([outcome("a", message_id=message_id), outcome("b", message_id=message_id)])
    assert {one.archive_id for one in ledger.messages()} == {archive_id("a"), archive_id("b")}


def test_submissions_come_by_arrival_for_their_report_period_and_unit(ledger: Ledger) -> None:
    _archived(ledger, "a", "b", "c")
    ledger.record(
        [
            outcome("a", intent(value("2")), arrival=moment(3)),
            outcome("b", intent(value("1")), intent(value("9"), unit="bai-sim"), arrival=moment(2)),
            outcome("c", replace(intent(value("5")), key=key(period="2030-H1")), arrival=moment(1)),
        ]
    )
    handed_in = ledger.submissions("nuoc-sach", "2031-H1")
    assert [(one.key.unit, str(one.values[0].value)) for one in handed_in] == [
        ("doi-che", "1"), ("bai-sim", "9"), ("doi-che", "2"),
    ]  # fmt: skip
    assert len(ledger.submissions("nuoc-sach", "2031-H1", "bai-sim")) == 1
    assert len(ledger.submissions(unit="doi-che")) == 3


def test_the_same_figures_are_found_by_their_fingerprint(ledger: Ledger) -> None:
    _archived(ledger, "a", "b", "c")
    ledger.record([
        outcome("a", intent(fingerprint="x")),
        outcome("b", intent(fingerprint="x", unit="bai-sim")),
        outcome("c", intent()),
    ])  # fmt: skip
    for found in (ledger.receipts_with_fingerprint("x"), ledger.receipts_with_fingerprints(["x", "y"])):
        assert {one.key.unit for one in found} == {"doi-che", "bai-sim"}
    assert ledger.receipts_with_fingerprint("y") == ()


def test_submissions_without_a_fingerprint_are_not_alike(ledger: Ledger) -> None:
    _archived(ledger, "a", "b")
    ledger.record([outcome("a", intent()), outcome("b", intent())])
    assert ledger.receipts_with_fingerprint("") == ledger.receipts_with_fingerprints([""]) == ()


def test_the_units_a_period_has_something_of_are_told(ledger: Ledger) -> None:
    _archived(ledger, "a", "b")
    ledger.record([outcome("a", intent(unit="bai-sim"), intent(unit="doi-che")), outcome("b", intent())])
    assert ledger.units_heard_from("nuoc-sach", "2031-H1") == {"bai-sim", "doi-che"}
    assert ledger.units_heard_from("nuoc-sach", "2031-Y") == frozenset()
    assert ledger.units_heard_from("trong-cay", "2031-H1") == frozenset()


def test_values_say_which_submission_they_came_by(ledger: Ledger) -> None:
    _archived(ledger, "a")
    ledger.record(
        [outcome("a", intent(value("3", sex=Sex.FEMALE), value("4", indicator="N2"), accepted=False))]
    )
    (figure,) = ledger.values("nuoc-sach", "2031-H1", unit="doi-che", indicator="N1")
    assert (figure.archive_id, figure.key, figure.accepted) == (archive_id("a"), key(), False)
    assert figure.value == value("3", sex=Sex.FEMALE)


def test_a_snapshot_answers_every_question_as_of_one_moment(ledger: Ledger, url: str) -> None:
    _archived(ledger, "a")
    with ledger.snapshot(), Ledger.open(url, "desk", lambda: NOW) as desk:
        assert ledger.messages() == ()
        desk.record([outcome("a")])
        assert ledger.messages() == ()
    assert len(ledger.messages()) == 1


# What people decided


def test_decisions_are_numbered_from_one_without_gaps(ledger: Ledger) -> None:
    first = ledger.decide(decision("accept", item="1", choice={"unit": "doi-che", "amount": Decimal("1.5")}))
    with pytest.raises(InvalidDecisionError):
        ledger.decide(decision("extend", report="nuoc-sach", period="2031-H1"))
    second = ledger.decide(decision("set_aside", message=archive_id("a")))
    assert [one.number for one in ledger.decisions()] == [first.number, second.number] == [1, 2]
    assert ledger.decisions("set_aside") == (second,)
    assert ledger.decisions()[0].choice == {"unit": "doi-che", "amount": "1.5"}


@pytest.mark.parametrize(
    "faulty",
    [
        replace(decision("accept"), who=" "),
        replace(decision("accept"), at=datetime(2031, 6, 1)),  # noqa: DTZ001
        decision("exempt", unit="doi-che", report="nuoc-sach"),
        decision("extend", report="r", period="p", choice={"due": "2031-06-10"}),
        decision("extend", report="r", period="p", choice={"due": "mùng mười"}),
    ],
)
def test_a_decision_that_could_not_be_applied_is_refused(ledger: Ledger, faulty: object) -> None:
    with pytest.raises(InvalidDecisionError):
        ledger.decide(faulty)  # type: ignore[arg-type]
    assert ledger.decisions() == ()


def test_a_decided_question_is_no_longer_open_and_stays_decided_after_a_new_reading(ledger: Ledger) -> None:
    _archived(ledger, "a")
    asking = outcome("a", state=MessageState.REVIEW, review=(item("a", name="q1"), item("a", name="q2")))
    ledger.record([asking])
    ledger.decide(decision("accept", item="q1"))
    ledger.record([replace(asking, reasons=("read_anew",))])
    assert [question.id for question in ledger.review_items()] == ["q2"]
    assert [question.id for question in ledger.review_items(open_only=False)] == ["q1", "q2"]


def test_the_periods_something_came_for_are_those_of_submissions_and_of_questions(ledger: Ledger) -> None:
    assert ledger.answered_periods() == ()
    assert ledger.latest_arrival() is None
    _archived(ledger, "a", "b")
    asked = item("b", name="q1", key=key("doi-che", "nuoc-sach", "2030-H1"))
    latest = outcome("b", review=(asked, item("b", name="q2")), arrival=moment(28))
    ledger.record([outcome("a", intent(), intent(unit="khac")), latest])
    assert ledger.answered_periods() == (("nuoc-sach", "2030-H1"), ("nuoc-sach", "2031-H1"))
    assert ledger.latest_arrival() == moment(28)


def test_decisions_history_and_issues_refuse_every_change(ledger: Ledger) -> None:
    ledger.decide(decision("accept", item="q1"))
    ledger.add_issue(issue())
    for table, change in (
        ("decisions", "UPDATE decisions SET who = 'khác'"),
        ("decisions", "DELETE FROM decisions"),
        ("history", "UPDATE history SET actor = 'khác'"),
        ("history", "DELETE FROM history WHERE number = 1"),
        ("issues", "UPDATE issues SET number = 9"),
        ("issues", "DELETE FROM issues"),
    ):
        with pytest.raises(DBAPIError, match=f"{table} is only ever added to"):
            _run_behind_the_back(ledger, change)
    assert ledger.broken_history() == ()


def _run_behind_the_back(ledger: Ledger, *statements: str) -> None:
    with ledger._database.engine.execution_options(writer=True).begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def _without_triggers(ledger: Ledger, change: str) -> None:
    if ledger._database.engine.dialect.name == "sqlite":
        _run_behind_the_back(
            ledger, "DROP TRIGGER history_refuses_update", "DROP TRIGGER history_refuses_delete", change
        )
    else:
        _run_behind_the_back(ledger, "ALTER TABLE history DISABLE TRIGGER ALL", change)


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ("UPDATE history SET actor = 'khác' WHERE number = 2", (2,)),
        ("UPDATE history SET detail = '{}' WHERE number = 1", (1,)),
        ("DELETE FROM history WHERE number = 2", (3,)),
    ],
)
def test_a_history_changed_with_the_triggers_gone_is_found(
    ledger: Ledger, change: str, broken: tuple[int, ...]
) -> None:
    for number in range(3):
        ledger.note("kiem_tra", f"lần {number}", {"so": number})
    assert ledger.broken_history() == ()
    _without_triggers(ledger, change)
    assert ledger.broken_history() == broken


def test_the_decisions_journal_repeats_every_decision(url: str, tmp_path: Path) -> None:
    path = tmp_path / "kho" / "decisions.journal"
    with Ledger.open(url, "desk", lambda: NOW, decisions_journal=path) as ledger:
        ledger.decide(decision("accept", item="q1", choice={"unit": "doi-che"}))
        ledger.decide(decision("exempt", report="nuoc-sach", period="2031-H1", reason="Mới thành lập"))
        kept = ledger.decisions()
    assert [entry["number"] for entry in Journal(path).entries()] == [1, 2]
    with Ledger.open(
        f"sqlite:///{tmp_path / 'moi.sqlite'}", "rebuild", lambda: NOW, decisions_journal=path
    ) as new:
        assert new.decisions() == kept


def test_a_ledger_ahead_of_its_journal_writes_what_the_journal_lacks(url: str, tmp_path: Path) -> None:
    with Ledger.open(url, "desk", lambda: NOW) as ledger:
        ledger.decide(decision("accept", item="q1"))
    path = tmp_path / "decisions.journal"
    Ledger.open(url, "desk", lambda: NOW, decisions_journal=path).close()
    Ledger.open(url, "desk", lambda: NOW, decisions_journal=path).close()
    assert [entry["number"] for entry in Journal(path).entries()] == [1]


def test_a_decision_the_journal_refuses_is_not_in_the_ledger(url: str, tmp_path: Path) -> None:
    path = tmp_path / "decisions.journal"
    with Ledger.open(url, "desk", lambda: NOW, decisions_journal=path) as ledger:
        path.mkdir()
        with pytest.raises(OSError, match="directory"):
            ledger.decide(decision("accept", item="q1"))
        assert ledger.decisions() == ()


def test_a_decision_the_ledger_refuses_is_not_in_the_journal(url: str, tmp_path: Path) -> None:
    path = tmp_path / "decisions.journal"
    with Ledger.open(url, "desk", lambda: NOW, decisions_journal=path) as ledger:
        with pytest.raises(InvalidDecisionError):
            ledger.decide(decision("extend", report="r", period="p"))
        ledger.decide(decision("accept", item="q1"))
    assert [entry["number"] for entry in Journal(path).entries()] == [1]


def test_journal_and_ledger_that_contradict_each_other_stop_the_start(url: str, tmp_path: Path) -> None:
    path = tmp_path / "decisions.journal"
    with Ledger.open(url, "desk", lambda: NOW) as ledger:
        ledger.decide(decision("accept", item="q1"))
    Journal(path).append([decision("accept", 1, item="q2")])
    with pytest.raises(DecisionsJournalError):
        Ledger.open(url, "desk", lambda: NOW, decisions_journal=path)


# What is owed


def test_obligations_are_added_once_and_changed_when_the_regime_changed(ledger: Ledger) -> None:
    ledger.settle_obligations([obligation("doi-che"), obligation("bai-sim")])
    ledger.settle_obligations([obligation("doi-che"), obligation("bai-sim", due=moment(10, 0))])
    ledger.settle_obligations([obligation("doi-che", exempt="Mới thành lập")])
    assert ledger.obligations("nuoc-sach", "2031-H1") == (
        obligation("bai-sim", due=moment(10, 0)),
        obligation("doi-che", exempt="Mới thành lập"),
    )
    assert [event.event for event in ledger.history()] == [
        "obligation_added", "obligation_added", "obligation_changed", "obligation_changed",
    ]  # fmt: skip
    assert ledger.history()[2].detail["before"]["due"] == "2031-06-04T17:00:00Z"


def test_an_obligation_no_longer_named_goes_only_when_the_list_is_complete(ledger: Ledger) -> None:
    ledger.settle_obligations([obligation("doi-che"), obligation("bai-sim")])
    other = replace(obligation("bai-sim"), key=key("bai-sim", period="2030-H1"))
    ledger.settle_obligations([other])
    ledger.settle_obligations([obligation("doi-che")])
    assert len(ledger.obligations("nuoc-sach", "2031-H1")) == 2
    ledger.settle_obligations([obligation("doi-che")], complete=True)
    assert ledger.obligations("nuoc-sach", "2031-H1") == (obligation("doi-che"),)
    assert ledger.obligations("nuoc-sach", "2030-H1") == (other,)
    assert ledger.periods() == (("nuoc-sach", "2030-H1"), ("nuoc-sach", "2031-H1"))
    assert ledger.periods("khac") == ()


# What goes out


def _queued(ledger: Ledger, *args: str) -> OutgoingMessage:
    queued = ledger.queue(mail(*args))
    assert queued is not None
    return queued


def test_a_mail_is_queued_once_for_its_unit_step_kind_report_and_period(ledger: Ledger) -> None:
    first = _queued(ledger)
    assert ledger.queue(mail(message_id="<khac@vidu.example>")) is None
    assert ledger.outbox() == (first,)
    assert replace(first, id=0) == mail()
    for another in (
        mail(step="don-doc-2"),
        mail("bai-sim"),
        mail(kind="receipt", message_id="<r@vidu.example>"),
    ):
        assert ledger.queue(another) is not None


def test_a_claimed_mail_is_sending_before_anyone_speaks_to_the_server(ledger: Ledger, url: str) -> None:
    queued = _queued(ledger)
    claimed = ledger.claim(queued.id, lambda _: True)
    assert claimed is not None
    assert claimed.state is OutboxState.SENDING
    with Ledger.open(url, "desk", lambda: NOW) as other:
        assert other.outbox([OutboxState.SENDING]) == (claimed,)
        assert other.claim(queued.id, lambda _: True) is None


def test_a_mail_no_longer_needed_is_cancelled_when_it_is_claimed(ledger: Ledger) -> None:
    queued = _queued(ledger)
    _archived(ledger, "a")
    ledger.record([outcome("a", intent(value()))])

    def nothing_came(waiting: OutgoingMessage) -> bool:
        return not ledger.submissions("nuoc-sach", "2031-H1", waiting.unit)

    assert ledger.claim(queued.id, nothing_came) is None
    assert [one.state for one in ledger.outbox()] == [OutboxState.CANCELLED]


def test_a_need_asked_within_the_claim_must_change_nothing(ledger: Ledger) -> None:
    queued = _queued(ledger)
    with pytest.raises(RuntimeError, match="no change inside"):
        ledger.claim(queued.id, lambda waiting: ledger.cancel(waiting.id, "x"))
    assert [one.state for one in ledger.outbox()] == [OutboxState.QUEUED]


def test_of_many_claims_at_once_exactly_one_gets_the_mail(ledger: Ledger) -> None:
    queued = _queued(ledger)
    got: list[OutgoingMessage | None] = []
    threads = [
        threading.Thread(target=lambda: got.append(ledger.claim(queued.id, lambda _: True))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert sum(one is not None for one in got) == 1


def test_what_the_server_said_is_noted_with_its_moment(ledger: Ledger) -> None:
    queued = _queued(ledger)
    ledger.claim(queued.id, lambda _: True)
    said = Delivery(queued.id, moment(6), OutboxState.SENT, "250 2.0.0 Ok")
    assert ledger.mark(said) == ledger.mark(said)
    (sent,) = ledger.outbox()
    assert (sent.state, sent.sent_at, sent.server_reply) == (OutboxState.SENT, moment(6), "250 2.0.0 Ok")
    assert ledger.deliveries(queued.id) == (said,)


def test_a_mail_the_server_put_off_waits_again_and_can_be_claimed(ledger: Ledger) -> None:
    queued = _queued(ledger)
    ledger.claim(queued.id, lambda _: True)
    ledger.mark(Delivery(queued.id, moment(6), OutboxState.QUEUED, "451 4.7.1 Greylisted"))
    assert ledger.claim(queued.id, lambda _: True) is not None


@pytest.mark.parametrize("state", [OutboxState.QUEUED, OutboxState.SENDING, OutboxState.CANCELLED])
def test_a_mail_that_has_gone_never_goes_again(ledger: Ledger, state: OutboxState) -> None:
    queued = _queued(ledger)
    ledger.claim(queued.id, lambda _: True)
    ledger.mark(Delivery(queued.id, moment(6), OutboxState.SENT, "250"))
    with pytest.raises(OutboxStateError):
        ledger.mark(Delivery(queued.id, moment(7), state, ""))
    assert ledger.claim(queued.id, lambda _: True) is None
    assert not ledger.cancel(queued.id, "muộn")


def test_only_a_claim_takes_a_mail_for_sending(ledger: Ledger) -> None:
    queued = _queued(ledger)
    with pytest.raises(OutboxStateError):
        ledger.mark(Delivery(queued.id, moment(6), OutboxState.SENDING, ""))


def test_what_was_being_sent_when_the_program_died_is_uncertain(ledger: Ledger) -> None:
    queued, _ = _queued(ledger), _queued(ledger, "bai-sim")
    ledger.claim(queued.id, lambda _: True)
    assert [one.id for one in ledger.recover_outbox()] == [queued.id]
    assert [one.state for one in ledger.outbox()] == [OutboxState.UNCERTAIN, OutboxState.QUEUED]


def test_a_cancelled_mail_is_not_sent(ledger: Ledger) -> None:
    queued = _queued(ledger)
    assert ledger.cancel(queued.id, "đã nộp bản giấy")
    assert not ledger.cancel(queued.id, "lần nữa")
    assert ledger.claim(queued.id, lambda _: True) is None
    assert ledger.outbox()[0].server_reply == "đã nộp bản giấy"


def test_a_mail_that_is_not_there_is_said(ledger: Ledger) -> None:
    with pytest.raises(OutboxStateError):
        ledger.cancel(99, "x")


# What was issued


def test_issues_are_numbered_for_each_report_and_period(ledger: Ledger) -> None:
    assert [ledger.add_issue(issue()).number for _ in range(2)] == [1, 2]
    assert ledger.add_issue(issue(period="2030-H1")).number == 1
    assert ledger.add_issue(issue(3)).number == 3
    assert ledger.issues("nuoc-sach", "2031-H1") == (issue(1), issue(2), issue(3))
    assert ledger.latest_issue("nuoc-sach", "2031-H1") == issue(3)
    assert ledger.latest_issue("nuoc-sach", "2029-H1") is None


@pytest.mark.parametrize("number", [1, 3])
def test_an_issue_out_of_its_turn_is_refused(ledger: Ledger, number: int) -> None:
    ledger.add_issue(issue())
    with pytest.raises(IssueConflictError):
        ledger.add_issue(issue(number))


# All of it


def test_writers_side_by_side_lose_nothing_and_keep_the_chain(ledger: Ledger, url: str) -> None:
    def write(name: str) -> None:
        with Ledger.open(url, name, lambda: NOW) as own:
            for number in range(25):
                own.decide(decision("accept", item=f"{name}-{number}"))

    threads = [threading.Thread(target=write, args=(name,)) for name in ("lan", "mai", "cuc", "daemon")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.number for one in ledger.decisions()] == list(range(1, 101))
    assert len({one.target["item"] for one in ledger.decisions()}) == 100
    assert ledger.broken_history() == ()


_WORKER = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from ledger.archive import Archive
from ledger.store import Ledger
from tests.builders_ledger import NOW, intent, outcome, raw, seen, value
archive = Archive(Path({folder!r}))
with Ledger.open({url!r}, "daemon", lambda: NOW) as ledger:
    print("runs", flush=True)
    ledger.adopt_orphans(archive)
    start = (ledger.folder_mark("hop-thu@vidu.example", "INBOX") or (7, 0))[1]
    for first in range(start, 60, 3):
        batch = [raw(str(n), n) for n in range(first + 1, first + 4)]
        archive.keep_all(batch)
        mark = ("hop-thu@vidu.example", "INBOX", 7, first + 3)
        ledger.record_batch([seen(str(n), n) for n in range(first + 1, first + 4)], mark)
        for n in range(first + 1, first + 4):
            ledger.record([outcome(str(n), intent(value(str(n))))])
"""


def test_killed_at_any_moment_and_started_again_nothing_is_lost_or_doubled(url: str, tmp_path: Path) -> None:
    archive = Archive(tmp_path / "kho")
    code = _WORKER.format(root=str(ROOT), folder=str(archive.folder), url=url)
    for attempt in range(8):
        worker = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert worker.stdout is not None
        assert worker.stdout.readline() == "runs\n"
        if attempt < 7:
            time.sleep(0.013 * attempt)
            worker.kill()
        worker.communicate()
    with Ledger.open(url, "daemon", lambda: NOW) as ledger:
        ledger.record([outcome(str(n), intent(value(str(n)))) for n in range(1, 61)])
        assert ledger.adopt_orphans(archive) == ledger.missing_from(archive) == ()
        assert ledger.unread() == ()
        assert sum(one.value.value or 0 for one in ledger.values()) == sum(range(1, 61))
        assert [(count.sightings, count.booked) for count in ledger.counts()] == [(60, 60)]
        assert ledger.broken_history() == ()


def test_the_history_is_asked_by_subject_event_and_number(ledger: Ledger) -> None:
    for number in range(3):
        ledger.note("a" if number else "b", f"s{number}")
    assert [event.number for event in ledger.history(event="a")] == [2, 3]
    assert [event.number for event in ledger.history(subject="s1")] == [2]
    assert [event.number for event in ledger.history(after=1, limit=1)] == [2]


def test_two_thousand_messages_of_forty_figures_are_recorded_in_time(ledger: Ledger) -> None:
    names = [f"thư {number}" for number in range(2000)]
    figures = tuple(value(str(number), indicator=f"N{number}") for number in range(40))
    outcomes = [outcome(name, intent(*figures), arrival=moment(1) + timedelta(seconds=1)) for name in names]
    began = time.process_time()
    for start in range(0, 2000, 50):
        batch = names[start : start + 50]
        ledger.record_batch([seen(name, start + n) for n, name in enumerate(batch, 1)], None)
        ledger.record(outcomes[start : start + 50])
    spent = time.process_time() - began
    assert len(ledger.values()) == 80_000
    assert spent < 16, f"{spent:.1f} s of processor time; it takes about 4 on an idle machine"


def test_what_bears_no_number_has_the_fingerprint_it_had_before_numbers_were_kept() -> None:
    unnumbered = outcome("a", intent())
    before = json.loads(to_json(unnumbered))
    for handed_in in before["submissions"]:
        del handed_in["document"]
    assert outcome_sha256(unnumbered) == hashlib.sha256(to_json(before).encode()).hexdigest()
    number = DocumentName("7/BC-UBND", None, Place("bc.docx", "đoạn 2"))
    assert outcome_sha256(outcome("a", intent(document=number))) != outcome_sha256(unnumbered)
