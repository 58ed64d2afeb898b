"""Whether a camera may be asked who somebody is: only a device whose path says that it is hardware."""

from __future__ import annotations

from collections.abc import Callable

from assistant.contracts.errors import NotPermitted
from perception.face.settings import FaceSettings
from perception.sources import is_virtual


def check_camera(source: str | None, settings: FaceSettings, virtual: Callable[[str], bool] = is_virtual) -> None:
    """source: the camera's address; None: a recording. Raises NotPermitted `virtual-camera`."""
    if source is not None and source.startswith(("rtsp://", "rtsps://")):
        if settings.accept_network or settings.accept_recordings:
            return
        raise NotPermitted("virtual-camera", "a camera on the network may not say who somebody is (accept_network)")
    if settings.accept_recordings:
        return
    if source is None or not source.startswith("/dev/"):
        raise NotPermitted("virtual-camera", "a recording may not say who somebody is (accept_recordings)")
    if virtual(source):
        raise NotPermitted("virtual-camera", f"{source} is no camera of this machine's hardware")
