"""Pairing, revoking, unlocking, locking, showing, alerts and reconnecting in any order: no screen ever receives a byte
above its level, sequence numbers have no gap, and every screen has the picture of its channel."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from assistant.contracts import (
    AcknowledgeAlert,
    BadInput,
    CloseOverlay,
    Direction,
    Layer,
    MoveView,
    NotPermitted,
    OpenOverlay,
    SetRotation,
    ShowChoices,
    ShowPanel,
)
from content_registry.loader import load_registry
from content_registry.schema import CITIZEN_SURFACES, SURFACES, Visibility
from display_bridge.city_data import SimulatedCityData
from display_bridge.city_data.drills import Drills, WithDrills
from display_bridge.city_data.metrics import KST
from display_bridge.displays import REVOKED_WITHIN_S
from display_bridge.hub import DisplayHub
from display_bridge.incident_desk import IncidentDesk
from display_bridge.pairing import Pairing
from tests.display_bridge.canaries import Lookout, planted
from tests.display_bridge.screen import Clock, Screen, settle

REGISTRY = load_registry()
LOOKOUT = Lookout(REGISTRY)
GUARDED = [p.id for p in REGISTRY.panels.values() if p.visibility is not Visibility.PUBLIC]
PUBLIC = ["home", "ozone", "parks", "fine-dust-pm10", "disaster-alerts"]
DISPLAYS = ("main", "hall")
NOBODY, ANYBODY, ROOM, INTERNAL, PRIVATE = -1, 0, 1, 2, 3


class Watcher(Screen):
    """A screen that notes its level by the test's own reckoning at the moment each byte comes."""

    level_of: Any
    device = ""
    role = ""
    display = ""
    local = True

    async def send_text(self, text: str) -> None:
        level = self.level_of(self)
        found = LOOKOUT.above(text, level)
        assert not found, f"a {self.role} of level {level} received {found}"
        for needed in range(level + 1, PRIVATE + 1):
            assert f"TALK{needed}-" not in text, f"a {self.role} of level {level} received words of level {needed}"
        if level == NOBODY:
            assert '"patch"' not in text
            assert '"snapshot"' not in text
        await super().send_text(text)


