"""A mailbox on an IMAP server, read without leaving a trace (EXAMINE, BODY.PEEK[]).

One session at a time, opened when it is first needed and again after the line broke. Plain RFC 3501
with IDLE (RFC 2177), ID (RFC 2971), SPECIAL-USE (RFC 6154) and Gmail's X-GM-EXT-1 where offered.
"""

from __future__ import annotations

import re
import ssl
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from imaplib import IMAP4
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final, TypeVar
from zoneinfo import ZoneInfo

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import LoginError, ProtocolError

from intake.mail.headers import fields_of, first_text
from intake.mail.messages import RawMessage, Sighting
from intake.mailbox.answers import fetched
from intake.mailbox.interface import (
    FetchBatch,
    FetchNote,
    FolderListing,
    FolderMark,
    Heading,
    MailboxConnectionError,
    MailboxFolderError,
    MailboxInsecureError,
    MailboxLoginRefusedError,
    WatchedFolder,
    arrival_from_received,
)
from intake.mailbox.line_faults import line_fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

_Answer = TypeVar("_Answer")

_INBOX: Final = "INBOX"
_JUNK: Final = b"\\junk"
_NOT_SELECTABLE: Final = frozenset({b"\\noselect", b"\\nonexistent"})
_GMAIL: Final = "X-GM-EXT-1"
# imaplib reads lines of at most a million bytes: so many UIDs fit into one answer to SEARCH.
_UIDS_AN_ANSWER: Final = 80_000
_HEADS_A_FETCH: Final = 1_000
_STUMBLES: Final = (TypeError, LookupError, AttributeError, OverflowError, RecursionError)
"""What the library's parser raises besides at an answer that is garbled."""
_SENDER_AND_SUBJECT: Final = "BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)]"
_GOODBYE: Final = 2.0  #: seconds for the answer to LOGOUT, which changes nothing
_AFTER_A_BREAK: Final = 5.0
# What servers say to a login that would succeed later (RFC 5530, and Gmail's and Exchange's words).
_COME_BACK_LATER: Final = (
    "too many simultaneous",
    "[unavailable]",
    "[inuse]",
    "[limit]",
    "[overquota]",
    "[serverbug]",
    "[throttled]",
    "bandwidth limit",
    "try again later",
    "temporar",
    "too many connections",
)


