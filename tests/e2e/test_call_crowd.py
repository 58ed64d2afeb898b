"""The real service and a crowd of real sockets: who wins, what is refused, and that nothing is left of 200 calls."""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import psutil
import pytest

from telephony.links import LIFE_S, Links
from tests.e2e.call_house import House, Refused, Socket, house
from tests.running import PATIENCE_S
from tests.telephony.engines.test_embedded import offered

pytestmark = [pytest.mark.real, pytest.mark.fault]
OFFER = {"type": "offer", "sdp": "v=0"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One product for the module."""
    with house(tmp_path_factory.mktemp("crowd"), addresses=["127.0.0.1"]) as made:
        yield made


def test_of_twenty_who_accept_at_once_one_wins(office: House) -> None:
    caller, consoles = office.socket("transport"), [office.socket("fire", n) for n in range(20)]
    try:
        for _ in range(3):
            key = str(uuid.uuid4())
            caller.say("call.invite", call=key, to="dept:fire", media="video")
            for console in consoles:
                console.get("call.incoming", call=key)
            start, answers = threading.Barrier(20), dict[int, dict[str, Any]]()

            def accept(
                number: int, console: Socket, key: str = key, start: Any = start, answers: Any = answers
            ) -> None:
                start.wait()
                console.say("call.accept", call=key, id="a")
                answers[number] = console.get("call.accepted", "call.ended", call=key)

            threads = [threading.Thread(target=accept, args=one) for one in enumerate(consoles)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            kinds = sorted(one.get("reason", one["t"]) for one in answers.values())
            assert kinds == ["answered_elsewhere"] * 19 + ["call.accepted"]
            winner = next(console for n, console in enumerate(consoles) if answers[n]["t"] == "call.accepted")
            assert caller.get("call.accepted", call=key)["by"]["party"] == winner.welcome["me"]["party"]
            winner.say("call.hangup", call=key)
            assert caller.get("call.ended", call=key)["reason"] == "hangup"
    finally:
        for one in (caller, *consoles):
            one.close()


def test_two_who_call_one_another_talk(office: House) -> None:
    one, other = office.socket("parks"), office.socket("tourism")
    for _ in range(3):
        keys = {who: str(uuid.uuid4()) for who in (one, other)}
        start = threading.Barrier(2)
        threads = []
        for who, to in ((one, "dept:tourism"), (other, "dept:parks")):

            def invite(who: Socket = who, to: str = to, start: Any = start, key: str = keys[who]) -> None:
                start.wait()
                who.say("call.invite", call=key, to=to, media="audio")

            threads.append(threading.Thread(target=invite))
            threads[-1].start()
        for thread in threads:
            thread.join()
        answers = [who.get("call.accepted") for who in (one, other)]
        assert answers[0]["call"] == answers[1]["call"], "they are in one call"
        assert answers[0]["call"] in keys.values()
        assert {answers[0]["polite"], answers[1]["polite"]} == {True, False}
        one.say("call.hangup", call=answers[0]["call"])
        other.get("call.ended", call=answers[0]["call"], reason="hangup")
    one.close()
    other.close()


def cut_off(loud: Socket) -> str:
    """Why the hub closes a connection that says too much."""
    try:
        while True:
            loud.say("presence", status="available")
    except Refused as refused:
        return str(refused)


def test_a_flood_of_one_disturbs_nobody_else(office: House) -> None:
    one, other, loud = office.socket("housing"), office.socket("health"), office.socket("pr")
    key = str(uuid.uuid4())
    one.say("call.invite", call=key, to="dept:health", media="audio")
    other.get("call.incoming", call=key)
    other.say("call.accept", call=key)
    one.get("call.accepted", call=key)
    rung = office.socket("legal")
    for n in range(75):
        again = str(uuid.uuid4())
        loud.say("call.invite", id=str(n), call=again, to="dept:legal", media="audio")
        loud.say("call.cancel", call=again)
    for n in range(20):  # meanwhile every word of the others arrives
        one.say("rtc.ice", call=key, pc="p2p", cand={"candidate": f"candidate:{n}"})
        assert other.get("rtc.ice")["cand"]["candidate"] == f"candidate:{n}"
    loud.get("error", code="rate-limited")
    assert cut_off(loud) == "too-many-messages"
    rung.say("call.hangup", id="last", call="no-such-call")
    rung.get("error", re="last")
    rings = sum(message["t"] == "call.incoming" for message in rung.kept)
    assert rings == 3, "three that came to nothing, then a pause"
    one.say("call.hangup", call=key)
    other.get("call.ended", call=key, reason="hangup")
    for socket in (one, other, rung):
        socket.close()


def test_tokens_that_do_not_hold(office: House) -> None:
    with pytest.raises(Refused, match="bad-token"):
        Socket(office.origin, "made-up")
    # Revoked: at once, in mid-call, and for good.
    token, device = office.pairing.issue(role="console", display="old", department="culture")
    old, friend = Socket(office.origin, token), office.socket("education")
    key = str(uuid.uuid4())
    friend.say("call.invite", call=key, to="dept:culture", media="audio")
    old.get("call.incoming", call=key)
    old.say("call.accept", call=key)
    friend.get("call.accepted", call=key)
    office.pairing.revoke(device.id)
    assert old.refused() == "revoked"
    assert friend.get("call.ended", call=key)["reason"] == "connection_lost"
    with pytest.raises(Refused, match="bad-token"):
        Socket(office.origin, token)

    # Somebody else's call, and somebody else's session.
    stranger = office.socket("welfare")
    key = str(uuid.uuid4())
    friend.say("call.invite", call=key, to="console:fire-1", media="audio")
    for t, more in (
        ("call.accept", {}), ("call.reject", {}), ("call.cancel", {}), ("call.hangup", {}), ("call.hold", {"on": True}),
        ("call.add", {"to": "dept:legal"}), ("rtc.desc", {"pc": "p2p", "desc": OFFER}), ("call.state", {"mic": True}),
    ):  # fmt: skip
        stranger.say(t, id=t, call=key, **more)
        assert stranger.get("error", re=t)["code"] == "unknown-call", t
    thief = office.socket("women-family", resume=friend.welcome["sid"])
    assert not thief.welcome["resumed"]
    assert thief.welcome["calls"] == []

    # A phone at a scene: one room, once, for a while, until it is withdrawn.
    file = office.folder / "var" / "db" / "links.json"
    late, _ = Links(file, lambda: time.time() - LIFE_S - 1).issue("daily-briefing")
    with pytest.raises(Refused, match="link-expired|bad-token"):
        Socket(office.origin, late)
    headers = {"Authorization": f"Bearer {office.token('education')}"}
    made = httpx.post(
        f"{office.origin}/api/v1/calls/links", json={"room": "daily-briefing"}, headers=headers, timeout=PATIENCE_S
    ).json()
    guest = Socket(office.origin, made["token"])
    with pytest.raises(Refused, match="link-used"):
        Socket(office.origin, made["token"])
    guest.say("room.join", id="r", room="disaster-response", media="video")
    assert guest.get("error", re="r")["code"] == "no-such-room"
    guest.say("call.invite", id="i", call=str(uuid.uuid4()), to="dept:fire", media="audio")
    assert guest.get("error", re="i")["code"] == "not-for-this-role"
    httpx.delete(
        f"{office.origin}/api/v1/calls/links/{made['id']}", headers=headers, timeout=PATIENCE_S
    ).raise_for_status()
    assert guest.refused() == "revoked"
    for socket in (friend, stranger, thief):
        socket.close()


CALLERS = 40
"""A party may call six times a minute, so that 200 calls need many."""


def test_nothing_is_left_of_200_calls(office: House) -> None:
    service = psutil.Process(office.product.process.pid)
    worker = psutil.Process(int(office.product.component("calling")["pid"]))
    offer = asyncio.run(offered()).sdp

    def five_calls(caller: Socket, callee: Socket) -> None:
        for _ in range(5):
            key = str(uuid.uuid4())
            caller.say("call.invite", call=key, to="dept:economy", media="video")
            callee.get("call.incoming", call=key)
            callee.say("call.accept", call=key)
            caller.get("call.accepted", call=key)
            for _ in range(4):
                caller.say("rtc.desc", call=key, pc="p2p", desc={"type": "offer", "sdp": "v=0" + "x" * 4000})
                callee.get("rtc.desc", call=key)
            callee.say("call.hangup", call=key)
            caller.get("call.ended", call=key)
        # And one in a room, with a connection in the worker.
        caller.say("room.join", room="daily-briefing", media="video")
        caller.get("room.joined")
        caller.say("rtc.desc", room="daily-briefing", pc="pub", desc={"type": "offer", "sdp": offer})
        assert caller.get("rtc.desc")["desc"]["type"] == "answer"
        caller.say("room.leave", room="daily-briefing")
        caller.get("room.ended")

    def held_now() -> list[tuple[float, int, int]]:
        return [(one.memory_info().rss / 1e6, one.num_fds(), one.num_threads()) for one in (service, worker)]

    def grown() -> bool:
        return any(
            late[0] >= early[0] + 6 or late[1] > early[1] + 3 or late[2] > early[2] + 2
            for early, late in zip(held[0], held[-1], strict=True)
        )

    held = []
    for number in range(CALLERS):
        if number % 10 == 0:  # one alone would answer faster than a page may speak
            callee = office.socket("economy", 1 + number // 10)
        caller = office.socket("civic", number)
        five_calls(caller, callee)
        caller.close()
        if number % 10 == 9:
            callee.close()
            headers = {"Authorization": f"Bearer {office.token('economy')}"}
            assert (
                len(httpx.get(f"{office.origin}/api/v1/calls", headers=headers, timeout=PATIENCE_S).json()["calls"])
                == 50
            )
            held.append(held_now())
    until = time.monotonic() + PATIENCE_S
    while grown():  # what was closed last may still be on its way out
        assert time.monotonic() < until, held
        time.sleep(0.5)
        held.append(held_now())
