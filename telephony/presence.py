"""Which departments can be reached now, as every client is told: a picture of all, and what of it has changed. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from telephony.clients import Clients
from telephony.directory import Directory


@dataclass(slots=True)
class Presence:
    """free: whether a party is in no call."""

    directory: Directory
    clients: Clients
    free: Callable[[str], bool]
    local: Callable[[], datetime]
    _told: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.changes()  # a client that connects is told of all that is so far

    def changes(self) -> list[dict[str, Any]]:
        """The `presence` of every department that has changed since it was last asked."""
        found, seats = [], self.clients.seats()
        for department in self.directory.departments:
            now = self._row(department, seats.get(department, []))
            if now != self._told.get(department):
                self._told[department] = now
                found.append({"t": "presence", **now})
        return found

    def all(self) -> list[dict[str, Any]]:
        """Every department as it is."""
        seats = self.clients.seats()
        return [self._row(department, seats.get(department, [])) for department in self.directory.departments]

    def _row(self, department: str, parties: list[str]) -> dict[str, Any]:
        """status: available, away (somebody is connected and not at the desk), busy, offline. consoles: how many are
        connected. open: its hours. holiday: why it is closed today. phone: it has a telephone."""
        said = {party: self.clients.status.get(party, "available") for party in parties}
        willing = [p for p in parties if said[p] in ("available", "away") and self.free(p)]
        status = "offline" if not parties else "busy" if not willing else "away"
        if any(said[p] == "available" for p in willing):
            status = "available"
        one, local = self.directory.departments[department], self.local()
        holiday = self.directory.holiday(department, local)
        return {
            "subject": f"dept:{department}",
            "status": status,
            "consoles": len(parties),
            "open": self.directory.open_at(department, local),
            **({"holiday": {"ko": holiday.ko, "en": holiday.en}} if holiday else {}),
            "phone": department in self.directory.phones,
            "name_ko": one.name_ko_current,
            "name_en": one.name_en,
        }
