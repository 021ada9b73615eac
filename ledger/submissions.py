"""Submissions with their values, texts and findings: written by `messages.record`, read from here."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, select

from config.reports import Grade, Sex
from ledger.encoding import as_type
from ledger.models import findings, messages, review_items, sections, submissions, values
from ledger.prepared import insert_all
from ledger.records import (
    Certainty,
    DocumentName,
    Finding,
    Method,
    ObligationKey,
    Place,
    Role,
    SectionText,
    Submission,
    SubmissionIntent,
    Value,
)
from ledger.sightings import chunks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

OF_THE_MESSAGE = -1  #: findings that belong to the message and to no submission
# Asked for every report that comes in: made once, and so that an index alone answers.
_HAS_FINGERPRINT = (
    select(submissions.c.fingerprint).where(submissions.c.fingerprint == bindparam("fingerprint")).limit(1)
)
_UNITS_HEARD_FROM = (
    select(submissions.c.unit)
    .where(submissions.c.report == bindparam("report"), submissions.c.period == bindparam("period"))
    .distinct()
)
Rows = dict[Table, list[dict[str, Any]]]
Spot = tuple[str, int]  #: archive id, number of the submission within it


@dataclass(frozen=True, slots=True)
class RecordedValue:
    """One figure with the submission it came by."""

    archive_id: str
    arrival: datetime
    key: ObligationKey
    role: Role
    accepted: bool
    value: Value


def rows_of(archive_id: str, intents: Iterable[SubmissionIntent]) -> Rows:
    """The rows of a message's submissions, in the order they must be inserted."""
    rows: Rows = {submissions: [], values: [], sections: [], findings: []}
    for position, intent in enumerate(intents):
        spot = {"archive_id": archive_id, "submission": position}
        rows[submissions].append(_submission_row(archive_id, position, intent))
        rows[values] += [spot | _value_row(place, value) for place, value in enumerate(intent.values)]
        rows[sections] += [spot | _section_row(place, text) for place, text in enumerate(intent.sections)]
        rows[findings] += finding_rows(archive_id, position, intent.findings)
    return rows


def finding_rows(archive_id: str, submission: int, found: Sequence[Finding]) -> list[dict[str, Any]]:
    """The rows of findings of one submission, or of the message itself."""
    return [
        {
            "archive_id": archive_id,
            "submission": submission,
            "position": position,
            "code": finding.code,
            "grade": finding.grade.value,
            "place": finding.place,
            "parameters": finding.parameters,
        }
        for position, finding in enumerate(found)
    ]


def insert_rows(connection: Connection, rows: Rows) -> None:
    """Insert the rows, one statement for each table."""
    for table, of_table in rows.items():
        insert_all(connection, table, of_table)


def with_key(
    connection: Connection, report: str | None = None, period: str | None = None, unit: str | None = None
) -> tuple[Submission, ...]:
    """The submissions for a report and period, of one unit or of all, by arrival."""
    asked = {"report": report, "period": period, "unit": unit}
    return matching(
        connection, *(submissions.c[name] == wanted for name, wanted in asked.items() if wanted is not None)
    )


def matching(connection: Connection, *conditions: ColumnElement[bool]) -> tuple[Submission, ...]:
    """The submissions that meet the conditions on their rows and their message's, by arrival."""
    query = (
        select(submissions, messages.c.arrival)
        .join(messages, messages.c.archive_id == submissions.c.archive_id)
        .where(*conditions)
        .order_by(messages.c.arrival, submissions.c.archive_id, submissions.c.position)
    )
    found = connection.execute(query).mappings().all()
    parts = _Parts(connection, conditions) if found else None
    return tuple(parts.submission(row) for row in found) if parts else ()


def receipts(
    connection: Connection, report: str, period: str | None = None, units: Sequence[str] | None = None
) -> tuple[Submission, ...]:
    """What was handed in for a report, by arrival, without figures, texts and findings."""
    conditions = [submissions.c.report == report]
    if period is not None:
        conditions.append(submissions.c.period == period)
    if units is not None:
        conditions.append(submissions.c.unit.in_(units))
    return bare(connection, *conditions)


