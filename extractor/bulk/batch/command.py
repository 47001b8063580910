"""`extractor batch`: what its commands do, print and return.

Exit status: 0 done · 2 the call is wrong · 3 broken off, nothing is lost · 4 some files are still at work at the provider.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from extractor.archive.connecting import ArchiveError, connect
from extractor.asking import models
from extractor.bulk.batch.collect import collect
from extractor.bulk.batch.prepare import Prepared, prepare
from extractor.bulk.batch.sending import WrongModelError, standings, submit
from extractor.bulk.calling import order as order_of
from extractor.bulk.engine import EngineError
from extractor.bulk.order import Order
from extractor.bulk.pool import Pool
from extractor.documents.unreadable import UnreadableError
from extractor.llm.batch import BatchError
from extractor.llm.profiles import profiles
from extractor.llm.settings import Settings, SettingsError
from extractor.messages import text
from extractor.presenting.sheet import Language
from extractor.presenting.wording import word

DONE, WRONG_CALL, BROKEN, PENDING = 0, 2, 3, 4
_OF_A_RUN: Mapping[str, Any] = {
    "budget": None, "retry_failed": False, "engine": "local", "address": None, "rpm": None, "tpm": None, "concurrency": None,
    "keep_pages": False, "second_look": False,
}


def preparing(options: Mapping[str, Any], folder: Path, out: Console, language: Language) -> int:
    """Write the files. Raises click.UsageError."""
    order = order_of({**_OF_A_RUN, **options})
    if not order.models:
        raise click.UsageError(text("E-BATCH-NO-MODEL", {}, "en"))
    able = [name for name, profile in profiles().items() if profile.batch is not None]
    for settings in order.models:
        if settings.profile.batch is None:
            params = {"profile": settings.profile.name, "able": ", ".join(able)}
            raise click.UsageError(text("E-BATCH-PROFILE", params, "en"))

    def do(archive: Engine) -> int:
        found = asyncio.run(_prepared(order, archive, folder))
        _say(out, word(
            "W-BATCH-PREPARED", language, documents=found.documents, requests=found.requests, files=len(found.files),
            settled=found.settled, known=found.known, left=found.left, failed=found.failed,
        ))
        for path in found.files:
            _say(out, str(path))
        return DONE

    return _with_archive(order.archive, True, do, language)


async def _prepared(order: Order, archive: Engine, folder: Path) -> Prepared:
    workers = Pool(order.workers, models=True)
    try:
        return await prepare(order, archive, workers, folder)
    finally:
        await workers.close()


def submitting(archive: str, out: Console, language: Language) -> int:
    """Send what is prepared."""

    def do(engine: Engine) -> int:
        sent = submit(engine, _models())
        _say(out, word("W-BATCH-SENT", language, count=len(sent), requests=sum(file.requests for file in sent)))
        return DONE

    return _with_archive(archive, False, do, language)


def telling(archive: str, out: Console, language: Language) -> int:
    """Say how the files stand."""

    def do(engine: Engine) -> int:
        found = standings(engine, _models())
        for one in found:
            file, standing = one.file, one.standing
            _say(out, word(
                "W-BATCH-FILE", language, id=file.id, model=file.model, state=standing.state if standing else file.state,
                requests=file.requests, answered=standing.answered if standing else "–",
                failed=standing.failed if standing else "–", path=file.path,
            ))
        if not found:
            _say(out, word("W-BATCH-NONE", language))
        return PENDING if any(one.standing and not one.standing.over for one in found) else DONE

    return _with_archive(archive, False, do, language)


def collecting(archive: str, out: Console, language: Language) -> int:
    """Take in what has come."""

    def do(engine: Engine) -> int:
        found = collect(engine, _models())
        cost = "" if found.money is None else word("W-RUN-COST", language, cost=f"{found.money:.2f}")
        counts = {state: found.requests[state] for state in ("answered", "left", "expired", "failed")}
        _say(out, word(
            "W-BATCH-COLLECTED", language, files=found.files, pending=found.pending, tokens_in=found.tokens_in,
            tokens_out=found.tokens_out, cost=cost, **counts,
        ))
        for reason in found.reasons:
            _say(out, word("W-BATCH-REASON", language, reason=reason))
        if counts["expired"] or counts["failed"]:
            _say(out, word("W-BATCH-AGAIN", language))
        return PENDING if found.pending else DONE

    return _with_archive(archive, False, do, language)


def _models() -> Sequence[Settings]:
    """The models that the environment names. Raises click.UsageError."""
    try:
        found = models()
    except SettingsError as error:
        raise click.UsageError(text("E-MODEL-SETTING", {"setting": error}, "en")) from None
    if not found:
        raise click.UsageError(text("E-MODEL-SETTING", {"setting": "EXTRACTOR_MODEL"}, "en"))
    return found


def _with_archive(where: str, create: bool, do: Callable[[Engine], int], language: Language) -> int:
    """Open the archive, do it, and say in one line what went wrong."""
    engine = None
    try:
        engine = connect(where, create=create)
        return do(engine)
    except ArchiveError as error:
        reason = str(error)
    except WrongModelError as error:
        file = error.file
        reason = word("E-BATCH-WRONG-MODEL", language, path=file.path, model=file.model, profile=file.profile)
    except (BatchError, EngineError, UnreadableError) as error:
        reason = word("E-BATCH", language, reason=error)
    except OSError as error:
        reason = word("E-BATCH", language, reason=f"{error.filename or ''} {error.strerror or error}".strip())
    except SQLAlchemyError as error:
        reason = word("E-BATCH", language, reason=str(error).splitlines()[0])
    finally:
        if engine is not None:
            engine.dispose()
    _say(Console(stderr=True, highlight=False), reason)
    return BROKEN


def _say(console: Console, line: str) -> None:
    console.print(line, markup=False, soft_wrap=True)
