"""The legs of a gateway, whatever happens to them and in whatever order."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.contracts import BadInput, Unavailable
from telephony.sip.bridge import PhoneBridge
from telephony.sip.gateway import FINAL, PhoneEvent
from telephony.sip.legs import Leg, Legs
from telephony.sip.line import PhoneLine

LINE = PhoneLine("office", "pbx.office", lines=4)
STEPS = st.lists(
    st.tuples(st.sampled_from(["new", "in", "rings", "answer", "over", "drop"]), st.integers(0, 5)), max_size=40
)


async def nothing(*_: object) -> None: ...


async def for_ever() -> None:
    await asyncio.Event().wait()


def leg(name: str, state: str = "dialling") -> Leg:
    return Leg(name=name, state=state, bridge=PhoneBridge("part"))  # type: ignore[arg-type]


@given(STEPS)
def test_every_leg_ends_once_and_is_silent_after(steps: list[tuple[str, int]]) -> None:
    async def run() -> None:
        legs: Legs[Leg] = Legs(LINE, nothing, nothing)
        every: list[Leg] = []
        dropped: set[str] = set()
        for step, which in steps:
            if step in ("new", "in"):
                name = f"{len(every)}"
                if len(legs) < LINE.lines:
                    legs.check_new(name)
                    every.append(leg(name, "dialling" if step == "new" else "incoming"))
                    legs.add(every[-1])
                else:
                    with pytest.raises(Unavailable):
                        legs.check_new(name)
                continue
            if which >= len(every):
                continue
            one = every[which]
            if step == "rings" and one in legs:
                legs.rings(one, 180)
            elif step == "answer" and one in legs and one.state != "answered":
                legs.answer(one, for_ever())
            elif step == "over":
                legs.over(one, PhoneEvent("ended" if one.state == "answered" else "failed", one.name))
            elif step == "drop" and one in legs:
                legs.drop(one)
                dropped.add(one.name)
        await legs.hang_up_all(0)
        legs.close()
        events = [event async for event in legs.events()]
        for one in every:
            mine = [event.kind for event in events if event.leg == one.name]
            finals = [kind for kind in mine if kind in FINAL]
            assert len(finals) <= (0 if one.name in dropped else 1)
            assert not finals or mine[-1] == finals[0]
            assert mine.count("ringing") <= 1
            assert mine.count("answered") <= 1
            assert one.carrying is None or one.carrying.done() or one.carrying.cancelling()
            with pytest.raises(BadInput):
                legs.get(one.name)
        assert len(legs) == 0

    asyncio.run(run())


async def test_callers_take_half_of_the_lines() -> None:
    legs: Legs[Leg] = Legs(LINE, nothing, nothing)
    for n in range(2):
        assert legs.may_ring()
        legs.add(leg(f"in-{n}", "incoming"))
    assert not legs.may_ring()
    for n in range(2):
        legs.check_new(f"out-{n}")
        legs.add(leg(f"out-{n}"))
    with pytest.raises(Unavailable):
        legs.check_new("out-3")
    with pytest.raises(BadInput):
        legs.check_new("out-1")
    await legs.hang_up_all(0)
