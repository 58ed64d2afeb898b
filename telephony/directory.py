"""Who stands for a department: its consoles, its telephone, its deputy, and in which order they are tried. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from assistant.contracts import BadInput
from content_registry.holidays import Holiday
from content_registry.hours import Hours
from content_registry.schema import Department
from telephony.parties import CONSOLE, DEPARTMENT, DISPLAY, GUEST, PHONE, ROOM, Address


@dataclass(frozen=True, slots=True)
class Step:
    """One place to try. kind: `consoles` of `department` (a ring group), one `party`, or a `phone` of that URI."""

    kind: str
    target: str
    department: str = ""


@dataclass(frozen=True, slots=True)
class Directory:
    """departments: by id, of the registry. phones: SIP addresses by department, of the settings. fallback: the
    department that is tried last, "" for none. closed: holidays, and the days on which this site is closed."""

    departments: Mapping[str, Department] = field(default_factory=dict)
    phones: Mapping[str, str] = field(default_factory=dict)
    fallback: str = ""
    closed: Mapping[date, Holiday] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        departments: Iterable[Department],
        phones: Mapping[str, str],
        fallback: str = "",
        closed: Mapping[date, Holiday] | None = None,
    ) -> Directory:
        """Raises BadInput("unknown-department") for a telephone or a fallback of a department that is none."""
        known = {one.id: one for one in departments}
        for name in (*phones, *([fallback] if fallback else [])):
            if name not in known:
                raise BadInput("unknown-department", f"there is no department {name!r}")
        addresses = {name: str(Address.parse(_sip(uri))) for name, uri in phones.items()}
        return cls(known, addresses, fallback, closed or {})

    def name(self, department: str) -> str:
        """Its Korean name of today."""
        found = self.departments.get(department)
        return found.name_ko_current if found else department

    def open_at(self, department: str, when: datetime) -> bool:
        """Whether it has its hours at a local time."""
        found = self.departments.get(department)
        return found is not None and Hours.parse(found.hours).open_at(when, self.closed)

    def holiday(self, department: str, when: datetime) -> Holiday | None:
        """Why it is closed all of this day, where it would have its hours but for a holiday."""
        found, today = self.departments.get(department), self.closed.get(when.date())
        if found is None or today is None:
            return None
        hours = Hours.parse(found.hours)
        return today if not hours.ever and when.weekday() in hours.days else None

    def route(self, to: Address, when: datetime) -> tuple[Step, ...]:
        """The places to try for an address, in order. Raises BadInput("unknown-department", "bad-address").

        A department: its consoles at any hour (whoever is there answers), in its hours its telephone, then its
        deputies in the same way, the fallback last. The first place where anybody is reached decides the call.
        """
        if to.kind in (CONSOLE, DISPLAY):
            return (Step("party", str(to)),)
        if to.kind == PHONE:
            return (Step("phone", str(to)),)
        if to.kind in (ROOM, GUEST):
            raise BadInput("bad-address", "a room is joined, not called")
        if to.kind != DEPARTMENT or to.id not in self.departments:
            raise BadInput("unknown-department", "there is no department of this id")
        steps: list[Step] = []
        for department in self._line(to.id):
            steps.append(Step("consoles", department, department))
            if department in self.phones and self.open_at(department, when):
                steps.append(Step("phone", self.phones[department], department))
        return tuple(steps)

    def _line(self, department: str) -> list[str]:
        found: list[str] = []
        following: str | None = department
        while following and following not in found and following in self.departments:
            found.append(following)
            following = self.departments[following].deputy
        if self.fallback and self.fallback not in found:
            found.append(self.fallback)
        return found


def _sip(uri: str) -> str:
    return uri if uri.startswith("sip:") else f"sip:{uri}"
