"""How soon captions stand at their reader, by how many people speak, in a real worker process.

Two meetings of each size: people speak in turn, as they do, and all at the same time, which is the worst that can be
asked. The talk is made by the product's neural voice; a synthetic voice is no measure of accuracy, but one
of work: sentences of 3 to 6 seconds with the pauses of somebody who thinks.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import itertools
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from assistant.children import opinion_model
from assistant.contracts import Unavailable
from assistant.settings import PROJECT
from telephony.captions import SentClock
from tests.bench.clips import RATE, Signal, read_sound
from tests.bench.measurement import Measurement

TALK = (
    "지난주 현장 점검 결과 배수로 세 곳에서 토사가 쌓인 것을 확인했습니다",
    "예산은 다음 달 추경에 반영하고 공사는 우기 전에 끝내겠습니다",
    "주민 설명회는 목요일 저녁 일곱 시에 구청 강당에서 열립니다",
    "교통 통제 구간은 아직 정해지지 않았으니 경찰과 더 협의하겠습니다",
    "대피소마다 담요와 식수를 이백 명분씩 준비해 두었습니다",
    "그 자료는 오늘 안에 모든 부서에 보내 드리겠습니다",
)
PEOPLE = (1, 2, 4)
EACH = 4
PIECE_S = 0.04
PAUSE_S = 0.9
"""Longer than the pause that ends a line, so that each sentence is one."""


@dataclass
class Core:
    """The core's end: what the worker told, each with the time it came."""

    said: list[dict[str, Any]] = field(default_factory=list)
    link: ServerConnection | None = None
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    clocks: dict[str, SentClock] = field(default_factory=dict)

    async def serve(self, link: ServerConnection) -> None:
        await link.recv()
        await link.send(json.dumps({"type": "welcome"}))
        self.link = link
        with contextlib.suppress(ConnectionClosed):  # the worker was ended
            async for frame in link:
                self.said.append({**json.loads(frame), "at": time.perf_counter()})
                self.ready.set()

    async def send(self, message: dict[str, Any]) -> None:
        assert self.link is not None
        await self.link.send(json.dumps(message))

    async def feed(self, stream: str, pcm: bytes) -> None:
        assert self.link is not None
        await self.link.send(bytes([len(stream)]) + stream.encode() + pcm)


def measure() -> dict[str, Measurement]:
    """Milliseconds from the last sound of a sentence to its final line, and from sound to the line that changes."""
    return asyncio.run(_measure(_spoken()))


def _spoken() -> list[Signal]:
    kokoro = importlib.import_module("assistant.speaking.kokoro")
    manifest = importlib.import_module("assistant.models_manifest")
    voice = kokoro.KokoroVoice(manifest.verify(manifest.named("kokoro-82m")), 2, {"jf_nezumi": 1.0})
    made = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "talk.wav"
        for text in TALK:
            voice.synthesize(text, "ko", path)
            made.append(_trimmed(read_sound(path)))
    return made


def _trimmed(sound: Signal) -> Signal:
    """Without the silence around it, so that its end is the end of the last sound."""
    loud = np.flatnonzero(np.abs(sound) > 0.02)
    return sound[loud[0] : loud[-1] + 1]


async def _measure(talk: list[Signal]) -> dict[str, Measurement]:
    model = opinion_model()
    if model is None:
        raise Unavailable("captions-model", "the Whisper model is not here: run set-up")
    core = Core()
    found: dict[str, Measurement] = {}
    async with serve(core.serve, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "assistant.hearing.caption_worker", "--core", f"ws://127.0.0.1:{port}/captions",
            "--whisper", str(model), cwd=PROJECT, env={**os.environ, "SEOULA_WORKER_TOKEN": "t"},
        )  # fmt: skip
        try:
            await asyncio.wait_for(core.ready.wait(), 120)
            watched = psutil.Process(process.pid)
            for people in PEOPLE:
                for at_once in (False, True) if people > 1 else (False,):
                    found |= await _meeting(core, watched, talk, people, at_once)
        finally:
            process.terminate()
            await process.wait()
    return found


async def _meeting(
    core: Core, watched: psutil.Process, talk: list[Signal], people: int, at_once: bool
) -> dict[str, Measurement]:
    core.said.clear()
    names = [f"s{people}{int(at_once)}{n}" for n in range(people)]
    for name in names:
        await core.send({"type": "open_voice", "stream": name})
    core.clocks = {name: SentClock() for name in names}
    before, begun = watched.cpu_times(), time.perf_counter()
    if at_once:
        pieces = {name: _sentences(talk, n) for n, name in enumerate(names)}
        await asyncio.gather(*(_speak(core, n, pieces[n]) for n in names))
    else:
        turns = itertools.cycle(names)
        lines = list(_sentences(talk, 0))
        for name, line in zip(turns, lines, strict=False):
            others = [other for other in names if other != name]
            await asyncio.gather(_speak(core, name, iter([line])), *(_silent(core, other, line) for other in others))
    await asyncio.sleep(8)  # what is still being written
    for name in names:
        await core.send({"type": "close_voice", "stream": name})
    lost = max((said["detail"]["lost_s"] for said in core.said if said["type"] == "health"), default=0.0)
    after, whole = watched.cpu_times(), time.perf_counter() - begun
    spent = (after.user + after.system - before.user - before.system) / whole * 100
    finals, partials = _lags(core, final=True), _lags(core, final=False)
    label = f"captions-{people}-{'at-once' if at_once else 'in-turn'}"
    sentences = EACH * people if at_once else EACH
    note = f"{sentences} sentences; worker {spent:.0f} % of a core, {lost:.1f} s of sound lost"
    return {
        f"{label}-final": Measurement.of(finals, "ms", note),
        f"{label}-partial": Measurement.of(partials, "ms", "how old the sound is that a changing line ends with"),
    }


def _sentences(talk: list[Signal], offset: int) -> Iterator[Signal]:
    for n in range(EACH):
        yield talk[(offset + n) % len(talk)]


async def _speak(core: Core, name: str, lines: Iterator[Signal]) -> None:
    """Sound at the pace of a microphone, by a clock that does not drift."""
    at = time.perf_counter()
    for line in lines:
        at = await _pieces(core, name, np.concatenate([line, np.zeros(round(PAUSE_S * RATE), np.float32)]), at)


async def _silent(core: Core, name: str, line: Signal) -> None:
    await _pieces(core, name, np.zeros(len(line) + round(PAUSE_S * RATE), np.float32), time.perf_counter())


async def _pieces(core: Core, name: str, sound: Signal, at: float) -> float:
    size = round(PIECE_S * RATE)
    for start in range(0, len(sound), size):
        piece = sound[start : start + size]
        at += len(piece) / RATE
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        core.clocks[name].sent(len(piece) / RATE, time.perf_counter())
        await core.feed(name, (piece * 32767).astype("<i2").tobytes())
    return at


def _lags(core: Core, *, final: bool) -> list[float]:
    """From the moment the last sound of a line was said (`t1`, by the clock that the product reads) until it came."""
    lines = [said for said in core.said if said["type"] == "caption" and said["final"] is final]
    return [(line["at"] - core.clocks[line["stream"]].at(line["t1"])) * 1000 for line in lines]
