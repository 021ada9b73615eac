"""A journal tells its sound lines from those a power cut or a bad disk left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ledger.journal import Journal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "kho" / "nhat-ky.journal")


def damaged_lines(journal: Journal) -> int:
    return sum(1 for _, entry in journal.numbered() if entry is None)


def test_entries_come_back_in_order(journal: Journal) -> None:
    journal.append([{"so": 1, "chu": "đã nhận\nhai dòng"}, {"so": 2}])
    journal.append([{"so": 3}])
    assert list(journal.entries()) == [{"so": 1, "chu": "đã nhận\nhai dòng"}, {"so": 2}, {"so": 3}]


def test_a_journal_without_a_file_is_empty(journal: Journal) -> None:
    assert list(journal.entries()) == []
    assert damaged_lines(journal) == 0


def test_a_line_cut_short_is_passed_over_and_the_next_one_is_whole(journal: Journal) -> None:
    journal.append([{"so": 1}, {"so": 2}])
    octets = journal.path.read_bytes()
    journal.path.write_bytes(octets[:-5])
    journal.append([{"so": 3}])
    assert list(journal.entries()) == [{"so": 1}, {"so": 3}]
    assert damaged_lines(journal) == 1


def test_a_changed_line_that_still_reads_as_json_is_found(journal: Journal) -> None:
    journal.append([{"arrival": "2031-06-05T08:00"}, {"so": 2}])
    journal.path.write_bytes(journal.path.read_bytes().replace(b"-05T", b"-04T"))
    assert list(journal.entries()) == [{"so": 2}]
    assert damaged_lines(journal) == 1


def _write_and_fail(journal: Journal) -> None:
    with journal.writing() as page:
        page.append([{"so": 2}])
        raise RuntimeError


def test_what_was_written_in_a_block_that_raises_is_taken_back(journal: Journal) -> None:
    journal.append([{"so": 1}])
    with pytest.raises(RuntimeError):
        _write_and_fail(journal)
    assert list(journal.entries()) == [{"so": 1}]
    assert damaged_lines(journal) == 0
