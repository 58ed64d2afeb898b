"""The calling worker: `python -m assistant.calling.worker --core ws://…/ws/v1/workers/calling`.

Media of rooms, taps for captions and the sound of phones, in a process of their own: when it dies, calls between two
browsers go on, its rooms end with a sentence, and it comes back by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os

import structlog

from assistant import logs
from assistant.calling.desk import Desk
from assistant.process import event_loop
from assistant.quiet import quiet_libraries
from assistant.worker_link import WorkerLink
from telephony.engines.embedded.connection import Limits, gather_only
from telephony.engines.embedded.engine import EmbeddedEngine
from telephony.engines.janus.config import SECRET_VARIABLE
from telephony.engines.janus.engine import JanusEngine
from telephony.engines.served import ServedEngine
from telephony.sip.choice import gateways
from telephony.sip.phones import Phones

log = structlog.get_logger(__name__)


def engine_of(options: argparse.Namespace) -> EmbeddedEngine | JanusEngine:
    """The engine that the command line asks for."""
    if options.engine == "janus":
        return JanusEngine(options.janus, os.environ.get(SECRET_VARIABLE, ""))
    return EmbeddedEngine(strip_estimate=not options.keep_estimate, limits=Limits(connections=options.connections))


async def serve(options: argparse.Namespace) -> None:
    """Connect to the core and carry media until ended."""
    desk = Desk()
    engine = engine_of(options)
    desk.services["media"] = ServedEngine(engine, desk.tell("media"))
    make = gateways(options.janus, os.environ.get(SECRET_VARIABLE, ""))
    desk.services["phones"] = Phones(engine.join_phone, desk.tell("phones"), make)

    def ready() -> dict[str, str]:
        desk.met()
        return {"engine": options.engine}

    link = WorkerLink(options.core, "calling", ready, desk.take)
    desk.send = link.send
    await asyncio.gather(link.run(), desk.run())


def main() -> None:
    """Command line of the worker process."""
    parser = argparse.ArgumentParser(prog="assistant.calling.worker")
    parser.add_argument("--core", required=True)
    parser.add_argument("--engine", choices=("embedded", "janus"), default="embedded")
    parser.add_argument("--janus", default="", help="where the Janus of rooms or phones is, ws://127.0.0.1:PORT")
    parser.add_argument("--address", action="append", default=[], help="of this host, for media; all if none")
    parser.add_argument("--keep-estimate", action="store_true", help="let publishers adapt to a narrow network")
    parser.add_argument("--connections", type=int, default=Limits().connections, help="at most, of all rooms")
    options = parser.parse_args()
    quiet_libraries()
    logs.set_up()
    for name in ("aioice", "aiortc"):  # they name addresses
        logging.getLogger(name).setLevel(logging.ERROR)
    if (options.engine == "janus" or options.janus) and not (options.janus and os.environ.get(SECRET_VARIABLE)):
        parser.error(f"Janus needs --janus and {SECRET_VARIABLE}: the core hands both over")
    if options.address:
        gather_only(tuple(options.address))
    with asyncio.Runner(loop_factory=event_loop()) as runner:
        runner.run(serve(options))


if __name__ == "__main__":
    main()
