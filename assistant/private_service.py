"""Private mode over a running service: the desk with its files, its rooms and its screens."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable

from assistant.attempts import AttemptFile
from assistant.contracts import Intent, Outcome, Source
from assistant.faces import faces_folder
from assistant.pins import PINS_FILE, Pins
from assistant.private_desk import PrivateDesk
from assistant.private_mode import OnOnlooker, Policy, SecondFactor
from assistant.private_proofs import Proofs
from assistant.seeing import Seeing
from assistant.service import Service
from assistant.settings import Settings
from perception.face.store import FaceStore

ATTEMPTS_FILE = "private-attempts.json"


def pins_of(settings: Settings) -> Pins:
    """The PINs of this installation."""
    return Pins(settings.state_dir / "db" / PINS_FILE)


def enrolled_faces(settings: Settings) -> list[str]:
    """Who has an enrolled face."""
    return FaceStore(faces_folder(settings), bytes(32)).names()  # names need no key


def policy_of(settings: Settings) -> Policy:
    """The settings as the machine has them."""
    given = settings.private_mode
    return Policy(
        SecondFactor(given.second_factor),
        given.away_s,
        OnOnlooker(given.onlooker),
        given.longest_min * 60,
        tuple(unicodedata.normalize("NFC", name) for name in given.people) or None,
    )


class PrivateService:
    """The desk, started and stopped with the service."""

    def __init__(self, service: Service, seeing: Seeing) -> None:
        settings = service.settings
        self._service = service
        attempts = AttemptFile(settings.state_dir / "db" / ATTEMPTS_FILE, time.time())
        self.proofs = Proofs(pins_of(settings), attempts, service.screens)
        self.desk = PrivateDesk(
            service.hub,
            seeing,
            service.gate,
            self.proofs,
            attempts,
            policy_of(settings),
            propose=self._propose,
            profiles=lambda: enrolled_faces(settings),
            hush=service.voices.hush,
        )

    def start(self) -> None:
        """Take what screens say, and let time pass."""
        hub = self._service.hub
        self._service.screens.private = self.desk
        if hub.on_command is not None:
            hub.on_command = self.proofs.commands(self.desk, hub.on_command)
        if hub.hands.on_command is not None:
            hub.hands.on_command = self.proofs.commands(self.desk, hub.hands.on_command, by_hand=True)
        self._service.spawn(self.desk.run())

    def stop(self) -> None:
        """Lock everything."""
        self.desk.close()

    def _propose(
        self, display: str, intent: Intent, source: Source, done: Callable[[Outcome, str], None], person: str | None
    ) -> None:
        self._service.room(display).propose(intent, source, done, person)
