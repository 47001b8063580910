"""Opens an archive: a path or a SQLAlchemy URL → an engine whose schema is up to date."""

from __future__ import annotations

from pathlib import Path
from sqlite3 import Connection as SQLiteConnection
from typing import Any

from sqlalchemy import Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from extractor.archive.migrations import HEAD, UnknownRevisionError, upgrade

_BUSY = 60_000
"""Milliseconds that a writer waits for another one."""


class ArchiveError(Exception):
    """The archive can't be opened or used. `str()` names it and the remedy."""


def connect(where: str, create: bool = True) -> Engine:
    """The archive at a path (SQLite) or a URL (sqlite:///…, postgresql://…), its schema brought up to date.

    Raises ArchiveError: no such file with `create` false, a file that is no archive, a server that doesn't answer, or an
    archive written by newer software.
    """
    engine = _engine(where, create)
    try:
        with engine.connect() as connection:
            at = _revision(connection)
        if at != HEAD:
            if at is None and not create:
                raise ArchiveError(f"{shown(engine)}: holds no archive")
            upgrade(engine, at)
    except UnknownRevisionError:
        raise ArchiveError(f"{shown(engine)}: written by a newer version of this software (schema {at})") from None
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0]
        if "readonly" in reason:  # its log and the index of that are written by readers, too
            reason += "; even reading it takes the right to write it and its folder: copy it to a folder of yours"
        raise ArchiveError(f"{shown(engine)}: {reason}") from error
    return engine


def shown(engine: Engine) -> str:
    """The archive's address without its password."""
    if engine.dialect.name == "sqlite":
        return str(engine.url.database)
    return engine.url.render_as_string(hide_password=True)


def _engine(where: str, create: bool) -> Engine:
    if "://" not in where:
        where = f"sqlite:///{where}"
    try:
        url = make_url(where)
    except ArgumentError:
        raise ArchiveError(f"{where}: neither a path nor a database URL") from None
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "postgresql":
        try:
            return create_engine(url, pool_pre_ping=True)
        except ModuleNotFoundError:
            raise ArchiveError(f"{where}: pip install 'extractor[postgres]'") from None
    if url.get_backend_name() != "sqlite" or not url.database:
        raise ArchiveError(f"{where}: SQLite (a path) or PostgreSQL (a URL) is wanted")
    path = Path(url.database)
    if not path.exists() and not create:
        raise ArchiveError(f"{path}: there is no such archive")
    if not path.parent.is_dir():
        raise ArchiveError(f"{path}: the folder does not exist")
    engine = create_engine(url)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: SQLiteConnection, _: Any) -> None:
    # sqlite3 would begin transactions late and not before reads; SQLAlchemy is to say when (its page on the driver)
    connection.isolation_level = None
    # FULL: a decision of a person or an answer that was paid for is on the disk when its transaction is over
    for pragma in (
        f"busy_timeout={_BUSY}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-65536",
        "wal_autocheckpoint=4000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Any) -> None:
    # a transaction that reads first and writes later could not wait for another writer, it would fail
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


def _revision(connection: Any) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()  # type: ignore[no-any-return]
