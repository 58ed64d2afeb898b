"""What helps who cannot see or hear: labels of a page in our own voice, and where its sign language videos are."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from assistant.api.access import check_origin, paired, service_of
from assistant.api.problems import responses
from assistant.api.web_build import WEB
from assistant.contracts import BadInput, Unavailable
from assistant.labels import LONGEST, Labels, leaves, tokens
from assistant.service import Service
from content_registry.schema import Visibility

router = APIRouter(prefix="/api/v1", tags=["guidance"], responses=responses())

_PANEL = r"^[a-z0-9][a-z0-9-]{0,59}$"
_VIDEO = re.compile(r"([a-z0-9][a-z0-9-]{0,59})\.(?:mp4|webm)")
GENERAL = "general"


class Label(BaseModel):
    """What stands on a control. panel: the shown one, whose words may be in it too."""

    model_config = {"extra": "forbid"}

    text: str = Field(min_length=1, max_length=LONGEST, examples=["고대비, 켜짐"])
    language: Literal["ko", "en"] = "ko"
    panel: Annotated[str, Field(pattern=_PANEL)] | None = None


class LabelAnswer(BaseModel):
    """Sounds to be played in order."""

    urls: list[str]


class SignAnswer(BaseModel):
    """Sign language videos by panel; `general` where a panel has none of its own."""

    general: str | None
    panels: dict[str, str]


def labels_of(service: Service) -> Labels:
    """The labels of a service."""
    return Labels(service.workers, service.audio_folder, on=service.settings.speaking.output != "off")


@router.post("/speech", summary="A label in our voice", response_model=LabelAnswer, responses=responses(503))
async def speech(request: Request, label: Label) -> dict[str, list[str]]:
    """The sound of a label of a page; only words that the page shows are read out. 503 while there is no voice."""
    check_origin(request)
    service = service_of(request)
    device = paired(request)
    labels: Labels = request.app.state.labels
    words: set[str] | None = None
    if device is None or not device.internal:
        words = set(await asyncio.to_thread(labels.words, service.registry, WEB))
        if label.panel is not None:
            words |= await asyncio.to_thread(_shown, service, label.panel)
    names = await labels.sound(label.text, label.language, _caller(request), words)
    return {"urls": [f"/audio/{name}" for name in names]}


def _caller(request: Request) -> str:
    """Whom to count: the caller's address, behind a proxy on this machine the last one that it has noted."""
    address = request.client.host if request.client else ""
    noted = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return noted[:64] if noted and address in ("127.0.0.1", "::1") else address


def _shown(service: Service, panel: str) -> set[str]:
    """The words of a public panel as it is now; none of what is not public."""
    try:
        view = service.screens.public_snapshot(panel, time.time())
    except (BadInput, Unavailable):  # a panel whose source is silent shows no words of its own
        return set()
    return set().union(*(tokens(text) for text in leaves(view)))


@router.get("/sign-language", summary="Sign language videos of this site", response_model=SignAnswer)
async def sign_language(request: Request) -> dict[str, object]:
    """What lies in `web/sign` of the state folder: PANEL.mp4 or .webm, general.mp4 or .webm."""
    service = service_of(request)
    folder = service.settings.state_dir / "web" / "sign"
    found = await asyncio.to_thread(_videos, folder)
    public = {p.id for p in service.registry.panels.values() if p.visibility is Visibility.PUBLIC}
    panels = {name: url for name, url in found.items() if name in public}
    return {"general": found.get(GENERAL), "panels": panels}


def _videos(folder: Path) -> dict[str, str]:
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    fitting = [match for match in map(_VIDEO.fullmatch, names) if match]
    return {match[1]: f"/web-data/sign/{match[0]}" for match in fitting}
