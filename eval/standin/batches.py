"""The stand-in's batch files: /v1/files and /v1/batches as OpenAI has them.

A batch goes on by one state each time it is looked at, so that nothing here depends on the clock:
validating → in_progress → completed, or expired where `most` is less than its requests.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

Complete = Callable[[dict[str, Any], str], dict[str, Any]]
"""From a request's body and its fault to the completion."""


@dataclass(slots=True)
class Batches:
    """`most`: requests of each batch that are answered before it expires, None for all. `faults`: what befalls the answers, in
    the order of the requests, as `extractor.eval.standin.faults` names it; a number is the status of a request that fails.
    `lost`: calls ("POST /v1/batches") that are done and whose connection is closed without a response, each once. `paid`: the
    requests that were answered, by custom_id, one entry for each time."""

    most: int | None = None
    faults: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    paid: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)

    def respond(self, method: str, path: str, head: bytes, body: bytes, complete: Complete) -> tuple[int, bytes] | None:
        """Status and body; None where the connection is to be closed instead."""
        call = f"{method} {path.partition('?')[0]}"
        self.calls.append(call)
        status, answer = self._done(call, path, head, body, complete)
        if call in self.lost:
            self.lost.remove(call)
            return None
        return status, answer if isinstance(answer, bytes) else json.dumps(answer, ensure_ascii=False).encode()

    def _done(self, call: str, path: str, head: bytes, body: bytes, complete: Complete) -> tuple[int, dict[str, Any] | bytes]:
        if call == "POST /v1/files":
            name = f"file-{len(self.files) + 1}"
            self.files[name] = _uploaded(head, body)
            return 200, {"id": name, "object": "file", "purpose": "batch", "bytes": len(self.files[name]), "filename": "f",
                         "created_at": 0, "status": "processed"}
        if call == "POST /v1/batches":
            return self._create(json.loads(body))
        if call == "GET /v1/batches":
            return 200, {"object": "list", "data": list(self.batches.values())[::-1], "has_more": False}
        last = path.partition("?")[0].split("/")[3:]
        if call.startswith("GET /v1/batches/") and last[0] in self.batches:
            return 200, self._looked_at(self.batches[last[0]], complete)
        if call.startswith("GET /v1/files/") and last[-1] == "content" and last[0] in self.files:
            return 200, self.files[last[0]]
        return 404, {"error": {"message": "stand-in: no such thing", "code": "not_found"}}

    def _create(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if asked["input_file_id"] not in self.files:
            return 404, {"error": {"message": "stand-in: no such file", "code": "not_found"}}
        id_ = f"batch-{len(self.batches) + 1}"
        count = len(self.files[asked["input_file_id"]].splitlines())
        self.batches[id_] = {
            "id": id_, "object": "batch", "endpoint": asked["endpoint"], "input_file_id": asked["input_file_id"],
            "completion_window": asked["completion_window"], "status": "validating", "created_at": 0,
            "output_file_id": None, "error_file_id": None, "metadata": asked.get("metadata"),
            "request_counts": {"total": count, "completed": 0, "failed": 0},
        }
        return 200, self.batches[id_]

    def _looked_at(self, batch: dict[str, Any], complete: Complete) -> dict[str, Any]:
        shown = dict(batch)
        if batch["status"] == "validating":
            batch["status"] = "in_progress"
        elif batch["status"] == "in_progress":
            self._finish(batch, complete)
        return shown

    def _finish(self, batch: dict[str, Any], complete: Complete) -> None:
        answered, failed = [], []
        requests = [json.loads(line) for line in self.files[batch["input_file_id"]].splitlines()]
        for number, request in enumerate(requests):
            line: dict[str, Any] = {"id": f"line-{number}", "custom_id": request["custom_id"], "response": None, "error": None}
            if self.most is not None and number >= self.most:
                line["error"] = {"code": "batch_expired", "message": "stand-in: not reached in time"}
                failed.append(line)
                continue
            fault = self.faults.pop(0) if self.faults else ""
            if fault.isdigit():
                error = {"error": {"message": f"stand-in: {fault}", "code": None}}
                line["response"] = {"status_code": int(fault), "request_id": "", "body": error}
                failed.append(line)
                continue
            self.paid.append(request["custom_id"])
            line["response"] = {"status_code": 200, "request_id": "", "body": complete(request["body"], fault)}
            answered.append(line)
        answered.reverse()  # the order is not that of the requests
        batch["output_file_id"] = self._kept(answered)
        batch["error_file_id"] = self._kept(failed)
        batch["status"] = "expired" if self.most is not None and len(requests) > self.most else "completed"
        batch["request_counts"] = {"total": len(requests), "completed": len(answered), "failed": len(failed)}

    def _kept(self, lines: list[dict[str, Any]]) -> str | None:
        if not lines:
            return None
        name = f"file-{len(self.files) + 1}"
        self.files[name] = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
        return name


def _uploaded(head: bytes, body: bytes) -> bytes:
    """The file in a form (multipart)."""
    kind = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-type:"))
    for part in message_from_bytes(kind + b"\r\n\r\n" + body).walk():
        if part.get_filename():
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            return content
    return b""
