"""A camera's worker driven by hand over its real link, and a house with one that can check faces."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

import assistant.private_desk
import assistant.private_service
import assistant.sight
from assistant.pins import Pins
from tests.assistant.api_app import Application, Socket, running, settled

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
CAMERA = {"name": "wall", "source": "/dev/video0", "face": True}
PIN, PERSON = "204816", "hong-gildong"


def prepare(folder: Path, monkeypatch: Any) -> None:
    """No worker processes, quick hashes, one enrolled face with a PIN."""
    monkeypatch.setattr(assistant.sight, "camera_specs", lambda *_: [])
    monkeypatch.setattr(assistant.private_desk, "HERE_S", 30.0)  # a slow machine's scripted camera is no lost one
    pins = Pins(folder / "db" / "pins.json", QUICK)
    monkeypatch.setattr(assistant.private_service, "pins_of", lambda _: pins)
    (folder / "faces").mkdir(parents=True, exist_ok=True)
    (folder / "faces" / f"{PERSON}.face").write_bytes(b"sealed")
    pins.set(PERSON, PIN)


class Camera:
    """The worker `camera-wall`: what it was told, and what it says."""

    def __init__(self, socket: Socket) -> None:
        self.socket = socket
        self.told: list[dict[str, Any]] = []
        self.watches = True
        """Whether it says that the person whom it was told to watch over is here."""

    async def follow(self) -> None:
        """Until closed."""
        while (message := await self._next()) is not None:
            self.told.append(message)

    async def watch(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(0.3)
            if self.watches and self.is_on and (orders := self.orders("watch")):
                self.says(str(orders[-1]["id"]), "here")

    async def _next(self) -> Any:
        while True:
            with contextlib.suppress(TimeoutError):
                return await self.socket.receive()

    def orders(self, kind: str) -> list[dict[str, Any]]:
        """The messages to the face ability of a kind: check, watch, stop."""
        found = [m["message"][kind] for m in self.told if m["type"] == "tell" and kind in m["message"]]
        return [one if isinstance(one, dict) else {} for one in found]

    @property
    def is_on(self) -> bool:
        """Whether it was last told to look for faces."""
        return next((m["on"] for m in reversed(self.told) if m["type"] == "use"), False)

    async def check(self) -> str:
        """The id of the next check that it is told to begin."""
        begun = len(self.orders("check"))
        await settled(lambda: len(self.orders("check")) > begun or (begun and self.is_on))
        return str(self.orders("check")[-1]["id"])

    def says(self, check: str, kind: str, **more: Any) -> None:
        """An event of the face ability."""
        event = {"t": 1.0, "type": kind, "id": check, **more}
        self.socket.send({"type": "seen", "camera": "wall", "ability": "face", "event": event})


class House:
    """The application with a paired wall, a citizen's screen and the camera."""

    def __init__(self, api: Application, wall: Any, citizen: Any, camera: Camera) -> None:
        self.api, self.wall, self.citizen, self.camera = api, wall, citizen, camera
        self.hub, self.desk = api.service.hub, api.app.state.sight.private.desk

    @property
    def trust(self) -> str:
        """Of the display, as the protocol words it."""
        return self.hub.trust("main").word

    def overlay(self) -> dict[str, Any]:
        """What the overlay says now."""
        found = self.hub._displays.get("main").state.overlay
        return dict(found[1]) if found and found[0] == "private-mode" else {}

    async def phase(self, phase: str) -> dict[str, Any]:
        """Until the overlay says this."""
        await settled(lambda: self.overlay().get("phase") == phase)
        return self.overlay()

    async def ask(self, key: str = "ask") -> str:
        """Press the button; the id of the check that begins."""
        begun = len(self.camera.orders("check"))
        await self.wall.command(key, "private_mode", on=True)
        await settled(lambda: len(self.camera.orders("check")) > begun)
        return str(self.camera.orders("check")[-1]["id"])

    async def open(self) -> str:
        """Through the check and the PIN."""
        check = await self.ask()
        self.camera.says(check, "verified", person=PERSON)
        await self.phase("proving")
        result = await self.wall.command("pin", "private_pin", pin=PIN)
        assert result["ok"], result
        await settled(lambda: self.trust == "private")
        return check

    async def locked(self) -> None:
        """Until nothing private is there any more, and the camera is off."""
        await settled(lambda: self.trust == "internal" and not self.camera.is_on)


@contextlib.asynccontextmanager
async def house(tmp_path: Path, monkeypatch: Any, **private_mode: Any) -> AsyncIterator[House]:
    """Running."""
    prepare(tmp_path, monkeypatch)
    settings = {"seeing": {"cameras": [CAMERA]}, "private_mode": private_mode}
    async with running(tmp_path, monkeypatch, **settings) as api:
        token = api.service.workers.token
        async with api.socket("/ws/v1/workers/camera-wall") as socket:
            socket.send({"type": "hello", "token": token})
            await socket.until("type", "welcome")
            socket.send({"type": "ready", "detail": {"camera": "off"}})
            camera = Camera(socket)
            following = [asyncio.create_task(camera.follow()), asyncio.create_task(camera.watch())]
            async with (
                api.screen(role="web") as citizen,
                api.screen(token=api.token("wall")) as wall,
            ):
                yield House(api, wall, citizen, camera)
            for task in following:
                task.cancel()
            await asyncio.gather(*following, return_exceptions=True)


def everything(screen: Any) -> str:
    """All that a screen has received."""
    return json.dumps(screen.seen, ensure_ascii=False)
