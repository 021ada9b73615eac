"""A mailbox as intake sees it: folders, batches of raw messages with the mark to go on from, faults.

    MailboxError                        the mailbox could not be used
    ├── MailboxConnectionError          not reached, or the line broke: try again after a pause
    ├── MailboxLoginRefusedError        the server does not accept the secret: a person must act
    ├── MailboxFolderError              one folder cannot be opened: the others go on
    └── MailboxInsecureError            plain text to another machine: refused before anything is sent

Every error carries `key` and `places` for the sentence an officer sees (templates/wording/mailbox).
A mailbox is only ever read: no flag, label or folder of the staff changes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, ClassVar, Final, Protocol

from intake.errors import IntakeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from intake.mail.messages import RawMessage


class MailboxError(IntakeError):
    """The mailbox could not be used; which kind says what to do."""

    key: ClassVar[str]  #: of the sentence an officer sees

    def __init__(self, sentence: str, **places: str) -> None:
        super().__init__(sentence)
        self.places = places


class MailboxConnectionError(MailboxError):
    """The server was not reached, gave no answer in time, broke off, or asked to come back later."""

    key = "mailbox.connection_error"

    def __init__(self, host: str, detail: str) -> None:
        super().__init__(
            f"The mail server {host} could not be used: {detail}. "
            "It is tried again by itself after a pause; check the network if this lasts",
            host=host,
            detail=detail,
        )


class MailboxLoginRefusedError(MailboxError):
    """The server does not accept the account's secret. Trying again at once can lock the account."""

    key = "mailbox.login_refused"

    def __init__(self, account: str, detail: str) -> None:
        super().__init__(
            f"The mail server refused the login of {account}: {detail}. "
            "Make a new app password if the account's password was changed, then store it again",
            account=account,
            detail=detail,
        )


class MailboxFolderError(MailboxError):
    """One folder cannot be opened. The other folders can be read as before."""

    key = "mailbox.folder_error"

    def __init__(self, folder: str, detail: str) -> None:
        super().__init__(
            f"The folder {folder} cannot be opened: {detail}. "
            "Check whether it was renamed or deleted, and correct the settings",
            folder=folder,
            detail=detail,
        )


class MailboxInsecureError(MailboxError):
    """Plain text was asked for to a server that is not this machine."""

    key = "mailbox.insecure"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"The connection to {host} would not be encrypted. "
            "Switch TLS on in the settings; plain text is only allowed to this machine itself",
            host=host,
        )


@dataclass(frozen=True, slots=True)
class WatchedFolder:
    """A folder that is read. `name` is as the server gives it, decoded from modified UTF-7."""

    name: str
    junk: bool = False  #: has the attribute \\Junk (RFC 6154), whatever its name


@dataclass(frozen=True, slots=True)
class FolderMark:
    """How far a folder has been taken in: every message up to `last_uid` was handed over.

    Valid only within `uid_validity` (RFC 3501 section 2.3.1.1).
    """

    uid_validity: int
    last_uid: int


@dataclass(frozen=True, slots=True)
class FetchNote:
    """Something noticed while fetching: sentence under `mailbox.note_<code>`.

    Codes: uidvalidity_changed, uids_went_back, vanished, no_content, too_large (headers only),
    size_differs, possibly_incomplete, arrival_from_received, arrival_unknown, arrival_from_file,
    not_in_manifest, file_missing.
    """

    code: str
    uid: int = 0  #: 0 when it concerns the folder
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FetchBatch:
    """Messages in the order of the folder, and the mark to store once they are archived."""

    messages: tuple[RawMessage, ...]
    mark: FolderMark
    notes: tuple[FetchNote, ...] = ()


@dataclass(frozen=True, slots=True)
class FolderListing:
    """What a folder holds at this moment, told by the server without any body."""

    uid_validity: int
    uids: tuple[int, ...]  #: ascending; with a cut-off those that arrived from that day on


@dataclass(frozen=True, slots=True)
class Heading:
    """What a person recognises a mail by in the mailbox."""

    uid: int
    arrival: datetime | None
    sender: str
    subject: str


