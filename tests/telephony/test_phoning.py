"""Telephones in calls, on a virtual clock: what may be dialled, handing on, sending away, and how their calls end."""

from __future__ import annotations

import pytest

from assistant.contracts import NotPermitted
from telephony import announcing
from telephony.clients import Client
from telephony.parties import Address
from telephony.sip.numbers import DialPlan
from telephony.switchboard import Rules
from tests.telephony.exchange_stage import Stage

HOSTILE = (
    *("sip:200@pbx\r\nX: y", "sip:200;maddr=1.2.3.4@pbx", "sip:200@pbx?Replaces=a", "sip:" + "2" * 300, "sip:<200>"),
    *("sip:200@pbx\x00", "sip:이백", "sip:200%0d%0a@pbx", "sip:a:b@pbx", "sip: 200"),
)


def with_a_telephone(stage: Stage, number: str = "200@pbx") -> tuple[Client, str]:
    """A console in a call with a telephone that it has called."""
    desk = stage.console("desk")
    key = stage.call(desk, f"sip:{number}", media="audio")
    stage.do(stage.exchange.phone("answered", stage.phones[-1].leg, stage.now))
    return desk, key


def orders(stage: Stage) -> list[tuple[str, str, str]]:
    """What telephones were told since this was last asked."""
    found = [(p.action, p.leg, p.uri) for p in stage.phones]
    stage.phones.clear()
    return found


def test_what_may_not_be_dialled_is_told_at_once_and_rings_nowhere() -> None:
    stage = Stage(Rules(phones=True, rooms=True))
    stage.board.may_dial = DialPlan("pbx", allow=("xxx",)).address
    desk, other = stage.console("desk"), stage.console("other")
    talk = stage.talk(desk, other)
    for t in ("call.add", "call.transfer"):
        for to, code in (("sip:119", "number-not-allowed"), ("sip:02119", "number-not-allowed"),
                         ("sip:200@elsewhere", "number-not-allowed"), ("sip:2", "bad-number")):  # fmt: skip
            assert [m["code"] for m in stage.say(desk, t, call=talk, to=to)] == [code]
    third = stage.console("third")
    for blind in ({}, {"blind": True}):
        told = stage.say(desk, "call.transfer", call=talk, to="sip:119", **blind)
        assert told[-1]["code"] == "number-not-allowed"
    told = stage.say(third, "call.invite", call="call-9119", to="sip:119@pbx", media="audio")
    assert [m["code"] for m in told] == ["number-not-allowed"]
    with pytest.raises(NotPermitted):
        announcing.announce(stage.exchange, third.party, Address.parse("sip:119"), "audio", {}, 3.0, stage.now)
    for hostile in HOSTILE:
        told = stage.say(third, "call.invite", call="call-evil", to=hostile, media="audio")
        assert [m["code"] for m in told] == ["bad-address"], hostile
    assert stage.phones == []
    assert stage.board.of(third.party) == []
    no_line = Stage(Rules(rooms=True))
    told = no_line.say(no_line.console("desk"), "call.invite", call="call-0200", to="sip:200", media="audio")
    assert [m["code"] for m in told] == ["no-phones"]


def test_a_call_with_a_telephone_is_handed_on_to_a_console() -> None:
    stage = Stage(Rules(phones=True, rooms=True))
    other = stage.console("other", "climate")
    desk, key = with_a_telephone(stage)
    leg = stage.phones[-1].leg
    stage.say(desk, "call.hold", call=key, on=True)
    orders(stage)
    stage.say(desk, "call.transfer", call=key, to=other.party)
    stage.say(other, "call.accept", call=key)
    assert orders(stage) == [("release", leg, "")]
    assert stage.last(desk, "call.ended")["reason"] == "transferred"
    assert stage.last(other, "call.accepted")["mode"] == "room"
    stage.do(stage.exchange.phone("lost", leg, stage.now))
    assert stage.reason(key) == "connection_lost"


