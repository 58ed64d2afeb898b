"""Measures the bookshelf sensor on bookcases it was not tuned on.

    python -m tests.perception.shelf.measure episodes --cases 3 [--pictures FOLDER]
    python -m tests.perception.shelf.measure scenarios --cases 3 [--pictures FOLDER] [--only NAME]
    python -m tests.perception.shelf.measure idle --minutes 60 [--pictures FOLDER]
    python -m tests.perception.shelf.measure slots [--pictures FOLDER]
    python -m tests.perception.shelf.measure suggested [--pictures FOLDER]

--pictures: spines cut out of photographs, in place of drawn ones. One JSON line per figure.
"""

from __future__ import annotations

import argparse
import json
import time
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from perception.frames import Frame
from perception.shelf.ability import ShelfAbility
from perception.shelf.events import BookReturned, BookTaken, ShelfEvent, UnknownChange
from perception.shelf.matching import SlotMatcher
from perception.shelf.replaying import watch
from perception.shelf.store import EnrolledShelf, only_the_shelf
from perception.shelf.suggesting import suggest
from tests.perception.shelf.episodes import Film, reference, returning, taking, true_layout
from tests.perception.shelf.render import Scene, bookcase, real_spines
from tests.perception.shelf.scenarios import ALL

FIRST = 501
KINDS: dict[str, dict[str, int]] = {
    "plain": {},
    "white and thin": {"white": 6, "thin": 6},
    "series": {"series": 6},
    "dark": {"dark": 14},
    "one colour": {"alike": 14},
}


def scenes(kind: str, count: int, pictures: Path | None) -> Iterable[tuple[int, Scene]]:
    """Bookcases of seeds, fonts and colours that tuning did not see."""
    real = real_spines(pictures) if pictures else ()
    for seed in range(FIRST, FIRST + count):
        yield seed, bookcase(seed, "reporting", real=real, **KINDS[kind])


def watched(scene: Scene, seed: int) -> ShelfAbility:
    """A sensor that knows the true slots, from a picture as it is kept."""
    layout = true_layout(scene)
    return watch(EnrolledShelf("measured", layout, only_the_shelf(reference(scene, seed), layout)))


def play(sensor: ShelfAbility, frames: Iterable[Frame]) -> tuple[list[ShelfEvent], float, int]:
    """The events, CPU seconds, and looks of some frames."""
    events: list[ShelfEvent] = []
    spent, looks = 0.0, 0
    for frame in frames:
        begun = time.process_time()
        events += sensor.see(frame)
        spent += time.process_time() - begun
        looks += 1
    return events, spent, looks


def episodes(kind: str, cases: int, pictures: Path | None) -> dict[str, Any]:
    """Books taken and brought back, one or two at a time, each in another light."""
    done = right_out = right_back = looks = 0
    spent, waits, wrong = 0.0, [], []
    for seed, scene in scenes(kind, cases, pictures):
        sensor, rng = watched(scene, seed), np.random.default_rng(seed)
        film = Film(scene, rng)
        play(sensor, film.rest(2))
        for how in ("stay", "slide", "lean"):
            for count in (1, 2):
                film.lamp()
                early, _, _ = play(sensor, film.rest(1.5))
                names = sorted(rng.choice(sorted(scene.places), count, replace=False).tolist())
                before = dict(scene.places)
                away = film.t + 1.6
                out, cpu, number = play(
                    sensor,
                    taking(film, names, how if count == 1 else "stay", ("arm", "side-arm")[int(rng.integers(2))]),
                )
                back, cpu2, number2 = play(sensor, returning(film, names, before))
                done, spent, looks = done + 1, spent + cpu + cpu2, looks + number + number2
                good = not early and len(out) == count and _books(out, BookTaken) == names
                right_out += good
                right_back += len(back) == count and _books(back, BookReturned) == names
                if good:
                    waits.append(max(event.t for event in out) - away)
                else:
                    wrong.append({"seed": seed, "how": how, "books": names, "said": [e.message() for e in early + out]})
    return {
        "measured": "episodes", "kind": kind, "real": bool(pictures), "episodes": done, "taken_right": right_out,
        "returned_right": right_back, "median_s": round(float(np.median(waits)), 2) if waits else None,
        "cpu_ms_a_look": round(1000 * spent / max(1, looks), 1), "wrong": wrong[:4],
    }  # fmt: skip


