"""Enrolled shelves on disk: their slots, and a picture of the bookcase alone, with all around it black."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.contracts import BadInput
from perception.shelf.layout import Layout, read_layout
from perception.shelf.shutting import SIZE

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_SLOTS, _PICTURE, _CLOSED = "shelf.json", "reference.png", "closed.png"
_BELOW, _BESIDE, _ABOVE = 30, 34, 24


@dataclass(frozen=True, slots=True)
class EnrolledShelf:
    """A shelf that can be watched. by: `colour` or `tags`. closed: a small grey picture with the door closed."""

    name: str
    layout: Layout
    reference: NDArray[np.uint8]
    by: str = "colour"
    closed: NDArray[np.uint8] | None = None

    def books(self) -> dict[str, str]:
        """The book of each slot."""
        return {slot.id: slot.book for slot in self.layout.slots}


def checked_name(name: str) -> str:
    """A shelf's name. Raises BadInput `bad-name`."""
    if not _NAME.fullmatch(name):
        raise BadInput("bad-name", "a shelf's name is made of small letters, digits, - and _ (at most 40)")
    return name


def only_the_shelf(picture: NDArray[np.uint8], layout: Layout) -> NDArray[np.uint8]:
    """The picture with everything black that is neither a row of books nor its board."""
    kept = np.zeros_like(picture)
    for board in layout.boards:
        boxes = [slot.box for slot in layout.row(board.row)]
        if not boxes:
            continue
        left = max(0, min(board.x1, min(box.x for box in boxes)) - _BESIDE)
        right = max(board.x2, max(box.right for box in boxes)) + _BESIDE
        top, bottom = max(0, min(box.y for box in boxes) - _ABOVE), max(board.y1, board.y2) + _BELOW
        kept[top:bottom, left:right] = picture[top:bottom, left:right]
    return kept


def save(folder: Path, shelf: EnrolledShelf) -> Path:
    """Keep a shelf under its name in a folder of shelves; one of the same name is replaced whole."""
    name = checked_name(shelf.name)
    folder.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=folder))
    try:
        text = json.dumps({**shelf.layout.as_json(), "by": shelf.by}, ensure_ascii=False, indent=1)
        (new / _SLOTS).write_text(text + "\n", "utf-8")
        (new / _PICTURE).write_bytes(_packed(only_the_shelf(shelf.reference, shelf.layout)))
        if shelf.closed is not None:
            (new / _CLOSED).write_bytes(_packed(shelf.closed))
        goal = folder / name
        if goal.exists():
            shutil.rmtree(goal)
        new.rename(goal)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    return goal


def _packed(picture: NDArray[np.uint8]) -> bytes:
    done, data = cv2.imencode(".png", picture)
    if not done:
        raise BadInput("bad-picture", "the picture cannot be kept")
    return data.tobytes()


def load(folder: Path, name: str) -> EnrolledShelf:
    """A shelf by its name. Raises BadInput `bad-name`, `no-such-shelf` or `bad-shelf`."""
    place = folder / checked_name(name)
    if not (place / _SLOTS).is_file():
        known = ", ".join(names(folder)) or "none"
        raise BadInput("no-such-shelf", f"there is no enrolled shelf {name!r} (enrolled: {known})")
    try:
        text = (place / _SLOTS).read_text("utf-8")
        by = json.loads(text).get("by", "colour")
        layout = read_layout(text)
        reference = cv2.imdecode(np.frombuffer((place / _PICTURE).read_bytes(), np.uint8), cv2.IMREAD_COLOR)
        closed: NDArray[np.uint8] | None = None
        if (place / _CLOSED).is_file():
            door = cv2.imdecode(np.frombuffer((place / _CLOSED).read_bytes(), np.uint8), cv2.IMREAD_GRAYSCALE)
            if door is None or (door.shape[1], door.shape[0]) != SIZE:
                raise ValueError("the picture of the closed door is damaged")
            closed = door.astype(np.uint8)
    except (OSError, ValueError, AttributeError, cv2.error) as error:
        raise BadInput("bad-shelf", f"the shelf {name!r} cannot be read ({type(error).__name__})") from error
    if reference is None or reference.shape[:2] != (layout.height, layout.width) or by not in ("colour", "tags"):
        raise BadInput("bad-shelf", f"the shelf {name!r} is damaged; enrol it anew")
    return EnrolledShelf(name, layout, reference.astype(np.uint8), by, closed)


def names(folder: Path) -> list[str]:
    """The shelves of a folder."""
    if not folder.is_dir():
        return []
    return sorted(one.name for one in folder.iterdir() if _NAME.fullmatch(one.name) and (one / _SLOTS).is_file())


def remove(folder: Path, name: str) -> None:
    """Forget a shelf. Raises BadInput `no-such-shelf`."""
    if checked_name(name) not in names(folder):
        raise BadInput("no-such-shelf", f"there is no enrolled shelf {name!r}")
    shutil.rmtree(folder / name)
