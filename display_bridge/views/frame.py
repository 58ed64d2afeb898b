"""PanelView: the frame around a panel's blocks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from content_registry.schema import Panel, Registry
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import CityDataProvider
from display_bridge.city_data.recording import RecordingCityData, Standing, standing
from display_bridge.views import book, city, common, disaster, documents, money, opinion, places, status, traffic
from display_bridge.views.context import Builder, Context
from display_bridge.views.english import names_of, with_english
from display_bridge.views.incident import with_incident
from display_bridge.views.responsible import named

BUILDERS: dict[str, Builder] = {
    **city.BUILDERS,
    **disaster.BUILDERS,
    **traffic.BUILDERS,
    **places.BUILDERS,
    **money.BUILDERS,
    **opinion.BUILDERS,
    **status.BUILDERS,
    **documents.BUILDERS,
    **book.BUILDERS,
    **common.BUILDERS,
}
MODE_LABELS = {"simulated": "모의 데이터", "recorded": "기록 재생", "live": "실시간"}
MODE_LABELS_EN = {"simulated": "Simulated data", "recorded": "Replay", "live": "Live"}
MOST_SOURCES = 3
"""Of so many sources the names are shown; of the others their number."""


def builder_of(panel: Panel) -> Builder:
    """The builder of a panel: its own, its family's, or the one that says that no data is connected."""
    if panel.id in BUILDERS:
        return BUILDERS[panel.id]
    if panel.submenu == "indicators" and panel.id.startswith("ind-"):
        return status.indicator
    if panel.submenu == "projects" and panel.id.startswith("prj-"):
        return status.project
    return common.not_connected


def build_view(
    panel: Panel, registry: Registry, provider: CityDataProvider, now: datetime, args: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The PanelView of a panel at `now` (timezone-aware): JSON-ready, 1 to 6 blocks, the first is the main one.

    args: {"district": official Korean name, "page": 0-based number}. Raises BadInput for an argument that is none.
    """
    now = now.astimezone(KST)
    noting = RecordingCityData(provider)
    context = Context(panel, registry, noting, now, args or {})
    content = builder_of(panel)(context)
    found = standing(provider, content.dataset or panel.id, (*noting.read, *content.also), now)
    menu = registry.menus.get(panel.menu)
    submenu = registry.submenus.get(panel.submenu) if panel.submenu else None
    department = registry.departments.get(panel.department)
    view: dict[str, Any] = {
        "panel": {
            "id": panel.id,
            "name_ko": panel.name_ko,
            "name_en": panel.name_en,
            "menu": panel.menu,
            "menu_ko": menu.ko if menu else panel.menu,
            "menu_en": menu.en if menu else panel.menu,
            "submenu": panel.submenu,
            "submenu_ko": submenu.ko if submenu else None,
            "submenu_en": submenu.en if submenu else None,
            "visibility": panel.visibility.value,
            "department": None if department is None else named(department),
        },
        "title_ko": panel.name_ko,
        "title_en": panel.name_en,
        "subtitle_ko": content.subtitle_ko,
        "data": badge(found),
        "blocks": content.blocks,
    }
    if content.pages is not None:
        view["pages"] = content.pages
    return with_english(with_incident(view, context), names_of(registry))


def badge(found: Standing) -> dict[str, Any]:
    """What a screen says of the data it shows: that of the worst part, and every source."""
    partly = found.mixed and found.mode != "live"
    names = [p.source_ko for p in found.sources]
    more = f" 외 {len(names) - MOST_SOURCES}" if len(names) > MOST_SOURCES else ""
    return {
        "mode": found.mode,
        "label_ko": ("일부 " if partly else "") + MODE_LABELS[found.mode],
        "label_en": f"Partly {MODE_LABELS_EN[found.mode].lower()}" if partly else MODE_LABELS_EN[found.mode],
        "observed_at": found.observed_at.astimezone(KST).isoformat(),
        "stale": found.stale,
        "source_ko": " · ".join(names[:MOST_SOURCES]) + more,
        "attribution": " · ".join(dict.fromkeys(p.attribution for p in found.sources)),
    }


def failed_view(panel_id: str, reason_ko: str, panel: Panel | None = None, *, no_data: bool = False) -> dict[str, Any]:
    """A view that says why the panel cannot be shown; it claims no data. no_data: its source has given none yet."""
    label_ko, label_en = ("자료를 받지 못했습니다", "No data received") if no_data else ("자료 없음", "No data")
    name_ko, name_en = (panel.name_ko, panel.name_en) if panel else (panel_id, panel_id)
    failed: dict[str, Any] = {
        "panel": {
            "id": panel_id,
            "name_ko": name_ko,
            "name_en": name_en,
            "menu": panel.menu if panel else "",
            "menu_ko": "",
            "submenu": panel.submenu if panel else None,
            "submenu_ko": None,
            "visibility": panel.visibility.value if panel else "public",
            "department": None,
        },
        "title_ko": name_ko,
        "title_en": name_en,
        "subtitle_ko": label_ko if no_data else "자료를 불러오지 못했습니다",
        "data": {
            "mode": "live",
            "label_ko": label_ko,
            "label_en": label_en,
            "observed_at": None,
            "stale": True,
            "source_ko": "",
            "attribution": "",
        },
        "blocks": [
            {"kind": "story", "title_ko": "자료 없음", "chapters": [{"title_ko": name_ko, "body_ko": reason_ko}]}
        ],
    }
    return with_english(failed, {name_ko: name_en})
