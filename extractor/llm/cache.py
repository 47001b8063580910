"""The cache of answers: what was paid for once is not paid for again, by any run or process on this machine.

A question is known by the hash of the request that would leave (messages with prompt, document part and schema, model,
settings) and the prompt's version. Kept are the content of answers and the final kinds that brought none. Who asks first
claims the question; others wait for that answer until the claim runs out.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractor.llm.outcome import Kind

LEASE = 600.0
"""Seconds after which a claim that was not renewed counts as given up: its process is gone. Longer than one request and the
wait before it."""
_BUSY = 30.0

_TABLE = """
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, kind TEXT, content TEXT, model TEXT NOT NULL, prompt TEXT NOT NULL,
    tokens_in INTEGER, tokens_out INTEGER, at REAL NOT NULL
) WITHOUT ROWID
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of a question. `kind` is None while another asks it."""

    kind: Kind | None
    content: str = ""


def key_of(request: Mapping[str, Any], prompt: str) -> str:
    """The key of a request body under a prompt (name, version and hash)."""
    whole = json.dumps([prompt, request], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


class AnswerCache:
    """A file of answers. Raises OSError or sqlite3.Error where the file can't be used."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, timeout=_BUSY, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(_TABLE)

    def claim(self, key: str, model: str, prompt: str) -> Stored | None:
        """What is known of the question; None where it is now this caller's to ask."""
        now = time.time()
        claimed = self._db.execute(
            "INSERT INTO answers (key, model, prompt, at) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (key) DO UPDATE SET at = excluded.at WHERE kind IS NULL AND at < excluded.at - ?",
            (key, model, prompt, now, LEASE),
        )
        if claimed.rowcount == 1:
            return None
        row = self._db.execute("SELECT kind, content FROM answers WHERE key = ?", (key,)).fetchone()
        if row is None or row[0] is None:
            return Stored(None)
        return Stored(Kind(row[0]), row[1])

    def renew(self, key: str) -> None:
        """Keep a claim: its question is being asked still."""
        self._db.execute("UPDATE answers SET at = ? WHERE key = ? AND kind IS NULL", (time.time(), key))

    def drop(self, key: str, stored: Stored) -> None:
        """Forget an answer that can't be used; one that another has put in its place meanwhile stays."""
        self._db.execute("DELETE FROM answers WHERE key = ? AND content = ?", (key, stored.content))

    def store(self, key: str, kind: Kind, content: str, tokens_in: int, tokens_out: int) -> None:
        """Keep what came of a claimed question."""
        self._db.execute(
            "UPDATE answers SET kind = ?, content = ?, tokens_in = ?, tokens_out = ?, at = ? WHERE key = ?",
            (kind.value, content, tokens_in, tokens_out, time.time(), key),
        )

    def release(self, key: str) -> None:
        """Give a claim back: nothing came of it."""
        self._db.execute("DELETE FROM answers WHERE key = ? AND kind IS NULL", (key,))

    def close(self) -> None:
        self._db.close()
