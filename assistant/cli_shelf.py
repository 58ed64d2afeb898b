"""`seoula enroll shelf`: a bookcase learnt from one picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.contracts import BadInput, ConfigError, SeoulaError
from assistant.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from content_registry.books import ShelfBook


def shelves_folder(settings: Settings) -> Path:
    """Where enrolled shelves are kept."""
    return settings.state_dir / "shelves"


def enroll_shelf(
    picture: Annotated[Path | None, typer.Argument(help="a picture of the full shelf, nobody in front")] = None,
    name: Annotated[str, typer.Option("--name", help="what the shelf is called")] = "",
    slots: Annotated[Path | None, typer.Option("--slots", help="corrected slots: a shelf.json")] = None,
    books: Annotated[Path | None, typer.Option("--books", help="a site's own catalogue (books.yaml)")] = None,
    tags: Annotated[bool, typer.Option("--tags", help="watch ArUco tags (DICT_4X4_50) instead of colours")] = False,
    no_titles: Annotated[bool, typer.Option("--no-titles", help="do not read titles off the spines")] = False,
    list_: Annotated[bool, typer.Option("--list", help="the enrolled shelves")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="forget NAME")] = False,
    settings_file: Annotated[
        Path | None, typer.Option("--settings", help="settings file instead of ./settings.toml")
    ] = None,
) -> None:
    """Learn where the books of a shelf stand and which they are, and print how surely each would be missed.

    Slots are suggested; correct them in the printed shelf.json and enrol again with --slots. Of the picture only the
    rows of books and their boards are kept.
    """
    from assistant.cli import fail, read_settings, write

    settings = read_settings(settings_file)
    try:
        if list_:
            _list(shelves_folder(settings), write)
        elif remove:
            from perception.shelf.store import remove as forget

            forget(shelves_folder(settings), _named(name))
            write({"type": "removed", "name": name})
        elif picture is None:
            raise BadInput("bad-arguments", "a picture of the shelf is needed")
        else:
            _enrol(shelves_folder(settings), _named(name), picture, slots, catalogue(books), tags, no_titles, write)
    except SeoulaError as error:
        fail(error)


def catalogue(file: Path | None) -> Mapping[str, ShelfBook]:
    """The books of a site's catalogue, or of the one that comes with the product. Raises ConfigError `bad-books`."""
    from content_registry.books import load_books
    from content_registry.schema import RegistryError

    try:
        return load_books(file)
    except RegistryError as error:
        raise ConfigError("bad-books", error.message) from error


def _named(name: str) -> str:
    if not name:
        raise BadInput("bad-arguments", "--name says what the shelf is called")
    return name


def _enrol(
    folder: Path,
    name: str,
    picture: Path,
    slots: Path | None,
    books: Mapping[str, ShelfBook],
    tags: bool,
    no_titles: bool,
    write: Any,
) -> None:
    from perception.shelf.enrolling import enrol
    from perception.shelf.layout import read_layout
    from perception.shelf.reading import installed, read_spine
    from perception.shelf.store import save
    from perception.sources import read_picture

    read = None if no_titles else read_spine
    if read is not None:
        installed()
    layout = read_layout(_text(slots)) if slots is not None else None
    found = enrol(name, read_picture(picture), books, layout=layout, tags=tags, read=read)
    place = save(folder, found.shelf)
    for row in found.rows:
        write({**row, "slots_file": str(place / "shelf.json")} if row["type"] == "shelf" else row)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise BadInput("bad-layout", f"{file}: cannot be read ({type(error).__name__})") from error


def _list(folder: Path, write: Any) -> None:
    from perception.shelf.store import load, names

    for name in names(folder):
        try:
            shelf = load(folder, name)
        except BadInput as error:
            write({"type": "shelf", "name": name, "state": error.code, "message": error.message})
            continue
        told = {"type": "shelf", "name": name, "state": "ok", "by": shelf.by, "slots": len(shelf.layout.slots)}
        write({**told, "books": [slot.book for slot in shelf.layout.slots]})
