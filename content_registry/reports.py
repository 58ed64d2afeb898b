"""What a keeper of the registry should see: names of different panels that sound nearly alike."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from content_registry.jamo import to_jamo
from content_registry.schema import Registry

NEAR = 2
"""Jamo by which two names may differ and still be reported."""


@dataclass(frozen=True, slots=True)
class NearPair:
    """Two Korean names of different panels, `distance` jamo apart."""

    distance: int
    first: str
    first_panel: str
    second: str
    second_panel: str


def near_aliases(registry: Registry, *, within: int = NEAR) -> tuple[NearPair, ...]:
    """Pairs of Korean names of different panels that are at most `within` jamo apart, nearest first.

    Spellings that differ in spaces only are one name; the pair is reported once, in alphabetical order.
    """
    names: dict[str, tuple[str, str]] = {}
    for panel in registry.panels.values():
        for name in (panel.name_ko, *panel.aliases_ko):
            names.setdefault(to_jamo(name), (name, panel.id))
    # Longer names cannot be near much shorter ones: compare within neighbouring lengths only.
    ordered = sorted(names.items(), key=lambda item: (len(item[0]), item[1]))
    pairs = []
    for index, (jamo, (name, panel_id)) in enumerate(ordered):
        for other_jamo, (other, other_id) in ordered[index + 1 :]:
            if len(other_jamo) - len(jamo) > within:
                break
            if panel_id == other_id:
                continue
            distance = Levenshtein.distance(jamo, other_jamo, score_cutoff=within)
            if distance <= within:
                (a, a_id), (b, b_id) = sorted(((name, panel_id), (other, other_id)))
                pairs.append(NearPair(distance, a, a_id, b, b_id))
    return tuple(sorted(pairs, key=lambda pair: (pair.distance, pair.first, pair.second)))
