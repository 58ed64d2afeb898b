"""What else happens in front of a bookcase, beyond one book taken and put back; and what a good sensor says of it.

A scenario is a sequence of phases: frames, the events that must come, and those that may.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from perception.frames import Frame
from perception.shelf.events import BookReturned, BookTaken, ShelfEvent, UnknownChange
from tests.perception.shelf.episodes import Film
from tests.perception.shelf.render import BOARDS, Book, Place, Shine, row_of, spine, take

Said = tuple[type[ShelfEvent], str]
"""An event's kind and its book; of an unknown change, the book that stood there."""


@dataclass(frozen=True)
class Phase:
    """frames; the events that must come of them, each once, and those that may."""

    frames: Iterable[Frame]
    must: frozenset[Said] = frozenset()
    may: frozenset[Said] = frozenset()


def out(*books: str) -> frozenset[Said]:
    return frozenset((BookTaken, book) for book in books)


def back(*books: str) -> frozenset[Said]:
    return frozenset((BookReturned, book) for book in books)


def strange(*books: str) -> frozenset[Said]:
    return frozenset((UnknownChange, book) for book in books)


Scenario = Callable[[Film], Iterator[Phase]]
WAIT_S, LONG_S = 2.5, 5.0


def _some(film: Film, count: int) -> list[str]:
    return sorted(film.rng.choice(sorted(film.scene.places), count, replace=False).tolist())


def _neighbours(film: Film, count: int) -> list[str]:
    """Books that stand side by side."""
    row = row_of(film.scene, int(film.rng.integers(2)))
    first = int(film.rng.integers(len(row) - count + 1))
    return row[first : first + count]


def _anew(film: Film, name: str, book: Book) -> None:
    """The book looks another way from now on."""
    film.scene.books[name] = book
    film.scene._flat = None


def _out(film: Film, names: list[str], how: str = "stay") -> Iterator[Frame]:
    def act() -> None:
        for name in names:
            take(film.scene, name, how, film.rng)

    yield from film.reach(names, act, ("arm", "side-arm")[int(film.rng.integers(2))])


def _in(film: Film, names: list[str], before: dict[str, Place]) -> Iterator[Frame]:
    def act() -> None:
        film.scene.places.clear()
        film.scene.places.update(before)

    yield from film.reach(names, act)


def _take_and_return(film: Film, names: list[str], how: str = "stay") -> Iterator[Phase]:
    before = dict(film.scene.places)
    yield Phase([*_out(film, names, how), *film.rest(WAIT_S)], out(*names))
    yield Phase([*_in(film, names, before), *film.rest(WAIT_S)], back(*names))


def one_stays(film: Film) -> Iterator[Phase]:
    """A book is taken, its gap stays."""
    yield from _take_and_return(film, _some(film, 1))


def one_slides(film: Film) -> Iterator[Phase]:
    """Its neighbours slide."""
    yield from _take_and_return(film, _some(film, 1), "slide")


def one_leans(film: Film) -> Iterator[Phase]:
    """A neighbour leans into the gap."""
    yield from _take_and_return(film, _some(film, 1), "lean")


def two(film: Film) -> Iterator[Phase]:
    """Two books anywhere."""
    yield from _take_and_return(film, _some(film, 2))


def neighbours(film: Film) -> Iterator[Phase]:
    """Two books side by side."""
    yield from _take_and_return(film, _neighbours(film, 2))


def neighbours_slide(film: Film) -> Iterator[Phase]:
    """Two books side by side, and the others slide."""
    names, before = _neighbours(film, 2), dict(film.scene.places)

    def act() -> None:
        for name in reversed(names):
            take(film.scene, name, "slide", film.rng)

    yield Phase([*film.reach(names, act), *film.rest(WAIT_S)], out(*names))
    yield Phase([*_in(film, names, before), *film.rest(WAIT_S)], back(*names))


def four(film: Film) -> Iterator[Phase]:
    """Four books at once, two of them side by side."""
    pair = _neighbours(film, 2)
    rest = [name for name in _some(film, 4) if name not in pair]
    yield from _take_and_return(film, sorted(pair + rest[:2]))


