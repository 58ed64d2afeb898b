"""The one figure of a panel that is spoken: of a place, now or as the mean of a period of its series."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import fmean

from assistant.contracts import Period, span_of, whole_year
from content_registry.schema import Panel, Registry
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import CityDataProvider, Grade, GradeBand
from display_bridge.city_data.recording import RecordingCityData, standing
from display_bridge.views.common import not_connected
from display_bridge.views.context import Content, Context, Figure
from display_bridge.views.frame import builder_of

_STEPS_MINUTES = (10, 60, 120, 360, 25 * 60, 73 * 60, 241 * 60, 725 * 60)
"""How far apart the samples of a mean may be; steps over a day do not divide into days, so that every hour counts."""
_SAMPLES = 125
"""About so many samples make a mean, so that an answer stays cheap."""
LEAST_MEASURED = 0.5
"""Share of a period's samples that must be there, else there is no figure for it."""


@dataclass(frozen=True, slots=True)
class SpokenValue:
    """value None: the panel has no single figure; text_ko then says what it shows.

    grade: one of the four air-quality words' codes or None. place: "서울" or the district; place_en: "" if it has no
    English name. simulated: say so once. timed: it was measured at observed_at. year: it is that year's figure. age_s:
    how old it is, if that is older than allowed. period: the time asked for, of which this is the mean; `known` False:
    there is none and this is today's. `asked`: the district asked for, if this is the figure of another place.
    now: when it was asked. recorded: a replay of an earlier time. missing: it is a measured figure, and its source has
    none now.
    """

    label_ko: str
    label_en: str
    value: float | None
    unit: str
    grade: Grade | None
    place: str
    observed_at: datetime
    text_ko: str
    simulated: bool
    place_en: str = ""
    timed: bool = False
    year: int | None = None
    age_s: float | None = None
    period: Period | None = None
    known: bool = True
    asked: str | None = None
    now: datetime | None = None
    recorded: bool = False
    missing: bool = False


def value_of(
    panel: Panel,
    district: str | None,
    registry: Registry,
    provider: CityDataProvider,
    now: datetime,
    period: Period | None = None,
) -> SpokenValue:
    """The figure of a panel, of a district where the panel has one by district. Raises BadInput for no district."""
    now = now.astimezone(KST)
    noting = RecordingCityData(provider)
    context = Context(panel, registry, noting, now, {"district": district} if district else {})
    builder = builder_of(panel)
    content = builder(context)
    figure = content.figure
    # What is said is the figure: a forecast or a list beside it on the screen does not make it simulated or old.
    said = content.dataset or panel.id
    said = figure.metric if figure is not None and figure.metric in noting.read else said
    everything = (*noting.read, *content.also)
    provenance = standing(provider, said, (said,) if said in noting.read else everything, now)
    figure = figure or Figure(panel.name_ko, panel.name_en, None, "")
    english = {d.ko: d.en for d in registry.districts.values()} | {"서울": "Seoul"}
    spoken = SpokenValue(
        figure.label_ko,
        figure.label_en,
        figure.value,
        figure.unit,
        figure.grade,
        figure.place,
        provenance.observed_at.astimezone(KST),
        figure.text_ko or (_summary(content) if figure.value is None else ""),
        provenance.mode == "simulated" and builder is not not_connected,
        english.get(figure.place, ""),
        figure.metric is not None,
        max(figure.years) if figure.years else None,
        (now - provenance.observed_at).total_seconds() if provenance.stale else None,
        asked=district if figure.value is not None and district not in (None, figure.place) else None,
        now=now,
        recorded=provenance.mode == "recorded",
        missing=figure.metric is not None and figure.value is None,
    )
    if period is None or figure.value is None:
        return spoken if period is None else replace(spoken, period=period, known=False)
    return _in_period(spoken, figure, provider, now, period)


def _in_period(
    spoken: SpokenValue, figure: Figure, provider: CityDataProvider, now: datetime, period: Period
) -> SpokenValue:
    year = whole_year(period, now)
    if year is not None and year in figure.years:
        return replace(spoken, value=figure.years[year], year=year)
    mean = None if figure.metric is None else _mean(figure.metric, _area(spoken.place), provider, now, period)
    if mean is None:
        return replace(spoken, period=period, known=False)
    bands = provider.city(figure.metric or "", now).bands
    return replace(spoken, value=mean, grade=_grade(bands, mean), period=period, timed=False, age_s=None)


def _mean(metric: str, area: str | None, provider: CityDataProvider, now: datetime, period: Period) -> float | None:
    """The mean of what was measured in the period, in the precision of its figures; None without enough of it."""
    start, end = span_of(period, now)
    hours = (end - start).total_seconds() / 3600
    if end > now or hours <= 0:
        return None
    step = next((step for step in _STEPS_MINUTES if step * _SAMPLES >= hours * 60), _STEPS_MINUTES[-1])
    last = end - timedelta(seconds=1)
    series = provider.series(metric, last, area=area, hours=hours, step_minutes=step)
    inside = [v for t, v in zip(series.x, series.values, strict=True) if start.timestamp() <= t < end.timestamp()]
    measured = [v for v in inside if v is not None]
    if not measured or len(measured) < LEAST_MEASURED * len(inside):
        return None
    return round(fmean(measured), max(_decimals(v) for v in measured))


def _area(place: str) -> str | None:
    return None if place == "서울" else place


def _decimals(value: float) -> int:
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])


def _grade(bands: tuple[GradeBand, ...], value: float) -> Grade | None:
    return next((b.grade for b in bands if b.high is None or value < b.high), None)


def _summary(content: Content) -> str:
    """What the panel shows, where it has no single figure."""
    block = content.blocks[0]
    for key, word in (("documents", "문서"), ("rows", "항목"), ("points", "곳"), ("lines", "노선"), ("alerts", "알림"),
                      ("events", "일정")):  # fmt: skip
        if key in block:
            return f"{block['title_ko']} {len(block[key])}{'개 ' if word != '곳' else ''}{word}"
    return str(block["title_ko"])
