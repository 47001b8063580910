"""What `extractor run` does with the files that there are: all kinds of them, read once, failures told apart."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select

from extractor.archive.connecting import connect
from extractor.archive.lookup import currents
from extractor.archive.schema import documents, failures, findings, readings, runs, sources, versions
from extractor.eval.standin.faults import Faults
from extractor.eval.standin.server import StandIn
from tests.bulk.runs import count, holds, run, write_reports
from tests.plain_report import plain_report


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in" / "a").mkdir(parents=True)
    (tmp_path / "in" / "a" / "水务局.txt").write_text(plain_report(), "utf-8")
    (tmp_path / "in" / "民政局.txt").write_text(plain_report("2019", "云溪县民政局"), "utf-8")
    return tmp_path / "in"


def test_what_cannot_be_read_is_noted_and_stops_nothing(folder: Path, tmp_path: Path) -> None:
    archive = str(tmp_path / "a.sqlite")
    (folder / ".hidden.txt").write_text(plain_report("2021", "云溪县财政局"), "utf-8")
    (folder / "copy.txt").write_bytes((folder / "民政局.txt").read_bytes())
    (folder / "empty.txt").touch()
    (folder / "letter.txt").write_text("尊敬的读者：" * 30, "utf-8")
    (folder / "noise.bin").write_bytes(os.urandom(3000))
    (folder / "brackets.html").write_text("<table>" + "<tr><td>" * 20_000, "utf-8")
    os.mkfifo(folder / "pipe")
    (folder / "upwards").symlink_to(folder)
    with zipfile.ZipFile(folder / "two.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("交通局.txt", plain_report("2021", "云溪县交通局"))
        packed.writestr("../../broken.txt", b"")
        packed.writestr("again/民政局.txt", (folder / "民政局.txt").read_bytes())

    status, out, err = run(archive, [folder], "--mode", "grid")
    assert status == 1, out + err
    engine = connect(archive)
    with engine.connect() as connection:
        headers = [current.content.report.header for current in currents(connection)]
        issuers = sorted(str(header.issuer.value) for header in headers if header.issuer is not None)
        assert {"云溪县水务局", "云溪县民政局", "云溪县交通局"} <= set(issuers)
        assert "云溪县财政局" not in issuers
        failed = {row.location.removeprefix(f"{folder}/"): row.code for row in connection.execute(failures.select())}
    engine.dispose()
    assert failed["empty.txt"] == failed["two.zip!/broken.txt"] == "E-EMPTY"
    assert (failed["letter.txt"], failed["pipe"]) == ("E-NOT-A-REPORT", "E-IO")
    assert "noise.bin" in failed
    assert count(archive, documents) == len(issuers) == count(archive, versions)

    status, out, err = run(archive, [folder], "--mode", "grid")
    assert status == 1 and "0 read, 1 failed" in out, out + err  # a pipe has no stamp: it is looked at each time
    (folder / "empty.txt").write_text(plain_report("2021", "云溪县审计局"), "utf-8")
    status, out, err = run(archive, [folder], "--mode", "grid")
    assert "1 read, 1 failed" in out, out + err
    (folder / "pipe").unlink()
    status, out, err = run(archive, [folder], "--mode", "grid", "--retry-failed")
    assert "0 read" in out and "0 failed before" in out, out + err


def test_what_failed_in_an_archive_is_told_each_time_until_it_is_mended(folder: Path, tmp_path: Path) -> None:
    archive = str(tmp_path / "a.sqlite")
    for name in ("one.zip", "two.zip"):
        with zipfile.ZipFile(folder / name, "w") as packed:
            packed.writestr("交通局.txt", plain_report("2021", "云溪县交通局"))
            packed.writestr("empty.txt", b"")
    (folder / "broken.zip").write_bytes((folder / "one.zip").read_bytes()[:200])
    status, out, err = run(archive, [folder], "--mode", "grid")
    assert status == 1 and "3 read, 3 failed" in out, out + err
    status, out, _ = run(archive, [folder], "--mode", "grid")
    assert status == 1 and "0 read, 0 failed, 2 read before, 3 failed before" in out, out
    status, out, _ = run(archive, [folder], "--mode", "grid", "--retry-failed")
    assert status == 1 and "0 read, 3 failed" in out, out
    for name in ("one.zip", "broken.zip"):
        with zipfile.ZipFile(folder / name, "w") as packed:
            packed.writestr("交通局.txt", plain_report("2021", "云溪县交通局"))
    (folder / "two.zip").unlink()
    status, out, _ = run(archive, [folder], "--mode", "grid")
    assert status == 0, out
    assert count(archive, failures) == 1  # in the archive that is gone


def test_many_copies_of_what_is_no_report_are_looked_at_once(folder: Path, tmp_path: Path) -> None:
    archive = str(tmp_path / "a.sqlite")
    for number in range(2000):
        (folder / f"{number}.html").write_text("<h1>404 页面不存在</h1>", "utf-8")
    status, out, _ = run(archive, [folder], "--mode", "grid")
    assert status == 1 and "2 read, 2000 failed" in out, out
    assert count(archive, failures) == 2000
    status, out, _ = run(archive, [folder], "--mode", "grid")
    assert status == 1 and "2000 failed before" in out, out


def test_a_file_that_is_done_is_not_opened_until_it_changes(folder: Path, tmp_path: Path) -> None:
    archive = str(tmp_path / "a.sqlite")
    assert run(archive, [folder], "--mode", "grid")[0] == 0
    path = folder / "民政局.txt"
    before = path.stat()
    path.write_bytes(b"x" * before.st_size)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    status, out, _ = run(archive, [folder], "--mode", "grid")
    assert status == 0 and "2 read before" in out
    path.write_text(plain_report("2019", "云溪县民政局") + "附：更正。\n", "utf-8")
    status, out, _ = run(archive, [folder], "--mode", "grid")
    assert status == 0 and "1 read, 0 failed, 1 read before" in out
    assert count(archive, documents) == 3


def test_another_configuration_gives_another_version(folder: Path, tmp_path: Path) -> None:
    archive = str(tmp_path / "a.sqlite")
    assert run(archive, [folder], "--mode", "grid")[0] == 0
    status, out, _ = run(archive, [folder], "--mode", "grid", "--deep")
    assert status == 0 and "2 read" in out
    assert (count(archive, documents), count(archive, versions)) == (2, 4)


def test_each_readers_tables_are_kept_where_several_read(reports: Path, model: StandIn, tmp_path: Path) -> None:
    archive = str(tmp_path / "a.sqlite")
    status, out, err = run(archive, [sorted(reports.glob("*.txt"))[0]], "--mode", "challenge", model=model)
    assert status == 0, out + err
    assert count(archive, readings) == 2
    assert {reader for _, reader in holds(archive)["readings"]} == {"grid", "1 stand-in"}


def test_an_endpoint_that_answers_nothing_ends_the_run(tmp_path: Path) -> None:
    write_reports(tmp_path / "in", 30)
    archive = str(tmp_path / "a.sqlite")
    with StandIn(lambda body: "", Faults(["401"] * 40)).in_thread() as closed:
        status, out, err = run(archive, [tmp_path / "in"], "--mode", "cascade", "--concurrency", "2", model=closed)
    assert status == 3 and "--retry-failed" in err.splitlines()[-1], out + err
    assert 20 <= len(closed.requests) < 30


def test_a_run_holds_what_is_new_against_what_the_archive_has(folder: Path, tmp_path: Path) -> None:
    archive = str(tmp_path / "a.sqlite")
    assert run(archive, [folder])[0] == 0
    assert _between(archive) == {}
    once = (folder / "a" / "水务局.txt").read_text("utf-8")
    (folder / "again.txt").write_text(once.replace("\t5", "\t55", 1), "utf-8")  # same body, same year
    assert run(archive, [folder])[0] == 0
    assert _between(archive) == {"水务局.txt": ["A-TWICE"], "again.txt": ["A-TWICE"]}


def _between(archive: str) -> dict[str, list[str]]:
    """Codes of the findings between reports, by file."""
    engine = connect(archive, create=False)
    with engine.connect() as connection:
        rows = connection.execute(
            select(documents.c.source, findings.c.code).join(findings).where(findings.c.ordinal < 0).order_by(findings.c.id)
        ).all()
    engine.dispose()
    found: dict[str, list[str]] = {}
    for source, code in rows:
        found.setdefault(Path(source).name, []).append(code)
    return found


def test_lists_globs_and_buckets(folder: Path, tmp_path: Path) -> None:
    archive = str(tmp_path / "a.sqlite")
    (tmp_path / "list").write_text(f"{folder / '民政局.txt'}\n\n{folder / 'gone.txt'}\n", "utf-8")
    status, _, _ = run(archive, [f"@{tmp_path / 'list'}"], "--mode", "grid")
    assert status == 1 and count(archive, documents) == 1
    status, _, _ = run(archive, [folder / "*" / "*.txt", f"file://{folder}/民政局.txt"], "--mode", "grid")
    assert status == 0 and count(archive, documents) == 2
    assert count(archive, sources) == 3
    status, _, err = run(archive, [tmp_path / "nothing"], "--mode", "grid")
    assert status == 3
    status, _, err = run(archive, [f"@{tmp_path / 'no list'}"], "--mode", "grid")
    assert status == 3 and "no list" in err


def test_a_list_through_a_pipe_loses_nothing(folder: Path, tmp_path: Path) -> None:
    for number in range(300):
        (folder / f"{number}.txt").write_text(f"no report {number}", "utf-8")
    names = "".join(f"{path}\n" for path in sorted(folder.rglob("*.txt")))
    reading, writing = os.pipe()
    os.write(writing, names.encode())
    os.close(writing)
    status, out, err = run(str(tmp_path / "a.sqlite"), [], "--list", "/dev/stdin", "--mode", "grid", stdin=reading)
    os.close(reading)
    assert status == 1 and "2 read, 300 failed" in out, out + err


def test_a_name_that_is_no_text_is_a_source_like_any_other(folder: Path, tmp_path: Path) -> None:
    path = folder / os.fsdecode(b"\xb1\xa8.txt")
    (folder / "民政局.txt").rename(path)
    (tmp_path / os.fsdecode(b"\xb1.list")).write_bytes(os.fsencode(path) + b"\r\n")
    status, out, err = run(str(tmp_path / "a.sqlite"), [path, "--list", tmp_path / os.fsdecode(b"\xb1.list")], "--mode", "grid")
    assert status == 0 and "1 read" in out, out + err


def test_nothing_is_changed_by_looking(folder: Path, tmp_path: Path) -> None:
    archive = tmp_path / "a.sqlite"
    status, out, err = run(str(archive), [folder], "--mode", "grid", "--dry-run")
    assert status == 0 and out.splitlines() == [str(folder / "a" / "水务局.txt"), str(folder / "民政局.txt")], err
    assert not archive.exists()
    assert run(str(archive), [folder / "a"], "--mode", "grid")[0] == 0
    status, out, err = run(str(archive), [folder], "--mode", "grid", "--dry-run")
    assert out.splitlines() == [str(folder / "民政局.txt")] and "1 to be read, 1 read before" in err
    status, out, err = run(str(archive), [folder], "--mode", "grid", "--estimate")
    assert status == 0 and "1 file(s) to be read" in out, err
    assert count(str(archive), runs) == 1


def test_what_a_terminal_would_obey_is_not_said_to_it(folder: Path, tmp_path: Path) -> None:
    (folder / "\x1b[31mred.txt").write_text("red")
    _, out, _ = run(str(tmp_path / "a.sqlite"), [folder], "--mode", "grid", "--dry-run")
    assert f"{folder}/\ufffd[31mred.txt" in out.splitlines()


def test_a_wrong_call_is_told(folder: Path, tmp_path: Path) -> None:
    archive = str(tmp_path / "a.sqlite")
    for options in ([], ["--budget", "much"], ["--mode", "cascade"]):
        where = [folder] if options else []
        assert run(archive, where, *options)[0] == 2
    assert not Path(archive).exists()
    status, out, err = run(str(tmp_path / "no" / "a.sqlite"), [folder], "--mode", "grid")
    assert status == 3 and len(err.strip().splitlines()) == 1, out + err
