"""Run by Alembic, in the transaction that `upgrade` began."""

from __future__ import annotations

from alembic import context

from extractor.archive.schema import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
