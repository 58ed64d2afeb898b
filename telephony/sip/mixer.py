"""What a phone hears of a room, and what a room hears of a phone: voices that come late, twice or not at all. Pure.

Time is counted in samples of 48 kHz that were asked for, so that tests need no clock.
"""

from __future__ import annotations

import numpy as np

from telephony.sip.pcm import PIECE, ROOM_RATE, Limiter, Samples

FADE = ROOM_RATE // 500
"""2 ms: a voice that stops short, starts or skips is faded, so that nothing clicks."""
MOST_PARTS = 64
QUIET_S = 5.0


class Waiting:
    """One voice waiting to be heard. It starts once `first` samples are there, gives silence when it has run dry, and
    skips to the newest `first` samples when more than `most` wait: a late voice is not late for ever."""

    def __init__(self, *, first: int = 2 * PIECE, most: int = 10 * PIECE) -> None:
        self._first, self._most = first, most
        self._there = np.zeros(0, dtype=np.float32)
        self._flowing = False
        self.quiet = 0
        """Samples asked for since the last ones came."""
        self.skipped = 0
        self.dry = 0

    def __len__(self) -> int:
        return len(self._there)

    def push(self, values: Samples) -> None:
        """More of it."""
        self.quiet = 0
        self._there = np.concatenate((self._there, values))
        if len(self._there) > self._most:
            self.skipped += len(self._there) - self._first
            kept = self._there[len(self._there) - self._first :].copy()
            if self._flowing:
                _cross(self._there[:FADE], kept)
            self._there = kept

    def pull(self, count: int) -> Samples:
        """The next `count` samples, exactly."""
        self.quiet += count
        if not self._flowing:
            if len(self._there) < max(self._first, 1):
                return np.zeros(count, dtype=np.float32)
            self._flowing = True
            head = min(FADE, len(self._there))
            self._there[:head] *= np.linspace(0, 1, head, dtype=np.float32)
        if len(self._there) >= count:
            out, self._there = self._there[:count], self._there[count:]
            return out
        out = np.zeros(count, dtype=np.float32)
        rest = self._there.copy()
        tail = min(FADE, len(rest))
        if tail:
            rest[-tail:] *= np.linspace(1, 0, tail, dtype=np.float32)
        out[: len(rest)] = rest
        self._there = self._there[:0]
        self._flowing = False
        self.dry += 1
        return out

    def clear(self) -> None:
        """Forget what waits."""
        self._there = self._there[:0]
        self._flowing = False


def _cross(old: Samples, new: Samples) -> None:
    """Begin `new` as a fade from `old`."""
    length = min(len(old), len(new), FADE)
    ramp = np.linspace(0, 1, length, dtype=np.float32)
    new[:length] = old[:length] * (1 - ramp) + new[:length] * ramp


class Mixer:
    """The voices of a room as one, without that of the part itself: nobody hears his own echo."""

    def __init__(self, own: str) -> None:
        self.own = own
        self._voices: dict[str, Waiting] = {}
        self._gains: dict[str, float] = {}
        self._limit = Limiter()

    def say(self, part: str, values: Samples) -> None:
        """What a part says. The part's own voice is ignored."""
        if part == self.own or not len(values):
            return
        voice = self._voices.get(part)
        if voice is None:
            if len(self._voices) >= MOST_PARTS:
                self.forget(max(self._voices, key=lambda name: self._voices[name].quiet))
            voice = self._voices[part] = Waiting()
        voice.push(values)

    def gain(self, part: str, factor: float) -> None:
        """How loud a part is: 0 is mute, 1 as it comes, at most 4."""
        self._gains[part] = min(max(factor, 0.0), 4.0)

    def forget(self, part: str) -> None:
        """A part has left."""
        self._voices.pop(part, None)
        self._gains.pop(part, None)

    def mix(self, count: int) -> Samples:
        """The next `count` samples of everybody else."""
        total = np.zeros(count, dtype=np.float32)
        for part, voice in list(self._voices.items()):
            total += voice.pull(count) * np.float32(self._gains.get(part, 1.0))
            if voice.quiet > QUIET_S * ROOM_RATE:
                del self._voices[part]
        return self._limit(total)

    def clear(self) -> None:
        """Forget what waits; nothing that was said during a pause is heard after it."""
        for voice in self._voices.values():
            voice.clear()

    @property
    def parts(self) -> tuple[str, ...]:
        """Whose voices are there."""
        return tuple(self._voices)
