"""The bookcase's titles among what the recogniser expects, in a room that has a bookcase."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from assistant.contracts import SeoulaError
from assistant.service import Service
from content_registry.books import ShelfBook
from content_registry.generator import book_phrases, recogniser_phrases


class SpokenBooks:
    """A worker begins with the registry's phrases, and gets them anew whenever the registry changes; each time it then
    says how many it knows. As long as those are the registry's alone, it is told the titles besides."""

    def __init__(self, service: Service, books: Iterable[ShelfBook]) -> None:
        self._service, self._books = service, book_phrases(books)
        self._before, service.ears.changed = service.ears.changed, self._changed

    def _changed(self, detail: dict[str, Any]) -> None:
        self._before(detail)
        known = recogniser_phrases(self._service.registry)
        if self._books and detail.get("phrases") == len({phrase.text for phrase in known}):
            texts = {phrase.text for phrase in known}
            phrases = [asdict(phrase) for phrase in (*known, *(b for b in self._books if b.text not in texts))]
            self._service.spawn(self._tell(phrases))

    async def _tell(self, phrases: list[dict[str, Any]]) -> None:
        try:
            await self._service.workers.send("hearing", {"type": "phrases", "phrases": phrases})
        except SeoulaError:
            return  # it is gone; the next one is told when it is ready
