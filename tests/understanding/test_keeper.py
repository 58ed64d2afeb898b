"""The keeper's watch over a server: silence, growth and surprises end in a restart; an old model is never kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.contracts import Unavailable
from assistant.understanding import keeper as keeping
from assistant.understanding.keeper import ModelKeeper
from content_registry.schema import Registry

MODEL = Path("/models/wanted.tar.gz")
MADE: list[FakeServer] = []


class FakeServer:
    """A server whose process, memory and answers the test decides."""

    def __init__(self, *_: object, **__: object) -> None:
        self.alive, self.memory_mb, self.answers, self.ended = True, 100.0, True, False
        self.pid = len(MADE) + 1
        MADE.append(self)

    async def start(self, model: Path, timeout_s: float) -> Any:
        return SimpleNamespace(address=str(self.pid), token="t", model=str(model))

    async def stop(self) -> None:
        self.alive, self.ended = False, True


class FakeClient:
    """The client of one of the servers made, or of one of another process with a model of its own."""

    def __init__(self, address: str = "", token: str = "", loaded: str = "wanted.tar.gz", obeys: bool = True) -> None:
        self.server = MADE[int(address) - 1] if address else None
        self.loaded, self.obeys, self.closed = loaded, obeys, False

    async def ready(self, timeout_s: float = 0.5) -> bool:
        return self.server is None or self.server.answers

    async def model_file(self, timeout_s: float = 0.5) -> str | None:
        return self.loaded

    async def reload(self, model_file: str) -> None:
        if self.obeys:
            self.loaded = Path(model_file).name

    async def parse(self, text: str) -> None: ...

    def forget_failures(self) -> None: ...

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
def keeper(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelKeeper:
    async def none(folder: Path) -> None:
        return None

    MADE.clear()
    monkeypatch.setattr(keeping, "_WATCH_S", 0.0)
    monkeypatch.setattr(keeping, "_BACKOFF_S", (0.0,))
    monkeypatch.setattr(keeping, "RasaServer", FakeServer)
    monkeypatch.setattr(keeping, "RasaClient", FakeClient)
    monkeypatch.setattr(keeping, "find_rasa", lambda *_: Path("/python"))
    monkeypatch.setattr(keeping, "train", lambda *_, **__: SimpleNamespace(model=MODEL))
    monkeypatch.setattr(keeping, "reuse", none)
    return ModelKeeper(registry, tmp_path, tmp_path, memory_limit_mb=500)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not true():  # noqa: ASYNC110  (the watch has no event to wait for)
            await asyncio.sleep(0)


@pytest.mark.parametrize(("fault", "value"), [("answers", False), ("memory_mb", 501.0), ("alive", False)])
async def test_a_silent_a_grown_and_a_dead_server_are_started_again(
    keeper: ModelKeeper, fault: str, value: object
) -> None:
    await keeper.start()
    setattr(MADE[0], fault, value)
    await until(lambda: keeper.pid == 2 and keeper.state == "ok")
    assert MADE[0].ended
    await keeper.close()
    assert MADE[1].ended
    assert keeper.state == "off"


async def test_one_miss_is_no_reason(keeper: ModelKeeper) -> None:
    await keeper.start(watch=False)
    rounds = ((False, False), (False, False), (True, False), (False, False), (False, False), (False, True))
    for answers, wrong in rounds:
        MADE[0].answers = answers
        assert bool(await keeper._wrong()) is wrong
    await keeper.close()


async def test_an_unexpected_error_does_not_end_the_watch(
    keeper: ModelKeeper, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await keeper.start()
    surprises = [OSError("secret words"), RuntimeError("secret words")]

    async def surprising(folder: Path) -> None:
        if surprises:
            raise surprises.pop()

    monkeypatch.setattr(keeping, "reuse", surprising)
    MADE[0].alive = False
    await until(lambda: keeper.pid == 2 and keeper.state == "ok")
    assert not surprises
    assert "OSError" in caplog.text
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text
    await keeper.close()


@pytest.mark.parametrize("obeys", [True, False])
async def test_a_server_of_another_process_answers_with_the_wanted_model_or_not_at_all(
    keeper: ModelKeeper, monkeypatch: pytest.MonkeyPatch, obeys: bool
) -> None:
    other = FakeClient(loaded="old.tar.gz", obeys=obeys)

    async def running(folder: Path) -> FakeClient:
        return other

    monkeypatch.setattr(keeping, "reuse", running)
    if obeys:
        await keeper.start(watch=False)
        assert other.loaded == MODEL.name
        assert keeper.pid is None
    else:
        with pytest.raises(Unavailable) as caught:
            await keeper.start(watch=False)
        assert caught.value.code == "model-not-loaded"
        assert keeper.state == "down"
        assert other.closed
    await keeper.close()
