"""Measures the face check on rendered people and on pictures of a folder.

    python -m tests.perception.face.measure checks --trials 10
    python -m tests.perception.face.measure pictures --pictures FOLDER     # a folder for each person

checks: live people who do as they are asked, in changing light (BPCER), and each kind of attack (APCER), never an
average of them. The order that a `film, guessed order` shows is the one that is asked: what is left when an attacker
guesses it; `one long rest` also guesses that there is a long pause, and before which movement. pictures: distances of
pictures of one person and of two, and what enrolling 6 of them would recognise. One
JSON line per figure.
"""

from __future__ import annotations

import argparse
import collections
import json
import random
import time
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from perception.face.challenge import Plan, paused_plan, random_plan
from perception.face.decision import distance
from perception.face.detector import RealEyes
from perception.face.enrolling import look
from perception.face.events import Rejected, Verified
from perception.face.face import Vector, apart
from perception.face.seeing import FaceSeeing
from perception.frames import Frame, Picture
from perception.sources import KINDS, read_picture
from tests.perception.face.actors import FPS, GUESSED, ORDERS, SPECIES, Actor, Live, Shown, play
from tests.perception.face.render import ADA, GRACE, MARY, Pose, Who, person

ENROLLED = (Pose(), Pose(yaw=10), Pose(yaw=-10), Pose(pitch=8), Pose(pitch=-8))


def enrolled(eyes: RealEyes, who: Who = GRACE) -> list[Vector]:
    """What enrolment would keep of somebody."""
    return [look("", np.array(person(pose, who)), eyes).vector for pose in ENROLLED]


def outcome(
    eyes: RealEyes,
    actor: Actor,
    people: dict[str, list[Vector]],
    seed: int,
    plan: Plan | None = None,
    fps: float = FPS,
) -> str:
    """The person who is verified, or the reason of a refusal."""
    chance = random.Random(seed)
    seeing = FaceSeeing(eyes)
    seeing.begin("", people, lambda: plan or random_plan(chance))
    last = list(play(seeing, actor, 32.0, fps=fps))[-1]
    assert isinstance(last, Verified | Rejected)
    return last.person if isinstance(last, Verified) else str(last.reason)


def lit(chance: random.Random) -> Any:
    """A lamp: brightness, its slope across the picture, and colour."""
    gain, slope, cast = chance.uniform(0.5, 1.3), chance.uniform(-0.25, 0.25), chance.uniform(-0.12, 0.12)

    def on(picture: Picture, at: float) -> Picture:
        across = np.linspace(1 - slope, 1 + slope, picture.shape[1])[None, :, None]
        return np.clip(picture * (gain * across) * (1 + cast, 1.0, 1 - cast), 0, 255).astype(np.uint8)

    return on


def live(eyes: RealEyes, trials: int) -> Iterator[dict[str, Any]]:
    people = {who.name: enrolled(eyes, who) for who in (GRACE, ADA, MARY)}
    said: collections.Counter[str] = collections.Counter()
    right = 0
    for number in range(trials):
        chance, who = random.Random(900 + number), (GRACE, ADA, MARY)[number % 3]
        actor = Shown(lit(chance), Live(who, chance.uniform(0.3, 1.2)))
        result = outcome(eyes, actor, people, 900 + number)
        right += result == who.name
        said[result if result not in people else ("right" if result == who.name else "wrong person")] += 1
    yield {"measured": "live", "trials": trials, "BPCER": round(1 - right / trials, 3), "said": dict(said)}


def attacks(eyes: RealEyes, trials: int, only: Sequence[str]) -> Iterator[dict[str, Any]]:
    people = {GRACE.name: enrolled(eyes)}
    for species in only or SPECIES:
        make = SPECIES[species]
        said: collections.Counter[str] = collections.Counter()
        for number in range(trials):
            plan = None
            if species in GUESSED:
                plan = paused_plan(ORDERS[number % len(ORDERS)], random.Random(number))
            said[outcome(eyes, make(number), people, 700 + number, plan)] += 1
        yield {"measured": species, "trials": trials, "APCER": round(said[GRACE.name] / trials, 3), "said": dict(said)}


