"""What the shared city-data API answers with: the models of its part of the OpenAPI document.

Every answer says where its values come from (`provenance`). Times have a zone, coordinates are WGS84 degrees.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from content_registry.schema import Visibility

Finite = Annotated[float, Field(allow_inf_nan=False)]
Mode = Literal["simulated", "live", "recorded"]
Grade = Literal["good", "moderate", "bad", "very_bad"]
Status = Literal["ok", "warn", "alert", "off"]
Shape = Literal["metric", "places", "lines", "events", "table", "shares", "documents", "indicator", "project"]


class ProvenanceBody(BaseModel):
    """Where values come from. `stale` is decided here, not by the reader's clock: older than `stale_after_s`, or the
    source fails. fetched_at: when the source was last read; null for what is simulated here. partly: this is true of a
    part only; the other documents are a site's own, and live."""

    source: str
    dataset: str
    mode: Mode
    observed_at: AwareDatetime
    fetched_at: AwareDatetime | None
    stale: bool
    stale_after_s: int
    licence: str
    attribution: str
    partly: bool = False


class DatasetBody(BaseModel):
    """A dataset of the catalogue. mode: null while its source has not answered yet. stale: as in its provenance."""

    id: str
    shape: Shape
    name_ko: str
    name_en: str
    fields: list[str]
    unit: str
    refresh_s: float
    stale_after_s: int | None
    mode: Mode | None
    stale: bool | None
    source: str
    licence: str
    department: str | None
    visibility: Visibility


class BandBody(BaseModel):
    """A class of a metric: low <= value < high (null: no upper end)."""

    grade: Grade
    label_ko: str
    low: Finite
    high: Finite | None
    written: str


class ObservationBody(BaseModel):
    """One figure. area: a district's Korean name, null: all of Seoul. quality: `missing` where there is no value."""

    area: str | None
    area_code: str | None
    metric: str
    value: Finite | None
    unit: str
    grade: Grade | None
    quality: Literal["ok", "missing"]


class MetricBody(BaseModel):
    """The figures of a metric: of the city and the districts that were asked for."""

    metric: str
    label_ko: str
    label_en: str
    unit: str
    bands: list[BandBody]
    observations: list[ObservationBody]


class PlaceBody(BaseModel):
    """A point with an optional figure."""

    name_ko: str
    lon: Finite
    lat: Finite
    value: Finite | None
    unit: str
    status: Status | None
    detail_ko: str


class StopBody(BaseModel):
    """A named point of a line."""

    name_ko: str
    lon: Finite
    lat: Finite
    interchange: bool


class LineBody(BaseModel):
    """A route or a road; path: [longitude, latitude] pairs."""

    name_ko: str
    path: list[tuple[Finite, Finite]]
    color: str | None
    value: Finite | None
    unit: str
    status: Status | None
    stops: list[StopBody]


class HappeningBody(BaseModel):
    """Something that happened somewhere. severity: 0 to 100."""

    id: str
    at: AwareDatetime
    title_ko: str
    level_ko: str
    area_ko: str
    status_ko: str
    severity: Annotated[int, Field(ge=0, le=100)]
    detail_ko: str
    lon: Finite | None
    lat: Finite | None
    expires: AwareDatetime | None


class ColumnBody(BaseModel):
    """A column of a table."""

    key: str
    label_ko: str
    numeric: bool


class TableBody(BaseModel):
    """Rows under columns, each cell by its column's key."""

    columns: list[ColumnBody]
    rows: list[dict[str, str | int | Finite | None]]


class ShareBody(BaseModel):
    """A named part of a whole."""

    label_ko: str
    value: Finite


class TocBody(BaseModel):
    """An entry of a table of contents."""

    title_ko: str
    page: int


class DocumentCard(BaseModel):
    """A document without its text."""

    id: str
    title_ko: str
    date: date
    department_ko: str
    pages: int
    kind: str


class DocumentText(DocumentCard):
    """A document; body: each page as its paragraphs, empty where the text is not here."""

    toc: list[TocBody]
    body: list[list[str]]


class IndicatorBody(BaseModel):
    """A policy indicator. period: the year of `value`; trend: by the years of `years`, oldest first."""

    id: str
    name_ko: str
    name_en: str
    department: str | None
    value: Finite
    unit: str
    period: str
    target: Finite
    lower_is_better: bool
    digits: int
    years: list[int]
    trend: list[Finite]


