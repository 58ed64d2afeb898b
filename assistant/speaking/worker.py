"""The voice worker: `python -m assistant.speaking.worker --core ws://…/ws/v1/workers/speaking`.

Engines can hang. Then this process is killed by the core and started again; nothing else notices.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from assistant import logs
from assistant.contracts import SeoulaError
from assistant.speaking.cache import SHORTEST_KEY, SpeechCache
from assistant.speaking.engines import voices
from assistant.speaking.player import LocalPlayer
from assistant.speaking.speaker import PATIENCE_S, Speaker
from assistant.speaking.voice import Stopped
from assistant.worker_link import WorkerLink

log = structlog.get_logger(__name__)

STOCK_SHARE = 0.05
"""Share of a core that making phrases in advance may take."""


@dataclass(slots=True)
class Sentence:
    """What the core wants said; `dropped` is set when it does not any more."""

    utterance: str
    text: str
    language: str
    dropped: threading.Event = field(default_factory=threading.Event)


@dataclass(slots=True)
class Desk:
    """Sentences in, phrases out, one after another; what is free time goes into the stock.

    `send`: to the core. All making happens in one thread of its own: pyttsx3 is not safe across threads, and a message
    to stop must be heard while a phrase is made.
    """

    speaker: Speaker
    thread: ThreadPoolExecutor
    link: WorkerLink | None = None
    _asked: deque[Sentence] = field(default_factory=deque)
    _wanted: deque[tuple[str, str]] = field(default_factory=deque)
    _current: Sentence | None = None
    _advancing: threading.Event = field(default_factory=threading.Event)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def say(self, sentence: Sentence) -> None:
        """A sentence to make; what is made in advance gives way at once."""
        self._asked.append(sentence)
        if self._current is None:
            self.speaker.stop(self._advancing)
        self._news.set()

    def drop(self, utterance: str) -> None:
        """Nobody wants that sentence any more."""
        for sentence in self._asked:
            if sentence.utterance == utterance:
                sentence.dropped.set()
        if self._current is not None and self._current.utterance == utterance:
            self.speaker.stop(self._current.dropped)

    def stock(self, texts: list[tuple[str, str]]) -> None:
        """(text, language) to have ready; the first are made first."""
        self._wanted = deque(self.speaker.stock(texts))
        self._news.set()

    async def work(self) -> None:
        """Until cancelled."""
        while True:
            if self._asked:
                await self._speak(self._asked.popleft())
            elif self._wanted:
                await self._advance()
            else:
                self._news.clear()
                await self._news.wait()

    async def _speak(self, sentence: Sentence) -> None:
        self._current = sentence
        try:
            pieces = self.speaker.phrases(sentence.text, sentence.language)
            for part, piece in enumerate(pieces):
                make = partial(self.speaker.make, first=part == 0)
                made = await self._in_thread(make, piece, sentence.language, sentence.dropped)
                await self._send(
                    {
                        "type": "audio",
                        "utterance": sentence.utterance,
                        "part": part,
                        "last": part == len(pieces) - 1,
                        "path": made.path.name,
                        "seconds": round(made.seconds, 3),
                        "cached": made.cached,
                        "voice": made.voice,
                    }
                )
        except Stopped:
            return
        except SeoulaError as error:
            await self._failed(sentence, error.code, error.message)
        except Exception as error:
            log.exception("a voice broke")
            await self._failed(sentence, "voice-failed", type(error).__name__)
        finally:
            self._current = None

    async def _failed(self, sentence: Sentence, code: str, message: str) -> None:
        await self._send({"type": "failed", "utterance": sentence.utterance, "code": code, "message": message})

    async def _advance(self) -> None:
        """One phrase into the stock, then a pause, so that free time stays free."""
        phrase, language = self._wanted.popleft()
        self._advancing = threading.Event()
        begun = asyncio.get_running_loop().time()
        try:
            made = await self._in_thread(self.speaker.prepare, phrase, language, self._advancing)
        except Stopped:
            self._wanted.appendleft((phrase, language))
            return
        except Exception as error:
            log.warning("not made in advance", error=type(error).__name__)
            return
        if made:
            self._news.clear()
            pause = (asyncio.get_running_loop().time() - begun) / STOCK_SHARE
            try:
                await asyncio.wait_for(self._news.wait(), pause)
            except TimeoutError:
                return

    async def _in_thread(self, work: Any, *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.thread, work, *args)

    async def _send(self, message: dict[str, Any]) -> None:
        if self.link is not None:
            await self.link.send(message)


@dataclass(slots=True)
class Loudspeaker:
    """Plays an utterance's phrases on the local device in order, and tells the core when the last has ended."""

    player: LocalPlayer
    link: WorkerLink
    folder: Path
    _queues: dict[str, asyncio.Queue[tuple[Path, bool]]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def play(self, utterance: str, name: str, *, last: bool) -> None:
        """The next phrase of an utterance."""
        if utterance not in self._queues:
            self.stop()
            self._queues[utterance] = asyncio.Queue()
            task = asyncio.create_task(self._run(utterance, self._queues[utterance]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._queues[utterance].put_nowait((self.folder / Path(name).name, last))

    def stop(self) -> None:
        """Silence at once."""
        self._queues.clear()
        for task in self._tasks:
            task.cancel()
        self.player.stop()

    async def _run(self, utterance: str, queue: asyncio.Queue[tuple[Path, bool]]) -> None:
        ok, last = True, False
        while ok and not last:
            path, last = await queue.get()
            ok = await self.player.play(path)
        self._queues.pop(utterance, None)
        await self.link.send({"type": "played", "utterance": utterance, "ok": ok})


async def serve(options: argparse.Namespace, key: bytes) -> None:
    """Connect to the core and speak until ended."""
    thread = ThreadPoolExecutor(1, thread_name_prefix="voice")
    loop = asyncio.get_running_loop()
    detail: dict[str, Any] = {}

    def changed(voice: str) -> None:
        detail["voice"] = voice
        asyncio.run_coroutine_threadsafe(link.send({"type": "ready", "detail": detail}), loop)

    found, missing = await loop.run_in_executor(thread, voices, options.engine, options.rate)
    cache = SpeechCache(options.folder, key, options.entries)
    speaker = Speaker(found, cache, options.stock, changed=changed, patience_s=options.patience)
    detail["voice"] = f"{speaker.voice} ({missing})" if missing else speaker.voice
    log.info("the voice", voice=detail["voice"])
    desk = Desk(speaker, thread)

    async def on_message(message: dict[str, Any]) -> None:
        utterance = str(message.get("utterance", ""))
        match message.get("type"):
            case "synthesize":
                desk.say(Sentence(utterance, str(message["text"]), str(message.get("language", "ko"))))
            case "drop":
                desk.drop(utterance)
            case "stock":
                desk.stock([(str(text), str(language)) for text, language in message["sentences"]])
            case "play":
                loudspeaker.play(utterance, str(message["path"]), last=bool(message.get("last", True)))
            case "stop":
                loudspeaker.stop()

    link = desk.link = WorkerLink(options.core, "speaking", lambda: detail, on_message)
    loudspeaker = Loudspeaker(LocalPlayer(), link, options.folder)
    await asyncio.gather(link.run(), desk.work())


def main() -> None:
    """Command line of the worker process."""
    parser = argparse.ArgumentParser(prog="assistant.speaking.worker")
    parser.add_argument("--core", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--stock", type=Path)
    parser.add_argument("--engine", choices=("auto", "kokoro", "espeak"), default="auto")
    parser.add_argument("--rate", type=int, default=160)
    parser.add_argument("--entries", type=int, default=500)
    parser.add_argument("--patience", type=float, default=PATIENCE_S, help="seconds for a phrase of the neural voice")
    options = parser.parse_args()
    logs.set_up()
    key = os.environ.pop("SEOULA_AUDIO_KEY", "").encode()  # what the worker starts itself, such as aplay, has it not
    if len(key) < SHORTEST_KEY:
        parser.error("SEOULA_AUDIO_KEY is not set: the core hands the key over")
    asyncio.run(serve(options, key))


if __name__ == "__main__":
    main()
