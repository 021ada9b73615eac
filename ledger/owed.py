"""Obligations as the ledger keeps them; which there are is decided in `ledger.obligations`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, insert, select, update

from ledger.history import Change, Writing
from ledger.models import obligations
from ledger.records import Obligation, ObligationKey

if TYPE_CHECKING:
    from collections.abc import Sequence


def settle(writing: Writing, owed: Sequence[Obligation], *, complete: bool = False) -> None:
    """Add what is new and change what is owed otherwise; each change goes into the history.

    With `complete`, `owed` is all there is for its reports and periods: what it no longer names is
    taken out, for a unit that is owed by mistake would be chased for ever.
    """
    wanted = {obligation.key: obligation for obligation in owed}
    known = {
        obligation.key: obligation
        for report, period in sorted({(key.report, key.period) for key in wanted})
        for obligation in settled(writing.connection, report, period)
    }
    added = [obligation for key, obligation in wanted.items() if key not in known]
    changed = [obligation for key, obligation in wanted.items() if known.get(key, obligation) != obligation]
    gone = [obligation for key, obligation in known.items() if key not in wanted] if complete else []
    if added:
        writing.connection.execute(insert(obligations), [_row(obligation) for obligation in added])
    for obligation in changed:
        writing.connection.execute(_at(update(obligations), obligation.key).values(**_row(obligation)))
    for obligation in gone:
        writing.connection.execute(_at(delete(obligations), obligation.key))
    writing.note(
        [_change("obligation_added", one) for one in added]
        + [_change("obligation_changed", one, known[one.key]) for one in changed]
        + [_change("obligation_withdrawn", one) for one in gone]
    )


def settled(connection: Connection, report: str, period: str | None = None) -> tuple[Obligation, ...]:
    """What is owed for a report and period, or for all its periods, by period and unit id."""
    query = (
        select(obligations)
        .where(obligations.c.report == report)
        .order_by(obligations.c.period, obligations.c.unit)
    )
    if period is not None:
        query = query.where(obligations.c.period == period)
    return tuple(
        Obligation(ObligationKey(row.unit, row.report, row.period), row.opens, row.due, row.exempt)
        for row in connection.execute(query)
    )


def periods(connection: Connection, report: str | None = None) -> tuple[tuple[str, str], ...]:
    """Every (report, period) something is owed for, of one report or of all, sorted."""
    columns = (obligations.c.report, obligations.c.period)
    query = select(*columns).distinct().order_by(*columns)
    if report is not None:
        query = query.where(obligations.c.report == report)
    return tuple((row.report, row.period) for row in connection.execute(query))


def _row(obligation: Obligation) -> dict[str, Any]:
    key = obligation.key
    return {
        "unit": key.unit,
        "report": key.report,
        "period": key.period,
        "opens": obligation.opens,
        "due": obligation.due,
        "exempt": obligation.exempt,
    }


def _at(statement: Any, key: ObligationKey) -> Any:
    its = obligations.c
    return statement.where(its.unit == key.unit, its.report == key.report, its.period == key.period)


def _change(event: str, obligation: Obligation, before: Obligation | None = None) -> Change:
    detail: dict[str, Any] = {"opens": obligation.opens, "due": obligation.due, "exempt": obligation.exempt}
    if before is not None:
        detail["before"] = {"opens": before.opens, "due": before.due, "exempt": before.exempt}
    key = obligation.key
    return Change(event, f"{key.unit}/{key.report}/{key.period}", detail)
