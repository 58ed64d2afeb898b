"""Shared settings of the tests: property tests have no wall-clock deadline, since the machine may be busy."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("seoula", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("seoula")
