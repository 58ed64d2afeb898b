"""Puts one stream's pipeline together from the real components. One recogniser model serves them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakSet

import structlog

from assistant.contracts.errors import Unavailable
from assistant.contracts.events import StreamMode
from assistant.hearing.background import BackgroundRecogniser
from assistant.hearing.barge_in import BargeIn
from assistant.hearing.echo import WebRtcCanceller
from assistant.hearing.judging import TwoOpinions
from assistant.hearing.noise import NoiseSuppressor, WebRtcNoiseSuppressor
from assistant.hearing.opinion import Consultation, Judge, SecondOpinion
from assistant.hearing.phrases import Phrase, PhraseBook
from assistant.hearing.pipeline import PUSH_TO_TALK_SETTINGS, HearingPipeline, HearingSettings, WakeWord
from assistant.hearing.recogniser import Recogniser, VoskModel, VoskRecogniser
from assistant.hearing.stop_words import StopSpotter, stop_grammar
from assistant.hearing.voice_activity import SileroVoiceActivity
from assistant.hearing.wake_rules import WakeRules

if TYPE_CHECKING:
    from assistant.hearing.wake import OpenWakeWord

_MOST_LAG = 0.4
WHILE_SPEAKING = 0.75
"""Of the wake word's threshold while our voice sounds: what is left of a call is weaker, our own words are left out by
other means, and a false wake only ends a sentence (docs/decisions/0011)."""

log = structlog.get_logger(__name__)


def _say_who_is_left_out(detector: OpenWakeWord) -> None:
    for error in detector.left_out:
        log.warning("somebody's wake head is left out", code=error.code, message=error.message)


class HearingEngine:
    """The loaded recogniser with its phrases. Raises Unavailable when the recogniser or its model is missing,
    BadInput `no-phrases` when nothing can be recognised.

    only_phrases: the phrases alone, each utterance decided as a whole (for measuring); otherwise commands made of
    them. wake_people: heads that people taught. wake_rules: how to be woken. echo_cancellation: people are heard
    through our own voice. noise_suppression: steady noise is taken out. `unspeakable` lists phrases that the
    recogniser's vocabulary cannot spell.
    """

    def __init__(
        self,
        phrases: Sequence[Phrase],
        *,
        only_phrases: bool = False,
        wake_model: Path | None = None,
        wake_people: Sequence[Path] = (),
        wake_rules: WakeRules | None = None,
        echo_cancellation: bool = False,
        noise_suppression: bool = False,
    ) -> None:
        self._only_phrases = only_phrases
        self._wake_people = wake_people
        self._detectors: WeakSet[OpenWakeWord] = WeakSet()
        self._wake_rules = wake_rules or WakeRules()
        self._echo_cancellation = echo_cancellation
        self._noise_suppression = noise_suppression
        self._wake_model = wake_model
        self._opinion: tuple[SecondOpinion, float | None] | None = None
        self.model = VoskModel()
        self.use(phrases)

    def use(self, phrases: Sequence[Phrase]) -> None:
        """New phrases for every pipeline made from now on. On an error the old ones stay."""
        book = PhraseBook(phrases)
        wanted = [p.text for p in book.phrases] if self._only_phrases else book.grammar_phrases
        grammar = self.model.spell(wanted)
        self.book, self.grammar = book, grammar
        self.unspeakable = grammar.unspeakable

    def consult(self, opinion: SecondOpinion, deadline_s: float | None) -> None:
        """Ask for a second opinion in every pipeline made from now on, and wait so long after the end of speech
        (None: for every answer)."""
        self._opinion = (opinion, deadline_s)

    def _judge(self) -> Judge:
        return TwoOpinions.of_phrases(self.book) if self._only_phrases else TwoOpinions.of_commands(self.book)

    def wake_word(self) -> WakeWord:
        """A wake detector of its own for one stream. Raises ConfigError or Unavailable as `OpenWakeWord` does."""
        from assistant.hearing.wake import DEFAULT_MODEL, OpenWakeWord

        detector, rules = OpenWakeWord(self._wake_model or DEFAULT_MODEL, self._wake_people), self._wake_rules
        self._detectors.add(detector)
        _say_who_is_left_out(detector)
        card = detector.card
        lag = min(max(card.lag_s, 0.0), _MOST_LAG)
        gated = rules.detector(detector, card, SileroVoiceActivity)
        threshold = rules.card(card).threshold
        return WakeWord(gated, rules.decision(card), lag, threshold=threshold, doubt=rules.doubt(self._opinion))

    def use_people(self, people: Sequence[Path]) -> None:
        """Listen with these people's wake heads in every stream, those that are open included."""
        self._wake_people = people
        detectors = list(self._detectors)
        for detector in detectors:
            detector.use_people(people)
        if detectors:
            _say_who_is_left_out(detectors[0])

    @property
    def people(self) -> tuple[str, ...]:
        """Whose wake heads are listened with."""
        return next((tuple(head.name for head in detector.people) for detector in list(self._detectors)), ())

    def barge_in(self) -> BargeIn | None:
        """What hears people through our own voice, for one stream; None where it is switched off or not installed."""
        if not self._echo_cancellation:
            return None
        from assistant.hearing.wake import WakeDecision

        try:
            canceller = WebRtcCanceller()
        except Unavailable as error:
            log.warning("nobody is heard while the assistant speaks", code=error.code)
            return None
        own = self.wake_word()
        grammar = self.model.spell(stop_grammar([phrase.text for phrase in self.book.phrases]))
        spotter = StopSpotter(SileroVoiceActivity(), VoskRecogniser(self.model, grammar))
        rule = WakeDecision(own.threshold * WHILE_SPEAKING, 2, 2.0)
        return BargeIn(canceller, own.detector, rule, spotter)

    def noise(self) -> NoiseSuppressor | None:
        """For one stream; None where it is switched off or not installed."""
        if not self._noise_suppression:
            return None
        try:
            return WebRtcNoiseSuppressor()
        except Unavailable as error:
            log.warning("noise is not suppressed", code=error.code)
            return None

    def pipeline(
        self,
        mode: StreamMode,
        stream: str,
        *,
        settings: HearingSettings | None = None,
        background: bool = False,
    ) -> tuple[HearingPipeline, Recogniser]:
        """A pipeline and its recogniser. background: decode in a thread, for live sound (the caller closes it)."""
        recogniser: Recogniser = VoskRecogniser(self.model, self.grammar)
        if background:
            recogniser = BackgroundRecogniser(recogniser)
        pipeline = HearingPipeline(
            mode=mode,
            voice=SileroVoiceActivity(),
            recogniser=recogniser,
            decide=self.book.nearest if self._only_phrases else self.book.sentence,
            wake=self.wake_word() if mode is StreamMode.WAKE else None,
            barge_in=self.barge_in() if mode is StreamMode.WAKE else None,
            noise=self.noise(),
            settings=settings,
            stream=stream,
            consultation=Consultation(self._judge(), *self._opinion) if self._opinion else None,
        )
        return pipeline, recogniser

    def retune(self, pipeline: HearingPipeline, recogniser: Recogniser) -> None:
        """Give a pipeline made earlier the newest phrases, from its next utterance on."""
        pipeline.decide = self.book.nearest if self._only_phrases else self.book.sentence
        if pipeline.consultation is not None:
            pipeline.consultation.judge = self._judge()
        recogniser.use(self.grammar)


def measuring_settings() -> HearingSettings:
    """For measuring on recordings of one utterance each: only a long pause, or the end of the file, ends it."""
    endpoint = replace(
        PUSH_TO_TALK_SETTINGS.endpoint,
        silence=2.0,
        early_silence=2.0,
        final_silence=2.0,
        on=0.3,
        off=0.2,
        min_speech=0.1,
    )
    return replace(PUSH_TO_TALK_SETTINGS, endpoint=endpoint, pre_roll=1.0)
