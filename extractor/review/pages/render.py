"""Draws a page: templates with words of the catalogue in one language; names of static files change with their content."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from extractor.messages import catalogue
from extractor.messages import text as message_text
from extractor.presenting.sheet import Language
from extractor.review.pages.keys import ACTIONS

STATIC = "/static/"
_ENVIRONMENT = Environment(
    loader=PackageLoader("extractor.review.pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True, auto_reload=False,
)
_KEY_WORDS = ("U-PRESS-KEY", "U-KEY-TAKEN", "U-KEY-PROPOSAL", "U-NO-CONNECTION", "U-LOGGED-OUT", "U-FAILED")
_KEYS = [{"name": a.name, "key": a.key, "place": a.place, "code": a.code, "repeats": a.repeats} for a in ACTIONS]


def draw(template: str, language: Language, **values: Any) -> str:
    """A page. Everything in `values` is escaped where it is shown."""

    def t(code: str, **params: object) -> str:
        return message_text(code, params, language)

    own = {"t": t, "lang": language, "static": static, "actions": ACTIONS, "key_data": _KEYS, "key_words": _key_words(language)}
    return _ENVIRONMENT.get_template(template).render(own | values)


@cache
def static(name: str) -> str:
    """The address of a static file; it changes with the files, so a browser may keep it for ever."""
    return f"{STATIC}{_version()}/{name}"


@cache
def _version() -> str:
    folder = files("extractor.review.pages").joinpath("static")
    digest = sha256()
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


@cache
def words(language: Language, *prefixes: str) -> Mapping[str, str]:
    """The words of the catalogue whose codes begin so, as templates for the script."""
    found = {code: m.zh if language == "zh" else m.en for code, m in catalogue().items() if code.startswith(prefixes)}
    return found


@cache
def _key_words(language: Language) -> Mapping[str, str]:
    return {**words(language, "U-KEY-"), **{code: message_text_of(code, language) for code in _KEY_WORDS}}


def message_text_of(code: str, language: Language) -> str:
    """A message's template, for the script to fill."""
    entry = catalogue()[code]
    return entry.zh if language == "zh" else entry.en
