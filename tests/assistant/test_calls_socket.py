"""Calls over real WebSockets through the whole application: two consoles, a wall, a tablet, a watch, a kiosk."""

from __future__ import annotations

import contextlib
import json
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.contracts import ConfigError
from content_registry.loader import load_registry
from telephony.effects import CallRecord
from telephony.hub import REVOKED_EVERY_S, TICK_S
from telephony.journal import CallLog
from tests.assistant.api_app import LOCAL, REMOTE, Application, Socket, running, settled
from tests.assistant.test_api_documents import check

OFFER = {"type": "offer", "sdp": "v=0 offer"}
ANSWER = {"type": "answer", "sdp": "v=0 answer"}


class Phone:
    """A call client: what it was sent, and words to wait for."""

    def __init__(self, socket: Socket) -> None:
        self.socket = socket
        self.seen: list[dict[str, Any]] = []
        self.welcome: dict[str, Any] = {}

    async def hello(self, **more: Any) -> dict[str, Any]:
        self.socket.send({"t": "hello", "v": 1, "caps": {"audio": True, "video": True}, **more})
        self.welcome = await self.get("welcome")
        return self.welcome

    def say(self, t: str, **body: Any) -> None:
        self.socket.send({"t": t, **body})

    async def get(self, t: str, **wanted: Any) -> dict[str, Any]:
        """The next message of this name with these values; what came before it is kept in `seen`."""
        while True:
            message = await self.socket.receive()
            assert message is not None, f"closed before {t}: {self.socket.closed}; {self.seen}"
            self.seen.append(message)
            check("calls", "exchangeSays", message, "t")
            if message["t"] == t and all(message.get(k) == v for k, v in wanted.items()):
                return dict(message)


def token_of(api: Application, role: str, display: str, department: str = "") -> str:
    return api.service.screens._pairing.issue(role=role, display=display, department=department, name=display)[0]


@contextlib.asynccontextmanager
async def phone(
    api: Application, role: str, display: str, department: str = "", *, token: str = "", hello: bool = True
) -> AsyncIterator[Phone]:
    given = token or token_of(api, role, display, department)
    async with api.socket("/ws/v1/calls", subprotocols=("seoula", f"token.{given}"), client=REMOTE) as socket:
        assert socket.accepted is not None, socket.closed
        made = Phone(socket)
        if hello:
            await made.hello()
        yield made


async def turned_away(socket: Socket, code: str) -> None:
    """A page is told why before the socket is closed: a handshake that is refused would tell it nothing."""
    told = await socket.receive()
    assert (told["t"], told["code"]) == ("error", code)
    assert told["message"]
    assert await socket.end() == (1008, code)


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


async def log(api: Application, **query: Any) -> list[dict[str, Any]]:
    answer = await api.http.get("/api/v1/calls", params=query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["calls"])


async def test_a_call_from_invitation_to_hang_up(api: Application) -> None:
    async with phone(api, "wall", "main") as wall, phone(api, "console", "fire-1", "fire") as console:
        assert wall.welcome["me"]["party"] == "display:main"
        assert console.welcome["me"] == {
            "party": "console:fire-1", "name": "fire-1", "department": "fire", "role": "console", "status": "available",
        }  # fmt: skip
        fire = next(d for d in console.welcome["departments"] if d["subject"] == "dept:fire")
        assert (fire["status"], fire["consoles"], fire["open"]) == ("available", 1, True)
        call = str(uuid.uuid4())
        wall.say("call.invite", id="1", call=call, to="dept:fire", media="video")
        incoming = await console.get("call.incoming")
        assert (incoming["call"], incoming["from"]["party"], incoming["media"]) == (call, "display:main", "video")
        assert 0 < incoming["expires_in_ms"] <= 30_000
        ringing = await wall.get("call.ringing")
        assert (ringing["n"], ringing["re"]) == (1, "1")
        console.say("call.accept", id="2", call=call)
        mine, theirs = await console.get("call.accepted"), await wall.get("call.accepted")
        assert (mine["re"], mine["polite"], theirs["polite"], mine["mode"]) == ("2", True, False, "p2p")
        wall.say("rtc.desc", call=call, pc="p2p", desc=OFFER, streams={"s1": "camera"})
        got = await console.get("rtc.desc")
        assert (got["desc"], got["streams"], got["from"]) == (OFFER, {"s1": "camera"}, "display:main")
        console.say("rtc.desc", call=call, pc="p2p", desc=ANSWER)
        assert (await wall.get("rtc.desc"))["desc"] == ANSWER
        console.say("rtc.ice", call=call, pc="p2p", cand={"candidate": "candidate:1", "sdpMLineIndex": 0})
        assert (await wall.get("rtc.ice"))["cand"]["candidate"] == "candidate:1"
        console.say("rtc.ice", call=call, pc="p2p", cand=None)
        assert (await wall.get("rtc.ice"))["cand"] is None
        wall.say("call.hold", id="3", call=call, on=True)
        assert (await wall.get("peer.state"))["re"] == "3"
        wall.say("call.hangup", id="4", call=call)
        for one, re in ((wall, "4"), (console, None)):
            ended = await one.get("call.ended")
            assert (ended["reason"], ended.get("re")) == ("hangup", re)
    rows = await log(api)
    assert [(r["id"], r["reason"], r["answered_by"], r["missed_by"]) for r in rows] == [
        (call, "hangup", "console:fire-1", [])
    ]
    assert (rows[0]["caller_department"], rows[0]["department"]) == ("", "fire")
    assert rows[0]["duration_s"] is not None


