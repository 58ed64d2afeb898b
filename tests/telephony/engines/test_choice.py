"""Which engine carries what."""

from __future__ import annotations

import pytest

from assistant.contracts import BadInput, Unavailable
from telephony.engines.choice import Engines, Wish, choose
from telephony.engines.engine import Description, EngineEvent
from telephony.engines.p2p import PeerToPeer


@pytest.mark.parametrize(
    ("wish", "engines", "chosen"),
    [
        (Wish(2, 2), Engines(), "p2p"),
        (Wish(2, 2), Engines("livekit"), "p2p"),
        (Wish(2, 1), Engines(), "embedded"),  # a telephone
        (Wish(2, 2, captions=True), Engines(), "embedded"),
        (Wish(2, 2, recording=True), Engines("janus", True), "janus"),
        (Wish(3, 3), Engines(), "embedded"),
        (Wish(6, 5), Engines(janus=True), "embedded"),
        (Wish(7, 7), Engines(janus=True), "janus"),
        (Wish(3, 3), Engines("janus", True), "janus"),
        (Wish(40, 40), Engines("livekit"), "livekit"),
        (Wish(7, 7), Engines(small_room=8), "embedded"),
    ],
)
def test_the_engine(wish: Wish, engines: Engines, chosen: str) -> None:
    assert choose(wish, engines) == chosen


def test_a_room_too_large_is_refused_with_what_to_do() -> None:
    with pytest.raises(Unavailable, match="install janus") as refused:
        choose(Wish(7, 7), Engines())
    assert refused.value.code == "room-too-large"


async def test_two_browsers_need_no_server_and_cannot_have_one() -> None:
    engine = PeerToPeer()
    await engine.open_room("r", most=2)
    with pytest.raises(BadInput, match="2 parties, not 3"):
        await engine.open_room("s", most=3)
    offer = Description("offer", "v=0")
    for asked in (engine.publish("r", "a", offer), engine.subscribe("r", "a", "b"), anext(engine.tap("r", "a"))):
        with pytest.raises(BadInput, match="does not pass through"):
            await asked
    await engine.close()
    assert [event async for event in engine.events()] == [EngineEvent("closed", "r", "")]
