"""Notes which datasets a view reads, so that its badge is that of the worst of them and not of a chosen one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from assistant.contracts import Unavailable
from display_bridge.city_data.passing_on import PassingOn
from display_bridge.city_data.provider import CityDataProvider, Mode, Provenance

MODES: tuple[Mode, ...] = ("simulated", "recorded", "live")
"""The worst first."""


class RecordingCityData(PassingOn):
    """A CityDataProvider that passes every question on and notes what was read. `read`: in order, each once."""

    def __init__(self, provider: CityDataProvider) -> None:
        super().__init__(provider)
        self.read: dict[str, None] = {}

    def reading(self, dataset: str) -> None:
        """Note it."""
        self.read[dataset] = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where everything that a view shows comes from, as its badge says it. `main`: of the dataset the view is about.

    mode: simulated if any part is, recorded if any part is and none simulated, else live. mixed: simulated or recorded
    and live parts stand side by side. stale: any part is. observed_at: the oldest of the stale parts, else the main
    one's.
    """

    main: Provenance
    parts: tuple[Provenance, ...]
    mode: Mode
    mixed: bool
    stale: bool
    observed_at: datetime

    @property
    def sources(self) -> tuple[Provenance, ...]:
        """The parts, one for each source, the main one's first."""
        return tuple({p.source_ko: p for p in reversed((self.main, *self.parts))}.values())[::-1]


def standing(provider: CityDataProvider, main: str, read: Iterable[str], now: datetime) -> Standing:
    """What a view's badge has to say. A dataset that could not be read at all is left out: the view says so itself,
    where the dataset would have been. Raises Unavailable if that is all there is."""
    parts, silent = {}, None
    for dataset in dict.fromkeys(read):
        try:
            parts[dataset] = provider.provenance(dataset, now)
        except Unavailable as error:
            silent = error
    if silent is not None and not parts:
        raise silent
    # A view may be named after what it did not read, or read nothing at all: a story told from the packaged files.
    first = parts.get(main) or next(iter(parts.values()), None) or provider.provenance(main, now)
    everything = tuple(one for part in (tuple(parts.values()) or (first,)) for one in (part, *part.beside))
    modes = {p.mode for p in everything}
    mode = next(m for m in MODES if m in modes)
    stale = [p.observed_at for p in everything if p.stale(now)]
    return Standing(first, everything, mode, len(modes) > 1, bool(stale), min(stale, default=first.observed_at))
