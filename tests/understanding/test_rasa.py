"""The client of Rasa's server, against a made-up transport."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from assistant.contracts import Unavailable
from assistant.understanding.rasa import RasaClient, read_result

GOOD = {
    "intent_ranking": [{"name": "stop", "confidence": 0.9}, {"name": "chatter", "confidence": 0.1}],
    "addressed": 0.8,
}


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def client(handler: Callable[[httpx.Request], httpx.Response], clock: Clock | None = None) -> RasaClient:
    return RasaClient("http://127.0.0.1:1", "t0ken", transport=httpx.MockTransport(handler), clock=clock or Clock())


async def test_a_sentence_is_posted_with_the_token() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=GOOD)

    result = await client(handler).parse("그만해")
    assert result.ranking == (("stop", 0.9), ("chatter", 0.1))
    assert result.addressed == 0.8
    assert seen[0].url.path == "/model/parse"
    assert seen[0].url.params["token"] == "t0ken"


async def test_failures_open_the_breaker_and_a_good_trial_closes_it() -> None:
    clock, broken, calls = Clock(), True, 0

    def handler(request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        if broken:
            raise httpx.ReadTimeout("late", request=request)
        return httpx.Response(200, json=GOOD)

    rasa = client(handler, clock)
    codes = []
    for _ in range(5):
        with pytest.raises(Unavailable) as caught:
            await rasa.parse("그만해")
        codes.append(caught.value.code)
    assert codes == ["model-timeout"] * 3 + ["model-paused"] * 2
    assert calls == 3
    clock.now, broken = 1.5, False
    assert (await rasa.parse("그만해")).ranking[0][0] == "stop"
    assert rasa.usable


@pytest.mark.parametrize("status", [401, 409, 500])
async def test_an_error_answer_is_a_typed_error(status: int) -> None:
    with pytest.raises(Unavailable) as caught:
        await client(lambda _: httpx.Response(status, json={})).parse("그만해")
    assert caught.value.code == "model-error"


@pytest.mark.parametrize(
    "answer", [None, [], {}, {"intent_ranking": None}, {"intent_ranking": [{"confidence": 1}]}, {"intent_ranking": [5]}]
)
async def test_an_answer_of_another_kind_is_a_typed_error(answer: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_result(answer)
    with pytest.raises(Unavailable):
        await client(lambda _: httpx.Response(200, json=answer)).parse("그만해")


async def test_ready_needs_a_loaded_model() -> None:
    assert await client(lambda _: httpx.Response(200, json={"model_file": "x.tar.gz"})).ready()
    assert not await client(lambda _: httpx.Response(200, json={"model_file": None})).ready()
    assert not await client(lambda _: httpx.Response(401)).ready()


async def test_a_model_that_cannot_be_loaded_is_told() -> None:
    await client(lambda _: httpx.Response(204)).reload("/x.tar.gz")
    with pytest.raises(Unavailable) as caught:
        await client(lambda _: httpx.Response(400)).reload("/x.tar.gz")
    assert caught.value.code == "model-not-loaded"
