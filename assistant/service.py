"""The running product: rooms, screens, workers and the model, wired together and kept alive."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Coroutine, Mapping
from dataclasses import asdict
from typing import Any

import structlog

from actions.panels_of import PANEL_OF
from assistant.arbiter import Arbiter
from assistant.call_service import CallService
from assistant.children import child_specs
from assistant.city_service import CityService
from assistant.contracts import BadInput, Intent, Source, StreamMode, Unavailable, Understanding
from assistant.ears import Ears
from assistant.echo_gate import EchoGate
from assistant.gate import Gate, Trust
from assistant.keeping import Keeping, quietly
from assistant.metrics import Metrics
from assistant.models_manifest import load_manifest
from assistant.opinions import Opinions
from assistant.outcomes import Ended, discreet, outcome_of
from assistant.ports import Ports
from assistant.room import HearingEvent, Room
from assistant.runs import RunRecord, RunStore
from assistant.screens import Screens
from assistant.settings import Settings
from assistant.stock import common_sentences
from assistant.supervise import Supervisor
from assistant.talks import Talk
from assistant.touch import intent_of
from assistant.understanding.service import Understander, UnderstandingContext
from assistant.understanding.training import current_model
from assistant.voices import Voices
from assistant.wake_listeners import WakeListeners
from assistant.workers import Workers
from content_registry.generator import recogniser_phrases
from content_registry.private_names import PrivateNames
from content_registry.schema import Registry
from display_bridge.hub import DisplayHub
from display_bridge.pairing import Device
from display_bridge.trust import Identity

log = structlog.get_logger(__name__)

TICK_S = 0.1
MODEL_RETRY_S = 30.0
SERVICE_CARD = "service.json"
"""In the state folder while a service runs: where it listens, for `seoula train`."""


def new_run_id() -> str:
    """A run's id: sortable by time, unique."""
    return f"{time.strftime('%Y%m%dT%H%M%S')}-{uuid.uuid4().hex[:8]}"


