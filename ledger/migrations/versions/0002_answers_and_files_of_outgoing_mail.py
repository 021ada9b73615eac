"""Outgoing mail that answers a message and carries files: what it answers, its thread, its files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Four columns; mail recorded before answered nothing and carried nothing."""
    with op.batch_alter_table("outbox") as table:
        table.add_column(sa.Column("about", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("answers", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("thread", sa.Text(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("files", sa.Text(), nullable=False, server_default="[]"))
