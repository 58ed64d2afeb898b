"""The real voice worker: both engines, silence in mid-phrase, death in mid-sentence, a bad model, a slow machine."""

from __future__ import annotations

import asyncio
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.contracts import BadInput, Unavailable
from assistant.models_manifest import locate, named
from assistant.speaking import engines
from assistant.speaking.engines import MODEL, kokoro
from assistant.speaking.kokoro import MODEL as FILE
from assistant.speaking.kokoro import PAUSES_S, RATE, KokoroVoice, framed
from assistant.speaking.voice import MOST_CHARACTERS, Stopped, seconds_of
from tests.speaking.core import worker

ANSWER = "강남구 미세먼지는 오후 3시 기준 42마이크로그램, 보통입니다. 모의 데이터입니다."
SYLLABLES = 45
"""Of ANSWER as it is said."""


def test_a_sound_loses_the_silence_around_it_and_gets_its_pause() -> None:
    sound = np.concatenate([np.zeros(RATE), np.full(RATE, 0.5), np.zeros(RATE)]).astype(np.float32)
    assert len(framed(sound, 0.3)) / RATE == pytest.approx(1.36, abs=0.01)
    assert len(framed(np.zeros(RATE, np.float32), 0.3)) == 0


@pytest.mark.real
@pytest.mark.parametrize(("engine", "voice"), [("kokoro", "kokoro-82m"), ("espeak", "pyttsx3")])
async def test_an_engine_speaks_a_sentence_of_the_right_length(tmp_path: Path, engine: str, voice: str) -> None:
    async with worker(tmp_path, engine) as core:
        made = await core.say(ANSWER)
    assert [m["type"] for m in made] == ["audio"] * len(made)
    assert len(made) == (3 if engine == "kokoro" else 1)
    assert all(m["voice"].startswith(voice) for m in made), "no other voice took over"
    seconds = sum(m["seconds"] for m in made)
    assert 0.09 < seconds / SYLLABLES < 0.3, "Korean is spoken at 4 to 10 syllables a second"
    for m in made:
        sound, _ = soundfile.read(core.audio / m["path"])
        assert np.sqrt(np.mean(sound**2)) > 0.01, "it is no silence"


@pytest.mark.real
def test_kokoro_stops_in_mid_phrase_and_refuses_rubbish(tmp_path: Path) -> None:
    voice = KokoroVoice(locate(named(MODEL)), 1)
    with pytest.raises(Stopped):
        _stopped_after(voice, 0.05, tmp_path / "a.wav")
    voice.synthesize("네.", "ko", tmp_path / "b.wav")
    assert 0.1 < seconds_of(tmp_path / "b.wav") < 1.5
    for text, language in [("", "ko"), ("가" * (MOST_CHARACTERS + 1), "ko"), ("?!", "ko"), ("hello", "en")]:
        with pytest.raises(BadInput):
            voice.synthesize(text, language, tmp_path / "c.wav")
    assert set(PAUSES_S) >= set(",.!?")


def _stopped_after(voice: KokoroVoice, seconds: float, path: Path) -> None:
    over = threading.Event()

    def stop() -> None:
        while not over.wait(seconds):  # again and again: on a busy machine it may not have begun yet
            voice.stop()

    stopping = threading.Thread(target=stop)
    stopping.start()
    try:
        voice.synthesize(ANSWER, "ko", path)
    finally:
        over.set()
        stopping.join()


@pytest.mark.real
async def test_a_dropped_sentence_makes_room_at_once(tmp_path: Path) -> None:
    async with worker(tmp_path, "kokoro") as core:
        dropped = await core.ask(ANSWER * 4)
        await asyncio.sleep(0.3)
        await core.send({"type": "drop", "utterance": dropped})
        made = await core.say("네.")
        assert made[-1]["type"] == "audio"
        assert not any(m.get("utterance") == dropped and m.get("last") for m in core.said), "it waited for it"


@pytest.mark.real
async def test_what_is_in_the_stock_sounds_without_being_made(tmp_path: Path) -> None:
    async with worker(tmp_path, "kokoro") as core:
        await core.send({"type": "stock", "sentences": [["화면에 띄웠습니다.", "ko"]]})
        async with asyncio.timeout(120):
            while not list((tmp_path / "stock").glob("*.wav")):  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.1)
    async with worker(tmp_path, "kokoro", {"SEOULA_AUDIO_KEY": "o" * 32}) as core:
        assert [m["cached"] for m in await core.say("미세먼지, 화면에 띄웠습니다.")] == [False, True]


@pytest.mark.real
@pytest.mark.fault
async def test_a_worker_killed_in_mid_sentence_leaves_no_half_sound(tmp_path: Path) -> None:
    async with worker(tmp_path, "kokoro") as core:
        utterance = await core.ask(ANSWER)
        first = await core.until(lambda m: m.get("utterance") == utterance)
        core.kill()
    async with worker(tmp_path, "kokoro") as core:
        assert not list(core.audio.glob("*.part"))
        again = await core.say(ANSWER)
        assert (again[0]["cached"], again[0]["path"]) == (True, first["path"])
        assert all(seconds_of(core.audio / m["path"]) > 0.2 for m in again)


@pytest.mark.real
@pytest.mark.fault
@pytest.mark.parametrize("harm", ["altered", "missing"])
async def test_without_a_sound_model_espeak_speaks_and_says_why(tmp_path: Path, harm: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(locate(named(MODEL)), folder)
    if harm == "missing":
        (folder / FILE).unlink()
    else:
        with (folder / FILE).open("r+b") as file:
            file.seek(1_000_000)
            file.write(b"harm")
    async with worker(tmp_path, "auto", {"SEOUL_KOKORO_MODEL": str(folder)}) as core:
        ready = next(m for m in core.said if m["type"] == "ready")
        assert f"model-{harm}" in ready["detail"]["voice"]
        assert [m["voice"][:7] for m in await core.say(ANSWER)] == ["pyttsx3"]
    assert f"model-{harm}" in (tmp_path / "log").read_text(encoding="utf-8")


@pytest.mark.fault
def test_a_machine_that_is_too_slow_is_refused_unless_it_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    class Still:
        name = "kokoro"

        def __init__(self, *_: object) -> None: ...

    monkeypatch.setattr("assistant.speaking.kokoro.KokoroVoice", Still)
    monkeypatch.setattr(engines, "verify", lambda _: Path())
    slow, quick = 4 * engines.SLOWEST, engines.SLOWEST
    for sentences in ([slow, slow], [slow, quick], [quick]):
        left = iter(sentences)
        monkeypatch.setattr(engines, "speed_of", lambda _, left=left: next(left))
        if quick in sentences:
            assert kokoro(judge_speed=True, cores=2).name == "kokoro"
            continue
        with pytest.raises(Unavailable) as caught:
            kokoro(judge_speed=True, cores=2)
        assert caught.value.code == "voice-slow"
    assert kokoro(judge_speed=False).name == "kokoro"
