"""`seoula enroll pin`: the PIN that opens private mode together with the face."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from assistant.contracts import BadInput, SeoulaError


def enroll_pin(
    name: Annotated[str, typer.Option("--name", help="whose PIN, by the name the face is enrolled under")] = "",
    stdin: Annotated[bool, typer.Option("--stdin", help="read it from the standard input, one line")] = False,
    list_: Annotated[bool, typer.Option("--list", help="who has a PIN")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="forget NAME's")] = False,
    settings_file: Annotated[
        Path | None, typer.Option("--settings", help="settings file instead of ./settings.toml")
    ] = None,
) -> None:
    """Set a PIN of 6 to 12 digits: typed twice, unseen. Only a hash of it (argon2) is kept; it applies at once."""
    from assistant.cli import fail, read_settings, write
    from assistant.private_service import pins_of
    from perception.face.store import checked_name

    pins = pins_of(read_settings(settings_file))
    try:
        if list_:
            for person in pins.names():
                write({"type": "pin", "name": person})
        elif not name:
            raise BadInput("bad-arguments", "--name says whose PIN it is")
        elif remove:
            pins.remove(name)
            write({"type": "removed", "name": name})
        else:
            pins.set(checked_name(name), _line() if stdin else _typed())
            write({"type": "pin", "name": name})
    except SeoulaError as error:
        fail(error)


def _line() -> str:
    if sys.stdin is None:  # closed by whoever started this
        raise BadInput("bad-pin", "the standard input is closed")
    return sys.stdin.readline(100).strip()


def _typed() -> str:
    if sys.stdin is None or not sys.stdin.isatty():
        raise BadInput("bad-arguments", "typing a PIN needs a terminal; --stdin reads it from the standard input")
    first = getpass.getpass("PIN: ")
    if getpass.getpass("PIN 다시 / again: ") != first:
        raise BadInput("pins-differ", "the two were not the same; nothing was changed")
    return first