@dataclass(frozen=True, slots=True)
class AppPassword:
    """A password, or the sixteen letters a provider gives to one program."""

    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AccessToken:
    """An OAuth 2 access token, asked for anew at each login because it lives an hour.

    `renew` raises MailboxLoginRefusedError when the authority no longer grants one (invalid_grant).
    """

    renew: Callable[[], str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """How one account is reached and read. Sizes in bytes, times in seconds."""

    account: str  #: the mailbox's address, as sightings name it
    host: str
    user: str = ""  #: login name; empty: the address
    port: int = 993
    tls: bool = True  #: False is accepted for this machine only
    ca_file: Path | None = None  #: an authority of the office's own, beside those of the system
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Ho_Chi_Minh"))
    junk: bool = True  #: read the junk folder as well
    also: tuple[str, ...] = ()  #: further folders or labels, by their names
    size_limit: int = 50_000_000  #: of larger messages only the head is fetched
    batch_bytes: int = 6_000_000
    batch_messages: int = 200
    connect_timeout: float = 15.0
    read_timeout: float = 60.0
    idle_renewal: float = 540.0  #: RFC 2177 asks for less than 29 minutes; home routers for less


@dataclass(frozen=True, slots=True)
class _Listed:
    """What the server tells of a message before its body is fetched."""

    uid: int
    size: int
    arrival: datetime | None
    gmail_id: str


@dataclass(frozen=True, slots=True)
class _Opened:
    """The state of a folder at the moment it was opened."""

    uid_validity: int
    uid_next: int  #: 0 when the server does not say
    exists: int


class ImapMailbox:
    """The IMAP side of `intake.mailbox.interface.Mailbox`."""

    def __init__(
        self,
        settings: ImapSettings,
        credential: AppPassword | AccessToken,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Nothing is connected yet.

        Raises:
            MailboxInsecureError: the settings ask for plain text to another machine.

        """
        if not settings.tls and not _is_this_machine(settings.host):
            raise MailboxInsecureError(settings.host)
        self._settings = settings
        self._credential = credential
        self._now = now
        self._sleep = sleep
        self._client: IMAPClient | None = None
        self._selected = ""  #: the folder the session has open
        self._inbox_next = 0  #: UIDNEXT of the inbox when it was last fetched
        self._sizes_reliable = True

    # -------------------------------------------------------------- the protocol

    def folders(self) -> tuple[WatchedFolder, ...]:
        """INBOX, the folder whose attribute says junk, and those the settings name."""
        listed = self._quietly_renewed(self._list)
        junk = [name for flags, name in listed if _JUNK in flags and self._settings.junk]
        watched = [WatchedFolder(_INBOX)]
        watched += [WatchedFolder(name, junk=True) for name in junk]
        watched += [WatchedFolder(name) for name in self._settings.also if name not in {_INBOX, *junk}]
        return tuple(watched)

    def fetch(
        self, folder: WatchedFolder, seen: FolderMark | None, cut_off: date | None
    ) -> Iterator[FetchBatch]:
        """What is new in the folder; see `Mailbox.fetch`."""
        opened = self._quietly_renewed(lambda: self._examine(folder.name))
        if folder.name == _INBOX:
            self._inbox_next = opened.uid_next
        seen, notes = _still_valid(folder, seen, opened)
        if seen and opened.uid_next == seen.last_uid + 1:
            return
        after = seen.last_uid if seen else 0
        with self._speaking():
            listed = self._search(opened, after, None)
            wanted = self._search(opened, after, cut_off) if cut_off and listed else listed
        stored = seen
        for batch in self._batches(folder, opened.uid_validity, wanted, cut_off):
            yield FetchBatch(batch.messages, batch.mark, (*notes, *batch.notes))
            stored, notes = batch.mark, ()
        # Of two searches the later may know more.
        last = FolderMark(opened.uid_validity, max([after, *listed, *wanted]))
        if last != stored:
            yield FetchBatch((), last, notes)

    def wait(self, seconds: float) -> bool:
        """IDLE on the inbox, renewed well before the server gives up. A lost line is something said."""
        until = time.monotonic() + seconds
        try:
            opened = self._quietly_renewed(lambda: self._examine(_INBOX))
            if self._inbox_next and opened.uid_next != self._inbox_next:
                return True  # it came between the last look and this moment
            while (left := until - time.monotonic()) > 0:
                if self._idle(min(left, self._settings.idle_renewal)):
                    return True
        except MailboxConnectionError:
            # A day-old session or an expired token ends like this; the next look tells if it is worse.
            self._sleep(min(seconds, _AFTER_A_BREAK))
            return True
        return False

    def listing(self, folder: WatchedFolder, cut_off: date | None) -> FolderListing:
        """What the folder holds; see `CountedMailbox.listing`."""
        opened = self._quietly_renewed(lambda: self._examine(folder.name))
        with self._speaking():
            uids = self._search(opened, 0, cut_off) if opened.exists else []
        if cut_off is not None:
            uids = [
                head.uid for head in self._all_heads(folder, opened, uids) if self._is_recent(head, cut_off)
            ]
        return FolderListing(opened.uid_validity, tuple(uids))

    def headings(self, folder: WatchedFolder, uid_validity: int, uids: Sequence[int]) -> tuple[Heading, ...]:
        """What a person recognises these messages by; see `CountedMailbox.headings`."""
        if not uids:
            return ()
        with self._speaking():
            self._stay_in(folder, uid_validity)
            answer = self._session().fetch(list(uids), ["INTERNALDATE", _SENDER_AND_SUBJECT])
        return tuple(_heading(uid, answer[uid]) for uid in sorted(answer))

    def _all_heads(self, folder: WatchedFolder, opened: _Opened, uids: Sequence[int]) -> Iterator[_Listed]:
        for start in range(0, len(uids), _HEADS_A_FETCH):
            with self._speaking():
                self._stay_in(folder, opened.uid_validity)
                heads = self._heads(uids[start : start + _HEADS_A_FETCH])
            yield from heads.values()

    def _idle(self, seconds: float) -> bool:
        """One IDLE; any answer counts, Gmail's empty ones too. Servers without it are left alone so long."""
        session = self._session()
        with self._speaking():
            if not session.has_capability("IDLE"):
                self._sleep(seconds)
                return False
            session.idle()
            said = session.idle_check(timeout=seconds)
            _, more = session.idle_done()
        return bool(said or more)

    def close(self) -> None:
        """Log out and forget the session."""
        client, self._client, self._selected = self._client, None, ""
        if client is not None:
            with suppress(IMAP4.error, OSError):
                client.socket().settimeout(_GOODBYE)
                client.logout()
            with suppress(IMAP4.error, OSError):
                client.shutdown()

    # -------------------------------------------------------------- session

    def _session(self) -> IMAPClient:
        """The open session, or a new one.

        Raises:
            MailboxConnectionError, MailboxLoginRefusedError: as named.

        """
        if self._client is None:
            with self._speaking():
                self._client = self._connect()
                self._log_in(self._client)
        return self._client

    def _connect(self) -> IMAPClient:
        settings = self._settings
        client = IMAPClient(
            settings.host,
            port=settings.port,
            ssl=settings.tls,
            ssl_context=tls_context(settings.ca_file) if settings.tls else None,
            timeout=SocketTimeout(settings.connect_timeout, settings.read_timeout),
        )
        # The zone that INTERNALDATE states must survive: it decides between on time and late.
        client.normalise_times = False
        # The library has imaplib format every byte received for a log nobody reads; switched off,
        # fetching is five times as fast. It is an inner name, hence the guard.
        inner = getattr(client, "_imap", None)
        if inner is not None and hasattr(inner, "debug"):
            inner.debug = 0
        return client

    def _log_in(self, client: IMAPClient) -> None:
        user = self._settings.user or self._settings.account
        try:
            match self._credential:
                case AccessToken(renew=renew):
                    client.oauth2_login(user, renew())
                case AppPassword(secret=secret) if (user + secret).isascii():
                    client.login(user, secret)
                case AppPassword(secret=secret):
                    client.plain_login(user, secret)  # LOGIN takes ASCII only
        except LoginError as refusal:
            raise self._refusal(refusal) from refusal
        if client.has_capability("ID"):
            with suppress(IMAP4.error):  # asked for by some providers, required by none
                client.id_({"name": "tonghop"})

    def _refusal(self, refusal: LoginError) -> MailboxLoginRefusedError | MailboxConnectionError:
        """Refused for good, or a line that broke or a server that is busy: only the first needs a person."""
        words = _described(refusal)
        if isinstance(refusal.__context__, IMAP4.abort):
            return MailboxConnectionError(self._settings.host, _described(refusal.__context__))
        if any(sign in words.lower() for sign in _COME_BACK_LATER):
            return MailboxConnectionError(self._settings.host, words)
        return MailboxLoginRefusedError(self._settings.account, words)

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """Any fault of the line or the protocol ends the session as one kind of error.

        So does being told to stop: what comes next on a line left in the middle answers nothing.
        """
        try:
            yield
        except (MailboxConnectionError, MailboxLoginRefusedError):
            self._drop()
            raise
        except (IMAP4.error, ProtocolError, OSError, ValueError, *_STUMBLES) as fault:
            self._drop()
            raise MailboxConnectionError(self._settings.host, _described(fault)) from fault
        except BaseException:
            self._drop()
            raise

    def _drop(self) -> None:
        client, self._client, self._selected = self._client, None, ""
        if client is not None:
            with suppress(IMAP4.error, OSError):
                client.shutdown()

    def _quietly_renewed(self, ask: Callable[[], _Answer]) -> _Answer:
        """Ask; if a session from before turns out dead, once more on a new one."""
        had_session = self._client is not None
        try:
            return ask()
        except MailboxConnectionError:
            if not had_session:
                raise
            return ask()

    # -------------------------------------------------------------- folders

    def _list(self) -> list[tuple[frozenset[bytes], str]]:
        """Attributes (lower case) and names of the folders that can be opened."""
        session = self._session()
        with self._speaking():
            answer = session.list_folders()
            if session.has_capability("SPECIAL-USE") and not _marked(answer):
                answer = _list_special_use(session) or answer
        listed = [(frozenset(flag.lower() for flag in flags), str(name)) for flags, _, name in answer]
        return [(flags, name) for flags, name in listed if not flags & _NOT_SELECTABLE]

    def _examine(self, folder: str) -> _Opened:
        """Open a folder for reading only.

        Raises:
            MailboxFolderError: the server says no.

        """
        session = self._session()
        self._selected = ""
        with self._speaking():
            try:
                answer = session.select_folder(folder, readonly=True)
            except IMAP4.abort:
                raise
            except IMAP4.error as refusal:
                folder_fault: Exception = refusal
            else:
                self._selected = folder
                return _Opened(
                    int(answer.get(b"UIDVALIDITY", 0)),
                    int(answer.get(b"UIDNEXT", 0)),
                    int(answer.get(b"EXISTS", 0)),
                )
        raise MailboxFolderError(folder, _described(folder_fault)) from folder_fault

    def _search(self, opened: _Opened, after: int, since: date | None) -> list[int]:
        """The UIDs above `after`, ascending; with `since`, those that may have arrived from that day on."""
        criteria: list[Any] = []
        if since is not None:
            # The server compares dates in a zone of its own; a day more, and the exact check is ours.
            criteria = ["SINCE", since - timedelta(days=1)]
        found: set[int] = set()
        for uids in _uid_ranges(opened, after):
            found.update(self._session().search(["UID", uids, *criteria]))
        # "9:*" names the last message even when its UID is 8 (RFC 3501 section 6.4.8).
        return sorted(uid for uid in found if uid > after)

    # -------------------------------------------------------------- messages

    def _batches(
        self, folder: WatchedFolder, validity: int, uids: Sequence[int], cut_off: date | None
    ) -> Iterator[FetchBatch]:
        """The messages of these UIDs, ascending, in batches bounded by bytes and number."""
        for start in range(0, len(uids), _HEADS_A_FETCH):
            asked = uids[start : start + _HEADS_A_FETCH]
            with self._speaking():
                self._stay_in(folder, validity)
                heads = self._heads(asked)
            notes = tuple(FetchNote("vanished", uid) for uid in asked if uid not in heads)
            recent = [head for head in heads.values() if self._is_recent(head, cut_off)]
            for group in _grouped(recent, self._settings):
                with self._speaking():
                    self._stay_in(folder, validity)
                    batch = self._batch(folder, validity, group)
                yield FetchBatch(batch.messages, batch.mark, (*notes, *batch.notes))
                notes = ()
            if notes:
                yield FetchBatch((), FolderMark(validity, asked[-1]), notes)

    def _stay_in(self, folder: WatchedFolder, validity: int) -> None:
        """Make sure that UIDs mean messages of this folder: others may have used the session since."""
        if self._client is not None and self._selected == folder.name:
            return
        if self._examine(folder.name).uid_validity != validity:
            raise MailboxConnectionError(
                self._settings.host, "the folder was renumbered while it was read; it will be listed again"
            )

    def _heads(self, uids: Sequence[int]) -> dict[int, _Listed]:
        """Size and arrival of each message that is still there, ascending by UID."""
        session = self._session()
        gmail = ["X-GM-MSGID"] if session.has_capability(_GMAIL) else []
        answer = fetched(session, uids, ["RFC822.SIZE", "INTERNALDATE", *gmail])
        return {uid: _listed(uid, answer[uid]) for uid in sorted(answer) if b"RFC822.SIZE" in answer[uid]}

    def _is_recent(self, head: _Listed, cut_off: date | None) -> bool:
        if cut_off is None or head.arrival is None:
            return True
        return head.arrival.astimezone(self._settings.timezone).date() >= cut_off

    def _batch(self, folder: WatchedFolder, validity: int, group: Sequence[_Listed]) -> FetchBatch:
        """The messages of one group, each with its arrival, and what was noticed about them."""
        limit = self._settings.size_limit
        large = [head for head in group if head.size > limit]
        octets, notes = self._whole(folder, validity, [head for head in group if head.size <= limit])
        octets |= self._octets(large, b"BODY[HEADER]")
        notes += [_note("too_large", head, size=head.size, limit=limit) for head in large]
        messages = []
        for head in group:
            if head.uid in octets:
                arrival, code = self._arrival(head, octets[head.uid])
                notes += [FetchNote(code, head.uid)] if code else []
                sighting = self._sighting(folder, validity, head)
                messages.append(RawMessage(octets[head.uid], arrival, sighting))
        return FetchBatch(tuple(messages), FolderMark(validity, group[-1].uid), tuple(notes))

    def _sighting(self, folder: WatchedFolder, validity: int, head: _Listed) -> Sighting:
        return Sighting(
            self._settings.account, folder.name, validity, head.uid, head.gmail_id, junk=folder.junk
        )

    def _arrival(self, head: _Listed, octets: bytes) -> tuple[datetime, str]:
        """INTERNALDATE; where the server gives none, the next best with the code that says so."""
        if head.arrival is not None:
            return head.arrival, ""
        received = arrival_from_received(octets)
        return (received, "arrival_from_received") if received else (self._now(), "arrival_unknown")

    def _whole(
        self, folder: WatchedFolder, validity: int, heads: Sequence[_Listed]
    ) -> tuple[dict[int, bytes], list[FetchNote]]:
        """The messages, each held against the size announced; odd ones are asked for once more."""
        first = self._octets(heads, b"BODY[]")
        odd = [head for head in heads if head.uid not in first or len(first[head.uid]) != head.size]
        again = self._second_opinion(folder, validity, odd, first) if odd else {}
        notes: list[FetchNote] = []
        for head in odd:
            content, code = _compared(head, first.get(head.uid), again.get(head.uid))
            self._sizes_reliable = self._sizes_reliable and code != "size_differs"
            if content is None:
                notes.append(FetchNote(self._why_nothing(head.uid), head.uid))
                continue
            first[head.uid] = content
            notes += [_note(code, head, announced=head.size, size=len(content))] if code else []
        return first, notes

    def _second_opinion(
        self, folder: WatchedFolder, validity: int, odd: Sequence[_Listed], first: Mapping[int, bytes]
    ) -> Mapping[int, bytes]:
        """The same messages on a new connection, as a line that swallowed bytes may do so again.

        Some servers state sizes they do not keep to. Once that is known of this one, only missing
        messages are worth a new connection.
        """
        if not self._sizes_reliable and all(head.uid in first for head in odd):
            return first
        self._drop()
        self._stay_in(folder, validity)
        return self._octets(odd, b"BODY[]")

    def _octets(self, heads: Iterable[_Listed], part: bytes) -> dict[int, bytes]:
        """That part of each message, as far as the server gives it, without marking it as read."""
        uids = [head.uid for head in heads]
        answer = fetched(self._session(), uids, [part.decode().replace("BODY", "BODY.PEEK")])
        given = {uid: items.get(part) for uid, items in answer.items()}
        return {uid: content for uid, content in given.items() if isinstance(content, bytes)}

    def _why_nothing(self, uid: int) -> str:
        return "no_content" if self._heads([uid]) else "vanished"


# ------------------------------------------------------------------ pure parts


def tls_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """TLS 1.2 or later, certificate and host name checked (RFC 8314); no way back to plain text."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


def _is_this_machine(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _still_valid(
    folder: WatchedFolder, seen: FolderMark | None, opened: _Opened
) -> tuple[FolderMark | None, tuple[FetchNote, ...]]:
    """The mark if it still means something, else None and a note: then all is listed again."""
    if seen is None:
        return None, ()
    places = {"folder": folder.name}
    if seen.uid_validity != opened.uid_validity:
        return None, (FetchNote("uidvalidity_changed", parameters=places),)
    if opened.uid_next and opened.uid_next <= seen.last_uid:
        return None, (FetchNote("uids_went_back", parameters=places),)
    return seen, ()


def _uid_ranges(opened: _Opened, after: int) -> Iterator[str]:
    """UID sets that together are everything above `after`, none with too long an answer."""
    start = after + 1
    if opened.exists > _UIDS_AN_ANSWER:
        while start + _UIDS_AN_ANSWER < opened.uid_next:
            yield f"{start}:{start + _UIDS_AN_ANSWER - 1}"
            start += _UIDS_AN_ANSWER
    yield f"{start}:*"


def _listed(uid: int, items: Mapping[bytes, Any]) -> _Listed:
    gmail_id = items.get(b"X-GM-MSGID")
    return _Listed(
        uid,
        int(items[b"RFC822.SIZE"]),
        _zoned(items.get(b"INTERNALDATE")),
        str(gmail_id) if gmail_id is not None else "",
    )


def _heading(uid: int, items: Mapping[bytes, Any]) -> Heading:
    octets = next((given for name, given in items.items() if name.startswith(b"BODY[HEADER.FIELDS")), b"")
    fields = fields_of(octets if isinstance(octets, bytes) else b"")
    arrival = _zoned(items.get(b"INTERNALDATE"))
    return Heading(uid, arrival, first_text(fields, "from"), first_text(fields, "subject"))


def _zoned(moment: datetime | None) -> datetime | None:
    """INTERNALDATE as the server states it, with a zone of the standard library."""
    if moment is None:
        return None
    # The only zone that reads as none is "-0000", which is UTC.
    return moment.replace(tzinfo=timezone(moment.utcoffset() or timedelta()))


def _grouped(heads: Iterable[_Listed], settings: ImapSettings) -> Iterator[list[_Listed]]:
    """Neighbours in groups bounded by bytes and number; a message above the bound stands alone."""
    group: list[_Listed] = []
    weight = 0
    for head in heads:
        size = head.size if head.size <= settings.size_limit else 0
        full = weight + size > settings.batch_bytes or len(group) >= settings.batch_messages
        if group and full:
            yield group
            group, weight = [], 0
        group.append(head)
        weight += size
    if group:
        yield group


def _compared(head: _Listed, first: bytes | None, again: bytes | None) -> tuple[bytes | None, str]:
    """Which of two fetches to keep, and the code of what is wrong with it; empty when nothing is."""
    given = [content for content in (again, first) if content is not None]
    for content in given:
        if len(content) == head.size:
            return content, ""
    if not given:
        return None, ""
    same = first == again
    return max(given, key=len), "size_differs" if same else "possibly_incomplete"


def _note(code: str, head: _Listed, **parameters: int) -> FetchNote:
    return FetchNote(code, head.uid, {name: str(number) for name, number in parameters.items()})


def _marked(answer: Iterable[tuple[Iterable[bytes], Any, Any]]) -> bool:
    """Whether a plain LIST already told any use of folders."""
    uses = {b"\\all", b"\\archive", b"\\drafts", b"\\flagged", b"\\junk", b"\\sent", b"\\trash"}
    return any(flag.lower() in uses for flags, _, _ in answer for flag in flags)


def _list_special_use(session: IMAPClient) -> list[tuple[Any, Any, Any]]:
    """LIST with the uses of folders spelled out (RFC 6154 section 2), which the library has no call for."""
    inner = session._imap  # noqa: SLF001
    kind, answer = inner._simple_command("LIST", '""', '"*"', "RETURN", "(SPECIAL-USE)")  # noqa: SLF001
    if kind != "OK":
        return []
    _, answer = inner._untagged_response(kind, answer, "LIST")  # noqa: SLF001
    return list(session._proc_folder_list(answer))  # noqa: SLF001


def _described(fault: BaseException) -> str:
    """What became of the line, else what the server said, without the library's marks around octets."""
    if (told := line_fault(fault)) is not None:
        return told
    words = re.sub(r"\bb(['\"])(.*)\1", r"\2", str(fault), flags=re.DOTALL)
    return words.strip() or type(fault).__name__
