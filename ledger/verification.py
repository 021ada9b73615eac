"""Proof that nothing was changed: archive, journals and tables held against each other and the history.

What anchors what:

- a message is named by the SHA-256 of its bytes; a journal line ends with its own checksum;
- each event of the history is chained to the one before, so none can be changed, taken out or put in;
- events carry the fingerprints of the rows they tell of: outcomes, decisions, obligations, mails, issues,
  and how far each folder is read;
- rows of sightings stand in the sightings journal, decisions in the decisions journal as well.

Whoever rewrites all of these together, with the chain, is found only by an end of the chain that was
noted elsewhere: `Verified.head` is for that, the morning's mail and every backup carry it, and `ends` holds
what was noted against the chain. Nothing is written, and a row that can no longer be read is a flaw, not
an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
from sqlalchemy import Connection, Table, and_, select, text
from sqlalchemy.exc import SQLAlchemyError

from ledger import decisions as decided
from ledger.encoding import to_json
from ledger.history import NOTHING_BEFORE, chained
from ledger.issues import content_sha256, of_period
from ledger.messages import Asked, matching_messages, outcome_sha256
from ledger.models import (
    archived,
    decisions,
    folder_marks,
    history,
    issues,
    metadata,
    obligations,
    outbox,
    sightings,
)
from ledger.outbox import with_states, words_sha256
from ledger.records import RETIRED, Decision, OutboxState
from ledger.sightings import FOLDER_READ

if TYPE_CHECKING:
    from ledger.archive import Archive, KeptSighting
    from ledger.journal import Journal

#: What reading a row whose bytes were changed may raise.
UNREADABLE = (SQLAlchemyError, msgspec.MsgspecError, ValueError, TypeError, KeyError, ArithmeticError)
#: A running daemon writes to the disk first and to the ledger a moment later: these want a second look.
IN_FLIGHT = frozenset({"message_extra", "sighting_row_missing", "arrival_changed", "decision_row_missing"})
IN_FLIGHT_SECONDS = 1.0
_MAIL_EVENTS = "mail_"
#: lines of the sightings journal with their numbers, by identity
_Lines: TypeAlias = "dict[tuple[Any, ...], list[tuple[int, KeptSighting]]]"


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that is not as it was written. `code` is the key of its sentence under `verify.`."""

    code: str
    where: str  #: archive id, line, event number or row: what to look at
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at and what was found."""

    messages: int
    events: int
    head: str  #: SHA-256 of the last event: noted elsewhere, it proves the whole history up to there
    flaws: tuple[Flaw, ...]


def verify(
    connection: Connection, archive: Archive, journal: Journal | None, ends: Sequence[str] = ()
) -> Verified:
    """Hold everything against everything; reads every byte of the archive.

    Args:
        connection: one snapshot of the ledger.
        archive: the raw messages.
        journal: the decisions journal, when one is kept.
        ends: hashes of the history noted elsewhere, or their beginnings; each must be one of its events.

    """
    on_disk = frozenset(archive.ids())
    events = _Events(connection)
    flaws = (
        *_integrity(connection),
        *_files(connection, archive, on_disk, frozenset(events.subjects(RETIRED))),
        *_sightings(connection, archive, on_disk),
        *events.flaws,
        *(Flaw("end_unknown", end) for end in ends if not events.knows(end)),
        *_marks(connection, events),
        *_decisions(connection, journal, events),
        *_outcomes(connection, events),
        *_obligations(connection, events),
        *_mails(connection, events),
        *_issues(connection, events),
    )
    return Verified(len(on_disk), events.number, events.head, flaws)


# The raw messages


def _files(
    connection: Connection, archive: Archive, on_disk: frozenset[str], retired: frozenset[str]
) -> Iterator[Flaw]:
    for archive_id in archive.damaged():
        yield Flaw("message_changed", archive_id)
    for path in archive.strangers():
        yield Flaw("file_extra", path)
    known = frozenset(_keys(connection, archived))
    for archive_id in sorted(one for (one,) in known if (one,) and one not in on_disk):
        if archive_id not in retired and not archive.holds(archive_id):
            yield Flaw("message_missing", archive_id)
    for archive_id in sorted(on_disk - {one for (one,) in known}):
        yield Flaw("message_extra", archive_id)


def _sightings(connection: Connection, archive: Archive, on_disk: frozenset[str]) -> Iterator[Flaw]:
    lines: _Lines = {}
    arrivals: dict[str, datetime] = {}
    for number, line in archive.journal_lines():
        if line is None:
            yield Flaw("sighting_line_changed", str(number))
            continue
        lines.setdefault(_identity(line), []).append((number, line))
        earlier = arrivals.get(line.archive_id)
        arrivals[line.archive_id] = line.arrival if earlier is None else min(earlier, line.arrival)
    seen, broken = _read(connection, sightings)
    yield from broken
    for row in seen.values():
        yield from _sighting(row, lines)
    recorded = {_identity(row) for row in seen.values()}
    known = {archive_id for (archive_id,) in _keys(connection, archived)}
    for identity, found in lines.items():
        if identity not in recorded and identity[-1] in known and identity[-1] in on_disk:
            yield Flaw("sighting_row_missing", identity[-1], {"line": str(found[0][0])})
    yield from _arrivals(connection, archive, arrivals)


def _sighting(
    row: Any, lines: Mapping[tuple[Any, ...], Sequence[tuple[int, KeptSighting]]]
) -> Iterator[Flaw]:
    if not row["account"] and row["arrival"] is None:
        return  # found on disk without any line, and recorded as such
    told = [line for _, line in lines.get(_identity(row), ())]
    if not told:
        yield Flaw("sighting_line_missing", row["archive_id"])
    elif not any(_as_told(row, line) for line in told):
        yield Flaw("sighting_row_changed", row["archive_id"])


def _as_told(row: Any, line: KeptSighting) -> bool:
    names = ("arrival", "size", "gmail_id", "junk")
    return all(row[name] == getattr(line, name) for name in names)


def _arrivals(connection: Connection, archive: Archive, told: Mapping[str, datetime]) -> Iterator[Flaw]:
    """The arrival that decides on time or late is the earliest the journal tells."""
    rows, broken = _read(connection, archived)
    yield from broken
    for row in rows.values():
        if row["arrival"] != told.get(row["archive_id"]):
            yield Flaw("arrival_changed", row["archive_id"])
        elif archive.holds(row["archive_id"]) and row["size"] != archive.size(row["archive_id"]):
            yield Flaw("row_changed", row["archive_id"], {"table": archived.name})


def _identity(one: Any) -> tuple[Any, ...]:
    names = ("account", "folder", "uid_validity", "uid", "archive_id")
    if isinstance(one, Mapping):
        return tuple(one[name] for name in names)
    return tuple(getattr(one, name) for name in names)


# The history, and what stands on it


class _Events:
    """The history read once: its flaws, its end, and the last event of each subject and kind."""

    def __init__(self, connection: Connection) -> None:
        rows, broken = _read(connection, history)
        self.flaws = [*broken, *_broken_links(rows)]
        self.number = max((number for (number,) in rows), default=0)
        self.head = rows[self.number,]["sha256"] if rows else NOTHING_BEFORE
        self._hashes = (NOTHING_BEFORE, *(row["sha256"] for row in rows.values()))
        self.last: dict[tuple[str, str], Any] = {}
        for _, row in sorted(rows.items()):
            for kind in (row["event"], row["event"].partition("_")[0] + "_"):
                self.last[kind, row["subject"]] = row

    def detail(self, event: str, subject: str) -> dict[str, Any] | None:
        """What the last such event tells; `mail_` and `obligation_` stand for all of their kind."""
        row = self.last.get((event, subject))
        return None if row is None else dict(row["detail"], event=row["event"])

    def knows(self, beginning: str) -> bool:
        """Whether a hash that begins so is one of this history."""
        return any(sha256.startswith(beginning) for sha256 in self._hashes)

    def mail_state(self, subject: str) -> str:
        """The state an outgoing mail was last moved to; other events, as its editing, tell of none."""
        moved = [(self.last.get((_MAIL_EVENTS + state, subject)), state.value) for state in OutboxState]
        known = [(row["number"], state) for row, state in moved if row is not None]
        return max(known, default=(0, ""))[1]

    def subjects(self, event: str) -> Iterator[str]:
        """Everything such an event was told of."""
        return (subject for kind, subject in self.last if kind == event)


def _broken_links(rows: Mapping[tuple[Any, ...], Any]) -> Iterator[Flaw]:
    number, previous = 0, NOTHING_BEFORE
    for _, row in sorted(rows.items()):
        follows = row["number"] == number + 1 and row["previous_sha256"] == previous
        if not follows or row["sha256"] != chained(row):
            places = {"at": row["at"].isoformat(), "event": row["event"], "subject": row["subject"]}
            yield Flaw("event_changed", str(row["number"]), places)
        number, previous = row["number"], row["sha256"]


def _marks(connection: Connection, events: _Events) -> Iterator[Flaw]:
    """How far each folder is read; nothing is told of folders last read by a program before this one."""
    rows, broken = _read(connection, folder_marks)
    yield from broken
    marks = {f"{account}/{folder}": row for (account, folder), row in rows.items()}
    for subject in events.subjects(FOLDER_READ):
        told, row = events.detail(FOLDER_READ, subject) or {}, marks.get(subject)
        if row is None or any(told[name] != row[name] for name in ("uid_validity", "last_uid")):
            yield Flaw("mark_changed", subject)


def _decisions(connection: Connection, journal: Journal | None, events: _Events) -> Iterator[Flaw]:
    rows, broken = _read(connection, decisions)
    yield from broken
    for (number,), row in rows.items():
        told = events.detail("decided", f"decision/{number}")
        if told is None or any(to_json(told[name]) != to_json(row[name]) for name in told if name in row):
            yield Flaw("decision_changed", str(number))
    for subject in events.subjects("decided"):
        number = int(subject.rpartition("/")[2])
        if (number,) not in rows:
            yield Flaw("decision_missing", str(number))
    if journal is not None:
        yield from _decisions_journal(journal, rows)


def _decisions_journal(journal: Journal, rows: Mapping[tuple[Any, ...], Any]) -> Iterator[Flaw]:
    numbers = set()
    for line, entry in journal.numbered():
        if entry is None:
            yield Flaw("decision_line_changed", str(line))
            continue
        number = entry["number"]
        numbers.add(number)
        row = rows.get((number,))
        if row is None:
            yield Flaw("decision_row_missing", str(number), {"line": str(line)})
        elif decided.said(_decision(entry)) != decided.said(_decision(row)):
            yield Flaw("decision_line_differs", str(number), {"line": str(line)})
    for (number,) in rows:
        if number not in numbers:
            yield Flaw("decision_line_missing", str(number))


def _decision(given: Any) -> Decision:
    at = given["at"]
    return Decision(**dict(given, at=at if isinstance(at, datetime) else datetime.fromisoformat(at)))


def _outcomes(connection: Connection, events: _Events) -> Iterator[Flaw]:
    found, broken = _outcomes_of(connection)
    yield from broken
    for archive_id, outcome in found.items():
        told = events.detail("message_recorded", archive_id)
        if told is None or told.get("sha256", "") != outcome_sha256(outcome):
            yield Flaw("outcome_changed", archive_id)
    unreadable = {flaw.where for flaw in broken}
    for archive_id in events.subjects("message_recorded"):
        if archive_id not in found and archive_id not in unreadable:
            yield Flaw("outcome_missing", archive_id)


def _outcomes_of(connection: Connection) -> tuple[dict[str, Any], list[Flaw]]:
    """Every outcome, at once where that goes, else one by one so that the spoiled one is named."""
    try:
        return {outcome.archive_id: outcome for outcome in matching_messages(connection, Asked())}, []
    except UNREADABLE:
        pass
    found, broken = {}, []
    for (archive_id,) in _keys(connection, metadata.tables["messages"]):
        try:
            (found[archive_id],) = matching_messages(connection, Asked(archive_id=archive_id))
        except UNREADABLE:
            broken.append(Flaw("outcome_changed", str(archive_id)))
    return found, broken


def _obligations(connection: Connection, events: _Events) -> Iterator[Flaw]:
    rows, broken = _read(connection, obligations)
    yield from broken
    subjects = {f"{row['unit']}/{row['report']}/{row['period']}": row for row in rows.values()}
    for subject, row in subjects.items():
        told = events.detail("obligation_", subject) or {"event": "obligation_withdrawn"}
        same = all(_same(told.get(name), row[name]) for name in ("opens", "due", "exempt"))
        if told["event"] == "obligation_withdrawn" or not same:
            yield Flaw("obligation_changed", subject)
    for subject in events.subjects("obligation_"):
        told = events.detail("obligation_", subject) or {}
        if told.get("event") != "obligation_withdrawn" and subject not in subjects and not broken:
            yield Flaw("obligation_missing", subject)


def _mails(connection: Connection, events: _Events) -> Iterator[Flaw]:
    rows, broken = _read(connection, outbox)
    yield from broken
    for mail in with_states(connection, None) if not broken else ():
        subject = f"outbox/{mail.id}"
        told = events.detail(_MAIL_EVENTS, subject) or {}
        if events.mail_state(subject) != mail.state.value or told.get("sha256") != words_sha256(mail):
            yield Flaw("mail_changed", str(mail.id))
    for subject in events.subjects(_MAIL_EVENTS):
        kind, _, number = subject.partition("/")
        if kind == "outbox" and (int(number),) not in rows and not broken:
            yield Flaw("mail_missing", number)


def _issues(connection: Connection, events: _Events) -> Iterator[Flaw]:
    rows, broken = _read(connection, issues)
    yield from broken
    for report, period in sorted({key[:2] for key in rows}):
        for issue in of_period(connection, report, period) if not broken else ():
            subject = f"{report}/{period}/{issue.number}"
            told = events.detail("issued", subject) or {}
            plain = {"inputs_sha256": issue.inputs_sha256, "files": issue.files, "as_of": issue.as_of}
            same = all(_same(told.get(name), known) for name, known in plain.items())
            if not same or told.get("sha256") != content_sha256(issue):
                yield Flaw("issue_changed", subject)
    there = {"/".join(map(str, key)) for key in rows}
    for subject in events.subjects("issued"):
        if subject not in there and not broken:
            yield Flaw("issue_missing", subject)


def _same(told: Any, known: Any) -> bool:
    """Whether an event tells what a row holds; it may tell a moment in another zone."""
    if isinstance(known, datetime) and isinstance(told, str):
        return datetime.fromisoformat(told) == known
    return to_json(told) == to_json(known)


# Rows that may be spoiled


def _integrity(connection: Connection) -> Iterator[Flaw]:
    if connection.engine.dialect.name != "sqlite":
        return
    for (said,) in connection.execute(text("PRAGMA integrity_check(20)")):
        if said != "ok":
            yield Flaw("database_damaged", "", {"detail": str(said)})


def _read(connection: Connection, table: Table) -> tuple[dict[tuple[Any, ...], Any], list[Flaw]]:
    """The rows of a table by key, and a flaw for each that cannot be read."""
    columns = list(table.primary_key.columns)

    def keyed(rows: Iterable[Any]) -> dict[tuple[Any, ...], Any]:
        return {tuple(row[column.name] for column in columns): dict(row) for row in rows}

    try:
        return keyed(connection.execute(select(table)).mappings()), []
    except UNREADABLE:
        pass
    found: dict[tuple[Any, ...], Any] = {}
    broken = []
    for key in _keys(connection, table):
        its = and_(*(column == part for column, part in zip(columns, key, strict=True)))
        try:
            found |= keyed(connection.execute(select(table).where(its)).mappings())
        except UNREADABLE:
            broken.append(Flaw("row_changed", "/".join(map(str, key)), {"table": table.name}))
    return found, broken


def _keys(connection: Connection, table: Table) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(select(*table.primary_key.columns))]
