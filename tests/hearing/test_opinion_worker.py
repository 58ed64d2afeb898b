"""The second opinion's worker without its model: what it remembers of an utterance, and for how long."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import weakref
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from websockets.asyncio.server import ServerConnection, serve

from assistant.hearing import opinion_worker as module
from assistant.hearing.audio import Samples
from assistant.hearing.opinion import Opinion
from assistant.hearing.opinion_wire import Question, question_message
from assistant.hearing.opinion_worker import OpinionWorker
from assistant.hearing.whisper import Whisper


class Listener:
    """Remembers its last sound, as Whisper does."""

    def __init__(self) -> None:
        self.folder = Path("whisper")
        self.heard: list[weakref.ref[Any]] = []
        self.asked = 0
        self.forgotten = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._last: Samples | None = None

    def judge(self, sound: Samples, candidates: tuple[str, ...]) -> Opinion:
        self.asked += 1
        self.heard.append(weakref.ref(sound))
        self._last = sound
        return Opinion("따릉이", -1.0, 0.0, tuple(-1.0 for _ in candidates), tuple(-2.0 for _ in candidates))

    def forget(self) -> None:
        self._last = None
        self._loop.call_soon_threadsafe(self.forgotten.set)


async def test_an_utterance_is_forgotten_soon_after_it_was_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FORGET_S", 0.01)
    listener = Listener()
    answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def core(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send('{"type": "welcome"}')
        for name in ("1", "2"):
            sound = np.zeros(16_000, np.int16)
            await connection.send(json.dumps(question_message(Question(name, sound, ("따릉이",), 120.0))))
        async for frame in connection:
            answers.put_nowait(json.loads(frame))

    async with asyncio.timeout(120), serve(core, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        worker = asyncio.create_task(OpinionWorker(f"ws://127.0.0.1:{port}/", cast(Whisper, listener)).run())
        told = []
        while len(told) < 2:
            message = await answers.get()
            told += [message["id"]] if message["type"] == "opinion" else []
        while any(ref() is not None for ref in listener.heard):
            await listener.forgotten.wait()  # on a slow machine already once between the two
            listener.forgotten.clear()
            gc.collect()
        assert (told, listener.asked) == (["1", "2"], 2)
        worker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await worker
