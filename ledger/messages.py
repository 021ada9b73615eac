"""The outcome of each message: written in one transaction, replaced as a whole at the next reading.

Everything in these tables follows from archive, configuration and decisions, and may be rewritten.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    union,
)

from config.reports import Grade
from ledger.encoding import as_type, clean, to_json
from ledger.errors import AmbiguousArchiveIdError, UnknownArchiveIdError
from ledger.history import Change, Writing
from ledger.models import (
    attachments,
    findings,
    messages,
    review_items,
    sections,
    submissions,
    values,
)
from ledger.records import (
    RETIRED,
    AttachmentRecord,
    Evidence,
    MessageClass,
    MessageHead,
    MessageOutcome,
    MessageState,
    ObligationKey,
    ReviewItem,
    SubmissionIntent,
)
from ledger.sightings import CHUNK, arrivals, chunks, unread, want_reading
from ledger.submissions import OF_THE_MESSAGE, bare, finding_rows, findings_of, insert_rows, matching, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ledger.records import Finding, Submission
    from ledger.submissions import Rows, Spot

#: every table that follows from a reading, those that refer to others first
DERIVED = (values, sections, findings, review_items, attachments, submissions, messages)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which messages are asked for; what is None is not asked about."""

    message_class: MessageClass | None = None
    state: MessageState | None = None
    unit: str | None = None  #: it handed in for this unit, or a question about it names the unit
    as_of: datetime | None = None  #: arrived by then
    since: datetime | None = None  #: arrived then or later
    answering: bool = False  #: it names a message it answers or returns
    archive_id: str | None = None  #: this one alone


#: Inside a text of the JSON the quotes would be escaped.
_NO_DOCUMENT = '"document":null,'


def record(writing: Writing, outcomes: Sequence[MessageOutcome]) -> tuple[str, ...]:
    """Write the outcomes, replacing what was known of their messages; the ids where anything changed.

    Raises:
        UnknownArchiveIdError: an outcome of a message that was never sighted; nothing is written.

    """
    latest = {outcome.archive_id: _in_utc(outcome) for outcome in outcomes}
    known = _known(writing.connection, latest)
    before = _standing(writing.connection, latest)
    digests = {archive_id: outcome_sha256(outcome) for archive_id, outcome in latest.items()}
    changed = [id_ for id_ in latest if id_ not in before or before[id_].outcome_sha256 != digests[id_]]
    _forget(writing.connection, [archive_id for archive_id in changed if archive_id in before])
    insert_rows(writing.connection, _rows([latest[id_] for id_ in changed], digests, writing.at))
    writing.note(
        _change(latest[archive_id], digests[archive_id], before.get(archive_id)) for archive_id in changed
    )
    # Those read with the arrival they have now; another saw an earlier one, and is read once more.
    as_they_stand = [id_ for id_, read in latest.items() if read.arrival == known[id_][0]]
    want_reading(writing, as_they_stand, wanted=False)
    return tuple(changed)


def outcome_sha256(outcome: MessageOutcome) -> str:
    """The fingerprint of an outcome, the same whether it was just made or read back from the tables.

    What bears no number leaves no trace of that, so that fingerprints of earlier ledgers hold.
    """
    text = to_json(outcome).replace(r"\u0000", "\ufffd").replace(_NO_DOCUMENT, "")
    return hashlib.sha256(clean(text).encode()).hexdigest()


def matching_messages(
    connection: Connection, asked: Asked, *, limit: int | None = None, offset: int = 0
) -> tuple[MessageOutcome, ...]:
    """The outcomes of the messages asked for, by arrival, then id."""
    query = select(messages).where(*_conditions(asked)).order_by(messages.c.arrival, messages.c.archive_id)
    rows = connection.execute(query.limit(limit).offset(offset or None)).mappings().all()
    return _outcomes(connection, rows, _conditions(asked))


