"""The archive keeps what it was given, whole, wherever the program is killed."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from ledger.archive import Archive, archive_id_of
from ledger.errors import ArchiveWriteError, DamagedArchiveError, MissingArchiveError
from tests.builders_ledger import moment, raw, sighting

ROOT = Path(__file__).parent.parent


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "kho")


def _file_of(archive: Archive, archive_id: str) -> Path:
    return archive.folder / archive_id[:2] / archive_id


def test_a_kept_message_is_read_back_byte_for_byte(archive: Archive) -> None:
    octets = bytes(range(256)) * 3
    assert archive.read(archive.keep(octets, moment(1), sighting())) == octets


def test_a_message_lies_under_its_sha256_in_a_folder_of_two_digits(archive: Archive) -> None:
    archive_id = archive.keep(b"a", moment(1), sighting())
    assert archive_id == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    assert (archive.folder / "ca" / archive_id).read_bytes() == b"a"


def test_keeping_a_message_twice_leaves_one_file_and_one_sighting(archive: Archive) -> None:
    ids = [archive.keep(b"a", moment(1), sighting(4)) for _ in range(2)]
    assert archive.ids() == (ids[0],)
    assert len(archive.sightings()) == 1


def test_one_message_in_two_folders_has_two_sightings(archive: Archive) -> None:
    archive.keep(b"a", moment(1), sighting(4))
    archive.keep(b"a", moment(2), sighting(9, folder="Đã gửi"))
    assert [(seen.folder, seen.uid) for seen in archive.sightings()] == [("INBOX", 4), ("Đã gửi", 9)]


def test_a_sighting_keeps_where_when_and_how_large(archive: Archive) -> None:
    archive_id = archive.keep(b"abc", moment(3, 23, 59), sighting(5, gmail_id="1788"))
    seen = archive.sightings()[0]
    assert (seen.archive_id, seen.arrival, seen.size) == (archive_id, moment(3, 23, 59), 3)
    assert (seen.uid_validity, seen.uid, seen.gmail_id, seen.junk) == (7, 5, "1788", False)


def test_a_batch_gives_its_ids_in_the_order_given(archive: Archive) -> None:
    raws = [raw(text, number) for number, text in enumerate(("b", "a", "c", "a"), start=1)]
    assert archive.keep_all(raws) == tuple(archive_id_of(each.octets) for each in raws)
    assert len(archive.ids()) == 3
    assert len(archive.sightings()) == 4


def test_a_flipped_bit_is_found_at_reading(archive: Archive) -> None:
    archive_id = archive.keep(b"bao cao", moment(1), sighting())
    _file_of(archive, archive_id).write_bytes(b"bao cbo")
    with pytest.raises(DamagedArchiveError):
        archive.read(archive_id)
    assert archive.damaged() == (archive_id,)


def test_a_damaged_message_is_made_whole_when_the_server_shows_it_again(archive: Archive) -> None:
    archive_id = archive.keep(b"bao cao", moment(1), sighting())
    _file_of(archive, archive_id).write_bytes(b"")
    archive.keep(b"bao cao", moment(1), sighting())
    assert archive.read(archive_id) == b"bao cao"


@pytest.mark.parametrize("archive_id", ["0" * 64, "../../etc/passwd", "", "CA" * 32])
def test_what_is_no_id_of_a_kept_message_is_missing(archive: Archive, archive_id: str) -> None:
    archive.keep(b"a", moment(1), sighting())
    with pytest.raises(MissingArchiveError):
        archive.read(archive_id)


def test_an_arrival_without_a_time_zone_is_refused_and_nothing_kept(archive: Archive) -> None:
    with pytest.raises(ValueError, match="time zone"):
        archive.keep(b"a", datetime(2031, 6, 1, 8), sighting())  # noqa: DTZ001
    assert archive.ids() == ()


def test_a_disk_that_refuses_is_said_and_leaves_no_message(archive: Archive) -> None:
    archive.keep(b"first", moment(1), sighting(1))
    tmp = archive.folder / "tmp"
    tmp.rmdir()
    tmp.write_text("a file where a folder should be")
    with pytest.raises(ArchiveWriteError):
        archive.keep(b"second", moment(1), sighting(2))
    assert archive.ids() == (archive_id_of(b"first"),)


def test_a_batch_the_disk_refused_leaves_nothing_that_fills_it_further(archive: Archive) -> None:
    (archive.folder / "sightings.journal").mkdir(parents=True)
    with pytest.raises(ArchiveWriteError):
        archive.keep(b"a", moment(1), sighting())
    assert list((archive.folder / "tmp").iterdir()) == []


def test_the_sweep_removes_leftovers_and_no_message(archive: Archive) -> None:
    archive_id = archive.keep(b"a", moment(1), sighting())
    (archive.folder / "tmp" / "half").write_bytes(b"half a mess")
    assert archive.sweep() == 1
    assert archive.sweep() == 0
    assert archive.read(archive_id) == b"a"


def test_the_sweep_leaves_alone_what_is_being_written(archive: Archive) -> None:
    archive.keep(b"a", moment(1), sighting())
    (archive.folder / "tmp" / "half").write_bytes(b"half a mess")
    with archive._held(1):  # LOCK_SH: someone writes
        assert archive.sweep() == 0
    assert archive.sweep() == 1


def test_an_archive_that_was_never_written_to_is_empty(archive: Archive) -> None:
    assert (archive.ids(), archive.sightings(), archive.sweep()) == ((), (), 0)


_KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from ledger.archive import Archive
from tests.builders_ledger import raw

calls = 0
def dying(real):
    def call(*args, **kwargs):
        global calls
        calls += 1
        if calls == {when}:
            os.kill(os.getpid(), 9)
        return real(*args, **kwargs)
    return call

for name in ("fsync", "write", "open", "mkdir", "rename", "ftruncate"):
    setattr(os, name, dying(getattr(os, name)))
Archive(Path({folder!r})).keep_all([raw("một", 1), raw("hai", 2), raw("ba", 3)])
print(calls)
"""


def _killed_at(when: int, folder: Path) -> subprocess.CompletedProcess[str]:
    script = _KILLED.format(root=str(ROOT), when=when, folder=str(folder))
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)


def test_killed_at_any_step_every_message_on_disk_is_whole_and_its_arrival_known(tmp_path: Path) -> None:
    whole = _killed_at(0, tmp_path / "whole")
    assert whole.returncode == 0, whole.stderr
    steps = int(whole.stdout)
    assert steps > 10
    for when in range(1, steps + 1):
        archive = Archive(tmp_path / str(when))
        assert _killed_at(when, archive.folder).returncode == -9
        assert archive.damaged() == ()
        assert {seen.archive_id for seen in archive.sightings()} == set(archive.ids())
        archive.keep_all([raw("một", 1), raw("hai", 2), raw("ba", 3)])  # the next start
        archive.sweep()
        assert len(archive.ids()) == len(archive.sightings()) == 3
        assert not list((archive.folder / "tmp").iterdir())
