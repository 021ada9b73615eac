"""Told to stop (SIGTERM, SIGINT, SIGHUP): work is cut off at once, and what it holds is put away.

Taking mail in, writing documents and backing up may be cut off anywhere: what is not in the ledger is done
again. A mail handed over is not cut off between its text and the note of what became of it (`whole`), or
nobody would know whether it went; but a server that keeps its answer back is waited for `GRACE` only.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

GRACE = 3.0  #: seconds that a mail under way may still take; with the rest a stop takes less than five
_NUMBERS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class ToldToStop(BaseException):
    """The program was told to stop in the middle of its work; no fault, so that nothing takes it for one."""


class _Standing:
    """What was told, and whether it is heeded at once; signals are one for the whole process."""

    number = 0  #: of the signal; 0: none yet
    whole = False


def heed() -> None:
    """From now on a signal raises `ToldToStop`, once; one that whoever started us ignores stays ignored."""
    for number in _NUMBERS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _told)


def is_told() -> bool:
    """Whether the program was told to stop."""
    return bool(_Standing.number)


def _told(number: int, _frame: FrameType | None) -> None:
    if _Standing.number:
        return
    _Standing.number = number
    if not _Standing.whole:
        raise ToldToStop
    signal.signal(signal.SIGALRM, _waited_enough)
    signal.setitimer(signal.ITIMER_REAL, GRACE)


def _waited_enough(_number: int, _frame: FrameType | None) -> None:
    if _Standing.whole:
        raise ToldToStop


@contextmanager
def whole() -> Iterator[None]:
    """What is begun within is ended: who is told to stop meanwhile stops at the end of the block.

    Raises:
        ToldToStop: at its end; or within, `GRACE` after it was told.

    """
    if threading.current_thread() is not threading.main_thread():  # signals are heard there alone
        yield
        return
    _Standing.whole = True
    try:
        yield
    finally:
        _Standing.whole = False
        if _Standing.number:
            signal.setitimer(signal.ITIMER_REAL, 0)
    if _Standing.number:
        raise ToldToStop


@contextmanager
def may_be_cut_off() -> Iterator[None]:
    """Within `whole`, what may be cut off all the same.

    Raises:
        ToldToStop: at any moment, at its beginning too.

    """
    before, _Standing.whole = _Standing.whole, False
    try:
        if before and _Standing.number:
            raise ToldToStop
        yield
    finally:
        _Standing.whole = before


def end() -> NoReturn:
    """End as the signal ends a program, so that whoever started this one is told how it ended."""
    signal.signal(_Standing.number, signal.SIG_DFL)
    os.kill(os.getpid(), _Standing.number)
    raise SystemExit(128 + _Standing.number)
