"""What was worked out of the ledger and takes long, kept in parts; and what it rests on.

Nothing stands here alone: every row may be deleted and is worked out again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, func, insert, select, union

from ledger.models import issues, messages, review_items, settled, submissions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from ledger.history import Writing


def keep(writing: Writing, report: str, period: str, parts: Mapping[str, bytes]) -> None:
    """Put the parts of a period in the place of those that were kept."""
    its = (settled.c.report == report, settled.c.period == period)
    writing.connection.execute(delete(settled).where(*its))
    spot = {"report": report, "period": period}
    rows = [spot | {"part": name, "content": content} for name, content in parts.items()]
    writing.connection.execute(insert(settled), rows)


def keep_beside(writing: Writing, report: str, period: str, name: str, content: bytes) -> None:
    """Put one more part of a period beside those that are kept; one of that name gives way."""
    its = (settled.c.report == report, settled.c.period == period, settled.c.part == name)
    writing.connection.execute(delete(settled).where(*its))
    row = {"report": report, "period": period, "part": name, "content": content}
    writing.connection.execute(insert(settled), [row])


def parts(connection: Connection, report: str, period: str, names: Iterable[str]) -> dict[str, bytes]:
    """Those of the parts that are kept, by name."""
    query = select(settled.c.part, settled.c.content).where(
        settled.c.report == report, settled.c.period == period, settled.c.part.in_(list(names))
    )
    return {row.part: row.content for row in connection.execute(query)}


def readings(
    connection: Connection, report: str, periods: Sequence[str]
) -> tuple[tuple[str, str, datetime], ...]:
    """(archive id, fingerprint of its outcome, arrival) of what was handed in or is asked about, sorted."""
    about = union(
        *(
            select(table.c.archive_id).where(table.c.report == report, table.c.period.in_(periods))
            for table in (submissions, review_items)
        )
    ).subquery()
    query = (
        select(messages.c.archive_id, messages.c.outcome_sha256, messages.c.arrival)
        .join(about, about.c.archive_id == messages.c.archive_id)
        .order_by(messages.c.archive_id)
    )
    return tuple((row.archive_id, row.outcome_sha256, row.arrival) for row in connection.execute(query))


def issued(connection: Connection, report: str) -> dict[str, int]:
    """The number of the last issue of each period of a report."""
    last = func.max(issues.c.number).label("number")
    query = select(issues.c.period, last).where(issues.c.report == report).group_by(issues.c.period)
    return {row.period: row.number for row in connection.execute(query)}
