"""What the hub needs of others: rooms with their engine, telephones, the call log. Each is one small Protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from assistant.contracts import Unavailable
from telephony.clients import Client
from telephony.effects import CallRecord


class RoomDesk(Protocol):
    """Meetings and calls of more than two. A client is told by its `id`, which is the room's `part`.

    It sends through the function that it was made with: `(client id, message)`.
    """

    engine: str
    """The name of the media engine, "" for none: then there are no rooms."""

    def message(self, client: Client, message: Mapping[str, Any], *, call: str = "") -> None:
        """A room.*, captions.*, recording.*, consent.* or rtc.* message that is not between two browsers. call: the
        call whose member says it, for a `tap`. Raises SeoulaError."""

    def gone(self, client: Client) -> None:
        """A client does not come back: it leaves every room."""

    def leave(self, party: str) -> bool:
        """A party's screens leave the meetings that they are in. False: they are in none."""

    def call_room(self, action: str, room: str, party: str) -> None:
        """A call goes on in a room: open, allow (a party), remove (a party), close."""

    def tick(self, now: float) -> None:
        """Time passes; epoch does not matter."""


class PhoneDesk(Protocol):
    """Telephones. What happens at them is told to the hub (`Hub.phone`)."""

    def do(self, action: str, leg: str, uri: str, room: str, part: str) -> None:
        """dial, accept, hang_up, hold, release, dtmf (uri: the keys), transfer (uri: to whom), hand_over (uri: the
        other leg); what fails is told as an event."""

    def start(self, hub: Told) -> None:
        """Begin to tell the hub what happens."""

    async def stop(self) -> None:
        """End."""


class Told(Protocol):
    """The hub, as telephones tell it what happens."""

    def phone(self, kind: str, leg: str) -> None:
        """ringing, answered, busy, rejected, failed, no_answer, ended, lost, transferred, transfer_failed, held,
        released."""

    def phone_in(self, leg: str, caller: str, department: str) -> None:
        """Somebody calls."""


class Journal(Protocol):
    """The call log."""

    def write(self, record: CallRecord, started_at: float, ended_at: float | None) -> None:
        """A row: its times as epoch seconds. Called in order; must not block."""


class NoRooms:
    """No engine is set up: calls are between two."""

    engine = ""

    def message(self, client: Client, message: Mapping[str, Any], *, call: str = "") -> None:
        """Raises Unavailable."""
        raise Unavailable("no-rooms", "no engine for more than two is set up")

    def gone(self, client: Client) -> None:
        """Nobody was in."""

    def leave(self, party: str) -> bool:
        """They are in none."""
        return False

    def call_room(self, action: str, room: str, party: str) -> None:
        """There is none."""

    def tick(self, now: float) -> None:
        """Nothing."""
