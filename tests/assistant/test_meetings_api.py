"""A meeting over the real sockets and HTTP: what is kept, who reads it, and that nothing said leaks anywhere."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant import logs
from assistant.meetings import MeetingService, join
from assistant.settings import Settings
from assistant.supervise import ChildSpec
from display_bridge.city_data.metrics import KST
from telephony.engines.engine import EngineEvent
from telephony.seams import NoRooms
from tests.assistant.api_app import REMOTE, Application, Socket, running, settled
from tests.telephony.fake_media import FakeMedia

ROOM = "daily-briefing"
WEBM = b"\x1a\x45\xdf\xa3" + b"\x00" * 40


@dataclass
class Seat:
    """A paired device in the calls' socket, with everything that it was ever sent."""

    app: Application
    role: str
    display: str
    token: str
    socket: Socket | None = None
    seen: list[dict[str, Any]] = field(default_factory=list)
    part: str = ""

    async def follow(self) -> None:
        assert self.socket is not None
        with contextlib.suppress(TimeoutError):
            while True:
                try:
                    message = await self.socket.receive()
                except TimeoutError:
                    continue
                if message is None:
                    return
                self.seen.append(message)

    def say(self, t: str, **fields: Any) -> None:
        assert self.socket is not None
        self.socket.send({"t": t, **fields})

    async def heard(self, t: str, **like: Any) -> dict[str, Any]:
        def found() -> list[dict[str, Any]]:
            return [m for m in self.seen if m["t"] == t and all(m.get(k) == v for k, v in like.items())]

        await settled(found)
        return found()[-1]

    async def get(self, path: str) -> httpx.Response:
        async with self.app.client(REMOTE, authorization=f"Bearer {self.token}") as http:
            return await http.get(path)

    async def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        async with self.app.client(REMOTE, authorization=f"Bearer {self.token}") as http:
            return await http.request(method, path, **more)


class House:
    """The application with meetings on an engine that carries nothing."""

    def __init__(self, app: Application) -> None:
        self.app, self.media = app, FakeMedia()
        self.meetings: MeetingService = join(app.service, self.media, app.app.state.papers)
        app.app.state.meetings = self.meetings
        self.tasks: list[asyncio.Task[None]] = []

    async def seat(self, stack: contextlib.AsyncExitStack, role: str, display: str, department: str = "") -> Seat:
        token = self.app.service.screens._pairing.issue(
            role=role, display=display, name=display, department=department
        )[0]  # fmt: skip
        seat = Seat(self.app, role, display, token)
        seat.socket = await stack.enter_async_context(
            self.app.socket("/ws/v1/calls", client=REMOTE, headers={"authorization": f"Bearer {token}"})
        )
        seat.say("hello", v=1)
        self.tasks.append(asyncio.create_task(seat.follow()))
        await seat.heard("welcome")
        return seat

    def engine(self, kind: Any, seat: Seat) -> None:
        self.media.happened.put_nowait(EngineEvent(kind, ROOM, seat.part, f"feed-{seat.part}"))

    def spoken(self, seat: Seat, text: str) -> None:
        now = self.app.service.calls.hub._clock()
        self.meetings._heard(ROOM, seat.part, text, final=True, t0=now, age_ms=200, shown=True)


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setenv("SEOULA_SECRETS_DIR", str(tmp_path / "secrets"))
    async with running(tmp_path / "state", monkeypatch, meetings={"captions": "off"}, calls={"engine": "p2p"}) as app:
        made = House(app)
        made.meetings.start(8700)
        yield made
        app.service.calls.hub.rooms = NoRooms()
        await made.meetings.stop()
        for task in made.tasks:
            task.cancel()
        await asyncio.gather(*made.tasks, return_exceptions=True)


async def enter(*seats: Seat) -> None:
    for seat in seats:
        seat.say("room.join", room=ROOM)
        seat.part = (await seat.heard("room.joined"))["me"]


async def meet(house: House, stack: contextlib.AsyncExitStack) -> tuple[Seat, Seat, Seat]:
    """Two consoles in the room, a third outside."""
    safety = await house.seat(stack, "console", "safety-1", "safety")
    fire = await house.seat(stack, "console", "fire-1", "fire")
    outside = await house.seat(stack, "console", "transport-1", "transport")
    await enter(safety, fire)
    for seat in (safety, fire):
        house.engine("published", seat)
    await fire.heard("room.feeds")
    return safety, fire, outside


