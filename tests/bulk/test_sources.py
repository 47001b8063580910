"""Where documents come from."""

from __future__ import annotations

import os
from pathlib import Path

import fsspec

from extractor.bulk.sources import Content, places, read, unfold
from extractor.documents.unreadable import UnreadableError


def test_a_bucket_is_walked_like_a_folder() -> None:
    files = fsspec.filesystem("memory")
    for name in ("bucket/b.txt", "bucket/a/c.txt", "bucket/.hidden/d.txt", "bucket/.e.txt"):
        files.pipe(f"/{name}", name.encode())
    found = list(places(["memory://bucket"]))
    assert sorted(p.location for p in found) == ["memory:///bucket/a/c.txt", "memory:///bucket/b.txt"]
    assert [read(p) for p in found if p.location.endswith("b.txt")] == [b"bucket/b.txt"]
    assert [p.location for p in places(["memory://bucket/*.txt", "memory://bucket/a/c.txt"])][-1] == "memory:///bucket/a/c.txt"
    before = {p.location: p.stamp for p in found}
    files.pipe("/bucket/b.txt", b"something else")
    after = {p.location: p.stamp for p in places(["memory://bucket"])}
    assert {location for location in before if before[location] != after[location]} == {"memory:///bucket/b.txt"}
    (gone,) = places(["memory://bucket/gone.txt"])
    assert isinstance(read(gone), UnreadableError)


def test_a_bucket_of_an_unknown_kind_is_one_failure() -> None:
    (place,) = places(["nowhere://bucket/a"])
    failure = read(place)
    assert isinstance(failure, UnreadableError) and "nowhere" in str(failure)


def test_names_that_are_no_text_are_storable_and_stay_apart(tmp_path: Path) -> None:
    for name in (b"\xb1\xb1", b"\xb1\xb2"):
        (tmp_path / os.fsdecode(name)).write_bytes(name)
    found = list(places([str(tmp_path)]))
    assert len({p.location for p in found}) == 2
    assert all(p.location.encode() for p in found)
    assert {read(p) for p in found} == {b"\xb1\xb1", b"\xb1\xb2"}


def test_a_name_with_brackets_is_a_name_where_it_exists(tmp_path: Path) -> None:
    (tmp_path / "a[1].txt").write_text("1")
    (tmp_path / "a1.txt").write_text("2")
    assert [read(p) for p in places([str(tmp_path / "a[1].txt")])] == [b"1"]
    (tmp_path / "a[1].txt").unlink()
    assert [read(p) for p in places([str(tmp_path / "a[1].txt")])] == [b"2"]


def test_folders_give_their_files_in_one_order(tmp_path: Path) -> None:
    for number in (3, 1, 2):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "r.txt").write_text(str(number))
    assert [read(p) for p in places([str(tmp_path)])] == [b"1", b"2", b"3"]


def test_links_that_lead_upwards_or_to_themselves_have_an_end(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("a")
    for name in ("up", "in/up"):
        (tmp_path / name).symlink_to(tmp_path)
    (tmp_path / "self").symlink_to("self")
    *_, last = found = list(places([str(tmp_path)]))
    assert [read(p) for p in found[:-1]] == [b"a"]
    circle = read(last)
    assert isinstance(circle, UnreadableError) and last.location == str(tmp_path / "self")
    assert [read(p) for p in places([f"{tmp_path}/**/*.txt"])] == [b"a"]


def test_two_stars_stand_for_any_number_of_folders(tmp_path: Path) -> None:
    for name in ("a.txt", "1/b.txt", "1/2/c.txt", "1/2/d.html", "1/.hidden/e.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)

    def found(pattern: str) -> list[str]:
        return [str(Path(p.path).relative_to(tmp_path)) for p in places([f"{tmp_path}/{pattern}"])]

    assert found("**/*.txt") == ["1/2/c.txt", "1/b.txt", "a.txt"]
    assert found("**") == sorted(found("*")) == ["1/2/c.txt", "1/2/d.html", "1/b.txt", "a.txt"]
    assert found("**/2") == found("?/**/2/**") == ["1/2/c.txt", "1/2/d.html"]


def test_folders_may_be_nested_deeply(tmp_path: Path) -> None:
    folders = [tmp_path]
    while len(folders) < 1200:
        folders.append(folders[-1] / "f")
        folders[-1].mkdir()
    (folders[-1] / "a.txt").write_text("a")
    try:
        assert [read(p) for p in places([str(tmp_path)])] == [b"a"]
    finally:  # pytest would go down by recursion to remove it
        (folders[-1] / "a.txt").unlink()
        for folder in reversed(folders[1:]):
            folder.rmdir()


def test_lists_are_read_as_windows_writes_them_and_out_of_pipes(tmp_path: Path) -> None:
    (tmp_path / "报告.txt").write_text("a")
    lines = f"{tmp_path / '报告.txt'}\r\n\r\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        (tmp_path / "list").write_text(lines, encoding, newline="")
        assert [read(p) for p in places([], [str(tmp_path / "list")])] == [b"a"]
    reading, writing = os.pipe()
    os.write(writing, lines.encode())
    os.close(writing)
    assert [read(p) for p in places([], [f"/dev/fd/{reading}"])] == [b"a"]
    os.close(reading)


def test_an_archive_gives_its_members(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text")
    (place,) = places([str(tmp_path)])
    (content,) = unfold(place, b"text")
    assert isinstance(content, Content) and content.location == place.location
    (broken,) = unfold(place, b"PK\x03\x04 and nothing more")
    assert isinstance(broken, UnreadableError) and broken.source == place.location
