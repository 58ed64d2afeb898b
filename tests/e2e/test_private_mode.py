"""Private mode on real pages: a camera's worker speaks over its real socket, Chromium shows the wall and a watch."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

import assistant.app
import assistant.private_desk
import assistant.private_mode
import assistant.service
from assistant.settings import Settings
from tests.assistant.api_app import registry, understander
from tests.assistant.private_house import CAMERA, PERSON, PIN, prepare
from tests.e2e.audit import audit
from tests.e2e.browser import Pages, errors_of, one_browser
from tests.e2e.call_desk import poll
from tests.e2e.test_privacy import House
from tests.running import PATIENCE_S, PROJECT

pytestmark = pytest.mark.real
SECRET = "interest-topics"
LONG = {"open_timeout": PATIENCE_S, "close_timeout": 2}


class Place(House):
    """The product with a camera for faces."""

    def settings(self) -> Settings:
        """With the PIN or the watch."""
        return Settings.model_validate(
            {
                "state_dir": self.folder,
                "server": {"port": 0},
                "rasa": {"enabled": False},
                "seeing": {"cameras": [CAMERA]},
            }
        )


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Running, without workers of its own."""
    monkeypatch.setattr(assistant.service, "child_specs", lambda *_: [])
    monkeypatch.setattr(assistant.app, "load_registry", registry)
    monkeypatch.setattr(assistant.app.opening, "build_understander", lambda *_: understander())
    prepare(tmp_path, monkeypatch)
    for name in ("CHECK_S", "PROVE_S", "WATCH_S"):  # a slow machine's person is not too late
        monkeypatch.setattr(assistant.private_mode, name, 600.0)
    monkeypatch.setattr(assistant.private_desk, "LEASE_S", 60.0)
    if (PROJECT / "var" / "web").exists():
        (tmp_path / "web").symlink_to(PROJECT / "var" / "web")
    made = Place(tmp_path)
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    assert made.ready.wait(PATIENCE_S)
    yield made
    made.server.should_exit = True
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


