"""The build of the pages: one digest of all files, told to screens, and every file with its own."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.api import web_build as builds
from assistant.api.web_build import START_URL, digest, screen_page, web_build
from assistant.settings import ScreenSettings
from tests.assistant.api_app import Application


async def test_all_that_the_shell_names_is_there_and_is_what_its_digest_says(api: Application) -> None:
    answer = await api.http.get("/shell.json")
    shell = answer.json()
    assert answer.headers["cache-control"] == "no-cache"
    assert {"/web/roles/kiosk.js", "/web/main.js", "/web/css/care.css", START_URL} <= set(shell["files"])
    assert not {"/web/sw.js", "/web/runs.js", "/web/operators.html"} & set(shell["files"])
    for path, wanted in shell["files"].items():
        served = await api.http.get(path)
        assert served.status_code == 200, path
        assert digest(served.content) == wanted, path
    manifest = json.loads((await api.http.get("/web/manifest.webmanifest")).text)
    assert manifest["start_url"] in shell["files"]
    assert (await api.http.get("/sw.js")).headers["content-type"].startswith("text/javascript")


async def test_what_the_page_of_a_screen_loads_is_in_the_shell(api: Application) -> None:
    """Whatever is fetched to draw the first picture opens without a network, too."""
    files = (await api.http.get("/shell.json")).json()["files"]
    page = (await api.http.get("/screen/kiosk/lobby")).text
    wanted = set(re.findall(r'(?:href|src)="(/(?:web|vendor)/[^"]+)"', page))
    assert len(wanted) > 8
    assert wanted <= set(files)
    by_name = json.loads(re.findall(r'<script type="importmap">(.*?)</script>', page, re.DOTALL)[0])["imports"]
    modules = [path for path in files if path.startswith("/web/") and path.endswith(".js")]
    for path in modules:
        text = (await api.http.get(path)).text
        for name in re.findall(r'^(?:import|export) [^;]*?from "(\.[^"]+)"', text, re.MULTILINE):
            parts = f"{path.rpartition('/')[0]}/{name}"
            while re.search(r"/(\.|[^/.]+/\.\.)/", parts):
                parts = re.sub(r"/(\.|[^/.]+/\.\.)/", "/", parts, count=1)
            assert parts in files, f"{path} imports {name}"
        for name in re.findall(r'^(?:import|export) [^;]*?from "([^./"][^"]*)"', text, re.MULTILINE):
            folder = next((known for known in by_name if known.endswith("/") and name.startswith(known)), "")
            found = by_name.get(name) or by_name[folder] + name.removeprefix(folder)
            assert found in files, f"{path} imports {name}"


async def test_the_page_of_a_screen_names_every_module_it_begins_with(api: Application) -> None:
    """None waits until another that imports it is read; what only some panels need is left for later."""
    page = (await api.http.get("/screen/web/citizen")).text
    named = re.findall(r'<link rel="modulepreload" href="([^"]+)" />', page)
    assert named[0] == "/web/main.js"
    assert len(named) == len(set(named))
    ours = {file for file in (await api.http.get("/shell.json")).json()["files"] if file.startswith("/web/")}
    later = {"/web/correction.js", "/web/evidence.js", "/web/waterfall.js", "/web/mic-worklet.js", "/web/sketch.js"}
    # The motion mouse and private mode come to the office's screens alone, when they begin.
    office = {"/web/office.js", "/web/private-mode.js", "/web/hands.js", "/web/hands-sheet.js"}
    office |= {"/web/hand-motion.js", "/web/hand-targets.js"}
    assert not office & set(named)
    left = {path for path in ours if path.endswith(".js")} - set(named) - later - office
    # The layer of calls comes where calls are switched on.
    assert {path for path in left if not path.startswith("/web/calls/")} <= {"/web/call-layer.js", "/web/live-parts.js"}
    assert {"/vendor/lit-html/directive.js", "/vendor/uplot/dist/uPlot.esm.js"} <= set(named)
    assert not [path for path in named if "pdfjs" in path or "hls" in path or path.endswith("/runs.js")]


async def test_screens_are_told_the_build_of_the_page_they_were_served(api: Application) -> None:
    build = web_build().build
    assert re.fullmatch(r"[0-9a-f]{16}", build)
    assert (await api.http.get("/shell.json")).json()["build"] == build
    for address in ("/screen/wall/main", "/screen/web/citizen", "/screen/kiosk/lobby", "/console"):
        assert f'<meta name="seoula-build" content="{build}" />' in (await api.http.get(address)).text
    async with api.socket("/ws/v1/displays/main") as socket:
        socket.send({"t": "hello", "proto": 2, "role": "wall", "caps": []})
        welcome = await socket.until("t", "welcome")
    assert welcome["build"] == build
    assert welcome["care"] == ScreenSettings().told()
    assert welcome["care"]["night_from"] == "22:00"


@pytest.mark.parametrize("changed", ["screen.html", "sw.js", "main.js", "css/care.css", "icon.svg"])
def test_a_change_of_any_file_is_another_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str) -> None:
    for name in ("screen.html", "sw.js", "main.js", "css/care.css", "icon.svg", "index.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(builds.PLACEHOLDER if name == "screen.html" else name)
    monkeypatch.setattr(builds, "WEB", tmp_path)
    monkeypatch.setattr(builds, "VENDOR", tmp_path / "none")
    before = web_build.__wrapped__()
    assert web_build.__wrapped__() == before
    (tmp_path / "index.html").write_text("the chooser is no part of a screen")
    assert web_build.__wrapped__() == before
    (tmp_path / changed).write_text(builds.PLACEHOLDER + "changed")
    after = web_build.__wrapped__()
    assert after.build != before.build
    assert after.files[START_URL] == digest(screen_page(after.build).encode())


@pytest.mark.parametrize(
    "wrong",
    [{"night_from": "24:00"}, {"night_to": "6:00"}, {"night_level": 0}, {"shift_px": 40}, {"shift_s": 0}, {"dim": 1}],
)
def test_settings_of_the_screens_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ScreenSettings.model_validate(wrong)
