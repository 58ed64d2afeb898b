"""What the shared city-data API offers: every dataset with its shape, names, and who may see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from content_registry.schema import Panel, Registry, Visibility
from display_bridge.city_data.files import document
from display_bridge.city_data.metrics import METRICS

Shape = Literal["metric", "places", "lines", "events", "table", "shares", "documents", "indicator", "project"]
SHARES_TOO = frozenset({"goods", "proposals"})
"""Tables that are also given as shares."""
REFRESH_S = 300
"""How often the simulation's figures change."""
FIELDS: Mapping[Shape, tuple[str, ...]] = {
    "metric": ("area", "value", "unit", "grade"),
    "places": ("name_ko", "lon", "lat", "value", "unit", "status", "detail_ko"),
    "lines": ("name_ko", "path", "color", "value", "unit", "status", "stops"),
    "events": ("id", "at", "title_ko", "level_ko", "area_ko", "status_ko", "severity", "lon", "lat", "expires"),
    "table": ("columns", "rows"),
    "shares": ("label_ko", "value"),
    "documents": ("id", "title_ko", "date", "department_ko", "pages", "kind"),
    "indicator": ("value", "target", "years", "trend"),
    "project": ("place", "district", "phases", "documents"),
}
_ORDER = (Visibility.PUBLIC, Visibility.INTERNAL, Visibility.PRIVATE)


@dataclass(frozen=True, slots=True)
class Dataset:
    """One dataset. panels: those that draw it, the main one first. visibility: of the most open of them."""

    id: str
    shape: Shape
    ko: str
    en: str
    unit: str
    panels: tuple[str, ...]
    department: str | None
    visibility: Visibility


@lru_cache(maxsize=4)
def _of_panels(panels: tuple[Panel, ...]) -> dict[str, Dataset]:
    by_id = {panel.id: panel for panel in panels}
    found: dict[str, Dataset] = {}
    for shape, entries in document("datasets.yaml").items():
        for name, entry in entries.items():
            drawn = tuple(p for p in entry["panels"] if p in by_id)
            known = METRICS.get(name) if shape == "metric" else None
            ko, en, unit = (known.ko, known.en, known.unit) if known else (entry["ko"], entry["en"], "")
            found[name] = Dataset(name, shape, ko, en, unit, drawn, _department(drawn, by_id), _openness(drawn, by_id))
    for panel in panels:
        shape_of: Shape | None = shape_of_panel(panel)
        if shape_of is not None:
            found[panel.id] = Dataset(
                panel.id,
                shape_of,
                panel.name_ko,
                panel.name_en,
                panel.unit or "",
                (panel.id,),
                panel.department,
                panel.visibility,
            )
    return found


def datasets(registry: Registry) -> Mapping[str, Dataset]:
    """Every dataset by its id."""
    return _of_panels(tuple(registry.panels.values()))


def names(shape: Shape) -> tuple[str, ...]:
    """The ids of a shape that need no registry (all but indicators and projects)."""
    return tuple(document("datasets.yaml").get(shape, {}))


def shape_of_panel(panel: Panel) -> Shape | None:
    """Whether a panel is an indicator's or a project's, and so has a dataset of its own name."""
    if panel.submenu == "indicators" and panel.id.startswith("ind-"):
        return "indicator"
    return "project" if panel.submenu == "projects" and panel.id.startswith("prj-") else None


def _department(drawn: tuple[str, ...], by_id: Mapping[str, Panel]) -> str | None:
    return by_id[drawn[0]].department if drawn else None


def _openness(drawn: tuple[str, ...], by_id: Mapping[str, Panel]) -> Visibility:
    """As open as the most open panel; what no panel draws is for nobody."""
    levels = [by_id[panel].visibility for panel in drawn]
    return min(levels, key=_ORDER.index, default=Visibility.PRIVATE)
