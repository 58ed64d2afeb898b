"""What citizens' screens never receive, whatever an office screen of the same display shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.contracts import CloseOverlay, Layer, NotPermitted, OpenOverlay, ShowChoices, ShowPanel
from content_registry.loader import load_registry
from content_registry.schema import Visibility
from display_bridge.city_data import SimulatedCityData
from display_bridge.hub import DisplayHub
from display_bridge.pairing import Pairing
from display_bridge.trust import Trust
from tests.display_bridge.screen import Clock, Screen, settle

REGISTRY = load_registry()
GUARDED = [p for p in REGISTRY.panels.values() if p.visibility is not Visibility.PUBLIC]


def hub_at(clock: Clock) -> DisplayHub:
    return DisplayHub(REGISTRY, SimulatedCityData(), clock=clock, trust_local=True)


def test_there_is_something_to_guard() -> None:
    assert {p.visibility for p in GUARDED} == {Visibility.INTERNAL, Visibility.PRIVATE}
    assert len(GUARDED) >= 16


@pytest.mark.parametrize("layer", [Layer.COMMAND, Layer.HOLD, Layer.ALERT])
async def test_guarded_panels_never_reach_public_screens(layer: Layer) -> None:
    clock = Clock()
    hub = hub_at(clock)
    hub.unlock("main", clock.now + 1e6)
    office = Screen(hub)
    public = [Screen(hub, role=r, local=local) for r, local in
              (("kiosk", True), ("web", True), ("web", False), ("wall", False), ("tablet", False))]  # fmt: skip
    await settle()
    hub.apply(ShowPanel("main", "ozone"))
    for panel in GUARDED:
        hub.apply(ShowPanel("main", panel.id, layer=layer, cause="secret-cause"))
        hub.show_assistant("main", phase="acting", text="비밀 전사문", run="run-77", outcome={"text_ko": "비밀 결과"})
        hub.set_speech("main", {"utterance": "u", "urls": ["/audio/u.wav"], "complete": True, "text": "비밀 대답"})
        hub.apply(ShowChoices("main", "비밀 질문", "Secret?", (panel.name_ko, "둘"), (panel.name_en, "two")))
        hub.apply(OpenOverlay("main", "conference", {"room": "비밀 회의"}))
        await settle(8)
        assert office.state["view"]["panel"]["id"] == panel.id
        hub.apply(CloseOverlay("main"))
    await settle()
    for screen in public:
        everything = "\n".join(screen.texts)
        for panel in GUARDED:
            assert f'"{panel.id}"' not in everything
        for secret in ("비밀", "run-77", "secret-cause", "conference", "Secret?"):
            assert secret not in everything
        seqs = [m["seq"] for m in screen.messages if m["t"] == "patch"]
        assert seqs == list(range(1, len(seqs) + 1)), "no gap tells that something was left out"
        assert screen.state["display"]["trust"] == "public"
        # Below the guarded layer: the public panel that was asked for, or home once that one was replaced.
        assert REGISTRY.panels[screen.state["shown"]["panel"]].visibility is Visibility.PUBLIC


async def test_private_needs_an_unlocked_screen_and_locking_takes_it_away() -> None:
    clock = Clock()
    hub = hub_at(clock)
    wall = Screen(hub)
    await settle()
    hub.unlock("main", clock.now + 60)
    hub.apply(ShowPanel("main", "interest-topics"))
    await settle()
    assert (wall.state["shown"]["panel"], wall.state["display"]["trust"]) == ("interest-topics", "private")
    clock.now += 61
    hub.step(clock.now)
    await settle()
    assert wall.state["display"]["trust"] == "internal"
    assert wall.state["shown"]["panel"] != "interest-topics"
    assert wall.messages[-1]["t"] == "snapshot", "a new epoch, so nothing private can be resumed"
    assert hub.trust("main") is Trust.INTERNAL


async def test_a_public_screen_cannot_resume_into_the_office_channel() -> None:
    hub = hub_at(Clock())
    office = Screen(hub)
    await settle()
    hub.apply(ShowPanel("main", "cctv"))
    await settle()
    thief = Screen(hub, role="web", local=False, resume=(office.epoch, office.seq - 1))
    await settle()
    assert thief.messages[0]["resumed"] is False
    assert "cctv" not in "\n".join(thief.texts)


async def test_what_was_said_at_the_office_goes_with_the_office_screen() -> None:
    hub = hub_at(Clock())
    office, kiosk = Screen(hub), Screen(hub, role="kiosk")
    await settle()
    hub.show_assistant("main", phase="speaking", outcome={"text_ko": "내부 결과"})
    hub.set_speech("main", {"utterance": "u", "urls": ["/audio/u.wav"], "complete": True, "text": "내부 대답"})
    hub.apply(ShowChoices("main", "내부 질문", "Internal?", ("가", "나"), ("a", "b")))
    await office.leave()
    await settle()
    assert "내부" not in "\n".join(kiosk.texts)
    assert kiosk.state["assistant"]["phase"] == "idle"


async def test_a_citizens_own_display_shows_its_own_outcome_but_no_transcript() -> None:
    hub = hub_at(Clock())
    kiosk = Screen(hub, "station-1", role="kiosk")
    await settle()
    hub.show_assistant("station-1", phase="asking", text="내 전사문", run="run-5", outcome={"text_ko": "골라 주세요"})
    hub.apply(ShowChoices("station-1", "어느 것?", "Which?", ("미세먼지", "초미세먼지"), ("PM10", "PM2.5")))
    await settle()
    assert kiosk.state["assistant"]["outcome"] == {"text_ko": "골라 주세요"}
    assert len(kiosk.state["question"]["choices"]) == 2
    everything = "\n".join(kiosk.texts)
    assert "내 전사문" not in everything
    assert "run-5" not in everything


async def test_screens_without_rights_may_only_watch() -> None:
    hub = hub_at(Clock())
    called: list[str] = []
    hub.on_command = lambda display, op, args, who: called.append(op)
    hub.on_playback = lambda display, utterance, ok: called.append("playback")
    Screen(hub)
    follower = Screen(hub, role="web", local=False)
    await settle()
    follower.say({"t": "cmd", "id": "c", "op": "home"})
    follower.say({"t": "playback", "utterance": "u", "ok": True})
    await settle()
    assert called == []
    assert follower.messages[-1]["error"]["code"] == "read-only"


async def test_the_overview_names_no_guarded_panel() -> None:
    hub = hub_at(Clock())
    Screen(hub)
    await settle()
    hub.apply(ShowPanel("main", "cctv"))
    assert hub.overview() == [{"id": "main", "role": "wall", "trust": "internal", "screens": 1, "panel": "home"}]


async def test_an_unpaired_wall_of_this_machine_sees_its_own_words_and_nothing_guarded(tmp_path: Path) -> None:
    pairing = Pairing(tmp_path / "devices.json")
    token, _ = pairing.issue(role="wall", display="main")
    hub = DisplayHub(REGISTRY, SimulatedCityData(), pairing, clock=Clock())
    wall, kiosk = Screen(hub), Screen(hub, role="kiosk")
    await settle()
    hub.show_assistant("main", phase="hearing", text="공원 보여줘", run="run-1")
    await settle()
    assert wall.state["assistant"]["text"] == "공원 보여줘"
    assert "공원 보여줘" not in "\n".join(kiosk.texts)
    for panel in GUARDED:
        with pytest.raises(NotPermitted):
            hub.apply(ShowPanel("main", panel.id))

    office = Screen(hub, token=token)
    await settle()
    for panel in GUARDED:
        if panel.visibility is Visibility.INTERNAL:
            hub.apply(ShowPanel("main", panel.id))
    hub.show_assistant("main", text="부서별 민원 보여줘", run="run-2")
    await settle(8)
    assert office.state["assistant"]["text"] == "부서별 민원 보여줘"
    for screen in (wall, kiosk):
        everything = "\n".join(screen.texts)
        assert "부서별 민원 보여줘" not in everything
        assert not [p.id for p in GUARDED if f'"{p.id}"' in everything]


async def test_an_unlocking_that_has_run_out_shows_nothing_more_even_before_the_next_tick() -> None:
    clock = Clock()
    hub = hub_at(clock)
    wall = Screen(hub)
    await settle()
    hub.unlock("main", clock.now + 60)
    clock.now += 60
    with pytest.raises(NotPermitted):
        hub.apply(ShowPanel("main", "interest-topics"))
    hub.show_assistant("main", phase="idle")
    await settle()
    assert wall.state["display"]["trust"] == "internal"
    assert "interest-topics" not in "\n".join(wall.texts)


async def test_a_later_unlocking_replays_nothing_of_an_earlier_one() -> None:
    clock = Clock()
    hub = hub_at(clock)
    wall = Screen(hub)
    await settle()
    hub.unlock("main", clock.now + 60)
    await settle()
    then = (wall.epoch, wall.seq)
    hub.apply(ShowPanel("main", "interest-topics"))
    await settle()
    await wall.leave()
    hub.unlock("main", None)
    hub.unlock("main", clock.now + 60)
    hub.apply(CloseOverlay("main"))
    again = Screen(hub, resume=then)
    await settle()
    assert again.messages[0]["resumed"] is False


async def test_a_display_that_was_forgotten_is_not_resumed_by_number() -> None:
    clock = Clock()
    hub = hub_at(clock)
    old = Screen(hub, "hall")
    await settle()
    then = (old.epoch, old.seq)
    await old.leave()
    clock.now += 4000
    hub.step(clock.now)
    other = Screen(hub, "hall")
    await settle()
    hub.apply(ShowPanel("hall", "ozone"))
    again = Screen(hub, "hall", resume=then)
    await settle()
    assert again.messages[0]["resumed"] is False
    assert again.state == other.state
