"""The few words that end our own voice: "그만", "조용히", "멈춰", "stop". Listened for only while it sounds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.hearing.audio import Frame
from assistant.hearing.endpointing import Endpointer, EndpointSettings, SpeechBegan, SpeechEnded
from assistant.hearing.recogniser import Recogniser
from assistant.hearing.ring import Ring
from assistant.hearing.voice_activity import VoiceActivity

STOP_WORDS = (
    *("그만", "그만해", "그만 해", "그만하세요", "이제 그만", "됐어 그만", "그만 말해"),
    *("조용히", "조용히 해", "조용히 해 줘", "조용히 하세요"),
    *("멈춰", "멈춰 줘", "멈추세요", "스톱", "스탑"),
)
_CALLS = ("서울아",)
_DECOYS = 12
"""Every twelfth phrase is listened for besides: the recogniser knows no garbage word, so other speech needs a place."""
_SETTINGS = EndpointSettings(silence=0.4, start_timeout=None, max_speech=4.0, on=0.3, off=0.2)
"""A voice that was taken out of another one is faint."""
_PRE_ROLL_S = 0.4
_STABLE_S = 0.24
"""How long the words must stay the same: "그만" must not fire inside "그만큼"."""


def stop_grammar(phrases: Sequence[str]) -> tuple[str, ...]:
    """What a recogniser listens for to serve a StopSpotter."""
    return (*STOP_WORDS, *_CALLS, *phrases[::_DECOYS])


def stop_word_in(words: str) -> str:
    """The stop word that these words are, the assistant's name aside; "" when they are none. Spaces do not count."""
    said = words.replace(" ", "")
    for call in _CALLS:
        said = said.removeprefix(call)
    return said if said in _KNOWN else ""


def speaks_a_stop_word(text: str) -> bool:
    """Whether a text that we are about to say has a stop word in it."""
    said = text.replace(" ", "")
    return any(word in said for word in _KNOWN)


_KNOWN = frozenset(word.replace(" ", "") for word in STOP_WORDS)


class StopSpotter:
    """Frames in, stop words out. The recogniser listens for `stop_grammar`."""

    def __init__(self, voice: VoiceActivity, recogniser: Recogniser) -> None:
        self._voice, self._recogniser = voice, recogniser
        self._ring = Ring(1.0)
        self.reset(0.0)

    def reset(self, t: float) -> None:
        """Our voice begins at `t`, seconds of the stream."""
        self._endpointer = Endpointer(_SETTINGS, t)
        self._voice.reset()
        self._ring.clear()
        self._fed, self._words, self._since = False, "", t
        self._reported = False

    def hear(self, frame: Frame) -> str:
        """The stop word that is sure with this frame, or ""; only the first one since `reset`."""
        self._ring.push(frame)
        if self._fed:
            self._recogniser.feed(frame.samples)
        found = ""
        for voicing in self._voice.judge(frame):
            point = self._endpointer.feed(voicing.end, voicing.probability)
            if isinstance(point, SpeechBegan):
                self._begin(self._ring.since(point.start - _PRE_ROLL_S), frame.end)
            elif isinstance(point, SpeechEnded):
                # Not `finish`: in what is left of a voice under another one its search fills all memory it may have.
                found = found or stop_word_in(self._recogniser.hypothesis())
                self._fed = False
        found = found or self._stable(frame.end)
        if self._reported or not found:
            return ""
        self._reported = True
        return found

    def _begin(self, frames: Iterable[Frame], now: float) -> None:
        self._recogniser.start()
        for frame in frames:
            self._recogniser.feed(frame.samples)
        self._fed, self._words, self._since = True, "", now

    def _stable(self, now: float) -> str:
        if not self._fed:
            return ""
        words = self._recogniser.hypothesis()
        if words != self._words:
            self._words, self._since = words, now
        return stop_word_in(words) if now - self._since >= _STABLE_S - 1e-6 else ""
