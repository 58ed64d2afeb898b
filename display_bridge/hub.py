"""The hub: displays with their states, the screens that follow them, and the ticker that keeps them current.

One display has one state and up to one channel per trust. A change is reduced, seen through the privacy filter,
turned into a document and sent as the difference, serialised once per channel. The hub knows no web framework: a
screen is a `Connection` and an iterator of text frames.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from assistant.contracts import AcknowledgeAlert, BadInput, NotPermitted, Rendered, SeoulaError, SetRotation, ShowPanel
from content_registry.schema import Registry
from display_bridge import state as states
from display_bridge.channel import POLICY_VIOLATION, TRY_AGAIN, Channel, Client, Connection, encode, turn_away
from display_bridge.city_data.provider import CityDataProvider
from display_bridge.conversation import CommandHandler, Conversation
from display_bridge.display import Display
from display_bridge.displays import REVOKED_WITHIN_S, Displays
from display_bridge.document import build_document
from display_bridge.filter import visible_state
from display_bridge.guide import build_guide
from display_bridge.hand_screens import HandScreens
from display_bridge.incident_desk import IncidentDesk
from display_bridge.pairing import Pairing
from display_bridge.screening import PROTO, Hello, read_hello
from display_bridge.state import Entry
from display_bridge.trust import Identity, Trust, identity_of, may_see, needed_for, private_panels
from display_bridge.viewing import Viewer

log = logging.getLogger(__name__)

HELLO_S, CLOSE_S = 10.0, 5.0
HEARTBEAT_S = 15.0
MISSED_PINGS = 3
REFRESH_S = 10.0


class DisplayHub:
    """All displays of this process. Not thread-safe: use it in one event loop.

    trust_local: screens of this machine that are not citizens' roles count as paired. rotate: displays begin with
    the rotation running. keep: displays that are never forgotten (those of the microphones). desk: the incidents that
    pre-empt the screens. services: of SERVICES, those that are connected. on_command, on_playback, on_rendered,
    on_forgotten (takes the display): set by the owner.
    """

    def __init__(
        self,
        registry: Registry,
        provider: CityDataProvider,
        pairing: Pairing | None = None,
        *,
        trust_local: bool = False, rotate: bool = True, clock: Callable[[], float] = time.time, build: str = "",
        keep: Collection[str] = (), desk: IncidentDesk | None = None, services: Collection[str] = (),
    ) -> None:  # fmt: skip
        self._registry, self._pairing, self._clock, self._provider = registry, pairing, clock, provider
        self.told: dict[str, Any] = {"build": build}  # what each welcome says beside the link's own
        self._viewer = Viewer(registry, provider)
        self._guide = build_guide(registry)
        self.desk = desk or IncidentDesk(provider, kinds=())
        self.services = frozenset(services)
        self.beside: Mapping[str, frozenset[str]] = {}  # services of single displays
        self._trust_local, self._rotate = trust_local, rotate
        self._displays = Displays(keep)
        self._displays.on_forgotten = self._forgotten
        self.hands = HandScreens(self._displays)
        self._epoch, self._numbers = secrets.token_hex(6), itertools.count()
        self._ticker: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._pinged = self._looked = clock()
        self.on_command: CommandHandler | None = None
        self.on_playback: Callable[[str, str, bool], None] | None = None
        self.on_rendered: Callable[[Rendered], None] | None = None
        self.on_forgotten: Callable[[str], None] | None = None

    # -- questions -------------------------------------------------------------------------------------------

    def exists(self, display: str) -> bool:
        """Whether a display has a state here: it is or was connected, or was commanded."""
        return self._displays.get(display) is not None

    def displays(self) -> list[str]:
        """The displays with a connected screen."""
        return [d.id for d in self._displays if d.main() is not None]

    def connected(self) -> int:
        """How many screens are connected."""
        return sum(1 for _ in self._displays.clients())

    def overview(self) -> list[dict[str, Any]]:
        """Each display: id, role, trust, number of screens; of the panel only what is public."""
        return [d.row(self._registry) for d in self._displays]

    def role(self, display: str) -> str:
        """The role of a display's screens."""
        found = self._displays.get(display)
        return found.role if found else "wall"

    def trust(self, display: str) -> Trust:
        """The trust of the display's most trusted connected screen; PUBLIC without one."""
        found = self._displays.get(display)
        return found.trust() if found else Trust.PUBLIC

    def shown(self, display: str) -> Entry:
        """What the display's main screens show now (home for a display that does not exist)."""
        found = self._displays.get(display)
        if found is None:
            return Entry("home")
        return visible_state(states.tick(found.state, self._clock(), self._guide), found.trust(), self._registry).shown

    def overlay(self, display: str) -> str:
        """The overlay that is open on a display, "" for none."""
        found = self._displays.get(display)
        return found.state.overlay[0] if found and found.state.overlay else ""

    def seq(self, display: str) -> int:
        """The sequence number of the display's main channel, 0 without a screen."""
        found = self._displays.get(display)
        channel = found.main() if found else None
        return channel.seq if channel else 0

    # -- changes ---------------------------------------------------------------------------------------------

    def apply(self, command: object) -> int:
        """Change a display by one of the display commands; the new sequence number of its main channel.

        Raises BadInput (unknown panel, district, ...) and NotPermitted (no connected screen may see the panel).
        """
        name = getattr(command, "display", None)
        if not isinstance(name, str):
            raise BadInput("not-a-display-command", f"{type(command).__name__} does not concern a screen")
        display, now = self._display(name), self._clock()
        display.used = now
        self._place_clients(display, now)
        if isinstance(command, AcknowledgeAlert):
            self.desk.acknowledge(command, display, now)
            self.step(now)
            return self.seq(name)
        if isinstance(command, ShowPanel):
            self._check(display, command, now)
        display.state = states.reduce(display.state, command, now, self._guide)
        self._publish(display, now)
        return self.seq(name)

    def use_registry(self, registry: Registry) -> None:
        """Take a changed registry into use; every display is drawn anew from it."""
        self._registry, self._guide = registry, build_guide(registry)
        self._viewer = Viewer(registry, self._provider)
        for display in self._displays:
            self._publish(display, self._clock())

    def show_assistant(self, display: str, **fields: Any) -> int:
        """Set fields of the assistant area (phase, since, until, text, outcome, woken, mic, ...); None removes."""
        found = self._display(display)
        merged = {k: v for k, v in {**found.state.assistant, **fields}.items() if v is not None}
        found.state = replace(found.state, assistant=merged)
        self._publish(found, self._clock())
        return self.seq(display)

    def set_speech(self, display: str, speech: Mapping[str, Any] | None) -> int:
        """What to play: {"utterance", "urls" (the phrases so far), "complete" (no more follow), "text"}, or None."""
        found = self._display(display)
        found.state = replace(found.state, speech=speech)
        self._publish(found, self._clock())
        return self.seq(display)

    def send(self, display: str, message: Mapping[str, Any], *, surely: bool = False) -> None:
        """Send a passing message (for example a chime) to the display's main screens, in order with the states, and
        not to one that is due a whole new state. surely: to all of them, and at once."""
        found = self._displays.get(display)
        channel = found.main() if found else None
        for client in channel.clients if channel else ():
            client.send(dict(message)) if surely else client.offer(encode(dict(message)))

    def unlock(self, display: str, until: float | None) -> None:
        """Let the paired screens of a display receive private panels until a time (epoch seconds); None locks."""
        found, now = self._display(display), self._clock()
        prolonged = min(found.unlocked_until, until or 0.0) > now
        found.unlocked_until = until or 0.0
        if not prolonged:  # else nobody sees anything of it
            self._publish(found, now)

    async def rendered(self, display: str, seq: int, timeout_s: float) -> str:
        """How state `seq` of the main channel fared: `rendered`, `failed`, `late`, or `offline` (no screen)."""
        found = self._displays.get(display)
        return "offline" if found is None else await found.rendered(seq, timeout_s)

    def step(self, now: float) -> None:
        """Bring everything to a time: expiries, rotation, fresh data, pings. The ticker calls it; so do tests."""
        self._displays.forget(now)
        self._cut_revoked(now)
        self.desk.look(now)
        fresh = self.desk.fresh()
        for display in self._displays:
            moved = self._place_clients(display, now)
            state = states.tick(display.state, now, self._guide)
            state = self.desk.over(display, state, now, self._guide)
            if moved or fresh or state is not display.state or now - display.refreshed >= REFRESH_S:
                display.state = state
                self._publish(display, now)
        if now - self._pinged >= HEARTBEAT_S:
            self._pinged = now
            for _, client in self._displays.clients():
                # Pings are counted, not seconds: a clock that leaps must not cut everybody off.
                if client.unanswered >= MISSED_PINGS:
                    client.cut(TRY_AGAIN, "no-answer")
                client.unanswered += 1
                client.send({"t": "ping"})

    # -- screens ---------------------------------------------------------------------------------------------

    async def serve(
        self, connection: Connection, display: str, frames: AsyncIterator[str], *, local: bool = False
    ) -> None:
        """Serve one screen until it goes. local: it connects from this machine, past no proxy."""
        try:
            hello = read_hello(await asyncio.wait_for(anext(frames), HELLO_S))
            identity = self._identify(hello, display, local)
            found = self._display(display, paired=bool(identity.device))
        except (SeoulaError, TimeoutError, StopAsyncIteration) as error:
            told = error if isinstance(error, SeoulaError) else BadInput("no-hello", "no hello came")
            await turn_away(connection, told.code, told.message)
            return
        client = self._join(found, connection, identity, hello)
        writer = asyncio.create_task(self._write(client))
        try:
            await Conversation(found, client, self).run(frames, writer)
        finally:
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            self._leave(found, client)
            with contextlib.suppress(Exception):
                async with asyncio.timeout(CLOSE_S):  # a peer that takes nothing takes no close either
                    await connection.close(*(client.closing or (1000, "")))

    def admitted(self, identity: Identity) -> bool:
        """Whether the device a screen came in with is still paired; a screen without a device always is."""
        return not identity.device or (self._pairing is not None and self._pairing.known(identity.device))

    def _cut_revoked(self, now: float) -> None:
        """Screens of devices that are not paired any more go, unseeing; one look at the file for all of them."""
        if self._pairing is None or abs(now - self._looked) < REVOKED_WITHIN_S:
            return
        self._looked = now
        known = {"", *(device.id for device in self._pairing.devices())}
        for display, client in self._displays.clients():
            if client.identity.device not in known:
                client.cut(POLICY_VIOLATION, "bad-token")
                self._leave(display, client)

    def _identify(self, hello: Hello, display: str, local: bool) -> Identity:
        device = ""
        if hello.token:
            if self._pairing is None:
                raise NotPermitted("bad-token", "this device token is not known")
            device = self._pairing.admit(hello.token, display, hello.role).id
        return identity_of(hello.role, paired=bool(device), local=local, trust_local=self._trust_local, device=device)

    def _join(self, display: Display, connection: Connection, identity: Identity, hello: Hello) -> Client:
        now = self._clock()
        display.state = states.tick(display.state, now, self._guide)
        display.unpaired = display.unpaired and not identity.device
        channel_trust = self._effective(display, identity, now)
        channel = self._channel(display, channel_trust, now)
        display.settle_role(identity)
        # Brought up to date before the client joins: what it is sent next begins exactly there.
        channel.update(self._document(display, channel_trust, now))
        missed = channel.missed(hello.epoch, hello.seq)
        client = Client(connection, identity, channel)
        channel.clients.add(client)
        client.send(
            {"t": "welcome", "display": display.id, "epoch": channel.epoch, "heartbeat_s": HEARTBEAT_S,
             "resumed": missed is not None, "server_time": now, "proto": PROTO, **self.told}
        )  # fmt: skip
        client.begin(missed)
        self._publish(display, now)
        if self._ticker is None or self._ticker.done():
            self._ticker = asyncio.create_task(self._tick())
        self._changed.set()
        return client

    async def _write(self, client: Client) -> None:
        """The writer of one client; a peer that is gone or stuck ends it, and with it the client."""
        with contextlib.suppress(Exception):
            await client.write()

    def _leave(self, display: Display, client: Client) -> None:
        before = display.trust()
        client.channel.clients.discard(client)
        now = self._clock()
        display.used = now
        less = display.trust() < before
        if less:
            display.forget_talk()
        if display.settle_role() or less:
            self._publish(display, now)
        display.settle()

    # -- inner work ------------------------------------------------------------------------------------------

    def _display(self, name: str, *, paired: bool = True) -> Display:
        return self._displays.open(name, self._first_state, self._clock(), paired=paired)

    def _first_state(self) -> states.DisplayState:
        state = states.initial()
        turns = self._rotate and self._guide.rotation
        return states.reduce(state, SetRotation("", True), self._clock(), self._guide) if turns else state

    def _forgotten(self, display: Display) -> None:
        if self.on_forgotten:
            self.on_forgotten(display.id)

    def _check(self, display: Display, command: ShowPanel, now: float) -> None:
        """Refuse what no connected screen may see, and arguments that no view can be built from."""
        panel = self._registry.panels.get(command.panel)
        if panel is None:
            raise BadInput("unknown-panel", f"there is no panel {command.panel!r}")
        if not may_see(panel, display.trust()):
            wanted = needed_for(panel).word
            raise NotPermitted(
                "panel-not-permitted", f"{panel.id} is {wanted}; no {wanted} screen of {display.id} is open"
            )
        self._viewer.check(panel, command.args, now)

    def _effective(self, display: Display, identity: Identity, now: float) -> Trust:
        unlocked = identity.trust is Trust.INTERNAL and display.unlocked_until > now
        return Trust.PRIVATE if unlocked else identity.trust

    def _place_clients(self, display: Display, now: float) -> bool:
        """Move the clients whose trust has changed to the channel of their trust; True when any moved.

        The caller publishes then: the channel they join may be behind. What was said to more trusted eyes goes.
        """
        before, moved = display.trust(), False
        for client in display.clients():
            channel = self._channel(display, self._effective(display, client.identity, now), now)
            if channel is not client.channel:
                moved = True
                client.channel.clients.discard(client)
                client.channel = channel
                client.acked = (-1, "")
                channel.clients.add(client)
                client.owe_snapshot()
        if moved:
            if display.trust() < before:
                display.forget_talk()
            display.settle()
        if display.unlocked_until <= now and display.channels.pop(Trust.PRIVATE, None) is not None:
            # With all that it could replay, and what was open on it: the next person finds nothing of it.
            display.state = states.without(display.state, private_panels(self._registry))
        return moved

    def _channel(self, display: Display, trust: Trust, now: float) -> Channel:
        channel = display.channels.get(trust)
        if channel is None:
            # A channel's epoch is its own, also when one of this name was there before: nobody resumes in a wrong one.
            channel = Channel(f"{self._epoch}-{next(self._numbers)}", {})
            display.channels[trust] = channel
            channel.state = self._document(display, trust, now)
        return channel

    def _document(self, display: Display, trust: Trust, now: float) -> dict[str, Any]:
        state = visible_state(display.state, trust, self._registry, own=trust is display.trust())
        view = self._viewer.view(state, now)
        told, seat = self.desk.told(trust), (display.id, display.role, trust)
        services = self.services | self.beside.get(display.id, frozenset())
        return build_document(*seat, state, view, self._guide, self._registry, told, services)

    def _publish(self, display: Display, now: float) -> None:
        display.refreshed = now
        self._place_clients(display, now)  # what was unlocked until now is not sent any more
        pages = self._viewer.pages(display.state, now)
        if pages is not None:
            display.state = states.limit_page(display.state, pages)
        for trust, channel in display.channels.items():
            # A channel that nobody follows is brought up to date when somebody joins it.
            if channel.clients:
                channel.update(self._document(display, trust, now))
        self._changed.set()

    async def _tick(self) -> None:
        """One ticker for all displays, while any screen is connected."""
        while self.connected():
            now = self._clock()
            try:
                self.step(now)
            except Exception:
                log.exception("the display ticker failed; it goes on")
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), self._displays.quiet_s(now))
