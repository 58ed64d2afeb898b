"""The core's side of the calling worker: requests that are answered, and what each of its services tells by itself.

Frames to the worker: `{"type": "ask", "n": 7, "to": "media", "request": {...}}`. Frames of the worker: `ready`,
`{"type": "reply", "n": 7, "result": {...}}` or the same with `error: {kind, code, message}`, and
`{"type": "event", "from": "media", "event": {...}}`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from assistant.contracts import BadInput, ConfigError, NotPermitted, SeoulaError, Unavailable
from assistant.workers import Workers

log = structlog.get_logger(__name__)

SILENT_S = 10.0
"""A worker that leaves a request unanswered this long hangs, and is replaced."""
ERRORS: dict[str, type[SeoulaError]] = {
    kind.__name__: kind for kind in (BadInput, NotPermitted, Unavailable, ConfigError)
}


class Supervised(Protocol):
    """The worker's process."""

    def ready(self, detail: str = "") -> None:
        """It works."""

    def lost(self) -> None:
        """Its link broke."""

    def restart(self, reason: str) -> None:
        """It hangs."""


@dataclass(slots=True)
class ServiceLink:
    """The way to one service of a worker: a `Link` as the telephony package asks for."""

    worker: CallingWorker
    name: str
    _told: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)

    async def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The service's answer. Raises what it raised, Unavailable `calling-unavailable` when it is not there or is
        lost meanwhile, Unavailable `calling-silent` when it does not answer."""
        return await self.worker.ask(self.name, request)

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        """What it tells, for one listener; `{"event": "lost"}` when the worker is gone."""
        while True:
            yield await self._told.get()

    def tell(self, event: dict[str, Any]) -> None:
        """The service told something."""
        self._told.put_nowait(event)


@dataclass(slots=True)
class CallingWorker:
    """process: the supervised process of the worker, None when it is not kept. worker: its name."""

    workers: Workers
    process: Callable[[], Supervised | None]
    worker: str = "calling"
    detail: dict[str, Any] = field(default_factory=dict)
    _services: dict[str, ServiceLink] = field(default_factory=dict)
    _asked: dict[int, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)
    _last: int = 0

    def __post_init__(self) -> None:
        self.workers.handle(self.worker, self._message, self._gone)

    def service(self, name: str) -> ServiceLink:
        """The way to one of its services: media, phones."""
        return self._services.setdefault(name, ServiceLink(self, name))

    async def ask(self, service: str, request: dict[str, Any]) -> dict[str, Any]:
        """See ServiceLink."""
        self._last += 1
        number, answer = self._last, asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            await self.workers.send(self.worker, {"type": "ask", "n": number, "to": service, "request": request})
            return await asyncio.wait_for(answer, SILENT_S)
        except TimeoutError as error:
            if process := self.process():
                process.restart(f"no answer within {SILENT_S:.0f} s")
            raise Unavailable(f"{self.worker}-silent", f"the {self.worker} worker does not answer") from error
        finally:
            self._asked.pop(number, None)

    def _message(self, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "ready":
                detail = message.get("detail")
                self.detail = detail if isinstance(detail, dict) else {}
                if process := self.process():
                    process.ready(str(self.detail.get("engine", "")))
            case "reply":
                self._replied(message)
            case "event":
                event = message.get("event")
                if (service := self._services.get(str(message.get("from")))) and isinstance(event, dict):
                    service.tell(event)
            case _:
                log.warning("unknown message of a worker", worker=self.worker, kind=str(message.get("type"))[:40])

    def _replied(self, message: dict[str, Any]) -> None:
        answer = self._asked.get(message.get("n", 0))
        if answer is None or answer.done():
            return
        error, result = message.get("error"), message.get("result")
        if isinstance(error, dict):
            kind = ERRORS.get(str(error.get("kind")), Unavailable)
            answer.set_exception(kind(str(error.get("code")), str(error.get("message"))))
        else:
            answer.set_result(result if isinstance(result, dict) else {})

    def _gone(self) -> None:
        self.detail = {}
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(Unavailable(f"{self.worker}-unavailable", f"the {self.worker} worker was lost"))
        for service in self._services.values():
            service.tell({"event": "lost"})
        if process := self.process():
            process.lost()
