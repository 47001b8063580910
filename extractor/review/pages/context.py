"""What every page is drawn with: the language, who asks, and the address in the other language.

The language is the address's (`?lang=en`), else that of the cookie, which an address with a language sets; else what the
browser prefers, Chinese where it says nothing of the two.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from extractor.presenting.sheet import Language
from extractor.review.access import Person, Role
from extractor.review.api.models import Filters
from extractor.review.pages.render import draw, words
from extractor.review.refusal import Refusal

LANGUAGE_COOKIE = "review-language"
_KEPT = 400 * 86400


def language_of(request: Request) -> Language:
    for said in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if said == "zh":
            return "zh"
        if said == "en":
            return "en"
    preferred = request.headers.get("accept-language", "").lower()
    english, chinese = preferred.find("en"), preferred.find("zh")
    return "en" if english >= 0 and (chinese < 0 or english < chinese) else "zh"


def page(request: Request, template: str, here: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page for whoever asks. `here`: the entry of the bar that it belongs to."""
    language = language_of(request)
    person: Person | None = getattr(request.state, "person", None)
    other: Language = "en" if language == "zh" else "zh"
    me = None if person is None else {"name": person.name, "role": Role(person.role).name.lower()}
    own = {
        "here": here, "me": me, "csrf": person.csrf if person is not None else "",
        "can_log_out": person is not None and request.app.state.cookie in request.cookies,
        "other_language": _in_language(request, other),
    }
    response = HTMLResponse(draw(template, language, **(own | values)), status)
    response.headers["Cache-Control"] = "no-store"
    if request.query_params.get("lang") == language:
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=_KEPT, samesite="lax", httponly=True)
    return response


def _in_language(request: Request, language: Language) -> str:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return "?" + urlencode([*kept, ("lang", language)])


def filters_of(request: Request) -> Filters:
    """The filters in the address; a field left empty is none, and what is no filter is something else's. Raises Refusal."""
    said = {name: value for name, value in request.query_params.items() if name in Filters.model_fields and value.strip()}
    try:
        return Filters.model_validate(said)
    except ValidationError as error:
        raise Refusal(422, "E-INPUT", place=str(error.errors()[0]["loc"][0])) from None


def query_of(filters: Filters) -> str:
    """The filters as an address has them: "" or "?…"; what is not filtered by is left out."""
    said = {name: value for name, value in filters.model_dump(exclude_defaults=True).items() if value not in (None, "")}
    return f"?{urlencode(said)}" if said else ""


def data_of(language: Language) -> dict[str, Any]:
    """What the script of a page is handed; more is added."""
    return {"language": language, "words": dict(words(language, "U-"))}
