"""Where frames come from: recorded videos, folders of pictures, pictures in memory, cameras on USB, cameras on RTSP."""

from __future__ import annotations

import os
import re
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import cv2
import numpy as np
from PIL import Image

from assistant.contracts.errors import BadInput, Unavailable
from perception.frames import Frame, Picture

KINDS = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp"})
SLOWEST, FASTEST = 0.1, 240.0
"""Frames a second that somebody may ask for, or that a file may say it has."""
MOST_PIXELS = 128_000_000
"""Of one picture: the largest that telephones take have 108 million. One decoded takes three bytes for each."""
MOST_SIDE = 32_000
"""Of one picture. A longer one ends the whole process inside MediaPipe, whose OpenCV counts pixels with 15 bits."""
_STEP_S = 0.001
_TEXT = cv2.VideoWriter.fourcc(*"ansi")
"""FFmpeg would show a text file as a film of its letters."""
_DEVICE = re.compile(r"/dev/(video\d+|v4l/by-(id|path)/[\w.:+-]+)")
_WAIT_MS = 5000
_RTSP_OPTIONS = "OPENCV_FFMPEG_CAPTURE_OPTIONS"


# What cannot be opened is told as a typed error; FFmpeg's own words about an address do not belong in a log.
cv2.setLogLevel(2)  # errors only
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")


class Capture(Protocol):
    """What is used of cv2.VideoCapture."""

    def isOpened(self) -> bool: ...  # noqa: N802  # OpenCV's name
    def read(self) -> tuple[bool, Any]: ...
    def grab(self) -> bool: ...
    def get(self, what: int, /) -> float: ...
    def set(self, what: int, value: float, /) -> bool: ...
    def release(self) -> None: ...


