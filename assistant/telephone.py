"""The call port while no call hub is configured: it says so, and shows whom one would have called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from assistant.contracts import Outcome, OutcomeCode, PlaceCall
from content_registry.schema import Registry


@dataclass(frozen=True, slots=True)
class NoTelephone:
    """Refuses every call with the department's name, honestly."""

    registry: Registry
    available: ClassVar[bool] = False
    """Whether the screens' call buttons lead anywhere."""

    def place(self, command: PlaceCall) -> Outcome:
        """Outcome `failed` with reason `calls-unavailable`."""
        department = self.registry.departments[command.department]
        return Outcome(
            OutcomeCode.FAILED,
            f"통화 기능이 연결되어 있지 않습니다. 담당 부서는 {department.name_ko}입니다.",
            f"Calls are not set up here. The department is {department.name_en}.",
            "calls-unavailable",
        )
