"""The processes that calls need: the calling worker, and Janus when the settings say so."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from assistant.calling.link import Supervised
from assistant.supervise import ChildSpec
from telephony.engines.janus.config import SECRET_VARIABLE, JanusOptions, write_setup

START_S = 20.0
WORKER_MB, JANUS_MB = 600, 500
QUIET_SIP = {f"{part}_DEBUG": "0" for part in ("SOFIA", "SU", "NUA", "NTA", "TPORT", "SOA", "NEA", "IPTSEC")}
"""Janus' SIP library would write who calls into its log."""
PROBE_S = 1.0
MISSES = 5
"""So many unanswered probes in a row are a Janus that hangs."""


@dataclass(frozen=True, slots=True)
class CallingOptions:
    """engine: of the worker. addresses: of this host for media, all when none is given. keep_estimate: publishers adapt
    to a narrow network. connections: peer connections at most, of all rooms. janus_phones: Janus carries the
    telephones, and speaks with them from sip_address ("": any)."""

    engine: Literal["embedded", "janus"] = "embedded"
    addresses: tuple[str, ...] = ()
    keep_estimate: bool = False
    connections: int = 64
    janus: JanusOptions = JanusOptions()
    janus_phones: bool = False
    sip_address: str = ""

    @property
    def wants_janus(self) -> bool:
        """Whether Janus is kept running, for rooms, telephones or both."""
        return self.engine == "janus" or self.janus_phones

    def of_janus(self) -> JanusOptions:
        """Its options, with the plugins that are needed."""
        plugins = (*(("videoroom",) if self.engine == "janus" else ()), *(("sip",) if self.janus_phones else ()))
        addresses = self.janus.addresses or self.addresses
        return replace(self.janus, plugins=plugins, addresses=addresses, sip_address=self.sip_address)


@dataclass(frozen=True, slots=True)
class CallingChildren:
    """What to keep running. janus_port: where Janus is probed, 0 for none."""

    specs: tuple[ChildSpec, ...]
    janus_port: int = 0


def calling_children(options: CallingOptions, state_dir: Path, core: str, env: dict[str, str]) -> CallingChildren:
    """The children for these settings; Janus' configuration is written anew, with new secrets.

    core: `ws://…/ws/v1/workers`. Raises Unavailable `janus-missing`, with what to do.
    """
    logs = state_dir / "log"
    argv = [sys.executable, "-m", "assistant.calling.worker", "--core", f"{core}/calling"]
    argv += [part for address in options.addresses for part in ("--address", address)]
    argv += ["--connections", str(options.connections), *(["--keep-estimate"] if options.keep_estimate else [])]
    if not options.wants_janus:
        worker = ChildSpec("calling", tuple(argv), env, START_S, WORKER_MB, logs / "calling.log")
        return CallingChildren((worker,))
    setup = write_setup(state_dir / "janus", options.of_janus())
    argv += ["--engine", options.engine, "--janus", setup.url]
    env = {**env, SECRET_VARIABLE: setup.secret}
    worker = ChildSpec("calling", tuple(argv), env, START_S, WORKER_MB, logs / "calling.log")
    janus = ChildSpec("janus", setup.argv, QUIET_SIP, START_S, JANUS_MB, logs / "janus.log")
    return CallingChildren((janus, worker), int(setup.url.rpartition(":")[2]))


async def watch_janus(process: Supervised, port: int) -> None:
    """Tell its supervisor that Janus works, for as long as it answers; until cancelled."""
    misses = 0
    while True:
        try:
            _, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), PROBE_S)
            writer.close()
            misses = 0
            process.ready()
        except (OSError, TimeoutError):
            misses += 1
            if misses == MISSES:
                process.lost()
        await asyncio.sleep(PROBE_S)
