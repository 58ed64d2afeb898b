"""Real components killed in mid-run: the rest goes on, the screen says so, and what died comes back."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator

import psutil
import pytest

from tests.e2e.browser import page
from tests.running import Product, product, settings_file, was_shown

pytestmark = [pytest.mark.real, pytest.mark.fault]

ONLY_THE_MODEL_KNOWS = "마스크 쓰고 나가야 되는지 공기 상태 좀 확인해 줄래"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("faults")
    settings = settings_file(folder, server={"port": 0}, hearing={"microphone": False})
    with product(settings) as made:
        made.wait_ready()
        yield made


def children(running: Product, word: str) -> list[psutil.Process]:
    """The product's child processes whose command line contains `word`."""
    found = psutil.Process(running.process.pid).children(recursive=True)
    named = []
    for process in found:
        with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):  # one that has ended meanwhile
            named += [process] if word in " ".join(process.cmdline()) else []
    return named


def dry(running: Product, text: str) -> dict[str, object]:
    answer: dict[str, object] = running.post("/api/v1/utterances", {"text": text, "dry_run": True}).json()[
        "understanding"
    ]
    return answer


def test_rasa_killed_in_mid_run(running: Product) -> None:
    running.wait(lambda: dry(running, ONLY_THE_MODEL_KNOWS)["path"] == "model")  # its first answer may be late
    os.kill(children(running, "rasa")[0].pid, signal.SIGKILL)
    named = dry(running, "미세먼지 보여줘")
    assert (named["outcome"], named["panel"], named["path"]) == ("accepted", "fine-dust-pm10", "fast")
    lost = dry(running, ONLY_THE_MODEL_KNOWS)
    assert "model-unavailable" in lost["notes"]  # type: ignore[operator]
    running.wait(lambda: dry(running, ONLY_THE_MODEL_KNOWS)["panel"] == "air-quality")
    running.wait(lambda: running.component("model")["state"] == "ok")


@pytest.mark.parametrize("worker", ["hearing", "speaking"])
def test_a_worker_killed_comes_back_and_the_wall_says_so(running: Product, worker: str) -> None:
    with page() as wall:
        wall.goto(running.origin + "/screen/wall/main")
        wall.wait_for_selector("[data-panel]")
        before = running.component(worker)
        os.kill(int(before["pid"]), signal.SIGKILL)
        wall.wait_for_selector(f"[data-notice={worker}-unavailable]")
        answer = running.post("/api/v1/utterances", {"text": "공원 현황"}).json()
        assert was_shown(answer), "text and touch go on without it"
        running.wait(lambda: running.component(worker)["state"] == "ok")
        wall.wait_for_selector(f"[data-notice={worker}-unavailable]", state="detached")
        assert running.component(worker)["pid"] != before["pid"]


def test_the_wall_is_right_again_after_a_server_restart(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("restart")
    values = {"rasa": {"enabled": False}, "hearing": {"microphone": False}, "speaking": {"output": "off"}}
    with product(settings_file(folder, server={"port": 0}, **values)) as first, page() as wall:
        port = int(first.origin.rsplit(":", 1)[1])
        wall.goto(first.origin + "/screen/wall/main")
        wall.wait_for_selector("[data-panel]")
        first.post("/api/v1/displays/main/commands", {"op": "show", "panel": "ozone"})
        wall.wait_for_selector("[data-panel=ozone]")
        assert first.stop() == 0
        wall.wait_for_selector("body.offline")
        assert wall.locator("[data-panel=ozone]").count() == 1, "the old picture stays while the server is away"
        with product(settings_file(folder, server={"port": port}, **values)) as second:
            wall.wait_for_selector("body:not(.offline)")
            second.show("main", "parks")
            wall.wait_for_selector("[data-panel=parks]")
