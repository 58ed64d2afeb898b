"""The talk with one connected screen: acknowledgements, commands, playback reports, pings."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Protocol

from assistant.contracts import NotPermitted, Rendered, SeoulaError, Unavailable
from display_bridge.channel import POLICY_VIOLATION, Client
from display_bridge.display import Display
from display_bridge.hand_screens import HandScreens
from display_bridge.refusals import refusal_ko
from display_bridge.screening import PlainError, read_ack, read_message, read_targets
from display_bridge.trust import Identity

log = logging.getLogger(__name__)

COMMANDS = 8
"""Commands of one screen that may be under way at once."""
BAD_MESSAGES = 20
"""After so many messages that cannot be read the screen is let go."""

WAYS = ("touch", "hands")
"""How a command of a screen may have come."""

CommandHandler = Callable[[str, str, Mapping[str, Any], Identity], Awaitable[None] | None]


class Listeners(Protocol):
    """Whom the screens' reports go to; None: nobody."""

    on_command: CommandHandler | None
    on_playback: Callable[[str, str, bool], None] | None
    on_rendered: Callable[[Rendered], None] | None
    hands: HandScreens

    def admitted(self, identity: Identity) -> bool:
        """Whether the screen may still be here."""
        ...


class Conversation:
    """Handles what one screen sends, until it goes."""

    def __init__(self, display: Display, client: Client, listeners: Listeners) -> None:
        self._display, self._client, self._listeners = display, client, listeners
        self._commands: set[asyncio.Task[None]] = set()

    async def run(self, frames: AsyncIterator[str], writer: asyncio.Task[None]) -> None:
        """Until the screen goes or its writer has ended; commands still under way are cancelled then."""
        try:
            await self._listen(frames, writer)
        finally:
            for task in list(self._commands):
                task.cancel()
            await asyncio.gather(*self._commands, return_exceptions=True)

    async def _listen(self, frames: AsyncIterator[str], writer: asyncio.Task[None]) -> None:
        """Handle frames until the screen goes or its writer has ended."""
        while not writer.done():
            frame = asyncio.ensure_future(anext(frames, None))
            done, _ = await asyncio.wait({frame, writer}, return_when=asyncio.FIRST_COMPLETED)
            if frame not in done:
                frame.cancel()
                await asyncio.gather(frame, return_exceptions=True)
                return
            if frame.cancelled() or frame.exception() is not None:
                return
            text = frame.result()
            if text is None:
                return
            self._client.unanswered = 0
            try:
                self._handle(read_message(text))
            except PlainError as error:
                self._client.bad_messages += 1
                self._client.send({"t": "error", "code": error.code, "message": error.message})
                if self._client.bad_messages > BAD_MESSAGES:
                    self._client.cut(POLICY_VIOLATION, "bad-messages")
                    return

    def _handle(self, message: dict[str, Any]) -> None:
        match message.get("t"):
            case "ack":
                self._acknowledged(message)
            case "cmd":
                self._command(message)
            case "playback":
                self._played(message)
            case "targets":
                self._listeners.hands.aim(self._display, self._client, read_targets(message))
            case "ping":
                self._client.send({"t": "pong"})
            case "pong":
                pass
            case other:
                raise PlainError("bad-message", f"unknown message {str(other)[:40]!r}")

    def _acknowledged(self, message: dict[str, Any]) -> None:
        ack = read_ack(message, self._display.id)
        if ack.seq > self._client.channel.seq:
            raise PlainError("bad-ack", "this state was never sent")
        if ack.status != "superseded" and ack.seq >= self._client.acked[0]:
            self._client.acked = (ack.seq, ack.status)
        if self._client.channel is self._display.main():
            if self._listeners.on_rendered:
                self._listeners.on_rendered(ack)
            self._display.settle()

    def _command(self, message: dict[str, Any]) -> None:
        key, op, args = message.get("id"), message.get("op"), message.get("args", {})
        by = message.get("by", "touch")
        if not isinstance(key, str) or not isinstance(op, str) or not isinstance(args, dict) or not _is_key(key):
            raise PlainError("bad-message", "cmd needs id, op and args")
        if by not in WAYS:
            raise PlainError("bad-message", f"a command comes by {' or by '.join(WAYS)}")
        if len(self._commands) >= COMMANDS:
            self._client.send(_refused(key, "busy", "too many commands are still being carried out"))
            return
        # Beside the reading: a command may wait for the very acknowledgement that this screen sends next.
        task = asyncio.create_task(self._carry_out(key, op, args, by))
        self._commands.add(task)
        task.add_done_callback(self._commands.discard)

    async def _carry_out(self, key: str, op: str, args: Mapping[str, Any], by: str) -> None:
        try:
            if not self._listeners.admitted(self._client.identity):
                self._client.cut(POLICY_VIOLATION, "bad-token")
                return
            if not self._client.identity.commands:
                raise NotPermitted("read-only", "this screen may only watch")
            carry_out = self._listeners.on_command
            if by == "hands":
                self._listeners.hands.check(self._display, self._client)
                carry_out = self._listeners.hands.on_command
            if carry_out is None:
                raise Unavailable("no-handler", "nobody carries out commands of screens")
            outcome = carry_out(self._display.id, op, args, self._client.identity)
            if inspect.isawaitable(outcome):
                await outcome
        except SeoulaError as error:
            self._client.send(_refused(key, error.code, error.message))
        except Exception:
            log.exception("a command of a screen failed")
            self._client.send(_refused(key, "failed", "the command could not be carried out"))
        else:
            self._client.send({"t": "result", "id": key, "ok": True})

    def _played(self, message: dict[str, Any]) -> None:
        utterance, ok = message.get("utterance"), message.get("ok", True)
        if not isinstance(utterance, str) or not isinstance(ok, bool):
            raise PlainError("bad-message", "playback needs utterance and ok")
        # Another screen that only follows must not end what the main screen is still saying.
        if self._client.channel is self._display.main() and self._listeners.on_playback:
            self._listeners.on_playback(self._display.id, utterance, ok)


def _is_key(key: str) -> bool:
    # It is sent back as it came, so it must be text that can be sent.
    return len(key) <= 80 and key.isprintable()


def _refused(key: str, code: str, message: str) -> dict[str, Any]:
    error = {"code": code, "message": message, "message_ko": refusal_ko(code)}
    return {"t": "result", "id": key, "ok": False, "error": error}
