"""Captions of a call between two browsers: its sound does not pass through here, so each page sends its own voice
beside it (`tap`), only while somebody reads captions and only if its person lets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.contracts import BadInput, NotPermitted

PREFIX = "tap-"
"""Of the engine's room that takes the voices of a call; nobody is subscribed to anything in it."""
Send = Callable[[str, Mapping[str, Any]], None]


@dataclass(slots=True)
class _Call:
    readers: set[str] = field(default_factory=set)
    willing: set[str] = field(default_factory=set)
    voices: dict[str, float] = field(default_factory=dict)
    """Whose voice is written, and since when."""


class CallCaptions:
    """clients_of: the connections that speak in a call that is under way, () once it is over. Pure but for `send`."""

    def __init__(self, clients_of: Callable[[str], Sequence[str]], send: Send) -> None:
        self._clients_of, self._send = clients_of, send
        self._calls: dict[str, _Call] = {}

    def set(self, part: str, message: Mapping[str, Any]) -> list[tuple[str, str]]:
        """captions.set of a call: {call, on?, mine?}: reads them; lets his own voice be written, which nobody does
        before he says so. The voices (call, part) that are written no more. Raises BadInput, NotPermitted."""
        name, on, mine = message.get("call"), message.get("on"), message.get("mine")
        if not isinstance(name, str) or not all(isinstance(v, bool | None) for v in (on, mine)) or on is mine is None:
            raise BadInput("bad-message", "captions.set names a call or a room, and says on or mine")
        if part not in self._clients_of(name):
            raise NotPermitted("not-in-call", "you are not in this call")
        call = self._calls.setdefault(name, _Call())
        for wish, those in ((on, call.readers), (mine, call.willing)):
            if wish is not None:
                (those.add if wish else those.discard)(part)
        ended = self._drop(name) if not call.readers else []
        if part not in call.willing and call.voices.pop(part, None) is not None:
            ended.append((name, part))
        self._badge(name)
        return ended

    def offered(self, call: str, part: str) -> str:
        """A page offers its voice: the engine's room for it. Raises NotPermitted."""
        its = self._calls.get(call)
        if part not in self._clients_of(call) or its is None or not its.readers or part not in its.willing:
            raise NotPermitted("captions-off", "nobody reads captions in this call, or you do not let them be made")
        return PREFIX + call

    def published(self, room: str, part: str, now: float) -> bool:
        """The engine has a voice: whether it is to be listened to."""
        name = room.removeprefix(PREFIX)
        call = self._calls.get(name)
        if call is None or part not in self._clients_of(name) or part not in call.willing or not call.readers:
            return False
        call.voices[part] = now
        self._badge(name)
        return True

    def gone(self, room: str, part: str) -> None:
        """The engine has it no more."""
        name = room.removeprefix(PREFIX)
        if (call := self._calls.get(name)) is not None and call.voices.pop(part, None) is not None:
            self._badge(name)

    def again(self, room: str) -> None:
        """Another engine takes voices now: whoever lets his be written makes the connection for it anew, as a page does
        that is told that its voice is not wanted, and then that it is."""
        name = room.removeprefix(PREFIX)
        if (call := self._calls.get(name)) is not None:
            for part in call.willing & {*self._clients_of(name)}:
                self._tell(part, name, {**self._told(call, part), "mine": False})
            self._badge(name)

    def heard(
        self, room: str, part: str, text: str, *, name: str, final: bool, t0: float, age_ms: int, shown: bool
    ) -> None:
        """Words of a voice, to those who read."""
        call_id = room.removeprefix(PREFIX)
        call = self._calls.get(call_id)
        if call is None or part not in call.voices or not shown:
            return
        t0_ms = round((t0 - call.voices[part]) * 1000)
        line = {"part": part, "name": name, "text": text, "final": final, "t0_ms": t0_ms, "age_ms": age_ms}
        for reader in call.readers & {*self._clients_of(call_id)}:
            self._send(reader, {"t": "caption", "call": call_id, **line})

    def tick(self) -> list[tuple[str, str]]:
        """The voices of calls that are over, of those who left one, and of those that nobody reads any more."""
        ended = []
        for name, call in list(self._calls.items()):
            there = {*self._clients_of(name)}
            call.readers &= there
            if not there or not call.readers:
                ended += self._drop(name)
                if not there:
                    del self._calls[name]
            else:
                ended += [(name, part) for part in call.voices if part not in there]
                call.voices = {part: since for part, since in call.voices.items() if part in there}
        return ended

    def _drop(self, name: str) -> list[tuple[str, str]]:
        voices = self._calls[name].voices
        ended = [(name, part) for part in voices]
        voices.clear()
        return ended

    def _badge(self, name: str) -> None:
        call = self._calls[name]
        for part in self._clients_of(name):
            self._tell(part, name, self._told(call, part))

    def _told(self, call: _Call, part: str) -> dict[str, Any]:
        told = {"on": bool(call.readers), "readers": len(call.readers), "reads": part in call.readers}
        return {**told, "mine": part in call.willing}

    def _tell(self, part: str, name: str, told: Mapping[str, Any]) -> None:
        self._send(part, {"t": "captions", "call": name, **told})