class Worker:
    """Speaks for the camera `wall`."""

    def __init__(self, place: Place, socket: ClientConnection) -> None:
        self.socket = socket
        self.say({"type": "hello", "token": place.service.workers.token})
        self.until(lambda m: m["type"] == "welcome")
        self.say({"type": "ready", "detail": {"camera": "off"}})

    def say(self, message: dict[str, Any]) -> None:
        """A message of the worker."""
        self.socket.send(json.dumps(message))

    def until(self, wanted: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """The next message that is wanted."""
        while True:
            message: dict[str, Any] = json.loads(self.socket.recv(timeout=PATIENCE_S))
            if wanted(message):
                return message

    def check(self) -> str:
        """The id of the check that it is told to begin."""
        told = self.until(lambda m: m["type"] == "tell" and "check" in m["message"])
        check = str(told["message"]["check"]["id"])
        threading.Thread(target=self._watch, args=(check,), daemon=True).start()
        return check

    def _watch(self, check: str) -> None:
        """Say that he is here, as long as there is a link; outside a watch of this check nobody listens."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                self.sees(check, "here")
                time.sleep(0.5)

    def sees(self, check: str, kind: str, **more: Any) -> None:
        """An event of the face ability."""
        event = {"t": 1.0, "type": kind, "id": check, **more}
        self.say({"type": "seen", "camera": "wall", "ability": "face", "event": event})


def shown(page: Page, *words: str) -> None:
    """Until the page shows these words."""
    for word in words:
        page.wait_for_function("w => document.body.innerText.includes(w)", arg=word)


def clean(page: Page) -> None:
    """axe finds nothing, what has the focus lies in the dialog, and so does what Tab leads to."""
    page.evaluate(
        "document.getAnimations().forEach((one) => one.effect.getComputedTiming().endTime < 1e9 && one.finish())"
    )
    found = audit(page)
    assert found.passes >= 8
    assert not found.violations, found.words
    for _ in range(4):
        assert page.evaluate("document.activeElement.closest('.overlay.private-mode') !== null")
        page.keyboard.press("Tab")


def said(page: Page, words: str) -> None:
    """Until these words of the check are read out. It must be the same element all the time, or nothing would be."""
    page.wait_for_function("w => document.querySelector('.asked-turn')?.innerText === w", arg=words)
    assert page.evaluate("(window.said ??= document.querySelector('.asked-turn[aria-live=assertive]')).isConnected")


def no_digit_is_read_out(place: Place, pages: Pages) -> None:
    """A tablet with spoken guidance says what is touched; of a PIN it says nothing."""
    with pages(1280, 800) as tablet:
        said: list[str] = []
        tablet.on(
            "request", lambda asked: said.append(asked.post_data or "") if "/api/v1/speech" in asked.url else None
        )
        tablet.goto(place.address("tablet", True))
        tablet.wait_for_selector(".digits")
        clean(tablet)
        for digit in "73":
            tablet.click(f".digits button:text-is('{digit}')")
        tablet.wait_for_timeout(400)  # a label is said once nothing else was touched for 0.14 s
        tablet.evaluate("document.querySelector('.thumb .keys button:last-child').click()")  # it is behind the dialog
        poll(tablet, lambda: said, "nothing is read out")
        assert len(said) == 1, "the key alone"
        assert not {"7", "3"} & set(json.loads(said[0])["text"])


def test_a_face_and_a_pin_open_the_wall_and_leaving_locks_it(place: Place) -> None:
    link = place.origin.replace("http", "ws", 1) + "/ws/v1/workers/camera-wall"
    with one_browser() as pages, pages(1920, 1080) as wall, pages(390, 390) as wrist, connect(link, **LONG) as socket:
        worker = Worker(place, socket)
        wall.goto(place.address("wall", True))
        wall.wait_for_selector("body[data-panel]:not([data-panel=''])")
        wall.click("footer .tools button:last-child")
        check = worker.check()
        shown(wall, "카메라 켜짐", "카메라를 봐 주세요", "카메라 영상은 보여 주지도")
        said(wall, "카메라를 봐 주세요. 가만히 계세요")
        clean(wall)
        ring = [[0.5 + 0.1 * x / 9, 0.3 + 0.12 * y / 9] for x in range(10) for y in range(10)]
        worker.sees(check, "challenge", step=1, of=3, ask="left", progress=0.5)
        worker.sees(check, "sketch", face=ring)
        shown(wall, "고개를 왼쪽으로 돌려 주세요", "1 / 3")
        wall.wait_for_function(
            "() => (document.querySelector('.face-sketch .points')?.getAttribute('d') ?? '').length > 100"
        )
        said(wall, "고개를 왼쪽으로 돌려 주세요")
        clean(wall)
        worker.sees(check, "challenge", step=1, of=3, ask="left", progress=1.0)
        shown(wall, "앞을 보고 가만히 계세요")
        worker.sees(check, "verified", person=PERSON)
        shown(wall, "얼굴이 확인되었습니다", "PIN을 입력해 주세요")
        said(wall, "얼굴이 확인되었습니다")
        wall.wait_for_function("document.activeElement.matches('.pin input')")  # digits go in at once
        no_digit_is_read_out(place, pages)
        wall.keyboard.type("99x8")
        wall.click(".digits button[aria-label='지우기']")
        wall.keyboard.press("Backspace")
        wall.keyboard.press("9")
        assert wall.input_value(".pin input") == "99", "keys and touch together"
        wall.fill(".pin input", "")
        assert wall.get_attribute("body", "data-panel") != SECRET
        assert not wall.query_selector(".private-mark")
        for digit in "999999":
            wall.click(f".digits button:text-is('{digit}')")
        wall.click(".digits button[type=submit]")
        shown(wall, "PIN이 맞지 않습니다. 4번 더 시도할 수 있습니다.")
        assert not wall.query_selector(".toast"), "it stands beside the digits, and covers no key"
        clean(wall)
        wall.fill(".pin input", PIN)
        wall.keyboard.press("Enter")
        wall.wait_for_selector(".private-mark")
        wall.wait_for_selector(".overlay.private-mode", state="detached")
        place.show(SECRET)
        wall.wait_for_selector(f"body[data-panel='{SECRET}']")
        worker.sees(check, "left")
        wall.wait_for_selector(f"body:not([data-panel='{SECRET}'])")
        shown(wall, "자리를 비우셔서 비공개 모드를 닫았습니다")
        wall.wait_for_selector(".private-mark", state="detached")
        worker.until(lambda m: m["type"] == "use" and not m["on"])

        token = place.do(lambda: place.service.screens._pairing.issue(role="watch", display="main", person=PERSON)[0])
        wrist.goto(f"{place.origin}/screen/watch/main#token={token}")
        wall.click("footer .tools button:last-child")
        worker.sees(worker.check(), "verified", person=PERSON)
        shown(wall, "시계에서 확인해 주세요")
        shown(wrist, "비공개 모드를 열까요?")
        assert not (found := audit(wrist)).violations, found.words
        wrist.click(".wrist-choices button:first-child")
        wall.wait_for_selector(".private-mark")
        wall.click(".private-mark button")
        wall.wait_for_selector(".private-mark", state="detached")
        wall.click("footer .tools button:last-child")
        worker.sees(worker.check(), "rejected", reason="looks-like-a-picture")
        shown(wall, "실제 얼굴로 확인되지 않았습니다", "다시 시도")
        clean(wall)
        wall.keyboard.press("Escape")
        wall.wait_for_selector(".overlay.private-mode", state="detached")
        wall.wait_for_function("document.activeElement.matches('footer .tool')")  # back where it was pressed
        assert not errors_of(wall)
        assert PERSON not in wall.content()