def scenarios(kind: str, cases: int, pictures: Path | None, only: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Everything of tests.perception.shelf.scenarios, each with a shelf and a light of its own: events that had to come
    and did (right), that did not (missed), and that should not have come (wrong)."""
    rows = []
    for scenario in ALL:
        if only and scenario.__name__ not in only:
            continue
        tally, notes = dict.fromkeys(("must", "right", "missed", "wrong"), 0), []
        for seed, scene in scenes(kind, cases, pictures):
            number = zlib.crc32(f"{scenario.__name__} {seed}".encode())
            sensor, film = watched(scene, seed), Film(scene, np.random.default_rng(number))
            slot_of = {slot.id: slot.book for slot in true_layout(scene).slots}
            play(sensor, film.rest(1.5))
            film.lamp()
            play(sensor, film.rest(1.5))
            for count, phase in enumerate(scenario(film)):
                said = [(type(e), slot_of[e.slot] if isinstance(e, UnknownChange) else getattr(e, "book", ""))
                        for e in play(sensor, phase.frames)[0]]  # fmt: skip
                right = phase.must & set(said)
                wrong = [one for one in said if one not in phase.must | phase.may]
                wrong += [one for one in right if said.count(one) > 1]
                tally["must"] += len(phase.must)
                tally["right"] += len(right)
                tally["missed"] += len(phase.must - right)
                tally["wrong"] += len(wrong)
                if wrong or right != phase.must:
                    names = [f"{one.__name__} {book}" for one, book in said]
                    wanted = sorted(f"{one.__name__} {book}" for one, book in phase.must)
                    notes.append({"seed": seed, "phase": count, "wanted": wanted, "said": names})
        rows.append({"measured": scenario.__name__, "kind": kind, "real": bool(pictures), **tally, "notes": notes[:6]})
        print(json.dumps(rows[-1], ensure_ascii=False), flush=True)
    total = {key: sum(row[key] for row in rows) for key in ("must", "right", "missed", "wrong")}
    return [{"measured": "scenarios", "kind": kind, "real": bool(pictures), **total}]


def _books(events: Iterable[ShelfEvent], kind: type[BookTaken] | type[BookReturned]) -> list[str]:
    return sorted(event.book for event in events if isinstance(event, kind))


def idle(kind: str, minutes: float, pictures: Path | None) -> dict[str, Any]:
    """Nobody touches a book: light wanders and jumps, people pass and stand, the camera is knocked, the lights go out.
    Frames come at two a second."""
    (seed, scene), *_ = scenes(kind, 1, pictures)
    sensor, rng = watched(scene, seed), np.random.default_rng(seed)
    film = Film(scene, rng, fps=2.0)
    said: list[dict[str, Any]] = []
    people = knocks = 0
    spent, looks = 0.0, 0
    while film.t < 60 * minutes:
        turn = int(rng.integers(12))
        if turn < 5:
            frames = film.drift(float(rng.uniform(10, 40)))
        elif turn < 7:
            film.lamp()
            frames = film.rest(6)
        elif turn < 10:
            people += 1
            stop = (0.0, 12.0, 12.0, 300.0)[int(rng.integers(4))] if people % 8 == 0 else float(rng.choice([0, 12]))
            frames = film.passing(stop, size=float(rng.uniform(0.8, 1.2)))
        elif turn == 10:
            knocks += 1
            shift = rng.uniform(-8, 8, 2)
            scene.knock = (float(shift[0]), float(shift[1]), float(rng.uniform(-0.3, 0.3)))
            frames = film.rest(8)
        else:
            before, film.light = film.light, type(film.light)(gain=0.04)
            dark = list(film.rest(10))
            film.light = before
            frames = [*dark, *film.rest(5)]  # type: ignore[assignment]
        events, cpu, number = play(sensor, frames)
        spent, looks = spent + cpu, looks + number
        said += [event.message() for event in events]
    matcher = sensor.matcher
    counts = matcher.counts if isinstance(matcher, SlotMatcher) else {}
    return {
        "measured": "idle", "kind": kind, "real": bool(pictures), "minutes": round(film.t / 60, 1), "people": people,
        "knocks": knocks, "false_events": len(said), "said": said[:6], **counts,
        "cpu_ms_a_look": round(1000 * spent / max(1, looks), 1),
    }  # fmt: skip


def slots(kind: str, cases: int, pictures: Path | None) -> dict[str, Any]:
    """How many true slots are suggested to within 4 pixels at their sides."""
    true = found = given = 0
    for seed, scene in scenes(kind, cases, pictures):
        layout = suggest(reference(scene, seed))
        given += len(layout.slots)
        for slot in true_layout(scene).slots:
            true += 1
            found += any(
                abs(one.box.x - slot.box.x) <= 4 and abs(one.box.right - slot.box.right) <= 4 and one.row == slot.row
                for one in layout.slots
            )
    return {"measured": "slots", "kind": kind, "real": bool(pictures), "true": true, "suggested": given, "right": found}


def suggested(kind: str, cases: int, pictures: Path | None) -> dict[str, Any]:
    """Each book taken in turn, of a shelf enrolled as its slots were suggested, uncorrected. right: one event, for a
    slot that lies on that book; also: such an event and others beside it; silent: none."""
    tally = dict.fromkeys(("right", "also", "wrong", "silent"), 0)
    for seed, scene in scenes(kind, cases, pictures):
        picture, rng = reference(scene, seed), np.random.default_rng(seed)
        layout = suggest(picture)
        shelf = EnrolledShelf("measured", layout, only_the_shelf(picture, layout))
        before = dict(scene.places)
        for true in list(true_layout(scene).slots)[::4]:
            film, sensor = Film(scene, rng), watch(shelf)
            film.lamp()
            play(sensor, film.rest(2))
            said, _, _ = play(sensor, taking(film, [true.book], "stay"))
            scene.places.clear()
            scene.places.update(before)
            on = [layout.slot(e.slot) for e in said if isinstance(e, BookTaken)]
            hits = [s for s in on if s.row == true.row and true.box.x <= s.box.middle < true.box.right]
            kind_of = "silent" if not on else "wrong" if not hits else "right" if len(on) == 1 else "also"
            tally[kind_of] += 1
    return {"measured": "suggested", "kind": kind, "real": bool(pictures), "taken": sum(tally.values()), **tally}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["episodes", "scenarios", "idle", "slots", "suggested"])
    parser.add_argument("--cases", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--kind", choices=sorted(KINDS), action="append")
    parser.add_argument("--only", action="append", default=[])
    asked = parser.parse_args()
    for kind in asked.kind or (["plain"] if asked.pictures else list(KINDS)):
        if asked.what == "idle":
            row = idle(kind, asked.minutes, asked.pictures)
        elif asked.what == "scenarios":
            (row,) = scenarios(kind, asked.cases, asked.pictures, asked.only)
        else:
            measure = {"episodes": episodes, "slots": slots, "suggested": suggested}[asked.what]
            row = measure(kind, asked.cases, asked.pictures)
        print(json.dumps(row, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
