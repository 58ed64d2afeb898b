"""The core's side of captions: which voices are heard, when their words were said, and what comes too late."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.contracts import Unavailable
from telephony.captions import Captions, SentClock

SECOND = bytes(32_000)


class Bench:
    """Captions with sound and a worker that a test speaks for."""

    def __init__(self) -> None:
        self.now, self.up = 50.0, True
        self.sound: dict[str, asyncio.Queue[bytes]] = {}
        self.told: list[tuple[str, str, int]] = []
        self.heard: list[tuple[str, str, str, bool, float, bool]] = []
        self.wanted: list[bool] = []
        self.lost = 0.0
        self.lags: list[float] = []
        self.tasks: set[asyncio.Task[None]] = set()
        self.captions = Captions(self._tap, self, self._heard, self.wanted.append, self, lambda: self.now, self._spawn)

    async def _tap(self, room: str, part: str) -> AsyncIterator[bytes]:
        queue = self.sound.setdefault(part, asyncio.Queue())
        while True:
            yield await queue.get()

    def _heard(self, room: str, part: str, text: str, *, final: bool, t0: float, age_ms: int, shown: bool) -> None:
        self.heard.append((room, part, text, final, t0, shown))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    async def open(self, stream: str) -> None:
        self._say("open", stream, 0)

    async def feed(self, stream: str, pcm: bytes) -> None:
        self._say("feed", stream, len(pcm))

    async def close(self, stream: str) -> None:
        self._say("close", stream, 0)

    def _say(self, what: str, stream: str, size: int) -> None:
        if not self.up:
            raise Unavailable("captions-unavailable", "down")
        self.told.append((what, stream, size))

    def caption(self, lag_s: float, *, final: bool, shown: bool) -> None:
        self.lags.append(lag_s)

    def sound_lost(self, seconds: float) -> None:
        self.lost += seconds

    async def speak(self, part: str, seconds: int) -> None:
        for _ in range(seconds):
            self.now += 1
            self.sound.setdefault(part, asyncio.Queue()).put_nowait(SECOND)
            for _ in range(5):
                await asyncio.sleep(0)

    def says(self, stream: str, text: str, t0: float, t1: float, *, final: bool = True) -> None:
        self.captions.said({"type": "caption", "stream": stream, "text": text, "final": final, "t0": t0, "t1": t1})


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench()
    yield made
    await made.captions.stop()
    await asyncio.gather(*made.tasks, return_exceptions=True)


async def test_words_come_back_to_the_one_who_spoke_at_the_time_he_did(bench: Bench) -> None:
    bench.captions.tap("daily", "a")
    bench.captions.tap("daily", "b")
    bench.captions.tap("daily", "a")
    assert bench.wanted == [True, True]
    assert bench.captions.voices == 2
    await bench.speak("a", 3)  # from 50 to 53
    bench.now += 100  # muted: no sound
    await bench.speak("a", 2)  # from 153 to 155
    await bench.speak("b", 1)
    assert [t for t in bench.told if t[0] == "open"] == [("open", "s1", 0), ("open", "s2", 0)]
    bench.says("s1", "먼저", 0.5, 2.0)
    bench.says("s1", "나중", 3.5, 4.5)
    assert [(h[1], h[2], h[4]) for h in bench.heard] == [("a", "먼저", 50.5), ("a", "나중", 153.5)]
    assert bench.lags == [pytest.approx(156 - 52), pytest.approx(156 - 154.5)]
    assert [h[5] for h in bench.heard] == [False, True]  # the first comes far too late to be read
    bench.says("s9", "누구", 0, 1)
    assert len(bench.heard) == 2


async def test_from_the_moment_a_voice_is_not_tapped_its_words_are_nobodys(bench: Bench) -> None:
    bench.captions.tap("daily", "a")
    await bench.speak("a", 1)
    bench.captions.untap("daily", "a")
    assert bench.wanted[-1] is False
    bench.says("s1", "꺼진 뒤", 0.0, 1.0)
    assert bench.heard == []
    await bench.speak("a", 2)
    assert bench.told[-1] == ("close", "s1", 0)
    assert sum(size for what, _, size in bench.told if what == "feed") == 32_000


async def test_a_worker_that_comes_late_or_again_is_told_of_every_voice(bench: Bench) -> None:
    bench.up = False
    bench.captions.tap("daily", "a")
    await bench.speak("a", 2)
    assert bench.lost == 2
    bench.up = True
    await bench.captions.ready()
    await bench.speak("a", 1)  # 52 to 53
    bench.says("s1", "이제", 0.0, 1.0)
    assert bench.heard[-1][4] == 52.0
    bench.captions.lost()
    await bench.speak("a", 1)
    assert bench.lost == 3
    await bench.captions.ready()
    await bench.speak("a", 1)
    assert [t[0] for t in bench.told] == ["open", "feed", "open", "feed"]


@pytest.mark.parametrize("message", [{}, {"stream": "s1"}, {"stream": "s1", "text": 1, "final": True}])
async def test_a_caption_that_is_none_is_nothing(bench: Bench, message: dict[str, Any]) -> None:
    bench.captions.tap("daily", "a")
    bench.captions.said(message)
    assert bench.heard == []


@given(st.lists(st.tuples(st.floats(0.02, 0.2), st.floats(0.0, 5.0)), min_size=1, max_size=60))
def test_the_clock_of_a_stream_never_runs_back_and_never_ahead(pieces: list[tuple[float, float]]) -> None:
    clock, now, sent = SentClock(), 10.0, 0.0
    for seconds, pause in pieces:
        now += seconds + pause
        clock.sent(seconds, now)
        sent += seconds
    asked = [sent * step / 20 for step in range(20)]
    times = [clock.at(second) for second in asked]
    assert all(earlier <= later + 0.2 for earlier, later in zip(times, times[1:], strict=False))
    assert all(10.0 - 1e-9 <= at <= now + 1e-9 for at in times)
