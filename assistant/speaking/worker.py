"""The voice worker: `python -m assistant.speaking.worker --core ws://…/ws/v1/workers/speaking`.

pyttsx3 can hang. Then this process is killed by the core and started again; nothing else notices.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path
from typing import Any

import structlog

from assistant.contracts import SeoulaError
from assistant.speaking.cache import SHORTEST_KEY, SpeechCache
from assistant.speaking.player import LocalPlayer
from assistant.speaking.voice import Pyttsx3Voice, Voice, seconds_of
from assistant.worker_link import WorkerLink

log = structlog.get_logger(__name__)


class Speaker:
    """Turns `synthesize` messages into files: from the cache, or by the voice. One sentence at a time."""

    def __init__(self, voice: Voice, cache: SpeechCache) -> None:
        self._voice, self._cache = voice, cache

    def speak(self, utterance: str, text: str, language: str) -> dict[str, Any]:
        """The answer message: `audio` with path and seconds, or `failed` with a code."""
        path = self._cache.path_for(self._voice.name, language, text)
        cached = self._cache.touch(path)
        if not cached:
            try:
                self._make(text, language, path)
            except SeoulaError as error:
                return {"type": "failed", "utterance": utterance, "code": error.code, "message": error.message}
        return {
            "type": "audio",
            "utterance": utterance,
            "path": path.name,
            "seconds": round(seconds_of(path), 3),
            "cached": cached,
        }

    def _make(self, text: str, language: str, path: Path) -> None:
        half = path.with_suffix(".part")
        try:
            self._voice.synthesize(text, language, half)
            half.rename(path)
        finally:
            half.unlink(missing_ok=True)
        self._cache.trim()


async def serve(core: str, folder: Path, key: bytes, rate_wpm: int, entries: int) -> None:
    """Connect to the core and speak until ended."""
    voice = Pyttsx3Voice(rate_wpm)
    speaker = Speaker(voice, SpeechCache(folder, key, entries))
    player = LocalPlayer()
    playing: list[asyncio.Task[None]] = []

    async def play(utterance: str, path: Path) -> None:
        ok = await player.play(path)
        await link.send({"type": "played", "utterance": utterance, "ok": ok})

    async def on_message(message: dict[str, Any]) -> None:
        utterance = str(message.get("utterance", ""))
        if message.get("type") == "synthesize":
            # In the main thread on purpose: pyttsx3's loop is not safe elsewhere, and a hang must be seen as one.
            await link.send(speaker.speak(utterance, str(message["text"]), str(message.get("language", "ko"))))
        elif message.get("type") == "play":
            playing.append(asyncio.create_task(play(utterance, folder / Path(str(message["path"])).name)))
        elif message.get("type") == "stop":
            player.stop()

    link = WorkerLink(core, "speaking", {"voice": voice.name}, on_message)
    await link.run()


def main() -> None:
    """Command line of the worker process."""
    parser = argparse.ArgumentParser(prog="assistant.speaking.worker")
    parser.add_argument("--core", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--rate", type=int, default=160)
    parser.add_argument("--entries", type=int, default=500)
    options = parser.parse_args()
    key = os.environ.get("SEOULA_AUDIO_KEY", "").encode()
    if len(key) < SHORTEST_KEY:
        parser.error("SEOULA_AUDIO_KEY is not set: the core hands the key over")
    asyncio.run(serve(options.core, options.folder, key, options.rate, options.entries))


if __name__ == "__main__":
    main()
