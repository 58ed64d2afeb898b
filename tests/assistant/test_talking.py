"""A conversation through the wired service: what follows a command, interruptions, and what may break meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from assistant.contracts import NoSpeech, Source, SpeechStart, StopWord, StreamEnded, Transcript, Wake, encode
from assistant.session import Phase
from tests.assistant.api_app import Application, Wall, settled
from tests.assistant.test_api_sockets import FakeHearing, hearing


def heard(text: str, accepted: bool = True) -> Transcript:
    return Transcript(2.0, text, text, 0.0, accepted, 1.8)


def says(worker: FakeHearing, *events: Any) -> None:
    for event in events:
        worker.socket.send({**encode(event), "stream": "mic"})


def listens(worker: FakeHearing) -> list[float]:
    return [told["seconds"] for told in worker.told if told["type"] == "listen"]


async def followed(api: Application, worker: FakeHearing) -> None:
    """A command that was shown; the ear is open for the next one."""
    says(worker, Wake(1.0, 0.99), SpeechStart(1.2), heard("미세먼지 보여줘"))
    await settled(lambda: api.service.room("main").session.phase is Phase.FOLLOW_UP and listens(worker))


@contextlib.asynccontextmanager
async def speaking(api: Application) -> AsyncIterator[None]:
    """A connected voice: every sentence is one long sound at once."""
    async with api.socket("/ws/v1/workers/speaking") as socket:
        socket.send({"type": "hello", "worker": "speaking", "token": api.service.workers.token, "pid": 2})
        await socket.until("type", "welcome")

        async def work() -> None:
            while True:
                with contextlib.suppress(TimeoutError):
                    frame = await socket.receive()
                    if frame["type"] == "synthesize":
                        made = {"utterance": frame["utterance"], "path": f"{'a' * 32}.wav", "seconds": 20.0}
                        socket.send({"type": "audio", "last": True, **made})

        task = asyncio.create_task(work())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def sounds(wall: Wall) -> bool:
    """Whether the wall has been told to play something, and not to stop."""
    speech = [m["p"]["speech"] for m in wall.seen if m["t"] == "patch" and "speech" in m["p"]]
    return bool(speech and speech[-1])


async def spoken(api: Application, wall: Wall, worker: FakeHearing, command: str) -> None:
    """A command that was shown and is being answered aloud."""
    says(worker, Wake(1.0, 0.99), SpeechStart(1.2), heard(command))
    await settled(lambda: sounds(wall))
    assert api.service.room("main").session.phase is Phase.SPEAKING


async def runs(api: Application, count: int) -> list[dict[str, Any]]:
    await settled(lambda: len(api.service.store.latest()) >= count)
    return api.service.store.latest()


async def test_a_next_command_needs_no_wake_word(api: Application) -> None:
    async with api.screen(), hearing(api) as worker:
        await followed(api, worker)
        assert listens(worker) == [4.0]
        says(worker, SpeechStart(3.0), heard("공원 보여줘"))
        await settled(lambda: len(listens(worker)) == 2)
        assert [run["outcome"]["code"] for run in await runs(api, 2)] == ["shown", "shown"]


async def test_two_people_who_talk_after_a_command_are_not_answered_nor_written_down(api: Application) -> None:
    async with api.screen(), hearing(api) as worker:
        await followed(api, worker)
        says(worker, SpeechStart(3.0), heard("어제 그 사람 진짜 웃기더라", accepted=False))
        await settled(lambda: api.service.room("main").session.phase is Phase.IDLE)
        newest = (await runs(api, 2))[0]
        assert newest["outcome"]["code"] == "not_understood"
        record = api.service.store.get(newest["id"])
        assert "사람" not in str(record)


async def test_the_stop_word_ends_what_is_said(api: Application) -> None:
    async with api.screen() as wall, hearing(api) as worker, speaking(api):
        room = api.service.room("main")
        await spoken(api, wall, worker, "미세먼지 보여줘")
        says(worker, StopWord(9.0, "그만"))
        assert (await runs(api, 2))[0]["outcome"]["code"] == "cancelled"
        assert room.session.phase is Phase.IDLE
        await settled(lambda: not sounds(wall))
        says(worker, NoSpeech(12.0))
        assert room.session.phase is Phase.IDLE, "who said stop is not listened to"


async def test_typed_stop_always_works(api: Application) -> None:
    async with api.screen() as wall, hearing(api) as worker, speaking(api):
        await spoken(api, wall, worker, "미세먼지 보여줘")
        outcome, _ = await api.service.enter("main", "그만", Source.TEXT)
        assert outcome.reason == "stopped"
        assert api.service.room("main").session.phase is Phase.IDLE
        await settled(lambda: not sounds(wall))


async def test_a_worker_killed_while_the_ear_was_open_makes_no_noise(api: Application) -> None:
    async with api.screen():
        async with hearing(api) as worker:
            await followed(api, worker)
        await settled(lambda: api.service.room("main").session.phase is Phase.IDLE)
        assert [run["outcome"]["code"] for run in await runs(api, 1)] == ["shown"]


async def test_a_microphone_lost_in_mid_sentence_is_said(api: Application) -> None:
    async with api.screen(), hearing(api) as worker:
        says(worker, Wake(1.0, 0.99), SpeechStart(1.2), StreamEnded(1.5, error="device-lost"))
        newest = (await runs(api, 1))[0]
        assert newest["outcome"]["code"] == "failed"
        assert api.service.room("main").session.phase is Phase.IDLE
