"""Which of Janus' messages is the answer, where several bear the request's transaction."""

from __future__ import annotations

import json
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from assistant.contracts import BadInput
from telephony.engines.janus.client import JanusClient

Message = dict[str, Any]
HANDLE = 7


def event(**data: Any) -> Message:
    return {"janus": "event", "sender": HANDLE, "plugindata": {"plugin": "janus.plugin.sip", "data": data}}


async def asked(answers: list[Message], told: str) -> tuple[Message | BadInput, list[Message]]:
    """What `message` gives when Janus says these, all with the request's transaction, and which events are told."""

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
        await client.close()
    return answer, [message["plugindata"]["data"] for message in events]


CALLING = {"result": {"event": "calling"}}
HANGUP = {"result": {"event": "hangup", "code": 480}}
ACK = {"janus": "ack"}


async def test_an_end_that_is_quicker_than_the_answer_is_told() -> None:
    assert await asked([ACK, event(**HANGUP), event(**CALLING)], "calling") == (CALLING, [HANGUP])


async def test_without_a_name_the_first_event_is_the_answer() -> None:
    assert await asked([ACK, event(**HANGUP)], "") == (HANGUP, [])


@pytest.mark.parametrize(
    "answer", [event(error_code=449, error="no"), {"janus": "error", "error": {"code": 449, "reason": "no"}}]
)
async def test_an_error_answers_whatever_was_awaited(answer: Message) -> None:
    found, events = await asked([ACK, answer], "calling")
    assert isinstance(found, BadInput)
    assert (found.code, events) == ("janus-449", [])
