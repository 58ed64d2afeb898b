"""Who is speaking, from the loudness the engine reports: steady enough for a frame around a picture. Pure.

The engine tells of a part once it is sure that it speaks, again at least once a second while it does, and may tell of
quieter levels or of none.
"""

from __future__ import annotations

from dataclasses import dataclass, field

LOUD_DB, QUIET_DB = -50.0, -60.0
"""From the one level on somebody may be speaking, below the other he may have stopped; between them nothing changes."""
FALL_S = 0.9
"""So long must he be quiet before it is said."""
SILENT_S = 1.5
"""An engine that says nothing of a part for so long heard nothing of it."""
TURN_S = 0.6
"""So long must somebody speak before he takes the large picture from one who has fallen silent."""


@dataclass(slots=True)
class _Voice:
    loud_since: float | None = None
    quiet_since: float | None = None
    heard_at: float = 0.0
    speaking_since: float | None = None


@dataclass(slots=True)
class Speakers:
    """`main`: whose picture is large; stays with the last one who spoke until another does."""

    main: str | None = None
    _voices: dict[str, _Voice] = field(default_factory=dict)

    @property
    def speaking(self) -> tuple[str, ...]:
        """Who speaks, longest first."""
        found = [(v.speaking_since, part) for part, v in self._voices.items() if v.speaking_since is not None]
        return tuple(part for _, part in sorted(found))

    def level(self, part: str, level_db: float, now: float) -> bool:
        """A reported loudness, 0 to -127 dB. True when what is to be shown changed."""
        voice = self._voices.setdefault(part, _Voice())
        voice.heard_at = now
        if level_db >= LOUD_DB:
            voice.quiet_since = None
            voice.loud_since = voice.loud_since if voice.loud_since is not None else now
        elif level_db < QUIET_DB:
            voice.loud_since = None
            voice.quiet_since = voice.quiet_since if voice.quiet_since is not None else now
        return self.tick(now)

    def tick(self, now: float) -> bool:
        """Let time pass. True when what is to be shown changed."""
        before = (self.speaking, self.main)
        for voice in self._voices.values():
            if voice.speaking_since is None:
                voice.speaking_since = voice.loud_since
            elif (voice.quiet_since is not None and now - voice.quiet_since >= FALL_S) or (
                now - voice.heard_at >= SILENT_S
            ):
                voice.speaking_since = voice.loud_since = voice.quiet_since = None
        self._turn(now)
        return (self.speaking, self.main) != before

    def gone(self, part: str) -> bool:
        """A part left, or was muted. True when what is to be shown changed."""
        before = (self.speaking, self.main)
        self._voices.pop(part, None)
        if self.main == part:
            self.main = next(iter(self.speaking), None)
        return (self.speaking, self.main) != before

    def _turn(self, now: float) -> None:
        """The one who has spoken longest has the large picture, once it is more than a murmur of assent."""
        if not self.speaking or self.main == self.speaking[0]:
            return
        since = self._voices[self.speaking[0]].speaking_since
        if self.main is None or (since is not None and now - since >= TURN_S):
            self.main = self.speaking[0]
