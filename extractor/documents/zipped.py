"""A ZIP archive → the files in it, bounded: in number, in size, in how far they unfold, in archives within archives.

Nothing is written to disk, and a member's name is only ever shown: a path in it leads nowhere.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath

from extractor.documents.kinds import kind_of
from extractor.documents.unreadable import UnreadableError

MEMBERS = 10_000
"""Members in an archive."""
UNFOLDED = 2_000_000_000
"""Bytes of all members together, those of archives within it counted."""
RATIO = 200
"""How many times a member of more than a megabyte may be larger than in the archive; of text it is some 5, at most 20."""
DEPTH = 3
"""Archives within archives."""
_MEGABYTE = 1_000_000
_MEMBER = 300 * _MEGABYTE
_NOT_MEANT = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")  # what systems put there by themselves

File = tuple[bytes, str]
"""Content and source ("a.zip!/b.docx")."""


@dataclass(slots=True)
class _Allowance:
    """How many bytes and members may still come out of an archive and those within it."""

    bytes: int = UNFOLDED
    members: int = MEMBERS


def members(content: bytes, source: str) -> Iterator[File | UnreadableError]:
    """The files in the archive, one in memory at a time, in its order, those of archives within it in their place. An error
    stands in the place of a file that can't be had. Raises UnreadableError where the archive can't be read, or is beyond the
    bounds."""
    yield from _members(content, source, _Allowance(), DEPTH)


def only_member(content: bytes, source: str) -> File:
    """The one file in the archive. Raises UnreadableError where there is none, or where there are several."""
    first: File | None = None
    error: UnreadableError | None = None
    count = 0
    for member in members(content, source):
        if isinstance(member, UnreadableError):
            error = error or member
            continue
        count += 1
        first = first or member
    if count > 1:
        raise UnreadableError("E-ZIP-SEVERAL", source, count=count, name=source)
    if first is None:
        raise error or UnreadableError("E-ZIP-NOTHING", source)
    return first


def _members(content: bytes, source: str, allowed: _Allowance, depth: int) -> Iterator[File | UnreadableError]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
        raise UnreadableError("E-BROKEN", source, kind="ZIP", reason=str(error)) from None
    with archive:
        found = False
        for info in archive.infolist():
            name = _name(info)
            if info.is_dir() or any(part in name for part in _NOT_MEANT):
                continue
            found = True
            inner = f"{source}!/{name}"
            allowed.members -= 1
            if allowed.members < 0:
                raise UnreadableError("E-ZIP-BOUNDS", source, reason=f"> {MEMBERS} files")
            member = _read(archive, info, inner, allowed)
            if isinstance(member, UnreadableError) or kind_of(member).reader != "zip":
                yield member if isinstance(member, UnreadableError) else (member, inner)
            elif depth <= 1:
                yield UnreadableError("E-ZIP-BOUNDS", inner, reason=f"> {DEPTH} ZIP in ZIP")
            else:
                try:
                    yield from _members(member, inner, allowed, depth - 1)
                except UnreadableError as error:
                    if error.source == source:
                        raise
                    yield error
        if not found:
            yield UnreadableError("E-ZIP-NOTHING", source)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, source: str, allowed: _Allowance) -> bytes | UnreadableError:
    """The member's bytes. `zipfile` gives no more of them than the archive declares, so its word can be taken."""
    if info.flag_bits & 1:
        return UnreadableError("E-ENCRYPTED", source)
    if info.file_size > _MEMBER:
        return UnreadableError("E-TOO-LARGE", source, limit=_MEMBER // _MEGABYTE)
    if info.file_size > _MEGABYTE and info.file_size > RATIO * max(info.compress_size, 1):
        return UnreadableError("E-ZIP-BOUNDS", source, reason=f"> {RATIO} : 1")
    allowed.bytes -= info.file_size
    if allowed.bytes < 0:
        return UnreadableError("E-ZIP-BOUNDS", source, reason=f"> {UNFOLDED // _MEGABYTE} MB")
    try:
        return archive.read(info)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError) as error:
        return UnreadableError("E-BROKEN", source, kind="ZIP", reason=" ".join(str(error).split())[:200])


def _name(info: zipfile.ZipInfo) -> str:
    """The member's name to be shown: names that are not said to be UTF-8 are in the encoding of the system that wrote them,
    here GB18030; no control characters, no steps up."""
    name = info.filename
    if not info.flag_bits & 0x800:
        with suppress(UnicodeError):  # it is neither: shown as it came
            name = name.encode("cp437").decode("gb18030")
    parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("/", "..", ".")]
    shown = "/".join(parts) or "?"
    return "".join(c if c.isprintable() else "?" for c in shown)[:300].encode("utf-8", "replace").decode()
