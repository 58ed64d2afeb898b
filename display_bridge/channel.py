"""A channel: one numbered stream of states for the screens of one trust; and a client: one screen's queue.

Every message is serialised once per channel. A client that reads too slowly loses its backlog and is owed one
snapshot; it never delays another.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections import deque
from typing import Any, Protocol

from display_bridge.merge_patch import diff
from display_bridge.trust import Identity

RING = 512
QUEUE = 32
CONTROL = 64
POLICY_VIOLATION, TRY_AGAIN = 1008, 1013
"""Close codes of RFC 6455: the peer broke a rule or lost its right; it may come back later."""
_NUMBERS = itertools.count()
RESUME_CHARACTERS = 262_144
"""More than this missed, and a snapshot is the shorter way: no ring holds more."""


class Connection(Protocol):
    """A WebSocket as the hub uses it."""

    async def send_text(self, text: str) -> None:
        """Send one text frame; raises when the peer is gone."""
        ...

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the connection."""
        ...


def encode(message: dict[str, Any]) -> str:
    """A message as a text frame."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


async def turn_away(connection: Connection, code: str, message: str) -> None:
    """Say why a screen is not let in, in a message of its own and as the reason of the close."""
    with contextlib.suppress(Exception):  # it may be gone
        await connection.send_text(encode({"t": "error", "code": code, "message": message}))
    with contextlib.suppress(Exception):
        await connection.close(POLICY_VIOLATION, code)


class Client:
    """One connected screen. acked: the newest state it has painted, with its status. unanswered: pings in a row.
    number: of those that came before it there are smaller ones.

    closing: close code and reason once the client is to go; nothing more is sent to it then.
    """

    def __init__(self, connection: Connection, identity: Identity, channel: Channel) -> None:
        self.connection, self.identity, self.channel = connection, identity, channel
        self.number = next(_NUMBERS)
        self.unanswered = 0
        self.acked: tuple[int, str] = (-1, "")
        self.bad_messages = 0
        self.closing: tuple[int, str] | None = None
        self._states: deque[str] = deque()
        self._control: deque[str] = deque()
        self._passing: dict[str, str] = {}
        self._owed = False
        self._wake = asyncio.Event()
        self._sending: asyncio.Task[Any] | None = None

    def send(self, message: dict[str, Any]) -> None:
        """Queue a control message, which is never dropped; a client that lets them pile up is to be closed."""
        if len(self._control) >= CONTROL:
            self.cut(TRY_AGAIN, "overflow")
        else:
            self._control.append(encode(message))
        self._wake.set()

    def cut(self, code: int, reason: str) -> None:
        """Let the client go now: what is queued for it is not sent any more, nor waited for where the peer takes
        nothing."""
        self.closing = self.closing or (code, reason)
        self._wake.set()
        if self._sending is not None:
            self._sending.cancel()

    def offer(self, text: str) -> None:
        """Queue a patch; on overflow the backlog goes and one snapshot is owed."""
        if self._owed:
            return
        if len(self._states) >= QUEUE:
            self.owe_snapshot()
            return
        self._states.append(text)
        self._wake.set()

    def pass_on(self, kind: str, text: str) -> None:
        """Queue a passing message: of each kind only the newest is kept, and none waits behind a backlog of states."""
        self._passing.pop(kind, None)
        self._passing[kind] = text
        self._wake.set()

    def begin(self, missed: list[str] | None) -> None:
        """The first states of a new client: what it missed, or a snapshot."""
        if missed is None:
            self.owe_snapshot()
        else:
            self._states.extend(missed)
            self._wake.set()

    def owe_snapshot(self) -> None:
        """The next state this client gets is a whole one."""
        self._states.clear()
        self._owed = True
        self._wake.set()

    async def write(self) -> None:
        """Send what is queued, for ever; raises what the connection raises, ends when the client is to go."""
        while not self.closing:
            await self._wake.wait()
            self._wake.clear()
            if not self.closing:
                await asyncio.sleep(0)  # what is decided in one breath goes out together
            while not self.closing and (self._control or self._passing or self._states or self._owed):
                if self._control:
                    text = self._control.popleft()
                elif self._passing:
                    text = self._passing.pop(next(iter(self._passing)))
                elif self._owed:
                    self._owed = False
                    text = self.channel.snapshot()
                else:
                    text = self._states.popleft()
                self._sending = asyncio.current_task()
                try:
                    await self.connection.send_text(text)
                finally:
                    self._sending = None


class Channel:
    """The states of one display for one trust: epoch, sequence numbers, replay ring, followers."""

    def __init__(self, epoch: str, state: dict[str, Any]) -> None:
        self.epoch, self.seq, self.state = epoch, 0, state
        self.clients: set[Client] = set()
        self._ring: deque[tuple[int, str]] = deque()
        self._held = 0

    def update(self, state: dict[str, Any], cause: str = "") -> bool:
        """Take a new state; send the difference, if there is one."""
        patch = diff(self.state, state)
        if not patch:
            return False
        self.seq += 1
        self.state = state
        message = {"t": "patch", "epoch": self.epoch, "seq": self.seq, "p": patch}
        text = encode({**message, "cause": cause} if cause else message)
        self._ring.append((self.seq, text))
        self._held += len(text)
        # What would be too much to replay need not be kept: a thousand displays hold a ring each.
        while len(self._ring) > RING or self._held > RESUME_CHARACTERS:
            self._held -= len(self._ring.popleft()[1])
        for client in self.clients:
            client.offer(text)
        return True

    def snapshot(self) -> str:
        """The whole state as a frame."""
        return encode({"t": "snapshot", "epoch": self.epoch, "seq": self.seq, "state": self.state})

    def missed(self, epoch: object, seq: object) -> list[str] | None:
        """The patches after a sequence number, or None when only a snapshot will do."""
        if epoch != self.epoch or not isinstance(seq, int) or isinstance(seq, bool) or not 0 <= seq <= self.seq:
            return None
        oldest = self._ring[0][0] if self._ring else self.seq + 1
        if seq + 1 < oldest:
            return None
        return [text for number, text in self._ring if number > seq]
