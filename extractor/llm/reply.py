"""The base of all answers: a pydantic model whose JSON schema is built once and keeps to what strict providers take."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from instructor import ResponseSchema
from pydantic import ConfigDict


class Reply(ResponseSchema):
    """An answer. As a subclass of instructor's own base it is not built anew by instructor on each call."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def model_json_schema(cls, *_: Any, **__: Any) -> dict[str, Any]:
        """The strict schema with the title that instructor's tool mode looks for; instructor asks for it on each call."""
        return {"title": cls.__name__, **cls.strict_schema()}

    @classmethod
    @cache
    def strict_schema(cls) -> dict[str, Any]:
        """The schema with references resolved, every property required, no others allowed, no titles and no defaults."""
        schema = super().model_json_schema()
        plain: dict[str, Any] = _strict(schema, schema.get("$defs", {}))
        return plain


def bare(content: str) -> str:
    """The JSON of an answer that has thoughts before it or a code block around it, as models give that no schema holds."""
    content = content.rpartition("</think>")[2].strip()
    if content.startswith("{"):
        return content
    fenced = content.partition("```")[2].rpartition("```")[0].removeprefix("json").strip()
    return fenced if fenced.startswith("{") else content


_DROPPED = ("title", "default", "$defs")


def _strict(node: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_strict(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _strict(definitions[node["$ref"].rpartition("/")[2]], definitions)
    found = {key: _strict(value, definitions) for key, value in node.items() if key not in _DROPPED and key != "properties"}
    if "properties" in node:  # a property may itself be called title
        found["properties"] = {name: _strict(value, definitions) for name, value in node["properties"].items()}
        found["required"] = list(node["properties"])
        found["additionalProperties"] = False
    return found
