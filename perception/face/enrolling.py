"""Enrolment of a face from a few pictures: which of them can be used, and how good they are together."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import cv2

from assistant.contracts.errors import BadInput, SeoulaError
from perception.face.decision import distance
from perception.face.detector import Eyes
from perception.face.face import Face, Vector, apart
from perception.face.store import Consent, Profile, checked_name
from perception.frames import Frame, Picture

FEWEST, MOST = 5, 10
_LEAST_PX = 64.0
_SMALL_BESIDE = 0.35
"""A face of less than this of the largest one's width is somebody in the background."""
_BLURRED = 25.0
_SIDE = 128
_STRONG_TURN, _STRONG_TILT = 0.38, 0.2
_SAME = 0.5
"""From farther than this to most of the others a picture shows somebody else."""
_TWIN = 0.02
"""A picture that is so near to another is the same picture again."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture that can be used."""

    name: str
    vector: Vector
    pixels: float
    sharpness: float
    turn: float
    tilt: float


@dataclass(frozen=True, slots=True)
class Refused:
    """A picture that cannot."""

    name: str
    code: str
    message: str

    def as_row(self) -> dict[str, Any]:
        return {"type": "refused", "file": self.name, "code": self.code, "message": self.message}


def look(name: str, picture: Picture, eyes: Eyes) -> Shot:
    """One picture. Raises BadInput `no-face`, `several-faces`, `too-small`, `blurred`, `turned-away`."""
    frame = Frame(0.0, picture)
    faces = eyes.faces(frame)
    if not faces:
        raise BadInput("no-face", f"{name}: no face can be seen")
    face = max(faces, key=lambda one: one.box.width)
    if sum(one.box.width >= _SMALL_BESIDE * face.box.width for one in faces) > 1:
        raise BadInput("several-faces", f"{name}: more than one face can be seen")
    face = eyes.closely(frame, face)
    if face.pixels < _LEAST_PX:
        raise BadInput("too-small", f"{name}: the face is {face.pixels:.0f} pixels wide, not {_LEAST_PX:.0f}")
    if not face.clear or abs(face.turn) > _STRONG_TURN:
        raise BadInput("turned-away", f"{name}: the face is turned too far away")
    sharp = sharpness(picture, face)
    if sharp < _BLURRED:
        raise BadInput("blurred", f"{name}: the face is blurred")
    return Shot(name, eyes.vector(frame, face), face.pixels, sharp, face.turn, face.tilt)


def sharpness(picture: Picture, face: Face) -> float:
    """Variance of the Laplacian of the face at one size."""
    wide, box = picture.shape[1], face.box
    x0, y0 = max(0, round(box.x * wide)), max(0, round(box.y * wide))
    part = picture[y0 : round((box.y + box.height) * wide), x0 : round((box.x + box.width) * wide)]
    how = cv2.INTER_AREA if part.shape[1] > _SIDE else cv2.INTER_LINEAR
    gray = cv2.resize(cv2.cvtColor(part, cv2.COLOR_BGR2GRAY), (_SIDE, _SIDE), interpolation=how)
    return float(cv2.Laplacian(gray, cv2.CV_64F).var())


def look_at_all(pictures: Iterable[tuple[str, Picture | SeoulaError]], eyes: Eyes) -> Iterator[Shot | Refused]:
    """Each picture, or why it cannot be used."""
    for name, picture in pictures:
        try:
            if isinstance(picture, SeoulaError):
                raise picture
            yield look(name, picture, eyes)
        except BadInput as error:
            yield Refused(name, error.code, error.message)


def agreeing(shots: Sequence[Shot]) -> tuple[list[Shot], list[Refused]]:
    """Those that show one and the same person: a picture of somebody else, and a picture twice, is refused."""
    kept: list[Shot] = []
    refused: list[Refused] = []
    for shot in shots:
        others = [apart(shot.vector, one.vector) for one in shots if one is not shot]
        if any(apart(shot.vector, one.vector) < _TWIN for one in kept):
            refused.append(Refused(shot.name, "same-picture", f"{shot.name}: this picture was given already"))
        elif len(others) > 1 and statistics.median(others) > _SAME:
            refused.append(Refused(shot.name, "another-person", f"{shot.name}: this seems to be somebody else"))
        else:
            kept.append(shot)
    return kept, refused


def profile_of(name: str, shots: Sequence[Shot], consent: Consent, embedder: str) -> Profile:
    """Raises BadInput `bad-name`, `bad-consent`, `too-few-pictures`."""
    name = checked_name(name)
    if not consent.by.strip():
        raise BadInput("bad-consent", "--consent says who has agreed, and to what")
    if len(shots) < FEWEST:
        raise BadInput("too-few-pictures", f"{FEWEST} to {MOST} usable pictures are needed, not {len(shots)}")
    best = sorted(shots, key=lambda shot: -shot.sharpness)[:MOST]
    return Profile(name, consent, embedder, tuple(shot.vector for shot in best), quality(best))


def quality(shots: Sequence[Shot]) -> dict[str, Any]:
    """What the pictures are worth: `apart` (median and largest distance of two of them), `missed` (the share that the
    others would not have recognised), `turns` (from the most to the least turned), and what should be better."""
    pairs = [apart(one.vector, other.vector) for one, other in combinations(shots, 2)]
    missed = [shot for shot in shots if distance(shot.vector, [one.vector for one in shots if one is not shot]) > 0.45]
    turns = max(shot.turn for shot in shots) - min(shot.turn for shot in shots)
    advice = [
        *(["pose: turn the head a little between pictures"] if turns < 0.08 else []),
        *(["light: some pictures are far from the others"] if missed else []),
        *(["variety: the pictures are nearly one and the same"] if statistics.median(pairs) < 0.06 else []),
        *(["size: come nearer"] if statistics.median(shot.pixels for shot in shots) < 100 else []),
    ]
    return {
        "pictures": len(shots),
        "apart": [round(statistics.median(pairs), 3), round(max(pairs), 3)],
        "missed": round(len(missed) / len(shots), 3),
        "turns": round(turns, 3),
        "tilts": round(max(shot.tilt for shot in shots) - min(shot.tilt for shot in shots), 3),
        "pixels": round(statistics.median(shot.pixels for shot in shots)),
        "sharpness": round(statistics.median(shot.sharpness for shot in shots)),
        "advice": advice,
    }
