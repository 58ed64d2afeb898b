"""Enrolment of a shelf from one picture: its slots, the books on them, and how well each could be missed.

The quality is measured, not guessed: every book is taken out of the picture, the light changed, noise added and the
camera shaken, and the matcher is asked which book is gone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.contracts import BadInput
from content_registry.books import ShelfBook, matched
from perception.shelf.fitting import LEAST_WIDTH, USUAL_SHAPE, same_shape
from perception.shelf.layout import Layout, Slot, checked
from perception.shelf.matching import SlotMatcher
from perception.shelf.reading import Read, read_spine
from perception.shelf.shutting import DoorPictures, kept_of
from perception.shelf.store import EnrolledShelf, checked_name, only_the_shelf
from perception.shelf.suggesting import suggest
from perception.shelf.tags import tags_in

_MOST_WIDTH = 1920
_LEAST_READ = 16
"""Pixels of a spine's width from which on its title is read."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A shelf ready to be kept, and what is told of it."""

    shelf: EnrolledShelf
    rows: list[dict[str, Any]]


def enrol(
    name: str,
    picture: NDArray[np.uint8],
    books: Mapping[str, ShelfBook],
    *,
    layout: Layout | None = None,
    tags: bool = False,
    read: Callable[[NDArray[np.uint8]], Read] | None = read_spine,
    closed: NDArray[np.uint8] | None = None,
) -> Enrolment:
    """Learn a shelf from a picture of it, full and with nobody in front.

    layout: the corrected slots; None: they are suggested. tags: the shelf is watched by its ArUco tags. read: how
    titles are read, None: not at all. closed: a picture with the door closed. A slot that a layout gives a book keeps
    it. Raises BadInput `no-shelf`, `bad-layout`, `bad-picture`, `no-tags`, `bad-name`; Unavailable as `read` does.
    """
    checked_name(name)
    sharp, picture = picture, _sized(picture, layout)
    layout = layout or suggest(picture)
    if (layout.width, layout.height) != (picture.shape[1], picture.shape[0]):
        wanted = f"{layout.width} x {layout.height}"
        raise BadInput("bad-layout", f"the slots belong to a picture of {wanted}, this one is another size")
    if tags:
        layout = _tagged(layout, picture)
    texts = _titles(layout, sharp, books, read)
    layout, sure = _assigned(layout, texts, books)
    reference = only_the_shelf(picture, layout)
    shelf = EnrolledShelf(name, layout, reference, "tags" if tags else "colour", _door(closed, reference))
    return Enrolment(shelf, list(_told(shelf, texts, sure, books)))


