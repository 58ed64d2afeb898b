"""The shared city-data API: datasets, series, places, indicators. Public data for everybody; decision 0017."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from assistant.api.access import operator, service_of
from assistant.api.city_access import cached, dataset_of, district_of, now, readable
from assistant.api.city_bodies import indicator_body, latest, place_body, provenance_body, source_bodies
from assistant.api.city_models import (
    IndicatorAnswer,
    IndicatorsAnswer,
    LatestAnswer,
    PlacesAnswer,
    SeriesAnswer,
    SourcesAnswer,
)
from assistant.api.problems import responses
from assistant.contracts import BadInput, Unavailable
from display_bridge.city_data.datasets import Dataset
from display_bridge.city_data.provider import Place

LONGEST_HOURS = 24 * 31
MOST_POINTS = 2000
PAGE = 200
"""Places of one page."""
FRESH: dict[int | str, dict[str, Any]] = {304: {"description": "The caller has it already (If-None-Match)"}}

router = APIRouter(prefix="/api/v1", tags=["city data"], responses={**responses(404, 503), 401: responses(401)[401]})

DatasetId = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,60}$", description="A dataset of the catalogue.")]
District = Annotated[
    str | None, Query(min_length=1, max_length=30, description="A district by its code or its name, as in 11680.")
]
Moment = Annotated[datetime | None, Query(description="ISO 8601 with a zone, or seconds since the epoch.")]


@router.get("/datasets/{dataset}/latest", summary="The newest of a dataset", response_model=LatestAnswer,
            responses=FRESH)  # fmt: skip
async def newest(request: Request, dataset: DatasetId, district: District = None) -> Response:
    """Its figures, places, lines, events, table, shares, documents, indicator or project, by its shape."""
    found, service = dataset_of(request, dataset), service_of(request)
    area = district_of(service.registry, district)
    return await cached(request, lambda: latest(found, service.city.provider, service.registry, now(), area))


@router.get("/datasets/{dataset}/series", summary="A metric over time", response_model=SeriesAnswer, responses=FRESH)
async def series(
    request: Request,
    dataset: DatasetId,
    from_: Annotated[datetime | None, Query(alias="from", description="A day before `to` unless given.")] = None,
    to: Moment = None,
    step: Annotated[int, Query(ge=5, le=1440, description="Minutes between two figures.")] = 60,
    district: District = None,
) -> Response:
    """The figures of the city or of a district, null where nothing was measured; at most 31 days and 2000 figures."""
    found, service, at = dataset_of(request, dataset), service_of(request), now()
    if found.shape != "metric":
        raise BadInput("no-series", f"{found.id} has no course over time")
    end = min(_zoned(to, "to") or at, at)
    start = _zoned(from_, "from") or _back(end, 24)
    hours = (end - start).total_seconds() / 3600
    if not 0 < hours <= LONGEST_HOURS:
        raise BadInput("bad-range", f"from is before to, and at most {LONGEST_HOURS // 24} days before it")
    if hours * 60 / step > MOST_POINTS:
        raise BadInput("too-many-figures", f"at most {MOST_POINTS} figures are given; ask with a longer step")
    area, registry = district_of(service.registry, district), service.registry

    def make() -> SeriesAnswer:
        provider = service.city.provider
        course = provider.series(found.id, end, area=area, hours=hours, step_minutes=step)
        codes = {d.ko: d.code for d in registry.districts.values()}
        return SeriesAnswer(
            dataset=found.id,
            area=area,
            area_code=codes.get(area or ""),
            unit=course.unit,
            step_minutes=step,
            x=list(course.x),
            values=list(course.values),
            provenance=provenance_body(provider.provenance(found.id, at), at),
        )

    return await cached(request, make)


@router.get("/places", summary="Places of a kind", response_model=PlacesAnswer, responses=FRESH)
async def places(
    request: Request,
    kind: Annotated[str, Query(pattern=r"^[a-z0-9][a-z0-9_-]{0,60}$", description="A dataset whose shape is places.")],
    bbox: Annotated[str | None, Query(max_length=120, description="west,south,east,north in WGS84 degrees.")] = None,
    page: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> Response:
    """At most 200 places a page, those inside of the box, in the source's order."""
    found, service, at = dataset_of(request, kind), service_of(request), now()
    if found.shape != "places":
        known = ", ".join(sorted(d.id for d in readable(request).values() if d.shape == "places"))
        raise BadInput("unknown-kind", f"{kind} is no kind of places; known: {known}")
    inside = _box(bbox)

    def make() -> PlacesAnswer:
        provider = service.city.provider
        chosen = [p for p in provider.places(kind, at) if inside is None or _within(p, inside)]
        shown = chosen[(page - 1) * PAGE : page * PAGE]
        return PlacesAnswer(
            kind=kind,
            page=page,
            pages=max(1, math.ceil(len(chosen) / PAGE)),
            total=len(chosen),
            places=[place_body(p) for p in shown],
            provenance=provenance_body(provider.provenance(kind, at), at),
        )

    return await cached(request, make)


