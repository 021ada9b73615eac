"""Away with the hashes of Message-IDs, which nobody asks for: one index less to write with every mail."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column and its index. Not in a batch: that would drop the table that other tables refer to."""
    op.drop_index("ix_messages_message_id_key", table_name="messages")
    op.drop_column("messages", "message_id_key")
