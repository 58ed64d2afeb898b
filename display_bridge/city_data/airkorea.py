"""AirKorea's measurements of Seoul (getCtprvnRltmMesureDnsty): the second way to the air of the districts."""

from __future__ import annotations

from datetime import datetime

from display_bridge.city_data.air import HIGHEST, air_reading
from display_bridge.city_data.columns import Columns
from display_bridge.city_data.data_go_kr import items
from display_bridge.city_data.feeds import Fetch, Reading
from display_bridge.city_data.public_feed import PublicFeed

PATH = "B552584/ArpltnInforInqireSvc/getCtprvnRltmMesureDnsty"
PARAMS = {"returnType": "json", "numOfRows": "200", "pageNo": "1", "sidoName": "서울", "ver": "1.3"}
"""Without a version the answer has no PM2.5. Seoul has about 40 stations, those of the roadsides among them."""
STATIONS = Columns(
    {
        "time": ("DATATIME",),
        "station": ("STATIONNAME",),
        "pm10": ("PM10VALUE",),
        "pm25": ("PM25VALUE",),
        "o3": ("O3VALUE",),
        "no2": ("NO2VALUE",),
        "co": ("COVALUE",),
        "so2": ("SO2VALUE",),
        "cai": ("KHAIVALUE",),
    },
    needed=("time", "station", "pm10"),
)


async def read_air(fetch: Fetch, now: datetime) -> Reading:
    """All stations of Seoul, of which those of the districts are used. Raises SourceFailed."""
    return air_reading(STATIONS.read(items(await fetch(PATH, PARAMS))).rows, now)


FEEDS = (PublicFeed("airkorea-seoul", frozenset(HIGHEST), 900, 7200, 1, read_air),)
