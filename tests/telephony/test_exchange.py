"""Calls on a virtual clock: who rings, who wins, why it ends, and what the log keeps of it."""

from __future__ import annotations

import pytest

from telephony import steering
from telephony.call import Phase
from telephony.switchboard import Rules
from tests.telephony.exchange_stage import Stage

SDP = {"type": "offer", "sdp": "v=0"}


# ------------------------------------------------------------------------------------------------------- ringing


def test_every_free_console_rings_and_the_first_to_accept_has_it() -> None:
    stage = Stage()
    wall, one, two, three = stage.join("wall", "main"), *(stage.console(f"fire-{n}") for n in (1, 2, 3))
    key = stage.call(wall, "dept:fire")
    assert stage.last(wall, "call.ringing")["n"] == 3
    stage.say(three, "call.reject", call=key)
    assert stage.last(wall, "call.ringing")["n"] == 2
    stage.say(two, "call.accept", call=key)
    late = stage.say(one, "call.accept", id="7", call=key)
    assert (late[0]["t"], late[0]["re"], late[0]["reason"]) == ("call.ended", "7", "answered_elsewhere")
    assert [m["reason"] for m in stage.got(one, "call.ended")] == ["answered_elsewhere"] * 2
    assert stage.last(wall, "call.accepted")["by"]["party"] == "console:fire-2"
    stage.say(two, "call.hangup", call=key)
    assert (stage.reason(key), stage.ended(key).answered_by) == ("hangup", "console:fire-2")
    assert stage.ended(key).missed == ()


@pytest.mark.parametrize("n", range(20))
def test_of_twenty_who_accept_at_once_one_wins(n: int) -> None:
    stage = Stage()
    wall = stage.join("wall", "main")
    consoles = [stage.console(f"fire-{k}") for k in range(20)]
    key = stage.call(wall, "dept:fire")
    for console in consoles[n:] + consoles[:n]:
        stage.say(console, "call.accept", call=key)
    winners = [c for c in consoles if stage.got(c, "call.accepted")]
    assert winners == [consoles[n]]
    losers = [c for c in consoles if c is not consoles[n]]
    assert all(stage.last(c, "call.ended")["reason"] == "answered_elsewhere" for c in losers)
    assert len(stage.got(wall, "call.accepted")) == 1


def test_nobody_answers_for_thirty_seconds() -> None:
    stage = Stage()
    wall, console = stage.join("wall", "main"), stage.console("fire-1")
    key = stage.call(wall, "dept:fire")
    stage.wait(29.5)
    assert not stage.got(wall, "call.ended")
    stage.wait(0.5)
    assert (stage.last(wall, "call.ended")["reason"], stage.last(console, "call.ended")["missed"]) == (
        "no_answer",
        True,
    )
    assert stage.ended(key).missed == ("console:fire-1",)


def test_the_last_rejection_ends_it_and_who_rejected_has_not_missed_it() -> None:
    stage = Stage()
    wall, one, two = stage.join("wall", "main"), stage.console("fire-1"), stage.console("fire-2")
    key = stage.call(wall, "dept:fire")
    stage.say(one, "call.reject", call=key)
    assert not stage.got(wall, "call.ended")
    stage.say(two, "call.reject", call=key)
    assert (stage.reason(key), stage.ended(key).missed) == ("rejected", ())


def test_busy_consoles_are_busy_and_by_policy_they_are_rung_all_the_same() -> None:
    for waiting in (False, True):
        stage = Stage(Rules(waiting=waiting))
        wall, tablet, console = stage.join("wall", "main"), stage.join("wall", "two"), stage.console("fire-1")
        first = stage.talk(wall, console, "dept:fire")
        second = stage.call(tablet, "dept:fire")
        if not waiting:
            assert (stage.reason(second), stage.ended(second).missed) == ("busy", ("dept:fire",))
            continue
        assert stage.last(console, "call.incoming")["waiting"] is True
        stage.say(console, "call.accept", call=second)
        assert stage.board.calls[first].members["console:fire-1"].holds
        assert stage.last(wall, "peer.state")["held"] is True
        stage.say(console, "call.hold", call=first, on=False)
        assert stage.board.calls[second].members["console:fire-1"].holds


