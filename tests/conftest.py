"""Shared settings of the tests: property tests have no wall-clock deadline, since the machine may be busy; a command
line run inside a test leaves no logging behind, whose stream is closed then; long files come first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

settings.register_profile("seoula", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("seoula")

LONGEST_FIRST = (
    "e2e/test_accessibility.py",
    "e2e/test_roles.py",
    "e2e/test_operations.py",
    "e2e/test_main_job.py",
    "e2e/test_meetings.py",
    "e2e/test_long_run.py",
    "e2e/test_call_faults.py",
    "faults/test_real_faults.py",
    "understanding/test_real_rasa.py",
    "e2e/test_calls.py",
    "assistant/test_privacy_rest.py",
    "e2e/test_bookcase.py",
    "perception/shelf/test_facing.py",
    "e2e/test_face.py",
    "e2e/test_hands.py",
    "e2e/test_alerts.py",
    "e2e/test_instruments.py",
    "hearing/test_enrolment_real.py",
    "e2e/test_panel_walk.py",
    "e2e/test_privacy.py",
)
"""Files that take most of a minute or more, the longest first. Whole files are dealt to the workers, so that one of
these at the end would leave every other worker with nothing to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, then the others with real components, then the quick ones; each file in its own order."""
    here = Path(__file__).parent
    real = {item.path for item in items if item.get_closest_marker("real") or item.get_closest_marker("fault")}

    def place(item: pytest.Item) -> tuple[int, bool]:
        name = item.path.relative_to(here).as_posix()
        rank = LONGEST_FIRST.index(name) if name in LONGEST_FIRST else len(LONGEST_FIRST)
        return rank, item.path not in real

    items.sort(key=place)


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    yield
    structlog.reset_defaults()
