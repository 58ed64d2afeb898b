"""The face check's machines, without pictures: what is asked, who it is, whether he stays."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.face.challenge import Challenge, Outcome, Plan, fixed_plan, random_plan
from perception.face.check import Check
from perception.face.decision import Decision, distance
from perception.face.events import Ask, ChallengeAsked, FaceEvent, Left, Onlooker, Reason, Rejected, Verified
from perception.face.face import Face, Signs, Vector
from perception.face.following import Following
from perception.face.liveness import Liveness
from perception.face.presence import Presence
from perception.face.settings import ChallengeSettings, CheckSettings, FaceSettings
from tests.perception.face.drawn import HIM, OTHER, done, face

PEOPLE = {"mayor": [HIM, (0.1, 0.0, 0.0), (0.0, 0.1, 0.0)], "aide": [(0.0, 0.0, 0.8)] * 3}
ORDER = st.lists(st.sampled_from(list(Ask)), min_size=1, max_size=4)


class Obedient:
    """Does what a challenge asks, `reaction` seconds after it is shown."""

    def __init__(self, reaction: float = 0.4) -> None:
        self.reaction = reaction
        self._asked: tuple[int, Ask, float] | None = None

    def heard(self, at: float, step: int, ask: Ask) -> None:
        if self._asked is None or self._asked[0] != step:
            self._asked = (step, ask, at)

    def face(self, at: float) -> Face:
        if self._asked is None or at < self._asked[2] + self.reaction:
            return face()
        return done(self._asked[1], at - self._asked[2] - self.reaction)


def challenged(
    plan: Plan,
    look: Callable[[float, Challenge], Face],
    vector: Callable[[float], Vector] = lambda at: HIM,
    fps: float = 15,
    seconds: float = 40,
) -> tuple[Outcome, float]:
    """How a challenge ends, and when."""
    challenge, looked = Challenge(plan), -1.0
    for number in range(round(seconds * fps)):
        at = number / fps
        now = look(at, challenge)
        due = at - looked >= 0.25 or challenge.wants(now)
        looked = at if due else looked
        outcome = challenge.look(at, now, vector(at) if due else None)
        if outcome in (Outcome.DONE, Outcome.FAILED, Outcome.ANOTHER):
            return outcome, at
    return Outcome.GOING_ON, seconds


@given(seed=st.integers(0, 10**6), fps=st.sampled_from([8, 10, 12, 15, 30]), reaction=st.floats(0.3, 2.2))
@settings(max_examples=60, deadline=None)
def test_whoever_does_as_he_is_asked_passes(seed: int, fps: int, reaction: float) -> None:
    actor = Obedient(reaction)

    def look(at: float, challenge: Challenge) -> Face:
        if challenge.asking is not None:
            actor.heard(at, challenge.step, challenge.asking)
        return actor.face(at)

    assert challenged(random_plan(random.Random(seed)), look, fps=fps)[0] is Outcome.DONE


@given(plan=ORDER, turn=st.floats(-0.085, 0.085), wave=st.floats(0.2, 3.0), seed=st.integers(0, 99))
@settings(max_examples=50, deadline=None)
def test_a_flat_face_never_passes(plan: list[Ask], turn: float, wave: float, seed: int) -> None:
    """A sheet that is turned to and fro moves the nose hardly at all; a blink alone is never all that is asked."""
    chance = random.Random(seed)
    plan = [*plan, Ask.LEFT]

    def look(at: float, challenge: Challenge) -> Face:
        eyes = 0.08 if chance.random() < 0.1 else 0.26
        return face(turn=turn if int(at * wave) % 2 else -turn / 2, eyes=eyes)

    assert challenged(fixed_plan(plan), look)[0] is not Outcome.DONE


@given(
    seed=st.integers(0, 10**6),
    rests=st.lists(st.tuples(st.floats(-0.085, 0.085), st.floats(-0.04, 0.04)), min_size=1, max_size=6),
    fps=st.sampled_from([8, 12, 15, 30]),
)
@settings(max_examples=40, deadline=None)
def test_a_head_need_not_come_back_to_just_where_it_was(seed: int, rests: list[tuple[float, float]], fps: int) -> None:
    """He does what he is asked from where he has come to rest."""
    actor = Obedient()

    def look(at: float, challenge: Challenge) -> Face:
        if challenge.asking is not None:
            actor.heard(at, challenge.step, challenge.asking)
        turn, tilt = (0.0, 0.0) if not challenge.step else rests[challenge.step % len(rests)]
        made = actor.face(at)
        return face(made.turn + turn, made.tilt + tilt, made.eyes)

    assert challenged(random_plan(random.Random(seed)), look, fps=fps)[0] is Outcome.DONE


@pytest.mark.parametrize("plan", [[Ask.LEFT, Ask.RIGHT], [Ask.RIGHT, Ask.LEFT, Ask.BLINK]])
@pytest.mark.parametrize("start", [0.0, 0.085, -0.085])
@pytest.mark.parametrize("held_s", [0.5, 0.9, 2.0])
def test_a_flat_face_that_is_swung_from_side_to_side_never_passes(plan: list[Ask], start: float, held_s: float) -> None:
    """It rests at the far side, so as to have a longer way to where it is asked to go, and goes there."""
    since: dict[Ask, float] = {}

    def look(at: float, challenge: Challenge) -> Face:
        if challenge.asking is None and not challenge.rested:
            return face(turn=start)
        side = {Ask.LEFT: 1, Ask.RIGHT: -1}.get(challenge.plan.steps[min(challenge.step, len(plan) - 1)], 1)
        away = challenge.asking is None or at - since.setdefault(challenge.asking, at) < held_s
        return face(turn=0.085 * (-side if away else side))

    assert challenged(fixed_plan(plan), look)[0] is not Outcome.DONE


@given(shown=ORDER, seed=st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_a_film_passes_only_with_the_order_that_is_asked(shown: list[Ask], seed: int) -> None:
    """A loop of movements with rests between; what it shows out of turn ends it."""
    plan = random_plan(random.Random(seed))

    def look(at: float, challenge: Challenge) -> Face:
        at -= 1.2
        turn, passed = divmod(at, 2.0)
        return done(shown[int(turn) % len(shown)], passed) if at >= 0 else face()

    outcome, _ = challenged(plan, look)
    if outcome is Outcome.DONE:
        turns = [step for step in shown * 4 if step is not Ask.BLINK]
        wanted = [step for step in plan.steps if step is not Ask.BLINK]
        assert any(turns[n : n + len(wanted)] == wanted for n in range(len(turns)))


def test_plans_are_by_chance_and_of_every_order() -> None:
    chance = random.Random(3)
    plans = [random_plan(chance) for _ in range(3000)]
    for plan in plans:
        assert len(plan.steps) in (3, 4)
        assert plan.steps.count(Ask.BLINK) == 1
        assert len(plan.spare) == 1
        assert plan.spare[0] is not Ask.BLINK
        long = [pause for pause in plan.pauses[: len(plan.steps)] if 2.8 <= pause <= 3.5]
        assert len(long) == 1
        assert all(0.3 <= pause <= 0.6 for pause in plan.pauses if pause not in long)
    assert len({plan.steps for plan in plans}) == 27 + 108
    assert len({plan.pauses for plan in plans}) == 3000
    places = [max(range(len(plan.steps)), key=plan.pauses.__getitem__) for plan in plans if len(plan.steps) == 4]
    assert all(places.count(place) > len(places) / 5 for place in range(4))


def films_that_pass(gaps: Callable[[Plan], Sequence[float]], trials: int = 120) -> float:
    """The share of films of the very order that is asked, with these gaps before their movements, that pass."""
    passed = 0
    for seed in range(trials):
        plan, starts, at = random_plan(random.Random(seed)), list[tuple[float, Ask]](), 0.65
        for ask, gap in zip(plan.steps, gaps(plan), strict=False):
            starts.append((at + gap, ask))
            at += gap + (0.25 if ask is Ask.BLINK else 1.2)

        def look(at: float, challenge: Challenge, starts: list[tuple[float, Ask]] = starts) -> Face:
            now = [(ask, at - start) for start, ask in starts if 0 <= at - start < 1.2]
            return done(*now[0]) if now else face()

        passed += challenged(plan, look, fps=10)[0] is Outcome.DONE
    return passed / trials


@pytest.mark.parametrize("gap", [0.5, 1.0, 1.5, 2.0, 2.5, 2.9, 3.3, 4.0])
def test_hardly_a_film_of_the_order_that_is_asked_is_still_as_long_as_it_must(gap: float) -> None:
    assert films_that_pass(lambda plan: [gap] * 5) <= 0.05


def test_a_film_has_to_know_where_the_long_pause_is() -> None:
    assert films_that_pass(lambda plan: [pause + 0.8 for pause in plan.pauses]) == 1.0, "as a person would do it"
    assert films_that_pass(lambda plan: [1.5, 4.0, 1.5, 1.5, 1.5]) < 0.45
    assert films_that_pass(lambda plan: [4.0, 1.5, 1.5, 1.5, 1.5]) < 0.45


def test_whoever_moves_too_early_is_asked_for_one_more() -> None:
    plan = Plan((Ask.LEFT,), (1.0, 1.0), (Ask.RIGHT,))
    challenge, asked = Challenge(plan), list[Ask]()
    for number in range(300):
        at = number / 15
        if challenge.asking is not None and challenge.asking not in asked:
            asked.append(challenge.asking)
        turn = 0.2 if 1.0 < at < 1.4 or 4.5 < at < 5.5 else -0.2 if 8.0 < at < 9.0 else 0.0
        if challenge.look(at, face(turn=turn), HIM) is Outcome.DONE:
            break
    assert asked == [Ask.LEFT, Ask.RIGHT]
    assert len(challenge.plan.steps) == 2
    assert at >= 9.0


@pytest.mark.parametrize(
    ("begins", "takes", "passes"),
    [(0.3, 0.4, True), (2.0, 1.0, True), (2.2, 0.6, True), (0.5, 2.5, True), (2.7, 0.3, False), (0.05, 0.1, False)],
)
def test_who_begins_in_time_may_turn_slowly(begins: float, takes: float, passes: bool) -> None:
    challenge, asked_at = Challenge(Plan((Ask.LEFT,), (0.5,))), None
    for number in range(150):
        at = number / 15
        asked_at = at if asked_at is None and challenge.asking is not None else asked_at
        into = -1.0 if asked_at is None else at - asked_at - begins
        part = min(1.0, max(0.0, into / takes)) if into < takes + 0.5 else max(0.0, 1 - (into - takes - 0.5) / 0.5)
        outcome = challenge.look(at, face(turn=0.2 * part), HIM)
        if outcome in (Outcome.DONE, Outcome.FAILED):
            break
    assert (outcome is Outcome.DONE) is passes


def test_a_recordings_own_order_is_not_judged_by_its_time() -> None:
    for start, gap in ((1.2, 0.1), (3.0, 5.0), (8.0, 9.0)):
        starts = [(start + n * (1.2 + gap), ask) for n, ask in enumerate((Ask.LEFT, Ask.RIGHT))]

        def look(at: float, challenge: Challenge, starts: list[tuple[float, Ask]] = starts) -> Face:
            now = [(ask, at - begun) for begun, ask in starts if 0 <= at - begun < 1.2]
            return done(*now[0]) if now else face()

        assert challenged(fixed_plan([Ask.LEFT, Ask.RIGHT]), look)[0] is Outcome.DONE
        assert challenged(fixed_plan([Ask.RIGHT, Ask.LEFT]), look)[0] is Outcome.FAILED


@pytest.mark.parametrize(
    ("asked", "shown", "passes"),
    [
        (Ask.LEFT, face(turn=0.2), True),
        (Ask.LEFT, face(turn=-0.2), False),
        (Ask.LEFT, face(tilt=0.1), False),
        (Ask.RIGHT, face(turn=-0.2), True),
        (Ask.UP, face(tilt=0.08), True),
        (Ask.UP, face(tilt=-0.08), False),
        (Ask.BLINK, face(eyes=0.1), True),
        (Ask.BLINK, face(eyes=0.21), False),
        (Ask.BLINK, face(turn=0.2, eyes=0.1), False),
        (Ask.BLINK, face(tilt=-0.04, eyes=0.1), True),
        (Ask.BLINK, face(tilt=-0.09, eyes=0.1), False),
    ],
)
def test_each_movement_is_its_own(asked: Ask, shown: Face, passes: bool) -> None:
    def look(at: float, challenge: Challenge) -> Face:
        return shown if 2.0 <= at < 2.3 else face()

    assert (challenged(fixed_plan([asked]), look)[0] is Outcome.DONE) == passes


def test_eyes_that_stay_shut_do_not_blink() -> None:
    assert challenged(fixed_plan([Ask.BLINK]), lambda at, _: face(eyes=0.08 if 2 < at < 3.5 else 0.26))[0] is (
        Outcome.FAILED
    )


def test_moving_before_one_is_asked_is_forgiven_once() -> None:
    plan = Plan((Ask.LEFT,), (3.0,))
    once = challenged(plan, lambda at, _: face(turn=0.2 if 1.5 < at < 2 else 0.25 if 6 < at < 7 else 0))
    twice = challenged(plan, lambda at, _: face(turn=0.2 if 1.5 < at < 2 or 3 < at < 3.4 else 0))
    at_once = challenged(plan, lambda at, _: face(turn=0.2 if 1.5 < at < 2 or 5.0 < at < 5.35 else 0))
    assert once[0] is Outcome.DONE
    assert at_once[0] is Outcome.FAILED, "nobody does what he is asked within a quarter of a second"
    assert twice == (Outcome.FAILED, pytest.approx(3.07, abs=0.1))


def test_a_movement_that_began_before_it_can_have_been_asked_is_not_the_asked_one() -> None:
    """A film's moments are its own. A blink that comes too soon is no fault: people blink."""

    def when(asked: Ask, *after: float) -> tuple[Outcome, float]:
        """The asked movement, so long after it was first asked."""
        first: list[float] = []

        def look(at: float, challenge: Challenge) -> Face:
            if challenge.asking is not None:
                first.append(at)
            shown = [at - first[0] - one for one in after if first and 0 <= at - first[0] - one < 1.2]
            return done(asked, shown[0]) if shown else face()

        return challenged(Plan((asked,), (1.0,)), look, fps=30)

    for turn in (Ask.LEFT, Ask.UP):
        assert when(turn, 0.3)[0] is Outcome.DONE
        assert when(turn, 0.0)[0] is Outcome.FAILED, "forgiven once, and asked again"
        assert when(turn, 0.0, 2.8)[0] is Outcome.DONE
    assert when(Ask.BLINK, 0.3)[0] is Outcome.DONE
    assert when(Ask.BLINK, 0.1)[0] is Outcome.FAILED, "none within the three seconds"
    assert when(Ask.BLINK, 0.1, 1.4)[0] is Outcome.DONE


