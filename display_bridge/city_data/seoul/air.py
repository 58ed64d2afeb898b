"""Seoul's air: RealtimeCityAir (one row a district), and ListAirQualityByDistrictService when that fails."""

from __future__ import annotations

from datetime import datetime

from display_bridge.city_data.air import HIGHEST, air_reading
from display_bridge.city_data.columns import Columns
from display_bridge.city_data.feeds import Fetch, Reading, SourceFailed
from display_bridge.city_data.public_feed import PublicFeed
from display_bridge.city_data.seoul.envelope import pages

CITY_AIR = Columns(
    {
        "time": ("MSRMT_DT", "MSRDT"),
        "station": ("MSRSTN_NM", "MSRSTE_NM"),
        "pm10": ("PM", "PM10"),
        "pm25": ("FPM", "PM25"),
        "o3": ("OZON", "O3"),
        "no2": ("NTDX", "NO2"),
        "co": ("CBMX", "CO"),
        "so2": ("SPDX", "SO2"),
        "cai": ("CAI_IDX", "IDEX_MVL"),
    },
    needed=("time", "station", "pm10", "pm25"),
)
DISTRICT_AIR = Columns(
    {
        "time": ("MSRMT_YMD", "MSRDATE"),
        "station": ("MSRSTN_NM", "MSRSTENAME"),
        "pm10": ("PM", "PM10"),
        "pm25": ("FPM", "PM25"),
        "o3": ("OZON", "OZONE"),
        "no2": ("NTDX", "NITROGEN"),
        "co": ("CBMX", "CARBON"),
        "so2": ("SPDX", "SULFUROUS"),
        "cai": ("CAI", "MAXINDEX"),
    },
    needed=("time", "station", "pm10", "pm25"),
)


async def read_air(fetch: Fetch, now: datetime) -> Reading:
    """RealtimeCityAir; the other service where that one fails or has no district. Raises SourceFailed: the first
    one's failure when both fail, and at once for a wrong key or a used-up quota, which both share."""
    try:
        return air_reading(CITY_AIR.read(await pages(fetch, "RealtimeCityAir")).rows, now)
    except SourceFailed as error:
        if error.code in ("bad-key", "quota"):
            raise
        first = error
    try:
        return air_reading(DISTRICT_AIR.read(await pages(fetch, "ListAirQualityByDistrictService")).rows, now)
    except SourceFailed:
        raise first from None


# Measured on the hour and published some twenty minutes later.
FEEDS = (PublicFeed("seoul-air", frozenset(HIGHEST), 300, 7200, 2, read_air),)