def test_do_not_disturb_and_away() -> None:
    stage = Stage()
    wall, one, two = stage.join("wall", "main"), stage.console("fire-1"), stage.console("fire-2")
    stage.say(one, "presence", status="dnd")
    stage.say(two, "presence", status="away")
    assert stage.last(wall, "presence")["status"] == "away"
    stage.call(wall, "dept:fire", key="away-0001")
    assert (len(stage.got(one, "call.incoming")), len(stage.got(two, "call.incoming"))) == (0, 1)
    stage.say(wall, "call.cancel", call="away-0001")
    stage.say(two, "presence", status="available")
    assert stage.last(wall, "presence")["status"] == "available"
    stage.call(wall, "console:fire-1", key="dnd-00001")
    assert stage.reason("dnd-00001") == "busy"


def test_a_disaster_rings_everywhere_and_the_other_call_waits() -> None:
    stage = Stage(events={"EQ-1"})
    wall, other, one, two = (
        stage.join("wall", "main"), stage.join("wall", "two"), stage.console("fire-1"), stage.console("fire-2"),
    )  # fmt: skip
    first = stage.talk(other, one, "dept:fire")
    stage.say(two, "presence", status="dnd")
    ordinary = stage.call(wall, "dept:fire", about={"kind": "event", "id": "EQ-9"})
    assert stage.reason(ordinary) == "busy", "only an incident that runs goes before everything"
    key = stage.call(wall, "dept:fire", about={"kind": "event", "id": "EQ-1", "title": "지진"})
    for console in (one, two):
        incoming = stage.last(console, "call.incoming")
        assert (incoming["urgent"], incoming["about"]["title"]) == (True, "지진")
    stage.say(one, "call.accept", call=key)
    assert stage.board.calls[first].members["console:fire-1"].holds
    assert not stage.board.calls[key].members["console:fire-1"].holds
    assert first in stage.board.calls


# ------------------------------------------------------------------------------------- the order of the directory


def test_nobody_there_leads_to_the_deputy_then_to_the_fallback() -> None:
    stage = Stage(fallback="climate")
    wall, deputy = stage.join("wall", "main"), stage.console("safety-1", "safety")
    stage.call(wall, "dept:fire", key="deputy-01")
    incoming = stage.last(deputy, "call.incoming")
    assert (incoming["to"], stage.last(wall, "call.ringing")["department"]) == ("dept:fire", "safety")
    stage.say(wall, "call.cancel", call="deputy-01")
    stage.do(stage.exchange.leave(deputy, stage.now))
    climate = stage.console("climate-1", "climate")
    stage.call(wall, "dept:fire", key="last-0001")
    assert stage.got(climate, "call.incoming")


def test_nobody_at_all_is_offline_and_the_department_has_missed_it() -> None:
    stage = Stage()
    wall = stage.join("wall", "main")
    key = stage.call(wall, "dept:fire")
    assert stage.last(wall, "call.ended")["reason"] == "offline"
    assert stage.ended(key).missed == ("dept:fire",)


@pytest.mark.parametrize(("hours_later", "dialled"), [(0, True), (7, False)])
def test_a_telephone_is_called_in_its_hours_where_no_console_is(hours_later: int, dialled: bool) -> None:
    stage = Stage(Rules(phones=True, rooms=True), phones={"climate": "200@pbx"})
    stage.now += hours_later * 3600
    wall = stage.join("wall", "main")
    key = stage.call(wall, "dept:climate")
    assert bool(stage.phones) is dialled
    if not dialled:
        assert stage.reason(key) == "offline"
        return
    dial = stage.phones[0]
    assert (dial.action, dial.uri, dial.room) == ("dial", "200@pbx", f"call-{key}")
    stage.do(stage.exchange.phone("answered", dial.leg, stage.now))
    accepted = stage.last(wall, "call.accepted")
    assert (accepted["mode"], accepted["room"], accepted["by"]["party"]) == ("room", f"call-{key}", "sip:200@pbx")
    stage.do(stage.exchange.phone("ended", dial.leg, stage.now))
    assert stage.reason(key) == "hangup"


