"""The shared city-data API: documents."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from assistant.api.access import service_of
from assistant.api.city_access import cached, now, readable
from assistant.api.city_bodies import document_card, document_text, provenance_body
from assistant.api.city_data import FRESH
from assistant.api.city_models import DocumentAnswer, DocumentsAnswer, ListedDocument
from assistant.api.problems import responses
from assistant.contracts import BadInput, Unavailable
from display_bridge.papers.shelved import origin

router = APIRouter(prefix="/api/v1", tags=["city data"], responses={**responses(404, 503), 401: responses(401)[401]})


@router.get("/documents", summary="Documents of the city", response_model=DocumentsAnswer, responses=FRESH)
async def documents(
    request: Request,
    q: Annotated[str | None, Query(max_length=100, description="Words that the title or department holds.")] = None,
    kind: Annotated[str | None, Query(max_length=60, description="A dataset whose shape is documents.")] = None,
) -> Response:
    """Cards of documents whose title or department holds every word asked for, newest first. Of a list that also
    holds documents of the site's own, both origins are told."""
    provider, at = service_of(request).city.provider, now()
    known = [d.id for d in readable(request).values() if d.shape == "documents"]
    kinds = [d for d in known if kind in (None, d)]
    if kind is not None and not kinds:
        raise BadInput("unknown-kind", f"there is no such kind of documents; known: {', '.join(sorted(known))}")
    words = (q or "").lower().split()

    def make() -> DocumentsAnswer:
        answer = DocumentsAnswer(documents=[], provenance=[], missing=[])
        for name in kinds:
            try:
                found = provider.documents(name, at)
                whole = provider.provenance(name, at)
                answer.provenance += [provenance_body(one, at) for one in (whole, *whole.beside)]
            except Unavailable:
                answer.missing.append(name)
                continue
            for one in found:
                if all(word in f"{one.title_ko} {one.department_ko}".lower() for word in words):
                    answer.documents.append(ListedDocument(**document_card(one).model_dump(), dataset=name))
        answer.documents.sort(key=lambda d: d.date, reverse=True)
        return answer

    return await cached(request, make)


@router.get("/documents/{document}", summary="A document", response_model=DocumentAnswer, responses=FRESH)
async def document(
    request: Request,
    document: Annotated[str, Path(min_length=1, max_length=120, description="Its id in the list of documents.")],
) -> Response:
    """Its card, its table of contents and its text, page by page."""
    provider, at = service_of(request).city.provider, now()
    kinds = [d.id for d in readable(request).values() if d.shape == "documents"]

    def make() -> DocumentAnswer:
        for name in kinds:
            try:
                found = next((d for d in provider.documents(name, at) if d.id == document), None)
            except Unavailable:
                continue
            if found is not None:
                where = provenance_body(origin(provider, name, found, at), at)
                return DocumentAnswer(**document_text(found).model_dump(), provenance=where)
        raise BadInput("unknown-document", "there is no such document")

    return await cached(request, make)
