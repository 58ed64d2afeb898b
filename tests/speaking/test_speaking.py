"""Speaking: cache, stock, voices that fail, the worker's desk, and the real engines."""

from __future__ import annotations

import asyncio
import os
import re
import threading
import wave
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from assistant.contracts import BadInput, Unavailable
from assistant.speaking.cache import SpeechCache
from assistant.speaking.espeak import Pyttsx3Voice
from assistant.speaking.speaker import REST_S, Made, Speaker
from assistant.speaking.voice import MOST_CHARACTERS, Stopped, seconds_of
from assistant.speaking.worker import Desk, Sentence

KEY, OTHER_KEY = b"k" * 32, b"o" * 32


class Tone:
    """A voice that writes half a second of silence and notes what it made. `broken`: it fails."""

    languages = frozenset({"ko", "en"})

    def __init__(self, name: str = "tone", *, streams: bool = False, broken: bool = False) -> None:
        self.name, self.streams, self.broken = name, streams, broken
        self.made: list[str] = []
        self.hold: threading.Event | None = None
        self.begun = threading.Event()
        self._stop = threading.Event()

    def synthesize(self, text: str, language: str, path: Path) -> None:
        if self.broken:
            path.write_bytes(b"half")
            raise Unavailable("voice-silent", "nothing")
        if self.hold is not None:
            self.begun.set()
            while not self.hold.wait(0.005):
                if self._stop.is_set():
                    self._stop.clear()  # not before: it may be stopped before it has begun
                    raise Stopped
        self.made.append(text)
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16000)
            file.writeframes(b"\0\0" * 8000)

    def stop(self) -> None:
        self._stop.set()


def make(speaker: Speaker, text: str, language: str = "ko") -> Made:
    return speaker.make(text, language, threading.Event())


def test_a_sentence_is_made_once(tmp_path: Path) -> None:
    voice = Tone()
    speaker = Speaker([voice], SpeechCache(tmp_path, KEY))
    first, again = make(speaker, "안녕"), make(speaker, "안녕")
    assert (first.seconds, first.cached, again.cached, again.path) == (0.5, False, True, first.path)
    assert voice.made == ["안녕"]
    assert make(speaker, "안녕", "en").path != first.path


def test_a_name_needs_the_key_and_what_another_key_named_goes(tmp_path: Path) -> None:
    old = make(Speaker([Tone()], SpeechCache(tmp_path, OTHER_KEY)), "안녕").path
    (tmp_path / "0123.part").write_bytes(b"half")
    (tmp_path / "notes.txt").write_text("kept")
    cache = SpeechCache(tmp_path, KEY)
    new = cache.path_for("tone", "ko", "안녕")
    assert re.fullmatch(r"[0-9a-f]{32}\.wav", new.name)
    assert new.name != old.name
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]
    kept = make(Speaker([Tone()], cache), "안녕").path
    SpeechCache(tmp_path, KEY)
    assert kept.exists()
    with pytest.raises(ValueError, match="key"):
        SpeechCache(tmp_path, b"short")


def test_a_failure_is_typed_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="nothing"):
        make(Speaker([Tone(broken=True)], SpeechCache(tmp_path, KEY)), "안녕")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(BadInput):
        make(Speaker([Tone()], SpeechCache(tmp_path, KEY)), "안녕", "xx")


def test_the_least_recently_used_go_first(tmp_path: Path) -> None:
    cache, speaker = SpeechCache(tmp_path, KEY, 2), Speaker([Tone()], SpeechCache(tmp_path, KEY, 2))
    for n, text in enumerate(["하나", "둘", "셋"]):
        make(speaker, text)
        os.utime(cache.path_for("tone", "ko", text), (n, n)) if cache.path_for("tone", "ko", text).exists() else None
    assert not cache.path_for("tone", "ko", "하나").exists()
    assert cache.path_for("tone", "ko", "셋").exists()


def test_where_one_voice_fails_the_next_speaks_until_the_first_has_rested(tmp_path: Path) -> None:
    now, told = [0.0], list[str]()
    best, plain = Tone("best", streams=True, broken=True), Tone("plain")
    speaker = Speaker([best, plain], SpeechCache(tmp_path, KEY), clock=lambda: now[0], changed=told.append)
    assert (speaker.voice, make(speaker, "하나").voice) == ("best", "plain")
    assert told == ["plain (best: voice-silent)"]
    best.broken = False
    assert (speaker.voice, make(speaker, "둘").voice) == ("plain", "plain")
    now[0] = REST_S + 1
    assert make(speaker, "셋").voice == "best"
    assert told[-1] == "best"
    assert make(speaker, "하나").voice == "best"  # what the other one said is not taken for its own


