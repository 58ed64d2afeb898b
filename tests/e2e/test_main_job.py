"""The main job with everything real: a recording in the microphone's place -> wake word -> Vosk -> Rasa -> pixels."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from PIL import Image

from tests.e2e.browser import Pages, errors_of
from tests.running import PATIENCE_S, PROJECT, Product, product, settings_file, was_shown

pytestmark = pytest.mark.real
AUDIO = PROJECT / "tests" / "audio"


@pytest.fixture
def hearing(tmp_path: Path) -> Iterator[Product]:
    """The product with a room in the microphone's place, where somebody says the command every 15 seconds."""
    speech, rate = soundfile.read(AUDIO / "one_breath.flac", dtype="int16")
    quiet = np.random.default_rng(1).integers(-2, 3, rate * 11, dtype=np.int16)
    with soundfile.SoundFile(tmp_path / "room.flac", "w", rate, 1) as room:
        for _ in range(24):
            room.write(quiet)
            room.write(speech)
    microphone = {"microphone_file": str(tmp_path / "room.flac")}
    with product(settings_file(tmp_path, server={"port": 0}, hearing=microphone)) as made:
        made.wait_ready()
        yield made


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product without a microphone, shared by the tests of the other ways in."""
    folder = tmp_path_factory.mktemp("main-job")
    with product(settings_file(folder, server={"port": 0}, hearing={"microphone": False})) as made:
        made.wait_ready()
        yield made


def shown_by_voice(running: Product) -> list[str]:
    """Ids of the microphone's runs that ended with the panel on the wall. The voice in the room speaks whenever it
    likes, so an earlier run of it may have been cut off by this test's own command."""
    runs = running.get("/api/v1/runs")["runs"]
    return [r["id"] for r in runs if r["source"] == "microphone" and was_shown(r)]


def test_seoul_a_show_fine_dust_changes_the_wall(hearing: Product, pages: Pages) -> None:
    with pages(1920, 1080) as wall:
        wall.goto(hearing.origin + "/screen/wall/main")
        wall.wait_for_selector("[data-panel]")
        hearing.post("/api/v1/displays/main/commands", {"op": "show", "panel": "revenue"})
        wall.wait_for_selector("body[data-panel=revenue]")
        wall.wait_for_timeout(500)
        before = wall.screenshot()
        # The rotation passes by fine dust too: only a command counts.
        wall.wait_for_selector("body[data-layer=command][data-panel=fine-dust-pm10]")
        assert wall.locator("text=미세먼지").first.is_visible()
        wall.wait_for_timeout(500)
        changed = np.mean(pixels(before) != pixels(wall.screenshot()))
        assert changed > 0.02, f"only {changed:.1%} of the picture changed"
        assert wall.locator("svg path.district").count() >= 25, "the map of Seoul's districts is drawn"
        hearing.wait(lambda: bool(shown_by_voice(hearing)))
        # The wall plays the spoken answer and reports its end: only then does the ear open again.
        wall.wait_for_selector("body[data-phase=idle]")
        assert errors_of(wall) == []
    run = hearing.get(f"/api/v1/runs/{shown_by_voice(hearing)[0]}")
    assert run["text"] == "미세먼지 보여줘"
    kinds = [event["type"] for event in run["events"]]
    assert kinds.index("wake") < kinds.index("transcript") < kinds.index("understanding") < kinds.index("rendered")


def test_words_only_the_model_knows_go_through_rasa(running: Product) -> None:
    body = {"text": "마스크 쓰고 나가야 되는지 공기 상태 좀 확인해 줄래", "dry_run": True}

    answers: list[dict[str, Any]] = []

    def by_the_model() -> bool:
        answers.append(running.post("/api/v1/utterances", body).json()["understanding"])
        return bool(answers[-1]["path"] == "model")

    running.wait(by_the_model)  # it has half a second, in which a busy machine may not answer
    assert answers[-1]["panel"] == "air-quality"


