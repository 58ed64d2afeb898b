"""Meeting rooms: coming in, hosting, the lobby, PINs, moderation, pages, chat, captions, and going."""

from __future__ import annotations

import pytest

from assistant.contracts import BadInput, NotPermitted, SeoulaError, Unavailable
from telephony.pins import LOCKED_S, Pin, PinDoor
from telephony.room_effects import OUTGOING
from telephony.rooms import Engine, Person, Plan, Policy
from tests.telephony.stage import FIRE, LOBBY, PHONE, ROOM, SAFETY, SCENE, TABLET, TV, WALL, Stage, plans


def refused(stage: Stage, person: object, t: str, room: str | None = ROOM, /, **fields: object) -> str:
    with pytest.raises(SeoulaError) as caught:
        stage.say(person, t, room, **fields)  # type: ignore[arg-type]
    return caught.value.code


# ------------------------------------------------------------------------------------------------- coming and going


def test_the_first_one_in_hosts_and_everybody_hears_who_is_there() -> None:
    stage = Stage()
    stage.join(WALL, SAFETY)
    assert stage.orders("open") == [Engine("open", ROOM, most=6)]
    joined = stage.last(SAFETY, "room.joined")
    assert (joined["role"], joined["host"], joined["presenter"]) == ("speaker", WALL.part, WALL.part)
    assert [p["part"] for p in stage.last(WALL, "room.people")["people"]] == [WALL.part, SAFETY.part]
    assert all(m["t"] in OUTGOING for box in stage.inbox.values() for m in box)


def test_the_host_leaves_and_the_next_one_hosts_a_television_only_at_need() -> None:
    stage = Stage()
    stage.join(TV)
    assert stage.last(TV, "room.joined")["role"] == "host"
    stage.join(SAFETY, FIRE)
    assert stage.last(TV, "room.people")["host"] == SAFETY.part
    stage.say(SAFETY, "room.leave", ROOM)
    assert stage.last(SAFETY, "room.ended")["reason"] == "left"
    assert stage.last(TV, "room.people")["host"] == FIRE.part
    stage.say(FIRE, "room.leave", ROOM)
    assert stage.last(TV, "room.people")["host"] == TV.part
    assert not stage.rooms.may_publish(ROOM, TV.part)
    assert stage.rooms.may_subscribe(ROOM, TV.part)


def test_an_empty_room_ends_after_a_minute_and_the_next_meeting_is_another() -> None:
    stage = Stage()
    stage.join(WALL)
    stage.say(WALL, "room.chat", ROOM, text="오늘 안건")
    stage.say(WALL, "room.leave", ROOM)
    stage.wait(59)
    stage.join(WALL)
    first = stage.last(WALL, "room.joined")
    assert [line["text"] for line in first["chat"]] == ["오늘 안건"]
    assert not stage.orders("close")
    stage.say(WALL, "room.leave", ROOM)
    stage.wait(61)
    assert stage.orders("close") == [Engine("close", ROOM)]
    stage.join(WALL)
    second = stage.last(WALL, "room.joined")
    assert second["chat"] == []
    assert second["meeting"] != first["meeting"]


def test_a_lost_connection_has_its_grace_and_comes_back_to_the_same_state() -> None:
    stage = Stage()
    stage.join(WALL, SAFETY)
    stage.do(stage.rooms.lost(SAFETY.part, stage.now))
    assert [p["away"] for p in stage.last(WALL, "room.people")["people"]] == [False, True]
    stage.wait(14)
    stage.say(WALL, "room.chat", ROOM, text="기다립니다")
    stage.do(stage.rooms.back(SAFETY.part, stage.now))
    assert [p["away"] for p in stage.last(WALL, "room.people")["people"]] == [False, False]
    stage.join(SAFETY)
    assert stage.last(SAFETY, "room.joined")["chat"][-1]["text"] == "기다립니다"
    assert not stage.notes("left")
    stage.do(stage.rooms.lost(SAFETY.part, stage.now))
    stage.wait(16)
    assert stage.notes("left")[-1].data["reason"] == "lost"
    assert Engine("leave", ROOM, SAFETY.part) in stage.effects


def test_a_full_room_refuses_the_next() -> None:
    stage = Stage(most=2)
    stage.join(WALL, SAFETY)
    with pytest.raises(Unavailable, match="holds 2"):
        stage.join(FIRE)
    stage.say(SAFETY, "room.leave", ROOM)
    stage.join(FIRE)
    assert stage.told(FIRE, "room.joined")


