"""The command line `seoula`: JSON lines on stdout, logs on stderr, exit code 0 only on success."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from assistant import logs
from assistant.cli_enroll import enroll_cli
from assistant.cli_face import enroll_face
from assistant.cli_pin import enroll_pin
from assistant.cli_shelf import enroll_shelf
from assistant.cli_turn import turn_cli
from assistant.contracts import BadInput, ConfigError, SeoulaError
from assistant.faces import face_key, face_options
from assistant.process import event_loop
from assistant.quiet import quiet_stderr
from assistant.settings import Settings, load_settings
from assistant.shelf_enrolling import shelves_folder

cli = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="서울아: the mayor's office assistant",
)
pair_cli = typer.Typer(no_args_is_help=True, help="Device tokens: displays, tablets, watches, consoles")
cli.add_typer(pair_cli, name="pair")
cli.add_typer(enroll_cli, name="enroll")
enroll_cli.command("shelf")(enroll_shelf)
enroll_cli.command("pin")(enroll_pin)
enroll_cli.command("face")(enroll_face)
cli.add_typer(turn_cli, name="turn")

WRONG_USAGE = ("bad-arguments", "bad-challenge", "bad-fps")
"""What another command line would mend, as with the options that typer refuses itself."""

SettingsFile = Annotated[Path | None, typer.Option("--settings", help="settings file instead of ./settings.toml")]


def write(row: dict[str, Any]) -> None:
    """One JSON line on stdout, at once."""
    print(json.dumps(row, ensure_ascii=False), flush=True)


def fail(error: SeoulaError) -> NoReturn:
    """Report a typed error on stderr and end with code 2 where the command was wrong, with 1 otherwise."""
    print(f"seoula: {error.message} [{error.code}]", file=sys.stderr)
    raise typer.Exit(2 if error.code in WRONG_USAGE else 1)


def read_settings(file: Path | None) -> Settings:
    """Settings, with logging set up; ends the program on an error."""
    try:
        settings = load_settings(file)
    except SeoulaError as error:
        fail(error)
    logs.set_up(logging.getLevelNamesMapping()[settings.log_level], json=settings.log_format == "json")
    return settings


@cli.command()
def run(
    settings_file: SettingsFile = None,
    no_mic: Annotated[bool, typer.Option("--no-mic", help="do not open a microphone")] = False,
) -> None:
    """Start everything and print the addresses of the screens."""
    settings = read_settings(settings_file)
    if no_mic:
        settings.hearing.microphone = False
    from assistant.app import serve
    from assistant.service import Service

    def started(service: Service, origin: str) -> None:
        for row in service.addresses(origin):
            write(row)
        print(f"서울아 is running: {origin}  (Ctrl-C ends it)", file=sys.stderr)

    try:
        with asyncio.Runner(loop_factory=event_loop()) as runner:
            runner.run(serve(settings, started))
    except SeoulaError as error:
        fail(error)
    except OSError as error:  # a state folder that is full, or whose files are another's
        fail(ConfigError("bad-state-dir", f"{error.filename or settings.state_dir}: {error.strerror or error}"))
    except KeyboardInterrupt:
        return


@cli.command()
def doctor(settings_file: SettingsFile = None) -> None:
    """Check every real component: ok, missing or degraded, and what to do."""
    settings = read_settings(settings_file)
    from assistant.doctor import run_checks, table

    rows = []
    for row in run_checks(settings):
        write(row.as_json())
        rows.append(row)
    if sys.stderr.isatty():
        print(table(rows), file=sys.stderr)
    raise typer.Exit(1 if any(row.blocks for row in rows) else 0)


def _lines(text: str) -> Iterator[str]:
    if text != "-":
        yield text
        return
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8", errors="replace").rstrip("\r\n")


@cli.command()
def understand(
    text: Annotated[str, typer.Argument(help="a sentence, or - for one per line on stdin")],
    settings_file: SettingsFile = None,
) -> None:
    """What a sentence means: one JSON object per input line."""
    settings = read_settings(settings_file)
    from assistant.app import open_understander
    from assistant.understanding.line import as_line

    async def work() -> None:
        async with open_understander(settings) as understander:
            for line in _lines(text):
                write(as_line(await understander.understand(line)))

    try:
        asyncio.run(work())
    except SeoulaError as error:
        fail(error)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@cli.command()
def train(
    settings_file: SettingsFile = None,
    force: Annotated[bool, typer.Option("--force", help="train even when nothing changed")] = False,
) -> None:
    """Registry -> NLU data -> Rasa model -> recogniser phrases; a running service reloads without a restart."""
    settings = read_settings(settings_file)
    from assistant.app import train as train_all

    try:
        for row in train_all(settings, force=force):
            write(row)
    except SeoulaError as error:
        fail(error)


@cli.command()
def replay(
    files: Annotated[list[Path], typer.Argument(help="recordings: wav, flac, ogg, mp3; videos or folders of pictures")],
    as_: Annotated[str, typer.Option("--as", help="what the files are: mic, hands, face, shelf")] = "mic",
    fps: Annotated[float | None, typer.Option(help="pictures a second: of a folder; a video is thinned to it")] = None,
    push_to_talk: Annotated[bool, typer.Option("--push-to-talk", help="start at speech, without a wake word")] = False,
    phrases: Annotated[Path | None, typer.Option(help="recognise against this list, one phrase a line")] = None,
    wake_model: Annotated[Path | None, typer.Option(help="another wake head (.onnx with its card)")] = None,
    wake_people: Annotated[str, typer.Option(help="whose enrolled heads: names with commas between, or none")] = "",
    shelf: Annotated[str, typer.Option("--shelf", help="which enrolled shelf the pictures show")] = "",
    profile: Annotated[str, typer.Option("--profile", help="whose face it must be; nobody named: any enrolled")] = "",
    challenge: Annotated[str, typer.Option(help="what a face recording was asked: left,right,up,blink in order")] = "",
    away: Annotated[float | None, typer.Option(help="seconds until a face that is gone has left")] = None,
    debug: Annotated[bool, typer.Option("--debug", help="--as face: the measured figures too")] = False,
    settings_file: SettingsFile = None,
) -> None:
    """Play recordings through the real chain in the files' own time, faster than real time.

    With several files, each begins with a `file` line. What is wrong with a file is an `error` line on stdout, and the
    others are played all the same; what is wrong with the whole command (a name, a key, a component that is missing) is
    said on stderr, and nothing is played. Exit code 0: every file was played to its end, whatever the answer
    (`rejected` and `not_understood` are answers). 1: something was missing or damaged. 2: wrong usage.
    """
    settings = read_settings(settings_file)
    from assistant.cli_replay import replay_face, replay_hands, replay_shelf
    from assistant.replays import replay_microphone

    if wake_model is not None:
        settings.hearing.wake_model = wake_model
    if wake_people:
        names = [] if wake_people == "none" else [name.strip() for name in wake_people.split(",")]
        settings.hearing.wake_people = names
    if as_ not in ("mic", "hands", "face", "shelf"):
        raise typer.BadParameter(f"{as_!r}: mic, hands, face and shelf are known", param_hint="--as")
    try:
        if as_ == "mic":
            ok = asyncio.run(replay_microphone(settings, files, push_to_talk, phrases, write))
        else:
            with quiet_stderr(wanted=settings.log_level != "DEBUG"):
                if as_ == "hands":
                    ok = replay_hands(files, fps, write)
                elif as_ == "shelf":
                    ok = replay_shelf(files, fps, shelves_folder(settings), shelf, write)
                else:
                    options = {**face_options(settings), "key": face_key(settings)}
                    ok = replay_face(files, fps, options, profile, challenge, away, debug, write)
    except SeoulaError as error:
        fail(error)
    raise typer.Exit(0 if ok else 1)


@pair_cli.command("issue")
def pair_issue(
    role: Annotated[str, typer.Argument(help="wall, tv, tablet, watch, kiosk, web, console")],
    display: Annotated[str, typer.Argument(help="the display it shows or commands; of a console its own id")] = "main",
    name: Annotated[str, typer.Option(help="what people call the device")] = "",
    department: Annotated[str, typer.Option(help="whose console it is, by the department's id")] = "",
    person: Annotated[str, typer.Option(help="whose watch it is, by the name the face is enrolled under")] = "",
    origin: Annotated[str, typer.Option(help="the address that the device reaches this service at")] = "",
    settings_file: SettingsFile = None,
) -> None:
    """Issue a token and the address that pairs the device. They are printed once; only a digest is kept."""
    from content_registry.loader import load_registry
    from display_bridge.pairing import CONSOLE
    from perception.face.store import checked_name

    settings = read_settings(settings_file)
    pairing = _pairing(settings)
    try:
        if department and department not in load_registry().departments:
            raise BadInput("unknown-department", f"there is no department {department!r}")
        if person:
            person = checked_name(person)
        token, device = pairing.issue(
            role=role, display=display, name=name or f"{role} {display}", department=department, person=person
        )
    except SeoulaError as error:
        fail(error)
    page = "console" if role == CONSOLE else f"screen/{role}/{display}"
    write({"token": token, "url": f"{_origin(settings, origin)}/{page}#token={token}", **device.as_json()})


def _origin(settings: Settings, given: str) -> str:
    """Where the service is reached: as somebody says, else on this machine."""
    return (given or f"http://{settings.server.host}:{settings.server.port}").rstrip("/")


@pair_cli.command("scene")
def pair_scene(
    room: Annotated[str, typer.Argument(help="the room: event:ID of an incident, or a meeting room's id")],
    name: Annotated[str, typer.Option(help="what the phone is called in the room")] = "",
    origin: Annotated[str, typer.Option(help="the address that phones reach this service at")] = "",
    settings_file: SettingsFile = None,
) -> None:
    """Issue a link for a phone at a scene: one room, one use, within 30 minutes. Its QR code goes to stderr."""
    from telephony.links import Links, qr_text

    settings = read_settings(settings_file)
    try:
        token, link = Links(settings.state_dir / "db" / "links.json", time.time).issue(room, name)
    except SeoulaError as error:
        fail(error)
    url = f"{_origin(settings, origin)}/scene#token={token}"
    print(qr_text(url), file=sys.stderr)
    write({"token": token, "url": url, "id": link.id, "room": link.room, "expires": link.expires})


@pair_cli.command("list")
def pair_list(settings_file: SettingsFile = None) -> None:
    """List the paired devices."""
    for device in _pairing(read_settings(settings_file)).devices():
        write(device.as_json())


@pair_cli.command("revoke")
def pair_revoke(
    device: Annotated[str, typer.Argument(help="the device's id")], settings_file: SettingsFile = None
) -> None:
    """Revoke a token; a connected device is cut off."""
    try:
        _pairing(read_settings(settings_file)).revoke(device)
    except SeoulaError as error:
        fail(error)
    write({"revoked": device})


def _pairing(settings: Settings) -> Any:
    from display_bridge.pairing import Pairing

    return Pairing(settings.state_dir / "db" / "devices.json")


def main() -> None:
    """Entry point."""
    cli()
