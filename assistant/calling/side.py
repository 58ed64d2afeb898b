"""The core's side of media and telephones, in one piece: children, the worker's link, the engine, the phones' link."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from assistant.calling.children import CallingOptions, calling_children, watch_janus
from assistant.calling.link import CallingWorker, ServiceLink
from assistant.supervise import Supervisor
from assistant.workers import Workers
from telephony.engines.engine import MediaEngine
from telephony.engines.livekit import LiveKit
from telephony.engines.livekit_rooms import LiveKitRooms
from telephony.engines.remote import RemoteEngine


class CallingSide:
    """Made with the service, started when it listens. media: the engine of rooms. phones: the way to the telephones.

    livekit: carries rooms in the worker's place. is_beside: but those of such a name.
    """

    def __init__(
        self,
        workers: Workers,
        supervisor: Supervisor,
        options: CallingOptions,
        livekit: LiveKit | None = None,
        is_beside: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._supervisor, self._options = supervisor, options
        self.worker = CallingWorker(workers, lambda: supervisor.children.get("calling"))
        its = RemoteEngine(self.worker.service("media"), "janus" if options.engine == "janus" else "embedded")
        self.media: MediaEngine = its if livekit is None else LiveKitRooms(livekit, its, is_beside)
        self.phones: ServiceLink = self.worker.service("phones")
        self._watching: asyncio.Task[None] | None = None

    def start(self, state_dir: Path, core: str, token: str) -> None:
        """Keep the worker running, and Janus when the settings ask for it. core: `ws://127.0.0.1:PORT/ws/v1/workers`.

        Raises Unavailable `janus-missing`, with what to do; nothing is started then.
        """
        wanted = calling_children(self._options, state_dir, core, {"SEOULA_WORKER_TOKEN": token})
        for spec in wanted.specs:
            child = self._supervisor.add(spec)
            if spec.name == "janus":
                self._watching = asyncio.create_task(watch_janus(child, wanted.janus_port), name="watch-janus")

    async def stop(self) -> None:
        """End the rooms; the supervisor ends the children."""
        await self.media.close()
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
