"""The settings of the cameras that the room is seen with; read with the others (settings.py)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from assistant.settings_calls import Section

_NAME = r"^[a-z0-9][a-z0-9-]{0,39}$"
_DEVICE = re.compile(r"/dev/(video\d+|v4l/by-(id|path)/[^/\s]+)", re.ASCII)


class SeeingCamera(Section):
    """A camera before a display. name: ours for it. source: the fixed path of its device, better
    /dev/v4l/by-id/... than /dev/video0, or rtsp://... ; file: instead, a recording played in its own time, whose last
    picture then stays, for demonstrations and tests. hands, face: what it is used for. shelf: the name of an enrolled
    bookshelf that it looks at. fps, idle_fps: frames looked at a second while something goes on, and until then."""

    name: str = Field(pattern=_NAME)
    source: str = Field("", max_length=500)
    file: Path | None = None
    display: str | None = Field(None, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")
    width: int = Field(1280, ge=320, le=3840)
    height: int = Field(720, ge=240, le=2160)
    fps: float = Field(15.0, ge=1, le=60)
    idle_fps: float = Field(4.0, ge=0.5, le=60)
    hands: bool = False
    face: bool = False
    shelf: str | None = Field(None, pattern=_NAME)

    @field_validator("source")
    @classmethod
    def _is_camera(cls, given: str) -> str:
        if given and not given.startswith(("rtsp://", "rtsps://")) and not _DEVICE.fullmatch(given):
            raise ValueError("a camera is /dev/v4l/by-id/..., /dev/videoN or rtsp://...")
        return given

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        if bool(self.source) == (self.file is not None):
            raise ValueError("a camera has a source or a file")
        if not (self.hands or self.face or self.shelf):
            raise ValueError("say what the camera is for: hands, face, shelf")
        return self

    def abilities(self) -> tuple[str, ...]:
        """What it is used for, by the names that the camera's worker knows."""
        wanted = {"hands": self.hands, "face": self.face, "shelf": self.shelf is not None}
        return tuple(name for name, its in wanted.items() if its)


class SeeingSettings(Section):
    """The cameras, one worker each. share: of one processor core that a camera's worker may take before it looks less
    often. hands, face, shelf: figures of these abilities in place of their own (docs/hands.md, docs/face.md,
    docs/bookshelf.md). books: a site's own catalogue of the books on its shelves (books.yaml)."""

    cameras: list[SeeingCamera] = Field([], max_length=8)
    share: float = Field(0.6, gt=0, le=4)
    start_timeout_s: float = Field(60.0, gt=0)
    memory_limit_mb: int = Field(1200, gt=0)
    books: Path | None = None
    hands: dict[str, Any] = {}
    face: dict[str, Any] = {}
    shelf: dict[str, Any] = {}

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        names = [camera.name for camera in self.cameras]
        if "key" in self.face:
            raise ValueError("face.key: give it as SEOULA_FACE_KEY or a file of the secrets folder")
        if len(set(names)) != len(names):
            raise ValueError("two cameras have the same name")
        return self

    def options(self, camera: SeeingCamera) -> dict[str, dict[str, Any]]:
        """The figures of each ability of a camera."""
        return {name: dict(getattr(self, name)) for name in camera.abilities()}


class PrivateModeSettings(Section):
    """Who may open private content, and when it closes by itself (docs/private-mode.md). second_factor: what is needed
    beside the face: `none`, `pin`, `watch`, or `either` of both. away_s: how long the face may be away. onlooker: what
    another face before the screen does: nothing (`off`), the private panel goes (`hide`), or `lock`. longest_min: when
    it closes at the latest, minutes. people: the names of those who may open it; none named: all who are enrolled."""

    second_factor: Literal["none", "pin", "watch", "either"] = "either"
    away_s: float = Field(10.0, ge=3, le=30)
    onlooker: Literal["off", "hide", "lock"] = "lock"
    longest_min: float = Field(30.0, gt=0, le=480)
    people: list[str] = Field([], max_length=50)
