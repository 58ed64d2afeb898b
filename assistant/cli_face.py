"""`seoula enroll face`: a person's face learnt from a few pictures, with consent; exported and forgotten again."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.contracts import BadInput, SeoulaError
from assistant.faces import face_key, face_options, faces_folder, key_file
from assistant.quiet import quiet_stderr
from assistant.settings import Settings

if TYPE_CHECKING:
    from perception.face.store import FaceStore

CONSENT_TEXT = (
    "제 얼굴의 특징값을 이 기기에 암호화하여 보관하고 비공개 모드를 여는 데에만 쓰는 것에 동의합니다. "
    "언제든지 내려받거나 지울 수 있습니다. / "
    "I agree that numbers of my face are kept on this machine, sealed, for opening the private mode and nothing else. "
    "I may have them exported or deleted at any time."
)


def enroll_face(
    pictures: Annotated[list[Path] | None, typer.Argument(help="5-10 pictures, or a folder of them")] = None,
    name: Annotated[str, typer.Option("--name", help="whose face it is")] = "",
    consent: Annotated[str, typer.Option("--consent", help="who agreed, when and how: kept with the face")] = "",
    camera: Annotated[str, typer.Option("--camera", help="take the pictures now, with this device")] = "",
    list_: Annotated[bool, typer.Option("--list", help="who is enrolled")] = False,
    export: Annotated[Path | None, typer.Option("--export", help="write all that is kept of NAME to this file")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="forget NAME")] = False,
    settings_file: Annotated[
        Path | None, typer.Option("--settings", help="settings file instead of ./settings.toml")
    ] = None,
) -> None:
    """Learn a face. Pictures that cannot be used are named with the reason, in `refused` lines on stdout; none is kept.
    Why nothing was learnt is said on stderr. A running service takes the face up, and forgets it, at once."""
    from assistant.cli import fail, read_settings, write

    settings = read_settings(settings_file)
    try:
        if sum((list_, remove, export is not None, bool(pictures or camera))) > 1:  # else one would be left undone
            raise BadInput("bad-arguments", "pictures, --list, --export and --remove: one of them at a time")
        if list_:
            _list(settings, write)
        elif remove:
            from perception.face.store import FaceStore

            FaceStore(faces_folder(settings), bytes(32)).remove(_named(name))
            write({"type": "removed", "name": name})
        elif export is not None:
            from perception.face.store import write_readable

            write_readable(export, _store(settings).load(_named(name)))
            write({"type": "exported", "name": name, "file": str(export)})
        else:
            with quiet_stderr(wanted=settings.log_level != "DEBUG"):
                _enrol(settings, _named(name), consent, pictures or [], camera, write)
    except SeoulaError as error:
        fail(error)


def _named(name: str) -> str:
    from perception.face.store import checked_name

    if not name:
        raise BadInput("bad-arguments", "--name says whose face it is")
    return checked_name(name)


def _store(settings: Settings, *, make: bool = False) -> FaceStore:
    from perception.face.store import FaceStore, checked_key, key_in

    told = face_key(settings)
    # A new key beside faces that were sealed with another one would make them unreadable for good.
    make = make and not FaceStore(faces_folder(settings), bytes(32)).names()
    key = checked_key(told) if told else key_in(key_file(settings), make=make)
    return FaceStore(faces_folder(settings), key)


def _enrol(settings: Settings, name: str, consent: str, given: Sequence[Path], camera: str, write: Any) -> None:
    from perception.face.detector import RealEyes
    from perception.face.enrolling import Refused, Shot, agreeing, look_at_all, profile_of
    from perception.face.settings import face_settings
    from perception.face.store import CONSENT_VERSION, Consent

    if not consent.strip():
        print(CONSENT_TEXT, file=sys.stderr)
        raise BadInput("bad-consent", "--consent says who has agreed to the text above, when and how")
    if bool(given) == bool(camera):
        raise BadInput("bad-arguments", "name pictures or a folder of them, or --camera to take them now")
    eyes = RealEyes(face_settings(face_options(settings)))
    try:
        pictures = _from_camera(settings, camera) if camera else _from_files(given)
        seen = list(look_at_all(pictures, eyes))
    finally:
        eyes.close()
    shots, others = agreeing([one for one in seen if isinstance(one, Shot)])
    for refused in [*(one for one in seen if isinstance(one, Refused)), *others]:
        write(refused.as_row())
    write({"type": "pictures", "used": min(len(shots), 10), "refused": len(seen) - len(shots)})
    agreed = Consent(consent.strip(), time.time(), CONSENT_VERSION)
    profile = profile_of(name, shots, agreed, eyes.embedder)
    new_key = not face_key(settings) and not key_file(settings).exists()
    place = _store(settings, make=True).save(profile)
    if new_key:
        note = "새 열쇠를 만들었습니다. 따로 백업하세요. / A new key was made; keep a copy apart from the faces."
        write({"type": "key", "file": str(key_file(settings)), "message": note})
    write({"type": "face", "name": name, "file": str(place), **profile.quality, "consent": consent.strip()})


def _from_files(given: Sequence[Path]) -> Iterator[tuple[str, Any]]:
    from perception.sources import KINDS, read_picture

    for path in given:
        if not os.path.exists(path):  # Path.exists raises for a name that is too long
            raise BadInput("no-such-file", f"{path}: there is no such file")
        inside = sorted(file for file in path.iterdir() if file.suffix.lower() in KINDS) if path.is_dir() else [path]
        if not inside:
            raise BadInput("no-pictures", f"{path}: no pictures in this folder ({', '.join(sorted(KINDS))})")
        for file in inside:
            try:
                yield file.name, read_picture(file)
            except BadInput as error:
                yield file.name, error


def _from_camera(settings: Settings, device: str) -> Iterator[tuple[str, Any]]:
    """A picture every second. Raises NotPermitted `virtual-camera`."""
    from perception.face.camera_rule import check_camera
    from perception.face.settings import face_settings
    from perception.sources import camera

    check_camera(device, face_settings(face_options(settings)))
    source = camera(device)
    began, taken = time.monotonic(), 0
    try:
        while taken < 10 and (frame := source.read()) is not None:
            if time.monotonic() - began < 1.5 * (taken + 1):
                continue
            taken += 1
            note = "고개를 조금씩 돌려 주세요 / turn your head a little"
            print(f"{taken}/10: {note}", file=sys.stderr, flush=True)
            yield f"picture {taken}", frame.picture
    finally:
        source.close()


def _list(settings: Settings, write: Any) -> None:
    from perception.face.store import FaceStore

    folder = faces_folder(settings)
    names = FaceStore(folder, bytes(32)).names()
    store = _store(settings) if names else None
    for name in names:
        assert store is not None
        try:
            profile = store.load(name)
        except SeoulaError as error:
            write({"type": "person", "name": name, "state": error.code, "message": error.message})
            continue
        consent = {"consent": profile.consent.by, "consent_at": profile.consent.at}
        quality = {key: value for key, value in profile.quality.items() if key != "advice"}
        told = {"type": "person", "name": name, "state": "ok", **consent, "text": profile.consent.version}
        write({**told, "embedder": profile.embedder, **quality})
