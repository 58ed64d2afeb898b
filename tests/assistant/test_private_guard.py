"""Private mode against those who try: citizens' screens in between, guessed PINs, old answers, lost tokens."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant import private_desk
from assistant.attempts import FREE, Attempts
from assistant.contracts import NotPermitted, Unavailable
from assistant.private_mode import Phase
from display_bridge.trust import Trust, identity_of
from tests.assistant.api_app import settled
from tests.assistant.private_house import PERSON, PIN, House, everything, house

SECRET = "interest-topics"
HIDDEN = (SECRET, "private-mode", "proving", "sketch", PERSON, PIN)


class Later:
    """A clock that is moved on by `s` seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.s, self._clock = 0.0, clock

    def __call__(self) -> float:
        return self._clock() + self.s


def written(folder: Path) -> list[str]:
    """What all files below a folder hold."""
    return [p.read_bytes().decode("utf-8", "replace") for p in folder.rglob("*") if p.is_file()]


async def nothing_for_citizens(place: House) -> None:
    """A citizen's screen that joins just now is told nothing of it."""
    async with place.api.socket("/ws/v1/displays/main") as joined:
        joined.send({"t": "hello", "proto": 2, "role": "web", "caps": []})
        snapshot = json.dumps(await joined.until("t", "snapshot"), ensure_ascii=False)
    async with place.api.screen(role="web") as late:
        for operation, args in (("private_pin", {"pin": PIN}), ("private_watch", {"yes": True, "check": "x"})):
            answer = await late.command(operation, operation, **args)
            assert answer["error"]["code"] == "not-paired"
        for word in HIDDEN:
            assert word not in snapshot
            assert word not in everything(late)


async def test_a_citizens_screen_that_joins_in_any_state_sees_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(tmp_path, monkeypatch) as place:
        seen = []
        check = await place.ask()
        for kind, more, phase in (
            ("challenge", {"step": 1, "of": 3, "ask": "left", "progress": 0.5}, "asking"),
            ("verified", {"person": PERSON}, "proving"),
        ):
            place.camera.says(check, kind, **more)
            await place.phase(phase)
            await nothing_for_citizens(place)
            seen.append(place.desk.seat("main").mode.phase)
        assert (await place.wall.command("pin", "private_pin", pin=PIN))["ok"]
        await settled(lambda: place.trust == "private")
        assert (await place.wall.command("s", "show", panel=SECRET))["ok"]
        await settled(lambda: SECRET in everything(place.wall))
        await nothing_for_citizens(place)
        seen.append(place.desk.seat("main").mode.phase)
        place.camera.says(check, "left")
        await place.locked()
        await nothing_for_citizens(place)
        place.camera.says(await place.ask("again"), "rejected", reason="not-recognised")
        await place.phase("refused")
        await nothing_for_citizens(place)
        assert seen == [Phase.CHECKING, Phase.PROVING, Phase.OPEN]
        for word in HIDDEN:
            assert word not in everything(place.citizen)


