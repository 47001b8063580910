"""Asks a model and gives what came of it, typed: openai sends, instructor validates and sends errors back, tenacity retries.

The body of each request is built here from the question and the provider's profile. instructor 1.17 would overwrite it with
a schema without `strict`, so it sits between its own machinery and the network: `_next` takes from instructor only the
messages, which grow where it sends validation errors back. `context` is never handed to instructor: with one it renders
messages as Jinja templates, and a document could hold one. A first answer that keeps to its schema never gets to instructor,
which walks the whole model four times a call.
"""

from __future__ import annotations

import asyncio
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from json import JSONDecodeError
from random import Random
from typing import Any, Generic, TypeVar

import httpx2
import instructor
import openai
from openai.types.chat import ChatCompletion
from pydantic import ValidationError
from tenacity import AsyncRetrying

from extractor.llm.budget import Budget
from extractor.llm.cache import AnswerCache, Stored, key_of
from extractor.llm.expectation import Expectation
from extractor.llm.limits import Pacer, Turn
from extractor.llm.outcome import FINAL, Attempt, AwaitedError, EndedError, Kind, Outcome, TransportError
from extractor.llm.reply import Reply
from extractor.llm.response import attempt_of, failure_of, fault_in, mode_of
from extractor.llm.retries import Policy, Retries, seconds_asked
from extractor.llm.settings import Settings

R = TypeVar("R", bound=Reply)
T = TypeVar("T")
_THREADS = 4
"""That speak to the cache at once: fewer than its engine has connections."""
_POLL = (0.05, 1.0)
"""Seconds between looks at a question that another is asking: at first, at last."""
_TRYABLE = frozenset({408, 409, 425, 429})
_FILTERED = frozenset({"content_filter", "data_inspection_failed"})
"""Codes of a rejection that say that a filter stopped the question."""
_WIDER = 4
"""How much larger the limit is when a truncated answer is asked for again."""


@dataclass(frozen=True, slots=True)
class Question(Generic[R]):
    """`fixed` is the same for all documents and comes first, `document` last. `limit`: tokens that the answer may have.
    `prompt`: name, version and hash of the prompt. `image`: a PNG shown behind the document, if any."""

    fixed: str
    document: str
    reply: type[R]
    prompt: str
    limit: int
    image: bytes = b""


@dataclass(slots=True)
class _Call:
    """One request in the making: its body, and what its attempts took."""

    body: dict[str, Any]
    limit: int
    retries: Retries
    key: str = ""
    first: ChatCompletion | TransportError | None = None
    """What came of the first request, until instructor is told."""
    attempts: list[Attempt] = field(default_factory=list)