def one_after_another(film: Film) -> Iterator[Phase]:
    """Three books one after another, put back in another order."""
    names, before = _some(film, 3), dict(film.scene.places)
    for name in names:
        yield Phase([*_out(film, [name]), *film.rest(WAIT_S)], out(name))
    for name in (names[1], names[0], names[2]):
        now = film.scene.places | {name: before[name]}
        yield Phase([*_in(film, [name], now), *film.rest(WAIT_S)], back(name))


def later_slide(film: Film) -> Iterator[Phase]:
    """A book is taken; a while later the others fall together."""
    (name,), before = _some(film, 1), dict(film.scene.places)
    yield Phase([*_out(film, [name]), *film.rest(WAIT_S)], out(name))
    gap, wide = before[name], film.scene.books[name].width
    right = [n for n in row_of(film.scene, gap.row) if film.scene.places[n].x > gap.x][:4]
    for one in right:
        film.scene.places[one] = replace(film.scene.places[one], x=film.scene.places[one].x - wide)
    yield Phase([*film.rest(WAIT_S)])
    yield Phase([*_in(film, [name], before), *film.rest(WAIT_S)], back(name))


def elsewhere(film: Film) -> Iterator[Phase]:
    """A book is put back at the free end of a board."""
    (name,) = _some(film, 1)
    yield Phase([*_out(film, [name]), *film.rest(WAIT_S)], out(name))
    scene = film.scene
    row = int(film.rng.integers(2))
    end = max(scene.places[n].x + scene.books[n].width for n in row_of(scene, row))
    now = scene.places | {name: Place(row, end + int(film.rng.integers(1, 30)))}
    before = dict(scene.places)
    near = row_of(scene, row)[-1]
    yield Phase([*_in(film, [near], now), *film.rest(WAIT_S)], back(name))
    yield Phase([*_in(film, [near], before), *film.rest(WAIT_S)], out(name))


def swapped(film: Film) -> Iterator[Phase]:
    """Two books are put back at one another's place, as far as there is room."""
    scene = film.scene
    first, second = _neighbours(film, 2)
    place = scene.places[first]
    yield Phase([*_out(film, [first, second]), *film.rest(WAIT_S)], out(first, second))
    now = scene.places | {
        second: place,
        first: replace(place, x=place.x + scene.books[second].width),
    }
    yield Phase([*_in(film, [first, second], now), *film.rest(LONG_S)], back(first, second))


def stranger(film: Film) -> Iterator[Phase]:
    """Another book stands in the gap of one that was taken."""
    (name,), scene = _some(film, 1), film.scene
    gap, book = scene.places[name], scene.books[name]
    yield Phase([*_out(film, [name]), *film.rest(WAIT_S)], out(name))

    def act() -> None:
        wide = max(12, book.width - int(film.rng.integers(0, 5)))
        seed = np.random.default_rng(int(film.rng.integers(1 << 30)))
        other = spine("남의 책", wide, int(film.rng.integers(240, 290)), seed, "reporting")
        scene.extras.append((other, gap))

    yield Phase([*film.reach([name], act), *film.rest(LONG_S)], strange(name))


def returned_other_way_up(film: Film) -> Iterator[Phase]:
    """A book is put back upside down: it may be known, or be something unknown."""
    (name,), before = _some(film, 1), dict(film.scene.places)
    book = film.scene.books[name]
    yield Phase([*_out(film, [name]), *film.rest(WAIT_S)], out(name))

    def act() -> None:
        _anew(film, name, replace(book, spine=np.ascontiguousarray(book.spine[::-1, ::-1])))
        film.scene.places.update(before)

    yield Phase([*film.reach([name], act), *film.rest(LONG_S)], may=back(name) | strange(name))
    _anew(film, name, book)


def returned_deeper(film: Film) -> Iterator[Phase]:
    """A book is pushed in further than it stood: a little smaller and darker."""
    (name,), before = _some(film, 1), dict(film.scene.places)
    book = film.scene.books[name]
    yield Phase([*_out(film, [name]), *film.rest(WAIT_S)], out(name))

    def act() -> None:
        size = (max(8, book.width - 1), round(0.98 * book.height))
        smaller = cv2.resize(book.spine, size, interpolation=cv2.INTER_AREA)
        _anew(film, name, replace(book, spine=(smaller * 0.88).astype(np.uint8)))
        film.scene.places.update(before)

    yield Phase([*film.reach([name], act), *film.rest(WAIT_S)], back(name))
    _anew(film, name, book)