class Mailbox(Protocol):
    """Where messages come from. Only ever read."""

    def folders(self) -> tuple[WatchedFolder, ...]:
        """The folders to read, the inbox first.

        Raises:
            MailboxConnectionError, MailboxLoginRefusedError: as named.

        """
        ...

    def fetch(
        self, folder: WatchedFolder, seen: FolderMark | None, cut_off: date | None
    ) -> Iterator[FetchBatch]:
        """What arrived after `seen` (None: everything), from the day `cut_off` on, batch by batch.

        The caller archives and records a batch with its mark before asking for the next. Nothing
        is yielded when nothing changed. A batch may carry no message and only a new mark.

        Raises:
            MailboxConnectionError, MailboxLoginRefusedError, MailboxFolderError: as named;
                batches already yielded are whole.

        """
        ...

    def wait(self, seconds: float) -> bool:
        """Wait until the mailbox says something, at most so long. True: it did. Look again either way."""
        ...

    def close(self) -> None:
        """End the session. May be called twice."""
        ...


class CountedMailbox(Mailbox, Protocol):
    """A mailbox on a server, which can be asked what it holds so that the ledger is held against it."""

    def listing(self, folder: WatchedFolder, cut_off: date | None) -> FolderListing:
        """Everything the folder holds, from the day `cut_off` on.

        Raises:
            MailboxConnectionError, MailboxLoginRefusedError, MailboxFolderError: as named.

        """
        ...

    def headings(self, folder: WatchedFolder, uid_validity: int, uids: Sequence[int]) -> tuple[Heading, ...]:
        """Sender, subject and arrival of these messages, as far as they are still there.

        Raises:
            MailboxConnectionError, MailboxLoginRefusedError, MailboxFolderError: as named.

        """
        ...


# ------------------------------------------------------------------ when to try again, pure

_FIRST_PAUSE: Final = 5.0
_LONGEST_PAUSE: Final = 900.0
_JITTER: Final = 0.2


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses after failed connections: 5 s, doubling to 15 min, spread by up to a fifth.

    `now` is seconds of a clock that never jumps (time.monotonic), `spread` a number from 0 to 1
    (random.random()), both passed in.
    """

    failures: int = 0
    not_before: float = 0.0

    def ready(self, now: float) -> bool:
        """Whether the pause is over."""
        return self.failures == 0 or now >= self.not_before

    def failed(self, now: float, spread: float) -> Backoff:
        """After one more failure."""
        pause = min(_FIRST_PAUSE * 2.0 ** min(self.failures, 30), _LONGEST_PAUSE)
        return Backoff(self.failures + 1, now + pause * (1 - _JITTER * spread))

    def succeeded(self) -> Backoff:
        """After a connection that worked."""
        return Backoff()


@dataclass(frozen=True, slots=True)
class LoginGate:
    """Lets a refused login be tried once an hour; more would lock the account.

    `now` is aware time of day, so that the gate can be stored and holds over a restart.
    """

    refused_at: datetime | None = None
    pause: timedelta = timedelta(hours=1)

    def may_try(self, now: datetime) -> bool:
        """Whether a login may be tried. A clock that went back does not lock us out for ever."""
        return self.refused_at is None or now < self.refused_at or now >= self.refused_at + self.pause

    def refused(self, now: datetime) -> LoginGate:
        """After a refusal."""
        return replace(self, refused_at=now)

    def accepted(self) -> LoginGate:
        """After a login that worked, or a new secret."""
        return replace(self, refused_at=None)


# ------------------------------------------------------------------ arrival where the mailbox gives none

_LONGEST_HEAD: Final = 262_144
_RECEIVED: Final = re.compile(rb"^received:(?P<body>.*(?:\r?\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)


def arrival_from_received(octets: bytes) -> datetime | None:
    """The moment in the topmost Received field: when the last server took the message (RFC 5321 4.4).

    Aware, or None when there is no such field or its date cannot be read.
    """
    head = re.split(rb"\r?\n\r?\n", octets[:_LONGEST_HEAD], maxsplit=1)[0]
    field_found = _RECEIVED.search(head)
    if field_found is None:
        return None
    stamp = field_found["body"].rpartition(b";")[2].decode("ascii", "replace")
    try:
        moment = parsedate_to_datetime(" ".join(stamp.split()))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # "-0000" means UTC of an unknown place (RFC 5322 section 3.3) and comes back without a zone.
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
