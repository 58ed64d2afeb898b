"""The core's end of the voice worker's link, for a real worker process: asks, and notes when each phrase came."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.asyncio.server import ServerConnection, serve

from assistant.settings import PROJECT


@dataclass
class Core:
    """`said`: the worker's messages, each with the time it came (`at`, seconds of time.perf_counter)."""

    folder: Path
    process: asyncio.subprocess.Process | None = None
    said: list[dict[str, Any]] = field(default_factory=list)
    _link: ServerConnection | None = None
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _asked: int = 0

    @property
    def audio(self) -> Path:
        """Where the sounds lie."""
        return self.folder / "audio"

    @property
    def pid(self) -> int:
        """The worker."""
        assert self.process is not None
        return self.process.pid

    async def send(self, message: Mapping[str, Any]) -> None:
        """To the worker."""
        assert self._link is not None
        await self._link.send(json.dumps(message))

    async def ask(self, text: str, language: str = "ko") -> str:
        """Ask for a sentence; returns its utterance."""
        self._asked += 1
        utterance = f"u{self._asked}"
        await self.send({"type": "synthesize", "utterance": utterance, "text": text, "language": language})
        return utterance

    async def say(self, text: str, language: str = "ko", timeout_s: float = 120.0) -> list[dict[str, Any]]:
        """All phrases of a sentence (or the one failure); `after_s`: how long each took from the asking."""
        begun = time.perf_counter()
        utterance = await self.ask(text, language)
        last = await self.until(
            lambda m: m.get("utterance") == utterance and (m["type"] == "failed" or bool(m.get("last"))), timeout_s
        )
        found = [m for m in self.said if m.get("utterance") == utterance]
        assert found[-1] is last
        return [{**m, "after_s": m["at"] - begun} for m in found]

    async def until(self, wanted: Any, timeout_s: float = 120.0) -> dict[str, Any]:
        """The first message that `wanted` accepts."""
        async with asyncio.timeout(timeout_s), self._news:
            while True:
                found = next((m for m in self.said if wanted(m)), None)
                if found is not None:
                    return found
                await self._news.wait()

    def kill(self) -> None:
        """As the supervisor does with a worker that hangs."""
        os.kill(self.pid, signal.SIGKILL)

    async def _serve(self, link: ServerConnection) -> None:
        await link.recv()
        await link.send(json.dumps({"type": "welcome"}))
        self._link = link
        async for frame in link:
            async with self._news:
                self.said.append({**json.loads(frame), "at": time.perf_counter()})
                self._news.notify_all()


@asynccontextmanager
async def worker(folder: Path, engine: str, environ: Mapping[str, str] | None = None) -> AsyncIterator[Core]:
    """A voice worker with `speaking.engine = engine`, ready; its stock in `folder`/stock, its log in `folder`/log."""
    os.makedirs(folder, exist_ok=True)
    core = Core(folder)
    async with serve(core._serve, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        with (folder / "log").open("ab") as log:
            core.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "assistant.speaking.worker", "--core", f"ws://127.0.0.1:{port}",
                "--folder", str(core.audio), "--stock", str(folder / "stock"), "--engine", engine,
                "--patience", "60",
                cwd=PROJECT, stdout=log, stderr=log,
                env={**os.environ, "SEOULA_AUDIO_KEY": "k" * 32, **(environ or {})},
            )  # fmt: skip
        try:
            await core.until(lambda m: m["type"] == "ready")
            yield core
        finally:
            if core.process.returncode is None:
                core.process.kill()
            await core.process.wait()
