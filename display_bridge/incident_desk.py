"""The incidents of all displays: looked up at the provider, put before what each display shows, acknowledged once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from assistant.contracts import AcknowledgeAlert, NotPermitted, SeoulaError
from display_bridge import state as states
from display_bridge.acknowledgements import AcknowledgementFile
from display_bridge.city_data.drills import Drills
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import CityDataProvider
from display_bridge.display import Display
from display_bridge.guide import Guide
from display_bridge.incidents import PANELS, Acknowledgement, Board, Incident, incidents
from display_bridge.state import DisplayState
from display_bridge.trust import Trust
from display_bridge.views.incident import banner, row
from display_bridge.views.responsible import responsible

log = logging.getLogger(__name__)

LOOK_S = 5.0
"""How often the provider is asked."""


class IncidentDesk:
    """One for all displays of a hub. kinds: of the provider's events; none: nothing pre-empts. drills: the
    exercises that are among them. on_incident: told when an incident first stands on an office display, for the
    chime and the voice; not again when it goes on, nor when it comes back after a graver one."""

    def __init__(
        self,
        provider: CityDataProvider,
        kept: AcknowledgementFile | None = None,
        kinds: Collection[str] = tuple(PANELS),
        drills: Drills | None = None,
    ) -> None:
        self._provider, self._kinds = provider, kinds
        self.drills = drills or Drills()
        self._file = kept or AcknowledgementFile(None)
        self._board = Board(closed=self._file.load())
        self._looked: float | None = None
        self._fresh = False
        self._silent: set[str] = set()
        self._told: set[tuple[str, str, int]] = set()
        self.on_incident: Callable[[str, Incident], None] | None = None

    def look(self, now: float, *, at_once: bool = False) -> None:
        """Take the provider's newest events; while a kind's source is down, its incidents known stay."""
        if not at_once and self._looked is not None and 0 <= now - self._looked < LOOK_S:
            return
        self._looked = now
        at = datetime.fromtimestamp(now, KST)
        found: list[Incident] = []
        for kind in self._kinds:
            found += incidents(kind, self.drills.events(kind, at), at)
            try:
                found += self._of(kind, at)
                self._silent.discard(kind)
            except SeoulaError as error:
                if kind not in self._silent:
                    log.warning("incidents of kind %s could not be looked up: %s", kind, error.code)
                self._silent.add(kind)
                found += [one for one in self._board.running if one.kind == kind and not one.drill]
        board = self._board.renewed(found, now)
        self._fresh = self._fresh or board.running != self._board.running
        if board.closed != self._board.closed:
            self._file.save(board.closed)
        self._board = board
        alive = {incident.id for incident in board.running}
        self._told = {told for told in self._told if told[1] in alive}

    def _of(self, kind: str, at: datetime) -> list[Incident]:
        """The real incidents of a kind. Of a simulated city only an exercise interrupts anybody."""
        if self._provider.provenance(kind, at).mode == "simulated":
            return []
        return [one for one in incidents(kind, self._provider.events(kind, at), at) if not one.drill]

    def department(self, incident: str) -> str | None:
        """The id of the department that answers for an incident that runs; None: the one of its panel."""
        found = next((one for one in self._board.running if incident and incident in one.keys), None)
        return responsible(found.kind, found.event) if found else None

    @property
    def on(self) -> bool:
        """Whether incidents pre-empt screens at all."""
        return bool(self._kinds)

    def fresh(self) -> bool:
        """Whether incidents came, went or moved on since this was last asked: every display is drawn anew then."""
        fresh, self._fresh = self._fresh, False
        return fresh

    def over(self, display: Display, state: DisplayState, now: float, guide: Guide) -> DisplayState:
        """The state with the foremost incident that the display's screens may see before everything, or without one.

        A citizens' display keeps what it shows: there the incident is a banner (`told`), which each may put aside.
        """
        trust = display.trust()
        incident = self._board.foremost(trust) if trust > Trust.PUBLIC else None
        panel = incident.panel if incident else None
        state = states.with_incident(state, panel, incident.id if incident else "", now, guide)
        if incident is not None and (display.id, incident.id, incident.priority) not in self._told:
            self._told.add((display.id, incident.id, incident.priority))
            if self.on_incident:
                self.on_incident(display.id, incident)
        return state

    def acknowledge(self, command: AcknowledgeAlert, display: Display, now: float) -> Acknowledgement:
        """Close an incident everywhere.

        Raises NotPermitted (read-only) where no paired screen is, BadInput: unknown-incident, already-acknowledged.
        """
        if display.trust() < Trust.INTERNAL:
            raise NotPermitted("read-only", "only a paired screen may acknowledge an incident")
        self._board = self._board.acknowledged(command.incident, now, display.id, command.source)
        self._fresh = True
        self._file.save(self._board.closed)
        return self._board.closed[command.incident]

    def told(self, trust: Trust) -> dict[str, Any]:
        """What a screen's document holds beside the view: for citizens the banner, for the office what runs and who
        has acknowledged it."""
        if trust is Trust.PUBLIC:
            incident = self._board.foremost(trust)
            return {"banner": banner(incident)} if incident else {}
        if trust < Trust.INTERNAL:
            return {}
        return {"incidents": self.rows()} if self._board.running else {}

    def rows(self, trust: Trust = Trust.INTERNAL) -> list[dict[str, Any]]:
        """Every incident that runs and that `trust` may see, the foremost first, with its acknowledgement."""
        seen = [one for one in self._board.running if one.needs <= trust]
        ordered = sorted(seen, key=lambda one: (-one.priority, -one.event.at.timestamp()))
        return [row(one, self._board.closing(one)) for one in ordered]
