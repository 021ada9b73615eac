"""The tables, as SQLAlchemy Core knows them; `migrations/` is what brings a database to them.

Three kinds of table:

- what was seen (`archived`, `sightings`, `folder_marks`): from the mailbox, rebuilt from the archive;
- what follows from it (`messages` and everything with its `archive_id`): rewritten at each reading;
  `settled` follows from all of it and the configuration, and may be emptied at any time;
- what people and time did (`decisions`, `history`, `outbox`, `issues`, `obligations`): only added to,
  or changed by rule. Triggers refuse every change of `decisions`, `history` and `issues`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from ledger.encoding import clean, from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Dialect

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC. A moment without a zone is refused: it says nothing."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To UTC."""
        return None if value is None else _in_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """SQLite keeps the text, without the offset; the library would write it part by part."""
        return _to_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """From the text in SQLite."""
        return _from_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC)


def _to_text(moment: datetime | None) -> str | None:
    return None if moment is None else _in_utc(moment).isoformat(" ", "microseconds")[:_WITHOUT_OFFSET]


def _from_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


_WITHOUT_OFFSET = len("2023-05-31 08:30:00.000000")


class Exact(TypeDecorator[Decimal]):
    """A decimal as its text, so that 1.50 stays 1.50 and no float ever comes near it."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Decimal | None], str | None]:  # noqa: ARG002
        """To text, without the library's steps between."""
        return _exactly

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        """From text."""
        return None if value is None else Decimal(value)