@router.get("/indicators", summary="The policy indicators", response_model=IndicatorsAnswer, responses=FRESH)
async def indicators(request: Request) -> Response:
    """Every policy indicator with its target and its years."""
    at = now()
    asked = [d for d in readable(request).values() if d.shape == "indicator"]

    def make() -> IndicatorsAnswer:
        answer = IndicatorsAnswer(indicators=[], missing=[])
        for dataset in asked:
            try:
                answer.indicators.append(_indicator(request, dataset, at))
            except Unavailable:
                answer.missing.append(dataset.id)
        return answer

    return await cached(request, make)


@router.get("/indicators/{indicator}", summary="A policy indicator", response_model=IndicatorAnswer, responses=FRESH)
async def one_indicator(
    request: Request, indicator: Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,60}$")]
) -> Response:
    """One policy indicator by its id."""
    found = readable(request).get(indicator)
    if found is None or found.shape != "indicator":
        raise BadInput("unknown-indicator", "there is no such indicator")
    return await cached(request, lambda: _indicator(request, found, now()))


@router.get("/sources", summary="The sources of city data", response_model=SourcesAnswer,
            dependencies=[Depends(operator)])  # fmt: skip
async def sources(request: Request) -> SourcesAnswer:
    """For operators: what is asked of which source, and how it fares. Never a key, never an address."""
    return SourcesAnswer(sources=source_bodies(service_of(request).city.statuses()))


def _indicator(request: Request, dataset: Dataset, at: datetime) -> IndicatorAnswer:
    provider = service_of(request).city.provider
    body = indicator_body(dataset, provider.indicator(dataset.id, dataset.unit, at))
    return IndicatorAnswer(**body.model_dump(), provenance=provenance_body(provider.provenance(dataset.id, at), at))


def _zoned(given: datetime | None, name: str) -> datetime | None:
    if given is None:
        return None
    if given.tzinfo is None:
        raise BadInput("bad-time", f"{name} needs a zone, as in 2026-11-28T14:00:00+09:00")
    if not datetime(2000, 1, 1, tzinfo=UTC) <= given <= datetime(2100, 1, 1, tzinfo=UTC):
        raise BadInput("bad-time", f"{name} lies too far away")
    return given


def _back(end: datetime, hours: float) -> datetime:
    return end - timedelta(hours=hours)


def _box(text: str | None) -> tuple[float, float, float, float] | None:
    if text is None:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise BadInput("bad-bbox", "bbox is west,south,east,north") from error
    if not all(math.isfinite(v) for v in (west, south, east, north)) or west > east or south > north:
        raise BadInput("bad-bbox", "bbox is west,south,east,north: finite numbers, the smaller ones first")
    return west, south, east, north


def _within(place: Place, box: tuple[float, float, float, float]) -> bool:
    return box[0] <= place.lon <= box[2] and box[1] <= place.lat <= box[3]
