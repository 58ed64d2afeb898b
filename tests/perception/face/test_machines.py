"""The face check's machines, without pictures: who it is, a whole check, whether he stays."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.face.challenge import Plan, fixed_plan, random_plan
from perception.face.check import Check
from perception.face.decision import Decision, distance
from perception.face.events import Ask, ChallengeAsked, FaceEvent, Left, Onlooker, Reason, Rejected, Verified
from perception.face.face import Face, Signs, Vector
from perception.face.following import Following
from perception.face.liveness import Liveness
from perception.face.presence import Presence
from perception.face.settings import ChallengeSettings, CheckSettings, FaceSettings
from tests.perception.face.drawn import HIM, OTHER, Obedient, done, face

PEOPLE = {"mayor": [HIM, (0.1, 0.0, 0.0), (0.0, 0.1, 0.0)], "aide": [(0.0, 0.0, 0.8)] * 3}
ORDER = st.lists(st.sampled_from(list(Ask)), min_size=1, max_size=4)


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
