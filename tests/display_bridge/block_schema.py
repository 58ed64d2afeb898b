"""The shape of a PanelView and of every kind of block, as the screens rely on it."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from display_bridge.views.english import BARE

Finite = Annotated[float, Field(allow_inf_nan=False)]
Grade = Literal["good", "moderate", "bad", "very_bad"]
Status = Literal["ok", "warn", "alert", "off"]
Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-90, le=90)]
SeoulLon = Annotated[float, Field(ge=126.7, le=127.25)]
SeoulLat = Annotated[float, Field(ge=37.4, le=37.73)]
Tone = Literal["alert", "warn", "ok"]
Percent = Annotated[float, Field(ge=0, le=100)]
Word = Annotated[str, Field(min_length=1)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False)

    @model_validator(mode="before")
    @classmethod
    def english_beside(cls, value: Any) -> Any:
        """English may stand beside any Korean field; it is words, and none of them Korean."""
        if not isinstance(value, dict):
            return value
        beside = {k for k in value if k.endswith("_en") and (f"{k[:-3]}_ko" in value or k[:-3] in BARE & value.keys())}
        added = beside - cls.model_fields.keys()
        for key in added:
            assert isinstance(value[key], str), key
            assert value[key], key
            assert not re.search("[가-힣]", value[key]), key
        return {k: v for k, v in value.items() if k not in added}


class Kpi(Strict):
    label_ko: Word
    label_en: Word
    value: Finite | None
    text: Word | None = None
    unit: str
    grade: Grade | None = None
    delta: Finite | None = None
    delta_label_ko: Word | None = None
    target: Finite | None = None
    panel: Word | None = None


class Block(Strict):
    title_ko: Word
    title_en: Word | None = None


class KpiBlock(Block):
    kind: Literal["kpi"]
    items: list[Kpi] = Field(min_length=1)


class Area(Strict):
    value: Finite | None
    grade: Grade | None = None


class Legend(Strict):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    grade: Grade
    label_ko: Word
    low: Finite = Field(alias="from")
    to: Finite | None
    range: Word


class Choropleth(Block):
    kind: Literal["choropleth"]
    metric_ko: Word
    unit: Word
    areas: dict[str, Area] = Field(min_length=25, max_length=25)
    legend: list[Legend]
    selected: str | None = None

    @model_validator(mode="after")
    def grades_follow_the_legend(self) -> Choropleth:
        for name, area in self.areas.items():
            for band in self.legend:
                if area.value is not None and band.low <= area.value and (band.to is None or area.value < band.to):
                    assert area.grade == band.grade, name
        return self


class Point(Strict):
    name_ko: Word
    x: SeoulLon
    y: SeoulLat
    value: Finite | None = None
    unit: Word | None = None
    status: Status | None = None
    detail_ko: Word | None = None


class StatusLegend(Strict):
    status: Status
    label_ko: Word


class PointMap(Block):
    kind: Literal["point-map"]
    points: list[Point]
    legend: list[StatusLegend] = []
    district: Word | None = None


class Stop(Strict):
    name_ko: Word
    x: SeoulLon
    y: SeoulLat
    interchange: bool = False


class Line(Strict):
    name_ko: Word
    color: Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$")] | None = None
    status: Status | None = None
    value: Finite | None = None
    unit: Word | None = None
    path: list[tuple[SeoulLon, SeoulLat]] = Field(min_length=2)
    stops: list[Stop] = []


class LineMap(Block):
    kind: Literal["line-map"]
    lines: list[Line] = Field(min_length=1)


class Cell(Strict):
    x: SeoulLon
    y: SeoulLat
    weight: Annotated[float, Field(ge=0, le=1)]
    name_ko: Word


class Top(Strict):
    name_ko: Word
    value: Finite
    unit: str


class HeatMap(Block):
    kind: Literal["heat-map"]
    cells: list[Cell] = Field(min_length=1)
    top: list[Top] = Field(min_length=1)


class Vector(Strict):
    area: Word
    direction_deg: Annotated[float, Field(ge=0, lt=360)] | None
    speed: Annotated[float, Field(ge=0)] | None
    unit: Word
    temperature: Finite | None


class VectorMap(Block):
    kind: Literal["vector-map"]
    vectors: list[Vector] = Field(min_length=25, max_length=25)


class Flow(BaseModel):
    start: Word = Field(alias="from")
    to: Word
    value: Annotated[float, Field(gt=0)]


class FlowMap(Block):
    kind: Literal["flow-map"]
    flows: list[Flow] = Field(min_length=1)
    unit: Word


class City(Strict):
    name_ko: Word
    country_ko: Word
    x: Lon
    y: Lat
    status: Status | None = None
    detail_ko: Word | None = None


class WorldMap(Block):
    kind: Literal["world-map"]
    points: list[City] = Field(min_length=1)


class Pledge(Strict):
    title_ko: Word
    progress: Percent
    district: Word | None = None


class PledgeGroup(Strict):
    name_ko: Word
    done: int
    doing: int
    planned: int
    items: list[Pledge] = Field(min_length=1)

    @model_validator(mode="after")
    def counts_add_up(self) -> PledgeGroup:
        assert self.done + self.doing + self.planned == len(self.items)
        return self


class PledgeMap(Block):
    kind: Literal["pledge-map"]
    groups: list[PledgeGroup] = Field(min_length=1)


class ChartSeries(Strict):
    name_ko: Word
    values: list[Finite | None]


class LineChart(Block):
    kind: Literal["line-chart"]
    unit: str
    x: list[int] = Field(min_length=2)
    series: list[ChartSeries] = Field(min_length=1)
    compare: Word | None = None
    compare_en: Word | None = None

    @model_validator(mode="after")
    def lengths_match(self) -> LineChart:
        assert self.x == sorted(set(self.x))
        assert all(len(s.values) == len(self.x) for s in self.series)
        return self


class Bar(Strict):
    label_ko: Word
    value: Finite
    grade: Grade | None = None


class BarChart(Block):
    kind: Literal["bar-chart"]
    unit: str
    bars: list[Bar] = Field(min_length=1)
    select: Literal["district", "item"] | None = None


class Slice(Strict):
    label_ko: Word
    value: Annotated[float, Field(gt=0)]


class Donut(Block):
    kind: Literal["donut"]
    unit: str
    slices: list[Slice] = Field(min_length=2)


class GaugeBand(BaseModel):
    low: Finite = Field(alias="from")
    to: Finite
    label_ko: Word
    grade: Grade | None = None


class Gauge(Block):
    kind: Literal["gauge"]
    value: Finite
    min: Finite
    max: Finite
    unit: str
    label_ko: Word
    target: Finite | None = None
    bands: list[GaugeBand] = []

    @model_validator(mode="after")
    def value_is_inside(self) -> Gauge:
        assert self.min <= self.value <= self.max
        return self


class TreeItem(Strict):
    label_ko: Word
    value: Annotated[float, Field(gt=0)]
    detail_ko: Word | None = None


class Treemap(Block):
    kind: Literal["treemap"]
    unit: str
    items: list[TreeItem] = Field(min_length=2)


class Node(Strict):
    id: Word
    label_ko: Word


class Link(BaseModel):
    start: Word = Field(alias="from")
    to: Word
    value: Annotated[float, Field(gt=0)]


class Sankey(Block):
    kind: Literal["sankey"]
    unit: str
    nodes: list[Node]
    links: list[Link]

    @model_validator(mode="after")
    def links_join_nodes(self) -> Sankey:
        ids = {n.id for n in self.nodes}
        assert all(link.start in ids and link.to in ids for link in self.links)
        return self


class Column(Strict):
    key: Word
    label_ko: Word
    align: Literal["right"] | None = None
    bar: bool = False
    delta: bool = False


class Select(BaseModel):
    column: Word
    what: Literal["district", "item"] = Field(alias="as")


class Table(Block):
    kind: Literal["table"]
    columns: list[Column] = Field(min_length=1)
    rows: list[dict[str, str | Finite | None]]
    words_en: dict[Word, Word] = {}
    select: Select | None = None

    @model_validator(mode="after")
    def rows_have_the_columns(self) -> Table:
        keys = {c.key for c in self.columns}
        assert all(row.keys() == keys for row in self.rows)
        assert self.select is None or self.select.column in keys
        cells = {cell for row in self.rows for cell in row.values()}
        assert self.words_en.keys() <= cells
        assert not re.search("[가-힣]", "".join(self.words_en.values()))
        return self


class TimelineEvent(Strict):
    at: AwareDatetime
    title_ko: Word
    detail_ko: str
    status: Word | None = None


class Timeline(Block):
    kind: Literal["timeline"]
    events: list[TimelineEvent]


class GanttRow(BaseModel):
    label_ko: Word
    start: str = Field(alias="from", pattern=r"^\d{4}-\d\d-\d\d$")
    to: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    progress: Percent
    status: Literal["done", "doing", "planned"]


class Gantt(Block):
    kind: Literal["gantt"]
    start: str = Field(alias="from")
    to: str
    rows: list[GanttRow] = Field(min_length=1)


class Card(Strict):
    id: Word
    title_ko: Word
    date: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
    department_ko: Word
    pages: Annotated[int, Field(ge=1)] | None = None
    kind: Word | None = None


class DocumentList(Block):
    kind: Literal["document-list"]
    documents: list[Card] = Field(min_length=1)
    panel: Word | None = None
    current: Word | None = None


class Chapter(Strict):
    title_ko: Word
    page: Annotated[int, Field(ge=1)]


class OpenDocument(Strict):
    id: Word
    title_ko: Word
    date: Word
    pages: Annotated[int, Field(ge=1)]
    toc: list[Chapter]
    file: Annotated[str, Field(pattern=r"^/api/v1/documents/[a-z0-9-]+/file\.pdf$")]


class DocumentViewer(Block):
    kind: Literal["document-viewer"]
    document: OpenDocument
    page: int
    body: list[Word]

    @model_validator(mode="after")
    def page_is_inside(self) -> DocumentViewer:
        assert 1 <= self.page <= self.document.pages
        assert all(c.page <= self.document.pages for c in self.document.toc)
        return self


class CloudWord(Strict):
    text: Word
    weight: Annotated[float, Field(ge=0, le=1)]


class WordCloud(Block):
    kind: Literal["word-cloud"]
    words: list[CloudWord] = Field(min_length=1)


class Alert(Strict):
    level_ko: Word
    title_ko: Word
    area_ko: Word
    at: AwareDatetime
    status_ko: Word
    severity: Annotated[int, Field(ge=0, le=100)]
    tone: Tone


class AlertFeed(Block):
    kind: Literal["alert-feed"]
    alerts: list[Alert]
    panel: Word | None = None


class Camera(Strict):
    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    name_ko: Word
    place_ko: Word
    source: Literal["hls", "whep", "mjpeg"]
    live: Annotated[str, Field(pattern=r"^/api/v1/cameras/[a-z0-9-]+/live$")]


class NoCamera(Strict):
    name_ko: Word
    place_ko: Word
    status_ko: Word
    available: Literal[False]
    reason_ko: Word


class Video(Block):
    kind: Literal["live-video", "video-wall"]
    cameras: list[Camera | NoCamera]
    count: Annotated[int, Field(ge=0)] | None = None
    grid: Literal[1, 4, 9] = 9
    page: Annotated[int, Field(ge=1)] = 1
    pages: Annotated[int, Field(ge=1)] = 1
    enlarged: Word | None = None
    empty_ko: Word | None = None
    reason_ko: Word | None = None

    @model_validator(mode="after")
    def an_empty_wall_says_so(self) -> Video:
        assert len(self.cameras) <= self.grid
        assert (self.count == 0) == (self.empty_ko is not None) == (self.reason_ko is not None)
        return self


class Frame(Strict):
    label_ko: Word
    at: AwareDatetime


class ImageSequence(Block):
    kind: Literal["image-sequence"]
    frames: list[Frame]
    available: Literal[False]
    reason_ko: Word


class Told(Strict):
    title_ko: Word
    body_ko: Word
    scene: Annotated[str, Field(pattern="^[a-z]+$")] | None = None


class Story(Block):
    kind: Literal["story", "photo-story"]
    chapters: list[Told] = Field(min_length=1)


class OverlayApp(Block):
    kind: Literal["overlay-app"]
    app: Word
    state_ko: Word
    body_ko: Word
    steps_ko: list[Word] = Field(min_length=1)
    steps_en: list[Word] = []

    @model_validator(mode="after")
    def steps_in_english(self) -> OverlayApp:
        assert len(self.steps_en) in (0, len(self.steps_ko))
        return self


class ControlItem(Strict):
    panel: Word
    label_ko: Word
    label_en: Word


class Control(Block):
    kind: Literal["control"]
    app: Word
    running: bool
    items: list[ControlItem]


class Tile(Strict):
    panel: Word
    title_ko: Word
    kind: Literal["kpi"]
    value: Finite | None
    unit: str
    grade: Grade | None = None
    spark: list[Finite | None] = []


class HomeMosaic(Block):
    kind: Literal["home-mosaic"]
    tiles: list[Tile] = Field(min_length=4)


class IncidentMap(Block):
    kind: Literal["incident-map"]
    name_ko: Word
    area_ko: Word
    tone: Tone
    district: Word | None = None
    x: SeoulLon | None = None
    y: SeoulLat | None = None


class LogStep(Strict):
    at: AwareDatetime | None = None
    text_ko: Word
    text_en: Word | None = None


class IncidentLog(Block):
    kind: Literal["incident-log"]
    tone: Tone
    since: AwareDatetime
    steps: list[LogStep] = Field(min_length=1)


class AdviceLine(Strict):
    text_ko: Word
    text_en: Word


class IncidentAdvice(Block):
    kind: Literal["incident-advice"]
    notice_ko: Word | None = None
    lines: list[AdviceLine] = Field(min_length=3)


class IncidentHead(Strict):
    id: Word
    kind: Literal["alerts", "dispatch"]
    level_ko: Word
    level_en: Word
    tone: Tone
    title_ko: Word
    title_en: Word
    area_ko: Word
    status_ko: Word
    status_en: Word | None = None
    at: AwareDatetime
    drill: bool


AnyBlock = Annotated[
    KpiBlock | Choropleth | PointMap | LineMap | HeatMap | VectorMap | FlowMap | WorldMap | PledgeMap | LineChart
    | BarChart | Donut | Gauge | Treemap | Sankey | Table | Timeline | Gantt | DocumentList | DocumentViewer | WordCloud
    | AlertFeed | Video | ImageSequence | Story | OverlayApp | Control | HomeMosaic
    | IncidentMap | IncidentLog | IncidentAdvice,
    Field(discriminator="kind"),
]  # fmt: skip


class DepartmentRef(Strict):
    id: Word
    name_ko: Word
    name_en: Word


class PanelRef(Strict):
    id: Word
    name_ko: Word
    name_en: Word
    menu: Word
    menu_ko: Word
    menu_en: Word
    submenu: str | None
    submenu_ko: str | None
    submenu_en: str | None
    visibility: Literal["public", "internal", "private"]
    department: DepartmentRef | None


class Data(Strict):
    mode: Literal["simulated", "live", "recorded"]
    label_ko: Word
    label_en: Word
    observed_at: AwareDatetime
    stale: bool
    source_ko: Word
    attribution: Word


class PanelView(Strict):
    panel: PanelRef
    title_ko: Word
    title_en: Word
    subtitle_ko: Word
    data: Data
    blocks: list[AnyBlock] = Field(min_length=1, max_length=6)
    pages: Annotated[int, Field(ge=1)] | None = None
    incident: IncidentHead | None = None


_ADAPTER: TypeAdapter[PanelView] = TypeAdapter(PanelView)


def check(view: dict[str, Any]) -> PanelView:
    """The view, validated. Raises pydantic.ValidationError."""
    return _ADAPTER.validate_python(view)
