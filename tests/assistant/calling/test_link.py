"""Requests across the link: answers, errors with their type, silence, and a core that comes back."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from assistant.calling import link as linking
from assistant.calling.desk import Desk
from assistant.calling.link import CallingWorker
from assistant.contracts import BadInput, Unavailable
from assistant.workers import Workers
from tests.telephony.engines.clients import eventually


class Process:
    def __init__(self) -> None:
        self.said: list[str] = []

    def ready(self, detail: str = "") -> None:
        self.said.append(f"ready {detail}")

    def lost(self) -> None:
        self.said.append("lost")

    def restart(self, reason: str) -> None:
        self.said.append(f"restart: {reason}")


class Pipe:
    """A socket whose far end is a desk."""

    def __init__(self, token: str) -> None:
        self.inbox: asyncio.Queue[str] = asyncio.Queue()
        self.inbox.put_nowait(json.dumps({"type": "hello", "token": token}))
        self.desk = Desk()
        self.desk.send = self._up
        self.deaf = False

    async def _up(self, message: dict[str, Any]) -> None:
        self.inbox.put_nowait(json.dumps(message))

    async def receive_text(self) -> str:
        return await self.inbox.get()

    async def send_text(self, data: str) -> None:
        if not self.deaf:
            await self.desk.take(json.loads(data))

    async def send_bytes(self, data: bytes) -> None:
        raise AssertionError

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        pass


class Echo:
    resets = 0

    async def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        if request.get("do") == "refuse":
            raise BadInput("not-so", "that is not so")
        if request.get("do") == "break":
            raise KeyError("v=0 private")
        return {"echo": request["say"]}

    async def run(self) -> None:
        return

    async def reset(self) -> None:
        self.resets += 1


async def test_answers_errors_events_and_the_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    workers, process = Workers(), Process()
    calling = CallingWorker(workers, lambda: process)
    pipe, echo = Pipe(workers.token), Echo()
    pipe.desk.services["media"] = echo
    serving = asyncio.ensure_future(workers.serve("calling", pipe))
    await pipe.desk.send({"type": "ready", "detail": {"engine": "embedded"}})
    service = calling.service("media")
    await eventually(lambda: process.said)
    assert process.said == ["ready embedded"]
    both = await asyncio.gather(service.ask({"say": 1}), service.ask({"say": 2}))
    assert both == [{"echo": 1}, {"echo": 2}]
    with pytest.raises(BadInput) as refused:
        await service.ask({"do": "refuse"})
    assert (refused.value.code, refused.value.message) == ("not-so", "that is not so")
    with pytest.raises(Unavailable, match="could not be done"):
        await service.ask({"do": "break"})
    printed = capsys.readouterr()
    assert "private" not in printed.out + printed.err
    with pytest.raises(BadInput, match="no such service"):
        await calling.service("nobody").ask({})
    await pipe.desk.tell("media")({"event": "engine"})
    events = service.events()
    assert await anext(events) == {"event": "engine"}
    pipe.desk.met()
    assert echo.resets == 0
    pipe.desk.met()
    await eventually(lambda: echo.resets == 1)

    pipe.deaf = True
    monkeypatch.setattr(linking, "SILENT_S", 0.01)
    with pytest.raises(Unavailable) as silent:
        await service.ask({"say": 3})
    assert silent.value.code == "calling-silent"
    assert process.said[-1] == "restart: no answer within 0 s"

    monkeypatch.setattr(linking, "SILENT_S", 60)
    asking = asyncio.ensure_future(service.ask({"say": 4}))
    await eventually(lambda: bool(calling._asked))
    serving.cancel()
    with pytest.raises(Unavailable, match="was lost"):
        await asking
    assert await anext(events) == {"event": "lost"}
    assert process.said[-1] == "lost"
