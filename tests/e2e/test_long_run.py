"""A screen that shows panel after panel, day and night, holds no more at the end than it did after the first hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import pytest

from tests.e2e.browser import errors_of
from tests.e2e.long_run import REGISTRY, Held, LongRun, long_run

pytestmark = pytest.mark.real

ROUNDS = 8
"""Each shows every panel: 1,640 changes."""
HEAP_BYTES = 500_000
"""May come on top between the middle and the end, for what the browser compiles. One leaked panel is 50 kB."""
NODES, LISTENERS = 1.05, 1.1


def grown(early: Held, late: Held) -> list[str]:
    """What has grown by more than it may."""
    limits = {
        "heap": early.heap + HEAP_BYTES,
        "nodes": early.nodes * NODES,
        "listeners": early.listeners * LISTENERS,
        "documents": early.documents,
        "canvases": 0,
    }
    return [
        f"{what}: {getattr(early, what)} after {early.changes} changes, {getattr(late, what)} after {late.changes}"
        for what, most in limits.items()
        if getattr(late, what) > most
    ]


def most(samples: Sequence[Held]) -> Held:
    """The most of each that was held at any time: what grows for ever passes it, what comes and goes does not."""
    return Held(*(max(getattr(held, its.name) for held in samples) for its in fields(Held)))


def run(screen: LongRun, rounds: int) -> list[Held]:
    """What is held after every other round, when the same pictures have been shown as often."""
    samples = []
    for number in range(1, rounds + 1):
        screen.round()
        if number % 2 == 0:
            samples.append(screen.held())
    return samples


def test_a_wall_holds_no_more_after_every_panel_eight_times(tmp_path: Path) -> None:
    with long_run(tmp_path) as screen:
        samples = run(screen, ROUNDS)
        assert screen.changes == ROUNDS * len(REGISTRY.panels) >= 1600
        assert not grown(most(samples[:-1]), samples[-1]), samples
        assert errors_of(screen.page) == []


def test_a_page_that_keeps_what_it_showed_is_noticed(tmp_path: Path) -> None:
    """The measure itself: on a page that keeps each stage by a timer and a listener, every figure grows."""
    with long_run(tmp_path) as screen:
        screen.round(every=5)
        early = screen.held()
        screen.page.evaluate(
            """() => {
              const kept = [], before = service.show;
              service.show = async (papers) => {
                const timer = setInterval(() => {
                  const stage = document.querySelector(".stage .sheet-in");
                  if (!stage || kept.at(-1) === stage) return;
                  kept.push(stage);
                  addEventListener("resize", () => stage.offsetWidth);
                }, 5);
                kept.push(document.createElement("canvas"));
                try { return await before(papers); } finally { clearInterval(timer); }
              };
            }"""
        )
        screen.round(every=5)
        told = " ".join(grown(early, screen.held()))
    for what in ("heap", "nodes", "listeners", "canvases"):
        assert what in told, told
