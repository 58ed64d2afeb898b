"""Whisper itself: on the committed clips, in its own process, and behind the pipeline."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from websockets.asyncio.server import ServerConnection, serve

from assistant.contracts.errors import BadInput, Unavailable
from assistant.contracts.events import StreamMode, Transcript
from assistant.hearing.audio import Samples
from assistant.hearing.dictation import Dictation, WholeDictating
from assistant.hearing.engine import HearingEngine
from assistant.hearing.opinion_wire import Question, question_message
from assistant.hearing.recogniser import VoskRecogniser
from assistant.hearing.replay import Replay
from assistant.hearing.vocabulary import registry_phrases
from assistant.hearing.voice_activity import SileroVoiceActivity
from assistant.hearing.whisper import LocalOpinion, Whisper
from assistant.models_manifest import join, named
from content_registry.jamo import normalized_distance

pytestmark = pytest.mark.real
AUDIO = Path(__file__).resolve().parents[1] / "audio"
SAID = "강남구 초미세먼지 알려줘"
OTHERS = ("강남구 미세먼지 알려줘", "종로구 초미세먼지 알려줘", "강남구 대기환경 알려줘", "따릉이 보여줘")


@pytest.fixture(scope="module")
def folder() -> Path:
    return join(named("whisper-base"))


@pytest.fixture(scope="module")
def whisper(folder: Path) -> Whisper:
    return Whisper(folder)


def sound(name: str) -> Samples:
    samples, _ = soundfile.read(AUDIO / name, dtype="int16")
    return samples


def test_what_was_said_fits_best(whisper: Whisper) -> None:
    opinion = whisper.judge(sound("push_to_talk.flac"), (*OTHERS, SAID))
    assert int(np.argmax(opinion.candidates)) == len(OTHERS)
    assert opinion.no_speech < 0.5
    assert opinion.text


def test_the_same_sound_gives_the_same_opinion(folder: Path, whisper: Whisper) -> None:
    first = whisper.judge(sound("push_to_talk.flac"), (SAID,))
    whisper.judge(sound("chatter.flac")[: 16_000 * 5])
    assert whisper.judge(sound("push_to_talk.flac"), (SAID,)) == first


def test_nothing_that_was_said_stays_in_memory(whisper: Whisper) -> None:
    whisper.judge(sound("push_to_talk.flac"), (SAID,))
    assert whisper._last is not None
    whisper.forget()
    assert whisper._last is None
    assert SAID not in whisper._unheard


def test_nothing_was_said_in_silence(whisper: Whisper) -> None:
    assert whisper.judge(np.zeros(16_000, np.int16), ()).candidates == ()


@pytest.mark.fault
def test_a_long_recording_is_refused(whisper: Whisper) -> None:
    with pytest.raises(BadInput, match="12 s"):
        whisper.judge(np.zeros(16_000 * 13, np.int16))


@pytest.mark.fault
def test_a_missing_or_broken_model_is_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no Whisper model"):
        Whisper(tmp_path)
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / "model.bin").write_bytes((folder / "model.bin").read_bytes()[:1_000_000])
    with pytest.raises(Unavailable, match="refuses"):
        Whisper(tmp_path)


def test_an_uncertain_utterance_of_a_recording_is_judged_by_both(whisper: Whisper) -> None:
    engine = HearingEngine(registry_phrases())
    engine.consult(LocalOpinion(whisper), None)

    def heard(name: str) -> list[Transcript]:
        return [e for e in Replay(engine, StreamMode.PUSH_TO_TALK).events([AUDIO / name]) if isinstance(e, Transcript)]

    (certain,) = heard("push_to_talk.flac")
    assert (certain.text, certain.opinion) == (SAID, "")
    chatter = heard("chatter.flac")
    assert any(t.opinion == "given" for t in chatter)
    assert not any(t.accepted and t.phrase for t in chatter)
    assert heard("chatter.flac") == chatter

    free = VoskRecogniser(engine.model, None)  # captions without Whisper
    free.start()
    free.feed(sound("push_to_talk.flac"))
    assert normalized_distance(free.finish(), SAID) < 0.75


# ------------------------------------------------------------------------------------------------ in its own process


class Core:
    """Takes the worker's hello and what it says."""

    def __init__(self) -> None:
        self.said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.connection: ServerConnection | None = None

    async def serve(self, connection: ServerConnection) -> None:
        hello = json.loads(await connection.recv())
        assert (hello["worker"], hello["token"]) == ("opinion", "secret")
        await connection.send('{"type": "welcome"}')
        self.connection = connection
        async for frame in connection:
            self.said.put_nowait(json.loads(frame))

    async def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        assert self.connection
        await self.connection.send(json.dumps(question))
        return await self.until("opinion", "no_opinion")

    async def until(self, *kinds: str) -> dict[str, Any]:
        async with asyncio.timeout(120):
            while (message := await self.said.get())["type"] not in kinds:
                pass
        return message


