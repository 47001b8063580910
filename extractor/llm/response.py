"""What a provider's response comes to, whether it came at once or out of a batch file: its use, its fault, its answer."""

from __future__ import annotations

import logging

import instructor
from instructor.core.exceptions import InstructorRetryException
from openai.types.chat import ChatCompletion, ChatCompletionMessage
from openai.types.completion_usage import CompletionUsage

from extractor.llm.outcome import Attempt, EndedError, Kind, TransportError
from extractor.llm.profiles import Profile
from extractor.llm.reply import bare
from extractor.llm.retries import is_invalid
from extractor.llm.settings import Settings

logging.getLogger("instructor").addHandler(logging.NullHandler())  # it logs each failure as an error; outcomes say it

_INTERRUPTED = "insufficient_system_resource"
"""DeepSeek's reason for an answer that ends inside through no fault of the question."""
_EMPTY = "no answer in the response"


def mode_of(profile: Profile) -> instructor.Mode:
    """How instructor is to read the answers of a provider."""
    return instructor.Mode.TOOLS if profile.reply == "tool" else instructor.Mode.JSON_SCHEMA


def fault_in(completion: ChatCompletion) -> EndedError | TransportError | None:
    """Why a response holds no answer; None where it holds one, which is then bared of what stands around it."""
    message, reason = _message(completion)
    if message is None:
        return TransportError(_EMPTY)
    if message.refusal:
        return EndedError(Kind.REFUSED, str(message.refusal)[:300])
    if reason == "content_filter":
        return EndedError(Kind.FILTERED)
    if reason == "length":
        return EndedError(Kind.TRUNCATED)
    if reason == _INTERRUPTED:
        return TransportError("interrupted")
    if not message.tool_calls:
        message.content = bare(message.content) if isinstance(message.content, str) else ""
    return None


def attempt_of(
    completion: ChatCompletion, fault: EndedError | TransportError | None, seconds: float, settings: Settings
) -> Attempt:
    """What a request took, as its response tells."""
    outcome = Kind.ANSWERED.value if fault is None else fault.kind.value if isinstance(fault, EndedError) else fault.outcome
    usage = getattr(completion, "usage", None)
    if not isinstance(usage, CompletionUsage):
        return Attempt(outcome, seconds)
    told, made = usage.prompt_tokens or 0, usage.completion_tokens or 0  # some endpoints leave one of them out
    cached = usage.prompt_tokens_details.cached_tokens if usage.prompt_tokens_details else 0
    return Attempt(outcome, seconds, told, cached or 0, made, settings.cost(told, made))


def failure_of(error: BaseException) -> tuple[Kind, str]:
    """The kind of failure that an exception out of instructor stands for, and its words. Raises what is no failure of the
    model."""
    if isinstance(error, InstructorRetryException) and error.__cause__ is not None:
        error = error.__cause__
    if isinstance(error, EndedError):
        return error.kind, str(error)
    if isinstance(error, TransportError):
        return Kind.UNAVAILABLE, str(error)
    if is_invalid(error):
        return Kind.INVALID, str(error)[:300]
    raise error


def _message(completion: ChatCompletion) -> tuple[ChatCompletionMessage | None, str]:
    """The first message of a response and why it ended; None where there is none: the SDK builds responses without validating
    them, and a proxy may answer with status 200 and anything."""
    choices = getattr(completion, "choices", None)
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = getattr(choice, "message", None)
    return (message if isinstance(message, ChatCompletionMessage) else None), str(getattr(choice, "finish_reason", ""))
