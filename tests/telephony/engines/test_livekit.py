"""The LiveKit adapter against a server of our own that checks what the real one checks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from assistant.contracts import BadInput, NotPermitted, Unavailable
from telephony.engines.engine import Description, EngineEvent
from telephony.engines.livekit import LiveKit
from tests.telephony.engines.clients import Watch, eventually

KEY, SECRET, NOW = "APIkey", "a secret of at least thirty-two letters", 1_800_000_000.0


def opened(token: str, secret: str = SECRET, now: float = NOW) -> dict[str, Any]:
    """The claims of a token, as a server reads them; ValueError for one that it would refuse."""
    head, body, signature = (base64.urlsafe_b64decode(part + "==") for part in token.split("."))
    signed = token.rpartition(".")[0].encode()
    if not hmac.compare_digest(hmac.new(secret.encode(), signed, hashlib.sha256).digest(), signature):
        raise ValueError("signature")
    claims: dict[str, Any] = json.loads(body)
    if json.loads(head)["alg"] != "HS256" or claims["iss"] != KEY or not claims["nbf"] <= now < claims["exp"]:
        raise ValueError("claims")
    return claims


def signed(body: bytes, secret: str = SECRET, **changed: Any) -> str:
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    claims = {"iss": KEY, "exp": NOW + 60, "nbf": NOW - 5, "sha256": digest, **changed}
    text = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in ({"alg": "HS256"}, claims)
    )
    made = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"


class Server:
    """LiveKit's room service, as much of it as is asked for."""

    def __init__(self) -> None:
        self.rooms: dict[str, dict[str, Any]] = {}
        self.broken = False
        service = Route("/twirp/livekit.RoomService/{method}", self.serve, methods=["POST"])
        self.transport = httpx.ASGITransport(Starlette(routes=[service]))

    async def serve(self, request: Request) -> Response:
        if self.broken:
            return Response("no", 503)
        video = opened(request.headers["authorization"].removeprefix("Bearer "))["video"]
        body, method = await request.json(), request.path_params["method"]
        room = body.get("name") or body.get("room")
        if not (video.get("roomCreate") if method in ("CreateRoom", "DeleteRoom") else video.get("room") == room):
            return JSONResponse({"code": "permission_denied"}, 403)
        match method:
            case "CreateRoom":
                self.rooms[room] = {"most": body["max_participants"], "people": ["console:a", "display:b"]}
            case "DeleteRoom":
                del self.rooms[room]
            case "RemoveParticipant":
                if body["identity"] not in self.rooms[room]["people"]:
                    return JSONResponse({"code": "not_found"}, 404)
                self.rooms[room]["people"].remove(body["identity"])
            case "ListParticipants":
                return JSONResponse({"participants": [{"identity": one} for one in self.rooms[room]["people"]]})
        return JSONResponse({})


def adapter(server: Server) -> LiveKit:
    client = httpx.AsyncClient(transport=server.transport)
    return LiveKit("wss://meet.office", KEY, SECRET, client=client, clock=lambda: NOW)


async def test_a_room_from_its_opening_to_its_end() -> None:
    server = Server()
    engine = adapter(server)
    watch = Watch(engine)
    await engine.open_room("r", most=12)
    assert server.rooms["r"]["most"] == 12
    assert await engine.people("r") == ["console:a", "display:b"]
    await engine.leave("r", "console:a")
    await engine.leave("r", "console:a")  # gone already
    assert await engine.people("r") == ["display:b"]
    await engine.close_room("r")
    assert server.rooms == {}
    await engine.close()
    await eventually(lambda: watch.events == [EngineEvent("closed", "r", "")])
    await watch.close()


async def test_a_page_is_given_its_address_and_a_token_for_this_room_alone() -> None:
    engine = adapter(Server())
    with pytest.raises(BadInput, match="not open"):
        engine.grant("r", "console:a")
    await engine.open_room("r", most=3)
    given = engine.grant("r", "console:a", "교통 상황실")
    viewer = opened(engine.grant("r", "display:tv", publish=False)["token"])
    assert given["url"] == "wss://meet.office"
    claims = opened(given["token"])
    assert (claims["sub"], claims["name"]) == ("console:a", "교통 상황실")
    assert claims["video"] == {
        "room": "r",
        "roomJoin": True,
        "canPublish": True,
        "canSubscribe": True,
        "canPublishData": False,
    }
    assert viewer["video"]["canPublish"] is False
    with pytest.raises(ValueError, match="claims"):
        opened(given["token"], now=NOW + 601)
    with pytest.raises(ValueError, match="signature"):
        opened(given["token"], secret="another")
    await engine.close()


async def test_what_the_server_tells_becomes_events() -> None:
    engine = adapter(Server())
    watch = Watch(engine)
    await engine.open_room("r", most=3)

    def tell(event: str, room: str = "r", part: str = "console:a") -> None:
        body = json.dumps({"event": event, "room": {"name": room}, "participant": {"identity": part}}).encode()
        engine.webhook(body, signed(body))

    for event in ("track_published", "track_published", "participant_left", "participant_left", "room_started"):
        tell(event)
    tell("track_published", room="another")
    tell("room_finished")
    await eventually(lambda: len(watch.events) == 3)
    assert [(its.kind, its.part) for its in watch.events] == [
        ("published", "console:a"),
        ("unpublished", "console:a"),
        ("closed", ""),
    ]
    await engine.close()
    await watch.close()


async def test_what_somebody_else_tells_is_refused() -> None:
    engine = adapter(Server())
    await engine.open_room("r", most=3)
    body = json.dumps({"event": "room_finished", "room": {"name": "r"}}).encode()
    for token in (
        signed(body, secret="another"),
        signed(b"another body"),
        signed(body, iss="another"),
        signed(body, exp=NOW - 1),
        "nonsense",
        "",
    ):
        with pytest.raises(NotPermitted):
            engine.webhook(body, token)
    for wrong in (b"[]", b"nothing", b'{"event": "room_finished"}'):
        with pytest.raises(BadInput):
            engine.webhook(wrong, signed(wrong))
    engine.grant("r", "console:a")
    await engine.close()


async def test_a_server_that_is_down_is_named() -> None:
    server = Server()
    engine = adapter(server)
    await engine.open_room("r", most=3)
    server.broken = True
    with pytest.raises(Unavailable) as down:
        await engine.open_room("s", most=3)
    assert down.value.code == "livekit-unavailable"
    with pytest.raises(BadInput, match="speaks with LiveKit itself"):
        await engine.publish("r", "console:a", Description("offer", "v=0"))
    await engine.close()
