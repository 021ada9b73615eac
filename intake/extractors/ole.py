"""OLE2 containers (MS-CFB), in which Office kept its files before 2007 and Outlook keeps its mails."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import olefile

from intake.errors import DamagedFileError


@contextmanager
def opened_ole(content: bytes) -> Iterator[olefile.OleFileIO]:
    """The container, unless its parts claim more octets than it has.

    Chains of sectors may lead round in a circle, and olefile follows them for as long as a size says: 3 KB
    took 3 GB.

    Raises:
        DamagedFileError: a part claims more.
        OSError, and much else of olefile's: it is no such file, or broken.

    """
    with olefile.OleFileIO(io.BytesIO(content)) as container:
        claimed = [entry.size for entry in container.direntries if entry is not None]
        if max(container.num_mini_fat_sectors * container.sector_size, *claimed) > len(content):
            raise DamagedFileError("ole: a stream larger than the file")
        yield container


__all__ = ["opened_ole"]
