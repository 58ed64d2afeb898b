"""The voice, in a real worker process: how soon the first sound of an answer is there, what speaking costs, memory."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from tests.bench.measurement import Measurement
from tests.speaking.core import Core, worker

PLACES = ("강남구", "마포구", "노원구")
ANSWERS = (
    "{place} 미세먼지는 오후 {hour}시 기준 {value}마이크로그램, 보통입니다.",
    "{place} 생활인구는 오후 {hour}시 기준 {value}만 {hour}천 명입니다.",
    "{place} 기온은 오후 {hour}시 25분 기준 {value}도입니다. 모의 데이터입니다.",
    "지난주 {place} 도심 평균 속도는 시속 {value}킬로미터였습니다.",
)


def sentences() -> list[str]:
    """Answers none of whose phrases was said before."""
    found = []
    for n, place in enumerate(PLACES):
        for m, pattern in enumerate(ANSWERS):
            found.append(pattern.format(place=place, hour=1 + (n + m) % 11, value=20 + 7 * n + m))
    return found


def measure() -> dict[str, Measurement]:
    """Each engine by itself; milliseconds, processor seconds per second of speech, megabytes."""
    found: dict[str, Measurement] = {}
    for engine in ("kokoro", "espeak"):
        with TemporaryDirectory() as folder:
            found |= asyncio.run(_engine(engine, Path(folder)))
    return found


async def _engine(engine: str, folder: Path) -> dict[str, Measurement]:
    begun = time.perf_counter()
    async with worker(folder, engine) as core:
        start = (time.perf_counter() - begun) * 1000
        process = psutil.Process(core.pid)
        await core.say("준비되었습니다.")
        idle = process.memory_info().rss / 1e6
        new, cost, gaps, lengths = await _pass(core, process)
        cached, *_ = await _pass(core, process)
        peak = process.memory_info().rss / 1e6
    note = "asked over the link until the first phrase's file is there"
    return {
        f"{engine}-start": Measurement(start, start, "ms", 1, "the process until it is ready, its speed judged"),
        f"{engine}-first-sound-new": Measurement.of(new, "ms", f"{note}; nothing cached"),
        f"{engine}-first-sound-cached": Measurement.of(cached, "ms", f"{note}; said before"),
        f"{engine}-first-phrase": Measurement.of(lengths, "s", "length of the first phrase"),
        f"{engine}-late-phrases": Measurement.of(gaps, "ms", "longest silence between two phrases of a sentence"),
        f"{engine}-cost": Measurement.of(cost, "CPU s/s", "processor seconds per second of speech"),
        f"{engine}-memory": Measurement(idle, peak, "MB", 1, "resident: after the first sentence / after all"),
    }


async def _pass(core: Core, process: psutil.Process) -> tuple[list[float], list[float], list[float], list[float]]:
    first, cost, gaps, lengths = [], [], [], []
    for text in sentences():
        before = process.cpu_times()
        made = await core.say(text)
        after = process.cpu_times()
        if any(m["type"] != "audio" for m in made):
            raise RuntimeError(f"not spoken: {made[-1]}")
        if len({m["voice"] for m in made}) > 1:
            raise RuntimeError("another voice took over: the machine is too busy to measure")
        first.append(made[0]["after_s"] * 1000)
        lengths.append(made[0]["seconds"])
        spent = after.user + after.system - before.user - before.system
        cost.append(spent / sum(m["seconds"] for m in made))
        heard, wait = made[0]["after_s"], 0.0
        for earlier, later in zip(made, made[1:], strict=False):
            heard = max(heard, earlier["after_s"]) + earlier["seconds"]
            wait = max(wait, later["after_s"] - heard)
        gaps.append(wait * 1000)
    return first, cost, gaps, lengths
