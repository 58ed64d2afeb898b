"""Janus' own protocol over a WebSocket: one session, a handle for each publisher and subscription."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from assistant.contracts import BadInput, SeoulaError, Unavailable

KEEPALIVE_S = 25.0
"""Janus forgets a session after 60 s of silence."""
ANSWER_S = 10.0
Message = dict[str, Any]


class JanusClient:
    """url: `ws://127.0.0.1:PORT`. on_event: what a handle tells by itself. on_lost: the session is gone."""

    def __init__(
        self, url: str, secret: str, on_event: Callable[[int, Message], None], on_lost: Callable[[], None]
    ) -> None:
        self._url, self._secret = url, secret
        self._on_event, self._on_lost = on_event, on_lost
        self._socket: ClientConnection | None = None
        self._session = 0
        self._waiting: dict[str, asyncio.Future[Message]] = {}
        self._acknowledged: set[asyncio.Future[Message] | None] = set()
        self._told: dict[asyncio.Future[Message], str] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Begin a session. Raises Unavailable `janus-unavailable`."""
        try:
            self._socket = await connect(
                self._url, subprotocols=[Subprotocol("janus-protocol")], open_timeout=5, proxy=None
            )
        except (OSError, TimeoutError, WebSocketException) as error:
            raise _unavailable() from error
        self._tasks = [asyncio.ensure_future(self._read(self._socket)), asyncio.ensure_future(self._keep_alive())]
        self._session = int((await self.request({"janus": "create"}))["data"]["id"])

    async def attach(self, plugin: str = "janus.plugin.videoroom") -> int:
        """A new handle of a plugin."""
        return int((await self.request({"janus": "attach", "plugin": plugin}))["data"]["id"])

    async def message(
        self, handle: int, body: Message, jsep: Message | None = None, *, told: str = ""
    ) -> tuple[Message, Message | None]:
        """Ask the plugin: its answer, and the description with it. Raises BadInput `janus-NUMBER` for its errors.
        told: the event that is the answer, where what comes of the request bears its transaction, too, and may be
        quicker: a call that is refused at once ends before we hear that it is being made. That answers, too, and is
        told as an event besides."""
        wanted: Message = {"janus": "message", "handle_id": handle, "body": body}
        reply = await self.request({**wanted, "jsep": jsep} if jsep else wanted, told)
        data: Message = reply.get("plugindata", {}).get("data", {})
        if "error_code" in data:
            raise BadInput(f"janus-{data['error_code']}", str(data.get("error", "")))
        return data, reply.get("jsep")

    async def request(self, message: Message, told: str = "") -> Message:
        """One request and its last answer, events included. Raises BadInput `janus-NUMBER`, Unavailable."""
        socket, transaction = self._socket, secrets.token_hex(8)
        if socket is None:
            raise _unavailable()
        answer = self._waiting[transaction] = asyncio.get_running_loop().create_future()
        if told:
            self._told[answer] = told
        if message["janus"] in ("keepalive", "trickle"):  # nothing but an acknowledgement comes of these
            self._acknowledged.add(answer)
        whole = {**message, "transaction": transaction, "apisecret": self._secret}
        if self._session:
            whole["session_id"] = self._session
        try:
            await socket.send(json.dumps(whole))
            reply: Message = await asyncio.wait_for(answer, ANSWER_S)
        except (TimeoutError, WebSocketException) as error:
            raise _unavailable() from error
        finally:
            self._waiting.pop(transaction, None)
            self._acknowledged.discard(answer)
            self._told.pop(answer, None)
        if reply.get("janus") == "error":
            problem = reply.get("error", {})
            raise BadInput(f"janus-{problem.get('code')}", str(problem.get("reason", "")))
        return reply

    async def close(self) -> None:
        """End the session, and with it every handle."""
        socket, self._socket = self._socket, None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if socket is not None:
            await socket.close()

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(KEEPALIVE_S)
            with suppress(SeoulaError):  # the end of the connection is told by the connection
                await self.request({"janus": "keepalive"})

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for frame in socket:
                self._take(json.loads(frame))
        except WebSocketException:
            pass
        self._ended()

    def _ended(self) -> None:
        self._socket = None
        self._tasks[1].cancel()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(_unavailable())
        self._on_lost()

    def _take(self, message: Message) -> None:
        kind, answer = message.get("janus"), self._waiting.get(str(message.get("transaction")))
        if kind == "ack" and answer not in self._acknowledged:
            return  # the answer proper comes as an event
        if answer is not None and not answer.done() and kind in ("ack", "success", "error", "event"):
            answer.set_result(message)
            if not self._comes_of(answer, message):
                return
        if kind == "timeout":
            self._ended()
        elif isinstance(message.get("sender"), int):
            self._on_event(message["sender"], message)

    def _comes_of(self, answer: asyncio.Future[Message], message: Message) -> bool:
        """Whether this is not the answer itself, but what came of the request before it: an event like any other. The
        request has been taken then, and the answer need not come any more: its handle may be detached by now."""
        if message.get("janus") != "event" or answer not in self._told:
            return False
        data: Message = message.get("plugindata", {}).get("data", {})
        result = data.get("result")
        return "error_code" not in data and not (isinstance(result, dict) and result.get("event") == self._told[answer])


def _unavailable() -> Unavailable:
    return Unavailable("janus-unavailable", "the conference server does not answer")
