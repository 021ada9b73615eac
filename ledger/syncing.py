"""Many files made to last by one sync of their file system instead of one for each.

A disk takes some milliseconds for every fsync, and a mailbox of years brings twenty thousand messages.
syncfs(2) is as good where it reports what could not be written, which Linux does since 5.8, and where the
file system is one of the system's own: across FUSE or a network it may promise more than it does.
"""

from __future__ import annotations

import ctypes
import os
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_TELLS_ERRORS: Final = (5, 8)
_SURE: Final = frozenset({"ext3", "ext4", "xfs", "f2fs"})
_MOUNTS: Final = Path("/proc/self/mountinfo")


@contextmanager
def synced_together(folder: Path, *, wanted: bool) -> Iterator[bool]:
    """After the block, what was written below the folder within it is on disk; True where that holds.

    False, and nothing done, where it is not wanted or cannot be relied on: then each file needs its fsync.

    Raises:
        OSError: something could not be written; none of it may be relied on.

    """
    if not (wanted and _is_sure(folder)):
        yield False
        return
    # Opened before anything is written: errors are told to those who were there.
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield True
        if ctypes.CDLL(None, use_errno=True).syncfs(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(folder))
    finally:
        os.close(descriptor)


def _is_sure(folder: Path) -> bool:
    system = os.uname()
    version = re.match(r"(\d+)\.(\d+)", system.release)
    if system.sysname != "Linux" or version is None:
        return False
    return (int(version[1]), int(version[2])) >= _TELLS_ERRORS and _kind(folder) in _SURE


def _kind(folder: Path) -> str:
    """The kind of file system the folder lies on, empty when it is not known (proc(5), mountinfo)."""
    device = folder.stat().st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    try:
        lines = [line.split() for line in _MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()]
    except OSError:
        return ""
    kinds = {fields[fields.index("-") + 1] for fields in lines if fields[2] == number and "-" in fields}
    return kinds.pop() if len(kinds) == 1 else ""
