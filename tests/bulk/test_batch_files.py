"""Questions through batch files: one road more by which answers come into the archive, paid for once whatever happens."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from extractor.archive.connecting import connect
from extractor.archive.schema import attempts, batch_files, batch_requests
from extractor.bulk.batch.prepare import prepare
from extractor.bulk.batch.sending import submit
from extractor.bulk.order import Order
from extractor.bulk.pool import Pool
from extractor.cli import cli
from extractor.eval.standin.server import StandIn
from extractor.llm.profiles import BatchFiles, profiles
from extractor.llm.settings import Settings
from tests.bulk.runs import environment, holds, stand_in

COUNT = 16
PRICES = {"EXTRACTOR_PRICE_IN": "2", "EXTRACTOR_PRICE_OUT": "8", "EXTRACTOR_BATCH_SHARE": "0.5"}


@dataclass
class Desk:
    """Says the commands to one archive and one provider."""

    archive: str
    reports: Path
    folder: Path
    model: StandIn
    more: dict[str, str] = field(default_factory=dict)

    def start(self, command: str) -> subprocess.Popen[str]:
        """The command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "extractor", "batch", command, *self._arguments(command)],
            env=environment(self.model) | PRICES | self.more, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )

    def say(self, command: str, *options: str) -> tuple[int, str]:
        return self._invoked("batch", command, *self._arguments(command), *options)

    def run(self) -> tuple[int, str]:
        return self._invoked("run", str(self.reports), "--archive", self.archive, "--mode", "cascade", "--lang", "en")

    def _invoked(self, *arguments: str) -> tuple[int, str]:
        own = {"EXTRACTOR_PROFILE": "openai", **environment(self.model), **PRICES, **self.more}
        result = CliRunner().invoke(cli, arguments, env=own)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        return result.exit_code, result.output

    def _arguments(self, command: str) -> list[str]:
        where = [str(self.reports), "--folder", str(self.folder), "--mode", "cascade", "--workers", "2"]
        return [*(where if command == "prepare" else []), "--archive", self.archive, "--lang", "en"]

    def do(self, *commands: str) -> str:
        out = ""
        for command in commands:
            status, out = self.say(command)
            assert status == 0, out
        return out

    def collect(self) -> str:
        """Collect until nothing is at work any more."""
        for _ in range(6):
            status, out = self.say("collect")
            if status == 0:
                return out
            assert status == 4, out
        raise AssertionError("still at work")

    def lines(self) -> int:
        return sum(len(path.read_text("utf-8").splitlines()) for path in self.folder.glob("batch-*.jsonl"))

    def states(self) -> Counter[str]:
        engine = connect(self.archive, create=False)
        try:
            with engine.connect() as connection:
                return Counter(connection.scalars(select(batch_requests.c.state)))
        finally:
            engine.dispose()


@pytest.fixture
def provider() -> StandIn:
    return stand_in(COUNT)


@pytest.fixture
def desk(reports: Path, tmp_path: Path, provider: StandIn) -> Desk:
    return Desk(str(tmp_path / "archive.sqlite"), reports, tmp_path / "files", provider)


def test_the_answers_are_there_when_the_run_comes(
    new_archive: Callable[[], str], reports: Path, tmp_path: Path, provider: StandIn, undisturbed: dict[str, object]
) -> None:
    desk = Desk(new_archive(), reports, tmp_path / "files", provider)
    with provider.in_thread():
        desk.do("prepare", "submit")
        assert desk.say("status")[0] == 4
        assert f"{COUNT} answered" in desk.collect()
        status, out = desk.run()
        assert (status, provider.requests) == (0, []), out
        assert holds(desk.archive) == undisturbed
        assert len(provider.batches.paid) == COUNT
        engine = connect(desk.archive)
        with engine.connect() as connection:
            costs = connection.execute(select(attempts.c.cost, attempts.c.tokens_in, attempts.c.tokens_out)).all()
        engine.dispose()
        assert len(costs) == COUNT
        for cost, tokens_in, tokens_out in costs:
            assert cost == pytest.approx(0.5 * (2 * tokens_in + 8 * tokens_out) / 1e6)