async def test_rejected_and_cancelled(api: Application) -> None:
    async with phone(api, "wall", "main") as wall, phone(api, "console", "fire-1", "fire") as console:
        wall.say("call.invite", call="call-0001", to="dept:fire", media="audio")
        await console.get("call.incoming")
        console.say("call.reject", call="call-0001")
        assert (await wall.get("call.ended", call="call-0001"))["reason"] == "rejected"
        wall.say("call.invite", call="call-0002", to="dept:fire", media="audio")
        await console.get("call.incoming", call="call-0002")
        wall.say("call.cancel", call="call-0002")
        ended = await console.get("call.ended", call="call-0002")
        assert (ended["reason"], ended["missed"]) == ("cancelled", True)
        metrics = (await api.http.get("/metrics")).text
        for line in ('seoula_calls_total{reason="rejected"} 1.0', 'seoula_calls_total{reason="cancelled"} 1.0',
                     "seoula_call_clients 2.0"):  # fmt: skip
            assert line in metrics
    rows = {row["id"]: row for row in await log(api)}
    assert (rows["call-0001"]["missed_by"], rows["call-0002"]["missed_by"]) == ([], ["console:fire-1"])
    assert [row["id"] for row in await log(api, missed=True)] == ["call-0002"]


# ------------------------------------------------------------------------------------------------ who may be here


@pytest.mark.parametrize("role", ["kiosk", "web"])
async def test_citizens_have_no_calls(api: Application, role: str) -> None:
    token = token_of(api, role, "lobby")
    async with api.socket("/ws/v1/calls", subprotocols=("seoula", f"token.{token}"), client=REMOTE) as socket:
        await turned_away(socket, "not-for-this-role")
    async with api.client(REMOTE, authorization=f"Bearer {token}") as citizen:
        assert (await citizen.get("/api/v1/calls")).status_code == 403
        assert (await citizen.post("/api/v1/calls/links", json={"room": "event:EQ-1"})).status_code == 403
    async with api.socket("/ws/v1/calls", query=f"role={role}&display=lobby") as socket:
        await turned_away(socket, "token-needed")


@pytest.mark.parametrize(
    ("headers", "client", "query", "reason"),
    [
        ({}, REMOTE, "", "token-needed"),
        ({}, REMOTE, "role=wall&display=main", "token-needed"),
        ({"authorization": "Bearer nonsense"}, REMOTE, "", "bad-token"),
        ({"origin": "https://elsewhere.example"}, LOCAL, "role=wall&display=main", "bad-origin"),
        ({}, LOCAL, "role=console&display=fire-1", "token-needed"),
        ({}, LOCAL, "role=wall&display=../x", "token-needed"),
        ({"x-forwarded-for": "1.2.3.4"}, LOCAL, "role=wall&display=main", "token-needed"),
    ],
)
async def test_strangers_are_not_let_in(
    api: Application, headers: dict[str, str], client: tuple[str, int], query: str, reason: str
) -> None:
    async with api.socket("/ws/v1/calls", headers=headers, client=client, query=query) as socket:
        if not query:
            socket.send({"t": "hello", "v": 1})
        await turned_away(socket, reason)


