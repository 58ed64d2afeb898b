"""The conversation at one screen, as a pure state machine: events with their time in, effects out.

    idle -> standby -> hearing -> deciding -> acting -> speaking -> follow-up -> idle
                                      \\-> asking -> hearing ...            muted: the microphone is off

After a success the ear stays open for a few seconds (follow-up): a next command needs no wake word. Nobody called
there, so whatever is then no command that could be carried out is dropped without a word: what is not understood, what
would be asked about or refused, what fails. Only its outcome is recorded.

Every run it begins ends with exactly one outcome: an answer, a refusal, or a deadline that passed. Times are
seconds on one monotonic clock that the caller chooses (wall clock in the service, file time in a replay).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.contracts import Outcome, OutcomeCode, Source, Transcript
from assistant.session.effects import (
    BeginRun,
    CancelListening,
    Chime,
    CloseQuestion,
    Effect,
    EndRun,
    Hush,
    Listen,
    Phase,
    ShowPhase,
    Understand,
)

STANDBY_S = 3.0
"""How long the screen visibly waits for speech after the wake word (design, section 1)."""
HEARING_S = 16.0
"""The endpointer closes an utterance after 15 s at the latest; one second more means the ear is gone."""
DECIDING_S = 4.0
ACTING_S = 6.0
SPEAKING_S = 25.0
ANSWER_S = 15.0
"""How long a question stays open, from when it was asked or, spoken, from when the voice is silent again."""
FOLLOW_UP_S = 4.0
"""How long a next command needs no wake word, from when the voice is silent again."""
GRACE_S = 2.0
SUCCESS = (OutcomeCode.SHOWN, OutcomeCode.ANSWERED)


@dataclass(slots=True)
class Session:
    """One screen's conversation. `new_run` gives run ids; every method returns the effects to carry out, in order.

    follow_up_s: how long the ear stays open after a success, 0 for not at all. uncalled: nobody called before what is
    heard or decided now.
    """

    new_run: Callable[[], str]
    follow_up_s: float = FOLLOW_UP_S
    phase: Phase = Phase.IDLE
    run: str | None = None
    source: Source = Source.MICROPHONE
    deadline: float | None = None
    text: str = ""
    asking: bool = False
    uncalled: bool = False
    woken: bool = False
    microphone_muted: bool = False
    _success: Outcome | None = None
    _effects: list[Effect] = field(default_factory=list)

    # -- the ear ---------------------------------------------------------------------------------------------

    def wake(self, now: float) -> list[Effect]:
        """The wake word: stand by for 3 s. It interrupts whatever went on, speech included."""
        if self.microphone_muted:
            return self._take()
        return self._stand_by(Source.MICROPHONE, now, woken=True)

    def listen_for(self, source: Source, now: float) -> list[Effect]:
        """A person opened the ear by a push-to-talk button."""
        return self._stand_by(source, now)

    def false_wake(self, now: float) -> list[Effect]:
        """A person says that nobody called: what the wake word began ends at once, quietly, with its question and its
        words."""
        if not self.woken:
            return self._take()
        self.woken = False
        self._close_question(on_screen=True)
        self._end(_FALSE_WAKE)
        self._effects += [Hush(), CancelListening()]
        self._rest(now, _FALSE_WAKE)
        return self._take()

    def stop_word(self, text: str, now: float) -> list[Effect]:
        """A person said "그만" into our own voice: silence at once, then the words go the usual way."""
        if self.phase not in (Phase.SPEAKING, Phase.ASKING) or self.microphone_muted:
            return self._take()
        self._effects.append(Hush())
        self._supersede(keep_question=True)
        self._begin(Source.MICROPHONE)
        self._decide(text, now)
        return self._take()

    def speech_start(self, now: float) -> list[Effect]:
        """A voice began."""
        if self.phase is Phase.FOLLOW_UP:
            self.deadline = now + HEARING_S
            self._show(None, self._success)
            return self._take()
        if self.phase is Phase.ASKING and not self.microphone_muted:
            self._begin(Source.MICROPHONE)
        elif self.phase is not Phase.STANDBY:
            return self._take()
        self._enter(Phase.HEARING, now, HEARING_S)
        return self._take()

    def partial(self, text: str, now: float) -> list[Effect]:
        """Words so far; only the picture changes."""
        if self.phase is Phase.STANDBY:
            self._enter(Phase.HEARING, now, HEARING_S, text)
        elif self.phase is Phase.HEARING:
            self.text = text
            self._show(self.deadline)
        return self._take()

    def transcript(self, heard: Transcript, now: float) -> list[Effect]:
        """The utterance is complete: decide on it, or say that nothing was caught."""
        if self.phase is Phase.FOLLOW_UP and heard.text.strip():
            self._begin(Source.MICROPHONE, uncalled=True)
        elif self.phase not in _EARS_OPEN:
            return self._take()
        if not heard.text.strip():
            self._finish(_NOT_HEARD, now)
            return self._take()
        if not heard.accepted:
            self.text = heard.text
            self._finish(_UNCLEAR, now)
            return self._take()
        self._decide(heard.text, now)
        return self._take()

    def no_speech(self, now: float) -> list[Effect]:
        """The listening window closed without a voice."""
        if self.phase in _EARS_OPEN:
            self._finish(_NOT_HEARD, now)
        return self._take()

    def ear_lost(self, now: float) -> list[Effect]:
        """The hearing worker died or the stream broke in mid-utterance."""
        if self.phase in _EARS_OPEN:
            self._finish(_HEARING_LOST, now)
        return self._take()

    def mute(self, muted: bool, now: float) -> list[Effect]:
        """The microphone's switch."""
        self.microphone_muted = muted
        if muted and self.phase is Phase.ASKING:  # the question can still be answered by touch
            self._effects.append(CancelListening())
        elif muted and self.phase in _EARS_OPEN:
            self._finish(Outcome(OutcomeCode.CANCELLED, "마이크를 껐습니다.", "Microphone off.", "muted"), now)
        elif self.phase in (Phase.IDLE, Phase.MUTED):
            self._rest(now)
        return self._take()

    # -- the other ways in -----------------------------------------------------------------------------------

    def entered(self, text: str, source: Source, now: float) -> list[Effect]:
        """A typed sentence."""
        self._supersede()
        self._begin(source)
        self._decide(text, now)
        return self._take()

    def proposed(self, source: Source, now: float) -> list[Effect]:
        """A source that needs no understanding (touch, tablet, API) acts at once."""
        self._supersede()
        self._begin(source)
        self._enter(Phase.ACTING, now, ACTING_S)
        return self._take()

    # -- what came of it -------------------------------------------------------------------------------------

    def understood(self, run: str, now: float) -> list[Effect]:
        """Understanding gave one intent; the gate and the actions take over."""
        if run == self.run and self.phase is Phase.DECIDING:
            self._enter(Phase.ACTING, now, ACTING_S, self.text)
        return self._take()

    def answers(self, outcome: Outcome) -> bool:
        """Whether people are told of the outcome: who did not call is told of nothing but a command carried out."""
        return not self.uncalled or outcome.code in _CARRIED_OUT

    def done(self, run: str, outcome: Outcome, now: float, *, asks: bool = False, speaks: bool = False) -> list[Effect]:
        """The run's outcome. asks: a question stands open now. speaks: an utterance is on its way to the speaker."""
        if run != self.run:
            return self._take()
        if not self.answers(outcome):
            self._end(outcome)
            self._rest(now)
            return self._take()
        self.uncalled = False
        self._end(outcome)
        follows = outcome.code in _FOLLOWED and self.source is Source.MICROPHONE and self.follow_up_s > 0
        self._success = outcome if follows else None
        if asks:
            self.asking = True
            self._enter(Phase.ASKING, now, ANSWER_S, self.text, outcome)
            if not speaks:
                self._listen_for_answer()
        elif speaks:
            self._enter(Phase.SPEAKING, now, SPEAKING_S, self.text, outcome)
        else:
            self._follow_up_or_rest(now, outcome)
        return self._take()

    def playback_finished(self, now: float) -> list[Effect]:
        """The voice is silent again: the ear opens for the answer to a question, or for what follows a success."""
        if self.phase is Phase.SPEAKING:
            self._follow_up_or_rest(now)
        elif self.phase is Phase.ASKING and self.source in (Source.MICROPHONE, Source.PUSH_TO_TALK):
            self._enter(Phase.ASKING, now, ANSWER_S, self.text)
            self._listen_for_answer()
        return self._take()

    def close(self, now: float) -> list[Effect]:
        """The service ends."""
        if self.run is not None:
            self._finish(Outcome(OutcomeCode.CANCELLED, "종료합니다.", "Shutting down.", "shutting-down"), now)
        return self._take()

    def tick(self, now: float) -> list[Effect]:
        """Deadlines. Call at `deadline` or later."""
        if self.deadline is None or now < self.deadline:
            return self._take()
        match self.phase:
            case Phase.STANDBY:
                self._finish(_NOT_HEARD, now)
            case Phase.FOLLOW_UP:
                self._close_ear(now)
            case Phase.HEARING:
                self._finish(_HEARING_LOST, now)
            case Phase.DECIDING:
                self._finish(_failed("understanding-timeout", "이해하는 데 너무 오래 걸렸습니다."), now)
            case Phase.ACTING:
                self._finish(_failed("action-timeout", "화면이 응답하지 않습니다."), now)
            case Phase.ASKING:
                self._close_question(on_screen=True)
                self._effects.append(CancelListening())
                self._rest(now)
            case _:
                self._rest(now)
        return self._take()

    # -- inside ----------------------------------------------------------------------------------------------

    def _stand_by(self, source: Source, now: float, *, woken: bool = False) -> list[Effect]:
        self._supersede(keep_question=True)
        self._effects.append(Hush())
        self._begin(source, woken=woken)
        self._enter(Phase.STANDBY, now, STANDBY_S)
        self._effects.append(Chime("wake"))
        return self._take()

    def _begin(self, source: Source, *, woken: bool = False, uncalled: bool = False) -> None:
        self.run, self.source, self.text = self.new_run(), source, ""
        self.woken, self.uncalled = woken, uncalled
        self._effects.append(BeginRun(self.run, source))

    def _decide(self, text: str, now: float) -> None:
        self.text = text
        self._enter(Phase.DECIDING, now, DECIDING_S, text)
        assert self.run is not None
        self._effects.append(Understand(self.run, text, self.source))

    def _listen_for_answer(self) -> None:
        if self.source in (Source.MICROPHONE, Source.PUSH_TO_TALK) and not self.microphone_muted:
            self._effects.append(Listen(ANSWER_S))

    def _follow_up_or_rest(self, now: float, outcome: Outcome | None = None) -> None:
        if self._success is None or self.microphone_muted:
            self._rest(now, outcome)
            return
        self._enter(Phase.FOLLOW_UP, now, self.follow_up_s, self.text, self._success)
        self._effects.append(Listen(self.follow_up_s))

    def _supersede(self, *, keep_question: bool = False) -> None:
        """A newer wish replaces a run that is not over yet; the ear is free again.

        keep_question: who calls in the middle of a question may still answer it.
        """
        if self.phase in (*_EARS_OPEN, Phase.ASKING):
            self._effects.append(CancelListening())
        if self.run is not None:
            self._effects.append(EndRun(self.run, _SUPERSEDED, self.uncalled))
            self.run = None
            if not keep_question:
                self._close_question(on_screen=False)

    def _end(self, outcome: Outcome) -> None:
        if self.run is not None:
            self._effects.append(EndRun(self.run, outcome, self.uncalled))
            self.run = None
        # What was shown or asked has taken the old question's place; a run that came to nothing leaves it standing.
        self._close_question(on_screen=outcome.code in _NOTHING_SHOWN)

    def _close_question(self, *, on_screen: bool) -> None:
        if self.asking:
            self.asking = False
            self._effects.append(CloseQuestion(on_screen))

    def _close_ear(self, now: float) -> None:
        self._effects.append(CancelListening())
        self._rest(now)

    def _finish(self, outcome: Outcome, now: float) -> None:
        """Something went wrong. Where nobody called, nobody is told."""
        quiet = self.phase is Phase.FOLLOW_UP or self.uncalled
        self._close_question(on_screen=True)
        self._end(outcome)
        if quiet:
            self._close_ear(now)
            return
        self._effects += [CancelListening(), Chime("error")]
        self._rest(now, outcome)

    def _rest(self, now: float, outcome: Outcome | None = None) -> None:
        text = "" if self.uncalled else self.text
        self.uncalled, self._success = False, None
        self._enter(Phase.MUTED if self.microphone_muted else Phase.IDLE, now, None, text, outcome)

    def _enter(
        self, phase: Phase, now: float, seconds: float | None, text: str = "", outcome: Outcome | None = None
    ) -> None:
        self.phase = phase
        self.text = text
        until = None if seconds is None else now + seconds
        # Hearing itself reports the end of its window; the session's own deadline is the safety net behind it.
        graced = phase in (Phase.STANDBY, Phase.FOLLOW_UP)
        self.deadline = None if until is None else until + (GRACE_S if graced else 0.0)
        self._show(until, outcome)

    def _show(self, until: float | None, outcome: Outcome | None = None) -> None:
        """Words that nobody said to us stay off the screen until they turn out to be for us."""
        overheard = self.uncalled and self.run is not None
        if overheard:
            self._effects.append(ShowPhase(Phase.FOLLOW_UP, None, run=self.run))
        else:
            self._effects.append(ShowPhase(self.phase, until, self.text, outcome, self.run, self.woken))

    def _take(self) -> list[Effect]:
        effects, self._effects = self._effects, []
        return effects