def held(connection: Connection, report: str, period: str, as_of: datetime) -> tuple[MessageOutcome, ...]:
    """The messages that wait for a person and may be about a report and period, by arrival, then id.

    Each with its questions and what it hands in, without evidence, files, figures and findings: enough to
    tell whose report may be lying there.
    """
    about = union(
        *(
            select(table.c.archive_id).where(table.c.report == report, table.c.period == period)
            for table in (review_items, submissions)
        )
    )
    query = (
        select(messages)
        .where(
            messages.c.state == MessageState.REVIEW.value,
            messages.c.arrival <= as_of,
            messages.c.archive_id.in_(about),
        )
        .order_by(messages.c.arrival, messages.c.archive_id)
    )
    rows = connection.execute(query).mappings().all()
    parts = _Parts.bare(connection, [row["archive_id"] for row in rows])
    return tuple(parts.outcome({**row, "evidence": []}) for row in rows)


def correspondence(connection: Connection, unit: str, addresses: Iterable[str]) -> tuple[MessageOutcome, ...]:
    """The messages that hand in something of a unit, ask about it, or come from those addresses, by arrival.

    Each with its questions and what it hands in, without files, figures, texts and findings.
    """
    about = or_(
        _names_unit(submissions, unit),
        _names_unit(review_items, unit),
        messages.c.from_address.in_(sorted(set(addresses))),
    )
    query = select(messages).where(about).order_by(messages.c.arrival, messages.c.archive_id)
    rows = connection.execute(query).mappings().all()
    parts = _Parts.bare(connection, [row["archive_id"] for row in rows])
    return tuple(parts.outcome(row) for row in rows)


def booked_with_files(
    connection: Connection, archive_ids: Iterable[str], kinds: Sequence[str], state: str
) -> tuple[str, ...]:
    """Of those messages the booked ones with a file of these kinds that ended in that state, by arrival."""
    found: set[tuple[datetime, str]] = set()
    for chunk in chunks(archive_ids):
        query = (
            select(messages.c.arrival, messages.c.archive_id)
            .join(attachments, attachments.c.archive_id == messages.c.archive_id)
            .where(
                messages.c.archive_id.in_(chunk),
                messages.c.state == MessageState.BOOKED.value,
                attachments.c.kind.in_(kinds),
                attachments.c.state == state,
            )
        )
        found |= {(row.arrival, row.archive_id) for row in connection.execute(query)}
    return tuple(archive_id for _arrival, archive_id in sorted(found))


def has_files(connection: Connection, kinds: Sequence[str], state: str) -> bool:
    """Whether any message has a file of these kinds that ended in that state."""
    query = select(attachments.c.archive_id).where(
        attachments.c.kind.in_(kinds), attachments.c.state == state
    )
    return connection.scalar(query.limit(1)) is not None


def message(connection: Connection, archive_id_or_prefix: str) -> MessageOutcome | None:
    """The outcome of one message, by its id or the beginning of it; None: there is none.

    Raises:
        AmbiguousArchiveIdError: the beginning fits several messages.

    """
    prefix = archive_id_or_prefix.lower()
    if not prefix or not set(prefix) <= set("0123456789abcdef"):
        return None
    fits = (messages.c.archive_id >= prefix, messages.c.archive_id < prefix + "g")
    rows = connection.execute(select(messages).where(*fits).limit(2)).mappings().all()
    if len(rows) > 1:
        raise AmbiguousArchiveIdError(f"several messages begin with {prefix}", message=prefix)
    found = _outcomes(connection, rows, fits)
    return found[0] if found else None


def by_id(connection: Connection, archive_ids: Iterable[str]) -> dict[str, MessageOutcome]:
    """The outcomes of those messages that have one, by archive id."""
    found: dict[str, MessageOutcome] = {}
    for chunk in chunks(archive_ids):
        named = (messages.c.archive_id.in_(chunk),)
        rows = connection.execute(select(messages).where(*named)).mappings().all()
        found |= {outcome.archive_id: outcome for outcome in _outcomes(connection, rows, named)}
    return found


