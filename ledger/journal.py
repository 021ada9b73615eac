"""An append-only file of JSON lines that is on disk when `append` returns.

Each line ends with the first 16 hex digits of the SHA-256 of its text, so that a line cut by a power
failure or changed by a failing disk is told from a sound one. Two processes may append to one file.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.encoding import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import Any

_SUM_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal at one path; the file comes into being with its first line."""

    path: Path

    def append(self, entries: Iterable[object]) -> None:
        """Add the entries in one write and see them onto the disk; all of them or none.

        Raises:
            OSError: the disk refused; the file is as it was.

        """
        with self.writing() as page:
            page.append(entries)

    @contextmanager
    def writing(self) -> Iterator[JournalPage]:
        """The journal held for one writer; what was appended is taken back when the block raises."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            before = os.fstat(descriptor).st_size
            if not before:
                sync_folder(self.path.parent)
            try:
                yield JournalPage(descriptor, before)
            except BaseException:
                os.ftruncate(descriptor, before)
                raise
        finally:
            os.close(descriptor)

    def entries(self) -> Iterator[dict[str, Any]]:
        """The sound entries in the order they were written; damaged lines are passed over."""
        return (entry for _, entry in self.numbered() if entry is not None)

    def numbered(self) -> Iterator[tuple[int, dict[str, Any] | None]]:
        """Every line with its number in the file, from 1; None where it is cut or changed."""
        if not self.path.exists():
            return
        with self.path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield number, _entry_of(line)


@dataclass(frozen=True, slots=True)
class JournalPage:
    """A journal open for one writer."""

    descriptor: int
    size: int

    def append(self, entries: Iterable[object]) -> None:
        """Write the entries and fsync."""
        octets = b"".join(_line_of(entry) for entry in entries)
        if self._ends_torn():
            octets = b"\n" + octets  # the torn line stays, as evidence, on a line of its own
        write_fully(self.descriptor, octets)
        os.fsync(self.descriptor)

    def _ends_torn(self) -> bool:
        return bool(self.size) and os.pread(self.descriptor, 1, self.size - 1) != b"\n"


def write_fully(descriptor: int, octets: bytes) -> None:
    """Write all octets, however few the system takes at once."""
    view = memoryview(octets)
    while view:
        view = view[os.write(descriptor, view) :]


def sync_folder(folder: Path) -> None:
    """See the names in a folder onto the disk; a rename alone may be lost in a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _line_of(entry: object) -> bytes:
    text = to_json(entry).encode()
    return text + b" " + _sum_of(text) + b"\n"


def _entry_of(line: bytes) -> dict[str, Any] | None:
    text, _, checksum = line.rstrip(b"\n").rpartition(b" ")
    if not text or checksum != _sum_of(text):
        return None
    entry: dict[str, Any] = from_json(text.decode())
    return entry


def _sum_of(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest()[:_SUM_DIGITS].encode()