def strangers(eyes: RealEyes, trials: int) -> Iterator[dict[str, Any]]:
    people = {GRACE.name: enrolled(eyes)}
    accepted = sum(outcome(eyes, Live((ADA, MARY)[n % 2]), people, 500 + n) == GRACE.name for n in range(trials))
    yield {"measured": "strangers", "trials": trials, "accepted": accepted}


def pictures(eyes: RealEyes, folder: Path) -> Iterator[dict[str, Any]]:
    """A folder for each person."""
    people: dict[str, list[Vector]] = {}
    refused: collections.Counter[str] = collections.Counter()
    signs = []
    for place in sorted(one for one in folder.iterdir() if one.is_dir()):
        vectors = people[place.name] = []
        for file in sorted(place.iterdir()):
            if file.suffix.lower() not in KINDS:
                continue
            picture = read_picture(file)
            faces = eyes.faces(Frame(0.0, picture))
            if not faces:
                refused["no-face"] += 1
                continue
            face = eyes.closely(Frame(0.0, picture), faces[0])
            vectors.append(eyes.vector(Frame(0.0, picture), face))
            signs.append(eyes.signs(Frame(0.0, picture), face))
    genuine = np.array([apart(a, b) for its in people.values() for a, b in combinations(its, 2)])
    others = [(a, b) for one, two in combinations(people.values(), 2) for a in one for b in two]
    impostor = np.array([apart(a, b) for a, b in others])
    yield {
        "measured": "pairs", "people": len(people), "not_found": dict(refused), "genuine": len(genuine),
        "impostor": len(impostor),
        "TAR": {str(at): round(float((genuine <= at).mean()), 3) for at in (0.6, 0.5, 0.45, 0.4)},
        "FAR": {str(at): round(float((impostor <= at).mean()), 4) for at in (0.6, 0.5, 0.45, 0.4)},
        "nearest_impostor": round(float(impostor.min()), 3),
    }  # fmt: skip
    chance = np.random.default_rng(0)
    mine, theirs = [], []
    for _ in range(20):
        for name, its in people.items():
            order = chance.permutation(len(its))
            kept = [its[n] for n in order[:6]]
            mine += [distance(its[n], kept) for n in order[6:]]
            theirs += [distance(one, kept) for other, all_ in people.items() if other != name for one in all_]
    yield {
        "measured": "six enrolled", "TAR@0.45": round(float((np.array(mine) <= 0.45).mean()), 4),
        "FAR@0.45": round(float((np.array(theirs) <= 0.45).mean()), 4), "nearest_impostor": round(min(theirs), 3),
    }  # fmt: skip
    yield {
        "measured": "signs of a picture on plain photographs", "looks": len(signs),
        "moire": sum(one.moire >= 0.5 for one in signs), "border": sum(one.border >= 0.5 for one in signs),
    }  # fmt: skip


def cost(eyes: RealEyes) -> Iterator[dict[str, Any]]:
    """Processor time of one frame, 1280 x 720."""
    picture = cv2.resize(np.array(person()), (1280, 960))[120:840].copy()
    frame = Frame(0.0, picture)
    face = eyes.closely(frame, eyes.faces(frame)[0])
    steps = {
        "faces": lambda: eyes.faces(frame),
        "mesh": lambda: eyes.closely(frame, face),
        "who": lambda: eyes.vector(frame, face),
        "signs": lambda: eyes.signs(frame, face),
    }
    for name, step in steps.items():
        began = time.process_time()
        for _ in range(20):
            step()
        yield {"measured": f"cost of {name}", "cpu_ms": round((time.process_time() - began) / 20 * 1000, 1)}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["checks", "pictures", "cost"])
    parser.add_argument("--trials", type=int, default=6)
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--only", action="append", default=[], choices=sorted(SPECIES), help="these attacks only")
    asked = parser.parse_args()
    eyes = RealEyes()
    if asked.what == "pictures":
        if asked.pictures is None:
            parser.error("--pictures FOLDER is needed")
        rows = [pictures(eyes, asked.pictures)]
    elif asked.what == "cost":
        rows = [cost(eyes)]
    else:
        rows = [attacks(eyes, asked.trials, asked.only)]
        rows += [] if asked.only else [live(eyes, asked.trials), strangers(eyes, asked.trials)]
    for part in rows:
        for row in part:
            print(json.dumps(row, ensure_ascii=False), flush=True)
    eyes.close()


if __name__ == "__main__":
    main()
