"""Family `flite`: Flite's statistical (clustergen) voices, given Korean sounds as phones of the American phone set.

Three real speakers: awb, rms and slt (Debian flite and libflite1, main; BSD-style). slt is kept for the test. `shift`
resamples the two others to other vocal tract lengths. A voice's own model gives the rhythm; mean pitch, swing and pace
are drawn anew for every clip.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from assistant.speaking.g2p import phones
from scripts.wake.audio import RATE, Signal, loud_part, resample
from scripts.wake.festival import CONSONANTS, VOWELS
from scripts.wake.paths import LIBRARIES, ROOT

SHIFT = {"": 1.0, "low": 0.9, "high": 1.12, "small": 1.25, "check": 0.96}
PITCH = {"awb": 120, "rms": 100, "slt": 180}


class Flite:
    """say(text, voice, rng) -> (signal, parameters); parameters hold `end`, where the first word's sound ends."""

    family = "flite"

    def __init__(self) -> None:
        self._environment = {**os.environ, "LD_LIBRARY_PATH": LIBRARIES}
        self._wav = Path(tempfile.mkdtemp()) / "clip.wav"

    def voices(self, split: str) -> list[str]:
        return {
            "train": [f"{man}{shift}" for man in ("awb", "rms") for shift in ("", "+low", "+high", "+small")],
            "validation": ["awb+check", "rms+check"],
            "test": ["slt"],
        }[split]

    def say(self, text: str, voice: str, rng: np.random.Generator) -> tuple[Signal, dict[str, object]]:
        man, _, shift = voice.partition("+")
        pick = {ipa: str(rng.choice(o.split("|"))) for ipa, o in {**CONSONANTS["us"], **VOWELS["us"]}.items()}
        pick["ɾ"] = str(rng.choice(["d", "l", "r"], p=[0.5, 0.4, 0.1]))
        sounds, first = ["pau"], 0
        for number, word in enumerate(text.split()):
            sounds += [name for sound in phones(word) for name in pick.get(sound, "").split()]
            if number == 0:
                first = len(sounds) - 1
            if word[-1] in ".,!?" or (number == 0 and text.startswith("서울아 ") and rng.random() < 0.2):
                sounds.append("pau")
        pace = float(np.exp(rng.uniform(np.log(0.75), np.log(1.6))))
        pitch = PITCH[man] * float(np.exp(rng.uniform(np.log(0.8), np.log(1.35))))
        settings = {
            "duration_stretch": pace,
            "int_f0_target_mean": pitch,
            "int_f0_target_stddev": float(rng.uniform(5, 45)),
        }
        command = [str(ROOT / "usr" / "bin" / "flite"), "-voice", man, "-psdur"]
        for name, value in settings.items():
            command += ["--setf", f"{name}={value:.3f}"]
        command += ["-p", " ".join([*sounds, "pau"]), "-o", str(self._wav)]
        run = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=True, timeout=60)
        data, rate = soundfile.read(self._wav, dtype="float32")
        stretch = SHIFT[shift]
        signal = resample(data, rate * stretch)
        start, stop = loud_part(signal, -45.0)
        info: dict[str, object] = {"pace": round(pace, 3), "pitch": round(pitch)}
        ends = [float(end) for end in re.findall(r"[a-z]+:([0-9.]+)", run.stdout)]
        if text.startswith("서울아") and len(ends) > first:
            info["end"] = round(min(ends[first] / stretch - start / RATE, (stop - start) / RATE), 3)
        return signal[start:stop], info
