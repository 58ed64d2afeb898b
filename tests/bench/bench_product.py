"""The whole product as a person meets it: `seoula run`, real workers, Rasa, and the wall in headless Chromium."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psutil
import soundfile

from tests.bench.measurement import Measurement
from tests.e2e.browser import page
from tests.running import PROJECT, Product, product, settings_file

COMMANDS = 60
SENTENCES = 60
UTTERANCES = 12
IDLE_S = 20.0
RESTARTS = 4
PANELS = ("ozone", "parks", "road-traffic", "district-weather", "rainfall", "trails")
NAMED = ("미세먼지 보여줘", "강남구 초미세먼지 알려줘", "따릉이 현황 띄워 줘", "공원 지도 열어줘", "뒤로 가줘")
PARAPHRASED = (
    "마스크 쓰고 나가야 되는지 공기 상태 좀 확인해 줄래",
    "지금 차가 제일 많이 막히는 데가 어디쯤인지 보고 싶은데",
    "시민들이 요즘 인터넷에서 뭐라고 하는지 좀 궁금하네",
    "비가 얼마나 왔는지 동네별로 볼 수 있을까",
    "요즘 장바구니에 담는 것들 값이 어떤지 봅시다",
)
_NOTE_PHASES = """
window.phases = [];
new MutationObserver(() => requestAnimationFrame(() => requestAnimationFrame(() =>
  window.phases.push([document.body.dataset.phase, performance.timeOrigin + performance.now()])
))).observe(document.body, {attributes: true, attributeFilter: ["data-phase"]});
"""


def measure() -> dict[str, Measurement]:
    """Every budget that needs the product running."""
    with tempfile.TemporaryDirectory() as folder:
        return {**_running(Path(folder)), **_restarts(Path(folder) / "restarts")}


def _running(folder: Path) -> dict[str, Measurement]:
    room = folder / "room.flac"
    _write_room(room)
    settings = settings_file(folder, server={"port": 0}, hearing={"microphone_file": str(room)})
    with product(settings) as running, page() as wall:
        running.wait_ready()
        wall.goto(running.origin + "/screen/wall/main")
        wall.wait_for_selector("[data-panel=home]", timeout=60_000)
        idle = _idle(running)
        taps = _taps(running)
        intents = _intents(running)
        wall.evaluate(_NOTE_PHASES)
        running.wait(lambda: len(_spoken(running)) >= UTTERANCES, 400)
        time.sleep(3)
        phases = [(name, t) for name, t in wall.evaluate("window.phases")]
        records = [running.get(f"/api/v1/runs/{run['id']}") for run in _spoken(running)]
    return {**idle, **taps, **intents, **_speech(records, phases)}


def _write_room(file: Path) -> None:
    """Minutes of a quiet room, then the two recorded commands in turn, 9 s apart."""
    rate = 16_000
    quiet = np.random.default_rng(3).integers(-2, 3, rate * 9, dtype=np.int16)
    clips = [
        soundfile.read(PROJECT / "tests" / "audio" / name, dtype="int16")[0]
        for name in ("one_breath.flac", "pause.flac")
    ]
    with soundfile.SoundFile(file, "w", rate, 1) as out:
        for _ in range(16):
            out.write(quiet)
        for n in range(UTTERANCES + 2):
            out.write(clips[n % 2])
            out.write(quiet)


def _spoken(running: Product) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = running.get("/api/v1/runs?limit=200")["runs"]
    return [run for run in found if run["source"] == "microphone"]


def _idle(running: Product) -> dict[str, Measurement]:
    family = [psutil.Process(running.process.pid), *psutil.Process(running.process.pid).children(recursive=True)]
    time.sleep(5)

    def cpu() -> float:
        return sum(p.cpu_times().user + p.cpu_times().system for p in family)

    before = cpu()
    time.sleep(IDLE_S)
    share = (cpu() - before) / IDLE_S * 100
    memory = sum(p.memory_info().rss for p in family) / 1e9
    note = "service, hearing (microphone played from a file), voice and Rasa; the browser not counted"
    return {
        "idle-cpu": Measurement(share, share, "%", 1, note),
        "idle-memory": Measurement(memory, memory, "GB", 1, note),
    }


def _taps(running: Product) -> dict[str, Measurement]:
    samples = []
    with httpx.Client(base_url=running.origin, timeout=10) as client:
        for n in range(COMMANDS):
            begun = time.perf_counter()
            body = {"op": "show", "panel": PANELS[n % len(PANELS)]}
            answer = client.post("/api/v1/displays/main/commands", json=body).json()
            assert answer["outcome"]["code"] == "shown", answer
            samples.append((time.perf_counter() - begun) * 1000)
    note = "POST until the wall's acknowledgement after two animation frames, headless Chromium without a GPU"
    return {"command-to-pixels": Measurement.of(samples[5:], "ms", note)}


def _intents(running: Product) -> dict[str, Measurement]:
    fast: list[float] = []
    model: list[float] = []
    with httpx.Client(base_url=running.origin, timeout=10) as client:
        for n in range(SENTENCES):
            for texts, path, samples in ((NAMED, "fast", fast), (PARAPHRASED, "model", model)):
                body = {"text": texts[n % len(texts)], "dry_run": True}
                found = client.post("/api/v1/utterances", json=body).json()["understanding"]
                if found["path"] == path:
                    samples.append(found["ms"])
    return {
        "intent-fast-path": Measurement.of(fast, "ms", "inside the service"),
        "intent-rasa": Measurement.of(model, "ms", "inside the service, HTTP to Rasa included"),
    }


def _speech(records: list[dict[str, Any]], phases: list[tuple[str, float]]) -> dict[str, Measurement]:
    """From run records (milliseconds of the run) and the stream's own times (seconds) inside their events."""
    standby: list[float] = []
    early: list[float] = []
    ordinary: list[float] = []
    lag = _wake_lag_ms()
    for record in records:
        events = {event["type"]: event for event in reversed(record["events"])}
        if record["outcome"]["code"] != "shown":
            continue
        begun = record["started_at"] * 1000
        seen = [t for name, t in phases if name == "standby" and begun - 50 <= t <= begun + 3000]
        if seen:
            standby.append(lag + seen[0] - begun)
        wake, heard = events["wake"]["data"], events["transcript"]["data"]
        painted_s = (events["rendered"]["t_ms"] - events["wake"]["t_ms"]) / 1000
        total = (painted_s - (heard["speech_end"] - wake["t"])) * 1000
        (early if heard["t"] - heard["speech_end"] < 0.5 else ordinary).append(total)
    found = {}
    note = "median lag of the wake head on synthetic voices + wake event to painted standby"
    if standby:
        found["wake-to-standby"] = Measurement.of(standby, "ms", note)
    note = "voice activity's end of speech to the wall's acknowledgement, synthetic voice"
    if early:
        found["speech-to-screen-early"] = Measurement.of(early, "ms", note)
    if ordinary:
        found["speech-to-screen"] = Measurement.of(ordinary, "ms", note)
    return found


def _wake_lag_ms() -> float:
    card = json.loads((PROJECT / "models" / "wake" / "seoul_a.json").read_text(encoding="utf-8"))
    return float(card["lag_s"]) * 1000


def _restarts(folder: Path) -> dict[str, Measurement]:
    """From the restarted server's first answer to the right picture on a wall that had lost it."""
    off = {"rasa": {"enabled": False}, "hearing": {"microphone": False}, "speaking": {"output": "off"}}
    samples = []
    folder.mkdir()
    with page() as wall:
        port = 0
        for n in range(RESTARTS + 1):
            with product(settings_file(folder, server={"port": port}, **off)) as running:
                answering = time.time()
                port = int(running.origin.rsplit(":", 1)[1])
                if n == 0:
                    wall.goto(running.origin + "/screen/wall/main")
                wall.wait_for_selector("body:not(.offline)[data-panel]", timeout=60_000)
                if n:
                    samples.append((time.time() - answering) * 1000)
                    time.sleep(1)
            wall.wait_for_selector("body.offline", timeout=30_000)
    return {"display-reconnect": Measurement.of(samples, "ms", "from the server's first answer to the wall's picture")}
