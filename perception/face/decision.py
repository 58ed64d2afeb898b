"""Whose face it is: several looks must agree, each by its distances to all the pictures of a person. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

from perception.face.face import Vector, apart
from perception.face.settings import DecisionSettings

NEAREST = 3


def distance(vector: Vector, enrolled: Sequence[Vector]) -> float:
    """To a person: the median of the nearest three of his pictures.

    The median of all of them asks that most pictures look as he does now, while they were taken in different poses on
    purpose; the single nearest one lets one unlucky picture decide.
    """
    nearest = sorted(apart(vector, one) for one in enrolled)[:NEAREST]
    return nearest[len(nearest) // 2] if nearest else float("inf")


class Decision:
    """people: the vectors of each person who may be recognised."""

    def __init__(self, people: Mapping[str, Sequence[Vector]], settings: DecisionSettings | None = None) -> None:
        self._people, self._settings = people, settings or DecisionSettings()
        self._looks: deque[str | None] = deque(maxlen=self._settings.last)
        self.count = 0

    def look(self, vector: Vector) -> str | None:
        """One more look at the face; who it is by the last looks together."""
        self.count += 1
        self._looks.append(self.nearest(vector))
        return self.person

    def nearest(self, vector: Vector) -> str | None:
        """Who a single look would say it is."""
        its = self._settings
        ranked = sorted((distance(vector, vectors), name) for name, vectors in self._people.items())
        if not ranked or ranked[0][0] > its.near:
            return None
        if len(ranked) > 1 and ranked[1][0] - ranked[0][0] < its.margin:
            return None
        return ranked[0][1]

    @property
    def person(self) -> str | None:
        """Whoever enough of the last looks agree on. One look at another person's face among them is one too many."""
        said = {name for name in self._looks if name is not None}
        if len(said) != 1:
            return None
        (name,) = said
        return name if self._looks.count(name) >= self._settings.needed else None

    @property
    def hopeless(self) -> bool:
        """Nobody was recognised in as many looks as patience allows."""
        return self.person is None and self.count >= self._settings.patience

    @property
    def nobody(self) -> bool:
        """There were looks, and none was like anybody's."""
        return self.count > 0 and not any(self._looks)

    def forget(self) -> None:
        """Begin anew."""
        self._looks.clear()
        self.count = 0
