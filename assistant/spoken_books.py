"""The bookcase's titles among what the recogniser expects, in a room that has a bookcase."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from assistant.contracts import SeoulaError
from assistant.service import Service
from content_registry.books import ShelfBook
from content_registry.generator import book_phrases, recogniser_phrases
from content_registry.schema import Registry


class SpokenBooks:
    """A worker begins with the registry's phrases, and gets them anew whenever the registry changes. It is told the
    titles besides once after it has started, and once after each change of the registry or of the books, which is
    noticed with its next health message. What it refuses is not sent again."""

    def __init__(self, service: Service, books: Callable[[], Iterable[ShelfBook]]) -> None:
        self._service, self._books = service, books
        self._told: tuple[Registry, tuple[ShelfBook, ...]] | None = None
        service.workers.listen("hearing", self._heard)

    def _heard(self, message: dict[str, Any]) -> None:
        kind = message.get("type")
        if kind not in ("ready", "health"):
            return
        registry, books = self._service.registry, tuple(self._books())
        told = None if kind == "ready" else self._told
        if told is not None and told[0] is registry and told[1] == books:
            return
        self._told = (registry, books)
        known = recogniser_phrases(registry)
        new = book_phrases(books, {phrase.text for phrase in known})
        # Without a new title it knows all already, unless titles that it was told before have to be taken away.
        if new or (told is not None and told[0] is registry):
            self._service.spawn(self._tell([asdict(phrase) for phrase in (*known, *new)]))

    async def _tell(self, phrases: list[dict[str, Any]]) -> None:
        try:
            await self._service.workers.send("hearing", {"type": "phrases", "phrases": phrases})
        except SeoulaError:
            return  # it is gone; the next one is told when it is ready
