"""Shared settings of the tests: property tests have no wall-clock deadline, since the machine may be busy; a command
line run inside a test leaves no logging behind, whose stream is closed then."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings

settings.register_profile("seoula", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("seoula")


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    yield
    structlog.reset_defaults()
