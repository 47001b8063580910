"""The table of answers that were paid for, in a file of its own or in the archive (`extractor.llm.cache` uses it)."""

from __future__ import annotations

from sqlalchemy import Column, Float, Integer, MetaData, String, Table, Text

metadata = MetaData()

answers = Table(
    "answers", metadata,
    Column("key", String(64), primary_key=True),
    Column("kind", String(20)),  # none while somebody asks
    Column("content", Text),
    Column("model", Text, nullable=False),
    Column("prompt", Text, nullable=False),
    Column("tokens_in", Integer),
    Column("tokens_out", Integer),
    Column("at", Float, nullable=False),
    sqlite_with_rowid=False,
)
