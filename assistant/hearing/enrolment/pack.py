"""The shipped negatives (models/wake/pack): frames of the wake front end of talk, look-alikes and prompts, no sound.

`learn` teaches what the wake word is not, `choose` sets a threshold, `report` (talk) and `alike` (words that sound like
the wake word, one after the other) count false wakes for the card; the voices of the three differ. Made by
scripts/wake/pack.py.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from assistant.contracts.errors import Unavailable
from assistant.hearing.wake_frames import Frames

FOLDER = Path(__file__).resolve().parents[3] / "models" / "wake" / "pack"
PARTS = ("learn", "choose", "report", "alike")


def frames(part: str, folder: Path = FOLDER) -> Frames:
    """float32 [n, 96], one frame per 80 ms. Raises Unavailable `wake-pack-missing`."""
    files = sorted(folder.glob(f"{part}-*.npz"))
    if not files:
        raise Unavailable("wake-pack-missing", f"{folder}: the shipped frames of part {part!r} are missing")
    found = []
    for file in files:
        with np.load(file, allow_pickle=False) as kept:
            found.append(kept["frames"].astype(np.float32) * kept["scale"])
    return np.concatenate(found)


def write(part: str, data: Frames, folder: Path = FOLDER, most: int = 18_000) -> None:
    """Writes a part in 8 bits, at most `most` frames a file."""
    folder.mkdir(parents=True, exist_ok=True)
    scale = (np.abs(data).max(axis=0) / 127 + 1e-9).astype(np.float32)
    for number, start in enumerate(range(0, len(data), most)):
        whole = np.round(data[start : start + most] / scale).astype(np.int8)
        np.savez_compressed(folder / f"{part}-{number}.npz", frames=whole, scale=scale)
