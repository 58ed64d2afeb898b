"""The small parts of calls: hours, directory, limits, links, ICE credentials, the wire, the log, telephones' orders."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import stat
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.contracts import BadInput, ConfigError, NotPermitted, Unavailable
from content_registry.holidays import Holiday
from content_registry.hours import Hours
from telephony.clients import Clients
from telephony.directory import Directory
from telephony.effects import CallRecord
from telephony.ice import IceServers
from telephony.journal import CallLog
from telephony.limits import Bucket
from telephony.links import LIFE_S, STAY_S, Links, qr_svg, qr_text
from telephony.parties import Address
from telephony.phone_desk import GatewayDesk
from telephony.presence import Presence
from telephony.protocol import MOST_FRAME, BadMessage, read
from tests.telephony.exchange_stage import DEPARTMENTS

MONDAY = datetime(2026, 11, 30)


# --------------------------------------------------------------------------------------------- hours and directory


@pytest.mark.parametrize(
    ("text", "day", "time_of_day", "is_open"),
    [
        ("mon-fri 09:00-18:00", 0, (9, 0), True), ("mon-fri 09:00-18:00", 0, (8, 59), False),
        ("mon-fri 09:00-18:00", 4, (17, 59), True), ("mon-fri 09:00-18:00", 4, (18, 0), False),
        ("mon-fri 09:00-18:00", 5, (12, 0), False), ("always", 6, (3, 0), True),
        ("sat-mon 10:00-12:00", 6, (11, 0), True), ("sat-mon 10:00-12:00", 1, (11, 0), False),
        ("fri 22:00-06:00", 4, (23, 0), True), ("fri 22:00-06:00", 5, (5, 59), True),
        ("fri 22:00-06:00", 5, (23, 0), False), ("fri 22:00-06:00", 4, (5, 0), False),
        ("sun 00:00-24:00", 6, (23, 59), True), ("sun 00:00-24:00", 0, (0, 0), False),
    ],
)  # fmt: skip
def test_opening_hours(text: str, day: int, time_of_day: tuple[int, int], is_open: bool) -> None:
    when = MONDAY.replace(day=30) if day == 0 else datetime(2026, 12, day)
    assert when.weekday() == day
    assert Hours.parse(text).open_at(when.replace(hour=time_of_day[0], minute=time_of_day[1])) is is_open


@given(st.text(max_size=30))
@example("mon-fri 09:00-24:30")
@example("mon-fri 25:00-18:00")
def test_hours_that_cannot_be_read_are_refused(text: str) -> None:
    try:
        hours = Hours.parse(text)
    except ValueError:
        return
    assert hours.days


def test_a_directory_refuses_telephones_of_nobody() -> None:
    for phones, fallback in (({"nope": "1"}, ""), ({}, "nope"), ({"fire": "no uri at all"}, "")):
        with pytest.raises(BadInput):
            Directory.of(DEPARTMENTS, phones, fallback)


def test_the_order_in_which_places_are_tried() -> None:
    directory = Directory.of(DEPARTMENTS, {"fire": "119", "climate": "sip:200@pbx"}, "climate")

    def steps(department: str, hour: int) -> list[str]:
        route = directory.route(Address("dept", department), MONDAY.replace(hour=hour))
        return [f"{step.kind} {step.target}" for step in route]

    assert steps("fire", 12) == [
        "consoles fire", "phone sip:119", "consoles safety", "consoles climate", "phone sip:200@pbx",
    ]  # fmt: skip
    assert steps("culture", 20) == ["consoles culture", "consoles climate"]


@given(st.text(max_size=60))
def test_an_address_is_read_as_it_is_written(text: str) -> None:
    try:
        address = Address.parse(text)
    except BadInput:
        return
    assert Address.parse(str(address)) == address


# ------------------------------------------------------------------------------------------------------- the wire

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
TAGS = (
    "hello",
    "call.invite",
    "call.accept",
    "call.hold",
    "call.state",
    "rtc.desc",
    "rtc.ice",
    "room.join",
    "presence",
)


def refusal(text: str) -> BadMessage | None:
    try:
        read(text)
    except BadMessage as error:
        return error
    return None


@given(st.text(max_size=200) | JSON.map(json.dumps))
def test_whatever_comes_is_a_message_or_an_error(text: str) -> None:
    refused = refusal(text)
    assert refused is None or refused.code in ("bad-json", "unknown-message", "bad-message", "too-large")


@given(st.sampled_from(TAGS), st.dictionaries(st.sampled_from(("call", "to", "media", "on", "desc", "cand", "pc", "id",
       "v", "room", "streams", "about", "ring_s", "status", "caps")), JSON, max_size=6))  # fmt: skip
def test_whatever_stands_in_a_message_is_checked_and_not_repeated(tag: str, body: dict[str, Any]) -> None:
    secret = "v=0 a=candidate:10.1.2.3"
    message = json.dumps({"t": tag, **body, "desc": {"type": "offer", "sdp": 7, "x": secret}, "extra": secret})
    refused = refusal(message)
    assert refused is None or "10.1.2.3" not in refused.message
    assert refused is not None or tag == "room.join"


def test_a_frame_has_a_size() -> None:
    fits = json.dumps({"t": "room.chat", "x": ""})
    assert read(json.dumps({"t": "room.chat", "x": "a" * (MOST_FRAME - len(fits))}))
    for text in ("a" * (MOST_FRAME + 1 - len(fits)), "가" * 30_000):
        with pytest.raises(BadMessage, match="bytes"):
            read(json.dumps({"t": "room.chat", "x": text}, ensure_ascii=False))


def test_messages_come_in_bursts_and_then_so_many_a_second() -> None:
    bucket = Bucket(at=0.0)
    assert sum(bucket.take(0.0) for _ in range(300)) == 200
    assert bucket.refused == 100
    assert sum(bucket.take(1.0) for _ in range(100)) == 50
    assert sum(bucket.take(60.0) for _ in range(300)) == 200


# ----------------------------------------------------------------------------------------------------- ICE, links


def test_turn_credentials_are_good_for_a_while_and_name_nobody() -> None:
    stun, turn = IceServers(["stun:s", "turn:t", "turns:u"], "secret", 600).servers("c1", 1000.4)
    assert stun == {"urls": ["stun:s"]}
    assert (turn["urls"], turn["username"]) == (["turn:t", "turns:u"], "1600:c1")
    wanted = hmac.new(b"secret", b"1600:c1", hashlib.sha1).digest()
    assert base64.b64decode(turn["credential"]) == wanted
    assert IceServers().servers("c1", 0) == []


def test_an_on_site_link_is_good_once_and_within_half_an_hour(tmp_path: Path) -> None:
    now = [1000.0]
    links = Links(tmp_path / "links.json", lambda: now[0])
    token, link = links.issue("event:EQ-1", "현장")
    assert stat.S_IMODE((tmp_path / "links.json").stat().st_mode) == 0o600
    assert token not in (tmp_path / "links.json").read_text()
    assert links.take(token, "s1").room == "event:EQ-1"
    with pytest.raises(NotPermitted) as used:
        links.take(token, "s2")
    assert used.value.code == "link-used"
    with pytest.raises(NotPermitted):
        links.take(token, "s2", "not-that-phone")
    assert Links(tmp_path / "links.json", lambda: now[0]).take(token, "s2", "s1").id == link.id, "over a restart"
    with pytest.raises(NotPermitted):
        links.take(token, "s3", "s1")
    assert links.holds(link.id)
    late = links.issue("event:EQ-1")[0]
    now[0] += LIFE_S
    with pytest.raises(NotPermitted):
        links.take(late, "s9")
    assert links.holds(link.id), "who has come stays"
    now[0] += STAY_S - LIFE_S
    assert not links.holds(link.id)
    for attempt in (links.peek, lambda t: links.take(t, "s4", "s2")):
        with pytest.raises(NotPermitted) as over:
            attempt(token)
        assert over.value.code == "link-expired"
    with pytest.raises(NotPermitted) as unknown:
        links.peek("nonsense")
    assert unknown.value.code == "bad-token"
    assert links.open() == ()


def test_a_link_is_withdrawn_and_a_broken_file_says_so(tmp_path: Path) -> None:
    links = Links(tmp_path / "links.json", time.time)
    token, link = links.issue("daily")
    assert links.withdraw(link.id) == link
    with pytest.raises(NotPermitted):
        links.peek(token)
    with pytest.raises(BadInput):
        links.withdraw(link.id)
    for room in ("", "../x", "a" * 101, "call-8b99a3fa-7698-47ed-b57e-e1789efad3a2"):
        with pytest.raises(BadInput):
            links.issue(room)
    (tmp_path / "links.json").write_text("{")
    with pytest.raises(ConfigError, match="links.json"):
        links.open()


def test_qr_codes() -> None:
    url = "https://seoula.example/scene#token=" + "x" * 32
    assert qr_svg(url).startswith("<svg")
    assert "script" not in qr_svg(url)
    assert len(qr_text(url).splitlines()) > 10


# -------------------------------------------------------------------------------------------------------- the log


def record(key: str, **more: Any) -> CallRecord:
    return CallRecord(key, 0.0, "display:main", "main", "dept:fire", "fire", "video", **more)


def test_the_log_keeps_who_when_and_why_and_forgets_in_time(tmp_path: Path) -> None:
    url, now = f"sqlite:///{tmp_path / 'calls.sqlite'}", time.time()
    log = CallLog(url, keep_days=1)
    log.save(record("first"), now - 1, now)  # the first write tidies up
    log.save(record("old"), now - 2 * 86400, now - 2 * 86400)
    for n in range(5):
        key = f"call-{n}"
        log.save(record(key), now + n, None)
        assert log.latest(1)[0]["reason"] == ""
        missed = ("dept:fire",) if n % 2 else ()
        log.save(record(key, reason="offline", ended=1.0, missed=missed, rang=("console:x",)), now + n, now + n)
    assert [row["id"] for row in log.latest(3)] == ["call-4", "call-3", "call-2"]
    assert [row["id"] for row in log.latest(of=["dept:fire"], missed=True)] == ["call-3", "call-1"]
    assert [row["id"] for row in log.latest(of=["console:x"], missed=True)] == []
    assert len(log.latest(of=["console:x"])) == 5
    assert [row["id"] for row in log.latest(before=now + 1)] == ["call-0", "first", "old"]
    log.prune(now)
    assert "old" not in [row["id"] for row in log.latest()]
    log.close()


# -------------------------------------------------------------------------------------------- telephones' orders


@dataclass(frozen=True, slots=True)
class Event:
    kind: str
    leg: str
    caller: str = ""
    called: str = ""
    reason: str = ""
    digits: str = ""
    on: bool = False


@dataclass
class FakeGateway:
    """Notes its orders; each takes a moment of the loop. broken: orders that fail."""

    orders: list[tuple[str, ...]] = field(default_factory=list)
    broken: tuple[str, ...] = ()
    queue: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)

    async def _do(self, *order: str) -> None:
        await asyncio.sleep(0)
        if order[0] in self.broken:
            raise Unavailable("lines-busy", "no line")
        self.orders.append(order)

    async def dial(self, leg: str, uri: str, room: str, part: str) -> None:
        await self._do("dial", leg, uri, room, part)

    async def accept(self, leg: str, room: str, part: str) -> None:
        await self._do("accept", leg, room, part)

    async def hang_up(self, leg: str) -> None:
        await self._do("hang_up", leg)

    async def hold(self, leg: str, on: bool) -> None:
        await self._do("hold", leg, str(on))

    async def dtmf(self, leg: str, digits: str) -> None:
        await self._do("dtmf", leg, digits)

    async def transfer(self, leg: str, uri: str) -> None:
        await self._do("transfer", leg, uri)

    async def hand_over(self, leg: str, to_leg: str) -> None:
        await self._do("hand_over", leg, to_leg)

    async def events(self) -> AsyncIterator[Event]:
        while True:
            yield await self.queue.get()


class FakeHub:
    def __init__(self) -> None:
        self.told: list[tuple[str, ...]] = []

    def phone(self, kind: str, leg: str) -> None:
        self.told.append((kind, leg))
        if leg == "bad":
            raise RuntimeError("a bug of ours")

    def phone_in(self, leg: str, caller: str, department: str) -> None:
        self.told.append(("in", leg, caller, department))


async def test_orders_to_a_leg_are_carried_out_in_turn_and_a_failed_dial_is_told() -> None:
    gateway, hub = FakeGateway(), FakeHub()
    desk = GatewayDesk(gateway, lambda called: {"100": "fire"}.get(called, ""))
    desk.start(hub)
    for action, uri in (("dial", "200"), ("hold", ""), ("release", ""), ("dtmf", "12#"), ("hang_up", "")):
        desk.do(action, "leg-1", uri, "room", "sip:200")
    for event in (Event("ringing", "leg-1"), Event("ended", "bad"), Event("held", "leg-1", on=True),
                  Event("registered", ""), Event("incoming", "in-1", "0101", "100"),
                  Event("incoming", "in-2", "0102", "999"), Event("busy", "leg-1")):  # fmt: skip
        gateway.queue.put_nowait(event)
    while len(hub.told) < 5 or len(gateway.orders) < 6:  # noqa: ASYNC110 - of tasks in the same loop
        await asyncio.sleep(0)
    assert [order[0] for order in gateway.orders if order[1] == "leg-1"] == ["dial", "hold", "hold", "dtmf", "hang_up"]
    assert gateway.orders[0] == ("dial", "leg-1", "200", "room", "sip:200")
    assert ("hang_up", "in-2") in gateway.orders
    assert hub.told == [
        ("ringing", "leg-1"), ("ended", "bad"), ("held", "leg-1"), ("in", "in-1", "0101", "fire"), ("busy", "leg-1"),
    ]  # fmt: skip
    gateway.broken = ("dial", "dtmf")
    desk.do("dial", "leg-2", "300", "room", "sip:300")
    desk.do("dtmf", "leg-2", "1", "", "")
    await desk.stop()
    assert hub.told[-1] == ("failed", "leg-2")
    assert not desk._last


async def test_how_a_telephone_ended_and_whom_it_was_sent_to() -> None:
    gateway, hub = FakeGateway(broken=("transfer",)), FakeHub()
    desk = GatewayDesk(gateway, lambda called: "")
    desk.start(hub)
    desk.do("hand_over", "one", "two", "", "")
    desk.do("transfer", "three", "300", "", "")
    for event in (Event("ended", "a", reason="hangup"), Event("ended", "b", reason="transferred"),
                  Event("ended", "c", reason="restarted"), Event("ended", "d", reason="lost"),
                  Event("failed", "e", reason="no-answer"), Event("failed", "f", reason="unavailable"),
                  Event("transfer_failed", "g")):  # fmt: skip
        gateway.queue.put_nowait(event)
    for _ in range(100):
        await asyncio.sleep(0)
    await desk.stop()
    assert gateway.orders == [("hand_over", "one", "two")]
    assert sorted(hub.told) == sorted([
        ("transfer_failed", "three"), ("ended", "a"), ("transferred", "b"), ("lost", "c"), ("lost", "d"),
        ("no_answer", "e"), ("failed", "f"), ("transfer_failed", "g"),
    ])  # fmt: skip


def test_a_holiday_closes_a_department_and_says_why() -> None:
    christmas, own = datetime(2026, 12, 25, 11), datetime(2026, 12, 31, 11)
    closed = {christmas.date(): Holiday("성탄절", "Christmas"), own.date(): Holiday("종무", "종무")}
    directory = Directory.of(DEPARTMENTS, {"climate": "200@pbx", "fire": "119"}, closed=closed)
    for when in (christmas, own):
        assert not directory.open_at("climate", when)
        assert directory.holiday("climate", when) == closed[when.date()]
        assert [step.kind for step in directory.route(Address.parse("dept:climate"), when)] == ["consoles"]
        assert directory.open_at("fire", when), "who is always there is there"
        assert directory.holiday("fire", when) is None
    presence = Presence(directory, Clients(), lambda party: True, lambda: christmas)
    rows = {row["subject"]: row for row in presence.all()}
    assert rows["dept:climate"]["holiday"] == {"ko": "성탄절", "en": "Christmas"}
    assert (rows["dept:climate"]["open"], "holiday" in rows["dept:fire"]) == (False, False)
    assert directory.holiday("climate", datetime(2026, 12, 24, 11)) is None
