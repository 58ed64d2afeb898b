"""LiveKit's room service: its requests by HTTP (Twirp, JSON), each with a token for that request alone."""

from __future__ import annotations

from typing import Any

import httpx

from assistant.contracts import Unavailable
from telephony.engines.livekit_tokens import Tokens

ASK_S = 5.0


class RoomService:
    """url: of the server, ws(s)://; the room service answers at the same address."""

    def __init__(self, url: str, tokens: Tokens, client: httpx.AsyncClient | None = None) -> None:
        self._base = f"http{url.rstrip('/').removeprefix('ws')}/twirp/livekit.RoomService"
        self._tokens = tokens
        self._client = client or httpx.AsyncClient(timeout=ASK_S)

    async def create(self, room: str, *, most: int, empty_s: int) -> None:
        """Open a room; one that is open stays as it is. empty_s: when an empty one is ended by LiveKit itself."""
        await self._ask("CreateRoom", {"name": room, "max_participants": most, "empty_timeout": empty_s}, _CREATE)

    async def delete(self, room: str) -> None:
        """End a room with all who are in it; none that is not there."""
        await self._ask("DeleteRoom", {"room": room}, _CREATE, missing_is_fine=True)

    async def rooms(self) -> list[str]:
        """The names of all rooms of the server."""
        return [
            str(one.get("name", "")) for one in _rows(await self._ask("ListRooms", {}, {"roomList": True}), "rooms")
        ]

    async def people(self, room: str) -> list[dict[str, Any]]:
        """Who is in a room, as LiveKit's ParticipantInfo; nobody in one that is not there."""
        reply = await self._ask("ListParticipants", {"room": room}, _admin(room), missing_is_fine=True)
        return _rows(reply, "participants")

    async def remove(self, room: str, part: str) -> None:
        """Somebody is out; one that is not there is no error."""
        wanted = {"room": room, "identity": part}
        await self._ask("RemoveParticipant", wanted, _admin(room), missing_is_fine=True)

    async def permit(self, room: str, part: str, permission: dict[str, Any]) -> None:
        """What somebody who is in may do from now on; what he sends against it ends."""
        wanted = {"room": room, "identity": part, "permission": permission}
        await self._ask("UpdateParticipant", wanted, _admin(room), missing_is_fine=True)

    async def close(self) -> None:
        """No more requests."""
        await self._client.aclose()

    async def _ask(
        self, method: str, body: dict[str, Any], video: dict[str, Any], *, missing_is_fine: bool = False
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._tokens.made({'video': video})}"}
        try:
            reply = await self._client.post(f"{self._base}/{method}", json=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable("livekit-unavailable", "the LiveKit server does not answer") from error
        if reply.status_code == httpx.codes.NOT_FOUND and missing_is_fine:
            return {}
        if reply.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise Unavailable("livekit-refused", "the LiveKit server does not know our key, or not our secret")
        try:
            reply.raise_for_status()
            found = reply.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable("livekit-unavailable", "the LiveKit server does not do what it is asked") from error
        return found if isinstance(found, dict) else {}


_CREATE = {"roomCreate": True}


def _admin(room: str) -> dict[str, Any]:
    return {"roomAdmin": True, "room": room}


def _rows(reply: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = reply.get(name, [])
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
