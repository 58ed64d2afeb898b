"""A push-to-talk utterance: its events in order, and one last one."""

from __future__ import annotations

import asyncio

from assistant.contracts import Outcome, OutcomeCode, Partial, Transcript
from assistant.talks import Talk

SHOWN = Outcome(OutcomeCode.SHOWN, "띄웠습니다.", "Shown.")


async def test_events_come_in_order_and_end_with_the_outcome() -> None:
    talk = Talk("main", "s1")
    talk.heard(Partial(0.5, "미세", "s1"))
    talk.heard(Transcript(1.0, "미세먼지", stream="s1"))
    talk.over(SHOWN, "r1")
    talk.heard(Partial(2.0, "late", "s1"))
    events = [event async for event in talk.events()]
    assert [e["type"] for e in events] == ["partial", "transcript", "outcome"]
    assert all("stream" not in e for e in events)
    assert (events[-1]["code"], events[-1]["run"], talk.run) == ("shown", "r1", "r1")


async def test_an_error_is_the_last_event() -> None:
    talk = Talk("main")
    talk.fail("bad-audio", "frames must be s16le")
    talk.over(SHOWN, "r1")
    events = [event async for event in talk.events()]
    assert events == [{"type": "error", "code": "bad-audio", "message": "frames must be s16le"}]


async def test_a_reader_waits_for_what_comes() -> None:
    talk = Talk("main")

    async def read() -> list[str]:
        return [event["type"] async for event in talk.events()]

    reading = asyncio.create_task(read())
    await asyncio.sleep(0)
    assert not reading.done()
    talk.over(SHOWN, "r1")
    assert await reading == ["outcome"]
