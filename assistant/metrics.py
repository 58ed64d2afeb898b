"""Counters for operators. No words, no ids of people: outcomes, stages and counts only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from assistant.runs import RunRecord


class Metrics:
    """The service's Prometheus metrics in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._runs = Counter("seoula_runs", "Runs by source and outcome", ["source", "outcome"], registry=self.registry)
        self._stages = Histogram(
            "seoula_stage_seconds",
            "Duration of a run's stages",
            ["stage"],
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.7, 1.5, 3.0, 6.0),
            registry=self.registry,
        )
        self.screens = Gauge("seoula_screens", "Screens connected", registry=self.registry)
        self.false_wakes = Counter(
            "seoula_false_wakes", "Wake-ups that a person called false", ["display"], registry=self.registry
        )
        self.calls = Counter("seoula_calls", "Calls by why they ended", ["reason"], registry=self.registry)
        self.call_clients = Gauge(
            "seoula_call_clients", "Consoles and screens connected for calls", registry=self.registry
        )
        self.restarts = Counter("seoula_restarts", "Child processes restarted", ["child"], registry=self.registry)

    def count_cameras(self, health: Callable[[], Mapping[str, Mapping[str, Any]]]) -> None:
        """Tell of the room's cameras what their workers tell, by the camera's name."""
        self.registry.register(_Cameras(health))

    def run(self, record: RunRecord) -> None:
        """Count a finished run."""
        self._runs.labels(record.source, record.outcome.code.value).inc()
        for stage in record.stages:
            self._stages.labels(stage.name).observe((stage.end_ms - stage.start_ms) / 1000)


class _Cameras(Collector):
    """Read when somebody asks: the figures are the workers' own, and begin anew with them."""

    def __init__(self, health: Callable[[], Mapping[str, Mapping[str, Any]]]) -> None:
        self._health = health

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        up = GaugeMetricFamily("seoula_camera_up", "Whether a camera gives pictures", labels=["camera"])
        cost = GaugeMetricFamily("seoula_camera_cpu_seconds_per_frame", "Processor time of a frame", labels=["camera"])
        pace = GaugeMetricFamily("seoula_camera_fps", "Frames a second that are looked at", labels=["camera"])
        frames = CounterMetricFamily("seoula_camera_frames", "Frames looked at", labels=["camera"])
        dropped = CounterMetricFamily("seoula_camera_dropped_frames", "Frames left out", labels=["camera"])
        for camera, its in self._health().items():
            up.add_metric([camera], 1.0 if its.get("camera") == "ok" else 0.0)
            cost.add_metric([camera], float(its.get("cpu_ms_per_frame", 0.0)) / 1000)
            pace.add_metric([camera], float(its.get("fps", 0.0)))
            frames.add_metric([camera], float(its.get("frames", 0)))
            dropped.add_metric([camera], float(its.get("dropped_frames", 0)))
        return (up, cost, pace, frames, dropped)