def test_the_face_that_turns_must_be_the_one_that_began() -> None:
    def look(at: float, challenge: Challenge) -> Face:
        return done(Ask.LEFT, at - 2.0) if at >= 2.0 else face()

    assert challenged(fixed_plan([Ask.LEFT]), look)[0] is Outcome.DONE
    assert challenged(fixed_plan([Ask.LEFT]), look, lambda at: HIM if at < 2.1 else OTHER)[0] is Outcome.ANOTHER
    only_turned = challenged(fixed_plan([Ask.LEFT]), look, lambda at: OTHER if 2.2 < at < 3.0 else HIM)
    assert only_turned[0] is Outcome.ANOTHER
    less_like = challenged(fixed_plan([Ask.LEFT]), look, lambda at: (0.55, 0.0, 0.0) if 2.25 < at < 3.0 else HIM)
    assert less_like[0] is Outcome.DONE, "a turned head is less like itself at rest"
    never_his = challenged(fixed_plan([Ask.LEFT]), look, lambda at: (0.55, 0.0, 0.0) if 2.1 < at < 3.1 else HIM)
    assert never_his[0] is not Outcome.DONE


# ---------------------------------------------------------------------------------------------- who it is


@given(looks=st.lists(st.floats(0, 1.2), min_size=1, max_size=12))
@settings(max_examples=80)
def test_several_of_the_last_looks_must_agree(looks: list[float]) -> None:
    decision = Decision({"mayor": [HIM] * 3})
    for number, off in enumerate(looks):
        said = decision.look((off, 0.0, 0.0))
        last = looks[max(0, number - 4) : number + 1]
        assert (said == "mayor") == (sum(one <= 0.45 for one in last) >= 3)


