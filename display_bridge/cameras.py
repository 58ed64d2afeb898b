"""The cameras of a site: which panel shows which. Their addresses stay on the server; screens get a path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

from content_registry.schema import Panel, Visibility
from display_bridge.papers.kinds import RANK

Source = Literal["hls", "whep", "mjpeg"]
GRIDS = (1, 4, 9)
PANELS = ("cctv", "fire-drone", "air-video")
"""The panels that show cameras."""
DATASET, SOURCE_KO = "cameras", "현장 카메라"
"""What a view shows of them, as its badge names it."""
EMPTY_KO = "연결된 카메라가 없습니다"


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera. id: small letters, digits and -. url: of its playlist, WHEP endpoint or MJPEG stream. panel: where it
    is shown."""

    id: str
    name_ko: str
    place_ko: str
    url: str
    source: Source
    panel: str = "cctv"
    visibility: Visibility = Visibility.INTERNAL


class Cameras:
    """The cameras of a site, in the order of its settings."""

    def __init__(self, cameras: Sequence[Camera] = ()) -> None:
        self._cameras = {camera.id: camera for camera in cameras}

    def get(self, identifier: str) -> Camera | None:
        """The camera of an id."""
        return self._cameras.get(identifier)

    def of(self, panel: Panel) -> list[Camera]:
        """The cameras of a panel, but for those that fewer people may see than the panel."""
        shown = RANK[panel.visibility]
        return [c for c in self._cameras.values() if c.panel == panel.id and RANK[c.visibility] <= shown]

    def near(self, panel: Panel, district: str) -> list[Camera]:
        """The cameras whose place or name tells of a district, wherever they are listed, but for those that fewer
        people may see than `panel`."""
        shown = RANK[panel.visibility]
        there = [c for c in self._cameras.values() if district in c.place_ko or district in c.name_ko]
        return [c for c in there if RANK[c.visibility] <= shown]


@runtime_checkable
class WithCameras(Protocol):
    """A source of city data that also knows the site's cameras."""

    cameras: Cameras


def drawn(camera: Camera) -> dict[str, Any]:
    """What a screen learns of a camera: a path on this server, never its address."""
    live = f"/api/v1/cameras/{camera.id}/live"
    told = {"id": camera.id, "name_ko": camera.name_ko, "place_ko": camera.place_ko}
    return {**told, "source": camera.source, "live": live}


def nearby(title_ko: str, panel: Panel, provider: object, district: str | None) -> dict[str, Any] | None:
    """The block of at most four cameras of a district that the screens of a panel may show; None without one."""
    found = provider.cameras.near(panel, district) if district and isinstance(provider, WithCameras) else []
    if not found:
        return None
    shown = [drawn(camera) for camera in found[: GRIDS[1]]]
    grid = next(n for n in GRIDS if len(shown) <= n)
    return {"kind": "live-video", "title_ko": title_ko, "cameras": shown, "count": len(shown), "grid": grid,
            "page": 1, "pages": 1}  # fmt: skip


def block(
    kind: str, title_ko: str, panel: Panel, provider: object, item: str, page: int, reason_ko: str
) -> dict[str, Any]:
    """The block of a panel's cameras. item: a camera's id to enlarge it, or grid-1, grid-4, grid-9. page: 0-based, of
    the grid; kept in range. reason_ko: why there is none, where none is set up."""
    found = provider.cameras.of(panel) if isinstance(provider, WithCameras) else []
    grid = next((n for n in GRIDS if item == f"grid-{n}"), next((n for n in GRIDS if len(found) <= n), GRIDS[-1]))
    chosen = next((c for c in found if c.id == item), None)
    pages = max(1, -(-len(found) // grid))
    first = min(page, pages - 1) * grid
    shown = [chosen] if chosen else found[first : first + grid]
    made: dict[str, Any] = {
        "kind": kind,
        "title_ko": title_ko,
        "cameras": [drawn(camera) for camera in shown],
        "count": len(found),
        "grid": 1 if chosen else grid,
        "page": first // grid + 1,
        "pages": pages,
    }  # fmt: skip
    if chosen:
        made["enlarged"] = chosen.id
    if not found:
        made |= {"empty_ko": EMPTY_KO, "reason_ko": reason_ko}
    return made