@pytest.mark.parametrize(("kind", "reason"), [
    ("busy", "busy"), ("rejected", "rejected"), ("failed", "offline"), ("no_answer", "no_answer"),
])  # fmt: skip
def test_a_telephone_that_is_not_answered(kind: str, reason: str) -> None:
    stage = Stage(Rules(phones=True, rooms=True))
    wall = stage.join("wall", "main")
    key = stage.call(wall, "sip:200@pbx")
    stage.do(stage.exchange.phone(kind, stage.phones[0].leg, stage.now))
    assert stage.reason(key) == reason


def test_a_telephone_calls_a_department() -> None:
    stage = Stage(Rules(phones=True, rooms=True))
    console = stage.console("fire-1")
    stage.do(stage.exchange.phone_in("leg-1", "0212345678", "fire", stage.now))
    incoming = stage.last(console, "call.incoming")
    assert (incoming["from"]["party"], incoming["media"]) == ("sip:0212345678", "audio")
    stage.say(console, "call.accept", call=incoming["call"])
    accepted = stage.last(console, "call.accepted")
    assert (accepted["mode"], accepted["room"]) == ("room", f"call-{incoming['call']}")
    assert [(p.action, p.leg, p.room) for p in stage.phones] == [("accept", "leg-1", accepted["room"])]
    stage.say(console, "call.hangup", call=incoming["call"])
    assert [p.action for p in stage.phones] == ["accept", "hang_up"]
    stage.do(stage.exchange.phone_in("leg-2", "0212345678", "fire", stage.now))
    stage.do(stage.exchange.phone("ended", "leg-2", stage.now))
    assert stage.last(console, "call.ended")["missed"] is True
    stage.do(stage.exchange.phone_in("leg-3", "1", "nope", stage.now))
    assert (stage.phones[-1].action, stage.phones[-1].leg) == ("hang_up", "leg-3")


def test_a_call_to_a_telephone_is_hung_up_when_the_caller_cancels() -> None:
    stage = Stage(Rules(phones=True, rooms=True))
    wall = stage.join("wall", "main")
    key = stage.call(wall, "sip:200@pbx")
    stage.say(wall, "call.cancel", call=key)
    assert [p.action for p in stage.phones] == ["dial", "hang_up"]


# ------------------------------------------------------------------------------------- one display, many screens


def test_the_wall_makes_the_media_and_the_television_watches() -> None:
    stage = Stage()
    tv, tablet, wall, watch = (stage.join(role, "main") for role in ("tv", "tablet", "wall", "watch"))
    console = stage.console("fire-1")
    stage.call(watch, "dept:fire", key="watch-001")
    stage.say(console, "call.accept", call="watch-001")
    assert stage.last(wall, "call.accepted")["watch"] is False
    assert all(stage.last(c, "call.accepted")["watch"] is True for c in (tv, tablet, watch))
    refused = stage.say(tablet, "rtc.desc", call="watch-001", desc=SDP)
    assert refused[0]["code"] == "not-yours"
    assert stage.say(tv, "call.hangup", call="watch-001")[0]["code"] == "not-for-this-role"
    stage.say(tablet, "call.hangup", call="watch-001")
    assert stage.reason("watch-001") == "hangup"


def test_a_call_to_a_display_rings_at_all_its_screens_and_one_answers() -> None:
    stage = Stage()
    wall, tablet, console = stage.join("wall", "main"), stage.join("tablet", "main"), stage.console("fire-1")
    key = stage.call(console, "display:main")
    assert stage.got(wall, "call.incoming")
    assert stage.got(tablet, "call.incoming")
    stage.say(tablet, "call.accept", call=key)
    assert (stage.last(tablet, "call.accepted")["watch"], stage.last(wall, "call.accepted")["watch"]) == (False, True)
    assert stage.say(wall, "call.accept", call=key)[0]["reason"] == "answered_elsewhere"


def test_a_watch_alone_cannot_call() -> None:
    stage = Stage()
    watch = stage.join("watch", "main")
    assert stage.say(watch, "call.invite", id="1", call="watch-001", to="dept:fire")[0] == {
        "t": "error", "re": "1", "code": "no-call-client",
        "message": "no screen with a microphone is connected for this call",
    }  # fmt: skip
    assert not stage.notes


# --------------------------------------------------------------------------------------- hold, transfer, a third


