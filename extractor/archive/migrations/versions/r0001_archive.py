"""The archive as first released."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PATH = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table("answers",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=True),
        sa.Column("tokens_out", sa.Integer(), nullable=True),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_answers"),
    sqlite_with_rowid=False
    )
    op.create_table("configurations",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_configurations"),
        sa.UniqueConstraint("key", name="uq_configurations_key")
    )
    op.create_table("documents",
        sa.Column("id", _ID, nullable=False),
        sa.Column("hash", sa.String(length=80), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("encoding", sa.String(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("layout", sa.LargeBinary(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("form", sa.String(length=16), nullable=True),
        sa.Column("version_id", _ID, nullable=True),
        *(
            sa.Column(state, sa.Integer(), nullable=False, server_default="0")
            for state in ("printed", "blank", "marked", "illegible", "absent", "deduced")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
        sa.UniqueConstraint("hash", name="uq_documents_hash")
    )
    op.create_index("ix_documents_issuer_year", "documents", ["issuer", "year"])
    op.create_index("ix_documents_year", "documents", ["year"])
    op.create_table("pages",
        sa.Column("document_id", _ID, nullable=False),
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_pages_document_id"),
        sa.PrimaryKeyConstraint("document_id", "page", name="pk_pages")
    )
    op.create_table("sources",
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=80), nullable=False),
        sa.Column("stamp", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("location", name="pk_sources")
    )
    op.create_index("ix_sources_hash", "sources", ["hash"])
    op.create_table("batch_files",
        sa.Column("id", _ID, nullable=False),
        sa.Column("configuration_id", _ID, nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("batch", sa.Text(), nullable=True),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["configuration_id"], ["configurations.id"], name="fk_batch_files_configuration_id"),
        sa.PrimaryKeyConstraint("id", name="pk_batch_files")
    )
    op.create_table("records",
        sa.Column("document_id", _ID, nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("county", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digests", sa.LargeBinary(), nullable=False),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_records_document_id"),
        sa.PrimaryKeyConstraint("document_id", name="pk_records")
    )
    op.create_index("ix_records_county_host_issuer", "records", ["county", "host", "issuer"])
    op.create_index("ix_records_issuer_year", "records", ["issuer", "year"])
    op.create_index("ix_records_pending", "records", ["pending"])
    op.create_table("containers",
        sa.Column("hash", sa.String(length=80), nullable=False),
        sa.Column("configuration_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["configuration_id"], ["configurations.id"], name="fk_containers_configuration_id"),
        sa.PrimaryKeyConstraint("hash", "configuration_id", name="pk_containers")
    )
    op.create_table("runs",
        sa.Column("id", _ID, nullable=False),
        sa.Column("configuration_id", _ID, nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("process", sa.Integer(), nullable=False),
        sa.Column("started", sa.Float(), nullable=False),
        sa.Column("alive", sa.Float(), nullable=False),
        sa.Column("ended", sa.Float(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["configuration_id"], ["configurations.id"], name="fk_runs_configuration_id"),
        sa.PrimaryKeyConstraint("id", name="pk_runs")
    )
    op.create_table("sentences",
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.Column("document_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_sentences_document_id"),
        sa.PrimaryKeyConstraint("digest", "document_id", name="pk_sentences"),
    sqlite_with_rowid=False
    )
    op.create_table("common",
        sa.Column("digest", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_common")
    )
    op.create_table("affected",
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name="pk_affected")
    )
    op.create_table("units",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("unit", name="pk_units")
    )
    op.create_index("ix_units_parent", "units", ["parent"])
    op.create_table("attempts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("run_id", _ID, nullable=False),
        sa.Column("hash", sa.String(length=80), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_cached", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_attempts_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attempts")
    )
    op.create_index("ix_attempts_run_id", "attempts", ["run_id"])
    op.create_table("batch_requests",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("batch_file_id", _ID, nullable=False),
        sa.Column("hash", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["batch_file_id"], ["batch_files.id"], name="fk_batch_requests_batch_file_id"),
        sa.PrimaryKeyConstraint("key", "batch_file_id", name="pk_batch_requests")
    )
    op.create_index("ix_batch_requests_batch_file_id", "batch_requests", ["batch_file_id"])
    op.create_table("claims",
        sa.Column("hash", sa.String(length=80), nullable=False),
        sa.Column("configuration_id", _ID, nullable=False),
        sa.Column("run_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["configuration_id"], ["configurations.id"], name="fk_claims_configuration_id"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_claims_run_id"),
        sa.PrimaryKeyConstraint("hash", "configuration_id", name="pk_claims")
    )
    op.create_index("ix_claims_run_id", "claims", ["run_id"])
    op.create_table("failures",
        sa.Column("location", _PATH, nullable=False),
        sa.Column("configuration_id", _ID, nullable=False),
        sa.Column("hash", sa.String(length=80), nullable=False),
        sa.Column("run_id", _ID, nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["configuration_id"], ["configurations.id"], name="fk_failures_configuration_id"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_failures_run_id"),
        sa.PrimaryKeyConstraint("location", "configuration_id", name="pk_failures")
    )
    op.create_index("ix_failures_hash", "failures", ["hash"])
    op.create_table("versions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("document_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("configuration_id", _ID, nullable=False),
        sa.Column("run_id", _ID, nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["configuration_id"], ["configurations.id"], name="fk_versions_configuration_id"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_versions_document_id"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_versions_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_versions"),
        sa.UniqueConstraint("document_id", "configuration_id", name="uq_versions_document_id_configuration_id")
    )
    op.create_table("decisions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("document_id", _ID, nullable=False),
        sa.Column("version_id", _ID, nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("cell", sa.String(length=120), nullable=True),
        sa.Column("finding", sa.String(length=200), nullable=True),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("undoes", _ID, nullable=True),
        sa.Column("group", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("priority", sa.Float(), nullable=True),
        sa.Column("doubled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_decisions_document_id"),
        sa.ForeignKeyConstraint(["undoes"], ["decisions.id"], name="fk_decisions_undoes"),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name="fk_decisions_version_id"),
        sa.PrimaryKeyConstraint("id", name="pk_decisions")
    )
    op.create_index("ix_decisions_document_id", "decisions", ["document_id"])
    op.create_index("ix_decisions_doubled_id", "decisions", ["doubled", "id"])
    op.create_index("ix_decisions_group", "decisions", ["group"])
    op.create_index("ix_decisions_who_id", "decisions", ["who", "id"])
    op.create_table("findings",
        sa.Column("id", _ID, nullable=False),
        sa.Column("document_id", _ID, nullable=False),
        sa.Column("version_id", _ID, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("priority", sa.Float(), nullable=False),
        sa.Column("table", sa.String(length=16), nullable=True),
        sa.Column("cell", sa.String(length=120), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("reader", sa.String(length=100), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("who", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_findings_document_id"),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name="fk_findings_version_id"),
        sa.PrimaryKeyConstraint("id", name="pk_findings"),
        sa.UniqueConstraint("document_id", "ordinal", name="uq_findings_document_id_ordinal")
    )
    for column in ("cell", "code", "issuer", "reader", "severity", "table", "who", "year"):
        op.create_index(f"ix_findings_{column}_state_priority_id", "findings", [column, "state", "priority", "id"])
    op.create_index(
        "ix_findings_year_code_severity_table_reader_state", "findings",
        ["year", "code", "severity", "table", "reader", "state"],
    )
    op.create_index("ix_findings_state_priority_id", "findings", ["state", "priority", "id"])
    op.create_table("readings",
        sa.Column("version_id", _ID, nullable=False),
        sa.Column("reader", sa.String(length=100), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name="fk_readings_version_id"),
        sa.PrimaryKeyConstraint("version_id", "reader", name="pk_readings")
    )


def downgrade() -> None:
    raise NotImplementedError("the first step has none before it")
