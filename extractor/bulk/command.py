"""`extractor run`: the parts of a run put together, its signals, what it prints, and its exit status.

Exit status: 0 every document is in the archive · 1 some gave no report (their reasons are in the archive) · 2 the call is
wrong · 3 nothing could be read, or the run broke off · 4 stopped before the end, on request or at the budget, or
questions are out in batch files: run again.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from extractor.archive import store
from extractor.archive.connecting import ArchiveError, connect
from extractor.bulk.archivist import Archivist
from extractor.bulk.calling import order as order_of
from extractor.bulk.comparing import comparing
from extractor.bulk.engine import Engine, EngineError
from extractor.bulk.intake import Intake
from extractor.bulk.order import Order
from extractor.bulk.pool import Pool
from extractor.bulk.progress import estimate_lines, shown, summary
from extractor.bulk.run import STRIKES, EndpointError, Run
from extractor.bulk.sources import places, shown_source
from extractor.bulk.tally import Ending, Tally
from extractor.documents.unreadable import UnreadableError
from extractor.presenting.sheet import Language
from extractor.presenting.wording import printable, word
from extractor.processes import this_process

if TYPE_CHECKING:
    import sqlalchemy
READ, SOME_FAILED, WRONG_CALL, BROKEN, STOPPED = range(5)


def main(options: Mapping[str, Any], out: Console, language: Language) -> int:
    """What the command line does; the exit status. Raises click.UsageError."""
    wanted = order_of(options)
    screen = Console(stderr=True, highlight=False)
    if options["dry_run"] or options["estimate"]:
        return preview(wanted, options["estimate"], screen, out, language)
    return run(wanted, screen, out, language)


def run(order: Order, screen: Console, out: Console, language: Language) -> int:
    """Do it; the exit status. Progress and errors go to `screen`, the summary to `out`."""
    try:
        archive = connect(order.archive)
    except ArchiveError as error:
        _say(screen, [str(error)])
        return BROKEN
    try:
        return asyncio.run(_run(order, archive, screen, out, language))
    finally:
        archive.dispose()


def preview(order: Order, estimating: bool, screen: Console, out: Console, language: Language) -> int:
    """Say what would be done."""
    from extractor.bulk.preview import estimate, look

    archive = None
    try:
        if "://" in order.archive or Path(order.archive).exists():
            archive = connect(order.archive, create=False)
        told = (lambda _: None) if estimating else (lambda place: _say(out, [printable(place.location)]))
        found = look(order, archive, told)
        if not estimating:
            lines = [
                word(
                    "W-RUN-DRY", language, found=found.found, fresh=found.fresh, known=found.known,
                    known_failed=found.known_failed,
                )
            ]
            _say(screen, lines)
        else:
            _say(out, estimate_lines(estimate(order, found, archive), order.workers, language))
        return READ if found.found else BROKEN
    except (ArchiveError, UnreadableError) as error:
        _say(screen, [str(error)])
        return BROKEN
    finally:
        if archive is not None:
            archive.dispose()


async def _run(order: Order, archive: sqlalchemy.Engine, screen: Console, out: Console, language: Language) -> int:
    tally = Tally()
    ending = Ending.FAILED
    fault = ""
    archivist = Archivist(archive, lambda reason: setattr(tally, "waiting", reason))
    engine: Engine | None = None
    models = _models(order, archive)
    try:
        engine = await _engine(order)
        run_id, configuration_id = await _begun(order, archivist)
        intake = Intake(
            archivist, run_id, configuration_id, places(order.sources, order.lists), tally, order.retry_failed
        )
        twice = order.vision is not None
        run = Run(intake, engine, archivist, models, tally, order.mode, order.deep, order.keep_pages, twice)
        _answer_signals(run, tally, screen, language)
        _count(order, tally)
        try:
            with shown(screen, tally, language):
                async with comparing(archive, tally):
                    ending = await run.go()
        except (EngineError, EndpointError, UnreadableError):
            await archivist.do(lambda c: store.end_run(c, run_id, Ending.FAILED.value))
            raise
        await archivist.do(lambda c: store.end_run(c, run_id, ending.value))
    except ArchiveError as error:
        fault = word("E-RUN-ARCHIVE", language, reason=error)
    except EngineError as error:
        fault = word("E-RUN-ENGINE", language, reason=error)
    except EndpointError as error:
        fault = word("E-RUN-ENDPOINT", language, count=STRIKES, reason=error)
    except UnreadableError as error:
        fault = str(error)
    finally:
        if engine is not None:
            await engine.close()
        if models is not None:
            await models.close()
        await archivist.close()
    if fault:
        _say(screen, [fault])
    _say(out, summary(tally, ending, language))
    if ending is not Ending.FAILED and not tally.settled:
        _say(screen, [word("W-RUN-NOTHING", language)])
    return _status(tally, ending)


async def _engine(order: Order) -> Engine:
    """Who does the work. Raises EngineError."""
    if order.engine == "local":
        return Pool(order.workers, models=bool(order.models or order.vision), threads=order.threads)
    from extractor.bulk.cluster import Cluster  # slow to import, an extra

    return await asyncio.to_thread(Cluster, order.address)


def _say(console: Console, lines: Sequence[str]) -> None:
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)


def _status(tally: Tally, ending: Ending) -> int:
    if ending is Ending.FAILED:
        return BROKEN
    if ending is not Ending.DONE or tally.in_batch:
        return STOPPED
    if not tally.read + tally.known:
        return BROKEN
    return SOME_FAILED if tally.failed + tally.known_failed else READ


async def _begun(order: Order, archivist: Archivist) -> tuple[int, int]:
    """The ids of the run and of its configuration."""
    of = order.configuration
    settings = {
        "sources": [shown_source(source) for source in order.sources],
        "lists": [shown_source(name) for name in order.lists], "workers": order.workers, "money": order.money,
        "tokens": order.tokens, "retry_failed": order.retry_failed,
    }

    def action(connection: sqlalchemy.Connection) -> tuple[int, int]:
        id_ = store.configuration(connection, of.key, of.content)
        return store.begin_run(connection, id_, settings, this_process(), os.getpid()), id_

    return await archivist.do(action)


def _models(order: Order, archive: sqlalchemy.Engine) -> Any:
    if not order.models and order.vision is None:
        return None
    from extractor.bulk.models import Models
    from extractor.llm.budget import Budget

    return Models(order.models, archive, Budget(order.money, order.tokens), order.vision)


def _answer_signals(run: Run, tally: Tally, screen: Console, language: Language) -> None:
    """The first Ctrl-C lets the run finish what it has in hand, the second ends it."""
    asked = False

    def answer() -> None:
        nonlocal asked
        if asked:
            run.abort()
            return
        asked = True
        run.stop()
        _say(screen, [word("W-RUN-STOPPING", language, count=run.in_hand)])

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, answer)
        except NotImplementedError:  # Windows: Ctrl-C raises KeyboardInterrupt, the archive is whole all the same
            return


def _count(order: Order, tally: Tally) -> None:
    """Count the places ahead, for the time left, where that is quick: a bucket's would have to be listed twice. What comes
    through a pipe can be read once only."""
    named = order.sources
    lists = [*order.lists, *(source[1:] for source in named if source.startswith("@"))]
    if any("://" in source for source in named) or not all(map(os.path.isfile, lists)):
        return

    def count() -> None:
        try:
            tally.total = sum(1 for _ in places(named, order.lists))
        except UnreadableError:
            return  # the run meets it too, and says it

    threading.Thread(target=count, name="count", daemon=True).start()
