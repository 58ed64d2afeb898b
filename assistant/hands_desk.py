"""The motion mouse in the room: what a hand does goes to the display's walls, what can be chosen there to the camera.

A command that comes of it takes the one path like a touch, with `Source.HANDS`. Whether hands are watched for can be
switched off at each display and is remembered; the camera is closed then.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Protocol

import structlog

from assistant.contracts import Unavailable
from assistant.private_files import write_private
from display_bridge.hand_screens import HandScreens
from display_bridge.screening import Target

log = structlog.get_logger(__name__)

ABILITY = "hands"
SILENT_S = 3.0
"""After so long without a word of the camera whoever had the cursor has it no more."""
STARTING_S = 20.0
"""So long a camera may take before the screens say that there is none."""


class Eyes(Protocol):
    """What is used of `assistant.seeing.Seeing`."""

    def listen(
        self,
        ability: str,
        on_event: Callable[[str, dict[str, Any]], None],
        on_lost: Callable[[str], None] | None = None,
    ) -> None: ...
    def use(self, camera: str, ability: str, *, on: bool) -> None: ...
    def tell(self, camera: str, ability: str, message: dict[str, Any], *, keep: str = "") -> None: ...
    def camera_of(self, display: str, ability: str) -> str | None: ...
    def display_of(self, camera: str) -> str: ...
    def health(self) -> Mapping[str, Mapping[str, Any]]: ...


class HandsDesk:
    """displays: those that may have a camera before them. show: puts a display's state of the motion mouse on its
    screens: `on`, `off`, `missing`; switches: the file of what is switched off."""

    def __init__(
        self,
        seeing: Eyes,
        screens: HandScreens,
        displays: frozenset[str],
        show: Callable[[str, str], None],
        switches: Path,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seeing, self._screens, self._show, self._file, self._clock = seeing, screens, show, switches, clock
        self._cameras = {d: c for d in sorted(displays) if (c := seeing.camera_of(d, ABILITY)) is not None}
        self._off = _read(switches, self._cameras)
        self._heard: dict[str, float] = {}
        self._shown: dict[str, str] = {}
        self._working: dict[str, float] = dict.fromkeys(self._cameras, clock())
        seeing.listen(ABILITY, self._seen, self._lost)
        screens.on_targets = self._aim
        for display, camera in self._cameras.items():
            seeing.use(camera, ABILITY, on=display not in self._off)

    # -- the switch ------------------------------------------------------------------------------------------

    def switch(self, display: str, *, on: bool) -> None:
        """Whether hands are watched for at a display. Raises Unavailable `no-hands-camera`."""
        camera = self._camera(display)
        changed = on == (display in self._off)
        if changed:
            self._off ^= {display}
            self._working[display] = self._clock()
        self._seeing.use(camera, ABILITY, on=on)
        if not on:
            self._end(display, "switched_off")
        self.look()
        if changed:
            try:
                write_private(self._file, json.dumps({"off": sorted(self._off)}).encode())
            except OSError as error:
                raise Unavailable("disk", f"the switch cannot be kept ({error.strerror})") from error

    def state(self, display: str) -> str | None:
        """`on`, `off` or `missing` (the camera does not work now); None without a camera there."""
        camera = self._cameras.get(display)
        if camera is None:
            return None
        if display in self._off:
            return "off"
        return "on" if self._clock() - self._working[display] <= STARTING_S else "missing"

    def look(self) -> None:
        """Let time pass: a camera that has gone is told, and one that has come back."""
        health, now = self._seeing.health(), self._clock()
        for display, camera in self._cameras.items():
            its = health.get(camera, {})
            if its.get("camera") == "ok" and its.get("abilities", {}).get(ABILITY) == "ok":
                self._working[display] = now
            if self._screens.phase(display) != "off" and now - self._heard.get(display, now) > SILENT_S:
                self._end(display, "lost")
            state = self.state(display)
            if state is not None and state != self._shown.get(display):
                self._shown[display] = state
                self._show(display, state)

    # -- what the camera says --------------------------------------------------------------------------------

    def _seen(self, camera: str, event: dict[str, Any]) -> None:
        display = self._seeing.display_of(camera)
        if self._cameras.get(display) != camera or display in self._off:
            return
        self._heard[display] = self._clock()
        match event:
            case {"type": "raising", "progress": int() | float() as progress}:
                self._screens.show(display, "raising" if progress else "off", progress=progress)
            case {"type": "engaged"}:
                self._screens.show(display, "engaged")
            case {"type": "cursor", "x": x, "y": y, **rest}:
                kept = {name: rest[name] for name in ("hand", "target", "dwell") if name in rest}
                self._screens.show(display, "engaged", x=x, y=y, seen=rest.get("t"), **kept)
            case {"type": "select", "x": x, "y": y, "by": by, **rest}:
                self._screens.choose(display, x, y, by, rest.get("target"))
            case {"type": "released", "reason": reason}:
                self._end(display, str(reason))
            case {"type": "error", "code": code}:
                log.warning("the camera refused a message", camera=camera, code=str(code)[:40])

    def _lost(self, camera: str) -> None:
        for display, its in self._cameras.items():
            if its == camera:
                self._end(display, "lost")

    def _end(self, display: str, reason: str) -> None:
        if self._screens.phase(display) != "off":
            self._screens.show(display, "off", reason=reason)

    def _aim(self, display: str, targets: tuple[Target, ...]) -> None:
        camera = self._cameras.get(display)
        if camera is not None:
            told = [dict(zip(("name", "left", "top", "right", "bottom"), one, strict=True)) for one in targets]
            self._seeing.tell(camera, ABILITY, {"targets": told})

    def _camera(self, display: str) -> str:
        if display not in self._cameras:
            raise Unavailable("no-hands-camera", f"no camera of display {display!r} watches for hands")
        return self._cameras[display]


def _read(file: Path, displays: Collection[str]) -> frozenset[str]:
    """The displays that are switched off; all of them when the file cannot be read, for somebody may have switched
    them off on purpose."""
    if not file.exists():
        return frozenset()
    try:
        off = json.loads(file.read_text(encoding="utf-8"))["off"]
        return frozenset(map(str, off)) if isinstance(off, list) else frozenset(displays)
    except (OSError, ValueError, KeyError, TypeError):
        log.warning("what is switched off cannot be read: all of it is", file=file.name)
        return frozenset(displays)