def test_a_voice_that_takes_too_long_gives_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []

    class Noted(threading.Timer):
        def __init__(self, interval: float, give_up: Callable[[], None]) -> None:
            given.append(interval)
            super().__init__(interval, give_up)

    slow, plain = Tone("slow", streams=True), Tone("plain")
    slow.hold = threading.Event()
    now = [0.0]
    monkeypatch.setattr("assistant.speaking.speaker.threading.Timer", Noted)
    speaker = Speaker([slow, plain], SpeechCache(tmp_path, KEY), clock=lambda: now[0], patience_s=0.8)
    assert make(speaker, "안녕").voice == "plain"
    assert slow.made == []
    now[0] = REST_S + 1
    slow.hold.set()
    assert speaker.make("하세요", "ko", threading.Event(), first=False).voice == "slow"
    assert given == [0.8, 1.6], "a later phrase may take twice as long"


def test_the_stock_outlives_the_key_and_holds_only_what_was_prepared(tmp_path: Path) -> None:
    stock, voice = tmp_path / "stock", Tone(streams=True)
    first = Speaker([voice], SpeechCache(tmp_path / "a", KEY), stock)
    assert first.prepare("화면에 띄웠습니다.", "ko", threading.Event())
    assert not first.prepare("화면에 띄웠습니다.", "ko", threading.Event())
    make(first, "비밀 대답")
    assert len(list(stock.iterdir())) == 1
    later = Speaker([Tone(streams=True)], SpeechCache(tmp_path / "a", OTHER_KEY), stock)
    assert make(later, "화면에 띄웠습니다.").cached
    assert not make(later, "비밀 대답").cached
    assert later.stock([("미세먼지, 화면에 띄웠습니다.", "ko")]) == [("미세먼지,", "ko"), ("화면에 띄웠습니다.", "ko")]
    assert len(list(stock.iterdir())) == 1
    assert later.stock([]) == []
    assert list(stock.iterdir()) == []


def test_the_stock_stays_while_its_voice_rests(tmp_path: Path) -> None:
    best = Tone("best", streams=True)
    speaker = Speaker([best, Tone("plain")], SpeechCache(tmp_path / "a", KEY), tmp_path / "stock", clock=lambda: 0.0)
    wanted = [("미세먼지, 화면에 띄웠습니다.", "ko")]
    for phrase, language in speaker.stock(wanted):
        assert speaker.prepare(phrase, language, threading.Event())
    best.broken = True
    assert make(speaker, "안녕").voice == "plain"
    assert not speaker.prepare("네, 그렇습니다.", "ko", threading.Event())
    speaker.stock(wanted)
    assert len(list((tmp_path / "stock").iterdir())) == 2


def test_a_voice_that_is_quick_keeps_sentences_whole_and_prepares_nothing(tmp_path: Path) -> None:
    speaker = Speaker([Tone()], SpeechCache(tmp_path, KEY), tmp_path / "stock")
    assert speaker.phrases("미세먼지, 화면에 띄웠습니다.", "ko") == ["미세먼지, 화면에 띄웠습니다."]
    assert not speaker.prepare("네.", "ko", threading.Event())
    assert not (tmp_path / "stock").exists()