def test_the_nearest_three_pictures_decide_and_a_near_second_person_confuses() -> None:
    mine = [HIM, (0.1, 0, 0), (0.2, 0, 0), (3.0, 0, 0), (3.1, 0, 0)]
    assert distance(HIM, mine) == pytest.approx(0.1)
    assert Decision({"a": mine, "b": [(0, 0.9, 0)]}).nearest(HIM) == "a"
    assert Decision({"a": mine, "b": [(0, 0.12, 0)] * 3}).nearest(HIM) is None
    assert Decision({}).nearest(HIM) is None


def test_a_face_that_jumps_is_another_one() -> None:
    following = Following(CheckSettings(), ChallengeSettings())
    for number in range(5):
        assert following.see(number / 10, [face(x=0.4 + number * 0.01)]) is not None
    assert following.track == 1
    assert following.see(0.6, [face(x=0.05)]) is not None
    assert following.track == 2
    following.see(1.4, [])
    following.see(1.5, [face(x=0.05)])
    assert following.track == 3, "gone for most of a second"


# ---------------------------------------------------------------------------------------------- a whole check


def check_of(
    faces: Callable[[float, Obedient], Sequence[Face]],
    who: Callable[[float, Face], Vector] = lambda at, _: HIM,
    signs: Signs | None = None,
    plan: Callable[[], Plan] = lambda: random_plan(random.Random(5)),
    people: dict[str, list[Vector]] | None = None,
) -> list[FaceEvent]:
    """Everything that one says, at 15 frames a second."""
    check = Check("7", PEOPLE if people is None else people, plan, FaceSettings())
    actor, said = Obedient(), []
    for number in range(15 * 60):
        at = number / 15
        one = check.see(at, faces(at, actor))
        wanted = one is not None and check.wants(at, one)
        events = check.look(at, one, who(at, one) if wanted and one else None, signs if wanted else None)
        for event in events:
            if isinstance(event, ChallengeAsked):
                actor.heard(at, event.step, event.ask)
        said += events
        if check.over:
            return said
    raise AssertionError("a check ends")


