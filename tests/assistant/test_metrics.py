"""Counters: closed sets of labels, and never a word of what was said."""

from __future__ import annotations

from prometheus_client import generate_latest

from assistant.contracts import Outcome, OutcomeCode
from assistant.metrics import Metrics
from assistant.runs import RunLog


def test_a_run_is_counted_with_its_stages_and_without_its_words() -> None:
    metrics, now = Metrics(), [0.0]
    log = RunLog("r1", "microphone", "main", clock=lambda: now[0], text="비밀스러운 말")
    for name in ("understand", "understanding", "plan", "rendered"):
        log.add(name, text="비밀스러운 말")
        now[0] += 0.1
    metrics.run(log.finish(Outcome(OutcomeCode.SHOWN, "비밀", "secret"), {}))
    metrics.run(log.finish(Outcome(OutcomeCode.FAILED, "", "", "display-offline"), {}))
    text = generate_latest(metrics.registry).decode()
    assert 'seoula_runs_total{outcome="shown",source="microphone"} 1.0' in text
    assert 'seoula_runs_total{outcome="failed",source="microphone"} 1.0' in text
    assert 'seoula_stage_seconds_count{stage="understanding"} 2.0' in text
    assert 'seoula_stage_seconds_bucket{le="0.1",stage="deciding"} 2.0' in text
    assert "비밀" not in text
    assert "r1" not in text


def test_two_services_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.screens.inc()
    one.restarts.labels("hearing").inc()
    assert b"seoula_screens 1.0" in generate_latest(one.registry)
    assert b"seoula_screens 0.0" in generate_latest(other.registry)
