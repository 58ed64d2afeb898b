"""The Rasa server as a child process of ours: loopback, token, telemetry off, a log file, its own process group."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from assistant.contracts import Unavailable
from assistant.private_files import write_private
from assistant.process import die_with_parent, inherited
from assistant.understanding.rasa import RasaClient

_CREDENTIALS = "# instead of the REST channel, which would answer without a token\nchannels.no_channel.NoChannel: {}\n"
_ENDPOINTS = "# no tracker store, no action server: the server parses and keeps nothing\n"


@dataclass(frozen=True, slots=True)
class ServerState:
    """What another process needs to use a running server. `started` is the process's own start time (epoch s)."""

    port: int
    token: str
    pid: int
    started: float
    model: str

    @property
    def address(self) -> str:
        """The server's origin."""
        return f"http://127.0.0.1:{self.port}"


def child_environment(project: Path, cache: Path, *, threads: int = 1) -> dict[str, str]:
    """The environment in which Rasa trains and serves. Two threads halve the time of one sentence's vector; at
    training, where sentences come in batches, one leaves the other cores to their work."""
    ours = {key: value for key, value in inherited().items() if key not in ("PYTHONHOME", "VIRTUAL_ENV")}
    return {
        **ours,
        "PYTHONPATH": str(project / "nlu_data"),
        "RASA_TELEMETRY_ENABLED": "false",
        "SANIC_HOST": "127.0.0.1",
        "SANIC_WORKERS": "1",
        "SEOULA_EMBEDDING_CACHE": str(cache),
        "OMP_NUM_THREADS": str(threads),
        # Threads that spin while they wait double the CPU time.
        "OMP_WAIT_POLICY": "PASSIVE",
        "OPENBLAS_NUM_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
    }


def command(python: Path, port: int, token: str, model: Path, endpoints: Path) -> list[str]:
    """The command line that serves a model on the loopback interface."""
    arguments = ["run", "--enable-api", "-i", "127.0.0.1", "-p", str(port), f"--auth-token={token}"]
    files = ["--endpoints", str(endpoints), "--credentials", str(endpoints.with_name("credentials.yml"))]
    return [str(python), "-m", "rasa", *arguments, "-m", str(model), *files]


def read_state(folder: Path) -> ServerState | None:
    """The state file of a server that still lives, or None."""
    try:
        state = ServerState(**json.loads((folder / "server.json").read_text(encoding="utf-8")))
        alive = abs(psutil.Process(state.pid).create_time() - state.started) < 1.0
    except (OSError, ValueError, TypeError, psutil.Error):
        return None
    return state if alive else None


def publish(folder: Path, port: int, token: str, pid: int, model: Path) -> ServerState:
    """Tell other processes of ours about a server: writes the state file and returns what it says."""
    state = ServerState(port, token, pid, psutil.Process(pid).create_time(), str(model))
    write_private(folder / "server.json", json.dumps(asdict(state)).encode())
    return state


def write_endpoints(folder: Path) -> Path:
    """The endpoints file that the server is started with, and the credentials beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    endpoints = folder.resolve() / "endpoints.yml"
    endpoints.write_text(_ENDPOINTS, encoding="utf-8")
    endpoints.with_name("credentials.yml").write_text(_CREDENTIALS, encoding="utf-8")
    return endpoints


class RasaServer:
    """Starts, watches and ends one server. `folder` (var/rasa) gets `server.json`, `server.log`, `endpoints.yml`."""

    def __init__(self, project: Path, folder: Path, python: Path, *, port: int = 0) -> None:
        self._project, self._folder, self._python, self._port = project, folder.resolve(), python, port
        self._process: subprocess.Popen[bytes] | None = None
        self._state: ServerState | None = None

    @property
    def state(self) -> ServerState | None:
        """The running server's address and token."""
        return self._state

    @property
    def alive(self) -> bool:
        """Whether the child process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The child's process id."""
        return self._process.pid if self._process is not None else None

    @property
    def memory_mb(self) -> float:
        """Resident memory of the child and its children, in MB; 0 when it does not run."""
        if not self.alive or self._process is None:
            return 0.0
        total = 0
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(self._process.pid)
            for member in (process, *process.children(recursive=True)):
                with contextlib.suppress(psutil.Error):
                    total += int(member.memory_info().rss)
        return total / 1e6

    def spawn(self, model: Path) -> ServerState:
        """Starts the process and returns at once; `wait_ready` tells when it answers."""
        if self.alive and self._state is not None:
            return self._state
        endpoints = write_endpoints(self._folder)
        port = self._port or free_port()
        token = secrets.token_hex(24)
        with open(self._folder / "server.log", "ab") as log:
            self._process = subprocess.Popen(
                command(self._python, port, token, model.resolve(), endpoints),
                cwd=self._project,
                env=child_environment(self._project, self._folder / "embeddings.sqlite", threads=2),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        self._state = publish(self._folder, port, token, self._process.pid, model)
        return self._state

    async def wait_ready(self, timeout_s: float = 120.0) -> ServerState:
        """Waits for the first good answer. Raises Unavailable `rasa-did-not-start`; the process is ended then."""
        if self._state is None:
            raise Unavailable("rasa-did-not-start", "the language model's server was not started")
        client = RasaClient(self._state.address, self._state.token)
        deadline = time.monotonic() + timeout_s
        try:
            while time.monotonic() < deadline and self.alive:
                if await client.ready():
                    return self._state
                await asyncio.sleep(0.25)
        finally:
            await client.close()
        ended = not self.alive
        await self.stop()
        reason = "it ended by itself" if ended else f"it did not answer within {timeout_s:.0f} s"
        raise Unavailable(
            "rasa-did-not-start", f"the language model's server: {reason}; see {self._folder / 'server.log'}"
        )

    async def start(self, model: Path, timeout_s: float = 120.0) -> ServerState:
        """Starts the server with a model file and waits until it answers."""
        self.spawn(model)
        return await self.wait_ready(timeout_s)

    async def stop(self, grace_s: float = 1.0) -> None:
        """Ends the child and whatever it started: asks first, then kills the process group."""
        process, self._process = self._process, None
        if process is None:
            return
        _signal_group(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(process.wait, grace_s)
        _signal_group(process.pid, signal.SIGKILL)
        await asyncio.to_thread(process.wait)
        state, self._state = self._state, None
        on_disk = read_state(self._folder)
        if on_disk is None or (state is not None and on_disk.pid == state.pid):
            (self._folder / "server.json").unlink(missing_ok=True)


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def free_port() -> int:
    """A loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