def test_a_typed_sentence_reaches_the_wall(running: Product, pages: Pages) -> None:
    with pages(1920, 1080) as wall:
        wall.goto(running.origin + "/screen/wall/main")
        wall.wait_for_selector("[data-panel]")
        assert was_shown(running.post("/api/v1/utterances", {"text": "공원 현황 보여줘"}).json())
        wall.wait_for_selector("[data-panel=parks]")


def test_a_recording_by_http_is_heard(running: Product, pages: Pages) -> None:
    with pages(1920, 1080) as wall:
        wall.goto(running.origin + "/screen/wall/main")
        wall.wait_for_selector("[data-panel]")
        recording = (AUDIO / "push_to_talk.flac").read_bytes()
        answer = httpx.post(running.origin + "/api/v1/audio", content=recording, timeout=PATIENCE_S)
        assert answer.status_code == 200, answer.text
        assert answer.json()["outcome"]["code"] == "answered"
        wall.wait_for_selector("[data-panel=ultrafine-dust-pm25]")


@pytest.mark.parametrize("body", [b"", b"not audio at all", b"RIFF\0\0\0\0WAVEfmt "])
def test_rubbish_instead_of_a_recording_is_a_problem_document(running: Product, body: bytes) -> None:
    answer = httpx.post(running.origin + "/api/v1/audio", content=body, timeout=PATIENCE_S)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("panel", ["cctv", "emergency-incidents", "interest-topics", "fn-cloud-folder"])
def test_an_unpaired_wall_never_shows_what_is_not_public(running: Product, pages: Pages, panel: str) -> None:
    with pages(1920, 1080) as wall:
        wall.goto(running.origin + "/screen/wall/second")
        wall.wait_for_selector("[data-panel]")
        answer = running.post("/api/v1/displays/second/commands", {"op": "show", "panel": panel}).json()
        assert answer["outcome"]["code"] == "not_permitted"
        wall.wait_for_timeout(300)
        assert wall.locator(f"[data-panel={panel}]").count() == 0


def test_a_paired_wall_shows_internal_content(running: Product, pages: Pages) -> None:
    paired = next(row["paired_url"] for row in running.addresses if row["page"] == "wall")
    with pages(1920, 1080) as wall:
        wall.goto(paired)
        wall.wait_for_selector("[data-panel]")
        assert "token" not in wall.url
        running.show("main", "cctv")
        wall.wait_for_selector("[data-panel=cctv]")


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160), (1280, 720)])
def test_the_wall_fits_its_screen(running: Product, pages: Pages, width: int, height: int) -> None:
    with pages(width, height) as wall:
        wall.goto(running.origin + "/screen/wall/main")
        wall.wait_for_selector("[data-panel]")
        for panel in ("fine-dust-pm10", "subway-lines", "prj-seoullo-7017"):
            running.show("main", panel)
            wall.wait_for_selector(f"[data-panel={panel}]")
            # Nothing sticks out, once what comes in has come to rest.
            wall.wait_for_function(
                "([w, h]) => document.documentElement.scrollWidth === w && document.documentElement.scrollHeight === h",
                arg=[width, height],
            )
        assert errors_of(wall) == []


def test_every_page_of_the_product_answers(running: Product, pages: Pages) -> None:
    for path in ("/", "/runs", "/docs", "/screen/wall/main", "/healthz", "/readyz", "/metrics", "/api/v1/catalog"):
        assert httpx.get(running.origin + path, timeout=PATIENCE_S).status_code == 200, path
    with pages(1920, 1080) as tab:
        tab.goto(running.origin + "/runs")
        tab.wait_for_selector("text=공원 현황 보여줘")
        assert errors_of(tab) == []


def pixels(png: bytes) -> NDArray[np.uint8]:
    """A screenshot as brightness values, coarse enough to ignore a ticking clock's antialiasing."""
    grey: NDArray[np.uint8] = np.asarray(Image.open(io.BytesIO(png)).convert("L"), np.uint8) // np.uint8(16)
    return grey
