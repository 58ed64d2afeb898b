"""The second opinion's worker: `python -m assistant.hearing.opinion_worker --core ws://… --model FOLDER`.

A child process of the core that holds Whisper. Questions come over its link, and one answer goes back for each.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from pathlib import Path
from typing import Any

import psutil
import structlog

from assistant import logs
from assistant.contracts.errors import BadInput, SeoulaError
from assistant.hearing.opinion_wire import Question, no_opinion_message, opinion_message, read_question
from assistant.hearing.whisper import Whisper
from assistant.process import watch_parent
from assistant.worker_link import WorkerLink

log = structlog.get_logger(__name__)

MOST_WAITING = 4
HEALTH_EVERY_S = 5.0
FORGET_S = 3.0
"""A second question on the same utterance comes within the deadline, or never: then nothing of it is remembered."""


class OpinionWorker:
    """Answers one question after the other; what is asked beyond the queue, or came too late, is refused at once."""

    def __init__(self, core: str, whisper: Whisper) -> None:
        self._whisper = whisper
        self._loop = asyncio.get_running_loop()
        self._questions: asyncio.Queue[tuple[float, Question]] = asyncio.Queue(MOST_WAITING)
        self._link = WorkerLink(core, "opinion", self._detail, self._on_message)
        self._answered = 0

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._link.run())
            tasks.create_task(self._answer())
            tasks.create_task(self._health())

    async def _on_message(self, message: dict[str, Any]) -> None:
        if message.get("type") != "opinion_wanted":
            log.warning("unknown message", kind=str(message.get("type"))[:40])
            return
        try:
            question = read_question(message)
            self._questions.put_nowait((self._loop.time(), question))
        except BadInput as error:
            await self._link.send(no_opinion_message(str(message.get("id")), error.code))
        except asyncio.QueueFull:
            await self._link.send(no_opinion_message(question.id, "opinion-busy"))

    async def _answer(self) -> None:
        remembers = False
        while True:
            try:
                asked, question = await asyncio.wait_for(self._questions.get(), FORGET_S if remembers else None)
            except TimeoutError:
                await asyncio.to_thread(self._whisper.forget)
                remembers = False
                continue
            if self._loop.time() - asked > question.within_s:
                answer = no_opinion_message(question.id, "opinion-late")
            else:
                answer = await asyncio.to_thread(self._judge, question)
            self._answered += 1
            remembers = True
            del question  # its sound
            await self._link.send(answer)

    def _judge(self, question: Question) -> dict[str, Any]:
        try:
            return opinion_message(question.id, self._whisper.judge(question.sound, question.candidates))
        except SeoulaError as error:
            return no_opinion_message(question.id, error.code)
        except Exception as error:  # ctranslate2 raises RuntimeError; the next question may be a better one
            log.error("no opinion", error=type(error).__name__)
            return no_opinion_message(question.id, "opinion-failed")

    async def _health(self) -> None:
        while True:
            await asyncio.sleep(HEALTH_EVERY_S)
            await self._link.send({"type": "health", "detail": self._detail()})

    def _detail(self) -> dict[str, Any]:
        memory = round(psutil.Process().memory_info().rss / 2**20)
        return {"model": self._whisper.folder.name, "answered": self._answered, "memory_mb": memory}


async def serve(core: str, whisper: Whisper) -> None:
    """Run until SIGTERM or SIGINT, or until the parent process is gone."""
    worker = asyncio.create_task(OpinionWorker(core, whisper).run())
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, worker.cancel)
    watch = asyncio.create_task(watch_parent(worker.cancel))
    with contextlib.suppress(asyncio.CancelledError):
        await worker
    watch.cancel()


def main(arguments: list[str] | None = None) -> int:
    """The command line. Exit codes: 0 ended when asked, 1 the model is missing, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="assistant.hearing.opinion_worker", description=__doc__)
    parser.add_argument("--core", required=True, help="ws:// address of the core")
    parser.add_argument("--model", type=Path, required=True, help="folder of the Whisper model")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args(arguments)
    logs.set_up()
    try:
        whisper = Whisper(options.model, options.threads)
    except SeoulaError as error:
        log.error("the second opinion cannot start", code=error.code, message=error.message)
        return 1
    asyncio.run(serve(options.core, whisper))
    return 0


if __name__ == "__main__":
    sys.exit(main())
