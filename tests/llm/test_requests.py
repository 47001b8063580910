"""What leaves for each provider, and that the same answer comes of it."""

from __future__ import annotations

import json

import pytest

from extractor.llm.outcome import Kind
from extractor.llm.profiles import profiles
from extractor.llm.settings import SettingsError, from_environment
from tests.llm.asking import RIGHT, Entries, ask, question, settings

SCHEMA = Entries.strict_schema()


@pytest.mark.parametrize("profile", sorted(profiles()))
def test_every_profile_brings_the_answer(profile: str) -> None:
    outcome, standin = ask(["unknown_row"], profile)
    assert outcome.kind is Kind.ANSWERED
    assert outcome.value == Entries.model_validate(RIGHT)
    assert len(standin.requests) == 2


@pytest.mark.parametrize("profile", ["openai", "vllm", "local", "ollama"])
def test_the_strict_schema_leaves_where_the_provider_takes_it(profile: str) -> None:
    _, standin = ask([], profile)
    held = standin.requests[0]["response_format"]
    assert held == {"type": "json_schema", "json_schema": {"name": "Entries", "strict": True, "schema": SCHEMA}}


@pytest.mark.parametrize("profile", ["deepseek", "dashscope"])
def test_elsewhere_the_schema_stands_in_the_fixed_part_with_the_word_json(profile: str) -> None:
    _, standin = ask([], profile)
    request = standin.requests[0]
    assert request["response_format"] == {"type": "json_object"}
    system = request["messages"][0]["content"]
    assert "JSON" in system and json.dumps(SCHEMA, ensure_ascii=False, separators=(",", ":")) in system


def test_a_strict_tool_for_providers_that_have_those() -> None:
    _, standin = ask([], "deepseek-tools")
    request = standin.requests[0]
    assert request["tools"][0]["function"]["strict"] is True
    assert request["tools"][0]["function"]["parameters"] == SCHEMA
    assert request["tool_choice"]["function"]["name"] == "Entries"


def test_thinking_is_off_where_it_would_forbid_json() -> None:
    _, standin = ask([], "dashscope")
    assert standin.requests[0]["enable_thinking"] is False


def test_the_schema_is_one_that_strict_providers_take() -> None:
    def check(node: object) -> None:
        if isinstance(node, list):
            for item in node:
                check(item)
        if isinstance(node, dict):
            assert not {"$ref", "$defs", "title", "default"} & (node.keys() - {"properties"})
            if node.get("type") == "object":
                assert node["additionalProperties"] is False
                assert node["required"] == list(node["properties"])
            for value in node.values():
                check(value)

    check(SCHEMA)


def test_the_document_is_never_a_template() -> None:
    outcome, standin = ask([])
    assert outcome.kind is Kind.ANSWERED
    hostile = question("{{ 7 * 7 }} {% for x in y %}")
    from tests.llm.asking import ask_several

    _, standin = ask_several([hostile], [])[0]
    assert standin.requests[0]["messages"][-1]["content"] == "{{ 7 * 7 }} {% for x in y %}"


def test_settings_come_from_the_environment() -> None:
    assert from_environment({}) is None
    found = from_environment({
        "EXTRACTOR_MODEL": "m", "EXTRACTOR_BASE_URL": "http://127.0.0.1:1/v1", "EXTRACTOR_PROFILE": "vllm",
        "EXTRACTOR_API_KEY": "sk-secret", "EXTRACTOR_CACHE": "off", "EXTRACTOR_PRICE_IN": "0.5",
    })
    assert found is not None
    assert (found.model, found.profile.name, found.cache, found.price_in) == ("m", "vllm", None, 0.5)
    assert "sk-secret" not in repr(found)
    for wrong in ({"EXTRACTOR_PROFILE": "none"}, {"EXTRACTOR_BASE_URL": "ftp://x"}, {"EXTRACTOR_PRICE_IN": "much"}):
        with pytest.raises(SettingsError):
            from_environment({"EXTRACTOR_MODEL": "m", "EXTRACTOR_BASE_URL": "http://x/v1"} | wrong)


def test_the_key_is_not_in_what_is_printed() -> None:
    assert "sk-secret" not in repr(settings("http://127.0.0.1:1/v1"))
