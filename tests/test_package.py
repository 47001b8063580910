"""A wheel built from the repository works elsewhere: with the forms, the messages, the prompts and the eval harness in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.plain_report import plain_report

ROOT = Path(__file__).parents[1]


def call(*command: object, cwd: Path) -> bytes:
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    process = subprocess.run([str(part) for part in command], cwd=cwd, env=environment, capture_output=True, timeout=300)
    assert process.returncode == 0, process.stderr.decode()
    return process.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by way of an sdist, so that the sdist is proved to be complete."""
    folder = tmp_path_factory.mktemp("dist")
    call(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_what_the_package_reads(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for top in ("eval", "prompts"):
        files = {p.relative_to(ROOT).as_posix() for p in (ROOT / top).glob("*.*") if p.is_file()}
        assert files and {f"extractor/{name}" for name in files} <= names
    assert {"extractor/forms/data/2021.json", "extractor/messages/documents.toml", "extractor/py.typed"} <= names
    assert not [name for name in names if not name.startswith(("extractor/", "extractor-"))]


def test_the_wheel_works_elsewhere(wheel: Path, tmp_path: Path) -> None:
    # A fresh environment; the dependencies come from the one that runs the tests, the package from the wheel alone.
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv" / "bin" / "python"
    site = Path(call(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path).decode().strip())
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    call(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=tmp_path)
    (tmp_path / "report.txt").write_text(plain_report(), "utf-8")

    where = call(python, "-c", "import extractor; print(extractor.__file__)", cwd=tmp_path).decode()
    assert str(site) in where
    out = json.loads(call(python.with_name("extractor"), "extract", "report.txt", "--json", cwd=tmp_path))
    assert out["header"]["issuer"]["value"] == "云溪县水务局"
    assert b"Usage: extractor eval" in call(python.with_name("extractor"), "eval", "--help", cwd=tmp_path)