class VideoFile:
    """A recorded video in its own time: at is seconds from its first frame. Every frame, as fast as it is asked.

    fps: thins the video to at most so many frames a second, as a slower camera would have seen it, and is the pace of
    a file that names none. Raises BadInput: `no-such-file`, `not-a-file`, `not-a-video`, `bad-fps`. `problem` says
    after the end whether the file broke off before the length that it names.
    """

    def __init__(self, path: str | Path, fps: float | None = None) -> None:
        self._path = Path(path)
        check_fps(fps)
        _check_file(self._path)
        self._capture: Capture = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG)
        if not self._capture.isOpened() or self._capture.get(cv2.CAP_PROP_FOURCC) == _TEXT:
            raise self._not_a_video()
        told = self._capture.get(cv2.CAP_PROP_FPS)
        self._pace = told if SLOWEST <= told <= FASTEST else (fps or 0.0)
        self._apart = 1.0 / fps if fps else 0.0
        self._length = int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT))
        self._count = 0
        self._first, self._last, self._due = 0.0, 0.0, -1.0
        self._ended = False
        self.problem: BadInput | None = None

    def read(self) -> Frame | None:
        while not self._ended:
            ok, picture = self._capture.read()
            if not ok:
                self._end()
                return None
            at = self._time()
            self._count += 1
            self._last = at
            if at < self._due - _STEP_S:
                continue
            if at > self._due + self._apart:  # the first one, or one after a gap
                self._due = at
            self._due += self._apart
            return Frame(at, picture)
        return None

    def close(self) -> None:
        self._ended = True
        self._capture.release()

    def _time(self) -> float:
        """The file's own time where it goes forward; a file with damaged times runs at its named pace."""
        told = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        if self._count == 0:
            self._first = told if np.isfinite(told) and told > 0 else 0.0
            return 0.0
        told -= self._first
        if np.isfinite(told) and self._last + _STEP_S / 2 < told < self._last + 3600:
            return float(told)
        return self._last + (1.0 / self._pace if self._pace else _STEP_S)

    def _end(self) -> None:
        self._ended = True
        if not self._count:
            raise self._not_a_video()
        if self._length - self._count > max(2, self._length // 50):
            self.problem = BadInput(
                "truncated-video", f"{self._path.name}: {self._count} of {self._length} frames could be read"
            )

    def _not_a_video(self) -> BadInput:
        self._capture.release()
        return BadInput("not-a-video", f"{self._path.name}: no video that can be read")


class PictureFolder:
    """The pictures of a folder in the order of their names (2 before 10), `fps` of them a second.

    Raises BadInput: `no-such-file`, `no-pictures`, `bad-fps` when opened, and `not-a-picture` when a file's turn comes
    and it is none.
    """

    def __init__(self, folder: str | Path, fps: float = 15.0) -> None:
        folder = Path(folder)
        check_fps(fps)
        if not os.path.isdir(folder):
            raise BadInput("no-such-file", f"{folder.name}: there is no such folder")
        self._files = sorted((f for f in folder.iterdir() if f.suffix.lower() in KINDS), key=_natural)
        if not self._files:
            raise BadInput("no-pictures", f"{folder.name}: no pictures in this folder ({', '.join(sorted(KINDS))})")
        self._fps = fps
        self._next = 0

    def read(self) -> Frame | None:
        if self._next >= len(self._files):
            return None
        file, at = self._files[self._next], self._next / self._fps
        self._next += 1
        return Frame(at, read_picture(file))

    def close(self) -> None:
        self._next = len(self._files)


class Arrays:
    """Pictures that are in memory, `fps` of them a second; any iterable, taken one at a time."""

    def __init__(self, pictures: Iterable[Picture], fps: float = 15.0) -> None:
        check_fps(fps)
        self._pictures: Iterator[Picture] = iter(pictures)
        self._fps = fps
        self._count = 0

    def read(self) -> Frame | None:
        picture = next(self._pictures, None)
        if picture is None:
            return None
        at = self._count / self._fps
        self._count += 1
        return Frame(at, picture)

    def close(self) -> None:
        self._pictures = iter(())


class _Live:
    """A camera that OpenCV reads: opened at once, timed when a frame arrives, gone when it gives none."""

    def __init__(self, name: str, capture: Capture, clock: Callable[[], float]) -> None:
        self._name, self._capture, self._clock = name, capture, clock
        self._last = -1.0
        if not capture.isOpened():
            capture.release()
            raise self._gone("cannot be opened")

    def read(self) -> Frame | None:
        ok, picture = self._capture.read()
        if not ok or picture is None:
            raise self._gone("gives no picture")
        self._last = max(self._clock(), self._last + _STEP_S)
        return Frame(self._last, picture)

    def skip(self) -> None:
        if not self._capture.grab():
            raise self._gone("gives no picture")

    def close(self) -> None:
        self._capture.release()

    def _gone(self, why: str) -> Unavailable:
        return Unavailable("camera-gone", f"{self._name} {why}")


class Camera(_Live):
    """A camera by the fixed path of its device, /dev/video0 or better /dev/v4l/by-id/...; never "the first one".

    A path can be trusted to be the camera that it was; a number taken by chance could be a virtual camera. Raises
    BadInput `not-a-camera` for another path, Unavailable `camera-gone` when it cannot be opened or gives nothing.
    """

    def __init__(
        self,
        device: str,
        width: int = 1280,
        height: int = 720,
        fps: float = 30.0,
        *,
        capture: Callable[[str, int], Capture] = cv2.VideoCapture,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not _DEVICE.fullmatch(device):
            raise BadInput("not-a-camera", f"{device}: a camera is a path such as /dev/v4l/by-id/... or /dev/video0")
        super().__init__(device, capture(device, cv2.CAP_V4L2), clock)
        # Uncompressed 1280x720 does not fit through USB 2 at 30 frames a second.
        self._capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
        self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
        self._capture.set(cv2.CAP_PROP_FPS, fps)
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)


class Rtsp(_Live):
    """A camera on the network. Messages name its host and path only: the address may hold a password.

    Raises BadInput `not-a-camera` for another kind of address, Unavailable `camera-gone`.
    """

    def __init__(
        self,
        url: str,
        *,
        capture: Callable[[str, int, list[int]], Capture] = cv2.VideoCapture,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("rtsp", "rtsps") or not parts.hostname:
            raise BadInput("not-a-camera", "the address of a network camera begins with rtsp:// or rtsps://")
        os.environ.setdefault(_RTSP_OPTIONS, "rtsp_transport;tcp")  # over UDP, lost packets smear the picture
        wait = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _WAIT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, _WAIT_MS]
        super().__init__(f"{parts.hostname}{parts.path}", capture(url, cv2.CAP_FFMPEG, wait), clock)


def recording(path: str | Path, fps: float | None = None) -> VideoFile | PictureFolder:
    """A video or a folder of pictures, whichever the path is. Raises BadInput as they do."""
    if os.path.isdir(path):
        return PictureFolder(path, 15.0 if fps is None else fps)
    return VideoFile(path, fps)


def camera(address: str, width: int = 1280, height: int = 720, fps: float = 30.0) -> Camera | Rtsp:
    """The camera of a setting: a device's path or an RTSP address. Raises as they do."""
    return Rtsp(address) if "://" in address else Camera(address, width, height, fps)


def is_virtual(device: str, classes: Path = Path("/sys/class/video4linux")) -> bool:
    """Whether a program, and not a piece of hardware, feeds this device; True when the system cannot tell."""
    node = classes / Path(device).resolve().name
    return not node.exists() or "virtual" in node.resolve().parts


def read_picture(file: Path) -> Picture:
    """One picture, turned upright as its file says. Raises BadInput: `no-such-file`, `not-a-file`, `not-a-picture`,
    `too-large`."""
    _check_file(file)
    _check_size(file)
    try:
        picture = cv2.imdecode(np.fromfile(file, np.uint8), cv2.IMREAD_COLOR) if file.stat().st_size else None
    except (cv2.error, OSError):  # OpenCV raises, too, for what it thinks too large
        picture = None
    if picture is None:
        raise BadInput("not-a-picture", f"{file.name}: no picture that can be read")
    return np.asarray(picture, np.uint8)


def _check_size(file: Path) -> None:
    """By what the file's head says, before anything is decoded: a small file can name a picture that fills the
    memory. What has no such head is for the decoder to refuse."""
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(file) as image:
            wide, high = image.size
    except Image.DecompressionBombError:
        wide = high = MOST_PIXELS  # far beyond ours
    except Exception:  # each format's reader fails in a way of its own
        return
    if wide * high > MOST_PIXELS or max(wide, high) > MOST_SIDE:
        most = f"{MOST_PIXELS // 1_000_000} million pixels and sides of {MOST_SIDE}"
        raise BadInput("too-large", f"{file.name}: a picture has at most {most}")


def _check_file(path: Path) -> None:
    if not os.path.exists(path):  # Path.exists raises for a name that is too long
        raise BadInput("no-such-file", f"{path.name}: there is no such file")
    if not os.path.isfile(path):
        raise BadInput("not-a-file", f"{path.name}: this is not a file")


def check_fps(fps: float | None) -> None:
    """Raises BadInput `bad-fps` for a pace that cannot be; None: the recording's own."""
    if fps is not None and not SLOWEST <= fps <= FASTEST:
        raise BadInput("bad-fps", f"{SLOWEST:g} to {FASTEST:g} frames a second, not {fps:g}")


def _natural(file: Path) -> list[tuple[int, str]]:
    parts = re.split(r"(\d+)", file.name)
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]
