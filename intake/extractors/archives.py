"""Archives other than zip: rar, 7z, cab, tar and single packed files, by libarchive.

Everything is read as a stream within the budget of produced octets. Only the formats named by the first
octets are switched on, and only filters that are built in: libarchive can call other programs for some,
and must not. Names are shown, never used as paths; links and devices are passed over.
"""

from __future__ import annotations

import os
import re
import struct
import zlib
from collections.abc import Callable
from contextlib import contextmanager
from ctypes import c_char_p, c_int, c_void_p, cast, create_string_buffer
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from intake.errors import (
    BombError,
    ConverterMissingError,
    DamagedFileError,
    EncryptedFileError,
    ExtractionError,
    FileTooLargeError,
    NotReadYetError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.extractors.interface import Budget

_RAR4: Final = b"Rar!\x1a\x07\x00"
_RAR5: Final = b"Rar!\x1a\x07\x01\x00"
_RAR4_MAIN, _RAR4_FILE = 0x73, 0x74
_RAR4_LOCKED_NAMES, _RAR4_HAS_DATA, _RAR4_LARGE = 0x80, 0x8000, 0x100
_RAR5_MAIN, _RAR5_FILE, _RAR5_LOCKED = 1, 2, 4
_RAR_VOLUME: Final = 1  #: in the flags of the main header of both
_RAR5_EXTRA, _RAR5_DATA, _RAR5_TIME, _RAR5_CHECKSUM = 1, 2, 2, 4
_RAR5_ENCRYPTION, _RAR5_REDIRECTION = 1, 5
_FORMATS: Final = (
    (_RAR4, ("rar",), ()),
    (_RAR5, ("rar5",), ()),
    (b"7z\xbc\xaf\x27\x1c", ("7zip",), ()),
    (b"MSCF", ("cab",), ()),
    (b"\x1f\x8b", ("tar", "raw"), ("gzip",)),
    (b"BZh", ("tar", "raw"), ("bzip2",)),
    (b"\xfd7zXZ\0", ("tar", "raw"), ("xz",)),
)
_TAR: Final = (("tar",), ())
_PIECE: Final = 1 << 16
_FATAL: Final = -30  #: nothing more can be read
_LOCKED: Final = re.compile(r"encrypt|crypto|passphrase|password", re.IGNORECASE)
#: what libarchive says of solid archives of RAR 4, and of 7z packed otherwise than by 7-Zip
_UNAVAILABLE: Final = re.compile("support unavailable|unknown codec", re.IGNORECASE)
_PACKED_NAME: Final = re.compile(r"\.(?:gz|bz2|xz|z)$", re.IGNORECASE)
_NAMELESS: Final = "data"  #: what libarchive calls the one file of a packed file without a name
_LIBRARIES: Final = ("libarchive.so.13", "libarchive.so", "libarchive.dylib")


@dataclass(frozen=True, slots=True)
class Member:
    """A file found in a container: its octets, or why they cannot be had."""

    name: str  #: as the container states it, folders included
    content: bytes = b""
    size: int = 0  #: what the container claims where the octets are missing
    error: ExtractionError | None = None


Container = Callable[[bytes, str, "Budget"], "Iterator[Member]"]
"""Takes a container's octets, its declared name and the budget; gives its files one by one.

Raises an `ExtractionError` when nothing more can be read; what came before stays.
"""


@dataclass(frozen=True, slots=True)
class _RarEntry:
    """What a member of a .rar says of itself."""

    checksum: int | None = None  #: CRC32
    locked: bool = False
    copies: bool = False  #: refers to another member or to a place on the disk it came from


def archive_files(content: bytes, declared: str, budget: Budget) -> Iterator[Member]:
    """The regular files of an archive, in its order; `declared` names the only file of a plain .gz.

    Raises:
        ConverterMissingError: libarchive is not installed.
        NotReadYetError: a way of packing that libarchive does not know begins here.
        EncryptedFileError: even the list of names is locked, or nothing after a locked member can be read.
        DamagedFileError: the archive is broken from here on.
        FileTooLargeError: more members than are opened of one archive.
        BombError: it produces too much, in all or for its size.

    """
    ffi = _library()
    reading = _Reading(ffi, len(content), budget, _rar_entries(content))
    with _opened(ffi, content) as pointer:
        files = reading.files(pointer, _PACKED_NAME.sub("", declared))
        yield from _of_volume(files) if _is_volume(content) else files


def _of_volume(files: Iterator[Member]) -> Iterator[Member]:
    """The files of one of several volumes; what goes on in the next is not damaged, it is not all here."""
    rest = NotReadYetError("one of several volumes")
    try:
        for file in files:
            yield replace(file, error=rest) if isinstance(file.error, DamagedFileError) else file
    except DamagedFileError as error:
        raise rest from error
    raise rest


def _is_volume(content: bytes) -> bool:
    """Whether a .rar is one of several that belong together."""
    try:
        if content.startswith(_RAR5):
            _, at = _vint(content, len(_RAR5) + 4)
            kind, at = _vint(content, at)
            flags, at = _vint(content, at)
            at = _vint(content, at)[1] if flags & _RAR5_EXTRA else at
            return kind == _RAR5_MAIN and bool(_vint(content, at)[0] & _RAR_VOLUME)
        kind, flags = struct.unpack_from("<BH", content, len(_RAR4) + 2)
    except (struct.error, IndexError):
        return False
    return content.startswith(_RAR4) and kind == _RAR4_MAIN and bool(flags & _RAR_VOLUME)


@lru_cache(maxsize=1)
def _library() -> Any:
    """The binding, or an error where the system has no libarchive; loaded only when an archive comes."""
    for name in (os.environ.get("LIBARCHIVE"), *_LIBRARIES):
        if not name:
            continue
        # Named, because the binding would otherwise start programs to look for the library.
        os.environ["LIBARCHIVE"] = name
        try:
            from libarchive import ffi
        except (ImportError, OSError, AttributeError):
            continue
        return ffi
    raise ConverterMissingError("libarchive")


@contextmanager
def _opened(ffi: Any, content: bytes) -> Iterator[Any]:
    formats, filters = next((found for magic, *found in _FORMATS if content.startswith(magic)), _TAR)
    pointer = ffi.read_new()
    try:
        for name in formats:
            ffi.get_read_format_function(name)(pointer)
        for name in filters:
            if ffi.get_read_filter_function(name)(pointer) != 0:
                raise ConverterMissingError(f"libarchive without {name}")
        _open(ffi, pointer, content)
        yield pointer
    finally:
        ffi.read_free(pointer)


def _open(ffi: Any, pointer: Any, content: bytes) -> None:
    from libarchive.exception import ArchiveError

    try:
        ffi.read_open_memory(pointer, cast(c_char_p(content), c_void_p), len(content))
    except ArchiveError as error:
        raise _as_ours(error) from error


def _as_ours(error: Any) -> ExtractionError:
    said = str(error.msg or "")
    if _LOCKED.search(said):
        return EncryptedFileError("archive")
    if _UNAVAILABLE.search(said):
        return NotReadYetError(f"archive: {said[:80]}")
    return DamagedFileError(f"archive: {said[:80]}")


@dataclass(slots=True)
class _Reading:
    """One archive being read."""

    ffi: Any
    packed: int
    budget: Budget
    rar_entries: list[_RarEntry]  #: by position, for what libarchive does not tell of a .rar
    produced: int = 0

    def files(self, pointer: Any, packed_name: str) -> Iterator[Member]:
        """The regular files from here to the end."""
        from libarchive.exception import ArchiveError
        from libarchive.read import ArchiveRead

        seen = 0
        try:
            for entry in ArchiveRead(pointer):
                seen += 1
                if seen > self.budget.limits.members:
                    raise FileTooLargeError(f"more than {seen - 1} members")
                if not entry.isreg or entry.islnk:
                    continue
                known = self.rar_entries[seen - 1] if seen <= len(self.rar_entries) else _RarEntry()
                if not known.copies:
                    yield from self._file(pointer, entry, packed_name, known)
        except ArchiveError as error:
            raise _as_ours(error) from error

    def _file(self, pointer: Any, entry: Any, packed_name: str, known: _RarEntry) -> Iterator[Member]:
        from libarchive.exception import ArchiveError

        name, size = _name(entry), max(entry.size or 0, 0)
        if name == _NAMELESS and packed_name:
            name = packed_name
        if known.locked or _is_locked(self.ffi, entry):
            yield Member(name, size=size, error=EncryptedFileError("archive member"))
            return
        try:
            content = self._content(pointer)
        except ArchiveError as error:
            yield Member(name, size=size, error=_as_ours(error))
            if error.retcode == _FATAL:
                raise
            return
        if known.checksum is not None and zlib.crc32(content) != known.checksum:
            yield Member(name, size=size, error=DamagedFileError("archive member: checksum"))
        else:
            yield Member(name, content)

    def _content(self, pointer: Any) -> bytes:
        limits = self.budget.limits
        buffer = create_string_buffer(_PIECE)
        pieces: list[bytes] = []
        while (length := self.ffi.read_data(pointer, buffer, _PIECE)) > 0:
            pieces.append(buffer.raw[:length])
            self.produced += length
            self.budget.spend(length)
            if self.produced > limits.ratio_from and self.produced > limits.ratio * self.packed:
                raise BombError(f"{self.packed} octets give more than {self.produced}")
        if length < 0:
            raise DamagedFileError("archive member")
        return b"".join(pieces)


def _is_locked(ffi: Any, entry: Any) -> bool:
    """Whether the octets of an entry are locked; of a .rar the library would hand them out as they are."""
    ask = ffi.libarchive.archive_entry_is_encrypted
    ask.argtypes, ask.restype = [c_void_p], c_int
    return bool(ask(entry._entry_p))  # noqa: SLF001 - the binding does not offer the question


def _name(entry: Any) -> str:
    """The name as stated; octets that are no UTF-8 are in the code page of a Vietnamese PC."""
    try:
        stated = entry.pathname
    except ValueError:  # characters that do not exist
        return ""
    if isinstance(stated, bytes):
        return stated.decode("cp1258", "replace")
    return str(stated or "").encode("utf-8", "replace").decode("utf-8")


def _rar_entries(content: bytes) -> list[_RarEntry]:
    """What the entries of a .rar say of themselves, in order, and libarchive 3.6 does not.

    It stops before it would compare checksums, takes locked members of RAR 5 for broken ones, and gives
    members that refer to an equal one as empty.

    Blocks are followed as RAR's own notes on the format tell (technote.txt). What cannot be followed ends
    the list: those members are taken as libarchive gives them.
    """
    found: list[_RarEntry] = []
    follow = _rar5_entries if content.startswith(_RAR5) else _rar4_entries
    try:
        if content.startswith((_RAR4, _RAR5)):
            found.extend(follow(content))
    except (struct.error, IndexError):
        pass
    return found


def _rar4_entries(content: bytes) -> Iterator[_RarEntry]:
    position = len(_RAR4)
    while position + 7 <= len(content):
        kind, flags, size = struct.unpack_from("<BHH", content, position + 2)
        if size < 7 or (kind == _RAR4_MAIN and flags & _RAR4_LOCKED_NAMES):  # noqa: PLR2004 - the least head
            return
        packed = struct.unpack_from("<I", content, position + 7)[0] if flags & _RAR4_HAS_DATA else 0
        if kind == _RAR4_FILE:
            packed += struct.unpack_from("<I", content, position + 32)[0] << 32 if flags & _RAR4_LARGE else 0
            yield _RarEntry(struct.unpack_from("<I", content, position + 16)[0])
        position += size + packed


def _rar5_entries(content: bytes) -> Iterator[_RarEntry]:
    position = len(_RAR5)
    while position + 4 < len(content):
        size, start = _vint(content, position + 4)
        kind, at = _vint(content, start)
        flags, at = _vint(content, at)
        extra, at = _vint(content, at) if flags & _RAR5_EXTRA else (0, at)
        data, at = _vint(content, at) if flags & _RAR5_DATA else (0, at)
        if kind == _RAR5_LOCKED:
            return
        if kind == _RAR5_FILE:
            kinds = set(_rar5_extras(content, start + size - extra, start + size))
            locked = _RAR5_ENCRYPTION in kinds
            checksum = None if locked else _rar5_checksum(content, at)
            yield _RarEntry(checksum, locked, _RAR5_REDIRECTION in kinds)
        position = start + size + data


def _rar5_extras(content: bytes, at: int, end: int) -> Iterator[int]:
    """The kinds of the records in the extra area of a header."""
    while at < end:
        size, start = _vint(content, at)
        kind, _ = _vint(content, start)
        yield kind
        at = start + max(size, 1)


def _rar5_checksum(content: bytes, at: int) -> int | None:
    flags, at = _vint(content, at)
    _, at = _vint(content, at)  # size
    _, at = _vint(content, at)  # attributes
    at += 4 if flags & _RAR5_TIME else 0
    return int(struct.unpack_from("<I", content, at)[0]) if flags & _RAR5_CHECKSUM else None


def _vint(content: bytes, at: int) -> tuple[int, int]:
    """A number of variable length at a position, and the position behind it."""
    value = shift = 0
    while True:
        octet = content[at]
        value |= (octet & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if octet < 0x80 or shift > 63:  # noqa: PLR2004
            return value, at


__all__ = ["Container", "Member", "archive_files"]
