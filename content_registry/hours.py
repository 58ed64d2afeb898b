"""When a department can be reached: `always`, or `mon-fri 09:00-18:00`. Pure."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

OFFICE_HOURS = "mon-fri 09:00-18:00"
"""What counts where a department says nothing."""
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FORM = re.compile(rf"({'|'.join(_DAYS)})(?:-({'|'.join(_DAYS)}))? ([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Hours:
    """days: numbers of weekdays, Monday 0. opens, closes: minutes of the day; closes <= opens: past midnight.
    ever: holidays change nothing."""

    days: frozenset[int]
    opens: int = 0
    closes: int = 24 * 60
    ever: bool = False

    @classmethod
    @cache
    def parse(cls, text: str) -> Hours:
        """Raises ValueError."""
        if text == "always":
            return cls(frozenset(range(7)), ever=True)
        found = _FORM.fullmatch(text)
        if found is None or (found[5] == "24" and found[6] != "00"):
            raise ValueError(f"{text!r} is neither 'always' nor like '{OFFICE_HOURS}'")
        first, last = _DAYS.index(found[1]), _DAYS.index(found[2] or found[1])
        days = frozenset((first + n) % 7 for n in range((last - first) % 7 + 1))
        return cls(days, int(found[3]) * 60 + int(found[4]), int(found[5]) * 60 + int(found[6]))

    def open_at(self, when: datetime, closed: Container[date] = frozenset()) -> bool:
        """Whether somebody is there at a local time. closed: holidays; what begins on one does not begin."""
        minute, day = when.hour * 60 + when.minute, when.date()
        if self.opens < self.closes:
            return self._begins(day, closed) and self.opens <= minute < self.closes
        before = day - timedelta(days=1)
        return (minute >= self.opens and self._begins(day, closed)) or (
            minute < self.closes and self._begins(before, closed)
        )

    def _begins(self, day: date, closed: Container[date]) -> bool:
        return day.weekday() in self.days and (self.ever or day not in closed)
