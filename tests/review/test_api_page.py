"""The examples of docs/api.md do what the page says."""

from __future__ import annotations

import re
import subprocess
import threading
from pathlib import Path

import pytest
import uvicorn

from extractor.review.app import Serving, create_app
from extractor.review.serving import listening
from tests.review.reviewed import CELL, RIGHT, archive_of, spoilt, token

PAGE = Path("docs/api.md").read_text("utf-8")
CURL = Path("/usr/bin/curl")


@pytest.mark.skipif(not CURL.exists(), reason="curl is not installed")
def test_the_examples_work(tmp_path: Path) -> None:
    assert f'"{CELL}", "value": "{RIGHT}"' in PAGE  # the page's document is the one handed in here
    (tmp_path / "report.txt").write_text(spoilt(), "utf-8")
    engine = archive_of(str(tmp_path / "a.sqlite"), [])
    secret = token(engine, "anna", ["read", "review", "upload"])["authorization"].split()[1]
    listener = listening("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(create_app(engine, Serving()), log_level="critical", proxy_headers=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        script = "set -eu\n" + "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))
        done = subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, env={"SERVER": address, "TOKEN": secret, "PATH": "/usr/bin:/bin"},
            capture_output=True, text=True, timeout=60, check=False,
        )
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
        engine.dispose()
    assert done.returncode == 0, done.stdout[-500:] + done.stderr
    assert '"state":"decided"' in done.stdout and '"undone":true' in done.stdout
    assert len((tmp_path / "decided.jsonl").read_text("utf-8").splitlines()) == 1
