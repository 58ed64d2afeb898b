"""A stage for calls: the pure exchange with a clock that a test turns, and what each client was told."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from content_registry.schema import Department
from telephony.call import Reason
from telephony.clients import Client, Clients
from telephony.directory import Directory
from telephony.effects import CallRecord, CallRoom, Effect, Note, Outbox, Phone, Send
from telephony.exchange import Exchange
from telephony.protocol import CALL_MESSAGES, read
from telephony.switchboard import Rules, Switchboard
from tests.assistant.test_api_documents import check

MONDAY_NOON = datetime(2026, 11, 30, 12, 0)


def department(name: str, hours: str = "always", deputy: str | None = None) -> Department:
    return Department(name, f"{name}과", f"{name}과", name, (), (), hours, deputy)


DEPARTMENTS = (
    department("fire", deputy="safety"),
    department("safety"),
    department("climate", "mon-fri 09:00-18:00"),
    department("culture", deputy="climate"),
)


class Stage:
    """`rules`, `phones`, `fallback`: of the exchange. Local time at the start is Monday noon. checked: whether every
    message is held against the document of the protocol."""

    def __init__(
        self,
        rules: Rules | None = None,
        phones: dict[str, str] | None = None,
        fallback: str = "",
        events: Any = (),
        checked: bool = True,
    ) -> None:
        self.checked = checked
        self.now = 1000.0
        self.board = Switchboard(
            Directory.of(DEPARTMENTS, phones or {}, fallback),
            Clients(),
            rules or Rules(),
            lambda: MONDAY_NOON + timedelta(seconds=self.now - 1000.0),
            Outbox(),
        )
        self.exchange = Exchange(self.board, lambda about: about.get("id") in events)
        self.inbox: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.notes: list[CallRecord] = []
        self.phones: list[Phone] = []
        self.rooms: list[CallRoom] = []
        self._ids, self._calls = itertools.count(1), itertools.count(1)

    # -- people ----------------------------------------------------------------------------------------------

    def join(self, role: str, name: str, department: str = "", *, audio: bool = True) -> Client:
        """A client of `console:name`, or of `display:name`."""
        kind = "console" if role == "console" else "guest" if role == "guest" else "display"
        number = next(self._ids)
        client = Client(f"c{number}", f"sid{number}", f"{kind}:{name}", role, name, department, audio)
        self.do(self.exchange.connect(client, self.now))
        return client

    def console(self, name: str, department: str = "fire") -> Client:
        return self.join("console", name, department)

    def say(self, client: Client, t: str, **body: Any) -> list[dict[str, Any]]:
        """A message; what this client is told of it."""
        before = len(self.inbox[client.id])
        message = read(json.dumps({"t": t, **body}))
        assert isinstance(message, CALL_MESSAGES)
        self.do(self.exchange.receive(client, message, self.now))
        return self.inbox[client.id][before:]

    def call(self, client: Client, to: str, media: str = "video", key: str = "", **more: Any) -> str:
        """Invite; the call's id."""
        key = key or f"call-{next(self._calls):04}"
        self.say(client, "call.invite", call=key, to=to, media=media, **more)
        return key

    def talk(self, one: Client, other: Client, to: str = "") -> str:
        """A call that is answered and connected."""
        key = self.call(one, to or other.party)
        self.say(other, "call.accept", call=key)
        self.say(other, "rtc.desc", call=key, desc={"type": "answer", "sdp": "v=0"})
        return key

    def lose(self, client: Client) -> None:
        self.do(self.exchange.lost(client, self.now))

    def wait(self, seconds: float) -> None:
        """Time passes, in steps of a tick."""
        end = self.now + seconds
        while self.now < end:
            self.now = min(end, self.now + 0.5)
            self.do(self.exchange.tick(self.now))

    # -- what came of it -------------------------------------------------------------------------------------

    def do(self, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            match effect:
                case Send(client=client, message=message):
                    sent = json.loads(json.dumps(message))
                    if self.checked:
                        check("calls", "exchangeSays", sent, "t")
                    self.inbox[client].append(sent)
                case Note(record=record):
                    self.notes.append(record)
                case Phone():
                    self.phones.append(effect)
                case CallRoom():
                    self.rooms.append(effect)

    def last(self, client: Client, t: str) -> dict[str, Any]:
        """The newest message of this name."""
        return next(m for m in reversed(self.inbox[client.id]) if m["t"] == t)

    def got(self, client: Client, t: str) -> list[dict[str, Any]]:
        return [m for m in self.inbox[client.id] if m["t"] == t]

    def ended(self, key: str) -> CallRecord:
        """The one row that ended a call."""
        rows = [n for n in self.notes if n.id == key and n.ended is not None]
        assert len(rows) == 1, rows
        assert rows[0].reason in set(Reason)
        return rows[0]

    def reason(self, key: str) -> str:
        return self.ended(key).reason
