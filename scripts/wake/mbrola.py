"""Family `mbrola`: the Korean MBROLA voice hn1, for measuring only: its licence is not free.

Optional: put the program and the voice (Debian: mbrola in contrib, mbrola-hn1 in non-free) under var/wake/mbrola.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import numpy as np

from assistant.speaking.g2p import CODA_IPA, phones
from scripts.wake.audio import Signal, loud_part, read
from scripts.wake.festival import CONTOURS, STRETCH
from scripts.wake.paths import WORK

PROGRAM, VOICE = WORK / "mbrola" / "mbrola", WORK / "mbrola" / "hn1"
SAMPA = {
    "ʌ": "V",
    "ɾ": "4",
    "a": "a",
    "u": "u",
    "s": "s",
    "e": "e",
    "ɛ": "E",
    "o": "o",
    "i": "i",
    "ɯ": "M",
    "m": "m",
    "n": "n",
}


def available() -> bool:
    return PROGRAM.is_file() and VOICE.is_file()


def say(text: str, rng: np.random.Generator) -> Signal | None:
    """The clip, or None where the voice lacks a sound of the text."""
    sounds = phones(text.replace(" ", ""))
    if any(sound not in SAMPA for sound in sounds):
        return None
    pace, base = float(np.exp(rng.uniform(np.log(0.75), np.log(1.35)))), float(rng.uniform(90, 150))
    begin, end = CONTOURS[int(rng.integers(len(CONTOURS)))]
    lines = ["_ 120"]
    for i, sound in enumerate(sounds):
        length = 1000 * STRETCH.get(sound, 0.085) * float(rng.uniform(0.85, 1.2)) / pace
        if i == len(sounds) - 1 and sound not in CODA_IPA.values():
            length *= float(rng.uniform(1.3, 2.2))
        lines.append(f"{SAMPA[sound]} {length:.0f} 50 {base * (begin + (end - begin) * i / len(sounds)):.0f}")
    lines.append("_ 120")
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "clip.wav"
        voice_quality = str(int(rng.choice([14000, 15000, 16000, 17500, 19000])))
        command = [str(PROGRAM), "-e", "-l", voice_quality, str(VOICE), "-", str(wav)]
        subprocess.run(command, input="\n".join(lines) + "\n", text=True, capture_output=True, check=True, timeout=30)
        signal = read(wav)
    first, last = loud_part(signal, -45.0)
    return signal[first:last] * (0.7 / (float(np.max(np.abs(signal))) + 1e-9))
