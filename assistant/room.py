"""One room at work: carries out what its session decides, through ports, and records every run.

The one path of the product lives here: proposal -> gate -> action -> commands -> screen, call, speech. The room
knows its ports only as Protocols; the service gives it real ones, a replay gives it dry ones and file time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from actions import Choice, Finish, Plan, World, plan
from actions.ask import offer, resolve
from assistant.contracts import (
    AnswerValue,
    BadInput,
    CancelCall,
    CloseOverlay,
    Intent,
    IntentName,
    IntentProposed,
    Language,
    NoSpeech,
    Outcome,
    OutcomeCode,
    Partial,
    PlaceCall,
    Say,
    SeoulaError,
    Source,
    SpeechStart,
    SteerCall,
    StopSaying,
    StopWord,
    StreamEnded,
    Transcript,
    Understanding,
    UnderstandingOutcome,
    Wake,
    plain,
    type_name,
)
from assistant.gate import Gate, Trust
from assistant.last_said import LastSaid
from assistant.outcomes import SCREEN_LEFT, Done, failed, in_language, not_understood, unpainted, what_is_asked
from assistant.ports import Ports
from assistant.runs import RunLog
from assistant.session import (
    FOLLOW_UP_S,
    BeginRun,
    CancelListening,
    Chime,
    CloseQuestion,
    Effect,
    EndRun,
    Hush,
    Listen,
    Phase,
    Session,
    ShowPhase,
    Understand,
)
from assistant.understanding.decide import NEAR_PRIVATE
from assistant.understanding.followup import Before
from assistant.understanding.service import UnderstandingContext
from assistant.wake_up import WakeUp
from content_registry.schema import Registry

RENDER_TIMEOUT_S = 2.5
_NOTHING = LastSaid()
HearingEvent = Wake | StopWord | SpeechStart | Partial | Transcript | NoSpeech | StreamEnded


@dataclass(slots=True)
class Room:
    """The conversation at display `display`. `clock`: seconds, the session's time."""

    display: str
    registry: Registry
    gate: Gate
    ports: Ports
    new_run: Callable[[], str]
    clock: Callable[[], float]
    models: Mapping[str, str] = field(default_factory=dict)
    follow_up_s: float = FOLLOW_UP_S
    session: Session = field(init=False)
    question: tuple[Intent, ...] = ()
    asked: UnderstandingContext = UnderstandingContext()
    said: LastSaid = LastSaid()
    needs: Trust = Trust.PUBLIC  # what the words of the run under way, or of the last one, ask for
    _last: tuple[Intent | None, float] = (None, float("-inf"))
    _begun_for: Trust = Trust.PUBLIC
    _log: RunLog | None = None
    _seen: str = ""  # the incident that stood there when the person began to speak
    _woken: WakeUp | None = None
    _waiting: dict[str, Callable[[Outcome, str], None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.session = Session(self.new_run, self.follow_up_s)

    # -- ways in ---------------------------------------------------------------------------------------------

    def hear(self, event: HearingEvent) -> None:
        """An event of the ear, in order."""
        now = self.clock()
        match event:
            case Wake():
                effects = self.session.wake(now)
            case SpeechStart():
                self._seen = self.ports.screen.showing(self.display).incident
                effects = self.session.speech_start(now)
            case Partial(text=text):
                effects = self.session.partial(text, now)
            case Transcript():
                effects = self.session.transcript(event, now)
            case NoSpeech():
                effects = self.session.no_speech(now)
            case StopWord(text=text):
                effects = self.session.stop_word(text, now)
            case StreamEnded():
                effects = self.session.ear_lost(now) if event.error else []
        self._carry_out(effects, event)

    def push_to_talk(self, done: Callable[[Outcome, str], None] | None = None) -> None:
        """A person pressed the microphone button of this screen."""
        self._begin(self.session.listen_for(Source.PUSH_TO_TALK, self.clock()), done)

    def enter(self, text: str, source: Source, done: Callable[[Outcome, str], None] | None = None) -> None:
        """A typed sentence; `done` is called with the outcome and the run's id."""
        self._begin(self.session.entered(text, source, self.clock()), done)

    def propose(self, intent: Intent, source: Source, done: Done | None = None, person: str | None = None) -> None:
        """An intent that needs no understanding: touch, tablet, API, a recognised face."""
        effects = self.session.proposed(source, self.clock())
        self._begin(effects, done)
        assert self.session.run is not None
        self.ports.spawn(self._act(self.session.run, intent, 1.0, "", source, person))

    @property
    def woken(self) -> str | None:
        """The run that `false_wake` would be about."""
        return self._woken.run if self._woken is not None and self.session.woken else None

    def false_wake(self) -> WakeUp:
        """Nobody called: what the wake word last began here ends. Raises BadInput("no-wake") when it began nothing, or
        something newer has begun since."""
        if self.woken is None:
            raise BadInput("no-wake", "nothing that the wake word began is left here")
        self._carry_out(self.session.false_wake(self.clock()))
        woken, self._woken = self._woken, None
        assert woken is not None
        return replace(woken, private=woken.private or self._trust() is Trust.PRIVATE)

    def playback_finished(self) -> None:
        """The voice is silent again."""
        self._carry_out(self.session.playback_finished(self.clock()))

    def mute(self, muted: bool) -> None:
        """The microphone's switch."""
        self._carry_out(self.session.mute(muted, self.clock()))

    def ear_lost(self) -> None:
        """The hearing worker is gone, and with it the sound of what woke it."""
        self._woken = None
        self._carry_out(self.session.ear_lost(self.clock()))

    def close(self) -> None:
        """The service ends: so does what runs."""
        self._carry_out(self.session.close(self.clock()))

    def tick(self) -> None:
        """Let deadlines pass."""
        self._carry_out(self.session.tick(self.clock()))

    # -- effects ---------------------------------------------------------------------------------------------

    def _begin(self, effects: list[Effect], done: Callable[[Outcome, str], None] | None) -> None:
        begun = next((e for e in effects if isinstance(e, BeginRun)), None)
        if begun and done:
            self._waiting[begun.run] = done
        self._carry_out(effects)

    def _carry_out(self, effects: list[Effect], heard: HearingEvent | None = None) -> None:
        if heard is not None and not any(isinstance(e, BeginRun) for e in effects):
            self._note(type_name(heard), **plain(heard))
        for effect in effects:
            match effect:
                case BeginRun(run, source):
                    self.needs = Trust.PUBLIC
                    self._begun_for, self._seen = self._trust(), self.ports.screen.showing(self.display).incident
                    unlocked = self._begun_for is Trust.PRIVATE
                    self._log = RunLog(run, source.value, self.display, clock=self.clock, unlocked=unlocked)
                    if isinstance(heard, Wake):
                        self._woken = WakeUp(run, heard, unlocked)
                    if heard is not None:
                        self._note(type_name(heard), **plain(heard))
                case EndRun(run, outcome, overheard):
                    self._end(run, outcome, overheard)
                case ShowPhase():
                    if self._trust() < self._begun_for:
                        # What was said to a screen that has left or was locked is not for whoever remains.
                        kept = effect.outcome if effect.outcome is SCREEN_LEFT else None
                        effect = replace(effect, text="", run=None, outcome=kept)
                    self.ports.screen.show_phase(self.display, effect)
                case Chime(name):
                    self.ports.screen.chime(self.display, name)
                case Understand(run, text, source):
                    if self._log:
                        self._log.text = text
                        self._log.add("understand", text=text)
                    self.ports.spawn(self._understand(run, text, source))
                case Listen(seconds):
                    self.ports.ear.listen(self.display, seconds)
                case CancelListening():
                    self.ports.ear.cancel(self.display)
                case Hush():
                    self.ports.voice.hush(self.display)
                case CloseQuestion(on_screen):
                    self.question, self.asked = (), UnderstandingContext()
                    if on_screen:
                        self.ports.screen.apply(CloseOverlay(self.display))

    def _end(self, run: str, outcome: Outcome, overheard: bool) -> None:
        if self._log and self._log.id == run:
            self._log.unlocked = self._log.unlocked or self._trust() is Trust.PRIVATE
            self._log.overheard = overheard
            record = self._log.finish(outcome, self.models, self.ports.names_private)
            self._log = None
            if self._woken and self._woken.run == run:
                self._woken = replace(self._woken, private=record.private or record.unlocked)
            self.ports.save(record)
        if done := self._waiting.pop(run, None):
            done(outcome, run)

    def _trust(self) -> Trust:
        return self.ports.screen.standing(self.display).trust

    def _note(self, type_: str, **data: Any) -> None:
        if self._log:
            self._log.add(type_, **data)

    # -- the one path ----------------------------------------------------------------------------------------

    async def _understand(self, run: str, text: str, source: Source) -> None:
        try:
            result = await self.ports.understand(text, replace(self.asked, before=self._before()))
        except SeoulaError as error:
            self._done(run, Outcome(OutcomeCode.FAILED, "요청을 처리하지 못했습니다.", error.message, error.code))
            return
        if self.session.run != run:
            return
        self._note("understanding", **plain(result))
        offered = (a.intent for a in result.alternatives)
        if self._log and (NEAR_PRIVATE in result.notes or any(self.gate.needs(i) is Trust.PRIVATE for i in offered)):
            self._log.private = True
        self._carry_out(self.session.understood(run, self.clock()))
        if result.outcome is UnderstandingOutcome.AMBIGUOUS:
            await self._ask(run, result, source)
        elif result.intent is None or result.outcome is UnderstandingOutcome.NOT_UNDERSTOOD:
            self._done(run, not_understood(result))
        else:
            await self._act(run, result.intent, result.confidence, text, source)

    async def _ask(self, run: str, result: Understanding, source: Source) -> None:
        """Offer only what this screen may show: a private panel's name is not read out to a public one."""
        standing = self.ports.screen.standing(self.display)
        offered = [a for a in result.alternatives if self.gate.objection(a.intent, standing) is None]
        if not offered:
            self._done(run, not_understood(result))
        elif len(offered) == 1:
            await self._act(run, offered[0].intent, offered[0].confidence, result.text, source)
        else:
            choices = tuple(Choice(a.intent, a.label_ko, a.label_en) for a in offered)
            self.needs = max(self.gate.needs(a.intent) for a in offered)
            await self._execute(run, result.intent, offer(choices, self._world()))

    async def _act(
        self, run: str, intent: Intent, confidence: float, text: str, source: Source, person: str | None = None
    ) -> None:
        if self.session.run != run:
            return
        intent = self._complete(resolve(intent, self.question))
        self.needs = max(self.needs, self.gate.needs(intent))
        if self._log:
            # What was offered beside it may have been private too.
            self._log.private = self._log.private or self.gate.needs(intent) is Trust.PRIVATE
        proposal = IntentProposed(run, source, self.display, intent, confidence, text, person)
        verdict = self.gate.judge(proposal, self.ports.screen.standing(self.display), self.clock())
        reason = verdict.refusal.reason if verdict.refusal else ""
        self._note("verdict", allowed=verdict.allowed, reason=reason, intent=plain(intent))
        if verdict.refusal is not None:
            await self._execute(run, None, Plan((), verdict.refusal, say_ko=verdict.refusal.text_ko))
        else:
            await self._execute(run, intent, plan(intent, self._world()))

    def _before(self) -> Before:
        """What a follow-up goes on from; nothing that those at the screen now may not see."""
        shown = self.ports.screen.showing(self.display).panel
        last, at = self._last
        return Before(last if last and self.gate.needs(last) <= self._trust() else None, self.clock() - at, shown)

    def _complete(self, intent: Intent) -> Intent:
        """A value or a district asked for without a name means the panel on the screen; the gate must know it."""
        about_shown = intent.name is IntentName.ASK_VALUE or (intent.name is IntentName.SHOW_PANEL and intent.district)
        if intent.panel is None and about_shown:
            return replace(intent, panel=self.ports.screen.showing(self.display).panel)
        return intent

    def _world(self) -> World:
        trust, showing = self._trust(), self.ports.screen.showing(self.display)
        return World(
            self.registry, self.display, showing.panel, self.question, self.said.to(trust), trust is Trust.PRIVATE,
            self.said.language, self._seen, trust >= Trust.INTERNAL, self.session.source.value, showing.department,
            self.ports.calls.calling(self.display), self.ports.calls.ringing(self.display),
        )  # fmt: skip

    async def _execute(self, run: str, intent: Intent | None, made: Plan) -> None:
        """Commands first, the screen before all; then the outcome, once it is true; then the words. Who did not call
        is neither asked nor refused."""
        if not self.session.answers(made.outcome):
            self._done(run, made.outcome)
            return
        self._note("plan", commands=[type_name(c) for c in made.commands], outcome=made.outcome.code.value)
        language = (intent.language if intent else None) or Language.KOREAN
        say = made.say_en if language is Language.ENGLISH and made.say_en else made.say_ko
        outcome, seq = made.outcome, None
        try:
            for command in made.commands:
                match command:
                    case PlaceCall() | SteerCall():
                        outcome = self.ports.calls.carry_out(command)
                        say = outcome.text_ko
                    case CancelCall():
                        self.ports.calls.cancel(self.display)
                    case AnswerValue():
                        answer = self.ports.answer(command)
                        outcome = Outcome(OutcomeCode.ANSWERED, answer.text_ko, answer.text_en)
                        say = answer.text_en if language is Language.ENGLISH else answer.text_ko
                    case Say(text=text):
                        say, language = text, Language(command.language)
                    case StopSaying():
                        self.ports.voice.hush(self.display)
                    case _:
                        seq = self.ports.screen.apply(command)
        except SeoulaError as error:
            outcome = failed(error)
            say = in_language(outcome, language)
        if seq is not None and outcome.code in _SEEN:
            outcome = await self._once_painted(run, outcome, seq, required=made.finish is Finish.RENDERED)
            if intent is not None and outcome.code in _SEEN:
                # The paired screen may have left while we waited: its words are not for whoever remains.
                outcome = self.gate.objection(intent, self.ports.screen.standing(self.display)) or outcome
            say = say if outcome.code in _SEEN else in_language(outcome, language)
        if self.session.run != run:
            return
        if intent is not None and outcome.code in _SEEN:
            self._last = (intent, self.clock())
        asking = what_is_asked(made, outcome, intent)
        needs = Trust.PUBLIC if intent is None else self.gate.needs(intent)
        if intent is not None and intent.name is IntentName.REPEAT:
            needs = self.needs = self.said.needs  # the same words again, for the same eyes
            if self._log and needs is Trust.PRIVATE:
                self._log.private = True
        self._done(run, outcome, asks=asking is not None, said=LastSaid(say, language, needs))
        if asking is not None and self.session.asking:
            self.question, self.asked = tuple(c.intent for c in made.choices), asking

    async def _once_painted(self, run: str, outcome: Outcome, seq: int, *, required: bool) -> Outcome:
        status = await self.ports.screen.rendered(self.display, seq, RENDER_TIMEOUT_S)
        if self.session.run == run:
            self._note("rendered", status=status, seq=seq)
        if status == "rendered" or not required:
            return outcome
        return unpainted(status)

    def _done(self, run: str, outcome: Outcome, *, asks: bool = False, said: LastSaid = _NOTHING) -> None:
        """said: what is to be said of it, as far as it is said at all."""
        if not self.session.answers(outcome):
            said = _NOTHING
        elif self._trust() < self._begun_for:
            # The screen this run was for has left: what was said to it is not for whoever remains.
            outcome, asks, said = SCREEN_LEFT, False, _NOTHING
        elif outcome.code is OutcomeCode.NOT_UNDERSTOOD and not said.text:
            said = LastSaid(outcome.text_ko)
        speaks = bool(said.text) and self.session.source in (Source.MICROPHONE, Source.PUSH_TO_TALK, Source.WATCH)
        self.said = said if said.text else self.said
        self._carry_out(self.session.done(run, outcome, self.clock(), asks=asks, speaks=speaks))
        if speaks:
            self.ports.spawn(self._speak(said.text, said.language))

    async def _speak(self, text: str, language: Language) -> None:
        if not await self.ports.voice.say(self.display, text, language.value) and self.session.phase in (
            Phase.SPEAKING,
            Phase.ASKING,
        ):
            self.playback_finished()


_SEEN = (OutcomeCode.SHOWN, OutcomeCode.ANSWERED)
