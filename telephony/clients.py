"""Who is connected: clients (one page each), the parties they speak for, and what people say of themselves. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from telephony.parties import CALLERS, MEDIA_RANK


@dataclass(slots=True)
class Client:
    """One connection of a party. sid: the secret by which it resumes. lost_until: its socket is gone, and its place
    is kept so long. room: the one room that a guest may join. pcs: its peer connections with the engine.
    proof: of one that an earlier service has served: the digest of its sid, which is not known until it is back."""

    id: str
    sid: str
    party: str
    role: str
    name: str
    department: str = ""
    audio: bool = True
    video: bool = True
    room: str = ""
    lost_until: float | None = None
    ice_at: float = 0.0
    pcs: set[str] = field(default_factory=set)
    proof: str = ""

    @property
    def makes_media(self) -> bool:
        """Whether a call can be made at it."""
        return self.role in MEDIA_RANK and self.audio

    @property
    def may_call(self) -> bool:
        """Whether it may place, answer and steer calls."""
        return self.role in CALLERS


@dataclass(slots=True)
class Clients:
    """All of them, and the status of each party (`available`, `busy`, `dnd`, `away`)."""

    by_id: dict[str, Client] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)
    _of: dict[str, dict[str, Client]] = field(default_factory=dict)

    def add(self, client: Client) -> None:
        """A new one."""
        self.by_id[client.id] = client
        self._of.setdefault(client.party, {})[client.id] = client
        self.status.setdefault(client.party, "available")

    def remove(self, client: Client) -> None:
        """Gone for good; what a party said of itself is forgotten with its last client."""
        self.by_id.pop(client.id, None)
        its = self._of.get(client.party, {})
        its.pop(client.id, None)
        if not its:
            self._of.pop(client.party, None)
            self.status.pop(client.party, None)

    def of(self, party: str) -> tuple[Client, ...]:
        """The clients of a party, lost ones included, oldest first."""
        return tuple(self._of.get(party, {}).values())

    def present(self, party: str) -> tuple[Client, ...]:
        """Those that are connected now."""
        return tuple(client for client in self.of(party) if client.lost_until is None)

    def media_client(self, party: str) -> Client | None:
        """The client at which a call of this party is made: the wall first, else a tablet."""
        able = [client for client in self.present(party) if client.makes_media]
        return min(able, key=lambda client: MEDIA_RANK[client.role], default=None)

    def reachable(self, party: str) -> bool:
        """Whether a call can ring at it."""
        return any(client.makes_media and client.may_call for client in self.present(party))

    def consoles(self, department: str) -> list[str]:
        """The parties of a department that can be rung, in the order in which they came."""
        return self.seats().get(department, [])

    def seats(self) -> dict[str, list[str]]:
        """The consoles of every department that has one, as `consoles` gives them."""
        found: dict[str, list[str]] = {}
        for party, its in self._of.items():
            department = next((c.department for c in its.values()), "")
            if department and self.reachable(party):
                found.setdefault(department, []).append(party)
        return found

    def card(self, party: str) -> dict[str, Any]:
        """A party as others are told of it."""
        its = self.of(party)
        first = its[0] if its else None
        name = first.name if first else party.partition(":")[2]
        return {"party": party, "name": name, "department": first.department if first else ""}