def returned_tilted(film: Film) -> Iterator[Phase]:
    """A book is put back leaning a little, for which its neighbours made room."""
    (name,), before = _some(film, 1), dict(film.scene.places)
    yield Phase([*_out(film, [name]), *film.rest(WAIT_S)], out(name))
    lean = float(film.rng.uniform(1, 3))
    place, book = before[name], film.scene.books[name]
    room = book.height * math.sin(math.radians(lean))
    now = {n: replace(p, x=p.x + room) if p.row == place.row and p.x >= place.x else p for n, p in before.items()} | {
        name: replace(place, x=place.x + room, lean=lean)
    }
    yield Phase([*_in(film, [name], now), *film.rest(WAIT_S)], back(name))


def passer_by(film: Film) -> Iterator[Phase]:
    """Somebody walks by right after the book was taken."""
    (name,), before = _some(film, 1), dict(film.scene.places)
    yield Phase([*_out(film, [name]), *film.passing(float(film.rng.choice([0, 4]))), *film.rest(WAIT_S)], out(name))
    yield Phase([*_in(film, [name], before), *film.passing(), *film.rest(WAIT_S)], back(name))


def evening(film: Film) -> Iterator[Phase]:
    """The day goes while a book is out."""
    (name,), before = _some(film, 1), dict(film.scene.places)
    film.light = replace(film.light, gain=1.15, gradient=0.15, cast=(1.05, 1.0, 0.95))
    yield Phase([*film.rest(1.5)])
    yield Phase([*_out(film, [name]), *film.rest(WAIT_S)], out(name))
    frames = []
    for number in range(60):
        part = number / 59
        light = replace(film.light, gain=1.15 - 0.6 * part, gradient=0.15 - 0.3 * part)
        film.light = replace(light, cast=(1.05 - 0.13 * part, 1.0, 0.95 + 0.13 * part))
        frames.append(film.frame())
    yield Phase(frames)
    yield Phase([*_in(film, [name], before), *film.rest(WAIT_S)], back(name))


def exposure(film: Film) -> Iterator[Phase]:
    """The camera chooses another exposure as the arm comes in, and keeps it."""
    (name,), before = _some(film, 1), dict(film.scene.places)
    gain = film.light.gain
    film.light = replace(film.light, gain=float(np.clip(gain * film.rng.choice([0.7, 1.35]), 0.5, 1.4)))
    yield Phase([*_out(film, [name]), *film.rest(WAIT_S)], out(name))
    film.light = replace(film.light, gain=gain)
    yield Phase([*_in(film, [name], before), *film.rest(WAIT_S)], back(name))


def knocked(film: Film) -> Iterator[Phase]:
    """The camera is moved by some pixels while the arm is in."""
    (name,), before = _some(film, 1), dict(film.scene.places)

    def act() -> None:
        take(film.scene, name, "stay", film.rng)
        dx, dy = film.rng.uniform(-6, 6, 2)
        film.scene.knock = (float(dx), float(dy), float(film.rng.uniform(-0.2, 0.2)))

    yield Phase([*film.reach([name], act), *film.rest(WAIT_S + 1)], out(name))
    yield Phase([*_in(film, [name], before), *film.rest(WAIT_S)], back(name))
    film.scene.knock = (0.0, 0.0, 0.0)
    yield Phase([*film.rest(WAIT_S)])


def lamp(film: Film) -> Iterator[Phase]:
    """A lamp is reflected somewhere; then a book is taken anywhere else, and put back."""
    at = float(film.rng.uniform(0.1, 0.55))
    film.light = replace(film.light, gloss=float(film.rng.uniform(0.6, 2.0)), gloss_at=at)
    yield Phase([*film.rest(4)])
    scene = film.scene
    far = [n for n in sorted(scene.places) if scene.places[n].row == 1 or abs(scene.places[n].x - 1280 * at) > 220]
    name, before = str(film.rng.choice(far)), dict(scene.places)
    yield Phase([*_out(film, [name]), *film.rest(WAIT_S)], out(name))
    yield Phase([*_in(film, [name], before), *film.rest(WAIT_S)], back(name))
    film.light = replace(film.light, gloss=0.0)
    yield Phase([*film.rest(WAIT_S)])