def test_hold_and_take_up_again() -> None:
    stage = Stage()
    wall, console = stage.join("wall", "main"), stage.console("fire-1")
    key = stage.talk(wall, console)
    stage.say(console, "call.hold", call=key, on=True)
    assert stage.last(wall, "peer.state") == {
        "t": "peer.state", "call": key, "party": "console:fire-1", "held": True,
    }  # fmt: skip
    stage.say(console, "call.hold", call=key, on=False)
    assert stage.last(wall, "peer.state")["held"] is False


def test_a_transfer_swaps_the_peer_once_the_other_has_answered() -> None:
    stage = Stage()
    wall, one, two = stage.join("wall", "main"), stage.console("fire-1"), stage.console("safety-1", "safety")
    key = stage.talk(wall, one)
    stage.say(one, "call.transfer", call=key, to="dept:safety")
    assert stage.last(two, "call.incoming")["from"]["party"] == "console:fire-1"
    assert key in stage.board.calls
    stage.say(two, "call.accept", call=key)
    assert stage.last(one, "call.ended")["reason"] == "transferred"
    renewed = stage.last(wall, "call.accepted")
    assert (renewed["renew"], renewed["by"]["party"], renewed["polite"]) == (True, "console:safety-1", False)
    stage.say(wall, "rtc.desc", call=key, desc=SDP)
    assert stage.got(two, "rtc.desc")
    assert not stage.got(one, "rtc.desc")
    stage.say(two, "call.hangup", call=key)
    assert stage.ended(key).parties == ("display:main", "console:fire-1", "console:safety-1")


@pytest.mark.parametrize("answer", ["reject", "silence"])
def test_a_transfer_that_nobody_takes_leaves_the_call_as_it_was(answer: str) -> None:
    stage = Stage()
    wall, one, two = stage.join("wall", "main"), stage.console("fire-1"), stage.console("safety-1", "safety")
    key = stage.talk(wall, one)
    stage.say(one, "call.transfer", call=key, to="dept:safety")
    if answer == "reject":
        stage.say(two, "call.reject", call=key)
    else:
        stage.wait(30)
    over = stage.last(one, "call.ringing")
    assert (over["n"], over["ended"]) == (0, "rejected" if answer == "reject" else "no_answer")
    stage.say(wall, "rtc.desc", call=key, desc=SDP)
    assert stage.got(one, "rtc.desc")


def test_a_third_party_makes_a_room_of_the_call() -> None:
    stage = Stage(Rules(rooms=True))
    wall, one, two = stage.join("wall", "main"), stage.console("fire-1"), stage.console("safety-1", "safety")
    key = stage.talk(wall, one)
    stage.say(wall, "call.add", call=key, to="dept:safety")
    assert not stage.got(wall, "call.upgrade"), "not before somebody has answered"
    stage.say(two, "call.accept", call=key)
    room = f"call-{key}"
    assert [stage.last(c, "call.upgrade")["room"] for c in (wall, one)] == [room, room]
    assert (stage.last(two, "call.accepted")["mode"], stage.last(two, "call.accepted")["room"]) == ("room", room)
    opened = [(r.action, r.party) for r in stage.rooms]
    assert opened == [("open", ""), *(("allow", p) for p in ("display:main", "console:fire-1", "console:safety-1"))]
    assert stage.say(wall, "rtc.desc", call=key, desc=SDP)[0]["code"] == "no-such-connection"
    stage.say(one, "call.hangup", call=key)
    assert stage.last(wall, "peer.state")["left"] == "hangup"
    stage.say(two, "call.hangup", call=key)
    assert stage.reason(key) == "hangup"
    assert (stage.rooms[-1].action, stage.rooms[-1].room) == ("close", room)


def test_who_is_put_out_of_its_room_is_out_of_the_call() -> None:
    stage = Stage(Rules(rooms=True))
    wall, one, two = stage.join("wall", "main"), stage.console("fire-1"), stage.console("safety-1", "safety")
    key = stage.talk(wall, one)
    stage.say(wall, "call.add", call=key, to="dept:safety")
    stage.say(two, "call.accept", call=key)
    room = f"call-{key}"
    for client, where in ((two, "another-room"), (stage.join("tablet", "main"), room)):
        stage.do(stage.exchange.put_out(client.id, where, "removed", stage.now))
        assert len(stage.board.calls[key].members) == 3, "that is nothing to this call"
    stage.do(stage.exchange.put_out(two.id, room, "removed", stage.now))  # by the host
    assert stage.last(two, "call.ended")["reason"] == "hangup"
    assert stage.board.free(two.party)
    assert stage.last(wall, "peer.state")["left"] == "hangup"
    stage.do(stage.exchange.put_out(wall.id, room, "engine", stage.now))  # the room itself is over
    assert stage.reason(key) == "media_failed"
    stage.do(stage.exchange.put_out(one.id, room, "engine", stage.now))
    assert stage.board.free(one.party)


