"""A reader that may end its whole process, in a process of its own.

Compiled readers that want more memory than there is raise nothing: they abort, and every other file of the
mail would be lost with them. A copy of this process reads instead and hands back what it read; it keeps all
limits of this one, and what it hands back is trusted no less.
"""

from __future__ import annotations

import ctypes
import gc
import os
import pickle
import resource
import select
import signal
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final, NoReturn, TypeVar

from intake.errors import DamagedFileError, ExtractionError, ReaderLostError

if TYPE_CHECKING:
    from collections.abc import Callable

_STATUS: Final = Path("/proc/self/statm")  #: the sixth number is the pages of data
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_PIECE: Final = 1 << 16
_LOST: Final = 1  #: exit code of a reader without memory
_DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG
_Found = TypeVar("_Found")


def apart(read: Callable[[], _Found], seconds: float, octets: int) -> _Found:
    """What `read` gives, or raises if that is an `ExtractionError`; for processes of one thread.

    `octets` of data it may take beyond what this process holds, within the limits of this one.

    Raises:
        ReaderLostError: it was ended, ran out of memory, or took more than `seconds`.
        DamagedFileError: it raised anything else.
        ExtractionError: as `read`.

    """
    source, sink = os.pipe()
    process = os.fork()
    if not process:
        _answer(read, sink, octets)
    os.close(sink)
    try:
        answer = _received(source, monotonic() + seconds)
    finally:
        os.close(source)
        os.kill(process, signal.SIGKILL)  # it has ended, unless it took too long
        _, status = os.waitpid(process, 0)
    if status:
        raise ReaderLostError(f"ended with {os.waitstatus_to_exitcode(status)}")
    found: _Found | ExtractionError = pickle.loads(answer)  # noqa: S301 - what this very process read
    if isinstance(found, ExtractionError):
        raise found
    return found


def _answer(read: Callable[[], object], sink: int, octets: int) -> NoReturn:
    """In the new process: reads, hands the answer over and ends without anything that ends a program."""
    gc.disable()  # it would look through, and so copy, all that this process shares with the other
    try:
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
        _limit_data(octets)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # where a reader that aborts tells its whole stack
        _write(sink, pickle.dumps(_outcome(read), pickle.HIGHEST_PROTOCOL))
        os._exit(0)
    finally:
        os._exit(_LOST)


def _limit_data(octets: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    ceiling = int(_STATUS.read_text().split()[5]) * _PAGE + octets if _STATUS.exists() else hard
    ceiling = ceiling if hard == resource.RLIM_INFINITY else min(ceiling, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (ceiling, hard))


def _outcome(read: Callable[[], object]) -> object:
    try:
        return read()
    except ExtractionError as error:
        return error
    except MemoryError:
        raise
    except BaseException as error:  # noqa: BLE001 - a panic of a compiled reader is no Exception
        return DamagedFileError(type(error).__name__)


def _write(sink: int, octets: bytes) -> None:
    left = memoryview(octets)
    while left:
        left = left[os.write(sink, left) :]


def _received(source: int, until: float) -> bytes:
    """What comes until the other end closes, or the time is up."""
    pieces: list[bytes] = []
    while select.select([source], [], [], max(until - monotonic(), 0.0))[0]:
        piece = os.read(source, _PIECE)
        if not piece:
            break
        pieces.append(piece)
    return b"".join(pieces)


__all__ = ["apart"]
