"""The worker's side of an engine: requests from the core in, answers and events out."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, get_args
from weakref import WeakValueDictionary

from assistant.contracts import BadInput
from telephony.engines.engine import Kind, MediaEngine
from telephony.engines.wire import description_of, json_of, told

RESET_S = 5.0
Tell = Callable[[dict[str, Any]], Awaitable[object]]


class ServedEngine:
    """Asks of one part are done one after another, in the order they came; those of different parts side by side."""

    def __init__(self, engine: MediaEngine, tell: Tell) -> None:
        self.engine = engine
        self._tell = tell
        self._order: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()
        self._rooms: set[str] = set()
        self._ending: dict[str, asyncio.Event] = {}
        """Rooms that `reset` ends: nobody is told of that, as they may be open again by then."""
        self._taps: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Tell what happens, until the engine is closed."""
        async for event in self.engine.events():
            if event.kind == "closed":
                if (ending := self._ending.pop(event.room, None)) is not None:
                    ending.set()
                    continue
                self._rooms.discard(event.room)
            await self._tell(told(event))

    async def reset(self) -> None:
        """Whoever asked for all this is gone: end every room."""
        for task in self._taps.values():
            task.cancel()
        rooms, self._rooms = self._rooms, set()
        for room in rooms:
            ended = self._ending[room] = asyncio.Event()
            await self.engine.close_room(room)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), RESET_S)

    async def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to one request. Raises SeoulaError, BadInput `bad-request` for one that is not known."""
        part = (_text(request, "room", ""), _text(request, "part", ""))
        lock = self._order.setdefault(part, asyncio.Lock()) if part[1] else asyncio.Lock()
        async with lock:
            return await self._do(request)

    async def _do(self, request: dict[str, Any]) -> dict[str, Any]:
        engine, room, part = self.engine, _text(request, "room", ""), _text(request, "part", "")
        match request.get("do"):
            case "open_room":
                await engine.open_room(room, most=int(request["most"]))
                self._rooms.add(room)
            case "close_room":
                self._rooms.discard(room)
                await engine.close_room(room)
            case "publish":
                return {"answer": json_of(await engine.publish(room, part, description_of(request.get("offer"))))}
            case "subscribe":
                name, offer = await engine.subscribe(room, part, _text(request, "feed"))
                return {"subscription": name, "offer": json_of(offer)}
            case "answer":
                await engine.answer(_text(request, "subscription"), description_of(request.get("answer")))
            case "candidate":
                candidate = request.get("candidate")
                if candidate is not None and not isinstance(candidate, dict):
                    raise BadInput("bad-candidate", "a candidate is an object or null")
                await engine.candidate(room, part, _text(request, "pc"), candidate)
            case "leave":
                await engine.leave(room, part)
            case "silence":
                kinds: list[Kind] = [kind for kind in get_args(Kind) if kind in request.get("kinds", ())]
                await engine.silence(room, part, kinds)
            case "tap":
                self._tap(_text(request, "tap"), room, part)
            case "untap":
                if (task := self._taps.pop(_text(request, "tap"), None)) is not None:
                    task.cancel()
            case _:
                raise BadInput("bad-request", "the engine knows no such request")
        return {}

    def _tap(self, name: str, room: str, part: str) -> None:
        if name in self._taps:
            raise BadInput("bad-request", "there is a tap of this name")
        task = self._taps[name] = asyncio.ensure_future(self._listen(name, room, part))
        task.add_done_callback(lambda _: self._taps.pop(name, None))

    async def _listen(self, name: str, room: str, part: str) -> None:
        pieces = self.engine.tap(room, part)
        try:
            async for pcm in pieces:
                await self._tell({"event": "tap", "tap": name, "pcm": base64.b64encode(pcm).decode()})
        except BadInput:
            pass  # the room is gone: the tap ends like any other
        finally:
            with contextlib.suppress(AttributeError):
                await pieces.aclose()  # type: ignore[attr-defined]
            await self._tell({"event": "tap", "tap": name})


def _text(request: dict[str, Any], name: str, otherwise: str | None = None) -> str:
    value = request.get(name, otherwise)
    if not isinstance(value, str):
        raise BadInput("bad-request", f"{name} is a text")
    return value
