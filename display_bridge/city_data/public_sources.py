"""The public services that the product reads, with their keys, budgets and licences.

In this order: where several feeds serve a dataset, the first that is up to date does. Disaster messages come from the
country's service before those that come with the city's live places, and air from the city before AirKorea.
"""

from __future__ import annotations

from display_bridge.city_data import airkorea, disaster_messages, kma
from display_bridge.city_data.seoul import (
    air,
    bikes,
    buses,
    culture,
    hotspots,
    incidents,
    parking,
    population,
    prices,
    rivers,
    subway,
)
from display_bridge.city_data.sources import Source

OPEN_GOVERNMENT = "공공누리 제1유형 (출처표시)"
SEOUL_QUOTA = 10_000
PLACES_QUOTA = 10_000
"""Seoul's open data names no daily limit for these services; these are our own, so that no key is ever abused."""


def public_sources() -> tuple[Source, ...]:
    """All of them, with memories of their own. Quotas are of the free development keys."""
    return (
        Source(
            "disaster-messages",
            "행정안전부 긴급재난문자",
            "Disaster text messages (MOIS)",
            "https://www.safetydata.go.kr",
            "safety_data_key",
            OPEN_GOVERNMENT,
            "행정안전부 재난안전데이터공유플랫폼",
            1000,
            1.0,
            disaster_messages.FEEDS,
            key_place="query",
        ),
        Source(
            "seoul-open-data",
            "서울 열린데이터광장",
            "Seoul Open Data Plaza",
            "http://openapi.seoul.go.kr:8088",
            "seoul_open_data_key",
            OPEN_GOVERNMENT,
            "서울특별시 열린데이터광장",
            SEOUL_QUOTA,
            0.2,
            (
                *air.FEEDS,
                *rivers.FEEDS,
                *bikes.FEEDS,
                *parking.feeds(),
                *incidents.feeds(),
                *population.FEEDS,
                *prices.FEEDS,
                *culture.FEEDS,
            ),
        ),
        Source(
            "seoul-city-data",
            "서울 실시간 도시데이터",
            "Seoul real-time city data",
            "http://openapi.seoul.go.kr:8088",
            "seoul_open_data_key",
            OPEN_GOVERNMENT,
            "서울특별시 실시간 도시데이터",
            PLACES_QUOTA,
            0.2,
            hotspots.feeds(),
        ),
        Source(
            "seoul-subway",
            "서울시 지하철 실시간 도착정보",
            "Seoul subway arrivals",
            "http://swopenapi.seoul.go.kr/api/subway",
            "seoul_subway_key",
            OPEN_GOVERNMENT,
            "서울특별시 열린데이터광장 (지하철 실시간 도착정보)",
            subway.DAILY,
            1.0,
            subway.feeds(),
        ),
        Source(
            "seoul-bus",
            "서울특별시 버스 도착정보",
            "Seoul bus arrivals",
            "http://ws.bus.go.kr/api/rest",
            "data_go_kr_key",
            OPEN_GOVERNMENT,
            "서울특별시 버스정보시스템",
            1000,
            0.5,
            buses.feeds(),
            key_place="query",
        ),
        Source(
            "kma",
            "기상청 초단기실황",
            "KMA observations",
            "https://apis.data.go.kr",
            "data_go_kr_key",
            OPEN_GOVERNMENT,
            "기상청",
            10_000,
            0.1,
            kma.FEEDS,
            key_place="query",
        ),
        Source(
            "airkorea",
            "한국환경공단 에어코리아",
            "AirKorea",
            "https://apis.data.go.kr",
            "data_go_kr_key",
            OPEN_GOVERNMENT,
            "한국환경공단 에어코리아 (인증되지 않은 실시간 자료)",
            500,
            1.0,
            airkorea.FEEDS,
            key_place="query",
        ),
    )