def test_a_call_of_two_consoles_is_handed_on_to_a_telephone() -> None:
    stage = Stage(Rules(phones=True, rooms=True))
    one, other = stage.console("one"), stage.console("other")
    key = stage.talk(one, other)
    stage.say(one, "call.transfer", call=key, to="sip:200@pbx")
    (_, leg, _), *_ = orders(stage)
    stage.do(stage.exchange.phone("answered", leg, stage.now))
    assert stage.last(one, "call.ended")["reason"] == "transferred"
    accepted = stage.last(other, "call.accepted")
    assert (accepted["mode"], accepted["renew"]) == ("room", True)
    stage.say(other, "call.hangup", call=key)
    assert orders(stage) == [("hang_up", leg, "")]


@pytest.mark.parametrize("can", [True, False])
def test_two_telephones_that_are_left_are_connected_with_each_other(can: bool) -> None:
    stage = Stage(Rules(phones=True, rooms=True))
    desk, key = with_a_telephone(stage)
    first = stage.phones[-1].leg
    stage.say(desk, "call.transfer", call=key, to="sip:300@pbx")
    second = stage.phones[-1].leg
    orders(stage)
    stage.do(stage.exchange.phone("answered", second, stage.now))
    assert stage.last(desk, "call.ended")["reason"] == "transferred"
    assert orders(stage) == [("hand_over", first, second)]
    if can:
        stage.do(stage.exchange.phone("transferred", first, stage.now))
        assert orders(stage) == [("hang_up", second, "")]
        assert stage.reason(key) == "transferred"
    else:
        stage.do(stage.exchange.phone("transfer_failed", first, stage.now))
        assert (orders(stage), stage.board.calls[key].under_way) == ([], True)
        stage.do(stage.exchange.phone("ended", second, stage.now))
        assert orders(stage) == [("hang_up", first, "")]
        assert stage.reason(key) == "hangup"


def test_a_telephone_is_sent_to_another_or_stays() -> None:
    stage = Stage(Rules(phones=True, rooms=True))
    desk, key = with_a_telephone(stage)
    leg = stage.phones[-1].leg
    orders(stage)
    say = lambda to, **more: stage.say(desk, "call.transfer", call=key, to=to, blind=True, **more)  # noqa: E731
    assert say("dept:climate")[-1]["code"] == "bad-address"
    assert say("sip:300@pbx")[-1]["n"] == 1
    assert orders(stage) == [("transfer", leg, "300@pbx")]
    assert say("sip:400@pbx")[-1]["code"] == "already-ringing"
    assert stage.say(desk, "call.add", call=key, to="sip:400@pbx")[-1]["code"] == "already-ringing"
    stage.do(stage.exchange.phone("transfer_failed", leg, stage.now))
    told = stage.last(desk, "call.ringing")
    assert (told["n"], told["ended"]) == (0, "rejected")
    assert stage.board.calls[key].under_way
    say("sip:400@pbx")
    stage.do(stage.exchange.phone("transferred", leg, stage.now))
    assert stage.last(desk, "call.ended")["reason"] == "transferred"
    assert [action for action, *_ in orders(stage)] == ["transfer"], "what is over is not hung up"
    other = stage.console("other", "climate")
    talk = stage.talk(desk, other)
    assert stage.say(desk, "call.transfer", call=talk, to="sip:300@pbx", blind=True)[-1]["code"] == "no-phone"


def test_two_who_withhold_their_numbers_are_two() -> None:
    stage = Stage(Rules(phones=True, rooms=True))
    one, other = stage.console("one"), stage.console("other")
    for leg in ("leg-1", "leg-2"):
        stage.do(stage.exchange.phone_in(leg, "", "fire", stage.now))
        ringing = [call for call in stage.board.calls.values() if not call.under_way]
        stage.say(one if leg == "leg-1" else other, "call.accept", call=ringing[0].id)
    assert [(p.action, p.leg) for p in stage.phones] == [("accept", "leg-1"), ("accept", "leg-2")]
    assert len({party for call in stage.board.calls.values() for party in call.members}) == 4
