"""What a builder of blocks gets, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sized
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from assistant.contracts import BadInput, Unavailable
from content_registry.schema import Panel, Registry
from display_bridge.city_data.provider import CityDataProvider, Grade, Observation

Block = dict[str, Any]
S = TypeVar("S", bound=Sized)

INVENTED = "invented"
"""A dataset that no source serves: what a panel draws beside its data, of figures that are made up here."""


def some(found: S) -> S:
    """What a panel cannot be drawn without. Raises Unavailable where a source has answered that there is nothing."""
    if not found:
        raise Unavailable("no-data-yet", "지금 보여 드릴 자료가 없습니다")
    return found


@dataclass(frozen=True)
class Context:
    """One question: which panel, when, of which district, which page (0-based)."""

    panel: Panel
    registry: Registry
    provider: CityDataProvider
    now: datetime
    args: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def district(self) -> str | None:
        """The district asked for, official Korean name. Raises BadInput for a name that is none."""
        name = self.args.get("district")
        if not name:
            return None
        known = [d.ko for d in self.registry.districts.values()]
        if name not in known:
            raise BadInput("unknown-district", f"{name!r} is not a district of Seoul")
        return name

    @cached_property
    def page(self) -> int:
        """The page asked for, 0-based. Raises BadInput for something that is no number."""
        text = self.args.get("page", "0")
        if not text.isascii() or not text.isdigit() or len(text) > 4:
            raise BadInput("bad-page", f"{text!r} is not a page number")
        return int(text)

    def here(self, metric: str) -> Observation:
        """The metric of the district asked for, or of all Seoul."""
        if self.district is None:
            return self.provider.city(metric, self.now)
        return next(o for o in self.provider.districts(metric, self.now) if o.area == self.district)

    def figure(self, metric: str) -> Figure | None:
        """The metric here as a panel's spoken figure; None while its source is silent."""
        try:
            return figure_of(self.here(metric))
        except Unavailable:
            return None


@dataclass(frozen=True, slots=True)
class Figure:
    """The one figure a panel stands for, as it is spoken.

    metric: what it was measured as, if it has a course over time. years: the figures of past years, by year.
    """

    label_ko: str
    label_en: str
    value: float | None
    unit: str
    grade: Grade | None = None
    place: str = "서울"
    text_ko: str = ""
    metric: str | None = None
    years: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Content:
    """Blocks, the words under the title, the spoken figure, the dataset whose freshness counts, pages if it has any.
    also: datasets that it shows without reading them of the provider (cameras, INVENTED)."""

    blocks: list[Block]
    subtitle_ko: str = ""
    figure: Figure | None = None
    dataset: str = ""
    pages: int | None = None
    also: tuple[str, ...] = ()


Builder = Callable[[Context], Content]


def figure_of(observation: Observation) -> Figure:
    """The figure of an observation."""
    return Figure(
        observation.label_ko,
        observation.label_en,
        observation.value,
        observation.unit,
        observation.grade,
        observation.area or "서울",
        metric=observation.metric,
    )
