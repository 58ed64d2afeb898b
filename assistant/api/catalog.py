"""GET /api/v1/catalog: what there is to show. A caller without an office device's token sees the public panels."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Depends, Request

from assistant.api import document_files, rooms
from assistant.api.access import bearer, check_origin, operator, service_of
from assistant.api.city_access import offered
from assistant.api.models import CatalogAnswer, RegistryAnswer
from assistant.api.problems import responses
from content_registry.loader import load_registry
from content_registry.schema import Panel, Visibility

router = APIRouter(prefix="/api/v1", tags=["catalog"], responses=responses())


@router.get("/catalog", summary="What there is to show", response_model=CatalogAnswer)
async def catalog(request: Request) -> dict[str, Any]:
    """Menus, sub-menus, panels, departments, and the datasets of the shared city-data API."""
    check_origin(request)
    service = service_of(request)
    device = service.device(bearer(request) or "")
    registry = service.registry
    submenus = registry.submenus.values()
    panels = [p for p in registry.panels.values() if p.visibility is Visibility.PUBLIC or (device and device.internal)]
    return {
        "menus": [
            {
                "id": m.id,
                "ko": m.ko,
                "en": m.en,
                "submenus": [{"id": s.id, "ko": s.ko, "en": s.en} for s in submenus if s.menu == m.id],
            }
            for m in registry.menus.values()
        ],
        "panels": [_panel(p) for p in panels],
        "departments": [
            {"id": d.id, "name_ko": d.name_ko, "name_en": d.name_en} for d in registry.departments.values()
        ],
        "datasets": offered(request),
        "districts": [{"code": d.code, "ko": d.ko, "en": d.en} for d in registry.districts.values()],
    }


@router.post(
    "/registry/reload",
    summary="Read the content registry again",
    response_model=RegistryAnswer,
    dependencies=[Depends(operator)],
)
async def reload_registry(request: Request) -> dict[str, Any]:
    """Take up the registry's files without a restart; lists what is wrong in them."""
    registry = await asyncio.to_thread(load_registry)
    await service_of(request).use_registry(registry)
    document_files.use_registry(request.app, registry)
    rooms.use_registry(request.app, registry)
    return {"panels": len(registry.panels), "problems": [str(problem) for problem in registry.problems]}


def _panel(panel: Panel) -> dict[str, Any]:
    return {
        "id": panel.id,
        "name_ko": panel.name_ko,
        "name_en": panel.name_en,
        "menu": panel.menu,
        "submenu": panel.submenu,
        "department": panel.department,
        "visibility": panel.visibility.value,
        "visualizations": list(panel.visualizations),
        "aliases_ko": list(panel.aliases_ko),
    }