class Service:
    """Everything that lives as long as the process. Built by `assistant.app`, started and stopped by it."""

    def __init__(
        self,
        settings: Settings,
        registry: Registry,
        hub: DisplayHub,
        screens: Screens,
        understander: Understander,
        store: RunStore,
        city: CityService,
        calls: CallService,
    ) -> None:
        self.settings, self.registry, self.hub, self.store, self.city = settings, registry, hub, store, city
        self.screens, self.understander, self.calls = screens, understander, calls
        self._card = settings.state_dir / SERVICE_CARD
        self.metrics = Metrics()
        self.workers = Workers()
        self.audio_folder = settings.state_dir / "audio"
        self.models = {model.name: digest for model in load_manifest() for digest in list(model.files.values())[:1]}
        self.supervisor = Supervisor(self._child_changed)
        self.gate, self._private_names = Gate(registry, PANEL_OF), PrivateNames(registry)
        self._rooms: dict[str, Room] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._stores: set[asyncio.Task[None]] = set()
        self.opinions = Opinions(self.workers, self.spawn, lambda: self.supervisor.children.get("opinion"))
        microphones = settings.microphones()
        self.ears = Ears(
            self.workers,
            {name: its.display for name, its in microphones.items()},
            self._hear,
            self._ear_lost,
            self._hearing_ready,
            self.spawn,
            self.opinions.ask,
            Arbiter({name: its.group for name, its in microphones.items()}),
        )
        self.listeners = WakeListeners(settings, self.ears.wake_people)
        self.keeping = Keeping(settings, store, self.metrics, self.ears.keep, self.ears.forget_sound, screens.unlocked)
        everywhere = settings.speaking.output == "device"
        echo_gate = EchoGate(self.ears, settings.stands_at(), everywhere=everywhere)
        self.voices = Voices(
            self.workers,
            screens,
            settings.speaking.output,
            settings.speaking.timeout_s,
            finished=self._playback_finished,
            speaking=echo_gate.speaking,
            ready=self._voice_ready,
            restart=lambda reason: self._restart("speaking", reason),
            lost=lambda: self._child_lost("speaking"),
            plays=echo_gate.plays,
        )

    # -- life ------------------------------------------------------------------------------------------------

    async def start(self, port: int) -> None:
        """Start the workers, the model and the clock. `port`: where this service listens."""
        core = f"ws://127.0.0.1:{port}/ws/v1/workers"
        # The names of spoken sounds are keyed: who has not been told one cannot ask for it.
        env = {"SEOULA_WORKER_TOKEN": self.workers.token, "SEOULA_AUDIO_KEY": secrets.token_hex(32)}
        for spec in child_specs(self.settings, core, env):
            self.supervisor.add(spec)
        self._card.write_text(json.dumps({"origin": f"http://127.0.0.1:{port}"}), encoding="utf-8")
        self.screens.follow(self.touched, self.voices.playback_finished)
        self.hub.on_forgotten = self._forget_room
        await quietly(self.keeping.prune, "kept sound could not be pruned")
        self.spawn(self._tick())
        if self.settings.rasa.enabled:
            self.spawn(self._open_model())

    async def stop(self) -> None:
        """End the children and what runs, write the last records, close the database."""
        self._card.unlink(missing_ok=True)
        for room in self._rooms.values():
            room.close()
        await asyncio.gather(*self._stores, return_exceptions=True)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(self.supervisor.stop(), self.understander.close())
        self.store.close()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run work beside; its failure is logged, never lost."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            log.error("a task failed", exc_info=task.exception())

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            try:
                self._step()
            except Exception:
                log.exception("a tick failed; the clock goes on")

    def _step(self) -> None:
        self.screens.greet()
        if self.settings.rasa.enabled:
            self.screens.notice("model-unavailable", self.understander.state != "ok")
        for room in list(self._rooms.values()):
            room.tick()
        if self.keeping.tick():
            self.spawn(quietly(self.keeping.prune, "kept sound could not be pruned"))

    # -- ways in ---------------------------------------------------------------------------------------------

    def room(self, display: str) -> Room:
        """The room of a display that exists. Raises BadInput("unknown-display")."""
        room = self._rooms.get(display)
        if room is None:
            if display not in self.settings.displays() and not self.hub.exists(display):
                raise BadInput("unknown-display", f"no display {display!r}; open /screen/wall/{display} first")
            room = Room(
                display,
                self.registry,
                self.gate,
                self._ports(),
                new_run_id,
                time.monotonic,
                self.models,
                self.settings.conversation.follow_up_s,
            )
            self._rooms[display] = room
        return room

    def _ports(self) -> Ports:
        return Ports(
            understand=self._understand,
            screen=self.screens,
            voice=self.voices,
            ear=self.ears,
            calls=self.calls.telephone,
            answer=self.screens.answer,
            save=self._save,
            spawn=self.spawn,
            names_private=self._private_names.near,
        )

    async def understand(self, text: str, display: str) -> Understanding:
        """What a sentence means at a display; changes nothing."""
        return await self._understand(text, self.room(display).asked)

    async def enter(self, display: str, text: str, source: Source, trust: Trust = Trust.PUBLIC) -> Ended:
        """A typed sentence, carried out: the outcome as this trust may have it, the run's id. Raises Unavailable."""
        room = self.room(display)
        return await outcome_of(lambda done: room.enter(text, source, discreet(done, room, trust)))

    async def propose(self, display: str, intent: Intent, source: Source, trust: Trust = Trust.PUBLIC) -> Ended:
        """An intent that needs no understanding, carried out. As `enter`."""
        room = self.room(display)
        return await outcome_of(lambda done: room.propose(intent, source, discreet(done, room, trust)))

    async def talk(self, display: str, trust: Trust = Trust.PUBLIC) -> Talk:
        """Open a push-to-talk stream for a speaker of this trust. Raises Unavailable without a hearing worker."""
        room = self.room(display)
        talk = Talk(display)
        talk.stream = await self.ears.open(display, StreamMode.PUSH_TO_TALK, talk.heard)
        try:
            room.push_to_talk(discreet(talk.over, room, trust))
            self.ears.attend(display, talk.stream)
        except Exception:
            await self.end_talk(talk)
            raise
        return talk

    async def end_talk(self, talk: Talk) -> None:
        """The sender is gone or served."""
        with contextlib.suppress(Exception):
            await self.ears.close(talk.stream)
        self.ears.forget(talk.stream)

    async def false_wake(self, display: str) -> None:
        """A person at the screen says that nobody called. Raises BadInput("no-wake")."""
        woken = self.room(display).false_wake()
        self.keeping.false_wake(display, woken)
        await asyncio.gather(*self._stores, return_exceptions=True)  # the run's record must be there to be marked
        await quietly(lambda: self.keeping.mark_false_wake(woken.run), "a false wake could not be noted")

    async def false_wake_of(self, run: str) -> None:
        """The same said of a run by its id, whether it goes on or is long over. Raises as `Keeping` does."""
        display = next((d for d, room in self._rooms.items() if room.woken == run), None)
        if display is not None:
            await self.false_wake(display)
        else:
            await asyncio.to_thread(self.keeping.false_wake_of_record, run)

    async def serve_screen(self, connection: Any, display: str, frames: AsyncIterator[str], *, local: bool) -> None:
        """Serve one screen until it goes."""
        self.metrics.screens.inc()
        try:
            await self.hub.serve(connection, display, frames, local=local)
        finally:
            self.metrics.screens.dec()

    def device(self, token: str) -> Device | None:
        """The paired device of a token, or None."""
        return self.screens.device(token)

    async def use_registry(self, registry: Registry) -> None:
        """Take a changed registry into use everywhere, without a restart."""
        self.registry = self.gate.registry = registry
        self._private_names = PrivateNames(registry)
        for part in (self.screens, self.understander, self.calls):
            part.use_registry(registry)
        for room in self._rooms.values():
            room.registry, room.ports = registry, self._ports()
        if self.ears.available:
            phrases = [asdict(phrase) for phrase in recogniser_phrases(registry)]
            await self.workers.send("hearing", {"type": "phrases", "phrases": phrases})

    # -- ways on ---------------------------------------------------------------------------------------------

    async def _understand(self, text: str, asked: UnderstandingContext) -> Understanding:
        return await self.understander.understand(text, context=asked)

    def _hear(self, display: str, event: HearingEvent) -> None:
        self.room(display).hear(event)

    def touched(
        self, display: str, operation: str, args: Mapping[str, Any], identity: Identity, by: Source | None = None
    ) -> Awaitable[None] | None:
        if operation == "false_wake":
            return self.false_wake(display)
        source = by or {"tablet": Source.TABLET, "watch": Source.WATCH}.get(identity.role, Source.TOUCH)
        if operation == "microphone":
            self.room(display).mute(args.get("on") is False)
        else:
            self.room(display).propose(intent_of(operation, args, self.registry), source)
        return None

    def _playback_finished(self, display: str) -> None:
        self.room(display).playback_finished()

    def _save(self, record: RunRecord) -> None:
        self.metrics.run(record)
        self.keeping.run_ended(record)
        task = self.spawn(self._store(record))
        self._stores.add(task)
        task.add_done_callback(self._stores.discard)

    async def _store(self, record: RunRecord) -> None:
        try:
            await asyncio.to_thread(self.store.save, record)
        except Exception as error:
            # Never the exception itself: it could carry the record's words.
            log.error("a run record could not be written", run=record.id, error=type(error).__name__)

    def _child_ready(self, name: str, detail: str = "") -> None:
        if (child := self.supervisor.children.get(name)) is not None:
            child.ready(detail)

    def _voice_ready(self, detail: dict[str, Any]) -> None:
        """It says which voice speaks, at the start and whenever another takes over."""
        self._child_ready("speaking", str(detail.get("voice", "")))
        if self.settings.speaking.stock:
            self.voices.stock([(sentence, "ko") for sentence in common_sentences(self.registry)])

    def _restart(self, name: str, reason: str) -> None:
        if (child := self.supervisor.children.get(name)) is not None:
            child.restart(reason)

    # -- health ----------------------------------------------------------------------------------------------

    def components(self) -> dict[str, Any]:
        """Every part with its state: ok, starting, restarting, down, off."""
        parts: dict[str, Any] = dict(self.supervisor.health())
        parts["model"] = {"state": self.understander.state}
        if self.settings.speaking.output == "off":
            parts["speaking"] = {"state": "off"}
        if "opinion" not in parts:
            parts["opinion"] = {"state": "down" if self.settings.opinion.enabled else "off"}
        return parts

    def _hearing_ready(self, detail: dict[str, Any]) -> None:
        self._child_ready("hearing")
        self.listeners.heard(detail)
        microphone = str(detail.get("microphone"))
        if microphone != "starting":  # the device is being opened: what was shown still stands
            self.screens.set_microphone({"ok": "on", "switched off": "off"}.get(microphone, "missing"))

    def _child_lost(self, name: str) -> None:
        if (child := self.supervisor.children.get(name)) is not None:
            child.lost()

    def _forget_room(self, display: str) -> None:
        self._rooms.pop(display, None)

    def _ear_lost(self) -> None:
        self._child_lost("hearing")
        for room in self._rooms.values():
            room.ear_lost()

    def _child_changed(self, name: str, state: str, _: str) -> None:
        if state == "restarting":
            self.metrics.restarts.labels(name).inc()
        if name != "opinion":  # without it the first recogniser decides, which nobody need be told
            self.screens.notice(f"{name}-unavailable", state not in ("ok", "stopped"))

    async def _open_model(self) -> None:
        """Until the model answers the fast path serves, and the screens say so."""
        while True:
            try:
                await self.understander.start()
                trained = current_model(self.settings.state_dir / "rasa")
                if trained is not None:
                    self.models["rasa"] = trained.name.removesuffix(".tar.gz")
            except Unavailable as error:
                log.error("no language model", code=error.code, message=error.message)
                await asyncio.sleep(MODEL_RETRY_S)
            else:
                return

    def addresses(self, origin: str) -> list[dict[str, Any]]:
        """What `seoula run` prints: the pages, the room's wall with a pairing token of its own."""
        display = self.settings.room.display
        wall: dict[str, Any] = {"page": "wall", "url": f"{origin}/screen/wall/{display}"}
        if self.settings.server.trust_local_operator:
            token = self.screens.wall_token(display, self.settings.state_dir / "db" / "wall.token")
            wall["paired_url"] = f"{wall['url']}#token={token}"
        rows = [
            {"page": "chooser", "url": f"{origin}/"},
            wall,
            {"page": "kiosk", "url": f"{origin}/screen/kiosk/lobby"},
            {"page": "runs", "url": f"{origin}/runs"},
            {"page": "docs", "url": f"{origin}/docs"},
        ]
        return [{"origin": origin, **row, "last": row is rows[-1]} for row in rows]
