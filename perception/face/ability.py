"""Who stands before a camera, as an ability of it."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.contracts.errors import BadInput, SeoulaError
from perception.face.camera_rule import check_camera
from perception.face.challenge import Plan, fixed_plan, random_plan
from perception.face.detector import Eyes, RealEyes
from perception.face.events import FaceEvent, Left, Reason, Rejected, Verified
from perception.face.profiles import Known, Profiles
from perception.face.seeing import FaceSeeing
from perception.face.settings import MOST_AWAY_S, FaceSettings
from perception.frames import Frame

_STAMP_EVERY_S = 1.0
_LONGEST_ID = 80


@dataclass(frozen=True, slots=True)
class Refused:
    """A check or watch that cannot be: why, with the id that it was told."""

    t: float
    id: str
    code: str
    words: str

    def message(self) -> dict[str, Any]:
        return {"t": round(self.t, 3), "type": "error", "id": self.id, "code": self.code, "message": self.words}


class FaceAbility:
    """Is told `{"check": {"people": [NAME, ...] or null, "id": ID}}`, `{"watch": {"person": NAME, "away_s": SECONDS,
    "onlookers": true, "id": ID}}` or `{"stop": true}`; each ends what went on before, and its events carry its id. One
    that cannot be begins nothing and gives `{"type": "error", "id", "code", "message"}`.

    source: the camera's address; None: a recording. Raises Unavailable `model-missing`, ConfigError `bad-model` when
    made.
    """

    name = "face"

    def __init__(
        self,
        settings: FaceSettings | None = None,
        source: str | None = None,
        eyes: Callable[[FaceSettings], Eyes] = RealEyes,
        plan: Callable[[], Plan] | None = None,
    ) -> None:
        its = self._settings = settings or FaceSettings()
        self._source, self._profiles = source, Profiles(its)
        chance: random.Random = secrets.SystemRandom()
        by_chance = (lambda: fixed_plan(its.asks)) if its.asks else (lambda: random_plan(chance, its.challenge))
        self._plan = plan or by_chance
        opened = eyes(its)
        self._embedder = opened.embedder
        self._seeing = FaceSeeing(opened, its)
        self._known: Known | None = None
        self._whom = self._id = ""
        self._stamp_at = 0.0
        self._at = 0.0

    def see(self, frame: Frame) -> Sequence[FaceEvent]:
        self._at = frame.at
        if (gone := self._gone(frame.at)) is not None:
            self._seeing.stop()
            return [gone]
        return [self._judged(event) for event in self._seeing.see(frame)]

    def idle(self) -> bool:
        """Nobody asks. Watching over somebody takes a few frames a second only."""
        return self._seeing.check is None

    def tell(self, message: Mapping[str, Any]) -> Sequence[FaceEvent | Refused]:
        """Raises BadInput `bad-order` for what is none of the three."""
        known = message.keys() & {"check", "watch", "stop"}
        if len(known) != 1 or len(message) != 1:
            raise BadInput("bad-order", "the face ability is told check, watch or stop")
        (kind,) = known
        self._seeing.stop()
        self._known = None
        if kind == "stop":
            return []
        order = message[kind]
        if not isinstance(order, Mapping):
            raise BadInput("bad-order", f"{kind} is an object")
        self._id = _id(order.get("id", ""))
        try:
            check_camera(self._source, self._settings)
            (self._begin if kind == "check" else self._watch)(order)
        except SeoulaError as error:
            return [Refused(self._at, self._id, error.code, error.message)]
        return []

    def sketch(self) -> dict[str, Any]:
        """The points of the face that is looked at, each [x, y] in frame widths."""
        face = self._seeing.face
        return {"face": [[round(x, 4), round(y, 4)] for x, y in face.points] if face is not None else []}

    def close(self) -> None:
        self._known = None
        self._seeing.close()

    # ------------------------------------------------------------------------------------------------

    def _begin(self, order: Mapping[str, Any]) -> None:
        people = order.get("people")
        if people is not None and (not isinstance(people, list) or not all(isinstance(one, str) for one in people)):
            raise BadInput("bad-order", "people is a list of names, or null for everybody")
        self._known = self._profiles.known(people, self._embedder)
        self._whom = ""
        self._seeing.begin(self._id, self._known.people, self._plan)

    def _watch(self, order: Mapping[str, Any]) -> None:
        person, away, onlookers = order.get("person"), order.get("away_s"), order.get("onlookers", True)
        if not isinstance(person, str) or not isinstance(onlookers, bool):
            raise BadInput("bad-order", "a watch has a person's name, and onlookers, true or false")
        if away is not None and (
            isinstance(away, bool) or not isinstance(away, int | float) or not 0 < away <= MOST_AWAY_S
        ):
            raise BadInput("bad-order", "away_s is a number of seconds")
        self._known = self._profiles.known([person], self._embedder)
        self._whom = person
        self._seeing.watch(self._id, self._known.people[person], away, onlookers=onlookers)

    def _gone(self, at: float) -> FaceEvent | None:
        """A person who is watched over and is no longer enrolled, or enrolled anew, is not there for us."""
        if self._seeing.presence is None or 0 <= at - self._stamp_at < _STAMP_EVERY_S or self._known is None:
            return None
        self._stamp_at = at
        return None if self._known.still(self._whom, self._profiles.stamp()) else Left(at, self._id)

    def _judged(self, event: FaceEvent) -> FaceEvent:
        """A person who was forgotten while he was checked is not recognised."""
        if not isinstance(event, Verified) or self._known is None:
            return event
        still = self._known.still(event.person, self._profiles.stamp())
        return event if still else Rejected(event.t, event.id, Reason.NOT_RECOGNISED)


def _id(given: object) -> str:
    if not isinstance(given, str) or len(given) > _LONGEST_ID:
        raise BadInput("bad-order", f"an id is a text of at most {_LONGEST_ID} letters")
    return given
