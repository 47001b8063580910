"""An archive opens where it can, and says why where it can't."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from extractor.archive.connecting import ArchiveError, connect, shown
from extractor.archive.migrations import HEAD
from extractor.archive.schema import metadata


def test_the_steps_lead_to_the_schema_that_the_code_uses(tmp_path: Path) -> None:
    engine = connect(str(tmp_path / "a.sqlite"))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD


def test_an_archive_is_opened_again(tmp_path: Path) -> None:
    where = str(tmp_path / "a.sqlite")
    connect(where).dispose()
    assert shown(connect(where, create=False)) == where


def test_what_can_not_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("no database" * 100)
    (tmp_path / "newer.sqlite").touch()
    engine = connect(str(tmp_path / "newer.sqlite"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    for where, reason in (
        (tmp_path / "letter.txt", "not a database"), (tmp_path / "none" / "a.sqlite", "folder"),
        (tmp_path / "newer.sqlite", "newer"), ("mysql://localhost/a", "PostgreSQL"), ("::://", "neither"),
    ):
        with pytest.raises(ArchiveError, match=reason) as raised:
            connect(str(where))
        assert str(where).split("://")[0] in str(raised.value)
    with pytest.raises(ArchiveError, match="no such archive"):
        connect(str(tmp_path / "b.sqlite"), create=False)
