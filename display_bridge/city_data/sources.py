"""What a source of live city data is; one without its key is not asked, and its datasets stay simulated.

The product's own are in public_sources.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from display_bridge.city_data.feeds import Feed

KeyPlace = Literal["path", "query", "bearer"]


@dataclass(frozen=True, slots=True)
class Source:
    """A service that is read: one base address, one key, one budget of calls.

    base_url: with its scheme; a feed's paths are relative to it. key_name: the setting below `city_data` that holds
    the key, "" for a service that needs none. daily_quota: calls in a day of Seoul, None where the service names no
    limit. min_interval_s: least time between two calls. key_place: where the key goes: "path" (in place of "{key}"),
    "query" (as the parameter `key_param`) or "bearer" (the Authorization header).
    """

    id: str
    title_ko: str
    title_en: str
    base_url: str
    key_name: str
    licence: str
    attribution: str
    daily_quota: int | None
    min_interval_s: float
    feeds: tuple[Feed, ...]
    key_place: KeyPlace = "path"
    key_param: str = "serviceKey"
    timeout_s: float = 10.0
    most_bytes: int = 16_000_000
