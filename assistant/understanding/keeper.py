"""Keeps a language model at hand: trained when its inputs changed, its server reused or started, and restarted."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from pathlib import Path

from assistant.contracts import Unavailable
from assistant.understanding.environment import find_rasa
from assistant.understanding.model import ModelResult
from assistant.understanding.rasa import RasaClient
from assistant.understanding.server import RasaServer, publish, read_state
from assistant.understanding.training import Trained, train
from content_registry.schema import Registry

logger = logging.getLogger(__name__)

_WATCH_S = 1.0
_ANSWER_S = 5.0  # a server that loads another model is silent for seconds
_MISSES = 3
_BACKOFF_S = (1.0, 2.0, 5.0, 15.0, 60.0)
_WARM_UP = ("미세먼지 보여줘", "어제 뉴스에 나온 얘기 들었어", "show the weather")


class ModelKeeper:
    """An IntentModel that is there whenever a Rasa server can be. `state`: off, starting, ok or down."""

    def __init__(
        self,
        registry: Registry,
        project: Path,
        state_dir: Path,
        *,
        python: Path | None = None,
        port: int = 0,
        start_timeout_s: float = 120.0,
        memory_limit_mb: int = 2000,
    ) -> None:
        self._registry, self._project, self._folder = registry, project, (state_dir / "rasa").resolve()
        self._python, self._port, self._timeout_s = python, port, start_timeout_s
        self._memory_limit_mb = memory_limit_mb
        self._misses = 0
        self._server: RasaServer | None = None
        self._client: RasaClient | None = None
        self._watch: asyncio.Task[None] | None = None
        self.state = "off"
        self.problem = ""

    @property
    def pid(self) -> int | None:
        """The process id of the server that this keeper started; None for a reused one."""
        return self._server.pid if self._server is not None else None

    async def parse(self, text: str) -> ModelResult:
        """The model's judgement. Raises Unavailable while there is no server."""
        client = self._client
        if client is None:
            raise Unavailable("model-starting" if self.state == "starting" else "model-down", "no language model yet")
        return await client.parse(text)

    async def start(self, *, watch: bool = True) -> None:
        """Returns when the model answers; from then on (with `watch`) a server that dies is started again.

        Raises Unavailable when there is no Rasa, training fails or the server does not start.
        """
        self.state = "starting"
        try:
            await self._open()
        except Unavailable as error:
            self.state, self.problem = "down", error.message
            raise
        if watch and self._watch is None:
            self._watch = asyncio.create_task(self._keep())

    async def train(self, *, force: bool = False) -> Trained:
        """Trains if need be and makes a running server load the new model. Raises Unavailable."""
        trained = await self._train(find_rasa(self._project, self._python), force)
        client = await reuse(self._folder)
        if client is not None:
            try:
                await self._load(client, trained.model, force)
            finally:
                await client.close()
        return trained

    async def close(self) -> None:
        """Ends the watch and the server, if this keeper started it."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
            self._watch = None
        await self._drop()
        self.state = "off"

    async def _open(self) -> None:
        python = find_rasa(self._project, self._python)
        trained = await self._train(python, False)
        client = await reuse(self._folder)
        if client is not None:
            try:
                await self._load(client, trained.model, False)
            except Unavailable:
                await client.close()
                raise
        else:
            server = RasaServer(self._project, self._folder, python, port=self._port)
            self._server = server
            state = await server.start(trained.model, self._timeout_s)
            client = RasaClient(state.address, state.token)
        await _warm_up(client)
        self._client, self.state, self.problem, self._misses = client, "ok", "", 0

    async def _train(self, python: Path, force: bool) -> Trained:
        stop = threading.Event()
        work = asyncio.create_task(
            asyncio.to_thread(train, self._registry, self._project, self._folder, python, force=force, stop=stop)
        )
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            # The thread holds a child process: it is ended before this returns.
            stop.set()
            await asyncio.gather(work, return_exceptions=True)
            raise

    async def _load(self, client: RasaClient, model: Path, force: bool) -> None:
        """Makes a running server use this model, if it does not by its own word. Raises Unavailable: `model-not-loaded`
        when it keeps another, so that an old model never answers unnoticed."""
        if await client.model_file() == model.name and not force:
            return
        await client.reload(str(model))
        if await client.model_file(_ANSWER_S) != model.name:
            raise Unavailable("model-not-loaded", "the running server of the language model keeps another model")
        state = read_state(self._folder)
        if state is not None:
            publish(self._folder, state.port, state.token, state.pid, model)

    async def _keep(self) -> None:
        failures = 0
        while True:
            await asyncio.sleep(_WATCH_S)
            try:
                wrong = await self._wrong()
                if not wrong:
                    failures = 0
                    continue
                self.state = "starting"
                logger.warning("the language model's server is started again: %s", wrong)
                await self._drop()
                await self._open()
            except Exception as error:  # whatever went wrong, the watch goes on
                self.state = "down"
                self.problem = error.message if isinstance(error, Unavailable) else type(error).__name__
                logger.error("the language model's server did not start: %s", self.problem)
                await asyncio.sleep(_BACKOFF_S[min(failures, len(_BACKOFF_S) - 1)])
                failures += 1

    async def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()
        server, self._server = self._server, None
        if server is not None:
            await server.stop()

    async def _wrong(self) -> str:
        """Why the server must be started again; empty when it need not."""
        if self._client is None:
            return "there is none"
        if self._server is not None:
            if not self._server.alive:
                return "its process ended"
            used = self._server.memory_mb
            if used > self._memory_limit_mb:
                return f"memory {used:.0f} MB over the limit of {self._memory_limit_mb} MB"
        elif read_state(self._folder) is None:
            return "the process it belongs to ended"  # a server of another process
        self._misses = 0 if await self._client.ready(_ANSWER_S) else self._misses + 1
        return f"no answer, {self._misses} times" if self._misses >= _MISSES else ""


async def reuse(folder: Path) -> RasaClient | None:
    """A client of the server that the state file names, if it answers."""
    state = read_state(folder)
    if state is None:
        return None
    client = RasaClient(state.address, state.token)
    if await client.ready():
        return client
    await client.close()
    return None


async def _warm_up(client: RasaClient) -> None:
    """The first sentences after a start pay for lazy imports and may time out; these are spent on that."""
    for text in _WARM_UP:
        try:
            await client.parse(text)
        except Unavailable:
            await asyncio.sleep(0.3)
    client.forget_failures()
