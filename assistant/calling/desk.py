"""The worker's side of its requests: each is handed to the service it is for, and answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol

import structlog

from assistant.contracts import BadInput, SeoulaError, Unavailable

log = structlog.get_logger(__name__)

Send = Callable[[dict[str, Any]], Awaitable[object]]


class Service(Protocol):
    """Something that answers."""

    async def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer. Raises SeoulaError."""

    async def run(self) -> None:
        """Its own work, until cancelled."""

    async def reset(self) -> None:
        """The core came back after it was gone: what it had asked for ends."""


class Desk:
    """The services of a worker by name. send: to the core; what cannot be sent is lost with the core that asked."""

    def __init__(self) -> None:
        self.services: dict[str, Service] = {}
        self.send: Send = _nowhere
        self._tasks: set[asyncio.Task[None]] = set()
        self._resets: dict[str, asyncio.Task[None]] = {}
        self._met = False

    def tell(self, service: str) -> Send:
        """How a service tells something by itself."""

        async def told(event: dict[str, Any]) -> None:
            await self.send({"type": "event", "from": service, "event": event})

        return told

    async def take(self, message: dict[str, Any]) -> None:
        """A frame of the core's."""
        if message.get("type") == "ask":
            self._spawn(self._answer(message))

    def met(self) -> None:
        """The core is there. When it is not the first time, it knows nothing of what it asked for before."""
        if self._met:
            for name, service in self.services.items():
                self._resets[name] = self._spawn(service.reset())
        self._met = True

    async def run(self) -> None:
        """The work of all services, until cancelled."""
        await asyncio.gather(*(service.run() for service in self.services.values()))

    async def _answer(self, message: dict[str, Any]) -> None:
        reply: dict[str, Any] = {"type": "reply", "n": message.get("n")}
        try:
            service, request = self.services.get(str(message.get("to"))), message.get("request")
            if service is None or not isinstance(request, dict):
                raise BadInput("bad-request", "the worker has no such service")
            if (reset := self._resets.get(str(message.get("to")))) is not None:
                await asyncio.wait([reset])  # what is asked for now must not end with what was asked for before
            reply["result"] = await service.ask(request)
        except SeoulaError as error:
            reply["error"] = {"kind": type(error).__name__, "code": error.code, "message": error.message}
        except Exception as error:
            # Never the exception's words: they could carry a description or an address.
            log.error("a request failed", service=str(message.get("to"))[:40], error=type(error).__name__)
            broken = Unavailable("engine-failed", "the request could not be done")
            reply["error"] = {"kind": "Unavailable", "code": broken.code, "message": broken.message}
        await self.send(reply)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _nowhere(message: dict[str, Any]) -> None:
    """Before the link is made."""
