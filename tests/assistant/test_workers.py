"""The core's side of the worker links: who is welcome, what happens to bad frames, and when a link breaks."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from assistant import workers as module
from assistant.contracts import BadInput, NotPermitted, Unavailable
from assistant.workers import Workers
from tests.assistant.worker_fakes import HandSocket, idle


class Desk:
    """One worker's link with its taker."""

    def __init__(self) -> None:
        self.workers = Workers()
        self.taken: list[dict[str, Any]] = []
        self.lost = 0
        self.workers.handle("hearing", self._take, self._lose)

    def _take(self, message: dict[str, Any]) -> None:
        self.taken.append(message)
        if message.get("type") == "break":
            raise ZeroDivisionError

    def _lose(self) -> None:
        self.lost += 1

    async def join(self) -> tuple[HandSocket, asyncio.Task[None]]:
        socket = HandSocket()
        task = asyncio.create_task(self.workers.serve("hearing", socket))
        socket.say({"type": "hello", "worker": "hearing", "token": self.workers.token, "pid": 1})
        await idle()
        assert socket.sent == [{"type": "welcome"}]
        return socket, task


async def test_a_worker_joins_speaks_and_goes() -> None:
    desk = Desk()
    socket, task = await desk.join()
    assert desk.workers.connected("hearing")
    socket.say({"type": "ready"})
    await desk.workers.send("hearing", {"type": "listen", "stream": "mic"})
    await desk.workers.send_audio("hearing", "s1", b"\1\2")
    socket.gone()
    with pytest.raises(ConnectionError):
        await task
    assert desk.taken == [{"type": "ready"}]
    assert socket.sent[1:] == [{"type": "listen", "stream": "mic"}, b"\x02s1\1\2"]
    assert (desk.lost, desk.workers.connected("hearing")) == (1, False)
    with pytest.raises(Unavailable, match="not running"):
        await desk.workers.send("hearing", {"type": "listen"})
    with pytest.raises(Unavailable):
        await desk.workers.send_audio("hearing", "s1", b"")


@pytest.mark.parametrize("token", ["wrong", "틀림", "\ud800", None, 5, ["x"]])
async def test_a_wrong_token_is_refused_and_never_logged(token: Any) -> None:
    desk, socket = Desk(), HandSocket()
    socket.say({"type": "hello", "token": token})
    with capture_logs() as logs, pytest.raises(NotPermitted, match="not a worker"):
        await desk.workers.serve("hearing", socket)
    assert (socket.sent, desk.lost, logs) == ([], 0, [])


async def test_the_right_token_is_never_logged(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()
    with capture_logs() as logs:
        socket, task = await desk.join()
        socket.say({"type": "break", "token": desk.workers.token})
        socket.say("{")
        await asyncio.gather(task, return_exceptions=True)
    assert logs
    assert desk.workers.token not in str([{k: v for k, v in e.items() if k != "exc_info"} for e in logs]) + caplog.text


@pytest.mark.parametrize("frame", ["", "{", "[]", "null", "[" * 100_000])
async def test_a_frame_that_is_no_object_ends_the_link(frame: str) -> None:
    desk = Desk()
    first = HandSocket()
    first.say(frame)
    with pytest.raises(BadInput):
        await desk.workers.serve("hearing", first)
    socket, task = await desk.join()
    socket.say(frame)
    with pytest.raises(BadInput):
        await task
    assert desk.lost == 1


async def test_silence_instead_of_a_hello_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HELLO_S", 0.001)
    with pytest.raises(NotPermitted, match="hello"):
        await Desk().workers.serve("hearing", HandSocket())


async def test_a_message_that_fails_does_not_break_the_link() -> None:
    desk = Desk()
    socket, task = await desk.join()
    with capture_logs() as logs:
        socket.say({"type": "break", "text": "비밀"})
        socket.say({"type": "health"})
        await idle()
    assert [m["type"] for m in desk.taken] == ["break", "health"]
    assert [(e["event"], e["kind"]) for e in logs] == [("a worker's message failed", "break")]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_second_connection_replaces_the_first() -> None:
    desk = Desk()
    first, old = await desk.join()
    second, new = await desk.join()
    assert first.closed == (1012, "replaced")
    assert desk.lost == 1
    await asyncio.gather(old, return_exceptions=True)
    assert desk.workers.connected("hearing")
    await desk.workers.send("hearing", {"type": "listen"})
    assert second.sent[1:] == [{"type": "listen"}]
    assert len(first.sent) == 1
    second.gone()
    await asyncio.gather(new, return_exceptions=True)
    assert desk.lost == 2


async def test_what_a_replaced_worker_still_says_is_not_taken() -> None:
    desk = Desk()
    first, old = await desk.join()
    first.say({"type": "wake", "t": 1.0, "score": 0.9})
    # The new hello is handled before the old frame is read.
    desk.workers._sockets["hearing"] = HandSocket()
    await old
    assert desk.taken == []


async def test_an_unknown_worker_is_refused() -> None:
    desk, socket = Desk(), HandSocket()
    socket.say({"type": "hello", "token": desk.workers.token})
    with pytest.raises(NotPermitted):
        await desk.workers.serve("smelling", socket)
