"""A sentence as it is read: its names and what is said beside them; and its frame, in which each name is one sign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.contracts import Language, Period
from content_registry.jamo import compact
from content_registry.matcher import Mention

PANEL, DISTRICT, DEPARTMENT = "\ue000", "\ue001", "\ue002"
"""Signs of private use that stand for a name in a frame; hygiene lets none in."""

_SIGNS = {"panel": PANEL, "district": DISTRICT, "department": DEPARTMENT}


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence's names. `panels`: one entry per span, the nearer reading first; `district`, `department`: the
    first ones; `districts`: Korean names of all that are named, in order; `elsewhere`: places outside Seoul.

    `period`, `language`: the time and the language asked for; `asides`: where the sentence says so (offsets).
    `compares`: its districts are to be set side by side.
    """

    text: str
    panels: tuple[tuple[Mention, ...], ...]
    district: str | None
    department: str | None
    elsewhere: tuple[str, ...]
    mentions: tuple[Mention, ...]
    districts: tuple[str, ...] = ()
    period: Period | None = None
    language: Language | None = None
    asides: tuple[tuple[int, int], ...] = ()
    compares: bool = False

    @property
    def exact_panels(self) -> tuple[str, ...]:
        """Ids of panels named letter by letter."""
        return tuple(dict.fromkeys(m.id for span in self.panels for m in span if m.exact))

    @property
    def near_panels(self) -> tuple[str, ...]:
        """Ids of all panels named exactly or nearly."""
        return tuple(dict.fromkeys(m.id for span in self.panels for m in span))

    @property
    def plain(self) -> str:
        """The sentence without what it says of time and language."""
        kept, at = [], 0
        for start, end in self.asides:
            kept.append(self.text[at:start])
            at = end
        return " ".join("".join((*kept, self.text[at:])).split())


def frame_of(reading: Reading, is_panel: Callable[[Mention], bool] = lambda _: True) -> str:
    """The compact sentence with one sign for each name, its asides left out. `is_panel`: which panels are names."""
    signs: list[tuple[int, int, str]] = [(start, end, "") for start, end in reading.asides]
    for mention in reading.mentions:
        if mention.kind == "panel" and not is_panel(mention):
            continue
        if all(mention.end <= start or mention.start >= end for start, end, _ in signs):
            signs.append((mention.start, mention.end, _SIGNS[mention.kind]))
    parts, at = [], 0
    for start, end, sign in sorted(signs):
        parts += [compact(reading.text[at:start]), sign]
        at = end
    return "".join((*parts, compact(reading.text[at:])))
