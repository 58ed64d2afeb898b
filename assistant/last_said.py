"""What was said last at a screen, and for whose eyes and ears it was."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.contracts import Language
from assistant.gate import Trust


@dataclass(frozen=True, slots=True)
class LastSaid:
    """needs: the trust that what was said asks for."""

    text: str = ""
    language: Language = Language.KOREAN
    needs: Trust = Trust.PUBLIC

    def to(self, trust: Trust) -> str:
        """As much of it as may be said again to a screen of this trust."""
        return self.text if trust >= self.needs else ""
