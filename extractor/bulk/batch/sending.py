"""Batch files to the provider. What is paid for is the making of a batch, so that is done once: whoever was stopped in the
middle finds it at the provider by its file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from extractor.archive import store
from extractor.bulk.batch import ledger
from extractor.bulk.batch.ledger import File
from extractor.llm.batch import BatchError, Provider, Standing
from extractor.llm.settings import Settings


class WrongModelError(Exception):
    """A file was prepared for a model that the environment does not name, or names with another profile."""

    def __init__(self, file: File) -> None:
        super().__init__(f"{file.model} ({file.profile})")
        self.file = file


@dataclass(frozen=True, slots=True)
class Shown:
    """A file, and how its batch stands; None where there is none at the provider, or nothing more comes of it."""

    file: File
    standing: Standing | None


def submit(archive: Engine, models: Sequence[Settings]) -> list[File]:
    """Send the files that are prepared and in nobody's hands; those that were sent. Raises BatchError, WrongModelError; files
    sent before stay sent."""
    sent: list[File] = []
    with archive.connect() as connection:
        waiting = ledger.files(connection, "prepared")
    for file in waiting:
        settings = settings_of(file, models)
        with ledger.working(archive, file.configuration_id, "batch submit") as run_id:
            if ledger.mine(archive, file, run_id) and _send(archive, file.id, settings):
                sent.append(file)
    return sent


def _send(archive: Engine, file_id: int, settings: Settings) -> bool:
    with archive.connect() as connection:
        file = ledger.file(connection, file_id)  # as it is now that nobody else has it
    if file.state != "prepared":
        return False
    limits = settings.profile.batch
    if limits is None:
        raise BatchError(f"EXTRACTOR_PROFILE={settings.profile.name}")
    provider = Provider(settings)
    try:
        name = file.file
        batch = provider.find(name) if name is not None else None
        if name is None:
            name = provider.upload(Path(file.path))
            _note(archive, file.id, file=name)
        if batch is None:
            batch = provider.create(name, limits.window)
        _note(archive, file.id, batch=batch, state="submitted")
        return True
    except FileNotFoundError:  # somebody has taken it away: its questions are free again
        with store.writing(archive) as connection, connection.begin():
            ledger.end(connection, file.id, "failed", "failed")
        raise BatchError(f"{file.path}: no such file") from None
    finally:
        provider.close()


def standings(archive: Engine, models: Sequence[Settings]) -> list[Shown]:
    """Every file, the oldest first, and how the batches stand that are out. Raises BatchError, WrongModelError."""
    with archive.connect() as connection:
        every = ledger.files(connection)
    found = []
    for file in every:
        standing = None
        if file.state == "submitted" and file.batch is not None:
            provider = Provider(settings_of(file, models))
            try:
                standing = provider.standing(file.batch)
            finally:
                provider.close()
        found.append(Shown(file, standing))
    return found


def settings_of(file: File, models: Sequence[Settings]) -> Settings:
    """The settings of the model that a file was prepared for. Raises WrongModelError."""
    for settings in models:
        if settings.model == file.model and settings.profile.name == file.profile:
            return settings
    raise WrongModelError(file)


def _note(archive: Engine, file_id: int, **values: str) -> None:
    with store.writing(archive) as connection, connection.begin():
        ledger.note(connection, file_id, **values)
