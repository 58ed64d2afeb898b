"""Buses about to arrive at main stops (getStationByUid, one stop a call).

A key gets about a thousand calls a day, so a few stops are asked each time and the others keep their buses with the
seconds counted down.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from display_bridge.city_data.columns import Columns, Row
from display_bridge.city_data.data_go_kr import bus_items
from display_bridge.city_data.feeds import Fetch, Reading, SourceFailed
from display_bridge.city_data.files import rows as packaged
from display_bridge.city_data.provider import Table
from display_bridge.city_data.public_feed import PublicFeed
from display_bridge.city_data.wire import measured, said

PATH = "stationinfo/getStationByUid"
ARRIVALS = Columns(
    {
        "route": ("RTNM",),
        "first": ("TRATIME1",),
        "second": ("TRATIME2",),
        "first_words": ("ARRMSG1", "ARRMSGSEC1"),
        "second_words": ("ARRMSG2", "ARRMSGSEC2"),
        "crowd": ("CONGESTION1", "CONGESTION"),
        "last": ("ISLAST1",),
    },
    needed=("route",),
)
CROWD: dict[str, str] = {"3": "여유", "4": "보통", "5": "혼잡", "6": "매우 혼잡"}
A_STOP = 6
"""Buses shown of a stop: the next to come."""
SEVERAL = timedelta(minutes=20)
_WORDS = ("곧 도착", "운행종료", "출발대기", "회차대기")


@dataclass(frozen=True, slots=True)
class Bus:
    """A route at a stop. first, second: seconds to the next two buses as of when the stop was asked."""

    route: str
    first: float | None
    second: float | None
    words: str
    crowd: str


def buses(rows: Iterable[Row]) -> tuple[Bus, ...]:
    """The routes of a stop that have anything to say."""
    found = []
    for row in rows:
        route = said(row.get("route"))
        words = next((w for w in _WORDS if said(row.get("first_words")).startswith(w)), "")
        first = measured(row.get("first"), 1, 7200)
        if route and (first is not None or words):
            crowd = CROWD.get(said(row.get("crowd")), "")
            found.append(Bus(route, first, measured(row.get("second"), 1, 7200), words, crowd))
    return tuple(found)


def bus_table(stops: Iterable[tuple[str, datetime, tuple[Bus, ...]]], now: datetime) -> Table:
    """The next buses of each stop: (name, when it was asked, its buses). Buses that have come since are gone."""
    lines: list[dict[str, str | float | int | None]] = []
    for stop, asked, found in stops:
        age = max(0.0, (now - asked).total_seconds())
        coming: list[tuple[float, str, dict[str, str | float | int | None]]] = []
        for bus in found:
            times = [t - age for t in (bus.first, bus.second) if t is not None and t - age > -30]
            if times:
                moved = bus.first is None or bus.first - age <= -30
                row = _row(stop, bus, _wait(times[0]), _wait(times[1]) if len(times) > 1 else "",
                           "" if moved else bus.crowd)  # fmt: skip
                coming.append((times[0], bus.route, row))
            elif bus.first is None and age < 120:
                coming.append((0.0 if bus.words == "곧 도착" else 1e6, bus.route, _row(stop, bus, bus.words, "", "")))
        coming.sort(key=lambda entry: entry[:2])
        lines += [row for _, _, row in coming[:A_STOP]]
    columns = (("stop", "정류소"), ("route", "노선"), ("next", "첫 번째"), ("after", "두 번째"), ("crowd", "혼잡도"))
    return Table(columns, tuple(lines), frozenset({"next", "after"}))


def _wait(seconds: float) -> str:
    return "곧 도착" if seconds < 60 else f"{int(seconds // 60)}분"


def _row(stop: str, bus: Bus, first: str, second: str, crowd: str) -> dict[str, str | float | int | None]:
    return {"stop": stop, "route": bus.route, "next": first, "after": second or None, "crowd": crowd or None}


def watched() -> tuple[tuple[str, str], ...]:
    """Name and five-digit number (arsId) of the panel's stops."""
    return tuple((name, number) for kind, name, _, _, number in packaged("places.tsv", 5) if kind == "busstop")


@dataclass(slots=True)
class BusReader:
    """Asks the next few stops each time."""

    stops: tuple[tuple[str, str], ...] = field(default_factory=watched)
    each: int = 2
    _turn: int = 0
    _held: dict[str, tuple[datetime, tuple[Bus, ...]]] = field(default_factory=dict)

    async def __call__(self, fetch: Fetch, now: datetime) -> Reading:
        """A few calls; a stop that fails keeps what it had, and all failing is a failure. Raises SourceFailed."""
        failed, answered = None, 0
        for _ in range(self.each):
            name, number = self.stops[self._turn % len(self.stops)]
            self._turn += 1
            try:
                body = await fetch(PATH, {"arsId": number, "resultType": "json"})
                self._held[name] = (now, buses(ARRIVALS.read(bus_items(body)).rows))
                answered += 1
            except SourceFailed as error:
                if not error.retry:
                    raise
                failed = error
        if failed is not None and not answered:
            raise failed
        held = [(name, *self._held[name]) for name, _ in self.stops if name in self._held]
        kept = [entry for entry in held if now - entry[1] <= SEVERAL]
        return Reading(min(asked for _, asked, _ in kept), tables={"buses": bus_table(kept, now)})


def feeds() -> tuple[PublicFeed, ...]:
    """The feed of the buses, with its own memory."""
    reader = BusReader()
    return (PublicFeed("seoul-bus-arrivals", frozenset({"buses"}), 180, 1500, reader.each, reader),)
