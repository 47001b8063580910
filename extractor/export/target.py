"""Where an export goes: it is written beside its place and moved there when it is whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class TargetError(Exception):
    """The export can't be put there; `str()` says why and what to do."""


@contextmanager
def target(path: Path, folder: bool, overwrite: bool) -> Iterator[Path]:
    """A path to write to, a new folder or no file yet, that takes the place of `path` at the end; nothing is left where
    something goes wrong. With `overwrite` a file is replaced, and in a folder that is there each file that is written; what
    else lies in it stays. Raises TargetError."""
    if not path.parent.is_dir():
        raise TargetError(f"{path}: the folder {path.parent} does not exist")
    if path.exists() and (path.is_dir() != folder):
        raise TargetError(f"{path}: a {'folder' if folder else 'file'} is wanted")
    if path.exists() and not overwrite and not (folder and not any(path.iterdir())):
        raise TargetError(f"{path}: is there already; name another place, or say --overwrite")
    try:
        beside = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise TargetError(f"{path}: {error.strerror}") from None
    try:
        written = beside / path.name
        if folder:
            written.mkdir()
        yield written
        if folder and path.exists():
            for file in sorted(written.iterdir()):
                os.replace(file, path / file.name)
        else:
            os.replace(written, path)
    except OSError as error:
        raise TargetError(f"{path}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
