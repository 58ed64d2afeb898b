"""Who a screen is, and which panels it may receive. Every decision about privacy is made from these values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from content_registry.schema import CITIZEN_SURFACES, SURFACES, Panel, Registry, Visibility

ROLES = SURFACES
"""Roles a screen may claim."""


class Trust(IntEnum):
    """PUBLIC: anybody's screen. ROOM: an unpaired office screen of this very machine: public panels only, and what
    is said in front of it. INTERNAL: a paired office screen. PRIVATE: one that a recognised person unlocked."""

    PUBLIC = 0
    ROOM = 1
    INTERNAL = 2
    PRIVATE = 3

    @property
    def word(self) -> str:
        """The word the protocol uses: it says which panels may come, and ROOM gets no more of them than PUBLIC."""
        return "public" if self is Trust.ROOM else self.name.lower()


_NEEDED = {Visibility.PUBLIC: Trust.PUBLIC, Visibility.INTERNAL: Trust.INTERNAL, Visibility.PRIVATE: Trust.PRIVATE}


@dataclass(frozen=True, slots=True)
class Identity:
    """A connected screen: its role, the most it may ever receive, and whether it may command the display.

    device: id of its token, empty without one.
    """

    role: str
    trust: Trust
    commands: bool
    device: str = ""


def identity_of(role: str, *, paired: bool, local: bool, trust_local: bool, device: str = "") -> Identity:
    """What a screen of a role is. Citizens' roles are public whatever token they hold.

    local: it connects from this machine. trust_local: the operator has decided that this machine's own screens
    (not the citizens' roles) count as paired.
    """
    if role in CITIZEN_SURFACES:
        trust = Trust.PUBLIC
    elif paired or (local and trust_local):
        trust = Trust.INTERNAL
    else:
        trust = Trust.ROOM if local else Trust.PUBLIC
    return Identity(role, trust, commands=local or paired, device=device)


def needed_for(panel: Panel) -> Trust:
    """The trust a panel asks for."""
    return _NEEDED[panel.visibility]


def private_panels(registry: Registry) -> frozenset[str]:
    """The panels that only an unlocked screen may show."""
    return frozenset(p.id for p in registry.panels.values() if needed_for(p) is Trust.PRIVATE)


def may_see(panel: Panel | None, trust: Trust) -> bool:
    """Whether a screen of this trust may receive a panel; an unknown panel never."""
    return panel is not None and needed_for(panel) <= trust
