"""The WebSockets: push-to-talk, screens, workers. Every bad input ends in an orderly close."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from assistant.contracts import NoSpeech, Partial, SpeechStart, Transcript, encode
from tests.assistant.api_app import REMOTE, Application, Socket, settled

AUDIO, DISPLAY, WORKER = "/ws/v1/audio", "/ws/v1/displays/main", "/ws/v1/workers/hearing"
FRAME = bytes(2560)


class FakeHearing:
    """A hearing worker that answers each closed stream by a script."""

    def __init__(self, socket: Socket, *says: Any) -> None:
        self.socket, self.says = socket, says
        self.pcm: dict[str, bytes] = {}
        self.told: list[dict[str, Any]] = []

    async def work(self) -> None:
        while (frame := await self._frame()) is not None:
            if isinstance(frame, bytes):
                name = frame[1 : 1 + frame[0]].decode("ascii")
                self.pcm[name] = self.pcm.get(name, b"") + frame[1 + frame[0] :]
                continue
            self.told.append(frame)
            if frame["type"] == "close_stream":
                for event in self.says:
                    self.socket.send({**encode(event), "stream": frame["stream"]})

    async def _frame(self) -> Any:
        while True:
            with contextlib.suppress(TimeoutError):
                return await self.socket.receive()


@contextlib.asynccontextmanager
async def hearing(api: Application, *says: Any) -> AsyncIterator[FakeHearing]:
    """A connected hearing worker."""
    async with api.socket(WORKER) as socket:
        socket.send({"type": "hello", "worker": "hearing", "token": api.service.workers.token, "pid": 1})
        await socket.until("type", "welcome")
        worker = FakeHearing(socket, *says)
        task = asyncio.create_task(worker.work())
        try:
            yield worker
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


HEARD = (
    SpeechStart(0.2),
    Partial(0.6, "미세"),
    Transcript(1.2, "미세먼지 보여줘", "미세먼지 보여줘", 0.0, True, 1.0),
)


# ---------------------------------------------------------------------------------------------------- audio


async def test_a_button_gets_its_words_and_the_outcome_back(api: Application) -> None:
    async with api.screen() as wall, hearing(api, *HEARD) as worker, api.socket(AUDIO) as socket:
        assert socket.accepted is not None
        socket.send(FRAME)
        socket.send(b"")
        socket.send(FRAME)
        socket.send({"type": "end"})
        events = [await socket.receive() for _ in range(4)]
        assert [e["type"] for e in events] == ["speech_start", "partial", "transcript", "outcome"]
        assert "stream" not in events[2]
        assert events[3]["code"] == "shown"
        assert events[3]["run"]
        assert await socket.end() == (1000, "")
        assert list(worker.pcm.values()) == [FRAME + FRAME]
        assert [t["type"] for t in worker.told][0] == "open_stream"
        assert "wake" in [m["name"] for m in wall.seen if m["t"] == "chime"]
    assert api.service.ears._listeners == {}


async def test_nothing_said_is_an_outcome_too(api: Application) -> None:
    async with hearing(api, NoSpeech(4.0)), api.socket(AUDIO) as socket:
        socket.send({"type": "end"})
        assert (await socket.until("type", "outcome"))["code"] == "not_heard"


async def test_without_a_hearing_worker_the_button_is_told(api: Application) -> None:
    async with api.socket(AUDIO) as socket:
        assert await socket.receive() == {
            "type": "error",
            "code": "hearing-unavailable",
            "message": "the hearing worker is not running",
        }
        assert await socket.end() == (1013, "hearing-unavailable")


@pytest.mark.parametrize("frame", [b"\0", bytes(64_001), bytes(64_002)])
async def test_bad_audio_ends_the_stream(api: Application, frame: bytes) -> None:
    async with hearing(api, NoSpeech(1.0)) as worker, api.socket(AUDIO) as socket:
        socket.send(FRAME)
        socket.send(frame)
        error = await socket.until("type", "error")
        assert error["code"] == "bad-audio"
        assert await socket.end() == (1003, "")
        await settled(lambda: "close_stream" in [t["type"] for t in worker.told])
    assert api.service.ears._listeners == {}


async def test_a_button_that_goes_away_frees_its_stream(api: Application) -> None:
    async with hearing(api, NoSpeech(1.0)) as worker:
        async with api.socket(AUDIO) as socket:
            socket.send(FRAME)
            await settled(lambda: bool(worker.pcm))
            socket.leave()
        await settled(lambda: "close_stream" in [t["type"] for t in worker.told])
    assert api.service.ears._listeners == {}


async def test_a_worker_that_dies_in_mid_utterance_ends_the_run(api: Application) -> None:
    async with contextlib.AsyncExitStack() as stack:
        worker = await stack.enter_async_context(hearing(api))
        socket = await stack.enter_async_context(api.socket(AUDIO))
        socket.send(FRAME)
        await settled(lambda: bool(worker.pcm))
        worker.socket.leave()
        outcome = await socket.until("type", "outcome")
        assert (outcome["code"], outcome["reason"]) == ("failed", "hearing-lost")
        assert await socket.end() == (1000, "")


@pytest.mark.parametrize(("display", "code"), [("nowhere", "unknown-display"), ("-", "unknown-display")])
async def test_audio_for_a_display_that_is_not_there(api: Application, display: str, code: str) -> None:
    async with hearing(api), api.socket(AUDIO, query=f"display={display}") as socket:
        if socket.accepted:
            assert (await socket.receive())["code"] == code
        assert (await socket.end())[0] == 1008


async def test_a_button_of_another_machine_needs_a_token(api: Application) -> None:
    async with hearing(api, NoSpeech(1.0)):
        async with api.socket(AUDIO, client=REMOTE) as socket:
            assert await socket.end() == (1008, "token-needed")
        token = api.token("watch")
        async with api.socket(AUDIO, client=REMOTE, subprotocols=("seoula", f"token.{token}")) as socket:
            assert socket.accepted is not None
            assert socket.accepted["subprotocol"] == "seoula"
            socket.send({"type": "end"})
            await socket.until("type", "outcome")


# ------------------------------------------------------------------------------------------------- recordings


async def test_a_recording_that_cannot_be_used_is_a_problem(api: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = await api.http.post("/api/v1/audio", content=b"")
    assert (empty.status_code, empty.json()["code"]) == (422, "empty-audio")
    noise = await api.http.post("/api/v1/audio", content=b"this is no sound at all")
    assert (noise.status_code, noise.json()["code"]) == (422, "bad-audio")
    display = await api.http.post("/api/v1/audio?display=../x", content=b"x")
    assert (display.status_code, display.json()["code"]) == (422, "bad-request")
    monkeypatch.setattr("assistant.api.audio.MOST_UPLOAD_BYTES", 1000)
    large = await api.http.post("/api/v1/audio", content=bytes(1001))
    assert (large.status_code, large.json()["code"]) == (413, "too-large")


async def test_a_recording_is_heard_and_answered(api: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    async def decoded(data: bytes) -> bytes:
        return data

    monkeypatch.setattr("assistant.api.audio._decode", decoded)
    alone = await api.http.post("/api/v1/audio", content=FRAME)
    assert (alone.status_code, alone.json()["code"]) == (503, "hearing-unavailable")
    async with api.screen(), hearing(api, *HEARD) as worker:
        answer = (await api.http.post("/api/v1/audio", content=FRAME * 40)).json()
        assert [e["type"] for e in answer["events"]] == ["speech_start", "partial", "transcript"]
        assert answer["outcome"]["code"] == "shown"
        assert answer["run"]
        assert list(worker.pcm.values()) == [FRAME * 40]


# ---------------------------------------------------------------------------------------------------- screens


@pytest.mark.parametrize(
    "first",
    [
        b"\0\1",
        "",
        "{",
        "[]",
        "null",
        {},
        {"t": "hello"},
        {"t": "hello", "proto": 3, "role": "wall"},
        {"t": "hello", "proto": 2, "role": "throne"},
        {"t": "hello", "proto": 2, "role": "wall", "token": "nonsense"},
        {"t": "hello", "proto": 2, "role": "wall", "token": 5},
        {"t": "ack", "seq": 1, "status": "rendered"},
        "[" * 100_000,
    ],
)
async def test_a_bad_hello_closes_the_screen(api: Application, first: Any) -> None:
    async with api.socket(DISPLAY) as socket:
        socket.send(first)
        code, _ = await socket.end()
        assert code in (1000, 1008)
    assert not api.service.hub.displays()


async def test_bad_messages_are_answered_and_too_many_close(api: Application) -> None:
    async with api.screen() as wall:
        for text in (
            "{",
            "[]",
            "{}",
            '{"t": "hello"}',
            '{"t": "cmd"}',
            '{"t": "ack", "seq": 999999, "status": "rendered"}',
            b"\0\1",
        ):
            wall.socket.send(text)
        await settled(lambda: [m["t"] for m in wall.seen].count("error") == 7)
        for _ in range(30):
            wall.socket.send("rubbish")
        await settled(lambda: wall.socket.closed == (1008, "bad-messages"))


async def test_a_tap_changes_the_screen(api: Application) -> None:
    async with api.screen() as wall:
        assert (await wall.command("c1", "show", panel="fine-dust-pm10"))["ok"] is True
        await settled(lambda: api.service.hub.shown("main").panel == "fine-dust-pm10")
        refused = await wall.command("c2", "show", panel="nope")
        assert refused["error"]["code"] == "unknown-panel"
        assert (await wall.command("c3", "explode"))["error"]["code"] == "unknown-operation"


async def test_an_unpaired_screen_of_another_machine_may_only_watch(api: Application) -> None:
    async with api.socket(DISPLAY, client=REMOTE) as socket:
        socket.send({"t": "hello", "proto": 2, "role": "wall", "caps": []})
        await socket.until("t", "snapshot")
        socket.send({"t": "cmd", "id": "c", "op": "home", "args": {}})
        assert (await socket.until("t", "result"))["error"]["code"] == "read-only"


# ---------------------------------------------------------------------------------------------------- workers


@pytest.mark.parametrize(
    "hello",
    [
        {"type": "hello", "token": "wrong"},
        {"type": "hello", "token": "틀림"},
        {"type": "hello", "token": None},
        {"type": "hello", "token": "\ud800"},
        {"type": "hello"},
        {},
    ],
)
async def test_only_our_own_workers_are_welcome(api: Application, hello: dict[str, Any]) -> None:
    with capture_logs() as logs:
        async with api.socket(WORKER) as socket:
            socket.send(hello)
            assert await socket.end() == (1008, "bad-worker-token")
    assert not api.service.ears.available
    assert logs == []


@pytest.mark.parametrize("first", [b"\0", "", "{", "[]", "5", "[" * 100_000])
async def test_rubbish_for_a_hello_closes_the_link(api: Application, first: Any) -> None:
    async with api.socket(WORKER) as socket:
        socket.send(first)
        assert await socket.end() == (1003, "bad-message")


async def test_rubbish_after_the_hello_closes_the_link_too(api: Application) -> None:
    for frame in (b"\0", "{", "[]"):
        async with hearing(api) as worker:
            worker.socket.send(frame)
            await settled(lambda: worker.socket.closed == (1003, "bad-message"))
        assert not api.service.ears.available


async def test_unknown_workers_and_other_machines_are_refused(api: Application) -> None:
    async with api.socket("/ws/v1/workers/smelling") as socket:
        socket.send({"type": "hello", "token": api.service.workers.token})
        assert await socket.end() == (1008, "bad-worker-token")
    for options in ({"client": REMOTE}, {"headers": {"x-forwarded-for": "127.0.0.1"}}):
        async with api.socket(WORKER, **options) as socket:
            assert await socket.end() == (1008, "local-only")


async def test_a_second_worker_replaces_the_first(api: Application) -> None:
    async with hearing(api) as first, hearing(api, NoSpeech(1.0)) as second:
        await settled(lambda: first.socket.closed == (1012, "replaced"))
        assert api.service.ears.available
        async with api.socket(AUDIO) as socket:
            socket.send({"type": "end"})
            await socket.until("type", "outcome")
        assert first.told == []
        assert second.told


# ------------------------------------------------------------------------------------------- hosts and origins


@pytest.mark.parametrize("path", [AUDIO, DISPLAY, WORKER, "/ws/v1/nope"])
async def test_a_foreign_host_name_is_refused(api: Application, path: str) -> None:
    async with api.socket(path, headers={"host": "evil.example:8700"}) as socket:
        assert await socket.end() == (1008, "bad-host")


@pytest.mark.parametrize("path", [AUDIO, DISPLAY])
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:9", "http://["])
async def test_a_page_of_another_origin_gets_no_socket(api: Application, path: str, origin: str) -> None:
    async with api.socket(path, headers={"origin": origin}) as socket:
        assert socket.accepted is None
        assert await socket.end() == (1008, "bad-origin")


async def test_a_browser_page_gets_no_worker_link(api: Application) -> None:
    async with api.socket(WORKER, headers={"origin": "http://127.0.0.1:8700"}) as socket:
        assert await socket.end() == (1008, "local-only")


async def test_a_path_that_is_not_there_closes(api: Application) -> None:
    async with api.socket("/ws/v1/nope") as socket:
        assert (await socket.end())[0] in (1000, 1008)


async def test_a_failure_of_ours_closes_the_socket(api: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(api.service, "talk", broken)
    with capture_logs() as logs:
        async with api.socket(AUDIO) as socket:
            assert await socket.end() == (1011, "internal-error")
    assert "secret" not in json.dumps([{k: str(v) for k, v in e.items() if k != "exc_info"} for e in logs])