async def test_a_token_may_stand_in_hello(api: Application) -> None:
    token = token_of(api, "console", "fire-1", "fire")
    async with api.socket("/ws/v1/calls", client=REMOTE) as socket:
        console = Phone(socket)
        assert (await console.hello(token=token))["me"]["party"] == "console:fire-1"
    for wrong, reason in (("nonsense", "bad-token"), (token_of(api, "web", "citizen"), "not-for-this-role")):
        async with api.socket("/ws/v1/calls", client=REMOTE) as socket:
            socket.send({"t": "hello", "v": 1, "token": wrong})
            await turned_away(socket, reason)


async def test_this_machines_own_wall_needs_no_token(api: Application) -> None:
    async with api.socket("/ws/v1/calls", query="role=wall&display=main") as socket:
        wall = Phone(socket)
        assert (await wall.hello())["me"]["party"] == "display:main"


async def test_a_console_is_no_screen_and_no_operator(api: Application) -> None:
    token = token_of(api, "console", "main", "fire")
    async with api.client(REMOTE, authorization=f"Bearer {token}") as console:
        command = await console.post("/api/v1/displays/main/commands", json={"op": "home"})
        assert (command.status_code, command.json()["code"]) == (403, "other-display")
        assert (await console.get("/api/v1/runs")).status_code in (401, 403)
        assert (await console.get("/api/v1/calls")).status_code == 200
    async with api.socket("/ws/v1/displays/main", client=REMOTE) as socket:
        socket.send({"t": "hello", "proto": 2, "role": "wall", "token": token})
        assert (await socket.end())[0] == 1008


async def test_a_revoked_token_is_cut_off_within_a_second_and_its_call_ends(api: Application) -> None:
    pairing = api.service.screens._pairing
    token, device = pairing.issue(role="console", display="fire-1", department="fire")
    async with phone(api, "wall", "main") as wall, phone(api, "console", "fire-1", token=token) as console:
        wall.say("call.invite", call="call-0001", to="dept:fire", media="video")
        await console.get("call.incoming")
        console.say("call.accept", call="call-0001")
        await wall.get("call.accepted")
        pairing.revoke(device.id)
        assert (await wall.get("call.ended"))["reason"] == "connection_lost"
        assert await console.socket.end() == (1008, "revoked")
    assert REVOKED_EVERY_S + TICK_S < 1, "how long it takes here says more of the machine"
    async with api.socket("/ws/v1/calls", headers={"authorization": f"Bearer {token}"}, client=REMOTE) as socket:
        await turned_away(socket, "bad-token")


async def test_each_sees_its_own_calls_in_the_log(api: Application) -> None:
    fire, climate = token_of(api, "console", "fire-1", "fire"), token_of(api, "console", "climate-1", "climate")
    async with phone(api, "wall", "main") as wall:
        wall.say("call.invite", call="call-0001", to="dept:fire", media="video", id="1")
        assert (await wall.get("call.ended"))["reason"] == "offline"
        wall.say("call.invite", call="call-0002", to="dept:climate", media="video")
        await wall.get("call.ended", call="call-0002")
    for token, wanted in ((fire, ["call-0001"]), (climate, ["call-0002"])):
        async with api.client(REMOTE, authorization=f"Bearer {token}") as client:
            for query in ({}, {"missed": "true"}):
                rows = (await client.get("/api/v1/calls", params=query)).json()["calls"]
                assert [row["id"] for row in rows] == wanted
    rows = await log(api)
    assert [row["id"] for row in rows] == ["call-0002", "call-0001"]
    assert [r["id"] for r in await log(api, before=rows[0]["started_at"])] == ["call-0001"]
    async with api.client(REMOTE) as stranger:
        assert (await stranger.get("/api/v1/calls")).status_code == 401
    assert (await api.http.get("/api/v1/calls", params={"limit": 0})).status_code == 422


