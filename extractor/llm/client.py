"""Asks a model and gives what came of it, typed: openai sends, instructor validates and sends errors back, tenacity retries.

The body of each request is built here from the question and the provider's profile. instructor 1.17 would overwrite it with
a schema without `strict`, so it sits between its own machinery and the network: `_send` takes from instructor only the
messages, which grow where it sends validation errors back. `context` is never handed to instructor: with one it renders
messages as Jinja templates, and a document could hold one.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from json import JSONDecodeError
from random import Random
from typing import Any, Generic, TypeVar

import httpx2
import instructor
import openai
from instructor.core.exceptions import InstructorRetryException
from openai.types.chat import ChatCompletion, ChatCompletionMessage
from openai.types.completion_usage import CompletionUsage
from pydantic import ValidationError
from tenacity import AsyncRetrying

from extractor.llm.cache import AnswerCache, Stored, key_of
from extractor.llm.outcome import FINAL, Attempt, EndedError, Kind, Outcome, TransportError
from extractor.llm.reply import Reply, bare
from extractor.llm.retries import Policy, Retries, is_invalid, seconds_asked
from extractor.llm.settings import Settings

logging.getLogger("instructor").addHandler(logging.NullHandler())  # it logs each failure as an error; outcomes say it

R = TypeVar("R", bound=Reply)
_POLL = (0.05, 1.0)
"""Seconds between looks at a question that another is asking: at first, at last."""
_TRYABLE = frozenset({408, 409, 425, 429})
_FILTERED = frozenset({"content_filter", "data_inspection_failed"})
"""Codes of a rejection that say that a filter stopped the question."""
_INTERRUPTED = "insufficient_system_resource"
"""DeepSeek's reason for an answer that ends inside through no fault of the question."""
_WIDER = 4
"""How much larger the limit is when a truncated answer is asked for again."""
_EMPTY = "no answer in the response"


@dataclass(frozen=True, slots=True)
class Question(Generic[R]):
    """`fixed` is the same for all documents and comes first, `document` last. `limit`: tokens that the answer may have.
    `prompt`: name, version and hash of the prompt."""

    fixed: str
    document: str
    reply: type[R]
    prompt: str
    limit: int


@dataclass(slots=True)
class _Call:
    """One request in the making: its body, and what its attempts took."""

    body: dict[str, Any]
    retries: Retries
    key: str = ""
    attempts: list[Attempt] = field(default_factory=list)


