"""The number and date by which offices name a report that was handed in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column; of what came before the number is not known until it is read again."""
    with op.batch_alter_table("submissions") as table:
        table.add_column(sa.Column("document", sa.Text()))
