"""Family `pico`: SVOX Pico's six voices (Apache-2.0; Debian libttspico, non-free), given Korean sounds as X-SAMPA.

Each language knows only its own sounds, so a sound is the nearest that the language has; for some there is a choice,
drawn per clip. Pace and pitch are drawn too.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from assistant.speaking.g2p import phones
from scripts.wake.audio import Signal, resample, trim
from scripts.wake.festival import table
from scripts.wake.paths import LIBRARIES, ROOT

CONSONANTS = table(
    "k:k kk:k n:n t:t tt:t m:m p:p pp:p s:s ss:s ɕ:S tɕ:tS ttɕ:tS tɕʰ:tS kʰ:k tʰ:t pʰ:p h:h ɡ:g d:d b:b dʑ:dZ l:l ŋ:N "
    "w:w j:j ɾ:l|d"
)
OTHER = {
    "en": "a:A: ʌ:V o:Q u:u:|U ɯ:@|I i:i:|I e:E ɛ:E",
    "de": "a:a|a: ʌ:O|O|9|6 o:o u:u:|u|U ɯ:@|y i:i: e:e ɛ:E w:u",
    "es": "a:a ʌ:o o:o u:u ɯ:i|u i:i e:e ɛ:e ɕ:s h: ŋ:n w:u ɾ:r",
    "fr": "a:a ʌ:9|O|9|@ o:o u:u ɯ:y|@ i:i e:e ɛ:E h: ŋ:n",
    "it": "a:a ʌ:o|o o:o u:u ɯ:i|u i:i e:e ɛ:E h: w:u ŋ:n ɾ:r",
}
VOICES = {"en-US": "en", "en-GB": "en", "de-DE": "de", "es-ES": "es", "fr-FR": "fr", "it-IT": "it"}
PACE = {"en-US": 0.85, "en-GB": 0.7, "fr-FR": 0.85}  # these speak fast
VALIDATION, TEST = ["en-GB"], ["fr-FR"]


class Pico:
    """say(text, voice, rng) -> (signal, parameters)."""

    family = "pico"

    def __init__(self) -> None:
        self._environment = {**os.environ, "LD_LIBRARY_PATH": LIBRARIES}
        self._wav = Path(tempfile.mkdtemp()) / "clip.wav"

    def voices(self, split: str) -> list[str]:
        if split == "train":
            return [v for v in VOICES if v not in VALIDATION + TEST]
        return VALIDATION if split == "validation" else TEST

    def say(self, text: str, voice: str, rng: np.random.Generator) -> tuple[Signal, dict[str, object]]:
        sounds = {**CONSONANTS, **table(OTHER[VOICES[voice]])}
        pick = {ipa: str(rng.choice(options.split("|"))) for ipa, options in sounds.items()}
        words = ["".join(pick.get(sound, "") for sound in phones(word)) for word in text.split()]
        if text == "서울아":  # where the stress lies
            stress = rng.integers(3)
            words[0] = ('"' + words[0]) if stress == 0 else words[0]
        words = [word.replace('"', "&quot;") for word in words if word]
        tails = [word[-1] if word[-1] in ".,!?" else "" for word in text.split()]
        if text.startswith("서울아"):
            tails[0] = str(rng.choice(["", "", ",", "!"] if " " in text else [".", "!", "?", ","]))
        speed = int(np.exp(rng.uniform(np.log(75), np.log(130))) * PACE.get(voice, 1.0))
        pitch = int(np.exp(rng.uniform(np.log(70), np.log(140))))
        spoken = " ".join(
            f'<phoneme alphabet="xsampa" ph="{word}"/>{tail}' for word, tail in zip(words, tails, strict=False)
        )
        markup = f"<pitch level='{pitch}'><speed level='{speed}'>{spoken}</speed></pitch>"
        command = ["../bin/pico2wave", "-l", voice, "-w", str(self._wav), markup]
        share = ROOT / "usr" / "share"  # the program looks for its voices from here (fetch.sh)
        subprocess.run(command, cwd=share, env=self._environment, capture_output=True, check=True, timeout=60)
        data, rate = soundfile.read(self._wav, dtype="float32")
        return trim(resample(data, rate), -45.0), {"speed": speed, "pitch": pitch}
