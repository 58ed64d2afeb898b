"""What operators see of the cameras: health, the last events, and, while somebody looks, points. Never a picture.

A camera sends points only while somebody has asked for them; the last one who leaves ends it. Whom a camera has
recognised is not told here: that a check went well is.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from assistant.contracts import BadInput

ABILITIES = ("hands", "face", "shelf")
KEPT_EVENTS = 30
_PASSING = ("cursor", "raising", "challenge", "sketch", "here")
"""Of these many come in a second: they are shown as they go by, and are not among the last events."""
_TOLD = (
    "type",
    "t",
    "progress",
    "hand",
    "by",
    "reason",
    "code",
    "step",
    "of",
    "ask",
    "slot",
)
"""What of an event is told; a person's name is not."""


class Cameras(Protocol):
    """What is used of `assistant.seeing.Seeing`."""

    @property
    def cameras(self) -> Mapping[str, Any]: ...
    def listen(
        self,
        ability: str,
        on_event: Callable[[str, dict[str, Any]], None],
        on_lost: Callable[[str], None] | None = None,
    ) -> None: ...
    def sketch(self, camera: str, *, on: bool) -> None: ...
    def display_of(self, camera: str) -> str: ...
    def health(self) -> Mapping[str, Mapping[str, Any]]: ...


class CameraWatch:
    """For all cameras of the settings."""

    def __init__(self, seeing: Cameras, clock: Callable[[], float] = time.time) -> None:
        self._seeing, self._clock = seeing, clock
        self._last: dict[str, deque[dict[str, Any]]] = {name: deque(maxlen=KEPT_EVENTS) for name in seeing.cameras}
        self._leases: Counter[str] = Counter()
        self._lookers: set[Looker] = set()
        for ability in ABILITIES:
            seeing.listen(ability, lambda camera, event, ability=ability: self._seen(camera, ability, event))  # type: ignore[misc]

    def rows(self) -> list[dict[str, Any]]:
        """Each camera: name, display, what its worker tells of it, its last events (the newest first)."""
        health = self._seeing.health()
        return [
            {
                "name": name,
                "display": self._seeing.display_of(name),
                "state": health.get(name, {}).get("camera", "missing"),
                **{key: health.get(name, {}).get(key, empty) for key, empty in _DETAIL.items()},
                "events": list(reversed(self._last[name])),
                "watched": self._leases[name] > 0,
            }
            for name in self._seeing.cameras
        ]

    def look(self) -> Looker:
        """Somebody looks; `leave` when it is over."""
        looker = Looker(self)
        self._lookers.add(looker)
        return looker

    def lease(self, camera: str, *, on: bool) -> None:
        """One more, or one less, who wants points of a camera. Raises BadInput `no-such-camera`."""
        if camera not in self._seeing.cameras:
            raise BadInput("no-such-camera", "there is no camera of this name")
        before = self._leases[camera]
        self._leases[camera] = max(0, before + (1 if on else -1))
        if (before > 0) != (self._leases[camera] > 0):
            self._seeing.sketch(camera, on=on)

    def leave(self, looker: Looker) -> None:
        self._lookers.discard(looker)
        for camera in list(looker.watching):
            looker.watch(camera, on=False)

    def _seen(self, camera: str, ability: str, event: Mapping[str, Any]) -> None:
        if camera not in self._last:
            return
        kind = event.get("type")
        if kind == "sketch":
            points = {key: value for key, value in event.items() if key not in ("type", "t")}
            message = {"type": "sketch", "camera": camera, "ability": ability, "points": points}
            for looker in self._lookers:
                looker.show(camera, ability, message)
            return
        told = {"ability": ability, "at": round(self._clock(), 3), **{k: event[k] for k in _TOLD if k in event}}
        if kind not in _PASSING:
            self._last[camera].append(told)
        for looker in self._lookers:
            looker.note(camera, {"type": "event", "camera": camera, **({"event": told})})


_DETAIL: dict[str, Any] = {
    "camera_detail": "",
    "abilities": {},
    "idle": True,
    "fps": 0.0,
    "slowed": False,
    "cpu_ms_per_frame": 0.0,
    "frames": 0,
    "dropped_frames": 0,
    "memory_mb": 0,
}


class Looker:
    """One page of an operator. Of points and of passing events only the newest wait for a page that reads slowly."""

    def __init__(self, watch: CameraWatch) -> None:
        self._watch = watch
        self._news: dict[tuple[str, ...], dict[str, Any]] = {}
        self._there = asyncio.Event()
        self.watching: set[str] = set()

    def watch(self, camera: str, *, on: bool) -> None:
        """Whether to get points of a camera. Raises BadInput `no-such-camera`."""
        if on == (camera in self.watching):
            return
        self._watch.lease(camera, on=on)
        self.watching ^= {camera}

    def show(self, camera: str, ability: str, message: dict[str, Any]) -> None:
        if camera in self.watching:
            self._put(("sketch", camera, ability), message)

    def note(self, camera: str, message: dict[str, Any]) -> None:
        self._put(("event", camera, str(message["event"].get("type"))), message)

    async def next(self, timeout_s: float) -> list[dict[str, Any]]:
        """What is new, empty when nothing is after so long."""
        try:
            await asyncio.wait_for(self._there.wait(), timeout_s)
        except TimeoutError:
            return []
        self._there.clear()
        news: Iterable[dict[str, Any]] = self._news.values()
        found, self._news = list(news), {}
        return found

    def leave(self) -> None:
        self._watch.leave(self)

    def _put(self, key: tuple[str, ...], message: dict[str, Any]) -> None:
        self._news.pop(key, None)
        self._news[key] = message
        self._there.set()