# ---------------------------------------------------------------------------------------------- bad and too much


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", "bad-json"), ("[]", "bad-json"), ('{"t": "nope"}', "unknown-message"), ("{}", "unknown-message"),
        ('{"t": "call.accept"}', "bad-message"), ('{"t": "hello", "v": 1}', "already-here"),
        ('{"t": "rtc.desc", "desc": {"type": "offer", "sdp": "x"}}', "bad-message"),
        ('{"t": "call.accept", "call": "call-0001", "more": 1}', "bad-message"),
        (json.dumps({"t": "room.chat", "text": "x" * 70_000}), "too-large"),
        ("[" * 5000, "bad-json"),
        (b'{"t": "presence"}', "bad-json"), ('{"t": ["x"]}', "unknown-message"),
        ('{"t": "\\ud800"}', "unknown-message"),
    ],
)  # fmt: skip
async def test_what_cannot_be_used_is_an_error_and_the_connection_stays(
    api: Application, frame: str | bytes, code: str
) -> None:
    async with phone(api, "wall", "main") as wall:
        wall.socket.send(frame)
        assert (await wall.get("error"))["code"] == code
        wall.say("presence", status="away")
        wall.say("call.accept", id="9", call="call-0001")
        assert (await wall.get("error"))["re"] == "9"


async def test_the_first_message_is_hello(api: Application) -> None:
    for frame, code in (({"t": "presence", "status": "away"}, "hello-first"), ({"t": "hello", "v": 2}, "bad-message")):
        async with phone(api, "wall", "main", hello=False) as wall:
            wall.say(frame.pop("t"), **frame)
            assert (await wall.get("error"))["code"] == code
            assert await wall.socket.end() == (1008, code)


async def test_a_description_that_is_too_long_reaches_nobody(api: Application) -> None:
    async with phone(api, "wall", "main") as wall, phone(api, "console", "fire-1", "fire") as console:
        wall.say("call.invite", call="call-0001", to="dept:fire")
        await console.get("call.incoming")
        console.say("call.accept", call="call-0001")
        await wall.get("call.accepted")
        wall.say("rtc.desc", id="1", call="call-0001", desc={"type": "offer", "sdp": "x" * 50_000})
        error = await wall.get("error")
        assert (error["code"], error["re"], "xxx" in error["message"]) == ("bad-message", "1", False)
        wall.say("rtc.desc", call="call-0001", desc=OFFER)
        assert (await console.get("rtc.desc"))["desc"] == OFFER


async def test_a_flood_of_invitations_rings_a_few_times_and_a_flood_of_messages_is_cut_off(api: Application) -> None:
    async with phone(api, "wall", "main") as wall, phone(api, "console", "fire-1", "fire") as console:
        for n in range(60):
            wall.say("call.invite", id=str(n), call=f"flood-{n:04}", to="dept:fire")
            wall.say("call.cancel", call=f"flood-{n:04}")
        await wall.get("error", re="59")
        assert len([m for m in wall.seen if m.get("code") == "rate-limited"]) == 57
        await console.get("call.ended", call="flood-0002")
        for _ in range(3000):
            wall.say("presence", status="away")
        assert await wall.socket.end() == (1008, "too-many-messages")
        console.say("presence", status="away")
        await console.get("presence", subject="dept:fire", status="away")
    assert len(await log(api, limit=200)) == 3


# ------------------------------------------------------------------------------------- sockets, restarts, scenes


async def test_a_socket_that_is_lost_comes_back_into_its_call(api: Application) -> None:
    token = token_of(api, "console", "fire-1", "fire")
    async with phone(api, "wall", "main") as wall:
        async with phone(api, "console", "fire-1", token=token) as console:
            wall.say("call.invite", call="call-0001", to="dept:fire")
            await console.get("call.incoming")
            console.say("call.accept", call="call-0001")
            await wall.get("call.accepted")
        assert (await wall.get("peer.state"))["link"] == "lost"
        async with phone(api, "console", "fire-1", token=token, hello=False) as again:
            welcome = await again.hello(resume=console.welcome["sid"])
            assert welcome["resumed"] is True
            assert [(c["call"], c["mine"], c["polite"]) for c in welcome["calls"]] == [("call-0001", True, True)]
            assert (await wall.get("peer.state"))["link"] == "back"
            wall.say("rtc.desc", call="call-0001", desc=OFFER)
            assert (await again.get("rtc.desc"))["desc"] == OFFER


async def test_another_party_cannot_resume_it(api: Application) -> None:
    async with phone(api, "console", "fire-1", "fire") as console, phone(api, "wall", "main", hello=False) as thief:
        assert (await thief.hello(resume=console.welcome["sid"]))["resumed"] is False
        assert thief.welcome["me"]["party"] == "display:main"


