"""The hearing of one stream: frames in, contract events out, all in the stream's own time. No clock, no I/O.

The same object serves the live microphone, a push-to-talk stream and `seoula replay`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from assistant.contracts.events import (
    NoSpeech,
    Partial,
    SpeechStart,
    StopWord,
    StreamEnded,
    StreamMode,
    Transcript,
    Wake,
)
from assistant.hearing.audio import Frame, Samples, level_db
from assistant.hearing.barge_in import BargeIn
from assistant.hearing.echo import Playback
from assistant.hearing.endpointing import Endpointer, EndpointSettings, NothingSaid, SpeechBegan, SpeechEnded
from assistant.hearing.listening import Listening
from assistant.hearing.noise import NoiseSuppressor
from assistant.hearing.opinion import Consultation
from assistant.hearing.phrases import Decision
from assistant.hearing.recogniser import Recogniser
from assistant.hearing.ring import Ring
from assistant.hearing.voice_activity import VoiceActivity
from assistant.hearing.wake_doubt import WakeDoubt

Event = Wake | StopWord | SpeechStart | Partial | Transcript | NoSpeech | StreamEnded


class WakeDetector(Protocol):
    """As in `assistant.hearing.wake`: scores each frame in 0..1; must be given every one, since it looks back 2 s."""

    def score(self, frame: Samples) -> float: ...

    def reset(self) -> None: ...


class WakeDecision(Protocol):
    """Turns scores into wakes: threshold, consecutive frames, refractory time."""

    def feed(self, t: float, score: float) -> bool: ...

    def reset(self) -> None: ...


@dataclass(frozen=True, slots=True)
class WakeWord:
    """What wake mode listens with. lag: how long before the wake its word has ended, seconds. length: how far before
    the wake the word began at the most. A command spoken in the same breath is recognised together with the wake word,
    whose sound runs into it, and the words before `wake - lag` are left out afterwards. threshold: what its scores are
    held against, for the record. doubt: asks about what may be a call; None: the scores alone count."""

    detector: WakeDetector
    decision: WakeDecision
    lag: float = 0.1
    length: float = 1.0
    threshold: float = 0.0
    doubt: WakeDoubt | None = None


@dataclass(frozen=True, slots=True)
class HearingSettings:
    """Seconds. pre_roll: how far before the speech's start the recogniser begins. stable: how long the words must stay
    the same to be committed early. echo_tail: how long our own voice stays in the room after it ended."""

    endpoint: EndpointSettings
    pre_roll: float = 0.4
    stable: float = 0.2
    echo_tail: float = 0.3


WAKE_SETTINGS = HearingSettings(EndpointSettings(start_timeout=3.0, guard=0.24))
PUSH_TO_TALK_SETTINGS = HearingSettings(EndpointSettings(start_timeout=None))


class HearingPipeline:
    """Feeds frames to the wake detector, the endpointer and the recogniser, and says what was heard.

    decide: from the recogniser's words to a Decision (`PhraseBook.sentence`, or `.nearest` when measuring).
    barge_in: hears people through our own voice; None: the microphone is deaf while it sounds. noise: takes noise out.
    wake: None in push-to-talk. In push-to-talk a window is always open: after a transcript the next one begins.
    consultation: the second opinion; while it is waited for, the wake word alone is listened to.
    """

    def __init__(
        self,
        *,
        mode: StreamMode,
        voice: VoiceActivity,
        recogniser: Recogniser,
        decide: Callable[[str], Decision],
        wake: WakeWord | None = None,
        barge_in: BargeIn | None = None,
        noise: NoiseSuppressor | None = None,
        settings: HearingSettings | None = None,
        stream: str = "mic",
        consultation: Consultation | None = None,
    ) -> None:
        if mode is StreamMode.WAKE and wake is None:
            raise ValueError("wake mode needs a wake detector")
        self.stream = stream
        self.decide = decide
        self.consultation = consultation
        self._speech_end = 0.0
        self._mode = mode
        self._voice = voice
        self._recogniser = recogniser
        self._wake = wake if mode is StreamMode.WAKE else None
        self._barge_in = barge_in
        self._noise = noise
        self._settings = settings or (WAKE_SETTINGS if mode is StreamMode.WAKE else PUSH_TO_TALK_SETTINGS)
        self._ring, self._raw = Ring(), Ring()
        self._now = 0.0
        self._listening: Listening | None = None
        self._muted_until = -math.inf
        self._listen_when_unmuted: float | None = None
        self._heard_something = False
        if mode is StreamMode.PUSH_TO_TALK:
            self._open(0.0)

    @property
    def now(self) -> float:
        """The end of the last frame, seconds on the stream's clock."""
        return self._now

    @property
    def listening(self) -> bool:
        """Whether a listening window is open (or opens when the echo gate does)."""
        waits = self.consultation is not None and self.consultation.open
        return self._listening is not None or waits or self._listen_when_unmuted is not None

    def push(self, frame: Frame) -> list[Event]:
        """What this frame brings about, in order of time."""
        self._now = frame.end
        if self._muted(frame.end):
            concluded = list(self._answered()) if self._listening is None else []
            return concluded + self._hear_through_our_voice(frame)
        raw = frame
        if self._noise is not None:
            frame = self._noise.clean(frame)
        events: list[Event] = []
        self._ring.push(frame)
        self._raw.push(raw)
        if self._listening is not None:
            events += self._hear(frame)
        else:
            events += self._answered()
        if self._wake is not None:
            score = self._wake.detector.score(raw.samples)  # it was trained on noise, not on what a suppressor leaves
            woke = self._wake.decision.feed(frame.end, score)
            if woke and not (self._listening and self._listening.woken):  # the call counts over an open question
                events.append(self._called(frame.end, score, self._wake.threshold))
            if self._wake.doubt is not None:
                events += self._doubted(self._wake.doubt, frame.end, score)
        return events

    def _doubted(self, doubt: WakeDoubt, t: float, score: float) -> Iterator[Event]:
        """A call that the second opinion confirms counts from when it was heard. Nothing is asked where words are
        being listened to anyway."""
        if self.listening:
            return
        call = doubt.feed(t, score, self._raw.between)
        if call is not None and self._wake is not None:
            yield self._called(call.t, call.score, self._wake.threshold, call.evidence)
            for frame in tuple(self._ring.since(call.t)):
                if self._listening is not None:
                    yield from self._hear(frame)

    def _hear_through_our_voice(self, frame: Frame) -> list[Event]:
        """Our own voice sounds: the wake word and a stop word count, where its echo can be taken out."""
        if self._barge_in is None or self._wake is None:
            return []
        frame = self._barge_in.clean(frame)
        if not self._barge_in.hears:
            return []
        self._ring.push(frame)
        events = list(self._hear(frame)) if self._listening is not None else []
        score = self._wake.detector.score(frame.samples)
        if self._barge_in.wakes(frame.end, score) and self._listening is None:
            self._listen_when_unmuted = None
            events.append(self._called(frame.end, score, self._wake.threshold))
        elif self._listening is None and (word := self._barge_in.stop_word(frame)):
            self._listen_when_unmuted = None
            events.append(StopWord(frame.end, word, self.stream))
        return events

    def _called(self, t: float, score: float, threshold: float, evidence: float | None = None) -> Wake:
        assert self._wake is not None
        level = level_db(self._ring.since(t - self._wake.length))
        self._open(t, woken=True)
        if self._wake.doubt is not None:
            self._wake.doubt.rest(self._now)
        return Wake(t, round(score, 4), self.stream, threshold, level, evidence)

    def listen(self, seconds: float) -> None:
        """Open a window now, without a wake word, that waits so long for speech. While muted: when the gate opens."""
        if self._muted(self._now):
            self._listen_when_unmuted = seconds
        else:
            self._open(self._now, wait=seconds)

    def cancel(self) -> None:
        """Forget what is being said, without an event. In push-to-talk a new window begins."""
        self._forget()
        self._listen_when_unmuted = None
        if self._mode is StreamMode.PUSH_TO_TALK:
            self._open(self._now)

    def mute(self, until: float = math.inf, playback: Playback | None = None) -> None:
        """The echo gate: our own voice plays until `until` (stream time). A window that is open begins anew afterwards;
        an utterance that is complete, and waits for the second opinion only, still becomes a transcript.

        Nothing is heard meanwhile, or, where the `playback` is known, nothing but the wake word and a stop word.
        """
        if self._barge_in is not None:
            self._barge_in.begin(playback, self._now)
        if self._listening is not None:
            self._listen_when_unmuted = self._listening.wait
        self._listening = None
        self._forget_doubt()
        self._muted_until = until
        self._ring.clear()
        self._raw.clear()

    def unmute(self) -> None:
        """Our voice has ended now; the gate opens after the echo's tail."""
        if self._muted_until > self._now:
            self._muted_until = self._now + self._settings.echo_tail

    def end(self, error: str = "", detail: str = "") -> list[Event]:
        """The audio is over: finishes what is being said, then StreamEnded. `error`: a stable code, "" if none."""
        events: list[Event] = []
        listening, decision = self._listening, None
        if listening is not None and (ended := listening.endpointer.finish()):
            decision = self._finish(listening, ended)
        if self.consultation is not None and self.consultation.open:
            decision = self.consultation.last_answer(self._now)
        if decision is not None:
            events.append(self._transcript(decision))
        elif listening is not None and (self._wake is not None or not self._heard_something):
            events.append(NoSpeech(self._now, self.stream))
        self._listening = None
        return [*events, StreamEnded(self._now, self.stream, error, detail)]

    def _muted(self, t: float) -> bool:
        if t <= self._muted_until:
            return True
        if self._muted_until > -math.inf:
            self._muted_until = -math.inf
            if self._listening is not None:  # opened by a call into our voice
                self._listen_when_unmuted = None
                return False
            self._voice.reset()
            if self._wake is not None:
                self._wake.detector.reset()
                self._wake.decision.reset()
                if self._wake.doubt is not None:
                    self._wake.doubt.reset()
            if self._listen_when_unmuted is not None:
                wait, self._listen_when_unmuted = self._listen_when_unmuted, None
                self._open(t, wait=wait)
        return False

    def _forget(self) -> None:
        self._listening = None
        if self.consultation is not None:
            self.consultation.forget()
        self._forget_doubt()

    def _forget_doubt(self) -> None:
        if self._wake is not None and self._wake.doubt is not None:
            self._wake.doubt.forget()

    def _open(self, t: float, *, woken: bool = False, wait: float | None = None) -> None:
        self._forget()
        endpoint = self._settings.endpoint if wait is None else replace(self._settings.endpoint, start_timeout=wait)
        self._listening = Listening(t, Endpointer(endpoint, t), woken, endpoint.start_timeout)
        self._voice.reset()
        for frame in self._ring.since(t - 0.4):  # the detector judges by what came before
            if frame.end <= t + 1e-6:
                for _ in self._voice.judge(frame):
                    pass

    def _hear(self, frame: Frame) -> Iterator[Event]:
        listening = self._listening
        assert listening is not None
        if listening.fed:
            self._recogniser.feed(frame.samples)
            listening.sound.append(frame.samples)
            yield from self._partial(listening)
        for voicing in self._voice.judge(frame):
            settled = self._settled(listening, voicing.end)
            final = settled and listening.decision is not None and listening.decision.final
            point = listening.endpointer.feed(voicing.end, voicing.probability, settled, final)
            if isinstance(point, SpeechBegan):
                yield SpeechStart(point.start, self.stream)
                self._begin(listening, point.start, frame.end)
            elif isinstance(point, NothingSaid):
                yield self._close(NoSpeech(voicing.end, self.stream))
                return
            elif isinstance(point, SpeechEnded):
                decision = self._finish(listening, point)
                if decision is not None:
                    yield self._close(self._transcript(decision))
                    return
                if self.consultation is not None and self.consultation.open:
                    self._listening = None
                    yield from self._answered()
                    return
                listening.endpointer.resume()
                listening.fed, listening.text, listening.decision = False, "", None

    def _begin(self, listening: Listening, start: float, now: float) -> None:
        """Give the recogniser what was said, up to `now`, before we were sure that somebody speaks."""
        first = max(start - self._settings.pre_roll, listening.since)
        skip_to = listening.since
        if listening.woken and self._wake is not None:
            skip_to -= self._wake.lag
            if start <= listening.since:  # in one breath with the wake word
                first = listening.since - self._wake.length
        frames = tuple(frame for frame in self._ring.since(first) if frame.end <= now + 1e-6)
        skip = max(0.0, skip_to - frames[0].start)
        self._recogniser.start(skip)
        listening.fed = True
        listening.sound, listening.skip = [frame.samples for frame in frames], skip
        listening.changed = self._now
        for frame in frames:
            self._recogniser.feed(frame.samples)

    def _partial(self, listening: Listening) -> Iterator[Partial]:
        words = self._recogniser.hypothesis()
        if words and words != listening.text:
            shown = listening.decision.text if listening.decision else ""
            listening.text, listening.changed = words, self._now
            listening.decision = self.decide(words)
            if listening.decision.text and listening.decision.text != shown:
                yield Partial(self._now, listening.decision.text, self.stream)

    def _settled(self, listening: Listening, t: float) -> bool:
        decision = listening.decision
        return decision is not None and decision.settled and t - listening.changed >= self._settings.stable

    def _finish(self, listening: Listening, ended: SpeechEnded) -> Decision | None:
        """The utterance is over. None when there were no words (a cough, a door, the wake word's own tail), and when
        the second opinion was asked."""
        words = self._recogniser.finish() if listening.fed else ""
        decision = self.decide(words)
        if not decision.text:
            return None
        self._speech_end = ended.speech_end
        if self.consultation is not None:
            sound = listening.spoken()
            if self.consultation.ask(words, decision, sound, ended.speech_end, self._now):
                return None
        return decision

    def _answered(self) -> Iterator[Event]:
        """The transcript that waited for the second opinion, once it has come or is too late."""
        decision = self.consultation.answer(self._now) if self.consultation is not None else None
        if decision is not None:
            yield self._close(self._transcript(decision))

    def _transcript(self, decision: Decision) -> Transcript:
        self._heard_something = True
        return Transcript(
            self._now,
            decision.text,
            decision.phrase,
            round(decision.distance, 4),
            decision.accepted,
            self._speech_end,
            self.stream,
            decision.decided_by,
            decision.opinion,
            decision.vosk_distance,
            decision.whisper_distance,
        )

    def _close(self, event: Event) -> Event:
        self._listening = None
        if self._mode is StreamMode.PUSH_TO_TALK:
            self._open(self._now)
        return event
