"""Enrolled shelves, as the core knows them: read from disk as text, learnt in a process of their own.

`python -m assistant.shelf_enrolling --folder F --name N [--picture P] ...` is that process: the libraries that see are
loaded there and never in the core. Without a picture the kept one is enrolled again with corrected slots.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from assistant.contracts import BadInput, ConfigError, NotPermitted, SeoulaError, Unavailable
from assistant.process import inherited
from assistant.settings import Settings
from content_registry.books import ShelfBook, load_books
from content_registry.schema import RegistryError

TIMEOUT_S = 300.0
_ERRORS = {kind.__name__: kind for kind in (BadInput, ConfigError, NotPermitted, Unavailable)}


def shelves_folder(settings: Settings) -> Path:
    """Where enrolled shelves are kept."""
    return settings.state_dir / "shelves"


def catalogue(file: Path | None) -> Mapping[str, ShelfBook]:
    """The books of a site's catalogue, or of the one that comes with the product. Raises ConfigError `bad-books`."""
    try:
        return load_books(file)
    except RegistryError as error:
        raise ConfigError("bad-books", error.message) from error


def enrol_here(
    folder: Path,
    name: str,
    picture: Path | None,
    slots: str | None,
    books: Mapping[str, ShelfBook],
    *,
    tags: bool,
    titles: bool,
    closed: Path | None,
    write: Callable[[dict[str, Any]], None],
) -> None:
    """Learn a shelf in this process and tell what was learnt. picture None: the kept one, which needs slots."""
    from perception.shelf.enrolling import enrol
    from perception.shelf.layout import read_layout
    from perception.shelf.reading import installed, read_spine
    from perception.shelf.store import load, save
    from perception.sources import read_picture

    titles = titles and picture is not None
    if titles:
        installed()
    layout = read_layout(slots) if slots is not None else None
    kept = None
    if picture is None:
        kept = load(folder, name)
        if layout is None:
            raise BadInput("bad-arguments", "corrected slots are needed")
    pixels = kept.reference if kept is not None else read_picture(picture or Path())
    door = read_picture(closed) if closed is not None else kept.closed if kept is not None else None
    found = enrol(name, pixels, books, layout=layout, tags=tags, read=read_spine if titles else None, closed=door)
    place = save(folder, found.shelf)
    for row in found.rows:
        write({**row, "slots_file": str(place / "shelf.json")} if row["type"] == "shelf" else row)


async def enrol_beside(folder: Path, name: str, arguments: list[str], slots: str | None = None) -> list[dict[str, Any]]:
    """The same in a child process: its rows. Raises what it raised, and Unavailable `enrolment-failed` or
    `enrolment-slow`."""
    command = [sys.executable, "-m", "assistant.shelf_enrolling", "--folder", str(folder), "--name", name, *arguments]
    pipe = asyncio.subprocess.PIPE
    quiet = asyncio.subprocess.DEVNULL
    child = await asyncio.create_subprocess_exec(*command, env=inherited(), stdin=pipe, stdout=pipe, stderr=quiet)
    try:
        out, _ = await asyncio.wait_for(child.communicate((slots or "").encode()), TIMEOUT_S)
    except TimeoutError as error:
        raise Unavailable("enrolment-slow", f"the shelf was not learnt within {TIMEOUT_S:.0f} s") from error
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    try:
        rows = [dict(json.loads(line)) for line in out.splitlines()]
    except ValueError as error:
        raise Unavailable("enrolment-failed", "the shelf could not be learnt") from error
    for row in rows:
        if row.get("type") == "error":
            raise _ERRORS.get(str(row.get("kind")), Unavailable)(str(row["code"]), str(row["message"]))
    if child.returncode or not rows:
        raise Unavailable("enrolment-failed", "the shelf could not be learnt")
    return rows


def main(arguments: list[str] | None = None) -> int:
    """The command line of the child process; the slots come by standard input with --slots."""
    parser = argparse.ArgumentParser(prog="assistant.shelf_enrolling", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--closed", type=Path)
    parser.add_argument("--books", type=Path)
    parser.add_argument("--slots", action="store_true")
    parser.add_argument("--tags", action="store_true")
    parser.add_argument("--titles", action="store_true")
    its = parser.parse_args(arguments)
    slots = sys.stdin.read() if its.slots else None

    def write(row: dict[str, Any]) -> None:
        print(json.dumps(row, ensure_ascii=False), flush=True)

    try:
        enrol_here(
            its.folder, its.name, its.picture, slots, catalogue(its.books),
            tags=its.tags, titles=its.titles, closed=its.closed, write=write,
        )  # fmt: skip
    except SeoulaError as error:
        write({"type": "error", "kind": type(error).__name__, "code": error.code, "message": error.message})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