def obeys(at: float, actor: Obedient) -> list[Face]:
    return [actor.face(at)]


def test_a_check_asks_and_then_says_who_it_is() -> None:
    said = check_of(obeys)
    assert said[-1] == Verified(said[-1].t, "7", "mayor")
    asked = [event for event in said if isinstance(event, ChallengeAsked)]
    assert [event.step for event in asked] == sorted(event.step for event in asked)
    assert {event.of for event in asked} in ({3}, {4})
    assert all("mayor" not in str(event.message()) for event in asked), "nobody is named before the end"
    assert asked[0].message()["id"] == "7"
    assert 3.0 < said[-1].t < 20.0


@pytest.mark.parametrize(
    ("faces", "reason", "until_s"),
    [
        (lambda at, actor: [], Reason.NO_FACE, 8.2),
        (lambda at, actor: [face(width=0.04)], Reason.TOO_FAR, 8.2),
        (lambda at, actor: [actor.face(at), face(x=0.75, width=0.15)], Reason.SEVERAL_FACES, 1.0),
        (lambda at, actor: [face()], Reason.CHALLENGE_FAILED, 7.0),
        (lambda at, actor: [face(turn=0.3)], Reason.TIMEOUT, 30.2),
        (lambda at, actor: [face(clear=False)], Reason.TIMEOUT, 30.2),
    ],
)
def test_why_a_check_ends_without_a_person(
    faces: Callable[[float, Obedient], list[Face]], reason: Reason, until_s: float
) -> None:
    (*_, last) = check_of(faces)
    assert isinstance(last, Rejected)
    assert last.reason is reason
    assert last.t <= until_s


