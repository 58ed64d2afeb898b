"""Meetings: the rooms and their PINs, what writes captions, the key of recordings."""

from __future__ import annotations

import os
from pathlib import Path

from assistant.contracts import SeoulaError
from assistant.doctor.row import Row
from assistant.meetings import KEY_FILE, plans_of
from assistant.models_manifest import locate, named
from assistant.settings import Settings
from content_registry.loader import load_registry
from telephony.sealed import load_key

_NEW_KEY = (
    "키 파일을 지우면 새로 만들지만, 지난 녹화는 열 수 없습니다 / "
    "without the file a new key is made; old recordings stay shut"
)


def rooms(settings: Settings) -> Row:
    """The standing rooms, and whether recordings can be encrypted."""
    try:
        plans = plans_of(load_registry(), settings)
    except SeoulaError as error:
        return Row("meetings", "degraded", error.message, "설정을 고치세요 / mend the setting meetings.pins")
    kept = f"kept {settings.meetings.keep_days:g} days"
    told = f"{len(plans)} rooms, {sum(plan.door is not None for plan in plans)} with a PIN; minutes {kept}"
    if not settings.meetings.recording:
        return Row("meetings", "ok", f"{told}; recording is off")
    key = Path(os.environ.get("SEOULA_SECRETS_DIR", "secrets")) / KEY_FILE
    if not key.exists():
        return Row("meetings", "ok", f"{told}; the key of recordings is made with the first one ({key})")
    try:
        load_key(key)
    except SeoulaError as error:
        return Row("meetings", "degraded", error.message, _NEW_KEY)
    if key.stat().st_mode & 0o077:
        return Row("meetings", "degraded", f"{key} can be read by others", f"chmod 600 {key}")
    return Row("meetings", "ok", f"{told}; recordings are encrypted ({key})")


def captions(settings: Settings) -> Row:
    """What writes them."""
    wanted = settings.meetings.captions
    if wanted == "off":
        return Row("captions", "ok", "off (meetings.captions)")
    if wanted == "vosk":
        return Row("captions", "ok", "Vosk's free dictation, as the setting says")
    try:
        folder = locate(named("whisper-base"))
    except SeoulaError as error:
        if wanted == "whisper":
            return Row("captions", "degraded", f"none: {error.message}", "설치를 다시 실행하세요 / make setup")
        detail = f"Vosk's free dictation, which gets two characters in five wrong: {error.message}"
        return Row("captions", "degraded", detail, "설치를 다시 실행하세요 / make setup")
    return Row("captions", "ok", f"Whisper ({folder.name}), from the first voice on")
