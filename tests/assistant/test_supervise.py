"""Children with real processes: ready, killed, hung, too large, and always ended."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest

from assistant.supervise import LOG_BYTES, Backoff, Child, ChildSpec, Supervisor, open_log

SLEEPS = (sys.executable, "-c", "import time; time.sleep(600)")


class Watch:
    """Collects state changes and waits for one."""

    def __init__(self) -> None:
        self.states: list[tuple[str, str]] = []
        self._changed = asyncio.Event()

    def __call__(self, name: str, state: str, detail: str) -> None:
        self.states.append((state, detail))
        self._changed.set()

    async def until(self, test: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not test():
                self._changed.clear()
                await self._changed.wait()

    def count(self, state: str) -> int:
        return sum(s == state for s, _ in self.states)


@pytest.fixture
async def supervisor() -> AsyncIterator[tuple[Supervisor, Watch]]:
    watch = Watch()
    made = Supervisor(watch)
    yield made, watch
    await made.stop()


def running(child: Child) -> int:
    assert child.pid is not None
    return child.pid


@pytest.mark.fault
async def test_a_killed_child_comes_back(supervisor: tuple[Supervisor, Watch]) -> None:
    made, watch = supervisor
    child = made.add(ChildSpec("sleeper", SLEEPS))
    await watch.until(lambda: watch.count("starting") == 1)
    first = running(child)
    os.kill(first, signal.SIGKILL)
    await watch.until(lambda: watch.count("starting") == 2)
    assert running(child) != first
    assert made.health()["sleeper"]["restarts"] == 1


@pytest.mark.fault
async def test_a_child_that_never_gets_ready_is_replaced(supervisor: tuple[Supervisor, Watch]) -> None:
    made, watch = supervisor
    made.add(ChildSpec("hangs", SLEEPS, start_timeout_s=0.1))
    await watch.until(lambda: watch.count("restarting") >= 1)
    assert any("not ready" in detail for state, detail in watch.states if state == "restarting")


@pytest.mark.fault
async def test_a_child_whose_link_is_lost_is_replaced_unless_it_comes_back(
    supervisor: tuple[Supervisor, Watch], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, watch = supervisor
    monkeypatch.setattr("assistant.supervise.WATCH_EVERY_S", 0.05)
    child = made.add(ChildSpec("hangs", SLEEPS, start_timeout_s=1.0))
    await watch.until(lambda: watch.count("starting") == 1)
    first = running(child)
    child.ready()
    child.lost()
    assert (child.state, child.detail) == ("starting", "link lost")
    child.ready()  # its link is back: nothing happens to it
    await asyncio.sleep(1.3)
    assert (child.state, running(child), child.restarts) == ("ok", first, 0)
    child.lost()  # long after its start: the clock begins anew, and nobody comes back this time
    await asyncio.sleep(0.2)
    assert running(child) == first
    await watch.until(lambda: watch.count("restarting") == 1)
    assert ("restarting", "not ready after 1 s") in watch.states
    assert not psutil.pid_exists(first)


async def test_only_a_working_child_can_lose_its_link_and_ready_is_told_once() -> None:
    watch = Watch()
    child = Child(ChildSpec("never", SLEEPS), watch)
    child.lost()
    assert (child.state, watch.states) == ("stopped", [])
    child.ready()
    child.ready()
    assert watch.states == [("ok", "")]


@pytest.mark.fault
async def test_a_child_that_grows_is_replaced(supervisor: tuple[Supervisor, Watch]) -> None:
    made, watch = supervisor
    grows = (sys.executable, "-c", "import time; x = bytearray(200_000_000); time.sleep(600)")
    made.add(ChildSpec("grows", grows, memory_limit_mb=100))
    await watch.until(lambda: watch.count("restarting") >= 1)
    assert any("memory" in detail for _, detail in watch.states)


async def test_a_missing_program_is_reported(supervisor: tuple[Supervisor, Watch]) -> None:
    made, watch = supervisor
    made.add(ChildSpec("nothing", ("/nonexistent/program",)))
    await watch.until(lambda: watch.count("restarting") >= 1)
    assert any("cannot start" in detail for _, detail in watch.states)


async def test_stop_ends_stubborn_children_and_theirs() -> None:
    watch = Watch()
    made = Supervisor(watch)
    stubborn = (
        "import signal,subprocess,sys,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); time.sleep(600)"
    )
    child = made.add(ChildSpec("stubborn", (sys.executable, "-c", stubborn)))
    family: list[psutil.Process] = []
    async with asyncio.timeout(20):
        while len(family) < 2:
            await asyncio.sleep(0.05)
            if child.pid:
                with contextlib.suppress(psutil.Error):
                    family = [psutil.Process(child.pid), *psutil.Process(child.pid).children()]
    await made.stop()
    gone, alive = psutil.wait_procs(family, timeout=5)
    assert [p for p in alive if p.status() != psutil.STATUS_ZOMBIE] == []


def test_backoff_doubles_to_a_limit_and_forgets_after_calm() -> None:
    backoff = Backoff(jitter=lambda: 1.0)
    assert [backoff.failed(0.1) for _ in range(8)] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert backoff.failed(120.0) == 0.5


def test_a_log_that_has_grown_is_set_aside(tmp_path: Path) -> None:
    file = tmp_path / "log" / "child.log"
    for text in (b"first", b"x" * LOG_BYTES, b"second"):
        with open_log(file) as log:
            log.write(text)
    assert file.read_bytes() == b"second"
    assert (tmp_path / "log" / "child.log.1").read_bytes().startswith(b"first")
