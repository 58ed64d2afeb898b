"""Makes the frames that enrolment learns and measures on (models/wake/pack): `python -m scripts.wake.pack`.

learn: composed talk, look-alikes and pieces of the wake word of the training voices, and prompts; choose: look-alikes
and sentences of the validation voices and half of the held-out prompts; report: sentences of the test voices and the
other half; alike: look-alikes of the test voices.
"""

from __future__ import annotations

import numpy as np

from assistant.hearing.enrolment import pack
from assistant.hearing.wake_frames import FrontEnd
from scripts.wake.features import Composer
from scripts.wake.takes import korean, prompts

LEARN = {"korean": 45, "lookalike": 130, "piece": 60, "human": 25, "noise": 10}  # scenes


def main() -> None:
    front, composer = FrontEnd(), Composer(77, {})
    learn = [front.embed(composer.draw(kind)[0]) for kind, count in LEARN.items() for _ in range(count)]
    pack.write("learn", np.concatenate(learn))
    said, half = prompts(front), len(prompts(front)) // 2
    pack.write("choose", np.concatenate([korean("validation", front), said[:half]]))
    pack.write("report", np.concatenate([korean("test", front, "talk"), said[half:]]))
    pack.write("alike", korean("test", front, "lookalike"))
    for part in pack.PARTS:
        found = pack.frames(part)
        print(f"{part}: {len(found)} frames, {len(found) * 0.08 / 60:.0f} minutes")


if __name__ == "__main__":
    main()