async def test_those_who_were_in_read_the_record_and_nobody_else(house: House) -> None:
    async with contextlib.AsyncExitStack() as stack:
        safety, fire, outside = await meet(house, stack)
        safety.say("room.page", room=ROOM, panel="fine-dust-pm10")
        safety.say("room.page", room=ROOM, panel="interest-topics")
        await safety.heard("error", code="not-for-you")
        safety.say("room.chat", room=ROOM, kind="decision", text="내일 시행")
        await fire.heard("room.chat")
        safety.say("room.moderate", room=ROOM, do="end")
        await fire.heard("room.ended")
        listed = (await fire.get("/api/v1/meetings")).json()["meetings"]
        assert [(m["room"], m["people"], m["decisions"], m["deletable"]) for m in listed] == [(ROOM, 2, 1, False)]
        path = f"/api/v1/meetings/{listed[0]['id']}"
        body = (await fire.get(path)).json()
        assert [p["part"] for p in body["people"]] == ["console:safety-1", "console:fire-1"]
        assert [(p["panel"], p["title_ko"]) for p in body["pages"]] == [("fine-dust-pm10", "미세먼지")]
        assert body["decisions"][0]["text"] == "내일 시행"
        assert body["transcript"] is None
        pdf = await fire.get(f"{path}/minutes.pdf")
        assert pdf.headers["content-type"] == "application/pdf"
        assert pdf.headers["cache-control"] == "private, no-store"
        assert pdf.content.startswith(b"%PDF-")
        assert (await outside.get("/api/v1/meetings")).json() == {"meetings": []}
        for other in (path, f"{path}/minutes.pdf", "/api/v1/meetings/..%2Fdb"):
            assert (await outside.get(other)).status_code == 404
        kiosk = house.app.token("kiosk", "k1")
        async with house.app.client(REMOTE, authorization=f"Bearer {kiosk}") as http:
            assert (await http.get("/api/v1/meetings")).status_code == 403
        async with house.app.client(REMOTE) as http:
            assert (await http.get("/api/v1/meetings")).status_code == 401
        assert (await fire.call("DELETE", path)).status_code == 403
        assert (await safety.call("DELETE", path)).json() == {"done": True}
        assert (await safety.get(path)).status_code == 404


async def test_the_page_that_is_followed_is_told_to_those_who_are_in(house: House) -> None:
    async with contextlib.AsyncExitStack() as stack:
        safety, fire, outside = await meet(house, stack)
        path = f"/api/v1/meetings/{(await fire.heard('room.joined'))['meeting']}/page"
        assert (await fire.get(path)).status_code == 404
        safety.say("room.page", room=ROOM, panel="fine-dust-pm10")
        await fire.heard("room.page", panel="fine-dust-pm10")
        body = (await fire.get(path)).json()
        assert (body["panel"], body["document"], body["page"]) == ("fine-dust-pm10", "", 1)
        assert (body["view"]["title_ko"], bool(body["view"]["blocks"])) == ("미세먼지", True)
        assert (await outside.get(path)).status_code == 404
        listed = house.app.service.screens.provider.documents("white-paper", datetime.now(KST))
        safety.say("room.page", room=ROOM, document=listed[1].id, page=2)
        await fire.heard("room.page", page=2)
        body = (await fire.get(path)).json()
        [reader] = body["view"]["blocks"]
        assert (reader["document"]["id"], reader["page"], body["view"]["panel"]["id"]) == (
            listed[1].id, 2, "library-white-papers",
        )  # fmt: skip
        # What somebody may not see he does not get, also where others follow it.
        house.meetings.may_see = lambda person, page: person.owner != "console:fire-1"
        assert (await fire.get(path)).json()["code"] == "not-for-you"
        assert (await safety.get(path)).status_code == 200


