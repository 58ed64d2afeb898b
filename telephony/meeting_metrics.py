"""What operators see of meetings: counts and times, never a name, a word or an id."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from telephony.room_effects import Note
from telephony.rooms import Rooms

_KINDS = ("opened", "ended", "recording_on", "recording_off", "transcript_on", "transcript_off", "withdrew")


class MeetingMetrics:
    """In the service's registry."""

    def __init__(self, registry: CollectorRegistry, rooms: Rooms) -> None:
        people = Gauge("seoula_meeting_people", "People in meeting rooms", registry=registry)
        people.set_function(rooms.people)
        self._events = Counter("seoula_meeting_events", "What happened in meetings", ["kind"], registry=registry)
        self._lag = Histogram(
            "seoula_caption_lag_seconds",
            "From a word's sound to its caption",
            ["final"],
            buckets=(0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10),
            registry=registry,
        )
        self._late = Counter("seoula_captions_late", "Captions that came too late to be shown", registry=registry)
        self._lost = Counter("seoula_caption_sound_lost_seconds", "Sound that no worker could hear", registry=registry)

    def noted(self, note: Note) -> None:
        """Count what is worth counting."""
        if note.kind in _KINDS:
            self._events.labels(note.kind).inc()

    def caption(self, lag_s: float, *, final: bool, shown: bool) -> None:
        """As captions.Counters."""
        self._lag.labels(str(final).lower()).observe(lag_s)
        if not shown:
            self._late.inc()

    def sound_lost(self, seconds: float) -> None:
        """As captions.Counters."""
        self._lost.inc(seconds)
