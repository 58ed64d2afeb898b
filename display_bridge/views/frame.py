"""PanelView: the frame around a panel's blocks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from content_registry.schema import Panel, Registry
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import CityDataProvider
from display_bridge.views import city, common, disaster, documents, money, opinion, places, status, traffic
from display_bridge.views.context import Builder, Context
from display_bridge.views.incident import with_incident

BUILDERS: dict[str, Builder] = {
    **city.BUILDERS,
    **disaster.BUILDERS,
    **traffic.BUILDERS,
    **places.BUILDERS,
    **money.BUILDERS,
    **opinion.BUILDERS,
    **status.BUILDERS,
    **documents.BUILDERS,
    **common.BUILDERS,
}
MODE_LABELS = {"simulated": "모의 데이터", "recorded": "기록 재생", "live": "실시간"}


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
    context = Context(panel, registry, provider, now, args or {})
    content = builder_of(panel)(context)
    provenance = provider.provenance(content.dataset or panel.id, now)
    menu = registry.menus.get(panel.menu)
    submenu = registry.submenus.get(panel.submenu) if panel.submenu else None
    department = registry.departments.get(panel.department)
    source = provenance.source_ko
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
            "department": None
            if department is None
            else {"id": department.id, "name_ko": department.name_ko, "name_en": department.name_en},
        },
        "title_ko": panel.name_ko,
        "title_en": panel.name_en,
        "subtitle_ko": content.subtitle_ko,
        "data": {
            "mode": provenance.mode,
            "label_ko": MODE_LABELS[provenance.mode],
            "observed_at": provenance.observed_at.astimezone(KST).isoformat(),
            "stale": provenance.stale(now),
            "source_ko": source,
            "attribution": provenance.attribution,
        },
        "blocks": content.blocks,
    }
    if content.pages is not None:
        view["pages"] = content.pages
    return with_incident(view, context)


def failed_view(panel_id: str, reason_ko: str, panel: Panel | None = None) -> dict[str, Any]:
    """A view that says why the panel cannot be shown; it claims no data."""
    name_ko, name_en = (panel.name_ko, panel.name_en) if panel else (panel_id, panel_id)
    return {
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
        "subtitle_ko": "자료를 불러오지 못했습니다",
        "data": {
            "mode": "live",
            "label_ko": "자료 없음",
            "observed_at": None,
            "stale": True,
            "source_ko": "",
            "attribution": "",
        },
        "blocks": [
            {"kind": "story", "title_ko": "자료 없음", "chapters": [{"title_ko": name_ko, "body_ko": reason_ko}]}
        ],
    }
