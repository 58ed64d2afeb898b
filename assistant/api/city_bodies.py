"""The provider's values as the bodies of the shared city-data API. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from assistant.api.city_models import (
    BandBody,
    ColumnBody,
    DatasetBody,
    DocumentCard,
    DocumentText,
    EventBody,
    FeedBody,
    HappeningBody,
    IndicatorBody,
    LatestAnswer,
    LineBody,
    MetricBody,
    ObservationBody,
    PhaseBody,
    PlaceBody,
    ProjectBody,
    ProvenanceBody,
    ShareBody,
    SourceBody,
    StopBody,
    TableBody,
    TocBody,
)
from assistant.contracts import BadInput, SeoulaError
from content_registry.schema import Registry
from display_bridge.city_data.collector import SourceStatus
from display_bridge.city_data.datasets import FIELDS, REFRESH_S, SHARES_TOO, Dataset
from display_bridge.city_data.event_log import Logged
from display_bridge.city_data.provider import (
    CityDataProvider,
    Document,
    Event,
    Indicator,
    Line,
    Observation,
    Place,
    Project,
    Provenance,
    Table,
)
from display_bridge.incidents import incident_id


def provenance_body(found: Provenance, now: datetime) -> ProvenanceBody:
    """Where values come from, with whether they count as stale now."""
    return ProvenanceBody(
        source=found.source_ko,
        dataset=found.dataset,
        mode=found.mode,
        observed_at=found.observed_at,
        fetched_at=found.fetched_at,
        stale=found.stale(now),
        stale_after_s=found.stale_after_s,
        licence=found.licence,
        attribution=found.attribution,
        partly=any(one.mode != found.mode for one in found.beside),
    )


def dataset_body(
    dataset: Dataset, provider: CityDataProvider, refresh_s: Mapping[str, float], now: datetime
) -> DatasetBody:
    """A dataset of the catalogue; without mode while its source has not answered."""
    try:
        found = provider.provenance(dataset.id, now)
    except SeoulaError:
        found = None
    return DatasetBody(
        id=dataset.id,
        shape=dataset.shape,
        name_ko=dataset.ko,
        name_en=dataset.en,
        fields=list(FIELDS[dataset.shape]),
        unit=dataset.unit,
        refresh_s=refresh_s.get(dataset.id, REFRESH_S),
        stale_after_s=found.stale_after_s if found else None,
        mode=found.mode if found else None,
        stale=found.stale(now) if found else None,
        source=found.source_ko if found else "",
        licence=found.licence if found else "",
        department=dataset.department,
        visibility=dataset.visibility,
    )


def latest(
    dataset: Dataset, provider: CityDataProvider, registry: Registry, now: datetime, district: str | None
) -> LatestAnswer:
    """The newest of a dataset. district: an official Korean name; only a metric has figures by district. Raises
    BadInput for a district where there is none, Unavailable while the source has not answered."""
    if district is not None and dataset.shape != "metric":
        raise BadInput("no-districts", f"{dataset.id} has no figures by district")
    answer = LatestAnswer(
        dataset=dataset.id,
        shape=dataset.shape,
        provenance=provenance_body(provider.provenance(dataset.id, now), now),
    )
    match dataset.shape:
        case "metric":
            answer.metric = metric_body(dataset.id, provider, registry, now, district)
        case "places":
            answer.places = [place_body(p) for p in provider.places(dataset.id, now)]
        case "lines":
            answer.lines = [line_body(line) for line in provider.lines(dataset.id, now)]
        case "events":
            answer.events = [happening_body(dataset.id, e) for e in provider.events(dataset.id, now)]
        case "table":
            answer.table = table_body(provider.table(dataset.id, now))
        case "documents":
            answer.documents = [document_text(d) for d in provider.documents(dataset.id, now)]
        case "indicator":
            answer.indicator = indicator_body(dataset, provider.indicator(dataset.id, dataset.unit, now))
        case "project":
            answer.project = project_body(provider.project(dataset.id, dataset.ko, now))
        case "shares":
            pass
    if dataset.shape == "shares" or dataset.id in SHARES_TOO:
        answer.shares = [ShareBody(label_ko=ko, value=v) for ko, v in provider.shares(dataset.id, now)]
    return answer


def metric_body(
    metric: str, provider: CityDataProvider, registry: Registry, now: datetime, district: str | None
) -> MetricBody:
    """The city and its 25 districts, or one district alone."""
    found = provider.districts(metric, now)
    asked = [o for o in found if o.area == district] if district else [provider.city(metric, now), *found]
    first = asked[0]
    codes = {d.ko: d.code for d in registry.districts.values()}
    bands = [
        BandBody(grade=b.grade, label_ko=b.label_ko, low=b.low, high=b.high, written=b.written) for b in first.bands
    ]
    return MetricBody(
        metric=metric,
        label_ko=first.label_ko,
        label_en=first.label_en,
        unit=first.unit,
        bands=bands,
        observations=[_observation(o, codes) for o in asked],
    )


def _observation(o: Observation, codes: Mapping[str, str]) -> ObservationBody:
    return ObservationBody(
        area=o.area,
        area_code=codes.get(o.area or ""),
        metric=o.metric,
        value=o.value,
        unit=o.unit,
        grade=o.grade,
        quality="missing" if o.value is None else "ok",
    )


def place_body(p: Place) -> PlaceBody:
    """A point."""
    return PlaceBody(
        name_ko=p.name_ko, lon=p.lon, lat=p.lat, value=p.value, unit=p.unit, status=p.status, detail_ko=p.detail_ko
    )


def line_body(line: Line) -> LineBody:
    """A route or road."""
    stops = [StopBody(name_ko=s.name_ko, lon=s.lon, lat=s.lat, interchange=s.interchange) for s in line.stops]
    return LineBody(
        name_ko=line.name_ko,
        path=list(line.path),
        color=line.color,
        value=line.value,
        unit=line.unit,
        status=line.status,
        stops=stops,
    )


def happening_body(kind: str, e: Event) -> HappeningBody:
    """An event as it stands."""
    return HappeningBody(
        id=e.id or incident_id(kind, e),
        at=e.at,
        title_ko=e.title_ko,
        level_ko=e.level_ko,
        area_ko=e.area_ko,
        status_ko=e.status_ko,
        severity=min(100, max(0, e.severity)),
        detail_ko=e.detail_ko,
        lon=e.lon,
        lat=e.lat,
        expires=e.expires,
    )


def table_body(found: Table) -> TableBody:
    """Columns and rows."""
    columns = [ColumnBody(key=k, label_ko=ko, numeric=k in found.right) for k, ko in found.columns]
    return TableBody(columns=columns, rows=[dict(row) for row in found.rows])


def document_card(d: Document) -> DocumentCard:
    """A document without its text."""
    return DocumentCard(
        id=d.id, title_ko=d.title_ko, date=d.date, department_ko=d.department_ko, pages=d.pages, kind=d.kind
    )


def document_text(d: Document) -> DocumentText:
    """A document."""
    return DocumentText(
        **document_card(d).model_dump(),
        toc=[TocBody(title_ko=title, page=page) for title, page in d.toc],
        body=[list(page) for page in d.body],
    )


def indicator_body(dataset: Dataset, found: Indicator) -> IndicatorBody:
    """An indicator."""
    return IndicatorBody(
        id=dataset.id,
        name_ko=dataset.ko,
        name_en=dataset.en,
        department=dataset.department,
        value=found.value,
        unit=dataset.unit,
        period=str(found.years[-1]) if found.years else "",
        target=found.target,
        lower_is_better=found.lower_is_better,
        digits=found.digits,
        years=list(found.years),
        trend=list(found.trend),
    )


def project_body(found: Project) -> ProjectBody:
    """A project."""
    phases = [
        PhaseBody(name_ko=p.name_ko, start=p.start, end=p.end, progress=p.progress, status=p.status)
        for p in found.phases
    ]
    return ProjectBody(
        place=place_body(found.place),
        district=found.district,
        phases=phases,
        documents=[document_text(d) for d in found.documents],
    )


def event_body(change: Logged, department: str | None, panel: str | None) -> EventBody:
    """A change of an event."""
    e = change.event
    return EventBody(
        seq=change.seq,
        id=change.id,
        kind=change.kind,
        change=change.change,
        over=change.over,
        noticed_at=change.at,
        severity=min(100, max(0, e.severity)),
        category_ko=e.level_ko,
        title_ko=e.title_ko,
        body_ko=e.detail_ko,
        area_ko=e.area_ko,
        status_ko=e.status_ko,
        starts=e.at,
        expires=e.expires,
        lon=e.lon,
        lat=e.lat,
        department=department,
        panel=panel,
        mode=change.mode,
        source=change.source_ko,
    )


def source_bodies(statuses: Iterable[SourceStatus]) -> list[SourceBody]:
    """The sources, without anything of their keys but the setting's name."""
    return [
        SourceBody(
            id=s.id,
            name_ko=s.title_ko,
            name_en=s.title_en,
            state=s.state,
            setting=f"city_data.{s.key_name}" if s.key_name else "",
            last_ok=s.last_ok,
            last_error_code=s.last_error,
            calls_today=s.calls_today,
            quota=s.quota,
            feeds=[
                FeedBody(
                    id=f.id,
                    datasets=list(f.datasets),
                    refresh_s=f.refresh_s,
                    last_ok=f.last_ok,
                    observed_at=f.observed_at,
                    last_error=f.last_error,
                )
                for f in s.feeds
            ],
        )
        for s in statuses
    ]
