"""What was really measured in the last 48 hours, by metric and area, so that a live metric has a course. Pure.

Other threads read while it is added to: a course is changed in one step, and no mapping is walked while it may grow.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping

from display_bridge.city_data.provider import Observation

KEEP_S = 48 * 3600
FINEST_S = 300
"""Of readings closer together than this the newest is kept."""
_LOOSE = 1.5
"""A figure holds until the next one is due: so much more than the usual distance between two."""

Key = tuple[str, str | None]
Course = tuple[tuple[int, float], ...]
"""(epoch seconds of the observation, figure), oldest first."""


class History:
    """The courses of one feed's metrics."""

    def __init__(self, courses: Mapping[Key, Course] | None = None) -> None:
        self._courses: dict[Key, list[tuple[int, float]]] = {k: list(v) for k, v in (courses or {}).items()}

    def courses(self) -> dict[Key, Course]:
        """Everything, to be kept."""
        return {key: tuple(course) for key, course in list(self._courses.items()) if course}

    def add(self, at: int, observations: Iterable[Observation]) -> None:
        """Note figures observed at a time; one that came before in the course's order is not put in again."""
        for one in observations:
            if one.value is None:
                continue
            course = self._courses.setdefault((one.metric, one.area), [])
            if course and at < course[-1][0]:
                continue
            if course and (at == course[-1][0] or at // FINEST_S == course[-1][0] // FINEST_S):
                course[-1] = (at, one.value)
            else:
                course.append((at, one.value))

    def forget(self, now: int) -> None:
        """Drop what is older than 48 hours."""
        for key, course in list(self._courses.items()):
            first = bisect_right(course, (now - KEEP_S, float("inf")))
            self._courses[key] = course[first:]
            if not self._courses[key]:
                del self._courses[key]

    def course(self, metric: str, area: str | None) -> Course:
        """The course of a metric in an area; empty where nothing was read."""
        return tuple(self._courses.get((metric, area), ()))


def sampled(course: Course, x: tuple[int, ...], step_s: int, most_hold_s: float) -> tuple[float | None, ...]:
    """The course at the times x: at each the newest figure observed before it, as long as that figure holds.

    It holds for one step, or for the course's usual distance and half of it more, but never longer than most_hold_s
    (the age at which it counts as stale) unless the step is longer: elsewhere nothing was measured, and it is None.
    """
    times = [at for at, _ in course]
    hold = max(float(step_s), min(_LOOSE * usual_distance(times), most_hold_s))
    values: list[float | None] = []
    for t in x:
        index = bisect_right(times, t) - 1
        values.append(course[index][1] if index >= 0 and t - times[index] < hold else None)
    return tuple(values)


def usual_distance(times: list[int]) -> float:
    """The median distance between neighbours, seconds; with fewer than two an hour, which most sources keep."""
    gaps = sorted(b - a for a, b in zip(times, times[1:], strict=False))
    return float(gaps[len(gaps) // 2]) if gaps else 3600.0
