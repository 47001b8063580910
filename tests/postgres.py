"""A PostgreSQL server of its own for the tests: Debian's binaries, a folder that goes away, loopback, a port that is free."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
_USER = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root


def available() -> bool:
    return bool(_BINARIES)


class Server:
    """The server. `stop`, `crash` and `start` may be called in the middle of a test that uses it."""

    def __init__(self) -> None:
        self._binaries = _BINARIES[-1].parent
        self._folder = Path(tempfile.mkdtemp(prefix="pg-"))
        if _USER is not None:
            owner = pwd.getpwnam(_USER)
            os.chown(self._folder, owner.pw_uid, owner.pw_gid)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        # as a server in China may be set up: what is ordered or compared is so by the rules of the language
        language = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=zh"]
        self._call("initdb", "-D", "data", "-U", "tests", "-A", "trust", "-E", "UTF8", *language, "--no-sync")
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = [f"-p{self.port}", "-clisten_addresses=127.0.0.1", f"-cunix_socket_directories={self._folder}", "-cfsync=off"]
        self._process = subprocess.Popen(
            [self._binaries / "postgres", "-D", "data", *options], cwd=self._folder, user=_USER, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )
        until = time.monotonic() + 60
        ready: list[str | Path] = [self._binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ready, check=False).returncode:
            assert self._process.poll() is None and time.monotonic() < until, "PostgreSQL does not start"
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it at once: connections are ended, what was committed stays."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """End it in the middle of everything."""
        self._end(signal.SIGQUIT)

    def database(self) -> str:
        """The URL of a new, empty database."""
        self._databases += 1
        name = f"archive{self._databases}"
        self._call("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "tests", name)
        return f"postgresql://tests@127.0.0.1:{self.port}/{name}"

    def remove(self) -> None:
        self.crash()
        shutil.rmtree(self._folder)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()
            self._process = None

    def _call(self, program: str, *arguments: str) -> None:
        command = [str(self._binaries / program), *arguments]
        done = subprocess.run(command, cwd=self._folder, user=_USER, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