@pytest.fixture
async def core(folder: Path) -> AsyncIterator[Core]:
    core = Core()
    async with serve(core.serve, "127.0.0.1", 0, max_size=2**21) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "assistant.hearing.opinion_worker", "--core", f"ws://127.0.0.1:{port}/"),
            *("--model", str(folder)),
            env={**os.environ, "SEOULA_WORKER_TOKEN": "secret"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await core.until("ready")
        yield core
        worker.terminate()
        async with asyncio.timeout(120):
            assert await worker.wait() == 0


async def test_the_worker_answers_each_question(core: Core) -> None:
    question = question_message(Question("1", sound("push_to_talk.flac"), (*OTHERS, SAID), 120.0))
    answer = await core.ask(question)
    assert (answer["type"], answer["id"], len(answer["candidates"])) == ("opinion", "1", 5)
    assert max(answer["candidates"]) == answer["candidates"][-1]
    assert (await core.ask({**question, "id": "2", "sound": "?"}))["code"] == "bad-question"
    late = await core.ask({**question, "id": "3", "within_s": -1.0})
    assert (late["type"], late["code"]) == ("no_opinion", "opinion-late")
    assert (await core.ask({**question, "id": "4"}))["candidates"] == answer["candidates"]


@pytest.mark.fault
async def test_a_worker_without_its_model_ends_at_once(tmp_path: Path) -> None:
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "assistant.hearing.opinion_worker", "--core", "ws://127.0.0.1:9/"),
        *("--model", str(tmp_path)),
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(120):
        _, said = await worker.communicate()
    assert worker.returncode == 1
    assert b"opinion-model" in said


# ------------------------------------------------------------------------------------------------ captions


def test_a_voice_becomes_lines_that_grow_and_end(whisper: Whisper) -> None:
    dictation = Dictation(SileroVoiceActivity(), WholeDictating(whisper))
    pcm = np.concatenate((sound("push_to_talk.flac"), np.zeros(16_000, np.int16))).tobytes()
    lines = [line for at in range(0, len(pcm), 1920) for line in dictation.push(pcm[at : at + 1920])]
    finals = [line for line in lines if line.final]
    assert len(finals) == 1
    assert normalized_distance(finals[0].words, SAID) < 0.4
    assert 0 <= finals[0].t0 < finals[0].t1 < len(pcm) / 32_000
    assert any(not line.final and line.words for line in lines)
    assert lines[-1] is finals[0]


@pytest.mark.fault
async def test_the_captions_worker_says_at_once_that_its_model_is_missing(tmp_path: Path) -> None:
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "assistant.hearing.caption_worker", "--core", "ws://127.0.0.1:9", "--whisper",
        str(tmp_path), stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, told = await asyncio.wait_for(worker.communicate(), 120)
    assert worker.returncode == 1
    assert b"opinion-model" in told