class Sequences(RuleBasedStateMachine):
    """The model: who is connected, paired, and until when a display is unlocked."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(planted())
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.loop = asyncio.new_event_loop()
        self.clock = Clock()
        self.pairing = Pairing(Path(folder) / "devices.json")
        self.screens: list[Watcher] = []
        self.gone: list[Watcher] = []
        self.revoked: set[str] = set()
        self.unlocked: dict[str, float] = {}
        self.numbers: Iterator[int] = itertools.count()

    @initialize(alerts=st.booleans(), trust_local=st.booleans())
    def begin(self, alerts: bool, trust_local: bool) -> None:
        self.trust_local = trust_local
        drills = Drills()
        if alerts:  # one that only the office may have, and one for everybody
            for scenario in ("rescue", "fire"):
                drills.start(scenario, datetime.fromtimestamp(self.clock.now, KST))
        city = WithDrills(SimulatedCityData(), drills)
        desk = IncidentDesk(city, drills=drills)
        self.hub = DisplayHub(REGISTRY, city, self.pairing, clock=self.clock, desk=desk, trust_local=trust_local)

    def teardown(self) -> None:
        async def end() -> None:
            for screen in self.screens:
                screen.flowing.set()
                await screen.leave()
            if self.hub._ticker:
                self.hub._ticker.cancel()
                await asyncio.gather(self.hub._ticker, return_exceptions=True)

        try:
            if hasattr(self, "hub"):
                self.loop.run_until_complete(end())
        finally:
            self.loop.close()
            self.stack.close()

    # -- the model -------------------------------------------------------------------------------------------

    def level(self, screen: Watcher) -> int:
        if screen.device in self.revoked:
            return NOBODY
        if screen.role in CITIZEN_SURFACES:
            return ANYBODY
        if not screen.device and not (screen.local and self.trust_local):
            return ROOM if screen.local else ANYBODY
        return PRIVATE if self.unlocked.get(screen.display, 0) > self.clock.now else INTERNAL

    def here(self, display: str) -> list[Watcher]:
        return [s for s in self.screens if s.display == display]

    def run(self, work: Any = None) -> None:
        async def go() -> None:
            if callable(work):
                work()
            await settle(16)
            for screen in self.screens + self.gone:
                if screen.task.done() and screen.task.exception():
                    raise screen.task.exception()  # type: ignore[misc]
                assert screen.failed is None, screen.failed

        self.loop.run_until_complete(go())
        ended = [s for s in self.screens if s.task.done() or s.closed]
        self.gone += ended
        self.screens = [s for s in self.screens if s not in ended]

    # -- what may happen -------------------------------------------------------------------------------------

    @rule(
        display=st.sampled_from(DISPLAYS),
        role=st.sampled_from(SURFACES),
        paired=st.booleans(),
        local=st.booleans(),
    )
    @precondition(lambda self: len(self.screens) < 7)
    def connect(self, display: str, role: str, paired: bool, local: bool) -> None:
        token, device = self.pairing.issue(role=role, display=display) if paired else ("", None)
        self._connect(display, role, token, device.id if device else "", local, None)

    def _connect(
        self, display: str, role: str, token: str, device: str, local: bool, old: Watcher | None, other: str = ""
    ) -> None:
        def make() -> None:
            resume = (old.epoch, old.seq) if old and old.epoch else None
            screen = Guarded(self.hub, other or display, role, token=token, local=local, resume=resume)
            if old:
                screen.state = old.state
            screen.level_of, screen.device, screen.token = self.level, device, token
            screen.role, screen.display, screen.local = role, other or display, local
            self.screens.append(screen)

        self.run(make)

    @rule(data=st.data(), swap=st.booleans())
    @precondition(lambda self: self.gone)
    def reconnect(self, data: st.DataObject, swap: bool) -> None:
        """With the old epoch and number; or somebody else, of any role, with what the other one knew."""
        old = data.draw(st.sampled_from(self.gone))
        if swap:
            display = data.draw(st.sampled_from(DISPLAYS))
            self._connect(display, data.draw(st.sampled_from(SURFACES)), "", "", data.draw(st.booleans()), old)
        else:
            self.gone.remove(old)
            self._connect(old.display, old.role, old.token, old.device, old.local, old)

    @rule(data=st.data())
    @precondition(lambda self: self.screens)
    def leave(self, data: st.DataObject) -> None:
        screen = data.draw(st.sampled_from(self.screens))
        screen.flowing.set()
        self.loop.run_until_complete(screen.leave())
        self.run()

    @rule(data=st.data())
    @precondition(lambda self: self.screens)
    def stall_or_flow(self, data: st.DataObject) -> None:
        screen = data.draw(st.sampled_from(self.screens))
        (screen.flowing.clear if screen.flowing.is_set() else screen.flowing.set)()
        self.run()

    @rule(data=st.data())
    @precondition(lambda self: any(s.device and s.device not in self.revoked for s in self.screens))
    def revoke(self, data: st.DataObject) -> None:
        screen = data.draw(st.sampled_from([s for s in self.screens if s.device and s.device not in self.revoked]))
        self.pairing.revoke(screen.device)

        def late() -> None:
            self.clock.now += REVOKED_WITHIN_S
            self.hub.step(self.clock.now)
            self.revoked.add(screen.device)

        self.run(late)

    @rule(display=st.sampled_from(DISPLAYS), seconds=st.sampled_from([5.0, 60.0, 1000.0]))
    def unlock(self, display: str, seconds: float) -> None:
        self.unlocked[display] = self.clock.now + seconds
        self.run(lambda: self.hub.unlock(display, self.clock.now + seconds))

    @rule(display=st.sampled_from(DISPLAYS))
    def lock(self, display: str) -> None:
        self.unlocked.pop(display, None)
        self.run(lambda: self.hub.unlock(display, None))

    @rule(
        display=st.sampled_from(DISPLAYS),
        panel=st.one_of(st.sampled_from(GUARDED), st.sampled_from(PUBLIC)),
        layer=st.sampled_from([Layer.COMMAND, Layer.HOLD]),
    )
    def show(self, display: str, panel: str, layer: Layer) -> None:
        def apply() -> None:
            try:
                self.hub.apply(ShowPanel(display, panel, layer=layer, cause=f"TALK{self.main(display)}-cause"))
            except NotPermitted:
                assert panel in GUARDED
            else:
                assert not LOOKOUT.above(f'"{panel}"', self.main(display)), "shown although nobody here may see it"

        self.run(apply)

    def main(self, display: str) -> int:
        return max([ANYBODY, *(self.level(s) for s in self.here(display))])

    @rule(display=st.sampled_from(DISPLAYS), kind=st.sampled_from(["text", "speech", "question", "overlay"]))
    def talk(self, display: str, kind: str) -> None:
        words = f"TALK{self.main(display)}-{next(self.numbers)}"

        def say() -> None:
            if kind == "text":
                self.hub.show_assistant(display, text=words, run=words, outcome={"text_ko": words})
            elif kind == "speech":
                speech = {"utterance": "u", "urls": [f"/audio/{words}.wav"], "complete": True, "text": words}
                self.hub.set_speech(display, speech)
            elif kind == "question":
                self.hub.apply(ShowChoices(display, words, words, (words, "b"), (words, "b")))
            else:
                self.hub.apply(OpenOverlay(display, "conference", {"room": words}))

        self.run(say)

    @rule(
        display=st.sampled_from(DISPLAYS),
        made=st.sampled_from(
            [*(lambda d, way=way: MoveView(d, way) for way in (Direction.BACK, Direction.NEXT, Direction.HOME,
                                                               Direction.DOWN, Direction.HOLD, Direction.RELEASE)),
             lambda d: SetRotation(d, True), lambda d: SetRotation(d, False), CloseOverlay]
        ),
    )  # fmt: skip
    def move(self, display: str, made: Any) -> None:
        def apply() -> None:
            with suppress(BadInput):
                self.hub.apply(made(display))

        self.run(apply)

    @rule(display=st.sampled_from(DISPLAYS))
    def acknowledge(self, display: str) -> None:
        def apply() -> None:
            with suppress(BadInput, NotPermitted):
                self.hub.apply(AcknowledgeAlert(display, self.hub.shown(display).args.get("incident", "none")))

        self.run(apply)

    @rule(seconds=st.sampled_from([1.0, 7.0, 21.0, 130.0, 700.0]), stepping=st.booleans())
    def time_passes(self, seconds: float, stepping: bool) -> None:
        self.clock.now += seconds
        if stepping:
            self.run(lambda: self.hub.step(self.clock.now))

    @rule()
    def forgotten(self) -> None:
        """An hour passes: displays that nobody follows are forgotten and begin anew."""
        self.clock.now += 3700
        self.run(lambda: self.hub.step(self.clock.now))

    @invariant()
    def every_screen_has_its_channels_picture(self) -> None:
        if not hasattr(self, "hub"):
            return
        for display in self.hub._displays:
            for client in display.clients():
                screen = client.connection
                if isinstance(screen, Watcher) and screen.flowing.is_set() and screen in self.screens:
                    assert screen.state == client.channel.state
                    assert screen.seq == client.channel.seq


class Guarded(Watcher):
    """Keeps what went wrong while receiving: the hub takes an exception there for a screen that is gone."""

    failed: BaseException | None = None
    token = ""

    async def send_text(self, text: str) -> None:
        try:
            await super().send_text(text)
        except AssertionError as error:
            self.failed = error
            raise


TestSequences = Sequences.TestCase
TestSequences.settings = settings(
    max_examples=80, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
