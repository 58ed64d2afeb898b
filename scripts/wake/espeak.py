"""Family `espeak`: espeak-ng (GPL-3, used as a program only), its Korean rules with 60-odd voice variants."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import numpy as np
import soundfile

from scripts.wake.audio import Signal, resample, trim

# Robots and whispers are no voices anyone answers to.
SKIP = {"whisper", "whisperf", "Demonic", "Tweaky", "croak", "anikaRobot", "UniRobot", "fast", "AnxiousAndy"}
VALIDATION = ["m4", "f4", "linda", "klatt3", "grandpa", "pablo", "Nguyen", "iven2"]
TEST = ["m7", "f2", "steph2", "klatt", "grandma", "sandro", "Gene", "Andrea", "quincy", "m1"]


class Espeak:
    """say(text, variant, rng) -> (signal, parameters)."""

    family = "espeak"

    def __init__(self) -> None:
        listed = subprocess.run(["espeak-ng", "--version"], capture_output=True, text=True, check=True).stdout
        folder = Path(listed.split("Data at:")[1].strip()) / "voices" / "!v"
        self._variants = sorted(
            path.name for path in folder.iterdir() if path.name not in SKIP and not path.name.startswith("robosoft")
        )

    def voices(self, split: str) -> list[str]:
        held = set(VALIDATION + TEST)
        if split == "train":
            return [v for v in self._variants if v not in held]
        return VALIDATION if split == "validation" else TEST

    def say(self, text: str, voice: str, rng: np.random.Generator) -> tuple[Signal, dict[str, object]]:
        pitch, speed, swing = int(rng.integers(20, 81)), int(rng.integers(100, 191)), int(rng.integers(0, 100))
        if text == "서울아" or text.startswith("서울아 "):
            text = text.replace("서울아", "서울아" + str(rng.choice(["", "!", ",", "?"])), 1)
        markup = f"<prosody range='{swing}%'>{text}</prosody>"
        command = ["espeak-ng", "-m", "-v", f"ko+{voice}", "-p", str(pitch), "-s", str(speed), "--stdout", markup]
        wav = subprocess.run(command, capture_output=True, check=True).stdout
        data, rate = soundfile.read(io.BytesIO(wav), dtype="float32")
        return trim(resample(data, rate), -45.0), {"pitch": pitch, "speed": speed, "range": swing}