async def test_after_a_restart_no_call_is_left_and_its_row_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path, monkeypatch) as api:
        token = token_of(api, "wall", "main")
        async with phone(api, "wall", "main", token=token) as wall, phone(api, "console", "fire-1", "fire") as console:
            wall.say("call.invite", call="call-0001", to="dept:fire")
            await console.get("call.incoming")
            await api.service.calls.hub.stop()
            assert (await wall.get("call.ended"))["reason"] == "error"
            assert (await console.get("call.ended"))["reason"] == "error"
    store = CallLog(f"sqlite:///{tmp_path / 'db' / 'calls.sqlite'}")
    row = store.latest()[0]
    assert (row["id"], row["reason"]) == ("call-0001", "error")
    killed = CallRecord("call-0002", 0.0, "display:main", "main", "dept:fire", "fire", "video")
    begun = round(time.time()) - 60.0
    store.save(killed, begun, None)
    store.close()
    async with running(tmp_path, monkeypatch) as api:
        rows = {row["id"]: row for row in await log(api)}
        assert (rows["call-0002"]["reason"], rows["call-0002"]["ended_at"]) == ("error", begun)
        async with phone(api, "wall", "main", token=token, hello=False) as wall:
            welcome = await wall.hello(resume="gone-with-the-service")
            assert (welcome["resumed"], welcome["calls"]) == (False, [])


