"""Speaking: cache, real espeak through pyttsx3, and the worker's answers."""

from __future__ import annotations

import os
import re
import wave
from pathlib import Path

import pytest

from assistant.contracts import BadInput, Unavailable
from assistant.speaking.cache import SpeechCache
from assistant.speaking.voice import MOST_CHARACTERS, Pyttsx3Voice, seconds_of
from assistant.speaking.worker import Speaker

KEY, OTHER_KEY = b"k" * 32, b"o" * 32


class Tone:
    """A voice that writes half a second of silence and counts."""

    name = "tone"

    def __init__(self) -> None:
        self.made = 0

    def synthesize(self, text: str, language: str, path: Path) -> None:
        if text == "broken":
            path.write_bytes(b"half")
            raise Unavailable("voice-silent", "nothing")
        self.made += 1
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16000)
            file.writeframes(b"\0\0" * 8000)


def test_a_sentence_is_made_once(tmp_path: Path) -> None:
    voice = Tone()
    speaker = Speaker(voice, SpeechCache(tmp_path, KEY))
    first, again = speaker.speak("u1", "안녕", "ko"), speaker.speak("u2", "안녕", "ko")
    assert (first["type"], first["seconds"], first["cached"]) == ("audio", 0.5, False)
    assert (again["cached"], again["path"], again["utterance"]) == (True, first["path"], "u2")
    assert voice.made == 1
    assert speaker.speak("u3", "안녕", "en")["path"] != first["path"]


def test_a_name_needs_the_key_and_what_another_key_named_goes(tmp_path: Path) -> None:
    old = tmp_path / str(Speaker(Tone(), SpeechCache(tmp_path, OTHER_KEY)).speak("u1", "안녕", "ko")["path"])
    (tmp_path / "0123.part").write_bytes(b"half")
    (tmp_path / "notes.txt").write_text("kept")
    cache = SpeechCache(tmp_path, KEY)
    new = cache.path_for("tone", "ko", "안녕")
    assert re.fullmatch(r"[0-9a-f]{32}\.wav", new.name)
    assert new.name != old.name
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]
    kept = tmp_path / str(Speaker(Tone(), cache).speak("u1", "안녕", "ko")["path"])
    SpeechCache(tmp_path, KEY)
    assert kept.exists()
    with pytest.raises(ValueError, match="key"):
        SpeechCache(tmp_path, b"short")


def test_a_failure_is_typed_and_leaves_nothing_behind(tmp_path: Path) -> None:
    answer = Speaker(Tone(), SpeechCache(tmp_path, KEY)).speak("u1", "broken", "ko")
    assert (answer["type"], answer["code"]) == ("failed", "voice-silent")
    assert list(tmp_path.iterdir()) == []


def test_the_least_recently_used_go_first(tmp_path: Path) -> None:
    cache, speaker = SpeechCache(tmp_path, KEY, 2), Speaker(Tone(), SpeechCache(tmp_path, KEY, 2))
    for n, text in enumerate(["하나", "둘", "셋"]):
        speaker.speak("u", text, "ko")
        os.utime(cache.path_for("tone", "ko", text), (n, n)) if cache.path_for("tone", "ko", text).exists() else None
    assert not cache.path_for("tone", "ko", "하나").exists()
    assert cache.path_for("tone", "ko", "셋").exists()


@pytest.mark.parametrize("content", [b"", b"RIFF", b"RIFF\x00\x00\x00\x00WAVE"])
def test_a_broken_sound_has_no_length(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(content)
    assert seconds_of(path) == 0.0
    assert seconds_of(tmp_path / "missing.wav") == 0.0


@pytest.mark.real
def test_espeak_speaks_korean_and_refuses_rubbish(tmp_path: Path) -> None:
    voice = Pyttsx3Voice()
    voice.synthesize("미세먼지, 화면에 띄웠습니다.", "ko", tmp_path / "a.wav")
    voice.synthesize("미세먼지.", "ko", tmp_path / "b.wav")
    assert 1.0 < seconds_of(tmp_path / "a.wav") < 8.0
    assert seconds_of(tmp_path / "b.wav") < seconds_of(tmp_path / "a.wav")
    for text, language in [("", "ko"), ("가" * (MOST_CHARACTERS + 1), "ko"), ("안녕", "xx")]:
        with pytest.raises(BadInput):
            voice.synthesize(text, language, tmp_path / "c.wav")