def sent_from(connection: Connection, addresses: Sequence[str]) -> list[str]:
    """The ids of the messages whose From is one of these addresses, by arrival."""
    found: list[tuple[datetime, str]] = []
    for chunk in chunks(addresses):
        query = select(messages.c.arrival, messages.c.archive_id).where(messages.c.from_address.in_(chunk))
        found += [(row.arrival, row.archive_id) for row in connection.execute(query)]
    return [archive_id for _arrival, archive_id in sorted(found)]


def outlines(connection: Connection, archive_ids: Iterable[str]) -> dict[str, MessageOutcome]:
    """Messages by archive id, without their files, figures, texts and findings."""
    found: dict[str, MessageOutcome] = {}
    for chunk in chunks(sorted(archive_ids)):
        rows = connection.execute(select(messages).where(messages.c.archive_id.in_(chunk))).mappings().all()
        parts = _Parts.bare(connection, chunk)
        found |= {row["archive_id"]: parts.outcome(row) for row in rows}
    return found


def at_fault(connection: Connection, archive_ids: Iterable[str]) -> frozenset[str]:
    """Those of the messages in which an error was found."""
    found: set[str] = set()
    for chunk in chunks(sorted(archive_ids)):
        wrong = (findings.c.archive_id.in_(chunk), findings.c.grade == Grade.ERROR.value)
        found.update(connection.execute(select(findings.c.archive_id).where(*wrong)).scalars())
    return frozenset(found)


def latest_arrival(connection: Connection) -> datetime | None:
    """When the latest of the messages that were read arrived; None: none was."""
    latest = func.max(messages.c.arrival, type_=messages.c.arrival.type)
    found: datetime | None = connection.execute(select(latest)).scalar_one()
    return found


def heads(connection: Connection, archive_ids: Iterable[str]) -> dict[str, MessageHead]:
    """The heads of messages, by archive id."""
    found: dict[str, MessageHead] = {}
    for chunk in chunks(sorted(archive_ids)):
        found |= _heads(connection, messages.c.archive_id.in_(chunk))
    return found


def heads_since(connection: Connection, arrival: datetime) -> dict[str, MessageHead]:
    """The heads of messages that arrived then or later, by archive id."""
    return _heads(connection, messages.c.arrival >= arrival)


def heads_from(
    connection: Connection, addresses: Sequence[str], state: MessageState
) -> dict[str, MessageHead]:
    """The heads of the messages in that state whose From is one of these addresses, by archive id."""
    found: dict[str, MessageHead] = {}
    for chunk in chunks(addresses):
        found |= _heads(connection, (messages.c.state == state.value) & messages.c.from_address.in_(chunk))
    return found


def _heads(connection: Connection, condition: ColumnElement[bool]) -> dict[str, MessageHead]:
    m = messages.c
    columns = (m.archive_id, m.arrival, m.from_address, m.from_name, m.subject, m.message_class, m.state)
    return {
        row.archive_id: MessageHead(
            *row[:5], MessageClass(row.message_class), MessageState(row.state), tuple(row.reasons)
        )
        for row in connection.execute(select(*columns, m.reasons).where(condition))
    }


def failed_outcome(archive_id: str, arrival: datetime, size: int, reason: str) -> MessageOutcome:
    """What is written for a message the machine gives up: a person must look at it."""
    return MessageOutcome(
        archive_id=archive_id,
        message_id="",
        from_address="",
        from_name="",
        subject="",
        arrival=arrival,
        date_claimed=None,
        size=size,
        message_class=MessageClass.UNREADABLE,
        state=MessageState.FAILED,
        reasons=(reason,),
        verdict={},
        review=(
            ReviewItem(id=f"{archive_id}:{reason}", kind="message", archive_id=archive_id, question=reason),
        ),
    )


