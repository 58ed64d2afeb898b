"""Family `diphone`: eleven Festival diphone voices of other languages, driven phone by phone with Korean sounds.

Each voice is a real speaker's recordings cut into diphones; we give every phone its length and pitch ourselves, so the
rhythm and melody are Korean even if the sounds are the nearest the voice has. Debian packages (all in main,
unpacked, not installed): festvox-kallpc16k, -kdlpc16k, -italp16k, -itapc16k, -suopuhe-lj, -mv, -czech-ph, -dita, -krb,
-machac, -hi-nsk.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from assistant.speaking.g2p import phones
from scripts.wake.audio import RATE, Signal, loud_part, resample
from scripts.wake.paths import LIBRARIES, ROOT

SAME = (
    "k:k kk:k n:n t:t tt:t ɾ:r m:m p:p pp:p s:s ss:s ɕ:s tɕ:ts ttɕ:ts "
    "tɕʰ:ts kʰ:k tʰ:t pʰ:p h:h ɡ:g d:d b:b dʑ:ts l:l ŋ:n w:v j:j"
)
OTHER = {  # where a phone set differs from SAME; "" leaves the sound out, + joins two phones
    "us": "ɾ:d|l|r ɕ:sh tɕ:ch ttɕ:ch tɕʰ:ch h:hh dʑ:jh ŋ:ng w:w j:y",
    "it": "ɕ:S tɕ:tS ttɕ:tS tɕʰ:tS h: dʑ:dZ w:w",
    "fi": "tɕ:t+s ttɕ:t+s tɕʰ:t+s ɡ:k b:p dʑ:t+s ŋ:N",
    "cz": "ɕ:s~ tɕ:c~ ttɕ:c~ tɕʰ:c~ dʑ:dz~ ŋ:n*",
    "hi": "t:th tt:th tʰ:th d:dh ɕ:sh tɕ:ch ttɕ:ch tɕʰ:ch dʑ:j ŋ:n w:v j:y",
}


def table(text: str) -> dict[str, str]:
    return {item.split(":")[0]: item.split(":")[1].replace("+", " ") for item in text.split()}


CONSONANTS = {which: {**table(SAME), **table(other)} for which, other in OTHER.items()}  # IPA -> the voice's phones
VOWELS = {  # several choices: one is drawn per clip
    "us": {"a": "aa", "ʌ": "ah|ah|ao", "o": "ow|ao", "u": "uw|uh", "ɯ": "ih|uh", "i": "iy", "e": "eh", "ɛ": "eh|ae"},
    "it": {"a": "a1|a", "ʌ": "O1|O|o", "o": "o", "u": "u|u1", "ɯ": "u|i", "i": "i", "e": "e|e1", "ɛ": "E"},
    "fi": {"a": "a", "ʌ": "o|7", "o": "o", "u": "u", "ɯ": "y|u", "i": "i", "e": "e", "ɛ": "e"},
    "cz": {"a": "a|a:", "ʌ": "o", "o": "o", "u": "u", "ɯ": "i|u", "i": "i", "e": "e", "ɛ": "e"},
    "hi": {"a": "aa", "ʌ": "a", "o": "oo", "u": "uw|uh", "ɯ": "uh|ih", "i": "iy", "e": "ee", "ɛ": "ay|ee"},
}
PAUSE = {"us": "pau", "it": "#", "fi": "#", "cz": "#", "hi": "pau"}
VOICES = {  # voice -> phone set, usual pitch in Hz
    "kal_diphone": ("us", 105),
    "ked_diphone": ("us", 110),
    "lp_diphone": ("it", 190),
    "pc_diphone": ("it", 120),
    "suo_fi_lj_diphone": ("fi", 180),
    "hy_fi_mv_diphone": ("fi", 105),
    "czech_ph": ("cz", 105),
    "czech_dita": ("cz", 200),
    "czech_krb": ("cz", 240),
    "czech_machac": ("cz", 110),
    "hindi_NSK_diphone": ("hi", 115),
}
VALIDATION = ["hy_fi_mv_diphone", "czech_krb"]
TEST = ["pc_diphone", "czech_machac"]
STRETCH = {"s": 0.11, "ss": 0.13, "ɕ": 0.11, "ɾ": 0.035, "w": 0.04, "j": 0.04, "h": 0.06}
CONTOURS = (
    (1.0, 1.0),
    (1.1, 0.85),
    (0.95, 1.25),
    (1.25, 0.95),
    (1.0, 0.7),
    (0.9, 1.5),
)  # start and end, times the base


class Diphone:
    """say(text, voice, rng) -> (signal, parameters); parameters hold `end`, where the first word's sound ends."""

    family = "diphone"

    def __init__(self) -> None:
        self._data = ROOT / "usr" / "share" / "festival"
        self._environment = {**os.environ, "LD_LIBRARY_PATH": LIBRARIES}
        self._wav = Path(tempfile.mkdtemp()) / "clip.wav"

    def voices(self, split: str) -> list[str]:
        if split == "train":
            return [v for v in VOICES if v not in VALIDATION + TEST]
        return VALIDATION if split == "validation" else TEST

    def say(self, text: str, voice: str, rng: np.random.Generator) -> tuple[Signal, dict[str, object]]:
        for _ in range(5):  # a voice lacks some pairs of sounds: draw other sounds then
            segments, word_end, info = self._score(text, voice, rng)
            signal, gaps = self._render(voice, segments)
            if not gaps or text != "서울아":
                break
        first, last_sample = loud_part(signal, -45.0)
        info["gaps"] = gaps
        if text.startswith("서울아"):
            info["end"] = round(min(word_end - first / RATE, (last_sample - first) / RATE), 3)
        return signal[first:last_sample], info

    def _score(self, text: str, voice: str, rng: np.random.Generator) -> tuple[str, float, dict[str, object]]:
        """The segments as Festival reads them, the second where the first word ends, and the parameters drawn."""
        which, usual = VOICES[voice]
        pace = float(np.exp(rng.uniform(np.log(0.75), np.log(1.35))))
        base = usual * float(np.exp(rng.uniform(np.log(0.8), np.log(1.25))))
        start, end = CONTOURS[int(rng.integers(len(CONTOURS)))]
        pause = PAUSE[which]
        pick = {
            ipa: str(rng.choice(options.split("|"))) for ipa, options in {**CONSONANTS[which], **VOWELS[which]}.items()
        }
        segments: list[list[object]] = [[pause, 0.15]]
        word_end = 0.0
        words = text.split()
        for number, word in enumerate(words):
            sounds = phones(word)
            for i, sound in enumerate(sounds):
                last = i == len(sounds) - 1 and number in (0, len(words) - 1)
                vowel = sound in VOWELS[which]
                length = STRETCH.get(sound, 0.085 if vowel else 0.07) * float(rng.uniform(0.8, 1.25)) / pace
                length *= float(rng.uniform(1.2, 2.4)) if last and vowel else 1.0
                names = pick.get(sound, "").split()
                for name in names:
                    segments.append([name, length / len(names)])
            if number == 0:
                word_end = sum(float(s[1]) for s in segments)  # type: ignore[arg-type]
                if len(words) > 1 and text.startswith("서울아") and rng.random() < 0.3:
                    segments.append([pause, float(rng.uniform(0.05, 0.3))])
            elif word[-1] in ".,!?" and number < len(words) - 1:
                segments.append([pause, float(rng.uniform(0.1, 0.35))])
        segments.append([pause, 0.15])
        total = sum(float(s[1]) for s in segments)  # type: ignore[arg-type]
        at, parts = 0.0, []
        for name, length in segments:
            share = (at + float(length) / 2) / total  # type: ignore[arg-type]
            pitch = base * (start + (end - start) * share) * (1 + 0.04 * float(rng.standard_normal()))
            parts.append(f"({name} {float(length):.4f} ({float(length) / 2:.4f} {pitch:.0f}))")  # type: ignore[arg-type]
            at += float(length)  # type: ignore[arg-type]
        return " ".join(parts), word_end, {"pace": round(pace, 3), "pitch": round(base)}

    def _render(self, voice: str, segments: str) -> tuple[Signal, int]:
        """The sound, and how many pairs of phones the voice does not have."""
        self._wav.unlink(missing_ok=True)
        command = (
            f"(voice_{voice}) (utt.save.wave (utt.synth (eval (list 'Utterance 'Segments '({segments})))) "
            f'"{self._wav}" \'riff)'
        )
        festival = [
            str(ROOT / "usr" / "bin" / "festival"),
            "--heap",
            "1000000",
            "--datadir",
            str(self._data),
            "--libdir",
            str(self._data),
        ]
        script = self._wav.with_name("clip.scm")
        script.write_text(command)
        run = subprocess.run(
            [*festival, "-b", str(script)], env=self._environment, capture_output=True, text=True, timeout=60
        )
        if not self._wav.exists():
            raise RuntimeError(f"festival made no sound with {voice}: {run.stderr}")
        data, rate = soundfile.read(self._wav, dtype="float32")
        return resample(data, rate), run.stderr.count("using default diphone")
