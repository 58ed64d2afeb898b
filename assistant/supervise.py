"""Child processes: started, watched, restarted with backoff, and always ended with their parent.

A worker that hangs, grows or dies is routine: its feature is off with a notice, and it comes back by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil
import structlog

from assistant.process import die_with_parent, inherited

log = structlog.get_logger(__name__)

STOP_GRACE_S = 3.0
WATCH_EVERY_S = 1.0
LOG_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """What to run. env: beside what it inherits, which is none of our secrets. start_timeout_s: until it must report
    ready. memory_limit_mb: resident, with its children."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    start_timeout_s: float = 30.0
    memory_limit_mb: int = 1000
    log_file: Path | None = None


@dataclass(slots=True)
class Backoff:
    """Pure: the pause before restart n. Doubles from `first_s` to `most_s`; forgets after `calm_s` of good running."""

    first_s: float = 0.5
    most_s: float = 30.0
    calm_s: float = 60.0
    jitter: Callable[[], float] = random.random
    failures: int = 0

    def failed(self, ran_s: float) -> float:
        """Seconds to wait after a process that ran `ran_s` seconds: the doubled pause, spread over 50-100 % of it."""
        self.failures = 1 if ran_s >= self.calm_s else self.failures + 1
        pause = min(self.most_s, self.first_s * 2.0 ** (self.failures - 1))
        return pause * (0.5 + 0.5 * self.jitter())


class Child:
    """One supervised process. States: starting, ok, restarting, stopped."""

    def __init__(self, spec: ChildSpec, on_change: Callable[[str, str, str], None]) -> None:
        self.spec = spec
        self.state = "stopped"
        self.detail = ""
        self.restarts = 0
        self._on_change = on_change
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._waiting_since = 0.0
        self._backoff = Backoff()
        self._reason = ""

    @property
    def pid(self) -> int | None:
        """The running process, or None."""
        return self._process.pid if self._process and self._process.returncode is None else None

    def start(self) -> None:
        """Begin to keep it running."""
        self._task = asyncio.create_task(self._keep(), name=f"keep-{self.spec.name}")

    def ready(self, detail: str = "") -> None:
        """The process reported that it works; it may say so again and again."""
        if self.state == "restarting":  # what a process that is gone had still to say
            return
        self._ready.set()
        if (self.state, self.detail) != ("ok", detail):
            self._set("ok", detail)

    def lost(self) -> None:
        """The link to the running process broke: unless it is ready again within the start timeout, it is replaced."""
        if self.state == "ok":
            self._ready.clear()
            self._waiting_since = asyncio.get_running_loop().time()
            self._set("starting", "link lost")

    def restart(self, reason: str) -> None:
        """Kill it; it comes back. For a process that hangs."""
        self._reason = reason
        self._signal(signal.SIGKILL)

    async def stop(self) -> None:
        """End it for good: SIGTERM, then SIGKILL, to its whole group."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._end()
        self._set("stopped", "")

    async def _keep(self) -> None:
        while True:
            started = asyncio.get_running_loop().time()
            self._ready.clear()
            self._waiting_since, self._reason = started, ""
            await self._spawn()
            self._set("starting", "")
            try:
                await self._watch()
            finally:
                await self._end()
            pause = self._backoff.failed(asyncio.get_running_loop().time() - started)
            self.restarts += 1
            self._set("restarting", self._reason)
            log.warning("child ended", child=self.spec.name, reason=self._reason, again_in_s=round(pause, 2))
            await asyncio.sleep(pause)

    async def _spawn(self) -> None:
        out: IO[bytes] | int = asyncio.subprocess.DEVNULL
        try:
            if self.spec.log_file:
                out = open_log(self.spec.log_file)
            self._process = await asyncio.create_subprocess_exec(
                *self.spec.argv,
                env={**inherited(), **self.spec.env},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        except (OSError, subprocess.SubprocessError) as error:
            self._process, self._reason = None, f"cannot start: {getattr(error, 'strerror', None) or error}"
        finally:
            if not isinstance(out, int):
                out.close()

    async def _watch(self) -> None:
        process, loop = self._process, asyncio.get_running_loop()
        if process is None:
            return
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), WATCH_EVERY_S)
            if process.returncode is not None:
                self._reason = self._reason or f"exit {process.returncode}"
                return
            if not self._ready.is_set() and loop.time() - self._waiting_since > self.spec.start_timeout_s:
                self._reason = f"not ready after {self.spec.start_timeout_s:.0f} s"
                return
            used = resident_mb(process.pid)
            if used > self.spec.memory_limit_mb:
                self._reason = f"memory {used:.0f} MB over the limit of {self.spec.memory_limit_mb} MB"
                return

    async def _end(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), STOP_GRACE_S)
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await process.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self._process and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def _set(self, state: str, detail: str) -> None:
        self.state, self.detail = state, detail
        self._on_change(self.spec.name, state, detail)


def resident_mb(pid: int) -> float:
    """Resident memory of a process and its children, MB; 0 when it is gone."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.Error:
        return 0.0
    total = 0
    for member in family:
        with contextlib.suppress(psutil.Error):
            total += member.memory_info().rss
    return total / 1e6


def open_log(file: Path) -> IO[bytes]:
    """A child's log, to append to; one that has grown past LOG_BYTES is set aside first, the one before is lost."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists() and file.stat().st_size > LOG_BYTES:
        file.replace(file.with_suffix(file.suffix + ".1"))
    return file.open("ab")


class Supervisor:
    """All children of the service."""

    def __init__(self, on_change: Callable[[str, str, str], None]) -> None:
        self._on_change = on_change
        self.children: dict[str, Child] = {}

    def add(self, spec: ChildSpec) -> Child:
        """Start keeping `spec` alive."""
        child = Child(spec, self._on_change)
        self.children[spec.name] = child
        child.start()
        return child

    def health(self) -> dict[str, dict[str, object]]:
        """State of every child for /healthz and the doctor."""
        return {
            name: {"state": c.state, "detail": c.detail, "pid": c.pid, "restarts": c.restarts}
            for name, c in self.children.items()
        }

    async def stop(self) -> None:
        """End all children, at the same time."""
        await asyncio.gather(*(child.stop() for child in self.children.values()))
