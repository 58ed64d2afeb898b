"""Enrols one person's wake word: from recordings to a head, with what it misses and how often it wakes for nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.hearing.enrolment import learn, pack, scenes
from assistant.hearing.enrolment.intervals import rate_interval, share_interval
from assistant.hearing.enrolment.learn import Scale, Seen
from assistant.hearing.enrolment.recordings import Recording, enough
from assistant.hearing.wake import DEFAULT_MODEL, WakeCard, WakeDecision
from assistant.hearing.wake_frames import HOP_S, FrontEnd, HeadScores, times, wakes
from assistant.hearing.wake_people import PersonHead, file_name, level

SCENES = 300
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Practised:
    """What the nets saw in a recording's scenes: with the word just said, and before it was."""

    positive: Seen
    negative: Seen


@dataclass(frozen=True, slots=True)
class Heard:
    """A test scene: the shipped head's scores and what its nets saw."""

    shipped: NDArray[np.float64]
    seen: Seen


class Enrolment:
    """enrol(...) -> the head's path. Raises BadInput, Unavailable or ConfigError; the shipped head is never written.

    tell: called with each JSON line to print. practice: scenes to learn from, of all recordings together.
    """

    def __init__(
        self,
        model: Path = DEFAULT_MODEL,
        tell: Callable[[dict[str, Any]], None] | None = None,
        practice: int = SCENES,
    ) -> None:
        self._practice = practice
        self._card = WakeCard.read(model.with_suffix(".json"))
        self._front, self._head = FrontEnd(), HeadScores(model)
        self._tell = tell or (lambda row: None)

    def enrol(self, name: str, recordings: list[Recording], folder: Path) -> Path:
        began = time.monotonic()
        file_name(name)
        used = enough(recordings)
        _, self._negative = self._head.seen(pack.frames("learn"))
        self._scale = Scale.of(self._negative)
        self._quiet = Heard(*self._head.seen(pack.frames("choose")))
        practised = [self._practise(recording, max(1, self._practice // len(used))) for recording in used]
        misses = self._cross_validate(used, practised)
        weights, bias, threshold = self._learn(practised)
        rates = {part: self._false_wakes(part, weights, bias, threshold) for part in ("report", "alike")}
        facts: dict[str, Any] = {
            "base_sha256": self._card.sha256,
            "recordings": len(used),
            "misses_held_out": misses,
            "false_wakes_on_shipped_talk": rates["report"],
            "false_wakes_on_shipped_look_alikes": rates["alike"],
            "made": time.strftime("%Y-%m-%d", time.gmtime()),
            "seconds": round(time.monotonic() - began, 1),
        }
        path = PersonHead(file_name(name), threshold, weights, bias).write(folder, facts)
        self._tell({"type": "enrolled", "name": file_name(name), "head": str(path), "seconds": facts["seconds"]})
        return path

    def _practise(self, recording: Recording, count: int) -> Practised:
        positive, negative = [], []
        for scene in scenes.practice(recording, count, self._front):
            _, seen = self._head.seen(scene.frames)
            positive.append(seen[scene.label == 1])
            negative.append(seen[scene.label == 0])
        return Practised(np.concatenate(positive), np.concatenate(negative))

    def _learn(self, practised: list[Practised]) -> tuple[Seen, float, float]:
        positive = np.concatenate([p.positive for p in practised])
        negative = np.concatenate([self._negative, *(p.negative for p in practised)])
        weights, bias = learn.fit(positive, negative, self._scale)
        return weights, bias, learn.threshold(learn.scores(self._quiet.seen, weights, bias), self._card)

    def _cross_validate(self, used: list[Recording], practised: list[Practised]) -> dict[str, dict[str, Any]]:
        """Misses of recordings that were not learnt from: with the shipped head alone, and with the person's."""
        counts = {condition: np.zeros(3, int) for condition in scenes.TESTED}
        for fold in range(FOLDS):
            held = [i for i in range(len(used)) if i % FOLDS == fold]
            weights, bias, threshold = self._learn([p for i, p in enumerate(practised) if i not in held])
            for condition, count in counts.items():
                for i in held:
                    shipped, seen = self._head.seen(scenes.test(used[i], condition, self._front))
                    both = self._both(shipped, learn.scores(seen, weights, bias), threshold)
                    count += (not self._wakes(both), not self._wakes(shipped), 1)
        found = {}
        for condition, (missed, before, of) in counts.items():
            low, high = share_interval(int(missed), int(of))
            found[condition] = {
                "missed": int(missed),
                "of": int(of),
                "share": round(missed / of, 3),
                "interval_95": [round(low, 3), round(high, 3)],
                "missed_by_the_shipped_head": int(before),
            }
            self._tell({"type": "misses", "condition": condition, **found[condition]})
        return found

    def _false_wakes(self, part: str, weights: Seen, bias: float, threshold: float) -> dict[str, Any]:
        shipped, seen = self._head.seen(pack.frames(part))
        both = self._both(shipped, learn.scores(seen, weights, bias), threshold)
        woke, alone, hours = len(self._wakes(both)), len(self._wakes(shipped)), len(both) * HOP_S / 3600
        low, high = rate_interval(woke, hours)
        found = {
            "wakes": woke,
            "hours": round(hours, 3),
            "per_hour": round(woke / hours, 2),
            "interval_95": [round(low, 2), round(high, 2)],
            "wakes_of_the_shipped_head": alone,
        }
        self._tell({"type": "false_wakes", "of": "talk" if part == "report" else "look-alikes", **found})
        return found

    def _both(self, shipped: NDArray[np.float64], own: NDArray[np.float64], threshold: float) -> NDArray[np.float64]:
        brought = np.array([level(float(score), threshold, self._card.threshold) for score in own])
        return np.maximum(shipped, brought) if len(brought) else shipped

    def _wakes(self, scores: NDArray[np.float64]) -> list[float]:
        return wakes(times(len(scores)), scores, WakeDecision.of(self._card))
