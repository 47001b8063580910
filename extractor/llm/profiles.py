"""Providers' profiles: `profiles.toml` beside this module, and the request that each makes of a question."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Reply = Literal["json_schema", "json_object", "tool"]


@dataclass(frozen=True, slots=True)
class BatchFiles:
    """The most that one batch file may hold, and the time in which it is done."""

    requests: int
    bytes: int
    window: Literal["24h"]


@dataclass(frozen=True, slots=True)
class Profile:
    """What differs between providers; the fields are explained in `profiles.toml`."""

    name: str
    reply: Reply
    strict: bool
    limit: str
    settings: Mapping[str, Any]
    spent: tuple[str, ...]
    batch: BatchFiles | None = None

    def fixed(self, prompt: str, schema: Mapping[str, Any]) -> str:
        """The system message: the prompt, and where the provider takes no schema, the schema."""
        if self.reply != "json_object":
            return prompt
        return f"{prompt}\n\n只输出一个 JSON 对象，符合此 JSON Schema：\n{_compact(schema)}"

    def held(self, name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
        """The part of the body that holds the answer to the schema."""
        strict = {"strict": True} if self.strict else {}
        if self.reply == "json_schema":
            return {"response_format": {"type": "json_schema", "json_schema": {"name": name, **strict, "schema": schema}}}
        if self.reply == "json_object":
            return {"response_format": {"type": "json_object"}}
        return {
            "tools": [{"type": "function", "function": {"name": name, **strict, "parameters": schema}}],
            "tool_choice": {"type": "function", "function": {"name": name}},
        }


def _compact(schema: Mapping[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, separators=(",", ":"))


@cache
def profiles() -> Mapping[str, Profile]:
    """Every profile by name."""
    data = tomllib.loads(files("extractor.llm").joinpath("profiles.toml").read_text("utf-8"))
    return {name: _profile(name, fields) for name, fields in data.items()}


def _profile(name: str, fields: Mapping[str, Any]) -> Profile:
    batch = BatchFiles(**fields["batch"]) if "batch" in fields else None
    return Profile(name, **{**fields, "spent": tuple(fields["spent"]), "batch": batch})
