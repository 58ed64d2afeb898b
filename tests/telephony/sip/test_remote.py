"""Telephones across the process boundary: the core's proxy, the worker's service, and what happens when one is lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.contracts import BadInput, ConfigError, NotPermitted, Unavailable
from telephony.sip.baresip import BaresipGateway
from telephony.sip.bridge import PhoneBridge
from telephony.sip.gateway import PhoneEvent
from telephony.sip.line import PhoneLine
from telephony.sip.phones import Phones
from telephony.sip.remote import RemoteGateway
from telephony.sip.wire import event_of, told
from tests.telephony.phone import DeskPhone, free_port, until


class Wire:
    """Both ends of a link, with JSON between; it can break."""

    def __init__(self) -> None:
        self.phones: Phones | None = None
        self.asked: list[dict[str, Any]] = []
        self._told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(request)
        if self.phones is None:
            raise Unavailable("calling-unavailable", "the calling worker is not running")
        answer: dict[str, Any] = json.loads(json.dumps(await self.phones.ask(json.loads(json.dumps(request)))))
        return answer

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        while True:
            yield await self._told.get()

    async def tell(self, event: dict[str, Any]) -> None:
        self._told.put_nowait(json.loads(json.dumps(event)))

    def break_off(self) -> None:
        self.phones = None
        self._told.put_nowait({"event": "lost"})


class Stack:
    """A gateway that does nothing but remember."""

    def __init__(self, line: PhoneLine, dead: Callable[[], None]) -> None:
        self.line, self.dead = line, dead
        self.done: list[tuple[Any, ...]] = []
        self.wont: Exception | None = None
        self.happens: asyncio.Queue[PhoneEvent | None] = asyncio.Queue()

    def __getattr__(self, name: str) -> Any:
        async def do(*values: Any) -> None:
            if self.wont:
                raise self.wont
            self.done.append((name, *values))

        return do

    async def events(self) -> AsyncIterator[PhoneEvent]:
        while (event := await self.happens.get()) is not None:
            yield event

    async def close(self) -> None:
        self.done.append(("close",))
        self.happens.put_nowait(None)


LINE = PhoneLine("office", "pbx.office", "swordfish")


class Setting:
    """A core and a worker with a stack that remembers."""

    def __init__(self) -> None:
        self.wire = Wire()
        self.stacks: list[Stack] = []
        self.remote = RemoteGateway(self.wire, LINE, again_s=0.01)
        self.told: list[PhoneEvent] = []
        self._tasks: list[asyncio.Task[None]] = []

    def worker(self) -> Phones:
        def make(line: PhoneLine, join: Any, dead: Callable[[], None]) -> Any:
            self.stacks.append(Stack(line, dead))
            return self.stacks[-1]

        async def join(room: str, part: str, bridge: PhoneBridge) -> None: ...

        self.wire.phones = Phones(join, self.wire.tell, make)
        return self.wire.phones

    async def start(self) -> None:
        self.remote.start()
        self._tasks = [asyncio.create_task(self._watch())]
        await until(lambda: not self.remote.trouble, "the line is open")

    async def _watch(self) -> None:
        async for event in self.remote.events():
            self.told.append(event)

    async def close(self) -> None:
        await self.remote.close()
        await asyncio.gather(*self._tasks)


@pytest.fixture
async def setting() -> AsyncIterator[Setting]:
    made = Setting()
    made.worker()
    await made.start()
    yield made
    await made.close()


async def test_every_request_reaches_the_stack(setting: Setting) -> None:
    remote, stack = setting.remote, setting.stacks[0]
    assert stack.line == LINE
    await remote.dial("a", "1234", "room", "sip:1234")
    await remote.dial("b", "1235", "room", "sip:1235")
    await remote.accept("a", "room", "part")
    await remote.hold("a", True)
    await remote.dtmf("a", "12#")
    await remote.transfer("a", "4321")
    await remote.hand_over("a", "b")
    await remote.hang_up("b")
    assert stack.done == [
        ("open",),
        ("dial", "a", "1234", "room", "sip:1234"),
        ("dial", "b", "1235", "room", "sip:1235"),
        ("accept", "a", "room", "part"),
        ("hold", "a", True),
        ("dtmf", "a", "12#"),
        ("transfer", "a", "4321"),
        ("hand_over", "a", "b"),
        ("hang_up", "b"),
    ]


async def test_events_come_back_and_end_legs(setting: Setting) -> None:
    await setting.remote.dial("a", "1234", "room", "part")
    sent = [
        PhoneEvent("registered", code=200, on=True),
        PhoneEvent("ringing", "a", 180),
        PhoneEvent("answered", "a", 200),
        PhoneEvent("dtmf", "a", digits="7"),
        PhoneEvent("ended", "a", reason="hangup"),
        PhoneEvent("incoming", "in-1", caller="1234", called="office"),
    ]
    for event in [*sent, PhoneEvent("dtmf", "a", digits="8")]:
        setting.stacks[0].happens.put_nowait(event)
    await until(lambda: len(setting.told) >= len(sent), "events")
    assert setting.told == sent
    assert setting.remote.registered == sent[0]
    with pytest.raises(BadInput):
        await setting.remote.hang_up("a")
    await setting.remote.accept("in-1", "room", "part")
    assert setting.stacks[0].done[-1] == ("accept", "in-1", "room", "part")


async def test_errors_keep_their_kind(setting: Setting) -> None:
    setting.stacks[0].wont = NotPermitted("number-not-allowed", "no")
    with pytest.raises(NotPermitted):
        await setting.remote.dial("a", "119", "room", "part")
    setting.stacks[0].wont = None
    await setting.remote.dial("a", "1234", "room", "part")
    with pytest.raises(BadInput):
        await setting.remote.dial("a", "1234", "room", "part")


async def test_a_lost_worker_ends_its_calls_and_the_line_comes_back(setting: Setting) -> None:
    await setting.remote.dial("a", "1234", "room", "part")
    await setting.remote.dial("b", "1235", "room", "part")
    setting.stacks[0].happens.put_nowait(PhoneEvent("answered", "a", 200))
    await until(lambda: setting.told, "answered")
    setting.told.clear()
    setting.wire.break_off()
    await until(lambda: len(setting.told) == 2, "both ends")
    assert setting.told == [PhoneEvent("ended", "a", reason="restarted"), PhoneEvent("failed", "b", reason="restarted")]
    with pytest.raises(Unavailable) as caught:
        await setting.remote.dial("c", "1234", "room", "part")
    assert caught.value.code == "phones-unavailable"
    await until(lambda: sum(request["do"] == "open" for request in setting.wire.asked) > 2, "it asks again")
    setting.worker()
    await until(lambda: not setting.remote.trouble, "the line is open again")
    await setting.remote.dial("c", "1234", "room", "part")
    assert setting.stacks[1].done[-1][:2] == ("dial", "c")


async def test_a_core_that_comes_back_finds_no_old_calls(setting: Setting) -> None:
    phones = setting.wire.phones
    assert phones is not None
    await setting.remote.dial("a", "1234", "room", "part")
    await asyncio.gather(phones.reset(), phones.ask({"do": "open", "line": LINE.wire()}))
    assert setting.stacks[0].done[-1] == ("close",)
    assert len(setting.stacks) == 2
    await phones.ask({"do": "open", "line": LINE.wire()})
    assert len(setting.stacks) == 2, "the same line is not opened twice"
    await phones.ask({"do": "open", "line": PhoneLine("other", "pbx").wire()})
    assert [stack.line.user for stack in setting.stacks] == ["office", "office", "other"]


async def test_a_dead_stack_ends_the_worker(setting: Setting) -> None:
    phones = setting.wire.phones
    assert phones is not None
    running = asyncio.create_task(phones.run())
    await asyncio.sleep(0)
    assert not running.done()
    setting.stacks[0].dead()
    with pytest.raises(Unavailable):
        await running


@pytest.mark.parametrize(
    "request_",
    [
        {"do": "dial"},
        {"do": "dial", "leg": 5, "uri": "1", "room": "r", "part": "p"},
        {"do": "hold", "leg": "a", "on": "yes"},
        {"do": "fly", "leg": "a"},
        {"do": "open"},
        {},
    ],
)
async def test_what_is_no_request(setting: Setting, request_: dict[str, Any]) -> None:
    assert setting.wire.phones is not None
    with pytest.raises(BadInput) as caught:
        await setting.wire.phones.ask(request_)
    assert caught.value.code == "bad-request"


async def test_a_line_that_cannot_be_read_is_refused_without_its_secret(setting: Setting) -> None:
    assert setting.wire.phones is not None
    with pytest.raises(ConfigError) as caught:
        await setting.wire.phones.ask({"do": "open", "line": {**LINE.wire(), "port": "swordfish"}})
    assert "swordfish" not in str(caught.value)


async def test_without_a_line_nothing_is_done() -> None:
    setting = Setting()
    phones = setting.worker()
    with pytest.raises(Unavailable):
        await phones.ask({"do": "dial", "leg": "a", "uri": "1234", "room": "r", "part": "p"})
    await phones.ask({"do": "close"})
    with pytest.raises(Unavailable):
        await setting.remote.dial("a", "1234", "room", "part")


@given(
    st.dictionaries(
        st.sampled_from(["kind", "leg", "code", "reason", "digits", "on", "x"]),
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.just("ended")),
    )
)
def test_any_message_is_an_event_or_is_refused(message: dict[str, Any]) -> None:
    try:
        event = event_of(message)
    except BadInput:
        return
    assert event_of(told(event)) == event


async def test_a_real_call_by_way_of_the_worker(phone: DeskPhone) -> None:
    setting = Setting()
    joined: list[tuple[str, str]] = []

    async def join(room: str, part: str, bridge: PhoneBridge) -> None:
        joined.append((room, part))

    setting.wire.phones = Phones(join, setting.wire.tell, BaresipGateway)
    line = PhoneLine("office", f"127.0.0.1:{phone.port}", address="127.0.0.1", port=free_port())
    setting.remote = RemoteGateway(setting.wire, line, again_s=0.01)
    await setting.start()
    await phone.extension("1301")
    await setting.remote.dial("leg", "1301", "room:x", "sip:1301")
    await until(lambda: [event for event in setting.told if event.kind == "answered"], "answered")
    assert joined == [("room:x", "sip:1301")]
    await setting.remote.hang_up("leg")
    await until(lambda: [event for event in setting.told if event.kind == "ended"], "ended")
    await phone.told("closed", user="1301")
    await setting.close()