async def test_an_on_site_link_opens_one_room_once(api: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await api.http.post("/api/v1/calls/links", json={"room": "event:EQ-1", "name": "현장 1"})
    assert made.status_code == 200
    body = made.json()
    assert body["url"] == f"http://127.0.0.1:8700/scene#token={body['token']}"
    assert body["qr_svg"].startswith("<svg")
    async with phone(api, "", "", token=body["token"]) as guest:
        assert guest.welcome["me"] == {
            "party": f"guest:{body['id']}", "name": "현장 1", "department": "", "role": "guest", "status": "available",
        }  # fmt: skip
        assert (guest.welcome["room"], guest.welcome["calls"], guest.welcome["departments"]) == ("event:EQ-1", [], [])
        guest.say("call.invite", call="call-0001", to="dept:fire")
        assert (await guest.get("error"))["code"] == "not-for-this-role"
        async with phone(api, "", "", token=body["token"], hello=False) as second:
            second.say("hello", v=1)
            assert (await second.get("error"))["code"] == "link-used"
            assert await second.socket.end() == (1008, "link-used")
        gone = await api.http.delete(f"/api/v1/calls/links/{body['id']}")
        assert gone.status_code == 200
        assert await guest.socket.end() == (1008, "revoked")
    async with api.socket("/ws/v1/calls", subprotocols=("seoula", f"token.{body['token']}"), client=REMOTE) as socket:
        await turned_away(socket, "bad-token")
    links = api.service.calls.links
    with monkeypatch.context() as patch:
        patch.setattr(links, "_now", lambda: time.time() - 3600)
        old, _ = links.issue("event:EQ-1")
    async with api.socket("/ws/v1/calls", subprotocols=("seoula", f"token.{old}"), client=REMOTE) as socket:
        await turned_away(socket, "link-expired")
    async with api.client(REMOTE, authorization=f"Bearer {body['token']}") as client:
        assert (await client.get("/api/v1/calls")).status_code == 401


# --------------------------------------------------------------------------------- voice, touch and the screens


async def test_a_typed_wish_can_be_taken_back_and_a_tap_rings_at_once(api: Application) -> None:
    async with (
        api.screen(token=api.token("wall")) as screen,
        phone(api, "wall", "main") as wall,
        phone(api, "tv", "main") as tv,
        phone(api, "console", "fire-1", "fire") as console,
    ):
        said = await api.http.post("/api/v1/utterances", json={"text": "소방재난본부 영상전화 연결해줘"})
        assert (said.json()["outcome"]["code"], "취소" in said.json()["outcome"]["text_ko"]) == ("calling", True)
        announced = await wall.get("call.announced")
        assert (announced["department"], announced["media"], announced["cancels_in_ms"]) == ("fire", "video", 3000)
        assert (await tv.get("call.announced"))["call"] == announced["call"]
        back = await api.http.post("/api/v1/utterances", json={"text": "취소"})
        assert back.json()["outcome"]["reason"] == "call-cancelled"
        ended = await wall.get("call.ended")
        assert (ended["call"], ended["reason"]) == (announced["call"], "cancelled")
        assert not [m for m in console.seen if m["t"] == "call.incoming"]
        await screen.command("c1", "call", media="voice", department="fire")
        placing = await wall.get("call.placing")
        assert placing["media"] == "audio"
        assert (await console.get("call.incoming"))["call"] == placing["call"]
        assert (await tv.get("call.ringing"))["n"] == 1
        console.say("call.accept", call=placing["call"])
        assert (await wall.get("call.accepted"))["watch"] is False
        assert (await tv.get("call.accepted"))["watch"] is True
    rows = await log(api)
    assert [(r["reason"], r["missed_by"]) for r in rows][1] == ("cancelled", [])


async def test_a_call_is_answered_held_and_ended_by_words(api: Application) -> None:
    async def say(text: str) -> tuple[str, str]:
        outcome = (await api.http.post("/api/v1/utterances", json={"text": text})).json()["outcome"]
        return outcome["code"], outcome["reason"]

    async with (
        api.screen(token=api.token("wall")),
        phone(api, "wall", "main") as wall,
        phone(api, "console", "fire-1", "fire") as console,
    ):
        assert await say("통화 끊어줘") == ("not_understood", "no-call")
        call = str(uuid.uuid4())
        console.say("call.invite", call=call, to="display:main", media="video")
        await wall.get("call.incoming")
        assert await say("받아") == ("calling", "call-answered")
        assert (await wall.get("call.accepted"))["watch"] is False
        await console.get("call.accepted")
        assert await say("통화 보류해줘") == ("answered", "call-held")
        assert (await console.get("peer.state"))["held"] is True
        assert await say("그만") == ("cancelled", "stopped"), "that hangs nobody up"
        assert await say("통화 끊어줘") == ("cancelled", "call-ended")
        assert (await console.get("call.ended"))["reason"] == "hangup"


async def test_a_wish_without_anybody_there_says_so(api: Application) -> None:
    async with api.screen(token=api.token("wall")):
        nobody = await api.http.post("/api/v1/utterances", json={"text": "소방재난본부 전화 연결해줘"})
        assert nobody.json()["outcome"]["reason"] == "no-call-client"
        async with phone(api, "wall", "main"):
            offline = await api.http.post("/api/v1/utterances", json={"text": "소방재난본부 전화 연결해줘"})
            assert offline.json()["outcome"]["reason"] == "call-offline"
    assert [row["missed_by"] for row in await log(api)] == [["dept:fire"]]


async def test_a_disaster_on_the_screen_is_what_the_call_is_about(api: Application) -> None:
    async with (
        api.screen(token=api.token("wall")) as screen,
        phone(api, "wall", "main") as wall,
        phone(api, "console", "fire-1", "fire") as console,
        phone(api, "console", "safety-1", "safety") as safety,
    ):
        safety.say("call.invite", call="call-0001", to="dept:fire")
        await console.get("call.incoming")
        console.say("call.accept", call="call-0001")
        await safety.get("call.accepted")
        drill = await api.http.post("/api/v1/incidents/drill", json={"scenario": "fire"})
        assert drill.status_code == 200
        await settled(lambda: api.service.screens.showing("main").incident)
        await screen.command("c1", "call", media="voice", department="fire")
        incoming = await console.get("call.incoming", urgent=True)
        incident = api.service.screens.showing("main").incident
        assert (incoming["about"]["kind"], incoming["about"]["id"], incoming["waiting"]) == ("event", incident, True)
        console.say("call.accept", call=incoming["call"])
        assert (await safety.get("peer.state"))["held"] is True
        assert (await wall.get("call.accepted"))["by"]["party"] == "console:fire-1"


async def test_what_a_client_calls_about_is_told_in_our_words_and_private_things_to_nobody(api: Application) -> None:
    panels = api.service.registry.panels
    private = next(p.id for p in panels.values() if p.visibility.value == "private")
    async with phone(api, "wall", "main") as wall, phone(api, "console", "fire-1", "fire") as console:
        for n, (about, told) in enumerate(
            (
                ({"kind": "panel", "id": private, "title": panels[private].name_ko}, None),
                ({"kind": "event", "id": "made-up", "title": "x"}, None),
                ({"kind": "project", "id": "fine-dust-pm10", "title": "x"},
                 {"kind": "panel", "id": "fine-dust-pm10", "title": panels["fine-dust-pm10"].name_ko}),
            )
        ):  # fmt: skip
            wall.say("call.invite", call=f"about-{n:03}", to="dept:fire", about=about)
            incoming = await console.get("call.incoming")
            assert (incoming.get("about"), incoming["urgent"]) == (told, False)
            console.say("call.accept", call=incoming["call"])
            await wall.get("call.accepted")
            wall.say("call.hangup", call=incoming["call"])
            await wall.get("call.ended")
    assert [row["about"] for row in await log(api)][1:] == [None, None]


async def test_a_changed_registry_is_taken_into_use_while_calls_go_on(api: Application) -> None:
    changed = load_registry()
    renamed = replace(changed.departments["fire"], name_ko_current="소방본부", hours="sat-sun 00:00-24:00")
    async with phone(api, "wall", "main") as wall, phone(api, "console", "fire-1", "fire") as console:
        wall.say("call.invite", call="call-0001", to="dept:fire")
        await console.get("call.incoming")
        await api.service.use_registry(replace(changed, departments={"fire": renamed}))
        console.say("call.accept", call="call-0001")
        await wall.get("call.accepted")
        async with phone(api, "tv", "main") as tv:
            assert [(d["subject"], d["name_ko"]) for d in tv.welcome["departments"]] == [("dept:fire", "소방본부")]


@pytest.mark.parametrize("calls", [{"phones": {"nope": "1"}}, {"fallback": "nope"}, {"phones": {"fire": "x y"}}])
async def test_settings_that_name_nobody_are_refused_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: dict[str, Any]
) -> None:
    with pytest.raises(ConfigError, match=f"calls.{next(iter(calls))}"):
        async with running(tmp_path, monkeypatch, calls=calls):
            pass


