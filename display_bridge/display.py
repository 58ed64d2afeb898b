"""One display: its state, the channels of its screens, and those who wait for a picture."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

from content_registry.schema import Registry
from display_bridge.channel import Channel, Client
from display_bridge.filter import visible_state
from display_bridge.state import DisplayState, next_deadline
from display_bridge.trust import ROLES, Identity, Trust


@dataclass(slots=True)
class Display:
    """role: of its most trusted screens. unlocked_until: private panels may be shown till then, epoch seconds.

    used: when it last had a screen or was commanded, epoch seconds. unpaired: no paired device ever opened it.
    """

    id: str
    state: DisplayState
    role: str = "wall"
    unlocked_until: float = 0.0
    refreshed: float = 0.0
    used: float = 0.0
    unpaired: bool = False
    channels: dict[Trust, Channel] = field(default_factory=dict)
    waiting: list[tuple[Channel, int, asyncio.Future[str]]] = field(default_factory=list)

    def row(self, registry: Registry) -> dict[str, Any]:
        """The display for an operator's list; of its panel only what is public."""
        panel = visible_state(self.state, Trust.PUBLIC, registry).shown.panel
        screens = len(self.clients())
        return {"id": self.id, "role": self.role, "trust": self.trust().word, "screens": screens, "panel": panel}

    def clients(self) -> list[Client]:
        """Every connected screen."""
        return [c for channel in self.channels.values() for c in channel.clients]

    def main(self) -> Channel | None:
        """The channel of the most trusted screens that are connected."""
        live = [t for t, channel in self.channels.items() if channel.clients]
        return self.channels[max(live)] if live else None

    def trust(self) -> Trust:
        """The highest trust of a connected screen, PUBLIC without one."""
        live = [t for t, channel in self.channels.items() if channel.clients]
        return max(live, default=Trust.PUBLIC)

    def next_deadline(self, now: float) -> float | None:
        """When something of it ends by itself, its being unlocked included; epoch seconds, None: nothing does."""
        locks = self.unlocked_until if self.unlocked_until > now else None
        return min((at for at in (next_deadline(self.state), locks) if at is not None), default=None)

    def settle_role(self, *joining: Identity) -> bool:
        """Take the role of the most trusted screens, a wall before a tablet; True when it changed. Kept without any."""
        identities = [*joining, *(c.identity for c in self.clients())]
        if not identities:
            return False
        before = self.role
        self.role = max(identities, key=lambda i: (i.trust, -ROLES.index(i.role))).role
        return self.role != before

    def forget_talk(self) -> None:
        """What was asked and said at an office screen is not for a citizens' screen that stays."""
        kept = {k: v for k, v in self.state.assistant.items() if k in ("mic", "notices", "hands")}
        self.state = replace(self.state, assistant=kept, question=None, overlay=None, speech=None)

    async def rendered(self, seq: int, timeout_s: float) -> str:
        """How state `seq` of the main channel fares: `rendered`, `failed`, `late`, or `offline` (no screen).

        Screens that are unlocked or locked meanwhile follow another channel: then it is what they show there."""
        channel, until = self.main(), asyncio.get_running_loop().time() + timeout_s
        while channel is not None:
            found = verdict(channel, seq) or await self._settled(channel, seq, until)
            if found != _MOVED:
                return found
            channel = self.main()
            seq = channel.seq if channel else 0
        return "offline"

    async def _settled(self, channel: Channel, seq: int, until: float) -> str:
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[str] = loop.create_future()
        entry = (channel, seq, waiter)
        self.waiting.append(entry)
        try:
            return await asyncio.wait_for(waiter, until - loop.time())
        except TimeoutError:
            return "late"
        finally:
            self.waiting.remove(entry)

    def settle(self) -> None:
        """Tell those who wait for a picture."""
        for channel, seq, waiter in self.waiting:
            if waiter.done():
                continue
            gone = _MOVED if self.main() else "offline"
            found = gone if not channel.clients else verdict(channel, seq)
            if found:
                waiter.set_result(found)


_MOVED = "moved"
"""Its screens follow another channel now."""


def verdict(channel: Channel, seq: int) -> str | None:
    """rendered when one screen has painted it, failed when all have failed, else None."""
    answers = [c.acked[1] for c in channel.clients if c.acked[0] >= seq]
    if "rendered" in answers:
        return "rendered"
    return "failed" if answers and len(answers) == len(channel.clients) else None