def test_without_an_engine_nobody_is_added() -> None:
    stage = Stage()
    wall, one = stage.join("wall", "main"), stage.console("fire-1")
    key = stage.talk(wall, one)
    assert stage.say(wall, "call.add", call=key, to="dept:safety")[0]["code"] == "no-rooms"


# --------------------------------------------------------------------------------------------------------- glare


@pytest.mark.parametrize("by", ["party", "department"])
def test_two_who_call_each_other_have_one_call_the_older(by: str) -> None:
    stage = Stage()
    one, two = stage.console("fire-1"), stage.console("safety-1", "safety")
    older = stage.call(one, "console:safety-1" if by == "party" else "dept:safety")
    newer = stage.call(two, "console:fire-1" if by == "party" else "dept:fire")
    assert [stage.last(c, "call.accepted")["call"] for c in (one, two)] == [older, older]
    assert newer not in stage.board.calls
    assert stage.last(two, "call.accepted")["polite"] is True
    stage.say(one, "call.hangup", call=older)
    assert [n.id for n in stage.notes if n.ended is not None] == [older]


# ---------------------------------------------------------------------------------------- sockets that are lost


def test_a_lost_socket_in_a_call_has_fifteen_seconds() -> None:
    for back in (True, False):
        stage = Stage()
        wall, console = stage.join("wall", "main"), stage.console("fire-1")
        key = stage.talk(wall, console)
        stage.lose(console)
        assert stage.last(wall, "peer.state")["link"] == "lost"
        stage.wait(14.5)
        assert not stage.got(wall, "call.ended")
        if back:
            assert stage.exchange.resumable("sid2", "console:fire-1") is console
            stage.do(stage.exchange.resume(console, stage.now, fresh=True))
            assert (stage.last(wall, "peer.state")["link"], stage.last(wall, "peer.state")["fresh"]) == ("back", True)
            mine = stage.last(console, "welcome")["calls"][0]
            assert (mine["call"], mine["phase"], mine["mine"], mine["mode"]) == (key, "active", True, "p2p")
            stage.wait(60)
            assert key in stage.board.calls
        else:
            stage.wait(0.5)
            assert stage.reason(key) == "connection_lost"
            assert stage.last(wall, "call.ended")["reason"] == "connection_lost"


def test_a_caller_or_a_console_that_is_lost_while_it_rings_has_five() -> None:
    stage = Stage()
    wall, console = stage.join("wall", "main"), stage.console("fire-1")
    key = stage.call(wall, "dept:fire")
    stage.lose(wall)
    stage.wait(5)
    assert stage.reason(key) == "connection_lost"
    assert stage.last(console, "call.ended")["missed"] is True
    wall, deputy = stage.join("wall", "main"), stage.console("safety-1", "safety")
    stage.call(wall, "dept:fire", key="again-001")
    stage.lose(console)
    assert not stage.got(deputy, "call.incoming")
    stage.wait(5)
    assert stage.got(deputy, "call.incoming"), "the next of the directory is rung"


def test_who_comes_back_while_it_rings_still_hears_it_ring() -> None:
    stage = Stage()
    wall, console = stage.join("wall", "main"), stage.console("fire-1")
    key = stage.call(wall, "dept:fire")
    stage.lose(console)
    stage.wait(3)
    stage.do(stage.exchange.resume(console, stage.now))
    rings = stage.last(console, "welcome")["calls"]
    assert [(c["call"], c["phase"], c["mine"]) for c in rings] == [(key, "ringing", False)]
    assert 0 < rings[0]["expires_in_ms"] <= 27_000
    stage.say(console, "call.accept", call=key)
    assert stage.got(wall, "call.accepted")


