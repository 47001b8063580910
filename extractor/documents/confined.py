"""Files that somebody else's parser opens are opened in a process of their own, with bounded memory and time.

A PDF, a Word file, a web page or an image may be made to keep its parser busy for hours or to unfold to gigabytes. The child
process may take `MEMORY` bytes and compute for `PATIENCE` seconds for a sheet; one that takes more is ended, and the file is
reported as unreadable. A child that is done waits for the next file: starting one costs about as long as reading a report. This
bounds what a file costs; it is no sandbox against code in it.

The child is `python -m extractor.documents.confined`; both sides speak pickles over its standard input and output.
"""

from __future__ import annotations

import atexit
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from typing import BinaryIO

from extractor.documents.sheet import Picture, PictureTaker, Sheet, SheetReader
from extractor.documents.unreadable import UnreadableError

MEMORY = 2 << 30
"""Bytes of address space (where the system can bound it: not on Windows)."""
PATIENCE = 20.0
"""Seconds of computing for one sheet; a page of a report takes a tenth of one."""
_SLOWER = 10
"""So many times longer may it take by the clock: a busy machine makes no file unreadable."""
READERS = {"html": "webpage", "docx": "word", "pdf": "pdf", "image": "images"}
"""The modules that read sheets, each with a function `sheets`; those of files with pages with a function `pictures`, too."""

_Job = tuple[str, bytes, str, tuple[int, ...] | None, float]
"""Kind, content, source, the pages whose pictures alone are wanted, and the seconds of computing for a sheet."""

_idle: list[subprocess.Popen[bytes]] = []


def sheets(kind: str, content: bytes, source: str, patience: float = PATIENCE) -> Iterator[Sheet]:
    """The sheets of a file of this kind (a key of `READERS`). Raises UnreadableError, also where the file asks too much."""
    yield from _asked((kind, content, source, None, patience))


def pictures(kind: str, content: bytes, source: str, pages: Sequence[int]) -> Iterator[Picture]:
    """How these pages (from 0) of a file of this kind look; of pages that it does not have, nothing. Raises UnreadableError."""
    for sheet in _asked((kind, content, source, tuple(pages), PATIENCE)):
        assert sheet.picture is not None
        yield sheet.picture


def _asked(job: _Job) -> Iterator[Sheet]:
    _, _, source, _, patience = job
    child = _idle.pop() if _idle else _started()
    done = False
    try:
        _send(child, job)
        while True:
            answer = _answer(child, _SLOWER * patience)
            if answer is None:
                raise UnreadableError("E-TOO-HEAVY", source, seconds=round(patience), memory=MEMORY >> 20)
            if isinstance(answer, Sheet):
                yield answer
                continue
            done = True
            if answer:
                code, params = answer
                raise UnreadableError(code, source, **params)
            return
    finally:
        if done:
            _idle.append(child)
        else:
            _end(child)  # in the middle of a file: nobody will read the rest


def _started() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "extractor.documents.confined"]
    path = os.pathsep.join(filter(None, sys.path))  # the package may have been found by a path that the child does not have
    environment = os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    )


def _send(child: subprocess.Popen[bytes], job: _Job) -> None:
    assert child.stdin is not None
    with suppress(BrokenPipeError):  # the child is gone; its answer will not come, which is dealt with there
        pickle.dump(job, child.stdin, protocol=pickle.HIGHEST_PROTOCOL)
        child.stdin.flush()


def _answer(child: subprocess.Popen[bytes], patience: float) -> Sheet | tuple[str, dict[str, object]] | tuple[()] | None:
    """The child's next message: a sheet, an error's code and parameters, () at the end; None where none came in time."""
    assert child.stdout is not None
    alarm = threading.Timer(patience, child.kill)
    alarm.start()
    try:
        answer: Sheet | tuple[str, dict[str, object]] | tuple[()] = pickle.load(child.stdout)
    except (EOFError, pickle.UnpicklingError):  # it was ended, or the system ended it
        return None
    finally:
        alarm.cancel()
    return answer


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):  # what was not sent is of no use to a child that is gone
                pipe.close()


def _end_all() -> None:
    while _idle:
        _end(_idle.pop())


def _forget_all() -> None:
    """After a fork the children are the parent's."""
    for child in _idle:
        child.returncode = 0  # or its end would be waited for here
    _idle.clear()


atexit.register(_end_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)


def serve(jobs: BinaryIO, answers: BinaryIO) -> None:
    """The child's side: read files until there are no more."""
    while True:
        try:
            job: _Job = pickle.load(jobs)
        except EOFError:
            return
        found = _answers(*job)
        while True:
            _give_up_after(job[-1])
            answer = next(found, None)
            _give_up_after(0)
            if answer is None:
                break
            pickle.dump(answer, answers, protocol=pickle.HIGHEST_PROTOCOL)
            answers.flush()


def _answers(kind: str, content: bytes, source: str, pages: tuple[int, ...] | None, patience: float) -> Iterator[object]:
    try:
        module = import_module(f"extractor.documents.{READERS[kind]}")
        if pages is None:
            read: SheetReader = module.sheets
            yield from read(content, source)
        else:
            look: PictureTaker = module.pictures
            for found in look(content, source, pages):
                yield Sheet(picture=found)
        yield ()
    except UnreadableError as error:
        yield error.code, error.params
    except ModuleNotFoundError as error:
        yield "E-NO-DOCUMENTS", {"kind": kind.upper(), "package": error.name}
    except Exception as error:
        if _for_want_of_memory(error):
            yield "E-TOO-HEAVY", {"seconds": round(patience), "memory": MEMORY >> 20}
            return
        # parsers of broken files raise whatever they meet; the file is what is wrong, and the user is told so
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        yield "E-BROKEN", {"kind": kind.upper(), "reason": reason}


def _give_up_after(seconds: float) -> None:
    """End this process when it has computed for so long, whatever it is at; 0: don't. Not on Windows: there the parent's clock
    alone does it."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _for_want_of_memory(error: BaseException | None) -> bool:
    """Whether the error is, or was raised because of, or is wrapped around a lack of memory."""
    while error is not None:
        if isinstance(error, MemoryError) or any(isinstance(part, MemoryError) for part in error.args):
            return True
        error = error.__cause__ or error.__context__
    return False


def _confine() -> None:
    sys.setrecursionlimit(20_000)  # nested tags and dictionaries; memory is the bound
    try:
        import resource
    except ModuleNotFoundError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    _confine()
    # what a library prints must not get between the answers
    to_parent = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, to_parent)