def test_every_command_said_twice_does_it_once(desk: Desk, provider: StandIn) -> None:
    with provider.in_thread():
        for command in ("prepare", "prepare", "submit", "submit"):
            assert desk.say(command)[0] == 0
        desk.collect()
        assert desk.say("collect")[0] == 0
        assert desk.do("prepare").startswith(f"{COUNT} document(s): 0 question(s)")
        assert provider.batches.calls.count("POST /v1/batches") == 1
        assert len(provider.batches.paid) == desk.lines() == COUNT


def test_a_run_leaves_alone_what_is_out(desk: Desk, provider: StandIn) -> None:
    with provider.in_thread():
        desk.do("prepare", "submit")
        status, out = desk.run()
        assert status == 4, out
        assert f"{COUNT} report(s) wait" in out
        assert provider.requests == []


def test_an_archive_is_gone_through_again_when_its_answers_are_there(desk: Desk, provider: StandIn, tmp_path: Path) -> None:
    (tmp_path / "packed").mkdir()
    with zipfile.ZipFile(tmp_path / "packed" / "reports.zip", "w") as packed:
        for report in desk.reports.iterdir():
            packed.writestr(report.name, report.read_bytes())
    desk.reports = tmp_path / "packed"
    with provider.in_thread():
        desk.do("prepare", "submit")
        assert desk.run()[0] == 4
        desk.collect()
        status, out = desk.run()
    assert status == 0, out
    assert len(holds(desk.archive)["versions"]) == COUNT


def test_what_expires_is_asked_again_and_what_is_answered_is_not(desk: Desk, provider: StandIn) -> None:
    provider.batches.most = 10
    with provider.in_thread():
        desk.do("prepare", "submit")
        assert f"10 answered, 0 left to `extractor run`, {COUNT - 10} expired" in desk.collect()
        provider.batches.most = None
        assert f"{COUNT - 10} question(s) in 1 file(s)" in desk.do("prepare")
        desk.do("submit")
        desk.collect()
        assert desk.run()[0] == 0
    assert len(provider.batches.paid) == len(set(provider.batches.paid)) == COUNT
    assert provider.requests == []


def test_answers_that_are_none_are_left_to_the_run(desk: Desk, provider: StandIn) -> None:
    provider.batches.faults[:] = ["invalid", "truncate", "400", "refuse", "500", "empty"]
    with provider.in_thread():
        desk.do("prepare", "submit")
        desk.collect()
        assert desk.states() == {"answered": COUNT - 5, "left": 4, "failed": 1}
        assert f"{COUNT} document(s): 1 question(s)" in desk.do("prepare")
        desk.do("submit")
        desk.collect()
        assert desk.run()[0] == 0
        assert len(provider.requests) == 4


@pytest.mark.parametrize("lost", ["POST /v1/files", "POST /v1/batches"])
def test_a_response_that_is_lost_costs_nothing(desk: Desk, provider: StandIn, lost: str) -> None:
    """The provider has done it, and nobody here knows: as when the command is killed at that moment."""
    provider.batches.lost.extend([lost] * (4 if lost == "POST /v1/files" else 1))
    with provider.in_thread():
        desk.do("prepare")
        status, out = desk.say("submit")
        assert status == 3 and "say the same command again" in out
        desk.do("submit")
        desk.collect()
        assert len(provider.batches.batches) == 1
        assert len(provider.batches.paid) == COUNT


def test_killed_at_any_moment_nothing_is_paid_twice(
    desk: Desk, provider: StandIn, undisturbed: dict[str, object]
) -> None:
    rng = random.Random(5)
    with provider.in_thread():
        for command in ("prepare", "submit", "collect", "collect", "collect"):
            process = desk.start(command)
            time.sleep(rng.uniform(0.3, 1.5))
            process.send_signal(signal.SIGKILL)
            process.communicate()
        for command in ("prepare", "submit"):
            desk.do(command)
        desk.collect()
        status, out = desk.run()
        assert status == 0, out
        assert holds(desk.archive) == undisturbed
    assert len(provider.batches.paid) == len(set(provider.batches.paid)) == COUNT
    assert provider.requests == []