def test_one_party_is_in_one_room_and_a_stranger_in_none() -> None:
    stage = Stage()
    stage.join(WALL)
    assert refused(stage, WALL, "room.join", LOBBY) == "in-another-room"
    assert refused(stage, SAFETY, "room.chat", text="x") == "not-in-room"
    assert refused(stage, SAFETY, "room.join", "nowhere") == "no-such-room"
    stage.do(stage.rooms.forget(WALL.part, stage.now))
    assert stage.last(WALL, "room.ended")["reason"] == "revoked"
    assert refused(stage, WALL, "room.list", None) == "no-hello"


def test_a_made_room_is_listed_while_it_is_used_and_has_its_limits() -> None:
    stage = Stage(Policy(most_made=1))
    stage.say(WALL, "room.create", title="긴급 점검", pin="2468", lobby=True)
    room = stage.last(WALL, "room.joined")["room"]
    stage.say(SAFETY, "room.list")
    row = stage.last(SAFETY, "room.list")["rooms"][-1]
    assert (row["room"], row["title_ko"], row["pin"], row["live"]) == (room, "긴급 점검", True, True)
    assert refused(stage, WALL, "room.create", None, title="하나 더") == "too-many-rooms"
    assert refused(stage, SCENE, "room.create", None, title="현장") == "office-only"
    for bad in ({"title": ""}, {"title": "가" * 61}, {"title": "x", "pin": "12"}, {"title": "x", "most": True}):
        assert refused(stage, SAFETY, "room.create", None, **bad) in ("bad-text", "bad-pin", "bad-message")
    stage.say(WALL, "room.moderate", room, do="end")
    stage.say(SAFETY, "room.list")
    assert room not in {row["room"] for row in stage.last(SAFETY, "room.list")["rooms"]}


def test_a_call_becomes_a_room_for_its_parties_only() -> None:
    stage = Stage()
    room = "call-1"
    stage.rooms.open_call(room, ("통화", "Call"), stage.now)
    for person in (WALL, SAFETY, PHONE):
        stage.rooms.invite(room, person.part)
    stage.publish(PHONE, room=room)
    stage.join(WALL, SAFETY, room=room)
    joined = stage.last(SAFETY, "room.joined")
    assert joined["host"] == WALL.part
    assert joined["feeds"] == [{"feed": f"feed-{PHONE.part}", "part": PHONE.part}]
    assert refused(stage, FIRE, "room.join", room) == "no-such-room"
    stage.rooms.invite(room, FIRE.part)
    stage.join(FIRE, room=room)
    assert len(stage.last(WALL, "room.people")["people"]) == 4
    stage.do(stage.rooms.dismiss(room, FIRE.part, stage.now))
    assert stage.last(FIRE, "room.ended")["reason"] == "left"
    assert refused(stage, FIRE, "room.join", room) == "no-such-room"
    stage.do(stage.rooms.engine_event("unpublished", room, PHONE.part, f"feed-{PHONE.part}", 0, stage.now))
    assert len(stage.last(WALL, "room.people")["people"]) == 2
    stage.do(stage.rooms.close(room, stage.now))
    assert stage.last(WALL, "room.ended")["reason"] == "ended"
    assert refused(stage, WALL, "room.join", room) == "no-such-room"


def test_a_telephone_cannot_agree_so_nothing_is_recorded_with_it() -> None:
    stage = Stage()
    room = "call-1"
    stage.rooms.open_call(room, ("통화", "Call"), stage.now)
    for person in (WALL, SAFETY, PHONE):
        stage.rooms.invite(room, person.part)
    stage.join(WALL, SAFETY, room=room)
    stage.say(WALL, "recording.set", room, on=True)
    stage.consents(SAFETY, room=room)
    assert stage.last(WALL, "recording")["state"] == "on"
    stage.publish(PHONE, room=room)
    assert stage.last(WALL, "recording")["state"] == "off"
    stage.say(WALL, "recording.set", room, on=True)
    stage.consents(SAFETY, room=room)
    assert stage.last(WALL, "recording")["state"] == "asking"


