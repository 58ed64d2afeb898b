"""Private mode in the real application: a camera's worker on its link, a paired wall, a citizen's screen beside it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.contracts import Direction, Intent, IntentName, Outcome, OutcomeCode, Source
from assistant.private_mode import GONE_S
from tests.assistant.api_app import Application, running, settled
from tests.assistant.private_house import PERSON, PIN, everything, house, prepare

SECRET = "interest-topics"
ON = Intent(IntentName.PRIVATE_MODE, direction=Direction.ON)


async def test_face_and_pin_open_and_leaving_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house(tmp_path, monkeypatch) as place:
        check = await place.ask()
        assert (place.trust, place.camera.is_on) == ("internal", True)
        place.camera.says(check, "challenge", step=1, of=3, ask="left", progress=0.4)
        args = await place.phase("asking")
        assert (args["ask"], args["step"], args["of"], args["progress"]) == ("left", "1", "3", "0.40")
        place.camera.says(check, "sketch", face=[[0.5, 0.5], [0.52, 0.5], [0.5, 0.6]])
        await settled(lambda: any(m["t"] == "sketch" for m in place.wall.seen))
        place.camera.says("stale", "verified", person=PERSON)
        place.camera.says(check, "verified", person=PERSON)
        await place.phase("proving")
        assert place.trust == "internal", "the face alone is not enough"
        await settled(lambda: place.camera.orders("watch"))
        assert place.camera.orders("watch")[-1] == {
            "person": PERSON, "away_s": 10.0, "onlookers": True, "id": check,
        }  # fmt: skip
        wrong = await place.wall.command("w", "private_pin", pin="999999")
        assert wrong["error"]["code"] == "wrong-pin"
        assert place.overlay()["wrong"] == "1"
        assert place.overlay()["left"] == "4", "of five"
        assert (await place.wall.command("r", "private_pin", pin=PIN))["ok"]
        await settled(lambda: place.trust == "private")
        shown = await place.wall.command("s", "show", panel=SECRET)
        assert shown["ok"]
        await settled(lambda: place.hub.shown("main").panel == SECRET)
        place.camera.says(check, "left")
        await place.locked()
        assert place.hub.shown("main").panel != SECRET
        await settled(lambda: any(m["t"] == "private" and m["reason"] == "left" for m in place.wall.seen))
        # Opened anew, the panel of before does not come back by itself, nor by going back.
        await place.open()
        await place.wall.command("b", "back")
        assert place.hub.shown("main").panel != SECRET
        for word in (SECRET, "private-mode", "sketch", "proving", PERSON):
            assert word not in everything(place.citizen)
        assert PERSON not in everything(place.wall)
        assert PIN not in everything(place.wall)


async def test_what_is_recorded_names_nobody_and_holds_no_digits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    async with house(tmp_path, monkeypatch) as place:
        await place.open()
        await place.wall.command("off", "private_mode", on=False)
        await place.locked()
        check = await place.ask("again")
        place.camera.says(check, "rejected", reason="looks-like-a-picture")
        args = await place.phase("refused")
        assert args["reason"] == "looks-like-a-picture"
        store = place.api.service.store
        await settled(lambda: len([r for r in store.latest() if r["source"] == "face"]) == 2)
        runs = [r["outcome"] for r in store.latest() if r["source"] == "face"]
        assert {(r["code"], r["reason"]) for r in runs} == {("shown", ""), ("not_permitted", "looks-like-a-picture")}
        kept = "".join(p.read_bytes().decode("utf-8", "replace") for p in (tmp_path / "db").glob("runs*"))
        told = capfd.readouterr()
        for text in (kept, told.out, told.err):
            assert PERSON not in text
            assert PIN not in text


@pytest.mark.parametrize("source", [Source.MICROPHONE, Source.TOUCH, Source.API, Source.TEXT, Source.FACE])
async def test_no_source_opens_it_without_a_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: Source
) -> None:
    async with house(tmp_path, monkeypatch, second_factor="none") as place:
        room = place.api.service.room("main")
        outcomes: list[Any] = []
        room.propose(ON, source, lambda outcome, _: outcomes.append(outcome), PERSON)
        await settled(lambda: outcomes)
        assert place.trust == "internal"
        assert outcomes[0].reason == ("not-verified" if source is Source.FACE else "face-needed")


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("onlooker", "onlooker"),
        ("worker dies", "camera-lost"),
        ("camera unplugged", "camera-lost"),
        ("door", "door"),
        ("voice", "asked"),
        ("screen leaves", ""),
    ],
)
async def test_everything_unclear_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str, reason: str) -> None:
    async with house(tmp_path, monkeypatch) as place:
        check = await place.open()
        await place.wall.command("s", "show", panel=SECRET)
        match how:
            case "onlooker":
                place.camera.says(check, "onlooker")
            case "worker dies":
                place.camera.socket.leave()
            case "camera unplugged":
                for state in ("ok", "missing"):
                    place.camera.socket.send({"type": "health", "detail": {"camera": state}})
            case "door":
                answer = await place.api.http.post("/api/v1/displays/main/lock", json={"reason": "door"})
                assert answer.json() == {"display": "main", "was_open": True}
            case "voice":
                await place.api.service.enter("main", "비공개 모드 꺼줘", Source.TEXT)
            case "screen leaves":
                place.wall.socket.leave()
        await settled(lambda: not place.desk.is_open("main") and place.trust != "private")
        assert place.hub.shown("main").panel != SECRET
        if reason:
            await settled(lambda: any(m["t"] == "private" and m["reason"] == reason for m in place.wall.seen))


async def test_closing_the_overlay_ends_the_check_and_the_camera(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(tmp_path, monkeypatch, second_factor="none") as place:
        check = await place.ask()
        await place.wall.command("x", "dismiss")
        await settled(lambda: not place.camera.is_on)
        place.camera.says(check, "verified", person=PERSON)
        again = await place.ask("again")
        assert again != check
        place.camera.says(again, "verified", person=PERSON)
        await settled(lambda: place.trust == "private")


async def test_five_failures_lock_out_also_after_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house(tmp_path, monkeypatch) as place:
        for number in range(5):
            check = await place.ask(f"ask{number}")
            place.camera.says(check, "rejected", reason="not-recognised")
            await place.phase("refused")
            await settled(lambda: not place.camera.is_on)
        assert float(place.overlay()["until"]) > 0
    async with house(tmp_path, monkeypatch) as place:
        await place.wall.command("ask", "private_mode", on=True)
        assert (await place.phase("refused"))["reason"] == "locked-out"
        assert not place.camera.is_on


async def test_only_the_persons_own_watch_says_yes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house(tmp_path, monkeypatch, second_factor="watch") as place:
        issue = place.api.service.screens._pairing.issue
        his, other = (issue(role="watch", display="main", person=p)[0] for p in (PERSON, "deputy"))
        async with (
            place.api.screen(role="watch", token=his) as watch,
            place.api.screen(role="watch", token=other) as stranger,
        ):
            check = await place.ask()
            place.camera.says(check, "verified", person=PERSON)
            args = await place.phase("proving")
            assert "pin" not in args
            yes = {"yes": True, "check": args["check"]}
            for who, key in ((stranger, "s"), (place.wall, "w")):
                assert (await who.command(key, "private_watch", **yes))["error"]["code"] == "not-your-watch"
            assert (await watch.command("old", "private_watch", yes=True, check="x"))["error"]["code"] == "not-asked"
            assert (await place.wall.command("p", "private_pin", pin=PIN))["error"]["code"] == "wrong-pin"
            assert place.trust == "internal"
            assert (await watch.command("yes", "private_watch", **yes))["ok"]
            await settled(lambda: place.trust == "private")


async def test_where_it_cannot_be_opened_the_screen_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house(tmp_path, monkeypatch) as place:
        await settled(lambda: place.hub.beside == {"main": {"face"}})
        (tmp_path / "faces" / f"{PERSON}.face").unlink()
        await place.wall.command("a", "private_mode", on=True)
        assert (await place.phase("refused"))["reason"] == "nobody-enrolled"
        await settled(lambda: not place.hub.beside)
        (tmp_path / "faces" / f"{PERSON}.face").write_bytes(b"sealed")
        check = await place.ask("b")
        place.camera.says(check, "error", code="virtual-camera", message="no")
        assert (await place.phase("refused"))["reason"] == "virtual-camera"
        place.camera.socket.leave()
        await settled(lambda: not place.api.app.state.sight.seeing.available("wall"))
        await place.wall.command("c", "private_mode", on=True)
        assert (await place.phase("refused"))["reason"] == "camera-missing"


async def test_without_a_paired_screen_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(tmp_path, monkeypatch)
    async with running(tmp_path, monkeypatch) as api, api.screen() as wall:
        outcome, _ = await api.service.propose("main", ON, Source.TOUCH)
        assert outcome.reason == "not-paired"
        assert (await wall.command("p", "private_pin", pin=PIN))["error"]["code"] == "not-paired"


async def test_who_may_lock_over_http(api: Application) -> None:
    token = api.token("tablet", "side")
    async with api.screen(token=api.token("wall")), api.client(("192.0.2.7", 5000)) as remote:
        bearer = {"authorization": f"Bearer {token}"}
        assert (await remote.post("/api/v1/displays/main/lock")).status_code == 401
        assert (await remote.post("/api/v1/displays/main/lock", headers=bearer)).status_code == 403
        api.service.hub.unlock("main", 4e9)
        own = {"authorization": f"Bearer {api.token('tablet', 'main')}"}
        answer = await remote.post("/api/v1/displays/main/lock", headers=own)
        assert answer.status_code == 200
        assert api.service.hub.trust("main").word == "internal"
        unknown = await api.http.post("/api/v1/displays/nowhere/lock")
        assert (unknown.status_code, json.loads(unknown.text)["code"]) == (404, "unknown-display")


async def test_an_onlooker_may_only_put_the_panel_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house(tmp_path, monkeypatch, onlooker="hide") as place:
        check = await place.open()
        await place.wall.command("s", "show", panel=SECRET)
        place.camera.says(check, "onlooker")
        await settled(lambda: any(m["t"] == "private" and m["event"] == "hidden" for m in place.wall.seen))
        assert place.hub.shown("main").panel != SECRET
        assert (place.desk.is_open("main"), place.camera.is_on, place.trust) == (True, True, "internal")
        place.camera.says(check, "here")
        await place.wall.command("h", "show", panel=SECRET)
        assert place.hub.shown("main").panel != SECRET, "nor by asking for it again"
        assert place.hub.beside["main"] == {"face", "hidden"}
        now = place.desk.now()
        monkeypatch.setattr(place.desk, "_clock", lambda: now.t + GONE_S)
        place.camera.says(check, "here")
        await settled(lambda: place.trust == "private")
        assert place.hub.beside["main"] == {"face"}
        assert place.hub.shown("main").panel != SECRET, "it does not come back by itself"
        await place.wall.command("i", "show", panel=SECRET)
        await settled(lambda: place.hub.shown("main").panel == SECRET)


async def test_an_onlooker_in_the_moment_of_opening_hides_it_and_the_run_says_no_wrong_thing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(tmp_path, monkeypatch, onlooker="hide") as place:
        ends: list[Outcome] = []
        propose, rendered = place.desk._proposing, place.hub.rendered

        def proposing(
            display: str, intent: Intent, source: Source, done: Callable[[Outcome, str], None], person: str | None
        ) -> None:
            propose(display, intent, source, lambda outcome, run: (ends.append(outcome), done(outcome, run))[1], person)

        async def looked_at(display: str, seq: int, timeout_s: float) -> str:
            waiting = asyncio.create_task(rendered(display, seq, timeout_s))
            await asyncio.sleep(0)
            place.desk._seen("wall", {"type": "onlooker", "id": place.desk.seat("main").mode.check})
            return await waiting

        monkeypatch.setattr(place.desk, "_proposing", proposing)
        check = await place.ask()
        place.camera.says(check, "verified", person=PERSON)
        await place.phase("proving")
        monkeypatch.setattr(place.hub, "rendered", looked_at)
        assert (await place.wall.command("pin", "private_pin", pin=PIN))["ok"]
        await settled(lambda: bool(ends))
        assert (ends[0].code, ends[0].text_ko) == (OutcomeCode.SHOWN, "비공개 모드를 열었습니다.")
        assert (place.desk.is_open("main"), place.trust) == (True, "internal")
        assert place.hub.beside["main"] == {"face", "hidden"}


async def test_what_is_hidden_can_be_switched_off_and_stays_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(tmp_path, monkeypatch, onlooker="hide") as place:
        check = await place.open()
        place.camera.says(check, "onlooker")
        await settled(lambda: place.trust == "internal")
        await place.wall.command("o", "private_mode", on=False)
        await settled(lambda: not place.camera.is_on)
        assert (place.desk.is_open("main"), place.hub.beside["main"]) == (False, {"face"})
        now = place.desk.now()
        monkeypatch.setattr(place.desk, "_clock", lambda: now.t + GONE_S)
        place.camera.says(check, "here")
        assert place.trust == "internal"


async def test_a_screen_that_cannot_be_hidden_is_locked_and_a_camera_ended_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(tmp_path, monkeypatch, onlooker="hide") as place:
        check = await place.open()
        unlock, use, failed = place.hub.unlock, place.desk._seeing.use, set()

        def unlock_later(display: str, until: float | None) -> None:
            if until is None and "unlock" not in failed:
                failed.add("unlock")
                raise RuntimeError("once")
            unlock(display, until)

        def use_later(camera: str, ability: str, *, on: bool) -> None:
            if not on and "use" not in failed:
                failed.add("use")
                raise RuntimeError("once")
            use(camera, ability, on=on)

        monkeypatch.setattr(place.hub, "unlock", unlock_later)
        monkeypatch.setattr(place.desk._seeing, "use", use_later)
        place.camera.says(check, "onlooker")
        await settled(lambda: not place.desk.is_open("main") and place.trust == "internal")
        await settled(lambda: not place.camera.is_on)
        assert failed == {"unlock", "use"}
