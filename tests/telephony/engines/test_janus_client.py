"""Which of Janus' messages is the answer, where several bear the request's transaction."""

from __future__ import annotations

import json
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from assistant.contracts import BadInput
from telephony.engines.janus.client import JanusClient
from tests.telephony.phone import until

Message = dict[str, Any]
HANDLE = 7


def event(**data: Any) -> Message:
    return {"janus": "event", "sender": HANDLE, "plugindata": {"plugin": "janus.plugin.sip", "data": data}}


async def asked(answers: list[Message], told: str, count: int) -> tuple[Message | BadInput, list[Message]]:
    """What `message` gives when Janus says these, all with the request's transaction, and which events are told: so
    many."""

    async def janus(socket: ServerConnection) -> None:
        async for text in socket:
            request = json.loads(text)
            said = [{"janus": "success", "data": {"id": 1}}] if request["janus"] == "create" else answers
            for answer in said:
                await socket.send(json.dumps({**answer, "transaction": request["transaction"]}))

    events: list[Message] = []
    async with serve(janus, "127.0.0.1", 0, subprotocols=["janus-protocol"]) as server:  # type: ignore[list-item]
        port = next(iter(server.sockets)).getsockname()[1]
        client = JanusClient(f"ws://127.0.0.1:{port}", "", lambda _, message: events.append(message), lambda: None)
        await client.open()
        try:
            answer: Message | BadInput = (await client.message(HANDLE, {"request": "call"}, told=told))[0]
        except BadInput as error:
            answer = error
        await until(lambda: len(events) >= count, "events")
        await client.close()
    return answer, [message["plugindata"]["data"] for message in events]


CALLING = {"result": {"event": "calling"}}
HANGUP = {"result": {"event": "hangup", "code": 480}}
ACK = {"janus": "ack"}


@pytest.mark.parametrize("later", [[], [CALLING]])
async def test_an_end_that_is_quicker_than_the_answer_is_told_and_answers(later: list[Message]) -> None:
    """The answer may never come: whoever is told of the end detaches the handle."""
    answers = [ACK, event(**HANGUP), *(event(**one) for one in later)]
    assert await asked(answers, "calling", 1 + len(later)) == (HANGUP, [HANGUP, *later])


async def test_the_answer_is_no_event() -> None:
    assert await asked([ACK, event(**CALLING), event(**HANGUP)], "calling", 1) == (CALLING, [HANGUP])


async def test_without_a_name_the_first_event_is_the_answer() -> None:
    assert await asked([ACK, event(**HANGUP)], "", 0) == (HANGUP, [])


@pytest.mark.parametrize(
    "answer", [event(error_code=449, error="no"), {"janus": "error", "error": {"code": 449, "reason": "no"}}]
)
async def test_an_error_answers_whatever_was_awaited(answer: Message) -> None:
    found, events = await asked([ACK, answer], "calling", 0)
    assert isinstance(found, BadInput)
    assert (found.code, events) == ("janus-449", [])
