"""Streams that go on: a device that is revoked, or a screen that locks, gets nothing more of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import httpx
import pytest

from assistant.api import camera_streams
from content_registry.schema import Visibility
from display_bridge.cameras import Camera, Cameras
from display_bridge.city_data.event_log import Logged
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import Event
from tests.assistant.api_app import REMOTE, Application


class Reading:
    """A GET whose answer comes in parts, at an address elsewhere."""

    def __init__(self, api: Application, path: str, token: str) -> None:
        self.parts: asyncio.Queue[bytes | None] = asyncio.Queue()
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "client": REMOTE,
            "server": ("127.0.0.1", 8700),
            "headers": [(b"host", b"127.0.0.1:8700"), (b"authorization", f"Bearer {token}".encode())],
        }  # fmt: skip
        self._gone = asyncio.Event()
        self.task = asyncio.create_task(api.app(scope, self._receive, self._send))
        self._begun = False

    async def _receive(self) -> dict[str, Any]:
        if not self._begun:
            self._begun = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.body":
            if message.get("body"):
                self.parts.put_nowait(message["body"])
            if not message.get("more_body"):
                self.parts.put_nowait(None)

    async def next(self) -> bytes | None:
        async with asyncio.timeout(120):
            return await self.parts.get()

    async def leave(self) -> None:
        self._gone.set()
        await self.task


class Film(httpx.AsyncByteStream):
    """A camera's answer: a picture each time the test lets one go."""

    def __init__(self) -> None:
        self.pictures: asyncio.Queue[bytes] = asyncio.Queue()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            yield await self.pictures.get()


@pytest.fixture
def film(api: Application, monkeypatch: pytest.MonkeyPatch) -> Film:
    """What the cameras `square` (internal) and `vault` (private) send; asked anew before each picture."""
    made = Film()
    kind = {"content-type": "multipart/x-mixed-replace; boundary=b"}
    real = httpx.AsyncClient
    transport = httpx.MockTransport(lambda _: httpx.Response(200, headers=kind, stream=made))
    monkeypatch.setattr(camera_streams.httpx, "AsyncClient", lambda **options: real(transport=transport, **options))
    monkeypatch.setattr(camera_streams, "ASKED_ANEW_S", 0.0)
    api.app.state.cameras = Cameras(
        [Camera(name, name, "시청", "http://camera.test/v", "mjpeg", visibility=seen)
         for name, seen in (("square", Visibility.INTERNAL), ("vault", Visibility.PRIVATE))]
    )  # fmt: skip
    return made


def revoke(api: Application, token: str) -> None:
    pairing = api.service.screens._pairing
    device = pairing.device(token)
    assert device is not None
    pairing.revoke(device.id)


async def test_a_cameras_picture_ends_with_the_device(api: Application, film: Film) -> None:
    token = api.token("tv", "main")
    reading = Reading(api, "/api/v1/cameras/square/live", token)
    film.pictures.put_nowait(b"first")
    assert await reading.next() == b"first"
    revoke(api, token)
    film.pictures.put_nowait(b"second")
    assert await reading.next() is None
    await reading.leave()


async def test_a_private_cameras_picture_ends_when_the_screen_locks(api: Application, film: Film) -> None:
    token = api.token("wall", "main")
    async with api.screen("main", "wall", token=token):
        api.service.hub.unlock("main", 4e9)
        reading = Reading(api, "/api/v1/cameras/vault/live", token)
        film.pictures.put_nowait(b"first")
        assert await reading.next() == b"first"
        api.service.hub.unlock("main", None)
        film.pictures.put_nowait(b"second")
        assert await reading.next() is None
        await reading.leave()


async def test_changes_of_events_end_with_the_device(api: Application) -> None:
    token = api.token("tv", "main")
    log = api.service.city.events
    reading = Reading(api, "/api/v1/events/stream", token)
    assert await reading.next() == b"retry: 3000\n\n"
    while reading.parts.qsize():
        await reading.next()
    (listener,) = log._listeners
    event = Event(datetime.now(KST), "1", "구조", "중구", "출동 중", 1, "본문", 127.0, 37.5, "d1")

    def tell(number: int) -> None:
        listener.offer(Logged(log.seq + number, "d1", "dispatch", "changed", event.at, event))

    tell(1)
    while b'"dispatch"' not in (await reading.next() or b""):
        pass
    revoke(api, token)
    tell(2)
    assert await reading.next() is None
    await reading.leave()
    assert log.listeners == 0


class Flooding(Reading):
    """A caller who sends a body without an end beside a stream."""

    async def _receive(self) -> dict[str, Any]:
        await asyncio.sleep(0)
        return {"type": "http.request", "body": b"a" * 65536, "more_body": True}


async def test_who_floods_a_stream_is_hung_up_on(api: Application, capfd: pytest.CaptureFixture[str]) -> None:
    reading = Flooding(api, "/api/v1/events/stream", api.token("tv", "main"))
    async with asyncio.timeout(120):
        await reading.task
    assert api.service.city.events.listeners == 0
    assert "failed" not in "".join(capfd.readouterr())


class Stuck(Reading):
    """A caller who takes nothing: not even the head of the answer can be sent."""

    async def _send(self, message: Any) -> None:
        await asyncio.Event().wait()


async def test_a_caller_who_goes_before_the_changes_begin_is_followed_no_more(api: Application) -> None:
    reading = Stuck(api, "/api/v1/events/stream", api.token("tv", "main"))
    for _ in range(100):
        await asyncio.sleep(0)
    await reading.leave()
    assert api.service.city.events.listeners == 0


async def test_the_sound_of_a_private_answer_is_for_the_time_that_the_screen_is_unlocked(api: Application) -> None:
    names = ["0" * 32 + ".wav", "1" * 32 + ".wav"]
    api.service.audio_folder.mkdir(exist_ok=True)
    for name in names:
        (api.service.audio_folder / name).write_bytes(b"sound")
    screens = api.service.screens

    async def heard() -> list[int]:
        return [(await api.http.get(f"/audio/{name}")).status_code for name in names]

    async with api.screen("main", "wall", token=api.token("wall", "main")):
        assert screens.set_speech("main", "u0", [f"/audio/{names[0]}"], True, "공개")
        api.service.hub.unlock("main", 4e9)
        assert screens.set_speech("main", "u1", [f"/audio/{names[1]}"], True, "비밀")
        assert await heard() == [200, 200]
        api.service.hub.unlock("main", None)
        assert await heard() == [200, 404]
        assert screens.set_speech("main", "u2", [f"/audio/{names[1]}"], True, "다시 한 말")
        assert await heard() == [200, 200], "the same words, said at an office screen"
