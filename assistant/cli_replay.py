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


def replay_frames(
    files: Sequence[Path], fps: float | None, see: Callable[[FrameSource], Iterable[Seen]], write: Write
) -> bool:
    """Print what is seen in each file, in its own time; with several, a `file` line first. One that fails does not stop
    the others: it gets an `error` line, as in `--as mic`. fps: of a folder; a video is thinned to it. True: all read.
    """
    from perception.sources import recording

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