async def test_a_pin_that_failed_too_often_elsewhere_is_barred_in_the_middle_of_a_proof(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(tmp_path, monkeypatch) as place:
        place.camera.says(await place.ask(), "verified", person=PERSON)
        await place.phase("proving")
        place.desk._attempts.keep(f"person:{PERSON}", Attempts(FREE, time.time()))
        answer = await place.wall.command("pin", "private_pin", pin=PIN)
        assert answer["error"]["code"] == "wrong-pin", "no other answer than to a wrong one"
        args = await place.phase("refused")
        assert args["reason"] == "wrong-pin"
        assert float(args["until"]) > time.time()
        await place.locked()


async def test_pins_of_two_connections_are_counted_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with (
        house(tmp_path, monkeypatch) as place,
        place.api.screen(role="tablet", token=place.api.token("tablet")) as tablet,
    ):
        place.camera.says(await place.ask(), "verified", person=PERSON)
        await place.phase("proving")
        codes: list[str] = []
        for number in range(FREE):
            pair = [s.command(f"p{number}", "private_pin", pin=f"90817{number}") for s in (place.wall, tablet)]
            answers: list[Any] = await asyncio.gather(*pair)
            assert not any(a["ok"] for a in answers)
            codes += [a["error"]["code"] for a in answers]
        assert codes.count("wrong-pin") <= FREE, "none was tried for nothing"
        assert (await place.phase("refused"))["reason"] == "wrong-pin"
        assert place.desk.seat("main").mode.attempts.failures == FREE
        assert place.desk._attempts.of(f"person:{PERSON}").failures == FREE
        assert (await tablet.command("right", "private_pin", pin=PIN))["error"]["code"] == "not-asked"
        await place.locked()


async def test_a_watchs_yes_of_before_opens_nothing_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house(tmp_path, monkeypatch, second_factor="watch") as place:
        token = place.api.service.screens._pairing.issue(role="watch", display="main", person=PERSON)[0]
        async with place.api.screen(role="watch", token=token) as watch:
            first = await place.ask()
            place.camera.says(first, "verified", person=PERSON)
            await place.phase("proving")
            assert (await watch.command("yes", "private_watch", yes=True, check=first))["ok"]
            await settled(lambda: place.trust == "private")
            await place.wall.command("off", "private_mode", on=False)
            await place.locked()
            second = await place.ask("again")
            place.camera.says(first, "verified", person=PERSON)
            place.camera.says(second, "verified", person=PERSON)
            await place.phase("proving")
            replayed = await watch.command("yes-again", "private_watch", yes=True, check=first)
            assert replayed["error"]["code"] == "not-asked"
            assert place.trust == "internal"


async def test_a_screen_whose_token_is_revoked_loses_private_mode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(tmp_path, monkeypatch) as place:
        await place.open()
        await place.wall.command("s", "show", panel=SECRET)
        pairing = place.api.service.screens._pairing
        for device in pairing.devices():
            pairing.revoke(device.id)
        await settled(lambda: place.trust == "public" and not place.desk.is_open("main") and not place.camera.is_on)
        assert place.hub.shown("main").panel != SECRET


async def test_wrong_digits_are_written_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    wrong, malformed = "739152", "73915274x"
    async with house(tmp_path, monkeypatch) as place:
        early = await place.wall.command("early", "private_pin", pin=wrong)
        assert early["error"]["code"] == "not-asked"
        place.camera.says(await place.ask(), "verified", person=PERSON)
        await place.phase("proving")
        for number, pin in enumerate((wrong, malformed, int(wrong))):
            assert not (await place.wall.command(f"p{number}", "private_pin", pin=pin))["ok"]
        told = capfd.readouterr()
        for text in (told.out, told.err, everything(place.wall), *written(tmp_path)):
            assert "739152" not in text


async def test_what_the_room_cannot_take_ends_with_the_camera_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise Unavailable("busy", "no more proposals now")

    async with house(tmp_path, monkeypatch, second_factor="none") as place:
        check = await place.ask()
        monkeypatch.setattr(place.desk, "_proposing", refuses)
        place.camera.says(check, "verified", person=PERSON)
        assert (await place.phase("refused"))["reason"] == "failed"
        await place.locked()
        assert place.desk.seat("main").mode.phase is Phase.LOCKED


async def test_a_display_has_no_face_check_while_its_camera_has_no_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(tmp_path, monkeypatch) as place:
        await settled(lambda: place.hub.beside == {"main": {"face"}})
        place.camera.socket.leave()
        await settled(lambda: not place.hub.beside)


async def test_only_a_watch_that_goes_on_keeps_it_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house(tmp_path, monkeypatch) as place:
        check, desk = await place.open(), place.desk
        desk._clock = later = Later(desk._clock)
        for _ in range(4):
            later.s += private_desk.HERE_S - 1
            here = desk.seat("main").here
            await settled(lambda here=here: desk.seat("main").here > here + 1)
            desk.tick()
            assert place.trust == "private", "as long as he is said to be here"
        place.camera.watches = False
        later.s += private_desk.HERE_S
        place.camera.says("another", "here")
        place.camera.says(check, "sketch", face=[])
        well = {"camera": "ok", "abilities": {"face": "ok"}, "frames": 10}
        place.camera.socket.send({"type": "health", "detail": well})
        await settled(lambda: place.api.app.state.sight.seeing.health()["wall"].get("frames"))
        await place.locked()
        await settled(lambda: any(m["t"] == "private" and m["reason"] == "camera-lost" for m in place.wall.seen))


async def test_a_face_of_another_camera_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house(tmp_path, monkeypatch, second_factor="none") as place:
        check = await place.ask()
        monkeypatch.setattr(place.desk._seeing, "display_of", lambda _: "main")
        place.desk._seen("lobby", {"type": "verified", "id": check, "person": PERSON})
        assert place.desk.seat("main").mode.phase is Phase.CHECKING
        place.desk._seen("wall", {"type": "verified", "id": check, "person": PERSON})
        assert place.desk.seat("main").mode.phase is Phase.OPENING


async def test_a_pin_needs_a_paired_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A screen that is trusted for where it stands has no device, and proves nothing."""
    async with house(tmp_path, monkeypatch) as place:
        place.camera.says(await place.ask(), "verified", person=PERSON)
        await place.phase("proving")
        proofs = place.api.app.state.sight.private.proofs
        near = identity_of("wall", paired=True, local=True, trust_local=True)
        for identity in (near, replace(near, device="d", trust=Trust.PUBLIC)):
            with pytest.raises(NotPermitted) as caught:
                await proofs.pin(place.desk, "main", {"pin": PIN}, identity)
            assert caught.value.code == "not-paired"
        assert place.desk.seat("main").mode.phase is Phase.PROVING


async def test_no_pin_is_typed_in_the_air(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house(tmp_path, monkeypatch) as place:
        place.camera.says(await place.ask(), "verified", person=PERSON)
        await place.phase("proving")
        by_hand = place.hub.hands.on_command
        assert by_hand is not None
        paired = replace(identity_of("wall", paired=True, local=True, trust_local=True), device="d")
        with pytest.raises(NotPermitted) as caught:
            by_hand("main", "private_pin", {"pin": PIN}, paired)
        assert caught.value.code == "pin-by-hand"
        assert place.desk.seat("main").mode.phase is Phase.PROVING


async def test_what_is_let_through_late_does_not_open_a_screen_that_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(tmp_path, monkeypatch, second_factor="none") as place:
        check = await place.ask()
        monkeypatch.setattr(place.desk, "_proposing", lambda *_: None)
        place.desk._seen("wall", {"type": "verified", "id": check, "person": PERSON})
        assert place.desk.seat("main").mode.phase is Phase.OPENING
        monkeypatch.setattr(place.hub, "trust", lambda _: Trust.PUBLIC)
        with pytest.raises(NotPermitted):
            place.desk.opened("main")
        assert place.desk.seat("main").mode.phase is Phase.LOCKED


async def test_no_outline_goes_to_a_display_without_paired_screens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    async with house(tmp_path, monkeypatch) as place:
        await place.ask()
        monkeypatch.setattr(place.hub, "send", lambda *message, **_: sent.append(message))
        seat, points = place.desk.seat("main"), [[0.5, 0.5]]
        for trust in (Trust.PUBLIC, Trust.INTERNAL):
            monkeypatch.setattr(place.hub, "trust", lambda _, trust=trust: trust)
            place.desk.overlay.sketch(seat, points)
            assert bool(sent) == (trust is Trust.INTERNAL)


async def test_a_clock_that_fails_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise RuntimeError("clock")

    async with house(tmp_path, monkeypatch) as place:
        await place.open()
        monkeypatch.setattr(place.desk, "tick", fails)
        await place.locked()
        await settled(lambda: any(m["t"] == "private" and m["reason"] == "stopped" for m in place.wall.seen))


@pytest.mark.parametrize("broken", ["hush", "stop", "gate", "attempts"])
async def test_whatever_breaks_while_it_locks_the_screen_closes_and_the_camera_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError(broken)

    async with house(tmp_path, monkeypatch) as place:
        check = await place.open()
        if broken == "hush":
            monkeypatch.setattr(place.desk, "_hush", breaks)
        elif broken == "stop":
            monkeypatch.setattr(place.desk._seeing, "tell", breaks)
        elif broken == "gate":
            monkeypatch.setattr(place.desk, "_gate", SimpleNamespace(face=breaks))
        else:
            monkeypatch.setattr(place.desk._attempts, "keep", breaks)
        place.camera.says(check, "left")
        await place.locked()
        assert place.desk.seat("main").mode.phase is Phase.LOCKED
        await settled(lambda: any(m["t"] == "private" and m.get("reason") == "left" for m in place.wall.seen))


async def test_what_cannot_be_begun_is_refused_with_the_camera_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("sketch")

    async with house(tmp_path, monkeypatch) as place:
        monkeypatch.setattr(place.desk._seeing, "sketch", breaks)
        await place.wall.command("p", "private_mode", on=True)
        assert (await place.phase("refused"))["reason"] == "failed"
        await place.locked()


async def test_a_right_pin_is_barred_where_tries_elsewhere_failed_while_it_was_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(tmp_path, monkeypatch) as place:
        proofs = place.api.app.state.sight.private.proofs
        verify, key = proofs._pins.verify, f"person:{PERSON}"

        def meanwhile(person: str, pin: str) -> bool:
            place.desk._attempts.keep(key, Attempts(FREE, time.time()))
            return bool(verify(person, pin))

        place.camera.says(await place.ask(), "verified", person=PERSON)
        await place.phase("proving")
        monkeypatch.setattr(proofs._pins, "verify", meanwhile)
        answer = await place.wall.command("pin", "private_pin", pin=PIN)
        assert answer["error"]["code"] == "wrong-pin"
        assert (await place.phase("refused"))["reason"] == "wrong-pin"
        assert place.desk._attempts.of(key).failures == FREE, "nothing is forgiven"
        await place.locked()