def _any_shine(film: Film, kind: str) -> Shine:
    rng = film.rng
    names = sorted(film.scene.places)
    place = film.scene.places[str(rng.choice(names))]
    y = BOARDS[place.row] - float(rng.uniform(60, 220))
    if kind == "sun":
        return Shine(kind, place.x, y, float(rng.uniform(20, 160)), float(rng.uniform(60, 200)),
                     float(rng.uniform(1.5, 3)))  # fmt: skip
    most = 2.5 if kind == "lamp" else 1.2
    return Shine(kind, place.x, y, float(rng.uniform(15, 110)), float(rng.uniform(40, 300)),
                 float(rng.uniform(0.3, most)))  # fmt: skip


def _shining(film: Film, kind: str) -> Iterator[Phase]:
    for _ in range(4):
        film.light = replace(film.light, shine=_any_shine(film, kind))
        yield Phase([*film.rest(3.5)])
        film.light = replace(film.light, shine=None)
        yield Phase([*film.rest(2)])


def lamps(film: Film) -> Iterator[Phase]:
    """Lamps are reflected here and there: nothing happens."""
    yield from _shining(film, "lamp")


def veils(film: Film) -> Iterator[Phase]:
    """The same on a matt jacket."""
    yield from _shining(film, "veil")


def suns(film: Film) -> Iterator[Phase]:
    """The sun falls on a part of the books."""
    yield from _shining(film, "sun")


def wandering(film: Film) -> Iterator[Phase]:
    """A patch of sun wanders over the books."""
    shine = replace(_any_shine(film, "sun"), x=100.0)
    frames = []
    for number in range(60):
        film.light = replace(film.light, shine=replace(shine, x=100 + 10.0 * number))
        frames.append(film.frame())
    yield Phase(frames)
    film.light = replace(film.light, shine=None)
    yield Phase([*film.rest(2)])


def taken_beneath_a_lamp(film: Film) -> Iterator[Phase]:
    """A book is taken beneath a reflection, and put back: it may be missed, or told once the lamp is out."""
    (name,), before = _some(film, 1), dict(film.scene.places)
    place = before[name]
    lamp_on = Shine("lamp", place.x + 15, BOARDS[place.row] - 140, 80, 200, 1.5)
    film.light = replace(film.light, shine=lamp_on)
    yield Phase([*film.rest(2)])
    late = out(name)
    yield Phase([*_out(film, [name]), *film.rest(WAIT_S)], may=late)
    film.light = replace(film.light, shine=None)
    yield Phase([*film.rest(WAIT_S)], may=late)
    yield Phase([*_in(film, [name], before), *film.rest(WAIT_S)], back(name))


def looked_at(film: Film) -> Iterator[Phase]:
    """A book is pulled out half way and pushed back: it was in front of the others for a while, and is not taken."""
    (name,) = _some(film, 1)
    book = film.scene.books[name]
    bigger = cv2.resize(book.spine, (book.width + 2, round(book.height * 1.04)))

    def pulled() -> None:
        _anew(film, name, replace(book, spine=bigger))

    yield Phase([*film.reach([name], pulled), *film.rest(WAIT_S)])
    yield Phase([*film.reach([name], lambda: _anew(film, name, book)), *film.rest(WAIT_S)])


def neighbours_turn(film: Film) -> Iterator[Phase]:
    """Somebody runs a finger along the spines: the books shift by a few pixels, and none is out."""
    scene, before = film.scene, dict(film.scene.places)

    def act() -> None:
        for name, place in before.items():
            scene.places[name] = replace(place, x=place.x + math.copysign(1, film.rng.normal()))

    yield Phase([*film.reach(_some(film, 1), act), *film.rest(WAIT_S)])
    yield Phase([*_in(film, _some(film, 1), before), *film.rest(WAIT_S)])


ALL: tuple[Scenario, ...] = (
    one_stays, one_slides, one_leans, two, neighbours, neighbours_slide, four, one_after_another, later_slide,
    elsewhere, swapped, stranger, returned_other_way_up, returned_deeper, returned_tilted, passer_by, evening,
    exposure, knocked, lamp, lamps, veils, suns, wandering, taken_beneath_a_lamp, looked_at, neighbours_turn,
)  # fmt: skip
