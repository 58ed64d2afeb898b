"""Where the trainer keeps its things. All but the head and its card lie under var/, which git ignores."""

from __future__ import annotations

from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
WORK = REPO / "var" / "wake"
DEBS = WORK / "debs"  # Debian packages as downloaded
ROOT = WORK / "root"  # the same, unpacked; nothing is installed on the system
LIBRARIES = f"{ROOT}/usr/lib/x86_64-linux-gnu:{ROOT}/usr/lib:{ROOT}/lib/x86_64-linux-gnu"
NPM = WORK / "npm"
CLIPS = WORK / "clips"  # synthetic speech, one folder per family, and index.jsonl
FEATURES = WORK / "features"
RUNS = WORK / "runs"
HEAD = REPO / "models" / "wake" / "seoul_a.onnx"
CARD = HEAD.with_suffix(".json")
