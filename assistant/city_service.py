"""The city's data while the product runs: the collector of the sources, the provider over it, the log of events."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import cast

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector as MetricsCollector

from assistant.contracts import ConfigError
from assistant.settings import Settings
from content_registry.schema import Registry
from display_bridge.city_data.collector import Collector, SourceStatus
from display_bridge.city_data.event_log import EventLog
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import CityDataProvider
from display_bridge.city_data.public_sources import public_sources
from display_bridge.city_data.remote import remote_source
from display_bridge.city_data.routed import RoutedCityData
from display_bridge.city_data.simulated import SimulatedCityData
from display_bridge.city_data.sources import Source

log = logging.getLogger(__name__)

EVENTS_EVERY_S = 2.0
FOLDER = "city_data"
"""Below the state folder: last good readings, counts of calls, the log of events."""


class CityService:
    """Started and stopped with the service. `provider` answers without I/O, `events` numbers what happens."""

    def __init__(self, collector: Collector, provider: CityDataProvider, events: EventLog) -> None:
        self.collector, self.provider, self.events = collector, provider, events
        self._watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to read the sources and to follow events."""
        await self.collector.start()
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """End both, and keep what is known."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        self.events.close()
        await self.collector.stop()

    async def _watch(self) -> None:
        while True:
            try:
                if self.events.look(self.provider, datetime.fromtimestamp(time.time(), KST)):
                    await asyncio.to_thread(self.events.save)
            except Exception:
                log.exception("events could not be followed; it goes on")
            await asyncio.sleep(EVENTS_EVERY_S)

    def statuses(self) -> tuple[SourceStatus, ...]:
        """Every source as an operator sees it."""
        return self.collector.statuses()

    def count_in(self, registry: CollectorRegistry) -> None:
        """Show the sources' figures among the service's metrics."""
        registry.register(cast(MetricsCollector, _SourceMetrics(self)))


class _SourceMetrics:
    """Prometheus' view of the sources: calls by how they ended, what is left of the day, age of the last answer."""

    def __init__(self, city: CityService) -> None:
        self._city = city

    def describe(self) -> Iterable[Metric]:
        """Nothing is asked at registration."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """The figures now."""
        calls = CounterMetricFamily("seoula_city_calls", "Calls of city data sources", labels=["source", "outcome"])
        today = GaugeMetricFamily("seoula_city_calls_today", "Calls of the day in Seoul", labels=["source"])
        age = GaugeMetricFamily("seoula_city_age_seconds", "Since a source last answered", labels=["source"])
        up = GaugeMetricFamily("seoula_city_up", "1: the source answers", labels=["source"])
        for status in self._city.statuses():
            if status.state == "simulated":
                continue
            for outcome, count in status.calls.items():
                calls.add_metric([status.id, outcome], count)
            today.add_metric([status.id], status.calls_today)
            up.add_metric([status.id], 1.0 if status.state in ("ok", "degraded") else 0.0)
            if status.last_ok is not None:
                age.add_metric([status.id], max(0.0, time.time() - status.last_ok.timestamp()))
        return [calls, today, age, up]


def sources_of(settings: Settings) -> tuple[Source, ...]:
    """The sources that the settings know, the shared API first. Raises ConfigError for the id of one that is none."""
    remote = remote_source(settings.city_data.remote_url)
    public = public_sources()
    sources = (remote, *public) if settings.city_data.remote_url else public
    known = {source.id for source in (remote, *public)}
    named: Mapping[str, object] = {**settings.city_data.base_urls, **settings.city_data.quotas}
    for name in named:
        if name not in known:
            raise ConfigError("unknown-source", f"city_data: there is no source {name!r}; known: {sorted(known)}")
    return sources


def build_city(settings: Settings, registry: Registry) -> CityService:
    """All parts, not started yet."""
    given, folder = settings.city_data, settings.state_dir / FOLDER
    collector = Collector(
        sources_of(settings),
        keys=given.keys(),
        folder=folder,
        base_urls=given.base_urls,
        quotas=given.quotas,
        poll=given.poll,
    )
    provider = RoutedCityData(collector, SimulatedCityData(seed=given.seed))
    return CityService(collector, provider, EventLog(folder / "events.json"))
