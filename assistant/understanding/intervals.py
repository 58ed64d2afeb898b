"""How far a measured share can be trusted. Pure."""

from __future__ import annotations

import math

_Z = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of the share `hits / of` (Wilson 1927); (0, 1) of nothing.

    Raises ValueError unless 0 <= hits <= of.
    """
    if not 0 <= hits <= of:
        raise ValueError(f"{hits} of {of} is no share")
    if of == 0:
        return 0.0, 1.0
    share, z2 = hits / of, _Z * _Z
    middle = share + z2 / (2 * of)
    half = _Z * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    low, high = (middle - half) / (1 + z2 / of), (middle + half) / (1 + z2 / of)
    return (0.0 if hits == 0 else max(0.0, low)), (1.0 if hits == of else min(1.0, high))