def retire(writing: Writing, outcomes: Sequence[MessageOutcome], rule: str) -> tuple[str, ...]:
    """Keep of messages that were no reports only that they came, when, of what size, and why they are gone.

    One that was judged otherwise meanwhile, or is to be read again, is left as it is. The ids of the others.
    """
    standing = _standing(writing.connection, [outcome.archive_id for outcome in outcomes])
    wanted = {archive_id for archive_id, _arrival in unread(writing.connection)} & standing.keys()
    going = [
        outcome
        for outcome in map(_in_utc, outcomes)
        if outcome.archive_id not in wanted
        and (
            outcome.archive_id not in standing
            or standing[outcome.archive_id].outcome_sha256 == outcome_sha256(outcome)
        )
    ]
    record(writing, [_emptied(outcome) for outcome in going])
    writing.note(
        Change(RETIRED, each.archive_id, {"arrival": each.arrival, "size": each.size, "rule": rule})
        for each in going
    )
    return tuple(outcome.archive_id for outcome in going)


def _emptied(outcome: MessageOutcome) -> MessageOutcome:
    return MessageOutcome(
        archive_id=outcome.archive_id,
        message_id="",
        from_address="",
        from_name="",
        subject="",
        arrival=outcome.arrival,
        date_claimed=None,
        size=outcome.size,
        message_class=outcome.message_class,
        state=MessageState.SET_ASIDE,
        reasons=(RETIRED,),
        verdict={},
    )


def all_review_items(connection: Connection) -> tuple[ReviewItem, ...]:
    """Every question asked about every message, by arrival of the message."""
    query = (
        select(review_items)
        .join(messages, messages.c.archive_id == review_items.c.archive_id)
        .order_by(messages.c.arrival, review_items.c.archive_id, review_items.c.position)
    )
    return tuple(_review_item(row) for row in connection.execute(query))


def _in_utc(outcome: MessageOutcome) -> MessageOutcome:
    """One moment has one text, whatever zone it was written in; so equal outcomes have equal digests."""
    claimed = outcome.date_claimed
    return replace(
        outcome,
        arrival=outcome.arrival.astimezone(UTC),
        date_claimed=None if claimed is None else claimed.astimezone(UTC),
    )


def _known(connection: Connection, outcomes: Iterable[str]) -> dict[str, tuple[datetime | None, int]]:
    wanted = list(outcomes)
    known = arrivals(connection, wanted)
    for archive_id in wanted:
        if archive_id not in known:
            raise UnknownArchiveIdError(f"no message {archive_id} was ever sighted", message=archive_id)
    return known


def give_up(writing: Writing, archive_ids: Sequence[str], reason: str) -> None:
    """Stop trying to read messages. One never read is held as failed; an earlier outcome stands."""
    if not archive_ids:
        return
    known = arrivals(writing.connection, archive_ids)
    standing = _standing(writing.connection, known)
    record(
        writing,
        [
            failed_outcome(archive_id, arrival or writing.at, size, reason)
            for archive_id, (arrival, size) in sorted(known.items())
            if archive_id not in standing
        ],
    )
    want_reading(writing, list(known), wanted=False)
    writing.note(Change("reading_given_up", archive_id, {"reason": reason}) for archive_id in standing)


