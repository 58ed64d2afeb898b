"""Recordings through the real recogniser and voice activity detection."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from assistant.contracts.errors import BadInput, Unavailable
from assistant.contracts.events import StreamEnded, StreamMode, Transcript
from assistant.hearing.engine import HearingEngine
from assistant.hearing.phrases import Phrase
from assistant.hearing.recogniser import VoskModel, VoskRecogniser, model_folder
from assistant.hearing.replay import FileBegins, FileFailed, Replay, replay_line
from assistant.hearing.vocabulary import registry_phrases
from tests.pace import seconds

pytestmark = pytest.mark.real
AUDIO = Path(__file__).resolve().parents[1] / "audio"


@pytest.fixture(scope="module")
def engine() -> HearingEngine:
    return HearingEngine(registry_phrases())


def lines(engine: HearingEngine, *files: Path) -> list[dict[str, object]]:
    replay = Replay(engine, StreamMode.PUSH_TO_TALK)
    return [line for event in replay.events(files) if (line := replay_line(event)) is not None]


def test_every_phrase_of_the_registry_can_be_recognised(engine: HearingEngine) -> None:
    assert engine.unspeakable == ()
    assert len(engine.book.phrases) > 1000


def test_a_command_is_heard_in_the_registrys_spelling(engine: HearingEngine) -> None:
    events = lines(engine, AUDIO / "push_to_talk.flac")
    assert [e["type"] for e in events if e["type"] != "partial"] == ["speech_start", "transcript"]
    transcript = events[-1]
    assert transcript["text"] == "강남구 초미세먼지 알려줘"
    assert transcript["phrase"] == "초미세먼지"
    assert transcript["accepted"] is True
    assert float(str(transcript["t"])) - float(str(transcript["speech_end"])) < 0.5  # committed early
    assert list(transcript)[:2] == ["t", "type"]


def test_the_wake_word_in_front_of_a_command_is_left_out(engine: HearingEngine) -> None:
    assert lines(engine, AUDIO / "one_breath.flac")[-1]["text"] == "미세먼지 보여줘"


def test_chatter_is_not_accepted(engine: HearingEngine) -> None:
    transcripts = [e for e in lines(engine, AUDIO / "chatter.flac") if e["type"] == "transcript"]
    assert transcripts
    assert not any(t["accepted"] for t in transcripts)


def waking_lines(engine: HearingEngine, name: str) -> list[dict[str, object]]:
    events = Replay(engine, StreamMode.WAKE).events([AUDIO / name])
    return [line for e in events if (line := replay_line(e)) is not None and line["type"] != "partial"]


@pytest.mark.parametrize(("name", "said"), [("one_breath.flac", "미세먼지 보여줘"), ("pause.flac", "따릉이 보여줘")])
def test_the_wake_word_and_the_command_after_it(engine: HearingEngine, name: str, said: str) -> None:
    events = waking_lines(engine, name)
    assert [e["type"] for e in events] == ["wake", "speech_start", "transcript"]
    assert events[-1]["text"] == said
    assert events[-1]["accepted"] is True


@pytest.mark.parametrize("name", ["chatter.flac", "push_to_talk.flac"])
def test_without_the_wake_word_nothing_is_heard(engine: HearingEngine, name: str) -> None:
    assert waking_lines(engine, name) == []


@pytest.mark.fault
def test_one_bad_file_does_not_stop_the_others(engine: HearingEngine, tmp_path: Path) -> None:
    (tmp_path / "empty.wav").write_bytes(b"")
    whole = (AUDIO / "push_to_talk.flac").read_bytes()
    (tmp_path / "cut.flac").write_bytes(whole[: len(whole) * 9 // 10])
    replay = Replay(engine, StreamMode.PUSH_TO_TALK)
    events = list(replay.events([tmp_path / "empty.wav", tmp_path / "cut.flac", AUDIO / "push_to_talk.flac"]))
    assert replay.failed
    assert sum(isinstance(e, FileBegins) for e in events) == 3
    assert [e.code for e in events if isinstance(e, FileFailed)] == ["empty-audio", "truncated-audio"]
    assert [e.error for e in events if isinstance(e, StreamEnded)] == ["truncated-audio", ""]
    assert any(isinstance(e, Transcript) and e.accepted for e in events[-3:])


@pytest.mark.fault
@pytest.mark.parametrize(("rate", "channels", "subtype"), [(8000, 2, "PCM_16"), (44100, 2, "FLOAT")])
def test_other_rates_and_channels_give_the_same_command(
    engine: HearingEngine, tmp_path: Path, rate: int, channels: int, subtype: str
) -> None:
    import soxr

    sound, _ = soundfile.read(AUDIO / "push_to_talk.flac", dtype="float32")
    other = soxr.resample(sound, 16000, rate)
    path = tmp_path / "other.wav"
    soundfile.write(path, np.repeat(other[:, None], channels, axis=1), rate, subtype=subtype)
    (transcript,) = [e for e in lines(engine, path) if e["type"] == "transcript"]
    assert "미세먼지" in str(transcript["phrase"])


@pytest.mark.fault
def test_minutes_of_nothing_are_quick_and_say_nothing(engine: HearingEngine, tmp_path: Path) -> None:
    path = tmp_path / "long.flac"
    random = np.random.default_rng(3)
    with soundfile.SoundFile(path, "w", 16000, 1, subtype="PCM_16") as file:
        for minute in range(6):
            file.write(random.normal(0, 0.003, 16000 * 60) if minute % 2 else np.zeros(16000 * 60))
    process = psutil.Process()
    list(Replay(engine, StreamMode.PUSH_TO_TALK).events([AUDIO / "push_to_talk.flac"]))
    before, found = process.memory_info().rss, list[list[str]]()
    assert seconds(lambda: found.append([e["type"] for e in lines(engine, path)]), 60.0) < 60
    assert found[0] == ["no_speech"]
    assert process.memory_info().rss - before < 8 * 2**20, "kept, its samples would be 11 MB"


def test_a_list_of_phrases_is_all_that_counts() -> None:
    engine = HearingEngine([Phrase("강남구 초미세먼지 알려줘"), Phrase("어린이집")], only_phrases=True)
    replay = Replay(engine, StreamMode.PUSH_TO_TALK, measuring=True)
    printed = [replay_line(e, measuring=True) for e in replay.events([AUDIO / "push_to_talk.flac"])]
    (line,) = [p for p in printed if p]
    assert list(line)[:5] == ["type", "text", "phrase", "distance", "accepted"]
    assert line["phrase"] == "강남구 초미세먼지 알려줘"
    assert line["accepted"] is True


async def test_the_same_events_come_to_an_asyncio_caller(engine: HearingEngine) -> None:
    files = [AUDIO / "push_to_talk.flac"]
    plain = list(Replay(engine, StreamMode.PUSH_TO_TALK).events(files))
    assert [e async for e in Replay(engine, StreamMode.PUSH_TO_TALK).aevents(files)] == plain


def test_one_decoder_serves_utterance_after_utterance(engine: HearingEngine) -> None:
    recogniser = VoskRecogniser(engine.model, engine.grammar)
    sound, _ = soundfile.read(AUDIO / "push_to_talk.flac", dtype="int16")
    heard = []
    for _ in range(3):
        recogniser.start()
        for at in range(0, len(sound), 1280):
            recogniser.feed(sound[at : at + 1280])
        heard.append(recogniser.finish())
    assert heard[0]
    assert len(set(heard)) == 1


def test_what_cannot_be_said_is_refused_or_reported(engine: HearingEngine) -> None:
    with pytest.raises(BadInput) as refusal:
        engine.model.spell(["...", "??"])
    assert refusal.value.code == "no-phrases"
    assert engine.model.spell(["따릉이", "..."]).unspeakable == ("...",)


@pytest.mark.fault
def test_a_missing_or_broken_model_has_a_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEOUL_VOSK_MODEL", str(tmp_path))
    with pytest.raises(Unavailable) as refusal:
        model_folder()
    assert refusal.value.code == "recogniser-model"
    (tmp_path / "am").mkdir()
    (tmp_path / "am" / "final.mdl").write_bytes(b"nothing")
    with pytest.raises(Unavailable) as refusal:
        VoskModel()
    assert refusal.value.code == "recogniser-model"
