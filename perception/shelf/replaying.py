"""Recordings of a shelf in their own time: what `seoula replay --as shelf` prints."""

from __future__ import annotations

from collections.abc import Iterator

from perception.frames import FrameSource
from perception.shelf.ability import Matcher, ShelfAbility
from perception.shelf.events import DoorClosed, ShelfEvent
from perception.shelf.matching import SlotMatcher
from perception.shelf.settings import ShelfSettings
from perception.shelf.shutting import DoorPictures
from perception.shelf.store import EnrolledShelf
from perception.shelf.tags import TagMatcher


def watch(shelf: EnrolledShelf, settings: ShelfSettings | None = None, *, live: bool = False) -> ShelfAbility:
    """What watches an enrolled shelf, by colour or by tags as it was enrolled. live: as `ShelfAbility`."""
    by: Matcher = (TagMatcher if shelf.by == "tags" else SlotMatcher)(shelf.reference, shelf.layout, settings)
    door = DoorPictures(shelf.closed, shelf.reference) if shelf.closed is not None else None
    return ShelfAbility(by, shelf.books(), settings, live=live, door=door)


def replay(source: FrameSource, shelf: EnrolledShelf, settings: ShelfSettings | None = None) -> Iterator[ShelfEvent]:
    """Every event of a recording but the door's closing, which nobody waits for. Closes the source.

    Raises BadInput where the source cannot be read on, or its pictures have another shape than the enrolled one, or are
    too small.
    """
    ability = watch(shelf, settings)
    try:
        while (frame := source.read()) is not None:
            yield from (event for event in ability.see(frame) if not isinstance(event, DoorClosed))
        yield from ability.ended()
    finally:
        ability.close()
        source.close()