class AsyncClient:
    """Asks many questions at once, `concurrency` of them on the way at most. `calls` counts the requests sent."""

    def __init__(
        self, settings: Settings, policy: Policy | None = None, cache: AnswerCache | None = None, concurrency: int = 16
    ) -> None:
        self.settings = settings
        self.calls = 0
        self._policy = policy or Policy()
        self._cache = cache
        self._jitter = Random()
        pool = httpx2.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
        self._openai = openai.AsyncOpenAI(
            base_url=settings.base_url, api_key=settings.key, max_retries=0, timeout=self._policy.deadline,
            http_client=openai.DefaultAsyncHttpxClient(limits=pool),
        )
        mode = instructor.Mode.TOOLS if settings.profile.reply == "tool" else instructor.Mode.JSON_SCHEMA
        self._create: Any = instructor.patch(create=self._send, mode=mode)
        self._places = asyncio.Semaphore(concurrency)

    async def ask(self, question: Question[R]) -> Outcome[R]:
        """What comes of a question; never raises for what an endpoint or a model does."""
        if self._cache is None:
            async with self._places:
                return await self._asked(question)
        key = key_of(self._body(question, question.limit), question.prompt)
        pause, longest = _POLL
        while True:
            async with self._places:  # claimed only where it can be asked at once: a claim that waits keeps others waiting
                stored = self._cache.claim(key, self.settings.model, question.prompt)
                if stored is None:
                    return await self._claimed(self._cache, key, question)
            if stored.kind is None:
                await asyncio.sleep(pause)
                pause = min(2 * pause, longest)
            elif (known := self._known(question, stored)) is not None:
                return known
            else:
                self._cache.drop(key, stored)

    async def _claimed(self, cache: AnswerCache, key: str, question: Question[R]) -> Outcome[R]:
        """Ask a claimed question; keep what is final, give the claim back for what is not."""
        try:
            outcome = await self._asked(question, key)
        except BaseException:
            cache.release(key)
            raise
        if outcome.kind in FINAL:
            content = outcome.value.model_dump_json() if outcome.value is not None else ""
            cache.store(key, outcome.kind, content, outcome.tokens_in, outcome.tokens_out)
        else:
            cache.release(key)
        return outcome

    async def _asked(self, question: Question[R], key: str = "") -> Outcome[R]:
        attempts: list[Attempt] = []
        kind, detail, value = Kind.TRUNCATED, "", None
        for limit in _limits(question):
            call = _Call(self._body(question, limit), Retries(self._policy, self._jitter), key)
            retrying = AsyncRetrying(retry=call.retries.retry, stop=call.retries.stop, wait=call.retries.wait, reraise=True)
            try:
                messages = call.body["messages"]
                value = await self._create(response_model=question.reply, max_retries=retrying, messages=messages, call=call)
                kind = Kind.ANSWERED
            except Exception as error:
                kind, detail = self._failed(call, error)
            attempts += call.attempts
            if kind is not Kind.TRUNCATED:
                break
        return Outcome(kind, value, self.settings.model, question.prompt, tuple(attempts), detail)

    async def _send(self, *, call: _Call, messages: list[Any], **_: object) -> ChatCompletion:
        if self._cache is not None and call.key:
            self._cache.renew(call.key)
        started = time.perf_counter()
        with self._sending(call):
            async with asyncio.timeout(self._policy.deadline):  # the client's own bounds each read, not the whole
                completion = await self._openai.post(
                    "/chat/completions", cast_to=ChatCompletion, body=call.body | {"messages": messages}
                )
        return self._take(call, completion, started)

    def _body(self, question: Question[R], limit: int) -> dict[str, Any]:
        """The request of a question, whole."""
        profile, schema = self.settings.profile, question.reply.strict_schema()
        return {
            "model": self.settings.model,
            "messages": [
                {"role": "system", "content": profile.fixed(question.fixed, schema)},
                {"role": "user", "content": question.document},
            ],
            **profile.held(question.reply.__name__, schema),
            **profile.settings,
            profile.limit: limit,
        }

    @contextmanager
    def _sending(self, call: _Call) -> Iterator[None]:
        """Times a request and tells its faults apart. Raises TransportError, EndedError."""
        self.calls += 1
        if call.attempts and call.attempts[-1].outcome == Kind.ANSWERED:  # and yet it is asked again
            call.attempts[-1] = replace(call.attempts[-1], outcome=Kind.INVALID.value)
        started = time.perf_counter()
        try:
            yield
        except openai.APIStatusError as error:
            outcome = str(error.status_code)
            call.attempts.append(Attempt(outcome, time.perf_counter() - started))
            spent = not {error.code, error.type}.isdisjoint(self.settings.profile.spent)
            if error.code in _FILTERED:
                raise EndedError(Kind.FILTERED, error.message[:300]) from error
            if (error.status_code in _TRYABLE and not spent) or error.status_code >= 500:
                headers = error.response.headers
                after = seconds_asked(headers.get("retry-after"), headers.get("retry-after-ms"))
                raise TransportError(outcome, after) from error
            raise EndedError(Kind.REJECTED, f"{outcome}: {error.message}"[:300]) from error
        except (openai.APIError, JSONDecodeError, TimeoutError) as error:  # no response, or half of one
            call.attempts.append(Attempt("connection", time.perf_counter() - started))
            raise TransportError(f"connection: {error}"[:300]) from error

    def _take(self, call: _Call, completion: ChatCompletion, started: float) -> ChatCompletion:
        """Note what an attempt took; pass on a response that holds an answer. Raises EndedError, TransportError."""
        message, reason = _message(completion)
        kind, detail = Kind.ANSWERED, ""
        if message is not None and message.refusal:
            kind, detail = Kind.REFUSED, str(message.refusal)
        elif reason == "content_filter":
            kind = Kind.FILTERED
        elif reason == "length":
            kind = Kind.TRUNCATED
        fault = _EMPTY if message is None else "interrupted" if reason == _INTERRUPTED else ""
        usage = getattr(completion, "usage", None)
        call.attempts.append(self._attempt(fault or kind.value, time.perf_counter() - started, usage))
        if message is None or fault:
            raise TransportError(fault)
        if kind is not Kind.ANSWERED:
            raise EndedError(kind, detail[:300])
        if not message.tool_calls:
            message.content = bare(message.content) if isinstance(message.content, str) else ""
        return completion

    def _attempt(self, outcome: str, seconds: float, usage: object) -> Attempt:
        if not isinstance(usage, CompletionUsage):
            return Attempt(outcome, seconds)
        told, made = usage.prompt_tokens or 0, usage.completion_tokens or 0  # some endpoints leave one of them out
        cached = usage.prompt_tokens_details.cached_tokens if usage.prompt_tokens_details else 0
        prices = (self.settings.price_in, self.settings.price_out)
        cost = None
        if prices[0] is not None and prices[1] is not None:
            cost = (told * prices[0] + made * prices[1]) / 1e6
        return Attempt(outcome, seconds, told, cached or 0, made, cost)

    def _failed(self, call: _Call, error: BaseException) -> tuple[Kind, str]:
        """The kind of failure that an exception out of instructor stands for. Raises what is no failure of the model."""
        if isinstance(error, InstructorRetryException) and error.__cause__ is not None:
            error = error.__cause__
        if isinstance(error, EndedError):
            return error.kind, str(error)
        if isinstance(error, TransportError):
            return Kind.UNAVAILABLE, str(error)
        if is_invalid(error):
            if call.attempts:
                call.attempts[-1] = replace(call.attempts[-1], outcome=Kind.INVALID.value)
            return Kind.INVALID, str(error)[:300]
        raise error

    def _known(self, question: Question[R], stored: Stored) -> Outcome[R] | None:
        """The outcome that the cache holds; None where its answer does not keep to the schema (any more)."""
        value = None
        if stored.kind is Kind.ANSWERED:
            try:
                value = question.reply.model_validate_json(stored.content)
            except ValidationError:
                return None
        return Outcome(stored.kind or Kind.UNAVAILABLE, value, self.settings.model, question.prompt, cached=True)

    async def close(self) -> None:
        await self._openai.close()


class Client:
    """Asks one question at a time, outside of any event loop."""

    def __init__(self, settings: Settings, policy: Policy | None = None, cache: AnswerCache | None = None) -> None:
        self._runner = asyncio.Runner()
        self._client = AsyncClient(settings, policy, cache, concurrency=1)

    @property
    def calls(self) -> int:
        return self._client.calls

    def ask(self, question: Question[R]) -> Outcome[R]:
        """What comes of a question; never raises for what an endpoint or a model does."""
        return self._runner.run(self._client.ask(question))

    def close(self) -> None:
        self._runner.run(self._client.close())
        self._runner.close()


def _message(completion: ChatCompletion) -> tuple[ChatCompletionMessage | None, str]:
    """The first message of a response and why it ended; None where there is none: the SDK builds responses without validating
    them, and a proxy may answer with status 200 and anything."""
    choices = getattr(completion, "choices", None)
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = getattr(choice, "message", None)
    return (message if isinstance(message, ChatCompletionMessage) else None), str(getattr(choice, "finish_reason", ""))


def _limits(question: Question[R]) -> tuple[int, int]:
    return question.limit, question.limit * _WIDER
