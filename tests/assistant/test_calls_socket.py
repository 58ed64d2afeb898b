"""Calls over real WebSockets through the whole application: two consoles, a wall, a tablet, a watch, a kiosk."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import AsyncIterator
from typing import Any

from tests.assistant.api_app import REMOTE, Application, Socket
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
        assert (await wall.get("call.ringing"))["n"] == 1
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
        wall.say("call.hangup", call=call)
        for one in (wall, console):
            assert (await one.get("call.ended"))["reason"] == "hangup"
    rows = await log(api)
    assert [(r["id"], r["reason"], r["answered_by"], r["missed_by"]) for r in rows] == [
        (call, "hangup", "console:fire-1", [])
    ]
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
    rows = {row["id"]: row for row in await log(api)}
    assert (rows["call-0001"]["missed_by"], rows["call-0002"]["missed_by"]) == ([], ["console:fire-1"])
    assert [row["id"] for row in await log(api, missed=True)] == ["call-0002"]