def test_a_phone_at_a_scene_waits_for_the_office_and_enters_only_its_own_room() -> None:
    stage = Stage()
    room = "event:fire-1"
    stage.join(SCENE, room=room)
    assert stage.last(SCENE, "room.waiting")["why"] == "host"
    assert refused(stage, SCENE, "room.join", ROOM) == "no-such-room"
    assert refused(stage, WALL, "room.join", "event:unknown") == "no-such-room"
    stage.join(WALL, room=room)
    assert stage.last(SCENE, "room.joined")["host"] == WALL.part
    stage.publish(SCENE, room=room)
    assert stage.last(WALL, "room.feeds")["added"] == [{"feed": f"feed-{SCENE.part}", "part": SCENE.part}]
    stage.say(WALL, "room.leave", room)
    assert stage.last(SCENE, "room.waiting")["why"] == "host"
    assert Engine("leave", room, SCENE.part) in stage.effects
    stage.join(WALL, room=room)
    assert [m["t"] for m in stage.inbox[SCENE.part] if m["t"] in ("room.joined", "room.waiting")] == [
        "room.waiting", "room.joined", "room.waiting", "room.joined"
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------------- the door


def test_who_waits_in_the_lobby_hears_nothing_until_he_is_let_in() -> None:
    stage = Stage()
    stage.join(WALL, SAFETY, room=LOBBY)
    stage.say(WALL, "room.chat", LOBBY, text="비밀 안건")
    stage.say(WALL, "room.page", LOBBY, document="white-paper-1", page=3)
    assert {m["t"] for m in stage.inbox[SAFETY.part]} == {"room.waiting"}
    assert refused(stage, SAFETY, "room.chat", LOBBY, text="여보세요") == "not-in-room"
    assert not stage.rooms.may_subscribe(LOBBY, SAFETY.part)
    assert stage.last(WALL, "room.people")["waiting"][0]["part"] == SAFETY.part
    stage.join(FIRE, room=LOBBY)
    stage.say(WALL, "room.admit", LOBBY, part=SAFETY.part, admit=True)
    joined = stage.last(SAFETY, "room.joined")
    assert (joined["page"]["document"], joined["page"]["page"]) == ("white-paper-1", 3)
    assert [line["text"] for line in joined["chat"]] == ["비밀 안건"]
    assert "waiting" not in stage.last(SAFETY, "room.people")
    assert refused(stage, SAFETY, "room.admit", LOBBY, part=FIRE.part, admit=True) == "host-only"
    stage.say(WALL, "room.admit", LOBBY, part="*", admit=False)
    assert stage.last(FIRE, "room.ended")["reason"] == "refused"


def test_when_the_last_one_leaves_who_waited_longest_opens_the_room() -> None:
    stage = Stage()
    stage.join(WALL, SAFETY, FIRE, room=LOBBY)
    stage.say(WALL, "room.leave", LOBBY)
    assert stage.last(SAFETY, "room.joined")["host"] == SAFETY.part
    assert {m["t"] for m in stage.inbox[FIRE.part]} == {"room.waiting"}
    assert [w["part"] for w in stage.last(SAFETY, "room.people")["waiting"]] == [FIRE.part]


def test_five_wrong_pins_close_the_door_to_that_party_alone() -> None:
    door = PinDoor(Pin.of("4711"))
    stage = Stage(rooms=[Plan(ROOM, "회의실", "Room", "standing", door=door)])
    assert refused(stage, WALL, "room.join") == "pin-needed"
    for wrong in ("0000", "47110", "4712", "abcd", ""):
        assert refused(stage, WALL, "room.join", pin=wrong or "1111") == "wrong-pin"
    assert refused(stage, WALL, "room.join", pin="4711") == "pin-locked"
    stage.say(SAFETY, "room.join", ROOM, pin="4711")
    assert stage.told(SAFETY, "room.joined")
    stage.now += LOCKED_S + 1
    stage.say(WALL, "room.join", ROOM, pin="4711")
    assert stage.told(WALL, "room.joined")
    assert "4711" not in repr(door)


def test_a_party_that_connects_anew_has_no_more_tries() -> None:
    stage = Stage(rooms=[Plan(ROOM, "회의실", "Room", "standing", door=PinDoor(Pin.of("4711")))])
    tries = [Person(f"c{n}", "console", "안전총괄실", "Safety Office", None, "console:safety-1") for n in range(6)]
    for one in tries:
        stage.rooms.know(one)
    codes = [refused(stage, one, "room.join", pin="4711" if one is tries[-1] else "0000") for one in tries]
    assert codes == ["wrong-pin"] * 5 + ["pin-locked"]


def test_no_link_leads_into_a_call() -> None:
    stage = Stage()
    stage.rooms.open_call("call-1", ("통화", "Call"), stage.now)
    stage.rooms.invite("call-1", WALL.owner)
    stage.say(WALL, "room.join", "call-1")
    stranger = Person("guest:x", "guest", "현장", "Scene", frozenset({"call-1"}))
    stage.rooms.know(stranger)
    assert refused(stage, stranger, "room.join", "call-1") == "no-such-room"
    stage.say(stranger, "room.list")
    assert stage.last(stranger, "room.list")["rooms"] == []


def test_many_parties_guessing_together_close_the_pin_for_all() -> None:
    door = PinDoor(Pin.of("4711"))
    for number in range(30):
        with pytest.raises(NotPermitted, match="wrong PIN"):
            door.check(f"guest:{number}", "0000", 10.0)
    with pytest.raises(NotPermitted) as caught:
        door.check("console:safety-1", "4711", 11.0)
    assert caught.value.code == "pin-locked"


def test_a_right_pin_passes_the_lobby() -> None:
    stage = Stage(rooms=[Plan(ROOM, "회의실", "Room", "standing", lobby=True, door=PinDoor(Pin.of("4711")))])
    stage.say(WALL, "room.join", ROOM, pin="4711")
    stage.say(SAFETY, "room.join", ROOM, pin="4711")
    assert stage.told(SAFETY, "room.joined")


# ------------------------------------------------------------------------------------------------- moderation


def test_the_host_mutes_stops_removes_and_ends() -> None:
    stage = Stage()
    stage.join(WALL, SAFETY, FIRE)
    stage.publish(SAFETY, FIRE)
    stage.say(SAFETY, "call.state", ROOM, mic=True, cam=True)
    stage.say(WALL, "room.moderate", ROOM, do="mute", part=SAFETY.part)
    assert stage.last(SAFETY, "room.moderated") == {
        "t": "room.moderated", "room": ROOM, "do": "mute", "by": WALL.part
    }  # fmt: skip
    person = stage.last(FIRE, "room.people")["people"][1]
    assert (person["mic"], person["cam"]) == (False, True)
    stage.say(WALL, "room.moderate", ROOM, do="mute_all")
    assert stage.last(FIRE, "room.moderated")["do"] == "mute"
    assert refused(stage, SAFETY, "room.moderate", do="mute", part=FIRE.part) == "host-only"
    assert refused(stage, WALL, "room.moderate", do="mute", part=TV.part) == "not-in-room"
    assert refused(stage, WALL, "room.moderate", do="dance", part=FIRE.part) == "bad-message"

    stage.say(WALL, "room.moderate", ROOM, do="remove", part=SAFETY.part)
    assert stage.last(FIRE, "room.feeds")["removed"] == [f"feed-{SAFETY.part}"]
    told = len(stage.inbox[SAFETY.part])
    stage.say(WALL, "room.chat", ROOM, text="이제 둘입니다")
    assert len(stage.inbox[SAFETY.part]) == told
    assert stage.inbox[SAFETY.part][-1]["reason"] == "removed"
    assert refused(stage, SAFETY, "room.join") == "removed"

    stage.say(WALL, "room.moderate", ROOM, do="lock")
    assert refused(stage, TABLET, "room.join") == "room-locked"
    stage.say(WALL, "room.moderate", ROOM, do="end")
    assert stage.last(FIRE, "room.ended")["reason"] == "ended"
    assert stage.notes("ended")


def silenced(stage: Stage, person: Person) -> tuple[str, ...]:
    """What the engine was last told to hold back of somebody."""
    return next((order.kinds for order in reversed(stage.orders("silence")) if order.part == person.part), ())


def test_what_the_host_switches_off_is_held_back_until_its_person_switches_it_on() -> None:
    stage = Stage()
    stage.join(WALL, SAFETY, FIRE)
    stage.publish(SAFETY, FIRE)
    stage.say(SAFETY, "call.state", ROOM, mic=True, cam=True)
    stage.say(WALL, "room.moderate", ROOM, do="mute", part=SAFETY.part)
    assert silenced(stage, SAFETY) == ("audio",)
    stage.say(WALL, "room.moderate", ROOM, do="stop_camera", part=SAFETY.part)
    assert silenced(stage, SAFETY) == ("audio", "video")
    assert silenced(stage, FIRE) == ()
    # A page that says nothing, publishes anew or comes in anew is held back still.
    stage.publish(SAFETY)
    stage.join(SAFETY)
    assert stage.orders("silence")[-1] == Engine("silence", ROOM, SAFETY.part, kinds=("audio", "video"))
    orders = [one.do for one in stage.effects if isinstance(one, Engine) and one.part == SAFETY.part]
    assert orders[-2:] == ["leave", "silence"]
    # A screen is shown in the camera's place; a screen that is stopped leaves the place to the camera.
    stage.say(SAFETY, "call.state", ROOM, screen=True)
    assert silenced(stage, SAFETY) == ("audio",)
    stage.say(WALL, "room.moderate", ROOM, do="stop_screen", part=SAFETY.part)
    assert silenced(stage, SAFETY) == ("audio", "video")
    stage.say(SAFETY, "call.state", ROOM, screen=False, cam=True)
    assert silenced(stage, SAFETY) == ("audio",)
    stage.say(SAFETY, "call.state", ROOM, mic=True)
    assert silenced(stage, SAFETY) == ()
    assert refused(stage, WALL, "room.moderate", do="unmute", part=SAFETY.part) == "their-own"
    stage.say(WALL, "room.moderate", ROOM, do="mute_all")
    assert (silenced(stage, SAFETY), silenced(stage, FIRE), silenced(stage, WALL)) == (("audio",), ("audio",), ())


def test_a_telephone_is_muted_and_unmuted_by_the_host() -> None:
    stage = Stage()
    stage.rooms.open_call("call-1", ("통화", "Call"), stage.now)
    for person in (WALL, PHONE):
        stage.rooms.invite("call-1", person.owner)
    stage.join(WALL, room="call-1")
    stage.publish(PHONE, room="call-1")
    assert stage.last(WALL, "room.people")["people"][1]["mic"] is True
    stage.say(WALL, "room.moderate", "call-1", do="mute", part=PHONE.part)
    assert (silenced(stage, PHONE), stage.last(WALL, "room.people")["people"][1]["mic"]) == (("audio",), False)
    stage.say(WALL, "room.moderate", "call-1", do="unmute", part=PHONE.part)
    assert (silenced(stage, PHONE), stage.last(WALL, "room.people")["people"][1]["mic"]) == ((), True)


def test_standing_rooms_follow_the_registry_and_meetings_go_on() -> None:
    stage = Stage()
    stage.join(WALL, SAFETY)
    meeting = stage.rooms.state(ROOM)
    changed = [Plan(LOBBY, "새 이름", "New name", "standing"), Plan("more", "또 하나", "One more", "standing")]
    stage.rooms.use_plans(changed)
    listed = {row["room"]: row for row in stage.rooms.listed(FIRE)}
    assert (listed[LOBBY]["title_ko"], listed[LOBBY]["lobby"], listed["more"]["kind"]) == ("새 이름", False, "standing")
    assert listed[ROOM]["live"], "its meeting goes on to its end"
    stage.join(FIRE, room="more")
    assert stage.rooms.state(ROOM) is meeting
    stage.say(WALL, "room.moderate", ROOM, do="end")
    assert ROOM not in {row["room"] for row in stage.rooms.listed(FIRE)}
    stage.rooms.use_plans(plans())
    stage.join(WALL)
    assert stage.last(WALL, "room.joined")["room"] == ROOM


def test_the_host_hands_over_but_not_to_a_guest_or_a_television() -> None:
    stage = Stage()
    room = "event:fire-1"
    stage.join(WALL, SCENE, TV, SAFETY, room=room)
    for person in (SCENE, TV):
        assert refused(stage, WALL, "room.moderate", room, do="host", part=person.part) == "cannot-host"
    stage.say(WALL, "room.moderate", room, do="host", part=SAFETY.part)
    assert stage.last(SCENE, "room.people")["host"] == SAFETY.part
    assert refused(stage, WALL, "room.moderate", room, do="lock") == "host-only"


def test_a_viewer_sends_nothing() -> None:
    stage = Stage()
    stage.join(WALL, SAFETY, TV)
    stage.publish(SAFETY)
    stage.say(WALL, "room.moderate", ROOM, do="role", part=SAFETY.part, role="viewer")
    assert not stage.rooms.may_publish(ROOM, SAFETY.part)
    assert stage.orders("leave") == [Engine("leave", ROOM, SAFETY.part)]
    assert refused(stage, SAFETY, "call.state", mic=True) == "view-only"
    stage.publish(SAFETY)  # an offer that was under way
    assert stage.orders("leave") == [Engine("leave", ROOM, SAFETY.part)] * 2
    assert refused(stage, WALL, "room.moderate", do="role", part=TV.part, role="speaker") == "view-only"
    stage.say(WALL, "room.moderate", ROOM, do="role", part=SAFETY.part, role="speaker")
    assert stage.rooms.may_publish(ROOM, SAFETY.part)


# ------------------------------------------------------------------------------------------------- what people do


def test_hands_queue_in_the_order_of_raising() -> None:
    stage = Stage()
    stage.join(WALL, SAFETY, FIRE)
    for person in (FIRE, SAFETY, FIRE):
        stage.now += 1
        stage.say(person, "call.state", ROOM, hand=True)
    assert stage.last(WALL, "room.people")["hands"] == [FIRE.part, SAFETY.part]
    stage.say(WALL, "room.moderate", ROOM, do="lower_hand", part=FIRE.part)
    assert stage.last(FIRE, "room.people")["hands"] == [SAFETY.part]


def test_one_screen_at_a_time_unless_the_setting_says_several() -> None:
    stage = Stage()
    stage.join(WALL, SAFETY)
    stage.say(WALL, "call.state", ROOM, screen=True)
    assert refused(stage, SAFETY, "call.state", screen=True) == "screen-taken"
    stage.say(WALL, "call.state", ROOM, screen=False)
    stage.say(SAFETY, "call.state", ROOM, screen=True)
    several = Stage(Policy(one_screen=False))
    several.join(WALL, SAFETY)
    several.say(WALL, "call.state", ROOM, screen=True)
    several.say(SAFETY, "call.state", ROOM, screen=True)
    assert [p["screen"] for p in several.last(WALL, "room.people")["people"]] == [True, True]


def test_chat_is_plain_bounded_paced_and_decisions_are_the_hosts() -> None:
    stage = Stage()
    stage.join(WALL, SAFETY)
    stage.say(SAFETY, "room.chat", ROOM, text="  제1안\u202e\x07 찬성 \n")
    line = stage.last(WALL, "room.chat")
    assert (line["text"], line["name"], line["kind"], line["n"]) == ("제1안 찬성", "안전총괄실", "text", 1)
    for bad in ("", " \u200b ", "가" * 2001, 7, None):
        assert refused(stage, SAFETY, "room.chat", text=bad) == "bad-text"
    assert refused(stage, SAFETY, "room.chat", text="결정", kind="decision") == "host-only"
    stage.say(WALL, "room.chat", ROOM, text="제1안으로 한다", kind="decision")
    assert stage.notes("decision")[0].data["text"] == "제1안으로 한다"
    for _ in range(5):  # the one of before counts too
        stage.say(SAFETY, "room.chat", ROOM, text="빨리")
    assert refused(stage, SAFETY, "room.chat", text="빨리") == "too-fast"
    stage.now += 2
    stage.say(SAFETY, "room.chat", ROOM, text="다시")


def test_everybody_follows_the_page_and_one_who_looks_elsewhere_may_come_back() -> None:
    stage = Stage(may_see=lambda person, page: person is not TV or page.document != "private-1")
    stage.join(WALL, SAFETY, TV)
    stage.say(WALL, "room.page", ROOM, document="white-paper-1", page=1)
    stage.say(SAFETY, "room.page", ROOM, follow=False)
    stage.say(WALL, "room.page", ROOM, document="white-paper-1", page=2)
    assert [m["page"] for m in stage.told(SAFETY, "room.page")] == [1]
    assert [m["page"] for m in stage.told(TV, "room.page")] == [1, 2]
    stage.say(SAFETY, "room.page", ROOM, follow=True)
    assert stage.last(SAFETY, "room.page")["page"] == 2
    assert refused(stage, SAFETY, "room.page", document="x", page=1) == "presenter-only"
    stage.say(WALL, "room.moderate", ROOM, do="presenter", part=SAFETY.part)
    stage.say(SAFETY, "room.page", ROOM, panel="fine-dust")
    assert stage.last(TV, "room.page")["panel"] == "fine-dust"
    stage.say(WALL, "room.page", ROOM, document="private-1", page=9)
    assert stage.last(TV, "room.page") == {
        "t": "room.page", "room": ROOM, "document": None, "panel": None, "page": None, "by": WALL.part, "hidden": True
    }  # fmt: skip
    for bad in ({"document": "../x"}, {"document": "a", "page": 0}, {"document": "a", "page": True}, {}):
        assert refused(stage, WALL, "room.page", **bad) == "bad-message"
    assert [n.data["document"] or n.data["panel"] for n in stage.notes("page")] == [
        "white-paper-1", "white-paper-1", "fine-dust", "private-1"
    ]  # fmt: skip


def test_the_presenter_shows_nothing_more() -> None:
    stage = Stage()
    stage.join(WALL, SAFETY)
    stage.say(WALL, "room.page", ROOM, panel="parking")
    assert refused(stage, SAFETY, "room.page", off=True) == "presenter-only"
    stage.say(WALL, "room.page", ROOM, off=True)
    assert (stage.last(SAFETY, "room.page")["panel"], stage.last(SAFETY, "room.page")["hidden"]) == (None, False)
    stage.join(FIRE)
    assert stage.last(FIRE, "room.joined")["page"] is None


def test_one_cannot_show_what_one_may_not_see() -> None:
    stage = Stage(may_see=lambda person, page: person is not WALL)
    stage.join(WALL)
    assert refused(stage, WALL, "room.page", document="private-1") == "not-for-you"
    assert stage.rooms.state(ROOM).page is None  # type: ignore[union-attr]


def test_who_speaks_is_steady() -> None:
    stage = Stage()
    stage.join(WALL, SAFETY, FIRE)
    stage.publish(WALL, SAFETY, FIRE)
    stage.loud(WALL, 1.0)
    assert stage.last(FIRE, "room.speaking")["speaking"] == [WALL.part]
    told = len(stage.told(FIRE, "room.speaking"))
    stage.loud(WALL, 0.5, db=-70)  # a pause between two sentences
    stage.loud(WALL, 1.0)
    assert len(stage.told(FIRE, "room.speaking")) == told
    stage.loud(WALL, 1.2, db=-80)
    assert stage.last(FIRE, "room.speaking")["speaking"] == []
    assert stage.last(FIRE, "room.speaking")["main"] == WALL.part
    stage.loud(SAFETY, 0.9)
    assert stage.last(FIRE, "room.speaking")["main"] == SAFETY.part
    stage.wait(2)
    assert stage.last(FIRE, "room.speaking")["speaking"] == []


def test_the_engine_that_fails_ends_the_meeting() -> None:
    stage = Stage()
    stage.join(WALL, SAFETY)
    stage.do(stage.rooms.engine_event("closed", ROOM, "", "", 0, stage.now))
    assert stage.last(SAFETY, "room.ended")["reason"] == "engine"
    stage.join(WALL)
    assert stage.last(WALL, "room.joined")["host"] == WALL.part


# ------------------------------------------------------------------------------------------------- captions


def test_captions_go_to_those_who_asked_and_everybody_sees_the_badge() -> None:
    stage = Stage()
    stage.join(WALL, SAFETY, FIRE)
    stage.publish(WALL, SAFETY)
    stage.heard(WALL, "아무도 청하지 않았다")
    assert not stage.orders("tap")
    stage.say(SAFETY, "captions.set", ROOM, on=True)
    assert {o.part for o in stage.orders("tap")} == {WALL.part, SAFETY.part}
    assert [stage.last(p, "captions")["on"] for p in (WALL, SAFETY, FIRE)] == [True] * 3
    stage.now += 2
    stage.heard(WALL, "한강 수위를 봅시다", final=False)
    line = stage.last(SAFETY, "caption")
    assert (line["text"], line["part"], line["t0_ms"], line["final"]) == ("한강 수위를 봅시다", WALL.part, 2000, False)
    assert not stage.told(FIRE, "caption")
    assert not stage.told(WALL, "caption")
    assert not stage.notes("line")

    stage.say(WALL, "captions.set", ROOM, mine=False)
    assert stage.orders("untap") == [Engine("untap", ROOM, WALL.part)]
    stage.heard(WALL, "적지 마세요")
    assert stage.last(SAFETY, "caption")["text"] == "한강 수위를 봅시다"
    stage.say(SAFETY, "captions.set", ROOM, on=False)
    assert stage.last(FIRE, "captions")["on"] is False
    assert {o.part for o in stage.orders("untap")} == {WALL.part, SAFETY.part}


# ------------------------------------------------------------------------------------------------- consent


def test_recording_begins_when_everybody_has_agreed_and_ends_with_the_first_no() -> None:
    stage = Stage()
    stage.join(WALL, SAFETY, FIRE, TV)
    assert refused(stage, SAFETY, "recording.set", on=True) == "host-only"
    stage.say(WALL, "recording.set", ROOM, on=True)
    asked = stage.last(SAFETY, "recording")
    assert (asked["state"], asked["you"], asked["open"]) == ("asking", "asked", 2)
    assert stage.last(TV, "recording")["you"] is None
    stage.consents(SAFETY)
    assert stage.last(FIRE, "recording")["open"] == 1
    assert not stage.notes("recording_on")
    stage.consents(FIRE)
    assert [stage.last(p, "recording")["state"] for p in (WALL, SAFETY, FIRE, TV)] == ["on"] * 4
    stage.consents(FIRE, agree=False)
    off = stage.last(SAFETY, "recording")
    assert (off["state"], off["why"], off["by"]) == ("off", "withdrew", "")
    assert [n.part for n in stage.notes("withdrew")] == [FIRE.part]
    stage.say(WALL, "recording.set", ROOM, on=True)
    assert stage.last(SAFETY, "recording")["you"] == "asked"


def test_a_declined_or_unanswered_question_records_nothing_and_names_nobody() -> None:
    stage = Stage()
    stage.join(WALL, SAFETY)
    stage.say(WALL, "recording.set", ROOM, on=True)
    stage.consents(SAFETY, agree=False)
    assert (stage.last(WALL, "recording")["state"], stage.last(WALL, "recording")["why"]) == ("off", "declined")
    stage.say(WALL, "recording.set", ROOM, on=True, kind="transcript")
    stage.wait(61)
    assert stage.last(WALL, "recording")["why"] == "no-answer"
    assert not stage.notes("recording_on")
    assert not stage.notes("transcript_on")


def test_a_newcomer_is_asked_before_he_hears_or_is_heard() -> None:
    stage = Stage()
    stage.join(WALL)
    stage.say(WALL, "recording.set", ROOM, on=True)
    stage.join(SAFETY, FIRE)
    assert stage.last(SAFETY, "room.waiting")["kinds"] == ["recording"]
    assert not stage.rooms.may_subscribe(ROOM, SAFETY.part)
    stage.consents(SAFETY)
    assert stage.last(SAFETY, "room.joined")["recording"][0]["you"] == "agreed"
    stage.consents(FIRE, agree=False)
    assert stage.last(FIRE, "room.ended")["reason"] == "refused"
    assert stage.last(WALL, "recording")["state"] == "on"
    stage.join(FIRE)
    stage.say(WALL, "recording.set", ROOM, on=False)
    assert stage.told(FIRE, "room.joined")


def test_the_recording_ends_with_the_browser_that_makes_it() -> None:
    stage = Stage()
    stage.join(WALL, SAFETY)
    stage.say(WALL, "recording.set", ROOM, on=True)
    stage.consents(SAFETY)
    stage.say(WALL, "room.leave", ROOM)
    assert stage.last(SAFETY, "recording")["why"] == "left"


def test_the_transcript_holds_only_what_was_said_after_everybody_agreed() -> None:
    stage = Stage()
    stage.join(WALL, SAFETY)
    stage.publish(WALL, SAFETY)
    stage.say(SAFETY, "captions.set", ROOM, on=True)
    stage.heard(WALL, "먼저 한 말")
    stage.say(WALL, "recording.set", ROOM, on=True, kind="transcript")
    before = stage.now
    stage.now += 1
    stage.consents(SAFETY, kind="transcript")
    stage.heard(WALL, "동의 전에 시작한 말", t0=before)
    stage.now += 1
    stage.heard(WALL, "적히는 말", final=False)
    stage.heard(WALL, "적히는 말입니다")
    assert [n.data["text"] for n in stage.notes("line")] == ["적히는 말입니다"]
    stage.say(SAFETY, "captions.set", ROOM, on=False)
    assert stage.last(WALL, "captions")["on"] is True  # the badge stays: the record is being written
    stage.consents(SAFETY, kind="transcript", agree=False)
    stage.heard(WALL, "다시 안 적히는 말")
    assert len(stage.notes("line")) == 1
    assert stage.last(WALL, "captions")["on"] is False


@pytest.mark.parametrize(
    "message",
    [{"t": "room.join"}, {"t": "room.dance", "room": ROOM}, {"t": "room.join", "room": 7}, {"room": ROOM}, {}],
)
def test_a_message_that_is_none_is_refused(message: dict[str, object]) -> None:
    stage = Stage()
    with pytest.raises(BadInput):
        stage.rooms.handle(WALL.part, message, stage.now)
