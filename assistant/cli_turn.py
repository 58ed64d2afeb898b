"""`seoula turn`: coturn's configuration, written from our settings."""

from __future__ import annotations

import ipaddress
import json
import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from assistant.contracts import BadInput, ConfigError, SeoulaError
from assistant.settings import load_settings

turn_cli = typer.Typer(no_args_is_help=True, help="coturn, where browsers cannot reach one another")

_URL = re.compile(r"turns?:(\[[0-9A-Fa-f:]+\]|[^:?]+)(?::(\d{1,5}))?(?:\?.*)?")


@turn_cli.callback()
def _group() -> None:
    """Keeps `config` a command of its own while it is the only one."""


@turn_cli.command("config")
def config(
    folder: Annotated[Path | None, typer.Argument(help="where to; STATE_DIR/turn when none is given")] = None,
    address: Annotated[
        list[str] | None, typer.Option(help="of this host, to listen on and relay from; the URL's when it is a number")
    ] = None,
    deny: Annotated[
        list[str] | None, typer.Option(help="FROM-TO: never to be sent to; the servers' networks above all")
    ] = None,
    allow: Annotated[list[str] | None, typer.Option(help="FROM-TO or one address: may be sent to all the same")] = None,
    relay_ports: Annotated[str, typer.Option(help="UDP, FROM-TO")] = "49160-49200",
    realm: Annotated[str, typer.Option(help="a name that coturn tells its clients")] = "seoula",
    settings_file: Annotated[Path | None, typer.Option("--settings", help="instead of ./settings.toml")] = None,
) -> None:
    """Write turnserver.conf (readable by its owner alone) with the secret and the port of [calls]."""
    from telephony.engines.turnserver import TurnOptions, write_turn_setup

    try:
        settings = load_settings(settings_file)
        host, port = _server(settings.calls.turn_urls)
        options = TurnOptions(
            settings.calls.turn_secret.get_secret_value(),
            tuple(_address(one) for one in address or [host]),
            port,
            _ports(relay_ports),
            realm,
            tuple(_span(one) for one in deny or []),
            tuple(_span(one) for one in allow or []),
        )
        where = folder or settings.state_dir / "turn"
        command = write_turn_setup(where, options)
    except SeoulaError as error:
        print(f"seoula: {error.message} [{error.code}]", file=sys.stderr)
        raise typer.Exit(1) from error
    except OSError as error:
        print(f"seoula: {error.filename}: {error.strerror} [bad-folder]", file=sys.stderr)
        raise typer.Exit(1) from error
    print(json.dumps({"file": str(where / "turnserver.conf"), "command": list(command)}, ensure_ascii=False))


def _server(urls: list[str]) -> tuple[str, int]:
    """Host and port of the first TURN server."""
    for url in urls:
        if (found := _URL.fullmatch(url)) is not None:
            return found[1].strip("[]"), int(found[2] or 3478)
    raise ConfigError("bad-settings", 'calls.turn_urls names no TURN server, as in ["turn:turn.office:3478"]')


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise BadInput("bad-address", f"{text!r} is no address: give the one of this host by --address") from None


def _span(text: str) -> str:
    first, _, last = text.partition("-")
    low, high = ipaddress.ip_address(_address(first)), ipaddress.ip_address(_address(last or first))
    if low.version != high.version or int(low) > int(high):
        raise BadInput("bad-address", f"{text!r} is no range FROM-TO")
    return f"{low}-{high}"


def _ports(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,5})-(\d{1,5})", text)
    if found is None or not 1024 <= int(found[1]) < int(found[2]) <= 65535:
        raise BadInput("bad-ports", "relay ports are FROM-TO, 1024 to 65535")
    return int(found[1]), int(found[2])
