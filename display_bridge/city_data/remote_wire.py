"""The shared city-data API's answers, read strictly: what does not fit is a SourceFailed("unreadable"), never a guess.

Unknown fields are passed over, so that a newer far side can be read.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from display_bridge.city_data import provider as ours
from display_bridge.city_data.datasets import Shape
from display_bridge.city_data.feeds import Reading, SourceFailed
from display_bridge.city_data.geography import BY_NAME
from display_bridge.city_data.metrics import METRICS

VIA = "공유 도시데이터"
LONGEST = 4000
Finite = Annotated[float, Field(allow_inf_nan=False)]
Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-90, le=90)]
Text = Annotated[str, Field(max_length=LONGEST)]
M = TypeVar("M", bound=BaseModel)


class _Provenance(BaseModel):
    source: Text
    mode: ours.Mode
    observed_at: AwareDatetime
    stale: bool
    stale_after_s: Annotated[int, Field(ge=0, le=10**9)]
    licence: Text = ""
    attribution: Text = ""


class _Band(BaseModel):
    grade: ours.Grade
    label_ko: Text
    low: Finite
    high: Finite | None
    written: Text = ""


class _Observation(BaseModel):
    area: Text | None
    value: Finite | None
    unit: Text
    grade: ours.Grade | None


class _Metric(BaseModel):
    metric: Text
    label_ko: Text
    label_en: Text
    bands: Annotated[list[_Band], Field(max_length=20)]
    observations: Annotated[list[_Observation], Field(max_length=100)]


class _Place(BaseModel):
    name_ko: Text
    lon: Lon
    lat: Lat
    value: Finite | None = None
    unit: Text = ""
    status: ours.Status | None = None
    detail_ko: Text = ""


class _Stop(BaseModel):
    name_ko: Text
    lon: Lon
    lat: Lat
    interchange: bool = False


class _Line(BaseModel):
    name_ko: Text
    path: Annotated[list[tuple[Lon, Lat]], Field(max_length=20_000)]
    color: Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{3,8}$")] | None = None
    value: Finite | None = None
    unit: Text = ""
    status: ours.Status | None = None
    stops: Annotated[list[_Stop], Field(max_length=1000)] = []


class _Event(BaseModel):
    id: Text
    at: AwareDatetime
    title_ko: Text
    level_ko: Text
    area_ko: Text
    status_ko: Text
    severity: Annotated[int, Field(ge=0, le=100)]
    detail_ko: Text = ""
    lon: Lon | None = None
    lat: Lat | None = None
    expires: AwareDatetime | None = None


class _Column(BaseModel):
    key: Text
    label_ko: Text
    numeric: bool


class _Table(BaseModel):
    columns: Annotated[list[_Column], Field(max_length=50)]
    rows: Annotated[list[dict[str, str | int | Finite | None]], Field(max_length=5000)]


class _Share(BaseModel):
    label_ko: Text
    value: Finite


class _Toc(BaseModel):
    title_ko: Text
    page: int


class _Document(BaseModel):
    id: Text
    title_ko: Text
    date: date
    department_ko: Text
    pages: Annotated[int, Field(ge=0, le=100_000)]
    kind: Text
    toc: Annotated[list[_Toc], Field(max_length=1000)] = []
    body: Annotated[list[list[str]], Field(max_length=5000)] = []


class _Indicator(BaseModel):
    value: Finite
    target: Finite
    lower_is_better: bool
    digits: Annotated[int, Field(ge=0, le=6)]
    years: Annotated[list[int], Field(max_length=100)]
    trend: Annotated[list[Finite], Field(max_length=100)]


class _Phase(BaseModel):
    name_ko: Text
    start: date
    end: date
    progress: Annotated[int, Field(ge=0, le=100)]
    status: Literal["done", "doing", "planned"]


class _Project(BaseModel):
    place: _Place
    district: Text
    phases: Annotated[list[_Phase], Field(max_length=100)]
    documents: Annotated[list[_Document], Field(max_length=100)]


class Latest(BaseModel):
    """GET /api/v1/datasets/{id}/latest."""

    dataset: Text
    shape: Shape
    provenance: _Provenance
    metric: _Metric | None = None
    places: Annotated[list[_Place], Field(max_length=20_000)] | None = None
    lines: Annotated[list[_Line], Field(max_length=2000)] | None = None
    events: Annotated[list[_Event], Field(max_length=5000)] | None = None
    table: _Table | None = None
    shares: Annotated[list[_Share], Field(max_length=1000)] | None = None
    documents: Annotated[list[_Document], Field(max_length=5000)] | None = None
    indicator: _Indicator | None = None
    project: _Project | None = None


class _Listed(BaseModel):
    id: Text
    shape: Shape


class Catalogue(BaseModel):
    """The part of GET /api/v1/catalog that is needed here."""

    datasets: Annotated[list[_Listed], Field(max_length=5000)]


class SeriesAnswer(BaseModel):
    """GET /api/v1/datasets/{id}/series."""

    dataset: Text
    unit: Text
    x: Annotated[list[int], Field(max_length=5000)]
    values: Annotated[list[Finite | None], Field(max_length=5000)]


def parsed(model: type[M], body: bytes) -> M:
    """An answer. Raises SourceFailed("unreadable") without repeating what it held."""
    try:
        return model.model_validate_json(body)
    except (ValidationError, ValueError, RecursionError):
        failed = SourceFailed("unreadable", f"the answer is no {model.__name__} of the shared API")
    raise failed


def provenance_of(found: _Provenance, dataset: str) -> ours.Provenance:
    """Where the far side has its figures from, and through whom they came."""
    source = found.source if VIA in found.source else f"{found.source} ({VIA})" if found.source else VIA
    return ours.Provenance(
        dataset,
        source,
        found.mode,
        found.observed_at,
        found.stale_after_s,
        found.attribution or VIA,
        licence=found.licence,
        failing=found.stale,
    )


def section_of(found: Latest, observed_at: datetime, provenance: ours.Provenance) -> Reading:
    """The one dataset of an answer. Raises SourceFailed where the section of its shape is not there."""
    name, origin = found.dataset, {found.dataset: provenance}
    shares = {} if found.shares is None else {name: tuple((s.label_ko, s.value) for s in found.shares)}
    reading: Reading | None = None
    match found.shape:
        case "metric" if found.metric is not None and found.metric.metric == name:
            city, districts = _observations(found.metric)
            reading = Reading(observed_at, {name: city} if city else {}, {name: districts}, provenance=origin)
        case "places" if found.places is not None:
            reading = Reading(observed_at, places={name: tuple(map(_place, found.places))}, provenance=origin)
        case "lines" if found.lines is not None:
            reading = Reading(observed_at, lines={name: tuple(map(_line, found.lines))}, provenance=origin)
        case "events" if found.events is not None:
            events = tuple(sorted(map(_event, found.events), key=lambda e: e.at, reverse=True))
            reading = Reading(observed_at, events={name: events}, provenance=origin)
        case "table" if found.table is not None:
            reading = Reading(observed_at, tables={name: _table(found.table)}, shares=shares, provenance=origin)
        case "shares" if found.shares is not None:
            reading = Reading(observed_at, shares=shares, provenance=origin)
        case "documents" if found.documents is not None:
            papers = tuple(map(_document, found.documents))
            reading = Reading(observed_at, documents={name: papers}, provenance=origin)
        case "indicator" if found.indicator is not None and len(found.indicator.years) == len(found.indicator.trend):
            reading = Reading(observed_at, indicators={name: _indicator(found.indicator)}, provenance=origin)
        case "project" if found.project is not None and found.project.phases:
            reading = Reading(observed_at, projects={name: _project(found.project)}, provenance=origin)
    if reading is None:
        raise SourceFailed("unreadable", f"the answer holds no {found.shape}")
    return reading


def series_of(found: SeriesAnswer, dataset: str) -> ours.Series:
    """A course. Raises SourceFailed where it does not fit together."""
    ordered = all(a < b for a, b in zip(found.x, found.x[1:], strict=False))
    if found.dataset != dataset or len(found.x) != len(found.values) or not ordered:
        raise SourceFailed("unreadable", "the course does not fit together")
    known = METRICS.get(dataset)
    return ours.Series(known.ko if known else dataset, found.unit, tuple(found.x), tuple(found.values))


def _observations(found: _Metric) -> tuple[ours.Observation | None, tuple[ours.Observation, ...]]:
    bands = tuple(ours.GradeBand(b.grade, b.label_ko, b.low, b.high, b.written) for b in found.bands)
    made = {
        o.area: ours.Observation(found.metric, found.label_ko, found.label_en, o.value, o.unit, o.area, o.grade, bands)
        for o in found.observations
    }
    if any(area is not None and area not in BY_NAME for area in made):
        raise SourceFailed("unreadable", "the answer names a district that is none")
    return made.get(None), tuple(o for area, o in made.items() if area is not None)


def _place(p: _Place) -> ours.Place:
    return ours.Place(p.name_ko, p.lon, p.lat, p.value, p.unit, p.status, p.detail_ko)


def _line(found: _Line) -> ours.Line:
    stops = tuple(ours.Stop(s.name_ko, s.lon, s.lat, s.interchange) for s in found.stops)
    return ours.Line(found.name_ko, tuple(found.path), found.color, found.value, found.unit, found.status, stops)


def _event(e: _Event) -> ours.Event:
    return ours.Event(
        e.at, e.title_ko, e.level_ko, e.area_ko, e.status_ko, e.severity, e.detail_ko, e.lon, e.lat, e.id, e.expires
    )


def _table(found: _Table) -> ours.Table:
    columns = tuple((c.key, c.label_ko) for c in found.columns)
    return ours.Table(columns, tuple(found.rows), frozenset(c.key for c in found.columns if c.numeric))


def _document(d: _Document) -> ours.Document:
    toc = tuple((entry.title_ko, entry.page) for entry in d.toc)
    return ours.Document(
        d.id, d.title_ko, d.date, d.department_ko, d.pages, d.kind, toc, tuple(tuple(page) for page in d.body)
    )


def _indicator(found: _Indicator) -> ours.Indicator:
    return ours.Indicator(
        found.value, found.target, tuple(found.years), tuple(found.trend), found.lower_is_better, found.digits
    )


def _project(found: _Project) -> ours.Project:
    phases = tuple(ours.Phase(p.name_ko, p.start, p.end, p.progress, p.status) for p in found.phases)
    return ours.Project(_place(found.place), found.district, phases, tuple(map(_document, found.documents)))
