"""Private mode's machine, its limits and its PINs: without a camera, a screen or a clock."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import assistant.pins
from assistant.attempts import FREE, STRICT_FROM, AttemptFile, Attempts
from assistant.cli import cli
from assistant.cli_pin import _line, _typed
from assistant.contracts import BadInput, ConfigError, Unavailable
from assistant.pins import Pins, is_trivial
from assistant.private_mode import (
    GONE_S,
    PROVE_S,
    BeginCheck,
    Demand,
    Effect,
    EndCamera,
    Hide,
    Lock,
    Means,
    Now,
    OnOnlooker,
    Phase,
    Policy,
    PrivateMode,
    Propose,
    Refused,
    SecondFactor,
    Unlock,
    WatchOver,
)

T0 = Now(0.0, 1000.0)
BOTH = Means(pin=True, watch=True)
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

HIDING = Policy(SecondFactor.NONE, onlooker=OnOnlooker.HIDE)


def opened(policy: Policy | None = None) -> PrivateMode:
    """Open for `kim`, by a check named `c`."""
    mode = PrivateMode(policy or Policy(SecondFactor.NONE))
    mode.ask("c", T0)
    mode.verified("c", "kim", Means(), T0)
    assert mode.opened("c", T0) == [Unlock()]
    return mode


# -- the machine ---------------------------------------------------------------------------------------------------


def test_from_the_wish_to_the_lock() -> None:
    mode = PrivateMode(Policy(SecondFactor.EITHER))
    assert mode.ask("c", T0) == [BeginCheck("c")]
    watched, demanded = mode.verified("c", "kim", BOTH, T0)
    assert watched == WatchOver("c", "kim")
    assert demanded == Demand(pin=True, watch=True, until=PROVE_S)
    assert mode.opened("c", T0) == [], "the face alone is not enough"
    assert mode.proved("c", SecondFactor.PIN, T0) == [Propose("c", "kim")]
    assert mode.opened("c", T0) == [Unlock()]
    assert mode.left("c", T0) == [EndCamera(), Lock("left")]
    assert mode.phase is Phase.LOCKED


@pytest.mark.parametrize(
    ("factor", "means", "pin", "watch"),
    [
        (SecondFactor.PIN, BOTH, True, False),
        (SecondFactor.WATCH, BOTH, False, True),
        (SecondFactor.EITHER, Means(watch=True), False, True),
    ],
)
def test_the_policy_says_what_is_proved(factor: SecondFactor, means: Means, pin: bool, watch: bool) -> None:
    mode = PrivateMode(Policy(factor))
    mode.ask("c", T0)
    demand = mode.verified("c", "kim", means, T0)[1]
    assert isinstance(demand, Demand)
    assert (demand.pin, demand.watch) == (pin, watch)
    assert bool(mode.proved("c", SecondFactor.PIN, T0)) is pin


@pytest.mark.parametrize("factor", [SecondFactor.PIN, SecondFactor.WATCH, SecondFactor.EITHER])
def test_who_has_no_second_factor_does_not_get_in(factor: SecondFactor) -> None:
    mode = PrivateMode(Policy(factor))
    mode.ask("c", T0)
    assert mode.verified("c", "kim", Means(), T0) == [EndCamera(), Refused("no-second-factor")]


def test_an_answer_to_another_check_counts_for_nothing() -> None:
    mode = PrivateMode(Policy(SecondFactor.NONE, people=("kim",)))
    mode.ask("new", T0)
    assert mode.verified("old", "kim", BOTH, T0) == mode.rejected("old", "timeout", T0) == []
    assert mode.verified("new", "lee", BOTH, T0) == [EndCamera(), Refused("not-recognised")]
    assert mode.attempts.failures == 1


def test_what_an_onlooker_does_is_policy() -> None:
    assert opened().onlooker("c", T0) == [EndCamera(), Lock("onlooker")]
    assert opened(HIDING).onlooker("c", T0) == [Hide()]
    assert opened(Policy(SecondFactor.NONE, onlooker=OnOnlooker.OFF)).onlooker("c", T0) == []


def test_it_stays_hidden_until_the_onlooker_has_been_gone_for_a_while() -> None:
    mode = opened(HIDING)
    said = [effect for t in (0.0, 1.5, 3.0, 4.5) for effect in mode.onlooker("c", Now(t, 0)) + mode.tick(Now(t, 0))]
    assert said == [Hide()]
    assert mode.onlooker("another", Now(6.0, 0)) == []
    assert mode.here("c", Now(4.5 + GONE_S - 0.1, 0)) == []
    assert mode.tick(Now(4.5 + GONE_S, 0)) == [], "a camera that says nothing does not say that he has gone"
    assert mode.here("another", Now(4.5 + GONE_S, 0)) == []
    assert mode.here("c", Now(4.5 + GONE_S, 0)) == [Unlock()]
    assert mode.here("c", Now(11.0, 0)) == []
    assert mode.onlooker("c", Now(11.0, 0)) == [Hide()]
    assert mode.lock("asked") == [EndCamera(), Lock("asked")]


@pytest.mark.parametrize("late", [False, True])
def test_an_onlooker_of_before_it_opens_is_not_forgotten(late: bool) -> None:
    mode = PrivateMode(Policy(SecondFactor.PIN, onlooker=OnOnlooker.HIDE))
    mode.ask("c", T0)
    mode.verified("c", "kim", BOTH, T0)
    assert mode.onlooker("c", Now(1.0, 0)) == []
    mode.proved("c", SecondFactor.PIN, Now(2.0, 0))
    if late:
        assert mode.onlooker("c", Now(2.5, 0)) == []
    now = Now(2.5 + GONE_S - 0.1, 0) if late else Now(1.0 + GONE_S, 0)
    assert mode.opened("c", now) == ([Hide()] if late else [Unlock()])
    assert mode.here("c", Now(9.0, 0)) == ([Unlock()] if late else [])


def test_it_closes_at_the_latest_when_the_policy_says() -> None:
    mode = opened(Policy(SecondFactor.NONE, longest_s=60))
    assert mode.tick(Now(59.9, 0)) == []
    assert mode.tick(Now(60.0, 0)) == [EndCamera(), Lock("longest")]


def test_a_second_factor_that_does_not_come_is_a_failure() -> None:
    mode = PrivateMode(Policy(SecondFactor.WATCH))
    mode.ask("c", T0)
    mode.verified("c", "kim", BOTH, T0)
    assert mode.tick(Now(40.0, 1040.0)) == [EndCamera(), Refused("not-confirmed")]
    mode.ask("d", Now(41, 1041))
    mode.verified("d", "kim", BOTH, Now(42, 1042))
    assert mode.declined("d", Now(43, 1043)) == [EndCamera(), Refused("declined")]
    assert mode.attempts.failures == 2


def test_after_five_failures_one_waits_and_after_ten_the_pin_is_a_must() -> None:
    mode, wall, waits = PrivateMode(Policy(SecondFactor.NONE)), 1000.0, []
    for number in range(STRICT_FROM):
        assert mode.ask(str(number), Now(0, wall)) == [BeginCheck(str(number))]
        refused = mode.rejected(str(number), "not-recognised", Now(0, wall))[1]
        assert isinstance(refused, Refused)
        waits.append(refused.wait_s)
        if refused.wait_s:
            assert mode.ask("early", Now(0, wall + refused.wait_s - 1)) == [Refused("locked-out", 1.0)]
        wall += refused.wait_s
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 960]
    mode.ask("c", Now(0, wall))
    assert mode.verified("c", "kim", Means(watch=True), Now(0, wall)) == [EndCamera(), Refused("pin-needed")]
    mode.ask("d", Now(0, wall))
    mode.verified("d", "kim", BOTH, Now(0, wall))
    assert mode.proved("d", SecondFactor.WATCH, Now(0, wall)) == []
    assert mode.proved("d", SecondFactor.PIN, Now(0, wall)) == [Propose("d", "kim")]
    mode.opened("d", Now(0, wall))
    assert mode.attempts == Attempts()


def test_nobody_in_front_of_the_camera_is_no_failure() -> None:
    mode = PrivateMode(Policy())
    for reason in ("no-face", "too-far", "several-faces"):
        mode.ask("c", T0)
        assert mode.rejected("c", reason, T0) == [EndCamera(), Refused(reason)]
    mode.ask("c", T0)
    mode.rejected("c", "virtual-camera", T0, counts=False)
    assert mode.attempts == Attempts()


def test_whoever_has_seen_what_is_asked_does_not_begin_anew_for_nothing() -> None:
    mode = PrivateMode(Policy(SecondFactor.EITHER))
    for failures, reason in enumerate(("several-faces", "no-face"), 1):
        mode.ask("c", T0)
        mode.asked = True
        mode.rejected("c", reason, T0)
        assert mode.attempts.failures == failures
    for failures, end in enumerate((mode.left, mode.onlooker), 3):
        mode.ask("c", T0)
        mode.verified("c", "kim", Means(pin=True, watch=True), T0)
        assert mode.phase is Phase.PROVING
        end("c", T0)
        assert (mode.phase, mode.attempts.failures) == (Phase.LOCKED, failures)
    mode.ask("c", T0)
    mode.asked = True
    mode.put_aside(T0, counts=False)
    assert mode.attempts.failures == 4, "an incident came before it"


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "ask",
                "verified",
                "rejected",
                "pin",
                "watch",
                "wrong",
                "barred",
                "no",
                "opened",
                "left",
                "onlooker",
                "lock",
                "here",
                "tick",
            ]
        ),
        st.sampled_from(["kim", "lee", ""]),
        st.booleans(),
        st.sampled_from([0.0, 0.5, 20.0, 200.0, 4000.0]),
        st.integers(0, 1),
    ),
    max_size=60,
)
POLICIES = st.builds(
    Policy,
    st.sampled_from(SecondFactor),
    st.just(10.0),
    st.sampled_from(OnOnlooker),
    st.sampled_from([30.0, 1800.0]),
    st.sampled_from([None, ("kim",)]),
)


@settings(max_examples=250, deadline=None)
@given(POLICIES, EVENTS, st.builds(Means, st.booleans(), st.booleans()), st.integers(0, STRICT_FROM + 2))
def test_whatever_happens_only_a_checked_and_proved_person_gets_in(
    policy: Policy, events: list[tuple[str, str, bool, float, int]], means: Means, failures: int
) -> None:
    """A model beside it: what was verified and proved for the check that goes on, whether the camera runs, since when
    it is open, and when somebody else was seen last."""
    mode, t, number = PrivateMode(policy, Attempts(failures, 0.0)), 0.0, 0
    camera = is_open = visible = False
    others = float("-inf")
    face, proofs, since = "", set[str](), 0.0
    for kind, person, _, seconds, back in events:
        t += seconds
        now = Now(t, 10_000 + t)
        check = f"c{number - back}"
        strict, waits = mode.attempts.strict, mode.attempts.wait_s(now.wall) > 0
        phase, effects = mode.phase, list[Effect]()
        match kind:
            case "ask":
                number += 1
                effects = mode.ask(f"c{number}", now)
                number -= phase is not Phase.LOCKED
                assert not (waits and BeginCheck(f"c{number}") in effects)
            case "verified":
                effects = mode.verified(check, person, means, now)
                if effects and back == 0 and phase is Phase.CHECKING:
                    face, proofs = person, set()
            case "rejected":
                effects = mode.rejected(check, "not-recognised", now)
            case "pin" | "watch":
                effects = mode.proved(check, SecondFactor(kind), now)
                if effects:
                    proofs.add(kind)
            case "wrong":
                effects = mode.disproved(check, now)
            case "barred":
                effects = mode.barred(check, 30.0)
                assert not effects or mode.phase is Phase.LOCKED
            case "no":
                effects = mode.declined(check, now)
            case "opened":
                effects = mode.opened(check, now)
            case "left":
                effects = mode.left(check, now)
            case "onlooker":
                if phase is not Phase.LOCKED and check == mode.check:
                    others = t
                effects = mode.onlooker(check, now)
            case "lock":
                effects = mode.lock("asked")
                assert mode.phase is Phase.LOCKED
            case "here":
                effects = mode.here(check, now)
            case "tick":
                effects = mode.tick(now)
                assert not (is_open and t - since >= policy.longest_s and mode.phase is Phase.OPEN)
        for effect in effects:
            match effect:
                case BeginCheck():
                    assert not camera
                    camera = True
                case EndCamera():
                    assert camera
                    camera = False
                case Propose(_, whom):
                    assert whom == face != ""
                    assert policy.people is None or whom in policy.people
                    assert policy.second_factor is SecondFactor.NONE or proofs
                    assert "pin" in proofs or not strict
                    assert policy.second_factor is not SecondFactor.PIN or "pin" in proofs
                case Unlock():
                    assert (phase, kind) == (Phase.OPENING, "opened") if not is_open else kind == "here"
                    is_open, visible, since = True, True, since if is_open else t
                case Lock():
                    assert is_open
                    is_open = visible = False
                case Hide():
                    assert is_open or (phase, kind) == (Phase.OPENING, "opened")
                    assert policy.onlooker is OnOnlooker.HIDE
                    is_open, visible, since = True, False, since if is_open else t
        assert is_open == (mode.phase is Phase.OPEN)
        assert visible == (is_open and not mode.hidden)
        assert not (visible and policy.onlooker is not OnOnlooker.OFF and t - others < GONE_S)
        assert camera == (mode.phase is not Phase.LOCKED)


# -- failures on the disk ------------------------------------------------------------------------------------------


def test_failures_outlast_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "db" / "attempts.json"
    file = AttemptFile(path, 0.0)
    assert file.of("main") == Attempts()
    file.keep("main", Attempts(6, 5000.0))
    file.keep("person:시장", Attempts(2, 5.0))
    assert path.stat().st_mode & 0o777 == 0o600
    again = AttemptFile(path, 5010.0)
    assert (again.of("main"), again.of("person:시장"), again.of("side")) == (
        Attempts(6, 5000.0),
        Attempts(2, 5.0),
        Attempts(),
    )
    assert again.of("main").wait_s(5010.0) == 50.0
    set_back = AttemptFile(path, 1000.0)
    assert set_back.of("main").wait_s(1030.0) == 30.0, "a clock that was set back locks nobody out for a day"


@pytest.mark.parametrize("damage", ["", "[]", '{"attempts": 3}', '{"attempts": {"main": {"failures": -1, "at": 0}}}'])
def test_a_damaged_file_forgives_nothing(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "attempts.json"
    path.write_text(damage)
    file = AttemptFile(path, 77.0)
    assert file.of("main").failures == FREE
    assert file.of("main").wait_s(77.0) == 30.0


@given(st.integers(0, 1000), st.floats(0, 1e9), st.floats(0, 1e9))
def test_no_clock_makes_the_wait_longer_than_the_pause(failures: int, at: float, now: float) -> None:
    attempts = Attempts(failures, at)
    assert 0 <= attempts.wait_s(now) <= attempts.pause_s <= 3600
    assert attempts.failed(now).pause_s >= attempts.pause_s


# -- PINs ----------------------------------------------------------------------------------------------------------


def test_a_pin_is_known_by_its_hash_alone(tmp_path: Path) -> None:
    pins = Pins(tmp_path / "db" / "pins.json", QUICK)
    pins.set("시장", "204816")
    kept = (tmp_path / "db" / "pins.json").read_text("utf-8")
    assert "204816" not in kept
    assert "$argon2id$" in kept
    assert os.stat(tmp_path / "db" / "pins.json").st_mode & 0o777 == 0o600
    assert pins.has("시장")
    assert pins.verify("시장", "204816")
    assert not pins.verify("시장", "204817")
    assert not pins.verify("nobody", "204816")
    other = Pins(tmp_path / "db" / "pins.json", QUICK)
    other.remove("시장")
    assert not pins.verify("시장", "204816"), "a running service sees it at once"
    with pytest.raises(BadInput):
        pins.remove("시장")


@pytest.mark.parametrize("pin", ["12345", "1234567890123", "12a456", "１２３４５６", "", "204816\n"])
def test_what_is_no_pin_is_refused(tmp_path: Path, pin: str) -> None:
    with pytest.raises(BadInput, match="digits"):
        Pins(tmp_path / "pins.json", QUICK).set("kim", pin)


@pytest.mark.parametrize("pin", ["000000", "123456", "654321", "890123", "121212", "123123", "112112", "110000"])
def test_what_everybody_tries_first_is_refused(tmp_path: Path, pin: str) -> None:
    assert is_trivial(pin)
    with pytest.raises(BadInput, match="anybody"):
        Pins(tmp_path / "pins.json", QUICK).set("kim", pin)
    assert not (tmp_path / "pins.json").exists()


def test_a_damaged_pin_file_is_said_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "pins.json"
    path.write_text(json.dumps({"pins": []}))
    pins = Pins(path, QUICK)
    for use in (lambda: pins.has("kim"), lambda: pins.set("kim", "204816"), lambda: pins.verify("kim", "204816")):
        with pytest.raises(ConfigError):
            use()
    path.write_text(json.dumps({"pins": {"kim": "no hash"}}))
    assert not pins.verify("kim", "204816")


def test_a_disk_that_refuses_a_pin_is_said_and_keeps_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pins = Pins(tmp_path / "pins.json", QUICK)
    pins.set("kim", "204816")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(assistant.pins, "write_private", full)
    for use in (lambda: pins.set("kim", "975310"), lambda: pins.remove("kim")):
        with pytest.raises(Unavailable, match="No space"):
            use()
    assert pins.verify("kim", "204816")


def test_the_command_line_sets_lists_and_forgets_a_pin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEOULA_STATE_DIR", str(tmp_path))
    run = CliRunner()
    made = run.invoke(cli, ["enroll", "pin", "--name", "kim", "--stdin"], input="204816\n")
    assert (made.exit_code, json.loads(made.stdout)) == (0, {"type": "pin", "name": "kim"})
    assert "204816" not in made.output
    assert Pins(tmp_path / "db" / "pins.json").verify("kim", "204816")
    weak = run.invoke(cli, ["enroll", "pin", "--name", "kim", "--stdin"], input="111111\n")
    assert weak.exit_code == 1
    assert run.invoke(cli, ["enroll", "pin", "--name", "kim"], input="204816\n").exit_code == 2, "no terminal"
    assert json.loads(run.invoke(cli, ["enroll", "pin", "--list"]).stdout)["name"] == "kim"
    for name in ("Hong Gildong", "../kim"):
        nobody = run.invoke(cli, ["enroll", "pin", "--name", name, "--stdin"], input="204816\n")
        assert (nobody.exit_code, "bad-name" in nobody.output) == (1, True), "no face can have this name"
        watch = run.invoke(cli, ["pair", "issue", "watch", "main", "--person", name])
        assert (watch.exit_code, "bad-name" in watch.output) == (1, True)
    assert run.invoke(cli, ["enroll", "pin", "--name", "kim", "--remove"]).exit_code == 0
    assert run.invoke(cli, ["enroll", "pin", "--list"]).stdout == ""
    watch = ["pair", "issue", "watch", "main", "--person", "kim"]
    assert json.loads(run.invoke(cli, watch).stdout)["person"] == "kim"
    assert run.invoke(cli, [*watch[:2], "wall", *watch[3:]]).exit_code == 1


def test_a_closed_standard_input_gives_no_pin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    for read in (_line, _typed):
        with pytest.raises(BadInput):
            read()
