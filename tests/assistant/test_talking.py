"""A conversation through the wired service: what follows a command, interruptions, and what may break meanwhile."""

from __future__ import annotations

from typing import Any

from assistant.contracts import NoSpeech, Source, SpeechStart, StopWord, StreamEnded, Transcript, Wake, encode
from assistant.session import Phase
from tests.assistant.api_app import Application, settled
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
    async with api.screen(), hearing(api) as worker:
        room = api.service.room("main")
        await followed(api, worker)
        says(worker, NoSpeech(8.0))
        await settled(lambda: room.session.phase is Phase.IDLE)
        room.session.phase, room.session.deadline = Phase.SPEAKING, None  # as if the voice were connected
        says(worker, StopWord(9.0, "그만"))
        assert (await runs(api, 2))[0]["outcome"]["code"] == "cancelled"
        assert room.session.phase is Phase.IDLE


async def test_typed_stop_always_works(api: Application) -> None:
    room = api.service.room("main")
    room.session.phase = Phase.SPEAKING
    outcome, _ = await api.service.enter("main", "그만", Source.TEXT)
    assert outcome.reason == "stopped"
    assert room.session.phase is Phase.IDLE


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
