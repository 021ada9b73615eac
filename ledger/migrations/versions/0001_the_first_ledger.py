"""The first ledger: what was seen, what follows from it, what people and time did.

Written out and not taken from `ledger.models`: a step must mean the same for ever.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

HASH = sa.String(64)
MOMENT = sa.DateTime(timezone=True)
ONLY_ADDED_TO = ("history", "decisions", "issues")


def upgrade() -> None:
    """From nothing."""
    _what_was_seen()
    _messages()
    _what_a_message_holds()
    _submissions()
    _what_a_submission_holds()
    _decisions_and_obligations()
    _outbox()
    _issues_and_history()
    for table in ONLY_ADDED_TO:
        _refuse_changes(table)


def _column(name: str, kind: Any, *rest: Any, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, *rest, nullable=null)


def _text(*names: str) -> list[sa.Column[Any]]:
    return [_column(name, sa.Text()) for name in names]


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def _refers(table: str, column: str, to: str, to_column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.{to_column}"], name=f"fk_{table}_{column}_{to}")


def _refers_to_submission(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["archive_id", "submission"],
        ["submissions.archive_id", "submissions.position"],
        name=f"fk_{table}_archive_id_submission_submissions",
    )


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _what_was_seen() -> None:
    op.create_table(
        "archived",
        _column("archive_id", HASH),
        _column("arrival", MOMENT, null=True),
        _column("size", sa.BigInteger()),
        _column("same_as", HASH, null=True),
        _column("attempts", sa.Integer()),
        _column("wants_reading", sa.Boolean()),
        _column("added_at", MOMENT),
        _key("archived", "archive_id"),
        _refers("archived", "same_as", "archived", "archive_id"),
    )
    _index("archived", "wants_reading", "arrival")
    op.create_table(
        "sightings",
        _column("id", sa.Integer()),
        *_text("account", "folder"),
        _column("uid_validity", sa.BigInteger()),
        _column("uid", sa.BigInteger()),
        *_text("gmail_id"),
        _column("junk", sa.Boolean()),
        _column("archive_id", HASH),
        _column("arrival", MOMENT, null=True),
        _column("size", sa.BigInteger()),
        _column("seen_at", MOMENT),
        _key("sightings", "id"),
        _refers("sightings", "archive_id", "archived", "archive_id"),
        _unique("sightings", "account", "folder", "uid_validity", "uid", "archive_id"),
    )
    _index("sightings", "archive_id")
    _index("sightings", "gmail_id")
    op.create_table(
        "folder_marks",
        *_text("account", "folder"),
        _column("uid_validity", sa.BigInteger()),
        _column("last_uid", sa.BigInteger()),
        _key("folder_marks", "account", "folder"),
    )


def _messages() -> None:
    op.create_table(
        "messages",
        _column("archive_id", HASH),
        *_text("message_id"),
        _column("message_id_key", HASH),
        *_text("from_address", "from_name", "subject"),
        _column("arrival", MOMENT),
        _column("date_claimed", MOMENT, null=True),
        _column("size", sa.BigInteger()),
        _column("message_class", sa.String(32)),
        _column("state", sa.String(32)),
        *_text("reasons", "verdict", "evidence", "thread"),
        _column("outcome_sha256", HASH),
        _column("recorded_at", MOMENT),
        _key("messages", "archive_id"),
        _refers("messages", "archive_id", "archived", "archive_id"),
    )
    _index("messages", "arrival")
    _index("messages", "message_id_key")
    _index("messages", "state")


def _what_a_message_holds() -> None:
    op.create_table(
        "attachments",
        _column("archive_id", HASH),
        _column("position", sa.Integer()),
        *_text("name", "path"),
        _column("kind", sa.String(32)),
        _column("size", sa.BigInteger()),
        _column("sha256", HASH),
        _column("state", sa.String(32)),
        *_text("detail"),
        _key("attachments", "archive_id", "position"),
        _refers("attachments", "archive_id", "messages", "archive_id"),
    )
    _index("attachments", "sha256")
    op.create_table(
        "findings",
        _column("archive_id", HASH),
        _column("submission", sa.Integer()),
        _column("position", sa.Integer()),
        *_text("code"),
        _column("grade", sa.String(16)),
        *_text("place", "parameters"),
        _key("findings", "archive_id", "submission", "position"),
        _refers("findings", "archive_id", "messages", "archive_id"),
    )
    op.create_table(
        "review_items",
        _column("archive_id", HASH),
        _column("position", sa.Integer()),
        *_text("id"),
        _column("kind", sa.String(16)),
        *_text("question", "parameters", "proposal"),
        *(_column(name, sa.Text(), null=True) for name in ("unit", "report", "period")),
        *_text("indicator", "sex"),
        _key("review_items", "archive_id", "position"),
        _refers("review_items", "archive_id", "messages", "archive_id"),
    )


def _submissions() -> None:
    op.create_table(
        "submissions",
        _column("archive_id", HASH),
        _column("position", sa.Integer()),
        *_text("unit", "report", "period"),
        _column("role", sa.String(32)),
        _column("accepted", sa.Boolean()),
        *_text("fingerprint", "files"),
        _key("submissions", "archive_id", "position"),
        _refers("submissions", "archive_id", "messages", "archive_id"),
    )
    _index("submissions", "report", "period", "unit")
    _index("submissions", "fingerprint")


def _what_a_submission_holds() -> None:
    op.create_table(
        "values",
        _column("archive_id", HASH),
        _column("submission", sa.Integer()),
        _column("position", sa.Integer()),
        *_text("indicator"),
        _column("sex", sa.String(16)),
        _column("value", sa.Text(), null=True),
        *_text("unit_of_measure", "place_file", "place_where", "place_text"),
        _column("method", sa.String(16)),
        _column("certainty", sa.String(16)),
        *_text("qualifier", "reason"),
        _key("values", "archive_id", "submission", "position"),
        _refers_to_submission("values"),
    )
    op.create_table(
        "sections",
        _column("archive_id", HASH),
        _column("submission", sa.Integer()),
        _column("position", sa.Integer()),
        *_text("section", "text", "place_file", "place_where", "place_text"),
        _key("sections", "archive_id", "submission", "position"),
        _refers_to_submission("sections"),
    )


def _decisions_and_obligations() -> None:
    op.create_table(
        "decisions",
        _column("number", sa.Integer()),
        _column("at", MOMENT),
        *_text("who", "kind", "target", "choice", "reason"),
        _key("decisions", "number"),
    )
    op.create_table(
        "obligations",
        *_text("unit", "report", "period"),
        _column("opens", MOMENT),
        _column("due", MOMENT, null=True),
        *_text("exempt"),
        _key("obligations", "unit", "report", "period"),
    )
    _index("obligations", "report", "period")


def _outbox() -> None:
    op.create_table(
        "outbox",
        _column("id", sa.Integer()),
        *_text("kind", "step", "unit", "report", "period", "keys", "to", "cc"),
        *_text("subject", "text", "message_id"),
        _column("queued_at", MOMENT),
        _column("state", sa.String(16)),
        _column("sent_at", MOMENT, null=True),
        *_text("server_reply"),
        _key("outbox", "id"),
        _unique("outbox", "unit", "step", "report", "period", "kind"),
        _unique("outbox", "message_id"),
    )
    _index("outbox", "state")
    op.create_table(
        "deliveries",
        _column("id", sa.Integer()),
        _column("outgoing_id", sa.Integer()),
        _column("at", MOMENT),
        _column("state", sa.String(16)),
        *_text("reply"),
        _key("deliveries", "id"),
        _refers("deliveries", "outgoing_id", "outbox", "id"),
    )
    _index("deliveries", "outgoing_id")


def _issues_and_history() -> None:
    op.create_table(
        "issues",
        *_text("report", "period"),
        _column("number", sa.Integer()),
        _column("as_of", MOMENT),
        _column("created_at", MOMENT),
        _column("inputs_sha256", HASH),
        *_text("content", "changes", "files"),
        _key("issues", "report", "period", "number"),
    )
    op.create_table(
        "history",
        _column("number", sa.Integer()),
        _column("at", MOMENT),
        *_text("actor", "event", "subject", "detail"),
        _column("previous_sha256", HASH),
        _column("sha256", HASH),
        _key("history", "number"),
    )
    _index("history", "subject")


def _refuse_changes(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        _refuse_on_postgresql(table)
    else:
        _refuse_on_sqlite(table)


def _refuse_on_sqlite(table: str) -> None:
    for change in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER {table}_refuses_{change} BEFORE {change.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END"
        )


def _refuse_on_postgresql(table: str) -> None:
    op.execute(
        f"CREATE FUNCTION {table}_refuses_changes() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is only ever added to'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_refuses_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuses_changes()"
    )
