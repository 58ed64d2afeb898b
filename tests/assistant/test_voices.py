"""Speaking: every sentence ends, whatever the worker or the screen does; the gate is shut exactly while we sound."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from assistant import voices as module
from assistant.voices import Voices
from tests.assistant.api_app import settled
from tests.assistant.worker_fakes import FakeWorkers, idle


@dataclass
class FakeScreen:
    connected: bool = True
    playing: dict[str, str] = field(default_factory=dict)
    told: list[tuple[list[str], bool]] = field(default_factory=list)

    def set_speech(self, display: str, utterance: str, urls: Sequence[str], complete: bool, text: str) -> bool:
        if self.connected:
            self.playing[display] = utterance
            self.told.append((list(urls), complete))
        return self.connected

    def clear_speech(self, display: str) -> None:
        self.playing.pop(display, None)


class Booth:
    """Voices with notes. `answers`: the worker makes every sentence at once."""

    def __init__(
        self, output: Literal["screen", "device", "off"] = "screen", *up: str, timeout_s: float = 120.0
    ) -> None:
        self.workers, self.screen = FakeWorkers(*(up or ("speaking",))), FakeScreen()
        self.finished: list[str] = []
        self.played: list[tuple[str | bool, ...]] = []
        self.gate: list[bool] = []
        self.gated: list[tuple[str, bool]] = []
        self.restarts: list[str] = []
        self.losses: list[None] = []
        self.ready: list[dict[str, Any]] = []
        self.voices = Voices(
            self.workers, self.screen, output, timeout_s, self.finished.append, self._gated, self.ready.append,
            self.restarts.append, lambda: self.losses.append(None), lambda *played: self.played.append(played),
        )  # fmt: skip

    def _gated(self, display: str, sounds: bool) -> None:
        self.gate.append(sounds)
        self.gated.append((display, sounds))

    async def asked(self) -> str:
        """The utterance that the worker is asked to make."""
        await idle()
        return str([m for m in self.workers.sent if m["type"] == "synthesize"][-1]["utterance"])

    async def say(
        self, text: str = "미세먼지, 화면에 띄웠습니다.", display: str = "main", seconds: float = 1.5
    ) -> tuple[str, bool]:
        """Say it, and let the worker make it."""
        saying = asyncio.create_task(self.voices.say(display, text))
        utterance = await self.asked()
        self.made(utterance, seconds)
        return utterance, await saying

    def made(self, utterance: str, seconds: Any = 1.5, path: Any = "a.wav", last: bool = True) -> None:
        made = {"type": "audio", "utterance": utterance, "path": path, "seconds": seconds, "last": last}
        self.workers.says("speaking", made)


async def test_a_sentence_is_made_played_and_reported() -> None:
    booth = Booth()
    utterance, sounds = await booth.say()
    assert sounds
    assert booth.screen.playing == {"main": utterance}
    assert booth.gate == [True]
    booth.voices.playback_finished(utterance)
    assert (booth.finished, booth.gate, booth.screen.playing) == (["main"], [True, False], {})
    booth.voices.playback_finished(utterance)
    booth.voices.playback_finished("u999")
    assert (booth.finished, booth.gate) == (["main"], [True, False])


async def test_playback_that_is_never_reported_still_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PLAYBACK_GRACE_S", 0.01)
    booth = Booth()
    _, sounds = await booth.say(seconds=0.0)
    assert sounds
    await asyncio.sleep(0.03)
    assert (booth.finished, booth.gate) == (["main"], [True, False])


async def test_a_hung_voice_is_restarted_and_nothing_waits_for_it() -> None:
    booth = Booth(timeout_s=0.01)
    saying = asyncio.create_task(booth.voices.say("main", "안녕"))
    utterance = await booth.asked()
    assert await saying is False
    assert len(booth.restarts) == 1
    assert (booth.gate, booth.finished) == ([], [])
    booth.made(utterance)  # too late
    await idle()
    assert booth.gate == []


@pytest.mark.parametrize(
    "answer",
    [
        {"type": "failed", "code": "voice-failed", "message": "x"},
        {"type": "failed"},
        {"type": "audio"},
        {"type": "audio", "path": "a.wav"},
        {"type": "audio", "path": 5, "seconds": 1.0},
        {"type": "audio", "path": "a.wav", "seconds": "1"},
        {"type": "audio", "path": "a.wav", "seconds": -1},
        {"type": "audio", "path": "a.wav", "seconds": float("nan")},
        {"type": "audio", "path": "a.wav", "seconds": 1e9},
    ],
)
async def test_an_answer_that_cannot_be_used_is_silence(answer: dict[str, Any]) -> None:
    booth = Booth()
    saying = asyncio.create_task(booth.voices.say("main", "안녕"))
    booth.workers.says("speaking", {**answer, "utterance": await booth.asked()})
    assert await saying is False
    assert (booth.gate, booth.restarts) == ([], [])


async def test_a_voice_that_dies_while_it_makes_a_sentence() -> None:
    booth = Booth()
    saying = asyncio.create_task(booth.voices.say("main", "안녕"))
    await booth.asked()
    booth.workers.dies("speaking")
    assert booth.losses == [None]
    assert await saying is False
    assert not booth.voices.available
    assert await booth.voices.say("main", "안녕") is False


async def test_no_screen_no_sound() -> None:
    booth = Booth()
    booth.screen.connected = False
    _, sounds = await booth.say()
    assert sounds is False
    assert booth.gate == []


async def test_switched_off_says_nothing() -> None:
    booth = Booth("off")
    assert await booth.voices.say("main", "안녕") is False
    assert not booth.voices.available
    assert booth.workers.sent == []


async def test_hushing_silences_without_a_report() -> None:
    booth = Booth()
    utterance, _ = await booth.say()
    booth.voices.hush("kiosk")
    assert booth.gate == [True]
    booth.voices.hush("main")
    booth.voices.playback_finished(utterance)
    assert (booth.finished, booth.gate, booth.screen.playing) == ([], [True, False], {})


async def test_hushing_drops_a_sentence_that_is_still_being_made() -> None:
    booth = Booth()
    saying = asyncio.create_task(booth.voices.say("main", "안녕"))
    utterance = await booth.asked()
    booth.voices.hush("main")
    booth.made(utterance)
    assert await saying is False
    assert (booth.gate, booth.screen.playing) == ([], {})


async def test_a_newer_sentence_takes_the_place_of_the_older() -> None:
    booth = Booth()
    first, _ = await booth.say()
    second, _ = await booth.say("둘째")
    booth.voices.playback_finished(first)
    assert (booth.screen.playing, booth.finished, booth.gate) == ({"main": second}, [], [True])
    booth.voices.playback_finished(second)
    assert (booth.finished, booth.gate) == (["main"], [True, False])


async def test_of_two_sentences_in_the_making_the_newer_is_said() -> None:
    booth = Booth()
    older = asyncio.create_task(booth.voices.say("main", "하나"))
    first = await booth.asked()
    newer = asyncio.create_task(booth.voices.say("main", "둘"))
    second = await booth.asked()
    booth.made(second)
    booth.made(first)
    assert (await older, await newer) == (False, True)
    assert booth.screen.playing == {"main": second}


async def test_the_gate_is_told_of_each_display() -> None:
    booth = Booth()
    one, _ = await booth.say(display="main")
    two, _ = await booth.say(display="second")
    booth.voices.playback_finished(one)
    assert booth.gated == [("main", True), ("second", True), ("main", False)]
    booth.voices.playback_finished(two)
    assert booth.gated[-1] == ("second", False)


async def test_no_screen_ends_what_another_display_says() -> None:
    booth = Booth()
    utterance, _ = await booth.say(display="main")
    booth.voices.playback_finished(utterance, "kiosk")
    assert (booth.finished, booth.gate, booth.screen.playing) == ([], [True], {"main": utterance})
    booth.voices.playback_finished(utterance, "main")
    assert booth.finished == ["main"]


async def test_an_utterance_cannot_be_guessed() -> None:
    booth = Booth()
    names = {(await booth.say())[0] for _ in range(5)}
    assert len(names) == 5
    assert all(len(bytes.fromhex(name)) == 8 for name in names)


async def test_the_local_device_plays_stops_and_reports() -> None:
    booth = Booth("device")
    utterance, sounds = await booth.say()
    assert sounds
    await idle()
    assert booth.workers.sent[-1] == {"type": "play", "utterance": utterance, "path": "a.wav", "last": True}
    booth.workers.says("speaking", {"type": "played", "utterance": utterance, "ok": True})
    assert (booth.finished, booth.gate) == (["main"], [True, False])
    await booth.say()
    booth.voices.hush("main")
    await idle()
    assert booth.workers.kinds()[-1] == "stop"
    assert booth.gate == [True, False, True, False]


async def test_the_local_device_that_dies_ends_what_it_played() -> None:
    booth = Booth("device")
    await booth.say()
    booth.workers.dies("speaking")
    assert (booth.finished, booth.gate) == (["main"], [True, False])


async def test_a_screen_goes_on_playing_when_the_worker_dies() -> None:
    booth = Booth()
    utterance, _ = await booth.say()
    booth.workers.dies("speaking")
    assert booth.gate == [True]
    booth.voices.playback_finished(utterance)
    assert booth.finished == ["main"]


async def test_the_first_phrase_sounds_at_once_and_the_rest_follow_in_order() -> None:
    booth = Booth()
    saying = asyncio.create_task(booth.voices.say("main", "강남구 미세먼지는 42마이크로그램입니다."))
    utterance = await booth.asked()
    booth.made(utterance, path="a.wav", last=False)
    assert await saying
    assert booth.gate == [True]
    booth.made(utterance, path="b.wav", last=False)
    booth.made(utterance, path="c.wav")
    assert booth.screen.told == [
        (["/audio/a.wav"], False),
        (["/audio/a.wav", "/audio/b.wav"], False),
        (["/audio/a.wav", "/audio/b.wav", "/audio/c.wav"], True),
    ]
    assert (booth.finished, booth.gate) == ([], [True])
    booth.voices.playback_finished(utterance)
    assert (booth.finished, booth.gate, booth.screen.playing) == (["main"], [True, False], {})


async def test_hushing_in_mid_sentence_silences_at_once_and_no_more_is_made_or_played() -> None:
    booth = Booth()
    saying = asyncio.create_task(booth.voices.say("main", "하나, 둘"))
    utterance = await booth.asked()
    booth.made(utterance, last=False)
    assert await saying
    booth.voices.hush("main")
    assert (booth.screen.playing, booth.gate, booth.finished) == ({}, [True, False], [])
    await idle()
    assert booth.workers.sent[-1] == {"type": "drop", "utterance": utterance}
    booth.made(utterance, path="b.wav")
    assert (booth.screen.playing, booth.gate) == ({}, [True, False])


@pytest.mark.parametrize("how", ["dies", "fails", "rubbish"])
async def test_a_sentence_that_breaks_off_ends_with_what_there_is(how: str) -> None:
    booth = Booth()
    saying = asyncio.create_task(booth.voices.say("main", "하나, 둘"))
    utterance = await booth.asked()
    booth.made(utterance, last=False)
    assert await saying
    match how:
        case "dies":
            booth.workers.dies("speaking")
        case "fails":
            booth.workers.says("speaking", {"type": "failed", "utterance": utterance, "code": "voice-failed"})
        case "rubbish":
            booth.made(utterance, seconds=-1)
    assert booth.screen.told[-1] == (["/audio/a.wav"], True)
    booth.voices.playback_finished(utterance)
    assert (booth.finished, booth.gate, booth.restarts) == (["main"], [True, False], [])


async def test_a_voice_that_hangs_in_mid_sentence_is_restarted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PLAYBACK_GRACE_S", 0.01)
    booth = Booth()
    saying = asyncio.create_task(booth.voices.say("main", "하나, 둘"))
    utterance = await booth.asked()
    booth.voices.timeout_s = 0.01  # from the first phrase on
    booth.made(utterance, seconds=0.0, last=False)
    assert await saying
    await settled(lambda: booth.finished)
    assert (len(booth.restarts), booth.finished, booth.gate) == (1, ["main"], [True, False])


async def test_a_voice_that_is_busy_with_another_display_is_not_restarted() -> None:
    booth = Booth()
    one = asyncio.create_task(booth.voices.say("main", "하나, 둘"))
    first = await booth.asked()
    two = asyncio.create_task(booth.voices.say("kiosk", "셋"))
    second = await booth.asked()
    for _ in range(4):
        booth.made(first, last=False)
        booth.voices._late(second)  # its time is over, and the worker was heard just now
    booth.made(first)
    booth.made(second)
    assert (await one, await two, booth.restarts) == (True, True, [])


async def test_a_sentence_in_the_making_gives_way_to_a_newer_one_and_sounds_until_then() -> None:
    booth = Booth()
    older = asyncio.create_task(booth.voices.say("main", "하나, 둘"))
    first = await booth.asked()
    booth.made(first, last=False)
    assert await older
    newer = asyncio.create_task(booth.voices.say("main", "셋"))
    second = await booth.asked()
    await idle()
    assert {"type": "drop", "utterance": first} in booth.workers.sent
    assert booth.screen.told[-1] == (["/audio/a.wav"], True)
    assert booth.screen.playing == {"main": first}
    booth.made(second, path="c.wav")
    assert await newer
    booth.voices.playback_finished(first)
    assert (booth.screen.playing, booth.finished, booth.gate) == ({"main": second}, [], [True])
    booth.voices.playback_finished(second)
    assert (booth.finished, booth.gate) == (["main"], [True, False])


async def test_a_screen_that_leaves_in_mid_sentence_ends_it() -> None:
    booth = Booth()
    saying = asyncio.create_task(booth.voices.say("main", "하나, 둘"))
    utterance = await booth.asked()
    booth.made(utterance, last=False)
    assert await saying
    booth.screen.connected = False
    booth.made(utterance, path="b.wav")
    assert (booth.finished, booth.gate) == (["main"], [True, False])


async def test_the_local_device_is_given_every_phrase() -> None:
    booth = Booth("device")
    saying = asyncio.create_task(booth.voices.say("main", "하나, 둘"))
    utterance = await booth.asked()
    booth.made(utterance, last=False)
    booth.made(utterance, path="b.wav")
    assert await saying
    await idle()
    plays = [m for m in booth.workers.sent if m["type"] == "play"]
    assert [(m["path"], m["last"]) for m in plays] == [("a.wav", False), ("b.wav", True)]


async def test_the_stock_is_handed_over() -> None:
    booth = Booth()
    booth.voices.stock([("네.", "ko")])
    await idle()
    assert booth.workers.sent == [{"type": "stock", "sentences": [["네.", "ko"]]}]


async def test_readiness_is_passed_on() -> None:
    booth = Booth()
    booth.workers.says("speaking", {"type": "ready", "detail": {"voice": "ko"}})
    booth.workers.says("speaking", {"type": "ready", "detail": None})
    booth.workers.says("speaking", {"type": "whatever"})
    assert booth.ready == [{"voice": "ko"}, {}]


async def test_what_plays_is_told_phrase_by_phrase_after_the_gate_was_shut() -> None:
    booth = Booth()
    booth.voices.plays = lambda *played: booth.played.append((*played, booth.gate == [True]))
    saying = asyncio.create_task(booth.voices.say("main", "미세먼지를, 띄웠습니다."))
    utterance = await booth.asked()
    booth.made(utterance, path="a.wav", last=False)
    booth.made(utterance, path="b.wav")
    await saying
    text = "미세먼지를, 띄웠습니다."
    assert booth.played == [("main", "a.wav", text, True, True), ("main", "b.wav", text, False, True)]