def test_somebody_small_in_the_background_does_no_harm() -> None:
    assert isinstance(check_of(lambda at, actor: [actor.face(at), face(x=0.8, width=0.07)])[-1], Verified)


def test_nobody_who_is_not_enrolled_is_asked_anything() -> None:
    said = check_of(obeys, lambda at, _: OTHER)
    assert [type(event) for event in said] == [Rejected]
    assert said[0].message()["reason"] == "not-recognised"


def test_whoever_takes_over_after_the_challenge_is_found_out() -> None:
    """Another face, even one that is enrolled too, and even at the same place."""
    verified_at = check_of(obeys)[-1].t
    for late in (0.3, 0.6):
        for other in (OTHER, (0.0, 0.0, 0.8)):
            at_most = verified_at - late
            said = check_of(obeys, lambda at, _, at_most=at_most, other=other: HIM if at < at_most else other)  # type: ignore[misc]
            assert said[-1].message()["reason"] == "not-the-same-face"


def test_a_face_that_goes_and_comes_must_begin_anew() -> None:
    orders = iter([fixed_plan([Ask.LEFT, Ask.RIGHT]), fixed_plan([Ask.UP]), fixed_plan([Ask.BLINK])])

    def faces(at: float, actor: Obedient) -> list[Face]:
        return [] if 2.0 < at < 3.0 else [done(Ask.UP, at - 6)] if at > 6 else [face()]

    said = check_of(faces, plan=lambda: next(orders))
    asked = [event.ask for event in said if isinstance(event, ChallengeAsked)]
    assert asked[0] is Ask.LEFT
    assert asked[-1] is Ask.UP
    assert isinstance(said[-1], Verified)


