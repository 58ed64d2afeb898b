"""The composition root: builds the service from settings and serves it. The only module that sees everything."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from assistant import state_lock
from assistant.announcer import Announcer
from assistant.api import (
    audio,
    calls,
    camera_streams,
    catalog,
    city_data,
    city_documents,
    city_events,
    displays,
    document_files,
    guidance,
    health,
    incidents,
    pages,
    private_mode,
    problems,
    rasa_actions,
    rooms,
    runs,
    seeing,
    shelves,
    snapshots,
    utterances,
    wake,
    workers,
)
from assistant.api.web_build import web_build
from assistant.bookcases import book_titles, build_bookcase
from assistant.call_media import join_media
from assistant.call_service import Subjects, build_calls
from assistant.city_service import build_city
from assistant.contracts import ConfigError, Unavailable
from assistant.runs import RunStore
from assistant.screens import Screens
from assistant.service import SERVICE_CARD, Service
from assistant.settings import NLU_DATA, Settings
from assistant.sight import Sight
from assistant.understanding import corrections, opening
from assistant.understanding.service import Understander
from content_registry.loader import load_registry
from content_registry.schema import Registry, Visibility
from display_bridge.acknowledgements import AcknowledgementFile
from display_bridge.cameras import Camera, Cameras
from display_bridge.city_data import SimulatedCityData
from display_bridge.city_data.drills import Drills, WithDrills
from display_bridge.city_data.provider import CityDataProvider
from display_bridge.hub import DisplayHub
from display_bridge.incident_desk import IncidentDesk
from display_bridge.incidents import PANELS
from display_bridge.pairing import Pairing
from display_bridge.papers.bookcase import Bookcase
from display_bridge.papers.files import PaperFiles
from display_bridge.papers.shelf import Shelf
from display_bridge.papers.shelved import ShelvedCityData

ROUTERS = (
    utterances,
    displays,
    private_mode,
    incidents,
    audio,
    catalog,
    city_data,
    city_documents,
    city_events,
    runs,
    health,
    rasa_actions,
    workers,
    calls,
    rooms,
    wake,
    snapshots,
    document_files,
    camera_streams,
    shelves,
    seeing,
    guidance,
    pages,
)


def build_service(settings: Settings) -> Service:
    """All parts, not started yet."""
    registry = load_registry()
    database = settings.state_dir / "db"
    try:
        database.mkdir(parents=True, exist_ok=True)
        database.chmod(0o700)  # what people said and the device digests: for the owner only
    except OSError as error:
        raise ConfigError("bad-state-dir", f"{settings.state_dir}: cannot be used ({error.strerror})") from error
    bookcase = build_bookcase(settings)
    city = build_city(settings, registry)
    provider = city.provider = _shelved(city.provider, settings, registry, bookcase)
    pairing = Pairing(database / "devices.json")
    pairing.devices()  # a file that cannot be read is a ConfigError now, not at the first screen
    drills = Drills(settings.city_data.incidents, time.time())
    shown = WithDrills(provider, drills)
    kept = AcknowledgementFile(database / "incidents.json")
    desk = IncidentDesk(shown, kept, PANELS if settings.city_data.alerts else (), drills)
    services = ("calls", *(("rooms",) if settings.calls.engine != "p2p" else ())) if settings.calls.enabled else ()
    build = web_build().build
    hub = DisplayHub(registry, shown, pairing, keep=settings.displays(), desk=desk, services=services, build=build)
    hub.told["care"] = settings.screens.told()
    store = RunStore(
        f"sqlite:///{database / 'runs.sqlite'}", keep_days=settings.runs.keep_days, keep_runs=settings.runs.keep_runs
    )
    screens = Screens(hub, registry, provider, pairing)
    understander = opening.build_understander(registry, settings)
    understander.books = book_titles(bookcase, registry, provider)
    subjects = Subjects(lambda: screens.registry, hub.desk.rows, screens.showing)
    telephony = build_calls(settings, lambda: screens.registry, subjects)
    service = Service(settings, registry, hub, screens, understander, store, city, telephony)
    city.count_in(service.metrics.registry)
    service.calls.count_in(service.metrics)
    announcer = Announcer(
        settings.displays(),
        lambda display: service.room(display).session.phase,
        screens.chime,
        service.voices.say,
        service.spawn,
        hub.trust,
    )
    desk.on_incident = announcer.incident
    return service


def site_cameras(settings: Settings) -> Cameras:
    """The cameras of the settings. Raises ConfigError for an id that is given twice."""
    found = [
        Camera(c.id, c.name, c.place or "서울시", c.url, c.kind(), c.panel, Visibility(c.visibility))
        for c in settings.cameras
    ]
    if len({c.id for c in found}) != len(found):
        raise ConfigError("bad-settings", "cameras: an id is given twice")
    return Cameras(found)


def _shelved(provider: CityDataProvider, settings: Settings, registry: Registry, bookcase: Bookcase) -> ShelvedCityData:
    """The city's data with the site's own documents, cameras and books."""
    return ShelvedCityData(provider, bookcase.shelf or Shelf(None), registry, site_cameras(settings), bookcase)


@contextlib.asynccontextmanager
async def open_understander(settings: Settings) -> AsyncIterator[Understander]:
    """Understanding alone, for the command line: reuses a running service's model server or starts one. It knows the
    books' titles as the service does. Raises ConfigError."""
    registry, bookcase = load_registry(), build_bookcase(settings)
    provider = _shelved(SimulatedCityData(), settings, registry, bookcase)
    async with opening.open_understander(registry, settings) as understander:
        understander.books = book_titles(bookcase, registry, provider)
        yield understander


