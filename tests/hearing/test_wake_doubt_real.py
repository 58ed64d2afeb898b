"""An unsure call through the real head, Whisper and Vosk: two synthetic recordings at 15 dB in a room."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.contracts.events import StreamMode, Wake
from assistant.hearing.engine import HearingEngine
from assistant.hearing.replay import Replay
from assistant.hearing.vocabulary import registry_phrases
from assistant.hearing.whisper import LocalOpinion, Whisper
from assistant.models_manifest import join, named

AUDIO = Path(__file__).resolve().parents[1] / "audio"
pytestmark = [pytest.mark.real, pytest.mark.filterwarnings("default")]


def wakes(engine: HearingEngine, file: str) -> list[Wake]:
    return [event for event in Replay(engine, StreamMode.WAKE).events([AUDIO / file]) if isinstance(event, Wake)]


def test_whisper_confirms_a_call_and_refuses_what_only_begins_like_it() -> None:
    engine = HearingEngine(registry_phrases(), noise_suppression=True)  # as the product hears
    assert wakes(engine, "unsure_call.flac") == []  # the head alone is not sure of it
    engine.consult(LocalOpinion(Whisper(join(named("whisper-base")))), None)
    (wake,) = wakes(engine, "unsure_call.flac")
    assert wake.score < wake.threshold
    assert wake.evidence is not None
    assert wake.evidence > 2
    assert wakes(engine, "unsure_other.flac") == []
