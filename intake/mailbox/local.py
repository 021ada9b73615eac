"""Mail that already lies on this machine: a folder of .eml files, a Maildir, an mbox file.

Used to take in exported or archived mail, and to try a set-up without a server. Files are only read.

Numbers: a manifest may give UIDs; else messages are numbered in order of arrival, and the validity
of those numbers is drawn from the names that were there. A file more or less makes a new validity, so
that all is listed again and recognised by content; a number never comes to mean another message.
"""

from __future__ import annotations

import json
import time
import zlib
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final
from zoneinfo import ZoneInfo

from imapclient import imap_utf7

from intake.mail.messages import RawMessage, Sighting
from intake.mailbox.interface import (
    FetchBatch,
    FetchNote,
    FolderMark,
    MailboxFolderError,
    WatchedFolder,
    arrival_from_received,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_INBOX: Final = "INBOX"
_JUNK_NAMES: Final = frozenset({"junk", "spam", "[gmail]/spam", "thư rác", "[gmail]/thư rác"})
_BATCH_BYTES: Final = 6_000_000
_BATCH_MESSAGES: Final = 200
_VIETNAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_HEAD: Final = 262_144  #: of a message is read to learn when it arrived
MANIFEST_NAME: Final = "manifest.json"


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """What a manifest tells of one file. `uid` 0: it gives no number."""

    file: str
    arrival: datetime | None
    folder: str = _INBOX
    uid: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """The list beside exported mail: when each file arrived, in which folder, under which UID."""

    entries: tuple[ManifestEntry, ...]
    base: Path  #: the folder that the names of files start from
    mailbox: str = ""


@dataclass(frozen=True, slots=True)
class _Lying:
    """One message that lies here, before its body is handed over."""

    name: str  #: stable: the file, or the place in the file
    read: Callable[[], bytes]
    size: int
    arrival: datetime
    folder: str = _INBOX
    uid: int = 0  #: 0: not numbered yet
    notes: tuple[str, ...] = ()


class LocalMailbox(ABC):
    """What all mail on this machine has in common; see `intake.mailbox.interface.Mailbox`."""

    def __init__(
        self,
        path: Path,
        *,
        account: str = "",
        zone: ZoneInfo = _VIETNAM,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`zone` is that of times without one and of the cut-off day."""
        self._path = path
        self._account = account or path.resolve().name
        self._zone = zone
        self._sleep = sleep

    @abstractmethod
    def _lying(self) -> Sequence[_Lying]:
        """Everything that lies here, in any order.

        Raises:
            MailboxFolderError: the path cannot be read.

        """

    def _missing(self) -> tuple[FetchNote, ...]:
        """What should lie here and does not."""
        return ()

    def folders(self) -> tuple[WatchedFolder, ...]:
        """The folders that hold mail, the inbox first."""
        names = {lying.folder for lying in self._lying()} | {_INBOX}
        ordered = sorted(names, key=lambda name: (name != _INBOX, name))
        return tuple(WatchedFolder(name, junk=_is_junk(name)) for name in ordered)

    def fetch(
        self, folder: WatchedFolder, seen: FolderMark | None, cut_off: date | None
    ) -> Iterator[FetchBatch]:
        """What is new in the folder, in order of arrival; see `Mailbox.fetch`."""
        lying, validity = _numbered(
            self._path, [each for each in self._lying() if each.folder == folder.name]
        )
        notes: tuple[FetchNote, ...] = ()
        if seen is not None and seen.uid_validity != validity:
            seen, notes = None, (FetchNote("uidvalidity_changed", parameters={"folder": folder.name}),)
        if seen is None and folder.name == _INBOX:
            notes += self._missing()
        after = seen.last_uid if seen else 0
        new = [each for each in lying if each.uid > after]
        wanted = [each for each in new if self._is_recent(each, cut_off)]
        last = FolderMark(validity, max([after, *(each.uid for each in new)]))
        stored = seen
        for group, left in _grouped(wanted):
            stored = _safe_mark(validity, last, left)
            messages = tuple(self._raw(each, folder, validity) for each in group)
            yield FetchBatch(messages, stored, (*notes, *_notes_on(group)))
            notes = ()
        if stored != last:
            yield FetchBatch((), last, notes)

    def wait(self, seconds: float) -> bool:
        """Nothing tells us of new files: wait, then look."""
        self._sleep(seconds)
        return False

    def close(self) -> None:  # noqa: B027 - nothing is held open, in any of them
        """End the session, of which there is none."""

    def _is_recent(self, lying: _Lying, cut_off: date | None) -> bool:
        return cut_off is None or lying.arrival.astimezone(self._zone).date() >= cut_off

    def _raw(self, lying: _Lying, folder: WatchedFolder, validity: int) -> RawMessage:
        sighting = Sighting(self._account, folder.name, validity, lying.uid, junk=folder.junk)
        try:
            return RawMessage(lying.read(), lying.arrival, sighting)
        except OSError as fault:
            raise MailboxFolderError(folder.name, f"{lying.name}: {fault.strerror or fault}") from fault


class EmlFolder(LocalMailbox):
    """A folder of .eml files, also in folders below it, or one such file."""

    def __init__(
        self,
        path: Path,
        arrivals: Mapping[str, str | datetime] | Path | None = None,
        *,
        account: str = "",
        zone: ZoneInfo = _VIETNAM,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`arrivals` is a manifest's path, or when each file arrived by its name below `path`.

        Raises:
            MailboxFolderError: the manifest cannot be read.

        """
        self._manifest = _manifest(path, arrivals, zone)
        super().__init__(path, account=account or self._manifest.mailbox, zone=zone, sleep=sleep)

    def _lying(self) -> Sequence[_Lying]:
        known = {
            self._manifest.base.joinpath(entry.file).resolve(): entry for entry in self._manifest.entries
        }
        return [self._one(path, known.get(path.resolve())) for path in self._files()]

    def _files(self) -> list[Path]:
        if self._path.is_file():
            return [self._path]
        if not self._path.is_dir():
            raise MailboxFolderError(str(self._path), "there is no such folder")
        return sorted(
            path for path in self._path.rglob("*") if path.suffix.lower() == ".eml" and path.is_file()
        )

    def _one(self, path: Path, entry: ManifestEntry | None) -> _Lying:
        name = path.name if path == self._path else path.relative_to(self._path).as_posix()
        lying = _file_lying(path, name, entry.arrival if entry else None)
        if entry is not None:
            return replace(lying, folder=entry.folder, uid=entry.uid)
        unlisted = ("not_in_manifest",) if self._manifest.entries else ()
        return replace(lying, notes=(*unlisted, *lying.notes))

    def _missing(self) -> tuple[FetchNote, ...]:
        present = {path.resolve() for path in self._files()}
        return tuple(
            FetchNote("file_missing", entry.uid, {"file": entry.file})
            for entry in self._manifest.entries
            if self._manifest.base.joinpath(entry.file).resolve() not in present
        )


class MaildirMailbox(LocalMailbox):
    """A Maildir (cur, new, tmp) with the subfolders of Maildir++; only the inbox and junk are read.

    The files are read in place. The standard library's Maildir is not used, as it moves and renames.
    """

    def _lying(self) -> Sequence[_Lying]:
        folders = {_INBOX: self._path}
        for below in sorted(self._path.glob(".*")):
            if below.is_dir() and _is_junk(_decoded(below.name[1:])):
                folders[_decoded(below.name[1:])] = below
        return [self._one(path, folder) for folder, base in folders.items() for path in _maildir_files(base)]

    def _one(self, path: Path, folder: str) -> _Lying:
        # The part after the colon holds flags and changes; the part before it never does.
        return replace(_file_lying(path, path.name.partition(":")[0], None), folder=folder)


class MboxMailbox(LocalMailbox):
    """An mbox file, as Thunderbird and Google's export write it. Read, never locked or rewritten."""

    def _lying(self) -> Sequence[_Lying]:
        try:
            stamp = self._path.stat()
        except OSError as fault:
            raise MailboxFolderError(str(self._path), fault.strerror or str(fault)) from fault
        written = datetime.fromtimestamp(stamp.st_mtime, UTC)
        version = f"{stamp.st_size}.{stamp.st_mtime_ns}"
        return [
            self._one(place, f"{version}.{number}", written) for number, place in enumerate(self._places(), 1)
        ]

    def _places(self) -> list[tuple[int, int]]:
        """Start and length of each message, the "From " line left out."""
        try:
            with self._path.open("rb") as stream:
                return list(_mbox_places(stream))
        except OSError as fault:
            raise MailboxFolderError(str(self._path), fault.strerror or str(fault)) from fault

    def _one(self, place: tuple[int, int], name: str, written: datetime) -> _Lying:
        def read(limit: int = -1) -> bytes:
            with self._path.open("rb") as stream:
                stream.seek(place[0])
                return stream.read(place[1] if limit < 0 else min(limit, place[1]))

        received = arrival_from_received(read(_HEAD))
        return _Lying(name, read, place[1], received or written, notes=_guessed(received))


def open_local(
    path: Path,
    manifest: Path | None = None,
    *,
    account: str = "",
    zone: ZoneInfo = _VIETNAM,
    sleep: Callable[[float], None] = time.sleep,
) -> LocalMailbox:
    """The mail at a path, by what the path is: a Maildir, a folder of .eml files, one .eml, an mbox.

    Without `manifest`, a manifest.json in the folder is used.

    Raises:
        MailboxFolderError: there is nothing at the path.

    """
    if not path.exists():
        raise MailboxFolderError(str(path), "there is no such file or folder")
    if path.is_dir() and (path / "cur").is_dir() and (path / "new").is_dir():
        return MaildirMailbox(path, account=account, zone=zone, sleep=sleep)
    if path.is_file() and path.suffix.lower() != ".eml":
        return MboxMailbox(path, account=account, zone=zone, sleep=sleep)
    beside = path / MANIFEST_NAME
    arrivals = manifest or (beside if beside.is_file() else None)
    return EmlFolder(path, arrivals, account=account, zone=zone, sleep=sleep)


# ------------------------------------------------------------------ numbers and batches, pure


def _numbered(path: Path, lying: Sequence[_Lying]) -> tuple[list[_Lying], int]:
    """The messages in order of arrival, each with a number of its own, and the numbers' validity."""
    ordered = sorted(lying, key=lambda each: (each.arrival, each.uid, each.name))
    taken: set[int] = set()
    ours: list[str] = []
    following = max((each.uid for each in ordered), default=0)
    numbered = []
    for each in ordered:
        uid = each.uid
        if uid <= 0 or uid in taken:
            following += 1
            uid = following
            ours.append(each.name)
        taken.add(uid)
        numbered.append(replace(each, uid=uid))
    return numbered, zlib.crc32("\0".join([str(path.resolve()), *ours]).encode("utf-8", "replace")) or 1


def _grouped(lying: Sequence[_Lying]) -> Iterator[tuple[list[_Lying], Sequence[_Lying]]]:
    """Neighbours in groups bounded by bytes and number, each with what is left after it."""
    group: list[_Lying] = []
    weight = 0
    for place, each in enumerate(lying):
        if group and (weight + each.size > _BATCH_BYTES or len(group) >= _BATCH_MESSAGES):
            yield group, lying[place:]
            group, weight = [], 0
        group.append(each)
        weight += each.size
    if group:
        yield group, ()


def _safe_mark(validity: int, last: FolderMark, left: Sequence[_Lying]) -> FolderMark:
    """The mark below everything still to come: order of arrival is not always that of numbers."""
    return FolderMark(validity, min(each.uid for each in left) - 1) if left else last


def _notes_on(group: Sequence[_Lying]) -> tuple[FetchNote, ...]:
    return tuple(FetchNote(note, each.uid, {"file": each.name}) for each in group for note in each.notes)


def _is_junk(folder: str) -> bool:
    return folder.lower() in _JUNK_NAMES


# ------------------------------------------------------------------ files


def _file_lying(path: Path, name: str, arrival: datetime | None) -> _Lying:
    """A message in a file of its own; its arrival from the manifest, its head or the file, in that order."""
    try:
        stamp = path.stat()
        received = arrival or arrival_from_received(_head(path))
    except OSError as fault:
        raise MailboxFolderError(str(path), fault.strerror or str(fault)) from fault
    written = datetime.fromtimestamp(stamp.st_mtime, UTC)
    return _Lying(name, path.read_bytes, stamp.st_size, received or written, notes=_guessed(received))


def _guessed(arrival: datetime | None) -> tuple[str, ...]:
    return () if arrival else ("arrival_from_file",)


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_HEAD)


def _maildir_files(base: Path) -> list[Path]:
    found = [path for name in ("cur", "new") for path in (base / name).glob("*")]
    return sorted(path for path in found if path.is_file() and not path.name.startswith("."))


def _decoded(name: str) -> str:
    """A Maildir++ folder's name, which servers write in modified UTF-7."""
    with suppress(UnicodeError, ValueError):
        return str(imap_utf7.decode(name.encode("ascii")))
    return name


def _mbox_places(stream: BinaryIO) -> Iterator[tuple[int, int]]:
    """Where the messages of an mbox stand.

    The standard library's mailbox.mbox also cuts at a "From " inside a paragraph, which tears a
    letter in two, and knows no CRLF; only one after an empty line, or at the start, begins a message.
    """
    start, position, blank = -1, 0, True
    for line in stream:
        if blank and line.startswith(b"From "):
            if start >= 0:
                yield start, position - start
            start = position + len(line)
        blank = not line.strip(b"\r\n")
        position += len(line)
    if start >= 0:
        yield start, position - start


# ------------------------------------------------------------------ the manifest


def _manifest(path: Path, arrivals: Mapping[str, str | datetime] | Path | None, zone: ZoneInfo) -> Manifest:
    if arrivals is None:
        return Manifest((), path)
    if isinstance(arrivals, Path):
        return read_manifest(arrivals, zone)
    return Manifest(_entries_of(dict(arrivals), zone), path)


def read_manifest(path: Path, zone: ZoneInfo = _VIETNAM) -> Manifest:
    """The manifest in a JSON file: {"messages": [{"file", "internaldate", ...}]} or {file: ISO time}.

    Raises:
        MailboxFolderError: it cannot be read or is neither of the two.

    """
    try:
        content = json.loads(path.read_text("utf-8-sig"))
        entries = _entries_of(content, zone)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as fault:
        raise MailboxFolderError(str(path), f"the list cannot be read: {fault}") from fault
    return Manifest(entries, path.parent, str(content.get("mailbox", "")) if "messages" in content else "")


def _entries_of(content: Mapping[str, Any], zone: ZoneInfo) -> tuple[ManifestEntry, ...]:
    if "messages" in content:
        return tuple(_entry(each, zone) for each in content["messages"])
    return tuple(ManifestEntry(file, _moment(stamp, zone)) for file, stamp in content.items())


def _entry(each: Mapping[str, Any], zone: ZoneInfo) -> ManifestEntry:
    return ManifestEntry(
        str(each["file"]),
        _moment(each.get("internaldate"), zone),
        str(each.get("folder") or _INBOX),
        int(each.get("uid") or 0),
    )


def _moment(stamp: str | datetime | None, zone: ZoneInfo) -> datetime | None:
    """A moment as ISO 8601 or as IMAP writes INTERNALDATE; without a zone it is the office's time.

    Raises:
        ValueError: it is neither.

    """
    if not stamp:
        return None
    moment = stamp if isinstance(stamp, datetime) else _read_moment(stamp.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _read_moment(stamp: str) -> datetime:
    try:
        return datetime.fromisoformat(stamp)
    except ValueError:
        return datetime.strptime(stamp, "%d-%b-%Y %H:%M:%S %z")
