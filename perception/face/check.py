"""One check: a face that is near and alone, recognised, challenged, and recognised again. Pure: what is seen of frames
and a clock in, events out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from perception.face.challenge import Challenge, Outcome, Plan
from perception.face.decision import Decision, distance
from perception.face.events import ChallengeAsked, FaceEvent, Reason, Rejected, Verified
from perception.face.face import Face, Signs, Vector
from perception.face.following import Following
from perception.face.liveness import Liveness
from perception.face.settings import FaceSettings


class Check:
    """id: goes with its events. people: the vectors of those who may be recognised. plan: makes a challenge; it is
    asked again whenever the check begins anew. relief: how little flat a movement between two sets of points is.

    For each frame: `see`, then, where `wants` says so, the face is looked at for who it is, and `look`.
    """

    def __init__(
        self,
        id_: str,
        people: Mapping[str, Sequence[Vector]],
        plan: Callable[[], Plan],
        settings: FaceSettings | None = None,
        relief: Callable[[Sequence[tuple[float, float]], Sequence[tuple[float, float]]], float] | None = None,
    ) -> None:
        its = self._settings = settings or FaceSettings()
        self.id, self._people, self._plan, self._relief = id_, people, plan, relief
        self._following = Following(its.check, its.challenge)
        self._decision = Decision(people, its.decision)
        self._liveness = Liveness(its.liveness)
        self._challenge = Challenge(plan(), its.challenge)
        self._began: float | None = None
        self._found_at: float | None = None
        self._looked_at: float | None = None
        self._rest: Face | None = None
        self._track = 0
        self._restarts = 0
        self._person = ""
        """Whoever was recognised before the challenge."""
        self._last: str | None = None
        """Whoever the last look since the last movement was like."""
        self._after = False
        self.person: str | None = None
        """Whoever was verified, once it is over."""
        self.over = False

    def see(self, at: float, faces: Sequence[Face]) -> Face | None:
        """The faces of a frame; the one that should be looked at closely, if any."""
        if self._began is None:
            self._began = at
        return self._following.see(at, faces)

    def wants(self, at: float, face: Face) -> bool:
        """Whether to look at who it is."""
        due = self._looked_at is None or at - self._looked_at >= self._settings.decision.every_s - 1e-6
        return face.clear and (due or self._challenge.wants(face))

    def look(
        self, at: float, face: Face | None, vector: Vector | None = None, signs: Signs | None = None
    ) -> list[FaceEvent]:
        """The face of `see`, closely."""
        if self.over:
            return []
        assert self._began is not None
        its = self._settings.check
        if at - self._began > (its.known_longest_s if self._challenge.plan.known else its.longest_s):
            return self._end(at, Reason.TIMEOUT)
        if self._following.crowded and self._settings.check.alone:
            return self._end(at, Reason.SEVERAL_FACES)
        if face is None:
            return self._missing(at)
        if self._following.track != self._track and not self._begin_again():
            return self._end(at, Reason.NOT_THE_SAME_FACE)
        self._found_at = self._found_at if self._found_at is not None else at
        if vector is not None:
            self._looked_at = at
        if signs is not None:
            self._liveness.look(signs)
        if self._liveness.picture:
            return self._end(at, Reason.LOOKS_LIKE_A_PICTURE)
        return self._recognise(at, face, vector) if not self._after else self._confirm(at, face, vector)

    def broken_off(self, at: float) -> list[FaceEvent]:
        """The recording is over. One that was cut right after the last movement of its own order, of a person who was
        recognised once more since, is whole."""
        if self.over:
            return []
        if self._challenge.plan.known and self._challenge.made_all and self._last == self._person != "":
            self.over, self.person = True, self._person
            return [Verified(at, self.id, self._person)]
        if not self._person and self._decision.nobody:
            return self._end(at, Reason.NOT_RECOGNISED)
        return self._end(at, Reason.CHALLENGE_FAILED if self._challenge.rested and not self._after else self._why())

    def figures(self, vector: Vector | None) -> dict[str, float]:
        """For a replay that measures."""
        figures = {"turned": round(self._challenge.turned, 3), "lifted": round(self._challenge.lifted, 3)}
        if vector is not None:
            figures["distance"] = round(min((distance(vector, one) for one in self._people.values()), default=9.0), 3)
        return figures

    # ------------------------------------------------------------------------------------------------ stages

    def _missing(self, at: float) -> list[FaceEvent]:
        since = self._began if self._found_at is None else None
        if since is not None and at - since > self._settings.check.find_s:
            return self._end(at, self._why())
        return []

    def _begin_again(self) -> bool:
        """Another face, or perhaps another: all is forgotten. False when that has happened too often."""
        first, again = self._track == 0, self._track > 0 and self._challenge.rested
        self._track = self._following.track
        if first:
            return True
        self._restarts += again
        self._challenge = Challenge(self._plan(), self._settings.challenge)
        self._decision.forget()
        self._person, self._after, self._rest, self._looked_at, self._last = "", False, None, None, None
        return self._restarts <= self._settings.challenge.restarts

    def _recognise(self, at: float, face: Face, vector: Vector | None) -> list[FaceEvent]:
        if vector is not None and not self._person:
            self._person = self._decision.look(vector) or ""
            if self._decision.hopeless:
                return self._end(at, Reason.NOT_RECOGNISED)
        before = self._challenge.step
        self._note(vector)
        outcome = self._challenge.look(at, face, vector, ready=bool(self._person))
        if self._challenge.rested and self._rest is None:
            self._rest = face
        if outcome is Outcome.FAILED:
            return self._end(at, Reason.CHALLENGE_FAILED)
        if outcome is Outcome.ANOTHER:
            return self._end(at, Reason.NOT_THE_SAME_FACE)
        if outcome is Outcome.DONE:
            self._after = True
            self._decision.forget()
            return self._confirm(at, face, vector)
        if self._challenge.step != before:
            self._weigh(face)
            if self._liveness.picture:
                return self._end(at, Reason.LOOKS_LIKE_A_PICTURE)
        return [self._asked(at, before)] if outcome is Outcome.ASKED else []

    def _confirm(self, at: float, face: Face, vector: Vector | None) -> list[FaceEvent]:
        """After the challenge it must still be the one from before it."""
        if vector is None:
            return []
        self._note(vector)
        if self._challenge.look(at, face, vector) is Outcome.ANOTHER:
            return self._end(at, Reason.NOT_THE_SAME_FACE)
        said = self._decision.look(vector)
        if said is not None and said == self._person:
            self.over, self.person = True, said
            return [Verified(at, self.id, said)]
        if self._decision.hopeless or said is not None:
            return self._end(at, Reason.NOT_THE_SAME_FACE)
        return []

    def _note(self, vector: Vector | None) -> None:
        if vector is not None:
            self._last = self._decision.nearest(vector) if self._challenge.made_all else None

    def _weigh(self, face: Face) -> None:
        """Whether what turned was deep."""
        if self._relief is None or self._rest is None or abs(self._challenge.turned) < self._settings.challenge.turn:
            return
        self._liveness.turned(self._challenge.turned, self._relief(self._rest.points, face.points))

    # ------------------------------------------------------------------------------------------------ events

    def _asked(self, at: float, step: int) -> ChallengeAsked:
        steps = self._challenge.plan.steps
        return ChallengeAsked(at, self.id, step + 1, len(steps), steps[step], self._challenge.progress)

    def _why(self) -> Reason:
        if self._found_at is not None:
            return Reason.TIMEOUT
        return Reason.TOO_FAR if self._following.far else Reason.NO_FACE

    def _end(self, at: float, reason: Reason) -> list[FaceEvent]:
        self.over = True
        return [Rejected(at, self.id, reason)]