def test_a_connection_that_never_comes_about_ends_after_fifteen_seconds() -> None:
    stage = Stage()
    wall, console = stage.join("wall", "main"), stage.console("fire-1")
    key = stage.call(wall, "dept:fire")
    stage.say(console, "call.accept", call=key)
    stage.wait(15)
    assert stage.reason(key) == "media_failed"
    other = stage.call(wall, "dept:fire")
    stage.say(console, "call.accept", call=other)
    stage.say(console, "call.state", call=other, media="connected")
    stage.wait(60)
    assert stage.board.calls[other].phase is Phase.ACTIVE
    stage.say(wall, "call.state", call=other, media="failed")
    assert stage.reason(other) == "media_failed"


def test_a_revoked_party_is_out_at_once() -> None:
    stage = Stage()
    wall, console = stage.join("wall", "main"), stage.console("fire-1")
    key = stage.talk(wall, console)
    stage.do(stage.exchange.leave(console, stage.now))
    assert stage.reason(key) == "connection_lost"
    assert stage.exchange.resumable("sid2", "console:fire-1") is None


# ------------------------------------------------------------------------------------------------ what is refused


def test_nobody_hears_or_steers_another_ones_call() -> None:
    stage = Stage()
    wall, one, two = stage.join("wall", "main"), stage.console("fire-1"), stage.console("culture-1", "culture")
    key = stage.talk(wall, one)
    for t, more in (
        ("call.accept", {}), ("call.reject", {}), ("call.cancel", {}), ("call.hangup", {}),
        ("call.hold", {"on": True}), ("call.transfer", {"to": "console:culture-1"}),
        ("call.add", {"to": "console:culture-1"}), ("call.state", {"mic": True}),
        ("rtc.desc", {"desc": SDP}), ("rtc.ice", {"cand": None}),
    ):  # fmt: skip
        answer = stage.say(two, t, call=key, **more)
        assert [m.get("code") for m in answer] == ["unknown-call"], t
    assert stage.inbox[one.id][-1]["t"] != "rtc.desc"
    assert stage.board.calls[key].phase is Phase.ACTIVE


def test_a_guest_places_and_steers_nothing() -> None:
    stage = Stage()
    guest, console = stage.join("guest", "scene"), stage.console("fire-1")
    assert stage.last(guest, "welcome")["departments"] == []
    assert stage.say(guest, "call.invite", call="guest-001", to="dept:fire")[0]["code"] == "not-for-this-role"
    assert stage.say(guest, "presence", status="dnd")[0]["code"] == "not-for-this-role"
    stage.say(console, "presence", status="away")
    assert not stage.got(guest, "presence")


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("dept:nope", "unknown-department"), ("nonsense", "bad-address"), ("room:daily", "bad-address"),
        ("display:main", "own-address"), ("console:a b", "bad-address"), ("guest:x", "bad-address"),
    ],
)  # fmt: skip
def test_addresses_that_cannot_be_called(to: str, code: str) -> None:
    stage = Stage()
    wall = stage.join("wall", "main")
    assert stage.say(wall, "call.invite", id="1", call="wrong-001", to=to)[0]["code"] == code
    assert not stage.notes


def test_one_call_at_a_time_and_an_id_once() -> None:
    stage = Stage()
    wall, console, _ = stage.join("wall", "main"), stage.console("fire-1"), stage.console("safety-1", "safety")
    key = stage.talk(wall, console)
    assert stage.say(wall, "call.invite", call="other-001", to="dept:safety")[0]["code"] == "in-a-call"
    stage.say(wall, "call.hold", call=key, on=True)
    assert stage.say(wall, "call.invite", call=key, to="dept:safety")[0]["code"] == "call-exists"
    stage.say(wall, "call.invite", call="other-001", to="dept:safety")
    assert "other-001" in stage.board.calls


# --------------------------------------------------------------------------------------------------------- limits


def test_six_invitations_a_minute() -> None:
    stage = Stage()
    wall, _ = stage.join("wall", "main"), [stage.console(f"{d}-1", d) for d in ("fire", "safety", "climate")]
    for n, department in enumerate(["fire", "safety", "climate"] * 2):
        stage.call(wall, f"dept:{department}", key=f"call-n{n:03}")
        stage.say(wall, "call.cancel", call=f"call-n{n:03}")
        stage.exchange.limits.answered("display:main", f"dept:{department}")
    refused = stage.say(wall, "call.invite", call="seventh-1", to="dept:fire")
    assert (refused[0]["code"], 0 < refused[0]["retry_ms"] <= 60_000) == ("rate-limited", True)
    stage.wait(60)
    stage.call(wall, "dept:fire", key="eighth-01")
    assert "eighth-01" in stage.board.calls


