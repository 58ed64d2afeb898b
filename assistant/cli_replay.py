"""`seoula replay --as hands|face|shelf`: videos and folders of pictures through the perception of one camera.

The libraries that see are loaded here, in the command's own process, and only when it is asked to see something.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from assistant.contracts import BadInput, SeoulaError

if TYPE_CHECKING:
    from perception.frames import FrameSource

Write = Callable[[dict[str, Any]], None]


class Seen(Protocol):
    """An event of any kind of perception."""

    @property
    def t(self) -> float:
        """Seconds of the recording."""
        ...

    def message(self) -> dict[str, Any]:
        """What is printed."""
        ...


def replay_hands(files: Sequence[Path], fps: float | None, write: Write) -> bool:
    """`--as hands`. False when a file could not be read, as its own line says. Raises Unavailable `model-missing`."""
    from perception.hands.replaying import replay

    return replay_frames(files, fps, replay, write)


def replay_shelf(files: Sequence[Path], fps: float | None, shelves: Path, name: str, write: Write) -> bool:
    """`--as shelf --shelf NAME`. Raises BadInput `bad-arguments`, `no-such-shelf` or `bad-shelf`."""
    from perception.shelf.replaying import replay
    from perception.shelf.store import load

    if not name:
        raise BadInput("bad-arguments", "--shelf says which enrolled shelf it is (seoula enroll shelf --list)")
    shelf = load(shelves, name)
    return replay_frames(files, fps, lambda source: replay(source, shelf), write)


def replay_face(
    files: Sequence[Path],
    fps: float | None,
    options: dict[str, Any],
    profile: str,
    challenge: str,
    away_s: float | None,
    debug: bool,
    write: Write,
) -> bool:
    """`--as face`. profile: whom it must be; empty: anybody who is enrolled. challenge: the order that the recording
    was made with; empty: by chance, as for a camera. debug: figures too. Raises BadInput `bad-arguments`,
    `bad-challenge`, `nobody-enrolled`, `no-such-person`, ConfigError of the settings and the key, Unavailable
    `model-missing`."""
    from perception.face.detector import RealEyes
    from perception.face.profiles import Profiles
    from perception.face.replaying import replay, steps_of
    from perception.face.settings import MOST_AWAY_S, face_settings

    if away_s is not None and not 0 < away_s <= MOST_AWAY_S:
        raise BadInput("bad-arguments", f"--away is more than 0 and at most {MOST_AWAY_S:g} seconds, not {away_s:g}")
    settings = face_settings(options)
    steps = steps_of(challenge) if challenge else None
    people = [profile] if profile else None
    eyes = RealEyes(settings)  # what is wrong with the models, the key or the person is no matter of a single file
    try:
        Profiles(settings).known(people, eyes.embedder)
    finally:
        eyes.close()
    return replay_frames(
        files, fps, lambda source: replay(source, settings, people, steps, away_s=away_s, debug=debug), write
    )


def replay_frames(
    files: Sequence[Path], fps: float | None, see: Callable[[FrameSource], Iterable[Seen]], write: Write
) -> bool:
    """Print what is seen in each file, in its own time; with several, a `file` line first. One that fails does not stop
    the others: it gets an `error` line, as in `--as mic`. fps: of a folder; a video is thinned to it. True: all read.
    Raises BadInput `bad-fps`.
    """
    from perception.sources import check_fps, recording

    check_fps(fps)
    fine = True
    for file in files:
        if len(files) > 1:
            write({"type": "file", "file": str(file)})
        at = 0.0
        try:
            source = recording(file, fps)
            for event in see(source):
                at = event.t
                write(event.message())
            problem = getattr(source, "problem", None)
        except BadInput as error:
            problem = error
        if problem is not None:
            fine = False
            write(_failed(file, at, problem))
    return fine


def _failed(file: Path, at: float, problem: SeoulaError) -> dict[str, Any]:
    row = {"t": round(at, 3), "type": "error", "code": problem.code, "message": problem.message}
    return {**row, "file": str(file)}
