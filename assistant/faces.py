"""Where enrolled faces are, and the key that they are sealed with: from the settings to those who read faces.

The key travels in the environment and never on a command line, which every program of the machine can read.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from assistant.settings import Settings

KEY_VARIABLE = "SEOULA_FACE_KEY"


def faces_folder(settings: Settings) -> Path:
    """Of the sealed profiles."""
    return settings.state_dir.absolute() / "faces"


def key_file(settings: Settings) -> Path:
    """Of this machine's own key, beside the folder: a copy of the folder alone is of no use."""
    return settings.state_dir.absolute() / "faces.key"


def face_options(settings: Settings) -> dict[str, Any]:
    """What perception's face settings are made of, without the key."""
    mine = {"profiles": str(faces_folder(settings)), "key_file": str(key_file(settings))}
    return {**mine, **settings.seeing.face}


def with_faces(settings: Settings, options: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """A camera's abilities with what the face check needs, where it is one of them."""
    return {**options, "face": face_options(settings)} if "face" in options else options


def face_key(settings: Settings) -> str:
    """As it is configured; empty: this machine's own."""
    return settings.face_key.get_secret_value() if settings.face_key is not None else ""


def face_key_env(settings: Settings) -> dict[str, str]:
    """For a worker that reads faces."""
    key = face_key(settings)
    return {KEY_VARIABLE: key} if key else {}


def with_face_key(options: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """A worker's abilities with the key of its environment, which then holds it no more: nor do its own children."""
    key = os.environ.pop(KEY_VARIABLE, "")
    return {**options, "face": {**options["face"], "key": key}} if "face" in options and key else options
