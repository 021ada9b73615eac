"""What can go wrong with the record.

    LedgerError
    ├── LedgerDatabaseError       the database as a whole
    │   ├── DamagedLedgerError        it fails its own integrity check, or is no database
    │   ├── SchemaTooNewError         a later version of the program wrote it
    │   ├── LedgerBusyError           another writer held it longer than the wait
    │   ├── LedgerStorageError        the disk is full, read-only or failing
    │   └── LedgerLineLostError       the database server went away in between
    ├── LedgerNotEmptyError       a ledger is to be restored into a database that holds one
    ├── ArchiveError              the raw messages
    │   ├── ArchiveWriteError         the message could not be put on disk; nothing was acknowledged
    │   ├── MissingArchiveError       no such message on disk
    │   ├── DamagedArchiveError       its bytes are no longer those that were archived
    │   └── EmptyArchiveError         the ledger knows messages and the archive folder holds none
    ├── UnknownArchiveIdError     a message that was never sighted
    ├── AmbiguousArchiveIdError   the beginning of an id fits several messages
    ├── InvalidDecisionError      a decision that could not be applied
    ├── DecisionsJournalError     journal and ledger tell different decisions
    ├── OutboxStateError          an outgoing message cannot go from its state to the asked one
    ├── IssueConflictError        an issue of that number is there already, or one is left out
    └── AnotherDaemonRunsError    the ledger is served by another process

Each error carries the key of its sentence in the wording catalogue and what fills its places, so that
the desk can say it in Vietnamese. The English message is for the log.
"""

from __future__ import annotations

from typing import ClassVar


class LedgerError(Exception):
    """Base of everything the ledger raises."""

    key: ClassVar[str] = "ledger.failed"  #: sentence in the wording catalogue

    def __init__(self, message: str, /, **places: str) -> None:
        super().__init__(message)
        self.places = places  #: what fills the places of the sentence


class LedgerDatabaseError(LedgerError):
    """The database refused, as a whole."""


class DamagedLedgerError(LedgerDatabaseError):
    """The database fails its own integrity check; `rebuild` makes a new one from the archive."""

    key = "ledger.damaged"


class SchemaTooNewError(LedgerDatabaseError):
    """A later version of the program has changed the database; this one must not write to it."""

    key = "ledger.schema_too_new"


class LedgerBusyError(LedgerDatabaseError):
    """Another writer held the database longer than the wait."""

    key = "ledger.busy"


class LedgerStorageError(LedgerDatabaseError):
    """The disk under the database is full, read-only or failing. The transaction was undone."""

    key = "ledger.storage"


class LedgerLineLostError(LedgerDatabaseError):
    """The database server went away in between: a change under way may have been made or not."""

    key = "ledger.line_lost"


class LedgerNotEmptyError(LedgerError):
    """A ledger is to be restored into a database that holds one already."""

    key = "ledger.not_empty"


class ArchiveError(LedgerError):
    """A fault of the raw messages on disk."""

    key = "ledger.archive_failed"


class ArchiveWriteError(ArchiveError):
    """The message could not be put safely on disk; it must not be marked as fetched."""

    key = "ledger.archive_write"


class MissingArchiveError(ArchiveError):
    """The archive holds no message of that id."""

    key = "ledger.archive_missing"


class DamagedArchiveError(ArchiveError):
    """The bytes on disk are no longer those that were archived."""

    key = "ledger.archive_damaged"


class EmptyArchiveError(ArchiveError):
    """The ledger knows messages, and the archive folder holds none: surely the wrong folder."""

    key = "ledger.archive_empty"


class UnknownArchiveIdError(LedgerError):
    """An outcome or attempt for a message that was never sighted."""

    key = "ledger.unknown_message"


class AmbiguousArchiveIdError(LedgerError):
    """The beginning of an id fits several messages."""

    key = "ledger.ambiguous_message"


class InvalidDecisionError(LedgerError):
    """A decision that could not be applied: its target or its choice says too little."""

    key = "ledger.invalid_decision"


class DecisionsJournalError(LedgerError):
    """The decisions journal and the ledger tell different decisions under one number."""

    key = "ledger.decisions_journal"


class OutboxStateError(LedgerError):
    """An outgoing message cannot go from its present state to the asked one."""

    key = "ledger.outbox_state"


class IssueConflictError(LedgerError):
    """An issue of that number is there already, or one before it is missing."""

    key = "ledger.issue_conflict"


class AnotherDaemonRunsError(LedgerError):
    """Another process serves this ledger. Places: `pid`, `host`."""

    key = "ledger.another_daemon"