_EARS_OPEN = (Phase.STANDBY, Phase.HEARING, Phase.FOLLOW_UP)
_FOLLOWED = (*SUCCESS, OutcomeCode.CALLING)
"""After a call was announced the ear is open, too: "취소" takes it back."""
_CARRIED_OUT = (*SUCCESS, OutcomeCode.CALLING, OutcomeCode.CANCELLED)
_NOTHING_SHOWN = (
    *(OutcomeCode.NOT_HEARD, OutcomeCode.NOT_UNDERSTOOD, OutcomeCode.NOT_PERMITTED),
    *(OutcomeCode.FAILED, OutcomeCode.CANCELLED),
)
_SUPERSEDED = Outcome(OutcomeCode.CANCELLED, "새 요청으로 바꿨습니다.", "Replaced by a newer one.", "superseded")
_NOT_HEARD = Outcome(OutcomeCode.NOT_HEARD, "말씀을 듣지 못했습니다.", "I did not hear anything.", "no-speech")
_UNCLEAR = Outcome(
    OutcomeCode.NOT_UNDERSTOOD,
    "또렷이 듣지 못했습니다. 다시 말씀해 주세요.",
    "I did not catch that; please say it again.",
    "unclear-speech",
)
_FALSE_WAKE = Outcome(
    OutcomeCode.CANCELLED,
    "잘못 깨어났습니다. 알려 주셔서 고맙습니다.",
    "A false wake; thank you for telling.",
    "false-wake",
)
_HEARING_LOST = Outcome(
    OutcomeCode.FAILED,
    "듣기 장치가 멈췄습니다. 화면을 눌러 주세요.",
    "Hearing stopped; please use touch.",
    "hearing-lost",
)


def _failed(reason: str, ko: str) -> Outcome:
    return Outcome(OutcomeCode.FAILED, ko, "Something took too long.", reason)
