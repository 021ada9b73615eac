from __future__ import annotations

import ctypes
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from intake.mail.messages import RawMessage, Sighting
from ledger import syncing
from ledger.archive import Archive
from ledger.errors import ArchiveWriteError
from ledger.syncing import synced_together

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each fsync; each is done all the same."""
    calls: list[int] = []
    really = os.fsync

    def counted(descriptor: int) -> None:
        calls.append(descriptor)
        really(descriptor)

    monkeypatch.setattr(os, "fsync", counted)
    return calls


def batch(number: int) -> list[RawMessage]:
    arrival = datetime(2023, 6, 1, tzinfo=UTC)
    return [
        RawMessage(b"Subject: %d\r\n\r\n" % uid, arrival, Sighting("a", "INBOX", 1, uid))
        for uid in range(1, number + 1)
    ]


def kept(archive: Archive, messages: list[RawMessage]) -> list[bytes]:
    return [archive.read(archive_id) for archive_id in archive.keep_all(messages)]


def test_a_small_batch_syncs_each_file_and_each_folder(tmp_path: Path, synced: list[int]) -> None:
    messages = batch(3)
    assert kept(Archive(tmp_path), messages) == [message.octets for message in messages]
    assert len(synced) >= 2 * len(messages)


def test_a_large_batch_is_synced_at_once_where_the_file_system_is_sure(
    tmp_path: Path, synced: list[int]
) -> None:
    with synced_together(tmp_path, wanted=True) as together:
        pass
    messages = batch(40)
    assert kept(Archive(tmp_path), messages) == [message.octets for message in messages]
    assert len(synced) < 5 if together else len(synced) >= len(messages)


def test_a_file_system_that_is_not_sure_syncs_each_file(
    tmp_path: Path, synced: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "_SURE", frozenset())
    messages = batch(40)
    assert kept(Archive(tmp_path), messages) == [message.octets for message in messages]
    assert len(synced) >= len(messages)


def test_nothing_is_promised_where_it_is_not_wanted(tmp_path: Path) -> None:
    with synced_together(tmp_path, wanted=False) as together:
        assert not together


def test_a_sync_that_fails_keeps_no_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class RefusingLibrary:
        def syncfs(self, _: int) -> int:
            return -1

    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: RefusingLibrary())
    monkeypatch.setattr(syncing, "_kind", lambda _: "ext4")
    archive = Archive(tmp_path)
    with pytest.raises(ArchiveWriteError):
        archive.keep_all(batch(40))
    assert archive.ids() == ()
    assert archive.sightings() == ()
