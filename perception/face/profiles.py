"""The enrolled people as a check needs them: read anew whenever the folder has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from assistant.contracts.errors import BadInput, ConfigError, SeoulaError
from perception.face.face import Vector
from perception.face.settings import FaceSettings
from perception.face.store import FaceStore, Profile, checked_key, key_in

Stamp = tuple[tuple[str, int, int], ...]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Known:
    """people: the vectors of each; stamp: of the files that they were read from."""

    people: dict[str, tuple[Vector, ...]]
    stamp: Stamp

    def still(self, name: str, now: Stamp) -> bool:
        """Whether a person is enrolled as he was then."""
        return [row for row in self.stamp if row[0] == name] == [row for row in now if row[0] == name]


class Profiles:
    """Raises ConfigError `bad-setting` where no folder is set."""

    def __init__(self, settings: FaceSettings) -> None:
        if settings.profiles is None:
            raise ConfigError("bad-setting", "face.profiles: the folder of enrolled faces is needed")
        self._folder, self._settings = settings.profiles, settings

    def known(self, names: Sequence[str] | None, embedder: str) -> Known:
        """These people; None: all. Who cannot be read leaves the others, and is told in the log without a name; it is
        an error where nobody is left. Raises BadInput
        `nobody-enrolled`, `no-such-person`, `bad-profile`, `other-embedder`, ConfigError `wrong-face-key`,
        `bad-face-key`, `no-face-key`."""
        store = self._store()
        stamp = store.stamp()
        people, problem = {}, None
        for name in store.names() if names is None else names:
            try:
                people[name] = _usable(store.load(name), embedder)
            except SeoulaError as error:
                log.warning("an enrolled face cannot be read", code=error.code)
                problem = problem or error
        if not people:
            raise problem or BadInput("nobody-enrolled", "nobody's face is enrolled (seoula enroll face)")
        return Known(people, stamp)

    def stamp(self) -> Stamp:
        """Of the folder now."""
        return FaceStore(self._folder, bytes(32)).stamp()

    def _store(self) -> FaceStore:
        its = self._settings
        if not FaceStore(self._folder, bytes(32)).names():
            raise BadInput("nobody-enrolled", "nobody's face is enrolled (seoula enroll face)")
        if its.key:
            return FaceStore(self._folder, checked_key(its.key))
        if its.key_file is None:
            raise ConfigError("no-face-key", "the key of faces is not set")
        return FaceStore(self._folder, key_in(its.key_file))


def _usable(profile: Profile, embedder: str) -> tuple[Vector, ...]:
    if profile.embedder != embedder:
        why = f"the face {profile.name!r} was enrolled with another network ({profile.embedder}); enrol it anew"
        raise BadInput("other-embedder", why)
    return profile.vectors
