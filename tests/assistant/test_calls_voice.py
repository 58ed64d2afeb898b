"""Spoken calls: what is said, what can be taken back by which words, and how long the ear stays open for them."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from actions import World, plan
from assistant.contracts import (
    CancelCall,
    Direction,
    Intent,
    IntentName,
    Media,
    Outcome,
    OutcomeCode,
    PlaceCall,
    Source,
    SpeechStart,
    SteerCall,
    StopWord,
    Transcript,
    Wake,
)
from assistant.gate import Trust
from assistant.session import Phase
from assistant.telephone import SPOKEN, Telephone
from telephony.parties import Address
from tests.assistant.api_app import registry, understander
from tests.assistant.dry import DryRoom

CALL = Intent(IntentName.CALL, department="fire", media=Media.VIDEO)


@dataclass
class Line:
    """A call port that announces everything."""

    placed: list[PlaceCall] = field(default_factory=list)
    taken_back: int = 0

    steered: list[Direction] = field(default_factory=list)
    rings: bool = False

    def carry_out(self, command: PlaceCall | SteerCall) -> Outcome:
        if isinstance(command, SteerCall):
            self.steered.append(command.direction)
            return Outcome(OutcomeCode.CANCELLED, "통화를 끝냈습니다.", "The call is over.", "call-ended")
        self.placed.append(command)
        return Outcome(OutcomeCode.CALLING, "소방재난본부에 영상전화를 겁니다.", "Calling.")

    def ringing(self, display: str) -> bool:
        return self.rings

    def calling(self, display: str) -> bool:
        return len(self.placed) > self.taken_back

    def cancel(self, display: str) -> bool:
        found = self.calling(display)
        self.taken_back += found
        return found


def room(line: Line) -> DryRoom:
    dry = DryRoom({}, Trust.INTERNAL, line)
    dry.understands_by = lambda text, asked: understander().understand(text, context=asked)
    return dry


def say(dry: DryRoom, text: str) -> None:
    dry.room.hear(Wake(0.0, 0.9))
    dry.room.hear(SpeechStart(1.0))
    dry.room.hear(Transcript(2.5, text, text, 0.0, True, 2.0))


@pytest.mark.parametrize("words", ["취소", "그만", "아니", "아니야", "취소해줘"])
async def test_what_is_said_after_a_spoken_call_takes_it_back_without_the_wake_word(words: str) -> None:
    line = Line()
    dry = room(line)
    say(dry, "소방재난본부 영상전화 연결해줘")
    await dry.settle()
    assert (line.placed[0].department, line.placed[0].media, line.placed[0].source) == (
        "fire",
        Media.VIDEO,
        "microphone",
    )
    assert dry.outcomes[0].code is OutcomeCode.CALLING
    dry.room.playback_finished()
    assert dry.room.session.phase is Phase.FOLLOW_UP
    assert dry.ear.calls[-1] == "listen 4"
    dry.room.hear(SpeechStart(5.0))
    dry.room.hear(Transcript(5.5, words, words, 0.0, True, 5.4))
    await dry.settle()
    assert line.taken_back == 1
    assert (dry.outcomes[-1].code, dry.outcomes[-1].reason) == (OutcomeCode.CANCELLED, "call-cancelled")


async def test_stop_said_into_the_announcement_takes_it_back() -> None:
    line = Line()
    dry = room(line)
    say(dry, "소방재난본부 전화 걸어줘")
    await dry.settle()
    assert dry.room.session.phase is Phase.SPEAKING
    dry.room.hear(StopWord(3.0, "그만"))
    await dry.settle()
    assert (line.taken_back, dry.voice.hushed > 0) == (1, True)


@pytest.mark.parametrize(
    ("words", "rings", "deeds"),
    [
        ("통화 끊어줘", False, [Direction.OFF]),
        ("통화 보류해줘", False, [Direction.HOLD]),
        ("전화 받아줘", True, [Direction.ON]),
        ("받아", True, [Direction.ON]),
        ("거절", True, [Direction.OFF]),
        ("받아", False, []),
    ],
)
async def test_a_call_that_goes_on_or_rings_is_steered_by_words(
    words: str, rings: bool, deeds: list[Direction]
) -> None:
    line = Line(rings=rings)
    dry = room(line)
    for _ in range(7):  # more often than anybody may call
        say(dry, words)
        await dry.settle()
        dry.room.playback_finished()
    assert line.steered == deeds * 7
    assert line.placed == []


async def test_chatter_after_a_call_takes_nothing_back() -> None:
    line = Line()
    dry = room(line)
    say(dry, "소방재난본부 전화 걸어줘")
    await dry.settle()
    dry.room.playback_finished()
    dry.room.hear(SpeechStart(5.0))
    dry.room.hear(Transcript(5.5, "점심 뭐 먹지", "점심", 0.1, True, 5.4))
    await dry.settle()
    assert line.taken_back == 0


def test_no_and_stop_mean_what_they_meant_where_nothing_rings() -> None:
    for name, calling, cancels in (
        (IntentName.STOP, True, True), (IntentName.STOP, False, False), (IntentName.DENY, True, True),
        (IntentName.DENY, False, False), (IntentName.CONFIRM, True, False),
    ):  # fmt: skip
        made = plan(Intent(name), World(registry(), "main", calling=calling))
        assert any(isinstance(c, CancelCall) for c in made.commands) is cancels
    for source, cancels in (("touch", False), ("tablet", False), ("hands", False), ("watch", True), ("text", True)):
        made = plan(Intent(IntentName.STOP), World(registry(), "main", calling=True, source=source))
        assert any(isinstance(c, CancelCall) for c in made.commands) is cancels, (
            "a tap closes what lies over the screen"
        )
    question = plan(Intent(IntentName.DENY), World(registry(), "main", calling=True, question=(CALL,)))
    assert not any(isinstance(c, CancelCall) for c in question.commands), "the question on the screen is answered first"


@dataclass
class HubOfTwoWindows:
    """Notes what was announced, and for how long."""

    announced: list[tuple[str, str, str, dict[str, str], float]] = field(default_factory=list)
    ends: str = ""

    def announce(self, party: str, to: Address, media: str, about: dict[str, str], window_s: float) -> str:
        self.announced.append((party, str(to), media, about, window_s))
        return self.ends


@pytest.mark.parametrize("source", list(Source))
def test_what_was_said_has_three_seconds_and_what_was_tapped_none(source: Source) -> None:
    hub = HubOfTwoWindows()
    telephone = Telephone(hub, registry)  # type: ignore[arg-type]
    outcome = telephone.place(PlaceCall("main", "fire", Media.VOICE, "fine-dust-pm10", source.value))
    spoken = source in (Source.MICROPHONE, Source.PUSH_TO_TALK, Source.WATCH, Source.TEXT)
    assert (source in SPOKEN) is spoken
    about = {"kind": "panel", "id": "fine-dust-pm10", "title": registry().panels["fine-dust-pm10"].name_ko}
    assert hub.announced == [("display:main", "dept:fire", "audio", about, 3.0 if spoken else 0.0)]
    assert outcome.code is OutcomeCode.CALLING
    assert ("취소" in outcome.text_ko) is spoken


def test_what_a_call_is_about() -> None:
    hub = HubOfTwoWindows()
    private = next(p.id for p in registry().panels.values() if p.visibility.value == "private")
    project = next(p.id for p in registry().panels.values() if p.id.startswith("prj-"))
    for incident, panel, kind in (
        (None, private, None),
        (None, project, "project"),
        (("EQ-1", "지진"), project, "event"),
    ):
        telephone = Telephone(hub, registry, lambda display, found=incident: found)  # type: ignore[arg-type, misc]
        telephone.place(PlaceCall("main", "fire", Media.VIDEO, panel, "touch"))
        assert hub.announced[-1][3].get("kind") == kind
    assert hub.announced[-1][3]["title"] == "지진"


@pytest.mark.parametrize(("ends", "word"), [("offline", "연결된 사람이 없습니다"), ("busy", "통화 중")])
def test_a_department_that_cannot_be_reached_is_said_at_once(ends: str, word: str) -> None:
    telephone = Telephone(HubOfTwoWindows(ends=ends), registry)  # type: ignore[arg-type]
    outcome = telephone.place(PlaceCall("main", "fire", Media.VOICE, None, "microphone"))
    assert (outcome.code, outcome.reason) == (OutcomeCode.FAILED, f"call-{ends}")
    assert word in outcome.text_ko
    assert registry().departments["fire"].name_ko in outcome.text_ko
