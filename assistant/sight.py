"""The room's sight put together: the cameras' workers, and the desks that make proposals of what they see."""

from __future__ import annotations

import asyncio
import json
import sys
from functools import partial

from assistant.camera_watch import CameraWatch
from assistant.contracts import Source
from assistant.faces import KEY_VARIABLE, face_key_env, face_options, with_faces
from assistant.hands_desk import HandsDesk
from assistant.private_service import PrivateService
from assistant.seeing import Seeing, worker_of
from assistant.service import Service
from assistant.settings import Settings
from assistant.shelf_desk import ShelfDesk
from assistant.shelf_enrolling import shelves_folder
from assistant.spoken_books import SpokenBooks
from assistant.supervise import ChildSpec
from display_bridge.papers.bookcase import Bookcase, WithBookcase
from display_bridge.state import INCIDENT, Entry

_LOOK_S = 0.5


class Sight:
    """Everything that sees, over a service."""

    def __init__(self, service: Service) -> None:
        self._service, settings = service, service.settings
        self.seeing = Seeing(service.workers, settings.seeing, settings.room.display, service.spawn, service.supervisor)
        self.watch = CameraWatch(self.seeing)
        service.metrics.count_cameras(self.seeing.health)
        displays = frozenset(self.seeing.display_of(name) for name in self.seeing.cameras)
        switches = settings.state_dir / "db" / "hands.json"
        self.hands = HandsDesk(self.seeing, service.hub.hands, displays, service.screens.set_hands, switches)
        service.screens.on_hands = lambda display, on: self.hands.switch(display, on=on)
        service.hub.hands.on_command = partial(service.touched, by=Source.HANDS)
        provider = service.screens.provider
        bookcase = provider.bookcase if isinstance(provider, WithBookcase) else Bookcase()
        self.shelf = ShelfDesk(service, _Glass(service), self.seeing, bookcase, provider)
        self.private = PrivateService(service, self.seeing)
        if any(camera.shelf is not None for camera in self.seeing.cameras.values()):
            SpokenBooks(service, lambda: bookcase.books.values())

    def start(self, port: int) -> None:
        """Start a worker for each camera. `port`: where this service listens."""
        env = {"SEOULA_WORKER_TOKEN": self._service.workers.token, **face_key_env(self._service.settings)}
        for spec in camera_specs(self._service.settings, f"ws://127.0.0.1:{port}/ws/v1/workers", env):
            self._service.supervisor.add(spec)
        self.shelf.start()
        self.private.start()
        demonstration = face_options(self._service.settings).get("accept_recordings") is True
        self._service.screens.notice("face-demonstration", demonstration)
        if self.seeing.cameras:
            self._service.spawn(self._look())

    def stop(self) -> None:
        """Nothing private stays open; the workers end with the service's other children."""
        self.private.stop()

    async def _look(self) -> None:
        while True:
            self.hands.look()
            await asyncio.sleep(_LOOK_S)


class _Glass:
    """What stands on a display, and small notices on it."""

    def __init__(self, service: Service) -> None:
        self._hub, self._screens = service.hub, service.screens

    def shown(self, display: str) -> Entry:
        return self._hub.shown(display)

    def covered(self, display: str) -> bool:
        return self.shown(display).cause == INCIDENT

    def tell(self, display: str, code: str, text_ko: str = "", text_en: str = "") -> None:
        self._screens.own_notice(display, code, text_ko, text_en)


def camera_specs(settings: Settings, core: str, env: dict[str, str]) -> list[ChildSpec]:
    """The cameras' workers that these settings ask for."""
    seeing = settings.seeing
    specs = []
    for camera in seeing.cameras:
        worker = worker_of(camera.name)
        source = ("--source", camera.source) if camera.file is None else ("--file", str(camera.file))
        pace = ("--fps", str(camera.fps), "--idle-fps", str(camera.idle_fps), "--share", str(seeing.share))
        argv: tuple[str, ...] = (
            sys.executable,
            "-m",
            "assistant.camera_worker",
            "--core",
            f"{core}/{worker}",
            "--camera",
            camera.name,
        )
        argv += (*source, "--width", str(camera.width), "--height", str(camera.height), *pace)
        options = with_faces(settings, seeing.options(camera))
        if camera.shelf is not None:
            options["shelf"] |= {"name": camera.shelf, "folder": str(shelves_folder(settings))}
        argv += ("--abilities", json.dumps(options, ensure_ascii=False))
        log_file = settings.state_dir / "log" / f"{worker}.log"
        its = env if camera.face else {k: v for k, v in env.items() if k != KEY_VARIABLE}
        specs.append(ChildSpec(worker, argv, its, seeing.start_timeout_s, seeing.memory_limit_mb, log_file))
    return specs
