"""Where documents come from: files, folders, globs, lists of files, and the same in buckets (any URL that fsspec knows).

Everything is a stream: nothing here keeps more than one folder's names. Folders are walked in the order of their names; hidden
files and folders are left out. A place has a stamp, which changes when the file does: so an unchanged file need not be read.
"""

from __future__ import annotations

import glob
import os
import re
import stat
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from io import TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO

from extractor.documents.kinds import kind_of
from extractor.documents.load import LIMIT_OF_PAGES
from extractor.documents.unreadable import UnreadableError
from extractor.documents.zipped import members

_TAGS = ("ETag", "etag", "md5Hash", "Content-MD5", "checksum")
_TIMES = ("mtime", "LastModified", "last_modified", "updated", "timeModified", "modified", "created")


_CREDENTIALS = re.compile(r"(?<=://)[^/@]{1,500}@")


@dataclass(frozen=True, slots=True)
class Place:
    """One file. `location` names it in the archive (an absolute path or a URL), `stamp` is "" where nothing tells whether it
    has changed, `path` is what its file system opens, `fault` why it can't be opened, where that is known already."""

    location: str
    stamp: str
    path: str
    files: Any = None
    fault: str | None = None
    size: int = 0


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of one document. `place` is the file it stands in, `location` its own name: that of the file, or
    "archive.zip!/member"."""

    place: Place
    location: str
    content: bytes


def places(sources: Sequence[str], lists: Sequence[str] = ()) -> Iterator[Place]:
    """The files that the sources name. `lists`, and sources that begin with @, are files with one source on each line. Raises
    UnreadableError for a list that can't be read; a source that names nothing is a place whose reading fails."""
    for source in sources:
        if source.startswith("@"):
            yield from _listed(source[1:])
        else:
            yield from _places(source)
    for name in lists:
        yield from _listed(name)


def _listed(name: str) -> Iterator[Place]:
    try:
        with Path(name).open("rb") as file:
            # what Windows' own tools write begins with a byte order mark, and is UTF-16 where it is not UTF-8
            wide = file.peek(2)[:2] in (BOM_UTF16_LE, BOM_UTF16_BE)
            lines = TextIOWrapper(file, "utf-16", "replace") if wide else TextIOWrapper(file, "utf-8-sig", "surrogateescape")
            for line in lines:
                if line.strip():
                    yield from _places(line.rstrip("\r\n"))
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or error
        raise UnreadableError("E-IO", _storable(name), reason=reason) from None


def _places(source: str) -> Iterator[Place]:
    if "://" in source:
        yield from _remote(source)
        return
    if os.path.isdir(source):
        yield from _folder(os.path.abspath(source))
    elif glob.has_magic(source) and not os.path.lexists(source):
        found = False
        for place in _matching(source):
            found = True
            yield place
        if not found:
            yield _local(os.path.abspath(source))
    else:
        yield _local(os.path.abspath(source))


def _matching(pattern: str) -> Iterator[Place]:
    """The files that a pattern names, and those in folders that it names. What is below a ** is walked like any folder: the
    standard library's glob follows links there, and one that leads upwards would give the same files over and over."""
    parts = pattern.split(os.sep)
    at = parts.index("**") if "**" in parts else len(parts)
    below = parts[at:]
    for top in glob.iglob((os.sep.join(parts[:at]) + os.sep if at else os.curdir) if below else pattern):
        top = os.path.abspath(top)
        if not os.path.isdir(top):
            yield _local(top)
            continue
        for place in _folder(top):
            names = Path(place.path).relative_to(top).parts
            # a folder among the places is one that can't be looked into
            if not below or os.path.isdir(place.path) or any(_fits(names[:n], below) for n in range(1, len(names) + 1)):
                yield place