class AsyncClient:
    """Asks many questions at once, as many and as fast as the pacer lets pass (by default one of the settings' limits), within
    the budget. `calls` counts the requests sent."""

    def __init__(
        self, settings: Settings, policy: Policy | None = None, cache: AnswerCache | None = None,
        pacer: Pacer | None = None, budget: Budget | None = None,
    ) -> None:
        self.settings = settings
        self.calls = 0
        self._policy = policy or Policy()
        self._cache = cache
        self._jitter = Random()
        self._pacer = pacer or Pacer(settings.limits)
        self._budget = budget or Budget()
        self._expectation = Expectation()
        self._threads = ThreadPoolExecutor(_THREADS, "answers")
        at_once = self._pacer.limits.concurrency
        pool = httpx2.Limits(max_connections=at_once, max_keepalive_connections=at_once)
        self._openai = openai.AsyncOpenAI(
            base_url=settings.base_url, api_key=settings.key, max_retries=0, timeout=self._policy.deadline,
            http_client=openai.DefaultAioHttpClient(limits=pool),  # httpx2's own pool looks at each idle connection each time
        )
        self._create: Any = instructor.patch(create=self._next, mode=mode_of(settings.profile))

    async def ask(self, question: Question[R]) -> Outcome[R]:
        """What comes of a question; never raises for what an endpoint or a model does. Raises BudgetReachedError where asking
        would cost more than is left, AwaitedError where the question is out in a batch file."""
        if self._cache is None:
            async with self._pacer.place():
                return await self._asked(question)
        key = key_of(body_of(question, self.settings), question.prompt)
        pause, longest = _POLL
        while True:
            async with self._pacer.place():  # claimed only where it can be asked at once: a waiting claim keeps others waiting
                stored = await self._kept(self._cache.claim, key, self.settings.model, question.prompt)
                if stored is None:
                    return await self._claimed(self._cache, key, question)
            if stored.in_batch:
                raise AwaitedError
            if stored.kind is None:
                await asyncio.sleep(pause)
                pause = min(2 * pause, longest)
            elif (known := self._known(question, stored)) is not None:
                return known
            else:
                await self._kept(self._cache.drop, key, stored)

    async def _claimed(self, cache: AnswerCache, key: str, question: Question[R]) -> Outcome[R]:
        """Ask a claimed question; keep what is final, give the claim back for what is not."""
        try:
            outcome = await self._asked(question, key)
        except BaseException:
            cache.release(key)
            raise
        if outcome.kind in FINAL:
            content = outcome.value.model_dump_json() if outcome.value is not None else ""
            await self._kept(cache.store, key, outcome.kind, content, outcome.tokens_in, outcome.tokens_out)
        else:
            cache.release(key)
        return outcome

    async def _kept(self, action: Callable[..., T], *values: Any) -> T:
        """What the cache says, in a thread: its database may wait for a disk, a network, or another writer."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, action, *values)

    async def _asked(self, question: Question[R], key: str = "") -> Outcome[R]:
        tokens = self._expectation.of(body_of(question, self.settings), question.limit)
        with self._budget.question(self.settings.cost(*tokens), sum(tokens)):
            return await self._tried(question, key)

    async def _tried(self, question: Question[R], key: str) -> Outcome[R]:
        attempts: list[Attempt] = []
        kind, detail, value = Kind.TRUNCATED, "", None
        for limit in _limits(question):
            call = _Call(body_of(question, self.settings, limit), limit, Retries(self._policy, self._jitter), key)
            try:
                value = await self._answer(call, question.reply)
                kind = Kind.ANSWERED
            except Exception as error:
                kind, detail = failure_of(error)
                if kind is Kind.INVALID and call.attempts:
                    call.attempts[-1] = replace(call.attempts[-1], outcome=kind.value)
            attempts += call.attempts
            if kind is not Kind.TRUNCATED:
                break
        return Outcome(kind, value, self.settings.model, question.prompt, tuple(attempts), detail)

    async def _answer(self, call: _Call, reply: type[R]) -> R:
        """The first answer, or where it is none that holds, what retries and corrections come to. Raises what they end with."""
        messages = call.body["messages"]
        try:
            call.first = await self._send(call, messages)
            if self.settings.profile.reply != "tool":
                return reply.model_validate_json(call.first.choices[0].message.content or "", strict=True)  # as instructor does
        except ValidationError:
            pass  # instructor finds the same, and sends it back
        except TransportError as error:
            call.first = error
        retrying = AsyncRetrying(retry=call.retries.retry, stop=call.retries.stop, wait=call.retries.wait, reraise=True)
        value: R = await self._create(response_model=reply, max_retries=retrying, messages=messages, call=call)
        return value

    async def _next(self, *, call: _Call, messages: list[Any], **_: object) -> ChatCompletion:
        """What instructor calls: the first time, what is there already."""
        first, call.first = call.first, None
        if isinstance(first, TransportError):
            raise first
        return first or await self._send(call, messages)

    async def _send(self, call: _Call, messages: list[Any]) -> ChatCompletion:
        body = call.body | {"messages": messages}
        expected = self._expectation.of(body, call.limit)
        turn = await self._pacer.turn(sum(expected))
        if self._cache is not None and call.key:
            await self._kept(self._cache.renew, call.key)
        started = time.perf_counter()
        with self._sending(call, turn):
            async with asyncio.timeout(self._policy.deadline):  # the client's own bounds each read, not the whole
                completion = await self._openai.post("/chat/completions", cast_to=ChatCompletion, body=body)
        fault = fault_in(completion)
        attempt = attempt_of(completion, fault, time.perf_counter() - started, self.settings)
        call.attempts.append(attempt)
        used = attempt.tokens_in + attempt.tokens_out
        turn.settle(used or turn.tokens)
        if used or isinstance(fault, TransportError):
            self._budget.spend(attempt.cost, used)
        else:  # an answer came, and what it took is not told: a budget must end with such an endpoint, too
            self._budget.spend(self.settings.cost(*expected), sum(expected))
        self._expectation.learn(body, attempt.tokens_in, attempt.tokens_out)
        if fault is not None:
            raise fault
        return completion

    @contextmanager
    def _sending(self, call: _Call, turn: Turn) -> Iterator[None]:
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
                if error.status_code == 429:
                    patient = after is None or after <= self._policy.patience
                    turn.refuse(after if patient else None)  # longer than anyone waits: the others shall meet it and end, too
                raise TransportError(outcome, after) from error
            raise EndedError(Kind.REJECTED, f"{outcome}: {error.message}"[:300]) from error
        except (openai.APIError, JSONDecodeError, TimeoutError) as error:  # no response, or half of one
            call.attempts.append(Attempt("connection", time.perf_counter() - started))
            raise TransportError(f"connection: {error}"[:300]) from error

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
        self._threads.shutdown(wait=False)


class Client:
    """Asks one question at a time, outside of any event loop."""

    def __init__(
        self, settings: Settings, policy: Policy | None = None, cache: AnswerCache | None = None, budget: Budget | None = None
    ) -> None:
        self._runner = asyncio.Runner()
        self._client = AsyncClient(settings, policy, cache, budget=budget)

    @property
    def calls(self) -> int:
        return self._client.calls

    def ask(self, question: Question[R]) -> Outcome[R]:
        """What comes of a question; never raises for what an endpoint or a model does."""
        return self._runner.run(self._client.ask(question))

    def close(self) -> None:
        self._runner.run(self._client.close())
        self._runner.close()


def body_of(question: Question[Any], settings: Settings, limit: int | None = None) -> dict[str, Any]:
    """The request of a question, whole. `limit`: tokens of the answer, where not the question's own."""
    profile, schema = settings.profile, question.reply.strict_schema()
    return {
        "model": settings.model,
        "messages": [
            {"role": "system", "content": profile.fixed(question.fixed, schema)},
            {"role": "user", "content": _shown(question)},
        ],
        **profile.held(question.reply.__name__, schema),
        **profile.settings,
        profile.limit: limit or question.limit,
    }


def _shown(question: Question[Any]) -> str | list[dict[str, Any]]:
    if not question.image:
        return question.document
    url = f"data:image/png;base64,{b64encode(question.image).decode()}"
    return [{"type": "text", "text": question.document}, {"type": "image_url", "image_url": {"url": url}}]


def _limits(question: Question[R]) -> tuple[int, int]:
    return question.limit, question.limit * _WIDER
