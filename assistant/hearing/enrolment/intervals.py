"""Exact 95 % confidence intervals of counts."""

from __future__ import annotations

from scipy.stats import beta, chi2


def rate_interval(events: int, hours: float) -> tuple[float, float]:
    """Of a Poisson rate, per hour. hours: > 0."""
    low = chi2.ppf(0.025, 2 * events) / 2 if events else 0.0
    return float(low / hours), float(chi2.ppf(0.975, 2 * events + 2) / 2 / hours)


def share_interval(count: int, of: int) -> tuple[float, float]:
    """Of a share `count / of` (Clopper-Pearson), 0..1. Nothing counted: anything is possible."""
    if of == 0:
        return 0.0, 1.0
    low = beta.ppf(0.025, count, of - count + 1) if count else 0.0
    high = beta.ppf(0.975, count + 1, of - count) if count < of else 1.0
    return float(low), float(high)
