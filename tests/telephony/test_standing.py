"""Calls that stand outlive the service: who was in one is in it again, whoever does not come back ends it."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from telephony.clients import Client
from telephony.effects import CallRoom
from telephony.standing import BACK_S, Kept, Standing, StandingFile, digest, standing, take_up
from telephony.switchboard import Rules
from tests.telephony.exchange_stage import Stage

BEGUN = 5_000_000.0
"""What makes epoch seconds of the first service's clock."""


def of_page(stage: Stage, client: Client) -> Client:
    """The client as the next service knows it once its page is back."""
    found = stage.exchange.resumable(client.sid, client.party)
    assert found is not None
    stage.do(stage.exchange.resume(found, stage.now))
    return found


def restarted(file: StandingFile, old: Stage, rules: Rules | None = None) -> Stage:
    """Another service, whose clock is another one, after an outage of 20 s."""
    file.write(standing(old.exchange, BEGUN))
    new = Stage(rules)
    new.now = 77.0
    wall = BEGUN + old.now + 20
    new.do(take_up(new.exchange, StandingFile(file.path).read().calls, wall - new.now, new.now))
    return new


@pytest.fixture
def file(tmp_path: Path) -> StandingFile:
    return StandingFile(tmp_path / "standing.json")


def test_a_call_goes_on_where_it_was(file: StandingFile) -> None:
    old = Stage(events=("EQ-1",))
    wall, tablet, console = old.join("wall", "main"), old.join("tablet", "main"), old.console("fire-1")
    third = old.console("fire-2")
    key = old.call(wall, "console:fire-1", about={"kind": "event", "id": "EQ-1", "title": "지진"})
    old.say(console, "call.accept", call=key)
    old.say(console, "rtc.desc", call=key, desc={"type": "answer", "sdp": "v=0"})
    old.say(console, "call.hold", call=key, on=True)
    rings = old.call(third, "dept:safety")
    old.now += 100
    new = restarted(file, old)
    assert set(new.board.calls) == {key}, "what only rang is over"
    assert rings not in new.board.calls
    assert not new.board.free("display:main"), "nobody else may have them meanwhile"
    assert new.exchange.resumable("guessed", wall.party) is None
    assert new.exchange.resumable(wall.sid, console.party) is None, "somebody else's session"

    one = of_page(new, wall)
    told = new.last(one, "welcome")
    assert (told["resumed"], told["client"], told["calls"][0]["call"]) == (True, wall.id, key)
    call = told["calls"][0]
    assert (call["phase"], call["held"], call["mine"], call["about"]["id"]) == ("active", True, True, "EQ-1")
    assert call["urgent"]
    assert call["ms"] == pytest.approx(120_000, abs=100)
    other = of_page(new, console)
    assert new.last(one, "peer.state") == {
        "t": "peer.state", "call": key, "party": console.party, "link": "back", "fresh": False,
    }  # fmt: skip
    assert (call["polite"], new.last(other, "welcome")["calls"][0]["polite"]) == (False, True)
    assert new.exchange.resumable(tablet.sid, tablet.party) is None, "a screen at which no call was made begins anew"
    new.wait(BACK_S + 5)
    new.say(other, "call.hold", call=key, on=False)
    new.say(one, "rtc.desc", call=key, desc={"type": "offer", "sdp": "v=0"})
    assert new.last(other, "rtc.desc")["from"] == wall.party
    new.say(other, "call.hangup", call=key)
    row = new.ended(key)
    assert (row.reason, row.answered_by, row.to, row.parties) == (
        "hangup", "console:fire-1", "console:fire-1", ("display:main", "console:fire-1"),
    )  # fmt: skip
    assert row.answered is not None
    assert row.ended is not None
    assert row.ended - row.answered == pytest.approx(120 + BACK_S + 5, abs=1)
    assert standing(new.exchange, BEGUN) == ()


def test_who_does_not_come_back_has_left(file: StandingFile) -> None:
    old = Stage()
    wall, console = old.join("wall", "main"), old.console("fire-1")
    key = old.talk(wall, console)
    new = restarted(file, old)
    one = of_page(new, wall)
    new.wait(BACK_S)
    assert new.last(one, "call.ended")["reason"] == "connection_lost"
    assert new.reason(key) == "connection_lost"
    assert new.board.free("display:main")
    assert not new.board.clients.of("console:fire-1")


def test_a_call_of_three_has_its_room_again_and_one_with_a_telephone_does_not_stand(file: StandingFile) -> None:
    rules = Rules(rooms=True, phones=True)
    old = Stage(rules)
    wall, one, other = old.join("wall", "main"), old.console("fire-1"), old.console("safety-1", "safety")
    key = old.talk(wall, one)
    old.say(wall, "call.add", call=key, to="dept:safety")
    old.say(other, "call.accept", call=key)
    new = restarted(file, old, rules)
    room = f"call-{key}"
    assert new.rooms == [
        CallRoom("open", room), *(CallRoom("allow", room, its.party) for its in (wall, one, other)),
    ]  # fmt: skip
    assert new.last(of_page(new, other), "welcome")["calls"][0]["room"] == room

    phoned = Stage(rules, phones={"fire": "sip:1401"})
    desk = phoned.join("wall", "main")
    key = phoned.call(desk, "sip:1401", media="audio")
    phoned.do(phoned.exchange.phone("answered", f"{key}.1", phoned.now))
    assert phoned.board.calls[key].under_way
    assert standing(phoned.exchange, BEGUN) == ()


def test_the_file_is_private_and_a_broken_one_is_as_good_as_none(file: StandingFile) -> None:
    old = Stage()
    wall, console = old.join("wall", "main"), old.console("fire-1")
    old.talk(wall, console)
    found = standing(old.exchange, BEGUN)
    file.write(found)
    text = file.path.read_text("utf-8")
    assert wall.sid not in text.replace(digest(wall.sid), "")
    assert "v=0" not in text
    assert not stat.S_IMODE(file.path.stat().st_mode) & 0o077
    os.utime(file.path, (1000.0, 1000.0))
    assert StandingFile(file.path).read() == Kept(found, 1000.0)
    file.write(found)
    assert StandingFile(file.path).read().alive > 1000.0, "it is said to be of now"
    for broken in ("", "[]", '{"calls": [{"id": 1}]}', '{"calls": 7}', '{"calls": [null]}'):
        file.path.write_text(broken)
        assert StandingFile(file.path).read() == Kept()
    file.path.unlink()
    assert StandingFile(file.path).read() == Kept()
    assert isinstance(found[0], Standing)


def test_of_two_writes_the_later_one_stays(file: StandingFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that stops writes that nothing stands while the write before is still under way in its thread."""
    old = Stage()
    old.talk(old.join("wall", "main"), old.console("fire-1"))
    found, replace = standing(old.exchange, BEGUN), os.replace
    begun, go_on = threading.Event(), threading.Event()

    def slow(*paths: Any) -> None:
        if not begun.is_set():
            begun.set()
            go_on.wait(120)
        replace(*paths)

    monkeypatch.setattr(os, "replace", slow)
    first = threading.Thread(target=file.write, args=(found,))
    last = threading.Thread(target=file.write, args=((),))
    first.start()
    assert begun.wait(120)
    last.start()
    last.join(0.3)  # without an order it is through by now
    go_on.set()
    first.join(120)
    last.join(120)
    assert StandingFile(file.path).read().calls == ()
