"""Meetings between real Chromium pages on the embedded engine: a call of two that grows, and a phone at a scene."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from typing import Any

import av
import httpx
import pytest
from playwright.sync_api import Browser, Page

from telephony.hub import Caller
from tests.e2e.audit import audit
from tests.e2e.browser import page, profile
from tests.e2e.call_desk import FLAGS, SPY, CallDesk, call_desk, flow, flowing, poll
from tests.e2e.meeting_house import PIN, House, drawer, enter, house, key, settled
from tests.running import PATIENCE_S, product

rooms = pytest.importorskip("telephony.rooms", reason="the rooms are not there")
room_desk = pytest.importorskip("telephony.room_desk", reason="the rooms are not there")
embedded = pytest.importorskip("telephony.engines.embedded.engine", reason="the engine is not there")
meeting_state = pytest.importorskip("telephony.meeting_state", reason="the rooms are not there")
ice = pytest.importorskip("aioice.ice")
pytestmark = pytest.mark.real
VIEW = ".call-view"
GUEST = "guest"
"""The token of an on-site link, as this desk knows it."""


class NoTaps:
    """Nobody asks for captions here."""

    def tap(self, room: str, part: str) -> None:
        """A voice that would be written."""

    def untap(self, room: str, part: str) -> None:
        """No more."""


class MeetingDesk(CallDesk):
    """Calls with rooms, on an engine in this process."""

    def begin(self) -> None:
        plans = [
            meeting_state.Plan("sangam", "상암 회의실", "Sangam", "standing"),
            meeting_state.Plan("scene", "여의도 화재 현장", "Fire", "standing"),
        ]
        hub = self.calls.hub
        self.engine = embedded.EmbeddedEngine()
        self.rooms = room_desk.RoomDesk(
            rooms.Rooms(plans), self.engine, hub.send, lambda note: None, NoTaps(), time.monotonic
        )
        hub.rooms = self.rooms
        self.rooms.start()
        super().begin()

    async def finish(self) -> None:
        await super().finish()
        await self.rooms.stop()
        await self.engine.close()

    def caller(self, token: str, role: str, display: str) -> Caller:
        if token == GUEST:
            return Caller("guest:g", "guest", "현장", "", lambda: True, "scene")
        return super().caller(token, role, display)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallDesk]:
    """Pages, hub, rooms and engine."""
    with pytest.MonkeyPatch.context() as patch:
        # A machine that has no network but itself: aioice offers no loopback address by itself.
        patch.setattr(ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])
        with call_desk(tmp_path_factory.mktemp("meetings"), MeetingDesk) as made:
            yield made


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A browser of its own."""
    with page(320, 240, FLAGS) as made:
        assert made.context.browser
        yield made.context.browser


def seeing(count: int, *pages: Page) -> None:
    """Until each page receives the pictures of so many others, and they run."""
    for made in pages:
        poll(made, lambda made=made: flow(made)["videos"] >= count, "not everybody is seen")  # type: ignore[misc]
        flowing(made)


def test_a_call_of_two_grows_survives_and_shrinks(desk: CallDesk, browser: Browser) -> None:
    fire, transport, climate = (desk.console(browser, name) for name in ("fire", "transport", "climate"))
    transport.locator(".departments li", has_text="소방재난본부").locator("button.video").click()
    fire.wait_for_selector(".call-card.incoming")
    fire.keyboard.press("Enter")
    fire.wait_for_selector(VIEW)
    seeing(1, fire, transport)

    fire.click(".call-key:has-text('한 사람 더')")
    fire.locator(".party-list li", has_text="기후환경본부").locator("button").click()
    climate.wait_for_selector(".call-card.incoming")
    climate.keyboard.press("Enter")
    seeing(2, fire, transport, climate)
    poll(climate, lambda: climate.locator(".call-tile").count() == 3, "somebody has no place")

    desk.cut()
    poll(fire, lambda: fire.get_attribute("body", "data-link") == "open", "the line does not come back")
    seeing(2, fire, transport, climate)
    climate.reload()
    seeing(2, climate, fire)

    transport.click(".call-key:has-text('손들기')")
    fire.wait_for_selector("figcaption .raised")
    transport.click(".call-key:has-text('대화')")
    transport.fill(".chat-form input", "차량 두 대를 보냈습니다")
    transport.keyboard.press("Enter")
    fire.wait_for_selector(".count-badge")
    fire.click(".call-key:has-text('대화')")
    fire.wait_for_selector(".chat-lines >> text=차량 두 대를 보냈습니다")
    found = audit(fire)
    assert not found.violations, found.words

    transport.click(".call-controls .stop")
    transport.wait_for_selector(".call-card.over")
    poll(fire, lambda: fire.locator(".call-tile").count() == 2, "who has left is still shown")
    fire.click(".call-controls .stop")
    climate.wait_for_selector(".call-card.over")


