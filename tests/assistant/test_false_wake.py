"""One tap on the wall: nobody called. What ends, what is counted, and what is kept only where somebody asked for it."""

from __future__ import annotations

import pytest

from assistant.contracts import BadInput, Intent, IntentName, OutcomeCode, SpeechStart, Transcript, Wake
from assistant.gate import Trust
from assistant.session import Phase
from tests.assistant.dry import REGISTRY, DryRoom, accepted, ambiguous

DUST = Intent(IntentName.SHOW_PANEL, panel="fine-dust-pm10")


async def test_the_run_of_a_false_wake_is_cancelled_and_the_ear_closes() -> None:
    dry = DryRoom({})
    dry.room.hear(Wake(7.0, 0.98, threshold=0.95))
    dry.now += 1.0
    told = dry.room.false_wake()
    assert (told.run, told.wake.t, told.private) == ("run-1", 7.0, False)
    assert [(o.code, o.reason) for o in dry.outcomes] == [(OutcomeCode.CANCELLED, "false-wake")]
    assert dry.ear.calls[-1] == "cancel"
    assert dry.screen.chimes == ["wake"]
    assert dry.screen.phases[-1].phase is Phase.IDLE
    assert not dry.screen.phases[-1].woken
    assert [e.data["threshold"] for e in dry.records[0].events if e.type == "wake"] == [0.95]


async def test_a_wake_up_can_be_called_false_once_and_only_the_latest() -> None:
    dry = DryRoom({})
    with pytest.raises(BadInput, match="wake word"):
        dry.room.false_wake()
    dry.room.hear(Wake(1.0, 0.99))
    dry.room.hear(Wake(4.0, 0.99))
    assert dry.room.false_wake().run == "run-2"
    with pytest.raises(BadInput, match="wake word"):
        dry.room.false_wake()
    dry.room.hear(Wake(9.0, 0.99))
    dry.room.push_to_talk()
    with pytest.raises(BadInput, match="wake word"):
        dry.room.false_wake()
    assert dry.room.session.phase is Phase.STANDBY


async def test_what_was_shown_after_a_false_wake_stays_but_the_voice_is_hushed() -> None:
    dry = DryRoom({"미세먼지 보여줘": accepted(DUST)})
    dry.room.hear(Wake(1.0, 0.99))
    dry.room.hear(SpeechStart(1.4))
    dry.room.hear(Transcript(2.5, "미세먼지 보여줘", "미세먼지 보여줘", 0.0, True, 2.0))
    await dry.settle()
    before = dry.voice.hushed
    assert dry.room.false_wake().run == "run-1"
    assert dry.voice.hushed == before + 1
    assert [o.code for o in dry.outcomes] == [OutcomeCode.SHOWN]


@pytest.mark.parametrize(("before", "after"), [(Trust.PRIVATE, Trust.INTERNAL), (Trust.INTERNAL, Trust.PRIVATE)])
async def test_an_unlocked_screen_is_told_of(before: Trust, after: Trust) -> None:
    dry = DryRoom({}, before)
    dry.room.hear(Wake(1.0, 0.99))
    dry.screen.trust = after
    assert dry.room.false_wake().private
    assert dry.records[0].unlocked


async def test_offering_a_private_choice_keeps_the_run_private() -> None:
    private = next(p.id for p in REGISTRY.panels.values() if p.visibility.value == "private")
    dry = DryRoom({"보고": ambiguous("fine-dust-pm10", private)}, Trust.INTERNAL)
    dry.room.hear(Wake(1.0, 0.99))
    dry.room.hear(Transcript(2.5, "보고", "보고", 0.0, True, 2.0))
    await dry.settle()
    assert dry.records[0].private
    assert REGISTRY.panels[private].name_ko not in str(dry.records[0])
