"""Where frames come from: every frame once, in its own time, and a clear error for what is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from assistant.contracts.errors import BadInput, Unavailable
from perception.frames import Frame, FrameSource, LiveSource, Picture
from perception.sources import (
    Arrays,
    Camera,
    PictureFolder,
    Rtsp,
    VideoFile,
    camera,
    is_virtual,
    read_picture,
    recording,
)


def grey(level: int, height: int = 48, width: int = 64) -> Picture:
    return np.full((height, width, 3), level, np.uint8)


def write_video(path: Path, count: int = 30, fps: float = 30.0) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), fps, (64, 48))
    for number in range(count):
        writer.write(grey(number * 8))
    writer.release()
    return path


def all_of(source: FrameSource) -> Iterator[Frame]:
    while (frame := source.read()) is not None:
        yield frame
    source.close()


def test_a_video_gives_every_frame_in_its_own_time(tmp_path: Path) -> None:
    frames = list(all_of(VideoFile(write_video(tmp_path / "a.mp4"))))
    assert [round(frame.at * 30) for frame in frames] == list(range(30))
    levels = [int(frame.picture.mean()) for frame in frames]
    assert levels == sorted(levels)
    assert levels[-1] > 200
    assert frames[0].picture.shape == (48, 64, 3)


@pytest.mark.parametrize(("fps", "expected"), [(60, 30), (30, 30), (15, 15), (10, 10), (7, 7)])
def test_a_video_can_be_seen_as_by_a_slower_camera(tmp_path: Path, fps: float, expected: int) -> None:
    frames = list(all_of(VideoFile(write_video(tmp_path / "a.mp4"), fps)))
    assert len(frames) == expected
    assert all(abs(frame.at - number / min(fps, 30)) <= 1 / 30 for number, frame in enumerate(frames))


def test_a_video_that_breaks_off_says_so(tmp_path: Path) -> None:
    whole = write_video(tmp_path / "a.avi", 120)
    cut = tmp_path / "cut.avi"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    source = VideoFile(cut)
    frames = list(all_of(source))
    assert 10 < len(frames) < 110
    assert source.problem is None or source.problem.code == "truncated-video"
    times = [frame.at for frame in frames]
    assert times == sorted(set(times))


def test_what_is_no_video_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no film\n" * 500)
    (tmp_path / "notes.mp4").write_text("no film\n" * 500)
    (tmp_path / "empty.mp4").touch()
    for name, code in {
        "notes.txt": "not-a-video",
        "notes.mp4": "not-a-video",
        "empty.mp4": "not-a-video",
        "none.mp4": "no-such-file",
        ".": "not-a-file",
    }.items():
        with pytest.raises(BadInput) as told:
            VideoFile(tmp_path / name)
        assert told.value.code == code, name


@pytest.mark.parametrize("fps", [0.0, -1.0, 1000.0, float("nan")])
def test_a_pace_that_cannot_be_is_refused(tmp_path: Path, fps: float) -> None:
    with pytest.raises(BadInput, match="frames a second") as told:
        recording(tmp_path, fps)
    assert told.value.code == "bad-fps"


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    for number, name in enumerate(["p1.png", "p2.JPG", "p10.png", "p11.bmp"]):
        (tmp_path / name).write_bytes(cv2.imencode(Path(name).suffix.lower(), grey(number * 60))[1].tobytes())
    (tmp_path / "notes.txt").write_text("not a picture")
    frames = list(all_of(recording(tmp_path, 10)))
    assert [frame.at for frame in frames] == [0.0, 0.1, 0.2, 0.3]
    assert [round(float(frame.picture.mean()) / 60) for frame in frames] == [0, 1, 2, 3]


def test_a_folder_without_pictures_and_a_picture_that_is_none_are_told(tmp_path: Path) -> None:
    for folder, code in ((tmp_path, "no-pictures"), (tmp_path / "none", "no-such-file")):
        with pytest.raises(BadInput) as told:
            PictureFolder(folder)
        assert told.value.code == code
    (tmp_path / "a.png").write_bytes(cv2.imencode(".png", grey(1))[1].tobytes())
    (tmp_path / "b.png").write_bytes(b"nothing of the kind")
    source = PictureFolder(tmp_path)
    assert source.read() is not None
    with pytest.raises(BadInput, match="b.png") as told:
        source.read()
    assert told.value.code == "not-a-picture"


@given(count=st.integers(0, 40), fps=st.floats(0.5, 120))
@settings(max_examples=30)
def test_pictures_in_memory_have_times_that_only_go_forward(count: int, fps: float) -> None:
    frames = list(all_of(Arrays((grey(level, 2, 2) for level in range(count)), fps)))
    assert len(frames) == count
    assert all(a.at < b.at for a, b in zip(frames, frames[1:], strict=False))
    assert all(frame.at == pytest.approx(number / fps) for number, frame in enumerate(frames))


class FakeCapture:
    """A camera's driver: gives `pictures`, then nothing any more."""

    def __init__(self, pictures: list[Picture], *, opened: bool = True) -> None:
        self.pictures, self.opened, self.released = pictures, opened, False
        self.wanted: dict[int, float] = {}

    def isOpened(self) -> bool:  # noqa: N802
        return self.opened

    def read(self) -> tuple[bool, Picture | None]:
        return (True, self.pictures.pop(0)) if self.pictures else (False, None)

    def grab(self) -> bool:
        return self.read()[0]

    def get(self, what: int, /) -> float:
        return 0.0

    def set(self, what: int, value: float, /) -> bool:
        self.wanted[what] = value
        return True

    def release(self) -> None:
        self.released = True


