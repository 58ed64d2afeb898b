"""The incidents of all displays: looked up at the provider, put before what each display shows, acknowledged once."""

from __future__ import annotations

import logging
from datetime import datetime

from assistant.contracts import BadInput, Layer, NotPermitted, SeoulaError
from display_bridge import state as states
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import CityDataProvider
from display_bridge.display import Display
from display_bridge.guide import Guide
from display_bridge.incidents import PANELS, Board, incidents
from display_bridge.state import INCIDENT, DisplayState
from display_bridge.trust import Trust

log = logging.getLogger(__name__)

LOOK_S = 5.0
"""How often the provider is asked."""


class IncidentDesk:
    """One for all displays of a hub."""

    def __init__(self, provider: CityDataProvider) -> None:
        self._provider = provider
        self._board = Board()
        self._looked: float | None = None

    def look(self, now: float) -> None:
        """Take the provider's newest events; while it is down, the incidents known stay."""
        if self._looked is not None and 0 <= now - self._looked < LOOK_S:
            return
        self._looked = now
        at = datetime.fromtimestamp(now, KST)
        try:
            found = [i for kind in PANELS for i in incidents(kind, self._provider.events(kind, at))]
        except SeoulaError as error:
            log.warning("incidents could not be looked up: %s", error.code)
            return
        self._board = self._board.renewed(found)

    def over(self, state: DisplayState, trust: Trust, now: float, guide: Guide) -> DisplayState:
        """The state with the foremost incident that the trust may see before everything, or without one."""
        incident = self._board.foremost(trust)
        panel = incident.panel if incident else None
        return states.with_incident(state, panel, incident.id if incident else "", now, guide)

    def acknowledge(self, display: Display) -> None:
        """Close the incident that a display shows, everywhere. Raises NotPermitted where no paired screen is."""
        if display.trust() < Trust.INTERNAL:
            raise NotPermitted("read-only", "only a paired screen may acknowledge an incident")
        alert = display.state.layers.get(Layer.ALERT)
        if alert is None or alert.cause != INCIDENT:
            raise BadInput("no-incident", "no incident is shown")
        self._board = self._board.acknowledged(alert.args["incident"])
