"""The stand-in's HTTP side on loopback: POST /v1/chat/completions, whole or streamed, with its faults; files and batches."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from extractor.eval.standin.allowance import Allowance
from extractor.eval.standin.answers import Library, as_json
from extractor.eval.standin.batches import Batches
from extractor.eval.standin.errors import ErrorModel, with_errors
from extractor.eval.standin.faults import BODIES, Faults
from extractor.eval.standin.tokens import estimated_tokens

Content = Callable[[dict[str, Any]], str]
"""From the body of a request to the content of the answer."""

MODEL = "stand-in"


def from_library(library: Library, errors: ErrorModel | None = None) -> Content:
    """Answers from truth. With an unknown document, an answer of nothing."""

    def content(body: dict[str, Any]) -> str:
        shown = next(m["content"] for m in body["messages"] if m["role"] == "user")
        answer = library.answer(shown)
        if answer is None:
            answer = {"rows": [], "zero": [], "blank": [], "absent": [], "figures": [], "claims": []}
        given = as_json(with_errors(answer, errors or ErrorModel(), shown))
        return json.dumps(given, ensure_ascii=False, separators=(",", ":"))

    return content


@dataclass(slots=True)
class StandIn:
    """One stand-in. `requests` keeps the bodies received, in order. `latency`: seconds before each response. `allowance`: what
    it lets through; the rest gets status 429 with Retry-After."""

    content: Content
    faults: Faults = field(default_factory=Faults)
    latency: float = 0.0
    allowance: Allowance = field(default_factory=Allowance)
    batches: Batches = field(default_factory=Batches)
    requests: list[dict[str, Any]] = field(default_factory=list)
    port: int = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator[asyncio.Server]:
        """Listen on loopback as long as the context lasts; port 0: any that is free."""
        server = await asyncio.start_server(self._connection, "127.0.0.1", port, limit=2**24)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield server
        finally:
            server.close()

    @contextmanager
    def in_thread(self) -> Any:
        """Serve from a thread of its own: for callers without an event loop."""
        ready, done = threading.Event(), threading.Event()

        async def serve() -> None:
            async with self.serving():
                ready.set()
                while not done.is_set():
                    await asyncio.sleep(0.01)

        thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
        thread.start()
        ready.wait()
        try:
            yield self
        finally:
            done.set()
            thread.join()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = _length(head)
                body = await reader.readexactly(length) if length else b""
                method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
                if path == "/v1/chat/completions":
                    if not await self._respond(json.loads(body), writer):
                        break
                    continue
                answer = (
                    self.batches.respond(method, path, head, body, self._completion)
                    if path.startswith(("/v1/files", "/v1/batches")) else _NOWHERE
                )
                if answer is None:
                    break
                writer.write(_whole(answer[1], status=answer[0]))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _respond(self, body: dict[str, Any], writer: asyncio.StreamWriter) -> bool:
        """Whether the connection stays open."""
        self.requests.append(body)
        now = time.monotonic()
        told = self._told(now)
        after = self.allowance.admit(now, _tokens(self._completion(body, ""))) if self.allowance.limited else None
        if after is not None:
            error = {"message": "stand-in: rate limit", "type": None, "code": "rate_limit_exceeded"}
            writer.write(_response(429, {"error": error}, f"Retry-After: {after:.3f}\r\n{told}"))
            await writer.drain()
            return True
        fault, seconds = self.faults.next()
        if self.latency or fault == "slow":
            await asyncio.sleep(self.latency + (seconds or 0.0 if fault == "slow" else 0.0))
        if fault == "drop":
            return False
        if fault.isdigit() or fault in _STATUS:
            status, code = _STATUS.get(fault) or (int(fault), None)
            headers = f"Retry-After: {seconds}\r\n" if seconds is not None else ""
            writer.write(_response(status, {"error": {"message": f"stand-in: {fault}", "type": code, "code": code}}, headers))
            await writer.drain()
            return True
        if fault in BODIES:
            kind = "text/html" if fault == "html" else "application/json"
            writer.write(_whole(BODIES[fault].encode(), kind))
            await writer.drain()
            return True
        completion = self._completion(body, fault)
        if fault == "unmetered":
            del completion["usage"]
        if body.get("stream"):
            await _stream(writer, completion)
            return True
        whole = _response(200, completion, told)
        if fault == "cut":
            whole = _whole(json.dumps(completion).encode()[: len(whole) // 4])
        if fault == "drip":
            await _drip(writer, whole, seconds or 0.0)
            return True
        writer.write(whole[: len(whole) // 2] if fault == "half" else whole)
        await writer.drain()
        return fault != "half"

    def _told(self, now: float) -> str:
        return "".join(f"{name}: {value}\r\n" for name, value in self.allowance.headers(now).items())

    def _completion(self, body: dict[str, Any], fault: str) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": self.content(body), "refusal": None}
        reason = "stop"
        limit = body.get("max_completion_tokens") or body.get("max_tokens") or 1 << 30
        if fault == "truncate" or estimated_tokens(message["content"]) > limit:
            message["content"], reason = message["content"][: len(message["content"]) // 2], "length"
        elif fault == "refuse":
            message |= {"content": None, "refusal": "stand-in: refused"}
        elif fault == "filter":
            message["content"], reason = "", "content_filter"
        elif fault in ("invalid", "empty"):
            message["content"] = "好的，以下是结果：" if fault == "invalid" else ""
        elif fault == "interrupted":
            message["content"], reason = message["content"][: len(message["content"]) // 2], "insufficient_system_resource"
        elif fault == "brackets":
            message["content"] = "[" * 3000
        elif fault == "fenced":
            message["content"] = f"结果如下 {{}}：\n```json\n{message['content']}\n```"
        elif fault == "unknown_row":
            message["content"] = json.dumps({"rows": [{"row": "x1", "line": 1, "values": ["1"]}]})
        used = sum(_tokens_of(m["content"]) for m in body["messages"])
        out = estimated_tokens(message["content"] or "")
        if "tools" in body and message["content"] and fault != "prose":
            name = body["tools"][0]["function"]["name"]
            call = {"id": "call-1", "type": "function", "function": {"name": name, "arguments": message["content"]}}
            message |= {"content": None, "tool_calls": [call]}
        return {
            "id": "stand-in", "object": "chat.completion", "created": 0, "model": MODEL,
            "choices": [{"index": 0, "message": message, "finish_reason": reason}],
            "usage": {"prompt_tokens": used, "completion_tokens": out, "total_tokens": used + out},
        }


_NOWHERE = (404, b'{"error": {"message": "only chat completions, files and batches stand here"}}')


_IMAGE = 255
"""Tokens that a small image is counted as."""


def _tokens_of(content: object) -> int:
    parts = content if isinstance(content, list) else [{"text": str(content)}]
    return sum(estimated_tokens(part["text"]) if "text" in part else _IMAGE for part in parts)


def _tokens(completion: dict[str, Any]) -> int:
    return int(completion["usage"]["total_tokens"])


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


_STATUS = {"quota": (429, "insufficient_quota"), "inspected": (400, "data_inspection_failed")}


async def _drip(writer: asyncio.StreamWriter, whole: bytes, seconds: float) -> None:
    """The response with blank lines before its JSON, one at a time, as providers send that are busy."""
    head, _, body = whole.partition(b"\r\n\r\n")
    lines = max(round(seconds / 0.02), 1)
    length = b"Content-Length: %d" % len(body)
    writer.write(head.replace(length, b"Content-Length: %d" % (len(body) + lines)) + b"\r\n\r\n")
    for _ in range(lines):
        writer.write(b"\n")
        await writer.drain()
        await asyncio.sleep(0.02)
    writer.write(body)
    await writer.drain()


def _whole(body: bytes, kind: str = "application/json", status: int = 200, headers: str = "") -> bytes:
    head = f"HTTP/1.1 {status} {'OK' if status == 200 else 'Error'}\r\nContent-Type: {kind}\r\n{headers}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _response(status: int, value: dict[str, Any], headers: str = "") -> bytes:
    return _whole(json.dumps(value, ensure_ascii=False).encode(), status=status, headers=headers)


async def _stream(writer: asyncio.StreamWriter, completion: dict[str, Any]) -> None:
    """Server-sent events: the content in pieces, the finish reason, the usage, [DONE]."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    choice = completion["choices"][0]
    content = choice["message"]["content"] or ""
    common = {"id": completion["id"], "object": "chat.completion.chunk", "created": 0, "model": completion["model"]}

    def event(choices: list[dict[str, Any]], **more: Any) -> bytes:
        data = f"data: {json.dumps({**common, 'choices': choices, **more}, ensure_ascii=False)}\n\n".encode()
        return b"%x\r\n%b\r\n" % (len(data), data)

    for at in range(0, len(content), 64):
        delta = {"role": "assistant", "content": content[at : at + 64]}
        writer.write(event([{"index": 0, "delta": delta, "finish_reason": None}]))
        await writer.drain()
    writer.write(event([{"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}]))
    writer.write(event([], usage=completion["usage"]))
    writer.write(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
    await writer.drain()