def test_a_camera_is_opened_as_asked_and_is_gone_when_it_gives_nothing() -> None:
    driver = FakeCapture([grey(1), grey(2), grey(3)])
    asked: list[tuple[str, int]] = []

    def opened(device: str, backend: int) -> FakeCapture:
        asked.append((device, backend))
        return driver

    source = Camera("/dev/v4l/by-id/usb-046d_C920-video-index0", capture=opened, clock=lambda: 5.0)
    assert isinstance(source, LiveSource)
    assert asked == [("/dev/v4l/by-id/usb-046d_C920-video-index0", cv2.CAP_V4L2)]
    assert driver.wanted[cv2.CAP_PROP_FRAME_WIDTH] == 1280
    assert driver.wanted[cv2.CAP_PROP_FRAME_HEIGHT] == 720
    first = source.read()
    source.skip()
    second = source.read()
    assert first is not None
    assert second is not None
    assert second.at > first.at >= 5.0, "later, although the clock stands still"
    assert int(second.picture[0, 0, 0]) == 3
    for again in (source.read, source.skip):
        with pytest.raises(Unavailable, match="gives no picture") as told:
            again()
        assert told.value.code == "camera-gone"
    source.close()
    assert driver.released


def test_a_camera_that_cannot_be_opened_is_gone_and_released() -> None:
    driver = FakeCapture([], opened=False)
    with pytest.raises(Unavailable) as told:
        Camera("/dev/video0", capture=lambda *_: driver)
    assert told.value.code == "camera-gone"
    assert driver.released
    with pytest.raises(Unavailable) as told:
        camera("/dev/video97")  # the real driver
    assert told.value.code == "camera-gone"


@pytest.mark.parametrize("address", ["0", "default", "/etc/passwd", "/dev/../etc/passwd", "video0", "http://a/b", ""])
def test_what_is_no_camera_is_refused(address: str) -> None:
    with pytest.raises(BadInput) as told:
        camera(address)
    assert told.value.code == "not-a-camera"


def test_a_network_camera_never_tells_its_password() -> None:
    with pytest.raises(Unavailable) as told:
        Rtsp("rtsp://viewer:s3cret@127.0.0.1:1/lobby")
    assert told.value.message == "127.0.0.1/lobby cannot be opened"


def test_a_device_that_a_program_feeds_is_told_from_hardware(tmp_path: Path) -> None:
    for name, real in {
        "video0": "devices/pci0000:00/usb1/video4linux/video0",
        "video9": "devices/virtual/v/video9",
    }.items():
        (tmp_path / real).mkdir(parents=True)
        (tmp_path / "class").mkdir(exist_ok=True)
        (tmp_path / "class" / name).symlink_to(tmp_path / real)
    assert not is_virtual("/dev/video0", tmp_path / "class")
    assert is_virtual("/dev/video9", tmp_path / "class")
    assert is_virtual("/dev/video5", tmp_path / "class"), "unknown is not trusted"


def test_a_picture_that_would_fill_the_memory_is_refused_by_its_head(tmp_path: Path) -> None:
    # OpenCV decodes the first and raises at the second; the third ends the process inside MediaPipe.
    for wide, high in ((12_000, 12_000), (40_000, 40_000), (40_000, 8)):
        file = tmp_path / f"{wide}x{high}.png"
        with Image.new("1", (wide, high)) as image:
            image.save(file)
        with pytest.raises(BadInput) as caught:
            read_picture(file)
        assert caught.value.code == "too-large"


def test_a_name_that_is_too_long_is_of_no_file() -> None:
    for make in (recording, PictureFolder, VideoFile, lambda name: read_picture(Path(name))):
        with pytest.raises(BadInput) as caught:
            make("/tmp/" + 300 * "a")
        assert caught.value.code == "no-such-file"
