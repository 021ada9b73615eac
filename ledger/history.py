"""Append-only events: who or what changed which state, when. Each is chained to the one before.

`sha256` is the hash of the hash before and of the event itself, so that a row changed or taken out
behind the triggers' back is found by `broken_events`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from ledger.encoding import clean, from_json, to_json
from ledger.models import history
from ledger.prepared import insert_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

NOTHING_BEFORE = "0" * 64


@dataclass(frozen=True, slots=True)
class Change:
    """An event about to be written."""

    event: str  #: message_recorded, decided, obligation_settled, mail_queued, mail_sending...
    subject: str  #: what it is about: an archive id, "unit/report/period", "outbox/12"
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """An event as the ledger holds it."""

    number: int  #: from 1, without gaps
    at: datetime
    actor: str
    event: str
    subject: str
    detail: dict[str, Any]
    previous_sha256: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Writing:
    """One write transaction: its connection, who writes and when."""

    connection: Connection
    actor: str
    at: datetime

    def note(self, changes: Iterable[Change]) -> None:
        """Add the changes to the history, in this same transaction."""
        number, previous = end(self.connection)
        rows = []
        for change in changes:
            number += 1
            row = self._row(number, change, previous)
            previous = row["sha256"]
            rows.append(row)
        insert_all(self.connection, history, rows)

    def _row(self, number: int, change: Change, previous: str) -> dict[str, Any]:
        row = {
            "number": number,
            "at": self.at,
            "actor": clean(self.actor),
            "event": change.event,
            "subject": clean(change.subject),
            "detail": from_json(to_json(change.detail)),  # as it will be read back
            "previous_sha256": previous,
        }
        return row | {"sha256": chained(row)}


def events(
    connection: Connection,
    *,
    subject: str | None = None,
    event: str | None = None,
    after: int = 0,
    limit: int | None = None,
) -> tuple[Event, ...]:
    """The events in order, of one subject or kind, from the number `after` on."""
    query = select(history).where(history.c.number > after).order_by(history.c.number).limit(limit)
    if subject is not None:
        query = query.where(history.c.subject == subject)
    if event is not None:
        query = query.where(history.c.event == event)
    return tuple(Event(**row) for row in connection.execute(query).mappings())


def latest_events(
    connection: Connection,
    *,
    before: int | None = None,
    limit: int | None = None,
    actor: str | None = None,
    event: str | None = None,
    subject: str | None = None,
) -> tuple[Event, ...]:
    """The events from the latest back, below the number `before`; by who, of one kind, of a subject.

    `subject` is the beginning of what the event is about.
    """
    query = select(history).order_by(history.c.number.desc()).limit(limit)
    if before is not None:
        query = query.where(history.c.number < before)
    if actor is not None:
        query = query.where(history.c.actor == actor)
    if event is not None:
        query = query.where(history.c.event == event)
    if subject is not None:
        query = query.where(history.c.subject.startswith(subject, autoescape=True))
    return tuple(Event(**row) for row in connection.execute(query).mappings())


def names(connection: Connection) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Everybody who ever wrote, and every kind of event there is, sorted."""
    actors = connection.execute(select(history.c.actor).distinct().order_by(history.c.actor)).scalars()
    kinds = connection.execute(select(history.c.event).distinct().order_by(history.c.event)).scalars()
    return tuple(actors), tuple(kinds)


def subjects(connection: Connection, event: str) -> frozenset[str]:
    """Everything that an event of that kind was told of."""
    query = select(history.c.subject).where(history.c.event == event)
    return frozenset(connection.execute(query).scalars())


def told_of(connection: Connection, event: str, among: Sequence[str]) -> frozenset[str]:
    """Those of some subjects that an event of that kind was told of: quick in a history of any length."""
    query = select(history.c.subject).where(history.c.subject.in_(among), history.c.event == event)
    return frozenset(connection.execute(query).scalars())


def last_number(connection: Connection) -> int:
    """The number of the latest event; 0 when nothing has happened."""
    return end(connection)[0]


def broken_events(connection: Connection) -> tuple[int, ...]:
    """The numbers at which the chain does not hold: a row changed, taken out or put in."""
    return broken_links(connection.execute(select(history).order_by(history.c.number)).mappings())


def broken_links(rows: Iterable[Any]) -> tuple[int, ...]:
    """The numbers of rows of a chain, in order, at which it does not hold."""
    broken = []
    number, previous = 0, NOTHING_BEFORE
    for row in rows:
        if row["number"] != number + 1 or row["previous_sha256"] != previous or row["sha256"] != chained(row):
            broken.append(row["number"])
        number, previous = row["number"], row["sha256"]
    return tuple(broken)


def end(connection: Connection) -> tuple[int, str]:
    """Number and hash of the latest event. Noted elsewhere, the hash proves all that came before it."""
    query = select(history.c.number, history.c.sha256).order_by(history.c.number.desc()).limit(1)
    row = connection.execute(query).first()
    return (row.number, row.sha256) if row else (0, NOTHING_BEFORE)


def chained(row: Any) -> str:
    """The hash of an event: of the hash before and of what it tells."""
    said = to_json([row["number"], row["at"].timestamp(), row["actor"], row["event"], row["subject"]])
    text = f"{row['previous_sha256']}\n{said}\n{to_json(row['detail'])}"
    return hashlib.sha256(text.encode()).hexdigest()
