"""The numbered log of events: any course of readings, restarts, listeners that are slow."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.contracts import Unavailable
from display_bridge.city_data.event_log import AHEAD, KINDS, MOST_WAITING, PUBLIC_KINDS, EventLog
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import Event
from display_bridge.city_data.simulated import SimulatedCityData
from display_bridge.incidents import PANELS
from display_bridge.trust import Trust

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=KST)


class Telling(SimulatedCityData):
    """Says only the events that it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, tuple[Event, ...]] = {}
        self.down = False

    def events(self, kind: str, now: datetime) -> tuple[Event, ...]:
        if self.down:
            raise Unavailable("no-data-yet", "down")
        return self.told.get(kind, ())


def event(name: str, status: str = "발송", **changes: Any) -> Event:
    return replace(Event(NOW, name, "긴급", "서울", status, 80, id=name), **changes)


def changes(log: EventLog, since: int = 0) -> list[tuple[int, str, str]]:
    return [(c.seq, c.id, c.change) for c in log.since(since, KINDS)]


def test_an_event_opens_changes_and_closes_and_each_step_has_its_number() -> None:
    log, city = EventLog(None), Telling()
    city.told["alerts"] = (event("a"),)
    assert log.look(city, NOW)
    assert not log.look(city, NOW)
    city.told["alerts"] = (event("a", "상황 관리"), event("b"))
    log.look(city, NOW)
    city.told["alerts"] = (event("a", "해제"),)
    log.look(city, NOW)
    city.told["alerts"] = ()
    log.look(city, NOW)
    assert changes(log) == [(1, "a", "opened"), (2, "a", "changed"), (3, "b", "opened"), (4, "a", "closed"),
                            (5, "b", "gone")]  # fmt: skip
    assert changes(log, 3) == [(4, "a", "closed"), (5, "b", "gone")]
    assert log.current(KINDS) == ()


def test_an_event_expires_and_what_was_over_before_is_not_told() -> None:
    log, city = EventLog(None), Telling()
    city.told["alerts"] = (event("a", expires=NOW + timedelta(minutes=5)), event("old", "해제"))
    log.look(city, NOW)
    log.look(city, NOW + timedelta(minutes=6))
    log.look(city, NOW + timedelta(minutes=7))
    assert changes(log) == [(1, "a", "opened"), (2, "a", "expired")]


def test_a_source_that_is_down_closes_nothing() -> None:
    log, city = EventLog(None), Telling()
    city.told["alerts"] = (event("a"),)
    log.look(city, NOW)
    city.down = True
    assert not log.look(city, NOW)
    assert [c.id for c in log.current(KINDS)] == ["a"]


def test_numbers_go_on_after_a_restart_and_never_come_twice(tmp_path: Path) -> None:
    city = Telling()
    city.told["alerts"] = (event("a"),)
    first = EventLog(tmp_path / "events.json")
    first.look(city, NOW)
    first.close()
    second = EventLog(tmp_path / "events.json")
    assert not second.look(city, NOW)  # the same event is no news
    assert changes(second) == [(1, "a", "opened")]
    city.told["alerts"] = ()
    second.look(city, NOW)
    assert changes(second, 1) == [(2, "a", "gone")]


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"version": 1, "seq": "x"}', b"\xff"])
def test_a_damaged_log_is_set_aside_and_its_numbers_are_passed_over(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "events.json"
    file.write_bytes(content)
    log = EventLog(file)
    assert log.seq > AHEAD
    assert file.with_suffix(".damaged").read_bytes() == content


@given(st.lists(st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["발송", "상황 관리", "해제"])), max_size=25))
def test_any_course_tells_each_event_in_order(course: list[dict[str, str]]) -> None:
    log, city, seen = EventLog(None), Telling(), 0
    followed: dict[str, str] = {}
    for step in course:
        city.told["alerts"] = tuple(event(name, status) for name, status in step.items())
        log.look(city, NOW)
        for change in log.since(seen, KINDS):
            assert change.seq > seen
            seen = change.seq
            before = followed.get(change.id)
            # "opened" comes first and after an end; an end only once.
            assert (before is None or before in ("closed", "gone")) == (change.change in ("opened", "changed")) or (
                before in ("opened", "changed")
            )
            followed[change.id] = change.change
        open_now = {name for name, status in step.items() if status != "해제" and name in followed}
        assert {c.id for c in log.current(KINDS)} == open_now
    assert log.seq == len(log.since(0, KINDS))


def test_public_kinds_are_the_incidents_of_everybody() -> None:
    from display_bridge.incidents import Incident

    for kind in PANELS:
        assert (Incident("", kind, 0, event("x")).needs is Trust.PUBLIC) == (kind in PUBLIC_KINDS)


async def test_listeners_get_their_kinds_and_a_slow_one_is_let_go() -> None:
    log, city = EventLog(None), Telling()
    everybody, office = log.listen(PUBLIC_KINDS), log.listen(KINDS)
    city.told = {"alerts": (event("a"),), "dispatch": (event("d"),)}
    log.look(city, NOW)
    first = await everybody.next(1)
    assert first is not None
    assert first.id == "a"
    with pytest.raises(TimeoutError):
        await everybody.next(0.01)
    assert {(await office.next(1)).id, (await office.next(1)).id} == {"a", "d"}  # type: ignore[union-attr]
    city.told = {"alerts": tuple(event(f"e{n}") for n in range(MOST_WAITING + 5))}
    log.look(city, NOW)
    assert await everybody.next(1) is None
    log.leave(everybody)
    log.close()
    assert log.listeners == 0
