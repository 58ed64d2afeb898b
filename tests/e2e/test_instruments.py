"""The two buttons of an operator, all real but Rasa: "I did not call" on the wall, "Correct this" on the runs page."""

from __future__ import annotations

import wave
from collections.abc import Iterator

import numpy as np
import pytest
import soundfile

from tests.e2e.browser import errors_of, page
from tests.running import PROJECT, Product, product, settings_file

pytestmark = pytest.mark.real
MOST_TAPS = 10
"""On a busy machine the sentence after the call may be carried out before a tap is there: that run is over already."""


@pytest.fixture(scope="module")
def hearing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A room in which somebody calls and pauses before the command, every ten seconds or so; sound is opted into."""
    folder = tmp_path_factory.mktemp("instruments")
    speech, rate = soundfile.read(PROJECT / "tests" / "audio" / "pause.flac", dtype="int16")
    quiet = np.random.default_rng(1).integers(-2, 3, rate * 7, dtype=np.int16)
    with soundfile.SoundFile(folder / "room.flac", "w", rate, 1) as room:
        for _ in range(40):
            room.write(quiet)
            room.write(speech)
    settings = settings_file(
        folder,
        server={"port": 0},
        hearing={"microphone_file": str(folder / "room.flac"), "keep_false_wakes": True},
        runs={"keep_audio": True},
        rasa={"enabled": False},
    )
    with product(settings) as made:
        made.wait(lambda: made.component("hearing").get("state") == "ok")
        yield made


def false_wakes(running: Product) -> dict[str, str]:
    """The runs of which somebody said so, and why each ended."""
    runs = [running.get(f"/api/v1/runs/{run['id']}") for run in running.get("/api/v1/runs")["runs"]]
    return {run["id"]: run["outcome"]["reason"] for run in runs if run["marks"]["false_wake"]}


def test_one_tap_on_the_wall_ends_a_false_wake(hearing: Product) -> None:
    with page() as wall:
        wall.goto(hearing.origin + "/screen/wall/main")
        for number in range(MOST_TAPS):
            wall.wait_for_selector("body[data-phase=standby] .false-wake")
            wall.click(".false-wake")
            wall.wait_for_selector("text=잘못 깨어났습니다")
            wall.wait_for_selector(".false-wake", state="detached")
            hearing.wait(lambda taps=number + 1: len(false_wakes(hearing)) == taps)  # type: ignore[misc]
            if "false-wake" in false_wakes(hearing).values():
                break
        assert errors_of(wall) == []
    [run] = [run for run, reason in false_wakes(hearing).items() if reason == "false-wake"]
    clip = hearing.settings.parent / "var" / "wake" / "false" / f"{run}.wav"
    hearing.wait(clip.exists)  # it is written by itself
    assert clip.stat().st_mode & 0o777 == 0o600
    with wave.open(str(clip)) as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), np.int16)
    assert 2.5 * 16000 <= len(samples) <= 3.1 * 16000
    assert np.abs(samples.astype(int)).max() > 1000, "the call itself is in it"


def test_the_page_of_runs_tells_why_and_takes_a_correction_by_keyboard(hearing: Product) -> None:
    def spoken() -> list[str]:
        return [r["id"] for r in hearing.get("/api/v1/runs")["runs"] if r["source"] == "microphone" and r["text"]]

    with page() as wall:
        wall.goto(hearing.origin + "/screen/wall/main")
        hearing.wait(lambda: bool(spoken()))
    run = spoken()[0]
    hearing.wait(lambda: hearing.get(f"/api/v1/runs/{run}")["sound"])
    with page() as tab:
        tab.goto(f"{hearing.origin}/runs#{run}")
        tab.wait_for_selector("[data-part=wake] >> text=/[≥<] 0\\.\\d/")
        for part in ("recogniser", "understanding", "gate"):
            assert tab.locator(f"[data-part={part}] dd").count() >= 2, part
        assert tab.locator("audio").count() == 1
        assert tab.evaluate(
            "fetch(document.querySelector('audio').src).then((r) => r.headers.get('content-type'))"
        ) == ("audio/wav")
        tab.focus("text=바로잡기")
        tab.keyboard.press("Enter")
        tab.wait_for_selector("dialog.correction[open] option >> nth=100", state="attached")
        tab.keyboard.type("오존")
        tab.keyboard.press("Tab")
        tab.keyboard.press("ArrowDown")
        tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")
        tab.wait_for_selector("text=panel.ozone")
        tab.screenshot(path=str(hearing.settings.parent / "runs.png"))
        assert errors_of(tab) == []
    lines = (hearing.settings.parent / "var" / "corrections.tsv").read_text("utf-8").splitlines()
    assert [line.split("\t")[1:3] for line in lines] == [["show_panel", "panel=ozone"]]
