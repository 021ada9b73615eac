"""Issues of a consolidation (lần phát hành): numbered without gaps, never changed."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, select

from ledger.encoding import digest
from ledger.errors import IssueConflictError
from ledger.history import Change, Writing
from ledger.models import issues
from ledger.records import Issue, IssueHead

if TYPE_CHECKING:
    from sqlalchemy import RowMapping


def add(writing: Writing, issue: Issue) -> Issue:
    """Keep an issue; number 0 stands for the next one.

    Raises:
        IssueConflictError: its number is not the next one.

    """
    before = latest(writing.connection, issue.report, issue.period)
    following = before.number + 1 if before else 1
    if issue.number not in {0, following}:
        raise IssueConflictError(
            f"issue {issue.number} of {issue.report} {issue.period} cannot follow; the next is {following}",
            number=str(issue.number),
            next=str(following),
        )
    numbered = replace(issue, number=following)
    row = {field.name: getattr(numbered, field.name) for field in fields(numbered)}
    writing.connection.execute(insert(issues), [row])
    subject = f"{issue.report}/{issue.period}/{following}"
    detail = {
        "as_of": issue.as_of,
        "inputs_sha256": issue.inputs_sha256,
        "files": list(issue.files),
        "sha256": content_sha256(issue),
    }
    writing.note([Change("issued", subject, detail)])
    return numbered


def content_sha256(issue: Issue) -> str:
    """What the history holds of the content and the changes of an issue."""
    return digest([issue.content, issue.changes])


def of_period(connection: Connection, report: str, period: str) -> tuple[Issue, ...]:
    """The issues of a report and period, by number."""
    query = (
        select(issues).where(issues.c.report == report, issues.c.period == period).order_by(issues.c.number)
    )
    return tuple(_issue(row) for row in connection.execute(query).mappings())


def heads(connection: Connection, report: str, period: str) -> tuple[IssueHead, ...]:
    """The issues of a report and period without their content, by number."""
    columns = [issues.c[field.name] for field in fields(IssueHead)]
    query = (
        select(*columns).where(issues.c.report == report, issues.c.period == period).order_by(issues.c.number)
    )
    return tuple(IssueHead(**_plain(row)) for row in connection.execute(query).mappings())


def latest(connection: Connection, report: str, period: str) -> Issue | None:
    """The last issue of a report and period; None: none yet."""
    query = (
        select(issues)
        .where(issues.c.report == report, issues.c.period == period)
        .order_by(issues.c.number.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return _issue(row) if row else None


def _issue(row: RowMapping) -> Issue:
    return Issue(**_plain(row))


def _plain(row: RowMapping) -> dict[str, Any]:
    plain: dict[str, Any] = {str(name): given for name, given in row.items()}
    plain["changes"] = tuple(plain["changes"])
    plain["files"] = tuple((name, sha256) for name, sha256 in plain["files"])
    return plain
