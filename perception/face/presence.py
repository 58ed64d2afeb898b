"""After a check: is he still there, is it still he, and does somebody else look on? Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from perception.face.decision import distance
from perception.face.events import FaceEvent, Here, Left, Onlooker
from perception.face.face import Face, Vector
from perception.face.settings import DecisionSettings, PresenceSettings

_FORGET_S = 1.0
_HERE_EVERY_S = 1.0
_SOON_S = 0.5
_AGAIN_S = 1.5
_MATCHES = 2


@dataclass
class _Track:
    face: Face
    seen_at: float
    first_at: float
    his: bool = False
    other: bool = False
    looked_at: float | None = None
    matches: int = 0
    misses: int = 0
    facing_s: float = 0.0
    told: bool = False


class Presence:
    """Watches over one person. away_s: so long he may be gone. onlookers: whether to say when another one looks on.

    For each frame: `see`; the face that it returns, if any, is looked at for who it is, and `recognised` told. Nobody
    counts as the person because he stands at his place: a face that was away, even for a moment, is looked at again,
    and the one that stays is looked at every few seconds.
    """

    def __init__(
        self,
        id_: str,
        person: Sequence[Vector],
        at: float,
        settings: PresenceSettings | None = None,
        decision: DecisionSettings | None = None,
        *,
        away_s: float | None = None,
        onlookers: bool = True,
    ) -> None:
        self.id, self._person = id_, person
        self._settings, self._decision = settings or PresenceSettings(), decision or DecisionSettings()
        its = self._settings
        self._away_s = min(its.away_s if away_s is None else away_s, its.longest_away_s)
        self._onlookers = onlookers
        self._tracks: list[_Track] = []
        self._seen_at = self._sure_at = self._at = at
        self._here_at = self._told_at = float("-inf")
        self.over = False

    @property
    def here(self) -> bool:
        """Whether the person is seen just now."""
        return any(track.his for track in self._tracks)

    def see(self, at: float, faces: Sequence[Face]) -> tuple[list[FaceEvent], Face | None]:
        """The faces of the next frame; what is to be said, and the face to look at closely."""
        if self.over:
            return [], None
        passed, self._at = max(0.0, at - self._at), at
        self._follow(at, faces)
        if any(track.his and track.seen_at == at for track in self._tracks):
            self._seen_at = at
        events = self._watch_others(at, passed)
        if at - self._seen_at >= self._away_s or at - self._sure_at >= self._settings.longest_away_s:
            self.over = True
            return [*events, Left(at, self.id)], None
        return events, self._whom(at)

    def still(self, at: float) -> list[FaceEvent]:
        """After each frame: that it goes on, about each second, for whoever keeps something open only as long; and that
        somebody still looks on, for whoever keeps something hidden as long."""
        if self.over:
            return []
        events: list[FaceEvent] = []
        looks_on = any(track.told and not track.his and track.facing_s > 0 for track in self._tracks)
        if looks_on and not 0 <= at - self._told_at < _AGAIN_S - 1e-6:
            self._told_at = at
            events += [Onlooker(at, self.id, again=True)] if self._onlookers else []
        if not 0 <= at - self._here_at < _HERE_EVERY_S - 1e-6:
            self._here_at = at
            events.append(Here(at, self.id))
        return events

    def recognised(self, at: float, face: Face, vector: Vector) -> list[FaceEvent]:
        """Who the face that `see` gave turned out to be."""
        track = next((one for one in self._tracks if one.face is face), None)
        if self.over or track is None:
            return []
        its, off = self._settings, distance(vector, self._person)
        track.looked_at = at
        if off <= self._decision.near:
            track.misses, track.matches = 0, track.matches + 1
            if track.his or track.matches >= _MATCHES:
                self._make_his(at, track)
        elif off > its.far or not track.his:
            track.matches, track.misses = 0, track.misses + 1
            if track.misses >= its.doubt:
                return self._make_other(at, track)
        return []

    # ------------------------------------------------------------------------------------------------

    def _follow(self, at: float, faces: Sequence[Face]) -> None:
        left = list(faces)
        for track in sorted(self._tracks, key=lambda one: not one.his):
            like = [one for one in left if one.box.away(track.face.box) < 0.7 and _like(one, track.face)]
            if like:
                track.face, track.seen_at = min(like, key=lambda one: one.box.away(track.face.box)), at
                left = [one for one in left if one is not track.face]
        self._tracks = [one for one in self._tracks if at - one.seen_at < _FORGET_S]
        self._tracks += [_Track(one, at, at) for one in left if one.pixels >= self._settings.least_other_px]

    def _whom(self, at: float) -> Face | None:
        """Whoever is due to be looked at: him every few seconds, sooner in doubt; a new face where he is not."""
        for track in sorted(self._tracks, key=lambda one: not one.his):
            if track.seen_at != at or abs(track.face.turn) >= self._settings.facing:
                continue  # of a head that is turned away nobody can be told
            if not track.his and self.here:
                continue
            wait = self._settings.again_s if track.other or (track.his and not track.misses) else _SOON_S
            if track.looked_at is None or at - track.looked_at >= wait - 1e-6:
                track.looked_at = at
                return track.face
        return None

    def _watch_others(self, at: float, passed: float) -> list[FaceEvent]:
        its, events = self._settings, []
        for track in self._tracks:
            if track.his or track.seen_at != at:
                continue
            facing = abs(track.face.turn) < its.facing
            track.facing_s = min(2 * its.onlooker_s, max(0.0, track.facing_s + (passed if facing else -passed)))
            track.told &= track.facing_s > 0 or facing
            # he may be coming back: a face that is not known yet has a little longer, once he is away
            patience = its.onlooker_s if track.other or self.here else 2 * its.onlooker_s
            if track.facing_s >= patience and not track.told:
                events += self._tell(at, track)
        return events

    def _make_his(self, at: float, track: _Track) -> None:
        for one in self._tracks:
            one.his = one is track
        track.other, track.told = False, False
        self._seen_at = self._sure_at = at

    def _make_other(self, at: float, track: _Track) -> list[FaceEvent]:
        """Somebody who took the person's place looks on at once."""
        was_his, track.his, track.other = track.his, False, True
        if was_his:
            self._seen_at = min(self._seen_at, self._sure_at)
        return self._tell(at, track) if was_his and not track.told else []

    def _tell(self, at: float, track: _Track) -> list[FaceEvent]:
        track.told, self._told_at = True, at
        return [Onlooker(at, self.id)] if self._onlookers else []


def _like(one: Face, other: Face) -> bool:
    return 0.6 < one.box.width / max(other.box.width, 1e-9) < 1.7