class PhaseBody(BaseModel):
    """One bar of a plan; progress in percent."""

    name_ko: str
    start: date
    end: date
    progress: Annotated[int, Field(ge=0, le=100)]
    status: Literal["done", "doing", "planned"]


class ProjectBody(BaseModel):
    """A city project: where, when, how far."""

    place: PlaceBody
    district: str
    phases: list[PhaseBody]
    documents: list[DocumentText]


class LatestAnswer(BaseModel):
    """The newest of a dataset. Of the sections, those of its shape are there (a table may have shares, too); the
    others are null."""

    dataset: str
    shape: Shape
    provenance: ProvenanceBody
    metric: MetricBody | None = None
    places: list[PlaceBody] | None = None
    lines: list[LineBody] | None = None
    events: list[HappeningBody] | None = None
    table: TableBody | None = None
    shares: list[ShareBody] | None = None
    documents: list[DocumentText] | None = None
    indicator: IndicatorBody | None = None
    project: ProjectBody | None = None


class SeriesAnswer(BaseModel):
    """Figures over time. x: epoch seconds, oldest first; values: null where nothing was measured."""

    dataset: str
    area: str | None
    area_code: str | None
    unit: str
    step_minutes: int
    x: list[int]
    values: list[Finite | None]
    provenance: ProvenanceBody


class IndicatorAnswer(IndicatorBody):
    """An indicator with where it comes from."""

    provenance: ProvenanceBody


class IndicatorsAnswer(BaseModel):
    """The indicators whose sources have answered. missing: the ids of the others."""

    indicators: list[IndicatorAnswer]
    missing: list[str]


class PlacesAnswer(BaseModel):
    """A page of places. pages: how many there are, at least one; total: places of all pages."""

    kind: str
    page: int
    pages: int
    total: int
    places: list[PlaceBody]
    provenance: ProvenanceBody


class ListedDocument(DocumentCard):
    """A document without its text, and the dataset that it belongs to."""

    dataset: str


class DocumentsAnswer(BaseModel):
    """Documents, newest first; provenance: of each kind among them. missing: kinds whose source has not answered."""

    documents: list[ListedDocument]
    provenance: list[ProvenanceBody]
    missing: list[str]


class DocumentAnswer(DocumentText):
    """A document with where it comes from."""

    provenance: ProvenanceBody


class EventBody(BaseModel):
    """A change of an event. seq: its number, which is never used twice; id: stable for the event; over: it needs
    nobody's attention any more. panel: the panel that shows events of this kind."""

    seq: int
    id: str
    kind: str
    change: Literal["opened", "changed", "closed", "expired", "gone"]
    over: bool
    noticed_at: AwareDatetime
    severity: Annotated[int, Field(ge=0, le=100)]
    category_ko: str
    title_ko: str
    body_ko: str
    area_ko: str
    status_ko: str
    starts: AwareDatetime
    expires: AwareDatetime | None
    lon: Finite | None
    lat: Finite | None
    department: str | None
    panel: str | None
    mode: Mode
    source: str


class EventsAnswer(BaseModel):
    """Changes after the number that was asked for, oldest first, at most 200. seq: ask for what comes after it next;
    more: there are more already."""

    seq: int
    more: bool
    events: list[EventBody]
    provenance: list[ProvenanceBody]


class FeedBody(BaseModel):
    """One thing that is read of a source. last_error: the code of the last failure, "" while it works."""

    id: str
    datasets: list[str]
    refresh_s: float
    last_ok: AwareDatetime | None
    observed_at: AwareDatetime | None
    last_error: str


class SourceBody(BaseModel):
    """A source. state: `simulated` without a key, `off` while nothing is asked (city_data.poll). setting: the name of
    the key's setting, "" for a source without a key. calls_today: in Seoul's day; quota: null where there is none."""

    id: str
    name_ko: str
    name_en: str
    state: Literal["simulated", "off", "starting", "ok", "degraded", "failing", "bad-key", "quota"]
    setting: str
    last_ok: AwareDatetime | None
    last_error_code: str
    calls_today: int
    quota: int | None
    feeds: list[FeedBody]


class SourcesAnswer(BaseModel):
    """Every source of city data that this version knows."""

    sources: list[SourceBody]
