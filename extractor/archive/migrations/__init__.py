"""The archive's schema, step by step (Alembic). Each step is a module in `versions`; none is changed once it was released."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, text

HEAD = "0002"
"""The newest step; a test holds it against the folder."""


class UnknownRevisionError(Exception):
    """The archive is at a step that this software does not know: newer software wrote it."""


def upgrade(engine: Engine, at: str | None) -> None:
    """Bring an archive to the newest step from step `at`, None: it is empty. Raises UnknownRevisionError."""
    from alembic import command  # slow to import, seldom needed
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    try:
        if at is not None:
            ScriptDirectory.from_config(config).get_revision(at)
    except CommandError:
        raise UnknownRevisionError(at) from None
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":  # one at a time: who comes second finds it done
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('extractor archive'))"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
