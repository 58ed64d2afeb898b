"""The worker's own microphones: opened as streams that wait for the wake word, and their state for people to see."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from assistant.contracts.errors import SeoulaError, Unavailable
from assistant.contracts.events import StreamEnded, StreamMode
from assistant.hearing.audio import LiveSource
from assistant.hearing.desk import StreamDesk
from assistant.hearing.pipeline import Event

log = structlog.get_logger(__name__)

_WORST_FIRST = ("missing", "starting", "ok")


class Microphones:
    """sources: by the name of their stream; none when there is to be no microphone."""

    def __init__(self, sources: Mapping[str, LiveSource]) -> None:
        self._sources = dict(sources)
        self._problem = ""

    def open(self, desk: StreamDesk) -> None:
        """Begin to listen. Without a wake model nothing is listened to, and push-to-talk goes on."""
        for name, source in self._sources.items():
            try:
                desk.open(name, StreamMode.WAKE, source)
            except SeoulaError as error:
                self._problem = error.message
                source.close()
                log.error("no wake word", code=error.code, microphone=name)

    def lost(self, event: Event) -> Unavailable | None:
        """What is wrong when a live microphone's stream ends, as it never should; a recording may come to its end."""
        source = self._sources.get(event.stream)
        if source is None or not isinstance(event, StreamEnded):
            return None
        if source.live or (event.error and event.error not in {p.code for p in source.problems}):
            return Unavailable("microphone-ended", event.error or "the microphone's stream has ended")
        return None

    @property
    def state(self) -> str:
        """`switched off`, `missing`, `starting` or `ok`: of several, the worst."""
        if not self._sources:
            return "switched off"
        states = {source.state for source in self._sources.values()}
        return "missing" if self._problem else next((s for s in _WORST_FIRST if s in states), "ok")

    @property
    def detail(self) -> str:
        """Why, for a person."""
        return self._problem or "; ".join(dict.fromkeys(s.detail for s in self._sources.values() if s.detail))

    @property
    def dropped(self) -> int:
        """Frames lost because nobody took them in time."""
        return sum(source.dropped for source in self._sources.values())