def test_two_at_once_prepare_and_send_each_question_once(desk: Desk, provider: StandIn) -> None:
    with provider.in_thread():
        both = [desk.start("prepare") for _ in range(2)]
        for process in both:
            out, err = process.communicate(timeout=300)
            assert process.returncode == 0, out + err
        settings = Settings(provider.base_url, "none", "stand-in", profiles()["openai"])
        engine = connect(desk.archive)
        with ThreadPoolExecutor(2) as threads:
            sent = list(threads.map(lambda _: submit(engine, [settings]), range(2)))
        engine.dispose()
        assert sum(file.requests for files in sent for file in files) == COUNT
        desk.collect()
    assert len(provider.batches.paid) == len(set(provider.batches.paid)) == COUNT


def test_another_model_or_a_provider_without_batches_is_said(desk: Desk, provider: StandIn, tmp_path: Path) -> None:
    with provider.in_thread():
        desk.do("prepare")
        desk.more = {"EXTRACTOR_MODEL": "another"}
        for command in ("submit", "status", "collect"):
            status, out = desk.say(command)
            if command == "submit":
                assert status == 3 and "stand-in" in out
        desk.more = {"EXTRACTOR_PROFILE": "vllm"}
        status, out = desk.say("prepare")
        assert status == 2 and "vllm" in out and "openai" in out
        desk.more = {"EXTRACTOR_BASE_URL": provider.base_url + "/elsewhere"}
        status, out = desk.say("submit")
        assert status == 3 and "404" in out
        desk.more = {}
        assert provider.batches.batches == {}
        desk.do("submit")


def test_a_file_that_is_gone_frees_its_questions(desk: Desk, provider: StandIn) -> None:
    with provider.in_thread():
        desk.do("prepare")
        next(desk.folder.glob("batch-*.jsonl")).unlink()
        status, out = desk.say("submit")
        assert status == 3 and "no such file" in out
        assert desk.run()[0] == 0
        assert len(provider.requests) == COUNT


def test_lines_that_are_none_and_files_of_others_change_nothing(desk: Desk, provider: StandIn) -> None:
    with provider.in_thread():
        desk.do("prepare", "submit")
        assert desk.say("collect")[0] == desk.say("status")[0] == 4
        desk.say("status")  # the batch is done now, and its files are there
        odd = [
            b"no json", b"[]", b'{"custom_id": 5}', b'{"custom_id": "0", "response": {"status_code": 200, "body": {}}}',
            b'{"custom_id": "x", "response": [], "error": "y"}',
        ]
        for name, content in list(provider.batches.files.items())[1:]:
            provider.batches.files[name] = b"\n".join(odd) + b"\n" + content
        assert f"{COUNT} answered, 0 left to `extractor run`, 0 expired, 0 failed" in desk.collect()


def test_parts_are_as_large_as_the_provider_takes(reports: Path, tmp_path: Path) -> None:
    profile = replace(profiles()["openai"], batch=BatchFiles(5, 200_000, "24h"))
    settings = Settings("http://127.0.0.1:1/v1", "none", "stand-in", profile)
    order = Order((str(reports),), (), str(tmp_path / "a.sqlite"), "model", False, (settings,), 2)

    async def prepared() -> list[Path]:
        workers = Pool(2, models=True)
        try:
            return (await prepare(order, engine, workers, tmp_path / "files")).files
        finally:
            await workers.close()

    engine = connect(order.archive)
    files = asyncio.run(prepared())
    with engine.connect() as connection:
        noted = dict(connection.execute(select(batch_files.c.path, batch_files.c.requests)).all())
        keys = set(connection.scalars(select(batch_requests.c.key)))
    engine.dispose()
    written = {str(path): [json.loads(line) for line in path.read_text("utf-8").splitlines()] for path in files}
    assert {path: len(lines) for path, lines in written.items()} == noted
    assert all(len(lines) <= 5 for lines in written.values())
    assert all(path.stat().st_size <= 200_000 for path in files)
    assert {line["custom_id"] for lines in written.values() for line in lines} == keys
    assert len(keys) == COUNT and len(files) >= 4
