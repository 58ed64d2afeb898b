"""The core's view of cameras: which looks at what before which display, and the workers' events on their way in.

A camera sees for an ability only while somebody has asked for it (`use`); what was asked for is said again to a worker
that was started anew, so that a crash costs seconds and not the feature.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import structlog

from assistant.contracts import BadInput, SeoulaError
from assistant.settings_seeing import SeeingCamera, SeeingSettings
from assistant.supervise import Supervisor
from assistant.workers import Workers

log = structlog.get_logger(__name__)

OnEvent = Callable[[str, dict[str, Any]], None]
"""Takes a camera's name and an event's message."""
_NOT_THERE = {"camera": "missing", "camera_detail": "its worker is not running", "abilities": {}}


def worker_of(camera: str) -> str:
    """The name of a camera's worker."""
    return f"camera-{camera}"


class Seeing:
    """Over the cameras' workers. display: the one that a camera stands before unless it names another; spawn: runs
    work beside; supervisor: is told which workers are ready, and which links broke."""

    def __init__(
        self,
        workers: Workers,
        settings: SeeingSettings,
        display: str,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        supervisor: Supervisor,
    ) -> None:
        self._workers, self._display, self._spawn, self._supervisor = workers, display, spawn, supervisor
        self.cameras: Mapping[str, SeeingCamera] = {camera.name: camera for camera in settings.cameras}
        self._on_event: dict[str, list[OnEvent]] = {}
        self._on_lost: dict[str, list[Callable[[str], None]]] = {}
        self._on_health: list[Callable[[str], None]] = []
        self._used: dict[str, set[str]] = {name: set() for name in self.cameras}
        self._kept: dict[tuple[str, str, str], dict[str, Any]] = {}
        self._sketched: dict[str, frozenset[str]] = {}
        self._health: dict[str, dict[str, Any]] = {}
        for name in self.cameras:
            workers.handle(worker_of(name), lambda m, n=name: self._message(n, m), lambda n=name: self._gone(n))  # type: ignore[misc]

    # -- questions -------------------------------------------------------------------------------------------

    def camera_of(self, display: str, ability: str) -> str | None:
        """The camera with this ability before a display, or None."""
        return next(
            (n for n, c in self.cameras.items() if ability in c.abilities() and self.display_of(n) == display), None
        )

    def display_of(self, camera: str) -> str:
        """The display that a camera stands before."""
        return self._camera(camera).display or self._display

    def available(self, camera: str) -> bool:
        """Whether its worker is connected. The camera itself may be missing still."""
        return self._workers.connected(worker_of(camera))

    def health(self) -> dict[str, dict[str, Any]]:
        """By camera: what its worker says of itself (`Watching.detail`), or that there is none."""
        return {name: dict(self._health.get(name, _NOT_THERE)) for name in self.cameras}

    # -- whom events go to -----------------------------------------------------------------------------------

    def listen(self, ability: str, on_event: OnEvent, on_lost: Callable[[str], None] | None = None) -> None:
        """Take an ability's events of all cameras. on_lost: a camera's worker, or the camera itself, is gone: nothing
        that was seen before it holds any more."""
        self._on_event.setdefault(ability, []).append(on_event)
        if on_lost is not None:
            self._on_lost.setdefault(ability, []).append(on_lost)

    def follow(self, on_health: Callable[[str], None]) -> None:
        """Be told of every change of a camera's health, by its name."""
        self._on_health.append(on_health)

    # -- what workers are told -------------------------------------------------------------------------------

    def use(self, camera: str, ability: str, *, on: bool) -> None:
        """Switch an ability of a camera on or off. Raises BadInput `no-such-camera`, `no-such-ability`."""
        self._check(camera, ability)
        (self._used[camera].add if on else self._used[camera].discard)(ability)
        if not on:
            for key in [key for key in self._kept if key[:2] == (camera, ability)]:
                del self._kept[key]
        self._tell(camera, {"type": "use", "ability": ability, "on": on})

    def tell(self, camera: str, ability: str, message: dict[str, Any], *, keep: str = "") -> None:
        """Tell an ability that is in use something. keep: the newest message of this name is said again to a worker
        that was started anew. Raises BadInput as `use`."""
        self._check(camera, ability)
        if keep:
            self._kept[camera, ability, keep] = message
        self._tell(camera, {"type": "tell", "ability": ability, "message": message})

    def sketch(self, camera: str, *, on: bool, by: str = "") -> None:
        """Whether a camera sends what it sees as points (events of the type `sketch`): as long as anybody, told apart
        by name, wants it. Raises BadInput."""
        self._camera(camera)
        before = self._sketched.get(camera, frozenset())
        after = before | {by} if on else before - {by}
        if after:
            self._sketched[camera] = after
        else:
            self._sketched.pop(camera, None)
        if on or bool(before) != bool(after):
            self._tell(camera, {"type": "sketch", "on": bool(after)})

    # -- the workers' messages -------------------------------------------------------------------------------

    def _message(self, camera: str, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "ready":
                self._say_again(camera)
                self._take_health(camera, message)
            case "health":
                self._take_health(camera, message)
            case "seen":
                self._seen(camera, message)
            case "error":
                log.warning("a camera's worker refused a message", camera=camera, code=message.get("code"))
            case other:
                log.warning("unknown message of a camera's worker", camera=camera, kind=str(other)[:40])

    def _seen(self, camera: str, message: dict[str, Any]) -> None:
        ability, event = message.get("ability"), message.get("event")
        if not isinstance(ability, str) or not isinstance(event, dict) or not isinstance(event.get("type"), str):
            log.warning("a bad event of a camera", camera=camera)
            return
        if ability in self._used[camera]:  # what was under way when it was switched off counts no more
            for take in self._on_event.get(ability, ()):
                take(camera, event)

    def _take_health(self, camera: str, message: dict[str, Any]) -> None:
        detail = message.get("detail")
        now: dict[str, Any] = detail if isinstance(detail, dict) else {}
        before = self._health.get(camera, {})
        self._health[camera] = now
        if (child := self._supervisor.children.get(worker_of(camera))) is not None:
            child.ready(str(now.get("camera_detail", "")))
        if before.get("camera") == "ok" and now.get("camera") == "missing":
            self._lost(camera)
        for take in self._on_health:
            take(camera)

    def _gone(self, camera: str) -> None:
        self._health.pop(camera, None)
        if (child := self._supervisor.children.get(worker_of(camera))) is not None:
            child.lost()
        self._lost(camera)
        for take in self._on_health:
            take(camera)

    def _lost(self, camera: str) -> None:
        for ability in self._camera(camera).abilities():
            for take in self._on_lost.get(ability, ()):
                take(camera)

    def _say_again(self, camera: str) -> None:
        for ability in sorted(self._used[camera]):
            self._tell(camera, {"type": "use", "ability": ability, "on": True})
        for (of, ability, _), message in self._kept.items():
            if of == camera:
                self._tell(camera, {"type": "tell", "ability": ability, "message": message})
        if self._sketched.get(camera):
            self._tell(camera, {"type": "sketch", "on": True})

    def _tell(self, camera: str, message: dict[str, Any]) -> None:
        if self.available(camera):
            self._spawn(self._send(camera, message))

    async def _send(self, camera: str, message: dict[str, Any]) -> None:
        try:
            await self._workers.send(worker_of(camera), message)
        except SeoulaError:
            log.info("a camera's worker went away", camera=camera, message=message["type"])

    def _camera(self, camera: str) -> SeeingCamera:
        if camera not in self.cameras:
            raise BadInput("no-such-camera", f"there is no camera {camera!r}")
        return self.cameras[camera]

    def _check(self, camera: str, ability: str) -> None:
        if ability not in self._camera(camera).abilities():
            raise BadInput("no-such-ability", f"the camera {camera!r} is not used for {ability!r}")