class Wire:
    """What a desk sent."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    async def send(self, message: dict[str, Any]) -> bool:
        self.sent.append(message)
        return True

    async def until(self, count: int) -> list[dict[str, Any]]:
        async with asyncio.timeout(120):
            while len(self.sent) < count:  # noqa: ASYNC110 - what is waited for is made in a thread
                await asyncio.sleep(0.002)
        return self.sent


def desk_of(folder: Path, *voices: Tone) -> tuple[Desk, Wire]:
    wire = Wire()
    speaker = Speaker(voices, SpeechCache(folder / "audio", KEY), folder / "stock")
    return Desk(speaker, ThreadPoolExecutor(1), wire), wire  # type: ignore[arg-type]


async def test_phrases_are_sent_in_order_as_they_are_made(tmp_path: Path) -> None:
    desk, wire = desk_of(tmp_path, Tone(streams=True))
    working = asyncio.create_task(desk.work())
    desk.say(Sentence("u", "강남구 미세먼지는 오후 3시 기준 42마이크로그램, 보통입니다. 모의 데이터입니다.", "ko"))
    sent = await wire.until(3)
    assert [(m["part"], m["last"], m["utterance"]) for m in sent] == [(0, False, "u"), (1, False, "u"), (2, True, "u")]
    assert all((tmp_path / "audio" / m["path"]).exists() for m in sent)
    working.cancel()


async def test_a_dropped_sentence_stops_in_the_middle_of_a_phrase_and_the_next_is_made(tmp_path: Path) -> None:
    voice = Tone(streams=True)
    voice.hold = threading.Event()
    desk, wire = desk_of(tmp_path, voice)
    working = asyncio.create_task(desk.work())
    desk.say(Sentence("u", "미세먼지, 화면에 띄웠습니다.", "ko"))
    desk.say(Sentence("v", "네.", "ko"))
    desk.say(Sentence("w", "아니요.", "ko"))
    assert await asyncio.to_thread(voice.begun.wait, 120)
    voice.begun.clear()
    desk.drop("u")
    desk.drop("w")
    assert await asyncio.to_thread(voice.begun.wait, 120), "the next one is being made"
    voice.hold.set()
    assert [m["utterance"] for m in await wire.until(1)] == ["v"]
    await asyncio.sleep(0.05)
    assert voice.made == ["네."]
    working.cancel()


async def test_a_sentence_is_not_kept_waiting_by_what_is_made_in_advance(tmp_path: Path) -> None:
    voice = Tone(streams=True)
    voice.hold = threading.Event()
    desk, wire = desk_of(tmp_path, voice)
    working = asyncio.create_task(desk.work())
    desk.stock([("자동 순환을 시작합니다.", "ko")])
    assert await asyncio.to_thread(voice.begun.wait, 120)
    voice.begun.clear()
    desk.say(Sentence("u", "네.", "ko"))
    assert await asyncio.to_thread(voice.begun.wait, 120), "it has given way"
    voice.hold.set()
    assert (await wire.until(1))[0]["utterance"] == "u"
    async with asyncio.timeout(120):
        while len(voice.made) < 2:  # noqa: ASYNC110 - made in a thread
            await asyncio.sleep(0.002)
    assert voice.made == ["네.", "자동 순환을 시작합니다."]
    working.cancel()


async def test_what_no_voice_can_say_is_reported(tmp_path: Path) -> None:
    desk, wire = desk_of(tmp_path, Tone(broken=True))
    working = asyncio.create_task(desk.work())
    desk.say(Sentence("u", "네.", "ko"))
    assert (await wire.until(1))[0] == {
        "type": "failed", "utterance": "u", "code": "voice-silent", "message": "nothing",
    }  # fmt: skip
    working.cancel()


@pytest.mark.parametrize("content", [b"", b"RIFF", b"RIFF\x00\x00\x00\x00WAVE"])
def test_a_broken_sound_has_no_length(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(content)
    assert seconds_of(path) == 0.0
    assert seconds_of(tmp_path / "missing.wav") == 0.0


@pytest.mark.real
def test_espeak_speaks_both_languages_and_refuses_rubbish(tmp_path: Path) -> None:
    voice = Pyttsx3Voice()
    voice.synthesize("미세먼지, 화면에 띄웠습니다.", "ko", tmp_path / "a.wav")
    voice.synthesize("미세먼지.", "ko", tmp_path / "b.wav")
    voice.synthesize("Fine dust is on the screen.", "en", tmp_path / "d.wav")
    assert 1.0 < seconds_of(tmp_path / "a.wav") < 8.0
    assert 0.8 < seconds_of(tmp_path / "d.wav") < 6.0
    assert seconds_of(tmp_path / "b.wav") < seconds_of(tmp_path / "a.wav")
    for text, language in [("", "ko"), ("가" * (MOST_CHARACTERS + 1), "ko"), ("안녕", "xx")]:
        with pytest.raises(BadInput):
            voice.synthesize(text, language, tmp_path / "c.wav")
