"""Measures the head together with the second opinion on unsure calls: `python -m scripts.wake.unsure --speech FOLDER`.

The takes are those of `evaluate` (test voices, MBROLA where it is installed; --validation: the validation ones), alone
and at 15 dB; --speech: recordings of ordinary Korean talk, one folder per talk. Wants `faster-whisper` besides, and the
Whisper model that set-up makes.
"""

from __future__ import annotations

import argparse
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from assistant.hearing.audio import Samples
from assistant.hearing.enrolment import rooms
from assistant.hearing.wake import WakeCard, WakeDecision
from assistant.hearing.wake_doubt import ASK_FROM, CALL, HEARD_S, REST_S, RIVALS, evidence
from assistant.hearing.wake_frames import FrontEnd, HeadScores, wakes
from assistant.hearing.whisper import Whisper
from scripts.wake.audio import RATE, read
from scripts.wake.features import g722, human
from scripts.wake.measure import rate
from scripts.wake.paths import CARD, HEAD, REPO
from scripts.wake.takes import dry, hear

CONDITIONS = ("clean", "15 dB")
WHISPER = REPO / "var" / "models" / "whisper-base"


@dataclass
class Ear:
    """The head and who it asks. asked, seconds: how many questions, and how long they took in all."""

    whisper: Whisper
    front: FrontEnd = field(default_factory=FrontEnd)
    scores: HeadScores = field(default_factory=lambda: HeadScores(HEAD))
    card: WakeCard = field(default_factory=lambda: WakeCard.read(CARD))
    asked: int = 0
    seconds: float = 0.0

    def hears(self, scene: Samples) -> tuple[list[float], list[float]]:
        """When the head alone wakes, and when the second opinion confirms what it was unsure of."""
        when, scores = self.scores(self.front.embed(scene))
        sure = wakes(when, scores, WakeDecision.of(self.card))
        unsure = wakes(when, scores, WakeDecision(ASK_FROM, 2, REST_S))
        rest = [t for t in unsure if all(abs(t - s) > self.card.refractory_s for s in sure)]
        return sure, [t for t in rest if self._confirmed(scene, t)]

    def _confirmed(self, scene: Samples, t: float) -> bool:
        end = round(t * RATE)
        began = time.perf_counter()
        opinion = self.whisper.judge(scene[max(0, end - round(HEARD_S * RATE)) : end], (CALL, *RIVALS))
        self.asked, self.seconds = self.asked + 1, self.seconds + time.perf_counter() - began
        return evidence(opinion) is not None


def voices(ear: Ear, split: str) -> Iterator[tuple[str, str, str, bool, bool]]:
    """(kind, family, condition, the head alone wakes, both together wake) of each take."""
    babble = [g722(path) for path in human(held_out=True)[:12]]
    for clip in dry(split):
        for condition in CONDITIONS:
            rng = np.random.default_rng(zlib.crc32(f"{clip.name}/{condition}".encode()))
            sure, confirmed = ear.hears(hear(clip.sound, condition, rng, babble)[0])
            yield clip.kind, clip.family, condition, bool(sure), bool(sure or confirmed)


def talks(folder: Path) -> Iterator[Samples]:
    gap = np.zeros(int(0.3 * RATE), np.float32)
    for talk in sorted(p for p in folder.iterdir() if p.is_dir()):
        files = sorted([*talk.rglob("*.flac"), *talk.rglob("*.wav")])
        if files:
            yield rooms.to_int16(np.concatenate([part for f in files for part in (read(f), gap)]), -3.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--whisper", type=Path, default=WHISPER)
    parser.add_argument("--validation", action="store_true")
    options = parser.parse_args()
    ear = Ear(Whisper(options.whisper))
    table: dict[tuple[str, str, str], list[int]] = {}
    for kind, family, condition, alone, both in voices(ear, "validation" if options.validation else "test"):
        row = table.setdefault((kind, family, condition), [0, 0, 0])
        row[:] = row[0] + 1, row[1] + alone, row[2] + both
    print("kind, family, condition: takes, woken by the head alone, by both")
    for key in sorted(table):
        print(f"  {', '.join(key):34s} {table[key]}")
    print(f"{ear.asked} questions, {1000 * ear.seconds / max(1, ear.asked):.0f} ms each")
    heard = [(len(scene), *ear.hears(scene)) for scene in talks(options.speech)]
    for name, part in (("choosing", heard[0::2]), ("reporting", heard[1::2])):
        hours = sum(samples for samples, _, _ in part) / RATE / 3600
        print(f"{name} talks, head alone: {rate(sum(len(sure) for _, sure, _ in part), hours)}")
        print(f"{name} talks, both: {rate(sum(len(sure) + len(more) for _, sure, more in part), hours)}")


if __name__ == "__main__":
    main()
