"""The audit of sign-ins: only ever added to, each event chained to the one before like the ledger's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from desk.web.store import sign_ins
from ledger.encoding import clean
from ledger.history import NOTHING_BEFORE, broken_links, chained

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


def note(connection: Connection, at: datetime, account: str, address: str, event: str) -> None:
    """Add an event, in the transaction of the caller."""
    last = connection.execute(select(sign_ins).order_by(sign_ins.c.number.desc()).limit(1)).first()
    row = {
        "number": last.number + 1 if last else 1,
        "at": at,
        "account": clean(account),
        "address": clean(address),
        "event": event,
        "previous_sha256": last.sha256 if last else NOTHING_BEFORE,
    }
    connection.execute(insert(sign_ins), row | {"sha256": chained(_told(row))})


def latest(connection: Connection, before: int | None, limit: int) -> tuple[Any, ...]:
    """The rows from the latest back, below the number `before`."""
    query = select(sign_ins).order_by(sign_ins.c.number.desc()).limit(limit)
    if before is not None:
        query = query.where(sign_ins.c.number < before)
    return tuple(connection.execute(query))


def broken(connection: Connection) -> tuple[int, ...]:
    """The numbers at which the chain does not hold: a row changed, taken out or put in."""
    rows = connection.execute(select(sign_ins).order_by(sign_ins.c.number)).mappings()
    return broken_links(map(_told, rows))


def _told(row: Any) -> dict[str, Any]:
    """A row as an event of the history, so that both chains are one."""
    return dict(row) | {"actor": row["account"], "subject": row["address"], "detail": {}}