def answered_periods(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Every (report, period) that something was handed in for, or that a question names, sorted."""
    handed_in = select(submissions.c.report, submissions.c.period).distinct()
    asked = select(review_items.c.report, review_items.c.period).distinct()
    query = handed_in.union(asked.where(review_items.c.report.is_not(None)))
    return tuple(sorted((row.report, row.period) for row in connection.execute(query)))


def units_heard_from(connection: Connection, report: str, period: str) -> frozenset[str]:
    """The units that something was handed in for, for a report and period."""
    units = connection.execute(_UNITS_HEARD_FROM, {"report": report, "period": period}).scalars()
    return frozenset(units)


def bare(connection: Connection, *conditions: ColumnElement[bool]) -> tuple[Submission, ...]:
    """The submissions that meet the conditions, by arrival, without figures, texts and findings."""
    query = (
        select(submissions, messages.c.arrival)
        .join(messages, messages.c.archive_id == submissions.c.archive_id)
        .where(*conditions)
        .order_by(messages.c.arrival, submissions.c.archive_id, submissions.c.position)
    )
    return tuple(_bare(row) for row in connection.execute(query))


def with_fingerprint(connection: Connection, fingerprint: str) -> tuple[Submission, ...]:
    """Submissions with this fingerprint, without figures, texts and findings; none for the empty one."""
    if not fingerprint or connection.scalar(_HAS_FINGERPRINT, {"fingerprint": fingerprint}) is None:
        return ()
    return bare(connection, submissions.c.fingerprint == fingerprint)


def fingerprints(connection: Connection) -> frozenset[str]:
    """All fingerprints that stand."""
    return frozenset(connection.execute(select(submissions.c.fingerprint)).scalars())


def with_fingerprints(connection: Connection, fingerprints: Iterable[str]) -> tuple[Submission, ...]:
    """Submissions with one of these fingerprints, without figures, texts and findings."""
    told = sorted(set(fingerprints) - {""})
    return tuple(
        found for chunk in chunks(told) for found in bare(connection, submissions.c.fingerprint.in_(chunk))
    )


def _bare(row: Any) -> Submission:
    return Submission(
        archive_id=row.archive_id,
        arrival=row.arrival,
        key=ObligationKey(row.unit, row.report, row.period),
        role=Role(row.role),
        accepted=row.accepted,
        values=(),
        sections=(),
        findings=(),
        fingerprint=row.fingerprint,
        files=tuple(row.files),
        document=_document(row.document),
    )


def recorded_values(
    connection: Connection,
    report: str | None = None,
    period: str | None = None,
    *,
    unit: str | None = None,
    indicator: str | None = None,
) -> tuple[RecordedValue, ...]:
    """Every figure handed in for a report and period, by arrival; which one counts is not decided here."""
    return tuple(
        RecordedValue(
            handed_in.archive_id, handed_in.arrival, handed_in.key, handed_in.role, handed_in.accepted, value
        )
        for handed_in in with_key(connection, report, period, unit)
        for value in handed_in.values
        if indicator is None or value.indicator == indicator
    )


def findings_of(connection: Connection, *conditions: ColumnElement[bool]) -> dict[Spot, list[Finding]]:
    """Findings by message and submission (`OF_THE_MESSAGE` too) of messages that meet the conditions."""
    query = (
        select(findings)
        .join(messages, messages.c.archive_id == findings.c.archive_id)
        .where(*conditions)
        .order_by(findings.c.position)
    )
    found: dict[Spot, list[Finding]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.archive_id, row.submission].append(_finding(row))
    return found


def findings_in(connection: Connection, report: str) -> tuple[tuple[str, Finding], ...]:
    """(archive id, finding) of everything that was handed in for a report, by archive id."""
    query = _of_submissions(findings, [submissions.c.report == report])
    return tuple((row.archive_id, _finding(row)) for row in connection.execute(query))


class _Parts:
    """What hangs on the submissions that meet some conditions, fetched with one question a table."""

    def __init__(self, connection: Connection, conditions: Sequence[ColumnElement[bool]]) -> None:
        def fetch(table: Table, made: Callable[[Any], Any]) -> dict[Spot, list[Any]]:
            found: dict[Spot, list[Any]] = defaultdict(list)
            for row in connection.execute(_of_submissions(table, conditions)):
                found[row.archive_id, row.submission].append(made(row))
            return found

        self.values = fetch(values, _value)
        self.sections = fetch(sections, _section)
        self.findings = fetch(findings, _finding)

    def submission(self, row: Any) -> Submission:
        spot = (row["archive_id"], row["position"])
        return Submission(
            archive_id=row["archive_id"],
            arrival=row["arrival"],
            key=ObligationKey(row["unit"], row["report"], row["period"]),
            role=Role(row["role"]),
            accepted=row["accepted"],
            values=tuple(self.values[spot]),
            sections=tuple(self.sections[spot]),
            findings=tuple(self.findings[spot]),
            fingerprint=row["fingerprint"],
            files=tuple(row["files"]),
            document=_document(row["document"]),
        )


def _of_submissions(table: Table, conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
    its = (table.c.archive_id == submissions.c.archive_id, table.c.submission == submissions.c.position)
    return (
        select(table)
        .join(submissions, its[0] & its[1])
        .join(messages, messages.c.archive_id == submissions.c.archive_id)
        .where(*conditions)
        .order_by(table.c.archive_id, table.c.submission, table.c.position)
    )


def _submission_row(archive_id: str, position: int, intent: SubmissionIntent) -> dict[str, Any]:
    return {
        "archive_id": archive_id,
        "position": position,
        "unit": intent.key.unit,
        "report": intent.key.report,
        "period": intent.key.period,
        "role": intent.role.value,
        "accepted": intent.accepted,
        "fingerprint": intent.fingerprint,
        "files": intent.files,
        "document": intent.document,
    }


def _value_row(position: int, value: Value) -> dict[str, Any]:
    return {
        "position": position,
        "indicator": value.indicator,
        "sex": value.sex.value,
        "value": value.value,
        "unit_of_measure": value.unit_of_measure,
        "place_file": value.place.file,
        "place_where": value.place.where,
        "place_text": value.place.text,
        "method": value.method.value,
        "certainty": value.certainty.value,
        "qualifier": value.qualifier,
        "reason": value.reason,
    }


def _section_row(position: int, section: SectionText) -> dict[str, Any]:
    return {
        "position": position,
        "section": section.section,
        "text": section.text,
        "place_file": section.place.file,
        "place_where": section.place.where,
        "place_text": section.place.text,
    }


def _document(plain: Any) -> DocumentName | None:
    return None if plain is None else as_type(plain, DocumentName)


def _place(row: Any) -> Place:
    return Place(row.place_file, row.place_where, row.place_text)


def _value(row: Any) -> Value:
    return Value(
        row.indicator, Sex(row.sex), row.value, row.unit_of_measure, _place(row),
        Method(row.method), Certainty(row.certainty), row.qualifier, row.reason,
    )  # fmt: skip


def _section(row: Any) -> SectionText:
    return SectionText(row.section, row.text, _place(row))


def _finding(row: Any) -> Finding:
    place = None if row.place is None else as_type(row.place, Place)
    return Finding(row.code, Grade(row.grade), place, row.parameters)
