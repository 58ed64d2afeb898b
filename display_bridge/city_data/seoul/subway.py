"""Trains about to arrive (realtimeStationArrival), within a thousand calls a day.

One call for all stations ("ALL") costs as much as one for a single station, so that is asked first; where the service
does not know it, one station is asked each time, and the others keep their trains with the seconds counted down.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote

from display_bridge.city_data.columns import Columns, Row
from display_bridge.city_data.feeds import Fetch, Reading, SourceFailed
from display_bridge.city_data.files import document
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import Line, Table
from display_bridge.city_data.seoul.envelope import page
from display_bridge.city_data.subway_network import drawn_lines
from display_bridge.city_data.wire import kst, measured, said

ARRIVALS = Columns(
    {
        "line": ("SUBWAYID",),
        "way": ("UPDNLINE",),
        "heading": ("TRAINLINENM",),
        "station": ("STATNNM",),
        "seconds": ("BARVLDT",),
        "train": ("BTRAINNO",),
        "at": ("RECPTNDT",),
        "message": ("ARVLMSG2",),
        "code": ("ARVLCD",),
        "last": ("LSTCARAT",),
    },
    needed=("line", "station", "at"),
)
LINES: dict[str, str] = {
    **{f"100{n}": f"{n}호선" for n in range(1, 10)},
    "1032": "GTX-A",
    "1063": "경의중앙선",
    "1065": "공항철도",
    "1067": "경춘선",
    "1075": "수인분당선",
    "1077": "신분당선",
    "1092": "우이신설선",
}
STATES: dict[str, str] = {"0": "진입", "1": "도착", "2": "출발", "3": "전역 출발", "4": "전역 진입", "5": "전역 도착"}
"""Of arvlCd; 99 is a train further away, whose message says where."""
SEVERAL = timedelta(minutes=15)
"""A report older than this says nothing of a train any more."""
DAILY = 1000
_NAMES = {"서울": "서울역"}
"""The service's name -> the one people use."""


@dataclass(frozen=True, slots=True)
class Train:
    """One reported train. seconds: until it arrives, as of `at`; None where the report has none."""

    station: str
    line: str
    way: str
    at: datetime
    seconds: float | None
    state: str
    last: bool
    number: str

    def left(self, now: datetime) -> float | None:
        """Seconds until it arrives as of now: what was reported, less the age of the report."""
        return None if self.seconds is None else self.seconds - max(0.0, (now - self.at).total_seconds())

    def said(self, now: datetime) -> str | None:
        """Its state in words; None when the report is too old, or it must have left."""
        if now - self.at > SEVERAL:
            return None
        left, words = self.left(now), self.state
        if left is not None:
            if left < -60:
                return None
            words = "곧 도착" if left < 60 else f"{int(left // 60)}분 뒤"
        elif now - self.at > timedelta(minutes=2):
            return None  # "진입" of five minutes ago is not true any more
        return f"{words} (막차)" if self.last and words else words or None


def station_name(text: str) -> str:
    """Without what the service adds in parentheses, and as people call it: 서울 -> 서울역."""
    name = text.split("(")[0].strip()
    return _NAMES.get(name, name)


def trains(rows: Iterable[Row]) -> tuple[Train, ...]:
    """The trains of lines that are known, as they were reported."""
    found = []
    for row in rows:
        line, station = LINES.get(said(row.get("line"))), station_name(said(row.get("station")))
        at = kst(row.get("at"))
        if line is None or not station or at is None:
            continue
        seconds = measured(row.get("seconds"), 0, 7200)
        code = said(row.get("code"))
        # Zero seconds are what a train has that stands here, and also one too far away to be timed.
        timed = seconds if seconds and code not in ("0", "1", "2") else None
        state = STATES.get(code) or said(row.get("message"))
        heading = said(row.get("heading")).partition(" - ")
        way = (heading[2] or heading[0] or said(row.get("way"))).strip()
        found.append(Train(station, line, way, at, timed, state, said(row.get("last")) == "1", said(row.get("train"))))
    return tuple(found)


