"""Where mailboxes showed messages, how far each folder is read, and which messages want reading.

A UID is no identity (RFC 2683, 3.4.3): after a new UIDVALIDITY everything is listed again and known
content is recognised by its hash; Gmail shows one message in several folders under one X-GM-MSGID.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import Connection, func, insert, select, update

from ledger.errors import EmptyArchiveError
from ledger.history import Change, Writing
from ledger.models import archived, folder_marks, messages, sightings
from ledger.prepared import insert_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from ledger.archive import Archive, SightingLike

#: a message, where it was seen, when it arrived (None: nobody knows), its size
Seen: TypeAlias = "tuple[SightingLike, str, datetime | None, int]"
#: account, folder, UIDVALIDITY, last UID that is safely in the archive
Mark = tuple[str, str, int, int]
MOST_ATTEMPTS = 3
FOLDER_READ = "folder_read"  #: the event that tells how far a folder is read
CHUNK = 500


@dataclass(frozen=True, slots=True)
class NoSighting:
    """What stands for the sighting of a message found on disk that no journal line speaks of."""

    account: str = ""
    folder: str = ""
    uid_validity: int = 0
    uid: int = 0
    gmail_id: str = ""
    junk: bool = False


@dataclass(frozen=True, slots=True)
class FolderCount:
    """The daily proof for one folder: every sighting stands in exactly one of the five."""

    account: str
    folder: str
    sightings: int
    booked: int
    set_aside: int
    review: int
    failed: int
    not_yet_read: int

    @property
    def balanced(self) -> bool:
        """Whether nothing has fallen between."""
        return self.sightings == (
            self.booked + self.set_aside + self.review + self.failed + self.not_yet_read
        )


def folder_mark(connection: Connection, account: str, folder: str) -> tuple[int, int] | None:
    """(UIDVALIDITY, last UID archived) of a folder; None: never read."""
    marks = folder_marks.c
    query = select(marks.uid_validity, marks.last_uid).where(marks.account == account, marks.folder == folder)
    row = connection.execute(query).first()
    return (row.uid_validity, row.last_uid) if row else None


def all_folder_marks(connection: Connection) -> tuple[Mark, ...]:
    """(account, folder, UIDVALIDITY, last UID archived) of every folder ever read."""
    query = select(folder_marks).order_by(folder_marks.c.account, folder_marks.c.folder)
    return tuple(
        (row.account, row.folder, row.uid_validity, row.last_uid) for row in connection.execute(query)
    )


def record_batch(writing: Writing, seen: Sequence[Seen], mark: Mark | None) -> tuple[str, ...]:
    """Record a batch of sightings and how far the folder is read; the archive ids that are new.

    Doing it again changes nothing. A message Gmail has shown before under the same X-GM-MSGID is linked
    to it and not new. An earlier arrival of known content counts, and has the message read again.
    """
    fresh = _unrecorded(writing.connection, seen)
    added = _add_archived(writing, fresh)
    insert_all(writing.connection, sightings, [_sighting_row(one, writing.at) for one in fresh])
    _earlier_arrivals(writing, [one for one in fresh if one[1] not in added])
    if mark is not None:
        _move_mark(writing, mark)
    return tuple(archive_id for archive_id, same_as in added.items() if same_as is None)


def unread(connection: Connection) -> tuple[tuple[str, datetime], ...]:
    """Archived messages that want reading, by arrival, then id."""
    query = (
        select(archived.c.archive_id, archived.c.arrival)
        .where(archived.c.wants_reading, archived.c.arrival.is_not(None))
        .order_by(archived.c.arrival, archived.c.archive_id)
    )
    return tuple((row.archive_id, row.arrival) for row in connection.execute(query))


def waiting(connection: Connection, archive_ids: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Readings begun since each message was last wanted, and its size; unknown ids are left out."""
    found: dict[str, tuple[int, int]] = {}
    columns = (archived.c.archive_id, archived.c.attempts, archived.c.size)
    for chunk in chunks(archive_ids):
        for archive_id, attempts, size in connection.execute(
            select(*columns).where(archived.c.archive_id.in_(chunk))
        ):
            found[archive_id] = (attempts, size)
    return found


