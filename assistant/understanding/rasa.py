"""The client of Rasa's HTTP server: one POST per sentence, half a second at most, and a circuit breaker."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

import httpx

from assistant.contracts import Unavailable
from assistant.understanding.breaker import Breaker
from assistant.understanding.model import ModelResult

TIMEOUT_S = 0.5


class RasaClient:
    """An IntentModel. `address` such as "http://127.0.0.1:5005"; the token goes into the query, as Rasa wants it."""

    def __init__(
        self,
        address: str,
        token: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        transport: httpx.AsyncBaseTransport | None = None,
        breaker: Breaker | None = None,
    ) -> None:
        self._clock = clock
        self._breaker = breaker or Breaker()
        # trust_env off: a proxy of the environment must never see what is said in the room.
        self._http = httpx.AsyncClient(
            base_url=address, params={"token": token}, timeout=TIMEOUT_S, transport=transport, trust_env=False
        )

    @property
    def usable(self) -> bool:
        """Whether the breaker lets a request through now."""
        return self._breaker.allows(self._clock())

    async def parse(self, text: str) -> ModelResult:
        """The ranking of one clean sentence. Raises Unavailable: `model-paused`, `model-timeout`, `model-error`."""
        now = self._clock()
        if not self._breaker.allows(now):
            raise Unavailable("model-paused", "the language model failed repeatedly and is left alone for a moment")
        self._breaker = self._breaker.asked(now)
        try:
            answer = await self._http.post("/model/parse", json={"text": text})
            answer.raise_for_status()
            result = read_result(answer.json())
        except (httpx.HTTPError, ValueError) as error:
            self._breaker = self._breaker.failed(self._clock())
            code = "model-timeout" if isinstance(error, httpx.TimeoutException) else "model-error"
            raise Unavailable(code, f"the language model gave no answer ({type(error).__name__})") from error
        self._breaker = self._breaker.succeeded()
        return result

    def forget_failures(self) -> None:
        """Closes the breaker, after a warm-up whose first answers were late."""
        self._breaker = self._breaker.succeeded()

    async def ready(self, timeout_s: float = TIMEOUT_S) -> bool:
        """Whether the server has a model loaded."""
        return await self.model_file(timeout_s) is not None

    async def model_file(self, timeout_s: float = TIMEOUT_S) -> str | None:
        """The name of the model file that the server has loaded; None when it has none or does not answer."""
        try:
            answer = await self._http.get("/status", timeout=timeout_s)
            data = answer.json() if answer.status_code == 200 else None
        except (httpx.HTTPError, ValueError):
            return None
        file = data.get("model_file") if isinstance(data, dict) else None
        return PurePath(file).name if isinstance(file, str) and file else None

    async def reload(self, model_file: str) -> None:
        """Makes the server load another model file. Raises Unavailable `model-not-loaded`, the old one stays."""
        try:
            answer = await self._http.put("/model", json={"model_file": model_file}, timeout=60.0)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise Unavailable(
                "model-not-loaded", f"the new model could not be loaded ({type(error).__name__})"
            ) from error

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()


def read_result(data: Any) -> ModelResult:
    """Rasa's parse answer as a ModelResult. Raises ValueError when it is not one."""
    if not isinstance(data, dict) or not isinstance(data.get("intent_ranking"), list):
        raise ValueError("not a parse answer")
    ranking = []
    for entry in data["intent_ranking"]:
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise ValueError("a ranking entry has no name")
        ranking.append((entry["name"], float(entry.get("confidence", 0.0))))
    addressed = data.get("addressed")
    return ModelResult(tuple(ranking), float(addressed) if isinstance(addressed, int | float) else None)
