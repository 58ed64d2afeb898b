"""Family `mbrola`: MBROLA voices (Korean hn1, American us1 and us2), for measuring only: their licences are not free.

Optional: put the program and the voices (Debian: mbrola in contrib, mbrola-hn1, -us1, -us2 in non-free) under
var/wake/mbrola. Nothing of them is ever trained or tuned on.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import numpy as np

from assistant.hearing.enrolment.signals import Signal, loud_part
from assistant.speaking.g2p import CODA_IPA, phones
from scripts.wake.audio import read
from scripts.wake.festival import CONTOURS, STRETCH
from scripts.wake.paths import WORK

FOLDER = WORK / "mbrola"
_KOREAN = {"ʌ": "V", "ɾ": "4", "a": "a", "u": "u", "s": "s", "e": "e", "ɛ": "E", "o": "o", "i": "i", "ɯ": "M", "m": "m"}
_AMERICAN = {"ʌ": "V", "ɾ": "4", "a": "A", "u": "u", "s": "s", "e": "E", "ɛ": "E", "o": "O", "i": "i", "m": "m"}
_MORE = {  # consonants that both have
    "n": "n", "l": "l", "k": "k", "t": "t", "p": "p", "ɡ": "g", "d": "d", "b": "b", "h": "h", "w": "w", "j": "j"
}  # fmt: skip
VOICES = {
    "hn1": ({**_KOREAN, "n": "n"}, 118),
    "us1": ({**_AMERICAN, **_MORE}, 190),
    "us2": ({**_AMERICAN, **_MORE}, 110),
}
"""Voice -> its sounds, usual pitch in Hz."""


def voices() -> list[str]:
    """Those that are there."""
    return [v for v in VOICES if (FOLDER / v).is_file()] if (FOLDER / "mbrola").is_file() else []


def say(text: str, voice: str, rng: np.random.Generator) -> Signal | None:
    """The clip, or None where the voice lacks a sound (or pair of sounds) of the text."""
    table, usual = VOICES[voice]
    sounds = phones(text.replace(" ", ""))
    if any(sound not in table for sound in sounds):
        return None
    pace = float(np.exp(rng.uniform(np.log(0.75), np.log(1.35))))
    base = usual * float(np.exp(rng.uniform(np.log(0.78), np.log(1.28))))
    begin, end = CONTOURS[int(rng.integers(len(CONTOURS)))]
    lines = ["_ 120"]
    for i, sound in enumerate(sounds):
        length = 1000 * STRETCH.get(sound, 0.085) * float(rng.uniform(0.85, 1.2)) / pace
        if i == len(sounds) - 1 and sound not in CODA_IPA.values():
            length *= float(rng.uniform(1.3, 2.2))
        lines.append(f"{table[sound]} {length:.0f} 50 {base * (begin + (end - begin) * i / len(sounds)):.0f}")
    lines.append("_ 120")
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "clip.wav"
        command = [str(FOLDER / "mbrola"), "-e"]
        if voice == "hn1":  # formants up and down
            command += ["-l", str(int(rng.choice([14000, 15000, 16000, 17500, 19000])))]
        run = subprocess.run(
            [*command, str(FOLDER / voice), "-", str(wav)],
            input="\n".join(lines) + "\n",
            text=True,
            capture_output=True,
            timeout=30,
        )
        if run.returncode or not wav.exists():
            return None
        signal = read(wav)
    first, last = loud_part(signal, -45.0)
    return signal[first:last] * (0.7 / (float(np.max(np.abs(signal))) + 1e-9))
