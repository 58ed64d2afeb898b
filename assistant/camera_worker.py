"""`python -m assistant.camera_worker --core ws://127.0.0.1:PORT/ws/v1/workers/NAME --camera NAME --source ADDRESS ...`:
the child process in which one camera is looked at. It composes `perception.worker` with the link to the core.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import psutil
import structlog

from assistant import logs
from assistant.contracts import ConfigError, SeoulaError
from assistant.faces import with_face_key
from assistant.process import watch_parent
from assistant.worker_link import WorkerLink

log = structlog.get_logger(__name__)


async def serve(options: argparse.Namespace) -> None:
    """Until SIGTERM or SIGINT, or until the parent process is gone. Raises SeoulaError."""
    from perception.abilities import makers
    from perception.frames import LiveSource
    from perception.pacing import PaceSettings
    from perception.playing import Played
    from perception.sources import camera, recording
    from perception.watching import Watching
    from perception.worker import PerceptionWorker

    abilities = makers(with_face_key(_options(options.abilities)), options.source)

    def opened() -> LiveSource:
        if options.file is not None:
            return Played(recording(options.file))
        return camera(options.source, options.width, options.height)

    def watching(seen: Callable[[str, dict[str, Any]], None], changed: Callable[[], None]) -> Watching:
        pace = PaceSettings(options.fps, options.idle_fps, share=options.share)
        made = Watching(opened, abilities, seen, changed, pace)
        for name in options.use:
            made.use(name, on=True)
        return made

    def link(
        ready: Callable[[], dict[str, Any]], on_message: Callable[[dict[str, Any]], Awaitable[None]]
    ) -> WorkerLink:
        return WorkerLink(options.core, f"camera-{options.camera}", ready, on_message)

    memory = psutil.Process()
    worker = PerceptionWorker(options.camera, watching, link, lambda: round(memory.memory_info().rss / 2**20))
    task = asyncio.create_task(worker.run())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    watch = asyncio.create_task(watch_parent(task.cancel))
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await task
    finally:
        watch.cancel()


def main(arguments: list[str] | None = None) -> int:
    """The command line. Exit codes: 0 ended when asked, 1 a component is missing or failed, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="assistant.camera_worker", description=__doc__)
    parser.add_argument("--core", required=True, help="ws:// address of the core")
    parser.add_argument("--camera", required=True, help="what the camera is called")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--source", help="/dev/v4l/by-id/..., /dev/video0 or rtsp://...")
    source.add_argument("--file", help="a recording in a camera's place, or a folder of pictures")
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=720)
    parser.add_argument("--fps", type=float, default=15.0, help="frames a second while something goes on")
    parser.add_argument("--idle-fps", type=float, default=4.0, help="and until then")
    parser.add_argument("--share", type=float, default=0.6, help="of one processor core that seeing may take")
    parser.add_argument("--abilities", default='{"hands": {}}', help="what it can be used for, with options, as JSON")
    parser.add_argument("--use", action="append", default=[], help="an ability that is on from the start")
    options = parser.parse_args(arguments)
    logs.set_up()
    try:
        asyncio.run(serve(options))
    except SeoulaError as error:
        log.error("the camera worker ended", code=error.code, message=error.message)
        return 1
    return 0


def _options(text: str) -> dict[str, dict[str, Any]]:
    try:
        given = json.loads(text)
    except ValueError as error:
        raise ConfigError("bad-setting", "the abilities are a JSON object") from error
    if not isinstance(given, dict) or not all(isinstance(value, dict) for value in given.values()):
        raise ConfigError("bad-setting", "the abilities are a JSON object of objects")
    return given


if __name__ == "__main__":
    sys.exit(main())
