"""The city's 121 live places: a few are asked each time and the others keep what they had, within a day's calls.

People come from citydata_ppltn; roads, closures and disaster messages from citydata, of places on main roads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Generic, TypeVar

from display_bridge.city_data.columns import Columns, Row
from display_bridge.city_data.disaster_messages import MESSAGES, message_event
from display_bridge.city_data.feeds import Fetch, Reading, SourceFailed
from display_bridge.city_data.files import rows as packaged
from display_bridge.city_data.provider import Event
from display_bridge.city_data.public_feed import PublicFeed, no_data, observed
from display_bridge.city_data.seoul.city_data import (
    Crowd,
    Link,
    crowd,
    crowd_place,
    links,
    place,
    road_time,
    section,
)
from display_bridge.city_data.seoul.envelope import path
from display_bridge.city_data.seoul.incidents import CONTROLS, control_events
from display_bridge.city_data.seoul.roads import road_lines

KEPT = timedelta(hours=1)
"""What was said of a place longer ago is not shown any more."""
MOST_OF_THEM = 0.9
"""Of the places must be known for their sum: without more of them it would be too small, and one may be renamed."""
PEOPLE_EACH, PEOPLE_EVERY_S = 21, 300
ROADS_EACH, ROADS_EVERY_S = 12, 300
Held = TypeVar("Held")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as the service names it, and where it is."""

    name: str
    lon: float
    lat: float
    roads: bool


@cache
def spots() -> tuple[Spot, ...]:
    """All places, in the order they are asked."""
    return tuple(Spot(n, float(x), float(y), flag == "1") for n, x, y, flag in packaged("hotspots.tsv", 4))


@dataclass(slots=True)
class Rotation(Generic[Held]):
    """Asks the next few of its places each time and remembers what all of them said."""

    service: str
    places: tuple[Spot, ...]
    each: int
    take: Callable[[dict[str, Any], datetime], Held]
    turn: int = 0
    held: dict[str, tuple[datetime, Held]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    async def ask(self, fetch: Fetch, now: datetime) -> dict[str, Held]:
        """What is known of the places, by name, newer than an hour.

        A place that fails keeps what it had. All failing, a wrong key, a used-up quota are raised, and so is a
        service that answers every place with another one (a sample key). Raises SourceFailed.
        """
        failed, answered = None, 0
        for _ in range(min(self.each, len(self.places))):
            spot = self.places[self.turn % len(self.places)]
            self.turn += 1
            try:
                body = await fetch(path(self.service, 1, 5, spot.name))
                self.held[spot.name] = (now, self.take(place(body, spot.name), now))
                answered += 1
            except SourceFailed as error:
                if error.code in ("bad-key", "quota"):
                    raise
                failed = error
            self.asked.add(spot.name)
        if failed is not None and not answered:
            raise failed
        self.held = {name: entry for name, entry in self.held.items() if now - entry[0] <= KEPT}
        return {name: found for name, (_, found) in self.held.items()}

    @property
    def complete(self) -> bool:
        """Whether every place was asked once."""
        return len(self.asked) == len(self.places)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What citydata says beside the people. None: a section whose columns are unknown, which is not "nothing"."""

    at: datetime
    links: tuple[Link, ...]
    closures: tuple[Event, ...] | None
    messages: tuple[Event, ...] | None


def surroundings(held: dict[str, Any], now: datetime) -> Surroundings:
    """Roads, closures and messages of a place. Raises SourceFailed("unknown-columns") for the roads."""
    closures, messages = _known(CONTROLS, held, "ACDNT_CNTRL_STTS"), _known(MESSAGES, held, "LIVE_DST_MESSAGE")
    said = None if messages is None else [message_event(row, now, everywhere=True) for row in messages]
    return Surroundings(
        road_time(held) or now,
        links(held),
        None if closures is None else control_events(closures, now),
        None if said is None else tuple(event for event in said if event is not None),
    )


def _known(columns: Columns, held: dict[str, Any], name: str) -> tuple[Row, ...] | None:
    """The rows of a section; None when it has rows and none of their columns is known."""
    try:
        return columns.read(section(held, name)).rows
    except SourceFailed:
        return None


class PeopleReader:
    """The people of the places, and their sum over the city once every place was asked."""

    def __init__(self, places: tuple[Spot, ...] | None = None, each: int = PEOPLE_EACH) -> None:
        self._places = spots() if places is None else places
        self._rotation: Rotation[Crowd | None] = Rotation(
            "citydata_ppltn", self._places, each, lambda held, now: crowd(held)
        )

    async def __call__(self, fetch: Fetch, now: datetime) -> Reading:
        """The next few places. Raises SourceFailed."""
        known = await self._rotation.ask(fetch, now)
        found = {name: c for name, c in known.items() if c is not None and now - c.at <= 2 * KEPT}
        if not found:
            raise no_data("place with its people")
        places = tuple(crowd_place(s.name, s.lon, s.lat, found[s.name]) for s in self._places if s.name in found)
        known_now = [p.value for p in places if p.value is not None]
        whole = self._rotation.complete and len(known_now) >= MOST_OF_THEM * len(self._places)
        return Reading(
            min(c.at for c in found.values()),
            city={"hot_congestion": observed("hot_congestion", None, sum(known_now) if whole else None)},
            places={"hotspot": places},
        )


class RoadReader:
    """Main roads, closures and messages around the places that are on main roads."""

    def __init__(self, places: tuple[Spot, ...] | None = None, each: int = ROADS_EACH) -> None:
        chosen = tuple(spot for spot in spots() if spot.roads) if places is None else places
        self._rotation: Rotation[Surroundings] = Rotation("citydata", chosen, each, surroundings)

    async def __call__(self, fetch: Fetch, now: datetime) -> Reading:
        """The next few places. Raises SourceFailed, also when none of them has a road."""
        found = (await self._rotation.ask(fetch, now)).values()
        newest = sorted(found, key=lambda s: s.at, reverse=True)
        lines = road_lines(link for s in newest for link in s.links)
        if not lines:
            raise no_data("road with its speed")
        return Reading(
            min(s.at for s in newest),
            lines={"road": lines},
            events={
                **_told("road-incident", [s.closures for s in newest]),
                **_told("alerts", [s.messages for s in newest]),
            },
        )


def _told(kind: str, said: list[tuple[Event, ...] | None]) -> dict[str, tuple[Event, ...]]:
    """The events of a kind, each once, newest first: neighbouring places report the same ones. Empty, so that the
    reading does not speak of the kind, when no place's could be read."""
    known = [events for events in said if events is not None]
    by_id = {event.id: event for events in known for event in events}
    found = tuple(sorted(by_id.values(), key=lambda event: (event.at, event.id), reverse=True))
    return {kind: found} if known else {}


def feeds() -> tuple[PublicFeed, ...]:
    """The two feeds, with their own memories."""
    return (
        PublicFeed(
            "seoul-hotspots",
            frozenset({"hotspot", "hot_congestion"}),
            PEOPLE_EVERY_S,
            3600,
            PEOPLE_EACH,
            PeopleReader(),
        ),
        PublicFeed(
            "seoul-roads",
            frozenset({"road", "road-incident", "alerts"}),
            ROADS_EVERY_S,
            3600,
            ROADS_EACH,
            RoadReader(),
        ),
    )
