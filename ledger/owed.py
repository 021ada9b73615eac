"""Obligations as the ledger keeps them; which there are is decided in `ledger.obligations`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, case, delete, func, or_, select, update

from ledger.history import Change, Writing
from ledger.models import messages, obligations, submissions
from ledger.prepared import insert_all
from ledger.records import Obligation, ObligationKey, ObligationState, Role

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


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
    insert_all(writing.connection, obligations, [_row(obligation) for obligation in added])
    for obligation in changed:
        writing.connection.execute(_at(update(obligations), obligation.key).values(**_row(obligation)))
    for obligation in gone:
        writing.connection.execute(_at(delete(obligations), obligation.key))
    writing.note(
        [_change("obligation_added", one) for one in added]
        + [_change("obligation_changed", one, known[one.key]) for one in changed]
        + [_change("obligation_withdrawn", one) for one in gone]
    )


def settled(connection: Connection, report: str, period: str) -> tuple[Obligation, ...]:
    """What is owed for a report and period, by unit id."""
    query = (
        select(obligations)
        .where(obligations.c.report == report, obligations.c.period == period)
        .order_by(obligations.c.unit)
    )
    return tuple(_obligation(row) for row in connection.execute(query))


def of_unit(connection: Connection, unit: str) -> tuple[Obligation, ...]:
    """All that a unit owes or owed, by report and period."""
    query = select(obligations).where(obligations.c.unit == unit)
    query = query.order_by(obligations.c.report, obligations.c.period)
    return tuple(_obligation(row) for row in connection.execute(query))


def kept(
    connection: Connection, report: str, periods: Sequence[str], as_of: datetime
) -> tuple[tuple[str, str, ObligationState], ...]:
    """(unit, period, state) of what was owed for several periods at a moment, by mail alone.

    The rule of `consolidate.standing`, told to the database: a page shows thousands of these. What an
    officer received by hand is not looked at, nor what waits for a person.
    """
    first = (
        select(
            submissions.c.unit,
            submissions.c.period,
            func.min(messages.c.arrival, type_=messages.c.arrival.type).label("first"),
        )
        .join(messages, messages.c.archive_id == submissions.c.archive_id)
        .where(
            submissions.c.report == report,
            submissions.c.period.in_(periods),
            submissions.c.accepted.is_(True),
            submissions.c.role != Role.DUPLICATE.value,
            messages.c.arrival <= as_of,
        )
        .group_by(submissions.c.unit, submissions.c.period)
        .subquery()
    )
    is_on_time = or_(obligations.c.due.is_(None), first.c.first < obligations.c.due)
    state = case(
        (obligations.c.exempt != "", ObligationState.EXEMPT.value),
        (first.c.first.is_(None), ObligationState.MISSING.value),
        (is_on_time, ObligationState.ON_TIME.value),
        else_=ObligationState.LATE.value,
    )
    same = and_(first.c.unit == obligations.c.unit, first.c.period == obligations.c.period)
    query = (
        select(obligations.c.unit, obligations.c.period, state)
        .outerjoin(first, same)
        .where(obligations.c.report == report, obligations.c.period.in_(periods))
    )
    return tuple((unit, period, ObligationState(code)) for unit, period, code in connection.execute(query))


def periods(connection: Connection, report: str | None = None) -> tuple[tuple[str, str], ...]:
    """Every (report, period) something is owed for, of one report or of all, sorted."""
    columns = (obligations.c.report, obligations.c.period)
    query = select(*columns).distinct().order_by(*columns)
    if report is not None:
        query = query.where(obligations.c.report == report)
    return tuple((row.report, row.period) for row in connection.execute(query))


def _obligation(row: Any) -> Obligation:
    return Obligation(ObligationKey(row.unit, row.report, row.period), row.opens, row.due, row.exempt)


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
