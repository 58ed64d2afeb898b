"""How well people are heard through our own voice: calls and stop words in the echo, and what our voice itself wakes.

The room is simulated: our sentences as a loudspeaker compresses them, 60-300 ms late, in 0.2-0.5 s of reverberation;
the caller in the same room, so many dB above or below the echo. The voices are synthetic (tests/bench/clips.py), so
these figures compare versions and settings; they are no accuracy.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.contracts.events import StopWord, StreamMode, Wake
from assistant.hearing.audio import FRAME_SAMPLES, Frame
from assistant.hearing.echo import Playback, WebRtcCanceller
from assistant.hearing.engine import HearingEngine
from assistant.hearing.enrolment import rooms
from assistant.hearing.pipeline import Event
from assistant.hearing.vocabulary import registry_phrases
from assistant.models_manifest import named, verify
from assistant.speaking.kokoro import KokoroVoice
from scripts.wake.espeak import TEST, Espeak
from tests.bench.clips import RATE, WAKE, Signal, read_sound
from tests.bench.measurement import Measurement

SAID = (
    "미세먼지는 현재 삼십사 마이크로그램으로 보통 수준입니다. 강남구가 가장 높습니다.",
    "따릉이 대여소 현황을 화면에 띄웠습니다. 지금 이만 삼천 대가 있습니다.",
    "도로 소통 정보를 띄웠습니다. 시속 이십사 킬로미터로 서행하고 있습니다.",
    "무엇을 보여 드릴지 알아듣지 못했습니다. 다시 말씀해 주세요.",
)
LIKE_THE_WAKE_WORD = (
    "서울아, 미세먼지 보여줘, 라고 말씀해 주세요.",
    "서울 아파트 매매가는 지난달보다 올랐습니다. 서울 아파트 전세가도 올랐습니다.",
    "서울 아리수의 수질은 좋음입니다. 서울 아리수 본부에 문의하세요.",
    "예를 들어, 서울아, 공원 보여줘.",
)
STOPS = ("그만", "조용히 해", "멈춰", "그만해")
LEVELS_DB = (5, 0, -5)
SECONDS = 6.0
LATE_S = 1.2
ECHO_RMS, NOISE_RMS = 0.05, 0.0007


def measure() -> dict[str, Measurement]:
    """Shares in per cent of what was said; `own` counts are of sentences that set something off."""
    engine = HearingEngine(registry_phrases(), echo_cancellation=True)
    espeak, rng = Espeak(), np.random.default_rng(21)
    calls = [espeak.say(WAKE, voice, rng)[0] for voice in TEST]
    stops = [espeak.say(STOPS[n % len(STOPS)], voice, rng)[0] for n, voice in enumerate(TEST)]
    ours = list(_kokoro((*SAID, *LIKE_THE_WAKE_WORD)))
    calls += _kokoro_calls()
    said, alike = ours[: len(SAID)], ours[len(SAID) :]
    found = {"echo-taken-out": Measurement.of(_taken_out(said), "dB", "AEC3, after the first 2 s of a sentence")}
    note = "synthetic voices, simulated room"
    for level in LEVELS_DB:
        for name, spoken, kind in (("call", calls, Wake), ("stop", stops, StopWord)):
            heard = [_interrupted(engine, said, clip, level, kind, seed) for seed, clip in enumerate(spoken)]
            share = 100 * sum(heard) / len(heard)
            found[f"{name}-through-voice-{level:+d}dB"] = Measurement(share, share, "%", len(heard), note)
    for name, sentences in (("ordinary", said), ("like the wake word", alike)):
        deaf = [bool(_hear(engine, *_room(s, seed), told=False)) for seed, s in enumerate(sentences)]
        off = [bool(_hear(engine, *_room(s, seed))) for seed, s in enumerate(sentences)]
        text = f"own sentences, {name}: set something off; without the canceller {sum(deaf)}"
        found[f"own-{name.replace(' ', '-')}"] = Measurement(sum(off), sum(off), "of", len(off), text)
    return found


def _kokoro(texts: tuple[str, ...], style: str = "jf_alpha") -> Iterator[Signal]:
    voice = KokoroVoice(verify(named("kokoro-82m")), 1, {style: 1.0})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        for text in texts:
            voice.synthesize(text, "ko", path)
            yield read_sound(path)


def _kokoro_calls() -> list[Signal]:
    styles = ("jf_nezumi", "jm_kumo", "jf_tebukuro", "jf_gongitsune")
    return [sound for style in styles for sound in _kokoro((f"{WAKE}!",), style)]


def _loop(sounds: list[Signal], seed: int) -> Signal:
    """SECONDS of our sentences one after the other."""
    long = np.concatenate([s for n in range(len(sounds) * 3) for s in (sounds[(seed + n) % len(sounds)],)])
    return long[: int(SECONDS * RATE)].astype(np.float32)


def _room(played: Signal, seed: int) -> tuple[Signal, Signal]:
    """(what the microphone hears of it, what was played), one after the other at levels that a room has."""
    rng = np.random.default_rng(seed)
    played = 0.15 * played / max(1e-9, float(np.sqrt(np.mean(played**2))))
    loud = np.tanh(2 * played / np.abs(played).max())
    late = np.zeros(int(rng.uniform(0.06, 0.3) * RATE), np.float32)
    echo = rooms.room(np.concatenate([late, loud]), rng, float(rng.uniform(0.2, 0.5)))[: len(played)]
    echo *= ECHO_RMS / float(np.sqrt(np.mean(echo**2)))
    return echo + NOISE_RMS * rng.standard_normal(len(echo)).astype(np.float32), played


def _interrupted(
    engine: HearingEngine, said: list[Signal], clip: Signal, level_db: float, kind: type[Event], seed: int
) -> bool:
    rng = np.random.default_rng(1000 + seed)
    heard, played = _room(_loop(said, seed), seed)
    at = int(rng.uniform(1.5, 3.5) * RATE)
    voice = rooms.room(np.concatenate([clip, np.zeros(RATE // 4, np.float32)]), rng, 0.3)
    voice *= ECHO_RMS * 10 ** (level_db / 20) / float(np.sqrt(np.mean(clip**2)))
    heard[at : at + len(voice)] += voice[: len(heard) - at]
    end = (at + len(clip)) / RATE
    return any(isinstance(e, kind) and at / RATE < e.t < end + LATE_S for e in _hear(engine, heard, played))


def _hear(engine: HearingEngine, heard: Signal, played: Signal, *, told: bool = True) -> list[Event]:
    """What the product's pipeline hears. told: it is known what plays."""
    pipeline, _ = engine.pipeline(StreamMode.WAKE, "mic")
    if told:
        playback = Playback("화면에 띄웠습니다.")
        pipeline.mute(playback=playback)
        playback.announce()
        playback.add(_pcm(played))
    frames = (Frame(n / RATE, part) for n, part in _frames(_pcm(heard)))
    return [e for frame in frames for e in pipeline.push(frame) if isinstance(e, Wake | StopWord)]


def _taken_out(said: list[Signal]) -> Iterator[float]:
    """dB by which the echo of each sentence, repeated, is lower."""
    for seed, sentence in enumerate(said):
        heard, played = _room(_loop([sentence], 0), seed)
        canceller, playback = WebRtcCanceller(), Playback()
        playback.announce()
        playback.add(_pcm(played))
        parts = [(part, canceller.clean(part, playback.frame())) for _, part in _frames(_pcm(heard))]
        before, after = (np.concatenate(side)[2 * RATE :].astype(float) for side in zip(*parts, strict=True))
        yield 10 * np.log10(np.mean(before**2) / max(1e-9, float(np.mean(after**2))))


def _pcm(sound: Signal) -> npt.NDArray[np.int16]:
    return np.clip(np.round(sound * 32767), -32768, 32767).astype(np.int16)


def _frames(pcm: npt.NDArray[np.int16]) -> Iterator[tuple[int, npt.NDArray[np.int16]]]:
    for start in range(0, len(pcm) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        yield start, pcm[start : start + FRAME_SAMPLES]
