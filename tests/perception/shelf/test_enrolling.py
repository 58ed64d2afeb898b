"""A shelf learnt from one picture: its slots, its titles, and how it is kept."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from assistant.cli import cli
from assistant.contracts import BadInput, Unavailable
from content_registry.books import ShelfBook, load_books, matched
from perception.shelf import reading
from perception.shelf.enrolling import enrol
from perception.shelf.events import BookTaken
from perception.shelf.layout import read_layout
from perception.shelf.reading import Read, read_spine
from perception.shelf.replaying import watch
from perception.shelf.store import EnrolledShelf, load, names, only_the_shelf, remove, save
from perception.shelf.suggesting import suggest
from perception.shelf.tags import tags_in
from tests.perception.shelf.episodes import Film, reference, taking, true_layout
from tests.perception.shelf.render import Book, Scene, bookcase, spine


def near(one: Any, other: Any) -> bool:
    return bool(abs(one.box.x - other.box.x) <= 4 and abs(one.box.right - other.box.right) <= 4)


@pytest.mark.parametrize(("seed", "style"), [(402, "reporting"), (403, "tuning")])
def test_slots_are_suggested_where_the_books_stand(seed: int, style: str) -> None:
    scene = bookcase(seed, style, white=3, thin=2)
    layout, truth = suggest(reference(scene, seed)), true_layout(scene)
    right = [slot for slot in truth.slots if any(near(slot, one) and slot.row == one.row for one in layout.slots)]
    assert len(right) >= 0.95 * len(truth.slots)
    assert len(layout.slots) <= 1.05 * len(truth.slots) + 1
    feet = [abs(a.y_at(640) - b.y_at(640)) for a, b in zip(layout.boards, truth.boards, strict=True)]
    assert max(feet) <= 6


@pytest.mark.parametrize(("seed", "series"), [(503, 0), (503, 14)])
def test_the_free_places_beside_the_books_are_no_books(seed: int, series: int) -> None:
    scene = bookcase(seed, "reporting", series=series)
    assert len(suggest(reference(scene, seed)).slots) == len(scene.places)


def test_a_picture_without_a_shelf_is_refused() -> None:
    with pytest.raises(BadInput) as error:
        suggest(np.full((720, 1280, 3), 90, np.uint8))
    assert error.value.code == "no-shelf"


def test_books_are_known_by_their_titles_and_told_with_their_quality() -> None:
    scene = bookcase(404, "reporting", per_row=6)
    layout = true_layout(scene)
    plain = json.loads(json.dumps(layout.as_json()))
    for slot in plain["slots"]:
        slot["book"] = slot["id"]
    titles = [scene.books[slot.book].title for slot in layout.slots]
    books = {
        f"book-{n}": ShelfBook(f"book-{n}", title, f"Book {n}", "", None, "doc", None, None)
        for n, title in enumerate(titles[:4])
    }
    said = iter(titles)
    found = enrol(
        "drawn",
        reference(scene, 404),
        books,
        layout=read_layout(json.dumps(plain)),
        read=lambda spine: Read("._ " + next(said), 88.0),
    )
    assert [slot.book for slot in found.shelf.layout.slots[:5]] == ["book-0", "book-1", "book-2", "book-3", "1-05"]
    last = found.rows[-1]
    assert last["in_catalogue"] == 4
    assert last["quality"]["trials"] == 12
    assert last["quality"]["share"] >= 0.9
    assert found.rows[0]["title"] == titles[0]
    assert {row["slot"] for row in found.rows[:-1] if not row["missed_right"]} == set(last["weak"])


def test_a_book_that_nobody_could_miss_is_told_as_weak() -> None:
    scene = bookcase(405, "tuning", per_row=5)
    name = "book-03"
    book = scene.books[name]
    scene.wall = (16, 14, 14)
    scene.books[name] = Book(name, "", np.full(book.spine.shape, 9, np.uint8), book.row, book.x)
    rows = enrol("drawn", reference(scene, 405), {}, layout=true_layout(scene), read=None).rows
    assert "1-03" in rows[-1]["weak"]
    assert len(rows[-1]["weak"]) <= 2


def test_a_kept_shelf_is_read_again_and_shows_nothing_but_the_shelf(tmp_path: Path) -> None:
    scene = bookcase(406, "tuning", per_row=5)
    picture = reference(scene, 406)
    layout = true_layout(scene)
    save(tmp_path, EnrolledShelf("mayor", layout, picture, "tags"))
    save(tmp_path, EnrolledShelf("mayor", layout, picture))
    shelf = load(tmp_path, "mayor")
    assert (shelf.layout, shelf.by) == (layout, "colour")
    assert np.array_equal(shelf.reference, only_the_shelf(picture, layout))
    assert shelf.reference[700:].max() == 0
    box = layout.slots[0].box
    spines = (slice(box.y, box.bottom), slice(box.x, box.right))
    assert np.array_equal(shelf.reference[spines], picture[spines])
    assert names(tmp_path) == ["mayor"]
    assert [one.name for one in tmp_path.iterdir()] == ["mayor"]
    (tmp_path / "mayor" / "reference.png").write_bytes(b"no picture")
    with pytest.raises(BadInput) as error:
        load(tmp_path, "mayor")
    assert error.value.code == "bad-shelf"
    remove(tmp_path, "mayor")
    with pytest.raises(BadInput) as error:
        load(tmp_path, "mayor")
    assert error.value.code == "no-such-shelf"
    with pytest.raises(BadInput) as error:
        load(tmp_path, "../etc")
    assert error.value.code == "bad-name"


# ------------------------------------------------------------------------------------------------------------- titles


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed (scripts/setup.sh does)")
def test_korean_titles_are_read_off_spines() -> None:
    right = 0
    for number, title in enumerate(("도시의 미래를 여는 책", "공공데이터와 시민", "걷는 도시 서울")):
        drawn = spine(title, 44, 290, np.random.default_rng(number), "reporting", (60, 40, 30), decor=0)
        found = matched({"here": read_spine(drawn).text}, load_books())
        right += found.get("here", ("", 0))[0] in {b.id for b in load_books().values() if b.title_ko == title}
    assert right >= 2


def test_what_tesseract_may_do_is_a_typed_error() -> None:
    drawn = spine("서울", 40, 280, np.random.default_rng(1))

    def missing(*_: Any, **__: Any) -> Any:
        raise FileNotFoundError

    def slow(*_: Any, **__: Any) -> Any:
        raise subprocess.TimeoutExpired("tesseract", 15)

    def failing(*_: Any, **__: Any) -> Any:
        return subprocess.CompletedProcess([], 1, b"", b"")

    def english(*_: Any, **__: Any) -> Any:
        return subprocess.CompletedProcess([], 0, b"List of available languages\neng\nosd\n", b"")

    for run, code in ((missing, "ocr-missing"), (slow, "ocr-timeout"), (failing, "ocr-failed")):
        with pytest.raises(Unavailable) as error:
            read_spine(drawn, run)
        assert error.value.code == code
    with pytest.raises(Unavailable) as error:
        reading.installed(english)
    assert error.value.code == "ocr-language-missing"
    with pytest.raises(Unavailable) as error:
        reading.installed(missing)
    assert error.value.code == "ocr-missing"


# --------------------------------------------------------------------------------------------------------------- tags


def tagged(scene: Scene) -> Scene:
    """The bookcase with a tag on every spine that is wide enough."""
    kinds = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    for number, (name, book) in enumerate(sorted(scene.books.items())):
        mark = cv2.aruco.generateImageMarker(kinds, number, 24)
        drawn = book.spine.copy()
        if book.width >= 32:
            left = (book.width - 32) // 2
            drawn[-44:-12, left : left + 32] = 255
            drawn[-40:-16, left + 4 : left + 28] = mark[..., None]
        scene.books[name] = Book(name, book.title, drawn, book.row, book.x)
    return scene


def test_a_shelf_with_tags_knows_a_book_wherever_it_stands() -> None:
    scene = tagged(bookcase(407, "reporting", per_row=8))
    picture = reference(scene, 407)
    wide = [name for name, book in sorted(scene.books.items()) if book.width >= 32]
    assert len(tags_in(picture)) == len(wide)
    shelf = enrol("tagged", picture, {}, layout=true_layout(scene), tags=True, read=None).shelf
    assert shelf.by == "tags"
    film = Film(scene, np.random.default_rng(2))
    sensor = watch(shelf)
    said = [event for frame in film.rest(2) for event in sensor.see(frame)]
    said += [event for frame in taking(film, [wide[2]], "slide") for event in sensor.see(frame)]
    assert [(type(event), getattr(event, "book", "")) for event in said] == [(BookTaken, wide[2])]


def test_a_shelf_without_tags_cannot_be_watched_by_them() -> None:
    scene = bookcase(408, "tuning", per_row=4)
    with pytest.raises(BadInput) as error:
        enrol("plain", reference(scene), {}, layout=true_layout(scene), tags=True, read=None)
    assert error.value.code == "no-tags"


# -------------------------------------------------------------------------------------------------------- command line


def test_a_shelf_is_enrolled_and_a_recording_replayed_by_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEOULA_STATE_DIR", str(tmp_path / "var"))
    scene = bookcase(409, "reporting", per_row=6)
    cv2.imwrite(str(tmp_path / "full.png"), reference(scene, 409))
    (tmp_path / "slots.json").write_text(json.dumps(true_layout(scene).as_json()), "utf-8")
    run = CliRunner().invoke
    options = ["--name", "mayor", "--slots", str(tmp_path / "slots.json"), "--no-titles"]
    done = run(cli, ["enroll", "shelf", str(tmp_path / "full.png"), *options])
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["type"] for row in rows] == ["slot"] * 12 + ["shelf"]
    assert rows[-1]["quality"]["share"] >= 0.9
    assert Path(rows[-1]["slots_file"]).is_file()
    film = Film(scene, np.random.default_rng(3))
    folder = tmp_path / "film"
    folder.mkdir()
    frames = [*film.rest(1.5), *taking(film, ["book-03"], "lean", "side-arm")]
    for number, frame in enumerate(frames):
        cv2.imwrite(str(folder / f"{number:04}.png"), frame.picture)
    done = run(cli, ["replay", str(folder), "--as", "shelf", "--shelf", "mayor", "--fps", "4"])
    assert done.exit_code == 0, done.output
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["type"], row["book"]) for row in said] == [("book_taken", "book-03")]
    assert 0 < said[0]["t"] < len(frames) / 4
    listed = run(cli, ["enroll", "shelf", "--list"])
    assert json.loads(listed.stdout)["name"] == "mayor"
    refused = run(cli, ["replay", str(folder), "--as", "shelf", "--shelf", "other"])
    assert (refused.exit_code, "no-such-shelf" in refused.output) == (1, True)
    assert run(cli, ["enroll", "shelf", "--remove", "--name", "mayor"]).exit_code == 0
