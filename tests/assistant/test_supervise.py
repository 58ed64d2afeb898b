"""Children with real processes: ready, killed, hung, too large, and always ended."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from pydantic import BaseModel

from assistant.children import AUDIO_KEY, child_specs
from assistant.faces import KEY_VARIABLE, face_key_env, with_face_key
from assistant.process import inherited
from assistant.settings import Settings
from assistant.sight import camera_specs
from assistant.supervise import LOG_BYTES, Backoff, Child, ChildSpec, Supervisor, open_log
from assistant.understanding.server import child_environment

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
        async with asyncio.timeout(120):
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
    child = made.add(ChildSpec("hangs", SLEEPS, start_timeout_s=600.0))
    await watch.until(lambda: watch.count("starting") == 1)
    first = running(child)
    child.ready()
    child.lost()
    assert (child.state, child.detail) == ("starting", "link lost")
    child.ready()  # its link is back: nothing happens to it
    child.spec = replace(child.spec, start_timeout_s=0.1)
    await asyncio.sleep(0.5)
    assert (child.state, running(child), child.restarts) == ("ok", first, 0)
    child.spec = replace(child.spec, start_timeout_s=600.0)
    child._waiting_since -= 1000.0
    child.lost()  # long after its start: the clock begins anew, and nobody comes back this time
    await asyncio.sleep(0.2)
    assert running(child) == first
    child.spec = replace(child.spec, start_timeout_s=1.0)
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
    async with asyncio.timeout(120):
        while len(family) < 2:
            await asyncio.sleep(0.05)
            if child.pid:
                with contextlib.suppress(psutil.Error):
                    family = [psutil.Process(child.pid), *psutil.Process(child.pid).children()]
    await made.stop()
    gone, alive = psutil.wait_procs(family, timeout=120)
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


TELLS = """import os, pathlib, sys, time
pathlib.Path(sys.argv[1]).write_text(repr(dict(os.environ)))
time.sleep(600)"""
GIVEN = {
    "SEOULA_FACE_KEY": "face",
    "SEOULA_CITY_DATA__DATA_GO_KR_KEY": "city",
    "seoula_calls__turn_secret": "turn",
    "SEOULA_MEETINGS__PINS__HALL": "pin",
    "SEOULA_CALLS": '{"livekit_secret": "whole"}',
    "SEOULA_RUNS__DATABASE": "postgresql://u:password@h/d",
}


async def test_a_child_inherits_no_secret_but_the_one_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, supervisor: tuple[Supervisor, Watch]
) -> None:
    for name, value in {**GIVEN, "SEOULA_SECRETS_DIR": "/run/secrets", "SEOULA_ROOM__DISPLAY": "main"}.items():
        monkeypatch.setenv(name, value)
    told: dict[str, dict[str, str]] = {}
    made, _ = supervisor
    for child, env in {"other": {}, "camera": {"SEOULA_FACE_KEY": "face"}}.items():
        out = tmp_path / child
        made.add(ChildSpec(child, (sys.executable, "-c", TELLS, str(out)), env))
        async with asyncio.timeout(120):
            while not (out.exists() and out.read_text().endswith("}")):  # noqa: ASYNC110 - a real process
                await asyncio.sleep(0.05)
        told[child] = ast.literal_eval(out.read_text())
    assert not told["other"].keys() & GIVEN.keys()
    assert told["camera"].keys() & GIVEN.keys() == {"SEOULA_FACE_KEY"}
    assert told["other"]["SEOULA_SECRETS_DIR"] == "/run/secrets"
    assert told["other"]["SEOULA_ROOM__DISPLAY"] == "main"
    assert told["other"]["PATH"] == os.environ["PATH"]
    assert not child_environment(tmp_path, tmp_path).keys() & GIVEN.keys(), "Rasa is a child, too"


def secrets_of(kind: type[BaseModel], name: str) -> Iterator[str]:
    """The variables of all settings that are secrets."""
    for field, its in kind.model_fields.items():
        variable, told = f"{name}{field.upper()}", repr(its.annotation)
        if isinstance(its.annotation, type) and issubclass(its.annotation, BaseModel):
            yield from secrets_of(its.annotation, f"{variable}__")
        elif "SecretStr" in told:
            yield f"{variable}__HALL" if "dict" in told else variable


def test_every_secret_of_the_settings_is_kept_from_children() -> None:
    names = list(secrets_of(Settings, "SEOULA_"))
    assert "SEOULA_FACE_KEY" in names
    assert len(names) >= 9
    assert inherited(dict.fromkeys([*names, *(name.lower() for name in names)], "x")) == {}
    unknown = [f"SEOULA_DOOR_{word}" for word in ("PASS", "PIN", "CREDENTIAL", "PASSWD", "PWD", "CREDS", "AUTH")]
    assert inherited(dict.fromkeys(unknown, "x")) == {}, "nor what no setting of ours is called"


def test_the_face_key_goes_to_the_worker_that_reads_faces_and_no_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cameras = [{"name": name, "source": "/dev/video0", name: True} for name in ("face", "hands")]
    asked = Settings.model_validate({"state_dir": tmp_path, "seeing": {"cameras": cameras}, "face_key": "00" * 32})
    env = {"SEOULA_WORKER_TOKEN": "t", **face_key_env(asked)}
    assert [KEY_VARIABLE in spec.env for spec in camera_specs(asked, "ws://c", env)] == [True, False]
    assert [its.name for its in child_specs(asked, "ws://c", {AUDIO_KEY: "k"}) if AUDIO_KEY in its.env] == ["speaking"]
    monkeypatch.setenv(KEY_VARIABLE, "00" * 32)
    assert with_face_key({"face": {}}) == {"face": {"key": "00" * 32}}
    assert KEY_VARIABLE not in os.environ, "what the worker starts itself does not get it"
