"""Who speaks in a room, from the loudness that each packet of sound carries. Pure: loudness and time in."""

from __future__ import annotations

from dataclasses import dataclass, field

QUIETEST_DB = -127.0
SPEECH_DB = -50.0
"""Louder than this is somebody speaking."""
SMOOTH_S = 0.1
STARTS_S = 0.15
"""A noise shorter than this is no speech."""
LEAD_DB = 6.0
"""Another must be this much louder to take over while somebody speaks."""
HOLD_S = 0.6
"""A pause in speech that loses nobody the floor."""
AGAIN_S = 1.0
"""How often it is told again while the same one speaks."""


@dataclass(slots=True)
class _Voice:
    loudness: float = QUIETEST_DB
    at: float = 0.0
    since: float | None = None
    spoke: float = float("-inf")


@dataclass(slots=True)
class Floor:
    """The one who speaks."""

    speaker: str = ""
    _voices: dict[str, _Voice] = field(default_factory=dict)
    _told: float = float("-inf")

    def heard(self, part: str, level_db: float, now: float) -> float | None:
        """A packet's loudness in dB (0 the loudest, -127 silence) at `now` seconds.

        Returns the smoothed loudness when `part` is to be told as the speaker, else None.
        """
        voice = self._voices.setdefault(part, _Voice(at=now))
        weight = min(1.0, max(0.0, now - voice.at) / SMOOTH_S)
        voice.loudness += (level_db - voice.loudness) * weight
        voice.at = now
        if voice.loudness < SPEECH_DB:
            voice.since = None
            return None
        voice.since = now if voice.since is None else voice.since
        if now - voice.since < STARTS_S:
            return None
        voice.spoke = now
        if part != self.speaker and not self._takes_over(voice, now):
            return None
        if part == self.speaker and now - self._told < AGAIN_S:
            return None
        self.speaker, self._told = part, now
        return voice.loudness

    def left(self, part: str) -> None:
        """A part is gone."""
        self._voices.pop(part, None)
        if self.speaker == part:
            self.speaker = ""

    def _takes_over(self, voice: _Voice, now: float) -> bool:
        holder = self._voices.get(self.speaker)
        return holder is None or now - holder.spoke > HOLD_S or voice.loudness > holder.loudness + LEAD_DB
