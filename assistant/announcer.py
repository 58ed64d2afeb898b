"""Says once, with a chime, that an incident has come up: in the office's rooms, and never into somebody's command."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine
from typing import Any

from assistant.session import Phase
from display_bridge.incidents import Incident
from display_bridge.trust import Trust as DisplayTrust
from display_bridge.views.incident import plain

CHIME = "alert"
CHIME_S = 1.2
"""How long the chime sounds; the words come after it."""
LOOK_S = 0.2
PATIENCE_S = 60.0
"""A room that is busy for longer has it on its screen; it is not told any more."""


def announcement(incident: Incident) -> str:
    """The sentence; an exercise says so first, and last."""
    event = incident.event
    place = event.area_ko if event.area_ko not in event.title_ko else ""
    what = ". ".join(filter(None, (place, plain(event.title_ko)))).rstrip(". ")
    kind = f"{event.level_ko} 재난" if incident.kind == "alerts" else f"{event.level_ko} 출동"
    if incident.drill:
        return f"모의 훈련입니다. {kind} 상황. {what}. 실제 상황이 아닌 모의 훈련입니다."
    return f"{kind} 상황입니다. {what}."


class Announcer:
    """displays: the rooms that are told. phase: of a display's conversation. chime, say, trust: of a display."""

    def __init__(
        self,
        displays: Collection[str],
        phase: Callable[[str], Phase],
        chime: Callable[[str, str], None],
        say: Callable[[str, str, str], Awaitable[bool]],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        trust: Callable[[str], DisplayTrust],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._displays, self._phase, self._chime, self._say = displays, phase, chime, say
        self._spawn, self._sleep, self._trust = spawn, sleep, trust

    def incident(self, display: str, incident: Incident) -> None:
        """An incident has just come up on a display."""
        if display in self._displays:
            self._spawn(self._tell(display, incident))

    async def _tell(self, display: str, incident: Incident) -> None:
        if not await self._may(display, incident):
            return
        self._chime(display, CHIME)
        await self._sleep(CHIME_S)
        if await self._may(display, incident):
            await self._say(display, announcement(incident), "ko")

    async def _may(self, display: str, incident: Incident) -> bool:
        """Wait for a quiet moment; whether its screens may then still hear of it. An office screen may have left."""
        return await self._quiet(display) and self._trust(display) >= max(incident.needs, DisplayTrust.INTERNAL)

    async def _quiet(self, display: str) -> bool:
        """Wait until nobody talks there; False where the room is muted, or talks on and on."""
        waited = 0.0
        while (phase := self._phase(display)) is not Phase.IDLE:
            if phase is Phase.MUTED or waited >= PATIENCE_S:
                return False
            await self._sleep(LOOK_S)
            waited += LOOK_S
        return True
