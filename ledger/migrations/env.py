"""What alembic runs: the steps on the connection that `bring_up_to_date` hands over."""

from __future__ import annotations

from alembic import context

from ledger.models import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
