"""What every extractor is: bytes of one kind in, a `Document` out, within limits."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from intake.documents import Document
from intake.errors import (
    BombError,
    DamagedFileError,
    EncryptedFileError,
    FileTooLargeError,
    NotReadYetError,
)
from intake.mail.kinds import has_long_directory


@dataclass(frozen=True, slots=True)
class Limits:
    """What the reading of one message may cost. Past a limit a file ends in a state, never half read."""

    seconds: float = 22.0  #: wall clock for reading one message; listing what was not read comes on top
    memory: int = 1 << 30  #: address space of a reading process
    data: int = 400 << 20  #: octets of it that hold data: with its programs it stays below 512 MB
    message_octets: int = 60 << 20
    result_octets: int = 32 << 20  #: what a reading process may hand back
    text_length: int = 200_000  #: characters of body text kept
    parts: int = 2_000  #: MIME parts of one message, forwarded mail included
    files: int = 1_000  #: files found in one message at all levels
    depth: int = 3  #: containers inside one another: archives and forwarded mail
    members: int = 500  #: of one archive
    unpacked: int = 200 << 20  #: octets produced from archives and office packages of one message
    ratio: int = 200  #: produced octets for each packed one, above `ratio_from`
    ratio_from: int = 10 << 20
    cells: int = 200_000  #: of one file
    paragraphs: int = 100_000  #: of one file
    document_text: int = 2_000_000  #: characters of one file, a thousand pages
    message_text: int = 4_000_000  #: characters of all files of one message: judging takes time for each
    recognition: float = 0.0  #: of `seconds`, for recognising scans and photos; 0 leaves them unread


@dataclass(slots=True)
class Budget:
    """Octets that may still be produced for one message, over all levels of unpacking."""

    limits: Limits
    produced: int = 0
    recognise_until: float = 0.0  #: on the monotonic clock; 0 while recognition is off
    convert_until: float = 0.0  #: the same for the conversion of old formats; 0: each has its own time only

    def spend(self, octets: int) -> None:
        """Counts produced octets.

        Raises:
            BombError: the message has produced more than it may.

        """
        self.produced += octets
        if self.produced > self.limits.unpacked:
            raise BombError(f"more than {self.limits.unpacked} octets produced")


Extractor = Callable[[bytes, Budget], Document]
"""Reads one file of the kind it is registered for.

Raises an `ExtractionError` whose state says how the file ends; anything else it raises is taken as
a damaged file and recorded by type.
"""

_CHUNK = 1 << 20
_LOCAL_HEADER = struct.Struct("<4s22xHH")  # APPNOTE 4.3.7
_LOCAL_SIGNATURE = b"PK\3\4"


class Package:
    """A zip package (office file or archive) whose members are read by produced octets, not by claims."""

    def __init__(self, content: bytes, budget: Budget) -> None:
        self._budget = budget
        self._content = content
        if has_long_directory(content):
            raise FileTooLargeError("members")
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
            raise DamagedFileError(f"zip: {error}") from error
        self.members = {entry.filename: entry for entry in self.archive.infolist()}

    def __contains__(self, name: str) -> bool:
        return name in self.members

    def check_claims(self) -> None:
        """Adds up what the central directory claims, for readers that inflate by themselves.

        Raises:
            BombError: the claimed sizes are out of proportion.

        """
        claimed = sum(entry.file_size for entry in self.archive.infolist())
        packed = sum(entry.compress_size for entry in self.archive.infolist())
        limits = self._budget.limits
        if claimed > limits.ratio_from and claimed > limits.ratio * max(packed, 1):
            raise BombError(f"{packed} octets claim {claimed}")
        self._budget.spend(claimed)

    def read(self, entry: zipfile.ZipInfo | str) -> bytes:
        """The octets of one member.

        Raises:
            DamagedFileError: the member is missing, cut off or broken.
            EncryptedFileError: the member is locked.
            NotReadYetError: it is packed in a way that is not known here.
            BombError: it produces too much, in all or for its packed size.

        """
        member = self.members.get(entry) if isinstance(entry, str) else entry
        if member is None:
            raise DamagedFileError(f"part missing: {entry!r}")
        if member.flag_bits & 0x1:
            raise EncryptedFileError("zip member")
        try:
            return self._inflated_at_once(member) or self._inflate(member)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            raise DamagedFileError(f"zip member: {error}") from error
        except NotImplementedError as error:
            raise NotReadYetError(f"zip method: {error}") from error

    def _inflated_at_once(self, member: zipfile.ZipInfo) -> bytes:
        """A small member by one call; nothing where anything is unusual, for the careful way to say what.

        A package has a dozen of them, and zipfile takes as long to begin with each as to inflate it.
        """
        begin = member.header_offset + _LOCAL_HEADER.size
        if not _LOCAL_HEADER.size <= begin <= len(self._content):
            return b""
        if member.compress_type != zipfile.ZIP_DEFLATED or member.file_size > _CHUNK:
            return b""
        signature, name, extra = _LOCAL_HEADER.unpack_from(self._content, member.header_offset)
        begin += name + extra
        named = self._content[begin - name - extra : begin - extra]
        if signature != _LOCAL_SIGNATURE or named != member.orig_filename.encode("ascii", "replace"):
            return b""
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        octets = inflater.decompress(self._content[begin : begin + member.compress_size], _CHUNK)
        if not inflater.eof or len(octets) != member.file_size or zlib.crc32(octets) != member.CRC:
            return b""
        self._budget.spend(len(octets))
        return octets

    def _inflate(self, member: zipfile.ZipInfo) -> bytes:
        limits = self._budget.limits
        pieces: list[bytes] = []
        total = 0
        with self.archive.open(member) as stream:
            while piece := stream.read(_CHUNK):
                pieces.append(piece)
                total += len(piece)
                self._budget.spend(len(piece))
                if total > limits.ratio_from and total > limits.ratio * max(member.compress_size, 1):
                    raise BombError(f"{member.compress_size} octets give more than {total}")
        return b"".join(pieces)