def _fits(names: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether the parts of a path are those of a pattern, where ** stands for any number of them."""
    if not parts:
        return not names
    if parts[0] == "**":
        return any(_fits(names[n:], parts[1:]) for n in range(len(names) + 1))
    return bool(names) and fnmatchcase(names[0], parts[0]) and _fits(names[1:], parts[1:])


def _folder(top: str) -> Iterator[Place]:
    """The files in a folder, and in the folders in it."""
    left = [(top, True)]  # no recursion: folders may be nested deeper than Python bears
    while left:
        path, is_folder = left.pop()
        if not is_folder:
            yield _local(path)
            continue
        try:
            with os.scandir(path) as entries:
                inside = sorted((e for e in entries if not e.name.startswith(".")), key=lambda e: e.name, reverse=True)
        except OSError:
            yield _local(path)
            continue
        for entry in inside:
            folder = _is_folder(entry)
            if not (folder and entry.is_symlink()):  # one that leads upwards would have no end
                left.append((entry.path, folder))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself, a disk that fails: it is a place whose reading says so
        return False


def _local(path: str) -> Place:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return Place(_storable(path), "", path)
    if not stat.S_ISREG(status.st_mode):
        return Place(_storable(path), "", path, fault=None if stat.S_ISDIR(status.st_mode) else "no regular file")
    return Place(_storable(path), f"{status.st_size} {status.st_mtime_ns}", path, size=status.st_size)


def _storable(path: str) -> str:
    """A path as text that any database takes: bytes of a name that are no UTF-8 are written out."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace").replace("\0", "\\x00")


def shown_source(source: str) -> str:
    """A source as it may be stored and shown: without what a URL says of users and passwords."""
    return _storable(_CREDENTIALS.sub("", source))


def _remote(source: str) -> Iterator[Place]:
    from fsspec.core import url_to_fs

    try:
        files, path = url_to_fs(source)
        if glob.has_magic(path):
            found = sorted(files.glob(path, detail=True).items())
        elif files.isdir(path):
            for _, _, inside in files.walk(path, detail=True):
                for _, info in sorted(inside.items()):
                    if not any(part.startswith(".") for part in info["name"].removeprefix(path).split("/")):
                        yield _place(files, info)
            return
        else:
            found = [(path, files.info(path))]
    except (OSError, ValueError, ImportError) as error:  # ImportError: the package of this kind of bucket is not installed
        fault = " ".join(shown_source(f"{type(error).__name__}: {error}").split())[:200]
        yield Place(shown_source(source), "", source, fault=fault)
        return
    for _, info in found:
        if info["type"] == "file":
            yield _place(files, info)


def _place(files: Any, info: dict[str, Any]) -> Place:
    tag = next((str(info[key]) for key in (*_TAGS, *_TIMES) if info.get(key)), "")
    stamp = f"{info.get('size')} {tag}"[:80] if tag else ""
    return Place(_storable(files.unstrip_protocol(info["name"])), stamp, info["name"], files, size=int(info.get("size") or 0))


def unfold(place: Place, content: bytes) -> Iterator[Content | UnreadableError]:
    """The documents in the bytes of a place, one in memory at a time: the file itself, or those in an archive (ZIP). In the
    place of one that can't be had stands the reason, with its location as the source."""
    if not is_container(content):
        yield Content(place, place.location, content)
        return
    try:
        for member in members(content, place.location):
            yield member if isinstance(member, UnreadableError) else Content(place, member[1], member[0])
    except UnreadableError as error:
        yield error


def is_container(content: bytes) -> bool:
    """Whether the bytes are an archive of documents."""
    return kind_of(content).reader == "zip"


def read(place: Place) -> bytes | UnreadableError:
    """The bytes of a place, or why they can't be had. More than the limit is never in memory; the reader says then that it is
    too much."""
    try:
        return _read(place)
    except UnreadableError as error:
        return error


def _read(place: Place) -> bytes:
    if place.fault is not None:
        raise UnreadableError("E-IO", place.location, reason=place.fault)
    try:
        with _opened(place) as file:
            return file.read(LIMIT_OF_PAGES + 1)
    except FileNotFoundError:
        raise UnreadableError("E-MISSING", place.location) from None
    except IsADirectoryError:
        raise UnreadableError("E-DIRECTORY", place.location, example=f"{place.location}/*.txt") from None
    except PermissionError:
        raise UnreadableError("E-PERMISSION", place.location) from None
    except (OSError, ValueError) as error:
        raise UnreadableError("E-IO", place.location, reason=getattr(error, "strerror", None) or error) from None


def _opened(place: Place) -> BinaryIO:
    if place.files is not None:
        opened: BinaryIO = place.files.open(place.path, "rb")
        return opened
    return open(place.path, "rb")