def test_votes_for_a_picture_end_a_check() -> None:
    said = check_of(obeys, signs=Signs(moire=0.9, border=1.0))
    assert said[-1].message()["reason"] == "looks-like-a-picture"
    assert isinstance(check_of(obeys, signs=Signs(border=0.75))[-1], Verified), "a picture on the wall behind him"
    assert check_of(obeys, signs=Signs(border=1.0))[-1].message()["reason"] == "looks-like-a-picture"


@given(seen=st.lists(st.sampled_from([0.75, 1.0, 1.0, 1.0, 1.0, 1.0]), max_size=20))
def test_a_whole_frame_must_be_seen_in_nearly_every_look(seen: list[float]) -> None:
    liveness = Liveness()
    for edge in seen:
        liveness.look(Signs(border=edge))
    assert liveness.picture == (seen[-10:].count(1.0) >= 9)


@pytest.mark.parametrize(
    ("cut", "who", "said"),
    [
        (3.1, HIM, "challenge-failed"),
        (3.9, HIM, "verified"),
        (0.4, HIM, "timeout"),
        (0.4, OTHER, "not-recognised"),
    ],
)
def test_a_recording_that_ends_with_its_last_movement_is_whole(cut: float, who: Vector, said: str) -> None:
    check = Check("7", PEOPLE, lambda: fixed_plan([Ask.LEFT]))
    for number in range(round(cut * 15)):
        at = number / 15
        seen = check.see(at, [done(Ask.LEFT, at - 2.6) if at > 2.6 else face()])
        assert seen is not None
        check.look(at, seen, who if check.wants(at, seen) else None)
    assert not check.over
    (event,) = check.broken_off(cut)
    assert said in (event.message()["type"], event.message().get("reason"))


@given(turn=st.floats(0.13, 0.5), depth=st.floats(0.0, 30.0), votes=st.lists(st.booleans(), min_size=0, max_size=12))
def test_what_makes_a_picture(turn: float, depth: float, votes: list[bool]) -> None:
    liveness = Liveness()
    for vote in votes:
        liveness.look(Signs(spoof=0.1 if vote else 0.9))
    assert liveness.picture == any(sum(votes[max(0, n - 5) : n + 1]) >= 4 for n in [len(votes) - 1])
    flat = Liveness()
    flat.turned(turn, depth)
    assert flat.picture == (depth < 5 * turn)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_a_check_always_ends_and_never_with_somebody_who_was_not_there(seed: int) -> None:
    chance = random.Random(seed)

    def faces(at: float, actor: Obedient) -> list[Face]:
        return [
            face(
                chance.uniform(-0.3, 0.3), chance.uniform(-0.1, 0.1), chance.uniform(0.05, 0.3), chance.uniform(0, 0.8)
            )
            for _ in range(chance.randrange(3))
        ]

    (*_, last) = check_of(faces, lambda at, _: OTHER)
    assert isinstance(last, Rejected)
    assert last.t <= 30.2


# ---------------------------------------------------------------------------------------------- afterwards


def watched(
    faces: Callable[[float], Sequence[tuple[Face, Vector]]], seconds: float = 60, fps: float = 4, away_s: float = 10
) -> list[tuple[str, float]]:
    """What is said, with its time."""
    presence = Presence("9", PEOPLE["mayor"], 0.0, away_s=away_s)
    said: list[FaceEvent] = []
    for number in range(1, round(seconds * fps)):
        at = number / fps
        seen = faces(at)
        events, whom = presence.see(at, [one for one, _ in seen])
        said += events
        if whom is not None:
            said += presence.recognised(at, whom, next(vector for one, vector in seen if one is whom))
    assert all(event.message()["id"] == "9" for event in said)
    return [(str(event.message()["type"]), event.t) for event in said]