def _door(closed: NDArray[np.uint8] | None, reference: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    if closed is None:
        return None
    high, wide = closed.shape[:2]
    if not same_shape(wide / high, reference.shape[1] / reference.shape[0]):
        raise BadInput("bad-picture", "the picture of the closed door has another shape than that of the shelf")
    kept = kept_of(closed)
    if not DoorPictures(kept, reference).differ:
        raise BadInput("bad-picture", "the closed door looks as the open one: use a contact at the door")
    return kept


def _sized(picture: NDArray[np.uint8], layout: Layout | None) -> NDArray[np.uint8]:
    high, wide = picture.shape[:2]
    if wide < LEAST_WIDTH:
        raise BadInput("bad-picture", f"a picture of at least {LEAST_WIDTH} pixels' width is needed, not {wide}")
    goal = layout.width if layout is not None else min(wide, _MOST_WIDTH)
    if wide <= goal:
        return picture
    size = (goal, round(high * goal / wide))
    smaller: NDArray[np.uint8] = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    return smaller


def _tagged(layout: Layout, picture: NDArray[np.uint8]) -> Layout:
    slots = []
    found = tags_in(picture)
    for slot in layout.slots:
        box = slot.box
        inside = [tag for tag, (x, y) in found.items() if box.x <= x < box.right and box.y - 40 <= y < box.bottom + 10]
        slots.append(replace(slot, tag=inside[0]) if len(inside) == 1 and slot.tag is None else slot)
    if not any(slot.tag is not None for slot in slots):
        raise BadInput("no-tags", "no ArUco tag (DICT_4X4_50) is seen on any spine")
    return checked(replace(layout, slots=tuple(slots)))


def _titles(
    layout: Layout,
    picture: NDArray[np.uint8],
    books: Mapping[str, ShelfBook],
    read: Callable[[NDArray[np.uint8]], Read] | None,
) -> dict[str, Read]:
    if read is None:
        return {}
    # The picture may be sharper than what the shelf is watched with.
    scale = picture.shape[1] / layout.width
    spines: dict[str, NDArray[np.uint8]] = {}
    for slot in layout.slots:
        box = slot.box
        if slot.book not in books and box.width >= _LEAST_READ:
            y, bottom, x, right = (round(scale * n) for n in (box.y, box.bottom, box.x, box.right))
            spines[slot.id] = np.ascontiguousarray(picture[y:bottom, x:right])
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        return dict(zip(spines, pool.map(read, spines.values()), strict=True))


def _assigned(
    layout: Layout, texts: Mapping[str, Read], books: Mapping[str, ShelfBook]
) -> tuple[Layout, dict[str, float]]:
    """The slots with their books: as the layout says, as the catalogue says of the slot, or as the title reads."""
    taken = {slot.book for slot in layout.slots if slot.book != slot.id}
    kept = {book.slot: book.id for book in books.values() if book.slot and book.id not in taken}
    named = {slot.id: kept[slot.id] for slot in layout.slots if slot.book == slot.id and slot.id in kept}
    taken |= set(named.values())
    free = {key: book for key, book in books.items() if key not in taken}
    open_ = {slot.id for slot in layout.slots if slot.book == slot.id and slot.id not in named}
    sure = matched({slot: text.text for slot, text in texts.items() if slot in open_ and text.text}, free)
    named.update({slot: book for slot, (book, _) in sure.items()})
    slots = tuple(replace(slot, book=named.get(slot.id, slot.book)) for slot in layout.slots)
    return checked(replace(layout, slots=slots)), {slot: score for slot, (_, score) in sure.items()}


def _told(
    shelf: EnrolledShelf, texts: Mapping[str, Read], sure: Mapping[str, float], books: Mapping[str, ShelfBook]
) -> Iterator[dict[str, Any]]:
    layout = shelf.layout
    if not same_shape(layout.width / layout.height, USUAL_SHAPE):
        size = f"{layout.width} x {layout.height}"
        message = f"the picture's shape ({size}) is not 16:9: only a video of the same shape can be watched with it"
        yield {"type": "warning", "code": "unusual-shape", "message": message}
    missed = _trials(shelf) if shelf.by == "colour" else {}
    matcher = SlotMatcher(shelf.reference, layout)
    series = {slot for group in matcher.twins.groups for slot in group}
    for slot in layout.slots:
        row: dict[str, Any] = {"type": "slot", "slot": slot.id, "row": slot.row, "book": slot.book}
        box = slot.box
        row["box"] = [box.x, box.y, box.width, box.height]
        if slot.book in books:
            row["title"] = books[slot.book].title_ko
        if slot.id in texts:
            row["read"], row["read_sure"] = texts[slot.id].text, round(texts[slot.id].sure, 1)
        if slot.id in sure:
            row["match"] = sure[slot.id]
        if slot.tag is not None:
            row["tag"] = slot.tag
        if slot.id in series:
            row["series"] = True
        if slot.id in missed:
            row["missed_right"] = missed[slot.id]
        yield row
    known = sum(slot.book in books for slot in layout.slots)
    told: dict[str, Any] = {"type": "shelf", "name": shelf.name, "by": shelf.by, "slots": len(layout.slots)}
    told |= {"rows": len(layout.boards), "in_catalogue": known, "guard_tiles": matcher.guard_tiles}
    if shelf.by == "tags":
        told["tags"] = sum(slot.tag is not None for slot in layout.slots)
    else:
        right = sum(missed.values())
        told["quality"] = {"trials": len(missed), "right": right, "share": round(right / len(missed), 3)}
        told["weak"] = [slot for slot, fine in missed.items() if not fine]
    yield told


def _trials(shelf: EnrolledShelf) -> dict[str, bool]:
    """For each slot, whether the matcher names its book, and no other, when it is taken out of the picture."""
    rng = np.random.default_rng(1)
    matcher = SlotMatcher(shelf.reference, shelf.layout)
    return {
        slot.id: matcher.examine(_without(shelf.reference, shelf.layout, slot, rng))[0] == {slot.id}
        for slot in shelf.layout.slots
    }


def _without(picture: NDArray[np.uint8], layout: Layout, slot: Slot, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The picture without a book, in another light, with noise and a shaken camera."""
    box, taken = slot.box, picture.copy()
    taken[box.y : box.bottom, box.x : box.right] = _gap(picture, layout, slot)
    gain = float(rng.uniform(0.65, 1.2)) * rng.uniform(0.94, 1.06, 3)
    shift = np.array([[1, 0, rng.normal(0, 0.5)], [0, 1, rng.normal(0, 0.5)]])
    moved = cv2.warpAffine(taken, shift, (picture.shape[1], picture.shape[0]), borderMode=cv2.BORDER_REPLICATE)
    lit = moved.astype(np.float32) * gain.astype(np.float32) + rng.normal(0, 4, picture.shape).astype(np.float32)
    seen: NDArray[np.uint8] = np.clip(lit, 0, 255).astype(np.uint8)
    return seen


def _gap(picture: NDArray[np.uint8], layout: Layout, slot: Slot) -> NDArray[np.uint8]:
    """What is seen where no book stands: the wall above the row's lower books, where any of it shows; else darkness."""
    row = layout.row(slot.row)
    highest = min(other.box.y for other in row)
    above = [
        picture[highest + 4 : other.box.y - 4, other.box.x : other.box.right].reshape(-1, 3)
        for other in row
        if other.box.y - highest > 16
    ]
    colour = np.median(np.concatenate(above), axis=0) if above else np.array([14, 16, 20])
    return colour.astype(np.uint8)
