"""Who holds a claim: a name for this process that tells others, on the same machine, whether it still lives."""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path

_PROC = Path("/proc")


@cache
def this_process() -> str:
    """Where this process runs, its number there, and when it started: no later process has the same name. Where the system
    doesn't tell all of it, the name says less and `is_gone` knows less."""
    return " ".join((_place(), str(os.getpid()), _started(os.getpid()) or "?"))


def is_gone(process: str) -> bool:
    """Whether a process is known to have ended. False where it can't be known: it ran elsewhere, or the system doesn't tell."""
    place, _, rest = process.partition(" ")
    number, _, started = rest.partition(" ")
    if place != _place() or not number.isdecimal() or started in ("", "?"):
        return False
    return _started(int(number)) != started


@cache
def _place() -> str:
    """The machine since it was last started, and where it has several worlds of process numbers (containers), which."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        world = (_PROC / "self/ns/pid").readlink().name
    except OSError:
        boot = world = ""
    return "/".join((socket.gethostname().replace(" ", "_"), boot, world))


def _started(number: int) -> str | None:
    """When the process of this number started, in ticks since the machine did; None where there is none, or no telling."""
    try:
        stat = (_PROC / str(number) / "stat").read_text("utf-8", "replace")
    except OSError:
        return None
    state, *fields = stat.rpartition(")")[2].split()  # the name before may hold anything
    return None if state in "ZX" else fields[18]