async def test_people_are_named_by_their_department_and_rooms_follow_the_registry(house: House) -> None:
    async with contextlib.AsyncExitStack() as stack:
        safety, fire, _ = await meet(house, stack)
        wall = await house.seat(stack, "wall", "main")
        await enter(wall)
        people = (await fire.heard("room.people"))["people"]
        assert [one["name_ko"] for one in people][-1].startswith("시장실")
        assert people[1]["name_ko"] == "소방재난본부 fire-1"
        assert people[1]["name_en"].endswith("fire-1")
        registry = house.app.service.registry
        fewer = {name: room for name, room in registry.rooms.items() if name != "policy"}
        house.meetings.use_registry(dataclasses.replace(registry, rooms=fewer))
        fire.say("room.list")
        assert [row["room"] for row in (await fire.heard("room.list"))["rooms"]] == list(fewer)
        assert (await house.app.http.post("/api/v1/registry/reload")).status_code == 200
        before = len(fire.seen)
        fire.say("room.list")
        await settled(lambda: [m for m in fire.seen[before:] if m["t"] == "room.list"])
        assert {row["room"] for row in fire.seen[-1]["rooms"]} == set(registry.rooms)


async def test_a_recording_is_taken_while_all_agree_and_not_one_piece_longer(house: House) -> None:
    async with contextlib.AsyncExitStack() as stack:
        safety, fire, outside = await meet(house, stack)
        meeting = (await fire.heard("room.joined"))["meeting"]
        path, body = f"/api/v1/meetings/{meeting}/recordings", {"type": "video/webm;codecs=vp8,opus"}
        assert (await safety.call("POST", path, json=body)).json()["code"] == "no-consent"
        safety.say("recording.set", room=ROOM, on=True)
        assert (await fire.heard("recording"))["you"] == "asked"
        assert (await safety.call("POST", path, json=body)).json()["code"] == "no-consent"
        fire.say("consent.set", room=ROOM, kind="recording", agree=True)
        await safety.heard("recording", state="on")
        for other in (fire, outside):
            assert (await other.call("POST", path, json=body)).json()["code"] == "no-consent"
        made = (await safety.call("POST", path, json=body)).json()
        pieces = f"/api/v1/recordings/{made['id']}/pieces"
        assert (await safety.call("PUT", f"{pieces}/0", content=WEBM)).json()["size"] == len(WEBM)
        assert (await fire.call("PUT", f"{pieces}/1", content=b"x")).status_code == 404
        too_large = await safety.call("PUT", f"{pieces}/1", content=b"x" * 1_000_001)
        assert too_large.status_code == 413
        assert (await safety.call("PUT", f"{pieces}/1", content=b"sound")).json()["pieces"] == 2
        done = (await safety.call("POST", f"/api/v1/recordings/{made['id']}/finish")).json()
        assert done["people"] == ["console:fire-1", "console:safety-1"]
        got = await fire.get(f"/api/v1/recordings/{made['id']}")
        assert (got.content, got.headers["content-type"]) == (WEBM + b"sound", "video/webm")
        assert (await outside.get(f"/api/v1/recordings/{made['id']}")).status_code == 404
        assert (await outside.call("DELETE", f"/api/v1/recordings/{made['id']}")).status_code == 404

        second = (await safety.call("POST", path, json=body)).json()
        pieces = f"/api/v1/recordings/{second['id']}/pieces"
        await safety.call("PUT", f"{pieces}/0", content=WEBM)
        fire.say("consent.set", room=ROOM, kind="recording", agree=False)
        await safety.heard("recording", state="off", why="withdrew")
        late = await safety.call("PUT", f"{pieces}/1", content=b"after the no")
        assert late.status_code in (403, 404)
        # What was made with the one who takes it back goes, finished or not.
        await settled(lambda: not list((house.app.service.settings.state_dir / "recordings").iterdir()))
        assert (await fire.get(f"/api/v1/recordings/{made['id']}")).status_code == 404


