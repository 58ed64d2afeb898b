"""Incidents: which alert pre-empts the screens, and that it is acknowledged once for all of them. Pure.

`Board.renewed(found, now)` takes the newest events; `acknowledged(id, ...)` closes one everywhere; `foremost(trust)` is
the one that a screen of this trust shows. A public disaster text always goes before an internal dispatch, so one alert
layer per display is enough: what the citizens' channel may not see is never ahead of what it may.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from assistant.contracts import BadInput
from display_bridge.city_data.drills import PREFIX
from display_bridge.city_data.provider import Event
from display_bridge.trust import Trust

PRIORITY: Mapping[str, int] = {"위급": 100, "긴급": 95}
"""Of public disaster texts by their step; 안전 interrupts nobody."""
DISPATCH_PRIORITY = 90
GRAVE = 70
"""The severity from which a dispatch interrupts the office."""
OVER = frozenset({"해제", "상황 종료"})
PANELS: Mapping[str, str] = {"alerts": "disaster-alerts", "dispatch": "emergency-incidents"}
KEEP_S = 3 * 86400.0
"""How long an acknowledgement outlives its incident: a source that is down for a while brings nothing back."""

Tone = Literal["alert", "warn", "ok"]


@dataclass(frozen=True, slots=True)
class Incident:
    """An event that pre-empts screens. kind: of the provider's events. keys: what it is known by, its id first."""

    keys: tuple[str, ...]
    kind: str
    priority: int
    event: Event

    @property
    def id(self) -> str:
        """Stable over readings."""
        return self.keys[0]

    @property
    def panel(self) -> str:
        """The panel that shows it; its visibility is the incident's."""
        return PANELS[self.kind]

    @property
    def needs(self) -> Trust:
        """The least trust of a screen that may have it."""
        return Trust.PUBLIC if self.kind == "alerts" else Trust.INTERNAL

    @property
    def drill(self) -> bool:
        """Whether it is an exercise."""
        return is_drill(self.event)


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Who closed an incident: the display and the way it was said there, when (epoch seconds), and the priority that
    it had then."""

    incident: str
    priority: int
    at: float
    display: str
    source: str = ""


def is_drill(event: Event) -> bool:
    """Whether an event is an exercise."""
    return event.id.startswith(PREFIX)


def tone(event: Event) -> Tone:
    """The one colour language of feed, map and headline: red for what pre-empts screens, amber for what runs, blue for
    what is over or only informs."""
    if event.status_ko in OVER or event.level_ko == "안전":
        return "ok"
    return "alert" if event.level_ko in PRIORITY or event.severity >= GRAVE else "warn"


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def keys_of(kind: str, event: Event) -> tuple[str, ...]:
    """By its source's id, where there is one, and by its words: sent again under another id it is the same incident;
    with other words under its id, too. Messages that only begin alike are two."""
    if is_drill(event):  # an exercise may be held twice a day
        return (_digest(f"{kind}#{event.id}"),)
    words = f"{kind}|{event.at.date().isoformat()}|{event.title_ko}|{event.area_ko}"
    if not event.id:  # what is told beside its title may change while it goes on
        return (_digest(words),)
    return (_digest(f"{kind}#{event.id}"), _digest(f"{words}|{event.detail_ko}"))


def incident_id(kind: str, event: Event) -> str:
    """The same for an event whose state has moved on."""
    return keys_of(kind, event)[0]


def find(kind: str, events: Iterable[Event], wanted: str) -> Event | None:
    """The event of an id."""
    return next((event for event in events if incident_id(kind, event) == wanted), None)


def incidents(kind: str, events: Iterable[Event], now: datetime | None = None) -> tuple[Incident, ...]:
    """Those of the events that pre-empt screens; now: leave out what has expired."""
    found = []
    for event in events:
        grave = DISPATCH_PRIORITY if event.severity >= GRAVE else 0
        priority = PRIORITY.get(event.level_ko, 0) if kind == "alerts" else grave
        expired = now is not None and event.expires is not None and event.expires <= now
        if priority and not expired and event.status_ko not in OVER:
            found.append(Incident(keys_of(kind, event), kind, priority, event))
    return tuple(found)


def _once_each(found: Iterable[Incident]) -> tuple[Incident, ...]:
    """Of those that share a key (sent twice, or raised to a graver level) the gravest, then the newest."""
    kept: list[Incident] = []
    for incident in sorted(found, key=lambda one: (-one.priority, -one.event.at.timestamp())):
        place = next((n for n, one in enumerate(kept) if set(one.keys) & set(incident.keys)), None)
        if place is None:
            kept.append(incident)
        else:
            kept[place] = replace(kept[place], keys=tuple(dict.fromkeys((*kept[place].keys, *incident.keys))))
    return tuple(kept)


@dataclass(frozen=True, slots=True)
class Board:
    """The open incidents, and by key those that were acknowledged."""

    running: tuple[Incident, ...] = ()
    closed: Mapping[str, Acknowledgement] = field(default_factory=dict)

    def closing(self, incident: Incident) -> Acknowledgement | None:
        """The acknowledgement that holds for an incident; one that became graver since is open again."""
        found = [self.closed[key] for key in incident.keys if key in self.closed]
        return next((one for one in found if one.priority >= incident.priority), None)

    def renewed(self, found: Iterable[Incident], now: float) -> Board:
        """What runs now. An acknowledgement follows its incident to new words or a new id."""
        running = _once_each(found)
        closed = dict(self.closed)
        for incident in running:
            told = self.closing(incident)
            if told is not None:
                closed.update(dict.fromkeys(incident.keys, told))
        alive = {key for incident in running for key in incident.keys}
        return Board(running, {k: a for k, a in closed.items() if k in alive or now - a.at < KEEP_S})

    def acknowledged(self, incident: str, now: float, display: str, source: str = "") -> Board:
        """The incident closed, for all screens. Raises BadInput: unknown-incident, already-acknowledged."""
        found = next((one for one in self.running if incident in one.keys), None)
        if found is None:
            raise BadInput("unknown-incident", f"no incident {incident!r} is running")
        if self.closing(found) is not None:
            raise BadInput("already-acknowledged", "this incident was acknowledged before")
        told = Acknowledgement(found.id, found.priority, now, display, source)
        return replace(self, closed={**self.closed, **dict.fromkeys(found.keys, told)})

    def foremost(self, trust: Trust) -> Incident | None:
        """The incident of the highest priority that is open and that the trust may see; the newest of equals."""
        seen = [i for i in self.running if i.needs <= trust and self.closing(i) is None]
        return max(seen, key=lambda i: (i.priority, i.event.at), default=None)
