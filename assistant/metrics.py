"""Counters for operators. No words, no ids of people: outcomes, stages and counts only."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

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

    def run(self, record: RunRecord) -> None:
        """Count a finished run."""
        self._runs.labels(record.source, record.outcome.code.value).inc()
        for stage in record.stages:
            self._stages.labels(stage.name).observe((stage.end_ms - stage.start_ms) / 1000)