def all_of(folder: Path) -> bytes:
    """Every byte of every file."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


CANARY = {
    "before": "가나리아하나 동의하기 전에 한 말",
    "during": "가나리아둘 동의하고 나서 한 말",
    "withdrawn": "가나리아셋 거두어들일 말",
    "after": "가나리아넷 거둔 뒤에 한 말",
    "chat": "가나리아다섯 채팅에 쓴 말",
}


async def test_what_was_said_without_consent_is_nowhere(
    house: House, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    logs.set_up()
    caplog.set_level(0)
    async with contextlib.AsyncExitStack() as stack:
        safety, fire, outside = await meet(house, stack)
        waiting = await house.seat(stack, "tv", "hall")
        fire.say("captions.set", room=ROOM, on=True)
        await safety.heard("captions", on=True)
        house.spoken(safety, CANARY["before"])
        safety.say("recording.set", room=ROOM, kind="transcript", on=True)
        await fire.heard("recording", kind="transcript", state="asking")
        fire.say("consent.set", room=ROOM, kind="transcript", agree=True)
        await safety.heard("recording", kind="transcript", state="on")
        house.spoken(safety, CANARY["during"])
        house.spoken(fire, CANARY["withdrawn"])
        safety.say("room.chat", room=ROOM, text=CANARY["chat"])
        await fire.heard("room.chat")
        # A bad message and an engine's failure are logged; neither with words.
        safety.say("room.chat", room=ROOM, text=CANARY["chat"] * 500)
        await safety.heard("error", code="bad-text")
        fire.say("consent.set", room=ROOM, kind="transcript", agree=False)
        await safety.heard("recording", kind="transcript", state="off")
        house.spoken(safety, CANARY["after"])
        for kind in ("caption", "room.chat"):
            assert not [m for m in (*outside.seen, *waiting.seen) if m["t"] == kind]
        safety.say("room.moderate", room=ROOM, do="end")
        await fire.heard("room.ended")
        meeting = (await safety.get("/api/v1/meetings")).json()["meetings"][0]["id"]
        record = (await safety.get(f"/api/v1/meetings/{meeting}")).text
        metrics = (await house.app.http.get("/metrics")).text
        health = (await house.app.http.get("/healthz")).text
        calls = (await house.app.http.get("/api/v1/calls")).text

    assert CANARY["during"] in record
    assert CANARY["chat"] in record
    read_live = json.dumps(fire.seen, ensure_ascii=False)
    for word in ("before", "during", "after"):  # captions are live: whoever is in and asked for them reads them
        assert CANARY[word] in read_live
    kept = all_of(tmp_path)
    out, err = capfd.readouterr()
    everywhere = {
        "files": kept.decode("utf-8", "replace"), "record": record, "metrics": metrics, "health": health,
        "calls": calls, "logs": out + err + caplog.text,
        "outside": json.dumps([outside.seen, waiting.seen], ensure_ascii=False),
        "who asked for none": json.dumps(safety.seen, ensure_ascii=False),
    }  # fmt: skip
    for word in ("before", "withdrawn", "after"):
        assert [place for place, text in everywhere.items() if CANARY[word][:5] in text] == []
    assert [place for place, text in everywhere.items() if CANARY["during"][:5] in text] == ["files", "record"]
    assert "가나리아다섯" not in everywhere["outside"] + everywhere["logs"] + everywhere["metrics"]
    assert "seoula_meeting_events_total" in metrics


async def test_a_captions_worker_that_cannot_be_had_disturbs_nobody(house: House) -> None:
    house.meetings.captioning.spec = ChildSpec("captions", ("/nonexistent/python",))
    async with contextlib.AsyncExitStack() as stack:
        safety, fire, _ = await meet(house, stack)
        fire.say("captions.set", room=ROOM, on=True)
        await safety.heard("captions", on=True)
        supervisor = house.app.service.supervisor
        await settled(lambda: "captions" in supervisor.children and supervisor.children["captions"].restarts)
        fire.say("room.chat", room=ROOM, text="그래도 회의는 계속됩니다")
        await safety.heard("room.chat")
        assert supervisor.children["captions"].state == "restarting"


def test_a_pin_of_a_room_that_is_none_is_a_wrong_setting(tmp_path: Path) -> None:
    from assistant.contracts import ConfigError
    from assistant.meetings import plans_of
    from tests.assistant.api_app import registry

    good = plans_of(registry(), Settings(state_dir=tmp_path, meetings={"pins": {"policy": "4711"}}))  # type: ignore[arg-type]
    assert [plan.id for plan in good if plan.door is not None] == ["policy"]
    for pins in ({"nowhere": "4711"}, {"policy": "12"}):
        with pytest.raises(ConfigError, match=r"meetings\.pins"):
            plans_of(registry(), Settings(state_dir=tmp_path, meetings={"pins": pins}))  # type: ignore[arg-type]
