"""`seoula enroll shelf`: a bookcase learnt from one picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.contracts import BadInput, SeoulaError
from assistant.shelf_enrolling import catalogue, enrol_here, shelves_folder


def enroll_shelf(
    picture: Annotated[Path | None, typer.Argument(help="a picture of the full shelf, nobody in front")] = None,
    name: Annotated[str, typer.Option("--name", help="what the shelf is called")] = "",
    slots: Annotated[Path | None, typer.Option("--slots", help="corrected slots: a shelf.json")] = None,
    books: Annotated[Path | None, typer.Option("--books", help="a site's own catalogue (books.yaml)")] = None,
    tags: Annotated[bool, typer.Option("--tags", help="watch ArUco tags (DICT_4X4_50) instead of colours")] = False,
    closed: Annotated[Path | None, typer.Option("--closed", help="a picture with the door closed")] = None,
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
            enrol_here(
                shelves_folder(settings),
                _named(name),
                picture,
                _text(slots) if slots is not None else None,
                catalogue(books or settings.seeing.books),
                tags=tags,
                titles=not no_titles,
                closed=closed,
                write=write,
            )
    except SeoulaError as error:
        fail(error)


def _named(name: str) -> str:
    if not name:
        raise BadInput("bad-arguments", "--name says what the shelf is called")
    return name


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
