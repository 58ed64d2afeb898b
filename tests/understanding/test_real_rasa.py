"""The real thing: the full data trained, served, reloaded, killed and restarted."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from assistant.contracts import Unavailable, UnderstandingOutcome, UnderstandingPath
from assistant.understanding.environment import find_rasa
from assistant.understanding.evaluate import REACHED, run, summary
from assistant.understanding.keeper import ModelKeeper
from assistant.understanding.server import read_state
from assistant.understanding.service import MODEL_UNAVAILABLE, Understander
from assistant.understanding.training import train
from content_registry.schema import Registry

PROJECT = Path(__file__).resolve().parents[2]
PARAPHRASE = "여름 오후마다 치솟는 그 오존이라는 거 지도로 좀 볼 수 있을까"

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]


@dataclass(frozen=True)
class Served:
    keeper: ModelKeeper
    understander: Understander
    folder: Path


@pytest.fixture(scope="module")
def model(registry: Registry) -> Path:
    """The product's own model: trained here only if its inputs changed."""
    return train(registry, PROJECT, PROJECT / "var" / "rasa", find_rasa(PROJECT)).model


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(registry: Registry, model: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """A server of this test's own, beside any that runs already."""
    tmp_path = tmp_path_factory.mktemp("served")
    models = tmp_path / "rasa" / "models"
    models.mkdir(parents=True)
    (models / model.name).symlink_to(model)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("assistant.understanding.rasa.TIMEOUT_S", 120.0)  # what it understands, not how soon
        keeper = ModelKeeper(registry, PROJECT, tmp_path, start_timeout_s=400.0)
        await keeper.start()
        try:
            yield Served(keeper, Understander(registry, keeper), tmp_path / "rasa")
        finally:
            await keeper.close()


async def eventually_model(understander: Understander, seconds: float) -> UnderstandingPath:
    """The path of the paraphrase, once the model answers it or the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        understood = await understander.understand(PARAPHRASE)
        if MODEL_UNAVAILABLE not in understood.notes or time.monotonic() > deadline:
            return understood.path
        await asyncio.sleep(0.5)


async def test_blind_sentences_are_understood(served: Served) -> None:
    files = sorted((PROJECT / "tests/sentences").glob("blind_*.tsv"))
    assert files
    judged = await run(files, served.understander)
    lines, good = summary(judged, REACHED)
    print("\n".join(lines))
    assert good, "\n".join(lines)


async def test_a_model_is_reloaded_while_it_serves(served: Served, model: Path) -> None:
    async def ask() -> UnderstandingPath:
        return await eventually_model(served.understander, 120)

    client = served.keeper._client
    assert client is not None
    paths = await asyncio.gather(ask(), client.reload(str(model)), ask())
    assert paths[0] is paths[2] is UnderstandingPath.MODEL
    with pytest.raises(Unavailable):
        await client.reload("/no/such/model.tar.gz")
    assert await ask() is UnderstandingPath.MODEL


async def test_nothing_is_open_without_the_token(served: Served) -> None:
    state = read_state(served.folder)
    assert state is not None
    async with httpx.AsyncClient(base_url=state.address, trust_env=False) as stranger:
        assert (await stranger.post("/model/parse", json={"text": "x"})).status_code == 401
        assert (await stranger.post("/webhooks/rest/webhook", json={"message": "x"})).status_code == 404


@pytest.mark.fault
async def test_rasa_killed_in_mid_run_leaves_the_fast_path_and_comes_back(served: Served) -> None:
    understander = served.understander
    assert await eventually_model(understander, 120) is UnderstandingPath.MODEL
    first = served.keeper.pid
    assert first is not None
    os.killpg(first, signal.SIGKILL)
    missed = await understander.understand(PARAPHRASE)
    assert MODEL_UNAVAILABLE in missed.notes
    known = await understander.understand("미세먼지 보여줘")
    assert known.outcome is UnderstandingOutcome.ACCEPTED
    assert known.path is UnderstandingPath.FAST
    assert await eventually_model(understander, 400) is UnderstandingPath.MODEL
    assert served.keeper.pid != first