def train(settings: Settings, *, force: bool) -> Iterator[dict[str, Any]]:
    """Registry -> NLU data -> model; a running service takes the new model without a restart."""
    registry = load_registry()
    for flaw in registry.problems:
        yield {"step": "registry", "problem": str(flaw)}
    found = corrections.take(registry, NLU_DATA, settings.state_dir, wanted=settings.rasa.corrections)
    for problem in found.problems:
        yield {"step": "corrections", "problem": problem}
    yield {"step": "corrections", "taken": len(found.lines)}
    trained = asyncio.run(opening.build_keeper(registry, settings).train(force=force))
    yield {"step": "model", "model": str(trained.model), "digest": trained.digest, "trained": trained.fresh}
    yield {"step": "service", "reloaded": ask_service(settings, "/api/v1/registry/reload") is not None}


def ask_service(settings: Settings, path: str) -> dict[str, Any] | None:
    """The answer of the running service to a POST; None where none runs, or it refuses."""
    try:
        origin = json.loads((settings.state_dir / SERVICE_CARD).read_text(encoding="utf-8"))["origin"]
        answer = httpx.post(f"{origin}{path}", timeout=30)
        return dict(answer.json()) if answer.status_code == 200 else None
    except (OSError, ValueError, KeyError, TypeError, httpx.HTTPError):
        return None


def build_app(service: Service, port: Callable[[], int]) -> FastAPI:
    """The HTTP application over a service; starts and stops it with its own life. `port`: known once it listens."""

    city = service.screens.provider
    shelved = city if isinstance(city, ShelvedCityData) else None
    papers = None if shelved is None else PaperFiles(shelved, service.settings.state_dir, pages.FONTS)
    media = join_media(service, papers)
    sight = Sight(service)

    @contextlib.asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        await service.start(port())
        try:
            await service.city.start()
            service.calls.start()
            if media is not None:
                media.start(port())
            sight.start(port())
            yield
        finally:
            sight.stop()
            await service.calls.stop()
            if media is not None:
                await media.stop()
            await service.city.stop()
            await service.stop()

    app = FastAPI(
        title="seoula",
        version="1",
        description="서울아: the digital mayor's office",
        lifespan=life,
        docs_url=None,
        redoc_url=None,
    )
    app.state.service = service
    app.state.sight = sight
    app.state.labels = guidance.labels_of(service)
    app.state.speaks_to = service.settings.calls.livekit_origin
    if media is not None:
        app.state.meetings = media.meetings
    if shelved is not None:
        app.state.cameras = shelved.cameras
        app.state.papers = papers
    problems.install(app, (module.router for module in ROUTERS))
    for module in ROUTERS:
        app.include_router(module.router)
    pages.mount_files(app, service.settings.state_dir)
    return app


def listen(settings: Settings) -> socket.socket:
    """The listening socket. Raises Unavailable("port-taken") with what to do."""
    family = socket.AF_INET6 if ":" in settings.server.host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((settings.server.host, settings.server.port))
    except OSError as error:
        made.close()
        raise Unavailable(
            "port-taken",
            f"cannot listen on {settings.server.host}:{settings.server.port} ({error.strerror}); "
            "set SEOULA_SERVER__PORT to another port",
        ) from error
    made.listen(512)
    return made


async def serve(settings: Settings, started: Callable[[Service, str], None]) -> None:
    """Run until interrupted. `started` is called with the service and its origin once it answers."""
    with state_lock.hold(settings.state_dir), listen(settings) as listening:
        service = build_service(settings)
        port = listening.getsockname()[1]
        config = uvicorn.Config(
            build_app(service, lambda: port),
            log_level="warning",
            access_log=False,
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            ws_max_size=2**20,
            timeout_graceful_shutdown=3,
        )
        host = f"[{settings.server.host}]" if ":" in settings.server.host else settings.server.host
        server = _Server(config, lambda: started(service, f"http://{host}:{port}"))
        await server.serve(sockets=[listening])


class _Server(uvicorn.Server):
    """A server that says when it answers."""

    def __init__(self, config: uvicorn.Config, answering: Callable[[], None]) -> None:
        super().__init__(config)
        self._answering = answering

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._answering()
