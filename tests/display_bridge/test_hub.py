"""The hub over in-memory connections: snapshot, patches, resume, acknowledgements, slow and broken screens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from assistant.contracts import (
    BadInput,
    Direction,
    Layer,
    MoveView,
    NotPermitted,
    Rendered,
    Say,
    ShowPanel,
    Unavailable,
)
from content_registry.loader import load_registry
from display_bridge.channel import QUEUE
from display_bridge.city_data import SimulatedCityData
from display_bridge.displays import MAX_UNPAIRED_DISPLAYS, REVOKED_WITHIN_S
from display_bridge.hub import HEARTBEAT_S, DisplayHub
from display_bridge.pairing import Pairing
from display_bridge.trust import Identity, Trust
from tests.display_bridge.screen import Clock, Screen, settle

REGISTRY = load_registry()
CITY = SimulatedCityData()


def make_hub(clock: Clock, **options: Any) -> DisplayHub:
    return DisplayHub(REGISTRY, CITY, options.pop("pairing", None), clock=clock, **{"trust_local": True, **options})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def hub(clock: Clock) -> AsyncIterator[DisplayHub]:
    made = make_hub(clock)
    yield made
    if made._ticker:
        made._ticker.cancel()
        await asyncio.gather(made._ticker, return_exceptions=True)


async def test_a_screen_gets_welcome_snapshot_and_patches(hub: DisplayHub, clock: Clock) -> None:
    screen = Screen(hub)
    await settle()
    assert screen.kinds()[:2] == ["welcome", "snapshot"]
    welcome = screen.messages[0]
    assert (welcome["display"], welcome["heartbeat_s"], welcome["resumed"]) == ("main", HEARTBEAT_S, False)
    assert screen.state["shown"]["panel"] == "home"
    assert screen.state["shown"]["layer"] == "rotation"
    assert screen.state["display"] == {"id": "main", "role": "wall", "trust": "internal"}
    seq = hub.apply(ShowPanel("main", "fine-dust-pm10", {"district": "강남구"}))
    await settle()
    assert (screen.kinds()[-1], screen.seq) == ("patch", seq)
    assert screen.state["shown"]["panel"] == screen.state["view"]["panel"]["id"] == "fine-dust-pm10"
    assert screen.state["view"]["blocks"][0]["selected"] == "강남구"
    assert [m["id"] for m in screen.state["menu"] if m["active"]] == ["realtime"]
    assert hub.shown("main").args == {"district": "강남구"}
    await screen.leave()
    assert hub.connected() == 0


async def test_the_role_is_that_of_the_last_screens_until_others_come(hub: DisplayHub, clock: Clock) -> None:
    def told() -> tuple[str, int]:
        (row,) = hub.overview()
        return row["role"], row["screens"]

    television = Screen(hub, role="tv")
    await settle()
    assert told() == ("tv", 1)
    await television.leave()
    assert told() == ("tv", 0), "a command in between is judged by it"
    wall = Screen(hub)
    television = Screen(hub, role="tv")
    await settle()
    assert told() == ("wall", 2)
    await television.leave()
    assert told() == ("wall", 1)
    await wall.leave()


async def test_every_panel_can_be_followed_by_patches(hub: DisplayHub, clock: Clock) -> None:
    hub.unlock("main", clock.now + 10_000)
    screen = Screen(hub)
    await settle()
    for panel in REGISTRY.panels:
        hub.apply(ShowPanel("main", panel))
        await settle(6)
        assert screen.state["view"]["panel"]["id"] == panel
    late = Screen(hub)
    await settle()
    assert late.state == screen.state, "patches lead to the same picture as a snapshot"


async def test_shown_means_painted(hub: DisplayHub) -> None:
    heard: list[Rendered] = []
    hub.on_rendered = heard.append
    screen = Screen(hub, answer=False)
    await settle()
    seq = hub.apply(ShowPanel("main", "ozone"))
    waiting = asyncio.create_task(hub.rendered("main", seq, 120))
    await settle()
    assert not waiting.done()
    screen.ack("superseded", seq)
    await settle()
    assert not waiting.done()
    screen.ack("rendered", seq)
    assert await waiting == "rendered"
    assert await hub.rendered("main", seq, 120) == "rendered"
    assert heard[-1] == Rendered("main", seq, "rendered", 3.5)


async def test_not_painted_is_said(hub: DisplayHub) -> None:
    assert await hub.rendered("nowhere", 1, 120) == "offline"
    screen = Screen(hub, answer=False)
    await settle()
    seq = hub.apply(ShowPanel("main", "ozone"))
    assert await hub.rendered("main", seq, 0.01) == "late"
    screen.ack("failed", seq)
    assert await hub.rendered("main", seq, 120) == "failed"
    seq = hub.apply(ShowPanel("main", "bike-rental"))
    waiting = asyncio.create_task(hub.rendered("main", seq, 120))
    await settle()
    await screen.leave()
    assert await waiting == "offline"


@pytest.mark.parametrize("unlocked", [True, False], ids=["locked meanwhile", "unlocked meanwhile"])
async def test_a_screen_that_is_locked_or_unlocked_meanwhile_still_says_what_it_paints(
    hub: DisplayHub, clock: Clock, unlocked: bool
) -> None:
    hub.unlock("main", clock.now + 1000 if unlocked else None)
    screen = Screen(hub, answer=False)
    await settle()
    seq = hub.apply(ShowPanel("main", "ozone"))
    waiting = asyncio.create_task(hub.rendered("main", seq, 120))
    await settle()
    hub.unlock("main", None if unlocked else clock.now + 1000)
    await settle()
    assert not waiting.done()
    screen.ack("rendered", hub.seq("main"))
    assert await waiting == "rendered"
    gone = asyncio.create_task(hub.rendered("main", hub.apply(ShowPanel("main", "bike-rental")), 120))
    await settle()
    hub.unlock("main", clock.now + 1000 if unlocked else None)
    await screen.leave()
    assert await gone == "offline"


async def test_resume_after_a_short_break(hub: DisplayHub) -> None:
    first = Screen(hub)
    await settle()
    hub.apply(ShowPanel("main", "ozone"))
    await settle()
    place, state = (first.epoch, first.seq), first.state
    await first.leave()
    keeper = Screen(hub)
    await settle()
    hub.apply(ShowPanel("main", "bike-rental"))
    hub.apply(MoveView("main", Direction.BACK))
    hub.apply(ShowPanel("main", "parking"))
    again = Screen(hub, resume=place)
    again.state = state
    await settle()
    assert again.messages[0]["resumed"] is True
    assert "snapshot" not in again.kinds()
    assert again.state == keeper.state


@pytest.mark.parametrize(("changes", "resumed"), [(60, True), (600, False)])
async def test_resume_after_a_longer_break(hub: DisplayHub, changes: int, resumed: bool) -> None:
    first, keeper = Screen(hub), Screen(hub)
    await settle()
    place, state = (first.epoch, first.seq), first.state
    await first.leave()
    for i in range(changes):
        hub.show_assistant("main", text=f"{i}")
        await settle(3)
    again = Screen(hub, resume=place)
    again.state = state
    await settle(30)
    assert again.messages[0]["resumed"] is resumed
    assert again.kinds().count("snapshot") == (0 if resumed else 1)
    assert again.state == keeper.state


@pytest.mark.fault
async def test_a_restarted_server_gives_a_snapshot(clock: Clock) -> None:
    before = make_hub(clock)
    first = Screen(before)
    await settle()
    before.apply(ShowPanel("main", "ozone"))
    await settle()
    place = (first.epoch, first.seq)
    await first.leave()
    after = make_hub(clock)
    again = Screen(after, resume=place)
    await settle()
    assert again.kinds()[:2] == ["welcome", "snapshot"]
    assert again.messages[0]["resumed"] is False
    assert again.epoch != place[0]
    assert again.state["shown"]["panel"] == "home"
    await again.leave()


@pytest.mark.parametrize("place", [("x", 1), ("", 0), ("same", 999), ("same", -1)])
async def test_an_impossible_resume_gives_a_snapshot(hub: DisplayHub, place: tuple[str, int]) -> None:
    first = Screen(hub)
    await settle()
    epoch = first.epoch if place[0] == "same" else place[0]
    again = Screen(hub, resume=(epoch, place[1]))
    await settle()
    assert again.kinds()[:2] == ["welcome", "snapshot"]
    assert again.state == first.state


@pytest.mark.fault
async def test_a_slow_screen_is_owed_one_snapshot_and_delays_nobody(hub: DisplayHub) -> None:
    slow, quick = Screen(hub), Screen(hub)
    await settle()
    slow.flowing.clear()
    count = len(slow.messages)
    panels = ["ozone", "bike-rental"]
    for i in range(QUEUE * 3):
        hub.apply(ShowPanel("main", panels[i % 2]))
        await settle(3)
    assert quick.kinds().count("patch") >= QUEUE * 3
    slow.flowing.set()
    await settle(20)
    got = [m["t"] for m in slow.messages[count:]]
    assert got.count("snapshot") == 1
    assert len(got) <= 3
    assert slow.state == quick.state


@pytest.mark.fault
async def test_a_broken_connection_ends_only_itself(hub: DisplayHub) -> None:
    broken, other = Screen(hub), Screen(hub)
    await settle()
    broken.fail = True
    hub.apply(ShowPanel("main", "ozone"))
    await settle()
    assert broken.task.done()
    assert not other.task.done()
    assert hub.connected() == 1
    assert other.state["shown"]["panel"] == "ozone"


@pytest.mark.fault
async def test_a_silent_screen_is_let_go(hub: DisplayHub, clock: Clock) -> None:
    silent, alive = Screen(hub, answer=False), Screen(hub, answer=False)
    await settle()
    for _ in range(5):
        clock.now += HEARTBEAT_S
        alive.say({"t": "pong"})
        await settle()
        hub.step(clock.now)
        await settle()
    assert "ping" in alive.kinds()
    assert silent.task.done()
    assert not alive.task.done()


@pytest.mark.fault
async def test_a_screen_that_takes_nothing_any_more_is_let_go(
    hub: DisplayHub, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("display_bridge.hub.CLOSE_S", 0.01)

    class Stuck(Screen):
        async def close(self, code: int = 1000, reason: str = "") -> None:
            await self.flowing.wait()
            await super().close(code, reason)

    stuck, alive = Stuck(hub, answer=False), Screen(hub)
    await settle()
    stuck.flowing.clear()
    hub.apply(ShowPanel("main", "ozone"))
    for _ in range(5):
        clock.now += HEARTBEAT_S
        alive.say({"t": "pong"})
        await settle()
        hub.step(clock.now)
        await settle()
    assert hub.connected() == 1
    await asyncio.wait_for(stuck.task, 120)
    assert not alive.task.done()


async def test_the_clock_brings_the_rotation_and_fresh_data(hub: DisplayHub, clock: Clock) -> None:
    screen = Screen(hub)
    await settle()
    following = screen.state["rotation"]["next"]
    clock.now = screen.state["rotation"]["at"]
    hub.step(clock.now)
    await settle()
    assert screen.state["shown"]["panel"] == following
    hub.apply(ShowPanel("main", "fine-dust-pm10", layer=Layer.HOLD))
    await settle()
    before, seq = screen.state["view"], screen.seq
    hub.step(clock.now + 0.5)
    await settle()
    assert screen.seq == seq, "nothing changed, nothing is sent"
    clock.now += 3600
    hub.step(clock.now)
    await settle()
    assert screen.state["view"]["blocks"] != before["blocks"]


async def test_assistant_speech_and_passing_messages(hub: DisplayHub) -> None:
    screen = Screen(hub)
    played: list[tuple[str, str, bool]] = []
    hub.on_playback = lambda *found: played.append(found)
    await settle()
    hub.show_assistant("main", phase="hearing", text="미세먼지", run="r1")
    hub.set_speech("main", {"utterance": "u1", "urls": ["/audio/u1.wav"], "complete": True, "text": "네"})
    hub.send("main", {"t": "chime", "name": "wake"})
    await settle()
    assert screen.state["assistant"]["text"] == "미세먼지"
    assert screen.state["speech"]["utterance"] == "u1"
    assert [m["t"] for m in screen.messages][-3:] == ["patch", "patch", "chime"], "what is shown comes first"
    screen.say({"t": "playback", "utterance": "u1", "ok": True})
    hub.set_speech("main", None)
    hub.show_assistant("main", phase="idle", text=None, run=None)
    await settle()
    assert "speech" not in screen.state
    assert "run" not in screen.state["assistant"]
    assert played == [("main", "u1", True)]


async def test_commands_of_screens_are_answered(hub: DisplayHub) -> None:
    screen = Screen(hub)

    async def carry_out(display: str, op: str, args: Any, who: Identity) -> None:
        if op != "show":
            raise BadInput("unknown-operation", f"unknown operation {op}")
        hub.apply(ShowPanel(display, args["panel"]))

    await settle()
    screen.say({"t": "cmd", "id": "c0", "op": "show", "args": {"panel": "ozone"}})
    await settle()
    hub.on_command = carry_out
    screen.say({"t": "cmd", "id": "c1", "op": "show", "args": {"panel": "ozone"}})
    screen.say({"t": "cmd", "id": "c2", "op": "explode"})
    await settle()
    results = {m["id"]: m for m in screen.messages if m["t"] == "result"}
    assert results["c0"]["error"]["code"] == "no-handler"
    assert results["c1"]["ok"]
    assert results["c2"]["error"]["code"] == "unknown-operation"
    assert screen.state["shown"]["panel"] == "ozone"


async def test_a_command_may_wait_for_the_picture_of_its_own_screen(hub: DisplayHub) -> None:
    screen = Screen(hub)
    statuses: list[str] = []

    async def carry_out(display: str, op: str, args: Any, who: Identity) -> None:
        statuses.append(await hub.rendered(display, hub.apply(ShowPanel(display, "ozone")), 5))

    hub.on_command = carry_out
    await settle()
    screen.say({"t": "cmd", "id": "c1", "op": "show"})
    await settle(30)
    assert statuses == ["rendered"]


@pytest.mark.fault
async def test_a_failing_or_hanging_handler_does_not_end_the_screen(
    hub: DisplayHub, caplog: pytest.LogCaptureFixture
) -> None:
    screen = Screen(hub)
    never = asyncio.Event()

    async def carry_out(display: str, op: str, args: Any, who: Identity) -> None:
        if op == "break":
            raise ZeroDivisionError
        await never.wait()

    hub.on_command = carry_out
    await settle()
    screen.say({"t": "cmd", "id": "c0", "op": "break"})
    for i in range(1, 11):
        screen.say({"t": "cmd", "id": f"c{i}", "op": "hang"})
    await settle(60)
    results = {m["id"]: m["error"]["code"] for m in screen.messages if m["t"] == "result"}
    assert results["c0"] == "failed"
    assert "busy" in results.values()
    hub.apply(ShowPanel("main", "ozone"))
    await settle()
    assert screen.state["shown"]["panel"] == "ozone"
    await screen.leave()


async def test_bad_messages_are_answered_and_end_at_last(hub: DisplayHub) -> None:
    screen = Screen(hub, answer=False)
    await settle()
    bad = ["{", "[]", '"x"', '{"t": "fly"}', '{"t": "ack"}', '{"t": "ack", "seq": 99999, "status": "rendered"}',
           '{"t": "cmd"}', '{"t": "playback", "ok": 3}', "[" * 5000, "x" * 70_000]  # fmt: skip
    for text in bad:
        screen.say(text)
    await settle(40)
    assert [m["t"] for m in screen.messages].count("error") == len(bad)
    assert not screen.task.done()
    for _ in range(20):
        screen.say("nonsense")
    await settle(60)
    assert screen.closed == (1008, "bad-messages")


@pytest.mark.parametrize(
    ("hello", "reason"),
    [
        ({"t": "ack"}, "no-hello"),
        ({"t": "hello", "proto": 1, "role": "wall"}, "bad-proto"),
        ({"t": "hello", "proto": 3, "role": "wall"}, "bad-proto"),
        ({"t": "hello", "role": "wall"}, "bad-proto"),
        ({"t": "hello", "proto": 2, "role": "fridge"}, "unknown-role"),
        ({"t": "hello", "proto": 2, "role": "wall", "token": 5}, "bad-token"),
        ({"t": "hello", "proto": 2, "role": "wall", "token": "guess"}, "bad-token"),
    ],
)
async def test_a_wrong_hello_is_turned_away(hub: DisplayHub, hello: dict[str, Any], reason: str) -> None:
    screen = Screen(hub, hello=hello)
    await settle()
    assert screen.closed == (1008, reason)
    assert [(m["t"], m["code"]) for m in screen.messages] == [("error", reason)]


async def test_bad_displays_and_commands_are_refused(hub: DisplayHub) -> None:
    for name in ("", "../x", "가", "x" * 41):
        with pytest.raises(BadInput):
            hub.apply(ShowPanel(name, "ozone"))
    with pytest.raises(BadInput, match="does not concern"):
        hub.apply(Say("main", "안녕"))
    for panel, args in (("nothing", {}), ("ozone", {"district": "도쿄"})):
        with pytest.raises(BadInput):
            hub.apply(ShowPanel("main", panel, args))
    assert hub.shown("main").panel == "home"


async def test_a_failing_source_is_shown_and_the_display_lives(clock: Clock) -> None:
    class Failing(SimulatedCityData):
        down = False

        def districts(self, metric_id: str, now: Any) -> Any:
            if self.down:
                raise Unavailable("source-down", "원천 시스템이 응답하지 않습니다.")
            return super().districts(metric_id, now)

    city = Failing()
    hub = DisplayHub(REGISTRY, city, clock=clock, trust_local=True)
    screen = Screen(hub)
    await settle()
    hub.apply(ShowPanel("main", "ozone"))
    city.down = True
    with pytest.raises(Unavailable):
        hub.apply(ShowPanel("main", "fine-dust-pm10"))
    clock.now += 60
    hub.step(clock.now)
    await settle()
    assert screen.state["shown"]["panel"] == "ozone"
    assert "응답하지 않습니다" in json.dumps(screen.state["view"], ensure_ascii=False)
    city.down = False
    clock.now += 20
    hub.step(clock.now)
    await settle()
    assert screen.state["view"]["blocks"][0]["kind"] == "choropleth"
    await screen.leave()


async def test_pages_stop_at_the_last(hub: DisplayHub) -> None:
    screen = Screen(hub)
    await settle()
    hub.apply(ShowPanel("main", "library-brochures"))
    for _ in range(40):
        hub.apply(MoveView("main", Direction.DOWN))
    await settle()
    pages = screen.state["view"]["pages"]
    assert screen.state["shown"]["page"] == pages - 1
    hub.apply(MoveView("main", Direction.UP))
    await settle()
    assert screen.state["shown"]["page"] == pages - 2


async def test_tokens_open_and_revoking_cuts_off(clock: Clock, tmp_path: Path) -> None:
    pairing = Pairing(tmp_path / "devices.json")
    hub = make_hub(clock, pairing=pairing, trust_local=False)
    token, device = pairing.issue(role="wall", display="main")
    commands: list[str] = []
    hub.on_command = lambda display, op, args, identity: commands.append(op)
    screen = Screen(hub, token=token, local=False)
    wrong = Screen(hub, "other", token=token, local=False)
    await settle()
    assert wrong.closed == (1008, "other-display")
    assert screen.state["display"]["trust"] == "internal"
    seen = len(screen.messages)
    pairing.revoke(device.id)
    screen.say({"t": "cmd", "id": "late", "op": "show", "args": {"panel": "cctv"}})
    await settle()
    assert screen.closed == (1008, "bad-token")
    assert commands == []
    assert len(screen.messages) == seen
    assert hub.trust("main") is Trust.PUBLIC


async def test_a_revoked_screen_that_keeps_still_is_cut_off_at_the_next_look(tmp_path: Path, clock: Clock) -> None:
    pairing = Pairing(tmp_path / "devices.json")
    token, device = pairing.issue(role="wall", display="main")
    hub = make_hub(clock, pairing=pairing, trust_local=False)
    screen = Screen(hub, token=token, local=False)
    await settle()
    hub.apply(ShowPanel("main", "cctv"))
    await settle()
    assert screen.state["shown"]["panel"] == "cctv"
    seen = len(screen.messages)
    pairing.revoke(device.id)
    hub.step(clock.now + REVOKED_WITHIN_S)
    await settle()
    assert screen.closed == (1008, "bad-token")
    assert len(screen.messages) == seen
    assert hub.trust("main") is Trust.PUBLIC


async def test_invented_displays_lock_nobody_out(hub: DisplayHub, clock: Clock) -> None:
    watched = Screen(hub, "seen", role="kiosk", local=False)
    await settle()
    for n in range(MAX_UNPAIRED_DISPLAYS + 20):
        clock.now += 1
        stranger = Screen(hub, f"invented{n}", role="kiosk", local=False)
        await settle()
        assert stranger.state, n
        await stranger.leave()
    assert watched.state
    assert not watched.task.done()
    assert not hub.exists("invented0")
    assert hub.exists(f"invented{MAX_UNPAIRED_DISPLAYS + 19}")


async def test_a_key_that_could_not_be_sent_back_is_refused(hub: DisplayHub) -> None:
    screen = Screen(hub)
    await settle()
    screen.say('{"t": "cmd", "id": "\\ud800", "op": "home"}')
    await settle()
    assert screen.messages[-1]["code"] == "bad-message"
    assert not screen.task.done()


async def test_internal_panels_need_a_paired_screen(hub: DisplayHub) -> None:
    with pytest.raises(NotPermitted):
        hub.apply(ShowPanel("main", "cctv"))
    kiosk = Screen(hub, role="kiosk")
    await settle()
    with pytest.raises(NotPermitted):
        hub.apply(ShowPanel("main", "cctv"))
    await kiosk.leave()
    screen = Screen(hub)
    await settle()
    hub.apply(ShowPanel("main", "cctv"))
    with pytest.raises(NotPermitted):
        hub.apply(ShowPanel("main", "interest-topics"))
    await settle()
    assert screen.state["shown"]["panel"] == "cctv"