async def test_switched_off_there_are_no_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(tmp_path, monkeypatch, calls={"enabled": False}) as api:
        async with api.socket("/ws/v1/calls", query="role=wall&display=main") as socket:
            await turned_away(socket, "calls-off")
        answer = await api.http.post("/api/v1/calls/links", json={"room": "daily"})
        assert (answer.status_code, answer.json()["code"]) == (503, "calls-off")


async def test_turn_credentials_come_with_the_welcome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    turn = {"turn_urls": ["turn:turn.office:3478"], "turn_secret": "s3cret", "turn_ttl_s": 600}
    async with running(tmp_path, monkeypatch, calls=turn) as api, phone(api, "wall", "main") as wall:
        server = wall.welcome["ice_servers"][0]
        expiry, _, who = server["username"].partition(":")
        assert (server["urls"], who) == (["turn:turn.office:3478"], wall.welcome["client"])
        assert 590 <= int(expiry) - time.time() <= 601
        assert "s3cret" not in json.dumps(wall.welcome)


async def test_descriptions_and_candidates_are_in_no_log_and_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    canary = "candidate:203.0.113.77"
    caplog.set_level("DEBUG")
    async with running(tmp_path, monkeypatch) as api:
        async with phone(api, "wall", "main") as wall, phone(api, "console", "fire-1", "fire") as console:
            wall.say("call.invite", call="call-0001", to="dept:fire")
            await console.get("call.incoming")
            wall.say("rtc.desc", id="1", call="call-0001", desc={"type": "offer", "sdp": canary})
            wall.say("rtc.desc", id="2", call="call-0001", desc={"type": canary, "sdp": canary})
            wall.say("rtc.ice", id="3", call="call-0001", cand={"candidate": canary}, pc=canary)
            for n in ("1", "2", "3"):
                assert canary not in str(await wall.get("error", re=n))
            console.say("call.accept", call="call-0001")
            await wall.get("call.accepted")
            wall.say("rtc.desc", call="call-0001", desc={"type": "offer", "sdp": canary})
            assert canary in str(await console.get("rtc.desc"))
            wall.say("rtc.ice", call="call-0001", cand={"candidate": canary})
            assert canary in str(await console.get("rtc.ice"))
        await api.service.calls.journal.written()
    out, err = capfd.readouterr()
    assert canary not in out + err + caplog.text
    files = contents(tmp_path)
    assert "calls.sqlite" in files
    assert not [name for name, content in files.items() if canary.encode() in content]
