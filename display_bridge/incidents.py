"""Incidents: which alert pre-empts the screens, and that it is acknowledged once for all of them. Pure.

`Board.renewed(found)` takes the provider's newest events; `acknowledged(id)` closes one everywhere; `foremost(trust)`
is the one that a screen of this trust shows. A public disaster text always goes before an internal dispatch, so one
alert layer per display is enough: what the citizens' channel may not see is never ahead of what it may.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from display_bridge.city_data.provider import Event
from display_bridge.trust import Trust

PRIORITY: Mapping[str, int] = {"위급": 100, "긴급": 95}
"""Of public disaster texts by their step; 안전 interrupts nobody."""
DISPATCH_PRIORITY = 90
GRAVE = 70
"""The severity from which a dispatch interrupts the office."""
OVER = frozenset({"해제", "상황 종료"})
PANELS: Mapping[str, str] = {"alerts": "disaster-alerts", "dispatch": "emergency-incidents"}


@dataclass(frozen=True, slots=True)
class Incident:
    """An event that pre-empts screens. kind: of the provider's events."""

    id: str
    kind: str
    priority: int
    event: Event

    @property
    def panel(self) -> str:
        """The panel that shows it; its visibility is the incident's."""
        return PANELS[self.kind]

    @property
    def needs(self) -> Trust:
        """The least trust of a screen that may have it."""
        return Trust.PUBLIC if self.kind == "alerts" else Trust.INTERNAL


def incident_id(kind: str, event: Event) -> str:
    """The same for an event whose state has moved on; a warning in force keeps its id for the day."""
    words = f"{kind}|{event.at.date().isoformat()}|{event.title_ko}|{event.area_ko}"
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def find(kind: str, events: Iterable[Event], wanted: str) -> Event | None:
    """The event of an id."""
    return next((event for event in events if incident_id(kind, event) == wanted), None)


def incidents(kind: str, events: Iterable[Event]) -> tuple[Incident, ...]:
    """Those of the events that pre-empt screens."""
    found = []
    for event in events:
        grave = DISPATCH_PRIORITY if event.severity >= GRAVE else 0
        priority = PRIORITY.get(event.level_ko, 0) if kind == "alerts" else grave
        if priority and event.status_ko not in OVER:
            found.append(Incident(incident_id(kind, event), kind, priority, event))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Board:
    """The open incidents, and which of them were acknowledged."""

    running: tuple[Incident, ...] = ()
    closed: frozenset[str] = frozenset()

    def renewed(self, found: Iterable[Incident]) -> Board:
        """What runs now; an acknowledgement is forgotten with its incident."""
        running = tuple(found)
        return Board(running, self.closed & {incident.id for incident in running})

    def acknowledged(self, incident: str) -> Board:
        """The incident closed, for all screens."""
        return replace(self, closed=self.closed | {incident})

    def foremost(self, trust: Trust) -> Incident | None:
        """The incident of the highest priority that is open and that the trust may see; the newest of equals."""
        seen = [i for i in self.running if i.id not in self.closed and i.needs <= trust]
        return max(seen, key=lambda i: (i.priority, i.event.at), default=None)
