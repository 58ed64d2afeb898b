"""A LiveKit server of our own for tests: its room service (Twirp), its signalling WebSocket, and media handed on.

It refuses what the real one refuses: tokens of another secret, that are over, of another room, or that do not grant
what is asked. Media goes by connections of the embedded engine, one that a page sends by and one that it receives by.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import itertools
import json
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from aiortc import RTCRtpReceiver
from aiortc.mediastreams import MediaStreamTrack
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from telephony.engines import offers
from telephony.engines.embedded.connection import Connection, Limits
from telephony.engines.embedded.forward import FeedTrack, Source, send_feed, take_over
from telephony.engines.engine import Description
from tests.livekit_wire import Message, packed, read

KEY, SECRET = "APIkey", "a secret of at least thirty-two letters"
SOURCES = ("unknown", "camera", "microphone", "screen_share", "screen_share_audio")
ACTIVE, DISCONNECTED = 2, 3
DUPLICATE, REMOVED, DELETED, SHUTDOWN = 2, 4, 5, 3
PUBLISHER, SUBSCRIBER = 0, 1
LOUD_DB, QUIET_PACKETS = -60.0, 50


def opened(token: str, now: float, secret: str = SECRET) -> dict[str, Any]:
    """The claims of a token, as a server reads them; ValueError for one that it would refuse."""
    head, body, signature = (base64.urlsafe_b64decode(part + "==") for part in token.split("."))
    signed = token.rpartition(".")[0].encode()
    if not hmac.compare_digest(hmac.new(secret.encode(), signed, hashlib.sha256).digest(), signature):
        raise ValueError("signature")
    claims: dict[str, Any] = json.loads(body)
    if json.loads(head)["alg"] != "HS256" or claims["iss"] != KEY or not claims["nbf"] <= now < claims["exp"]:
        raise ValueError("claims")
    return claims


@dataclass(eq=False)
class Sent:
    """A track that somebody sends. cid: its name in his browser."""

    info: Message
    cid: str
    source: Source | None = None
    """What hands it on, once media is negotiated."""
    receiver: RTCRtpReceiver | None = None


@dataclass(eq=False)
class Person:
    """Somebody in a room. socket: None for one that a test puts there."""

    identity: str
    name: str
    sid: str
    sources: list[str]
    """What he may send."""
    socket: WebSocket | None = None
    tracks: dict[str, Sent] = field(default_factory=dict)
    sends: Connection | None = None
    receives: Connection | None = None
    given: set[str] = field(default_factory=set)
    feeds: list[FeedTrack] = field(default_factory=list)
    offered: int = 0
    quiet: int = QUIET_PACKETS
    last: asyncio.Task[None] | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    """No offer waits for its answer."""
    stands: asyncio.Event = field(default_factory=asyncio.Event)
    """The connection by which he receives is made: aiortc cannot bear another offer before."""

    def info(self, state: int = ACTIVE) -> Message:
        numbers = [SOURCES.index(source) for source in self.sources]
        permission = {"can_subscribe": 1, "can_publish": bool(numbers), "can_publish_sources": numbers}
        tracks = [sent.info for sent in self.tracks.values()]
        about = {"sid": self.sid, "identity": self.identity, "name": self.name, "state": state}
        return {**about, "tracks": tracks, "permission": permission}


class LiveKitServer:
    """asked: the room service's methods in order, with their bodies. refused: why somebody was not let in."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.rooms: dict[str, dict[str, Person]] = {}
        self.most: dict[str, int] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.joined: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.broken = False
        self.clock = clock
        self.url = ""
        self._numbers = itertools.count(1)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.app = Starlette(
            routes=[
                Route("/twirp/livekit.RoomService/{method}", self.serve, methods=["POST"]),
                Route("/rtc/validate", self.validate),
                WebSocketRoute("/rtc", self.signal),
            ]
        )

    # -- the room service ------------------------------------------------------------------------------------

    async def serve(self, request: Request) -> Response:
        if self.broken:
            return Response("no", 503)
        try:
            video = opened(request.headers["authorization"].removeprefix("Bearer "), self.clock())["video"]
        except ValueError:
            return JSONResponse({"code": "unauthenticated"}, 401)
        body, method = await request.json(), request.path_params["method"]
        room = body.get("name") or body.get("room")
        needs = {"CreateRoom": "roomCreate", "DeleteRoom": "roomCreate", "ListRooms": "roomList"}.get(method)
        if not (video.get(needs) if needs else video.get("roomAdmin") and video.get("room") == room):
            return JSONResponse({"code": "permission_denied"}, 403)
        self.asked.append((method, body))
        if method == "ListRooms":
            return JSONResponse({"rooms": [{"name": name} for name in self.rooms]})
        if method == "CreateRoom":
            self.rooms.setdefault(room, {})
            self.most[room] = body["max_participants"]
            return JSONResponse({"name": room})
        people = self.rooms.get(room)
        person = None if people is None else people.get(body.get("identity", ""))
        if people is None or ("identity" in body and person is None):
            return JSONResponse({"code": "not_found"}, 404)
        match method:
            case "DeleteRoom":
                for one in list(people.values()):
                    await self._out(room, one, DELETED)
                del self.rooms[room]
            case "ListParticipants":
                return JSONResponse({"participants": [_json(one) for one in people.values()]})
            case "RemoveParticipant" if person is not None:
                await self._out(room, person, REMOVED)
            case "UpdateParticipant" if person is not None:
                person.sources = [name.lower() for name in body["permission"].get("can_publish_sources", [])]
                for sent in list(person.tracks.values()):
                    if SOURCES[sent.info["source"]] not in person.sources:
                        await self._say(person, {"track_unpublished": {"track_sid": sent.info["sid"]}})
                        self._unpublish(person, sent)
                await self._tell(room, {"update": {"participants": [person.info()]}})
        return JSONResponse({})

    # -- signalling ------------------------------------------------------------------------------------------

    async def validate(self, request: Request) -> Response:
        why = self._why_not(request.query_params.get("access_token", ""))
        return PlainTextResponse(why or "success", 401 if why else 200)

    def _why_not(self, token: str) -> str:
        """Why a token does not let one in; "" where it does."""
        try:
            claims = opened(token, self.clock())
        except ValueError as error:
            return str(error)
        video = claims["video"]
        if not video.get("roomJoin") or video.get("room") not in self.rooms:
            return "no such room"
        if len(self.rooms[video["room"]].keys() - {claims["sub"]}) >= self.most[video["room"]]:
            return "full"
        return ""

    async def signal(self, socket: WebSocket) -> None:
        token = socket.query_params.get("access_token", "")
        why = "broken" if self.broken else self._why_not(token)
        if why:
            self.refused.append(why)
            await socket.close()
            return
        await socket.accept()
        claims = opened(token, self.clock())
        self.joined.append(claims)
        video, room = claims["video"], claims["video"]["room"]
        people = self.rooms[room]
        if (old := people.get(claims["sub"])) is not None:
            await self._out(room, old, DUPLICATE)
        sources = video.get("canPublishSources", list(SOURCES[1:])) if video.get("canPublish") else []
        person = Person(claims["sub"], claims["name"], f"PA_{next(self._numbers)}", sources, socket)
        others = [one.info() for one in people.values()]
        people[person.identity] = person
        person.receives = Connection(Limits(), (), lambda how: person.stands.set())
        person.receives.pc.createDataChannel("_reliable")
        about = {"version": "1.9.0", "protocol": 15}
        join = {
            "room": {"sid": f"RM_{room}", "name": room}, "participant": person.info(), "other_participants": others,
            "server_version": "1.9.0", "subscriber_primary": 1, "ping_timeout": 60, "ping_interval": 20,
            "server_info": about,
        }  # fmt: skip
        await self._say(person, {"join": join})
        await self._tell(room, {"update": {"participants": [person.info()]}}, but=person)
        self._offer(room, person)  # only the data channel, so that the connection is made; then what others send
        self._offer(room, person)
        await self._say(person, {"connection_quality": {"updates": [{"participant_sid": person.sid, "quality": 2}]}})
        try:
            while True:
                message = read("SignalRequest", await socket.receive_bytes())
                if "leave" in message:
                    break
                await self._heard(room, person, message)
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            await self._gone(room, person)

    async def _heard(self, room: str, person: Person, message: Message) -> None:
        for kind, told in message.items():
            match kind:
                case "add_track":
                    await self._publish(room, person, told)
                case "offer":
                    await self._take(room, person, told)
                case "answer" if person.receives is not None:
                    lines = offers.without_hidden_hosts(offers.lines_of(Description("answer", told["sdp"]), "answer"))
                    async with person.receives.negotiation:
                        await person.receives.answered(offers.text_of(lines))
                    person.answered.set()
                case "trickle":
                    way = person.receives if told.get("target", PUBLISHER) == SUBSCRIBER else person.sends
                    if way is not None and told.get("candidate_init"):
                        await way.candidate(json.loads(told["candidate_init"]))
                case "mute":
                    if (sent := person.tracks.get(told["sid"])) is not None:
                        sent.info["muted"] = told.get("muted", 0)
                        await self._tell(room, {"update": {"participants": [person.info()]}})
                case "ping_req":
                    stamp = {"last_ping_timestamp": told.get("timestamp", 0), "timestamp": round(time.time() * 1000)}
                    await self._say(person, {"pong_resp": stamp})

    async def _publish(self, room: str, person: Person, told: Message) -> None:
        if SOURCES[told.get("source", 0)] not in person.sources:
            self.refused.append(f"{person.identity} may not send {SOURCES[told.get('source', 0)]}")
            return
        sid = f"TR_{next(self._numbers)}"
        info = {"sid": sid, "type": told.get("type", 0), "name": told.get("name", ""), "muted": told.get("muted", 0)}
        info |= {"source": told["source"], "width": told.get("width", 0), "height": told.get("height", 0)}
        person.tracks[sid] = Sent(info, told["cid"])
        await self._say(person, {"track_published": {"cid": told["cid"], "track": info}})

    async def _take(self, room: str, person: Person, told: Message) -> None:
        """The offer of what a page sends."""
        lines = offers.without_hidden_hosts(offers.only_room_codecs(offers.lines_of(_offer(told["sdp"]), "offer")))
        lines = offers.without_estimate(lines)
        sections = offers.sections(lines)
        way = person.sends
        if way is None or not way.open:
            way = person.sends = Connection(Limits(), (), lambda how: None)
        way.pc.remove_all_listeners("track")

        def arrived(track: MediaStreamTrack) -> None:
            transceiver = next(its for its in way.pc.getTransceivers() if its.receiver.track is track)
            section = next(its for its in sections if its.mid == transceiver.mid)
            sent = next((one for one in person.tracks.values() if one.cid == section.track), None)
            if sent is None:
                self.refused.append(f"{person.identity} sends what he has not named")
                return
            sid = sent.info["sid"]
            sent.source = Source(track.kind, f"{person.sid}|{sid}", sid)
            sent.receiver = transceiver.receiver
            take_over(sent.receiver, sent.source, lambda level: self._level(room, person, level))

        way.pc.on("track", arrived)
        async with way.negotiation:
            answer = await way.answer_to(offers.text_of(lines))
        await self._say(person, {"answer": {"type": "answer", "sdp": answer.sdp, "id": told.get("id", 0)}})
        sending = {its.track for its in sections if "send" in its.direction}
        for sent in list(person.tracks.values()):
            if sent.source is not None and sent.cid not in sending:
                self._unpublish(person, sent)
        await self._tell(room, {"update": {"participants": [person.info()]}})
        for other in list(self.rooms.get(room, {}).values()):
            if other is not person:
                self._offer(room, other)

    def _unpublish(self, person: Person, sent: Sent) -> None:
        person.tracks.pop(sent.info["sid"], None)
        if sent.source is not None:
            sent.source.let(through=False)
        if sent.receiver is not None:  # else what comes after it cannot be told from it
            self._later(sent.receiver.stop())

    def _give(self, person: Person, other: Person) -> None:
        """What another sends, as far as he has it not yet."""
        if other is person or person.receives is None:
            return
        for sid, sent in other.tracks.items():
            if sent.source is None or sid in person.given:
                continue
            person.given.add(sid)
            track = FeedTrack(sent.source, 300, lambda: None)
            person.feeds.append(track)
            transceiver = person.receives.pc.addTransceiver(track, "sendonly")
            send_feed(transceiver.sender, sent.source)

    def _offer(self, room: str, person: Person) -> None:
        """Offer what he is given; one offer after another."""
        before, way = person.last, person.receives

        async def offer() -> None:
            if before is not None:
                await asyncio.wait([before])
            if person.offered:
                await person.answered.wait()
                await person.stands.wait()
            if way is None or not way.open:
                return
            person.answered.clear()
            for one in self.rooms.get(room, {}).values() if person.offered else ():
                self._give(person, one)
            async with way.negotiation:
                made = await way.offer()
            person.offered += 1
            await self._say(person, {"offer": {"type": "offer", "sdp": made.sdp, "id": person.offered}})

        person.last = self._later(offer())

    def _level(self, room: str, person: Person, level: float) -> None:
        speaks, before = level > LOUD_DB, person.quiet < QUIET_PACKETS
        person.quiet = 0 if speaks else min(QUIET_PACKETS, person.quiet + 1)
        if (person.quiet < QUIET_PACKETS) != before:
            speaker = {"sid": person.sid, "level": 0.5, "active": person.quiet < QUIET_PACKETS}
            self._later(self._tell(room, {"speakers_changed": {"speakers": [speaker]}}))

    # -- the rest --------------------------------------------------------------------------------------------

    def _later(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _say(self, person: Person, message: Message) -> None:
        if person.socket is not None:
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await person.socket.send_bytes(packed("SignalResponse", message))

    async def _tell(self, room: str, message: Message, but: Person | None = None) -> None:
        for one in list(self.rooms.get(room, {}).values()):
            if one is not but:
                await self._say(one, message)

    async def _out(self, room: str, person: Person, reason: int) -> None:
        await self._say(person, {"leave": {"reason": reason, "action": 0}})
        if person.socket is not None:
            with contextlib.suppress(RuntimeError):
                await person.socket.close()
        await self._gone(room, person)

    async def _gone(self, room: str, person: Person) -> None:
        people = self.rooms.get(room, {})
        if people.get(person.identity) is not person:
            return
        del people[person.identity]
        for sent in list(person.tracks.values()):
            self._unpublish(person, sent)
        for feed in person.feeds:
            feed.stop()
        for way in (person.sends, person.receives):
            if way is not None:
                await way.close()
        await self._tell(room, {"update": {"participants": [person.info(DISCONNECTED)]}})

    async def restart(self) -> None:
        """As a server that was started anew: nobody is in, and no room is known."""
        for room, people in list(self.rooms.items()):
            for one in list(people.values()):
                await self._out(room, one, SHUTDOWN)
        self.rooms.clear()

    def do(self, work: Callable[[], Any]) -> Any:
        """Something in the server's own thread; of a coroutine, its result."""
        assert self._loop is not None

        async def run() -> Any:
            made = work()
            return await made if asyncio.iscoroutine(made) else made

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(120)

    async def _started(self) -> None:
        self._loop = asyncio.get_running_loop()

    @contextlib.contextmanager
    def served(self) -> Iterator[LiveKitServer]:
        """On a loopback port, in a thread of its own."""
        config = uvicorn.Config(self.app, port=0, log_level="error", access_log=False, lifespan="off")
        server = uvicorn.Server(config)

        async def run() -> None:
            await self._started()
            await server.serve()

        thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
        thread.start()
        until = time.monotonic() + 120
        while not server.started:
            assert time.monotonic() < until, "the server does not start"
            time.sleep(0.02)
        self.url = f"ws://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            self.do(self.restart)
            server.should_exit = True
            thread.join(120)


def _offer(sdp: str) -> Description:
    return Description("offer", sdp)


def _json(person: Person) -> dict[str, Any]:
    """As the room service tells of somebody."""
    tracks = [{"sid": sid, "source": SOURCES[sent.info["source"]].upper()} for sid, sent in person.tracks.items()]
    return {"sid": person.sid, "identity": person.identity, "state": "ACTIVE", "tracks": tracks}
