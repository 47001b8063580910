"""The review: accounts, sessions, tokens, leases, settings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table("leases",
        sa.Column("document_id", _ID, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_leases_document_id"),
        sa.PrimaryKeyConstraint("document_id", name="pk_leases")
    )
    op.create_index("ix_leases_who", "leases", ["who"])
    op.create_table("log_ins",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_log_ins")
    )
    op.create_index("ix_log_ins_address_at", "log_ins", ["address", "at"])
    op.create_index("ix_log_ins_name_at", "log_ins", ["name", "at"])
    op.create_table("review_settings",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_review_settings")
    )
    op.create_table("users",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_users")
    )
    op.create_table("sessions",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["name"], ["users.name"], name="fk_sessions_name"),
        sa.PrimaryKeyConstraint("digest", name="pk_sessions")
    )
    op.create_index("ix_sessions_name", "sessions", ["name"])
    op.create_table("tokens",
        sa.Column("id", _ID, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["name"], ["users.name"], name="fk_tokens_name"),
        sa.PrimaryKeyConstraint("id", name="pk_tokens"),
        sa.UniqueConstraint("digest", name="uq_tokens_digest")
    )


def downgrade() -> None:
    raise NotImplementedError("an archive is not taken back")