def _standing(connection: Connection, archive_ids: Iterable[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    columns = (
        messages.c.archive_id,
        messages.c.outcome_sha256,
        messages.c.message_class,
        messages.c.state,
    )
    for chunk in chunks(archive_ids):
        rows = connection.execute(select(*columns).where(messages.c.archive_id.in_(chunk)))
        found |= {row.archive_id: row for row in rows}
    return found


def _forget(connection: Connection, archive_ids: Iterable[str]) -> None:
    for chunk in chunks(archive_ids):
        for table in DERIVED:
            connection.execute(delete(table).where(table.c.archive_id.in_(chunk)))


def _rows(outcomes: Sequence[MessageOutcome], digests: dict[str, str], now: datetime) -> Rows:
    rows: Rows = {table: [] for table in reversed(DERIVED)}
    for outcome in outcomes:
        archive_id = outcome.archive_id
        rows[messages].append(_message_row(outcome, digests[archive_id], now))
        rows[attachments] += [
            _attachment_row(archive_id, place, file) for place, file in enumerate(outcome.attachments)
        ]
        rows[review_items] += [
            _review_row(archive_id, place, item) for place, item in enumerate(outcome.review)
        ]
        rows[findings] += finding_rows(archive_id, OF_THE_MESSAGE, outcome.findings)
        for table, more in rows_of(archive_id, outcome.submissions).items():
            rows[table] += more
    return rows


def _change(outcome: MessageOutcome, sha256: str, before: Any) -> Change:
    detail: dict[str, Any] = {
        "class": outcome.message_class.value,
        "state": outcome.state.value,
        "reasons": list(outcome.reasons),
        "submissions": [
            {"key": intent.key, "role": intent.role.value, "accepted": intent.accepted}
            for intent in outcome.submissions
        ],
        "sha256": sha256,
    }
    if before is not None:
        detail["before"] = {"class": before.message_class, "state": before.state}
    return Change("message_recorded", outcome.archive_id, detail)


def _conditions(asked: Asked) -> tuple[ColumnElement[bool], ...]:
    conditions: list[ColumnElement[bool]] = []
    if asked.message_class is not None:
        conditions.append(messages.c.message_class == asked.message_class.value)
    if asked.state is not None:
        conditions.append(messages.c.state == asked.state.value)
    if asked.unit is not None:
        conditions.append(or_(_names_unit(submissions, asked.unit), _names_unit(review_items, asked.unit)))
    if asked.as_of is not None:
        conditions.append(messages.c.arrival <= asked.as_of)
    if asked.since is not None:
        conditions.append(messages.c.arrival >= asked.since)
    if asked.answering:
        conditions.append(messages.c.thread != literal_column("'[]'"))
    if asked.archive_id is not None:
        conditions.append(messages.c.archive_id == asked.archive_id)
    return tuple(conditions)


def _names_unit(table: Table, unit: str) -> ColumnElement[bool]:
    here = table.alias()  # so that it never correlates with a join on the same table
    return exists().where(here.c.archive_id == messages.c.archive_id, here.c.unit == unit)


def _outcomes(
    connection: Connection, rows: Sequence[Any], conditions: Sequence[ColumnElement[bool]]
) -> tuple[MessageOutcome, ...]:
    if not rows:
        return ()
    if len(rows) <= CHUNK:  # a page of the many that meet the conditions: ask for its parts alone
        conditions = (messages.c.archive_id.in_([row["archive_id"] for row in rows]),)
    parts = _Parts.whole(connection, conditions)
    return tuple(parts.outcome(row) for row in rows)


class _Parts:
    """What hangs on the messages that meet some conditions, fetched with one question a table."""

    def __init__(self) -> None:
        self.findings: dict[Spot, list[Finding]] = {}
        self.attachments: dict[str, list[AttachmentRecord]] = defaultdict(list)
        self.review: dict[str, list[ReviewItem]] = defaultdict(list)
        self.intents: dict[str, list[SubmissionIntent]] = defaultdict(list)

    @classmethod
    def whole(cls, connection: Connection, conditions: Sequence[ColumnElement[bool]]) -> Self:
        """Everything."""
        parts = cls()
        parts.findings = findings_of(connection, *conditions)
        for row in _of_messages(connection, attachments, conditions):
            parts.attachments[row.archive_id].append(_attachment(row))
        parts._add(connection, conditions, matching(connection, *conditions))
        return parts

    @classmethod
    def bare(cls, connection: Connection, archive_ids: Iterable[str]) -> Self:
        """Questions, and what was handed in without figures, texts and findings."""
        parts = cls()
        for chunk in chunks(archive_ids):
            conditions = (messages.c.archive_id.in_(chunk),)
            parts._add(connection, conditions, bare(connection, *conditions))
        return parts

    def _add(
        self,
        connection: Connection,
        conditions: Sequence[ColumnElement[bool]],
        handed_in: Iterable[Submission],
    ) -> None:
        for row in _of_messages(connection, review_items, conditions):
            self.review[row.archive_id].append(_review_item(row))
        for each in handed_in:
            self.intents[each.archive_id].append(_intent(each))

    def outcome(self, row: Any) -> MessageOutcome:
        archive_id = row["archive_id"]
        return MessageOutcome(
            archive_id=archive_id,
            message_id=row["message_id"],
            from_address=row["from_address"],
            from_name=row["from_name"],
            subject=row["subject"],
            arrival=row["arrival"],
            date_claimed=row["date_claimed"],
            size=row["size"],
            message_class=MessageClass(row["message_class"]),
            state=MessageState(row["state"]),
            reasons=tuple(row["reasons"]),
            verdict=row["verdict"],
            evidence=as_type(row["evidence"], tuple[Evidence, ...]),
            attachments=tuple(self.attachments[archive_id]),
            submissions=tuple(self.intents[archive_id]),
            findings=tuple(self.findings.get((archive_id, OF_THE_MESSAGE), ())),
            review=tuple(self.review[archive_id]),
            thread=tuple(row["thread"]),
        )


def _of_messages(connection: Connection, table: Table, conditions: Sequence[ColumnElement[bool]]) -> Any:
    query = (
        select(table)
        .join(messages, messages.c.archive_id == table.c.archive_id)
        .where(*conditions)
        .order_by(table.c.archive_id, table.c.position)
    )
    return connection.execute(query)


def _message_row(outcome: MessageOutcome, sha256: str, now: datetime) -> dict[str, Any]:
    return {
        "archive_id": outcome.archive_id,
        "message_id": outcome.message_id,
        "from_address": outcome.from_address,
        "from_name": outcome.from_name,
        "subject": outcome.subject,
        "arrival": outcome.arrival,
        "date_claimed": outcome.date_claimed,
        "size": outcome.size,
        "message_class": outcome.message_class.value,
        "state": outcome.state.value,
        "reasons": outcome.reasons,
        "verdict": outcome.verdict,
        "evidence": outcome.evidence,
        "thread": outcome.thread,
        "outcome_sha256": sha256,
        "recorded_at": now,
    }


def _attachment_row(archive_id: str, position: int, file: AttachmentRecord) -> dict[str, Any]:
    return {
        "archive_id": archive_id,
        "position": position,
        "name": file.name,
        "path": file.path,
        "kind": file.kind,
        "size": file.size,
        "sha256": file.sha256,
        "state": file.state,
        "detail": file.detail,
    }


def _attachment(row: Any) -> AttachmentRecord:
    return AttachmentRecord(
        row.name, tuple(row.path), row.kind, row.size, row.sha256, row.state, row.detail
    )  # fmt: skip


def _review_row(archive_id: str, position: int, item: ReviewItem) -> dict[str, Any]:
    key = item.key
    return {
        "archive_id": archive_id,
        "position": position,
        "id": item.id,
        "kind": item.kind,
        "question": item.question,
        "parameters": item.parameters,
        "proposal": item.proposal,
        "unit": None if key is None else key.unit,
        "report": None if key is None else key.report,
        "period": None if key is None else key.period,
        "indicator": item.indicator,
        "sex": item.sex,
    }


def _review_item(row: Any) -> ReviewItem:
    return ReviewItem(
        id=row.id,
        kind=row.kind,
        archive_id=row.archive_id,
        question=row.question,
        parameters=row.parameters,
        proposal=row.proposal,
        key=None if row.unit is None else ObligationKey(row.unit, row.report, row.period),
        indicator=row.indicator,
        sex=row.sex,
    )


def _intent(handed_in: Any) -> SubmissionIntent:
    return SubmissionIntent(
        key=handed_in.key,
        role=handed_in.role,
        accepted=handed_in.accepted,
        values=handed_in.values,
        sections=handed_in.sections,
        findings=handed_in.findings,
        fingerprint=handed_in.fingerprint,
        files=handed_in.files,
        document=handed_in.document,
    )