def test_he_has_left_once_he_has_been_away_for_the_set_time() -> None:
    said = watched(lambda at: [(face(), HIM)] if at < 20 else [])
    assert [kind for kind, _ in said] == ["left"]
    assert 29.5 <= said[0][1] <= 30.3
    assert watched(lambda at: [(face(), HIM)] if at % 12 < 5 else []) == [], "he comes back in time"
    assert watched(lambda at: [(face(), HIM)], away_s=3600) == []


def test_another_at_his_place_keeps_nothing_open() -> None:
    """Without a gap: found out within seconds. After a gap: not known, an onlooker, and the time runs on."""
    said = watched(lambda at: [(face(), HIM if at < 20 else OTHER)])
    assert [kind for kind, _ in said] == ["onlooker", "left"]
    assert said[0][1] <= 24.0
    assert said[1][1] <= 32.5
    said = watched(lambda at: [(face(), HIM)] if at < 20 else [(face(x=0.1), OTHER)] if at > 22 else [])
    assert [kind for kind, _ in said] == ["onlooker", "left"]
    assert said[1][1] <= 30.3


def test_an_onlooker_looks_at_the_screen_for_a_while() -> None:
    beside = face(x=0.75, width=0.1)
    said = watched(lambda at: [(face(), HIM), *([(beside, OTHER)] if at > 10 else [])])
    assert [kind for kind, _ in said] == ["onlooker"]
    assert 11.0 <= said[0][1] <= 12.3
    assert watched(lambda at: [(face(), HIM), *([(beside, OTHER)] if at % 8 < 1 else [])]) == [], "passes by"
    away = face(turn=0.35, x=0.75, width=0.1)
    assert watched(lambda at: [(face(), HIM), (away, OTHER)]) == [], "looks elsewhere"


@pytest.mark.parametrize("fps", [2, 4, 15])
def test_an_onlooker_who_stays_is_told_again_and_again_until_he_goes(fps: int) -> None:
    """With the core's 3 s from the last word on, nothing is shown while he looks on."""
    presence, told = Presence("9", PEOPLE["mayor"], 0.0), []
    beside = face(x=0.75, width=0.1)
    for number in range(1, 50 * fps):
        at = number / fps
        there = [
            face(),
            *([beside] if 10 < at < 30 else []),
            *([face(turn=0.35, x=0.75, width=0.1)] if at > 36 else []),
        ]
        said, whom = presence.see(at, there)
        if whom is not None:
            said += presence.recognised(at, whom, HIM if whom.box.x < 0.7 else OTHER)
        said += presence.still(at)
        told += [event.t for event in said if isinstance(event, Onlooker)]
    assert 11.4 <= told[0] <= 12.6
    assert 28 <= told[-1] <= 31.1, "he has gone, or looks elsewhere"
    assert max(b - a for a, b in pairwise(told)) < 2.1
    silent = Presence("9", PEOPLE["mayor"], 0.0, onlookers=False)
    for number in range(1, 80):
        assert not any(isinstance(e, Onlooker) for e in silent.see(number / 4, [beside])[0] + silent.still(number / 4))


@given(seed=st.integers(0, 10**6), away_s=st.floats(2, 30))
@settings(max_examples=40, deadline=None)
def test_whatever_is_seen_nobody_but_he_stays(seed: int, away_s: float) -> None:
    chance = random.Random(seed)
    places = [face(x=chance.uniform(0, 0.8), width=chance.uniform(0.05, 0.3)) for _ in range(4)]

    def faces(at: float) -> list[tuple[Face, Vector]]:
        return [(one, OTHER) for one in places if chance.random() < 0.8]

    said = watched(faces, away_s=away_s)
    assert said[-1][0] == "left"
    assert said[-1][1] <= away_s + 0.3
    assert {kind for kind, _ in said} <= {"left", "onlooker"}


def test_events_name_no_figures() -> None:
    events = [Left(1, "a"), Onlooker(1, "a"), Verified(1, "a", "mayor"), Rejected(1, "a", Reason.TIMEOUT)]
    events.append(ChallengeAsked(1.23456, "a", 1, 3, Ask.UP, 0.444))
    assert [sorted(event.message()) for event in events] == [
        ["id", "t", "type"],
        ["id", "t", "type"],
        ["id", "person", "t", "type"],
        ["id", "reason", "t", "type"],
        ["ask", "id", "of", "progress", "step", "t", "type"],
    ]
