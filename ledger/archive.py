"""The raw messages on disk, each under the SHA-256 of its bytes. Nothing is ever changed.

Nothing is removed either, but by the rule of keeping that the department has set (`desk.upkeep.retention`).

    archive/
      sightings.journal      one line for each time a mailbox showed a message
      tmp/                   files being written; whatever lies here counts for nothing
      3f/3f9a…               a message, complete from the moment it has this name

The order of one batch: temporary files, each fsynced; journal lines, fsynced; renames; one fsync for
each folder. In a large batch one sync of the file system takes the place of those of the files, and one
of those of the folders. A crash at any point leaves either no message or a message whose sighting is
known, so that `rebuild` needs no database. (Measured on ext4: a rename without the fsyncs leaves 0 bytes.)
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ledger.encoding import as_type
from ledger.errors import ArchiveWriteError, DamagedArchiveError, MissingArchiveError
from ledger.journal import Journal, sync_folder, write_fully
from ledger.syncing import synced_together

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_MANY = 10  #: so many new messages of a batch are synced together
_ARCHIVE_ID = re.compile(r"[0-9a-f]{64}")


class SightingLike(Protocol):
    """Where a mailbox showed a message; `intake.mail.messages.Sighting` is one (RFC 3501, 2.3.1.1)."""

    @property
    def account(self) -> str: ...  # noqa: D102
    @property
    def folder(self) -> str: ...  # noqa: D102
    @property
    def uid_validity(self) -> int: ...  # noqa: D102
    @property
    def uid(self) -> int: ...  # noqa: D102
    @property
    def gmail_id(self) -> str: ...  # noqa: D102
    @property
    def junk(self) -> bool: ...  # noqa: D102


class RawLike(Protocol):
    """One message as the mailbox gave it; `intake.mail.messages.RawMessage` is one."""

    @property
    def octets(self) -> bytes: ...  # noqa: D102
    @property
    def arrival(self) -> datetime: ...  # noqa: D102
    @property
    def sighting(self) -> SightingLike: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class KeptSighting:
    """One line of the journal: which message was seen where, and when it arrived."""

    archive_id: str
    arrival: datetime  #: the server's INTERNALDATE, aware
    size: int
    account: str
    folder: str
    uid_validity: int
    uid: int
    gmail_id: str = ""
    junk: bool = False


@dataclass(frozen=True, slots=True)
class _Raw:
    octets: bytes
    arrival: datetime
    sighting: SightingLike


def is_archive_id(text: str) -> bool:
    """Whether a text is the id of a message by its form."""
    return _ARCHIVE_ID.fullmatch(text) is not None


def archive_id_of(octets: bytes) -> str:
    """The id of a message: SHA-256 of its bytes, 64 hex digits."""
    return hashlib.sha256(octets).hexdigest()


class Archive:
    """A content-addressed store of raw messages in one folder."""

    def __init__(self, folder: Path) -> None:
        """Open the store; its folders come into being with the first message."""
        self.folder = folder
        self._folder = str(folder)
        self._journal = Journal(folder / "sightings.journal")

    def keep(self, octets: bytes, arrival: datetime, sighting: SightingLike) -> str:
        """Put one message safely on disk and give its id. Doing it again changes nothing.

        Raises:
            ArchiveWriteError: the disk refused; nothing may be acknowledged.

        """
        return self.keep_all((_Raw(octets, arrival, sighting),))[0]

    def keep_all(self, raws: Iterable[RawLike]) -> tuple[str, ...]:
        """Put a batch safely on disk, with one fsync for each folder; ids in the order given.

        Raises:
            ArchiveWriteError: the disk refused; none of the batch may be acknowledged.
            ValueError: an arrival has no time zone.

        """
        batch = tuple(raws)
        if not batch:
            return ()
        lines = tuple(_line_of(raw) for raw in batch)
        octets = {line.archive_id: raw.octets for line, raw in zip(lines, batch, strict=True)}
        try:
            self._write(octets, lines)
        except OSError as error:
            raise ArchiveWriteError(f"messages could not be archived: {error}", why=str(error)) from error
        return tuple(line.archive_id for line in lines)

    def read(self, archive_id: str) -> bytes:
        """The bytes of a message, checked against their hash.

        Raises:
            MissingArchiveError: no such message.
            DamagedArchiveError: the bytes on disk are no longer those that were archived.

        """
        try:
            octets = _content(self._path(archive_id))
        except FileNotFoundError:
            raise MissingArchiveError(
                f"the archive holds no message {archive_id}", message=archive_id
            ) from None
        if archive_id_of(octets) != archive_id:
            raise DamagedArchiveError(f"message {archive_id} is damaged on disk", message=archive_id)
        return octets

    def ids(self) -> tuple[str, ...]:
        """The ids of all messages on disk, sorted."""
        return tuple(sorted(self._ids()))

    def _ids(self) -> Iterator[str]:
        if not self.folder.is_dir():
            return
        fans = (fan for fan in self.folder.iterdir() if len(fan.name) == 2 and fan.is_dir())  # noqa: PLR2004
        for fan in fans:
            with os.scandir(fan) as files:
                yield from (
                    file.name for file in files if file.name[:2] == fan.name and is_archive_id(file.name)
                )

    def is_empty(self) -> bool:
        """Whether no message is on disk."""
        return not any(True for _ in self._ids())

    def sightings(self) -> tuple[KeptSighting, ...]:
        """Every sighting of a message that is on disk, once each, in the order of the journal."""
        there = frozenset(self.ids())
        kept = (as_type(entry, KeptSighting) for entry in self._journal.entries())
        return tuple(dict.fromkeys(line for line in kept if line.archive_id in there))

    def damaged(self) -> tuple[str, ...]:
        """The ids of messages whose bytes have changed on disk; reads everything."""
        return tuple(archive_id for archive_id in self.ids() if not self._sound(archive_id))

    def holds(self, archive_id: str) -> bool:
        """Whether a file of that name lies where it belongs, sound or not."""
        return _is_file(self._path(archive_id))

    def size(self, archive_id: str) -> int:
        """The size of a message on disk, in bytes."""
        return Path(self._path(archive_id)).stat().st_size

    def remove(self, archive_id: str) -> bool:
        """Remove a message for good; False: it was not there. Its lines in the journal stay."""
        path = Path(self._path(archive_id))
        if not path.is_file():
            return False
        path.unlink()
        sync_folder(path.parent)
        return True

    def strangers(self) -> tuple[str, ...]:
        """Paths within the archive that are neither a message in its place nor one of our own files."""
        if not self.folder.is_dir():
            return ()
        own = {self._journal.path, self.folder / "writing.lock"}
        found = (path for path in self.folder.rglob("*") if not path.is_dir() and path not in own)
        return tuple(
            sorted(
                path.relative_to(self.folder).as_posix()
                for path in found
                if path.parent != self._temporary and not self._in_its_place(path)
            )
        )

    def _in_its_place(self, path: Path) -> bool:
        return is_archive_id(path.name) and path == Path(self._path(path.name))

    def journal_lines(self) -> Iterator[tuple[int, KeptSighting | None]]:
        """Every line of the sightings journal with its number; None where it is cut or changed."""
        for number, entry in self._journal.numbered():
            yield number, None if entry is None else as_type(entry, KeptSighting)

    def sweep(self) -> int:
        """Remove what an interrupted batch left in `tmp`, unless someone is writing; how many files."""
        if not self._temporary.is_dir():
            return 0
        with self._held(fcntl.LOCK_EX | fcntl.LOCK_NB) as alone:
            leftovers = tuple(self._temporary.iterdir()) if alone else ()
            for leftover in leftovers:
                leftover.unlink(missing_ok=True)
        return len(leftovers)

    @property
    def _temporary(self) -> Path:
        return self.folder / "tmp"

    def _path(self, archive_id: str) -> str:
        """Where a message lies; a text, as a path of the library costs as much as the look at the disk."""
        if not is_archive_id(archive_id):  # an id may come from a web address
            raise MissingArchiveError(f"{archive_id!r} is no id of a message", message=archive_id)
        return f"{self._folder}/{archive_id[:2]}/{archive_id}"

    def _sound(self, archive_id: str) -> bool:
        try:
            self.read(archive_id)
        except (MissingArchiveError, DamagedArchiveError):
            return False
        return True

    def _write(self, octets: dict[str, bytes], lines: Sequence[KeptSighting]) -> None:
        self._temporary.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._held(fcntl.LOCK_SH):
            # A message that is there but damaged is written anew: the server has just shown it again.
            new = {id_: text for id_, text in octets.items() if not (self.holds(id_) and self._sound(id_))}
            many = len(new) >= _MANY
            written: dict[str, str] = {}  #: by id, where it lies so long
            own = f"{self._temporary}/{secrets.token_hex(8)}"  # others may be writing the same message
            try:
                with synced_together(self.folder, wanted=many) as together:
                    for archive_id, text in new.items():
                        written[archive_id] = f"{own}-{archive_id}"
                        _write_new(written[archive_id], text, sync=not together)
                self._journal.append(lines)
                with synced_together(self.folder, wanted=many) as together:
                    self._name(written, sync=not together)
            except OSError:
                for temporary in written.values():  # or each new try would fill a full disk further
                    Path(temporary).unlink(missing_ok=True)
                raise

    def _name(self, written: dict[str, str], *, sync: bool) -> None:
        for archive_id, temporary in written.items():
            _renamed(temporary, self._path(archive_id))
        if written and sync:
            for fan in sorted({archive_id[:2] for archive_id in written}):
                sync_folder(self.folder / fan)
            sync_folder(self.folder)

    @contextmanager
    def _held(self, kind: int) -> Iterator[bool]:
        """The lock between writers (shared) and the sweep (alone); False: someone else has it."""
        descriptor = os.open(self.folder / "writing.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            yield _locked(descriptor, kind)
        finally:
            os.close(descriptor)


def _write_new(path: str, octets: bytes, *, sync: bool) -> None:
    """A file that was not there before."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        write_fully(descriptor, octets)
        if sync:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_file(path: str) -> bool:
    try:
        return stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116 - asked of every message that comes
    except (FileNotFoundError, NotADirectoryError):
        return False


def _content(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - as above
        return file.read()


def _renamed(temporary: str, path: str) -> None:
    """Give the file its name; the folder it belongs to is made when there is none."""
    try:
        os.rename(temporary, path)  # noqa: PTH104 - as above
    except FileNotFoundError:
        Path(path).parent.mkdir(mode=0o700, exist_ok=True)
        Path(temporary).rename(path)


def _locked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind)
    except BlockingIOError:
        return False
    return True


def _line_of(raw: RawLike) -> KeptSighting:
    if raw.arrival.tzinfo is None:
        raise ValueError("an arrival without a time zone says nothing")
    seen = raw.sighting
    return KeptSighting(
        archive_id_of(raw.octets), raw.arrival, len(raw.octets),
        seen.account, seen.folder, seen.uid_validity, seen.uid, seen.gmail_id, seen.junk,
    )  # fmt: skip
