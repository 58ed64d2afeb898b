"""The LiveKit server that carries rooms, where the settings name one."""

from __future__ import annotations

import asyncio

from assistant.api.web_build import VENDOR
from assistant.contracts import Unavailable
from assistant.doctor.row import Row
from assistant.settings import Settings
from telephony.engines.livekit_service import RoomService
from telephony.engines.livekit_tokens import Tokens

CLIENT = VENDOR / "livekit-client" / "dist" / "livekit-client.esm.mjs"
_START = "LiveKit 서버를 확인하세요 / check that the LiveKit server runs and can be reached (calls.livekit_url)"
_KEYS = "키를 확인하세요 / calls.livekit_key and livekit_secret must be a pair of `keys` in LiveKit's configuration"
_SET_UP = "설치를 다시 실행하세요 / run the set-up again: make setup"


def server(settings: Settings) -> Row:
    """Whether it answers, and knows our key."""
    calls = settings.calls
    if not calls.livekit_origin:
        return Row("calls (LiveKit)", "ok", "not used (calls.engine)")
    if not CLIENT.is_file():
        return Row("calls (LiveKit)", "degraded", "its client for the pages is not installed", _SET_UP)
    tokens = Tokens(calls.livekit_key.get_secret_value(), calls.livekit_secret.get_secret_value())
    try:
        rooms = asyncio.run(_rooms(calls.livekit_url, tokens))
    except Unavailable as error:
        fix = _KEYS if error.code == "livekit-refused" else _START
        return Row("calls (LiveKit)", "degraded", f"{calls.livekit_url}: {error.message}", fix)
    secure = "" if calls.livekit_url.startswith("wss:") else "; unencrypted: for a closed network only"
    return Row("calls (LiveKit)", "ok", f"{calls.livekit_url} answers and knows our key, {len(rooms)} rooms{secure}")


async def _rooms(url: str, tokens: Tokens) -> list[str]:
    service = RoomService(url, tokens)
    try:
        return await service.rooms()
    finally:
        await service.close()
