"""One table: our errors -> exit code. The layers below know nothing of it.

0  done
1  done, and something wants attention (doctor found a fault)
2  the command line was not understood
3  the configuration is wrong or incomplete
4  the mailbox or the mail server could not be used
5  the ledger or the archive could not be used, or another daemon has it
6  there is nothing by that name, or nothing that can be decided so
7  a document could not be written, or a file or folder could not be used
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.errors import ConfigError, InvalidConfigurationError
from consolidate.errors import ConsolidateError
from intake.errors import IntakeError
from ledger.errors import AmbiguousArchiveIdError, LedgerError, UnknownArchiveIdError

if TYPE_CHECKING:
    from config.wording import Wording

DONE = 0
ATTENTION = 1
CONFIGURATION = 3
MAIL = 4
LEDGER = 5
NOTHING = 6
DOCUMENT = 7


class DeskError(Exception):
    """Something a person asked for cannot be done; `key` is its sentence in the wording catalogue."""

    code = NOTHING

    def __init__(self, key: str, **places: str) -> None:
        super().__init__(f"{key}: {places}")
        self.key = key
        self.places = places


class UnknownNameError(DeskError):
    """There is no message, question, unit, report or period by that name."""


class RefusedWordingError(DeskError):
    """A wording cannot be remembered as one indicator's."""


class FrozenIssueLostError(DeskError):
    """A period is frozen as an issue states it, and the ledger no longer has that issue."""

    code = LEDGER


class RefusedReceiptError(DeskError):
    """What is said of a report that came by hand, or of its deadline, cannot be so."""


class NoExplanationError(DeskError):
    """An explanation of a figure says nothing."""


class HomeNotFoundError(DeskError):
    """The folder holds no installation."""

    code = CONFIGURATION


class NoMailboxError(DeskError):
    """The settings name no mail server."""

    code = CONFIGURATION


def sentence_of(error: Exception, wording: Wording) -> str:
    """What a person is told of an error: its sentence in the catalogue, else what it says of itself."""
    if isinstance(error, InvalidConfigurationError):
        return error.report(wording)
    if isinstance(error, OSError):
        detail = error.strerror or str(error)
        key = "desk.file_trouble" if error.filename else "desk.system_trouble"
        return wording(key, path=str(error.filename), detail=detail)
    sentence = getattr(error, "sentence", None)
    if sentence is not None:
        return str(sentence(wording))
    key = getattr(error, "key", "")
    return wording(key, **getattr(error, "places", {})) if key and wording.has(key) else str(error)


def exit_code(error: BaseException) -> int:
    """The exit code that an error ends the program with."""
    if isinstance(error, DeskError):
        return error.code
    if isinstance(error, (UnknownArchiveIdError, AmbiguousArchiveIdError)):
        return NOTHING
    for kind, code in (
        (ConfigError, CONFIGURATION),
        (IntakeError, MAIL),
        (LedgerError, LEDGER),
        (ConsolidateError, DOCUMENT),
        (OSError, DOCUMENT),
    ):
        if isinstance(error, kind):
            return code
    return ATTENTION