def train_table(found: Iterable[Train], stations: Iterable[str], now: datetime) -> Table:
    """The next train of each station, line and direction."""
    wanted = {name: i for i, name in enumerate(stations)}
    best: dict[tuple[str, str, str], tuple[float, str]] = {}
    for train in found:
        words = train.said(now)
        if train.station not in wanted or words is None:
            continue
        left = train.left(now)
        rank = 0.0 if left is None else max(0.0, left)
        key = (train.station, train.line, train.way)
        if key not in best or rank < best[key][0]:
            best[key] = (rank, words)
    keys = sorted(best, key=lambda k: (wanted[k[0]], k[1], best[k][0], k[2]))
    rows: list[dict[str, str | float | int | None]] = [
        {"station": s, "line": line, "way": way, "state": best[s, line, way][1]} for s, line, way in keys
    ]
    columns = (("station", "역"), ("line", "노선"), ("way", "방면"), ("state", "도착"))
    return Table(columns, tuple(rows), frozenset({"state"}))


def running_lines(found: Iterable[Train], now: datetime) -> tuple[Line, ...]:
    """The drawn lines with how many trains are on their way, from the reports of all stations: every running train is
    the next of some station, and has one number there and everywhere. A line of none stands still."""
    numbers: dict[str, set[str]] = {}
    for train in found:
        if train.number and now - train.at <= SEVERAL:
            numbers.setdefault(train.line, set()).add(train.number)
    return tuple(
        Line(line.name_ko, line.path, line.color, float(len(known)), "편성", "ok" if known else "off", line.stops)
        for line in drawn_lines()
        for known in [numbers.get(line.name_ko, set())]
    )


def watched() -> tuple[str, ...]:
    """The stations of the panel, in its order."""
    return tuple(dict.fromkeys(str(entry[0]) for entry in document("tables.yaml")["trains"]))


@dataclass(slots=True)
class SubwayFeed:
    """Reads all stations at once, or one by one where that is refused: then nobody knows how many trains run."""

    id: str = "seoul-subway-arrivals"
    refresh_s: float = 90
    stale_after_s: int = 300
    calls: int = 1
    stations: tuple[str, ...] = field(default_factory=watched)
    _one_by_one: bool = False
    _turn: int = 0
    _held: dict[str, tuple[Train, ...]] = field(default_factory=dict)

    @property
    def datasets(self) -> frozenset[str]:
        """Arrivals, and the lines with their trains while all stations are read."""
        return frozenset({"trains"} if self._one_by_one else {"trains", "subway"})

    async def read(self, fetch: Fetch, now: datetime) -> Reading:
        """One call. Raises SourceFailed."""
        if not self._one_by_one:
            try:
                rows = await self._ask(fetch, "{key}/json/realtimeStationArrival/ALL")
            except SourceFailed as error:
                if not error.code.startswith("ERROR-3") and error.code not in ("http-400", "http-404"):
                    raise
                self._one_by_one = True
                raise SourceFailed(error.code, f"{error.message}; stations are asked singly from now on") from None
            found = trains(rows)
        else:
            station = self.stations[self._turn % len(self.stations)]
            self._turn += 1
            asked = station.removesuffix("역") if station == "서울역" else station
            rows = await self._ask(fetch, f"{{key}}/json/realtimeStationArrival/0/100/{quote(asked, safe='')}")
            self._held[station] = tuple(train for train in trains(rows) if train.station == station)
            found = tuple(train for held in self._held.values() for train in held)
        times = [train.at for train in found if train.at <= now]
        lines = {} if self._one_by_one else {"subway": running_lines(found, now)}
        tables = {"trains": train_table(found, self.stations, now)}
        return Reading(max(times, default=now).astimezone(KST), tables=tables, lines=lines)

    async def _ask(self, fetch: Fetch, path: str) -> tuple[Row, ...]:
        """No trains, as at night, are no rows."""
        return ARRIVALS.read(page(await fetch(path), "realtimeArrivalList").rows).rows


def feeds() -> tuple[SubwayFeed, ...]:
    """The feed of the trains, with its own memory."""
    return (SubwayFeed(),)
