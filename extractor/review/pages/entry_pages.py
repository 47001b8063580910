"""Ways in, and the page that says why there is none: log-in, handing in a document, errors."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from extractor.messages import catalogue, text
from extractor.review.access import guarded_router
from extractor.review.pages.context import data_of, language_of, page
from extractor.review.refusal import Refusal
from extractor.review.uploading import MOST_BYTES

router = guarded_router()


@router.get("/log-in", include_in_schema=False)
def log_in(request: Request, next: str = "/") -> Response:
    """`next`: where to go on to; only a path of this server."""
    if request.app.state.serving.alone is not None:
        raise Refusal(401, "E-WHO")
    # browsers leave tabs and line breaks out of an address: what follows them could be another server's name
    inside = next if next.startswith("/") and not next.startswith(("//", "/\\")) and next.isprintable() else "/"
    return page(request, "login.html", "log-in", next=inside)


@router.get("/upload", include_in_schema=False)
def upload(request: Request) -> Response:
    return page(request, "upload.html", "upload", data=data_of(language_of(request)) | {"most": MOST_BYTES})


def refused(request: Request, refusal: Refusal) -> Response:
    """The page of a refusal: to the log-in for who is nobody, where there are accounts, else why not."""
    if refusal.status == 401 and request.app.state.serving.alone is None:
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/log-in?next={quote(asked)}", 303, refusal.headers)
    language = language_of(request)
    heading, explanation = f"U-ERROR-{refusal.status}", f"U-ERROR-{refusal.status}-TEXT"
    known = heading in catalogue()
    told = text(refusal.code, refusal.params, language)
    response = page(
        request, "error.html", "error", refusal.status, heading=text(heading, {}, language) if known else str(refusal.status),
        explanation=text(explanation, {}, language) if explanation in catalogue() else told,
    )
    response.headers.update(refusal.headers)
    return response