def _exactly(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


class Json(TypeDecorator[Any]):
    """A value as canonical JSON text; see `ledger.encoding`."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str]:  # noqa: ARG002
        """To text, without the library's steps between."""
        return to_json

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """From text."""
        return None if value is None else from_json(value)


class Words(TypeDecorator[str]):
    """Text from mail: what a database cannot hold (NUL, lone surrogates) becomes U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To text both databases take."""
        return _cleaned(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:  # noqa: ARG002
        """The same, without the library's steps between."""
        return _cleaned


def _cleaned(text: str | None) -> str | None:
    return None if text is None else clean(text)


HASH = String(64)
metadata = MetaData(naming_convention=NAMING)

archived = Table(
    "archived",
    metadata,
    Column("archive_id", HASH, primary_key=True),
    Column("arrival", Moment),  # None: adopted from the archive without any sighting
    Column("size", BigInteger, nullable=False),
    Column("same_as", HASH, ForeignKey("archived.archive_id")),  # Gmail shows one message twice
    Column("attempts", Integer, nullable=False),
    Column("wants_reading", Boolean, nullable=False),
    Column("added_at", Moment, nullable=False),
    Index(None, "wants_reading", "arrival"),
)

sightings = Table(
    "sightings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", Words, nullable=False),
    Column("folder", Words, nullable=False),
    Column("uid_validity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("gmail_id", Words, nullable=False),
    Column("junk", Boolean, nullable=False),
    Column("archive_id", HASH, ForeignKey("archived.archive_id"), nullable=False),
    Column("arrival", Moment),
    Column("size", BigInteger, nullable=False),
    Column("seen_at", Moment, nullable=False),
    # With the content: a server that gives one UID to another message must not make us lose it.
    UniqueConstraint("account", "folder", "uid_validity", "uid", "archive_id"),
    Index(None, "archive_id"),
    Index(None, "gmail_id"),
)

folder_marks = Table(
    "folder_marks",
    metadata,
    Column("account", Words, primary_key=True),
    Column("folder", Words, primary_key=True),
    Column("uid_validity", BigInteger, nullable=False),
    Column("last_uid", BigInteger, nullable=False),
)

messages = Table(
    "messages",
    metadata,
    Column("archive_id", HASH, ForeignKey("archived.archive_id"), primary_key=True),
    Column("message_id", Words, nullable=False),
    Column("from_address", Words, nullable=False),
    Column("from_name", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("arrival", Moment, nullable=False),
    Column("date_claimed", Moment),
    Column("size", BigInteger, nullable=False),
    Column("message_class", String(32), nullable=False),
    Column("state", String(32), nullable=False),
    Column("reasons", Json, nullable=False),
    Column("verdict", Json, nullable=False),
    Column("evidence", Json, nullable=False),
    Column("thread", Json, nullable=False),
    Column("outcome_sha256", HASH, nullable=False),  # tells whether a rerun changed anything
    Column("recorded_at", Moment, nullable=False),
    Index(None, "arrival"),
    Index(None, "state"),
)


def _of_message() -> Column[Any]:
    return Column("archive_id", HASH, ForeignKey("messages.archive_id"), primary_key=True)


def _position(name: str = "position") -> Column[Any]:
    return Column(name, Integer, primary_key=True, autoincrement=False)


attachments = Table(
    "attachments",
    metadata,
    _of_message(),
    _position(),
    Column("name", Words, nullable=False),
    Column("path", Json, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", HASH, nullable=False),
    Column("state", String(32), nullable=False),
    Column("detail", Words, nullable=False),
    Index(None, "sha256"),
)

submissions = Table(
    "submissions",
    metadata,
    _of_message(),
    _position(),
    Column("unit", Words, nullable=False),
    Column("report", Words, nullable=False),
    Column("period", Words, nullable=False),
    Column("role", String(32), nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("fingerprint", Words, nullable=False),
    Column("files", Json, nullable=False),
    Column("document", Json),  # its number and date and where they stand; None: it bears none
    Index(None, "report", "period", "unit"),
    Index(None, "fingerprint"),
)


def _of_submission() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["archive_id", "submission"], ["submissions.archive_id", "submissions.position"]
    )


values = Table(
    "values",
    metadata,
    Column("archive_id", HASH, primary_key=True),
    _position("submission"),
    _position(),
    Column("indicator", Words, nullable=False),
    Column("sex", String(16), nullable=False),
    Column("value", Exact),
    Column("unit_of_measure", Words, nullable=False),
    Column("place_file", Words, nullable=False),
    Column("place_where", Words, nullable=False),
    Column("place_text", Words, nullable=False),
    Column("method", String(16), nullable=False),
    Column("certainty", String(16), nullable=False),
    Column("qualifier", Words, nullable=False),
    Column("reason", Words, nullable=False),
    _of_submission(),
)

sections = Table(
    "sections",
    metadata,
    Column("archive_id", HASH, primary_key=True),
    _position("submission"),
    _position(),
    Column("section", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("place_file", Words, nullable=False),
    Column("place_where", Words, nullable=False),
    Column("place_text", Words, nullable=False),
    _of_submission(),
)

findings = Table(
    "findings",
    metadata,
    _of_message(),
    _position("submission"),  # -1: of the message itself
    _position(),
    Column("code", Words, nullable=False),
    Column("grade", String(16), nullable=False),
    Column("place", Json, nullable=False),
    Column("parameters", Json, nullable=False),
)

review_items = Table(
    "review_items",
    metadata,
    _of_message(),
    _position(),
    Column("id", Words, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("question", Words, nullable=False),
    Column("parameters", Json, nullable=False),
    Column("proposal", Json, nullable=False),
    Column("unit", Words),  # all three or none
    Column("report", Words),
    Column("period", Words),
    Column("indicator", Words, nullable=False),
    Column("sex", Words, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("who", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("target", Json, nullable=False),
    Column("choice", Json, nullable=False),
    Column("reason", Words, nullable=False),
)

obligations = Table(
    "obligations",
    metadata,
    Column("unit", Words, primary_key=True),
    Column("report", Words, primary_key=True),
    Column("period", Words, primary_key=True),
    Column("opens", Moment, nullable=False),
    Column("due", Moment),
    Column("exempt", Words, nullable=False),
    Index(None, "report", "period"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Words, nullable=False),
    Column("step", Words, nullable=False),
    Column("unit", Words, nullable=False),
    Column("report", Words, nullable=False),  # of the first key; empty when it speaks of none
    Column("period", Words, nullable=False),
    Column("keys", Json, nullable=False),
    Column("to", Json, nullable=False),
    Column("cc", Json, nullable=False),
    Column("subject", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("message_id", Words, nullable=False),
    Column("queued_at", Moment, nullable=False),
    Column("state", String(16), nullable=False),
    Column("sent_at", Moment),
    Column("server_reply", Words, nullable=False),
    Column("about", Words, nullable=False, server_default=""),  # archive id of the message it answers
    Column("answers", Words, nullable=False, server_default=""),  # Message-ID of that message
    Column("thread", Json, nullable=False, server_default="[]"),
    Column("files", Json, nullable=False, server_default="[]"),
    UniqueConstraint("unit", "step", "report", "period", "kind"),
    UniqueConstraint("message_id"),
    Index(None, "state"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("outgoing_id", Integer, ForeignKey("outbox.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reply", Words, nullable=False),
    Index(None, "outgoing_id"),
)

issues = Table(
    "issues",
    metadata,
    Column("report", Words, primary_key=True),
    Column("period", Words, primary_key=True),
    _position("number"),
    Column("as_of", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("inputs_sha256", HASH, nullable=False),
    Column("content", Json, nullable=False),
    Column("changes", Json, nullable=False),
    Column("files", Json, nullable=False),
)

settled = Table(  # worked out of the other tables, and never the only place anything stands
    "settled",
    metadata,
    Column("report", Words, primary_key=True),
    Column("period", Words, primary_key=True),
    Column("part", Words, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

history = Table(
    "history",
    metadata,
    _position("number"),
    Column("at", Moment, nullable=False),
    Column("actor", Words, nullable=False),
    Column("event", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("detail", Json, nullable=False),
    Column("previous_sha256", HASH, nullable=False),
    Column("sha256", HASH, nullable=False),
    Index(None, "subject"),
)