def test_a_phone_at_a_scene_shows_what_happens_there(desk: CallDesk, browser: Browser) -> None:
    fire = desk.console(browser, "fire")
    fire.click(".tab:has-text('회의실')")
    fire.click(".room-list button[aria-label='들어가기: 여의도 화재 현장']")
    fire.wait_for_selector(VIEW)
    phone = profile(browser, 390, 844).new_page()
    phone.add_init_script(SPY)
    phone.goto(f"{desk.origin}/scene#token={GUEST}")
    phone.fill("input", "선착대")
    phone.click(".scene-go")
    phone.wait_for_selector(".scene-live")
    seeing(1, fire, phone)
    assert "선착대" in fire.inner_text(".call-tile:not(.mine) figcaption")
    found = audit(phone)
    assert not found.violations, found.words
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.click(".scene-keys .stop")
    phone.wait_for_selector("h1 >> text=연결이 끝났습니다")
    poll(fire, lambda: fire.locator(".call-tile").count() == 1, "the phone is still shown")


PDF_TEXT = """async ([url, token]) => {
  const library = await import('/vendor/pdfjs-dist/build/pdf.min.mjs');
  library.GlobalWorkerOptions.workerSrc = '/vendor/pdfjs-dist/build/pdf.worker.min.mjs';
  const httpHeaders = { Authorization: `Bearer ${token}` };
  const pdf = await library.getDocument({ url, httpHeaders, useWasm: false }).promise;
  let found = '';
  for (let number = 1; number <= pdf.numPages; number += 1)
    found += (await (await pdf.getPage(number)).getTextContent()).items.map(({ str }) => str).join(' ');
  return found;
}"""
AWAY = ".call-view"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The whole product."""
    with house(tmp_path_factory.mktemp("house")) as made:
        yield made


def agreed(host: Page, other: Page, kind: str) -> None:
    """The host asks for a record, the other says yes, and both see the banner."""
    host.click(f".host-keys button:has-text('{kind}')")
    other.wait_for_selector(".consent:not(.waits)")
    other.click(".consent button:has-text('동의') >> nth=0")
    for made in (host, other):
        settled(made, ".call-chip.rec", 1)


def written(home: House) -> set[str]:
    """Whose sentence of the transcript lies on the disk while the meeting goes on. Recording may begin within one."""
    notes = (home.running.settings.parent / "var" / "meetings").glob("*.notes")
    rows = [json.loads(line) for path in notes for line in path.read_text("utf-8").splitlines()]
    party = {row["part"]: row["data"]["party"] for row in rows if row["kind"] == "joined"}
    return {party[row["part"]] for row in rows if row["kind"] == "line" and "강남구" in row["data"]["text"]}


def films(record: dict[str, Any], http: httpx.Client) -> list[tuple[int, int]]:
    """Pictures and samples of sound that each recording of a meeting holds, as it is downloaded."""
    found = []
    for row in record["recordings"]:
        answer = http.get(f"/api/v1/recordings/{row['id']}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "video/webm")
        assert len(answer.content) == row["size"]
        with av.open(io.BytesIO(answer.content)) as film:
            frames = list(film.decode())
        pictures = [frame for frame in frames if isinstance(frame, av.VideoFrame)]
        assert pictures[-1].to_ndarray(format="gray").std() > 5, "the film shows nothing"
        found.append((len(pictures), sum(frame.samples for frame in frames if isinstance(frame, av.AudioFrame))))
    return found


def test_a_meeting_from_the_lobby_to_its_minutes(home: House) -> None:
    fire, transport = home.console("fire"), home.console("transport")
    tv = home.screen("tv", "policy-room", 1280, 720, "?meeting=policy")
    enter(fire, "정책회의실")
    fire.wait_for_selector(VIEW)
    # The lobby: nothing is told before the door opens.
    enter(transport, "정책회의실")
    transport.wait_for_selector(".call-card.lobby")
    assert transport.locator(VIEW).count() == 0
    settled(fire, ".call-key .count-badge")
    drawer(fire, "참가자", "참가자")
    settled(fire, ".at-door li", 2)  # the television of that room has come, too
    fire.locator(".at-door li", has_text="교통실").locator("button:has-text('들여보내기')").click()
    fire.locator(".at-door li", has_text="시장실").locator("button:has-text('들여보내기')").click()
    seeing(1, fire, transport)
    # The television sees both, and sends nothing.
    tv.wait_for_selector(VIEW)
    seeing(2, tv)
    assert tv.evaluate("window.pcs.every((pc) => pc.getSenders().every(({ track }) => !track))")
    assert flow(tv)["sent"] == 0
    assert tv.locator(".call-controls").count() == 0
    poll(fire, lambda: fire.locator(".people-list li:has-text('보기만')").count() == 1, "the television is no viewer")

    # Hands and words.
    key(transport, "손들기")
    fire.wait_for_selector(".people-list .raised")
    drawer(transport, "대화", "대화")
    transport.fill(".chat-form input", "차량 두 대를 보냈습니다")
    transport.keyboard.press("Enter")
    settled(fire, ".call-key .count-badge")
    drawer(fire, "대화", "대화")
    fire.wait_for_selector(".chat-lines >> text=차량 두 대를 보냈습니다")
    assert "교통실 transport-1" in fire.inner_text(".chat-lines")
    fire.click(".decide")
    fire.fill(".chat-form input", "내일 아침 도로를 통제한다")
    fire.keyboard.press("Enter")
    transport.wait_for_selector(".chat-lines .decision")
    key(transport, "대화")

    # The page that everybody follows: a document, turned by who presents.
    drawer(fire, "함께 보기", "함께 보기")
    fire.fill(".find-page input", "결재문서 보기")
    fire.click(".pages li:has-text('시장 결재문서'), .pages li:has-text('결재문서 보기')")
    frames = [made.frame_locator(".followed iframe") for made in (fire, transport, tv)]
    for frame in frames:
        frame.locator("seoula-paper[data-state=shown], seoula-paper canvas").first.wait_for()
    assert frames[1].locator(".pager").is_visible() is False
    frames[0].locator(".pager button").last.click()
    for frame in frames:
        frame.locator("body[data-page='2']").wait_for()
    found = audit(transport)
    assert not found.violations, found.words

    # Captions: one asks, all see the badge, who asked reads what the others say.
    key(transport, "자막")
    for made in (fire, transport, tv):
        settled(made, ".call-chip.cc")
    settled(transport, ".caption-lines p:not(.badge-line)")
    assert fire.locator(".caption-lines").count() == 0

    # A recording: one no and there is none; all agree and there is.
    drawer(fire, "참가자", "참가자")
    fire.click(".host-keys button:has-text('녹화')")
    transport.click(".consent button:has-text('동의하지 않음')")
    fire.wait_for_selector(".consent.waits", state="detached")
    assert fire.locator(".call-chip.rec").count() == 0
    agreed(fire, transport, "녹화")
    settled(tv, ".call-chip.rec")
    agreed(fire, transport, "발언 기록")
    both = {"console:fire-1", "console:transport-1"}
    poll(fire, lambda: written(home) >= both, "what is said is not written down")
    fire.click(".host-keys button:has-text('녹화 끝내기')")
    poll(fire, lambda: fire.locator(".call-chip.rec").count() == 1, "the recording does not end")
    # He takes his consent to the transcript back: what he said is not in the minutes.
    drawer(transport, "참가자", "참가자")
    transport.click(".people-list .withdraw")
    fire.wait_for_selector(".call-chip.rec", state="detached")
    fire.click(".host-keys button:has-text('회의 끝내기')")
    for made in (fire, transport):
        made.wait_for_selector(".call-card.over")
    tv.wait_for_selector(VIEW, state="detached")

    with home.http("fire") as http:
        kept = poll(fire, lambda: http.get("/api/v1/meetings").json()["meetings"], "there are no minutes")
        record = http.get(f"/api/v1/meetings/{kept[0]['id']}").json()
        [(pictures, samples)] = films(record, http)
        assert pictures >= 3  # a machine that is busy leaves some out
        assert samples > 24_000
    assert [line["text"] for line in record["decisions"]] == ["내일 아침 도로를 통제한다"]
    assert {line["part"] for line in record["transcript"]} == {"console:fire-1"}
    assert any("강남구" in line["text"] for line in record["transcript"]), record["transcript"]
    text = fire.evaluate(
        PDF_TEXT, [f"/api/v1/meetings/{record['id']}/minutes.pdf", home.token("console", "fire-1", "fire")]
    )
    for word in ("정책회의실", "소방재난본부", "교통실", "내일 아침 도로를 통제한다", "강남구"):
        assert word.replace(" ", "") in text.replace(" ", ""), (word, text)
    with home.http("climate") as stranger:
        assert stranger.get(f"/api/v1/recordings/{record['recordings'][0]['id']}").status_code == 404
    for made in (fire, transport, tv):
        made.context.close()


def test_the_door_with_a_pin_and_the_pages_that_are_not_let_in(home: House) -> None:
    climate = home.console("climate", 390, 844)
    enter(climate, "구청장 영상회의실", "0000")
    climate.wait_for_selector(".toast:has-text('비밀번호가 맞지 않습니다')")
    enter(climate, "구청장 영상회의실", PIN)
    climate.wait_for_selector(VIEW)
    assert climate.evaluate("document.documentElement.scrollWidth <= innerWidth")
    key(climate, "나가기")

    def why(path: str) -> str:
        made = home.open(path, 390, 844)
        made.wait_for_selector(".turned-away, .scene-start:has(.other), .scene-go")
        if made.locator(".scene-go").count():
            made.click(".scene-go")
            made.wait_for_selector(".scene-start:has(.other)")
        said = made.inner_text("main")
        made.context.close()
        return said

    with home.http("climate") as http:
        link = http.post("/api/v1/calls/links", json={"room": "daily-briefing"}).json()
        http.delete(f"/api/v1/calls/links/{link['id']}")
    kiosk = home.token("kiosk", "lobby")
    for path, word, other in (
        ("/console", "아직 등록되지 않았습니다", "not paired yet"),
        ("/console#token=nonsense", "더는 유효하지 않습니다", "no longer holds"),
        (f"/console#token={kiosk}", "통화 콘솔의 등록 정보가 아닙니다", "not the pairing"),
        (f"/scene#token={link['token']}", "이미 쓰였거나 시간이 지났습니다", "used already"),
        (
            f"/scene#token={home.token('console', 'climate-1', 'climate')}",
            "현장 링크의 연결 정보가 아닙니다",
            "no on-site link",
        ),
    ):
        said = why(path)
        assert word in said, (path, said)
        assert other in said, (path, said)


def test_the_minutes_of_a_service_that_is_killed_are_there_when_it_is_back(home: House) -> None:
    fire = home.console("fire")
    enter(fire, "재난안전대책회의실")
    fire.wait_for_selector(VIEW)
    drawer(fire, "대화", "대화")
    fire.fill(".chat-form input", "대피소를 열었습니다")
    fire.keyboard.press("Enter")
    fire.wait_for_selector(".chat-lines >> text=대피소를 열었습니다")
    folder = home.running.settings.parent / "var" / "meetings"
    poll(fire, lambda: any("대피소" in file.read_text("utf-8") for file in folder.glob("*.notes")), "nothing is noted")
    assert all(file.stat().st_mode & 0o077 == 0 for file in folder.iterdir())
    fire.context.close()
    home.running.process.kill()
    home.running.process.wait(60)
    with product(home.running.settings) as again:
        token = home.token("console", "fire-1", "fire")
        headers = {"authorization": f"Bearer {token}"}

        def answer(path: str) -> Any:
            return httpx.get(f"{again.origin}/api/v1/meetings{path}", headers=headers, timeout=PATIENCE_S).json()

        def kept() -> list[str]:
            return [one["id"] for one in answer("")["meetings"] if one["room"] == "disaster-response"]

        again.wait(lambda: bool(kept()))
        record = answer(f"/{kept()[0]}")
    assert [line["text"] for line in record["chat"]] == ["대피소를 열었습니다"]
    assert record["ended_at"]
    assert record["transcript"] is None
    assert not list(folder.glob("*.notes"))