def test_three_unanswered_calls_to_a_department_cool_down_and_a_disaster_does_not_wait() -> None:
    stage = Stage(events={"EQ-1"})
    wall = stage.join("wall", "main")
    for n in range(3):
        stage.call(wall, "dept:fire", key=f"call-n{n:03}")
    assert stage.say(wall, "call.invite", call="fourth-01", to="dept:fire")[0]["code"] == "rate-limited"
    assert not [n for n in stage.notes if n.id == "fourth-01"], "a flood does not fill the log"
    stage.call(wall, "dept:safety", key="other-001")
    assert stage.reason("other-001") == "offline"
    stage.console("fire-1")
    stage.call(wall, "dept:fire", key="quake-001", about={"kind": "event", "id": "EQ-1"})
    assert "quake-001" in stage.board.calls
    stage.say(wall, "call.cancel", call="quake-001")
    stage.wait(60)
    stage.call(wall, "dept:fire", key="later-001")
    assert "later-001" in stage.board.calls


def test_limits_forget() -> None:
    stage = Stage()
    for n in range(300):
        wall = stage.join("wall", f"w{n}")
        stage.call(wall, "dept:fire")
        stage.do(stage.exchange.leave(wall, stage.now))
        stage.wait(1)
    assert len(stage.exchange.limits._times) <= 62
    assert len(stage.exchange.limits._unanswered) <= 62
    assert (len(stage.board.over), len(stage.board.over_for)) == (256, 256)
    assert not stage.board.clients.by_id
    assert not stage.board.clients._of


def test_a_client_that_stays_for_days_gets_fresh_credentials() -> None:
    stage = Stage()
    made: list[str] = []
    stage.exchange.ice = lambda client: made.append(client.id) or [{"urls": ["turn:t"], "username": f"{stage.now}"}]
    console = stage.console("fire-1")
    stage.wait(599)
    assert not stage.got(console, "ice")
    stage.wait(601)
    assert [m["ice_servers"][0]["username"] for m in stage.got(console, "ice")] == ["1600.0", "2200.0"]


def test_opening_hours_that_begin_are_told() -> None:
    stage = Stage()
    console = stage.console("fire-1")
    stage.wait(6 * 3600 - 2)
    assert not [m for m in stage.got(console, "presence") if m["subject"] == "dept:climate"]
    stage.wait(4)
    assert [m["open"] for m in stage.got(console, "presence") if m["subject"] == "dept:climate"] == [False]


def test_a_voice_ends_holds_takes_up_and_answers_the_call_of_its_display() -> None:
    stage = Stage()
    wall, console = stage.join("wall", "main"), stage.console("fire-1")

    def steer(deed: str) -> str:
        done, effects = steering.steer(stage.exchange, wall.party, deed, stage.now)
        stage.do(effects)
        return done

    assert [steer(deed) for deed in ("off", "hold", "release", "on")] == ["", "", "", ""], "there is no call"
    key = stage.call(console, "display:main")
    assert steer("on") == "answered"
    assert (stage.last(wall, "call.accepted")["watch"], stage.last(console, "call.accepted")["call"]) == (False, key)
    stage.say(wall, "rtc.desc", call=key, desc={"type": "answer", "sdp": "v=0"})
    assert (steer("hold"), stage.last(console, "peer.state")["held"]) == ("held", True)
    assert (steer("release"), stage.last(console, "peer.state")["held"]) == ("released", False)
    assert (steer("off"), stage.reason(key)) == ("hangup", "hangup")
    key = stage.call(console, "display:main")
    assert (steer("off"), stage.reason(key)) == ("declined", "rejected")
    assert stage.last(wall, "call.ended") == {"t": "call.ended", "call": key, "reason": "rejected", "missed": False}
    key = stage.call(wall, "dept:fire")
    assert (steer("off"), stage.reason(key)) == ("cancelled", "cancelled")
