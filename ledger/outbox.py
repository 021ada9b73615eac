"""Mail recorded before it is sent, and what became of it.

    held <──> queued ──> sending ──> sent ──> bounced
      │         │ ^        │ ├─────> refused
      │         │ └────────┘ ├─────> drafted ──> sent, bounced, cancelled
      └─────────┴─> cancelled└─────> uncertain ──> sent, drafted, refused, bounced, queued, cancelled

A mail that a person must approve begins as `held`, with the reply `awaiting_approval`.

`sending` is committed before the server is spoken to: what is found in it at start may or may not
have gone, and becomes `uncertain` (RFC 1047), never queued by itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, insert, select, update

from ledger.encoding import as_type, digest
from ledger.errors import OutboxStateError
from ledger.history import Change, Writing, events
from ledger.models import deliveries, outbox
from ledger.records import Delivery, ObligationKey, OutboxState, OutgoingMessage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

#: The event of a mail being taken for sending.
_TAKEN = f"mail_{OutboxState.SENDING.value}"
_MAY_BECOME = {
    OutboxState.QUEUED: {OutboxState.SENDING, OutboxState.HELD, OutboxState.CANCELLED},
    OutboxState.HELD: {OutboxState.QUEUED, OutboxState.CANCELLED},
    OutboxState.SENDING: {
        OutboxState.SENT, OutboxState.REFUSED, OutboxState.UNCERTAIN, OutboxState.QUEUED, OutboxState.HELD,
        OutboxState.DRAFTED,
    },
    OutboxState.UNCERTAIN: {
        OutboxState.SENT, OutboxState.REFUSED, OutboxState.BOUNCED, OutboxState.QUEUED, OutboxState.CANCELLED,
        OutboxState.DRAFTED,
    },
    OutboxState.DRAFTED: {OutboxState.SENT, OutboxState.BOUNCED, OutboxState.CANCELLED},
    OutboxState.SENT: {OutboxState.BOUNCED},
}  # fmt: skip


def queue(writing: Writing, mail: OutgoingMessage) -> OutgoingMessage | None:
    """Record a mail to be sent; None: the unit has one of that step and kind for that report and period."""
    row = _row(mail)
    same = [outbox.c[name] == row[name] for name in ("unit", "step", "report", "period", "kind")]
    if writing.connection.execute(select(outbox.c.id).where(*same)).first():
        return None
    key = writing.connection.execute(insert(outbox).values(row)).inserted_primary_key
    assert key is not None
    queued = _existing(writing.connection, key[0])
    writing.note([_change(f"mail_{queued.state.value}", queued)])  # a rebuilt ledger takes over more
    return queued


def carry_over(writing: Writing, mail: OutgoingMessage, attempts: Iterable[Delivery]) -> None:
    """Take a mail of another ledger over as it stands, with every attempt, under a number of its own."""
    kept = queue(writing, mail)
    rows = [_delivery_row(replace(attempt, outgoing_id=kept.id)) for attempt in attempts] if kept else []
    if rows:
        writing.connection.execute(insert(deliveries), rows)


def with_states(
    connection: Connection, states: Iterable[OutboxState] | None = None
) -> tuple[OutgoingMessage, ...]:
    """The mails in the given states, or all, in the order they were queued."""
    query = select(outbox).order_by(outbox.c.id)
    if states is not None:
        query = query.where(outbox.c.state.in_([state.value for state in states]))
    return tuple(_mail(row) for row in connection.execute(query).mappings())


def one(connection: Connection, mail_id: int) -> OutgoingMessage:
    """The mail of that number.

    Raises:
        OutboxStateError: there is none.

    """
    return _existing(connection, mail_id)


def to_unit(connection: Connection, unit: str) -> tuple[OutgoingMessage, ...]:
    """The mails written to a unit, in the order they were queued."""
    query = select(outbox).where(outbox.c.unit == unit).order_by(outbox.c.id)
    return tuple(_mail(row) for row in connection.execute(query).mappings())


def claim(
    writing: Writing, mail_id: int, still_needed: Callable[[OutgoingMessage], bool]
) -> OutgoingMessage | None:
    """Take a queued mail for sending, if it is still needed; None: it is not, or no longer queued.

    A mail that is no longer needed is cancelled: the report came while its chase waited.
    """
    mail = _existing(writing.connection, mail_id)
    if mail.state is not OutboxState.QUEUED:
        return None
    if not still_needed(mail):
        _move(writing, mail, OutboxState.CANCELLED, reply="no_longer_needed")
        return None
    return _move(writing, mail, OutboxState.SENDING)


def mark(writing: Writing, delivery: Delivery) -> OutgoingMessage:
    """Note what the server said, or what is known since; the same said twice is noted once.

    Raises:
        OutboxStateError: there is no such mail, or it cannot go to that state from where it stands.

    """
    mail = _existing(writing.connection, delivery.outgoing_id)
    if mail.state is delivery.state and mail.server_reply == delivery.reply:
        return mail
    if mail.state is not OutboxState.SENDING and delivery.state is OutboxState.SENDING:
        raise OutboxStateError("a mail is taken for sending by claim alone", state=mail.state.value)
    moved = _move(writing, mail, delivery.state, reply=delivery.reply, at=delivery.at)
    writing.connection.execute(insert(deliveries), [_delivery_row(delivery)])
    return moved


def cancel(writing: Writing, mail_id: int, reason: str) -> bool:
    """Take a mail back that has not gone; False: it is being sent, has gone or was taken back before."""
    mail = _existing(writing.connection, mail_id)
    if mail.state not in {OutboxState.QUEUED, OutboxState.HELD, OutboxState.UNCERTAIN}:
        return False
    _move(writing, mail, OutboxState.CANCELLED, reply=reason)
    return True


def approve(writing: Writing, mail_id: int) -> bool:
    """Let a held mail go, or an uncertain one go again; False: it is neither.

    Of a mail nobody knows whether it went, only a person may say that it goes once more.
    """
    _existing(writing.connection, mail_id)
    return bool(approve_all(writing, [mail_id]))


def approve_all(writing: Writing, mail_ids: Sequence[int]) -> tuple[OutgoingMessage, ...]:
    """Let several go, as `approve` does, in one look and one write; those that now go."""
    waiting = with_states(writing.connection, (OutboxState.HELD, OutboxState.UNCERTAIN))
    named = frozenset(mail_ids)
    going = [mail for mail in waiting if mail.id in named]
    if not going:
        return ()
    change = update(outbox).where(outbox.c.id == bindparam("mail"))
    released = change.values(state=OutboxState.QUEUED.value, server_reply="")
    writing.connection.execute(released, [{"mail": mail.id} for mail in going])
    told = ((_change("mail_approved", mail), _change("mail_queued", mail)) for mail in going)
    writing.note(each for pair in told for each in pair)
    return tuple(replace(mail, state=OutboxState.QUEUED, server_reply="") for mail in going)


def hold(writing: Writing, mail_id: int, reason: str) -> bool:
    """Keep a queued mail back until it is approved; False: it is not waiting to be sent."""
    mail = _existing(writing.connection, mail_id)
    if mail.state is not OutboxState.QUEUED:
        return False
    _move(writing, mail, OutboxState.HELD, reply=reason)
    return True


def edit(writing: Writing, mail_id: int, subject: str, text: str) -> bool:
    """Other words for a mail that has not gone; False: it is not waiting. History keeps the old words."""
    mail = _existing(writing.connection, mail_id)
    if mail.state not in {OutboxState.QUEUED, OutboxState.HELD}:
        return False
    if (subject, text) != (mail.subject, mail.text):
        words = {"subject": subject, "text": text}
        writing.connection.execute(update(outbox).where(outbox.c.id == mail_id).values(**words))
        before = {"subject_before": mail.subject, "text_before": mail.text}
        sha256 = words_sha256(_existing(writing.connection, mail_id))
        writing.note([Change("mail_edited", f"outbox/{mail_id}", words | before | {"sha256": sha256})])
    return True


def with_message_ids(connection: Connection, message_ids: Iterable[str]) -> tuple[OutgoingMessage, ...]:
    """The mails that were given those Message-IDs."""
    query = select(outbox).where(outbox.c.message_id.in_(list(message_ids))).order_by(outbox.c.id)
    return tuple(_mail(row) for row in connection.execute(query).mappings())


def make_interrupted_uncertain(writing: Writing) -> tuple[OutgoingMessage, ...]:
    """What stands in `sending` at start: nobody knows whether it went."""
    interrupted = with_states(writing.connection, (OutboxState.SENDING,))
    return tuple(_move(writing, mail, OutboxState.UNCERTAIN, reply="interrupted") for mail in interrupted)


def deliveries_of(connection: Connection, mail_id: int) -> tuple[Delivery, ...]:
    """Every attempt at one mail, in order."""
    query = select(deliveries).where(deliveries.c.outgoing_id == mail_id).order_by(deliveries.c.id)
    return tuple(
        Delivery(row.outgoing_id, row.at, OutboxState(row.state), row.reply)
        for row in connection.execute(query)
    )


def _move(
    writing: Writing,
    mail: OutgoingMessage,
    state: OutboxState,
    *,
    reply: str = "",
    at: datetime | None = None,
) -> OutgoingMessage:
    if state not in _MAY_BECOME.get(mail.state, set()):
        raise OutboxStateError(
            f"mail {mail.id} is {mail.state} and cannot become {state}", state=mail.state.value
        )
    changes: dict[str, Any] = {"state": state.value, "server_reply": reply}
    if state is OutboxState.SENT:
        changes["sent_at"] = _went_at(writing, mail) or at or writing.at
    writing.connection.execute(update(outbox).where(outbox.c.id == mail.id).values(**changes))
    moved = _existing(writing.connection, mail.id)
    writing.note([_change(f"mail_{state.value}", moved, reply)])
    return moved


def _went_at(writing: Writing, mail: OutgoingMessage) -> datetime | None:
    """When a mail was handed over of which only later is known that it went; None: known at once."""
    if mail.state is not OutboxState.UNCERTAIN:
        return None
    taken = events(writing.connection, subject=f"outbox/{mail.id}", event=_TAKEN)
    return taken[-1].at if taken else None


def words_sha256(mail: OutgoingMessage) -> str:
    """What the history holds of a mail: to whom it goes and what it says."""
    said = (mail.to, mail.cc, mail.subject, mail.text, mail.message_id)
    return digest([*said, mail.about, mail.answers, mail.thread, mail.files])


def _existing(connection: Connection, mail_id: int) -> OutgoingMessage:
    row = connection.execute(select(outbox).where(outbox.c.id == mail_id)).mappings().first()
    if row is None:
        raise OutboxStateError(f"the outbox holds no mail {mail_id}", state="-")
    return _mail(row)


def _row(mail: OutgoingMessage) -> dict[str, Any]:
    first = mail.keys[0] if mail.keys else ObligationKey(mail.unit, "", "")
    return {
        "kind": mail.kind,
        "step": mail.step,
        "unit": mail.unit,
        "report": first.report,
        "period": first.period,
        "keys": mail.keys,
        "to": mail.to,
        "cc": mail.cc,
        "subject": mail.subject,
        "text": mail.text,
        "message_id": mail.message_id,
        "queued_at": mail.queued_at,
        "state": mail.state.value,
        "sent_at": mail.sent_at,
        "server_reply": mail.server_reply,
        "about": mail.about,
        "answers": mail.answers,
        "thread": mail.thread,
        "files": mail.files,
    }


def _mail(row: Any) -> OutgoingMessage:
    return OutgoingMessage(
        kind=row["kind"],
        step=row["step"],
        unit=row["unit"],
        keys=as_type(row["keys"], tuple[ObligationKey, ...]),
        to=tuple(row["to"]),
        cc=tuple(row["cc"]),
        subject=row["subject"],
        text=row["text"],
        message_id=row["message_id"],
        queued_at=row["queued_at"],
        state=OutboxState(row["state"]),
        id=row["id"],
        sent_at=row["sent_at"],
        server_reply=row["server_reply"],
        about=row["about"],
        answers=row["answers"],
        thread=tuple(row["thread"]),
        files=as_type(row["files"], tuple[tuple[str, str], ...]),
    )


def _delivery_row(delivery: Delivery) -> dict[str, Any]:
    return {
        "outgoing_id": delivery.outgoing_id,
        "at": delivery.at,
        "state": delivery.state.value,
        "reply": delivery.reply,
    }


def _change(event: str, mail: OutgoingMessage, reply: str = "") -> Change:
    detail = {
        "unit": mail.unit,
        "kind": mail.kind,
        "step": mail.step,
        "to": list(mail.to),
        "keys": list(mail.keys),
        "sha256": words_sha256(mail),
    }
    return Change(event, f"outbox/{mail.id}", detail | ({"reply": reply} if reply else {}))
