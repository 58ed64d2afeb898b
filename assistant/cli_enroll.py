"""`seoula enroll`: what the assistant learns of single people."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.contracts import BadInput, SeoulaError
from assistant.settings import Settings, wake_people_folder

enroll_cli = typer.Typer(no_args_is_help=True, help="Learn from a person's own recordings; nothing leaves this machine")


@enroll_cli.command("wake")
def wake(
    folder: Annotated[Path | None, typer.Argument(help="10-30 recordings of 서울아: wav, flac, ogg, mp3")] = None,
    name: Annotated[str, typer.Option("--name", help="whose voice it is")] = "",
    mic: Annotated[bool, typer.Option("--mic", help="record now, with the microphone of the settings")] = False,
    takes: Annotated[int, typer.Option("--takes", min=10, max=30, help="with --mic: how many recordings")] = 10,
    list_: Annotated[bool, typer.Option("--list", help="who is enrolled, and what was measured")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="forget NAME")] = False,
    settings_file: Annotated[
        Path | None, typer.Option("--settings", help="settings file instead of ./settings.toml")
    ] = None,
) -> None:
    """Learn how one person says 서울아, within a minute, and print what it misses and how often it wakes for nothing.

    Recordings that cannot be used are named with the reason, in `refused` lines on stdout; why nothing was learnt is
    said on stderr. The shipped head is not touched. The sound is not kept.
    A running service takes the new head up at once; the last line says so.
    """
    from assistant.cli import fail, read_settings, write

    settings = read_settings(settings_file)
    people = wake_people_folder(settings)
    try:
        if list_:
            _list(settings, write)
        elif remove:
            from assistant.hearing.wake_people import remove as forget

            forget(people, _named(name))
            write({"type": "removed", "name": name})
            write(_taken_up(settings, name, wanted=False))
        elif mic == (folder is not None):
            raise BadInput("bad-arguments", "name a folder of recordings, or --mic to record now")
        else:
            _enrol(settings, _named(name), folder, takes, write)
            write(_taken_up(settings, name, wanted=True))
    except SeoulaError as error:
        fail(error)


def _taken_up(settings: Settings, name: str, *, wanted: bool) -> dict[str, Any]:
    """Whether the running service, if there is one, listens for the person, or not any more, as is `wanted`."""
    from assistant.app import ask_service

    answer = ask_service(settings, "/api/v1/wake/people/reload")
    if answer is None:
        note = (
            "실행 중인 서비스가 없습니다. 다음 시작부터 적용됩니다. / No service runs: it applies from its next start."
        )
        return {"type": "service", "running": False, "taken_up": False, "message": note}
    ready, listening = bool(answer.get("in_use")), _named(name) in (answer.get("people") or ())
    taken_up = ready and listening == wanted
    if taken_up:
        note = "지금부터 씁니다. / In use now." if wanted else "이제 쓰지 않습니다. / Not in use any more."
    elif ready and wanted:
        note = "설정(hearing.wake_people)이 이 사람을 쓰지 않습니다. / hearing.wake_people leaves this person out."
    else:
        note = "듣기 장치가 준비되면 적용됩니다. / Hearing has not taken it up yet; it will once it is ready."
    return {"type": "service", "running": True, "taken_up": taken_up, "people": answer.get("people"), "message": note}


def _named(name: str) -> str:
    from assistant.hearing.wake_people import file_name

    if not name:
        raise BadInput("bad-arguments", "--name says whose voice it is")
    return file_name(name)


def _enrol(settings: Settings, name: str, folder: Path | None, takes: int, write: Any) -> None:
    from assistant.hearing.enrolment.person import Enrolment
    from assistant.hearing.enrolment.recordings import Recording, files_in, read_files

    heard = list(read_files(files_in(folder)) if folder is not None else _record(settings, takes))
    for one in heard:
        if not isinstance(one, Recording):
            file, error = one
            write({"type": "refused", "file": file, "code": error.code, "message": error.message})
    used = [one for one in heard if isinstance(one, Recording)]
    write({"type": "recordings", "used": len(used), "refused": len(heard) - len(used)})
    Enrolment(settings.hearing.wake_model, write).enrol(name, used, wake_people_folder(settings))


def _record(settings: Settings, takes: int) -> Any:
    from assistant.hearing.enrolment.takes import record

    if not sys.stdin.isatty() and settings.hearing.microphone_file is None:
        raise BadInput("bad-arguments", "--mic needs a terminal and somebody in front of it")

    def prompt(number: int) -> None:
        print(f"{number}/{takes}: '서울아' 라고 말해 주세요 / say 서울아", file=sys.stderr, flush=True)

    device = next(iter(settings.microphones().values())).device
    return record(None if device == "default" else device, settings.hearing.microphone_file, takes, prompt)


def _list(settings: Settings, write: Any) -> None:
    from assistant.hearing.wake import WakeCard
    from assistant.hearing.wake_people import card_of, people_in, read_people

    base = WakeCard.read(settings.hearing.wake_model.with_suffix(".json")).sha256
    for path in people_in(wake_people_folder(settings)):
        _, bad = read_people([path], base)
        if bad:
            write({"type": "person", "name": path.stem, "state": bad[0].code, "message": bad[0].message})
            continue
        facts = {key: value for key, value in card_of(path).items() if key not in ("sha256", "base_sha256")}
        write({"type": "person", "state": "ok", **facts})