def begin_attempts(writing: Writing, archive_ids: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Count one more attempt at each; (those to read now, those whose third attempt has failed)."""
    counted = waiting(writing.connection, archive_ids)
    known = [archive_id for archive_id in archive_ids if archive_id in counted]
    spent = tuple(archive_id for archive_id in known if counted[archive_id][0] >= MOST_ATTEMPTS)
    going = tuple(archive_id for archive_id in known if counted[archive_id][0] < MOST_ATTEMPTS)
    for chunk in chunks(going):
        change = update(archived).where(archived.c.archive_id.in_(chunk))
        writing.connection.execute(change.values(attempts=archived.c.attempts + 1))
    return going, spent


def want_reading(writing: Writing, archive_ids: Sequence[str], *, wanted: bool) -> None:
    """Put messages among the unread, or take them out; either way their attempts start anew."""
    for chunk in chunks(archive_ids):
        change = update(archived).where(archived.c.archive_id.in_(chunk))
        writing.connection.execute(change.values(wants_reading=wanted, attempts=0))


def known_ids(connection: Connection) -> frozenset[str]:
    """The ids of all messages ever sighted."""
    return frozenset(connection.execute(select(archived.c.archive_id)).scalars())


def arrivals(connection: Connection, archive_ids: Iterable[str]) -> dict[str, tuple[datetime | None, int]]:
    """Arrival and size of messages, by id; unknown ids are left out."""
    found: dict[str, tuple[datetime | None, int]] = {}
    for chunk in chunks(archive_ids):
        rows = connection.execute(
            select(archived.c.archive_id, archived.c.arrival, archived.c.size).where(
                archived.c.archive_id.in_(chunk)
            )
        )
        found |= {row.archive_id: (row.arrival, row.size) for row in rows}
    return found


def adopt_orphans(writing: Writing, archive: Archive) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give every message on disk its rows; (all that were adopted, those whose arrival nobody knows).

    Raises:
        EmptyArchiveError: the ledger knows messages and the archive holds none.

    """
    refuse_empty(writing.connection, archive)
    orphans = frozenset(archive.ids()) - known_ids(writing.connection)
    if not orphans:
        return (), ()
    seen = [line for line in archive.sightings() if line.archive_id in orphans]
    unseen = tuple(sorted(orphans - {line.archive_id for line in seen}))
    record_batch(writing, [(line, line.archive_id, line.arrival, line.size) for line in seen], None)
    nothing = NoSighting()
    record_batch(writing, [(nothing, id_, None, len(archive.read(id_))) for id_ in unseen], None)
    writing.note(Change("message_adopted", archive_id) for archive_id in sorted(orphans))
    return tuple(sorted(orphans)), unseen


def refuse_empty(connection: Connection, archive: Archive) -> None:
    """Nothing, unless there are known messages and the archive holds none.

    Raises:
        EmptyArchiveError: as said.

    """
    if archive.is_empty() and (known := len(known_ids(connection))):
        raise EmptyArchiveError(
            f"the ledger knows {known} messages and {archive.folder} holds none",
            folder=str(archive.folder),
        )


def junk(connection: Connection) -> frozenset[str]:
    """The ids of the messages that were ever seen in a folder for junk."""
    return frozenset(connection.execute(select(sightings.c.archive_id).where(sightings.c.junk)).scalars())


def counts(connection: Connection) -> tuple[FolderCount, ...]:
    """The daily proof, by account and folder."""
    counted = connection.execute(_counting()).all()
    folders = sorted({(row.account, row.folder) for row in counted})
    return tuple(
        _folder_count(account, folder, {
            row.state: row.number for row in counted if (row.account, row.folder) == (account, folder)
        })
        for account, folder in folders
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stock:
    """What the ledger holds of all that was archived; what a rule of keeping removed is not counted."""

    messages: int
    stateless: int  #: archived, not yet read to a state


def stock(connection: Connection, retired: frozenset[str]) -> Stock:
    """The messages the ledger knows, and those of them without a state."""
    stands_as = func.coalesce(archived.c.same_as, archived.c.archive_id)
    query = select(archived.c.archive_id, messages.c.state).outerjoin(
        messages, messages.c.archive_id == stands_as
    )
    states = [row.state for row in connection.execute(query) if row.archive_id not in retired]
    return Stock(len(states), states.count(None))


def standing_of_folder(
    connection: Connection, account: str, folder: str, uid_validity: int
) -> dict[int, str | None]:
    """Where the message of each UID of a folder stands; None: archived, not yet read."""
    stands_as = func.coalesce(archived.c.same_as, archived.c.archive_id)
    query = (
        select(sightings.c.uid, messages.c.state)
        .join(archived, archived.c.archive_id == sightings.c.archive_id)
        .outerjoin(messages, messages.c.archive_id == stands_as)
        .where(
            sightings.c.account == account,
            sightings.c.folder == folder,
            sightings.c.uid_validity == uid_validity,
        )
    )
    return {row.uid: row.state for row in connection.execute(query)}


def delivered_again(connection: Connection) -> dict[str, tuple[datetime, ...]]:
    """Later arrivals of the same bytes, by id, in order: the sender's second try, not a copy moved about.

    A copy in another folder, or one listed anew after UIDVALIDITY changed, keeps its INTERNALDATE and is no
    second arrival.
    """
    rows = connection.execute(
        select(sightings.c.archive_id, sightings.c.arrival).where(sightings.c.arrival.is_not(None)).distinct()
    )
    moments: dict[str, set[datetime]] = {}
    for row in rows:
        moments.setdefault(row.archive_id, set()).add(row.arrival)
    return {one: tuple(sorted(found)[1:]) for one, found in moments.items() if len(found) > 1}


def chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    """The ids in lists that fit into one statement."""
    every = list(ids)
    return (every[start : start + CHUNK] for start in range(0, len(every), CHUNK))


def _counting() -> Any:
    # A message Gmail showed twice stands where the first of the two stands.
    stands_as = func.coalesce(archived.c.same_as, archived.c.archive_id)
    place = (sightings.c.account, sightings.c.folder)
    return (
        select(*place, messages.c.state, func.count().label("number"))
        .select_from(
            sightings.outerjoin(archived, archived.c.archive_id == sightings.c.archive_id).outerjoin(
                messages, messages.c.archive_id == stands_as
            )
        )
        .group_by(*place, messages.c.state)
    )


def _folder_count(account: str, folder: str, states: dict[str | None, int]) -> FolderCount:
    return FolderCount(
        account, folder, sum(states.values()), states.get("booked", 0), states.get("set_aside", 0),
        states.get("review", 0), states.get("failed", 0), states.get(None, 0),
    )  # fmt: skip


def _identity(one: Seen) -> tuple[str, str, int, int, str]:
    sighting, archive_id, _, _ = one
    return sighting.account, sighting.folder, sighting.uid_validity, sighting.uid, archive_id


def _unrecorded(connection: Connection, seen: Sequence[Seen]) -> list[Seen]:
    wanted = {_identity(one): one for one in seen}
    uids: dict[tuple[str, str, int], list[int]] = {}
    for account, folder, uid_validity, uid, _ in wanted:
        uids.setdefault((account, folder, uid_validity), []).append(uid)
    place = (sightings.c.account, sightings.c.folder, sightings.c.uid_validity)
    for where, of_folder in uids.items():
        here = [column == value for column, value in zip(place, where, strict=True)]
        for start in range(0, len(of_folder), CHUNK):
            some = sightings.c.uid.in_(of_folder[start : start + CHUNK])
            for row in connection.execute(select(sightings.c.uid, sightings.c.archive_id).where(*here, some)):
                wanted.pop((*where, row.uid, row.archive_id), None)
    return list(wanted.values())


def _add_archived(writing: Writing, fresh: Sequence[Seen]) -> dict[str, str | None]:
    """Rows for content never seen before; each new id with the id Gmail says it is the same as."""
    known = arrivals(writing.connection, [archive_id for _, archive_id, _, _ in fresh])
    by_gmail = _by_gmail_id(writing.connection, fresh)
    added: dict[str, dict[str, Any]] = {}
    for one in fresh:
        sighting, archive_id, arrival, _ = one
        first = by_gmail.setdefault((sighting.account, sighting.gmail_id), archive_id)
        if archive_id in known:
            continue
        if archive_id not in added:
            same_as = first if sighting.gmail_id and first != archive_id else None
            added[archive_id] = _archived_row(one, same_as, writing.at)
        elif arrival is not None:
            added[archive_id]["arrival"] = min(added[archive_id]["arrival"] or arrival, arrival)
    insert_all(writing.connection, archived, sorted(added.values(), key=_those_referred_to_first))
    return {archive_id: row["same_as"] for archive_id, row in added.items()}


def _those_referred_to_first(row: Mapping[str, Any]) -> bool:
    return row["same_as"] is not None


def _by_gmail_id(connection: Connection, fresh: Sequence[Seen]) -> dict[tuple[str, str], str]:
    """The message each (account, X-GM-MSGID) stands for already."""
    gmail_ids = {sighting.gmail_id for sighting, _, _, _ in fresh if sighting.gmail_id}
    found: dict[tuple[str, str], str] = {}
    for chunk in chunks(sorted(gmail_ids)):
        query = (
            select(sightings.c.account, sightings.c.gmail_id, archived.c.archive_id, archived.c.same_as)
            .join(archived, archived.c.archive_id == sightings.c.archive_id)
            .where(sightings.c.gmail_id.in_(chunk))
        )
        for row in connection.execute(query):
            found[row.account, row.gmail_id] = row.same_as or row.archive_id
    return found


def _archived_row(one: Seen, same_as: str | None, now: datetime) -> dict[str, Any]:
    _, archive_id, arrival, size = one
    return {
        "archive_id": archive_id,
        "arrival": arrival,
        "size": size,
        "same_as": same_as,
        "attempts": 0,
        "wants_reading": same_as is None,
        "added_at": now,
    }


def _sighting_row(one: Seen, now: datetime) -> dict[str, Any]:
    sighting, archive_id, arrival, size = one
    return {
        "account": sighting.account,
        "folder": sighting.folder,
        "uid_validity": sighting.uid_validity,
        "uid": sighting.uid,
        "gmail_id": sighting.gmail_id,
        "junk": sighting.junk,
        "archive_id": archive_id,
        "arrival": arrival,
        "size": size,
        "seen_at": now,
    }


def _earlier_arrivals(writing: Writing, seen_again: Sequence[Seen]) -> None:
    """The first arrival of a content is its arrival: a copy moved about later makes nobody late."""
    known = arrivals(writing.connection, [archive_id for _, archive_id, _, _ in seen_again])
    for _, archive_id, arrival, _ in seen_again:
        before, size = known[archive_id]
        if arrival is not None and (before is None or arrival < before):
            known[archive_id] = (arrival, size)
            change = update(archived).where(archived.c.archive_id == archive_id)
            again = archived.c.same_as.is_(None)  # its twin is never read by itself
            writing.connection.execute(change.values(arrival=arrival, wants_reading=again, attempts=0))
            writing.note([Change("arrival_moved", archive_id, {"from": before, "to": arrival})])


def _move_mark(writing: Writing, mark: Mark) -> None:
    account, folder, uid_validity, last_uid = mark
    before = folder_mark(writing.connection, account, folder)
    if before is not None and before[0] == uid_validity and before[1] >= last_uid:
        return  # a slower reader of the same folder does not pull the mark back
    row = {"uid_validity": uid_validity, "last_uid": last_uid}
    subject = f"{account}/{folder}"
    if before is None:
        writing.connection.execute(insert(folder_marks).values(account=account, folder=folder, **row))
    else:
        place = (folder_marks.c.account == account, folder_marks.c.folder == folder)
        writing.connection.execute(update(folder_marks).where(*place).values(**row))
    if before is not None and before[0] != uid_validity:
        writing.note([Change("uid_validity_changed", subject, {"from": before[0], "to": uid_validity})])
    writing.note([Change(FOLDER_READ, subject, row)])
