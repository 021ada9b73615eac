"""A reading process: takes raw messages on its standard input and answers with what it read.

It runs where nothing is worth stealing: an empty folder, an environment without secrets, limits on
memory, processor time, files and descriptors, no new privileges, and no network where the system permits.
It imports nothing of the ledger or the desk.

Frames, both ways: one letter, four octets of length (big endian), the content.

    job      F read fully · B a lot of mails, fully · L list files without opening them
             N read nothing but the head
             first octet of the content of L and N: the state
             P draw pages · C cut a piece out of a picture · T the texts of a mail · O one of its files: see
             `intake.sandbox.pictures`
    answer   H ready (the layers that hold) · R a packed message · B a lot of them
             A the answer to P, C, T or O
             M out of memory · E an exception's name · S the result is larger than may be handed back
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from intake.extractors.interface import Limits
from intake.extractors.office import LARGEST_FILE, MEMORY
from intake.mail.files import head_of_message, list_message, read_message
from intake.sandbox.frames import FRAME, LISTED_STATES
from intake.sandbox.lots import opened, sealed
from intake.sandbox.wire import packed

if TYPE_CHECKING:
    from collections.abc import Callable

_ANSWERS: Final = {b"F": b"R", b"L": b"R", b"N": b"R", b"B": b"B"}
"""The letter that answers a job, where it is not A."""

_NO_NEW_PRIVILEGES: Final = 38  # PR_SET_NO_NEW_PRIVS
_DUMPABLE: Final = 4  # PR_SET_DUMPABLE
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_NICENESS: Final = 5
_DESCRIPTORS: Final = 64
_SPARE_SECONDS: Final = 5


def main(limits: Limits) -> None:
    """Serves jobs until the standard input ends."""
    source, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # What a library prints must not get between the frames.
    os.dup2(2, 1)
    # The folder is removed with the process, and so is whatever a conversion leaves behind.
    tempfile.tempdir = str(Path.cwd())
    layers = confine(limits)
    # What was loaded stays for good: the collector need not look through it again with every document.
    gc.freeze()
    _answer(answers.fileno(), b"H", json.dumps(layers).encode())
    while head := source.read(FRAME.size):
        letter, length = FRAME.unpack(head)
        octets = source.read(length)
        _limit_processor_time(limits)
        _answer(answers.fileno(), *_read(letter, octets, limits))


def confine(limits: Limits) -> list[str]:
    """Gives up what reading does not need; names the layers that hold on this system."""
    layers = {
        "nice": lambda: os.nice(_NICENESS),
        "memory": lambda: _limit(resource.RLIMIT_AS, limits.memory, MEMORY),
        "data": lambda: _limit(resource.RLIMIT_DATA, limits.data),
        "descriptors": lambda: _limit(resource.RLIMIT_NOFILE, _DESCRIPTORS),
        "file_size": lambda: _limit(resource.RLIMIT_FSIZE, LARGEST_FILE),
        "no_core": lambda: _limit(resource.RLIMIT_CORE, 0),
        "no_new_privileges": lambda: _prctl(_NO_NEW_PRIVILEGES, 1),
        "no_dump": lambda: _prctl(_DUMPABLE, 0),
        "no_network": _leave_network,
    }
    return [name for name, step in layers.items() if _holds(step)]


def _holds(step: Callable[[], object]) -> bool:
    try:
        step()
    except (OSError, ValueError, AttributeError):
        return False
    return True


def _limit(what: int, amount: int, for_children: int = 0) -> None:
    """Sets a limit of this process; a program it starts may raise its own up to `for_children`."""
    _, hard = resource.getrlimit(what)
    ceiling = max(amount, for_children)
    ceiling = ceiling if hard == resource.RLIM_INFINITY else min(ceiling, hard)
    resource.setrlimit(what, (min(amount, ceiling), ceiling))


def _prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def _leave_network() -> None:
    """An empty network namespace; without privileges it takes a user namespace of one's own as well."""
    unshare = ctypes.CDLL(None, use_errno=True).unshare
    if unshare(_NEW_NETWORK) != 0 and unshare(_NEW_USER | _NEW_NETWORK) != 0:
        raise OSError(ctypes.get_errno(), "unshare")


def _limit_processor_time(limits: Limits) -> None:
    """For this job only; it ends a process whose parent is gone and can no longer stop it."""
    used = time.process_time()
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used + limits.seconds) + _SPARE_SECONDS, hard))


def _read(letter: bytes, octets: bytes, limits: Limits) -> tuple[bytes, bytes]:
    try:
        result = _done(letter, octets, limits)
    except MemoryError:
        return b"M", b""
    except Exception as error:  # noqa: BLE001 - whatever it is, the daemon gets its name and nothing else
        return b"E", type(error).__name__.encode()
    if len(result) > limits.result_octets:
        return b"S", b""
    return _ANSWERS.get(letter, b"A"), result


def _done(letter: bytes, octets: bytes, limits: Limits) -> bytes:
    if letter == b"F":
        return packed(read_message(octets, limits))
    if letter == b"B":
        return sealed([packed(read_message(each, limits)) for each in opened(octets)])
    if letter == b"L":
        return packed(list_message(octets[1:], limits, LISTED_STATES[octets[0]]))
    if letter == b"N":
        return packed(head_of_message(octets[1:], limits, LISTED_STATES[octets[0]]))
    # Pictures are drawn for people who look; a process that reads a mailbox never loads what draws them.
    from intake.sandbox.picture_jobs import JOBS

    return JOBS[letter](octets, limits)


def _answer(descriptor: int, letter: bytes, content: bytes) -> None:
    frame = memoryview(FRAME.pack(letter, len(content)) + content)
    while frame:
        frame = frame[os.write(descriptor, frame) :]


def run(settings: str) -> None:
    """Starts from the parent's command line: `settings` is the limits as JSON."""
    main(Limits(**json.loads(settings)))
    sys.stdout.flush()
